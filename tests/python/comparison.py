"""The core and the second implementation on the same plan and the same draws, series by series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import trainplan as tp
from independent.model import evaluate
from trainplan import _core

Array = NDArray[np.float64]
Key = tuple[str, str, str, str, str]  # what, team, item, cohort, competence

# The least scale of a series. Money comes from differences of nearly equal numbers; a cent is nothing to it.
TINY = 1e-9
CENT = 0.01
MONEY = ("benefit", "cost", "backfill", "cash_flow", "cumulative_cash_flow", "output")


@dataclass(frozen=True)
class Difference:
    """The two implementations on all series of one kind and item."""

    what: str
    item: str
    series: int
    largest: float  # over the series' scale: its largest absolute value over months and trials
    where: Key

    def __str__(self) -> str:
        where = "/".join(part for part in self.where[1:] if part)
        return f"{self.what:<22} {self.item:<28} {self.series:>4} {self.largest:>9.1e}  {where}"


def core_series(plan: tp.Plan, **options: Any) -> dict[Key, Array]:
    """Every series of the core: month x trial."""
    keys, values = _core.series(plan.record, what=[], **options)
    return {
        (what, team, item, cohort, competence): series
        for (what, team, item, cohort, competence, _), series in zip(keys, values, strict=True)
    }


def core_values(plan: tp.Plan, series: dict[Key, Array], **options: Any) -> dict[str, Array]:
    """Every draw of the core by path, the derived standard normal draws among them."""
    certain = [row["path"] for row in plan.record.inputs()]
    values = dict(zip(*_core.draws(plan.record, certain, **options), strict=True))
    values |= dict(zip(*_core.draws(plan.record, [], **options), strict=True))
    for (what, team, item, *_), z in series.items():
        if what == "noise":
            owner = f"teams.{team}" if team else "programme"
            values |= {f"{owner}#noise.{item}@{month}": z[month] for month in range(1, len(z))}
    return values


def medians(plan: tp.Plan) -> dict[str, float]:
    """The core's central trial: the median of every quantity by path."""
    paths = [row["path"] for row in plan.record.inputs()]
    options = {"first": 0, "trials": 1, "seed": 1, "stratified": True, "central": True}
    names, values = _core.draws(plan.record, paths, **options)
    return {path: float(value[0]) for path, value in zip(names, values, strict=True)}


def both(plan: tp.Plan, **options: Any) -> tuple[dict[Key, Array], dict[Key, Array]]:
    """Series of the core, and of the second implementation with the core's draws."""
    core = core_series(plan, **options)
    values = core_values(plan, core, **options)
    mine = evaluate(plan.to_dict(defaults=True), values, medians(plan))
    return core, {key: series for key, series in mine.items() if key[0] != "input"}


def relative(core: Array, mine: Array, what: str) -> float:
    """Largest difference over the series' scale; infinite where only one of the two has a value."""
    if core.shape != mine.shape or not np.array_equal(np.isnan(core), np.isnan(mine)):
        return np.inf
    scale = max(CENT if what in MONEY else TINY, float(np.nanmax(np.abs(core), initial=0.0)))
    return float(np.nanmax(np.abs(core - mine), initial=0.0)) / scale


def differences(
    plan: tp.Plan, *, trials: int, seed: int = 1, stratified: bool = True, central: bool = False
) -> list[Difference]:
    """Compare all series, largest difference first: a row a kind and item."""
    core, mine = both(plan, first=0, trials=trials, seed=seed, stratified=stratified, central=central)
    rows: dict[tuple[str, str], list[tuple[float, Key]]] = {}
    for key in core.keys() & mine.keys():
        rows.setdefault((key[0], key[2]), []).append((relative(core[key], mine[key], key[0]), key))
    for key in core.keys() ^ mine.keys():
        rows.setdefault((key[0], key[2]), []).append((np.inf, key))
    made = [Difference(what, item, len(found), *max(found)) for (what, item), found in rows.items()]
    return sorted(made, key=lambda row: (-row.largest, row.what, row.item))


def table(rows: list[Difference], most: int = 40) -> str:
    """The rows as text."""
    head = f"{'what':<22} {'item':<28} {'n':>4} {'largest':>9}  where"
    return "\n".join([head, *map(str, rows[:most])])
