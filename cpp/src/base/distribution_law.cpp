// Distribution functions, exact quantiles and moments.
#include "distribution_law.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "trainplan/base/kernels.hpp"

namespace trainplan::distribution {

using law::ScaledBeta;
using law::truncated;

ScaledBeta law::scaled_beta(const Distribution& d) {
  if (d.family == Family::beta) return {d.a, d.b, 0.0, 1.0};
  const double width = d.c - d.a;
  return {1.0 + d.d * (d.b - d.a) / width, 1.0 + d.d * (d.c - d.b) / width, d.a, width};
}

double law::normal_cdf(double z) { return boost::math::cdf(Normal(), z); }

law::Ends law::ends(const Range& range) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  return {range.open_low ? std::nextafter(range.low, inf) : range.low,
          range.open_high ? std::nextafter(range.high, -inf) : range.high};
}

namespace {

// x with I_x(alpha, beta) = p, by bisection of log x: slow, but it cannot fail.
double bisected(double alpha, double beta, double p) {
  const law::Beta beta_law(alpha, beta);
  double low = -746.0;  // of the least double
  double high = 0.0;
  for (int step = 0; step < 64; ++step) {
    const double middle = (low + high) / 2.0;
    (boost::math::cdf(beta_law, std::exp(middle)) < p ? low : high) = middle;
  }
  return std::exp(high);
}

}  // namespace

double law::beta_quantile(double alpha, double beta, double p, double q) {
  const Beta beta_law(alpha, beta);
  try {
    return p <= q ? boost::math::quantile(beta_law, p)
                  : boost::math::quantile(boost::math::complement(beta_law, q));
  } catch (const boost::math::evaluation_error&) {
    // Boost's search fails in the far tail of a few shapes: 1/2 with 2 or 3, below 1e-8.
    return p <= q ? bisected(alpha, beta, p) : 1.0 - bisected(beta, alpha, q);
  }
}

double law::cdf(const Distribution& d, double x) {
  switch (d.family) {
    case Family::uniform:
      return std::clamp((x - d.a) / (d.b - d.a), 0.0, 1.0);
    case Family::triangular: {
      const double width = d.c - d.a;
      if (x <= d.a) return 0.0;
      if (x >= d.c) return 1.0;
      return x < d.b ? (x - d.a) * (x - d.a) / (width * (d.b - d.a))
                     : 1.0 - (d.c - x) * (d.c - x) / (width * (d.c - d.b));
    }
    case Family::pert:
    case Family::beta: {
      const ScaledBeta s = law::scaled_beta(d);
      return boost::math::cdf(Beta(s.alpha, s.beta), std::clamp((x - s.low) / s.width, 0.0, 1.0));
    }
    case Family::normal:
      return normal_cdf((x - d.a) / d.b);
    case Family::lognormal:
      return x <= 0.0 ? 0.0 : normal_cdf(std::log(x / d.a) / d.b);
    case Family::constant:
    case Family::logit_normal:
    case Family::discrete:
      break;
  }
  return 0.0;  // never outside their domain by construction
}

double law::quantile(const Distribution& d, double u) {
  switch (d.family) {
    case Family::constant:
      return d.a;
    case Family::uniform:
      return d.a + (d.b - d.a) * u;
    case Family::triangular: {
      const double width = d.c - d.a;
      const double r = (d.b - d.a) / width;
      // Each side from its own end: no cancellation in the right tail.
      return u < r ? d.a + width * std::sqrt(r * u) : d.c - width * std::sqrt((1.0 - r) * (1.0 - u));
    }
    case Family::pert:
    case Family::beta: {
      const ScaledBeta s = law::scaled_beta(d);
      return s.low + s.width * beta_quantile(s.alpha, s.beta, u, 1.0 - u);
    }
    case Family::normal:
      return d.a + d.b * kernels::normal_quantile(u);
    case Family::lognormal:
      return d.a * kernels::exp(d.b * kernels::normal_quantile(u));
    case Family::logit_normal:
      return d.c + (d.d - d.c) * kernels::logistic(d.a + d.b * kernels::normal_quantile(u));
    case Family::discrete: {
      const auto at = std::lower_bound(d.cumulative.begin(), d.cumulative.end(), u) - d.cumulative.begin();
      return d.values[static_cast<std::size_t>(at)];
    }
  }
  return 0.0;
}

namespace {

// E[X^power about `centre`], by the trapezoidal rule in z.
double moment(const Distribution& d, double centre, int power) {
  constexpr double step = 1.0 / 64.0;
  double sum = 0.0;
  double weight = 0.0;
  for (int i = -512; i <= 512; ++i) {
    const double z = i * step;
    const double density = std::exp(-z * z / 2.0);
    sum += density * std::pow(distribution::quantile(d, law::normal_cdf(z)) - centre, power);
    weight += density;
  }
  return sum / weight;
}

}  // namespace

double quantile(const Distribution& d, double u) {
  if (d.certain()) return d.a;
  const double x =
      law::quantile(d, truncated(d) ? std::min(d.u_low + u * (d.u_high - d.u_low), law::most_u) : u);
  const auto [low, high] = law::ends(d.range);
  return std::clamp(x, low, high);
}

double mean(const Distribution& d) {
  if (!truncated(d)) {
    switch (d.family) {
      case Family::constant:
      case Family::normal:
        return d.a;
      case Family::uniform:
        return d.a + (d.b - d.a) / 2.0;
      case Family::triangular:
        return (d.a + d.b + d.c) / 3.0;
      case Family::pert:
        return (d.a + d.d * d.b + d.c) / (d.d + 2.0);
      case Family::lognormal:
        return d.a * std::exp(d.b * d.b / 2.0);
      case Family::beta:
        return d.a / (d.a + d.b);
      case Family::discrete: {
        double sum = 0.0;
        for (std::size_t i = 0; i < d.values.size(); ++i) {
          sum += d.values[i] * (d.cumulative[i] - (i > 0 ? d.cumulative[i - 1] : 0.0));
        }
        return sum;
      }
      case Family::logit_normal:
        break;
    }
  }
  return moment(d, 0.0, 1);
}

double sd(const Distribution& d) {
  if (!truncated(d)) {
    switch (d.family) {
      case Family::constant:
        return 0.0;
      case Family::normal:
        return d.b;
      case Family::uniform:
        return (d.b - d.a) / std::sqrt(12.0);
      case Family::triangular: {
        const double p = d.b - d.a;
        const double q = d.c - d.b;
        return std::sqrt((p * p + p * q + q * q) / 18.0);
      }
      case Family::pert:
      case Family::beta: {
        const ScaledBeta s = law::scaled_beta(d);
        const double sum = s.alpha + s.beta;
        return s.width * std::sqrt(s.alpha * s.beta / (sum + 1.0)) / sum;
      }
      case Family::lognormal:
        return mean(d) * std::sqrt(std::expm1(d.b * d.b));
      case Family::discrete: {
        const double centre = mean(d);
        double sum = 0.0;
        for (std::size_t i = 0; i < d.values.size(); ++i) {
          const double probability = d.cumulative[i] - (i > 0 ? d.cumulative[i - 1] : 0.0);
          sum += probability * (d.values[i] - centre) * (d.values[i] - centre);
        }
        return std::sqrt(sum);
      }
      case Family::logit_normal:
        break;
    }
  }
  return std::sqrt(moment(d, mean(d), 2));
}

}  // namespace trainplan::distribution
