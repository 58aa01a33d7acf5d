// Groups of teams and names of outputs: npv, csat@6, csat[billing]@6, csat[region=EMEA]@6.
#include <algorithm>
#include <charconv>
#include <map>

#include "simulate_model.hpp"

namespace trainplan {
namespace engine {
namespace {

struct Parsed {
  std::string kpi;
  std::string selection;
  std::int64_t month = 0;
};

[[noreturn]] void refuse(const std::string& name, const std::string& allowed, std::string hint = "") {
  throw InputError(Problems{{"outputs", trainplan::quoted(name), allowed, std::move(hint)}});
}

Parsed parse(const std::string& name) {
  const std::size_t at = name.rfind('@');
  if (at == std::string::npos) {
    std::vector<std::string> known(money_names.begin(), money_names.end());
    refuse(name, "is no output; write a money output such as npv, or a KPI with its month: csat@6",
           did_you_mean(name, known));
  }
  Parsed parsed;
  const char* first = name.data() + at + 1;
  const char* last = name.data() + name.size();
  const auto result = std::from_chars(first, last, parsed.month);
  if (result.ec != std::errc() || result.ptr != last) refuse(name, "after @ there must be a month: csat@6");
  std::string head = name.substr(0, at);
  if (const std::size_t bracket = head.find('['); bracket != std::string::npos) {
    if (head.back() != ']') refuse(name, "the selection needs a closing bracket: csat[billing]@6");
    parsed.selection = head.substr(bracket + 1, head.size() - bracket - 2);
    head.resize(bracket);
  }
  parsed.kpi = std::move(head);
  return parsed;
}

std::vector<std::size_t> selected(const Model& model, const std::string& name, const std::string& selection) {
  std::vector<std::string> known;
  for (const Group& group : model.groups) {
    if (group.name == selection) return group.teams;
    if (!group.name.empty()) known.push_back(group.name);
  }
  for (std::size_t t = 0; t < model.teams.size(); ++t) {
    if (model.teams[t].id == selection) return {t};
    known.push_back(model.teams[t].id);
  }
  refuse(name, "there is no team, region=... or product_line=... " + trainplan::quoted(selection),
         did_you_mean(selection, known));
}

// Whether none of the teams states what the KPI is weighted by: they are then weighted by people.
bool weightless(const Model& model, std::size_t kpi, const std::vector<std::size_t>& teams) {
  return std::all_of(teams.begin(), teams.end(), [&](std::size_t t) {
    const TeamModel& team = model.teams[t];
    const KpiWeight by = model.kpis[kpi].weight;
    if (by == KpiWeight::people) return true;
    const Distribution& d =
        model.inputs[by == KpiWeight::contacts ? team.contacts : team.customers].sampler.distribution();
    return d.certain() && d.a == 0.0;
  });
}

OutputModel output(const Model& model, const std::string& name) {
  const auto money = std::find(money_names.begin(), money_names.end(), name);
  if (money != money_names.end()) return {.money = static_cast<Money>(money - money_names.begin())};
  const Parsed parsed = parse(name);
  std::vector<std::string> ids;
  for (const Kpi& kpi : model.kpis) ids.push_back(kpi.id);
  const auto found = std::find(ids.begin(), ids.end(), parsed.kpi);
  if (found == ids.end())
    refuse(name, "there is no KPI " + trainplan::quoted(parsed.kpi), did_you_mean(parsed.kpi, ids));
  if (parsed.month < 1 || parsed.month > model.months) {
    refuse(name, "the month must be between 1 and the horizon, " + std::to_string(model.months));
  }
  OutputModel made{.kpi = static_cast<std::size_t>(found - ids.begin()), .month = parsed.month};
  for (const std::size_t t : selected(model, name, parsed.selection)) {
    const auto& kpis = model.teams[t].kpis;
    if (std::any_of(kpis.begin(), kpis.end(), [&](const TeamKpiModel& one) { return one.kpi == made.kpi; }))
      made.teams.push_back(t);
  }
  if (made.teams.empty())
    refuse(name, "no team it selects has this KPI: it needs a baseline, a leading indicator needs training");
  return made;
}

}  // namespace

void add_groups(Model& model, const Plan& plan) {
  std::map<std::string, std::vector<std::size_t>> named;
  Group all{.name = "", .teams = {}, .having = {}, .by_people = {}};
  for (std::size_t t = 0; t < model.teams.size(); ++t) {
    const Team& team = plan.teams[model.teams[t].team];
    all.teams.push_back(t);
    if (!team.region.empty()) named["region=" + team.region].push_back(t);
    if (!team.product_line.empty()) named["product_line=" + team.product_line].push_back(t);
  }
  model.groups.push_back(std::move(all));
  for (auto& [name, teams] : named) model.groups.push_back({name, std::move(teams), {}, {}});
  for (Group& group : model.groups) {
    for (std::size_t k = 0; k < model.kpis.size(); ++k) {
      std::vector<std::size_t> having;
      for (const std::size_t t : group.teams) {
        const auto& kpis = model.teams[t].kpis;
        if (std::any_of(kpis.begin(), kpis.end(), [&](const TeamKpiModel& one) { return one.kpi == k; }))
          having.push_back(t);
      }
      group.having.push_back(having.size());
      group.by_people.push_back(weightless(model, k, having) ? 1 : 0);
    }
  }
}

void add_outputs(Model& model, const std::vector<std::string>& outputs) {
  for (const std::string& name : outputs) {
    model.outputs.push_back(output(model, name));
    model.output_names.push_back(name);
  }
  for (std::size_t t = 0; t < model.teams.size(); ++t) {
    TeamModel& team = model.teams[t];
    for (std::size_t position = 0; position < team.kpis.size(); ++position) {
      TeamKpiModel& one = team.kpis[position];
      one.earns = earns(team, position);
      if (one.earns) one.last_wanted = model.months;
      for (std::size_t o = 0; o < model.outputs.size(); ++o) {
        const OutputModel& output = model.outputs[o];
        const bool shows = !output.money && output.kpi == one.kpi && record::contains(output.teams, t);
        if (!shows) continue;
        one.outputs.push_back(o);
        one.last_wanted = std::max(one.last_wanted, output.month);
      }
    }
  }
}

}  // namespace engine

std::vector<std::string> default_outputs(const Plan& plan) {
  std::vector<std::string> names(engine::money_names.begin(), engine::money_names.end());
  const std::int64_t last = plan.programme.months;
  for (const Kpi& kpi : plan::kpis(plan)) {
    if (!plan::has_baseline(plan, kpi.id)) continue;
    if (last > 6) names.push_back(kpi.id + "@6");
    names.push_back(kpi.id + "@" + std::to_string(last));
  }
  return names;
}

}  // namespace trainplan
