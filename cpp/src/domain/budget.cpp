#include "trainplan/domain/budget.hpp"

#include <cmath>

namespace trainplan {

template <>
const RecordType& record_type<CostLine>() {
  using C = CostLine;
  static const RecordType type =
      describe_record<C>("CostLine", "A line of the budget: an amount times the driver that multiplies it.")
          .row(&C::id,
               {.name = "id", .doc = "Identifier of the line.", .required = true, .example = "content"})
          .row(&C::name, {.name = "name", .doc = "Name for display."})
          .row(&C::category,
               {.name = "category", .doc = "Category of the budget.", .required = true, .example = "content"})
          .row(&C::driver,
               {.name = "driver", .doc = "What multiplies the amount.", .required = true, .example = "once"})
          .row(&C::amount, {.name = "amount",
                            .unit = "currency",
                            .doc = "Amount a unit of the driver.",
                            .range = {0},
                            .required = true,
                            .example = "\"30000 to 50000\""})
          .row(&C::month, {.name = "month",
                           .unit = "month",
                           .doc = "Month of a line of driver once, development_hour or language_hour; 0 = "
                                  "before the start.",
                           .range = {0, 600}})
          .row(&C::first_month, {.name = "first_month",
                                 .unit = "month",
                                 .doc = "First month of a line of driver month or seat_month.",
                                 .range = {1, 600}})
          .row(&C::last_month, {.name = "last_month",
                                .unit = "month",
                                .doc = "Last month of such a line; absent: the horizon.",
                                .range = {1, 600}})
          .row(&C::waves,
               {.name = "waves",
                .doc = "Ids of the waves a learner, learner_hour or class line counts; absent: all.",
                .key = "wave"})
          .row(&C::cash, {.name = "cash",
                          .doc = "Whether money leaves the house; false for people already on the payroll."})
          .done();
  return type;
}

double budget::classes(double learners, std::int64_t class_size) {
  // A share such as 0.3 of 40 people must not open a class for a rounding error.
  return std::ceil(learners / static_cast<double>(class_size) - 1e-9);
}

}  // namespace trainplan
