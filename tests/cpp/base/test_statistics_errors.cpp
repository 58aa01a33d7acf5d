#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/gamma.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "base/statistics_trials.hpp"
#include "trainplan/base/random.hpp"
#include "trainplan/base/statistics.hpp"

namespace {

using namespace statistics_tests;
using namespace trainplan::statistics;

// ---- Monte Carlo errors ----

/// Sample variance, written out once more.
double variance(const Values& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0.0;
  for (const double x : values) squares += (x - mean) * (x - mean);
  return squares / (n - 1.0);
}

/// The variance of K sums of 64 exchangeable trials and of one of r, from that of a trial and the covariance
/// of two trials of a block, which the block sums tell.
double block_error(const Values& values) {
  const std::size_t blocks = values.size() / 64;
  Values means(blocks);
  for (std::size_t i = 0; i < 64 * blocks; ++i) means[i / 64] += values[i] / 64.0;
  const auto n = static_cast<double>(values.size());
  const auto rest = static_cast<double>(values.size() - 64 * blocks);
  const double of_sums = 64.0 * 64.0 * variance(means);
  const double covariance = (of_sums - 64.0 * variance(values)) / (64.0 * 63.0);
  const double part = rest * variance(values) + rest * (rest - 1.0) * covariance;
  return std::sqrt(static_cast<double>(blocks) * of_sums + part) / n;
}

TEST(MeanError, OfRandomTrialsIsThePlainFormula) {
  const Estimate e = mean_error(Values{3, 5, 4, 4}, false);
  EXPECT_EQ(e.value, 4.0);
  expect_close(e.standard_error, std::sqrt(2.0 / 3.0 / 4.0));
  // Student's t with 3 degrees of freedom at 0.975: 3.182446305 (any table).
  expect_close(e.high - 4.0, 3.182446305 * e.standard_error, 1e-9);
  expect_close(4.0 - e.low, e.high - 4.0);
}

TEST(MeanError, OfStratifiedTrialsComesFromBlockMeans) {
  Values values(8 * 64);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t block = i / 64;
    values[i] = static_cast<double>(block) + (i % 2 == 0 ? 100.0 : -100.0);
  }
  const Estimate e = mean_error(values, true);
  EXPECT_EQ(e.value, 3.5);
  expect_close(e.standard_error, std::sqrt(6.0 / 8.0));  // block means 0 to 7 have variance 6
  // Student's t with 7 degrees of freedom at 0.975: 2.364624252 (any table).
  expect_close(e.high - e.low, 2.0 * 2.364624252 * e.standard_error, 1e-9);
}

TEST(MeanError, CountsTrialsBehindTheLastFullBlockAsAPartOfOne) {
  for (const std::size_t n : {512UL, 513UL, 1000UL, 4095UL, 4096UL, 100'001UL}) {
    const Values values = noise(n);
    expect_close(mean_error(values, true).standard_error, block_error(values), 1e-11);  // sums of 1e5 terms
  }
}

TEST(MeanError, OfFewerThanEightBlocksIsThePlainFormula) {
  const Values values = noise(511);
  expect_same(mean_error(values, true), mean_error(values, false));
}

TEST(MeanError, DoesNotDependOnTheOrderWithinBlocksOrOfBlocks) {
  Values values = noise(64 * 20);
  const Estimate before = mean_error(values, true);
  const Estimate quantile = quantile_errors(values, Values{0.9}, true)[0];
  for (std::size_t block = 0; block < 20; ++block) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(64 * block);
    std::reverse(first, first + 64);
    std::rotate(first, first + static_cast<std::ptrdiff_t>(block), first + 64);
  }
  std::rotate(values.begin(), values.begin() + 64 * 7, values.end());
  const Estimate after = mean_error(values, true);
  expect_close(after.value, before.value);
  expect_close(after.standard_error, before.standard_error);
  expect_same(quantile_errors(values, Values{0.9}, true)[0], quantile);
}

