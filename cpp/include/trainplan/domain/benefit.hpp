/// What better KPIs are worth: contact work, retention, acquisition, sales, hiring, and streams of one's own.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "trainplan/base/kernels.hpp"
#include "trainplan/base/record.hpp"

namespace trainplan {

enum class Volume { contacts, issues };
template <>
struct EnumNames<Volume> {
  static constexpr std::array<const char*, 2> names = {"contacts", "issues"};
};

struct ContactWork {
  Quantity callback_share = "0.5 to 0.9";  ///< share of unresolved contacts that come back
  Quantity variable_cost = 0.0;            ///< [currency/contact] beyond the hours
  Volume volume_is = Volume::contacts;
  std::optional<Quantity> reroute_seconds;  ///< [s] second handling of a rerouted contact
  double share = 1.0;                       ///< of the pot of money
  friend bool operator==(const ContactWork&, const ContactWork&) = default;
};
template <>
const RecordType& record_type<ContactWork>();

struct Retention {
  std::string driver = "csat";             ///< id of the KPI that moves churn, or "churn" for its own lift
  Quantity elasticity = "0.001 to 0.005";  ///< relative fall of monthly churn a point of the driver
  Quantity reach = 1.0;                    ///< share of customers whose churn the service can move
  Quantity margin = 0.0;                   ///< [currency/customer/month]
  std::int64_t after_months = 0;           ///< beyond the horizon in which customers kept still count
  double share = 1.0;
  friend bool operator==(const Retention&, const Retention&) = default;
};
template <>
const RecordType& record_type<Retention>();

/// Customers won by recommendation.
struct Acquisition {
  std::string driver = "nps";  ///< id of the KPI
  Quantity rate = 0.0;         ///< [new customers/customer/month/point]
  Quantity value = 0.0;        ///< [currency/new customer]
  double share = 1.0;
  friend bool operator==(const Acquisition&, const Acquisition&) = default;
};
template <>
const RecordType& record_type<Acquisition>();

/// Offers that customers accept: driven by the KPI conversion.
struct Sales {
  Quantity offer_share = 0.0;  ///< of contacts in which an offer is made
  Quantity margin = 0.0;       ///< [currency/sale]
  double share = 1.0;
  friend bool operator==(const Sales&, const Sales&) = default;
};
template <>
const RecordType& record_type<Sales>();

struct Hiring {
  Quantity replacement_cost = 0.0;  ///< [currency/leaver]
  double share = 1.0;
  friend bool operator==(const Hiring&, const Hiring&) = default;
};
template <>
const RecordType& record_type<Hiring>();

/// What a stream's value is stated for.
enum class Per { team, contact, customer, person };
template <>
struct EnumNames<Per> {
  static constexpr std::array<const char*, 4> names = {"team", "contact", "customer", "person"};
};
/// Where the money of a stream comes from; two streams in one pot share it.
enum class Pot { contact_work, retention, acquisition, sales, hiring, other };
template <>
struct EnumNames<Pot> {
  static constexpr std::array<const char*, 6> names = {"contact_work", "retention", "acquisition",
                                                       "sales",        "hiring",    "other"};
};

/// A stream of one's own: a KPI's change times what a unit of it is worth.
struct CustomBenefit {
  std::string id;
  std::string name;
  std::string kpi;
  Quantity value = 0.0;  ///< [currency/KPI unit/month] for each `per`; negative where lower is better
  Per per = Per::team;
  Pot pot = Pot::other;
  double share = 1.0;
  friend bool operator==(const CustomBenefit&, const CustomBenefit&) = default;
};
template <>
const RecordType& record_type<CustomBenefit>();

/// The streams of benefits; each draws on its own pot of money, so nothing is counted twice.
struct Benefits {
  std::optional<ContactWork> contact_work;
  std::optional<Retention> retention;
  std::optional<Acquisition> acquisition;
  std::optional<Sales> sales;
  std::optional<Hiring> hiring;
  std::vector<CustomBenefit> custom;
  friend bool operator==(const Benefits&, const Benefits&) = default;
};
template <>
const RecordType& record_type<Benefits>();

namespace benefit {

/// Monthly share of a yearly churn [% a year]: 1 - (1 - a)^(1/12).
[[nodiscard]] TRAINPLAN_INLINE double monthly_churn(double percent_a_year) {
  return -kernels::expm1(kernels::log1p(-percent_a_year / 100.0) / 12.0);
}
/// [% a year] of a monthly share: 1 - (1 - c)^12.
[[nodiscard]] TRAINPLAN_INLINE double yearly_churn(double monthly) {
  return -100.0 * kernels::expm1(12.0 * kernels::log1p(-monthly));
}
/// Change of monthly churn when the KPI that moves it is `points` higher: c (exp(-elasticity points) - 1),
/// with all its digits however small the effect.
[[nodiscard]] TRAINPLAN_INLINE double churn_change(double monthly, double elasticity, double points) {
  return monthly * kernels::expm1(-elasticity * points);
}
/// Monthly churn then: c exp(-elasticity points).
[[nodiscard]] TRAINPLAN_INLINE double churn_after(double monthly, double elasticity, double points) {
  return monthly + churn_change(monthly, elasticity, points);
}

/// Worth at the horizon of a customer kept, for `months` more: what is left of the customer a month on is
/// `kept`, discounted; kept (1 - kept^months) / (1 - kept).
[[nodiscard]] TRAINPLAN_INLINE double months_after(double kept, double months) {
  const double safe = kept > 0.0 && kept != 1.0 ? kept : 0.5;
  const double sum = safe * (-kernels::expm1(months * kernels::log(safe)) / (1.0 - safe));
  return kept == 1.0 ? months : (kept > 0.0 ? sum : 0.0);
}

}  // namespace benefit
}  // namespace trainplan
