"""Lifts: what the programme does to a KPI (docs/method.md, section 4, "Lift" and "Lag")."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .inputs import Array, Inputs, Record
from .kpis import Kpi, link
from .learning import Learning, State, competence_ids


class Lift:
    """A change of one KPI when the behavior reaches S_ref."""

    def __init__(self, inputs: Inputs, record: Record, by: Learning) -> None:
        self.inputs, self.record, self.ID = inputs, record, record["id"]
        self.path = f"lifts.{self.ID}"
        self.kpi = record["kpi"]
        self.with_spillover = record["measured_on"] == "person"
        competences = competence_ids(inputs)
        if record.get("competences"):
            self.weights = {c: inputs.number(f"{self.path}.competences.{c}") for c in record["competences"]}
        else:
            self.weights = {c: inputs.zero + 1.0 / len(competences) for c in competences}
        self.reference = self.behavior_where_seen(by)
        self.ramp = inputs.number(f"{self.path}.ramp")

    def behavior_where_seen(self, by: Learning) -> Array:
        """S_ref."""
        at = f"{self.path}.reached_at"
        if self.inputs.has(f"{at}.behavior"):
            return self.inputs.number(f"{at}.behavior")
        practice = self.inputs.number(f"{at}.practice")
        peers = self.inputs.number(f"{at}.peer_community")
        transfer = by.transfer(practice)
        half_life = by.half_life_with((4.0 * practice + peers) / 5.0)
        dose = by.coaching(self.inputs.number(f"{at}.coaching_hours"), 1.0)
        support = self.inputs.number(f"{at}.performance_support")
        state = State(self.inputs.trials)
        gain = self.inputs.number(f"{at}.completion") * self.inputs.number(f"{at}.mastery")
        state.train(gain, transfer, by)
        for _ in range(int(self.inputs.field(f"{at}.months"))):
            state.forget(half_life, by)
            state.coach(dose, transfer, peers, support, 0.0, by)
        return state.S

    def seen(self, base: Array, kpi: Kpi) -> Array:
        """D before teams differ, on the link scale, for a team with this b."""
        size = self.inputs.number(f"{self.path}.size")
        at = self.inputs.number(f"{self.path}.base") if self.inputs.has(f"{self.path}.base") else base
        if self.record["kind"] == "points":
            reached = at + size
        elif self.record["kind"] == "relative":
            reached = at * (1.0 + size)
        else:
            best = kpi.high if kpi.better == "higher" else kpi.low
            reached = at + size * (best - at)
        D = np.where(size == 0.0, 0.0, link(reached, kpi) - link(at, kpi))
        if not self.record["isolated"]:
            D = D * self.inputs.number(f"{self.path}.credited_share")
        if self.record.get("read_at") is not None:
            lagged = self.record["read_at"] / np.where(self.ramp > 0.0, self.ramp, 1.0)
            D = np.where(self.ramp > 0.0, D / np.maximum(0.5, 1.0 - 2.0**-lagged), D)
        return D

    def effect(self, team: str, base: Array, kpi: Kpi) -> Array:
        """D[t]."""
        D = self.seen(base, kpi)
        spread = self.inputs.number(f"{self.path}.team_spread")
        return D + spread * np.abs(D) * self.inputs.normal(f"{self.path}#team.{team}")

    def applied(self, behavior: Mapping[str, Array]) -> Array:
        """x: the behavior now over the behavior where the lift was seen."""
        return np.asarray(sum(self.weights[c] * behavior[c] for c in self.weights) / self.reference)

    def lagged(self, before: Array, target: Array) -> Array:
        """y of this month after y of the month before, on the way to F D phi(x)."""
        step = 1.0 - 2.0 ** (-1.0 / np.where(self.ramp > 0.0, self.ramp, 1.0))
        return np.where(self.ramp > 0.0, before + (target - before) * step, target)


def bent(x: Array, beta: Array) -> Array:
    """phi(x): x up to 1, then towards 1 + beta."""
    beyond = np.maximum(0.0, x - 1.0)
    bend = np.where(beta > 0.0, beta, 1.0)
    return np.where(x <= 1.0, x, 1.0 + beta * (1.0 - np.exp(-beyond / bend)))
