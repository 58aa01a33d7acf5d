/// What happens to behavior after the course: forgetting, turnover, coaching, peers, tools, refreshers.
#pragma once

#include <cstdint>
#include <optional>

#include "trainplan/base/kernels.hpp"
#include "trainplan/base/record.hpp"

namespace trainplan {

/// How what was learnt fades.
struct Forgetting {
  Quantity permanent_share = 0.35;               ///< of behavior added, the part that stays
  Quantity half_life = "3 to 10";                ///< [months] of the fading part
  Quantity knowledge_permanent_share = 0.6;      ///< of knowledge added
  Quantity knowledge_half_life = 9.0;            ///< [months]
  Quantity practice_effect = "uniform(0, 0.7)";  ///< log of the half-life's move from no to full practice
  Quantity half_life_cap = 4.0;  ///< most that spaced refreshers can multiply the half-life by
  friend bool operator==(const Forgetting&, const Forgetting&) = default;
};
template <>
const RecordType& record_type<Forgetting>();

/// What keeps behavior alive after the course.
struct Reinforcement {
  Quantity coaching_hours = 0.0;              ///< [h/person/month]
  std::optional<Quantity> coaching_sessions;  ///< [sessions/person/month], with minutes instead of hours
  std::optional<Quantity> coaching_minutes;   ///< [min/session]
  std::optional<Quantity> coach_capacity;     ///< [h/month] of all coaches
  Quantity coach_effectiveness = 1.0;
  Quantity coaching_effect = "0.2 to 0.6";  ///< share of the gap closed a month at full dose
  Quantity half_dose = 2.0;                 ///< [h/person/month]
  Quantity dose_slope = 1.0;
  Quantity knowledge_coaching = "0.2 to 0.5";  ///< of coaching's effect, on knowledge
  Quantity coached_knowledge = 0.9;
  Quantity peer_community = 0.0;  ///< uptake, 0..1
  Quantity peer_effect = 0.02;
  Quantity performance_support = 0.0;  ///< uptake, 0..1
  Quantity support_effect = 0.02;
  std::int64_t refresher_every = 0;  ///< [months]; 0 = never
  Quantity refresher_hours = 0.0;    ///< [h/person]
  Quantity refresher_effect = 0.10;
  Quantity half_life_gain = 1.2;  ///< of a refresher
  friend bool operator==(const Reinforcement&, const Reinforcement&) = default;
};
template <>
const RecordType& record_type<Reinforcement>();

namespace reinforcement {

/// Half-life [months] under practices kept up: base exp(effect (practice - 0.5)).
[[nodiscard]] TRAINPLAN_INLINE double half_life(double base, double effect, double practice) {
  return base * kernels::exp(effect * (practice - 0.5));
}

/// Share of the fading part left after `months`: 2^(-months / half_life). half_life > 0.
[[nodiscard]] TRAINPLAN_INLINE double retention(double months, double half_life) {
  return kernels::exp2(-months / half_life);
}

/// Share of a gain left after `months` without reinforcement: f + (1-f) 2^(-months / half_life).
/// Source: two-part forgetting with a floor; Murre & Dros (2015) for the shape.
[[nodiscard]] TRAINPLAN_INLINE double remaining(double months, double half_life, double permanent_share) {
  return permanent_share + (1.0 - permanent_share) * retention(months, half_life);
}

/// Dose response of coaching (Hill): d^s / (d0^s + d^s), 0 at d = 0.
[[nodiscard]] TRAINPLAN_INLINE double dose_response(double hours, double half_dose, double slope) {
  const double safe = hours > 0.0 ? hours : 1.0;
  const double response = kernels::logistic(slope * kernels::log(safe / half_dose));
  return hours > 0.0 ? response : 0.0;
}

/// Coaching's share of the gap closed in a month: min(1, effect effectiveness) dose.
[[nodiscard]] TRAINPLAN_INLINE double coaching_share(double effect, double effectiveness, double dose) {
  const double full = effect * effectiveness;
  return (full < 1.0 ? full : 1.0) * dose;
}

/// Share of the gap closed in a month by coaching, peers, tools and a refresher, each acting on what the
/// others leave: 1 - (1-a)(1-b)(1-c)(1-d).
[[nodiscard]] TRAINPLAN_INLINE double uptake(double coaching, double peers, double support,
                                             double refresher) {
  return 1.0 - (1.0 - coaching) * (1.0 - peers) * (1.0 - support) * (1.0 - refresher);
}

/// The level towards which practice on the job moves behavior: (1 - (1 - transfer)^2) knowledge, a second
/// chance of transfer.
[[nodiscard]] TRAINPLAN_INLINE double attainable(double knowledge, double transfer) {
  const double missed = 1.0 - transfer;
  return (1.0 - missed * missed) * knowledge;
}

/// Behavior or knowledge as the sum of a permanent and a fading part.
struct State {
  double behavior_permanent = 0.0, behavior_fading = 0.0;
  double knowledge_permanent = 0.0, knowledge_fading = 0.0;
  [[nodiscard]] TRAINPLAN_INLINE double behavior() const { return behavior_permanent + behavior_fading; }
  [[nodiscard]] TRAINPLAN_INLINE double knowledge() const { return knowledge_permanent + knowledge_fading; }
};

/// What a month does to a state, as far as it is the same for every competence.
struct Month {
  double permanent_share, knowledge_permanent_share;  ///< how additions split
  double kept, knowledge_kept;                        ///< of the fading parts
  double leavers;                                     ///< share of people replaced, [0, 1]
  double coaching;                                    ///< coaching_share times knowledge_coaching
  double coached_knowledge;
  double uptake;      ///< 0 for cohorts not reinforced
  double attainable;  ///< 1 - (1 - transfer)^2
  double refresher;   ///< knowledge_coaching refresher_effect in a refresher month, else 0
};

[[nodiscard]] TRAINPLAN_INLINE double positive(double x) { return x > 0.0 ? x : 0.0; }

TRAINPLAN_INLINE void add_behavior(State& state, double gain, double permanent_share) {
  state.behavior_permanent += permanent_share * gain;
  state.behavior_fading += (1.0 - permanent_share) * gain;
}
TRAINPLAN_INLINE void add_knowledge(State& state, double gain, double permanent_share) {
  state.knowledge_permanent += permanent_share * gain;
  state.knowledge_fading += (1.0 - permanent_share) * gain;
}

/// Steps 2 to 4 of a month (docs/method.md, section 3): forgetting, turnover, coaching and refreshers.
/// @param hire          what a new hire brings: behavior and knowledge of the onboarding
/// @param taught        1 where the competence was taught to the cohort, else 0
/// @param last_course   knowledge just after the cohort's last course on the competence
[[nodiscard]] TRAINPLAN_INLINE State pass_month(State state, const Month& month, const State& hire,
                                                double taught, double last_course) {
  state.behavior_fading *= month.kept;
  state.knowledge_fading *= month.knowledge_kept;
  // What is practiced is not forgotten.
  add_knowledge(state, positive(state.behavior() - state.knowledge()), month.knowledge_permanent_share);
  const double staying = 1.0 - month.leavers;
  state.behavior_permanent = staying * state.behavior_permanent + month.leavers * hire.behavior_permanent;
  state.behavior_fading = staying * state.behavior_fading + month.leavers * hire.behavior_fading;
  state.knowledge_permanent = staying * state.knowledge_permanent + month.leavers * hire.knowledge_permanent;
  state.knowledge_fading = staying * state.knowledge_fading + month.leavers * hire.knowledge_fading;
  add_knowledge(state, taught * month.coaching * positive(month.coached_knowledge - state.knowledge()),
                month.knowledge_permanent_share);
  add_knowledge(state, month.refresher * positive(last_course - state.knowledge()),
                month.knowledge_permanent_share);
  add_behavior(state, month.uptake * positive(month.attainable * state.knowledge() - state.behavior()),
               month.permanent_share);
  return state;
}

/// Step 5: a course of which `learnt` = completion x mastery is known and `used` = learnt x transfer done.
[[nodiscard]] TRAINPLAN_INLINE State teach(State state, double used, double learnt, double permanent_share,
                                           double knowledge_permanent_share) {
  add_behavior(state, used * (1.0 - state.behavior()), permanent_share);
  add_knowledge(state, learnt * (1.0 - state.knowledge()), knowledge_permanent_share);
  return state;
}

/// Step 6: a refresher lengthens the half-life up to a cap.
[[nodiscard]] TRAINPLAN_INLINE double spaced(double half_life, double gain, double most) {
  const double longer = gain * half_life;
  return longer < most ? longer : most;
}

}  // namespace reinforcement
}  // namespace trainplan
