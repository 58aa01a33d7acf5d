/// The plan as the trial loop needs it: every text resolved to an index, every quantity to a lane.
/// Private to the room `simulate`.
/// Over 400 lines: the model and the block that evaluates it are read together.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulate_lanes.hpp"
#include "trainplan/base/distribution.hpp"
#include "trainplan/engine/plan.hpp"
#include "trainplan/engine/simulate.hpp"

namespace trainplan::engine {

/// Begins at a cache line, so that no load of the widest register straddles two.
template <class T>
struct LineAllocator {
  using value_type = T;  // NOLINT(readability-identifier-naming): as allocators call it
  static constexpr std::align_val_t line{64};
  LineAllocator() = default;
  template <class U>
  LineAllocator(const LineAllocator<U>&) {}  // NOLINT(google-explicit-constructor): as allocators convert
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), line)); }
  void deallocate(T* p, std::size_t) { ::operator delete(p, line); }
  friend bool operator==(const LineAllocator&, const LineAllocator&) { return true; }
};
using Lanes = std::vector<double, LineAllocator<double>>;

/// Number of a lane: one double a trial of the block. Lanes 0 .. inputs.size()-1 are the plan's quantities.
using LaneId = std::size_t;
inline constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

struct InputModel {
  std::string path;
  std::uint64_t hash = 0;
  distribution::Sampler sampler;
  bool score = false;  // a standard normal draw on a derived path, no field of the plan
  bool mixed = false;  // its normal score depends on those of others
};

/// Quantities that are correlated: the factor of their normal scores.
struct GroupModel {
  Table factor;
  std::vector<LaneId> members;
};
/// Sizes of lifts that follow one common score.
struct SharedModel {
  LaneId common = none;
  double common_weight = 0.0, own_weight = 0.0;
  std::vector<std::pair<LaneId, double>> members;  // lane, 1 or -1
};

struct ModuleModel {
  std::string id;
  LaneId hours, completion, accessibility, mastery = none, mastery_max = none, mastery_half_hours = none;
  LaneId coverage, modality_factor, fail_rate, development_ratio;
  LaneId completed, mastered;              // derived: q and g
  std::vector<std::size_t> classes;        // competence classes taught
  std::vector<std::size_t> prerequisites;  // modules
};

/// Its slots are what risks and gates will change in a trial; constant until they do.
struct WaveModel {
  std::string id;
  double start, months, share, class_size;
  bool follow_up;
  std::vector<std::size_t> teams;
  std::vector<std::size_t> modules;                                 // in the order of their ids
  LaneId start_month, active, completion, mastery, transfer, cost;  // slots of the trial
  LaneId hours;                                                     // derived: h/learner with repeats
  LaneId last_month;                                                // derived: e
  LaneId completed;                                                 // derived: mean q of its modules
  LaneId learners_now;                                              // of the team at hand, in the month
  double learners = 0.0, classes = 0.0;
  /// The month in which it ends unless something delays it; nothing ends it earlier.
  [[nodiscard]] double earliest_end() const { return start + months - 1.0; }
};

struct LiftModel {
  std::size_t lift;  // in the plan
  LaneId size, base = none;
  std::vector<double> class_weights;  // share of each competence class
  LaneId behavior = none, completion = none, mastery = none, practice, coaching_hours, peers, support;
  std::int64_t months = 0;
  LaneId reached, inverse_reached;  // derived: S_ref, 1 / S_ref
  double bound = 0.0;               // of kind gap
  LaneId team_spread, ramp, credited_share = none, ramp_step;
  double read_at = 0.0;  // 0: where the ramp ends
  bool ramps = false, of_team = false;
};

/// How a KPI moves by itself.
struct MovementModel {
  std::size_t kpi;
  LaneId trend = none;         // none: no trend
  std::vector<double> season;  // of each programme month from 1; empty: none
  double programme_sd, team_sd, persistence;
  LaneId programme_part = none;      // the common movement, a lane a month
  LaneId draw = none;                // its standard normal draws of two months, one after the other
  std::vector<std::uint64_t> draws;  // hash of the path of each two months' draws
};

/// A lift at work on a team's KPI.
struct TeamLiftModel {
  std::size_t lift;
  LaneId effect;         // D
  LaneId score = none;   // of between-team variation
  LaneId lagged = none;  // what shows of it so far
};

