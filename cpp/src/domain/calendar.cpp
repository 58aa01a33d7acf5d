#include "trainplan/domain/calendar.hpp"

#include <algorithm>
#include <cmath>

namespace trainplan {

template <>
const RecordType& record_type<Wave>() {
  static const RecordType type =
      describe_record<Wave>("Wave", "Teams that are trained together, in one or more consecutive months.")
          .row(&Wave::id,
               {.name = "id", .doc = "Identifier of the wave.", .required = true, .example = "wave_1"})
          .row(&Wave::name, {.name = "name", .doc = "Name for display."})
          .row(&Wave::start, {.name = "start",
                              .unit = "month",
                              .doc = "First month of training.",
                              .range = {1, 600},
                              .required = true,
                              .example = "2"})
          .row(
              &Wave::months,
              {.name = "months",
               .unit = "months",
               .doc =
                   "Length; hours and learner costs are spread evenly, the effect comes with the last month.",
               .range = {1, 60}})
          .row(&Wave::teams, {.name = "teams",
                              .doc = "Ids of the teams trained.",
                              .required = true,
                              .example = "[\"support\"]",
                              .key = "team"})
          .row(&Wave::modules, {.name = "modules",
                                .doc = "Ids of the modules taught.",
                                .required = true,
                                .example = "[\"foundation\"]",
                                .key = "module"})
          .row(&Wave::share, {.name = "share",
                              .unit = "fraction",
                              .doc = "Share of each team's people.",
                              .range = {0, 1, true}})
          .row(&Wave::follow_up,
               {.name = "follow_up",
                .doc = "Whether the wave teaches the cohorts already trained instead of the untrained rest."})
          .row(&Wave::class_size, {.name = "class_size",
                                   .unit = "learners",
                                   .doc = "Learners a class; whole classes are counted for the wave.",
                                   .range = {1, 10'000},
                                   .source = "judgement"})
          .row(&Wave::lead_time,
               {.name = "lead_time",
                .unit = "months",
                .doc = "Months from the programme's start before the wave can begin; absent: computed where "
                       "development.capacity is stated.",
                .range = {0, 120}})
          .done();
  return type;
}

template <>
const RecordType& record_type<PeakSeason>() {
  using P = PeakSeason;
  static const RecordType type =
      describe_record<P>("PeakSeason",
                         "Months of every year in which training takes few hours off the floor, or none; a "
                         "wave moves to the first month that fits.")
          .row(&P::id,
               {.name = "id", .doc = "Identifier of the season.", .required = true, .example = "year_end"})
          .row(&P::name, {.name = "name", .doc = "Name for display."})
          .row(&P::first_month, {.name = "first_month",
                                 .unit = "calendar month",
                                 .doc = "First month, 1 = January.",
                                 .range = {1, 12},
                                 .required = true,
                                 .example = "11"})
          .row(&P::last_month, {.name = "last_month",
                                .unit = "calendar month",
                                .doc = "Last month; before first_month: in the year after.",
                                .range = {1, 12},
                                .required = true,
                                .example = "12"})
          .row(&P::teams, {.name = "teams", .doc = "Ids of the teams it is for; absent: all.", .key = "team"})
          .row(&P::cap, {.name = "cap",
                         .unit = "h/person/month",
                         .doc = "Most hours a head that a wave may take in such a month; 0 is a black-out.",
                         .range = {0, 200}})
          .done();
  return type;
}

template <>
const RecordType& record_type<Development>() {
  using D = Development;
  static const RecordType type =
      describe_record<D>("Development", "How long content takes before it can be taught.")
          .row(&D::capacity,
               {.name = "capacity",
                .unit = "h/month",
                .doc = "Hours of development a month; absent: lead times are only those stated.",
                .range = {0, 1e6, true}})
          .row(&D::language_months, {.name = "language_months",
                                     .unit = "months/language",
                                     .doc = "Time to translate and localize into a language.",
                                     .range = {0, 24}})
          .row(&D::integration_months, {.name = "integration_months",
                                        .unit = "months",
                                        .doc = "Time to connect the systems that training needs.",
                                        .range = {0, 60}})
          .done();
  return type;
}

std::vector<calendar::Placed> calendar::place(std::span<const Request> requests, std::int64_t first_month,
                                              std::int64_t latest) {
  std::vector<Placed> placed;
  for (const Request& request : requests) {
    Placed made{.start = request.start};
    const auto at_least = [&](std::int64_t start, Moved why) {
      if (start > made.start) made = {.start = start, .why = why};
    };
    // A crumb of rounding must not cost a month.
    at_least(1 + static_cast<std::int64_t>(std::ceil(request.lead - 1e-9)), Moved::lead_time);
    for (const std::size_t v : request.after) {
      const std::int64_t end = placed[v].start + requests[v].months - 1;
      at_least(end + 2 - request.months, Moved::order);
    }
    const auto collides = [&](std::int64_t month) {
      const std::int64_t of_year = (first_month - 1 + month - 1) % 12 + 1;
      return std::any_of(request.limits.begin(), request.limits.end(), [&](const Limit& limit) {
        return limit.hours > limit.cap + 1e-9 && covers(limit.first, limit.last, of_year);
      });
    };
    while (made.start <= latest) {
      bool fits = true;
      for (std::int64_t month = made.start; month < made.start + request.months; ++month)
        fits = fits && !collides(month);
      if (fits) break;
      made = {.start = made.start + 1, .why = Moved::peak_season};
    }
    placed.push_back(made);
  }
  return placed;
}

}  // namespace trainplan
