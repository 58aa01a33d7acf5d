#include "trainplan/domain/workforce.hpp"

namespace trainplan {

template <>
const RecordType& record_type<Team>() {
  using T = Team;
  static const RecordType type =
      describe_record<T>(
          "Team",
          "A team of agents or of support staff: its people, its work and its KPIs before the programme.")
          .row(&T::id,
               {.name = "id", .doc = "Identifier of the team.", .required = true, .example = "support"})
          .row(&T::name, {.name = "name", .doc = "Name for display."})
          .row(&T::region, {.name = "region", .doc = "Region, for drill-down."})
          .row(&T::product_line, {.name = "product_line", .doc = "Product line, for drill-down."})
          .row(&T::role, {.name = "role",
                          .doc = "Whether the team serves customers (contact) or other teams (support)."})
          .row(&T::people, {.name = "people",
                            .unit = "people",
                            .doc = "Head count.",
                            .range = {1, 1'000'000},
                            .required = true,
                            .example = "40"})
          .row(&T::hourly_cost,
               {.name = "hourly_cost",
                .unit = "currency/h",
                .doc = "Fully loaded cost of a paid hour: wage, employer's taxes and benefits.",
                .range = {0},
                .required = true,
                .example = "\"26 to 30\""})
          .row(&T::occupancy, {.name = "occupancy",
                               .unit = "fraction",
                               .doc = "Share of logged-in time spent handling contacts.",
                               .range = {0, 1, true},
                               .source = "judgement"})
          .row(&T::shrinkage, {.name = "shrinkage",
                               .unit = "fraction",
                               .doc = "Share of paid time that is not available for contacts.",
                               .range = {0, 0.9},
                               .source = "judgement"})
          .row(&T::contacts, {.name = "contacts",
                              .unit = "contacts/month",
                              .doc = "Contacts handled, repeats included (issues where "
                                     "benefits.contact_work.volume_is says so).",
                              .range = {0, 1e9},
                              .example = "20000"})
          .row(&T::customers, {.name = "customers",
                               .unit = "customers",
                               .doc = "Customers served at the start.",
                               .range = {0, 1e10},
                               .example = "50000"})
          .row(&T::new_customers, {.name = "new_customers",
                                   .unit = "customers/month",
                                   .doc = "New customers a month, the same with and without the programme; "
                                          "absent: as many as leave without it.",
                                   .range = {0, 1e9}})
          .row(&T::attrition, {.name = "attrition",
                               .unit = "% a year",
                               .doc = "Leavers over average heads; may exceed 100.",
                               .range = {0, 1000},
                               .required = true,
                               .example = "\"30 to 45\""})
          .row(&T::baseline, {.name = "baseline",
                              .doc = "Level of each KPI before the programme, by KPI id, in the KPI's unit.",
                              .example = "{csat = 70, fcr = 68, aht = 420}",
                              .key = "kpi"})
          .row(&T::baseline_n,
               {.name = "baseline_n",
                .unit = "responses",
                .doc = "Number of responses or contacts from which a baseline was read, by KPI id; the level "
                       "is then known with their sampling error. Absent: known exactly.",
                .range = {1, 1e12},
                .key = "kpi"})
          .row(&T::support_teams,
               {.name = "support_teams", .doc = "Ids of the support teams that serve it.", .key = "team"})
          .row(&T::support_dependence,
               {.name = "support_dependence",
                .unit = "fraction",
                .doc = "How far its service depends on its support teams: behavior counts 1/(1 - this) times "
                       "once they behave as taught.",
                .range = {0, 0.9}})
          .done();
  return type;
}

template <>
const RecordType& record_type<Workforce>() {
  using W = Workforce;
  static const RecordType type =
      describe_record<W>("Workforce", "How an hour on or off the floor becomes money.")
          .row(&W::realization,
               {.name = "realization",
                .unit = "fraction",
                .doc = "Share of a freed hour, or of an hour off the floor that is not backfilled, that "
                       "becomes money; 0.4 to 0.8 is usual (judgement), no default.",
                .range = {0, 1},
                .required = true,
                .example = "\"0.4 to 0.8\""})
          .row(&W::backfill_share, {.name = "backfill_share",
                                    .unit = "fraction",
                                    .doc = "Share of off-floor hours filled by overtime or agency staff.",
                                    .range = {0, 1}})
          .row(&W::backfill_hourly_cost, {.name = "backfill_hourly_cost",
                                          .unit = "currency/h",
                                          .doc = "Cost of a backfilled hour.",
                                          .range = {0}})
          .done();
  return type;
}

}  // namespace trainplan
