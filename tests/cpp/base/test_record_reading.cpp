#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "trainplan/base/record.hpp"

namespace record_reading {

// A depot of lamps: every kind of field, with and without limits, nested once.
enum class Light { warm, cold };

struct Lamp {
  std::string id;
  trainplan::Quantity power = 60.0;
  Light light = Light::warm;
  friend bool operator==(const Lamp&, const Lamp&) = default;
};

struct Address {
  std::string street;
  std::int64_t floor = 0;
  friend bool operator==(const Address&, const Address&) = default;
};

struct Depot {
  std::int64_t version = 3;
  std::string name;
  std::int64_t any = 0;
  std::int64_t count = 5;
  double share = 0.25;
  double level = 1.0;
  bool open = true;
  Light light = Light::cold;
  trainplan::Quantity price = "30 to 50";
  trainplan::Quantity later = 1.0;
  std::optional<trainplan::Quantity> spare;
  std::vector<std::string> tags = {"new"};
  std::vector<Lamp> lamps;
  Address address;
  std::optional<Address> second;
  trainplan::OrderedMap<double> shares;
  trainplan::OrderedMap<trainplan::Quantity> readings;
  friend bool operator==(const Depot&, const Depot&) = default;
};

}  // namespace record_reading

namespace trainplan {

template <>
struct EnumNames<record_reading::Light> {
  static constexpr std::array<const char*, 2> names = {"warm", "cold"};
};

template <>
const RecordType& record_type<record_reading::Lamp>() {
  using L = record_reading::Lamp;
  static const RecordType type =
      describe_record<L>("Lamp", "A lamp.")
          .row(&L::id, {.name = "id", .doc = "Identifier.", .required = true})
          .row(&L::power, {.name = "power", .unit = "W", .doc = "Power.", .range = {0, 100, true}})
          .row(&L::light, {.name = "light", .doc = "Color of the light."})
          .done();
  return type;
}

template <>
const RecordType& record_type<record_reading::Address>() {
  using A = record_reading::Address;
  static const RecordType type = describe_record<A>("Address", "Where.")
                                     .row(&A::street, {.name = "street", .doc = "Street."})
                                     .row(&A::floor, {.name = "floor", .doc = "Floor.", .range = {-3, 40}})
                                     .done();
  return type;
}

template <>
const RecordType& record_type<record_reading::Depot>() {
  using D = record_reading::Depot;
  static const RecordType type =
      describe_record<D>("Depot", "A depot.")
          .row(&D::version, {.name = "version", .doc = "Version.", .always = true})
          .row(&D::name, {.name = "name", .doc = "Name.", .required = true})
          .row(&D::any, {.name = "any", .doc = "A whole number without limits."})
          .row(&D::count,
               {.name = "count", .unit = "lamps", .doc = "Count.", .range = {1, 1e7}, .required = true})
          .row(&D::share, {.name = "share", .unit = "fraction", .doc = "Share.", .range = {0, 1, true, true}})
          .row(&D::level, {.name = "level", .doc = "A number without limits."})
          .row(&D::open, {.name = "open", .doc = "Whether it is open."})
          .row(&D::light, {.name = "light", .doc = "Light."})
          .row(&D::price, {.name = "price", .unit = "currency", .doc = "Price.", .range = {0}})
          .row(&D::later, {.name = "later", .doc = "Resolved elsewhere.", .range = {0, 1}, .by_kpi = true})
          .row(&D::spare, {.name = "spare", .unit = "fraction", .doc = "Spare.", .range = {0, 1}})
          .row(&D::tags, {.name = "tags", .doc = "Tags."})
          .row(&D::lamps, {.name = "lamps", .doc = "Lamps."})
          .row(&D::address, {.name = "address", .doc = "Address."})
          .row(&D::second, {.name = "second", .doc = "Second address."})
          .row(&D::shares, {.name = "shares", .unit = "fraction", .doc = "Shares.", .range = {0, 1}})
          .row(&D::readings, {.name = "readings", .doc = "Readings."})
          .done();
  return type;
}

}  // namespace trainplan

