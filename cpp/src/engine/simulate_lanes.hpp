/// Loops over the trials of a block. Private to the room `simulate`: each applies a scalar formula of a
/// domain room to lanes of n doubles, compiled for several x86-64 levels with the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "trainplan/domain/kpi.hpp"

namespace trainplan::engine::lanes {

using In = const double*;
using Out = double*;

void fill(std::size_t n, Out x, double value);
void scale(std::size_t n, Out x, double factor);
void scaled(std::size_t n, In x, double factor, Out result);
void sum(std::size_t n, In a, In b, Out result);
void least(std::size_t n, Out x, In bound);
void product(std::size_t n, Out result, In a, In b);
void multiply(std::size_t n, Out x, In factor);
/// x += factor a.
void add_scaled(std::size_t n, Out x, In a, double factor);
/// x += factor a b.
void add_product(std::size_t n, Out x, In a, In b, double factor);
struct Part {
  In lane;
  double weight;
};
/// The weighted sum of the parts; 0 of none.
void blend(std::size_t n, std::span<const Part> parts, Out x);
/// x += share (permanent + fading).
void add_behavior(std::size_t n, Out x, In permanent, In fading, double share);

struct Transfer {
  In reference, strength, practice;
};
void transfer(std::size_t n, Transfer in, Out rate, Out attainable);
struct HalfLife {
  In base, effect, practice;
};
void half_life(std::size_t n, HalfLife in, Out result);
void retention(std::size_t n, In half_life, Out result);
void log_rate(std::size_t n, In rate, Out result);

struct Completion {
  In base, accessibility, fail_rate;
};
void completion(std::size_t n, Completion in, Out result);
struct Mastery {
  In hours, most, half_hours;
};
void mastery(std::size_t n, Mastery in, Out result);
struct Factors {
  In a, b, c;
};
/// min(1, a b c).
void bounded_product(std::size_t n, Factors in, Out result);
/// hours (1 + fail_rate), added.
void add_hours(std::size_t n, In hours, In fail_rate, Out result);
/// start + months - 1.
void last_month(std::size_t n, In start, double months, Out result);

struct Course {
  In completed, mastered, transfer, permanent_share, knowledge_permanent_share;
};
struct StateOut {
  Out behavior_permanent, behavior_fading, knowledge_permanent, knowledge_fading;
};
void teach(std::size_t n, Course in, StateOut state);
struct WaveCourse {
  In completed, mastered, transfer, completion_factor, mastery_factor, transfer_factor, permanent_share,
      knowledge_permanent_share, now;
};
void teach_wave(std::size_t n, WaveCourse in, StateOut state, Out last_course, Out taught);

struct Coaching {
  In effect, effectiveness, hours, half_dose, slope;
};
void coaching(std::size_t n, Coaching in, Out result);
struct Uptake {
  In coaching, peers, support, refresher;
};
void uptake(std::size_t n, Uptake in, Out without_refresher, Out with_refresher);

struct EvidenceHalfLife {
  In base, effect, practice, peers;
};
void evidence_half_life(std::size_t n, EvidenceHalfLife in, double sustained, Out result);
struct EvidenceUptake {
  In coaching, peer_effect, peers, support_effect, support;
};
void evidence_uptake(std::size_t n, EvidenceUptake in, Out result);
struct Evidence {
  In completion, mastery, transfer, attainable, kept, knowledge_kept, permanent_share,
      knowledge_permanent_share, coaching, knowledge_coaching, coached_knowledge, uptake;
};
void evidence(std::size_t n, Evidence in, std::int64_t months, Out reached);

/// level = clamp(base).
void base_level(std::size_t n, const kpi::Scale& scale, In base, Out level);
/// The level with the error of a baseline of `responses` observations.
void sampled_level(std::size_t n, const kpi::Scale& scale, double responses, double cv, In score, Out level);
void base_pivot(std::size_t n, const kpi::Scale& scale, In level, Out pivot, Out value);
void link_slope(std::size_t n, const kpi::Scale& scale, In level, Out slope);
/// Ordinary movement: part = persistence part + sd sqrt(1 - persistence^2) draw; in the first month sd draw.
void ordinary(std::size_t n, double sd, double persistence, bool first, In draw, Out part);
struct Moved {
  In level, trend, pivot;  ///< trend may be null, where the pivot is that of the level
  In common, own, slope;   ///< ordinary movement in the KPI's unit, and the slope of the link
  double steps, season;
};
/// A KPI without the programme.
void move(std::size_t n, const kpi::Scale& scale, const Moved& in, Out pivot, Out value);
void inverse(std::size_t n, In x, Out result);
void sharpness(std::size_t n, In bend, Out result);
void ramp_step(std::size_t n, In ramp, Out step);
/// What is credited and where it would end: effect *= share / reached; either may be null.
void credit(std::size_t n, In share, In ramp, double read_at, Out effect);
/// effect += spread |effect| score.
void vary(std::size_t n, In spread, In score, Out effect);
/// D of a lift; returns how many trials left the KPI's bounds.
std::uint64_t lift_effect(std::size_t n, const kpi::Scale& scale, LiftKind kind, double bound, In base,
                          In size, Out effect);
struct Lifted {
  std::span<const Part> behavior;
  In inverse_reached, effect, factor, bend, sharpness;
};
/// shift = before + what shows of a lift on the link scale.
void apply_lift(std::size_t n, const Lifted& in, In before, Out shift);
/// The same through a lag: lagged += (effect - lagged) step.
void apply_lagged(std::size_t n, const Lifted& in, In step, In before, Out lagged, Out shift);
/// x += share max(own, spilled): what the untrained show.
void add_spilled(std::size_t n, Out x, In permanent, In fading, In trained, In spilled, double share);
/// sum += share trained (permanent + fading).
void add_trained(std::size_t n, Out sum, In permanent, In fading, In trained, double share);
void support(std::size_t n, In behavior, In dependence, In support, Out result);
/// k0 + (100 - k0) k.
void knowledge_score(std::size_t n, In base, In knowledge, Out result);
/// x += factor min(1, a b).
void add_bounded(std::size_t n, Out x, In a, In b, double factor);
/// The value at a pivot after a shift.
void lifted(std::size_t n, const kpi::Scale& scale, In pivot, Out shift_then_value);

struct Trained {
  In last_month, active;
};
void trained(std::size_t n, double month, double every, Trained in, Out trained, Out next_refresher,
             Out refresher);
void is_trained(std::size_t n, double month, Trained in, Out trained);
/// min(planned, capacity / people); `capacity` may be null; 0 where nobody is coached.
void hours_coached(std::size_t n, In planned, In capacity, In people, Out result);
void leavers(std::size_t n, In attrition, Out result);

struct MonthIn {
  In permanent_share, knowledge_permanent_share, kept, knowledge_kept, leavers, coaching, knowledge_coaching,
      coached_knowledge, uptake, uptake_refresher, attainable, refresher_knowledge, trained, refresher,
      last_course, taught;
};
struct HireIn {
  In behavior_permanent, behavior_fading, knowledge_permanent, knowledge_fading;
};
void pass_month(std::size_t n, MonthIn in, HireIn hire, StateOut state);
void mix_half_life(std::size_t n, In leavers, In fresh, Out half_life);
void space(std::size_t n, In refresher, In gain, In cap, In fresh, Out half_life);
/// 1 where the wave ends in `month` (and, where given, the own wave before it); false when nowhere.
bool ends_now(std::size_t n, double month, In last_month, In active, In own_last_month, Out now);

struct OffFloor {
  In hourly_cost, backfill_hourly_cost, backfill_share, realization, shrinkage;
};
void off_floor_rate(std::size_t n, OffFloor in, Out result);
/// callback_share (1 - fcr/100); 0 where `fcr` is null.
void repeats(std::size_t n, In callback_share, In fcr, Out result);
void volume(std::size_t n, In contacts, In repeats, bool issues, Out result);
struct ContactWork {
  In volume, repeats_without, repeats_with, seconds_without, seconds_with, occupancy, shrinkage, hourly_cost,
      realization, variable_cost;
};
void contact_work(std::size_t n, ContactWork in, Out money);
struct Reroute {
  In volume, repeats_without, repeats_with, share_without, share_with, seconds, occupancy, shrinkage,
      hourly_cost, realization;
};
void reroute(std::size_t n, Reroute in, Out money);
/// money *= share factor; sum += money.
void add_share(std::size_t n, double share, In factor, Out money, Out sum);
/// money = units price, added to one sum or two.
void add_priced(std::size_t n, In units, In price, Out money, Out sum, Out other_sum);
/// money = (with - without) a b factor.
struct Change {
  In without, with, a, b;
};
void worth(std::size_t n, Change in, double factor, Out money);
struct After {
  In gained, margin, monthly_churn, log_rate;
};
void after_horizon(std::size_t n, After in, double months, Out money);
/// hours / (minutes / 60).
void sessions(std::size_t n, In hours, In minutes, Out result);
void monthly_churn(std::size_t n, In yearly, Out result);
void yearly_churn(std::size_t n, In monthly, Out result);
struct ChurnChange {
  In monthly, elasticity, without, with;
};
void churn_change(std::size_t n, ChurnChange in, Out result);
struct Customers {
  In monthly_churn, reach, arrivals;
};
/// Moves the stock without the programme, and the customers gained by it, a month on; `change` of monthly
/// churn is replaced by that of all customers. The difference is kept itself: no digits are lost to the
/// stocks.
void customers(std::size_t n, Customers in, Out change, Out without, Out gained);
struct Hiring {
  In without, with, replacement_cost;
};
void hiring(std::size_t n, Hiring in, double people, Out money);

/// 1 where the wave trains in `month`, else 0.
void running(std::size_t n, double month, double months, In start, In active, Out result);
/// 1 where the wave has begun by `month`.
void begun(std::size_t n, double month, In start, In active, Out result);
/// 1 where the own wave ended before the follow-up wave ends.
void before(std::size_t n, In own_last_month, In last_month, Out result);

struct Cash {
  In benefit, cost, log_rate;
};
struct Totals {
  Out cash, total_benefit, total_cost, pv_benefit, pv_cost, cumulative, payback, discounted,
      discounted_payback;
};
/// Adds a month to the totals; `years` is the time of its cash.
void close_month(std::size_t n, double month, double years, Cash in, Totals totals);
void ratio(std::size_t n, In numerator, In denominator, Out result);
/// 100 (benefit - cost) / cost; NaN where cost is 0.
void roi(std::size_t n, In benefit, In cost, Out result);
void difference(std::size_t n, In a, In b, Out result);
void payback(std::size_t n, Out month);

}  // namespace trainplan::engine::lanes
