#include "trainplan/domain/utility.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "trainplan/base/distribution.hpp"
#include "trainplan/base/error.hpp"
#include "trainplan/domain/correlation.hpp"
#include "trainplan/domain/finance.hpp"

namespace trainplan::utility {
namespace {

// Far beyond any plan, so that products of four of them stay finite.
constexpr Range amount{0.0, 1e15};
constexpr Range effect{-100.0, 100.0};
constexpr Range share{0.0, 1.0};
constexpr Range positive_share{0.0, 1.0, true};
constexpr Range coefficient{-1.0, 1.0};

void check(const char* name, double x, const Range& range) {
  if (!range.holds(x)) throw InputError(name, "must be " + describe(range), shown(x));
}

void check(const char* name, const VectorView& x, const Range& range) {
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    if (!range.holds(x[i])) {
      throw InputError(name, "must be " + describe(range), shown(x[i]) + " at entry " + std::to_string(i));
    }
  }
}

void check_length(const char* name, const VectorView& x, const VectorView& people) {
  if (x.size() != people.size()) {
    throw InputError(name, "must be as many as people (" + std::to_string(people.size()) + ")",
                     std::to_string(x.size()));
  }
}

/// After tax, of one person at full effect for a year.
double per_person_year(const Worth& worth) {
  check("d", worth.d, effect);
  check("sdy", worth.sdy, amount);
  check("variable_costs", worth.variable_costs, {-1.0, 10.0});
  check("tax", worth.tax, share);
  return worth.d * worth.sdy * (1.0 + worth.variable_costs) * (1.0 - worth.tax);
}

double normal_density(double z) { return std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi); }

}  // namespace

double training_utility(double d, double sdy, double people, double years, double cost) {
  check("d", d, effect);
  check("sdy", sdy, amount);
  check("people", people, amount);
  check("years", years, amount);
  check("cost", cost, amount);
  return people * years * d * sdy - cost;
}

double break_even_sdy(double d, double people, double years, double cost) {
  check("d", d, effect);
  check("people", people, amount);
  check("years", years, amount);
  check("cost", cost, amount);
  const double effects = people * years * d;
  return effects > 0.0 ? cost / effects : std::numeric_limits<double>::quiet_NaN();
}

double programme_utility(const VectorView& people, const VectorView& behavior, const VectorView& discounting,
                         double measured_at, const Worth& worth, double cost) {
  check_length("behavior", behavior, people);
  check_length("discount_factors", discounting, people);
  check("people", people, amount);
  check("behavior", behavior, share);
  check("discount_factors", discounting, amount);
  check("measured_at", measured_at, positive_share);
  check("cost", cost, amount);
  const double value = per_person_year(worth);
  double discounted_years = 0.0;
  for (Eigen::Index m = 0; m < people.size(); ++m) {
    discounted_years += person_years(people[m], behavior[m], measured_at) * discounting[m];
  }
  return discounted_years * value - cost * (1.0 - worth.tax);
}

double boudreau_utility(const VectorView& people, const VectorView& costs, const Worth& worth,
                        const Periods& periods) {
  constexpr Eigen::Index most = 1'000;
  if (people.size() < 1 || people.size() > most) {
    throw InputError("people", "must be of 1 to 1,000 periods", "of " + std::to_string(people.size()));
  }
  check_length("costs", costs, people);
  check("people", people, amount);
  check("costs", costs, amount);
  const double value = per_person_year(worth);
  const auto factors = [&](finance::Timing timing) {
    return finance::discount_factors(people.size(), periods.discount_rate, {.timing = timing});
  };
  const Vector at_end = factors(finance::Timing::excel);  // the first after one period
  const Vector of_costs = periods.costs_due == CostsDue::end ? at_end : factors(finance::Timing::end);
  const double borne = periods.costs_deductible ? 1.0 - worth.tax : 1.0;
  return value * people.dot(at_end) - borne * costs.dot(of_costs);
}

double selected_mean(double selection_ratio) {
  check("selection_ratio", selection_ratio, positive_share);
  if (selection_ratio == 1.0) return 0.0;
  return normal_density(kernels::normal_quantile(selection_ratio)) / selection_ratio;
}

double naylor_shine(double validity, double selection_ratio) {
  check("validity", validity, coefficient);
  return validity * selected_mean(selection_ratio);
}

double selection_utility(const Selection& selection, double sdy, double people, double years, double cost) {
  check("validity", selection.validity, coefficient);
  check("baseline_validity", selection.baseline_validity, coefficient);
  return training_utility(
      (selection.validity - selection.baseline_validity) * selected_mean(selection.selection_ratio), sdy,
      people, years, cost);
}

double taylor_russell(double validity, double selection_ratio, double base_rate) {
  check("validity", validity, coefficient);
  check("selection_ratio", selection_ratio, positive_share);
  check("base_rate", base_rate, {0.0, 1.0, true, true});
  if (selection_ratio == 1.0) return base_rate;
  return std::min(1.0, correlation::both(base_rate, selection_ratio, validity) / selection_ratio);
}

}  // namespace trainplan::utility
