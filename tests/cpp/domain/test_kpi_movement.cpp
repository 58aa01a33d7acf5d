// How KPIs move by themselves, how well a baseline is known, how an effect builds up; leading indicators.
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/record_lines.hpp"
#include "trainplan/domain/kpi.hpp"

namespace {

using namespace trainplan::kpi;
using trainplan::Kpi;
using trainplan::Link;
using trainplan::Value;

Scale scale_of(const std::string& id) {
  for (const Kpi& kpi : built_in()) {
    if (kpi.id == id) return scale(kpi);
  }
  throw std::out_of_range(id);
}

// link'(v) = 1/(v - lo) + 1/(hi - v), or 1/(v - lo).
TEST(KpiMovement, TheSlopeOfTheLinkIsItsDerivative) {
  EXPECT_NEAR(link_slope(scale_of("csat"), 50.0), 0.04, 1e-16);
  EXPECT_NEAR(link_slope(scale_of("csat"), 80.0), 1.0 / 80.0 + 1.0 / 20.0, 1e-16);
  EXPECT_NEAR(link_slope(scale_of("nps"), 0.0), 0.02, 1e-17);
  EXPECT_NEAR(link_slope(scale_of("aht"), 400.0), 0.0025, 1e-17);
  for (const char* id : {"csat", "nps", "aht", "churn"}) {
    const Scale s = scale_of(id);
    for (const double value : {5.0, 37.0, 62.0, 95.0}) {
      const double h = 1e-4;
      const double difference = (to_link(s, value + h) - to_link(s, value - h)) / (2.0 * h);
      // A central difference is off by h^2/6 of the third derivative, at most 2/5^3 here.
      EXPECT_NEAR(link_slope(s, value), difference, 1e-9) << id << ", " << value;
    }
  }
}

// min(m, 12) + sum over j = 13..m of .9^(j-12), added up.
TEST(KpiMovement, ATrendIsFullForAYearAndThenFades) {
  long double wanted = 0.0L;
  for (int month = 1; month <= 600; ++month) {
    wanted += month <= 12 ? 1.0L : std::pow(0.9L, month - 12);
    EXPECT_NEAR(trend_steps(month), static_cast<double>(wanted), 1e-14 * static_cast<double>(wanted))
        << month;
  }
  EXPECT_EQ(trend_steps(12.0), 12.0);
  EXPECT_NEAR(trend_steps(13.0), 12.9, 1e-14);
  EXPECT_NEAR(trend_steps(14.0), 13.71, 1e-14);
  EXPECT_NEAR(trend_steps(600.0), 21.0, 1e-14);  // 12 + .9 / .1
}

// On the link scale 1/sqrt(n p (1-p)): the standard error sqrt(p (1-p)/n) of a share, times the slope
// 1/(p (1-p)).
TEST(KpiMovement, ABaselineIsKnownAsWellAsItsResponsesTell) {
  EXPECT_NEAR(sampling_error(scale_of("csat"), 80.0, 400.0, 1.0), 1.0 / std::sqrt(64.0), 1e-16);
  EXPECT_NEAR(sampling_error(scale_of("nps"), 0.0, 100.0, 1.0), 0.2, 1e-16);
  EXPECT_NEAR(sampling_error(scale_of("csat"), 50.0, 1.0, 1.0), 2.0, 1e-15);
  // The coefficient of variation counts on a log link alone.
  EXPECT_EQ(sampling_error(scale_of("csat"), 80.0, 400.0, 0.3),
            sampling_error(scale_of("csat"), 80.0, 400.0, 9.0));
  EXPECT_NEAR(sampling_error(scale_of("aht"), 420.0, 900.0, 0.6), 0.02, 1e-17);
  EXPECT_NEAR(sampling_error(scale_of("aht"), 9.0, 900.0, 0.6), 0.02, 1e-17);
  EXPECT_EQ(sampling_error(scale_of("aht"), 420.0, 900.0, 0.0), 0.0);
}

TEST(KpiMovement, FourTimesTheResponsesHalveTheError) {
  for (const char* id : {"csat", "nps", "aht"}) {
    const Scale s = scale_of(id);
    EXPECT_NEAR(sampling_error(s, 40.0, 400.0, 0.8), 2.0 * sampling_error(s, 40.0, 1600.0, 0.8), 1e-15) << id;
  }
}

// 1 - 2^(-1/ramp).
TEST(KpiRamp, CoversHalfOfTheWayInItsOwnMonths) {
  EXPECT_EQ(ramp_step(1.0), 0.5);
  EXPECT_EQ(ramp_step(0.5), 0.75);
  EXPECT_NEAR(ramp_step(2.0), 1.0 - std::sqrt(0.5), 1e-15);
  EXPECT_EQ(ramp_step(0.0), 1.0);
  for (const double ramp : {0.25, 1.0, 3.0, 7.5, 60.0}) {
    double shown = 0.0;
    for (int month = 1; month <= 24; ++month) {
      shown += (1.0 - shown) * ramp_step(ramp);
      EXPECT_NEAR(shown, 1.0 - std::exp2(-month / ramp), 1e-14) << ramp << ", " << month;
    }
  }
}

TEST(KpiRamp, TellsWhatWasReachedWhenTheEvidenceWasRead) {
  EXPECT_EQ(ramp_reached(3.0, 3.0), 0.5);
  EXPECT_EQ(ramp_reached(3.0, 6.0), 0.75);
  EXPECT_NEAR(ramp_reached(2.0, 3.0), 1.0 - std::exp2(-1.5), 1e-16);
  EXPECT_EQ(ramp_reached(0.0, 1.0), 1.0);
  EXPECT_EQ(ramp_reached(6.0, 1.0), 0.5);  // never less than half: a reading is not blown up beyond twice
}

TEST(KpiRamp, AReadingOnTheRampAndTheRampUndoEachOther) {
  // A size read after n months, over what was reached by then, shows in full again n months later.
  for (const double ramp : {1.0, 2.5, 6.0}) {
    const int months = 7;
    const double level = 1.0 / ramp_reached(ramp, months);
    double shown = 0.0;
    for (int month = 0; month < months; ++month) shown += (level - shown) * ramp_step(ramp);
    EXPECT_NEAR(shown, 1.0, 1e-15) << ramp;
  }
}

// docs/method.md, section 4.
TEST(KpiLeading, AreTheSixOfTheMethodPageInTheirOrder) {
  ASSERT_EQ(leading().size(), 6U);
  const std::vector<std::pair<std::string, std::string>> wanted = {
      {"completion", "%"},
      {"knowledge", "%"},
      {"application", "%"},
      {"coaching_hours", "h/person/month"},
      {"coaching_sessions", "sessions/person/month"},
      {"plans_reviewed", "%"}};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Kpi& kpi = leading()[i];
    EXPECT_EQ(kpi.id, wanted[i].first);
    EXPECT_EQ(kpi.unit, wanted[i].second);
    EXPECT_EQ(kpi.weight, trainplan::KpiWeight::people) << kpi.id;
    EXPECT_EQ(kpi.better, trainplan::Direction::higher) << kpi.id;
    EXPECT_FALSE(kpi.name.empty()) << kpi.id;
    EXPECT_EQ(kpi.high.has_value(), kpi.unit == "%") << kpi.id;
    EXPECT_EQ(kpi.link, kpi.unit == "%" ? Link::logit : Link::log) << kpi.id;
  }
  EXPECT_EQ(leading()[static_cast<std::size_t>(Leading::coaching_sessions)].id, "coaching_sessions");
}

