/// KPIs: what they are, the scale on which effects add up (link), and how behavior moves them (lifts).
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trainplan/base/kernels.hpp"
#include "trainplan/base/record.hpp"

namespace trainplan {

enum class Direction { higher, lower };
template <>
struct EnumNames<Direction> {
  static constexpr std::array<const char*, 2> names = {"higher", "lower"};
};
enum class Link { logit, log };
template <>
struct EnumNames<Link> {
  static constexpr std::array<const char*, 2> names = {"logit", "log"};
};
enum class KpiWeight { contacts, customers, people };
template <>
struct EnumNames<KpiWeight> {
  static constexpr std::array<const char*, 3> names = {"contacts", "customers", "people"};
};
enum class LiftKind { points, relative, gap };
template <>
struct EnumNames<LiftKind> {
  static constexpr std::array<const char*, 3> names = {"points", "relative", "gap"};
};

/// Who the evidence's figures are of: the trained people, or their whole team.
enum class MeasuredOn { person, team };
template <>
struct EnumNames<MeasuredOn> {
  static constexpr std::array<const char*, 2> names = {"person", "team"};
};

struct Kpi {
  std::string id;
  std::string name;
  std::string unit = "%";
  Direction better = Direction::higher;
  double low = 0.0;
  std::optional<double> high;  ///< absent: no upper bound (log link)
  Link link = Link::logit;
  KpiWeight weight = KpiWeight::contacts;  ///< of teams in aggregates
  double cv = 1.0;                         ///< sd of one observation over its mean, on a log link
  friend bool operator==(const Kpi&, const Kpi&) = default;
};
template <>
const RecordType& record_type<Kpi>();

/// How fully the behavior was applied where the evidence saw a lift.
struct ReachedAt {
  std::optional<Quantity> behavior;    ///< typed level, instead of the ingredients
  std::optional<Quantity> completion;  ///< of the evidence's programme
  std::optional<Quantity> mastery;     ///< after coverage and modality
  Quantity practice = 0.5;             ///< mean level of its transfer practices
  std::int64_t months = 0;             ///< since its course
  Quantity coaching_hours = 0.0;       ///< [h/person/month]
  Quantity peer_community = 0.0;
  Quantity performance_support = 0.0;
  friend bool operator==(const ReachedAt&, const ReachedAt&) = default;
};
template <>
const RecordType& record_type<ReachedAt>();

/// What the programme does to a KPI, as evidence saw it.
struct Lift {
  std::string id;
  std::string kpi;
  LiftKind kind = LiftKind::points;
  Quantity size = 0.0;             ///< in the KPI's unit; a fraction for relative and gap
  std::optional<Quantity> base;    ///< level at which it was seen; absent: the team's own
  OrderedMap<double> competences;  ///< shares, sum 1; empty: equal
  ReachedAt reached_at;
  Quantity team_spread = 0.25;          ///< sd between teams as a share of the lift
  Quantity ramp = 0.0;                  ///< [months] until half of the effect shows
  std::optional<std::int64_t> read_at;  ///< months after its course at which `size` was read
  MeasuredOn measured_on = MeasuredOn::person;
  bool isolated = true;                    ///< whether other causes were kept apart
  std::optional<Quantity> credited_share;  ///< of the lift, where they were not
  friend bool operator==(const Lift&, const Lift&) = default;
};
template <>
const RecordType& record_type<Lift>();

/// How a KPI moves by itself, with and without the programme.
struct Movement {
  std::string id;             ///< of the KPI
  Quantity trend = 0.0;       ///< [KPI units a month]
  OrderedMap<double> season;  ///< calendar month "1".."12" -> offset on the link scale
  double programme_sd = 0.0;  ///< [KPI units] ordinary movement common to all teams
  double team_sd = 0.0;       ///< [KPI units] of each team
  double persistence = 0.0;   ///< correlation of a month with the month before
  friend bool operator==(const Movement&, const Movement&) = default;
};
template <>
const RecordType& record_type<Movement>();

namespace kpi {

/// CSAT, NPS, FCR, AHT, first response time, customer churn, agent attrition, QA score, reroute, escalation
/// and conversion rates, engagement.
[[nodiscard]] const std::vector<Kpi>& built_in();

/// What is computed from training itself rather than lifted; in the order of `leading`.
enum class Leading { completion, knowledge, application, coaching_hours, coaching_sessions, plans_reviewed };
/// The leading indicators, as KPIs.
[[nodiscard]] const std::vector<Kpi>& leading();

/// Values stay at least this share of the KPI's width inside the bounds, so that links are finite.
inline constexpr double margin = 1e-6;

/// A KPI's scale, as the inner loop needs it. `width` is 1 where there is no upper bound.
struct Scale {
  Link link = Link::logit;
  double low = 0.0;
  double high = 0.0;
  double width = 1.0;
  bool bounded = true;  ///< whether there is an upper bound
};
[[nodiscard]] Scale scale(const Kpi& kpi);

[[nodiscard]] TRAINPLAN_INLINE double clamp(const Scale& scale, double value) {
  const double least = scale.low + margin * scale.width;
  const double most = scale.high - margin * scale.width;
  const double above = value > least ? value : least;
  return scale.bounded && above > most ? most : above;
}

/// Value to link scale: logit of the position between the bounds, or log of the height above the lower one.
[[nodiscard]] TRAINPLAN_INLINE double to_link(const Scale& scale, double value) {
  const double height = value - scale.low;
  return scale.link == Link::log ? kernels::log(height) : kernels::log_odds(height, scale.width);
}
[[nodiscard]] TRAINPLAN_INLINE double from_link(const Scale& scale, double eta) {
  return scale.link == Link::log ? scale.low + kernels::exp(eta)
                                 : scale.low + scale.width * kernels::logistic(eta);
}

/// A level as shifts on the link scale find it: the odds against it (logit), or its height above the lower
/// bound (log). Shifts then need neither a logarithm nor a first exponential.
[[nodiscard]] TRAINPLAN_INLINE double pivot(const Scale& scale, double value) {
  const double height = value - scale.low;
  return scale.link == Link::log ? height : (scale.width - height) / height;
}
/// The pivot after a shift on the link scale, within 700 either way.
[[nodiscard]] TRAINPLAN_INLINE double shifted(const Scale& scale, double pivot, double shift) {
  return pivot * kernels::bounded_exp(scale.link == Link::log ? shift : -shift);
}
[[nodiscard]] TRAINPLAN_INLINE double from_pivot(const Scale& scale, double pivot) {
  return scale.link == Link::log ? scale.low + pivot : scale.low + scale.width / (1.0 + pivot);
}

/// The level that a lift of a kind reaches from `base`; not clamped.
[[nodiscard]] TRAINPLAN_INLINE double lifted(LiftKind kind, double base, double size, double bound) {
  if (kind == LiftKind::points) return base + size;
  if (kind == LiftKind::relative) return base * (1.0 + size);
  return base + size * (bound - base);
}

/// Slope of the link at a value: how far a unit of the KPI moves on the link scale.
[[nodiscard]] TRAINPLAN_INLINE double link_slope(const Scale& scale, double value) {
  const double height = value - scale.low;
  return scale.link == Link::log ? 1.0 / height : 1.0 / height + 1.0 / (scale.high - value);
}

/// Sum of damped trend steps up to month m: m up to 12 months, then .9^j more for the j-th month beyond.
[[nodiscard]] TRAINPLAN_INLINE double trend_steps(double month) {
  const double full = month < 12.0 ? month : 12.0;
  // .9 + .9^2 + ... + .9^(m - 12) = 9 (1 - .9^(m - 12))
  return full + 9.0 * (1.0 - kernels::exp((month - full) * -0.10536051565782628));
}

/// Standard error on the link scale of a baseline read from n observations: of a proportion, or of a mean
/// with coefficient of variation `cv`.
[[nodiscard]] TRAINPLAN_INLINE double sampling_error(const Scale& scale, double value, double n, double cv) {
  const double p = (value - scale.low) / scale.width;
  return scale.link == Link::log ? cv / std::sqrt(n) : 1.0 / std::sqrt(n * p * (1.0 - p));
}

/// Share of the way to its level that an effect covers in a month: 1 - 2^(-1 / ramp); 1 without a ramp.
[[nodiscard]] TRAINPLAN_INLINE double ramp_step(double ramp) {
  const double safe = ramp > 0.0 ? ramp : 1.0;
  return ramp > 0.0 ? 1.0 - kernels::exp2(-1.0 / safe) : 1.0;
}
/// Share of its level that an effect has reached `months` after the course, at least one half.
[[nodiscard]] TRAINPLAN_INLINE double ramp_reached(double ramp, double months) {
  const double safe = ramp > 0.0 ? ramp : 1.0;
  const double reached = ramp > 0.0 ? 1.0 - kernels::exp2(-months / safe) : 1.0;
  return reached > 0.5 ? reached : 0.5;
}

/// How much of a lift shows when behavior is `x` times that of the evidence: x up to 1, then bending to
/// 1 + bend: 1 + bend (1 - exp(-(x - 1) / bend)). bend >= 0; 0 cuts at 1.
/// @param sharpness  of the bend: 1 / bend, 0 where bend is 0
[[nodiscard]] TRAINPLAN_INLINE double realized(double x, double bend, double sharpness) {
  const double excess = x > 1.0 ? x - 1.0 : 0.0;
  return (x > 1.0 ? 1.0 : x) + bend * (1.0 - kernels::decay(excess * sharpness));
}
[[nodiscard]] TRAINPLAN_INLINE double sharpness(double bend) { return bend > 0.0 ? 1.0 / bend : 0.0; }
[[nodiscard]] TRAINPLAN_INLINE double realized(double x, double bend) {
  return realized(x, bend, sharpness(bend));
}

}  // namespace kpi
}  // namespace trainplan
