#include "trainplan/engine/simulate.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <fstream>
#include <limits>
#include <mutex>
#include <thread>

#include "simulate_model.hpp"

namespace trainplan {
namespace engine {

bool Recorder::asks(std::string_view kind) const {
  return what_.empty() || std::any_of(what_.begin(), what_.end(), [&](const std::string& what) {
           return what.starts_with(kind) && (what.size() == kind.size() || what[kind.size()] == ':');
         });
}

std::size_t Recorder::slot(SeriesKey key) {
  const bool wanted = what_.empty() || std::any_of(what_.begin(), what_.end(), [&](const std::string& what) {
                        return what == key.what || what == key.what + ":" + key.item ||
                               what == key.what + ":" + key.item + ":" + key.team;
                      });
  if (!wanted) return none;
  const auto found = std::find(table_.keys.begin(), table_.keys.end(), key);
  if (found != table_.keys.end()) return static_cast<std::size_t>(found - table_.keys.begin());
  table_.keys.push_back(std::move(key));
  table_.values.resize(table_.keys.size() * (table_.months + 1) * table_.trials,
                       std::numeric_limits<double>::quiet_NaN());
  return table_.keys.size() - 1;
}

void Recorder::store(std::size_t key, const double* lane) {
  const auto month = static_cast<std::uint64_t>(month_);
  double* row = table_.values.data() + ((key * (table_.months + 1) + month) * table_.trials + first_);
  std::copy_n(lane, trials_, row);
}

namespace {

constexpr auto tick = std::chrono::milliseconds(50);
constexpr std::uint64_t most_trials = 1'000'000'000;
constexpr double most_clamped = 0.01;

// Cores that this process may use: its affinity, and the quota of its control group.
unsigned usable_cores() {
  unsigned cores = std::max(1U, std::thread::hardware_concurrency());
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) cores = static_cast<unsigned>(CPU_COUNT(&set));
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  double quota = 0.0;
  double period = 0.0;
  if (file >> quota >> period && period > 0.0) {
    cores = std::min(cores, std::max(1U, static_cast<unsigned>(quota / period)));
  }
#endif
  return std::max(1U, cores);
}

void check_options(const SimulationOptions& options, std::size_t outputs) {
  if (options.trials < 1 || options.trials > most_trials) {
    throw InputError("trials", "must be between 1 and 1000000000", std::to_string(options.trials));
  }
  if (options.threads > 4096)
    throw InputError("threads", "must be between 0 (all) and 4096", std::to_string(options.threads));
  const double bytes = static_cast<double>(options.trials) * static_cast<double>(outputs) * 8.0;
  double allowed = 4.0 * 1024 * 1024 * 1024;
#if defined(__linux__)
  allowed = std::min(allowed, 0.5 * static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                                  static_cast<double>(sysconf(_SC_PAGE_SIZE)));
#endif
  if (bytes > allowed) {
    throw InputError(
        Problems{{"trials", std::to_string(options.trials),
                  "their values would take " + std::to_string(static_cast<std::uint64_t>(bytes / 1e6)) +
                      " MB; at most " + std::to_string(static_cast<std::uint64_t>(allowed / 1e6)) + " MB may",
                  "ask for fewer outputs, or fewer trials"}});
  }
}

void check_clamped(const Model& model, const Plan& plan, const std::vector<std::uint64_t>& clamped,
                   std::uint64_t trials) {
  for (std::size_t l = 0; l < model.lifts.size(); ++l) {
    std::size_t teams = 0;
    for (const TeamModel& team : model.teams) {
      for (const TeamKpiModel& one : team.kpis) {
        teams += static_cast<std::size_t>(
            std::count_if(one.lifts.begin(), one.lifts.end(),
                          [&](const TeamLiftModel& at_work) { return at_work.lift == l; }));
      }
    }
    const double share = static_cast<double>(clamped[l]) /
                         (static_cast<double>(trials) * static_cast<double>(std::max<std::size_t>(teams, 1)));
    if (share <= most_clamped) continue;
    const Lift& lift = plan.lifts[model.lifts[l].lift];
    throw InputError(
        Problems{{"lifts." + lift.id + ".size", lift.size.shown(),
                  "base + lift leaves the bounds of " + lift.kpi + " in " +
                      shown(static_cast<double>(static_cast<std::int64_t>(share * 1000.0)) / 10.0) +
                      " % of the trials (at most 1 % may)",
                  "state the lift as a share of the gap: kind = \"gap\""}});
  }
}

// What the workers share.
struct Work {
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> done{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::condition_variable finished;
  std::size_t running = 0;
  std::exception_ptr failure;
  std::vector<std::uint64_t> clamped;
};

void work_through(Work& work, const Model& model, const Plan& plan, const SimulationOptions& options,
                  Table& values) {
  Block block(model, plan, options.seed, options.sampling);
  const std::uint64_t size = block.capacity();
  while (!work.stop.load(std::memory_order_relaxed)) {
    const std::uint64_t first = work.next.fetch_add(size);
    if (first >= options.trials) break;
    const auto n = static_cast<std::size_t>(std::min(size, options.trials - first));
    block.evaluate(first, n, nullptr);
    for (std::size_t o = 0; o < model.outputs.size(); ++o) {
      std::copy_n(block.output(o), n, values.data() + static_cast<std::uint64_t>(o) * options.trials + first);
    }
    work.done.fetch_add(n, std::memory_order_relaxed);
  }
  const std::scoped_lock lock(work.mutex);
  for (std::size_t l = 0; l < work.clamped.size(); ++l) work.clamped[l] += block.clamped()[l];
}

void run_workers(Work& work, unsigned threads, const Model& model, const Plan& plan,
                 const SimulationOptions& options, Table& values, const Progress& progress) {
  std::vector<std::jthread> workers;
  work.running = threads;
  for (unsigned i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      try {
        work_through(work, model, plan, options, values);
      } catch (...) {
        const std::scoped_lock lock(work.mutex);
        work.failure = std::current_exception();
        work.stop = true;
      }
      const std::scoped_lock lock(work.mutex);
      --work.running;
      work.finished.notify_all();
    });
  }
  bool stopped = false;
  {
    std::unique_lock lock(work.mutex);
    while (work.running > 0) {
      work.finished.wait_for(lock, tick, [&] { return work.running == 0; });
      if (!progress || stopped || work.running == 0) continue;
      lock.unlock();
      try {
        stopped = !progress(work.done.load(), options.trials);
      } catch (...) {
        work.stop = true;
        throw;  // the workers are joined on the way out
      }
      if (stopped) work.stop = true;
      lock.lock();
    }
  }
  workers.clear();
  if (work.failure) std::rethrow_exception(work.failure);
  if (stopped) throw Cancelled();
}

}  // namespace
}  // namespace engine

