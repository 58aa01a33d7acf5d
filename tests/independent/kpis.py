"""KPIs: what each is, its baseline, and how it moves without a programme (docs/method.md, section 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .inputs import Array, Inputs
from .learning import logistic, logit
from .schedule import calendar_month


@dataclass(frozen=True)
class Kpi:
    """A key figure: bounds, direction, link and the team field that weights programme figures (section 4)."""

    low: float
    high: float
    better: str
    link: str
    aggregated_by: str
    cv: float = 1.0  # of one observation, log link


NAMED_KPIS = {
    "csat": Kpi(0.0, 100.0, "higher", "logit", "contacts"),
    "nps": Kpi(-100.0, 100.0, "higher", "logit", "customers"),
    "fcr": Kpi(0.0, 100.0, "higher", "logit", "contacts"),
    "aht": Kpi(0.0, np.inf, "lower", "log", "contacts"),
    "frt": Kpi(0.0, np.inf, "lower", "log", "contacts"),
    "churn": Kpi(0.0, 100.0, "lower", "logit", "customers"),
    "attrition": Kpi(0.0, np.inf, "lower", "log", "people"),
    "quality": Kpi(0.0, 100.0, "higher", "logit", "contacts"),
    "reroute": Kpi(0.0, 100.0, "lower", "logit", "contacts"),
    "escalation": Kpi(0.0, 100.0, "lower", "logit", "contacts"),
    "conversion": Kpi(0.0, 100.0, "higher", "logit", "contacts"),
    "engagement": Kpi(0.0, 100.0, "higher", "logit", "people"),
}


def kpi_definitions(inputs: Inputs) -> dict[str, Kpi]:
    own = {
        kpi["id"]: Kpi(
            float(kpi.get("low", 0.0)),
            float(kpi.get("high", np.inf)),
            kpi["better"],
            kpi["link"],
            kpi["weight"],
            float(kpi.get("cv", 1.0)),
        )
        for kpi in inputs.records("kpis")
    }
    return NAMED_KPIS | own


def clamp(value: Array, kpi: Kpi) -> Array:
    margin = 1e-6 * (kpi.high - kpi.low if np.isfinite(kpi.high) else 1.0)
    return np.clip(value, kpi.low + margin, kpi.high - margin)


def link(value: Array, kpi: Kpi) -> Array:
    """The link of the clamped value."""
    inside = clamp(value, kpi)
    if kpi.link == "log":
        return np.log(inside - kpi.low)
    return logit((inside - kpi.low) / (kpi.high - kpi.low))


def unlink(score: Array, kpi: Kpi) -> Array:
    if kpi.link == "log":
        return kpi.low + np.exp(score)
    return kpi.low + (kpi.high - kpi.low) * logistic(score)


def slope(value: Array, kpi: Kpi) -> Array:
    """link'(clamp(v)): link units a KPI unit."""
    inside = clamp(value, kpi)
    below = 1.0 / (inside - kpi.low)
    return below if kpi.link == "log" else below + 1.0 / (kpi.high - inside)


def base_value(inputs: Inputs, team: str, ID: str, kpi: Kpi) -> Array | None:
    """b[t,k]; None where the team does not have the KPI."""
    path = f"teams.{team}.attrition" if ID == "attrition" else f"teams.{team}.baseline.{ID}"
    if not inputs.has(path):
        return None
    read = inputs.number(path)
    n = inputs.field(f"teams.{team}.baseline_n.{ID}")
    if n is None:
        return read
    if kpi.link == "log":
        se = kpi.cv / np.sqrt(float(n)) + inputs.zero
    else:
        p = (clamp(read, kpi) - kpi.low) / (kpi.high - kpi.low)
        se = 1.0 / np.sqrt(float(n) * p * (1.0 - p))
    return unlink(link(read, kpi) + inputs.normal(f"teams.{team}.baseline.{ID}#sample") * se, kpi)


def trend_months(month: int) -> float:
    """T_m: months of trend so far, damped after the first year."""
    return min(month, 12) + sum(0.9 ** (j - 12) for j in range(13, month + 1))


class Movement:
    """How one KPI moves in every team without any programme."""

    def __init__(self, inputs: Inputs, ID: str, kpi: Kpi) -> None:
        self.inputs, self.ID, self.kpi, self.path = inputs, ID, kpi, f"movements.{ID}"
        self.moves = inputs.field(self.path) is not None
        self.of_programme = self.ordinary("programme", "programme_sd")

    def spread(self, name: str) -> float:
        return float(self.inputs.field(f"{self.path}.{name}", 0.0))

    def draws(self, owner: str) -> list[Array]:
        """z_m of the programme or of `teams.T`, months 1..H."""
        months = range(1, self.inputs.horizon + 1)
        return [self.inputs.normal(f"{owner}#noise.{self.ID}@{month}") for month in months]

    def ordinary(self, owner: str, sd_field: str) -> list[Array]:
        """The AR(1) series P or Q in KPI units: entry m - 1 is month m."""
        sd, phi = self.spread(sd_field), float(self.inputs.field(f"{self.path}.persistence", 0.0))
        series: list[Array] = []
        for z in self.draws(owner):
            series.append(sd * z if not series else phi * series[-1] + sd * np.sqrt(1.0 - phi**2) * z)
        return series

    def score_without(self, team: str, base: Array) -> list[Array]:
        """link(B) + o + e of a team with this base: entry m - 1 is month m."""
        if not self.moves:
            return [link(base, self.kpi)] * self.inputs.horizon
        trend = self.inputs.number(f"{self.path}.trend")
        season = self.inputs.field(f"{self.path}.season", {})
        of_team = self.ordinary(f"teams.{team}", "team_sd")
        scores = []
        for month in range(1, self.inputs.horizon + 1):
            level = clamp(base + trend * trend_months(month), self.kpi)
            offset = float(season.get(str(calendar_month(self.inputs, month)), 0.0))
            movement = (self.of_programme[month - 1] + of_team[month - 1]) * slope(base, self.kpi)
            scores.append(link(level, self.kpi) + offset + movement)
        return scores
