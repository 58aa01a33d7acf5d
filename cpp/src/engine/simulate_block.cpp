// One block of trials: docs/method.md in its order. Loops run over the trials of the block, in lanes; every
// formula is the scalar one of its room, inlined, so a loop and a single call give the same bits.
//
// Teams run through their months one after the other, so that the lanes of one team stay in cache however
// many teams there are. What they share is made before (coaching by month, common movement) or kept by month
// (behavior of support staff, cost and benefit).
#include <algorithm>
#include <initializer_list>
#include <optional>

#include "simulate_lanes.hpp"
#include "simulate_model.hpp"

namespace trainplan::engine {

void Block::evaluate(std::uint64_t first, std::size_t n, Recorder* recorder) {
  n_ = n;
  first_ = first;
  recorder_ = recorder;
  const auto asked = [&](std::initializer_list<std::string_view> kinds) {
    return recorder != nullptr && std::any_of(kinds.begin(), kinds.end(),
                                              [&](std::string_view kind) { return recorder->asks(kind); });
  };
  records_kpis_ = asked({"kpi", "kpi_without", "applied", "noise"});
  records_states_ = asked({"behavior", "knowledge", "cohort_behavior", "cohort_knowledge", "half_life"});
  draw(first, n);
  section(0);
  prepare();
  prepare_lifts();
  coach_all();
  move_programme();
  begin_sums();
  for (const std::size_t t : model_.team_order) run_team(model_.teams[t]);
  section();
  for (std::int64_t m = 0; m <= model_.months; ++m) {
    in_month(m);
    programme_costs(m);
    close_month(m);
  }
  finish();
}

void Block::section(std::optional<std::int64_t> month) {
  if (recorder_ == nullptr) return;
  recorder_->begin_section();
  if (month) recorder_->begin_month(*month);
}
void Block::in_month(std::int64_t m) {
  if (recorder_ != nullptr) recorder_->begin_month(m);
}

void Block::run_team(const TeamModel& team) {
  section(0);
  prepare_team(team);
  join_classes(team);
  section();
  for (std::int64_t m = 1; m <= model_.months; ++m) {
    in_month(m);
    // Before anybody can have learnt anything only what moves by itself is computed.
    const bool quiet = recorder_ == nullptr && m <= team.live_from;
    if (!quiet) behave(team, m);
    support(team, m, quiet);
    team_kpis(team, m, quiet);
    quiet ? quiet_benefits(team) : team_benefits(team, m);
    add_to_sums(team, m);
    if (records_kpis_) record_kpis(team, m);
    if (records_states_) record_states(team);
    team_states(team, m);
    team_costs(team, m);
  }
}

// All classes as one: nobody has been taught anything.
void Block::join_classes(const TeamModel& team) {
  std::fill(computed_as_.begin(), computed_as_.end(), std::size_t{0});
  computed_.assign(model_.classes > 0 ? 1 : 0, 0);
  next_split_ = 0;
  weigh_classes(team);
}

// A class that parts from another takes its state with it.
void Block::part_classes(const TeamModel& team, std::int64_t m) {
  const std::size_t before = computed_.size();
  for (; next_split_ < team.splits.size() && team.splits[next_split_].month == m; ++next_split_) {
    const SplitModel& split = team.splits[next_split_];
    for (const std::size_t c : split.members) computed_as_[c] = split.made;
    computed_.insert(std::lower_bound(computed_.begin(), computed_.end(), split.made), split.made);
    for (const CohortModel& cohort : team.cohorts) {
      const auto from = cohort.states[split.from].all();
      const auto to = cohort.states[split.made].all();
      for (std::size_t i = 0; i < from.size(); ++i) std::copy_n(at(from.at(i)), n_, at(to.at(i)));
    }
  }
  if (computed_.size() != before) weigh_classes(team);
}

void Block::weigh_classes(const TeamModel& team) {
  std::fill(lift_weights_.begin(), lift_weights_.end(), 0.0);
  std::fill(taught_weights_.begin(), taught_weights_.end(), 0.0);
  for (std::size_t c = 0; c < model_.classes; ++c) {
    for (std::size_t l = 0; l < model_.lifts.size(); ++l)
      lift_weights_[l * model_.classes + computed_as_[c]] += model_.lifts[l].class_weights[c];
    if (!team.taught_weights.empty()) taught_weights_[computed_as_[c]] += team.taught_weights[c];
  }
}

// Behavior as a lift weighs it.
std::span<const lanes::Part> Block::blend(const std::vector<LaneId>& behavior, std::size_t lift) {
  parts_.clear();
  for (const std::size_t c : computed_) {
    const double weight = lift_weights_[lift * model_.classes + c];
    if (weight != 0.0) parts_.push_back({at(behavior[c]), weight});
  }
  return parts_;
}

// Step 1: behavior at the start of the month, of the team and as its KPIs see it.
void Block::behave(const TeamModel& team, std::int64_t m) {
  const std::size_t n = n_;
  for (const CohortModel& cohort : team.cohorts) {
    if (cohort.wave == none) continue;
    const WaveModel& wave = model_.waves[cohort.wave];
    lanes::trained(n, static_cast<double>(m), static_cast<double>(model_.refresher_every),
                   {at(wave.last_month), at(wave.active)}, at(cohort.trained), at(cohort.next_refresher),
                   at(cohort.refresher));
  }
  for (const std::size_t c : computed_) {
    double* mean = at(team.behavior[c]);
    lanes::fill(n, mean, 0.0);
    for (const CohortModel& cohort : team.cohorts) {
      if (m <= cohort.live_from) continue;
      const StateLanes& state = cohort.states[c];
      lanes::add_behavior(n, mean, at(state.behavior_permanent), at(state.behavior_fading), cohort.share);
    }
    if (!team.spills) continue;
    // What the untrained pick up: spillover times the share of the trained times their mean behavior.
    double* spilled = at(model_.spare[0]);
    lanes::fill(n, spilled, 0.0);
    for (const CohortModel& cohort : team.cohorts) {
      if (cohort.wave == none || m <= cohort.live_from) continue;
      const StateLanes& state = cohort.states[c];
      lanes::add_trained(n, spilled, at(state.behavior_permanent), at(state.behavior_fading),
                         at(cohort.trained), cohort.share);
    }
    lanes::multiply(n, spilled, at(model_.spillover));
    double* shown = at(team.spilled[c]);
    lanes::fill(n, shown, 0.0);
    for (const CohortModel& cohort : team.cohorts) {
      const StateLanes& state = cohort.states[c];
      lanes::add_spilled(n, shown, at(state.behavior_permanent), at(state.behavior_fading),
                         at(cohort.trained), spilled, cohort.share);
    }
  }
}

// What support staff does in the month, kept for the teams it serves; and how far a team's own support staff
// lets its behavior show.
void Block::support(const TeamModel& team, std::int64_t m, bool quiet) {
  const std::size_t n = n_;
  const auto month = static_cast<std::size_t>(m - 1);
  if (team.supporting != none) {
    double* mean = at(team.supporting + month);
    lanes::fill(n, mean, 0.0);
    for (const std::size_t c : computed_) {
      if (!quiet && taught_weights_[c] != 0.0)
        lanes::add_scaled(n, mean, at(team.behavior[c]), taught_weights_[c]);
    }
  }
  if (team.support == none || quiet) return;
  double* sum = at(team.support);
  lanes::fill(n, sum, 0.0);
  for (const std::size_t u : team.support_teams) {
    const TeamModel& other = model_.teams[u];
    lanes::add_scaled(n, sum, at(other.supporting + month), other.people / team.support_people);
  }
  for (const std::size_t c : computed_) {
    lanes::support(n, at(team.spilled[c]), at(team.support_dependence), sum, at(team.effective[c]));
    if (team.effective_team[c] != team.effective[c])
      lanes::support(n, at(team.behavior[c]), at(team.support_dependence), sum, at(team.effective_team[c]));
  }
}

// Who is coached in each month, how much, and what that does to everybody coached.
void Block::coach_all() {
  const std::size_t n = n_;
  const double* capacity = model_.coach_capacity == none ? nullptr : at(model_.coach_capacity);
  const auto effect = [&](const double* hours, std::size_t month) {
    double* coaching = at(model_.coaching + month);
    lanes::coaching(n,
                    {at(model_.coaching_effect), at(model_.coach_effectiveness), hours, at(model_.half_dose),
                     at(model_.dose_slope)},
                    coaching);
    lanes::uptake(n, {coaching, at(model_.peer_share), at(model_.support_share), at(model_.refresher_effect)},
                  at(model_.uptake + month), at(model_.uptake_refresher + month));
  };
  // Without a cap the dose is the same every month.
  if (capacity == nullptr) effect(at(model_.dose), 0);
  double* coached = at(model_.coached_people);
  for (std::int64_t m = 1; m <= model_.months; ++m) {
    const auto month = static_cast<std::size_t>(m - 1);
    double* hours = at(model_.hours_coached + month);
    lanes::fill(n, coached, 0.0);
    if (static_cast<double>(m) > first_trained_) {
      for (const WaveModel& wave : model_.waves) {
        if (wave.follow_up) continue;
        lanes::is_trained(n, static_cast<double>(m), {at(wave.last_month), at(wave.active)},
                          at(model_.spare[0]));
        lanes::add_scaled(n, coached, at(model_.spare[0]), wave.learners);
      }
    }
    lanes::hours_coached(n, at(model_.dose), capacity, coached, hours);
    if (capacity != nullptr) effect(hours, month);
  }
}

// Steps 2 to 6 for the cohorts of a team.
void Block::team_states(const TeamModel& team, std::int64_t m) {
  const std::size_t n = n_;
  lanes::leavers(n, at(team.last_attrition), at(team.leavers));
  std::copy_n(at(team.kpis[team.attrition_kpi].with), n, at(team.last_attrition));
  part_classes(team, m);
  const bool onboarding = model_.onboarding_from && m >= *model_.onboarding_from;
  const std::size_t coached = model_.coach_capacity == none ? 0 : static_cast<std::size_t>(m - 1);
  double* kept = at(model_.spare[0]);
  for (const CohortModel& cohort : team.cohorts) {
    if (m < cohort.live_from) continue;
    lanes::retention(n, at(cohort.half_life), kept);
    for (const std::size_t c : computed_) {
      const StateLanes& state = cohort.states[c];
      const StateLanes& hire = model_.hire[c];
      const double* nothing = at(model_.nothing);
      lanes::pass_month(n,
                        {.permanent_share = at(model_.permanent_share),
                         .knowledge_permanent_share = at(model_.knowledge_permanent_share),
                         .kept = kept,
                         .knowledge_kept = at(model_.knowledge_kept),
                         .leavers = at(team.leavers),
                         .coaching = at(model_.coaching + coached),
                         .knowledge_coaching = at(model_.knowledge_coaching),
                         .coached_knowledge = at(model_.coached_knowledge),
                         .uptake = at(model_.uptake + coached),
                         .uptake_refresher = at(model_.uptake_refresher + coached),
                         .attainable = at(model_.attainable),
                         .refresher_knowledge = at(model_.refresher_knowledge),
                         .trained = at(cohort.trained),
                         .refresher = at(cohort.refresher),
                         .last_course = at(state.last_course),
                         .taught = at(state.taught)},
                        {onboarding ? at(hire.behavior_permanent) : nothing,
                         onboarding ? at(hire.behavior_fading) : nothing,
                         onboarding ? at(hire.knowledge_permanent) : nothing,
                         onboarding ? at(hire.knowledge_fading) : nothing},
                        {at(state.behavior_permanent), at(state.behavior_fading),
                         at(state.knowledge_permanent), at(state.knowledge_fading)});
    }
    lanes::mix_half_life(n, at(team.leavers), at(model_.sustained_half_life), at(cohort.half_life));
    if (cohort.wave != none) {
      const WaveModel& own = model_.waves[cohort.wave];
      teach(cohort, own, m, nullptr);
      for (const std::size_t w : cohort.follow_ups) teach(cohort, model_.waves[w], m, at(own.last_month));
    }
    if (model_.refresher_every > 0) {
      lanes::space(n, at(cohort.refresher), at(model_.half_life_gain), at(model_.half_life_cap),
                   at(model_.sustained_half_life), at(cohort.half_life));
    }
  }
}

// Step 5, for the trials in which the wave ends in month m; a follow-up only where the own wave ended before.
void Block::teach(const CohortModel& cohort, const WaveModel& wave, std::int64_t m,
                  const double* own_last_month) {
  const auto month = static_cast<double>(m);
  if (month < wave.earliest_end()) return;
  double* now = at(model_.spare[1]);
  if (!lanes::ends_now(n_, month, at(wave.last_month), at(wave.active), own_last_month, now)) return;
  for (const std::size_t i : wave.modules) {
    const ModuleModel& module = model_.modules[i];
    for (const std::size_t c : module.classes) {
      if (computed_as_[c] != c) continue;
      const StateLanes& state = cohort.states[c];
      lanes::teach_wave(n_,
                        {at(module.completed), at(module.mastered), at(model_.transfer_rate),
                         at(wave.completion), at(wave.mastery), at(wave.transfer), at(model_.permanent_share),
                         at(model_.knowledge_permanent_share), now},
                        {at(state.behavior_permanent), at(state.behavior_fading),
                         at(state.knowledge_permanent), at(state.knowledge_fading)},
                        at(state.last_course), at(state.taught));
    }
  }
}

}  // namespace trainplan::engine
