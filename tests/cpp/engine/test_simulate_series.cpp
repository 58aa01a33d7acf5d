// Monthly series are the same trials as the outputs, looked at from nearer.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "simulate_plan.hpp"
#include "trainplan/engine/simulate.hpp"

namespace {

using simulate_tests::rich_plan;
using simulate_tests::run;
using trainplan::Plan;
using trainplan::Sampling;
using trainplan::SeriesKey;
using trainplan::SeriesTable;

constexpr std::uint64_t seed = 11;  // of simulate_tests::run

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

double value(const SeriesTable& table, std::size_t key, std::uint64_t month, std::uint64_t trial) {
  return table.values[(key * (table.months + 1) + month) * table.trials + trial];
}
std::size_t find(const SeriesTable& table, const std::string& what, const std::string& team,
                 const std::string& item) {
  const auto found = std::find_if(table.keys.begin(), table.keys.end(), [&](const SeriesKey& key) {
    return key.what == what && key.team == team && key.item == item;
  });
  EXPECT_NE(found, table.keys.end()) << what << " " << team << " " << item;
  return static_cast<std::size_t>(found - table.keys.begin());
}

// Name of the output that a KPI series is in a month.
std::string name(const SeriesKey& key, std::uint64_t month) {
  return key.item + (key.team.empty() ? "" : "[" + key.team + "]") + "@" + std::to_string(month);
}

// What the tests of bits and threads run is the whole model: nothing of the rich plan is idle.
TEST(RichPlan, MovesWavesForEveryReasonAndHasEveryStreamAndLine) {
  const Plan plan = rich_plan();
  const auto placed = trainplan::plan::schedule(plan);
  ASSERT_EQ(placed.size(), 3U);
  EXPECT_EQ(placed[0].why, trainplan::calendar::Moved::lead_time);
  EXPECT_EQ(placed[1].why, trainplan::calendar::Moved::peak_season);
  EXPECT_EQ(placed[2].why, trainplan::calendar::Moved::order);
  const SeriesTable table = trainplan::series(plan, {.trials = 30, .seed = seed});
  const auto total = [&](const std::string& what, const std::string& item) {
    double sum = 0.0;
    for (std::size_t k = 0; k < table.keys.size(); ++k) {
      if (table.keys[k].what != what || table.keys[k].item != item) continue;
      for (std::uint64_t month = 0; month <= table.months; ++month) {
        const double x = value(table, k, month, 7);
        if (!std::isnan(x)) sum += x;
      }
    }
    return sum;
  };
  for (const char* stream : {"contact_work", "reroute", "retention", "retention_after", "acquisition",
                             "sales", "hiring", "custom.quality", "custom.goodwill"}) {
    EXPECT_NE(total("benefit", stream), 0.0) << stream;
  }
  for (const trainplan::CostLine& line : plan.costs) EXPECT_GT(total("cost", line.id), 0.0) << line.id;
  EXPECT_GT(total("backfill", ""), 0.0);
  for (const trainplan::Lift& lift : plan.lifts) EXPECT_GT(total("applied", lift.id), 0.0) << lift.id;
  for (const char* kpi : {"csat", "aht", "churn", "attrition"}) {
    const bool noisy = std::any_of(table.keys.begin(), table.keys.end(), [&](const SeriesKey& key) {
      return key.what == "noise" && key.item == kpi;
    });
    EXPECT_TRUE(noisy) << kpi;
  }
  for (const trainplan::Kpi& kpi : trainplan::kpi::leading()) EXPECT_GT(total("kpi", kpi.id), 0.0) << kpi.id;
}

TEST(Series, OfEveryKpiAgreeWithTheOutputsBitForBit) {
  const Plan plan = rich_plan();
  constexpr std::uint64_t trials = 600;  // more than a block
  for (const Sampling sampling : {Sampling::stratified, Sampling::random}) {
    const SeriesTable table =
        trainplan::series(plan, {.trials = trials, .seed = seed, .sampling = sampling, .what = {"kpi"}});
    ASSERT_EQ(table.months, 18U);
    // KPIs of billing, claims and back office, the programme, the regions EMEA (the first two) and APAC (the
    // third), the product lines home (the first) and car (the second). Every team has attrition, and five
    // leading indicators beside knowledge, which billing alone measures.
    constexpr std::size_t billing = 10 + 6, claims = 6 + 5, back_office = 2 + 5, all = 10 + 6;
    EXPECT_EQ(table.keys.size(),
              (billing + claims + back_office) + all + (all + back_office) + (billing + claims));
    for (const std::uint64_t month : {1U, 2U, 4U, 6U, 11U, 18U}) {
      std::vector<std::string> names;
      for (const SeriesKey& key : table.keys) names.push_back(name(key, month));
      const trainplan::Simulation result = run(plan, trials, 2, names, sampling);
      for (std::size_t k = 0; k < names.size(); ++k) {
        for (std::uint64_t t = 0; t < trials; ++t) {
          const double output = result.values(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(t));
          ASSERT_EQ(bits(value(table, k, month, t)), bits(output)) << names[k] << ", trial " << t;
        }
      }
    }
  }
}

TEST(Series, OfMoneyAgreeWithTheOutputsBitForBit) {
  const Plan plan = rich_plan();
  constexpr std::uint64_t trials = 600;
  const SeriesTable table = trainplan::series(plan, {.trials = trials, .seed = seed, .what = {"output"}});
  std::vector<std::string> names;
  for (const SeriesKey& key : table.keys) names.push_back(key.item);
  const std::vector<std::string> all = trainplan::default_outputs(plan);
  EXPECT_EQ(names, std::vector<std::string>(all.begin(), all.begin() + 15));
  const trainplan::Simulation result = run(plan, trials, 2, names);
  for (std::size_t k = 0; k < names.size(); ++k) {
    for (std::uint64_t t = 0; t < trials; ++t) {
      const double output = result.values(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(t));
      ASSERT_EQ(bits(value(table, k, 0, t)), bits(output)) << names[k] << ", trial " << t;
    }
  }
}

TEST(Series, FromAnOffsetAreThoseOfTheSameTrials) {
  const Plan plan = rich_plan();
  const SeriesTable all = trainplan::series(plan, {.trials = 700, .seed = seed});
  for (const std::uint64_t first : {1U, 63U, 64U, 500U, 600U}) {
    const SeriesTable part = trainplan::series(plan, {.first = first, .trials = 100, .seed = seed});
    ASSERT_EQ(part.keys, all.keys);
    for (std::size_t k = 0; k < all.keys.size(); ++k) {
      for (std::uint64_t month = 0; month <= all.months; ++month) {
        for (std::uint64_t t = 0; t < 100; ++t)
          ASSERT_EQ(bits(value(part, k, month, t)), bits(value(all, k, month, first + t)))
              << all.keys[k].what << ", month " << month << ", trial " << first + t;
      }
    }
  }
}

TEST(Series, OfAFewKindsAreThoseOfAllKinds) {
  const Plan plan = rich_plan();
  const SeriesTable all = trainplan::series(plan, {.trials = 3, .seed = seed});
  const SeriesTable few = trainplan::series(plan, {.trials = 3, .seed = seed, .what = {"cash_flow", "cost"}});
  ASSERT_GT(few.keys.size(), 10U);
  for (std::size_t k = 0; k < few.keys.size(); ++k) {
    EXPECT_TRUE(few.keys[k].what == "cash_flow" || few.keys[k].what == "cost");
    const auto same = std::find(all.keys.begin(), all.keys.end(), few.keys[k]);
    ASSERT_NE(same, all.keys.end());
    for (std::uint64_t month = 0; month <= all.months; ++month) {
      EXPECT_EQ(bits(value(few, k, month, 2)),
                bits(value(all, static_cast<std::size_t>(same - all.keys.begin()), month, 2)));
    }
  }
}

TEST(Series, HaveEachKeyOnce) {
  const SeriesTable table = trainplan::series(rich_plan(), {});
  std::set<std::tuple<std::string, std::string, std::string, std::string, std::string>> seen;
  for (const SeriesKey& key : table.keys)
    seen.emplace(key.what, key.team, key.item, key.cohort, key.competence);
  EXPECT_EQ(seen.size(), table.keys.size());
}

TEST(Series, OfKpisHaveNoValueInMonthZero) {
  const SeriesTable table = trainplan::series(rich_plan(), {.trials = 2});
  const std::size_t kpi = find(table, "kpi", "", "csat");
  EXPECT_TRUE(std::isnan(value(table, kpi, 0, 1)));
  EXPECT_FALSE(std::isnan(value(table, kpi, 1, 1)));
}

TEST(Series, OfCostsStandInTheMonthThatTheLineNames) {
  const SeriesTable table = trainplan::series(rich_plan(), {.trials = 5, .seed = seed, .what = {"cost"}});
  const trainplan::Draws amounts = trainplan::draws(
      rich_plan(), {"costs.content.amount", "costs.launch.amount"}, {.trials = 5, .seed = seed});
  const std::size_t content = find(table, "cost", "", "content");
  const std::size_t launch = find(table, "cost", "", "launch");
  const std::size_t manager = find(table, "cost", "", "manager");
  for (std::uint64_t month = 0; month <= table.months; ++month) {
    EXPECT_EQ(value(table, content, month, 4), month == 0 ? amounts.values(0, 4) : 0.0);
    EXPECT_EQ(value(table, launch, month, 4), month == 4 ? amounts.values(1, 4) : 0.0);
    EXPECT_EQ(value(table, manager, month, 4), month >= 1 && month <= 9 ? 900.0 : 0.0);
  }
}

}  // namespace
