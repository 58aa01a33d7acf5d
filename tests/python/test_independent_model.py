"""The second implementation of the method alone: laws of docs/method.md, section 9, and closed forms."""

from __future__ import annotations

import copy
import itertools
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from independent.finance import outputs, payback_month
from independent.learning import TRANSFER_PRACTICES
from independent.model import evaluate
from independent.quantity import resolve
from independent.small_plans import busy_plan, changed, cost, lift, small_plan, team, wave

EXACT = {"rtol": 1e-12, "atol": 0.0}
# An attrition of 0 is clamped to 1e-6 % a year (section 4): a team without leavers loses 1e-9 of it a month.
NO_LEAVERS = {"rtol": 2e-8, "atol": 0.0}


def fixed_turnover(plan: dict[str, Any]) -> dict[str, Any]:
    return plan | {"lifts": [entry for entry in plan["lifts"] if entry["kpi"] != "attrition"]}


def output(result: Mapping[Any, Any], name: str) -> Any:
    return result["output", "", name, "", ""][0]


def drawn(plan: dict[str, Any], trials: int = 200) -> dict[str, Any]:
    """Spread values for the quantities that move the state most."""
    u = np.random.default_rng(11)
    return {
        "modules.course.completion": u.uniform(0.05, 1.0, trials),
        "modules.course.mastery": u.uniform(0.0, 1.0, trials),
        "transfer.reference": u.uniform(0.02, 0.98, trials),
        "forgetting.half_life": u.uniform(0.2, 20.0, trials),
        "forgetting.permanent_share": u.uniform(0.0, 1.0, trials),
        "reinforcement.coaching_effect": u.uniform(0.0, 1.0, trials),
        "reinforcement.knowledge_coaching": u.uniform(0.0, 1.0, trials),
    } | {f"teams.{entry['id']}.attrition": u.uniform(1.0, 120.0, trials) for entry in plan["teams"]}


@pytest.mark.parametrize("driver", ["csat", "churn"])
def test_a_plan_without_training_has_benefits_of_exactly_0(driver: str) -> None:
    plan = changed(small_plan(waves=[]), benefits={})
    plan["benefits"]["retention"]["driver"] = driver
    result = evaluate(plan, {})
    streams = [value for (what, *_), value in result.items() if what == "benefit"]
    assert len(streams) == 3
    assert all(np.all(value[1:] == 0.0) for value in streams)


def test_money_times_two_gives_npv_times_two_bit_for_bit() -> None:
    plan = busy_plan()
    twice = copy.deepcopy(plan)
    for entry in twice["teams"]:
        entry["hourly_cost"] *= 2.0
    for line in twice["costs"]:
        line["amount"] *= 2.0
    twice["workforce"]["backfill_hourly_cost"] *= 2.0
    twice["benefits"]["contact_work"]["variable_cost"] *= 2.0
    twice["benefits"]["retention"]["margin"] *= 2.0
    twice["benefits"]["hiring"]["replacement_cost"] *= 2.0
    assert output(evaluate(twice, {}), "npv") == 2.0 * output(evaluate(plan, {}), "npv")


def test_behavior_never_exceeds_knowledge_and_both_stay_within_0_and_1() -> None:
    plan = busy_plan()
    result = evaluate(plan, drawn(plan))
    for (what, *place), behavior in result.items():
        if what == "cohort_behavior":
            knowledge = result["cohort_knowledge", *place]
            assert np.all(behavior[1:] >= 0.0)
            assert np.all(behavior[1:] <= knowledge[1:] + 1e-15)  # one rounding of 1
            assert np.all(knowledge[1:] <= 1.0 + 1e-15)


def test_with_turnover_fixed_more_coaching_lowers_behavior_in_no_trial() -> None:
    plan = fixed_turnover(busy_plan())
    del plan["reinforcement"]["coach_capacity"]
    values = drawn(plan)
    results = [
        evaluate(changed(plan, reinforcement={"coaching_hours": d}), values) for d in (0.0, 0.5, 2.0, 8.0)
    ]
    for less, more in itertools.pairwise(results):
        for key, behavior in less.items():
            if key[0] == "cohort_behavior":
                assert np.all(more[key][1:] >= behavior[1:] - 1e-15)  # one rounding of 1


def test_one_course_fades_to_its_permanent_part_and_leaves_with_its_people() -> None:
    plan = fixed_turnover(small_plan())
    behavior = evaluate(plan, {})["behavior", "billing", "", "", "talk"]
    transfer = 1.0 / (1.0 + math.exp(-(math.log(0.55 / 0.45) - 0.45)))
    half_life = 6.0 * math.exp(-0.15)
    n = np.arange(10)
    expected = 0.9 * 0.6 * transfer * (0.35 + 0.65 * 2.0 ** (-n / half_life)) * 0.97**n
    assert np.all(behavior[1:3] == 0.0)
    np.testing.assert_allclose(behavior[3:], expected, **EXACT)


