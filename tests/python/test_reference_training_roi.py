"""Published cases of training ROI and utility, by the library's functions and by a plan.

"R:" are outputs in the documentation of the R package personnelSelectionUtility (rgempp), to the digits
printed there. Second values are those of 50-digit arithmetic. The table of the Programmer Aptitude Test is in
test_utility.py.
"""

from __future__ import annotations

from typing import Any

import pytest

import trainplan as tp
from trainplan import finance, utility

# Phillips ROI Methodology, worked example: benefits 350,000, costs 200,000.
BENEFITS, COSTS, BCR, ROI = 350_000, 200_000, 1.75, 75.0
# People, years, d, SDy, cost, and the published utility.
PROGRAMMES = {
    # Schmidt, Hunter & Pearlman 1982 as told in Cascio, Costing Human Resources: 500 a head
    "programmers": (100, 2, 0.65, 10_413, 50_000, 1_303_690),
    "R: shp_utility()": (100, 2, 0.3, 50_000, 40_000, 2_960_000),
}


def plan(people: int, months: int, *, cost: float, saved: float = 0.0) -> tp.Plan:
    """Return a plan with an effect that stays for so many months and saves so much in each of them.

    Training ends with month 1. Behavior is then 1/2, as where the lift was seen: FCR goes from 60 to 80 %,
    contacts to (1 - .2)/(1 - .1) = 8/9 of 9,000. An hour is worth nothing, nobody leaves, nothing fades.
    """
    data: dict[str, Any] = {
        "programme": {"months": 1 + months, "discount_rate": 0},
        "competences": [{"id": "listening"}],
        "teams": [
            {"id": "team", "people": people, "hourly_cost": 20, "attrition": 0, "contacts": 9_000,
             "baseline": {"fcr": 60, "aht": 300}}
        ],
        "modules": [
            {"id": "course", "competences": ["listening"], "hours": 8, "completion": 1, "accessibility": 0,
             "mastery": 1}
        ],
        "transfer": {"reference": 0.5, "strength": 0},
        "forgetting": {"permanent_share": 1, "half_life": 6, "practice_effect": 0},
        "reinforcement": {"coaching_effect": 0, "knowledge_coaching": 0},
        "waves": [{"id": "wave", "start": 1, "teams": ["team"], "modules": ["course"]}],
        "lifts": [
            {"id": "fcr", "kpi": "fcr", "size": 20, "team_spread": 0, "reached_at": {"behavior": 0.5}}
        ],
        "workforce": {"realization": 0},
        "costs": [{"id": "all", "category": "content", "driver": "once", "amount": cost}],
        "benefits": {"contact_work": {"callback_share": 0.5, "variable_cost": saved / 1_000}},
    }  # fmt: skip
    return tp.Plan.from_dict(data)


def simulated(made: tp.Plan) -> tp.Run:
    return tp.simulate(made, trials=2, progress=False)


# An attrition of 0 is clamped to 1e-6 % a year: 2e-8 of the people leave in 24 months.
ALMOST_NOBODY_LEAVES = 1e-7


# ---- ROI ----


def test_roi_of_the_phillips_example() -> None:
    assert finance.bcr(BENEFITS, COSTS).value == pytest.approx(BCR, rel=1e-12)
    assert finance.roi(BENEFITS, COSTS).value == pytest.approx(ROI, rel=1e-12)


def test_a_plan_with_the_benefits_and_costs_of_the_phillips_example_has_its_roi() -> None:
    run = simulated(plan(100, 12, cost=COSTS, saved=BENEFITS / 12))
    assert run["bcr"][0] == pytest.approx(BCR, rel=ALMOST_NOBODY_LEAVES)
    assert run["roi"][0] == pytest.approx(ROI, rel=ALMOST_NOBODY_LEAVES)
    first_year = run.lenses(d=0, sdy=0).set_index(["lens", "line"]).loc[("phillips", "reading")]
    assert first_year["roi"] == pytest.approx(ROI, rel=ALMOST_NOBODY_LEAVES)


# ---- utility of training ----


@pytest.mark.parametrize("case", PROGRAMMES)
def test_utility_of_training_is_the_published_one(case: str) -> None:
    people, years, d, sdy, cost, published = PROGRAMMES[case]
    found = utility.training_utility(d, sdy=sdy, people=people, years=years, cost=cost)
    assert found == pytest.approx(published, rel=1e-12)


@pytest.mark.parametrize("case", PROGRAMMES)
def test_a_plan_with_that_training_has_the_published_utility(case: str) -> None:
    people, years, d, sdy, cost, published = PROGRAMMES[case]
    frame = simulated(plan(people, 12 * years, cost=cost)).lenses(d=d, sdy=sdy)
    found = frame.set_index(["lens", "line"]).loc[("utility", "reading"), "net"]
    assert found == pytest.approx(published, rel=ALMOST_NOBODY_LEAVES)


@pytest.mark.parametrize(
    ("d", "printed", "exact"),
    [(0.48993336071366456, 5_628_130, 5_628_128.44174316), (0.25, 2_829_790, 2_829_789.6662094193)],
)
def test_utility_over_years_is_the_published_one(d: float, printed: float, exact: float) -> None:
    """R: boudreau_utility(); its contribution_margin = 1 is 1 + V; costs are not taxed."""
    found = utility.boudreau_utility(
        [100, 90, 80], d=d, sdy=50_000, costs=[75_000, 10_000, 10_000], discount_rate=0.08,
        costs_deductible=False,
    )  # fmt: skip
    assert found == pytest.approx(printed, abs=5)  # printed to tens
    assert found == pytest.approx(exact, rel=1e-12)


# ---- utility of selection ----


def test_naylor_and_shine_is_the_published_one() -> None:
    """R: naylor_shine(), six digits."""
    assert utility.selected_mean(0.2) == pytest.approx(1.39981, abs=1e-6)
    assert utility.selected_mean(0.2) == pytest.approx(1.3998096020390416, rel=1e-12)
    assert utility.naylor_shine(0.35, selection_ratio=0.2) == pytest.approx(0.489933, abs=1e-6)
    assert utility.naylor_shine(0.35, selection_ratio=0.2) == pytest.approx(0.48993336071366456, rel=1e-12)


def test_utility_of_selection_is_the_published_one() -> None:
    """R: bcg_utility(), printed to thousands."""
    found = utility.selection_utility(0.35, selection_ratio=0.2, sdy=50_000, people=100, years=3, cost=75_000)
    assert found == pytest.approx(7_274_000, abs=5)
    assert found == pytest.approx(7_274_000.4107049685, rel=1e-12)


def test_taylor_and_russell_is_the_published_one() -> None:
    """R: tr_classic(), six digits."""
    found = utility.taylor_russell(0.35, selection_ratio=0.2, base_rate=0.5)
    assert found == pytest.approx(0.696552, abs=1e-6)
    assert found == pytest.approx(0.69655244607326, rel=1e-12)
