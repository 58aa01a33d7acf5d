#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <stdexcept>
#include <vector>

#include "trainplan/domain/finance.hpp"

namespace {

using namespace trainplan::finance;
using trainplan::Table;
using trainplan::Vector;

Vector flows_of(std::vector<double> flows) {
  return Eigen::Map<const Vector>(flows.data(), static_cast<Eigen::Index>(flows.size()));
}

/// Coefficients of the product of two polynomials.
std::vector<double> product(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> result(a.size() + b.size() - 1, 0.0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) result[i + j] += a[i] * b[j];
  }
  return result;
}

bool same(const Irr& a, const Irr& b) {
  return a.value == b.value && a.roots == b.roots && a.reason == b.reason;
}

TEST(Irr, OfOneChangeOfSignIsUnique) {
  EXPECT_EQ(irr(flows_of({-100, 110})).value, 0.1);
  EXPECT_EQ(irr(flows_of({-100, 100})).value, 0.0);
  EXPECT_EQ(irr(flows_of({100, -50})).value, -0.5);  // a loan that is half forgiven
  EXPECT_EQ(irr(flows_of({-100, 110})).reason, Reason::found);
}

TEST(Irr, IsTheOneThatIsNotNegativeIfThereIsOne) {
  const Irr found = irr(flows_of({-50, -100, 600, 300, -100}));
  ASSERT_EQ(found.roots.size(), 2U);
  EXPECT_NEAR(found.roots[0], -0.769, 5e-4);
  EXPECT_NEAR(found.roots[1], 1.854, 5e-4);
  EXPECT_EQ(found.value, found.roots[1]);
  EXPECT_EQ(found.reason, Reason::one_positive);
}

TEST(Irr, HasAReasonWhenThereIsNone) {
  EXPECT_EQ(irr(flows_of({-1600, 10000, -10000})).reason, Reason::several_roots);
  EXPECT_EQ(irr(flows_of({100, -200, 150})).reason, Reason::no_root);
  EXPECT_EQ(irr(flows_of({-100, -50})).reason, Reason::no_sign_change);
  EXPECT_EQ(irr(flows_of({0, 0, 0})).reason, Reason::no_sign_change);
  EXPECT_EQ(irr(flows_of({-100})).reason, Reason::no_sign_change);
  for (const auto& flows : {flows_of({-1600, 10000, -10000}), flows_of({100, -200, 150}), flows_of({0, 0})}) {
    EXPECT_EQ(irr(flows).value, std::nullopt);
  }
}

TEST(Irr, ZeroIsARootThatIsNotNegative) {
  const Irr found = irr(flows_of({-100, 230, -132, 2}));
  ASSERT_EQ(found.roots.size(), 3U);
  EXPECT_EQ(found.roots[1], 0.0);  // exactly: the flows add up to zero
  EXPECT_EQ(found.reason, Reason::several_roots);
}

TEST(Irr, WhereTheValueOnlyTouchesZeroCountsTwice) {
  const Irr found = irr(flows_of({-81, 180, -100}));  // -(9 x - 10)^2 / ... : 1/9 twice
  ASSERT_EQ(found.roots.size(), 2U);
  EXPECT_NEAR(found.roots[0], 1.0 / 9.0, 1e-15);
  EXPECT_EQ(found.roots[0], found.roots[1]);
  EXPECT_EQ(found.reason, Reason::several_roots);
  EXPECT_EQ(irr(flows_of({-1, 3, -3, 1})).roots, std::vector<double>{0.0});  // three that are one
  EXPECT_EQ(irr(flows_of({1, -4, 6, -4, 1})).roots,
            (std::vector<double>{0.0, 0.0}));  // four that look like two
}

