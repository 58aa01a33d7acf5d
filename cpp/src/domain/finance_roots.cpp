#include "finance_roots.hpp"

#include <boost/math/tools/toms748_solve.hpp>
#include <span>
#include <utility>

namespace trainplan::finance::detail {
namespace {

// The value at growth w is a polynomial in the discount x = 1/w. Discounts up to `border` are searched in
// that polynomial, larger ones in the reversed polynomial, whose variable is w < 1 / border: nothing
// overflows. The border is no number that a rate of return is likely to hit (-0.093 % a period).
constexpr double border = 1.00093;

/// sum of weight[i] x^power[i].
struct Sum {
  std::vector<double> weight;
  std::vector<double> power;      ///< ascending from 0
  std::vector<std::int64_t> gap;  ///< power[i + 1] - power[i]

  [[nodiscard]] std::size_t size() const { return weight.size(); }
  [[nodiscard]] double degree() const { return power.back(); }
};

Sum sum_of(const Stream& stream, bool reversed) {
  const std::size_t n = stream.amount.size();
  const std::int64_t span = stream.time.back();
  Sum sum{.weight = std::vector<double>(n),
          .power = std::vector<double>(n),
          .gap = std::vector<std::int64_t>(n - 1)};
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t j = reversed ? n - 1 - i : i;
    sum.weight[i] = stream.amount[j];
    sum.power[i] = static_cast<double>(reversed ? span - stream.time[j] : stream.time[j]);
    if (i + 1 < n)
      sum.gap[i] = reversed ? stream.time[j] - stream.time[j - 1] : stream.time[j + 1] - stream.time[j];
  }
  return sum;
}

double power(double x, std::int64_t n) {
  if (n == 1) return x;
  double result = 1.0;
  for (; n > 0; n >>= 1) {
    if ((n & 1) != 0) result *= x;
    x *= x;
  }
  return result;
}

double value(const Sum& sum, double x) {
  double result = sum.weight.back();
  for (std::size_t i = sum.size() - 1; i-- > 0;) result = result * power(x, sum.gap[i]) + sum.weight[i];
  return result;
}

/// The sum and two derivatives at x with bounds on their rounding errors, and a bound on |third derivative|
/// over (0, high].
struct Local {
  double value, value_noise, slope, slope_noise, bend, bend_noise, third;
};

Local local(const Sum& sum, double x, double high) {
  double value = 0.0;
  double slope = 0.0;  // times x
  double bend = 0.0;   // times x^2
  double third = 0.0;  // times high^3
  double gross = 0.0;
  double gross_slope = 0.0;
  for (std::size_t i = sum.size(); i-- > 0;) {
    const bool top = i + 1 == sum.size();
    const double step = top ? 0.0 : power(x, sum.gap[i]);
    const double high_step = top ? 0.0 : power(high, sum.gap[i]);
    const double weight = sum.weight[i];
    const double k = sum.power[i];
    value = value * step + weight;
    slope = slope * step + k * weight;
    bend = bend * step + k * (k - 1.0) * weight;
    gross = gross * step + std::fabs(weight);
    gross_slope = gross_slope * step + k * std::fabs(weight);
    third = third * high_step + k * (k - 1.0) * (k - 2.0) * std::fabs(weight);
  }
  // Two roundings a term in Horner's scheme, up to k in a power of x, and a few in the weights.
  const double terms = 2.0 * static_cast<double>(sum.size()) + 8.0;
  const double slope_noise = unit * (terms + sum.degree()) * gross_slope / x;
  return {.value = value,
          .value_noise = unit * (terms * gross + gross_slope),
          .slope = slope / x,
          .slope_noise = slope_noise,
          .bend = bend / (x * x),
          .bend_noise = slope_noise * sum.degree() / x,
          .third = third / (high * high * high)};
}

/// A sum evaluated as if in twice the working precision, what of it is in doubt, and its derivative.
struct Certain {
  double value, doubt, slope;
  [[nodiscard]] int sign() const { return std::fabs(value) <= doubt ? 0 : (value > 0.0 ? 1 : -1); }
};

/// Compensated Horner scheme (Langlois & Louvet, IEEE Symposium on Computer Arithmetic 18, 2007, theorem 5),
/// also for gaps between the powers. @param weight  of term i
template <class Weight>
Certain certain(const Sum& sum, double x, const Weight& weight) {
  double result = weight(sum.size() - 1);
  double slope = sum.power.back() * result;
  double rest = 0.0;
  double gross = std::fabs(result);
  for (std::size_t i = sum.size() - 1; i-- > 0;) {
    const Pair step = power(Pair{x, 0.0}, sum.gap[i]);
    const Pair product = two_product(result, step.high);
    const Pair total = two_sum(product.high, weight(i));
    rest = rest * step.high + (product.low + total.low + result * step.low);
    gross = gross * step.high + std::fabs(weight(i));
    slope = slope * step.high + sum.power[i] * weight(i);
    result = total.high;
  }
  const double terms = 2.0 * static_cast<double>(sum.size()) + 16.0;
  return {.value = result + rest, .doubt = terms * terms * unit * unit * gross, .slope = slope / x};
}

Certain certain(const Sum& sum, double x) {
  return certain(sum, x, [&](std::size_t i) { return sum.weight[i]; });
}

struct Interval {
  double low, high;
};

/// A zero of `f` in an interval at whose ends it has opposite signs; `bits` of it are right.
template <class F>
double crossing(const F& f, Interval within, int bits) {
  const double ends[] = {f(within.low), f(within.high)};
  if (ends[0] == 0.0) return within.low;
  if (ends[1] == 0.0) return within.high;
  const double tolerance = std::ldexp(1.0, -bits);
  std::uintmax_t steps = 2'000;  // more than bisection takes from 0 to the smallest double
  const auto near = [&](double low, double high) { return high - low <= tolerance * low; };
  const auto found =
      boost::math::tools::toms748_solve(f, within.low, within.high, ends[0], ends[1], near, steps);
  return 0.5 * (found.first + found.second);
}

/// The root in an interval that holds exactly one: TOMS 748 (Alefeld, Potra & Shi 1995), then Newton's method
/// on values of twice the working precision. The low part of the result is Newton's last step.
Pair refined(const Sum& sum, Interval within) {
  const auto fast = [&](double x) { return value(sum, x); };
  const auto newton = [&](double x) {
    const Certain here = certain(sum, x);
    return -here.value / here.slope;
  };
  const auto settled = [&](double x) -> std::optional<Pair> {
    for (int step = 0; step < 6; ++step) {
      const double change = newton(x);
      if (!(std::fabs(change) <= 0.01 * x)) return std::nullopt;
      if (std::fabs(change) <= 0x1p-51 * x) return normalized(x, change);
      x += change;
      if (x < within.low || x > within.high) return std::nullopt;
    }
    return std::nullopt;
  };
  // A value of 0 at an end would be one that rounding made: the ends are known to differ in sign.
  if (fast(within.low) * fast(within.high) < 0.0) {
    if (const auto root = settled(crossing(fast, within, 22))) return *root;
  }
  const auto exact = [&](double x) { return certain(sum, x).value; };
  const double root = crossing(exact, within, 52);
  const double change = newton(root);
  return normalized(root, std::fabs(change) <= 0x1p-50 * root ? change : 0.0);
}

/// Roots between two points no more than a few 1e-9 apart, where value and slope almost vanish together.
void resolve_cluster(const Sum& sum, Interval within, std::vector<Pair>& roots) {
  const double width = within.high - within.low;
  int low_sign = certain(sum, within.low).sign();
  int high_sign = certain(sum, within.high).sign();
  for (int step = 0; low_sign == 0 && step < 40; ++step) {
    within.low -= width;
    low_sign = certain(sum, within.low).sign();
  }
  for (int step = 0; high_sign == 0 && step < 40; ++step) {
    within.high += width;
    high_sign = certain(sum, within.high).sign();
  }
  if (low_sign * high_sign < 0) {
    roots.push_back(refined(sum, within));  // one root, or three that double precision cannot tell apart
    return;
  }
  const auto steepness = [&](double x) {
    return certain(sum, x, [&](std::size_t i) { return sum.power[i] * sum.weight[i]; }).value;
  };
  if (!(steepness(within.low) * steepness(within.high) < 0.0)) return;
  const double turn = crossing(steepness, within, 52);
  const Certain extreme = certain(sum, turn);
  const double blur = 4.0 * unit * turn;  // of the turning point itself
  const Local here = local(sum, turn, turn);
  const double doubt = extreme.doubt + (std::fabs(here.bend) + here.bend_noise) * blur * blur;
  if (std::fabs(extreme.value) <= doubt) {
    roots.insert(roots.end(), 2, {turn, 0.0});
  } else if ((extreme.value > 0.0 ? 1 : -1) != low_sign) {
    roots.push_back(refined(sum, {within.low, turn}));
    roots.push_back(refined(sum, {turn, within.high}));
  }
}

/// Appends all roots in (0, limit], ascending. An interval is settled when Taylor's formula about its middle
/// proves that the sum, or its derivative, keeps its sign there; otherwise it is halved. False: gave up.
bool isolate(const Sum& sum, double limit, std::vector<Pair>& roots) {
  constexpr int most = 50'000;        // 30 to 300 are usual
  constexpr double narrow = 0x1p-28;  // relative width at which roots count as a cluster
  constexpr double share = 0.4963;    // not 1/2: the ends should not be round numbers, which roots often are
  std::vector<Interval> waiting{{0.0, limit}};
  std::vector<Interval> clusters;  // neighbors are joined
  const auto settle = [&] {
    for (const Interval& cluster : clusters) resolve_cluster(sum, cluster, roots);
    clusters.clear();
  };
  const auto sign = [&](double x) {
    return x > 0.0 ? certain(sum, x).sign() : (sum.weight[0] > 0.0 ? 1 : -1);
  };
  for (int count = 0; !waiting.empty(); ++count) {
    if (count == most) return false;
    const auto [low, high] = waiting.back();
    waiting.pop_back();
    const double middle = 0.5 * (low + high);
    const double radius = 0.5 * (high - low) * (1.0 + 0x1p-40);  // up: the middle is rounded
    const Local here = local(sum, middle, high);
    const double bend = std::fabs(here.bend) + here.bend_noise;
    const double steepest =
        std::fabs(here.slope) + here.slope_noise + radius * (bend / 2.0 + radius * here.third / 6.0);
    if (std::fabs(here.value) - here.value_noise > radius * steepest) continue;
    if (std::fabs(here.slope) - here.slope_noise > radius * (bend + radius * here.third / 2.0)) {
      const int at_low = sign(low);
      const int at_high = sign(high);
      settle();  // keeps the order of the roots
      if (at_high == 0) {
        roots.push_back(refined(sum, {high * (1.0 - 0x1p-40), high * (1.0 + 0x1p-40)}));
      } else if (at_low * at_high < 0) {
        roots.push_back(refined(sum, {low, high}));
      }
    } else if (radius < narrow * middle) {
      if (!clusters.empty() && clusters.back().high == low) {
        clusters.back().high = high;
      } else {
        clusters.push_back({low, high});
      }
    } else {
      const double cut = low + share * (high - low);
      waiting.push_back({cut, high});
      waiting.push_back({low, cut});
    }
  }
  settle();
  return true;
}

/// Roots in (0, limit) are at most as many as the partial sums at the limit change sign, and odd in number
/// if these are (Laguerre 1883; Descartes' rule for sum / (limit - x)). 2 stands for "two or more, or
/// unsure".
int most_roots(const Sum& sum, double limit) {
  double partial = 0.0;
  double gross = 0.0;
  double discount = 1.0;
  double last = 0.0;
  int changes = 0;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    if (i > 0) discount *= power(limit, sum.gap[i - 1]);
    partial += sum.weight[i] * discount;
    gross += std::fabs(sum.weight[i]) * discount;
    const double doubt = unit * (static_cast<double>(i) + 2.0 * sum.power[i] + 4.0) * gross;
    if (std::fabs(partial) <= doubt) return 2;
    if (partial * last < 0.0) ++changes;
    last = partial > 0.0 ? 1.0 : -1.0;
  }
  return std::min(changes, 2);
}

