"""Tornado and spider: one input after another set to quantiles of its distribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from trainplan._arrays import numbers, refuse, whole
from trainplan._frames import from_rows
from trainplan._progress import Progress
from trainplan._summary import Row, rounded
from trainplan.plan import Plan
from trainplan.run import Run
from trainplan.statistics import Estimate
from trainplan.whatif import _fields, _measure, _show
from trainplan.whatif._central import central, need_known
from trainplan.whatif._many import Batch, Options, Sampling, need_plan, options, patched
from trainplan.whatif._measure import Measure, measure
from trainplan.whatif._ranks import strongest

__all__ = ["Bar", "Spider", "Tornado", "spider", "tornado"]

Others = Literal["distribution", "median"]
_COLUMNS = (
    "input", "unit", "low_value", "high_value", "low", "high", "swing", "mcse_low", "mcse_high", "mcse_swing",
    "others", "moves_with", "source",
)  # fmt: skip
_WORDS = {"distribution": "their distribution", "median": "their median"}


@dataclass(frozen=True, slots=True)
class Bar:
    """What an output does where an input goes from a low to a high quantile.

    Attributes
    ----------
    input, unit, source : str
    low_value, high_value : float
        The two quantiles of the input.
    low, high : Estimate
        The statistic there.
    swing : Estimate
        At the high quantile minus at the low one, on the same trials.
    moves_with : tuple of str
        Inputs correlated with it, which stay where they are.
    """

    input: str
    unit: str
    source: str
    low_value: float
    high_value: float
    low: Estimate
    high: Estimate
    swing: Estimate
    moves_with: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tornado:
    """The swing of a statistic for each uncertain input, the largest first.

    Attributes
    ----------
    measure : Measure
    others : {"distribution", "median"}
        Where the other inputs are meanwhile.
    quantiles : tuple of float
    own : Estimate
        The statistic of the plan as it is; with others at their median, where all are.
    bars : tuple of Bar
    """

    plan: Plan
    measure: Measure
    others: Others
    quantiles: tuple[float, float]
    own: Estimate
    bars: tuple[Bar, ...]
    how: Options

    def to_frame(self, *, backend: str = "pandas") -> Any:
        """Return a row an input, with its two values, the statistic at either, the swing, and errors."""
        rows = [
            {
                "input": bar.input,
                "unit": bar.unit,
                "low_value": bar.low_value,
                "high_value": bar.high_value,
                "low": bar.low.value,
                "high": bar.high.value,
                "swing": bar.swing.value,
                "mcse_low": _measure.number(bar.low.standard_error),
                "mcse_high": _measure.number(bar.high.standard_error),
                "mcse_swing": _measure.number(bar.swing.standard_error),
                "others": self.others,
                "moves_with": ", ".join(bar.moves_with),
                "source": bar.source,
            }
            for bar in self.bars
        ]
        return from_rows(rows, _COLUMNS, backend=backend)

    def _card(self) -> _show.Card:
        low, high = (f"P{100 * level:.10g}" for level in self.quantiles)
        rows = [
            Row(
                bar.input,
                (
                    f"{rounded(bar.low_value, None)} to {rounded(bar.high_value, None)} {bar.unit}".rstrip(),
                    _show.with_error(bar.low),
                    _show.with_error(bar.high),
                    _show.with_error(bar.swing),
                ),
            )
            for bar in self.bars
        ]
        facts = f"each at its {low} and {high}, the others at {_WORDS[self.others]}"
        if self.others == "distribution":
            facts += f"; {self.how.trials:,} trials each, {self.how.sampling}, seed {self.how.seed}"
        tied = [bar for bar in self.bars if bar.moves_with]
        remarks = [f"As it is: {_show.with_error(self.own)}"]
        if tied:
            remarks.append(
                "Correlated inputs, whose partners stay where they are while one is set: "
                + ", ".join(bar.input for bar in tied[:8])
                + (f" and {len(tied) - 8} more" if len(tied) > 8 else "")
            )
        head = ("from, to", f"at {low}", f"at {high}", "swing")
        return _show.Card(f"Tornado: {self._name}", facts, [_show.Part("Input", head, rows)], remarks)

    @property
    def _name(self) -> str:
        return self.measure.output if self.others == "median" else self.measure.name

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()


def tornado(
    plan: Plan,
    output: str | None = None,
    *,
    statistic: str | None = None,
    condition: str | None = None,
    others: Others = "distribution",
    quantiles: tuple[float, float] = (0.1, 0.9),
    paths: Sequence[str] | None = None,
    trials: int = 10_240,
    seed: int | None = 1,
    threads: int | None = None,
    sampling: Sampling = "stratified",
    progress: Progress = True,
) -> Tornado:
    """Set each uncertain input to a low and a high quantile, and see what an output does.

    With the others at their distribution the bars are of the mean (or another statistic), on the same trials,
    with Monte Carlo errors; with the others at their median they are of one trial without chance, where what
    is skewed or acts together is easily misjudged. Setting an input does not move the inputs that are
    correlated with it; each bar names them.

    Parameters
    ----------
    plan : Plan
    output : str, optional
        ``npv`` where nothing is named.
    statistic, condition : str, optional
        As in `sweep`; not with the others at their median.
    others : {"distribution", "median"}
    quantiles : tuple of float
        Low and high level.
    paths : sequence of str, optional
        The inputs to look at; None: all uncertain ones.
    trials, seed, threads, sampling, progress
        As in `simulate`, for each of two runs an input.

    Returns
    -------
    Tornado

    Raises
    ------
    InputError
        For unknown names and levels that cannot be.

    Examples
    --------
    >>> import trainplan as tp
    >>> found = tp.tornado(tp.example("one_team"), "npv", trials=640, progress=False)
    >>> found.bars[0].input
    'lifts.aht.size'
    """
    need_plan(plan)
    asked = measure(output, statistic, condition)
    levels = _levels(quantiles)
    if len(levels) != 2:
        refuse("quantiles", "must be two levels, the low one first", value=repr(quantiles)[:80])
    if others not in _WORDS:
        refuse("others", "must be 'distribution' or 'median'", value=repr(others)[:80])
    if others == "median" and (asked.kind != "mean" or statistic is not None):
        refuse("statistic", "is of many trials; with others='median' there is one, without chance")
    chosen = _fields.some_of(plan, paths)
    need_known(plan, asked.output)
    how = options(trials, seed, sampling, threads) if others == "distribution" else Options(1, 0, sampling, 1)
    values = {path: _fields.quantiles(plan, path, levels) for path in chosen}
    facts, partners = _fields.uncertain(plan), _partners(plan)
    bars = []
    with Batch(1 + 2 * len(chosen), how, progress) as batch:
        own, _ = _at(plan, asked, others, batch)
        for path in chosen:
            low, high = values[path]
            (at_low, one), (at_high, other) = (
                _at(patched(plan, {path: value})[0], asked, others, batch) for value in (low, high)
            )
            if one is None or other is None:
                swing = Estimate(at_high.value - at_low.value, None, None, None)
            else:
                swing = asked.difference(other, one)
            row = facts[path]
            bars.append(
                Bar(
                    path,
                    row["unit"],
                    row["source"],
                    low,
                    high,
                    at_low,
                    at_high,
                    swing,
                    moves_with=partners.get(path, ()),
                )
            )
    bars.sort(
        key=lambda bar: (-abs(bar.swing.value) if bar.swing.value == bar.swing.value else 1.0, bar.input)
    )
    return Tornado(plan, asked, others, (levels[0], levels[1]), own, tuple(bars), how)


def _at(plan: Plan, asked: Measure, others: Others, batch: Batch) -> tuple[Estimate, Run | None]:
    """Return the statistic of a plan, and the run that it is of; without chance there is none."""
    if others == "median":
        found = Estimate(central(plan, asked.output), None, None, None)
        batch.step()
        return found, None
    run = batch.run(plan, [asked.output])
    return asked.of(run), run


def _levels(quantiles: Sequence[float]) -> list[float]:
    levels = numbers("quantiles", quantiles)
    if levels.ndim != 1 or levels.size < 2 or not ((levels > 0.0) & (levels < 1.0)).all():
        refuse("quantiles", "must be levels above 0 and below 1", value=repr(quantiles)[:80])
    if not (np.diff(levels) > 0.0).all():
        refuse("quantiles", "must be ascending", value=repr(quantiles)[:80])
    return [float(level) for level in levels]


def _partners(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return the inputs that are correlated with each, by its path."""
    groups = [list(group["members"]) for group in plan.record.correlation_groups()]
    if float(plan.record.programme.lift_correlation) != 0.0:
        groups.append([path for path, _ in plan.record.shared_lifts()])
    found: dict[str, tuple[str, ...]] = {}
    for group in groups:
        for path in group:
            found[path] = (*found.get(path, ()), *(other for other in group if other != path))
    return found


