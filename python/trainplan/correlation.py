"""Correlation of quantities: groups, whether they are possible, repair, and mixing of normal scores.

Over 400 lines: people know all of this by one name, `tp.correlation`, and most lines are its documentation.

Analysts state Spearman's rank correlation of pairs of quantities; it does not depend on their shapes. The
draws are made with a Gaussian copula: normal scores with Pearson correlation r = 2 sin(pi rho / 6) [1]_.

A matrix of correlations is an array, or a pandas frame with the same labels on rows and columns, which are
matched by name in whatever order they stand. `measure` says what its entries are: ``"spearman"``, as stated,
or ``"pearson"``, of the normal scores.

References
----------
.. [1] W. H. Kruskal, "Ordinal measures of association", JASA 53 (1958).
.. [2] N. J. Higham, "Computing the nearest correlation matrix", IMA J. Numer. Anal. 22 (2002).
.. [3] A. Genz, "Numerical computation of rectangular bivariate and trivariate normal and t probabilities",
   Statistics and Computing 14 (2004).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from trainplan._arrays import numbers, refuse
from trainplan._core import Correlation
from trainplan._core import correlation as _correlation

__all__ = [
    "Correlation",
    "Diagnosis",
    "Group",
    "Repair",
    "YesNo",
    "bivariate_normal",
    "check",
    "diagnose",
    "factor",
    "groups",
    "mix",
    "nearest",
    "pearson_from_spearman",
    "rank_correlation",
    "spearman_from_pearson",
    "yes_no",
]

Measure: TypeAlias = Literal["spearman", "pearson"]
Matrix: TypeAlias = Any  # an array, or a pandas frame with labels

_MEASURES = {measure.name: measure for measure in _correlation.Measure}


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Quantities that are correlated with each other, directly or by way of others.

    Attributes
    ----------
    members : tuple of str
        Their paths, in the order of the factor: the first draws what it would draw alone.
    spearman : DataFrame
        Rank correlations as stated, 0 where nothing is.
    unstated : int
        Pairs of members about which nothing is stated.
    """

    members: tuple[str, ...]
    spearman: pd.DataFrame
    unstated: int


@dataclass(frozen=True, slots=True, eq=False)
class Diagnosis:
    """Whether the numbers of a correlation matrix are possible together.

    Attributes
    ----------
    possible : bool
        Whether the smallest eigenvalue is at least ``-tolerance``.
    smallest : float
        Smallest eigenvalue of the matrix of normal scores.
    tolerance : float
        Rows times 2^-52 times the largest eigenvalue.
    triple : tuple or None
        Labels of the three rows that fit worst; None where all is possible.
    triple_smallest : float or None
        Smallest eigenvalue of those three alone: not negative where they do not contradict each other.
    changed : tuple or None
        Labels of the entry that `nearest` changes most.
    change : float
        By how much, in the measure of the matrix; 0 where all is possible.
    """

    possible: bool
    smallest: float
    tolerance: float
    triple: tuple[Any, Any, Any] | None
    triple_smallest: float | None
    changed: tuple[Any, Any] | None
    change: float


@dataclass(frozen=True, slots=True, eq=False)
class Repair:
    """The nearest possible correlation matrix.

    Attributes
    ----------
    matrix : ndarray or DataFrame
        In the measure, and with the labels, of the one given.
    changes : DataFrame
        Columns ``a``, ``b``, ``before``, ``after``: every entry that moved by more than 1e-9, largest first.
    distance : float
        Frobenius norm of the change of the matrix of normal scores.
    iterations : int
        Of the method; 0 where the matrix was possible and is unchanged.
    """

    matrix: Matrix
    changes: pd.DataFrame
    distance: float
    iterations: int


@dataclass(frozen=True, slots=True, eq=False)
class YesNo:
    """What a correlation of scores makes of two yes/no quantities.

    Attributes
    ----------
    both : float or ndarray
        Probability that both are yes.
    phi : float or ndarray
        Correlation of the two as numbers 0 and 1.
    """

    both: Any
    phi: Any


def _measure(measure: str) -> Any:
    if measure not in _MEASURES:
        refuse("measure", f"must be one of {', '.join(map(repr, _MEASURES))}", value=repr(measure)[:80])
    return _MEASURES[measure]


def _read(matrix: Matrix) -> tuple[NDArray[np.float64], list[Any]]:
    """Return the entries and the labels, none for an array."""
    labels: list[Any] = []
    if hasattr(matrix, "columns"):
        if not isinstance(matrix, pd.DataFrame):
            refuse("matrix", "must have labels on its rows: a pandas frame, or an array without any")
        labels, columns = list(matrix.index), list(matrix.columns)
        for where, named, others in (("rows", labels, columns), ("columns", columns, labels)):
            if len(set(named)) < len(named):
                refuse("matrix", f"must have different labels on its {where}")
            if lone := [label for label in named if label not in others]:
                refuse(
                    "matrix",
                    f"must have the same labels on rows and columns: {lone[0]!r} is on {where} alone",
                )
        matrix = matrix.loc[:, labels]
    found = numbers("matrix", matrix)
    if found.ndim != 2:
        refuse("matrix", f"must be a table, not of shape {found.shape}")
    return found, labels


