#include "trainplan/domain/correlation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace trainplan::correlation;
using trainplan::Correlation;
using trainplan::InputError;
using trainplan::Table;

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

using Paths = std::vector<std::string>;

// ---- measures ----

TEST(CorrelationMeasure, OfScoresIsTwiceTheSineOfASixthOfPi) {
  for (const double rho : {-0.9, -0.5, -0.1, 1e-9, 0.3, 0.5, 0.99}) {
    EXPECT_NEAR(pearson_from_spearman(rho), 2.0 * std::sin(std::numbers::pi * rho / 6.0), 1e-15);
    EXPECT_NEAR(spearman_from_pearson(pearson_from_spearman(rho)), rho, 1e-15);
  }
}

TEST(CorrelationMeasure, KeepsNoneAndPerfectCorrelationExactly) {
  for (const double rho : {-1.0, 0.0, 1.0}) {
    EXPECT_EQ(pearson_from_spearman(rho), rho);
    EXPECT_EQ(spearman_from_pearson(rho), rho);
  }
}

TEST(CorrelationMeasure, OutsideMinusOneToOneIsRefused) {
  EXPECT_EQ(refusal([] { static_cast<void>(pearson_from_spearman(1.5)); }),
            "spearman: is 1.5, must be between -1 and 1");
  EXPECT_EQ(refusal([] { static_cast<void>(spearman_from_pearson(NAN)); }),
            "pearson: is nan, must be between -1 and 1");
}

// ---- the record ----

TEST(CorrelationRecord, IsReadFromItsFourFields) {
  trainplan::Problems problems;
  const trainplan::Value::Map row{{"id", "c1"}, {"a", "x"}, {"b", "y"}, {"spearman", 0.5}};
  EXPECT_EQ(trainplan::record::read<Correlation>(row, "", problems), (Correlation{"c1", "x", "y", 0.5}));
  EXPECT_TRUE(problems.empty());
}

TEST(CorrelationRecord, AboveOneIsRefusedWithItsPath) {
  trainplan::Problems problems;
  const trainplan::Value::Map row{{"id", "c1"}, {"a", "x"}, {"b", "y"}, {"spearman", 50.0}};
  static_cast<void>(trainplan::record::read<Correlation>(row, "correlations.c1", problems));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].path, "correlations.c1.spearman");
  EXPECT_EQ(problems[0].value, "50");
}

TEST(CorrelationRows, AreRefusedForEveryReasonAtOnce) {
  const std::vector<Correlation> rows{{"c1", "x", "y", 0.5}, {"c2", "y", "x", 0.4}, {"c1", "x", "z", 0.1},
                                      {"c3", "z", "z", 0.1}, {"c4", "", "z", 0.1},  {"c5", "u", "v", NAN},
                                      {"", "u", "w", 0.0}};
  const trainplan::Problems found = check(rows);
  ASSERT_EQ(found.size(), 6U);
  EXPECT_EQ(describe(found[0]),
            "correlations.c2: is 'y' with 'x', must be stated once: it is 0.5 in 'c1' already");
  EXPECT_EQ(found[1].path, "correlations.c1");
  EXPECT_EQ(found[2].path, "correlations.c3.b");
  EXPECT_EQ(found[3].path, "correlations.c4.a");
  EXPECT_EQ(found[4].path, "correlations.c5.spearman");
  EXPECT_EQ(found[5].path, "correlations[7].id");
}

// ---- groups ----

TEST(CorrelationGroups, AreTheConnectedSetsOfPaths) {
  const std::vector<Correlation> rows{{"c1", "b", "a", 0.5}, {"c2", "x", "y", -0.2}, {"c3", "c", "b", 0.3}};
  const std::vector<Group> found = groups(rows);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].members, (Paths{"a", "b", "c"}));
  EXPECT_EQ(found[0].spearman, (Table{{1.0, 0.5, 0.0}, {0.5, 1.0, 0.3}, {0.0, 0.3, 1.0}}));
  EXPECT_EQ(found[0].unstated, 1);
  EXPECT_EQ(found[1].members, (Paths{"x", "y"}));
  EXPECT_EQ(found[1].unstated, 0);
  EXPECT_TRUE(groups({}).empty());
}

