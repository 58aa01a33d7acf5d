#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "trainplan/domain/correlation.hpp"

namespace {

using namespace trainplan::correlation;
using trainplan::InputError;
using trainplan::SolveError;
using trainplan::Table;
using trainplan::Vector;

const Reading of_scores{.measure = Measure::pearson};

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

std::string refusal(const Table& matrix, const Reading& reading = of_scores) {
  return refusal([&] { require_possible(matrix, reading); });
}

Table of_three(double a, double b, double c) { return Table{{1.0, a, b}, {a, 1.0, c}, {b, c, 1.0}}; }

Table equal(Eigen::Index size, double rho) {
  Table matrix = Table::Constant(size, size, rho);
  matrix.diagonal().setOnes();
  return matrix;
}

Table random_entries(Eigen::Index size, std::uint64_t seed) {
  std::mt19937_64 bits(seed);
  std::uniform_real_distribution<double> entry(-1.0, 1.0);
  Table matrix = Table::Identity(size, size);
  for (Eigen::Index i = 0; i < size; ++i) {
    for (Eigen::Index j = 0; j < i; ++j) matrix(i, j) = matrix(j, i) = entry(bits);
  }
  return matrix;
}

/// Correlations of `size` quantities that `factors` others make.
Table random_possible(Eigen::Index size, Eigen::Index factors, std::uint64_t seed) {
  std::mt19937_64 bits(seed);
  std::normal_distribution<double> normal;
  Table loadings = Table::NullaryExpr(size, factors, [&] { return normal(bits); });
  loadings.rowwise().normalize();
  Table matrix = loadings * loadings.transpose();
  matrix.diagonal().setOnes();
  return matrix;
}

double largest_of(const Table& difference) { return difference.cwiseAbs().maxCoeff(); }

// ---- what is no correlation matrix ----

TEST(CorrelationMatrix, IsRefusedWithTheEntryThatIsWrong) {
  EXPECT_EQ(refusal(Table{{1.0, 0.5}, {0.4, 1.0}}),
            "matrix: is 0.5 at 0 with 1 but 0.4 at 1 with 0, must be symmetric");
  EXPECT_EQ(refusal(Table{{1.0, 0.5}, {0.5, 0.9}}), "matrix: is 0.9 at 1 with 1, must be 1 on the diagonal");
  EXPECT_EQ(refusal(Table{{1.0, 1.1}, {1.1, 1.0}}), "matrix: is 1.1 at 0 with 1, must be between -1 and 1");
  EXPECT_EQ(refusal(Table{{1.0, NAN}, {0.1, 1.0}}), "matrix: is nan at 0 with 1, must be between -1 and 1");
  EXPECT_EQ(refusal(Table{{1.0, 0.5}}), "matrix: is of 1 rows and 2 columns, must be square");
  EXPECT_EQ(refusal(Table(0, 0)), "matrix: is of 0 rows and 0 columns, must have 1 to 200 rows");
}

TEST(CorrelationMatrix, IsNamedByItsLabels) {
  const std::vector<std::string> labels{"csat", "fcr"};
  const Reading reading{.measure = Measure::pearson, .labels = labels, .name = "correlations"};
  EXPECT_EQ(refusal(Table{{1.0, 2.0}, {2.0, 1.0}}, reading),
            "correlations: is 2 at 'csat' with 'fcr', must be between -1 and 1");
  EXPECT_EQ(refusal(Table::Identity(3, 3), reading),
            "correlations: is of 3 rows and 3 columns with 2 labels, must have a label a row");
}

TEST(CorrelationMatrix, MayBeOffByRounding) {
  Table matrix = of_three(0.5, 0.2, 0.1);
  matrix(0, 0) = 1.0 - 4e-16;
  matrix(1, 0) += 1e-15;
  EXPECT_EQ(refusal(matrix), "accepted");
  EXPECT_EQ(factor(matrix, of_scores), factor(of_three(0.5, 0.2, 0.1), of_scores));
}

// ---- whether it is possible ----

TEST(CorrelationDiagnosis, OfPointNinePointSevenPointThreeFails) {
  // Determinant 1 + 2 abc - a^2 - b^2 - c^2 = -0.012.
  const Diagnosis found = diagnose(of_three(0.9, 0.7, 0.3), of_scores);
  EXPECT_FALSE(found.possible);
  EXPECT_NEAR(found.smallest, -0.0074, 0.00005);  // four digits are published
  EXPECT_NEAR(found.triple_smallest, found.smallest, 1e-15);
  EXPECT_EQ(found.triple, (std::array<Index, 3>{0, 1, 2}));
}

TEST(CorrelationDiagnosis, OfEqualCorrelationsHoldsDownToMinusOneOverTheOthers) {
  for (const Eigen::Index size : {2, 3, 5, 12, 40}) {
    const double least = -1.0 / static_cast<double>(size - 1);
    EXPECT_TRUE(diagnose(equal(size, least), of_scores).possible) << size;
    EXPECT_TRUE(diagnose(equal(size, 1.0), of_scores).possible) << size;
    if (size == 2) continue;
    EXPECT_FALSE(diagnose(equal(size, least - 1e-9), of_scores).possible) << size;
  }
  EXPECT_NEAR(diagnose(equal(5, -0.5), of_scores).smallest, -1.0, 1e-14);  // 1 + 4 rho
}

TEST(CorrelationDiagnosis, IsThatOfTheScores) {
  // Three equal Spearman correlations of -0.5 would need scores with -0.518, and three allow -0.5.
  EXPECT_TRUE(diagnose(equal(3, -0.5), of_scores).possible);
  EXPECT_FALSE(diagnose(equal(3, -0.5)).possible);
  EXPECT_TRUE(diagnose(equal(3, spearman_from_pearson(-0.5 + 1e-15))).possible);
}

TEST(CorrelationDiagnosis, HasTheToleranceOfItsSize) {
  const Diagnosis found = diagnose(equal(5, 0.5), of_scores);
  EXPECT_NEAR(found.tolerance, 5.0 * 0x1p-52 * 3.0, 1e-28);  // largest eigenvalue 1 + 4 rho
  EXPECT_NEAR(found.smallest, 0.5, 1e-14);
  EXPECT_TRUE(diagnose(Table::Identity(1, 1)).possible);
}

TEST(CorrelationDiagnosis, FindsTheWorstTripleAmongMany) {
  Table matrix = random_possible(12, 12, 3);
  for (const auto& [i, j, rho] : {std::tuple(2, 7, 0.9), std::tuple(2, 11, 0.9), std::tuple(7, 11, -0.9)}) {
    matrix(i, j) = matrix(j, i) = rho;
  }
  EXPECT_EQ(diagnose(matrix, of_scores).triple, (std::array<Index, 3>{2, 7, 11}));
}

TEST(CorrelationDiagnosis, ComparesTriplesByTheirSmallestEigenvalue) {
  const Table matrix = random_entries(8, 5);
  const Diagnosis found = diagnose(matrix, of_scores);
  double smallest = 1.0;
  for (Index i = 0; i < 8; ++i) {
    for (Index j = 0; j < i; ++j) {
      for (Index k = 0; k < j; ++k) {
        const Table three = of_three(matrix(i, j), matrix(i, k), matrix(j, k));
        smallest = std::min(smallest, Eigen::SelfAdjointEigenSolver<Table>(three).eigenvalues()[0]);
      }
    }
  }
  EXPECT_NEAR(found.triple_smallest, smallest, 1e-14);
}

TEST(CorrelationRefusal, NamesEigenvalueTripleRangeAndRepair) {
  const std::vector<std::string> labels{"csat", "fcr", "aht"};
  EXPECT_EQ(
      refusal(of_three(0.9, 0.7, 0.3),
              {.measure = Measure::pearson, .labels = labels, .name = "correlations"}),
      "correlations: these correlations cannot all hold: the smallest eigenvalue is -0.0074, must not be "
      "negative; the worst three are 'csat' with 'fcr' 0.9, 'csat' with 'aht' 0.7, 'fcr' with "
      "'aht' "
      "0.3; with the other two as they are, 'fcr' with 'aht' can be from 0.319 to 0.941 (a repair to the "
      "nearest possible matrix would change 'csat' with 'fcr' most, by 0.0054)");
}

TEST(CorrelationRefusal, SaysThatNoThreeContradictEachOther) {
  const std::string message = refusal(equal(5, -0.3));
  EXPECT_NE(message.find("no three rows alone contradict each other, the tightest are 0 with 1 -0.3"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("by 0.05)"), std::string::npos) << message;  // to -1/4
}

// ---- the nearest possible matrix ----

TEST(CorrelationRepair, OfAPossibleMatrixChangesNothing) {
  const Table matrix = random_possible(6, 3, 1);
  const Repair found = nearest(matrix, of_scores);
  EXPECT_EQ(found.matrix, matrix);
  EXPECT_TRUE(found.changes.empty());
  EXPECT_EQ(found.iterations, 0);
}

TEST(CorrelationRepair, OfHighamsExampleIsTheOnePublished) {
  // Higham, "What Is the Nearest Correlation Matrix?" (nhigham.com, 2020): [1 1 0; 1 1 1; 0 1 1], four
  // digits.
  const Repair found = nearest(of_three(1.0, 0.0, 1.0), of_scores);
  EXPECT_LE(largest_of(found.matrix - of_three(0.7607, 0.1573, 0.7607)), 0.00005);
  EXPECT_NEAR(found.distance, 0.5278, 0.00005);
}

TEST(CorrelationRepair, OfEqualCorrelationsIsTheLeastPossible) {
  // By symmetry all entries move alike, to -1 / (k - 1).
  for (const Eigen::Index size : {3, 5, 12}) {
    const Repair found = nearest(equal(size, -0.8), of_scores);
    EXPECT_LE(largest_of(found.matrix - equal(size, -1.0 / static_cast<double>(size - 1))), 1e-12) << size;
    EXPECT_EQ(found.changes.size(), static_cast<std::size_t>(size * (size - 1) / 2));
  }
}

TEST(CorrelationRepair, IsTheNearestByItsOptimalityConditions) {
  // X is nearest to A if X - A - diag(y) = Z is positive semi-definite for some y, and X Z = 0 (Higham 2002,
  // theorem 2.4). y follows from the directions that X keeps: (X - A) V = diag(y) V.
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    const Table a = random_entries(9, seed);
    const Repair found = nearest(a, of_scores);
    const Eigen::SelfAdjointEigenSolver<Table> solver(found.matrix);
    const Eigen::Index kept = (solver.eigenvalues().array() > 1e-6).count();
    ASSERT_LT(kept, 9) << seed;
    const Table v = solver.eigenvectors().rightCols(kept);
    const Table image = (found.matrix - a) * v;
    const Vector y = image.cwiseProduct(v).rowwise().sum().cwiseQuotient(v.rowwise().squaredNorm());
    Table z = found.matrix - a;
    z.diagonal() -= y;
    // Linear convergence to 1e-12 a step leaves a little more to the limit.
    EXPECT_LE(largest_of(z * found.matrix), 1e-9) << seed;
    EXPECT_GE(Eigen::SelfAdjointEigenSolver<Table>(z).eigenvalues()[0], -1e-9) << seed;
    EXPECT_EQ(Vector(found.matrix.diagonal()), Vector::Ones(9)) << seed;
  }
}

TEST(CorrelationRepair, IsAlwaysPossible) {
  for (const Eigen::Index size : {3, 4, 10, 30}) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      for (const Measure measure : {Measure::pearson, Measure::spearman}) {
        const Reading reading{.measure = measure};
        const Repair found = nearest(random_entries(size, seed), reading);
        EXPECT_TRUE(diagnose(found.matrix, reading).possible) << size << ' ' << seed;
      }
    }
  }
}

