#include "trainplan/base/statistics.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>

#include "statistics_order.hpp"
#include "trainplan/base/error.hpp"

namespace trainplan::statistics {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double largest = 1e150;             // squares and their sums stay finite
constexpr std::size_t summed_at_once = 4096;  // a leaf of the summation tree: whole blocks of trials
constexpr std::size_t block_length = 64;      // trials that stratified sampling spreads over its strata
constexpr std::size_t fewest_blocks = 8;      // fewer block means say too little about their variance
constexpr std::size_t lanes = 8;              // independent sums side by side, so that loops vectorize

// ---- sums ----

/// A sum and, apart, its rounding errors: Neumaier's (1974) with Knuth's two-sum, which needs no branch.
struct Sum {
  double total = 0.0;
  double error = 0.0;
  void add(double x) {
    const double next = total + x;
    const double back = next - total;
    error += (total - (next - back)) + (x - back);
    total = next;
  }
  void add(const Sum& other) {
    add(other.total);
    error += other.error;
  }
  [[nodiscard]] double value() const { return total + error; }
};

/// Adds `of_block(b)` for b in first .. last - 1 in a tree whose shape depends on their number alone.
template <typename OfBlock>
auto add_in_tree(std::size_t first, std::size_t last, const OfBlock& of_block) {
  if (last - first == 1) return of_block(first);
  const std::size_t middle = first + std::bit_ceil(last - first) / 2;
  auto part = add_in_tree(first, middle, of_block);
  part.add(add_in_tree(middle, last, of_block));
  return part;
}

/// The same for stretches of 4,096 values: `of_stretch(stretch, its first index)`.
template <typename OfStretch>
auto add_stretches(LaneView values, const OfStretch& of_stretch) {
  const std::size_t stretches = (values.size() + summed_at_once - 1) / summed_at_once;
  return add_in_tree(0, stretches, [&](std::size_t stretch) {
    const std::size_t first = stretch * summed_at_once;
    return of_stretch(values.subspan(first, std::min(summed_at_once, values.size() - first)), first);
  });
}

/// What one pass shows.
struct Scan {
  Sum sum;
  double min = infinity;  // of the values that are not NaN
  double max = -infinity;
  std::uint64_t missing = 0;  // NaN
  void add(const Scan& other) {
    sum.add(other.sum);
    min = std::min(min, other.min);
    max = std::max(max, other.max);
    missing += other.missing;
  }
};

Scan scan_stretch(LaneView values) {
  std::array<double, lanes> total{};
  std::array<double, lanes> error{};
  std::array<double, lanes> min{};
  std::array<double, lanes> max{};
  std::array<double, lanes> missing{};
  min.fill(infinity);
  max.fill(-infinity);
  const auto take = [&](std::size_t first, std::size_t count) {
    for (std::size_t lane = 0; lane < count; ++lane) {
      const double x = values[first + lane];
      const double next = total[lane] + x;
      const double back = next - total[lane];
      error[lane] += (total[lane] - (next - back)) + (x - back);
      total[lane] = next;
      min[lane] = x < min[lane] ? x : min[lane];
      max[lane] = x > max[lane] ? x : max[lane];
      missing[lane] += x != x ? 1.0 : 0.0;
    }
  };
  const std::size_t whole = values.size() / lanes * lanes;
  for (std::size_t i = 0; i < whole; i += lanes) take(i, lanes);
  take(whole, values.size() - whole);
  Scan scan;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    scan.add({{total[lane], error[lane]}, min[lane], max[lane], static_cast<std::uint64_t>(missing[lane])});
  }
  return scan;
}

Scan scan_all(LaneView values) {
  return add_stretches(values, [](LaneView stretch, std::size_t) { return scan_stretch(stretch); });
}

std::string number(double x) { return std::isnan(x) ? "nan" : shown(x); }  // NaN without its sign

