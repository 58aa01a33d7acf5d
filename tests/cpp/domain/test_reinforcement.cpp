#include "trainplan/domain/reinforcement.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace {

using namespace trainplan::reinforcement;

Month quiet_month(double half_life) {
  return {.permanent_share = 0.35,
          .knowledge_permanent_share = 0.6,
          .kept = retention(1.0, half_life),
          .knowledge_kept = retention(1.0, 9.0),
          .leavers = 0.0,
          .coaching = 0.0,
          .coached_knowledge = 0.9,
          .uptake = 0.0,
          .attainable = 0.75,
          .refresher = 0.0};
}

TEST(Reinforcement, HalfOfTheFadingPartIsLeftAfterTheHalfLife) {
  EXPECT_NEAR(retention(6.0, 6.0), 0.5, 1e-15);
  EXPECT_NEAR(remaining(6.0, 6.0, 0.4), 0.7, 1e-15);
  EXPECT_EQ(remaining(0.0, 6.0, 0.4), 1.0);
  EXPECT_NEAR(remaining(1e6, 6.0, 0.4), 0.4, 1e-15);
}

// Survey shares in use after 0, 6 and 12 months: 62, 44, 34 %; a floor of 21.5 of 62 and a half-life of 7.08
// fit them.
TEST(Reinforcement, FitsTheSurveySharesThatTheDefaultsCite) {
  const double floor = 21.5 / 62.0;
  EXPECT_NEAR(62.0 * remaining(6.0, 7.08, floor), 44.0, 0.5);
  EXPECT_NEAR(62.0 * remaining(12.0, 7.08, floor), 34.0, 0.5);
}

TEST(Reinforcement, TheDoseResponseIsAHalfAtTheHalfDoseAndNothingAtNone) {
  EXPECT_EQ(dose_response(0.0, 2.0, 1.0), 0.0);
  EXPECT_NEAR(dose_response(2.0, 2.0, 1.7), 0.5, 1e-15);
  EXPECT_NEAR(dose_response(1.0, 2.0, 1.0), 1.0 / 3.0, 1e-15);
  EXPECT_NEAR(dose_response(1.0, 2.0, 2.0), 0.2, 1e-15);
}

TEST(Reinforcement, ElementsActOnWhatTheOthersLeave) {
  EXPECT_EQ(uptake(0.5, 0.5, 0.0, 0.0), 0.75);
  EXPECT_EQ(uptake(0.0, 0.0, 0.0, 0.0), 0.0);
  EXPECT_EQ(uptake(1.0, 0.3, 0.2, 0.1), 1.0);
}

TEST(Reinforcement, CoachingNeverClosesMoreThanTheWholeGap) { EXPECT_EQ(coaching_share(0.6, 3.0, 0.5), 0.5); }

TEST(Reinforcement, PracticeOnTheJobIsASecondChanceOfTransfer) {
  EXPECT_NEAR(attainable(0.8, 0.5), 0.6, 1e-15);
}

// One course without coaching or onboarding: u (f + (1-f) 2^(-n/h)) (1-l)^n.
TEST(Reinforcement, OneCourseFadesByTheClosedForm) {
  const double used = 0.42;
  const double learnt = 0.7;
  const double half_life_months = 5.0;
  const double leavers = 0.03;
  State state = teach({}, used, learnt, 0.35, 0.6);
  Month month = quiet_month(half_life_months);
  month.leavers = leavers;
  for (int n = 1; n <= 24; ++n) {
    state = pass_month(state, month, {}, 1.0, 0.0);
    EXPECT_NEAR(state.behavior(), used * remaining(n, half_life_months, 0.35) * std::pow(1.0 - leavers, n),
                1e-14);
  }
}

TEST(Reinforcement, ASecondCourseClosesTheGapThatIsLeft) {
  const State once = teach({}, 0.6, 0.8, 0.35, 0.6);
  const State twice = teach(once, 0.6, 0.8, 0.35, 0.6);
  EXPECT_NEAR(twice.behavior(), 0.84, 1e-15);
  EXPECT_NEAR(twice.knowledge(), 0.96, 1e-15);
}

TEST(Reinforcement, WhatIsPracticedIsNotForgotten) {
  // Knowledge would fall below behavior that stays: it is raised to it.
  State state{
      .behavior_permanent = 0.5, .behavior_fading = 0.0, .knowledge_permanent = 0.0, .knowledge_fading = 0.5};
  Month month = quiet_month(5.0);
  month.knowledge_kept = 0.5;
  state = pass_month(state, month, {}, 1.0, 0.0);
  EXPECT_NEAR(state.knowledge(), state.behavior(), 1e-16);
}

TEST(Reinforcement, NewHiresBringWhatTheirOnboardingTaught) {
  const State hire = teach({}, 0.3, 0.5, 0.35, 0.6);
  Month month = quiet_month(5.0);
  month.leavers = 1.0;
  const State all_new = pass_month(teach({}, 0.6, 0.8, 0.35, 0.6), month, hire, 0.0, 0.0);
  EXPECT_NEAR(all_new.behavior(), 0.3, 1e-15);
  EXPECT_NEAR(all_new.knowledge(), 0.5, 1e-15);
}

TEST(Reinforcement, StatesStayInTheirBoundsAndCoachingNeverLowersBehavior) {
  std::mt19937 bits(7);
  const auto u = [&] { return static_cast<double>(bits()) / 4294967296.0; };
  for (int run = 0; run < 500; ++run) {
    const double learnt = u();
    const double tau = u();
    State plain = teach({}, learnt * tau, learnt, u(), u());
    State coached = plain;
    Month month = quiet_month(0.5 + 10.0 * u());
    month.leavers = 0.1 * u();
    month.attainable = attainable(1.0, tau);
    const double first = u();
    const double more = first + (1.0 - first) * u();
    for (int m = 0; m < 36; ++m) {
      month.uptake = first;
      month.coaching = 0.3 * first;
      plain = pass_month(plain, month, {}, 1.0, learnt);
      month.uptake = more;
      month.coaching = 0.3 * more;
      coached = pass_month(coached, month, {}, 1.0, learnt);
      EXPECT_GE(coached.behavior(), plain.behavior() - 1e-14);
      for (const State& state : {plain, coached}) {
        EXPECT_GE(state.behavior(), 0.0);
        EXPECT_LE(state.behavior(), state.knowledge() + 1e-14);
        EXPECT_LE(state.knowledge(), 1.0 + 1e-14);
      }
    }
  }
}

TEST(Reinforcement, SpacingLengthensTheHalfLifeUpToItsCap) {
  EXPECT_EQ(spaced(5.0, 1.2, 20.0), 6.0);
  EXPECT_EQ(spaced(19.0, 1.2, 20.0), 20.0);
  EXPECT_NEAR(half_life(6.0, 0.7, 1.0) / half_life(6.0, 0.7, 0.0), std::exp(0.7), 1e-14);
}

}  // namespace
