"""What it is worth to know more before deciding: of everything at once, of each input, of groups.

References
----------
.. [1] M. Strong, J. E. Oakley and A. Brennan, "Estimating multiparameter partial expected value of perfect
       information from a probabilistic sensitivity analysis sample", Med. Decis. Making 34 (2014) 311-326.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from trainplan import statistics
from trainplan._arrays import numbers, refuse, vector
from trainplan._frames import from_rows
from trainplan._progress import Progress
from trainplan._summary import Row, rounded
from trainplan.run import Run
from trainplan.statistics import Estimate
from trainplan.whatif import _fields, _measure, _show, _surface
from trainplan.whatif._compare import Comparison
from trainplan.whatif._perfect import expected_value_of_information, worth
from trainplan.whatif._surface import Floats

__all__ = ["Information", "Worth", "value_of_information"]

_COLUMNS = (
    "input", "members", "evppi", "mcse", "low", "high", "share_of_evpi", "p_change", "unit", "source",
)  # fmt: skip
_SURE = 3.0  # standard errors that a worth must lie above 0 to be spoken of: dozens are looked at
_INVEST, _LEAVE = "go ahead", "do not"


@dataclass(frozen=True, slots=True)
class Worth:
    """What it is worth to know an input, or a group of them, perfectly before deciding.

    Attributes
    ----------
    input : str
        Or the name of a group.
    members : tuple of str
        Of a group; empty for an input.
    evppi : Estimate
        Expected value of partial perfect information, in units of the output.
    p_change : float
        How often the knowledge would lead to another decision.
    unit, source : str
        Of the input.
    """

    input: str
    members: tuple[str, ...]
    evppi: Estimate
    p_change: float
    unit: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Information:
    """What to measure first, and what that would be worth at most.

    Attributes
    ----------
    decide : str
        The output by which is decided.
    best : str
        What one would do without knowing more.
    options : dict of str to Estimate
        The mean of each option.
    evpi : Estimate
        What it would be worth to know everything: no single measurement is worth more.
    p_change : float
        How often knowing everything would lead to another decision.
    found : tuple of Worth
        Inputs and groups, the one that is worth most first.
    unit : str
        Of the output, where it is money.
    trials : int
        That the curves were fitted to.
    """

    decide: str
    best: str
    options: dict[str, Estimate]
    evpi: Estimate
    p_change: float
    found: tuple[Worth, ...]
    unit: str
    trials: int

    def __getitem__(self, name: str) -> Worth:
        """Return the worth of knowing an input or group."""
        return _surface.found(self.found, name)

    @property
    def first(self) -> Worth | None:
        """The single input that is worth most; None: none is surely worth anything."""
        single = [one for one in self.found if not one.members]
        sure = [one for one in single if one.evppi.value > _SURE * (one.evppi.standard_error or 0.0)]
        return sure[0] if sure and sure[0].evppi.value > 0.0 else None

    @property
    def sentence(self) -> str:
        """What to measure first, in a sentence."""
        start = f"Without knowing more: {self.best}."
        if self.first is None:
            return f"{start} No single input is worth measuring for this decision."
        worth = self.first.evppi
        return (
            f"{start} Measure {self.first.input} first: knowing it perfectly would be worth at most "
            f"{_show.with_error(worth)} {self.unit}".rstrip()
            + f"; it would change the decision in {100 * self.first.p_change:.2g} % of the cases."
        )

    def to_frame(self, *, backend: str = "pandas") -> Any:
        """Return a row an input or group: evppi with its error, share_of_evpi, p_change, unit, source."""
        rows = [
            {
                "input": one.input,
                "members": ", ".join(one.members),
                "evppi": one.evppi.value,
                "mcse": _measure.number(one.evppi.standard_error),
                "low": _measure.number(one.evppi.low),
                "high": _measure.number(one.evppi.high),
                "share_of_evpi": one.evppi.value / self.evpi.value if self.evpi.value > 0.0 else math.nan,
                "p_change": one.p_change,
                "unit": one.unit,
                "source": one.source,
            }
            for one in self.found
        ]
        return from_rows(rows, _COLUMNS, backend=backend)

    def _card(self) -> _show.Card:
        means = [Row(name, (_show.with_error(one),)) for name, one in self.options.items()]
        parts = [_show.Part("Option", (f"mean {self.decide}",), means)]
        rows = [Row("everything", (_show.with_error(self.evpi), f"{100 * self.p_change:.2g} %", ""))]
        rows += [
            Row(
                one.input,
                (
                    _show.with_error(one.evppi) if one.evppi.value > 0.0 else rounded(0.0, None),
                    f"{100 * one.p_change:.2g} %",
                    one.source,
                ),
            )
            for one in self.found
        ]
        head = (f"worth at most{f', {self.unit}' if self.unit else ''}", "changes the decision", "source")
        parts.append(_show.Part("Knowing", head, rows))
        facts = f"{self.trials:,} trials; perfect knowledge, before the decision"
        return _show.Card(f"Value of information: {self.decide}", facts, parts, [self.sentence])

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()


def value_of_information(
    run: Run | Comparison | Mapping[str, Run] | Mapping[str, ArrayLike],
    *,
    decide: str = "npv",
    against: float | Run | Mapping[str, Run] = 0.0,
    groups: Mapping[str, Sequence[str]] | None = None,
    inputs: Mapping[str, ArrayLike] | None = None,
    stratified: bool = False,
    progress: Progress = True,
) -> Information:
    """Return what it would be worth to know inputs before deciding, and so what to measure first.

    A measurement is worth something only where it can change the decision. EVPI is that of knowing
    everything; EVPPI that of one input, or of a group: mean of the best option given the input, minus the
    best mean. Options given an input are regressions on the existing trials [1]_, of a size that Schwarz's
    criterion chooses; what the maximum gains from their noise is taken off. Knowledge is meant to be
    perfect, free and at once: the numbers are upper bounds of what a real measurement is worth.

    Parameters
    ----------
    run : Run, Comparison or mapping
        One run: go ahead, or not. A comparison, or several runs on the same trials by name: which is best.
        Or a payoff a trial of each option as arrays by name, with `inputs`.
    decide : str
        The output by which is decided; that of which less is better is minimized.
    against : float, Run or mapping of str to Run
        Of one run: what the output is when one does not go ahead, a sure number; or other runs on the same
        trials.
    groups : mapping of str to sequence of str, optional
        Inputs that are measured together, by the name of the group; a path stands for all below it.
    inputs : mapping of str to array_like, optional
        Draws of inputs by name, where the options are arrays.
    stratified : bool
        Arrays are trials of stratified sampling, in order; a run knows it of itself.
    progress
        As in `simulate`; here trials of inputs are counted.

    Returns
    -------
    Information

    Raises
    ------
    InputError
        For runs on different trials, fewer than 64 trials, and outputs that lack a value in some trial.

    Notes
    -----
    An input whose regression is its mean alone is worth 0; the error is then what a slope of one standard
    error would be worth. Of correlated inputs each is worth also what it tells of the other. In a comparison
    an input that a scenario has changed is known by the draws of the first scenario in which it is uncertain.

    Examples
    --------
    >>> import trainplan as tp
    >>> run = tp.simulate(tp.example("one_team"), trials=2048, progress=False)
    >>> found = tp.value_of_information(run)
    >>> found.best, found.first.input
    ('go ahead', 'lifts.aht.size')
    """
    facts: dict[str, dict[str, Any]] = {}
    unit = ""
    payoffs: dict[str, Floats]
    runs = _runs(run, against)
    if runs:
        if inputs is not None:
            refuse("inputs", "belong to options given as arrays; runs know theirs")
        one, better, stratified = next(iter(runs.values())), True, next(iter(runs.values())).stratified
        for name, other in runs.items():
            _measure.need_output(decide, other.outputs)
            if (other.trials, other.seed, other.sampling) != (one.trials, one.seed, one.sampling):
                refuse("run", "must be on the same trials: same number, seed and sampling", value=repr(name))
            facts = _fields.inputs(other.plan) | facts
        better = _measure.more_is_better(one.plan, decide)
        payoffs = {name: other[decide] for name, other in runs.items()}
        known: dict[str, Floats] = {}
        for other in runs.values():
            # What has no place in the plan (what lifts share, samples behind baselines) nobody can measure.
            own = {path: x for path, x in _surface.drawn(other)[0].items() if path in facts}
            known = own | known
        unit = one.plan.record.programme.currency if decide in _MONEY else ""
    else:
        payoffs = {str(name): vector(str(name), x) for name, x in dict(run).items()}  # type: ignore[arg-type]
        known, better = _surface.need_inputs(inputs), True
        size = _alike(payoffs)[0].size
        for name, x in known.items():
            if x.size != size:
                refuse(
                    f"inputs.{name}", f"must have {size} entries like the options", value=f"{x.size} entries"
                )
    if len(payoffs) == 1:
        level = numbers("against", against)
        if level.shape != () or not np.isfinite(level):
            refuse("against", "must be a number, a run, or runs by name", value=repr(against)[:80])
        payoffs = {_INVEST: next(iter(payoffs.values())), _LEAVE: np.empty(0)}
        payoffs[_LEAVE] = np.full(payoffs[_INVEST].size, float(level))
    return _information(payoffs, known, groups, decide, better, stratified, facts, unit, progress)


_MONEY = ("npv", "total_benefit", "total_cost", "funding_request", "risk_cost")


def _runs(run: object, against: object) -> dict[str, Run]:
    """Return the runs by name; none where the options are arrays."""
    if isinstance(run, Run):
        if isinstance(against, Run):
            return {"run": run, "against": against}
        if isinstance(against, Mapping):
            if not against or not all(isinstance(one, Run) for one in against.values()):
                refuse("against", "must be a number, a run, or runs by name", value=repr(against)[:80])
            return {"run": run, **{str(name): one for name, one in against.items()}}
        return {"run": run}
    if not isinstance(against, int | float) or against != 0.0:
        single = isinstance(run, Mapping) and len(run) == 1
        if not single:
            refuse("against", "is for a decision on one run; the options are all in the first argument")
    if isinstance(run, Comparison):
        return dict(run.runs)
    if not isinstance(run, Mapping) or not run:
        allowed = "must be a run, a comparison, runs by name, or payoffs by name"
        refuse("run", allowed, value=type(run).__name__)
    of_runs = [isinstance(one, Run) for one in run.values()]
    if any(of_runs) and not all(of_runs):
        refuse("run", "must be runs, or arrays, not both")
    return {str(name): one for name, one in run.items()} if all(of_runs) else {}


def _information(
    payoffs: dict[str, Floats],
    known: dict[str, Floats],
    groups: Mapping[str, Sequence[str]] | None,
    decide: str,
    more_is_better: bool,
    stratified: bool,
    facts: Mapping[str, Mapping[str, Any]],
    unit: str,
    progress: Progress,
) -> Information:
    table = np.stack(_alike(payoffs)) * (1.0 if more_is_better else -1.0)
    count = min([table.shape[1], *(x.size for x in known.values())])
    if count < _surface.FEWEST:
        refuse("trials", f"must be at least {_surface.FEWEST}", value=str(count))
    if not np.isfinite(table).all():
        allowed = "must have a value in every trial; a payback that never comes has no mean"
        refuse("decide", allowed, value=repr(decide))
    best = int(np.argmax(table.mean(axis=1)))
    means = {name: statistics.mean(x, stratified=stratified) for name, x in payoffs.items()}
    evpi = expected_value_of_information(table, stratified=stratified)
    gains = table[:, :count] - table[best, :count]
    sets: dict[str, tuple[str, ...]] = dict.fromkeys(known, ())
    sets |= _surface.grouped(groups, list(known))
    found = []
    with _surface.watching(progress) as tell:
        for i, (name, members) in enumerate(sets.items()):
            given = _surface.surface([known[m] for m in members or (name,)])
            value, change = worth(given, gains, stratified)
            row = facts.get(name, {"unit": "", "source": ""})
            found.append(Worth(name, members, value, change, row["unit"], row["source"]))
            tell((i + 1) * count, len(sets) * count)
    found.sort(key=lambda one: (-one.evppi.value, one.evppi.standard_error or 0.0, one.input))
    change = float(np.mean(table.max(axis=0) > table[best]))
    return Information(decide, list(payoffs)[best], means, evpi, change, tuple(found), unit, count)


def _alike(payoffs: Mapping[str, Floats]) -> list[Floats]:
    count = next(iter(payoffs.values())).size
    for name, x in payoffs.items():
        if x.size != count:
            refuse(name, f"must have {count} entries like the others", value=f"{x.size} entries")
    return list(payoffs.values())
