#include "trainplan/domain/gate.hpp"

#include <algorithm>
#include <array>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "trainplan/base/distribution.hpp"
#include "trainplan/base/error.hpp"

namespace trainplan::gate {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Range inner_share{0.0, 1.0, true, true};
constexpr std::size_t most_looks = 12;

void check_finite(const char* name, double x) {
  if (!std::isfinite(x)) throw InputError(name, "must be finite", shown(x));
}

void check_positive(const char* name, double x) {
  if (!(x > 0.0 && x < infinity)) throw InputError(name, "must be above 0 and finite", shown(x));
}

void check_not_negative(const char* name, double x) {
  if (!(x >= 0.0 && x < infinity)) throw InputError(name, "must be at least 0 and finite", shown(x));
}

void check_degrees(double degrees) {
  if (!(degrees >= 1.0)) throw InputError("degrees", "must be at least 1", shown(degrees));
}

void check(const Rule& rule) {
  check_finite("lower_reference", rule.lower_reference);
  if (!(rule.target_value >= rule.lower_reference && rule.target_value < infinity)) {
    throw InputError("target_value", "must be at least lower_reference, " + shown(rule.lower_reference),
                     shown(rule.target_value));
  }
  const auto share = [](const char* name, double p) {
    if (!inner_share.holds(p)) throw InputError(name, "must be " + describe(inner_share), shown(p));
  };
  share("p_lower", rule.p_lower);
  share("p_target", rule.p_target);
  share("p_stop", rule.p_stop);
  if (rule.p_stop > rule.p_target) {
    throw InputError("p_stop",
                     "must be at most p_target, " + shown(rule.p_target) +
                         ": else a change could be a go and a stop at once",
                     shown(rule.p_stop));
  }
}

double normal_cdf(double z) { return boost::math::cdf(boost::math::normal(), z); }
double upper_tail(double z) { return boost::math::cdf(boost::math::complement(boost::math::normal(), z)); }
double normal_quantile(double p) { return boost::math::quantile(boost::math::normal(), p); }

// P(true change > x) after a change was observed.
double above(double change, double se, double degrees, double x) {
  const double z = (change - x) / se;
  if (degrees == known) return normal_cdf(z);
  return boost::math::cdf(boost::math::students_t(degrees), z);
}

Bounds bounds_of(const Rule& rule, double se, bool last) {
  if (last) {
    const double middle = 0.5 * (rule.lower_reference + rule.target_value);
    return {middle, middle};
  }
  return {std::max(rule.lower_reference + normal_quantile(rule.p_lower) * se,
                   rule.target_value + normal_quantile(rule.p_target) * se),
          rule.target_value + normal_quantile(rule.p_stop) * se};
}

// Nodes and weights over [low, high] in equal pieces.
struct Nodes {
  std::vector<double> x, weight;
};

Nodes nodes(double low, double high, double widest) {
  using Gauss = boost::math::quadrature::gauss<double, 20>;
  const auto pieces = static_cast<std::size_t>(std::clamp(std::ceil((high - low) / widest), 1.0, 400.0));
  const double half = 0.5 * (high - low) / static_cast<double>(pieces);
  Nodes made;
  for (std::size_t piece = 0; piece < pieces; ++piece) {
    const double center = low + (2.0 * static_cast<double>(piece) + 1.0) * half;
    for (std::size_t i = 0; i < Gauss::abscissa().size(); ++i) {
      for (const double sign : {-1.0, 1.0}) {
        made.x.push_back(center + sign * half * Gauss::abscissa()[i]);
        made.weight.push_back(half * Gauss::weights()[i]);
      }
    }
  }
  return made;
}

// Sums of independent means: their value, variance, and what Satterthwaite's degrees of freedom need.
struct Sum {
  double value = 0.0, variance = 0.0, squares = 0.0;

  void add(double sign, double mean, double sd, double n) {
    const double part = sd * sd / n;
    value += sign * mean;
    variance += part;
    squares += part * part / (n - 1.0);
  }
  [[nodiscard]] Change change(const char* name) const {
    if (!(variance > 0.0))
      throw InputError(name, "must hold answers that differ: without spread no error is known");
    return {value, std::sqrt(variance), variance * variance / squares};
  }
};

void add(Sum& sum, double sign, const char* name, const Sample& sample) {
  check_finite(name, sample.mean);
  check_not_negative((std::string(name) + ".sd").c_str(), sample.sd);
  if (!(sample.n >= 2.0 && sample.n < infinity))
    throw InputError(std::string(name) + ".n", "must be at least 2 and finite", shown(sample.n));
  sum.add(sign, sample.mean, sample.sd, sample.n);
}

void add(Sum& sum, double sign, const char* name, std::span<const double> changes) {
  if (changes.size() < 2)
    throw InputError(name, "must have 2 or more teams: one shows no spread between teams",
                     std::to_string(changes.size()));
  const auto n = static_cast<double>(changes.size());
  double mean = 0.0;
  for (const double x : changes) {
    check_finite(name, x);
    mean += x / n;
  }
  double squares = 0.0;
  for (const double x : changes) squares += (x - mean) * (x - mean);
  sum.add(sign, mean, std::sqrt(squares / (n - 1.0)), n);
}

double density(double z) { return boost::math::pdf(boost::math::normal(), z); }

}  // namespace

