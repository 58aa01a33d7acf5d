// KPIs of a month: how they move by themselves, what behavior does to them, and leading indicators
// (docs/method.md, section 4).
#include <algorithm>

#include "simulate_lanes.hpp"
#include "simulate_model.hpp"
#include "trainplan/base/kernels.hpp"
#include "trainplan/base/random.hpp"

namespace trainplan::engine {

// The common part of ordinary movement. Its draws are plain: stratifying one of hundreds gains nothing.
void Block::move_programme() {
  section();
  for (std::int64_t m = 1; m <= model_.months; ++m) {
    in_month(m);
    const auto month = static_cast<std::size_t>(m - 1);
    for (const MovementModel& movement : model_.movements) {
      if (movement.programme_part == none) continue;
      double* part = at(movement.programme_part + month);
      if (m > 1) std::copy_n(at(movement.programme_part + month - 1), n_, part);
      draw_score(movement.draws[month], at(movement.draw));
      lanes::ordinary(n_, movement.programme_sd, movement.persistence, m == 1, at(movement.draw), part);
      if (records_kpis_)
        recorder_->put(at(movement.draw), [&] {
          return SeriesKey{"noise", "", model_.kpis[movement.kpi].id, "", "", "standard score"};
        });
    }
  }
}

void Block::draw_score(std::uint64_t hash, double* lane) const {
  if (central_) return lanes::fill(n_, lane, 0.0);
  const Lane drawn(lane, n_);
  rng::uniforms(seed_, hash, first_, Sampling::random, drawn);
  kernels::normal_quantiles(drawn, drawn);
}

// The KPI without the programme on the link scale in month m; its value too, where needed.
const double* Block::without_programme(const TeamKpiModel& one, std::int64_t m, bool needed) {
  if (one.movement == none) return at(one.eta);
  const std::size_t n = n_;
  const MovementModel& movement = model_.movements[one.movement];
  const kpi::Scale& scale = model_.scales[one.kpi];
  const auto index = static_cast<std::size_t>(m - 1);
  if (one.team_part != none) {
    draw_score(one.draws[index], at(one.draw));
    lanes::ordinary(n, movement.team_sd, movement.persistence, m == 1, at(one.draw), at(one.team_part));
  }
  if (!needed) return at(one.eta);
  double* eta = at(one.eta_now);
  const double season = movement.season.empty() ? 0.0 : movement.season[index];
  if (movement.trend != none) {
    lanes::moved_level(n, scale, at(one.level), at(movement.trend), kpi::trend_steps(static_cast<double>(m)),
                       season, eta);
  } else {
    lanes::shifted(n, at(one.eta), season, eta);
  }
  if (movement.programme_part != none)
    lanes::add_product(n, eta, at(movement.programme_part + index), at(one.slope), 1.0);
  if (one.team_part != none) lanes::add_product(n, eta, at(one.team_part), at(one.slope), 1.0);
  std::copy_n(eta, n, at(one.without));
  lanes::from_link(n, scale, at(one.without));
  return eta;
}

void Block::team_kpis(const TeamModel& team, std::int64_t m) {
  const std::size_t n = n_;
  for (const TeamKpiModel& one : team.kpis) {
    if (!records_kpis_ && m > one.last_wanted) continue;
    const bool now = wanted(one, m);
    if (one.leading) {
      if (now) lead(team, one, m);
      continue;
    }
    const bool lags = std::any_of(one.lifts.begin(), one.lifts.end(),
                                  [](const TeamLiftModel& lift) { return lift.lagged != none; });
    const double* without = without_programme(one, m, now);
    if (!now && !lags) continue;
    if (one.lifts.empty()) {
      std::copy_n(at(one.without), n, at(one.with));
      continue;
    }
    double* eta = at(one.with);
    std::copy_n(without, n, eta);
    double* x = at(model_.spare[0]);
    for (const TeamLiftModel& at_work : one.lifts) {
      const LiftModel& lift = model_.lifts[at_work.lift];
      const std::vector<LaneId>& behavior = lift.of_team ? team.effective_team : team.effective;
      lanes::fill(n, x, 0.0);
      for (std::size_t c = 0; c < model_.classes; ++c) {
        if (lift.class_weights[c] != 0.0) lanes::add_scaled(n, x, at(behavior[c]), lift.class_weights[c]);
      }
      const lanes::Lifted in = {x, at(lift.reached), at(at_work.effect), at(model_.lift_factor),
                                at(model_.extrapolation)};
      if (at_work.lagged == none) {
        lanes::apply_lift(n, in, eta);
      } else {
        lanes::apply_lagged(n, in, at(lift.ramp_step), at(at_work.lagged), eta);
      }
      if (records_kpis_) {
        lanes::quotient(n, x, at(lift.reached), x);
        recorder_->put(x, [&] {
          return SeriesKey{"applied", team.id, plan_.lifts[lift.lift].id, "", "", "times the evidence"};
        });
      }
    }
    if (now) lanes::from_link(n, model_.scales[one.kpi], eta);
  }
}

// What training itself shows before any KPI of customers moves.
void Block::lead(const TeamModel& team, const TeamKpiModel& one, std::int64_t m) {
  const std::size_t n = n_;
  double* value = at(one.with);
  lanes::fill(n, value, 0.0);
  const auto each_trained = [&](const auto& add) {
    for (const CohortModel& cohort : team.cohorts)
      if (cohort.wave != none) add(cohort);
  };
  switch (*one.leading) {
    case kpi::Leading::completion:
    case kpi::Leading::application:
      each_trained([&](const CohortModel& cohort) {
        lanes::add_product(n, value, at(cohort.trained), at(model_.waves[cohort.wave].completed),
                           100.0 * cohort.share);
      });
      if (*one.leading == kpi::Leading::application) lanes::multiply(n, value, at(model_.transfer_rate));
      break;
    case kpi::Leading::knowledge: {
      double* known = at(model_.spare[0]);
      lanes::fill(n, known, 0.0);
      for (std::size_t c = 0; c < team.taught_weights.size(); ++c) {
        if (team.taught_weights[c] == 0.0) continue;
        for (const CohortModel& cohort : team.cohorts) {
          lanes::add_behavior(n, known, at(cohort.states[c].knowledge_permanent),
                              at(cohort.states[c].knowledge_fading), cohort.share * team.taught_weights[c]);
        }
      }
      lanes::knowledge_score(n, at(one.base), known, value);
      break;
    }
    case kpi::Leading::coaching_hours:
    case kpi::Leading::coaching_sessions:
      each_trained([&](const CohortModel& cohort) {
        lanes::add_product(n, value, at(cohort.trained),
                           at(model_.hours_coached + static_cast<std::size_t>(m - 1)), cohort.share);
      });
      if (*one.leading == kpi::Leading::coaching_sessions)
        lanes::sessions(n, value, at(model_.coaching_minutes), value);
      break;
    case kpi::Leading::plans_reviewed:
      if (model_.plan_reviewed == none) break;
      each_trained([&](const CohortModel& cohort) {
        lanes::add_product(n, value, at(cohort.trained), at(model_.plan_reviewed), 100.0 * cohort.share);
      });
      break;
  }
}

// Whether anybody looks at a KPI in month m: money, turnover, an output, or the record.
bool Block::wanted(const TeamKpiModel& one, std::int64_t m) const {
  return records_kpis_ || one.earns ||
         std::any_of(one.outputs.begin(), one.outputs.end(),
                     [&](std::size_t o) { return model_.outputs[o].month == m; });
}

}  // namespace trainplan::engine
