#include "trainplan/domain/reinforcement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/record_lines.hpp"

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

// The steps of docs/method.md, section 3, worked out in decimals.
TEST(Reinforcement, AMonthByHand) {
  const State state{
      .behavior_permanent = 0.1, .behavior_fading = 0.3, .knowledge_permanent = 0.3, .knowledge_fading = 0.2};
  const State hire{.behavior_permanent = 0.05,
                   .behavior_fading = 0.05,
                   .knowledge_permanent = 0.1,
                   .knowledge_fading = 0.1};
  const Month month{.permanent_share = 0.35,
                    .knowledge_permanent_share = 0.6,
                    .kept = 0.5,
                    .knowledge_kept = 0.5,
                    .leavers = 0.1,
                    .coaching = 0.2,
                    .coached_knowledge = 0.9,
                    .uptake = 0.3,
                    .attainable = 0.75,
                    .refresher = 0.05};
  // Forgetting: A .15, KA .10, K .40 stays above S .25. Turnover: P .095, A .14, KP .28, KA .10.
  // Coaching adds .2 (.9 - .38) = .104 to K, the refresher .05 (.8 - .484) = .0158: KP .35188, KA .14792.
  // Behavior gains .3 (.75 x .4998 - .235) = .041955.
  const State next = pass_month(state, month, hire, 1.0, 0.8);
  EXPECT_NEAR(next.behavior_permanent, 0.10968425, 1e-15);
  EXPECT_NEAR(next.behavior_fading, 0.16727075, 1e-15);
  EXPECT_NEAR(next.knowledge_permanent, 0.35188, 1e-15);
  EXPECT_NEAR(next.knowledge_fading, 0.14792, 1e-15);
  // Where the competence was not taught, coaching teaches it to nobody: K .38 + .05 (.8 - .38) = .401.
  const State untaught = pass_month(state, month, hire, 0.0, 0.8);
  EXPECT_NEAR(untaught.knowledge(), 0.401, 1e-15);
  EXPECT_NEAR(untaught.behavior(), 0.235 + 0.3 * (0.75 * 0.401 - 0.235), 1e-15);
}

TEST(Reinforcement, KnowledgeIsRaisedToBehaviorByAnAddition) {
  // K falls to .25 and S stays .5: .25 is added, .6 of it for good.
  const State state{
      .behavior_permanent = 0.5, .behavior_fading = 0.0, .knowledge_permanent = 0.0, .knowledge_fading = 0.5};
  Month month = quiet_month(5.0);
  month.knowledge_kept = 0.5;
  const State next = pass_month(state, month, {}, 1.0, 0.0);
  EXPECT_NEAR(next.knowledge_permanent, 0.15, 1e-16);
  EXPECT_NEAR(next.knowledge_fading, 0.35, 1e-16);
}

TEST(Reinforcement, NothingPullsDown) {
  // Behavior above what is attainable, knowledge above what coaches know and above the last course.
  const State state{.behavior_permanent = 0.8,
                    .behavior_fading = 0.0,
                    .knowledge_permanent = 0.95,
                    .knowledge_fading = 0.0};
  Month month = quiet_month(5.0);
  month.coaching = 0.5;
  month.uptake = 0.5;
  month.refresher = 0.5;
  const State next = pass_month(state, month, {}, 1.0, 0.6);
  EXPECT_EQ(next.behavior(), 0.8);
  EXPECT_EQ(next.knowledge(), 0.95);
}

TEST(Reinforcement, WithoutForgettingTurnoverAndHelpAMonthChangesNothing) {
  Month month = quiet_month(5.0);
  month.kept = 1.0;
  month.knowledge_kept = 1.0;
  const State before = teach({}, 0.37, 0.61, 0.35, 0.6);
  const State after = pass_month(before, month, {}, 1.0, 0.61);
  EXPECT_EQ(after.behavior_permanent, before.behavior_permanent);
  EXPECT_EQ(after.behavior_fading, before.behavior_fading);
  EXPECT_EQ(after.knowledge_permanent, before.knowledge_permanent);
  EXPECT_EQ(after.knowledge_fading, before.knowledge_fading);
}

