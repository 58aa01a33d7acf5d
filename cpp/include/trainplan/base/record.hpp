/// How a record of the plan is described: each struct lists its fields once, and reading, writing, checking,
/// the Python constructor, repr, ==, pickle, JSON Schema, stub and reference page derive from that list.
///
///     template <> const RecordType& record_type<Pilot>() {
///       static const RecordType type = describe_record<Pilot>("Pilot", "What it is.")
///           .row(&Pilot::people, {.name = "people", .unit = "people", .doc = "Heads.", .range = {1, 1e6}})
///           .done();
///       return type;
///     }
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trainplan/base/distribution.hpp"
#include "trainplan/base/error.hpp"
#include "trainplan/base/quantity.hpp"
#include "trainplan/base/value.hpp"

namespace trainplan {

/// Keeps the order in which the plan states its keys.
template <class T>
using OrderedMap = std::vector<std::pair<std::string, T>>;

enum class Kind { text, flag, whole, number, quantity, choice, texts, record, records, quantities, numbers };

struct RecordType;

/// What a row of a record states: everything but the member itself.
struct Row {
  std::string name;
  std::string unit;  ///< "" for plain numbers and texts; "fraction" for 0..1; begins with "%" for percent
  std::string doc;
  /// None above for money: "a to b" is then lognormal, and twice the amounts are twice the draws.
  Range range;
  bool required = false;
  bool always = false;  ///< written even where it holds its default
  bool by_kpi = false;  ///< unit and range depend on a KPI: the plan resolves the quantity, not the row
  std::string source;   ///< where the default comes from: a citation, or "judgement"
  std::string example;  ///< used in the commented plan that `init` writes
  std::string key;  ///< what the keys of a map, or the ids in a text, name: "kpi", "team", "month", "path"
};

/// A field with its type erased: small to compile, complete enough for every reader.
struct Field : Row {
  Kind kind = Kind::text;
  bool optional = false;                    ///< may be absent
  std::vector<std::string> choices;         ///< of kind choice
  const RecordType* (*nested)() = nullptr;  ///< of kinds record and records
  std::function<Value(const void* record, bool defaults)> write;
  std::function<void(void* record, const Value&, const std::string& path, Problems&)> read;
  /// Calls with the path below the field ("" or ".key") and the quantity; for kinds quantity and quantities.
  std::function<void(const void* record, const std::function<void(const std::string&, const Quantity&)>&)>
      quantities;
  /// Nested records: count, and the one at an index.
  std::function<std::size_t(const void* record)> count;
  std::function<const void*(const void* record, std::size_t)> at;
  std::function<Value()> fallback;  ///< what the field holds in a new record
  [[nodiscard]] Domain domain() const { return {unit, range}; }
};

struct RecordType {
  std::string name;
  std::string doc;
  std::vector<Field> fields;
  [[nodiscard]] std::vector<std::string> field_names() const;
};

/// The description of T; specialized beside each record.
template <class T>
const RecordType& record_type();

/// Names of an enum's values, in their order; specialized beside each enum.
template <class E>
struct EnumNames;

namespace record {

/// Whether an id, or what else a list holds, is in it.
template <class T, class U>
[[nodiscard]] bool contains(const std::vector<T>& list, const U& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

/// What stands under a key; nullptr where nothing does.
template <class T>
[[nodiscard]] const T* find(const OrderedMap<T>& map, std::string_view key) {
  for (const auto& [name, content] : map)
    if (name == key) return &content;
  return nullptr;
}

void read_fields(const RecordType& type, void* self, const Value& value, const std::string& path,
                 Problems& problems);
[[nodiscard]] Value write_fields(const RecordType& type, const void* self, bool defaults);
/// The key of a list's element: the text in the first field of its type. A key named "id" is made of ASCII
/// letters, digits, '_' and '-': a path needs no escaping and no two ids look alike.
/// False when there is none, with the reason in `problems`; also when `seen` has it already.
bool read_key(const RecordType& type, const Value& element, const std::string& path,
              std::vector<std::string>& seen, Problems& problems);
/// `path`.`name`; the name in quotes when it is no id: what stands in a file is shown, never obeyed.
[[nodiscard]] std::string joined(const std::string& path, const std::string& name);
void wrong_kind(const std::string& path, const Value& value, const std::string& wanted, Problems& problems);

void read_text(std::string& text, const Value& value, const std::string& path, Problems& problems);
void read_flag(bool& flag, const Value& value, const std::string& path, Problems& problems);
void read_whole(std::int64_t& whole, const Row& row, const Value& value, const std::string& path,
                Problems& problems);
void read_number(double& number, const Row& row, const Value& value, const std::string& path,
                 Problems& problems);
void read_quantity(Quantity& quantity, const Row* row, const Value& value, const std::string& path,
                   Problems& problems);
void read_choice(std::size_t& index, const std::vector<std::string>& choices, const Value& value,
                 const std::string& path, Problems& problems);
void read_texts(std::vector<std::string>& texts, const Value& value, const std::string& path,
                Problems& problems);
[[nodiscard]] Value write_quantity(const Quantity& quantity);

/// How a member of type M is read, written and walked.
template <class M>
struct Codec {  // a nested record
  static constexpr Kind kind = Kind::record;
  static const RecordType* nested() { return &record_type<M>(); }
  static Value write(const M& member, bool defaults) {
    return write_fields(record_type<M>(), &member, defaults);
  }
  static void read(M& member, const Row&, const Value& value, const std::string& path, Problems& problems) {
    read_fields(record_type<M>(), &member, value, path, problems);
  }
  static std::size_t count(const M&) { return 1; }
  static const void* at(const M& member, std::size_t) { return &member; }
};

template <>
struct Codec<std::string> {
  static constexpr Kind kind = Kind::text;
  static Value write(const std::string& text, bool) { return text; }
  static void read(std::string& text, const Row&, const Value& value, const std::string& path,
                   Problems& problems) {
    read_text(text, value, path, problems);
  }
};
template <>
struct Codec<bool> {
  static constexpr Kind kind = Kind::flag;
  static Value write(bool flag, bool) { return flag; }
  static void read(bool& flag, const Row&, const Value& value, const std::string& path, Problems& problems) {
    read_flag(flag, value, path, problems);
  }
};
template <>
struct Codec<std::int64_t> {
  static constexpr Kind kind = Kind::whole;
  static Value write(std::int64_t whole, bool) { return whole; }
  static void read(std::int64_t& whole, const Row& row, const Value& value, const std::string& path,
                   Problems& problems) {
    read_whole(whole, row, value, path, problems);
  }
};
template <>
struct Codec<double> {
  static constexpr Kind kind = Kind::number;
  static Value write(double number, bool) { return number; }
  static void read(double& number, const Row& row, const Value& value, const std::string& path,
                   Problems& problems) {
    read_number(number, row, value, path, problems);
  }
};
template <>
struct Codec<Quantity> {
  static constexpr Kind kind = Kind::quantity;
  static Value write(const Quantity& quantity, bool) { return write_quantity(quantity); }
  static void read(Quantity& quantity, const Row& row, const Value& value, const std::string& path,
                   Problems& problems) {
    read_quantity(quantity, row.by_kpi ? nullptr : &row, value, path, problems);
  }
};
template <class E>
  requires std::is_enum_v<E>
struct Codec<E> {
  static constexpr Kind kind = Kind::choice;
  static std::vector<std::string> choices() {
    return {EnumNames<E>::names.begin(), EnumNames<E>::names.end()};
  }
  static Value write(E choice, bool) {
    return std::string(EnumNames<E>::names.at(static_cast<std::size_t>(choice)));
  }
  static void read(E& choice, const Row&, const Value& value, const std::string& path, Problems& problems) {
    auto index = static_cast<std::size_t>(choice);
    read_choice(index, choices(), value, path, problems);
    choice = static_cast<E>(index);
  }
};
template <>
struct Codec<std::vector<std::string>> {
  static constexpr Kind kind = Kind::texts;
  static Value write(const std::vector<std::string>& texts, bool) {
    return Value::List(texts.begin(), texts.end());
  }
  static void read(std::vector<std::string>& texts, const Row&, const Value& value, const std::string& path,
                   Problems& problems) {
    read_texts(texts, value, path, problems);
  }
};
template <class R>
struct Codec<std::vector<R>> {  // a list of records, addressed by id
  static constexpr Kind kind = Kind::records;
  static const RecordType* nested() { return &record_type<R>(); }
  static Value write(const std::vector<R>& records, bool defaults) {
    Value::List list;
    for (const R& one : records) list.push_back(write_fields(record_type<R>(), &one, defaults));
    return list;
  }
  static void read(std::vector<R>& records, const Row&, const Value& value, const std::string& path,
                   Problems& problems) {
    const auto* list = value.as<Value::List>();
    if (list == nullptr) return wrong_kind(path, value, "a list of records", problems);
    records.clear();
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string here = path + "[" + std::to_string(i + 1) + "]";
      if (!read_key(record_type<R>(), (*list)[i], here, keys, problems)) continue;
      const bool by_id = record_type<R>().fields.front().name == "id";
      read_fields(record_type<R>(), &records.emplace_back(), (*list)[i],
                  by_id ? path + "." + keys.back() : here, problems);
    }
  }
  static std::size_t count(const std::vector<R>& records) { return records.size(); }
  static const void* at(const std::vector<R>& records, std::size_t index) { return &records.at(index); }
};
template <class T>
struct Codec<OrderedMap<T>> {  // keys with quantities or numbers
  static constexpr Kind kind = std::is_same_v<T, Quantity> ? Kind::quantities : Kind::numbers;
  static Value write(const OrderedMap<T>& map, bool defaults) {
    Value::Map written;
    for (const auto& [key, content] : map) written.emplace_back(key, Codec<T>::write(content, defaults));
    return written;
  }
  static void read(OrderedMap<T>& map, const Row& row, const Value& value, const std::string& path,
                   Problems& problems) {
    const auto* entries = value.as<Value::Map>();
    if (entries == nullptr) return wrong_kind(path, value, "a table", problems);
    map.clear();
    for (const auto& [key, content] : *entries) {
      T& target = map.emplace_back(key, T()).second;
      if constexpr (std::is_same_v<T, Quantity>) {
        // What may stand there depends on the key: the plan's check knows.
        read_quantity(target, nullptr, content, joined(path, key), problems);
      } else {
        Codec<T>::read(target, row, content, joined(path, key), problems);
      }
    }
  }
};
template <class M>
struct Codec<std::optional<M>> : Codec<M> {
  static Value write(const std::optional<M>& member, bool defaults) {
    return member ? Codec<M>::write(*member, defaults) : Value();
  }
  static void read(std::optional<M>& member, const Row& row, const Value& value, const std::string& path,
                   Problems& problems) {
    if (value.empty()) {
      member.reset();
    } else {
      Codec<M>::read(member.emplace(), row, value, path, problems);
    }
  }
  static std::size_t count(const std::optional<M>& member) { return member ? 1 : 0; }
  static const void* at(const std::optional<M>& member, std::size_t) { return &*member; }
};

template <class M>
inline constexpr bool is_optional = false;
template <class M>
inline constexpr bool is_optional<std::optional<M>> = true;

using QuantityVisitor = std::function<void(const std::string&, const Quantity&)>;

/// Members that hold quantities. Exact types only: a number would convert to a quantity that nobody keeps.
template <class M>
inline constexpr bool holds_quantities =
    std::is_same_v<M, Quantity> || std::is_same_v<M, std::optional<Quantity>> ||
    std::is_same_v<M, OrderedMap<Quantity>>;

template <class M>
  requires holds_quantities<M>
void visit(const M& member, const QuantityVisitor& visitor) {
  if constexpr (std::is_same_v<M, Quantity>) {
    visitor("", member);
  } else if constexpr (std::is_same_v<M, std::optional<Quantity>>) {
    if (member) visitor("", *member);
  } else {
    for (const auto& [key, quantity] : member) visitor("." + key, quantity);
  }
}

}  // namespace record

/// Collects the rows of T's description.
template <class T>
class RecordDescription {
 public:
  RecordDescription(std::string name, std::string doc) : type_{std::move(name), std::move(doc), {}} {}

