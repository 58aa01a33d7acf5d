/// A small plan that passes every check, and what is said when something in it is changed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "trainplan/engine/plan.hpp"

namespace trainplan::plan_small {

using Map = Value::Map;
using List = Value::List;
/// {path: value}; an empty value removes what stands there.
using Changes = std::vector<std::pair<std::string, Value>>;

[[nodiscard]] inline Value small(const Changes& changes = {}) {
  Value value = Map{
      {"teams", List{Map{{"id", "a"},
                         {"people", 10},
                         {"hourly_cost", 25.0},
                         {"attrition", 30.0},
                         {"baseline", Map{{"csat", 70.0}, {"fcr", 65.0}, {"aht", 400.0}, {"churn", 18.0}}}}}},
      {"modules", List{Map{{"id", "m"},
                           {"competences", List{"communication"}},
                           {"hours", 8.0},
                           {"completion", 0.9},
                           {"mastery", 0.6}}}},
      {"waves", List{Map{{"id", "w"}, {"start", 2}, {"teams", List{"a"}}, {"modules", List{"m"}}}}},
      {"lifts", List{Map{{"id", "csat"},
                         {"kpi", "csat"},
                         {"size", "2 to 6"},
                         {"reached_at", Map{{"completion", 0.9}, {"mastery", 0.5}}}}}},
      {"costs", List{Map{{"id", "c"}, {"category", "content"}, {"driver", "once"}, {"amount", 1000.0}}}},
      {"workforce", Map{{"realization", 0.5}}},
  };
  for (const auto& [path, content] : changes) value::put(value, path, content);
  return value;
}

[[nodiscard]] inline Plan read_small(const Changes& changes = {}) { return plan::read(small(changes)); }

/// Every problem of the changed plan, a line each.
[[nodiscard]] inline std::vector<std::string> refusals(const Changes& changes) {
  std::vector<std::string> lines;
  try {
    static_cast<void>(read_small(changes));
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems()) lines.push_back(describe(problem));
  }
  return lines;
}

/// The first of them.
[[nodiscard]] inline std::string refusal(const Changes& changes) {
  const std::vector<std::string> lines = refusals(changes);
  return lines.empty() ? "accepted" : lines.front();
}

}  // namespace trainplan::plan_small
