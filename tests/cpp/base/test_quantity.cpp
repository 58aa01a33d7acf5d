#include "trainplan/base/quantity.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "trainplan/base/error.hpp"

namespace {

using trainplan::InputError;
using trainplan::Quantity;

std::string refusal(std::string_view text) {
  try {
    const Quantity quantity(text);
  } catch (const InputError& error) {
    const trainplan::Problem& problem = error.problems().front();
    return problem.allowed + (problem.hint.empty() ? "" : " | " + problem.hint);
  }
  return "accepted";
}

std::string shown_in_refusal(std::string_view text) {
  try {
    const Quantity quantity(text);
  } catch (const InputError& error) {
    return error.problems().front().value;
  }
  return "accepted";
}

TEST(Quantity, ANumberIsCertain) {
  EXPECT_EQ(Quantity(9.0).name(), "");
  EXPECT_EQ(Quantity(9.0).number().number, 9.0);
  EXPECT_FALSE(Quantity(9.0).is_text());
  EXPECT_EQ(Quantity("9").number().number, 9.0);
}

TEST(Quantity, EqualityIgnoresSpacesAndSpelling) {
  EXPECT_EQ(Quantity("6 to 12"), Quantity(" 6.0  to 1.2e1 "));
  EXPECT_EQ(Quantity("pert(6,9,12)"), Quantity("pert( 6, 9, 12 )"));
  EXPECT_EQ(Quantity("9"), Quantity(9.0));
  EXPECT_NE(Quantity("6 to 12"), Quantity("6 to 13"));
  EXPECT_NE(Quantity("12%"), Quantity("12"));
}

TEST(Quantity, ArgumentsHaveNamesWeightsAndPercentSigns) {
  const Quantity named("pert(6, 9, 12, shape=4)");
  EXPECT_EQ(named.arguments().back().name, "shape");
  const Quantity weighted("discrete(0: 0.7, 1: 30%)");
  EXPECT_TRUE(weighted.arguments()[1].weighted);
  EXPECT_EQ(weighted.arguments()[1].term.number, 1.0);
  EXPECT_TRUE(weighted.arguments()[1].weight.percent);
  const Quantity negative("-15% to -5%");
  EXPECT_EQ(negative.arguments()[0].term.number, -15.0);
  EXPECT_TRUE(negative.arguments()[0].term.percent);
}

TEST(Quantity, KeepsItsTextForWriting) { EXPECT_EQ(Quantity("6 to  12").text(), "6 to  12"); }

// What must stand at which character, counted from 1.
struct Refused {
  std::string text;
  int position;
  std::string wanted;
};

TEST(Quantity, AnErrorPointsAtThePositionAndSaysWhatMustStandThere) {
  const std::string number = "a number";
  const std::string end = "the end of the text";
  const std::string to = "'to' between two numbers, or the end of the text";
  const std::vector<Refused> cases = {
      {"", 1, number},
      {"   ", 4, number},
      {"%", 1, number},
      {".", 1, number},
      {"--5", 1, number},
      {"+-5", 1, number},
      {"+", 1, number},
      {"-inf", 1, number},
      {"-nan", 1, number},
      {"6 to", 5, number},
      {"6 to inf", 6, number},
      {"6 to twelve", 6, number},
      {"pert(", 6, number},
      {"pert()", 6, number},
      {"pert(6,", 8, number},
      {"pert(6, 9, 12, shape=)", 22, number},
      {"discrete(0: )", 13, number},
      {"1e400", 1, "a number of a size from 5e-324 to 1.8e308"},
      {"6 to -1e400", 6, "a number of a size from 5e-324 to 1.8e308"},
      {"1e-400", 1, "a number of a size from 5e-324 to 1.8e308"},
      {"6 two 12", 3, to},
      {"6 TO 12", 3, to},
      {"12 h", 4, to},
      {"5e", 2, to},
      {"0x10", 2, to},
      {"1_000", 2, to},
      {"6 to 12 h", 9, end},
      {"6 to 12 to 18", 9, end},
      {"6 - 12", 3, end},
      {"6 \xe2\x80\x93 12", 3, end},  // a dash of typography
      {"6..12", 3, end},
      {"1,000", 2, end},
      {"12%%", 4, end},
      {"pert(6, 9, 12) h", 16, end},
      {"pert(6, 9, 12))", 15, end},
      {std::string("5\0", 2), 2, end},
      {"pert", 5, "'('"},
      {"pert 6", 6, "'('"},
      {"nan", 4, "'('"},
      {"inf", 4, "'('"},
      {"to 6", 4, "'('"},
      {"pert(6, 9", 10, "')'"},
      {"pert(6 9)", 8, "')'"},
      {"pert(6; 9)", 7, "')'"},
      {"pert(6, 9, 12, shape)", 21, "'='"},
      {"pert(6, 9, 12, shape: 4)", 21, "'='"},
  };
  for (const auto& [text, position, wanted] : cases) {
    EXPECT_EQ(
        refusal(text),
        "at character " + std::to_string(position) + " there must be " + wanted +
            "; write a number, 'a to b' or a distribution (uniform, triangular, pert, normal, lognormal, "
            "beta, bernoulli, discrete, poisson)")
        << text;
  }
}

TEST(Quantity, AnErrorShowsTheTextEscapedAndCut) {
  EXPECT_EQ(shown_in_refusal("6\x1b[31m"), "'6\\x1b[31m'");
  EXPECT_EQ(shown_in_refusal("6 " + std::string(200, 'x')), "'6 " + std::string(78, 'x') + "...'");
}

TEST(Quantity, AMisspeltDistributionGetsItsNearestName) {
  EXPECT_EQ(refusal("prt(6, 9, 12)"), "there is no distribution 'prt' | did you mean 'pert'?");
  EXPECT_EQ(refusal("Normal(6, 2)"), "there is no distribution 'Normal' | did you mean 'normal'?");
  EXPECT_EQ(refusal("weibull(6, 2)"), "there is no distribution 'weibull'");
}

TEST(Quantity, ATextHasAtMost4096Characters) {
  EXPECT_EQ(refusal("5" + std::string(4095, ' ')), "accepted");
  EXPECT_EQ(refusal("5" + std::string(4096, ' ')), "must be a text of at most 4,096 characters");
  EXPECT_EQ(refusal(std::string(5000, '(')), "must be a text of at most 4,096 characters");
}

TEST(Quantity, ANumberMayBeWrittenInEveryUsualWay) {
  const std::vector<std::pair<const char*, double>> numbers = {
      {"9", 9.0},
      {"+9", 9.0},
      {"-9", -9.0},
      {"9.", 9.0},
      {".5", 0.5},
      {"-.5", -0.5},
      {"+.5", 0.5},
      {"1e3", 1000.0},
      {"1E+3", 1000.0},
      {"1.5e-3", 0.0015},
      {" \t9\r\n", 9.0},
      {"5e-324", 5e-324},
      {"1.7976931348623157e308", 1.7976931348623157e308}};
  for (const auto& [text, number] : numbers) {
    EXPECT_EQ(Quantity(text).number().number, number) << text;
    EXPECT_FALSE(Quantity(text).number().percent) << text;
  }
  EXPECT_TRUE(Quantity("12 %").number().percent);
}

TEST(Quantity, KnowsTheDistributionsOfTheMethodPage) {
  std::vector<std::string> names;
  for (const auto& [name, arguments] : trainplan::known_distributions()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"uniform", "triangular", "pert", "normal", "lognormal", "beta",
                                             "bernoulli", "discrete", "poisson"}));
}

