/// What the parts of the plan's check share. Private to the room `plan`.
#pragma once

#include <string>
#include <vector>

#include "trainplan/engine/plan.hpp"

namespace trainplan::plan {

inline constexpr double sum_tolerance = 1e-6;

/// Why a wave starts later than stated, in words.
[[nodiscard]] const char* moved(calendar::Moved why);

/// Collects problems; knows which ids there are.
class Checker {
 public:
  explicit Checker(const Plan& plan);
  Problems run();

 private:
  void add(std::string path, std::string value, std::string allowed, std::string hint = "");
  bool known(const std::string& path, const std::string& id, const std::vector<std::string>& among,
             const std::string& what);
  void known_each(const std::string& path, const std::vector<std::string>& list,
                  const std::vector<std::string>& among, const std::string& what);
  void check_kpi(const Kpi& kpi);
  void check_team(const Team& team);
  void check_prerequisites();
  // Prerequisites are taught in the same wave, or to the same people before.
  void check_taught_before();
  void check_movement(const Movement& movement);
  void check_programme();
  void needs_base(const std::string& path, const std::string& kpi);
  // Streams beside contact work, retention and hiring; and that no pot is emptied twice.
  void check_streams();
  void check_correlations(const std::vector<Input>& found);
  void check_schedule();
  void check_ramps(const std::vector<Input>& found);
  void check_module(const Module& module);
  void check_practices();
  void check_reinforcement();
  void check_wave(const Wave& wave);
  void check_shares();
  void check_lift(const Lift& lift);
  void check_benefits();
  void check_cost(const CostLine& line);

  const Plan& plan_;
  std::vector<Kpi> kpis_;
  std::vector<std::string> teams_, modules_, waves_, competences_, costs_, kpi_ids_;
  Problems problems_;
};

}  // namespace trainplan::plan
