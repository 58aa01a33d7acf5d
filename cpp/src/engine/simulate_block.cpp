// One block of trials, month by month: docs/method.md in its order. Loops run over the trials of the block,
// in lanes; every formula is the scalar one of its room, inlined, so a loop and a single call give the same
// bits.
#include <algorithm>

#include "simulate_lanes.hpp"
#include "simulate_model.hpp"

namespace trainplan::engine {

void Block::month(std::int64_t m) {
  if (recorder_ != nullptr) recorder_->begin_month(m);
  lanes::fill(n_, at(model_.cost), 0.0);
  lanes::fill(n_, at(model_.benefit), 0.0);
  for (const TeamModel& team : model_.teams) {
    team_kpis(team, m);
    team_benefits(team, m);
  }
  kpi_outputs(m);
  coach(m);
  for (const TeamModel& team : model_.teams) {
    team_states(team, m);
    team_costs(team, m);
  }
  programme_costs(m);
  close_month(m);
}

// Step 1: behavior at the start of the month drives its KPIs.
void Block::team_kpis(const TeamModel& team, std::int64_t m) {
  const std::size_t n = n_;
  for (std::size_t c = 0; c < model_.classes; ++c) {
    double* mean = at(team.behavior[c]);
    lanes::fill(n, mean, 0.0);
    for (const CohortModel& cohort : team.cohorts) {
      const StateLanes& state = cohort.states[c];
      lanes::add_behavior(n, mean, at(state.behavior_permanent), at(state.behavior_fading), cohort.share);
    }
  }
  for (const TeamKpiModel& one : team.kpis) {
    if (!wanted(team, one, m)) continue;
    if (one.lifts.empty()) {
      std::copy_n(at(one.without), n, at(one.with));
    } else {
      double* eta = at(one.with);
      std::copy_n(at(one.eta), n, eta);
      double* x = at(model_.spare[0]);
      for (const auto& [l, effect] : one.lifts) {
        const LiftModel& lift = model_.lifts[l];
        lanes::fill(n, x, 0.0);
        for (std::size_t c = 0; c < model_.classes; ++c) {
          if (lift.class_weights[c] != 0.0)
            lanes::add_scaled(n, x, at(team.behavior[c]), lift.class_weights[c]);
        }
        lanes::apply_lift(
            n, {x, at(lift.reached), at(effect), at(model_.lift_factor), at(model_.extrapolation)}, eta);
      }
      lanes::from_link(n, model_.scales[one.kpi], eta);
    }
  }
}

// Whether anybody looks at a KPI in month m: money, turnover, an output, or the record.
bool Block::wanted(const TeamModel& team, const TeamKpiModel& one, std::int64_t m) const {
  const auto position = static_cast<std::size_t>(&one - team.kpis.data());
  if (recorder_ != nullptr || position == team.attrition_kpi) return true;
  if (team.works && (position == team.aht || position == team.fcr)) return true;
  if (team.retains && position == team.retention_driver) return true;
  return shown(one.kpi, m);
}

bool Block::shown(std::size_t kpi, std::int64_t m) const {
  return recorder_ != nullptr ||
         std::any_of(model_.outputs.begin(), model_.outputs.end(), [&](const OutputModel& output) {
           return !output.money && output.kpi == kpi && output.month == m;
         });
}

void Block::team_benefits(const TeamModel& team, std::int64_t m) {
  const std::size_t n = n_;
  double* money = at(model_.spare[1]);
  const auto add = [&](const char* stream) {
    lanes::multiply(n, money, at(model_.benefit_factor));
    lanes::add_scaled(n, at(model_.benefit), money, 1.0);
    if (recorder_ != nullptr)
      recorder_->put(money, [&] { return SeriesKey{"benefit", team.id, stream, "", "", "currency"}; });
  };
  if (team.works) {
    const TeamKpiModel& aht = team.kpis[team.aht];
    double* repeats = at(model_.spare[0]);
    lanes::repeats(n, at(model_.callback_share), team.fcr == none ? nullptr : at(team.kpis[team.fcr].with),
                   repeats);
    lanes::contact_work(n,
                        {at(team.volume), at(team.repeats_without), repeats, at(aht.without), at(aht.with),
                         at(team.occupancy), at(team.shrinkage), at(team.hourly_cost), at(model_.realization),
                         at(model_.variable_cost)},
                        money);
    add("contact_work");
  }
  if (team.retains) {
    const TeamKpiModel& churn = team.kpis[team.churn];
    const TeamKpiModel& driver = team.kpis[team.retention_driver];
    lanes::product(n, money, at(team.customers_gained), at(model_.margin));
    add("retention");
    double* change = at(model_.spare[0]);
    if (team.retention_driver == team.churn && churn.lifts.empty()) {
      // Exactly none: the way through the yearly figure and back would lose the last bit.
      lanes::fill(n, change, 0.0);
    } else if (team.retention_driver == team.churn) {
      lanes::monthly_churn(n, at(churn.with), change);
      lanes::difference(n, change, at(team.monthly_churn), change);
    } else {
      lanes::churn_change(
          n, {at(team.monthly_churn), at(model_.elasticity), at(driver.without), at(driver.with)}, change);
    }
    lanes::customers(n, {at(team.monthly_churn), at(model_.reach), at(team.arrivals)}, change, at(team.stock),
                     at(team.customers_gained));
    if (shown(churn.kpi, m)) {
      lanes::sum(n, at(team.monthly_churn), change, at(churn.with));
      lanes::yearly_churn(n, at(churn.with), at(churn.with));
    }
  }
  if (team.hires_counted) {
    const TeamKpiModel& attrition = team.kpis[team.attrition_kpi];
    lanes::hiring(n, {at(attrition.without), at(attrition.with), at(model_.replacement_cost)}, team.people,
                  money);
    add("hiring");
  }
  if (recorder_ == nullptr) return;
  for (const TeamKpiModel& one : team.kpis) {
    const Kpi& kpi = model_.kpis[one.kpi];
    recorder_->put(at(one.with), [&] { return SeriesKey{"kpi", team.id, kpi.id, "", "", kpi.unit}; });
    recorder_->put(at(one.without),
                   [&] { return SeriesKey{"kpi_without", team.id, kpi.id, "", "", kpi.unit}; });
  }
  for (std::size_t c = 0; c < model_.competences.size(); ++c) {
    const std::size_t k = model_.competence_class[c];
    recorder_->put(at(team.behavior[k]),
                   [&] { return SeriesKey{"behavior", team.id, "", "", model_.competences[c], "fraction"}; });
    double* knowledge = at(model_.spare[0]);
    lanes::fill(n, knowledge, 0.0);
    for (const CohortModel& cohort : team.cohorts) {
      lanes::add_behavior(n, knowledge, at(cohort.states[k].knowledge_permanent),
                          at(cohort.states[k].knowledge_fading), cohort.share);
    }
    recorder_->put(knowledge, [&] {
      return SeriesKey{"knowledge", team.id, "", "", model_.competences[c], "fraction"};
    });
    for (const CohortModel& cohort : team.cohorts) {
      const std::string name = cohort.wave == none ? "untrained" : model_.waves[cohort.wave].id;
      const StateLanes& state = cohort.states[k];
      lanes::sum(n, at(state.behavior_permanent), at(state.behavior_fading), knowledge);
      recorder_->put(knowledge, [&] {
        return SeriesKey{"cohort_behavior", team.id, "", name, model_.competences[c], "fraction"};
      });
      lanes::sum(n, at(state.knowledge_permanent), at(state.knowledge_fading), knowledge);
      recorder_->put(knowledge, [&] {
        return SeriesKey{"cohort_knowledge", team.id, "", name, model_.competences[c], "fraction"};
      });
    }
  }
  for (const CohortModel& cohort : team.cohorts) {
    const std::string name = cohort.wave == none ? "untrained" : model_.waves[cohort.wave].id;
    recorder_->put(at(cohort.half_life),
                   [&] { return SeriesKey{"half_life", team.id, "", name, "", "months"}; });
  }
}

// Who is coached in the month, how much, and what that does to everybody coached.
void Block::coach(std::int64_t m) {
  const std::size_t n = n_;
  const auto month = static_cast<double>(m);
  double* coached = at(model_.coached_people);
  lanes::fill(n, coached, 0.0);
  for (const TeamModel& team : model_.teams) {
    for (const CohortModel& cohort : team.cohorts) {
      if (cohort.wave == none) continue;
      const WaveModel& wave = model_.waves[cohort.wave];
      lanes::trained(n, month, static_cast<double>(model_.refresher_every),
                     {at(wave.last_month), at(wave.active)}, at(cohort.trained), at(cohort.next_refresher),
                     at(cohort.refresher));
      lanes::add_scaled(n, coached, at(cohort.trained), cohort.people);
    }
  }
  double* hours = at(model_.hours_coached);
  const double* capacity = model_.coach_capacity == none ? nullptr : at(model_.coach_capacity);
  lanes::hours_coached(n, at(model_.coaching_hours), capacity, coached, hours);
  // Without a cap the dose is the same every month.
  if (capacity == nullptr && m > 1) return;
  lanes::coaching(
      n,
      {at(model_.coaching_effect), at(model_.coach_effectiveness),
       capacity == nullptr ? at(model_.coaching_hours) : hours, at(model_.half_dose), at(model_.dose_slope)},
      at(model_.coaching));
  lanes::uptake(
      n, {at(model_.coaching), at(model_.peer_share), at(model_.support_share), at(model_.refresher_effect)},
      at(model_.uptake), at(model_.uptake_refresher));
}

// Steps 2 to 6 for the cohorts of a team.
void Block::team_states(const TeamModel& team, std::int64_t m) {
  const std::size_t n = n_;
  lanes::leavers(n, at(team.last_attrition), at(team.leavers));
  std::copy_n(at(team.kpis[team.attrition_kpi].with), n, at(team.last_attrition));
  const bool onboarding = model_.onboarding_from && m >= *model_.onboarding_from;
  double* kept = at(model_.spare[0]);
  for (const CohortModel& cohort : team.cohorts) {
    if (m < cohort.live_from) continue;
    lanes::retention(n, at(cohort.half_life), kept);
    for (std::size_t c = 0; c < model_.classes; ++c) {
      const StateLanes& state = cohort.states[c];
      const StateLanes& hire = model_.hire[c];
      const double* nothing = at(model_.nothing);
      lanes::pass_month(n,
                        {.permanent_share = at(model_.permanent_share),
                         .knowledge_permanent_share = at(model_.knowledge_permanent_share),
                         .kept = kept,
                         .knowledge_kept = at(model_.knowledge_kept),
                         .leavers = at(team.leavers),
                         .coaching = at(model_.coaching),
                         .knowledge_coaching = at(model_.knowledge_coaching),
                         .coached_knowledge = at(model_.coached_knowledge),
                         .uptake = at(model_.uptake),
                         .uptake_refresher = at(model_.uptake_refresher),
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
  if (month < wave.start + wave.months - 1.0) return;
  double* now = at(model_.spare[1]);
  if (!lanes::ends_now(n_, month, at(wave.last_month), at(wave.active), own_last_month, now)) return;
  for (const std::size_t i : wave.modules) {
    const ModuleModel& module = model_.modules[i];
    for (const std::size_t c : module.classes) {
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
