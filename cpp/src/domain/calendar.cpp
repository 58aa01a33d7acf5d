#include "trainplan/domain/calendar.hpp"

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
                              .example = "[\"support\"]"})
          .row(&Wave::modules, {.name = "modules",
                                .doc = "Ids of the modules taught.",
                                .required = true,
                                .example = "[\"foundation\"]"})
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
          .done();
  return type;
}

}  // namespace trainplan
