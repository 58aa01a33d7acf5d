// Published worked examples, each with its source. The tolerance is half a unit of the last printed digit, or
// what the source itself states.

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trainplan/domain/finance.hpp"

namespace {

using namespace trainplan::finance;
using trainplan::Vector;

constexpr const char* excel = "Microsoft Excel function reference";
constexpr const char* pyxirr = "Anexen/pyxirr@5f31a85 tests/test_periodic.rs";
constexpr const char* pyxirr_dated =
    "Anexen/pyxirr@5f31a85 tests/test_scheduled.rs, tests/samples/unordered.csv";
constexpr const char* numpy_financial =
    "numpy/numpy-financial@f47e8af numpy_financial/tests/test_financial.py";
constexpr const char* brealey = "Brealey, Myers & Allen, Principles of Corporate Finance, ch. 5";

Vector flows_of(std::vector<double> flows) {
  return Eigen::Map<const Vector>(flows.data(), static_cast<Eigen::Index>(flows.size()));
}

/// Days from a fixed day to a date of the Gregorian calendar.
std::int64_t day(int year, int month, int day_of_month) {
  const int y = month <= 2 ? year - 1 : year;
  const int m = month <= 2 ? month + 9 : month - 3;
  return 365LL * y + y / 4 - y / 100 + y / 400 + (153LL * m + 2) / 5 + day_of_month;
}

struct DatedFlows {
  std::vector<std::int64_t> days;
  Vector flows;
};

DatedFlows excel_dates() {
  return {.days = {day(2008, 1, 1), day(2008, 3, 1), day(2008, 10, 30), day(2009, 2, 15), day(2009, 4, 1)},
          .flows = flows_of({-10000, 2750, 4250, 3250, 2750})};
}

DatedFlows unordered_dates() {
  return {.days = {day(2015, 6, 11), day(2015, 7, 21), day(2018, 6, 10), day(2015, 10, 17)},
          .flows = flows_of({-1000, -9000, 20000, -3000})};
}

TEST(PublishedFinance, NetPresentValues) {
  struct Case {
    const char* source;
    std::vector<double> flows;
    double rate;
    Timing timing;
    double npv, tolerance;
  };
  const std::vector<Case> cases = {
      {pyxirr, {-40000, 5000, 8000, 12000, 30000}, 0.08, Timing::end, 3065.222668179, 1e-8},
      {excel, {-10000, 3000, 4200, 6800}, 0.10, Timing::excel, 1188.44, 0.005},
      {excel, {-40000, 8000, 9200, 10000, 12000, 14500}, 0.08, Timing::end, 1922.06, 0.005},
      {numpy_financial, {-15000, 1500, 2500, 3500, 4500, 6000}, 0.05, Timing::end, 122.89, 0.005},
      {brealey, {-2000, 500, 500, 5000}, 0.10, Timing::end, 2624, 0.5},
      {brealey, {-2000, 500, 1800, 0}, 0.10, Timing::end, -58, 0.5},
  };
  for (const Case& c : cases) {
    EXPECT_NEAR(npv(flows_of(c.flows), c.rate, {.timing = c.timing, .per_year = 1}), c.npv, c.tolerance)
        << c.source;
  }
}

TEST(PublishedFinance, InternalRatesOfReturn) {
  struct Case {
    const char* source;
    std::vector<double> flows;
    double irr, tolerance;
  };
  const std::vector<Case> cases = {
      {pyxirr, {-150000, 15000, 25000, 35000, 45000, 60000}, 0.05243288885, 1e-9},
      {pyxirr, {-100, 39, 59, 55, 20}, 0.28094842116, 1e-9},
      {pyxirr, {-100, 0, 0, 74}, -0.09549583034, 1e-9},
      {excel, {-70000, 12000, 15000, 18000, 21000, 26000}, 0.086630948, 6e-10},
      {excel, {-70000, 12000, 15000, 18000, 21000}, -0.0212448482734, 0.0006},
      {pyxirr,
       {-144852555.0, 1288599.98, 1273051.18, 1254073.49, 1241996.69, 1226477.92, 1210955.52,
        1192069.55,   1179898.21, 1164365.24, 1148831.85, 1129452.17, 1117801.02, 1102284.27,
        1086717.83,   1067557.59, 1055023.27, 1038854.51, 1022470.03, 1002274.44, 988024.873},
       -0.138541274008,
       1e-10},
  };
  for (const Case& c : cases) {
    const Irr found = irr(flows_of(c.flows));
    EXPECT_EQ(found.reason, Reason::found) << c.source;
    EXPECT_NEAR(found.value.value_or(-1.0), c.irr, c.tolerance) << c.source;
  }
}

TEST(PublishedFinance, AFlowForWhichOthersPickOneOfThreeRatesHasAllThree) {
  // pyxirr gives the one near its first guess; there are two more, so none is the answer.
  const Irr found = irr(flows_of({-5, 10.5, 1, -8, 1}));
  ASSERT_EQ(found.roots.size(), 3U);
  EXPECT_NEAR(found.roots[1], 0.08859833852, 1e-9) << pyxirr;
  EXPECT_EQ(found.value, std::nullopt);
  EXPECT_EQ(found.reason, Reason::several_roots);
}

TEST(PublishedFinance, IncomeAloneHasNoRateOfReturn) {
  const Irr found = irr(flows_of({40000, 5000, 8000, 12000, 30000}));
  EXPECT_EQ(found.value, std::nullopt) << numpy_financial;
  EXPECT_EQ(found.reason, Reason::no_sign_change);
}

TEST(PublishedFinance, ThePumpHasRatesOf25And400Percent) {
  // The example with two rates; Lorie & Savage, Journal of Business 28, 1955, have it with these flows:
  for (const auto& flows : {flows_of({-4000, 25000, -25000}), flows_of({-1600, 10000, -10000})}) {
    const Irr found = irr(flows);
    EXPECT_EQ(found.roots, (std::vector<double>{0.25, 4.0})) << brealey;
    EXPECT_EQ(found.reason, Reason::several_roots);
  }
}

TEST(PublishedFinance, ModifiedInternalRatesOfReturn) {
  struct Case {
    const char* source;
    std::vector<double> flows;
    double finance, reinvest, mirr, tolerance;
  };
  const std::vector<Case> cases = {
      {excel, {-120000, 39000, 30000, 21000, 37000, 46000}, 0.10, 0.12, 0.12609413, 5e-9},
      {pyxirr, {-1000, 100, 250, 500, 500}, 0.10, 0.10, 0.10401626745, 1e-10},
      {numpy_financial, {-120000, 39000, 30000, 21000, 37000}, 0.08, 0.10, 0.05437856, 5e-9},
  };
  for (const Case& c : cases) {
    const auto found = mirr_rows(flows_of(c.flows).transpose(), Vector::Constant(1, c.finance),
                                 Vector::Constant(1, c.reinvest));
    EXPECT_NEAR(found.value[0], c.mirr, c.tolerance) << c.source;
  }
}

TEST(PublishedFinance, DatedFlows) {
  const auto [days, flows] = excel_dates();
  EXPECT_NEAR(xnpv(flows, days, 0.09), 2086.647602, 1e-6) << excel;
  // Excel stops at 1e-8 of the rate.
  EXPECT_NEAR(xirr(flows, days).value.value_or(-1.0), 0.373362535, 3e-9) << excel;

  const auto [mixed_days, mixed_flows] = unordered_dates();
  EXPECT_NEAR(xnpv(mixed_flows, mixed_days, 0.10), 2218.42566365675, 1e-9) << pyxirr_dated;
  EXPECT_NEAR(xirr(mixed_flows, mixed_days).value.value_or(-1.0), 0.16353715844, 1e-10) << pyxirr_dated;

  const std::vector<std::int64_t> matlab_days = {day(2007, 1, 12), day(2008, 2, 14), day(2008, 3, 3),
                                                 day(2008, 6, 14), day(2008, 12, 1)};
  const Vector matlab = flows_of({-10000, 2500, 2000, 3000, 4000});
  EXPECT_NEAR(xirr(matlab, matlab_days).value.value_or(-1.0), 0.10064378342638, 1e-12)
      << "MathWorks, reference page of xirr, by " << pyxirr_dated;
}

TEST(PublishedFinance, Annuities) {
  EXPECT_NEAR(pmt(0.08 / 12, 60, 15000), -304.14591432620523, 1e-10) << numpy_financial;
  EXPECT_NEAR(pmt(0.08 / 12, 10, 10000), -1037.03, 0.005) << excel;
  EXPECT_NEAR(pv(0.07, 20, 12000), -127128.17094619393, 1e-8) << numpy_financial;
  EXPECT_NEAR(pv(0.05 / 12, 120, -100, 15692.93), -100.0006713162, 1e-9) << pyxirr;
  EXPECT_NEAR(fv(0.05 / 12, 120, -100, -100), 15692.9288943357, 1e-9) << pyxirr;
  EXPECT_NEAR(nper(0.01, -100, -1000, 10000, Due::begin).value_or(-1.0), 59.6738657, 5e-8) << excel;
  EXPECT_NEAR(rate(48, -200, 8000).value.value_or(-1.0), 0.007701472, 6e-10) << excel;
}

TEST(PublishedFinance, PaybackIgnoresWhatComesLater) {
  const Vector a = flows_of({-2000, 500, 500, 5000});
  const Vector b = flows_of({-2000, 500, 1800, 0});
  const Vector rate = Vector::Constant(1, 0.10);
  EXPECT_EQ(payback_rows(a.transpose()).value[0], 3) << brealey;
  EXPECT_EQ(payback_rows(b.transpose()).value[0], 2) << brealey;
  EXPECT_EQ(discounted_payback_rows(a.transpose(), rate).value[0], 3) << brealey;
  EXPECT_EQ(discounted_payback_rows(b.transpose(), rate).reason[0], Reason::never_reached) << brealey;
}

TEST(PublishedFinance, ReturnOnInvestmentOfTraining) {
  EXPECT_EQ(bcr(350000, 200000), 1.75) << "Phillips ROI Methodology, worked example";
  EXPECT_EQ(roi(350000, 200000), 75.0) << "Phillips ROI Methodology, worked example";
}

}  // namespace