TEST(Irr, FindsEveryRootOfProductsOfKnownFactors) {
  // Growths w = p/q give integer flows when (q w - p) is multiplied out; the other factors have no positive
  // root.
  std::mt19937 bits(3);
  const auto between = [&](int low, int high) { return std::uniform_int_distribution<>(low, high)(bits); };
  for (int trial = 0; trial < 3'000; ++trial) {
    std::vector<double> flows{1.0};
    std::vector<double> expected;
    for (int i = between(0, 5); i > 0; --i) {
      const double q = between(1, 20);
      const double p = between(1, 60);
      if (std::find(expected.begin(), expected.end(), (p - q) / q) != expected.end()) continue;
      expected.push_back((p - q) / q);
      flows = product(flows, {q, -p});
    }
    for (int i = between(0, 3); i > 0; --i) {
      const int half = between(-3, 3);
      flows = product(flows, {1.0, 2.0 * half, 1.0 * half * half + between(1, 4)});
    }
    for (int i = between(0, 2); i > 0; --i) flows = product(flows, {1.0, 1.0 * between(1, 5)});
    for (int i = between(0, 2); i > 0; --i) flows.push_back(0.0);
    for (int i = between(0, 2); i > 0; --i) flows.insert(flows.begin(), 0.0);
    std::sort(expected.begin(), expected.end());
    const Irr found = irr(flows_of(flows));
    ASSERT_EQ(found.roots.size(), expected.size()) << "trial " << trial;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      // (p - q) / q is rounded, too: half an ulp each.
      EXPECT_LE(std::fabs(found.roots[i] - expected[i]), 2.3e-16 * std::fabs(expected[i]))
          << "trial " << trial;
    }
  }
}

TEST(Irr, TellsPairsOfRootsFromNearMisses) {
  // (w - a)(w - b) with a - b = 2 s, multiplied out: (w - c)^2 - s^2; with + s^2 it has no root. s^2 is
  // exact.
  for (const double s : {0x1p-8, 0x1p-16, 0x1p-22, 0x1p-25}) {
    for (const double c : {0.5, 1.0, 1.0625, 1.5}) {
      const Irr pair = irr(flows_of({1.0, -2.0 * c, c * c - s * s}));
      ASSERT_EQ(pair.roots.size(), 2U) << s << " " << c;
      EXPECT_NEAR(pair.roots[0], c - s - 1.0, 1e-16);
      EXPECT_NEAR(pair.roots[1], c + s - 1.0, 1e-16);
      EXPECT_EQ(irr(flows_of({1.0, -2.0 * c, c * c + s * s})).reason, Reason::no_root) << s << " " << c;
    }
  }
}

TEST(Irr, IsRightToTheLastDigitsHoweverIllConditioned) {
  // Three roots 0.1 % apart: a change of the flows by 1e-16 moves the roots by 1e-9. These flows are exact.
  const std::vector<double> flows = product(product({1024.0, -1126.0}, {1024.0, -1127.0}), {1024.0, -1128.0});
  const Irr found = irr(flows_of(flows));
  ASSERT_EQ(found.roots.size(), 3U);
  EXPECT_NEAR(found.roots[0], 102.0 / 1024.0, 2e-17);
  EXPECT_NEAR(found.roots[1], 103.0 / 1024.0, 2e-17);
  EXPECT_NEAR(found.roots[2], 104.0 / 1024.0, 2e-17);
}

TEST(Irr, DoesNotDependOnScaleShiftOrTrailingZeros) {
  const std::vector<std::vector<double>> streams = {
      {-100, 20, 30, 80}, {-1600, 10000, -10000}, {-50, -100, 600, 300, -100}, {-5, 10.5, 1, -8, 1}};
  for (const auto& stream : streams) {
    const Irr plain = irr(flows_of(stream));
    for (const double factor : {0x1p-1000, 0x1p-600, 0.5, -1.0, 2.0, 0x1p600, 0x1p1000}) {
      EXPECT_TRUE(same(irr(factor * flows_of(stream)), plain)) << factor;
    }
    std::vector<double> padded = {0.0, 0.0};
    padded.insert(padded.end(), stream.begin(), stream.end());
    padded.push_back(0.0);
    EXPECT_TRUE(same(irr(flows_of(padded)), plain));
  }
}

TEST(Irr, StaysInsideItsRangeAtTheExtremes) {
  EXPECT_EQ(irr(flows_of({-1, 1e20})).value, 1e20);
  const double nearly_all_lost = irr(flows_of({-1e20, 1})).value.value_or(-2.0);
  EXPECT_GT(nearly_all_lost, -1.0);
  EXPECT_LT(nearly_all_lost, -0.999);
  const Irr huge = irr(flows_of({-1e-100, 1e100}), {.timing = Timing::end, .per_year = 12});
  EXPECT_TRUE(std::isfinite(huge.value.value_or(0.0)));  // 1e2400 a year: the largest number stands for it
}

