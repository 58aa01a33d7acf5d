"""The rival of `programme.py` in NumPy: as fast as an experienced user would make it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy import add, multiply
from numpy.typing import NDArray

from rivals.numpy_before import Before, Value
from rivals.numpy_draws import Draws
from rivals.numpy_lifts import Lifts
from rivals.numpy_money import Money, Noise
from rivals.numpy_state import State
from rivals.plan import OUTPUTS
from rivals.programme import Programme

Array = NDArray[np.float64]

CHUNK = 1024  # trials: few enough for the cache, enough to hide the calls


class Model:
    """A chunk of trials from its drawn values to the 8 outputs."""

    def __init__(self, facts: Programme, chunk: int) -> None:
        self.facts = facts
        self.before = Before(facts, chunk)
        self.state = State(facts, self.before)
        self.lifts = Lifts(facts, self.before, self.state)
        self.money = Money(facts, self.before, self.lifts.E)

    def run(self, values: Mapping[str, Value], noise: Noise, out: Array) -> None:
        """Fill the outputs of a chunk: (8, chunk)."""
        before, state, lifts, money = self.before, self.state, self.lifts, self.money
        before.fill(values)
        for part in (state, lifts, money):
            part.begin()
        for month in range(1, self.facts.months + 1):
            if month >= state.onboarding:
                multiply(state.l, before.hire, out=state.spare)
                before.cost[month] += add.reduce(state.spare, axis=0, out=money.some)
            if month > money.first:
                lifts.month(month)
                money.month(month, noise, out)
            if month >= money.first:
                state.month(month)
            if month > money.first:
                state.leave(money.att)
        money.finance(out)


def simulate(plan: Mapping[str, Any], trials: int, seed: int, chunk: int = CHUNK) -> Array:
    """Values of the 8 outputs: (8, trials)."""
    facts = Programme(plan)
    draws, model = Draws(facts, seed, chunk), Model(facts, chunk)
    values = np.empty((len(OUTPUTS), trials))
    part = np.empty((len(OUTPUTS), chunk))
    for first in range(0, trials, chunk):
        model.run(draws.quantities(), draws.noise, part)
        values[:, first : first + chunk] = part[:, : trials - first]
    return values


def outputs(plan: Mapping[str, Any], values: Mapping[str, Any], noise: Noise, trials: int) -> Array:
    """The outputs of trials from values drawn elsewhere."""
    out = np.empty((len(OUTPUTS), trials))
    Model(Programme(plan), trials).run(values, noise, out)
    return out
