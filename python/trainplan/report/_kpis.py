"""What the report says of the KPIs that the programme moves: a picture and a table each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trainplan import _summary, plots
from trainplan.report import _pictures

if TYPE_CHECKING:
    from trainplan.run import Run

_EARLY = 6  # the month that goals are often set for
_COLUMNS = ("without", "P10", "P50", "P90")


def tables(run: Run, moved: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return the KPIs that the programme moves: title, picture, and a table of who, when and how far."""
    months = _months(run)
    head = {"head": ["", *_COLUMNS * len(months)], "start": [(f"month {m}", len(_COLUMNS)) for m in months]}
    run._keep(*(f"{what}:{kpi}" for kpi in moved for what in ("kpi", "kpi_without")))  # in one go
    found: list[dict[str, Any]] = []
    for kpi in run.plan.record.all_kpis():
        if kpi.id not in moved:
            continue
        whole = run.kpi(kpi.id).set_index("month").loc[months[-1]]
        step = float(whole["p90"] - whole["p10"]) / 20
        rows = [
            {"label": label, "cells": _cells(run, kpi.id, scope, months, step), "sum": False}
            for label, scope in _scopes(run, moved[kpi.id])
        ]
        title = f"{kpi.name or kpi.id}, {kpi.unit}"
        found.append({"title": title, "picture": _picture(run, kpi.id, title), "rows": rows, **head})
    return found


def leading(run: Run, moved: dict[str, list[str]]) -> dict[str, Any]:
    """Return the leading indicators over all teams; empty where there are none."""
    months = _months(run)
    known = {kpi.id for kpi in run.plan.record.all_kpis()}
    units = {key[2]: key[5] for key in run._keys("kpi")}
    rows = []
    for kpi in moved:
        if kpi in known:
            continue
        table = run.kpi(kpi).set_index("month")
        step = float(table.loc[months[-1], "p90"] - table.loc[months[-1], "p10"]) / 20
        cells = []
        for month in months:
            p10, p50, p90 = (_text(table.loc[month, name], step) for name in ("p10", "p50", "p90"))
            cells.append(p50 if p10 == p90 else f"{p50} ({p10} to {p90})")
        label = f"{kpi.replace('_', ' ').capitalize()}, {units[kpi]}"
        rows.append({"label": label, "cells": cells, "sum": False})
    return {"head": ["", *(f"month {month}" for month in months)], "rows": rows} if rows else {}


def _months(run: Run) -> list[int]:
    last = run.plan.record.programme.months
    return [_EARLY, last] if last > _EARLY else [last]


def moved(run: Run) -> dict[str, list[str]]:
    """Return the scopes of each KPI that differs from its path without the programme."""
    # A block of trials is enough to see whether anything moves.
    keys, values = run._core_series(min(64, run.trials), ["kpi", "kpi_without"])
    paths = {key[:3]: series[1:] for key, series in zip(keys, values, strict=True)}
    scopes: dict[str, list[str]] = {}
    differs: set[str] = set()
    for (what, scope, kpi), path in paths.items():
        if what != "kpi":
            continue
        scopes.setdefault(kpi, []).append(scope)
        if kpi not in differs and not np.array_equal(path, paths["kpi_without", scope, kpi]):
            differs.add(kpi)
    return {kpi: found for kpi, found in scopes.items() if kpi in differs}


def _scopes(run: Run, scopes: list[str]) -> list[tuple[str, dict[str, str]]]:
    """Return the rows of a table: the programme, regions, product lines, teams, with what `Run.kpi` takes."""
    names = {team.id: team.name or team.id for team in run.plan.record.teams}
    rows: list[tuple[str, dict[str, str]]] = [("All teams", {})]
    for column, word in (("region", "Region"), ("product_line", "Product line")):
        places = [scope.removeprefix(f"{column}=") for scope in scopes if scope.startswith(f"{column}=")]
        rows += [(f"{word} {place}", {column: place}) for place in places]
    teams = [team for team in names if team in scopes]
    return rows + ([(names[team], {"team": team}) for team in teams] if len(names) > 1 else [])


def _cells(run: Run, kpi: str, scope: dict[str, str], months: list[int], step: float) -> list[str]:
    table = run.kpi(kpi, **scope).set_index("month")
    return [
        _text(table.loc[month, name], step)
        for month in months
        for name in ("without_mean", "p10", "p50", "p90")
    ]


def _text(number: Any, step: float) -> str:
    """Return a number of a table whose rows all have the same digits."""
    return _summary.rounded(float(number), step or None)


def _picture(run: Run, kpi: str, title: str) -> str:
    if not _pictures.available():
        return ""
    label = f"{title}, by month: median and bands with the programme, dashed line without it"
    return _pictures.picture(lambda ax: plots.fan(run, kpi, ax=ax), label, f"kpi-{kpi}")
