#include "trainplan/domain/benefit.hpp"

namespace trainplan {

namespace {

// Every stream has this field.
Row pot_share() {
  return {.name = "share",
          .unit = "fraction",
          .doc = "Share of its pot of money; the shares of streams in one pot sum to at most 1.",
          .range = {0, 1}};
}

}  // namespace

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
          .row(&C::reroute_seconds,
               {.name = "reroute_seconds",
                .unit = "s",
                .doc = "Second handling of a rerouted contact, not part of AHT; counts where a team has a "
                       "baseline of reroute.",
                .range = {0, 1e6}})
          .row(&C::share, pot_share())
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
                .doc = "Id of the KPI that moves churn (csat, fcr, nps), or churn for a lift of its own.",
                .key = "kpi"})
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
          .row(&R::after_months,
               {.name = "after_months",
                .unit = "months",
                .doc = "Months beyond the horizon in which customers kept still bring margin, as a stream of "
                       "its own in the last month; 0 = none.",
                .range = {0, 240}})
          .row(&R::share, pot_share())
          .done();
  return type;
}

template <>
const RecordType& record_type<Acquisition>() {
  using A = Acquisition;
  static const RecordType type =
      describe_record<A>("Acquisition", "Customers won by recommendation.")
          .row(&A::driver, {.name = "driver", .doc = "Id of the KPI that wins customers.", .key = "kpi"})
          .row(&A::rate, {.name = "rate",
                          .unit = "new customers/customer/month/point",
                          .doc = "New customers that a customer brings in a month, a point of the driver.",
                          .range = {0, 1},
                          .required = true,
                          .example = "\"0.00001 to 0.00004\""})
          .row(&A::value, {.name = "value",
                           .unit = "currency/customer",
                           .doc = "Contribution of a new customer over the time that counts.",
                           .range = {0},
                           .required = true,
                           .example = "120"})
          .row(&A::share, pot_share())
          .done();
  return type;
}

template <>
const RecordType& record_type<Sales>() {
  static const RecordType type =
      describe_record<Sales>("Sales", "Offers that customers accept: driven by the KPI conversion.")
          .row(&Sales::offer_share, {.name = "offer_share",
                                     .unit = "fraction",
                                     .doc = "Share of contacts in which an offer is made.",
                                     .range = {0, 1},
                                     .required = true,
                                     .example = "0.1"})
          .row(&Sales::margin, {.name = "margin",
                                .unit = "currency/sale",
                                .doc = "Contribution of an accepted offer.",
                                .range = {0},
                                .required = true,
                                .example = "20"})
          .row(&Sales::share, pot_share())
          .done();
  return type;
}

template <>
const RecordType& record_type<CustomBenefit>() {
  using C = CustomBenefit;
  static const RecordType type =
      describe_record<C>("CustomBenefit", "A KPI's change times what a unit of it is worth.")
          .row(&C::id,
               {.name = "id", .doc = "Identifier of the stream.", .required = true, .example = "escalations"})
          .row(&C::name, {.name = "name", .doc = "Name for display."})
          .row(&C::kpi, {.name = "kpi",
                         .doc = "Id of the KPI.",
                         .required = true,
                         .example = "escalation",
                         .key = "kpi"})
          .row(&C::value,
               {.name = "value",
                .unit = "currency",
                .doc = "Worth of a unit of the KPI for a month; negative where a higher KPI costs.",
                .required = true,
                .example = "-4"})
          .row(&C::per, {.name = "per",
                         .doc = "What the value is stated for: a team, or each of its contacts, customers or "
                                "people."})
          .row(&C::pot, {.name = "pot", .doc = "Pot of money that the stream draws on."})
          .row(&C::share, pot_share())
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
          .row(&Hiring::share, pot_share())
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
          .row(&Benefits::acquisition, {.name = "acquisition", .doc = "Customers won by recommendation."})
          .row(&Benefits::sales, {.name = "sales", .doc = "Offers that customers accept."})
          .row(&Benefits::hiring, {.name = "hiring", .doc = "Replacement cost of agents who stay."})
          .row(&Benefits::custom,
               {.name = "custom", .doc = "Streams of one's own: a KPI's change times a value."})
          .done();
  return type;
}

}  // namespace trainplan
