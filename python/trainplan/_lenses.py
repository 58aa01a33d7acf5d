"""Three readings of one run's money, and the bridge between them: the frame of `Run.lenses`.

Monthly series of a trial are summed here; discounting, ROI and utility come from the rooms that own them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trainplan import _core, finance, statistics, utility
from trainplan._arrays import numbers, refuse
from trainplan._frames import from_rows

if TYPE_CHECKING:
    from trainplan.run import Run

Values = NDArray[np.float64]
Sums = dict[str, Values]

READING = "reading"
FIRST_YEAR = 12  # months
_AFTER_HORIZON = "retention_after"
_BLOCK = 256  # trials whose monthly series are in memory at a time
_TIMINGS: dict[str, finance.Timing] = {"mid_month": "mid", "end_of_month": "end"}
_SERIES = ["wave_start", "cohort_behavior", "benefit", "cost", "output"]


def lenses(
    run: Run, *, trials: int, isolation: float, confidence: float, backend: str, **performance: Any
) -> Any:
    """Return the frame that `Run.lenses` describes, from the first trials of the run."""
    credited = _share("isolation", isolation) * _share("confidence", confidence)
    blocks = [_sums(run, block, **performance) for block in _blocks(run, trials)]
    found = {name: np.concatenate([sums[name] for sums in blocks]) for name in blocks[0]}
    rows = [_row(run, *line) for line in _lines(found, credited)]
    return from_rows(rows, list(rows[0]), backend=backend)


def _lines(found: Sums, credited: float) -> Iterator[tuple[str, str, Values, Values]]:
    """Return lens, line, benefit and cost: a reading is the chain's reading and the steps of its lens."""
    nothing = np.zeros_like(found["cost"])
    yield "chain", READING, found["pv_benefit"], found["pv_cost"]

    yield (
        "phillips",
        "not discounted",
        found["benefit"] - found["pv_benefit"],
        found["cost"] - found["pv_cost"],
    )
    yield "phillips", "first year after each team's wave", found["first_year"] - found["benefit"], nothing
    yield "phillips", "costs to date", nothing, found["to_date"] - found["cost"]
    yield "phillips", "isolation x confidence", (credited - 1.0) * found["first_year"], nothing
    yield "phillips", READING, credited * found["first_year"], found["to_date"]

    for name, present in found.items():
        if name.startswith("without "):
            yield "utility", name, -present, nothing
    yield "utility", "better performance, d x SDy", found["worth"], nothing
    yield "utility", "variable costs", found["worth_with_variable_costs"] - found["worth"], nothing
    yield (
        "utility",
        "tax",
        found["worth_taxed"] - found["worth_with_variable_costs"],
        found["cost_taxed"] - found["pv_cost"],
    )
    yield "utility", READING, found["worth_taxed"], found["cost_taxed"]


def _row(run: Run, lens: str, line: str, benefit: Values, cost: Values) -> dict[str, Any]:
    columns = {"benefit": benefit, "cost": cost, "net": benefit - cost, "roi": np.full_like(cost, np.nan)}
    if line == READING:
        columns["roi"] = np.asarray(finance.roi(benefit, cost).value, dtype=np.float64)
    row: dict[str, Any] = {"lens": lens, "line": line}
    errors: dict[str, Any] = {}
    for name, values in columns.items():
        known = not np.isnan(values).any()
        found = statistics.mean(values, stratified=run.stratified) if known else None
        row[name] = found.value if found else np.nan
        error = found.standard_error if found else None
        errors[f"mcse_{name}"] = np.nan if error is None else error
    return {**row, **errors, "n": cost.size}


@dataclass(frozen=True)
class _Block:
    """Some trials: series are month x trial, months 0 to the horizon, 0 where a month has no value."""

    costs: Values
    rates: Values  # annual, one a trial
    benefits: dict[tuple[str, str], Values] = field(default_factory=dict)  # by stream and team
    behavior: dict[tuple[str, str, str], Values] = field(default_factory=dict)  # by team, cohort, competence
    ends: dict[str, Values] = field(default_factory=dict)  # last month of a wave, one a trial
    outputs: dict[str, Values] = field(default_factory=dict)  # one a trial

    @property
    def months(self) -> Values:
        return np.arange(float(len(self.costs)))[:, None]


def _blocks(run: Run, trials: int) -> Iterator[_Block]:
    record = run.plan.record
    length = {wave.id: float(wave.months) for wave in record.waves}
    for first in range(0, trials, _BLOCK):
        drawn: dict[str, Any] = {
            "first": first,
            "trials": min(_BLOCK, trials - first),
            "seed": run.seed,
            "stratified": run.stratified,
            "central": False,
        }
        keys, values = _core.series(record, what=_SERIES, **drawn)
        _, rates = _core.draws(record, ["programme.discount_rate"], **drawn)
        block = _Block(np.zeros(values.shape[1:]), np.asarray(rates[0], dtype=np.float64))
        for (what, team, item, cohort, competence, _), series in zip(keys, values, strict=True):
            filled = np.nan_to_num(series)
            if what == "cost":
                block.costs[:] += filled
            elif what == "benefit":
                block.benefits[item, team] = filled
            elif what == "cohort_behavior":
                block.behavior[team, cohort, competence] = filled
            elif what == "wave_start":
                block.ends[item] = series[0] + length[item] - 1.0
            else:
                block.outputs[item] = series[0].copy()  # a view would keep the whole block in memory
        yield block


