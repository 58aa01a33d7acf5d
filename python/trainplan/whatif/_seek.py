"""Goal seek: at which value of one number the plan does what is asked of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainplan._arrays import numbers, refuse, whole
from trainplan._frames import from_rows
from trainplan._progress import Progress
from trainplan._summary import Row, rounded
from trainplan.plan import Plan
from trainplan.statistics import Estimate
from trainplan.whatif import _measure, _show
from trainplan.whatif._fields import need_number
from trainplan.whatif._many import Batch, Sampling, need_plan, options, patched
from trainplan.whatif._measure import Measure, measure
from trainplan.whatif._turns import Answer, Search

__all__ = ["Answer", "GoalSeek", "goal_seek"]


@dataclass(frozen=True, slots=True)
class GoalSeek:
    """Where the goal is met, or why it is not.

    Attributes
    ----------
    vary : str
        The path that was varied, over `between`.
    measure : Measure
        What was looked at; ``measure.name`` says it in words.
    goal : float
    answers : tuple of Answer
        All that were found, in ascending order; empty where the goal is met everywhere or nowhere.
    met_everywhere : bool
    tried : dict
        The statistic at every value that was tried, in ascending order.
    tolerance : float
        How near to the exact turn (of these trials) an answer lies; 0 for whole numbers.
    loosened : tuple of str
        Ids of correlations that were given up, because the quantity is set to a number.
    """

    vary: str
    between: tuple[float, float]
    measure: Measure
    goal: float
    answers: tuple[Answer, ...]
    met_everywhere: bool
    tried: dict[float, Estimate]
    tolerance: float
    loosened: tuple[str, ...]
    trials: int
    seed: int
    sampling: str

    @property
    def text(self) -> str:
        """The answer in words."""
        what = "chance" if self.measure.kind == "chance" else self.measure.name
        if self.answers:
            return "; ".join(self._said(one) for one in self.answers)
        sign = -1.0 if self.met_everywhere else 1.0
        # Of values that are as good, an end of the interval says more.
        best = max(self.tried, key=lambda x: (sign * self.tried[x].value, x in self.between))
        found = self.tried[best]
        shown = rounded(found.value, found.standard_error)
        where = f"at {_plain(best)} the {what} is"
        if self.met_everywhere:
            return f"none: {where} {'already' if best in self.between else 'least,'} {shown}"
        within = found.high is not None and found.high >= self.goal
        near = "; the goal is within its Monte Carlo error" if within else ""
        edge = best in self.between
        return f"none: {where} {'still' if edge else 'largest,'} {shown}{near}"

    def _said(self, one: Answer) -> str:
        digits = _plain if isinstance(one.value, int) else lambda x: rounded(x, self.tolerance * 10)
        low = f"{_plain(self.between[0])} or less" if one.low is None else digits(one.low)
        high = f"{_plain(self.between[1])} or more" if one.high is None else digits(one.high)
        return f"{one.met} {digits(one.value)} (with the Monte Carlo error {low} to {high})"

    def to_frame(self, *, backend: str = "pandas") -> Any:
        """Return a row an answer: value, met, low, high, and the statistic there with its error."""
        rows = [
            {
                "value": one.value,
                "met": one.met,
                "low": _measure.number(one.low),
                "high": _measure.number(one.high),
                "statistic": one.found.value,
                "mcse": _measure.number(one.found.standard_error),
            }
            for one in self.answers
        ]
        return from_rows(rows, ("value", "met", "low", "high", "statistic", "mcse"), backend=backend)

    def curve(self, *, backend: str = "pandas") -> Any:
        """Return what was tried: value, statistic, mcse, low, high, whether the goal is met."""
        rows = [
            {
                "value": x,
                "statistic": found.value,
                "mcse": _measure.number(found.standard_error),
                "low": _measure.number(found.low),
                "high": _measure.number(found.high),
                "met": found.value >= self.goal,
            }
            for x, found in self.tried.items()
        ]
        return from_rows(rows, list(rows[0]), backend=backend)

    def _card(self) -> _show.Card:
        answers = [
            Row(_plain(x), (_show.with_error(found), "yes" if found.value >= self.goal else "no"))
            for x, found in self.tried.items()
        ]
        remarks = [f"Correlations given up: {', '.join(self.loosened)}"] if self.loosened else []
        return _show.Card(
            f"{self.vary} for {self.measure.name} at least {_plain(self.goal)}: {self.text}",
            _show.facts(self.trials, self.sampling, self.seed),
            [_show.Part(self.vary, (self.measure.name, "met"), answers)],
            remarks,
        )

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()


def goal_seek(
    plan: Plan,
    *,
    vary: str,
    between: tuple[float, float],
    condition: str | None = None,
    chance: float | None = None,
    output: str | None = None,
    statistic: str | None = None,
    value: float | None = None,
    points: int = 17,
    trials: int = 10_240,
    seed: int | None = 1,
    threads: int | None = None,
    sampling: Sampling = "stratified",
    progress: Progress = True,
) -> GoalSeek:
    """Find the values of a number at which a goal begins or ceases to be met.

    The goal is a chance of a condition, or a value of a statistic: ``output="npv", statistic="mean",
    value=0`` finds the break-even. The interval is scanned at `points` values on the same trials, every
    turn between two of them is narrowed to 1/100,000 of the interval, and so is a peak that comes near. Two
    turns between neighboring values of the scan can be missed: more points see more. Whole numbers are tried
    as whole numbers, all of them where there are at most 33.

    On the same trials a mean or a quantile is a smooth curve of the number, and a chance one of steps of
    1/trials. What more trials could change is told by each answer's `low` and `high`: where the ends of the
    statistic's 95 % interval reach the goal.

    Parameters
    ----------
    plan : Plan
    vary : str
        Path of the number; a distribution there is replaced by numbers.
    between : tuple of float
        Least and largest value.
    condition, chance
        Such as ``"csat@6 >= 80"`` and 0.8.
    output, statistic, value
        Instead: such as ``"npv"``, ``"mean"`` (default) or ``"p10"``, and 0.
    points : int
        Values of the scan, 3 to 1,000.
    trials, seed, threads, sampling, progress
        As in `simulate`, for each value.

    Returns
    -------
    GoalSeek

    Raises
    ------
    InputError
        For a path that is no number, an interval outside its bounds, and a goal that cannot be.

    Examples
    --------
    >>> import trainplan as tp
    >>> found = tp.goal_seek(
    ...     tp.example("one_team"),
    ...     vary="costs.content.amount",
    ...     between=(0, 300_000),
    ...     output="npv",
    ...     value=0,
    ...     trials=640,
    ...     progress=False,
    ... )
    >>> [answer.met for answer in found.answers]
    ['up to']
    """
    need_plan(plan)
    asked, goal = _goal(condition, chance, output, statistic, value)
    kind = need_number(plan, vary, "vary")
    low, high = _interval(between, kind)
    count = whole("points", points, 3, 1000)
    how = options(trials, seed, sampling, threads)
    for end in (low, high):
        patched(plan, {vary: end})  # what cannot be is refused before anything runs
    loosened: dict[str, None] = {}
    tried: dict[float, Estimate] = {}

    with Batch(count + 40, how, progress) as batch:

        def look(x: float) -> Estimate:
            if x not in tried:
                one, ids = patched(plan, {vary: x})
                loosened.update(dict.fromkeys(ids))
                found = asked.of(batch.run(one, [asked.output]))
                if math.isnan(found.value) and asked.kind == "mean":
                    allowed = "has no mean where some trials never get there; ask for a quantile: p50"
                    refuse("statistic", allowed, value=repr(asked.output))
                tried[x] = found
            return tried[x]

        search = Search(look, goal, low, high, kind == "whole")
        answers = search.answers(count)
    ordered = dict(sorted(tried.items()))
    return GoalSeek(
        vary=vary,
        between=(low, high),
        measure=asked,
        goal=goal,
        answers=tuple(answers),
        met_everywhere=not answers and all(search.met(x) for x in ordered),
        tried=ordered,
        tolerance=search.tolerance,
        loosened=tuple(loosened),
        trials=int(how.trials),
        seed=how.seed,
        sampling=how.sampling,
    )


def _goal(
    condition: str | None,
    chance: float | None,
    output: str | None,
    statistic: str | None,
    value: float | None,
) -> tuple[Measure, float]:
    asked = measure(output, statistic, condition)
    if asked.kind == "chance":
        if value is not None:
            refuse("value", "goes with an output; the goal of a condition is its chance=")
        if chance is None:
            refuse("chance", "is required: the goal of a condition, such as 0.8")
        goal = float(numbers("chance", chance))
        if not 0.0 < goal <= 1.0:
            refuse("chance", "must be above 0 and at most 1", value=repr(chance)[:80])
        return asked, goal
    if chance is not None:
        refuse("chance", "goes with a condition; the goal of an output is its value=")
    if value is None:
        refuse("value", "is required: the goal of the output, such as 0; or give condition and chance")
    goal = float(numbers("value", value))
    if not math.isfinite(goal):
        refuse("value", "must be finite", value=repr(value)[:80])
    return asked, goal


def _interval(between: tuple[float, float], kind: str) -> tuple[float, float]:
    ends = numbers("between", between)
    if ends.shape != (2,) or not np.isfinite(ends).all() or not ends[0] < ends[1]:
        refuse("between", "must be two numbers, the smaller first", value=repr(between)[:80])
    low, high = (float(end) for end in ends)
    if kind != "whole":
        return low, high
    first, last = math.ceil(low), math.floor(high)
    if first >= last:
        refuse("between", "must hold at least two whole numbers", value=repr(between)[:80])
    return first, last


def _plain(x: float) -> str:
    return f"{x:,}" if isinstance(x, int) else f"{x:,.6g}"
