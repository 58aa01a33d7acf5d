#include "trainplan/base/distribution.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trainplan/base/error.hpp"

namespace {

using trainplan::Distribution;
using trainplan::Domain;
using trainplan::Family;
using trainplan::InputError;
using trainplan::Range;
using trainplan::distribution::quantile;
using trainplan::distribution::resolve;
namespace distribution = trainplan::distribution;

constexpr double inf = std::numeric_limits<double>::infinity();
const Domain number{"h", {}};
const Domain amount{"currency", {0.0, inf}};
const Domain fraction{"fraction", {0.0, 1.0}};
const Domain percent{"%", {0.0, 100.0}};

std::string refusal(const char* text, const Domain& domain) {
  try {
    static_cast<void>(resolve(text, domain));
  } catch (const InputError& error) {
    const trainplan::Problem& problem = error.problems().front();
    return problem.allowed + (problem.hint.empty() ? "" : " | " + problem.hint);
  }
  return "accepted";
}

void expect_close(double got, double wanted, double relative = 1e-12) {
  EXPECT_NEAR(got, wanted, relative * std::max(1.0, std::abs(wanted)));
}

TEST(Distribution, TwoEndsArePercentiles10And90InEveryFamily) {
  for (const Domain& domain : {number, amount, fraction}) {
    const Distribution d = resolve("0.2 to 0.7", domain);
    expect_close(quantile(d, 0.1), 0.2);
    expect_close(quantile(d, 0.9), 0.7);
  }
  EXPECT_EQ(resolve("0.2 to 0.7", number).family, Family::normal);
  EXPECT_EQ(resolve("0.2 to 0.7", amount).family, Family::lognormal);
  EXPECT_EQ(resolve("0.2 to 0.7", fraction).family, Family::logit_normal);
  EXPECT_EQ(resolve("20 to 70", percent).family, Family::logit_normal);
}

TEST(Distribution, TheFamilyFollowsTheFieldNeverTheNumbers) {
  EXPECT_EQ(resolve("-3 to 3", number).family, resolve("3 to 9", number).family);
}

TEST(Distribution, AnEndOnABoundIsRefusedWithAdvice) {
  EXPECT_EQ(refusal("0 to 5", amount),
            "an end of 'a to b' cannot lie on the bound 0 | name uniform, triangular or pert instead");
  EXPECT_EQ(refusal("0.5 to 1", fraction),
            "an end of 'a to b' cannot lie on the bound 1 | name uniform, triangular or pert instead");
  EXPECT_EQ(refusal("5 to 3", number), "'a to b' needs a < b: they are P10 and P90");
  EXPECT_EQ(refusal("0.5 to 2", fraction), "must be between 0 and 1");
  EXPECT_TRUE(resolve("5 to 5", number).certain());
}

TEST(Distribution, APercentSignMeansWhatTheUnitSays) {
  EXPECT_EQ(resolve("12%", percent).a, 12.0);
  EXPECT_EQ(resolve("12%", fraction).a, 0.12);
  EXPECT_EQ(refusal("12%", number), "no percent sign here: the unit is h");
  expect_close(quantile(resolve("6% to 12%", fraction), 0.9), 0.12);
}

// Program evaluation and review technique, Wikipedia: activities a to g, expected times (a + 4 m + b) / 6.
TEST(Distribution, PertHasThePublishedMeans) {
  const std::vector<std::pair<const char*, double>> activities = {
      {"pert(2, 4, 6)", 4.0},  {"pert(3, 5, 9)", 5.33}, {"pert(4, 5, 7)", 5.17}, {"pert(4, 6, 10)", 6.33},
      {"pert(4, 5, 7)", 5.17}, {"pert(3, 4, 8)", 4.5},  {"pert(3, 5, 8)", 5.17}};
  for (const auto& [text, mean] : activities)
    EXPECT_NEAR(distribution::mean(resolve(text, number)), mean, 0.005);
}

// Modified PERT as a scaled beta, computed with 50 digits: Beta(2, 4) on [0, 20].
TEST(Distribution, PertHasTheQuantilesOfItsBeta) {
  const Distribution d = resolve("pert(0, 5, 20)", number);
  expect_close(distribution::mean(d), 6.666666666666667);
  expect_close(distribution::sd(d) * distribution::sd(d), 12.698412698412698);
  const std::vector<double> wanted = {1.5288078282465778, 2.2446991709171713, 6.276203409113949,
                                      11.677807492390578, 13.148166360022774};
  const std::vector<double> levels = {0.05, 0.1, 0.5, 0.9, 0.95};
  for (std::size_t i = 0; i < levels.size(); ++i)
    EXPECT_NEAR(quantile(d, levels[i]), wanted[i], 1e-10 * wanted[i]);
}

// Closed form of the triangular distribution.
TEST(Distribution, TriangularHasItsClosedForm) {
  const Distribution d = resolve("triangular(2, 5, 12)", number);
  expect_close(distribution::mean(d), 19.0 / 3.0);
  expect_close(distribution::sd(d) * distribution::sd(d), 4.388888888888889);
  const std::vector<double> wanted = {3.224744871391589, 5.0, 6.083920216900384, 8.25834261322606,
                                      9.35424868893541};
  const std::vector<double> levels = {0.05, 0.3, 0.5, 0.8, 0.9};
  for (std::size_t i = 0; i < levels.size(); ++i)
    EXPECT_NEAR(quantile(d, levels[i]), wanted[i], 1e-12 * wanted[i]);
}

// Netflix riskquant, tests/test_simpleloss.py: P5 = 1 and P95 = 10 have the mean 4.040012826945718. P10 and
// P90 of that law are exp(mu -+ z90 sigma) with mu = log(10)/2 and sigma = log(10)/(2 z95).
TEST(Distribution, LognormalHasThePublishedMean) {
  const double sigma = std::log(10.0) / (2.0 * boost::math::quantile(boost::math::normal(), 0.95));
  const double z90 = boost::math::quantile(boost::math::normal(), 0.9);
  const std::string text = "lognormal(p10=" + trainplan::shown(std::sqrt(10.0) * std::exp(-z90 * sigma)) +
                           ", p90=" + trainplan::shown(std::sqrt(10.0) * std::exp(z90 * sigma)) + ")";
  EXPECT_NEAR(distribution::mean(resolve(trainplan::Quantity(std::string_view(text)), amount)),
              4.040012826945718, 1e-8 * 4.04);
}

TEST(Distribution, LognormalTakesMeanAndSdWithoutLosingSmallOnes) {
  const Distribution d = resolve("lognormal(mean=9, sd=3)", amount);
  expect_close(distribution::mean(d), 9.0);
  expect_close(distribution::sd(d), 3.0);
  const Distribution tiny = resolve("lognormal(mean=9, sd=9e-9)", amount);
  expect_close(tiny.b, 1e-9);
}

TEST(Distribution, ADegenerateOneIsCertain) {
  for (const char* text : {"pert(5, 5, 5)", "triangular(5, 5, 5)", "uniform(5, 5)", "normal(5, 0)",
                           "lognormal(mean=5, sd=0)", "discrete(5: 1)"}) {
    const Distribution d = resolve(text, number);
    EXPECT_TRUE(d.certain()) << text;
    EXPECT_EQ(d.a, 5.0) << text;
  }
}

TEST(Distribution, WrongArgumentsAreRefusedWithTheRule) {
  EXPECT_EQ(refusal("pert(9, 6, 12)", number), "pert needs low <= mode <= high; they are 9, 6, 12");
  EXPECT_EQ(refusal("triangular(1, 5, 3)", number), "triangular needs low <= mode <= high; they are 1, 5, 3");
  EXPECT_EQ(refusal("normal(5, -1)", number), "normal needs sd >= 0");
  EXPECT_EQ(refusal("lognormal(mean=-1, sd=1)", number), "lognormal needs mean > 0");
  EXPECT_EQ(refusal("lognormal(p10=0, p90=3)", number), "lognormal needs 0 < p10 <= p90");
  EXPECT_EQ(refusal("uniform(3, 1)", number), "uniform needs low <= high");
  EXPECT_EQ(refusal("beta(0, 1)", number), "beta needs alpha and beta above 0 and at most 1000000");
  EXPECT_EQ(refusal("pert(1, 2)", number), "must be pert(low, mode, high, shape=4)");
  EXPECT_EQ(refusal("normal(1, 2, 3)", number), "must be normal(mean, sd)");
  EXPECT_EQ(refusal("discrete(0: 0.7, 1: 0.4)", number).substr(0, 23), "probabilities must sum ");
  EXPECT_EQ(refusal("bernoulli(1.5)", number), "a probability must be between 0 and 1");
}

TEST(Distribution, ANumberOutOfRangeIsRefusedAndPercentIsSuspected) {
  EXPECT_EQ(refusal("8", {"fraction", {-0.99, 1.0, true}}),
            "must be above -0.99 and at most 1 | did you mean 0.08?");
  EXPECT_EQ(refusal("-1", amount), "must be at least 0");
}

TEST(Distribution, WhatLeavesTheRangeIsTruncatedUpToAFifth) {
  const Distribution d = resolve("normal(1, 1)", amount);  // P(X < 0) = .1587
  EXPECT_NEAR(d.outside(), 0.15865525393145707, 1e-12);
  EXPECT_GE(quantile(d, 1e-12), 0.0);
  // E[X | X > 0] = 1 + phi(1)/Phi(1).
  EXPECT_NEAR(distribution::mean(d), 1.0 + 0.24197072451914337 / 0.8413447460685429, 1e-7);
  EXPECT_NE(refusal("normal(0.5, 1)", amount).find("30.9 % of this distribution lies outside"),
            std::string::npos);
}

TEST(Distribution, DiscreteTakesTheLeastValueThatReachesU) {
  const Distribution d = resolve("discrete(0: 0.7, 1: 0.3)", number);
  EXPECT_EQ(quantile(d, 0.7), 0.0);
  EXPECT_EQ(quantile(d, 0.700001), 1.0);
  expect_close(distribution::mean(d), 0.3);
  expect_close(distribution::sd(d), std::sqrt(0.21));
  EXPECT_EQ(resolve("bernoulli(0.3)", number), d);
}

TEST(Distribution, LogitNormalHasItsMeanBySymmetry) {
  const Distribution d = resolve("0.3 to 0.7", fraction);
  EXPECT_NEAR(distribution::mean(d), 0.5, 1e-13);
  EXPECT_NEAR(quantile(d, 0.5), 0.5, 1e-15);
}

// docs/method.md, section 1: the field's range decides.
TEST(Distribution, TheFamilyOfTwoEndsFollowsTheRange) {
  const auto family = [](const Range& range) { return resolve("2 to 3", {"h", range}).family; };
  EXPECT_EQ(family({0.0, 100.0}), Family::logit_normal);
  EXPECT_EQ(family({-100.0, 100.0}), Family::logit_normal);
  EXPECT_EQ(family({0.0, 5.0, true, true}), Family::logit_normal);
  EXPECT_EQ(family({0.0, inf}), Family::lognormal);
  EXPECT_EQ(family({0.0, inf, true}), Family::lognormal);
  EXPECT_EQ(family({1.0, inf}), Family::normal);
  EXPECT_EQ(family({-1.0, inf, true}), Family::normal);
  EXPECT_EQ(family({-inf, 10.0}), Family::normal);
  EXPECT_EQ(family({}), Family::normal);
  EXPECT_EQ(resolve("-15% to -5%", {"fraction", {-1.0, inf, true}}).family, Family::normal);
}

// The parameters are those of the formulas, and both ends come back from the quantile.
TEST(Distribution, TwoEndsAreExactInEveryFamily) {
  const std::vector<std::pair<double, double>> pairs = {
      {0.001, 0.002}, {0.01, 0.99}, {0.2, 0.7}, {0.45, 0.46}, {0.9, 0.9999}};
  for (const auto& [low, high] : pairs) {
    for (const Range& range :
         {Range{}, Range{0.0, inf}, Range{0.0, 1.0}, Range{-1.0, 1.0}, Range{0.0, 100.0}}) {
      const std::string text = trainplan::shown(low) + " to " + trainplan::shown(high);
      const Distribution d = resolve(trainplan::Quantity(std::string_view(text)), {"h", range});
      // Exact up to the rounding of the formula's terms: of the width on a logit scale, else of the ends.
      const double size = d.family == Family::logit_normal ? range.high - range.low : 1.0;
      EXPECT_NEAR(quantile(d, 0.1), low, 1e-15 * size) << text;
      EXPECT_NEAR(quantile(d, 0.9), high, 1e-15 * size) << text;
    }
  }
}

TEST(Distribution, TwoEndsHaveTheParametersOfTheMethodPage) {
  const double z90 = 1.2815515655446004;
  const Distribution normal = resolve("-3 to 9", number);
  EXPECT_NEAR(normal.a, 3.0, 1e-15);
  EXPECT_NEAR(normal.b, 6.0 / z90, 1e-15);
  const Distribution lognormal = resolve("4 to 9", amount);
  EXPECT_NEAR(lognormal.a, 6.0, 1e-15);
  EXPECT_NEAR(lognormal.b, std::log(2.25) / (2.0 * z90), 1e-15);
  const Distribution logit = resolve("20 to 80", percent);
  EXPECT_NEAR(logit.a, 0.0, 1e-15);
  EXPECT_NEAR(logit.b, std::log(4.0) / z90, 1e-15);
}

TEST(Distribution, APercentSignIsReadInEveryArgument) {
  EXPECT_EQ(resolve("normal(50%, 10%)", fraction), resolve("normal(0.5, 0.1)", fraction));
  EXPECT_EQ(resolve("pert(10%, 20%, 40%, shape=4)", fraction), resolve("pert(0.1, 0.2, 0.4)", fraction));
  EXPECT_EQ(resolve("discrete(10%: 30%, 20%: 0.7)", fraction),
            resolve("discrete(0.1: 0.3, 0.2: 0.7)", fraction));
  EXPECT_EQ(resolve("triangular(10%, 20, 40%)", percent), resolve("triangular(10, 20, 40)", percent));
  EXPECT_EQ(resolve("12%", {"% a year", {0.0, inf}}).a, 12.0);
  EXPECT_EQ(resolve("bernoulli(30%)", number), resolve("bernoulli(0.3)", number));  // a chance in any unit
  EXPECT_EQ(resolve("discrete(1: 30%, 2: 70%)", number), resolve("discrete(1: 0.3, 2: 0.7)", number));
}

TEST(Distribution, APercentSignIsRefusedWhereTheUnitHasNone) {
  EXPECT_EQ(refusal("normal(5, 10%)", number), "no percent sign here: the unit is h");
  EXPECT_EQ(refusal("discrete(5%: 0.5, 6: 0.5)", number), "no percent sign here: the unit is h");
  EXPECT_EQ(refusal("12%", {"", {}}), "no percent sign here: the unit is a number");
  EXPECT_EQ(refusal("pert(1, 2, 3, shape=400%)", percent), "must be pert(low, mode, high, shape=4)");
  EXPECT_EQ(refusal("beta(8%, 2)", fraction), "must be beta(alpha, beta)");
}

TEST(Distribution, ArgumentsHaveOnePlaceOrOneName) {
  EXPECT_EQ(resolve("uniform(high=7, low=2)", number), resolve("uniform(2, 7)", number));
  EXPECT_EQ(resolve("normal(3, sd=2)", number), resolve("normal(3, 2)", number));
  EXPECT_EQ(resolve("pert(1, 2, 3, 6)", number), resolve("pert(1, 2, 3, shape=6)", number));
  EXPECT_EQ(resolve("bernoulli(probability=0.3)", number), resolve("bernoulli(0.3)", number));
  for (const char* text : {"uniform(2, low=7)", "uniform(2, 7, 9)", "uniform(2)", "uniform(2: 0.5, 7: 0.5)",
                           "uniform(least=2, most=7)"}) {
    EXPECT_EQ(refusal(text, number), "must be uniform(low, high)") << text;
  }
  EXPECT_EQ(refusal("triangular(1, 2, 3, 4)", number), "must be triangular(low, mode, high)");
  EXPECT_EQ(refusal("triangular(1, 2, shape=3)", number), "must be triangular(low, mode, high)");
  EXPECT_EQ(refusal("bernoulli(mean=0.3)", number), "must be bernoulli(probability)");
  EXPECT_EQ(refusal("bernoulli(0.3, 0.7)", number), "must be bernoulli(probability)");
  EXPECT_EQ(refusal("discrete(0.3)", number), "must be discrete(value: probability, ...)");
}

TEST(Distribution, ALognormalNamesWhatItsNumbersAre) {
  const std::string form = "must be lognormal(p10=, p90= or mean=, sd=)";
  for (const char* text :
       {"lognormal(9, 3)", "lognormal(9, sd=3)", "lognormal(p10=6, sd=3)", "lognormal(p10=6)",
        "lognormal(mean=9)", "lognormal(mu=2, sigma=1)", "lognormal(p10=6, p90=12, mean=9)"}) {
    EXPECT_EQ(refusal(text, amount), form) << text;
  }
  EXPECT_EQ(refusal("lognormal(p10=6, p90=3)", amount), "lognormal needs 0 < p10 <= p90");
  EXPECT_EQ(refusal("lognormal(mean=0, sd=3)", amount), "lognormal needs mean > 0");
  EXPECT_EQ(refusal("lognormal(mean=9, sd=-3)", amount), "lognormal needs sd >= 0");
  EXPECT_EQ(resolve("lognormal(p10=6, p90=6)", amount).a, 6.0);
  EXPECT_TRUE(resolve("lognormal(p10=6, p90=6)", amount).certain());
}

TEST(Distribution, APertsModeLiesInItsSupportAndItsShapeAboveZero) {
  EXPECT_EQ(refusal("pert(1, 9, 3)", number), "pert needs low <= mode <= high; they are 1, 9, 3");
  EXPECT_EQ(refusal("pert(3, 2, 1)", number), "pert needs low <= mode <= high; they are 3, 2, 1");
  EXPECT_EQ(refusal("pert(1, 2, 3, shape=0)", number), "shape must be above 0 and at most 10000");
  EXPECT_EQ(refusal("pert(1, 2, 3, shape=20000)", number), "shape must be above 0 and at most 10000");
  for (const char* text : {"pert(1, 1, 3)", "pert(1, 3, 3)", "triangular(1, 1, 3)", "triangular(1, 3, 3)"}) {
    const Distribution d = resolve(text, number);
    EXPECT_FALSE(d.certain()) << text;
    EXPECT_GT(quantile(d, 0.5), 1.0) << text;
    EXPECT_LT(quantile(d, 0.5), 3.0) << text;
  }
}

TEST(Distribution, DiscreteValuesAreSortedMergedAndNormalized) {
  EXPECT_EQ(resolve("discrete(3: 0.25, 1: 0.5, 3: 0.25)", number),
            resolve("discrete(1: 0.5, 3: 0.5)", number));
  EXPECT_EQ(resolve("discrete(1: 0.5, 2: 0, 3: 0.5)", number), resolve("discrete(1: 0.5, 3: 0.5)", number));
  const Distribution thirds = resolve("discrete(1: 0.3333333, 2: 0.3333333, 3: 0.3333333)", number);
  EXPECT_EQ(thirds.cumulative.back(), 1.0);
  EXPECT_NEAR(distribution::mean(thirds), 2.0, 1e-15);
  EXPECT_EQ(quantile(thirds, 1.0 - 0x1p-53), 3.0);
  EXPECT_EQ(refusal("discrete(1: 0.33, 2: 0.33, 3: 0.33)", number),
            "probabilities must sum to 1; their sum is 0.99");
  EXPECT_EQ(refusal("discrete(1: 1.5, 2: -0.5)", number), "probabilities must be between 0 and 1");
  EXPECT_EQ(refusal("discrete(-1: 0.1, 2: 0.9)", amount), "each value must be at least 0");
  EXPECT_EQ(refusal("bernoulli(-0.1)", number), "a probability must be between 0 and 1");
  EXPECT_TRUE(resolve("bernoulli(0)", number).certain());
  EXPECT_EQ(resolve("bernoulli(1)", number).a, 1.0);
}

TEST(Distribution, AFifthMayLieOutsideAndNotMore) {
  // P(X < 0) of normal(m, 1) is a fifth at m = 0.841621.
  EXPECT_EQ(refusal("normal(0.8417, 1)", amount), "accepted");
  EXPECT_EQ(refusal("normal(0.8415, 1)", amount),
            "must be at least 0; 20 % of this distribution lies outside (at most 20 % may)");
  // Both ends together: 2 P(X < 0) of normal(0.5, s), a fifth at s = 0.390152.
  EXPECT_EQ(refusal("normal(0.5, 0.39)", fraction), "accepted");
  EXPECT_EQ(refusal("normal(0.5, 0.4)", fraction),
            "must be between 0 and 1; 21.1 % of this distribution lies outside (at most 20 % may)");
  EXPECT_EQ(refusal("uniform(-1, 4.001)", amount), "accepted");
  EXPECT_EQ(refusal("uniform(-1, 3)", amount),
            "must be at least 0; 25 % of this distribution lies outside (at most 20 % may)");
  EXPECT_EQ(refusal("uniform(-3, -1)", amount),
            "must be at least 0; 100 % of this distribution lies outside (at most 20 % may)");
  EXPECT_EQ(refusal("pert(80, 100, 120)", percent).substr(0, 27), "must be between 0 and 100; ");
}

TEST(Distribution, WhatADoubleCannotComputeIsRefused) {
  const std::string reason = "has numbers too large, too small or too far apart to compute with";
  for (const char* text : {"uniform(-1.7e308, 1.7e308)", "normal(1e308, 1e308)", "pert(-1.7e308, 0, 1.7e308)",
                           "triangular(-1.7e308, 0, 1.7e308)", "lognormal(mean=1, sd=1e200)"}) {
    EXPECT_EQ(refusal(text, number), reason) << text;
  }
  EXPECT_EQ(refusal("lognormal(p10=1e-200, p90=1e-190)", amount), reason);
  EXPECT_EQ(refusal("1e200 to 1e201", amount), reason);
  EXPECT_THROW(static_cast<void>(resolve(trainplan::Quantity(inf), number)), InputError);
  EXPECT_THROW(static_cast<void>(resolve(trainplan::Quantity(std::nan("")), number)), InputError);
}

TEST(Distribution, EqualityIsOfWhatIsMeantNotOfWhatIsWritten) {
  EXPECT_EQ(resolve("6 to 12", amount), resolve("lognormal(p10=6, p90=12)", amount));
  EXPECT_EQ(resolve("pert(1, 2, 3)", number), resolve("pert(1, 2, 3, shape=4)", number));
  EXPECT_EQ(resolve("9", number), resolve("normal(9, 0)", number));
  EXPECT_NE(resolve("6 to 12", amount), resolve("6 to 12", number));
}

TEST(Range, IsDescribedAsASentenceNeedsIt) {
  EXPECT_EQ(trainplan::describe(Range{}), "any number");
  EXPECT_EQ(trainplan::describe(Range{0.0, 1.0}), "between 0 and 1");
  EXPECT_EQ(trainplan::describe(Range{0.0, 1.0, true}), "above 0 and at most 1");
  EXPECT_EQ(trainplan::describe(Range{0.0, 1.0, false, true}), "at least 0 and below 1");
  EXPECT_EQ(trainplan::describe(Range{0.0, inf}), "at least 0");
  EXPECT_EQ(trainplan::describe(Range{0.0, inf, true}), "above 0");
  EXPECT_EQ(trainplan::describe(Range{-inf, 1.0}), "at most 1");
  EXPECT_EQ(trainplan::describe(Range{-inf, 1.0, false, true}), "below 1");
  EXPECT_FALSE(Range{}.holds(std::nan("")));
}

}  // namespace
