#include "trainplan/domain/calendar.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/record_lines.hpp"

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

TEST(Calendar, AWaveNamesItsStartItsTeamsAndItsModules) {
  EXPECT_EQ(trainplan::record_lines::required<Wave>(),
            (std::vector<std::string>{"id", "start", "teams", "modules"}));
}

TEST(Calendar, AWaveLiesInTheProgramme) {
  using trainplan::Value;
  const Value::Map wave = {{"id", "w"}, {"start", 1}, {"teams", Value::List{}}, {"modules", Value::List{}}};
  const auto line = [&](const char* field, const Value& content) {
    return trainplan::record_lines::of<Wave>(wave, field, content);
  };
  EXPECT_EQ(line("start", 0), "r.start: is 0, must be between 1 and 600 month");
  EXPECT_EQ(line("start", 1.5), "r.start: is 1.5, must be a whole number");
  EXPECT_EQ(line("months", 0), "r.months: is 0, must be between 1 and 60 months");
  EXPECT_EQ(line("class_size", 0), "r.class_size: is 0, must be between 1 and 10000 learners");
  EXPECT_EQ(line("share", 50.0), "r.share: is 50, must be above 0 and at most 1 (did you mean 0.5?)");
  EXPECT_EQ(line("share", 0.5), "accepted");
}

}  // namespace
