/// Univariate data sets of the NIST Statistical Reference Datasets, with their certified values: NIST
/// Information Technology Laboratory, https://www.itl.nist.gov/div898/strd/univ/homepage.html (public
/// domain).
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace nist {

struct Univariate {
  std::string name;
  std::vector<double> values;
  double mean = 0.0;  // certified to 15 digits
  double sd = 0.0;
};

/// The first `count` decimal digits of pi, the 3 included: 16 arctan(1/5) - 4 arctan(1/239) (Machin 1706) in
/// whole numbers to base 10^9, with three limbs to spare.
inline std::vector<double> pi_digits(std::size_t count) {
  using Limbs = std::vector<long long>;
  constexpr long long base = 1'000'000'000;
  const std::size_t length = count / 9 + 4;
  const auto divided = [&](Limbs number, long long divisor) {
    long long remainder = 0;
    for (long long& limb : number) {
      const long long part = remainder * base + limb;
      limb = part / divisor;
      remainder = part % divisor;
    }
    return number;
  };
  Limbs pi(length, 0);
  const auto add_arctan = [&](long long factor, long long x) {
    Limbs power(length, 0);
    power[0] = factor;
    power = divided(power, x);
    const std::size_t terms = count * 3 / 4 + 20;  // a term of arctan(1/5) adds 1.4 digits
    for (std::size_t k = 0; k < terms; ++k, power = divided(power, x * x)) {
      const Limbs term = divided(power, 2 * static_cast<long long>(k) + 1);
      const bool minus = (k % 2 == 1) != (x == 239);
      for (std::size_t i = 0; i < length; ++i) pi[i] += minus ? -term[i] : term[i];
      for (std::size_t i = length - 1; i > 0; --i) {  // carry, so that no limb grows
        const long long carry = pi[i] >= 0 ? pi[i] / base : -((base - 1 - pi[i]) / base);
        pi[i] -= carry * base;
        pi[i - 1] += carry;
      }
    }
  };
  add_arctan(16, 5);
  add_arctan(4, 239);
  std::vector<double> digits{static_cast<double>(pi[0])};
  for (std::size_t i = 1; digits.size() < count; ++i) {
    for (long long unit = base / 10; unit > 0 && digits.size() < count; unit /= 10) {
      digits.push_back(static_cast<double>(pi[i] / unit % 10));
    }
  }
  return digits;
}

/// `middle`, then `low` and `high` in turn 500 times: how NumAcc2 to NumAcc4 are defined.
inline std::vector<double> alternating(double middle, double low, double high) {
  std::vector<double> values{middle};
  for (int pair = 0; pair < 500; ++pair) values.insert(values.end(), {low, high});
  return values;
}

inline std::vector<double> pi_digits_as_published() {
  std::vector<double> digits = pi_digits(5000);
  digits[956] = 3.0;  // NIST's list has a 3 for this 8, and its certified values are those of the list
  return digits;
}

/// A lottery's winning numbers.
inline constexpr std::array<double, 218> lottery{
    162, 671, 933, 414, 788, 730, 817, 33,  536, 875, 670, 236, 473, 167, 877, 980, 316, 950, 456, 92,
    517, 557, 956, 954, 104, 178, 794, 278, 147, 773, 437, 435, 502, 610, 582, 780, 689, 562, 964, 791,
    28,  97,  848, 281, 858, 538, 660, 972, 671, 613, 867, 448, 738, 966, 139, 636, 847, 659, 754, 243,
    122, 455, 195, 968, 793, 59,  730, 361, 574, 522, 97,  762, 431, 158, 429, 414, 22,  629, 788, 999,
    187, 215, 810, 782, 47,  34,  108, 986, 25,  644, 829, 630, 315, 567, 919, 331, 207, 412, 242, 607,
    668, 944, 749, 168, 864, 442, 533, 805, 372, 63,  458, 777, 416, 340, 436, 140, 919, 350, 510, 572,
    905, 900, 85,  389, 473, 758, 444, 169, 625, 692, 140, 897, 672, 288, 312, 860, 724, 226, 884, 508,
    976, 741, 476, 417, 831, 15,  318, 432, 241, 114, 799, 955, 833, 358, 935, 146, 630, 830, 440, 642,
    356, 373, 271, 715, 367, 393, 190, 669, 8,   861, 108, 795, 269, 590, 326, 866, 64,  523, 862, 840,
    219, 382, 998, 4,   628, 305, 747, 247, 34,  747, 729, 645, 856, 974, 24,  568, 24,  694, 608, 480,
    410, 729, 947, 293, 53,  930, 223, 203, 677, 227, 62,  455, 387, 318, 562, 242, 428, 968};

/// Deflections of a steel-concrete beam under periodic pressure.
inline constexpr std::array<double, 200> lew{
    -213, -564, -35,  -15,  141,  115,  -420, -360, 203,  -338, -431, 194,  -220, -513, 154,  -125, -559,
    92,   -21,  -579, -52,  99,   -543, -175, 162,  -457, -346, 204,  -300, -474, 164,  -107, -572, -8,
    83,   -541, -224, 180,  -420, -374, 201,  -236, -531, 83,   27,   -564, -112, 131,  -507, -254, 199,
    -311, -495, 143,  -46,  -579, -90,  136,  -472, -338, 202,  -287, -477, 169,  -124, -568, 17,   48,
    -568, -135, 162,  -430, -422, 172,  -74,  -577, -13,  92,   -534, -243, 194,  -355, -465, 156,  -81,
    -578, -64,  139,  -449, -384, 193,  -198, -538, 110,  -44,  -577, -6,   66,   -552, -164, 161,  -460,
    -344, 205,  -281, -504, 134,  -28,  -576, -118, 156,  -437, -381, 200,  -220, -540, 83,   11,   -568,
    -160, 172,  -414, -408, 188,  -125, -572, -32,  139,  -492, -321, 205,  -262, -504, 142,  -83,  -574,
    0,    48,   -571, -106, 137,  -501, -266, 190,  -391, -406, 194,  -186, -553, 83,   -13,  -577, -49,
    103,  -515, -280, 201,  300,  -506, 131,  -45,  -578, -80,  138,  -462, -361, 201,  -211, -554, 32,
    74,   -533, -235, 187,  -372, -442, 182,  -147, -566, 25,   68,   -535, -244, 194,  -351, -463, 174,
    -125, -570, 15,   72,   -550, -190, 172,  -424, -385, 198,  -218, -536, 96};

/// Transmittances of a filter.
inline constexpr std::array<double, 50> mavro{
    2.0018, 2.0017, 2.0018, 2.0019, 2.0018, 2.0017, 2.0015, 2.0014, 2.0015, 2.0015, 2.0017, 2.0018, 2.0018,
    2.0019, 2.0019, 2.0021, 2.002,  2.0016, 2.0014, 2.0013, 2.0013, 2.0015, 2.0015, 2.0016, 2.0015, 2.0014,
    2.0013, 2.0014, 2.0015, 2.0014, 2.0015, 2.0016, 2.0015, 2.0016, 2.0019, 2.002,  2.002,  2.0021, 2.0022,
    2.0023, 2.0024, 2.0025, 2.0027, 2.0026, 2.0026, 2.0026, 2.0027, 2.0026, 2.0025, 2.0024};

/// Michelson's speeds of light in air [1000 km/s].
inline constexpr std::array<double, 100> michelson{
    299.85, 299.74, 299.9,  300.07, 299.93, 299.85, 299.95, 299.98, 299.98, 299.88, 300.0,  299.98, 299.93,
    299.65, 299.76, 299.81, 300.0,  300.0,  299.96, 299.96, 299.96, 299.94, 299.96, 299.94, 299.88, 299.8,
    299.85, 299.88, 299.9,  299.84, 299.83, 299.79, 299.81, 299.88, 299.88, 299.83, 299.8,  299.79, 299.76,
    299.8,  299.88, 299.88, 299.88, 299.86, 299.72, 299.72, 299.62, 299.86, 299.97, 299.95, 299.88, 299.91,
    299.85, 299.87, 299.84, 299.84, 299.85, 299.84, 299.84, 299.84, 299.89, 299.81, 299.81, 299.82, 299.8,
    299.77, 299.76, 299.74, 299.75, 299.76, 299.91, 299.92, 299.89, 299.86, 299.88, 299.72, 299.84, 299.85,
    299.85, 299.78, 299.89, 299.84, 299.78, 299.81, 299.76, 299.81, 299.79, 299.81, 299.82, 299.85, 299.87,
    299.87, 299.81, 299.74, 299.81, 299.94, 299.95, 299.8,  299.81, 299.87};

inline std::vector<Univariate> univariate() {
  return {{"PiDigits", pi_digits_as_published(), 4.53480000000000, 2.86733906028871},
          {"Lottery", {lottery.begin(), lottery.end()}, 518.958715596330, 291.699727470969},
          {"Lew", {lew.begin(), lew.end()}, -177.435000000000, 277.332168044316},
          {"Mavro", {mavro.begin(), mavro.end()}, 2.00185600000000, 0.000429123454003053},
          {"Michelso", {michelson.begin(), michelson.end()}, 299.852400000000, 0.0790105478190518},
          {"NumAcc1", {10000001.0, 10000003.0, 10000002.0}, 10000002.0, 1.0},
          {"NumAcc2", alternating(1.2, 1.1, 1.3), 1.2, 0.1},
          {"NumAcc3", alternating(1000000.2, 1000000.1, 1000000.3), 1000000.2, 0.1},
          {"NumAcc4", alternating(10000000.2, 10000000.1, 10000000.3), 10000000.2, 0.1}};
}

}  // namespace nist
