// When a wave can start: lead time, peak seasons, order (docs/method.md, section 2).
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/record_lines.hpp"
#include "trainplan/domain/calendar.hpp"

namespace {

using namespace trainplan::calendar;
using trainplan::Value;

std::int64_t start_of(const Request& request, std::int64_t first_month = 1, std::int64_t latest = 24) {
  return place(std::vector{request}, first_month, latest).front().start;
}
Moved reason_of(const Request& request, std::int64_t first_month = 1, std::int64_t latest = 24) {
  return place(std::vector{request}, first_month, latest).front().why;
}

TEST(CalendarCovers, MonthsFromTheFirstToTheLast) {
  for (std::int64_t month = 1; month <= 12; ++month) {
    EXPECT_EQ(covers(3, 5, month), month >= 3 && month <= 5) << month;
    EXPECT_EQ(covers(7, 7, month), month == 7) << month;
    EXPECT_TRUE(covers(1, 12, month)) << month;
  }
}

TEST(CalendarCovers, MonthsOverTheTurnOfTheYear) {
  for (std::int64_t month = 1; month <= 12; ++month) {
    EXPECT_EQ(covers(11, 2, month), month >= 11 || month <= 2) << month;
    EXPECT_EQ(covers(12, 1, month), month == 12 || month == 1) << month;
  }
}

TEST(CalendarPlace, StartsAWaveAsStatedWhereNothingStandsInItsWay) {
  EXPECT_EQ(start_of({.start = 4, .months = 2}), 4);
  EXPECT_EQ(reason_of({.start = 4, .months = 2}), Moved::no);
  EXPECT_TRUE(place({}, 1, 24).empty());
}

// s >= 1 + ceil(lead).
TEST(CalendarPlace, LeadTimeIsWholeMonthsBeforeTheFirst) {
  EXPECT_EQ(start_of({.start = 1, .lead = 3.0}), 4);
  EXPECT_EQ(start_of({.start = 1, .lead = 3.01}), 5);
  EXPECT_EQ(reason_of({.start = 1, .lead = 3.0}), Moved::lead_time);
  EXPECT_EQ(start_of({.start = 4, .lead = 3.0}), 4);
  EXPECT_EQ(reason_of({.start = 4, .lead = 3.0}), Moved::no);
  EXPECT_EQ(start_of({.start = 1, .lead = 0.0}), 1);
}

TEST(CalendarPlace, ACrumbOfRoundingCostsNoMonth) {
  double lead = 0.0;
  for (int i = 0; i < 10; ++i) lead += 0.3;  // 2.9999999999999996 or a little more than 3
  EXPECT_EQ(start_of({.start = 1, .lead = lead}), 4);
  EXPECT_EQ(start_of({.start = 1, .lead = 3.0000000000000004}), 4);
}

TEST(CalendarPlace, MovesBehindABlackOut) {
  const Request request = {.start = 10, .months = 1, .limits = {{11, 12, 0.0, 6.0}}};
  EXPECT_EQ(start_of(request), 10);
  Request later = request;
  later.start = 11;
  EXPECT_EQ(start_of(later), 13);
  EXPECT_EQ(reason_of(later), Moved::peak_season);
}

TEST(CalendarPlace, AWaveOfSeveralMonthsMustMissTheBlackOutWithAllOfThem) {
  // October and November collide, so does November and December; January is the first that fits.
  const Request request = {.start = 10, .months = 2, .limits = {{11, 12, 0.0, 6.0}}};
  EXPECT_EQ(start_of(request), 13);
  Request short_one = request;
  short_one.start = 9;
  EXPECT_EQ(start_of(short_one), 9);  // September and October
}

TEST(CalendarPlace, ABlackOutOverTheTurnOfTheYearHoldsOnBothSides) {
  const Request request = {.start = 11, .months = 1, .limits = {{11, 2, 0.0, 1.0}}};
  EXPECT_EQ(start_of(request), 15);  // March
  Request january = request;
  january.start = 13;
  EXPECT_EQ(start_of(january), 15);
}

TEST(CalendarPlace, SeasonsComeEveryYear) {
  for (const std::int64_t start : {11, 12, 23, 24, 35, 36}) {
    const Request request = {.start = start, .limits = {{11, 12, 0.0, 1.0}}};
    EXPECT_EQ(start_of(request, 1, 60), (start + 11) / 12 * 12 + 1) << start;
  }
}

// Month 1 is the calendar month of the programme's start.
TEST(CalendarPlace, CountsTheCalendarFromTheProgrammesStart) {
  const Request request = {.start = 2, .limits = {{11, 12, 0.0, 1.0}}};
  EXPECT_EQ(start_of(request, 9), 2);   // October
  EXPECT_EQ(start_of(request, 10), 4);  // November: months 2 and 3 are barred
  EXPECT_EQ(start_of(request, 11), 3);  // December
  EXPECT_EQ(start_of(request, 12), 2);  // January
}

TEST(CalendarPlace, TrainingThatReachesTheCapExactlyFits) {
  const auto of_hours = [](double hours) {
    return start_of({.start = 11, .limits = {{11, 12, 4.0, hours}}});
  };
  EXPECT_EQ(of_hours(4.0), 11);
  EXPECT_EQ(of_hours(4.001), 13);
  EXPECT_EQ(of_hours(0.0), 11);
  EXPECT_EQ(start_of({.start = 11, .limits = {{11, 12, 0.0, 0.0}}}), 11);  // nobody is kept off
}

TEST(CalendarPlace, MustMeetEveryLimit) {
  const Request request = {.start = 6, .limits = {{7, 8, 2.0, 3.0}, {11, 12, 0.0, 3.0}, {6, 6, 5.0, 3.0}}};
  EXPECT_EQ(start_of(request), 6);
  Request longer = request;
  longer.months = 2;
  EXPECT_EQ(start_of(longer), 9);
}

TEST(CalendarPlace, AFollowingWaveEndsBehindThoseBeforeIt) {
  // The first moves from month 1 to month 6 and ends with month 7, so the second ends with month 8 at least.
  const Request first = {.start = 1, .months = 2, .lead = 5.0};
  const auto behind = [&](std::int64_t start, std::int64_t months) {
    return place(std::vector{first, Request{.start = start, .months = months, .after = {0}}}, 1, 24)[1];
  };
  EXPECT_EQ(behind(3, 1).start, 8);
  EXPECT_EQ(behind(3, 1).why, Moved::order);
  EXPECT_EQ(behind(3, 3).start, 6);  // months 6 to 8: it may begin before the other has ended
  EXPECT_EQ(behind(9, 1).start, 9);
  EXPECT_EQ(behind(9, 1).why, Moved::no);
}

TEST(CalendarPlace, AFollowingWaveMovesOnBehindASeason) {
  const Request first = {.start = 1, .months = 1, .lead = 9.0};
  const Request second = {.start = 2, .limits = {{11, 12, 0.0, 1.0}}, .after = {0}};
  const auto placed = place(std::vector{first, second}, 1, 24);
  EXPECT_EQ(placed[0].start, 10);
  EXPECT_EQ(placed[1].start, 13);
  EXPECT_EQ(placed[1].why, Moved::peak_season);
}

TEST(CalendarPlace, AWaveThatFitsNowhereStartsBehindTheHorizon) {
  const Request request = {.start = 3, .limits = {{1, 12, 8.0, 9.0}}};
  EXPECT_EQ(start_of(request, 1, 24), 25);
  EXPECT_EQ(reason_of(request, 1, 24), Moved::peak_season);
  // A lead time beyond the horizon is not cut off there.
  EXPECT_EQ(start_of({.start = 1, .lead = 40.0}, 1, 24), 41);
}

// ---- the records ----

template <class R>
R read(const Value& value) {
  trainplan::Problems problems;
  R made = trainplan::record::read<R>(value, "r", problems);
  EXPECT_TRUE(problems.empty());
  return made;
}

TEST(CalendarRecords, OfSeasonsAndDevelopmentAreReadAndWrittenAlike) {
  const trainplan::PeakSeason season = {.id = "year_end",
                                        .name = "Year end",
                                        .first_month = 11,
                                        .last_month = 1,
                                        .teams = {"a", "b"},
                                        .cap = 2.5};
  EXPECT_EQ(read<trainplan::PeakSeason>(trainplan::record::write(season)), season);
  const trainplan::Development development = {
      .capacity = 160.0, .language_months = 0.5, .integration_months = 2.0};
  EXPECT_EQ(read<trainplan::Development>(trainplan::record::write(development)), development);
  trainplan::Wave wave = {.id = "w", .start = 2, .teams = {"a"}, .modules = {"m"}, .lead_time = 2.5};
  EXPECT_EQ(read<trainplan::Wave>(trainplan::record::write(wave)), wave);
  wave.lead_time.reset();
  EXPECT_EQ(trainplan::value::member(trainplan::record::write(wave), "lead_time"), nullptr);
}

TEST(CalendarRecords, ASeasonNamesItsMonthsAndIsABlackOutForAllByDefault) {
  EXPECT_EQ(trainplan::record_lines::required<trainplan::PeakSeason>(),
            (std::vector<std::string>{"id", "first_month", "last_month"}));
  EXPECT_TRUE(trainplan::record_lines::required<trainplan::Development>().empty());
  const trainplan::PeakSeason season;
  EXPECT_EQ(season.cap, 0.0);
  EXPECT_TRUE(season.teams.empty());
}

TEST(CalendarRecords, KeepToTheirRanges) {
  const Value::Map season = {{"id", "s"}, {"first_month", 11}, {"last_month", 12}};
  const auto of_season = [&](const char* field, const Value& content) {
    return trainplan::record_lines::of<trainplan::PeakSeason>(season, field, content);
  };
  EXPECT_EQ(of_season("first_month", 0), "r.first_month: is 0, must be between 1 and 12 calendar month");
  EXPECT_EQ(of_season("last_month", 13), "r.last_month: is 13, must be between 1 and 12 calendar month");
  EXPECT_EQ(of_season("cap", -1), "r.cap: is -1, must be between 0 and 200 h/person/month");
  EXPECT_EQ(of_season("cap", "2 to 4"), "r.cap: is a text ('2 to 4'), must be a number");
  const auto of_development = [](const char* field, const Value& content) {
    return trainplan::record_lines::of<trainplan::Development>({}, field, content);
  };
  EXPECT_EQ(of_development("capacity", 0), "r.capacity: is 0, must be above 0 and at most 1000000 h/month");
  EXPECT_EQ(of_development("language_months", 25),
            "r.language_months: is 25, must be between 0 and 24 months/language");
  EXPECT_EQ(of_development("integration_months", -1),
            "r.integration_months: is -1, must be between 0 and 60 months");
  const Value::Map wave = {{"id", "w"}, {"start", 1}, {"teams", Value::List{}}, {"modules", Value::List{}}};
  EXPECT_EQ(trainplan::record_lines::of<trainplan::Wave>(wave, "lead_time", 121),
            "r.lead_time: is 121, must be between 0 and 120 months");
}

}  // namespace