/// The pass every function starts with; throws unless all values are usable.
Scan checked_scan(const std::string& name, LaneView values, bool nan_allowed = false) {
  if (values.empty()) throw InputError(name, "must hold at least one trial", "empty");
  const Scan scan = scan_all(values);
  if ((nan_allowed || scan.missing == 0) && !(scan.min < -largest) && !(scan.max > largest)) return scan;
  const auto bad = [&](double x) { return std::isnan(x) ? !nan_allowed : !(std::abs(x) <= largest); };
  const auto first = std::find_if(values.begin(), values.end(), bad);
  throw InputError(name, "must be finite and at most 1e150 in size",
                   number(*first) + " in trial " + std::to_string(first - values.begin()) + " (" +
                       std::to_string(std::count_if(values.begin(), values.end(), bad)) + " such of " +
                       std::to_string(values.size()) + " trials)");
}

/// Second pass: deviations from the mean.
struct Deviations {
  Sum sum;
  Sum squares;
  void add(const Deviations& other) {
    sum.add(other.sum);
    squares.add(other.squares);
  }
};

double sum_of(const std::array<double, lanes>& s) {
  return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

/// Writes the sum of the deviations of each full block of 64 trials to `block_sums`, if there is room.
Deviations deviations_of_stretch(LaneView values, double mean, std::span<double> block_sums) {
  Deviations deviations;
  for (std::size_t first = 0; first < values.size(); first += block_length) {
    const std::size_t length = std::min(block_length, values.size() - first);
    std::array<double, lanes> sums{};
    std::array<double, lanes> squares{};
    const auto take = [&](std::size_t begin, std::size_t count) {
      for (std::size_t lane = 0; lane < count; ++lane) {
        const double d = values[begin + lane] - mean;
        sums[lane] += d;
        squares[lane] += d * d;
      }
    };
    const std::size_t whole = length / lanes * lanes;
    for (std::size_t i = 0; i < whole; i += lanes) take(first + i, lanes);
    take(first + whole, length - whole);
    const double sum = sum_of(sums);
    deviations.sum.add(sum);
    deviations.squares.add(sum_of(squares));
    if (const std::size_t block = first / block_length; block < block_sums.size()) block_sums[block] = sum;
  }
  return deviations;
}

struct Spread {
  double mean = 0.0;
  double variance = 0.0;  // divisor n - 1; NaN for one value
};

Spread spread(LaneView values, const Scan& scan, std::span<double> block_sums = {}) {
  const auto n = static_cast<double>(values.size());
  if (values.size() == 1) return {scan.min, nan};
  if (scan.min == scan.max) {  // said apart, since sum / n need not give the common value back
    std::fill(block_sums.begin(), block_sums.end(), 0.0);
    return {scan.min, 0.0};
  }
  const double mean = scan.sum.value() / n;
  const Deviations d = add_stretches(values, [&](LaneView stretch, std::size_t first) {
    return deviations_of_stretch(stretch, mean,
                                 block_sums.subspan(std::min(first / block_length, block_sums.size())));
  });
  // Corrected two-pass formula (Chan, Golub & LeVeque 1983): the second term undoes the rounding of the mean.
  const double sum = d.sum.value();
  return {mean, std::max(0.0, d.squares.value() - sum * sum / n) / (n - 1.0)};
}

// ---- errors ----

/// How n trials count towards an error: by full blocks and the rest, or one by one.
struct Design {
  std::uint64_t n = 0;
  std::uint64_t blocks = 0;  // 0: one by one
  double t = nan;            // quantile of Student's t at 0.975
};

Design design(std::size_t n, bool stratified) {
  Design d{.n = n};
  if (stratified && n / block_length >= fewest_blocks) d.blocks = n / block_length;
  const std::uint64_t independent = d.blocks > 0 ? d.blocks : d.n;
  if (independent < 2) return d;
  const boost::math::students_t student(static_cast<double>(independent - 1));
  d.t = boost::math::quantile(boost::math::complement(student, 0.025));
  return d;
}

/// Standard error of a mean from the sample variances of trials and of sums over full blocks of 64 trials.
double standard_error(const Design& d, double variance, double variance_of_block_sums) {
  const auto n = static_cast<double>(d.n);
  if (d.blocks == 0) return std::sqrt(variance / n);
  const auto rest = static_cast<double>(d.n - block_length * d.blocks);
  const double part = rest * ((64.0 - rest) * variance + (rest - 1.0) * variance_of_block_sums / 64.0) / 63.0;
  return std::sqrt(static_cast<double>(d.blocks) * variance_of_block_sums + part) / n;
}

Estimate unknown_error(double value, Unknown reason) { return {value, nan, nan, nan, reason}; }

struct MeanAndVariance {
  Estimate mean;
  double variance = 0.0;
};
MeanAndVariance mean_estimate(LaneView values, const Scan& scan, const Design& d) {
  std::vector<double> block_sums(d.blocks);
  const auto [mean, variance] = spread(values, scan, block_sums);
  if (d.n < 2) return {unknown_error(mean, Unknown::needs_two_trials), variance};
  const double variance_of_block_sums =
      d.blocks > 0 ? spread(block_sums, scan_all(block_sums)).variance : nan;
  const double error = standard_error(d, variance, variance_of_block_sums);
  return {{mean, error, mean - d.t * error, mean + d.t * error}, variance};
}

/// How often an event happened: in all trials, in the full blocks, and its counts by block squared. Whole
/// numbers, hence exact up to 10^9 trials and more.
struct Tally {
  std::uint64_t events = 0;
  std::uint64_t in_blocks = 0;
  std::uint64_t squares = 0;
};

template <typename Event>
Tally tally(LaneView values, const Event& event) {
  Tally t;
  const std::size_t whole = values.size() / block_length * block_length;
  for (std::size_t first = 0; first < whole; first += block_length) {
    std::uint64_t count = 0;
    for (std::size_t i = first; i < first + block_length; ++i) count += event(values[i]) ? 1U : 0U;
    t.in_blocks += count;
    t.squares += count * count;
  }
  t.events = t.in_blocks;
  for (std::size_t i = whole; i < values.size(); ++i) t.events += event(values[i]) ? 1U : 0U;
  return t;
}

double standard_error(const Design& d, const Tally& t) {
  const auto n = static_cast<double>(d.n);
  const double variance =
      static_cast<double>(t.events) * static_cast<double>(d.n - t.events) / (n * (n - 1.0));
  if (d.blocks == 0) return standard_error(d, variance, nan);
  const auto blocks = static_cast<double>(d.blocks);
  const auto scatter = static_cast<double>(d.blocks * t.squares - t.in_blocks * t.in_blocks);
  return standard_error(d, variance, scatter / (blocks * (blocks - 1.0)));
}

Estimate probability_estimate(const Design& d, const Tally& t) {
  const auto n = static_cast<double>(d.n);
  const double p = static_cast<double>(t.events) / n;
  Estimate estimate = unknown_error(p, Unknown::needs_two_trials);
  if (d.n > 1) {
    const double se = standard_error(d, t);
    estimate = {p, se, std::max(0.0, p - d.t * se), std::min(1.0, p + d.t * se)};
  }
  if (t.events == 0 || t.events == d.n) {
    const double doubt = std::min(1.0, 3.0 / n);
    estimate.low = t.events == 0 ? 0.0 : 1.0 - doubt;
    estimate.high = t.events == 0 ? doubt : 1.0;
  }
  return estimate;
}

// ---- quantiles ----

double known_or_nan(double x) { return x == infinity ? nan : x; }

Estimate quantile_estimate(OrderStatistics& order, const Design& d, double level) {
  const double q = quantile(order, level);
  if (const bool end = level == 0.0 || level == 1.0; end || d.n < 2) {
    const Unknown reason = end ? Unknown::end_of_sample : Unknown::needs_two_trials;
    return unknown_error(known_or_nan(q), q == infinity ? Unknown::never : reason);
  }
  const Tally below = tally(order.values, [q](double x) { return x < q; });
  const Tally upto = tally(order.values, [q](double x) { return x <= q; });
  double error = q == infinity ? 0.0 : standard_error(d, upto);
  const std::uint64_t equal = (q == infinity ? d.n : upto.events) - below.events;
  if (equal > 1) error = std::max(error, standard_error(d, below));
  const double low = quantile(order, std::max(0.0, level - d.t * error));
  const double high = quantile(order, std::min(1.0, level + d.t * error));
  if (high == infinity) return {known_or_nan(q), nan, known_or_nan(low), nan, Unknown::never};
  return {q, (high - low) / (2.0 * d.t), low, high};
}

void check_levels(std::span<const double> levels) {
  if (levels.empty()) throw InputError("levels", "must hold at least one level", "empty");
  Problems problems;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double level = levels[i];
    const std::string where = "levels[" + std::to_string(i) + "]";
    if (!(level >= 0.0 && level <= 1.0)) {
      const bool percent = level > 1.0 && level <= 100.0;
      problems.push_back({where, number(level), "must be from 0 to 1",
                          percent ? "did you mean " + shown(level / 100.0) + "?" : ""});
    } else if (const auto earlier = levels.first(i); std::count(earlier.begin(), earlier.end(), level) > 0) {
      problems.push_back({where, shown(level), "must not repeat an earlier level", ""});
    }
  }
  throw_if_any(std::move(problems));
}

}  // namespace

