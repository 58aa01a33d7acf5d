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

// docs/method.md, section 5: s + s^2 + ... + s^n, added up.
TEST(Benefit, MonthsAfterTheHorizonAreTheirGeometricSeries) {
  EXPECT_NEAR(months_after(0.5, 3.0), 0.875, 1e-15);
  for (const double kept : {0.01, 0.7, 0.95, 0.99, 0.999}) {
    for (const int months : {1, 2, 12, 60, 240}) {
      long double sum = 0.0L;
      long double term = 1.0L;
      for (int i = 0; i < months; ++i) sum += term *= static_cast<long double>(kept);
      // The difference of two numbers near 1 over their distance, here at least .001.
      EXPECT_NEAR(months_after(kept, months), static_cast<double>(sum), 1e-12 * static_cast<double>(sum))
          << kept << ", " << months;
    }
  }
}

TEST(Benefit, NoMonthsAfterTheHorizonAreWorthNothing) {
  for (const double kept : {0.0, 0.5, 0.99, 1.0}) EXPECT_EQ(months_after(kept, 0.0), 0.0) << kept;
}

TEST(Benefit, CustomersWhoNeverLeaveCountEveryMonth) {
  EXPECT_EQ(months_after(1.0, 24.0), 24.0);
  EXPECT_EQ(months_after(0.0, 24.0), 0.0);  // and those who leave at once none
}

// A falling price level discounts at a negative rate: what is left of a customer can be worth more.
TEST(Benefit, CustomersWorthMoreEveryMonthAreTheSameSeries) {
  EXPECT_NEAR(months_after(1.05, 3.0), 1.05 + 1.1025 + 1.157625, 1e-14);
}

TEST(Benefit, AmountsDoubleTheirDrawsBitForBit) {
  EXPECT_TRUE(trainplan::record_lines::doubles_bit_for_bit<trainplan::ContactWork>("variable_cost"));
  EXPECT_TRUE(trainplan::record_lines::doubles_bit_for_bit<trainplan::Retention>("margin"));
  EXPECT_TRUE(trainplan::record_lines::doubles_bit_for_bit<trainplan::Hiring>("replacement_cost"));
  EXPECT_TRUE(trainplan::record_lines::doubles_bit_for_bit<trainplan::Acquisition>("value"));
  EXPECT_TRUE(trainplan::record_lines::doubles_bit_for_bit<trainplan::Sales>("margin"));
}

TEST(Benefit, WhatHasNoTrustworthyDefaultIsRequired) {
  EXPECT_TRUE(trainplan::record_lines::required<trainplan::ContactWork>().empty());
  EXPECT_EQ(trainplan::record_lines::required<trainplan::Retention>(),
            (std::vector<std::string>{"reach", "margin"}));
  EXPECT_EQ(trainplan::record_lines::required<trainplan::Hiring>(),
            (std::vector<std::string>{"replacement_cost"}));
}

TEST(Benefit, NewStreamsAskForWhatHasNoDefault) {
  EXPECT_EQ(trainplan::record_lines::required<trainplan::Acquisition>(),
            (std::vector<std::string>{"rate", "value"}));
  EXPECT_EQ(trainplan::record_lines::required<trainplan::Sales>(),
            (std::vector<std::string>{"offer_share", "margin"}));
  EXPECT_EQ(trainplan::record_lines::required<trainplan::CustomBenefit>(),
            (std::vector<std::string>{"id", "kpi", "value"}));
}

TEST(Benefit, StreamsHaveTheirPotToThemselvesUnlessTheySayOtherwise) {
  EXPECT_EQ(trainplan::ContactWork().share, 1.0);
  EXPECT_EQ(trainplan::Retention().share, 1.0);
  EXPECT_EQ(trainplan::Acquisition().share, 1.0);
  EXPECT_EQ(trainplan::Sales().share, 1.0);
  EXPECT_EQ(trainplan::Hiring().share, 1.0);
  EXPECT_EQ(trainplan::CustomBenefit().share, 1.0);
  EXPECT_EQ(trainplan::CustomBenefit().pot, trainplan::Pot::other);
  EXPECT_EQ(trainplan::CustomBenefit().per, trainplan::Per::team);
  EXPECT_EQ(trainplan::Acquisition().driver, "nps");
  EXPECT_EQ(trainplan::Retention().after_months, 0);
  EXPECT_FALSE(trainplan::ContactWork().reroute_seconds.has_value());
}

