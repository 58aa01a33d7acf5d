"""Formulas that analysts call by name: they broadcast like NumPy, and name what they refuse."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import trainplan as tp

Formula = Callable[..., Any]


class Case(NamedTuple):
    """A formula, arguments in its range, what docs/method.md makes of them, and an argument out of range."""

    formula: Formula
    arguments: dict[str, float]
    by_hand: Callable[..., float]
    bad: dict[str, float]


CASES = [
    Case(
        tp.transfer.rate,
        {"reference": 0.55, "strength": 0.9, "practice": 0.8},
        lambda reference, strength, practice: (
            1 / (1 + (1 / reference - 1) * math.exp(-strength * (practice - 0.5)))
        ),
        {"reference": 1.0},
    ),
    Case(
        tp.reinforcement.remaining,
        {"months": 5.0, "half_life": 7.0, "permanent_share": 0.35},
        lambda months, half_life, permanent_share: (
            permanent_share + (1 - permanent_share) * 2 ** (-months / half_life)
        ),
        {"half_life": 0.0},
    ),
    Case(
        tp.reinforcement.retention,
        {"months": 5.0, "half_life": 7.0},
        lambda months, half_life: 2 ** (-months / half_life),
        {"months": -1.0},
    ),
    Case(
        tp.reinforcement.half_life,
        {"base": 6.0, "effect": 0.4, "practice": 0.9},
        lambda base, effect, practice: base * math.exp(effect * (practice - 0.5)),
        {"practice": 1.1},
    ),
    Case(
        tp.reinforcement.dose_response,
        {"hours": 1.5, "half_dose": 2.0, "slope": 1.7},
        lambda hours, half_dose, slope: hours**slope / (half_dose**slope + hours**slope),
        {"slope": 0.0},
    ),
    Case(
        tp.reinforcement.coaching_share,
        {"effect": 0.4, "effectiveness": 1.5, "dose": 0.3},
        lambda effect, effectiveness, dose: min(1, effect * effectiveness) * dose,
        {"dose": 2.0},
    ),
    Case(
        tp.reinforcement.uptake,
        {"coaching": 0.2, "peers": 0.02, "support": 0.01, "refresher": 0.1},
        lambda coaching, peers, support, refresher: (
            1 - (1 - coaching) * (1 - peers) * (1 - support) * (1 - refresher)
        ),
        {"peers": -0.1},
    ),
    Case(
        tp.reinforcement.attainable,
        {"knowledge": 0.6, "transfer": 0.55},
        lambda knowledge, transfer: (1 - (1 - transfer) ** 2) * knowledge,
        {"knowledge": 1.01},
    ),
    Case(
        tp.curriculum.completion,
        {"base": 0.8, "accessibility": 0.2, "fail_rate": 0.1},
        lambda base, accessibility, fail_rate: base ** (1 / (1 + accessibility)) * (1 - fail_rate**2),
        {"base": 0.0},
    ),
    Case(
        tp.curriculum.mastery,
        {"hours": 12.0, "most": 0.8, "half_hours": 10.0},
        lambda hours, most, half_hours: most * (1 - 2 ** (-hours / half_hours)),
        {"most": 1.5},
    ),
    Case(
        tp.curriculum.hours_with_repeats,
        {"hours": 12.0, "fail_rate": 0.1},
        lambda hours, fail_rate: hours * (1 + fail_rate),
        {"fail_rate": -0.1},
    ),
    Case(
        tp.workforce.repeat_share,
        {"callback_share": 0.7, "fcr": 68.0},
        lambda callback_share, fcr: callback_share * (1 - fcr / 100),
        {"fcr": 101.0},
    ),
    Case(
        tp.workforce.contacts,
        {"observed": 20_000.0, "repeats_before": 0.22, "repeats_now": 0.2},
        lambda observed, repeats_before, repeats_now: observed * (1 - repeats_before) / (1 - repeats_now),
        {"repeats_now": 1.0},
    ),
    Case(
        tp.workforce.paid_hours,
        {"contact_seconds": 528.0 * 28_000, "occupancy": 0.85, "shrinkage": 0.3},
        lambda contact_seconds, occupancy, shrinkage: contact_seconds / 3600 / occupancy / (1 - shrinkage),
        {"occupancy": 0.0},
    ),
    Case(
        tp.workforce.off_floor_rate,
        {
            "hourly_cost": 26.0,
            "backfill_hourly_cost": 32.0,
            "backfill_share": 0.2,
            "realization": 0.6,
            "shrinkage": 0.3,
        },
        lambda hourly_cost, backfill_hourly_cost, backfill_share, realization, shrinkage: (
            (backfill_share * backfill_hourly_cost + (1 - backfill_share) * hourly_cost * realization)
            / (1 - shrinkage)
        ),
        {"realization": 1.5},
    ),
    Case(
        tp.benefit.monthly_churn,
        {"percent_a_year": 18.0},
        lambda percent_a_year: 1 - (1 - percent_a_year / 100) ** (1 / 12),
        {"percent_a_year": 101.0},
    ),
    Case(
        tp.benefit.yearly_churn,
        {"monthly": 0.016},
        lambda monthly: 100 * (1 - (1 - monthly) ** 12),
        {"monthly": -0.01},
    ),
    Case(
        tp.benefit.churn_after,
        {"monthly": 0.016, "elasticity": 0.003, "points": 4.0},
        lambda monthly, elasticity, points: monthly * math.exp(-elasticity * points),
        {"elasticity": -1.0},
    ),
    Case(
        tp.budget.classes,
        {"learners": 41.0, "class_size": 12.0},
        lambda learners, class_size: math.ceil(learners / class_size),
        {"class_size": 0.0},
    ),
    Case(
        tp.kpi.realized,
        {"x": 1.4, "bend": 0.5},
        lambda x, bend: 1 + bend * (1 - math.exp(-(x - 1) / bend)),
        {"bend": -0.1},
    ),
]
BY_NAME = [pytest.param(case, id=f"{case.formula.__module__}.{case.formula.__name__}") for case in CASES]


def called(formula: Formula, arguments: dict[str, Any]) -> Any:
    """Call a formula whose first arguments may be data, hence positional."""
    import inspect

    data = [
        p.name for p in inspect.signature(formula).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD
    ]
    rest = {name: value for name, value in arguments.items() if name not in data}
    return formula(*(arguments[name] for name in data), **rest)


@pytest.mark.parametrize("case", BY_NAME)
def test_a_formula_says_what_the_method_page_says(case: Case) -> None:
    found = called(case.formula, case.arguments)
    assert isinstance(found, float)
    # Differences of near numbers on the right, as 1 - (1 - a)^(1/12), lose up to two digits.
    assert found == pytest.approx(case.by_hand(**case.arguments), rel=1e-13)


@pytest.mark.parametrize("case", BY_NAME)
def test_a_formula_broadcasts_like_numpy(case: Case) -> None:
    alone = called(case.formula, case.arguments)
    first = next(iter(case.arguments))
    for container in (
        [case.arguments[first]] * 3,
        np.full(3, case.arguments[first]),
        np.full(6, case.arguments[first])[::2],
        pd.Series([case.arguments[first]] * 3),
        pl.Series([case.arguments[first]] * 3),
        pa.array([case.arguments[first]] * 3),
    ):
        found = called(case.formula, {**case.arguments, first: container})
        assert found.shape == (3,)
        assert (found == alone).all()
    table = np.asfortranarray(np.full((2, 3), case.arguments[first]))
    assert called(case.formula, {**case.arguments, first: table}).shape == (2, 3)
    columns = {
        name: np.full((1,) * i + (2,), value) for i, (name, value) in enumerate(case.arguments.items())
    }
    assert np.ndim(called(case.formula, columns)) == len(columns)


@pytest.mark.parametrize("case", BY_NAME)
def test_a_formula_names_the_argument_that_is_out_of_range(case: Case) -> None:
    name, value = next(iter(case.bad.items()))
    with pytest.raises(tp.InputError, match=rf"^{name}: is {value:g}"):
        called(case.formula, {**case.arguments, **case.bad})
    with pytest.raises(tp.InputError, match=rf"^{name}: is {value:g}"):
        called(case.formula, {**case.arguments, name: [case.arguments[name], value]})
    for name in case.arguments:
        with pytest.raises(tp.InputError, match=rf"^{name}: is nan"):
            called(case.formula, {**case.arguments, name: math.nan})
        for nonsense in ("x", None, True, 1j, ["1"], [[1.0], [1.0, 2.0]], np.datetime64("2027-01-01")):
            with pytest.raises(tp.InputError, match=rf"^{name}: "):
                called(case.formula, {**case.arguments, name: nonsense})


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(
        tp.InputError, match=r"^strength: is of shape \(3,\), must broadcast .* of shape \(2,\)$"
    ):
        tp.transfer.rate(reference=[0.5, 0.6], strength=[1.0, 1.0, 1.0], practice=0.5)


# ---- KPIs ----


@pytest.mark.parametrize(
    ("kpi", "value"), [("csat", 70.0), ("nps", -20.0), ("aht", 420.0), ("attrition", 130.0)]
)
def test_links_turn_values_into_a_scale_and_back(kpi: str, value: float) -> None:
    assert tp.kpi.from_link(tp.kpi.to_link(value, kpi=kpi), kpi=kpi) == pytest.approx(value, rel=1e-13)


def test_a_kpi_of_ones_own_has_links_too() -> None:
    own = tp.Plan.from_dict(
        {
            "kpis": [{"id": "quality", "low": 1, "high": 5}],
            "teams": [{"id": "a", "people": 1, "hourly_cost": 20, "attrition": 30}],
            "workforce": {"realization": 0.5},
        }
    ).kpis[0]
    assert tp.kpi.to_link(3.0, kpi=own) == 0.0
    with pytest.raises(tp.InputError, match=r"value: is 5, must be above 1 and below 5"):
        tp.kpi.to_link([2, 5], kpi=own)


def test_lifts_of_each_kind() -> None:
    assert tp.kpi.lifted(60, size=[4, -4], kpi="fcr").tolist() == [64, 56]
    assert tp.kpi.lifted(400, size=-0.1, kpi="aht", kind="relative") == 360
    assert tp.kpi.lifted(60, size=0.25, kpi="fcr", kind="gap") == 70
    assert tp.kpi.lifted(20, size=0.25, kpi="churn", kind="gap") == 15
    with pytest.raises(tp.InputError, match="kind: is 'gaps', must be one of points, relative, gap"):
        tp.kpi.lifted(60, size=1, kpi="fcr", kind="gaps")  # type: ignore[arg-type]
    with pytest.raises(tp.InputError, match=r"kpi: is 'fcx', must be the id .*did you mean 'fcr'"):
        tp.kpi.lifted(60, size=1, kpi="fcx")
