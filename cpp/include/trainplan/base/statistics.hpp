/// Means, quantiles and probabilities of trials, each with its Monte Carlo error.
///
/// `values` holds one number a trial, in the order of the trials and starting at trial 0: finite, at most
/// 1e150 in size. Every function throws InputError for an empty list, for other numbers (with their count)
/// and for levels that are empty, repeated or outside [0, 1].
///
/// `stratified` says that the trials were drawn by stratified sampling, where blocks of 64 consecutive trials
/// are independent but trials within a block are not. Errors then come from the means of the K = floor(n /
/// 64) full blocks: with B2 their sample variance, r = n - 64 K and v the sample variance of the trials,
///     se^2 = (64^2 K B2 + r ((64 - r) v + (r - 1) 64 B2) / 63) / n^2,  interval value +- t(K - 1; 0.975) se.
/// The second part is the variance of a sum of r of the 64 exchangeable trials of a block.
/// Plain random trials, and stratified ones while K < 8, have se^2 = v / n and t(n - 1; 0.975); for
/// stratified trials that is conservative, as the variance of a block mean never exceeds 64/63 of that of
/// plain draws (Owen 1997, "Monte Carlo variance of scrambled net quadrature", SIAM J. Numer. Anal. 34).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "trainplan/base/array.hpp"

namespace trainplan::statistics {

/// Hyndman & Fan (1996): `linear` is their type 7, `inverted_cdf` their type 1, which is always one of the
/// values and so fits counts and money that must be covered. Same numbers as NumPy's methods of these names.
enum class QuantileMethod { linear, inverted_cdf };

/// Why an estimate lacks its error.
enum class Unknown {
  nothing,           ///< all four numbers are known
  needs_two_trials,  ///< one trial shows no spread
  end_of_sample,     ///< level 0 or 1: no sample tells how far its minimum or maximum is off
  never              ///< the value or a bound of it lies among the trials without a value
};

/// An estimate from trials and its error. NaN stands for what `unknown` explains.
struct Estimate {
  double value = 0.0;
  double standard_error = 0.0;
  double low = 0.0;   ///< lower end of the 95 % interval
  double high = 0.0;  ///< upper end
  Unknown unknown = Unknown::nothing;
};

struct Moments {
  double mean = 0.0;
  double sd = 0.0;  ///< divisor n - 1; NaN for one trial, exactly 0 when all trials are equal
  std::uint64_t count = 0;
};

/// Mean and standard deviation in two passes. Sums run in blocks of 4,096 values (Neumaier 1974) that are
/// added in a fixed tree, so the bits depend on nothing but the values.
[[nodiscard]] Moments moments(LaneView values);

/// Quantiles at `levels`, in their order. Levels 0 and 1 are the minimum and maximum.
[[nodiscard]] std::vector<double> quantiles(LaneView values, std::span<const double> levels,
                                            QuantileMethod method = QuantileMethod::linear);

struct QuantilesWithNever {
  std::vector<double> values;  ///< NaN where the quantile is "never"
  double share_never = 0.0;    ///< share of trials without a value
};

/// Quantiles of an outcome that some trials never reach, such as a payback month. NaN is "never": later than
/// every value, so the quantile at level p is known as long as a share p of the trials gets there.
[[nodiscard]] QuantilesWithNever quantiles_with_never(LaneView values, std::span<const double> levels,
                                                      QuantileMethod method = QuantileMethod::linear);

/// Mean of the trials.
[[nodiscard]] Estimate mean_error(LaneView values, bool stratified);

/// Probability of an event, given as 1 for a trial that shows it and 0 for one that does not; the interval
/// stays in [0, 1]. When none or all of n trials show the event the interval is [0, 3/n] or [1 - 3/n, 1]
/// ("rule of three": Hanley & Lippman-Hand 1983, JAMA 249).
[[nodiscard]] Estimate probability_error(LaneView events, bool stratified);

/// Quantiles (linear) with intervals [Q(p - t se_p), Q(p + t se_p)], where se_p is the error of the
/// probability of {value <= Q(p)} (Woodruff 1952, "Confidence intervals for medians and other position
/// measures", JASA 47). Where several trials equal Q(p), se_p is the larger of the errors of {value <= Q(p)}
/// and {value < Q(p)}: an event that happens always says nothing about the other side of a step. The standard
/// error is the width of the interval / 2t. Bounds beyond the sample are its minimum or maximum, so levels
/// within a few trials of 0 or 1 have intervals that are too short.
[[nodiscard]] std::vector<Estimate> quantile_errors(LaneView values, std::span<const double> levels,
                                                    bool stratified);

/// Mean of a - b, trial by trial: the error of a comparison on common random numbers.
[[nodiscard]] Estimate difference_error(LaneView a, LaneView b, bool stratified);

struct SummaryOptions {
  bool stratified = false;
  bool nan_is_never = false;  ///< NaN marks a trial without a value instead of being refused
};

/// What a person wants to know of one output.
struct Summary {
  std::uint64_t count = 0;          ///< trials, with those that are never
  std::optional<Estimate> never;    ///< share of trials without a value; empty where NaN is refused
  Estimate mean;                    ///< unknown when any trial is never
  double sd = 0.0;                  ///< NaN for one trial or when any is never
  double min = 0.0;                 ///< NaN when all trials are never
  double max = 0.0;                 ///< NaN when any trial is never
  std::vector<Estimate> quantiles;  ///< linear, in the order of the levels; NaN is "never"
};

/// All of the above at once, in fewer passes and with the same bits as the functions of one purpose.
[[nodiscard]] Summary summarize(LaneView values, std::span<const double> levels, SummaryOptions options = {});

}  // namespace trainplan::statistics
