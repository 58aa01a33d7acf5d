// Annuities, conversion of rates, and dated flows: one call, one number.

#include <cmath>
#include <limits>

#include "finance_arithmetic.hpp"
#include "trainplan/base/error.hpp"

namespace trainplan::finance {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// (1 + rate)^n. 1 + rate is never rounded: the power is that of both its parts.
detail::Pair growth(double rate, double n) {
  const detail::Pair base = detail::two_sum(1.0, rate);
  if (n != std::floor(n)) return {std::pow(base.high, n) * std::exp(n * base.low / base.high), 0.0};
  const detail::Pair power = detail::power(base, static_cast<std::int64_t>(std::fabs(n)));
  const bool overflows = !std::isfinite(power.high + power.low);
  if (n >= 0.0) return overflows ? detail::Pair{infinity, 0.0} : power;
  if (power.high == 0.0) return {infinity, 0.0};
  return overflows ? detail::Pair{} : detail::reciprocal(power);
}

/// (1 + rate)^n - 1.
double gain(double rate, double n) {
  const double exponent = n * kernels::log1p(rate);
  if (std::fabs(exponent) < 0.5) return kernels::expm1(exponent);
  const detail::Pair power = growth(rate, n);  // not so near to 1 that anything cancels
  return (power.high - 1.0) + power.low;
}

// Below this size of the rate an annuity is a sum to the last digit; subnormal numbers would spoil quotients.
constexpr double no_rate = 1e-200;

/// Value of a payment a period, per unit of payment, at the end of the last period and the start of the
/// first.
double final_value(double rate, double n) { return std::fabs(rate) < no_rate ? n : gain(rate, n) / rate; }
double present_value(double rate, double n) { return std::fabs(rate) < no_rate ? n : -gain(rate, -n) / rate; }

double first_payment(double rate, Due due) { return due == Due::begin ? 1.0 + rate : 1.0; }

void check(double rate, double periods) {
  detail::check_rate("rate", rate);
  if (!(periods >= 0.0 && periods <= 1e6)) {
    throw InputError("periods", "must be from 0 to 1,000,000", shown(periods));
  }
}

double finite(double amount) {
  if (!std::isfinite(amount)) {
    throw InputError("periods", "are so many that the amount is beyond the largest number");
  }
  return amount;
}

}  // namespace

double pv(double rate, double periods, double pmt, double fv, Due due) {
  check(rate, periods);
  detail::check_number("pmt", pmt);
  detail::check_number("fv", fv);
  return finite(
      -(pmt * first_payment(rate, due) * present_value(rate, periods) + fv * growth(rate, -periods).high));
}

double fv(double rate, double periods, double pmt, double pv, Due due) {
  check(rate, periods);
  detail::check_number("pmt", pmt);
  detail::check_number("pv", pv);
  return finite(
      -(pmt * first_payment(rate, due) * final_value(rate, periods) + pv * growth(rate, periods).high));
}

double pmt(double rate, double periods, double pv, double fv, Due due) {
  check(rate, periods);
  detail::check_number("pv", pv);
  detail::check_number("fv", fv);
  if (!(periods > 0.0)) throw InputError("periods", "must be above 0", shown(periods));
  const double first = first_payment(rate, due);
  // The side on which the powers go to 0, not to infinity.
  return finite(rate >= 0.0
                    ? -(pv + fv * growth(rate, -periods).high) / (first * present_value(rate, periods))
                    : -(pv * growth(rate, periods).high + fv) / (first * final_value(rate, periods)));
}

std::optional<double> nper(double rate, double pmt, double pv, double fv, Due due) {
  check(rate, 0.0);
  detail::check_number("pmt", pmt);
  detail::check_number("pv", pv);
  detail::check_number("fv", fv);
  const double payment = pmt * first_payment(rate, due);
  double periods = -(pv + fv) / payment;
  if (std::fabs(rate) >= no_rate) {
    // (1 + rate)^n = (payment - fv rate) / (payment + pv rate)
    const double above_one = -rate * (pv + fv) / (payment + pv * rate);
    const double ratio = (payment - fv * rate) / (payment + pv * rate);
    const double logarithm = std::fabs(above_one) < 0.5 ? kernels::log1p(above_one) : kernels::log(ratio);
    periods = logarithm / kernels::log1p(rate);
  }
  return periods >= 0.0 && std::isfinite(periods) ? std::optional(periods) : std::nullopt;
}

double monthly_rate(double annual) {
  if (!(annual > -1.0 && std::isfinite(annual))) {
    throw InputError("annual", "must be above -1 and finite", shown(annual));
  }
  return kernels::expm1(kernels::log1p(annual) / 12.0);
}

double annual_rate(double monthly) {
  if (!(monthly > -1.0 && std::isfinite(monthly))) {
    throw InputError("monthly", "must be above -1 and finite", shown(monthly));
  }
  const double annual = gain(monthly, 12.0);
  if (!std::isfinite(annual)) {
    throw InputError("monthly", "compounds beyond the largest number", shown(monthly));
  }
  return annual;
}

Vector xnpv_rows(const TableView& flows, std::span<const std::int64_t> days, double rate) {
  detail::check_shape(flows, {});
  detail::check_finite(flows);
  detail::check_rate("rate", rate);
  const detail::Schedule schedule = detail::schedule(days, flows.cols());
  const Vector factor = detail::daily_factors(schedule.day, rate);
  Vector value(flows.rows());
  for (Index row = 0; row < flows.rows(); ++row) {
    detail::Pair sum;  // Neumaier's sum: the flows may stand in any order
    for (Index t = 0; t < flows.cols(); ++t) {
      const std::size_t place = schedule.place[static_cast<std::size_t>(t)];
      const detail::Pair next = detail::two_sum(sum.high, flows(row, t) * factor[static_cast<Index>(place)]);
      sum = {next.high, sum.low + next.low};
    }
    value[row] = sum.high + sum.low;
    if (!std::isfinite(value[row])) {
      throw InputError("rate", "is too near to -1 for flows so far apart", shown(rate));
    }
  }
  return value;
}

double xnpv(const VectorView& flows, std::span<const std::int64_t> days, double rate) {
  return xnpv_rows(flows.transpose(), days, rate)[0];
}

}  // namespace trainplan::finance
