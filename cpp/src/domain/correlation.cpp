#include "trainplan/domain/correlation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <numeric>
#include <set>
#include <utility>

#include "trainplan/base/kernels.hpp"

namespace trainplan {

template <>
const RecordType& record_type<Correlation>() {
  using C = Correlation;
  static const RecordType type =
      describe_record<C>("Correlation", "Two quantities that move together, or against each other.")
          .row(&C::id,
               {.name = "id",
                .doc = "Name of the row. Quantities enter a group in the order of these names (c2 before "
                       "c10): with a later one, a quantity joins without changing the draws of the others.",
                .required = true,
                .example = "c1"})
          .row(&C::a, {.name = "a",
                       .doc = "Path of a quantity.",
                       .required = true,
                       .example = "workforce.hourly_cost",
                       .key = "path"})
          .row(&C::b, {.name = "b", .doc = "Path of another quantity.", .required = true, .key = "path"})
          .row(&C::spearman, {.name = "spearman",
                              .doc = "Rank correlation. Of quantities that are yes or no it is that of the "
                                     "scores behind them, and the events themselves show less.",
                              .range = {-1, 1},
                              .required = true,
                              .example = "0.5"})
          .done();
  return type;
}

namespace correlation {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Orders texts with the digits in them read as numbers; equal numbers written differently by their text.
bool before(const std::string& left, const std::string& right) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < left.size() && j < right.size()) {
    if (!is_digit(left[i]) || !is_digit(right[j])) {
      if (left[i] != right[j]) return left[i] < right[j];
      ++i;
      ++j;
      continue;
    }
    const auto number = [](const std::string& text, std::size_t& at) {
      while (at < text.size() && text[at] == '0') ++at;
      const std::size_t start = at;
      while (at < text.size() && is_digit(text[at])) ++at;
      return text.substr(start, at - start);
    };
    const std::string one = number(left, i);
    const std::string other = number(right, j);
    if (one.size() != other.size()) return one.size() < other.size();
    if (one != other) return one < other;
  }
  if (i < left.size() || j < right.size()) return j < right.size();
  return left < right;
}

std::pair<std::string, std::string> sorted_pair(const Correlation& row) { return std::minmax(row.a, row.b); }

/// Sets of paths that rows connect, each known by one of its paths.
class Union {
 public:
  explicit Union(std::size_t paths) : parent_(paths) { std::iota(parent_.begin(), parent_.end(), 0); }
  std::size_t root(std::size_t path) {
    while (parent_[path] != path) path = parent_[path] = parent_[parent_[path]];
    return path;
  }
  void join(std::size_t a, std::size_t b) { parent_[root(b)] = root(a); }

 private:
  std::vector<std::size_t> parent_;
};

}  // namespace

double pearson_from_spearman(double spearman) {
  if (!(std::fabs(spearman) <= 1.0)) {
    throw InputError("spearman", "must be between -1 and 1", shown(spearman));
  }
  // The exact ends and middle: pi / 6 is not exact, its sine rounds to either side of one half.
  if (spearman == std::trunc(spearman)) return spearman;
  return 2.0 * std::sin(std::numbers::pi / 6.0 * spearman);
}

double spearman_from_pearson(double pearson) {
  if (!(std::fabs(pearson) <= 1.0)) throw InputError("pearson", "must be between -1 and 1", shown(pearson));
  if (pearson == std::trunc(pearson)) return pearson;
  return 6.0 / std::numbers::pi * std::asin(pearson / 2.0);
}

Problems check(std::span<const Correlation> rows) {
  Problems problems;
  std::set<std::string> ids;
  std::map<std::pair<std::string, std::string>, const Correlation*> pairs;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Correlation& row = rows[i];
    std::string path = "correlations";
    if (row.id.empty()) {
      path.append("[").append(std::to_string(i + 1)).append("]");
    } else {
      path.append(".").append(row.id);
    }
    if (row.id.empty()) problems.push_back({path + ".id", "", "is required", ""});
    if (!row.id.empty() && !ids.insert(row.id).second) {
      problems.push_back({path, "", "there are two correlations of this id", ""});
    }
    if (!(std::fabs(row.spearman) <= 1.0)) {
      problems.push_back({path + ".spearman", shown(row.spearman), "must be between -1 and 1", ""});
    }
    if (row.a.empty() || row.b.empty()) {
      problems.push_back({path + (row.a.empty() ? ".a" : ".b"), "", "must be the path of a quantity", ""});
    } else if (row.a == row.b) {
      problems.push_back({path + ".b", quoted(row.b), "must be another quantity than a", ""});
    } else if (const auto [stated, is_new] = pairs.emplace(sorted_pair(row), &row); !is_new) {
      const Correlation& other = *stated->second;
      problems.push_back(
          {path, quoted(row.a) + " with " + quoted(row.b),
           "must be stated once: it is " + shown(other.spearman) + " in " + quoted(other.id) + " already",
           ""});
    }
  }
  return problems;
}