def test_a_programme_like_its_evidence_brings_the_lift_that_was_seen() -> None:
    plan = small_plan(teams=[team(attrition=0.0)])
    plan["practices"] = [{"id": ID, "level": 0.5, "weight": 1.0} for ID in TRANSFER_PRACTICES]
    plan["reinforcement"] |= {"coaching_hours": 2.0, "peer_community": 0.5, "performance_support": 0.3}
    seen = lift("csat", 6.0)
    seen["reached_at"] |= {
        "months": 5,
        "coaching_hours": 2.0,
        "peer_community": 0.5,
        "performance_support": 0.3,
    }
    plan["lifts"] = [seen]
    result = evaluate(plan, {})
    # Month 8 starts five months after the start of month 3, when the course of month 2 has its full effect.
    assert result["kpi", "billing", "csat", "", ""][8] == pytest.approx(78.0, rel=NO_LEAVERS["rtol"])


def test_half_a_team_now_and_half_later_end_like_the_whole_team() -> None:
    plan = small_plan(teams=[team(attrition=0.0)])
    plan["forgetting"] |= {"permanent_share": 1.0}
    whole = evaluate(plan, {})["behavior", "billing", "", "", "talk"]
    plan["waves"] = [wave("one", 2, share=0.5), wave("two", 6, share=0.5)]
    halves = evaluate(plan, {})["behavior", "billing", "", "", "talk"]
    np.testing.assert_allclose(halves[3:7], whole[3:7] / 2.0, **NO_LEAVERS)
    np.testing.assert_allclose(halves[7:], whole[7:], **NO_LEAVERS)


def test_halving_a_team_changes_no_programme_total() -> None:
    plan = busy_plan()
    plan["costs"] = [line for line in plan["costs"] if line["driver"] != "class"]
    parts = copy.deepcopy(plan)
    sales = next(entry for entry in parts["teams"] if entry["id"] == "sales")
    halves = [
        sales | {"id": ID, "people": 12.5, "contacts": 7000.0, "customers": 4500.0} for ID in ("s1", "s2")
    ]
    parts["teams"] = [parts["teams"][0], *halves]
    parts["waves"][0]["teams"] = ["billing", "s1", "s2"]
    for name in ("npv", "total_cost", "total_benefit"):
        assert output(evaluate(parts, {}), name) == pytest.approx(output(evaluate(plan, {}), name), rel=1e-12)


def test_permuted_rows_give_the_same_bits() -> None:
    plan = busy_plan()
    turned = {name: value[::-1] if isinstance(value, list) else value for name, value in plan.items()}
    first, second = evaluate(plan, {}), evaluate(turned, {})
    assert first.keys() == second.keys()
    monthly = [key for key in first if key[0] in ("kpi", "behavior", "cost", "benefit")]
    assert all(np.array_equal(first[key], second[key], equal_nan=True) for key in monthly)


def test_a_longer_horizon_keeps_the_months_before() -> None:
    plan = busy_plan()
    short = evaluate(changed(plan, programme={"months": 10}), {})
    long = evaluate(plan, {})
    for key, value in short.items():
        if key[0] != "output":
            assert np.array_equal(value, long[key][:11], equal_nan=True), key


def test_streams_and_lines_add_up_to_the_cash_flow_and_the_totals() -> None:
    result = evaluate(busy_plan(), {})
    sums = {
        what: sum(np.nan_to_num(value) for (kind, *_), value in result.items() if kind == what)
        for what in ("benefit", "cost")
    }
    np.testing.assert_allclose(
        result["cash_flow", "", "", "", ""], sums["benefit"] - sums["cost"], rtol=1e-12
    )
    assert output(result, "total_cost") == pytest.approx(np.sum(sums["cost"]), rel=1e-12)
    assert output(result, "funding_request") == pytest.approx(1.1 * np.sum(sums["cost"]), rel=1e-12)


def test_trials_are_computed_each_for_itself() -> None:
    plan = busy_plan()
    values = drawn(plan, trials=5)
    together = evaluate(plan, values)
    alone = evaluate(plan, {path: float(value[3]) for path, value in values.items()})
    assert together.keys() == alone.keys()
    for key, value in alone.items():
        # NumPy rounds powers of arrays and of single numbers differently in the last bits.
        np.testing.assert_allclose(together[key][..., 3], value, rtol=1e-9, atol=1e-9)


