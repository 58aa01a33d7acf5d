// Refusals between KPIs, lifts, benefits, costs and correlations.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/plan_small.hpp"

namespace {

using namespace trainplan::plan_small;
using trainplan::Value;

using Lines = std::vector<std::string>;
using Change = std::pair<std::string, Value>;

// ---- KPIs and how they move ----

TEST(PlanCheckKpis, ALeadingIndicatorIsComputedNotStated) {
  for (const char* id :
       {"completion", "knowledge", "application", "coaching_hours", "coaching_sessions", "plans_reviewed"}) {
    EXPECT_EQ(refusal({{"kpis", List{Map{{"id", id}, {"high", 100.0}}}}}),
              "kpis." + std::string(id) + ": is '" + id +
                  "', is a leading indicator, which is computed: choose another id");
  }
  EXPECT_EQ(refusal({{"lifts.csat.kpi", "completion"}}).substr(0, 60),
            "lifts.csat.kpi: is 'completion', there is no KPI of this id");
}

TEST(PlanCheckKpis, AMovementIsOfAKpi) {
  const auto movement = [](const char* id) {
    return Changes{{"movements", List{Map{{"id", id}, {"trend", 0.1}}}}};
  };
  EXPECT_EQ(refusal(movement("csat")), "accepted");
  EXPECT_EQ(refusal(movement("attrition")), "accepted");
  EXPECT_EQ(refusal(movement("nps")), "accepted");  // of no team: nothing moves
  EXPECT_EQ(refusal(movement("csta")),
            "movements.csta: is 'csta', there is no KPI of this id (did you mean 'csat'?)");
}

TEST(PlanCheckKpis, ATrendIsInTheUnitOfItsKpi) {
  const auto trend = [](const char* id, const Value& content) {
    return refusal({{"movements", List{Map{{"id", id}, {"trend", content}}}}});
  };
  EXPECT_EQ(trend("csat", "-0.2% to 0.1%"), "accepted");
  EXPECT_EQ(trend("csat", -0.3), "accepted");
  EXPECT_EQ(trend("aht", "1%"), "movements.aht.trend: is '1%', no percent sign here: the unit is s");
}

TEST(PlanCheckKpis, SeasonsAreOfCalendarMonthsAndSumToNothing) {
  const auto season = [](const Map& months) {
    return Changes{{"movements", List{Map{{"id", "csat"}, {"season", months}}}}};
  };
  EXPECT_EQ(refusal(season({{"1", 0.02}, {"12", -0.02}})), "accepted");
  EXPECT_EQ(refusal(season({{"1", 0.1}, {"2", 0.1}, {"3", 0.1}, {"10", -0.3}})),
            "accepted");  // up to rounding
  EXPECT_EQ(refusals(season({{"1", 0.02}})), Lines{"movements.csat.season: is 0.02, the offsets must sum to "
                                                   "0: the level of the year is the baseline"});
  for (const char* month : {"0", "13", "01", "123", "-1", "+1", "1.5"}) {
    const std::string name = trainplan::record::joined("movements.csat.season", month);
    EXPECT_EQ(refusals(season({{month, 0.0}})), Lines{name + ": must be a calendar month, 1 to 12"}) << month;
  }
}

// ---- lifts ----

TEST(PlanCheckLifts, EvidenceThatDidNotIsolateSaysWhatIsCredited) {
  EXPECT_EQ(
      refusals({{"lifts.csat.isolated", false}}),
      Lines{
          "lifts.csat.credited_share: is required where isolated is false: which share is the programme's?"});
  EXPECT_EQ(refusal({{"lifts.csat.isolated", false}, {"lifts.csat.credited_share", "0.3 to 0.6"}}),
            "accepted");
  EXPECT_EQ(refusals({{"lifts.csat.credited_share", 0.5}}),
            Lines{"lifts.csat.credited_share: is 0.5, is for evidence that did not isolate its effect: set "
                  "isolated = "
                  "false"});
}

TEST(PlanCheckLifts, ASizeReadBeforeHalfOfItShowedIsRefused) {
  const auto read_at = [](const Value& ramp, int month) {
    return refusals({{"lifts.csat.ramp", ramp}, {"lifts.csat.read_at", month}});
  };
  EXPECT_EQ(read_at(3.0, 3), Lines{});
  EXPECT_EQ(read_at(3.0, 2),
            Lines{"lifts.csat.read_at: is 2, less than half of the effect showed by then: it must be "
                  "at least the ramp's median, 3"});
  EXPECT_EQ(read_at("uniform(2, 6)", 4), Lines{});
  EXPECT_EQ(read_at("uniform(2, 6)", 3),
            Lines{"lifts.csat.read_at: is 3, less than half of the effect showed by then: "
                  "it must be at least the ramp's median, 4"});
  EXPECT_EQ(read_at(0.0, 1), Lines{});
  EXPECT_EQ(refusal({{"lifts.csat.ramp", 30.0}}), "accepted");  // the size is where the ramp ends
}

// ---- benefits ----

Change benefits(const char* stream, const Map& content) { return {"benefits", Map{{stream, content}}}; }

TEST(PlanCheckBenefits, RerouteNeedsItsBaseline) {
  EXPECT_EQ(refusals({benefits("contact_work", {{"reroute_seconds", 300.0}})}),
            Lines{"benefits.contact_work.reroute_seconds: no team states a baseline of reroute"});
  EXPECT_EQ(
      refusal({benefits("contact_work", {{"reroute_seconds", 300.0}}), {"teams.a.baseline.reroute", 12.0}}),
      "accepted");
}

TEST(PlanCheckBenefits, AcquisitionNeedsADriverThatIsMeasured) {
  const auto acquisition = [](const char* driver) {
    return benefits("acquisition", {{"driver", driver}, {"rate", 1e-5}, {"value", 100.0}});
  };
  EXPECT_EQ(refusal({acquisition("csat")}), "accepted");
  EXPECT_EQ(refusals({acquisition("nps")}),
            Lines{"benefits.acquisition.driver: is 'nps', no team states a baseline of this KPI"});
  EXPECT_EQ(refusals({benefits("acquisition", {{"rate", 1e-5}, {"value", 100.0}})}),
            Lines{"benefits.acquisition.driver: is 'nps', no team states a baseline of this KPI"});
  EXPECT_EQ(
      refusals({acquisition("npss")}),
      Lines{"benefits.acquisition.driver: is 'npss', there is no KPI of this id (did you mean 'nps'?)"});
}

TEST(PlanCheckBenefits, SalesNeedABaselineOfConversion) {
  const Change sales = benefits("sales", {{"offer_share", 0.1}, {"margin", 20.0}});
  EXPECT_EQ(refusals({sales}), Lines{"benefits.sales: no team states a baseline of conversion"});
  EXPECT_EQ(refusal({sales, {"teams.a.baseline.conversion", 8.0}}), "accepted");
}

Map stream(const char* id, const char* kpi, const char* pot = "other", double share = 1.0) {
  return {{"id", id}, {"kpi", kpi}, {"value", 5.0}, {"pot", pot}, {"share", share}};
}
Change custom(const List& streams) { return {"benefits", Map{{"custom", streams}}}; }

TEST(PlanCheckBenefits, AStreamOfOnesOwnHangsOnAKpiThatIsMeasured) {
  EXPECT_EQ(refusal({custom({stream("x", "csat")})}), "accepted");
  EXPECT_EQ(refusal({custom({stream("x", "attrition")})}), "accepted");
  EXPECT_EQ(refusals({custom({stream("x", "quality")})}),
            Lines{"benefits.custom.x.kpi: is 'quality', no team states a baseline of this KPI"});
  EXPECT_EQ(refusals({custom({stream("x", "cast")})}),
            Lines{"benefits.custom.x.kpi: is 'cast', there is no KPI of this id (did you mean 'csat'?)"});
  // What is computed from training itself is worth nothing by itself.
  EXPECT_EQ(refusal({custom({stream("x", "application")})}).substr(0, 69),
            "benefits.custom.x.kpi: is 'application', there is no KPI of this id");
  EXPECT_EQ(refusal({custom({stream("x", "csat"), stream("x", "csat")})}).substr(0, 15), "benefits.custom");
}

TEST(PlanCheckBenefits, NoPotIsEmptiedTwice) {
  const std::string rest = "; their shares sum to at most 1";
  EXPECT_EQ(
      refusals({custom({stream("x", "csat", "sales", 0.7), stream("y", "fcr", "sales", 0.5)})}),
      Lines{
          "benefits.custom.y.share: is 0.5, the streams custom.x, custom.y draw on the pot sales 1.2 times" +
          rest});
  EXPECT_EQ(refusal({custom({stream("x", "csat", "sales", 0.5), stream("y", "fcr", "sales", 0.5)})}),
            "accepted");
  EXPECT_EQ(refusal({custom({stream("x", "csat", "sales"), stream("y", "fcr", "hiring")})}), "accepted");
  // Nobody knows what else there is: the pot `other` is not shared out.
  EXPECT_EQ(refusal({custom({stream("x", "csat"), stream("y", "fcr")})}), "accepted");
}

TEST(PlanCheckBenefits, TheStandardStreamsHaveTheirPots) {
  const auto beside = [](const char* name, const Map& content, const char* pot) {
    return Changes{{"benefits", Map{{name, content}, {"custom", List{stream("x", "csat", pot, 0.5)}}}},
                   {"teams.a.baseline.conversion", 8.0},
                   {"teams.a.baseline.nps", 10.0}};
  };
  const auto said = [](const std::string& name) {
    return Lines{"benefits.custom.x.share: is 0.5, the streams " + name + ", custom.x draw on the pot " +
                 name + " 1.5 times; their shares sum to at most 1"};
  };
  EXPECT_EQ(refusals(beside("contact_work", {}, "contact_work")), said("contact_work"));
  EXPECT_EQ(refusals(beside("retention", {{"reach", 0.3}, {"margin", 9.0}}, "retention")), said("retention"));
  EXPECT_EQ(refusals(beside("acquisition", {{"rate", 1e-5}, {"value", 9.0}}, "acquisition")),
            said("acquisition"));
  EXPECT_EQ(refusals(beside("sales", {{"offer_share", 0.1}, {"margin", 9.0}}, "sales")), said("sales"));
  EXPECT_EQ(refusals(beside("hiring", {{"replacement_cost", 9000.0}}, "hiring")), said("hiring"));
  EXPECT_EQ(refusal(beside("hiring", {{"replacement_cost", 9000.0}, {"share", 0.5}}, "hiring")), "accepted");
  EXPECT_EQ(refusal(beside("hiring", {{"replacement_cost", 9000.0}}, "retention")), "accepted");
}

// ---- costs ----

TEST(PlanCheckCosts, LinesThatFallDueOnceDoSoWithinTheHorizon) {
  for (const char* driver : {"once", "development_hour", "language_hour"}) {
    const Changes line = {{"costs.c.driver", driver}, {"programme.languages", List{"de"}}};
    Changes late = line;
    late.emplace_back("costs.c.month", 25);
    Changes last = line;
    last.emplace_back("costs.c.month", 24);
    EXPECT_EQ(refusals(late), Lines{"costs.c.month: is 25, must be at most the horizon, 24"}) << driver;
    EXPECT_EQ(refusal(last), "accepted") << driver;
  }
}

TEST(PlanCheckCosts, LanguageHoursNeedLanguages) {
  EXPECT_EQ(refusals({{"costs.c.driver", "language_hour"}}),
            Lines{"costs.c.driver: is 'language_hour', counts programme.languages, and the plan names none"});
}

TEST(PlanCheckCosts, LinesOfDevelopmentFollowNoWaves) {
  EXPECT_EQ(refusals({{"costs.c.driver", "development_hour"}, {"costs.c.waves", List{"w"}}}),
            Lines{"costs.c.waves: only lines of driver learner, learner_hour or class follow waves"});
}

}  // namespace
