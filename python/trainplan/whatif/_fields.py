"""What stands at a path of a plan: a number, a whole number, a quantity, or something else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainplan import _core
from trainplan._arrays import refuse
from trainplan._form import Column, form, settings
from trainplan.plan import Plan

NUMBERS = ("number", "whole", "quantity")
_KNOWN = {0.1: "p10", 0.5: "p50", 0.9: "p90"}
_DRAWS = 65_536


def column_of(path: str) -> Column | None:
    """Return the field at a path, as the tables of a plan know it; None where there is no such field."""
    if path in settings():
        return settings()[path]
    for table in form().values():
        if table.kind == "records" and path.startswith(f"{table.name}."):
            rest = path.removeprefix(table.name)
            for column in table.columns:
                if rest.endswith(f".{column.name}") and rest.count(".") > column.name.count(".") + 1:
                    return column
        if table.kind == "map" and path.startswith(f"{table.owner}.") and f".{table.within}." in path:
            return table.column("value")
    return None


def need_number(plan: Plan, path: str, argument: str) -> str:
    """Refuse a path at which no number stands; return its kind."""
    if not isinstance(path, str):
        refuse(argument, "must be the path of a number", value=type(path).__name__)
    try:
        plan[path]
    except _core.InputError as error:
        found = vars(error)["problems"][0]
        refuse(argument, f"{path}: {found['allowed']}", hint=found["hint"])
    column = column_of(path)
    if column is None or column.kind not in NUMBERS:
        refuse(argument, "must be the path of a number", value=_core.quoted(path))
    return column.kind


def inputs(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return unit, source and distribution of every quantity, by path, in the order of the plan."""
    return {row["path"]: row for row in plan.record.inputs()}


def need_list(paths: Sequence[str] | None) -> None:
    """Refuse one path where a list of them is meant."""
    if isinstance(paths, str):
        refuse("paths", "must be a list of paths", value=repr(paths)[:80], hint=f"did you mean [{paths!r}]?")


def uncertain(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return the inputs that are no plain number, by path, in the order of the plan."""
    return {path: row for path, row in inputs(plan).items() if row["family"] != "constant"}


def some_of(plan: Plan, paths: Sequence[str] | None) -> list[str]:
    """Return the uncertain inputs that were named, or all."""
    known = uncertain(plan)
    if paths is None:
        return list(known)
    need_list(paths)
    for path in paths:
        if path not in known:
            allowed = "is no uncertain input of this plan; Plan.inputs lists them"
            hint = _core.did_you_mean(str(path), list(known))
            refuse("paths", allowed, value=repr(path)[:80], hint=hint)
    return list(dict.fromkeys(paths))


def quantiles(plan: Plan, path: str, levels: Sequence[float]) -> list[float]:
    """Return quantiles of an uncertain input: from its distribution, or read off many of its draws.

    The bounds of a field shape its distribution (``0.4 to 0.8`` of a fraction stays below 1), so one made
    apart from the plan is used only where its P10, P50 and P90 are the plan's.
    """
    row = uncertain(plan)[path]
    if all(level in _KNOWN for level in levels):
        return [float(row[_KNOWN[level]]) for level in levels]
    column = column_of(path)
    bounds: tuple[Any, Any] = (None, None) if column is None else (column.field["low"], column.field["high"])
    for low, high in (bounds, (None, None)):
        try:
            made = _core.Quantity(row["value"], unit=row["unit"], low=low, high=high)
            same = np.asarray(made.quantile(np.array(list(_KNOWN))), dtype=np.float64)
        except _core.InputError:
            continue
        if same.tolist() == [row[name] for name in _KNOWN.values()]:
            return [float(one) for one in made.quantile(np.asarray(levels, dtype=np.float64))]
    return [float(one) for one in np.quantile(draws(plan, [path], trials=_DRAWS, seed=1)[0], levels)]


def draws(
    plan: Plan, paths: Sequence[str], *, trials: int, seed: int, stratified: bool = True
) -> NDArray[np.float64]:
    """Return draws of quantities from their keys: a row a path."""
    _, values = _core.draws(
        plan.record, list(paths), first=0, trials=trials, seed=seed, stratified=stratified, central=False
    )
    found: NDArray[np.float64] = values
    return found