def test_a_follow_up_teaches_only_cohorts_whose_own_wave_has_ended() -> None:
    plan = small_plan(teams=[team(attrition=0.0)])
    plan["waves"] = [
        wave("early", 1, share=0.4),
        wave("late", 6, share=0.4),
        wave("again", 4, follow_up=True),
    ]
    result = evaluate(plan, {})
    early = result["cohort_knowledge", "billing", "", "early", "talk"]
    assert early[5] > early[4]
    assert result["cohort_knowledge", "billing", "", "late", "talk"][5] == 0.0
    assert np.all(result["cohort_knowledge", "billing", "", "untrained", "talk"][1:] == 0.0)
    # The follow-up's learners are the 16 people of the early cohort.
    assert result["off_floor_hours", "billing", "", "", ""][4] == pytest.approx(16 * 8.0, rel=1e-12)


def test_a_follow_up_leaves_out_a_cohort_whose_own_wave_ends_with_it() -> None:
    plan = small_plan(waves=[wave("own", 4), wave("again", 4, follow_up=True)])
    result = evaluate(plan, {})
    assert result["cohort_knowledge", "billing", "", "own", "talk"][5] == pytest.approx(0.9 * 0.6, rel=1e-12)
    assert result["off_floor_hours", "billing", "", "", ""][4] == pytest.approx(40 * 8.0, rel=1e-12)


def test_hires_bring_what_onboarding_teaches_from_its_first_month_on() -> None:
    plan = fixed_turnover(small_plan(waves=[]))
    plan["onboarding"] = {"modules": ["course"], "from_month": 4, "extra_hours": 6.0}
    plan["costs"] = [cost("kit", "new_hire", 50.0)]
    result = evaluate(plan, {})
    knowledge = result["knowledge", "billing", "", "", "talk"]
    assert np.all(knowledge[1:5] == 0.0)
    assert knowledge[5] == pytest.approx(0.03 * 0.9 * 0.6, rel=1e-12)
    hires = 40 * 0.03
    np.testing.assert_allclose(
        result["off_floor_hours", "billing", "", "", ""][3:5], [0.0, 6 * hires], **EXACT
    )
    np.testing.assert_allclose(result["cost", "billing", "kit", "", ""][3:5], [0.0, 50 * hires], **EXACT)


def test_scarce_coaches_share_their_hours_among_all_coached_people() -> None:
    plan = busy_plan()
    hours = evaluate(plan, {})["coaching_hours", "billing", "", "", ""]
    assert hours[3] == 0.0  # wave a ends in month 3
    assert hours[4] == pytest.approx(40.0 / (20 + 12.5), rel=1e-12)
    assert hours[6] == pytest.approx(40.0 / (20 + 12.5 + 12), rel=1e-12)


def test_refreshers_lengthen_the_half_life_up_to_the_cap() -> None:
    plan = small_plan(teams=[team(attrition=0.0)])
    plan["reinforcement"] |= {"refresher_every": 2, "half_life_gain": 1.9}
    half_life = evaluate(plan, {})["half_life", "billing", "", "first", ""] / (6.0 * math.exp(-0.15))
    np.testing.assert_allclose(half_life[[4, 5, 6, 7, 8, 9]], [1.0, 1.9, 1.9, 3.61, 3.61, 4.0], **NO_LEAVERS)


def test_retained_customers_under_constant_churn_follow_two_geometric_series() -> None:
    plan = small_plan(waves=[wave("first", 1)], teams=[team(attrition=0.0, new_customers=0.0)])
    plan["forgetting"] |= {"permanent_share": 1.0}
    plan["lifts"] = [lift("churn", -3.0, reached_at={"behavior": 0.01}, base=18.0)]
    plan["programme"] |= {"extrapolation": 0.0}
    plan["benefits"] = {"retention": {"driver": "churn", "elasticity": 0.0, "reach": 1.0, "margin": 10.0,
                                      "after_months": 0}}  # fmt: skip
    result = evaluate(plan, {})
    kept = 9000.0 * (1 - 0.18) ** (1 / 12)
    n = np.arange(11)
    expected = 10.0 * kept * ((1 - 0.15) ** (n / 12) - (1 - 0.18) ** (n / 12))
    # 1e-10: the small difference of two nearly equal churns.
    np.testing.assert_allclose(result["benefit", "billing", "retention", "", ""][2:], expected, rtol=1e-10)
    np.testing.assert_allclose(result["kpi", "billing", "churn", "", ""][2:], 15.0, **EXACT)


def test_fewer_repeats_shrink_the_volume_and_the_split_adds_up() -> None:
    plan = small_plan()
    plan["lifts"] = [
        lift("fcr", 5.0, reached_at={"behavior": 0.01}),
        lift("aht", -20.0, reached_at={"behavior": 0.01}),
    ]
    plan["programme"] |= {"extrapolation": 0.0}
    plan["benefits"] = {"contact_work": {"callback_share": 0.5, "variable_cost": 2.0, "volume_is": "issues"}}
    v0 = 30000.0 / (1.0 - 0.5 * 0.32)
    v1 = 30000.0 / (1.0 - 0.5 * 0.27)
    seconds = (420.0 - 400.0) * (v0 + v1) / 2.0 + (v0 - v1) * (420.0 + 400.0) / 2.0
    expected = seconds / 3600.0 / 0.8 / 0.75 * 24.0 * 0.6 + (v0 - v1) * 2.0
    # 1e-11: freed seconds are the difference of two volumes of work some ten times larger.
    assert evaluate(plan, {})["benefit", "billing", "contact_work", "", ""][3] == pytest.approx(
        expected, rel=1e-11
    )


