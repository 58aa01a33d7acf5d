// Benefits of a team's month (docs/method.md, section 5).
#include <algorithm>

#include "simulate_lanes.hpp"
#include "simulate_model.hpp"

namespace trainplan::engine {

// Whether money or turnover hangs on a KPI of the team, so that it counts in every month.
bool earns(const TeamModel& team, std::size_t position) {
  if (position == team.attrition_kpi) return true;
  if (team.works && (position == team.aht || position == team.fcr)) return true;
  if (team.retains && position == team.retention_driver) return true;
  if (team.retains && position == team.churn && team.kpis[position].movement != none) return true;
  return position == team.reroute || position == team.acquisition_driver || position == team.conversion ||
         std::any_of(team.custom.begin(), team.custom.end(),
                     [&](const auto& stream) { return stream.second == position; });
}

void Block::team_benefits(const TeamModel& team, std::int64_t m) {
  month_benefit_ = at(model_.benefit + static_cast<std::size_t>(m));
  if (team.works) contact_work(team);
  if (team.retains) retention(team, m);
  other_benefits(team);
}

void Block::add_benefit(const TeamModel& team, double* money, double share, std::string_view stream) {
  lanes::add_share(n_, share, at(model_.benefit_factor), money, month_benefit_);
  if (recorder_ != nullptr)
    recorder_->put(money,
                   [&] { return SeriesKey{"benefit", team.id, std::string(stream), "", "", "currency"}; });
}

void Block::contact_work(const TeamModel& team) {
  const std::size_t n = n_;
  const TeamKpiModel& aht = team.kpis[team.aht];
  const double* fcr = nullptr;
  if (team.fcr != none) {
    const TeamKpiModel& resolved = team.kpis[team.fcr];
    fcr = at(resolved.with);
    if (resolved.movement != none) {
      lanes::repeats(n, at(model_.callback_share), at(resolved.without), at(team.repeats_without));
      lanes::volume(n, at(team.contacts), at(team.repeats_without), model_.volume_is_issues, at(team.volume));
    }
  }
  double* repeats = at(model_.spare[0]);
  double* money = at(model_.spare[1]);
  lanes::repeats(n, at(model_.callback_share), fcr, repeats);
  lanes::contact_work(
      n,
      {at(team.volume), at(team.repeats_without), repeats, at(aht.without), at(aht.with), at(team.occupancy),
       at(team.shrinkage), at(team.hourly_cost), at(model_.realization), at(model_.variable_cost)},
      money);
  add_benefit(team, money, model_.contact_share, "contact_work");
  if (team.reroute == none) return;
  const TeamKpiModel& rerouted = team.kpis[team.reroute];
  lanes::reroute(n,
                 {at(team.volume), at(team.repeats_without), repeats, at(rerouted.without), at(rerouted.with),
                  at(model_.reroute_seconds), at(team.occupancy), at(team.shrinkage), at(team.hourly_cost),
                  at(model_.realization)},
                 money);
  add_benefit(team, money, model_.contact_share, "reroute");
}

void Block::move_churn(const TeamModel& team) {
  const TeamKpiModel& churn = team.kpis[team.churn];
  if (churn.movement == none) return;
  lanes::monthly_churn(n_, at(churn.without), at(team.monthly_churn));
  lanes::yearly_churn(n_, at(team.monthly_churn), at(churn.without));
}

// No benefit, but customers come and go.
void Block::quiet_benefits(const TeamModel& team) {
  if (!team.retains) return;
  const TeamKpiModel& churn = team.kpis[team.churn];
  move_churn(team);
  double* change = at(model_.spare[0]);
  lanes::fill(n_, change, 0.0);
  lanes::customers(n_, {at(team.monthly_churn), at(model_.reach), at(team.arrivals)}, change, at(team.stock),
                   at(team.customers_gained));
  std::copy_n(at(churn.without), n_, at(churn.with));
}

void Block::retention(const TeamModel& team, std::int64_t m) {
  const std::size_t n = n_;
  const TeamKpiModel& churn = team.kpis[team.churn];
  const TeamKpiModel& driver = team.kpis[team.retention_driver];
  double* money = at(model_.spare[1]);
  move_churn(team);
  lanes::product(n, money, at(team.customers_gained), at(model_.margin));
  add_benefit(team, money, model_.retention_share, "retention");
  double* change = at(model_.spare[0]);
  if (team.retention_driver == team.churn && churn.lifts.empty()) {
    // Exactly none: the way through the yearly figure and back would lose the last bit.
    lanes::fill(n, change, 0.0);
  } else if (team.retention_driver == team.churn) {
    lanes::monthly_churn(n, at(churn.with), change);
    lanes::difference(n, change, at(team.monthly_churn), change);
  } else {
    lanes::churn_change(
        n, {at(team.monthly_churn), at(model_.elasticity), at(driver.without), at(driver.with)}, change);
  }
  lanes::customers(n, {at(team.monthly_churn), at(model_.reach), at(team.arrivals)}, change, at(team.stock),
                   at(team.customers_gained));
  if (wanted(churn, m)) {
    lanes::sum(n, at(team.monthly_churn), change, at(churn.with));
    lanes::yearly_churn(n, at(churn.with), at(churn.with));
  }
  if (model_.after_months == 0) return;
  if (m == model_.months) {
    lanes::after_horizon(
        n, {at(team.customers_gained), at(model_.margin), at(team.monthly_churn), at(model_.log_rate)},
        static_cast<double>(model_.after_months), money);
  } else {
    lanes::fill(n, money, 0.0);
  }
  add_benefit(team, money, model_.retention_share, "retention_after");
}

void Block::other_benefits(const TeamModel& team) {
  const std::size_t n = n_;
  double* money = at(model_.spare[1]);
  double* base = at(model_.spare[0]);
  const auto change = [&](const TeamKpiModel& one, const double* a, const double* b, double factor) {
    lanes::worth(n, {at(one.without), at(one.with), a, b}, factor, money);
  };
  if (team.acquisition_driver != none) {
    lanes::product(n, base, at(team.customers), at(model_.acquisition_rate));
    change(team.kpis[team.acquisition_driver], base, at(model_.acquisition_value), 1.0);
    add_benefit(team, money, model_.acquisition_share, "acquisition");
  }
  if (team.conversion != none) {
    lanes::product(n, base, at(team.contacts), at(model_.offer_share));
    change(team.kpis[team.conversion], base, at(model_.sales_margin), 0.01);
    add_benefit(team, money, model_.sales_share, "sales");
  }
  if (team.hires_counted) {
    const TeamKpiModel& attrition = team.kpis[team.attrition_kpi];
    lanes::hiring(n, {at(attrition.without), at(attrition.with), at(model_.replacement_cost)}, team.people,
                  money);
    add_benefit(team, money, model_.hiring_share, "hiring");
  }
  for (const auto& [s, position] : team.custom) {
    const CustomModel& stream = model_.custom[s];
    const double* per = at(model_.one);
    if (stream.per == Per::contact) per = at(team.contacts);
    if (stream.per == Per::customer) per = at(team.customers);
    const double people = stream.per == Per::person ? team.people : 1.0;
    change(team.kpis[position], at(stream.value), per, people);
    add_benefit(team, money, stream.share, stream.name);
  }
}

void Block::record_kpis(const TeamModel& team, std::int64_t m) {
  for (const TeamKpiModel& one : team.kpis) {
    const Kpi& kpi = model_.kpis[one.kpi];
    recorder_->put(at(one.with), [&] { return SeriesKey{"kpi", team.id, kpi.id, "", "", kpi.unit}; });
    recorder_->put(at(one.without),
                   [&] { return SeriesKey{"kpi_without", team.id, kpi.id, "", "", kpi.unit}; });
    if (one.draw != none)
      recorder_->put(at(one.draw + (m % 2 == 0 ? 1 : 0)),
                     [&] { return SeriesKey{"noise", team.id, kpi.id, "", "", "standard score"}; });
  }
}

void Block::record_states(const TeamModel& team) {
  const std::size_t n = n_;
  const auto name = [&](const CohortModel& cohort) {
    return cohort.wave == none ? std::string("untrained") : model_.waves[cohort.wave].id;
  };
  double* sum = at(model_.spare[0]);
  for (std::size_t c = 0; c < model_.competences.size(); ++c) {
    const std::size_t k = computed_as_[model_.competence_class[c]];
    recorder_->put(at(team.behavior[k]),
                   [&] { return SeriesKey{"behavior", team.id, "", "", model_.competences[c], "fraction"}; });
    lanes::fill(n, sum, 0.0);
    for (const CohortModel& cohort : team.cohorts) {
      lanes::add_behavior(n, sum, at(cohort.states[k].knowledge_permanent),
                          at(cohort.states[k].knowledge_fading), cohort.share);
    }
    recorder_->put(
        sum, [&] { return SeriesKey{"knowledge", team.id, "", "", model_.competences[c], "fraction"}; });
    for (const CohortModel& cohort : team.cohorts) {
      const StateLanes& state = cohort.states[k];
      lanes::sum(n, at(state.behavior_permanent), at(state.behavior_fading), sum);
      recorder_->put(sum, [&] {
        return SeriesKey{"cohort_behavior", team.id, "", name(cohort), model_.competences[c], "fraction"};
      });
      lanes::sum(n, at(state.knowledge_permanent), at(state.knowledge_fading), sum);
      recorder_->put(sum, [&] {
        return SeriesKey{"cohort_knowledge", team.id, "", name(cohort), model_.competences[c], "fraction"};
      });
    }
  }
  for (const CohortModel& cohort : team.cohorts) {
    recorder_->put(at(cohort.half_life),
                   [&] { return SeriesKey{"half_life", team.id, "", name(cohort), "", "months"}; });
  }
}

}  // namespace trainplan::engine
