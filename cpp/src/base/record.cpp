#include "trainplan/base/record.hpp"

#include <algorithm>
#include <cmath>

namespace trainplan {

std::vector<std::string> RecordType::field_names() const {
  std::vector<std::string> names;
  for (const Field& field : fields) names.push_back(field.name);
  return names;
}

namespace record {
namespace {

constexpr std::int64_t largest_exact = std::int64_t{1} << 53;

bool in_ids(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// Whole numbers written as 1e6 are meant as such; a flag or a text never is.
std::optional<double> as_number(const Value& value) {
  if (const auto* whole = value.as<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* number = value.as<double>()) return *number;
  return std::nullopt;
}

bool check_range(double number, const Row& row, const Value& value, const std::string& path,
                 Problems& problems) {
  if (!std::isfinite(number)) {
    problems.push_back({path, value::shown(value), "must be finite", ""});
    return false;
  }
  if (row.range.holds(number)) return true;
  const bool percent_meant = row.unit == "fraction" && number > 1.0 && row.range.holds(number / 100.0);
  problems.push_back(
      {path, value::shown(value),
       "must be " + describe(row.range) + (row.unit.empty() || row.unit == "fraction" ? "" : " " + row.unit),
       percent_meant ? "did you mean " + trainplan::shown(number / 100.0) + "?" : ""});
  return false;
}

}  // namespace

std::string joined(const std::string& path, const std::string& name) {
  const bool plain = name.size() <= 80 && !name.empty() && std::all_of(name.begin(), name.end(), in_ids);
  const std::string shown_name = plain ? name : quoted(name);
  return path.empty() ? shown_name : path + "." + shown_name;
}

void wrong_kind(const std::string& path, const Value& value, const std::string& wanted, Problems& problems) {
  problems.push_back(
      {path,
       value::kind_of(value) + (value.as<std::string>() != nullptr ? " (" + value::shown(value) + ")" : ""),
       "must be " + wanted, ""});
}

void read_text(std::string& text, const Value& value, const std::string& path, Problems& problems) {
  if (const auto* found = value.as<std::string>()) {
    text = *found;
  } else {
    wrong_kind(path, value, "a text", problems);
  }
}

void read_flag(bool& flag, const Value& value, const std::string& path, Problems& problems) {
  if (const auto* found = value.as<bool>()) {
    flag = *found;
  } else {
    wrong_kind(path, value, "true or false", problems);
  }
}

void read_whole(std::int64_t& whole, const Row& row, const Value& value, const std::string& path,
                Problems& problems) {
  const auto number = as_number(value);
  if (!number) return wrong_kind(path, value, "a whole number", problems);
  if (!check_range(*number, row, value, path, problems)) return;
  if (const auto* exact = value.as<std::int64_t>()) {
    whole = *exact;
    return;
  }
  const bool fits = std::abs(*number) <= static_cast<double>(largest_exact);
  if (*number != std::floor(*number) || !fits) {
    problems.push_back(
        {path, value::shown(value),
         fits ? "must be a whole number"
              : "must be at most " + std::to_string(largest_exact) + ": beyond it digits are lost",
         ""});
    return;
  }
  whole = static_cast<std::int64_t>(*number);
}

void read_number(double& number, const Row& row, const Value& value, const std::string& path,
                 Problems& problems) {
  const auto found = as_number(value);
  if (!found) return wrong_kind(path, value, "a number", problems);
  if (check_range(*found, row, value, path, problems)) number = *found;
}

void read_quantity(Quantity& quantity, const Row* row, const Value& value, const std::string& path,
                   Problems& problems) {
  try {
    if (const auto number = as_number(value)) {
      if (!std::isfinite(*number)) {
        problems.push_back({path, value::shown(value), "must be finite", ""});
        return;
      }
      quantity = Quantity(*number);
    } else if (const auto* text = value.as<std::string>()) {
      quantity = Quantity(std::string_view(*text));
    } else {
      return wrong_kind(path, value, "a number or a text such as '6 to 12'", problems);
    }
    if (row != nullptr) static_cast<void>(distribution::resolve(quantity, {row->unit, row->range}));
  } catch (const InputError& error) {
    for (Problem problem : error.problems()) {
      problem.path = path;
      problems.push_back(std::move(problem));
    }
  }
}

void read_choice(std::size_t& index, const std::vector<std::string>& choices, const Value& value,
                 const std::string& path, Problems& problems) {
  const auto* text = value.as<std::string>();
  const auto found = text == nullptr ? choices.end() : std::find(choices.begin(), choices.end(), *text);
  if (found != choices.end()) {
    index = static_cast<std::size_t>(found - choices.begin());
    return;
  }
  std::string allowed;
  for (const std::string& choice : choices) allowed += (allowed.empty() ? "" : ", ") + choice;
  problems.push_back({path, value::shown(value), "must be one of " + allowed,
                      text == nullptr ? "" : did_you_mean(*text, choices)});
}

void read_texts(std::vector<std::string>& texts, const Value& value, const std::string& path,
                Problems& problems) {
  const auto* list = value.as<Value::List>();
  if (list == nullptr) return wrong_kind(path, value, "a list of texts", problems);
  texts.clear();
  for (std::size_t i = 0; i < list->size(); ++i) {
    read_text(texts.emplace_back(), (*list)[i], path + "[" + std::to_string(i + 1) + "]", problems);
  }
}

Value write_quantity(const Quantity& quantity) {
  if (quantity.is_text()) return quantity.text();
  const double number = quantity.number().number;
  // A whole number is written as one, so that a plan reads as a person wrote it.
  if (number == std::floor(number) && std::abs(number) < 1e15) return static_cast<std::int64_t>(number);
  return number;
}

bool read_key(const RecordType& type, const Value& element, const std::string& path,
              std::vector<std::string>& seen, Problems& problems) {
  const std::string& name = type.fields.front().name;
  if (element.as<Value::Map>() == nullptr) {
    wrong_kind(path, element, "a table", problems);
    return false;
  }
  const Value* found = value::member(element, name);
  if (found == nullptr) {
    problems.push_back({path + "." + name, "", "is required", ""});
    return false;
  }
  const auto* text = found->as<std::string>();
  if (text == nullptr) {
    wrong_kind(path + "." + name, *found, "a text", problems);
    return false;
  }
  if (name == "id" &&
      (text->empty() || text->size() > 64 || !std::all_of(text->begin(), text->end(), in_ids))) {
    problems.push_back({path + "." + name, quoted(*text),
                        "must be 1 to 64 letters a-z, A-Z, digits, '_' or '-'",
                        "a longer name with any characters goes into `name`"});
    return false;
  }
  if (record::contains(seen, *text)) {
    problems.push_back({path + "." + name, quoted(*text), "there are two records of this " + name, ""});
    return false;
  }
  seen.push_back(*text);
  return true;
}

void read_fields(const RecordType& type, void* self, const Value& value, const std::string& path,
                 Problems& problems) {
  const auto* entries = value.as<Value::Map>();
  if (entries == nullptr) return wrong_kind(path, value, "a table", problems);
  const auto known = [&](const std::string& name) {
    return std::find_if(type.fields.begin(), type.fields.end(),
                        [&](const Field& field) { return field.name == name; });
  };
  for (const auto& [key, content] : *entries) {
    const auto field = known(key);
    if (field == type.fields.end()) {
      const auto names = type.field_names();
      problems.push_back(
          {joined(path, key), "", "there is no such field in " + type.name, did_you_mean(key, names)});
      continue;
    }
    if (content.empty() && !field->required) {
      // "Nothing" (JSON null, Python None) leaves the default; an optional field is absent already.
      continue;
    }
    field->read(self, content, joined(path, key), problems);
  }
  for (const Field& field : type.fields) {
    if (!field.required) continue;
    const Value* found = value::member(value, field.name);
    if (found != nullptr) continue;
    const bool bounded =
        field.kind == Kind::number || field.kind == Kind::whole || field.kind == Kind::quantity;
    problems.push_back({joined(path, field.name), "",
                        bounded ? "is required: " + describe(field.range) +
                                      (field.unit.empty() ? "" : " [" + field.unit + "]")
                                : "is required",
                        ""});
  }
}

Value write_fields(const RecordType& type, const void* self, bool defaults) {
  Value::Map map;
  for (const Field& field : type.fields) {
    Value content = field.write(self, defaults);
    if (content.empty()) continue;
    const bool nested = field.kind == Kind::record;
    if (!defaults && !field.required && !field.always && !(nested && field.optional) &&
        content == field.fallback())
      continue;
    map.emplace_back(field.name, std::move(content));
  }
  return map;
}

void list_quantities(const RecordType& type, const void* self, const std::string& path,
                     std::vector<QuantityAt>& found) {
  for (const Field& field : type.fields) {
    const std::string here = joined(path, field.name);
    if (field.quantities) {
      field.quantities(self, [&](const std::string& below, const Quantity& quantity) {
        found.push_back({here + below, &quantity, &field});
      });
    }
    if (field.nested == nullptr) continue;
    const RecordType& nested = *field.nested();
    for (std::size_t i = 0; i < field.count(self); ++i) {
      const void* element = field.at(self, i);
      std::string element_path = here;
      if (field.kind == Kind::records) {
        const Value id = nested.fields.front().write(element, false);
        element_path += "." + *id.as<std::string>();
      }
      list_quantities(nested, element, element_path, found);
    }
  }
}

}  // namespace record

std::string describe(const Range& range) {
  const bool low = std::isfinite(range.low);
  const bool high = std::isfinite(range.high);
  const std::string above = (range.open_low ? "above " : "at least ") + shown(range.low);
  const std::string below = (range.open_high ? "below " : "at most ") + shown(range.high);
  if (low && high && !range.open_low && !range.open_high)
    return "between " + shown(range.low) + " and " + shown(range.high);
  if (low && high) return above + " and " + below;
  if (low) return above;
  if (high) return below;
  return "any number";
}

}  // namespace trainplan
