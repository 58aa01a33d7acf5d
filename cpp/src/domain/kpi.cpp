#include "trainplan/domain/kpi.hpp"

#include <limits>
#include <string>

namespace trainplan {

template <>
const RecordType& record_type<Kpi>() {
  static const RecordType type =
      describe_record<Kpi>("Kpi",
                           "What a KPI is: unit, direction, bounds and the scale on which effects add up.")
          .row(&Kpi::id, {.name = "id",
                          .doc = "Identifier, used in outputs: csat@6.",
                          .required = true,
                          .example = "quality"})
          .row(&Kpi::name, {.name = "name", .doc = "Name for display."})
          .row(&Kpi::unit, {.name = "unit", .doc = "Unit: begins with % for percentages, which run 0..100."})
          .row(&Kpi::better, {.name = "better", .doc = "Whether higher or lower is better."})
          .row(&Kpi::low, {.name = "low", .doc = "Lower bound."})
          .row(&Kpi::high, {.name = "high", .doc = "Upper bound; absent: none (log link only)."})
          .row(&Kpi::link, {.name = "link",
                            .doc = "Scale of effects: logit between two bounds, log above the lower one."})
          .row(&Kpi::weight, {.name = "weight", .doc = "What teams are weighted by in aggregates."})
          .row(&Kpi::cv,
               {.name = "cv",
                .doc = "Standard deviation of one observation over its mean (log link): how exactly a "
                       "baseline of n observations is known.",
                .range = {0, 100}})
          .done();
  return type;
}

template <>
const RecordType& record_type<ReachedAt>() {
  using R = ReachedAt;
  static const RecordType type =
      describe_record<R>(
          "ReachedAt",
          "How fully the behavior was applied where the evidence saw a lift: by its ingredients, or typed.")
          .row(
              &R::behavior,
              {.name = "behavior",
               .unit = "fraction",
               .doc = "Typed level instead of the ingredients; 1 = the lift is what full application brings.",
               .range = {0, 1, true}})
          .row(&R::completion, {.name = "completion",
                                .unit = "fraction",
                                .doc = "Share of the evidence's learners who completed.",
                                .range = {0, 1, true},
                                .example = "0.9"})
          .row(&R::mastery,
               {.name = "mastery",
                .unit = "fraction",
                .doc = "Share of the knowledge gap that its course closed, after coverage and modality.",
                .range = {0, 1, true},
                .example = "0.6"})
          .row(&R::practice, {.name = "practice",
                              .unit = "fraction",
                              .doc = "Mean level of its transfer practices; 0.5 is average practice.",
                              .range = {0, 1},
                              .source = "average practice by definition"})
          .row(&R::months, {.name = "months",
                            .unit = "months",
                            .doc = "Months between its course and the reading.",
                            .range = {0, 120}})
          .row(&R::coaching_hours, {.name = "coaching_hours",
                                    .unit = "h/person/month",
                                    .doc = "Coaching in the evidence's programme.",
                                    .range = {0, 160}})
          .row(&R::peer_community, {.name = "peer_community",
                                    .unit = "fraction",
                                    .doc = "Uptake of a peer community in the evidence's programme.",
                                    .range = {0, 1}})
          .row(&R::performance_support, {.name = "performance_support",
                                         .unit = "fraction",
                                         .doc = "Uptake of support tools in the evidence's programme.",
                                         .range = {0, 1}})
          .done();
  return type;
}

template <>
const RecordType& record_type<Lift>() {
  static const RecordType type =
      describe_record<Lift>("Lift", "What the programme does to a KPI, as evidence saw it.")
          .row(&Lift::id,
               {.name = "id", .doc = "Identifier of the lift.", .required = true, .example = "csat"})
          .row(&Lift::kpi,
               {.name = "kpi", .doc = "Id of the KPI.", .required = true, .example = "csat", .key = "kpi"})
          .row(&Lift::kind, {.name = "kind",
                             .doc = "Points in the KPI's unit, relative to the base, or a share of the gap "
                                    "to the better bound."})
          .row(&Lift::size, {.name = "size",
                             .doc = "Size: in the KPI's unit for points, a fraction for relative and gap. A "
                                    "reduction is negative for points and relative.",
                             .required = true,
                             .by_kpi = true,
                             .example = "\"4 to 10\""})
          .row(&Lift::base, {.name = "base",
                             .doc = "Level of the KPI where the lift was seen; absent: the team's own.",
                             .by_kpi = true})
          .row(&Lift::competences,
               {.name = "competences",
                .unit = "fraction",
                .doc = "Share of each competence in the lift, sum 1; absent: equal shares of all.",
                .range = {0, 1},
                .key = "competence"})
          .row(&Lift::reached_at, {.name = "reached_at",
                                   .doc = "How fully the behavior was applied where the lift was seen.",
                                   .required = true})
          .row(&Lift::team_spread,
               {.name = "team_spread",
                .unit = "fraction",
                .doc = "Standard deviation of the effect between teams, as a share of the effect.",
                .range = {0, 3},
                .source = "judgement: a quarter, until the pilot tells"})
          .row(&Lift::ramp, {.name = "ramp",
                             .unit = "months",
                             .doc = "Months until half of the effect of a behavior shows in the KPI; 0 = at "
                                    "once.",
                             .range = {0, 60}})
          .row(&Lift::read_at,
               {.name = "read_at",
                .unit = "months",
                .doc = "Months after its course at which the size was read, where the effect was still "
                       "ramping up; absent: the size is where the ramp ends.",
                .range = {1, 120}})
          .row(
              &Lift::measured_on,
              {.name = "measured_on",
               .doc = "Whether the size is that of trained people or of their whole team; a team's holds the "
                      "spill-over to the untrained already."})
          .row(&Lift::isolated,
               {.name = "isolated",
                .doc = "Whether the evidence kept other causes apart (control group, trend line)."})
          .row(&Lift::credited_share,
               {.name = "credited_share",
                .unit = "fraction",
                .doc = "Share of the lift credited to the programme, where the evidence did not isolate it.",
                .range = {0, 1}})
          .done();
  return type;
}

template <>
const RecordType& record_type<Movement>() {
  using M = Movement;
  static const RecordType type =
      describe_record<M>("Movement", "How a KPI moves by itself, the same with and without the programme.")
          .row(&M::id,
               {.name = "id", .doc = "Id of the KPI.", .required = true, .example = "csat", .key = "kpi"})
          .row(&M::trend,
               {.name = "trend",
                .doc = "Change a month in the KPI's unit; fades by a tenth a month after the first year.",
                .by_kpi = true})
          .row(&M::season,
               {.name = "season",
                .unit = "link scale",
                .doc = "Offsets by calendar month (1 = January) on the link scale, sum 0: log-odds for "
                       "percentages, log for times.",
                .range = {-5, 5},
                .key = "month"})
          .row(&M::programme_sd,
               {.name = "programme_sd",
                .doc = "Standard deviation of its monthly movement common to all teams, in its unit.",
                .range = {0, 1e6}})
          .row(&M::team_sd, {.name = "team_sd",
                             .doc = "Standard deviation of a team's own monthly movement, in its unit.",
                             .range = {0, 1e6}})
          .row(&M::persistence, {.name = "persistence",
                                 .doc = "Correlation of a month's movement with that of the month before.",
                                 .range = {0, 0.99}})
          .done();
  return type;
}

const std::vector<Kpi>& kpi::built_in() {
  using enum Direction;
  static const std::vector<Kpi> kpis = {
      {"csat", "Customer satisfaction", "%", higher, 0.0, 100.0, Link::logit, KpiWeight::contacts},
      {"nps", "Net promoter score", "points", higher, -100.0, 100.0, Link::logit, KpiWeight::customers},
      {"fcr", "First contact resolution", "%", higher, 0.0, 100.0, Link::logit, KpiWeight::contacts},
      {"aht", "Average handle time", "s", lower, 0.0, std::nullopt, Link::log, KpiWeight::contacts},
      {"frt", "First response time", "s", lower, 0.0, std::nullopt, Link::log, KpiWeight::contacts},
      {"churn", "Customer churn", "% a year", lower, 0.0, 100.0, Link::logit, KpiWeight::customers},
      {"attrition", "Agent attrition", "% a year", lower, 0.0, std::nullopt, Link::log, KpiWeight::people},
      {"quality", "Quality assurance score", "%", higher, 0.0, 100.0, Link::logit, KpiWeight::contacts},
      {"reroute", "Rerouted contacts", "%", lower, 0.0, 100.0, Link::logit, KpiWeight::contacts},
      {"escalation", "Escalated contacts", "%", lower, 0.0, 100.0, Link::logit, KpiWeight::contacts},
      {"conversion", "Offers accepted", "%", higher, 0.0, 100.0, Link::logit, KpiWeight::contacts},
      {"engagement", "Agent engagement", "%", higher, 0.0, 100.0, Link::logit, KpiWeight::people},
  };
  return kpis;
}

const std::vector<Kpi>& kpi::leading() {
  const auto one = [](const char* id, const char* name, const char* unit) {
    const bool percent = std::string(unit) == "%";
    return Kpi{id,
               name,
               unit,
               Direction::higher,
               0.0,
               percent ? std::optional(100.0) : std::nullopt,
               percent ? Link::logit : Link::log,
               KpiWeight::people};
  };
  static const std::vector<Kpi> kpis = {
      one("completion", "Course completed", "%"),
      one("knowledge", "Knowledge score", "%"),
      one("application", "Applied within a month", "%"),
      one("coaching_hours", "Coaching", "h/person/month"),
      one("coaching_sessions", "Coaching sessions", "sessions/person/month"),
      one("plans_reviewed", "Action plans reviewed", "%"),
  };
  return kpis;
}

kpi::Scale kpi::scale(const Kpi& kpi) {
  const double high = kpi.high.value_or(std::numeric_limits<double>::infinity());
  return {kpi.link, kpi.low, high, kpi.high ? high - kpi.low : 1.0, kpi.high.has_value()};
}

}  // namespace trainplan