TEST(CorrelationGroups, DependNeitherOnTheOrderOfRowsNorOnThatOfAAndB) {
  std::vector<Correlation> rows{{"c1", "d", "e", 0.1},
                                {"c2", "a", "b", 0.2},
                                {"c10", "b", "d", 0.3},
                                {"c3", "f", "a", 0.4},
                                {"k", "p", "q", 0.5}};
  const std::vector<Group> expected = groups(rows);
  std::mt19937_64 bits(7);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(rows.begin(), rows.end(), bits);
    for (Correlation& row : rows) {
      if (bits() % 2 == 0) std::swap(row.a, row.b);
    }
    const std::vector<Group> found = groups(rows);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].members, expected[i].members);
      EXPECT_EQ(found[i].spearman, expected[i].spearman);
    }
  }
}

TEST(CorrelationGroups, TakeIdsInTheOrderOfTheNumbersInThem) {
  const std::vector<Correlation> rows{{"c10", "a", "m", 0.1}, {"c9", "m", "z", 0.1},  {"c010", "m", "b", 0.1},
                                      {"b20", "m", "y", 0.1}, {"c9x", "m", "c", 0.1}, {"c", "m", "d", 0.1}};
  EXPECT_EQ(groups(rows)[0].members, (Paths{"m", "y", "d", "z", "c", "b", "a"}));
}

TEST(CorrelationGroups, MayHaveTwoHundredMembers) {
  std::vector<Correlation> rows;
  for (int i = 1; i <= 200; ++i)
    rows.push_back({"c" + std::to_string(i), "x0", "x" + std::to_string(i), 0.0});
  EXPECT_EQ(refusal([&] { static_cast<void>(groups(rows)); }),
            "correlations: is one group of 201, that of 'x0', a group may have at most 200 quantities");
  rows.pop_back();
  EXPECT_EQ(groups(rows)[0].members.size(), 200U);
}

// ---- mixing ----

/// Independent scores: a member a row.
Table scores(Eigen::Index members, Eigen::Index trials) {
  std::mt19937_64 bits(11);
  std::normal_distribution<double> normal;
  return Table::NullaryExpr(members, trials, [&] { return normal(bits); });
}

Table mixed(const Table& lower, Table lanes) {
  std::vector<double*> pointers;
  for (Eigen::Index i = 0; i < lower.rows(); ++i) pointers.push_back(lanes.row(i).data());
  mix(lower, pointers, static_cast<std::size_t>(lanes.cols()));
  return lanes;
}

Table mixed(const std::vector<Correlation>& rows, const Table& lanes) {
  const Group group = groups(rows).at(0);
  return mixed(factor(group.spearman), lanes.topRows(static_cast<Eigen::Index>(group.members.size())));
}

TEST(CorrelationMix, IsTheProductWithTheFactor) {
  const Table matrix{{1.0, 0.5, -0.3}, {0.5, 1.0, 0.2}, {-0.3, 0.2, 1.0}};
  const Table lower = factor(matrix);
  for (const Eigen::Index trials : {0, 1, 7, 64, 511, 512, 513, 2000}) {
    const Table z = scores(3, trials);
    const Table product = lower * z;
    EXPECT_LE((mixed(lower, z) - product).cwiseAbs().sum(), 1e-15 * static_cast<double>(3 * trials))
        << trials;
  }
}

TEST(CorrelationMix, HasTheBitsOfThePlainLoop) {
  // Which this file compiles for the least x86-64 level: the processor's own level changes nothing.
  const Table lower = factor(Table{{1.0, 0.5, 0.2}, {0.5, 1.0, -0.4}, {0.2, -0.4, 1.0}});
  const Table z = scores(3, 1003);
  Table expected = z;
  for (Eigen::Index t = 0; t < z.cols(); ++t) {
    for (Eigen::Index i = 0; i < 3; ++i) {
      double sum = lower(i, i) * z(i, t);
      for (Eigen::Index j = 0; j < i; ++j) sum += lower(i, j) * z(j, t);
      expected(i, t) = sum;
    }
  }
  EXPECT_EQ(mixed(lower, z), expected);
}

TEST(CorrelationMix, LeavesTheFirstMemberAlone) {
  const Table z = scores(2, 100);
  EXPECT_EQ(mixed({{"c1", "a", "b", 0.7}}, z).row(0), z.row(0));
}