TEST(KpiLeading, BearNoNameOfABuiltInKpi) {
  for (const Kpi& computed : leading())
    for (const Kpi& kpi : built_in()) EXPECT_NE(computed.id, kpi.id);
}

TEST(KpiBuiltIn, ObservationsOfATimeVaryAsMuchAsTheirMeanUnlessAPlanSaysOtherwise) {
  for (const Kpi& kpi : built_in()) EXPECT_EQ(kpi.cv, 1.0) << kpi.id;
  EXPECT_EQ(trainplan::record_lines::of<Kpi>({{"id", "k"}}, "cv", -0.1),
            "r.cv: is -0.1, must be between 0 and 100");
}

// ---- the records ----

template <class R>
R read(const Value& value) {
  trainplan::Problems problems;
  R made = trainplan::record::read<R>(value, "r", problems);
  EXPECT_TRUE(problems.empty());
  return made;
}

TEST(KpiRecords, OfMovementsAndLiftsAreReadAndWrittenAlike) {
  const trainplan::Movement movement = {.id = "csat",
                                        .trend = "-0.1 to 0.2",
                                        .season = {{"1", 0.02}, {"12", -0.02}},
                                        .programme_sd = 0.5,
                                        .team_sd = 1.5,
                                        .persistence = 0.6};
  EXPECT_EQ(read<trainplan::Movement>(trainplan::record::write(movement)), movement);
  const trainplan::Lift lift = {.id = "csat",
                                .kpi = "csat",
                                .size = "2 to 6",
                                .reached_at = {.behavior = 0.4},
                                .team_spread = "0.1 to 0.4",
                                .ramp = "1 to 3",
                                .read_at = 6,
                                .measured_on = trainplan::MeasuredOn::team,
                                .isolated = false,
                                .credited_share = "0.4 to 0.7"};
  EXPECT_EQ(read<trainplan::Lift>(trainplan::record::write(lift)), lift);
  EXPECT_EQ(*trainplan::value::member(trainplan::record::write(lift), "measured_on"), Value("team"));
}

