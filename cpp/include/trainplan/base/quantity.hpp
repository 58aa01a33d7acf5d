/// What an analyst writes for a number: a number, or a text such as "6 to 12" or "pert(6, 9, 12)".
/// This room knows the grammar; what a text means in its field is the matter of `distribution`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace trainplan {

/// A number as written: `12%` keeps the sign, since its meaning depends on the field's unit.
struct Term {
  double number = 0.0;
  bool percent = false;
  friend bool operator==(const Term&, const Term&) = default;
};

/// An argument of a distribution: `9`, `shape=4`, or `0: 0.7`.
struct Argument {
  std::string name;  ///< "" for a positional one
  Term term;         ///< the value; of `0: 0.7` the left side
  Term weight;       ///< of `0: 0.7` the right side
  bool weighted = false;
  friend bool operator==(const Argument&, const Argument&) = default;
};

/// A number or a distribution, as written. Equality ignores spaces and spelling of numbers.
class Quantity {
 public:
  Quantity() = default;
  Quantity(double number);     // NOLINT(google-explicit-constructor): plans write plain numbers
  Quantity(const char* text);  // NOLINT(google-explicit-constructor): defaults of records are texts
  explicit Quantity(std::string_view text);

  /// "" for a plain number, "to" for "a to b", else the name of the distribution: "pert".
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::vector<Argument>& arguments() const noexcept { return arguments_; }
  /// True when it was written as a text; then `text()` is that text.
  [[nodiscard]] bool is_text() const noexcept { return !text_.empty(); }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// The plain number; only where `name()` is "".
  [[nodiscard]] Term number() const { return arguments_.front().term; }
  /// As a person would read it.
  [[nodiscard]] std::string shown() const;

  friend bool operator==(const Quantity& a, const Quantity& b) {
    return a.name_ == b.name_ && a.arguments_ == b.arguments_;
  }

 private:
  std::string name_;
  std::vector<Argument> arguments_ = {Argument{}};
  std::string text_;
};

/// The distributions that a text may name, with their arguments: for messages and the reference page.
[[nodiscard]] const std::vector<std::pair<std::string, std::string>>& known_distributions();

}  // namespace trainplan
