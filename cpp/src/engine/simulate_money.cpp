// The money of a block's month: costs by driver, cash flow, aggregates of KPIs, and the results of the trial.
#include <algorithm>

#include "simulate_lanes.hpp"
#include "simulate_model.hpp"

namespace trainplan::engine {

void Block::add_cost(const double* units, const double* price, std::string_view line, std::string_view team,
                     bool cash) {
  double* money = at(model_.spare[4]);
  lanes::add_priced(n_, units, price, money, month_cost_,
                    cash ? at(model_.money[static_cast<std::size_t>(Money::cash_cost)]) : nullptr);
  if (recorder_ != nullptr)
    recorder_->put(
        money, [&] { return SeriesKey{"cost", std::string(team), std::string(line), "", "", "currency"}; });
}

// Learners of the team in each wave of the month: the wave's learners spread evenly over its months.
void Block::learners(const TeamModel& team, std::int64_t m) {
  const std::size_t place = position(team);
  for (std::size_t w = 0; w < model_.waves.size(); ++w) {
    const WaveModel& wave = model_.waves[w];
    double* now = at(wave.learners_now);
    const auto month = static_cast<double>(m);
    const bool taught = record::contains(wave.teams, place);
    runs_[w] = taught && month >= wave.start && month <= latest_[w];
    if (runs_[w] == 0) continue;
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
  for (std::size_t w = 0; w < model_.waves.size(); ++w) {
    const WaveModel& wave = model_.waves[w];
    if (runs_[w] != 0) lanes::add_product(n, hours, at(wave.learners_now), at(wave.hours), 1.0);
  }
  for (const CohortModel& cohort : team.cohorts) {
    if (cohort.wave == none) continue;
    lanes::add_scaled(n, coached, at(cohort.trained), cohort.people);
    if (model_.refresher_every > 0)
      lanes::add_product(n, hours, at(cohort.refresher), at(model_.refresher_hours), cohort.people);
  }
  lanes::add_product(n, hours, coached, month_hours_, 1.0);
  if (onboarding)
    lanes::add_product(n, hours, at(team.leavers), at(model_.onboarding_extra_hours), team.people);
}

void Block::team_costs(const TeamModel& team, std::int64_t m) {
  const std::size_t n = n_;
  const bool onboarding = model_.onboarding_from && m >= *model_.onboarding_from;
  month_cost_ = at(model_.cost + static_cast<std::size_t>(m));
  month_hours_ = at(model_.hours_coached + static_cast<std::size_t>(m - 1));
  learners(team, m);
  off_floor(team, onboarding);
  const double* hours = at(model_.spare[2]);
  const double* coached = at(model_.spare[3]);
  double* money = at(model_.spare[4]);
  add_cost(hours, at(team.off_floor_rate), "participants_time", team.id, false);
  lanes::add_priced(n, hours, at(team.backfill_rate), money,
                    at(model_.money[static_cast<std::size_t>(Money::cash_cost)]), nullptr);
  if (recorder_ != nullptr)
    recorder_->put(money, [&] { return SeriesKey{"backfill", team.id, "", "", "", "currency"}; });
  for (const CostModel& line : model_.costs) {
    if (idle(line, m)) continue;
    double* units = at(model_.spare[5]);
    lanes::fill(n, units, 0.0);
    switch (line.driver) {
      case Driver::learner:
        for (const std::size_t w : line.waves)
          if (runs_[w] != 0)
            lanes::add_product(n, units, at(model_.waves[w].learners_now), at(model_.waves[w].cost), 1.0);
        break;
      case Driver::learner_hour:
        for (const std::size_t w : line.waves) {
          if (runs_[w] == 0) continue;
          const WaveModel& wave = model_.waves[w];
          double* learner_hours = at(model_.spare[6]);
          lanes::product(n, learner_hours, at(wave.learners_now), at(wave.hours));
          lanes::add_product(n, units, learner_hours, at(wave.cost), 1.0);
        }
        break;
      case Driver::coaching_hour:
        lanes::add_product(n, units, coached, month_hours_, 1.0);
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
      case Driver::development_hour:
      case Driver::language_hour:
        continue;
    }
    add_cost(units, at(line.amount), line.id, team.id, line.cash);
  }
  if (recorder_ == nullptr) return;
  recorder_->put(month_hours_, [&] { return SeriesKey{"coaching_hours", team.id, "", "", "", "h/person"}; });
  recorder_->put(hours, [&] { return SeriesKey{"off_floor_hours", team.id, "", "", "", "h"}; });
  lanes::scaled(n, at(team.leavers), team.people, money);
  recorder_->put(money, [&] { return SeriesKey{"hires", team.id, "", "", "", "people"}; });
}

// Whether a line cannot have an amount in the month: nothing to add. The record shows its zeros.
bool Block::idle(const CostModel& line, std::int64_t m) const {
  if (recorder_ != nullptr) return false;
  const auto running = [&](std::size_t w) { return runs_[w] != 0; };
  switch (line.driver) {
    case Driver::learner:
    case Driver::learner_hour:
      return std::none_of(line.waves.begin(), line.waves.end(), running);
    case Driver::class_:
      return std::none_of(line.waves.begin(), line.waves.end(), [&](std::size_t w) {
        const auto month = static_cast<double>(m);
        return month >= model_.waves[w].start && month <= latest_[w];
      });
    case Driver::once:
    case Driver::development_hour:
    case Driver::language_hour:
      return m != line.month;
    case Driver::month:
    case Driver::seat_month:
      return m < line.first_month || m > line.last_month;
    case Driver::coaching_hour:
      return static_cast<double>(m) <= first_trained_;
    case Driver::new_hire:
      return !model_.onboarding_from || m < *model_.onboarding_from;
  }
  return false;
}

// Lines that no team owns; month 0 has nothing else.
void Block::programme_costs(std::int64_t m) {
  const std::size_t n = n_;
  month_cost_ = at(model_.cost + static_cast<std::size_t>(m));
  for (const CostModel& line : model_.costs) {
    if (idle(line, m)) continue;
    double* units = at(model_.spare[5]);
    switch (line.driver) {
      case Driver::once:
        lanes::fill(n, units, m == line.month ? 1.0 : 0.0);
        break;
      case Driver::development_hour:
      case Driver::language_hour:
        lanes::fill(n, units, 0.0);
        if (m != line.month) break;
        for (const std::size_t i : model_.modules_by_id) {
          const ModuleModel& module = model_.modules[i];
          const bool development = line.driver == Driver::development_hour;
          lanes::add_product(n, units, at(module.hours),
                             development ? at(module.development_ratio) : at(model_.one),
                             development ? 1.0 : model_.languages);
        }
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
    add_cost(units, at(line.amount), line.id, "", line.cash);
  }
}

void Block::close_month(std::int64_t m) {
  const auto month = static_cast<double>(m);
  const double years = m == 0 ? 0.0 : (model_.timing == Timing::mid_month ? month - 0.5 : month) / 12.0;
  const auto money = [&](Money which) { return at(model_.money[static_cast<std::size_t>(which)]); };
  lanes::close_month(
      n_, month, years, {at(model_.benefit + static_cast<std::size_t>(m)), month_cost_, at(model_.log_rate)},
      {at(model_.cash), money(Money::total_benefit), money(Money::total_cost), money(Money::pv_benefit),
       money(Money::pv_cost), at(model_.cumulative), money(Money::payback_month), at(model_.discounted),
       money(Money::discounted_payback_month)});
  if (recorder_ == nullptr) return;
  recorder_->put(at(model_.cash), [] { return SeriesKey{"cash_flow", "", "", "", "", "currency"}; });
  recorder_->put(at(model_.cumulative),
                 [] { return SeriesKey{"cumulative_cash_flow", "", "", "", "", "currency"}; });
}

// Adds a team's month to the outputs and, for the record, to the groups that it belongs to.
void Block::add_to_sums(const TeamModel& team, std::int64_t m) {
  const std::size_t n = n_;
  const auto weight = [&](const TeamKpiModel& one, bool by_people) -> const double* {
    const KpiWeight by = model_.kpis[one.kpi].weight;
    if (!by_people && by == KpiWeight::contacts) return at(team.contacts);
    if (!by_people && by == KpiWeight::customers) return at(team.customers);
    lanes::fill(n, at(model_.spare[5]), team.people);
    return at(model_.spare[5]);
  };
  for (const TeamKpiModel& one : team.kpis) {
    for (const std::size_t o : one.outputs) {
      const OutputModel& output = model_.outputs[o];
      if (output.month != m) continue;
      double* sum = output_lanes_.data() + o * stride_;
      if (output.teams.size() == 1) {
        std::copy_n(at(one.with), n, sum);
        continue;
      }
      const double* by = weight(one, output.by_people);
      lanes::add_product(n, sum, by, at(one.with), 1.0);
      lanes::add_scaled(n, output_weights_.data() + o * stride_, by, 1.0);
    }
    if (!records_kpis_) continue;
    for (std::size_t g = 0; g < model_.groups.size(); ++g) {
      const Group& group = model_.groups[g];
      if (std::find(group.teams.begin(), group.teams.end(), position(team)) == group.teams.end()) continue;
      GroupSums& sums = group_sums_[g * model_.kpis.size() + one.kpi];
      const std::size_t length = static_cast<std::size_t>(model_.months) * capacity_;
      if (sums.with.empty()) {
        for (std::vector<double>* one_sum : {&sums.with, &sums.without, &sums.weight})
          one_sum->assign(length, 0.0);
      }
      const std::size_t row = static_cast<std::size_t>(m - 1) * capacity_;
      const double* by = weight(one, group.by_people[one.kpi]);
      lanes::add_product(n, sums.with.data() + row, by, at(one.with), 1.0);
      lanes::add_product(n, sums.without.data() + row, by, at(one.without), 1.0);
      lanes::add_scaled(n, sums.weight.data() + row, by, 1.0);
      if (group.having[one.kpi] == 1) {
        // A mean of one team is that team's value, to the last bit.
        std::copy_n(at(one.with), n, sums.with.data() + row);
        std::copy_n(at(one.without), n, sums.without.data() + row);
        lanes::fill(n, sums.weight.data() + row, 1.0);
      }
    }
  }
}

// Means of groups of teams, weighted by the situation without the programme.
void Block::record_groups() {
  section();
  for (std::int64_t m = 1; m <= model_.months; ++m) {
    in_month(m);
    const std::size_t row = static_cast<std::size_t>(m - 1) * capacity_;
    double* value = at(model_.spare[4]);
    for (std::size_t g = 0; g < model_.groups.size(); ++g) {
      const Group& group = model_.groups[g];
      for (std::size_t k = 0; k < model_.kpis.size(); ++k) {
        const GroupSums& sums = group_sums_[g * model_.kpis.size() + k];
        if (sums.with.empty()) continue;
        const Kpi& kpi = model_.kpis[k];
        lanes::ratio(n_, sums.with.data() + row, sums.weight.data() + row, value);
        recorder_->put(value, [&] { return SeriesKey{"kpi", group.name, kpi.id, "", "", kpi.unit}; });
        lanes::ratio(n_, sums.without.data() + row, sums.weight.data() + row, value);
        recorder_->put(value, [&] { return SeriesKey{"kpi_without", group.name, kpi.id, "", "", kpi.unit}; });
      }
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
  lanes::payback(n, money(discounted_payback_month));
  double* learners = at(model_.spare[5]);
  lanes::fill(n, learners, 0.0);
  for (const TeamModel& team : model_.teams) {
    for (const CohortModel& cohort : team.cohorts)
      if (cohort.wave != none)
        lanes::add_scaled(n, learners, at(model_.waves[cohort.wave].active), cohort.people);
  }
  lanes::ratio(n, money(total_cost), learners, money(cost_per_learner));
  for (std::size_t o = 0; o < model_.outputs.size(); ++o) {
    double* result = output_lanes_.data() + o * stride_;
    if (const auto which = model_.outputs[o].money) {
      std::copy_n(money(*which), n, result);
    } else if (model_.outputs[o].teams.size() > 1) {
      lanes::ratio(n, result, output_weights_.data() + o * stride_, result);
    }
  }
  if (recorder_ == nullptr) return;
  if (records_kpis_) record_groups();
  section(0);
  for (std::size_t i = 0; i < money_names.size(); ++i) {
    recorder_->put(at(model_.money[i]),
                   [&] { return SeriesKey{"output", "", money_names.at(i), "", "", ""}; });
  }
}

}  // namespace trainplan::engine
