#include "bindings.hpp"

// Room by room, in the order of the core.
PYBIND11_MODULE(_core, core, pybind11::multiple_interpreters::not_supported()) {
  using namespace trainplan::bindings;
  core.attr("__version__") = TRAINPLAN_VERSION;
  bind_error(core);
  bind_random(core);
  bind_statistics(core);
  bind_quantity(core);
  bind_correlation(core);
  bind_finance(core);
  bind_utility(core);
  bind_plan(core);
  bind_transfer(core);
  bind_reinforcement(core);
  bind_curriculum(core);
  bind_workforce(core);
  bind_kpi(core);
  bind_budget(core);
  bind_benefit(core);
  bind_gate(core);
  bind_simulate(core);
}
