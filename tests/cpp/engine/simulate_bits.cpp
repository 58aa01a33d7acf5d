// A program of its own, which the tests of the room simulate start: `hash`
// prints the bits of the rich plan as one number (the tests compare
// compilations for different x86-64 levels), `allocations N` prints how often a
// run of N trials asks for memory.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string_view>

#include "simulate_plan.hpp"

namespace {

std::atomic<unsigned long> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}

}  // namespace

// Not inlined: where only one of a pair is, GCC takes the other for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = counted(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

int main(int count, char** arguments) {
  const std::string_view wanted = count > 1 ? arguments[1] : "hash";
  if (wanted == "hash") {
    std::printf("%016llx\n", static_cast<unsigned long long>(simulate_tests::hash_of_rich_plan()));
    return 0;
  }
  if (wanted != "allocations" || count < 3) return 2;
  const trainplan::Plan plan = simulate_tests::rich_plan();
  const std::vector<std::string> outputs = simulate_tests::rich_outputs();
  const auto trials = std::strtoull(arguments[2], nullptr, 10);
  const unsigned long before = allocations;
  static_cast<void>(simulate_tests::run(plan, trials, 1, outputs));
  std::printf("%lu\n", allocations - before);
  return 0;
}
