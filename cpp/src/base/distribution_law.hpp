/// The laws behind a Distribution, before its truncation: what resolving, exact quantiles and the sampler
/// share.
#pragma once

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>

#include "trainplan/base/distribution.hpp"

namespace trainplan::distribution::law {

namespace policies = boost::math::policies;
// The density of a shape below 1 is infinite at its end: a value here, not an error.
using Boost =
    policies::policy<policies::promote_double<false>, policies::overflow_error<policies::ignore_error>>;
using Beta = boost::math::beta_distribution<double, Boost>;
using Normal = boost::math::normal_distribution<double, Boost>;

/// Beta parameters and support of pert and beta.
struct ScaledBeta {
  double alpha, beta, low, width;
};
[[nodiscard]] ScaledBeta scaled_beta(const Distribution& distribution);

[[nodiscard]] double normal_cdf(double z);
/// Beta quantile at p = 1 - q, 0 < p, q < 1; the smaller of the two is the one that counts.
[[nodiscard]] double beta_quantile(double alpha, double beta, double p, double q);

/// Distribution function and quantile without truncation.
[[nodiscard]] double cdf(const Distribution& distribution, double x);
[[nodiscard]] double quantile(const Distribution& distribution, double u);

[[nodiscard]] inline bool truncated(const Distribution& d) { return d.u_low > 0.0 || d.u_high < 1.0; }
/// Most that a truncated u becomes: rounding must not make it 1, whose quantile can be infinite.
inline constexpr double most_u = 1.0 - 0x1p-53;
/// The least and the greatest number that the field allows: an open end is itself not allowed.
struct Ends {
  double low, high;
};
[[nodiscard]] Ends ends(const Range& range);

}  // namespace trainplan::distribution::law
