/// The plan as the trial loop needs it: every text resolved to an index, every quantity to a lane.
/// Private to the room `simulate`.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trainplan/base/distribution.hpp"
#include "trainplan/engine/plan.hpp"
#include "trainplan/engine/simulate.hpp"

namespace trainplan::engine {

/// Number of a lane: one double a trial of the block. Lanes 0 .. inputs.size()-1 are the plan's quantities.
using LaneId = std::size_t;
inline constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

struct InputModel {
  std::string path;
  std::uint64_t hash = 0;
  distribution::Sampler sampler;
};

struct ModuleModel {
  std::string id;
  LaneId hours, completion, accessibility, mastery = none, mastery_max = none, mastery_half_hours = none;
  LaneId coverage, modality_factor, fail_rate;
  LaneId completed, mastered;        // derived: q and g
  std::vector<std::size_t> classes;  // competence classes taught
};

/// What risks and gates will change in a trial; constant until they do.
struct WaveModel {
  std::string id;
  double start, months, share, class_size;
  bool follow_up;
  std::vector<std::size_t> teams;
  std::vector<std::size_t> modules;                                 // in the order of their ids
  LaneId start_month, active, completion, mastery, transfer, cost;  // slots of the trial
  LaneId hours;                                                     // derived: h/learner with repeats
  LaneId last_month;                                                // derived: e
  LaneId learners_now;                                              // of the team at hand, in the month
  double learners = 0.0, classes = 0.0;
};

struct LiftModel {
  std::size_t lift;  // in the plan
  LaneId size, base = none;
  std::vector<double> class_weights;  // share of each competence class
  LaneId behavior = none, completion = none, mastery = none, practice, coaching_hours, peers, support;
  std::int64_t months = 0;
  LaneId reached;      // derived: S_ref
  double bound = 0.0;  // of kind gap
};

struct TeamKpiModel {
  std::size_t kpi;  // in Model::kpis
  LaneId base;
  LaneId eta, without, with;                          // derived; `with` holds the value of the month
  std::vector<std::pair<std::size_t, LaneId>> lifts;  // lift, and the lane of D
};

/// State of a cohort in a competence class.
struct StateLanes {
  LaneId behavior_permanent, behavior_fading, knowledge_permanent, knowledge_fading, last_course, taught;
};

struct CohortModel {
  std::size_t wave = none;  // none: the untrained rest
  double share = 0.0, people = 0.0;
  std::int64_t live_from = 1;      // earliest month in which its state can change
  std::vector<StateLanes> states;  // a competence class each
  LaneId half_life, next_refresher, trained, refresher;
  std::vector<std::size_t> follow_ups;  // waves
};

struct TeamModel {
  std::size_t team;  // in the plan
  std::string id;
  double people;
  LaneId hourly_cost, occupancy, shrinkage, contacts, customers, attrition, new_customers = none;
  std::vector<TeamKpiModel> kpis;
  std::vector<CohortModel> cohorts;
  std::vector<LaneId> behavior;  // derived, a class each: headcount-weighted mean
  std::size_t retention_driver = none, aht = none, fcr = none, churn = none,
              attrition_kpi = none;                            // positions in kpis
  bool works = false, retains = false, hires_counted = false;  // which benefits it has
  LaneId off_floor_rate, leavers, last_attrition, monthly_churn, stock, customers_gained, arrivals,
      repeats_without, volume;
};

struct CostModel {
  std::string id;
  Driver driver;
  LaneId amount;
  std::int64_t month, first_month, last_month;
  std::vector<std::size_t> waves;
};

enum class Money {
  npv,
  roi,
  roi_pv,
  bcr,
  bcr_pv,
  payback_month,
  total_cost,
  total_benefit,
  pv_cost,
  pv_benefit,
  contingency,
  funding_request
};
inline constexpr std::array<const char*, 12> money_names = {
    "npv",        "roi",           "roi_pv",  "bcr",        "bcr_pv",      "payback_month",
    "total_cost", "total_benefit", "pv_cost", "pv_benefit", "contingency", "funding_request"};

/// A KPI of some teams in a month, or a money output.
struct OutputModel {
  std::optional<Money> money;
  std::size_t kpi = none;
  std::vector<std::size_t> teams;
  std::int64_t month = 0;
};

/// Teams that aggregates are shown for: "" is the programme, else "region=EMEA" or "product_line=home".
struct Group {
  std::string name;
  std::vector<std::size_t> teams;
};

struct Model {
  std::int64_t months = 0;
  Timing timing = Timing::mid_month;
  std::vector<Kpi> kpis;
  std::vector<kpi::Scale> scales;
  std::vector<InputModel> inputs;
  std::vector<std::size_t> competence_class;  // of each competence of the plan
  std::vector<std::string> competences;
  std::size_t classes = 0;  // competences taught by the same modules share a state
  std::vector<ModuleModel> modules;
  std::vector<WaveModel> waves;
  std::vector<LiftModel> lifts;
  std::vector<TeamModel> teams;                      // in the order of their ids
  std::vector<CostModel> costs;                      // in the order of their ids
  std::vector<std::pair<LaneId, double>> practices;  // level, weight
  double practice_weight = 0.0;                      // of all, those not named included
  std::vector<LaneId> sustained;
  std::vector<Group> groups;  // the programme, then each region and product line
  std::vector<OutputModel> outputs;
  std::vector<std::string> output_names;