TEST(Reinforcement, ACourseSplitsItsGainInTheStatedShares) {
  const State state = teach({}, 0.42, 0.7, 0.35, 0.6);
  EXPECT_NEAR(state.behavior_permanent, 0.147, 1e-16);
  EXPECT_NEAR(state.behavior_fading, 0.273, 1e-16);
  EXPECT_NEAR(state.knowledge_permanent, 0.42, 1e-16);
  EXPECT_NEAR(state.knowledge_fading, 0.28, 1e-16);
}

TEST(Reinforcement, CourseAfterCourseTendsToEverythingAndNeverBeyond) {
  State state;
  for (int course = 0; course < 200; ++course) {
    state = teach(state, 0.3, 0.5, 0.35, 0.6);
    EXPECT_LE(state.behavior(), state.knowledge() + 1e-15);
    EXPECT_LE(state.knowledge(), 1.0 + 1e-15);
  }
  EXPECT_NEAR(state.behavior(), 1.0, 1e-14);
}

// Without forgetting and turnover the gap to attainable behavior shrinks by 1 - kappa a month.
TEST(Reinforcement, CoachingClosesTheGapGeometrically) {
  State state = teach({}, 0.2, 0.8, 0.35, 0.6);
  Month month = quiet_month(5.0);
  month.kept = 1.0;
  month.knowledge_kept = 1.0;
  month.uptake = 0.25;
  month.attainable = 0.75;
  for (int n = 1; n <= 24; ++n) {
    state = pass_month(state, month, {}, 0.0, 0.0);
    EXPECT_NEAR(state.behavior(), 0.6 - 0.4 * std::pow(0.75, n), 1e-14);
  }
}

// d^s / (d0^s + d^s) in long double.
TEST(Reinforcement, TheDoseResponseIsHillsFormula) {
  for (const double hours : {1e-6, 0.1, 0.5, 2.0, 8.0, 160.0}) {
    for (const double half_dose : {0.01, 2.0, 160.0}) {
      for (const double slope : {0.1, 1.0, 2.5, 10.0}) {
        const long double d = std::pow(static_cast<long double>(hours), static_cast<long double>(slope));
        const long double d0 = std::pow(static_cast<long double>(half_dose), static_cast<long double>(slope));
        const auto wanted = static_cast<double>(d / (d0 + d));
        // exp magnifies the rounding of slope log(d/d0) by its size, up to 190.
        EXPECT_NEAR(dose_response(hours, half_dose, slope), wanted, 1e-13 * wanted);
      }
    }
  }
}

TEST(Reinforcement, MoreCoachingNeverHasLessEffect) {
  double before = 0.0;
  for (int i = 0; i <= 400; ++i) {
    const double now = coaching_share(0.4, 1.5, dose_response(i / 10.0, 2.0, 1.3));
    EXPECT_GE(now, before);
    EXPECT_LT(now, 0.6);
    before = now;
  }
}

TEST(Reinforcement, ElementsOfUptakeMayComeInAnyOrder) {
  EXPECT_NEAR(uptake(0.3, 0.02, 0.01, 0.1), 1.0 - 0.7 * 0.98 * 0.99 * 0.9, 1e-16);
  EXPECT_NEAR(uptake(0.3, 0.02, 0.01, 0.1), uptake(0.02, 0.1, 0.3, 0.01), 1e-15);
}

TEST(Reinforcement, PracticesMoveTheHalfLifeAroundTheirAverage) {
  EXPECT_EQ(half_life(6.0, 0.7, 0.5), 6.0);
  EXPECT_EQ(half_life(6.0, 0.0, 1.0), 6.0);
  EXPECT_NEAR(half_life(6.0, 0.4, 1.0), 6.0 * std::exp(0.2), 1e-14);
}

