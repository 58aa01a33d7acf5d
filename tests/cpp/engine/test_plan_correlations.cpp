// Quantities of a plan that move together.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "engine/plan_small.hpp"

namespace {

using namespace trainplan::plan_small;
using trainplan::Correlation;
using trainplan::InputError;
using trainplan::Plan;
using trainplan::Value;
namespace plan = trainplan::plan;

using Lines = std::vector<std::string>;

// Cost, attrition and the level of satisfaction are uncertain.
Changes uncertain(const Changes& more) {
  Changes all = {{"teams.a.hourly_cost", "20 to 30"},
                 {"teams.a.attrition", "25 to 40"},
                 {"teams.a.baseline.csat", "65 to 75"}};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}
Map row(const char* id, const char* a, const char* b, double spearman) {
  return {{"id", id}, {"a", a}, {"b", b}, {"spearman", spearman}};
}
constexpr const char* cost = "teams.a.hourly_cost";
constexpr const char* attrition = "teams.a.attrition";
constexpr const char* csat = "teams.a.baseline.csat";
// No three quantities can each move with the second and against the third this closely.
const List impossible = {row("c1", cost, attrition, 0.9), row("c2", attrition, csat, 0.9),
                         row("c3", cost, csat, -0.9)};

TEST(PlanCorrelations, AreReadAndWrittenAlike) {
  const Plan made = read_small(uncertain({{"correlations", List{row("c1", cost, attrition, -0.4)}}}));
  EXPECT_EQ(made.correlations,
            (std::vector<Correlation>{{.id = "c1", .a = cost, .b = attrition, .spearman = -0.4}}));
  EXPECT_EQ(plan::read(plan::write(made)), made);
  EXPECT_EQ(plan::get(made, "correlations.c1.spearman"), Value(-0.4));
  const Plan repaired = read_small({{"programme.repair_correlations", true}});
  EXPECT_TRUE(repaired.programme.repair_correlations);
  EXPECT_EQ(plan::read(plan::write(repaired)), repaired);
  EXPECT_EQ(read_small().programme.lift_correlation, 0.5);
}

TEST(PlanCorrelations, FormAGroupOfConnectedPaths) {
  const Plan made = read_small(
      uncertain({{"correlations", List{row("c1", cost, attrition, 0.4), row("c2", csat, attrition, -0.3),
                                       row("c3", "forgetting.half_life", "transfer.spillover", 0.2)}},
                 {"transfer", Map{{"spillover", "0.3 to 0.7"}}}}));
  const auto groups = plan::correlation_groups(made);
  ASSERT_EQ(groups.size(), 2U);
  const auto& three = groups[0];
  EXPECT_EQ(three.members, (Lines{attrition, cost, csat}));
  EXPECT_EQ(three.stated, three.used);
  EXPECT_EQ(three.stated(0, 1), 0.4);
  EXPECT_EQ(three.stated(2, 0), -0.3);
  EXPECT_EQ(three.stated(1, 2), 0.0);  // not stated
  EXPECT_EQ(three.stated(1, 1), 1.0);
  EXPECT_EQ(groups[1].members, (Lines{"forgetting.half_life", "transfer.spillover"}));
  EXPECT_TRUE(plan::correlation_groups(read_small()).empty());
}

TEST(PlanCorrelations, ThatCannotAllHoldAreRefused) {
  const Lines said = refusals(uncertain({{"correlations", impossible}}));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_TRUE(said[0].starts_with("correlations: ")) << said[0];
  EXPECT_NE(said[0].find(cost), std::string::npos) << said[0];
  EXPECT_NE(said[0].find(csat), std::string::npos) << said[0];
}

TEST(PlanCorrelations, ThatCannotAllHoldAreRepairedWhereThePlanAsksForIt) {
  const Plan made =
      read_small(uncertain({{"correlations", impossible}, {"programme.repair_correlations", true}}));
  const auto groups = plan::correlation_groups(made);
  ASSERT_EQ(groups.size(), 1U);
  const auto& group = groups[0];
  EXPECT_EQ(group.stated(0, 1), 0.9);
  for (Eigen::Index i = 0; i < 3; ++i) {
    EXPECT_EQ(group.used(i, i), 1.0);
    for (Eigen::Index j = 0; j < i; ++j) {
      EXPECT_EQ(group.used(i, j), group.used(j, i));
      // Up to signs the three are alike, so the nearest matrix has 1/2 everywhere: r = 2 sin(pi rho/6) and
      // 1 - 2 r = 0 on the edge of what is possible.
      const double r = 2.0 * std::sin(std::acos(-1.0) / 6.0 * std::abs(group.used(i, j)));
      EXPECT_NEAR(r, 0.5, 1e-6) << i
                                << j;  // the repair stops at 1e-12 of its iterates, and they converge slowly
      EXPECT_GT(group.used(i, j) * group.stated(i, j), 0.0) << i << j;
    }
  }
}

TEST(PlanCorrelations, ThatCanHoldAreLeftByARepair) {
  const Plan made = read_small(uncertain(
      {{"correlations", List{row("c1", cost, attrition, 0.4)}}, {"programme.repair_correlations", true}}));
  const auto groups = plan::correlation_groups(made);
  EXPECT_EQ(groups[0].used, groups[0].stated);
}

TEST(PlanCorrelations, AreOfUncertainQuantitiesOfThePlan) {
  const auto of = [](const char* a, const char* b) {
    return refusals(uncertain({{"correlations", List{row("c1", a, b, 0.4)}}}));
  };
  EXPECT_EQ(of(cost, attrition), Lines{});
  EXPECT_EQ(of(cost, "teams.a.baseline.fcr"),
            Lines{"correlations.c1.b: is 'teams.a.baseline.fcr', is certain, so nothing can move with it"});
  EXPECT_EQ(
      of("teams.a.atrition", cost),
      Lines{
          "correlations.c1.a: is 'teams.a.atrition', there is no uncertain quantity of this id (did you mean "
          "'teams.a.attrition'?)"});
  // Draws on derived paths are no quantities of the plan.
  EXPECT_EQ(of(cost, "lifts#common").size(), 1U);
}

TEST(PlanCorrelations, NameTwoQuantitiesOnceAndARankCorrelation) {
  const auto rows = [](const List& list) { return refusals(uncertain({{"correlations", list}})); };
  EXPECT_EQ(rows({row("c1", cost, cost, 0.4)}),
            Lines{"correlations.c1.b: is 'teams.a.hourly_cost', must be another quantity than a"});
  EXPECT_EQ(rows({row("c1", cost, attrition, 1.4)}),
            Lines{"correlations.c1.spearman: is 1.4, must be between -1 and 1"});
  EXPECT_EQ(rows({row("c1", cost, attrition, 0.4), row("c2", attrition, cost, 0.3)}).size(), 1U);
  EXPECT_EQ(rows({row("c1", cost, attrition, 0.4), row("c1", csat, cost, 0.3)}).size(), 1U);
}

TEST(PlanCorrelations, RefuseAPlanWhoseQuantityHasBecomeCertain) {
  const Plan made = read_small(uncertain({{"correlations", List{row("c1", cost, attrition, 0.4)}}}));
  try {
    static_cast<void>(plan::replace(made, {{cost, 25.0}}));
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "correlations.c1.a: is 'teams.a.hourly_cost', is certain, so nothing can move with it");
  }
}

