// Lifts on KPIs: size, credit, lag, variation between teams; how well a baseline is known
// (docs/method.md, section 4).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "simulate_course.hpp"

namespace {

using simulate_tests::course;
using simulate_tests::level;
using simulate_tests::link;
using simulate_tests::moments;
using simulate_tests::satisfaction;
using simulate_tests::Trace;
using trainplan::LiftKind;
using trainplan::Plan;

constexpr std::uint64_t seed = 11;
const double full = link(76.0) - link(70.0);  // D of the course plan's lift

double effect(const Trace& trace, const std::string& lift = "csat", std::uint64_t trial = 0,
              const std::string& team = "a") {
  return trace.at("lift_effect", team, lift, 0, trial);
}
/// Draws of one path in the trials of a Trace.
std::vector<double> scores(const Plan& plan, const std::string& path, std::uint64_t trials) {
  const trainplan::Draws drawn = trainplan::draws(plan, {path}, {.trials = trials, .seed = seed});
  return {drawn.values.data(), drawn.values.data() + trials};
}

// ---- credit ----

TEST(Credit, OfEvidenceThatDidNotIsolateIsAShareOfItsEffect) {
  Plan plan = course();
  plan.lifts[0].isolated = false;
  plan.lifts[0].credited_share = 0.6;
  const Trace trace(plan);
  EXPECT_NEAR(effect(trace), 0.6 * full, 1e-15);
  EXPECT_NEAR(trace.kpi("csat", 2), satisfaction(0.6 * 0.8), 1e-12);
}

// ---- lag ----

TEST(Lag, CoversTheShareOfTheWayThatTheRampSays) {
  Plan plan = course();
  plan.lifts[0].ramp = 2.0;
  const Trace trace(plan);
  EXPECT_NEAR(effect(trace), full, 1e-15);  // where the ramp ends
  double shown = 0.0;
  for (std::int64_t m = 1; m <= 12; ++m) {
    shown += (full * trace.at("applied", "a", "csat", m) - shown) * (1.0 - std::sqrt(0.5));
    EXPECT_NEAR(trace.kpi("csat", m), level(link(70.0) + shown), 1e-12) << m;
  }
  EXPECT_NEAR(trace.kpi("csat", 2), satisfaction(0.8 * (1.0 - std::sqrt(0.5))), 1e-12);
}

TEST(Lag, OfNoMonthsIsNone) {
  Plan plan = course();
  plan.lifts[0].ramp = 0.0;
  plan.lifts[0].read_at = 3;
  const Trace trace(plan);
  EXPECT_EQ(effect(trace), effect(Trace(course())));
  EXPECT_EQ(trace.kpi("csat", 2), Trace(course()).kpi("csat", 2));
}

// Read six months after the course on a ramp of three, the size is three quarters of where it ends.
TEST(Lag, ASizeReadOnTheRampIsScaledToWhereItEnds) {
  Plan plan = course();
  plan.lifts[0].ramp = 3.0;
  plan.lifts[0].read_at = 6;
  EXPECT_NEAR(effect(Trace(plan)), full / 0.75, 1e-15);
  plan.lifts[0].read_at = 3;
  EXPECT_NEAR(effect(Trace(plan)), full / 0.5, 1e-15);
}

// A ramp that is drawn longer than the reading's month: never more than twice.
TEST(Lag, ASizeIsAtMostDoubled) {
  Plan plan = course();
  plan.lifts[0].ramp = "uniform(1, 5)";
  plan.lifts[0].read_at = 3;
  constexpr std::uint64_t trials = 200;
  const Trace trace(plan, {.trials = trials, .seed = seed});
  const std::vector<double> ramp = scores(plan, "lifts.csat.ramp", trials);
  int doubled = 0;
  for (std::uint64_t t = 0; t < trials; ++t) {
    const double reached = std::max(0.5, 1.0 - std::exp2(-3.0 / ramp[t]));
    EXPECT_NEAR(effect(trace, "csat", t), full / reached, 1e-14);
    if (reached == 0.5) ++doubled;
  }
  EXPECT_GT(doubled, 50);
}

TEST(Lag, CreditComesBeforeTheRamp) {
  Plan plan = course();
  plan.lifts[0].isolated = false;
  plan.lifts[0].credited_share = 0.6;
  plan.lifts[0].ramp = 3.0;
  plan.lifts[0].read_at = 6;
  EXPECT_NEAR(effect(Trace(plan)), 0.8 * full, 1e-15);
}

TEST(Lag, GoesOnWhileBehaviorFades) {
  Plan plan = course();
  plan.forgetting.permanent_share = 0.0;
  plan.forgetting.half_life = 1.0;
  plan.lifts[0].ramp = 4.0;
  const Trace trace(plan);
  // The applied behavior falls from month 2 on; what shows still rises while it is below its level.
  EXPECT_LT(trace.at("applied", "a", "csat", 3), trace.at("applied", "a", "csat", 2));
  EXPECT_GT(trace.kpi("csat", 3), trace.kpi("csat", 2));
  EXPECT_LT(trace.kpi("csat", 12), trace.kpi("csat", 6));
}

// ---- variation between teams ----

// D[t] = D + spread |D| z, of lifts towards either side.
TEST(TeamSpread, MovesTheEffectByAShareOfItsSize) {
  Plan plan = course();
  plan.teams[0].baseline.emplace_back("aht", 400.0);
  plan.teams.push_back(simulate_tests::team("b", 30));
  plan.teams[1].baseline = {{"csat", 70.0}};
  plan.lifts[0].team_spread = 0.25;
  plan.lifts.push_back({.id = "aht",
                        .kpi = "aht",
                        .kind = LiftKind::relative,
                        .size = -0.1,
                        .reached_at = {.behavior = 0.25},
                        .team_spread = "0.2 to 0.5"});
  constexpr std::uint64_t trials = 300;
  const Trace trace(plan, {.trials = trials, .seed = seed});
  const std::vector<double> of_a = scores(plan, "lifts.csat#team.a", trials);
  const std::vector<double> of_b = scores(plan, "lifts.csat#team.b", trials);
  const std::vector<double> of_time = scores(plan, "lifts.aht#team.a", trials);
  const std::vector<double> spread = scores(plan, "lifts.aht.team_spread", trials);
  for (std::uint64_t t = 0; t < trials; ++t) {
    EXPECT_NEAR(effect(trace, "csat", t), full * (1.0 + 0.25 * of_a[t]), 1e-14);
    EXPECT_NEAR(effect(trace, "csat", t, "b"), full * (1.0 + 0.25 * of_b[t]), 1e-14);
    const double shorter = std::log(0.9);
    EXPECT_NEAR(effect(trace, "aht", t), shorter + spread[t] * std::abs(shorter) * of_time[t], 1e-14);
    EXPECT_NEAR(trace.kpi("csat", 2, t), level(link(70.0) + 0.8 * full * (1.0 + 0.25 * of_a[t])), 1e-12);
  }
}

TEST(TeamSpread, OfTwoTeamsIsIndependentAndStandardNormal) {
  Plan plan = course();
  plan.teams.push_back(simulate_tests::team("b", 30));
  plan.teams[1].baseline = {{"csat", 70.0}};
  plan.lifts[0].team_spread = 0.25;
  constexpr std::uint64_t trials = 20'000;
  const std::vector<double> a = scores(plan, "lifts.csat#team.a", trials);
  const std::vector<double> b = scores(plan, "lifts.csat#team.b", trials);
  const double root = std::sqrt(static_cast<double>(trials));
  // Four standard errors: 1/sqrt(n) of a mean or a correlation, 1/sqrt(2n) of a standard deviation. The
  // stratified sample is better than that.
  EXPECT_NEAR(moments(a).mean, 0.0, 4.0 / root);
  EXPECT_NEAR(moments(a).sd, 1.0, 4.0 / (root * std::sqrt(2.0)));
  EXPECT_NEAR(simulate_tests::correlation_of(a, b), 0.0, 4.0 / root);
}

TEST(TeamSpread, StandsForTeamsThatHaveTheKpi) {
  Plan plan = course();
  plan.teams.push_back(simulate_tests::team("b", 30));
  plan.lifts[0].team_spread = 0.25;
  EXPECT_THROW(static_cast<void>(trainplan::draws(plan, {"lifts.csat#team.b"}, {})), trainplan::InputError);
  plan.lifts[0].team_spread = 0.0;
  EXPECT_THROW(static_cast<void>(trainplan::draws(plan, {"lifts.csat#team.a"}, {})), trainplan::InputError);
}

// ---- how well a baseline is known ----

TEST(BaselineSample, MovesTheLevelByItsErrorOnTheLinkScale) {
  Plan plan = course();
  plan.teams[0].baseline = {{"csat", 70.0}, {"nps", 20.0}, {"aht", 400.0}};
  plan.teams[0].baseline_n = {{"csat", 150.0}, {"nps", 90.0}, {"aht", 64.0}};
  plan.kpis = {{.id = "aht",
                .unit = "s",
                .better = trainplan::Direction::lower,
                .link = trainplan::Link::log,
                .cv = 0.6}};
  constexpr std::uint64_t trials = 200;
  const Trace trace(plan, {.trials = trials, .seed = seed});
  const auto score = [&](const char* kpi) {
    return scores(plan, std::string("teams.a.baseline.") + kpi + "#sample", trials);
  };
  const std::vector<double> csat = score("csat");
  const std::vector<double> nps = score("nps");
  const std::vector<double> aht = score("aht");
  for (std::uint64_t t = 0; t < trials; ++t) {
    const double b = level(link(70.0) + csat[t] / std::sqrt(150.0 * 0.7 * 0.3));
    for (const std::int64_t month : {1, 2, 12}) {
      EXPECT_NEAR(trace.without("csat", month, t), b, 1e-12);
      // NPS runs from -100 to 100: 20 is .6 of the way.
      EXPECT_NEAR(trace.without("nps", month, t),
                  2.0 * level(link(60.0) + nps[t] / std::sqrt(90.0 * 0.6 * 0.4)) - 100.0, 1e-12);
      EXPECT_NEAR(trace.without("aht", month, t), 400.0 * std::exp(0.6 / 8.0 * aht[t]), 1e-10);  // of 400
    }
    // The lift is seen at the team's own level, and both paths start from it.
    const double seen = link(b + 6.0) - link(b);
    EXPECT_NEAR(effect(trace, "csat", t), seen, 1e-14);
    EXPECT_NEAR(trace.kpi("csat", 2, t), level(link(b) + 0.8 * seen), 1e-12);
    EXPECT_EQ(trace.kpi("csat", 1, t), trace.without("csat", 1, t));
  }
}

TEST(BaselineSample, LeavesEvidenceOfAnotherBaseAlone) {
  Plan plan = course();
  plan.teams[0].baseline_n = {{"csat", 150.0}};
  plan.lifts[0].base = 70.0;
  const Trace trace(plan, {.trials = 20, .seed = seed});
  for (std::uint64_t t = 0; t < 20; ++t) EXPECT_NEAR(effect(trace, "csat", t), full, 1e-15);
}

TEST(BaselineSample, SpreadsOutAsTheResponsesSay) {
  Plan plan = course();
  plan.teams[0].baseline_n = {{"csat", 400.0}};
  constexpr std::uint64_t trials = 4'096;
  const Trace trace(plan, {.trials = trials, .seed = seed, .what = {"kpi_without"}});
  std::vector<double> b;
  for (std::uint64_t t = 0; t < trials; ++t) b.push_back(trace.without("csat", 1, t));
  // The standard error of a share of 70 % of 400 is sqrt(.21/400) = 2.291 points; 4 / sqrt(2 n) of it, and
  // .2 % for the bend of the link over it.
  EXPECT_NEAR(moments(b).sd, 2.2913, 2.2913 * (4.0 / std::sqrt(2.0 * trials) + 0.002));
}

TEST(BaselineSample, IsNoneWhereNoResponsesAreStated) {
  const Plan plan = course();
  EXPECT_THROW(static_cast<void>(trainplan::draws(plan, {"teams.a.baseline.csat#sample"}, {})),
               trainplan::InputError);
}

}  // namespace
