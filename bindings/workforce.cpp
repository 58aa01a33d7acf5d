#include "trainplan/domain/workforce.hpp"

#include "formula.hpp"

namespace trainplan::bindings {

using namespace py::literals;

void bind_workforce(py::module_& core) {
  py::module_ room = core.def_submodule("workforce", "Contact work and what an hour of it costs.");
  room.def("repeat_share", py::vectorize([](double callback_share, double fcr) {
             in(callback_share, "callback_share", share);
             in(fcr, "fcr", Range{0.0, 100.0});
             return workforce::repeat_share(callback_share, fcr);
           }),
           "callback_share"_a, "fcr"_a);
  room.def("contacts", py::vectorize([](double observed, double repeats_before, double repeats_now) {
             in(observed, "observed", not_negative);
             in(repeats_before, "repeats_before", Range{0.0, 1.0, false, true});
             in(repeats_now, "repeats_now", Range{0.0, 1.0, false, true});
             return workforce::contacts(observed, repeats_before, repeats_now);
           }),
           "observed"_a, "repeats_before"_a, "repeats_now"_a);
  room.def("paid_hours", py::vectorize([](double contact_seconds, double occupancy, double shrinkage) {
             in(contact_seconds, "contact_seconds", any_number);
             in(occupancy, "occupancy", Range{0.0, 1.0, true});
             in(shrinkage, "shrinkage", Range{0.0, 1.0, false, true});
             return workforce::paid_hours(contact_seconds, occupancy, shrinkage);
           }),
           "contact_seconds"_a, "occupancy"_a, "shrinkage"_a);
  room.def("off_floor_rate",
           py::vectorize([](double hourly_cost, double backfill_hourly_cost, double backfill_share,
                            double realization, double shrinkage) {
             in(hourly_cost, "hourly_cost", not_negative);
             in(backfill_hourly_cost, "backfill_hourly_cost", not_negative);
             in(backfill_share, "backfill_share", share);
             in(realization, "realization", share);
             in(shrinkage, "shrinkage", Range{0.0, 1.0, false, true});
             return workforce::off_floor_rate(hourly_cost, backfill_hourly_cost, backfill_share, realization,
                                              shrinkage);
           }),
           "hourly_cost"_a, "backfill_hourly_cost"_a, "backfill_share"_a, "realization"_a, "shrinkage"_a);
}

}  // namespace trainplan::bindings
