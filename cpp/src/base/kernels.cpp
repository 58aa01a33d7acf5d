#include "trainplan/base/kernels.hpp"

namespace trainplan::kernels {
namespace {

/// The size of a far quantile as a polynomial of sqrt(-log(4 u (1 - u))) - centre, after Giles (GPU Computing
/// Gems, Jade Edition, 2012, chapter 10); fitted as the polynomials of kernels.hpp, error 0.1 at most.
struct TailPiece {
  double end_squared;  ///< up to this -log(4 u (1 - u))
  double centre;
  double first_rest;  ///< what the first term misses
  std::array<double, 19> terms;
};

constexpr std::array<TailPiece, 4> tail_pieces = {{
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

TRAINPLAN_CLONES void quantiles(const double* u, double* z, std::size_t count) {
  detail::quantiles_of_lane(u, z, count);
}

TRAINPLAN_CLONES void cdfs(double* z, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) z[i] = normal_cdf(z[i]);
}

}  // namespace

double detail::tail_quantile(double u) {
  const double w = -kernels::log(4.0 * u * (1.0 - u));
  const TailPiece* piece = tail_pieces.data();
  while (w > piece->end_squared && piece != &tail_pieces.back()) ++piece;
  const double t = std::sqrt(w) - piece->centre;
  double rest = 0.0;
  for (std::size_t k = piece->terms.size() - 1; k > 0; --k) rest = (rest + piece->terms[k]) * t;
  const double size = piece->terms[0] + (rest + piece->first_rest);
  const double z = w < detail::infinity ? size : w;
  return u < 0.5 ? -z : z;
}

double normal_quantile(double u) {
  const detail::CentralQuantile central = detail::central_quantile(u);
  if (central.room >= 0.0) return central.z;
  const detail::OuterQuantile outer = detail::outer_quantile(u);
  return outer.r <= detail::outer_end ? outer.z : detail::tail_quantile(u);
}

void normal_cdfs(std::span<double> z) { cdfs(z.data(), z.size()); }

void normal_quantiles(std::span<const double> u, std::span<double> z) {
  quantiles(u.data(), z.data(), u.size());
}

}  // namespace trainplan::kernels
