// Draws for the trial loop: the inverse distribution functions as loops that vectorize.
#include <algorithm>
#include <cmath>

#include "distribution_law.hpp"
#include "trainplan/base/kernels.hpp"

namespace trainplan::distribution {
namespace {

// Pieces of the beta quantile in z: u = 2^-53 lies at z = -8.2.
constexpr double z_end = 8.25;
constexpr double pieces_per_unit = 16.0;
constexpr int pieces = 264;

std::vector<double> beta_pieces(const law::ScaledBeta& s) {
  const law::Beta beta(s.alpha, s.beta);
  std::vector<double> value(pieces + 1);
  std::vector<double> slope(pieces + 1);
  double least = 0.0;
  for (int i = 0; i <= pieces; ++i) {
    const double z = -z_end + i / pieces_per_unit;
    // Each half from its own end, which keeps the digits of 1 - u; rounding must not make a piece fall.
    least = std::max(least, law::beta_quantile(s.alpha, s.beta, law::normal_cdf(z), law::normal_cdf(-z)));
    const double x = least;
    const auto at = static_cast<std::size_t>(i);
    value[at] = x;
    const double density = x > 0.0 && x < 1.0 ? boost::math::pdf(beta, x) : 0.0;
    const double normal_density = boost::math::pdf(law::Normal(), z);
    slope[at] = density > 0.0 && std::isfinite(density) ? normal_density / density : 0.0;
  }
  constexpr double h = 1.0 / pieces_per_unit;
  std::vector<double> coefficients;
  coefficients.reserve(4 * pieces);
  for (std::size_t i = 0; i < pieces; ++i) {
    const double rise = value[i + 1] - value[i];
    // Fritsch & Carlson (1980): slopes of at most three chords keep the piece monotone.
    const double first = std::min(h * slope[i], 3.0 * rise);
    const double last = std::min(h * slope[i + 1], 3.0 * rise);
    coefficients.insert(coefficients.end(),
                        {value[i], first, 3.0 * rise - 2.0 * first - last, first + last - 2.0 * rise});
  }
  return coefficients;
}

struct Line {
  double low, width;
};

TRAINPLAN_CLONES void map_linear(double* x, std::size_t n, Line line) {
  for (std::size_t i = 0; i < n; ++i) x[i] = line.low + line.width * x[i];
}
TRAINPLAN_CLONES void map_triangular(double* x, std::size_t n, double low, double width, double high,
                                     double r) {
  for (std::size_t i = 0; i < n; ++i) {
    const double u = x[i];
    const double left = low + width * std::sqrt(r * u);
    const double right = high - width * std::sqrt((1.0 - r) * (1.0 - u));
    x[i] = u < r ? left : right;
  }
}
TRAINPLAN_CLONES void map_lognormal(double* z, std::size_t n, double median, double sd) {
  for (std::size_t i = 0; i < n; ++i) z[i] = median * kernels::exp(sd * z[i]);
}
TRAINPLAN_CLONES void map_logit_normal(double* z, std::size_t n, double location, double scale, Line line) {
  for (std::size_t i = 0; i < n; ++i)
    z[i] = line.low + line.width * kernels::logistic(location + scale * z[i]);
}
TRAINPLAN_CLONES void map_pieces(double* z, std::size_t n, const double* coefficients, Line line) {
  for (std::size_t i = 0; i < n; ++i) {
    const double scaled = (z[i] + z_end) * pieces_per_unit;
    const double inside = std::min(std::max(scaled, 0.0), static_cast<double>(pieces) - 1e-9);
    const auto piece = static_cast<int>(inside);
    const double t = inside - static_cast<double>(piece);
    const double* c = coefficients + 4 * static_cast<std::ptrdiff_t>(piece);
    z[i] = line.low + line.width * (c[0] + t * (c[1] + t * (c[2] + t * c[3])));
  }
}
TRAINPLAN_CLONES void clamp_to(double* x, std::size_t n, double low, double high) {
  for (std::size_t i = 0; i < n; ++i) x[i] = std::min(std::max(x[i], low), high);
}

}  // namespace

Sampler::Sampler(Distribution distribution) : distribution_(std::move(distribution)) {
  if (distribution_.family == Family::pert || distribution_.family == Family::beta) {
    pieces_ = beta_pieces(law::scaled_beta(distribution_));
  }
}

void Sampler::draw(Lane lane) const {
  const Distribution& d = distribution_;
  double* x = lane.data();
  const std::size_t n = lane.size();
  if (law::truncated(d)) {
    map_linear(x, n, {d.u_low, d.u_high - d.u_low});
    clamp_to(x, n, 0.0, law::most_u);
  }
  if (by_score()) kernels::normal_quantiles(lane, lane);
  place(lane);
}

void Sampler::draw_scores(Lane lane) const {
  if (by_score() && !law::truncated(distribution_)) return place(lane);
  kernels::normal_cdfs(lane);
  clamp_to(lane.data(), lane.size(), 0x1p-53, law::most_u);
  draw(lane);
}

// Whether values are a function of the normal score rather than of the uniform number.
bool Sampler::by_score() const noexcept {
  const Family family = distribution_.family;
  return family == Family::normal || family == Family::lognormal || family == Family::logit_normal ||
         !pieces_.empty();
}

// Scores, or uniform numbers, to values.
void Sampler::place(Lane lane) const {
  const Distribution& d = distribution_;
  double* x = lane.data();
  const std::size_t n = lane.size();
  switch (d.family) {
    case Family::constant:
      std::fill(lane.begin(), lane.end(), d.a);
      break;
    case Family::uniform:
      map_linear(x, n, {d.a, d.b - d.a});
      break;
    case Family::triangular:
      map_triangular(x, n, d.a, d.c - d.a, d.c, (d.b - d.a) / (d.c - d.a));
      break;
    case Family::pert:
    case Family::beta: {
      const law::ScaledBeta s = law::scaled_beta(d);
      map_pieces(x, n, pieces_.data(), {s.low, s.width});
      break;
    }
    case Family::normal:
      map_linear(x, n, {d.a, d.b});
      break;
    case Family::lognormal:
      map_lognormal(x, n, d.a, d.b);
      break;
    case Family::logit_normal:
      map_logit_normal(x, n, d.a, d.b, {d.c, d.d - d.c});
      break;
    case Family::discrete:
      for (double& u : lane) u = law::quantile(d, u);
      break;
  }
  const auto [low, high] = law::ends(d.range);
  if (std::isfinite(low) || std::isfinite(high)) clamp_to(x, n, low, high);
}

double Sampler::at(double u) const {
  double x = u;
  draw({&x, 1});
  return x;
}

}  // namespace trainplan::distribution
