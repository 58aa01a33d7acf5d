/// KPIs: what they are, the scale on which effects add up (link), and how behavior moves them (lifts).
#pragma once

#include <array>
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

struct Kpi {
  std::string id;
  std::string name;
  std::string unit = "%";
  Direction better = Direction::higher;
  double low = 0.0;
  std::optional<double> high;  ///< absent: no upper bound (log link)
  Link link = Link::logit;
  KpiWeight weight = KpiWeight::contacts;  ///< of teams in aggregates
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
  friend bool operator==(const Lift&, const Lift&) = default;
};
template <>
const RecordType& record_type<Lift>();

namespace kpi {

/// CSAT, NPS, FCR, AHT, customer churn, agent attrition.
[[nodiscard]] const std::vector<Kpi>& built_in();

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
  return scale.link == Link::log ? kernels::log(height) : kernels::logit(height / scale.width);
}
[[nodiscard]] TRAINPLAN_INLINE double from_link(const Scale& scale, double eta) {
  return scale.link == Link::log ? scale.low + kernels::exp(eta)
                                 : scale.low + scale.width * kernels::logistic(eta);
}

/// The level that a lift of a kind reaches from `base`; not clamped.
[[nodiscard]] TRAINPLAN_INLINE double lifted(LiftKind kind, double base, double size, double bound) {
  if (kind == LiftKind::points) return base + size;
  if (kind == LiftKind::relative) return base * (1.0 + size);
  return base + size * (bound - base);
}

/// How much of a lift shows when behavior is `x` times that of the evidence: x up to 1, then bending to
/// 1 + bend: 1 + bend (1 - exp(-(x - 1) / bend)). bend >= 0; 0 cuts at 1.
[[nodiscard]] TRAINPLAN_INLINE double realized(double x, double bend) {
  const double excess = x > 1.0 ? x - 1.0 : 0.0;
  const double safe = bend > 0.0 ? bend : 1.0;
  const double beyond = bend > 0.0 ? safe * (1.0 - kernels::exp(-excess / safe)) : 0.0;
  return (x > 1.0 ? 1.0 : x) + beyond;
}

}  // namespace kpi
}  // namespace trainplan