TEST(MeanError, NeedsTwoTrialsAndIsZeroWhenAllAreEqual) {
  const Estimate one = mean_error(Values{4.0}, true);
  EXPECT_EQ(one.value, 4.0);
  EXPECT_TRUE(std::isnan(one.standard_error) && std::isnan(one.low) && std::isnan(one.high));
  EXPECT_EQ(one.unknown, Unknown::needs_two_trials);
  for (const std::size_t n : {2UL, 100UL, 1000UL}) {
    expect_same(mean_error(Values(n, 0.1), true), {0.1, 0.0, 0.1, 0.1});
    expect_same(mean_error(Values(n, 0.1), false), {0.1, 0.0, 0.1, 0.1});
  }
}

TEST(ProbabilityError, IsThatOfTheMeanOfTheIndicators) {
  for (const bool stratified : {false, true}) {
    Values indicators = noise(1000);
    for (double& x : indicators) x = x < 0.3 ? 1.0 : 0.0;
    const Estimate p = probability_error(indicators, stratified);
    const Estimate m = mean_error(indicators, stratified);
    EXPECT_EQ(p.value, m.value);
    expect_close(p.standard_error, m.standard_error);
    expect_close(p.low, m.low);
    expect_close(p.high, m.high);
  }
}

TEST(ProbabilityError, OfAnEventNeverOrAlwaysSeenFollowsTheRuleOfThree) {
  expect_same(probability_error(Values(1000, 0.0), true), {0.0, 0.0, 0.0, 0.003});
  expect_same(probability_error(Values(1000, 1.0), false), {1.0, 0.0, 1.0 - 0.003, 1.0});
  const Estimate one = probability_error(Values{1.0}, false);
  EXPECT_EQ(one.low, 0.0);
  EXPECT_EQ(one.high, 1.0);
  EXPECT_EQ(one.unknown, Unknown::needs_two_trials);
}

TEST(ProbabilityError, StaysBetweenZeroAndOne) {
  Values rare(1000, 0.0);
  rare[500] = 1.0;
  EXPECT_EQ(probability_error(rare, false).low, 0.0);
  for (double& x : rare) x = 1.0 - x;
  EXPECT_EQ(probability_error(rare, false).high, 1.0);
}

TEST(ProbabilityError, RefusesWhatIsNoIndicator) {
  EXPECT_EQ(refusal([] { (void)probability_error(Values{0, 1, 0.5}, false); }),
            "events: is 0.5 in trial 2, must be 0 or 1");
  EXPECT_EQ(refusal([] { (void)probability_error(Values{not_a_number}, false); }),
            "events: is nan in trial 0, must be 0 or 1");
}

TEST(DifferenceError, IsThatOfTheTrialByTrialDifferences) {
  const Values a = noise(1000, 1);
  Values b(a);
  const Values small = noise(1000, 2);
  for (std::size_t i = 0; i < b.size(); ++i) b[i] += 0.25 + small[i] / 64.0;
  Values differences(1000);
  for (std::size_t i = 0; i < b.size(); ++i) differences[i] = a[i] - b[i];
  expect_same(difference_error(a, b, true), mean_error(differences, true));
  EXPECT_LT(difference_error(a, b, false).standard_error, mean_error(a, false).standard_error / 50.0);
  EXPECT_EQ(difference_error(a, a, true).standard_error, 0.0);
  EXPECT_EQ(refusal([&] { (void)difference_error(a, Values{1}, false); }),
            "b: is of 1 trials, must hold as many trials as a (1000)");
}

