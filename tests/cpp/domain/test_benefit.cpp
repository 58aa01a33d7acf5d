#include "trainplan/domain/benefit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/record_lines.hpp"

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

// 1 - (1-a)^(1/12) in long double, down to shares of which the plain formula keeps no digit.
TEST(Benefit, MonthlyChurnKeepsItsDigitsEverywhere) {
  for (const double percent : {1e-12, 1e-6, 0.01, 3.0, 18.0, 60.0, 99.0, 99.9999}) {
    const long double share = static_cast<long double>(percent) / 100.0L;
    const auto wanted = static_cast<double>(-std::expm1(std::log1p(-share) / 12.0L));
    // Near 100 % the share left to lose, 1 - a, magnifies the rounding of a; 99.9999 leaves a millionth.
    EXPECT_NEAR(monthly_churn(percent), wanted, percent > 99.5 ? 1e-11 * wanted : 2e-15 * wanted) << percent;
    EXPECT_NEAR(yearly_churn(monthly_churn(percent)), percent, 1e-13 * percent) << percent;
  }
}

TEST(Benefit, TheChangeOfChurnKeepsItsDigitsHoweverSmallTheEffect) {
  EXPECT_EQ(churn_change(0.0164, 0.003, 0.0), 0.0);
  EXPECT_NEAR(churn_change(0.02, 0.003, 1e-12), -6e-17, 1e-30);
  EXPECT_NEAR(churn_change(0.02, 0.004, 5.0), 0.02 * std::expm1(-0.02), 1e-18);
  EXPECT_EQ(churn_after(0.02, 0.004, 5.0), 0.02 + churn_change(0.02, 0.004, 5.0));
}

TEST(Benefit, AmountsDoubleTheirDrawsBitForBit) {
  EXPECT_TRUE(trainplan::record_lines::doubles_bit_for_bit<trainplan::ContactWork>("variable_cost"));
  EXPECT_TRUE(trainplan::record_lines::doubles_bit_for_bit<trainplan::Retention>("margin"));
  EXPECT_TRUE(trainplan::record_lines::doubles_bit_for_bit<trainplan::Hiring>("replacement_cost"));
}

TEST(Benefit, WhatHasNoTrustworthyDefaultIsRequired) {
  EXPECT_TRUE(trainplan::record_lines::required<trainplan::ContactWork>().empty());
  EXPECT_EQ(trainplan::record_lines::required<trainplan::Retention>(),
            (std::vector<std::string>{"reach", "margin"}));
  EXPECT_EQ(trainplan::record_lines::required<trainplan::Hiring>(),
            (std::vector<std::string>{"replacement_cost"}));
}

TEST(Benefit, NotEveryUnresolvedContactCanComeBack) {
  // With a callback share of 1 and nothing resolved, contacts would never end.
  const auto line = [](const trainplan::Value& content) {
    return trainplan::record_lines::of<trainplan::ContactWork>({}, "callback_share", content);
  };
  EXPECT_EQ(line(1), "r.callback_share: is 1, must be at least 0 and below 1");
  EXPECT_EQ(line("50% to 90%"), "accepted");
}

}  // namespace
