#include "trainplan/domain/curriculum.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/record_lines.hpp"

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

TEST(Curriculum, CompletionIsItsFormulaToTheLastDigits) {
  for (const double base : {1e-6, 0.3, 0.85, 0.999}) {
    for (const double accessibility : {0.0, 0.15, 0.4, 5.0}) {
      for (const double fail : {0.0, 0.1, 0.9}) {
        const long double share =
            std::pow(static_cast<long double>(base), 1.0L / (1.0L + static_cast<long double>(accessibility)));
        const auto wanted = static_cast<double>(share * (1.0L - static_cast<long double>(fail) * fail));
        // exp magnifies the relative error of the logarithm by its size, at most 14.
        EXPECT_NEAR(completion(base, accessibility, fail), wanted, 4e-15 * wanted);
      }
    }
  }
}

TEST(Curriculum, BetterAccessNeverLowersCompletion) {
  double before = 0.0;
  for (int i = 0; i <= 50; ++i) {
    const double now = completion(0.7, i / 10.0, 0.2);
    EXPECT_GT(now, before);
    EXPECT_LT(now, 0.96);  // 1 - .2^2: who fails twice is not helped by access
    before = now;
  }
}

TEST(Curriculum, MasteryRisesWithHoursTowardsItsMost) {
  EXPECT_NEAR(mastery(1e6, 0.8, 16.0), 0.8, 1e-15);
  EXPECT_NEAR(mastery(8.0, 0.8, 16.0), 0.8 * (1.0 - std::sqrt(0.5)), 1e-15);
  for (int hours = 0; hours < 40; ++hours) {
    EXPECT_LT(mastery(hours, 0.8, 16.0), mastery(hours + 1.0, 0.8, 16.0));
  }
}

TEST(Curriculum, RepeatingCostsHoursOnlyToThoseWhoFail) {
  EXPECT_EQ(hours_with_repeats(16.0, 0.0), 16.0);
  EXPECT_EQ(hours_with_repeats(16.0, 1.0), 32.0);
}

TEST(Curriculum, AModuleSaysHowItIsCompletedAndOnboardingWhatItCosts) {
  EXPECT_EQ(trainplan::record_lines::required<trainplan::Module>(),
            (std::vector<std::string>{"id", "competences", "hours", "completion"}));
  EXPECT_EQ(trainplan::record_lines::required<trainplan::Onboarding>(),
            (std::vector<std::string>{"modules", "extra_hours"}));
}

TEST(Curriculum, AModuleKeepsItsSharesInsideTheirRange) {
  using trainplan::Value;
  const Value::Map module = {
      {"id", "m"}, {"competences", Value::List{"empathy"}}, {"hours", 8}, {"completion", 0.9}};
  const auto line = [&](const char* field, const Value& content) {
    return trainplan::record_lines::of<trainplan::Module>(module, field, content);
  };
  EXPECT_EQ(line("completion", 0), "r.completion: is 0, must be above 0 and at most 1");
  EXPECT_EQ(line("completion", 90), "r.completion: is 90, must be above 0 and at most 1 (did you mean 0.9?)");
  EXPECT_EQ(line("coverage", 0), "r.coverage: is 0, must be above 0 and at most 1");
  EXPECT_EQ(line("hours", -1), "r.hours: is -1, must be between 0 and 2000");
  EXPECT_EQ(line("hours", 21'000), "r.hours: is 21000, must be between 0 and 2000");
  EXPECT_EQ(line("mastery_half_hours", 0), "r.mastery_half_hours: is 0, must be above 0 and at most 2000");
  EXPECT_EQ(line("fail_rate", 1), "accepted");
  EXPECT_EQ(line("fail_rate", "10% to 20%"), "accepted");
  EXPECT_EQ(line("development_ratio", -1), "r.development_ratio: is -1, must be between 0 and 5000");
  EXPECT_EQ(line("development_ratio", 490), "accepted");
}

TEST(Curriculum, AModuleTakesTheHoursOfAClassroomToDevelopUnlessItSaysOtherwise) {
  EXPECT_EQ(trainplan::Module().development_ratio, trainplan::Quantity(43.0));
  EXPECT_TRUE(trainplan::Module().prerequisites.empty());
}

using Needed = std::vector<std::vector<std::size_t>>;
using Order = std::vector<std::size_t>;

TEST(CurriculumOrder, OfModulesWithoutPrerequisitesIsTheirOwn) {
  EXPECT_EQ(order({}), Order{});
  EXPECT_EQ(order(Needed(3)), (Order{0, 1, 2}));
}

TEST(CurriculumOrder, OfAChainStartsWithTheModuleThatNeedsNone) {
  EXPECT_EQ(order({{}, {0}, {1}}), (Order{0, 1, 2}));
  EXPECT_EQ(order({{1}, {2}, {}}), (Order{2, 1, 0}));
}

TEST(CurriculumOrder, PutsEveryModuleBehindItsPrerequisites) {
  // A diamond on its tip, with a module beside it.
  const Needed needed = {{1, 2}, {4}, {4}, {}, {}};
  const Order found = order(needed);
  ASSERT_EQ(found.size(), needed.size());
  std::vector<std::size_t> place(needed.size());
  for (std::size_t i = 0; i < found.size(); ++i) place[found[i]] = i;
  for (std::size_t m = 0; m < needed.size(); ++m)
    for (const std::size_t p : needed[m]) EXPECT_LT(place[p], place[m]);
}

TEST(CurriculumOrder, LeavesOutACycleAndWhatStandsBehindIt) {
  EXPECT_EQ(order({{1}, {0}}), Order{});
  EXPECT_EQ(order({{}, {2}, {1}, {2}, {0}}), (Order{0, 4}));  // 3 needs the cycle of 1 and 2
}

TEST(CurriculumOrder, LeavesOutAModuleThatNeedsItself) {
  EXPECT_EQ(order({{0}}), Order{});
  EXPECT_EQ(order({{}, {1}, {0}}), (Order{0, 2}));
}

}  // namespace
