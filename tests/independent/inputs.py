"""The plan and the values of one or many trials: what stands at a path (docs/method.md, section 1)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .quantity import resolve

Array = NDArray[np.float64]
Record = Mapping[str, Any]
Key = tuple[str, str, str, str, str]  # what, team, item, cohort, competence


class Inputs:
    """The plan and the trial values behind one question: what is the value at this path?"""

    def __init__(
        self, plan: Record, values: Mapping[str, Any], central: Mapping[str, float] | None = None
    ) -> None:
        self.plan = plan
        self.values = {path: np.atleast_1d(np.asarray(value, float)) for path, value in values.items()}
        self.medians = dict(central or {})
        sizes = {value.size for value in self.values.values()} - {1}
        if len(sizes) > 1:
            raise ValueError(f"values of different numbers of trials: {sorted(sizes)}")
        self.trials = sizes.pop() if sizes else 1
        self.scalar = all(np.ndim(value) == 0 for value in values.values())
        self.zero = np.zeros(self.trials)
        self.horizon = int(self.field("programme.months"))

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

    def normal(self, path: str) -> Array:
        """The standard normal draw with this derived path; 0 where none is given."""
        return self.number(path, 0.0)

    def median(self, path: str) -> float:
        """The median of a quantity, for what is certain: the schedule."""
        if path in self.medians:
            return float(self.medians[path])
        value = self.field(path)
        if value is None or isinstance(value, str):
            raise KeyError(f"{path}: no median given for {value!r}")
        return float(value)

    def certain_zero(self, path: str) -> bool:
        """Whether the plan states a certain 0 there, or nothing."""
        law = resolve(self.field(path, 0.0), "", -math.inf, math.inf)
        return law.family == "certain" and law.median == 0.0

    def records(self, path: str) -> list[Record]:
        """A list of records in the order of their ids."""
        return sorted(self.field(path, []), key=lambda record: record["id"])


class Series:
    """What is written down: series over months 0..H by key, without a value where none is put."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.by_key: dict[Key, Array] = {}

    def put(
        self,
        month: int,
        value: Array | float,
        what: str,
        team: str = "",
        item: str = "",
        cohort: str = "",
        competence: str = "",
    ) -> None:
        key = (what, team, item, cohort, competence)
        if key not in self.by_key:
            self.by_key[key] = np.full((self.inputs.horizon + 1, self.inputs.trials), np.nan)
        self.by_key[key][month] = value

    def of(self, what: str) -> dict[Key, Array]:
        return {key: value for key, value in self.by_key.items() if key[0] == what}

    def total(self, what: str) -> Array:
        """The sum over all series of a kind, month by month; no value counts as 0."""
        whole = np.zeros((self.inputs.horizon + 1, self.inputs.trials))
        for value in self.of(what).values():
            whole = whole + np.nan_to_num(value)
        return whole
