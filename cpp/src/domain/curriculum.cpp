#include "trainplan/domain/curriculum.hpp"

#include <algorithm>

namespace trainplan {

template <>
const RecordType& record_type<Competence>() {
  static const RecordType type =
      describe_record<Competence>("Competence", "Something people can do after training.")
          .row(&Competence::id, {.name = "id",
                                 .doc = "Identifier of the competence.",
                                 .required = true,
                                 .example = "communication"})
          .row(&Competence::name, {.name = "name", .doc = "Name for display."})
          .done();
  return type;
}

template <>
const RecordType& record_type<Module>() {
  using M = Module;
  static const RecordType type =
      describe_record<M>(
          "Module",
          "A course unit: what it teaches, how long it takes, how well it is completed and mastered.")
          .row(&M::id,
               {.name = "id", .doc = "Identifier of the module.", .required = true, .example = "foundation"})
          .row(&M::name, {.name = "name", .doc = "Name for display."})
          .row(&M::competences, {.name = "competences",
                                 .doc = "Ids of the competences taught.",
                                 .required = true,
                                 .example = "[\"product_knowledge\", \"communication\"]",
                                 .key = "competence"})
          .row(&M::hours, {.name = "hours",
                           .unit = "h/learner",
                           .doc = "Length for a learner.",
                           .range = {0, 2000},
                           .required = true,
                           .example = "24"})
          .row(&M::completion, {.name = "completion",
                                .unit = "fraction",
                                .doc = "Share of learners who complete, before accessibility.",
                                .range = {0, 1, true},
                                .required = true,
                                .example = "0.9"})
          .row(&M::accessibility, {.name = "accessibility",
                                   .doc = "What captions, languages and mobile access add: completion "
                                          "becomes completion^(1/(1 + accessibility)).",
                                   .range = {0, 5},
                                   .source = "judgement, upper end from the practice literature"})
          .row(&M::mastery, {.name = "mastery",
                             .unit = "fraction",
                             .doc = "Share of the knowledge gap closed (normalized gain); or give "
                                    "mastery_max and mastery_half_hours.",
                             .range = {0, 1},
                             .example = "\"0.5 to 0.7\""})
          .row(&M::mastery_max, {.name = "mastery_max",
                                 .unit = "fraction",
                                 .doc = "Mastery that unlimited hours would reach.",
                                 .range = {0, 1}})
          .row(&M::mastery_half_hours, {.name = "mastery_half_hours",
                                        .unit = "h",
                                        .doc = "Hours that close half of mastery_max.",
                                        .range = {0, 2000, true}})
          .row(&M::coverage, {.name = "coverage",
                              .unit = "fraction",
                              .doc = "Share of what people need that the module teaches.",
                              .range = {0, 1, true},
                              .source = "1 by definition"})
          .row(&M::modality_factor, {.name = "modality_factor",
                                     .doc = "Factor of the modality on mastery.",
                                     .range = {0, 2},
                                     .source = "1 by definition"})
          .row(&M::fail_rate, {.name = "fail_rate",
                               .unit = "fraction",
                               .doc = "Share under the pass mark at a try; they repeat once.",
                               .range = {0, 1}})
          .row(&M::prerequisites,
               {.name = "prerequisites",
                .doc = "Ids of modules that must be completed before; who missed one does not complete this.",
                .key = "module"})
          .row(&M::development_ratio,
               {.name = "development_ratio",
                .unit = "h/h",
                .doc = "Hours of development an hour of the finished module; e-learning takes 79, 184 or 490 "
                       "by interactivity.",
                .range = {0, 5000},
                .source = "Chapman Alliance 2010: classroom 43 hours an hour"})
          .done();
  return type;
}

template <>
const RecordType& record_type<Onboarding>() {
  static const RecordType type =
      describe_record<Onboarding>("Onboarding", "What a new hire is taught before the first contact.")
          .row(&Onboarding::modules,
               {.name = "modules", .doc = "Ids of the modules.", .required = true, .key = "module"})
          .row(&Onboarding::from_month, {.name = "from_month",
                                         .unit = "month",
                                         .doc = "First month whose hires get it.",
                                         .range = {1, 600}})
          .row(&Onboarding::extra_hours, {.name = "extra_hours",
                                          .unit = "h/hire",
                                          .doc = "Paid hours a hire spends beyond today's induction.",
                                          .range = {0, 2000},
                                          .required = true})
          .done();
  return type;
}

std::vector<std::size_t> curriculum::order(const std::vector<std::vector<std::size_t>>& prerequisites) {
  std::vector<std::size_t> order;
  std::vector<bool> placed(prerequisites.size(), false);
  // Kahn's algorithm, the first possible module first: few modules, so a scan a round is enough.
  for (bool found = true; found;) {
    found = false;
    for (std::size_t m = 0; m < prerequisites.size(); ++m) {
      const auto& needed = prerequisites[m];
      if (placed[m] || !std::all_of(needed.begin(), needed.end(), [&](std::size_t p) { return placed[p]; }))
        continue;
      placed[m] = true;
      order.push_back(m);
      found = true;
    }
  }
  return order;
}

const std::vector<Competence>& curriculum::default_competences() {
  static const std::vector<Competence> competences = {
      {"product_knowledge", "Product and service knowledge"},
      {"systems_literacy", "Systems literacy"},
      {"communication", "Communication"},
      {"empathy", "Empathy and emotional regulation"},
      {"issue_resolution", "Issue resolution"},
      {"compliance", "Compliance"},
  };
  return competences;
}

}  // namespace trainplan
