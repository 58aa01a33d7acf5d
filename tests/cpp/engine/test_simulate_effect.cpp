// What of the training shows in a team's KPIs: courses and their prerequisites, spill-over to the untrained,
// support staff (docs/method.md, section 3).
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "simulate_course.hpp"

namespace {

using simulate_tests::course;
using simulate_tests::satisfaction;
using simulate_tests::Trace;
using trainplan::Plan;

double applied(const Trace& trace, const std::string& lift = "csat", std::int64_t month = 2) {
  return trace.at("applied", "a", lift, month);
}

TEST(Course, ShowsItsShareOfTheLiftFromTheMonthAfter) {
  const Trace trace(course());
  EXPECT_EQ(trace.kpi("csat", 1), trace.without("csat", 1));
  EXPECT_NEAR(trace.at("behavior", "a", "", 2, 0, "service"), 0.2, 1e-15);
  EXPECT_NEAR(trace.at("knowledge", "a", "", 2, 0, "service"), 0.4, 1e-15);
  EXPECT_NEAR(applied(trace), 0.8, 1e-15);
  EXPECT_NEAR(trace.kpi("csat", 2), satisfaction(0.8), 1e-12);
  EXPECT_NEAR(trace.without("csat", 2), 70.0, 1e-12);
}

// ---- prerequisites ----

// n needs m: 90 % of the 80 % who completed m.
Plan two_courses() {
  Plan plan = course();
  plan.competences.push_back({.id = "sales"});
  plan.lifts[0].competences = {{"service", 1.0}};
  plan.modules.push_back({.id = "n",
                          .competences = {"sales"},
                          .hours = 4.0,
                          .completion = 0.9,
                          .accessibility = 0.0,
                          .mastery = 0.5,
                          .prerequisites = {"m"}});
  plan.waves[0].modules = {"m", "n"};
  return plan;
}

TEST(Prerequisites, WhoMissedTheFirstCourseDoesNotCompleteTheSecond) {
  const Trace trace(two_courses());
  EXPECT_NEAR(trace.at("completion", "", "m", 0), 0.8, 1e-15);
  EXPECT_NEAR(trace.at("completion", "", "n", 0), 0.72, 1e-15);
  EXPECT_NEAR(trace.at("behavior", "a", "", 2, 0, "sales"), 0.72 * 0.5 * 0.5, 1e-15);
  EXPECT_NEAR(trace.at("behavior", "a", "", 2, 0, "service"), 0.2, 1e-15);
}

TEST(Prerequisites, OfSeveralTheOneThatFewestCompleteCounts) {
  Plan plan = two_courses();
  trainplan::Module third = plan.modules[1];
  third.id = "p";
  third.completion = 1.0;
  third.prerequisites = {"m", "n"};
  plan.modules.push_back(third);
  third.id = "o";
  third.prerequisites = {"m"};
  plan.modules.push_back(third);
  plan.waves[0].modules = {"p", "n", "o", "m"};
  const Trace trace(plan);
  EXPECT_NEAR(trace.at("completion", "", "p", 0), 0.72, 1e-15);  // n's own, scaled by m
  EXPECT_NEAR(trace.at("completion", "", "o", 0), 0.8, 1e-15);
}

TEST(Prerequisites, ScaleOnboardingToo) {
  Plan plan = two_courses();
  plan.onboarding = trainplan::Onboarding{.modules = {"n", "m"}, .extra_hours = 0.0};
  plan.waves.clear();
  const Trace trace(plan);
  // Three of a hundred people are new in month 1.
  EXPECT_NEAR(trace.at("behavior", "a", "", 2, 0, "sales"), 0.03 * 0.18, 1e-16);
  EXPECT_NEAR(trace.at("behavior", "a", "", 2, 0, "service"), 0.03 * 0.2, 1e-16);
}

// ---- spill-over ----

Plan quarter_trained(double spillover) {
  Plan plan = course();
  plan.waves[0].share = 0.25;
  plan.transfer.spillover = spillover;
  return plan;
}

// The trained quarter shows .2; the others half of a quarter of that: .25 .2 + .75 .5 .25 .2 = .06875.
TEST(Spillover, TheUntrainedShowAShareOfWhatTheTrainedShow) {
  const Trace trace(quarter_trained(0.5));
  EXPECT_NEAR(trace.at("behavior", "a", "", 2, 0, "service"), 0.05, 1e-15);  // their own is none
  EXPECT_NEAR(applied(trace), 0.06875 / 0.25, 1e-15);
  EXPECT_NEAR(trace.kpi("csat", 2), satisfaction(0.275), 1e-12);
  EXPECT_NEAR(applied(Trace(quarter_trained(1.0))), 0.0875 / 0.25, 1e-15);
  EXPECT_NEAR(applied(Trace(quarter_trained(0.0))), 0.05 / 0.25, 1e-15);
}

TEST(Spillover, IsNoneBeforeAnybodyIsTrainedAndNoneWhereEverybodyIs) {
  const Trace trace(quarter_trained(1.0));
  EXPECT_EQ(applied(trace, "csat", 1), 0.0);
  Plan all = course();
  all.transfer.spillover = 1.0;
  EXPECT_EQ(applied(Trace(all)), applied(Trace(course())));
}

TEST(Spillover, ChangesNoBehaviorOnlyWhatShows) {
  const Trace with(quarter_trained(1.0));
  const Trace none(quarter_trained(0.0));
  for (std::int64_t m = 1; m <= 12; ++m) {
    EXPECT_EQ(with.at("behavior", "a", "", m, 0, "service"), none.at("behavior", "a", "", m, 0, "service"));
    EXPECT_EQ(with.at("knowledge", "a", "", m, 0, "service"), none.at("knowledge", "a", "", m, 0, "service"));
  }
}

TEST(Spillover, CohortsNotYetTrainedPickItUpToo) {
  Plan plan = quarter_trained(0.5);
  plan.waves.push_back({.id = "x", .start = 5, .teams = {"a"}, .modules = {"m"}, .share = 0.75});
  EXPECT_NEAR(applied(Trace(plan)), 0.275, 1e-15);
  // In month 6 all are trained and nothing spills.
  const Trace trace(plan);
  EXPECT_NEAR(applied(trace, "csat", 6), trace.at("behavior", "a", "", 6, 0, "service") / 0.25, 1e-15);
}

// Hires of month 1, three of a hundred, know their course: the untrained show .006 themselves, the trained
// .006 and, of the rest, .2.
TEST(Spillover, TheUntrainedShowTheirOwnWhereItIsMore) {
  const double trained = 0.006 + 0.2 * (1.0 - 0.006);
  for (const auto& [sigma, untrained] : {std::pair(0.5, 0.5 * 0.25 * trained), {0.1, 0.006}}) {
    Plan plan = quarter_trained(sigma);
    plan.onboarding = trainplan::Onboarding{.modules = {"m"}, .extra_hours = 0.0};
    EXPECT_NEAR(applied(Trace(plan)), (0.25 * trained + 0.75 * untrained) / 0.25, 1e-15) << sigma;
  }
}

// Evidence of a whole team holds what spilled over there already.
TEST(Spillover, IsNotAddedToEvidenceOfAWholeTeam) {
  Plan plan = quarter_trained(0.5);
  plan.lifts[0].measured_on = trainplan::MeasuredOn::team;
  plan.lifts.push_back(plan.lifts[0]);
  plan.lifts[1].id = "of_people";
  plan.lifts[1].measured_on = trainplan::MeasuredOn::person;
  const Trace trace(plan);
  EXPECT_NEAR(applied(trace), 0.05 / 0.25, 1e-15);
  EXPECT_NEAR(applied(trace, "of_people"), 0.06875 / 0.25, 1e-15);
  EXPECT_NEAR(trace.kpi("csat", 2), satisfaction(0.2 + 0.275), 1e-12);
}

// ---- support staff ----

// The team depends for .4 on a desk of four people, which is taught another competence.
Plan supported() {
  Plan plan = course();
  plan.competences.push_back({.id = "advice"});
  plan.lifts[0].competences = {{"service", 1.0}};
  trainplan::Team desk = simulate_tests::team("desk", 4);
  desk.role = trainplan::Role::support;
  plan.teams.push_back(desk);
  plan.teams[0].support_teams = {"desk"};
  plan.teams[0].support_dependence = 0.4;
  plan.modules.push_back(plan.modules[0]);
  plan.modules[1].id = "n";
  plan.modules[1].competences = {"advice"};
  plan.waves.push_back({.id = "x", .start = 1, .teams = {"desk"}, .modules = {"n"}});
  return plan;
}

// S_eff = S (1 - w + w S_sup)/(1 - w) with S = S_sup = .2, w = .4.
double effective(double support, double behavior = 0.2) { return behavior * (0.6 + 0.4 * support) / 0.6; }

TEST(Support, TrainedStaffLetMoreOfTheBehaviorShow) {
  const Trace trace(supported());
  EXPECT_NEAR(applied(trace), effective(0.2) / 0.25, 1e-15);
  EXPECT_NEAR(trace.kpi("csat", 2), satisfaction(effective(0.2) / 0.25), 1e-12);
}

TEST(Support, UntrainedStaffChangeNothing) {
  Plan plan = supported();
  plan.waves.pop_back();
  EXPECT_NEAR(applied(Trace(plan)), 0.8, 1e-15);
  plan = supported();
  plan.waves[1].start = 2;
  const Trace trace(plan);
  EXPECT_NEAR(applied(trace), 0.8, 1e-15);  // not yet
}

TEST(Support, OfSeveralTeamsIsWeightedByHeads) {
  Plan plan = supported();
  trainplan::Team lab = plan.teams[1];
  lab.id = "lab";
  lab.people = 12;
  plan.teams.push_back(lab);
  plan.teams[0].support_teams = {"lab", "desk"};
  EXPECT_NEAR(applied(Trace(plan)), effective(0.05) / 0.25, 1e-15);  // twelve of sixteen are untrained
}

TEST(Support, OfPartOfTheStaffCountsByItsShareAndSpillsToNobody) {
  Plan plan = supported();
  plan.waves[1].share = 0.5;
  plan.transfer.spillover = 1.0;
  EXPECT_NEAR(applied(Trace(plan)), effective(0.1) / 0.25, 1e-15);
}

TEST(Support, IsTheMeanOverWhatTheStaffAreTaughtFollowUpsIncluded) {
  Plan plan = supported();
  plan.waves[1].modules = {"m", "n"};
  EXPECT_NEAR(applied(Trace(plan)), effective(0.2) / 0.25, 1e-15);
  // A competence that a follow-up will teach counts from the start: .2 of one, 0 of the other.
  plan = supported();
  plan.waves.push_back({.id = "y", .start = 9, .teams = {"desk"}, .modules = {"m"}, .follow_up = true});
  EXPECT_NEAR(applied(Trace(plan)), effective(0.1) / 0.25, 1e-15);
}

TEST(Support, RaisesWhatShowsOfThoseWhoSpillOverAndOfTheTeamsOwn) {
  Plan plan = supported();
  plan.waves[0].share = 0.25;
  plan.transfer.spillover = 0.5;
  EXPECT_NEAR(applied(Trace(plan)), effective(0.2, 0.06875) / 0.25, 1e-15);
  plan.lifts[0].measured_on = trainplan::MeasuredOn::team;
  EXPECT_NEAR(applied(Trace(plan)), effective(0.2, 0.05) / 0.25, 1e-15);
}

// Fully completed and mastered courses: S = .5, and .5 (.1 + .9 .5)/.1 = 2.75 is cut at 1. Four times the
// evidence bends to 1 + .5 (1 - e^-6).
TEST(Support, BehaviorIsAtMostFull) {
  Plan plan = supported();
  for (trainplan::Module& module : plan.modules) {
    module.completion = 1.0;
    module.mastery = 1.0;
  }
  plan.teams[0].support_dependence = 0.9;
  const Trace trace(plan);
  EXPECT_EQ(applied(trace), 4.0);
  EXPECT_NEAR(trace.kpi("csat", 2), satisfaction(1.5 - 0.5 * std::exp(-6.0)), 1e-12);
}

}  // namespace
