// Leading indicators: what training itself shows (docs/method.md, section 4); coaching by sessions.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "simulate_course.hpp"
#include "simulate_plan.hpp"

namespace {

using simulate_tests::course;
using simulate_tests::Trace;
using trainplan::Plan;

// A quarter of the team is trained in month 1, and two thirds of the rest in months 4 to 5.
Plan two_waves() {
  Plan plan = course();
  plan.teams[0].baseline.emplace_back("knowledge", 40.0);
  plan.practices = {{.id = "plan_reviewed", .level = 0.6, .cost = "included"}};
  plan.reinforcement.coaching_sessions = 3.0;
  plan.reinforcement.coaching_minutes = 30.0;
  plan.waves[0].share = 0.25;
  plan.waves.push_back({.id = "x", .start = 4, .months = 2, .teams = {"a"}, .modules = {"m"}, .share = 0.5});
  return plan;
}

TEST(Leading, IndicatorsAreOfThoseTrainedBefore) {
  const Trace trace(two_waves());
  for (const auto& [month, trained] : {std::pair(1, 0.0), {2, 0.25}, {5, 0.25}, {6, 0.75}, {12, 0.75}}) {
    EXPECT_NEAR(trace.kpi("completion", month), 100.0 * trained * 0.8, 1e-12) << month;
    EXPECT_NEAR(trace.kpi("application", month), 100.0 * trained * 0.8 * 0.5, 1e-12) << month;
    EXPECT_NEAR(trace.kpi("coaching_hours", month), trained * 1.5, 1e-12) << month;
    EXPECT_NEAR(trace.kpi("coaching_sessions", month), trained * 3.0, 1e-12) << month;
    EXPECT_NEAR(trace.kpi("plans_reviewed", month), 100.0 * trained * 0.6, 1e-12) << month;
  }
}

TEST(Leading, WithoutTheProgrammeThereIsNoneAndKnowledgeIsAsMeasured) {
  const Trace trace(two_waves());
  for (std::int64_t month = 1; month <= 12; ++month) {
    for (const char* id :
         {"completion", "application", "coaching_hours", "coaching_sessions", "plans_reviewed"})
      EXPECT_EQ(trace.without(id, month), 0.0) << id;
    EXPECT_EQ(trace.without("knowledge", month), 40.0);
  }
}

// k0 + (100 - k0) K of the whole team: a quarter knows .4 of what it did not.
TEST(Leading, KnowledgeRisesFromWhereItWas) {
  const Trace trace(two_waves());
  EXPECT_EQ(trace.kpi("knowledge", 1), 40.0);
  EXPECT_NEAR(trace.kpi("knowledge", 2), 46.0, 1e-12);
  for (std::int64_t month = 3; month <= 12; ++month)
    EXPECT_NEAR(trace.kpi("knowledge", month),
                40.0 + 60.0 * trace.at("knowledge", "a", "", month, 0, "service"), 1e-12);
}

TEST(Leading, KnowledgeIsTheMeanOverWhatTheTeamIsTaught) {
  Plan plan = two_waves();
  plan.competences = {{.id = "service"}, {.id = "sales"}, {.id = "never"}};
  plan.lifts[0].competences = {{"service", 1.0}};
  plan.modules.push_back(plan.modules[0]);
  plan.modules[1].id = "n";
  plan.modules[1].competences = {"sales"};
  plan.waves.push_back({.id = "y", .start = 8, .teams = {"a"}, .modules = {"n"}, .follow_up = true});
  const Trace trace(plan);
  EXPECT_NEAR(trace.kpi("knowledge", 2), 40.0 + 60.0 * 0.1 / 2.0, 1e-12);  // of sales nothing yet
  for (std::int64_t month = 2; month <= 12; ++month) {
    const double known = (trace.at("knowledge", "a", "", month, 0, "service") +
                          trace.at("knowledge", "a", "", month, 0, "sales")) /
                         2.0;
    EXPECT_NEAR(trace.kpi("knowledge", month), 40.0 + 60.0 * known, 1e-12) << month;
  }
  EXPECT_GT(trace.kpi("knowledge", 9), trace.kpi("knowledge", 8));
}

TEST(Leading, CompletionIsTheMeanOverTheModulesOfTheOwnWave) {
  Plan plan = two_waves();
  plan.modules.push_back(plan.modules[0]);
  plan.modules[1].id = "n";
  plan.modules[1].completion = 0.5;
  plan.waves[0].modules = {"m", "n"};
  const Trace trace(plan);
  EXPECT_NEAR(trace.kpi("completion", 2), 25.0 * (0.8 + 0.5) / 2.0, 1e-12);
  EXPECT_NEAR(trace.kpi("application", 2), 0.5 * 25.0 * 0.65, 1e-12);
  EXPECT_NEAR(trace.kpi("completion", 6), 25.0 * 0.65 + 50.0 * 0.8, 1e-12);
}

TEST(Leading, CoachingIsWhatTheCoachesHaveTimeFor) {
  Plan plan = two_waves();
  plan.reinforcement.coach_capacity = 50.0;
  const Trace trace(plan);
  EXPECT_NEAR(trace.kpi("coaching_hours", 2), 0.25 * 1.5, 1e-12);  // 37.5 hours
  EXPECT_NEAR(trace.kpi("coaching_hours", 6), 0.5, 1e-12);         // 50 hours for 75 people
  EXPECT_NEAR(trace.kpi("coaching_sessions", 6), 1.0, 1e-12);
}

TEST(Leading, StandForTeamsThatAreTaught) {
  Plan plan = two_waves();
  trainplan::Team other = simulate_tests::team("b", 300);
  other.baseline = {{"knowledge", 20.0}};
  plan.teams.push_back(other);
  const Trace trace(plan);
  EXPECT_FALSE(trace.has("kpi", "b", "completion"));
  EXPECT_FALSE(trace.has("kpi", "b", "knowledge"));
  EXPECT_EQ(trace.at("kpi", "", "completion", 2), trace.kpi("completion", 2));
  EXPECT_THROW(static_cast<void>(trainplan::simulate(plan, {.trials = 1, .outputs = {"completion[b]@6"}})),
               trainplan::InputError);
}

TEST(Leading, AreAggregatedByPeople) {
  Plan plan = two_waves();
  plan.teams.push_back(simulate_tests::team("b", 300));
  plan.teams[1].contacts = 77.0;  // of no account
  plan.waves.push_back({.id = "y", .start = 1, .teams = {"b"}, .modules = {"m"}});
  const Trace trace(plan);
  EXPECT_NEAR(trace.at("kpi", "b", "completion", 2), 80.0, 1e-12);
  EXPECT_NEAR(trace.at("kpi", "", "completion", 2), (100.0 * 20.0 + 300.0 * 80.0) / 400.0, 1e-12);
  EXPECT_NEAR(trace.at("kpi", "", "knowledge", 2), 46.0, 1e-12);  // the one team that measures it
}

TEST(Leading, AreThoseThatThePlanSpeaksOf) {
  Plan plan = two_waves();
  plan.reinforcement.coaching_sessions.reset();
  plan.reinforcement.coaching_minutes.reset();
  plan.practices.clear();
  plan.teams[0].baseline = {{"csat", 70.0}};
  const Trace trace(plan);
  EXPECT_FALSE(trace.has("kpi", "a", "coaching_sessions"));
  EXPECT_FALSE(trace.has("kpi", "a", "knowledge"));
  EXPECT_EQ(trace.kpi("coaching_hours", 6), 0.0);
  EXPECT_EQ(trace.kpi("plans_reviewed", 6), 0.0);  // not listed: level 0
}

TEST(Leading, AreOutputsLikeAnyKpi) {
  const Plan plan = two_waves();
  const std::vector<std::string> names = {"completion@6", "application[a]@6", "knowledge@2",
                                          "coaching_sessions@12"};
  const auto result = trainplan::simulate(plan, {.trials = 3, .outputs = names});
  EXPECT_NEAR(result.values(0, 2), 60.0, 1e-12);
  EXPECT_NEAR(result.values(1, 0), 30.0, 1e-12);
  EXPECT_NEAR(result.values(2, 1), 46.0, 1e-12);
  EXPECT_NEAR(result.values(3, 1), 2.25, 1e-12);
  for (const std::string& name : trainplan::default_outputs(plan)) {
    EXPECT_FALSE(name.starts_with("completion") || name.starts_with("knowledge")) << name;
  }
}

// 3 sessions of 30 minutes are 1.5 hours, exactly.
TEST(Sessions, TimesMinutesAreHoursBitForBit) {
  Plan hours = simulate_tests::rich_plan();
  hours.reinforcement.coaching_sessions.reset();
  hours.reinforcement.coaching_minutes.reset();
  hours.reinforcement.coaching_hours = 1.5;
  Plan sessions = hours;
  sessions.reinforcement.coaching_hours = 0.0;
  sessions.reinforcement.coaching_sessions = 3.0;
  sessions.reinforcement.coaching_minutes = 30.0;
  EXPECT_TRUE(simulate_tests::same_bits(simulate_tests::run(hours, 200).values,
                                        simulate_tests::run(sessions, 200).values));
  Plan fewer = sessions;
  fewer.reinforcement.coaching_sessions = 2.0;
  EXPECT_FALSE(simulate_tests::same_bits(simulate_tests::run(fewer, 200).values,
                                         simulate_tests::run(sessions, 200).values));
}

}  // namespace
