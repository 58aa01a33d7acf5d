/// Random numbers that are a pure function of (seed, path, trial): Philox4x32-10 and blocks of 64 strata.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace trainplan {

/// How the trials of one quantity fill (0, 1). Both give exactly uniform numbers, independent across paths.
enum class Sampling {
  stratified,  ///< trials 64 b .. 64 b + 63 have one number in each 1/64 of (0, 1), for every b
  random,      ///< trials independent of each other
};

/// The number of a random stream: FNV-1a of 64 bits (Fowler, Noll and Vo 1991) of the UTF-8 bytes of `path`.
[[nodiscard]] std::uint64_t path_hash(std::string_view path);

namespace rng {

/// Raised whenever the same seed would give other draws.
inline constexpr int stream_version = 1;

/// Philox4x32-10: four random words from a counter and a key (Salmon, Moraes, Dror and Shaw, "Parallel random
/// numbers: as easy as 1, 2, 3", SC11, 2011).
[[nodiscard]] std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                                  std::array<std::uint32_t, 2> key);

/// Uniform numbers of the trials first .. first + out.size() - 1 of one path; any `first`, any length.
/// Always (k + 1/2) 2^-52: never 0 or 1, and 1 - u is exact. Trial i depends on (seed, path, i) alone.
///
/// random: k = W >> 12, where W is trial i's 64-bit word: key (seed), counter (i / 2, path), low 32 bits
/// first; even i takes the words 1:0, odd i the words 3:2. stratified: the six highest bits of k are the
/// stratum instead, the others W >> 18; a block's strata are a random permutation of 0 .. 63, eight rounds of
/// x = x (odd) + c mod 64, x ^= x >> 3 with the 16-bit halves of Philox at the counter (2^63 + block, path).
void uniforms(std::uint64_t seed, std::uint64_t path, std::uint64_t first, Sampling sampling,
              std::span<double> out);

/// Two independent standard normal numbers a trial, kernels::normal_pair of the words W above: for draws of
/// which there are hundreds and stratifying one gains nothing.
void normal_pairs(std::uint64_t seed, std::uint64_t path, std::uint64_t first, std::span<double> one,
                  std::span<double> other);

namespace detail {

/// The versions of the loop below; only the first exists where the others were not compiled.
enum class Level { baseline, x86_64_v3, x86_64_v4 };

/// The highest level that this build has and this processor runs.
[[nodiscard]] Level best_level();

/// The loop of `uniforms` at one level, for whole blocks of 64 trials: each level gives the same bits.
void uniform_blocks(Level level, std::uint64_t seed, std::uint64_t path, std::uint64_t first_block,
                    Sampling sampling, double* out, std::size_t blocks);
/// The same of `normal_pairs`.
void pair_blocks(Level level, std::uint64_t seed, std::uint64_t path, std::uint64_t first_block, double* one,
                 double* other, std::size_t blocks);

}  // namespace detail
}  // namespace rng
}  // namespace trainplan
