#include "trainplan/engine/simulate.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>

#include "bindings.hpp"

namespace trainplan::bindings {
namespace {

using namespace py::literals;

// A read-only array that owns what it shows: the capsule frees it, and NumPy cannot make it writable again.
template <class Owner>
py::array owned(std::unique_ptr<Owner> owner, const double* data, const std::vector<py::ssize_t>& shape) {
  const py::capsule release(owner.get(), [](void* pointer) { delete static_cast<Owner*>(pointer); });
  static_cast<void>(owner.release());
  py::array array(py::dtype::of<double>(), shape, data, release);
  array.attr("setflags")("write"_a = false);
  return array;
}

py::array owned(Table table) {
  auto owner = std::make_unique<Table>(std::move(table));
  const std::vector<py::ssize_t> shape = {owner->rows(), owner->cols()};
  const double* data = owner->data();
  return owned(std::move(owner), data, shape);
}

// Lets Ctrl-C and a Python callback stop a run. Called on the thread that called simulate().
class Watch {
 public:
  explicit Watch(py::object callback) : callback_(std::move(callback)) {}

  bool goes_on(std::uint64_t done, std::uint64_t total) {
    const py::gil_scoped_acquire locked;
    try {
      // Acts on the main thread only; elsewhere it sees no signal.
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      if (callback_.is_none()) return true;
      const py::object answer = callback_(done, total);
      return answer.is_none() || py::cast<bool>(answer);
    } catch (py::error_already_set& error) {
      raised_.emplace(std::move(error));
      return false;
    }
  }
  /// What the run shows when it was stopped: the exception that stopped it, if there was one.
  void rethrow() const {
    if (raised_) throw py::error_already_set(*raised_);
  }

 private:
  py::object callback_;
  std::optional<py::error_already_set> raised_;
};

Sampling sampling_of(bool stratified) { return stratified ? Sampling::stratified : Sampling::random; }

py::tuple simulate_plan(const Plan& plan, std::uint64_t trials, std::uint64_t seed,
                        std::vector<std::string> outputs, unsigned threads, bool stratified,
                        const py::object& progress) {
  // A copy: what other Python threads do with their plan changes no run that has begun.
  const Plan snapshot = plan;  // NOLINT(performance-unnecessary-copy-initialization): see above
  const SimulationOptions options{.trials = trials,
                                  .seed = seed,
                                  .sampling = sampling_of(stratified),
                                  .threads = threads,
                                  .outputs = std::move(outputs)};
  Watch watch(progress);
  Simulation result;
  try {
    const py::gil_scoped_release unlocked;
    result = simulate(snapshot, options, [&watch](std::uint64_t done, std::uint64_t total) {
      return watch.goes_on(done, total);
    });
  } catch (const Cancelled&) {
    watch.rethrow();
    throw;
  }
  py::object names = py::cast(result.outputs);
  return py::make_tuple(std::move(names), owned(std::move(result.values)));
}

SeriesOptions series_options(std::uint64_t first, std::uint64_t trials, std::uint64_t seed, bool stratified,
                             bool central, std::vector<std::string> what) {
  return {.first = first,
          .trials = trials,
          .seed = seed,
          .sampling = sampling_of(stratified),
          .central = central,
          .what = std::move(what)};
}

py::tuple series_of(const Plan& plan, std::uint64_t first, std::uint64_t trials, std::uint64_t seed,
                    bool stratified, bool central, std::vector<std::string> what) {
  const Plan snapshot = plan;  // NOLINT(performance-unnecessary-copy-initialization): as in simulate_plan
  const SeriesOptions options = series_options(first, trials, seed, stratified, central, std::move(what));
  SeriesTable table;
  {
    const py::gil_scoped_release unlocked;
    table = series(snapshot, options);
  }
  py::list keys;
  for (const SeriesKey& key : table.keys)
    keys.append(py::make_tuple(key.what, key.team, key.item, key.cohort, key.competence, key.unit));
  const std::vector<py::ssize_t> shape = {static_cast<py::ssize_t>(table.keys.size()),
                                          static_cast<py::ssize_t>(table.months + 1),
                                          static_cast<py::ssize_t>(table.trials)};
  auto owner = std::make_unique<std::vector<double>>(std::move(table.values));
  const double* data = owner->data();
  return py::make_tuple(std::move(keys), owned(std::move(owner), data, shape));
}

py::tuple draws_of(const Plan& plan, const std::vector<std::string>& paths, std::uint64_t first,
                   std::uint64_t trials, std::uint64_t seed, bool stratified, bool central) {
  const Plan snapshot = plan;  // NOLINT(performance-unnecessary-copy-initialization): as in simulate_plan
  const SeriesOptions options = series_options(first, trials, seed, stratified, central, {});
  Draws found;
  {
    const py::gil_scoped_release unlocked;
    found = draws(snapshot, paths, options);
  }
  py::object names = py::cast(found.paths);
  return py::make_tuple(std::move(names), owned(std::move(found.values)));
}

}  // namespace

void bind_simulate(py::module_& core) {
  py::register_exception<Cancelled>(core, "Cancelled", PyExc_RuntimeError);
  core.def("simulate", &simulate_plan, "plan"_a, py::kw_only(), "trials"_a, "seed"_a, "outputs"_a,
           "threads"_a, "stratified"_a, "progress"_a,
           "Names of the outputs, and their values: outputs x trials, read-only.");
  core.def("series", &series_of, "plan"_a, py::kw_only(), "first"_a, "trials"_a, "seed"_a, "stratified"_a,
           "central"_a, "what"_a,
           "Keys (what, team, item, cohort, competence, unit) and values: key x month x trial, read-only.");
  core.def("draws", &draws_of, "plan"_a, "paths"_a, py::kw_only(), "first"_a, "trials"_a, "seed"_a,
           "stratified"_a, "central"_a, "Paths, and draws: path x trial, read-only.");
  core.def("default_outputs", &default_outputs, "plan"_a);
}

}  // namespace trainplan::bindings
