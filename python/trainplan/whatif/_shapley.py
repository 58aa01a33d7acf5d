"""Which change brought what: Shapley values of the changes that make one plan of another.

References
----------
.. [1] L. S. Shapley, "A value for n-person games", Contributions to the Theory of Games 2 (1953) 307-317.
.. [2] J. Castro, D. Gomez and J. Tejada, "Polynomial calculation of the Shapley value based on sampling",
       Comput. Oper. Res. 36 (2009) 1726-1730; orders and their reverses in pairs: R. Mitchell, J. Cooper,
       E. Frank and G. Holmes, "Sampling permutations for Shapley value estimation", JMLR 23 (2022) 1-46.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainplan import _core, statistics
from trainplan._arrays import refuse, whole
from trainplan._frames import from_rows
from trainplan._progress import Progress
from trainplan._summary import Row
from trainplan.plan import Plan
from trainplan.statistics import Estimate
from trainplan.whatif import _measure, _show
from trainplan.whatif._many import Batch, Options, patched

__all__ = ["Step", "Waterfall", "waterfall"]

MOST_EXACT = 10
_RUNS = 1024  # of sampled orders, about
_FEWEST_ORDERS = 16
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Step:
    """A change, or changes that belong together, and what it brings.

    Attributes
    ----------
    name : str
    paths : tuple of str
    before, after : str
        The value at the reference and in the scenario, as words; empty for several changes.
    contribution : Estimate
        Its share of the mean difference, with the Monte Carlo error.
    order_error : float
        Standard error from the orders that were tried; 0 where all were.
    """

    name: str
    paths: tuple[str, ...]
    before: str
    after: str
    contribution: Estimate
    order_error: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From the mean of one scenario to that of another, change by change; steps add up to the difference.

    Attributes
    ----------
    output : str
    reference, scenario : str
    start, end : Estimate
        The mean of either.
    steps : tuple of Step
        The largest first.
    orders : int
        How many orders were tried; 0 where the values are exact, over every order.
    """

    output: str
    reference: str
    scenario: str
    start: Estimate
    end: Estimate
    difference: Estimate
    steps: tuple[Step, ...]
    orders: int
    trials: int

    def to_frame(self, *, backend: str = "pandas") -> Any:
        """Return a row a step: step, before, after, contribution, mcse, order_error, from, to."""
        rows, at = [], self.start.value
        for step in self.steps:
            by = step.contribution.value
            rows.append(
                {
                    "step": step.name,
                    "before": step.before,
                    "after": step.after,
                    "contribution": by,
                    "mcse": _measure.number(step.contribution.standard_error),
                    "order_error": step.order_error,
                    "from": at,
                    "to": at + by,
                }
            )
            at += by
        names = ("step", "before", "after", "contribution", "mcse", "order_error", "from", "to")
        return from_rows(rows, names, backend=backend)

    def _card(self) -> _show.Card:
        rows = [Row(self.reference, (_show.with_error(self.start),))]
        for step in self.steps:
            label = f"  {step.name}: {step.before} to {step.after}" if step.after else f"  {step.name}"
            error = math.hypot(step.contribution.standard_error or 0.0, step.order_error)
            one = Estimate(step.contribution.value, error, None, None)
            rows.append(Row(label, (_show.with_error(one),)))
        rows.append(Row(self.scenario, (_show.with_error(self.end),)))
        way = f"{self.orders} orders of the changes" if self.orders else "every order of the changes"
        return _show.Card(
            f"What brings {self.output} from {self.reference} to {self.scenario}",
            f"means over {self.trials:,} trials; Shapley values over {way}",
            [_show.Part("", (self.output,), rows)],
        )

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()


