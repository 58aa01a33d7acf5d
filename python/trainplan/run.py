"""Simulate a plan, and look at what came out.

Over 400 lines: one value and everything that it shows.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

from trainplan import _core
from trainplan._arrays import refuse, whole
from trainplan._frames import frame, from_rows
from trainplan._progress import Progress, watched
from trainplan.plan import Plan

if TYPE_CHECKING:
    from trainplan.whatif import Importance

__all__ = ["Run", "simulate"]

# Fans and monthly tables run the first trials again for just their series: at most so many trials, and
# fewer, down to a block, where the series of a large plan would take more memory than this.
SERIES_TRIALS = 16_384
SERIES_BYTES = 128 * 2**20
_BLOCK = 64
_PLACES = ("team", "region", "product_line")
_SPREAD = ("mean", "p10", "p90", "n")
_SCOPES = {"team": "team", "region": "region", "product_line": "product line"}
_MONEY = ("benefit", "cost", "cash_flow", "cumulative_cash_flow")
_MOST_SEED = 2**64 - 1
_CONDITION = re.compile(r"\s*(?P<output>[^<>=]+?)\s*(?P<sign><=|>=|<|>)\s*(?P<level>[-+0-9.eE]+)\s*")


def simulate(
    plan: Plan,
    *,
    trials: int = 10_240,
    seed: int | None = 1,
    outputs: Sequence[str] | None = None,
    threads: int | None = None,
    sampling: Literal["stratified", "random"] = "stratified",
    progress: Progress = True,
) -> Run:
    """Simulate a plan.

    Parameters
    ----------
    plan
        The plan.
    trials
        How often all uncertain quantities are drawn, 1 to 10^9. A multiple of 64 uses stratification fully.
    seed
        0 to 2^64 - 1; the same seed gives the same draws, also in another plan. None takes one from the
        system and
        records it in the run.
    outputs
        What to keep a value a trial of: money outputs such as ``npv``, KPIs such as ``csat@6``,
        ``csat[billing]@6``,
        ``csat[region=EMEA]@6``. None keeps all money outputs, and every KPI at month 6 and at the end.
    threads
        None uses every core that the process may use. The result has the same bits for any number.
    sampling
        ``stratified`` (default; smaller Monte Carlo errors) or ``random``.
    progress
        True shows a bar when a run takes over a second; False shows nothing. A function is called about
        every 50 ms
        with the trials done and their total; when it returns False the run stops with `Cancelled`.

    Raises
    ------
    InputError
        For options out of range, unknown outputs, and lifts that leave their KPI's bounds in over 1 % of
        the trials.
    Cancelled
        When `progress` stopped the run. Ctrl-C stops it as `KeyboardInterrupt`.

    Examples
    --------
    >>> import trainplan as tp
    >>> run = tp.simulate(tp.example("one_team"), trials=2048, seed=7, outputs=["npv"], progress=False)
    >>> run["npv"].size
    2048
    """
    if not isinstance(plan, Plan):
        refuse(
            "plan",
            "must be a trainplan.Plan; read_plan and Plan.from_dict make one",
            value=type(plan).__name__,
        )
    count = whole("trials", trials, 1, 10**9)
    drawn = secrets.randbits(64) if seed is None else whole("seed", seed, 0, _MOST_SEED)
    cores = 0 if threads is None else whole("threads", threads, 1, 4096)
    if sampling not in ("stratified", "random"):
        refuse("sampling", "must be 'stratified' or 'random'", value=repr(sampling)[:80])
    if isinstance(outputs, str):
        refuse(
            "outputs",
            "must be a list of names",
            value=repr(outputs)[:80],
            hint=f"did you mean [{outputs!r}]?",
        )
    with watched(progress) as watch:
        names, values = _core.simulate(
            plan.record,
            trials=count,
            seed=drawn,
            outputs=list(outputs or []),
            threads=cores,
            stratified=sampling == "stratified",
            progress=watch,
        )
    return Run(plan, tuple(names), values, seed=drawn, sampling=sampling)


class Run:
    """What a simulation gave: a value a trial of every output, and the means to look closer.

    ``run["npv"]`` is a read-only array with a value a trial; NaN where a trial has none (a payback that
    never comes).
    Monthly tables draw the first min(trials, 16,384) trials again from their keys and say how many in
    column `n`.
    """

    def __init__(
        self,
        plan: Plan,
        outputs: tuple[str, ...],
        values: NDArray[np.float64],
        *,
        seed: int,
        sampling: Literal["stratified", "random"],
    ) -> None:
        self.plan = plan
        self.outputs = outputs
        self.seed = seed
        self.sampling = sampling
        self._values = values
        self._known: list[tuple[str, ...]] = []
        self._series: dict[str, tuple[list[tuple[str, ...]], NDArray[np.float64]]] = {}

    @property
    def trials(self) -> int:
        """How many trials were simulated."""
        return int(self._values.shape[1])

    @property
    def stratified(self) -> bool:
        """Whether the draws were stratified; the errors of `trainplan.statistics` need to know."""
        return self.sampling == "stratified"

    def __getitem__(self, output: str) -> NDArray[np.float64]:
        """Return the values of an output, one a trial, read-only."""
        if output not in self.outputs:
            refuse(
                "output",
                "is not among the outputs of this run; name it in simulate(..., outputs=[...])",
                value=repr(output)[:80],
                hint=_core.did_you_mean(str(output), list(self.outputs)),
            )
        values: NDArray[np.float64] = self._values[self.outputs.index(output)]
        return values

    def summary(self, *, quantiles: Sequence[float] = (0.1, 0.5, 0.9), backend: str = "pandas") -> Any:
        """Return a row an output: mean, sd, quantiles, and their Monte Carlo errors (columns mcse_...).

        Of an output that some trials lack, `share_never` says how many; quantiles count "never" as later
        than every
        value, and mean and sd are missing.
        """
        from trainplan import statistics

        rows = []
        for name in self.outputs:
            found = statistics.summary(self[name], levels=quantiles, stratified=self.stratified, never=True)
            row: dict[str, Any] = {"output": name, "mean": _or_nan(found.mean.value), "sd": _or_nan(found.sd)}
            errors: dict[str, Any] = {"mcse_mean": _or_nan(found.mean.standard_error)}
            for level in quantiles:
                label = f"p{100 * level:g}"
                row[label] = _or_nan(found.quantiles[level].value)
                errors[f"mcse_{label}"] = _or_nan(found.quantiles[level].standard_error)
            rows.append({**row, **errors, "share_never": found.never.value if found.never else 0.0})
        return from_rows(rows, list(rows[0]), backend=backend)

    def probability(self, condition: str) -> Any:
        """Return the probability of a condition on an output, such as ``"csat@6 >= 80"``, with its error."""
        from trainplan import statistics

        found = _CONDITION.fullmatch(condition)
        try:
            level = float(found["level"]) if found else None
        except ValueError:
            level = None
        if found is None or level is None:
            refuse(
                "condition",
                "must be an output, a comparison and a number: 'csat@6 >= 80'",
                value=repr(condition)[:80],
            )
        values = self[found["output"]]
        met = {
            ">=": values >= level,
            "<=": values <= level,
            ">": values > level,
            "<": values < level,
        }[found["sign"]]
        return statistics.probability(met, stratified=self.stratified)

    def kpi(
        self,
        kpi: str,
        *,
        team: str | None = None,
        region: str | None = None,
        product_line: str | None = None,
        backend: str = "pandas",
    ) -> Any:
        """Return a KPI month by month: mean, P10, P50 and P90 with the programme, and the mean without it.

        Of the programme as a whole, or of one team, region or product line.
        """
        named = {"team": team, "region=": region, "product_line=": product_line}
        chosen = [
            f"{prefix if '=' in prefix else ''}{name}" for prefix, name in named.items() if name is not None
        ]
        if len(chosen) > 1:
            refuse("team", "give one of team, region and product_line")
        scope = chosen[0] if chosen else ""
        keys = self._keys("kpi")
        if (scope, kpi) not in {key[1:3] for key in keys}:
            self._refuse_kpi(kpi, scope, keys)
        self._keep(f"kpi:{kpi}", f"kpi_without:{kpi}")
        with_programme, without = (self._one(f"{what}:{kpi}", scope)[1:] for what in ("kpi", "kpi_without"))
        months = np.arange(1, with_programme.shape[0] + 1)
        p10, p50, p90 = np.quantile(with_programme, (0.1, 0.5, 0.9), axis=1)
        columns = {
            "month": months,
            "mean": with_programme.mean(axis=1),
            "p10": p10,
            "p50": p50,
            "p90": p90,
            "without_mean": without.mean(axis=1),
            "n": np.full(months.size, with_programme.shape[1]),
        }
        return frame(columns, backend=backend)

    def costs(self, *, backend: str = "pandas") -> Any:
        """Return costs by category, line, team and month: mean, p10, p90, n.

        With the team's region and product line; team, region and product line are "" where a cost is the
        programme's.
        """
        categories = self._categories()
        rows = self._monthly("cost", "line", first_month=0)
        rows = [{"category": categories[row["line"]], **row} for row in rows]
        return from_rows(rows, ("category", "line", *_PLACES, "month", *_SPREAD), backend=backend)

    def _categories(self) -> dict[str, str]:
        """Return the category of every line of cost; participants' time is a line of its own."""
        lines: dict[str, str] = {line.id: line.category for line in self.plan.record.costs}
        return lines | {"participants_time": "participants"}

    def benefits(self, *, backend: str = "pandas") -> Any:
        """Return benefits by stream, team (with its region and product line) and month: mean, p10, p90, n."""
        rows = self._monthly("benefit", "stream", first_month=1)
        return from_rows(rows, ("stream", *_PLACES, "month", *_SPREAD), backend=backend)

    def cash_flow(self, *, backend: str = "pandas") -> Any:
        """Return benefit, cost, cash flow and the cumulative flow with its spread, by month from 0."""
        whats = ("benefit", "cost", "cash_flow", "cumulative_cash_flow")
        self._keep(*whats)
        sums = {what: np.nansum(self.series(what)[1], axis=0) for what in whats}
        months, trials = sums["cash_flow"].shape
        p10, p50, p90 = np.quantile(sums["cumulative_cash_flow"], (0.1, 0.5, 0.9), axis=1)
        columns = {
            "month": np.arange(months),
            "benefit": sums["benefit"].mean(axis=1),
            "cost": sums["cost"].mean(axis=1),
            "cash_flow": sums["cash_flow"].mean(axis=1),
            "cumulative": sums["cumulative_cash_flow"].mean(axis=1),
            "cumulative_p10": p10,
            "cumulative_p50": p50,
            "cumulative_p90": p90,
            "n": np.full(months, trials),
        }
        return frame(columns, backend=backend)

    def lenses(
        self,
        *,
        d: float,
        sdy: float,
        isolation: float = 1.0,
        confidence: float = 1.0,
        variable_costs: float = 0.0,
        tax: float = 0.0,
        measured_at: float | None = None,
        backend: str = "pandas",
    ) -> Any:
        """Return three readings of the money, and the steps from the chain's to the two others.

        ``chain`` is this run, discounted. ``phillips`` counts, nominal, the first 12 months after each
        team's first wave, times `isolation` and `confidence`, against all costs until the last of these
        months: a conservative first-year reading. ``utility`` replaces the chain's benefits by `d`, the
        gain in standard deviations of performance, times `sdy`, the yearly value of one, of the people
        trained, fading as their behavior does from `measured_at` (None: the first month after training);
        `variable_costs` and `tax` as in `trainplan.utility.programme_utility`.

        Columns: lens, line, benefit, cost, net, roi, their Monte Carlo errors (mcse_...), n. A line
        ``reading`` is the chain's reading plus the steps of its lens.
        """
        from trainplan import _lenses

        self._again()
        return _lenses.lenses(
            self,
            trials=min(self.trials, SERIES_TRIALS),
            isolation=isolation,
            confidence=confidence,
            d=d,
            sdy=sdy,
            variable_costs=variable_costs,
            tax=tax,
            measured_at=measured_at,
            backend=backend,
        )

    def draws(self, paths: Sequence[str] | None = None, *, trials: int = 200, backend: str = "pandas") -> Any:
        """Return draws of quantities, a column a path (None: every uncertain one), from their keys."""
        names, values = self._core_draws(whole("trials", trials, 1, self.trials), paths)
        return frame(dict(zip(names, values, strict=True)), backend=backend)

    def correlations(self, *, backend: str = "pandas") -> Any:
        """Return the rank correlations of the plan: as stated, as used, and as the draws achieved them.

        A row a pair of quantities in one group of `correlations`: a, b, stated (0 where nothing is), used
        (another where the plan asks to repair what cannot all hold), achieved (Spearman's, of this run's
        trials), n. Sizes of lifts that follow `programme.lift_correlation` stand beside them.
        """
        from trainplan import _dependence

        self._again()
        return from_rows(_dependence.achieved(self), _dependence.COLUMNS, backend=backend)

    def sensitivity(
        self, output: str = "npv", *, paths: Sequence[str] | None = None, backend: str = "pandas"
    ) -> Any:
        """Return the rank correlation (Spearman's) of each uncertain quantity with an output.

        Free: the quantities of the first min(trials, 16,384) trials are drawn again from their keys. Columns:
        input, rho, mcse (Monte Carlo error), low, high, unit, source, n; the strongest first. A quantity also
        shows what moves with it, where quantities are correlated. A payback that never comes counts as later
        than every other.
        """
        from trainplan.whatif import _ranks

        return _ranks.rank_correlations(self, output, paths=paths, backend=backend)

    def importance(
        self,
        output: str = "npv",
        *,
        paths: Sequence[str] | None = None,
        groups: Mapping[str, Sequence[str]] | None = None,
        progress: Progress = True,
    ) -> Importance:
        """Return the share of an output's variance that each uncertain quantity, or a group, explains.

        First-order indices from the trials of this run, valid where quantities are correlated: see
        `trainplan.given_data_indices`.
        """
        from trainplan.whatif import given_data_indices

        return given_data_indices(self, output, paths=paths, groups=groups, progress=progress)

    def trace(self, trial: int | Literal["central"] = "central", *, backend: str = "pandas") -> Any:
        """Return everything of one trial, month by month: the audit trail.

        ``trial`` is a number from 0, or ``"central"``: every quantity at its median. Rows: what, team,
        item, cohort,
        competence, month, value, unit; inputs and results of the trial as a whole stand in month 0.
        """
        central = trial == "central"
        first = 0 if central else whole("trial", trial, 0, self.trials - 1)
        options: dict[str, Any] = {
            "first": first,
            "trials": 1,
            "seed": self.seed,
            "stratified": self.stratified,
            "central": central,
        }
        self._again()
        keys, values = _core.series(self.plan.record, what=[], **options)
        inputs = self.plan.record.inputs()
        paths, drawn = _core.draws(self.plan.record, [row["path"] for row in inputs], **options)
        names = ("what", "team", "item", "cohort", "competence", "unit")
        rows = [
            {
                **dict.fromkeys(names, ""),
                "what": "input",
                "item": path,
                "unit": row["unit"],
                "month": 0,
                "value": value[0],
            }
            for row, path, value in zip(inputs, paths, drawn, strict=True)
        ]
        rows += [
            {**dict(zip(names, key, strict=True)), "month": month, "value": float(value)}
            for key, series in zip(keys, values[:, :, 0], strict=True)
            for month, value in enumerate(series)
            if not np.isnan(value) or (key[0] == "output" and month == 0)
        ]
        order = ("what", "team", "item", "cohort", "competence", "month", "value", "unit")
        return from_rows(rows, order, backend=backend)

    def to_excel(self, path: str | Path) -> Path:
        """Write the run as a workbook, whole or not at all, and return its path.

        First what came out: the card with its charts, every output with its Monte Carlo errors, KPIs, costs,
        benefits and cash flow by month, inputs with their sources. Then ``about``: version, seed, trials,
        hash of the plan, rows of each sheet. Then the plan itself, as `Plan.to_excel` writes it: `read_plan`
        reads it from there. Cells are values, and every one is read back and compared before the file takes
        its name. Needs ``pip install trainplan[excel]``.

        Raises
        ------
        InputError
            For a path that is no .xlsx file in a folder that exists, and for texts that are too long for a
            cell.
        OSError
            When the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> import trainplan as tp
        >>> run = tp.simulate(tp.example("one_team"), trials=256, progress=False)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     tp.read_plan(run.to_excel(f"{folder}/run.xlsx")) == run.plan
        True
        """
        from trainplan import _workbook_results

        return _workbook_results.write_run(self, path)

    def to_parquet(self, path: str | Path) -> Path:
        """Write the run to a Parquet file, whole or not at all, and return its path; `read_run` reads it.

        A column an output, with the bits of every value; the plan, the seed, the versions and a checksum
        over the whole file stand in the metadata. Needs ``pip install trainplan[parquet]``.

        Raises
        ------
        OSError
            When the file cannot be written; the one that stood there is as it was.
        """
        from trainplan import _saved

        return _saved.write(self, path)

    def series(self, *what: str) -> tuple[list[tuple[str, ...]], NDArray[np.float64]]:
        """Return monthly series of the first min(trials, 16,384) trials; of fewer where they are very many.

        ``"kpi"`` names all of a kind, ``"kpi:csat"`` those of an item, ``"kpi:csat:billing"`` one of a team
        (``"kpi:csat:"``: of the programme). Keys (what, team, item, cohort, competence, unit), and values:
        key x month (0 to the horizon) x trial, read-only; they are kept: a second look costs nothing.
        """
        self._keep(*what)
        found = [self._series[name] for name in what]
        if len(found) == 1:
            return list(found[0][0]), found[0][1]
        shared = min(values.shape[2] for _, values in found)
        joined = np.concatenate([values[:, :, :shared] for _, values in found])
        joined.setflags(write=False)
        return [key for keys, _ in found for key in keys], joined

    def _one(self, what: str, scope: str) -> NDArray[np.float64]:
        """Return the series of one team or group: month x trial."""
        keys, values = self.series(what)
        found: NDArray[np.float64] = values[[key[1] for key in keys].index(scope)]
        return found

    def _again(self) -> None:
        """Do nothing: trials that were drawn here can be drawn again. A run from a file looks first."""

    def _apart(self) -> Run:
        """Return this run with nothing kept: what a report draws changes no later table."""
        return Run(self.plan, self.outputs, self._values, seed=self.seed, sampling=self.sampling)

    def _core_series(self, count: int, what: Sequence[str]) -> tuple[list[tuple[str, ...]], Any]:
        self._again()
        found: tuple[list[tuple[str, ...]], Any] = _core.series(
            self.plan.record,
            first=0,
            trials=count,
            seed=self.seed,
            stratified=self.stratified,
            central=False,
            what=list(what),
        )
        return found

    def _core_draws(
        self, count: int, paths: Sequence[str] | None = None
    ) -> tuple[list[str], NDArray[np.float64]]:
        """Return quantities, and their draws in the first so many trials: a row each."""
        self._again()
        found: tuple[list[str], NDArray[np.float64]] = _core.draws(
            self.plan.record,
            list(paths or []),
            first=0,
            trials=count,
            seed=self.seed,
            stratified=self.stratified,
            central=False,
        )
        return found

    def _keys(self, *what: str) -> list[tuple[str, ...]]:
        """Return the keys of series: a trial is enough to know them all, once."""
        if not self._known:
            self._known = self._core_series(1, ())[0]
        return [key for key in self._known if any(name in what for name in _names(key))]

    def _keep(self, *what: str) -> None:
        """Draw the series that are not kept yet, in one go; the oldest make room when they become many."""
        missing = [name for name in what if name not in self._series]
        if not missing:
            return
        months = self.plan.record.programme.months + 1
        # Money is of the same trials whichever table is looked at first: cash flow is benefit minus cost.
        counted = _MONEY if any(name in _MONEY for name in missing) else missing
        a_trial = 8 * months * len(self._keys(*counted))
        fitting = max(_BLOCK, SERIES_BYTES // max(1, a_trial) // _BLOCK * _BLOCK)
        keys, values = self._core_series(min(self.trials, SERIES_TRIALS, fitting), missing)
        for name in missing:
            chosen = [i for i, key in enumerate(keys) if name in _names(key)]
            # These can take much memory: a copy only where there are others beside them.
            kept = values if len(chosen) == len(keys) else values[chosen]
            kept.setflags(write=False)
            self._series[name] = ([keys[i] for i in chosen], kept)
        while len(self._series) > len(what) and self._kept_bytes() > 2 * SERIES_BYTES:
            oldest = next(name for name in self._series if name not in what)
            del self._series[oldest]

    def _kept_bytes(self) -> int:
        return sum(values.nbytes for _, values in self._series.values())

    def _monthly(self, what: str, item: str, *, first_month: int) -> list[dict[str, Any]]:
        """Return a row a series and month with its place in the organization, its mean and its spread."""
        places = {team.id: (team.id, team.region, team.product_line) for team in self.plan.record.teams}
        keys, values = self.series(what)
        rows = []
        for key, series in zip(keys, values, strict=True):
            place = dict(zip(_PLACES, places.get(key[1], ("", "", "")), strict=True))
            p10, p90 = np.quantile(series, (0.1, 0.9), axis=1)
            for month in range(first_month, series.shape[0]):
                if np.isnan(series[month, 0]):
                    continue
                spread = {"mean": series[month].mean(), "p10": p10[month], "p90": p90[month]}
                rows.append({item: key[2], **place, "month": month, **spread, "n": series.shape[1]})
        return rows

    @staticmethod
    def _refuse_kpi(kpi: str, scope: str, keys: list[tuple[str, ...]]) -> NoReturn:
        """Refuse a KPI that no team has, or a team, region or product line that has no such KPI."""
        known = {key[2] for key in keys}
        if kpi not in known:
            hint = _core.did_you_mean(str(kpi), sorted(known))
            refuse("kpi", "is no KPI of this plan", value=repr(kpi)[:80], hint=hint)
        argument, sign, word = scope.partition("=")
        if not sign:
            argument, word = "team", scope
        prefix = f"{argument}{sign}" if sign else ""
        named = {key[1] for key in keys if key[2] == kpi and ("=" in key[1]) == bool(sign)}
        names = sorted(name.removeprefix(prefix) for name in named if name.startswith(prefix) and name)
        hint = _core.did_you_mean(word, names)
        refuse(argument, f"is no {_SCOPES[argument]} with the KPI {kpi!r}", value=repr(word)[:80], hint=hint)

    def __repr__(self) -> str:
        from trainplan import _summary

        return _summary.text_card(self)

    def _repr_html_(self) -> str:
        from trainplan import _summary

        return _summary.html_card(self)


def _names(key: tuple[str, ...]) -> tuple[str, str, str]:
    """Return the names by which a series may be asked for: of its kind, its item, its team."""
    what, team, item, *_ = key
    return what, f"{what}:{item}", f"{what}:{item}:{team}"


def _or_nan(number: float | None) -> float:
    return float("nan") if number is None else float(number)
