"""Corporate finance of cash flows: present value, rates of return, payback, ratios, annuities, dated flows.

Over 400 lines: people know all of this by one name, `tp.finance`, and most lines are its documentation.

Amounts are in any one currency, income positive and spending negative. Rates are fractions: 0.08 is 8 %.

One stream of flows (a list, a series, a 1-D array) gives a number or a small record; a table (2-D: a stream a
row) gives arrays with an entry a row. A question without an answer, such as the payback of a loss, has the
value None (NaN in arrays) and a `Reason`; it is never infinite, and never a stand-in.

Two options name the conventions. `timing` says when flows fall due: ``"end"``, flows[0] now and flows[t]
after t periods; ``"mid"``, flows[0] now and flows[t] in the middle of period t; ``"excel"``, flows[0] after
one period already, as NPV in a spreadsheet has it. `per_year` is the number of periods in the year of an
annual effective rate: monthly flows have ``per_year=12``, and flows[0] is what is spent before month 1.

Accuracy, tested against 50-digit arithmetic on 2,000 points a formula: discount factors are correctly
rounded; the error of `npv` is below 16 * 2**-53 of the present values of all flows taken as positive, and a
quarter of that in all cases tried; every root of `irr` and `xirr` is within two units in the last place,
however ill-conditioned; `mirr` is within one unit in the last place of 1 + rate, rate conversions within two;
`pv`, `fv` and `pmt` are within four of the sum of their parts, also as the rate goes to zero.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainplan._arrays import numbers, refuse, rows
from trainplan._core import finance as _finance

__all__ = [
    "Answer",
    "Irr",
    "Payback",
    "Reason",
    "annual_rate",
    "bcr",
    "discount_factors",
    "discounted_payback",
    "fv",
    "irr",
    "mirr",
    "monthly_rate",
    "nper",
    "npv",
    "npv_with_error",
    "payback",
    "pmt",
    "pv",
    "rate",
    "roi",
    "xirr",
    "xnpv",
]

Timing: TypeAlias = Literal["end", "mid", "excel"]
Due: TypeAlias = Literal["end", "begin"]
Number: TypeAlias = Any  # a float for one stream of flows or for numbers; an array for a table or for arrays

_TIMINGS = {timing.name: timing for timing in _finance.Timing}


class Reason(IntEnum):
    """Why there is, or is not, an answer. `text` is the sentence for a reader."""

    FOUND = 0
    ONE_POSITIVE = 1
    SEVERAL_ROOTS = 2
    NO_ROOT = 3
    NO_SIGN_CHANGE = 4
    NEVER_REACHED = 5
    ZERO_COST = 6
    UNRESOLVED = 7

    @property
    def text(self) -> str:
        """The reason as a sentence."""
        return _finance.text(int(self))

    def __repr__(self) -> str:
        return f"Reason.{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A number that may not exist.

    Attributes
    ----------
    value : float or None
        For a table, an array with NaN for None.
    reason : Reason
        For a table, an array of their codes: ``answer.reason == Reason.FOUND`` is a mask.
    """

    value: Any
    reason: Any

    def __float__(self) -> float:
        if self.value is None:
            raise ValueError(f"no value: {self.reason.text}")
        return float(self.value)


@dataclass(frozen=True, slots=True, eq=False)
class Irr(Answer):
    """Internal rates of return.

    Attributes
    ----------
    value : float or None
        The rate to decide with: the only root, or else the only one that is not negative.
    reason : Reason
        FOUND, ONE_POSITIVE, SEVERAL_ROOTS, NO_ROOT, NO_SIGN_CHANGE or UNRESOLVED.
    roots : tuple of float
        All rates above -1 at which the net present value is zero, ascending; a rate at which it only touches
        zero stands twice. For a table, a 2-D array with NaN after the last root of a row.
    """

    roots: Any


