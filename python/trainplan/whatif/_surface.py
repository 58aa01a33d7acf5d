"""The mean of an output given inputs, by regression on trials that exist: no model has to be run again.

For one input a polynomial in its normal scores (straight for what depends on a normal input in a straight
line) and cosines of its ranks (for what swings); for a group the same of each, less of it, and products of
pairs. An input of few values gets the mean at each. The columns are made orthonormal, so every smaller
regression is a part of the largest.

References
----------
.. [1] M. Strong, J. E. Oakley and A. Brennan, "Estimating multiparameter partial expected value of perfect
       information from a probabilistic sensitivity analysis sample", Med. Decis. Making 34 (2014) 311-326.
.. [2] G. Schwarz, "Estimating the dimension of a model", Ann. Stat. 6 (1978) 461-464.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from statistics import NormalDist
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from trainplan import _core
from trainplan._arrays import refuse, vector
from trainplan._progress import Progress, watched
from trainplan.run import Run
from trainplan.whatif._fields import need_list

__all__ = [
    "FEWEST",
    "MOST",
    "Floats",
    "Surface",
    "chosen",
    "drawn",
    "found",
    "grouped",
    "need_inputs",
    "normal_scores",
    "surface",
    "watching",
]

Floats = NDArray[np.float64]

FEWEST = 64
MOST = 65_536  # trials of a run that curves are fitted to
_COSINES = 8
_PER_TERM = 32  # trials that a term needs
_MOST_TERMS = 200
_FEW_VALUES = 12
_NOTHING_LEFT = 1e-10  # of the square of a column's length: a million times its rounding
_NORMAL = NormalDist()


class HasInput(Protocol):
    """What was found of an input or group."""

    @property
    def input(self) -> str:
        """Its name."""


Named = TypeVar("Named", bound=HasInput)


@dataclass(frozen=True, slots=True)
class Surface:
    """Orthonormal columns, the constant first, and how many of them each smaller regression has."""

    columns: Floats
    sizes: tuple[int, ...]


@lru_cache(maxsize=4)
def _scores(count: int) -> Floats:
    """Return the expected places of so many ordered normal draws, nearly: quantiles at (i - 1/2)/n."""
    half = np.array([_NORMAL.inv_cdf((i + 0.5) / count) for i in range(count // 2)])
    found = np.concatenate([half, np.zeros(count % 2), -half[::-1]])
    found.setflags(write=False)
    return found


def normal_scores(x: Floats) -> Floats:
    """Return the normal score of each value by its rank; equal values share the mean of theirs."""
    values, group = np.unique(x, return_inverse=True)
    order = np.argsort(x, kind="stable")
    score = np.empty(x.size)
    score[order] = _scores(x.size)
    if values.size < x.size:
        score = (np.bincount(group, weights=score) / np.bincount(group))[group]
    return score


def _ranks(x: Floats) -> Floats:
    """Return mid-ranks between 0 and 1; equal values share the mean of theirs."""
    _, group, count = np.unique(x, return_inverse=True, return_counts=True)
    place = (np.cumsum(count) - count / 2.0) / x.size
    found: Floats = place[group]
    return found


def surface(inputs: Sequence[Floats]) -> Surface:
    """Return the columns for the mean given one input, or several together.

    Raises
    ------
    InputError
        For so many inputs that the trials cannot tell one from another.
    """
    count = inputs[0].size
    if len(inputs) == 1:
        order = np.argsort(inputs[0], kind="stable")
        ascending = inputs[0][order]
        if (ascending[:-1] < ascending[1:]).all():  # the columns depend on the ranks alone
            place = np.empty(count, dtype=np.intp)
            place[order] = np.arange(count)
            shared = _of_ranks(count) if count <= MOST else _orthonormal([np.arange(float(count))])
            return Surface(shared.columns[place], shared.sizes)
    return _orthonormal(inputs)


@lru_cache(maxsize=2)
def _of_ranks(count: int) -> Surface:
    return _orthonormal([np.arange(float(count))])


def _orthonormal(inputs: Sequence[Floats]) -> Surface:
    count = inputs[0].size
    most = min(_MOST_TERMS, count // _PER_TERM)
    stages = _of_one(inputs[0]) if len(inputs) == 1 else _of_many(inputs, most)
    columns: list[Floats] = [np.ones(count)]
    ends = []
    for stage in stages:
        if len(columns) - 1 + len(stage) <= most:
            columns += stage
            ends.append(len(columns))
    if not ends:
        allowed = f"{len(inputs)} inputs together need {_PER_TERM * len(stages[0]):,} trials or more"
        refuse("trials", allowed, value=f"{count:,}")
    q, new = _gram_schmidt(np.stack(columns, axis=1))
    sizes = sorted({int(new[:end].sum()) for end in ends} - {1})
    return Surface(q, (1, *sizes))


def _gram_schmidt(design: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return orthonormal columns that span the same, one after another, and which columns were new.

    By Cholesky factors of the products of columns, twice: the second time takes the rounding of the first
    off. A column that those before it give already has none of its length left, and goes.
    """
    design = design / np.maximum(np.sqrt(np.einsum("ij,ij->j", design, design)), 1e-300)
    products = design.T @ design
    factor = np.zeros_like(products)
    new = np.zeros(len(products), dtype=np.bool_)
    for i, row in enumerate(products):
        left = row[i] - factor[:i, i] @ factor[:i, i]
        if left > _NOTHING_LEFT:
            new[i] = True
            factor[i, i:] = (row[i:] - factor[:i, i] @ factor[:i, i:]) / math.sqrt(left)
    q = design[:, new] @ np.linalg.inv(factor[np.ix_(new, new)])
    return np.ascontiguousarray(q @ np.linalg.inv(np.linalg.cholesky(q.T @ q).T)), new


