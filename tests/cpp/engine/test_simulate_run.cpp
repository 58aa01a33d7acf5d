// How a run is asked for, watched, stopped and refused.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "simulate_plan.hpp"
#include "trainplan/engine/simulate.hpp"

namespace {

using simulate_tests::rich_outputs;
using simulate_tests::rich_plan;
using simulate_tests::run;
using simulate_tests::same_bits;
using trainplan::InputError;
using trainplan::Plan;
using trainplan::SimulationOptions;

// What a run that must be refused says.
std::string refusal(const Plan& plan, const SimulationOptions& options) {
  try {
    static_cast<void>(trainplan::simulate(plan, options));
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}
std::string refused_output(const std::string& name) {
  return refusal(rich_plan(), {.trials = 1, .outputs = {name}});
}

TEST(Outputs, AreThoseAskedForInTheirOrder) {
  const std::vector<std::string> names = {
      "csat[billing]@5", "npv", "qa[back_office]@18", "npv", "csat[product_line=car]@1", "csat[claims]@1"};
  const trainplan::Simulation result = run(rich_plan(), 10, 2, names);
  EXPECT_EQ(result.outputs, names);
  ASSERT_EQ(result.values.rows(), 6);
  ASSERT_EQ(result.values.cols(), 10);
  EXPECT_TRUE((result.values.row(1).array() == result.values.row(3).array()).all());
  EXPECT_TRUE((result.values.row(4).array() == result.values.row(5).array()).all());  // its only team
}

TEST(Outputs, AreMoneyAndEveryStatedKpiAtMonthSixAndTheLastByDefault) {
  std::vector<std::string> expected = {"npv",
                                       "roi",
                                       "roi_pv",
                                       "bcr",
                                       "bcr_pv",
                                       "payback_month",
                                       "total_cost",
                                       "total_benefit",
                                       "pv_cost",
                                       "pv_benefit",
                                       "contingency",
                                       "funding_request",
                                       "discounted_payback_month",
                                       "cash_cost",
                                       "cost_per_learner"};
  // Leading indicators are asked for by name.
  for (const char* kpi :
       {"csat", "nps", "fcr", "aht", "frt", "churn", "attrition", "reroute", "conversion", "qa"}) {
    expected.push_back(std::string(kpi) + "@6");
    expected.push_back(std::string(kpi) + "@18");
  }
  EXPECT_EQ(trainplan::default_outputs(rich_plan()), expected);
  EXPECT_EQ(run(rich_plan(), 1).outputs, expected);
}

TEST(Outputs, OfAHorizonUpToSixMonthsNameItsLastMonthOnce) {
  Plan plan;
  plan.teams = {
      {.id = "a", .people = 3, .hourly_cost = 20.0, .attrition = 30.0, .baseline = {{"csat", 70.0}}}};
  plan.programme.months = 6;
  const std::vector<std::string> names = trainplan::default_outputs(plan);
  EXPECT_EQ(std::vector<std::string>(names.begin() + 15, names.end()),
            (std::vector<std::string>{"csat@6", "attrition@6"}));
  EXPECT_EQ(run(plan, 3).outputs, names);
}

TEST(Outputs, WithAMisspeltNameAreRefusedWithTheNearest) {
  EXPECT_EQ(refused_output("npw"),
            "outputs: is 'npw', is no output; write a money output such as npv, or a KPI with its month: "
            "csat@6 (did you mean 'npv'?)");
  EXPECT_EQ(refused_output("cst@6"), "outputs: is 'cst@6', there is no KPI 'cst' (did you mean 'csat'?)");
  EXPECT_EQ(refused_output("csat[biling]@6"),
            "outputs: is 'csat[biling]@6', there is no team, region=... or product_line=... 'biling' (did "
            "you mean 'billing'?)");
  EXPECT_EQ(refused_output("csat[region=EMAE]@6"),
            "outputs: is 'csat[region=EMAE]@6', there is no team, region=... or product_line=... "
            "'region=EMAE' (did you mean 'region=EMEA'?)");
}

TEST(Outputs, OfAMonthOutsideTheHorizonAreRefused) {
  for (const char* name : {"csat@0", "csat@19", "csat@-1"}) {
    EXPECT_EQ(refused_output(name),
              "outputs: is '" + std::string(name) + "', the month must be between 1 and the horizon, 18");
  }
  for (const char* name : {"csat@", "csat@x", "csat@6.5", "csat@6 >= 80", "csat@99999999999999999999"}) {
    EXPECT_EQ(refused_output(name),
              "outputs: is '" + std::string(name) + "', after @ there must be a month: csat@6");
  }
}

TEST(Outputs, OfTeamsWithoutABaselineOfTheKpiAreRefused) {
  EXPECT_EQ(
      refused_output("csat[back_office]@6"),
      "outputs: is 'csat[back_office]@6', no team it selects has this KPI: it needs a baseline, a leading "
      "indicator needs training");
  EXPECT_EQ(refused_output("csat[billing@6"),
            "outputs: is 'csat[billing@6', the selection needs a closing bracket: csat[billing]@6");
}

TEST(Options, OutOfRangeAreRefusedByName) {
  const Plan plan = rich_plan();
  EXPECT_EQ(refusal(plan, {.trials = 0}), "trials: is 0, must be between 1 and 1000000000");
  EXPECT_EQ(refusal(plan, {.trials = 1'000'000'000'000}),
            "trials: is 1000000000000, must be between 1 and 1000000000");
  EXPECT_EQ(refusal(plan, {.trials = ~std::uint64_t{0}}),
            "trials: is 18446744073709551615, must be between 1 and 1000000000");
  EXPECT_EQ(refusal(plan, {.trials = 1, .threads = 5'000}),
            "threads: is 5000, must be between 0 (all) and 4096");
}

TEST(Options, ThatWouldFillTheMemoryAreRefusedBeforeAnythingIsAllocated) {
  // 35 outputs of 10^9 trials: 280 GB, above the limit of 4 GiB on every machine.
  const std::string said = refusal(rich_plan(), {.trials = 1'000'000'000});
  EXPECT_TRUE(said.starts_with("trials: is 1000000000, their values would take 280000 MB; at most ")) << said;
  EXPECT_TRUE(said.ends_with(" MB may (ask for fewer outputs, or fewer trials)")) << said;
}

// A team whose satisfaction is 97 % before the lift, of which `size` is the
// distribution.
Plan near_the_bound(const char* size) {
  Plan plan;
  plan.teams = {
      {.id = "a", .people = 3, .hourly_cost = 20.0, .attrition = 30.0, .baseline = {{"csat", 97.0}}}};
  plan.modules = {{.id = "m", .competences = {"communication"}, .hours = 2.0, .mastery = 0.5}};
  plan.waves = {{.id = "w", .teams = {"a"}, .modules = {"m"}}};
  plan.lifts = {{.id = "friendly", .kpi = "csat", .size = size, .reached_at = {.behavior = 0.05}}};
  trainplan::throw_if_any(trainplan::plan::check(plan));
  return plan;
}

TEST(Lifts, ThatLeaveTheBoundsInMoreThanOnePercentOfTheTrialsAreRefusedByName) {
  const std::string said = refusal(near_the_bound("normal(2, 2)"), {.trials = 64'000, .outputs = {"csat@6"}});
  // P(2 + 2 z > 3) = P(z > 0.5) = 30.85 %.
  EXPECT_EQ(said,
            "lifts.friendly.size: is normal(2, 2), base + lift leaves the bounds of csat in 30.8 % of the "
            "trials (at most 1 % may) (state the lift as a share of the gap: kind = \"gap\")");
}

TEST(Lifts, ThatLeaveTheBoundsInFewTrialsAreClampedThere) {
  // P(1 + z / 1.25 > 3) = P(z > 2.5) = 0.62 %: clamped to one millionth of the
  // scale inside the bound.
  const trainplan::Simulation result = run(near_the_bound("normal(1, 0.8)"), 6'400, 2, {"csat@6"});
  EXPECT_LT(result.values.maxCoeff(), 100.0);
  EXPECT_GT(result.values.maxCoeff(), 99.0);
}

TEST(Lifts, OfSizeZeroAreIdleEvenOnTheBound) {
  Plan plan = near_the_bound("0");
  plan.teams[0].baseline = {{"csat", 100.0}};
  EXPECT_NO_THROW(static_cast<void>(run(plan, 64, 1, {"csat@6"})));
}

// Enough trials for a minute: a run of them ends only because it is stopped.
const SimulationOptions endless = {.trials = 100'000'000, .threads = 3, .outputs = {"npv"}};

std::ptrdiff_t threads_of_this_process() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}
// The system forgets a thread a moment after it was joined.
bool comes_back_to(std::ptrdiff_t threads) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (threads_of_this_process() != threads) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(Progress, IsCalledOnTheCallingThreadWithTheTrialsDone) {
  const auto caller = std::this_thread::get_id();
  std::vector<std::uint64_t> seen;
  const auto watch = [&](std::uint64_t done, std::uint64_t total) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    EXPECT_EQ(total, endless.trials);
    seen.push_back(done);
    return seen.size() < 3;
  };
  EXPECT_THROW(static_cast<void>(trainplan::simulate(rich_plan(), endless, watch)), trainplan::Cancelled);
  ASSERT_EQ(seen.size(), 3U);  // and never again once it said stop
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_GT(seen.back(), seen.front());
  EXPECT_LT(seen.back(), endless.trials);
}

TEST(Progress, ThatSaysStopEndsTheRunWithNothingLeftRunning) {
  const std::ptrdiff_t before = threads_of_this_process();
  const auto stop = [](std::uint64_t, std::uint64_t) { return false; };
  EXPECT_THROW(static_cast<void>(trainplan::simulate(rich_plan(), endless, stop)), trainplan::Cancelled);
  EXPECT_TRUE(comes_back_to(before));
}

TEST(Progress, ThatThrowsEndsTheRunWithItsExceptionAndNothingLeftRunning) {
  const std::ptrdiff_t before = threads_of_this_process();
  const auto fail = [](std::uint64_t, std::uint64_t) -> bool { throw std::out_of_range("of the callback"); };
  try {
    static_cast<void>(trainplan::simulate(rich_plan(), endless, fail));
    FAIL() << "went on";
  } catch (const std::out_of_range& error) {
    EXPECT_STREQ(error.what(), "of the callback");
  }
  EXPECT_TRUE(comes_back_to(before));
}

TEST(Progress, ThatStoppedARunLeavesTheNextOneItsBits) {
  const auto stop = [](std::uint64_t, std::uint64_t) { return false; };
  const trainplan::Simulation before = run(rich_plan(), 500, 2, rich_outputs());
  EXPECT_THROW(static_cast<void>(trainplan::simulate(rich_plan(), endless, stop)), trainplan::Cancelled);
  EXPECT_TRUE(same_bits(run(rich_plan(), 500, 2, rich_outputs()).values, before.values));
}

TEST(Progress, ThatSaysGoOnChangesNoBit) {
  const auto go_on = [](std::uint64_t, std::uint64_t) { return true; };
  const SimulationOptions options = {.trials = 20'000, .seed = 11, .threads = 2, .outputs = rich_outputs()};
  EXPECT_TRUE(same_bits(trainplan::simulate(rich_plan(), options, go_on).values,
                        trainplan::simulate(rich_plan(), options).values));
}

}  // namespace
