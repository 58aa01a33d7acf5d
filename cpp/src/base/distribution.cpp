#include "trainplan/base/distribution.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <boost/math/distributions/poisson.hpp>

#include "distribution_law.hpp"
#include "trainplan/base/error.hpp"
#include "trainplan/base/kernels.hpp"

namespace trainplan::distribution {
namespace {

constexpr double z90 = 1.2815515655446004;  // standard normal quantile of 0.9
constexpr double most_outside = 0.20;

double logit(double p) { return std::log(p / (1.0 - p)); }

[[noreturn]] void refuse(const Quantity& quantity, const std::string& allowed, std::string hint = "") {
  throw InputError(Problems{{"", quantity.is_text() ? trainplan::quoted(quantity.text()) : quantity.shown(),
                             allowed, std::move(hint)}});
}

// The arguments of a named distribution, converted to the field's unit.
class Arguments {
 public:
  Arguments(const Quantity& quantity, const Domain& domain) : quantity_(quantity), domain_(domain) {}

  [[nodiscard]] double convert(const Term& term) const {
    if (!term.percent || domain_.unit.starts_with('%')) return term.number;
    if (domain_.unit == "fraction") return term.number / 100.0;
    refuse(quantity_,
           "no percent sign here: the unit is " + (domain_.unit.empty() ? "a number" : domain_.unit));
  }
  [[nodiscard]] static double probability(const Term& term) {
    return term.percent ? term.number / 100.0 : term.number;
  }
  /// Values of the positional or named arguments `names`; a missing one takes its default or is refused.
  template <std::size_t N>
  [[nodiscard]] std::array<double, N> take(const std::array<const char*, N>& names,
                                           const std::array<std::optional<double>, N>& defaults = {}) const {
    std::array<std::optional<double>, N> found = {};
    std::size_t position = 0;
    for (const Argument& argument : quantity_.arguments()) {
      if (argument.weighted) form();
      std::size_t index = position;
      if (!argument.name.empty()) {
        index =
            static_cast<std::size_t>(std::find(names.begin(), names.end(), argument.name) - names.begin());
      } else {
        ++position;
      }
      if (index >= N || found.at(index)) form();
      // A shape or a beta parameter is no amount of the field's unit.
      const bool pure = std::string_view(names.at(index)) == "shape" || domain_free_;
      if (pure && argument.term.percent) form();
      found.at(index) = pure ? argument.term.number : convert(argument.term);
    }
    std::array<double, N> values = {};
    for (std::size_t i = 0; i < N; ++i) {
      if (!found.at(i) && !defaults.at(i)) form();
      values.at(i) = found.at(i) ? *found.at(i) : *defaults.at(i);
    }
    return values;
  }
  [[nodiscard]] Arguments pure() const {
    Arguments copy = *this;
    copy.domain_free_ = true;
    return copy;
  }
  [[nodiscard]] bool names(std::string_view name) const {
    return std::any_of(quantity_.arguments().begin(), quantity_.arguments().end(),
                       [&](const Argument& argument) { return argument.name == name; });
  }
  [[noreturn]] void form() const {
    for (const auto& [known, arguments] : known_distributions()) {
      if (known == quantity_.name()) refuse(quantity_, "must be " + known + "(" + arguments + ")");
    }
    refuse(quantity_, "must be a number, 'a to b' or a distribution");
  }

