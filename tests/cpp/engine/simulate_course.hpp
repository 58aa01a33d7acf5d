/// What the tests of the room simulate share: a plan of one course whose figures can be worked out by hand,
/// and series that are asked for by name.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "trainplan/engine/plan.hpp"
#include "trainplan/engine/simulate.hpp"

namespace simulate_tests {

using trainplan::Plan;

/// Every quantity is certain. A course in month 1 with completion .8, mastery .5 and transfer .5 puts the
/// behavior of those trained in month 2 at exactly .2 and their knowledge at .4; the lift of six points of
/// satisfaction on 70 was seen at .25, so .8 of it shows.
inline Plan course() {
  Plan plan;
  plan.programme = {.months = 12, .discount_rate = 0.1, .contingency = 0.0, .lift_correlation = 0.0};
  plan.competences = {{.id = "service"}};
  plan.teams = {{.id = "a",
                 .people = 100,
                 .hourly_cost = 24.0,
                 .occupancy = 0.8,
                 .shrinkage = 0.25,
                 .contacts = 10'000.0,
                 .customers = 5'000.0,
                 .attrition = 36.0,
                 .baseline = {{"csat", 70.0}}}};
  plan.modules = {{.id = "m",
                   .competences = {"service"},
                   .hours = 8.0,
                   .completion = 0.8,
                   .accessibility = 0.0,
                   .mastery = 0.5}};
  plan.transfer = {.reference = 0.5, .strength = 0.0};
  plan.forgetting = {.half_life = 6.0, .practice_effect = 0.0};
  plan.reinforcement = {.coaching_effect = 0.4, .knowledge_coaching = 0.3};
  plan.waves = {{.id = "w", .start = 1, .teams = {"a"}, .modules = {"m"}}};
  plan.lifts = {
      {.id = "csat", .kpi = "csat", .size = 6.0, .reached_at = {.behavior = 0.25}, .team_spread = 0.0}};
  plan.workforce = {.realization = 0.5};
  return plan;
}

/// Another team of the course plan, with nothing measured.
inline trainplan::Team team(const std::string& id, std::int64_t people) {
  return {.id = id, .people = people, .hourly_cost = 24.0, .attrition = 36.0};
}

/// Series of a plan that passes its check, by name.
class Trace {
 public:
  explicit Trace(const Plan& plan, const trainplan::SeriesOptions& options = {.seed = 11}) {
    trainplan::throw_if_any(trainplan::plan::check(plan));
    table_ = trainplan::series(plan, options);
  }
  [[nodiscard]] std::uint64_t months() const { return table_.months; }
  [[nodiscard]] std::uint64_t trials() const { return table_.trials; }
  [[nodiscard]] bool has(const std::string& what, const std::string& team, const std::string& item) const {
    return std::any_of(table_.keys.begin(), table_.keys.end(), [&](const auto& key) {
      return key.what == what && key.team == team && key.item == item;
    });
  }
  /// The value of a month; `part` is a cohort or a competence.
  [[nodiscard]] double at(const std::string& what, const std::string& team, const std::string& item,
                          std::int64_t month, std::uint64_t trial = 0, const std::string& part = "") const {
    for (std::size_t k = 0; k < table_.keys.size(); ++k) {
      const trainplan::SeriesKey& key = table_.keys[k];
      if (key.what == what && key.team == team && key.item == item &&
          (part.empty() || key.cohort == part || key.competence == part)) {
        const std::uint64_t row = k * (table_.months + 1) + static_cast<std::uint64_t>(month);
        return table_.values[row * table_.trials + trial];
      }
    }
    ADD_FAILURE() << "no series " << what << " '" << team << "' '" << item << "' " << part;
    return std::nan("");
  }
  [[nodiscard]] double kpi(const std::string& id, std::int64_t month, std::uint64_t trial = 0,
                           const std::string& team = "a") const {
    return at("kpi", team, id, month, trial);
  }
  [[nodiscard]] double without(const std::string& id, std::int64_t month, std::uint64_t trial = 0,
                               const std::string& team = "a") const {
    return at("kpi_without", team, id, month, trial);
  }
  [[nodiscard]] double output(const std::string& name, std::uint64_t trial = 0) const {
    return at("output", "", name, 0, trial);
  }
  [[nodiscard]] const trainplan::SeriesTable& table() const { return table_; }

 private:
  trainplan::SeriesTable table_;
};

inline double logit(double p) { return std::log(p / (1.0 - p)); }
inline double logistic(double x) { return 1.0 / (1.0 + std::exp(-x)); }

/// A percentage on its link scale, and back.
inline double link(double percent) { return logit(percent / 100.0); }
inline double level(double eta) { return 100.0 * logistic(eta); }

/// Satisfaction of the course plan where `x` times the evidence's behavior is shown, at most 1.
inline double satisfaction(double x) { return level(link(70.0) + x * (link(76.0) - link(70.0))); }

/// Mean and standard deviation over trials.
struct Moments {
  double mean = 0.0, sd = 0.0;
};
inline Moments moments(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0.0;
  for (const double x : values) mean += x / n;
  double square = 0.0;
  for (const double x : values) square += (x - mean) * (x - mean);
  return {mean, std::sqrt(square / (n - 1.0))};
}
inline double correlation_of(const std::vector<double>& x, const std::vector<double>& y) {
  const Moments a = moments(x);
  const Moments b = moments(y);
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - a.mean) * (y[i] - b.mean);
  return sum / (static_cast<double>(x.size() - 1) * a.sd * b.sd);
}

}  // namespace simulate_tests
