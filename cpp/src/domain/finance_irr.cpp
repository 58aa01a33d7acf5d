// Internal rates of return. Rows whose rate is provably unique go 64 at a time through a vectorized Newton
// iteration; the others through the search for all roots of finance_roots.

#include <array>
#include <cstddef>
#include <limits>
#include <utility>

#include "finance_roots.hpp"
#include "trainplan/base/error.hpp"

namespace trainplan::finance {
namespace {

using detail::Pair;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t lanes = 64;
constexpr std::size_t stride = lanes + 8;  // rows of the block start in different cache sets
using Lanes = std::array<double, lanes>;

/// growth^periods - 1, the nearest double inside (-1, inf).
double rate_of(Pair growth, std::int64_t periods) {
  const Pair compounded = detail::power(growth, periods);
  const double rate = (compounded.high - 1.0) + compounded.low;
  if (!(rate < std::numeric_limits<double>::max())) return std::numeric_limits<double>::max();
  return std::max(rate, -1.0 + 0x1p-53);
}

Irr decided(const detail::Growths& found, std::int64_t periods) {
  Irr result;
  std::size_t not_negative = 0;
  for (const Pair& growth : found.growth) {
    result.roots.push_back(rate_of(growth, periods));
    if (result.roots.back() >= 0.0) ++not_negative;
  }
  if (!found.resolved) {
    result.reason = Reason::unresolved;
  } else if (result.roots.size() == 1 || not_negative == 1) {
    result.reason = result.roots.size() == 1 ? Reason::found : Reason::one_positive;
    result.value = result.roots.back();
  } else {
    result.reason = result.roots.empty() ? Reason::no_root : Reason::several_roots;
  }
  return result;
}

Irr searched(std::span<const double> flows, std::span<const std::int64_t> times, std::int64_t periods) {
  const detail::Stream stream = detail::stream(flows, times);
  const auto positive = [](double amount) { return amount > 0.0; };
  const auto count = std::count_if(stream.amount.begin(), stream.amount.end(), positive);
  if (count == 0 || static_cast<std::size_t>(count) == stream.amount.size()) {
    return {.value = std::nullopt, .roots = {}, .reason = Reason::no_sign_change};
  }
  return decided(detail::growths(stream), periods);
}

/// Collects the rows' results; those of a row are written by one thread. Only further roots need a lock.
class Rows {
 public:
  explicit Rows(Index count)
      : result_{.value = Vector::Constant(count, nan),
                .roots = Table::Constant(count, 1, nan),
                .reason = std::vector<Reason>(static_cast<std::size_t>(count), Reason::no_root)} {}
  void put(Index row, double rate) {
    result_.value[row] = result_.roots(row, 0) = rate;
    result_.reason[static_cast<std::size_t>(row)] = Reason::found;
  }
  void put(Index row, Irr irr) {
    result_.value[row] = irr.value.value_or(nan);
    result_.reason[static_cast<std::size_t>(row)] = irr.reason;
    if (!irr.roots.empty()) result_.roots(row, 0) = irr.roots.front();
    if (irr.roots.size() < 2) return;
    const std::scoped_lock lock(guard_);
    most_ = std::max(most_, static_cast<Index>(irr.roots.size()));
    several_.emplace_back(row, std::move(irr.roots));
  }
  IrrRows finish() {
    if (most_ > 1) {
      Table roots = Table::Constant(result_.roots.rows(), most_, nan);
      roots.col(0) = result_.roots.col(0);
      for (const auto& [row, values] : several_) {
        for (std::size_t i = 0; i < values.size(); ++i) roots(row, static_cast<Index>(i)) = values[i];
      }
      result_.roots = std::move(roots);
    }
    return std::move(result_);
  }