std::vector<Group> groups(std::span<const Correlation> rows) {
  throw_if_any(check(rows));
  std::vector<const Correlation*> ordered;
  for (const Correlation& row : rows) ordered.push_back(&row);
  std::sort(ordered.begin(), ordered.end(),
            [](const Correlation* left, const Correlation* right) { return before(left->id, right->id); });

  std::map<std::string, std::size_t> places;  // of the paths, in the order of all members
  std::vector<std::string> paths;
  for (const Correlation* row : ordered) {
    const auto [first, second] = sorted_pair(*row);
    for (const std::string& path : {first, second}) {
      if (places.emplace(path, paths.size()).second) paths.push_back(path);
    }
  }
  Union connected(paths.size());
  for (const Correlation* row : ordered) connected.join(places.at(row->a), places.at(row->b));

  std::vector<Group> found;
  std::map<std::size_t, std::size_t> group_of;  // root -> index in `found`
  std::vector<Index> seat(paths.size());        // in its group
  for (std::size_t path = 0; path < paths.size(); ++path) {
    const auto [entry, is_new] = group_of.emplace(connected.root(path), found.size());
    if (is_new) found.emplace_back();
    std::vector<std::string>& members = found[entry->second].members;
    seat[path] = static_cast<Index>(members.size());
    members.push_back(paths[path]);
  }
  for (Group& group : found) {
    const auto size = static_cast<Index>(group.members.size());
    if (size > largest_group) {
      throw InputError("correlations",
                       "a group may have at most " + std::to_string(largest_group) + " quantities",
                       "one group of " + std::to_string(size) + ", that of " + quoted(group.members.front()));
    }
    group.spearman = Table::Identity(size, size);
    group.unstated = size * (size - 1) / 2;
  }
  for (const Correlation* row : ordered) {
    const std::size_t a = places.at(row->a);
    Group& group = found[group_of.at(connected.root(a))];
    const Index i = seat[a];
    const Index j = seat[places.at(row->b)];
    group.spearman(i, j) = group.spearman(j, i) = row->spearman;
    --group.unstated;
  }
  return found;
}

Table rank_correlation(const TableView& rows) {
  const Index quantities = rows.rows();
  const Index trials = rows.cols();
  if (trials < 2) throw InputError("values", "must hold at least two trials", "of " + std::to_string(trials));
  if (!rows.allFinite()) throw InputError("values", "must be finite");
  // Twice the rank less its mean: whole numbers, so that their sums are exact up to 250,000 trials.
  Table ranks(quantities, trials);
  std::vector<Index> order(static_cast<std::size_t>(trials));
  for (Index i = 0; i < quantities; ++i) {
    std::iota(order.begin(), order.end(), Index{0});
    std::sort(order.begin(), order.end(), [&](Index a, Index b) { return rows(i, a) < rows(i, b); });
    for (Index start = 0, stop = 0; start < trials; start = stop) {
      const auto at = [&](Index place) { return order[static_cast<std::size_t>(place)]; };
      while (stop < trials && rows(i, at(stop)) == rows(i, at(start))) ++stop;
      for (Index place = start; place < stop; ++place) {
        ranks(i, at(place)) = static_cast<double>(start + stop - trials);
      }
    }
  }
  Table result(quantities, quantities);
  for (Index i = 0; i < quantities; ++i) {
    for (Index j = 0; j <= i; ++j) {
      const double size = std::sqrt(ranks.row(i).squaredNorm() * ranks.row(j).squaredNorm());
      const double value =
          i == j && size > 0.0 ? 1.0 : std::clamp(ranks.row(i).dot(ranks.row(j)) / size, -1.0, 1.0);
      result(i, j) = result(j, i) = value;
    }
  }
  return result;
}

namespace {

/// x += factor z.
TRAINPLAN_INLINE void add_scaled(double* __restrict x, const double* __restrict z, double factor,
                                 std::size_t count) {
  for (std::size_t t = 0; t < count; ++t) x[t] += factor * z[t];
}

TRAINPLAN_CLONES void mix_part(const double* lower, std::size_t members, double* const* lanes,
                               std::size_t start, std::size_t count) {
  // From the last member up: those before it still hold their own scores.
  for (std::size_t i = members; i-- > 0;) {
    const double* row = lower + i * members;
    double* x = lanes[i] + start;
    for (std::size_t t = 0; t < count; ++t) x[t] *= row[i];
    for (std::size_t j = 0; j < i; ++j) {
      if (row[j] != 0.0) add_scaled(x, lanes[j] + start, row[j], count);
    }
  }
}

}  // namespace

void mix(const Table& factor, std::span<double* const> lanes, std::size_t trials) noexcept {
  constexpr std::size_t part = 512;  // trials: the lanes of a group stay in the cache
  for (std::size_t start = 0; start < trials; start += part) {
    mix_part(factor.data(), lanes.size(), lanes.data(), start, std::min(part, trials - start));
  }
}

}  // namespace correlation
}  // namespace trainplan
