/// Inside the room of finance: numbers of twice the working precision, and rows spread over threads.
///
/// Only +, -, *, / are used, so the results are the same on every machine. Sources: Dekker, Numerische
/// Mathematik 18, 1971 (two_product); Knuth, The Art of Computer Programming 2, 4.2.2 (two_sum).
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "trainplan/base/kernels.hpp"
#include "trainplan/domain/finance.hpp"

namespace trainplan::finance::detail {

/// Half of the distance from 1 to the next double: the relative error of one rounding.
inline constexpr double unit = 0x1p-53;

/// The number high + low, |low| at most half an ulp of high.
struct Pair {
  double high = 0.0;
  double low = 0.0;
};

/// a + b without error.
TRAINPLAN_INLINE Pair two_sum(double a, double b) {
  const double sum = a + b;
  const double part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

/// `a` as the sum of two numbers of 26 bits.
TRAINPLAN_INLINE Pair halves(double a) {
  const double scaled = (0x1p27 + 1.0) * a;
  const double high = scaled - (scaled - a);
  return {high, a - high};
}

/// a * b without error, for |a|, |b| below 2^996 and a product above 2^-969. @param parts  halves(b)
TRAINPLAN_INLINE Pair two_product(double a, double b, Pair parts) {
  const double product = a * b;
  const Pair of_a = halves(a);
  return {product, ((of_a.high * parts.high - product) + of_a.high * parts.low + of_a.low * parts.high) +
                       of_a.low * parts.low};
}

TRAINPLAN_INLINE Pair two_product(double a, double b) { return two_product(a, b, halves(b)); }

/// Restores |low| <= ulp(high)/2 when |high| > |low|.
TRAINPLAN_INLINE Pair normalized(double high, double low) {
  const double sum = high + low;
  return {sum, low - (sum - high)};
}

TRAINPLAN_INLINE Pair operator*(Pair a, Pair b) {
  const Pair product = two_product(a.high, b.high);
  return normalized(product.high, product.low + (a.high * b.low + a.low * b.high));
}

TRAINPLAN_INLINE Pair reciprocal(Pair a) {
  const double guess = 1.0 / a.high;
  const Pair product = two_product(guess, a.high);
  // One step of Newton: guess (2 - a guess), with 1 - a guess formed exactly first.
  const double rest = ((1.0 - product.high) - product.low) - guess * a.low;
  return normalized(guess, guess * rest);
}

/// a^n, n >= 0.
inline Pair power(Pair a, std::int64_t n) {
  if (n == 1) return a;
  Pair result{1.0, 0.0};
  for (; n > 0; n >>= 1) {
    if ((n & 1) != 0) result = result * a;
    if (n > 1) a = a * a;
  }
  return result;
}

/// Where a row of the table starts; its flows are contiguous.
inline const double* row_start(const TableView& flows, Index row) {
  return flows.data() + row * flows.outerStride();
}

/// Calls work(begin, end) for blocks of rows until all are done; any thread takes the next block.
/// @param cost  flows to look at in a row: few and short rows stay on one thread
template <class Work>
void for_rows(Index rows, Index cost, const Threads& threads, const Work& work) {
  constexpr Index block = 256;
  constexpr Index worth_a_thread =
      40'000;  // flows; about 100 us of work, several times the start of a thread
  constexpr auto patience = std::chrono::milliseconds(50);
  const Index blocks = (rows + block - 1) / block;
  const Index most =
      threads.count > 0 ? Index{threads.count} : static_cast<Index>(std::thread::hardware_concurrency());
  const Index workers =
      std::clamp<Index>(std::min(most, rows * cost / worth_a_thread), 1, std::max<Index>(blocks, 1));

  std::atomic<Index> next{0};
  std::mutex guard;
  std::exception_ptr failure;
  const auto take_blocks = [&](const std::function<void()>* meanwhile) {
    auto called = std::chrono::steady_clock::now();
    try {
      for (Index i = next++; i < blocks; i = next++) {
        work(i * block, std::min(rows, (i + 1) * block));
        if (meanwhile == nullptr || !*meanwhile) continue;
        if (const auto now = std::chrono::steady_clock::now(); now - called > patience) {
          (*meanwhile)();
          called = now;
        }
      }
    } catch (...) {
      next = blocks;  // the others stop at their next block
      const std::scoped_lock lock(guard);
      if (!failure) failure = std::current_exception();
    }
  };
  struct Joined {
    std::vector<std::thread> threads;
    ~Joined() {
      for (std::thread& thread : threads) thread.join();
    }
  };
  {
    Joined others;
    others.threads.reserve(static_cast<std::size_t>(workers));
    for (Index i = 1; i < workers; ++i) {
      try {
        others.threads.emplace_back([&] { take_blocks(nullptr); });
      } catch (const std::system_error&) {
        break;  // the system gives no more threads: those at work take all blocks
      }
    }
    take_blocks(&threads.meanwhile);
  }
  if (failure) std::rethrow_exception(failure);
}

/// Throws InputError unless there is at least one period and the periods a year make sense.
void check_shape(const TableView& flows, Convention convention);
/// Throws InputError unless all flows are finite and at most 1e250 in size: sums of them cannot overflow.
void check_finite(const TableView& flows);
/// Throws InputError unless `rate` is in (-0.99, 1].
void check_rate(const char* name, double rate);
/// Throws InputError unless `number` is finite and at most 1e250 in size.
void check_number(const char* name, double number);

/// Discount factors of the rows of a table: one rate for all, or one a row.
class Factors {
 public:
  /// @param name  of the rates, for errors
  Factors(const char* name, const VectorView& rates, const TableView& flows, Convention convention);
  [[nodiscard]] bool same_for_all() const { return rates_.size() == 1; }
  [[nodiscard]] double rate(Index row) const { return rates_[same_for_all() ? 0 : row]; }
  /// Valid until the next call; rows are best asked for in order.
  [[nodiscard]] const double* of(Index row);

 private:
  VectorView rates_;
  Index periods_;
  Convention convention_;
  Index first_ = 0;  // row of factors_
  Index last_ = 0;   // row after those of factors_
  Vector factors_;   // those of one row after the other
};

/// Factor (1 + rate)^(-days / 365) of each day.
[[nodiscard]] Vector daily_factors(std::span<const std::int64_t> days, double rate);

/// The days of dated flows in order, from 0, each once; flow t is due on day[place[t]].
struct Schedule {
  std::vector<std::int64_t> day;
  std::vector<std::size_t> place;
};
[[nodiscard]] Schedule schedule(std::span<const std::int64_t> days, Index flows);

}  // namespace trainplan::finance::detail
