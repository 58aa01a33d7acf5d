// What a plan's records say together about time and dependence: the start of each wave, groups of correlated
// quantities.
#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>

#include "trainplan/engine/plan.hpp"

namespace trainplan::plan {
namespace {

bool share_one(const std::vector<std::string>& some, const std::vector<std::string>& others) {
  return std::any_of(some.begin(), some.end(),
                     [&](const std::string& id) { return record::contains(others, id); });
}

// The calendar month of month 1: that of programme.start, January where none is stated.
std::int64_t first_calendar_month(const Programme& programme) {
  const std::string& start = programme.start;
  std::int64_t month = 1;
  if (start.size() == 7) std::from_chars(start.data() + 5, start.data() + 7, month);
  return month;
}

class Scheduler {
 public:
  explicit Scheduler(const Plan& plan) : plan_(plan), order_(plan.waves.size()) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      const Wave& left = plan.waves[a];
      const Wave& right = plan.waves[b];
      const std::int64_t left_end = calendar::last_month(left);
      const std::int64_t right_end = calendar::last_month(right);
      if (left_end != right_end) return left_end < right_end;
      if (left.start != right.start) return left.start < right.start;
      return left.id < right.id;
    });
    const Domain hours = record_type<Module>().fields.at(field("hours")).domain();
    const Domain fail = record_type<Module>().fields.at(field("fail_rate")).domain();
    const Domain ratio = record_type<Module>().fields.at(field("development_ratio")).domain();
    for (const Module& module : plan.modules) {
      const double median_hours = median(module.hours, hours);
      modules_[module.id] = {median_hours * (1.0 + median(module.fail_rate, fail)),
                             median_hours * median(module.development_ratio, ratio), &module};
    }
  }

  std::vector<calendar::Placed> run() {
    std::vector<calendar::Request> requests;
    for (const std::size_t w : order_) requests.push_back(request(plan_.waves[w]));
    const auto placed =
        calendar::place(requests, first_calendar_month(plan_.programme), plan_.programme.months);
    std::vector<calendar::Placed> by_wave(placed.size());
    for (std::size_t i = 0; i < placed.size(); ++i) by_wave[order_[i]] = placed[i];
    return by_wave;
  }

 private:
  struct ModuleHours {
    double taught = 0.0, development = 0.0;
    const Module* module = nullptr;
  };

  static std::size_t field(const std::string& name) {
    const auto names = record_type<Module>().field_names();
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  }
  static double median(const Quantity& quantity, const Domain& domain) {
    return distribution::quantile(distribution::resolve(quantity, domain), 0.5);
  }

  calendar::Request request(const Wave& wave) {
    calendar::Request made{.start = wave.start, .months = wave.months, .lead = lead(wave)};
    double hours = 0.0;
    for (const std::string& id : wave.modules) hours += modules_.at(id).taught;
    for (const PeakSeason& season : plan_.peak_seasons) {
      calendar::Limit limit{.first = season.first_month, .last = season.last_month, .cap = season.cap};
      for (const std::string& team : wave.teams) {
        if (!season.teams.empty() && !record::contains(season.teams, team)) continue;
        const double share = wave.follow_up ? trained_share(team, wave) : wave.share;
        limit.hours = std::max(limit.hours, share * hours / static_cast<double>(wave.months));
      }
      made.limits.push_back(limit);
    }
    for (std::size_t i = 0; i < order_.size(); ++i) {
      const Wave& earlier = plan_.waves[order_[i]];
      if (&earlier == &wave) break;
      if (wave.follow_up && calendar::last_month(earlier) < calendar::last_month(wave) &&
          share_one(earlier.teams, wave.teams) && (!earlier.follow_up || prepares(earlier, wave)))
        made.after.push_back(i);
    }
    return made;
  }

  // Whether a wave teaches a prerequisite of a module of another.
  bool prepares(const Wave& earlier, const Wave& wave) {
    return std::any_of(wave.modules.begin(), wave.modules.end(), [&](const std::string& id) {
      return share_one(modules_.at(id).module->prerequisites, earlier.modules);
    });
  }

  [[nodiscard]] double trained_share(const std::string& team, const Wave& follow_up) const {
    double share = 0.0;
    for (const Wave& own : plan_.waves) {
      if (!own.follow_up && record::contains(own.teams, team) &&
          calendar::last_month(own) < calendar::last_month(follow_up))
        share += own.share;
    }
    return share;
  }

  double lead(const Wave& wave) {
    if (wave.lead_time) return *wave.lead_time;
    if (!plan_.development || !plan_.development->capacity) return 0.0;
    const auto place = [](const Wave& one) { return std::pair(one.start, one.id); };
    double hours = 0.0;
    for (const auto& [id, module] : modules_) {
      const bool needed = std::any_of(plan_.waves.begin(), plan_.waves.end(), [&](const Wave& other) {
        return place(other) <= place(wave) && record::contains(other.modules, id);
      });
      if (needed) hours += module.development;
    }
    const auto languages = static_cast<double>(plan_.programme.languages.size());
    return hours / *plan_.development->capacity + plan_.development->language_months * languages +
           plan_.development->integration_months;
  }

  const Plan& plan_;
  std::vector<std::size_t> order_;
  std::map<std::string, ModuleHours> modules_;
};

}  // namespace

std::vector<calendar::Placed> schedule(const Plan& plan) { return Scheduler(plan).run(); }

std::int64_t calendar_month(const Plan& plan, std::int64_t month) {
  return (first_calendar_month(plan.programme) + month - 2) % 12 + 1;
}

std::vector<CorrelationGroup> correlation_groups(const Plan& plan) {
  std::vector<CorrelationGroup> made;
  for (correlation::Group& group : correlation::groups(plan.correlations)) {
    CorrelationGroup one{
        .members = std::move(group.members), .stated = group.spearman, .used = group.spearman};
    const correlation::Reading reading{.labels = one.members, .name = "correlations"};
    if (plan.programme.repair_correlations) {
      one.used = correlation::nearest(one.stated, reading).matrix;
    } else {
      correlation::require_possible(one.stated, reading);
    }
    made.push_back(std::move(one));
  }
  return made;
}

double shared_direction(const Plan& plan, const Lift& lift) {
  const std::string path = "lifts." + lift.id + ".size";
  const bool stated = std::any_of(plan.correlations.begin(), plan.correlations.end(),
                                  [&](const Correlation& row) { return row.a == path || row.b == path; });
  if (stated || plan.programme.lift_correlation == 0.0) return 0.0;
  if (lift.kind == LiftKind::gap) return 1.0;
  const std::vector<Kpi> known = kpis(plan);
  const auto kpi =
      std::find_if(known.begin(), known.end(), [&](const Kpi& one) { return one.id == lift.kpi; });
  return kpi != known.end() && kpi->better == Direction::lower ? -1.0 : 1.0;
}

}  // namespace trainplan::plan
