"""Sobol indices of a function of independent inputs: shares of its variance, first-order and total.

References
----------
.. [1] A. Saltelli et al., "Variance based sensitivity analysis of model output. Design and estimator for the
       total sensitivity index", Comput. Phys. Commun. 181 (2010) 259-270, table 2 (b) and (f).
.. [2] M. J. W. Jansen, "Analysis of variance designs for model output", Comput. Phys. Commun. 117 (1999)
       35-43.
.. [3] B. Efron and R. Tibshirani, An Introduction to the Bootstrap, Chapman & Hall, 1993.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainplan._arrays import numbers, refuse, whole
from trainplan._frames import from_rows
from trainplan._progress import Progress
from trainplan._summary import Row
from trainplan.plan import Plan
from trainplan.run import Run
from trainplan.statistics import Estimate
from trainplan.whatif import _show, _surface
from trainplan.whatif._surface import Floats

__all__ = ["Sobol", "SobolIndex", "sobol_indices"]

_COLUMNS = (
    "input", "members", "first", "first_se", "first_low", "first_high",
    "total", "total_se", "total_low", "total_high",
)  # fmt: skip
_FEWEST = 64
_MOST_BLOCKS = 16_384  # of more points, neighbors go together into a resample
_LEVELS = (0.025, 0.975)
_HALF_STEP = 2.0**-54  # uniforms are multiples of 2^-53 from 0: this keeps them inside (0, 1)


@dataclass(frozen=True, slots=True)
class SobolIndex:
    """The shares of the variance of an output that an input, or a group, has.

    Attributes
    ----------
    input : str
        Or the name of a group.
    members : tuple of str
        Of a group; empty for an input.
    first : Estimate
        What knowing it alone takes away, on average.
    total : Estimate
        What is left, on average, when all else is known: its interactions included.
    """

    input: str
    members: tuple[str, ...]
    first: Estimate
    total: Estimate


@dataclass(frozen=True, slots=True)
class Sobol:
    """Sobol indices, the largest total first.

    Attributes
    ----------
    indices : tuple of SobolIndex
    mean, variance : float
        Of the output.
    n, calls : int
        Base points, and points at which the function was evaluated.
    seed : int
    """

    indices: tuple[SobolIndex, ...]
    mean: float
    variance: float
    n: int
    calls: int
    seed: int

    def __getitem__(self, name: str) -> SobolIndex:
        """Return the indices of an input or group."""
        return _surface.found(self.indices, name)

    def to_frame(self, *, backend: str = "pandas") -> Any:
        """Return a row an input or group: first and total, each with its error and 95 % interval."""
        rows = [
            {
                "input": one.input,
                "members": ", ".join(one.members),
                "first": one.first.value,
                "first_se": one.first.standard_error,
                "first_low": one.first.low,
                "first_high": one.first.high,
                "total": one.total.value,
                "total_se": one.total.standard_error,
                "total_low": one.total.low,
                "total_high": one.total.high,
            }
            for one in self.indices
        ]
        return from_rows(rows, _COLUMNS, backend=backend)

    def _card(self) -> _show.Card:
        rows = [
            Row(one.input, (_show.with_error(one.first), _show.with_error(one.total))) for one in self.indices
        ]
        facts = f"{self.n:,} base points, {self.calls:,} evaluations, seed {self.seed}"
        remarks = ["first: its share of the variance alone; total: with all its interactions"]
        return _show.Card("Sobol indices", facts, [_show.Part("Input", ("first", "total"), rows)], remarks)

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()


def sobol_indices(
    target: Callable[[Floats], Any],
    *,
    inputs: int | Sequence[str] | Mapping[str, Any],
    groups: Mapping[str, Sequence[str]] | None = None,
    n: int = 1024,
    seed: int = 1,
    resamples: int = 500,
    progress: Progress = True,
) -> Sobol:
    """Return first-order and total Sobol indices of a function of independent inputs.

    Two independent tables of n points, A and B, and for each input the table A with its column from B: the
    function is evaluated n (k + 2) times. First-order indices after Saltelli et al. [1]_, total after Jansen
    [2]_; errors and intervals by bootstrap over the points [3]_. An index close to 0 may come out slightly
    below.

    Parameters
    ----------
    target : callable
        Takes a table, a row a point and a column an input, and returns a number a row. Called k + 2 times,
        with n rows each.
    inputs : int, sequence of str, or mapping
        How many inputs, or their names: the function then gets uniforms between 0 and 1. Or, by name, what
        makes a value of a uniform: a `Quantity`, or a function of an array.
    groups : mapping of str to sequence of str, optional
        Inputs that are taken together, by the name of the group, each in one group at most; the first-order
        index of a group has the interactions inside it.
    n : int
        Base points, 64 to 10^6.
    seed : int
        0 to 2^64 - 1.
    resamples : int
        Of the bootstrap, 100 to 100,000.
    progress
        As in `simulate`.

    Returns
    -------
    Sobol

    Raises
    ------
    InputError
        For a function that does not give a finite number a row, or gives the same everywhere.

    See Also
    --------
    given_data_indices : First-order indices of a run, also where quantities are correlated.

    Examples
    --------
    >>> import numpy as np
    >>> import trainplan as tp
    >>> def ishigami(u):
    ...     x = np.pi * (2 * u - 1)
    ...     return np.sin(x[:, 0]) * (1 + 0.1 * x[:, 2] ** 4) + 7 * np.sin(x[:, 1]) ** 2
    >>> found = tp.sobol_indices(ishigami, inputs=["x1", "x2", "x3"], n=8192, progress=False)
    >>> round(found["x1"].first.value, 1), round(found["x1"].total.value, 1)
    (0.3, 0.5)
    """
    if isinstance(target, Plan | Run) or not callable(target):
        refuse(
            "target",
            "must be a function of a table of points",
            value=type(target).__name__,
            hint="given_data_indices takes a run, also of a plan with correlations",
        )
    makers = _makers(inputs)
    count, seed = whole("n", n, _FEWEST, 10**6), whole("seed", seed, 0, 2**64 - 1)
    repeats = whole("resamples", resamples, 100, 100_000)
    sets = _sets(groups, list(makers))
    random = np.random.Generator(np.random.Philox(seed))
    with _surface.watching(progress) as tell:
        center, sums = _evaluated(target, makers, sets, count, random, tell)
    return _sobol(center, sums, sets, repeats, random, count=count, seed=seed)


def _makers(inputs: object) -> dict[str, Callable[[Floats], Any] | None]:
    """Return by name what makes a value of a uniform; None: the uniform itself."""
    if isinstance(inputs, Mapping) and inputs:
        found: dict[str, Callable[[Floats], Any] | None] = {}
        for name, one in inputs.items():
            maker = getattr(one, "quantile", one)
            if not callable(maker):
                allowed = "must be a Quantity, or a function that makes a value of a uniform"
                refuse(f"inputs.{name}", allowed, value=repr(one)[:80])
            found[str(name)] = maker
        return found
    if isinstance(inputs, int | np.integer) and not isinstance(inputs, bool):
        return {f"x{i + 1}": None for i in range(whole("inputs", inputs, 1, 10_000))}
    if isinstance(inputs, str) or not isinstance(inputs, Sequence) or not inputs:
        refuse("inputs", "must be a number of inputs, their names, or a mapping", value=repr(inputs)[:80])
    names = [str(name) for name in inputs]
    if len(set(names)) < len(names):
        refuse("inputs", "must have different names")
    return dict.fromkeys(names)


def _sets(groups: Mapping[str, Sequence[str]] | None, names: list[str]) -> dict[str, tuple[str, ...]]:
    """Return what is swapped together: groups, and inputs of no group."""
    found = _surface.grouped(groups, names)
    members = [one for group in found.values() for one in group]
    for one in members:
        if members.count(one) > 1:
            refuse("groups", "must not share an input", value=repr(one))
    return found | {one: () for one in names if one not in members}


def _evaluated(
    target: Callable[[Floats], Any],
    makers: Mapping[str, Callable[[Floats], Any] | None],
    sets: Mapping[str, tuple[str, ...]],
    count: int,
    random: np.random.Generator,
    tell: Callable[[int, int], None],
) -> tuple[float, Floats]:
    """Return the mean of the function, and the sums over blocks of points that its indices are made of.

    Evaluated at A, at B, and at A with each set's columns from B. Rows: points, f, f^2, and for all sets
    f(B) d, d, d^2, where d is how far f at A moves with the set.
    """
    names, k = list(makers), len(sets)
    tables = [_values(random.random((count, len(names))) + _HALF_STEP, makers) for _ in range(2)]

    def at(points: Floats, done: int) -> Floats:
        found = _outputs(target, points)
        tell(done * count, (k + 2) * count)
        return found

    # Copies: a function that writes into its argument changes no later point.
    a, b = (at(table.copy(), i + 1) for i, table in enumerate(tables))
    center = float(0.5 * (a.mean() + b.mean()))
    a, b = a - center, b - center
    starts = np.linspace(0, count, min(count, _MOST_BLOCKS), endpoint=False).astype(np.intp)
    sums = np.empty((3 + 3 * k, starts.size))
    for row, x in enumerate((np.ones(count), 0.5 * (a + b), 0.5 * (a**2 + b**2))):
        sums[row] = np.add.reduceat(x, starts)
    for i, (name, members) in enumerate(sets.items()):
        points = tables[0].copy()
        columns = [names.index(one) for one in members or (name,)]
        points[:, columns] = tables[1][:, columns]
        moved = at(points, i + 3) - center - a
        for part, x in enumerate((b * moved, moved, moved**2)):
            sums[3 + part * k + i] = np.add.reduceat(x, starts)
    return center, sums


def _values(uniforms: Floats, makers: Mapping[str, Callable[[Floats], Any] | None]) -> Floats:
    for i, (name, maker) in enumerate(makers.items()):
        if maker is not None:
            made = numbers(f"inputs.{name}", maker(uniforms[:, i].copy()))
            if made.shape != uniforms[:, i].shape or not np.isfinite(made).all():
                refuse(f"inputs.{name}", "must make a finite number of every uniform")
            uniforms[:, i] = made
    return uniforms


def _outputs(target: Callable[[Floats], Any], points: Floats) -> Floats:
    count = len(points)
    found = numbers("target", target(points))
    if found.shape != (count,):
        refuse("target", f"must return {count} numbers, one a row", value=f"of shape {found.shape}")
    if not np.isfinite(found).all():
        row = int(np.flatnonzero(~np.isfinite(found))[0])
        refuse("target", f"must return finite numbers; row {row} is {found[row]}")
    return found


def _sobol(
    center: float,
    sums: Floats,
    sets: Mapping[str, tuple[str, ...]],
    repeats: int,
    random: np.random.Generator,
    *,
    count: int,
    seed: int,
) -> Sobol:
    k = len(sets)
    variance = float(_variance(sums.sum(axis=1)[None, :])[0, 0])
    if not variance > 0.0:
        refuse("target", "gives the same at every point: there is no variance to explain")
    found = _ratios(sums.sum(axis=1)[None, :], k)[0]
    drawn = _ratios(_resampled(sums, repeats, random), k)
    drawn = drawn[np.isfinite(drawn).all(axis=1)]  # a resample may be the same point over and over
    errors = drawn.std(axis=0, ddof=1)
    low, high = np.quantile(drawn, _LEVELS, axis=0)

    def estimate(i: int) -> Estimate:
        return Estimate(float(found[i]), float(errors[i]), float(low[i]), float(high[i]))

    indices = [
        SobolIndex(name, members, estimate(i), estimate(k + i))
        for i, (name, members) in enumerate(sets.items())
    ]
    indices.sort(key=lambda one: (-one.total.value, one.input))
    variance *= 2.0 * count / (2.0 * count - 1.0)
    return Sobol(tuple(indices), center, variance, count, (k + 2) * count, seed)


def _resampled(sums: Floats, repeats: int, random: np.random.Generator) -> Floats:
    """Return the sums over so many resamples of the blocks, a row a resample."""
    blocks = sums.shape[1]
    found = []
    for start in range(0, repeats, 50):
        times = [
            np.bincount(random.integers(0, blocks, blocks), minlength=blocks)
            for _ in range(min(50, repeats - start))
        ]
        found.append(np.array(times, dtype=np.float64) @ sums.T)
    return np.concatenate(found)


def _variance(sums: Floats) -> Floats:
    found: Floats = sums[:, 2:3] / sums[:, :1] - (sums[:, 1:2] / sums[:, :1]) ** 2
    return found


def _ratios(sums: Floats, k: int) -> Floats:
    """Return first-order, then total indices, a row a resample."""
    means = sums / sums[:, :1]
    product, moved, square = (means[:, 3 + i * k : 3 + (i + 1) * k] for i in range(3))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.hstack([product - means[:, 1:2] * moved, 0.5 * square]) / _variance(sums)
