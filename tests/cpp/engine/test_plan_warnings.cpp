// What a careful reader would ask about a plan that can be computed.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/plan_small.hpp"

namespace {

using namespace trainplan::plan_small;
using trainplan::Value;
namespace plan = trainplan::plan;

using Lines = std::vector<std::string>;

Lines all_warnings(const Changes& changes) {
  Lines lines;
  for (const auto& problem : plan::warnings(read_small(changes))) {
    lines.push_back(trainplan::describe(problem));
  }
  return lines;
}

// Of a plan whose lift rests on the competence that its module teaches.
Lines warnings(const Changes& changes) {
  Changes all = {{"lifts.csat.competences", Map{{"communication", 1.0}}}};
  all.insert(all.end(), changes.begin(), changes.end());
  return all_warnings(all);
}

std::string unsourced(int count, const std::string& first = "teams.a.hourly_cost") {
  return "sources: " + std::to_string(count) + " values have no source, the first is " + first +
         " (state data, benchmark or assumption for each)";
}

TEST(PlanWarnings, CountTheValuesWithoutASource) {
  // Of the team hourly cost, attrition and four levels; of the module hours, completion and mastery; of the
  // lift size, completion and mastery; realization; the amount.
  EXPECT_EQ(warnings({}), Lines{unsourced(14)});
  const auto sources = [](const Lines& paths) {
    List list;
    for (const std::string& path : paths) list.emplace_back(Map{{"path", path}, {"kind", "data"}});
    return Changes{{"sources", list}};
  };
  EXPECT_EQ(warnings(sources({"teams", "modules.m", "lifts.csat.size"})),
            Lines{unsourced(4, "lifts.csat.reached_at.completion")});
  EXPECT_EQ(warnings(sources({"teams", "modules", "lifts", "workforce", "costs.c.amount"})), Lines{});
}

TEST(PlanWarnings, AskWhatPaysForAPractice) {
  const auto practice = [](double level, const char* cost) {
    return Changes{{"practices", List{Map{{"id", "action_plan"}, {"level", level}, {"cost", cost}}}}};
  };
  EXPECT_EQ(warnings(practice(0.5, "")),
            (Lines{"practices.action_plan.cost: what pays for it? Name a cost line, or \"included\"",
                   unsourced(15)}));
  EXPECT_EQ(warnings(practice(0.0, "")), Lines{unsourced(14)});
  EXPECT_EQ(warnings(practice(0.5, "c")), Lines{unsourced(15)});
  EXPECT_EQ(warnings(practice(0.5, "included")), Lines{unsourced(15)});
}

TEST(PlanWarnings, AskWhoPaysTheCoaches) {
  const std::pair<std::string, Value> coached = {"reinforcement", Map{{"coaching_hours", 1.0}}};
  EXPECT_EQ(warnings({coached}),
            (Lines{"costs: coaching is planned, but no line of driver coaching_hour pays the coaches",
                   unsourced(15)}));
  EXPECT_EQ(warnings({coached, {"costs.c.driver", "coaching_hour"}}), Lines{unsourced(15)});
}

TEST(PlanWarnings, TellATypedLevelOfBehavior) {
  EXPECT_EQ(warnings({{"lifts.csat.reached_at", Map{{"behavior", 1.0}}}}),
            (Lines{"lifts.csat.reached_at.behavior: is 1, is typed, not computed from the evidence's "
                   "programme; typed as 1 it turns an observed lift into what full application would bring",
                   unsourced(13)}));
}

// docs/method.md, section 1: above 1 % outside the range `check` warns. P(X < 0) of normal(m, 1) is 1 % at
// m = 2.32635.
TEST(PlanWarnings, TellWhatIsCutOffAboveOnePercent) {
  const auto amount = [](const char* text) { return warnings({{"costs.c.amount", text}}); };
  EXPECT_EQ(amount("normal(2.33, 1)"), Lines{unsourced(14)});
  EXPECT_EQ(amount("normal(2.32, 1)").size(), 2U);
  EXPECT_EQ(amount("normal(1, 1)"),
            (Lines{"costs.c.amount: is normal(1, 1), 15.9 % of this distribution lies outside the field's "
                   "range and is cut off",
                   unsourced(14)}));
}

TEST(PlanWarnings, SuspectTwoLiftsOfTheSameEvidence) {
  const auto second = [](double size) {
    const Map evidence = {{"completion", 0.9}, {"mastery", 0.5}};
    return Changes{{"lifts.csat.size", 4.0},
                   {"lifts.z", Map{{"kpi", "csat"},
                                   {"size", size},
                                   {"competences", Map{{"communication", 1.0}}},
                                   {"reached_at", evidence}}}};
  };
  EXPECT_EQ(warnings(second(2.1)), (Lines{"lifts: the lifts of csat together exceed the largest by more than "
                                          "half: do they come from the same evidence?",
                                          unsourced(17)}));
  EXPECT_EQ(warnings(second(2.0)), Lines{unsourced(17)});
}

TEST(PlanWarnings, TellALiftThatRestsOnWhatNobodyTeaches) {
  // Equal shares of the six default competences, of which one is taught.
  EXPECT_EQ(all_warnings({}).front(),
            "lifts.csat.competences: no wave teaches product_knowledge, systems_literacy, empathy, "
            "issue_resolution, compliance, on which 83.3 % of this lift rests");
  const auto shares = [](const Map& competences) {
    return all_warnings({{"lifts.csat.competences", competences}});
  };
  EXPECT_EQ(shares({{"communication", 0.7}, {"empathy", 0.3}}),
            (Lines{"lifts.csat.competences: no wave teaches empathy, on which 30 % of this lift rests",
                   unsourced(14)}));
  EXPECT_EQ(shares({{"communication", 1.0}, {"empathy", 0.0}}), Lines{unsourced(14)});
}

// Without any wave there is no training to compare the lift with.
TEST(PlanWarnings, DoNotTellWhatIsUntaughtWhereNothingIsTaught) {
  EXPECT_EQ(all_warnings({{"waves", List{}}}), Lines{unsourced(14)});
}

TEST(PlanWarnings, AskWhoPaysTheCoachesOfSessionsToo) {
  const std::pair<std::string, Value> coached = {"reinforcement",
                                                 Map{{"coaching_sessions", 2.0}, {"coaching_minutes", 30.0}}};
  EXPECT_EQ(warnings({coached}),
            (Lines{"costs: coaching is planned, but no line of driver coaching_hour pays the coaches",
                   unsourced(16)}));
  EXPECT_EQ(warnings({coached, {"costs.c.driver", "coaching_hour"}}), Lines{unsourced(16)});
}

TEST(PlanWarnings, TellAWaveThatMovesAndWhy) {
  const auto moved = [](const Changes& changes) { return warnings(changes).front(); };
  EXPECT_EQ(moved({{"waves.w.lead_time", 3.5}}),
            "waves.w.start: is 2, the wave moves to month 5: its content is not ready before");
  // Month 2 is February; the eight hours do not fit into a black-out to the end of March.
  const Map black_out = {{"id", "spring"}, {"first_month", 2}, {"last_month", 3}};
  EXPECT_EQ(moved({{"peak_seasons", List{black_out}}}),
            "waves.w.start: is 2, the wave moves to month 4: its training does not fit into a peak season");
  const Map follow_up = {{"start", 3}, {"follow_up", true}, {"teams", List{"a"}}, {"modules", List{"m"}}};
  EXPECT_EQ(warnings({{"waves.w.lead_time", 3.5}, {"waves.x", follow_up}}),
            (Lines{"waves.w.start: is 2, the wave moves to month 5: its content is not ready before",
                   "waves.x.start: is 3, the wave moves to month 6: a wave that it follows ends later",
                   unsourced(14)}));
  EXPECT_EQ(warnings({{"waves.w.lead_time", 1.0}}), Lines{unsourced(14)});
}

}  // namespace
