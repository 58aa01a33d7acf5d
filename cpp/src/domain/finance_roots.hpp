/// Inside the room of finance: all rates at which a stream of flows is worth nothing, on any grid of times.
#pragma once

#include <cstdint>
#include <vector>

#include "finance_arithmetic.hpp"

namespace trainplan::finance::detail {

/// Flows that are not zero and when they fall due: the sum of amount[i] w^-time[i] is their value at growth
/// w.
struct Stream {
  std::vector<double> amount;      ///< the largest of them of size [1, 2)
  std::vector<std::int64_t> time;  ///< ascending, from 0; steps of any length
};

/// Drops zeros, flows below 2^-1000 of the largest too, and scales by a power of two. Times are ascending.
[[nodiscard]] Stream stream(std::span<const double> amounts, std::span<const std::int64_t> times);

struct Growths {
  std::vector<Pair> growth;  ///< every w > 0 at which the value is zero, ascending; a double root twice
  bool resolved = true;      ///< false: there are more, too close together to tell apart
};

/// All growths per step of time at which the value of the stream is zero. At least two amounts.
[[nodiscard]] Growths growths(const Stream& stream);

}  // namespace trainplan::finance::detail
