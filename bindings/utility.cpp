#include "trainplan/domain/utility.hpp"

#include <pybind11/eigen.h>
#include <pybind11/numpy.h>

#include <algorithm>
#include <initializer_list>

#include "bindings.hpp"

namespace trainplan::bindings {
namespace {

using namespace py::literals;
using Eigen::Index;
using utility::CostsDue;
using utility::Worth;
using Unlocked = py::call_guard<py::gil_scoped_release>;
using Row = Eigen::Map<const Vector>;

/// Row `i` of a table that has one for all cases, or one a case.
Row row(const TableView& table, Index i) {
  return {table.data() + (table.rows() == 1 ? 0 : i) * table.outerStride(), table.cols()};
}
double at(const VectorView& values, Index i) { return values[values.size() == 1 ? 0 : i]; }

template <class Compute>
Vector for_cases(std::initializer_list<Index> sizes, const Compute& compute) {
  Vector result(std::min(sizes) == 0 ? 0 : std::max(sizes));
  for (Index i = 0; i < result.size(); ++i) result[i] = compute(i);
  return result;
}

void bind_programmes(py::module_& m) {
  m.def(
      "programme_utility",
      [](const TableView& people, const TableView& behavior, const TableView& discounting,
         const VectorView& measured_at, const VectorView& d, const VectorView& sdy, const VectorView& cost,
         const VectorView& variable_costs, const VectorView& tax) {
        return for_cases({people.rows(), behavior.rows(), discounting.rows(), measured_at.size(), d.size(),
                          sdy.size(), cost.size(), variable_costs.size(), tax.size()},
                         [&](Index i) {
                           const Worth worth{at(d, i), at(sdy, i), at(variable_costs, i), at(tax, i)};
                           return utility::programme_utility(row(people, i), row(behavior, i),
                                                             row(discounting, i), at(measured_at, i), worth,
                                                             at(cost, i));
                         });
      },
      "people"_a, "behavior"_a, "discount_factors"_a, py::kw_only(), "measured_at"_a, "d"_a, "sdy"_a,
      "cost"_a, "variable_costs"_a, "tax"_a, Unlocked());
  m.def(
      "boudreau_utility",
      [](const TableView& people, const TableView& costs, const VectorView& d, const VectorView& sdy,
         const VectorView& discount_rate, const VectorView& variable_costs, const VectorView& tax,
         bool costs_at_start, bool costs_deductible) {
        return for_cases({people.rows(), costs.rows(), d.size(), sdy.size(), discount_rate.size(),
                          variable_costs.size(), tax.size()},
                         [&](Index i) {
                           const Worth worth{at(d, i), at(sdy, i), at(variable_costs, i), at(tax, i)};
                           return utility::boudreau_utility(
                               row(people, i), row(costs, i), worth,
                               {.discount_rate = at(discount_rate, i),
                                .costs_due = costs_at_start ? CostsDue::start : CostsDue::end,
                                .costs_deductible = costs_deductible});
                         });
      },
      "people"_a, "costs"_a, py::kw_only(), "d"_a, "sdy"_a, "discount_rate"_a, "variable_costs"_a, "tax"_a,
      "costs_at_start"_a, "costs_deductible"_a, Unlocked());
}

}  // namespace

void bind_utility(py::module_& core) {
  py::module_ m = core.def_submodule("utility", "What better performance is worth: utility analysis.");
  m.def("training_utility", py::vectorize(utility::training_utility), "d"_a, "sdy"_a, "people"_a, "years"_a,
        "cost"_a);
  m.def("break_even_sdy", py::vectorize(utility::break_even_sdy), "d"_a, "people"_a, "years"_a, "cost"_a);
  bind_programmes(m);
  m.def("selected_mean", py::vectorize(utility::selected_mean), "selection_ratio"_a);
  m.def("naylor_shine", py::vectorize(utility::naylor_shine), "validity"_a, "selection_ratio"_a);
  m.def("selection_utility",
        py::vectorize([](double validity, double selection_ratio, double baseline_validity, double sdy,
                         double people, double years, double cost) {
          return utility::selection_utility({validity, selection_ratio, baseline_validity}, sdy, people,
                                            years, cost);
        }),
        "validity"_a, "selection_ratio"_a, "baseline_validity"_a, "sdy"_a, "people"_a, "years"_a, "cost"_a);
  m.def("taylor_russell", py::vectorize(utility::taylor_russell), "validity"_a, "selection_ratio"_a,
        "base_rate"_a);
}

}  // namespace trainplan::bindings
