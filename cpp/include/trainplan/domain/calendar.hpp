/// Months and waves: when which teams are trained.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
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
  std::optional<double> lead_time;   ///< [months] before it can start; absent: by the development
  friend bool operator==(const Wave&, const Wave&) = default;
};
template <>
const RecordType& record_type<Wave>();

/// Months of every year in which training takes few hours off the floor, or none.
struct PeakSeason {
  std::string id;
  std::string name;
  std::int64_t first_month = 11;   ///< calendar month, 1..12
  std::int64_t last_month = 12;    ///< calendar month; before first_month: over the turn of the year
  std::vector<std::string> teams;  ///< ids; empty: all
  double cap = 0.0;                ///< [h/person/month] of a wave's training
  friend bool operator==(const PeakSeason&, const PeakSeason&) = default;
};
template <>
const RecordType& record_type<PeakSeason>();

/// How long content takes before it can be taught.
struct Development {
  std::optional<double> capacity;   ///< [h/month]
  double language_months = 0.0;     ///< [months/language]
  double integration_months = 0.0;  ///< [months] of systems
  friend bool operator==(const Development&, const Development&) = default;
};
template <>
const RecordType& record_type<Development>();

namespace calendar {

/// Whether a calendar month, 1..12, belongs to the season.
[[nodiscard]] constexpr bool covers(std::int64_t first, std::int64_t last, std::int64_t month) {
  return first <= last ? first <= month && month <= last : first <= month || month <= last;
}

/// A peak season as a wave meets it: months of the year, the most hours a head that training may take in
/// them, and those that the wave takes from the teams concerned [h/person/month].
struct Limit {
  std::int64_t first = 1, last = 12;
  double cap = 0.0;
  double hours = 0.0;
};

/// What decides when a wave can start.
struct Request {
  std::int64_t start = 1, months = 1;
  double lead = 0.0;               ///< [months]
  std::vector<Limit> limits;       ///< peak seasons of its teams
  std::vector<std::size_t> after;  ///< requests before this one whose last month must come before its own
};

enum class Moved { no, lead_time, peak_season, order };
struct Placed {
  std::int64_t start = 1;
  Moved why = Moved::no;  ///< the last reason that moved it
};

/// The first month that meets lead time, limits and order, for each wave in turn (docs/method.md, section 2).
/// A wave that fits nowhere up to `latest` starts in the month after it.
/// @param first_month  calendar month of month 1, 1..12
[[nodiscard]] std::vector<Placed> place(std::span<const Request> requests, std::int64_t first_month,
                                        std::int64_t latest);

/// Last month of a wave.
[[nodiscard]] inline std::int64_t last_month(const Wave& wave) { return wave.start + wave.months - 1; }

}  // namespace calendar
}  // namespace trainplan
