/// What a quantity means in its field: family, parameters and truncation; exact quantiles, and the
/// sampler that the trial loop uses.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "trainplan/base/array.hpp"
#include "trainplan/base/quantity.hpp"

namespace trainplan {

/// Numbers that a field allows; an open end is itself not allowed.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool open_low = false;
  bool open_high = false;
  [[nodiscard]] bool holds(double x) const noexcept {
    return (open_low ? x > low : x >= low) && (open_high ? x < high : x <= high);
  }
  friend bool operator==(const Range&, const Range&) = default;
};

/// "between 0 and 1", "at least 1", "above 0", "any number".
[[nodiscard]] std::string describe(const Range& range);

/// Unit and range of a field: what it takes to read a quantity that stands there. A unit that begins with
/// "%" keeps "12%" as 12; the unit "fraction" reads it as 0.12; any other unit refuses the sign.
struct Domain {
  std::string unit;
  Range range;
};

enum class Family { constant, uniform, triangular, pert, normal, lognormal, logit_normal, beta, discrete };

/// A resolved quantity. Parameters by family: constant a; uniform [a, b]; triangular and pert low a, mode b,
/// high c, shape d; normal mean a, sd b; lognormal median a, log-sd b; logit-normal on [c, d] with location
/// a, scale b; beta(a, b); discrete values with cumulative probabilities.
struct Distribution {
  Family family = Family::constant;
  double a = 0.0, b = 0.0, c = 0.0, d = 0.0;
  std::vector<double> values, cumulative;
  double u_low = 0.0, u_high = 1.0;  ///< truncation: u is mapped to [u_low, u_high]
  Range range;                       ///< of the field; draws are inside
  [[nodiscard]] bool certain() const noexcept { return family == Family::constant; }
  [[nodiscard]] double outside() const noexcept { return u_low + (1.0 - u_high); }
  friend bool operator==(const Distribution&, const Distribution&) = default;
};

namespace distribution {

/// @throws InputError (path "", to be filled in by the caller) when the arguments are not of the family's
/// form, or more than 20 % of the distribution lies outside the domain.
[[nodiscard]] Distribution resolve(const Quantity& quantity, const Domain& domain);

[[nodiscard]] std::string name(Family family);
/// Exact quantile (Boost.Math for beta), 0 < u < 1.
[[nodiscard]] double quantile(const Distribution& distribution, double u);
/// Closed form, or the trapezoidal rule in the normal score (spectrally accurate) where truncated.
[[nodiscard]] double mean(const Distribution& distribution);
[[nodiscard]] double sd(const Distribution& distribution);

/// Draws by inverse CDF, prepared for many calls. PERT and beta use cubic Hermite pieces of the quantile in
/// the normal score with exact slopes; the error is below 3e-8 of the width for shapes of at least 1.
class Sampler {
 public:
  explicit Sampler(Distribution distribution);
  /// In place: uniforms in, values out. No allocation, no libm, same bits on every x86-64 level.
  void draw(Lane lane) const;
  [[nodiscard]] double at(double u) const;
  [[nodiscard]] const Distribution& distribution() const noexcept { return distribution_; }

 private:
  Distribution distribution_;
  std::vector<double> pieces_;  // four coefficients an interval
};

}  // namespace distribution
}  // namespace trainplan
