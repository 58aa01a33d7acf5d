/// What is taught: competences, modules, onboarding; completion and mastery.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trainplan/base/kernels.hpp"
#include "trainplan/base/record.hpp"

namespace trainplan {

struct Competence {
  std::string id;
  std::string name;
  friend bool operator==(const Competence&, const Competence&) = default;
};
template <>
const RecordType& record_type<Competence>();

/// A course unit.
struct Module {
  std::string id;
  std::string name;
  std::vector<std::string> competences;           ///< ids
  Quantity hours = 0.0;                           ///< [h/learner]
  Quantity completion = 1.0;                      ///< share of learners who complete, before accessibility
  Quantity accessibility = "pert(0, 0.15, 0.4)";  ///< what access and modality add
  std::optional<Quantity> mastery;                ///< share of the knowledge gap closed
  std::optional<Quantity> mastery_max;            ///< with mastery_half_hours, instead of mastery
  std::optional<Quantity> mastery_half_hours;     ///< [h]
  Quantity coverage = 1.0;                        ///< share of what people need that is taught
  Quantity modality_factor = 1.0;
  Quantity fail_rate = 0.0;                ///< share under the pass mark at a try
  std::vector<std::string> prerequisites;  ///< ids of modules
  Quantity development_ratio = 43.0;       ///< [h] of development an hour of the finished module
  friend bool operator==(const Module&, const Module&) = default;
};
template <>
const RecordType& record_type<Module>();

/// What a new hire is taught before the first contact.
struct Onboarding {
  std::vector<std::string> modules;  ///< ids
  std::int64_t from_month = 1;
  Quantity extra_hours = 0.0;  ///< [h/hire] paid, beyond today's induction
  friend bool operator==(const Onboarding&, const Onboarding&) = default;
};
template <>
const RecordType& record_type<Onboarding>();

namespace curriculum {

/// The six competences of a plan that names none.
[[nodiscard]] const std::vector<Competence>& default_competences();

/// Share of learners who complete: base^(1 / (1 + accessibility)), of whom (1 - fail^2) pass in two tries.
[[nodiscard]] TRAINPLAN_INLINE double completion(double base, double accessibility, double fail_rate) {
  return kernels::exp(kernels::log(base) / (1.0 + accessibility)) * (1.0 - fail_rate * fail_rate);
}

/// The order in which modules can be taken; modules on or behind a cycle of prerequisites are left out.
/// @param prerequisites  of each module, positions of others
[[nodiscard]] std::vector<std::size_t> order(const std::vector<std::vector<std::size_t>>& prerequisites);

/// Share of the knowledge gap closed by hours of learning: most (1 - 2^(-hours / half_hours)).
[[nodiscard]] TRAINPLAN_INLINE double mastery(double hours, double most, double half_hours) {
  return most * (1.0 - kernels::exp2(-hours / half_hours));
}

/// Hours a learner spends when those under the pass mark repeat once.
[[nodiscard]] TRAINPLAN_INLINE double hours_with_repeats(double hours, double fail_rate) {
  return hours * (1.0 + fail_rate);
}

}  // namespace curriculum
}  // namespace trainplan
