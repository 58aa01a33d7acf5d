"""Lifts, month by month, in the NumPy rival of `programme.py`: arrays are (lift and team, trial)."""

from __future__ import annotations

import numpy as np
from numpy import add, exp, matmul, minimum, multiply, subtract
from numpy.typing import NDArray

from rivals.numpy_before import Before
from rivals.numpy_state import State
from rivals.plan import LIFTS
from rivals.programme import Programme

Array = NDArray[np.float64]


class Lifts:
    """exp of every lift's y in E, with the sign that it has for odds."""

    def __init__(self, facts: Programme, before: Before, state: State) -> None:
        self.facts, self.before, self.state = facts, before, state
        n, teams, contact = before.n, len(facts.teams), len(facts.contact)
        lanes, slow = len(before.D), len(before.step)
        self.x, self.E = np.empty((2, lanes, n))
        self.Y, self.u, self.some = np.empty((slow, n)), np.empty((teams, n)), np.empty(n)
        self.seen = np.full((teams, n), 1 + 1 / before.beta)
        self.flat = self.x[1:].reshape(len(LIFTS), -1)
        self.blocks: list[tuple[Array, Array, Array, Array | None, Array, Array]] = []
        shorter, start = 1 - before.step, 0
        for size in [teams] + [contact] * (len(LIFTS) - 1):
            part = slice(start, start + size)
            Y = self.Y[part] if start < slow else None
            self.blocks.append((self.x[part], self.u[:size], before.D[part], Y, shorter[part], self.E[part]))
            start += size
        self.scale, self.all_of_it = np.empty((2, contact, n))
        self.effective = np.ones((facts.courses.most_groups + 1, contact, n))  # the first stays 1
        self.mix = [np.hstack([np.ones((len(LIFTS), 1)), W]) for W in facts.courses.weights]
        (main, *others) = before.references.values()
        assert main[0] == 0
        x3 = self.x[1:].reshape(len(LIFTS), contact, n)
        self.elsewhere = [(i, x3[i]) for lifts in others for i in lifts]
        self.dependence = facts.number(f"teams.{facts.contact[0].id}.support_dependence")

    def begin(self) -> None:
        """Before the first month of a chunk."""
        self.Y.fill(0)
        self.all_of_it[:] = self.before.inverse[0]

    def month(self, month: int) -> None:
        """exp of every lift's y, in E."""
        facts, before, G, w = self.facts, self.before, self.state.groups[month], self.dependence
        S, x = self.state.state[:G, 0], self.x
        factor = matmul(facts.courses.in_support[month], S[:, 0], out=self.some)
        factor *= w / (1 - w)
        factor += 1
        multiply(factor, before.inverse[0], out=self.scale)
        for g, effective in enumerate(self.effective[1 : G + 1]):  # min(1, S_eff) / (beta S_ref)
            multiply(S[g, 1:], self.scale, out=effective)
            minimum(effective, self.all_of_it, out=effective)
        W = self.mix[month]
        matmul(W, self.effective[: G + 1].reshape(G + 1, -1), out=self.flat)
        matmul(W[0, 1:], S[:, 0], out=x[0])
        x[0] *= before.inverse[0]
        x[0] += 1
        for lift, part in self.elsewhere:
            part -= 1
            part *= before.inverse[lift] / before.inverse[0]
            part += 1
        # phi = beta (min(x, 1 / beta) + 1 - exp(min(1 / beta - x, 0))), x over beta; x has 1 more here.
        for part, u, D, Y, shorter, E in self.blocks:
            minimum(part, self.seen[: len(part)], out=u)
            subtract(u, part, out=part)
            exp(part, out=part)
            subtract(u, part, out=u)
            multiply(u, D, out=u)
            if Y is None:
                exp(u, out=E)
            else:
                multiply(Y, shorter, out=Y)
                add(Y, u, out=Y)
                exp(Y, out=E)
