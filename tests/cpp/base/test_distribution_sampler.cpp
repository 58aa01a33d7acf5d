#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "trainplan/base/distribution.hpp"
#include "trainplan/base/error.hpp"

namespace {

using trainplan::Distribution;
using trainplan::Domain;
using trainplan::Family;
using trainplan::Quantity;
using trainplan::distribution::quantile;
using trainplan::distribution::resolve;
using trainplan::distribution::Sampler;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double least_u = 0x1p-53;  // the ends of the uniforms that random numbers are made of
constexpr double most_u = 1.0 - 0x1p-53;
const Domain number{"h", {}};
const Domain amount{"currency", {0.0, inf}};
const Domain fraction{"fraction", {0.0, 1.0}};

std::vector<double> grid(int n) {
  std::vector<double> u = {least_u, 1e-15, 1e-9, 1e-5};
  for (int i = 1; i < n; ++i) u.push_back(static_cast<double>(i) / n);
  u.insert(u.end(), {1.0 - 1e-5, 1.0 - 1e-9, most_u});
  return u;
}

// Every family but those of the beta is a formula: the loop and the exact quantile round it alike.
TEST(Sampler, DrawsTheExactQuantileToTheLastBit) {
  const std::vector<std::pair<const char*, Domain>> cases = {{"7", number},
                                                             {"uniform(2, 7)", number},
                                                             {"uniform(-1, 9)", amount},
                                                             {"triangular(2, 5, 12)", number},
                                                             {"triangular(2, 2, 12)", number},
                                                             {"triangular(2, 12, 12)", number},
                                                             {"triangular(-1, 5, 12)", amount},
                                                             {"normal(3, 2)", number},
                                                             {"normal(2, 2)", amount},
                                                             {"lognormal(p10=2, p90=8)", amount},
                                                             {"lognormal(mean=9, sd=3)", {"h", {0.0, 14.0}}},
                                                             {"3 to 9", number},
                                                             {"3 to 9", amount},
                                                             {"0.3 to 0.9", fraction},
                                                             {"bernoulli(0.3)", fraction},
                                                             {"discrete(1: .2, 4: .5, 9: .3)", number}};
  for (const auto& [text, domain] : cases) {
    const Distribution d = resolve(text, domain);
    const Sampler sampler(d);
    for (const double u : grid(1000)) EXPECT_EQ(sampler.at(u), quantile(d, u)) << text << " at " << u;
  }
}

TEST(Sampler, DrawsALaneAsItDrawsOneByOne) {
  for (const char* text : {"uniform(2, 7)", "triangular(2, 5, 12)", "pert(2, 5, 12)", "normal(3, 2)",
                           "beta(2, 5)", "lognormal(p10=2, p90=8)", "discrete(1: .2, 4: .8)", "4"}) {
    const Sampler sampler(resolve(text, amount));
    for (const std::size_t length : {0U, 1U, 2U, 7U, 8U, 63U, 64U, 1000U}) {
      std::vector<double> lane(length);
      for (std::size_t i = 0; i < length; ++i) {
        lane[i] = (static_cast<double>(i) + 0.5) / static_cast<double>(length);
      }
      const std::vector<double> u = lane;
      sampler.draw(lane);
      for (std::size_t i = 0; i < length; ++i) EXPECT_EQ(lane[i], sampler.at(u[i])) << text;
    }
  }
}

// The largest distance of the pieces from Boost's quantile, where both are the number nearest to an end, 0.
double largest_error(double alpha, double beta) {
  const Sampler sampler(Distribution{.family = Family::beta, .a = alpha, .b = beta});
  const boost::math::beta_distribution<> law(alpha, beta);
  double worst = 0.0;
  for (const double u : grid(400)) {
    const double exact = u < 0.5 ? boost::math::quantile(law, u)
                                 : boost::math::quantile(boost::math::complement(law, 1.0 - u));
    worst = std::max(worst, std::abs(sampler.at(u) - exact));
  }
  return worst;
}

TEST(Sampler, OfABetaIsWithin3e8OfTheWidthForShapesOfAtLeastOne) {
  const std::vector<double> shapes = {1.0, 1.05, 1.2,  1.5,   2.0, 3.0, 5.0,
                                      8.0, 20.0, 82.0, 200.0, 1e3, 1e4, 1e6};
  double worst = 0.0;
  for (const double alpha : shapes) {
    for (const double beta : shapes) worst = std::max(worst, largest_error(alpha, beta));
  }
  EXPECT_LT(worst, 3e-8);
  EXPECT_GT(worst,
            1.5e-8);  // beta(1, 1), the uniform distribution, has the largest: the statement is not idle
}

TEST(Sampler, OfABetaIsCoarserForShapesBelowOneAsTheHeaderSays) {
  double of_half = 0.0;
  double of_tenth = 0.0;
  for (const double beta : {0.5, 0.7, 1.0, 1.5, 4.0, 5.0, 20.0}) {
    of_half = std::max({of_half, largest_error(0.5, beta), largest_error(beta, 0.5)});
  }
  for (const double beta : {0.1, 0.5, 1.0, 2.0, 20.0}) {
    of_tenth = std::max({of_tenth, largest_error(0.1, beta), largest_error(beta, 0.1)});
  }
  EXPECT_LT(of_half, 2e-7);
  EXPECT_LT(of_tenth, 3e-5);
}

// A pert's shapes are at least 1 and add up to shape + 2, so few of them come near the uniform distribution.
TEST(Sampler, OfAPertOfTheUsualShapeIsWithin3e8OfTheWidth) {
  double worst = 0.0;
  for (int i = 0; i <= 10; ++i) {
    for (const double shape : {1.0, 2.0, 4.0, 10.0, 40.0}) {
      const double mode = i / 10.0;
      worst = std::max(worst, largest_error(1.0 + shape * mode, 1.0 + shape * (1.0 - mode)));
    }
  }
  EXPECT_LT(worst, 3e-8);
}

// Boost's own search for these quantiles does not end: beta(1/2, 2) and beta(1/2, 3) below u = 1e-8.
TEST(Sampler, OfTheShapesWhoseTailBoostDoesNotFindFollowsTheLeadingTerm) {
  for (const double beta : {2.0, 3.0}) {
    const Distribution d{.family = Family::beta, .a = 0.5, .b = beta};
    const Distribution mirrored{.family = Family::beta, .a = beta, .b = 0.5};
    const Sampler sampler(d);
    const Sampler mirror(mirrored);
    // I_x = x^(1/2) / (B(1/2, beta) / 2) (1 + O(x)), B(1/2, 2) = 4/3 and B(1/2, 3) = 16/15.
    const double half_b = beta == 2.0 ? 2.0 / 3.0 : 8.0 / 15.0;
    for (const double u : {least_u, 1e-15, 1e-13, 1e-11, 1e-9, 1e-8}) {
      const double leading = (u * half_b) * (u * half_b);
      EXPECT_NEAR(quantile(d, u), leading, 1e-11 * leading) << u;
      EXPECT_NEAR(quantile(mirrored, 1.0 - u), 1.0, 1e-15);
    }
    const boost::math::beta_distribution<> law(0.5, beta);
    for (const double u : {0.001, 0.01, 0.1, 0.5, 0.9, 0.999}) {
      const double exact = boost::math::quantile(law, u);
      EXPECT_NEAR(sampler.at(u), exact, 1e-7);  // a shape below 1
      EXPECT_NEAR(mirror.at(1.0 - u), 1.0 - exact, 1e-7);
      EXPECT_NEAR(quantile(d, u), exact, 1e-14);
    }
  }
}

TEST(Sampler, OfABetaIsMonotoneAndInsideForEveryShape) {
  std::mt19937_64 bits(7);
  std::uniform_real_distribution<double> exponent(-3.0, 6.0);
  for (int run = 0; run < 400; ++run) {
    const double alpha = std::pow(10.0, exponent(bits));
    const double beta = std::pow(10.0, exponent(bits));
    const Sampler sampler(Distribution{.family = Family::beta, .a = alpha, .b = beta});
    double before = 0.0;
    for (const double u : grid(500)) {
      const double now = sampler.at(u);
      EXPECT_GE(now, before) << alpha << " " << beta << " at " << u;
      before = now;
    }
    EXPECT_LE(before, 1.0);
  }
}

TEST(Sampler, IsMonotoneInU) {
  for (const char* text :
       {"pert(0, 0.15, 0.4)", "beta(0.7, 0.7)", "triangular(2, 5, 12)", "normal(3, 2)", "0.2 to 0.9",
        "normal(1, 1)", "pert(-1, 2, 9)", "uniform(-1, 9)", "lognormal(mean=9, sd=3)"}) {
    const Sampler sampler(resolve(text, amount));
    double before = 0.0;
    for (const double u : grid(20'000)) {
      const double now = sampler.at(u);
      EXPECT_GE(now, before) << text << " at " << u;
      before = now;
    }
  }
}

TEST(Sampler, NeverLeavesTheFieldsRangeNorReachesItsOpenEnds) {
  const Domain open{"fraction", {0.0, 1.0, true, true}};
  for (const char* text : {"uniform(0, 1)", "uniform(0.5, 1)", "triangular(0, 1, 1)", "triangular(0, 0, 1)",
                           "pert(0, 1, 1)", "pert(0, 0, 1)", "beta(0.1, 0.1)", "normal(0.5, 0.39)",
                           "0.0001 to 0.9999", "lognormal(mean=0.5, sd=0.4)", "uniform(-0.1, 1.1)"}) {
    const Distribution d = resolve(text, open);
    const Sampler sampler(d);
    for (const double u : {least_u, 1e-15, 1e-9, 0.5, 1.0 - 1e-9, most_u}) {
      EXPECT_GT(sampler.at(u), 0.0) << text << " at " << u;
      EXPECT_LT(sampler.at(u), 1.0) << text << " at " << u;
      EXPECT_GT(quantile(d, u), 0.0) << text << " at " << u;
      EXPECT_LT(quantile(d, u), 1.0) << text << " at " << u;
    }
  }
}

// u_low + u (1 - u_low) can round to 1, whose normal quantile is infinite.
TEST(Sampler, IsFiniteWhereverTheRangeCuts) {
  for (int i = 0; i < 2000; ++i) {
    const std::string text = "normal(" + trainplan::shown(0.8502 + i * 0.001) + ", 1)";
    const Distribution d = resolve(Quantity(std::string_view(text)), amount);
    EXPECT_TRUE(std::isfinite(Sampler(d).at(most_u))) << text;
    EXPECT_TRUE(std::isfinite(quantile(d, most_u))) << text;
  }
}

TEST(Sampler, DoublingAmountsDoublesDrawsBitForBit) {
  const std::vector<std::pair<const char*, const char*>> pairs = {
      {"7 to 31", "14 to 62"},
      {"30000 to 50000", "60000 to 100000"},
      {"pert(3, 4, 11)", "pert(6, 8, 22)"},
      {"uniform(3, 11)", "uniform(6, 22)"},
      {"triangular(3, 4, 11)", "triangular(6, 8, 22)"},
      {"lognormal(mean=9, sd=3)", "lognormal(mean=18, sd=6)"},
      {"lognormal(p10=3, p90=7)", "lognormal(p10=6, p90=14)"},
      {"normal(90, 7)", "normal(180, 14)"},
      {"normal(1, 1)", "normal(2, 2)"},
      {"discrete(3: 0.4, 7: 0.6)", "discrete(6: 0.4, 14: 0.6)"},
      {"8", "16"}};
  for (const auto& [once, twice] : pairs) {
    const Sampler a(resolve(once, amount));
    const Sampler b(resolve(twice, amount));
    for (const double u : grid(1000)) EXPECT_EQ(2.0 * a.at(u), b.at(u)) << once;
  }
}

}  // namespace
