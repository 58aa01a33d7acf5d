// Refusals between people, modules and waves: support teams, samples, prerequisites, coaching by sessions.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/plan_small.hpp"

namespace {

using namespace trainplan::plan_small;

using Lines = std::vector<std::string>;

// ---- teams ----

const Map support_team = {{"role", "support"}, {"people", 4}, {"hourly_cost", 30.0}, {"attrition", 10.0}};

TEST(PlanCheckTeams, SupportComesFromAnotherTeamOfThatRole) {
  const auto supported_by = [](const List& teams) {
    return Changes{
        {"teams.desk", support_team}, {"teams.a.support_teams", teams}, {"teams.a.support_dependence", 0.2}};
  };
  EXPECT_EQ(refusal(supported_by({"desk"})), "accepted");
  EXPECT_EQ(refusals(supported_by({"dest"})),
            Lines{"teams.a.support_teams: is 'dest', there is no team of this id (did you mean 'desk'?)"});
  EXPECT_EQ(refusals(supported_by({"a"})),
            Lines{"teams.a.support_teams: is 'a', must be another team, of role support"});
  EXPECT_EQ(refusals({{"teams.desk", support_team},
                      {"teams.desk.role", "contact"},
                      {"teams.a.support_teams", List{"desk"}}}),
            Lines{"teams.a.support_teams: is 'desk', must be another team, of role support"});
  // Nor do support teams themselves depend on others.
  EXPECT_EQ(refusals({{"teams.desk", support_team},
                      {"teams.lab", support_team},
                      {"teams.desk.support_teams", List{"lab"}}}),
            Lines{"teams.desk.support_teams: only contact teams depend on support teams"});
}

TEST(PlanCheckTeams, DependenceNeedsTeamsToDependOn) {
  EXPECT_EQ(refusals({{"teams.a.support_dependence", 0.2}}),
            Lines{"teams.a.support_dependence: is 0.2, needs support_teams to depend on"});
  EXPECT_EQ(refusals({{"teams.a.support_dependence", "0.1 to 0.3"}}),
            Lines{"teams.a.support_dependence: is 0.1 to 0.3, needs support_teams to depend on"});
  EXPECT_EQ(refusal({{"teams.a.support_dependence", 0.0}}), "accepted");
  EXPECT_EQ(refusal({{"teams.desk", support_team}, {"teams.a.support_teams", List{"desk"}}}), "accepted");
}

TEST(PlanCheckTeams, ASampleIsThatOfABaseline) {
  EXPECT_EQ(refusal({{"teams.a.baseline_n", Map{{"csat", 1200}, {"aht", 9000}}}}), "accepted");
  const std::string nothing = ", there is no baseline of a lifted KPI of this id whose sample this could be";
  EXPECT_EQ(refusals({{"teams.a.baseline_n", Map{{"nps", 500}}}}),
            Lines{"teams.a.baseline_n.nps: is 500" + nothing});
  EXPECT_EQ(refusals({{"teams.a.baseline_n", Map{{"attrition", 40}}}}),
            Lines{"teams.a.baseline_n.attrition: is 40" + nothing});
  EXPECT_EQ(refusals({{"teams.a.baseline.knowledge", 40.0}, {"teams.a.baseline_n", Map{{"knowledge", 40}}}}),
            Lines{"teams.a.baseline_n.knowledge: is 40" + nothing});
}

TEST(PlanCheckTeams, KnowledgeIsTheOneLeadingIndicatorWithALevelBeforeTraining) {
  EXPECT_EQ(refusal({{"teams.a.baseline.knowledge", 40.0}}), "accepted");
  EXPECT_EQ(refusal({{"teams.a.baseline.knowledge", "30% to 50%"}}), "accepted");
  EXPECT_EQ(refusals({{"teams.a.baseline.knowledge", 140.0}}),
            Lines{"teams.a.baseline.knowledge: is 140, must be between 0 and 100"});
  for (const char* computed :
       {"completion", "application", "coaching_hours", "coaching_sessions", "plans_reviewed"}) {
    EXPECT_EQ(
        refusal({{"teams.a.baseline." + std::string(computed), 40.0}}).substr(0, 55),
        ("teams.a.baseline." + std::string(computed) + ": is '" + computed + "', there is no KPI of this id")
            .substr(0, 55));
  }
}

// ---- modules ----

Map module(const List& prerequisites) {
  return {{"competences", List{"empathy"}},
          {"hours", 4.0},
          {"completion", 1.0},
          {"mastery", 0.5},
          {"prerequisites", prerequisites}};
}

TEST(PlanCheckModules, PrerequisitesAreModulesOfThePlan) {
  EXPECT_EQ(refusals({{"modules.m.prerequisites", List{"x"}}}).front(),
            "modules.m.prerequisites: is 'x', there is no module of this id (did you mean 'm'?)");
  EXPECT_EQ(refusals({{"modules.n", module({"m", "m"})}}),
            Lines{"modules.n.prerequisites: is 'm', is named twice"});
}

TEST(PlanCheckModules, PrerequisitesDoNotGoRoundInACircle) {
  const std::string circle = "the prerequisites go round in a circle: ";
  EXPECT_EQ(refusals({{"modules.m.prerequisites", List{"m"}}}),
            Lines{"modules.m.prerequisites: " + circle + "m needs m"});
  EXPECT_EQ(refusals({{"modules.m.prerequisites", List{"n"}}, {"modules.n", module({"m"})}}),
            Lines{"modules.m.prerequisites: " + circle + "m needs n needs m"});
  // Of a module behind a circle only the circle is shown.
  EXPECT_EQ(refusals({{"modules.m.prerequisites", List{"n"}},
                      {"modules.n", module({"p"})},
                      {"modules.p", module({"q"})},
                      {"modules.q", module({"n"})}}),
            Lines{"modules.n.prerequisites: " + circle + "n needs p needs q needs n"});
}

TEST(PlanCheckModules, PrerequisitesAreTaughtInTheSameWave) {
  const Changes after = {{"modules.n", module({"m"})}};
  const auto taught = [&](const List& modules) {
    Changes all = after;
    all.emplace_back("waves.w.modules", modules);
    return all;
  };
  EXPECT_EQ(refusal(taught({"n", "m"})), "accepted");
  EXPECT_EQ(refusal(after), "accepted");  // nobody is taught n
  EXPECT_EQ(
      refusals(taught({"n"})),
      Lines{"waves.w.modules: is 'n', its prerequisite m is taught to a neither in this wave nor before"});
}

TEST(PlanCheckModules, PrerequisitesAreTaughtToTheSamePeopleBefore) {
  const auto second_wave = [](bool follow_up, int start) {
    return Changes{{"modules.n", module({"m"})},
                   {"waves.w.share", 0.5},
                   {"waves.x", Map{{"start", start},
                                   {"follow_up", follow_up},
                                   {"share", 0.5},
                                   {"teams", List{"a"}},
                                   {"modules", List{"n"}}}}};
  };
  const Lines refused = {
      "waves.x.modules: is 'n', its prerequisite m is taught to a neither in this wave nor before"};
  EXPECT_EQ(refusal(second_wave(true, 4)), "accepted");
  EXPECT_EQ(refusals(second_wave(false, 4)), refused);  // another cohort
  // A team whose own wave taught something else.
  EXPECT_EQ(
      refusals({{"modules.n", module({"m"})},
                {"modules.o", module({})},
                {"teams.b", Map{{"people", 5}, {"hourly_cost", 20.0}, {"attrition", 20.0}}},
                {"waves.v", Map{{"start", 1}, {"teams", List{"b"}}, {"modules", List{"o"}}}},
                {"waves.x",
                 Map{{"start", 4}, {"follow_up", true}, {"teams", List{"a", "b"}}, {"modules", List{"n"}}}}}),
      Lines{"waves.x.modules: is 'n', its prerequisite m is taught to b neither in this wave nor before"});
}

// Two follow-ups that end in one month: neither is before the other.
TEST(PlanCheckModules, PrerequisitesThatEndInTheSameMonthAreNotBefore) {
  const auto taught = [](int month) {
    return Changes{
        {"modules.n", module({"o"})},
        {"modules.o", module({})},
        {"waves.x", Map{{"start", month}, {"follow_up", true}, {"teams", List{"a"}}, {"modules", List{"o"}}}},
        {"waves.y", Map{{"start", 5}, {"follow_up", true}, {"teams", List{"a"}}, {"modules", List{"n"}}}}};
  };
  EXPECT_EQ(refusal(taught(4)), "accepted");
  const Lines refused = {
      "waves.y.modules: is 'n', its prerequisite o is taught to a neither in this wave nor before"};
  EXPECT_EQ(refusals(taught(5)), refused);
  EXPECT_EQ(refusals(taught(6)), refused);
}

TEST(PlanCheckModules, PrerequisitesOfOnboardingAreOnboarding) {
  const auto onboarding = [](const List& modules) {
    return Changes{{"modules.n", module({"m"})},
                   {"onboarding", Map{{"modules", modules}, {"extra_hours", 4.0}}}};
  };
  EXPECT_EQ(refusal(onboarding({"m", "n"})), "accepted");
  EXPECT_EQ(refusals(onboarding({"n"})),
            Lines{"onboarding.modules: is 'n', its prerequisite m is not among them"});
}

// ---- programme and coaching ----

TEST(PlanCheckProgramme, ALanguageIsNamedOnce) {
  EXPECT_EQ(refusal({{"programme.languages", List{"de", "fr"}}}), "accepted");
  EXPECT_EQ(refusals({{"programme.languages", List{"de", "fr", "de"}}}),
            Lines{"programme.languages: is 'de', is named twice"});
}

TEST(PlanCheckProgramme, LiftsMoveTogetherButNotAsOne) {
  EXPECT_EQ(refusal({{"programme.lift_correlation", 1.0}}),
            "programme.lift_correlation: is 1, must be at least 0 and below 1");
  EXPECT_EQ(refusal({{"programme.lift_correlation", -0.1}}),
            "programme.lift_correlation: is -0.1, must be at least 0 and below 1");
  EXPECT_EQ(refusal({{"programme.lift_correlation", 0.99}}), "accepted");
}

TEST(PlanCheckReinforcement, SessionsAndMinutesGoTogetherInsteadOfHours) {
  const auto coaching = [](const Map& map) { return Changes{{"reinforcement", map}}; };
  EXPECT_EQ(refusal(coaching({{"coaching_sessions", 2.0}, {"coaching_minutes", 30.0}})), "accepted");
  const Lines together = {
      "reinforcement.coaching_sessions: coaching_sessions and coaching_minutes go together"};
  EXPECT_EQ(refusals(coaching({{"coaching_sessions", 2.0}})), together);
  EXPECT_EQ(refusals(coaching({{"coaching_minutes", 30.0}})), together);
  EXPECT_EQ(
      refusals(coaching({{"coaching_hours", 1.5}, {"coaching_sessions", 2.0}, {"coaching_minutes", 30.0}})),
      Lines{"reinforcement.coaching_hours: is 1.5, give either coaching_hours, or coaching_sessions with "
            "coaching_minutes"});
}

}  // namespace