TEST(Reinforcement, TwelveMonthsOfForgettingAreAYear) {
  for (const double h : {0.3, 3.0, 9.0, 1200.0}) {
    EXPECT_NEAR(std::pow(retention(1.0, h), 12.0), retention(12.0, h), 1e-14);
  }
  EXPECT_EQ(retention(0.0, 5.0), 1.0);
}

// With hires who were taught, too: whatever comes, 0 <= S <= K <= 1, and more coaching never lowers S.
TEST(Reinforcement, StatesStayInTheirBoundsWithOnboardingAndRefreshers) {
  std::mt19937 bits(11);
  const auto u = [&] { return static_cast<double>(bits()) / 4294967296.0; };
  for (int run = 0; run < 500; ++run) {
    const double f = u();
    const double f_k = u();
    const double learnt = u();
    const double tau = u();
    const State hire = teach({}, learnt * tau * u(), learnt, f, f_k);
    State plain = teach({}, learnt * tau, learnt, f, f_k);
    State coached = plain;
    Month month = quiet_month(0.5 + 10.0 * u());
    month.permanent_share = f;
    month.knowledge_permanent_share = f_k;
    month.coached_knowledge = u();
    month.attainable = attainable(1.0, tau);
    const double least = u();
    const double most = least + (1.0 - least) * u();
    for (int m = 1; m <= 48; ++m) {
      month.leavers = 0.2 * u();
      month.refresher = m % 6 == 0 ? 0.1 * u() : 0.0;
      for (const auto& [state, share] : {std::pair{&plain, least}, std::pair{&coached, most}}) {
        month.uptake = share;
        month.coaching = 0.3 * share;
        *state = pass_month(*state, month, hire, 1.0, learnt);
        if (m == 20) *state = teach(*state, learnt * tau, learnt, f, f_k);
        EXPECT_GE(std::min({state->behavior_permanent, state->behavior_fading, state->knowledge_permanent,
                            state->knowledge_fading}),
                  0.0);
        EXPECT_LE(state->behavior(), state->knowledge() + 1e-14);
        EXPECT_LE(state->knowledge(), 1.0 + 1e-14);
      }
      EXPECT_GE(coached.behavior(), plain.behavior() - 1e-14);
    }
  }
}

TEST(Reinforcement, EveryFieldHasADefaultAndARange) {
  using trainplan::record_lines::required;
  EXPECT_TRUE(required<trainplan::Forgetting>().empty());
  EXPECT_TRUE(required<trainplan::Reinforcement>().empty());
  const auto fading = [](const char* field, const trainplan::Value& content) {
    return trainplan::record_lines::of<trainplan::Forgetting>({}, field, content);
  };
  EXPECT_EQ(fading("half_life", 0), "r.half_life: is 0, must be above 0 and at most 1200");
  EXPECT_EQ(fading("permanent_share", 35),
            "r.permanent_share: is 35, must be between 0 and 1 (did you mean 0.35?)");
  EXPECT_EQ(fading("half_life_cap", 0.5), "r.half_life_cap: is 0.5, must be between 1 and 100");
  const auto kept_up = [](const char* field, const trainplan::Value& content) {
    return trainplan::record_lines::of<trainplan::Reinforcement>({}, field, content);
  };
  EXPECT_EQ(kept_up("half_dose", 0), "r.half_dose: is 0, must be above 0 and at most 160");
  EXPECT_EQ(kept_up("half_life_gain", 0.9), "r.half_life_gain: is 0.9, must be between 1 and 10");
  EXPECT_EQ(kept_up("refresher_every", 1.5), "r.refresher_every: is 1.5, must be a whole number");
  EXPECT_EQ(kept_up("coaching_hours", -1), "r.coaching_hours: is -1, must be between 0 and 160");
}

}  // namespace
