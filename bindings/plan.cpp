#include "trainplan/engine/plan.hpp"

#include <pybind11/eigen.h>

#include <array>
#include <cmath>

#include "bindings.hpp"
#include "record.hpp"

namespace trainplan::bindings {

using namespace py::literals;

// A plan is read with everything that must hold between its records.
template <>
Plan made<Plan>(const Value& value) {
  return plan::read(value);
}

namespace {

const char* name_of(Kind kind) {
  static constexpr std::array<const char*, 11> names = {"text",     "flag",       "whole",  "number",
                                                        "quantity", "choice",     "texts",  "record",
                                                        "records",  "quantities", "numbers"};
  return names.at(static_cast<std::size_t>(kind));
}

// A bound of a range; None where there is none.
py::object bound(double end) {
  return std::isfinite(end) ? py::object(py::float_(end)) : py::object(py::none());
}

py::dict described(const Field& field) {
  py::dict entry;
  entry["name"] = field.name;
  entry["kind"] = name_of(field.kind);
  entry["unit"] = field.unit;
  entry["doc"] = field.doc;
  entry["low"] = bound(field.range.low);
  entry["high"] = bound(field.range.high);
  entry["open_low"] = field.range.open_low;
  entry["open_high"] = field.range.open_high;
  entry["range"] = field.range == Range{} ? std::string() : describe(field.range);
  entry["required"] = field.required;
  entry["optional"] = field.optional;
  entry["by_kpi"] = field.by_kpi;
  entry["default"] = to_python(field.fallback());
  entry["choices"] = to_python(Value::List(field.choices.begin(), field.choices.end()));
  entry["nested"] =
      field.nested == nullptr ? py::object(py::none()) : py::object(py::str(field.nested()->name));
  entry["source"] = field.source;
  entry["example"] = field.example;
  entry["key"] = field.key;
  return entry;
}

void add_described(const RecordType& type, py::dict& found) {
  if (found.contains(type.name)) return;
  py::dict entry;
  py::list fields;
  entry["name"] = type.name;
  entry["doc"] = type.doc;
  entry["fields"] = fields;
  found[py::str(type.name)] = entry;
  for (const Field& field : type.fields) {
    fields.append(described(field));
    if (field.nested != nullptr) add_described(*field.nested(), found);
  }
}

py::dict record_fields() {
  py::dict found;
  add_described(record_type<Plan>(), found);
  return found;
}

// A text for a message: halves of surrogate pairs, which no encoding can write, as Python escapes them.
std::string encodable(const py::str& text) {
  return text.attr("encode")("utf-8", "backslashreplace").cast<std::string>();
}

py::list as_list(const Problems& problems) {
  py::list list;
  for (const Problem& problem : problems) {
    list.append(py::dict("path"_a = problem.path, "value"_a = problem.value, "allowed"_a = problem.allowed,
                         "hint"_a = problem.hint));
  }
  return list;
}

py::list inputs(const Plan& plan) {
  py::list rows;
  for (const plan::Input& input : plan::inputs(plan)) {
    const Distribution& d = input.distribution;
    rows.append(py::dict("path"_a = input.path,
                         "value"_a = to_python(record::write_quantity(*input.quantity)),
                         "unit"_a = input.domain.unit, "family"_a = distribution::name(d.family),
                         "p10"_a = distribution::quantile(d, 0.1), "p50"_a = distribution::quantile(d, 0.5),
                         "p90"_a = distribution::quantile(d, 0.9), "default"_a = input.is_default,
                         "source"_a = input.source_kind, "citation"_a = input.citation,
                         "grade"_a = input.grade, "meaning"_a = input.doc));
  }
  return rows;
}

py::list schedule(const Plan& plan) {
  static constexpr std::array<const char*, 4> why = {"", "lead_time", "peak_season", "order"};
  py::list rows;
  const std::vector<calendar::Placed> placed = plan::schedule(plan);
  for (std::size_t w = 0; w < placed.size(); ++w) {
    const Wave& wave = plan.waves[w];
    rows.append(py::dict("wave"_a = wave.id, "stated"_a = wave.start, "start"_a = placed[w].start,
                         "last"_a = placed[w].start + wave.months - 1,
                         "moved_by"_a = why.at(static_cast<std::size_t>(placed[w].why))));
  }
  return rows;
}

py::list correlation_groups(const Plan& plan) {
  py::list groups;
  for (const plan::CorrelationGroup& group : plan::correlation_groups(plan)) {
    py::list members;
    for (const std::string& path : group.members) members.append(path);
    groups.append(py::dict("members"_a = members, "stated"_a = group.stated, "used"_a = group.used));
  }
  return groups;
}

py::list shared_lifts(const Plan& plan) {
  py::list shared;
  const std::vector<plan::Input> inputs = plan::inputs(plan);
  for (const Lift& lift : plan.lifts) {
    const double direction = plan::shared_direction(plan, lift);
    for (const plan::Input& input : inputs) {
      if (input.quantity == &lift.size && direction != 0.0 && !input.distribution.certain())
        shared.append(py::make_tuple(input.path, direction));
    }
  }
  return shared;
}

py::list kpis(const Plan& plan) {
  py::list list;
  for (const Kpi& kpi : plan::kpis(plan)) list.append(py::cast(kpi));
  return list;
}

}  // namespace

void bind_plan(py::module_& core) {
  bind_record<Programme>(core);
  bind_record<Competence>(core);
  bind_record<Kpi>(core);
  bind_record<Team>(core);
  bind_record<Module>(core);
  bind_record<Development>(core);
  bind_record<Practice>(core);
  bind_record<Transfer>(core);
  bind_record<Forgetting>(core);
  bind_record<Reinforcement>(core);
  bind_record<Onboarding>(core);
  bind_record<Wave>(core);
  bind_record<PeakSeason>(core);
  bind_record<ReachedAt>(core);
  bind_record<Lift>(core);
  bind_record<Movement>(core);
  bind_record<Workforce>(core);
  bind_record<CostLine>(core);
  bind_record<ContactWork>(core);
  bind_record<Retention>(core);
  bind_record<Acquisition>(core);
  bind_record<Sales>(core);
  bind_record<Hiring>(core);
  bind_record<CustomBenefit>(core);
  bind_record<Benefits>(core);
  bind_record<Source>(core);
  py::class_<Plan> cls = bind_record<Plan>(core);

  cls.def_static(
         "read", [](const py::object& data) { return plan::read(from_python(data)); }, "data"_a)
      .def("warnings", [](const Plan& self) { return as_list(plan::warnings(self)); })
      .def("inputs", &inputs)
      .def("schedule", &schedule)
      .def("correlation_groups", &correlation_groups)
      .def("shared_lifts", &shared_lifts)
      .def("all_kpis", &kpis)
      .def(
          "get", [](const Plan& self, const std::string& path) { return to_python(plan::get(self, path)); },
          "path"_a)
      .def(
          "replace_paths",
          [](const Plan& self, const py::dict& changes) {
            const Value wanted = from_python(changes);
            return plan::replace(self, *wanted.as<Value::Map>());
          },
          "changes"_a);
  core.def("record_fields", &record_fields,
           "Every record of a plan with its fields, by name, the plan first.");
  core.def(
      "problem_line",
      [](const std::string& path, const std::string& value, const std::string& allowed,
         const std::string& hint) { return describe({path, value, allowed, hint}); },
      py::kw_only(), "path"_a, "value"_a = "", "allowed"_a, "hint"_a = "",
      "The line that a person reads of a problem.");
  core.def(
      "did_you_mean",
      [](const py::str& unknown, const py::list& known) {
        std::vector<std::string> names;
        for (const py::handle name : known) names.push_back(encodable(py::str(name)));
        return did_you_mean(encodable(unknown), names);
      },
      "unknown"_a, "known"_a);
  core.def(
      "quoted", [](const py::str& text) { return quoted(encodable(text)); }, "text"_a,
      "In quotes, escaped and cut: safe to show.");
}

}  // namespace trainplan::bindings
