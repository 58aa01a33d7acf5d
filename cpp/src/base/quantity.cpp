#include "trainplan/base/quantity.hpp"

#include <charconv>
#include <cmath>
#include <tuple>

#include "trainplan/base/error.hpp"

namespace trainplan {
namespace {

constexpr std::size_t longest_text = 4096;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// quantity := term | term "to" term | name "(" argument {"," argument} ")"
// argument := term | name "=" term | term ":" term;   term := number ["%"]
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::pair<std::string, std::vector<Argument>> parse() {
    if (text_.size() > longest_text)
      throw InputError("", "must be a text of at most 4,096 characters", quoted(text_));
    skip_spaces();
    std::string name;
    std::vector<Argument> arguments;
    if (is_letter(peek())) {
      name = word();
      expect('(');
      arguments.push_back(argument());
      while (accept(',')) arguments.push_back(argument());
      expect(')');
    } else {
      arguments.push_back({.term = term()});
      skip_spaces();
      if (is_letter(peek())) {
        const std::size_t start = at_;
        if (word() != "to") {
          at_ = start;
          fail("'to' between two numbers, or the end of the text");
        }
        name = "to";
        arguments.push_back({.term = term()});
      }
    }
    skip_spaces();
    if (at_ < text_.size()) fail("the end of the text");
    return {std::move(name), std::move(arguments)};
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_spaces() {
    while (is_space(peek())) ++at_;
  }
  bool accept(char c) {
    skip_spaces();
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(std::string("'") + c + "'");
  }
  std::string word() {
    std::string found;
    while (is_letter(peek()) || (!found.empty() && is_digit(peek()))) found += text_[at_++];
    return found;
  }
  Term term() {
    skip_spaces();
    const std::size_t start = at_;
    const bool plus = peek() == '+';  // from_chars reads only the other sign
    if (plus) ++at_;
    double number = 0.0;
    const char* first = text_.data() + at_;
    // from_chars reads "inf" and "nan" too: only digits, a sign and a point may start a number here.
    const bool starts = is_digit(peek()) || peek() == '.' || (peek() == '-' && !plus);
    const auto result = std::from_chars(first, text_.data() + text_.size(), number);
    if (!starts || result.ec != std::errc() || !std::isfinite(number)) {
      at_ = start;
      fail(result.ec == std::errc::result_out_of_range ? "a number of a size from 5e-324 to 1.8e308"
                                                       : "a number");
    }
    at_ += static_cast<std::size_t>(result.ptr - first);
    const bool percent = accept('%');
    return {number, percent};
  }
  Argument argument() {
    skip_spaces();
    Argument found;
    if (is_letter(peek())) {
      found.name = word();
      expect('=');
      found.term = term();
      return found;
    }
    found.term = term();
    if (accept(':')) {
      found.weighted = true;
      found.weight = term();
    }
    return found;
  }
  [[noreturn]] void fail(const std::string& expected) const {
    std::string known;
    for (const auto& [name, arguments] : known_distributions()) known += ", " + name;
    throw InputError("",
                     "at character " + std::to_string(at_ + 1) + " there must be " + expected +
                         "; write a number, 'a to b' or a distribution (" + known.substr(2) + ")",
                     quoted(text_));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const std::vector<std::pair<std::string, std::string>>& known_distributions() {
  static const std::vector<std::pair<std::string, std::string>> known = {
      {"uniform", "low, high"},
      {"triangular", "low, mode, high"},
      {"pert", "low, mode, high, shape=4"},
      {"normal", "mean, sd"},
      {"lognormal", "p10=, p90= or mean=, sd="},
      {"beta", "alpha, beta"},
      {"bernoulli", "probability"},
      {"discrete", "value: probability, ..."},
      {"poisson", "mean"},
  };
  return known;
}

Quantity::Quantity(double number) : arguments_{Argument{.name = "", .term = {number, false}, .weight = {}}} {}

Quantity::Quantity(const char* text) : Quantity(std::string_view(text)) {}

Quantity::Quantity(std::string_view text) : text_(text) {
  std::tie(name_, arguments_) = Parser(text).parse();
  if (name_.empty() || name_ == "to") return;
  std::vector<std::string> names;
  for (const auto& [known, arguments] : known_distributions()) {
    if (known == name_) return;
    names.push_back(known);
  }
  throw InputError(
      Problems{{"", quoted(text), "there is no distribution " + quoted(name_), did_you_mean(name_, names)}});
}

std::string Quantity::shown() const { return is_text() ? text_ : trainplan::shown(number().number); }

}  // namespace trainplan