TEST(CorrelationMix, GivesAMemberTheSameBitsWhateverIsAppended) {
  std::vector<Correlation> rows{{"c1", "m", "a", 0.7}, {"c2", "a", "k", -0.4}, {"c3", "m", "k", 0.1}};
  const Table z = scores(6, 1000);
  const Table before = mixed(rows, z);
  // Paths that would come first in the alphabet, one of them with rows to two members, one determined by
  // another.
  rows.push_back({"c4", "aa", "k", 0.5});
  rows.push_back({"c5", "aa", "m", 0.2});
  rows.push_back({"c10", "m", "0", 0.3});
  rows.push_back({"c11", "b", "0", 0.0});
  const Table after = mixed(rows, z);
  ASSERT_EQ(after.rows(), 6);
  EXPECT_EQ(after.topRows(3), before);
}

TEST(CorrelationMix, KeepsTheFirstOfTwoJoinedGroups) {
  std::vector<Correlation> rows{{"c1", "a", "b", 0.7}, {"c2", "x", "y", 0.5}};
  const Table z = scores(4, 100);
  const Table before = mixed(rows, z);
  rows.push_back({"c3", "b", "x", 0.4});
  EXPECT_EQ(groups(rows).at(0).members, (Paths{"a", "b", "x", "y"}));
  EXPECT_EQ(mixed(rows, z).topRows(2), before);
}

TEST(CorrelationMix, GivesATrialTheSameBitsInAnyLane) {
  const Table lower = factor(Table{{1.0, 0.5, 0.2}, {0.5, 1.0, 0.2}, {0.2, 0.2, 1.0}});
  const Table z = scores(3, 1500);
  const Table whole = mixed(lower, z);
  EXPECT_EQ(mixed(lower, z.middleCols(700, 333)), whole.middleCols(700, 333));
}

// ---- what draws achieved ----

TEST(RankCorrelation, OfIqAndHoursOfTelevisionIsThatOfTheTextbooks) {
  // Wikipedia, "Spearman's rank correlation coefficient": -29/165.
  const Table rows{{106, 100, 86, 101, 99, 103, 97, 113, 112, 110}, {7, 27, 2, 50, 28, 29, 20, 12, 6, 17}};
  EXPECT_NEAR(rank_correlation(rows)(1, 0), -29.0 / 165.0, 1e-15);
}

TEST(RankCorrelation, IsOneOfWhateverRisesTogether) {
  const Table rows{{1, 2, 3, 4}, {1, 10, 100, 1000}, {4, 3, 2, 1}};
  EXPECT_EQ(rank_correlation(rows), (Table{{1, 1, -1}, {1, 1, -1}, {-1, -1, 1}}));
}

TEST(RankCorrelation, GivesTiesTheirMeanRank) {
  // Ranks 1.5 1.5 3 4 and 1 2 3.5 3.5, about 2.5: products 1.5 + .5 + .5 + 1.5 = 4 over squares 4.5.
  EXPECT_NEAR(rank_correlation(Table{{1, 1, 2, 3}, {0, 5, 7, 7}})(0, 1), 4.0 / 4.5, 1e-15);
}

TEST(RankCorrelation, OfConstantsDoesNotExist) {
  const Table found = rank_correlation(Table{{1, 1, 1}, {1, 2, 3}});
  EXPECT_TRUE(std::isnan(found(0, 1)));
  EXPECT_TRUE(std::isnan(found(0, 0)));
  EXPECT_EQ(found(1, 1), 1.0);
}

TEST(RankCorrelation, OfMixedScoresIsTheOneAskedFor) {
  const Table asked{{1.0, 0.5, -0.3}, {0.5, 1.0, 0.2}, {-0.3, 0.2, 1.0}};
  const Table found = rank_correlation(mixed(factor(asked), scores(3, 100'000)));
  // Three standard errors; that of a rank correlation is at most about 1 / sqrt(n).
  EXPECT_LE((found - asked).cwiseAbs().maxCoeff(), 3.0 / std::sqrt(100'000.0));
}

TEST(RankCorrelation, NeedsTwoFiniteTrials) {
  EXPECT_EQ(refusal([] { static_cast<void>(rank_correlation(Table{{1.0}, {2.0}})); }),
            "values: is of 1, must hold at least two trials");
  EXPECT_EQ(refusal([] { static_cast<void>(rank_correlation(Table{{1.0, NAN}})); }),
            "values: must be finite");
}

}  // namespace