  template <class M>
  RecordDescription& row(M T::* member, Row row) {
    using Codec = record::Codec<M>;
    Field field;
    static_cast<Row&>(field) = std::move(row);
    field.kind = Codec::kind;
    field.optional = record::is_optional<M>;
    if constexpr (requires { Codec::choices(); }) field.choices = Codec::choices();
    if constexpr (requires { Codec::nested(); }) {
      field.nested = &Codec::nested;
      field.count = [member](const void* self) { return Codec::count(static_cast<const T*>(self)->*member); };
      field.at = [member](const void* self, std::size_t i) {
        return Codec::at(static_cast<const T*>(self)->*member, i);
      };
    }
    field.write = [member](const void* self, bool defaults) {
      return Codec::write(static_cast<const T*>(self)->*member, defaults);
    };
    field.fallback = [member] {
      static const T fresh{};
      return Codec::write(fresh.*member, false);
    };
    field.read = [member, shape = static_cast<const Row&>(field)](
                     void* self, const Value& value, const std::string& path, Problems& problems) {
      Codec::read(static_cast<T*>(self)->*member, shape, value, path, problems);
    };
    if constexpr (record::holds_quantities<M>) {
      field.quantities = [member](const void* self, const record::QuantityVisitor& visitor) {
        record::visit(static_cast<const T*>(self)->*member, visitor);
      };
    }
    type_.fields.push_back(std::move(field));
    return *this;
  }
  [[nodiscard]] RecordType done() { return std::move(type_); }

 private:
  RecordType type_;
};

template <class T>
[[nodiscard]] RecordDescription<T> describe_record(std::string name, std::string doc) {
  return RecordDescription<T>(std::move(name), std::move(doc));
}

namespace record {

/// Reads a T; every problem found is added to `problems`.
template <class T>
[[nodiscard]] T read(const Value& value, const std::string& path, Problems& problems) {
  T made{};
  read_fields(record_type<T>(), &made, value, path, problems);
  return made;
}

/// Writes a record; fields that hold their default only when `defaults` is set.
template <class T>
[[nodiscard]] Value write(const T& content, bool defaults = false) {
  return write_fields(record_type<T>(), &content, defaults);
}

/// A quantity that stands in a record, with its full path and the field that describes it.
struct QuantityAt {
  std::string path;
  const Quantity* quantity;
  const Field* field;
};

/// Every quantity in `self` and the records below it, in the order of the fields.
void list_quantities(const RecordType& type, const void* self, const std::string& path,
                     std::vector<QuantityAt>& found);

}  // namespace record
}  // namespace trainplan
