#include "trainplan/base/error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <utility>

namespace trainplan {
namespace {

constexpr std::size_t most_listed = 50;
constexpr std::size_t longest_shown = 80;

std::string listed(const Problems& problems) {
  std::string text;
  for (std::size_t i = 0; i < std::min(problems.size(), most_listed); ++i) {
    if (i > 0) text += '\n';
    text += describe(problems[i]);
  }
  if (problems.size() > most_listed) {
    text += "\n" + std::to_string(problems.size() - most_listed) + " more";
  }
  return text;
}

// Edits between two texts of bytes: insert, delete, replace, or swap two neighbors (optimal string
// alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({row[j - 1] + 1, last[j] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last.back();
}

}  // namespace

std::string describe(const Problem& problem) {
  std::string text = problem.path.empty() ? std::string("plan") : problem.path;
  text += ": ";
  if (!problem.value.empty()) text += "is " + problem.value + ", ";
  text += problem.allowed;
  if (!problem.hint.empty()) text += " (" + problem.hint + ")";
  return text;
}

InputError::InputError(Problems problems)
    : std::invalid_argument(listed(problems)), problems_(std::move(problems)) {}

InputError::InputError(std::string path, std::string allowed, std::string value)
    : InputError(Problems{{std::move(path), std::move(value), std::move(allowed), ""}}) {}

void throw_if_any(Problems problems) {
  if (!problems.empty()) throw InputError(std::move(problems));
}

std::string quoted(std::string_view text) {
  static constexpr std::string_view hex = "0123456789abcdef";
  std::string shown_text = "'";
  std::size_t length = 0;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    const bool starts_character = (byte & 0xC0U) != 0x80U;
    if (starts_character && ++length > longest_shown) return shown_text + "...'";
    if (byte < 0x20U || byte == 0x7FU) {
      shown_text += "\\x";
      shown_text += hex[byte >> 4U];
      shown_text += hex[byte & 15U];
    } else {
      shown_text += static_cast<char>(byte);
    }
  }
  return shown_text + "'";
}

std::string shown(double number) {
  std::array<char, 32> buffer{};
  // 1000000, not 1e+06: amounts and counts are read by people.
  const bool whole = std::abs(number) < 1e15 && number == std::floor(number);
  const auto result =
      whole ? std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed)
            : std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), result.ptr};
}

std::string did_you_mean(std::string_view unknown, std::span<const std::string> known) {
  const std::size_t tolerated = std::max<std::size_t>(1, unknown.size() / 3);
  const std::string* nearest = nullptr;
  std::size_t least = tolerated + 1;
  for (const std::string& candidate : known) {
    // A length that differs by more cannot be near; this also keeps hostile input cheap.
    const std::size_t difference = candidate.size() > unknown.size() ? candidate.size() - unknown.size()
                                                                     : unknown.size() - candidate.size();
    if (difference > tolerated) continue;
    if (const std::size_t distance = edit_distance(unknown, candidate); distance < least) {
      least = distance;
      nearest = &candidate;
    }
  }
  return nearest == nullptr ? "" : "did you mean " + quoted(*nearest) + "?";
}

}  // namespace trainplan
