/// What better KPIs are worth: contact work, retention, hiring.
#pragma once

#include <array>
#include <optional>
#include <string>

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
  friend bool operator==(const ContactWork&, const ContactWork&) = default;
};
template <>
const RecordType& record_type<ContactWork>();

struct Retention {
  std::string driver = "csat";             ///< id of the KPI that moves churn, or "churn" for its own lift
  Quantity elasticity = "0.001 to 0.005";  ///< relative fall of monthly churn a point of the driver
  Quantity reach = 1.0;                    ///< share of customers whose churn the service can move
  Quantity margin = 0.0;                   ///< [currency/customer/month]
  friend bool operator==(const Retention&, const Retention&) = default;
};
template <>
const RecordType& record_type<Retention>();

struct Hiring {
  Quantity replacement_cost = 0.0;  ///< [currency/leaver]
  friend bool operator==(const Hiring&, const Hiring&) = default;
};
template <>
const RecordType& record_type<Hiring>();

/// The streams of benefits; each draws on its own pot of money, so nothing is counted twice.
struct Benefits {
  std::optional<ContactWork> contact_work;
  std::optional<Retention> retention;
  std::optional<Hiring> hiring;
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

}  // namespace benefit
}  // namespace trainplan
