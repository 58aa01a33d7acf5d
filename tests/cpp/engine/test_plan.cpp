#include "trainplan/engine/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/plan_small.hpp"
#include "engine/simulate_plan.hpp"

namespace {

using trainplan::InputError;
using trainplan::Plan;
using trainplan::Problem;
using trainplan::Problems;
using trainplan::Value;
namespace plan = trainplan::plan;
using trainplan::plan_small::List;
using trainplan::plan_small::Map;
using trainplan::plan_small::refusal;
using trainplan::plan_small::small;

std::string s(const char* text) { return text; }

TEST(Plan, ReadsAndWritesTheSame) {
  const Plan made = plan::read(small());
  EXPECT_EQ(plan::read(plan::write(made)), made);
  EXPECT_EQ(plan::read(plan::write(made, true)), made);
}

// The plan of the tests of the room simulate uses every record and nearly every field.
TEST(Plan, OfEverythingIsReadAndWrittenAlike) {
  const Plan rich = simulate_tests::rich_plan();
  EXPECT_EQ(plan::read(plan::write(rich)), rich);
  EXPECT_EQ(plan::read(plan::write(rich, true)), rich);
  EXPECT_EQ(plan::get(rich, "movements.csat.season.7"), Value(-0.06));
  EXPECT_EQ(plan::get(rich, "benefits.custom.goodwill.pot"), Value("retention"));
  EXPECT_EQ(plan::get(rich, "teams.billing.baseline_n.csat"), Value(800.0));
  EXPECT_EQ(plan::get(rich, "peak_seasons.year_end.first_month"), Value(11));
  EXPECT_EQ(plan::get(rich, "development.capacity"), Value(700.0));
  EXPECT_EQ(plan::get(rich, "correlations.c3.spearman"), Value(0.5));
  const Plan changed = plan::replace(rich, {{"movements.csat.team_sd", 2.0}, {"development", Value()}});
  EXPECT_EQ(changed.movements[0].team_sd, 2.0);
  EXPECT_FALSE(changed.development.has_value());
}

TEST(Plan, NamesWhatDoesNotExistWithTheNearestId) {
  EXPECT_EQ(refusal({{"waves.w.teams", List{s("aa")}}}),
            "waves.w.teams: is 'aa', there is no team of this id (did you mean 'a'?)");
  EXPECT_EQ(refusal({{"waves.w.modules", List{s("x")}}}).substr(0, 51),
            "waves.w.modules: is 'x', there is no module of this");
  EXPECT_EQ(refusal({{"modules.m.competences", List{s("comunication")}}}),
            "modules.m.competences: is 'comunication', there is no competence of this id (did you mean "
            "'communication'?)");
  EXPECT_EQ(refusal({{"lifts.csat.kpi", s("cast")}}).substr(0, 55),
            "lifts.csat.kpi: is 'cast', there is no KPI of this id (");
  EXPECT_EQ(
      refusal({{"practices", List{Map{{"id", s("acton_plan")}, {"level", 0.5}}}}}),
      "practices.acton_plan: is 'acton_plan', there is no practice of this id (did you mean 'action_plan'?)");
  EXPECT_EQ(refusal({{"practices", List{Map{{"id", s("action_plan")}, {"level", 0.5}, {"cost", s("d")}}}}}),
            "practices.action_plan.cost: is 'd', there is no cost line of this id (did you mean 'c'?)");
  EXPECT_EQ(refusal({{"teams.a.baseline.csta", 70.0}}).substr(0, 60),
            "teams.a.baseline.csta: is 'csta', there is no KPI of this id");
}

TEST(Plan, KeepsWavesInsideTheHorizonAndTheTeam) {
  EXPECT_EQ(refusal({{"waves.w.start", std::int64_t{24}}, {"waves.w.months", std::int64_t{2}}}),
            "waves.w.start: is 24, the wave ends in month 25, after the horizon of 24 months");
  EXPECT_EQ(refusal({{"waves.v", Map{{"start", std::int64_t{3}},
                                     {"share", 0.2},
                                     {"teams", List{s("a")}},
                                     {"modules", List{s("m")}}}}}),
            "teams.a: waves train 1.2 times its people; the shares of a team sum to at most 1 (set follow_up "
            "= true on a wave that teaches people already trained)");
  EXPECT_EQ(refusal({{"waves.w.follow_up", true}}).substr(0, 70),
            "waves.w.teams: is 'a', a follow-up wave teaches cohorts already traine");
  EXPECT_EQ(refusal({{"waves.w.teams", List{s("a"), s("a")}}}), "waves.w.teams: is 'a', is named twice");
}

TEST(Plan, AsksHowMasteryAndLiftsCameAbout) {
  EXPECT_EQ(refusal({{"modules.m.mastery", Value()}}),
            "modules.m.mastery: give either mastery, or both mastery_max and mastery_half_hours");
  EXPECT_EQ(refusal({{"modules.m.mastery_max", 0.8}}),
            "modules.m.mastery: give either mastery, or both mastery_max and mastery_half_hours");
  EXPECT_EQ(refusal({{"lifts.csat.reached_at", Map{}}}).substr(0, 76),
            "lifts.csat.reached_at: how fully was the behavior applied where the lift was");
  EXPECT_EQ(refusal({{"lifts.csat.reached_at.behavior", 0.4}}),
            "lifts.csat.reached_at.behavior: give either behavior or its ingredients, not both");
  EXPECT_EQ(refusal({{"lifts.csat.competences", Map{{"communication", 0.7}}}}),
            "lifts.csat.competences: is 0.7, shares must sum to 1");
  EXPECT_EQ(refusal({{"lifts.csat.kpi", s("nps")}}),
            "lifts.csat.kpi: is 'nps', no team states a baseline of this KPI");
}

TEST(Plan, CountsNoMoneyTwice) {
  const Map retention = {{"reach", 0.3}, {"margin", 10.0}};
  EXPECT_EQ(refusal({{"benefits", Map{{"retention", retention}}}}), "accepted");
  EXPECT_EQ(refusal({{"benefits", Map{{"retention", retention}}},
                     {"lifts.churn",
                      Map{{"kpi", s("churn")}, {"size", -1.0}, {"reached_at", Map{{"behavior", 0.4}}}}}}),
            "benefits.retention.driver: is 'csat', churn has a lift of its own: the same customers would be "
            "kept twice (set driver = \"churn\", or remove the lift)");
  EXPECT_EQ(
      refusal({{"costs.c.category", s("contingency")}}),
      "costs.c.category: is 'contingency', contingency is a reserve, not a cost: set programme.contingency");
  EXPECT_EQ(refusal({{"costs.c.category", s("participants")}}).substr(0, 68),
            "costs.c.category: is 'participants', participants' time is computed ");
}

TEST(Plan, AsksForWhatALineOrABenefitNeeds) {
  EXPECT_EQ(refusal({{"costs.c.month", std::int64_t{25}}}),
            "costs.c.month: is 25, must be at most the horizon, 24");
  EXPECT_EQ(refusal({{"costs.c.driver", s("new_hire")}}),
            "costs.c.driver: is 'new_hire', counts hires from onboarding.from_month on, and the plan has no "
            "onboarding");
  EXPECT_EQ(refusal({{"costs.c.waves", List{s("w")}}}),
            "costs.c.waves: only lines of driver learner, learner_hour or class follow waves");
  EXPECT_EQ(refusal({{"costs.c.driver", s("month")},
                     {"costs.c.first_month", std::int64_t{5}},
                     {"costs.c.last_month", std::int64_t{4}}}),
            "costs.c.last_month: is 4, must not lie before first_month, 5");
  EXPECT_EQ(refusal({{"workforce.backfill_share", 0.2}}),
            "workforce.backfill_hourly_cost: is required when backfill_share is not 0");
  EXPECT_EQ(refusal({{"reinforcement", Map{{"refresher_hours", 2.0}}}}),
            "reinforcement.refresher_every: is 0, refresher_hours are stated, so say every how many months");
  EXPECT_EQ(refusal({{"benefits", Map{{"contact_work", Map{}}}}, {"teams.a.baseline.aht", Value()}}),
            "benefits.contact_work: no team states a baseline of aht, so there is no contact work to price");
  EXPECT_EQ(refusal({{"teams.a.baseline.attrition", 30.0}}),
            "teams.a.baseline.attrition: stands in the field attrition of the team, not in its baseline");
  EXPECT_EQ(refusal({{"teams", List{}}, {"waves", List{}}, {"lifts", List{}}}),
            "teams: a plan needs at least one team");
}

TEST(Plan, ResolvesAQuantityByItsKpi) {
  EXPECT_EQ(refusal({{"teams.a.baseline.csat", 170.0}}),
            "teams.a.baseline.csat: is 170, must be between 0 and 100");
  EXPECT_EQ(refusal({{"lifts.csat.size", s("2% to 6%")}}), "accepted");  // the KPI's unit is percent
  EXPECT_EQ(refusal({{"lifts.csat.kind", s("gap")}, {"lifts.csat.size", 1.5}}).substr(0, 38),
            "lifts.csat.size: is 1.5, must be below");
  const Plan made =
      plan::read(small({{"lifts.csat.kind", s("relative")}, {"lifts.csat.size", s("2% to 6%")}}));
  for (const plan::Input& input : plan::inputs(made)) {
    if (input.path == "lifts.csat.size") {
      EXPECT_NEAR(trainplan::distribution::quantile(input.distribution, 0.9), 0.06, 1e-15);
    }
  }
}

TEST(Plan, ANewerFormatIsNotRead) {
  EXPECT_EQ(
      refusal({{"schema_version", std::int64_t{2}}}),
      "schema_version: is 2, the plan was written by a newer version of trainplan; this one reads up to 1");
}

TEST(Plan, InputsKnowTheirSourcesAlsoFromTheRecordAbove) {
  const Plan made = plan::read(small(
      {{"sources", List{Map{{"path", s("teams.a")}, {"kind", s("data")}, {"citation", s("payroll")}}}}}));
  for (const plan::Input& input : plan::inputs(made)) {
    if (input.path == "teams.a.hourly_cost") {
      EXPECT_EQ(input.source_kind, "data");
      EXPECT_EQ(input.citation, "payroll");
    }
    if (input.path == "forgetting.half_life") {
      EXPECT_EQ(input.source_kind, "default");
      EXPECT_TRUE(input.is_default);
      EXPECT_FALSE(input.citation.empty());
    }
    if (input.path == "costs.c.amount") {
      EXPECT_EQ(input.source_kind, "");
    }
  }
}

TEST(Plan, EveryDefaultOfAQuantityThatIsNoZeroNamesItsSource) {
  const Plan made = plan::read(small());
  for (const plan::Input& input : plan::inputs(made)) {
    if (input.is_default) {
      EXPECT_FALSE(input.citation.empty()) << input.path;
    }
  }
}

bool warns(const std::vector<std::pair<std::string, Value>>& change, const std::string& path) {
  const Problems found = plan::warnings(plan::read(small(change)));
  return std::any_of(found.begin(), found.end(),
                     [&](const Problem& problem) { return problem.path == path; });
}

TEST(Plan, WarnsOfWhatACarefulReaderWouldAsk) {
  EXPECT_TRUE(warns({{"practices", List{Map{{"id", s("action_plan")}, {"level", 0.5}}}}},
                    "practices.action_plan.cost"));
  EXPECT_FALSE(
      warns({{"practices", List{Map{{"id", s("action_plan")}, {"level", 0.5}, {"cost", s("included")}}}}},
            "practices.action_plan.cost"));
  EXPECT_TRUE(warns({{"reinforcement", Map{{"coaching_hours", 1.0}}}}, "costs"));
  EXPECT_TRUE(warns({{"lifts.csat.reached_at", Map{{"behavior", 1.0}}}}, "lifts.csat.reached_at.behavior"));
  EXPECT_TRUE(warns({{"costs.c.amount", s("normal(1000, 500)")}}, "costs.c.amount"));
  EXPECT_TRUE(warns({}, "sources"));
  const Value second =
      Map{{"kpi", s("csat")}, {"size", 4.0}, {"reached_at", Map{{"completion", 0.9}, {"mastery", 0.5}}}};
  EXPECT_TRUE(warns({{"lifts.second", second}}, "lifts"));
}

TEST(Plan, ReadsAndReplacesByPath) {
  const Plan made = plan::read(small());
  EXPECT_EQ(plan::get(made, "teams.a.people"), Value(std::int64_t{10}));
  EXPECT_EQ(plan::get(made, "forgetting.half_life"), Value(s("3 to 10")));
  EXPECT_TRUE(plan::get(made, "reinforcement.coach_capacity").empty());
  EXPECT_THROW(static_cast<void>(plan::get(made, "teams.b.people")), InputError);
  EXPECT_THROW(static_cast<void>(plan::get(made, "teams.a.peple")), InputError);

  const Plan changed =
      plan::replace(made, {{"teams.a.people", std::int64_t{12}}, {"reinforcement.coach_capacity", 40.0}});
  EXPECT_EQ(plan::get(changed, "teams.a.people"), Value(std::int64_t{12}));
  EXPECT_EQ(plan::get(made, "teams.a.people"), Value(std::int64_t{10}));  // the old plan is unchanged
  EXPECT_EQ(plan::replace(changed,
                          {{"teams.a.people", std::int64_t{10}}, {"reinforcement.coach_capacity", Value()}}),
            made);
  EXPECT_TRUE(plan::replace(made, {{"costs.c", Value()}}).costs.empty());
  EXPECT_THROW(static_cast<void>(plan::replace(made, {{"teams.a.peple", std::int64_t{12}}})), InputError);
}

}  // namespace