template <class R>
R read(const trainplan::Value& value) {
  trainplan::Problems problems;
  R made = trainplan::record::read<R>(value, "r", problems);
  EXPECT_TRUE(problems.empty());
  return made;
}

TEST(Benefit, NewStreamsAreReadAndWrittenAlike) {
  using trainplan::Value;
  const trainplan::CustomBenefit custom = {.id = "escalations",
                                           .name = "Fewer escalations",
                                           .kpi = "escalation",
                                           .value = "-6 to -2",
                                           .per = trainplan::Per::contact,
                                           .pot = trainplan::Pot::contact_work,
                                           .share = 0.25};
  const Value written = trainplan::record::write(custom);
  EXPECT_EQ(*trainplan::value::member(written, "per"), Value("contact"));
  EXPECT_EQ(*trainplan::value::member(written, "pot"), Value("contact_work"));
  EXPECT_EQ(read<trainplan::CustomBenefit>(written), custom);
  const trainplan::Acquisition acquisition = {
      .driver = "csat", .rate = "0.00001 to 0.00004", .value = 120.0, .share = 0.5};
  EXPECT_EQ(read<trainplan::Acquisition>(trainplan::record::write(acquisition)), acquisition);
  const trainplan::Sales sales = {.offer_share = 0.1, .margin = "10 to 30", .share = 0.75};
  EXPECT_EQ(read<trainplan::Sales>(trainplan::record::write(sales)), sales);
  const trainplan::ContactWork work = {.reroute_seconds = "200 to 400", .share = 0.5};
  EXPECT_EQ(read<trainplan::ContactWork>(trainplan::record::write(work)), work);
  const trainplan::Retention retention = {.reach = 0.3, .margin = 9.0, .after_months = 24, .share = 0.9};
  EXPECT_EQ(read<trainplan::Retention>(trainplan::record::write(retention)), retention);
  const trainplan::Benefits all = {.acquisition = acquisition, .sales = sales, .custom = {custom}};
  EXPECT_EQ(read<trainplan::Benefits>(trainplan::record::write(all)), all);
}

TEST(Benefit, NewFieldsKeepToTheirRanges) {
  using trainplan::record_lines::of;
  const trainplan::Value::Map custom = {{"id", "x"}, {"kpi", "csat"}, {"value", 1}};
  EXPECT_EQ(of<trainplan::CustomBenefit>(custom, "value", -4), "accepted");  // where lower is better
  EXPECT_EQ(of<trainplan::CustomBenefit>(custom, "share", 1.5),
            "r.share: is 1.5, must be between 0 and 1 (did you mean 0.015?)");
  EXPECT_EQ(of<trainplan::CustomBenefit>(custom, "per", "agent"),
            "r.per: is 'agent', must be one of team, contact, customer, person");
  EXPECT_EQ(of<trainplan::CustomBenefit>(custom, "pot", "others"),
            "r.pot: is 'others', must be one of contact_work, retention, acquisition, sales, hiring, other "
            "(did you mean 'other'?)");
  const trainplan::Value::Map retention = {{"reach", 0.3}, {"margin", 10}};
  EXPECT_EQ(of<trainplan::Retention>(retention, "after_months", 241),
            "r.after_months: is 241, must be between 0 and 240 months");
  const trainplan::Value::Map acquisition = {{"rate", 1e-5}, {"value", 100}};
  EXPECT_EQ(of<trainplan::Acquisition>(acquisition, "rate", 2), "r.rate: is 2, must be between 0 and 1");
  EXPECT_EQ(of<trainplan::Acquisition>(acquisition, "value", -1), "r.value: is -1, must be at least 0");
  const trainplan::Value::Map sales = {{"offer_share", 0.1}, {"margin", 20}};
  EXPECT_EQ(of<trainplan::Sales>(sales, "offer_share", 10),
            "r.offer_share: is 10, must be between 0 and 1 (did you mean 0.1?)");
  EXPECT_EQ(of<trainplan::ContactWork>({}, "reroute_seconds", "10%"),
            "r.reroute_seconds: is '10%', no percent sign here: the unit is s");
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
