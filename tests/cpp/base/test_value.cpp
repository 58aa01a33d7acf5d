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

TEST(Value, PutRefusesAPathIntoANumberAndIntoARecordThatIsNotThere) {
  Value root = plan();
  EXPECT_THROW(value::put(root, "programme.months.deeper", 1.0), InputError);
  EXPECT_THROW(value::put(root, "teams.z.people", std::int64_t{1}), InputError);
}

TEST(Value, IsShownByItsContentOrItsKind) {
  EXPECT_EQ(value::shown(Value(true)), "true");
  EXPECT_EQ(value::shown(Value(0.5)), "0.5");
  EXPECT_EQ(value::shown(Value(std::string("x"))), "'x'");
  EXPECT_EQ(value::shown(plan()), "a table");
  EXPECT_EQ(value::kind_of(Value(Value::List{})), "a list");
  EXPECT_EQ(value::kind_of(Value()), "nothing");
}

}  // namespace
