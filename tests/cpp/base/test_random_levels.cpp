/// The loop of `uniforms` at each x86-64 level against the words of Philox one by one, and the strata's law.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "trainplan/base/random.hpp"

namespace {

using trainplan::Sampling;
namespace rng = trainplan::rng;
using rng::detail::Level;

std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32U); }

std::array<std::uint32_t, 4> words(std::uint64_t seed, std::uint64_t path, std::uint64_t counter) {
  return rng::philox({low(counter), high(counter), low(path), high(path)}, {low(seed), high(seed)});
}

std::uint64_t word_of(std::uint64_t seed, std::uint64_t path, std::uint64_t trial) {
  const auto out = words(seed, path, trial / 2);
  const std::size_t first = trial % 2 == 0 ? 0 : 2;
  return (std::uint64_t{out[first + 1]} << 32U) | out[first];
}

/// The definition, a trial at a time.
double defined(std::uint64_t seed, std::uint64_t path, std::uint64_t trial, Sampling sampling) {
  const std::uint64_t word = word_of(seed, path, trial);
  std::uint64_t k = word >> 12U;
  if (sampling == Sampling::stratified) {
    const auto keys = words(seed, path, (std::uint64_t{1} << 63U) | (trial / 64));
    std::uint64_t x = trial % 64;
    for (unsigned round = 0; round < 8; ++round) {
      const std::uint64_t half = (keys[round / 2] >> (16U * (round % 2))) & 0xFFFFU;
      x = (x * ((half >> 8U) | 1U) + (half & 255U)) & 63U;
      x ^= x >> 3U;
    }
    k = (x << 46U) | (word >> 18U);
  }
  return (static_cast<double>(k) + 0.5) * 0x1p-52;
}

std::vector<Level> levels() {
  std::vector<Level> all = {Level::baseline};
  if (rng::detail::best_level() >= Level::x86_64_v3) all.push_back(Level::x86_64_v3);
  if (rng::detail::best_level() >= Level::x86_64_v4) all.push_back(Level::x86_64_v4);
  return all;
}

// Box and Muller's formula in long double, a trial at a time; each level the same bits.
TEST(RandomLevels, EveryLevelGivesTheDefinedPairs) {
  const long double pi = std::acos(-1.0L);
  std::vector<double> first_one(128);
  std::vector<double> first_other(128);
  for (const std::uint64_t path : {std::uint64_t{0}, std::uint64_t{0x0123456789ABCDEF}, ~std::uint64_t{0}}) {
    rng::detail::pair_blocks(Level::baseline, 7, path, 3, first_one.data(), first_other.data(), 2);
    for (std::size_t i = 0; i < 128; ++i) {
      const std::uint64_t word = word_of(7, path, 3 * 64 + i);
      const long double u = (static_cast<long double>(word >> 32U) + 0.5L) * 0x1p-32L;
      const long double t = (static_cast<long double>((word & 0xFFFFFFFFU) >> 1U) + 0.5L) * 0x1p-31L - 0.5L;
      const long double r = std::sqrt(-2.0L * std::log(u));
      // A few units in the last place of the radius: a cosine near 0 keeps no more.
      EXPECT_NEAR(first_one[i], static_cast<double>(r * std::sin(pi * t)), 2e-15);
      EXPECT_NEAR(first_other[i],
                  static_cast<double>((word & 1U) != 0U ? -r * std::cos(pi * t) : r * std::cos(pi * t)),
                  2e-15);
    }
    for (const Level level : levels()) {
      std::vector<double> one(128);
      std::vector<double> other(128);
      rng::detail::pair_blocks(level, 7, path, 3, one.data(), other.data(), 2);
      EXPECT_EQ(one, first_one);
      EXPECT_EQ(other, first_other);
    }
  }
}

