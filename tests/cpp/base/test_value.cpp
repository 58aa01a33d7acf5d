#include "trainplan/base/value.hpp"

#include <gtest/gtest.h>

#include "trainplan/base/error.hpp"

namespace {

using trainplan::InputError;
using trainplan::Value;
namespace value = trainplan::value;

Value team(const std::string& id, std::int64_t people) { return Value::Map{{"id", id}, {"people", people}}; }
Value plan() {
  return Value::Map{{"programme", Value::Map{{"months", std::int64_t{24}}}},
                    {"teams", Value::List{team("a", 10), team("b", 20)}}};
}

TEST(Value, APathGoesThroughTablesByKeyAndThroughListsById) {
  const Value root = plan();
  EXPECT_EQ(*value::find(root, "programme.months"), Value(std::int64_t{24}));
  EXPECT_EQ(*value::find(root, "teams.b.people"), Value(std::int64_t{20}));
  EXPECT_EQ(value::find(root, "teams.c.people"), nullptr);
  EXPECT_EQ(value::find(root, "programme.months.deeper"), nullptr);
  EXPECT_EQ(value::find(root, ""), &root);
}

TEST(Value, PutReplacesAddsAndRemoves) {
  Value root = plan();
  value::put(root, "teams.a.people", std::int64_t{11});
  value::put(root, "teams.c", team("c", 30));
  value::put(root, "teams.b", {});
  value::put(root, "transfer.strength", 1.5);
  EXPECT_EQ(*value::find(root, "teams.a.people"), Value(std::int64_t{11}));
  EXPECT_EQ(*value::find(root, "teams.c.people"), Value(std::int64_t{30}));
  EXPECT_EQ(value::find(root, "teams.b"), nullptr);
  EXPECT_EQ(*value::find(root, "transfer.strength"), Value(1.5));
}

TEST(Value, ANewRecordTakesItsIdFromThePath) {
  Value root = plan();
  value::put(root, "teams.d", Value::Map{{"people", std::int64_t{5}}});
  EXPECT_EQ(*value::find(root, "teams.d.id"), Value(std::string("d")));
}

TEST(Value, RecordsAboutPathsAreCalledByThem) {
  const auto source = [](const std::string& path, const std::string& grade) {
    return Value(Value::Map{{"path", path}, {"grade", grade}});
  };
  Value root = Value::Map{{"sources", Value::List{source("teams", "C"), source("teams.a.people", "A")}}};
  EXPECT_EQ(*value::find(root, "sources.teams.grade"), Value(std::string("C")));
  EXPECT_EQ(*value::find(root, "sources.teams.a.people.grade"), Value(std::string("A")));
  value::put(root, "sources.teams.a.people.grade", std::string("B"));
  EXPECT_EQ(*value::find(root, "sources.teams.a.people.grade"), Value(std::string("B")));
  value::put(root, "sources.teams.b.people", Value::Map{{"grade", std::string("D")}});
  EXPECT_EQ(*value::find(root, "sources.teams.b.people.path"), Value(std::string("teams.b.people")));
  value::put(root, "sources.teams", {});
  EXPECT_EQ(value::find(root, "sources.teams"), nullptr);
  EXPECT_EQ(root.as<Value::Map>()->front().second.as<Value::List>()->size(), 2);
}

TEST(Value, PutRefusesAPathIntoANumberAndIntoARecordThatIsNotThere) {
  Value root = plan();
  EXPECT_THROW(value::put(root, "programme.months.deeper", 1.0), InputError);
  EXPECT_THROW(value::put(root, "teams.z.people", std::int64_t{1}), InputError);
}

TEST(Value, APathHasNoEmptyParts) {
  const Value root = plan();
  for (const char* path :
       {".", "programme.", "programme..months", ".programme", "teams.a.", "teams..people"}) {
    EXPECT_EQ(value::find(root, path), nullptr) << path;
    Value changed = root;
    EXPECT_THROW(value::put(changed, path, std::int64_t{1}), InputError) << path;
  }
  Value changed = root;
  EXPECT_THROW(value::put(changed, "", std::int64_t{1}), InputError);
}

TEST(Value, RemovingWhatIsNotThereChangesNothing) {
  for (const char* path : {"transfer", "transfer.strength", "programme.start", "teams.z"}) {
    Value root = plan();
    value::put(root, path, {});
    EXPECT_EQ(root, plan()) << path;
  }
}

TEST(Value, TablesKeepTheOrderOfTheirKeysAndListsThatOfTheirRecords) {
  Value root = plan();
  value::put(root, "benefits", Value::Map{});
  value::put(root, "programme.months", std::int64_t{36});
  value::put(root, "teams.a.people", std::int64_t{1});
  value::put(root, "teams.0", team("0", 3));
  std::vector<std::string> keys;
  for (const auto& [key, content] : *root.as<Value::Map>()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"programme", "teams", "benefits"}));
  std::vector<Value> ids;
  for (const Value& record : *value::member(root, "teams")->as<Value::List>()) {
    ids.push_back(*value::member(record, "id"));
  }
  EXPECT_EQ(ids, (std::vector<Value>{std::string("a"), std::string("b"), std::string("0")}));
}