TEST(Irr, OfLongFlowsIsFound) {
  for (const Eigen::Index months : {36, 120, 360, 600}) {
    Vector flows = Vector::Constant(months + 1, 1'000.0);
    flows[0] = -60'000.0;
    // An annuity has a closed form to check with.
    const double monthly = irr(flows).value.value_or(-1.0);
    EXPECT_NEAR(pv(monthly, static_cast<double>(months), 1'000.0), -60'000.0, 1e-9) << months;
  }
}

TEST(Irr, OfMonthsIsAnnual) {
  const Vector flows = flows_of({-100, 20, 40, 50});
  const double monthly = irr(flows).value.value_or(-1.0);
  const double annual = irr(flows, {.timing = Timing::end, .per_year = 12}).value.value_or(-1.0);
  EXPECT_NEAR(annual, annual_rate(monthly), 1e-14);
}

TEST(Irr, MakesTheNetPresentValueZeroInEveryConvention) {
  const Vector flows = flows_of({-100, 20, 40, 50});
  for (const Timing timing : {Timing::end, Timing::mid, Timing::excel}) {
    for (const int per_year : {1, 4}) {
      const Convention convention{.timing = timing, .per_year = per_year};
      const double rate = irr(flows, convention).value.value_or(-1.0);
      // The rate is rounded: half an ulp of it, times the slope of the value, comes on top of the bound.
      const Npv value = npv_with_error(flows, rate, convention);
      EXPECT_LE(std::fabs(value.value), value.error + 1e-16 * 200.0);
    }
  }
}

TEST(Irr, OfARowIsTheSameAloneAndInATableOnAnyNumberOfThreads) {
  std::mt19937_64 bits(11);
  std::normal_distribution<double> amount(10.0, 20.0);
  Table flows = Table::NullaryExpr(1'000, 37, [&] { return amount(bits); });
  flows.col(0).setConstant(-300.0);
  flows.bottomRows(300).leftCols(3).setZero();
  const IrrRows one = irr_rows(flows, {}, {.count = 1, .meanwhile = {}});
  for (const int count : {2, 3, 7, 16}) {
    const IrrRows many = irr_rows(flows, {}, {.count = count, .meanwhile = {}});
    EXPECT_EQ(one.reason, many.reason);
    EXPECT_TRUE(((one.roots.array() == many.roots.array()) || one.roots.array().isNaN()).all());
  }
  for (Eigen::Index row = 0; row < flows.rows(); ++row) {
    const Irr alone = irr(flows.row(row).transpose());
    EXPECT_EQ(alone.reason, one.reason[static_cast<std::size_t>(row)]);
    for (std::size_t i = 0; i < alone.roots.size(); ++i) {
      EXPECT_EQ(alone.roots[i], one.roots(row, static_cast<Eigen::Index>(i)));
    }
  }
}

TEST(Irr, IsInterruptedByWhatIsCalledMeanwhile) {
  // Noise of 600 months takes the long search: seconds in all, far more than the 50 ms between calls.
  std::mt19937_64 bits(5);
  std::normal_distribution<double> amount(0.0, 1.0);
  const Table flows = Table::NullaryExpr(8'000, 600, [&] { return amount(bits); });
  const Threads threads{.count = 2, .meanwhile = [] { throw std::runtime_error("stop"); }};
  EXPECT_THROW(std::ignore = irr_rows(flows, {}, threads), std::runtime_error);
}

TEST(Irr, AgreesWithTheBoundsOfDescartesAndNorstrom) {
  std::mt19937_64 bits(23);
  std::normal_distribution<double> amount(0.0, 1.0);
  for (int trial = 0; trial < 2'000; ++trial) {
    const Vector flows = Vector::NullaryExpr(2 + trial % 40, [&] { return amount(bits); });
    int changes = 0;
    int cumulative_changes = 0;
    double cumulative = flows[0];
    for (Eigen::Index t = 1; t < flows.size(); ++t) {
      changes += (flows[t] < 0.0) != (flows[t - 1] < 0.0) ? 1 : 0;
      cumulative_changes += (cumulative + flows[t] < 0.0) != (cumulative < 0.0) ? 1 : 0;
      cumulative += flows[t];
    }
    const Irr found = irr(flows);
    const auto roots = static_cast<int>(found.roots.size());
    const auto positive = static_cast<int>(
        std::count_if(found.roots.begin(), found.roots.end(), [](double r) { return r > 0.0; }));
    EXPECT_LE(roots, changes);
    EXPECT_EQ(roots % 2, changes % 2);
    EXPECT_LE(positive, cumulative_changes);
    EXPECT_EQ(positive % 2, cumulative_changes % 2);
    if (cumulative_changes == 1) {
      EXPECT_EQ(found.value, found.roots.back());
    }
  }
}

}  // namespace