@dataclass(frozen=True, slots=True, eq=False)
class Payback(Answer):
    """When the cumulative flow is back at zero, in periods: 0 is the period of flows[0].

    Attributes
    ----------
    value : int or None
        First period from which the cumulative flow stays at or above zero.
    reason : Reason
        FOUND or NEVER_REACHED.
    first_crossing : int or None
        First period at which it is back at or above zero, even if it falls below again.
    interpolated : float or None
        As `value`, with the last period counted in part: its flow is spread evenly over it.
    """

    first_crossing: Any
    interpolated: Any


def _convention(timing: str, per_year: int) -> dict[str, Any]:
    if timing not in _TIMINGS:
        refuse("timing", f"must be one of {', '.join(map(repr, _TIMINGS))}", value=repr(timing)[:80])
    return {"timing": _TIMINGS[timing], "per_year": _whole("per_year", per_year)}


def _whole(name: str, number: object) -> int:
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        refuse(name, "must be a whole number", value=repr(number)[:80])
    return operator.index(number)


def _threads(threads: int | None) -> int:
    if threads is None:
        return 0
    count = _whole("threads", threads)
    if not 1 <= count <= 1024:
        refuse("threads", "must be from 1 to 1024, or None for all cores", value=str(count))
    return count


def _number(name: str, x: object) -> float:
    found = numbers(name, x)
    if found.ndim > 0:
        refuse(name, f"must be one number, not an array of shape {found.shape}")
    return float(found)


def _rates(name: str, rate: ArrayLike) -> NDArray[np.float64]:
    found = numbers(name, rate)
    if found.ndim > 1:
        refuse(name, f"must be one number or a row of them, not of shape {found.shape}")
    return np.atleast_1d(found)


def _due(due: str) -> bool:
    if due not in ("end", "begin"):
        refuse("due", "must be 'end' or 'begin'", value=repr(due)[:80])
    return due == "begin"


