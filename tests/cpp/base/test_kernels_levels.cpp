/// The kernels compiled for each x86-64 level: equal bits.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "trainplan/base/kernels.hpp"

namespace {

namespace kernels = trainplan::kernels;
using Lane = std::vector<double>;
using Lanes = std::array<Lane, 8>;

/// Every kernel over `x`, and the quantiles of `u`, in loops that vectorize.
TRAINPLAN_INLINE void run_all(const Lane& x, const Lane& u, Lanes& y) {
  const std::size_t n = x.size();
  const double* in = x.data();
  for (std::size_t i = 0; i < n; ++i) y[0][i] = kernels::exp(in[i]);
  for (std::size_t i = 0; i < n; ++i) y[1][i] = kernels::exp2(in[i]);
  for (std::size_t i = 0; i < n; ++i) y[2][i] = kernels::log(in[i]);
  for (std::size_t i = 0; i < n; ++i) y[3][i] = kernels::expm1(in[i]);
  for (std::size_t i = 0; i < n; ++i) y[4][i] = kernels::log1p(in[i]);
  for (std::size_t i = 0; i < n; ++i) y[5][i] = kernels::logistic(in[i]);
  for (std::size_t i = 0; i < n; ++i) y[6][i] = kernels::logit(in[i]);
  kernels::detail::quantiles_of_lane(u.data(), y[7].data(), u.size());
}

void at_baseline(const Lane& x, const Lane& u, Lanes& y) { run_all(x, u, y); }

#if TRAINPLAN_X86_LEVELS
[[gnu::target("arch=x86-64-v3")]] void at_v3(const Lane& x, const Lane& u, Lanes& y) { run_all(x, u, y); }
[[gnu::target("arch=x86-64-v4")]] void at_v4(const Lane& x, const Lane& u, Lanes& y) { run_all(x, u, y); }
#endif

/// As this library was built, scalar functions outside any loop.
double scalar(std::size_t kernel, double x) {
  switch (kernel) {
    case 0:
      return kernels::exp(x);
    case 1:
      return kernels::exp2(x);
    case 2:
      return kernels::log(x);
    case 3:
      return kernels::expm1(x);
    case 4:
      return kernels::log1p(x);
    case 5:
      return kernels::logistic(x);
    case 6:
      return kernels::logit(x);
    default:
      return kernels::normal_quantile(x);
  }
}

/// Bits, one pattern for all that are not a number: its sign and payload are the processor's affair.
std::uint64_t bits(double x) { return std::isnan(x) ? ~std::uint64_t{0} : kernels::detail::bits(x); }

class KernelLevels : public testing::Test {
 protected:
  void SetUp() override {
    std::mt19937_64 random(8);
    const auto unit = [&] { return static_cast<double>(random() >> 11U) * 0x1p-53; };
    for (int i = 0; i < 20000; ++i) {
      const double sign = i % 2 == 0 ? 1.0 : -1.0;
      arguments.push_back(sign * std::ldexp(1.0 + unit(), static_cast<int>(random() % 2098U) - 1074));
      arguments.push_back(sign * std::ldexp(1.0 + unit(), static_cast<int>(random() % 20U) - 10));
      arguments.push_back(unit());
      const std::uint64_t k = random() >> (12U + random() % 52U);
      const double u = (static_cast<double>(k) + 0.5) * 0x1p-52;
      uniforms.push_back(i % 2 == 0 ? u : 1.0 - u);
    }
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (const double edge : {0.0, 1.0, 0.5, 745.2, 709.78, 709.79, 1024.0, 1e308, infinity}) {
      arguments.push_back(edge);
      arguments.push_back(-edge);
    }
    arguments.push_back(std::numeric_limits<double>::quiet_NaN());
    uniforms.insert(uniforms.end(), {0.5, 0x1p-53, 1.0 - 0x1p-53, 1e-300, 0x1p-1074});
  }

  template <class Level>
  [[nodiscard]] Lanes values(Level level) const {
    Lanes y;
    for (std::size_t kernel = 0; kernel < y.size(); ++kernel) {
      y[kernel].resize(kernel == 7 ? uniforms.size() : arguments.size());
    }
    level(arguments, uniforms, y);
    return y;
  }

  void expect_equal(const Lanes& a, const Lanes& b) const {
    for (std::size_t kernel = 0; kernel < a.size(); ++kernel) {
      for (std::size_t i = 0; i < a[kernel].size(); ++i) {
        ASSERT_EQ(bits(a[kernel][i]), bits(b[kernel][i]))
            << "kernel " << kernel << " at " << (kernel == 7 ? uniforms[i] : arguments[i]);
      }
    }
  }

  Lane arguments;
  Lane uniforms;
};

TEST_F(KernelLevels, LoopsAndSingleCallsGiveEqualBits) {
  const Lanes loops = values(at_baseline);
  Lanes calls = loops;
  for (std::size_t kernel = 0; kernel < calls.size(); ++kernel) {
    const Lane& from = kernel == 7 ? uniforms : arguments;
    std::transform(from.begin(), from.end(), calls[kernel].begin(),
                   [kernel](double x) { return scalar(kernel, x); });
  }
  expect_equal(loops, calls);
}

#if TRAINPLAN_X86_LEVELS
TEST_F(KernelLevels, EveryLevelOfThisProcessorGivesEqualBits) {
  const Lanes baseline = values(at_baseline);
  if (__builtin_cpu_supports("x86-64-v3")) expect_equal(baseline, values(at_v3));
  if (__builtin_cpu_supports("x86-64-v4")) expect_equal(baseline, values(at_v4));
  Lanes dispatched = baseline;
  kernels::normal_quantiles(uniforms, dispatched[7]);
  expect_equal(baseline, dispatched);
}
#endif

}  // namespace
