// Loops over lanes: every formula of the trial loop, a trial an element.
// Over 400 lines: many short loops that belong together, a function a formula.
#include "simulate_lanes.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "trainplan/base/kernels.hpp"
#include "trainplan/domain/benefit.hpp"
#include "trainplan/domain/curriculum.hpp"
#include "trainplan/domain/reinforcement.hpp"
#include "trainplan/domain/transfer.hpp"
#include "trainplan/domain/workforce.hpp"

// A loop over a lane. Lanes either are the same array or do not overlap, which the compiler cannot know.
#if defined(__clang__)
#define TRAINPLAN_APART _Pragma("clang loop vectorize(assume_safety)")
#else
#define TRAINPLAN_APART _Pragma("GCC ivdep")
#endif
#define TRAINPLAN_EACH(i, n) \
  TRAINPLAN_APART for (std::size_t i = 0; i < (n); ++i)  // NOLINT(bugprone-macro-parentheses)

// The statements for a KPI's scale `s`, compiled for each link by itself: else both would be computed for
// every element. A logit scale always has an upper bound.
#define TRAINPLAN_BY_LINK(scale, ...) \
  do {                                \
    kpi::Scale s = (scale);           \
    if (s.link == Link::log) {        \
      s.link = Link::log;             \
      __VA_ARGS__                     \
    } else {                          \
      s.link = Link::logit;           \
      s.bounded = true;               \
      __VA_ARGS__                     \
    }                                 \
  } while (false)

