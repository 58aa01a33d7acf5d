/// Months and waves: when which teams are trained.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trainplan/base/record.hpp"

namespace trainplan {

/// Teams that are trained together.
struct Wave {
  std::string id;
  std::string name;
  std::int64_t start = 1;            ///< month of the programme
  std::int64_t months = 1;           ///< length
  std::vector<std::string> teams;    ///< ids
  std::vector<std::string> modules;  ///< ids
  double share = 1.0;                ///< of each team's people
  bool follow_up = false;            ///< teaches cohorts already trained
  std::int64_t class_size = 12;      ///< learners a class
  friend bool operator==(const Wave&, const Wave&) = default;
};
template <>
const RecordType& record_type<Wave>();

namespace calendar {

/// Last month of a wave.
[[nodiscard]] inline std::int64_t last_month(const Wave& wave) { return wave.start + wave.months - 1; }

}  // namespace calendar
}  // namespace trainplan
