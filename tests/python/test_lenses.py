"""Three readings of one run: each by hand for a plan small enough, and the bridge between them for any."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
from plans import changed

import trainplan as tp

LENSES = ("chain", "phillips", "utility")
MONEY = ["benefit", "cost", "net"]

# Everything is certain, nobody leaves and nothing fades: behavior is 1/2 from the month after the course,
# just what the lift was seen at. FCR rises from 60 to 80 %, so repeats fall from .5 x .4 to .5 x .2 of
# contacts, and contacts to (1 - .2)/(1 - .1) = 8/9: team `a` saves 1,000 contacts of 2 USD a month, `b` 500.
# An hour is worth nothing here.
TINY: dict[str, Any] = {
    "programme": {"months": 20, "discount_rate": 0},
    "competences": [{"id": "listening"}],
    "teams": [
        {"id": "a", "people": 100, "hourly_cost": 20, "attrition": 0, "contacts": 9_000,
         "baseline": {"fcr": 60, "aht": 300}},
        {"id": "b", "people": 50, "hourly_cost": 20, "attrition": 0, "contacts": 4_500,
         "baseline": {"fcr": 60, "aht": 300}},
    ],
    "modules": [
        {"id": "course", "competences": ["listening"], "hours": 8, "completion": 1, "accessibility": 0,
         "mastery": 1}
    ],
    "transfer": {"reference": 0.5, "strength": 0},
    "forgetting": {"permanent_share": 1, "half_life": 6, "practice_effect": 0},
    "reinforcement": {"coaching_effect": 0, "knowledge_coaching": 0},
    "waves": [
        {"id": "first", "start": 1, "teams": ["a"], "modules": ["course"]},
        {"id": "second", "start": 4, "teams": ["b"], "modules": ["course"]},
    ],
    "lifts": [{"id": "fcr", "kpi": "fcr", "size": 20, "team_spread": 0, "reached_at": {"behavior": 0.5}}],
    "workforce": {"realization": 0},
    "costs": [
        {"id": "content", "category": "content", "driver": "once", "amount": 6_000},
        {"id": "lms", "category": "technology", "driver": "month", "amount": 100},
    ],
    "benefits": {"contact_work": {"callback_share": 0.5, "variable_cost": 2}},
}  # fmt: skip


def nearly(expected: Any) -> Any:
    """An attrition of 0 is clamped to 1e-6 % a year: 1.7e-8 of the people leave in 20 months."""
    return pytest.approx(expected, rel=1e-7)


def lenses(changes: dict[str, Any] | None = None, **options: Any) -> Any:
    plan = tp.Plan.from_dict(changed(TINY, changes or {}))
    run = tp.simulate(plan, trials=3, progress=False)
    return run.lenses(**({"d": 0.3, "sdy": 1_000} | options)).set_index(["lens", "line"])


def readings(frame: Any) -> dict[str, list[float]]:
    return {lens: frame.loc[(lens, "reading"), MONEY].to_list() for lens in LENSES}


# ---- by hand ----


def test_the_chain_counts_all_months_of_the_horizon() -> None:
    # Months 2 to 20 of team a, 5 to 20 of team b; 6,000 and 20 x 100.
    benefit, cost = 19 * 2_000 + 16 * 1_000, 8_000
    assert readings(lenses())["chain"] == nearly([benefit, cost, benefit - cost])


def test_phillips_counts_twelve_months_after_each_teams_wave_and_the_costs_until_the_last_of_them() -> None:
    # Months 2 to 13 of team a, 5 to 16 of team b; costs to month 16.
    frame = lenses(isolation=0.5, confidence=0.8)
    benefit, cost = 0.4 * (12 * 2_000 + 12 * 1_000), 6_000 + 16 * 100
    assert readings(frame)["phillips"] == nearly([benefit, cost, benefit - cost])
    assert frame.loc[("phillips", "reading"), "roi"] == nearly(100 * (benefit / cost - 1))


def test_a_first_year_that_the_horizon_cuts_short_is_counted_as_far_as_it_goes() -> None:
    benefit, cost = 9 * 2_000 + 6 * 1_000, 6_000 + 10 * 100
    found = readings(lenses({"programme.months": 10}))["phillips"]
    assert found == nearly([benefit, cost, benefit - cost])


def test_a_second_wave_and_a_follow_up_start_no_second_first_year() -> None:
    waves = {
        "waves.first": TINY["waves"][0] | {"share": 0.5},
        "waves.rest": TINY["waves"][0] | {"id": "rest", "start": 3, "share": 0.5},
        "waves.again": TINY["waves"][0] | {"id": "again", "start": 7, "follow_up": True},
        "waves.second": None,
    }
    frame = lenses(waves)
    # Team a alone, from month 2 to 13: costs to month 13; team b is trained by nobody.
    assert frame.loc[("phillips", "reading"), "cost"] == nearly(6_000 + 13 * 100)


def test_customers_kept_after_the_horizon_are_no_part_of_a_first_year() -> None:
    retention = {"reach": 0.5, "margin": 10, "driver": "fcr", "elasticity": 0.003}
    changes = {"programme.months": 12, "teams.a.customers": 10_000, "teams.a.baseline.churn": 20}
    without = lenses(changes | {"benefits.retention": retention})
    with_value = lenses(changes | {"benefits.retention": retention | {"after_months": 24}})
    assert readings(with_value)["phillips"] == readings(without)["phillips"]
    assert readings(with_value)["chain"][0] > readings(without)["chain"][0]


def test_utility_is_that_of_the_people_trained_after_variable_costs_and_tax() -> None:
    # 100 people for 19 months and 50 for 16 are 225 person-years.
    frame = lenses(variable_costs=-0.2, tax=0.25)
    benefit, cost = 225 * 0.3 * 1_000 * 0.8 * 0.75, 8_000 * 0.75
    assert readings(frame)["utility"] == nearly([benefit, cost, benefit - cost])
    steps = frame.loc["utility", MONEY]
    assert steps.loc["without contact_work"].to_list() == nearly([-54_000, 0, -54_000])
    assert steps.loc["better performance, d x SDy"].to_list() == nearly([67_500, 0, 67_500])
    assert steps.loc["variable costs"].to_list() == nearly([-13_500, 0, -13_500])
    assert steps.loc["tax"].to_list() == nearly([-13_500, -2_000, -11_500])


@pytest.mark.parametrize(("share", "net"), [(0.4, 12_000), (0.2, -159_000)])
def test_sdy_decides_the_sign(share: float, net: float) -> None:
    """100 people, d .3, nine months, 330,000: SDy 40 % or 20 % of a salary of 38,000."""
    one_team = {"programme.months": 10, "teams.b": None, "waves.second": None, "costs.lms": None}
    frame = lenses(one_team | {"costs.content.amount": 330_000}, sdy=share * 38_000)
    assert readings(frame)["utility"][2] == nearly(net)


def test_the_effect_fades_as_behavior_does() -> None:
    # Half-life one month: 1/2, 1/4 and 1/8 in months 2 to 4.
    changes = {"programme.months": 4, "teams.b": None, "waves.second": None}
    fading = changes | {"forgetting.permanent_share": 0, "forgetting.half_life": 1}
    year_of_all = 100 * 0.3 * 1_000
    for at, months in ((None, 1 + 1 / 2 + 1 / 4), (0.25, 1 + 1 + 1 / 2), (1, 1 / 2 + 1 / 4 + 1 / 8)):
        found = readings(lenses(fading, measured_at=at))["utility"][0]
        assert found == nearly(year_of_all * months / 12)


def test_discounting_is_that_of_the_plan() -> None:
    rate, months = 0.1, np.arange(1, 21)
    chain = readings(lenses({"programme.discount_rate": rate}))
    factors = (1 + rate) ** (-(months - 0.5) / 12)
    people = 100 * (months > 1) + 50 * (months > 4)
    cost = 6_000 + 100 * factors.sum()
    worth = (people / 12 * 0.3 * 1_000 * factors).sum()
    assert chain["utility"] == nearly([worth, cost, worth - cost])
    at_the_end = readings(lenses({"programme.discount_rate": rate, "programme.timing": "end_of_month"}))
    later = (people / 12 * 0.3 * 1_000 * (1 + rate) ** (-months / 12)).sum()
    assert at_the_end["utility"][0] == nearly(later)


def test_a_programme_that_trains_nobody_has_only_its_costs() -> None:
    frame = lenses({"waves.first": None, "waves.second": None})
    assert readings(frame) == {lens: pytest.approx([0, 8_000, -8_000]) for lens in LENSES}


def test_without_costs_there_is_no_roi() -> None:
    frame = lenses({"costs.content": None, "costs.lms": None})
    assert frame.xs("reading", level="line")["roi"].isna().all()


# ---- for any plan ----


@functools.cache
def example() -> tuple[tp.Run, Any]:
    plan = tp.example("contact_centre").replace({"programme.discount_rate": "0.06 to 0.1"})
    run = tp.simulate(plan, trials=600, seed=5, progress=False)  # three blocks, the last not full
    return run, run.lenses(d=0.35, sdy=8_000, isolation=0.7, confidence=0.9, variable_costs=-0.1, tax=0.25)


@pytest.mark.parametrize("lens", ["phillips", "utility"])
def test_the_steps_lead_from_the_chain_to_the_lens(lens: str) -> None:
    _, frame = example()
    reading = frame[frame["line"] == "reading"].set_index("lens")[MONEY]
    steps = frame[(frame["lens"] == lens) & (frame["line"] != "reading")][MONEY].sum()
    expected = reading.loc[lens].to_numpy()
    # Sums of amounts that cancel: relative to the largest of them.
    scale = np.abs(frame[MONEY].to_numpy()).max()
    np.testing.assert_allclose(
        (reading.loc["chain"] + steps).to_numpy(), expected, rtol=0, atol=1e-12 * scale
    )


def test_every_line_is_a_benefit_less_a_cost() -> None:
    _, frame = example()
    np.testing.assert_allclose(frame["benefit"] - frame["cost"], frame["net"], rtol=0, atol=1e-6)  # cents


def test_the_chain_is_the_run_with_its_errors() -> None:
    run, frame = example()
    chain = frame.iloc[0]
    found = tp.statistics.mean(run["npv"], stratified=True)
    assert chain["net"] == pytest.approx(found.value, rel=1e-12)
    assert chain["mcse_net"] == pytest.approx(found.standard_error, rel=1e-9)  # of a difference of large sums
    assert chain["roi"] == pytest.approx(run["roi_pv"].mean(), rel=1e-12)
    assert set(frame["n"]) == {600}


def test_the_frame_comes_from_the_library_that_is_named() -> None:
    run = tp.simulate(tp.Plan.from_dict(TINY), trials=2, progress=False)
    assert type(run.lenses(d=0.3, sdy=1, backend="polars")).__module__.startswith("polars")


# ---- refusals ----


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"isolation": 1.5}, "isolation: is 1.5, must be one number between 0 and 1"),
        ({"confidence": -0.1}, "confidence: is -0.1, must be one number between 0 and 1"),
        ({"confidence": [0.5, 0.6]}, "confidence: is .*, must be one number between 0 and 1"),
        ({"sdy": -1}, "sdy: is -1, must be between 0 and"),
        ({"tax": 2}, "tax: is 2, must be between 0 and 1"),
        ({"measured_at": 0}, "measured_at: is 0, must be above 0"),
    ],
)
def test_bad_input_is_refused_by_name(options: dict[str, Any], message: str) -> None:
    with pytest.raises(tp.InputError, match=message):
        lenses(**options)


def test_an_effect_measured_on_no_behavior_is_refused() -> None:
    with pytest.raises(tp.InputError, match="measured_at: must be stated: behavior is 0 in the first month"):
        lenses({"modules.course.mastery": 0, "lifts.fcr": None})