def waterfall(
    plan: Plan,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    names: tuple[str, str],
    output: str,
    groups: Mapping[str, Sequence[str]],
    how: Options,
    permutations: int | None,
    progress: Progress,
) -> Waterfall:
    """Return the Shapley values of the changes between two patches of a plan."""
    orders = None if permutations is None else whole("permutations", permutations, 2, 100_000)
    game = _Game(plan, before, after, groups)
    rng = np.random.default_rng(np.random.PCG64(how.seed))
    exact = game.settle(rng, orders)
    n = len(game.players)
    tried: list[list[int]] = [] if exact else game.orders
    runs = 2**n if exact else 2 + len(tried) * max(0, n - 1)
    with Batch(runs, how, progress) as batch:

        def values(mask: int) -> NDArray[np.float64]:
            run = batch.run(game.plan(mask), [output], where=game.where(mask))
            found: NDArray[np.float64] = run[output]
            if np.isnan(found).any():
                allowed = "must have a value in every trial; a payback that never comes has no mean"
                refuse("output", allowed, value=repr(output))
            return found

        start = values(0)
        end = values(2**n - 1) if n else start
        shares, errors = _exactly(n, values, start, end) if exact else _sampled(n, tried, values, start, end)
    stratified = how.sampling == "stratified"
    steps = [
        Step(
            game.name(i),
            game.players[i],
            *game.words(i),
            contribution=statistics.mean(shares[i], stratified=stratified),
            order_error=errors[i],
        )
        for i in range(n)
    ]
    steps.sort(key=lambda step: (-abs(step.contribution.value), step.name))
    return Waterfall(
        output,
        *names,
        start=statistics.mean(start, stratified=stratified),
        end=statistics.mean(end, stratified=stratified),
        difference=statistics.difference(end, start, stratified=stratified),
        steps=tuple(steps),
        orders=len(tried),
        trials=start.size,
    )


def _exactly(n: int, values: Any, start: Any, end: Any) -> tuple[NDArray[np.float64], list[float]]:
    """Return shares by trial: of each set of changes what it brings, weighted as Shapley does [1]_.

    Sums are of differences to the start: what does not change leaves no rounding.
    """
    shares = np.zeros((n, start.size))
    weights = [math.factorial(s) * math.factorial(n - 1 - s) / math.factorial(n) for s in range(n)]
    for mask in range(1, 2**n):
        brings = (end if mask == 2**n - 1 else values(mask)) - start
        size = mask.bit_count()
        for i in range(n):
            if mask >> i & 1:
                shares[i] += weights[size - 1] * brings
            else:
                shares[i] -= weights[size] * brings
    return shares, [0.0] * n


def _sampled(
    n: int, tried: Sequence[Sequence[int]], values: Any, start: Any, end: Any
) -> tuple[NDArray[np.float64], list[float]]:
    """Return shares by trial, averaged over orders that come in pairs with their reverse [2]_."""
    shares = np.zeros((n, start.size))
    means = np.zeros((len(tried), n))
    for row, order in enumerate(tried):
        mask, last = 0, np.zeros_like(start)
        for i in order:
            mask |= 1 << i
            brings = (end if mask == 2**n - 1 else values(mask)) - start
            shares[i] += (brings - last) / len(tried)
            means[row, i] = float((brings - last).mean())
            last = brings
    pairs = (means[::2] + means[1::2]) / 2.0
    spread = pairs.std(axis=0, ddof=1) if len(pairs) > 1 else np.full(n, math.nan)
    return shares, [float(one) for one in spread / math.sqrt(len(pairs))]


