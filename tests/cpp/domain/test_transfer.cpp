#include "trainplan/domain/transfer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/record_lines.hpp"

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

// The formula of docs/method.md, section 3, in long double. logit and logistic are each within 2 units in the
// last place; a rate magnifies the error of its logit by the logit's size, at most 26 here.
TEST(Transfer, IsItsFormulaToTheLastDigits) {
  for (const double reference : {1e-9, 0.01, 0.3, 0.55, 0.9, 0.999999}) {
    for (const double strength : {0.0, 0.55, 1.4, 10.0}) {
      for (const double practice : {0.0, 0.25, 0.5, 0.8, 1.0}) {
        const long double p = reference;
        const long double eta = std::log(p / (1.0L - p)) + static_cast<long double>(strength) *
                                                               (static_cast<long double>(practice) - 0.5L);
        const auto wanted = static_cast<double>(1.0L / (1.0L + std::exp(-eta)));
        EXPECT_NEAR(rate(reference, strength, practice), wanted, 1e-14 * wanted);
      }
    }
  }
}

TEST(Transfer, WithoutStrengthPracticesDoNotMatter) { EXPECT_EQ(rate(0.55, 0.0, 0.0), rate(0.55, 0.0, 1.0)); }

TEST(Transfer, NoneAndAllPracticeLieSymmetricallyAroundAHalf) {
  EXPECT_NEAR(rate(0.5, 1.2, 0.0) + rate(0.5, 1.2, 1.0), 1.0, 1e-15);
}

TEST(Transfer, PracticesAreThoseOfTheMethodPage) {
  const std::vector<std::string> wanted = {"expectations",        "manager_briefed",  "action_plan",
                                           "plan_reviewed",       "standards_agreed", "accountability",
                                           "recognition",         "career_path",      "leaders_model",
                                           "supervisors_trained", "change_management"};
  const auto& ids = trainplan::transfer::practice_ids;
  EXPECT_EQ(std::vector<std::string>(ids.begin(), ids.end()), wanted);
}

TEST(Transfer, APracticeHasALevelFromNoneToFully) {
  using trainplan::Practice;
  EXPECT_EQ(trainplan::record_lines::required<Practice>(), (std::vector<std::string>{"id", "level"}));
  const trainplan::Value::Map practice = {{"id", "action_plan"}, {"level", 0.5}};
  const auto line = [&](const char* field, const trainplan::Value& content) {
    return trainplan::record_lines::of<Practice>(practice, field, content);
  };
  EXPECT_EQ(line("level", 80), "r.level: is 80, must be between 0 and 1 (did you mean 0.8?)");
  EXPECT_EQ(line("level", "80%"), "accepted");
  EXPECT_EQ(line("weight", -1.0), "r.weight: is -1, must be between 0 and 100");
}

TEST(Transfer, TheReferenceIsNeitherNothingNorEverything) {
  const auto line = [](const trainplan::Value& content) {
    return trainplan::record_lines::of<trainplan::Transfer>({}, "reference", content);
  };
  EXPECT_EQ(line(0.0), "r.reference: is 0, must be above 0 and below 1");
  EXPECT_EQ(line(1.0), "r.reference: is 1, must be above 0 and below 1");
  EXPECT_EQ(line("45% to 65%"), "accepted");
}

}  // namespace
