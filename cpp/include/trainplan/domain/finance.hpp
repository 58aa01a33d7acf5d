/// Corporate finance of cash flows: present value, rates of return, payback, ratios, annuities, dated flows.
///
/// Flows are amounts in any one currency, income positive and spending negative. Rates are fractions (0.08 is
/// 8 %), annual and effective unless a function says "a period"; a discount rate lies in (-0.99, 1]. A table
/// holds a stream of flows a row; every row is computed from its own numbers alone, so the result is the same
/// for any number of threads, in any order of rows, and for a row on its own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "trainplan/base/array.hpp"

namespace trainplan::finance {

using Index = Eigen::Index;

/// When the flows fall due.
enum class Timing {
  end,    ///< flows[0] now, flows[t] at the end of period t: discounted t periods
  mid,    ///< flows[0] now, flows[t] in the middle of period t: discounted t - 1/2 periods
  excel,  ///< flows[t] after t + 1 periods, as the NPV function of spreadsheets has it
};

/// How periods and the annual rate go together: a flow t periods away is worth (1 + rate)^(-t / per_year).
struct Convention {
  Timing timing = Timing::end;
  int per_year = 1;  ///< periods a year, 1..366: 12 for months
};

/// Why there is, or is not, an answer.
enum class Reason : std::uint8_t {
  found,           ///< the one answer
  one_positive,    ///< several rates of return, one of them >= 0: that one is the answer
  several_roots,   ///< several rates of return and none to prefer: no answer
  no_root,         ///< flows of both signs, but nothing solves the equation
  no_sign_change,  ///< flows of one sign only, or all zero: nothing to solve
  never_reached,   ///< the cumulative flow ends below zero
  zero_cost,       ///< a ratio to costs of zero
  unresolved,      ///< so many roots so close together that double precision cannot tell them apart
};
inline constexpr int reasons = 8;

/// The reason as a sentence for a reader.
[[nodiscard]] std::string_view text(Reason reason);

/// Threads of a computation over rows, and what to do while it runs.
struct Threads {
  int count = 0;                    ///< 0: as many as there are cores and work for
  std::function<void()> meanwhile;  ///< called by the calling thread every 50 ms or so; may throw to stop
};

// ---------------------------------------------------------------------------------------- present value

/// Discount factors of flows[0], flows[1], ...: correctly rounded, but for one in 10^10 or so.
/// @param periods  number of flows, 1..100,000
/// @param rate     [1/year] annual effective, in (-0.99, 1]
[[nodiscard]] Vector discount_factors(Index periods, double rate, Convention convention = {});

/// A net present value and a bound on its rounding error: its sign means something if |value| > error.
struct Npv {
  double value = 0.0;
  double error = 0.0;
};

/// Net present value, sum of flows[t] * factor[t] (Brealey, Myers & Allen, Principles of Corporate Finance,
/// ch. 2). Blocks of 64 periods are added with Neumaier's compensation, so the error stays below 16 * 2^-53 *
/// sum |flows[t]| factor[t] for any number of periods.
[[nodiscard]] double npv(const VectorView& flows, double rate, Convention convention = {});
[[nodiscard]] Npv npv_with_error(const VectorView& flows, double rate, Convention convention = {});

/// Values and error bounds of the rows of a table.
struct NpvRows {
  Vector value;
  Vector error;
};
/// @param rates  one for all rows, or one a row
[[nodiscard]] Vector npv_rows(const TableView& flows, const VectorView& rates, Convention convention = {},
                              const Threads& threads = {});
[[nodiscard]] NpvRows npv_rows_with_error(const TableView& flows, const VectorView& rates,
                                          Convention convention = {});
/// One stream of flows at many rates: the NPV profile.
[[nodiscard]] Vector npv_profile(const VectorView& flows, const VectorView& rates,
                                 Convention convention = {});

/// Net present value on the day of the earliest flow, act/365 fixed: (1 + rate)^(-days / 365).
/// @param days  a day number a flow, in any order
[[nodiscard]] double xnpv(const VectorView& flows, std::span<const std::int64_t> days, double rate);
[[nodiscard]] Vector xnpv_rows(const TableView& flows, std::span<const std::int64_t> days, double rate);

// ---------------------------------------------------------------------------------------- rate of return

/// Internal rates of return: the rates in (-1, inf) at which the net present value is zero.
struct Irr {
  std::optional<double> value;  ///< [1/year] the one to decide with, if there is one
  std::vector<double> roots;    ///< [1/year] all of them, ascending; a double root twice
  Reason reason = Reason::no_root;
};
struct IrrRows {
  Vector value;  ///< NaN if none
  Table roots;   ///< as many columns as the row with most roots has, NaN after the last root of a row
  std::vector<Reason> reason;
};

/// All internal rates of return, certified: no root is missed, none is invented. Each is correct to a few
/// units in the last place, however ill-conditioned, since it is polished with twice the working precision.
/// The answer is the only root, or else the only root >= 0 (the case of Norstrom, J. Financial and
/// Quantitative Analysis 7, 1972: one sign change of the cumulative flow); otherwise there is none, and the
/// reason says why. Three or more roots within 1e-8 of one another count as one or as two, which keeps their
/// number odd or even. Flows below 2^-1000 of the largest count as zero. With periods of less than a year the
/// rate is annual effective.
[[nodiscard]] Irr irr(const VectorView& flows, Convention convention = {});
[[nodiscard]] IrrRows irr_rows(const TableView& flows, Convention convention = {},
                               const Threads& threads = {});

/// The same for dated flows, act/365 fixed; the order of the flows does not matter.
[[nodiscard]] Irr xirr(const VectorView& flows, std::span<const std::int64_t> days);
[[nodiscard]] IrrRows xirr_rows(const TableView& flows, std::span<const std::int64_t> days,
                                const Threads& threads = {});

/// An answer a row, or the reason for none.
struct Answers {
  Vector value;  ///< NaN if none
  std::vector<Reason> reason;
};

/// Modified internal rate of return: spending is financed at one rate, income reinvested at another until the
/// last period (Lin, Engineering Economist 21, 1976; the MIRR function of spreadsheets). Each rate: one, or
/// one a row.
[[nodiscard]] Answers mirr_rows(const TableView& flows, const VectorView& finance_rates,
                                const VectorView& reinvest_rates, int per_year = 1);

// ------------------------------------------------------------------------------------ payback and ratios

/// Payback of each row, in periods: indices into the flows.
struct PaybackRows {
  Vector value;           ///< first period from which the cumulative flow stays >= 0; NaN if it ends below
  Vector first_crossing;  ///< first period at which it is back at >= 0, even if it falls again; NaN if never
  Vector interpolated;    ///< `value` with its last period counted in part, the flow spread evenly over it
  std::vector<Reason> reason;
};
/// A cumulative flow within the rounding of the amounts themselves counts as zero: -0.8 + 0.1 + 0.7 is paid
/// back.
[[nodiscard]] PaybackRows payback_rows(const TableView& flows);
/// The same on discounted flows. @param rates  one for all rows, or one a row
[[nodiscard]] PaybackRows discounted_payback_rows(const TableView& flows, const VectorView& rates,
                                                  Convention convention = {});

/// Benefit-cost ratio benefits / costs; none without costs. Totals, nominal or present values; costs >= 0.
[[nodiscard]] std::optional<double> bcr(double benefits, double costs);
/// Return on investment in percent, 100 (benefits - costs) / costs (Phillips, Return on Investment in
/// Training and Performance Improvement Programs, 2003, ch. 8); none without costs.
[[nodiscard]] std::optional<double> roi(double benefits, double costs);

// ---------------------------------------------------------------------------------------------- annuities

/// When the payments of an annuity fall due in their period.
enum class Due { end, begin };

// Time value of money: pv (1+r)^n + pmt (1 + r due) ((1+r)^n - 1)/r + fv = 0, the convention of spreadsheets:
// what one pays is negative, what one receives positive. `rate` is [1/period] in (-0.99, 1], `periods` >= 0,
// not necessarily whole. The factors are computed with expm1 and log1p, exact also as the rate goes to 0.
[[nodiscard]] double pv(double rate, double periods, double pmt, double fv = 0.0, Due due = Due::end);
[[nodiscard]] double fv(double rate, double periods, double pmt, double pv = 0.0, Due due = Due::end);
/// @param periods  > 0
[[nodiscard]] double pmt(double rate, double periods, double pv, double fv = 0.0, Due due = Due::end);
/// Periods, not rounded; none if no number >= 0 will do.
[[nodiscard]] std::optional<double> nper(double rate, double pmt, double pv, double fv = 0.0,
                                         Due due = Due::end);
/// Rate a period, with all solutions as `irr` has them. @param periods  a whole number, 1..99,999
[[nodiscard]] Irr rate(double periods, double pmt, double pv, double fv = 0.0, Due due = Due::end);

/// [1/month] that compounds to `annual` [1/year] in twelve months: (1 + annual)^(1/12) - 1. Both > -1.
[[nodiscard]] double monthly_rate(double annual);
/// [1/year] to which `monthly` [1/month] compounds: (1 + monthly)^12 - 1. Both > -1.
[[nodiscard]] double annual_rate(double monthly);

}  // namespace trainplan::finance
