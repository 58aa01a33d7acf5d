#include "trainplan/base/random.hpp"

#include <algorithm>
#include <bit>

#include "trainplan/base/kernels.hpp"
#if TRAINPLAN_X86_LEVELS
#include <immintrin.h>
#endif

namespace trainplan {

std::uint64_t path_hash(std::string_view path) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : path) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

namespace rng {
namespace {

constexpr std::uint64_t block_size = 64;  // trials
constexpr std::size_t rounds = 10;
constexpr std::uint32_t multiplier_0 = 0xD2511F53;
constexpr std::uint32_t multiplier_1 = 0xCD9E8D57;

TRAINPLAN_INLINE std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
TRAINPLAN_INLINE std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

/// The key of every round.
struct Keys {
  std::array<std::uint32_t, rounds> k0;
  std::array<std::uint32_t, rounds> k1;
};

TRAINPLAN_INLINE Keys key_schedule(std::uint32_t k0, std::uint32_t k1) {
  Keys keys;
  for (std::uint32_t round = 0; round < rounds; ++round) {
    keys.k0[round] = k0 + round * 0x9E3779B9u;
    keys.k1[round] = k1 + round * 0xBB67AE85u;
  }
  return keys;
}

/// Four counter words, each in a lane of 32 bits or in the lower half of one of 64 bits, whose upper half is
/// then arbitrary.
template <class Lane>
struct Words {
  Lane c0, c1, c2, c3;
};

template <class Lane>
TRAINPLAN_INLINE Words<Lane> philox_rounds(Words<Lane> c, const Keys& keys) {
#pragma GCC unroll 10
  for (std::size_t round = 0; round < rounds; ++round) {
    const std::uint64_t product_0 = std::uint64_t{multiplier_0} * static_cast<std::uint32_t>(c.c0);
    const std::uint64_t product_1 = std::uint64_t{multiplier_1} * static_cast<std::uint32_t>(c.c2);
    c = {static_cast<Lane>(product_1 >> 32) ^ c.c1 ^ keys.k0[round], static_cast<Lane>(product_1),
         static_cast<Lane>(product_0 >> 32) ^ c.c3 ^ keys.k1[round], static_cast<Lane>(product_0)};
  }
  return c;
}

using BlockWords = std::array<std::uint64_t, block_size>;

/// The 64 trials' words of one block. 32-bit lanes are the faster ones where 64-bit products are emulated
/// (SSE2), 64-bit lanes where they are not (AVX-512).
template <class Lane>
struct PlainWords {
  TRAINPLAN_INLINE static void fill(std::uint64_t block, std::uint64_t path, const Keys& keys,
                                    BlockWords& words) {
    const std::uint64_t pair = block * (block_size / 2);
    const Lane pair_low = low(pair);
    const Lane pair_high = high(pair);
    const Lane path_low = low(path);
    const Lane path_high = high(path);
    for (std::uint32_t j = 0; j < block_size / 2; ++j) {
      const auto out = philox_rounds<Lane>({pair_low | j, pair_high, path_low, path_high}, keys);
      words[2 * j] = (std::uint64_t{out.c1} << 32) | static_cast<std::uint32_t>(out.c0);
      words[2 * j + 1] = (std::uint64_t{out.c3} << 32) | static_cast<std::uint32_t>(out.c2);
    }
  }
};

#if TRAINPLAN_X86_LEVELS
[[gnu::target("arch=x86-64-v3")]] __m256i all(std::uint64_t x) {
  return _mm256_set1_epi64x(static_cast<long long>(x));
}

/// The same with AVX2's own 32 x 32 -> 64 bit multiplication: from plain code the compiler makes shuffles
/// between the halves of a register, which take twice the time.
struct Avx2Words {
  [[gnu::target("arch=x86-64-v3")]] static void fill(std::uint64_t block, std::uint64_t path,
                                                     const Keys& keys, BlockWords& words) {
    const std::uint64_t pair = block * (block_size / 2);
    for (std::uint64_t j = 0; j < block_size / 2; j += 4) {
      __m256i c0 = _mm256_add_epi64(all(low(pair) + j), _mm256_set_epi64x(3, 2, 1, 0));
      __m256i c1 = all(high(pair));
      __m256i c2 = all(low(path));
      __m256i c3 = all(high(path));
#pragma GCC unroll 10
      for (std::size_t round = 0; round < rounds; ++round) {
        const __m256i product_0 = _mm256_mul_epu32(c0, all(multiplier_0));
        const __m256i product_1 = _mm256_mul_epu32(c2, all(multiplier_1));
        c0 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product_1, 32), c1), all(keys.k0[round]));
        c1 = product_1;
        c2 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product_0, 32), c3), all(keys.k1[round]));
        c3 = product_0;
      }
      constexpr int upper_halves = 0b10101010;
      const __m256i even = _mm256_blend_epi32(c0, _mm256_slli_epi64(c1, 32), upper_halves);
      const __m256i odd = _mm256_blend_epi32(c2, _mm256_slli_epi64(c3, 32), upper_halves);
      const __m256i first_and_third = _mm256_unpacklo_epi64(even, odd);
      const __m256i second_and_fourth = _mm256_unpackhi_epi64(even, odd);
      auto* to = reinterpret_cast<__m256i*>(words.data() + 2 * j);
      _mm256_storeu_si256(to, _mm256_permute2x128_si256(first_and_third, second_and_fourth, 0x20));
      _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(first_and_third, second_and_fourth, 0x31));
    }
  }
};
#endif

