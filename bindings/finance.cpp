#include "trainplan/domain/finance.hpp"

#include <pybind11/eigen.h>
#include <pybind11/native_enum.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <limits>

#include "bindings.hpp"

namespace trainplan::bindings {
namespace {

using namespace py::literals;
using finance::Due;
using finance::Timing;
using Unlocked = py::call_guard<py::gil_scoped_release>;
using Days = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;

std::span<const std::int64_t> span_of(const Days& days) {
  return {days.data(), static_cast<std::size_t>(days.size())};
}

/// A pending Ctrl-C ends the computation.
finance::Threads interruptible(int count) {
  return {.count = count, .meanwhile = [] {
            const py::gil_scoped_acquire locked;
            if (PyErr_CheckSignals() != 0) throw py::error_already_set();
          }};
}

py::array_t<std::uint8_t> codes(const std::vector<finance::Reason>& reasons) {
  py::array_t<std::uint8_t> array(static_cast<py::ssize_t>(reasons.size()));
  std::uint8_t* code = array.mutable_data();
  for (const finance::Reason reason : reasons) *code++ = static_cast<std::uint8_t>(reason);
  return array;
}

py::tuple as_tuple(finance::IrrRows rows) {
  return py::make_tuple(std::move(rows.value), std::move(rows.roots), codes(rows.reason));
}

py::tuple as_tuple(finance::PaybackRows rows) {
  return py::make_tuple(std::move(rows.value), std::move(rows.first_crossing), std::move(rows.interpolated),
                        codes(rows.reason));
}

double or_nan(const std::optional<double>& value) {
  return value.value_or(std::numeric_limits<double>::quiet_NaN());
}

Due due(bool begin) { return begin ? Due::begin : Due::end; }

template <class Rows, class Compute>
py::tuple unlocked(const Compute& compute) {
  Rows rows;
  {
    const py::gil_scoped_release released;
    rows = compute();
  }
  return as_tuple(std::move(rows));
}

void bind_flows(py::module_& m) {
  m.def(
      "discount_factors",
      [](Eigen::Index periods, double rate, Timing timing, int per_year) {
        return finance::discount_factors(periods, rate, {.timing = timing, .per_year = per_year});
      },
      "periods"_a, py::kw_only(), "rate"_a, "timing"_a, "per_year"_a);
  m.def(
      "npv",
      [](const TableView& flows, const VectorView& rates, Timing timing, int per_year, int threads) {
        return finance::npv_rows(flows, rates, {.timing = timing, .per_year = per_year},
                                 interruptible(threads));
      },
      "flows"_a, py::kw_only(), "rates"_a, "timing"_a, "per_year"_a, "threads"_a, Unlocked());
  m.def(
      "npv_with_error",
      [](const TableView& flows, const VectorView& rates, Timing timing, int per_year) {
        finance::NpvRows rows;
        {
          const py::gil_scoped_release released;
          rows = finance::npv_rows_with_error(flows, rates, {.timing = timing, .per_year = per_year});
        }
        return py::make_tuple(std::move(rows.value), std::move(rows.error));
      },
      "flows"_a, py::kw_only(), "rates"_a, "timing"_a, "per_year"_a);
  m.def(
      "npv_profile",
      [](const VectorView& flows, const VectorView& rates, Timing timing, int per_year) {
        return finance::npv_profile(flows, rates, {.timing = timing, .per_year = per_year});
      },
      "flows"_a, py::kw_only(), "rates"_a, "timing"_a, "per_year"_a, Unlocked());
  m.def(
      "xnpv",
      [](const TableView& flows, const Days& days, double rate) {
        return finance::xnpv_rows(flows, span_of(days), rate);
      },
      "flows"_a, "days"_a, py::kw_only(), "rate"_a, Unlocked());
  m.def(
      "irr",
      [](const TableView& flows, Timing timing, int per_year, int threads) {
        return unlocked<finance::IrrRows>([&] {
          return finance::irr_rows(flows, {.timing = timing, .per_year = per_year}, interruptible(threads));
        });
      },
      "flows"_a, py::kw_only(), "timing"_a, "per_year"_a, "threads"_a);
  m.def(
      "xirr",
      [](const TableView& flows, const Days& days, int threads) {
        return unlocked<finance::IrrRows>(
            [&] { return finance::xirr_rows(flows, span_of(days), interruptible(threads)); });
      },
      "flows"_a, "days"_a, py::kw_only(), "threads"_a);
  m.def(
      "mirr",
      [](const TableView& flows, const VectorView& finance_rates, const VectorView& reinvest_rates,
         int per_year) {
        finance::Answers rows;
        {
          const py::gil_scoped_release released;
          rows = finance::mirr_rows(flows, finance_rates, reinvest_rates, per_year);
        }
        return py::make_tuple(std::move(rows.value), codes(rows.reason));
      },
      "flows"_a, py::kw_only(), "finance_rates"_a, "reinvest_rates"_a, "per_year"_a);
  m.def(
      "payback",
      [](const TableView& flows) {
        return unlocked<finance::PaybackRows>([&] { return finance::payback_rows(flows); });
      },
      "flows"_a);
  m.def(
      "discounted_payback",
      [](const TableView& flows, const VectorView& rates, Timing timing, int per_year) {
        return unlocked<finance::PaybackRows>([&] {
          return finance::discounted_payback_rows(flows, rates, {.timing = timing, .per_year = per_year});
        });
      },
      "flows"_a, py::kw_only(), "rates"_a, "timing"_a, "per_year"_a);
}

// Numbers or arrays that broadcast; NaN stands for an answer that does not exist.
void bind_numbers(py::module_& m) {
  m.def("bcr",
        py::vectorize([](double benefits, double costs) { return or_nan(finance::bcr(benefits, costs)); }),
        "benefits"_a, "costs"_a);
  m.def("roi",
        py::vectorize([](double benefits, double costs) { return or_nan(finance::roi(benefits, costs)); }),
        "benefits"_a, "costs"_a);
  m.def("pv", py::vectorize([](double rate, double periods, double pmt, double fv, bool begin) {
          return finance::pv(rate, periods, pmt, fv, due(begin));
        }),
        "rate"_a, "periods"_a, "pmt"_a, "fv"_a, "begin"_a);
  m.def("fv", py::vectorize([](double rate, double periods, double pmt, double pv, bool begin) {
          return finance::fv(rate, periods, pmt, pv, due(begin));
        }),
        "rate"_a, "periods"_a, "pmt"_a, "pv"_a, "begin"_a);
  m.def("pmt", py::vectorize([](double rate, double periods, double pv, double fv, bool begin) {
          return finance::pmt(rate, periods, pv, fv, due(begin));
        }),
        "rate"_a, "periods"_a, "pv"_a, "fv"_a, "begin"_a);
  m.def("nper", py::vectorize([](double rate, double pmt, double pv, double fv, bool begin) {
          return or_nan(finance::nper(rate, pmt, pv, fv, due(begin)));
        }),
        "rate"_a, "pmt"_a, "pv"_a, "fv"_a, "begin"_a);
  m.def(
      "rate",
      [](double periods, double pmt, double pv, double fv, bool begin) {
        const finance::Irr irr = finance::rate(periods, pmt, pv, fv, due(begin));
        return py::make_tuple(irr.value, irr.roots, static_cast<int>(irr.reason));
      },
      "periods"_a, "pmt"_a, "pv"_a, "fv"_a, "begin"_a);
  m.def("monthly_rate", py::vectorize(finance::monthly_rate), "annual"_a);
  m.def("annual_rate", py::vectorize(finance::annual_rate), "monthly"_a);
}

}  // namespace

void bind_finance(py::module_& core) {
  py::module_ m = core.def_submodule("finance", "Present value, rates of return, payback, annuities.");
  py::native_enum<Timing>(m, "Timing", "enum.Enum", "When the flows fall due.")
      .value("end", Timing::end)
      .value("mid", Timing::mid)
      .value("excel", Timing::excel)
      .finalize();
  m.def("text", [](int reason) { return finance::text(static_cast<finance::Reason>(reason)); }, "reason"_a);
  bind_flows(m);
  bind_numbers(m);
}

}  // namespace trainplan::bindings