def _as_given(values: NDArray[np.float64], labels: list[Any]) -> Matrix:
    return pd.DataFrame(values, index=labels, columns=labels) if labels else values


def _ask(matrix: Matrix, measure: str) -> tuple[NDArray[np.float64], list[Any], dict[str, Any]]:
    found, labels = _read(matrix)
    return found, labels, {"measure": _measure(measure), "labels": [str(label) for label in labels]}


def groups(rows: Iterable[Correlation | Mapping[str, Any]] | Any) -> tuple[Group, ...]:
    """Group correlated quantities: each group is a connected set of paths.

    Rows are taken by id, with digits in it read as numbers (c2 before c10), and a path stands where a row
    first names it. So the order of the rows is of no account, the first member of a group draws what it would
    draw alone, and a path that rows with later ids add is appended: the draws of the others stay. A row
    between two members, with an earlier id or between two groups changes the later members.

    Parameters
    ----------
    rows : iterable of Correlation or dict, or data frame
        Fields ``id``, ``a``, ``b`` and ``spearman``.

    Returns
    -------
    tuple of Group

    Raises
    ------
    InputError
        For every pair that is stated twice, equal paths, values outside [-1, 1]; for over 200 members.

    Examples
    --------
    >>> import trainplan as tp
    >>> row = tp.correlation.Correlation
    >>> rows = [row(id="c1", a="x", b="y", spearman=0.5), row(id="c2", a="w", b="y", spearman=0.2)]
    >>> group, = tp.correlation.groups(rows)
    >>> group.members
    ('x', 'y', 'w')
    >>> group.unstated
    1
    """
    listed: Any = rows
    if hasattr(rows, "columns"):
        import narwhals as nw

        listed = nw.from_native(listed, eager_only=True).rows(named=True)
    read = [row if isinstance(row, Correlation) else Correlation(**row) for row in listed]
    return tuple(
        Group(tuple(group.members), _as_given(group.spearman, list(group.members)), group.unstated)
        for group in _correlation.groups(read)
    )


def diagnose(matrix: Matrix, *, measure: Measure = "spearman") -> Diagnosis:
    """Say whether the numbers of a correlation matrix are possible together, and if not, what is worst.

    Parameters
    ----------
    matrix : array_like or DataFrame
        Symmetric, ones on the diagonal, entries from -1 to 1; at most 200 rows.
    measure : {"spearman", "pearson"}
        What its entries are.

    Returns
    -------
    Diagnosis

    Raises
    ------
    InputError
        Naming the entry that is not that of a correlation matrix.

    Examples
    --------
    >>> import trainplan as tp
    >>> found = tp.correlation.diagnose([[1, 0.9, 0.7], [0.9, 1, 0.3], [0.7, 0.3, 1]], measure="pearson")
    >>> found.possible, round(found.smallest, 4), round(found.change, 4)
    (False, -0.0074, 0.0054)
    """
    found, labels, asked = _ask(matrix, measure)
    core = _correlation.diagnose(found, **asked)
    named = labels or range(len(found))
    i, j, k = core.triple
    row, column = core.changed
    return Diagnosis(
        possible=core.possible,
        smallest=core.smallest,
        tolerance=core.tolerance,
        triple=None if core.possible else (named[i], named[j], named[k]),
        triple_smallest=None if core.possible else core.triple_smallest,
        changed=None if core.possible else (named[row], named[column]),
        change=core.change,
    )


def check(matrix: Matrix, *, measure: Measure = "spearman") -> None:
    """Refuse a matrix whose correlations cannot all hold. Parameters as those of `diagnose`.

    Raises
    ------
    InputError
        With the smallest eigenvalue, the worst three rows, the range in which the weakest of their
        correlations would fit, and the largest change that a repair would make.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.correlation.check([[1, 0.5], [0.5, 1]])
    """
    found, _, asked = _ask(matrix, measure)
    _correlation.require_possible(found, **asked)


def nearest(
    matrix: Matrix, *, measure: Measure = "spearman", tolerance: float = 1e-12, iterations: int = 10_000
) -> Repair:
    """Find the nearest possible correlation matrix: alternating projections [2]_.

    Nearest in the Frobenius norm of the normal scores. The method has converged when the relative changes of
    its two iterates and their relative distance are at most `tolerance`.

    Parameters
    ----------
    matrix : array_like or DataFrame
        As for `diagnose`.
    measure : {"spearman", "pearson"}
        What its entries are.
    tolerance : float
        Above 0 and at most 0.1.
    iterations : int
        At most so many.

    Returns
    -------
    Repair

    Raises
    ------
    InputError
        As for `diagnose`.
    SolveError
        When it has not converged after `iterations`.

    Examples
    --------
    >>> import trainplan as tp
    >>> repair = tp.correlation.nearest([[1, 1, 0], [1, 1, 1], [0, 1, 1]], measure="pearson")
    >>> repair.matrix.round(4)
    array([[1.    , 0.7607, 0.1573],
           [0.7607, 1.    , 0.7607],
           [0.1573, 0.7607, 1.    ]])
    """
    found, labels, asked = _ask(matrix, measure)
    core = _correlation.nearest(found, tolerance=tolerance, iterations=iterations, **asked)
    named = labels or range(len(found))
    changes = [(named[c.row], named[c.column], c.before, c.after) for c in core.changes]
    return Repair(
        matrix=_as_given(core.matrix, labels),
        changes=pd.DataFrame(changes, columns=["a", "b", "before", "after"]),
        distance=core.distance,
        iterations=core.iterations,
    )


