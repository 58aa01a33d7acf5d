"""The plan, the trial values and the cohorts behind them (docs/method.md, sections 1 and 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Record = Mapping[str, Any]
Key = tuple[str, str, str, str, str]  # what, team, item, cohort, competence

UNTRAINED = "untrained"


class Inputs:
    """The plan and the trial values behind one question: what is the value at this path?"""

    def __init__(self, plan: Record, values: Mapping[str, Any]) -> None:
        self.plan = plan
        self.values = {path: np.atleast_1d(np.asarray(value, float)) for path, value in values.items()}
        sizes = {value.size for value in self.values.values()} - {1}
        if len(sizes) > 1:
            raise ValueError(f"values of different numbers of trials: {sorted(sizes)}")
        self.trials = sizes.pop() if sizes else 1
        self.scalar = all(np.ndim(value) == 0 for value in values.values())

    def field(self, path: str, default: Any = None) -> Any:
        """The plan's entry at a path of field names and ids; `default` where the plan has none."""
        here: Any = self.plan
        for step in path.split("."):
            if isinstance(here, Mapping):
                here = here.get(step)
            else:
                here = next((record for record in here if record["id"] == step), None)
            if here is None:
                return default
        return here

    def has(self, path: str) -> bool:
        return path in self.values or self.field(path) is not None

    def number(self, path: str, default: float | None = None) -> Array:
        """One value a trial."""
        if path in self.values:
            return np.broadcast_to(self.values[path], (self.trials,))
        value = self.field(path, default)
        if value is None or isinstance(value, str):
            raise KeyError(f"{path}: no value given for {value!r}")
        return np.full(self.trials, float(value))

    def records(self, path: str) -> list[Record]:
        return sorted(self.field(path, []), key=lambda record: record["id"])


def last_month(wave: Record) -> int:
    return int(wave["start"]) + int(wave["months"]) - 1


def cohort_shares(inputs: Inputs, team: str) -> dict[str, Array]:
    """Share of the team's people in each cohort: one cohort a wave that teaches the team, and the rest."""
    shares = {
        wave["id"]: inputs.number(f"waves.{wave['id']}.share")
        for wave in inputs.records("waves")
        if not wave.get("follow_up") and team in wave["teams"]
    }
    return shares | {UNTRAINED: 1.0 - sum(shares.values(), np.zeros(inputs.trials))}


def taught_cohorts(inputs: Inputs, wave: Record, team: str) -> list[str]:
    """Ids of the team's cohorts that this wave teaches."""
    if team not in wave["teams"]:
        return []
    if not wave.get("follow_up"):
        return [wave["id"]]
    own = (inputs.field(f"waves.{cohort}") for cohort in cohort_shares(inputs, team) if cohort != UNTRAINED)
    return [earlier["id"] for earlier in own if last_month(earlier) < last_month(wave)]
