// Counts: "poisson(0.4)".
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "trainplan/base/distribution.hpp"
#include "trainplan/base/error.hpp"

namespace {

using trainplan::Distribution;
using trainplan::Domain;
using trainplan::Family;
using trainplan::InputError;
using trainplan::Quantity;
using trainplan::distribution::resolve;

const Domain number{"risks", {}};
const Domain amount{"currency", {0.0, std::numeric_limits<double>::infinity()}};

std::string refusal(const std::string& text, const Domain& domain) {
  try {
    static_cast<void>(resolve(Quantity(std::string_view(text)), domain));
  } catch (const InputError& error) {
    return error.problems().front().allowed;
  }
  return "accepted";
}

// e^-m m^k / k! in long double, through logarithms.
long double probability(long double mean, int count) {
  return std::exp(static_cast<long double>(count) * std::log(mean) - mean -
                  std::lgamma(static_cast<long double>(count) + 1.0L));
}

TEST(Poisson, HasTheProbabilitiesOfItsFormula) {
  for (const double mean : {0.01, 0.4, 1.0, 2.5, 17.0, 200.0, 1000.0}) {
    const Distribution d = resolve(Quantity("poisson(" + trainplan::shown(mean) + ")"), number);
    ASSERT_EQ(d.family, Family::discrete);
    long double sum = 0.0L;
    for (std::size_t k = 0; k < d.values.size(); ++k) {
      EXPECT_EQ(d.values[k], static_cast<double>(k));
      sum += probability(mean, static_cast<int>(k));
      // Sums of up to 1,300 terms whose logarithms, up to 6,000 in size, are rounded to 2^-64 of that.
      EXPECT_NEAR(d.cumulative[k], static_cast<double>(sum), 1e-13) << mean << ", " << k;
    }
  }
}

// e^-.4 = .67032004603563930...; the terms are that times 1, .4, .08.
TEST(Poisson, OfSmallMeanIsMostlyNone) {
  const Distribution d = resolve("poisson(0.4)", number);
  EXPECT_NEAR(d.cumulative[0], 0.67032004603563930, 1e-15);
  EXPECT_NEAR(d.cumulative[1], 0.67032004603563930 * 1.4, 1e-15);
  EXPECT_NEAR(d.cumulative[2], 0.67032004603563930 * 1.48, 1e-15);
  EXPECT_EQ(trainplan::distribution::quantile(d, 0.5), 0.0);
  EXPECT_EQ(trainplan::distribution::quantile(d, 0.9), 1.0);
  EXPECT_EQ(trainplan::distribution::quantile(d, 0.97), 2.0);
}

TEST(Poisson, HasItsMeanAndVariance) {
  for (const double mean : {0.01, 0.4, 2.5, 17.0, 1000.0}) {
    const Distribution d = resolve(Quantity("poisson(" + trainplan::shown(mean) + ")"), number);
    EXPECT_NEAR(trainplan::distribution::mean(d), mean, 1e-12 * std::max(1.0, mean));
    EXPECT_NEAR(trainplan::distribution::sd(d), std::sqrt(mean), 1e-12 * std::max(1.0, mean));
  }
}

TEST(Poisson, EndsWithTheLastCountThatAUniformNumberReaches) {
  const Distribution d = resolve("poisson(0.4)", number);
  EXPECT_EQ(d.cumulative.back(), 1.0);
  // The upper tail beyond the last but one is drawn, that beyond the last is below the least u, 2^-53.
  const auto beyond = [](int count) {
    long double tail = 0.0L;
    for (int k = count + 1; k < count + 40; ++k) tail += probability(0.4L, k);
    return tail;
  };
  const int last = static_cast<int>(d.values.size()) - 1;
  EXPECT_LT(beyond(last), 0x1p-54L);
  EXPECT_GE(beyond(last - 1), 0x1p-54L);
  EXPECT_EQ(trainplan::distribution::Sampler(d).at(1.0 - 0x1p-53), static_cast<double>(last));
}

TEST(Poisson, OfMeanZeroIsCertainlyNone) {
  const Distribution d = resolve("poisson(0)", number);
  EXPECT_TRUE(d.certain());
  EXPECT_EQ(d.a, 0.0);
}

TEST(Poisson, TakesMeansUpToAThousand) {
  EXPECT_EQ(refusal("poisson(1000)", number), "accepted");
  EXPECT_EQ(refusal("poisson(1000.5)", number), "poisson needs a mean between 0 and 1000");
  EXPECT_EQ(refusal("poisson(-0.1)", number), "poisson needs a mean between 0 and 1000");
  EXPECT_EQ(refusal("poisson(mean=0.4)", number), "accepted");
}

TEST(Poisson, OfAnotherFormIsRefusedWithItsOwn) {
  for (const char* text : {"poisson(0.4, 2)", "poisson(rate=2)", "poisson(1: 0.4)"})
    EXPECT_EQ(refusal(text, number), "must be poisson(mean)") << text;
  EXPECT_EQ(refusal("poisson(10%)", amount), "must be poisson(mean)");
}

TEST(Poisson, CountsThatLeaveTheFieldAreRefusedLikeAnyDiscreteValue) {
  EXPECT_EQ(refusal("poisson(0.4)", amount), "accepted");
  EXPECT_EQ(refusal("poisson(0.4)", {"fraction", {0.0, 1.0}}), "each value must be between 0 and 1");
}

}  // namespace
