"""Totals over the horizon, a value a trial: what pictures and report show of costs and benefits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainplan import _summary, statistics

if TYPE_CHECKING:
    from trainplan.run import Run

LEVELS = (0.1, 0.5, 0.9)
_Key = Sequence[str]


def totals(run: Run, what: str, name: Callable[[_Key], str]) -> dict[str, NDArray[np.float64]]:
    """Return sums over months of a run's series by the name of their keys, largest mean first.

    Sums that are 0 in every trial are left out.
    """
    run._keep("benefit", "cost")
    shared = min(run.series(kind)[1].shape[2] for kind in ("benefit", "cost"))
    keys, values = run.series(what)
    values = values[:, :, :shared]  # benefits and costs of the same trials
    found: dict[str, NDArray[np.float64]] = {}
    for key, series in zip(keys, values, strict=True):
        label = name(key)
        found[label] = found.get(label, 0.0) + np.nansum(series, axis=0)
    kept = {label: total for label, total in found.items() if total.any()}
    return dict(sorted(kept.items(), key=lambda item: -item[1].mean()))


def benefits(run: Run) -> dict[str, NDArray[np.float64]]:
    """Return the benefits by the names of their streams."""
    return totals(run, "benefit", lambda key: words(key[2], _summary._STREAMS))


def costs(run: Run) -> dict[str, NDArray[np.float64]]:
    """Return the costs by the names of their categories."""
    categories = run._categories()
    return totals(run, "cost", lambda key: words(categories[key[2]], _summary._CATEGORIES))


def by_place(run: Run, what: str, places: Mapping[str, str]) -> dict[str, NDArray[np.float64]]:
    """Return benefits or costs by the place of each team; "" is the programme's."""
    return totals(run, what, lambda key: places.get(key[1], ""))


def words(key: str, names: Mapping[str, str]) -> str:
    """Return the name of a cost category or a benefit stream; of one without a name, its id as words."""
    return names.get(key) or key.removeprefix("custom.").replace("_", " ").capitalize()


def mean_text(values: NDArray[np.float64], *, stratified: bool) -> str:
    """Return a mean without the digits that say nothing, as the card shows it."""
    found = statistics.summary(values, LEVELS, stratified=stratified)
    return _summary.rounded(found.mean.value, max(found.mean.standard_error or 0.0, _summary._step(found)))
