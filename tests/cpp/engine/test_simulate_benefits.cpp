// What better KPIs are worth: each stream from the KPIs of both paths by its own formula
// (docs/method.md, section 5).
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "simulate_course.hpp"

namespace {

using simulate_tests::course;
using simulate_tests::Trace;
using trainplan::LiftKind;
using trainplan::Per;
using trainplan::Plan;
using trainplan::Pot;

// Money of up to some 10,000 a month, from differences of KPIs that are rounded to 1e-14.
constexpr double cents = 1e-8;

trainplan::Lift lift(const char* kpi, double size, LiftKind kind = LiftKind::points) {
  return {.id = kpi,
          .kpi = kpi,
          .kind = kind,
          .size = size,
          .reached_at = {.behavior = 0.25},
          .team_spread = 0.0};
}

// Every KPI that a stream hangs on is measured and lifted.
Plan measured() {
  Plan plan = course();
  plan.teams[0].baseline = {{"csat", 70.0},  {"nps", 10.0},     {"fcr", 65.0},       {"aht", 400.0},
                            {"churn", 20.0}, {"reroute", 12.0}, {"conversion", 8.0}, {"quality", 75.0}};
  plan.lifts = {lift("csat", 6.0),     lift("nps", 9.0),
                lift("fcr", 4.0),      lift("aht", -0.1, LiftKind::relative),
                lift("reroute", -3.0), lift("conversion", 1.5),
                lift("quality", 5.0),  lift("attrition", -0.2, LiftKind::relative)};
  return plan;
}

double money(const Trace& trace, const std::string& stream, std::int64_t month,
             const std::string& team = "a") {
  return trace.at("benefit", team, stream, month);
}
double gain(const Trace& trace, const std::string& kpi, std::int64_t month, const std::string& team = "a") {
  return trace.kpi(kpi, month, 0, team) - trace.without(kpi, month, 0, team);
}

// ---- contact work and the second handling ----

struct Volumes {
  double without, with;
};
// Contacts of both paths: half of the unresolved come back.
Volumes volumes(const Trace& trace, std::int64_t m, bool issues) {
  const double p0 = 0.5 * (1.0 - trace.without("fcr", m) / 100.0);
  const double p1 = 0.5 * (1.0 - trace.kpi("fcr", m) / 100.0);
  const double v0 = issues ? 10'000.0 / (1.0 - p0) : 10'000.0;
  return {v0, v0 * (1.0 - p0) / (1.0 - p1)};
}
// Occupancy .8, shrinkage .25, 24 an hour of which half becomes money.
double worth_of(double seconds) { return seconds / 3600.0 / 0.8 / 0.75 * 24.0 * 0.5; }

TEST(Benefits, OfContactWorkAreTheHoursOfShorterAndFewerContacts) {
  for (const bool issues : {false, true}) {
    Plan plan = measured();
    plan.benefits.contact_work =
        trainplan::ContactWork{.callback_share = 0.5,
                               .variable_cost = 0.3,
                               .volume_is = issues ? trainplan::Volume::issues : trainplan::Volume::contacts};
    const Trace trace(plan);
    EXPECT_FALSE(trace.has("benefit", "a", "reroute"));
    for (std::int64_t m = 1; m <= 12; ++m) {
      const auto [v0, v1] = volumes(trace, m, issues);
      const double freed = v0 * trace.without("aht", m) - v1 * trace.kpi("aht", m);
      EXPECT_NEAR(money(trace, "contact_work", m), worth_of(freed) + (v0 - v1) * 0.3, cents) << m;
    }
  }
}

TEST(Benefits, OfFewerReroutedContactsAreTheirSecondHandling) {
  Plan plan = measured();
  plan.benefits.contact_work = trainplan::ContactWork{.callback_share = 0.5, .reroute_seconds = 250.0};
  const Trace trace(plan);
  for (std::int64_t m = 1; m <= 12; ++m) {
    const auto [v0, v1] = volumes(trace, m, false);
    const double rerouted = v0 * trace.without("reroute", m) / 100.0 - v1 * trace.kpi("reroute", m) / 100.0;
    EXPECT_NEAR(money(trace, "reroute", m), worth_of(rerouted * 250.0), cents) << m;
  }
  EXPECT_GT(money(trace, "reroute", 2), 100.0);
  // It is no part of the handle time's own stream.
  Plan without = plan;
  without.benefits.contact_work->reroute_seconds.reset();
  EXPECT_EQ(money(Trace(without), "contact_work", 2), money(trace, "contact_work", 2));
}

// With the programme: the same rate of reroute of fewer contacts is worth something too.
TEST(Benefits, OfRerouteCountContactsThatDoNotComeBack) {
  Plan plan = measured();
  std::erase_if(plan.lifts, [](const trainplan::Lift& one) { return one.kpi == "reroute"; });
  plan.benefits.contact_work = trainplan::ContactWork{.callback_share = 0.5, .reroute_seconds = 250.0};
  const Trace trace(plan);
  const auto [v0, v1] = volumes(trace, 2, false);
  EXPECT_NEAR(money(trace, "reroute", 2), worth_of((v0 - v1) * 0.12 * 250.0), cents);
  EXPECT_GT(money(trace, "reroute", 2), 1.0);
}

// ---- customers ----

double monthly(double percent) { return 1.0 - std::pow(1.0 - percent / 100.0, 1.0 / 12.0); }

// Stocks of customers in both paths, month by month, and the margin of their difference.
TEST(Benefits, OfRetentionAreTheMarginOfCustomersKeptAndOfThoseKeptBeyond) {
  Plan plan = measured();
  plan.benefits.retention =
      trainplan::Retention{.elasticity = 0.004, .reach = 0.3, .margin = 12.0, .after_months = 24};
  const Trace trace(plan);
  double without = 5'000.0;
  double with = 5'000.0;
  const double arrivals = 5'000.0 * monthly(20.0);
  const double c0 = monthly(20.0);
  for (std::int64_t m = 1; m <= 12; ++m) {
    // The stocks of 5,000 are rounded to 1e-12 each, their difference is a few customers.
    EXPECT_NEAR(money(trace, "retention", m), (with - without) * 12.0, 1e-8) << m;
    const double c1 = c0 * std::exp(-0.004 * gain(trace, "csat", m));
    const double effective = c0 + 0.3 * (c1 - c0);
    EXPECT_NEAR(trace.kpi("churn", m), 100.0 * (1.0 - std::pow(1.0 - effective, 12.0)), 1e-11) << m;
    with = with * (1.0 - effective) + arrivals;
    without = without * (1.0 - c0) + arrivals;
    if (m < 12) {
      EXPECT_EQ(money(trace, "retention_after", m), 0.0) << m;
    }
  }
  const double kept = (1.0 - c0) / std::pow(1.1, 1.0 / 12.0);
  double months = 0.0;
  for (int i = 1; i <= 24; ++i) months += std::pow(kept, i);
  EXPECT_NEAR(money(trace, "retention_after", 12), (with - without) * 12.0 * months,
              1e-7);  // 20 months of it
  EXPECT_GT(money(trace, "retention_after", 12), 100.0);
}

TEST(Benefits, AfterTheHorizonAreOffUnlessAskedFor) {
  Plan plan = measured();
  plan.benefits.retention = trainplan::Retention{.elasticity = 0.004, .reach = 0.3, .margin = 12.0};
  EXPECT_FALSE(Trace(plan).has("benefit", "a", "retention_after"));
}

// A churn that moves by itself is that of the month; new customers are as many as leave at the level.
TEST(Benefits, OfRetentionFollowAChurnThatMoves) {
  Plan plan = measured();
  plan.movements = {{.id = "churn", .trend = 0.4}};
  plan.benefits.retention =
      trainplan::Retention{.elasticity = 0.004, .reach = 0.3, .margin = 12.0, .after_months = 6};
  const Trace trace(plan);
  double without = 5'000.0;
  double with = 5'000.0;
  double c0 = 0.0;
  for (std::int64_t m = 1; m <= 12; ++m) {
    EXPECT_NEAR(money(trace, "retention", m), (with - without) * 12.0, 1e-8) << m;  // as above
    EXPECT_NEAR(trace.without("churn", m), 20.0 + 0.4 * static_cast<double>(m), 1e-11) << m;
    c0 = monthly(20.0 + 0.4 * static_cast<double>(m));
    const double change = 0.3 * c0 * std::expm1(-0.004 * gain(trace, "csat", m));
    with = with * (1.0 - c0 - change) + 5'000.0 * monthly(20.0);
    without = without * (1.0 - c0) + 5'000.0 * monthly(20.0);
  }
  const double kept = (1.0 - c0) / std::pow(1.1, 1.0 / 12.0);
  double months = 0.0;
  for (int i = 1; i <= 6; ++i) months += std::pow(kept, i);
  EXPECT_NEAR(money(trace, "retention_after", 12), (with - without) * 12.0 * months, 1e-7);
}

TEST(Benefits, OfAcquisitionAreCustomersWonByTheDriver) {
  Plan plan = measured();
  plan.benefits.acquisition = trainplan::Acquisition{.rate = 2e-5, .value = 150.0};
  const Trace trace(plan);
  for (std::int64_t m = 1; m <= 12; ++m)
    EXPECT_NEAR(money(trace, "acquisition", m), 5'000.0 * gain(trace, "nps", m) * 2e-5 * 150.0, cents) << m;
  EXPECT_GT(money(trace, "acquisition", 2), 50.0);
  plan.benefits.acquisition->driver = "csat";
  const Trace of_csat(plan);
  EXPECT_NEAR(money(of_csat, "acquisition", 2), 15.0 * gain(of_csat, "csat", 2), cents);
}

TEST(Benefits, OfSalesAreOffersAccepted) {
  Plan plan = measured();
  plan.benefits.sales = trainplan::Sales{.offer_share = 0.2, .margin = 30.0};
  const Trace trace(plan);
  for (std::int64_t m = 1; m <= 12; ++m)
    EXPECT_NEAR(money(trace, "sales", m), 10'000.0 * 0.2 * gain(trace, "conversion", m) / 100.0 * 30.0, cents)
        << m;
  EXPECT_GT(money(trace, "sales", 2), 100.0);
}

TEST(Benefits, OfHiringAreLeaversNotReplaced) {
  Plan plan = measured();
  plan.benefits.hiring = trainplan::Hiring{.replacement_cost = 8'000.0};
  const Trace trace(plan);
  for (std::int64_t m = 1; m <= 12; ++m)
    EXPECT_NEAR(money(trace, "hiring", m), -100.0 * gain(trace, "attrition", m) / 1200.0 * 8'000.0, cents)
        << m;
}

// ---- streams of one's own ----

TEST(Benefits, OfOnesOwnAreTheChangeTimesItsWorthForEach) {
  Plan plan = measured();
  plan.benefits.custom = {{.id = "t", .kpi = "quality", .value = 40.0, .per = Per::team},
                          {.id = "c", .kpi = "quality", .value = 0.004, .per = Per::contact},
                          {.id = "u", .kpi = "quality", .value = 0.008, .per = Per::customer},
                          {.id = "p", .kpi = "aht", .value = -0.4, .per = Per::person}};
  const Trace trace(plan);
  for (std::int64_t m = 1; m <= 12; ++m) {
    EXPECT_NEAR(money(trace, "custom.t", m), 40.0 * gain(trace, "quality", m), cents) << m;
    EXPECT_NEAR(money(trace, "custom.c", m), 40.0 * gain(trace, "quality", m), cents) << m;
    EXPECT_NEAR(money(trace, "custom.u", m), 40.0 * gain(trace, "quality", m), cents) << m;
    EXPECT_NEAR(money(trace, "custom.p", m), -40.0 * gain(trace, "aht", m), cents) << m;
  }
  EXPECT_GT(money(trace, "custom.t", 2), 100.0);
  EXPECT_GT(money(trace, "custom.p", 2), 100.0);
}

// Churn in a stream is that shown: of all customers, reach included.
TEST(Benefits, OfOnesOwnOnChurnTakeTheChurnShown) {
  Plan plan = measured();
  plan.benefits.retention = trainplan::Retention{.elasticity = 0.004, .reach = 0.3, .margin = 0.0};
  plan.benefits.custom = {{.id = "x", .kpi = "churn", .value = -1'000.0}};
  const Trace trace(plan);
  const double c0 = monthly(20.0);
  const double c1 = c0 + 0.3 * c0 * std::expm1(-0.004 * gain(trace, "csat", 2));
  EXPECT_NEAR(money(trace, "custom.x", 2), 1'000.0 * (20.0 - 100.0 * (1.0 - std::pow(1.0 - c1, 12.0))), 1e-8);
  EXPECT_GT(money(trace, "custom.x", 2), 10.0);
}

TEST(Benefits, OfOnesOwnStandForEveryTeamThatHasTheKpi) {
  Plan plan = measured();
  plan.teams.push_back(simulate_tests::team("desk", 10));
  plan.teams[1].role = trainplan::Role::support;
  plan.teams[1].baseline = {{"quality", 60.0}};
  plan.teams.push_back(simulate_tests::team("idle", 10));
  plan.waves[0].teams = {"a", "desk", "idle"};
  plan.benefits.custom = {{.id = "x", .kpi = "quality", .value = 7.0, .per = Per::person}};
  plan.benefits.hiring = trainplan::Hiring{.replacement_cost = 8'000.0};
  plan.benefits.contact_work = trainplan::ContactWork{};
  plan.benefits.sales = trainplan::Sales{.offer_share = 0.2, .margin = 30.0};
  const Trace trace(plan);
  EXPECT_NEAR(money(trace, "custom.x", 2, "desk"), 70.0 * gain(trace, "quality", 2, "desk"), cents);
  EXPECT_GT(money(trace, "custom.x", 2, "desk"), 1.0);
  EXPECT_FALSE(trace.has("benefit", "idle", "custom.x"));
  EXPECT_TRUE(trace.has("benefit", "idle", "hiring"));
  for (const char* stream : {"contact_work", "sales"})
    EXPECT_FALSE(trace.has("benefit", "desk", stream)) << stream;
}

// Support staff serve no customers, whatever they measure.
TEST(Benefits, OfCustomersAreThoseOfContactTeams) {
  Plan plan = measured();
  plan.teams.push_back(plan.teams[0]);
  plan.teams[1].id = "desk";
  plan.teams[1].role = trainplan::Role::support;
  plan.benefits = {.contact_work = trainplan::ContactWork{.reroute_seconds = 200.0},
                   .retention = trainplan::Retention{.reach = 0.3, .margin = 12.0, .after_months = 3},
                   .acquisition = trainplan::Acquisition{.rate = 2e-5, .value = 150.0},
                   .sales = trainplan::Sales{.offer_share = 0.2, .margin = 30.0},
                   .hiring = trainplan::Hiring{.replacement_cost = 8'000.0}};
  const Trace trace(plan);
  for (const char* stream :
       {"contact_work", "reroute", "retention", "retention_after", "acquisition", "sales"}) {
    EXPECT_TRUE(trace.has("benefit", "a", stream)) << stream;
    EXPECT_FALSE(trace.has("benefit", "desk", stream)) << stream;
  }
  EXPECT_TRUE(trace.has("benefit", "desk", "hiring"));
}

// ---- pots ----

TEST(Pots, AShareOfItsPotIsThatShareOfTheStream) {
  Plan plan = measured();
  plan.benefits = {.contact_work = trainplan::ContactWork{.reroute_seconds = 200.0},
                   .retention = trainplan::Retention{.reach = 0.3, .margin = 12.0, .after_months = 3},
                   .acquisition = trainplan::Acquisition{.rate = 2e-5, .value = 150.0},
                   .sales = trainplan::Sales{.offer_share = 0.2, .margin = 30.0},
                   .hiring = trainplan::Hiring{.replacement_cost = 8'000.0},
                   .custom = {{.id = "x", .kpi = "quality", .value = 7.0}}};
  const Trace whole(plan);
  // Powers of two: the products are exact.
  plan.benefits.contact_work->share = 0.5;
  plan.benefits.retention->share = 0.25;
  plan.benefits.acquisition->share = 0.125;
  plan.benefits.sales->share = 0.75;
  plan.benefits.hiring->share = 0.0;
  plan.benefits.custom[0].share = 0.0625;
  const Trace part(plan);
  for (std::int64_t m = 1; m <= 12; ++m) {
    for (const auto& [stream, share] : {std::pair("contact_work", 0.5),
                                        {"reroute", 0.5},
                                        {"retention", 0.25},
                                        {"retention_after", 0.25},
                                        {"acquisition", 0.125},
                                        {"sales", 0.75},
                                        {"hiring", 0.0},
                                        {"custom.x", 0.0625}}) {
      EXPECT_DOUBLE_EQ(money(part, stream, m), share * money(whole, stream, m)) << stream << ", " << m;
    }
  }
  // The KPIs do not know what is credited.
  EXPECT_EQ(part.kpi("churn", 5), whole.kpi("churn", 5));
}

TEST(Pots, StreamsAddUpToTheTotal) {
  Plan plan = measured();
  plan.benefits = {
      .contact_work = trainplan::ContactWork{.reroute_seconds = 200.0, .share = 0.7},
      .retention = trainplan::Retention{.reach = 0.3, .margin = 12.0, .after_months = 3},
      .acquisition = trainplan::Acquisition{.rate = 2e-5, .value = 150.0},
      .sales = trainplan::Sales{.offer_share = 0.2, .margin = 30.0},
      .hiring = trainplan::Hiring{.replacement_cost = 8'000.0},
      .custom = {{.id = "x", .kpi = "quality", .value = 7.0, .pot = Pot::contact_work, .share = 0.3}}};
  const Trace trace(plan);
  double sum = 0.0;
  for (const char* stream : {"contact_work", "reroute", "retention", "retention_after", "acquisition",
                             "sales", "hiring", "custom.x"}) {
    for (std::int64_t m = 1; m <= 12; ++m) sum += money(trace, stream, m);
  }
  EXPECT_NEAR(trace.output("total_benefit"), sum, 1e-12 * sum);
}

}  // namespace
