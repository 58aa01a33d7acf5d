// Quantities that move together: what draws achieve, and that everything else is drawn as before
// (docs/method.md, section 1).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "simulate_course.hpp"
#include "simulate_plan.hpp"

namespace {

using simulate_tests::course;
using simulate_tests::rich_plan;
using simulate_tests::same_bits;
using trainplan::Draws;
using trainplan::LiftKind;
using trainplan::Plan;
using trainplan::Sampling;
using trainplan::Table;

constexpr std::uint64_t seed = 11;
constexpr std::uint64_t trials = 20'000;
// Four standard errors of a rank correlation, at most 1/sqrt(n - 1) each; a stratified sample is better.
const double bound = 4.0 / std::sqrt(static_cast<double>(trials) - 1.0);

Table rank_correlation(const Plan& plan, const std::vector<std::string>& paths, Sampling sampling) {
  trainplan::throw_if_any(trainplan::plan::check(plan));
  const Draws drawn = trainplan::draws(plan, paths, {.trials = trials, .seed = seed, .sampling = sampling});
  return trainplan::correlation::rank_correlation(drawn.values);
}

Plan three_quantities() {
  Plan plan = course();
  plan.teams[0].hourly_cost = "20 to 30";                 // lognormal
  plan.teams[0].attrition = "pert(20, 30, 60)";           // beta, from a table
  plan.teams[0].contacts = "triangular(8e3, 1e4, 14e3)";  // by the uniform number
  plan.workforce.realization = "uniform(0.4, 0.8)";
  plan.correlations = {{.id = "c1", .a = "teams.a.hourly_cost", .b = "teams.a.attrition", .spearman = -0.6},
                       {.id = "c2", .a = "teams.a.attrition", .b = "teams.a.contacts", .spearman = 0.5}};
  return plan;
}

TEST(Correlation, OfDrawsIsTheRankCorrelationStated) {
  for (const Sampling sampling : {Sampling::stratified, Sampling::random}) {
    const Table r = rank_correlation(
        three_quantities(),
        {"teams.a.hourly_cost", "teams.a.attrition", "teams.a.contacts", "workforce.realization"}, sampling);
    EXPECT_NEAR(r(0, 1), -0.6, bound);
    EXPECT_NEAR(r(1, 2), 0.5, bound);
    EXPECT_NEAR(r(0, 2), 0.0, bound);  // stated nowhere: 0, not what the two others would bring
    for (Eigen::Index i = 0; i < 3; ++i) EXPECT_NEAR(r(i, 3), 0.0, bound) << i;
  }
}

TEST(Correlation, OfOneIsTheSameRankInEveryTrial) {
  for (const double rho : {1.0, -1.0}) {
    Plan plan = three_quantities();
    plan.correlations = {{.id = "c1", .a = "teams.a.hourly_cost", .b = "teams.a.contacts", .spearman = rho}};
    const Table r = rank_correlation(plan, {"teams.a.hourly_cost", "teams.a.contacts"}, Sampling::stratified);
    EXPECT_NEAR(r(0, 1), rho, 1e-12);
  }
}

TEST(Correlation, ThatIsRepairedIsTheOneUsed) {
  Plan plan = three_quantities();
  plan.correlations = {{.id = "c1", .a = "teams.a.hourly_cost", .b = "teams.a.attrition", .spearman = 0.9},
                       {.id = "c2", .a = "teams.a.attrition", .b = "teams.a.contacts", .spearman = 0.9},
                       {.id = "c3", .a = "teams.a.hourly_cost", .b = "teams.a.contacts", .spearman = -0.9}};
  plan.programme.repair_correlations = true;
  const auto group = trainplan::plan::correlation_groups(plan).front();
  const Table r = rank_correlation(plan, group.members, Sampling::stratified);
  for (Eigen::Index i = 0; i < 3; ++i)
    for (Eigen::Index j = 0; j < 3; ++j) EXPECT_NEAR(r(i, j), group.used(i, j), bound) << i << j;
}

// Each quantity keeps its own distribution: quantiles of the correlated draws are those of the field.
TEST(Correlation, LeavesEveryDistributionWhatItIs) {
  const Plan plan = three_quantities();
  const Draws drawn = trainplan::draws(plan, {}, {.trials = trials, .seed = seed});
  for (const trainplan::plan::Input& input : trainplan::plan::inputs(plan)) {
    const auto found = std::find(drawn.paths.begin(), drawn.paths.end(), input.path);
    if (found == drawn.paths.end()) continue;
    for (const double p : {0.1, 0.5, 0.9}) {
      const double q = trainplan::distribution::quantile(input.distribution, p);
      const auto below = (drawn.values.row(found - drawn.paths.begin()).array() <= q).cast<double>().mean();
      EXPECT_NEAR(below, p, 4.0 * std::sqrt(p * (1.0 - p) / static_cast<double>(trials))) << input.path;
    }
  }
}

// ---- sizes of lifts ----

Plan lifted() {
  Plan plan = course();
  plan.programme.lift_correlation = 0.5;
  plan.teams[0].baseline = {{"csat", 70.0}, {"aht", 400.0}, {"fcr", 60.0}, {"churn", 18.0}};
  const auto lift = [](const char* id, const char* kpi, LiftKind kind, const char* size) {
    return trainplan::Lift{.id = id, .kpi = kpi, .kind = kind, .size = size, .reached_at = {.behavior = 0.4}};
  };
  plan.lifts = {lift("csat", "csat", LiftKind::points, "2 to 8"),
                lift("time", "aht", LiftKind::relative, "-0.15 to -0.03"),
                lift("way", "aht", LiftKind::gap, "uniform(0.05, 0.2)"),
                lift("loss", "churn", LiftKind::points, "-3 to -1"),
                lift("once", "fcr", LiftKind::gap, "beta(2, 8)")};
  return plan;
}
const std::vector<std::string> sizes = {"lifts.csat.size", "lifts.time.size", "lifts.way.size",
                                        "lifts.loss.size", "lifts.once.size"};

TEST(LiftCorrelation, MovesSizesTowardsBetterTogether) {
  for (const Sampling sampling : {Sampling::stratified, Sampling::random}) {
    const Table r = rank_correlation(lifted(), sizes, sampling);
    // A better size of `time` and `loss` is a smaller number; a share of the gap is always towards better.
    const std::vector<double> sign = {1.0, -1.0, 1.0, -1.0, 1.0};
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        EXPECT_NEAR(r(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)), 0.5 * sign[i] * sign[j],
                    bound)
            << sizes[i] << ", " << sizes[j];
      }
    }
  }
}

