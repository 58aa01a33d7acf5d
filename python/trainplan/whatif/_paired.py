"""Runs on the same trials, two or more: differences, who is better how often, and by how much one regrets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainplan import statistics
from trainplan.run import Run
from trainplan.whatif._measure import number, paired

__all__ = ["difference", "ordered", "regrets"]


def ordered(values: NDArray[np.float64], more_is_better: bool) -> NDArray[np.float64]:
    """Return values of which more is better; what never comes is worst."""
    found: NDArray[np.float64] = np.where(np.isnan(values), -math.inf, values if more_is_better else -values)
    return found


def difference(
    run: Run, base: Run, output: str, quantiles: Sequence[float], more_is_better: bool
) -> dict[str, Any]:
    """Return how an output of a run differs from that of another, as the cells of a row."""
    a, b = (ordered(one[output], more_is_better) for one in (run, base))
    mean = paired(run[output], base[output], stratified=run.stratified)
    better = statistics.probability(a > b, stratified=run.stratified)
    both = run[output] - base[output]
    both = both[~np.isnan(both)]
    row: dict[str, Any] = {
        "mean": mean.value,
        "mcse_mean": number(mean.standard_error),
        "p_better": better.value,
        "mcse_p_better": number(better.standard_error),
        "p_same": float(np.mean(a == b)),
    }
    errors = {}
    found = (
        # What is left of the trials fills no strata: their plain errors are too wide, not too narrow.
        statistics.quantile_errors(both, quantiles, stratified=run.stratified and both.size == a.size)
        if both.size
        else dict.fromkeys(quantiles, statistics.Estimate(math.nan, None, None, None))
    )
    for level, one in found.items():
        row[f"p{100 * level:g}"] = one.value
        errors[f"mcse_p{100 * level:g}"] = number(one.standard_error)
    return {**row, **errors, "share_missing": 1.0 - both.size / a.size}


def regrets(runs: Mapping[str, Run], output: str, more_is_better: bool) -> list[dict[str, Any]]:
    """Return a row a run: what the best of each trial gives beyond it, and how often it is the best."""
    values = np.stack([ordered(run[output], more_is_better) for run in runs.values()])
    best = values.max(axis=0)
    at_best = values == best
    shares = at_best / at_best.sum(axis=0)
    rows = []
    for i, (name, run) in enumerate(runs.items()):
        chance = statistics.mean(shares[i], stratified=run.stratified)
        row: dict[str, Any] = {"scenario": name}
        row |= dict.fromkeys(("mean_regret", "mcse_mean_regret", "p90_regret"), math.nan)
        if np.isfinite(values).all():
            regret = best - values[i]
            mean = statistics.mean(regret, stratified=run.stratified)
            row["mean_regret"], row["mcse_mean_regret"] = mean.value, number(mean.standard_error)
            row["p90_regret"] = float(statistics.quantiles(regret, (0.9,))[0])
        row["p_best"], row["mcse_p_best"] = chance.value, number(chance.standard_error)
        rows.append(row)
    return rows
