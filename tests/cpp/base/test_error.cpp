#include "trainplan/base/error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

namespace {

using trainplan::InputError;
using trainplan::Problem;
using trainplan::Problems;

TEST(Describe, SaysWhereWhatAndWhatIsAllowed) {
  EXPECT_EQ(trainplan::describe({"teams.billing.people", "-3", "must be at least 1", "did you mean 3?"}),
            "teams.billing.people: is -3, must be at least 1 (did you mean 3?)");
}

TEST(Describe, LeavesOutWhatIsUnknown) {
  EXPECT_EQ(trainplan::describe({"horizon", "", "is missing", ""}), "horizon: is missing");
  EXPECT_EQ(trainplan::describe({"", "", "must be a table", ""}), "plan: must be a table");
}

TEST(InputErrors, OfOneArgumentNamesIt) {
  const InputError error("rate", "must be above -0.99", "-1");
  EXPECT_STREQ(error.what(), "rate: is -1, must be above -0.99");
  EXPECT_EQ(error.problems(), (Problems{{"rate", "-1", "must be above -0.99", ""}}));
}

TEST(InputErrors, ListsProblemsInTheirOrder) {
  const InputError error(Problems{{"b", "2", "must be 1", ""}, {"a", "", "is missing", ""}});
  EXPECT_STREQ(error.what(), "b: is 2, must be 1\na: is missing");
}

TEST(InputErrors, ListsFiftyProblemsAndCountsTheOthers) {
  const auto text_of = [](std::size_t count) {
    return std::string(InputError(Problems(count, Problem{"x", "", "is wrong", ""})).what());
  };
  const std::string of_fifty = text_of(50);
  EXPECT_EQ(std::count(of_fifty.begin(), of_fifty.end(), 'x'), 50);
  EXPECT_EQ(of_fifty.find("more"), std::string::npos);
  const std::string of_sixty = text_of(60);
  EXPECT_EQ(std::count(of_sixty.begin(), of_sixty.end(), 'x'), 50);
  EXPECT_TRUE(of_sixty.ends_with("\n10 more"));
  EXPECT_EQ(InputError(Problems(60)).problems().size(), 60U);
}

TEST(ThrowIfAny, ThrowsOnlyForProblems) {
  EXPECT_NO_THROW(trainplan::throw_if_any({}));
  EXPECT_THROW(trainplan::throw_if_any({{"a", "", "is missing", ""}}), InputError);
}

TEST(Quoted, EscapesControlCharacters) {
  EXPECT_EQ(trainplan::quoted("agent"), "'agent'");
  EXPECT_EQ(trainplan::quoted(""), "''");
  EXPECT_EQ(trainplan::quoted(std::string_view("a\n\x1b[31m\0z", 9)), "'a\\x0a\\x1b[31m\\x00z'");
  EXPECT_EQ(trainplan::quoted("\x7f"), "'\\x7f'");
}

TEST(Quoted, CutsAfterEightyCharactersAndNeverWithinOne) {
  EXPECT_EQ(trainplan::quoted(std::string(80, 'a')), "'" + std::string(80, 'a') + "'");
  EXPECT_EQ(trainplan::quoted(std::string(81, 'a')), "'" + std::string(80, 'a') + "...'");
  std::string umlauts;
  std::string eighty;
  for (int i = 0; i < 100; ++i) {
    umlauts += "\xc3\xa4";
    if (i < 80) eighty += "\xc3\xa4";
  }
  EXPECT_EQ(trainplan::quoted(umlauts), "'" + eighty + "...'");
}

TEST(Shown, IsTheShortestTextThatReadsBack) {
  EXPECT_EQ(trainplan::shown(0.1), "0.1");
  EXPECT_EQ(trainplan::shown(3.0), "3");
  EXPECT_EQ(trainplan::shown(-2.5), "-2.5");
  EXPECT_EQ(trainplan::shown(1e300), "1e+300");
  EXPECT_EQ(trainplan::shown(std::numeric_limits<double>::infinity()), "inf");
  for (const double x : {1.0 / 3.0, 5e-324, std::nextafter(1.0, 2.0), 123456789.123456789}) {
    EXPECT_EQ(std::strtod(trainplan::shown(x).c_str(), nullptr), x);
  }
}

TEST(DidYouMean, FindsTheNearestName) {
  const std::vector<std::string> fields{"discount_rate", "horizon", "currency"};
  EXPECT_EQ(trainplan::did_you_mean("discount_rte", fields), "did you mean 'discount_rate'?");
  EXPECT_EQ(trainplan::did_you_mean("horizons", fields), "did you mean 'horizon'?");
}

TEST(DidYouMean, IsSilentWhenNothingIsNear) {
  const std::vector<std::string> fields{"discount_rate", "horizon", "currency"};
  EXPECT_EQ(trainplan::did_you_mean("attrition", fields), "");
  EXPECT_EQ(trainplan::did_you_mean("horizon", {}), "");
  EXPECT_EQ(trainplan::did_you_mean("", fields), "");
  EXPECT_EQ(trainplan::did_you_mean(std::string(100'000, 'h'), fields), "");
}

}  // namespace
