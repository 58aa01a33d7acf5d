/// One function a room; module.cpp is the table of contents.
#pragma once

#include <pybind11/pybind11.h>

namespace trainplan::bindings {

namespace py = pybind11;

void bind_error(py::module_& core);
void bind_random(py::module_& core);
void bind_statistics(py::module_& core);
void bind_quantity(py::module_& core);
void bind_correlation(py::module_& core);
void bind_finance(py::module_& core);
void bind_utility(py::module_& core);
void bind_transfer(py::module_& core);
void bind_reinforcement(py::module_& core);
void bind_curriculum(py::module_& core);
void bind_workforce(py::module_& core);
void bind_kpi(py::module_& core);
void bind_budget(py::module_& core);
void bind_benefit(py::module_& core);
void bind_gate(py::module_& core);
void bind_plan(py::module_& core);
void bind_simulate(py::module_& core);

}  // namespace trainplan::bindings