Simulation simulate(const Plan& plan, const SimulationOptions& options, const Progress& progress) {
  Simulation result;
  result.outputs = options.outputs.empty() ? default_outputs(plan) : options.outputs;
  engine::check_options(options, result.outputs.size());
  const engine::Model model = engine::lower(plan, result.outputs);
  result.values.resize(static_cast<Eigen::Index>(result.outputs.size()),
                       static_cast<Eigen::Index>(options.trials));
  engine::Work work;
  work.clamped.assign(model.lifts.size(), 0);
  const unsigned wanted = options.threads == 0 ? engine::usable_cores() : options.threads;
  const auto blocks = static_cast<unsigned>(std::min<std::uint64_t>((options.trials + 63) / 64, 4096));
  engine::run_workers(work, std::min(wanted, blocks), model, plan, options, result.values, progress);
  engine::check_clamped(model, plan, work.clamped, options.trials);
  return result;
}

SeriesTable series(const Plan& plan, const SeriesOptions& options) {
  const engine::Model model = engine::lower(plan, {});
  SeriesTable table;
  table.months = static_cast<std::uint64_t>(model.months);
  table.trials = options.central ? 1 : options.trials;
  engine::Recorder recorder(table, options.what);
  engine::Block block(model, plan, options.seed, options.sampling, options.central);
  const std::uint64_t size = block.capacity();
  const auto record = [&](engine::Block& by, engine::Recorder& into, std::uint64_t at) {
    const auto n = static_cast<std::size_t>(std::min(size, table.trials - at));
    into.begin_block(at, n);
    by.evaluate(options.first + at, n, &into);
  };
  // The first block makes the keys; the others fill rows that stand, each its own trials.
  record(block, recorder, 0);
  const std::uint64_t blocks = (table.trials + size - 1) / size;
  const auto workers = static_cast<unsigned>(std::min<std::uint64_t>(engine::usable_cores(), blocks - 1));
  std::atomic<std::uint64_t> next{1};
  std::exception_ptr failure;
  std::mutex mutex;
  {
    std::vector<std::jthread> pool;
    for (unsigned i = 0; i < workers; ++i) {
      pool.emplace_back([&] {
        try {
          engine::Recorder own = recorder;
          engine::Block evaluated(model, plan, options.seed, options.sampling, options.central);
          for (std::uint64_t b = next++; b < blocks; b = next++) record(evaluated, own, b * size);
        } catch (...) {
          const std::scoped_lock lock(mutex);
          failure = std::current_exception();
          next = blocks;
        }
      });
    }
  }
  if (failure) std::rethrow_exception(failure);
  return table;
}

Draws draws(const Plan& plan, const std::vector<std::string>& paths, const SeriesOptions& options) {
  const engine::Model model = engine::lower(plan, {});
  std::vector<std::size_t> wanted;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < model.inputs.size(); ++i) {
    known.push_back(model.inputs[i].path);
    if (paths.empty() && !model.inputs[i].sampler.distribution().certain()) wanted.push_back(i);
  }
  for (const std::string& path : paths) {
    const auto found = std::find(known.begin(), known.end(), path);
    if (found == known.end())
      throw InputError(
          Problems{{"paths", quoted(path), "there is no quantity at this path", did_you_mean(path, known)}});
    wanted.push_back(static_cast<std::size_t>(found - known.begin()));
  }
  Draws result;
  const std::uint64_t trials = options.central ? 1 : options.trials;
  for (const std::size_t i : wanted) result.paths.push_back(model.inputs[i].path);
  result.values.resize(static_cast<Eigen::Index>(wanted.size()), static_cast<Eigen::Index>(trials));
  engine::Block block(model, plan, options.seed, options.sampling, options.central);
  const std::uint64_t size = block.capacity();
  for (std::uint64_t at = 0; at < trials; at += size) {
    const auto n = static_cast<std::size_t>(std::min(size, trials - at));
    block.draw(options.first + at, n);
    for (std::size_t row = 0; row < wanted.size(); ++row) {
      std::copy_n(block.lane(wanted[row]), n, result.values.data() + row * trials + at);
    }
  }
  return result;
}

}  // namespace trainplan
