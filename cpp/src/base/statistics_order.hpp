/// Inside of the room statistics: order statistics and quantiles without sorting all values.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "trainplan/base/statistics.hpp"

namespace trainplan::statistics {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A stretch of the sorted values: first is the rank of values[0].
struct Window {
  std::size_t first = 0;
  std::vector<double> values;
};

constexpr std::size_t gathered_at_once = 4096;

/// The values from `low` to `high`, sorted. Branches would be mispredicted, so every value is stored and the
/// place moves on only past the wanted ones. NaN is neither below nor inside.
inline Window window_between(LaneView values, double low, double high) {
  Window window;
  std::array<double, gathered_at_once + 1> kept;
  for (std::size_t begin = 0; begin < values.size(); begin += gathered_at_once) {
    std::size_t count = 0;
    for (const double x : values.subspan(begin, std::min(gathered_at_once, values.size() - begin))) {
      window.first += x < low ? 1U : 0U;
      kept[count] = x;
      count += static_cast<std::size_t>((x >= low) & (x <= high));
    }
    window.values.insert(window.values.end(), kept.begin(),
                         kept.begin() + static_cast<std::ptrdiff_t>(count));
  }
  std::sort(window.values.begin(), window.values.end());
  return window;
}

/// Order statistics near some levels without sorting everything: a sample of 16,384 values brackets each
/// level, one pass cuts out the values within the bracket, and only these are sorted. A rank that lies
/// outside (a sample misses its 4 standard errors in 1 of 16,000 cases, or the values stand in a periodic
/// order) sorts all.
struct OrderStatistics {
  LaneView values;
  std::size_t known = 0;  // values that are not NaN; NaN ranks last and reads as infinity
  std::vector<Window> windows;

  double at(std::size_t rank) {
    if (rank >= known) return infinity;
    for (const Window& window : windows) {
      if (rank >= window.first && rank - window.first < window.values.size()) {
        return window.values[rank - window.first];
      }
    }
    windows.push_back(window_between(values, -infinity, infinity));
    return windows.back().values[rank];
  }
};

inline OrderStatistics order_statistics(LaneView values, std::size_t known, std::span<const double> levels) {
  constexpr std::size_t sampled = 16384;
  constexpr std::size_t most_levels = 24;  // beyond that sorting everything costs less
  OrderStatistics order{values, known, {}};
  if (values.size() <= 2 * sampled || levels.size() > most_levels) return order;
  std::vector<double> sample;
  sample.reserve(sampled);
  const std::size_t step = values.size() / sampled;
  for (std::size_t i = 0; i < sampled; ++i) {
    if (const double x = values[i * step]; x == x) sample.push_back(x);
  }
  if (sample.empty()) return order;
  std::sort(sample.begin(), sample.end());
  const auto last = static_cast<double>(sample.size() - 1);
  for (const double level : levels) {
    // 4 standard errors of the sample and as many of all values, for the ends of the confidence interval.
    const double margin = 4.0 * std::sqrt(level * (1.0 - level)) *
                              (std::sqrt(sampled) + sampled / std::sqrt(static_cast<double>(values.size()))) +
                          4.0;
    const double low = level * sampled - margin;
    const double high = level * sampled + margin;
    order.windows.push_back(
        window_between(values, low <= 0.0 ? -infinity : sample[static_cast<std::size_t>(std::min(low, last))],
                       high >= last ? infinity : sample[static_cast<std::size_t>(high)]));
  }
  return order;
}

/// Infinity where the quantile is "never". Bit for bit NumPy's arithmetic.
inline double quantile(OrderStatistics& order, double level, QuantileMethod method = QuantileMethod::linear) {
  const std::size_t last = order.values.size() - 1;
  if (method == QuantileMethod::inverted_cdf) {
    const double position = std::ceil(static_cast<double>(order.values.size()) * level - 1.0);
    return order.at(position > 0.0 ? std::min(static_cast<std::size_t>(position), last) : 0);
  }
  const double position = static_cast<double>(last) * level;
  const auto below = static_cast<std::size_t>(position);
  if (below >= last) return order.at(last);
  const double weight = position - static_cast<double>(below);
  const double a = order.at(below);
  const double b = order.at(below + 1);
  if (b == infinity) return weight == 0.0 ? a : b;
  return weight < 0.5 ? a + (b - a) * weight : b - (b - a) * (1.0 - weight);
}

}  // namespace trainplan::statistics
