// What a block of trials needs before its first month: draws, transfer, mastery, lifts, baselines.
#include <algorithm>
#include <cmath>

#include "simulate_lanes.hpp"
#include "simulate_model.hpp"
#include "trainplan/base/kernels.hpp"
#include "trainplan/base/random.hpp"

namespace trainplan::engine {
namespace {

constexpr std::size_t cache_doubles = 64 * 1024;  // 512 KB of lanes that a team's months work with
constexpr std::size_t most_trials = 512;
// Lanes lie a cache line further apart than they are long: at multiples of 2 KB they would share few sets of
// the innermost cache.
constexpr std::size_t line_doubles = 8;

}  // namespace

Block::Block(const Model& model, const Plan& plan, std::uint64_t seed, Sampling sampling, bool central)
    : model_(model), plan_(plan), seed_(seed), sampling_(sampling), central_(central) {
  const std::size_t fitting = cache_doubles / model.hot_lanes / 64 * 64;
  capacity_ = std::clamp<std::size_t>(fitting, 64, most_trials);
  stride_ = capacity_ + line_doubles;
  lanes_.assign(model.lanes * stride_, 0.0);
  output_lanes_.assign(model.outputs.size() * stride_, 0.0);
  output_weights_.assign(model.outputs.size() * stride_, 0.0);
  clamped_.assign(model.lifts.size(), 0);
  latest_.assign(model.waves.size(), 0.0);
  runs_.assign(model.waves.size(), 0);
  first_trained_ = static_cast<double>(model.months);
  for (const WaveModel& wave : model.waves) first_trained_ = std::min(first_trained_, wave.earliest_end());
  computed_as_.assign(model.classes, 0);
  computed_.reserve(model.classes);
  lift_weights_.assign(model.lifts.size() * model.classes, 0.0);
  taught_weights_.assign(model.classes, 0.0);
  parts_.reserve(model.classes);
  std::size_t largest = 0;
  for (const GroupModel& group : model.correlated) largest = std::max(largest, group.members.size());
  group_lanes_.assign(largest, nullptr);
  for (std::size_t i = 0; i < model.inputs.size(); ++i) {
    const Distribution& d = model.inputs[i].sampler.distribution();
    if (d.certain()) std::fill_n(at(i), capacity_, d.a);
  }
  for (const WaveModel& wave : model.waves) {
    std::fill_n(at(wave.start_month), capacity_, wave.start);
    for (const LaneId factor : {wave.active, wave.completion, wave.mastery, wave.transfer, wave.cost}) {
      std::fill_n(at(factor), capacity_, 1.0);
    }
  }
  std::fill_n(at(model.one), capacity_, 1.0);
  std::fill_n(at(model.lift_factor), capacity_, 1.0);
  std::fill_n(at(model.benefit_factor), capacity_, 1.0);
}

void Block::draw(std::uint64_t first, std::size_t n) {
  for (std::size_t i = 0; i < model_.inputs.size(); ++i) {
    const InputModel& input = model_.inputs[i];
    if (input.sampler.distribution().certain()) continue;
    const Lane drawn(at(i), n);
    if (central_) {
      std::fill(drawn.begin(), drawn.end(), 0.5);
    } else {
      rng::uniforms(seed_, input.hash, first, sampling_, drawn);
    }
    if (input.mixed) {
      kernels::normal_quantiles(drawn, drawn);
    } else {
      input.sampler.draw(drawn);
    }
  }
  // Scores that depend on others: mixed first, then made values.
  for (const GroupModel& group : model_.correlated) {
    for (std::size_t i = 0; i < group.members.size(); ++i) group_lanes_[i] = at(group.members[i]);
    correlation::mix(group.factor, {group_lanes_.data(), group.members.size()}, n);
  }
  const SharedModel& shared = model_.shared_lifts;
  for (const auto& [size, direction] : shared.members) {
    double* score = at(size);
    lanes::scale(n, score, shared.own_weight);
    lanes::add_scaled(n, score, at(shared.common), direction * shared.common_weight);
  }
  for (std::size_t i = 0; i < model_.inputs.size(); ++i) {
    if (model_.inputs[i].mixed) model_.inputs[i].sampler.draw_scores({at(i), n});
  }
}

void Block::prepare() {
  const std::size_t n = n_;
  double* sum = at(model_.spare[0]);
  lanes::fill(n, sum, 0.0);
  for (const auto& [level, weight] : model_.practices) lanes::add_scaled(n, sum, at(level), weight);
  lanes::scale(n, sum, 1.0 / model_.practice_weight);
  lanes::transfer(n, {at(model_.transfer_reference), at(model_.transfer_strength), sum},
                  at(model_.transfer_rate), at(model_.attainable));

  double* kept_up = at(model_.spare[1]);
  std::copy_n(at(model_.peer_community), n, kept_up);
  for (const LaneId level : model_.sustained) lanes::add_scaled(n, kept_up, at(level), 1.0);
  lanes::scale(n, kept_up, 1.0 / static_cast<double>(transfer::sustained_ids.size() + 1));
  lanes::half_life(n, {at(model_.base_half_life), at(model_.practice_effect), kept_up},
                   at(model_.sustained_half_life));
  lanes::retention(n, at(model_.knowledge_half_life), at(model_.knowledge_kept));

  lanes::product(n, at(model_.peer_share), at(model_.peer_effect), at(model_.peer_community));
  lanes::product(n, at(model_.support_share), at(model_.support_effect), at(model_.performance_support));
  lanes::product(n, at(model_.refresher_knowledge), at(model_.knowledge_coaching),
                 at(model_.refresher_effect));
  lanes::sharpness(n, at(model_.extrapolation), at(model_.sharpness));
  lanes::log_rate(n, at(model_.discount_rate), at(model_.log_rate));

  if (model_.coaching_sessions == none) {
    std::copy_n(at(model_.coaching_hours), n, at(model_.dose));
  } else {
    lanes::product(n, at(model_.dose), at(model_.coaching_sessions), at(model_.coaching_minutes));
    lanes::scale(n, at(model_.dose), 1.0 / 60.0);
  }
  prepare_modules();
  if (recorder_ != nullptr) {
    recorder_->put(at(model_.transfer_rate),
                   [] { return SeriesKey{"transfer", "", "", "", "", "fraction"}; });
    recorder_->put(at(model_.sustained_half_life),
                   [] { return SeriesKey{"sustained_half_life", "", "", "", "", "months"}; });
  }
}

// What modules and waves teach, and what a new hire knows and does.
void Block::prepare_modules() {
  const std::size_t n = n_;
  for (const std::size_t m : model_.module_order) {
    const ModuleModel& module = model_.modules[m];
    lanes::completion(n, {at(module.completion), at(module.accessibility), at(module.fail_rate)},
                      at(module.completed));
    if (!module.prerequisites.empty()) {
      // Who missed a course does not complete the one that builds on it.
      double* before = at(model_.spare[0]);
      lanes::fill(n, before, 1.0);
      for (const std::size_t p : module.prerequisites)
        lanes::least(n, before, at(model_.modules[p].completed));
      lanes::multiply(n, at(module.completed), before);
    }
    double* mastered = at(module.mastered);
    if (module.mastery != none) {
      std::copy_n(at(module.mastery), n, mastered);
    } else {
      lanes::mastery(n, {at(module.hours), at(module.mastery_max), at(module.mastery_half_hours)}, mastered);
    }
    lanes::bounded_product(n, {at(module.coverage), at(module.modality_factor), mastered}, mastered);
    if (recorder_ != nullptr) {
      recorder_->put(at(module.completed),
                     [&] { return SeriesKey{"completion", "", module.id, "", "", "fraction"}; });
      recorder_->put(mastered, [&] { return SeriesKey{"mastery", "", module.id, "", "", "fraction"}; });
    }
  }
  for (const WaveModel& wave : model_.waves) {
    lanes::last_month(n, at(wave.start_month), wave.months, at(wave.last_month));
    lanes::fill(n, at(wave.hours), 0.0);
    for (const std::size_t m : wave.modules) {
      lanes::add_hours(n, at(model_.modules[m].hours), at(model_.modules[m].fail_rate), at(wave.hours));
    }
    lanes::fill(n, at(wave.completed), 0.0);
    for (const std::size_t m : wave.modules) {
      lanes::add_bounded(n, at(wave.completed), at(model_.modules[m].completed), at(wave.completion),
                         1.0 / static_cast<double>(wave.modules.size()));
    }
    if (recorder_ != nullptr) {
      recorder_->put(at(wave.start_month),
                     [&] { return SeriesKey{"wave_start", "", wave.id, "", "", "month"}; });
    }
    latest_[static_cast<std::size_t>(&wave - model_.waves.data())] =
        *std::max_element(at(wave.last_month), at(wave.last_month) + n);
  }
  // The onboarding modules taught in turn to somebody untaught.
  for (const StateLanes& hire : model_.hire) {
    for (const LaneId part : hire.all()) lanes::fill(n, at(part), 0.0);
  }
  for (const std::size_t m : model_.onboarding_modules) {
    const ModuleModel& module = model_.modules[m];
    for (const std::size_t c : module.classes) {
      const StateLanes& hire = model_.hire[c];
      lanes::teach(n,
                   {at(module.completed), at(module.mastered), at(model_.transfer_rate),
                    at(model_.permanent_share), at(model_.knowledge_permanent_share)},
                   {at(hire.behavior_permanent), at(hire.behavior_fading), at(hire.knowledge_permanent),
                    at(hire.knowledge_fading)});
    }
  }
}

// How fully the behavior was applied where each lift was seen (section 4).
void Block::prepare_lifts() {
  const std::size_t n = n_;
  for (const LiftModel& lift : model_.lifts) {
    double* reached = at(lift.reached);
    if (lift.ramps) lanes::ramp_step(n, at(lift.ramp), at(lift.ramp_step));
    if (lift.behavior != none) {
      std::copy_n(at(lift.behavior), n, reached);
    } else {
      double* tau = at(model_.spare[0]);
      double* attainable = at(model_.spare[1]);
      double* kept = at(model_.spare[2]);
      lanes::transfer(n, {at(model_.transfer_reference), at(model_.transfer_strength), at(lift.practice)},
                      tau, attainable);
      lanes::evidence_half_life(
          n, {at(model_.base_half_life), at(model_.practice_effect), at(lift.practice), at(lift.peers)},
          static_cast<double>(transfer::sustained_ids.size()), kept);
      lanes::retention(n, kept, kept);
      double* coaching = at(model_.spare[3]);
      double* uptake = at(model_.spare[4]);
      lanes::coaching(n,
                      {at(model_.coaching_effect), at(model_.one), at(lift.coaching_hours),
                       at(model_.half_dose), at(model_.dose_slope)},
                      coaching);
      lanes::evidence_uptake(
          n, {coaching, at(model_.peer_effect), at(lift.peers), at(model_.support_effect), at(lift.support)},
          uptake);
      lanes::evidence(
          n,
          {at(lift.completion), at(lift.mastery), tau, attainable, kept, at(model_.knowledge_kept),
           at(model_.permanent_share), at(model_.knowledge_permanent_share), coaching,
           at(model_.knowledge_coaching), at(model_.coached_knowledge), uptake},
          lift.months, reached);
    }
    lanes::inverse(n, reached, at(lift.inverse_reached));
    if (recorder_ != nullptr) {
      recorder_->put(reached, [&] {
        return SeriesKey{"reached_at", "", plan_.lifts[lift.lift].id, "", "", "fraction"};
      });
    }
  }
}

void Block::prepare_team(const TeamModel& team) {
  const std::size_t n = n_;
  const double* off_price =
      model_.backfill_hourly_cost == none ? at(model_.nothing) : at(model_.backfill_hourly_cost);
  lanes::off_floor_rate(n,
                        {at(team.hourly_cost), off_price, at(model_.backfill_share), at(model_.realization),
                         at(team.shrinkage)},
                        at(team.off_floor_rate));
  // Without the hours lost to the floor: what is paid for backfill.
  lanes::off_floor_rate(
      n, {at(model_.nothing), off_price, at(model_.backfill_share), at(model_.nothing), at(team.shrinkage)},
      at(team.backfill_rate));
  for (const TeamKpiModel& one : team.kpis) {
    if (!one.leading) prepare_team_kpi(team, one);
  }
  if (team.works) {
    if (team.fcr != none) {
      lanes::repeats(n, at(model_.callback_share), at(team.kpis[team.fcr].without), at(team.repeats_without));
      lanes::volume(n, at(team.contacts), at(team.repeats_without), model_.volume_is_issues, at(team.volume));
    } else {
      lanes::fill(n, at(team.repeats_without), 0.0);
      std::copy_n(at(team.contacts), n, at(team.volume));
    }
  }
  lanes::scaled(n, at(team.attrition), 1.0, at(team.last_attrition));
  if (team.retains) {
    const TeamKpiModel& churn = team.kpis[team.churn];
    lanes::monthly_churn(n, at(churn.without), at(team.monthly_churn));
    lanes::yearly_churn(n, at(team.monthly_churn), at(churn.without));
    std::copy_n(at(team.customers), n, at(team.stock));
    lanes::fill(n, at(team.customers_gained), 0.0);
    if (team.new_customers != none) {
      std::copy_n(at(team.new_customers), n, at(team.arrivals));
    } else {
      lanes::product(n, at(team.arrivals), at(team.customers), at(team.monthly_churn));
    }
  }
  for (const CohortModel& cohort : team.cohorts) {
    for (const StateLanes& state : cohort.states) {
      for (const LaneId part : state.all()) lanes::fill(n, at(part), 0.0);
    }
    std::copy_n(at(model_.sustained_half_life), n, at(cohort.half_life));
    lanes::fill(n, at(cohort.trained), 0.0);
    lanes::fill(n, at(cohort.refresher), 0.0);
    if (cohort.wave != none) {
      lanes::last_month(n, at(model_.waves[cohort.wave].last_month),
                        static_cast<double>(model_.refresher_every) + 1.0, at(cohort.next_refresher));
    }
  }
}

// Sums over teams, by month, and over months.
void Block::begin_sums() {
  const std::size_t n = n_;
  for (std::size_t m = 0; m <= static_cast<std::size_t>(model_.months); ++m) {
    lanes::fill(n, at(model_.cost + m), 0.0);
    lanes::fill(n, at(model_.benefit + m), 0.0);
  }
  for (std::size_t o = 0; o < model_.outputs.size(); ++o) {
    lanes::fill(n, output_lanes_.data() + o * stride_, 0.0);
    lanes::fill(n, output_weights_.data() + o * stride_, 0.0);
  }
  if (recorder_ != nullptr) group_sums_.assign(model_.groups.size() * model_.kpis.size(), {});
  for (const LaneId id : model_.money) lanes::fill(n, at(id), 0.0);
  lanes::fill(n, at(model_.cumulative), 0.0);
  lanes::fill(n, at(model_.discounted), 0.0);
  lanes::fill(n, at(model_.money[static_cast<std::size_t>(Money::payback_month)]), -1.0);
  lanes::fill(n, at(model_.money[static_cast<std::size_t>(Money::discounted_payback_month)]), -1.0);
}

// Baseline of a KPI and the effects of its lifts, on the link scale.
void Block::prepare_team_kpi(const TeamModel& team, const TeamKpiModel& one) {
  const std::size_t n = n_;
  const kpi::Scale& scale = model_.scales[one.kpi];
  lanes::base_level(n, scale, at(one.base), at(one.level));
  if (one.sample != none)
    lanes::sampled_level(n, scale, one.responses, model_.kpis[one.kpi].cv, at(one.sample), at(one.level));
  lanes::base_pivot(n, scale, at(one.level), at(one.pivot), at(one.without));
  if (one.slope != none) lanes::link_slope(n, scale, at(one.level), at(one.slope));
  for (const TeamLiftModel& at_work : one.lifts) {
    const LiftModel& lift = model_.lifts[at_work.lift];
    double* effect = at(at_work.effect);
    const double* own = one.sample == none ? at(one.base) : at(one.level);
    const double* seen_at = lift.base == none ? own : at(lift.base);
    clamped_[at_work.lift] +=
        lanes::lift_effect(n, scale, plan_.lifts[lift.lift].kind, lift.bound, seen_at, at(lift.size), effect);
    lanes::credit(n, lift.credited_share == none ? nullptr : at(lift.credited_share), at(lift.ramp),
                  lift.ramps ? lift.read_at : 0.0, effect);
    if (at_work.score != none) lanes::vary(n, at(lift.team_spread), at(at_work.score), effect);
    if (at_work.lagged != none) lanes::fill(n, at(at_work.lagged), 0.0);
    if (recorder_ != nullptr) {
      recorder_->put(effect, [&] {
        return SeriesKey{"lift_effect", team.id, plan_.lifts[lift.lift].id, "", "", "link scale"};
      });
    }
  }
}

}  // namespace trainplan::engine