namespace trainplan::engine::lanes {
namespace {

using reinforcement::State;

TRAINPLAN_INLINE State load(const StateOut& state, std::size_t i) {
  return {state.behavior_permanent[i], state.behavior_fading[i], state.knowledge_permanent[i],
          state.knowledge_fading[i]};
}
TRAINPLAN_INLINE void store(const StateOut& state, std::size_t i, const State& value) {
  state.behavior_permanent[i] = value.behavior_permanent;
  state.behavior_fading[i] = value.behavior_fading;
  state.knowledge_permanent[i] = value.knowledge_permanent;
  state.knowledge_fading[i] = value.knowledge_fading;
}
TRAINPLAN_INLINE double at_most_one(double x) { return x < 1.0 ? x : 1.0; }

// Sums of several lanes are made in pieces that stay in the innermost cache.
constexpr std::size_t piece = 64;
using Piece = std::array<double, piece>;

// What shows of a lift on the link scale in trial t.
TRAINPLAN_INLINE double lifted_by(const Lifted& in, double behavior, std::size_t t) {
  const double times_evidence = behavior * in.inverse_reached[t];
  return in.factor[t] * in.effect[t] * kpi::realized(times_evidence, in.bend[t], in.sharpness[t]);
}

TRAINPLAN_INLINE void blend_piece(std::span<const Part> parts, std::size_t first, std::size_t count, Out x) {
  if (parts.empty()) {
    TRAINPLAN_EACH(i, count) x[i] = 0.0;
    return;
  }
  const Part head = parts.front();
  TRAINPLAN_EACH(i, count) x[i] = head.weight * head.lane[first + i];
  for (const Part part : parts.subspan(1)) {
    TRAINPLAN_EACH(i, count) x[i] += part.weight * part.lane[first + i];
  }
}

}  // namespace

TRAINPLAN_CLONES void fill(std::size_t n, Out x, double value) { TRAINPLAN_EACH(i, n) x[i] = value; }
TRAINPLAN_CLONES void scale(std::size_t n, Out x, double factor) { TRAINPLAN_EACH(i, n) x[i] *= factor; }
TRAINPLAN_CLONES void scaled(std::size_t n, In x, double factor, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = factor * x[i];
}
TRAINPLAN_CLONES void sum(std::size_t n, In a, In b, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = a[i] + b[i];
}
TRAINPLAN_CLONES void least(std::size_t n, Out x, In bound) {
  TRAINPLAN_EACH(i, n) x[i] = bound[i] < x[i] ? bound[i] : x[i];
}
TRAINPLAN_CLONES void product(std::size_t n, Out result, In a, In b) {
  TRAINPLAN_EACH(i, n) result[i] = a[i] * b[i];
}
TRAINPLAN_CLONES void multiply(std::size_t n, Out x, In factor) { TRAINPLAN_EACH(i, n) x[i] *= factor[i]; }
TRAINPLAN_CLONES void add_scaled(std::size_t n, Out x, In a, double factor) {
  TRAINPLAN_EACH(i, n) x[i] += factor * a[i];
}
TRAINPLAN_CLONES void add_product(std::size_t n, Out x, In a, In b, double factor) {
  TRAINPLAN_EACH(i, n) x[i] += factor * a[i] * b[i];
}
TRAINPLAN_CLONES void blend(std::size_t n, std::span<const Part> parts, Out x) {
  for (std::size_t first = 0; first < n; first += piece)
    blend_piece(parts, first, n - first < piece ? n - first : piece, x + first);
}
TRAINPLAN_CLONES void add_behavior(std::size_t n, Out x, In permanent, In fading, double share) {
  TRAINPLAN_EACH(i, n) x[i] += share * (permanent[i] + fading[i]);
}
TRAINPLAN_CLONES void transfer(std::size_t n, Transfer in, Out rate, Out attainable) {
  TRAINPLAN_EACH(i, n) {
    rate[i] = transfer::rate(in.reference[i], in.strength[i], in.practice[i]);
    attainable[i] = reinforcement::attainable(1.0, rate[i]);
  }
}
TRAINPLAN_CLONES void half_life(std::size_t n, HalfLife in, Out result) {
  TRAINPLAN_EACH(i, n) { result[i] = reinforcement::half_life(in.base[i], in.effect[i], in.practice[i]); }
}
TRAINPLAN_CLONES void retention(std::size_t n, In half_life, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = reinforcement::retention(1.0, half_life[i]);
}
TRAINPLAN_CLONES void log_rate(std::size_t n, In rate, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = kernels::log1p(rate[i]);
}
TRAINPLAN_CLONES void completion(std::size_t n, Completion in, Out result) {
  TRAINPLAN_EACH(i, n) {
    result[i] = curriculum::completion(in.base[i], in.accessibility[i], in.fail_rate[i]);
  }
}
TRAINPLAN_CLONES void mastery(std::size_t n, Mastery in, Out result) {
  TRAINPLAN_EACH(i, n) { result[i] = curriculum::mastery(in.hours[i], in.most[i], in.half_hours[i]); }
}
TRAINPLAN_CLONES void bounded_product(std::size_t n, Factors in, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = at_most_one(in.a[i] * in.b[i] * in.c[i]);
}
TRAINPLAN_CLONES void add_hours(std::size_t n, In hours, In fail_rate, Out result) {
  TRAINPLAN_EACH(i, n) { result[i] += curriculum::hours_with_repeats(hours[i], fail_rate[i]); }
}
TRAINPLAN_CLONES void last_month(std::size_t n, In start, double months, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = start[i] + months - 1.0;
}
TRAINPLAN_CLONES void teach(std::size_t n, Course in, StateOut state) {
  TRAINPLAN_EACH(i, n) {
    const double learnt = in.completed[i] * in.mastered[i];
    const double used = learnt * in.transfer[i];
    store(state, i,
          reinforcement::teach(load(state, i), used, learnt, in.permanent_share[i],
                               in.knowledge_permanent_share[i]));
  }
}
TRAINPLAN_CLONES void teach_wave(std::size_t n, WaveCourse in, StateOut state, Out last_course, Out taught) {
  TRAINPLAN_EACH(i, n) {
    const double completed = at_most_one(in.completed[i] * in.completion_factor[i]);
    const double mastered = at_most_one(in.mastered[i] * in.mastery_factor[i]);
    const double learnt = completed * mastered;
    const double used = learnt * at_most_one(in.transfer[i] * in.transfer_factor[i]);
    const State before = load(state, i);
    const State after =
        reinforcement::teach(before, used, learnt, in.permanent_share[i], in.knowledge_permanent_share[i]);
    const bool now = in.now[i] > 0.0;
    store(state, i,
          {now ? after.behavior_permanent : before.behavior_permanent,
           now ? after.behavior_fading : before.behavior_fading,
           now ? after.knowledge_permanent : before.knowledge_permanent,
           now ? after.knowledge_fading : before.knowledge_fading});
    last_course[i] = now ? after.knowledge() : last_course[i];
    taught[i] = now ? 1.0 : taught[i];
  }
}
TRAINPLAN_CLONES void coaching(std::size_t n, Coaching in, Out result) {
  TRAINPLAN_EACH(i, n) {
    const double dose = reinforcement::dose_response(in.hours[i], in.half_dose[i], in.slope[i]);
    result[i] = reinforcement::coaching_share(in.effect[i], in.effectiveness[i], dose);
  }
}
TRAINPLAN_CLONES void uptake(std::size_t n, Uptake in, Out without_refresher, Out with_refresher) {
  TRAINPLAN_EACH(i, n) {
    without_refresher[i] = reinforcement::uptake(in.coaching[i], in.peers[i], in.support[i], 0.0);
    with_refresher[i] = reinforcement::uptake(in.coaching[i], in.peers[i], in.support[i], in.refresher[i]);
  }
}
TRAINPLAN_CLONES void evidence_half_life(std::size_t n, EvidenceHalfLife in, double sustained, Out result) {
  TRAINPLAN_EACH(i, n) {
    const double kept_up = (sustained * in.practice[i] + in.peers[i]) / (sustained + 1.0);
    result[i] = reinforcement::half_life(in.base[i], in.effect[i], kept_up);
  }
}
TRAINPLAN_CLONES void evidence_uptake(std::size_t n, EvidenceUptake in, Out result) {
  TRAINPLAN_EACH(i, n) {
    result[i] = reinforcement::uptake(in.coaching[i], in.peer_effect[i] * in.peers[i],
                                      in.support_effect[i] * in.support[i], 0.0);
  }
}
TRAINPLAN_CLONES void evidence(std::size_t n, Evidence in, std::int64_t months, Out reached) {
  // Months outside, trials inside: the inner loop vectorizes. Whole chunks of trials fit in registers' reach.
  constexpr std::size_t chunk = 64;
  std::array<double, chunk> behavior_permanent, behavior_fading, knowledge_permanent, knowledge_fading;
  const StateOut states = {behavior_permanent.data(), behavior_fading.data(), knowledge_permanent.data(),
                           knowledge_fading.data()};
  for (std::size_t first = 0; first < n; first += chunk) {
    const std::size_t count = n - first < chunk ? n - first : chunk;
    TRAINPLAN_EACH(i, count) {
      const std::size_t t = first + i;
      const double learnt = in.completion[t] * in.mastery[t];
      store(states, i,
            reinforcement::teach({}, learnt * in.transfer[t], learnt, in.permanent_share[t],
                                 in.knowledge_permanent_share[t]));
    }
    for (std::int64_t m = 0; m < months; ++m) {
      TRAINPLAN_EACH(i, count) {
        const std::size_t t = first + i;
        const reinforcement::Month month = {.permanent_share = in.permanent_share[t],
                                            .knowledge_permanent_share = in.knowledge_permanent_share[t],
                                            .kept = in.kept[t],
                                            .knowledge_kept = in.knowledge_kept[t],
                                            .leavers = 0.0,
                                            .coaching = in.coaching[t] * in.knowledge_coaching[t],
                                            .coached_knowledge = in.coached_knowledge[t],
                                            .uptake = in.uptake[t],
                                            .attainable = in.attainable[t],
                                            .refresher = 0.0};
        store(states, i, reinforcement::pass_month(load(states, i), month, {}, 1.0, 0.0));
      }
    }
    TRAINPLAN_EACH(i, count) reached[first + i] = load(states, i).behavior();
  }
}
TRAINPLAN_CLONES void base_level(std::size_t n, const kpi::Scale& scale, In base, Out level) {
  TRAINPLAN_BY_LINK(scale, TRAINPLAN_EACH(i, n) level[i] = kpi::clamp(s, base[i]););
}
TRAINPLAN_CLONES void sampled_level(std::size_t n, const kpi::Scale& scale, double responses, double cv,
                                    In score, Out level) {
  TRAINPLAN_BY_LINK(
      scale, TRAINPLAN_EACH(i, n) {
        const double error = kpi::sampling_error(s, level[i], responses, cv);
        const double moved = kpi::shifted(s, kpi::pivot(s, level[i]), error * score[i]);
        level[i] = kpi::clamp(s, kpi::from_pivot(s, moved));
      });
}
TRAINPLAN_CLONES void base_pivot(std::size_t n, const kpi::Scale& scale, In level, Out pivot, Out value) {
  TRAINPLAN_BY_LINK(
      scale, TRAINPLAN_EACH(i, n) {
        pivot[i] = kpi::pivot(s, level[i]);
        value[i] = kpi::from_pivot(s, pivot[i]);
      });
}
TRAINPLAN_CLONES void link_slope(std::size_t n, const kpi::Scale& scale, In level, Out slope) {
  TRAINPLAN_BY_LINK(scale, TRAINPLAN_EACH(i, n) slope[i] = kpi::link_slope(s, level[i]););
}
TRAINPLAN_CLONES
void ordinary(std::size_t n, double sd, double persistence, bool first, In draw, Out part) {
  const double kept = first ? 0.0 : persistence;
  const double fresh = first ? sd : sd * std::sqrt(1.0 - persistence * persistence);
  TRAINPLAN_EACH(i, n) part[i] = kept * part[i] + fresh * draw[i];
}
TRAINPLAN_CLONES void move(std::size_t n, const kpi::Scale& scale, const Moved& in, Out pivot, Out value) {
  const In still = in.trend == nullptr ? in.pivot : pivot;
  TRAINPLAN_BY_LINK(
      scale,
      if (in.trend != nullptr) {
        TRAINPLAN_EACH(i, n) pivot[i] = kpi::pivot(s, kpi::clamp(s, in.level[i] + in.steps * in.trend[i]));
      } TRAINPLAN_EACH(i, n) {
        pivot[i] = kpi::shifted(s, still[i], in.season + in.slope[i] * (in.common[i] + in.own[i]));
        value[i] = kpi::from_pivot(s, pivot[i]);
      });
}
TRAINPLAN_CLONES void inverse(std::size_t n, In x, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = 1.0 / x[i];
}
TRAINPLAN_CLONES void sharpness(std::size_t n, In bend, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = kpi::sharpness(bend[i]);
}
TRAINPLAN_CLONES void ramp_step(std::size_t n, In ramp, Out step) {
  TRAINPLAN_EACH(i, n) step[i] = kpi::ramp_step(ramp[i]);
}
TRAINPLAN_CLONES void credit(std::size_t n, In share, In ramp, double read_at, Out effect) {
  if (share != nullptr) {
    TRAINPLAN_EACH(i, n) effect[i] *= share[i];
  }
  if (read_at > 0.0) {
    TRAINPLAN_EACH(i, n) effect[i] /= kpi::ramp_reached(ramp[i], read_at);
  }
}
TRAINPLAN_CLONES void vary(std::size_t n, In spread, In score, Out effect) {
  TRAINPLAN_EACH(i, n) effect[i] += spread[i] * std::fabs(effect[i]) * score[i];
}
TRAINPLAN_CLONES std::uint64_t lift_effect(std::size_t n, const kpi::Scale& scale, LiftKind kind,
                                           double bound, In base, In size, Out effect) {
  std::uint64_t outside = 0;
  TRAINPLAN_BY_LINK(
      scale, TRAINPLAN_EACH(i, n) {
        const double from = kpi::clamp(s, base[i]);
        const double reached = kpi::lifted(kind, base[i], size[i], bound);
        const double to = kpi::clamp(s, reached);
        // An idle lift leaves a base on the bound where it is.
        outside += to != reached && size[i] != 0.0 ? 1 : 0;
        effect[i] = size[i] != 0.0 ? kpi::to_link(s, to) - kpi::to_link(s, from) : 0.0;
      });

  return outside;
}
TRAINPLAN_CLONES void apply_lift(std::size_t n, const Lifted& in, In before, Out shift) {
  Piece behavior;
  for (std::size_t first = 0; first < n; first += piece) {
    const std::size_t count = n - first < piece ? n - first : piece;
    blend_piece(in.behavior, first, count, behavior.data());
    TRAINPLAN_EACH(i, count) {
      const std::size_t t = first + i;
      shift[t] =
          before[t] + in.factor[t] * in.effect[t] *
                          kpi::realized(behavior[i] * in.inverse_reached[t], in.bend[t], in.sharpness[t]);
    }
  }
}
TRAINPLAN_CLONES void apply_lagged(std::size_t n, const Lifted& in, In step, In before, Out lagged,
                                   Out shift) {
  Piece behavior;
  for (std::size_t first = 0; first < n; first += piece) {
    const std::size_t count = n - first < piece ? n - first : piece;
    blend_piece(in.behavior, first, count, behavior.data());
    TRAINPLAN_EACH(i, count) {
      const std::size_t t = first + i;
      lagged[t] += (lifted_by(in, behavior[i], t) - lagged[t]) * step[t];
      shift[t] = before[t] + lagged[t];
    }
  }
}
TRAINPLAN_CLONES void add_spilled(std::size_t n, Out x, In permanent, In fading, In trained, In spilled,
                                  double share) {
  TRAINPLAN_EACH(i, n) {
    const double own = permanent[i] + fading[i];
    const double shown = trained[i] > 0.0 || own > spilled[i] ? own : spilled[i];
    x[i] += share * shown;
  }
}
TRAINPLAN_CLONES void add_trained(std::size_t n, Out sum, In permanent, In fading, In trained, double share) {
  TRAINPLAN_EACH(i, n) sum[i] += share * trained[i] * (permanent[i] + fading[i]);
}
TRAINPLAN_CLONES void support(std::size_t n, In behavior, In dependence, In support, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = workforce::supported(behavior[i], dependence[i], support[i]);
}
TRAINPLAN_CLONES void knowledge_score(std::size_t n, In base, In knowledge, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = base[i] + (100.0 - base[i]) * knowledge[i];
}
TRAINPLAN_CLONES void add_bounded(std::size_t n, Out x, In a, In b, double factor) {
  TRAINPLAN_EACH(i, n) x[i] += factor * at_most_one(a[i] * b[i]);
}
TRAINPLAN_CLONES void lifted(std::size_t n, const kpi::Scale& scale, In pivot, Out shift_then_value) {
  TRAINPLAN_BY_LINK(scale, TRAINPLAN_EACH(i, n) shift_then_value[i] =
                               kpi::from_pivot(s, kpi::shifted(s, pivot[i], shift_then_value[i])););
}
TRAINPLAN_CLONES void trained(std::size_t n, double month, double every, Trained in, Out trained,
                              Out next_refresher, Out refresher) {
  TRAINPLAN_EACH(i, n) {
    trained[i] = in.last_month[i] < month ? in.active[i] : 0.0;
    const bool now = every > 0.0 && next_refresher[i] == month;
    refresher[i] = now ? trained[i] : 0.0;
    next_refresher[i] += now ? every : 0.0;
  }
}
TRAINPLAN_CLONES void is_trained(std::size_t n, double month, Trained in, Out trained) {
  TRAINPLAN_EACH(i, n) trained[i] = in.last_month[i] < month ? in.active[i] : 0.0;
}
TRAINPLAN_CLONES void hours_coached(std::size_t n, In planned, In capacity, In people, Out result) {
  if (capacity == nullptr) {
    TRAINPLAN_EACH(i, n) result[i] = people[i] > 0.0 ? planned[i] : 0.0;
    return;
  }
  TRAINPLAN_EACH(i, n) {
    const double most = capacity[i] / (people[i] > 0.0 ? people[i] : 1.0);
    result[i] = people[i] > 0.0 ? (most < planned[i] ? most : planned[i]) : 0.0;
  }
}
TRAINPLAN_CLONES void leavers(std::size_t n, In attrition, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = at_most_one(attrition[i] / 1200.0);
}
TRAINPLAN_CLONES void pass_month(std::size_t n, MonthIn in, HireIn hire, StateOut state) {
  TRAINPLAN_EACH(i, n) {
    const bool refresher = in.refresher[i] > 0.0;
    const reinforcement::Month month = {
        .permanent_share = in.permanent_share[i],
        .knowledge_permanent_share = in.knowledge_permanent_share[i],
        .kept = in.kept[i],
        .knowledge_kept = in.knowledge_kept[i],
        .leavers = in.leavers[i],
        .coaching = in.trained[i] * in.coaching[i] * in.knowledge_coaching[i],
        .coached_knowledge = in.coached_knowledge[i],
        .uptake = in.trained[i] * (refresher ? in.uptake_refresher[i] : in.uptake[i]),
        .attainable = in.attainable[i],
        .refresher = refresher ? in.refresher_knowledge[i] : 0.0};
    const State hired = {hire.behavior_permanent[i], hire.behavior_fading[i], hire.knowledge_permanent[i],
                         hire.knowledge_fading[i]};
    store(state, i, reinforcement::pass_month(load(state, i), month, hired, in.taught[i], in.last_course[i]));
  }
}
TRAINPLAN_CLONES void mix_half_life(std::size_t n, In leavers, In fresh, Out half_life) {
  TRAINPLAN_EACH(i, n) { half_life[i] = (1.0 - leavers[i]) * half_life[i] + leavers[i] * fresh[i]; }
}
TRAINPLAN_CLONES void space(std::size_t n, In refresher, In gain, In cap, In fresh, Out half_life) {
  TRAINPLAN_EACH(i, n) {
    half_life[i] =
        refresher[i] > 0.0 ? reinforcement::spaced(half_life[i], gain[i], cap[i] * fresh[i]) : half_life[i];
  }
}
TRAINPLAN_CLONES bool ends_now(std::size_t n, double month, In last_month, In active, In own_last_month,
                               Out now) {
  if (own_last_month == nullptr) own_last_month = last_month;
  const double before = own_last_month == last_month ? 1.0 : 0.0;  // the own wave always counts
  std::uint64_t any = 0;
  TRAINPLAN_EACH(i, n) {
    const bool found = own_last_month[i] - before < last_month[i];
    now[i] = last_month[i] == month && found ? active[i] : 0.0;
    any += now[i] > 0.0 ? 1 : 0;
  }
  return any > 0;
}
TRAINPLAN_CLONES void off_floor_rate(std::size_t n, OffFloor in, Out result) {
  TRAINPLAN_EACH(i, n) {
    result[i] = workforce::off_floor_rate(in.hourly_cost[i], in.backfill_hourly_cost[i], in.backfill_share[i],
                                          in.realization[i], in.shrinkage[i]);
  }
}
TRAINPLAN_CLONES void repeats(std::size_t n, In callback_share, In fcr, Out result) {
  if (fcr == nullptr) {
    TRAINPLAN_EACH(i, n) result[i] = 0.0;
    return;
  }
  TRAINPLAN_EACH(i, n) result[i] = workforce::repeat_share(callback_share[i], fcr[i]);
}
TRAINPLAN_CLONES void volume(std::size_t n, In contacts, In repeats, bool issues, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = issues ? contacts[i] / (1.0 - repeats[i]) : contacts[i];
}
TRAINPLAN_CLONES void contact_work(std::size_t n, ContactWork in, Out money) {
  TRAINPLAN_EACH(i, n) {
    const double after = workforce::contacts(in.volume[i], in.repeats_without[i], in.repeats_with[i]);
    const double seconds = in.volume[i] * in.seconds_without[i] - after * in.seconds_with[i];
    const double hours = workforce::paid_hours(seconds, in.occupancy[i], in.shrinkage[i]);
    money[i] = hours * in.hourly_cost[i] * in.realization[i] + (in.volume[i] - after) * in.variable_cost[i];
  }
}
TRAINPLAN_CLONES void reroute(std::size_t n, Reroute in, Out money) {
  TRAINPLAN_EACH(i, n) {
    const double after = workforce::contacts(in.volume[i], in.repeats_without[i], in.repeats_with[i]);
    const double contacts = (in.volume[i] * in.share_without[i] - after * in.share_with[i]) / 100.0;
    const double hours = workforce::paid_hours(contacts * in.seconds[i], in.occupancy[i], in.shrinkage[i]);
    money[i] = hours * in.hourly_cost[i] * in.realization[i];
  }
}
TRAINPLAN_CLONES void add_share(std::size_t n, double share, In factor, Out money, Out sum) {
  TRAINPLAN_EACH(i, n) {
    money[i] *= share * factor[i];
    sum[i] += money[i];
  }
}
TRAINPLAN_CLONES void add_priced(std::size_t n, In units, In price, Out money, Out sum, Out other_sum) {
  if (other_sum == nullptr) {
    TRAINPLAN_EACH(i, n) {
      money[i] = units[i] * price[i];
      sum[i] += money[i];
    }
    return;
  }
  TRAINPLAN_EACH(i, n) {
    money[i] = units[i] * price[i];
    sum[i] += money[i];
    other_sum[i] += money[i];
  }
}
TRAINPLAN_CLONES void worth(std::size_t n, Change in, double factor, Out money) {
  TRAINPLAN_EACH(i, n) money[i] = factor * (in.with[i] - in.without[i]) * in.a[i] * in.b[i];
}
TRAINPLAN_CLONES void after_horizon(std::size_t n, After in, double months, Out money) {
  TRAINPLAN_EACH(i, n) {
    const double kept = (1.0 - in.monthly_churn[i]) * kernels::exp(-in.log_rate[i] / 12.0);
    money[i] = in.gained[i] * in.margin[i] * benefit::months_after(kept, months);
  }
}
TRAINPLAN_CLONES void sessions(std::size_t n, In hours, In minutes, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = hours[i] / (minutes[i] / 60.0);
}
TRAINPLAN_CLONES void monthly_churn(std::size_t n, In yearly, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = benefit::monthly_churn(yearly[i]);
}
TRAINPLAN_CLONES void yearly_churn(std::size_t n, In monthly, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = benefit::yearly_churn(monthly[i]);
}
TRAINPLAN_CLONES void churn_change(std::size_t n, ChurnChange in, Out result) {
  TRAINPLAN_EACH(i, n) {
    result[i] = benefit::churn_change(in.monthly[i], in.elasticity[i], in.with[i] - in.without[i]);
  }
}
TRAINPLAN_CLONES void customers(std::size_t n, Customers in, Out change, Out without, Out gained) {
  TRAINPLAN_EACH(i, n) {
    change[i] *= in.reach[i];
    gained[i] = gained[i] * (1.0 - in.monthly_churn[i] - change[i]) - without[i] * change[i];
    without[i] = without[i] * (1.0 - in.monthly_churn[i]) + in.arrivals[i];
  }
}
TRAINPLAN_CLONES void hiring(std::size_t n, Hiring in, double people, Out money) {
  TRAINPLAN_EACH(i, n) { money[i] = people * (in.without[i] - in.with[i]) / 1200.0 * in.replacement_cost[i]; }
}
TRAINPLAN_CLONES void running(std::size_t n, double month, double months, In start, In active, Out result) {
  TRAINPLAN_EACH(i, n) { result[i] = start[i] <= month && month < start[i] + months ? active[i] : 0.0; }
}
TRAINPLAN_CLONES void begun(std::size_t n, double month, In start, In active, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = start[i] <= month ? active[i] : 0.0;
}
TRAINPLAN_CLONES void before(std::size_t n, In own_last_month, In last_month, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = own_last_month[i] < last_month[i] ? 1.0 : 0.0;
}
TRAINPLAN_CLONES void close_month(std::size_t n, double month, double years, Cash in, Totals totals) {
  TRAINPLAN_EACH(i, n) {
    const double factor = kernels::exp(-years * in.log_rate[i]);
    totals.cash[i] = in.benefit[i] - in.cost[i];
    totals.total_benefit[i] += in.benefit[i];
    totals.total_cost[i] += in.cost[i];
    totals.pv_benefit[i] += factor * in.benefit[i];
    totals.pv_cost[i] += factor * in.cost[i];
    totals.cumulative[i] += totals.cash[i];
    const double since = totals.payback[i] < 0.0 ? month : totals.payback[i];
    totals.payback[i] = totals.cumulative[i] >= 0.0 ? since : -1.0;
    totals.discounted[i] += factor * totals.cash[i];
    const double discounted_since = totals.discounted_payback[i] < 0.0 ? month : totals.discounted_payback[i];
    totals.discounted_payback[i] = totals.discounted[i] >= 0.0 ? discounted_since : -1.0;
  }
}
TRAINPLAN_CLONES void ratio(std::size_t n, In numerator, In denominator, Out result) {
  constexpr double no_value = std::numeric_limits<double>::quiet_NaN();
  TRAINPLAN_EACH(i, n) result[i] = denominator[i] != 0.0 ? numerator[i] / denominator[i] : no_value;
}
TRAINPLAN_CLONES void roi(std::size_t n, In benefit, In cost, Out result) {
  constexpr double no_value = std::numeric_limits<double>::quiet_NaN();
  TRAINPLAN_EACH(i, n) result[i] = cost[i] != 0.0 ? 100.0 * ((benefit[i] - cost[i]) / cost[i]) : no_value;
}
TRAINPLAN_CLONES void difference(std::size_t n, In a, In b, Out result) {
  TRAINPLAN_EACH(i, n) result[i] = a[i] - b[i];
}
TRAINPLAN_CLONES void payback(std::size_t n, Out month) {
  constexpr double never = std::numeric_limits<double>::quiet_NaN();
  TRAINPLAN_EACH(i, n) month[i] = month[i] < 0.0 ? never : month[i];
}

}  // namespace trainplan::engine::lanes