def _broadcast(**named: ArrayLike) -> dict[str, Any]:
    found = {name: numbers(name, x) for name, x in named.items()}
    try:
        np.broadcast_shapes(*(x.shape for x in found.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {x.shape}" for name, x in found.items())
        refuse(next(iter(found)), f"must have a shape that goes with the others: {shapes}")
    return found


def _optional(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _period(value: float) -> int | None:
    return None if np.isnan(value) else int(value)


def _answer(value: Any, otherwise: Reason) -> Answer:
    if np.ndim(value) == 0:
        return Answer(_optional(value), otherwise if np.isnan(value) else Reason.FOUND)
    return Answer(value, np.where(np.isnan(value), otherwise, Reason.FOUND).astype(np.uint8))


def _days(dates: Iterable[object]) -> NDArray[np.int64]:
    found = np.asarray(dates)
    if found.ndim != 1:
        refuse("dates", f"must be one-dimensional, not of shape {found.shape}")
    if found.dtype.kind == "M":
        days = found.astype("datetime64[D]")
        for entry in np.flatnonzero(np.isnat(days)):
            refuse("dates", f"entry {entry} is missing")
        return days.astype(np.int64)
    return np.array([_day(i, entry) for i, entry in enumerate(found.tolist())], dtype=np.int64)


def _day(entry: int, given: object) -> int:
    found = given
    if isinstance(found, str):
        try:
            found = datetime.fromisoformat(found)
        except ValueError:
            refuse("dates", f"entry {entry} is {given!r:.80}, not a date such as '2027-03-31'")
    if isinstance(found, datetime) and found == found:  # pandas' NaT is no equal of itself
        found = found.date()
    if not isinstance(found, date) or found != found:
        refuse("dates", f"entry {entry} is {given!r:.80}, not a date")
    return found.toordinal()


def discount_factors(
    periods: int, *, rate: float, timing: Timing = "end", per_year: int = 1
) -> NDArray[np.float64]:
    """Discount factors of flows[0], flows[1], ...: what `npv` multiplies flows with.

    Parameters
    ----------
    periods : int
        Number of flows, flows[0] included.
    rate : float
        Annual effective, above -0.99 and at most 1.
    timing : {"end", "mid", "excel"}
        When flows fall due, see `npv`.
    per_year : int
        Periods a year.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.finance.discount_factors(3, rate=0.25)
    array([1.  , 0.8 , 0.64])
    """
    return _finance.discount_factors(
        _whole("periods", periods), rate=_number("rate", rate), **_convention(timing, per_year)
    )


def npv(
    flows: ArrayLike,
    *,
    rate: ArrayLike,
    timing: Timing = "end",
    per_year: int = 1,
    threads: int | None = None,
) -> Number:
    """Net present value.

    Parameters
    ----------
    flows : array_like
        One stream, or a table with a stream a row.
    rate : float or array_like
        Annual effective discount rate, above -0.99 and at most 1. With a table also one a row; with one
        stream several rates give its NPV profile.
    timing : {"end", "mid", "excel"}
        ``"end"``: flows[0] now, flows[t] after t periods. ``"mid"``: flows[0] now, flows[t] in the middle of
        period t, after t - 1/2 periods. ``"excel"``: flows[t] after t + 1 periods, as NPV in spreadsheets.
    per_year : int
        Periods a year: 12 for months.
    threads : int, optional
        Default: all cores, for tables large enough. The result does not depend on it.

    Returns
    -------
    float or ndarray

    Raises
    ------
    InputError
        For flows that are not finite, and for rates outside the range.

    See Also
    --------
    npv_with_error : Also bounds the rounding error.

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.finance.npv([-40_000, 8_000, 9_200, 10_000, 12_000, 14_500], rate=0.08), 2)
    1922.06

    Monthly flows, month 0 before the start, each later month discounted from its middle:

    >>> round(tp.finance.npv([-9_000, 1_000, 4_000, 5_000], rate=0.08, timing="mid", per_year=12), 2)
    878.97

    An NPV profile:

    >>> tp.finance.npv([-100, 60, 60], rate=[0, 0.1, 0.2]).round(2)
    array([20.  ,  4.13, -8.33])
    """
    table, rates, convention = rows("flows", flows), _rates("rate", rate), _convention(timing, per_year)
    if table.ndim == 1 and np.ndim(rate) == 1:
        return _finance.npv_profile(table, rates=rates, **convention)
    value = _finance.npv(np.atleast_2d(table), rates=rates, threads=_threads(threads), **convention)
    return value if table.ndim == 2 else float(value[0])


def npv_with_error(
    flows: ArrayLike, *, rate: ArrayLike, timing: Timing = "end", per_year: int = 1
) -> tuple[Number, Number]:
    """Net present value and a bound on its rounding error.

    Near break-even large flows cancel; the sign of the value means something only if it exceeds the bound.
    Parameters as those of `npv`; one rate with one stream.

    Returns
    -------
    value, error : float or ndarray

    Examples
    --------
    >>> import trainplan as tp
    >>> value, error = tp.finance.npv_with_error([-0.3, 0.1, 0.2], rate=0)
    >>> abs(value) <= error
    True
    """
    table, rates, convention = rows("flows", flows), _rates("rate", rate), _convention(timing, per_year)
    value, error = _finance.npv_with_error(np.atleast_2d(table), rates=rates, **convention)
    return (value, error) if table.ndim == 2 else (float(value[0]), float(error[0]))


def _irr(table: NDArray[np.float64], found: tuple[Any, Any, Any]) -> Irr:
    value, roots, reason = found
    if table.ndim == 2:
        return Irr(value, reason, roots)
    known = roots[0][~np.isnan(roots[0])]
    return Irr(_optional(value[0]), Reason(int(reason[0])), tuple(known.tolist()))


def irr(flows: ArrayLike, *, timing: Timing = "end", per_year: int = 1, threads: int | None = None) -> Irr:
    """Find every internal rate of return, and the one to decide with.

    All rates above -1 at which the net present value is zero are found, with proof that there are no others
    (sign rules of Descartes and Laguerre, Taylor bounds on intervals). The value is the only root. If there
    are several, it is the only one that is not negative, the case that Norstrom's rule describes: one change
    of sign in the cumulative flow [1]_. Otherwise the question has no answer; compare net present values.

    Parameters
    ----------
    flows : array_like
        One stream, or a table with a stream a row.
    timing : {"end", "mid", "excel"}
        When flows fall due, see `npv`. Only ``"mid"`` makes a difference to rates of return.
    per_year : int
        Periods a year; the rates are annual effective. 12 for monthly flows.
    threads : int, optional
        Default: all cores, for tables large enough. The result does not depend on it.

    Returns
    -------
    Irr

    Raises
    ------
    InputError
        For flows that are not finite.

    References
    ----------
    .. [1] C. J. Norstrom, "A sufficient condition for a unique nonnegative internal rate of return", J.
           Financial and Quantitative Analysis 7 (1972) 1835-1839.

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.finance.irr([-70_000, 12_000, 15_000, 18_000, 21_000, 26_000]).value, 6)
    0.086631
    >>> answer = tp.finance.irr([-1_600, 10_000, -10_000])
    >>> answer
    Irr(value=None, reason=Reason.SEVERAL_ROOTS, roots=(0.25, 4.0))
    >>> answer.reason.text
    'several rates solve the equation, and none is to be preferred: compare net present values'
    """
    table = rows("flows", flows)
    convention = _convention(timing, per_year)
    return _irr(table, _finance.irr(np.atleast_2d(table), threads=_threads(threads), **convention))


def mirr(flows: ArrayLike, *, finance_rate: ArrayLike, reinvest_rate: ArrayLike, per_year: int = 1) -> Answer:
    """Compute the modified internal rate of return, of which there is only one.

    Spending is financed at one rate; income is reinvested at the other until the last period.

    Parameters
    ----------
    flows : array_like
        One stream, or a table with a stream a row; flows[0] is now, flows[t] after t periods.
    finance_rate, reinvest_rate : float or array_like
        Annual effective, above -0.99 and at most 1; with a table also one a row.
    per_year : int
        Periods a year; the result is annual effective.

    Returns
    -------
    Answer
        Without both income and spending there is no value.

    Examples
    --------
    >>> import trainplan as tp
    >>> flows = [-120_000, 39_000, 30_000, 21_000, 37_000, 46_000]
    >>> round(tp.finance.mirr(flows, finance_rate=0.10, reinvest_rate=0.12).value, 6)
    0.126094
    """
    table = rows("flows", flows)
    value, reason = _finance.mirr(
        np.atleast_2d(table),
        finance_rates=_rates("finance_rate", finance_rate),
        reinvest_rates=_rates("reinvest_rate", reinvest_rate),
        per_year=_whole("per_year", per_year),
    )
    if table.ndim == 2:
        return Answer(value, reason)
    return Answer(_optional(value[0]), Reason(int(reason[0])))


def _payback(table: NDArray[np.float64], found: tuple[Any, Any, Any, Any]) -> Payback:
    value, crossing, interpolated, reason = found
    if table.ndim == 2:
        return Payback(value, reason, crossing, interpolated)
    return Payback(
        _period(value[0]), Reason(int(reason[0])), _period(crossing[0]), _optional(interpolated[0])
    )


def payback(flows: ArrayLike) -> Payback:
    """Payback period.

    A cumulative flow that is zero within the rounding of the amounts themselves counts as zero, so that
    -0.8, 0.1, 0.7 is paid back in period 2.

    Parameters
    ----------
    flows : array_like
        One stream, or a table with a stream a row.

    Returns
    -------
    Payback

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.finance.payback([-2_000, 500, 1_800, 0])
    Payback(value=2, reason=Reason.FOUND, first_crossing=2, interpolated=1.8333333333333335)
    """
    table = rows("flows", flows)
    return _payback(table, _finance.payback(np.atleast_2d(table)))


def discounted_payback(
    flows: ArrayLike, *, rate: ArrayLike, timing: Timing = "end", per_year: int = 1
) -> Payback:
    """Payback period of the discounted flows. Parameters as those of `npv`; one rate with one stream.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.finance.discounted_payback([-2_000, 500, 1_800, 0], rate=0.10)
    Payback(value=None, reason=Reason.NEVER_REACHED, first_crossing=None, interpolated=None)
    """
    table, rates, convention = rows("flows", flows), _rates("rate", rate), _convention(timing, per_year)
    return _payback(table, _finance.discounted_payback(np.atleast_2d(table), rates=rates, **convention))


def bcr(benefits: ArrayLike, costs: ArrayLike) -> Answer:
    """Benefit-cost ratio, benefits / costs.

    Parameters
    ----------
    benefits, costs : float or array_like
        Totals, nominal or present values; costs are positive numbers. Arrays broadcast.

    Returns
    -------
    Answer
        None without costs.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.finance.bcr(350_000, 200_000)
    Answer(value=1.75, reason=Reason.FOUND)
    """
    return _answer(_finance.bcr(**_broadcast(benefits=benefits, costs=costs)), Reason.ZERO_COST)


def roi(benefits: ArrayLike, costs: ArrayLike) -> Answer:
    """Return on investment in percent, 100 (benefits - costs) / costs.

    Parameters
    ----------
    benefits, costs : float or array_like
        Totals, nominal or present values; costs are positive numbers. Arrays broadcast.

    Returns
    -------
    Answer
        None without costs.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.finance.roi(350_000, 200_000)
    Answer(value=75.0, reason=Reason.FOUND)
    >>> tp.finance.roi(350_000, 0)
    Answer(value=None, reason=Reason.ZERO_COST)
    """
    return _answer(_finance.roi(**_broadcast(benefits=benefits, costs=costs)), Reason.ZERO_COST)


def pv(
    *, rate: ArrayLike, periods: ArrayLike, pmt: ArrayLike, fv: ArrayLike = 0.0, due: Due = "end"
) -> Number:
    """Present value of an annuity: what `periods` payments and a final amount are worth today.

    Here and in `fv`, `pmt`, `nper` and `rate`: what one pays is negative, what one receives positive, and
    pv (1+r)^n + pmt (1 + r due) ((1+r)^n - 1)/r + fv = 0, as in spreadsheets. Numbers, or arrays that
    broadcast.

    Parameters
    ----------
    rate : float or array_like
        A period, above -0.99 and at most 1.
    periods : float or array_like
        At least 0.
    pmt : float or array_like
        Payment each period.
    fv : float or array_like
        Amount after the last period.
    due : {"end", "begin"}
        When payments fall due in their period.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.finance.pv(rate=0.07, periods=20, pmt=12_000), 2)
    -127128.17
    """
    return _finance.pv(**_broadcast(rate=rate, periods=periods, pmt=pmt, fv=fv), begin=_due(due))


def fv(
    *, rate: ArrayLike, periods: ArrayLike, pmt: ArrayLike, pv: ArrayLike = 0.0, due: Due = "end"
) -> Number:
    """Future value of an annuity: what there is after `periods` payments. Parameters as those of `pv`.

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.finance.fv(rate=0.05 / 12, periods=120, pmt=-100, pv=-100), 2)
    15692.93
    """
    return _finance.fv(**_broadcast(rate=rate, periods=periods, pmt=pmt, pv=pv), begin=_due(due))


def pmt(
    *, rate: ArrayLike, periods: ArrayLike, pv: ArrayLike, fv: ArrayLike = 0.0, due: Due = "end"
) -> Number:
    """Payment a period that settles `pv` now and `fv` after the last. Parameters as those of `pv`.

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.finance.pmt(rate=0.08 / 12, periods=60, pv=15_000), 2)
    -304.15
    """
    return _finance.pmt(**_broadcast(rate=rate, periods=periods, pv=pv, fv=fv), begin=_due(due))


def nper(*, rate: ArrayLike, pmt: ArrayLike, pv: ArrayLike, fv: ArrayLike = 0.0, due: Due = "end") -> Answer:
    """Count the periods, not rounded, that payments take. Parameters as those of `pv`.

    Returns
    -------
    Answer
        None if no number of periods will do, as when payments do not cover the interest.

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.finance.nper(rate=0.01, pmt=-100, pv=-1_000, fv=10_000, due="begin").value, 4)
    59.6739
    """
    periods = _finance.nper(**_broadcast(rate=rate, pmt=pmt, pv=pv, fv=fv), begin=_due(due))
    return _answer(periods, Reason.NO_ROOT)


def rate(*, periods: float, pmt: float, pv: float, fv: float = 0.0, due: Due = "end") -> Irr:
    """Rate a period of an annuity, with all solutions as `irr` has them.

    Parameters
    ----------
    periods : float
        A whole number.
    pmt, pv, fv : float
        Payment each period, amount now, amount after the last period.
    due : {"end", "begin"}
        When payments fall due in their period.

    Returns
    -------
    Irr

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.finance.rate(periods=48, pmt=-200, pv=8_000).value, 9)
    0.007701472
    """
    value, roots, reason = _finance.rate(
        periods=_number("periods", periods),
        pmt=_number("pmt", pmt),
        pv=_number("pv", pv),
        fv=_number("fv", fv),
        begin=_due(due),
    )
    return Irr(value, Reason(reason), tuple(roots))


def monthly_rate(annual: ArrayLike) -> Number:
    """Monthly rate that compounds to an annual one: (1 + annual)^(1/12) - 1.

    Parameters
    ----------
    annual : float or array_like
        Annual effective, above -1.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.finance.monthly_rate(0.08), 6)
    0.006434
    """
    return _finance.monthly_rate(numbers("annual", annual))


def annual_rate(monthly: ArrayLike) -> Number:
    """Annual effective rate to which a monthly one compounds: (1 + monthly)^12 - 1.

    Parameters
    ----------
    monthly : float or array_like
        Above -1.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.finance.annual_rate(0.01), 6)
    0.126825
    """
    return _finance.annual_rate(numbers("monthly", monthly))


def xnpv(flows: ArrayLike, dates: Iterable[object], *, rate: float) -> Number:
    """Net present value of dated flows, on the day of the earliest.

    Years are days / 365 (act/365 fixed), as in XNPV of spreadsheets.

    Parameters
    ----------
    flows : array_like
        One stream, or a table with a stream a row.
    dates : sequence of date
        One a flow, in any order: dates, datetime64, timestamps or ISO texts such as ``"2027-03-31"``.
    rate : float
        Annual effective, above -0.99 and at most 1.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> import trainplan as tp
    >>> days = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    >>> round(tp.finance.xnpv([-10_000, 2_750, 4_250, 3_250, 2_750], days, rate=0.09), 2)
    2086.65
    """
    table = rows("flows", flows)
    value = _finance.xnpv(np.atleast_2d(table), _days(dates), rate=_number("rate", rate))
    return value if table.ndim == 2 else float(value[0])


def xirr(flows: ArrayLike, dates: Iterable[object], *, threads: int | None = None) -> Irr:
    """Find every internal rate of return of dated flows, as `irr` does. Parameters as those of `xnpv`.

    Examples
    --------
    >>> import trainplan as tp
    >>> days = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    >>> round(tp.finance.xirr([-10_000, 2_750, 4_250, 3_250, 2_750], days).value, 6)
    0.373363
    """
    table = rows("flows", flows)
    return _irr(table, _finance.xirr(np.atleast_2d(table), _days(dates), threads=_threads(threads)))
