// What must hold between the records of a plan, and what a careful reader would ask about.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "trainplan/engine/plan.hpp"

namespace trainplan::plan {
namespace {

constexpr double sum_tolerance = 1e-6;

template <class R>
std::vector<std::string> ids(const std::vector<R>& records) {
  std::vector<std::string> list;
  for (const R& record : records) list.push_back(record.id);
  return list;
}

// Collects problems; knows which ids there are.
class Checker {
 public:
  explicit Checker(const Plan& plan)
      : plan_(plan),
        kpis_(kpis(plan)),
        teams_(ids(plan.teams)),
        modules_(ids(plan.modules)),
        waves_(ids(plan.waves)),
        competences_(ids(plan.competences)),
        costs_(ids(plan.costs)),
        kpi_ids_(ids(kpis_)) {}

  Problems run() {
    if (plan_.teams.empty()) add("teams", "", "a plan needs at least one team");
    for (const Kpi& kpi : plan_.kpis) check_kpi(kpi);
    for (const Team& team : plan_.teams) check_team(team);
    for (const Module& module : plan_.modules) check_module(module);
    check_practices();
    check_reinforcement();
    for (const Wave& wave : plan_.waves) check_wave(wave);
    check_shares();
    for (const Lift& lift : plan_.lifts) check_lift(lift);
    check_benefits();
    for (const CostLine& line : plan_.costs) check_cost(line);
    if (problems_.empty()) {
      // Quantities whose meaning depends on KPIs can be resolved only when the KPIs stand.
      try {
        static_cast<void>(inputs(plan_));
      } catch (const InputError& error) {
        problems_ = error.problems();
      }
    }
    return std::move(problems_);
  }

 private:
  void add(std::string path, std::string value, std::string allowed, std::string hint = "") {
    problems_.push_back({std::move(path), std::move(value), std::move(allowed), std::move(hint)});
  }
  bool known(const std::string& path, const std::string& id, const std::vector<std::string>& among,
             const std::string& what) {
    if (std::find(among.begin(), among.end(), id) != among.end()) return true;
    add(path, quoted(id), "there is no " + what + " of this id", did_you_mean(id, among));
    return false;
  }
  void known_each(const std::string& path, const std::vector<std::string>& list,
                  const std::vector<std::string>& among, const std::string& what) {
    std::set<std::string> seen;
    for (const std::string& id : list) {
      known(path, id, among, what);
      if (!seen.insert(id).second) add(path, quoted(id), "is named twice");
    }
  }

  void check_kpi(const Kpi& kpi) {
    const std::string path = "kpis." + kpi.id;
    if (kpi.link == Link::logit && !kpi.high)
      add(path + ".high", "", "a logit link needs an upper bound", "or use link = \"log\"");
    if (kpi.high && !(*kpi.high > kpi.low))
      add(path + ".high", shown(*kpi.high), "must be above low, which is " + shown(kpi.low));
  }

  void check_team(const Team& team) {
    const std::string path = "teams." + team.id;
    std::set<std::string> seen;
    for (const auto& [id, level] : team.baseline) {
      if (id == "attrition") {
        add(path + ".baseline.attrition", "",
            "stands in the field attrition of the team, not in its baseline");
      } else {
        known(record::joined(path + ".baseline", id), id, kpi_ids_, "KPI");
      }
      if (!seen.insert(id).second) add(path + ".baseline." + id, "", "is stated twice");
    }
  }

  void check_module(const Module& module) {
    const std::string path = "modules." + module.id;
    known_each(path + ".competences", module.competences, competences_, "competence");
    if (module.competences.empty())
      add(path + ".competences", "", "a module teaches at least one competence");
    const bool by_hours = module.mastery_max.has_value() || module.mastery_half_hours.has_value();
    if (module.mastery.has_value() == by_hours ||
        module.mastery_max.has_value() != module.mastery_half_hours.has_value()) {
      add(path + ".mastery", "", "give either mastery, or both mastery_max and mastery_half_hours");
    }
  }

