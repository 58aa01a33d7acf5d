#include "trainplan/base/kernels.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace {

namespace kernels = trainplan::kernels;

constexpr double inf = std::numeric_limits<double>::infinity();

// Error in units of the last place of the reference.
double ulps(double got, long double wanted) {
  const auto rounded = static_cast<double>(wanted);
  if (got == rounded) return 0.0;
  const double unit = std::nextafter(std::abs(rounded), inf) - std::abs(rounded);
  return static_cast<double>(std::abs(static_cast<long double>(got) - wanted) /
                             static_cast<long double>(unit));
}

std::vector<double> points(double low, double high, int count) {
  std::mt19937_64 bits(1);
  std::vector<double> x = {low, high};
  for (int i = 0; i < count; ++i)
    x.push_back(low + (high - low) * (static_cast<double>(bits() >> 11U) * 0x1p-53));
  return x;
}

template <class Ours, class Theirs>
double worst(const std::vector<double>& x, Ours ours, Theirs theirs) {
  double most = 0.0;
  for (const double one : x) most = std::max(most, ulps(ours(one), theirs(static_cast<long double>(one))));
  return most;
}

// The references are long double functions of the C library, 11 bits more than a double.
TEST(Kernels, ErrorsStayBelowTwoUnitsInTheLastPlace) {
  const auto wide = points(-700.0, 700.0, 4000);
  EXPECT_LT(
      worst(wide, [](double x) { return kernels::exp(x); }, [](long double x) { return std::exp(x); }), 2.0);
  EXPECT_LT(worst(
                points(-1.0, 1.0, 4000), [](double x) { return kernels::exp(x); },
                [](long double x) { return std::exp(x); }),
            2.0);
  EXPECT_LT(worst(
                points(-1000.0, 1000.0, 4000), [](double x) { return kernels::exp2(x); },
                [](long double x) { return std::exp2(x); }),
            2.0);
  EXPECT_LT(worst(
                points(1e-300, 1e300, 4000), [](double x) { return kernels::log(x); },
                [](long double x) { return std::log(x); }),
            2.0);
  EXPECT_LT(worst(
                points(0.5, 2.0, 8000), [](double x) { return kernels::log(x); },
                [](long double x) { return std::log(x); }),
            2.0);
  EXPECT_LT(worst(
                points(-1.0, 1.0, 4000), [](double x) { return kernels::expm1(x); },
                [](long double x) { return std::expm1(x); }),
            3.0);
  EXPECT_LT(worst(
                points(-1e-9, 1e-9, 4000), [](double x) { return kernels::expm1(x); },
                [](long double x) { return std::expm1(x); }),
            3.0);
  EXPECT_LT(worst(
                points(-0.999, 3.0, 4000), [](double x) { return kernels::log1p(x); },
                [](long double x) { return std::log1p(x); }),
            3.0);
  EXPECT_LT(worst(
                points(-1e-9, 1e-9, 4000), [](double x) { return kernels::log1p(x); },
                [](long double x) { return std::log1p(x); }),
            3.0);
}

TEST(Kernels, DecayIsTheExponentialOfWhatIsLeft) {
  EXPECT_EQ(kernels::decay(0.0), 1.0);
  for (int i = 1; i < 700; ++i) EXPECT_EQ(kernels::decay(i / 1.1), kernels::exp(-(i / 1.1))) << i;
  EXPECT_EQ(kernels::decay(709.0), 0.0);
  EXPECT_TRUE(std::isnan(kernels::decay(std::nan(""))));
}

TEST(Kernels, EdgesAreExact) {
  EXPECT_EQ(kernels::exp(0.0), 1.0);
  EXPECT_EQ(kernels::exp(-800.0), 0.0);
  EXPECT_EQ(kernels::exp(800.0), inf);
  EXPECT_TRUE(std::isnan(kernels::exp(std::numeric_limits<double>::quiet_NaN())));
  EXPECT_EQ(kernels::exp2(-3.0), 0.125);
  EXPECT_EQ(kernels::exp2(10.0), 1024.0);
  EXPECT_EQ(kernels::log(1.0), 0.0);
  EXPECT_EQ(kernels::expm1(0.0), 0.0);
  EXPECT_EQ(kernels::log1p(0.0), 0.0);
  EXPECT_EQ(kernels::logistic(0.0), 0.5);
  EXPECT_EQ(kernels::logistic(-800.0), 0.0);
  EXPECT_EQ(kernels::logistic(800.0), 1.0);
  EXPECT_EQ(kernels::logit(0.5), 0.0);
}

TEST(Kernels, LogisticAndLogitUndoEachOther) {
  for (const double p : points(1e-6, 1.0 - 1e-6, 2000))
    EXPECT_NEAR(kernels::logistic(kernels::logit(p)), p, 1e-15);
}

double reference_quantile(double u) {
  // From the nearer tail, so that no digit of 1 - u is lost; long double inside.
  using Policy = boost::math::policies::policy<boost::math::policies::promote_double<true>>;
  const long double sqrt2 = 1.41421356237309504880168872420969808L;
  const long double tail = u < 0.5 ? static_cast<long double>(u) : 1.0L - static_cast<long double>(u);
  const long double z = sqrt2 * boost::math::erfc_inv(2.0L * tail, Policy());
  return static_cast<double>(u < 0.5 ? -z : z);
}

TEST(NormalQuantile, EqualsBoostsToFiveUnitsOfRoundingUpToTheLastTail) {
  std::vector<double> u = points(0x1p-53, 1.0 - 0x1p-53, 4000);
  for (int power = 2; power <= 53; ++power) {
    u.push_back(std::ldexp(1.0, -power));
    u.push_back(1.0 - std::ldexp(1.0, -power));
    u.push_back(std::ldexp(1.2345, -power));
  }
  for (const double one : u) {
    if (one >= 1.0) continue;
    const double wanted = reference_quantile(one);
    EXPECT_NEAR(kernels::normal_quantile(one), wanted, 1e-15 * std::max(std::abs(wanted), 1e-3)) << one;
  }
}

// Standard normal quantiles of these doubles (not of the decimals) to 17 digits, from 50-digit arithmetic.
TEST(NormalQuantile, HasTheTabledValues) {
  EXPECT_NEAR(kernels::normal_quantile(0.9), 1.2815515655446006, 4e-16);
  EXPECT_NEAR(kernels::normal_quantile(0.975), 1.9599639845400539, 6e-16);
  EXPECT_NEAR(kernels::normal_quantile(0.999), 3.0902323061678135, 2e-15);
  EXPECT_EQ(kernels::normal_quantile(0.5), 0.0);
}

TEST(NormalQuantile, TheVectorVersionHasTheSameBits) {
  const auto u = points(0x1p-53, 1.0 - 0x1p-53, 4097);
  std::vector<double> z(u.size());
  kernels::normal_quantiles(u, z);
  for (std::size_t i = 0; i < u.size(); ++i) {
    EXPECT_EQ(std::bit_cast<std::uint64_t>(z[i]),
              std::bit_cast<std::uint64_t>(kernels::normal_quantile(u[i])))
        << u[i];
  }
}

TEST(NormalQuantile, IsOddAboutAHalfAndMonotone) {
  double before = -inf;
  for (int i = 1; i < 4096; ++i) {
    const double z = kernels::normal_quantile(i / 4096.0);
    EXPECT_EQ(z, -kernels::normal_quantile(1.0 - i / 4096.0));
    EXPECT_GT(z, before);
    before = z;
  }
}

}  // namespace
