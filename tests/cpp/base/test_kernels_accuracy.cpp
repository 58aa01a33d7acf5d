/// The largest errors that kernels.hpp states: at points known to 50 digits, and at many points
/// against the C library's and Boost's long double.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "base/kernels_values.hpp"
#include "trainplan/base/kernels.hpp"

namespace {

namespace kernels = trainplan::kernels;
using kernels_tests::Value;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The last place of the double nearest to `exact`; that of a subnormal number is 2^-1074.
double last_place(double exact) {
  return std::max(std::ldexp(1.0, std::ilogb(exact) - 52), std::numeric_limits<double>::denorm_min());
}

// The stated errors, in units of the last place.
constexpr double exp_error = 1.0;
constexpr double exp2_error = 0.9;
constexpr double log_error = 0.85;
constexpr double expm1_error = 1.3;
constexpr double log1p_error = 0.9;
constexpr double logistic_error = 2.4;
constexpr double logit_error = 2.3;
constexpr double quantile_error = 2.8;
constexpr double quantile_error_of_draws = 2.5;

// ---- 50-digit values ----

template <class Function>
double worst(const std::vector<Value>& values, Function function) {
  double most = 0.0;
  for (const Value& value : values) {
    const double difference = (function(value.x) - value.exact) - value.rest;
    most = std::max(most, value.exact == 0.0 ? std::abs(difference) / 0x1p-1074
                                             : std::abs(difference) / last_place(value.exact));
  }
  return most;
}

TEST(KernelErrors, AreAsStatedAtPointsKnownTo50Digits) {
  using namespace kernels_tests;
  EXPECT_LT(worst(exp_values, [](double x) { return kernels::exp(x); }), exp_error);
  EXPECT_LT(worst(exp2_values, [](double x) { return kernels::exp2(x); }), exp2_error);
  EXPECT_LT(worst(log_values, [](double x) { return kernels::log(x); }), log_error);
  EXPECT_LT(worst(expm1_values, [](double x) { return kernels::expm1(x); }), expm1_error);
  EXPECT_LT(worst(log1p_values, [](double x) { return kernels::log1p(x); }), log1p_error);
  EXPECT_LT(worst(logistic_values, [](double x) { return kernels::logistic(x); }), logistic_error);
  EXPECT_LT(worst(logit_values, [](double x) { return kernels::logit(x); }), logit_error);
  EXPECT_LT(worst(normal_quantile_values, [](double x) { return kernels::normal_quantile(x); }),
            quantile_error);
}

// ---- long double ----

// Where long double is no longer than double, the reference is wrong by up to one unit itself.
constexpr double reference_error = std::numeric_limits<long double>::digits >= 64 ? 0.005 : 1.0;

class Points {
 public:
  explicit Points(std::uint64_t seed) : bits_(seed) {}
  double between(double low, double high) {
    return low + (high - low) * (static_cast<double>(bits_() >> 11U) * 0x1p-53);
  }
  /// Positive, exponents from `lowest` to `highest` equally likely.
  double of_any_size(int lowest, int highest) {
    const auto exponents = static_cast<std::uint64_t>(highest) - static_cast<std::uint64_t>(lowest) + 1;
    return std::ldexp(between(1.0, 2.0), lowest + static_cast<int>(bits_() % exponents));
  }
  /// A number that rng::uniforms can give, tails as likely as the centre.
  double draw() {
    const std::uint64_t k = bits_() >> (12U + bits_() % 50U);
    const double u = (static_cast<double>(k) + 0.5) * 0x1p-52;
    return bits_() % 2U == 0 ? u : 1.0 - u;
  }

 private:
  std::mt19937_64 bits_;
};

class Worst {
 public:
  void compare(double got, long double exact) {
    const auto nearest = static_cast<double>(exact);
    if (got == nearest) return;
    const auto difference = static_cast<double>(std::abs(static_cast<long double>(got) - exact));
    most_ = std::max(most_, difference / last_place(nearest));
  }
  [[nodiscard]] double error() const { return most_ - reference_error; }

