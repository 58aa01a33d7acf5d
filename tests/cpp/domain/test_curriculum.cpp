#include "trainplan/domain/curriculum.hpp"

#include <gtest/gtest.h>

namespace {

using namespace trainplan::curriculum;

TEST(Curriculum, AccessibilityTakesARootOfCompletion) {
  EXPECT_NEAR(completion(0.81, 1.0, 0.0), 0.9, 1e-15);
  EXPECT_NEAR(completion(0.81, 0.0, 0.0), 0.81, 1e-15);
  EXPECT_EQ(completion(1.0, 0.3, 0.0), 1.0);
}

TEST(Curriculum, WhoFailsTwiceDoesNotComplete) {
  EXPECT_NEAR(completion(0.9, 0.0, 0.5), 0.675, 1e-15);
  EXPECT_EQ(completion(0.9, 0.0, 1.0), 0.0);
  EXPECT_EQ(hours_with_repeats(16.0, 0.25), 20.0);
}

TEST(Curriculum, TheHalfHoursCloseHalfOfWhatUnlimitedHoursWould) {
  EXPECT_NEAR(mastery(16.0, 0.8, 16.0), 0.4, 1e-15);
  EXPECT_NEAR(mastery(32.0, 0.8, 16.0), 0.6, 1e-15);
  EXPECT_EQ(mastery(0.0, 0.8, 16.0), 0.0);
}

TEST(Curriculum, HasSixCompetencesToStartFrom) { EXPECT_EQ(default_competences().size(), 6U); }

}  // namespace
