/// From a plan to trials: values of the outputs asked for, and monthly series of any trials.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "trainplan/base/array.hpp"
#include "trainplan/base/random.hpp"
#include "trainplan/engine/plan.hpp"

namespace trainplan {

struct SimulationOptions {
  std::uint64_t trials = 10'240;
  std::uint64_t seed = 1;
  Sampling sampling = Sampling::stratified;
  unsigned threads = 0;              ///< 0 = as many as the process may use
  std::vector<std::string> outputs;  ///< empty: default_outputs
};

/// Values of a simulation; a trial without a value (a payback that never comes) holds NaN.
struct Simulation {
  std::vector<std::string> outputs;
  Table values;  ///< outputs x trials
};

/// Called on the calling thread about every 50 ms with the trials done; false stops the run.
using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

/// Thrown when Progress says stop; nothing is left running.
class Cancelled : public std::runtime_error {
 public:
  Cancelled() : std::runtime_error("the simulation was stopped") {}
};

/// The trials 0 .. trials-1 of a plan. The same bits at any thread count and on any x86-64 level.
/// @throws InputError for options out of range, unknown outputs, or lifts that leave their KPI's bounds in
/// more than 1 % of the trials; Cancelled.
[[nodiscard]] Simulation simulate(const Plan& plan, const SimulationOptions& options,
                                  const Progress& progress = {});

/// Money outputs, and every KPI at month 6 (where the horizon has one) and at the last month.
[[nodiscard]] std::vector<std::string> default_outputs(const Plan& plan);

/// What a monthly series is of. Empty texts where a part does not apply; team "" is the programme.
struct SeriesKey {
  std::string what;  ///< kpi, kpi_without, behavior, knowledge, cost, benefit, ...
  std::string team;
  std::string item;    ///< KPI, cost line, stream, module or lift
  std::string cohort;  ///< wave, or "untrained"
  std::string competence;
  std::string unit;
  friend bool operator==(const SeriesKey&, const SeriesKey&) = default;
};

struct SeriesOptions {
  std::uint64_t first = 0;  ///< trial
  std::uint64_t trials = 1;
  std::uint64_t seed = 1;
  Sampling sampling = Sampling::stratified;
  bool central = false;  ///< every quantity at its median instead; trials = 1
  /// Keep only these: "kpi", "kpi:csat" or "kpi:csat:billing" (what, item, team); empty: all.
  std::vector<std::string> what;
};

struct SeriesTable {
  std::vector<SeriesKey> keys;
  std::uint64_t months = 0;  ///< horizon; values run over months 0 .. horizon
  std::uint64_t trials = 0;
  std::vector<double> values;  ///< [key][month][trial]; NaN in months where a series has no value
};

/// Monthly series of some trials, computed again from their keys: the audit trail.
[[nodiscard]] SeriesTable series(const Plan& plan, const SeriesOptions& options);

/// Draws of quantities for some trials, a row a path, in the order of `paths` (empty: every uncertain one).
struct Draws {
  std::vector<std::string> paths;
  Table values;  ///< paths x trials
};
[[nodiscard]] Draws draws(const Plan& plan, const std::vector<std::string>& paths,
                          const SeriesOptions& options);

}  // namespace trainplan
