"""Which inputs an output goes with: rank correlations, free from a run that exists.

References
----------
.. [1] C. Croux and C. Dehon, "Influence functions of the Spearman and Kendall correlation measures",
       Stat. Methods Appl. 19 (2010) 497-515.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainplan import statistics
from trainplan._arrays import refuse
from trainplan._frames import from_rows
from trainplan.run import SERIES_TRIALS, Run
from trainplan.whatif._fields import inputs, need_list
from trainplan.whatif._measure import need_output, number

__all__ = ["COLUMNS", "rank_correlations", "ranked", "spearman", "strongest"]

COLUMNS = ("input", "rho", "mcse", "low", "high", "unit", "source", "n")


def rank_correlations(
    run: Run, output: str, *, paths: Sequence[str] | None = None, backend: str = "pandas"
) -> Any:
    """Return a row an uncertain quantity: its rank correlation with an output, the strongest first."""
    return from_rows(ranked(run, output, paths), COLUMNS, backend=backend)


def ranked(run: Run, output: str, paths: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Return the rows of `rank_correlations`."""
    return _ranked(run, output, paths)[0]


def _ranked(
    run: Run, output: str, paths: Sequence[str] | None = None
) -> tuple[list[dict[str, Any]], dict[str, NDArray[np.float64]], NDArray[np.float64]]:
    """Return the rows, and the ranks that they are made of: of each quantity, and of the output."""
    need_output(output, run.outputs)
    count = min(run.trials, SERIES_TRIALS)
    if count < 3:
        refuse("trials", "must be at least 3 for a rank correlation", value=str(run.trials))
    need_list(paths)
    names, draws = run._core_draws(count, paths)
    values = run[output][:count]
    y = _ranks(np.where(np.isnan(values), math.inf, values))  # what never comes is later than all
    ranks = {name: _ranks(x) for name, x in zip(names, draws, strict=True)}
    known = inputs(run.plan)
    rows = []
    for name, x in ranks.items():
        rho, found = spearman(x, y, stratified=run.stratified)
        row = known.get(name, {"unit": "", "source": ""})
        rows.append(
            {
                "input": name,
                "rho": rho,
                "mcse": number(found.standard_error),
                "low": max(-1.0, number(found.low)),
                "high": min(1.0, number(found.high)),
                "unit": row["unit"],
                "source": row["source"],
                "n": count,
            }
        )
    rows.sort(key=lambda row: (-abs(row["rho"]) if row["rho"] == row["rho"] else 1.0, row["input"]))
    return rows, ranks, y


def spearman(
    x: NDArray[np.float64], y: NDArray[np.float64], *, stratified: bool
) -> tuple[float, statistics.Estimate]:
    """Return the correlation of ranks, and the same with its Monte Carlo error.

    The error is that of the mean of the trials' influence on it [1]_: a trial counts by its own product of
    ranks, and by moving the ranks of the trials above it; with equal values it moves the spread of the ranks
    as well. NaN where x or y is the same in every trial.
    """
    u, v = x - x.mean(), y - y.mean()
    of_u, of_v = float(np.mean(u**2)), float(np.mean(v**2))
    if of_u == 0.0 or of_v == 0.0:
        return math.nan, statistics.Estimate(math.nan, None, None, None, "the same in every trial")
    spread = math.sqrt(of_u * of_v)
    rho = float(np.mean(u * v)) / spread
    influence = (u * v + _above(x, v) + _above(y, u)) / spread - 2.0 * rho
    for rank, one, square in ((x, u, of_u), (y, v, of_v)):
        influence -= 0.5 * rho * ((one**2 + 2.0 * _above(rank, one)) / square - 3.0)
    return rho, statistics.mean(influence, stratified=stratified)


def _above(rank: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each trial the mean over all of `other` where the rank is above; equal ranks count half."""
    _, group = np.unique(rank, return_inverse=True)
    sums = np.bincount(group, weights=other)
    above = np.cumsum(sums[::-1])[::-1] - sums / 2.0
    return np.asarray(above[group] / rank.size)


def strongest(run: Run, output: str, paths: Sequence[str]) -> list[str]:
    """Return inputs by their weight in a regression of ranks on those of all uncertain quantities.

    Unlike a correlation, a weight is not that of what an input moves with.
    """
    rows, ranks, y = _ranked(run, output)
    names = [row["input"] for row in rows if row["rho"] == row["rho"]]
    if not names or y.size <= 2 * len(names):  # too few trials for a regression
        return [name for name in names if name in paths]
    x = np.stack([ranks[name] for name in names])
    x = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
    weights = np.linalg.lstsq(x.T, y - y.mean(), rcond=None)[0]
    order = sorted(range(len(names)), key=lambda i: (-abs(float(weights[i])), names[i]))
    return [names[i] for i in order if names[i] in paths]


def _ranks(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks over the number of trials, from 0 to 1; equal values share the mean of theirs."""
    _, group, count = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    found: NDArray[np.float64] = ((last - (count - 1) / 2.0) / x.size)[group]
    return found