TEST(LiftCorrelation, IsAsStrongAsThePlanSays) {
  for (const double rho : {0.0, 0.2, 0.9}) {
    Plan plan = lifted();
    plan.programme.lift_correlation = rho;
    const Table r = rank_correlation(plan, sizes, Sampling::stratified);
    EXPECT_NEAR(r(0, 1), -rho, bound) << rho;
    EXPECT_NEAR(r(2, 4), rho, bound) << rho;
  }
}

TEST(LiftCorrelation, IsNoneOfALiftThatARowNames) {
  Plan plan = lifted();
  plan.teams[0].hourly_cost = "20 to 30";
  plan.correlations = {{.id = "c1", .a = "lifts.csat.size", .b = "teams.a.hourly_cost", .spearman = 0.4}};
  std::vector<std::string> paths = sizes;
  paths.emplace_back("teams.a.hourly_cost");
  const Table r = rank_correlation(plan, paths, Sampling::stratified);
  EXPECT_NEAR(r(0, 5), 0.4, bound);
  for (Eigen::Index i = 1; i < 5; ++i) EXPECT_NEAR(r(0, i), 0.0, bound) << i;
  EXPECT_NEAR(r(1, 2), -0.5, bound);
}

TEST(LiftCorrelation, TakesACertainLiftAsItIs) {
  Plan plan = lifted();
  plan.lifts[0].size = 5.0;
  const Draws drawn = trainplan::draws(plan, {"lifts.csat.size"}, {.trials = 100, .seed = seed});
  EXPECT_TRUE((drawn.values.array() == 5.0).all());
}

