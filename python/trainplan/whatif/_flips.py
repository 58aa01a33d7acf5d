"""The weakest assumption: at which value of an input two scenarios change places."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainplan import statistics
from trainplan._arrays import refuse
from trainplan._frames import from_rows
from trainplan._summary import Row, rounded
from trainplan.run import Run
from trainplan.statistics import Estimate
from trainplan.whatif import _show
from trainplan.whatif._fields import inputs, uncertain

__all__ = ["Flip", "Flips", "flips"]

_NORMAL = NormalDist()
_DEGREE = 3
_ENDS = (0.01, 0.99)  # beyond, a fit says nothing
_SURE = 3.0  # standard errors that the other side must lie beyond 0: dozens of inputs are looked at
_FEWEST = 64
_MOST = 65_536  # trials that a curve is fitted to
COLUMNS = ("input", "unit", "value", "quantile", "quantile_low", "quantile_high", "when", "median", "source")


@dataclass(frozen=True, slots=True)
class Flip:
    """A value of an input at which two scenarios change places.

    Attributes
    ----------
    input, unit : str
    value : float
        Where the mean difference, given the input, is 0.
    quantile : float
        Its place in the input's distribution; `low` and `high` are its 95 % interval.
    when : {"below", "above"}
        On which side the other scenario is better.
    median : float
        Of the input.
    source : str
        Where the input comes from: data, benchmark, assumption, default.
    """

    input: str
    unit: str
    value: float
    quantile: float
    low: float
    high: float
    when: str
    median: float
    source: str


@dataclass(frozen=True, slots=True)
class Flips:
    """What would have to be true for the second scenario to be the better one.

    Attributes
    ----------
    output : str
    better, other : str
        The two scenarios.
    difference : Estimate
        Mean of the better one minus the other.
    found : tuple of Flip
        The least surprising first: by the distance of the quantile from the median.
    looked_at : int
        How many uncertain inputs the two share.
    """

    output: str
    better: str
    other: str
    difference: Estimate
    found: tuple[Flip, ...]
    looked_at: int
    trials: int

    @property
    def weakest(self) -> Flip | None:
        """The assumption nearest to its median under which the ranking flips; None: there is none."""
        return self.found[0] if self.found else None

    def to_frame(self, *, backend: str = "pandas") -> Any:
        """Return a row a flip: input, unit, value, quantile and its interval, when, median, source."""
        rows = [
            {
                "input": one.input,
                "unit": one.unit,
                "value": one.value,
                "quantile": one.quantile,
                "quantile_low": one.low,
                "quantile_high": one.high,
                "when": one.when,
                "median": one.median,
                "source": one.source,
            }
            for one in self.found
        ]
        return from_rows(rows, COLUMNS, backend=backend)

    def _card(self) -> _show.Card:
        shown = _show.with_error(self.difference)
        facts = f"on average by {shown}; {self.looked_at} uncertain inputs of both, {self.trials:,} trials"
        remarks = []
        if abs(self.difference.value) < 2.0 * (self.difference.standard_error or 0.0):
            remarks.append("The two are so close that the Monte Carlo error alone may turn them round.")
        if not self.found:
            remarks.append(
                f"none: no single input, from its P1 to its P99, makes {self.other} better on average."
            )
        rows = [
            Row(
                one.input,
                (
                    f"{one.when} {rounded(one.value, None)} {one.unit}".rstrip(),
                    f"P{100 * one.quantile:.0f}",
                    rounded(one.median, None),
                    one.source,
                ),
            )
            for one in self.found
        ]
        head = (f"{self.other} is better", "at its", "median", "source")
        parts = [_show.Part("Input", head, rows)] if rows else []
        return _show.Card(f"{self.better} beats {self.other} in {self.output}", facts, parts, remarks)

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()


def flips(a: Run, b: Run, *, names: tuple[str, str], output: str, more_is_better: bool) -> Flips:
    """Return where two runs on the same trials change places."""
    if np.isnan(a[output]).any() or np.isnan(b[output]).any():
        allowed = "must have a value in every trial; a payback that never comes has no mean"
        refuse("output", allowed, value=repr(output))
    if a.trials < _FEWEST:
        refuse("trials", f"must be at least {_FEWEST} to see how a difference depends on inputs")
    by = (a[output] - b[output]) * (1.0 if more_is_better else -1.0)
    if by.mean() < 0.0:
        by, names = -by, (names[1], names[0])
    difference = statistics.mean(by if more_is_better else -by, stratified=a.stratified)
    by = by[:_MOST]
    paths, draws = _shared(a, b, by.size)
    scores = np.array([_NORMAL.inv_cdf((i + 0.5) / by.size) for i in range(by.size)])
    facts = inputs(a.plan)
    found = []
    for path, x in zip(paths, draws, strict=True):
        one = _crossing(by, x, scores)
        if one is not None:
            place, low, high, when = one
            value, median = (float(v) for v in np.quantile(x, (place, 0.5)))
            row = facts[path]
            found.append(Flip(path, row["unit"], value, place, low, high, when, median, row["source"]))
    found.sort(key=lambda one: (abs(one.quantile - 0.5), one.input))
    return Flips(output, *names, difference, tuple(found), len(paths), by.size)


def _shared(a: Run, b: Run, trials: int) -> tuple[list[str], list[NDArray[np.float64]]]:
    """Return the uncertain inputs that both runs draw alike, and their draws."""
    paths = sorted(uncertain(a.plan).keys() & uncertain(b.plan).keys())
    if not paths:
        return [], []
    drawn = [run._core_draws(trials, paths)[1] for run in (a, b)]
    alike = [i for i in range(len(paths)) if np.array_equal(drawn[0][i], drawn[1][i])]
    alike = [i for i in alike if drawn[0][i].min() < drawn[0][i].max()]
    return [paths[i] for i in alike], [drawn[0][i] for i in alike]


def _crossing(
    by: NDArray[np.float64], x: NDArray[np.float64], scores: NDArray[np.float64]
) -> tuple[float, float, float, str] | None:
    """Return the quantile of x at which the mean of `by`, given x, turns negative, its interval, the side.

    A cubic in the normal score of x is fitted by least squares: straight for what depends on a normal input
    in a straight line. None where it stays on its side from P1 to P99, or is not surely on the other.
    """
    values, group = np.unique(x, return_inverse=True)
    order = np.argsort(x, kind="stable")
    score = np.empty_like(scores)
    score[order] = scores
    if values.size < x.size:  # what is equal gets the same score
        score = (np.bincount(group, weights=score) / np.bincount(group))[group]
    degree = min(_DEGREE, values.size - 1)
    design = np.vander(score, degree + 1, increasing=True)
    gram = np.linalg.inv(design.T @ design)
    weights = gram @ (design.T @ by)
    noise = float(np.sum((by - design @ weights) ** 2)) / max(1, by.size - degree - 1)
    ends = [_NORMAL.inv_cdf(end) for end in _ENDS]
    grid = np.linspace(ends[0], ends[1], 401)
    rows = np.vander(grid, degree + 1, increasing=True)
    curve = rows @ weights
    error = np.sqrt(noise * np.einsum("ij,jk,ik->i", rows, gram, rows))
    surely = curve < -_SURE * error
    if not surely.any():
        return None
    roots = []
    for i in np.flatnonzero((curve[:-1] >= 0.0) != (curve[1:] >= 0.0)):
        at = float(grid[i] + (grid[i + 1] - grid[i]) * curve[i] / (curve[i] - curve[i + 1]))
        falls = bool(curve[i] >= 0.0)
        beyond = surely[i + 1 :] if falls else surely[: i + 1]
        if beyond.any():
            slope = float(abs(curve[i + 1] - curve[i]) / (grid[i + 1] - grid[i]))
            fit = float(error[i]) / slope if slope > 0.0 else math.inf
            wide = 1.96 * math.hypot(fit, _score_error(at, by.size))
            roots.append((abs(at), at, wide, "above" if falls else "below"))
    if not roots:
        return None
    _, at, wide, when = min(roots)
    low, high = (_NORMAL.cdf(at - wide), _NORMAL.cdf(at + wide))
    return _NORMAL.cdf(at), low, high, when


def _score_error(score: float, trials: int) -> float:
    """Return the standard error of a score that is read off so many trials; at most, if stratified."""
    share = _NORMAL.cdf(score)
    return math.sqrt(share * (1.0 - share) / trials) / _NORMAL.pdf(score)
