"""Room `correlation`: the border, and agreement with NumPy, SciPy and an independent method of repair."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy import optimize, stats

import trainplan as tp
from trainplan import correlation
from trainplan.correlation import Correlation

Array = NDArray[np.float64]
IMPOSSIBLE = [[1, 0.9, 0.7], [0.9, 1, 0.3], [0.7, 0.3, 1]]
LABELS = ["csat", "fcr", "aht"]
ROWS = [
    {"id": "c1", "a": "m", "b": "a", "spearman": 0.5},
    {"id": "c2", "a": "x", "b": "y", "spearman": -0.2},
    {"id": "c10", "a": "c", "b": "m", "spearman": 0.3},
]


def random_matrix(size: int, seed: int) -> Array:
    """Return entries that are almost never possible together."""
    entries = np.triu(np.random.default_rng(seed).uniform(-1, 1, (size, size)), 1)
    return entries + entries.T + np.eye(size)


# ---- rows and groups ----


@pytest.mark.parametrize(
    "container",
    [
        list,
        lambda rows: [Correlation(**row) for row in rows],
        pd.DataFrame,
        pl.DataFrame,
        lambda r: iter(r[::-1]),
    ],
)
def test_rows_come_in_any_container_and_order(container: Callable[[list[dict[str, Any]]], Any]) -> None:
    first, second = correlation.groups(container(ROWS))
    assert first.members == ("a", "m", "c")
    assert first.unstated == 1
    assert first.spearman.loc["c", "m"] == 0.3
    assert first.spearman.loc["c", "a"] == 0.0
    assert second.members == ("x", "y")


def test_a_row_is_a_record() -> None:
    row = Correlation(**ROWS[0])
    assert row == pickle.loads(pickle.dumps(row))
    assert row.replace(spearman=-0.1).spearman == -0.1
    with pytest.raises(tp.InputError, match="spearman: is 50, must be between -1 and 1"):
        Correlation(id="c", a="x", b="y", spearman=50)


def test_a_path_that_joins_changes_no_other_draw() -> None:
    scores = np.random.default_rng(1).standard_normal((500, 4))
    before, _ = correlation.groups(ROWS)
    added = {"id": "c11", "a": "a", "b": "A", "spearman": 0.4}
    after, _ = correlation.groups([added, *ROWS])
    assert after.members == (*before.members, "A")
    mixed = correlation.mix(correlation.factor(after.spearman), scores)
    np.testing.assert_array_equal(
        mixed[:, :3], correlation.mix(correlation.factor(before.spearman), scores[:, :3])
    )
    np.testing.assert_array_equal(mixed[:, 0], scores[:, 0])


# ---- matrices ----


def test_the_eigenvalues_are_those_of_numpy() -> None:
    for seed in range(5):
        given = random_matrix(7, seed)
        found = correlation.diagnose(given, measure="pearson")
        assert found.smallest == pytest.approx(np.linalg.eigvalsh(given)[0], abs=1e-14)
        scores = 2 * np.sin(np.pi * given / 6)
        np.fill_diagonal(scores, 1)
        assert correlation.diagnose(given).smallest == pytest.approx(np.linalg.eigvalsh(scores)[0], abs=1e-14)


def test_a_diagnosis_names_what_is_worst() -> None:
    found = correlation.diagnose(pd.DataFrame(IMPOSSIBLE, LABELS, LABELS), measure="pearson")
    assert not found.possible
    assert found.smallest == pytest.approx(-0.0074, abs=5e-5)  # four digits are published
    assert found.triple == ("csat", "fcr", "aht")
    assert found.changed == ("csat", "fcr")
    fine = correlation.diagnose(np.eye(3))
    assert (fine.possible, fine.triple, fine.changed, fine.change) == (True, None, None, 0.0)


def test_labels_are_matched_by_name() -> None:
    given = pd.DataFrame(random_matrix(3, 1), LABELS, LABELS)
    mixed_up = given[["aht", "csat", "fcr"]]
    np.testing.assert_array_equal(correlation.nearest(mixed_up).matrix, correlation.nearest(given).matrix)
    assert list(correlation.nearest(mixed_up).matrix.columns) == LABELS


def test_the_repair_is_that_of_the_dual_problem() -> None:
    """Malick 2004: X = (A + diag(y))+ for the y that minimizes |(A + diag(y))+|^2 / 2 - sum(y)."""

    def positive(y: Array, given: Array) -> Array:
        values, vectors = np.linalg.eigh(given + np.diag(y))
        return (vectors * np.maximum(values, 0)) @ vectors.T

    def dual(y: Array, given: Array) -> tuple[float, Array]:
        part = positive(y, given)
        return 0.5 * float(np.sum(part**2)) - float(y.sum()), np.diag(part) - 1

    for seed in range(4):
        given = random_matrix(6, seed)
        y = optimize.root(lambda y, a: dual(y, a)[1], np.zeros(6), args=(given,), tol=1e-13).x
        expected = positive(y, given)
        np.testing.assert_allclose(np.diag(expected), 1, atol=1e-9)
        found = correlation.nearest(given, measure="pearson")
        np.testing.assert_allclose(found.matrix, expected, atol=1e-8)  # both methods stop short of the limit
        assert found.distance == pytest.approx(np.linalg.norm(expected - given), abs=1e-8)


def test_a_repair_lists_its_changes_largest_first() -> None:
    given = pd.DataFrame(IMPOSSIBLE, LABELS, LABELS)
    found = correlation.nearest(given)
    moved = (found.changes["after"] - found.changes["before"]).abs()
    assert moved.is_monotonic_decreasing
    assert len(found.changes) == 3
    for change in found.changes.itertuples():
        assert found.matrix.loc[change.a, change.b] == change.after
        assert given.loc[change.a, change.b] == change.before
    assert correlation.diagnose(found.matrix).possible
    assert correlation.diagnose(given).change == pytest.approx(moved[0], abs=1e-6)  # made for messages
    assert len(correlation.nearest(np.eye(3)).changes) == 0


def test_the_factor_is_that_of_numpy() -> None:
    given = np.corrcoef(np.random.default_rng(3).standard_normal((8, 50)))
    np.testing.assert_allclose(
        correlation.factor(given, measure="pearson"), np.linalg.cholesky(given), atol=1e-14
    )


def test_mixed_scores_have_the_rank_correlation_asked_for() -> None:
    asked = np.array([[1, 0.6, -0.3], [0.6, 1, 0.1], [-0.3, 0.1, 1]])
    scores = np.random.default_rng(5).standard_normal((50_000, 3))
    mixed = correlation.mix(correlation.factor(asked), scores)
    found = correlation.rank_correlation(pd.DataFrame(np.exp(mixed), columns=LABELS))
    assert list(found.index) == LABELS
    # Three standard errors; that of a rank correlation is at most about 1 / sqrt(n).
    np.testing.assert_allclose(found, asked, atol=3 / np.sqrt(50_000))


def test_rank_correlation_is_that_of_scipy() -> None:
    values = np.random.default_rng(6).integers(0, 9, (200, 3)).astype(float)
    np.testing.assert_allclose(
        correlation.rank_correlation(values), stats.spearmanr(values).statistic, atol=1e-14
    )


# ---- yes/no quantities ----


def test_bivariate_normal_is_that_of_scipy() -> None:
    for r in (-0.99, -0.93, -0.5, 0.1, 0.9, 0.926, 0.999):
        for x, y in [(0.3, -1.2), (-2.0, -1.7), (1.5, 1.4), (0.0, 2.0)]:
            expected = stats.multivariate_normal.cdf([x, y], cov=[[1, r], [r, 1]], abseps=1e-15, releps=1e-15)
            assert correlation.bivariate_normal(x, y, pearson=r) == pytest.approx(expected, abs=1e-14)


def test_yes_no_is_what_mixed_scores_show() -> None:
    found = correlation.yes_no(0.3, 0.2, spearman=[0.5, -0.4])
    for spearman, both, phi in zip([0.5, -0.4], found.both, found.phi, strict=True):
        scores = np.random.default_rng(8).standard_normal((200_000, 2))
        lower = correlation.factor([[1, spearman], [spearman, 1]])
        yes = correlation.mix(lower, scores) < stats.norm.ppf([0.3, 0.2])
        # Three standard errors of a share, and of a correlation, of 200,000 trials.
        assert np.mean(yes.all(axis=1)) == pytest.approx(both, abs=3 * np.sqrt(both / 200_000))
        assert np.corrcoef(yes.T.astype(float))[0, 1] == pytest.approx(phi, abs=3 / np.sqrt(200_000))


def test_arrays_have_the_entries_of_their_numbers() -> None:
    x = np.array([[0.1], [0.7]])
    found = correlation.yes_no(x, [0.2, 0.5, 0.9], spearman=0.3)
    assert found.both.shape == found.phi.shape == (2, 3)
    assert found.phi[1, 2] == correlation.yes_no(0.7, 0.9, spearman=0.3).phi
    np.testing.assert_array_equal(
        correlation.spearman_from_pearson(correlation.pearson_from_spearman([-1, 0, 1])), [-1, 0, 1]
    )


# ---- refusals ----


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: correlation.check(pd.DataFrame(IMPOSSIBLE, LABELS, LABELS), measure="pearson"),
            "matrix: .*eigenvalue is -0.0074.*'csat' with 'fcr' 0.9.*from 0.319 to 0.941.*most, by 0.0054",
        ),
        (lambda: correlation.factor(IMPOSSIBLE), "these correlations cannot all hold"),
        (
            lambda: correlation.check([[1, 0.5], [0.4, 1]]),
            "0.5 at 0 with 1 but 0.4 at 1 with 0, must be symm",
        ),
        (lambda: correlation.check([[1, 0.5], [0.5, 2]]), "is 2 at 1 with 1, must be 1 on the diagonal"),
        (lambda: correlation.check([[1, 1.5], [1.5, 1]]), "is 1.5 at 0 with 1, must be between -1 and 1"),
        (lambda: correlation.check([[1, np.nan], [np.nan, 1]]), "is nan at 0 with 1, must be between"),
        (lambda: correlation.check([1, 0.5]), r"matrix: must be a table, not of shape \(2,\)"),
        (lambda: correlation.check([[1, 0.5]]), "matrix: is of 1 rows and 2 columns, must be square"),
        (lambda: correlation.check(np.eye(2), measure="kendall"), "measure: is 'kendall', must be one of"),
        (
            lambda: correlation.check(pd.DataFrame(np.eye(2), ["a", "b"], ["a", "c"])),
            "matrix: must have the same labels on rows and columns: 'b' is on rows alone",
        ),
        (
            lambda: correlation.check(pd.DataFrame(np.eye(2), ["a", "a"], ["a", "a"])),
            "different labels on its",
        ),
        (lambda: correlation.check(pl.DataFrame({"a": [1, 0], "b": [0, 1]})), "must have labels on its rows"),
        (lambda: correlation.nearest(IMPOSSIBLE, tolerance=0), "tolerance: is 0, must be above 0"),
        (lambda: correlation.nearest(IMPOSSIBLE, iterations=0), "iterations: is 0, must be at least 1"),
        (lambda: correlation.groups([*ROWS, {**ROWS[0], "id": "c3"}]), "correlations.c3: .* stated once"),
        (lambda: correlation.groups([{"id": "c1", "a": "x"}]), "b: is required"),
        (lambda: correlation.mix(np.eye(2), np.ones((5, 3))), r"scores: must have 2 columns, .*\(5, 3\)"),
        (lambda: correlation.mix(np.ones((2, 3)), np.ones((5, 3))), "factor: must be a square table"),
        (lambda: correlation.rank_correlation([1, 2]), "values: must be a table, a quantity a column"),
        (lambda: correlation.rank_correlation([[1, 2]]), "values: is of 1, must hold at least two trials"),
        (lambda: correlation.yes_no(0, 0.5, spearman=0.1), "p_a: is 0, must be above 0 and below 1"),
        (lambda: correlation.yes_no(0.1, 0.5, spearman=2), "spearman: is 2, must be between -1 and 1"),
        (lambda: correlation.bivariate_normal(0, 0, pearson=-2), "pearson: is -2, must be between -1 and 1"),
    ],
)
def test_bad_input_is_refused_by_name(call: Callable[[], object], message: str) -> None:
    with pytest.raises(tp.InputError, match=message):
        call()


def test_a_repair_that_does_not_converge_says_so() -> None:
    with pytest.raises(tp.SolveError, match="not reached in 2 iterations"):
        correlation.nearest(IMPOSSIBLE, iterations=2)
