"""What a small simulation tells a careful reader: how far a plan trusts its evidence, what coaching pays.

A few trials on common random numbers are enough: these are notes, not results.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trainplan import _core

if TYPE_CHECKING:
    from trainplan.plan import Plan

TRIALS = 512
MOST_BEYOND = 1 / 3


def advice(plan: Plan) -> tuple[list[dict[str, Any]], list[str]]:
    """Return warnings (as `Plan.warnings` gives them) and notes on a plan that can be computed."""
    whole = _Means(plan)
    warnings, notes = _beyond_evidence(plan, whole)
    notes += _coaching(plan, whole)
    return warnings, notes


class _Means:
    """Mean benefit and costs of a plan over the first trials of seed 1."""

    def __init__(self, plan: Plan) -> None:
        self.record = plan.record
        names, values = _core.simulate(
            plan.record,
            trials=TRIALS,
            seed=1,
            outputs=["total_benefit", "total_cost"],
            threads=0,
            stratified=True,
            progress=None,
        )
        self.benefit, self.cost = (
            float(values[names.index(n)].mean()) for n in ("total_benefit", "total_cost")
        )

    def series(self, *what: str) -> dict[tuple[str, ...], Any]:
        keys, values = _core.series(
            self.record, first=0, trials=TRIALS, seed=1, stratified=True, central=False, what=list(what)
        )
        return dict(zip(keys, values, strict=True))


def _beyond_evidence(plan: Plan, whole: _Means) -> tuple[list[dict[str, Any]], list[str]]:
    """Tell which share of the benefit rests on behavior beyond what the evidence saw."""
    if not plan.record.lifts or not plan.record.waves or whole.benefit <= 0.0:
        return [], []
    cut = _Means(plan.replace({"programme.extrapolation": 0}))
    share = 1.0 - cut.benefit / whole.benefit
    last = plan.record.programme.months
    applied: dict[str, list[float]] = {}
    for key, values in whole.series("applied").items():
        applied.setdefault(key[2], []).append(float(values[last].mean()))
    shown = ", ".join(f"{lift} {np.mean(means):.2f}" for lift, means in sorted(applied.items()))
    notes = [
        f"{100 * share:.0f} % of the benefit lies beyond the evidence; "
        f"behavior at the end as a multiple of the evidence's: {shown}"
    ]
    if share <= MOST_BEYOND:
        return [], notes
    return [
        {
            "path": "programme.extrapolation",
            "value": str(plan["programme.extrapolation"]),
            "allowed": f"{100 * share:.0f} % of the benefit rests on behavior beyond what the evidence saw",
            "hint": "0 cuts at what was seen; or check reached_at of the lifts",
        }
    ], notes


def _coaching(plan: Plan, whole: _Means) -> list[str]:
    """Tell what coaching returns, and the hourly cost of coaches at which it would break even."""
    reinforcement = plan.record.reinforcement
    if str(reinforcement.coaching_hours) == "0" and reinforcement.coaching_sessions is None:
        return []
    off: dict[str, Any] = {"reinforcement.coaching_hours": 0}
    if reinforcement.coaching_sessions is not None:
        off = {"reinforcement.coaching_sessions": None, "reinforcement.coaching_minutes": None}
    without = _Means(plan.replace(off))
    benefit, cost = whole.benefit - without.benefit, whole.cost - without.cost
    if cost <= 0.0:
        return []
    people = {team.id: team.people for team in plan.record.teams}
    hours = sum(
        people[key[1]] * float(np.nansum(values.mean(axis=1)))
        for key, values in whole.series("kpi:coaching_hours").items()
        if key[1] in people
    )
    lines = [f"cost:{line.id}" for line in plan.record.costs if line.driver == "coaching_hour"]
    coaches = 0.0
    if lines:
        coaches = sum(float(np.nansum(values.mean(axis=1))) for values in whole.series(*lines).values())
    note = f"coaching brings {benefit / cost:.2f} for each 1 it costs, agents' time included"
    if hours > 0.0:
        most = (benefit - (cost - coaches)) / hours
        now = coaches / hours
        currency = plan.record.programme.currency
        note += f"; it breaks even at a coach's hour of {most:,.0f} (now {now:,.0f} {currency})"
    return [note]
