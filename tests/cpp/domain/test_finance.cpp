#include "trainplan/domain/finance.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "trainplan/base/error.hpp"

namespace {

using namespace trainplan::finance;
using trainplan::InputError;
using trainplan::Table;
using trainplan::Vector;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Convention monthly_mid{.timing = Timing::mid, .per_year = 12};
constexpr Convention monthly_end{.timing = Timing::end, .per_year = 12};

Vector flows_of(std::vector<double> flows) {
  return Eigen::Map<const Vector>(flows.data(), static_cast<Eigen::Index>(flows.size()));
}

Vector one(double number) { return Vector::Constant(1, number); }

Table random_flows(Eigen::Index rows, Eigen::Index periods) {
  std::mt19937_64 bits(7);
  std::uniform_real_distribution<double> amount(-1e5, 1e5);
  return Table::NullaryExpr(rows, periods, [&] { return amount(bits); });
}

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

// ---- discount factors and net present value ----

TEST(DiscountFactors, AreOneNowAndPowersAfterwards) {
  EXPECT_EQ(discount_factors(4, 0.25), flows_of({1.0, 0.8, 0.64, 0.512}));
}

TEST(DiscountFactors, OfMonthsFollowTheAnnualRate) {
  const Vector end = discount_factors(25, 0.08, monthly_end);
  EXPECT_EQ(end[0], 1.0);
  EXPECT_NEAR(end[12], 1.0 / 1.08, 2e-16);  // here 1.08 is rounded, there 1 + 0.08 is not
  EXPECT_NEAR(end[24], 1.0 / (1.08 * 1.08), 4e-16);
  const Vector mid = discount_factors(25, 0.08, monthly_mid);
  EXPECT_EQ(mid[0], 1.0);  // month 0 is not discounted
  for (const Eigen::Index m : {1, 2, 3, 4, 5, 6, 24}) {
    EXPECT_NEAR(mid[m], std::pow(1.08, -(static_cast<double>(m) - 0.5) / 12.0), 2e-16) << m;
  }
}

TEST(DiscountFactors, OfSpreadsheetsStartAfterOnePeriod) {
  EXPECT_EQ(discount_factors(2, 0.25, {.timing = Timing::excel, .per_year = 1}), flows_of({0.8, 0.64}));
}

TEST(Npv, WithoutDiscountingIsTheSum) { EXPECT_EQ(npv(flows_of({-5.0, 2.0, 3.5}), 0.0), 0.5); }

TEST(Npv, OfTwiceTheMoneyIsTwiceTheValueBitForBit) {
  for (const Eigen::Index periods : {5, 37, 361}) {
    const Vector flows = random_flows(1, periods).row(0);
    EXPECT_EQ(npv(2.0 * flows, 0.07, monthly_mid), 2.0 * npv(flows, 0.07, monthly_mid)) << periods;
  }
}

TEST(Npv, StaysWithinItsErrorBoundOfAnExactSum) {
  // Amounts and factors of few bits: the exact value is known, and rounding is all there is.
  for (const Eigen::Index periods : {63, 64, 65, 600}) {
    Vector flows = random_flows(1, periods).row(0).array().round();
    flows[periods - 1] -= flows.sum();
    const Npv found = npv_with_error(1e-3 * flows, 0.0);
    EXPECT_LE(std::fabs(found.value), found.error) << periods;
    EXPECT_LE(found.error, 2e-15 * 1e-3 * flows.cwiseAbs().sum()) << periods;
  }
}

TEST(Npv, OfARowIsTheSameAloneAndInATable) {
  const Table flows = random_flows(300, 37);
  const Vector together = npv_rows(flows, one(0.08), monthly_mid, {.count = 3, .meanwhile = {}});
  Vector rates = Vector::Constant(300, 0.08);
  rates[17] = 0.02;
  const Vector with_rates = npv_rows(flows, rates, monthly_mid, {.count = 2, .meanwhile = {}});
  for (Eigen::Index row = 0; row < 300; ++row) {
    EXPECT_EQ(together[row], npv(flows.row(row).transpose(), 0.08, monthly_mid));
    EXPECT_EQ(with_rates[row], npv(flows.row(row).transpose(), rates[row], monthly_mid));
  }
}

TEST(Npv, ReadsTablesWhoseRowsAreApart) {
  const Table wide = random_flows(5, 50);
  const Table narrow = wide.leftCols(37);
  EXPECT_EQ(npv_rows(wide.leftCols(37), one(0.05)), npv_rows(narrow, one(0.05)));
  EXPECT_EQ(irr_rows(wide.leftCols(37)).reason, irr_rows(narrow).reason);
}

TEST(Npv, ProfileIsTheValueAtEachRate) {
  const Vector flows = flows_of({-100, 60, 60});
  const Vector profile = npv_profile(flows, flows_of({0.0, 0.1}));
  EXPECT_EQ(profile[0], 20.0);
  EXPECT_EQ(profile[1], npv(flows, 0.1));
}

TEST(Npv, OfATableWithoutRowsIsEmpty) {
  EXPECT_EQ(npv_rows(Table(0, 5), one(0.1)).size(), 0);
  EXPECT_EQ(irr_rows(Table(0, 5)).value.size(), 0);
}

// ---- what is refused ----

TEST(FinanceRefuses, RatesOutsideTheRangeWithAHint) {
  const Vector flows = flows_of({-1, 2});
  const auto with = [&](double rate) { return refusal([&] { std::ignore = npv(flows, rate); }); };
  EXPECT_EQ(with(8.0), "rate: is 8, must be above -0.99 and at most 1 (did you mean 0.08?)");
  EXPECT_EQ(with(-1.0), "rate: is -1, must be above -0.99 and at most 1");
  for (const double rate : {-0.99, -1.0 + 0x1p-53, -1.5, 1.0000001, infinity, -infinity, std::nan("")}) {
    EXPECT_NE(with(rate).find("must be above -0.99 and at most 1"), std::string::npos) << rate;
  }
  EXPECT_EQ(with(1.0), "accepted");
}

TEST(FinanceRefuses, FlowsThatAreNotFiniteAndNamesTheFirst) {
  Table flows = Table::Ones(200, 4);
  flows.col(0).setConstant(-1.0);
  flows(190, 2) = infinity;
  flows(117, 3) = std::nan("");
  const std::vector<std::function<void()>> calls = {
      [&] { std::ignore = npv_rows(flows, one(0.1)); },
      [&] { std::ignore = irr_rows(flows, {}, {.count = 2, .meanwhile = {}}); },
      [&] { std::ignore = mirr_rows(flows, one(0.1), one(0.1)); },
      [&] { std::ignore = payback_rows(flows); },
      [&] { std::ignore = discounted_payback_rows(flows, one(0.1)); },
      [&] { std::ignore = xirr_rows(flows, std::vector<std::int64_t>{0, 1, 2, 3}); },
      [&] { std::ignore = xnpv_rows(flows, std::vector<std::int64_t>{0, 1, 2, 3}, 0.1); },
  };
  for (const auto& call : calls) EXPECT_EQ(refusal(call), "flows: row 117, entry 3 is not finite");
  EXPECT_EQ(refusal([] { std::ignore = irr(flows_of({-1, std::nan("")})); }), "flows: entry 1 is not finite");
}

TEST(FinanceRefuses, NoFlowsAndStrangeConventions) {
  EXPECT_EQ(refusal([] { std::ignore = npv(Vector(0), 0.1); }), "flows: must have at least one entry");
  EXPECT_EQ(refusal([] { std::ignore = irr(flows_of({-1, 2}), {.timing = Timing::end, .per_year = 0}); }),
            "per_year: is 0, must be from 1 to 366");
  EXPECT_EQ(refusal([] { std::ignore = npv_rows(Table::Ones(3, 2), flows_of({0.1, 0.2})); }),
            "rate: is 2 numbers, must be one number, or one a row (3)");
}

TEST(FinanceRefuses, ValuesBeyondTheLargestNumber) {
  EXPECT_EQ(refusal([] { std::ignore = npv(flows_of({1e308, 1e308}), 0.0); }),
            "flows: entry 0 is beyond 1e250");
  EXPECT_EQ(refusal([] { std::ignore = discount_factors(600, -0.98); }),
            "rate: is -0.98, is too near to -1 for flows of 600 periods");
}

// ---- modified internal rate of return ----

TEST(Mirr, OfOneOutlayAndOneReturnIsTheInternalRateOfReturn) {
  const Table flows = flows_of({-100, 0, 0, 133.1}).transpose();
  // The rates at which nothing is financed or reinvested over time do not matter.
  EXPECT_NEAR(mirr_rows(flows, one(0.3), one(0.0)).value[0], 0.1, 1e-15);
}

TEST(Mirr, OfMonthlyFlowsIsAnnual) {
  Vector flows = Vector::Zero(25);
  flows[0] = -100;
  flows[24] = 121;
  EXPECT_NEAR(mirr_rows(flows.transpose(), one(0.05), one(0.05), 12).value[0], 0.1, 1e-15);
}

TEST(Mirr, NeedsIncomeAndSpending) {
  Table flows(3, 3);
  flows << -1, 0, 0, 0, 0, 5, 0, 0, 0;
  const Answers found = mirr_rows(flows, one(0.1), one(0.1));
  EXPECT_TRUE(found.value.array().isNaN().all());
  EXPECT_EQ(found.reason, std::vector<Reason>(3, Reason::no_sign_change));
}

// ---- payback ----

struct PaybackCase {
  std::vector<double> flows;
  double value, first_crossing, interpolated;
};

TEST(Payback, IsWhenTheCumulativeFlowIsZeroForGood) {
  const double never = std::nan("");
  const std::vector<PaybackCase> cases = {
      {{-100, 60, 60}, 2, 2, 1.0 + 40.0 / 60.0},
      {{-100, 100, 5}, 1, 1, 1},                        // exactly zero counts
      {{-100, 150, -80, 40}, 3, 1, 2.0 + 30.0 / 40.0},  // falls below again: paid back for good only later
      {{-100, 150, -80, 20}, never, 1, never},          // and here never
      {{-100, 20, 20}, never, never, never},
      {{100, -200, 150}, 2, 2, 1.0 + 100.0 / 150.0},  // above zero at first: nothing to pay back yet
      {{5, 5}, 0, 0, 0},
      {{0, 0}, 0, 0, 0},
      {{-1}, never, never, never},
      {{-0.8, 0.1, 0.7}, 2, 2, 2},  // -5.6e-17 in doubles, but nobody owes that
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const PaybackCase& c = cases[i];
    const PaybackRows found = payback_rows(flows_of(c.flows).transpose());
    EXPECT_EQ(found.reason[0], std::isnan(c.value) ? Reason::never_reached : Reason::found) << i;
    const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
    EXPECT_TRUE(same(found.value[0], c.value)) << i;
    EXPECT_TRUE(same(found.first_crossing[0], c.first_crossing)) << i;
    EXPECT_TRUE(std::isnan(c.interpolated) ? std::isnan(found.interpolated[0])
                                           : std::fabs(found.interpolated[0] - c.interpolated) < 1e-14)
        << i;
  }
}

TEST(Payback, OfDiscountedFlowsWithoutDiscountingIsThatOfTheFlows) {
  const Table flows = random_flows(200, 12);
  const PaybackRows plain = payback_rows(flows);
  const PaybackRows discounted = discounted_payback_rows(flows, one(0.0));
  EXPECT_EQ(plain.reason, discounted.reason);
  for (Eigen::Index row = 0; row < 200; ++row) {
    if (!std::isnan(plain.value[row])) {
      EXPECT_EQ(plain.value[row], discounted.value[row]);
    }
  }
}

TEST(Payback, OfDiscountedFlowsIsWhereThePartialPresentValuesTurn) {
  const Vector flows = flows_of({-100, 30, 30, 30, 30, 30});
  const Eigen::Index paid =
      static_cast<Eigen::Index>(discounted_payback_rows(flows.transpose(), one(0.12)).value[0]);
  EXPECT_GE(npv(flows.head(paid + 1), 0.12), 0.0);
  EXPECT_LT(npv(flows.head(paid), 0.12), 0.0);
}

// ---- ratios ----

TEST(Ratios, HaveNoValueWithoutCosts) {
  EXPECT_EQ(bcr(100, 0), std::nullopt);
  EXPECT_EQ(roi(100, 0), std::nullopt);
  EXPECT_EQ(roi(1e200, 1e-200), std::nullopt);  // not infinity either
}

TEST(Ratios, TakeNegativeBenefitsButNoNegativeCosts) {
  EXPECT_EQ(bcr(-50, 100), -0.5);
  EXPECT_EQ(roi(-50, 100), -150.0);
  EXPECT_EQ(refusal([] { std::ignore = roi(5, -1); }), "costs: is -1, must be finite and at least 0");
}

TEST(Reasons, EachHasItsSentence) {
  for (int i = 0; i < reasons; ++i) EXPECT_FALSE(text(static_cast<Reason>(i)).empty());
  EXPECT_EQ(text(Reason::never_reached), "the cumulative flow ends below zero: never paid back");
}

}  // namespace
