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
      const double* score = score_of_month(movement.draws, movement.draw, m);
      lanes::ordinary(n_, movement.programme_sd, movement.persistence, m == 1, score, part);
      if (records_kpis_)
        recorder_->put(score, [&] {
          return SeriesKey{"noise", "", model_.kpis[movement.kpi].id, "", "", "standard score"};
        });
    }
  }
}

// The lane of the standard normal draw of month m: an odd month's is drawn together with the next one's.
const double* Block::score_of_month(const std::vector<std::uint64_t>& draws, LaneId pair, std::int64_t m) {
  if (m % 2 == 0) return at(pair + 1);
  if (central_) {
    lanes::fill(n_, at(pair), 0.0);
    lanes::fill(n_, at(pair + 1), 0.0);
  } else {
    rng::normal_pairs(seed_, draws[static_cast<std::size_t>(m / 2)], first_, {at(pair), n_},
                      {at(pair + 1), n_});
  }
  return at(pair);
}

// The KPI without the programme in month m, where needed: its pivot.
const double* Block::without_programme(const TeamKpiModel& one, std::int64_t m, bool needed) {
  if (one.movement == none) return at(one.pivot);
  const MovementModel& movement = model_.movements[one.movement];
  const double* nothing = at(model_.nothing);
  if (one.team_part != none) {
    lanes::ordinary(n_, movement.team_sd, movement.persistence, m == 1,
                    score_of_month(one.draws, one.draw, m), at(one.team_part));
  }
  if (!needed) return at(one.pivot);
  const auto index = static_cast<std::size_t>(m - 1);
  lanes::move(n_, model_.scales[one.kpi],
              {.level = at(one.level),
               .trend = movement.trend == none ? nullptr : at(movement.trend),
               .pivot = at(one.pivot),
               .common = movement.programme_part == none ? nothing : at(movement.programme_part + index),
               .own = one.team_part == none ? nothing : at(one.team_part),
               .slope = one.slope == none ? nothing : at(one.slope),
               .steps = kpi::trend_steps(static_cast<double>(m)),
               .season = movement.season.empty() ? 0.0 : movement.season[index]},
              at(one.pivot_now), at(one.without));
  return at(one.pivot_now);
}

// A quiet month is one in which nothing of the programme shows yet: with it is as without it.
void Block::team_kpis(const TeamModel& team, std::int64_t m, bool quiet) {
  const std::size_t n = n_;
  for (std::size_t position = 0; position < team.kpis.size(); ++position) {
    const TeamKpiModel& one = team.kpis[position];
    if (!records_kpis_ && m > one.last_wanted) continue;
    const bool drives = one.movement != none && (position == team.churn || position == team.attrition_kpi);
    const bool now = quiet ? drives || shown(one, m) : wanted(one, m);
    if (one.leading) {
      if (now) lead(team, one, m);
      continue;
    }
    const bool lags = std::any_of(one.lifts.begin(), one.lifts.end(),
                                  [](const TeamLiftModel& lift) { return lift.lagged != none; });
    const double* pivot = without_programme(one, m, now);
    if (quiet && one.movement == none) {
      if (m == 1) std::copy_n(at(one.without), n, at(one.with));
      continue;
    }
    if (!now && (!lags || quiet)) continue;
    if (one.lifts.empty() || quiet) {
      std::copy_n(at(one.without), n, at(one.with));
      continue;
    }
    double* shift = at(one.with);
    const double* before = at(model_.nothing);
    for (const TeamLiftModel& at_work : one.lifts) {
      const LiftModel& lift = model_.lifts[at_work.lift];
      const lanes::Lifted in = {blend(lift.of_team ? team.effective_team : team.effective, at_work.lift),
                                at(lift.inverse_reached),
                                at(at_work.effect),
                                at(model_.lift_factor),
                                at(model_.extrapolation),
                                at(model_.sharpness)};
      if (at_work.lagged == none) {
        lanes::apply_lift(n, in, before, shift);
      } else {
        lanes::apply_lagged(n, in, at(lift.ramp_step), before, at(at_work.lagged), shift);
      }
      before = shift;
      if (records_kpis_) {
        double* x = at(model_.spare[0]);
        lanes::blend(n, in.behavior, x);
        lanes::multiply(n, x, at(lift.inverse_reached));
        recorder_->put(x, [&] {
          return SeriesKey{"applied", team.id, plan_.lifts[lift.lift].id, "", "", "times the evidence"};
        });
      }
    }
    if (now) lanes::lifted(n, model_.scales[one.kpi], pivot, shift);
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
      for (const std::size_t c : computed_) {
        if (taught_weights_[c] == 0.0) continue;
        for (const CohortModel& cohort : team.cohorts) {
          lanes::add_behavior(n, known, at(cohort.states[c].knowledge_permanent),
                              at(cohort.states[c].knowledge_fading), cohort.share * taught_weights_[c]);
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
bool Block::wanted(const TeamKpiModel& one, std::int64_t m) const { return one.earns || shown(one, m); }

// Whether an output or the record shows it.
bool Block::shown(const TeamKpiModel& one, std::int64_t m) const {
  return records_kpis_ || std::any_of(one.outputs.begin(), one.outputs.end(),
                                      [&](std::size_t o) { return model_.outputs[o].month == m; });
}

}  // namespace trainplan::engine