/// 1.0 with k as its fraction is 1 + k 2^-52; exact, since the difference has 53 bits.
TRAINPLAN_INLINE double uniform_of(std::uint64_t k) {
  return std::bit_cast<double>(k | std::bit_cast<std::uint64_t>(1.0)) - (1.0 - 0x1p-53);
}

using Strata = std::array<std::uint16_t, block_size>;

TRAINPLAN_INLINE void fill_strata(std::uint64_t block, std::uint64_t path, const Keys& keys, Strata& strata) {
  const std::uint64_t counter = (std::uint64_t{1} << 63) | block;
  const auto out = philox_rounds<std::uint32_t>({low(counter), high(counter), low(path), high(path)}, keys);
  const std::array<std::uint32_t, 4> words = {out.c0, out.c1, out.c2, out.c3};
  std::array<std::uint16_t, 8> factor;
  std::array<std::uint16_t, 8> addend;
  for (std::size_t r = 0; r < 8; ++r) {
    const std::uint32_t half = (words[r / 2] >> (16 * (r % 2))) & 0xFFFF;
    factor[r] = static_cast<std::uint16_t>((half >> 8) | 1);
    addend[r] = static_cast<std::uint16_t>(half & 255);
  }
  // One loop over the positions with the rounds inside, in 16 bits: the vector units then hold x throughout.
  for (std::size_t i = 0; i < block_size; ++i) {
    std::uint16_t x = static_cast<std::uint16_t>(i);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < 8; ++r) {
      x = static_cast<std::uint16_t>((x * factor[r] + addend[r]) & 63);
      x = static_cast<std::uint16_t>(x ^ (x >> 3));
    }
    strata[i] = x;
  }
}

/// WordsOfBlock: how the words of a block are made at this level.
template <class WordsOfBlock>
TRAINPLAN_INLINE void fill_blocks(std::uint64_t seed, std::uint64_t path, std::uint64_t first_block,
                                  Sampling sampling, double* out, std::size_t blocks) {
  const Keys keys = key_schedule(low(seed), high(seed));
  BlockWords words;
  Strata strata;
  for (std::size_t b = 0; b < blocks; ++b, out += block_size) {
    WordsOfBlock::fill(first_block + b, path, keys, words);
    if (sampling == Sampling::random) {
      for (std::size_t i = 0; i < block_size; ++i) out[i] = uniform_of(words[i] >> 12);
    } else {
      fill_strata(first_block + b, path, keys, strata);
      for (std::size_t i = 0; i < block_size; ++i) {
        out[i] = uniform_of((std::uint64_t{strata[i]} << 46) | (words[i] >> 18));
      }
    }
  }
}

template <class WordsOfBlock>
TRAINPLAN_INLINE void fill_pairs(std::uint64_t seed, std::uint64_t path, std::uint64_t first_block,
                                 double* one, double* other, std::size_t blocks) {
  const Keys keys = key_schedule(low(seed), high(seed));
  BlockWords words;
  for (std::size_t b = 0; b < blocks; ++b, one += block_size, other += block_size) {
    WordsOfBlock::fill(first_block + b, path, keys, words);
    for (std::size_t i = 0; i < block_size; ++i) {
      const kernels::NormalPair pair = kernels::normal_pair(words[i]);
      one[i] = pair.first;
      other[i] = pair.second;
    }
  }
}

// Not TRAINPLAN_CLONES: the levels differ in how they make the words.
// NOLINTBEGIN(bugprone-macro-parentheses): a target and types
#define TRAINPLAN_RANDOM_LEVEL(name, target, WordsOfBlock)                                                 \
  target void uniforms_##name(std::uint64_t seed, std::uint64_t path, std::uint64_t first_block,           \
                              Sampling sampling, double* out, std::size_t blocks) {                        \
    fill_blocks<WordsOfBlock>(seed, path, first_block, sampling, out, blocks);                             \
  }                                                                                                        \
  target void pairs_##name(std::uint64_t seed, std::uint64_t path, std::uint64_t first_block, double* one, \
                           double* other, std::size_t blocks) {                                            \
    fill_pairs<WordsOfBlock>(seed, path, first_block, one, other, blocks);                                 \
  }
