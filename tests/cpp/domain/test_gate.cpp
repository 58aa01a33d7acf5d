#include "trainplan/domain/gate.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "trainplan/base/error.hpp"

namespace {

using namespace trainplan::gate;
using trainplan::InputError;

double cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

TEST(GateChances, OfOneLookAreTheClosedForm) {
  // p1 .8, p2 .3, LRV 0, TV 6, se 3: go from 6 - .524400513 x 3 = 4.426798, so P(Go | no effect) = 7.0 %.
  const Rule rule{.target_value = 6.0, .p_lower = 0.8, .p_target = 0.3, .p_stop = 0.1};
  const std::array<double, 2> se = {3.0, 2.0};
  const Chances none = chances(rule, 0.0, se);
  EXPECT_NEAR(bounds(rule, 3.0, false).go, 6.0 - 3.0 * 0.5244005127080407, 1e-12);
  EXPECT_NEAR(none.go_at_first, 0.0700, 5e-5);
  EXPECT_NEAR(none.go_at_first, 1.0 - cdf((6.0 - 3.0 * 0.5244005127080407) / 3.0), 1e-12);
  EXPECT_NEAR(none.stop_at_first, cdf((6.0 - 3.0 * 1.2815515655446004) / 3.0), 1e-12);
  EXPECT_NEAR(none.go_at_first + none.extend_at_first + none.stop_at_first, 1.0, 1e-15);
}

TEST(GateChances, OfALastLookAloneAreThoseOfTheMiddle) {
  const Rule rule{.lower_reference = 1.0, .target_value = 5.0};
  const std::array<double, 1> se = {2.0};
  EXPECT_NEAR(chances(rule, 3.0, se).go, 0.5, 1e-15);
  EXPECT_NEAR(chances(rule, 5.0, se).go, cdf(1.0), 1e-14);
}

// Two looks by the trapezoidal rule over the change seen first.
double go_in_two(const Rule& rule, double effect, double first, double second) {
  const Bounds at = bounds(rule, first, false);
  const double middle = 0.5 * (rule.lower_reference + rule.target_value);
  const double kept = second * second / (first * first);
  const double sd = second * std::sqrt(1.0 - kept);
  const int steps = 200'000;
  const double width = (at.go - at.stop) / steps;
  double sum = 0.0;
  for (int i = 0; i <= steps; ++i) {
    const double x = at.stop + i * width;
    const double z = (x - effect) / first;
    const double density = std::exp(-0.5 * z * z) / (first * std::sqrt(2.0 * std::numbers::pi));
    const double go = cdf((effect + kept * (x - effect) - middle) / sd);
    sum += (i == 0 || i == steps ? 0.5 : 1.0) * density * go * width;
  }
  return 1.0 - cdf((at.go - effect) / first) + sum;
}

TEST(GateChances, OfTwoLooksAreTheIntegralOverTheFirst) {
  const Rule rule{.target_value = 6.0};
  for (const double effect : {-2.0, 0.0, 3.0, 6.0, 9.0}) {
    for (const double second : {2.99, 2.5, 1.0}) {
      const std::array<double, 2> se = {3.0, second};
      const Chances found = chances(rule, effect, se);
      EXPECT_NEAR(found.go, go_in_two(rule, effect, 3.0, second), 1e-9);
      EXPECT_NEAR(found.go + found.stop, 1.0, 1e-9);
      EXPECT_NEAR(found.looks, 1.0 + found.extend_at_first, 1e-9);
    }
  }
}

TEST(GateChances, OfThreeLooksAgreeWithTrials) {
  const Rule rule{.lower_reference = 1.0, .target_value = 4.0};
  const std::array<double, 3> se = {3.0, 2.2, 1.7};
  const double effect = 3.0;
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  const int trials = 200'000;
  int go = 0;
  int looks = 0;
  for (int trial = 0; trial < trials; ++trial) {
    double change = effect + se[0] * normal(random);
    for (std::size_t k = 0; k < se.size(); ++k) {
      ++looks;
      const Verdict verdict = decide(rule, change, se[k], k + 1 == se.size());
      go += verdict.decision == Decision::go ? 1 : 0;
      if (verdict.decision != Decision::extend) break;
      const double kept = se[k + 1] * se[k + 1] / (se[k] * se[k]);
      change = effect + kept * (change - effect) + se[k + 1] * std::sqrt(1.0 - kept) * normal(random);
    }
  }
  const Chances found = chances(rule, effect, se);
  const double p = found.go;
  EXPECT_NEAR(static_cast<double>(go) / trials, p, 4.0 * std::sqrt(p * (1.0 - p) / trials));
  EXPECT_NEAR(static_cast<double>(looks) / trials, found.looks, 4.0 * 0.8 / std::sqrt(trials));  // sd < 0.8
}

TEST(GateChances, RiseWithTheEffect) {
  const Rule rule{.target_value = 6.0};
  const std::array<double, 4> se = {4.0, 3.0, 2.5, 2.2};
  double before = 0.0;
  for (int effect = -10; effect <= 16; ++effect) {
    const Chances found = chances(rule, effect, se);
    EXPECT_GE(found.go, before);
    EXPECT_NEAR(found.go + found.stop, 1.0, 1e-9);
    before = found.go;
  }
}

TEST(GateDecision, FollowsItsBounds) {
  const Rule rule{.target_value = 6.0};
  const Bounds at = bounds(rule, 3.0, false);
  EXPECT_EQ(decide(rule, at.go + 1e-9, 3.0, false).decision, Decision::go);
  EXPECT_EQ(decide(rule, at.go - 1e-9, 3.0, false).decision, Decision::extend);
  EXPECT_EQ(decide(rule, at.stop + 1e-9, 3.0, false).decision, Decision::extend);
  EXPECT_EQ(decide(rule, at.stop - 1e-9, 3.0, false).decision, Decision::stop);
  EXPECT_EQ(decide(rule, 3.0, 3.0, true).decision, Decision::go);
  EXPECT_EQ(decide(rule, 2.999, 3.0, true).decision, Decision::stop);
}

TEST(GateDecision, OfAnEstimatedErrorFollowsStudentsT) {
  // One degree of freedom is the Cauchy distribution: P(T <= 1) = 3/4.
  const Verdict verdict = decide({.target_value = 3.0}, 3.0, 3.0, false, 1.0);
  EXPECT_NEAR(verdict.above_lower, 0.75, 1e-14);
  EXPECT_NEAR(verdict.above_target, 0.5, 1e-14);
  EXPECT_NEAR(non_inferior(2.0, 3.0, 1.0, 1.0), 0.75, 1e-14);
  EXPECT_NEAR(non_inferior(-1.0, 3.0, 1.0), 0.5, 1e-15);
}

TEST(GateNoise, CountsTheSurveyBeforeOnce) {
  // 2500/400 + 2500/(200 x 3) + 1.5/3
  EXPECT_NEAR(noise_variance({2500.0, 400.0, 200.0, 1.5}, 3.0), 6.25 + 2500.0 / 600.0 + 0.5, 1e-13);
}

TEST(GateDifference, TakesOffWhatOtherTeamsGainedToo) {
  const Periods pilot = {{70.0, 10.0, 100.0}, {78.0, 10.0, 100.0}};
  const Periods others = {{71.0, 10.0, 400.0}, {73.0, 10.0, 400.0}};
  const Change alone = difference(pilot, {});
  EXPECT_NEAR(alone.change, 8.0, 1e-13);
  EXPECT_NEAR(alone.se, std::sqrt(2.0), 1e-14);
  EXPECT_NEAR(alone.degrees, 198.0, 1e-10);
  const Change compared = difference(pilot, others);
  EXPECT_NEAR(compared.change, 6.0, 1e-13);
  EXPECT_NEAR(compared.se, std::sqrt(2.5), 1e-14);
  // (2.5)^2 / (2 x 1/99 + 2 x .0625/399)
  EXPECT_NEAR(compared.degrees, 6.25 / (2.0 / 99.0 + 0.125 / 399.0), 1e-10);
}

TEST(GateDifference, OfTeamsIsWelchs) {
  // Means 4 and 1, variances 4 and 1: se^2 = 4/3 + 1/3.
  const Change found = difference_of_teams(std::vector{2.0, 4.0, 6.0}, std::vector{0.0, 1.0, 2.0});
  EXPECT_NEAR(found.change, 3.0, 1e-14);
  EXPECT_NEAR(found.se, std::sqrt(5.0 / 3.0), 1e-14);
  EXPECT_NEAR(found.degrees, (25.0 / 9.0) / (8.0 / 9.0 + 1.0 / 18.0), 1e-12);
}

TEST(GateDifference, RefusesWhatHasNoError) {
  EXPECT_THROW(static_cast<void>(difference({{1.0, 0.0, 9.0}, {2.0, 0.0, 9.0}}, {})), InputError);
  EXPECT_THROW(static_cast<void>(difference({{1.0, 1.0, 1.0}, {2.0, 1.0, 9.0}}, {})), InputError);
  EXPECT_THROW(static_cast<void>(difference({{1.0, -1.0, 9.0}, {2.0, 1.0, 9.0}}, {})), InputError);
  EXPECT_THROW(static_cast<void>(difference_of_teams(std::vector{1.0}, std::vector{0.0, 1.0})), InputError);
  EXPECT_THROW(static_cast<void>(difference_of_teams(std::vector{1.0, 1.0}, std::vector{0.0, 0.0})),
               InputError);
}

TEST(Gate, RefusesRulesThatContradictThemselves) {
  const std::array<double, 1> one = {3.0};
  const std::array<double, 2> rising = {3.0, 3.0};
  EXPECT_THROW(static_cast<void>(chances({.target_value = -1.0}, 0.0, one)), InputError);
  EXPECT_THROW(static_cast<void>(chances({.p_target = 0.1, .p_stop = 0.3}, 0.0, one)), InputError);
  EXPECT_THROW(static_cast<void>(chances({.p_lower = 1.0}, 0.0, one)), InputError);
  EXPECT_THROW(static_cast<void>(chances({}, 0.0, rising)), InputError);
  EXPECT_THROW(static_cast<void>(chances({}, 0.0, {})), InputError);
  EXPECT_THROW(static_cast<void>(chances({}, std::nan(""), one)), InputError);
  EXPECT_THROW(static_cast<void>(decide({}, 0.0, 0.0, true)), InputError);
  EXPECT_THROW(static_cast<void>(decide({}, 0.0, 1.0, true, 0.5)), InputError);
  EXPECT_THROW(static_cast<void>(non_inferior(0.0, 1.0, -1.0)), InputError);
  EXPECT_THROW(static_cast<void>(noise_variance({1.0, 0.0, 1.0, 0.0}, 1.0)), InputError);
}

}  // namespace
