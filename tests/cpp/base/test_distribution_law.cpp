#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/triangular.hpp>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "trainplan/base/distribution.hpp"
#include "trainplan/base/error.hpp"

namespace {

using trainplan::Distribution;
using trainplan::Domain;
using trainplan::distribution::mean;
using trainplan::distribution::quantile;
using trainplan::distribution::resolve;
using trainplan::distribution::sd;

constexpr double inf = std::numeric_limits<double>::infinity();
const Domain number{"h", {}};
const Domain amount{"currency", {0.0, inf}};
const Domain fraction{"fraction", {0.0, 1.0}};

const boost::math::normal_distribution<long double> standard;
double phi(double x) { return static_cast<double>(boost::math::pdf(standard, x)); }
double cap_phi(double x) { return static_cast<double>(boost::math::cdf(standard, x)); }

// Levels with an exact complement: multiples of 2^-6 and both tails.
std::vector<double> levels() {
  std::vector<double> u = {0x1p-53, 0x1p-30, 0x1p-20};
  for (int i = 1; i < 64; ++i) u.push_back(i / 64.0);
  u.insert(u.end(), {1.0 - 0x1p-20, 1.0 - 0x1p-30, 1.0 - 0x1p-53});
  return u;
}

// Quantile by Boost in long double, the upper half from its complement.
template <class Law>
double reference(const Law& law, double u) {
  const auto level = static_cast<long double>(u);
  return static_cast<double>(u <= 0.5 ? boost::math::quantile(law, level)
                                      : boost::math::quantile(boost::math::complement(law, 1.0L - level)));
}

// Tolerances are a few units in the last place of the largest term of each formula.

TEST(DistributionLaw, NormalQuantilesAreThoseOfBoost) {
  const Distribution d = resolve("normal(9, 2)", number);
  const boost::math::normal_distribution<long double> law(9.0L, 2.0L);
  for (const double u : levels()) EXPECT_NEAR(quantile(d, u), reference(law, u), 1e-14) << u;
}

TEST(DistributionLaw, LognormalQuantilesAreThoseOfBoost) {
  const Distribution d = resolve("lognormal(mean=9, sd=3)", amount);
  const long double variance = std::log1p(1.0L / 9.0L);
  const boost::math::lognormal_distribution<long double> law(std::log(9.0L) - variance / 2.0L,
                                                             std::sqrt(variance));
  for (const double u : levels()) {
    const double wanted = reference(law, u);
    EXPECT_NEAR(quantile(d, u), wanted, 1e-14 * wanted) << u;
  }
}

TEST(DistributionLaw, TriangularQuantilesAreThoseOfBoost) {
  const Distribution d = resolve("triangular(2, 5, 12)", number);
  const boost::math::triangular_distribution<long double> law(2.0L, 5.0L, 12.0L);
  for (const double u : levels()) EXPECT_NEAR(quantile(d, u), reference(law, u), 1e-14) << u;
}

TEST(DistributionLaw, UniformQuantilesAreLinear) {
  const Distribution d = resolve("uniform(2, 12)", number);
  for (const double u : levels()) EXPECT_EQ(quantile(d, u), 2.0 + 10.0 * u);
}

TEST(DistributionLaw, BetaAndPertQuantilesAreThoseOfBoost) {
  const Distribution beta = resolve("beta(2, 5)", fraction);
  const boost::math::beta_distribution<long double> law(2.0L, 5.0L);
  const Distribution pert = resolve("pert(10, 12, 20, shape=6)", number);
  const boost::math::beta_distribution<long double> pert_law(1.0L + 6.0L * 0.2L, 1.0L + 6.0L * 0.8L);
  for (const double u : levels()) {
    EXPECT_NEAR(quantile(beta, u), reference(law, u), 2e-15) << u;
    EXPECT_NEAR(quantile(pert, u), 10.0 + 10.0 * reference(pert_law, u), 2e-14) << u;
  }
}

TEST(DistributionLaw, LogitNormalQuantilesAreTheirFormula) {
  const Distribution d = resolve("0.2 to 0.7", fraction);
  const long double z90 = 1.2815515655446004L;
  const long double a = std::log(0.2L / 0.8L);
  const long double b = std::log(0.7L / 0.3L);
  for (const double u : levels()) {
    const long double z = reference(standard, u);
    const long double eta = (a + b) / 2.0L + (b - a) / (2.0L * z90) * z;
    EXPECT_NEAR(quantile(d, u), static_cast<double>(1.0L / (1.0L + std::exp(-eta))), 1e-15) << u;
  }
}

// Gauss-Legendre quadrature in the normal score, in arithmetic of 30 digits.
TEST(DistributionLaw, LogitNormalMomentsAreThoseOfQuadratureIn30Digits) {
  struct Case {
    const char* text;
    double mean, sd;
  };
  for (const Case& c : {Case{"0.2 to 0.7", 0.442388229344155008, 0.18605032244094663},
                        Case{"0.45 to 0.65", 0.550850304003241403, 0.0772498184131968708},
                        Case{"0.5 to 0.9", 0.721872554353447579, 0.155278591399006003},
                        Case{"0.01 to 0.99", 0.5, 0.387528205260594939},
                        Case{"0.05 to 0.06", 0.0549161184917128227, 0.00390933995290310814}}) {
    EXPECT_NEAR(mean(resolve(c.text, fraction)), c.mean, 1e-14) << c.text;
    EXPECT_NEAR(sd(resolve(c.text, fraction)), c.sd, 1e-14) << c.text;
  }
}

TEST(DistributionLaw, MomentsWithoutTruncationAreClosedForms) {
  const auto expect = [](const char* text, const Domain& domain, double wanted_mean, double wanted_sd) {
    EXPECT_NEAR(mean(resolve(text, domain)), wanted_mean, 1e-14 * std::max(1.0, std::abs(wanted_mean)))
        << text;
    EXPECT_NEAR(sd(resolve(text, domain)), wanted_sd, 1e-14 * std::max(1.0, wanted_sd)) << text;
  };
  expect("7", number, 7.0, 0.0);
  expect("uniform(2, 12)", number, 7.0, 10.0 / std::sqrt(12.0));
  expect("triangular(0, 0, 3)", number, 1.0, std::sqrt(0.5));
  expect("normal(-3, 2)", number, -3.0, 2.0);
  expect("3 to 9", number, 6.0, 3.0 / 1.2815515655446004);
  expect("lognormal(mean=9, sd=3)", amount, 9.0, 3.0);
  expect("beta(2, 6)", fraction, 0.25, std::sqrt(12.0 / (64.0 * 9.0)));
  expect("pert(0, 3, 6)", number, 3.0, 6.0 * std::sqrt(9.0 / (36.0 * 7.0)));  // Beta(3, 3)
  expect("bernoulli(0.2)", fraction, 0.2, 0.4);
  expect("discrete(-1: 0.25, 1: 0.25, 2: 0.5)", number, 1.0, std::sqrt(1.5));
}

TEST(DistributionLaw, ANormalCutAtZeroHasTheMomentsOfTheTextbook) {
  for (const double m : {0.9, 1.0, 1.5, 3.0}) {
    const std::string text = "normal(" + trainplan::shown(m) + ", 1)";
    const Distribution d = resolve(trainplan::Quantity(std::string_view(text)), amount);
    const double hazard = phi(m) / cap_phi(m);
    EXPECT_NEAR(mean(d), m + hazard, 1e-12);
    EXPECT_NEAR(sd(d), std::sqrt(1.0 - hazard * (m + hazard)), 1e-12);
  }
}

TEST(DistributionLaw, AUniformThatIsCutIsUniformOnWhatIsLeft) {
  const Distribution d = resolve("uniform(-1, 9)", amount);
  EXPECT_NEAR(d.outside(), 0.1, 1e-16);
  EXPECT_NEAR(mean(d), 4.5, 1e-14);
  EXPECT_NEAR(sd(d), 9.0 / std::sqrt(12.0), 1e-13);
  for (const double u : levels()) EXPECT_NEAR(quantile(d, u), 9.0 * u, 1e-14);
}

// E[X | X < U] of a lognormal: e^(mu + s^2/2) Phi(z - s) / Phi(z), z = (log U - mu) / s.
TEST(DistributionLaw, ALognormalThatIsCutHasThePartialExpectationOfTheTextbook) {
  const Distribution d = resolve("lognormal(p10=1, p90=100)", {"h", {0.0, 120.0}});
  const double s = std::log(100.0) / (2.0 * 1.2815515655446004);
  const double z = std::log(120.0 / 10.0) / s;
  const double wanted = 10.0 * std::exp(s * s / 2.0) * cap_phi(z - s) / cap_phi(z);
  EXPECT_NEAR(mean(d), wanted, 1e-12 * wanted);
  const double square = 100.0 * std::exp(2.0 * s * s) * cap_phi(z - 2.0 * s) / cap_phi(z);
  EXPECT_NEAR(sd(d), std::sqrt(square - wanted * wanted), 1e-12 * wanted);
}

// Cut at 0, the triangle (-1, 2, 5) has the density x + 1 on [0, 2] and 5 - x on [2, 5], over a mass of 8.5.
TEST(DistributionLaw, ATriangleThatIsCutIsIntegratedAcrossItsKink) {
  const Distribution d = resolve("triangular(-1, 2, 5)", amount);
  const double mass = 4.0 + 4.5;
  const double first = 14.0 / 3.0 + 13.5;    // integrals of x f(x)
  const double second = 20.0 / 3.0 + 42.75;  // and of x^2 f(x)
  const double wanted = first / mass;
  // The quantile's second derivative jumps at the mode: the trapezoidal rule keeps eight digits.
  EXPECT_NEAR(mean(d), wanted, 2e-8);
  EXPECT_NEAR(sd(d), std::sqrt(second / mass - wanted * wanted), 2e-8);
}

TEST(DistributionLaw, TruncationMapsUToWhatLiesInside) {
  // docs/method.md, section 1: u becomes F(low) + u (F(high) - F(low)).
  const Distribution d = resolve("normal(0.5, 0.3)", fraction);
  const double below = cap_phi(-5.0 / 3.0);
  EXPECT_NEAR(d.u_low, below, 1e-16);
  EXPECT_NEAR(d.u_high, 1.0 - below, 1e-15);
  for (const double u : {0.01, 0.25, 0.5, 0.8, 0.99}) {
    const double inside = below + u * (1.0 - 2.0 * below);
    EXPECT_NEAR(quantile(d, u), 0.5 + 0.3 * reference(standard, inside), 1e-15) << u;
  }
  EXPECT_NEAR(quantile(d, 0x1p-53), 0.0, 1e-15);
  EXPECT_NEAR(quantile(d, 1.0 - 0x1p-53), 1.0, 1e-15);
}

}  // namespace
