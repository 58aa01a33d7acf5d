#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/plan_small.hpp"

namespace {

using namespace trainplan::plan_small;
using trainplan::Value;

using Lines = std::vector<std::string>;

TEST(PlanCheck, AKpiHasBoundsThatItsLinkCanUse) {
  EXPECT_EQ(refusals({{"kpis", List{Map{{"id", "quality"}}}}}),
            Lines{"kpis.quality.high: a logit link needs an upper bound (or use link = \"log\")"});
  EXPECT_EQ(refusals({{"kpis", List{Map{{"id", "quality"}, {"low", 10.0}, {"high", 10.0}}}}}),
            Lines{"kpis.quality.high: is 10, must be above low, which is 10"});
  EXPECT_EQ(refusal({{"kpis", List{Map{{"id", "quality"}, {"high", 5.0}}}}}), "accepted");
  EXPECT_EQ(refusal({{"kpis", List{Map{{"id", "wait"}, {"link", "log"}}}}}), "accepted");
}

TEST(PlanCheck, AnOwnKpiCanBeMeasuredAndLifted) {
  const Map quality = {{"id", "quality"}, {"unit", "points"}, {"low", 1.0}, {"high", 5.0}};
  const Map lift = {{"kpi", "quality"}, {"size", 0.4}, {"reached_at", Map{{"behavior", 0.4}}}};
  const auto measured = [&](double level) {
    return Changes{{"kpis", List{quality}}, {"teams.a.baseline.quality", level}, {"lifts.q", lift}};
  };
  EXPECT_EQ(refusal(measured(3.5)), "accepted");
  EXPECT_EQ(refusals(measured(5.5)), Lines{"teams.a.baseline.quality: is 5.5, must be between 1 and 5"});
}

TEST(PlanCheck, AModuleTeachesSomethingOnceAndSaysHowItIsMastered) {
  EXPECT_EQ(refusals({{"modules.m.competences", List{}}}),
            Lines{"modules.m.competences: a module teaches at least one competence"});
  EXPECT_EQ(refusals({{"modules.m.competences", List{"empathy", "empathy"}}}),
            Lines{"modules.m.competences: is 'empathy', is named twice"});
  const Lines mastery = {
      "modules.m.mastery: give either mastery, or both mastery_max and mastery_half_hours"};
  const std::pair<std::string, Value> none = {"modules.m.mastery", {}};
  const std::pair<std::string, Value> most = {"modules.m.mastery_max", 0.8};
  const std::pair<std::string, Value> hours = {"modules.m.mastery_half_hours", 12.0};
  EXPECT_EQ(refusals({none}), mastery);
  EXPECT_EQ(refusals({none, most}), mastery);
  EXPECT_EQ(refusals({none, hours}), mastery);
  EXPECT_EQ(refusals({hours}), mastery);
  EXPECT_EQ(refusals({most, hours}), mastery);
  EXPECT_EQ(refusal({none, most, hours}), "accepted");
}

TEST(PlanCheck, SomePracticeHasAWeight) {
  List all;
  for (const auto id : trainplan::transfer::practice_ids) {
    all.emplace_back(Map{{"id", std::string(id)}, {"level", 0.0}, {"weight", 0.0}});
  }
  EXPECT_EQ(refusals({{"practices", all}}),
            Lines{"practices: the weights of all practices must not all be 0"});
  all.pop_back();  // one that is not listed has weight 1
  EXPECT_EQ(refusal({{"practices", all}}), "accepted");
}

TEST(PlanCheck, OnboardingTeachesModulesOfThePlan) {
  EXPECT_EQ(refusals({{"onboarding", Map{{"modules", List{"n", "m", "m"}}, {"extra_hours", 4.0}}}}),
            (Lines{"onboarding.modules: is 'n', there is no module of this id (did you mean 'm'?)",
                   "onboarding.modules: is 'm', is named twice"}));
}

TEST(PlanCheck, AWaveTrainsSomebodyInSomething) {
  EXPECT_EQ(refusals({{"waves.w.teams", List{}}}), Lines{"waves.w.teams: a wave trains at least one team"});
  EXPECT_EQ(refusals({{"waves.w.modules", List{}}}),
            Lines{"waves.w.modules: a wave teaches at least one module"});
  EXPECT_EQ(refusals({{"waves.w.modules", List{"m", "m"}}}),
            Lines{"waves.w.modules: is 'm', is named twice"});
}

TEST(PlanCheck, AWaveEndsWithinTheHorizon) {
  EXPECT_EQ(refusal({{"waves.w.start", 24}}), "accepted");
  EXPECT_EQ(refusals({{"waves.w.start", 25}}),
            Lines{"waves.w.start: is 25, the wave ends in month 25, after the horizon of 24 months"});
  EXPECT_EQ(refusals({{"programme.months", 2}, {"waves.w.months", 2}}),
            Lines{"waves.w.start: is 2, the wave ends in month 3, after the horizon of 2 months"});
}

// The cohorts that it teaches are those whose own wave has ended before it ends (docs/method.md, section 2).
TEST(PlanCheck, AFollowUpWaveFindsCohortsThatAreTrainedByThen) {
  const auto follow_up = [](int start, int months) {
    return Changes{{"waves.x", Map{{"start", start},
                                   {"months", months},
                                   {"follow_up", true},
                                   {"teams", List{"a"}},
                                   {"modules", List{"m"}}}}};
  };
  EXPECT_EQ(refusal(follow_up(3, 1)), "accepted");
  EXPECT_EQ(refusal(follow_up(1, 3)), "accepted");
  const Lines early = {
      "waves.x.teams: is 'a', a follow-up wave teaches cohorts already trained; this team has none by then"};
  EXPECT_EQ(refusals(follow_up(2, 1)), early);
  EXPECT_EQ(refusals(follow_up(1, 2)), early);
}

TEST(PlanCheck, TheSharesOfATeamSumToAtMostOne) {
  const auto waves = [](double share, int count) {
    Changes changes = {{"waves", List{}}};
    for (int i = 0; i < count; ++i) {
      changes.emplace_back(
          "waves.w" + std::to_string(i),
          Map{{"start", 3 + i}, {"share", share}, {"teams", List{"a"}}, {"modules", List{"m"}}});
    }
    return changes;
  };
  EXPECT_EQ(refusal(waves(1.0 / 3.0, 3)), "accepted");
  EXPECT_EQ(refusal(waves(0.1, 10)), "accepted");
  EXPECT_EQ(refusal(waves(0.6, 2)).substr(0, 48), "teams.a: waves train 1.2 times its people; the s");
}

TEST(PlanCheck, ALiftIsSharedOutOverCompetencesOfThePlan) {
  EXPECT_EQ(refusals({{"lifts.csat.competences", Map{{"empaty", 0.4}, {"communication", 0.6}}}}),
            Lines{"lifts.csat.competences: is 'empaty', there is no competence of this id (did you mean "
                  "'empathy'?)"});
  EXPECT_EQ(refusal({{"lifts.csat.competences", Map{{"empathy", 0.9999999}}}}), "accepted");  // rounded
  EXPECT_EQ(refusals({{"lifts.csat.competences", Map{{"empathy", 0.5}, {"communication", 0.75}}}}),
            Lines{"lifts.csat.competences: is 1.25, shares must sum to 1"});
  EXPECT_EQ(refusals({{"lifts.csat.competences", Map{{"empathy", 0.0}}}}),
            Lines{"lifts.csat.competences: is 0, shares must sum to 1"});
}

TEST(PlanCheck, ALiftSaysAtWhatBehaviorItWasSeen) {
  const auto reached_at = [](const Map& map) { return Changes{{"lifts.csat.reached_at", map}}; };
  const Lines question = {
      "lifts.csat.reached_at: how fully was the behavior applied where the lift was seen? Give completion "
      "and "
      "mastery of that programme (and practice, months, coaching_hours), or behavior"};
  EXPECT_EQ(refusals(reached_at({})), question);
  EXPECT_EQ(refusals(reached_at({{"completion", 0.9}})), question);
  EXPECT_EQ(refusals(reached_at({{"mastery", 0.9}, {"practice", 0.7}})), question);
  EXPECT_EQ(refusal(reached_at({{"behavior", 0.4}})), "accepted");
  EXPECT_EQ(refusals(reached_at({{"behavior", 0.4}, {"mastery", 0.9}})),
            Lines{"lifts.csat.reached_at.behavior: give either behavior or its ingredients, not both"});
}

TEST(PlanCheck, RetentionHasOneDriverThatIsMeasured) {
  const auto retention = [](const char* driver) {
    return std::pair<std::string, Value>{
        "benefits", Map{{"retention", Map{{"driver", driver}, {"reach", 0.3}, {"margin", 10.0}}}}};
  };
  EXPECT_EQ(refusal({retention("fcr")}), "accepted");
  EXPECT_EQ(refusal({retention("churn")}), "accepted");
  EXPECT_EQ(refusals({retention("attrition")}),
            Lines{"benefits.retention.driver: is 'attrition', must be a KPI of customers, or churn"});
  EXPECT_EQ(refusals({retention("csta")}),
            Lines{"benefits.retention.driver: is 'csta', there is no KPI of this id (did you mean 'csat'?)"});
  EXPECT_EQ(refusals({retention("nps")}),
            Lines{"benefits.retention.driver: is 'nps', no team states a baseline of this KPI"});
  EXPECT_EQ(refusals({retention("csat"), {"teams.a.baseline.churn", {}}}),
            Lines{"benefits.retention: no team states a baseline of churn"});
}

TEST(PlanCheck, ACostLineFollowsWavesOfThePlan) {
  EXPECT_EQ(refusals({{"costs.c.driver", "learner"}, {"costs.c.waves", List{"x", "w", "w"}}}),
            (Lines{"costs.c.waves: is 'x', there is no wave of this id (did you mean 'w'?)",
                   "costs.c.waves: is 'w', is named twice"}));
  EXPECT_EQ(refusal({{"costs.c.driver", "class"}, {"costs.c.waves", List{"w"}}}), "accepted");
  EXPECT_EQ(refusal({{"costs.c.month", 0}}), "accepted");
  EXPECT_EQ(refusals({{"costs.c.month", 25}}),
            Lines{"costs.c.month: is 25, must be at most the horizon, 24"});
}

TEST(PlanCheck, BackfillIsPricedUnlessThereIsNone) {
  EXPECT_EQ(refusal({{"workforce.backfill_share", 0}}), "accepted");
  EXPECT_EQ(refusal({{"workforce.backfill_share", "0"}}), "accepted");
  EXPECT_EQ(refusals({{"workforce.backfill_share", "0.1 to 0.3"}}),
            Lines{"workforce.backfill_hourly_cost: is required when backfill_share is not 0"});
  EXPECT_EQ(refusal({{"workforce.backfill_share", 0.2}, {"workforce.backfill_hourly_cost", 40}}), "accepted");
}

TEST(PlanCheck, EveryProblemBetweenRecordsIsFoundAtOnce) {
  EXPECT_EQ(
      refusals({{"teams.a.baseline.attrition", 30.0},
                {"modules.m.mastery", {}},
                {"waves.w.start", 30},
                {"lifts.csat.kpi", "nps"},
                {"costs.c.category", "contingency"},
                {"costs.c.driver", "new_hire"}}),
      (Lines{"teams.a.baseline.attrition: stands in the field attrition of the team, not in its baseline",
             "modules.m.mastery: give either mastery, or both mastery_max and mastery_half_hours",
             "waves.w.start: is 30, the wave ends in month 30, after the horizon of 24 months",
             "lifts.csat.kpi: is 'nps', no team states a baseline of this KPI",
             std::string("costs.c.driver: is 'new_hire', counts hires from onboarding.from_month on, and ") +
                 "the plan has no onboarding",
             std::string("costs.c.category: is 'contingency', contingency is a reserve, not a cost: ") +
                 "set programme.contingency"}));
}

TEST(PlanCheck, QuantitiesOfKpisAreCheckedTogether) {
  EXPECT_EQ(
      refusals({{"teams.a.baseline.aht", 0.0}, {"lifts.csat.base", 120.0}, {"lifts.csat.size", "4 to 2"}}),
      (Lines{"teams.a.baseline.aht: is 0, must be above 0",
             "lifts.csat.size: is '4 to 2', 'a to b' needs a < b: they are P10 and P90",
             "lifts.csat.base: is 120, must be between 0 and 100"}));
  EXPECT_EQ(refusals({{"teams.a.baseline.aht", "10%"}}),
            Lines{"teams.a.baseline.aht: is '10%', no percent sign here: the unit is s"});
}

TEST(PlanCheck, TheSizeOfALiftMeansWhatItsKindSays) {
  const auto size = [](const char* kind, const Value& content) {
    return refusal({{"lifts.csat.kind", kind}, {"lifts.csat.size", content}});
  };
  EXPECT_EQ(size("points", -200), "accepted");  // the level is kept inside the bounds where it is computed
  EXPECT_EQ(size("points", "4%"), "accepted");  // the KPI's unit is percent
  EXPECT_EQ(size("relative", -1), "lifts.csat.size: is -1, must be above -1");
  EXPECT_EQ(size("relative", "-15% to -5%"), "accepted");
  EXPECT_EQ(size("gap", 1), "lifts.csat.size: is 1, must be below 1");
  EXPECT_EQ(size("gap", "20% to 40%"), "accepted");
}

}  // namespace
