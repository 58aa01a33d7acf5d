// The money of a block's month: costs by driver, cash flow, aggregates of KPIs, and the results of the trial.
#include <algorithm>

#include "simulate_lanes.hpp"
#include "simulate_model.hpp"

namespace trainplan::engine {

void Block::add_cost(const double* money, std::string_view line, std::string_view team) {
  lanes::add_scaled(n_, at(model_.cost), money, 1.0);
  if (recorder_ != nullptr)
    recorder_->put(
        money, [&] { return SeriesKey{"cost", std::string(team), std::string(line), "", "", "currency"}; });
}

// Learners of the team in each wave of the month: the wave's learners spread evenly over its months.
void Block::learners(const TeamModel& team, std::int64_t m) {
  const auto position = static_cast<std::size_t>(&team - model_.teams.data());
  for (std::size_t w = 0; w < model_.waves.size(); ++w) {
    const WaveModel& wave = model_.waves[w];
    double* now = at(wave.learners_now);
    const auto month = static_cast<double>(m);
    const bool taught = std::find(wave.teams.begin(), wave.teams.end(), position) != wave.teams.end();
    if (!taught || month < wave.start || month > latest_[w]) {
      lanes::fill(n_, now, 0.0);
      continue;
    }
    double* running = at(model_.spare[5]);
    double* ended = at(model_.spare[6]);
    lanes::running(n_, month, wave.months, at(wave.start_month), at(wave.active), running);
    lanes::fill(n_, now, 0.0);
    for (const CohortModel& cohort : team.cohorts) {
      if (!wave.follow_up && cohort.wave == w)
        lanes::add_scaled(n_, now, running, cohort.people / wave.months);
      if (wave.follow_up && cohort.wave != none) {
        lanes::before(n_, at(model_.waves[cohort.wave].last_month), at(wave.last_month), ended);
        lanes::add_product(n_, now, running, ended, cohort.people / wave.months);
      }
    }
  }
}

void Block::off_floor(const TeamModel& team, bool onboarding) {
  const std::size_t n = n_;
  double* hours = at(model_.spare[2]);
  double* coached = at(model_.spare[3]);
  lanes::fill(n, hours, 0.0);
  lanes::fill(n, coached, 0.0);
  for (const WaveModel& wave : model_.waves)
    lanes::add_product(n, hours, at(wave.learners_now), at(wave.hours), 1.0);
  for (const CohortModel& cohort : team.cohorts) {
    if (cohort.wave == none) continue;
    lanes::add_scaled(n, coached, at(cohort.trained), cohort.people);
    if (model_.refresher_every > 0)
      lanes::add_product(n, hours, at(cohort.refresher), at(model_.refresher_hours), cohort.people);
  }
  lanes::add_product(n, hours, coached, at(model_.hours_coached), 1.0);
  if (onboarding)
    lanes::add_product(n, hours, at(team.leavers), at(model_.onboarding_extra_hours), team.people);
}

void Block::team_costs(const TeamModel& team, std::int64_t m) {
  const std::size_t n = n_;
  const bool onboarding = model_.onboarding_from && m >= *model_.onboarding_from;
  learners(team, m);
  off_floor(team, onboarding);
  const double* hours = at(model_.spare[2]);
  const double* coached = at(model_.spare[3]);
  double* money = at(model_.spare[4]);
  lanes::product(n, money, hours, at(team.off_floor_rate));
  add_cost(money, "participants_time", team.id);
  for (const CostModel& line : model_.costs) {
    double* units = at(model_.spare[5]);
    lanes::fill(n, units, 0.0);
    switch (line.driver) {
      case Driver::learner:
        for (const std::size_t w : line.waves)
          lanes::add_product(n, units, at(model_.waves[w].learners_now), at(model_.waves[w].cost), 1.0);
        break;
      case Driver::learner_hour:
        for (const std::size_t w : line.waves) {
          const WaveModel& wave = model_.waves[w];
          double* learner_hours = at(model_.spare[6]);
          lanes::product(n, learner_hours, at(wave.learners_now), at(wave.hours));
          lanes::add_product(n, units, learner_hours, at(wave.cost), 1.0);
        }
        break;
      case Driver::coaching_hour:
        lanes::add_product(n, units, coached, at(model_.hours_coached), 1.0);
        break;
      case Driver::seat_month:
        if (m < line.first_month || m > line.last_month) break;
        for (const CohortModel& cohort : team.cohorts) {
          if (cohort.wave == none) continue;
          const WaveModel& wave = model_.waves[cohort.wave];
          lanes::begun(n, static_cast<double>(m), at(wave.start_month), at(wave.active), at(model_.spare[6]));
          lanes::add_scaled(n, units, at(model_.spare[6]), cohort.people);
        }
        break;
      case Driver::new_hire:
        if (onboarding) lanes::scaled(n, at(team.leavers), team.people, units);
        break;
      case Driver::once:
      case Driver::month:
      case Driver::class_:
        continue;
    }
    lanes::product(n, money, units, at(line.amount));
    add_cost(money, line.id, team.id);
  }
  if (recorder_ == nullptr) return;
  recorder_->put(at(model_.hours_coached),
                 [&] { return SeriesKey{"coaching_hours", team.id, "", "", "", "h/person"}; });
  recorder_->put(hours, [&] { return SeriesKey{"off_floor_hours", team.id, "", "", "", "h"}; });
  lanes::scaled(n, at(team.leavers), team.people, money);
  recorder_->put(money, [&] { return SeriesKey{"hires", team.id, "", "", "", "people"}; });
}

// Lines that no team owns; month 0 has nothing else.
void Block::programme_costs(std::int64_t m) {
  const std::size_t n = n_;
  double* money = at(model_.spare[4]);
  for (const CostModel& line : model_.costs) {
    double* units = at(model_.spare[5]);
    switch (line.driver) {
      case Driver::once:
        lanes::fill(n, units, m == line.month ? 1.0 : 0.0);
        break;
      case Driver::month:
        lanes::fill(n, units, m >= line.first_month && m <= line.last_month ? 1.0 : 0.0);
        break;
      case Driver::class_:
        lanes::fill(n, units, 0.0);
        for (const std::size_t w : line.waves) {
          const WaveModel& wave = model_.waves[w];
          lanes::running(n, static_cast<double>(m), wave.months, at(wave.start_month), at(wave.active),
                         at(model_.spare[6]));
          lanes::add_product(n, units, at(model_.spare[6]), at(wave.cost), wave.classes / wave.months);
        }
        break;
      default:
        continue;
    }
    lanes::product(n, money, units, at(line.amount));
    add_cost(money, line.id, "");
  }
}

void Block::close_month(std::int64_t m) {
  const auto month = static_cast<double>(m);
  const double years = m == 0 ? 0.0 : (model_.timing == Timing::mid_month ? month - 0.5 : month) / 12.0;
  const auto money = [&](Money which) { return at(model_.money[static_cast<std::size_t>(which)]); };
  lanes::close_month(
      n_, month, years, {at(model_.benefit), at(model_.cost), at(model_.log_rate)},
      {at(model_.cash), money(Money::total_benefit), money(Money::total_cost), money(Money::pv_benefit),
       money(Money::pv_cost), at(model_.cumulative), money(Money::payback_month)});
  if (recorder_ == nullptr) return;
  recorder_->put(at(model_.cash), [] { return SeriesKey{"cash_flow", "", "", "", "", "currency"}; });
  recorder_->put(at(model_.cumulative),
                 [] { return SeriesKey{"cumulative_cash_flow", "", "", "", "", "currency"}; });
}

// Weighted mean over teams; the weights are those of the situation without the programme.
void Block::aggregate(std::size_t kpi, const std::vector<std::size_t>& teams, bool with, double* result) {
  const std::size_t n = n_;
  double* weight = at(model_.spare[5]);
  double* total = at(model_.spare[6]);
  const auto weight_lane = [&](const TeamModel& team) -> LaneId {
    switch (model_.kpis[kpi].weight) {
      case KpiWeight::contacts:
        return team.contacts;
      case KpiWeight::customers:
        return team.customers;
      case KpiWeight::people:
        break;
    }
    return none;
  };
  const auto weightless = [&](std::size_t t) {
    const LaneId id = weight_lane(model_.teams[t]);
    if (id == none) return true;
    const Distribution& d = model_.inputs[id].sampler.distribution();
    return d.certain() && d.a == 0.0;
  };
  // Teams without stated contacts or customers are weighted by people.
  const bool by_people = std::all_of(teams.begin(), teams.end(), weightless);
  lanes::fill(n, result, 0.0);
  lanes::fill(n, total, 0.0);
  for (const std::size_t t : teams) {
    const TeamModel& team = model_.teams[t];
    for (const TeamKpiModel& one : team.kpis) {
      if (one.kpi != kpi) continue;
      const double* value = at(with ? one.with : one.without);
      if (teams.size() == 1) {
        std::copy_n(value, n, result);
        return;
      }
      if (by_people) {
        lanes::fill(n, weight, team.people);
      } else {
        std::copy_n(at(weight_lane(team)), n, weight);
      }
      lanes::add_product(n, result, weight, value, 1.0);
      lanes::add_scaled(n, total, weight, 1.0);
    }
  }
  lanes::ratio(n, result, total, result);
}

void Block::kpi_outputs(std::int64_t m) {
  for (std::size_t o = 0; o < model_.outputs.size(); ++o) {
    const OutputModel& output = model_.outputs[o];
    if (!output.money && output.month == m)
      aggregate(output.kpi, output.teams, true, output_lanes_.data() + o * capacity_);
  }
  if (recorder_ == nullptr) return;
  double* value = at(model_.spare[4]);
  for (const Group& group : model_.groups) {
    for (std::size_t k = 0; k < model_.kpis.size(); ++k) {
      std::vector<std::size_t> having;
      for (const std::size_t t : group.teams) {
        const auto& kpis = model_.teams[t].kpis;
        if (std::any_of(kpis.begin(), kpis.end(), [&](const TeamKpiModel& one) { return one.kpi == k; }))
          having.push_back(t);
      }
      if (having.empty()) continue;
      const Kpi& kpi = model_.kpis[k];
      aggregate(k, having, true, value);
      recorder_->put(value, [&] { return SeriesKey{"kpi", group.name, kpi.id, "", "", kpi.unit}; });
      aggregate(k, having, false, value);
      recorder_->put(value, [&] { return SeriesKey{"kpi_without", group.name, kpi.id, "", "", kpi.unit}; });
    }
  }
}

void Block::finish() {
  const std::size_t n = n_;
  const auto money = [&](Money which) { return at(model_.money[static_cast<std::size_t>(which)]); };
  using enum Money;
  lanes::difference(n, money(pv_benefit), money(pv_cost), money(npv));
  lanes::roi(n, money(total_benefit), money(total_cost), money(roi));
  lanes::roi(n, money(pv_benefit), money(pv_cost), money(roi_pv));
  lanes::ratio(n, money(total_benefit), money(total_cost), money(bcr));
  lanes::ratio(n, money(pv_benefit), money(pv_cost), money(bcr_pv));
  lanes::product(n, money(contingency), at(model_.contingency), money(total_cost));
  lanes::sum(n, money(contingency), money(total_cost), money(funding_request));
  lanes::payback(n, money(payback_month));
  for (std::size_t o = 0; o < model_.outputs.size(); ++o) {
    if (const auto which = model_.outputs[o].money)
      std::copy_n(money(*which), n, output_lanes_.data() + o * capacity_);
  }
  if (recorder_ == nullptr) return;
  recorder_->begin_results();
  for (std::size_t i = 0; i < money_names.size(); ++i) {
    recorder_->put(at(model_.money[i]),
                   [&] { return SeriesKey{"output", "", money_names.at(i), "", "", ""}; });
  }
}

}  // namespace trainplan::engine
