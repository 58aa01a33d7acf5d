#include "trainplan/domain/kpi.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/record_lines.hpp"

namespace {

using trainplan::Kpi;
using trainplan::LiftKind;
using namespace trainplan::kpi;

const Kpi& named(const std::string& id) {
  for (const Kpi& kpi : built_in()) {
    if (kpi.id == id) return kpi;
  }
  throw std::out_of_range(id);
}

TEST(Kpi, TheLinkAndItsInverseUndoEachOther) {
  for (const auto& [id, value] :
       {std::pair{"csat", 68.0}, {"nps", -12.0}, {"fcr", 99.9}, {"aht", 528.0}, {"attrition", 130.0}}) {
    const Scale s = scale(named(id));
    EXPECT_NEAR(from_link(s, to_link(s, value)), value, 1e-12 * std::abs(value)) << id;
  }
}

TEST(Kpi, TheMiddleOfTwoBoundsIsZeroOnTheLinkScale) {
  EXPECT_EQ(to_link(scale(named("csat")), 50.0), 0.0);
  EXPECT_EQ(to_link(scale(named("nps")), 0.0), 0.0);
  EXPECT_NEAR(to_link(scale(named("aht")), std::exp(6.0)), 6.0, 1e-14);
}

TEST(Kpi, ValuesAreKeptAMillionthOfTheWidthInsideTheBounds) {
  EXPECT_EQ(clamp(scale(named("csat")), 100.0), 100.0 - 1e-4);
  EXPECT_EQ(clamp(scale(named("nps")), -100.0), -100.0 + 2e-4);
  EXPECT_EQ(clamp(scale(named("aht")), 0.0), 1e-6);
  EXPECT_EQ(clamp(scale(named("aht")), 1e9), 1e9);
  EXPECT_EQ(clamp(scale(named("csat")), 68.0), 68.0);
}

TEST(Kpi, ALiftIsInPointsRelativeOrAShareOfTheGap) {
  EXPECT_EQ(lifted(LiftKind::points, 60.0, 5.0, 100.0), 65.0);
  EXPECT_EQ(lifted(LiftKind::relative, 400.0, -0.25, 0.0), 300.0);
  EXPECT_EQ(lifted(LiftKind::gap, 60.0, 0.25, 100.0), 70.0);
  EXPECT_EQ(lifted(LiftKind::gap, 400.0, 0.25, 0.0), 300.0);  // lower is better: the gap is to 0
}

TEST(Kpi, ALiftShowsFullyWhereTheEvidenceIsAndBendsBeyond) {
  EXPECT_EQ(realized(0.0, 0.5), 0.0);
  EXPECT_EQ(realized(0.37, 0.5), 0.37);
  EXPECT_EQ(realized(1.0, 0.5), 1.0);
  EXPECT_NEAR(realized(1.5, 0.5), 1.0 + 0.5 * (1.0 - std::exp(-1.0)), 1e-15);
  EXPECT_NEAR(realized(1e9, 0.5), 1.5, 1e-15);
  EXPECT_EQ(realized(3.0, 0.0), 1.0);                                // 0 cuts at what was seen
  EXPECT_NEAR((realized(1.0 + 1e-6, 0.5) - 1.0) / 1e-6, 1.0, 1e-5);  // no corner at 1
}

TEST(Kpi, KnowsTheTwelveOfCustomerService) {
  EXPECT_EQ(built_in().size(), 12U);
  EXPECT_EQ(named("nps").low, -100.0);
  EXPECT_EQ(named("aht").better, trainplan::Direction::lower);
  EXPECT_FALSE(named("attrition").high.has_value());
}

// docs/method.md, section 4.
TEST(Kpi, BuiltInOnesAreThoseOfTheMethodPage) {
  using trainplan::Direction;
  using trainplan::KpiWeight;
  using trainplan::Link;
  const auto is = [](const char* id, const char* unit, double low, std::optional<double> high,
                     Direction better, Link link, KpiWeight weight) {
    const Kpi& kpi = named(id);
    return kpi.unit == unit && kpi.low == low && kpi.high == high && kpi.better == better &&
           kpi.link == link && kpi.weight == weight;
  };
  using enum Direction;
  EXPECT_TRUE(is("csat", "%", 0.0, 100.0, higher, Link::logit, KpiWeight::contacts));
  EXPECT_TRUE(is("nps", "points", -100.0, 100.0, higher, Link::logit, KpiWeight::customers));
  EXPECT_TRUE(is("fcr", "%", 0.0, 100.0, higher, Link::logit, KpiWeight::contacts));
  EXPECT_TRUE(is("aht", "s", 0.0, std::nullopt, lower, Link::log, KpiWeight::contacts));
  EXPECT_TRUE(is("churn", "% a year", 0.0, 100.0, lower, Link::logit, KpiWeight::customers));
  EXPECT_TRUE(is("attrition", "% a year", 0.0, std::nullopt, lower, Link::log, KpiWeight::people));
  EXPECT_TRUE(is("frt", "s", 0.0, std::nullopt, lower, Link::log, KpiWeight::contacts));
  EXPECT_TRUE(is("quality", "%", 0.0, 100.0, higher, Link::logit, KpiWeight::contacts));
  EXPECT_TRUE(is("reroute", "%", 0.0, 100.0, lower, Link::logit, KpiWeight::contacts));
  EXPECT_TRUE(is("escalation", "%", 0.0, 100.0, lower, Link::logit, KpiWeight::contacts));
  EXPECT_TRUE(is("conversion", "%", 0.0, 100.0, higher, Link::logit, KpiWeight::contacts));
  EXPECT_TRUE(is("engagement", "%", 0.0, 100.0, higher, Link::logit, KpiWeight::people));
}

TEST(Kpi, LinksAreTheirFormulas) {
  EXPECT_NEAR(to_link(scale(named("csat")), 80.0), std::log(4.0), 1e-15);
  EXPECT_NEAR(to_link(scale(named("nps")), 50.0), std::log(3.0), 1e-15);
  EXPECT_NEAR(to_link(scale(named("aht")), 400.0), std::log(400.0), 1e-15);
  const Scale above_ten = scale(Kpi{.id = "k", .low = 10.0, .link = trainplan::Link::log});
  EXPECT_NEAR(to_link(above_ten, 14.0), std::log(4.0), 1e-15);
  EXPECT_NEAR(from_link(above_ten, std::log(4.0)), 14.0, 1e-14);
}

TEST(Kpi, LinksAndInversesUndoEachOtherUpToTheBounds) {
  for (const Kpi& kpi : built_in()) {
    const Scale s = scale(kpi);
    const double top = s.bounded ? s.high : 2000.0;
    for (int i = 0; i <= 200; ++i) {
      const double value = clamp(s, s.low + (top - s.low) * i / 200.0);
      // exp and logistic magnify the rounding of the link by its size, up to 14.
      EXPECT_NEAR(from_link(s, to_link(s, value)), value, 4e-15 * top) << kpi.id;
    }
  }
}

TEST(Kpi, NoEffectHoweverLargeLeavesTheBounds) {
  for (const Kpi& kpi : built_in()) {
    const Scale s = scale(kpi);
    for (const double eta : {-1000.0, -40.0, 40.0, 700.0}) {
      EXPECT_GE(from_link(s, eta), s.low) << kpi.id;
      EXPECT_LE(from_link(s, eta), s.high) << kpi.id;
    }
  }
}

TEST(Kpi, ClampingKeepsEveryLinkFinite) {
  for (const Kpi& kpi : built_in()) {
    const Scale s = scale(kpi);
    for (const double far : {-1e9, 1e9}) {
      const double once = clamp(s, far);
      EXPECT_EQ(clamp(s, once), once) << kpi.id;
      EXPECT_GT(once, s.low) << kpi.id;
      EXPECT_LT(once, s.high) << kpi.id;
      EXPECT_TRUE(std::isfinite(to_link(s, once))) << kpi.id;
    }
  }
}

// Where the behavior is that of the evidence (x = 1) the KPI is the level that the evidence saw.
TEST(Kpi, TheEvidencesBehaviorGivesTheEvidencesLevel) {
  struct Case {
    const char* id;
    LiftKind kind;
    double base, size, level;
  };
  for (const Case& c :
       {Case{"csat", LiftKind::points, 68.0, 9.0, 77.0}, Case{"nps", LiftKind::points, -5.0, 12.0, 7.0},
        Case{"aht", LiftKind::relative, 480.0, -0.15, 408.0}, Case{"fcr", LiftKind::gap, 60.0, 0.3, 72.0},
        Case{"churn", LiftKind::gap, 20.0, 0.1, 18.0}}) {
    const Kpi& kpi = named(c.id);
    const Scale s = scale(kpi);
    const double bound = kpi.better == trainplan::Direction::higher ? s.high : s.low;
    const double base = to_link(s, clamp(s, c.base));
    const double effect = to_link(s, clamp(s, lifted(c.kind, c.base, c.size, bound))) - base;
    EXPECT_NEAR(from_link(s, base + effect * realized(1.0, 0.5)), c.level, 1e-12 * c.level) << c.id;
  }
}

TEST(Kpi, AShiftFromAPivotIsAShiftOnTheLinkScale) {
  for (const char* id : {"csat", "nps", "aht"}) {
    const Scale s = scale(named(id));
    for (const double level : {1.0, 30.0, 64.5, 99.0}) {
      EXPECT_NEAR(from_pivot(s, pivot(s, level)), level, 1e-13 * level);
      for (const double shift : {-3.0, -1e-6, 0.0, 0.4, 20.0}) {
        const double wanted = from_link(s, to_link(s, level) + shift);
        // Near a bound of -100 a level of about 0 is a small difference of large numbers.
        EXPECT_NEAR(from_pivot(s, shifted(s, pivot(s, level), shift)), wanted,
                    1e-12 * (std::fabs(wanted) + (s.bounded ? s.width : 0.0)));
      }
      EXPECT_TRUE(std::isfinite(from_pivot(s, shifted(s, pivot(s, level), 1e4))));
    }
  }
}

TEST(Kpi, ALiftOnALogLinkIsTheSameRatioEverywhere) {
  const Scale s = scale(named("aht"));
  const double effect = to_link(s, 480.0 * 0.85) - to_link(s, 480.0);
  EXPECT_NEAR(from_link(s, to_link(s, 600.0) + effect), 510.0, 1e-11);
}

TEST(Kpi, MoreBehaviorNeverShowsLessOfALift) {
  for (const double bend : {0.0, 0.01, 0.5, 2.0, 5.0}) {
    double before = -1.0;
    for (int i = 0; i <= 4000; ++i) {
      const double x = i / 400.0;
      const double now = realized(x, bend);
      EXPECT_GE(now, before);
      EXPECT_LE(now, std::min(x, 1.0 + bend));  // never more than in proportion, nor beyond the bend
      if (x <= 1.0) {
        EXPECT_EQ(now, x);  // exact where the evidence is
      }
      before = now;
    }
  }
}

TEST(Kpi, TheBendIsItsFormula) {
  for (const double bend : {0.01, 0.5, 2.0}) {
    for (const double x : {1.001, 1.3, 2.0, 7.0}) {
      const long double b = bend;
      const auto wanted =
          static_cast<double>(1.0L - b * std::expm1(-(static_cast<long double>(x) - 1.0L) / b));
      EXPECT_NEAR(realized(x, bend), wanted, 1e-15 * (1.0 + bend));
    }
  }
}

TEST(Kpi, ALiftNeedsItsSizeAndWhatBehaviorItWasSeenAt) {
  EXPECT_EQ(trainplan::record_lines::required<trainplan::Lift>(),
            (std::vector<std::string>{"id", "kpi", "size", "reached_at"}));
  const auto reached = [](const char* field, const trainplan::Value& content) {
    return trainplan::record_lines::of<trainplan::ReachedAt>({}, field, content);
  };
  EXPECT_EQ(reached("behavior", 0), "r.behavior: is 0, must be above 0 and at most 1");
  EXPECT_EQ(reached("completion", 90),
            "r.completion: is 90, must be above 0 and at most 1 (did you mean 0.9?)");
  EXPECT_EQ(reached("mastery", 0), "r.mastery: is 0, must be above 0 and at most 1");
  EXPECT_EQ(reached("months", -1), "r.months: is -1, must be between 0 and 120 months");
  EXPECT_EQ(reached("coaching_hours", 200), "r.coaching_hours: is 200, must be between 0 and 160");
}

}  // namespace
