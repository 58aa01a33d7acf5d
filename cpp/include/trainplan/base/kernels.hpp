/// Elementary functions of the inner loops: written here, so that a given input has one result on every
/// instruction set and C library. Only +, -, *, / and bits are used, in one fixed order, without branches:
/// a loop over them vectorizes at every level (compile with -ffp-contract=off -fno-math-errno
/// -fno-trapping-math, as the core does). NaN in, NaN out.
///
/// Largest errors seen, in units in the last place, rounded up; against long double on at least 10^6 points
/// each:
///   exp 0.75, exp2 0.7, log 0.85, expm1 1.3, log1p 0.9, logistic 2.4, logit 2.3, normal quantile 2.5 for the
///   numbers that are drawn and 2.8 for any double. The tests assert looser bounds: 2 for exp, exp2 and log,
///   3 for expm1 and log1p, and absolute or relative tolerances for the others.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#define TRAINPLAN_INLINE [[gnu::always_inline]] inline

/// Before a function with a hot loop: compiled for three x86-64 levels, the processor's chosen at load time.
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(TRAINPLAN_NO_CLONES)
#define TRAINPLAN_CLONES [[gnu::target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")]]
#else
#define TRAINPLAN_CLONES
#endif

namespace trainplan::kernels {

namespace detail {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Adding this constant rounds a number below 2^51 to an integer, which then stands in the lowest bits:
// the conversion between doubles and 64-bit integers that every level has.
inline constexpr double shifter = 0x1.8p52;

// ln 2 in two parts; the first has 21 zero bits at its end, so that its product with an exponent is exact.
inline constexpr double ln2_high = 0x1.62e42fee00000p-1;
inline constexpr double ln2_low = 0x1.a39ef35793c76p-33;

TRAINPLAN_INLINE std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }
TRAINPLAN_INLINE double number(std::uint64_t x) { return std::bit_cast<double>(x); }

/// c[First] + c[First+1] x + ... (Count terms) by Estrin's scheme: short chains keep the units busy.
template <std::size_t First, std::size_t Count, std::size_t N>
TRAINPLAN_INLINE double estrin(const std::array<double, N>& c, double x, double x2, double x4, double x8,
                               double x16) {
  if constexpr (Count == 1) {
    return c[First];
  } else {
    constexpr std::size_t half = std::bit_floor(Count - 1);
    const double power = half == 1 ? x : half == 2 ? x2 : half == 4 ? x4 : half == 8 ? x8 : x16;
    return estrin<First, half>(c, x, x2, x4, x8, x16) +
           power * estrin<First + half, Count - half>(c, x, x2, x4, x8, x16);
  }
}

/// The polynomial with coefficients `c`, lowest first, at `x`.
template <std::size_t N>
TRAINPLAN_INLINE double polynomial(const std::array<double, N>& c, double x) {
  static_assert(N <= 32);
  const double x2 = x * x;
  const double x4 = x2 * x2;
  const double x8 = x4 * x4;
  return estrin<0, N>(c, x, x2, x4, x8, x8 * x8);
}

// All polynomials are near-minimax fits in the stated interval: least squares on Chebyshev nodes in 50-digit
// arithmetic, reweighted towards equal errors (Lawson 1961); coefficients rounded to double from the lowest
// on, the others fitted again after each. "Error" is relative to the function, in units of 2^-53.

/// (exp(r) - 1 - r) / r^2, |r| <= ln(2)/2; error 0.05.
inline constexpr std::array<double, 10> exp_terms = {
    0.5,
    0.16666666666666424,
    0.041666666666603215,
    0.008333333333506615,
    0.001388888892715303,
    0.000198412694515293,
    2.480150817293387e-05,
    2.7557653676565045e-06,
    2.762541138148992e-07,
    2.4974575664151765e-08,
};

/// (2^r - 1 - r ln 2) / r^2, |r| <= 1/2; error 0.04.
inline constexpr std::array<double, 10> exp2_terms = {
    0.24022650695910125,    0.055504108664820764,   0.009618129107595923,   0.0013333558146675993,
    0.00015403530455399385, 1.5252733558474573e-05, 1.3215435944406635e-06, 1.0178179224705203e-07,
    7.073693946899485e-09,  4.4371949191361467e-10,
};

/// (log((1 + s) / (1 - s)) / s - 2) / s^2 as a function of s^2, |s| <= 0.172; error 0.02.
inline constexpr std::array<double, 7> log_terms = {
    0.666666666666674,  0.3999999999937775,  0.28571428751251127, 0.2222219759803627,
    0.1818361827996516, 0.15312590198749396, 0.14811324583326205,
};

/// y 2^n, where `n` are the bits of n + shifter, |n| < 1,500: two factors, so that the result may overflow
/// or be subnormal though each factor is neither.
TRAINPLAN_INLINE double scaled(double y, std::uint64_t n) {
  const std::uint64_t half = n >> 1;
  return y * number((half + 1023) << 52) * number((n - half + 1023) << 52);
}

/// high - low + r^2 q + offset with r = high - low: the sum offset + high is made exact by its lost part.
/// |offset| >= |high| or offset = 0 (Dekker 1971).
TRAINPLAN_INLINE double sum_with_lost_part(double offset, double high, double rest) {
  const double sum = offset + high;
  const double lost = (offset - sum) + high;
  return sum + (lost + rest);
}

/// exp(x) for |x| < 1,000, unlimited otherwise: reduction to |r| <= ln(2)/2 after Cody and Waite 1980.
TRAINPLAN_INLINE double exp_within(double x) {
  const double shifted = x * 0x1.71547652b82fep+0 + shifter;
  const double n = shifted - shifter;
  const double high = x - n * ln2_high;
  const double low = n * ln2_low;
  const double r = high - low;
  const double y = sum_with_lost_part(1.0, high, r * r * polynomial(exp_terms, r) - low);
  return scaled(y, bits(shifted));
}

/// A positive number as 2^exponent (1 + fraction), 1 + fraction in [sqrt(1/2), sqrt(2)).
struct Split {
  double exponent;
  double fraction;
  std::uint64_t biased;  ///< exponent + 1,023, before the correction for subnormal numbers
};

TRAINPLAN_INLINE Split split_normal(double x, double bias = 0x1p52 + 1023) {
  constexpr std::uint64_t root_half = 0x3fe6a09e667f3bcd;  // sqrt(1/2)
  const std::uint64_t shifted = bits(x) + (bits(1.0) - root_half);
  const std::uint64_t biased = shifted >> 52;
  return {.exponent = number(biased | bits(0x1p52)) - bias,
          .fraction = number((shifted & 0x000fffffffffffff) + root_half) - 1.0,
          .biased = biased};
}

/// As split_normal, also of subnormal numbers.
TRAINPLAN_INLINE Split split(double x) {
  const bool subnormal = x < 0x1p-1022;
  return split_normal(subnormal ? x * 0x1p54 : x, subnormal ? 0x1p52 + 1023 + 54 : 0x1p52 + 1023);
}

/// exponent ln 2 + log(1 + fraction + small), with log(1 + f) = f - f^2/2 + s (f^2/2 + s^2 R(s^2)),
/// s = f / (2 + f), as in FDLIBM (Sun Microsystems 1993).
TRAINPLAN_INLINE double log_of_parts(double exponent, double fraction, double small = 0.0) {
  const double s = fraction / (2.0 + fraction);
  const double square = s * s;
  const double half_square = 0.5 * fraction * fraction;
  const double rest =
      s * (half_square + square * polynomial(log_terms, square)) + (exponent * ln2_low + small);
  return sum_with_lost_part(exponent * ln2_high, fraction, rest - half_square);
}

}  // namespace detail

