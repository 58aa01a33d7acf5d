/// What the tests of the room statistics share: trials without pattern, NumPy's quantile written out once
/// more, and comparisons.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "trainplan/base/error.hpp"
#include "trainplan/base/statistics.hpp"

namespace statistics_tests {

using trainplan::statistics::Estimate;
using Values = std::vector<double>;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr std::array p10_p50_p90{0.1, 0.5, 0.9};

/// Independent numbers without pattern, the same on every platform (std::mt19937_64 is, distributions are
/// not).
inline Values noise(std::size_t n, std::uint64_t seed = 1) {
  std::mt19937_64 bits(seed);
  Values values(n);
  for (double& x : values) x = static_cast<double>(bits() >> 11U) * 0x1p-53;
  return values;
}

/// NumPy's "linear" on sorted values, written out once more.
inline double linear(Values values, double level) {
  std::sort(values.begin(), values.end());
  const double position = static_cast<double>(values.size() - 1) * level;
  const auto below = static_cast<std::size_t>(std::floor(position));
  if (below + 1 >= values.size()) return values.back();
  const double weight = position - static_cast<double>(below);
  const double step = values[below + 1] - values[below];
  return weight >= 0.5 ? values[below + 1] - step * (1.0 - weight) : values[below] + step * weight;
}

inline bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

inline void expect_close(double value, double expected, double relative = 1e-12) {
  EXPECT_NEAR(value, expected, relative * std::abs(expected));
}

inline void expect_same(const Estimate& a, const Estimate& b) {
  EXPECT_TRUE(same_bits(a.value, b.value)) << a.value << " and " << b.value;
  EXPECT_TRUE(same_bits(a.standard_error, b.standard_error))
      << a.standard_error << " and " << b.standard_error;
  EXPECT_TRUE(same_bits(a.low, b.low) && same_bits(a.high, b.high));
  EXPECT_EQ(a.unknown, b.unknown);
}

template <typename Call>
std::string refusal(const Call& call) {
  try {
    call();
  } catch (const trainplan::InputError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace statistics_tests
