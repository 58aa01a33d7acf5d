// Lowering: a plan's names and quantities become indices and lanes, once a run.
// Over 400 lines: one pass over the plan, whose steps share what they have numbered so far.
#include <algorithm>
#include <map>
#include <numeric>

#include "simulate_model.hpp"
#include "trainplan/base/random.hpp"

namespace trainplan::engine {
namespace {

template <class R>
std::size_t index_of(const std::vector<R>& records, const std::string& id) {
  return static_cast<std::size_t>(
      std::find_if(records.begin(), records.end(), [&](const R& r) { return r.id == id; }) - records.begin());
}

// Positions of the records in the order of their ids: sums run in this order, so permuted rows give the same
// bits.
template <class R>
std::vector<std::size_t> by_id(const std::vector<R>& records) {
  std::vector<std::size_t> order(records.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return records[a].id < records[b].id; });
  return order;
}

class Lowering {
 public:
  explicit Lowering(const Plan& plan) : plan_(plan) {
    for (plan::Input& input : plan::inputs(plan)) {
      if (!paths_.emplace(path_hash(input.path), input.path).second) {
        throw InputError(input.path,
                         "its name has the same 64-bit hash as another path; rename one of the two ids");
      }
      lane_of_[input.quantity] = model_.inputs.size();
      model_.inputs.push_back({input.path, path_hash(input.path), distribution::Sampler(input.distribution)});
    }
    model_.lanes = model_.inputs.size();
  }

  Model run() {
    model_.months = plan_.programme.months;
    model_.timing = plan_.programme.timing;
    model_.kpis = plan::kpis(plan_);
    for (const Kpi& one : model_.kpis) model_.scales.push_back(kpi::scale(one));
    lower_programme();
    lower_competences();
    lower_modules();
    lower_waves();
    lower_lifts();
    lower_teams();
    lower_costs();
    return std::move(model_);
  }

 private:
  [[nodiscard]] LaneId lane(const Quantity& quantity) const { return lane_of_.at(&quantity); }
  [[nodiscard]] LaneId lane(const std::optional<Quantity>& quantity) const {
    return quantity ? lane(*quantity) : none;
  }
  LaneId fresh() { return model_.lanes++; }
  StateLanes fresh_state() { return {fresh(), fresh(), fresh(), fresh(), fresh(), fresh()}; }

  void lower_programme() {
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
    model_.coach_capacity = lane(r.coach_capacity);
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
    if (const auto& work = plan_.benefits.contact_work) {
      model_.callback_share = lane(work->callback_share);
      model_.variable_cost = lane(work->variable_cost);
      model_.volume_is_issues = work->volume_is == Volume::issues;
    }
    if (const auto& retention = plan_.benefits.retention) {
      model_.elasticity = lane(retention->elasticity);
      model_.reach = lane(retention->reach);
      model_.margin = lane(retention->margin);
      model_.retention_driver = retention->driver;
    }
    if (const auto& hiring = plan_.benefits.hiring) model_.replacement_cost = lane(hiring->replacement_cost);

    model_.practice_weight = static_cast<double>(transfer::practice_ids.size());
    for (const std::size_t i : by_id(plan_.practices)) {
      const Practice& practice = plan_.practices[i];
      model_.practices.emplace_back(lane(practice.level), practice.weight);
      model_.practice_weight += practice.weight - 1.0;
      if (std::find(transfer::sustained_ids.begin(), transfer::sustained_ids.end(), practice.id) !=
          transfer::sustained_ids.end()) {
        model_.sustained.push_back(lane(practice.level));
      }
    }
    for (LaneId* id : {&model_.transfer_rate,
                       &model_.attainable,
                       &model_.sustained_half_life,
                       &model_.knowledge_kept,
                       &model_.peer_share,
                       &model_.support_share,
                       &model_.log_rate,
                       &model_.hours_coached,
                       &model_.coaching,
                       &model_.uptake,
                       &model_.uptake_refresher,
                       &model_.refresher_knowledge,
                       &model_.coached_people,
                       &model_.cost,
                       &model_.benefit,
                       &model_.cash,
                       &model_.cumulative,
                       &model_.lift_factor,
                       &model_.benefit_factor,
                       &model_.nothing,
                       &model_.one}) {
      *id = fresh();
    }
    for (LaneId& id : model_.money) id = fresh();
    for (int i = 0; i < 8; ++i) model_.spare.push_back(fresh());
  }

