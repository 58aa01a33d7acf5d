#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "trainplan/base/error.hpp"
#include "trainplan/domain/finance.hpp"

namespace {

using namespace trainplan::finance;
using trainplan::InputError;
using trainplan::Vector;

Vector flows_of(std::vector<double> flows) {
  return Eigen::Map<const Vector>(flows.data(), static_cast<Eigen::Index>(flows.size()));
}

TEST(Annuity, WithoutInterestIsASum) {
  EXPECT_EQ(pv(0.0, 12, -100), 1200.0);
  EXPECT_EQ(fv(0.0, 12, -100, -50), 1250.0);
  EXPECT_EQ(pmt(0.0, 12, 1200), -100.0);
  EXPECT_EQ(nper(0.0, -100, 1200), 12.0);
  EXPECT_EQ(rate(12, -100, 1200).value, 0.0);
}

TEST(Annuity, GoesOverIntoTheSumAsTheRateGoesToZero) {
  for (const double rate : {1e-9, 1e-12, 1e-16, 1e-300, -1e-12}) {
    EXPECT_NEAR(pv(rate, 60, -1.0), 60.0, 60.0 * 61.0 / 2.0 * std::fabs(rate) + 1e-13) << rate;
    EXPECT_NEAR(fv(rate, 60, -1.0), 60.0, 60.0 * 61.0 / 2.0 * std::fabs(rate) + 1e-13) << rate;
  }
}

TEST(Annuity, IsTheNetPresentValueOfItsPayments) {
  const Vector end = flows_of({0, -100, -100, -100, -60});
  const Vector begin = flows_of({-100, -100, -100, 0, 40});
  EXPECT_NEAR(-pv(0.03, 4, -100, 40), npv(end, 0.03), 1e-12);
  EXPECT_NEAR(-pv(0.03, 3, -100, 0, Due::begin) + npv(flows_of({0, 0, 0, 0, 40}), 0.03), npv(begin, 0.03),
              1e-12);
}

TEST(Annuity, FunctionsUndoEachOther) {
  for (const double r : {-0.5, -0.01, 1e-6, 0.004, 0.3, 1.0}) {
    for (const Due due : {Due::end, Due::begin}) {
      const double payment = pmt(r, 36, 10'000, -500, due);
      // Relative to what flows: at -50 % a period the last amounts are 10^10 times the first.
      const double size = 10'000 + 500 * std::pow(1 + r, -36.0) + 36 * std::fabs(payment);
      EXPECT_NEAR(pv(r, 36, payment, -500, due), 10'000, 1e-14 * size) << r;
      EXPECT_NEAR(nper(r, payment, 10'000, -500, due).value_or(-1), 36.0, 1e-9) << r;
      const Irr found = rate(36, payment, 10'000, -500, due);
      ASSERT_FALSE(found.roots.empty());
      double nearest = 1.0;
      for (const double root : found.roots) nearest = std::min(nearest, std::fabs(root - r));
      EXPECT_LT(nearest, 1e-11) << r;  // the payment itself is rounded, and a root magnifies that
    }
  }
}

TEST(Annuity, ThatNeverCoversItsInterestHasNoNumberOfPeriods) {
  EXPECT_EQ(nper(0.10, -99, 1000), std::nullopt);
  EXPECT_EQ(nper(0.10, -100, 1000), std::nullopt);  // just the interest, for ever
  EXPECT_EQ(nper(0.0, 0, 1000), std::nullopt);
  EXPECT_EQ(nper(0.05, 100, 1000), std::nullopt);  // it would take a negative number
}

TEST(Annuity, RateSaysWhyThereIsNone) {
  EXPECT_EQ(rate(12, 100, 1000).reason, Reason::no_sign_change);
  EXPECT_EQ(rate(10, 1, -1e9).reason, Reason::found);  // nearly all is lost: close to -1, still above
  EXPECT_GT(rate(10, 1, -1e9).value.value_or(-1.0), -1.0);
}

TEST(Annuity, RefusesWhatMakesNoSense) {
  EXPECT_THROW(std::ignore = pv(8.0, 12, -100), InputError);
  EXPECT_THROW(std::ignore = pv(0.08, -1, -100), InputError);
  EXPECT_THROW(std::ignore = pmt(0.08, 0, 100), InputError);
  EXPECT_THROW(std::ignore = rate(1.5, -100, 100), InputError);
  EXPECT_THROW(std::ignore = fv(1.0, 1e5, -100), InputError);  // beyond the largest number, not infinity
  EXPECT_THROW(std::ignore = pv(0.08, 12, std::numeric_limits<double>::infinity()), InputError);
}

TEST(Rates, OfMonthAndYearUndoEachOther) {
  EXPECT_NEAR(annual_rate(0.01), 0.12682503013196972, 1e-17);
  for (const double annual : {-0.999, -0.3, -1e-10, 0.0, 1e-300, 1e-10, 0.08, 1.0, 1e6}) {
    EXPECT_NEAR(annual_rate(monthly_rate(annual)), annual, 2e-14 * std::fabs(annual)) << annual;
  }
  EXPECT_THROW(std::ignore = monthly_rate(-1.0), InputError);
  EXPECT_THROW(std::ignore = annual_rate(1e30), InputError);
}

// ---- dated flows ----

TEST(DatedFlows, AYearApartAreThoseOfYears) {
  const std::vector<std::int64_t> days = {365, 0, 1095, 730};
  const Vector flows = flows_of({60, -100, 10, 60});
  EXPECT_NEAR(xnpv(flows, days, 0.1), npv(flows_of({-100, 60, 60, 10}), 0.1), 1e-13);
  EXPECT_NEAR(xirr(flows, days).value.value_or(-1.0), irr(flows_of({-100, 60, 60, 10})).value.value_or(-2.0),
              1e-15);
}

TEST(DatedFlows, OfOneDayAreAddedUp) {
  const std::vector<std::int64_t> days = {10, 10, 375};
  const Irr found = xirr(flows_of({-60, -40, 110}), days);
  EXPECT_NEAR(found.value.value_or(-1.0), 0.1, 1e-15);
}

TEST(DatedFlows, MayHaveSeveralRatesToo) {
  const std::vector<std::int64_t> days = {0, 365, 730};
  const Irr found = xirr(flows_of({-1600, 10000, -10000}), days);
  ASSERT_EQ(found.roots.size(), 2U);
  EXPECT_NEAR(found.roots[0], 0.25, 1e-15);
  EXPECT_NEAR(found.roots[1], 4.0, 1e-14);
  EXPECT_EQ(found.reason, Reason::several_roots);
}

TEST(DatedFlows, NeedADateEach) {
  const std::vector<std::int64_t> days = {0, 365};
  EXPECT_THROW(std::ignore = xirr(flows_of({-1, 1, 1}), days), InputError);
  const std::vector<std::int64_t> far = {0, 400'000};
  EXPECT_THROW(std::ignore = xnpv(flows_of({-1, 1}), far, 0.1), InputError);
}

}  // namespace