struct TeamKpiModel {
  std::size_t kpi;  // in Model::kpis
  LaneId base;
  LaneId level, pivot, without, with;  // derived; `with` holds the value of the month
  std::vector<TeamLiftModel> lifts;
  double responses = 0.0;  // behind the baseline; 0: known exactly
  LaneId sample = none;    // score of the baseline's error
  std::size_t movement = none;
  LaneId slope = none, team_part = none, draw = none, pivot_now = none;
  std::vector<std::uint64_t> draws;
  std::int64_t last_wanted = 0;      // last month in which anybody looks
  bool earns = false;                // money or turnover hangs on it in every month
  std::vector<std::size_t> outputs;  // that show it
  std::optional<kpi::Leading> leading;
};

/// State of a cohort in a competence class.
struct StateLanes {
  LaneId behavior_permanent, behavior_fading, knowledge_permanent, knowledge_fading, last_course, taught;
  [[nodiscard]] std::array<LaneId, 6> all() const {
    return {behavior_permanent, behavior_fading, knowledge_permanent, knowledge_fading, last_course, taught};
  }
};

struct CohortModel {
  std::size_t wave = none;  // none: the untrained rest
  double share = 0.0, people = 0.0;
  std::int64_t live_from = 1;      // earliest month in which its state can change
  std::vector<StateLanes> states;  // a competence class each
  LaneId half_life, next_refresher, trained, refresher;
  std::vector<std::size_t> follow_ups;  // waves
};

/// In a month, class `made` and those that go with it part from class `from`: what they are taught differs
/// from here on.
struct SplitModel {
  std::int64_t month;
  std::size_t from, made;
  std::vector<std::size_t> members;
};

struct TeamModel {
  std::size_t team;  // in the plan
  std::string id;
  double people;
  LaneId hourly_cost, occupancy, shrinkage, contacts, customers, attrition, new_customers = none;
  std::vector<TeamKpiModel> kpis;
  std::vector<CohortModel> cohorts;
  std::vector<SplitModel> splits;      // by month; until the first all classes are one
  std::int64_t live_from = 1;          // until this month no state differs from 0 at its start
  std::vector<LaneId> behavior;        // derived, a class each: headcount-weighted mean
  std::vector<LaneId> spilled;         // with what the untrained pick up; the same lanes where nothing spills
  std::vector<LaneId> effective;       // S_eff, from `spilled`
  std::vector<LaneId> effective_team;  // S_eff of lifts measured on teams, from `behavior`
  std::vector<double> taught_weights;  // share of each class in the competences its waves teach
  std::vector<std::size_t> support_teams;
  LaneId support_dependence = none, support = none;
  LaneId supporting = none;  // what a support team does, a lane a month
  double support_people = 0.0;
  bool spills = false;
  std::size_t retention_driver = none, aht = none, fcr = none, churn = none,
              attrition_kpi = none;                            // positions in kpis
  bool works = false, retains = false, hires_counted = false;  // which benefits it has
  std::size_t reroute = none, acquisition_driver = none, conversion = none;
  std::vector<std::pair<std::size_t, std::size_t>> custom;  // stream, position in kpis
  LaneId off_floor_rate, backfill_rate, leavers, last_attrition, monthly_churn, stock, customers_gained,
      arrivals, repeats_without, volume;
};

struct CustomModel {
  std::string name;  // "custom.ID"
  LaneId value;
  Per per;
  double share;
};

struct CostModel {
  std::string id;
  Driver driver;
  LaneId amount;
  std::int64_t month, first_month, last_month;
  std::vector<std::size_t> waves;
  bool cash;
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
  funding_request,
  discounted_payback_month,
  cash_cost,
  cost_per_learner
};
inline constexpr std::array<const char*, 15> money_names = {"npv",
                                                            "roi",
                                                            "roi_pv",
                                                            "bcr",
                                                            "bcr_pv",
                                                            "payback_month",
                                                            "total_cost",
                                                            "total_benefit",
                                                            "pv_cost",
                                                            "pv_benefit",
                                                            "contingency",
                                                            "funding_request",
                                                            "discounted_payback_month",
                                                            "cash_cost",
                                                            "cost_per_learner"};

/// A KPI of some teams in a month, or a money output.
struct OutputModel {
  std::optional<Money> money;
  std::size_t kpi = none;
  std::vector<std::size_t> teams;
  std::int64_t month = 0;
  bool by_people = false;  // where no team states the KPI's own weight
};

