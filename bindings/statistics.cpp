#include "trainplan/base/statistics.hpp"

#include <pybind11/native_enum.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "bindings.hpp"

namespace trainplan::bindings {
namespace {

using namespace py::literals;
using Values = py::array_t<double, py::array::c_style | py::array::forcecast>;
using Unlocked = py::call_guard<py::gil_scoped_release>;

LaneView lane(const Values& values) { return {values.data(), static_cast<std::size_t>(values.size())}; }

}  // namespace

void bind_statistics(py::module_& core) {
  using statistics::Estimate;
  using statistics::QuantileMethod;
  using statistics::Summary;
  using statistics::Unknown;
  py::module_ m =
      core.def_submodule("statistics", "Means, quantiles, probabilities and their Monte Carlo errors.");

  py::native_enum<QuantileMethod>(m, "QuantileMethod", "enum.Enum")
      .value("linear", QuantileMethod::linear)
      .value("inverted_cdf", QuantileMethod::inverted_cdf)
      .finalize();
  py::native_enum<Unknown>(m, "Unknown", "enum.Enum", "Why an estimate lacks its error.")
      .value("nothing", Unknown::nothing)
      .value("needs_two_trials", Unknown::needs_two_trials)
      .value("end_of_sample", Unknown::end_of_sample)
      .value("never", Unknown::never)
      .finalize();
  py::class_<Estimate>(m, "Estimate")
      .def_readonly("value", &Estimate::value)
      .def_readonly("standard_error", &Estimate::standard_error)
      .def_readonly("low", &Estimate::low)
      .def_readonly("high", &Estimate::high)
      .def_readonly("unknown", &Estimate::unknown);
  py::class_<Summary>(m, "Summary")
      .def_readonly("count", &Summary::count)
      .def_readonly("never", &Summary::never)
      .def_readonly("mean", &Summary::mean)
      .def_readonly("sd", &Summary::sd)
      .def_readonly("min", &Summary::min)
      .def_readonly("max", &Summary::max)
      .def_readonly("quantiles", &Summary::quantiles);

  m.def(
      "quantiles",
      [](const Values& values, const std::vector<double>& levels, QuantileMethod method, bool nan_is_never) {
        return nan_is_never ? statistics::quantiles_with_never(lane(values), levels, method).values
                            : statistics::quantiles(lane(values), levels, method);
      },
      "values"_a, "levels"_a, py::kw_only(), "method"_a, "nan_is_never"_a, Unlocked());
  m.def(
      "mean",
      [](const Values& values, bool stratified) { return statistics::mean_error(lane(values), stratified); },
      "values"_a, py::kw_only(), "stratified"_a, Unlocked());
  m.def(
      "probability",
      [](const Values& events, bool stratified) {
        return statistics::probability_error(lane(events), stratified);
      },
      "events"_a, py::kw_only(), "stratified"_a, Unlocked());
  m.def(
      "difference",
      [](const Values& a, const Values& b, bool stratified) {
        return statistics::difference_error(lane(a), lane(b), stratified);
      },
      "a"_a, "b"_a, py::kw_only(), "stratified"_a, Unlocked());
  m.def(
      "summarize",
      [](const Values& values, const std::vector<double>& levels, bool stratified, bool nan_is_never) {
        return statistics::summarize(lane(values), levels,
                                     {.stratified = stratified, .nan_is_never = nan_is_never});
      },
      "values"_a, "levels"_a, py::kw_only(), "stratified"_a, "nan_is_never"_a, Unlocked());
}

}  // namespace trainplan::bindings
