#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>

#include "trainplan/domain/correlation.hpp"

namespace {

using namespace trainplan::correlation;
using trainplan::InputError;

constexpr double infinity = std::numeric_limits<double>::infinity();

double normal(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(BivariateNormal, AtTheOriginIsAQuarterPlusTheAngle) {
  // Sheppard 1899: 1/4 + asin(r) / (2 pi).
  for (const double r : {-1.0, -0.99, -0.93, -0.5, 0.0, 0.3, 0.9, 0.925, 0.95, 0.999999, 1.0}) {
    EXPECT_NEAR(bivariate_normal(0.0, 0.0, r), 0.25 + std::asin(r) / (2.0 * std::numbers::pi), 1e-15) << r;
  }
}

TEST(BivariateNormal, MeetsIntegralsOfFortyDigits) {
  // Integral of the conditional probability of y, normal((y - r t) / sqrt(1 - r^2)), with mpmath at 40
  // digits.
  struct Case {
    double x, y, r, value;
  };
  for (const Case& known : {
           Case{1.0, -1.0, 0.25, 0.1462547966937650135},
           Case{-1.5, 0.5, -0.7, 0.008668083738563498221},
           Case{-3.0, -2.5, 0.9, 0.0011091051346619660679},
           Case{0.3, 1.1, 0.924, 0.61700617910983044956},
           Case{0.3, 1.1, 0.926, 0.61708310062177930229},
           Case{-2.0, -2.2, 0.97, 0.01266476011719934517},
           Case{1.2, 1.1, 0.999, 0.86429334501158816662},
           Case{0.5, -0.4, -0.95, 0.065887717447164754866},
           Case{2.0, 1.5, -0.98, 0.9104426667829627268},
           Case{-6.0, -5.5, 0.95, 8.3600248720385881452e-10},
           Case{-0.8416212335729142, 0.0, 0.35, 0.13931048921465198792},
       }) {
    EXPECT_NEAR(bivariate_normal(known.x, known.y, known.r), known.value, 1e-15)
        << known.x << ' ' << known.y << ' ' << known.r;
  }
}

TEST(BivariateNormal, OfIndependentOnesIsTheProduct) {
  EXPECT_NEAR(bivariate_normal(0.7, -1.2, 0.0), normal(0.7) * normal(-1.2), 1e-16);
}

TEST(BivariateNormal, OfPerfectCorrelationIsThatOfOne) {
  EXPECT_EQ(bivariate_normal(0.7, -1.2, 1.0), normal(-1.2));
  EXPECT_EQ(bivariate_normal(0.7, -1.2, -1.0), 0.0);
  EXPECT_NEAR(bivariate_normal(0.7, 1.2, -1.0), normal(0.7) - normal(-1.2), 1e-16);
}

TEST(BivariateNormal, HasItsSymmetriesAndComplements) {
  for (const double r : {-0.97, -0.6, 0.2, 0.91, 0.93, 0.9999}) {
    for (const double x : {-2.5, -0.4, 0.0, 1.3}) {
      for (const double y : {-1.7, 0.3, 2.1}) {
        const double value = bivariate_normal(x, y, r);
        EXPECT_NEAR(value, bivariate_normal(y, x, r), 1e-15);
        EXPECT_NEAR(value + bivariate_normal(x, -y, -r), normal(x), 1e-15) << x << ' ' << y << ' ' << r;
        EXPECT_NEAR(bivariate_normal(-x, -y, r), 1.0 - normal(x) - normal(y) + value, 1e-15);
      }
    }
  }
}

TEST(BivariateNormal, RisesWithTheCorrelationAcrossItsTwoFormulas) {
  double last = 0.0;
  for (int i = -1000; i <= 1000; ++i) {
    const double value = bivariate_normal(-0.3, 0.8, i / 1000.0);
    EXPECT_GE(value, last - 1e-15) << i;  // at both ends it hardly changes any more
    last = value;
  }
}

TEST(BivariateNormal, TakesInfiniteAndFarArguments) {
  EXPECT_EQ(bivariate_normal(infinity, 0.5, 0.3), normal(0.5));
  EXPECT_EQ(bivariate_normal(infinity, infinity, -1.0), 1.0);
  EXPECT_EQ(bivariate_normal(-infinity, infinity, 0.3), 0.0);
  for (const double r : {-1.0, -0.95, 0.0, 0.5, 0.95, 1.0}) {
    EXPECT_EQ(bivariate_normal(-40.0, 40.0, r), 0.0) << r;
    EXPECT_EQ(bivariate_normal(40.0, 40.0, r), 1.0) << r;
    EXPECT_NEAR(bivariate_normal(40.0, 1.0, r), normal(1.0), 1e-16) << r;
  }
}

TEST(BivariateNormal, RefusesWhatIsNoNumberOrCorrelation) {
  EXPECT_EQ(refusal([] { static_cast<void>(bivariate_normal(NAN, 0.0, 0.0)); }),
            "x: is nan, must be a number");
  EXPECT_EQ(refusal([] { static_cast<void>(bivariate_normal(0.0, NAN, 0.0)); }),
            "y: is nan, must be a number");
  EXPECT_EQ(refusal([] { static_cast<void>(bivariate_normal(0.0, 0.0, 1.01)); }),
            "pearson: is 1.01, must be between -1 and 1");
}

TEST(YesNo, OfEvenOddsIsSheppardsFormula) {
  EXPECT_NEAR(both(0.5, 0.5, 0.5), 1.0 / 3.0, 1e-15);
  EXPECT_NEAR(phi(0.5, 0.5, 0.5), 1.0 / 3.0, 1e-15);  // 2 asin(r) / pi
}

TEST(YesNo, IsWithinWhatTheProbabilitiesAllow) {
  EXPECT_NEAR(both(0.3, 0.2, 1.0), 0.2, 1e-15);
  EXPECT_NEAR(both(0.3, 0.2, -1.0), 0.0, 1e-15);
  EXPECT_NEAR(both(0.8, 0.7, -1.0), 0.5, 1e-15);
  EXPECT_NEAR(phi(0.3, 0.3, 1.0), 1.0, 1e-14);
  EXPECT_NEAR(phi(0.3, 0.7, -1.0), -1.0, 1e-14);
  EXPECT_LT(phi(0.1, 0.5, 1.0), 0.334);  // odds that differ cannot always agree: here 1/3
}

TEST(YesNo, ShowsLessThanTheScoresBehindIt) {
  for (const double r : {0.2, 0.5, 0.8, 0.95}) EXPECT_LT(phi(0.2, 0.3, r), r);
}

TEST(YesNo, KeepsTheDigitsOfSmallCorrelations) {
  // To first order in r: phi = r f(a) f(b) / sqrt(p_a q_a p_b q_b), f the normal density; a = b = 0 gives 2 r
  // / pi.
  EXPECT_NEAR(phi(0.5, 0.5, 1e-12) / (2e-12 / std::numbers::pi), 1.0, 1e-12);
}

TEST(YesNo, RefusesCertainEvents) {
  EXPECT_EQ(refusal([] { static_cast<void>(both(0.0, 0.5, 0.1)); }),
            "p_a: is 0, must be above 0 and below 1");
  EXPECT_EQ(refusal([] { static_cast<void>(phi(0.5, 1.0, 0.1)); }), "p_b: is 1, must be above 0 and below 1");
  EXPECT_EQ(refusal([] { static_cast<void>(phi(0.5, 0.5, NAN)); }),
            "pearson: is nan, must be between -1 and 1");
}

}  // namespace
