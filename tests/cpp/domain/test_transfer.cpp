#include "trainplan/domain/transfer.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using trainplan::transfer::rate;

TEST(Transfer, AveragePracticeGivesTheReference) {
  for (const double reference : {0.1, 0.45, 0.65, 0.9})
    EXPECT_NEAR(rate(reference, 1.3, 0.5), reference, 1e-15);
}

TEST(Transfer, FromNoPracticeToAllTheLogitMovesByTheStrength) {
  const auto logit = [](double p) { return std::log(p / (1.0 - p)); };
  EXPECT_NEAR(logit(rate(0.55, 1.2, 1.0)) - logit(rate(0.55, 1.2, 0.0)), 1.2, 1e-14);
}

TEST(Transfer, AnExampleByHand) {
  // logit(.55) = .200671, + 1 x (.8 - .5) = .500671; logistic = .622617.
  EXPECT_NEAR(rate(0.55, 1.0, 0.8), 0.622617, 5e-7);
}

TEST(Transfer, MorePracticeNeverLowersItAndItStaysBelowOne) {
  double before = 0.0;
  for (int i = 0; i <= 100; ++i) {
    const double now = rate(0.6, 1.4, i / 100.0);
    EXPECT_GT(now, before);
    EXPECT_LT(now, 1.0);
    before = now;
  }
}

TEST(Transfer, HasElevenPracticesOfWhichFourAreKeptUp) {
  EXPECT_EQ(trainplan::transfer::practice_ids.size(), 11U);
  for (const auto sustained : trainplan::transfer::sustained_ids) {
    EXPECT_NE(std::find(trainplan::transfer::practice_ids.begin(), trainplan::transfer::practice_ids.end(),
                        sustained),
              trainplan::transfer::practice_ids.end());
  }
}

}  // namespace