Moments moments(LaneView values) {
  const Spread s = spread(values, checked_scan("values", values));
  return {s.mean, std::sqrt(s.variance), values.size()};
}

std::vector<double> quantiles(LaneView values, std::span<const double> levels, QuantileMethod method) {
  check_levels(levels);
  checked_scan("values", values);
  OrderStatistics order = order_statistics(values, values.size(), levels);
  std::vector<double> result;
  for (const double level : levels) result.push_back(quantile(order, level, method));
  return result;
}

QuantilesWithNever quantiles_with_never(LaneView values, std::span<const double> levels,
                                        QuantileMethod method) {
  check_levels(levels);
  const auto never = checked_scan("values", values, true).missing;
  OrderStatistics order = order_statistics(values, values.size() - never, levels);
  QuantilesWithNever result{{}, static_cast<double>(never) / static_cast<double>(values.size())};
  for (const double level : levels) result.values.push_back(known_or_nan(quantile(order, level, method)));
  return result;
}

Estimate mean_error(LaneView values, bool stratified) {
  return mean_estimate(values, checked_scan("values", values), design(values.size(), stratified)).mean;
}

Estimate probability_error(LaneView events, bool stratified) {
  if (events.empty()) throw InputError("events", "must hold at least one trial", "empty");
  const auto bad = [](double x) { return !(x == 0.0 || x == 1.0); };
  if (const auto first = std::find_if(events.begin(), events.end(), bad); first != events.end()) {
    throw InputError("events", "must be 0 or 1",
                     number(*first) + " in trial " + std::to_string(first - events.begin()));
  }
  return probability_estimate(design(events.size(), stratified),
                              tally(events, [](double x) { return x != 0.0; }));
}