@dataclass(frozen=True, slots=True)
class Spider:
    """A statistic over the quantiles of several inputs, the others at their distribution.

    Attributes
    ----------
    measure : Measure
    quantiles : tuple of float
    own : Estimate
        The statistic of the plan as it is.
    inputs : dict of str to tuple of float
        The values at the quantiles, by path.
    found : dict of str to tuple of Estimate
        The statistic there.
    """

    plan: Plan
    measure: Measure
    quantiles: tuple[float, ...]
    own: Estimate
    inputs: dict[str, tuple[float, ...]]
    found: dict[str, tuple[Estimate, ...]]
    how: Options

    def to_frame(self, *, backend: str = "pandas") -> Any:
        """Return a row an input and quantile: input, quantile, input_value, value, mcse, low, high."""
        rows = [
            {"input": path, "quantile": level, "input_value": value, **_measure.columns(found)}
            for path, values in self.inputs.items()
            for level, value, found in zip(self.quantiles, values, self.found[path], strict=True)
        ]
        names = ("input", "quantile", "input_value", "value", "mcse", "low", "high")
        return from_rows(rows, names, backend=backend)

    def _card(self) -> _show.Card:
        rows = [
            Row(path, tuple(_show.with_error(one) for one in found)) for path, found in self.found.items()
        ]
        head = tuple(f"at P{100 * level:.10g}" for level in self.quantiles)
        return _show.Card(
            f"Spider: {self.measure.name}",
            _show.facts(self.how.trials, self.how.sampling, self.how.seed),
            [_show.Part("Input", head, rows)],
            [f"As it is: {_show.with_error(self.own)}"],
        )

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()