class _Game:
    """The changes between two patches as players, and the plan of any set of them."""

    def __init__(
        self,
        plan: Plan,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        groups: Mapping[str, Sequence[str]],
    ) -> None:
        self._plan, self._before, self._after = plan, before, after
        changes = sorted(
            path for path in {**before, **after} if before.get(path, _ABSENT) != after.get(path, _ABSENT)
        )
        self._paths = list(dict.fromkeys([*before, *after]))
        self._names: dict[tuple[str, ...], str] = {}
        self._known: dict[frozenset[str], bool] = {}  # which sets of changes are plans
        self.players: list[tuple[str, ...]] = self._grouped(changes, groups)
        self.orders: list[list[int]] = []
        for one, other in combinations(list(changes), 2):
            # A record and a field of it: the second makes sense only with the first.
            if other.startswith(f"{one}.") or one.startswith(f"{other}."):
                self._join(self._index(one), self._index(other))

    def _grouped(self, changes: list[str], groups: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
        players, left = [], list(changes)
        for name, paths in groups.items():
            if isinstance(paths, str):
                refuse(f"groups.{name}", "must be a list of paths", value=repr(paths)[:80])
            for path in paths:
                if not any(_under(one, path) for one in changes):
                    hint = _core.did_you_mean(str(path), changes)
                    refuse(
                        f"groups.{name}", "is no change of this scenario", value=repr(path)[:80], hint=hint
                    )
            chosen = tuple(one for one in left if any(_under(one, path) for path in paths))
            if chosen:
                players.append(chosen)
                self._names[chosen] = str(name)
            left = [one for one in left if one not in chosen]
        return players + [(path,) for path in left]

    def _index(self, path: str) -> int:
        return next(i for i, player in enumerate(self.players) if path in player)

    def _join(self, i: int, j: int) -> None:
        """Make one player of two; those that stand elsewhere keep their order."""
        if i == j:
            return
        i, j = min(i, j), max(i, j)
        one, other = self.players[i], self.players[j]
        both = (*one, *other)
        names = [self._names.pop(player, None) for player in (one, other)]
        if any(names):
            known = [name or _listed(player) for name, player in zip(names, (one, other), strict=True)]
            self._names[both] = " + ".join(known)
        self.players[i] = both
        del self.players[j]

    def patch(self, mask: int) -> dict[str, Any]:
        """Return the patch with a set of changes made."""
        made = {path for i, player in enumerate(self.players) if mask >> i & 1 for path in player}
        patch = {}
        for path in self._paths:
            source = self._after if path in made or path not in self._before else self._before
            if path in source and (path in made or path in self._before):
                patch[path] = source[path]
        return patch

    def plan(self, mask: int) -> Plan:
        return patched(self._plan, self.patch(mask), where=self.where(mask))[0]

    def where(self, mask: int) -> str:
        made = [self.name(i) for i in range(len(self.players)) if mask >> i & 1]
        return f"with {', '.join(made)}" if made else ""

    def _holds(self, mask: int) -> bool:
        made = frozenset(path for i, player in enumerate(self.players) if mask >> i & 1 for path in player)
        if made not in self._known:
            try:
                self.plan(mask)
                self._known[made] = True
            except _core.InputError:
                self._known[made] = False
        return self._known[made]

    def settle(self, rng: np.random.Generator, orders: int | None) -> bool:
        """Join the players that make plans only together; tell whether all sets can be run."""
        while True:
            # One alone, and all but one: most of what belongs together shows here.
            n = len(self.players)
            few = [mask for i in range(n) for mask in (1 << i, (2**n - 1) & ~(1 << i))]
            if (broken := self._broken(few)) is not None:
                self._mend(broken)
                continue
            self.orders = [] if n <= MOST_EXACT else self._drawn(rng, orders)
            sets = (mask for order in self.orders for mask in _prefixes(order))
            if (broken := self._broken(sets if self.orders else range(2**n))) is None:
                return not self.orders
            self._mend(broken)

    def _broken(self, sets: Iterable[int]) -> int | None:
        return next((mask for mask in sets if not self._holds(mask)), None)

    def _drawn(self, rng: np.random.Generator, orders: int | None) -> list[list[int]]:
        n = len(self.players)
        pairs = (max(_FEWEST_ORDERS, _RUNS // n) if orders is None else orders + orders % 2) // 2
        drawn: list[list[int]] = []
        for _ in range(pairs):
            order = [int(i) for i in rng.permutation(n)]
            drawn += [order, order[::-1]]
        return drawn

    def _mend(self, broken: int) -> None:
        """Join players so that a set that is no plan cannot come about: who breaks it with what they lack.

        Who breaks it is what is left when all are taken out that it is no plan without, too. What they
        lack is one other, or two, or at worst all others.
        """
        everyone = range(len(self.players))
        for i in everyone:
            if broken >> i & 1 and not self._holds(broken & ~(1 << i)):
                broken &= ~(1 << i)
        others = [j for j in everyone if not broken >> j & 1]
        sets = [[j] for j in others] + [list(pair) for pair in combinations(others, 2)]
        lacking = next((s for s in sets if self._holds(broken | sum(1 << j for j in s))), others)
        one = next(self.players[i][0] for i in everyone if broken >> i & 1)
        for path in [self.players[j][0] for j in lacking]:
            self._join(self._index(one), self._index(path))

    def name(self, i: int) -> str:
        player = self.players[i]
        return self._names.get(player) or _listed(player)

    def words(self, i: int) -> tuple[str, str]:
        """Return the value before and after, of a player that is one change."""
        if len(self.players[i]) > 1 or self.players[i] in self._names:
            return "", ""
        path = self.players[i][0]
        return self._word(self._before, path), self._word(self._after, path)

    def _word(self, patch: Mapping[str, Any], path: str) -> str:
        if path in patch:
            return _show.changed(patch[path])
        try:
            return _show.changed(self._plan[path])
        except _core.InputError:  # a record that is yet to come
            return "none"


def _under(path: str, stem: str) -> bool:
    return path == stem or path.startswith(f"{stem}.")


def _listed(player: tuple[str, ...]) -> str:
    shown = " + ".join(player[:3])
    return f"{shown} + {len(player) - 3} more" if len(player) > 3 else shown


def _prefixes(order: Sequence[int]) -> Iterator[int]:
    mask = 0
    for i in order:
        mask |= 1 << i
        yield mask
