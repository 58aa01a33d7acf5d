#include "trainplan/domain/budget.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/record_lines.hpp"

namespace {

using trainplan::Driver;
using trainplan::budget::classes;

TEST(Budget, ClassesAreWhole) {
  EXPECT_EQ(classes(40.0, 12), 4.0);
  EXPECT_EQ(classes(36.0, 12), 3.0);
  EXPECT_EQ(classes(0.0, 12), 0.0);
  EXPECT_EQ(classes(1.0, 12), 1.0);
}

TEST(Budget, ARoundingErrorOpensNoClass) { EXPECT_EQ(classes(40.0 * 0.3, 12), classes(12.0, 12)); }

TEST(Budget, ThreeDriversFollowWaves) {
  EXPECT_TRUE(trainplan::budget::follows_waves(Driver::learner));
  EXPECT_TRUE(trainplan::budget::follows_waves(Driver::learner_hour));
  EXPECT_TRUE(trainplan::budget::follows_waves(Driver::class_));
  EXPECT_FALSE(trainplan::budget::follows_waves(Driver::seat_month));
}

TEST(Budget, ThreeDriversFallDueInOneMonth) {
  using trainplan::budget::falls_once;
  for (const Driver once : {Driver::once, Driver::development_hour, Driver::language_hour})
    EXPECT_TRUE(falls_once(once));
  for (const Driver other : {Driver::month, Driver::learner, Driver::learner_hour, Driver::class_,
                             Driver::coaching_hour, Driver::seat_month, Driver::new_hire}) {
    EXPECT_FALSE(falls_once(other));
  }
}

TEST(Budget, ALineIsPaidInCashUnlessItSaysOtherwise) {
  EXPECT_TRUE(trainplan::CostLine().cash);
  const trainplan::Value::Map row = {{"id", "c"}, {"category", "content"}, {"driver", "once"}, {"amount", 1}};
  EXPECT_EQ(trainplan::record_lines::of<trainplan::CostLine>(row, "cash", false), "accepted");
  EXPECT_EQ(trainplan::record_lines::of<trainplan::CostLine>(row, "cash", 0),
            "r.cash: is a whole number, must be true or false");
}

TEST(Budget, TheDriverOfAClassIsCalledClass) {
  trainplan::CostLine line;
  line.driver = Driver::class_;
  const trainplan::Value written = trainplan::record::write(line);
  EXPECT_EQ(*trainplan::value::member(written, "driver"), trainplan::Value(std::string("class")));
}

// Shares of whole teams: people k/n is a fraction that a double only approximates, and the classes are those
// of the fraction, by whole-number arithmetic.
TEST(Budget, ClassesOfASharedTeamAreThoseOfTheExactFraction) {
  for (std::int64_t people = 1; people <= 120; people += 7) {
    for (std::int64_t parts = 1; parts <= 12; ++parts) {
      for (std::int64_t k = 1; k <= parts; ++k) {
        const double share = static_cast<double>(k) / static_cast<double>(parts);
        for (const std::int64_t size : {1, 5, 12}) {
          const std::int64_t exact = (people * k + parts * size - 1) / (parts * size);
          EXPECT_EQ(classes(static_cast<double>(people) * share, size), static_cast<double>(exact));
        }
      }
    }
  }
}

TEST(Budget, AmountsDoubleTheirDrawsBitForBit) {
  EXPECT_TRUE(trainplan::record_lines::doubles_bit_for_bit<trainplan::CostLine>("amount"));
}

TEST(Budget, ALineNamesItsCategoryItsDriverAndItsAmount) {
  EXPECT_EQ(trainplan::record_lines::required<trainplan::CostLine>(),
            (std::vector<std::string>{"id", "category", "driver", "amount"}));
  EXPECT_EQ(trainplan::record_lines::field<trainplan::CostLine>("driver").choices,
            (std::vector<std::string>{"once", "month", "learner", "learner_hour", "class", "coaching_hour",
                                      "seat_month", "new_hire", "development_hour", "language_hour"}));
}

TEST(Budget, ALineLiesInTheProgrammeAndCostsNothingBelowZero) {
  const trainplan::Value::Map row = {
      {"id", "c"}, {"category", "content"}, {"driver", "once"}, {"amount", 1000}};
  const auto line = [&](const char* field, const trainplan::Value& content) {
    return trainplan::record_lines::of<trainplan::CostLine>(row, field, content);
  };
  EXPECT_EQ(line("amount", -5), "r.amount: is -5, must be at least 0");
  EXPECT_EQ(line("amount", "12%"), "r.amount: is '12%', no percent sign here: the unit is currency");
  EXPECT_EQ(line("amount", "normal(1000, 5000)"),
            "r.amount: is 'normal(1000, 5000)', must be at least 0; 42.1 % of this distribution lies outside "
            "(at most 20 % may)");
  EXPECT_EQ(line("month", -1), "r.month: is -1, must be between 0 and 600 month");
  EXPECT_EQ(line("first_month", 0), "r.first_month: is 0, must be between 1 and 600 month");
  EXPECT_EQ(
      line("driver", "learners"),
      "r.driver: is 'learners', must be one of once, month, learner, learner_hour, class, coaching_hour, "
      "seat_month, new_hire, development_hour, language_hour (did you mean 'learner'?)");
  EXPECT_EQ(line("category", "travel").substr(0, 49), "r.category: is 'travel', must be one of content, ");
}

}  // namespace
