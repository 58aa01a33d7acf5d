/// Part of the room of correlation: what a correlation of normal scores means for yes/no quantities.
#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <numbers>

#include "trainplan/base/kernels.hpp"
#include "trainplan/domain/correlation.hpp"

namespace trainplan::correlation {
namespace {

using Rule = boost::math::quadrature::gauss<double, 20>;
constexpr double two_pi = 2.0 * std::numbers::pi;
constexpr double strong = 0.925;  // |r| from which the integrand is too steep for the plain formula

double normal(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

void check_correlation(double r) {
  if (!(std::fabs(r) <= 1.0)) throw InputError("pearson", "must be between -1 and 1", shown(r));
}

/// P(X <= x, Y <= y) - P(X <= x) P(Y <= y), |r| < strong: the integral of the density over the correlation,
/// which is an angle here (Drezner & Wesolowsky 1990).
double excess(double x, double y, double r) {
  const double angle = std::asin(r);
  const double squares = 0.5 * (x * x + y * y);
  return angle / two_pi *
         Rule::integrate(
             [&](double part) {
               const double sine = std::sin(part * angle);
               return std::exp((sine * x * y - squares) / (1.0 - sine * sine));
             },
             0.0, 1.0);
}

/// P(X > h, Y > k) for r = 1 less that for a strong r > 0, by the integral from r to 1 with its singular part
/// taken out and integrated in closed form (Genz 2004).
double lost_to_perfect(double h, double k, double r) {
  const double product = h * k;
  const double gap = std::fabs(h - k);
  const double gap2 = gap * gap;
  const double rest2 = (1.0 - r) * (1.0 + r);
  const double rest = std::sqrt(rest2);
  const double c = (4.0 - product) / 8.0;
  const double d = (12.0 - product) / 80.0;
  constexpr double negligible = -100.0;  // as an exponent: e^-100 is far below the last bit of a probability

  double lost = 0.0;
  if (const double exponent = -0.5 * (gap2 / rest2 + product); exponent > negligible) {
    lost = rest * std::exp(exponent) *
           (1.0 - c * (gap2 - rest2) * (1.0 - d * gap2) / 3.0 + c * d * rest2 * rest2);
  }
  // Where it is skipped, the gap exceeds 20 and its factor normal(-gap / rest) is 0.
  if (product > negligible) {
    lost -= std::exp(-0.5 * product) * std::sqrt(two_pi) * normal(-gap / rest) * gap *
            (1.0 - c * gap2 * (1.0 - d * gap2) / 3.0);
  }
  lost += Rule::integrate(
      [&](double x) {
        const double x2 = x * x;
        const double exponent = -0.5 * (gap2 / x2 + product);
        if (exponent <= negligible) return 0.0;
        const double root = std::sqrt(1.0 - x2);
        const double ratio = std::exp(-0.5 * product * x2 / ((1.0 + root) * (1.0 + root))) / root;
        return std::exp(exponent) * (ratio - (1.0 + c * x2 * (1.0 + 5.0 * d * x2)));
      },
      0.0, rest);
  return lost / two_pi;
}

struct Thresholds {
  double a, b;
};

/// Below which scores the quantities are yes.
Thresholds thresholds(double p_a, double p_b) {
  if (!(p_a > 0.0 && p_a < 1.0)) throw InputError("p_a", "must be above 0 and below 1", shown(p_a));
  if (!(p_b > 0.0 && p_b < 1.0)) throw InputError("p_b", "must be above 0 and below 1", shown(p_b));
  return {kernels::normal_quantile(p_a), kernels::normal_quantile(p_b)};
}

}  // namespace

double bivariate_normal(double x, double y, double r) {
  check_correlation(r);
  if (std::isnan(x)) throw InputError("x", "must be a number", shown(x));
  if (std::isnan(y)) throw InputError("y", "must be a number", shown(y));
  if (std::isinf(x) || std::isinf(y)) return normal(std::min(x, y));
  if (std::fabs(r) < strong) return std::max(0.0, normal(x) * normal(y) + excess(x, y, r));
  if (r > 0.0) {
    const double perfect = normal(std::min(x, y));
    return r == 1.0 ? perfect : std::clamp(perfect - lost_to_perfect(-x, -y, r), 0.0, perfect);
  }
  // With r = -1 only -y < X <= x counts; on the side where its two terms are small.
  double perfect = 0.0;
  if (x > -y) perfect = x > 0.0 && y < 0.0 ? normal(y) - normal(-x) : normal(x) - normal(-y);
  return r == -1.0 ? perfect : std::max(0.0, perfect + lost_to_perfect(-x, y, -r));
}

double both(double p_a, double p_b, double pearson) {
  const auto [a, b] = thresholds(p_a, p_b);
  return bivariate_normal(a, b, pearson);
}

double phi(double p_a, double p_b, double pearson) {
  check_correlation(pearson);
  const auto [a, b] = thresholds(p_a, p_b);
  const double together =
      std::fabs(pearson) < strong ? excess(a, b, pearson) : bivariate_normal(a, b, pearson) - p_a * p_b;
  return std::clamp(together / std::sqrt(p_a * (1.0 - p_a) * p_b * (1.0 - p_b)), -1.0, 1.0);
}

}  // namespace trainplan::correlation