// NOLINTEND(bugprone-macro-parentheses)
TRAINPLAN_RANDOM_LEVEL(baseline, , PlainWords<std::uint32_t>)
#if TRAINPLAN_X86_LEVELS
TRAINPLAN_RANDOM_LEVEL(x86_64_v3, [[gnu::target("arch=x86-64-v3")]], Avx2Words)
TRAINPLAN_RANDOM_LEVEL(x86_64_v4, [[gnu::target("arch=x86-64-v4")]], PlainWords<std::uint64_t>)
#endif

/// Calls whole(block, blocks, at) for the whole blocks among the trials first .. first + count - 1, and
/// part(block, start, length, at) for what is left at the ends; `at` counts from `first`.
template <class Whole, class Part>
void by_blocks(std::uint64_t first, std::size_t count, Whole whole, Part part) {
  std::uint64_t block = first / block_size;
  std::size_t at = 0;
  if (const std::size_t start = first % block_size; start != 0) {
    at = std::min<std::size_t>(block_size - start, count);
    part(block, start, at, std::size_t{0});
    ++block;
  }
  const std::size_t blocks = (count - at) / block_size;
  whole(block, blocks, at);
  at += blocks * block_size;
  if (at < count) part(block + blocks, std::size_t{0}, count - at, at);
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  const auto out = philox_rounds<std::uint32_t>({counter[0], counter[1], counter[2], counter[3]},
                                                key_schedule(key[0], key[1]));
  return {out.c0, out.c1, out.c2, out.c3};
}

detail::Level detail::best_level() {
#if TRAINPLAN_X86_LEVELS
  if (__builtin_cpu_supports("x86-64-v4")) return Level::x86_64_v4;
  if (__builtin_cpu_supports("x86-64-v3")) return Level::x86_64_v3;
#endif
  return Level::baseline;
}

void detail::uniform_blocks(Level level, std::uint64_t seed, std::uint64_t path, std::uint64_t first_block,
                            Sampling sampling, double* out, std::size_t blocks) {
#if TRAINPLAN_X86_LEVELS
  if (level == Level::x86_64_v4) return uniforms_x86_64_v4(seed, path, first_block, sampling, out, blocks);
  if (level == Level::x86_64_v3) return uniforms_x86_64_v3(seed, path, first_block, sampling, out, blocks);
#endif
  static_cast<void>(level);
  uniforms_baseline(seed, path, first_block, sampling, out, blocks);
}

void detail::pair_blocks(Level level, std::uint64_t seed, std::uint64_t path, std::uint64_t first_block,
                         double* one, double* other, std::size_t blocks) {
#if TRAINPLAN_X86_LEVELS
  if (level == Level::x86_64_v4) return pairs_x86_64_v4(seed, path, first_block, one, other, blocks);
  if (level == Level::x86_64_v3) return pairs_x86_64_v3(seed, path, first_block, one, other, blocks);
#endif
  static_cast<void>(level);
  pairs_baseline(seed, path, first_block, one, other, blocks);
}

void uniforms(std::uint64_t seed, std::uint64_t path, std::uint64_t first, Sampling sampling,
              std::span<double> out) {
  static const detail::Level level = detail::best_level();
  by_blocks(
      first, out.size(),
      [&](std::uint64_t block, std::size_t blocks, std::size_t at) {
        detail::uniform_blocks(level, seed, path, block, sampling, out.data() + at, blocks);
      },
      [&](std::uint64_t block, std::size_t start, std::size_t length, std::size_t at) {
        std::array<double, block_size> whole;
        detail::uniform_blocks(level, seed, path, block, sampling, whole.data(), 1);
        std::copy_n(whole.data() + start, length, out.data() + at);
      });
}

void normal_pairs(std::uint64_t seed, std::uint64_t path, std::uint64_t first, std::span<double> one,
                  std::span<double> other) {
  static const detail::Level level = detail::best_level();
  by_blocks(
      first, one.size(),
      [&](std::uint64_t block, std::size_t blocks, std::size_t at) {
        detail::pair_blocks(level, seed, path, block, one.data() + at, other.data() + at, blocks);
      },
      [&](std::uint64_t block, std::size_t start, std::size_t length, std::size_t at) {
        std::array<double, block_size> first_ones;
        std::array<double, block_size> others;
        detail::pair_blocks(level, seed, path, block, first_ones.data(), others.data(), 1);
        std::copy_n(first_ones.data() + start, length, one.data() + at);
        std::copy_n(others.data() + start, length, other.data() + at);
      });
}

}  // namespace rng
}  // namespace trainplan