def factor(matrix: Matrix, *, measure: Measure = "spearman") -> NDArray[np.float64]:
    """Lower triangular L with L L' = the matrix of normal scores (Cholesky, singular matrices too).

    Row i depends on rows 0 to i alone. Parameters as those of `diagnose`; raises as `check`.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.correlation.factor([[1, 0.6], [0.6, 1]], measure="pearson")
    array([[1. , 0. ],
           [0.6, 0.8]])
    """
    found, _, asked = _ask(matrix, measure)
    lower: NDArray[np.float64] = _correlation.factor(found, **asked)
    return lower


def mix(factor: ArrayLike, scores: ArrayLike) -> NDArray[np.float64]:
    """Correlate independent normal scores.

    Parameters
    ----------
    factor : array_like
        From the function of this name.
    scores : array_like
        A trial a row, a column a member, in the order of the factor.

    Returns
    -------
    ndarray
        Of the shape of `scores`.

    Examples
    --------
    >>> import trainplan as tp
    >>> lower = tp.correlation.factor([[1, 0.6], [0.6, 1]], measure="pearson")
    >>> tp.correlation.mix(lower, [[1.0, 1.0], [-0.5, 2.0]])
    array([[ 1. ,  1.4],
           [-0.5,  1.3]])
    """
    lower, given = numbers("factor", factor), numbers("scores", scores)
    if lower.ndim != 2 or lower.shape[0] != lower.shape[1]:
        refuse("factor", f"must be a square table, not of shape {lower.shape}")
    if given.ndim != 2 or given.shape[1] != len(lower):
        refuse("scores", f"must have {len(lower)} columns, one a row of the factor, not shape {given.shape}")
    return np.ascontiguousarray(_correlation.mix(lower, np.ascontiguousarray(given.T)).T)


def rank_correlation(values: Any) -> Matrix:
    """Spearman's rank correlation of each two columns, ties with their mean rank: what draws achieved.

    Parameters
    ----------
    values : array_like or data frame
        A trial a row, a quantity a column.

    Returns
    -------
    ndarray or DataFrame
        A frame, with the names of the columns, for a frame. NaN for a column whose values are all equal.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.correlation.rank_correlation([[1, 10], [2, 30], [3, 20]])
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    names = list(values.columns) if hasattr(values, "columns") else []
    table = numbers("values", values)
    if table.ndim != 2:
        refuse("values", f"must be a table, a quantity a column, not of shape {table.shape}")
    return _as_given(_correlation.rank_correlation(np.ascontiguousarray(table.T)), names)


def pearson_from_spearman(spearman: ArrayLike) -> Any:
    """Correlation of normal scores whose rank correlation is `spearman`: 2 sin(pi rho / 6).

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.correlation.pearson_from_spearman(0.5), 4)
    0.5176
    """
    return _correlation.pearson_from_spearman(numbers("spearman", spearman))


def spearman_from_pearson(pearson: ArrayLike) -> Any:
    """Rank correlation of normal scores with correlation `pearson`: 6 asin(r / 2) / pi.

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.correlation.spearman_from_pearson(0.5), 4)
    0.4826
    """
    return _correlation.spearman_from_pearson(numbers("pearson", pearson))


def bivariate_normal(x: ArrayLike, y: ArrayLike, *, pearson: ArrayLike) -> Any:
    """P(X <= x, Y <= y) of two standard normal quantities [3]_; absolute error below 1e-15.

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.correlation.bivariate_normal(0, 0, pearson=0.5), 6)
    0.333333
    """
    return _correlation.bivariate_normal(numbers("x", x), numbers("y", y), numbers("pearson", pearson))


def yes_no(p_a: ArrayLike, p_b: ArrayLike, *, spearman: ArrayLike) -> YesNo:
    """Say what a stated correlation makes of two yes/no quantities.

    What is stated is the rank correlation of the scores behind them: the events themselves show less.

    Parameters
    ----------
    p_a, p_b : array_like
        Probabilities of yes, above 0 and below 1.
    spearman : array_like
        As stated, from -1 to 1.

    Returns
    -------
    YesNo

    Examples
    --------
    >>> import trainplan as tp
    >>> found = tp.correlation.yes_no(0.3, 0.2, spearman=0.5)
    >>> round(found.both, 3), round(found.phi, 3)
    (0.118, 0.314)
    """
    scores = pearson_from_spearman(spearman)
    a, b = numbers("p_a", p_a), numbers("p_b", p_b)
    return YesNo(both=_correlation.both(a, b, scores), phi=_correlation.phi(a, b, scores))