TEST(QuantileErrors, AreQuantilesAtTheEndsOfTheIntervalOfTheProbability) {
  for (const std::size_t n : {600UL, 40'000UL}) {
    for (const bool stratified : {false, true}) {
      const Values values = noise(n);
      for (const double level : p10_p50_p90) {
        const Estimate e = quantile_errors(values, Values{level}, stratified)[0];
        EXPECT_EQ(e.value, linear(values, level));
        Values indicators(values);
        for (double& x : indicators) x = x <= e.value ? 1.0 : 0.0;
        const Estimate p = probability_error(indicators, stratified);
        const double half = (p.high - p.low) / 2.0;
        expect_close(e.low, linear(values, level - half),
                     1e-9);  // a rounding of the level moves it along a step
        expect_close(e.high, linear(values, level + half), 1e-9);
        expect_close(e.standard_error, (e.high - e.low) / 2.0 / (half / p.standard_error), 1e-9);
      }
    }
  }
}

TEST(QuantileErrors, SeeBothSidesOfAStep) {
  // 11 % of the trials stand at the top: P90 is the top, but 10.5 % +- 1 % would do as well.
  Values values = noise(1000);
  std::sort(values.begin(), values.end());
  std::fill(values.begin() + 895, values.end(), 2.0);
  const Estimate e = quantile_errors(values, Values{0.9}, false)[0];
  EXPECT_EQ(e.value, 2.0);
  EXPECT_EQ(e.high, 2.0);
  EXPECT_LT(e.low, 1.0);
  EXPECT_GT(e.standard_error, 0.0);
}

TEST(QuantileErrors, AreUnknownAtTheEndsAndForOneTrial) {
  const std::vector<Estimate> ends = quantile_errors(Values{1, 2, 3}, Values{0.0, 1.0}, false);
  EXPECT_EQ(ends[0].value, 1.0);
  EXPECT_EQ(ends[1].value, 3.0);
  EXPECT_EQ(ends[0].unknown, Unknown::end_of_sample);
  EXPECT_TRUE(std::isnan(ends[1].standard_error));
  EXPECT_EQ(quantile_errors(Values{7}, Values{0.5}, false)[0].unknown, Unknown::needs_two_trials);
  expect_same(quantile_errors(Values(100, 0.1), Values{0.5}, false)[0], {0.1, 0.0, 0.1, 0.1});
}

// ---- summary ----

TEST(Summarize, GivesTheSameBitsAsTheFunctionsOfOnePurpose) {
  for (const std::size_t n : {1UL, 1000UL, 50'000UL}) {
    for (const bool stratified : {false, true}) {
      const Values values = noise(n);
      const Summary s = summarize(values, p10_p50_p90, {.stratified = stratified});
      expect_same(s.mean, mean_error(values, stratified));
      EXPECT_TRUE(same_bits(s.sd, moments(values).sd));
      EXPECT_EQ(s.min, quantiles(values, Values{0.0})[0]);
      EXPECT_EQ(s.max, quantiles(values, Values{1.0})[0]);
      EXPECT_EQ(s.count, n);
      EXPECT_FALSE(s.never.has_value());
      const std::vector<Estimate> q = quantile_errors(values, p10_p50_p90, stratified);
      for (std::size_t i = 0; i < q.size(); ++i) expect_same(s.quantiles[i], q[i]);
    }
  }
}

TEST(Summarize, SaysNeverWhereTrialsHaveNoValue) {
  Values months(1000);
  for (std::size_t i = 0; i < months.size(); ++i) {
    months[i] =
        i % 10 < 3 ? not_a_number : static_cast<double>(i % 10);  // 3 to 9, and never in 30 % of the trials
  }
  const Values levels{0.0, 0.05, 0.45, 0.695, 0.9, 1.0};
  const Summary s = summarize(months, levels, {.nan_is_never = true});
  EXPECT_EQ(s.never.value().value, 0.3);
  EXPECT_GT(s.never.value().standard_error, 0.0);
  EXPECT_TRUE(std::isnan(s.mean.value) && std::isnan(s.sd) && std::isnan(s.max));
  EXPECT_EQ(s.mean.unknown, Unknown::never);
  EXPECT_EQ(s.min, 3.0);
  EXPECT_EQ(s.quantiles[0].value, 3.0);
  expect_same(s.quantiles[1], {3.0, 0.0, 3.0, 3.0});
  EXPECT_EQ(s.quantiles[2].value, 7.0);
  EXPECT_EQ(s.quantiles[3].value, 9.0);  // known, but its upper bound may be never
  EXPECT_EQ(s.quantiles[3].low, 9.0);
  EXPECT_TRUE(std::isnan(s.quantiles[3].high) && std::isnan(s.quantiles[3].standard_error));
  EXPECT_EQ(s.quantiles[3].unknown, Unknown::never);
  EXPECT_TRUE(std::isnan(s.quantiles[4].value) && std::isnan(s.quantiles[5].value));
  EXPECT_EQ(s.quantiles[5].unknown, Unknown::never);
}

TEST(Summarize, OfTrialsThatAreAllNeverKnowsOnlyTheShare) {
  const Summary s = summarize(Values(100, not_a_number), p10_p50_p90, {.nan_is_never = true});
  expect_same(s.never.value(), {1.0, 0.0, 1.0 - 0.03, 1.0});
  EXPECT_TRUE(std::isnan(s.min) && std::isnan(s.max) && std::isnan(s.quantiles[0].value));
  EXPECT_EQ(s.quantiles[0].unknown, Unknown::never);
}

TEST(Summarize, WithoutAnyNeverKnowsEverything) {
  const Values values = noise(1000);
  const Summary s = summarize(values, p10_p50_p90, {.stratified = true, .nan_is_never = true});
  expect_same(s.mean, mean_error(values, true));
  expect_same(s.never.value(), {0.0, 0.0, 0.0, 0.003});
}

// ---- are the error bars honest on the trials of a run? ----

/// Sums of six exponential inputs, whose law is the gamma law of shape 6, for the trials of one seed; `other`
/// weighs the same inputs by 1.5, 1.3, 1.1, 0.9, 0.7 and 0.5.
struct Outcomes {
  Values y, other;
};

Outcomes outcomes(std::uint64_t seed, trainplan::Sampling sampling, std::size_t n) {
  Outcomes o{Values(n, 0.0), Values(n, 0.0)};
  Values u(n);
  for (int input = 0; input < 6; ++input) {
    trainplan::rng::uniforms(seed, trainplan::path_hash("input" + std::to_string(input)), 0, sampling, u);
    for (std::size_t i = 0; i < n; ++i) {
      o.y[i] -= std::log(u[i]);
      o.other[i] -= (1.5 - 0.2 * input) * std::log(u[i]);
    }
  }
  return o;
}

TEST(Intervals, CoverTheTruthAsOftenAsTheySay) {
  const boost::math::gamma_distribution<> law(6.0);
  const std::vector<double> truth{6.0,
                                  0.0,
                                  boost::math::cdf(boost::math::complement(law, 8.0)),
                                  boost::math::quantile(law, 0.1),
                                  boost::math::quantile(law, 0.5),
                                  boost::math::quantile(law, 0.9)};
  constexpr int seeds = 400;
  // Hits of a true 95 % interval are binomial: 3.5 standard errors of their share, 0.038.
  const double bound = 3.5 * std::sqrt(0.95 * 0.05 / seeds);
  for (const bool stratified : {false, true}) {
    Values hits(truth.size(), 0.0);
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      const auto sampling = stratified ? trainplan::Sampling::stratified : trainplan::Sampling::random;
      const Outcomes o = outcomes(seed, sampling, 2'080);
      Values above(o.y);
      for (double& x : above) x = x > 8.0 ? 1.0 : 0.0;
      std::vector<Estimate> estimates{mean_error(o.y, stratified), difference_error(o.y, o.other, stratified),
                                      probability_error(above, stratified)};
      for (const Estimate& e : quantile_errors(o.y, p10_p50_p90, stratified)) estimates.push_back(e);
      for (std::size_t i = 0; i < truth.size(); ++i) {
        hits[i] += estimates[i].low <= truth[i] && truth[i] <= estimates[i].high ? 1.0 : 0.0;
      }
    }
    for (std::size_t i = 0; i < truth.size(); ++i) {
      EXPECT_NEAR(hits[i] / seeds, 0.95, bound)
          << "estimate " << i << (stratified ? " stratified" : " random");
    }
  }
}

}  // namespace
