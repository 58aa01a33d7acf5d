#include "trainplan/domain/kpi.hpp"

#include <gtest/gtest.h>

#include <cmath>

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

TEST(Kpi, KnowsTheSixOfCustomerService) {
  EXPECT_EQ(built_in().size(), 6U);
  EXPECT_EQ(named("nps").low, -100.0);
  EXPECT_EQ(named("aht").better, trainplan::Direction::lower);
  EXPECT_FALSE(named("attrition").high.has_value());
}

}  // namespace
