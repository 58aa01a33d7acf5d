// Discount factors, for one rate or for 64 at a time: the same operations, and so the same bits.

#include <array>
#include <cstddef>
#include <string>

#include "finance_arithmetic.hpp"
#include "trainplan/base/error.hpp"

namespace trainplan::finance {
namespace {

using detail::Pair;

constexpr std::size_t lanes = 64;

/// Numbers of twice the working precision side by side.
template <std::size_t N>
struct Pairs {
  std::array<double, N> high{};
  std::array<double, N> low{};
};

template <std::size_t N>
TRAINPLAN_INLINE Pairs<N> product(const Pairs<N>& a, const Pairs<N>& b) {
  Pairs<N> result;
  for (std::size_t l = 0; l < N; ++l) {
    const Pair p = Pair{a.high[l], a.low[l]} * Pair{b.high[l], b.low[l]};
    result.high[l] = p.high;
    result.low[l] = p.low;
  }
  return result;
}

/// base^n, n >= 1.
template <std::size_t N>
TRAINPLAN_INLINE Pairs<N> power(Pairs<N> base, int n) {
  Pairs<N> result;
  result.high.fill(1.0);
  for (; n > 0; n >>= 1) {
    if ((n & 1) != 0) result = product(result, base);
    if (n > 1) base = product(base, base);
  }
  return result;
}

/// (1 + rate)^(-1/n).
template <std::size_t N>
TRAINPLAN_INLINE Pairs<N> periodic_discounts(const double* rates, int n) {
  Pairs<N> growth, guess, result;
  for (std::size_t l = 0; l < N; ++l) {
    const Pair exact = detail::two_sum(1.0, rates[l]);
    growth.high[l] = exact.high;
    growth.low[l] = exact.low;
    guess.high[l] = kernels::exp(-kernels::log1p(rates[l]) / n);
  }
  // One step of Newton for guess^n (1 + rate) = 1 doubles the digits.
  const Pairs<N> should_be_one = product(power(guess, n), growth);
  for (std::size_t l = 0; l < N; ++l) {
    const double rest = (1.0 - should_be_one.high[l]) - should_be_one.low[l];
    const Pair discount = detail::normalized(guess.high[l], guess.high[l] * rest / n);
    result.high[l] = discount.high;
    result.low[l] = discount.low;
  }
  return result;
}

/// Factors of all periods for N rates, those of a rate one after the other.
template <std::size_t N>
TRAINPLAN_INLINE void compute_factors(const double* rates, std::size_t periods, Convention convention,
                                      double* factors) {
  const bool mid = convention.timing == Timing::mid;
  const Pairs<N> discount = periodic_discounts<N>(rates, convention.per_year * (mid ? 2 : 1));
  const Pairs<N> step = mid ? product(discount, discount) : discount;
  // Four chains of products side by side: one alone would wait for each product. Mid-period times are 0, 1/2,
  // 3/2, ...: from flows[0] four periods lead to 7/2.
  std::array<Pairs<N>, 4> chain;
  chain[0].high.fill(1.0);
  if (convention.timing == Timing::excel) chain[0] = discount;
  chain[1] = product(chain[0], discount);
  chain[2] = product(chain[1], step);
  chain[3] = product(chain[2], step);
  const Pairs<N> four_steps = power(step, 4);
  for (std::size_t t = 0; t < periods; t += 4) {
    for (std::size_t i = 0; i < 4; ++i) {
      if (t + i < periods) {
        for (std::size_t l = 0; l < N; ++l) factors[l * periods + t + i] = chain[i].high[l];
      }
      chain[i] = mid && t + i == 0 ? product(chain[3], step) : product(chain[i], four_steps);
    }
  }
}

TRAINPLAN_CLONES void factors_of_many(const double* rates, std::size_t periods, Convention convention,
                                      double* factors) {
  compute_factors<lanes>(rates, periods, convention, factors);
}

}  // namespace

Vector discount_factors(Index periods, double rate, Convention convention) {
  if (!(periods >= 1 && periods <= 100'000)) {
    throw InputError("periods", "must be from 1 to 100,000", std::to_string(periods));
  }
  detail::check_shape(Table::Zero(1, 1), convention);
  detail::check_rate("rate", rate);
  Vector factors(periods);
  compute_factors<1>(&rate, static_cast<std::size_t>(periods), convention, factors.data());
  if (!std::isfinite(factors[periods - 1])) {
    throw InputError("rate", "is too near to -1 for flows of " + std::to_string(periods) + " periods",
                     shown(rate));
  }
  return factors;
}

namespace detail {

Factors::Factors(const char* name, const VectorView& rates, const TableView& flows, Convention convention)
    : rates_(rates), periods_(flows.cols()), convention_(convention) {
  if (rates.size() != 1 && rates.size() != flows.rows()) {
    throw InputError(name, "must be one number, or one a row (" + std::to_string(flows.rows()) + ")",
                     std::to_string(rates.size()) + " numbers");
  }
  for (const double rate : rates) check_rate(name, rate);
  if (rates.size() > 0)
    factors_ = discount_factors(periods_, rates.minCoeff(), convention);  // refuses overflow
  last_ = same_for_all() ? flows.rows() : 0;
}

const double* Factors::of(Index row) {
  if (same_for_all()) return factors_.data();
  constexpr auto count = static_cast<Index>(lanes);
  if (row < first_ || row >= last_) {
    first_ = row / count * count;
    last_ = std::min(first_ + count, rates_.size());
    std::array<double, lanes> rates{};
    for (Index i = first_; i < last_; ++i) rates[static_cast<std::size_t>(i - first_)] = rates_[i];
    factors_.resize(count * periods_);
    factors_of_many(rates.data(), static_cast<std::size_t>(periods_), convention_, factors_.data());
  }
  return factors_.data() + (row - first_) * periods_;
}

Vector daily_factors(std::span<const std::int64_t> days, double rate) {
  const Pairs<1> daily = periodic_discounts<1>(&rate, 365);
  Vector factors(static_cast<Index>(days.size()));
  for (Index i = 0; i < factors.size(); ++i) {
    factors[i] = power(Pair{daily.high[0], daily.low[0]}, days[static_cast<std::size_t>(i)]).high;
  }
  return factors;
}

}  // namespace detail
}  // namespace trainplan::finance
