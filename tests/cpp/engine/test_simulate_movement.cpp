// How KPIs move by themselves: trend, season, ordinary movement, the same with and without the programme
// (docs/method.md, section 4).
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "simulate_course.hpp"
#include "simulate_plan.hpp"

namespace {

using simulate_tests::correlation_of;
using simulate_tests::course;
using simulate_tests::level;
using simulate_tests::link;
using simulate_tests::moments;
using simulate_tests::Trace;
using trainplan::Plan;

constexpr std::uint64_t seed = 11;

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

// The course plan over two years with handle time beside satisfaction.
Plan two_years() {
  Plan plan = course();
  plan.programme.months = 24;
  plan.teams[0].baseline.emplace_back("aht", 400.0);
  return plan;
}

double trend_steps(std::int64_t month) {
  double steps = 0.0;
  for (std::int64_t m = 1; m <= month; ++m)
    steps += m <= 12 ? 1.0 : std::pow(0.9, static_cast<double>(m - 12));
  return steps;
}

TEST(Movement, ATrendMovesTheLevelInItsUnitAndFadesAfterAYear) {
  Plan plan = two_years();
  plan.movements = {{.id = "csat", .trend = 0.5}, {.id = "aht", .trend = -4.0}};
  const Trace trace(plan);
  for (std::int64_t m = 1; m <= 24; ++m) {
    EXPECT_NEAR(trace.without("csat", m), 70.0 + 0.5 * trend_steps(m), 1e-12) << m;
    EXPECT_NEAR(trace.without("aht", m), 400.0 - 4.0 * trend_steps(m), 1e-10) << m;  // of 400
  }
}

TEST(Movement, ATrendStaysInsideTheBounds) {
  Plan plan = two_years();
  plan.lifts.clear();
  plan.movements = {{.id = "csat", .trend = 5.0}, {.id = "aht", .trend = -60.0}};
  const Trace trace(plan);
  EXPECT_NEAR(trace.without("csat", 7), 100.0 - 1e-4, 1e-10);
  EXPECT_NEAR(trace.without("aht", 8), 1e-6, 1e-15);
}

// Month 1 is May: the offsets stand on the link scale.
TEST(Movement, ASeasonComesBackEveryYear) {
  Plan plan = two_years();
  plan.programme.start = "2027-05";
  plan.movements = {{.id = "csat", .season = {{"6", 0.1}, {"12", -0.3}, {"1", 0.2}}},
                    {.id = "aht", .season = {{"6", -0.05}, {"7", 0.05}}}};
  const Trace trace(plan);
  for (std::int64_t m = 1; m <= 24; ++m) {
    const std::int64_t of_year = (m + 3) % 12 + 1;
    const double offset = of_year == 6 ? 0.1 : of_year == 12 ? -0.3 : of_year == 1 ? 0.2 : 0.0;
    EXPECT_NEAR(trace.without("csat", m), level(link(70.0) + offset), 1e-12) << m;
    const double of_time = of_year == 6 ? -0.05 : of_year == 7 ? 0.05 : 0.0;
    EXPECT_NEAR(trace.without("aht", m), 400.0 * std::exp(of_time), 1e-10) << m;  // of 400
  }
}

// P and Q are AR(1) series of the recorded scores; e = (P + Q) link'(b).
TEST(Movement, OrdinaryMovementFollowsItsScores) {
  Plan plan = two_years();
  plan.teams.push_back(simulate_tests::team("b", 30));
  plan.teams[1].baseline = {{"csat", 40.0}};
  plan.movements = {{.id = "csat",
                     .trend = 0.2,
                     .season = {{"3", 0.1}, {"4", -0.1}},
                     .programme_sd = 0.8,
                     .team_sd = 1.5,
                     .persistence = 0.6},
                    {.id = "aht", .team_sd = 12.0}};
  constexpr std::uint64_t trials = 40;
  const Trace trace(plan, {.trials = trials, .seed = seed});
  for (std::uint64_t t = 0; t < trials; ++t) {
    for (const auto& [team, base] : {std::pair("a", 70.0), {"b", 40.0}}) {
      double common = 0.0;
      double own = 0.0;
      for (std::int64_t m = 1; m <= 24; ++m) {
        const double fresh = m == 1 ? 1.0 : 0.8;  // sqrt(1 - .6^2)
        common = 0.6 * common + 0.8 * fresh * trace.at("noise", "", "csat", m, t);
        own = 0.6 * own + 1.5 * fresh * trace.at("noise", team, "csat", m, t);
        const double slope = 1.0 / base + 1.0 / (100.0 - base);
        const double season = m % 12 == 3 ? 0.1 : m % 12 == 4 ? -0.1 : 0.0;
        const double eta = link(base + 0.2 * trend_steps(m)) + season + (common + own) * slope;
        EXPECT_NEAR(trace.without("csat", m, t, team), level(eta), 1e-12) << team << ", month " << m;
      }
    }
    for (std::int64_t m = 1; m <= 24; ++m) {
      const double eta = 12.0 * trace.at("noise", "a", "aht", m, t) / 400.0;
      EXPECT_NEAR(trace.without("aht", m, t), 400.0 * std::exp(eta), 1e-10) << m;  // of 400
    }
  }
}

TEST(Movement, IsTheSameInBothPathsSoThatTheEffectIsWhatItWas) {
  Plan plan = two_years();
  plan.movements = {{.id = "csat", .trend = 0.2, .programme_sd = 1.0, .team_sd = 1.5, .persistence = 0.6}};
  const Trace trace(plan, {.trials = 30, .seed = seed});
  for (std::uint64_t t = 0; t < 30; ++t) {
    for (std::int64_t m = 1; m <= 24; ++m) {
      const double shown = link(trace.kpi("csat", m, t)) - link(trace.without("csat", m, t));
      // Two logits of numbers up to 95, each to a few units of rounding of its size of 3.
      EXPECT_NEAR(shown, trace.at("applied", "a", "csat", m, t) * (link(76.0) - link(70.0)), 1e-13);
    }
  }
}

// In month 13 of a movement with persistence .7, the standard deviation is still that of the plan.
TEST(Movement, HasItsSpreadAndPersistenceInEveryMonth) {
  Plan plan = two_years();
  plan.lifts.clear();
  plan.movements = {{.id = "aht", .team_sd = 4.0, .persistence = 0.7}};
  constexpr std::uint64_t trials = 4'096;
  const Trace trace(plan, {.trials = trials, .seed = seed, .what = {"kpi_without"}});
  const auto month = [&](std::int64_t m) {
    std::vector<double> moved;  // on the link scale, where e is normal
    for (std::uint64_t t = 0; t < trials; ++t)
      moved.push_back(400.0 * std::log(trace.without("aht", m, t) / 400.0));
    return moved;
  };
  const double root = std::sqrt(static_cast<double>(trials));
  for (const std::int64_t m : {1, 2, 13}) {
    EXPECT_NEAR(moments(month(m)).mean, 0.0, 4.0 * 4.0 / root) << m;
    EXPECT_NEAR(moments(month(m)).sd, 4.0, 4.0 * 4.0 / (root * std::sqrt(2.0))) << m;
  }
  // The standard error of a correlation r is (1 - r^2)/sqrt(n).
  EXPECT_NEAR(correlation_of(month(13), month(14)), 0.7, 4.0 * 0.51 / root);
  EXPECT_NEAR(correlation_of(month(13), month(16)), 0.343, 4.0 * (1.0 - 0.343 * 0.343) / root);
}

TEST(Movement, OfTeamsIsIndependentOfEachOtherAndOfTheProgrammes) {
  Plan plan = two_years();
  plan.teams.push_back(simulate_tests::team("b", 30));
  plan.teams[1].baseline = {{"csat", 40.0}};
  plan.movements = {{.id = "csat", .programme_sd = 1.0, .team_sd = 1.0}};
  constexpr std::uint64_t trials = 4'096;
  const Trace trace(plan, {.trials = trials, .seed = seed, .what = {"noise"}});
  const auto score = [&](const char* team, std::int64_t m) {
    std::vector<double> z;
    for (std::uint64_t t = 0; t < trials; ++t) z.push_back(trace.at("noise", team, "csat", m, t));
    return z;
  };
  const double bound = 4.0 / std::sqrt(static_cast<double>(trials));  // four standard errors
  EXPECT_NEAR(correlation_of(score("a", 3), score("b", 3)), 0.0, bound);
  EXPECT_NEAR(correlation_of(score("a", 3), score("", 3)), 0.0, bound);
  EXPECT_NEAR(correlation_of(score("a", 3), score("a", 4)), 0.0, bound);
  EXPECT_NEAR(moments(score("", 3)).mean, 0.0, bound);
}

// Stratifying one of hundreds of draws gains nothing: scores of months are the same in both samplings.
TEST(Movement, HasTheSameScoresInBothSamplings) {
  Plan plan = two_years();
  plan.movements = {{.id = "csat", .programme_sd = 1.0, .team_sd = 1.0}};
  const Trace stratified(plan, {.trials = 100, .seed = seed});
  const Trace random(plan, {.trials = 100, .seed = seed, .sampling = trainplan::Sampling::random});
  for (std::uint64_t t = 0; t < 100; ++t) {
    for (std::int64_t m = 1; m <= 24; ++m) {
      EXPECT_EQ(stratified.at("noise", "a", "csat", m, t), random.at("noise", "a", "csat", m, t));
      EXPECT_EQ(stratified.at("noise", "", "csat", m, t), random.at("noise", "", "csat", m, t));
    }
  }
}

// docs/method.md, section 1, names the paths on which they hang.
TEST(Movement, HasTheScoresOfItsPaths) {
  Plan plan = two_years();
  plan.movements = {{.id = "csat", .programme_sd = 1.0, .team_sd = 1.0}};
  const Trace trace(plan, {.first = 70, .trials = 5, .seed = seed});
  const auto expect = [&](const std::string& path, const char* team, std::int64_t m) {
    std::vector<double> odd(5);
    std::vector<double> even(5);
    trainplan::rng::normal_pairs(seed, trainplan::path_hash(path), 70, odd, even);
    for (std::uint64_t t = 0; t < 5; ++t) {
      EXPECT_EQ(trace.at("noise", team, "csat", m, t), odd[t]) << path;
      EXPECT_EQ(trace.at("noise", team, "csat", m + 1, t), even[t]) << path;
    }
  };
  for (const std::int64_t m : {1, 13, 23}) {
    expect("programme#noise.csat@" + std::to_string(m), "", m);
    expect("teams.a#noise.csat@" + std::to_string(m), "a", m);
  }
}

TEST(Movement, IsNoneInTheCentralTrial) {
  Plan plan = two_years();
  plan.movements = {{.id = "csat", .programme_sd = 1.0, .team_sd = 1.0}};
  const Trace trace(plan, {.central = true});
  const Trace still(two_years(), {.central = true});
  for (std::int64_t m = 1; m <= 24; ++m) EXPECT_NEAR(trace.kpi("csat", m), still.kpi("csat", m), 1e-12);
}

// People leave as attrition of the month before says, with what moves it; in month 1 as stated.
TEST(Movement, OfAttritionMovesThePeopleWhoLeave) {
  Plan plan = two_years();
  plan.movements = {{.id = "attrition", .trend = 1.2}};
  const Trace trace(plan);
  EXPECT_NEAR(trace.at("hires", "a", "", 1), 3.0, 1e-14);
  for (std::int64_t m = 2; m <= 24; ++m)
    EXPECT_NEAR(trace.at("hires", "a", "", m), (36.0 + 1.2 * trend_steps(m - 1)) / 12.0, 1e-12) << m;
}

// ---- nothing is credited that moves by itself ----

Plan without_lifts(Plan plan) {
  std::erase_if(plan.correlations,
                [](const trainplan::Correlation& row) { return row.a.starts_with("lifts."); });
  plan.lifts.clear();
  return plan;
}

TEST(Movement, EarnsExactlyNothingWithoutLifts) {
  const Plan plan = without_lifts(simulate_tests::rich_plan());
  const Trace trace(plan, {.trials = 100, .seed = seed});
  int benefits = 0;
  int kpis = 0;
  for (const trainplan::SeriesKey& key : trace.table().keys) {
    const bool leading = std::any_of(trainplan::kpi::leading().begin(), trainplan::kpi::leading().end(),
                                     [&](const trainplan::Kpi& kpi) { return kpi.id == key.item; });
    for (std::uint64_t t = 0; t < 100; ++t) {
      for (std::int64_t m = 1; m <= 18; ++m) {
        if (key.what == "benefit") {
          EXPECT_EQ(trace.at("benefit", key.team, key.item, m, t), 0.0) << key.item;
        } else if (key.what == "kpi" && !leading) {
          EXPECT_EQ(bits(trace.at("kpi", key.team, key.item, m, t)),
                    bits(trace.at("kpi_without", key.team, key.item, m, t)))
              << key.item;
        }
      }
    }
    benefits += key.what == "benefit" ? 1 : 0;
    kpis += key.what == "kpi" && !leading ? 1 : 0;
  }
  EXPECT_GT(benefits, 10);
  EXPECT_GT(kpis, 20);
  const auto result = simulate_tests::run(plan, 1'000, 2, {"total_benefit", "pv_benefit"});
  EXPECT_TRUE((result.values.array() == 0.0).all());
}

TEST(Movement, EarnsExactlyNothingWithoutTraining) {
  Plan plan = simulate_tests::rich_plan();
  plan.waves.clear();
  for (trainplan::CostLine& line : plan.costs) line.waves.clear();
  plan.onboarding.reset();
  std::erase_if(plan.costs,
                [](const trainplan::CostLine& line) { return line.driver == trainplan::Driver::new_hire; });
  trainplan::throw_if_any(trainplan::plan::check(plan));
  const auto result = simulate_tests::run(plan, 1'000, 2, {"total_benefit", "pv_benefit"});
  EXPECT_TRUE((result.values.array() == 0.0).all());
}

}  // namespace
