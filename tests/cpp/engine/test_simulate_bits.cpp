// What needs a process of its own: compilations for other processors, and a
// memory whose requests are counted.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>

#include "simulate_plan.hpp"

namespace {

const std::string program = TRAINPLAN_SIMULATE_BITS;
const std::string levels = TRAINPLAN_X86_64_LEVELS;

/// What a command prints.
std::string output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");  // NOLINT(bugprone-command-processor): own programs alone
  if (pipe == nullptr) return "cannot start " + command;
  std::string text;
  std::array<char, 256> part{};
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) text += part.data();
  const int status = pclose(pipe);
  return status == 0 ? text : text + command + " ended with status " + std::to_string(status);
}

/// Whether this processor runs code for an x86-64 level.
bool runs(const std::string& level) {
#if defined(__x86_64__)
  if (level == "x86-64-v3") return __builtin_cpu_supports("x86-64-v3");
  if (level == "x86-64-v4") return __builtin_cpu_supports("x86-64-v4");
#endif
  return level == "x86-64";
}

TEST(SimulateBits, AreTheSameInEveryCompilation) {
  const std::string here = [] {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%016llx\n",
                  static_cast<unsigned long long>(simulate_tests::hash_of_rich_plan()));
    return std::string(text.data());
  }();
  EXPECT_EQ(output_of("'" + program + "' hash"), here);
  std::istringstream list(levels);
  for (std::string level; list >> level;) {
    if (!runs(level)) {
      std::cout << "this processor does not run code for " << level << ": not compared\n";
      continue;
    }
    EXPECT_EQ(output_of("'" + program + "_" + level + "' hash"), here) << level;
  }
}

TEST(SimulateBits, TakeNoMemoryInTheTrialLoop) {
  const auto allocations = [](int trials) {
    return output_of("'" + program + "' allocations " + std::to_string(trials));
  };
  const std::string few = allocations(64);
  EXPECT_GT(std::stoi(few), 100) << few;  // it does count
  EXPECT_EQ(allocations(6'400), few);
  EXPECT_EQ(allocations(64'000), few);
}

}  // namespace
