#include "trainplan/base/quantity.hpp"

#include <pybind11/numpy.h>

#include <cmath>
#include <limits>
#include <optional>

#include "bindings.hpp"
#include "record.hpp"
#include "trainplan/base/distribution.hpp"
#include "trainplan/base/random.hpp"

namespace trainplan::bindings {
namespace {

using namespace py::literals;

// A quantity together with the field in which it would stand.
struct Resolved {
  Quantity quantity;
  std::string unit;
  Range range;
  Distribution distribution;
  friend bool operator==(const Resolved& a, const Resolved& b) {
    return a.unit == b.unit && a.range == b.range && a.distribution == b.distribution;
  }
};

double finite_or(const py::object& number, const char* name, double otherwise) {
  if (number.is_none()) return otherwise;
  Problems problems;
  double end = otherwise;
  record::read_number(end, Row{.name = name}, from_python(number, name), name, problems);
  throw_if_any(std::move(problems));
  return end;
}

Resolved resolve(const py::object& content, const std::string& unit, const py::object& low,
                 const py::object& high) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  Resolved made{.quantity = {},
                .unit = unit,
                .range = {finite_or(low, "low", -inf), finite_or(high, "high", inf)},
                .distribution = {}};
  if (!(made.range.low < made.range.high))
    throw InputError("high", "must be above low, which is " + shown(made.range.low), shown(made.range.high));
  const Row row{.name = "quantity", .unit = unit, .range = made.range};
  Problems problems;
  record::read_quantity(made.quantity, &row, from_python(content, "quantity"), "quantity", problems);
  throw_if_any(std::move(problems));
  made.distribution = distribution::resolve(made.quantity, {unit, made.range});
  return made;
}

py::dict parameters(const Resolved& self) {
  const Distribution& d = self.distribution;
  py::dict named;
  switch (d.family) {
    case Family::constant:
      named["value"] = d.a;
      break;
    case Family::uniform:
      named["low"] = d.a, named["high"] = d.b;
      break;
    case Family::triangular:
      named["low"] = d.a, named["mode"] = d.b, named["high"] = d.c;
      break;
    case Family::pert:
      named["low"] = d.a, named["mode"] = d.b, named["high"] = d.c, named["shape"] = d.d;
      break;
    case Family::normal:
      named["mean"] = d.a, named["sd"] = d.b;
      break;
    case Family::lognormal:
      named["median"] = d.a, named["log_sd"] = d.b;
      break;
    case Family::logit_normal:
      named["location"] = d.a, named["scale"] = d.b, named["low"] = d.c, named["high"] = d.d;
      break;
    case Family::beta:
      named["alpha"] = d.a, named["beta"] = d.b;
      break;
    case Family::discrete: {
      py::dict points;
      double before = 0.0;
      for (std::size_t i = 0; i < d.values.size(); ++i) {
        points[py::float_(d.values[i])] = d.cumulative[i] - before;
        before = d.cumulative[i];
      }
      named["probabilities"] = points;
      break;
    }
  }
  return named;
}

double quantile(const Resolved& self, double u) {
  if (!(u > 0.0 && u < 1.0)) throw InputError("u", "must be above 0 and below 1", shown(u));
  return distribution::quantile(self.distribution, u);
}

py::array_t<double> sample(const Resolved& self, std::uint64_t n, std::uint64_t seed, const std::string& path,
                           std::uint64_t first, bool stratified) {
  py::array_t<double> values(static_cast<py::ssize_t>(n));
  const Lane lane(values.mutable_data(), n);
  const py::gil_scoped_release unlocked;
  rng::uniforms(seed, path_hash(path), first, stratified ? Sampling::stratified : Sampling::random, lane);
  distribution::Sampler(self.distribution).draw(lane);
  return values;
}

py::object written(const Resolved& self) { return to_python(record::write_quantity(self.quantity)); }

// An end of the range as it was given: None where there is none.
py::object end_of(double end) {
  return std::isinf(end) ? py::object(py::none()) : py::object(py::float_(end));
}

// The call that makes it.
std::string constructor_call(const Resolved& self) {
  std::string text = "Quantity(" + std::string(py::str(py::repr(written(self))));
  if (!self.unit.empty()) text += ", unit=" + std::string(py::str(py::repr(py::str(self.unit))));
  if (std::isfinite(self.range.low)) text += ", low=" + shown(self.range.low);
  if (std::isfinite(self.range.high)) text += ", high=" + shown(self.range.high);
  return text + ")";
}

}  // namespace

void bind_quantity(py::module_& core) {
  py::class_<Resolved>(core, "Quantity", "A number or a distribution, as a plan writes it.")
      .def(py::init(&resolve), "quantity"_a, "unit"_a = "", "low"_a = py::none(), "high"_a = py::none())
      .def_property_readonly("value", &written)
      .def_property_readonly("unit", [](const Resolved& self) { return self.unit; })
      .def_property_readonly("low", [](const Resolved& self) { return end_of(self.range.low); })
      .def_property_readonly("high", [](const Resolved& self) { return end_of(self.range.high); })
      .def_property_readonly(
          "family", [](const Resolved& self) { return distribution::name(self.distribution.family); })
      .def_property_readonly("parameters", &parameters)
      .def_property_readonly("outside", [](const Resolved& self) { return self.distribution.outside(); })
      .def_property_readonly("mean",
                             [](const Resolved& self) { return distribution::mean(self.distribution); })
      .def_property_readonly("sd", [](const Resolved& self) { return distribution::sd(self.distribution); })
      .def("quantile", py::vectorize([](const Resolved* self, double u) { return quantile(*self, u); }),
           "u"_a)
      .def("sample", &sample, "n"_a, py::kw_only(), "seed"_a = 1, "path"_a = "quantity", "first"_a = 0,
           "stratified"_a = true,
           "Draws of trials first .. first+n-1, as a plan would make them at this path.")
      .def("__repr__", &constructor_call)
      .def("__reduce__",
           [](const py::object& self) -> py::tuple {
             return py::make_tuple(py::type::of(self), py::make_tuple(self.attr("value"), self.attr("unit"),
                                                                      self.attr("low"), self.attr("high")));
           })
      .def("__eq__", [](const Resolved& a, const Resolved& b) { return a == b; }, py::is_operator());
}

}  // namespace trainplan::bindings
