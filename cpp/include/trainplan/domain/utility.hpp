/// Utility analysis: what better performance is worth, from its effect in standard deviations and the yearly
/// value of one standard deviation (Brogden 1949; Cronbach & Gleser 1965).
///
/// SDy, the value of one standard deviation of performance, is [currency/person/year] and decides the sign of
/// most results: estimates of 20 % and of 40 % of salary are both in use. `break_even_sdy` says which SDy it
/// would take. Effects d are standard deviations of performance on the job, so already net of transfer.
/// Amounts and people are at most 1e15, effects 100 in size. @throws InputError naming the argument, in every
/// function
#pragma once

#include <algorithm>

#include "trainplan/base/array.hpp"
#include "trainplan/base/kernels.hpp"

namespace trainplan::utility {

/// From standard deviations of performance to money after tax.
struct Worth {
  double d = 0.0;    ///< [standard deviations] mean gain of a person
  double sdy = 0.0;  ///< [currency/person/year] >= 0
  double variable_costs =
      0.0;           ///< V: costs that move with the extra output, as a share of it; they add to it where
                     ///< they fall, and are negative where they rise. 1 + V is the contribution margin.
                     ///< [-1, 10] (Boudreau 1983, "Economic considerations in estimating the utility
                     ///< of human resource productivity improvement programs", Personnel Psychology 36)
  double tax = 0.0;  ///< marginal rate, [0, 1]
};

// ------------------------------------------------------------------------------------------------ training

/// People times years times d times SDy, less cost: Schmidt, Hunter & Pearlman 1982, "Assessing the economic
/// impact of personnel programs on workforce productivity", Personnel Psychology 35.
/// @param people  trained, >= 0
/// @param years   that the effect lasts, >= 0
/// @param cost    [currency] of the whole programme, >= 0
[[nodiscard]] double training_utility(double d, double sdy, double people, double years, double cost);

/// The SDy at which `training_utility` is zero: cost / (people years d) (break-even analysis: Boudreau 1984,
/// "Decision theory contributions to HRM research and practice", Industrial Relations 23). NaN where no SDy
/// is enough: d, people or years 0, or d negative.
[[nodiscard]] double break_even_sdy(double d, double people, double years, double cost);

/// People at full effect for a year that one month of `people` is worth: people / 12 min(1, behavior /
/// measured_at).
/// @param behavior     S[m], [0, 1] @param measured_at  S when d was measured, (0, 1]
[[nodiscard]] TRAINPLAN_INLINE double person_years(double people, double behavior, double measured_at) {
  const double ratio = behavior / measured_at;
  return people / 12.0 * (ratio < 1.0 ? ratio : 1.0);
}

/// A training programme month by month:
///   sum of N[m]/12 d min(1, S[m]/S_1) SDy (1+V) (1-tax) DF[m], less C (1-tax).
/// Boudreau's equation in months, with the effect fading and returning as behavior on the job does.
/// @param people       N[m], >= 0
/// @param behavior     S[m], [0, 1], as long as `people`
/// @param discounting  DF[m], >= 0, as long as `people`
/// @param measured_at  S_1: behavior when d was measured, (0, 1]
/// @param cost         C [currency] present value of all costs, >= 0
[[nodiscard]] double programme_utility(const VectorView& people, const VectorView& behavior,
                                       const VectorView& discounting, double measured_at, const Worth& worth,
                                       double cost);

/// When the costs of a period fall due; its gains always do at its end.
enum class CostsDue {
  end,    ///< discounted as the gains are
  start,  ///< one period less, as in Boudreau 1983
};

struct Periods {
  double discount_rate = 0.0;  ///< [1/period] in (-0.99, 1]
  CostsDue costs_due = CostsDue::end;
  bool costs_deductible = true;  ///< costs lower the tax
};

/// Sum over periods k = 1, 2, ... of N[k] d SDy (1+V) (1-tax) / (1+i)^k, less costs (1-tax) / (1+i)^k
/// (Boudreau 1983).
/// @param people  N[k]: who show the effect in period k, >= 0; 1 to 1,000 periods, years as SDy is
/// @param costs   [currency] of period k, >= 0, as long as `people`
[[nodiscard]] double boudreau_utility(const VectorView& people, const VectorView& costs, const Worth& worth,
                                      const Periods& periods = {});

// ----------------------------------------------------------------------------------------------- selection

/// Mean predictor score of those selected top-down, in standard deviations: f(z) / SR, with f the normal
/// density and z the score above which a share SR lies (Naylor & Shine 1965, "A table for determining the
/// increase in mean criterion score obtained by using a selection device", J. Industrial Psychology 3).
/// @param selection_ratio  SR: selected of all applicants, (0, 1]
[[nodiscard]] double selected_mean(double selection_ratio);

/// Their mean performance, in standard deviations above unselected people: validity times `selected_mean`.
/// @param validity  correlation of predictor and performance, [-1, 1]
[[nodiscard]] double naylor_shine(double validity, double selection_ratio);

struct Selection {
  double validity = 0.0;           ///< [-1, 1]
  double selection_ratio = 1.0;    ///< (0, 1]
  double baseline_validity = 0.0;  ///< of what is used today, [-1, 1]
};

/// people years (validity - baseline) selected_mean SDy, less cost (Brogden, Cronbach & Gleser; Schmidt,
/// Hunter, McKenzie & Muldrow 1979, J. Applied Psychology 64).
/// @param people  selected, >= 0 @param years  they stay, >= 0 @param cost  [currency] of the selection, >= 0
[[nodiscard]] double selection_utility(const Selection& selection, double sdy, double people, double years,
                                       double cost);

/// Share of those selected who succeed: P(both) / SR of bivariate normal predictor and performance (Taylor &
/// Russell 1939, "The relationship of validity coefficients to the practical effectiveness of tests in
/// selection", J. Applied Psychology 23). Absolute error 1e-15 / SR.
/// @param base_rate        succeed without selection, (0, 1)
/// @param selection_ratio  (0, 1]
[[nodiscard]] double taylor_russell(double validity, double selection_ratio, double base_rate);

}  // namespace trainplan::utility
