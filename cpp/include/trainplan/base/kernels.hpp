/// Over 400 lines: most are the coefficients of the fits.
///
/// Elementary functions of the inner loops: written here, so that a given input has one result on every
/// instruction set and C library. Only +, -, *, /, fma and bits are used, in one fixed order, without
/// branches: a loop over them vectorizes at every level that has fma (before x86-64-v3 the C library computes
/// it: the same bits, slowly) (compile with -ffp-contract=off -fno-math-errno -fno-trapping-math, as the core
/// does). NaN in, NaN out.
///
/// Largest errors, in units in the last place of the exact value:
///   exp 1.0, exp2 0.9, log 0.85, expm1 1.3, log1p 0.9, logistic 2.4, logit 2.3,
///   normal quantile 2.5 (relative 4e-16) for multiples of 2^-53, 2.8 (4.3e-16) for any number in (0, 1).
/// They are the largest seen on 10^7 points each, rounded up; the tests assert them.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>

#define TRAINPLAN_INLINE [[gnu::always_inline]] inline

/// TRAINPLAN_X86_LEVELS: 1 where functions are compiled for several x86-64 levels.
/// TRAINPLAN_CLONES before a function with a hot loop: a version for each level, chosen at load time.
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(TRAINPLAN_NO_CLONES)
#define TRAINPLAN_X86_LEVELS 1
#define TRAINPLAN_CLONES [[gnu::target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")]]
#else
#define TRAINPLAN_X86_LEVELS 0
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

/// a b + c, rounded once.
TRAINPLAN_INLINE double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }

