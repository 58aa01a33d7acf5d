#include "trainplan/domain/benefit.hpp"

namespace trainplan {

template <>
const RecordType& record_type<ContactWork>() {
  using C = ContactWork;
  static const RecordType type =
      describe_record<C>("ContactWork", "Hours freed by shorter and fewer contacts.")
          .row(&C::callback_share, {.name = "callback_share",
                                    .unit = "fraction",
                                    .doc = "Share of unresolved contacts that come back.",
                                    .range = {0, 1, false, true},
                                    .source = "assumption; .775 makes \"1 point of FCR = 1 % of cost\" true "
                                              "at FCR 70 % (derived from a vendor's rule)"})
          .row(&C::variable_cost, {.name = "variable_cost",
                                   .unit = "currency/contact",
                                   .doc = "Cost of a contact beyond the agent's time: telephony, licences.",
                                   .range = {0}})
          .row(&C::volume_is, {.name = "volume_is",
                               .doc = "Whether teams' contacts count contacts (repeats included) or issues."})
          .done();
  return type;
}

template <>
const RecordType& record_type<Retention>() {
  using R = Retention;
  static const RecordType type =
      describe_record<R>("Retention", "Margin of customers who stay.")
          .row(&R::driver,
               {.name = "driver",
                .doc = "Id of the KPI that moves churn (csat, fcr, nps), or churn for a lift of its own."})
          .row(&R::elasticity, {.name = "elasticity",
                                .doc = "Relative fall of monthly churn a point of the driver.",
                                .range = {0, 1},
                                .source = "assumption: none trustworthy is published"})
          .row(&R::reach, {.name = "reach",
                           .unit = "fraction",
                           .doc = "Share of customers whose churn the service can move.",
                           .range = {0, 1},
                           .required = true,
                           .example = "0.3"})
          .row(&R::margin, {.name = "margin",
                            .unit = "currency/customer/month",
                            .doc = "Contribution margin of a customer.",
                            .range = {0},
                            .required = true,
                            .example = "12"})
          .done();
  return type;
}

template <>
const RecordType& record_type<Hiring>() {
  static const RecordType type =
      describe_record<Hiring>("Hiring", "Replacement cost of agents who stay.")
          .row(&Hiring::replacement_cost,
               {.name = "replacement_cost",
                .unit = "currency/leaver",
                .doc = "Cost to replace a leaver, without the programme's onboarding.",
                .range = {0},
                .required = true,
                .example = "\"6000 to 14000\""})
          .done();
  return type;
}

template <>
const RecordType& record_type<Benefits>() {
  static const RecordType type =
      describe_record<Benefits>("Benefits", "The streams of benefits that the plan counts.")
          .row(&Benefits::contact_work,
               {.name = "contact_work", .doc = "Hours freed by shorter and fewer contacts."})
          .row(&Benefits::retention, {.name = "retention", .doc = "Margin of customers who stay."})
          .row(&Benefits::hiring, {.name = "hiring", .doc = "Replacement cost of agents who stay."})
          .done();
  return type;
}

}  // namespace trainplan
