/// What the tests of the room simulate share: a plan that uses everything the engine knows, and comparisons
/// of bits.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "trainplan/base/array.hpp"
#include "trainplan/engine/plan.hpp"
#include "trainplan/engine/simulate.hpp"

namespace simulate_tests {

using trainplan::Plan;
using trainplan::Simulation;
using trainplan::SimulationOptions;

inline void add_teams(Plan& plan) {
  plan.teams = {
      {.id = "billing",
       .region = "EMEA",
       .product_line = "home",
       .people = 41,
       .hourly_cost = "26 to 30",
       .occupancy = "uniform(0.8, 0.9)",
       .contacts = "18000 to 22000",
       .customers = 50'000.0,
       .attrition = "30 to 45",
       .baseline = {{"csat", "66 to 70"},
                    {"nps", 5.0},
                    {"fcr", 61.0},
                    {"aht", "400 to 440"},
                    {"frt", 130.0},
                    {"churn", 20.0},
                    {"reroute", "8 to 14"},
                    {"conversion", 9.0},
                    {"knowledge", "35 to 50"},
                    {"qa", "beta(8, 2)"}},
       .baseline_n = {{"csat", 800.0}, {"aht", 4000.0}},
       .support_teams = {"back_office"},
       .support_dependence = "0.1 to 0.3"},
      {.id = "claims",
       .region = "EMEA",
       .product_line = "car",
       .people = 23,
       .hourly_cost = "triangular(20, 24, 27)",
       .shrinkage = "pert(0.25, 0.3, 0.4)",
       .contacts = "normal(9000, 800)",
       .customers = "20000 to 24000",
       .new_customers = "lognormal(mean=300, sd=60)",
       .attrition = 38.0,
       .baseline =
           {{"csat", 71.0}, {"nps", "-5 to 15"}, {"fcr", "55 to 65"}, {"aht", 380.0}, {"churn", "14 to 19"}},
       .baseline_n = {{"nps", 300.0}}},
      {.id = "back_office",
       .region = "APAC",
       .role = trainplan::Role::support,
       .people = 12,
       .hourly_cost = 33.0,
       .attrition = "pert(5, 15, 30, shape=6)",
       .baseline = {{"qa", 0.8}}}};
}

inline void add_courses(Plan& plan) {
  plan.competences = {{.id = "product"}, {.id = "communication"}, {.id = "systems"}, {.id = "empathy"}};
  plan.modules = {{.id = "foundation",
                   .competences = {"product", "communication"},
                   .hours = "20 to 28",
                   .completion = 0.9,
                   .mastery = "0.5 to 0.7",
                   .fail_rate = "uniform(0, 0.2)"},
                  {.id = "advanced",
                   .competences = {"communication", "empathy"},
                   .hours = 12.0,
                   .completion = "0.8 to 0.95",
                   .mastery_max = 0.85,
                   .mastery_half_hours = "6 to 14",
                   .coverage = "triangular(0.6, 0.8, 1)",
                   .modality_factor = 0.9,
                   .prerequisites = {"foundation"},
                   .development_ratio = 184.0},
                  {.id = "tools", .competences = {"systems"}, .hours = 6.0, .mastery = 0.6},
                  {.id = "induction", .competences = {"product", "systems"}, .hours = 10.0, .mastery = 0.4}};
  plan.development =
      trainplan::Development{.capacity = 700.0, .language_months = 0.1, .integration_months = 0.2};
  plan.peak_seasons = {{.id = "year_end", .first_month = 11, .last_month = 12, .teams = {"billing"}}};
  plan.practices = {{.id = "action_plan", .level = "0.6 to 0.9", .cost = "included"},
                    {.id = "plan_reviewed", .level = 0.7, .cost = "included"},
                    {.id = "leaders_model", .level = 0.5, .weight = 2.0, .cost = "included"},
                    {.id = "recognition", .level = "discrete(0: 0.4, 1: 0.6)", .cost = "included"}};
  plan.reinforcement = {.coaching_sessions = "2 to 4",
                        .coaching_minutes = "25 to 35",
                        .coach_capacity = "uniform(40, 90)",
                        .coach_effectiveness = "0.8 to 1.3",
                        .peer_community = 0.4,
                        .performance_support = "bernoulli(0.7)",
                        .refresher_every = 5,
                        .refresher_hours = 1.5};
  plan.onboarding =
      trainplan::Onboarding{.modules = {"induction"}, .from_month = 3, .extra_hours = "8 to 16"};
  plan.waves = {
      {.id = "pilot", .start = 2, .months = 2, .teams = {"billing"}, .modules = {"foundation"}, .share = 0.3},
      {.id = "scale",
       .start = 5,
       .months = 3,
       .teams = {"billing", "claims", "back_office"},
       .modules = {"foundation", "tools"},
       .share = 0.6,
       .class_size = 10},
      {.id = "sustain",
       .start = 8,
       .teams = {"claims", "billing"},
       .modules = {"advanced"},
       .follow_up = true}};
}

inline void add_lifts(Plan& plan) {
  using trainplan::LiftKind;
  plan.kpis = {{.id = "qa", .name = "Quality", .unit = "points", .high = 1.0}};
  plan.lifts = {
      {.id = "csat",
       .kpi = "csat",
       .size = "4 to 10",
       .base = 65.0,
       .competences = {{"communication", 0.7}, {"empathy", 0.3}},
       .reached_at = {.completion = 0.9, .mastery = "0.5 to 0.7", .months = 6},
       .isolated = false,
       .credited_share = "0.6 to 0.9"},
      {.id = "fcr",
       .kpi = "fcr",
       .kind = LiftKind::gap,
       .size = "0.05 to 0.2",
       .reached_at = {.behavior = 0.3},
       .ramp = "uniform(1, 3)",
       .read_at = 4},
      {.id = "aht",
       .kpi = "aht",
       .kind = LiftKind::relative,
       .size = "-12% to -3%",
       .competences = {{"systems", 0.5}, {"product", 0.5}},
       .reached_at =
           {.completion = 0.8, .mastery = 0.6, .months = 3, .coaching_hours = 1.0, .peer_community = 0.2},
       .measured_on = trainplan::MeasuredOn::team},
      {.id = "aht_tools",
       .kpi = "aht",
       .size = "-15 to 0.5",
       .reached_at = {.completion = 1.0, .mastery = 0.5}},
      {.id = "attrition",
       .kpi = "attrition",
       .kind = LiftKind::relative,
       .size = "normal(-0.1, 0.04)",
       .reached_at = {.completion = 0.9, .mastery = 0.6, .months = 3}},
      {.id = "qa",
       .kpi = "qa",
       .kind = LiftKind::gap,
       .size = 0.2,
       .reached_at = {.completion = 0.9, .mastery = 0.6},
       .team_spread = "0.1 to 0.4"},
      {.id = "nps", .kpi = "nps", .size = "2 to 9", .reached_at = {.behavior = 0.4}, .ramp = 2.0},
      {.id = "reroute",
       .kpi = "reroute",
       .kind = LiftKind::relative,
       .size = "-20% to -5%",
       .reached_at = {.behavior = 0.4}},
      {.id = "conversion",
       .kpi = "conversion",
       .size = "0.5 to 1.5",
       .reached_at = {.behavior = 0.4},
       .team_spread = 0.0}};
}

inline void add_movements(Plan& plan) {
  plan.movements = {{.id = "csat",
                     .trend = "-0.1 to 0.2",
                     .season = {{"1", 0.04}, {"7", -0.06}, {"12", 0.02}},
                     .programme_sd = 0.6,
                     .team_sd = 1.1,
                     .persistence = 0.6},
                    {.id = "aht", .season = {{"2", -0.03}, {"11", 0.03}}, .team_sd = 9.0},
                    {.id = "churn", .trend = "normal(0.05, 0.02)", .programme_sd = 0.4, .persistence = 0.3},
                    {.id = "attrition", .programme_sd = 1.5, .persistence = 0.8}};
  plan.correlations = {
      {.id = "c1", .a = "teams.billing.hourly_cost", .b = "teams.claims.hourly_cost", .spearman = 0.7},
      {.id = "c2", .a = "lifts.conversion.size", .b = "benefits.sales.margin", .spearman = -0.3},
      {.id = "c3", .a = "workforce.backfill_hourly_cost", .b = "teams.claims.hourly_cost", .spearman = 0.5}};
}

inline void add_money(Plan& plan) {
  using trainplan::Category;
  using trainplan::Driver;
  plan.workforce = {.realization = "0.4 to 0.8", .backfill_share = 0.2, .backfill_hourly_cost = "30 to 38"};
  plan.costs = {
      {.id = "content", .amount = "30000 to 50000"},
      {.id = "launch", .category = Category::management, .amount = "pert(2000, 3000, 7000)", .month = 4},
      {.id = "manager",
       .category = Category::management,
       .driver = Driver::month,
       .amount = 900.0,
       .last_month = 9},
      {.id = "books", .driver = Driver::learner, .amount = "uniform(20, 40)", .waves = {"pilot", "scale"}},
      {.id = "platform",
       .category = Category::technology,
       .driver = Driver::learner_hour,
       .amount = "3 to 5"},
      {.id = "trainer",
       .category = Category::instructors,
       .driver = Driver::class_,
       .amount = "uniform(2000, 3000)",
       .cash = false},
      {.id = "coach", .category = Category::coaching, .driver = Driver::coaching_hour, .amount = "35 to 45"},
      {.id = "seats",
       .category = Category::technology,
       .driver = Driver::seat_month,
       .amount = 8.0,
       .first_month = 3},
      {.id = "welcome", .driver = Driver::new_hire, .amount = "normal(60, 9)"},
      {.id = "development", .driver = Driver::development_hour, .amount = "40 to 60"},
      {.id = "translation",
       .category = Category::translation,
       .driver = Driver::language_hour,
       .amount = "uniform(90, 120)",
       .month = 2}};
  plan.benefits = {
      .contact_work =
          trainplan::ContactWork{
              .variable_cost = "0.2 to 0.5", .reroute_seconds = "200 to 300", .share = 0.9},
      .retention =
          trainplan::Retention{.reach = "0.2 to 0.4", .margin = "10 to 14", .after_months = 12, .share = 0.8},
      .acquisition = trainplan::Acquisition{.rate = "0.00001 to 0.00003", .value = "80 to 120"},
      .sales = trainplan::Sales{.offer_share = "0.05 to 0.1", .margin = "15 to 25"},
      .hiring = trainplan::Hiring{.replacement_cost = "pert(5000, 6250, 14000)"},
      .custom = {{.id = "quality", .kpi = "qa", .value = "500 to 900", .per = trainplan::Per::person},
                 {.id = "goodwill",
                  .kpi = "churn",
                  .value = "-0.03 to -0.01",
                  .per = trainplan::Per::customer,
                  .pot = trainplan::Pot::retention,
                  .share = 0.2}}};
}

/// Three teams, four competences, all kinds of lifts and movements, all drivers of costs, all benefits, all
/// families of distributions, correlations; a schedule that lead time, a peak season and order change.
inline Plan rich_plan() {
  Plan plan;
  plan.programme = {.name = "rich",
                    .start = "2027-07",
                    .months = 18,
                    .discount_rate = "0.06 to 0.1",
                    .contingency = "uniform(0.05, 0.15)",
                    .languages = {"de", "fr"}};
  add_teams(plan);
  add_courses(plan);
  add_lifts(plan);
  add_movements(plan);
  add_money(plan);
  trainplan::throw_if_any(trainplan::plan::check(plan));
  return plan;
}

/// The rich plan without the draws that stand at no path of a plan, and with a schedule that no quantity
/// moves: a trial of it is that of the plan with its draws typed in.
inline Plan still_plan() {
  Plan plan = rich_plan();
  for (trainplan::Team& team : plan.teams) team.baseline_n.clear();
  for (trainplan::Lift& lift : plan.lifts) lift.team_spread = 0.0;
  for (trainplan::Movement& movement : plan.movements) {
    movement.programme_sd = 0.0;
    movement.team_sd = 0.0;
  }
  plan.development.reset();
  trainplan::throw_if_any(trainplan::plan::check(plan));
  return plan;
}

inline std::vector<std::string> rich_outputs() {
  std::vector<std::string> names = trainplan::default_outputs(rich_plan());
  for (const char* name : {"csat[billing]@5", "csat[region=EMEA]@12", "aht[product_line=car]@9", "qa@18",
                           "attrition[back_office]@17", "completion[claims]@14", "knowledge@12",
                           "application@18", "coaching_sessions[billing]@9", "plans_reviewed@7"})
    names.emplace_back(name);
  return names;
}

inline Simulation run(const Plan& plan, std::uint64_t trials, unsigned threads = 2,
                      std::vector<std::string> outputs = {},
                      trainplan::Sampling sampling = trainplan::Sampling::stratified) {
  return trainplan::simulate(plan, {.trials = trials,
                                    .seed = 11,
                                    .sampling = sampling,
                                    .threads = threads,
                                    .outputs = std::move(outputs)});
}

/// Whether two tables hold the same bits; NaN is equal to itself.
inline bool same_bits(const trainplan::Table& a, const trainplan::Table& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::equal(a.data(), a.data() + a.size(), b.data(), [](double x, double y) {
           return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
         });
}

/// FNV-1a over the bits of numbers, byte by byte.
inline std::uint64_t hash(const double* values, std::size_t count) {
  std::uint64_t hash = 14695981039346656037U;
  for (std::size_t i = 0; i < count; ++i) {
    const auto bits = std::bit_cast<std::uint64_t>(values[i]);
    for (unsigned byte = 0; byte < 8; ++byte) hash = (hash ^ ((bits >> (8 * byte)) & 255U)) * 1099511628211U;
  }
  return hash;
}

/// Outputs of both samplings, and every monthly figure of some trials of the rich plan, as one number.
inline std::uint64_t hash_of_rich_plan() {
  const Plan plan = rich_plan();
  std::vector<double> all;
  for (const auto sampling : {trainplan::Sampling::stratified, trainplan::Sampling::random}) {
    const Simulation result = run(plan, 1'000, 1, rich_outputs(), sampling);
    all.insert(all.end(), result.values.data(), result.values.data() + result.values.size());
  }
  const trainplan::SeriesTable monthly = trainplan::series(plan, {.first = 990, .trials = 40});
  all.insert(all.end(), monthly.values.begin(), monthly.values.end());
  return hash(all.data(), all.size());
}

}  // namespace simulate_tests
