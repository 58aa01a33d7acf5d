/// Random numbers that are a pure function of (seed, path, trial): Philox4x32-10 and blocks of 64 strata.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace trainplan {

/// How the trials of one quantity fill (0, 1).
enum class Sampling {
  stratified,  ///< every block of 64 trials has one trial in each 1/64 of (0, 1)
  random,      ///< trials independent of each other
};

/// FNV-1a, 64 bits, of the UTF-8 bytes of `path`.
[[nodiscard]] std::uint64_t path_hash(std::string_view path);

namespace rng {

/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011): four words from a counter and a key.
[[nodiscard]] std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                                  std::array<std::uint32_t, 2> key);

/// Uniform numbers of the trials first .. first + out.size() - 1 of one path; any `first`, any length.
/// Always (k + 1/2) 2^-52: never 0 or 1, and 1 - u is exact.
void uniforms(std::uint64_t seed, std::uint64_t path, std::uint64_t first, Sampling sampling,
              std::span<double> out);

}  // namespace rng
}  // namespace trainplan