/// e^x; 0 below -745.14, infinity above 709.79.
TRAINPLAN_INLINE double exp(double x) {
  double y = detail::exp_within(x);
  y = x < -745.2 ? 0.0 : y;
  return x > 709.8 ? detail::infinity : y;
}

/// 2^x, exact for integers; 0 from -1,075 down, infinity from 1,024 up.
TRAINPLAN_INLINE double exp2(double x) {
  using namespace detail;
  const double shifted = x + shifter;
  const double r = x - (shifted - shifter);
  // r ln 2 as an exact product of 26-bit factors and the rest.
  constexpr double ln2_26 = 0x1.62e4300000000p-1;
  constexpr double ln2_rest = -0x1.05c610ca86c39p-29;
  const double r_high = number(bits(r) & 0xfffffffff8000000);
  const double high = r_high * ln2_26;
  const double low = (r - r_high) * ln2_26 + r * ln2_rest;
  double y = scaled(sum_with_lost_part(1.0, high, r * r * polynomial(exp2_terms, r) + low), bits(shifted));
  y = x < -1076.0 ? 0.0 : y;
  return x >= 1024.0 ? infinity : y;
}

/// Natural logarithm, x >= 0 (subnormal numbers too): -infinity at 0, NaN below.
TRAINPLAN_INLINE double log(double x) {
  const detail::Split parts = detail::split(x);
  double y = detail::log_of_parts(parts.exponent, parts.fraction);
  y = x < detail::infinity ? y : x;
  return x > 0.0 ? y : (x == 0.0 ? -detail::infinity : detail::nan);
}