/// Teams that aggregates are shown for: "" is the programme, else "region=EMEA" or "product_line=home".
struct Group {
  std::string name;
  std::vector<std::size_t> teams;
  std::vector<std::size_t> having;  // how many of them have each KPI
  std::vector<char> by_people;      // of each KPI
};

struct Model {
  std::int64_t months = 0;
  Timing timing = Timing::mid_month;
  std::vector<Kpi> kpis;
  std::vector<kpi::Scale> scales;
  std::vector<InputModel> inputs;
  std::vector<GroupModel> correlated;
  SharedModel shared_lifts;
  std::vector<MovementModel> movements;
  std::vector<std::size_t> competence_class;  // of each competence of the plan
  std::vector<std::string> competences;
  std::size_t classes = 0;  // competences taught by the same modules share a state
  std::vector<ModuleModel> modules;
  std::vector<std::size_t> module_order;  // prerequisites first
  std::vector<std::size_t> modules_by_id;
  std::vector<WaveModel> waves;
  std::vector<LiftModel> lifts;
  std::vector<TeamModel> teams;                      // in the order of their ids; they share their lanes
  std::vector<std::size_t> team_order;               // those that others depend on first
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
  LaneId spillover;
  LaneId coaching_hours, coaching_sessions = none, coaching_minutes = none, coach_capacity = none,
                         coach_effectiveness, coaching_effect, half_dose, dose_slope, knowledge_coaching,
                         coached_knowledge, peer_community, peer_effect, performance_support, support_effect,
                         refresher_hours, refresher_effect, half_life_gain;
  std::int64_t refresher_every = 0;
  LaneId realization, backfill_share, backfill_hourly_cost = none;
  std::optional<std::int64_t> onboarding_from;
  LaneId onboarding_extra_hours = none;
  std::vector<std::size_t> onboarding_modules;
  LaneId callback_share = none, variable_cost = none, reroute_seconds = none, elasticity = none, reach = none,
         margin = none, acquisition_rate = none, acquisition_value = none, offer_share = none,
         sales_margin = none, replacement_cost = none;
  double contact_share = 1.0, retention_share = 1.0, acquisition_share = 1.0, sales_share = 1.0,
         hiring_share = 1.0;
  std::int64_t after_months = 0;
  bool volume_is_issues = false;
  std::string retention_driver, acquisition_driver;
  std::vector<CustomModel> custom;
  double languages = 0.0;
  LaneId plan_reviewed = none;

  // Lanes of the trial and of the month.
  LaneId dose, discounted, transfer_rate, attainable, sustained_half_life, knowledge_kept, peer_share,
      support_share, log_rate, hours_coached, coaching, uptake, uptake_refresher, refresher_knowledge,
      coached_people, cost, benefit, cash, cumulative, lift_factor, benefit_factor, nothing, one, sharpness;
  std::array<LaneId, 15> money;  // accumulators and results
  std::vector<StateLanes> hire;  // what a new hire brings, a class each
  std::vector<LaneId> spare;     // scratch of the block
  std::size_t lanes = 0;
  std::size_t hot_lanes = 0;  // that a team's months work with
};