namespace {

using record_reading::Address;
using record_reading::Depot;
using record_reading::Light;
using trainplan::Problems;
using trainplan::Quantity;
using trainplan::Value;
using Map = Value::Map;
using List = Value::List;
using Lines = std::vector<std::string>;
namespace record = trainplan::record;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

Value depot(const Map& more = {}) {
  Map map = {{"name", "north"}, {"count", 5}};
  for (const auto& [key, content] : more) {
    std::erase_if(map, [&key = key](const auto& entry) { return entry.first == key; });
    map.emplace_back(key, content);
  }
  return map;
}

Lines lines(const Value& value) {
  Problems problems;
  static_cast<void>(record::read<Depot>(value, "d", problems));
  Lines found;
  for (const auto& problem : problems) found.push_back(trainplan::describe(problem));
  return found;
}

std::string line(const std::string& field, const Value& content) {
  const Lines found = lines(depot({{field, content}}));
  return found.empty() ? "accepted" : found.size() > 1 ? "several problems" : found.front();
}

Depot made(const Map& more = {}) {
  Problems problems;
  Depot read = record::read<Depot>(depot(more), "d", problems);
  for (const auto& problem : problems) ADD_FAILURE() << trainplan::describe(problem);
  return read;
}

TEST(RecordReading, AWholeNumberIsOneHoweverItIsWritten) {
  EXPECT_EQ(made({{"count", 1e6}}).count, 1'000'000);
  EXPECT_EQ(made({{"count", 7}}).count, 7);
  EXPECT_EQ(made({{"any", -0.0}}).any, 0);
  EXPECT_EQ(line("count", 1000000.5), "d.count: is 1000000.5, must be a whole number");
  EXPECT_EQ(line("count", 1.0 + 0x1p-52), "d.count: is 1.0000000000000002, must be a whole number");
  EXPECT_EQ(line("count", true), "d.count: is true or false, must be a whole number");
  EXPECT_EQ(line("count", "7"), "d.count: is a text ('7'), must be a whole number");
  EXPECT_EQ(line("count", List{}), "d.count: is a list, must be a whole number");
  EXPECT_EQ(line("count", Value()), "d.count: is nothing, must be a whole number");
}

TEST(RecordReading, AWholeNumberIsExactOrRefused) {
  const std::int64_t beyond = (std::int64_t{1} << 53) + 1;  // the first that no double holds
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(made({{"any", beyond}}).any, beyond);
  EXPECT_EQ(made({{"any", most}}).any, most);
  EXPECT_EQ(made({{"any", -most - 1}}).any, -most - 1);
  EXPECT_EQ(made({{"any", 0x1p53}}).any, std::int64_t{1} << 53);
  EXPECT_EQ(line("any", 1e16),
            "d.any: is 1e+16, must be at most 9007199254740992: beyond it digits are lost");
}

TEST(RecordReading, ANumberIsFinite) {
  EXPECT_EQ(line("level", nan), "d.level: is nan, must be finite");
  EXPECT_EQ(line("level", inf), "d.level: is inf, must be finite");
  EXPECT_EQ(line("level", -inf), "d.level: is -inf, must be finite");
  EXPECT_EQ(line("count", nan), "d.count: is nan, must be finite");
  EXPECT_EQ(line("price", inf), "d.price: is inf, must be finite");
  EXPECT_EQ(line("price", nan), "d.price: is nan, must be finite");
  EXPECT_EQ(line("later", nan), "d.later: is nan, must be finite");
}

TEST(RecordReading, ANumberIsNoTextAndNoFlag) {
  EXPECT_EQ(line("share", true), "d.share: is true or false, must be a number");
  EXPECT_EQ(line("share", "0.5"), "d.share: is a text ('0.5'), must be a number");
  EXPECT_EQ(line("price", true), "d.price: is true or false, must be a number or a text such as '6 to 12'");
  EXPECT_EQ(line("price", Map{}), "d.price: is a table, must be a number or a text such as '6 to 12'");
  EXPECT_EQ(line("name", 3), "d.name: is a whole number, must be a text");
  EXPECT_EQ(line("name", 3.5), "d.name: is a number, must be a text");
  EXPECT_EQ(line("open", "true"), "d.open: is a text ('true'), must be true or false");
  EXPECT_EQ(line("open", 1.0), "d.open: is a number, must be true or false");
}

TEST(RecordReading, ARangeIsToldWithItsUnit) {
  EXPECT_EQ(line("count", 0), "d.count: is 0, must be between 1 and 10000000 lamps");
  EXPECT_EQ(line("count", 1e9), "d.count: is 1000000000, must be between 1 and 10000000 lamps");
  EXPECT_EQ(line("price", -1), "d.price: is -1, must be at least 0");
  EXPECT_EQ(line("share", 0.0), "d.share: is 0, must be above 0 and below 1");
  EXPECT_EQ(line("share", 1.0), "d.share: is 1, must be above 0 and below 1");
  EXPECT_EQ(line("share", std::nextafter(1.0, 0.0)), "accepted");
  EXPECT_EQ(line("level", -1e300), "accepted");
}

TEST(RecordReading, APercentageInAShareIsSuspected) {
  EXPECT_EQ(line("share", 25.0), "d.share: is 25, must be above 0 and below 1 (did you mean 0.25?)");
  EXPECT_EQ(line("spare", 12), "d.spare: is 12, must be between 0 and 1 (did you mean 0.12?)");
  EXPECT_EQ(line("spare", "12"), "d.spare: is '12', must be between 0 and 1 (did you mean 0.12?)");
  EXPECT_EQ(line("spare", "12%"), "accepted");
  EXPECT_EQ(line("share", 250.0), "d.share: is 250, must be above 0 and below 1");
  EXPECT_EQ(line("count", "12%"), "d.count: is a text ('12%'), must be a whole number");
  EXPECT_EQ(line("price", "12%"), "d.price: is '12%', no percent sign here: the unit is currency");
}

TEST(RecordReading, AQuantityIsResolvedWhereItStandsUnlessAnotherMustKnow) {
  EXPECT_EQ(line("price", "0 to 5"),
            "d.price: is '0 to 5', an end of 'a to b' cannot lie on the bound 0 (name uniform, triangular or "
            "pert instead)");
  EXPECT_EQ(line("price", "prt(1, 2, 3)"),
            "d.price: is 'prt(1, 2, 3)', there is no distribution 'prt' (did you mean 'pert'?)");
  EXPECT_EQ(line("later", 7.0), "accepted");
  EXPECT_EQ(line("later", "7%"), "accepted");
  EXPECT_EQ(line("readings", Map{{"a", "5 to"}}).substr(0, 40), "d.readings.a: is '5 to', at character 5 ");
}

TEST(RecordReading, AChoiceIsOneOfItsNames) {
  EXPECT_EQ(made({{"light", "warm"}}).light, Light::warm);
  EXPECT_EQ(line("light", "wram"), "d.light: is 'wram', must be one of warm, cold (did you mean 'warm'?)");
  EXPECT_EQ(line("light", "Warm"), "d.light: is 'Warm', must be one of warm, cold (did you mean 'warm'?)");
  EXPECT_EQ(line("light", 0), "d.light: is 0, must be one of warm, cold");
  EXPECT_EQ(line("light", true), "d.light: is true, must be one of warm, cold");
}

TEST(RecordReading, AListOfTextsNamesTheEntryThatIsNone) {
  EXPECT_EQ(made({{"tags", List{"a", "b"}}}).tags, (Lines{"a", "b"}));
  EXPECT_TRUE(made({{"tags", List{}}}).tags.empty());
  EXPECT_EQ(line("tags", List{"a", 2.0}), "d.tags[2]: is a number, must be a text");
  EXPECT_EQ(line("tags", "a"), "d.tags: is a text ('a'), must be a list of texts");
}

TEST(RecordReading, ATableOfNumbersIsCheckedEntryByEntry) {
  EXPECT_EQ(line("shares", Map{{"a", 0.5}, {"b", 15}}),
            "d.shares.b: is 15, must be between 0 and 1 (did you mean 0.15?)");
  EXPECT_EQ(line("shares", List{}), "d.shares: is a list, must be a table");
  EXPECT_EQ(made({{"shares", Map{{"b", 0.5}, {"a", 0.5}}}}).shares.front().first, "b");
}

TEST(RecordReading, NestedRecordsHaveTheirPaths) {
  EXPECT_EQ(line("address", Map{{"floor", 41}}), "d.address.floor: is 41, must be between -3 and 40");
  EXPECT_EQ(line("second", Map{{"flor", 1}}),
            "d.second.flor: there is no such field in Address (did you mean 'floor'?)");
  EXPECT_EQ(line("second", "x"), "d.second: is a text ('x'), must be a table");
  EXPECT_EQ(made({{"second", Map{}}}).second, Address{});
  EXPECT_EQ(made().second, std::nullopt);
}

TEST(RecordReading, RecordsOfAListAreNamedByTheirIdOnceTheyHaveOne) {
  const Value a = Map{{"id", "a"}};
  EXPECT_EQ(line("lamps", Map{}), "d.lamps: is a table, must be a list of records");
  EXPECT_EQ(line("lamps", List{a, 3.0}), "d.lamps[2]: is a number, must be a table");
  EXPECT_EQ(line("lamps", List{Map{{"power", 40.0}}}), "d.lamps[1].id: is required");
  EXPECT_EQ(line("lamps", List{Map{{"id", "b"}, {"power", 0.0}}}),
            "d.lamps.b.power: is 0, must be above 0 and at most 100");
  EXPECT_EQ(lines(depot({{"lamps", List{a, a, a}}})),
            (Lines{"d.lamps[2].id: is 'a', there are two records of this id",
                   "d.lamps[3].id: is 'a', there are two records of this id"}));
}

TEST(RecordReading, AnIdIsMadeOfPlainCharacters) {
  const auto of_id = [](const std::string& id) { return line("lamps", List{Map{{"id", id}}}); };
  EXPECT_EQ(of_id("Team-7_b"), "accepted");
  EXPECT_EQ(of_id("00123"), "accepted");
  EXPECT_EQ(of_id(std::string(64, 'x')), "accepted");
  const std::string rule =
      ", must be 1 to 64 letters a-z, A-Z, digits, '_' or '-' (a longer name with any characters goes into "
      "`name`)";
  for (const char* id : {"", "a b", "a.b", "a/b", "a\n", "\xc3\xa4"}) {
    EXPECT_EQ(of_id(id), "d.lamps[1].id: is " + trainplan::quoted(id) + rule);
  }
  EXPECT_EQ(of_id(std::string(65, 'x')), "d.lamps[1].id: is '" + std::string(65, 'x') + "'" + rule);
}

TEST(RecordReading, AnUnknownFieldIsNamedAndNeverObeyed) {
  EXPECT_EQ(line("cuont", 3.0), "d.cuont: there is no such field in Depot (did you mean 'count'?)");
  EXPECT_EQ(line("zzzzzz", 3.0), "d.zzzzzz: there is no such field in Depot");
  EXPECT_EQ(line("zzz\x1b[31m", 3.0), "d.'zzz\\x1b[31m': there is no such field in Depot");
  EXPECT_EQ(line(std::string(200, 'q'), 3.0),
            "d.'" + std::string(80, 'q') + "...': there is no such field in Depot");
  EXPECT_EQ(line("shares", Map{{"x\n", 2.0}}),
            "d.shares.'x\\x0a': is 2, must be between 0 and 1 (did you mean 0.02?)");
}

TEST(RecordReading, WhatIsRequiredIsAskedForWithWhatMayStandThere) {
  EXPECT_EQ(lines(Map{}),
            (Lines{"d.name: is required", "d.count: is required: between 1 and 10000000 [lamps]"}));
}

TEST(RecordReading, NothingLeavesADefaultButNotARequiredField) {
  EXPECT_EQ(made({{"level", Value()},
                  {"price", Value()},
                  {"tags", Value()},
                  {"lamps", Value()},
                  {"spare", Value()},
                  {"second", Value()}}),
            made());
  EXPECT_EQ(line("name", Value()), "d.name: is nothing, must be a text");
}

TEST(RecordReading, EveryProblemIsFoundInTheOrderInWhichItStands) {
  const Map bad = {{"share", 7.0},
                   {"name", 1.0},
                   {"lamps", List{Map{{"id", "a"}, {"light", "blue"}, {"power", true}}}},
                   {"address", Map{{"floor", 0.5}}},
                   {"nmae", "x"}};
  EXPECT_EQ(
      lines(bad),
      (Lines{"d.share: is 7, must be above 0 and below 1 (did you mean 0.07?)",
             "d.name: is a number, must be a text", "d.lamps.a.light: is 'blue', must be one of warm, cold",
             "d.lamps.a.power: is true or false, must be a number or a text such as '6 to 12'",
             "d.address.floor: is 0.5, must be a whole number",
             "d.nmae: there is no such field in Depot (did you mean 'name'?)",
             "d.count: is required: between 1 and 10000000 [lamps]"}));
}

TEST(RecordReading, SixtyErrorsAreAllFound) {
  Map shares;
  for (int i = 0; i < 60; ++i) shares.emplace_back("k" + std::to_string(i), 2.0);
  EXPECT_EQ(lines(depot({{"shares", shares}})).size(), 60U);
}

TEST(RecordWriting, LeavesOutADefaultUnlessItIsRequiredOrAlwaysWritten) {
  EXPECT_EQ(record::write(made()), Value(Map{{"version", 3}, {"name", "north"}, {"count", 5}}));
  EXPECT_EQ(record::write(made({{"address", Map{{"floor", 2}}}, {"second", Map{}}})),
            Value(Map{{"version", 3},
                      {"name", "north"},
                      {"count", 5},
                      {"address", Map{{"floor", 2}}},
                      {"second", Map{}}}));
}

TEST(RecordWriting, WritesEveryDefaultWhenAsked) {
  const Value written = record::write(made(), true);
  for (const char* field :
       {"any", "share", "level", "open", "light", "price", "tags", "lamps", "shares", "readings"}) {
    EXPECT_NE(trainplan::value::member(written, field), nullptr) << field;
  }
  EXPECT_EQ(*trainplan::value::find(written, "address.floor"), Value(0));
  EXPECT_EQ(trainplan::value::member(written, "spare"), nullptr);  // absent is no value
}

TEST(RecordWriting, WhatIsWrittenIsReadAsTheSame) {
  const Depot full = made({{"any", -9},
                           {"share", 0.1},
                           {"level", 1.0 / 3.0},
                           {"open", false},
                           {"light", "warm"},
                           {"price", " pert( 3, 4,11 )"},
                           {"later", "5 %"},
                           {"spare", 0.125},
                           {"tags", List{"x", "NA", "00123", ""}},
                           {"lamps", List{Map{{"id", "b"}, {"power", "20 to 40"}}, Map{{"id", "a"}}}},
                           {"address", Map{{"street", "\xc3\x96stergade"}}},
                           {"second", Map{{"floor", -3}}},
                           {"shares", Map{{"z", 0.75}, {"a", 0.25}}},
                           {"readings", Map{{"q", 70.5}, {"b", "1 to 2"}}}});
  for (const bool defaults : {false, true}) {
    Problems problems;
    EXPECT_EQ(record::read<Depot>(record::write(full, defaults), "", problems), full);
    EXPECT_TRUE(problems.empty());
  }
}

TEST(RecordWriting, AWholeQuantityIsWrittenAsAWholeNumber) {
  EXPECT_EQ(record::write_quantity(Quantity(24.0)), Value(24));
  EXPECT_EQ(record::write_quantity(Quantity(-3.0)), Value(-3));
  EXPECT_EQ(record::write_quantity(Quantity(0.5)), Value(0.5));
  EXPECT_EQ(record::write_quantity(Quantity(1e15)), Value(1e15));
  EXPECT_EQ(record::write_quantity(Quantity("24")), Value("24"));
}

TEST(RecordListing, FindsEveryQuantityOfNestedRecordsWithItsField) {
  const Depot holder = made(
      {{"spare", 0.5}, {"lamps", List{Map{{"id", "b"}}, Map{{"id", "a"}}}}, {"readings", Map{{"q", 1.0}}}});
  std::vector<record::QuantityAt> found;
  record::list_quantities(trainplan::record_type<Depot>(), &holder, "d", found);
  Lines paths;
  for (const auto& at : found) paths.push_back(at.path + " [" + at.field->name + "]");
  EXPECT_EQ(paths, (Lines{"d.price [price]", "d.later [later]", "d.spare [spare]", "d.lamps.b.power [power]",
                          "d.lamps.a.power [power]", "d.readings.q [readings]"}));
  EXPECT_EQ(found[2].quantity, &*holder.spare);
  EXPECT_EQ(found[3].quantity, &holder.lamps[0].power);
}

}  // namespace
