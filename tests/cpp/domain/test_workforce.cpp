#include "trainplan/domain/workforce.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/record_lines.hpp"

namespace {

using namespace trainplan::workforce;

TEST(Workforce, NoEffectOnResolutionIsExactlyNoEffectOnContacts) {
  for (const double p : {0.1, 0.273, 0.3001, 0.77}) EXPECT_EQ(contacts(28131.7, p, p), 28131.7);
}

TEST(Workforce, ContactsAnIssueAreAGeometricSeries) {
  // Of 100 issues with 20 % coming back, 1 / .8 = 125 contacts; when nobody comes back, 100.
  EXPECT_NEAR(contacts(125.0, 0.2, 0.0), 100.0, 1e-12);
  EXPECT_EQ(repeat_share(0.5, 60.0), 0.2);
  EXPECT_EQ(repeat_share(0.5, 100.0), 0.0);
}

// A vendor's slogan, one point of FCR is one percent of cost, is true at FCR 70 % with a callback share of
// .775.
TEST(Workforce, TheSlogansCallbackShareMakesItTrue) {
  const double before = repeat_share(0.775, 70.0);
  const double after = repeat_share(0.775, 71.0);
  EXPECT_NEAR(contacts(1.0, before, after), 0.99, 2e-4);
}

TEST(Workforce, APaidHourHandlesWhatOccupancyAndShrinkageLeave) {
  EXPECT_NEAR(paid_hours(3600.0 * 60.0, 0.8, 0.25), 100.0, 1e-12);
}

TEST(Workforce, AnHourOffTheFloorCostsWhatAnHourFreedIsWorth) {
  // Nothing backfilled: hourly cost x realization per on-floor hour.
  EXPECT_NEAR(off_floor_rate(24.0, 99.0, 0.0, 0.5, 0.25), 16.0, 1e-14);
  EXPECT_NEAR(off_floor_rate(24.0, 36.0, 1.0, 0.5, 0.25), 48.0, 1e-14);
  EXPECT_NEAR(off_floor_rate(24.0, 36.0, 0.5, 0.5, 0.25), 32.0, 1e-14);
}

TEST(Workforce, ContactsAreOneRatioTimesWhatIsObserved) {
  // docs/method.md, section 5: V_1 = V_0 (1 - p_0)/(1 - p_1).
  EXPECT_NEAR(contacts(20000.0, 0.24, 0.20), 20000.0 * 0.95, 1e-11);
  EXPECT_NEAR(contacts(20000.0, 0.20, 0.24), 20000.0 / 0.95, 1e-11);
  EXPECT_EQ(contacts(0.0, 0.24, 0.20), 0.0);
}

TEST(Workforce, BetterResolutionThereAndBackIsNoChange) {
  EXPECT_NEAR(contacts(contacts(28131.7, 0.3, 0.2), 0.2, 0.3), 28131.7, 28131.7 * 1e-15);
}

TEST(Workforce, NobodyCallsBackWithoutACallbackShare) {
  EXPECT_EQ(repeat_share(0.0, 10.0), 0.0);
  EXPECT_EQ(repeat_share(0.9, 0.0), 0.9);
}

TEST(Workforce, WithoutIdleTimeAPaidHourIsAnHourOfContacts) { EXPECT_EQ(paid_hours(7200.0, 1.0, 0.0), 2.0); }

TEST(Workforce, TheRateOfAnHourOffTheFloorDoublesWithTheAmounts) {
  for (const double cost : {17.3, 26.41, 99.9}) {
    const double rate = off_floor_rate(cost, 31.7, 0.3, 0.6, 0.31);
    EXPECT_EQ(off_floor_rate(2.0 * cost, 2.0 * 31.7, 0.3, 0.6, 0.31), 2.0 * rate);
  }
}

// docs/method.md, section 3: min(1, S (1 - w + w S_sup)/(1 - w)).
TEST(Workforce, SupportStaffLetBehaviorShowInProportion) {
  // Depending for a fifth on staff who behave as taught counts 1/.8 times; untrained staff change nothing.
  EXPECT_NEAR(supported(0.4, 0.2, 1.0), 0.5, 1e-16);
  EXPECT_NEAR(supported(0.4, 0.2, 0.5), 0.45, 1e-16);
  EXPECT_EQ(supported(0.4, 0.2, 0.0), 0.4);
  EXPECT_EQ(supported(0.4, 0.0, 0.9), 0.4);
  EXPECT_EQ(supported(0.0, 0.9, 1.0), 0.0);
}

TEST(Workforce, SupportedBehaviorIsAtMostFull) {
  EXPECT_EQ(supported(0.9, 0.5, 1.0), 1.0);
  EXPECT_NEAR(supported(0.1, 0.9, 1.0), 1.0, 1e-15);
  EXPECT_EQ(supported(1.0, 0.3, 0.2), 1.0);
}

TEST(Workforce, MoreSupportNeverLowersBehavior) {
  for (const double dependence : {0.1, 0.5, 0.9}) {
    double before = 0.3;
    for (int i = 0; i <= 100; ++i) {
      const double now = supported(0.3, dependence, i / 100.0);
      EXPECT_GE(now, before);
      before = now;
    }
  }
}

TEST(Workforce, AmountsDoubleTheirDrawsBitForBit) {
  EXPECT_TRUE(trainplan::record_lines::doubles_bit_for_bit<trainplan::Team>("hourly_cost"));
  EXPECT_TRUE(trainplan::record_lines::doubles_bit_for_bit<trainplan::Workforce>("backfill_hourly_cost"));
}

TEST(Workforce, ATeamNamesItsPeopleTheirCostAndTheirAttrition) {
  EXPECT_EQ(trainplan::record_lines::required<trainplan::Team>(),
            (std::vector<std::string>{"id", "people", "hourly_cost", "attrition"}));
  EXPECT_EQ(trainplan::record_lines::required<trainplan::Workforce>(),
            (std::vector<std::string>{"realization"}));
}

TEST(Workforce, ATeamIsPossible) {
  const trainplan::Value::Map team = {{"id", "t"}, {"people", 40}, {"hourly_cost", 28}, {"attrition", 35}};
  const auto line = [&](const char* field, const trainplan::Value& content) {
    return trainplan::record_lines::of<trainplan::Team>(team, field, content);
  };
  EXPECT_EQ(line("people", 2.5), "r.people: is 2.5, must be a whole number");
  EXPECT_EQ(line("people", 0), "r.people: is 0, must be between 1 and 1000000 people");
  EXPECT_EQ(line("hourly_cost", -1), "r.hourly_cost: is -1, must be at least 0");
  EXPECT_EQ(line("contacts", -100), "r.contacts: is -100, must be between 0 and 1000000000");
  EXPECT_EQ(line("occupancy", 0), "r.occupancy: is 0, must be above 0 and at most 1");
  EXPECT_EQ(line("shrinkage", 0.95), "r.shrinkage: is 0.95, must be between 0 and 0.9");
  EXPECT_EQ(line("attrition", 130), "accepted");  // % a year, may exceed 100
  EXPECT_EQ(line("attrition", "30% to 45%"), "accepted");
  EXPECT_EQ(line("role", "manager"), "r.role: is 'manager', must be one of contact, support");
  EXPECT_EQ(line("support_dependence", 0.95), "r.support_dependence: is 0.95, must be between 0 and 0.9");
  EXPECT_EQ(line("support_dependence", "10% to 30%"), "accepted");
  EXPECT_EQ(line("support_teams", "back_office"),
            "r.support_teams: is a text ('back_office'), must be a list of texts");
  EXPECT_EQ(line("baseline_n", trainplan::Value::Map{{"csat", 0}}),
            "r.baseline_n.csat: is 0, must be between 1 and 1000000000000 responses");
  EXPECT_EQ(line("baseline_n", trainplan::Value::Map{{"csat", "100 to 200"}}),
            "r.baseline_n.csat: is a text ('100 to 200'), must be a number");
}

}  // namespace