// Blocks about the places where a counter word carries over, and the last block of all.
TEST(RandomLevels, EveryLevelGivesTheDefinedNumbersAtEveryCounter) {
  constexpr std::uint64_t all = ~std::uint64_t{0};
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{1} << 32U, all}) {
    for (const std::uint64_t path : {std::uint64_t{0}, std::uint64_t{0x0123456789ABCDEF}, all}) {
      for (const std::uint64_t block : {std::uint64_t{0}, (std::uint64_t{1} << 27U) - 1,
                                        (std::uint64_t{1} << 32U) - 1, (std::uint64_t{1} << 58U) - 2}) {
        for (const Sampling sampling : {Sampling::random, Sampling::stratified}) {
          std::vector<double> wanted(128);
          for (std::size_t i = 0; i < wanted.size(); ++i) {
            wanted[i] = defined(seed, path, 64 * block + i, sampling);
          }
          for (const Level level : levels()) {
            std::vector<double> values(wanted.size());
            rng::detail::uniform_blocks(level, seed, path, block, sampling, values.data(), 2);
            EXPECT_EQ(values, wanted) << seed << " " << path << " " << block;
          }
        }
      }
    }
  }
}

TEST(RandomLevels, EveryLevelGivesEqualBitsOver100000Trials) {
  for (const Sampling sampling : {Sampling::random, Sampling::stratified}) {
    std::vector<double> wanted(64 * 1600);
    rng::uniforms(11, trainplan::path_hash("costs.room"), 0, sampling, wanted);
    for (const Level level : levels()) {
      std::vector<double> values(wanted.size());
      rng::detail::uniform_blocks(level, 11, trainplan::path_hash("costs.room"), 0, sampling, values.data(),
                                  values.size() / 64);
      EXPECT_EQ(values, wanted);
    }
  }
}

// Each stratum is equally likely at each position of a block: chi-square with 63 degrees of freedom, bound at
// its mean + 5 standard errors of 63 + 5 sqrt(126), for 64 positions.
TEST(Strata, AreUniformAtEveryPosition) {
  constexpr std::size_t blocks = 6400;
  std::vector<double> values(64 * blocks);
  rng::uniforms(2, trainplan::path_hash("strata"), 0, Sampling::stratified, values);
  for (std::size_t position = 0; position < 64; ++position) {
    std::array<double, 64> count{};
    for (std::size_t b = 0; b < blocks; ++b) {
      ++count[static_cast<std::size_t>(values[64 * b + position] * 64.0)];
    }
    const double expected = static_cast<double>(blocks) / 64.0;
    double chi_square = 0.0;
    for (const double c : count) chi_square += (c - expected) * (c - expected) / expected;
    EXPECT_LT(chi_square, 63.0 + 5.0 * std::sqrt(126.0)) << position;
  }
}

// Two positions of a block have every pair of different strata equally often: 4,032 pairs, 4,031 degrees of
// freedom, 5 standard errors.
TEST(Strata, OfNeighborsTakeEveryPairEquallyOften) {
  constexpr std::size_t blocks = 20 * 4032;
  std::vector<double> values(64 * blocks);
  rng::uniforms(3, trainplan::path_hash("pairs"), 0, Sampling::stratified, values);
  for (const std::size_t position : {0U, 31U, 62U}) {
    std::vector<double> count(64 * 64);
    for (std::size_t b = 0; b < blocks; ++b) {
      const auto first = static_cast<std::size_t>(values[64 * b + position] * 64.0);
      const auto second = static_cast<std::size_t>(values[64 * b + position + 1] * 64.0);
      ASSERT_NE(first, second);
      ++count[64 * first + second];
    }
    double chi_square = 0.0;
    for (std::size_t pair = 0; pair < count.size(); ++pair) {
      if (pair / 64 != pair % 64) chi_square += (count[pair] - 20.0) * (count[pair] - 20.0) / 20.0;
    }
    EXPECT_LT(chi_square, 4031.0 + 5.0 * std::sqrt(2.0 * 4031.0)) << position;
  }
}

}  // namespace