TEST(CorrelationRepair, ListsChangesInTheMeasureGivenLargestFirst) {
  const Table stated = of_three(0.9, 0.7, 0.1);
  const Repair found = nearest(stated);
  ASSERT_EQ(found.changes.size(), 3U);
  double last = 1.0;
  for (const Change& change : found.changes) {
    EXPECT_EQ(change.before, stated(change.row, change.column));
    EXPECT_EQ(change.after, found.matrix(change.row, change.column));
    EXPECT_LE(std::fabs(change.after - change.before), last);
    last = std::fabs(change.after - change.before);
  }
  const Diagnosis diagnosis = diagnose(stated);
  EXPECT_NEAR(diagnosis.change, std::fabs(found.changes[0].after - found.changes[0].before),
              1e-6);  // for messages
  EXPECT_EQ(diagnosis.changed, (std::array<Index, 2>{found.changes[0].row, found.changes[0].column}));
}

TEST(CorrelationRepair, SaysWhenItDidNotConverge) {
  EXPECT_THROW(static_cast<void>(nearest(of_three(0.9, 0.7, 0.1), of_scores, {.iterations = 2})), SolveError);
  EXPECT_EQ(refusal([] { static_cast<void>(nearest(of_three(0, 0, 0), {}, {.tolerance = 0.0})); }),
            "tolerance: is 0, must be above 0 and at most 0.1");
}

