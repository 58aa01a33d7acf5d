/// Part of the room of correlation: whether a matrix is possible, the nearest one that is, and its factor.
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <tuple>
#include <utility>

#include "trainplan/domain/correlation.hpp"

namespace trainplan::correlation {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
using Matrix = Eigen::MatrixXd;
using Solver = Eigen::SelfAdjointEigenSolver<Matrix>;

std::string label(const Reading& reading, Index row) {
  return reading.labels.empty() ? std::to_string(row) : quoted(reading.labels[static_cast<std::size_t>(row)]);
}

std::string entry(const Reading& reading, Index row, Index column) {
  return label(reading, row) + " with " + label(reading, column);
}

/// Four digits after the point, or all where these would be zeros.
std::string rounded(double number) {
  const double nearest = std::round(number * 1e4) / 1e4;
  return shown(nearest == 0.0 ? number : nearest);
}

/// The range in three digits that stay inside it, or in all.
std::string range_text(double low, double high) {
  const double inner_low = std::ceil(low * 1e3) / 1e3 + 0.0;  // + 0.0: no "-0"
  const double inner_high = std::floor(high * 1e3) / 1e3 + 0.0;
  return inner_low <= inner_high ? shown(inner_low) + " to " + shown(inner_high)
                                 : shown(low) + " to " + shown(high);
}

/// The checked matrix of normal scores: what stands above the diagonal counts.
Matrix scores(const TableView& matrix, const Reading& reading) {
  constexpr double rounding = 1e-12;  // what a computed correlation matrix may be off
  const Index size = matrix.rows();
  const auto refuse = [&](const std::string& allowed, const std::string& value = "") {
    throw InputError(reading.name, allowed, value);
  };
  const std::string shape =
      "of " + std::to_string(size) + " rows and " + std::to_string(matrix.cols()) + " columns";
  if (matrix.cols() != size) refuse("must be square", shape);
  if (size < 1 || size > largest_group) {
    refuse("must have 1 to " + std::to_string(largest_group) + " rows", shape);
  }
  if (!reading.labels.empty() && std::cmp_not_equal(reading.labels.size(), size)) {
    refuse("must have a label a row", shape + " with " + std::to_string(reading.labels.size()) + " labels");
  }
  Matrix result = Matrix::Identity(size, size);
  for (Index i = 0; i < size; ++i) {
    if (!(std::fabs(matrix(i, i) - 1.0) <= rounding)) {
      refuse("must be 1 on the diagonal", shown(matrix(i, i)) + " at " + entry(reading, i, i));
    }
    for (Index j = 0; j < i; ++j) {
      for (const auto& [row, column] : {std::pair(j, i), std::pair(i, j)}) {
        if (!(std::fabs(matrix(row, column)) <= 1.0 + rounding)) {
          refuse("must be between -1 and 1",
                 shown(matrix(row, column)) + " at " + entry(reading, row, column));
        }
      }
      if (!(std::fabs(matrix(i, j) - matrix(j, i)) <= rounding)) {
        refuse("must be symmetric", shown(matrix(j, i)) + " at " + entry(reading, j, i) + " but " +
                                        shown(matrix(i, j)) + " at " + entry(reading, i, j));
      }
      const double stated = std::clamp(matrix(j, i), -1.0, 1.0);
      result(i, j) = result(j, i) =
          reading.measure == Measure::pearson ? stated : pearson_from_spearman(stated);
    }
  }
  return result;
}

double in_measure(double pearson, const Reading& reading) {
  return reading.measure == Measure::pearson ? pearson : spearman_from_pearson(pearson);
}

/// Smallest eigenvalue of the correlation matrix of three: 1 + 2 sqrt(p) cos(...), the closed form of a cubic
/// with three real roots.
double smallest_of_three(double a, double b, double c) {
  const double p = (a * a + b * b + c * c) / 3.0;
  if (p == 0.0) return 1.0;
  const double cosine = std::clamp(a * b * c / (p * std::sqrt(p)), -1.0, 1.0);
  return 1.0 + 2.0 * std::sqrt(p) * std::cos((std::acos(cosine) + 2.0 * std::numbers::pi) / 3.0);
}

/// Eigenvalues below `floor` raised to it.
Matrix raised(const Matrix& matrix, double floor) {
  const Solver solver(matrix);
  const Matrix& vectors = solver.eigenvectors();
  return vectors * solver.eigenvalues().cwiseMax(floor).asDiagonal() * vectors.transpose();
}

struct Projected {
  Matrix matrix;
  int iterations = 0;
};

Projected project(const Matrix& scores, NearestOptions options) {
  Matrix unit_diagonal = scores;  // Higham's Y
  Matrix positive = scores;       // X
  Matrix correction = Matrix::Zero(scores.rows(), scores.cols());
  for (int iteration = 1; iteration <= options.iterations; ++iteration) {
    const Matrix corrected = unit_diagonal - correction;
    Matrix next = raised(corrected, 0.0);
    correction = next - corrected;
    const double change_of_positive = (next - positive).norm() / next.norm();
    positive = std::move(next);
    Matrix with_ones = positive;
    with_ones.diagonal().setOnes();
    const double size = with_ones.norm();
    const double change = (with_ones - unit_diagonal).norm() / size;
    const double apart = (with_ones - positive).norm() / size;
    unit_diagonal = std::move(with_ones);
    if (std::max({change_of_positive, change, apart}) <= options.tolerance) {
      const double largest = Solver(unit_diagonal, Eigen::EigenvaluesOnly).eigenvalues().maxCoeff();
      Matrix result = raised(unit_diagonal, 4.0 * static_cast<double>(scores.rows()) * epsilon * largest);
      const Vector scale = result.diagonal().cwiseSqrt().cwiseInverse();
      result = scale.asDiagonal() * result * scale.asDiagonal();
      result.diagonal().setOnes();
      return {std::move(result), iteration};
    }
  }
  throw SolveError("the nearest correlation matrix was not reached in " + std::to_string(options.iterations) +
                   " iterations: allow more of them, or a larger tolerance");
}

/// Eigenvalues alone.
Diagnosis possibility(const Matrix& scores) {
  const Vector values = Solver(scores, Eigen::EigenvaluesOnly).eigenvalues();
  Diagnosis result;
  result.smallest = values.minCoeff();
  result.tolerance = static_cast<double>(scores.rows()) * epsilon * values.maxCoeff();
  result.possible = result.smallest >= -result.tolerance;
  return result;
}

Repair repair(const TableView& matrix, const Matrix& scores, const Reading& reading, NearestOptions options) {
  constexpr double worth_a_word = 1e-9;
  const Projected found = project(scores, options);
  Repair result{.matrix = matrix, .distance = (found.matrix - scores).norm(), .iterations = found.iterations};
  for (Index i = 0; i < matrix.rows(); ++i) {
    result.matrix(i, i) = 1.0;
    for (Index j = i + 1; j < matrix.rows(); ++j) {
      const double after = in_measure(std::clamp(found.matrix(i, j), -1.0, 1.0), reading);
      const double before = matrix(i, j);
      result.matrix(i, j) = result.matrix(j, i) = after;
      if (std::fabs(after - before) > worth_a_word) result.changes.push_back({i, j, before, after});
    }
  }
  const auto key = [](const Change& change) {
    return std::tuple(-std::fabs(change.after - change.before), change.row, change.column);
  };
  std::sort(result.changes.begin(), result.changes.end(),
            [&](const Change& a, const Change& b) { return key(a) < key(b); });
  return result;
}

void find_triple(const Matrix& scores, Diagnosis& result) {
  result.triple_smallest = std::numeric_limits<double>::infinity();
  for (Index i = 0; i < scores.rows(); ++i) {
    for (Index j = i + 1; j < scores.rows(); ++j) {
      for (Index k = j + 1; k < scores.rows(); ++k) {
        const double smallest = smallest_of_three(scores(i, j), scores(i, k), scores(j, k));
        if (smallest < result.triple_smallest) {
          result.triple_smallest = smallest;
          result.triple = {i, j, k};
        }
      }
    }
  }
}

Diagnosis diagnosis_of(const TableView& matrix, const Matrix& scores, const Reading& reading) {
  Diagnosis result = possibility(scores);
  if (result.possible) return result;
  find_triple(scores, result);
  // Four digits are shown.
  const Repair repaired = repair(matrix, scores, reading, {.tolerance = 1e-7});
  if (!repaired.changes.empty()) {
    const Change& largest = repaired.changes.front();
    result.changed = {largest.row, largest.column};
    result.change = std::fabs(largest.after - largest.before);
  }
  return result;
}

/// "'a' with 'b' 0.9, 'a' with 'c' 0.7, 'b' with 'c' 0.3", and the range that the weakest may have.
std::string about_triple(const TableView& matrix, const Matrix& scores, const Reading& reading,
                         const Diagnosis& found) {
  const auto [i, j, k] = found.triple;
  // Each pair with the row that is left.
  std::array<std::array<Index, 3>, 3> pairs{{{i, j, k}, {i, k, j}, {j, k, i}}};
  std::string text = found.triple_smallest < -found.tolerance
                         ? "the worst three are "
                         : "no three rows alone contradict each other, the tightest are ";
  for (const auto& pair : pairs) {
    text += entry(reading, pair[0], pair[1]) + " " + shown(matrix(pair[0], pair[1])) +
            (pair == pairs[2] ? "" : ", ");
  }
  const auto weakest =
      *std::min_element(pairs.begin(), pairs.end(), [&](const auto& left, const auto& right) {
        return std::fabs(scores(left[0], left[1])) < std::fabs(scores(right[0], right[1]));
      });
  const double one = scores(weakest[0], weakest[2]);
  const double other = scores(weakest[1], weakest[2]);
  const double room = std::sqrt((1.0 - one * one) * (1.0 - other * other));
  const auto stated = [&](double pearson) { return in_measure(std::clamp(pearson, -1.0, 1.0), reading); };
  return text + "; with the other two as they are, " + entry(reading, weakest[0], weakest[1]) +
         " can be from " + range_text(stated(one * other - room), stated(one * other + room));
}

void require(const TableView& matrix, const Matrix& scores, const Reading& reading) {
  if (possibility(scores).possible) return;
  const Diagnosis found = diagnosis_of(matrix, scores, reading);
  throw_if_any(
      {{reading.name, "",
        "these correlations cannot all hold: the smallest eigenvalue" +
            std::string(reading.measure == Measure::spearman ? " (of the normal scores)" : "") + " is " +
            rounded(found.smallest) + ", must not be negative; " +
            about_triple(matrix, scores, reading, found),
        "a repair to the nearest possible matrix would change " +
            entry(reading, found.changed[0], found.changed[1]) + " most, by " + rounded(found.change)}});
}

}  // namespace

