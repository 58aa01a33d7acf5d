"""The drawn values of a plan from its seed and its paths alone: docs/method.md, section 1, "Draws" on."""

from __future__ import annotations

import numpy as np
from scipy import special  # type: ignore[import-untyped]

from .correlation import factor, groups, pearson
from .fields import quantities
from .inputs import Array, Inputs, Record
from .kpis import kpi_definitions
from .quantity import resolve
from .sampling import normal_pair, path_hash, uniforms


class Draws:
    """Trials first .. first + n - 1 of a plan with this seed.

    `reference` is the text of docs/reference.md, which says what ranges the plan's fields have.
    """

    def __init__(
        self,
        plan: Record,
        *,
        seed: int,
        n: int,
        first: int = 0,
        sampling: str = "stratified",
        reference: str | None = None,
    ) -> None:
        self.plan, self.reference = plan, reference
        self.seed, self.n, self.first, self.sampling = seed, n, first, sampling

    def uniform(self, path: str) -> Array:
        return uniforms(self.seed, path_hash(path), self.first, self.n, self.sampling)

    def normal(self, path: str) -> Array:
        return np.asarray(special.ndtri(self.uniform(path)))

    def correlated(self, uncertain: list[str]) -> dict[str, Array]:
        """u of the quantities that move with others."""
        rows = self.plan.get("correlations", [])
        scores: dict[str, Array] = {}
        for members, matrix in groups(rows):
            z = np.array([self.normal(path) for path in members])
            scores |= dict(zip(members, factor(matrix) @ z, strict=True))
        r = pearson(float(self.plan["programme"]["lift_correlation"]))
        kpis = kpi_definitions(Inputs(self.plan, {}))
        common = self.normal("lifts#common")
        for lift in self.plan["lifts"]:
            path = f"lifts.{lift['id']}.size"
            if path in uncertain and path not in scores:
                worse = lift["kind"] != "gap" and kpis[lift["kpi"]].better == "lower"
                toward = -common if worse else common
                scores[path] = toward * np.sqrt(r) + np.sqrt(1.0 - r) * self.normal(path)
        return {path: np.asarray(special.ndtr(score)) for path, score in scores.items()}

    def quantities(self) -> dict[str, Array]:
        """Every quantity of the plan by path."""
        laws = {
            q.path: resolve(q.value, q.unit, q.low, q.high) for q in quantities(self.plan, self.reference)
        }
        uncertain = [path for path, law in laws.items() if law.family != "certain"]
        moved = self.correlated(uncertain)
        return {
            path: law.quantile(moved[path] if path in moved else self.uniform(path))
            for path, law in laws.items()
        }

    def derived(self) -> dict[str, Array]:
        """Every standard normal draw that is no field of the plan, whether anything uses it or not."""
        inputs = Inputs(self.plan, {})
        teams = [team["id"] for team in inputs.records("teams")]
        drawn = {"lifts#common": self.normal("lifts#common")}
        for lift in inputs.records("lifts"):
            for team in teams:
                path = f"lifts.{lift['id']}#team.{team}"
                drawn[path] = self.normal(path)
        for team in teams:
            for kpi in inputs.field(f"teams.{team}.baseline_n", {}):
                path = f"teams.{team}.baseline.{kpi}#sample"
                drawn[path] = self.normal(path)
        for movement in inputs.records("movements"):
            for owner in ["programme", *(f"teams.{team}" for team in teams)]:
                for month in range(1, inputs.horizon + 1, 2):
                    path = f"{owner}#noise.{movement['id']}"
                    pair = normal_pair(self.seed, path_hash(f"{path}@{month}"), self.first, self.n)
                    drawn |= {f"{path}@{month}": pair[0], f"{path}@{month + 1}": pair[1]}
        return drawn

    def all(self) -> dict[str, Array]:
        return self.quantities() | self.derived()


def medians(plan: Record, reference: str | None = None) -> dict[str, float]:
    """The median of every quantity: the central trial."""
    return {q.path: resolve(q.value, q.unit, q.low, q.high).median for q in quantities(plan, reference)}
