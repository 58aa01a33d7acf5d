// A trial is a function of plan, seed and number alone: threads, other trials, the order of rows and what
// else stands in the plan change no bit of it.
#include "trainplan/engine/simulate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "simulate_plan.hpp"
#include "trainplan/base/distribution.hpp"

namespace {

using simulate_tests::rich_outputs;
using simulate_tests::rich_plan;
using simulate_tests::run;
using simulate_tests::same_bits;
using simulate_tests::still_plan;
using trainplan::Draws;
using trainplan::Plan;
using trainplan::Sampling;
using trainplan::Simulation;
using trainplan::Table;
using trainplan::Value;

constexpr std::uint64_t seed = 11;  // of simulate_tests::run

Table first_trials(const Simulation& result, Eigen::Index n) { return result.values.leftCols(n); }

TEST(Simulate, GivesTheSameBitsWithAnyNumberOfThreads) {
  const Plan plan = rich_plan();
  for (const Sampling sampling : {Sampling::stratified, Sampling::random}) {
    const Simulation alone = run(plan, 5'000, 1, rich_outputs(), sampling);
    for (const unsigned threads : {2U, 3U, 7U, 0U}) {
      EXPECT_TRUE(same_bits(run(plan, 5'000, threads, rich_outputs(), sampling).values, alone.values))
          << threads << " threads";
    }
  }
}

TEST(Simulate, GivesTheFirstTrialsTheSameBitsHoweverManyFollow) {
  const Plan plan = rich_plan();
  for (const Sampling sampling : {Sampling::stratified, Sampling::random}) {
    const Simulation most = run(plan, 2'000, 2, rich_outputs(), sampling);
    for (const std::uint64_t n : {1U, 2U, 63U, 64U, 65U, 127U, 500U, 511U, 513U, 1'000U}) {
      const auto count = static_cast<Eigen::Index>(n);
      const Simulation few = run(plan, n, 2, rich_outputs(), sampling);
      const Simulation twice = run(plan, 2 * n, 2, rich_outputs(), sampling);
      EXPECT_TRUE(same_bits(few.values, first_trials(twice, count))) << "first " << n << " of " << 2 * n;
      EXPECT_TRUE(same_bits(few.values, first_trials(most, count))) << "first " << n << " of 2000";
    }
  }
}

TEST(Simulate, GivesOtherTrialsForAnotherSeedAndForTheOtherSampling) {
  const Plan plan = rich_plan();
  const Simulation one = trainplan::simulate(plan, {.trials = 64, .seed = 1, .outputs = {"npv"}});
  const Simulation other = trainplan::simulate(plan, {.trials = 64, .seed = 2, .outputs = {"npv"}});
  const Simulation random =
      trainplan::simulate(plan, {.trials = 64, .seed = 1, .sampling = Sampling::random, .outputs = {"npv"}});
  EXPECT_TRUE((one.values.array() != other.values.array()).all());
  EXPECT_TRUE((one.values.array() != random.values.array()).all());
  // Both halves of the seed count.
  const Simulation high =
      trainplan::simulate(plan, {.trials = 64, .seed = 1 + (1ULL << 32U), .outputs = {"npv"}});
  EXPECT_TRUE((one.values.array() != high.values.array()).all());
}

// Every draw of `before` is drawn alike in `after`.
void expect_same_draws(const Plan& before, const Plan& after) {
  for (const Sampling sampling : {Sampling::stratified, Sampling::random}) {
    const Draws known = trainplan::draws(before, {}, {.trials = 200, .seed = seed, .sampling = sampling});
    const Draws again =
        trainplan::draws(after, known.paths, {.trials = 200, .seed = seed, .sampling = sampling});
    EXPECT_GT(known.paths.size(), 40U);
    EXPECT_TRUE(same_bits(known.values, again.values));
  }
}

TEST(Simulate, LeavesEveryOtherDrawAsItIsWhenAQuantityIsAdded) {
  Plan more = rich_plan();
  more.programme.extrapolation = "0.2 to 0.8";
  more.forgetting.permanent_share = "0.3 to 0.4";
  more.kpis.push_back({.id = "aaa", .high = 100.0});
  expect_same_draws(rich_plan(), more);
}

TEST(Simulate, LeavesEveryOtherDrawAndTeamAsItIsWhenATeamIsAdded) {
  Plan more = rich_plan();
  more.teams.insert(more.teams.begin(), {.id = "advice",
                                         .people = 9,
                                         .hourly_cost = "20 to 24",
                                         .attrition = "20 to 30",
                                         .baseline = {{"csat", "60 to 64"}}});
  expect_same_draws(rich_plan(), more);
  const std::vector<std::string> outputs = {"csat[billing]@9", "aht[claims]@18", "attrition[back_office]@5"};
  EXPECT_TRUE(same_bits(run(rich_plan(), 300, 2, outputs).values, run(more, 300, 2, outputs).values));
}

TEST(Simulate, LeavesEveryOtherDrawAndKpiAsItIsWhenALiftIsAdded) {
  Plan more = rich_plan();
  more.lifts.insert(more.lifts.begin(),
                    {.id = "frt", .kpi = "frt", .size = "-30 to -10", .reached_at = {.behavior = 0.4}});
  expect_same_draws(rich_plan(), more);
  const std::vector<std::string> outputs = {"csat@9", "aht[claims]@18", "npv"};  // nothing is worth waiting
  EXPECT_TRUE(same_bits(run(rich_plan(), 300, 2, outputs).values, run(more, 300, 2, outputs).values));
}

TEST(Simulate, LeavesEveryOtherDrawAndKpiAsItIsWhenACostLineIsAdded) {
  Plan more = rich_plan();
  more.costs.insert(more.costs.begin(), {.id = "audit", .amount = "1000 to 2000"});
  expect_same_draws(rich_plan(), more);
  const std::vector<std::string> outputs = {"csat@9", "aht[claims]@18", "total_benefit"};
  EXPECT_TRUE(same_bits(run(rich_plan(), 300, 2, outputs).values, run(more, 300, 2, outputs).values));
}

template <class List>
void turn(List& list) {
  std::reverse(list.begin(), list.end());
}

TEST(Simulate, GivesTheSameBitsForPermutedRows) {
  Plan turned = rich_plan();
  turn(turned.programme.languages);
  turn(turned.competences);
  turn(turned.teams);
  for (trainplan::Team& team : turned.teams) {
    turn(team.baseline);
    turn(team.baseline_n);
  }
  turn(turned.modules);
  for (trainplan::Module& module : turned.modules) turn(module.competences);
  turn(turned.practices);
  turn(turned.onboarding->modules);
  turn(turned.waves);
  for (trainplan::Wave& wave : turned.waves) {
    turn(wave.teams);
    turn(wave.modules);
  }
  turn(turned.lifts);
  for (trainplan::Lift& lift : turned.lifts) turn(lift.competences);
  turn(turned.costs);
  for (trainplan::CostLine& line : turned.costs) turn(line.waves);
  turn(turned.movements);
  for (trainplan::Movement& movement : turned.movements) turn(movement.season);
  turn(turned.benefits.custom);
  turn(turned.correlations);
  ASSERT_NE(turned, rich_plan());
  EXPECT_TRUE(same_bits(run(turned, 1'000, 2, rich_outputs()).values,
                        run(rich_plan(), 1'000, 2, rich_outputs()).values));
}

// Whether a draw stands at no field of the plan: scores of lifts, baselines and noise.
bool derived(const std::string& path) { return path.find('#') != std::string::npos; }

// The plan with each path of a table of draws fixed at one trial's number; nothing is left to correlate.
Plan fixed(const Plan& plan, const Draws& drawn, Eigen::Index trial) {
  Value::Map changes = {{"correlations", Value()}};
  for (std::size_t i = 0; i < drawn.paths.size(); ++i) {
    if (!derived(drawn.paths[i]))
      changes.emplace_back(drawn.paths[i], Value(drawn.values(static_cast<Eigen::Index>(i), trial)));
  }
  return trainplan::plan::replace(plan, changes);
}

TEST(Draws, AreTheNumbersThatTheTrialUsed) {
  const Plan plan = still_plan();
  const Simulation result = run(plan, 600, 2, rich_outputs());
  const Draws drawn = trainplan::draws(plan, {}, {.trials = 600, .seed = seed});
  for (const Eigen::Index trial : {0, 1, 17, 63, 64, 511, 512, 599}) {
    const Simulation alone = run(fixed(plan, drawn, trial), 1, 1, rich_outputs());
    EXPECT_TRUE(same_bits(alone.values, result.values.col(trial))) << "trial " << trial;
  }
}

// Scores at derived paths depend on seed and trial alone, so trial 0 has them whatever is typed in.
TEST(Draws, AreTheNumbersThatTheFirstTrialUsedBesideItsNoise) {
  Plan plan = rich_plan();
  plan.development.reset();  // lead times follow medians, which a fixed plan has others of
  const Draws drawn = trainplan::draws(plan, {}, {.trials = 1, .seed = seed});
  EXPECT_TRUE(std::any_of(drawn.paths.begin(), drawn.paths.end(), derived));
  EXPECT_TRUE(same_bits(run(fixed(plan, drawn, 0), 1, 1, rich_outputs()).values,
                        run(plan, 1, 1, rich_outputs()).values));
}

TEST(Draws, OfAnOffsetAreThoseOfTheSameTrials) {
  const Plan plan = rich_plan();
  const Draws all = trainplan::draws(plan, {}, {.trials = 1'000, .seed = seed});
  for (const std::uint64_t first : {1U, 63U, 64U, 500U, 511U}) {
    const Draws part = trainplan::draws(plan, {}, {.first = first, .trials = 100, .seed = seed});
    EXPECT_TRUE(same_bits(part.values, all.values.middleCols(static_cast<Eigen::Index>(first), 100)));
  }
}

TEST(Draws, ComeInTheOrderAskedForAndConstantsAreOneNumber) {
  const Plan plan = rich_plan();
  const Draws some = trainplan::draws(
      plan, {"workforce.realization", "teams.claims.attrition", "costs.content.amount"}, {.trials = 5});
  EXPECT_EQ(some.paths, (std::vector<std::string>{"workforce.realization", "teams.claims.attrition",
                                                  "costs.content.amount"}));
  EXPECT_TRUE((some.values.row(1).array() == 38.0).all());
  EXPECT_TRUE((some.values.row(2).array() > 10'000.0).all());
}

TEST(Draws, OfAnUnknownPathAreRefusedWithTheNearest) {
  try {
    static_cast<void>(trainplan::draws(rich_plan(), {"teams.biling.attrition"}, {}));
    FAIL() << "accepted";
  } catch (const trainplan::InputError& error) {
    EXPECT_STREQ(error.what(),
                 "paths: is 'teams.biling.attrition', there is no quantity at this path (did you mean "
                 "'teams.billing.attrition'?)");
  }
}

TEST(CentralTrial, SetsEveryQuantityToItsMedian) {
  const Plan plan = rich_plan();
  const Draws medians = trainplan::draws(plan, {}, {.trials = 7, .central = true});
  ASSERT_EQ(medians.values.cols(), 1);
  int scores = 0;
  const std::vector<trainplan::plan::Input> inputs = trainplan::plan::inputs(plan);
  for (std::size_t i = 0; i < medians.paths.size(); ++i) {
    const auto input = std::find_if(inputs.begin(), inputs.end(),
                                    [&](const auto& one) { return one.path == medians.paths[i]; });
    if (derived(medians.paths[i])) {  // a standard normal score, whose median is 0
      EXPECT_EQ(medians.values(static_cast<Eigen::Index>(i), 0), 0.0) << medians.paths[i];
      ++scores;
      continue;
    }
    ASSERT_NE(input, inputs.end());
    const double exact = trainplan::distribution::quantile(input->distribution, 0.5);
    // PERT and beta come from tables with an error below 1e-8 of their width,
    // here at most 7750 dollars.
    const trainplan::Family family = input->distribution.family;
    const bool table = family == trainplan::Family::pert || family == trainplan::Family::beta;
    EXPECT_NEAR(medians.values(static_cast<Eigen::Index>(i), 0), exact,
                table ? 1e-8 * std::max(1.0, std::abs(exact)) : 1e-12 * std::abs(exact))
        << medians.paths[i];
  }
  EXPECT_GT(scores, 10);
}

TEST(CentralTrial, IsTheTrialOfThePlanWithAllMedians) {
  const Plan plan = still_plan();
  const trainplan::SeriesTable central = trainplan::series(plan, {.central = true, .what = {"output"}});
  const Draws medians = trainplan::draws(plan, {}, {.central = true});
  std::vector<std::string> names;
  for (const trainplan::SeriesKey& key : central.keys) names.push_back(key.item);
  Table expected(static_cast<Eigen::Index>(names.size()), 1);
  for (std::size_t i = 0; i < names.size(); ++i)
    expected(static_cast<Eigen::Index>(i), 0) = central.values[i * (central.months + 1)];
  EXPECT_EQ(names.size(), 15U);
  EXPECT_TRUE(same_bits(run(fixed(plan, medians, 0), 1, 1, names).values, expected));
}

}  // namespace
