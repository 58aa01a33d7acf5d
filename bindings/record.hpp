/// Records of the plan as Python classes: constructor, properties, repr, ==, pickle and signatures all come
/// from the list of fields, with the types erased so that a record costs a third of a second to compile.
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <utility>

#include "trainplan/base/record.hpp"

namespace trainplan::bindings {

namespace py = pybind11;

/// Plain data of a Python object: dict, list, tuple, str, bool, int, float, None, NumPy scalar, or a record.
/// What cannot be told is added to `problems` under its path.
[[nodiscard]] Value from_python(py::handle object, const std::string& path, Problems& problems);
/// The same.
/// @throws InputError
[[nodiscard]] Value from_python(py::handle object, const std::string& path = "");
/// None, bool, int, float, str, list or dict.
[[nodiscard]] py::object to_python(const Value& value);

/// How a bound record is reached without knowing its type.
struct BoundRecord {
  const RecordType* type;
  const void* (*get)(py::handle object);   ///< the record that a Python object holds
  py::object (*wrap)(const void* record);  ///< a Python object that holds a copy
};

namespace record_binding {

/// Version of the pickles, which are (version, dict).
inline constexpr int pickle_version = 1;

/// What a class statement and the constructor show in stubs and help().
[[nodiscard]] std::string constructor_signature(const RecordType& type, const std::string& doc = "");
/// Properties, repr, to_dict; remembers the class, so that records inside others come out as it.
void add_common(py::object cls, BoundRecord bound);
/// Keyword arguments as a value.
[[nodiscard]] Value arguments(const py::kwargs& given);
/// The record's value with the changes of replace(**changes); None resets a field.
[[nodiscard]] Value changed(const RecordType& type, const void* record, const py::kwargs& changes);
[[nodiscard]] py::tuple pickled(const RecordType& type, const void* record);
/// @throws InputError for a pickle of another version
[[nodiscard]] Value unpickled(const RecordType& type, const py::tuple& state);
[[nodiscard]] std::string signature_of_replace(const RecordType& type);

}  // namespace record_binding

/// Reads a T from plain data; a plan is also checked as a whole.
template <class T>
[[nodiscard]] T made(const Value& value) {
  Problems problems;
  T record = record::read<T>(value, "", problems);
  throw_if_any(std::move(problems));
  return record;
}

/// Binds T under the name that its description has.
template <class T>
py::class_<T> bind_record(py::module_& core) {
  using namespace record_binding;
  const RecordType& type = record_type<T>();
  py::class_<T> cls(core, type.name.c_str(), type.doc.c_str());
  py::options options;
  options.disable_function_signatures();
  const std::string constructor = constructor_signature(type);
  cls.def(py::init([](const py::kwargs& given) { return made<T>(arguments(given)); }), constructor.c_str());
  cls.def(
      "__eq__",
      [](const T& self, const py::object& other) -> py::object {
        if (!py::isinstance<T>(other)) return py::reinterpret_borrow<py::object>(Py_NotImplemented);
        return py::bool_(self == other.cast<const T&>());
      },
      "__eq__(self, other: object) -> bool");
  cls.def(
      "replace",
      [](const T& self, const py::kwargs& changes) {
        return made<T>(changed(record_type<T>(), &self, changes));
      },
      signature_of_replace(type).c_str());
  cls.def(py::pickle([](const T& self) { return pickled(record_type<T>(), &self); },
                     [](const py::tuple& state) { return made<T>(unpickled(record_type<T>(), state)); }));
  add_common(cls,
             {&type, [](py::handle object) { return static_cast<const void*>(&object.cast<const T&>()); },
              [](const void* record) { return py::cast(*static_cast<const T*>(record)); }});
  return cls;
}

}  // namespace trainplan::bindings