// ---- the factor ----

TEST(CorrelationFactor, OfThreeIsTheTextbookCholesky) {
  const Table lower = factor(of_three(0.6, 0.0, 0.4), of_scores);
  const Table expected{{1.0, 0.0, 0.0}, {0.6, 0.8, 0.0}, {0.0, 0.5, std::sqrt(0.75)}};
  EXPECT_LE(largest_of(lower - expected), 1e-15);
}

TEST(CorrelationFactor, TimesItsTransposeIsTheMatrix) {
  for (const Eigen::Index size : {1, 2, 10, 60}) {
    const Table matrix = random_possible(size, size + 5, 1);
    const Table lower = factor(matrix, of_scores);
    EXPECT_LE(largest_of(lower * lower.transpose() - matrix), 1e-14) << size;
  }
}

TEST(CorrelationFactor, OfASingularMatrixMeetsItToo) {
  for (const Eigen::Index factors : {1, 2, 5}) {
    const Table matrix = random_possible(10, factors, 2);
    const Table lower = factor(matrix, of_scores);
    EXPECT_LE(largest_of(lower * lower.transpose() - matrix), 1e-12) << factors;
    EXPECT_EQ((lower.diagonal().array() > 0.0).count(), factors);
  }
}

TEST(CorrelationFactor, OfPerfectCorrelationCopies) {
  Table matrix = of_three(1.0, -1.0, -1.0);
  EXPECT_EQ(factor(matrix), (Table{{1, 0, 0}, {1, 0, 0}, {-1, 0, 0}}));
}

