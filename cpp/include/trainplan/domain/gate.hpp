/// Gates: whether what a pilot showed is enough to go on.
///
/// A change is counted so that more is better, in the unit of the KPI. Its error is normal with a known
/// standard error; in place of `se` with an estimated one the probabilities follow Student's t. Two values
/// frame the decision (Lalonde et al. 2007, "Model-based drug development", Clin. Pharmacol. Ther. 82; Frewer
/// et al. 2016, "Decision-making in early clinical drug development", Pharm. Stat. 15): the lower reference
/// value, below which the programme is not worth having, and the target value that it was asked for.
/// @throws InputError naming the argument, in every function
#pragma once

#include <limits>
#include <optional>
#include <span>

namespace trainplan::gate {

/// Go where P(change > lower_reference) >= p_lower and P(change > target_value) >= p_target; stop where
/// P(change > target_value) < p_stop; else look longer. At the last look go where the change reaches the
/// middle of the two values.
struct Rule {
  double lower_reference = 0.0;  ///< LRV, KPI units
  double target_value = 0.0;     ///< TV, KPI units, >= LRV
  double p_lower = 0.8;          ///< inside (0, 1)
  double p_target = 0.3;         ///< inside (0, 1)
  double p_stop = 0.1;           ///< inside (0, 1), at most p_target
};

enum class Decision { go, extend, stop };

struct Verdict {
  Decision decision = Decision::extend;
  double above_lower = 0.0;   ///< P(change > lower_reference), flat prior
  double above_target = 0.0;  ///< P(change > target_value)
};

inline constexpr double known = std::numeric_limits<double>::infinity();

/// What a change that was observed says.
/// @param change  KPI units, finite
/// @param se      standard error of the change, > 0
/// @param last    whether there is no longer look
/// @param degrees of freedom of `se`, >= 1; `known` where it is no estimate
[[nodiscard]] Verdict decide(const Rule& rule, double change, double se, bool last, double degrees = known);

/// The smallest change that is a go at a look, and the one below which it is a stop; equal at the last look.
struct Bounds {
  double go = 0.0, stop = 0.0;
};
[[nodiscard]] Bounds bounds(const Rule& rule, double se, bool last);

/// How often a gate decides what, for one true change.
struct Chances {
  double go = 0.0, stop = 0.0;  ///< at the end, after all looks; they sum to 1
  double go_at_first = 0.0, extend_at_first = 0.0, stop_at_first = 0.0;
  double looks = 1.0;  ///< expected number
};

/// Operating characteristics with known errors. Pooled looks form a chain: cov(D_j, D_k) = se_k^2 for j < k,
/// also where all looks share one survey before. One look is a closed form; each further look is a Gauss
/// quadrature over the changes that extend it (Armitage, McPherson & Rowe 1969, J. R. Stat. Soc. A 132), with
/// an error below 1e-9.
/// @param effect  true change, KPI units
/// @param se      of the pooled change at each look, > 0, strictly falling; 1 to 12 looks
[[nodiscard]] Chances chances(const Rule& rule, double effect, std::span<const double> se);

/// Chance that something got no worse than by `margin`: P(change > -margin).
/// @param margin  KPI units, >= 0
[[nodiscard]] double non_inferior(double change, double se, double margin, double degrees = known);

/// Answers of a period: mean and standard deviation in KPI units, and how many.
struct Sample {
  double mean = 0.0;
  double sd = 0.0;  ///< >= 0
  double n = 0.0;   ///< >= 2
};

/// Answers before and after.
struct Periods {
  Sample before, after;
};

/// A change with its error and the degrees of freedom of that (Satterthwaite 1946, Biometrics Bulletin 2).
struct Change {
  double change = 0.0, se = 0.0, degrees = known;
};

/// The pilot's change less that of the teams that are not yet trained: the difference in differences. Without
/// those teams whatever else changed in the meantime is counted as the pilot's.
/// @throws InputError also where no answer differs from another: then no error is known
[[nodiscard]] Change difference(const Periods& pilot, const std::optional<Periods>& others);

/// The same from the changes of whole teams, which hold what is alike within a team: Welch's comparison of
/// means (Welch 1947, Biometrika 34).
/// @param pilot, others  a change a team, 2 or more each
[[nodiscard]] Change difference_of_teams(std::span<const double> pilot, std::span<const double> others);

/// What makes the error of a comparison of trained with not yet trained teams.
struct Noise {
  double variance = 0.0;        ///< v of one response, KPI units squared, >= 0
  double before = 0.0;          ///< responses of the survey before, > 0
  double per_month = 0.0;       ///< responses a month after, > 0
  double month_variance = 0.0;  ///< of ordinary movement of a month, KPI units squared, >= 0
};

/// Variance of an arm's change over n pooled months: v/before + v/(per_month n) + month_variance/n.
[[nodiscard]] double noise_variance(const Noise& noise, double months);

}  // namespace trainplan::gate
