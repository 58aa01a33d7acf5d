"""Many plans on the same trials: one bar for the whole, patches with their names in every refusal."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, NoReturn

from trainplan import _core, _files
from trainplan._arrays import refuse
from trainplan._progress import Progress, watched
from trainplan.plan import Plan
from trainplan.run import Run, simulate

Sampling = Literal["stratified", "random"]

_PLAIN = re.compile(r"[\w.-]{1,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Options:
    """How all runs of a question are drawn: on common random numbers, so they share their luck."""

    trials: int
    seed: int
    sampling: Sampling
    threads: int | None


def options(trials: int, seed: int | None, sampling: Sampling, threads: int | None) -> Options:
    """Return the options of all runs; without a seed, one from the system for all of them."""
    return Options(trials, secrets.randbits(64) if seed is None else seed, sampling, threads)


class Batch:
    """Runs one after another under one progress bar; `runs` is how many there will be, at most."""

    def __init__(self, runs: int, how: Options, progress: Progress) -> None:
        self._total = max(1, runs)
        self._how = how
        self._done = 0
        self._watched = watched(progress)
        self._watch: Callable[[int, int], bool | None] | None = None

    def __enter__(self) -> Batch:
        self._watch = self._watched.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._watched.__exit__(kind, error, trace)

    def run(self, plan: Plan, outputs: Sequence[str], *, where: str = "") -> Run:
        """Simulate a plan; `where` stands before the paths of what it refuses."""
        how = self._how
        try:
            run = simulate(
                plan,
                trials=how.trials,
                seed=how.seed,
                outputs=outputs,
                threads=how.threads,
                sampling=how.sampling,
                progress=False if self._watch is None else self._within,
            )
        except _core.InputError as error:
            refuse_at(where, error)
        self.step()
        return run

    def step(self) -> None:
        """Count one run more as done; short runs tell nothing of themselves."""
        self._done += 1
        if self._within(0, 1) is False:
            raise _core.Cancelled("cancelled")

    def _within(self, done: int, total: int) -> bool | None:
        """Tell the whole how far it is, where a run has done so many of its trials."""
        if self._watch is None:
            return None
        trials = int(self._how.trials)
        at = self._done * trials + done * trials // max(1, total)
        return self._watch(min(at, self._total * trials), self._total * trials)


def refuse_at(where: str, error: _core.InputError) -> NoReturn:
    """Raise a refusal again with the name of the scenario, sweep or step before every path."""
    if not where:
        raise error
    found = [{**one, "path": f"{where}: {one['path']}"} for one in _files.problems_of(error)]
    _files.refuse_all(found)


def named(kind: str, name: str) -> str:
    """Return what stands before the paths of a named thing: ``scenarios.one-off``."""
    return f"{kind}.{name if _PLAIN.fullmatch(name) else _core.quoted(name)}"


def need_plan(plan: Plan) -> None:
    """Refuse what is no plan."""
    if not isinstance(plan, Plan):
        refuse(
            "plan",
            "must be a trainplan.Plan; read_plan and Plan.from_dict make one",
            value=type(plan).__name__,
        )


def patched(plan: Plan, patch: Mapping[str, Any], *, where: str = "") -> tuple[Plan, tuple[str, ...]]:
    """Return a plan with a patch, and the ids of the correlations that it had to give up.

    A quantity that is set to a number moves with nothing: rows of `correlations` that name it go, where the
    plan could not be with them. Its partners keep their distributions.
    """
    try:
        return plan.replace(patch), ()
    except _core.InputError as error:
        problems = _files.problems_of(error)
        loose = _loosened(plan, patch)
        if not loose or not any(one["path"].startswith("correlations.") for one in problems):
            refuse_at(where, error)
    try:
        return plan.replace({**patch, **dict.fromkeys(f"correlations.{id}" for id in loose)}), loose
    except _core.InputError as error:
        refuse_at(where, error)


def _loosened(plan: Plan, patch: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of correlations that name a quantity of a patch, which itself says nothing of them."""
    if any(path == "correlations" or path.startswith("correlations.") for path in patch):
        return ()
    changed = tuple(patch)
    return tuple(
        row.id
        for row in plan.record.correlations
        if any(end == path or end.startswith(f"{path}.") for end in (row.a, row.b) for path in changed)
    )
