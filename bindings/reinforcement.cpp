#include "trainplan/domain/reinforcement.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "formula.hpp"

namespace trainplan::bindings {

using namespace py::literals;

namespace {

/// What a person is, learns and gets after one course: the parameters of `path`.
struct Person {
  double completion, mastery, transfer, permanent_share, half_life, knowledge_permanent_share,
      knowledge_half_life, half_life_cap, attrition, onboarding, coaching_hours, coach_effectiveness,
      coaching_effect, half_dose, dose_slope, knowledge_coaching, coached_knowledge, peer_community,
      peer_effect, performance_support, support_effect, refresher_effect, half_life_gain;
};

struct PathParameter {
  const char* name;
  double Person::* member;
  Range range;
};

constexpr std::array<PathParameter, 23> path_parameters = {{
    {"completion", &Person::completion, share},
    {"mastery", &Person::mastery, share},
    {"transfer", &Person::transfer, share},
    {"permanent_share", &Person::permanent_share, share},
    {"half_life", &Person::half_life, positive},
    {"knowledge_permanent_share", &Person::knowledge_permanent_share, share},
    {"knowledge_half_life", &Person::knowledge_half_life, positive},
    {"half_life_cap", &Person::half_life_cap, {1.0, unbounded, false, true}},
    {"attrition", &Person::attrition, {0.0, 1200.0}},
    {"onboarding", &Person::onboarding, share},
    {"coaching_hours", &Person::coaching_hours, not_negative},
    {"coach_effectiveness", &Person::coach_effectiveness, not_negative},
    {"coaching_effect", &Person::coaching_effect, share},
    {"half_dose", &Person::half_dose, positive},
    {"dose_slope", &Person::dose_slope, positive},
    {"knowledge_coaching", &Person::knowledge_coaching, share},
    {"coached_knowledge", &Person::coached_knowledge, share},
    {"peer_community", &Person::peer_community, share},
    {"peer_effect", &Person::peer_effect, share},
    {"performance_support", &Person::performance_support, share},
    {"support_effect", &Person::support_effect, share},
    {"refresher_effect", &Person::refresher_effect, share},
    {"half_life_gain", &Person::half_life_gain, {1.0, unbounded, false, true}},
}};

// The months after the course, in the order of docs/method.md, section 3. `visit` gets each month's state,
// from the one just after the course.
template <class Visit>
void follow(const Person& p, std::size_t months, std::size_t refresher_every, Visit visit) {
  using namespace reinforcement;
  const double learnt = p.completion * p.mastery;
  const double dose = dose_response(p.coaching_hours, p.half_dose, p.dose_slope);
  const double coached = coaching_share(p.coaching_effect, p.coach_effectiveness, dose);
  const double peers = p.peer_effect * p.peer_community;
  const double support = p.support_effect * p.performance_support;
  const State hire =
      teach({}, p.onboarding * p.transfer, p.onboarding, p.permanent_share, p.knowledge_permanent_share);
  State state = teach({}, learnt * p.transfer, learnt, p.permanent_share, p.knowledge_permanent_share);
  const double last_course = state.knowledge();
  double half_life = p.half_life;
  Month month{.permanent_share = p.permanent_share,
              .knowledge_permanent_share = p.knowledge_permanent_share,
              .kept = 1.0,
              .knowledge_kept = retention(1.0, p.knowledge_half_life),
              .leavers = std::min(p.attrition / 1200.0, 1.0),
              .coaching = p.knowledge_coaching * coached,
              .coached_knowledge = p.coached_knowledge,
              .uptake = 0.0,
              .attainable = attainable(1.0, p.transfer),
              .refresher = 0.0};
  for (std::size_t m = 0;; ++m) {
    visit(m, state);
    if (m == months) return;
    const bool refreshed = refresher_every > 0 && (m + 1) % refresher_every == 0;
    month.kept = retention(1.0, half_life);
    month.refresher = refreshed ? p.knowledge_coaching * p.refresher_effect : 0.0;
    month.uptake = uptake(coached, peers, support, refreshed ? p.refresher_effect : 0.0);
    state = pass_month(state, month, hire, 1.0, last_course);
    half_life = (1.0 - month.leavers) * half_life + month.leavers * p.half_life;
    if (refreshed) half_life = spaced(half_life, p.half_life_gain, p.half_life_cap * p.half_life);
  }
}

using PathArray = py::array_t<double, py::array::c_style>;

// Rows of `given` are the parameters in the order of the table, columns are persons.
py::tuple months_after_course(std::size_t months, std::size_t refresher_every, const PathArray& given) {
  const auto persons = static_cast<std::size_t>(given.shape(1));
  std::vector<Person> people(persons);
  for (std::size_t i = 0; i < path_parameters.size(); ++i) {
    const PathParameter& one = path_parameters.at(i);
    for (std::size_t j = 0; j < persons; ++j)
      people[j].*one.member = in(given.data()[i * persons + j], one.name, one.range);
  }
  const std::array<std::size_t, 2> shape = {months + 1, persons};
  PathArray behavior(shape);
  PathArray knowledge(shape);
  double* to_behavior = behavior.mutable_data();
  double* to_knowledge = knowledge.mutable_data();
  {
    const py::gil_scoped_release unlocked;
    for (std::size_t j = 0; j < persons; ++j) {
      follow(people[j], months, refresher_every, [&](std::size_t m, const reinforcement::State& state) {
        to_behavior[m * persons + j] = state.behavior();
        to_knowledge[m * persons + j] = state.knowledge();
      });
    }
  }
  return py::make_tuple(behavior, knowledge);
}

py::tuple path_parameter_names() {
  py::tuple names(path_parameters.size());
  for (std::size_t i = 0; i < path_parameters.size(); ++i) names[i] = path_parameters.at(i).name;
  return names;
}

}  // namespace

void bind_reinforcement(py::module_& core) {
  py::module_ room = core.def_submodule("reinforcement", "What happens to behavior after the course.");
  room.def("path", &months_after_course, "months"_a, "refresher_every"_a, "parameters"_a,
           "Behavior and knowledge, month x person; `parameters` has a row each of path_parameters().");
  room.def("path_parameters", &path_parameter_names);
  room.def("retention", py::vectorize([](double months, double half_life) {
             return reinforcement::retention(in(months, "months", not_negative),
                                             in(half_life, "half_life", positive));
           }),
           "months"_a, "half_life"_a);
  room.def("coaching_share", py::vectorize([](double effect, double effectiveness, double dose) {
             in(effect, "effect", share);
             in(effectiveness, "effectiveness", not_negative);
             in(dose, "dose", share);
             return reinforcement::coaching_share(effect, effectiveness, dose);
           }),
           "effect"_a, "effectiveness"_a, "dose"_a);
  room.def("remaining", py::vectorize([](double months, double half_life, double permanent_share) {
             in(months, "months", not_negative);
             in(half_life, "half_life", positive);
             in(permanent_share, "permanent_share", share);
             return reinforcement::remaining(months, half_life, permanent_share);
           }),
           "months"_a, "half_life"_a, "permanent_share"_a);
  room.def("half_life", py::vectorize([](double base, double effect, double practice) {
             in(base, "base", positive);
             in(effect, "effect", any_number);
             in(practice, "practice", share);
             return reinforcement::half_life(base, effect, practice);
           }),
           "base"_a, "effect"_a, "practice"_a);
  room.def("dose_response", py::vectorize([](double hours, double half_dose, double slope) {
             in(hours, "hours", not_negative);
             in(half_dose, "half_dose", positive);
             in(slope, "slope", positive);
             return reinforcement::dose_response(hours, half_dose, slope);
           }),
           "hours"_a, "half_dose"_a, "slope"_a);
  room.def("uptake", py::vectorize([](double coaching, double peers, double support, double refresher) {
             in(coaching, "coaching", share);
             in(peers, "peers", share);
             in(support, "support", share);
             in(refresher, "refresher", share);
             return reinforcement::uptake(coaching, peers, support, refresher);
           }),
           "coaching"_a, "peers"_a, "support"_a, "refresher"_a);
  room.def("attainable", py::vectorize([](double knowledge, double transfer) {
             in(knowledge, "knowledge", share);
             in(transfer, "transfer", share);
             return reinforcement::attainable(knowledge, transfer);
           }),
           "knowledge"_a, "transfer"_a);
}

}  // namespace trainplan::bindings
