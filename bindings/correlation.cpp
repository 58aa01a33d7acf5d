#include "trainplan/domain/correlation.hpp"

#include <pybind11/eigen.h>
#include <pybind11/native_enum.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "bindings.hpp"
#include "record.hpp"

namespace trainplan::bindings {
namespace {

using namespace py::literals;
using correlation::Change;
using correlation::Diagnosis;
using correlation::Group;
using correlation::Measure;
using correlation::Repair;
using Labels = std::vector<std::string>;
using Unlocked = py::call_guard<py::gil_scoped_release>;

void bind_results(py::module_& m) {
  py::native_enum<Measure>(m, "Measure", "enum.Enum", "What the entries of a matrix are.")
      .value("spearman", Measure::spearman)
      .value("pearson", Measure::pearson)
      .finalize();
  py::class_<Group>(m, "Group")
      .def_readonly("members", &Group::members)
      .def_readonly("spearman", &Group::spearman)
      .def_readonly("unstated", &Group::unstated);
  py::class_<Diagnosis>(m, "Diagnosis")
      .def_readonly("smallest", &Diagnosis::smallest)
      .def_readonly("tolerance", &Diagnosis::tolerance)
      .def_readonly("possible", &Diagnosis::possible)
      .def_readonly("triple", &Diagnosis::triple)
      .def_readonly("triple_smallest", &Diagnosis::triple_smallest)
      .def_readonly("changed", &Diagnosis::changed)
      .def_readonly("change", &Diagnosis::change);
  py::class_<Change>(m, "Change")
      .def_readonly("row", &Change::row)
      .def_readonly("column", &Change::column)
      .def_readonly("before", &Change::before)
      .def_readonly("after", &Change::after);
  py::class_<Repair>(m, "Repair")
      .def_readonly("matrix", &Repair::matrix)
      .def_readonly("changes", &Repair::changes)
      .def_readonly("distance", &Repair::distance)
      .def_readonly("iterations", &Repair::iterations);
}

void bind_matrices(py::module_& m) {
  m.def(
      "diagnose",
      [](const TableView& matrix, Measure measure, const Labels& labels) {
        return correlation::diagnose(matrix, {.measure = measure, .labels = labels});
      },
      "matrix"_a, py::kw_only(), "measure"_a, "labels"_a, Unlocked());
  m.def(
      "require_possible",
      [](const TableView& matrix, Measure measure, const Labels& labels) {
        correlation::require_possible(matrix, {.measure = measure, .labels = labels});
      },
      "matrix"_a, py::kw_only(), "measure"_a, "labels"_a, Unlocked());
  m.def(
      "nearest",
      [](const TableView& matrix, Measure measure, const Labels& labels, double tolerance, int iterations) {
        return correlation::nearest(matrix, {.measure = measure, .labels = labels},
                                    {.tolerance = tolerance, .iterations = iterations});
      },
      "matrix"_a, py::kw_only(), "measure"_a, "labels"_a, "tolerance"_a, "iterations"_a, Unlocked());
  m.def(
      "factor",
      [](const TableView& matrix, Measure measure, const Labels& labels) {
        return correlation::factor(matrix, {.measure = measure, .labels = labels});
      },
      "matrix"_a, py::kw_only(), "measure"_a, "labels"_a, Unlocked());
  m.def(
      "mix",
      [](const TableView& factor, Table lanes) {
        std::vector<double*> pointers;
        for (Eigen::Index i = 0; i < lanes.rows(); ++i) pointers.push_back(lanes.row(i).data());
        correlation::mix(factor, pointers, static_cast<std::size_t>(lanes.cols()));
        return lanes;
      },
      "factor"_a, "lanes"_a, Unlocked());
  m.def("rank_correlation", &correlation::rank_correlation, "rows"_a, Unlocked());
}

}  // namespace

void bind_correlation(py::module_& core) {
  py::module_ m = core.def_submodule("correlation", "Groups, matrices and mixing of correlated quantities.");
  bind_record<Correlation>(core);
  bind_results(m);
  m.def("groups", [](const std::vector<Correlation>& rows) { return correlation::groups(rows); }, "rows"_a);
  bind_matrices(m);
  m.def("pearson_from_spearman", py::vectorize(correlation::pearson_from_spearman), "spearman"_a);
  m.def("spearman_from_pearson", py::vectorize(correlation::spearman_from_pearson), "pearson"_a);
  m.def("bivariate_normal", py::vectorize(correlation::bivariate_normal), "x"_a, "y"_a, "pearson"_a);
  m.def("both", py::vectorize(correlation::both), "p_a"_a, "p_b"_a, "pearson"_a);
  m.def("phi", py::vectorize(correlation::phi), "p_a"_a, "p_b"_a, "pearson"_a);
}

}  // namespace trainplan::bindings
