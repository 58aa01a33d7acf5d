// Lowering of teams: their KPIs, cohorts, and the behavior that KPIs see.
#include "simulate_lowering.hpp"

namespace trainplan::engine {

void Lowering::lower_teams() {
  const std::vector<std::size_t> order = by_id(plan_.teams);
  const std::size_t first = model_.lanes;
  std::size_t most = first;
  for (const std::size_t t : order) {
    const Team& team = plan_.teams[t];
    model_.lanes = first;  // teams run one after the other and share their lanes
    TeamModel made{.team = t,
                   .id = team.id,
                   .people = static_cast<double>(team.people),
                   .hourly_cost = lane(team.hourly_cost),
                   .occupancy = lane(team.occupancy),
                   .shrinkage = lane(team.shrinkage),
                   .contacts = lane(team.contacts),
                   .customers = lane(team.customers),
                   .attrition = lane(team.attrition),
                   .new_customers = lane(team.new_customers)};
    lower_team_kpis(team, made);
    lower_cohorts(team, model_.teams.size(), made);
    lower_splits(made);
    add_leading(team, made);
    for (std::size_t c = 0; c < model_.classes; ++c) made.behavior.push_back(fresh());
    for (LaneId* id :
         {&made.off_floor_rate, &made.backfill_rate, &made.leavers, &made.last_attrition, &made.monthly_churn,
          &made.stock, &made.customers_gained, &made.arrivals, &made.repeats_without, &made.volume}) {
      *id = fresh();
    }
    made.support_dependence = lane(team.support_dependence);
    lower_shown(made);
    if (const auto found = supporting_.find(team.id); found != supporting_.end())
      made.supporting = found->second;
    std::vector<std::string> ids = team.support_teams;
    std::sort(ids.begin(), ids.end());
    for (const std::string& id : ids) {
      const Team& other = plan_.teams[index_of(plan_.teams, id)];
      for (std::size_t u = 0; u < order.size(); ++u)
        if (&plan_.teams[order[u]] == &other) made.support_teams.push_back(u);
      made.support_people += static_cast<double>(other.people);
    }
    most = std::max(most, model_.lanes);
    model_.teams.push_back(std::move(made));
  }
  model_.lanes = most;
  model_.hot_lanes = most - first + 2 * static_cast<std::size_t>(model_.months);
  for (const bool serving : {true, false}) {
    for (std::size_t t = 0; t < model_.teams.size(); ++t)
      if ((model_.teams[t].supporting != none) == serving) model_.team_order.push_back(t);
  }
}

void Lowering::lower_team_kpis(const Team& team, TeamModel& made) {
  for (std::size_t k = 0; k < model_.kpis.size(); ++k) {
    const std::string& id = model_.kpis[k].id;
    const Quantity* base = workforce::baseline(team, id);
    if (base == nullptr || id == "knowledge") continue;
    TeamKpiModel one{.kpi = k,
                     .base = lane(*base),
                     .level = fresh(),
                     .pivot = fresh(),
                     .without = fresh(),
                     .with = fresh()};
    if (const double* n = record::find(team.baseline_n, id); n != nullptr) {
      one.responses = *n;
      one.sample = lane_at("teams." + team.id + ".baseline." + id + "#sample");
    }
    add_lifts(team, id, one);
    add_movement(team, id, one);
    const std::size_t position = made.kpis.size();
    if (id == "aht") made.aht = position;
    if (id == "fcr") made.fcr = position;
    if (id == "churn") made.churn = position;
    if (id == "reroute") made.reroute = position;
    if (id == "conversion") made.conversion = position;
    if (id == "attrition") made.attrition_kpi = position;
    if (id == model_.retention_driver) made.retention_driver = position;
    if (id == model_.acquisition_driver) made.acquisition_driver = position;
    const std::vector<std::size_t> streams = by_id(plan_.benefits.custom);
    for (std::size_t s = 0; s < streams.size(); ++s)
      if (plan_.benefits.custom[streams[s]].kpi == id) made.custom.emplace_back(s, position);
    made.kpis.push_back(std::move(one));
  }
  std::sort(made.custom.begin(), made.custom.end());
  const bool contact = team.role == Role::contact;
  made.works = contact && plan_.benefits.contact_work && made.aht != none;
  made.retains = contact && plan_.benefits.retention && made.churn != none && made.retention_driver != none;
  made.hires_counted = plan_.benefits.hiring.has_value();
  if (!contact || !plan_.benefits.acquisition) made.acquisition_driver = none;
  if (!contact || !plan_.benefits.sales) made.conversion = none;
  if (!made.works || model_.reroute_seconds == none) made.reroute = none;
}

void Lowering::add_lifts(const Team& team, const std::string& kpi, TeamKpiModel& one) {
  for (std::size_t l = 0; l < model_.lifts.size(); ++l) {
    const LiftModel& lift = model_.lifts[l];
    const std::string& id = plan_.lifts[lift.lift].id;
    if (plan_.lifts[lift.lift].kpi != kpi) continue;
    TeamLiftModel at_work{.lift = l, .effect = fresh()};
    if (!certain(lift.team_spread, 0.0)) at_work.score = lane_at("lifts." + id + "#team." + team.id);
    if (lift.ramps) at_work.lagged = fresh();
    one.lifts.push_back(at_work);
  }
}

void Lowering::add_movement(const Team& team, const std::string& kpi, TeamKpiModel& one) {
  const auto found = std::find_if(model_.movements.begin(), model_.movements.end(),
                                  [&](const MovementModel& movement) { return movement.kpi == one.kpi; });
  if (found == model_.movements.end()) return;
  const bool noisy = found->programme_sd > 0.0 || found->team_sd > 0.0;
  if (!noisy && found->trend == none && found->season.empty()) return;
  one.movement = static_cast<std::size_t>(found - model_.movements.begin());
  one.pivot_now = fresh();
  if (noisy) one.slope = fresh();
  if (found->team_sd <= 0.0) return;
  one.team_part = fresh();
  one.draw = fresh();
  fresh();
  for (std::int64_t m = 1; m <= model_.months; m += 2)
    one.draws.push_back(hash("teams." + team.id + "#noise." + kpi + "@" + std::to_string(m)));
}

// Leading indicators: of teams that a wave teaches.
void Lowering::add_leading(const Team& team, TeamModel& made) {
  const std::size_t position = model_.teams.size();
  std::vector<double> weights(model_.classes, 0.0);
  std::vector<bool> taught(model_.competences.size(), false);
  for (const WaveModel& wave : model_.waves) {
    if (!record::contains(wave.teams, position)) continue;
    for (const std::size_t m : wave.modules) {
      for (const std::string& id : plan_.modules[m].competences)
        taught[index_of(plan_.competences, id)] = true;
    }
  }
  const auto count = static_cast<double>(std::count(taught.begin(), taught.end(), true));
  if (count == 0.0) return;
  for (std::size_t c = 0; c < taught.size(); ++c)
    if (taught[c]) weights[model_.competence_class[c]] += 1.0 / count;
  made.taught_weights = std::move(weights);
  const Quantity* base = record::find(team.baseline, "knowledge");
  const std::size_t first = model_.kpis.size() - kpi::leading().size();
  for (std::size_t i = 0; i < kpi::leading().size(); ++i) {
    const auto which = static_cast<kpi::Leading>(i);
    if (which == kpi::Leading::knowledge && base == nullptr) continue;
    if (which == kpi::Leading::coaching_sessions && model_.coaching_sessions == none) continue;
    TeamKpiModel one{.kpi = first + i,
                     .base = which == kpi::Leading::knowledge ? lane(*base) : model_.nothing,
                     .level = none,
                     .pivot = none,
                     .without = none,
                     .with = fresh()};
    one.without = one.base;
    one.leading = which;
    made.kpis.push_back(std::move(one));
  }
}

void Lowering::lower_cohorts(const Team& team, std::size_t position, TeamModel& made) {
  double rest = 1.0;
  for (std::size_t w = 0; w < model_.waves.size(); ++w) {
    const WaveModel& wave = model_.waves[w];
    if (wave.follow_up || !record::contains(wave.teams, position)) continue;
    add_cohort(team, made, w, wave.share);
    rest -= wave.share;
  }
  // Shares such as 0.3 + 0.7 leave a crumb that is nobody.
  if (rest > 1e-9) add_cohort(team, made, none, rest);
  for (CohortModel& cohort : made.cohorts) {
    if (cohort.wave == none) continue;
    for (std::size_t w = 0; w < model_.waves.size(); ++w) {
      const WaveModel& wave = model_.waves[w];
      if (wave.follow_up && record::contains(wave.teams, position)) cohort.follow_ups.push_back(w);
    }
  }
}

void Lowering::add_cohort(const Team& team, TeamModel& made, std::size_t wave, double share) {
  CohortModel cohort{.wave = wave,
                     .share = share,
                     .people = static_cast<double>(team.people) * share,
                     .half_life = fresh(),
                     .next_refresher = fresh(),
                     .trained = fresh(),
                     .refresher = fresh()};
  for (std::size_t c = 0; c < model_.classes; ++c) cohort.states.push_back(fresh_state());
  // Before its first course or hire with onboarding a cohort's state is 0 and stays 0. Only the plan
  // decides from when on it is computed, never other trials of the block: delays only move a wave back.
  const std::int64_t never = model_.months + 1;
  cohort.live_from = model_.onboarding_from.value_or(never);
  if (wave != none) {
    cohort.live_from =
        std::min(cohort.live_from, static_cast<std::int64_t>(model_.waves[wave].earliest_end()));
  }
  made.cohorts.push_back(std::move(cohort));
}

// Classes part in the first month in which a course or the onboarding can teach one and not the other.
void Lowering::lower_splits(TeamModel& made) {
  std::vector<std::pair<std::int64_t, std::size_t>> taught;  // month, module
  const auto add = [&](std::size_t w) {
    const WaveModel& wave = model_.waves[w];
    for (const std::size_t m : wave.modules)
      taught.emplace_back(static_cast<std::int64_t>(wave.earliest_end()), m);
  };
  made.live_from = model_.months + 1;
  for (const CohortModel& cohort : made.cohorts) {
    made.live_from = std::min(made.live_from, cohort.live_from);
    if (cohort.wave == none) continue;
    add(cohort.wave);
    for (const std::size_t w : cohort.follow_ups) add(w);
  }
  if (model_.onboarding_from)
    for (const std::size_t m : model_.onboarding_modules) taught.emplace_back(*model_.onboarding_from, m);
  std::sort(taught.begin(), taught.end());
  std::vector<std::size_t> computed_as(model_.classes, 0);
  for (const auto& [month, module] : taught) {
    const std::vector<std::size_t>& classes = model_.modules[module].classes;
    const auto is_taught = [&](std::size_t c) { return record::contains(classes, c); };
    for (std::size_t from = 0; from < model_.classes; ++from) {
      if (computed_as[from] != from) continue;
      SplitModel split{.month = month, .from = from, .made = none, .members = {}};
      for (std::size_t c = from + 1; c < model_.classes; ++c)
        if (computed_as[c] == from && is_taught(c) != is_taught(from)) split.members.push_back(c);
      if (split.members.empty()) continue;
      split.made = split.members.front();
      for (const std::size_t c : split.members) computed_as[c] = split.made;
      made.splits.push_back(std::move(split));
    }
  }
}

// Behavior as KPIs see it; lanes of its own only where it can differ.
void Lowering::lower_shown(TeamModel& made) {
  const bool untrained_beside_trained =
      made.cohorts.size() > 1 || (made.cohorts.size() == 1 && made.cohorts.front().share < 1.0 - 1e-9);
  made.spills = untrained_beside_trained && !certain(model_.spillover, 0.0);
  const bool supported = !certain(made.support_dependence, 0.0);
  const auto lanes = [&](bool own, const std::vector<LaneId>& same) {
    if (!own) return same;
    std::vector<LaneId> made_now;
    for (std::size_t c = 0; c < model_.classes; ++c) made_now.push_back(fresh());
    return made_now;
  };
  made.spilled = lanes(made.spills, made.behavior);
  made.effective = lanes(supported, made.spilled);
  made.effective_team = !made.spills ? made.effective : lanes(supported, made.behavior);
  if (supported) made.support = fresh();
}

// Support teams that others name keep what they do, month by month.
void Lowering::lower_support() {
  for (const std::size_t t : by_id(plan_.teams)) {
    for (const std::string& id : plan_.teams[t].support_teams) {
      if (supporting_.contains(id)) continue;
      supporting_[id] = model_.lanes;
      model_.lanes += static_cast<std::size_t>(model_.months);
    }
  }
}

}  // namespace trainplan::engine
