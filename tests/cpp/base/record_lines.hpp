/// What the reader of a record says: for tests of the rooms that describe records.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "trainplan/base/record.hpp"

namespace trainplan::record_lines {

/// The problems of a record of type R, a line each, its path "r" before each field.
template <class R>
[[nodiscard]] std::vector<std::string> of(const Value& value) {
  Problems problems;
  static_cast<void>(record::read<R>(value, "r", problems));
  std::vector<std::string> found;
  for (const Problem& problem : problems) found.push_back(describe(problem));
  return found;
}

/// The only problem of `map` with another `content` in `field`; "accepted" when there is none.
template <class R>
[[nodiscard]] std::string of(Value::Map map, const std::string& field, Value content) {
  std::erase_if(map, [&](const auto& entry) { return entry.first == field; });
  map.emplace_back(field, std::move(content));
  const std::vector<std::string> found = of<R>(Value(map));
  return found.empty() ? "accepted" : found.size() > 1 ? "several problems" : found.front();
}

/// The fields of R that must be stated.
template <class R>
[[nodiscard]] std::vector<std::string> required() {
  std::vector<std::string> names;
  for (const Field& field : record_type<R>().fields) {
    if (field.required) names.push_back(field.name);
  }
  return names;
}

/// What may stand in a field of R.
template <class R>
[[nodiscard]] const Field& field(const std::string& name) {
  const std::vector<Field>& fields = record_type<R>().fields;
  return *std::find_if(fields.begin(), fields.end(), [&](const Field& one) { return one.name == name; });
}

/// Whether "a to b" in a field of R is lognormal and draws exactly twice as much for twice the amounts.
template <class R>
[[nodiscard]] bool doubles_bit_for_bit(const std::string& name) {
  const Domain domain = field<R>(name).domain();
  const distribution::Sampler once(distribution::resolve("26 to 31", domain));
  const distribution::Sampler twice(distribution::resolve("52 to 62", domain));
  bool same = once.distribution().family == Family::lognormal;
  for (int i = 1; i < 512; ++i) same = same && 2.0 * once.at(i / 512.0) == twice.at(i / 512.0);
  return same;
}

}  // namespace trainplan::record_lines