TEST(Quantity, IsShownAsItWasWritten) {
  EXPECT_EQ(Quantity(0.1).shown(), "0.1");
  EXPECT_EQ(Quantity(1e6).shown(), "1000000");
  EXPECT_EQ(Quantity(" 6 to 12").shown(), " 6 to 12");
  EXPECT_EQ(Quantity().shown(), "0");
}

// Random texts of the grammar's own characters: each is read or refused, and a text that is read means
// itself.
TEST(Quantity, AnyTextIsReadOrRefused) {
  const std::vector<std::string> pieces = {"6",  "12", ".5", "-3", "e2", "%", " ",       "to",     "(",
                                           ")",  ",",  ":",  "=",  "+",  "-", "pert",    "normal", "uniform",
                                           "sd", "p9", "0",  "1",  "to", " ", "discrete"};
  std::mt19937 bits(7);
  int read = 0;
  for (int run = 0; run < 50'000; ++run) {
    std::string text;
    for (auto length = 1 + bits() % 9; length > 0; --length) text += pieces[bits() % pieces.size()];
    if (refusal(text) != "accepted") continue;
    ++read;
    EXPECT_EQ(Quantity(std::string_view(text)),
              Quantity(std::string_view(Quantity(std::string_view(text)).text())))
        << text;
  }
  EXPECT_GT(read, 1000);
}

}  // namespace
