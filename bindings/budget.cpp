#include "trainplan/domain/budget.hpp"

#include "formula.hpp"

namespace trainplan::bindings {

using namespace py::literals;

void bind_budget(py::module_& core) {
  py::module_ room = core.def_submodule("budget", "Drivers of cost.");
  room.def("classes", py::vectorize([](double learners, double class_size) {
             in(learners, "learners", not_negative);
             in(class_size, "class_size", Range{1.0, 1e6});
             return budget::classes(learners, static_cast<std::int64_t>(class_size));
           }),
           "learners"_a, "class_size"_a);
}

}  // namespace trainplan::bindings
