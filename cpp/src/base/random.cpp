#include "trainplan/base/random.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "trainplan/base/kernels.hpp"

namespace trainplan {

std::uint64_t path_hash(std::string_view path) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : path) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

namespace rng {
namespace {

constexpr std::size_t block = 64;         // trials that share their strata
constexpr std::size_t pairs = block / 2;  // one Philox call gives the words of two trials
constexpr std::uint32_t multiplier0 = 0xD2511F53u;
constexpr std::uint32_t multiplier1 = 0xCD9E8D57u;
constexpr std::uint32_t weyl0 = 0x9E3779B9u;
constexpr std::uint32_t weyl1 = 0xBB67AE85u;

std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

// 32 x 32 -> 64 on purpose: every level has that product, and a 64-bit one is emulated below AVX-512.
TRAINPLAN_INLINE std::uint32_t product_high(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::uint32_t>((std::uint64_t{a} * b) >> 32);
}

/// (k + 1/2) 2^-52 of a 52-bit k, exact: k becomes the fraction of a number in [1, 2).
TRAINPLAN_INLINE double unit(std::uint64_t k) {
  return (std::bit_cast<double>(k | 0x3FF0000000000000u) - 1.0) + 0x1p-53;
}

struct Words {
  alignas(64) std::array<std::uint32_t, pairs> w0, w1, w2, w3;
};

// The words of pairs first_pair .. first_pair + 31 of a path.
TRAINPLAN_CLONES void philox_block(std::uint64_t seed, std::uint64_t path, std::uint64_t first_pair,
                                   Words& words) {
  for (std::size_t j = 0; j < pairs; ++j) {
    words.w0[j] =
        low(first_pair) + static_cast<std::uint32_t>(j);  // 32 pairs never carry: the first is aligned
    words.w1[j] = high(first_pair);
    words.w2[j] = low(path);
    words.w3[j] = high(path);
  }
  std::uint32_t key0 = low(seed);
  std::uint32_t key1 = high(seed);
  for (int round = 0; round < 10; ++round) {
    for (std::size_t j = 0; j < pairs; ++j) {
      const std::uint32_t high0 = product_high(multiplier0, words.w0[j]);
      const std::uint32_t high1 = product_high(multiplier1, words.w2[j]);
      const std::uint32_t low0 = multiplier0 * words.w0[j];
      const std::uint32_t low1 = multiplier1 * words.w2[j];
      words.w0[j] = high1 ^ words.w1[j] ^ key0;
      words.w1[j] = low1;
      words.w2[j] = high0 ^ words.w3[j] ^ key1;
      words.w3[j] = low0;
    }
    key0 += weyl0;
    key1 += weyl1;
  }
}

TRAINPLAN_CLONES void random_block(const Words& words, double* out) {
  for (std::size_t j = 0; j < pairs; ++j) {
    out[2 * j] = unit((std::uint64_t{words.w1[j]} << 20) | (words.w0[j] >> 12));
    out[2 * j + 1] = unit((std::uint64_t{words.w3[j]} << 20) | (words.w2[j] >> 12));
  }
}

// The top six bits of each trial are its stratum: a permutation of 0 .. 63 by eight rounds on 64 positions.
TRAINPLAN_CLONES void stratified_block(const Words& words, const std::array<std::uint32_t, 4>& keys,
                                       double* out) {
  alignas(64) std::array<std::uint32_t, block> strata;
  for (std::size_t i = 0; i < block; ++i) {
    auto x = static_cast<std::uint32_t>(i);
    for (const std::uint32_t key : keys) {
      x = (x * (((key >> 8) & 255) | 1) + (key & 255)) & 63;
      x ^= x >> 3;
      x = (x * ((key >> 24) | 1) + ((key >> 16) & 255)) & 63;
      x ^= x >> 3;
    }
    strata[i] = x;
  }
  for (std::size_t j = 0; j < pairs; ++j) {
    const std::uint64_t even = (std::uint64_t{words.w1[j]} << 14) | (words.w0[j] >> 18);
    const std::uint64_t odd = (std::uint64_t{words.w3[j]} << 14) | (words.w2[j] >> 18);
    out[2 * j] = unit((std::uint64_t{strata[2 * j]} << 46) | even);
    out[2 * j + 1] = unit((std::uint64_t{strata[2 * j + 1]} << 46) | odd);
  }
}

// Trials 64 b .. 64 b + 63.
void fill_block(std::uint64_t seed, std::uint64_t path, std::uint64_t b, Sampling sampling, double* out) {
  Words words;
  philox_block(seed, path, b * pairs, words);
  if (sampling == Sampling::random) {
    random_block(words, out);
    return;
  }
  const std::uint64_t marked = (std::uint64_t{1} << 63) | b;
  stratified_block(words, philox({low(marked), high(marked), low(path), high(path)}, {low(seed), high(seed)}),
                   out);
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    counter = {product_high(multiplier1, counter[2]) ^ counter[1] ^ key[0], multiplier1 * counter[2],
               product_high(multiplier0, counter[0]) ^ counter[3] ^ key[1], multiplier0 * counter[0]};
    key[0] += weyl0;
    key[1] += weyl1;
  }
  return counter;
}

void uniforms(std::uint64_t seed, std::uint64_t path, std::uint64_t first, Sampling sampling,
              std::span<double> out) {
  std::array<double, block> whole;
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint64_t trial = first + done;
    const std::size_t skipped = trial % block;
    const std::size_t wanted = std::min(block - skipped, out.size() - done);
    if (wanted == block) {
      fill_block(seed, path, trial / block, sampling, out.data() + done);
    } else {
      fill_block(seed, path, trial / block, sampling, whole.data());
      std::copy_n(whole.data() + skipped, wanted, out.data() + done);
    }
    done += wanted;
  }
}

}  // namespace rng
}  // namespace trainplan
