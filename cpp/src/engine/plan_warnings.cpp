// What a careful reader would ask about a plan that can be computed.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "plan_checker.hpp"

namespace trainplan::plan {
namespace {

void warn_of_inputs(const std::vector<Input>& inputs, Problems& found) {
  std::size_t unsourced = 0;
  std::string first;
  for (const Input& input : inputs) {
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

void warn_of_waves(const Plan& plan, Problems& found) {
  const std::vector<calendar::Placed> placed = schedule(plan);
  for (std::size_t w = 0; w < placed.size(); ++w) {
    if (placed[w].why == calendar::Moved::no) continue;
    found.push_back(
        {"waves." + plan.waves[w].id + ".start", std::to_string(plan.waves[w].start),
         "the wave moves to month " + std::to_string(placed[w].start) + ": " + moved(placed[w].why), ""});
  }
}

// Behavior in a competence that nobody teaches stays 0: a lift that rests on it can never show in full.
void warn_of_untaught(const Plan& plan, Problems& found) {
  std::set<std::string> taught;
  for (const Wave& wave : plan.waves) {
    for (const Module& module : plan.modules) {
      if (record::contains(wave.modules, module.id))
        taught.insert(module.competences.begin(), module.competences.end());
    }
  }
  if (taught.empty()) return;
  for (const Lift& lift : plan.lifts) {
    double missing = 0.0;
    std::string ids;
    for (const Competence& competence : plan.competences) {
      const double* stated = record::find(lift.competences, competence.id);
      const double share = lift.competences.empty() ? 1.0 / static_cast<double>(plan.competences.size())
                           : stated == nullptr      ? 0.0
                                                    : *stated;
      if (share == 0.0 || taught.contains(competence.id)) continue;
      missing += share;
      ids += (ids.empty() ? "" : ", ") + competence.id;
    }
    if (missing > 0.0)
      found.push_back({"lifts." + lift.id + ".competences", "",
                       "no wave teaches " + ids + ", on which " + shown(std::round(missing * 1000.0) / 10.0) +
                           " % of this lift rests",
                       ""});
  }
}

void warn_of_lifts(const Plan& plan, const std::vector<Input>& inputs, Problems& found) {
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
      for (const Input& input : inputs) {
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

Problems warnings(const Plan& plan) {
  Problems found;
  for (const Practice& practice : plan.practices) {
    if (practice.cost.empty() && practice.level != Quantity(0.0)) {
      found.push_back({"practices." + practice.id + ".cost", "",
                       "what pays for it? Name a cost line, or \"included\"", ""});
    }
  }
  const bool coached =
      plan.reinforcement.coaching_hours != Quantity(0.0) || plan.reinforcement.coaching_sessions.has_value();
  const bool coaches_paid = std::any_of(plan.costs.begin(), plan.costs.end(), [](const CostLine& line) {
    return line.driver == Driver::coaching_hour;
  });
  if (coached && !coaches_paid) {
    found.push_back(
        {"costs", "", "coaching is planned, but no line of driver coaching_hour pays the coaches", ""});
  }
  warn_of_waves(plan, found);
  warn_of_untaught(plan, found);
  const std::vector<Input> listed = inputs(plan);
  warn_of_lifts(plan, listed, found);
  warn_of_inputs(listed, found);
  return found;
}

}  // namespace trainplan::plan
