// Lowering of what the whole plan shares: draws, programme, benefits, modules, waves, lifts, movements,
// costs. Over 400 lines: one pass over the plan in the order of its records.
#include "simulate_lowering.hpp"

#include "trainplan/base/random.hpp"

namespace trainplan::engine {

Lowering::Lowering(const Plan& plan) : plan_(plan), schedule_(plan::schedule(plan)) {
  for (plan::Input& input : plan::inputs(plan)) {
    lane_of_[input.quantity] = model_.inputs.size();
    model_.inputs.push_back({input.path, hash(input.path), distribution::Sampler(input.distribution)});
  }
  model_.kpis = plan::kpis(plan_);
  lower_scores();
  model_.lanes = model_.inputs.size();
}

std::uint64_t Lowering::hash(const std::string& path) {
  const std::uint64_t hashed = path_hash(path);
  if (!paths_.emplace(hashed, path).second) {
    throw InputError(path, "its name has the same 64-bit hash as another path; rename one of the two ids");
  }
  return hashed;
}

bool Lowering::certain(LaneId id, double value) const {
  const Distribution& d = model_.inputs[id].sampler.distribution();
  return d.certain() && d.a == value;
}

// Scores are inputs too and stand before every other lane, so they are made first.
void Lowering::lower_scores() {
  const auto add = [&](const std::string& path) {
    const Distribution normal = {.family = Family::normal, .a = 0.0, .b = 1.0};
    model_.inputs.push_back({path, hash(path), distribution::Sampler(normal), true});
  };
  const bool shared = std::any_of(plan_.lifts.begin(), plan_.lifts.end(), [&](const Lift& lift) {
    return !model_.inputs[lane(lift.size)].sampler.distribution().certain() &&
           plan::shared_direction(plan_, lift) != 0.0;
  });
  if (shared) add("lifts#common");
  for (const std::size_t t : by_id(plan_.teams)) {
    const Team& team = plan_.teams[t];
    for (const Kpi& kpi : model_.kpis) {
      if (workforce::baseline(team, kpi.id) == nullptr) continue;
      if (record::find(team.baseline_n, kpi.id) != nullptr)
        add("teams." + team.id + ".baseline." + kpi.id + "#sample");
      for (const std::size_t l : by_id(plan_.lifts)) {
        const Lift& lift = plan_.lifts[l];
        if (lift.kpi == kpi.id && !certain(lane(lift.team_spread), 0.0))
          add("lifts." + lift.id + "#team." + team.id);
      }
    }
  }
}

LaneId Lowering::lane_at(const std::string& path) const {
  const auto found = std::find_if(model_.inputs.begin(), model_.inputs.end(),
                                  [&](const InputModel& input) { return input.path == path; });
  return found == model_.inputs.end() ? none : static_cast<LaneId>(found - model_.inputs.begin());
}

Model Lowering::run() {
  model_.months = plan_.programme.months;
  model_.timing = plan_.programme.timing;
  lower_programme();
  lower_benefits();
  lower_correlations();
  lower_competences();
  lower_modules();
  lower_waves();
  lower_lifts();
  for (const Kpi& leading : kpi::leading()) model_.kpis.push_back(leading);
  for (const Kpi& one : model_.kpis) model_.scales.push_back(kpi::scale(one));
  lower_movements();
  lower_monthly();
  lower_support();
  lower_teams();
  lower_costs();
  return std::move(model_);
}

void Lowering::lower_programme() {
  const Programme& p = plan_.programme;
  model_.discount_rate = lane(p.discount_rate);
  model_.contingency = lane(p.contingency);
  model_.extrapolation = lane(p.extrapolation);
  model_.transfer_reference = lane(plan_.transfer.reference);
  model_.transfer_strength = lane(plan_.transfer.strength);
  const Forgetting& f = plan_.forgetting;
  model_.permanent_share = lane(f.permanent_share);
  model_.base_half_life = lane(f.half_life);
  model_.knowledge_permanent_share = lane(f.knowledge_permanent_share);
  model_.knowledge_half_life = lane(f.knowledge_half_life);
  model_.practice_effect = lane(f.practice_effect);
  model_.half_life_cap = lane(f.half_life_cap);
  const Reinforcement& r = plan_.reinforcement;
  model_.coaching_hours = lane(r.coaching_hours);
  model_.coaching_sessions = lane(r.coaching_sessions);
  model_.coaching_minutes = lane(r.coaching_minutes);
  model_.coach_capacity = lane(r.coach_capacity);
  model_.spillover = lane(plan_.transfer.spillover);
  model_.coach_effectiveness = lane(r.coach_effectiveness);
  model_.coaching_effect = lane(r.coaching_effect);
  model_.half_dose = lane(r.half_dose);
  model_.dose_slope = lane(r.dose_slope);
  model_.knowledge_coaching = lane(r.knowledge_coaching);
  model_.coached_knowledge = lane(r.coached_knowledge);
  model_.peer_community = lane(r.peer_community);
  model_.peer_effect = lane(r.peer_effect);
  model_.performance_support = lane(r.performance_support);
  model_.support_effect = lane(r.support_effect);
  model_.refresher_every = r.refresher_every;
  model_.refresher_hours = lane(r.refresher_hours);
  model_.refresher_effect = lane(r.refresher_effect);
  model_.half_life_gain = lane(r.half_life_gain);
  model_.realization = lane(plan_.workforce.realization);
  model_.backfill_share = lane(plan_.workforce.backfill_share);
  model_.backfill_hourly_cost = lane(plan_.workforce.backfill_hourly_cost);

  model_.practice_weight = static_cast<double>(transfer::practice_ids.size());
  for (const std::size_t i : by_id(plan_.practices)) {
    const Practice& practice = plan_.practices[i];
    model_.practices.emplace_back(lane(practice.level), practice.weight);
    if (practice.id == "plan_reviewed") model_.plan_reviewed = lane(practice.level);
    model_.practice_weight += practice.weight - 1.0;
    if (std::find(transfer::sustained_ids.begin(), transfer::sustained_ids.end(), practice.id) !=
        transfer::sustained_ids.end()) {
      model_.sustained.push_back(lane(practice.level));
    }
  }
  model_.languages = static_cast<double>(p.languages.size());
  for (LaneId* id : {&model_.dose, &model_.discounted, &model_.transfer_rate, &model_.attainable,
                     &model_.sustained_half_life, &model_.knowledge_kept, &model_.peer_share,
                     &model_.support_share, &model_.log_rate, &model_.refresher_knowledge,
                     &model_.coached_people, &model_.cash, &model_.cumulative, &model_.lift_factor,
                     &model_.benefit_factor, &model_.nothing, &model_.one, &model_.sharpness}) {
    *id = fresh();
  }
  for (LaneId& id : model_.money) id = fresh();
  for (int i = 0; i < 8; ++i) model_.spare.push_back(fresh());
}

void Lowering::lower_benefits() {
  if (const auto& work = plan_.benefits.contact_work) {
    model_.callback_share = lane(work->callback_share);
    model_.variable_cost = lane(work->variable_cost);
    model_.reroute_seconds = lane(work->reroute_seconds);
    model_.contact_share = work->share;
    model_.volume_is_issues = work->volume_is == Volume::issues;
  }
  if (const auto& retention = plan_.benefits.retention) {
    model_.elasticity = lane(retention->elasticity);
    model_.reach = lane(retention->reach);
    model_.margin = lane(retention->margin);
    model_.retention_driver = retention->driver;
    model_.retention_share = retention->share;
    model_.after_months = retention->after_months;
  }
  if (const auto& acquisition = plan_.benefits.acquisition) {
    model_.acquisition_rate = lane(acquisition->rate);
    model_.acquisition_value = lane(acquisition->value);
    model_.acquisition_driver = acquisition->driver;
    model_.acquisition_share = acquisition->share;
  }
  if (const auto& sales = plan_.benefits.sales) {
    model_.offer_share = lane(sales->offer_share);
    model_.sales_margin = lane(sales->margin);
    model_.sales_share = sales->share;
  }
  if (const auto& hiring = plan_.benefits.hiring) {
    model_.replacement_cost = lane(hiring->replacement_cost);
    model_.hiring_share = hiring->share;
  }
  for (const std::size_t i : by_id(plan_.benefits.custom)) {
    const CustomBenefit& custom = plan_.benefits.custom[i];
    model_.custom.push_back({"custom." + custom.id, lane(custom.value), custom.per, custom.share});
  }
}

void Lowering::lower_correlations() {
  for (const plan::CorrelationGroup& group : plan::correlation_groups(plan_)) {
    GroupModel made;
    made.factor = correlation::factor(group.used, {.labels = group.members, .name = "correlations"});
    for (const std::string& path : group.members) {
      made.members.push_back(lane_at(path));
      model_.inputs[made.members.back()].mixed = true;
    }
    model_.correlated.push_back(std::move(made));
  }
  SharedModel& shared = model_.shared_lifts;
  shared.common = lane_at("lifts#common");
  const double r = correlation::pearson_from_spearman(plan_.programme.lift_correlation);
  shared.common_weight = std::sqrt(r);
  shared.own_weight = std::sqrt(1.0 - r);
  for (const std::size_t l : by_id(plan_.lifts)) {
    const Lift& lift = plan_.lifts[l];
    const double direction = plan::shared_direction(plan_, lift);
    const LaneId size = lane(lift.size);
    if (direction == 0.0 || model_.inputs[size].sampler.distribution().certain()) continue;
    model_.inputs[size].mixed = true;
    shared.members.emplace_back(size, direction);
  }
}

// Competences that the same modules teach always have the same state: one class.
void Lowering::lower_competences() {
  std::map<std::vector<bool>, std::size_t> classes;
  model_.competence_class.resize(plan_.competences.size());
  for (const std::size_t i : by_id(plan_.competences)) {
    const Competence& competence = plan_.competences[i];
    std::vector<bool> taught_by;
    for (const Module& module : plan_.modules) {
      taught_by.push_back(record::contains(module.competences, competence.id));
    }
    model_.competence_class[i] = classes.emplace(taught_by, classes.size()).first->second;
  }
  for (const Competence& competence : plan_.competences) model_.competences.push_back(competence.id);
  model_.classes = classes.size();
  for (std::size_t c = 0; c < model_.classes; ++c) model_.hire.push_back(fresh_state());
}

void Lowering::lower_modules() {
  for (const Module& module : plan_.modules) {
    ModuleModel made{.id = module.id,
                     .hours = lane(module.hours),
                     .completion = lane(module.completion),
                     .accessibility = lane(module.accessibility),
                     .mastery = lane(module.mastery),
                     .mastery_max = lane(module.mastery_max),
                     .mastery_half_hours = lane(module.mastery_half_hours),
                     .coverage = lane(module.coverage),
                     .modality_factor = lane(module.modality_factor),
                     .fail_rate = lane(module.fail_rate),
                     .development_ratio = lane(module.development_ratio),
                     .completed = fresh(),
                     .mastered = fresh()};
    for (const std::string& id : module.competences) {
      made.classes.push_back(model_.competence_class[index_of(plan_.competences, id)]);
    }
    std::sort(made.classes.begin(), made.classes.end());
    made.classes.erase(std::unique(made.classes.begin(), made.classes.end()), made.classes.end());
    for (const std::string& id : module.prerequisites)
      made.prerequisites.push_back(index_of(plan_.modules, id));
    model_.modules.push_back(std::move(made));
  }
  std::vector<std::vector<std::size_t>> needed;
  for (const ModuleModel& module : model_.modules) needed.push_back(module.prerequisites);
  model_.module_order = curriculum::order(needed);
  model_.modules_by_id = by_id(plan_.modules);
  if (const auto& onboarding = plan_.onboarding) {
    model_.onboarding_from = onboarding->from_month;
    model_.onboarding_extra_hours = lane(onboarding->extra_hours);
    model_.onboarding_modules = modules_by_id(onboarding->modules);
  }
}

std::vector<std::size_t> Lowering::modules_by_id(std::vector<std::string> list) const {
  std::sort(list.begin(), list.end());
  std::vector<std::size_t> modules;
  for (const std::string& id : list) modules.push_back(index_of(plan_.modules, id));
  return modules;
}

void Lowering::lower_waves() {
  const std::vector<std::size_t> order = by_id(plan_.teams);
  for (const std::size_t w : by_id(plan_.waves)) {
    const Wave& wave = plan_.waves[w];
    WaveModel made{.id = wave.id,
                   .start = static_cast<double>(schedule_[w].start),
                   .months = static_cast<double>(wave.months),
                   .share = wave.share,
                   .class_size = static_cast<double>(wave.class_size),
                   .follow_up = wave.follow_up,
                   .modules = modules_by_id(wave.modules),
                   .start_month = fresh(),
                   .active = fresh(),
                   .completion = fresh(),
                   .mastery = fresh(),
                   .transfer = fresh(),
                   .cost = fresh(),
                   .hours = fresh(),
                   .last_month = fresh(),
                   .completed = fresh(),
                   .learners_now = fresh()};
    for (std::size_t t = 0; t < order.size(); ++t) {
      const Team& team = plan_.teams[order[t]];
      if (!record::contains(wave.teams, team.id)) continue;
      made.teams.push_back(t);
      made.learners +=
          static_cast<double>(team.people) * (wave.follow_up ? trained_share(team.id, wave) : wave.share);
    }
    made.classes = budget::classes(made.learners, wave.class_size);
    model_.waves.push_back(std::move(made));
  }
}

// Share of a team in cohorts that a follow-up wave finds trained.
double Lowering::trained_share(const std::string& team, const Wave& follow_up) const {
  const std::int64_t end = last_month(index_of(plan_.waves, follow_up.id));
  double share = 0.0;
  for (const std::size_t w : by_id(plan_.waves)) {
    const Wave& wave = plan_.waves[w];
    if (!wave.follow_up && record::contains(wave.teams, team) && last_month(w) < end) share += wave.share;
  }
  return share;
}

std::int64_t Lowering::last_month(std::size_t wave) const {
  return schedule_[wave].start + plan_.waves[wave].months - 1;
}

void Lowering::lower_lifts() {
  for (const std::size_t i : by_id(plan_.lifts)) {
    const Lift& lift = plan_.lifts[i];
    const ReachedAt& r = lift.reached_at;
    LiftModel made{.lift = i,
                   .size = lane(lift.size),
                   .base = lane(lift.base),
                   .class_weights = std::vector<double>(model_.classes, 0.0),
                   .behavior = lane(r.behavior),
                   .completion = lane(r.completion),
                   .mastery = lane(r.mastery),
                   .practice = lane(r.practice),
                   .coaching_hours = lane(r.coaching_hours),
                   .peers = lane(r.peer_community),
                   .support = lane(r.performance_support),
                   .months = r.months,
                   .reached = fresh(),
                   .inverse_reached = fresh(),
                   .team_spread = lane(lift.team_spread),
                   .ramp = lane(lift.ramp),
                   .credited_share = lane(lift.credited_share),
                   .ramp_step = fresh(),
                   .read_at = static_cast<double>(lift.read_at.value_or(0)),
                   .of_team = lift.measured_on == MeasuredOn::team};
    made.ramps = !certain(made.ramp, 0.0);
    OrderedMap<double> shares = lift.competences;
    if (shares.empty()) {
      for (const Competence& competence : plan_.competences) shares.emplace_back(competence.id, 1.0);
    }
    std::sort(shares.begin(), shares.end());
    double sum = 0.0;
    for (const auto& [id, share] : shares) sum += share;
    // Normalized: the check tolerates a sum that rounding moved off 1.
    for (const auto& [id, share] : shares)
      made.class_weights[model_.competence_class[index_of(plan_.competences, id)]] += share / sum;
    const Kpi& kpi = model_.kpis[index_of(model_.kpis, lift.kpi)];
    made.bound = kpi.better == Direction::higher && kpi.high ? *kpi.high : kpi.low;
    model_.lifts.push_back(std::move(made));
  }
}

// Lanes of which there is one a month: what teams share or add to.
void Lowering::lower_monthly() {
  const auto months = static_cast<std::size_t>(model_.months);
  const auto run = [&](std::size_t count) {
    const LaneId first = model_.lanes;
    model_.lanes += count;
    return first;
  };
  model_.cost = run(months + 1);
  model_.benefit = run(months + 1);
  model_.hours_coached = run(months);
  const std::size_t doses = model_.coach_capacity == none ? 1 : months;
  model_.coaching = run(doses);
  model_.uptake = run(doses);
  model_.uptake_refresher = run(doses);
  for (MovementModel& movement : model_.movements)
    if (movement.programme_sd > 0.0) movement.programme_part = run(months);
}

void Lowering::lower_movements() {
  for (const std::size_t i : by_id(plan_.movements)) {
    const Movement& movement = plan_.movements[i];
    MovementModel made{.kpi = index_of(model_.kpis, movement.id),
                       .programme_sd = movement.programme_sd,
                       .team_sd = movement.team_sd,
                       .persistence = movement.persistence};
    if (!certain(lane(movement.trend), 0.0)) made.trend = lane(movement.trend);
    if (!movement.season.empty()) {
      for (std::int64_t m = 1; m <= model_.months; ++m) {
        const std::string of_year = std::to_string(plan::calendar_month(plan_, m));
        const double* offset = record::find(movement.season, of_year);
        made.season.push_back(offset == nullptr ? 0.0 : *offset);
      }
    }
    if (made.programme_sd > 0.0) {
      made.draw = fresh();
      fresh();
      for (std::int64_t m = 1; m <= model_.months; m += 2)
        made.draws.push_back(hash("programme#noise." + movement.id + "@" + std::to_string(m)));
    }
    model_.movements.push_back(std::move(made));
  }
}

void Lowering::lower_costs() {
  for (const std::size_t i : by_id(plan_.costs)) {
    const CostLine& line = plan_.costs[i];
    CostModel made{.id = line.id,
                   .driver = line.driver,
                   .amount = lane(line.amount),
                   .month = line.month,
                   .first_month = line.first_month,
                   .last_month = std::min(line.last_month.value_or(model_.months), model_.months),
                   .cash = line.cash};
    for (std::size_t w = 0; w < model_.waves.size(); ++w) {
      const bool counted = line.waves.empty() || std::find(line.waves.begin(), line.waves.end(),
                                                           model_.waves[w].id) != line.waves.end();
      if (counted) made.waves.push_back(w);
    }
    model_.costs.push_back(std::move(made));
  }
}

void add_groups(Model& model, const Plan& plan);
void add_outputs(Model& model, const std::vector<std::string>& outputs);

Model lower(const Plan& plan, const std::vector<std::string>& outputs) {
  Model model = Lowering(plan).run();
  add_groups(model, plan);
  add_outputs(model, outputs);
  return model;
}

}  // namespace trainplan::engine
