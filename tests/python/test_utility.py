"""Room `utility`: the border, and the shapes that broadcasting gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats

import trainplan as tp
from trainplan import finance, utility

# ---- one meaning for every shape ----


def test_sdy_decides_the_sign() -> None:
    """100 people, d .3, nine months, 330,000: SDy 40 % or 20 % of a salary of 38,000."""
    share = np.array([0.4, 0.2])
    found = utility.training_utility(0.3, sdy=share * 38_000, people=100, years=0.75, cost=330_000)
    np.testing.assert_allclose(found, [12_000, -159_000], rtol=1e-12)


def test_the_table_of_the_programmer_aptitude_test_is_one_call() -> None:
    """Schmidt, Hunter, McKenzie & Muldrow 1979, in units, from personnelSelectionUtility."""
    found = utility.selection_utility(0.76, selection_ratio=[0.2, 0.3, 0.4], sdy=10_413, people=618)
    np.testing.assert_allclose(found, [6_846_158, 5_668_291, 4_723_789], rtol=0, atol=0.6)


@pytest.mark.parametrize(
    ("call", "shape"),
    [
        (lambda x, y: utility.training_utility(x, sdy=y, people=2), (3, 2)),
        (lambda x, y: utility.break_even_sdy(x, people=y, cost=5), (3, 2)),
        (lambda x, y: utility.naylor_shine(x, selection_ratio=y), (3, 2)),
        (lambda x, y: utility.selection_utility(x, selection_ratio=0.5, sdy=y, people=3), (3, 2)),
        (lambda x, y: utility.taylor_russell(x, selection_ratio=y, base_rate=0.5), (3, 2)),
        (lambda x, y: utility.boudreau_utility([5, 6], d=x, sdy=y, costs=2), (3, 2)),
        (lambda x, y: utility.programme_utility(9, [0.2, 0.4], measured_at=x, d=y, sdy=7), (3, 2)),
    ],
)
def test_arrays_have_the_entries_of_their_numbers(call: Callable[..., Any], shape: tuple[int, ...]) -> None:
    x, y = np.array([[0.1], [0.2], [0.9]]), np.array([0.3, 0.6])
    found = call(x, y)
    assert found.shape == shape
    for i, j in np.ndindex(shape):
        alone = call(float(x[i, 0]), float(y[j]))
        assert isinstance(alone, float)
        assert found[i, j] == alone


def test_time_is_the_last_axis() -> None:
    people = np.array([[100.0, 90, 80], [50, 50, 50]])
    behavior = np.array([0.5, 0.25, 0.1])
    factors = finance.discount_factors(3, rate=0.08, timing="excel", per_year=12)
    found = utility.programme_utility(
        people, behavior, measured_at=0.5, d=0.3, sdy=[[9_000], [18_000]], cost=500, discount_factors=factors
    )
    assert found.shape == (2, 2)
    for (i, j), value in np.ndenumerate(found):
        years = people[j] / 12 * np.minimum(1, behavior / 0.5) * factors
        assert value == pytest.approx(years.sum() * 0.3 * 9_000 * (i + 1) - 500, rel=1e-12)


def test_one_case_in_an_array_stays_an_array() -> None:
    assert utility.boudreau_utility([[5, 6]], d=0.3, sdy=100).shape == (1,)
    assert utility.boudreau_utility([5, 6], d=[0.3], sdy=100).shape == (1,)
    assert utility.programme_utility(np.ones((4, 1, 2)), 0.5, measured_at=1, d=[1, 2, 3], sdy=1).shape == (
        4,
        3,
    )
    assert utility.programme_utility(np.ones((0, 2)), 0.5, measured_at=1, d=1, sdy=1).shape == (0,)


@pytest.mark.parametrize("container", [tuple, np.array, pd.Series, pl.Series])
def test_every_container_gives_the_same_answer(container: Callable[[list[float]], Any]) -> None:
    given = container([100.0, 90.0])
    assert utility.boudreau_utility(given, d=0.25, sdy=50_000, costs=container([5.0, 4.0])) == (
        0.25 * 50_000 * 190 - 9
    )
    assert list(utility.training_utility(0.1, sdy=given, people=1)) == pytest.approx([10.0, 9.0], rel=1e-12)


def test_boudreau_is_net_present_value_of_its_flows() -> None:
    people, costs = np.array([100.0, 90, 80]), np.array([75_000.0, 10_000, 10_000])
    options = {
        "d": 0.25,
        "sdy": 5e4,
        "costs": costs,
        "discount_rate": 0.08,
        "variable_costs": -0.3,
        "tax": 0.4,
    }
    gains, kept = people * 0.25 * 5e4 * 0.7 * 0.6, 0.6 * costs
    assert utility.boudreau_utility(people, **options) == pytest.approx(
        finance.npv(gains - kept, rate=0.08, timing="excel"), rel=1e-12
    )
    started = finance.npv(np.append(-kept, 0) + np.append(0, gains), rate=0.08)
    assert utility.boudreau_utility(people, **options, costs_due="start") == pytest.approx(started, rel=1e-12)


# ---- against SciPy ----


def test_selection_is_that_of_the_normal_distribution() -> None:
    ratio = np.array([1e-6, 0.01, 0.2, 0.5, 0.97])
    expected = stats.norm.pdf(stats.norm.ppf(ratio)) / ratio
    np.testing.assert_allclose(utility.selected_mean(ratio), expected, rtol=1e-12)
    for validity in (-0.5, 0.3, 0.8):
        both = stats.multivariate_normal.cdf(
            stats.norm.ppf([0.6, 0.2]), cov=[[1, validity], [validity, 1]], abseps=1e-14, releps=1e-14
        )
        found = utility.taylor_russell(validity, selection_ratio=0.2, base_rate=0.6)
        assert found == pytest.approx(both / 0.2, rel=1e-12)


# ---- refusals ----


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: utility.training_utility("0.3", sdy=1, people=1), "d: must be numbers, not text"),
        (lambda: utility.training_utility(0.3, sdy=[1, -2], people=1), "sdy: is -2, must be between 0 and"),
        (
            lambda: utility.training_utility([1, 2], sdy=[1, 2, 3], people=1),
            r"d: must have shapes that go together: d \(2,\), sdy \(3,\), people \(\)",
        ),
        (lambda: utility.break_even_sdy(0.3, people=1, cost=[1, None]), "cost: entry 1 is missing"),
        (
            lambda: utility.boudreau_utility([1, 2], costs=[1, 2, 3], d=1, sdy=1),
            r"people: must have periods that go together: people \(2,\), costs \(3,\)",
        ),
        (
            lambda: utility.boudreau_utility([[1, 2]] * 2, d=[1, 2, 3], sdy=1),
            "people: must have shapes of cases that go together",
        ),
        (
            lambda: utility.boudreau_utility([1, -2], d=1, sdy=1),
            "people: is -2 at entry 1, must be between 0",
        ),
        (lambda: utility.boudreau_utility([1], d=1, sdy=1, discount_rate=-0.99), "rate: is -0.99"),
        (lambda: utility.boudreau_utility([1], d=1, sdy=1, tax=1.5), "tax: is 1.5, must be between 0 and 1"),
        (lambda: utility.boudreau_utility([1], d=1, sdy=1, costs_due="now"), "costs_due: is 'now', must be"),
        (
            lambda: utility.boudreau_utility([1], d=1, sdy=1, costs_deductible=1),
            "costs_deductible: is 1, must be True or False",
        ),
        (
            lambda: utility.programme_utility(1, [0.5, 1.5], measured_at=0.5, d=1, sdy=1),
            "behavior: is 1.5 at entry 1, must be between 0 and 1",
        ),
        (
            lambda: utility.programme_utility(1, 0.5, measured_at=0, d=1, sdy=1),
            "measured_at: is 0, must be above 0",
        ),
        (lambda: utility.selected_mean([0.5, 0]), "selection_ratio: is 0, must be above 0 and at most 1"),
        (lambda: utility.naylor_shine(35, selection_ratio=0.2), "validity: is 35, must be between -1 and 1"),
        (
            lambda: utility.taylor_russell(0.3, selection_ratio=0.2, base_rate=np.nan),
            "base_rate: is nan, must be above 0 and below 1",
        ),
    ],
)
def test_bad_input_is_refused_by_name(call: Callable[[], object], message: str) -> None:
    with pytest.raises(tp.InputError, match=message):
        call()