// ---- nothing else is drawn otherwise ----

// Draws of `after` at each path of `before` but those named.
void expect_same_draws(const Plan& before, const Plan& after, const std::vector<std::string>& but) {
  for (const Sampling sampling : {Sampling::stratified, Sampling::random}) {
    const trainplan::SeriesOptions options = {.trials = 200, .seed = seed, .sampling = sampling};
    const Draws known = trainplan::draws(before, {}, options);
    const Draws again = trainplan::draws(after, known.paths, options);
    EXPECT_GT(known.paths.size(), but.size());
    for (std::size_t i = 0; i < known.paths.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      const bool changed = std::find(but.begin(), but.end(), known.paths[i]) != but.end();
      EXPECT_NE(same_bits(known.values.row(row), again.values.row(row)), changed) << known.paths[i];
    }
  }
}

TEST(DrawsBeside, ACorrelationAreAsBefore) {
  Plan more = rich_plan();
  more.correlations.push_back(
      {.id = "c9", .a = "modules.foundation.mastery", .b = "teams.claims.contacts", .spearman = 0.5});
  // The alphabetically first of the two draws as alone, the other follows it.
  expect_same_draws(rich_plan(), more, {"teams.claims.contacts"});
  more = rich_plan();
  more.correlations.push_back(
      {.id = "c9", .a = "teams.claims.contacts", .b = "teams.billing.hourly_cost", .spearman = 0.5});
  expect_same_draws(rich_plan(), more, {"teams.claims.contacts"});  // it joins the group last
}

TEST(DrawsBeside, ARowThatNamesALiftAreAsBefore) {
  Plan more = rich_plan();
  more.correlations.push_back({.id = "c9", .a = "lifts.csat.size", .b = "lifts.aht.size", .spearman = -0.8});
  expect_same_draws(rich_plan(), more, {"lifts.csat.size", "lifts.aht.size"});  // both leave the common score
}

TEST(DrawsBeside, ALiftAreAsBefore) {
  Plan more = rich_plan();
  more.lifts.insert(more.lifts.begin(),
                    {.id = "frt", .kpi = "frt", .size = "-30 to -10", .reached_at = {.behavior = 0.4}});
  expect_same_draws(rich_plan(), more, {});
}

TEST(DrawsBeside, ATeamAreAsBefore) {
  Plan more = rich_plan();
  more.teams.insert(more.teams.begin(), {.id = "advice",
                                         .people = 9,
                                         .hourly_cost = "20 to 24",
                                         .attrition = "20 to 30",
                                         .baseline = {{"csat", "60 to 64"}, {"aht", 400.0}},
                                         .baseline_n = {{"csat", 100.0}}});
  expect_same_draws(rich_plan(), more, {});
  // Noise of months too: what it adds up to is the same in every other team.
  const std::vector<std::string> outputs = {"csat[billing]@12", "aht[claims]@18", "attrition[back_office]@9"};
  EXPECT_TRUE(same_bits(simulate_tests::run(more, 200, 2, outputs).values,
                        simulate_tests::run(rich_plan(), 200, 2, outputs).values));
}

TEST(DrawsBeside, AMovementAndASampleAreAsBefore) {
  Plan more = rich_plan();
  more.movements.push_back({.id = "nps", .programme_sd = 2.0, .team_sd = 3.0});
  more.teams[0].baseline_n.emplace_back("fcr", 500.0);
  expect_same_draws(rich_plan(), more, {});
  const std::vector<std::string> outputs = {"csat@12", "aht[claims]@18", "attrition[back_office]@9"};
  EXPECT_TRUE(same_bits(simulate_tests::run(more, 200, 2, outputs).values,
                        simulate_tests::run(rich_plan(), 200, 2, outputs).values));
}

}  // namespace
