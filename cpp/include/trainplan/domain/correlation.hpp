/// Correlation of quantities: what an analyst states in pairs, made into groups, checked, repaired on
/// request, and applied to normal scores (a Gaussian copula).
///
/// Pairs are stated as Spearman's rank correlation, which does not depend on the shape of either quantity.
/// The scores are normal, and their (Pearson) correlation is r = 2 sin(pi rho / 6) (Kruskal 1958, "Ordinal
/// measures of association", JASA 53), exact for continuous quantities. For yes/no quantities the stated
/// value is that of the scores behind them; `both` and `phi` say what comes of it.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "trainplan/base/array.hpp"
#include "trainplan/base/error.hpp"
#include "trainplan/base/record.hpp"

namespace trainplan {

/// Two quantities of a plan that move together, or against each other.
struct Correlation {
  std::string id;         ///< decides the order in a group, see correlation::groups
  std::string a;          ///< path of a quantity: "teams.billing.attrition"
  std::string b;          ///< path of another
  double spearman = 0.0;  ///< rank correlation, [-1, 1]
  friend bool operator==(const Correlation&, const Correlation&) = default;
};
template <>
const RecordType& record_type<Correlation>();

namespace correlation {

using Index = Eigen::Index;

/// Members of a group at most: checking costs their cube, a refusal looks at every three of them.
inline constexpr Index largest_group = 200;

/// 2 sin(pi rho / 6), exact at -1, 0 and 1. @param spearman  [-1, 1]
[[nodiscard]] double pearson_from_spearman(double spearman);
/// 6 asin(r / 2) / pi. @param pearson  of normal scores, [-1, 1]
[[nodiscard]] double spearman_from_pearson(double pearson);

// ------------------------------------------------------------------------------------------------- groups

/// Quantities that are correlated with each other, directly or by way of others.
struct Group {
  std::vector<std::string> members;  ///< paths, in the order of the factor
  Table spearman;                    ///< as stated; 0 where nothing is
  Index unstated = 0;                ///< pairs of members about which nothing is stated
};

/// What is wrong with rows one by one: paths missing or equal, a value outside [-1, 1], an id or a pair
/// twice.
[[nodiscard]] Problems check(std::span<const Correlation> rows);

/// The groups, each a connected set of paths, in the order of their first members.
///
/// Order of members: rows are taken by id, with digits in it read as numbers ("c2" before "c10"), and a path
/// stands where a row first names it; of two new paths in one row the alphabetically first comes first. So
/// the order of the rows and of a and b in a row is of no account. A member's draws depend on itself and
/// those before it, hence:
/// - the first member of a group draws what it would draw alone (to rounding, where it is not drawn by
/// score);
/// - a path that rows with later ids add to a group is appended, and changes no other member's draws;
/// - a row between two members changes the later of them, and those after it that depend on it; the same for
/// a
///   row with an earlier id, a row that joins two groups, and a repair.
/// No order of the paths alone could do better: of three paths in one group each may be the one that was
/// added.
/// @throws InputError for what `check` finds, or a group of more than `largest_group`
[[nodiscard]] std::vector<Group> groups(std::span<const Correlation> rows);

// ----------------------------------------------------------------------------------------------- matrices

enum class Measure { spearman, pearson };

/// What the entries of a matrix are, and how messages name it and its rows.
struct Reading {
  Measure measure = Measure::spearman;       ///< pearson: of normal scores
  std::span<const std::string> labels = {};  ///< one a row, or none: rows are then numbered from 0
  std::string name = "matrix";
};

// Every function below takes a square matrix of 1 to `largest_group` rows, symmetric, with ones on its
// diagonal and entries in [-1, 1], each within 1e-12. @throws InputError naming the entry that breaks this

/// Whether the numbers of a correlation matrix are possible together.
struct Diagnosis {
  double smallest = 1.0;   ///< smallest eigenvalue of the matrix of normal scores
  double tolerance = 0.0;  ///< k eps max: rows, 2^-52, largest eigenvalue
  bool possible = true;    ///< smallest >= -tolerance
  // Only where it is not possible:
  std::array<Index, 3> triple = {};  ///< the three rows whose own matrix has the smallest eigenvalue
  double triple_smallest = 0.0;  ///< that eigenvalue; not negative where no three rows contradict themselves
  std::array<Index, 2> changed = {};  ///< the entry that the repair by `nearest` changes most
  double change = 0.0;                ///< by how much, in the measure of the matrix
};
[[nodiscard]] Diagnosis diagnose(const TableView& matrix, const Reading& reading = {});

/// @throws InputError when the matrix is not possible: smallest eigenvalue, worst triple with the range that
/// its weakest entry may have, and the largest change that a repair would make
void require_possible(const TableView& matrix, const Reading& reading = {});

struct Change {
  Index row = 0;
  Index column = 0;  ///< above row
  double before = 0.0;
  double after = 0.0;
};

struct Repair {
  Table matrix;                 ///< in the measure of the one given; possible
  std::vector<Change> changes;  ///< above 1e-9, largest first
  double distance = 0.0;        ///< Frobenius norm of the change of the matrix of scores
  int iterations = 0;           ///< 0: it was possible, and is unchanged
};

struct NearestOptions {
  double tolerance = 1e-12;  ///< (0, 0.1]
  int iterations = 10'000;   ///< at most, >= 1
};

/// The nearest possible matrix of normal scores, in the Frobenius norm: alternating projections with
/// Dykstra's correction (Higham 2002, "Computing the nearest correlation matrix", IMA J. Numer. Anal. 22).
/// They converge linearly, and are taken to have converged when the relative changes of both iterates and
/// their relative distance are at most `tolerance`. Then eigenvalues below 4 k eps max are raised to it and
/// the diagonal is scaled to 1, so that the result passes `diagnose`.
/// @throws SolveError when they have not converged after `iterations`
[[nodiscard]] Repair nearest(const TableView& matrix, const Reading& reading = {},
                             NearestOptions options = {});

/// The lower triangular L with L L' = matrix of normal scores: Cholesky row by row (Banachiewicz), so a row
/// depends on the rows before it alone. A row to which those before it leave less than 1e-10 of its variance
/// is determined by them (L(i,i) = 0), which moves no correlation by more than 1e-5; other entries are met to
/// rounding. Rows have norm 1.
/// @throws InputError as `require_possible`
[[nodiscard]] Table factor(const TableView& matrix, const Reading& reading = {});

/// Correlates independent normal scores in place: x_i = sum of L(i,j) z_j over j <= i. Nothing is allocated,
/// the order of the sum is fixed: same bits at every x86-64 level and for a member whatever comes after it.
/// @param lanes  a pointer a row of the factor, each to `trials` scores; no two overlap
void mix(const Table& factor, std::span<double* const> lanes, std::size_t trials) noexcept;

/// Spearman's rank correlation of each two rows, ties with their mean rank: what draws achieved. NaN for a
/// row whose values are all equal. @param rows  a quantity a row, a trial a column, finite, at least two
/// trials
[[nodiscard]] Table rank_correlation(const TableView& rows);

// ------------------------------------------------------------------------------------------ yes/no events

/// P(X <= x, Y <= y) of standard normal X, Y with correlation r: Drezner & Wesolowsky (1990, J. Stat. Comput.
/// Simul. 35) as improved by Genz (2004, Statistics and Computing 14), with 20 points of Gauss-Legendre
/// throughout. Absolute error below 1e-15 against 40-digit arithmetic. @param r  [-1, 1]; x, y may be
/// infinite
[[nodiscard]] double bivariate_normal(double x, double y, double r);

/// P(both) of two yes/no quantities that are yes with probabilities p_a and p_b, in (0, 1).
/// @param pearson  correlation of the normal scores behind them, [-1, 1]
[[nodiscard]] double both(double p_a, double p_b, double pearson);
/// Their correlation as numbers 0 and 1: (P(both) - p_a p_b) / sqrt(p_a (1 - p_a) p_b (1 - p_b)). Formed from
/// the integral of the difference where |r| < 0.925, so that small correlations keep their digits.
[[nodiscard]] double phi(double p_a, double p_b, double pearson);

}  // namespace correlation
}  // namespace trainplan