  // Plan-wide quantities.
  LaneId discount_rate, contingency, extrapolation, transfer_reference, transfer_strength;
  LaneId permanent_share, base_half_life, knowledge_permanent_share, knowledge_half_life, practice_effect,
      half_life_cap;
  LaneId coaching_hours, coach_capacity = none, coach_effectiveness, coaching_effect, half_dose, dose_slope,
                         knowledge_coaching, coached_knowledge, peer_community, peer_effect,
                         performance_support, support_effect, refresher_hours, refresher_effect,
                         half_life_gain;
  std::int64_t refresher_every = 0;
  LaneId realization, backfill_share, backfill_hourly_cost = none;
  std::optional<std::int64_t> onboarding_from;
  LaneId onboarding_extra_hours = none;
  std::vector<std::size_t> onboarding_modules;
  LaneId callback_share = none, variable_cost = none, elasticity = none, reach = none, margin = none,
         replacement_cost = none;
  bool volume_is_issues = false;
  std::string retention_driver;

  // Lanes of the trial and of the month.
  LaneId transfer_rate, attainable, sustained_half_life, knowledge_kept, peer_share, support_share, log_rate,
      hours_coached, coaching, uptake, uptake_refresher, refresher_knowledge, coached_people, cost, benefit,
      cash, cumulative, lift_factor, benefit_factor, nothing, one;
  std::array<LaneId, 12> money;  // accumulators and results
  std::vector<StateLanes> hire;  // what a new hire brings, a class each
  std::vector<LaneId> spare;     // scratch of the block
  std::size_t lanes = 0;
};

/// Resolves a plan that passed its check.
/// @throws InputError for an unknown output.
[[nodiscard]] Model lower(const Plan& plan, const std::vector<std::string>& outputs);

/// Takes monthly series of one block; keys are made when a series is met first, in the order of the visit.
class Recorder {
 public:
  Recorder(SeriesTable& table, const std::vector<std::string>& what) : table_(table), what_(what) {}
  void begin_block(std::uint64_t first_trial, std::size_t trials) {
    first_ = first_trial;
    trials_ = trials;
    cursor_ = 0;
  }
  void begin_month(std::int64_t month) {
    month_ = month;
    if (month == 0) {
      cursor_ = 0;
    } else if (month == 1) {
      monthly_ = cursor_;
    } else {
      cursor_ = monthly_;
    }
  }
  /// What belongs to the trial as a whole stands in month 0.
  void begin_results() { month_ = 0; }
  template <class MakeKey>
  void put(const double* lane, MakeKey make_key) {
    if (cursor_ == slots_.size()) slots_.push_back(slot(make_key()));
    const std::size_t at = slots_[cursor_++];
    if (at != none) store(at, lane);
  }

 private:
  std::size_t slot(SeriesKey key);
  void store(std::size_t key, const double* lane);

  SeriesTable& table_;
  const std::vector<std::string>& what_;
  std::vector<std::size_t> slots_;
  std::size_t cursor_ = 0, monthly_ = 0, trials_ = 0;
  std::uint64_t first_ = 0;
  std::int64_t month_ = 0;
};

/// Scratch of one worker: evaluates blocks of trials without allocating.
class Block {
 public:
  Block(const Model& model, const Plan& plan, std::uint64_t seed, Sampling sampling, bool central = false);

  /// Most trials at once; a multiple of 64 that keeps the lanes in cache.
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  /// Draws and evaluates trials first .. first+n-1.
  void evaluate(std::uint64_t first, std::size_t n, Recorder* recorder);
  /// Results of the last evaluation: the lane of an output.
  [[nodiscard]] const double* output(std::size_t index) const {
    return output_lanes_.data() + index * capacity_;
  }
  /// How often each lift left its KPI's bounds, over all evaluations.
  [[nodiscard]] const std::vector<std::uint64_t>& clamped() const noexcept { return clamped_; }
  [[nodiscard]] const double* lane(LaneId id) const { return lanes_.data() + id * capacity_; }
  void draw(std::uint64_t first, std::size_t n);

 private:
  [[nodiscard]] double* at(LaneId id) { return lanes_.data() + id * capacity_; }
  void prepare();
  void prepare_lifts();
  void prepare_teams();
  void month(std::int64_t m);
  void team_kpis(TeamModel const& team, std::int64_t m);
  [[nodiscard]] bool wanted(const TeamModel& team, const TeamKpiModel& one, std::int64_t m) const;
  [[nodiscard]] bool shown(std::size_t kpi, std::int64_t m) const;
  void team_benefits(TeamModel const& team, std::int64_t m);
  void coach(std::int64_t m);
  void team_states(TeamModel const& team, std::int64_t m);
  void teach(const CohortModel& cohort, const WaveModel& wave, std::int64_t m, const double* own_last_month);
  void team_costs(TeamModel const& team, std::int64_t m);
  void programme_costs(std::int64_t m);
  void close_month(std::int64_t m);
  void kpi_outputs(std::int64_t m);
  void aggregate(std::size_t kpi, const std::vector<std::size_t>& teams, bool with, double* result);
  void finish();
  void learners(const TeamModel& team, std::int64_t m);
  void off_floor(const TeamModel& team, bool onboarding);
  void add_cost(const double* money, std::string_view line, std::string_view team);

  const Model& model_;
  const Plan& plan_;
  std::uint64_t seed_;
  Sampling sampling_;
  bool central_;
  std::size_t capacity_ = 0, n_ = 0;
  std::vector<double> lanes_;
  std::vector<double> output_lanes_;
  std::vector<std::uint64_t> clamped_;
  std::vector<double> latest_;  // last month of each wave in the block
  Recorder* recorder_ = nullptr;
};

}  // namespace trainplan::engine
