#include "trainplan/domain/budget.hpp"

#include <gtest/gtest.h>

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

TEST(Budget, TheDriverOfAClassIsCalledClass) {
  trainplan::CostLine line;
  line.driver = Driver::class_;
  const trainplan::Value written = trainplan::record::write(line);
  EXPECT_EQ(*trainplan::value::member(written, "driver"), trainplan::Value(std::string("class")));
}

}  // namespace