  // Competences that the same modules teach always have the same state: one class.
  void lower_competences() {
    std::map<std::vector<bool>, std::size_t> classes;
    model_.competence_class.resize(plan_.competences.size());
    for (const std::size_t i : by_id(plan_.competences)) {
      const Competence& competence = plan_.competences[i];
      std::vector<bool> taught_by;
      for (const Module& module : plan_.modules) {
        taught_by.push_back(std::find(module.competences.begin(), module.competences.end(), competence.id) !=
                            module.competences.end());
      }
      model_.competence_class[i] = classes.emplace(taught_by, classes.size()).first->second;
    }
    for (const Competence& competence : plan_.competences) model_.competences.push_back(competence.id);
    model_.classes = classes.size();
    for (std::size_t c = 0; c < model_.classes; ++c) model_.hire.push_back(fresh_state());
  }

  void lower_modules() {
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
                       .completed = fresh(),
                       .mastered = fresh()};
      for (const std::string& id : module.competences) {
        made.classes.push_back(model_.competence_class[index_of(plan_.competences, id)]);
      }
      std::sort(made.classes.begin(), made.classes.end());
      made.classes.erase(std::unique(made.classes.begin(), made.classes.end()), made.classes.end());
      model_.modules.push_back(std::move(made));
    }
    if (const auto& onboarding = plan_.onboarding) {
      model_.onboarding_from = onboarding->from_month;
      model_.onboarding_extra_hours = lane(onboarding->extra_hours);
      model_.onboarding_modules = modules_by_id(onboarding->modules);
    }
  }

  [[nodiscard]] std::vector<std::size_t> modules_by_id(std::vector<std::string> list) const {
    std::sort(list.begin(), list.end());
    std::vector<std::size_t> modules;
    for (const std::string& id : list) modules.push_back(index_of(plan_.modules, id));
    return modules;
  }

  void lower_waves() {
    const std::vector<std::size_t> order = by_id(plan_.teams);
    for (const std::size_t w : by_id(plan_.waves)) {
      const Wave& wave = plan_.waves[w];
      WaveModel made{.id = wave.id,
                     .start = static_cast<double>(wave.start),
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
                     .learners_now = fresh()};
      for (std::size_t t = 0; t < order.size(); ++t) {
        const Team& team = plan_.teams[order[t]];
        if (std::find(wave.teams.begin(), wave.teams.end(), team.id) == wave.teams.end()) continue;
        made.teams.push_back(t);
        made.learners +=
            static_cast<double>(team.people) * (wave.follow_up ? trained_share(team.id, wave) : wave.share);
      }
      made.classes = budget::classes(made.learners, wave.class_size);
      model_.waves.push_back(std::move(made));
    }
  }

  // Share of a team in cohorts that a follow-up wave finds trained.
  [[nodiscard]] double trained_share(const std::string& team, const Wave& follow_up) const {
    double share = 0.0;
    for (const std::size_t w : by_id(plan_.waves)) {
      const Wave& wave = plan_.waves[w];
      const bool of_team = std::find(wave.teams.begin(), wave.teams.end(), team) != wave.teams.end();
      if (!wave.follow_up && of_team && calendar::last_month(wave) < calendar::last_month(follow_up))
        share += wave.share;
    }
    return share;
  }

  void lower_lifts() {
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
                     .reached = fresh()};
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

  void lower_teams() {
    for (const std::size_t t : by_id(plan_.teams)) {
      const Team& team = plan_.teams[t];
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
      for (std::size_t c = 0; c < model_.classes; ++c) made.behavior.push_back(fresh());
      for (LaneId* id :
           {&made.off_floor_rate, &made.leavers, &made.last_attrition, &made.monthly_churn, &made.stock,
            &made.customers_gained, &made.arrivals, &made.repeats_without, &made.volume}) {
        *id = fresh();
      }
      model_.teams.push_back(std::move(made));
    }
  }

  void lower_team_kpis(const Team& team, TeamModel& made) {
    const auto has = [&](const std::string& id) {
      return std::find_if(team.baseline.begin(), team.baseline.end(),
                          [&](const auto& entry) { return entry.first == id; });
    };
    for (std::size_t k = 0; k < model_.kpis.size(); ++k) {
      const std::string& id = model_.kpis[k].id;
      const auto base = has(id);
      const bool attrition = id == "attrition";
      if (base == team.baseline.end() && !attrition) continue;
      TeamKpiModel one{.kpi = k,
                       .base = attrition ? made.attrition : lane(base->second),
                       .eta = fresh(),
                       .without = fresh(),
                       .with = fresh()};
      for (std::size_t l = 0; l < model_.lifts.size(); ++l) {
        if (plan_.lifts[model_.lifts[l].lift].kpi == id) one.lifts.emplace_back(l, fresh());
      }
      const std::size_t position = made.kpis.size();
      if (id == "aht") made.aht = position;
      if (id == "fcr") made.fcr = position;
      if (id == "churn") made.churn = position;
      if (attrition) made.attrition_kpi = position;
      if (id == model_.retention_driver) made.retention_driver = position;
      made.kpis.push_back(std::move(one));
    }
    const bool contact = team.role == Role::contact;
    made.works = contact && plan_.benefits.contact_work && made.aht != none;
    made.retains = contact && plan_.benefits.retention && made.churn != none && made.retention_driver != none;
    made.hires_counted = plan_.benefits.hiring.has_value();
  }

  void lower_cohorts(const Team& team, std::size_t position, TeamModel& made) {
    double rest = 1.0;
    for (std::size_t w = 0; w < model_.waves.size(); ++w) {
      const WaveModel& wave = model_.waves[w];
      if (wave.follow_up || std::find(wave.teams.begin(), wave.teams.end(), position) == wave.teams.end())
        continue;
      add_cohort(team, made, w, wave.share);
      rest -= wave.share;
    }
    // Shares such as 0.3 + 0.7 leave a crumb that is nobody.
    if (rest > 1e-9) add_cohort(team, made, none, rest);
    for (CohortModel& cohort : made.cohorts) {
      if (cohort.wave == none) continue;
      for (std::size_t w = 0; w < model_.waves.size(); ++w) {
        const WaveModel& wave = model_.waves[w];
        if (wave.follow_up && std::find(wave.teams.begin(), wave.teams.end(), position) != wave.teams.end())
          cohort.follow_ups.push_back(w);
      }
    }
  }

  void add_cohort(const Team& team, TeamModel& made, std::size_t wave, double share) {
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
          std::min(cohort.live_from,
                   static_cast<std::int64_t>(model_.waves[wave].start + model_.waves[wave].months) - 1);
    }
    made.cohorts.push_back(std::move(cohort));
  }

  void lower_costs() {
    for (const std::size_t i : by_id(plan_.costs)) {
      const CostLine& line = plan_.costs[i];
      CostModel made{.id = line.id,
                     .driver = line.driver,
                     .amount = lane(line.amount),
                     .month = line.month,
                     .first_month = line.first_month,
                     .last_month = std::min(line.last_month.value_or(model_.months), model_.months)};
      for (std::size_t w = 0; w < model_.waves.size(); ++w) {
        const bool counted = line.waves.empty() || std::find(line.waves.begin(), line.waves.end(),
                                                             model_.waves[w].id) != line.waves.end();
        if (counted) made.waves.push_back(w);
      }
      model_.costs.push_back(std::move(made));
    }
  }

  const Plan& plan_;
  Model model_{};
  std::map<const Quantity*, LaneId> lane_of_;
  std::map<std::uint64_t, std::string> paths_;
};

}  // namespace

void add_groups(Model& model, const Plan& plan);
void add_outputs(Model& model, const std::vector<std::string>& outputs);

Model lower(const Plan& plan, const std::vector<std::string>& outputs) {
  Model model = Lowering(plan).run();
  add_groups(model, plan);
  add_outputs(model, outputs);
  return model;
}

}  // namespace trainplan::engine
