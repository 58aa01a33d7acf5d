"""What a question is about: the mean or a quantile of an output, or the chance of a condition."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trainplan import _core, statistics
from trainplan._arrays import refuse
from trainplan.plan import Plan
from trainplan.run import _CONDITION, Run
from trainplan.statistics import Estimate

_QUANTILE = re.compile(r"p(?P<percent>[0-9]{1,2}(?:\.[0-9]+)?)")
_SIGNS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}

# Money outputs of which less is better; of KPIs the plan itself says it.
LESS_IS_BETTER = frozenset({
    "payback_month", "discounted_payback_month", "total_cost", "pv_cost", "cash_cost", "risk_cost",
    "contingency", "funding_request", "cost_per_learner",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that a run gives, with its Monte Carlo error."""

    output: str
    kind: Literal["mean", "quantile", "chance"] = "mean"
    level: float = math.nan
    sign: str = ""

    @property
    def name(self) -> str:
        """Its name in words: ``mean of npv``, ``P10 of npv``, ``chance of csat@6 >= 80``."""
        if self.kind == "chance":
            return f"chance of {self.output} {self.sign} {self.level:.10g}"
        return f"{'mean' if self.kind == 'mean' else f'P{100 * self.level:.10g}'} of {self.output}"

    def met(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which trials meet the condition of a chance."""
        met: NDArray[np.bool_] = _SIGNS[self.sign](values, self.level)
        return met

    def of(self, run: Run) -> Estimate:
        """Return the number of a run."""
        values = run[self.output]
        if self.kind == "chance":
            return statistics.probability(self.met(values), stratified=run.stratified)
        level = self.level if self.kind == "quantile" else 0.5
        found = statistics.summary(values, (level,), stratified=run.stratified, never=True)
        return found.quantiles[level] if self.kind == "quantile" else found.mean

    def difference(self, run: Run, base: Run) -> Estimate:
        """Return the number of a run minus that of another on the same trials, its error that of the pair."""
        a, b = run[self.output], base[self.output]
        if self.kind == "chance":
            return statistics.difference(
                self.met(a).astype(np.float64), self.met(b).astype(np.float64), stratified=run.stratified
            )
        if self.kind == "quantile":
            return self._between_quantiles(run, base)
        return paired(a, b, stratified=run.stratified)

    def _between_quantiles(self, run: Run, base: Run) -> Estimate:
        """Return a difference of quantiles; each is linear, near enough, in its share of smaller trials.

        A quantile moves by -(share of trials at most q - level) / f(q). The density f at q is the error of
        that share over the error of the quantile.
        """
        parts, at = [], []
        for one in (run, base):
            values, found = one[self.output], self.of(one)
            at.append(found.value)
            below = (values <= found.value).astype(np.float64)
            share = statistics.mean(below, stratified=one.stratified).standard_error
            if found.standard_error is None or share is None or math.isnan(found.value):
                return Estimate(at[0] - self.of(base).value, None, None, None, found.note)
            parts.append(-below * (found.standard_error / share) if share > 0.0 else 0.0 * below)
        moved = statistics.difference(parts[0], parts[1], stratified=run.stratified)
        by = at[0] - at[1]
        if moved.low is None or moved.high is None:
            return Estimate(by, moved.standard_error, None, None, moved.note)
        low, high = moved.low - moved.value, moved.high - moved.value
        return Estimate(by, moved.standard_error, by + low, by + high)


def paired(a: NDArray[np.float64], b: NDArray[np.float64], *, stratified: bool) -> Estimate:
    """Return the mean of a - b; missing where some trials lack a value."""
    if np.isnan(a).any() or np.isnan(b).any():
        return Estimate(math.nan, None, None, None, "some trials have no value")
    return statistics.difference(a, b, stratified=stratified)


def measure(output: str | None, statistic: str | None, condition: str | None) -> Measure:
    """Return what is asked for: an output (npv) with a statistic (mean), or a condition."""
    if condition is not None:
        if output is not None or statistic is not None:
            refuse("condition", "give a condition, or an output and a statistic, not both")
        return _chance(condition)
    if output is not None and not isinstance(output, str):
        refuse("output", "must be the name of an output, such as npv", value=type(output).__name__)
    output = "npv" if output is None else output
    if statistic in (None, "mean"):
        return Measure(output)
    found = _QUANTILE.fullmatch(statistic) if isinstance(statistic, str) else None
    if found is None or float(found["percent"]) == 0.0:
        allowed = "must be mean, or a quantile such as p10 or p97.5; a chance is asked for by condition="
        refuse("statistic", allowed, value=repr(statistic)[:80])
    return Measure(output, "quantile", float(found["percent"]) / 100.0)


def _chance(condition: str) -> Measure:
    found = _CONDITION.fullmatch(condition) if isinstance(condition, str) else None
    try:
        level = float(found["level"]) if found else math.nan
    except ValueError:
        level = math.nan
    if found is None or math.isnan(level):
        refuse(
            "condition",
            "must be an output, a comparison and a number: 'csat@6 >= 80'",
            value=repr(condition)[:80],
        )
    return Measure(found["output"], "chance", level, found["sign"])


def more_is_better(plan: Plan, output: str) -> bool:
    """Tell whether more of an output is better; a KPI says it of itself."""
    head = re.split(r"[@\[]", output, maxsplit=1)[0]
    better = {kpi.id: kpi.better == "higher" for kpi in plan.record.all_kpis()}
    return bool(better.get(head, head not in LESS_IS_BETTER))


def need_output(name: str, known: Sequence[str]) -> None:
    """Refuse an output that a result does not have."""
    if name not in known:
        refuse(
            "output",
            "is not among the outputs that were kept; name it in outputs=[...]",
            value=repr(name)[:80],
            hint=_core.did_you_mean(str(name), list(known)),
        )


def number(error: float | None) -> float:
    """Return a number for a column: NaN where it is unknown."""
    return math.nan if error is None else float(error)


def columns(found: Estimate, prefix: str = "") -> dict[str, Any]:
    """Return an estimate as the cells of a row: value, mcse, low, high."""
    return {
        f"{prefix}value": found.value,
        f"{prefix}mcse": number(found.standard_error),
        f"{prefix}low": number(found.low),
        f"{prefix}high": number(found.high),
    }
