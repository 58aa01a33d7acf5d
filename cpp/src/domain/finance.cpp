#include "trainplan/domain/finance.hpp"

#include <array>
#include <limits>
#include <string>
#include <utility>

#include "finance_arithmetic.hpp"
#include "trainplan/base/error.hpp"

namespace trainplan::finance {
namespace detail {

void check_shape(const TableView& flows, Convention convention) {
  if (flows.cols() < 1) throw InputError("flows", "must have at least one entry");
  if (flows.cols() > 100'000) {
    throw InputError("flows", "must have at most 100,000 periods", std::to_string(flows.cols()));
  }
  if (!(convention.per_year >= 1 && convention.per_year <= 366)) {
    throw InputError("per_year", "must be from 1 to 366", std::to_string(convention.per_year));
  }
}

void check_finite(const TableView& flows) {
  for (Index row = 0; row < flows.rows(); ++row) {
    for (Index t = 0; t < flows.cols(); ++t) {
      const double flow = flows(row, t);
      if (std::fabs(flow) <= 1e250) continue;
      const std::string where = flows.rows() > 1 ? "row " + std::to_string(row) + ", entry " : "entry ";
      throw InputError(
          "flows", where + std::to_string(t) + (std::isfinite(flow) ? " is beyond 1e250" : " is not finite"));
    }
  }
}

void check_number(const char* name, double number) {
  if (!(std::fabs(number) <= 1e250)) {
    throw InputError(name, "must be finite, and at most 1e250 in size", shown(number));
  }
}

void check_rate(const char* name, double rate) {
  if (rate > -0.99 && rate <= 1.0) return;
  std::string hint;
  if (rate > 1.0 && rate <= 100.0) hint = "did you mean " + shown(rate / 100.0) + "?";
  throw InputError(Problems{{name, shown(rate), "must be above -0.99 and at most 1", hint}});
}

Schedule schedule(std::span<const std::int64_t> days, Index flows) {
  if (static_cast<Index>(days.size()) != flows) {
    throw InputError("dates", "must be as many as flows (" + std::to_string(flows) + ")",
                     std::to_string(days.size()));
  }
  Schedule result;
  result.day.assign(days.begin(), days.end());
  std::sort(result.day.begin(), result.day.end());
  result.day.erase(std::unique(result.day.begin(), result.day.end()), result.day.end());
  const std::int64_t first = result.day.front();
  if (result.day.back() > 1'000'000'000 || first < -1'000'000'000 || result.day.back() - first > 200'000) {
    throw InputError("dates", "must lie within 200,000 days");
  }
  for (const std::int64_t day : days) {
    const auto place = std::lower_bound(result.day.begin(), result.day.end(), day) - result.day.begin();
    result.place.push_back(static_cast<std::size_t>(place));
  }
  for (std::int64_t& day : result.day) day -= first;
  return result;
}

}  // namespace detail

namespace {

using detail::Pair;
using detail::unit;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// sum of flow[t] factor[t], or of the sizes of the products. Eight running sums, in the same order at every
/// level of vectorization; blocks of 64 are added with Neumaier's compensation.
template <bool Sizes>
TRAINPLAN_INLINE double weighted_sum(const double* flow, const double* factor, Index count) {
  constexpr Index block = 64;
  constexpr Index width = 8;
  double total = 0.0;
  double lost = 0.0;
  for (Index start = 0; start < count; start += block) {
    const Index stop = std::min(count, start + block);
    double sums[width] = {};
    Index t = start;
    for (; t + width <= stop; t += width) {
      for (Index i = 0; i < width; ++i) {
        const double term = flow[t + i] * factor[t + i];
        sums[i] += Sizes ? std::fabs(term) : term;
      }
    }
    for (Index i = 0; t < stop; ++t, ++i) {
      const double term = flow[t] * factor[t];
      sums[i] += Sizes ? std::fabs(term) : term;
    }
    const double sum =
        ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
    if (count <= block) return sum;
    const Pair next = detail::two_sum(total, sum);
    total = next.high;
    lost += next.low;
  }
  return total + lost;
}

TRAINPLAN_CLONES void weighted_sums(const double* flows, Index stride, const double* factor, Index count,
                                    double* sums, Index rows) {
  for (Index row = 0; row < rows; ++row) sums[row] = weighted_sum<false>(flows + row * stride, factor, count);
}

TRAINPLAN_CLONES void weighted_sizes(const double* flows, Index stride, const double* factor, Index count,
                                     double* sums, Index rows) {
  for (Index row = 0; row < rows; ++row) sums[row] = weighted_sum<true>(flows + row * stride, factor, count);
}

// Error of a weighted sum, in units of 2^-53 of the sum of sizes: the factor 1, the product 1, running sums
// 7, their sum 3, the blocks 1 and a little; rounded up.
constexpr double sum_error = 16.0 * unit;

void refuse_if_not_finite(const TableView& flows, double value) {
  if (std::isfinite(value)) return;
  detail::check_finite(flows);
  throw InputError("flows", "are so large that their value is beyond the largest number");
}

TableView one_row(const VectorView& flows) { return flows.transpose(); }

/// @param blur  relative error of a flow, which decides when a cumulative flow counts as zero
void pay_back(const double* flow, const double* factor, Index count, double blur, Index row,
              PaybackRows& result) {
  double cumulative = 0.0;
  double lost = 0.0;
  double gross = 0.0;
  double lowest_side = 0.0;  // the cumulative flow when it was last below zero
  Index below = -1;
  double crossing = 0.0;
  bool waiting = false;  // below zero, and never yet back
  for (Index t = 0; t < count; ++t) {
    const double amount = factor == nullptr ? flow[t] : flow[t] * factor[t];
    const Pair next = detail::two_sum(cumulative, amount);
    cumulative = next.high;
    lost += next.low;
    gross += std::fabs(amount);
    if (cumulative + lost < -blur * gross) {
      waiting = below < 0 || waiting;
      below = t;
      lowest_side = cumulative + lost;
    } else if (waiting) {
      crossing = static_cast<double>(t);
      waiting = false;
    }
  }
  result.first_crossing[row] = waiting ? nan : crossing;
  if (below == count - 1) {
    result.value[row] = result.interpolated[row] = nan;
    result.reason[static_cast<std::size_t>(row)] = Reason::never_reached;
    return;
  }
  const Index paid = below + 1;
  result.value[row] = static_cast<double>(paid);
  result.reason[static_cast<std::size_t>(row)] = Reason::found;
  const double amount = factor == nullptr ? flow[paid] : flow[paid] * factor[paid];
  result.interpolated[row] =
      paid == 0 ? 0.0 : static_cast<double>(below) + std::min(1.0, -lowest_side / amount);
}

PaybackRows room_for(Index rows) {
  return {.value = Vector(rows),
          .first_crossing = Vector(rows),
          .interpolated = Vector(rows),
          .reason = std::vector<Reason>(static_cast<std::size_t>(rows))};
}

}  // namespace

std::string_view text(Reason reason) {
  static constexpr std::array<std::string_view, reasons> sentences = {
      "found",
      "several rates solve the equation; this is the only one that is not negative",
      "several rates solve the equation, and none is to be preferred: compare net present values",
      "the flows change sign, but nothing solves the equation",
      "the flows have one sign only: there is nothing to solve",
      "the cumulative flow ends below zero: never paid back",
      "there are no costs to divide by",
      "more roots than can be told apart in double precision",
  };
  return sentences.at(static_cast<std::size_t>(reason));
}

Vector npv_rows(const TableView& flows, const VectorView& rates, Convention convention,
                const Threads& threads) {
  detail::check_shape(flows, convention);
  detail::Factors factors("rate", rates, flows, convention);
  Vector value(flows.rows());
  if (flows.rows() == 0) return value;
  if (factors.same_for_all()) {
    const double* factor = factors.of(0);
    detail::for_rows(flows.rows(), 1 + flows.cols() / 8, threads, [&](Index begin, Index end) {
      weighted_sums(detail::row_start(flows, begin), flows.outerStride(), factor, flows.cols(), &value[begin],
                    end - begin);
    });
  } else {
    detail::for_rows(flows.rows(), 3 * flows.cols(), threads, [&](Index begin, Index end) {
      detail::Factors own = factors;
      for (Index row = begin; row < end; ++row) {
        weighted_sums(detail::row_start(flows, row), flows.outerStride(), own.of(row), flows.cols(),
                      &value[row], 1);
      }
    });
  }
  for (const double number : value) refuse_if_not_finite(flows, number);
  return value;
}

NpvRows npv_rows_with_error(const TableView& flows, const VectorView& rates, Convention convention) {
  NpvRows result{.value = npv_rows(flows, rates, convention), .error = Vector(flows.rows())};
  detail::Factors factors("rate", rates, flows, convention);
  for (Index row = 0; row < flows.rows(); ++row) {
    weighted_sizes(detail::row_start(flows, row), flows.outerStride(), factors.of(row), flows.cols(),
                   &result.error[row], 1);
  }
  result.error *= sum_error;
  return result;
}

double npv(const VectorView& flows, double rate, Convention convention) {
  return npv_rows(one_row(flows), Vector::Constant(1, rate), convention)[0];
}

Npv npv_with_error(const VectorView& flows, double rate, Convention convention) {
  const NpvRows rows = npv_rows_with_error(one_row(flows), Vector::Constant(1, rate), convention);
  return {.value = rows.value[0], .error = rows.error[0]};
}

Vector npv_profile(const VectorView& flows, const VectorView& rates, Convention convention) {
  const Table row = one_row(flows);
  Vector value(rates.size());
  for (Index i = 0; i < rates.size(); ++i) value[i] = npv_rows(row, rates.segment(i, 1), convention)[0];
  return value;
}

Answers mirr_rows(const TableView& flows, const VectorView& finance_rates, const VectorView& reinvest_rates,
                  int per_year) {
  const Convention convention{.timing = Timing::end, .per_year = per_year};
  detail::check_shape(flows, convention);
  detail::check_finite(flows);
  detail::Factors finance("finance_rate", finance_rates, flows, convention);
  detail::Factors reinvest("reinvest_rate", reinvest_rates, flows, convention);
  Answers result{
      .value = Vector::Constant(flows.rows(), nan),
      .reason = std::vector<Reason>(static_cast<std::size_t>(flows.rows()), Reason::no_sign_change)};
  Vector income(flows.cols());
  Vector spending(flows.cols());
  for (Index row = 0; row < flows.rows(); ++row) {
    income = flows.row(row).transpose().cwiseMax(0.0);
    spending = -flows.row(row).transpose().cwiseMin(0.0);
    const double value = weighted_sum<false>(income.data(), reinvest.of(row), flows.cols());
    const double cost = weighted_sum<false>(spending.data(), finance.of(row), flows.cols());
    if (!(value > 0.0 && cost > 0.0)) continue;
    // (FV income / PV spending)^(1/n) - 1 with FV = PV (1 + reinvest)^n.
    const double years = static_cast<double>(flows.cols() - 1) / per_year;
    result.value[row] = kernels::expm1(kernels::log1p(reinvest.rate(row)) +
                                       (kernels::log(value) - kernels::log(cost)) / years);
    result.reason[static_cast<std::size_t>(row)] = Reason::found;
  }
  return result;
}

PaybackRows payback_rows(const TableView& flows) {
  detail::check_shape(flows, {});
  detail::check_finite(flows);
  PaybackRows result = room_for(flows.rows());
  for (Index row = 0; row < flows.rows(); ++row) {
    pay_back(detail::row_start(flows, row), nullptr, flows.cols(), unit, row, result);
  }
  return result;
}

PaybackRows discounted_payback_rows(const TableView& flows, const VectorView& rates, Convention convention) {
  detail::check_shape(flows, convention);
  detail::check_finite(flows);
  detail::Factors factors("rate", rates, flows, convention);
  PaybackRows result = room_for(flows.rows());
  for (Index row = 0; row < flows.rows(); ++row) {
    pay_back(detail::row_start(flows, row), factors.of(row), flows.cols(), 3.0 * unit, row, result);
  }
  return result;
}

std::optional<double> bcr(double benefits, double costs) {
  detail::check_number("benefits", benefits);
  if (!(costs >= 0.0 && std::isfinite(costs))) {
    throw InputError("costs", "must be finite and at least 0", shown(costs));
  }
  const double ratio = benefits / costs;
  // Costs so small that the ratio overflows are none.
  return costs > 0.0 && std::isfinite(ratio) ? std::optional(ratio) : std::nullopt;
}

std::optional<double> roi(double benefits, double costs) {
  if (!bcr(benefits, costs)) return std::nullopt;
  const double percent = 100.0 * ((benefits - costs) / costs);
  return std::isfinite(percent) ? std::optional(percent) : std::nullopt;
}

}  // namespace trainplan::finance
