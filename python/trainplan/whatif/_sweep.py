"""One or more paths through lists of values: what an output does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from trainplan._arrays import refuse
from trainplan._frames import frame, from_rows
from trainplan._progress import Progress
from trainplan._summary import Row
from trainplan.plan import Plan
from trainplan.run import Run
from trainplan.statistics import Estimate
from trainplan.whatif import _measure, _show
from trainplan.whatif._many import Batch, Sampling, need_plan, options, patched
from trainplan.whatif._measure import Measure, measure

__all__ = ["Sweep", "sweep"]

MOST_POINTS = 10_000


def sweep(
    plan: Plan,
    vary: Mapping[str, Sequence[Any]],
    *,
    output: str | None = None,
    statistic: str | None = None,
    condition: str | None = None,
    trials: int = 10_240,
    seed: int | None = 1,
    threads: int | None = None,
    sampling: Sampling = "stratified",
    progress: Progress = True,
) -> Sweep:
    """Run a plan for every combination of values, on common random numbers.

    Parameters
    ----------
    plan : Plan
    vary : mapping of str to sequence
        Values by path, as `Plan.replace` takes them: numbers, texts such as ``"1 to 3"``, None.
    output : str, optional
        ``npv`` where nothing is named.
    statistic : str, optional
        ``mean`` (default) or a quantile: ``p10``, ``p50``, ``p97.5``.
    condition : str, optional
        Instead of output and statistic: its chance, such as ``"csat@6 >= 80"``.
    trials, seed, threads, sampling, progress
        As in `simulate`, for each point; the bar is one for all of them.

    Returns
    -------
    Sweep

    Raises
    ------
    InputError
        For unknown paths and values that cannot be, before anything runs.

    Examples
    --------
    >>> import trainplan as tp
    >>> found = tp.sweep(
    ...     tp.example("one_team"), {"reinforcement.coaching_hours": [0, 1, 2]}, trials=640, progress=False
    ... )
    >>> found.to_frame()["reinforcement.coaching_hours"].tolist()
    [0, 1, 2]
    """
    need_plan(plan)
    asked = measure(output, statistic, condition)
    lists = _lists(vary)
    points = [dict(zip(lists, values, strict=True)) for values in product(*lists.values())]
    # All are made before the first runs: a fault in the last one costs no time.
    made = [patched(plan, point) for point in points]
    loosened = tuple(dict.fromkeys(id for _, ids in made for id in ids))
    how = options(trials, seed, sampling, threads)
    found, differences = [], []
    with Batch(len(made) + 1, how, progress) as batch:
        base = batch.run(plan, [asked.output])
        for one, _ in made:
            run = batch.run(one, [asked.output])
            found.append(asked.of(run))
            differences.append(asked.difference(run, base))
    return Sweep(plan, lists, asked, found, differences, base, loosened=loosened)


def _lists(vary: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    if not isinstance(vary, Mapping) or not vary:
        found = "empty" if isinstance(vary, Mapping) else type(vary).__name__
        refuse("vary", "must be lists of values by path, at least one", value=found)
    lists = {}
    for path, values in vary.items():
        if isinstance(values, np.ndarray):
            values = values.tolist()
        if not isinstance(values, list | tuple | range):
            refuse(
                f"vary.{path}", "must be a list of values", value=f"{type(values).__name__} {values!r}"[:80]
            )
        if not values:
            refuse(f"vary.{path}", "must have at least one value")
        lists[str(path)] = [one.item() if isinstance(one, np.generic) else one for one in values]
    points = math.prod(len(values) for values in lists.values())
    if points > MOST_POINTS:
        refuse("vary", f"must be at most {MOST_POINTS:,} combinations", value=f"{points:,} combinations")
    return lists


class Sweep:
    """What an output does where one or more paths take several values.

    Attributes
    ----------
    plan : Plan
    values : dict of str to list
        By path.
    measure : Measure
        What is looked at; ``measure.name`` says it in words.
    found : list of Estimate
        A value a combination, the last path running fastest.
    differences : list of Estimate
        To the plan as it is, on the same trials.
    base : Run
        Of the plan as it is.
    loosened : tuple of str
        Ids of correlations that were given up, because a quantity of theirs is set to a number.
    """

    def __init__(
        self,
        plan: Plan,
        values: Mapping[str, list[Any]],
        measure: Measure,
        found: list[Estimate],
        differences: list[Estimate],
        base: Run,
        *,
        loosened: tuple[str, ...],
    ) -> None:
        self.plan = plan
        self.values = dict(values)
        self.measure = measure
        self.found = found
        self.differences = differences
        self.base = base
        self.loosened = loosened

    @property
    def own(self) -> Estimate:
        """The value of the plan as it is."""
        return self.measure.of(self.base)

    def _points(self) -> list[tuple[Any, ...]]:
        return list(product(*self.values.values()))

    def to_frame(self, *, backend: str = "pandas") -> Any:
        """Return a row a combination: a column a path, value, mcse, low, high, difference, mcse_difference.

        Ends of the 95 % interval are `low` and `high`; the difference is to the plan as it is.
        """
        rows = [
            {
                **dict(zip(self.values, point, strict=True)),
                **_measure.columns(found),
                "difference": by.value,
                "mcse_difference": _measure.number(by.standard_error),
            }
            for point, found, by in zip(self._points(), self.found, self.differences, strict=True)
        ]
        return from_rows(rows, list(rows[0]), backend=backend)

    def pivot(self, *, what: str = "value", backend: str = "pandas") -> Any:
        """Return a table of two paths: the first down, the second across.

        ``what`` is a column of `to_frame`: value, mcse, low, high, difference, mcse_difference.
        """
        if len(self.values) != 2:
            refuse(
                "vary", "must be two paths for a table of rows and columns", value=f"{len(self.values)} paths"
            )
        table = self.to_frame()
        known = [name for name in table.columns if name not in self.values]
        if what not in known:
            refuse("what", f"must be one of {', '.join(known)}", value=repr(what)[:80])
        (down, rows), (_, across) = self.values.items()
        grid = np.asarray(table[what], dtype=np.float64).reshape(len(rows), len(across))
        columns = {down: rows} | {str(one): grid[:, j] for j, one in enumerate(across)}
        return frame(columns, backend=backend)

    def _card(self) -> _show.Card:
        run = self.base
        rows = [
            Row(
                ", ".join(_show.changed(one) for one in point),
                (_show.with_error(found), _show.with_error(by)),
            )
            for point, found, by in zip(self._points(), self.found, self.differences, strict=True)
        ]
        rows.insert(0, Row("as it is", (_show.with_error(self.own), "")))
        remarks = [f"Correlations given up: {', '.join(self.loosened)}"] if self.loosened else []
        return _show.Card(
            f"{self.measure.name} over {', '.join(self.values)}",
            _show.facts(run.trials, run.sampling, run.seed),
            [_show.Part(", ".join(self.values), (self.measure.name, "difference"), rows)],
            remarks,
        )

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()
