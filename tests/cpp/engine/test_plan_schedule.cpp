// When the waves of a plan start (docs/method.md, section 2).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/plan_small.hpp"

namespace {

using namespace trainplan::plan_small;
using trainplan::Plan;
using trainplan::Value;
using trainplan::calendar::Moved;
namespace plan = trainplan::plan;

Map wave(int start, const Changes& more = {}) {
  Map made = {{"start", start}, {"teams", List{"a"}}, {"modules", List{"m"}}, {"share", 0.5}};
  for (const auto& [field, content] : more) {
    std::erase_if(made, [&](const auto& entry) { return entry.first == field; });
    made.emplace_back(field, content);
  }
  return made;
}

// Start of a wave of the small plan with changes; its wave w has eight hours in month 2.
std::int64_t start(const Changes& changes, const std::string& id = "w") {
  const Plan made = read_small(changes);
  const auto placed = plan::schedule(made);
  EXPECT_EQ(placed.size(), made.waves.size());
  for (std::size_t i = 0; i < placed.size(); ++i) {
    if (made.waves[i].id == id) return placed[i].start;
  }
  ADD_FAILURE() << "no wave " << id;
  return 0;
}

TEST(PlanCalendar, MonthOneIsTheMonthOfTheStartOrJanuary) {
  const auto month = [](const char* first, std::int64_t m) {
    return plan::calendar_month(read_small({{"programme.start", first}}), m);
  };
  EXPECT_EQ(plan::calendar_month(read_small(), 1), 1);
  EXPECT_EQ(plan::calendar_month(read_small(), 12), 12);
  EXPECT_EQ(plan::calendar_month(read_small(), 13), 1);
  EXPECT_EQ(month("2027-09", 1), 9);
  EXPECT_EQ(month("2027-09", 4), 12);
  EXPECT_EQ(month("2027-09", 5), 1);
  EXPECT_EQ(month("2027-12", 2), 1);
  EXPECT_EQ(month("1999-01", 24), 12);
}

TEST(PlanSchedule, StartsWavesAsStatedInTheOrderOfThePlan) {
  const Plan made =
      read_small({{"waves.w.share", 0.2}, {"waves.b", wave(7)}, {"waves.a", wave(4, {{"share", 0.3}})}});
  const auto placed = plan::schedule(made);
  ASSERT_EQ(placed.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(placed[i].start, made.waves[i].start);
    EXPECT_EQ(placed[i].why, Moved::no);
  }
  EXPECT_TRUE(plan::schedule(read_small({{"waves", List{}}})).empty());
}

TEST(PlanSchedule, ALeadTimeThatIsStatedCounts) {
  EXPECT_EQ(start({{"waves.w.lead_time", 2.0}}), 3);
  EXPECT_EQ(start({{"waves.w.lead_time", 0.0}}), 2);
  EXPECT_EQ(plan::schedule(read_small({{"waves.w.lead_time", 2.0}})).front().why, Moved::lead_time);
}

// (8 h * 43 h/h) / 100 h a month = 3.44 months: month 1 + 4.
TEST(PlanSchedule, ALeadTimeFollowsTheDevelopmentOfTheContent) {
  EXPECT_EQ(start({{"development", Map{{"capacity", 100.0}}}}), 5);
  EXPECT_EQ(start({{"development", Map{{"capacity", 344.0}}}}), 2);
  EXPECT_EQ(start({{"development", Map{{"capacity", 343.9}}}}), 3);
  EXPECT_EQ(start({{"development", Map{{"capacity", 100.0}}}, {"modules.m.development_ratio", 200.0}}), 17);
  EXPECT_EQ(start({{"development", Map{{"capacity", 100.0}}}, {"waves.w.lead_time", 2.0}}), 3);  // stated
}

// 3.44 + 2 languages * .75 + 1.5 = 6.44.
TEST(PlanSchedule, LanguagesAndIntegrationTakeTheirMonths) {
  const Map all = {{"capacity", 100.0}, {"language_months", 0.75}, {"integration_months", 1.5}};
  EXPECT_EQ(start({{"development", all}, {"programme.languages", List{"de", "fr"}}}), 8);
  EXPECT_EQ(start({{"development", all}}), 6);
  // Without a capacity nothing is computed.
  const Map no_capacity = {{"language_months", 5.0}, {"integration_months", 5.0}};
  EXPECT_EQ(start({{"development", no_capacity}, {"programme.languages", List{"de"}}}), 2);
}

// What a wave needs is made after what waves before it, by start and id, need; shared modules are made once.
TEST(PlanSchedule, AWaveWaitsForTheContentOfTheWavesBeforeIt) {
  const Map second = {
      {"id", "n"}, {"competences", List{"empathy"}}, {"hours", 4.0}, {"completion", 1.0}, {"mastery", 0.5}};
  const Changes both = {{"modules.n", second},
                        {"development", Map{{"capacity", 100.0}}},
                        {"waves.w.share", 0.5},
                        {"waves.v", wave(2, {{"modules", List{"m", "n"}}})}};
  EXPECT_EQ(start(both, "v"), 7);  // v comes before w: 344 + 172 hours
  EXPECT_EQ(start(both, "w"), 7);
  Changes apart = both;
  apart.back().second = wave(3, {{"modules", List{"n"}}});
  EXPECT_EQ(start(apart, "w"), 5);
  EXPECT_EQ(start(apart, "v"), 7);
}

TEST(PlanSchedule, CountsEveryQuantityWithItsMedian) {
  // Of uniform(6, 10) it is 8; of triangular(0, 0, 86) 86 (1 - sqrt(1/2)) = 25.19, so 201.5 hours.
  EXPECT_EQ(start({{"modules.m.hours", "uniform(6, 10)"}, {"development", Map{{"capacity", 344.0}}}}), 2);
  EXPECT_EQ(start({{"modules.m.hours", "uniform(6, 10.01)"}, {"development", Map{{"capacity", 344.0}}}}), 3);
  EXPECT_EQ(start({{"modules.m.development_ratio", "triangular(0, 0, 86)"},
                   {"development", Map{{"capacity", 8.0 * 26.0}}}}),
            2);
}

// Month 2 is February. The hours a head are share * hours (1 + fail) / months = 8 in one month.
TEST(PlanSchedule, ABlackOutMovesAWave) {
  const auto season = [](const Changes& more) {
    Map made = {{"id", "spring"}, {"first_month", 2}, {"last_month", 4}};
    made.insert(made.end(), more.begin(), more.end());
    return std::pair<std::string, Value>{"peak_seasons", List{made}};
  };
  EXPECT_EQ(start({season({})}), 5);
  EXPECT_EQ(start({season({{"cap", 7.9}})}), 5);
  EXPECT_EQ(start({season({{"cap", 8.0}})}), 2);
  EXPECT_EQ(start({season({{"cap", 4.0}}), {"waves.w.months", 2}}), 2);
  EXPECT_EQ(start({season({{"cap", 4.0}}), {"waves.w.share", 0.5}}), 2);
  EXPECT_EQ(start({season({{"cap", 4.0}}), {"waves.w.share", 0.5}, {"modules.m.fail_rate", 0.25}}), 5);
  EXPECT_EQ(start({season({{"cap", 5.0}}), {"waves.w.share", 0.5}, {"modules.m.fail_rate", 0.25}}), 2);
  EXPECT_EQ(start({season({}), {"programme.start", "2027-05"}}), 2);  // month 2 is June
  EXPECT_EQ(start({season({}), {"programme.start", "2027-01"}}), 5);
}

TEST(PlanSchedule, ASeasonBarsItsOwnTeamsAlone) {
  const Map other = {{"people", 5}, {"hourly_cost", 20.0}, {"attrition", 20.0}};
  const auto season = [](const char* team) {
    return Value(List{Map{{"id", "s"}, {"first_month", 2}, {"last_month", 2}, {"teams", List{team}}}});
  };
  EXPECT_EQ(start({{"teams.b", other}, {"peak_seasons", season("b")}}), 2);
  EXPECT_EQ(start({{"teams.b", other}, {"peak_seasons", season("a")}}), 3);
  // One of its teams is enough.
  EXPECT_EQ(start({{"teams.b", other}, {"peak_seasons", season("b")}, {"waves.w.teams", List{"a", "b"}}}), 3);
}

TEST(PlanSchedule, AFollowUpTakesTheHoursOfThoseItFindsTrained) {
  const auto follow_up = [](double cap) {
    return start(
        {{"waves.w.share", 0.25},
         {"waves.x", wave(4, {{"follow_up", true}, {"share", 1.0}})},
         {"peak_seasons", List{Map{{"id", "s"}, {"first_month", 4}, {"last_month", 4}, {"cap", cap}}}}},
        "x");
  };
  EXPECT_EQ(follow_up(2.0), 4);  // .25 * 8
  EXPECT_EQ(follow_up(1.9), 5);
}

TEST(PlanSchedule, AFollowUpEndsBehindTheWavesItFollows) {
  const std::pair<std::string, Value> moved = {"waves.w.lead_time", 9.0};  // month 10
  const auto follow_up = [](int first, int months) {
    return std::pair<std::string, Value>{"waves.x", wave(first, {{"follow_up", true}, {"months", months}})};
  };
  EXPECT_EQ(start({moved, follow_up(4, 1)}, "x"), 11);
  EXPECT_EQ(start({moved, follow_up(3, 3)}, "x"), 9);  // ends with month 11
  EXPECT_EQ(start({moved, follow_up(12, 1)}, "x"), 12);
  // Another wave of the same team need not wait.
  EXPECT_EQ(start({moved, {"waves.w.share", 0.5}, {"waves.x", wave(4)}}, "x"), 4);
}

TEST(PlanSchedule, AFollowUpWaitsForAnotherThatTeachesItsPrerequisites) {
  const Map second = {
      {"id", "n"}, {"competences", List{"empathy"}}, {"hours", 4.0}, {"completion", 1.0}, {"mastery", 0.5}};
  Map third = second;
  third[0].second = "p";
  third.emplace_back("prerequisites", List{"n"});
  const Changes plan_of_three = {
      {"modules.n", second},
      {"modules.p", third},
      {"waves.x", wave(4, {{"follow_up", true}, {"modules", List{"n"}}, {"lead_time", 8.0}})},
      {"waves.y", wave(6, {{"follow_up", true}, {"modules", List{"p"}}})},
      {"waves.z", wave(6, {{"follow_up", true}, {"modules", List{"m"}}})}};
  EXPECT_EQ(start(plan_of_three, "x"), 9);
  EXPECT_EQ(start(plan_of_three, "y"), 10);
  EXPECT_EQ(start(plan_of_three, "z"), 6);
}

TEST(PlanSchedule, IsTheSameForPermutedRows) {
  Plan made = read_small({{"waves.w.share", 0.2},
                          {"waves.b", wave(3, {{"share", 0.3}, {"lead_time", 6.0}})},
                          {"waves.x", wave(5, {{"follow_up", true}})},
                          {"waves.y", wave(5, {{"follow_up", true}})},
                          {"peak_seasons", List{Map{{"id", "s"}, {"first_month", 8}, {"last_month", 9}}}}});
  const auto placed = plan::schedule(made);
  std::reverse(made.waves.begin(), made.waves.end());
  auto turned = plan::schedule(made);
  std::reverse(turned.begin(), turned.end());
  for (std::size_t i = 0; i < placed.size(); ++i) {
    EXPECT_EQ(placed[i].start, turned[i].start);
    EXPECT_EQ(placed[i].why, turned[i].why);
  }
}

// ---- what a plan's schedule is refused for ----

TEST(PlanSchedule, AWaveThatMovesBehindTheHorizonIsRefusedWithWhy) {
  EXPECT_EQ(refusals({{"waves.w.lead_time", 24.0}}),
            std::vector<std::string>{
                "waves.w.start: is 2, the wave moves behind the horizon: its content is not ready before"});
  EXPECT_EQ(refusal({{"waves.w.lead_time", 23.0}}), "accepted");
  const Map always = {{"id", "s"}, {"first_month", 1}, {"last_month", 12}};
  EXPECT_EQ(
      refusal({{"peak_seasons", List{always}}}),
      "waves.w.start: is 2, the wave moves behind the horizon: its training does not fit into a peak season");
  EXPECT_EQ(refusal({{"waves.w.lead_time", 23.0}, {"waves.x", wave(4, {{"follow_up", true}})}}),
            "waves.x.start: is 4, the wave moves behind the horizon: a wave that it follows ends later");
  EXPECT_EQ(refusal({{"waves.w.lead_time", 22.5}, {"waves.w.months", 2}}).substr(0, 60),
            "waves.w.start: is 2, the wave moves behind the horizon: its ");
}

TEST(PlanSchedule, TheStartOfAProgrammeIsAYearAndAMonth) {
  EXPECT_EQ(refusal({{"programme.start", "2027-01"}}), "accepted");
  EXPECT_EQ(refusal({{"programme.start", ""}}), "accepted");
  for (const char* text :
       {"2027", "2027-13", "2027-00", "01-2027", "2027/01", "2027-1", "2027-01-01", "next-01"}) {
    EXPECT_EQ(refusal({{"programme.start", text}}),
              "programme.start: is '" + std::string(text) + "', must be a year and month: 2027-01");
  }
}

TEST(PlanSchedule, ASeasonNamesTeamsOfThePlan) {
  const auto season = [](const List& teams) {
    return Changes{
        {"peak_seasons", List{Map{{"id", "s"}, {"first_month", 2}, {"last_month", 2}, {"teams", teams}}}}};
  };
  EXPECT_EQ(refusals(season({"b", "a", "a"})),
            (std::vector<std::string>{
                "peak_seasons.s.teams: is 'b', there is no team of this id (did you mean 'a'?)",
                "peak_seasons.s.teams: is 'a', is named twice"}));
}

}  // namespace
