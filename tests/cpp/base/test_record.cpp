#include "trainplan/base/record.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

// A record of every kind of field, as a room would describe one.
enum class Color { red, green };

struct Part {
  std::string id;
  trainplan::Quantity size = 1.0;
  friend bool operator==(const Part&, const Part&) = default;
};

struct Thing {
  std::string name;
  bool on = false;
  std::int64_t people = 1;
  double share = 0.5;
  trainplan::Quantity amount = "6 to 12";
  std::optional<trainplan::Quantity> extra;
  Color color = Color::red;
  std::vector<std::string> tags;
  std::vector<Part> parts;
  trainplan::OrderedMap<double> shares;
  trainplan::OrderedMap<trainplan::Quantity> levels;
  friend bool operator==(const Thing&, const Thing&) = default;
};

namespace trainplan {

template <>
struct EnumNames<Color> {
  static constexpr std::array<const char*, 2> names = {"red", "green"};
};

template <>
const RecordType& record_type<Part>() {
  static const RecordType type =
      describe_record<Part>("Part", "A part.")
          .row(&Part::id, {.name = "id", .doc = "Identifier.", .required = true})
          .row(&Part::size, {.name = "size", .unit = "h", .doc = "Size.", .range = {0, 10}})
          .done();
  return type;
}

template <>
const RecordType& record_type<Thing>() {
  static const RecordType type =
      describe_record<Thing>("Thing", "A thing.")
          .row(&Thing::name, {.name = "name", .doc = "Name.", .required = true})
          .row(&Thing::on, {.name = "on", .doc = "Switch."})
          .row(&Thing::people, {.name = "people", .unit = "people", .doc = "Heads.", .range = {1, 1e6}})
          .row(&Thing::share, {.name = "share", .unit = "fraction", .doc = "Share.", .range = {0, 1}})
          .row(&Thing::amount, {.name = "amount",
                                .unit = "currency",
                                .doc = "Amount.",
                                .range = {0, 1e9},
                                .source = "judgement"})
          .row(&Thing::extra, {.name = "extra", .doc = "Extra."})
          .row(&Thing::color, {.name = "color", .doc = "Color."})
          .row(&Thing::tags, {.name = "tags", .doc = "Tags."})
          .row(&Thing::parts, {.name = "parts", .doc = "Parts."})
          .row(&Thing::shares, {.name = "shares", .unit = "fraction", .doc = "Shares.", .range = {0, 1}})
          .row(&Thing::levels, {.name = "levels", .doc = "Levels."})
          .done();
  return type;
}

}  // namespace trainplan

