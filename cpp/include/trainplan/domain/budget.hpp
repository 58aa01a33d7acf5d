/// What the programme costs: cost lines with the drivers that multiply them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trainplan/base/record.hpp"

namespace trainplan {

enum class Category {
  content,
  technology,
  instructors,
  coaching,
  translation,
  measurement,
  participants,
  facilities,
  management,
  contingency
};
template <>
struct EnumNames<Category> {
  static constexpr std::array<const char*, 10> names = {
      "content",     "technology",   "instructors", "coaching",   "translation",
      "measurement", "participants", "facilities",  "management", "contingency"};
};

enum class Driver {
  once,
  month,
  learner,
  learner_hour,
  class_,
  coaching_hour,
  seat_month,
  new_hire,
  development_hour,
  language_hour
};
template <>
struct EnumNames<Driver> {
  static constexpr std::array<const char*, 10> names = {
      "once",          "month",      "learner",  "learner_hour",     "class",
      "coaching_hour", "seat_month", "new_hire", "development_hour", "language_hour"};
};

/// amount x driver, month by month.
struct CostLine {
  std::string id;
  std::string name;
  Category category = Category::content;
  Driver driver = Driver::once;
  Quantity amount = 0.0;                   ///< [currency a unit of the driver]
  std::int64_t month = 0;                  ///< of drivers once, development_hour and language_hour
  std::int64_t first_month = 1;            ///< of drivers month and seat_month
  std::optional<std::int64_t> last_month;  ///< absent: to the horizon
  std::vector<std::string> waves;          ///< of drivers that follow waves; empty: all
  bool cash = true;                        ///< whether money leaves the house
  friend bool operator==(const CostLine&, const CostLine&) = default;
};
template <>
const RecordType& record_type<CostLine>();

namespace budget {

/// Whether the driver counts learners, hours or classes of waves.
[[nodiscard]] constexpr bool follows_waves(Driver driver) {
  return driver == Driver::learner || driver == Driver::learner_hour || driver == Driver::class_;
}

/// Whether the driver falls due in one month.
[[nodiscard]] constexpr bool falls_once(Driver driver) {
  return driver == Driver::once || driver == Driver::development_hour || driver == Driver::language_hour;
}

/// Whole classes for `learners` people.
[[nodiscard]] double classes(double learners, std::int64_t class_size);

}  // namespace budget
}  // namespace trainplan
