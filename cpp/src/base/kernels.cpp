#include "trainplan/base/kernels.hpp"

#include <algorithm>
#include <cstring>

namespace trainplan::kernels {
namespace {

using detail::bits;

// The normal quantile after Giles (GPU Computing Gems, Jade Edition, 2012, chapter 10): with
// w = -log(4 u (1 - u)) the quantile divided by u - 1/2 is a smooth function of w, one polynomial up to
// w = 5.5 (99.8 % of uniform numbers); beyond, it is a polynomial of sqrt(w) in each of a few intervals.
// The coefficients are own fits, made as those of kernels.hpp.
constexpr double central_end = 5.5;

/// sqrt(2 pi), as a double and what is missing.
constexpr double central_first = 2.5066282746310007;
constexpr double central_first_low = -1.8328579980459167e-16;
constexpr double central_second = 0.6562337477384307;

/// Coefficients 2 .. 22 of quantile / (u - 1/2), 0 <= w <= 5.5; error 0.1.
constexpr std::array<double, 21> central_terms = {
    0.0326664722941539,      -0.00660466482407146,    -0.0003621611132264938,  0.00013183700566481404,
    5.713549348816233e-06,   -2.864244687433103e-06,  -1.0504928914486138e-07, 6.400670125411429e-08,
    2.5050518591204263e-09,  -1.7093123409180584e-09, 5.834160888661381e-11,   -4.1642804000412134e-13,
    8.898737446865169e-12,   -1.5541436174176202e-12, -2.4418771368618107e-13, 1.3338705892047038e-13,
    -2.4710385072349923e-14, 2.647031256116609e-15,   -1.747384518060568e-16,  6.6767573603943624e-18,
    -1.1414043337298865e-19,
};

/// The quantile's size for sqrt(w) up to `end`: a polynomial of sqrt(w) - centre; error 0.1 at most.
struct TailPiece {
  double end_squared;  ///< greatest w
  double centre;
  double first_low;  ///< what the first coefficient misses
  std::array<double, 19> terms;
};

constexpr std::array<TailPiece, 5> tail_pieces = {{
    {16.0,
     3.17,
     -4.800942153794284e-17,
     {4.24750044687796, 1.4208774179483346, 0.007458061610977296, -0.003866814773890559,
      0.0013389816674763096, -0.0003265265584147034, 1.6811270541927476e-05, 3.83278010187128e-05,
      -2.4805490257907212e-05, 7.337584318227919e-06, 3.6977357396471616e-07, -1.4759739715642123e-06,
      6.79263931453265e-07, -8.187846699058021e-08, -7.627528498166211e-08, 5.1767655830358425e-08,
      -1.016939819595053e-08, -4.990365387649067e-09, 2.6221867391563738e-09}},
    {42.0,
     5.24,
     -3.997926613289389e-16,
     {7.201695589600731, 1.4286394154417876, -0.0003815381803154232, -0.00021533596341396797,
      7.898854485445521e-05, -2.009494440589014e-05, 4.470146107229981e-06, -9.2391611755277e-07,
      1.8169258968524254e-07, -3.4332678767053705e-08, 6.228175148226357e-09, -1.0586832340863703e-09,
      1.4955989913751397e-10, -5.586826397544057e-12, -8.230856748288418e-12, 5.212200114294764e-12,
      -2.7276808107247396e-12, 1.1027547784594721e-12, -2.0597047561655309e-13}},
    {140.0,
     9.16,
     6.6644729944189e-16,
     {12.792037559830767, 1.4235446554048152, -0.0005644313905075638, 2.8804010942860615e-05,
      -4.898315483870946e-07, -1.7383446685650457e-07, 3.903255501486303e-08, -6.055676869722222e-09,
      8.221301233491931e-10, -1.0411028934063088e-10, 1.2625239899242208e-11, -1.4848436739110398e-12,
      1.707559517498827e-13, -1.947167467273938e-14, 2.1779210717899872e-15, -2.1638352008881596e-16,
      2.2666117003432324e-17, -4.051171441245661e-18, 4.570862905788369e-19}},
    {340.0,
     15.1,
     -1.3611237814888194e-15,
     {21.23297409945263, 1.419182001685636, -0.000227175726836913, 1.0561363914140651e-05,
      -4.773779652615182e-07, 1.9889972752109402e-08, -6.732074255641834e-10, 8.273922565201979e-12,
      1.5359250380767865e-12, -2.2278466926646653e-13, 2.1840831393841e-14, -1.8626769016542175e-15,
      1.485274714295195e-16, -1.1388649026999635e-17, 7.906638344272316e-19, -5.280460484688114e-20,
      6.171044329341721e-21, -4.965431860910959e-22, -1.3904397124502158e-23}},
    {750.0,
     22.9,
     7.21841132360638e-16,
     {32.2924624431218, 1.4169314510416307, -8.941580588662562e-05, 3.054637481365354e-06,
      -1.0560798841913097e-07, 3.6427536778422993e-09, -1.2386591370225377e-10, 4.093344546851849e-12,
      -1.2858282998827839e-13, 3.675862302834031e-15, -8.363534667434786e-17, 3.347768129384105e-19,
      3.8757829010477804e-20, 9.144310778400593e-21, 3.0223047162588033e-21, -5.3702654353358815e-22,
      -6.077015928938314e-23, 5.768458959798939e-24, 6.695015210857187e-25}},
}};

/// -log(4 u (1 - u)) for 0 < u < 1; where it is above 700 only that much is certain.
TRAINPLAN_INLINE double depth(double u) {
  const detail::Split parts = detail::split_normal(4.0 * u * (1.0 - u));
  // An absolute error of 2^-53 w is enough here, so this is shorter than kernels::log.
  const double s = parts.fraction / (2.0 + parts.fraction);
  const double square = s * s;
  const double log_of_fraction = (s + s) + s * (square * detail::polynomial(detail::log_terms, square));
  return -(parts.exponent * detail::ln2_high + (parts.exponent * detail::ln2_low + log_of_fraction));
}

TRAINPLAN_INLINE double central(double u, double w) {
  const double slope =
      central_first + (central_first_low + w * (central_second + w * detail::polynomial(central_terms, w)));
  return (u - 0.5) * slope;
}

double tail(double u) {
  const double w = -kernels::log(4.0 * u * (1.0 - u));
  const TailPiece* piece = tail_pieces.data();
  while (w > piece->end_squared && piece != &tail_pieces.back()) ++piece;
  const double t = std::sqrt(w) - piece->centre;
  double z = 0.0;
  for (std::size_t k = piece->terms.size() - 1; k > 0; --k) z = (z + piece->terms[k]) * t;
  z = piece->terms[0] + (z + piece->first_low);
  return u < 0.5 ? -z : z;
}

constexpr std::size_t strip = 64;

/// Quantiles of one strip: all by the central formula, then again those few beyond it.
TRAINPLAN_INLINE void quantiles_of_strip(const std::array<double, strip>& u, double* z) {
  std::array<double, strip> w;
  std::uint64_t signs = 0;
  for (std::size_t i = 0; i < strip; ++i) {
    w[i] = depth(u[i]);
    z[i] = central(u[i], w[i]);
    signs |= bits(central_end - w[i]);
  }
  if ((signs >> 63) == 0) return;
  for (std::size_t i = 0; i < strip; ++i) {
    if (!(w[i] <= central_end)) z[i] = tail(u[i]);
  }
}

TRAINPLAN_CLONES void quantiles(const double* u, double* z, std::size_t count) {
  std::array<double, strip> from;  // a copy, since z may be u
  std::size_t start = 0;
  for (; start + strip <= count; start += strip) {
    std::memcpy(from.data(), u + start, sizeof from);
    quantiles_of_strip(from, z + start);
  }
  if (start < count) {
    std::array<double, strip> to;
    from.fill(0.5);
    std::copy(u + start, u + count, from.begin());
    quantiles_of_strip(from, to.data());
    std::copy_n(to.begin(), count - start, z + start);
  }
}

}  // namespace

double normal_quantile(double u) {
  const double w = depth(u);
  return w <= central_end ? central(u, w) : tail(u);
}

void normal_quantiles(std::span<const double> u, std::span<double> z) {
  quantiles(u.data(), z.data(), u.size());
}

}  // namespace trainplan::kernels
