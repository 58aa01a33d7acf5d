#include "trainplan/domain/kpi.hpp"

#include <array>
#include <string>

#include "formula.hpp"
#include "record.hpp"

namespace trainplan::bindings {

using namespace py::literals;

namespace {

double inside(const kpi::Scale& scale, double value, const char* name) {
  return in(value, name, {scale.low, scale.high, true, true});
}

LiftKind kind_named(const std::string& name) {
  Problems problems;
  LiftKind kind = LiftKind::points;
  record::Codec<LiftKind>::read(kind, {}, name, "kind", problems);
  throw_if_any(std::move(problems));
  return kind;
}

}  // namespace

void bind_kpi(py::module_& core) {
  py::module_ room = core.def_submodule("kpi", "KPIs: bounds, links and lifts.");
  room.def("built_in", [] {
    py::list kpis;
    for (const Kpi& kpi : kpi::built_in()) kpis.append(py::cast(kpi));
    return kpis;
  });
  room.def(
      "to_link",
      [](const Kpi& kpi, const py::array_t<double>& value) -> py::object {
        const kpi::Scale scale = kpi::scale(kpi);
        return py::vectorize([scale](double x) { return kpi::to_link(scale, inside(scale, x, "value")); })(
            value);
      },
      "kpi"_a, "value"_a);
  room.def(
      "from_link",
      [](const Kpi& kpi, const py::array_t<double>& eta) -> py::object {
        const kpi::Scale scale = kpi::scale(kpi);
        return py::vectorize([scale](double x) { return kpi::from_link(scale, in(x, "eta", any_number)); })(
            eta);
      },
      "kpi"_a, "eta"_a);
  room.def(
      "lifted",
      [](const Kpi& kpi, const py::array_t<double>& base, const py::array_t<double>& size,
         const std::string& kind) -> py::object {
        const LiftKind how = kind_named(kind);
        const bool up = kpi.better == Direction::higher && kpi.high;
        const double bound = up ? *kpi.high : kpi.low;
        return py::vectorize([how, bound](double b, double s) {
          return kpi::lifted(how, in(b, "base", any_number), in(s, "size", any_number), bound);
        })(base, size);
      },
      "kpi"_a, "base"_a, "size"_a, "kind"_a);
  room.def("realized", py::vectorize([](double x, double bend) {
             return kpi::realized(in(x, "x", not_negative), in(bend, "bend", not_negative));
           }),
           "x"_a, "bend"_a);
}

}  // namespace trainplan::bindings
