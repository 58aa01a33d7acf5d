/// Plain data, as it stands in a TOML or JSON file: what records are read from and written to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace trainplan {

/// Nothing, a flag, a whole number, a number, a text, a list or a map that keeps its order.
struct Value {
  using List = std::vector<Value>;
  using Map = std::vector<std::pair<std::string, Value>>;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Map> data;

  Value() = default;
  template <class T>
    requires(!std::is_same_v<std::decay_t<T>, Value>)
  Value(T&& content) : data(std::forward<T>(content)) {}  // NOLINT(google-explicit-constructor)

  template <class T>
  [[nodiscard]] const T* as() const noexcept {
    return std::get_if<T>(&data);
  }
  template <class T>
  [[nodiscard]] T* as() noexcept {
    return std::get_if<T>(&data);
  }
  [[nodiscard]] bool empty() const noexcept { return std::holds_alternative<std::monostate>(data); }
  friend bool operator==(const Value&, const Value&) = default;
};

namespace value {

/// What `value` is, for messages: "a number", "a text", "a list", ...
[[nodiscard]] std::string kind_of(const Value& value);

/// `value` as it is shown in a message; lists and maps by their kind alone.
[[nodiscard]] std::string shown(const Value& value);

/// The entry `key` of a map; null when `map` is no map or has no such key.
[[nodiscard]] const Value* member(const Value& map, std::string_view key);

/// The value at a path such as "teams.billing.people": maps by key, lists of records by the text in `id`.
/// Null when there is nothing.
[[nodiscard]] const Value* find(const Value& root, std::string_view path);

/// Writes at a path. Maps on the way are made where they are missing; a record is added to a list when
/// its id is new. An empty `content` removes the entry.
/// @throws InputError when the path leads through something that is neither map nor list.
void put(Value& root, std::string_view path, Value content);

}  // namespace value
}  // namespace trainplan