TEST(CorrelationFactor, OfARepairedMatrixMeetsIt) {
  const Repair repaired = nearest(random_entries(12, 4), of_scores);
  const Table lower = factor(repaired.matrix, of_scores);
  EXPECT_LE(largest_of(lower * lower.transpose() - repaired.matrix),
            1e-5);  // as the header says of such rows
  EXPECT_LE(largest_of(lower.rowwise().norm() - Vector::Ones(12)), 1e-15);
}

TEST(CorrelationFactor, NearSingularityStaysWithinItsBound) {
  // A third that is all but determined by the first two, by less and less.
  for (int digits = 12; digits <= 32; ++digits) {
    const double gap = std::pow(10.0, -0.5 * digits);
    const double room = std::sqrt((1.0 - 0.49) * (1.0 - 0.09));
    const Table matrix = of_three(0.7, 0.3, 0.21 + room * (1.0 - gap));
    const Table lower = factor(matrix, of_scores);
    EXPECT_LE(largest_of(lower * lower.transpose() - matrix), 1e-5) << gap;
  }
}

TEST(CorrelationFactor, OfAnImpossibleMatrixIsRefused) {
  EXPECT_EQ(refusal([] { static_cast<void>(factor(of_three(0.9, 0.7, 0.3), of_scores)); }),
            refusal(of_three(0.9, 0.7, 0.3)));
}

}  // namespace