 private:
  const Quantity& quantity_;
  const Domain& domain_;
  bool domain_free_ = false;
};

Distribution constant(double x) { return {.family = Family::constant, .a = x}; }

Distribution between(const Quantity& quantity, const Domain& domain, double low, double high) {
  if (low == high) return constant(low);
  if (!(low < high)) refuse(quantity, "'a to b' needs a < b: they are P10 and P90");
  const Range& range = domain.range;
  for (const double end : {low, high}) {
    if (!(end > range.low && end < range.high) && (end == range.low || end == range.high)) {
      refuse(quantity, "an end of 'a to b' cannot lie on the bound " + shown(end),
             "name uniform, triangular or pert instead");
    }
    if (!range.holds(end)) refuse(quantity, "must be " + describe(range));
  }
  if (std::isfinite(range.low) && std::isfinite(range.high)) {
    const double width = range.high - range.low;
    const double first = logit((low - range.low) / width);
    const double last = logit((high - range.low) / width);
    return {.family = Family::logit_normal,
            .a = (first + last) / 2.0,
            .b = (last - first) / (2.0 * z90),
            .c = range.low,
            .d = range.high};
  }
  if (range.low == 0.0 && std::isinf(range.high)) {
    return {.family = Family::lognormal, .a = std::sqrt(low * high), .b = std::log(high / low) / (2.0 * z90)};
  }
  return {.family = Family::normal, .a = low + (high - low) / 2.0, .b = (high - low) / (2.0 * z90)};
}

Distribution discrete(const Quantity& quantity, const Arguments& arguments) {
  std::vector<std::pair<double, double>> points;
  double total = 0.0;
  for (const Argument& argument : quantity.arguments()) {
    if (!argument.weighted) arguments.form();
    const double probability = Arguments::probability(argument.weight);
    if (!(probability >= 0.0 && probability <= 1.0))
      refuse(quantity, "probabilities must be between 0 and 1");
    points.emplace_back(arguments.convert(argument.term), probability);
    total += probability;
  }
  if (!(std::abs(total - 1.0) <= 1e-6)) {
    refuse(quantity, "probabilities must sum to 1; their sum is " + shown(total));
  }
  std::sort(points.begin(), points.end());
  Distribution made{.family = Family::discrete};
  double cumulative = 0.0;
  for (const auto& [value, probability] : points) {
    if (probability == 0.0) continue;
    cumulative += probability / total;
    if (!made.values.empty() && made.values.back() == value) {
      made.cumulative.back() = cumulative;
      continue;
    }
    made.values.push_back(value);
    made.cumulative.push_back(cumulative);
  }
  made.cumulative.back() = 1.0;
  return made.values.size() == 1 ? constant(made.values.front()) : made;
}

// Counts as a discrete table, up to where the upper tail is below the least uniform number that is drawn.
Distribution poisson(const Quantity& quantity, const Arguments& arguments) {
  const double mean = arguments.pure().take<1>({"mean"}).front();
  if (!(mean >= 0.0 && mean <= 1000.0)) refuse(quantity, "poisson needs a mean between 0 and 1000");
  if (mean == 0.0) return constant(0.0);
  const boost::math::poisson_distribution<double, law::Boost> counts(mean);
  Distribution made{.family = Family::discrete};
  for (double count = 0.0; made.cumulative.empty() || made.cumulative.back() < 1.0; count += 1.0) {
    const double upper = boost::math::cdf(boost::math::complement(counts, count));
    made.values.push_back(count);
    made.cumulative.push_back(upper < 0x1p-54 ? 1.0 : boost::math::cdf(counts, count));
  }
  return made;
}

Distribution lognormal(const Quantity& quantity, const Arguments& arguments) {
  // Without names, mean and sd could be meant of the numbers or of their logarithms.
  if (arguments.names("")) arguments.form();
  if (arguments.names("p10") || arguments.names("p90")) {
    const auto [low, high] = arguments.take<2>({"p10", "p90"});
    if (!(low > 0.0 && high >= low)) refuse(quantity, "lognormal needs 0 < p10 <= p90");
    return {.family = Family::lognormal, .a = std::sqrt(low * high), .b = std::log(high / low) / (2.0 * z90)};
  }
  const auto [mean, sd] = arguments.take<2>({"mean", "sd"});
  if (!(mean > 0.0)) refuse(quantity, "lognormal needs mean > 0");
  if (!(sd >= 0.0)) refuse(quantity, "lognormal needs sd >= 0");
  const double ratio = sd / mean;
  // log1p keeps the digits of a small coefficient of variation.
  return {.family = Family::lognormal,
          .a = mean / std::sqrt(1.0 + ratio * ratio),
          .b = std::sqrt(std::log1p(ratio * ratio))};
}

Distribution made_of(const Quantity& quantity, const Domain& domain) {
  const Arguments arguments(quantity, domain);
  const std::string& name = quantity.name();
  if (name.empty()) return constant(arguments.convert(quantity.number()));
  if (name == "to") {
    return between(quantity, domain, arguments.convert(quantity.arguments()[0].term),
                   arguments.convert(quantity.arguments()[1].term));
  }
  if (name == "uniform") {
    const auto [low, high] = arguments.take<2>({"low", "high"});
    if (!(low <= high)) refuse(quantity, "uniform needs low <= high");
    return {.family = Family::uniform, .a = low, .b = high};
  }
  if (name == "triangular" || name == "pert") {
    const bool pert = name == "pert";
    const auto [low, mode, high, shape] =
        arguments.take<4>({"low", "mode", "high", "shape"}, {std::nullopt, std::nullopt, std::nullopt, 4.0});
    if (!pert && quantity.arguments().size() > 3) arguments.form();
    if (!(low <= mode && mode <= high)) {
      refuse(quantity, name + " needs low <= mode <= high; they are " + shown(low) + ", " + shown(mode) +
                           ", " + shown(high));
    }
    if (!(shape > 0.0 && shape <= 1e4)) refuse(quantity, "shape must be above 0 and at most 10000");
    return {.family = pert ? Family::pert : Family::triangular,
            .a = low,
            .b = mode,
            .c = high,
            .d = pert ? shape : 0.0};
  }
  if (name == "normal") {
    const auto [mean, sd] = arguments.take<2>({"mean", "sd"});
    if (!(sd >= 0.0)) refuse(quantity, "normal needs sd >= 0");
    return {.family = Family::normal, .a = mean, .b = sd};
  }
  if (name == "lognormal") return lognormal(quantity, arguments);
  if (name == "beta") {
    const auto [alpha, beta] = arguments.pure().take<2>({"alpha", "beta"});
    if (!(alpha > 0.0 && beta > 0.0 && alpha <= 1e6 && beta <= 1e6)) {
      refuse(quantity, "beta needs alpha and beta above 0 and at most 1000000");
    }
    return {.family = Family::beta, .a = alpha, .b = beta};
  }
  if (name == "bernoulli") {
    const Argument& only = quantity.arguments().front();
    const bool named = only.name.empty() || only.name == "probability";
    if (quantity.arguments().size() != 1 || only.weighted || !named) arguments.form();
    const double p = Arguments::probability(only.term);
    if (!(p >= 0.0 && p <= 1.0)) refuse(quantity, "a probability must be between 0 and 1");
    if (p == 0.0 || p == 1.0) return constant(p);
    return {.family = Family::discrete, .values = {0.0, 1.0}, .cumulative = {1.0 - p, 1.0}};
  }
  if (name == "poisson") return poisson(quantity, arguments);
  return discrete(quantity, arguments);
}

bool degenerate(const Distribution& d) {
  switch (d.family) {
    case Family::uniform:
      return d.a == d.b;
    case Family::triangular:
    case Family::pert:
      return d.a == d.c;
    case Family::normal:
    case Family::lognormal:
      return d.b == 0.0;
    default:
      return false;
  }
}

// Numbers near the ends of what a double holds must not turn up as infinite draws.
bool computable(const Distribution& d) {
  if (d.family == Family::beta || d.family == Family::discrete) return true;
  if (d.family == Family::pert) return std::isfinite(d.c - d.a);
  const bool median = d.family != Family::lognormal || (d.a > 0.0 && std::isfinite(d.b));
  return median && std::isfinite(law::quantile(d, 0x1p-53)) && std::isfinite(law::quantile(d, law::most_u));
}

void truncate(Distribution& d, const Quantity& quantity, const Domain& domain) {
  const Range& range = domain.range;
  d.range = range;
  if (d.family == Family::constant) {
    if (!std::isfinite(d.a)) refuse(quantity, "must be finite");
    if (range.holds(d.a)) return;
    const bool percent_meant = domain.unit == "fraction" && d.a > 1.0 && range.holds(d.a / 100.0);
    refuse(quantity, "must be " + describe(range),
           percent_meant ? "did you mean " + shown(d.a / 100.0) + "?" : "");
  }
  if (d.family == Family::discrete) {
    for (const double x : d.values) {
      if (!range.holds(x)) refuse(quantity, "each value must be " + describe(range));
    }
    return;
  }
  if (d.family == Family::logit_normal) return;
  if (std::isfinite(range.low)) d.u_low = law::cdf(d, range.low);
  if (std::isfinite(range.high)) d.u_high = law::cdf(d, range.high);
  if (!(d.outside() <= most_outside)) {
    refuse(quantity, "must be " + describe(range) + "; " + shown(std::round(d.outside() * 1000.0) / 10.0) +
                         " % of this distribution lies outside (at most 20 % may)");
  }
}

}  // namespace

Distribution resolve(const Quantity& quantity, const Domain& domain) {
  Distribution made = made_of(quantity, domain);
  if (degenerate(made)) made = constant(made.a);
  truncate(made, quantity, domain);
  if (!computable(made))
    refuse(quantity, "has numbers too large, too small or too far apart to compute with");
  return made;
}

std::string name(Family family) {
  static constexpr std::array<const char*, 9> names = {
      "constant", "uniform", "triangular", "pert", "normal", "lognormal", "logit-normal", "beta", "discrete"};
  return names.at(static_cast<std::size_t>(family));
}

}  // namespace trainplan::distribution
