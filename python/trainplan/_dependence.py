"""What correlations a plan states, and what the draws of a run achieved."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from trainplan import _core

if TYPE_CHECKING:
    from trainplan.run import Run

COLUMNS = ("a", "b", "stated", "used", "achieved", "n")
_MOST_TRIALS = 16_384


def achieved(run: Run) -> list[dict[str, Any]]:
    """Return a row a pair of correlated quantities."""
    record = run.plan.record
    pairs = [
        (a, b, float(group["stated"][i, j]), float(group["used"][i, j]))
        for group in record.correlation_groups()
        for (i, a), (j, b) in combinations(enumerate(group["members"]), 2)
    ]
    shared = record.shared_lifts()
    rho = record.programme.lift_correlation
    pairs += [
        (a, b, rho * sign_a * sign_b, rho * sign_a * sign_b)
        for (a, sign_a), (b, sign_b) in combinations(shared, 2)
    ]
    if not pairs:
        return []
    count = min(run.trials, _MOST_TRIALS)
    paths = list(dict.fromkeys(path for a, b, *_ in pairs for path in (a, b)))
    _, values = run._core_draws(count, paths)
    found = (
        _core.correlation.rank_correlation(np.ascontiguousarray(values))
        if count > 1
        else np.full((len(paths), len(paths)), np.nan)
    )
    place = {path: i for i, path in enumerate(paths)}
    return [
        {"a": a, "b": b, "stated": stated, "used": used, "achieved": found[place[a], place[b]], "n": count}
        for a, b, stated, used in pairs
    ]
