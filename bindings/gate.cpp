#include "trainplan/domain/gate.hpp"

#include <pybind11/eigen.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "bindings.hpp"
#include "trainplan/base/array.hpp"

namespace trainplan::bindings {

using namespace py::literals;

void bind_gate(py::module_& core) {
  py::module_ room = core.def_submodule("gate", "Go, look longer or stop after a pilot.");
  const gate::Rule usual;
  py::class_<gate::Rule>(room, "Rule")
      .def(py::init([](double lower_reference, double target_value, double p_lower, double p_target,
                       double p_stop) {
             return gate::Rule{lower_reference, target_value, p_lower, p_target, p_stop};
           }),
           py::kw_only(), "lower_reference"_a, "target_value"_a, "p_lower"_a, "p_target"_a, "p_stop"_a);
  room.attr("p_lower") = usual.p_lower;
  room.attr("p_target") = usual.p_target;
  room.attr("p_stop") = usual.p_stop;
  room.def(
      "decide",
      [](const gate::Rule& rule, double change, double se, bool last, double degrees) {
        const gate::Verdict verdict = gate::decide(rule, change, se, last, degrees);
        const char* const decision = verdict.decision == gate::Decision::go     ? "go"
                                     : verdict.decision == gate::Decision::stop ? "stop"
                                                                                : "extend";
        return py::make_tuple(decision, verdict.above_lower, verdict.above_target);
      },
      "rule"_a, "change"_a, "se"_a, py::kw_only(), "last"_a, "degrees"_a,
      "The decision, and the chances that the change is above the two values.");
  room.def(
      "bounds",
      [](const gate::Rule& rule, double se, bool last) {
        const gate::Bounds found = gate::bounds(rule, se, last);
        return py::make_tuple(found.go, found.stop);
      },
      "rule"_a, "se"_a, py::kw_only(), "last"_a);
  room.def(
      "chances",
      [](const gate::Rule& rule, const VectorView& effects, const std::vector<double>& se) {
        Table found(effects.size(), 6);
        const py::gil_scoped_release unlocked;
        for (Eigen::Index i = 0; i < effects.size(); ++i) {
          const gate::Chances one = gate::chances(rule, effects[i], se);
          found.row(i) << one.go, one.stop, one.go_at_first, one.extend_at_first, one.stop_at_first,
              one.looks;
        }
        return found;
      },
      "rule"_a, "effects"_a, "se"_a,
      "A row an effect: go, stop, go, extend and stop at the first look, expected looks.");
  room.def("non_inferior", &gate::non_inferior, "change"_a, "se"_a, "margin"_a, "degrees"_a);
  room.def("noise_variance",
           py::vectorize(
               [](double variance, double before, double per_month, double month_variance, double months) {
                 return gate::noise_variance({variance, before, per_month, month_variance}, months);
               }),
           "variance"_a, "before"_a, "per_month"_a, "month_variance"_a, "months"_a);
  using Figures = std::array<double, 3>;  // mean, sd, n
  using Two = std::pair<Figures, Figures>;
  const auto sample = [](const Figures& x) { return gate::Sample{x[0], x[1], x[2]}; };
  const auto shown = [](const gate::Change& x) { return py::make_tuple(x.change, x.se, x.degrees); };
  room.def(
      "difference",
      [=](const Two& pilot, const std::optional<Two>& others) {
        std::optional<gate::Periods> compared;
        if (others) compared = gate::Periods{sample(others->first), sample(others->second)};
        return shown(gate::difference({sample(pilot.first), sample(pilot.second)}, compared));
      },
      "pilot"_a, "others"_a);
  room.def(
      "difference_of_teams",
      [=](const std::vector<double>& pilot, const std::vector<double>& others) {
        return shown(gate::difference_of_teams(pilot, others));
      },
      "pilot"_a, "others"_a);
}

}  // namespace trainplan::bindings
