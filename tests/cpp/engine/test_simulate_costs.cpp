// Costs by driver, what of them is cash, and what a learner costs (docs/method.md, sections 6 and 7).
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "simulate_course.hpp"
#include "simulate_plan.hpp"

namespace {

using simulate_tests::course;
using simulate_tests::Trace;
using trainplan::Category;
using trainplan::Driver;
using trainplan::Plan;

constexpr std::uint64_t seed = 11;

// 800 hours off the floor, a fifth of them backfilled at 36: (.2 36 + .8 24 .5)/.75 = 22.4 an hour, of which
// 9.6 is paid for backfill.
Plan backfilled() {
  Plan plan = course();
  plan.workforce = {.realization = 0.5, .backfill_share = 0.2, .backfill_hourly_cost = 36.0};
  return plan;
}

TEST(Cash, OfParticipantsTimeIsTheBackfill) {
  const Trace trace(backfilled());
  EXPECT_NEAR(trace.at("off_floor_hours", "a", "", 1), 800.0, 1e-12);
  EXPECT_NEAR(trace.at("cost", "a", "participants_time", 1), 17'920.0, 1e-11);
  EXPECT_NEAR(trace.at("backfill", "a", "", 1), 7'680.0, 1e-11);
  EXPECT_NEAR(trace.output("total_cost"), 17'920.0, 1e-11);
  EXPECT_NEAR(trace.output("cash_cost"), 7'680.0, 1e-11);
}

TEST(Cash, OfHoursLostToTheFloorIsNone) {
  const Trace trace(course());
  EXPECT_GT(trace.output("total_cost"), 0.0);
  EXPECT_EQ(trace.output("cash_cost"), 0.0);
  Plan plan = backfilled();
  plan.workforce.backfill_share = 1.0;
  const Trace all(plan);
  EXPECT_EQ(all.output("cash_cost"), all.output("total_cost"));
}

// Nine classes of twelve at 500, held by people on the payroll.
TEST(Cash, LeavesOutLinesThatArePaidAnyway) {
  Plan plan = backfilled();
  plan.costs = {{.id = "content", .amount = 10'000.0},
                {.id = "trainer",
                 .category = Category::instructors,
                 .driver = Driver::class_,
                 .amount = 500.0,
                 .cash = false}};
  const Trace trace(plan);
  EXPECT_NEAR(trace.at("cost", "", "trainer", 1), 4'500.0, 1e-11);
  EXPECT_NEAR(trace.output("total_cost"), 17'920.0 + 10'000.0 + 4'500.0, 1e-11);
  EXPECT_NEAR(trace.output("cash_cost"), 7'680.0 + 10'000.0, 1e-11);
  EXPECT_NEAR(trace.at("cash_flow", "", "", 1), -(17'920.0 + 4'500.0), 1e-11);  // an economic cost it is
}

TEST(Cash, CostIsTheSumOfItsLinesInEveryTrial) {
  const Plan plan = simulate_tests::rich_plan();
  constexpr std::uint64_t trials = 20;
  const Trace trace(plan, {.trials = trials, .seed = seed});
  for (std::uint64_t t = 0; t < trials; ++t) {
    double all = 0.0;
    double cash = 0.0;
    for (const trainplan::SeriesKey& key : trace.table().keys) {
      if (key.what != "cost" && key.what != "backfill") continue;
      for (std::int64_t m = 0; m <= 18; ++m) {
        const double money = trace.at(key.what, key.team, key.item, m, t);
        if (std::isnan(money)) continue;  // lines of teams have no month 0
        if (key.what == "cost") all += money;
        if (key.what == "backfill" || (key.item != "participants_time" && key.item != "trainer"))
          cash += money;
      }
    }
    EXPECT_NEAR(trace.output("total_cost", t), all, 1e-12 * all);
    EXPECT_NEAR(trace.output("cash_cost", t), cash, 1e-12 * cash);
    EXPECT_LT(cash, all);
  }
}

// ---- a learner ----

TEST(CostPerLearner, CountsThePeopleOfAllCohorts) {
  Plan plan = course();
  plan.teams.push_back(simulate_tests::team("b", 30));
  plan.waves[0].teams = {"a", "b"};
  plan.waves[0].share = 0.5;
  plan.waves.push_back({.id = "x", .start = 3, .teams = {"a"}, .modules = {"m"}, .share = 0.25});
  plan.waves.push_back({.id = "y", .start = 5, .teams = {"a"}, .modules = {"m"}, .follow_up = true});
  plan.costs = {{.id = "content", .amount = 10'000.0}};
  const Trace trace(plan);
  // 50 and 15 in the first wave, 25 in the second; the follow-up has no learners of its own.
  EXPECT_NEAR(trace.output("cost_per_learner"), trace.output("total_cost") / 90.0, 1e-12);
}

TEST(CostPerLearner, HasNoValueWhereNobodyLearns) {
  Plan plan = course();
  plan.waves.clear();
  plan.costs = {{.id = "content", .amount = 10'000.0}};
  const auto result = trainplan::simulate(plan, {.trials = 3, .outputs = {"cost_per_learner", "cash_cost"}});
  EXPECT_TRUE(std::isnan(result.values(0, 1)));
  EXPECT_EQ(result.values(1, 1), 10'000.0);
}

// ---- development and translation ----

// 8 h * 43 + 4 h * 100 = 744 hours of development, 12 hours in each of two languages; n is taught to nobody.
Plan developed() {
  Plan plan = course();
  plan.programme.languages = {"de", "fr"};
  plan.modules.push_back(plan.modules[0]);
  plan.modules[1].id = "n";
  plan.modules[1].hours = 4.0;
  plan.modules[1].development_ratio = 100.0;
  plan.modules[1].fail_rate = 0.5;  // repeats are no new content
  plan.costs = {{.id = "authors", .driver = Driver::development_hour, .amount = 2.0},
                {.id = "translators",
                 .category = Category::translation,
                 .driver = Driver::language_hour,
                 .amount = 10.0,
                 .month = 3}};
  return plan;
}

TEST(DevelopmentHour, CountsTheHoursThatTheContentTakes) {
  const Trace trace(developed());
  for (std::int64_t m = 0; m <= 12; ++m)
    EXPECT_NEAR(trace.at("cost", "", "authors", m), m == 0 ? 1'488.0 : 0.0, 1e-12) << m;
  Plan later = developed();
  later.costs[0].month = 12;
  const Trace other(later);
  for (std::int64_t m = 0; m <= 12; ++m)
    EXPECT_NEAR(other.at("cost", "", "authors", m), m == 12 ? 1'488.0 : 0.0, 1e-12) << m;
}

TEST(LanguageHour, CountsTheHoursOfTheContentInEachLanguage) {
  const Trace trace(developed());
  for (std::int64_t m = 0; m <= 12; ++m)
    EXPECT_NEAR(trace.at("cost", "", "translators", m), m == 3 ? 240.0 : 0.0, 1e-12) << m;
  Plan one = developed();
  one.programme.languages = {"de"};
  EXPECT_NEAR(Trace(one).at("cost", "", "translators", 3), 120.0, 1e-12);
}

TEST(DevelopmentHour, FollowsTheDrawsOfHoursAndRatio) {
  Plan plan = developed();
  plan.modules[0].hours = "6 to 10";
  plan.modules[1].development_ratio = "79 to 184";
  constexpr std::uint64_t trials = 50;
  const Trace trace(plan, {.trials = trials, .seed = seed});
  const trainplan::Draws drawn = trainplan::draws(plan, {"modules.m.hours", "modules.n.development_ratio"},
                                                  {.trials = trials, .seed = seed});
  for (std::uint64_t t = 0; t < trials; ++t) {
    const auto column = static_cast<Eigen::Index>(t);
    const double hours = drawn.values(0, column);
    EXPECT_NEAR(trace.at("cost", "", "authors", 0, t), 2.0 * (43.0 * hours + 4.0 * drawn.values(1, column)),
                1e-10);
    EXPECT_NEAR(trace.at("cost", "", "translators", 3, t), 20.0 * (hours + 4.0), 1e-11);
  }
}

// ---- payback ----

// First month from which the cumulative flow stays at 0 or above; NaN where it never does.
double payback(const std::vector<double>& flow) {
  double since = -1.0;
  double sum = 0.0;
  for (std::size_t m = 0; m < flow.size(); ++m) {
    sum += flow[m];
    if (!(sum >= 0.0)) {
      since = -1.0;
    } else if (since < 0.0) {
      since = static_cast<double>(m);
    }
  }
  return since < 0.0 ? std::numeric_limits<double>::quiet_NaN() : since;
}

TEST(DiscountedPayback, IsThatOfTheDiscountedCashFlow) {
  for (const auto timing : {trainplan::Timing::mid_month, trainplan::Timing::end_of_month}) {
    Plan plan = simulate_tests::rich_plan();
    plan.programme.timing = timing;
    plan.programme.discount_rate = "uniform(0.1, 0.9)";
    // Content as cheap as a benefit of some months pays for in some of the trials.
    for (trainplan::CostLine& line : plan.costs)
      if (line.id == "content" || line.driver == Driver::development_hour) line.amount = 10.0;
    plan.benefits.custom[0].value = "uniform(0, 20000)";
    constexpr std::uint64_t trials = 300;
    const Trace trace(plan, {.trials = trials, .seed = seed});
    const trainplan::Draws rate =
        trainplan::draws(plan, {"programme.discount_rate"}, {.trials = trials, .seed = seed});
    int found = 0;
    int later = 0;
    for (std::uint64_t t = 0; t < trials; ++t) {
      const double r = rate.values(0, static_cast<Eigen::Index>(t));
      std::vector<double> flow;
      for (std::int64_t m = 0; m <= 18; ++m) {
        const double months = static_cast<double>(m) - (timing == trainplan::Timing::mid_month ? 0.5 : 0.0);
        flow.push_back(trace.at("cash_flow", "", "", m, t) *
                       (m == 0 ? 1.0 : std::pow(1.0 + r, -months / 12.0)));
      }
      const double wanted = payback(flow);
      const double month = trace.output("discounted_payback_month", t);
      if (std::isnan(wanted)) {
        EXPECT_TRUE(std::isnan(month)) << t;
        continue;
      }
      EXPECT_EQ(month, wanted) << t;
      ++found;
      later += trace.output("payback_month", t) < month ? 1 : 0;
    }
    EXPECT_GT(found, 20);
    EXPECT_GT(later, 0);
    EXPECT_LT(found, static_cast<int>(trials));
  }
}

TEST(DiscountedPayback, IsZeroWhereNothingIsSpentAndNeverWhereNothingComesBack) {
  Plan plan = course();
  plan.waves.clear();
  EXPECT_EQ(Trace(plan).output("discounted_payback_month"), 0.0);
  plan.costs = {{.id = "content", .amount = 10'000.0}};
  EXPECT_TRUE(std::isnan(Trace(plan).output("discounted_payback_month")));
}

}  // namespace
