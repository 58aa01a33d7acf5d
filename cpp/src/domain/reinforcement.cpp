#include "trainplan/domain/reinforcement.hpp"

namespace trainplan {

template <>
const RecordType& record_type<Forgetting>() {
  static const RecordType type =
      describe_record<Forgetting>(
          "Forgetting", "How behavior and knowledge fade: a permanent part, and a part with a half-life.")
          .row(&Forgetting::permanent_share,
               {.name = "permanent_share",
                .unit = "fraction",
                .doc = "Part of each gain in behavior that stays.",
                .range = {0, 1},
                .source = "survey shares 62/44/34 % in use after 0/6/12 months fit a floor of 21.5 of 62"})
          .row(&Forgetting::half_life,
               {.name = "half_life",
                .unit = "months",
                .doc = "Half-life of the fading part of behavior.",
                .range = {0, 1200, true},
                .source = "half gone at 6.5 months for accuracy, 13 for speed; survey shares fit 7.1"})
          .row(&Forgetting::knowledge_permanent_share, {.name = "knowledge_permanent_share",
                                                        .unit = "fraction",
                                                        .doc = "Part of each gain in knowledge that stays.",
                                                        .range = {0, 1},
                                                        .source = "judgement"})
          .row(&Forgetting::knowledge_half_life, {.name = "knowledge_half_life",
                                                  .unit = "months",
                                                  .doc = "Half-life of the fading part of knowledge.",
                                                  .range = {0, 1200, true},
                                                  .source = "judgement"})
          .row(&Forgetting::practice_effect,
               {.name = "practice_effect",
                .doc = "Log of the factor on the half-life from no sustained practice to all of it.",
                .range = {0, 3},
                .source = "judgement: supervisors and peers are said to drive sustainment"})
          .row(&Forgetting::half_life_cap,
               {.name = "half_life_cap",
                .doc = "Most that spaced refreshers can multiply the half-life by.",
                .range = {1, 100},
                .source = "judgement"})
          .done();
  return type;
}

template <>
const RecordType& record_type<Reinforcement>() {
  using R = Reinforcement;
  static const RecordType type =
      describe_record<R>("Reinforcement",
                         "What keeps behavior alive after the course: coaching, peers, tools, refreshers.")
          .row(&R::coaching_hours, {.name = "coaching_hours",
                                    .unit = "h/person/month",
                                    .doc = "Planned coaching of each trained person.",
                                    .range = {0, 160},
                                    .example = "1"})
          .row(
              &R::coaching_sessions,
              {.name = "coaching_sessions",
               .unit = "sessions/person/month",
               .doc =
                   "Coaching sessions of a trained person; with coaching_minutes, instead of coaching_hours.",
               .range = {0, 100}})
          .row(&R::coaching_minutes, {.name = "coaching_minutes",
                                      .unit = "min/session",
                                      .doc = "Length of a coaching session.",
                                      .range = {0, 480, true}})
          .row(&R::coach_capacity, {.name = "coach_capacity",
                                    .unit = "h/month",
                                    .doc = "Hours that all coaches together can give; absent = no cap.",
                                    .range = {0, 1e7}})
          .row(&R::coach_effectiveness, {.name = "coach_effectiveness",
                                         .doc = "Scales the effect of coaching; 1 = as in the evidence.",
                                         .range = {0, 5},
                                         .source = "1 by definition"})
          .row(&R::coaching_effect,
               {.name = "coaching_effect",
                .unit = "fraction",
                .doc = "Share of the gap to attainable behavior closed a month at full dose.",
                .range = {0, 1},
                .source =
                    "judgement; coaching effects .28 to .51 sd on skill and attitude (Jones et al. 2016)"})
          .row(&R::half_dose, {.name = "half_dose",
                               .unit = "h/person/month",
                               .doc = "Dose with half of the full effect.",
                               .range = {0, 160, true},
                               .source = "judgement"})
          .row(&R::dose_slope, {.name = "dose_slope",
                                .doc = "Steepness of the dose response (Hill).",
                                .range = {0.1, 10},
                                .source = "judgement"})
          .row(&R::knowledge_coaching,
               {.name = "knowledge_coaching",
                .unit = "fraction",
                .doc = "Coaching's effect on knowledge as a share of its effect on behavior.",
                .range = {0, 1},
                .source = "judgement"})
          .row(&R::coached_knowledge, {.name = "coached_knowledge",
                                       .unit = "fraction",
                                       .doc = "What a fully coached agent knows of the competences taught.",
                                       .range = {0, 1},
                                       .source = "judgement"})
          .row(&R::peer_community, {.name = "peer_community",
                                    .unit = "fraction",
                                    .doc = "Uptake of a peer community.",
                                    .range = {0, 1}})
          .row(&R::peer_effect, {.name = "peer_effect",
                                 .unit = "fraction",
                                 .doc = "Share of the gap closed a month by peers at full uptake.",
                                 .range = {0, 1},
                                 .source = "judgement"})
          .row(&R::performance_support, {.name = "performance_support",
                                         .unit = "fraction",
                                         .doc = "Uptake of performance support tools.",
                                         .range = {0, 1}})
          .row(&R::support_effect, {.name = "support_effect",
                                    .unit = "fraction",
                                    .doc = "Share of the gap closed a month by tools at full uptake.",
                                    .range = {0, 1},
                                    .source = "judgement"})
          .row(&R::refresher_every,
               {.name = "refresher_every",
                .unit = "months",
                .doc = "A refresher every so many months after a cohort's training; 0 = never.",
                .range = {0, 120}})
          .row(&R::refresher_hours, {.name = "refresher_hours",
                                     .unit = "h/person",
                                     .doc = "Length of a refresher.",
                                     .range = {0, 200}})
          .row(&R::refresher_effect, {.name = "refresher_effect",
                                      .unit = "fraction",
                                      .doc = "Share of the gap closed by a refresher.",
                                      .range = {0, 1},
                                      .source = "judgement"})
          .row(&R::half_life_gain, {.name = "half_life_gain",
                                    .doc = "Factor of a refresher on the half-life (spacing).",
                                    .range = {1, 10},
                                    .source = "judgement"})
          .done();
  return type;
}

}  // namespace trainplan