/// e^x - 1 without cancellation.
TRAINPLAN_INLINE double expm1(double x) {
  using namespace detail;
  const double shifted = x * 0x1.71547652b82fep+0 + shifter;
  const double n = shifted - shifter;
  const double high = x - n * ln2_high;
  const double low = n * ln2_low;
  const double r = high - low;
  // e^x - 1 = 2^n ((1 - 2^-n) + (e^r - 1)).
  const double inverse = number((1023 - bits(shifted)) << 52);
  const double offset = n > 100.0 ? 1.0 : 1.0 - inverse;
  const double sum = sum_with_lost_part(offset, high, r * r * polynomial(exp_terms, r) - low);
  double y = scaled(sum, bits(shifted));
  y = std::fabs(x) < 0x1p-54 ? x : y;  // keeps -0 and subnormal numbers
  y = x < -50.0 ? -1.0 : y;
  return x > 709.8 ? infinity : y;
}

/// log(1 + x), x >= -1, without cancellation: -infinity at -1, NaN below.
TRAINPLAN_INLINE double log1p(double x) {
  using namespace detail;
  const double u = 1.0 + x;
  const double x_kept = u - 1.0;
  const double lost = (1.0 - (u - x_kept)) + (x - x_kept);  // 1 + x = u + lost exactly (Knuth 1969)
  const Split parts = split_normal(u);
  const double scaled_lost = 0.5 * lost * number((2047 - parts.biased) << 52);  // lost 2^-exponent
  const double fraction = parts.fraction + scaled_lost;
  const double small = (parts.fraction - fraction) + scaled_lost;
  double y = log_of_parts(parts.exponent, fraction, small);
  y = std::fabs(x) < 0x1p-54 ? x : y;  // keeps -0 and subnormal numbers
  y = x < infinity ? y : x;
  return x > -1.0 ? y : (x == -1.0 ? -infinity : nan);
}

/// 1 / (1 + e^-x), in [0, 1].
TRAINPLAN_INLINE double logistic(double x) {
  // With e^-|x| neither end overflows, and the lower tail keeps its relative accuracy.
  const double size = std::fabs(x);
  double e = detail::exp_within(-size);
  e = size > 745.2 ? 0.0 : e;
  return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

/// log(p / (1 - p)), 0 <= p <= 1, infinite at the ends, NaN outside. Accurate near p = 1/2 too.
TRAINPLAN_INLINE double logit(double p) {
  using namespace detail;
  const double q = 1.0 - p;
  const double q_lost = (1.0 - q) - p;  // 1 - p = q + q_lost exactly
  // p / q = 2^k (1 + f), and f from the difference of p 2^-k and q, which is exact.
  const bool tiny = p < 0x1p-900;
  const double t = tiny ? p * 0x1p200 : p;
  const Split parts = split_normal(t / q, tiny ? 0x1p52 + 1023 + 200 : 0x1p52 + 1023);
  const double aligned = t * number((2046 - parts.biased) << 52);
  const double fraction = ((aligned - q) - q_lost) / q;
  double y = log_of_parts(parts.exponent, fraction);
  y = p < 1.0 ? y : (p == 1.0 ? infinity : nan);
  return p > 0.0 ? y : (p == 0.0 ? -infinity : nan);
}

/// Inverse of the standard normal distribution function, 0 < u < 1 (not checked); -normal_quantile(1 - u)
/// to the last bit where 1 - u is exact. Increasing from one multiple of 2^-53 to the next.
[[nodiscard]] double normal_quantile(double u);

/// The same bits for a whole lane: z[i] = normal_quantile(u[i]). `z` is as long as `u` and may be `u`,
/// but must not overlap it in part.
void normal_quantiles(std::span<const double> u, std::span<double> z);

}  // namespace trainplan::kernels