  void check_practices() {
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

  void check_reinforcement() {
    if (plan_.onboarding) known_each("onboarding.modules", plan_.onboarding->modules, modules_, "module");
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

  void check_wave(const Wave& wave) {
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
        return !other.follow_up && calendar::last_month(other) < last &&
               std::find(other.teams.begin(), other.teams.end(), team) != other.teams.end();
      });
      if (!earlier)
        add(path + ".teams", quoted(team),
            "a follow-up wave teaches cohorts already trained; this team has none by then");
    }
  }

  void check_shares() {
    for (const Team& team : plan_.teams) {
      double share = 0.0;
      for (const Wave& wave : plan_.waves) {
        if (!wave.follow_up && std::find(wave.teams.begin(), wave.teams.end(), team.id) != wave.teams.end())
          share += wave.share;
      }
      if (!(share <= 1.0 + sum_tolerance)) {
        add("teams." + team.id, "",
            "waves train " + shown(share) + " times its people; the shares of a team sum to at most 1",
            "set follow_up = true on a wave that teaches people already trained");
      }
    }
  }

  void check_lift(const Lift& lift) {
    const std::string path = "lifts." + lift.id;
    if (known(path + ".kpi", lift.kpi, kpi_ids_, "KPI")) {
      const bool has_base = lift.kpi == "attrition" ||
                            std::any_of(plan_.teams.begin(), plan_.teams.end(), [&](const Team& team) {
                              return std::any_of(team.baseline.begin(), team.baseline.end(),
                                                 [&](const auto& entry) { return entry.first == lift.kpi; });
                            });
      if (!has_base) add(path + ".kpi", quoted(lift.kpi), "no team states a baseline of this KPI");
    }
    double sum = 0.0;
    for (const auto& [competence, share] : lift.competences) {
      known(path + ".competences", competence, competences_, "competence");
      sum += share;
    }
    if (!lift.competences.empty() && !(std::abs(sum - 1.0) <= sum_tolerance)) {
      add(path + ".competences", shown(sum), "shares must sum to 1");
    }
    const ReachedAt& reached = lift.reached_at;
    const bool ingredients = reached.completion && reached.mastery;
    if (!reached.behavior && !ingredients) {
      add(path + ".reached_at", "",
          "how fully was the behavior applied where the lift was seen? Give completion and mastery of that "
          "programme (and practice, months, coaching_hours), or behavior");
    } else if (reached.behavior && (reached.completion || reached.mastery)) {
      add(path + ".reached_at.behavior", "", "give either behavior or its ingredients, not both");
    }
  }

  void check_benefits() {
    const auto has_lift = [&](const std::string& kpi) {
      return std::any_of(plan_.lifts.begin(), plan_.lifts.end(),
                         [&](const Lift& lift) { return lift.kpi == kpi; });
    };
    const auto has_base = [&](const std::string& kpi) {
      return std::any_of(plan_.teams.begin(), plan_.teams.end(), [&](const Team& team) {
        return std::any_of(team.baseline.begin(), team.baseline.end(),
                           [&](const auto& entry) { return entry.first == kpi; });
      });
    };
    if (plan_.benefits.contact_work && !has_base("aht")) {
      add("benefits.contact_work", "",
          "no team states a baseline of aht, so there is no contact work to price");
    }
    if (const auto& retention = plan_.benefits.retention) {
      const std::string& driver = retention->driver;
      if (!has_base("churn")) add("benefits.retention", "", "no team states a baseline of churn");
      if (driver == "attrition") {
        add("benefits.retention.driver", quoted(driver), "must be a KPI of customers, or churn");
      } else if (known("benefits.retention.driver", driver, kpi_ids_, "KPI") && driver != "churn") {
        if (has_lift("churn"))
          add("benefits.retention.driver", quoted(driver),
              "churn has a lift of its own: the same customers would be kept twice",
              "set driver = \"churn\", or remove the lift");
        if (!has_base(driver))
          add("benefits.retention.driver", quoted(driver), "no team states a baseline of this KPI");
      }
    }
  }