def _sums(
    run: Run,
    block: _Block,
    *,
    d: float,
    sdy: float,
    variable_costs: float,
    tax: float,
    measured_at: float | None,
) -> Sums:
    out, programme = block.outputs, run.plan.record.programme
    when: dict[str, Any] = {"timing": _TIMINGS[programme.timing], "per_year": 12}
    first_year, to_date = _first_year(run, block)
    sums = {
        "pv_benefit": out["pv_benefit"],
        "pv_cost": out["pv_cost"],
        "benefit": out["total_benefit"],
        "cost": out["total_cost"],
        "first_year": first_year,
        "to_date": to_date,
    }
    for stream in dict.fromkeys(stream for stream, _ in block.benefits):
        flows = sum(series for key, series in block.benefits.items() if key[0] == stream)
        present = finance.npv(np.transpose(flows), rate=block.rates, **when)
        sums[f"without {stream}"] = np.asarray(present, dtype=np.float64)

    people, behavior = _trained(run, block)
    factors = {
        rate: finance.discount_factors(len(people), rate=rate, **when) for rate in np.unique(block.rates)
    }
    discounted: dict[str, Any] = {
        "measured_at": _measured(people, behavior) if measured_at is None else measured_at,
        "d": d,
        "sdy": sdy,
        "discount_factors": np.array([factors[rate] for rate in block.rates]),
    }
    worth = {"variable_costs": 0.0, "tax": 0.0}
    for name, changed in (
        ("worth", {}),
        ("worth_with_variable_costs", {"variable_costs": variable_costs}),
        ("worth_taxed", {"tax": tax}),
    ):
        worth |= changed
        sums[name] = utility.programme_utility(people.T, behavior.T, **discounted, **worth)
    nobody = np.zeros_like(people.T)
    cost = utility.programme_utility(nobody, behavior.T, cost=out["pv_cost"], **discounted, **worth)
    return sums | {"cost_taxed": -cost}


def _first_year(run: Run, block: _Block) -> tuple[Values, Values]:
    """Benefits of each team's first 12 months after its first wave; costs until the last of these months."""
    total = np.zeros(block.costs.shape[1])
    last = np.zeros_like(total)
    for team in run.plan.record.teams:
        own = [block.ends[wave.id] for wave in _own_waves(run, team.id)]
        if not own:
            continue
        # A wave that does not take place has no month.
        end = np.fmin.reduce(own)
        counts = (block.months > end) & (block.months <= end + FIRST_YEAR)
        for (stream, name), series in block.benefits.items():
            if name == team.id and stream != _AFTER_HORIZON:
                total = total + np.where(counts, series, 0.0).sum(axis=0)
        last = np.fmax(last, end + FIRST_YEAR)
    # A programme that trains nobody has no such month: all its costs are to date.
    to_date = (block.months <= last) | (last == 0.0)
    return total, np.where(to_date, block.costs, 0.0).sum(axis=0)


def _own_waves(run: Run, team: str) -> list[Any]:
    return [wave for wave in run.plan.record.waves if not wave.follow_up and team in wave.teams]


def _trained(run: Run, block: _Block) -> tuple[Values, Values]:
    """People of the cohorts trained before each month, and their mean behavior (month x trial).

    Behavior is the mean over the competences that waves, follow-ups included, teach the team.
    """
    record = run.plan.record
    taught = {module.id: module.competences for module in record.modules}
    people = np.zeros_like(block.costs)
    weighted = np.zeros_like(block.costs)
    for team in record.teams:
        modules = {m for wave in record.waves if team.id in wave.teams for m in wave.modules}
        competences = sorted({c for module in modules for c in taught[module]})
        for wave in _own_waves(run, team.id):
            states = [block.behavior[team.id, wave.id, c] for c in competences]
            heads = np.where(block.months > block.ends[wave.id], team.people * wave.share, 0.0)
            people = people + heads
            weighted = weighted + heads * np.mean(states, axis=0)
    behavior = np.divide(weighted, people, out=np.zeros_like(people), where=people > 0.0)
    # Rounding of a mean may leave the range by its last bit.
    return people, np.clip(behavior, 0.0, 1.0)


def _measured(people: Values, behavior: Values) -> Values:
    """Behavior in the first month with somebody trained; 1 in a trial that has none."""
    ever = (people > 0.0).any(axis=0)
    first = np.argmax(people > 0.0, axis=0)
    at = np.where(ever, np.take_along_axis(behavior, first[None, :], axis=0)[0], 1.0)
    if not (at > 0.0).all():
        refuse(
            "measured_at",
            "must be stated: behavior is 0 in the first month after training",
            hint="the behavior on the job when d was measured, above 0 and at most 1",
        )
    return at


def _share(name: str, given: float) -> float:
    found = numbers(name, given)
    if found.ndim or not 0.0 <= float(found) <= 1.0:
        refuse(name, "must be one number between 0 and 1", value=str(given)[:80])
    return float(found)
