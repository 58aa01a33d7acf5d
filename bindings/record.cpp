#include "record.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "bindings.hpp"

namespace trainplan::bindings {
namespace {

constexpr int deepest = 32;

// Classes that bind_record has made, by description and by Python type.
std::map<const RecordType*, BoundRecord>& by_description() {
  static std::map<const RecordType*, BoundRecord> known;
  return known;
}
std::map<const PyTypeObject*, BoundRecord>& by_class() {
  static std::map<const PyTypeObject*, BoundRecord> known;
  return known;
}

std::string type_name(py::handle object) { return py::str(py::type::handle_of(object).attr("__name__")); }

// A UTF-8 copy; nothing where the text has halves of surrogate pairs, which no encoding can write.
std::optional<std::string> utf8(py::handle text) {
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
  if (bytes == nullptr) {
    PyErr_Clear();
    return std::nullopt;
  }
  return std::string(bytes, static_cast<std::size_t>(size));
}

Value text_of(py::handle object, const std::string& path, Problems& problems) {
  if (auto text = utf8(object)) return *std::move(text);
  py::ssize_t position = 0;
  for (const py::handle character : py::reinterpret_borrow<py::str>(object)) {
    ++position;
    if (!utf8(character)) break;
  }
  problems.push_back({path, "text with a lone surrogate at character " + std::to_string(position),
                      "must be valid Unicode", ""});
  return {};
}

Value whole_of(py::handle object, const std::string& path, Problems& problems) {
  int overflow = 0;
  const long long whole = PyLong_AsLongLongAndOverflow(object.ptr(), &overflow);
  if (overflow == 0) return static_cast<std::int64_t>(whole);
  problems.push_back({path,
                      "a whole number of " + std::string(py::str(object.attr("bit_length")())) + " bits",
                      "must fit into 64 bits", ""});
  return {};
}

bool is_numpy_scalar(py::handle object) {
  // Loaded already wherever such an object exists.
  const py::dict modules = py::module_::import("sys").attr("modules");
  return modules.contains("numpy") && py::isinstance(object, modules["numpy"].attr("generic"));
}

// How much more may be read: lists can hold each other many times over, which no file can.
struct Budget {
  std::size_t values = 1'000'000;
  int depth = 0;
};

Value convert(py::handle object, const std::string& path, Problems& problems, Budget& budget);

Value map_of(const py::dict& dict, const std::string& path, Problems& problems, Budget& budget) {
  Value::Map map;
  for (const auto& [key, content] : dict) {
    if (!PyUnicode_Check(key.ptr())) {
      problems.push_back({path, "a table with a key of type " + type_name(key), "keys must be texts", ""});
      continue;
    }
    const Value name = text_of(key, path, problems);
    if (const auto* text = name.as<std::string>())
      map.emplace_back(*text, convert(content, record::joined(path, *text), problems, budget));
  }
  return map;
}

Value list_of(const py::sequence& sequence, const std::string& path, Problems& problems, Budget& budget) {
  Value::List list;
  const auto size = sequence.size();
  for (std::size_t i = 0; i < size; ++i) {
    list.push_back(convert(sequence[i], path + "[" + std::to_string(i + 1) + "]", problems, budget));
    if (budget.values == 0) break;
  }
  return list;
}

Value convert_one(py::handle object, const std::string& path, Problems& problems, Budget& budget) {
  PyObject* raw = object.ptr();
  if (object.is_none()) return {};
  if (PyBool_Check(raw)) return raw == Py_True;
  if (PyLong_Check(raw)) return whole_of(object, path, problems);
  if (PyFloat_Check(raw)) return PyFloat_AS_DOUBLE(raw);
  if (PyUnicode_Check(raw)) return text_of(object, path, problems);
  if (PyDict_Check(raw)) return map_of(py::reinterpret_borrow<py::dict>(object), path, problems, budget);
  if (PyList_Check(raw) || PyTuple_Check(raw))
    return list_of(py::reinterpret_borrow<py::sequence>(object), path, problems, budget);
  if (const auto bound = by_class().find(Py_TYPE(raw)); bound != by_class().end()) {
    return record::write_fields(*bound->second.type, bound->second.get(object), false);
  }
  if (is_numpy_scalar(object)) {
    const py::object item = object.attr("item")();
    if (!is_numpy_scalar(item)) return convert(item, path, problems, budget);
  }
  const bool date = type_name(object).find("date") != std::string::npos || type_name(object) == "time";
  problems.push_back({path, "of type " + type_name(object),
                      "must be a number, a text, true or false, a list or a table",
                      date ? "write it in quotes" : ""});
  return {};
}

Value convert(py::handle object, const std::string& path, Problems& problems, Budget& budget) {
  if (budget.values == 0) return {};
  if (--budget.values == 0) {
    problems.push_back({path, "", "is beyond the first million values of a plan", ""});
    return {};
  }
  if (budget.depth > deepest) {
    problems.push_back({path, "", "is nested deeper than " + std::to_string(deepest) + " levels", ""});
    return {};
  }
  ++budget.depth;
  Value made = convert_one(object, path, problems, budget);
  --budget.depth;
  return made;
}

// ---- what Python sees of a field ----

std::string class_name(const RecordType& type) { return "trainplan._core." + type.name; }

std::string choices_of(const Field& field) {
  std::string text;
  for (const std::string& choice : field.choices) text += (text.empty() ? "'" : ", '") + choice + "'";
  return "typing.Literal[" + text + "]";
}

// The type of a property, or of a constructor's argument, which also takes what can be turned into it.
std::string python_type(const Field& field, bool argument) {
  const std::string table = "dict[str, typing.Any]";
  std::string type;
  switch (field.kind) {
    case Kind::text:
      type = "str";
      break;
    case Kind::flag:
      type = "bool";
      break;
    case Kind::whole:
      type = "int";
      break;
    case Kind::number:
      type = "float";
      break;
    case Kind::quantity:
      type = "float | str";
      break;
    case Kind::choice:
      type = choices_of(field);
      break;
    case Kind::texts:
      type = argument ? "collections.abc.Sequence[str]" : "tuple[str, ...]";
      break;
    case Kind::record:
      type = class_name(*field.nested()) + (argument ? " | " + table : "");
      break;
    case Kind::records:
      type = argument ? "collections.abc.Sequence[" + class_name(*field.nested()) + " | " + table + "]"
                      : "tuple[" + class_name(*field.nested()) + ", ...]";
      break;
    case Kind::quantities:
      type = "dict[str, float | str]";
      break;
    case Kind::numbers:
      type = "dict[str, float]";
      break;
  }
  return field.optional ? type + " | None" : type;
}

py::object property_of(const Field& field, const void* self) {
  if (field.kind == Kind::record || field.kind == Kind::records) {
    const BoundRecord& nested = by_description().at(field.nested());
    const std::size_t count = field.count(self);
    if (field.kind == Kind::record)
      return count == 0 ? py::object(py::none()) : nested.wrap(field.at(self, 0));
    py::tuple records(count);
    for (std::size_t i = 0; i < count; ++i) records[i] = nested.wrap(field.at(self, i));
    return records;
  }
  py::object content = to_python(field.write(self, true));
  return field.kind == Kind::texts ? py::object(py::tuple(content)) : content;
}

std::string documented(const Field& field) {
  std::string text = field.doc;
  if (!field.unit.empty()) text += " [" + field.unit + "]";
  const bool ranged = field.kind == Kind::whole || field.kind == Kind::number || field.kind == Kind::quantity;
  if (ranged && field.range != Range{}) text += " " + describe(field.range);
  return text;
}

// The call that makes the record; fields that hold their default are left out.
std::string called(const RecordType& type, const void* self) {
  const Value written = record::write_fields(type, self, false);
  std::string text;
  for (const Field& field : type.fields) {
    const Value* content = value::member(written, field.name);
    if (content == nullptr) continue;
    std::string shown;
    if (field.kind == Kind::record) {
      shown = called(*field.nested(), field.at(self, 0));
    } else if (field.kind == Kind::records) {
      for (std::size_t i = 0; i < field.count(self); ++i)
        shown += (i > 0 ? ", " : "") + called(*field.nested(), field.at(self, i));
      shown = "[" + shown + "]";
    } else {
      shown = py::str(py::repr(to_python(*content)));
    }
    text += (text.empty() ? "" : ", ") + field.name + "=" + shown;
  }
  return type.name + "(" + text + ")";
}

}  // namespace

Value from_python(py::handle object, const std::string& path, Problems& problems) {
  Budget budget;
  return convert(object, path, problems, budget);
}

Value from_python(py::handle object, const std::string& path) {
  Problems problems;
  Value value = from_python(object, path, problems);
  throw_if_any(std::move(problems));
  return value;
}

py::object to_python(const Value& value) {
  if (const auto* flag = value.as<bool>()) return py::bool_(*flag);
  if (const auto* whole = value.as<std::int64_t>()) return py::int_(*whole);
  if (const auto* number = value.as<double>()) return py::float_(*number);
  if (const auto* text = value.as<std::string>()) return py::str(*text);
  if (const auto* list = value.as<Value::List>()) {
    py::list made;
    for (const Value& element : *list) made.append(to_python(element));
    return made;
  }
  if (const auto* map = value.as<Value::Map>()) {
    py::dict made;
    for (const auto& [key, content] : *map) made[py::str(key)] = to_python(content);
    return made;
  }
  return py::none();
}

namespace record_binding {

std::string constructor_signature(const RecordType& type, const std::string& doc) {
  std::string text = "__init__(self: " + class_name(type) + ", *";
  // Required ones first, as a person reads them.
  for (const bool required : {true, false}) {
    for (const Field& field : type.fields) {
      if (field.required != required) continue;
      text += ", " + field.name + ": " + python_type(field, true) + (required ? "" : " = ...");
    }
  }
  return text + ") -> None\n\n" + (doc.empty() ? type.doc : doc);
}

std::string signature_of_replace(const RecordType& type) {
  std::string text = "replace(self: " + class_name(type) + ", *";
  for (const Field& field : type.fields) {
    text +=
        ", " + field.name + ": " + python_type(field, true) + (field.optional ? "" : " | None") + " = ...";
  }
  return text + ") -> " + class_name(type) +
         "\n\nA copy with other values; None resets a field to its default.";
}

void add_common(py::object cls, BoundRecord bound) {
  by_description()[bound.type] = bound;
  by_class()[reinterpret_cast<const PyTypeObject*>(cls.ptr())] = bound;
  py::options options;
  options.disable_function_signatures();
  const std::string self = "(self: " + class_name(*bound.type) + ")";
  const auto method = [&](const char* name, auto body, const std::string& doc, const auto&... extra) {
    cls.attr(name) =
        py::cpp_function(body, py::name(name), py::is_method(cls), py::doc(doc.c_str()), extra...);
  };
  const py::handle property(reinterpret_cast<PyObject*>(&PyProperty_Type));
  for (const Field& field : bound.type->fields) {
    const std::string signature = self + " -> " + python_type(field, false);
    const py::cpp_function getter(
        [bound, &field](const py::object& object) { return property_of(field, bound.get(object)); },
        py::is_method(cls), py::doc(signature.c_str()));
    cls.attr(field.name.c_str()) = property(getter, py::none(), py::none(), documented(field));
  }
  method(
      "__repr__", [bound](const py::object& object) { return called(*bound.type, bound.get(object)); },
      "__repr__" + self + " -> str");
  method(
      "to_dict",
      [bound](const py::object& object, bool defaults) {
        return to_python(record::write_fields(*bound.type, bound.get(object), defaults));
      },
      "to_dict(self: " + class_name(*bound.type) +
          ", defaults: bool = False) -> dict[str, typing.Any]\n\nPlain data; with `defaults` also the fields "
          "that hold theirs.",
      py::arg("defaults") = false);
}

Value arguments(const py::kwargs& given) { return from_python(given); }

Value changed(const RecordType& type, const void* record, const py::kwargs& changes) {
  Value whole = record::write_fields(type, record, true);
  auto& entries = *whole.as<Value::Map>();
  const Value wanted = from_python(changes);
  for (const auto& [key, content] : *wanted.as<Value::Map>()) {
    const auto same = std::find_if(entries.begin(), entries.end(),
                                   [&key = key](const auto& entry) { return entry.first == key; });
    if (same != entries.end()) entries.erase(same);
    // A misspelt name is kept, so that reading refuses it.
    if (!content.empty() || !value::member(record::write_fields(type, record, true), key))
      entries.emplace_back(key, content);
  }
  return whole;
}

py::tuple pickled(const RecordType& type, const void* record) {
  return py::make_tuple(pickle_version, to_python(record::write_fields(type, record, false)));
}

Value unpickled(const RecordType& type, const py::tuple& state) {
  const bool known = state.size() == 2 && py::object(state[0]).equal(py::int_(pickle_version));
  if (!known) {
    throw InputError(type.name,
                     "this pickle was written by another version of trainplan; this one reads version " +
                         std::to_string(pickle_version));
  }
  return from_python(state[1]);
}

}  // namespace record_binding
}  // namespace trainplan::bindings