 private:
  double most_ = 0.0;
};

constexpr int per_range = 4000;

TEST(KernelErrors, OfExponentialsAreAsStatedOnTheWholeRange) {
  Points points(1);
  Worst exp;
  Worst exp2;
  Worst expm1;
  for (int i = 0; i < per_range; ++i) {
    for (const double size : {745.0, 700.0, 40.0, 1.0, 0.35}) {
      const double x = points.between(-size, std::min(size, 709.78));
      exp.compare(kernels::exp(x), std::exp(static_cast<long double>(x)));
      expm1.compare(kernels::expm1(x), std::expm1(static_cast<long double>(x)));
      const double two = points.between(-size, size);
      exp2.compare(kernels::exp2(two), std::exp2(static_cast<long double>(two)));
    }
    const double tiny = points.of_any_size(-1074, -1);
    for (const double x : {tiny, -tiny}) {
      exp.compare(kernels::exp(x), std::exp(static_cast<long double>(x)));
      expm1.compare(kernels::expm1(x), std::expm1(static_cast<long double>(x)));
    }
  }
  EXPECT_LT(exp.error(), exp_error);
  EXPECT_LT(exp2.error(), exp2_error);
  EXPECT_LT(expm1.error(), expm1_error);
}

TEST(KernelErrors, OfLogarithmsAreAsStatedOnTheWholeRange) {
  Points points(2);
  Worst log;
  Worst log1p;
  for (int i = 0; i < per_range; ++i) {
    for (const double x :
         {points.of_any_size(-1074, 1023), points.between(0.5, 2.0), points.of_any_size(-20, 20)}) {
      log.compare(kernels::log(x), std::log(static_cast<long double>(x)));
    }
    const double tiny = points.of_any_size(-1074, -1);
    for (const double x :
         {tiny, -tiny, points.of_any_size(-2, 1023), points.between(-1.0, 2.0), points.between(-0.3, 0.42)}) {
      log1p.compare(kernels::log1p(x), std::log1p(static_cast<long double>(x)));
    }
  }
  EXPECT_LT(log.error(), log_error);
  EXPECT_LT(log1p.error(), log1p_error);
}

TEST(KernelErrors, OfLogisticAndLogitAreAsStatedOnTheWholeRange) {
  Points points(3);
  Worst logistic;
  Worst logit;
  for (int i = 0; i < per_range; ++i) {
    for (const double x :
         {points.between(-740.0, 40.0), points.between(-40.0, 40.0), points.between(-2.0, 2.0)}) {
      logistic.compare(kernels::logistic(x), 1.0L / (1.0L + std::exp(-static_cast<long double>(x))));
    }
    for (const double p : {points.of_any_size(-1074, -2), points.between(0.0, 1.0), points.between(0.4, 0.6),
                           1.0 - points.of_any_size(-50, -2)}) {
      const auto exact = static_cast<long double>(p);
      const bool near_half = std::abs(p - 0.5) < 0.2;
      logit.compare(kernels::logit(p), near_half ? std::log1p((2.0L * exact - 1.0L) / (1.0L - exact))
                                                 : std::log(exact) - std::log1p(-exact));
    }
  }
  EXPECT_LT(logistic.error(), logistic_error);
  EXPECT_LT(logit.error(), logit_error);
}

long double boost_quantile(double u) {
  // From the nearer side, so that no digit of 1 - u is lost.
  const auto exact = static_cast<long double>(u);
  const long double root_two = std::sqrt(2.0L);
  if (std::abs(u - 0.5) < 0.25) return root_two * boost::math::erf_inv(2.0L * (exact - 0.5L));
  return u < 0.5 ? -root_two * boost::math::erfc_inv(2.0L * exact)
                 : root_two * boost::math::erfc_inv(2.0L * (1.0L - exact));
}

TEST(KernelErrors, OfTheNormalQuantileAreAsStatedFarIntoTheTails) {
  Points points(4);
  Worst of_draws;
  Worst of_any;
  for (int i = 0; i < per_range; ++i) {
    const double draw = points.draw();
    of_draws.compare(kernels::normal_quantile(draw), boost_quantile(draw));
    for (const double u :
         {points.between(0.0, 1.0), points.between(0.08, 0.09), points.of_any_size(-1074, -2)}) {
      of_any.compare(kernels::normal_quantile(u), boost_quantile(u));
    }
  }
  EXPECT_LT(of_draws.error(), quantile_error_of_draws);
  EXPECT_LT(of_any.error(), quantile_error);
}

// ---- order and edges ----

// The seams: u - 1/2 = +-sqrt(11/64), and sqrt(-log p) = 4.2.
TEST(NormalQuantile, IncreasesOverTheDrawsAcrossEverySeam) {
  const double centre_end = 0.5 - std::sqrt(0.171875);
  const double outer_end = std::exp(-4.2 * 4.2);
  for (const double place :
       {centre_end, 1.0 - centre_end, outer_end, 1.0 - outer_end, 0.25, 0.5, 0.8413, 0.999}) {
    const auto first = static_cast<std::uint64_t>(place * 0x1p52) - 5000;
    std::vector<double> u(10000);
    for (std::size_t i = 0; i < u.size(); ++i) u[i] = (static_cast<double>(first + i) + 0.5) * 0x1p-52;
    std::vector<double> z(u.size());
    kernels::normal_quantiles(u, z);
    EXPECT_EQ(std::adjacent_find(z.begin(), z.end(), std::greater_equal<>()), z.end()) << place;
  }
}

TEST(NormalQuantile, OfALaneIsThatOfEachNumberAtEveryLengthAndInPlace) {
  Points points(5);
  for (const std::size_t n : {0U, 1U, 2U, 7U, 8U, 63U, 64U, 65U, 255U, 256U, 257U, 1000U}) {
    std::vector<double> u(n);
    // Mostly tails, so that every part of the method meets every place in the lane.
    for (double& number : u) number = points.draw();
    std::vector<double> z(n + 1, 77.0);
    kernels::normal_quantiles(u, {z.data(), n});
    for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(z[i], kernels::normal_quantile(u[i])) << u[i];
    EXPECT_EQ(z[n], 77.0);
    z.pop_back();
    kernels::normal_quantiles(u, u);
    EXPECT_EQ(u, z);
  }
}

TEST(KernelEdges, LimitsAreReachedAndNotANumberPasses) {
  EXPECT_EQ(kernels::exp(-745.2), 0.0);
  EXPECT_EQ(kernels::exp(-745.1), 0x1p-1074);
  EXPECT_LT(kernels::exp(709.78), infinity);
  EXPECT_EQ(kernels::exp(709.79), infinity);
  EXPECT_EQ(kernels::exp2(-1074.0), 0x1p-1074);
  EXPECT_EQ(kernels::exp2(-1076.0), 0.0);
  EXPECT_EQ(kernels::exp2(1023.0), 0x1p1023);
  EXPECT_EQ(kernels::exp2(1024.0), infinity);
  EXPECT_EQ(kernels::log(0.0), -infinity);
  EXPECT_EQ(kernels::log1p(-1.0), -infinity);
  EXPECT_EQ(kernels::logit(0.0), -infinity);
  EXPECT_EQ(kernels::logit(1.0), infinity);
  EXPECT_EQ(kernels::normal_quantile(0.0), -infinity);
  EXPECT_EQ(kernels::normal_quantile(1.0), infinity);
  EXPECT_TRUE(std::signbit(kernels::expm1(-0.0)));
  EXPECT_TRUE(std::signbit(kernels::log1p(-0.0)));
  for (const double huge : {1e4, 1e300, infinity}) {
    EXPECT_EQ(kernels::exp(huge), infinity);
    EXPECT_EQ(kernels::exp(-huge), 0.0);
    EXPECT_EQ(kernels::exp2(huge), infinity);
    EXPECT_EQ(kernels::exp2(-huge), 0.0);
    EXPECT_EQ(kernels::expm1(huge), infinity);
    EXPECT_EQ(kernels::expm1(-huge), -1.0);
    EXPECT_EQ(kernels::logistic(huge), 1.0);
    EXPECT_EQ(kernels::logistic(-huge), 0.0);
  }
  EXPECT_EQ(kernels::log(infinity), infinity);
  EXPECT_EQ(kernels::log1p(infinity), infinity);
  for (const double outside : {-1.5, -infinity, nan}) {
    EXPECT_TRUE(std::isnan(kernels::log(outside)));
    EXPECT_TRUE(std::isnan(kernels::log1p(outside)));
    EXPECT_TRUE(std::isnan(kernels::logit(outside)));
  }
  EXPECT_TRUE(std::isnan(kernels::logit(1.5)));
  for (const double y : {kernels::exp(nan), kernels::exp2(nan), kernels::expm1(nan), kernels::logistic(nan),
                         kernels::normal_quantile(nan)}) {
    EXPECT_TRUE(std::isnan(y));
  }
}

}  // namespace