 private:
  IrrRows result_;
  Index most_ = 1;
  std::mutex guard_;
  std::vector<std::pair<Index, std::vector<double>>> several_;
};

/// 64 rows side by side, each from its first flow that is not zero: power k of row l is at [k * stride + l].
struct Block {
  std::size_t length = 0;
  std::vector<double> flows;
  std::vector<std::int64_t> times;         // the power of each flow of a row that starts with the first
  Lanes up, down, up_moment, down_moment;  // sums of income and of spending, and the same times k
  Lanes sum, changes;                      // of the flows, and how often they change sign
  Lanes most_roots;                        // Laguerre's bound; 100 if rounding leaves it in doubt
  Lanes not_finite;                        // 0; NaN if a flow, or only the sum, is not finite
  Lanes discount, pivot;
  Lanes active;  // 1 while the iteration of a lane goes on, then 0
  Lanes lag, growth_high, growth_low;
};

// The loops over lanes have no branches, so that they vectorize.
TRAINPLAN_CLONES void summarize(Block& block) {
  Lanes sum{}, gross{}, moment{}, gross_moment{}, changes{}, last{};
  for (std::size_t l = 0; l < lanes; ++l) last[l] = std::copysign(1.0, block.flows[l]);
  for (std::size_t k = 0; k < block.length; ++k) {
    const double* flow = block.flows.data() + k * stride;
    const auto power = static_cast<double>(k);
    for (std::size_t l = 0; l < lanes; ++l) {
      const double size = std::fabs(flow[l]);
      const double sign = size > 0.0 ? std::copysign(1.0, flow[l]) : last[l];
      sum[l] += flow[l];
      gross[l] += size;
      moment[l] += power * flow[l];
      gross_moment[l] += power * size;
      changes[l] += 0.5 * (1.0 - sign * last[l]);
      last[l] = sign;
    }
  }
  for (std::size_t l = 0; l < lanes; ++l) {
    block.up[l] = 0.5 * (gross[l] + sum[l]);
    block.down[l] = 0.5 * (gross[l] - sum[l]);
    block.up_moment[l] = 0.5 * (gross_moment[l] + moment[l]);
    block.down_moment[l] = 0.5 * (gross_moment[l] - moment[l]);
    block.not_finite[l] = 0.0 * sum[l];
  }
  block.sum = sum;
  block.changes = changes;
}

/// A bound on the number of roots, and odd if they are: changes of sign of the partial sums from the first
/// flow on (positive rates) and from the last flow back (negative rates), Laguerre 1883.
TRAINPLAN_CLONES void partial_sums(Block& block) {
  Lanes sum{}, forward{}, backward{}, last_forward{}, last_backward{}, least{};
  for (std::size_t l = 0; l < lanes; ++l) {
    sum[l] = block.flows[l];
    last_forward[l] = std::copysign(1.0, sum[l]);
    last_backward[l] = std::copysign(1.0, block.sum[l]);
    least[l] = std::min(std::fabs(sum[l]), std::fabs(block.sum[l]));
  }
  const Lanes total = block.sum;
  for (std::size_t k = 1; k < block.length; ++k) {
    const double* flow = block.flows.data() + k * stride;
    for (std::size_t l = 0; l < lanes; ++l) {
      // Where the flow is zero both sums are what they were, and say nothing new: zeros may be padding.
      const double rest = total[l] - sum[l];
      const double next = sum[l] + flow[l];
      const double nearer = std::min(std::fabs(rest), std::fabs(next));
      const bool counts = flow[l] != 0.0;
      const double sign = std::copysign(1.0, next);
      const double rest_sign = counts ? std::copysign(1.0, rest) : last_backward[l];
      least[l] = counts ? std::min(least[l], nearer) : least[l];
      forward[l] += 0.5 * (1.0 - sign * last_forward[l]);
      backward[l] += 0.5 * (1.0 - rest_sign * last_backward[l]);
      last_forward[l] = sign;
      last_backward[l] = rest_sign;
      sum[l] = next;
    }
  }
  for (std::size_t l = 0; l < lanes; ++l) {
    const double doubt =
        2.0 * detail::unit * static_cast<double>(block.length + 1) * (block.up[l] + block.down[l]);
    block.most_roots[l] = least[l] > doubt ? forward[l] + backward[l] : 100.0;
  }
}

/// One step of Newton's method on value * discount^-pivot as a function of log(discount). With the pivot
/// halfway between income and spending that function is nearly linear. A lane stops by itself after a step of
/// `small`: its result depends on no other.
TRAINPLAN_CLONES void newton(Block& block, double small) {
  Lanes value{}, slope{};
  const Lanes discount = block.discount;
  std::size_t k = block.length;
  for (; k >= 4; k -= 4) {  // four terms a pass: fewer trips through memory
    const double* flow = block.flows.data() + (k - 4) * stride;
    for (std::size_t l = 0; l < lanes; ++l) {
      const double x = discount[l];
      double v = value[l];
      double s = slope[l];
      s = s * x + v;
      v = v * x + flow[3 * stride + l];
      s = s * x + v;
      v = v * x + flow[2 * stride + l];
      s = s * x + v;
      v = v * x + flow[stride + l];
      slope[l] = s * x + v;
      value[l] = v * x + flow[l];
    }
  }
  for (; k > 0; --k) {
    const double* flow = block.flows.data() + (k - 1) * stride;
    for (std::size_t l = 0; l < lanes; ++l) {
      slope[l] = slope[l] * discount[l] + value[l];
      value[l] = value[l] * discount[l] + flow[l];
    }
  }
  for (std::size_t l = 0; l < lanes; ++l) {
    const double x = discount[l];
    const double step = -value[l] / (slope[l] * x - block.pivot[l] * value[l]);
    const double change = std::min(std::max(step, -0.5), 0.5) * block.active[l];
    block.discount[l] = x * (2.0 + change) / (2.0 - change);
    block.active[l] = std::fabs(change) > small ? block.active[l] : 0.0;
  }
}

/// Newton's last step on values of twice the working precision (compensated Horner scheme), `lag`, and the
/// growth 1 / (discount + lag).
TRAINPLAN_CLONES void polish(Block& block) {
  Lanes value{}, slope{}, rest{}, high{}, low{};
  const Lanes discount = block.discount;
  for (std::size_t l = 0; l < lanes; ++l) {
    const Pair parts = detail::halves(discount[l]);
    high[l] = parts.high;
    low[l] = parts.low;
  }
  for (std::size_t k = block.length; k-- > 0;) {
    const double* flow = block.flows.data() + k * stride;
    for (std::size_t l = 0; l < lanes; ++l) {
      slope[l] = slope[l] * discount[l] + value[l];
      const Pair product = detail::two_product(value[l], discount[l], {high[l], low[l]});
      const Pair sum = detail::two_sum(product.high, flow[l]);
      rest[l] = rest[l] * discount[l] + (product.low + sum.low);
      value[l] = sum.high;
    }
  }
  for (std::size_t l = 0; l < lanes; ++l) {
    block.lag[l] = -(value[l] + rest[l]) / slope[l];
    const Pair growth = detail::reciprocal(detail::normalized(discount[l], block.lag[l]));
    block.growth_high[l] = growth.high;
    block.growth_low[l] = growth.low;
  }
}

/// Discount factors at which two payments, all income at its mean time and all spending at its, cancel.
TRAINPLAN_CLONES void guess(Block& block) {
  for (std::size_t l = 0; l < lanes; ++l) {
    const double income = block.up_moment[l] / block.up[l];
    const double spending = block.down_moment[l] / block.down[l];
    block.discount[l] = kernels::exp(kernels::log(block.down[l] / block.up[l]) / (income - spending));
    block.pivot[l] = 0.5 * (income + spending);
  }
}

/// Copies rows [begin, end), end - begin <= 64, into the lanes; flow t stands for power place(t).
template <class Place>
void load(const TableView& flows, Index begin, Index end, const Place& place, Block& block) {
  block.length = place(flows.cols() - 1) + 1;
  block.flows.resize(block.length * stride);
  block.times.resize(static_cast<std::size_t>(flows.cols()));
  for (Index t = 0; t < flows.cols(); ++t) {
    block.times[static_cast<std::size_t>(t)] = static_cast<std::int64_t>(place(t));
  }
  const bool dense = block.length == static_cast<std::size_t>(flows.cols());
  for (std::size_t l = 0; l < lanes; ++l) {
    const Index row = begin + static_cast<Index>(l);
    double* lane = block.flows.data() + l;
    Index first = 0;
    if (row < end) {
      while (first < flows.cols() - 1 && flows(row, first) == 0.0) ++first;
    }
    if (row >= end || !dense || first > 0) {
      for (std::size_t k = 0; k < block.length; ++k) lane[k * stride] = 0.0;
    }
    if (row >= end) continue;
    const double* flow = detail::row_start(flows, row);
    const std::size_t shift = place(first);
    for (Index t = first; t < flows.cols(); ++t) lane[(place(t) - shift) * stride] = flow[t];
  }
}

/// Solves rows [begin, end), end - begin <= 64.
void solve_block(const TableView& flows, Index begin, Index end, Timing timing, int periods, Block& block,
                 Rows& rows) {
  // In mid-period convention time counts in half periods: 0, 1, 3, 5, ...
  const std::size_t spread = timing == Timing::mid ? 2 : 1;
  const auto place = [spread](Index t) {
    return t == 0 ? 0 : spread * static_cast<std::size_t>(t) - (spread - 1);
  };
  load(flows, begin, end, place, block);
  summarize(block);

  std::array<bool, lanes> unique{};
  bool sums_known = false;
  for (std::size_t l = 0; l < lanes; ++l) {
    if (block.not_finite[l] != 0.0) detail::check_finite(flows);  // names the first of the table
    // Within these sizes nothing overflows and no error term is lost; other rows are scaled first.
    const bool ordinary = block.up[l] < 0x1p400 && block.down[l] < 0x1p400 && block.up[l] > 0x1p-400 &&
                          block.down[l] > 0x1p-400;
    unique[l] = ordinary && block.changes[l] == 1.0;
    if (ordinary && !unique[l] && std::fmod(block.changes[l], 2.0) == 1.0) {
      if (!std::exchange(sums_known, true)) partial_sums(block);
      unique[l] = block.most_roots[l] == 1.0;
    }
    block.active[l] = unique[l] ? 1.0 : 0.0;
  }

  guess(block);
  // After a step s Newton's error is about length * s^2 at most, and the last step squares that again: 2e-21
  // is left. The same for all usual lengths, so that zeros at the end of a row change no bit.
  const double length = std::max(1'000.0, static_cast<double>(block.length));
  const double small = std::sqrt(std::sqrt(2e-21 / (length * length * length)));
  const auto going_on = [&] {
    return std::any_of(block.active.begin(), block.active.end(), [](double a) { return a > 0.0; });
  };
  for (int step = 0; step < 12 && going_on(); ++step) newton(block, small);
  polish(block);

  for (Index row = begin; row < end; ++row) {
    const auto l = static_cast<std::size_t>(row - begin);
    const bool close = unique[l] && block.active[l] == 0.0;
    if (close && std::fabs(block.lag[l]) <= 1e-8 * block.discount[l]) {
      rows.put(row, rate_of({block.growth_high[l], block.growth_low[l]}, periods));
      continue;
    }
    const std::span<const double> flow{detail::row_start(flows, row), static_cast<std::size_t>(flows.cols())};
    rows.put(row, searched(flow, block.times, periods));
  }
}

Irr only(const IrrRows& rows) {
  Irr result;
  result.reason = rows.reason.front();
  if (!std::isnan(rows.value[0])) result.value = rows.value[0];
  for (Index i = 0; i < rows.roots.cols(); ++i) {
    if (!std::isnan(rows.roots(0, i))) result.roots.push_back(rows.roots(0, i));
  }
  return result;
}

}  // namespace

IrrRows irr_rows(const TableView& flows, Convention convention, const Threads& threads) {
  detail::check_shape(flows, convention);
  const int periods = convention.per_year * (convention.timing == Timing::mid ? 2 : 1);
  Rows rows(flows.rows());
  detail::for_rows(flows.rows(), flows.cols(), threads, [&](Index begin, Index end) {
    Block block;
    for (Index first = begin; first < end; first += static_cast<Index>(lanes)) {
      const Index last = std::min(end, first + static_cast<Index>(lanes));
      solve_block(flows, first, last, convention.timing, periods, block, rows);
    }
  });
  return rows.finish();
}

Irr irr(const VectorView& flows, Convention convention) {
  return only(irr_rows(flows.transpose(), convention));
}

IrrRows xirr_rows(const TableView& flows, std::span<const std::int64_t> days, const Threads& threads) {
  detail::check_shape(flows, {});
  detail::check_finite(flows);
  const detail::Schedule schedule = detail::schedule(days, flows.cols());
  Rows rows(flows.rows());
  detail::for_rows(flows.rows(), 10 * flows.cols(), threads, [&](Index begin, Index end) {
    std::vector<double> amounts(schedule.day.size());
    for (Index row = begin; row < end; ++row) {
      std::fill(amounts.begin(), amounts.end(), 0.0);
      for (Index t = 0; t < flows.cols(); ++t) {
        amounts[schedule.place[static_cast<std::size_t>(t)]] += flows(row, t);
      }
      rows.put(row, searched(amounts, schedule.day, 365));
    }
  });
  return rows.finish();
}

Irr xirr(const VectorView& flows, std::span<const std::int64_t> days) {
  return only(xirr_rows(flows.transpose(), days));
}

Irr rate(double periods, double pmt, double pv, double fv, Due due) {
  if (!(periods >= 1.0 && periods < 100'000.0 && periods == std::floor(periods))) {
    throw InputError("periods", "must be a whole number from 1 to 99,999", shown(periods));
  }
  detail::check_number("pmt", pmt);
  detail::check_number("pv", pv);
  detail::check_number("fv", fv);
  Vector flows = Vector::Constant(static_cast<Index>(periods) + 1, pmt);
  flows[due == Due::end ? 0 : flows.size() - 1] = 0.0;
  flows[0] += pv;
  flows[flows.size() - 1] += fv;
  return irr(flows);
}

}  // namespace trainplan::finance
