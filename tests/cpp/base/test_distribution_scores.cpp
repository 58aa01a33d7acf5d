// Draws by normal score: what correlated quantities take instead of a uniform number.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "trainplan/base/distribution.hpp"
#include "trainplan/base/kernels.hpp"

namespace {

using trainplan::Distribution;
using trainplan::Domain;
using trainplan::distribution::resolve;
using trainplan::distribution::Sampler;

constexpr double inf = std::numeric_limits<double>::infinity();
const Domain number{"h", {}};
const Domain amount{"currency", {0.0, inf}};
const Domain fraction{"fraction", {0.0, 1.0}};

// Every family, and each of those that can be truncated also truncated.
const std::vector<std::pair<const char*, Domain>> families = {{"7", number},
                                                              {"uniform(2, 7)", number},
                                                              {"uniform(-1, 9)", amount},
                                                              {"triangular(2, 5, 12)", number},
                                                              {"triangular(-1, 5, 12)", amount},
                                                              {"pert(2, 5, 12)", number},
                                                              {"pert(2, 5, 12, shape=9)", number},
                                                              {"pert(-1, 5, 12)", amount},
                                                              {"normal(3, 2)", number},
                                                              {"normal(2, 2)", amount},
                                                              {"lognormal(p10=2, p90=8)", amount},
                                                              {"lognormal(mean=9, sd=3)", {"h", {0.0, 14.0}}},
                                                              {"3 to 9", number},
                                                              {"3 to 9", amount},
                                                              {"0.3 to 0.9", fraction},
                                                              {"beta(8, 2)", fraction},
                                                              {"beta(0.5, 0.7)", fraction}};
const std::vector<std::pair<const char*, Domain>> steps = {
    {"bernoulli(0.3)", fraction}, {"discrete(1: .2, 4: .5, 9: .3)", number}, {"poisson(2.5)", number}};

std::vector<double> scores() {
  std::vector<double> z;
  for (int i = -4'000; i <= 4'000; ++i) z.push_back(i / 500.0 + 1e-5);
  return z;
}

double by_score(const Sampler& sampler, double z) {
  sampler.draw_scores({&z, 1});
  return z;
}

// The width of a family stands for its scale; near an upper end Phi(z) itself has only 2^-53 of it.
double slack(const Sampler& sampler, double z) {
  const double u = trainplan::kernels::normal_cdf(z);
  const double there = sampler.at(std::min(u + 0x1p-52, 1.0 - 0x1p-53));
  const double here = sampler.at(std::max(u - 0x1p-52, 0x1p-53));
  return 1e-12 * std::max(1.0, std::abs(sampler.at(u))) + std::abs(there - here);
}

TEST(SamplerScores, DrawWhatTheUniformNumberOfTheScoreDraws) {
  for (const auto& [text, domain] : families) {
    const Sampler sampler(resolve(text, domain));
    for (const double z : scores()) {
      const double u = trainplan::kernels::normal_cdf(z);
      EXPECT_NEAR(by_score(sampler, z), sampler.at(u), slack(sampler, z)) << text << " at " << z;
    }
  }
}

// Within the middle nothing is lost to the rounding of Phi(z): the plain bound of 1e-12 holds.
TEST(SamplerScores, AgreeToTwelveDigitsInTheMiddle) {
  for (const auto& [text, domain] : families) {
    const Sampler sampler(resolve(text, domain));
    for (int i = -250; i <= 250; ++i) {
      const double z = i / 100.0 + 1e-5;
      const double wanted = sampler.at(trainplan::kernels::normal_cdf(z));
      EXPECT_NEAR(by_score(sampler, z), wanted, 1e-12 * std::max(1.0, std::abs(wanted))) << text << ", " << z;
    }
  }
}

TEST(SamplerScores, DrawTheSameStepOfADiscreteDistribution) {
  for (const auto& [text, domain] : steps) {
    const Sampler sampler(resolve(text, domain));
    for (const double z : scores())
      EXPECT_EQ(by_score(sampler, z), sampler.at(trainplan::kernels::normal_cdf(z))) << text << " at " << z;
  }
}

TEST(SamplerScores, OfZeroAreTheMedian) {
  for (const auto* list : {&families, &steps}) {
    for (const auto& [text, domain] : *list) {
      const Sampler sampler(resolve(text, domain));
      EXPECT_EQ(by_score(sampler, 0.0), sampler.at(0.5)) << text;
    }
  }
}

// Sums of scores go further out than any single one: Phi is then 0 or 1, which no uniform number is.
TEST(SamplerScores, FarOutStayInsideTheFieldsRange) {
  for (const auto* list : {&families, &steps}) {
    for (const auto& [text, domain] : *list) {
      const Distribution d = resolve(text, domain);
      const Sampler sampler(d);
      for (const double z : {-30.0, -8.4, 8.4, 30.0}) {
        const double x = by_score(sampler, z);
        EXPECT_TRUE(std::isfinite(x)) << text << " at " << z;
        EXPECT_TRUE(domain.range.holds(x)) << text << " at " << z;
      }
    }
  }
}

TEST(SamplerScores, OfALaneAreThoseOneByOne) {
  for (const auto* list : {&families, &steps}) {
    for (const auto& [text, domain] : *list) {
      const Sampler sampler(resolve(text, domain));
      const std::vector<double> z = scores();
      std::vector<double> lane(z.begin(), z.begin() + 1'001);
      sampler.draw_scores(lane);
      for (std::size_t i = 0; i < lane.size(); ++i) EXPECT_EQ(lane[i], by_score(sampler, z[i])) << text;
    }
  }
}

}  // namespace
