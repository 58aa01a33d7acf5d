"""The second implementation by hand: KPIs, benefits, costs, outputs (docs/method.md, sections 4 to 7)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from independent.model import evaluate
from independent.small_plans import applied_in_full, changed, cost, series, small_plan, team, wave, whole_lift

EXACT = {"rtol": 1e-12, "atol": 0.0}
# A KPI's change is a difference of numbers some hundred times larger.
CHANGE = {"rtol": 1e-10, "atol": 0.0}


def logit(p: float) -> float:
    return math.log(p / (1.0 - p))


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


# -- section 4: baselines, movement, lifts, aggregates, leading indicators --------------------------------


@pytest.mark.parametrize(
    ("kpi", "expected"),
    [
        ("csat", 100.0 * logistic(logit(0.72) + 1.5 / math.sqrt(50 * 0.72 * 0.28))),
        ("nps", -100.0 + 200.0 * logistic(logit(0.56) + 1.5 / math.sqrt(50 * 0.56 * 0.44))),
        ("aht", 420.0 * math.exp(1.5 / math.sqrt(50))),
        ("cases", 30.0 * math.exp(1.5 * 0.6 / math.sqrt(50))),
    ],
)
def test_a_baseline_from_n_responses_is_known_no_better(kpi: str, expected: float) -> None:
    own = {"id": "cases", "better": "lower", "link": "log", "weight": "people", "low": 0.0, "cv": 0.6}
    plan = small_plan(kpis=[own], lifts=[])
    plan["teams"][0]["baseline"]["cases"] = 30.0
    plan["teams"][0]["baseline_n"] = {kpi: 50.0}
    result = evaluate(plan, {f"teams.billing.baseline.{kpi}#sample": 1.5})
    for what in ("kpi", "kpi_without"):
        np.testing.assert_allclose(series(result, what, "billing", kpi)[1:], expected, **EXACT)


def moving(**fields: Any) -> dict[str, Any]:
    standard = {"trend": 0.0, "season": {}, "programme_sd": 0.0, "team_sd": 0.0, "persistence": 0.0}
    plan = applied_in_full(whole_lift("csat", 6.0), movements=[{"id": "csat"} | standard | fields])
    plan["programme"] |= {"months": 15, "start": "2026-11"}
    return plan


def test_a_trend_fades_after_its_first_year_and_a_season_returns() -> None:
    result = evaluate(moving(trend=0.5, season={"12": 0.1, "6": -0.1}), {})
    T = [*range(1, 13), 12 + 0.9, 12 + 0.9 + 0.81, 12 + 0.9 + 0.81 + 0.729]
    o = [0.1 if m in (2, 14) else -0.1 if m == 8 else 0.0 for m in range(1, 16)]
    scores = [logit((72.0 + 0.5 * t) / 100.0) + offset for t, offset in zip(T, o, strict=True)]
    D = logit(0.78) - logit(0.72)
    without, with_lift = (
        series(result, "kpi_without", "billing", "csat"),
        series(result, "kpi", "billing", "csat"),
    )
    np.testing.assert_allclose(without[1:], [100.0 * logistic(s) for s in scores], **EXACT)
    np.testing.assert_allclose(with_lift[3:], [100.0 * logistic(s + D) for s in scores[2:]], **EXACT)


def test_ordinary_movement_persists_and_is_the_same_in_both_paths() -> None:
    z = {f"programme#noise.csat@{m}": value for m, value in ((1, 1.0), (2, -0.5))}
    z |= {"teams.billing#noise.csat@2": 2.0}
    result = evaluate(moving(programme_sd=2.0, team_sd=3.0, persistence=0.6), z)
    P = [2.0, 0.6 * 2.0 - 0.5 * 2.0 * 0.8, 0.6 * (0.6 * 2.0 - 0.5 * 2.0 * 0.8)]
    Q = [0.0, 2.0 * 3.0 * 0.8, 0.6 * 2.0 * 3.0 * 0.8]
    slope = 1.0 / 72.0 + 1.0 / 28.0
    e = [(p + q) * slope for p, q in zip(P, Q, strict=True)]
    D = logit(0.78) - logit(0.72)
    without, with_lift = (
        series(result, "kpi_without", "billing", "csat"),
        series(result, "kpi", "billing", "csat"),
    )
    np.testing.assert_allclose(without[1:4], [100.0 * logistic(logit(0.72) + x) for x in e], **EXACT)
    assert with_lift[3] == pytest.approx(100.0 * logistic(logit(0.72) + e[2] + D), rel=1e-12)
    np.testing.assert_array_equal(series(result, "noise", "", "csat")[1:4], [1.0, -0.5, 0.0])


def test_a_lift_read_early_is_larger_and_comes_with_a_lag() -> None:
    plan = applied_in_full(whole_lift("csat", 6.0, ramp=2.0, read_at=3))
    result = evaluate(plan, {})
    D = (logit(0.78) - logit(0.72)) / (1.0 - 2.0**-1.5)
    assert series(result, "lift_effect", "billing", "csat")[0] == pytest.approx(D, rel=1e-12)
    y = [D * (1.0 - 2.0 ** (-n / 2.0)) for n in range(1, 11)]
    found = series(result, "kpi", "billing", "csat")[3:]
    np.testing.assert_allclose(found, [100.0 * logistic(logit(0.72) + lagged) for lagged in y], **EXACT)
    # Three months after the effect began it is what was read.
    assert found[2] == pytest.approx(78.0, rel=1e-12)


def test_an_early_reading_at_most_doubles_a_lift_and_none_without_a_lag() -> None:
    result = evaluate(applied_in_full(whole_lift("csat", 6.0, ramp=9.0, read_at=1)), {})
    D = logit(0.78) - logit(0.72)
    assert series(result, "lift_effect", "billing", "csat")[0] == pytest.approx(2.0 * D, rel=1e-12)
    result = evaluate(applied_in_full(whole_lift("csat", 6.0, ramp=0.0, read_at=1)), {})
    assert series(result, "lift_effect", "billing", "csat")[0] == pytest.approx(D, rel=1e-12)


def test_a_lift_that_was_not_isolated_is_credited_in_part_and_teams_differ() -> None:
    seen = whole_lift("aht", -0.1, kind="relative", isolated=False, credited_share=0.4, team_spread=0.3)
    result = evaluate(applied_in_full(seen), {"lifts.aht#team.billing": 2.0})
    D = 0.4 * math.log(0.9)
    assert series(result, "lift_effect", "billing", "aht")[0] == pytest.approx(
        D + 0.3 * abs(D) * 2.0, rel=1e-12
    )


def test_regions_and_product_lines_are_means_of_their_teams() -> None:
    plan = small_plan(lifts=[])
    plan["teams"] = [
        team(region="EMEA", product_line="home"),
        team("sales", region="EMEA", product_line="mobile", contacts=10000.0),
        team("tech", people=60, region="APAC", product_line="mobile", contacts=0.0),
    ]
    for entry, csat in zip(plan["teams"], (70.0, 80.0, 60.0), strict=True):
        entry["baseline"] = {"csat": csat}
    plan["teams"][2]["baseline"]["engagement"] = 50.0
    result = evaluate(plan, {})
    for scope, expected in (
        ("", (30000 * 70 + 10000 * 80) / 40000), ("region=EMEA", (30000 * 70 + 10000 * 80) / 40000),
        ("region=APAC", 60.0), ("product_line=mobile", 80.0), ("product_line=home", 70.0),
    ):  # fmt: skip
        np.testing.assert_allclose(series(result, "kpi", scope, "csat")[1:], expected, **EXACT)
    assert ("kpi", "region=EMEA", "engagement", "", "") not in result


def test_leading_indicators_say_how_far_the_programme_has_come() -> None:
    plan = small_plan(waves=[wave("a", 2, share=0.5), wave("b", 4, share=0.25, modules=["course", "basics"])])
    plan["teams"] = [team(), team("sales", 10)]
    plan["teams"][0]["baseline"]["knowledge"] = 60.0
    plan["modules"].append(plan["modules"][0] | {"id": "basics", "completion": 0.7, "competences": ["talk"]})
    plan["practices"] = [{"id": "plan_reviewed", "level": 0.8, "weight": 1.0}]
    plan["reinforcement"] |= {"coaching_hours": 2.0}
    result = evaluate(plan, {})
    tau = series(result, "transfer")[0]
    at_6 = {key[2]: value[6] for key, value in result.items() if key[:2] == ("kpi", "billing")}
    completed = 0.5 * 0.9 + 0.25 * 0.8
    assert at_6["completion"] == pytest.approx(100 * completed, rel=1e-12)
    assert at_6["application"] == pytest.approx(100 * tau * completed, rel=1e-12)
    assert at_6["coaching_hours"] == pytest.approx(2.0 * 0.75, rel=1e-12)
    assert at_6["plans_reviewed"] == pytest.approx(80 * 0.75, rel=1e-12)
    K = sum(series(result, "knowledge", "billing", "", "", c)[6] for c in ("systems", "talk")) / 2
    assert at_6["knowledge"] == pytest.approx(60 + 40 * K, rel=1e-12)
    without = {key[2]: value[6] for key, value in result.items() if key[:2] == ("kpi_without", "billing")}
    assert [without[ID] for ID in ("completion", "application", "knowledge")] == [0.0, 0.0, 60.0]
    assert "coaching_sessions" not in at_6
    # No wave teaches sales, so the programme's figure is billing's.
    assert ("kpi", "sales", "completion", "", "") not in result
    assert series(result, "kpi", "", "completion")[6] == pytest.approx(at_6["completion"], rel=1e-12)


# -- section 5: benefits ----------------------------------------------------------------------------------


def streams(plan: dict[str, Any], name: str, **baseline: float) -> Any:
    plan["teams"][0]["baseline"] |= baseline
    return series(evaluate(plan, {}), "benefit", "billing", name)


def test_referrals_of_promoters_and_accepted_offers_bring_money() -> None:
    plan = applied_in_full(whole_lift("nps", 10.0), whole_lift("conversion", 2.0))
    plan["benefits"] = {
        "acquisition": {"driver": "nps", "rate": 0.0002, "value": 150.0, "share": 0.5},
        "sales": {"offer_share": 0.3, "margin": 25.0},
    }
    found = streams(plan, "acquisition", conversion=6.0)
    assert np.all(found[1:3] == 0.0)
    np.testing.assert_allclose(found[3:], 9000 * 10.0 * 0.0002 * 150.0 * 0.5, **CHANGE)
    np.testing.assert_allclose(streams(plan, "sales")[3:], 30000 * 0.3 * 0.02 * 25.0, **CHANGE)


@pytest.mark.parametrize(
    ("per", "count"), [("team", 1.0), ("contact", 30000.0), ("customer", 9000.0), ("person", 40.0)]
)
def test_a_custom_stream_counts_a_kpi_its_own_way(per: str, count: float) -> None:
    plan = applied_in_full(whole_lift("quality", 4.0))
    plan["benefits"] = {
        "custom": [{"id": "audit", "kpi": "quality", "value": 7.0, "per": per, "share": 0.25}]
    }
    found = streams(plan, "custom.audit", quality=80.0)
    np.testing.assert_allclose(found[3:], 4.0 * 7.0 * count * 0.25, **CHANGE)


def test_streams_other_than_hiring_and_custom_need_a_contact_team() -> None:
    plan = applied_in_full(whole_lift("csat", 4.0))
    plan["teams"][0] |= {"role": "support"}
    plan["benefits"]["custom"] = [{"id": "calm", "kpi": "csat", "value": 7.0, "per": "team"}]
    found = {key[2] for key in evaluate(plan, {}) if key[0] == "benefit"}
    assert found == {"hiring", "custom.calm"}


def test_fewer_contacts_passed_on_save_their_second_handling() -> None:
    plan = applied_in_full(whole_lift("reroute", -3.0), whole_lift("fcr", 5.0))
    plan["benefits"] = {"contact_work": small_plan()["benefits"]["contact_work"] | {"reroute_seconds": 240.0}}
    V_1 = 30000 * (1 - 0.7 * 0.32) / (1 - 0.7 * 0.27)
    hours = (30000 * 0.12 - V_1 * 0.09) * 240.0 / 3600.0 / 0.8 / 0.75
    np.testing.assert_allclose(streams(plan, "reroute", reroute=12.0)[3:], hours * 24.0 * 0.6, **CHANGE)


def test_customers_kept_are_worth_their_margin_after_the_horizon() -> None:
    plan = applied_in_full(whole_lift("csat", 6.0))
    plan["benefits"]["retention"]["after_months"] = 30
    result = evaluate(plan, {})
    within = series(result, "benefit", "billing", "retention")
    after = series(result, "benefit", "billing", "retention_after")
    longer = evaluate(changed(plan, programme={"months": 13}), {})
    gained_margin = series(longer, "benefit", "billing", "retention")[13]  # G[H+1] margin
    s = 0.82 ** (1 / 12) / 1.08 ** (1 / 12)
    assert np.all(after[1:12] == 0.0)
    assert after[12] == pytest.approx(gained_margin * sum(s**n for n in range(1, 31)), rel=1e-10)
    assert within[12] < gained_margin


# -- sections 6 and 7: costs and outputs ------------------------------------------------------------------


def test_courses_are_developed_and_translated_by_the_hour() -> None:
    plan = small_plan()
    plan["modules"].append(plan["modules"][0] | {"id": "more", "hours": 5.0, "development_ratio": 100.0})
    plan["modules"][0]["fail_rate"] = 0.5  # repeats are not developed again
    plan["programme"]["languages"] = ["German", "French"]
    plan["costs"] = [cost("d", "development_hour", 40.0, month=1), cost("l", "language_hour", 60.0, month=3)]
    result = evaluate(plan, {})
    expected = np.zeros(13)
    expected[1] = 40.0 * (8 * 43 + 5 * 100)
    np.testing.assert_allclose(series(result, "cost", "", "d"), expected, **EXACT)
    assert series(result, "cost", "", "l")[3] == pytest.approx(60.0 * 2 * 13, rel=1e-12)


def test_cash_cost_leaves_out_lost_hours_and_lines_without_cash() -> None:
    plan = small_plan()
    plan["costs"] = [cost("content", "once", 20000.0), cost("trainers", "learner_hour", 30.0, cash=False)]
    result = evaluate(plan, {})
    hours = 40 * 8.0
    backfill, lost = hours * 0.2 * 35.0 / 0.75, hours * 0.8 * 24.0 * 0.6 / 0.75
    found = {
        name: series(result, "output", "", name)[0]
        for name in ("total_cost", "cash_cost", "cost_per_learner")
    }
    total = 20000.0 + hours * 30.0 + backfill + lost
    assert found == pytest.approx(
        {"total_cost": total, "cash_cost": 20000.0 + backfill, "cost_per_learner": total / 40}, rel=1e-12
    )
    assert series(result, "backfill", "billing")[2] == pytest.approx(backfill, rel=1e-12)


def test_without_learners_there_is_no_cost_of_one() -> None:
    assert np.isnan(series(evaluate(small_plan(waves=[]), {}), "output", "", "cost_per_learner")[0])


def test_discounted_payback_comes_later() -> None:
    plan = applied_in_full(whole_lift("csat", 6.0), whole_lift("aht", -0.15, kind="relative"))
    plan["programme"]["discount_rate"] = 0.9
    plan["costs"] = [cost("content", "once", 36000.0)]
    result = evaluate(plan, {})
    cash = np.nan_to_num(series(result, "cash_flow"))
    discounted = np.cumsum(cash * 1.9 ** -np.maximum(0.0, (np.arange(13) - 0.5) / 12.0))
    first = next(m for m in range(13) if np.all(discounted[m:] >= 0.0))
    assert series(result, "output", "", "discounted_payback_month")[0] == first
    assert series(result, "output", "", "payback_month")[0] < first
