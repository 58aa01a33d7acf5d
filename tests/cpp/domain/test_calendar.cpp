#include "trainplan/domain/calendar.hpp"

#include <gtest/gtest.h>

namespace {

using trainplan::Wave;

TEST(Calendar, AWaveEndsWithItsLastMonth) {
  EXPECT_EQ(trainplan::calendar::last_month({.id = "w", .start = 2, .months = 1}), 2);
  EXPECT_EQ(trainplan::calendar::last_month({.id = "w", .start = 2, .months = 3}), 4);
}

TEST(Calendar, AWaveTrainsEverybodyInOneMonthUnlessItSaysOtherwise) {
  const Wave wave;
  EXPECT_EQ(wave.months, 1);
  EXPECT_EQ(wave.share, 1.0);
  EXPECT_FALSE(wave.follow_up);
}

TEST(Calendar, AShareOfNobodyIsNoWave) {
  trainplan::Problems problems;
  const trainplan::Value value = trainplan::Value::Map{{"id", std::string("w")},
                                                       {"start", std::int64_t{1}},
                                                       {"share", 0.0},
                                                       {"teams", trainplan::Value::List{}},
                                                       {"modules", trainplan::Value::List{}}};
  static_cast<void>(trainplan::record::read<Wave>(value, "waves.w", problems));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(trainplan::describe(problems[0]), "waves.w.share: is 0, must be above 0 and at most 1");
}

}  // namespace