Diagnosis diagnose(const TableView& matrix, const Reading& reading) {
  return diagnosis_of(matrix, scores(matrix, reading), reading);
}

void require_possible(const TableView& matrix, const Reading& reading) {
  require(matrix, scores(matrix, reading), reading);
}

Repair nearest(const TableView& matrix, const Reading& reading, NearestOptions options) {
  if (!(options.tolerance > 0.0 && options.tolerance <= 0.1)) {
    throw InputError("tolerance", "must be above 0 and at most 0.1", shown(options.tolerance));
  }
  if (options.iterations < 1) {
    throw InputError("iterations", "must be at least 1", std::to_string(options.iterations));
  }
  const Matrix given = scores(matrix, reading);
  if (possibility(given).possible) return {.matrix = matrix};
  return repair(matrix, given, reading, options);
}

Table factor(const TableView& matrix, const Reading& reading) {
  constexpr double nothing_left = 1e-10;  // of the variance; balances what dropping and keeping it would cost
  const Matrix given = scores(matrix, reading);
  require(matrix, given, reading);
  Table lower = Table::Zero(given.rows(), given.cols());
  for (Index i = 0; i < given.rows(); ++i) {
    double explained = 0.0;
    for (Index j = 0; j < i; ++j) {
      if (lower(j, j) == 0.0) continue;
      double rest = given(i, j);
      for (Index k = 0; k < j; ++k) rest -= lower(i, k) * lower(j, k);
      lower(i, j) = rest / lower(j, j);
      explained += lower(i, j) * lower(i, j);
    }
    const double left = 1.0 - explained;
    if (left > nothing_left) {
      lower(i, i) = std::sqrt(left);
    } else {
      lower.row(i) /= std::sqrt(explained);
    }
  }
  return lower;
}

}  // namespace trainplan::correlation
