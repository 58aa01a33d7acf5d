#include "trainplan/base/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace {

using trainplan::Sampling;
namespace rng = trainplan::rng;

constexpr std::uint64_t path = 0x0123456789ABCDEFU;

std::vector<double> drawn(std::uint64_t seed, std::uint64_t hash, std::uint64_t first, std::size_t n,
                          Sampling sampling) {
  std::vector<double> values(n);
  rng::uniforms(seed, hash, first, sampling, values);
  return values;
}

// D. E. Shaw Research, Random123, tests/kat_vectors, philox4x32 10.
TEST(Random, PhiloxGivesThePublishedAnswers) {
  using Words = std::array<std::uint32_t, 4>;
  EXPECT_EQ(rng::philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(rng::philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

// Fowler, Noll and Vo's test vectors of FNV-1a, 64 bits.
TEST(Random, ThePathHashIsFnv1a) {
  EXPECT_EQ(trainplan::path_hash(""), 0xCBF29CE484222325U);
  EXPECT_EQ(trainplan::path_hash("a"), 0xAF63DC4C8601EC8CU);
  EXPECT_EQ(trainplan::path_hash("foobar"), 0x85944171F73967E8U);
}

TEST(Random, UniformsGiveTheKnownVectors) {
  EXPECT_EQ(drawn(7, path, 0, 8, Sampling::random),
            (std::vector<double>{0x1.6ade155b2f95fp-1, 0x1.bc8d65e5094b5p-1, 0x1.29237d72799f1p-1,
                                 0x1.c079805722829p-1, 0x1.d97a964cedcaep-2, 0x1.5dda38011ae62p-2,
                                 0x1.1ed4cd502177p-5, 0x1.66de82c1eb3c9p-1}));
  EXPECT_EQ(drawn(7, path, 0, 8, Sampling::stratified),
            (std::vector<double>{0x1.15ab78556cbe5p-1, 0x1.7791acbca1298p-4, 0x1.d29237d72799cp-3,
                                 0x1.c07980572284p-7, 0x1.33b2f52c99db9p-1, 0x1.fabbb4700235dp-1,
                                 0x1.a047b53354085p-1, 0x1.2d9b7a0b07acfp-1}));
}

TEST(Random, AnyStretchOfTrialsIsThatOfAllTrials) {
  for (const Sampling sampling : {Sampling::random, Sampling::stratified}) {
    const auto all = drawn(3, path, 0, 500, sampling);
    for (const auto& [first, n] :
         {std::pair<std::size_t, std::size_t>{0, 1}, {1, 63}, {63, 2}, {64, 64}, {65, 200}, {130, 370}}) {
      const std::vector<double> wanted(all.begin() + static_cast<std::ptrdiff_t>(first),
                                       all.begin() + static_cast<std::ptrdiff_t>(first + n));
      EXPECT_EQ(drawn(3, path, first, n, sampling), wanted) << first;
    }
  }
}

TEST(Random, EveryBlockOf64HasOneTrialInEachStratum) {
  const auto values = drawn(11, path, 0, 64 * 200, Sampling::stratified);
  for (std::size_t block = 0; block < 200; ++block) {
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < 64; ++i)
      seen |= std::uint64_t{1} << static_cast<unsigned>(values[64 * block + i] * 64.0);
    EXPECT_EQ(seen, ~std::uint64_t{0}) << block;
  }
}

TEST(Random, NumbersAreOddMultiplesOfTwoToTheMinus53) {
  for (const Sampling sampling : {Sampling::random, Sampling::stratified}) {
    for (const double u : drawn(1, path, 0, 4096, sampling)) {
      EXPECT_GT(u, 0.0);
      EXPECT_LT(u, 1.0);
      EXPECT_EQ(std::fmod(u * 0x1p53, 2.0), 1.0);
    }
  }
}

TEST(Random, TheMeanOfAStratifiedBlockIsNearAHalf) {
  // Each stratum's number is uniform in it: the block mean has sd 1/(64 sqrt(12 64)), eight times less than
  // plain.
  const auto values = drawn(5, path, 0, 64 * 1000, Sampling::stratified);
  for (std::size_t block = 0; block < 1000; ++block) {
    double sum = 0.0;
    for (std::size_t i = 0; i < 64; ++i) sum += values[64 * block + i];
    EXPECT_NEAR(sum / 64.0, 0.5, 6.0 / (64.0 * std::sqrt(12.0 * 64.0)));
  }
}

// Strata of two paths must not go together: n times the variance of the correlation is 1, as for plain draws.
TEST(Random, PathsAreNotCorrelatedMoreThanPlainDraws) {
  constexpr std::size_t n = 1024;
  constexpr std::size_t paths = 40;
  constexpr int seeds = 100;
  double sum_of_squares = 0.0;
  std::size_t count = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    std::vector<std::vector<double>> draws;
    for (std::size_t p = 0; p < paths; ++p)
      draws.push_back(drawn(seed, trainplan::path_hash("q" + std::to_string(p)), 0, n, Sampling::stratified));
    for (std::size_t a = 0; a < paths; ++a) {
      for (std::size_t b = a + 1; b < paths; ++b) {
        double product = 0.0;
        for (std::size_t i = 0; i < n; ++i) product += (draws[a][i] - 0.5) * (draws[b][i] - 0.5);
        const double rho = 12.0 * product / static_cast<double>(n);
        sum_of_squares += static_cast<double>(n) * rho * rho;
        ++count;
      }
    }
  }
  const double mean = sum_of_squares / static_cast<double>(count);
  EXPECT_GT(mean, 0.95);
  EXPECT_LT(mean, 1.08);
}

struct Pairs {
  std::vector<double> one, other;
};
Pairs pairs(std::uint64_t seed, std::uint64_t hash, std::uint64_t first, std::size_t n) {
  Pairs made{std::vector<double>(n), std::vector<double>(n)};
  rng::normal_pairs(seed, hash, first, made.one, made.other);
  return made;
}

TEST(Random, AnyStretchOfPairsIsThatOfAllPairs) {
  const Pairs all = pairs(3, path, 0, 500);
  for (const auto& [first, n] : {std::pair<std::size_t, std::size_t>{0, 1}, {1, 63}, {63, 2}, {65, 200}}) {
    const Pairs some = pairs(3, path, first, n);
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_EQ(some.one[i], all.one[first + i]) << first;
      EXPECT_EQ(some.other[i], all.other[first + i]) << first;
    }
  }
}

