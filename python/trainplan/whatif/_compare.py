"""Scenarios side by side: what each gives, and how it differs from another, trial by trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainplan import _core, statistics
from trainplan._arrays import refuse
from trainplan._frames import from_rows
from trainplan._progress import Progress
from trainplan._summary import _MONEY, Row, rounded
from trainplan.plan import Plan
from trainplan.run import Run
from trainplan.whatif import _measure, _show
from trainplan.whatif._flips import Flips, flips
from trainplan.whatif._many import Batch, Options, Sampling, named, need_plan, options, patched
from trainplan.whatif._paired import difference, ordered, regrets
from trainplan.whatif._scenarios import PLAN, resolved
from trainplan.whatif._shapley import Waterfall, waterfall

__all__ = ["Comparison", "compare"]

_LEVELS = (0.1, 0.5, 0.9)
_WIDEST = 60  # letters of all names; else the columns of a card have numbers


def compare(
    plan: Plan,
    scenarios: Mapping[str, Mapping[str, Any]],
    *,
    outputs: Sequence[str] | None = None,
    reference: str | None = None,
    trials: int = 10_240,
    seed: int | None = 1,
    threads: int | None = None,
    sampling: Sampling = "stratified",
    progress: Progress = True,
) -> Comparison:
    """Compare scenarios of a plan on common random numbers.

    All scenarios see the same trials: a quantity that two of them share has the same value in trial i of
    both, so most of the luck cancels in their difference. A quantity that a scenario sets to a number gives
    up the correlations that name it (`Comparison.loosened` lists them).

    Parameters
    ----------
    plan : Plan
        The plan that the scenarios change.
    scenarios : mapping of str to mapping
        Changes {path: value} by the name of their scenario, as `Plan.replace` takes them: None removes a
        record or resets a field. The key ``base`` names another scenario whose changes come first. See
        `read_scenarios` for files and `standard_scenarios` for the usual ones.
    outputs : sequence of str, optional
        What to keep, as in `simulate`.
    reference : str, optional
        The scenario that differences are to; None: the plan as it is, which then stands beside the
        scenarios as ``plan``.
    trials, seed, threads, sampling, progress
        As in `simulate`, for each scenario; the bar is one for all of them.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        For unknown names, and for changes that leave no plan, with the scenario before the path:
        ``scenarios.one-off: teams.x.people: ...``.

    Examples
    --------
    >>> import trainplan as tp
    >>> plan = tp.example("one_team")
    >>> found = tp.compare(
    ...     plan,
    ...     {"uncoached": {"reinforcement.coaching_hours": 0}},
    ...     outputs=["npv"],
    ...     trials=640,
    ...     progress=False,
    ... )
    >>> found.differences()[["scenario", "output"]].to_dict("records")
    [{'scenario': 'uncoached', 'output': 'npv'}]
    """
    need_plan(plan)
    patches = resolved(scenarios)
    if reference is None or reference == PLAN:
        reference, patches = PLAN, {PLAN: {}, **patches}
    elif reference not in patches:
        refuse(
            "reference",
            f"must be the name of a scenario, or {PLAN!r}",
            value=repr(reference)[:80],
            hint=_core.did_you_mean(str(reference), [*patches, PLAN]),
        )
    if isinstance(outputs, str):
        refuse(
            "outputs",
            "must be a list of names",
            value=repr(outputs)[:80],
            hint=f"did you mean [{outputs!r}]?",
        )
    kept = list(dict.fromkeys(outputs)) if outputs else list(_core.default_outputs(plan.record))
    # All are made before the first runs: a fault in the last one costs no time.
    made = {
        name: patched(plan, patch, where="" if name == PLAN else named("scenarios", name))
        for name, patch in patches.items()
    }
    how = options(trials, seed, sampling, threads)
    runs = {}
    with Batch(len(made), how, progress) as batch:
        for name, (one, _) in made.items():
            runs[name] = batch.run(one, kept, where="" if name == PLAN else named("scenarios", name))
    loosened = {name: ids for name, (_, ids) in made.items() if ids}
    return Comparison(plan, patches, runs, reference=reference, how=how, loosened=loosened)


class Comparison:
    """Scenarios on the same trials: their outputs, paired differences, regret, and what brought what.

    Attributes
    ----------
    plan : Plan
    patches : dict
        The whole changes of each scenario, those of its base included.
    runs : dict of str to Run
        By scenario; ``comparison["one-off"]`` is short for it.
    reference : str
        The scenario that differences are to.
    outputs : tuple of str
    loosened : dict
        By scenario, ids of correlations that it gave up because it made a quantity certain.
    """

    def __init__(
        self,
        plan: Plan,
        patches: Mapping[str, Mapping[str, Any]],
        runs: Mapping[str, Run],
        *,
        reference: str,
        how: Options,
        loosened: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.plan = plan
        self.patches = {name: dict(patch) for name, patch in patches.items()}
        self.runs = dict(runs)
        self.reference = reference
        self.outputs = self.runs[reference].outputs
        self.loosened = dict(loosened)
        self._how = how

    @property
    def names(self) -> tuple[str, ...]:
        """The scenarios, as they were given; the plan itself first where it is among them."""
        return tuple(self.runs)

    def __getitem__(self, name: str) -> Run:
        """Return the run of a scenario."""
        if name not in self.runs:
            refuse(
                "scenario",
                "is not among those compared",
                value=repr(name)[:80],
                hint=_core.did_you_mean(str(name), list(self.runs)),
            )
        return self.runs[name]

    def to_frame(self, *, quantiles: Sequence[float] = _LEVELS, backend: str = "pandas") -> Any:
        """Return a row an output and scenario: mean, sd, quantiles, Monte Carlo errors, share_never."""
        tables = {
            name: run.summary(quantiles=quantiles).to_dict("records") for name, run in self.runs.items()
        }
        rows = [
            {"output": output, "scenario": name, **tables[name][i]}
            for i, output in enumerate(self.outputs)
            for name in self.runs
        ]
        return from_rows(rows, list(rows[0]), backend=backend)

    def difference(self, name: str, output: str) -> NDArray[np.float64]:
        """Return a scenario's output minus the reference's, trial by trial; NaN where either has none."""
        _measure.need_output(output, self.outputs)
        return np.asarray(self[name][output] - self.runs[self.reference][output])

    def differences(self, *, quantiles: Sequence[float] = _LEVELS, backend: str = "pandas") -> Any:
        """Return a row a scenario and output: how it differs from the reference on the same trials.

        Columns: scenario, output, mean, mcse_mean, p_better, mcse_p_better, p_same, quantiles of the
        difference, mcse_..., share_missing. Better is less for costs, months of payback and KPIs of which
        less is better; a payback that never comes is worse than every other. Where some trials lack a value
        the mean is missing, and the quantiles are of the other trials.
        """
        rows = [
            self._difference_row(name, output, quantiles)
            for name in self.runs
            if name != self.reference
            for output in self.outputs
        ]
        names = list(rows[0]) if rows else ["scenario", "output"]
        return from_rows(rows, names, backend=backend)

    def _difference_row(self, name: str, output: str, quantiles: Sequence[float]) -> dict[str, Any]:
        better = _measure.more_is_better(self.plan, output)
        found = difference(self.runs[name], self.runs[self.reference], output, quantiles, better)
        return {"scenario": name, "output": output, **found}

    def regret(self, output: str | None = None, *, backend: str = "pandas") -> Any:
        """Return a row a scenario: how much it falls short of the best one, trial by trial.

        Columns: scenario, mean_regret, mcse_mean_regret, p90_regret, p_best, mcse_p_best. The regret of a
        trial is what the best scenario of that trial gives beyond this one; scenarios that share the best
        place share the trial. Where some trials lack a value the regret is missing, not the chance.
        """
        output = self._output(output)
        rows = regrets(self.runs, output, _measure.more_is_better(self.plan, output))
        return from_rows(rows, list(rows[0]), backend=backend)

    def waterfall(
        self,
        name: str,
        output: str | None = None,
        *,
        groups: Mapping[str, Sequence[str]] | None = None,
        trials: int | None = None,
        permutations: int | None = None,
        progress: Progress = True,
    ) -> Waterfall:
        """Return which change of a scenario brought how much of its mean difference to the reference.

        Each change gets its Shapley value: what it adds, averaged over every order in which the changes can
        be made; so no order is preferred, and together they are the difference. Up to 10 steps all 2^n plans
        are run; above, pairs of random orders, whose error is told. Changes that make a plan only together
        (a practice and the line that pays for it) are one step.

        Parameters
        ----------
        name : str
            The scenario.
        output : str, optional
            None: the first output that was kept.
        groups : mapping of str to sequence of str, optional
            Steps of several changes: paths by the name of the step; a path stands for all below it. Other
            changes are steps of their own.
        trials : int, optional
            Trials of each plan; None: as many as were compared.
        permutations : int, optional
            Orders to try (an even number) where there are over 10 steps.
        progress
            As in `simulate`.
        """
        output = self._output(output)
        self[name]
        return waterfall(
            self.plan,
            self.patches[self.reference],
            self.patches[name],
            names=(self.reference, name),
            output=output,
            groups=groups or {},
            how=self._how if trials is None else Options(trials, *self._rest()),
            permutations=permutations,
            progress=progress,
        )

    def _rest(self) -> tuple[int, Sampling, int | None]:
        return self._how.seed, self._how.sampling, self._how.threads

    def flips(self, output: str | None = None, *, between: tuple[str, str] | None = None) -> Flips:
        """Return the assumptions under which the ranking of two scenarios turns round.

        For each uncertain input that both share: the value at which the mean difference of the two, given
        the input, changes its sign. `Flips.weakest` is the one whose value is the least surprising: nearest
        to the input's median. An input stands for what moves with it (correlated inputs).

        Parameters
        ----------
        output : str, optional
            None: the first output that was kept.
        between : tuple of str, optional
            The two scenarios; None: the two that are best on average.
        """
        output = self._output(output)
        if between is None:
            if len(self.runs) < 2:
                refuse("scenarios", "must be at least two for a ranking")
            better = _measure.more_is_better(self.plan, output)
            means = {name: float(ordered(run[output], better).mean()) for name, run in self.runs.items()}
            first, *rest = sorted(means, key=lambda name: (-means[name], name))
            # A scenario that is the best one under another name is no rival.
            own = self.runs[first][output]
            second = next(
                (name for name in rest if not np.array_equal(self.runs[name][output], own)), rest[0]
            )
        else:
            first, second = between
        better = _measure.more_is_better(self.plan, output)
        return flips(self[first], self[second], names=(first, second), output=output, more_is_better=better)

    def _output(self, output: str | None) -> str:
        if output is None:
            return self.outputs[0]
        _measure.need_output(output, self.outputs)
        return output

    def _card(self) -> _show.Card:
        names = list(self.runs)
        wide = sum(len(name) for name in names) > _WIDEST
        heads = [str(i + 1) if wide else name for i, name in enumerate(names)]
        labels = dict(_MONEY)
        rows = []
        for output in self.outputs:
            if len(self.outputs) > 12 and "@" not in output and output not in labels:
                continue
            cells = []
            for name in names:
                found = statistics.summary(
                    self.runs[name][output], (0.5,), stratified=self.runs[name].stratified, never=True
                )
                if found.never is None or found.never.value == 0.0:
                    cells.append(rounded(found.mean.value, found.mean.standard_error))
                else:
                    cells.append(f"never in {_show.percent(found.never)}")
            rows.append(Row(labels.get(output, output), tuple(cells)))
        first = self.outputs[0]
        changes = []
        for name in names:
            if name != self.reference:
                row = self._difference_row(name, first, _LEVELS)
                mean = statistics.Estimate(row["mean"], row["mcse_mean"], None, None)
                better = statistics.Estimate(row["p_better"], row["mcse_p_better"], None, None)
                spread = [row[f"p{100 * level:g}"] for level in _LEVELS]
                cells = [rounded(one, row["mcse_p50"]) for one in spread]
                changes.append(Row(name, (_show.with_error(mean), *cells, _show.percent(better))))
        run = self.runs[self.reference]
        remarks = [f"{head}: {name}" for head, name in zip(heads, names, strict=True) if wide]
        remarks += [
            f"{name} gave up correlations, because it makes a quantity certain: {', '.join(ids)}"
            for name, ids in self.loosened.items()
        ]
        heading = f"{labels.get(first, first)}, less {self.reference}"
        return _show.Card(
            f"{len(names)} scenarios of {self.plan.record.programme.name or 'an unnamed plan'}",
            _show.facts(run.trials, run.sampling, run.seed),
            [
                _show.Part("Mean", tuple(heads), rows),
                *(
                    [_show.Part(heading, ("mean", "P10", "P50", "P90", "better in"), changes)]
                    if changes
                    else []
                ),
            ],
            remarks,
        )

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()