// ---- lifts ----

double direction(const Changes& changes) {
  const Plan made = read_small(changes);
  return plan::shared_direction(made, made.lifts.front());
}

TEST(PlanLifts, MoveTogetherTowardsBetter) {
  EXPECT_EQ(direction({}), 1.0);
  const auto of = [](const char* kpi, const char* kind, const char* size) {
    return direction({{"lifts.csat.kpi", kpi}, {"lifts.csat.kind", kind}, {"lifts.csat.size", size}});
  };
  EXPECT_EQ(of("csat", "relative", "0.02 to 0.06"), 1.0);
  EXPECT_EQ(of("csat", "gap", "0.1 to 0.3"), 1.0);
  EXPECT_EQ(of("aht", "points", "-40 to -10"), -1.0);
  EXPECT_EQ(of("aht", "relative", "-0.15 to -0.05"), -1.0);
  EXPECT_EQ(of("aht", "gap", "0.05 to 0.2"), 1.0);  // a larger share of the way to the better end
  EXPECT_EQ(of("attrition", "relative", "-0.2 to -0.1"), -1.0);
}

TEST(PlanLifts, OfAnOwnKpiMoveInItsOwnDirection) {
  EXPECT_EQ(direction({{"kpis", List{Map{{"id", "effort"}, {"better", "lower"}, {"high", 7.0}}}},
                       {"teams.a.baseline.effort", 4.0},
                       {"lifts.csat.kpi", "effort"}}),
            -1.0);
}

TEST(PlanLifts, MoveByThemselvesWhereThePlanSaysSo) {
  EXPECT_EQ(direction({{"programme.lift_correlation", 0.0}}), 0.0);
  // A row that names the lift takes the place of what all lifts share.
  const Changes named = uncertain({{"correlations", List{row("c1", cost, "lifts.csat.size", 0.4)}}});
  EXPECT_EQ(direction(named), 0.0);
  EXPECT_EQ(direction(uncertain({{"correlations", List{row("c1", cost, attrition, 0.4)}}})), 1.0);
}

}  // namespace
