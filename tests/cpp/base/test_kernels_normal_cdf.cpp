// The standard normal distribution function.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "trainplan/base/kernels.hpp"

namespace {

using trainplan::kernels::normal_cdf;

constexpr double inf = std::numeric_limits<double>::infinity();

std::vector<double> grid(double low, double high, int steps) {
  std::vector<double> z;
  for (int i = 0; i <= steps; ++i) z.push_back(low + (high - low) * i / steps);
  return z;
}

// erfc(-z / sqrt(2)) / 2 in 50-digit arithmetic, of the double that stands there.
TEST(NormalCdf, OfTheLowerTailHasTheValuesOfFiftyDigitArithmetic) {
  const std::vector<std::pair<double, double>> cases = {
      {-37.5, 4.6053530095819548438279690976108962389206926373925e-308},
      {-30.0, 4.9067139271481870595338092565801904719969849413925e-198},
      {-20.25, 1.7761998649495700308710397449354404658018534413721e-91},
      {-10.0, 7.619853024160526065973343251599308363504033277957e-24},
      {-8.25, 7.9197263146424773409613744218855984983735807828962e-17},
      {-5.5, 0.000000018989562465887719383851274033580186316357489119297},
      {-3.0, 0.0013498980316300945266518147675949773778293681583806},
      {-1.9599639845400545, 0.024999999999999984921343154873213747168925273414236},
      {-1.0, 0.1586552539314570514147674543679620775220870332734},
      {-0.5, 0.30853753872598689636229538939166226011639782444542},
      {-0.001, 0.499601057786088937407105027235534208804646475735},
  };
  // The header promises a relative error below 1e-15.
  for (const auto& [z, wanted] : cases) EXPECT_NEAR(normal_cdf(z) / wanted, 1.0, 1e-15) << z;
}

TEST(NormalCdf, OfTheUpperTailIsOneLessTheTailToTheLastBits) {
  const std::vector<std::pair<double, double>> cases = {
      {1e-20, 0.50000000000000000000398942280401432605659267101318},
      {0.5, 0.69146246127401310363770461060833773988360217555458},
      {1.0, 0.8413447460685429485852325456320379224779129667266},
      {2.5, 0.99379033467422386483302189542580777887210225307691},
      {5.5, 0.99999998101043753411228061614872596641981368364251},
      {8.0, 0.99999999999999937790394257282158764840048274118116},
  };
  for (const auto& [z, wanted] : cases) {
    EXPECT_NEAR(normal_cdf(z), wanted, 4e-16) << z;
    EXPECT_EQ(normal_cdf(z), 1.0 - normal_cdf(-z)) << z;
  }
  EXPECT_EQ(normal_cdf(0.0), 0.5);
  EXPECT_EQ(normal_cdf(40.0), 1.0);
}

// The reference is the C library's erfc in long double, whose argument z / sqrt(2) costs it z^2 2^-64.
TEST(NormalCdf, KeepsItsDigitsAllTheWayDownTheLowerTail) {
  constexpr long double sqrt_half = 0.70710678118654752440084436210484903928L;
  double worst = 0.0;
  for (const double z : grid(-37.5, 0.0, 30'000)) {
    const long double wanted = std::erfc(-static_cast<long double>(z) * sqrt_half) / 2.0L;
    worst = std::max(worst, static_cast<double>(std::fabs(normal_cdf(z) / wanted - 1.0L)));
  }
  EXPECT_LT(worst, 1e-15);
}

TEST(NormalCdf, IsZeroBelowMinus38AndOneAboveAsFar) {
  EXPECT_GT(normal_cdf(-37.99), 0.0);
  for (const double z : {-38.001, -40.0, -1e6, -inf}) {
    EXPECT_EQ(normal_cdf(z), 0.0) << z;
    EXPECT_EQ(normal_cdf(-z), 1.0) << -z;
  }
  EXPECT_TRUE(std::isnan(normal_cdf(std::numeric_limits<double>::quiet_NaN())));
}

TEST(NormalCdf, NeverFalls) {
  for (const auto& [low, high] : {std::pair(-39.0, 9.0), {-1.0, 1.0}, {-1e-6, 1e-6}, {-8.3, -8.2}}) {
    double before = 0.0;
    for (const double z : grid(low, high, 50'000)) {
      const double now = normal_cdf(z);
      // Neighbors closer than its rounding may change places by that much.
      EXPECT_GE(now, before * (1.0 - 1e-15)) << z;
      before = now;
    }
  }
  // On points as far apart as draws it rises.
  double before = 0.0;
  for (int i = -8'000; i <= 5'000; ++i) {
    const double now = normal_cdf(i / 1000.0);
    EXPECT_GT(now, before) << i;
    before = now;
  }
}

TEST(NormalCdf, UndoesTheQuantile) {
  for (int i = 1; i < 4096; ++i) {
    const double u = i / 4096.0;
    // A unit of rounding of z moves Phi by phi(z) |z| 2^-53, at most .25 of one of Phi's own.
    EXPECT_NEAR(normal_cdf(trainplan::kernels::normal_quantile(u)), u, 1e-15);
  }
}

TEST(NormalCdf, OfALaneHasTheSameBits) {
  for (const std::size_t length : {0U, 1U, 2U, 7U, 64U, 1001U}) {
    std::vector<double> lane = grid(-39.0, 39.0, static_cast<int>(length) + 1);
    lane.resize(length);
    const std::vector<double> z = lane;
    trainplan::kernels::normal_cdfs(lane);
    for (std::size_t i = 0; i < length; ++i)
      EXPECT_EQ(std::bit_cast<std::uint64_t>(lane[i]), std::bit_cast<std::uint64_t>(normal_cdf(z[i])))
          << z[i];
  }
}

}  // namespace
