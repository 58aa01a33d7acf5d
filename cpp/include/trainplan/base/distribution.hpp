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
  Range range;                       ///< of the field; draws are inside, open ends excluded
  [[nodiscard]] bool certain() const noexcept { return family == Family::constant; }
  [[nodiscard]] double outside() const noexcept { return u_low + (1.0 - u_high); }
  friend bool operator==(const Distribution&, const Distribution&) = default;
};

namespace distribution {

/// @throws InputError (path "", to be filled in by the caller) when the arguments are not of the family's
/// form, more than 20 % of the distribution lies outside the domain, or a draw would overflow.
[[nodiscard]] Distribution resolve(const Quantity& quantity, const Domain& domain);

[[nodiscard]] std::string name(Family family);
/// Exact quantile (Boost.Math for pert and beta), 0 < u < 1.
[[nodiscard]] double quantile(const Distribution& distribution, double u);
/// Closed form, or for logit-normal and truncated ones the trapezoidal rule in the normal score from -8 to 8:
/// to 1e-12 of the standard deviation; 1e-8 for a triangular one, whose quantile has a kink; less for a
/// truncated lognormal so wide that its moments come from beyond (log-sd above 2.5: 1e-4 of the sd).
[[nodiscard]] double mean(const Distribution& distribution);
[[nodiscard]] double sd(const Distribution& distribution);

/// Draws by inverse CDF, prepared for many calls: the exact quantile to the last bit, but for pert and beta.
/// They use cubic Hermite pieces of the quantile in the normal score with exact slopes. The largest error
/// found on a grid of shapes, as a share of the width: 2.2e-8 for shapes of at least 1 (so for every
/// pert), 1.4e-7 where one is 1/2, 2.9e-5 at 1/10, 3.1e-4 at 1/20; the tests hold the first three.
class Sampler {
 public:
  explicit Sampler(Distribution distribution);
  /// In place: uniforms in, values out. No allocation, no libm, same bits on every x86-64 level.
  void draw(Lane lane) const;
  /// In place: standard normal scores in, values out: draw(Phi(score)), without that detour where the family
  /// is drawn by score anyway.
  void draw_scores(Lane lane) const;
  [[nodiscard]] double at(double u) const;
  [[nodiscard]] const Distribution& distribution() const noexcept { return distribution_; }

 private:
  [[nodiscard]] bool by_score() const noexcept;
  void place(Lane lane) const;

  Distribution distribution_;
  std::vector<double> pieces_;  // four coefficients an interval
};

}  // namespace distribution
}  // namespace trainplan