bool find(const Sum& sum, double limit, std::vector<Pair>& roots) {
  const int most = most_roots(sum, limit);
  if (most > 1) return isolate(sum, limit, roots);
  if (most == 1) roots.push_back(refined(sum, {0.0, limit}));
  return true;
}

}  // namespace

Stream stream(std::span<const double> amounts, std::span<const std::int64_t> times) {
  double largest = 0.0;
  for (const double amount : amounts) largest = std::max(largest, std::fabs(amount));
  Stream result;
  if (largest == 0.0) return result;
  // Two factors: 2^-exponent itself overflows when all flows are subnormal.
  const int exponent = std::ilogb(largest);
  const double first = std::ldexp(1.0, -exponent / 2);
  const double second = std::ldexp(1.0, -(exponent - exponent / 2));
  result.amount.reserve(amounts.size());
  result.time.reserve(amounts.size());
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    const double amount = amounts[i] * first * second;
    if (std::fabs(amount) < 0x1p-1000) continue;
    result.amount.push_back(amount);
    result.time.push_back(result.time.empty() ? times[i] : times[i] - result.time.front());
  }
  if (!result.time.empty()) result.time.front() = 0;
  return result;
}

Growths growths(const Stream& stream) {
  Growths result;
  const Sum in_growth = sum_of(stream, true);
  const Sum in_discount = sum_of(stream, false);
  result.resolved = find(in_growth, 1.0 / border, result.growth);
  std::vector<Pair> discounts;
  result.resolved = find(in_discount, border, discounts) && result.resolved;
  for (; !discounts.empty(); discounts.pop_back()) result.growth.push_back(reciprocal(discounts.back()));
  if (certain(in_discount, 1.0).value == 0.0) {
    // The flows add up to exactly zero, so 1 is a root: not 1 + 1e-17, nor a root of third order at 1 +
    // 1e-11.
    const auto distance = [](const Pair& growth) { return std::fabs((growth.high - 1.0) + growth.low); };
    const auto nearer = [&](const Pair& a, const Pair& b) { return distance(a) < distance(b); };
    const auto nearest = std::min_element(result.growth.begin(), result.growth.end(), nearer);
    const double reach =
        nearest == result.growth.end() ? 0.0 : std::min(1e-9, 2.0 * distance(*nearest)) + 1e-12;
    for (Pair& growth : result.growth) {
      if (distance(growth) < reach) growth = {1.0, 0.0};
    }
  }
  return result;
}

}  // namespace trainplan::finance::detail
