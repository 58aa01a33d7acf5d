#include "trainplan/domain/utility.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "trainplan/base/error.hpp"
#include "trainplan/domain/finance.hpp"

namespace {

using namespace trainplan::utility;
using trainplan::InputError;
using trainplan::Vector;

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

// ---- published cases ----
// "R: ..." are outputs in the documentation of the R package personnelSelectionUtility (rgempp), to the
// digits printed there. Second values are our own, from 50-digit arithmetic.

TEST(TrainingUtility, OfProgrammersIsThatOfSchmidtHunterAndPearlman) {
  // Schmidt, Hunter & Pearlman 1982 as told in Cascio, Costing Human Resources: 500 a head.
  EXPECT_EQ(training_utility(0.65, 10'413, 100, 2, 100 * 500), 1'303'690.0);
  EXPECT_EQ(training_utility(0.3, 50'000, 100, 2, 40'000), 2'960'000.0);  // R: shp_utility()
}

TEST(BoudreauUtility, OfThreeYearsIsThePublishedOne) {
  // R: boudreau_utility(); its contribution_margin = 1 is 1 + V.
  const Vector people{{100.0, 90.0, 80.0}};
  const Vector costs{{75'000.0, 10'000.0, 10'000.0}};
  const Periods periods{.discount_rate = 0.08, .costs_deductible = false};
  const double selected = boudreau_utility(people, costs, {.d = 0.48993336071366456, .sdy = 50'000}, periods);
  EXPECT_NEAR(selected, 5'628'130.0, 5.0);  // printed to tens
  EXPECT_NEAR(selected, 5'628'128.44174316, 1e-8);
  const double quarter = boudreau_utility(people, costs, {.d = 0.25, .sdy = 50'000}, periods);
  EXPECT_NEAR(quarter, 2'829'790.0, 5.0);
  EXPECT_NEAR(quarter, 2'829'789.6662094193, 1e-8);
}

TEST(NaylorShine, OfTheTopFifthIsThePublishedOne) {
  EXPECT_NEAR(selected_mean(0.2), 1.39981, 5e-6);  // R: naylor_shine(), five digits
  EXPECT_NEAR(selected_mean(0.2), 1.3998096020390416, 1e-15);
  EXPECT_NEAR(naylor_shine(0.35, 0.2), 0.489933, 5e-7);  // six digits
  EXPECT_NEAR(naylor_shine(0.35, 0.2), 0.48993336071366456, 1e-15);
}

TEST(SelectionUtility, IsThePublishedOne) {
  const double net = selection_utility({.validity = 0.35, .selection_ratio = 0.2}, 50'000, 100, 3, 75'000);
  EXPECT_NEAR(net, 7'274'000.0, 5.0);  // R: bcg_utility(), printed to thousands
  EXPECT_NEAR(net, 7'274'000.4107049685, 1e-8);
}

TEST(SelectionUtility, OfTheProgrammerAptitudeTestIsThePublishedTable) {
  // R, after Schmidt, Hunter, McKenzie & Muldrow 1979, without cost; printed to units.
  const std::vector<std::array<double, 3>> table{{0.2, 6'846'158, 6'846'157.781871763},
                                                 {0.3, 5'668'291, 5'668'291.108871301},
                                                 {0.4, 4'723'789, 4'723'788.753689757}};
  for (const auto& [ratio, printed, exact] : table) {
    const double net = selection_utility({.validity = 0.76, .selection_ratio = ratio}, 10'413, 618, 1, 0);
    EXPECT_NEAR(net, printed, 0.6);
    EXPECT_NEAR(net, exact, 1e-8);
  }
}

TEST(TaylorRussell, IsThePublishedSuccessRatio) {
  EXPECT_NEAR(taylor_russell(0.35, 0.2, 0.5), 0.696552, 1e-6);           // R: tr_classic(), six digits
  EXPECT_NEAR(taylor_russell(0.35, 0.2, 0.5), 0.69655244607326, 1e-14);  // fourteen digits
}

// ---- training ----

TEST(TrainingUtility, HasTheSignThatSdyGivesIt) {
  // 100 people, d .3, nine months, 330,000: SDy 40 % or 20 % of a salary of 38,000.
  EXPECT_NEAR(training_utility(0.3, 0.4 * 38'000, 100, 0.75, 330'000), 12'000.0, 1e-9);
  EXPECT_NEAR(training_utility(0.3, 0.2 * 38'000, 100, 0.75, 330'000), -159'000.0, 1e-9);
}

TEST(BreakEvenSdy, MakesTheUtilityZero) {
  const double sdy = break_even_sdy(0.3, 100, 0.75, 330'000);
  EXPECT_NEAR(sdy, 330'000 / 22.5, 1e-9);
  EXPECT_NEAR(training_utility(0.3, sdy, 100, 0.75, 330'000), 0.0, 1e-9);
  for (const double d : {0.0, -0.3}) EXPECT_TRUE(std::isnan(break_even_sdy(d, 100, 1, 1'000)));
  EXPECT_TRUE(std::isnan(break_even_sdy(0.3, 0, 1, 1'000)));
}

TEST(ProgrammeUtility, WithAllItsTermsIsTheSumByHand) {
  // Full effect, half of it, and more than was measured, which counts once.
  const Vector people{{120.0, 120.0, 60.0}};
  const Vector behavior{{0.4, 0.2, 0.8}};
  const Vector discounting{{1.0, 0.5, 0.25}};
  const Worth worth{.d = 0.5, .sdy = 1'000, .variable_costs = -0.2, .tax = 0.25};
  // Person-years 10, 5, 5, discounted 10 + 2.5 + 1.25; worth 0.5 * 1000 * 0.8 * 0.75 = 300 each; cost 1000 *
  // 0.75.
  EXPECT_NEAR(programme_utility(people, behavior, discounting, 0.4, worth, 1'000), 13.75 * 300 - 750, 1e-9);
}

TEST(ProgrammeUtility, AtFullEffectIsTrainingUtility) {
  const Vector people = Vector::Constant(9, 100.0);
  const Vector ones = Vector::Ones(9);
  const double whole = training_utility(0.3, 15'200, 100, 0.75, 330'000);
  EXPECT_NEAR(programme_utility(people, 0.6 * ones, ones, 0.6, {.d = 0.3, .sdy = 15'200}, 330'000), whole,
              1e-8);
}

TEST(ProgrammeUtility, BeforeTrainingIsTheCost) {
  const Vector zeros = Vector::Zero(4);
  EXPECT_EQ(programme_utility(Vector::Ones(4), zeros, Vector::Ones(4), 0.5, {.d = 1, .sdy = 1}, 7.0), -7.0);
  EXPECT_EQ(programme_utility(Vector(0), Vector(0), Vector(0), 0.5, {.d = 1, .sdy = 1}, 7.0), -7.0);
}

TEST(BoudreauUtility, WithoutTaxAndDiscountingIsTrainingUtility) {
  const Vector people = Vector::Constant(2, 100.0);
  const Vector costs{{30'000.0, 20'000.0}};
  EXPECT_NEAR(boudreau_utility(people, costs, {.d = 0.65, .sdy = 10'413}), 1'303'690.0, 1e-8);
}

TEST(BoudreauUtility, TaxesAndDiscountsByHand) {
  const Vector people{{10.0, 10.0}};
  const Vector costs{{1'000.0, 500.0}};
  const Worth worth{.d = 0.5, .sdy = 400, .variable_costs = -0.25, .tax = 0.5};  // 75 a person and year
  const auto at = [&](CostsDue due, bool deductible) {
    return boudreau_utility(people, costs, worth,
                            {.discount_rate = 0.25, .costs_due = due, .costs_deductible = deductible});
  };
  const double gain = 750 * (0.8 + 0.64);
  EXPECT_NEAR(at(CostsDue::end, true), gain - 0.5 * (1'000 * 0.8 + 500 * 0.64), 1e-10);
  EXPECT_NEAR(at(CostsDue::end, false), gain - (1'000 * 0.8 + 500 * 0.64), 1e-10);
  EXPECT_NEAR(at(CostsDue::start, true), gain - 0.5 * (1'000 + 500 * 0.8), 1e-10);
}

// ---- selection ----

TEST(SelectedMean, FallsFromTheExtremesToTheMeanOfAll) {
  EXPECT_EQ(selected_mean(1.0), 0.0);
  EXPECT_NEAR(selected_mean(0.5), std::sqrt(2.0 / std::acos(-1.0)), 1e-15);
  double last = std::numeric_limits<double>::infinity();
  for (int step = 0; step < 90; ++step) {
    const double ratio = 1e-9 * std::pow(1.258, step);
    EXPECT_LT(selected_mean(ratio), last);
    last = selected_mean(ratio);
  }
}

TEST(SelectionUtility, OfTheSameValidityIsOnlyCost) {
  EXPECT_EQ(selection_utility({.validity = 0.4, .selection_ratio = 0.3, .baseline_validity = 0.4}, 9'000, 50,
                              2, 700),
            -700.0);
}

TEST(TaylorRussell, WithoutValidityIsTheBaseRate) {
  for (const double ratio : {0.05, 0.5, 0.99, 1.0}) EXPECT_NEAR(taylor_russell(0.0, ratio, 0.6), 0.6, 1e-14);
  EXPECT_EQ(taylor_russell(0.9, 1.0, 0.6), 0.6);
}

TEST(TaylorRussell, OfAPerfectTestIsAsGoodAsTheRatiosAllow) {
  EXPECT_NEAR(taylor_russell(1.0, 0.2, 0.6), 1.0, 1e-14);
  EXPECT_NEAR(taylor_russell(1.0, 0.8, 0.6), 0.75, 1e-14);
}

TEST(TaylorRussell, MeetsTheTablesOf1939) {
  // Taylor & Russell 1939, base rate .50 and .60; two digits are printed.
  EXPECT_NEAR(taylor_russell(0.50, 0.10, 0.50), 0.84, 0.005);
  EXPECT_NEAR(taylor_russell(0.25, 0.50, 0.50), 0.58, 0.005);
  EXPECT_NEAR(taylor_russell(0.50, 0.50, 0.60), 0.76, 0.005);
}

// ---- refusals ----

TEST(Utility, NamesTheArgumentThatIsWrong) {
  const Vector two = Vector::Ones(2);
  const Vector three = Vector::Ones(3);
  const auto worth = [&](const Worth& w) {
    return refusal([&] { static_cast<void>(boudreau_utility(two, two, w)); });
  };
  EXPECT_EQ(refusal([] { static_cast<void>(training_utility(NAN, 1, 1, 1, 1)); }),
            "d: is nan, must be between -100 and 100");
  EXPECT_EQ(refusal([] { static_cast<void>(training_utility(0.3, -1, 1, 1, 1)); }),
            "sdy: is -1, must be between 0 and 1e+15");
  EXPECT_EQ(refusal([] { static_cast<void>(break_even_sdy(0.3, 1, 1, INFINITY)); }).substr(0, 12),
            "cost: is inf");
  EXPECT_EQ(worth({.variable_costs = -1.1}), "variable_costs: is -1.1, must be between -1 and 10");
  EXPECT_EQ(worth({.tax = 25}), "tax: is 25, must be between 0 and 1");
  EXPECT_EQ(refusal([&] { static_cast<void>(boudreau_utility(two, three, {})); }),
            "costs: is 3, must be as many as people (2)");
  EXPECT_EQ(refusal([&] { static_cast<void>(boudreau_utility(Vector(0), Vector(0), {})); }),
            "people: is of 0, must be of 1 to 1,000 periods");
  EXPECT_EQ(refusal([&] { static_cast<void>(programme_utility(two, -two, two, 1, {}, 0)); }),
            "behavior: is -1 at entry 0, must be between 0 and 1");
  EXPECT_EQ(refusal([&] { static_cast<void>(programme_utility(two, two, two, 0, {}, 0)); }),
            "measured_at: is 0, must be above 0 and at most 1");
  EXPECT_EQ(refusal([] { static_cast<void>(selected_mean(0)); }),
            "selection_ratio: is 0, must be above 0 and at most 1");
  EXPECT_EQ(refusal([] { static_cast<void>(naylor_shine(1.5, 0.5)); }),
            "validity: is 1.5, must be between -1 and 1");
  EXPECT_EQ(refusal([] { static_cast<void>(taylor_russell(0.5, 0.5, 1)); }),
            "base_rate: is 1, must be above 0 and below 1");
}

}  // namespace
