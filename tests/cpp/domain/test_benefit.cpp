#include "trainplan/domain/benefit.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using namespace trainplan::benefit;

TEST(Benefit, TwelveMonthlyChurnsMakeTheYearlyOne) {
  const double monthly = monthly_churn(18.0);
  EXPECT_NEAR(std::pow(1.0 - monthly, 12.0), 0.82, 1e-15);
  EXPECT_NEAR(yearly_churn(monthly), 18.0, 1e-13);
}

TEST(Benefit, TinyChurnKeepsItsDigits) { EXPECT_NEAR(monthly_churn(1.2e-7) / 1e-10, 1.0, 1e-8); }

TEST(Benefit, TheLimitsOfChurnAreDefined) {
  EXPECT_EQ(monthly_churn(0.0), 0.0);
  EXPECT_EQ(monthly_churn(100.0), 1.0);
  EXPECT_EQ(yearly_churn(1.0), 100.0);
}

TEST(Benefit, NoChangeOfTheDriverIsExactlyNoChangeOfChurn) {
  EXPECT_EQ(churn_after(0.0164, 0.003, 0.0), 0.0164);
}

TEST(Benefit, ABetterDriverLowersChurnByItsElasticity) {
  EXPECT_NEAR(churn_after(0.02, 0.004, 5.0), 0.02 * std::exp(-0.02), 1e-17);
  EXPECT_GT(churn_after(0.02, 0.004, -5.0), 0.02);
}

}  // namespace
