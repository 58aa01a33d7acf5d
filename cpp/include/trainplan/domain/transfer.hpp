/// Transfer of training: the share of what was learnt that is used on the job, and the practices before, in
/// and after the course that move it.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "trainplan/base/kernels.hpp"
#include "trainplan/base/record.hpp"

namespace trainplan {

/// One of the eleven transfer practices: how fully it is applied.
struct Practice {
  std::string id;        ///< one of transfer::practice_ids
  Quantity level = 0.0;  ///< 0 none .. 1 fully
  double weight = 1.0;   ///< share in the strength of all practices
  std::string cost;      ///< id of the cost line that pays for it, or "included"
  friend bool operator==(const Practice&, const Practice&) = default;
};
template <>
const RecordType& record_type<Practice>();

/// How strongly the practices move transfer.
struct Transfer {
  Quantity reference = "0.45 to 0.65";  ///< transfer with average practice (level 0.5)
  Quantity strength = "0.55 to 1.4";    ///< logits from no practice to every practice
  Quantity spillover = 0.5;             ///< behavior of the untrained as a share of trained teammates'
  friend bool operator==(const Transfer&, const Transfer&) = default;
};
template <>
const RecordType& record_type<Transfer>();

namespace transfer {

inline constexpr std::array<std::string_view, 11> practice_ids = {
    "expectations",     "manager_briefed",     "action_plan",      "plan_reviewed",
    "standards_agreed", "accountability",      "recognition",      "career_path",
    "leaders_model",    "supervisors_trained", "change_management"};
/// Kept up every month, they also slow forgetting.
inline constexpr std::array<std::string_view, 4> sustained_ids = {"standards_agreed", "accountability",
                                                                  "recognition", "leaders_model"};

/// Transfer rate: logistic(logit(reference) + strength (practice - 0.5)).
/// Source: work environment and transfer, Hughes et al. (2020); the logistic form keeps it inside (0, 1).
/// @param reference  rate at practice 0.5, (0, 1)
/// @param strength   logits from practice 0 to 1
/// @param practice   weighted mean level of the practices, [0, 1]
[[nodiscard]] TRAINPLAN_INLINE double rate(double reference, double strength, double practice) {
  return kernels::logistic(kernels::logit(reference) + strength * (practice - 0.5));
}

}  // namespace transfer
}  // namespace trainplan
