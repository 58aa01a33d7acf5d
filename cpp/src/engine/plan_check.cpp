// What must hold between the records of a plan: references, people, modules, waves. Money and KPIs stand in
// plan_check_value.cpp.
#include <algorithm>
#include <set>

#include "plan_checker.hpp"

namespace trainplan::plan {
namespace {

template <class R>
std::vector<std::string> ids(const std::vector<R>& records) {
  std::vector<std::string> list;
  for (const R& record : records) list.push_back(record.id);
  return list;
}

}  // namespace

const char* moved(calendar::Moved why) {
  switch (why) {
    case calendar::Moved::lead_time:
      return "its content is not ready before";
    case calendar::Moved::peak_season:
      return "its training does not fit into a peak season";
    case calendar::Moved::order:
      return "a wave that it follows ends later";
    case calendar::Moved::no:
      break;
  }
  return "";
}

Checker::Checker(const Plan& plan)
    : plan_(plan),
      kpis_(kpis(plan)),
      teams_(ids(plan.teams)),
      modules_(ids(plan.modules)),
      waves_(ids(plan.waves)),
      competences_(ids(plan.competences)),
      costs_(ids(plan.costs)),
      kpi_ids_(ids(kpis_)) {}

Problems Checker::run() {
  if (plan_.teams.empty()) add("teams", "", "a plan needs at least one team");
  for (const Kpi& kpi : plan_.kpis) check_kpi(kpi);
  for (const Team& team : plan_.teams) check_team(team);
  for (const Module& module : plan_.modules) check_module(module);
  check_prerequisites();
  check_practices();
  check_reinforcement();
  for (const Wave& wave : plan_.waves) check_wave(wave);
  check_shares();
  for (const PeakSeason& season : plan_.peak_seasons)
    known_each("peak_seasons." + season.id + ".teams", season.teams, teams_, "team");
  for (const Lift& lift : plan_.lifts) check_lift(lift);
  for (const Movement& movement : plan_.movements) check_movement(movement);
  check_benefits();
  check_streams();
  check_programme();
  for (const CostLine& line : plan_.costs) check_cost(line);
  if (problems_.empty()) {
    // Quantities whose meaning depends on KPIs can be resolved only when the KPIs stand.
    try {
      const std::vector<Input> found = inputs(plan_);
      check_correlations(found);
      check_schedule();
      check_ramps(found);
    } catch (const InputError& error) {
      problems_ = error.problems();
    }
  }
  return std::move(problems_);
}

void Checker::add(std::string path, std::string value, std::string allowed, std::string hint) {
  problems_.push_back({std::move(path), std::move(value), std::move(allowed), std::move(hint)});
}

bool Checker::known(const std::string& path, const std::string& id, const std::vector<std::string>& among,
                    const std::string& what) {
  if (record::contains(among, id)) return true;
  // Nobody reads hundreds of hints, and each takes a look at every id.
  constexpr std::size_t most_hints = 200;
  const bool first_ones = problems_.size() < most_hints;
  add(path, quoted(id), "there is no " + what + " of this id", first_ones ? did_you_mean(id, among) : "");
  return false;
}

void Checker::known_each(const std::string& path, const std::vector<std::string>& list,
                         const std::vector<std::string>& among, const std::string& what) {
  std::set<std::string> seen;
  for (const std::string& id : list) {
    known(path, id, among, what);
    if (!seen.insert(id).second) add(path, quoted(id), "is named twice");
  }
}

void Checker::check_team(const Team& team) {
  const std::string path = "teams." + team.id;
  std::set<std::string> seen;
  for (const auto& [id, level] : team.baseline) {
    if (id == "knowledge") {
      // The one leading indicator that has a level before training.
    } else if (id == "attrition") {
      add(path + ".baseline.attrition", "", "stands in the field attrition of the team, not in its baseline");
    } else {
      known(record::joined(path + ".baseline", id), id, kpi_ids_, "KPI");
    }
    if (!seen.insert(id).second) add(path + ".baseline." + id, "", "is stated twice");
  }
  for (const auto& [id, n] : team.baseline_n) {
    const std::string here = record::joined(path + ".baseline_n", id);
    if (id == "knowledge" || !seen.contains(id))
      add(here, shown(n), "there is no baseline of a lifted KPI of this id whose sample this could be");
  }
  for (const std::string& id : team.support_teams) {
    if (!known(path + ".support_teams", id, teams_, "team")) continue;
    const auto other =
        std::find_if(plan_.teams.begin(), plan_.teams.end(), [&](const Team& t) { return t.id == id; });
    if (other->role != Role::support || id == team.id)
      add(path + ".support_teams", quoted(id), "must be another team, of role support");
  }
  if (!team.support_teams.empty() && team.role == Role::support)
    add(path + ".support_teams", "", "only contact teams depend on support teams");
  if (team.support_teams.empty() && team.support_dependence != Quantity(0.0))
    add(path + ".support_dependence", team.support_dependence.shown(), "needs support_teams to depend on");
}

void Checker::check_prerequisites() {
  std::vector<std::vector<std::size_t>> needed;
  for (const Module& module : plan_.modules) {
    const std::string path = "modules." + module.id + ".prerequisites";
    known_each(path, module.prerequisites, modules_, "module");
    needed.emplace_back();
    for (const std::string& id : module.prerequisites) {
      const auto found = std::find(modules_.begin(), modules_.end(), id);
      if (found != modules_.end())
        needed.back().push_back(static_cast<std::size_t>(found - modules_.begin()));
    }
  }
  const std::vector<std::size_t> order = curriculum::order(needed);
  if (order.size() == plan_.modules.size()) return check_taught_before();
  // Walk backwards from a module that cannot be placed until one comes again: that is the cycle.
  const auto placed = [&](std::size_t m) { return record::contains(order, m); };
  std::size_t at = 0;
  while (placed(at)) ++at;
  std::vector<std::size_t> walk;
  while (!record::contains(walk, at)) {
    walk.push_back(at);
    at = *std::find_if(needed[at].begin(), needed[at].end(), [&](std::size_t m) { return !placed(m); });
  }
  std::string cycle = modules_[at];
  for (auto m = std::find(walk.begin(), walk.end(), at); m != walk.end(); ++m)
    if (*m != at) cycle += " needs " + modules_[*m];
  cycle += " needs " + modules_[at];
  add("modules." + modules_[at] + ".prerequisites", "", "the prerequisites go round in a circle: " + cycle);
}

// Prerequisites are taught in the same wave, or to the same people before.
void Checker::check_taught_before() {
  const auto needs = [&](const std::string& module) -> const std::vector<std::string>& {
    return std::find_if(plan_.modules.begin(), plan_.modules.end(),
                        [&](const Module& one) { return one.id == module; })
        ->prerequisites;
  };
  for (const Wave& wave : plan_.waves) {
    for (const std::string& module : wave.modules) {
      if (!record::contains(modules_, module)) continue;
      for (const std::string& needed : needs(module)) {
        for (const std::string& team : wave.teams) {
          const bool before = std::any_of(plan_.waves.begin(), plan_.waves.end(), [&](const Wave& other) {
            return wave.follow_up && calendar::last_month(other) < calendar::last_month(wave) &&
                   record::contains(other.teams, team) && record::contains(other.modules, needed);
          });
          if (record::contains(wave.modules, needed) || before) continue;
          add("waves." + wave.id + ".modules", quoted(module),
              "its prerequisite " + needed + " is taught to " + team + " neither in this wave nor before");
        }
      }
    }
  }
  if (!plan_.onboarding) return;
  for (const std::string& module : plan_.onboarding->modules) {
    if (!record::contains(modules_, module)) continue;
    for (const std::string& needed : needs(module)) {
      if (!record::contains(plan_.onboarding->modules, needed))
        add("onboarding.modules", quoted(module), "its prerequisite " + needed + " is not among them");
    }
  }
}

void Checker::check_programme() {
  const std::vector<std::string>& languages = plan_.programme.languages;
  known_each("programme.languages", languages, languages, "language");
  const std::string& start = plan_.programme.start;
  const bool digits =
      start.size() == 7 && start[4] == '-' &&
      std::all_of(start.begin(), start.end(), [](char c) { return c == '-' || (c >= '0' && c <= '9'); });
  const int month = digits ? (start[5] - '0') * 10 + (start[6] - '0') : 0;
  if (!start.empty() && !(month >= 1 && month <= 12))
    add("programme.start", quoted(start), "must be a year and month: 2027-01");
}

void Checker::check_schedule() {
  const std::vector<calendar::Placed> placed = schedule(plan_);
  for (std::size_t w = 0; w < placed.size(); ++w) {
    const Wave& wave = plan_.waves[w];
    const std::int64_t last = placed[w].start + wave.months - 1;
    if (last <= plan_.programme.months) continue;
    add("waves." + wave.id + ".start", std::to_string(wave.start),
        std::string("the wave moves behind the horizon: ") + moved(placed[w].why));
  }
}

void Checker::check_module(const Module& module) {
  const std::string path = "modules." + module.id;
  known_each(path + ".competences", module.competences, competences_, "competence");
  if (module.competences.empty()) add(path + ".competences", "", "a module teaches at least one competence");
  const bool by_hours = module.mastery_max.has_value() || module.mastery_half_hours.has_value();
  if (module.mastery.has_value() == by_hours ||
      module.mastery_max.has_value() != module.mastery_half_hours.has_value()) {
    add(path + ".mastery", "", "give either mastery, or both mastery_max and mastery_half_hours");
  }
}

void Checker::check_practices() {
  const std::vector<std::string> practices(transfer::practice_ids.begin(), transfer::practice_ids.end());
  double weight = 11.0;
  for (const Practice& practice : plan_.practices) {
    const std::string path = "practices." + practice.id;
    known(path, practice.id, practices, "practice");
    weight += practice.weight - 1.0;
    if (!practice.cost.empty() && practice.cost != "included")
      known(path + ".cost", practice.cost, costs_, "cost line");
  }
  if (!(weight > 0.0)) add("practices", "", "the weights of all practices must not all be 0");
}

void Checker::check_reinforcement() {
  if (plan_.onboarding) known_each("onboarding.modules", plan_.onboarding->modules, modules_, "module");
  const Reinforcement& r = plan_.reinforcement;
  if (r.coaching_sessions.has_value() != r.coaching_minutes.has_value()) {
    add("reinforcement.coaching_sessions", "", "coaching_sessions and coaching_minutes go together");
  } else if (r.coaching_sessions && r.coaching_hours != Quantity(0.0)) {
    add("reinforcement.coaching_hours", r.coaching_hours.shown(),
        "give either coaching_hours, or coaching_sessions with coaching_minutes");
  }
  const auto certain = [](const Quantity& quantity, double number) {
    return quantity.name().empty() && quantity.number().number == number;
  };
  if (plan_.workforce.backfill_share != Quantity(0.0) && !plan_.workforce.backfill_hourly_cost) {
    add("workforce.backfill_hourly_cost", "", "is required when backfill_share is not 0");
  }
  if (plan_.reinforcement.refresher_every == 0 && !certain(plan_.reinforcement.refresher_hours, 0.0)) {
    add("reinforcement.refresher_every", "0", "refresher_hours are stated, so say every how many months");
  }
}

void Checker::check_wave(const Wave& wave) {
  const std::string path = "waves." + wave.id;
  known_each(path + ".teams", wave.teams, teams_, "team");
  known_each(path + ".modules", wave.modules, modules_, "module");
  if (wave.teams.empty()) add(path + ".teams", "", "a wave trains at least one team");
  if (wave.modules.empty()) add(path + ".modules", "", "a wave teaches at least one module");
  const std::int64_t last = calendar::last_month(wave);
  if (last > plan_.programme.months) {
    add(path + ".start", std::to_string(wave.start),
        "the wave ends in month " + std::to_string(last) + ", after the horizon of " +
            std::to_string(plan_.programme.months) + " months");
  }
  if (!wave.follow_up) return;
  for (const std::string& team : wave.teams) {
    const bool earlier = std::any_of(plan_.waves.begin(), plan_.waves.end(), [&](const Wave& other) {
      return !other.follow_up && calendar::last_month(other) < last && record::contains(other.teams, team);
    });
    if (!earlier)
      add(path + ".teams", quoted(team),
          "a follow-up wave teaches cohorts already trained; this team has none by then");
  }
}

void Checker::check_shares() {
  for (const Team& team : plan_.teams) {
    double share = 0.0;
    for (const Wave& wave : plan_.waves) {
      if (!wave.follow_up && record::contains(wave.teams, team.id)) share += wave.share;
    }
    if (!(share <= 1.0 + sum_tolerance)) {
      add("teams." + team.id, "",
          "waves train " + shown(share) + " times its people; the shares of a team sum to at most 1",
          "set follow_up = true on a wave that teaches people already trained");
    }
  }
}

Problems check(const Plan& plan) { return Checker(plan).run(); }

}  // namespace trainplan::plan
