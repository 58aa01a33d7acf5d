"""From behavior to KPIs: docs/method.md, section 4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .inputs import Array, Inputs, Record
from .learning import Learning, State, competence_ids, logistic, logit


@dataclass(frozen=True)
class Kpi:
    """A key figure: bounds, direction, link and the team field that weights programme figures (section 4)."""

    low: float
    high: float
    better: str
    link: str
    aggregated_by: str


NAMED_KPIS = {
    "csat": Kpi(0.0, 100.0, "higher", "logit", "contacts"),
    "nps": Kpi(-100.0, 100.0, "higher", "logit", "customers"),
    "fcr": Kpi(0.0, 100.0, "higher", "logit", "contacts"),
    "aht": Kpi(0.0, np.inf, "lower", "log", "contacts"),
    "churn": Kpi(0.0, 100.0, "lower", "logit", "customers"),
    "attrition": Kpi(0.0, np.inf, "lower", "log", "people"),
}


def kpi_definitions(inputs: Inputs) -> dict[str, Kpi]:
    own = {
        kpi["id"]: Kpi(
            float(kpi.get("low", 0.0)),
            float(kpi.get("high", np.inf)),
            kpi["better"],
            kpi["link"],
            kpi["weight"],
        )
        for kpi in inputs.records("kpis")
    }
    return NAMED_KPIS | own


def clamp(value: Array, kpi: Kpi) -> Array:
    margin = 1e-6 * (kpi.high - kpi.low if np.isfinite(kpi.high) else 1.0)
    return np.clip(value, kpi.low + margin, kpi.high - margin)


def link(value: Array, kpi: Kpi) -> Array:
    inside = clamp(value, kpi)
    if kpi.link == "log":
        return np.log(inside - kpi.low)
    return logit((inside - kpi.low) / (kpi.high - kpi.low))


def unlink(score: Array, kpi: Kpi) -> Array:
    if kpi.link == "log":
        return kpi.low + np.exp(score)
    return kpi.low + (kpi.high - kpi.low) * logistic(score)


def base_value(inputs: Inputs, team: str, kpi: str) -> Array | None:
    """b[t,k]; None where the team does not have the KPI."""
    path = f"teams.{team}.attrition" if kpi == "attrition" else f"teams.{team}.baseline.{kpi}"
    return inputs.number(path) if inputs.has(path) else None


class Lift:
    """A change of one KPI when the behavior reaches S_ref (section 4, "Lift")."""

    def __init__(self, inputs: Inputs, record: Record, by: Learning) -> None:
        self.inputs, self.record, self.path = inputs, record, f"lifts.{record['id']}"
        self.kpi = record["kpi"]
        competences = competence_ids(inputs)
        if record.get("competences"):
            self.weights = {c: inputs.number(f"{self.path}.competences.{c}") for c in record["competences"]}
        else:
            self.weights = {c: np.full(inputs.trials, 1.0 / len(competences)) for c in competences}
        self.reference = self.behavior_where_seen(by)

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

    def effect(self, team: str, kpi: Kpi) -> Array:
        """D[t], on the link scale, for a team that has the KPI."""
        size = self.inputs.number(f"{self.path}.size")
        if self.inputs.has(f"{self.path}.base"):
            seen_at = self.inputs.number(f"{self.path}.base")
        else:
            own = base_value(self.inputs, team, self.kpi)
            assert own is not None, f"{self.path} is for teams that have {self.kpi}"
            seen_at = own
        if self.record["kind"] == "points":
            reached = seen_at + size
        elif self.record["kind"] == "relative":
            reached = seen_at * (1.0 + size)
        else:
            best = kpi.high if kpi.better == "higher" else kpi.low
            reached = seen_at + size * (best - seen_at)
        return link(reached, kpi) - link(seen_at, kpi)

    def applied(self, behavior: Mapping[str, Array], beta: Array) -> Array:
        """phi(x), x the behavior now over the behavior where the lift was seen."""
        x = sum(self.weights[c] * behavior[c] for c in self.weights) / self.reference
        beyond = np.maximum(0.0, x - 1.0)
        bend = np.where(beta > 0.0, beta, 1.0)
        return np.where(x <= 1.0, x, 1.0 + beta * (1.0 - np.exp(-beyond / bend)))
