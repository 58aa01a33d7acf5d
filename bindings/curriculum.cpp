#include "trainplan/domain/curriculum.hpp"

#include "formula.hpp"

namespace trainplan::bindings {

using namespace py::literals;

void bind_curriculum(py::module_& core) {
  py::module_ room = core.def_submodule("curriculum", "Completion and mastery of courses.");
  room.def("completion", py::vectorize([](double base, double accessibility, double fail_rate) {
             in(base, "base", Range{0.0, 1.0, true});
             in(accessibility, "accessibility", not_negative);
             in(fail_rate, "fail_rate", share);
             return curriculum::completion(base, accessibility, fail_rate);
           }),
           "base"_a, "accessibility"_a, "fail_rate"_a);
  room.def("mastery", py::vectorize([](double hours, double most, double half_hours) {
             in(hours, "hours", not_negative);
             in(most, "most", share);
             in(half_hours, "half_hours", positive);
             return curriculum::mastery(hours, most, half_hours);
           }),
           "hours"_a, "most"_a, "half_hours"_a);
  room.def("hours_with_repeats", py::vectorize([](double hours, double fail_rate) {
             in(hours, "hours", not_negative);
             in(fail_rate, "fail_rate", share);
             return curriculum::hours_with_repeats(hours, fail_rate);
           }),
           "hours"_a, "fail_rate"_a);
}

}  // namespace trainplan::bindings
