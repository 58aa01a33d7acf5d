#include "trainplan/domain/transfer.hpp"

#include "formula.hpp"

namespace trainplan::bindings {

using namespace py::literals;

void bind_transfer(py::module_& core) {
  py::module_ room = core.def_submodule("transfer", "How much of what is learnt is used on the job.");
  room.def("rate", py::vectorize([](double reference, double strength, double practice) {
             in(reference, "reference", inner_share);
             in(strength, "strength", any_number);
             in(practice, "practice", share);
             return transfer::rate(reference, strength, practice);
           }),
           "reference"_a, "strength"_a, "practice"_a);
  const auto names = [](const auto& ids) {
    py::list list;
    for (const std::string_view id : ids) list.append(py::str(id.data(), id.size()));
    return list;
  };
  room.def("practices", [names] { return names(transfer::practice_ids); });
  room.def("sustained_practices", [names] { return names(transfer::sustained_ids); });
}

}  // namespace trainplan::bindings
