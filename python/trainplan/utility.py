"""Utility analysis: what better performance is worth, from its effect in standard deviations.

SDy, the yearly value of one standard deviation of a person's performance, decides the sign of most results,
and estimates of 20 % and of 40 % of salary are both in use: show the result for several, or `break_even_sdy`.

Every function broadcasts like NumPy's. Amounts are in any one currency; effects `d` are standard deviations
of performance on the job, so already net of transfer; rates and shares are fractions. Every function raises
InputError naming the argument that is out of range.

References
----------
.. [1] F. L. Schmidt, J. E. Hunter & K. Pearlman, "Assessing the economic impact of personnel programs on
   workforce productivity", Personnel Psychology 35 (1982).
.. [2] J. W. Boudreau, "Economic considerations in estimating the utility of human resource productivity
   improvement programs", Personnel Psychology 36 (1983).
.. [3] J. W. Boudreau, "Decision theory contributions to HRM research and practice", Industrial Relations 23
   (1984).
.. [4] J. C. Naylor & L. C. Shine, "A table for determining the increase in mean criterion score obtained by
   using a selection device", J. Industrial Psychology 3 (1965).
.. [5] F. L. Schmidt, J. E. Hunter, R. C. McKenzie & T. W. Muldrow, "Impact of valid selection procedures on
   work-force productivity", J. Applied Psychology 64 (1979), after Brogden (1949) and Cronbach & Gleser
   (1965).
.. [6] H. C. Taylor & J. T. Russell, "The relationship of validity coefficients to the practical effectiveness
   of tests in selection", J. Applied Psychology 23 (1939).
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainplan._arrays import numbers, refuse
from trainplan._core import utility as _utility

__all__ = [
    "boudreau_utility",
    "break_even_sdy",
    "naylor_shine",
    "programme_utility",
    "selected_mean",
    "selection_utility",
    "taylor_russell",
    "training_utility",
]


def _shape(found: dict[str, tuple[int, ...]], what: str) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(*found.values())
    except ValueError:
        shapes = ", ".join(f"{name} {shape}" for name, shape in found.items())
        refuse(next(iter(found)), f"must have {what} that go together: {shapes}")


def _together(**named: ArrayLike) -> dict[str, NDArray[np.float64]]:
    found = {name: numbers(name, x) for name, x in named.items()}
    _shape({name: x.shape for name, x in found.items()}, "shapes")
    return found


def _cases(
    periods: dict[str, ArrayLike], values: dict[str, ArrayLike]
) -> tuple[dict[str, NDArray[np.float64]], tuple[int, ...]]:
    """Return what the core takes, one row or value for all cases or one a case, and the shape of the cases.

    The last axis of `periods` is time.
    """
    tables = {name: np.atleast_1d(numbers(name, x)) for name, x in periods.items()}
    (length,) = _shape({name: x.shape[-1:] for name, x in tables.items()}, "periods")
    found = {name: numbers(name, x) for name, x in values.items()}
    cases = _shape(
        {name: x.shape[:-1] for name, x in tables.items()} | {name: x.shape for name, x in found.items()},
        "shapes of cases",
    )

    def spread(x: NDArray[np.float64], inner: tuple[int, ...]) -> NDArray[np.float64]:
        outer = x.shape[: x.ndim - len(inner)]
        full = cases if math.prod(outer) != 1 else ()
        wide = np.broadcast_to(x if full else x.reshape(x.shape[len(outer) :]), full + inner)
        return np.ascontiguousarray(wide).reshape(-1, *inner)

    arrays = {name: spread(x, (length,)) for name, x in tables.items()}
    return arrays | {name: spread(x, ()) for name, x in found.items()}, cases


def _result(values: NDArray[np.float64], cases: tuple[int, ...]) -> Any:
    if cases == ():
        return float(values[0])
    return np.array(np.broadcast_to(values, math.prod(cases)).reshape(cases))


def training_utility(
    d: ArrayLike, *, sdy: ArrayLike, people: ArrayLike, years: ArrayLike = 1.0, cost: ArrayLike = 0.0
) -> Any:
    """Value of a training programme less its cost: people x years x d x SDy - cost [1]_.

    Parameters
    ----------
    d : array_like
        Mean gain of a person, in standard deviations of performance, -100 to 100.
    sdy : array_like
        Yearly value of one standard deviation of a person's performance, at least 0.
    people : array_like
        Trained, at least 0.
    years : array_like
        That the effect lasts, at least 0.
    cost : array_like
        Of the whole programme, at least 0.

    Returns
    -------
    float or ndarray

    Examples
    --------
    SDy decides the sign: 20 % or 40 % of a salary of 38,000.

    >>> import trainplan as tp
    >>> sdy = [0.2 * 38_000, 0.4 * 38_000]
    >>> tp.utility.training_utility(0.3, sdy=sdy, people=100, years=0.75, cost=330_000).round()
    array([-159000.,   12000.])
    """
    return _utility.training_utility(**_together(d=d, sdy=sdy, people=people, years=years, cost=cost))


def break_even_sdy(d: ArrayLike, *, people: ArrayLike, years: ArrayLike = 1.0, cost: ArrayLike) -> Any:
    """Find the SDy at which `training_utility` is zero [3]_; parameters as those.

    Returns
    -------
    float or ndarray
        NaN where no SDy is enough: `d` not above 0, or nobody trained.

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.utility.break_even_sdy(0.3, people=100, years=0.75, cost=330_000))
    14667
    """
    return _utility.break_even_sdy(**_together(d=d, people=people, years=years, cost=cost))


def programme_utility(
    people: ArrayLike,
    behavior: ArrayLike,
    *,
    measured_at: ArrayLike,
    d: ArrayLike,
    sdy: ArrayLike,
    cost: ArrayLike = 0.0,
    discount_factors: ArrayLike = 1.0,
    variable_costs: ArrayLike = 0.0,
    tax: ArrayLike = 0.0,
) -> Any:
    """Value of a training programme month by month, less its cost.

    The sum of people / 12 x d x min(1, behavior / measured_at) x SDy x (1 + V) x (1 - tax) x discount factor,
    less cost x (1 - tax): Boudreau's equation [2]_ in months.

    Parameters
    ----------
    people : array_like
        In each month, at least 0. The last axis is months.
    behavior : array_like
        Behavior on the job in each month, 0 to 1. The last axis is months.
    measured_at : array_like
        Behavior when `d` was measured, above 0 and at most 1.
    d : array_like
        Mean gain of a person, in standard deviations of performance, -100 to 100.
    sdy : array_like
        Yearly value of one standard deviation of a person's performance, at least 0.
    cost : array_like
        Present value of all costs, at least 0.
    discount_factors : array_like
        Of each month, the last axis; as from `finance.discount_factors`.
    variable_costs : array_like
        V: costs that move with the extra output, as a share of it, negative where they rise; -1 to 10.
    tax : array_like
        Marginal rate, 0 to 1.

    Returns
    -------
    float or ndarray
        Of the shape that all other axes have together.

    Examples
    --------
    The effect holds for three months and has faded by half for six.

    >>> import trainplan as tp
    >>> behavior = [0.5] * 3 + [0.25] * 6
    >>> round(tp.utility.programme_utility(100, behavior, measured_at=0.5, d=0.3, sdy=15_200, cost=150_000))
    78000
    """
    arrays, cases = _cases(
        {"people": people, "behavior": behavior, "discount_factors": discount_factors},
        {
            "measured_at": measured_at,
            "d": d,
            "sdy": sdy,
            "cost": cost,
            "variable_costs": variable_costs,
            "tax": tax,
        },
    )
    return _result(_utility.programme_utility(**arrays), cases)


def boudreau_utility(
    people: ArrayLike,
    *,
    d: ArrayLike,
    sdy: ArrayLike,
    costs: ArrayLike = 0.0,
    discount_rate: ArrayLike = 0.0,
    variable_costs: ArrayLike = 0.0,
    tax: ArrayLike = 0.0,
    costs_due: Literal["end", "start"] = "end",
    costs_deductible: bool = True,
) -> Any:
    """Present value of a personnel programme over several years [2]_.

    The sum over years k = 1, 2, ... of people x d x SDy x (1 + V) x (1 - tax) / (1 + i)^k, less the costs.

    Parameters
    ----------
    people : array_like
        Who show the effect in each year, at least 0. The last axis is years.
    d : array_like
        Mean gain of a person, in standard deviations of performance, -100 to 100.
    sdy : array_like
        Yearly value of one standard deviation of a person's performance, at least 0.
    costs : array_like
        Of each year, at least 0. The last axis is years; one number is that of every year.
    discount_rate : array_like
        Annual effective, above -0.99 and at most 1.
    variable_costs : array_like
        V: costs that move with the extra output, as a share of it, negative where they rise; -1 to 10.
    tax : array_like
        Marginal rate, 0 to 1.
    costs_due : {"end", "start"}
        Of the year: costs are discounted as the gains are, or one year less, as Boudreau has it.
    costs_deductible : bool
        Whether costs lower the tax.

    Returns
    -------
    float or ndarray
        Of the shape that all other axes have together.

    Examples
    --------
    >>> import trainplan as tp
    >>> costs = [75_000, 10_000, 10_000]
    >>> round(tp.utility.boudreau_utility([100, 90, 80], d=0.25, sdy=50_000, costs=costs, discount_rate=0.08))
    2829790
    """
    if costs_due not in ("end", "start"):
        refuse("costs_due", "must be 'end' or 'start'", value=repr(costs_due)[:80])
    if not isinstance(costs_deductible, bool):
        refuse("costs_deductible", "must be True or False", value=repr(costs_deductible)[:80])
    arrays, cases = _cases(
        {"people": people, "costs": costs},
        {"d": d, "sdy": sdy, "discount_rate": discount_rate, "variable_costs": variable_costs, "tax": tax},
    )
    found = _utility.boudreau_utility(
        **arrays, costs_at_start=costs_due == "start", costs_deductible=costs_deductible
    )
    return _result(found, cases)


def selected_mean(selection_ratio: ArrayLike) -> Any:
    """Mean predictor score of those selected top-down, in standard deviations [4]_.

    Parameters
    ----------
    selection_ratio : array_like
        Selected of all applicants, above 0 and at most 1.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.utility.selected_mean(0.2), 5)
    1.39981
    """
    return _utility.selected_mean(numbers("selection_ratio", selection_ratio))


def naylor_shine(validity: ArrayLike, *, selection_ratio: ArrayLike) -> Any:
    """Mean performance of those selected, in standard deviations above unselected people [4]_.

    Parameters
    ----------
    validity : array_like
        Correlation of predictor and performance, -1 to 1.
    selection_ratio : array_like
        Selected of all applicants, above 0 and at most 1.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.utility.naylor_shine(0.35, selection_ratio=0.2), 6)
    0.489933
    """
    return _utility.naylor_shine(**_together(validity=validity, selection_ratio=selection_ratio))


def selection_utility(
    validity: ArrayLike,
    *,
    selection_ratio: ArrayLike,
    sdy: ArrayLike,
    people: ArrayLike,
    years: ArrayLike = 1.0,
    cost: ArrayLike = 0.0,
    baseline_validity: ArrayLike = 0.0,
) -> Any:
    """Value of selecting people better, less its cost: Brogden, Cronbach & Gleser [5]_.

    Parameters
    ----------
    validity : array_like
        Correlation of predictor and performance, -1 to 1.
    selection_ratio : array_like
        Selected of all applicants, above 0 and at most 1.
    sdy : array_like
        Yearly value of one standard deviation of a person's performance, at least 0.
    people : array_like
        Selected, at least 0.
    years : array_like
        That they stay, at least 0.
    cost : array_like
        Of the selection as a whole, at least 0.
    baseline_validity : array_like
        Validity of what is used today, -1 to 1.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> import trainplan as tp
    >>> net = tp.utility.selection_utility(
    ...     0.35, selection_ratio=0.2, sdy=50_000, people=100, years=3, cost=75_000
    ... )
    >>> round(net)
    7274000
    """
    return _utility.selection_utility(
        **_together(
            validity=validity,
            selection_ratio=selection_ratio,
            baseline_validity=baseline_validity,
            sdy=sdy,
            people=people,
            years=years,
            cost=cost,
        )
    )


def taylor_russell(validity: ArrayLike, *, selection_ratio: ArrayLike, base_rate: ArrayLike) -> Any:
    """Share of those selected who succeed [6]_.

    Parameters
    ----------
    validity : array_like
        Correlation of predictor and performance, -1 to 1.
    selection_ratio : array_like
        Selected of all applicants, above 0 and at most 1.
    base_rate : array_like
        Share who would succeed without selection, above 0 and below 1.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.utility.taylor_russell(0.35, selection_ratio=0.2, base_rate=0.5), 6)
    0.696552
    """
    return _utility.taylor_russell(
        **_together(validity=validity, selection_ratio=selection_ratio, base_rate=base_rate)
    )