TEST(KpiRecords, AMovementIsNoneUnlessItSaysSo) {
  EXPECT_EQ(trainplan::record_lines::required<trainplan::Movement>(), std::vector<std::string>{"id"});
  const trainplan::Movement none;
  EXPECT_EQ(none.trend, trainplan::Quantity(0.0));
  EXPECT_TRUE(none.season.empty());
  EXPECT_EQ(none.programme_sd, 0.0);
  EXPECT_EQ(none.team_sd, 0.0);
  EXPECT_EQ(none.persistence, 0.0);
}

TEST(KpiRecords, ALiftVariesByAQuarterBetweenTeamsShowsAtOnceAndIsIsolated) {
  const trainplan::Lift lift;
  EXPECT_EQ(lift.team_spread, trainplan::Quantity(0.25));
  EXPECT_EQ(lift.ramp, trainplan::Quantity(0.0));
  EXPECT_FALSE(lift.read_at.has_value());
  EXPECT_EQ(lift.measured_on, trainplan::MeasuredOn::person);
  EXPECT_TRUE(lift.isolated);
}

TEST(KpiRecords, KeepToTheirRanges) {
  const auto movement = [](const char* field, const Value& content) {
    return trainplan::record_lines::of<trainplan::Movement>({{"id", "csat"}}, field, content);
  };
  EXPECT_EQ(movement("persistence", 1), "r.persistence: is 1, must be between 0 and 0.99");
  EXPECT_EQ(movement("team_sd", -1), "r.team_sd: is -1, must be between 0 and 1000000");
  EXPECT_EQ(movement("programme_sd", "1 to 2"), "r.programme_sd: is a text ('1 to 2'), must be a number");
  EXPECT_EQ(movement("season", Value::Map{{"1", 6}}),
            "r.season.1: is 6, must be between -5 and 5 link scale");
  const Value::Map evidence = {
      {"id", "l"}, {"kpi", "csat"}, {"size", 2}, {"reached_at", Value::Map{{"behavior", 0.4}}}};
  const auto lift = [&](const char* field, const Value& content) {
    return trainplan::record_lines::of<trainplan::Lift>(evidence, field, content);
  };
  EXPECT_EQ(lift("team_spread", 3.5), "r.team_spread: is 3.5, must be between 0 and 3 (did you mean 0.035?)");
  EXPECT_EQ(lift("ramp", 61), "r.ramp: is 61, must be between 0 and 60");
  EXPECT_EQ(lift("read_at", 0), "r.read_at: is 0, must be between 1 and 120 months");
  EXPECT_EQ(lift("read_at", 1.5), "r.read_at: is 1.5, must be a whole number");
  EXPECT_EQ(lift("measured_on", "teams"),
            "r.measured_on: is 'teams', must be one of person, team (did you mean 'team'?)");
  EXPECT_EQ(lift("credited_share", 1.2),
            "r.credited_share: is 1.2, must be between 0 and 1 (did you mean 0.012?)");
}

}  // namespace
