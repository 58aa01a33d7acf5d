#include "trainplan/base/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/statistics_nist.hpp"
#include "base/statistics_trials.hpp"

namespace {

using namespace statistics_tests;
using namespace trainplan::statistics;

// ---- mean and standard deviation ----

/// Correct decimal digits, at most 15 as the certified values have no more.
double log_relative_error(double value, double certified) {
  if (value == certified) return 15.0;
  return std::min(15.0, -std::log10(std::abs(value - certified) / std::abs(certified)));
}

TEST(Moments, AgreeWithTheCertifiedValuesOfNist) {
  for (const nist::Univariate& set : nist::univariate()) {
    // Decimals held in doubles limit these: their spread is small beside their size.
    const double digits = set.name == "NumAcc4"    ? 8.2
                          : set.name == "NumAcc3"  ? 9.4
                          : set.name == "Mavro"    ? 13.0
                          : set.name == "Michelso" ? 13.7
                                                   : 15.0;
    const Moments m = moments(set.values);
    EXPECT_EQ(log_relative_error(m.mean, set.mean), 15.0) << set.name;
    EXPECT_GE(log_relative_error(m.sd, set.sd), digits) << set.name;
    EXPECT_EQ(m.count, set.values.size());
  }
}

TEST(Moments, ATenthTenMillionTimesKeepsItsMean) {
  EXPECT_EQ(moments(Values(10'000'000, 0.1)).mean, 0.1);
  EXPECT_EQ(moments(Values(10'000'000, 0.1)).sd, 0.0);
}

TEST(Moments, SmallTermsSurviveLargeOnesThatCancel) {
  Values values(10'001, 1.0);
  for (std::size_t i = 0; i + 1 < 10'000; i += 2) {
    values[i] = 1e16;
    values[i + 1] = -1e16;
  }
  EXPECT_EQ(moments(values).mean, 1.0 / 10'001.0);
}

TEST(Moments, OfEqualTrialsHaveNoSpreadWhateverTheDivisionRoundsTo) {
  for (const double x : noise(200)) {
    for (const std::size_t n : {3UL, 10UL, 49UL, 1000UL}) {
      EXPECT_EQ(moments(Values(n, x)).mean, x);
      EXPECT_EQ(moments(Values(n, x)).sd, 0.0);
    }
  }
}

TEST(Moments, HoldWhereTheMeanItselfMustRound) {
  // The mean 10^16 + 2.5 lies between two doubles; the squared deviations add to 11.
  expect_close(moments(Values{1e16, 1e16 + 2, 1e16 + 4, 1e16 + 4}).sd, std::sqrt(11.0 / 3.0));
}

TEST(Moments, OfOneTrialHaveNoSpread) {
  const Moments m = moments(Values{4.0});
  EXPECT_EQ(m.mean, 4.0);
  EXPECT_TRUE(std::isnan(m.sd));
}

TEST(Moments, DoubleWithTheValuesBitForBit) {
  Values values = noise(70'001);
  const Moments once = moments(values);
  for (double& x : values) x *= 2.0;
  EXPECT_EQ(moments(values).mean, 2.0 * once.mean);
  EXPECT_EQ(moments(values).sd, 2.0 * once.sd);
}

TEST(Moments, OfUniformNumbersAreOneHalfAndOneTwelfth) {
  const Moments m = moments(noise(1'000'000));
  const double error = std::sqrt(1.0 / 12.0 / 1e6);
  EXPECT_NEAR(m.mean, 0.5, 4.0 * error);  // 4 standard errors
  // 4 standard errors of a standard deviation: sd sqrt((kurtosis - 1) / 4n), kurtosis of a uniform 1.8.
  EXPECT_NEAR(m.sd, std::sqrt(1.0 / 12.0), 4.0 * std::sqrt(1.0 / 12.0) * std::sqrt(0.8 / 4e6));
}

// ---- quantiles ----

TEST(Quantiles, FollowTheTextbookExample) {
  const Values values{1, 1, 1, 2, 10};
  expect_close(quantiles(values, Values{0.9})[0], 6.8);
  EXPECT_EQ(quantiles(values, Values{0.9}, QuantileMethod::inverted_cdf)[0], 10.0);
}

TEST(Quantiles, AtZeroAndOneAreMinimumAndMaximum) {
  const Values values = noise(50'000);
  for (const QuantileMethod method : {QuantileMethod::linear, QuantileMethod::inverted_cdf}) {
    const Values ends = quantiles(values, Values{0.0, 1.0}, method);
    EXPECT_EQ(ends[0], *std::min_element(values.begin(), values.end()));
    EXPECT_EQ(ends[1], *std::max_element(values.begin(), values.end()));
  }
}

TEST(Quantiles, EqualThoseOfSortedValuesInEverySizeAndShape) {
  const Values levels{0.0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999, 1.0};
  for (const std::size_t n : {1UL, 2UL, 3UL, 64UL, 1000UL, 32'768UL, 32'769UL, 100'003UL}) {
    Values values = noise(n);
    const auto check = [&](const char* shape) {
      const Values found = quantiles(values, levels);
      for (std::size_t i = 0; i < levels.size(); ++i) {
        EXPECT_TRUE(same_bits(found[i], linear(values, levels[i]))) << shape << ' ' << n << ' ' << levels[i];
      }
    };
    check("random");
    std::sort(values.begin(), values.end());
    check("sorted");
    std::reverse(values.begin(), values.end());
    check("falling");
    for (double& x : values) x = std::floor(8.0 * x);
    check("ties");
    std::fill(values.begin(), values.end(), 0.3);
    check("equal");
  }
}

TEST(Quantiles, AreRightWhenASampleOfThemMisleads) {
  // Every sixth value is 0, which is all that a sample of 16,384 out of 6 * 16,384 values at equal steps
  // sees.
  Values values = noise(6 * 16'384);
  for (std::size_t i = 0; i < values.size(); i += 6) values[i] = 0.0;
  const Values found = quantiles(values, p10_p50_p90);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(found[i], linear(values, p10_p50_p90[i]));
}

TEST(Quantiles, OfManyLevelsAtOnceEqualThoseOneByOne) {
  const Values values = noise(100'000);
  Values levels(99);
  for (std::size_t i = 0; i < levels.size(); ++i) levels[i] = static_cast<double>(i + 1) / 100.0;
  const Values together = quantiles(values, levels);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    EXPECT_EQ(together[i], quantiles(values, Values{levels[i]})[0]);
  }
}

TEST(Quantiles, InvertedCdfCoversTheShareItNames) {
  const Values values = noise(1001);
  for (const double level : {0.1, 0.5, 0.9}) {
    const double q = quantiles(values, Values{level}, QuantileMethod::inverted_cdf)[0];
    EXPECT_GE(std::count_if(values.begin(), values.end(), [q](double x) { return x <= q; }), level * 1001.0);
    EXPECT_LT(std::count_if(values.begin(), values.end(), [q](double x) { return x < q; }), level * 1001.0);
  }
}

TEST(Quantiles, TakeNeverAsLaterThanEverything) {
  const Values months{12, not_a_number, 9, 20, not_a_number};
  const QuantilesWithNever found = quantiles_with_never(months, Values{0.0, 0.5, 0.6, 1.0});
  EXPECT_EQ(found.share_never, 0.4);
  EXPECT_EQ(found.values[0], 9.0);
  EXPECT_EQ(found.values[1], 20.0);
  EXPECT_TRUE(std::isnan(found.values[2]));
  EXPECT_TRUE(std::isnan(found.values[3]));
}

TEST(Quantiles, WithNeverInManyTrialsEqualThoseWithALateMonthInstead) {
  Values late = noise(200'000);
  for (std::size_t i = 0; i < late.size(); i += 3) late[i] = 9.0;
  Values never = late;
  std::replace(never.begin(), never.end(), 9.0, not_a_number);
  const Values levels{0.1, 0.3, 0.66, 0.7, 0.9};
  const Values expected = quantiles(late, levels);
  const Values found = quantiles_with_never(never, levels).values;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (expected[i] == 9.0) {
      EXPECT_TRUE(std::isnan(found[i]));
    } else {
      EXPECT_EQ(found[i], expected[i]);
    }
  }
}

TEST(Quantiles, RefuseLevelsThatCannotBe) {
  const Values values{1, 2, 3};
  const auto of = [&](Values levels) { return refusal([&] { (void)quantiles(values, levels); }); };
  EXPECT_EQ(of({}), "levels: is empty, must hold at least one level");
  EXPECT_EQ(of({0.5, 90}), "levels[1]: is 90, must be from 0 to 1 (did you mean 0.9?)");
  EXPECT_EQ(of({-0.1}), "levels[0]: is -0.1, must be from 0 to 1");
  EXPECT_EQ(of({not_a_number, 101}),
            "levels[0]: is nan, must be from 0 to 1\nlevels[1]: is 101, must be from 0 to 1");
  EXPECT_EQ(of({0.5, 0.1, 0.5}), "levels[2]: is 0.5, must not repeat an earlier level");
}

TEST(Trials, ThatAreNotNumbersAreRefusedWithTheirCount) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  const std::string rest = ", must be finite and at most 1e150 in size";
  const auto of = [&](Values values) { return refusal([&] { (void)moments(values); }); };
  EXPECT_EQ(of({}), "values: is empty, must hold at least one trial");
  EXPECT_EQ(of({1, not_a_number, 2, -not_a_number}), "values: is nan in trial 1 (2 such of 4 trials)" + rest);
  EXPECT_EQ(of({1, 2, -infinite}), "values: is -inf in trial 2 (1 such of 3 trials)" + rest);
  EXPECT_EQ(of({1e151}), "values: is 1e+151 in trial 0 (1 such of 1 trials)" + rest);
  EXPECT_EQ(of({1e150, -1e150}), "accepted");
  EXPECT_EQ(
      refusal([&] { (void)summarize(Values{not_a_number, infinite}, p10_p50_p90, {.nan_is_never = true}); }),
      "values: is inf in trial 1 (1 such of 2 trials)" + rest);
}

}  // namespace