TEST(Value, ARecordThatIsPutReplacesTheWholeRecord) {
  Value root = plan();
  value::put(root, "teams.a", Value::Map{{"region", std::string("EMEA")}});
  EXPECT_EQ(value::find(root, "teams.a.people"), nullptr);
  EXPECT_EQ(*value::find(root, "teams.a.region"), Value(std::string("EMEA")));
}

TEST(Value, MembersAreThoseOfATableAlone) {
  EXPECT_EQ(value::member(Value(1.0), "a"), nullptr);
  EXPECT_EQ(value::member(Value(Value::List{}), "a"), nullptr);
  EXPECT_EQ(value::member(plan(), "absent"), nullptr);
  EXPECT_EQ(value::find(Value(Value::List{Value(1.0), Value(Value::Map{{"id", 1.0}})}), "1"), nullptr);
}

TEST(Value, HoldsWhatItWasMadeOf) {
  EXPECT_NE(Value(true).as<bool>(), nullptr);
  EXPECT_NE(Value(3).as<std::int64_t>(), nullptr);
  EXPECT_NE(Value(3.0).as<double>(), nullptr);
  EXPECT_NE(Value("a text").as<std::string>(), nullptr);  // not a flag, as a pointer would be
  EXPECT_TRUE(Value().empty());
  EXPECT_FALSE(Value(std::string()).empty());
  EXPECT_NE(Value(1.0), Value(std::int64_t{1}));
}

TEST(Value, IsShownByItsContentOrItsKind) {
  EXPECT_EQ(value::shown(Value(true)), "true");
  EXPECT_EQ(value::shown(Value(false)), "false");
  EXPECT_EQ(value::shown(Value(std::int64_t{-7})), "-7");
  EXPECT_EQ(value::shown(Value(0.5)), "0.5");
  EXPECT_EQ(value::shown(Value(std::string("x\n"))), "'x\\x0a'");
  EXPECT_EQ(value::shown(Value(Value::List{})), "a list");
  EXPECT_EQ(value::shown(plan()), "a table");
  EXPECT_EQ(value::shown(Value()), "nothing");
}

TEST(Value, SaysWhatKindItIs) {
  EXPECT_EQ(value::kind_of(Value()), "nothing");
  EXPECT_EQ(value::kind_of(Value(true)), "true or false");
  EXPECT_EQ(value::kind_of(Value(3)), "a whole number");
  EXPECT_EQ(value::kind_of(Value(3.0)), "a number");
  EXPECT_EQ(value::kind_of(Value("x")), "a text");
  EXPECT_EQ(value::kind_of(Value(Value::List{})), "a list");
  EXPECT_EQ(value::kind_of(plan()), "a table");
}

}  // namespace
