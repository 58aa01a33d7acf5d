#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "engine/plan_small.hpp"

namespace {

using namespace trainplan::plan_small;
using trainplan::Family;
using trainplan::Field;
using trainplan::InputError;
using trainplan::Kind;
using trainplan::Plan;
using trainplan::RecordType;
using trainplan::Value;
namespace plan = trainplan::plan;

using Lines = std::vector<std::string>;

plan::Input input_of(const Plan& made, const std::string& path) {
  for (const plan::Input& input : plan::inputs(made)) {
    if (input.path == path) return input;
  }
  ADD_FAILURE() << "no input " << path;
  return {};
}

std::string refused(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

// ---- the inputs ----

TEST(PlanInputs, AreEveryQuantityOnceUnderItsPath) {
  Lines paths;
  const Plan made = read_small({{"benefits", Map{{"hiring", Map{{"replacement_cost", 9000}}}}}});
  for (const plan::Input& input : plan::inputs(made)) paths.push_back(input.path);
  const std::set<std::string> once(paths.begin(), paths.end());
  EXPECT_EQ(once.size(), paths.size());
  for (const char* path :
       {"programme.discount_rate", "teams.a.hourly_cost", "teams.a.attrition", "teams.a.baseline.fcr",
        "modules.m.hours", "transfer.reference", "forgetting.half_life", "reinforcement.coaching_hours",
        "lifts.csat.size", "lifts.csat.reached_at.completion", "workforce.realization", "costs.c.amount",
        "benefits.hiring.replacement_cost"}) {
    EXPECT_TRUE(once.contains(path)) << path;
  }
  EXPECT_FALSE(once.contains("lifts.csat.base"));  // absent: the team's own level
}

TEST(PlanInputs, AreResolvedInTheirField) {
  const Plan made = read_small({{"teams.a.hourly_cost", "26 to 30"},
                                {"teams.a.baseline.csat", "65 to 75"},
                                {"teams.a.baseline.aht", "380 to 420"},
                                {"lifts.csat.size", "2 to 6"}});
  EXPECT_EQ(input_of(made, "teams.a.hourly_cost").distribution.family, Family::lognormal);
  EXPECT_EQ(input_of(made, "teams.a.baseline.csat").distribution.family, Family::logit_normal);
  EXPECT_EQ(input_of(made, "teams.a.baseline.aht").distribution.family, Family::lognormal);
  EXPECT_EQ(input_of(made, "lifts.csat.size").distribution.family, Family::normal);
  EXPECT_EQ(input_of(made, "teams.a.baseline.csat").domain.unit, "%");
  EXPECT_EQ(input_of(made, "teams.a.baseline.aht").domain.unit, "s");
  EXPECT_EQ(input_of(made, "lifts.csat.size").domain.unit, "%");
  EXPECT_TRUE(input_of(made, "modules.m.hours").distribution.certain());
  EXPECT_FALSE(input_of(made, "modules.m.hours").doc.empty());
}

TEST(PlanInputs, PointAtTheQuantitiesOfThePlan) {
  const Plan made = read_small();
  EXPECT_EQ(input_of(made, "teams.a.hourly_cost").quantity, &made.teams[0].hourly_cost);
  EXPECT_EQ(input_of(made, "lifts.csat.size").quantity, &made.lifts[0].size);
}

TEST(PlanInputs, TakeTheNearestSourceThatIsStated) {
  const auto source = [](const char* path, const char* kind, const char* citation) {
    return Map{{"path", path}, {"kind", kind}, {"citation", citation}, {"grade", "B"}};
  };
  const Plan made =
      read_small({{"sources", List{source("teams", "data", "payroll"),
                                   source("teams.a.baseline", "benchmark", "industry report"),
                                   source("teams.a.baseline.fcr", "assumption", "the manager")}}});
  EXPECT_EQ(input_of(made, "teams.a.hourly_cost").citation, "payroll");
  EXPECT_EQ(input_of(made, "teams.a.hourly_cost").source_kind, "data");
  EXPECT_EQ(input_of(made, "teams.a.baseline.aht").citation, "industry report");
  EXPECT_EQ(input_of(made, "teams.a.baseline.aht").source_kind, "benchmark");
  EXPECT_EQ(input_of(made, "teams.a.baseline.fcr").citation, "the manager");
  EXPECT_EQ(input_of(made, "teams.a.baseline.fcr").source_kind, "assumption");
  EXPECT_EQ(input_of(made, "teams.a.baseline.fcr").grade, "B");
  EXPECT_EQ(input_of(made, "modules.m.hours").source_kind, "");
}

TEST(PlanInputs, ADefaultIsOneAlsoWhereItIsTyped) {
  const auto half_life = [](const Changes& changes) {
    return input_of(read_small(changes), "forgetting.half_life");
  };
  EXPECT_TRUE(half_life({}).is_default);
  EXPECT_TRUE(half_life({{"forgetting", Map{{"half_life", "3 to 10"}}}}).is_default);
  const plan::Input changed = half_life({{"forgetting", Map{{"half_life", "3 to 11"}}}});
  EXPECT_FALSE(changed.is_default);
  EXPECT_EQ(changed.source_kind, "");
  const Map study = {{"path", "forgetting"}, {"kind", "benchmark"}, {"citation", "a study"}};
  const plan::Input stated = half_life({{"sources", List{study}}});
  EXPECT_TRUE(stated.is_default);
  EXPECT_EQ(stated.citation, "a study");
}

// ---- reading, writing, paths ----

TEST(PlanPaths, AFormatIsNewerHoweverItsNumberIsWritten) {
  const std::string newer = ", the plan was written by a newer version of trainplan; this one reads up to 1";
  EXPECT_EQ(refusals({{"schema_version", 2}, {"unknown", 1}}), Lines{"schema_version: is 2" + newer});
  EXPECT_EQ(refusal({{"schema_version", 2.0}}), "schema_version: is 2" + newer);
  EXPECT_EQ(refusal({{"schema_version", 1e9}}), "schema_version: is 1000000000" + newer);
  EXPECT_EQ(refusal({{"schema_version", 1.0}}), "accepted");
  EXPECT_EQ(refusal({{"schema_version", 0}}), "schema_version: is 0, must be between 1 and 1000000");
  EXPECT_EQ(refusal({{"schema_version", "1"}}), "schema_version: is a text ('1'), must be a whole number");
}

TEST(PlanPaths, WhatIsWrittenSaysItsFormatFirstAndNoDefault) {
  const Value written =
      plan::write(read_small({{"transfer", Map{{"strength", 1}}}, {"programme", Map{{"months", 36}}}}));
  Lines keys;
  for (const auto& [key, content] : *written.as<Map>()) keys.push_back(key);
  EXPECT_EQ(keys, (Lines{"schema_version", "programme", "teams", "modules", "transfer", "waves", "lifts",
                         "workforce", "costs"}));
  EXPECT_EQ(*trainplan::value::find(written, "transfer"), Value(Map{{"strength", 1}}));
  EXPECT_EQ(*trainplan::value::find(written, "programme"), Value(Map{{"months", 36}}));
}

TEST(PlanPaths, WhatAPlanMustStateIsAskedFor) {
  EXPECT_EQ(refused([] { static_cast<void>(plan::read(Map{})); }),
            "teams: is required\nworkforce: is required");
  EXPECT_EQ(refused([] { static_cast<void>(plan::read(List{})); }), "plan: is a list, must be a table");
  EXPECT_EQ(refusal({{"teams.a.people", {}}}), "teams.a.people: is required: between 1 and 1000000 [people]");
}

TEST(PlanPaths, GetReadsFieldsRecordsAndAbsence) {
  const Plan made = read_small();
  EXPECT_EQ(plan::get(made, "teams.a.baseline.fcr"), Value(65));
  EXPECT_EQ(*trainplan::value::member(plan::get(made, "costs.c"), "amount"), Value(1000));
  EXPECT_NE(plan::get(made, "teams").as<List>(), nullptr);
  EXPECT_NE(plan::get(made, "").as<Map>(), nullptr);
  for (const char* absent : {"onboarding", "benefits.retention", "teams.a.new_customers", "lifts.csat.base",
                             "lifts.csat.reached_at.behavior", "teams.a.baseline.nps"}) {
    EXPECT_TRUE(plan::get(made, absent).empty()) << absent;
  }
}

TEST(PlanPaths, GetRefusesWhatIsNoPath) {
  const Plan made = read_small();
  const auto get = [&](const char* path) {
    return refused([&] { static_cast<void>(plan::get(made, path)); });
  };
  const std::string nothing = ": there is no field or record at this path";
  EXPECT_EQ(get("teams.b"), "teams.b" + nothing + " (did you mean 'a'?)");
  EXPECT_EQ(get("teams.b.people"), "teams.b.people" + nothing);
  EXPECT_EQ(get("teams.a.people.more"), "teams.a.people.more" + nothing);
  EXPECT_EQ(get("teams."), "teams." + nothing);
  EXPECT_EQ(get("teams.a.peple"), "teams.a.peple: there is no such field in Team (did you mean 'people'?)");
  EXPECT_EQ(get("reinforcment"),
            "reinforcment: there is no such field in Plan (did you mean 'reinforcement'?)");
  EXPECT_EQ(get("programme.mon ths"),
            "programme.'mon ths': there is no such field in Programme (did you mean 'months'?)");
}

TEST(PlanPaths, ReplaceAddsARecordUnderItsId) {
  const Plan made = read_small();
  const Plan more =
      plan::replace(made, {{"teams.b", Map{{"people", 5}, {"hourly_cost", 30}, {"attrition", 20}}},
                           {"waves.w.teams", List{"a", "b"}}});
  ASSERT_EQ(more.teams.size(), 2U);
  EXPECT_EQ(more.teams[1].id, "b");
  EXPECT_EQ(more.waves[0].teams, (Lines{"a", "b"}));
  EXPECT_EQ(plan::replace(more, {{"teams.b", {}}, {"waves.w.teams", List{"a"}}}), made);
}

TEST(PlanPaths, NothingPutsADefaultBack) {
  const Plan made = read_small();
  const Plan changed = plan::replace(
      made, {{"programme.months", 36}, {"forgetting.half_life", 5}, {"costs.c.name", "surveys"}});
  EXPECT_NE(changed, made);
  EXPECT_EQ(plan::replace(changed, {{"programme.months", {}}, {"forgetting", {}}, {"costs.c.name", {}}}),
            made);
  EXPECT_EQ(plan::replace(made, {{"onboarding", {}}, {"teams.a.new_customers", {}}}), made);  // absent
}

TEST(PlanPaths, ReplaceRefusesWhatLeadsNowhere) {
  const Plan made = read_small();
  const auto change = [&](const char* path, const Value& content) {
    return refused([&] { static_cast<void>(plan::replace(made, {{path, content}})); });
  };
  EXPECT_EQ(change("", 1), "plan: a change needs a path");
  EXPECT_EQ(change("teams.b.people", 5),
            "teams.b.people: there is no record of that id; give the whole record to add one");
  EXPECT_EQ(change("programme.months.more", 5),
            "programme.months.more: the path leads into a whole number, which has no parts");
  EXPECT_EQ(change("reinforcement.coaching_hour", 2),
            "reinforcement.coaching_hour: there is no such field in Reinforcement (did you mean "
            "'coaching_hours'?)");
  EXPECT_EQ(change("reinforcment.coaching_hours", 2),
            "reinforcment: there is no such field in Plan (did you mean 'reinforcement'?)");
  EXPECT_EQ(change("teams..people", 5),
            "teams..people: a path is made of names with a dot between two of them");
  EXPECT_EQ(change("programme.months", 0), "programme.months: is 0, must be between 1 and 600 months");
  EXPECT_EQ(change("programme.months", 1),
            "waves.w.start: is 2, the wave ends in month 2, after the horizon of 1 months");
}

// A misspelt path must not pass for a removal that has nothing to do.
TEST(PlanPaths, ReplaceRefusesToRemoveWhatThereIsNot) {
  const Plan made = read_small();
  const auto remove = [&](const char* path) {
    return refused([&] { static_cast<void>(plan::replace(made, {{path, Value()}})); });
  };
  EXPECT_EQ(remove("costs.cc"), "costs.cc: there is no field or record at this path (did you mean 'c'?)");
  EXPECT_EQ(remove("programme.moths"),
            "programme.moths: there is no such field in Programme (did you mean 'months'?)");
  EXPECT_EQ(remove("waves.w.teams.a"), "waves.w.teams.a: there is no field or record at this path");
  EXPECT_EQ(remove("onboarding.modules"), "onboarding.modules: there is no field or record at this path");
  EXPECT_EQ(remove("teams.a.people"), "teams.a.people: is required: between 1 and 1000000 [people]");
}

TEST(PlanPaths, AnOwnKpiTakesThePlaceOfABuiltInOne) {
  const Plan made =
      read_small({{"kpis", List{Map{{"id", "csat"}, {"low", 1}, {"high", 5}, {"unit", "points"}},
                                Map{{"id", "quality"}, {"high", 100}}}},
                  {"teams.a.baseline.csat", 3.9},
                  {"lifts.csat.size", 0.3}});
  const auto known = plan::kpis(made);
  // Quality too is built in, but at another place: both stand where they stood.
  const auto& built_in = trainplan::kpi::built_in();
  ASSERT_EQ(known.size(), built_in.size());
  EXPECT_EQ(known[0].id, "csat");
  EXPECT_EQ(known[0].high, 5.0);
  EXPECT_EQ(known[7].id, "quality");
  EXPECT_EQ(known[7].name, "");  // not the built-in one's
  EXPECT_EQ(known[7].high, 100.0);
}

TEST(PlanPaths, AnOwnKpiOfANewNameFollowsTheBuiltInOnes) {
  const Plan made = read_small({{"kpis", List{Map{{"id", "effort"}, {"high", 100}}}}});
  const auto known = plan::kpis(made);
  ASSERT_EQ(known.size(), trainplan::kpi::built_in().size() + 1);
  EXPECT_EQ(known.back().id, "effort");
}

// ---- the description of every field ----

void for_each_field(const RecordType& type, std::set<std::string>& seen,
                    const std::function<void(const RecordType&, const Field&)>& visit) {
  if (!seen.insert(type.name).second) return;
  for (const Field& field : type.fields) {
    visit(type, field);
    if (field.nested != nullptr) for_each_field(*field.nested(), seen, visit);
  }
}

void for_each_field(const std::function<void(const RecordType&, const Field&)>& visit) {
  std::set<std::string> seen;
  for_each_field(trainplan::record_type<Plan>(), seen, visit);
}

TEST(PlanFields, HaveANameASentenceAndNoDouble) {
  std::set<std::string> names;
  for_each_field([&](const RecordType& type, const Field& field) {
    const std::string name = type.name + "." + field.name;
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(std::all_of(field.name.begin(), field.name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || c == '_';
    })) << name;
    ASSERT_FALSE(field.doc.empty()) << name;
    EXPECT_EQ(field.doc.back(), '.') << name;
    EXPECT_TRUE(field.doc.front() >= 'A' && field.doc.front() <= 'Z') << name;
  });
  EXPECT_GT(names.size(), 100U);
}

TEST(PlanFields, DefaultsMayStandInTheirField) {
  for_each_field([](const RecordType& type, const Field& field) {
    const Value fallback = field.fallback();
    const bool number =
        field.kind == Kind::quantity || field.kind == Kind::number || field.kind == Kind::whole;
    if (!number || field.required || fallback.empty() || field.by_kpi) return;
    trainplan::Quantity quantity;
    trainplan::Problems problems;
    trainplan::record::read_quantity(quantity, &field, fallback, type.name + "." + field.name, problems);
    for (const auto& problem : problems) ADD_FAILURE() << trainplan::describe(problem);
  });
}

TEST(PlanFields, DefaultsThatAreNoZeroNameTheirSource) {
  for_each_field([](const RecordType& type, const Field& field) {
    const Value fallback = field.fallback();
    if (field.required || field.kind != Kind::quantity || fallback.empty() || fallback == Value(0)) return;
    EXPECT_FALSE(field.source.empty()) << type.name << "." << field.name;
  });
}

TEST(PlanFields, FractionsLieBetweenNoneAndAll) {
  for_each_field([](const RecordType& type, const Field& field) {
    // A spread is a share of a mean, which can be larger than the mean.
    if (field.unit != "fraction" || field.name == "discount_rate" || field.name == "team_spread") return;
    EXPECT_EQ(field.range.low, 0.0) << type.name << "." << field.name;
    EXPECT_LE(field.range.high, 1.0) << type.name << "." << field.name;
  });
}

// "a to b" of an amount is then lognormal, and twice the amounts give twice the draws, bit for bit.
TEST(PlanFields, AmountsOfMoneyHaveNoUpperBound) {
  int amounts = 0;
  for_each_field([&](const RecordType& type, const Field& field) {
    if (!field.unit.starts_with("currency")) return;
    ++amounts;
    // What a point of a KPI is worth is negative where lower is better: "a to b" is then normal, which
    // doubles as exactly.
    const trainplan::Range allowed =
        type.name == "CustomBenefit" ? trainplan::Range{} : trainplan::Range{.low = 0.0};
    EXPECT_EQ(field.range, allowed) << type.name << "." << field.name;
  });
  EXPECT_EQ(amounts, 9);
}

}  // namespace