Verdict decide(const Rule& rule, double change, double se, bool last, double degrees) {
  check(rule);
  check_finite("change", change);
  check_positive("se", se);
  check_degrees(degrees);
  Verdict verdict{.above_lower = above(change, se, degrees, rule.lower_reference),
                  .above_target = above(change, se, degrees, rule.target_value)};
  if (last) {
    verdict.decision = change >= bounds_of(rule, se, true).go ? Decision::go : Decision::stop;
  } else if (verdict.above_lower >= rule.p_lower && verdict.above_target >= rule.p_target) {
    verdict.decision = Decision::go;
  } else if (verdict.above_target < rule.p_stop) {
    verdict.decision = Decision::stop;
  }
  return verdict;
}

Bounds bounds(const Rule& rule, double se, bool last) {
  check(rule);
  check_positive("se", se);
  return bounds_of(rule, se, last);
}

Chances chances(const Rule& rule, double effect, std::span<const double> se) {
  check(rule);
  check_finite("effect", effect);
  if (se.empty() || se.size() > most_looks)
    throw InputError("se", "must have 1 to 12 looks", std::to_string(se.size()));
  for (std::size_t k = 0; k < se.size(); ++k) {
    check_positive("se", se[k]);
    if (k > 0 && !(se[k] < se[k - 1]))
      throw InputError("se", "must fall from look to look: a longer look knows more", shown(se[k]));
  }
  Chances found;
  Bounds at = bounds_of(rule, se[0], se.size() == 1);
  found.go = found.go_at_first = upper_tail((at.go - effect) / se[0]);
  found.stop = found.stop_at_first = normal_cdf((at.stop - effect) / se[0]);
  if (se.size() == 1) return found;
  found.extend_at_first = std::max(0.0, normal_cdf((at.go - effect) / se[0]) - found.stop_at_first);

  // Density of the change at a look, over the changes that extend it.
  std::vector<double> x;
  std::vector<double> mass;
  for (std::size_t k = 1; k < se.size(); ++k) {
    const bool last = k + 1 == se.size();
    const double kept = (se[k] * se[k]) / (se[k - 1] * se[k - 1]);
    const double sd = se[k] * std::sqrt(1.0 - kept);
    const Nodes from = nodes(at.stop, at.go, std::min(se[k - 1], sd / std::max(kept, 1e-3)));
    // The density at this look's nodes: of the first look, or passed on from the nodes of the one before.
    std::vector<double> now(from.x.size());
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (k == 1) {
        now[i] = from.weight[i] * density((from.x[i] - effect) / se[0]) / se[0];
        continue;
      }
      const double before = (se[k - 1] * se[k - 1]) / (se[k - 2] * se[k - 2]);
      const double spread = se[k - 1] * std::sqrt(1.0 - before);
      double sum = 0.0;
      for (std::size_t j = 0; j < x.size(); ++j)
        sum += mass[j] * density((from.x[i] - effect - before * (x[j] - effect)) / spread) / spread;
      now[i] = from.weight[i] * sum;
    }
    at = bounds_of(rule, se[k], last);
    for (std::size_t i = 0; i < now.size(); ++i) {
      const double mean = effect + kept * (from.x[i] - effect);
      found.looks += now[i];
      found.go += now[i] * upper_tail((at.go - mean) / sd);
      found.stop += now[i] * normal_cdf((at.stop - mean) / sd);
    }
    x = from.x;
    mass = std::move(now);
  }
  return found;
}

double non_inferior(double change, double se, double margin, double degrees) {
  check_finite("change", change);
  check_positive("se", se);
  check_not_negative("margin", margin);
  check_degrees(degrees);
  return above(change, se, degrees, -margin);
}

Change difference(const Periods& pilot, const std::optional<Periods>& others) {
  Sum sum;
  add(sum, -1.0, "pilot.before", pilot.before);
  add(sum, 1.0, "pilot.after", pilot.after);
  if (others) {
    add(sum, 1.0, "others.before", others->before);
    add(sum, -1.0, "others.after", others->after);
  }
  return sum.change("pilot");
}

Change difference_of_teams(std::span<const double> pilot, std::span<const double> others) {
  Sum sum;
  add(sum, 1.0, "pilot", pilot);
  add(sum, -1.0, "others", others);
  return sum.change("pilot");
}

double noise_variance(const Noise& noise, double months) {
  check_not_negative("variance", noise.variance);
  check_positive("before", noise.before);
  check_positive("per_month", noise.per_month);
  check_not_negative("month_variance", noise.month_variance);
  check_positive("months", months);
  return noise.variance / noise.before + noise.variance / (noise.per_month * months) +
         noise.month_variance / months;
}

}  // namespace trainplan::gate
