/// What can go wrong: bad input (InputError, with every problem found) and a method that failed (SolveError).
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace trainplan {

/// One thing that is wrong with the input.
struct Problem {
  std::string path;     ///< where: "teams.billing.people", or the name of an argument
  std::string value;    ///< what was found, escaped and cut for display; may be empty
  std::string allowed;  ///< what is allowed there, as a sentence
  std::string hint;     ///< "did you mean ..." or advice; may be empty
  friend bool operator==(const Problem&, const Problem&) = default;
};

/// All problems of one input, in the order in which they stand there.
using Problems = std::vector<Problem>;

/// The line that a person reads: "teams.billing.people: is -3, must be at least 1 (did you mean 3?)".
[[nodiscard]] std::string describe(const Problem& problem);

/// Input that cannot be used. `what()` lists up to 50 problems, a line each, then the count of the others.
class InputError : public std::invalid_argument {
 public:
  explicit InputError(Problems problems);
  /// One problem: `path` names the argument or field, `allowed` what may stand there.
  InputError(std::string path, std::string allowed, std::string value = "");
  [[nodiscard]] const Problems& problems() const noexcept { return problems_; }

 private:
  Problems problems_;
};

/// A valid question whose answer the method failed to find.
class SolveError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws InputError when there is a problem.
void throw_if_any(Problems problems);

/// `text` in quotes, control characters escaped, cut at 80 characters: safe to show whatever it holds.
[[nodiscard]] std::string quoted(std::string_view text);

/// A number as a person writes it: shortest text that reads back to the same double.
[[nodiscard]] std::string shown(double number);

/// "did you mean 'discount_rate'?" when one of `known` is close to `unknown`, else "".
[[nodiscard]] std::string did_you_mean(std::string_view unknown, std::span<const std::string> known);

}  // namespace trainplan
