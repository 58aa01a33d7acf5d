/// Lowering: a plan's names and quantities become indices and lanes, once a run. Private to the room
/// `simulate`; its steps share what they have numbered so far.
#pragma once

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "simulate_model.hpp"

namespace trainplan::engine {

template <class R>
std::size_t index_of(const std::vector<R>& records, const std::string& id) {
  return static_cast<std::size_t>(
      std::find_if(records.begin(), records.end(), [&](const R& r) { return r.id == id; }) - records.begin());
}

/// Positions of the records in the order of their ids: sums run in this order, so permuted rows give the same
/// bits.
template <class R>
std::vector<std::size_t> by_id(const std::vector<R>& records) {
  std::vector<std::size_t> order(records.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return records[a].id < records[b].id; });
  return order;
}

class Lowering {
 public:
  explicit Lowering(const Plan& plan);
  Model run();

 private:
  [[nodiscard]] LaneId lane(const Quantity& quantity) const { return lane_of_.at(&quantity); }
  [[nodiscard]] LaneId lane(const std::optional<Quantity>& quantity) const {
    return quantity ? lane(*quantity) : none;
  }
  [[nodiscard]] bool certain(LaneId id, double value) const;
  LaneId fresh() { return model_.lanes++; }
  StateLanes fresh_state() { return {fresh(), fresh(), fresh(), fresh(), fresh(), fresh()}; }
  /// The lane of a quantity, or of a standard normal draw on a derived path; none where there is none.
  [[nodiscard]] LaneId lane_at(const std::string& path) const;
  std::uint64_t hash(const std::string& path);

  void lower_scores();
  void lower_programme();
  void lower_benefits();
  void lower_competences();
  void lower_modules();
  [[nodiscard]] std::vector<std::size_t> modules_by_id(std::vector<std::string> list) const;
  void lower_waves();
  [[nodiscard]] double trained_share(const std::string& team, const Wave& follow_up) const;
  [[nodiscard]] std::int64_t last_month(std::size_t wave) const;
  void lower_lifts();
  void lower_movements();
  void lower_monthly();
  void lower_correlations();
  void lower_teams();
  void lower_team_kpis(const Team& team, TeamModel& made);
  void add_leading(const Team& team, TeamModel& made);
  void add_lifts(const Team& team, const std::string& kpi, TeamKpiModel& one);
  void add_movement(const Team& team, const std::string& kpi, TeamKpiModel& one);
  void lower_cohorts(const Team& team, std::size_t position, TeamModel& made);
  void add_cohort(const Team& team, TeamModel& made, std::size_t wave, double share);
  void lower_splits(TeamModel& made);
  void lower_support();
  void lower_shown(TeamModel& made);
  void lower_costs();

  const Plan& plan_;
  Model model_{};
  std::map<const Quantity*, LaneId> lane_of_;
  std::map<std::uint64_t, std::string> paths_;
  std::vector<calendar::Placed> schedule_;
  std::map<std::string, LaneId> supporting_;  // first of the monthly lanes of a support team
};

}  // namespace trainplan::engine