/// Whether money or turnover hangs on the KPI at a position of the team, so that it counts in every month.
[[nodiscard]] bool earns(const TeamModel& team, std::size_t position);

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
  /// A part of the block that visits the same series in each of its months.
  void begin_section() { section_ = cursor_; }
  /// What belongs to the trial as a whole stands in month 0.
  void begin_month(std::int64_t month) {
    month_ = month;
    cursor_ = section_;
  }
  /// Whether series of this kind are kept at all; the block leaves out the work for kinds that are not.
  [[nodiscard]] bool asks(std::string_view kind) const;
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
  std::size_t cursor_ = 0, section_ = 0, trials_ = 0;
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
    return output_lanes_.data() + index * stride_;
  }
  /// How often each lift left its KPI's bounds, over all evaluations.
  [[nodiscard]] const std::vector<std::uint64_t>& clamped() const noexcept { return clamped_; }
  [[nodiscard]] const double* lane(LaneId id) const { return lanes_.data() + id * stride_; }
  void draw(std::uint64_t first, std::size_t n);

 private:
  [[nodiscard]] double* at(LaneId id) { return lanes_.data() + id * stride_; }
  void prepare();
  void prepare_lifts();
  void prepare_team(const TeamModel& team);
  void begin_sums();
  void section(std::optional<std::int64_t> month = {});
  void in_month(std::int64_t m);
  void run_team(const TeamModel& team);
  void join_classes(const TeamModel& team);
  void part_classes(const TeamModel& team, std::int64_t m);
  void weigh_classes(const TeamModel& team);
  [[nodiscard]] std::span<const lanes::Part> blend(const std::vector<LaneId>& behavior, std::size_t lift);
  [[nodiscard]] std::size_t position(const TeamModel& team) const {
    return static_cast<std::size_t>(&team - model_.teams.data());
  }
  void prepare_modules();
  void prepare_team_kpi(const TeamModel& team, const TeamKpiModel& one);
  void behave(const TeamModel& team, std::int64_t m);
  void support(const TeamModel& team, std::int64_t m, bool quiet);
  void move_programme();
  void team_kpis(TeamModel const& team, std::int64_t m, bool quiet);
  const double* without_programme(const TeamKpiModel& one, std::int64_t m, bool needed);
  void lead(const TeamModel& team, const TeamKpiModel& one, std::int64_t m);
  [[nodiscard]] bool wanted(const TeamKpiModel& one, std::int64_t m) const;
  [[nodiscard]] bool shown(const TeamKpiModel& one, std::int64_t m) const;
  void team_benefits(TeamModel const& team, std::int64_t m);
  void quiet_benefits(TeamModel const& team);
  void add_benefit(const TeamModel& team, double* money, double share, std::string_view stream);
  void contact_work(const TeamModel& team);
  void move_churn(const TeamModel& team);
  void retention(const TeamModel& team, std::int64_t m);
  void other_benefits(const TeamModel& team);
  void record_kpis(const TeamModel& team, std::int64_t m);
  void record_states(const TeamModel& team);
  const double* score_of_month(const std::vector<std::uint64_t>& draws, LaneId pair, std::int64_t m);
  void coach_all();
  void team_states(TeamModel const& team, std::int64_t m);
  void teach(const CohortModel& cohort, const WaveModel& wave, std::int64_t m, const double* own_last_month);
  void team_costs(TeamModel const& team, std::int64_t m);
  void programme_costs(std::int64_t m);
  void close_month(std::int64_t m);
  void add_to_sums(const TeamModel& team, std::int64_t m);
  void record_groups();
  void finish();
  void learners(const TeamModel& team, std::int64_t m);
  void off_floor(const TeamModel& team, bool onboarding);
  [[nodiscard]] bool idle(const CostModel& line, std::int64_t m) const;
  void add_cost(const double* units, const double* price, std::string_view line, std::string_view team,
                bool cash);

  const Model& model_;
  const Plan& plan_;
  std::uint64_t seed_;
  Sampling sampling_;
  bool central_;
  std::size_t capacity_ = 0, n_ = 0;
  std::size_t stride_ = 0;  // doubles from a lane to the next
  std::uint64_t first_ = 0;
  Lanes lanes_;
  Lanes output_lanes_, output_weights_;
  struct GroupSums {
    std::vector<double> with, without, weight;  // a row a month
  };
  std::vector<GroupSums> group_sums_;  // group x KPI, for the record
  bool records_kpis_ = false, records_states_ = false;
  double* month_cost_ = nullptr;
  double* month_benefit_ = nullptr;
  const double* month_hours_ = nullptr;
  std::vector<std::uint64_t> clamped_;
  std::vector<double> latest_;        // last month of each wave in the block
  std::vector<char> runs_;            // whether each wave may train the team at hand in the month
  double first_trained_ = 0.0;        // no wave ends before this month
  std::vector<double*> group_lanes_;  // of correlated quantities at hand
  // Classes of the team at hand that were taught the same so far are computed once, as the first of them.
  std::vector<std::size_t> computed_as_;  // of each class
  std::vector<std::size_t> computed_;     // the first ones
  std::size_t next_split_ = 0;
  std::vector<double> lift_weights_;    // lift x class: summed over those computed as the class
  std::vector<double> taught_weights_;  // the same of the team's taught_weights
  std::vector<lanes::Part> parts_;
  Recorder* recorder_ = nullptr;
};

}  // namespace trainplan::engine