def test_a_share_of_100_people_that_fills_one_class_pays_for_one_class() -> None:
    plan = small_plan(teams=[team(people=100)], waves=[wave("first", 2, share=0.07, class_size=7)])
    assert evaluate(plan, {})["cost", "", "classes", "", ""][2] == 900.0


def test_programme_figures_are_weighted_means() -> None:
    plan = busy_plan()
    result = evaluate(plan, {})
    billing, sales = (result["kpi", ID, "csat", "", ""] for ID in ("billing", "sales"))
    expected = (30000.0 * billing + 14000.0 * sales) / 44000.0
    np.testing.assert_allclose(result["kpi", "", "csat", "", ""][1:], expected[1:], **EXACT)


def test_present_values_of_level_flows_are_annuities() -> None:
    flows = np.concatenate([[0.0], np.full(12, 100.0)])[:, None]
    cost = np.concatenate([[1000.0], np.zeros(12)])[:, None]
    rate, none = np.array([0.08]), np.array([0.0])
    v = 1.08 ** (-1 / 12)
    late = outputs(flows, cost, rate, "end_of_month", none)
    mid = outputs(flows, cost, rate, "mid_month", none)
    assert late["npv"][0] == pytest.approx(100.0 * v * (1 - v**12) / (1 - v) - 1000.0, rel=1e-12)
    assert mid["pv_benefit"][0] == pytest.approx(late["pv_benefit"][0] * 1.08 ** (1 / 24), rel=1e-12)
    assert mid["roi"][0] == pytest.approx(20.0, rel=1e-12)
    assert mid["payback_month"][0] == 10
    assert np.isnan(outputs(flows, 0 * cost, rate, "mid_month", none)["roi"][0])


def test_payback_is_the_month_from_which_the_sum_stays_non_negative() -> None:
    cumulative = np.array([[-5.0, -5.0, 0.0], [1.0, -3.0, 1.0], [-2.0, -1.0, 2.0], [0.0, -1.0, 3.0]])
    np.testing.assert_array_equal(payback_month(cumulative), [3.0, np.nan, 0.0])


@pytest.mark.parametrize(
    ("text", "unit", "low", "high", "u", "expected"),
    [
        ("12%", "% a year", 0, 100, 0.3, 12.0),
        ("12%", "fraction", 0, 1, 0.3, 0.12),
        (9, "h", 0, math.inf, 0.9, 9.0),
        ("6 to 12", "h", 0, math.inf, 0.1, 6.0),
        ("6 to 12", "h", 0, math.inf, 0.5, math.sqrt(72.0)),
        ("6 to 12", "h", 0, 2000, 0.9, 12.0),
        ("60% to 70%", "fraction", 0, 1, 0.1, 0.6),
        ("-15% to -5%", "fraction", -math.inf, math.inf, 0.5, -0.1),
        ("uniform(6, 12)", "h", 0, math.inf, 0.25, 7.5),
        ("triangular(0, 2, 4)", "h", 0, math.inf, 0.5, 2.0),
        ("pert(0, 3, 6)", "h", 0, math.inf, 0.5, 3.0),
        ("pert(0, 1, 1, shape=1)", "h", 0, math.inf, 0.49, 0.7),
        ("normal(9, 0)", "h", 0, math.inf, 0.2, 9.0),
        ("lognormal(mean=9, sd=3)", "h", 0, math.inf, 0.5, 9.0 / math.sqrt(1 + 1 / 9)),
        ("beta(1, 1)", "fraction", 0, 1, 0.37, 0.37),
        ("bernoulli(0.3)", "", 0, 1, 0.7, 0.0),
        ("discrete(0: 0.7, 2: 0.3)", "", 0, 9, 0.71, 2.0),
        ("uniform(-1, 9)", "h", 0, math.inf, 0.5, 4.5),
    ],
)
def test_a_text_names_a_distribution(
    text: str | float, unit: str, low: float, high: float, u: float, expected: float
) -> None:
    assert resolve(text, unit, low, high).quantile(u) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("text", ["12 to 6", "0 to 6", "uniform(-5, 5)", "gauss(1, 2)", "six"])
def test_a_text_that_fits_no_field_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        resolve(text, "h", 0.0, math.inf)
