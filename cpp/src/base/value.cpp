#include "trainplan/base/value.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "trainplan/base/error.hpp"

namespace trainplan::value {
namespace {

std::pair<std::string_view, std::string_view> split_first(std::string_view path) {
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return {path, {}};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

template <class Container>
auto find_key(Container& map, std::string_view key) {
  return std::find_if(map.begin(), map.end(), [&](const auto& entry) { return entry.first == key; });
}

// What a record of a list is called by: its id, or where it has none the path that it is about.
std::string_view name_of(const Value& record) {
  for (const char* key : {"id", "path"}) {
    const Value* found = member(record, key);
    if (const auto* text = found == nullptr ? nullptr : found->as<std::string>()) return *text;
  }
  return {};
}

// The record that a path leads to, and the path inside it: of several names that begin it the longest, since
// a path as a name holds dots itself.
template <class Container>
auto find_record(Container& list, std::string_view path) {
  auto best = list.end();
  std::string_view rest;
  std::size_t longest = 0;
  for (auto record = list.begin(); record != list.end(); ++record) {
    const std::string_view name = name_of(*record);
    if (name.size() <= longest || !path.starts_with(name)) continue;
    if (path.size() > name.size() && path[name.size()] != '.') continue;
    best = record;
    longest = name.size();
    rest = path.substr(std::min(path.size(), name.size() + 1));
  }
  return std::pair(best, rest);
}

bool are_about_paths(const Value::List& list, const Value& content) {
  const Value& one = list.empty() ? content : list.front();
  return member(one, "id") == nullptr && member(one, "path") != nullptr;
}

void put_in_map(Value::Map& map, std::string_view key, std::string_view rest, Value content) {
  const auto entry = find_key(map, key);
  if (content.empty() && entry == map.end()) return;  // nothing there that could be removed
  if (content.empty() && rest.empty()) {
    map.erase(entry);
    return;
  }
  Value& target = entry != map.end() ? entry->second : map.emplace_back(std::string(key), Value()).second;
  if (rest.empty()) {
    target = std::move(content);
  } else {
    if (target.empty()) target = Value::Map{};
    put(target, rest, std::move(content));
  }
}

void put_in_list(Value::List& list, std::string_view path, Value content) {
  const bool about_paths = are_about_paths(list, content);
  auto [record, rest] = find_record(list, path);
  std::string_view id = path;
  if (about_paths && !rest.empty() && content.as<Value::Map>() != nullptr) {
    // A whole record, about something inside of what another record is about.
    record = list.end();
    rest = {};
  }
  if (!about_paths && record == list.end()) std::tie(id, rest) = split_first(path);
  if (rest.empty() && content.empty()) {
    if (record != list.end()) list.erase(record);
    return;
  }
  if (!rest.empty()) {
    if (record == list.end()) {
      throw InputError(std::string(id), "there is no record of that id; give the whole record to add one");
    }
    put(*record, rest, std::move(content));
    return;
  }
  const char* key = about_paths ? "path" : "id";
  if (auto* map = content.as<Value::Map>(); map != nullptr && find_key(*map, key) == map->end()) {
    map->emplace(map->begin(), key, std::string(id));
  }
  if (record != list.end()) {
    *record = std::move(content);
  } else {
    list.push_back(std::move(content));
  }
}

}  // namespace

std::string kind_of(const Value& value) {
  static constexpr std::array<const char*, 7> kinds = {
      "nothing", "true or false", "a whole number", "a number", "a text", "a list", "a table"};
  return kinds.at(value.data.index());
}

std::string shown(const Value& value) {
  if (const auto* flag = value.as<bool>()) return *flag ? "true" : "false";
  if (const auto* whole = value.as<std::int64_t>()) return std::to_string(*whole);
  if (const auto* number = value.as<double>()) return trainplan::shown(*number);
  if (const auto* text = value.as<std::string>()) return quoted(*text);
  return kind_of(value);
}

const Value* member(const Value& map, std::string_view key) {
  const auto* entries = map.as<Value::Map>();
  if (entries == nullptr) return nullptr;
  const auto entry = find_key(*entries, key);
  return entry == entries->end() ? nullptr : &entry->second;
}

const Value* find(const Value& root, std::string_view path) {
  if (path.empty()) return &root;
  if (path.ends_with('.')) return nullptr;
  const auto [head, rest] = split_first(path);
  if (const auto* list = root.as<Value::List>()) {
    const auto [record, inside] = find_record(*list, path);
    return record == list->end() ? nullptr : find(*record, inside);
  }
  const Value* next = member(root, head);
  return next == nullptr ? nullptr : find(*next, rest);
}

void put(Value& root, std::string_view path, Value content) {
  const auto [head, rest] = split_first(path);
  if (head.empty() || path.ends_with('.')) {
    throw InputError(std::string(path), "a path is made of names with a dot between two of them");
  }
  if (auto* map = root.as<Value::Map>()) {
    put_in_map(*map, head, rest, std::move(content));
  } else if (auto* list = root.as<Value::List>()) {
    put_in_list(*list, path, std::move(content));
  } else {
    throw InputError(std::string(path), "the path leads into " + kind_of(root) + ", which has no parts");
  }
}

}  // namespace trainplan::value