namespace {

using trainplan::Kind;
using trainplan::Problems;
using trainplan::Value;
namespace record = trainplan::record;

Value thing(Value::Map more = {}) {
  Value::Map map = {{"name", std::string("x")}};
  map.insert(map.end(), more.begin(), more.end());
  return map;
}

Problems problems_of(const Value& value) {
  Problems problems;
  static_cast<void>(record::read<Thing>(value, "thing", problems));
  return problems;
}

std::string first_line(const Value& value) {
  const Problems problems = problems_of(value);
  return problems.empty() ? "accepted" : trainplan::describe(problems.front());
}

TEST(Record, AFieldIsAMemberAndARow) {
  const auto& type = trainplan::record_type<Thing>();
  EXPECT_EQ(type.fields.size(), 11U);
  EXPECT_EQ(type.fields[4].kind, Kind::quantity);
  EXPECT_TRUE(type.fields[5].optional);
  EXPECT_EQ(type.fields[6].choices, (std::vector<std::string>{"red", "green"}));
  EXPECT_EQ(type.fields[4].fallback(), Value(std::string("6 to 12")));
}

TEST(Record, ReadsWhatItWrites) {
  const Value value =
      thing({{"on", true},
             {"people", std::int64_t{7}},
             {"amount", std::string("pert(1, 2, 4)")},
             {"extra", 3.5},
             {"color", std::string("green")},
             {"tags", Value::List{std::string("a"), std::string("b")}},
             {"parts", Value::List{Value::Map{{"id", std::string("p")}, {"size", std::int64_t{2}}}}},
             {"shares", Value::Map{{"b", 0.25}, {"a", 0.75}}},
             {"levels", Value::Map{{"csat", std::string("60 to 70")}}}});
  Problems problems;
  const auto made = record::read<Thing>(value, "", problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(record::write(made), value);
  EXPECT_EQ(made.shares.front().first, "b");  // maps keep their order
}

TEST(Record, LeavesDefaultsOutUnlessAsked) {
  Problems problems;
  const auto made = record::read<Thing>(thing(), "", problems);
  EXPECT_EQ(record::write(made), thing());
  EXPECT_NE(trainplan::value::member(record::write(made, true), "amount"), nullptr);
  EXPECT_EQ(trainplan::value::member(record::write(made, true), "extra"), nullptr);
}

TEST(Record, AMisspeltFieldGetsItsNearestName) {
  EXPECT_EQ(first_line(thing({{"peple", std::int64_t{3}}})),
            "thing.peple: there is no such field in Thing (did you mean 'people'?)");
}

TEST(Record, AMissingRequiredFieldIsNamed) { EXPECT_EQ(first_line(Value::Map{}), "thing.name: is required"); }

TEST(Record, KindsAreNeverMixedUp) {
  EXPECT_EQ(first_line(thing({{"people", true}})), "thing.people: is true or false, must be a whole number");
  EXPECT_EQ(first_line(thing({{"people", std::string("3")}})),
            "thing.people: is a text ('3'), must be a whole number");
  EXPECT_EQ(first_line(thing({{"share", std::string("half")}})),
            "thing.share: is a text ('half'), must be a number");
  EXPECT_EQ(first_line(thing({{"on", std::int64_t{1}}})),
            "thing.on: is a whole number, must be true or false");
  EXPECT_EQ(first_line(thing({{"amount", Value::List{}}})),
            "thing.amount: is a list, must be a number or a text such as '6 to 12'");
  EXPECT_EQ(first_line(thing({{"tags", std::string("a")}})),
            "thing.tags: is a text ('a'), must be a list of texts");
  EXPECT_EQ(first_line(Value(std::int64_t{3})), "thing: is a whole number, must be a table");
}

TEST(Record, AWholeNumberMayBeWrittenAs1e6ButNotAsAFraction) {
  EXPECT_EQ(first_line(thing({{"people", 1e6}})), "accepted");
  EXPECT_EQ(first_line(thing({{"people", 10.5}})), "thing.people: is 10.5, must be a whole number");
}

TEST(Record, NumbersAreFiniteAndInRange) {
  EXPECT_EQ(first_line(thing({{"share", std::numeric_limits<double>::quiet_NaN()}})),
            "thing.share: is nan, must be finite");
  EXPECT_EQ(first_line(thing({{"amount", std::numeric_limits<double>::infinity()}})),
            "thing.amount: is inf, must be finite");
  EXPECT_EQ(first_line(thing({{"people", std::int64_t{-3}}})),
            "thing.people: is -3, must be between 1 and 1000000 people");
  EXPECT_EQ(first_line(thing({{"share", 8.0}})),
            "thing.share: is 8, must be between 0 and 1 (did you mean 0.08?)");
  EXPECT_EQ(first_line(thing({{"amount", std::int64_t{-1}}})),
            "thing.amount: is -1, must be between 0 and 1000000000");
}

TEST(Record, AChoiceListsWhatIsAllowed) {
  EXPECT_EQ(first_line(thing({{"color", std::string("gren")}})),
            "thing.color: is 'gren', must be one of red, green (did you mean 'green'?)");
}

TEST(Record, IdsAreRequiredPlainAndUnique) {
  const auto parts = [](const Value& a, const Value& b) { return thing({{"parts", Value::List{a, b}}}); };
  const Value p = Value::Map{{"id", std::string("p")}};
  EXPECT_EQ(first_line(parts(p, Value::Map{})), "thing.parts[2].id: is required");
  EXPECT_EQ(first_line(parts(p, p)), "thing.parts[2].id: is 'p', there are two records of this id");
  EXPECT_NE(first_line(parts(p, Value::Map{{"id", std::string("a.b")}})).find("must be 1 to 64 letters"),
            std::string::npos);
  EXPECT_EQ(first_line(parts(p, Value::Map{{"id", std::int64_t{7}}})),
            "thing.parts[2].id: is a whole number, must be a text");
}

TEST(Record, EveryProblemIsFoundAtOnceWithItsPath) {
  const Value bad =
      Value::Map{{"people", std::int64_t{0}},
                 {"parts", Value::List{Value::Map{{"id", std::string("p")}, {"size", std::int64_t{11}}}}},
                 {"what", 1.0}};
  const Problems problems = problems_of(bad);
  ASSERT_EQ(problems.size(), 4U);
  EXPECT_EQ(problems[0].path, "thing.people");
  EXPECT_EQ(problems[1].path, "thing.parts.p.size");
  EXPECT_EQ(problems[2].path, "thing.what");
  EXPECT_EQ(problems[3].path, "thing.name");
}

TEST(Record, NothingLeavesADefault) {
  Problems problems;
  const auto made = record::read<Thing>(thing({{"people", Value()}, {"extra", Value()}}), "", problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(made.people, 1);
  EXPECT_FALSE(made.extra.has_value());
}

TEST(Record, OnlyQuantitiesAreListedAsQuantities) {
  Thing made;
  made.extra = trainplan::Quantity(2.0);
  made.parts = {Part{.id = "p"}};
  made.levels = {{"csat", trainplan::Quantity(70.0)}};
  made.shares = {{"a", 1.0}};
  std::vector<record::QuantityAt> found;
  record::list_quantities(trainplan::record_type<Thing>(), &made, "thing", found);
  std::vector<std::string> paths;
  for (const auto& at : found) paths.push_back(at.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"thing.amount", "thing.extra", "thing.parts.p.size",
                                             "thing.levels.csat"}));
  EXPECT_EQ(found[2].quantity, &made.parts[0].size);
}

}  // namespace