  void check_cost(const CostLine& line) {
    const std::string path = "costs." + line.id;
    const std::int64_t horizon = plan_.programme.months;
    if (line.driver == Driver::once && line.month > horizon) {
      add(path + ".month", std::to_string(line.month),
          "must be at most the horizon, " + std::to_string(horizon));
    }
    if (line.last_month && *line.last_month < line.first_month) {
      add(path + ".last_month", std::to_string(*line.last_month),
          "must not lie before first_month, " + std::to_string(line.first_month));
    }
    known_each(path + ".waves", line.waves, waves_, "wave");
    if (!line.waves.empty() && !budget::follows_waves(line.driver)) {
      add(path + ".waves", "", "only lines of driver learner, learner_hour or class follow waves");
    }
    if (line.driver == Driver::new_hire && !plan_.onboarding) {
      add(path + ".driver", "'new_hire'",
          "counts hires from onboarding.from_month on, and the plan has no onboarding");
    }
    if (line.category == Category::contingency) {
      add(path + ".category", "'contingency'",
          "contingency is a reserve, not a cost: set programme.contingency");
    }
    if (line.category == Category::participants) {
      add(path + ".category", "'participants'",
          "participants' time is computed from hours and hourly_cost; a line would count it twice");
    }
  }

  const Plan& plan_;
  std::vector<Kpi> kpis_;
  std::vector<std::string> teams_, modules_, waves_, competences_, costs_, kpi_ids_;
  Problems problems_;
};

void warn_of_inputs(const Plan& plan, Problems& found) {
  std::size_t unsourced = 0;
  std::string first;
  for (const Input& input : inputs(plan)) {
    const double outside = input.distribution.outside();
    if (outside > 0.01) {
      found.push_back({input.path, input.quantity->shown(),
                       shown(std::round(outside * 1000.0) / 10.0) +
                           " % of this distribution lies outside the field's range and is cut off",
                       ""});
    }
    const bool nothing = input.distribution.certain() && input.distribution.a == 0.0;
    if (!input.source_kind.empty() || nothing) continue;
    if (unsourced++ == 0) first = input.path;
  }
  if (unsourced > 0) {
    found.push_back({"sources", "",
                     std::to_string(unsourced) + " values have no source, the first is " + first,
                     "state data, benchmark or assumption for each"});
  }
}

void warn_of_lifts(const Plan& plan, Problems& found) {
  std::map<std::string, std::vector<const Lift*>> by_kpi;
  for (const Lift& lift : plan.lifts) {
    by_kpi[lift.kpi].push_back(&lift);
    if (lift.reached_at.behavior) {
      found.push_back({"lifts." + lift.id + ".reached_at.behavior", lift.reached_at.behavior->shown(),
                       "is typed, not computed from the evidence's programme; typed as 1 it turns an "
                       "observed lift into what full application would bring",
                       ""});
    }
  }
  for (const auto& [kpi, lifts] : by_kpi) {
    if (lifts.size() < 2) continue;
    double sum = 0.0;
    double largest = 0.0;
    for (const Lift* lift : lifts) {
      double median = 0.0;
      for (const Input& input : inputs(plan)) {
        if (input.quantity == &lift->size) median = std::abs(distribution::quantile(input.distribution, 0.5));
      }
      sum += median;
      largest = std::max(largest, median);
    }
    if (sum > 1.5 * largest) {
      found.push_back(
          {"lifts", "",
           "the lifts of " + kpi +
               " together exceed the largest by more than half: do they come from the same evidence?",
           ""});
    }
  }
}

}  // namespace

Problems check(const Plan& plan) { return Checker(plan).run(); }

Problems warnings(const Plan& plan) {
  Problems found;
  for (const Practice& practice : plan.practices) {
    if (practice.cost.empty() && practice.level != Quantity(0.0)) {
      found.push_back({"practices." + practice.id + ".cost", "",
                       "what pays for it? Name a cost line, or \"included\"", ""});
    }
  }
  const bool coached = plan.reinforcement.coaching_hours != Quantity(0.0);
  const bool coaches_paid = std::any_of(plan.costs.begin(), plan.costs.end(), [](const CostLine& line) {
    return line.driver == Driver::coaching_hour;
  });
  if (coached && !coaches_paid) {
    found.push_back(
        {"costs", "", "coaching is planned, but no line of driver coaching_hour pays the coaches", ""});
  }
  warn_of_lifts(plan, found);
  warn_of_inputs(plan, found);
  return found;
}

}  // namespace trainplan::plan
