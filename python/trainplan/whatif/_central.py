"""An output where every quantity is at its median: one trial, without chance."""

from __future__ import annotations

import re

from trainplan import _core
from trainplan.plan import Plan

__all__ = ["central", "need_known"]

_KPI = re.compile(r"(?P<kpi>[^@\[\]]+)(?:\[(?P<scope>[^\]]+)\])?@(?P<month>\d+)")


def need_known(plan: Plan, output: str) -> None:
    """Refuse what is no output of a plan, in the words of a simulation: one of a single trial."""
    _core.simulate(plan.record, trials=1, seed=1, outputs=[output], threads=1, stratified=True, progress=None)


def central(plan: Plan, output: str) -> float:
    """Return an output of the trial in which every quantity is at its median; NaN where it has none.

    Raises
    ------
    InputError
        For what is no output of this plan.
    """
    found = _KPI.fullmatch(output)
    if found is None:
        what, item, scope, month = "output", output, "", 0
    else:
        what, item = f"kpi:{found['kpi']}:{found['scope'] or ''}", found["kpi"]
        scope, month = found["scope"] or "", int(found["month"])
    keys, values = _core.series(
        plan.record, first=0, trials=1, seed=1, stratified=True, central=True, what=[what]
    )
    for key, series in zip(keys, values, strict=True):
        if key[1] == scope and key[2] == item:
            return float(series[month, 0])
    need_known(plan, output)
    raise _core.InputError(f"output: {output} has no single value where every quantity is at its median")