def spider(
    plan: Plan,
    output: str | None = None,
    *,
    statistic: str | None = None,
    condition: str | None = None,
    quantiles: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95),
    paths: Sequence[str] | None = None,
    most: int = 6,
    trials: int = 10_240,
    seed: int | None = 1,
    threads: int | None = None,
    sampling: Sampling = "stratified",
    progress: Progress = True,
) -> Spider:
    """Let several inputs run through their quantiles, one at a time, the others at their distribution.

    Parameters
    ----------
    plan : Plan
    output, statistic, condition : str, optional
        As in `sweep`.
    quantiles : sequence of float
        Ascending levels.
    paths : sequence of str, optional
        The inputs; None: the `most` that weigh most in a regression of the ranks of the output on those of
        all uncertain quantities.
    most : int
    trials, seed, threads, sampling, progress
        As in `simulate`, for each point.

    Examples
    --------
    >>> import trainplan as tp
    >>> found = tp.spider(tp.example("one_team"), "npv", most=2, trials=640, progress=False)
    >>> list(found.found)
    ['lifts.aht.size', 'lifts.fcr.size']
    """
    need_plan(plan)
    asked = measure(output, statistic, condition)
    levels = _levels(quantiles)
    count = whole("most", most, 1, 100)
    chosen = _fields.some_of(plan, paths)
    how = options(trials, seed, sampling, threads)
    runs = 1 + len(levels) * (len(chosen) if paths is not None else min(count, len(chosen)))
    with Batch(runs, how, progress) as batch:
        base = batch.run(plan, [asked.output])
        if paths is None:
            chosen = strongest(base, asked.output, chosen)[:count]
        inputs = {path: tuple(_fields.quantiles(plan, path, levels)) for path in chosen}
        found = {
            path: tuple(
                asked.of(batch.run(patched(plan, {path: value})[0], [asked.output])) for value in values
            )
            for path, values in inputs.items()
        }
    return Spider(plan, asked, tuple(levels), asked.of(base), inputs, found, how)
