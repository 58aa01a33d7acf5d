"""Means, quantiles and probabilities of trials, each with its Monte Carlo error.

An estimate from trials is uncertain because their number is finite. Every function here says by how much: a
standard error and a 95 % interval. The error is that of the simulation alone; more trials make it smaller,
while the spread of the outcome itself stays what it is.

Trials of stratified sampling (the default of a run) come in blocks of 64 that fill the range of every input
evenly. Pass ``stratified=True`` for them, in the order of the trials and starting at the first: errors then
come from the means of the blocks, and are smaller. Without it the plain formulas apply, which are right for
independent trials and too wide for stratified ones.

References
----------
.. [1] A. B. Owen, "Monte Carlo variance of scrambled net quadrature", SIAM J. Numer. Anal. 34 (1997)
       1884-1910.
.. [2] R. S. Woodruff, "Confidence intervals for medians and other position measures", J. Am. Stat. Assoc. 47
       (1952) 635-646.
.. [3] J. A. Hanley and A. Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983)
       1743-1745.
.. [4] R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", Am. Stat. 50 (1996) 361-365.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainplan._arrays import refuse, vector
from trainplan._core import statistics as _statistics

__all__ = [
    "Estimate",
    "Summary",
    "difference",
    "mean",
    "probability",
    "quantile_errors",
    "quantiles",
    "summary",
]

_NOTES = {
    _statistics.Unknown.nothing: "",
    _statistics.Unknown.needs_two_trials: "needs 2 trials",
    _statistics.Unknown.end_of_sample: "a minimum or maximum of trials has no known error",
    _statistics.Unknown.never: "lies among the trials without a value",
}
_METHODS = {method.name: method for method in _statistics.QuantileMethod}


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate from trials and its Monte Carlo error.

    Attributes
    ----------
    value : float
        The estimate; NaN for a quantile that is "never".
    standard_error : float or None
        None where it is unknown; `note` says why.
    low, high : float or None
        Ends of the 95 % interval; None where unknown.
    note : str
        Why a number is missing; else empty.
    """

    value: float
    standard_error: float | None
    low: float | None
    high: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a person wants to know of one output.

    Attributes
    ----------
    count : int
        Number of trials.
    mean : Estimate
    sd : float or None
        Standard deviation of the trials, divisor n - 1; None for one trial.
    min, max : float
    quantiles : dict of float to Estimate
        By level, in the order asked for.
    never : Estimate or None
        Share of the trials without a value; None where these were not allowed.
    """

    count: int
    mean: Estimate
    sd: float | None
    min: float
    max: float
    quantiles: dict[float, Estimate]
    never: Estimate | None = None


def _known(number: float) -> float | None:
    return None if math.isnan(number) else number


def _estimate(e: _statistics.Estimate) -> Estimate:
    return Estimate(e.value, _known(e.standard_error), _known(e.low), _known(e.high), _NOTES[e.unknown])


def quantiles(
    values: ArrayLike,
    levels: ArrayLike = (0.1, 0.5, 0.9),
    *,
    method: Literal["linear", "inverted_cdf"] = "linear",
    never: bool = False,
) -> NDArray[np.float64]:
    """Quantiles of trials.

    Parameters
    ----------
    values : array_like
        One number a trial: list, NumPy array, or pandas, polars or Arrow series.
    levels : array_like
        From 0 to 1, none twice; 0.1 is the P10, 0 the minimum, 1 the maximum.
    method : {"linear", "inverted_cdf"}
        ``linear`` interpolates between two trials; ``inverted_cdf`` is the smallest trial that at least a
        share `level` of the trials does not exceed, as fits counts and money to be covered [4]_. Both agree
        with NumPy.
    never : bool
        NaN marks a trial that never gets there, as a payback month may: later than every number. A quantile
        that is "never" is NaN. Without it NaN is refused.

    Returns
    -------
    ndarray
        In the order of `levels`.

    Raises
    ------
    InputError
        For numbers that are not finite or beyond 1e150 in size, and for levels that cannot be.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.statistics.quantiles([1, 1, 1, 2, 10], [0.5, 0.9]).round(2).tolist()
    [1.0, 6.8]
    >>> tp.statistics.quantiles([1, 1, 1, 2, 10], [0.5, 0.9], method="inverted_cdf").tolist()
    [1.0, 10.0]
    >>> tp.statistics.quantiles([12, 9, float("nan"), 20], [0.5, 0.9], never=True).tolist()
    [16.0, nan]
    """
    if method not in _METHODS:
        refuse("method", f"must be one of {', '.join(_METHODS)}", value=repr(method))
    found = _statistics.quantiles(
        vector("values", values),
        vector("levels", levels).tolist(),
        method=_METHODS[method],
        nan_is_never=never,
    )
    return np.array(found)


def mean(values: ArrayLike, *, stratified: bool = False) -> Estimate:
    """Mean of trials with its Monte Carlo error.

    Parameters
    ----------
    values : array_like
        One number a trial.
    stratified : bool
        The trials are those of stratified sampling, in order.

    Returns
    -------
    Estimate
        The error comes from block means with `stratified` [1]_, else from the plain formula.

    Examples
    --------
    >>> import trainplan as tp
    >>> e = tp.statistics.mean([3.0, 5.0, 4.0, 4.0])
    >>> print(f"{e.value} +- {e.standard_error:.3f} ({e.low:.2f} to {e.high:.2f})")
    4.0 +- 0.408 (2.70 to 5.30)
    >>> tp.statistics.mean([3.0]).note
    'needs 2 trials'
    """
    return _estimate(_statistics.mean(vector("values", values), stratified=stratified))


def probability(events: ArrayLike, *, stratified: bool = False) -> Estimate:
    """Probability of an event from the trials that show it.

    Parameters
    ----------
    events : array_like
        True or 1 where a trial shows the event, False or 0 where not.
    stratified : bool
        The trials are those of stratified sampling, in order.

    Returns
    -------
    Estimate
        Where none or all of n trials show the event, the interval is [0, 3/n] or [1 - 3/n, 1] [3]_.

    Examples
    --------
    >>> import numpy as np
    >>> import trainplan as tp
    >>> npv = np.array([-20.0, 45.0, 80.0, 10.0])
    >>> tp.statistics.probability(npv > 0).value
    0.75
    >>> tp.statistics.probability([0] * 1000).high
    0.003
    """
    indicators = np.asarray(events)
    data = indicators.astype(np.float64) if indicators.dtype == np.bool_ else events
    return _estimate(_statistics.probability(vector("events", data), stratified=stratified))


def difference(a: ArrayLike, b: ArrayLike, *, stratified: bool = False) -> Estimate:
    """Mean of a - b, trial by trial.

    Two plans simulated on the same trials share their luck; most of it cancels in the difference, whose error
    is then far smaller than the two errors together suggest.

    Parameters
    ----------
    a, b : array_like
        One number a trial each, in the same order.
    stratified : bool
        The trials are those of stratified sampling, in order.

    Returns
    -------
    Estimate

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.statistics.difference([12.0, 15.0, 9.0], [10.0, 13.0, 7.0])
    Estimate(value=2.0, standard_error=0.0, low=2.0, high=2.0, note='')
    """
    return _estimate(_statistics.difference(vector("a", a), vector("b", b), stratified=stratified))


def quantile_errors(
    values: ArrayLike, levels: ArrayLike = (0.1, 0.5, 0.9), *, stratified: bool = False
) -> dict[float, Estimate]:
    """Quantiles (linear) of trials with their Monte Carlo errors.

    Parameters
    ----------
    values : array_like
        One number a trial.
    levels : array_like
        From 0 to 1, none twice. The minimum and maximum (0 and 1) have no known error.
    stratified : bool
        The trials are those of stratified sampling, in order.

    Returns
    -------
    dict of float to Estimate
        By level. Intervals after Woodruff [2]_; the standard error is that of a symmetric interval of equal
        width.

    Examples
    --------
    >>> import trainplan as tp
    >>> median = tp.statistics.quantile_errors(range(1, 101), [0.5])[0.5]
    >>> print(f"{median.value} ({median.low:.1f} to {median.high:.1f})")
    50.5 (40.6 to 60.4)
    """
    return summary(values, levels, stratified=stratified).quantiles


def summary(
    values: ArrayLike,
    levels: ArrayLike = (0.1, 0.5, 0.9),
    *,
    stratified: bool = False,
    never: bool = False,
) -> Summary:
    """Mean, standard deviation, extremes and quantiles of trials, with their Monte Carlo errors.

    Parameters
    ----------
    values : array_like
        One number a trial.
    levels : array_like
        Levels of the quantiles, from 0 to 1, none twice.
    stratified : bool
        The trials are those of stratified sampling, in order.
    never : bool
        NaN marks a trial without a value, later than every number. With any of them the mean, the standard
        deviation and the maximum do not exist, while quantiles do as far as enough trials get there.

    Returns
    -------
    Summary

    Examples
    --------
    >>> import trainplan as tp
    >>> months = tp.statistics.summary([14, 18, float("nan"), 11, 16], [0.5], never=True)
    >>> months.quantiles[0.5].value, months.never.value, months.mean.note
    (16.0, 0.2, 'lies among the trials without a value')
    """
    at = vector("levels", levels).tolist()
    s = _statistics.summarize(vector("values", values), at, stratified=stratified, nan_is_never=never)
    return Summary(
        count=s.count,
        mean=_estimate(s.mean),
        sd=_known(s.sd),
        min=s.min,
        max=s.max,
        quantiles={level: _estimate(e) for level, e in zip(at, s.quantiles, strict=True)},
        never=None if s.never is None else _estimate(s.never),
    )