std::vector<Estimate> quantile_errors(LaneView values, std::span<const double> levels, bool stratified) {
  return summarize(values, levels, {.stratified = stratified}).quantiles;
}

Estimate difference_error(LaneView a, LaneView b, bool stratified) {
  if (a.size() != b.size()) {
    throw InputError("b", "must hold as many trials as a (" + std::to_string(a.size()) + ")",
                     "of " + std::to_string(b.size()) + " trials");
  }
  checked_scan("a", a);
  checked_scan("b", b);
  std::vector<double> differences(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) differences[i] = a[i] - b[i];
  return mean_estimate(differences, scan_all(differences), design(a.size(), stratified)).mean;
}

Summary summarize(LaneView values, std::span<const double> levels, SummaryOptions options) {
  check_levels(levels);
  const Scan scan = checked_scan("values", values, options.nan_is_never);
  const Design d = design(values.size(), options.stratified);
  Summary summary;
  summary.count = values.size();
  if (options.nan_is_never) {
    summary.never = probability_estimate(d, tally(values, [](double x) { return x != x; }));
  }
  summary.min = scan.missing == values.size() ? nan : scan.min;
  if (scan.missing > 0) {
    summary.mean = unknown_error(nan, Unknown::never);
    summary.sd = summary.max = nan;
  } else {
    const MeanAndVariance found = mean_estimate(values, scan, d);
    summary.mean = found.mean;
    summary.sd = std::sqrt(found.variance);
    summary.max = scan.max;
  }
  OrderStatistics order = order_statistics(values, values.size() - scan.missing, levels);
  for (const double level : levels) summary.quantiles.push_back(quantile_estimate(order, d, level));
  return summary;
}

}  // namespace trainplan::statistics