/// c[First] + c[First+1] x + ... (Count terms) by Estrin's scheme: short chains keep the units busy.
template <std::size_t First, std::size_t Count, std::size_t N>
TRAINPLAN_INLINE double estrin(const std::array<double, N>& c, double x, double x2, double x4, double x8,
                               double x16) {
  if constexpr (Count == 1) {
    return c[First];
  } else {
    constexpr std::size_t half = std::bit_floor(Count - 1);
    const double power = half == 1 ? x : half == 2 ? x2 : half == 4 ? x4 : half == 8 ? x8 : x16;
    return fma(power, estrin<First + half, Count - half>(c, x, x2, x4, x8, x16),
               estrin<First, half>(c, x, x2, x4, x8, x16));
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

/// Phi(-z) / phi(z) (1 + 2 z) / sqrt(2 pi), z >= 0, as a function of (z - 4) / (z + 4); error 0.8.
inline constexpr std::array<double, 25> mills_terms = {
    0.8496957717177205,     -0.023009233104596044,  -0.09637998589041412,    0.1289081354448213,
    -0.09526047896240356,   0.04436429044206277,    -0.01051231925903394,    -0.0012100600575065,
    0.0015769784997616534,  -0.0001433055227140476, -0.00020435484406575288, 3.78680205139378e-05,
    3.155778298158253e-05,  -6.033051392837914e-06, -5.8883694826810215e-06, 5.981912776616959e-07,
    1.1992935842007313e-06, 6.349520164100601e-08,  -2.3129501765094452e-07, -5.968408684924079e-08,
    3.346212636038938e-08,  1.920356316488475e-08,  -1.1093551097352752e-09, -2.9789910258053474e-09,
    -6.282482600482469e-10,
};

/// sin(pi t) / t and cos(pi t) as functions of t^2, |t| <= 1/2; errors 1.3e-16 and 1e-16.
inline constexpr std::array<double, 9> sine_terms = {
    3.141592653589793,     -5.167712780049969,      2.5501640398773007,
    -0.5992645293189447,   0.0821458865731029,      -0.007370430505916944,
    0.0004662998161898394, -2.1903497074626018e-05, 7.697826768224191e-07,
};
inline constexpr std::array<double, 9> cosine_terms = {
    1.0,
    -4.934802200544676,
    4.058712126416497,
    -1.335262768843447,
    0.23533063012953284,
    -0.025806888737002202,
    0.0019295562724817132,
    -0.00010456655338748738,
    4.149564353942586e-06,
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

/// e^x as value 2^n, where `power` are the bits of n + shifter: reduction to |r| <= ln(2)/2 after Cody and
/// Waite 1980.
struct ReducedExp {
  double value;
  std::uint64_t power;
};
TRAINPLAN_INLINE ReducedExp reduced_exp(double x) {
  const double shifted = fma(x, 0x1.71547652b82fep+0, shifter);
  const double n = shifted - shifter;
  const double r = fma(-n, ln2_low, fma(-n, ln2_high, x));
  return {.value = 1.0 + fma(r * r, polynomial(exp_terms, r), r), .power = bits(shifted)};
}

/// exp(x) for |x| < 1,000, unlimited otherwise.
TRAINPLAN_INLINE double exp_within(double x) {
  const ReducedExp e = reduced_exp(x);
  return scaled(e.value, e.power);
}

/// The same for -708 <= x <= 709: the result is a normal number, and one factor does.
TRAINPLAN_INLINE double exp_normal(double x) {
  const ReducedExp e = reduced_exp(x);
  return e.value * number((e.power + 1023) << 52);
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
      fma(s, fma(square, polynomial(log_terms, square), half_square), fma(exponent, ln2_low, small));
  return sum_with_lost_part(exponent * ln2_high, fraction, rest - half_square);
}

// The normal quantile in three parts, in the manner of Wichura 1988 (AS 241) with own fits: rational
// functions of (u - 1/2)^2 in the centre, of r = sqrt(-log p) beyond it, p = min(u, 1 - u), and polynomials
// in the far tails (kernels.cpp). Each function is only the small difference to a number known to more than
// 53 bits, which keeps the rounding errors of its terms small.

/// The centre is (u - 1/2)^2 <= 11/64, that is 0.0854 < u < 0.9146.
inline constexpr double central_limit = 0.171875;
inline constexpr double root_two_pi = 2.5066282746310007;
inline constexpr double root_two_pi_rest = -1.8328579980459167e-16;

/// (quantile / q - sqrt(2 pi)) / q^2 with q = u - 1/2, as a function of 11/64 - q^2; error 0.3.
inline constexpr std::array<double, 7> central_numerator = {
    4.635485610096349,  152.00532284353204, 1838.8081062664646, 10117.29507377033,
    25218.755198150182, 24540.224189791425, 6013.2353465892975,
};
inline constexpr std::array<double, 8> central_denominator = {
    1.0,
    38.289730159993134,
    564.9586139686884,
    4049.5757333212778,
    14636.109161587467,
    25121.945835572362,
    17169.93537329354,
    2952.6164578526177,
};

/// |quantile| - r as a function of r - 2, up to r = 4.2, that is p > 2.1e-8; error 0.04.
inline constexpr double outer_end = 4.2;
inline constexpr std::array<double, 8> outer_numerator = {
    0.08984998297125729, 0.7844287802766408,  1.109259316959344,    0.6727516410167498,
    0.21138337193148424, 0.03564387137907238, 0.003003530336940829, 9.582866275890837e-05,
};
inline constexpr std::array<double, 8> outer_denominator = {
    1.0,
    1.7116754249517454,
    1.1686610058989557,
    0.4050960865806787,
    0.0745585697633627,
    0.0067986287943758335,
    0.00023119740146252014,
    2.0657487390122624e-09,
};

/// log(u) of a normal number, shorter than log_of_parts: for -log(u) as part of a draw.
TRAINPLAN_INLINE double short_log(double u) {
  const Split parts = split_normal(u);
  const double s = parts.fraction / (2.0 + parts.fraction);
  const double square = s * s;
  const double log_fraction = (s + s) + s * (square * polynomial(log_terms, square));
  return parts.exponent * ln2_high + (parts.exponent * ln2_low + log_fraction);
}

struct CentralQuantile {
  double z;
  double room;  ///< negative outside the centre, where z means nothing
};

TRAINPLAN_INLINE CentralQuantile central_quantile(double u) {
  const double q = u - 0.5;
  const double square = q * q;
  const double room = central_limit - square;
  const double bend = square * (polynomial(central_numerator, room) / polynomial(central_denominator, room));
  return {.z = q * (root_two_pi + (root_two_pi_rest + bend)), .room = room};
}

struct OuterQuantile {
  double z;
  double r;  ///< above outer_end z means nothing
};

TRAINPLAN_INLINE OuterQuantile outer_quantile(double u) {
  const double v = 1.0 - u;
  // -log p is at least 2.4 here, where its last bit matters little.
  const double r = std::sqrt(-short_log(u < v ? u : v));
  const double t = r - 2.0;
  const double z = r + polynomial(outer_numerator, t) / polynomial(outer_denominator, t);
  return {.z = u < v ? -z : z, .r = r};
}

/// The quantile for r > outer_end.
[[nodiscard]] double tail_quantile(double u);

/// Quantiles of up to 256 numbers: the central formula for all (83 % of uniform numbers are done then), the
/// outer one for a gathered list of the others, the tail's for those that are left (4 in 10^8).
TRAINPLAN_INLINE void quantiles_of_strip(const double* u, double* z, std::size_t count) {
  constexpr std::size_t strip = 256;
  constexpr std::size_t group = 8;  // the doubles of the widest register
  std::array<double, strip> from;   // a copy, since z may be u
  std::array<std::uint64_t, strip> is_outer;
  std::memcpy(from.data(), u, count * sizeof(double));
  for (std::size_t i = 0; i < count; ++i) {
    const CentralQuantile part = central_quantile(from[i]);
    z[i] = part.z;
    is_outer[i] = bits(part.room) >> 63;
  }
  std::array<std::uint32_t, strip> where;
  std::size_t outers = 0;
  for (std::size_t i = 0; i < count; ++i) {
    where[outers] = static_cast<std::uint32_t>(i);
    outers += is_outer[i];
  }
  std::array<double, strip> outer_u;
  std::array<double, strip> outer_z;
  for (std::size_t j = 0; j < outers; ++j) outer_u[j] = from[where[j]];
  for (std::size_t j = outers; j % group != 0; ++j) outer_u[j] = 0.0625;
  std::uint64_t too_far = 0;
  for (std::size_t start = 0; start < outers; start += group) {
    for (std::size_t j = start; j < start + group; ++j) {
      const OuterQuantile part = outer_quantile(outer_u[j]);
      outer_z[j] = part.z;
      too_far |= bits(outer_end - part.r);
    }
  }
  for (std::size_t j = 0; j < outers; ++j) z[where[j]] = outer_z[j];
  if ((too_far >> 63) == 0) return;
  for (std::size_t j = 0; j < outers; ++j) {
    if (!(outer_quantile(outer_u[j]).r <= outer_end)) z[where[j]] = tail_quantile(outer_u[j]);
  }
}

TRAINPLAN_INLINE void quantiles_of_lane(const double* u, double* z, std::size_t count) {
  constexpr std::size_t strip = 256;
  for (std::size_t start = 0; start < count; start += strip) {
    quantiles_of_strip(u + start, z + start, count - start < strip ? count - start : strip);
  }
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
  constexpr double ln2 = 0x1.62e42fefa39efp-1;
  constexpr double ln2_rest = 0x1.abc9e3b39803fp-56;
  const double curve = fma(r * r, polynomial(exp2_terms, r), r * ln2_rest);
  double y = scaled(1.0 + fma(r, ln2, curve), bits(shifted));
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

/// e^x with x held between -700 and 700: shorter than exp.
TRAINPLAN_INLINE double bounded_exp(double x) {
  const double least = x > -700.0 ? x : -700.0;
  return detail::exp_normal(least < 700.0 ? least : 700.0);
}

/// e^-x, x >= 0; 0 above 708, where the result would soon be subnormal.
TRAINPLAN_INLINE double decay(double x) { return x > 708.0 ? 0.0 : detail::exp_normal(-x); }

/// 1 / (1 + e^-x), in [0, 1].
TRAINPLAN_INLINE double logistic(double x) {
  // With e^-|x| neither end overflows, and the lower tail keeps its relative accuracy.
  const double size = std::fabs(x);
  double e = detail::exp_within(-size);
  e = size > 745.2 ? 0.0 : e;
  return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

/// log(part / (whole - part)), 0 <= part <= whole, infinite at the ends, NaN outside. Accurate near whole / 2
/// too. `whole` is a normal number.
TRAINPLAN_INLINE double log_odds(double part, double whole) {
  using namespace detail;
  const double q = whole - part;
  const double q_lost = (whole - q) - part;  // whole - part = q + q_lost exactly
  const Split top = split(part);
  const Split bottom = split_normal(q);
  // The ratio of the fractions within [sqrt(1/2), sqrt(2)]: at most one of the two is doubled.
  const double a = 1.0 + top.fraction;
  const double b = 1.0 + bottom.fraction;
  const bool large = a > 0x1.6a09e667f3bcdp+0 * b;
  const bool small = b > 0x1.6a09e667f3bcdp+0 * a;
  const double numerator = small ? 2.0 * a : a;
  const double denominator = large ? 2.0 * b : b;
  const double exponent = (top.exponent - bottom.exponent) + ((large ? 1.0 : 0.0) - (small ? 1.0 : 0.0));
  const double lost = q_lost * number((2046 - bottom.biased) << 52) * (large ? 2.0 : 1.0);
  // log = 2 artanh(s), s = (a - b) / (a + b)
  const double s = ((numerator - denominator) - lost) / (numerator + denominator);
  const double square = s * s;
  const double curve = fma(s * square, polynomial(log_terms, square), exponent * ln2_low);
  double y = fma(exponent, ln2_high, fma(2.0, s, curve));
  y = part < whole ? y : (part == whole ? infinity : nan);
  return part > 0.0 ? y : (part == 0.0 ? -infinity : nan);
}

/// log(p / (1 - p)), 0 <= p <= 1, infinite at the ends, NaN outside. Accurate near p = 1/2 too.
TRAINPLAN_INLINE double logit(double p) { return log_odds(p, 1.0); }

/// Inverse of the standard normal distribution function, 0 < u < 1 (not checked); -normal_quantile(1 - u)
/// to the last bit where 1 - u is exact. Increasing over the numbers (k + 1/2) 2^-52 of rng::uniforms.
[[nodiscard]] double normal_quantile(double u);

struct NormalPair {
  double first, second;
};

/// Two independent standard normal draws of a random word (Box and Muller 1958): with u = (a + 1/2) 2^-32
/// and t = (b + 1/2) 2^-31 - 1/2, where a is the upper half of the word and b the lower half without its last
/// bit, sqrt(-2 log u) times sin(pi t), and times cos(pi t), negative where that bit is 1. At most 6.8.
TRAINPLAN_INLINE NormalPair normal_pair(std::uint64_t word) {
  using namespace detail;
  const double u = number((word >> 32 << 20) | bits(1.0)) - (1.0 - 0x1p-33);
  const double t = number((word & 0xfffffffe) << 20 | bits(1.0)) - (1.5 - 0x1p-32);
  const double square = t * t;
  const double r = std::sqrt(-2.0 * short_log(u));
  const double cosine = r * polynomial(cosine_terms, square);
  return {.first = r * (t * polynomial(sine_terms, square)), .second = number(bits(cosine) ^ (word << 63))};
}

/// Standard normal distribution function, each tail with its own digits: phi(z) times the ratio of Mills
/// (1926), a polynomial of (|z| - 4) / (|z| + 4). Relative error below 1e-15 in the lower tail; 0 below -38.
TRAINPLAN_INLINE double normal_cdf(double z) {
  using namespace detail;
  const double size = std::fabs(z) > 38.0 ? 38.0 : std::fabs(z);
  // exp(-z^2/2) from a square without rounding error and the small rest.
  const double high = number(bits(size) & 0xfffffffff8000000);
  const double rest = 0.5 * (size - high) * (size + high);
  const double bell = exp_within(-0.5 * high * high) * (1.0 - rest * (1.0 - rest * (0.5 - rest / 6.0)));
  const double ratio = polynomial(mills_terms, (size - 4.0) / (size + 4.0)) / (1.0 + 2.0 * size);
  const double tail = std::fabs(z) > 38.0 ? 0.0 : bell * ratio;
  return z < 0.0 ? tail : 1.0 - tail;
}
/// The same bits for a whole lane, in place.
void normal_cdfs(std::span<double> z);

/// The same bits for a whole lane: z[i] = normal_quantile(u[i]). `z` is as long as `u` and may be `u`,
/// but must not overlap it in part.
void normal_quantiles(std::span<const double> u, std::span<double> z);

}  // namespace trainplan::kernels
