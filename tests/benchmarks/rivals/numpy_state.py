"""Behavior and knowledge, month by month, in the NumPy rival of `programme.py`.

Arrays are (team, trial), teams in the order in which the programme reaches them, so that the active ones are
a slice; what is certain stays a number; every large operation writes in place, on views made once for all
chunks. A group of competences after the other goes through the month: its arrays stay in the cache.

State, each without its factor 1 - f, so that what is added to S is added to A as well: S, A / (1 - f),
K, KA / (1 - f_K).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy import add, divide, exp, greater, maximum, minimum, multiply, subtract
from numpy.typing import NDArray

from rivals.budget import runs
from rivals.numpy_before import LN2, Before
from rivals.programme import Programme

Array = NDArray[np.float64]


class StateViews(NamedTuple):
    """What forgetting and turnover of a month work on."""

    groups: list[Array]  # each S, A, K, B: 4, team, trial
    d: Array
    none: Array
    over: NDArray[np.bool_]
    l: Array  # noqa: E741
    g: Array
    gS: Array
    om: Array
    gA: Array
    omK: Array
    new_S: Array
    new_K: Array
    h: Array
    spare: Array


class CoachViews(NamedTuple):
    """What coaching and refreshers of a month work on."""

    pattern: int
    groups: list[Array]
    d: Array
    none: Array
    untaught: list[list[Array]]  # by group: parts of d
    effect: Array
    kappa: Array
    reachable: Array
    again: list[list[tuple[Array, ...]]]  # by group: K, B, d, 0, K*, effect
    refreshed: list[tuple[Array, Array]]  # kappa, h


class State:
    """The state of a chunk, and turnover l, which the months set."""

    def __init__(self, facts: Programme, before: Before) -> None:
        self.facts, self.before = facts, before
        n, teams = before.n, len(facts.teams)
        self.onboarding = int(facts.plan["onboarding"]["from_month"])
        self.state = np.empty((facts.courses.most_groups, 4, teams, n))
        self.after = np.empty((facts.courses.most_groups, teams, n))  # K*
        self.none = np.zeros((teams, n))  # `maximum` of two arrays is twice as fast as with a number
        self.over = np.empty((teams, n), bool)
        self.d, self.om, self.gA, self.omK, self.new_S, self.new_K = np.empty((6, teams, n))
        self.effect, self.again, self.reachable, self.kappa = np.empty((4, teams, n))
        self.l, self.g, self.gS, self.h, self.spare = np.empty((5, teams, n))
        self.refresher = facts.number("reinforcement.refresher_effect")
        self.longer = facts.number("reinforcement.half_life_gain")
        self.cap = facts.number("forgetting.half_life_cap")
        self.lost_K = (1 - before.fK) * (before.keep_K - 1)
        self.look_once()

    def look_once(self) -> None:
        """The views of every month."""
        facts, groups = self.facts, 1
        self.groups: list[int] = []
        self.states: list[StateViews | None] = []
        self.coaches: list[CoachViews | None] = []
        self.trainings: list[list[tuple[str, Array, Array, Array, Array, Array]]] = []
        self.copies: list[list[tuple[Array, Array]]] = []
        refreshed = facts.budget.refreshed
        self.lengthened = [any(refreshed[:month]) for month in range(facts.months + 1)]
        row_of = {team.id: row for row, team in enumerate(facts.teams)}
        for month in range(facts.months + 1):
            self.groups.append(groups)
            self.states.append(self.state_views(month, groups))
            self.coaches.append(self.coach_views(month, groups))
            self.copies.append([])
            for source in facts.courses.splits.get(month, []):
                self.copies[-1].append((self.state[groups], self.state[source]))
                self.copies[-1].append((self.after[groups], self.after[source]))
                groups += 1
            rows: dict[tuple[str, int], list[bool]] = {}
            for team, module, taught in facts.courses.taught.get(month, []):
                for g in taught:
                    rows.setdefault((module, g), [False] * len(facts.teams))[row_of[team]] = True
            self.trainings.append(
                [
                    (module, *self.state[g, :, part], self.after[g, part])
                    for (module, g), marks in rows.items()
                    for part in runs(marks)
                ]
            )

    def state_views(self, month: int, groups: int) -> StateViews | None:
        entered = month >= self.onboarding
        parts = runs([team.first < month or (team.first == month and entered) for team in self.facts.teams])
        if not parts:
            return None
        (rows,) = parts
        return StateViews(
            [self.state[g, :, rows] for g in range(groups)], self.d[rows], self.none[rows], self.over[rows],
            self.l[rows], self.g[rows], self.gS[rows], self.om[rows], self.gA[rows], self.omK[rows],
            self.new_S[rows], self.new_K[rows], self.h[rows], self.spare[rows],
        )  # fmt: skip

    def coach_views(self, month: int, groups: int) -> CoachViews | None:
        facts = self.facts
        parts = runs([team.trained < month for team in facts.teams])
        if not parts:
            return None
        (rows,) = parts
        again = [
            [
                (*self.state[g, 2:, part], self.d[part], self.none[part], self.after[g, part],
                 self.again[part])
                for part in facts.budget.refreshed[month]
            ]
            for g in range(groups)
        ]  # fmt: skip
        return CoachViews(
            next(i for i, when in enumerate(facts.budget.coached_when) if when[month]),
            [self.state[g, :, rows] for g in range(groups)], self.d[rows], self.none[rows],
            [[self.d[row] for k, row in facts.courses.untaught[month] if k == g] for g in range(groups)],
            self.effect[rows], self.kappa[rows], self.reachable[rows], again,
            [(self.kappa[part], self.h[part]) for part in facts.budget.refreshed[month]],
        )  # fmt: skip

    # -- a month --------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Before the first month of a chunk."""
        before = self.before
        self.state.fill(0)
        self.after.fill(0)
        self.h[:] = before.h0
        self.reachable[:] = before.reachable
        self.again[:] = before.kk * self.refresher
        self.fade(self.h, self.g, self.gS)
        self.leave(before.attrition)

    def leave(self, attrition: Array) -> None:
        """Turnover of the next month from attrition in % a year."""
        multiply(attrition, 1 / 1200, out=self.l)
        minimum(self.l, 1, out=self.l)

    def month(self, month: int) -> None:
        """Forgetting and turnover, coaching, training, spacing."""
        self.live(month)
        self.coach(month)
        self.train(month)
        self.space(month)

    def fade(self, h: Array, g: Array, gS: Array) -> None:
        """What is left of A after a month, and what S loses, from the half-life."""
        divide(-LN2, h, out=g)
        exp(g, out=g)
        subtract(g, 1, out=gS)
        multiply(gS, 1 - self.before.f, out=gS)

    def live(self, month: int) -> None:
        """Forgetting and turnover."""
        v, keep_K = self.states[month], self.before.keep_K
        if v is None:
            return
        d, om, gA, onboarding = v.d, v.om, v.gA, month >= self.onboarding
        subtract(1, v.l, out=om)
        multiply(v.g, om, out=gA)
        multiply(om, keep_K, out=v.omK)
        if onboarding:
            multiply(v.l, self.before.new_S, out=v.new_S)
            multiply(v.l, self.before.new_K, out=v.new_K)
        for S, A, K, B in v.groups:
            multiply(A, v.gS, out=d)
            add(S, d, out=S)
            multiply(B, self.lost_K, out=d)
            add(K, d, out=K)
            if greater(S, K, out=v.over).any():
                subtract(S, K, out=d)
                maximum(d, v.none, out=d)
                add(K, d, out=K)
                multiply(B, keep_K, out=B)
                add(B, d, out=B)
                multiply(B, om, out=B)
            else:
                multiply(B, v.omK, out=B)
            multiply(A, gA, out=A)
            multiply(S, om, out=S)
            multiply(K, om, out=K)
            if onboarding:
                add(A, v.new_S, out=A)
                add(S, v.new_S, out=S)
                add(K, v.new_K, out=K)
                add(B, v.new_K, out=B)

    def coach(self, month: int) -> None:
        v = self.coaches[month]
        if v is None:
            return
        before, d, known = self.before, v.d, self.before.known
        left = before.left[v.pattern]
        v.effect[:] = before.coached[v.pattern]
        v.kappa[:] = 1 - left
        for kappa, _ in v.refreshed:
            kappa[:] = 1 - left * (1 - self.refresher)
        for (S, A, K, B), untaught, refreshed in zip(v.groups, v.untaught, v.again, strict=True):
            subtract(known, K, out=d)
            maximum(d, v.none, out=d)
            multiply(d, v.effect, out=d)
            for part in untaught:
                part.fill(0)
            add(K, d, out=K)
            add(B, d, out=B)
            for KR, BR, dR, none, after, effect in refreshed:
                subtract(after, KR, out=dR)
                maximum(dR, none, out=dR)
                multiply(dR, effect, out=dR)
                add(KR, dR, out=KR)
                add(BR, dR, out=BR)
            multiply(K, v.reachable, out=d)
            subtract(d, S, out=d)
            maximum(d, v.none, out=d)
            multiply(d, v.kappa, out=d)
            add(S, d, out=S)
            add(A, d, out=A)

    def train(self, month: int) -> None:
        for new, source in self.copies[month]:
            new[:] = source
        for module, S, A, K, B, after in self.trainings[month]:
            D = subtract(1, S)
            D *= self.before.use[module]
            S += D
            A += D
            subtract(1, K, out=D)
            D *= self.before.gain[module]
            K += D
            B += D
            after[:] = K

    def space(self, month: int) -> None:
        """Half-lives: those who come bring h0, refreshers lengthen."""
        v, c = self.states[month], self.coaches[month]
        if v is None or c is None or not (self.lengthened[month] or c.refreshed):
            return
        if self.lengthened[month]:
            subtract(self.before.h0, v.h, out=v.spare)
            multiply(v.spare, v.l, out=v.spare)
            add(v.h, v.spare, out=v.h)
        if c.refreshed:
            longest = self.cap * self.before.h0
            for _, h in c.refreshed:
                multiply(h, self.longer, out=h)
                minimum(h, longest, out=h)
        self.fade(v.h, v.g, v.gS)
