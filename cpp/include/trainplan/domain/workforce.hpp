/// People on the floor: teams, what an hour costs, and how much contact work there is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trainplan/base/kernels.hpp"
#include "trainplan/base/record.hpp"

namespace trainplan {

enum class Role { contact, support };
template <>
struct EnumNames<Role> {
  static constexpr std::array<const char*, 2> names = {"contact", "support"};
};

struct Team {
  std::string id;
  std::string name;
  std::string region;
  std::string product_line;
  Role role = Role::contact;
  std::int64_t people = 1;
  Quantity hourly_cost = 0.0;  ///< [currency/paid hour], fully loaded
  Quantity occupancy = 0.85;   ///< share of logged-in time handling contacts
  Quantity shrinkage = 0.30;   ///< share of paid time not available for contacts
  Quantity contacts = 0.0;     ///< [contacts/month] observed, repeats included
  Quantity customers = 0.0;    ///< served, at the start
  std::optional<Quantity>
      new_customers;              ///< [customers/month]; absent: as many as leave without the programme
  Quantity attrition = 0.0;       ///< [% a year]
  OrderedMap<Quantity> baseline;  ///< KPI id -> level before the programme
  OrderedMap<double> baseline_n;  ///< KPI id -> responses from which the level was read
  std::vector<std::string> support_teams;  ///< ids of teams that serve this one
  Quantity support_dependence = 0.0;       ///< how far its service depends on them
  friend bool operator==(const Team&, const Team&) = default;
};
template <>
const RecordType& record_type<Team>();

/// How an hour on or off the floor is turned into money.
struct Workforce {
  Quantity realization = 1.0;                    ///< share of a freed or lost hour that becomes money
  Quantity backfill_share = 0.0;                 ///< of off-floor hours
  std::optional<Quantity> backfill_hourly_cost;  ///< [currency/h] overtime or agency
  friend bool operator==(const Workforce&, const Workforce&) = default;
};
template <>
const RecordType& record_type<Workforce>();

namespace workforce {

/// Level of a KPI before the programme as the team states it; nullptr where it does not. Attrition is a field
/// of its own, which every team has.
[[nodiscard]] inline const Quantity* baseline(const Team& team, std::string_view kpi) {
  return kpi == "attrition" ? &team.attrition : record::find(team.baseline, kpi);
}

/// Contacts a month when the share `unresolved` of them calls back, given those `observed` when
/// `unresolved_before` did: observed (1 - before) / (1 - now). The ratio first: no effect is exactly none.
/// Source: contacts an issue = 1 / (1 - callback share x (1 - FCR)), a geometric series.
[[nodiscard]] TRAINPLAN_INLINE double contacts(double observed, double unresolved_before, double unresolved) {
  return observed * ((1.0 - unresolved_before) / (1.0 - unresolved));
}

/// Share of contacts that come back: callback_share (1 - fcr/100).
[[nodiscard]] TRAINPLAN_INLINE double repeat_share(double callback_share, double fcr_percent) {
  return callback_share * (1.0 - fcr_percent / 100.0);
}

/// Paid hours to handle contacts of `aht` seconds: contacts aht / 3600 / occupancy / (1 - shrinkage).
[[nodiscard]] TRAINPLAN_INLINE double paid_hours(double contact_seconds, double occupancy, double shrinkage) {
  return contact_seconds / 3600.0 / occupancy / (1.0 - shrinkage);
}

/// Cost of an hour off the floor [currency/h]: backfilled in part, the rest lost to the floor.
[[nodiscard]] TRAINPLAN_INLINE double off_floor_rate(double hourly_cost, double backfill_hourly_cost,
                                                     double backfill_share, double realization,
                                                     double shrinkage) {
  return (backfill_share * backfill_hourly_cost + (1.0 - backfill_share) * hourly_cost * realization) /
         (1.0 - shrinkage);
}

/// Behavior as far as support staff lets it show, the evidence being one without trained support:
/// min(1, behavior (1 - w + w support) / (1 - w)). @param dependence  w, [0, 0.9]
[[nodiscard]] TRAINPLAN_INLINE double supported(double behavior, double dependence, double support) {
  const double own = 1.0 - dependence;
  const double shown = behavior * ((own + dependence * support) / own);
  return shown < 1.0 ? shown : 1.0;
}

}  // namespace workforce
}  // namespace trainplan