def _of_one(x: Floats) -> list[list[Floats]]:
    values, group = np.unique(x, return_inverse=True)
    if values.size <= _FEW_VALUES:
        return [[(group == i).astype(np.float64) for i in range(1, values.size)]] if values.size > 1 else [[]]
    z, rank = normal_scores(x), _ranks(x)
    cosines = [np.cos(k * math.pi * rank) for k in range(1, _COSINES + 1)]
    stages = [[z], [z**2 - 1.0], [z**3 - 3.0 * z]]
    return stages + [cosines[k : k + 2] for k in range(0, _COSINES, 2)]


def _of_many(inputs: Sequence[Floats], most: int) -> list[list[Floats]]:
    z = [normal_scores(x) for x in inputs]
    stages = [z, [one**2 - 1.0 for one in z]]
    pairs = len(z) * (len(z) - 1) // 2
    if pairs <= most:  # else they would not fit: not made in the first place
        stages.append([a * b for a, b in combinations(z, 2)])
    stages.append([one**3 - 3.0 * one for one in z])
    if 2 * pairs <= most:
        stages.append([c for a, b in combinations(z, 2) for c in ((a**2 - 1.0) * b, a * (b**2 - 1.0))])
    ranks = [_ranks(x) for x in inputs]
    stages += [[np.cos(k * math.pi * u) for k in (i, i + 1) for u in ranks] for i in (1, 3)]
    return stages


def chosen(found: Surface, y: Floats) -> int:
    """Return how many columns a regression of y needs, by Schwarz's criterion [2]_; 1: the mean alone.

    It takes a column that tells nothing into the regression in about one case in 400 at 10,000 trials.
    """
    count = y.size
    parts = np.cumsum((found.columns.T @ (y - y.mean())) ** 2)
    total = float(np.sum((y - y.mean()) ** 2))
    if total == 0.0:
        return 1
    left = [max(total - float(parts[size - 1]), total * 1e-15) for size in found.sizes]
    costs = [
        count * math.log(one) + size * math.log(count) for one, size in zip(left, found.sizes, strict=True)
    ]
    return found.sizes[int(np.argmin(costs))]


def drawn(run: Run, paths: Sequence[str] | None = None) -> tuple[dict[str, Floats], int]:
    """Return draws of uncertain quantities, those that vary, by path, of the first so many trials."""
    need_list(paths)
    count = min(run.trials, MOST)
    names, values = run._core_draws(count, paths)
    return {n: x for n, x in zip(names, values, strict=True) if x.min() < x.max()}, count


def need_inputs(inputs: object) -> dict[str, Floats]:
    """Return inputs given as arrays by name; refuse what is none, or of several lengths."""
    if not isinstance(inputs, Mapping) or not inputs:
        refuse("inputs", "must be arrays of draws by the name of their input", value=type(inputs).__name__)
    found = {str(name): vector(f"inputs.{name}", x) for name, x in inputs.items()}
    count = next(iter(found.values())).size
    for name, x in found.items():
        if x.size != count:
            refuse(f"inputs.{name}", f"must have {count} entries like the others", value=f"{x.size} entries")
        if not np.isfinite(x).all():
            refuse(f"inputs.{name}", "must be finite numbers")
    return found


def grouped(groups: Mapping[str, Sequence[str]] | None, known: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the members of named groups; a path stands for all inputs below it.

    Raises
    ------
    InputError
        For a group that is named like an input, is empty, or names what is no uncertain input.
    """
    found: dict[str, tuple[str, ...]] = {}
    if not isinstance(groups, Mapping | None):
        refuse("groups", "must be lists of inputs by the name of their group", value=type(groups).__name__)
    for name, members in (groups or {}).items():
        where = f"groups.{name}"
        if name in known:
            refuse(where, "must not be named like an input")
        if isinstance(members, str) or not isinstance(members, Sequence) or not members:
            refuse(where, "must be a list of inputs", value=repr(members)[:80])
        chosen_ones: list[str] = []
        for member in members:
            below = [one for one in known if one == member or one.startswith((f"{member}.", f"{member}#"))]
            if not below:
                hint = _core.did_you_mean(str(member), list(known))
                refuse(where, "names what is no uncertain input", value=repr(member)[:80], hint=hint)
            chosen_ones += below
        found[str(name)] = tuple(dict.fromkeys(chosen_ones))
    return found


@contextmanager
def watching(progress: Progress) -> Iterator[Callable[[int, int], None]]:
    """Give what tells how much is done, of how much; it stops the work where `progress` says so."""
    with watched(progress) as watch:

        def tell(done: int, total: int) -> None:
            if watch is not None and watch(done, total) is False:
                raise _core.Cancelled("cancelled")

        yield tell


def found(indices: Iterable[Named], name: str) -> Named:
    """Return what was found of an input or group."""
    known = list(indices)
    for one in known:
        if one.input == name:
            return one
    hint = _core.did_you_mean(str(name), [one.input for one in known])
    return refuse("input", "is not among those looked at", value=repr(name)[:80], hint=hint)
