/// The plan: every record together, and what must hold between them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trainplan/base/record.hpp"
#include "trainplan/domain/benefit.hpp"
#include "trainplan/domain/budget.hpp"
#include "trainplan/domain/calendar.hpp"
#include "trainplan/domain/correlation.hpp"
#include "trainplan/domain/curriculum.hpp"
#include "trainplan/domain/kpi.hpp"
#include "trainplan/domain/reinforcement.hpp"
#include "trainplan/domain/transfer.hpp"
#include "trainplan/domain/workforce.hpp"

namespace trainplan {

/// When the cash of a month is discounted.
enum class Timing { mid_month, end_of_month };
template <>
struct EnumNames<Timing> {
  static constexpr std::array<const char*, 2> names = {"mid_month", "end_of_month"};
};
enum class PriceBasis { nominal, real };
template <>
struct EnumNames<PriceBasis> {
  static constexpr std::array<const char*, 2> names = {"nominal", "real"};
};

struct Programme {
  std::string name;
  std::string currency = "USD";
  std::string start;              ///< "2027-01", for display
  std::int64_t months = 24;       ///< horizon
  Quantity discount_rate = 0.08;  ///< annual effective
  Timing timing = Timing::mid_month;
  PriceBasis price_basis = PriceBasis::nominal;
  Quantity contingency = 0.10;         ///< share of cost held in reserve
  Quantity extrapolation = 0.5;        ///< how far lifts may go beyond their evidence
  std::vector<std::string> languages;  ///< into which content is translated
  double lift_correlation = 0.5;       ///< rank correlation of the sizes of lifts towards better
  bool repair_correlations = false;  ///< whether impossible correlations are replaced by the nearest possible
  friend bool operator==(const Programme&, const Programme&) = default;
};
template <>
const RecordType& record_type<Programme>();

enum class SourceKind { data, benchmark, assumption };
template <>
struct EnumNames<SourceKind> {
  static constexpr std::array<const char*, 3> names = {"data", "benchmark", "assumption"};
};

/// Where the value at a path comes from.
struct Source {
  std::string path;
  SourceKind kind = SourceKind::assumption;
  std::string citation;
  std::string grade;
  friend bool operator==(const Source&, const Source&) = default;
};
template <>
const RecordType& record_type<Source>();

struct Plan {
  std::int64_t schema_version = 1;
  Programme programme;
  std::vector<Competence> competences = curriculum::default_competences();
  std::vector<Kpi> kpis;  ///< beside the built-in ones, or instead of one of the same id
  std::vector<Team> teams;
  std::vector<Module> modules;
  std::optional<Development> development;
  std::vector<Practice> practices;
  Transfer transfer;
  Forgetting forgetting;
  Reinforcement reinforcement;
  std::optional<Onboarding> onboarding;
  std::vector<Wave> waves;
  std::vector<PeakSeason> peak_seasons;
  std::vector<Lift> lifts;
  std::vector<Movement> movements;
  Workforce workforce;
  std::vector<CostLine> costs;
  Benefits benefits;
  std::vector<Correlation> correlations;
  std::vector<Source> sources;
  friend bool operator==(const Plan&, const Plan&) = default;
};
template <>
const RecordType& record_type<Plan>();

namespace plan {

inline constexpr std::int64_t newest_schema = 1;

/// A quantity of the plan, resolved: what `inputs()` shows and the simulation draws.
struct Input {
  std::string path;
  const Quantity* quantity = nullptr;
  Domain domain;
  Distribution distribution;
  bool is_default = false;
  std::string source_kind;  ///< data, benchmark, assumption, default, or "" where none is stated
  std::string citation;
  std::string grade;
  std::string doc;
};

/// Reads a plan.
/// @throws InputError with every problem of fields and of what must hold between them.
[[nodiscard]] Plan read(const Value& value);
[[nodiscard]] Value write(const Plan& plan, bool defaults = false);

/// What keeps the plan from being computed: references, sums, months, missing parts.
[[nodiscard]] Problems check(const Plan& plan);
/// What a careful reader would ask about; the plan can be computed nevertheless.
[[nodiscard]] Problems warnings(const Plan& plan);

/// When each wave starts, and what moved it from the start that is stated; in the order of plan.waves.
/// Of a plan that passed `check`.
[[nodiscard]] std::vector<calendar::Placed> schedule(const Plan& plan);

/// The calendar month, 1..12, of a month of the programme; month 1 is January where no start is stated.
[[nodiscard]] std::int64_t calendar_month(const Plan& plan, std::int64_t month);

/// A group of correlated quantities: the matrices of rank correlations as stated and as used.
struct CorrelationGroup {
  std::vector<std::string> members;
  Table stated;
  Table used;
};
/// The groups of `correlations`, repaired where the plan asks for it.
[[nodiscard]] std::vector<CorrelationGroup> correlation_groups(const Plan& plan);
/// Whether a lift's size follows programme.lift_correlation: uncertain, and named by no correlation.
/// 1 or -1 by whether larger is better; 0 where it does not.
[[nodiscard]] double shared_direction(const Plan& plan, const Lift& lift);

/// Built-in KPIs and the plan's own: what can have a baseline and lifts.
[[nodiscard]] std::vector<Kpi> kpis(const Plan& plan);
/// Whether any team states a level of the KPI.
[[nodiscard]] bool has_baseline(const Plan& plan, std::string_view kpi);
/// Every quantity with its path; of a plan that passed `check`.
[[nodiscard]] std::vector<Input> inputs(const Plan& plan);

/// The value at a path, as it would stand in a file; nothing when there is none.
/// @throws InputError when the path names no field or record.
[[nodiscard]] Value get(const Plan& plan, const std::string& path);
/// A new plan with changes {path: value}; an empty value removes a record or resets a field.
[[nodiscard]] Plan replace(const Plan& plan, const Value::Map& changes);

}  // namespace plan
}  // namespace trainplan
