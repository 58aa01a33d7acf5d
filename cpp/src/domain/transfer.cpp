#include "trainplan/domain/transfer.hpp"

namespace trainplan {

template <>
const RecordType& record_type<Practice>() {
  static const RecordType type =
      describe_record<Practice>(
          "Practice",
          "A practice before, in or within a month after the course that makes what was learnt be used.")
          .row(&Practice::id, {.name = "id",
                               .doc = "One of expectations, manager_briefed, action_plan, plan_reviewed, "
                                      "standards_agreed, accountability, recognition, career_path, "
                                      "leaders_model, supervisors_trained, change_management.",
                               .required = true,
                               .example = "action_plan"})
          .row(&Practice::level, {.name = "level",
                                  .unit = "fraction",
                                  .doc = "How fully it is applied; 0.5 is average practice.",
                                  .range = {0, 1},
                                  .required = true,
                                  .example = "0.8"})
          .row(&Practice::weight, {.name = "weight",
                                   .doc = "Share in the strength of all practices, relative to the others.",
                                   .range = {0, 100},
                                   .source = "judgement: equal weights"})
          .row(&Practice::cost,
               {.name = "cost",
                .doc = "Id of the cost line that pays for it, or \"included\" where another line does.",
                .example = "included",
                .key = "cost"})
          .done();
  return type;
}

template <>
const RecordType& record_type<Transfer>() {
  static const RecordType type =
      describe_record<Transfer>(
          "Transfer", "How much of what is learnt is used on the job, and how strongly practices move it.")
          .row(&Transfer::reference, {.name = "reference",
                                      .unit = "fraction",
                                      .doc = "Transfer rate with average practice (every level 0.5).",
                                      .range = {0, 1, true, true},
                                      .source = "surveys of training professionals: 62 % at once, 47 % over "
                                                "a year, with average practice"})
          .row(&Transfer::strength,
               {.name = "strength",
                .unit = "logits",
                .doc = "Move of logit(transfer) from no practice to every practice fully.",
                .range = {0, 10},
                .source = "judgement, from correlations .27 to .57 of work environment with transfer (Hughes "
                          "et al. 2020) and a standard deviation of .25"})
          .row(
              &Transfer::spillover,
              {.name = "spillover",
               .unit = "fraction",
               .doc = "Behavior that untrained teammates show, as a share of the trained's times their share "
                      "of the team; 0 = none.",
               .range = {0, 1},
               .source = "De Grip & Sauermann 2012: +.51 % a worker per +10 points of trained peers, direct "
                         "effect +10 %"})
          .done();
  return type;
}

}  // namespace trainplan