// Moments and the product of the two, each within five standard errors.
TEST(Random, NormalPairsAreIndependentStandardNormals) {
  constexpr std::size_t n = 200'000;
  const Pairs made = pairs(11, path, 0, n);
  double mean = 0.0, square = 0.0, cube = 0.0, fourth = 0.0, product = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    for (const double z : {made.one[i], made.other[i]}) {
      mean += z;
      square += z * z;
      cube += z * z * z;
      fourth += z * z * z * z;
    }
    product += made.one[i] * made.other[i];
    squares += (made.one[i] * made.one[i] - 1.0) * (made.other[i] * made.other[i] - 1.0);
  }
  const double count = 2.0 * n;
  EXPECT_NEAR(mean / count, 0.0, 5.0 / std::sqrt(count));
  EXPECT_NEAR(square / count, 1.0, 5.0 * std::sqrt(2.0 / count));
  EXPECT_NEAR(cube / count, 0.0, 5.0 * std::sqrt(15.0 / count));
  EXPECT_NEAR(fourth / count, 3.0, 5.0 * std::sqrt(96.0 / count));
  EXPECT_NEAR(product / n, 0.0, 5.0 / std::sqrt(static_cast<double>(n)));
  EXPECT_NEAR(squares / n, 0.0, 5.0 * 2.0 / std::sqrt(static_cast<double>(n)));
}

}  // namespace
