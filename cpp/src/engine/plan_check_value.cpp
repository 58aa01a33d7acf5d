// What must hold between KPIs, lifts, benefits, costs and correlations of a plan.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "plan_checker.hpp"

namespace trainplan::plan {

void Checker::check_kpi(const Kpi& kpi) {
  const std::string path = "kpis." + kpi.id;
  const std::vector<Kpi>& leading = kpi::leading();
  if (std::any_of(leading.begin(), leading.end(), [&](const Kpi& one) { return one.id == kpi.id; }))
    add(path, quoted(kpi.id), "is a leading indicator, which is computed: choose another id");
  if (kpi.link == Link::logit && !kpi.high)
    add(path + ".high", "", "a logit link needs an upper bound", "or use link = \"log\"");
  if (kpi.high && !(*kpi.high > kpi.low))
    add(path + ".high", shown(*kpi.high), "must be above low, which is " + shown(kpi.low));
}

void Checker::check_movement(const Movement& movement) {
  const std::string path = "movements." + movement.id;
  known(path, movement.id, kpi_ids_, "KPI");
  double sum = 0.0;
  for (const auto& [month, offset] : movement.season) {
    const bool calendar_month =
        month.size() <= 2 &&
        std::all_of(month.begin(), month.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
        !month.empty() && month[0] != '0' && std::stoi(month) <= 12;
    if (!calendar_month)
      add(record::joined(path + ".season", month), "", "must be a calendar month, 1 to 12");
    sum += offset;
  }
  if (!(std::abs(sum) <= sum_tolerance))
    add(path + ".season", shown(sum), "the offsets must sum to 0: the level of the year is the baseline");
}

void Checker::needs_base(const std::string& path, const std::string& kpi) {
  if (known(path, kpi, kpi_ids_, "KPI") && !has_baseline(plan_, kpi))
    add(path, quoted(kpi), "no team states a baseline of this KPI");
}

// Streams beside contact work, retention and hiring; and that no pot is emptied twice.
void Checker::check_streams() {
  const Benefits& benefits = plan_.benefits;
  std::map<Pot, std::vector<std::pair<std::string, double>>> pots;
  if (benefits.contact_work) {
    pots[Pot::contact_work].emplace_back("contact_work", benefits.contact_work->share);
    if (benefits.contact_work->reroute_seconds && !has_baseline(plan_, "reroute"))
      add("benefits.contact_work.reroute_seconds", "", "no team states a baseline of reroute");
  }
  if (benefits.retention) pots[Pot::retention].emplace_back("retention", benefits.retention->share);
  if (const auto& acquisition = benefits.acquisition) {
    pots[Pot::acquisition].emplace_back("acquisition", acquisition->share);
    needs_base("benefits.acquisition.driver", acquisition->driver);
  }
  if (benefits.sales) {
    pots[Pot::sales].emplace_back("sales", benefits.sales->share);
    if (!has_baseline(plan_, "conversion"))
      add("benefits.sales", "", "no team states a baseline of conversion");
  }
  if (benefits.hiring) pots[Pot::hiring].emplace_back("hiring", benefits.hiring->share);
  for (const CustomBenefit& custom : benefits.custom) {
    pots[custom.pot].emplace_back("custom." + custom.id, custom.share);
    needs_base("benefits.custom." + custom.id + ".kpi", custom.kpi);
  }
  for (const auto& [pot, streams] : pots) {
    double sum = 0.0;
    std::string list;
    for (const auto& [stream, share] : streams) {
      sum += share;
      list += (list.empty() ? "" : ", ") + stream;
    }
    if (streams.size() < 2 || pot == Pot::other || sum <= 1.0 + sum_tolerance) continue;
    add("benefits." + streams.back().first + ".share", shown(streams.back().second),
        "the streams " + list + " draw on the pot " +
            EnumNames<Pot>::names.at(static_cast<std::size_t>(pot)) + " " + shown(sum) +
            " times; their shares sum to at most 1");
  }
}

void Checker::check_correlations(const std::vector<Input>& found) {
  problems_ = correlation::check(plan_.correlations);
  std::vector<std::string> uncertain;
  std::vector<std::string> certain;
  for (const Input& input : found) (input.distribution.certain() ? certain : uncertain).push_back(input.path);
  for (const Correlation& row : plan_.correlations) {
    for (const auto& [field, path] : {std::pair(".a", row.a), std::pair(".b", row.b)}) {
      const std::string here = "correlations." + row.id + field;
      if (record::contains(certain, path)) {
        add(here, quoted(path), "is certain, so nothing can move with it");
      } else if (!path.empty()) {
        known(here, path, uncertain, "uncertain quantity");
      }
    }
  }
  if (problems_.empty()) static_cast<void>(correlation_groups(plan_));
}

void Checker::check_ramps(const std::vector<Input>& found) {
  for (const Input& input : found) {
    for (const Lift& lift : plan_.lifts) {
      if (input.quantity != &lift.ramp || !lift.read_at) continue;
      const double ramp = distribution::quantile(input.distribution, 0.5);
      if (static_cast<double>(*lift.read_at) < ramp)
        add("lifts." + lift.id + ".read_at", std::to_string(*lift.read_at),
            "less than half of the effect showed by then: it must be at least the ramp's median, " +
                shown(ramp));
    }
  }
}

void Checker::check_lift(const Lift& lift) {
  const std::string path = "lifts." + lift.id;
  needs_base(path + ".kpi", lift.kpi);
  double sum = 0.0;
  for (const auto& [competence, share] : lift.competences) {
    known(path + ".competences", competence, competences_, "competence");
    sum += share;
  }
  if (!lift.competences.empty() && !(std::abs(sum - 1.0) <= sum_tolerance)) {
    add(path + ".competences", shown(sum), "shares must sum to 1");
  }
  if (lift.isolated == lift.credited_share.has_value()) {
    add(path + ".credited_share", lift.credited_share ? lift.credited_share->shown() : "",
        lift.isolated ? "is for evidence that did not isolate its effect: set isolated = false"
                      : "is required where isolated is false: which share is the programme's?");
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

void Checker::check_benefits() {
  const auto has_lift = [&](const std::string& kpi) {
    return std::any_of(plan_.lifts.begin(), plan_.lifts.end(),
                       [&](const Lift& lift) { return lift.kpi == kpi; });
  };
  if (plan_.benefits.contact_work && !has_baseline(plan_, "aht")) {
    add("benefits.contact_work", "",
        "no team states a baseline of aht, so there is no contact work to price");
  }
  if (const auto& retention = plan_.benefits.retention) {
    const std::string& driver = retention->driver;
    if (!has_baseline(plan_, "churn")) add("benefits.retention", "", "no team states a baseline of churn");
    if (driver == "attrition") {
      add("benefits.retention.driver", quoted(driver), "must be a KPI of customers, or churn");
    } else if (known("benefits.retention.driver", driver, kpi_ids_, "KPI") && driver != "churn") {
      if (has_lift("churn"))
        add("benefits.retention.driver", quoted(driver),
            "churn has a lift of its own: the same customers would be kept twice",
            "set driver = \"churn\", or remove the lift");
      if (!has_baseline(plan_, driver))
        add("benefits.retention.driver", quoted(driver), "no team states a baseline of this KPI");
    }
  }
}

void Checker::check_cost(const CostLine& line) {
  const std::string path = "costs." + line.id;
  const std::int64_t horizon = plan_.programme.months;
  if (budget::falls_once(line.driver) && line.month > horizon) {
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
  if (line.driver == Driver::language_hour && plan_.programme.languages.empty()) {
    add(path + ".driver", "'language_hour'", "counts programme.languages, and the plan names none");
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

}  // namespace trainplan::plan
