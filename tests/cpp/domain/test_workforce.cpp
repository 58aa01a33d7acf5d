#include "trainplan/domain/workforce.hpp"

#include <gtest/gtest.h>

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

}  // namespace
