"""The second implementation by hand: draws, schedule, learning (docs/method.md, sections 1 to 3)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from independent.correlation import factor, groups, pearson
from independent.draws import Draws
from independent.model import evaluate
from independent.quantity import resolve
from independent.sampling import path_hash, uniforms
from independent.schedule import UNTRAINED
from independent.small_plans import busy_plan, lift, series, small_plan, team, wave

EXACT = {"rtol": 1e-12, "atol": 0.0}


def starts(plan: dict[str, Any], central: Mapping[str, float] | None = None) -> dict[str, int]:
    result = evaluate(plan, {}, central)
    return {item: int(value[0]) for (what, _, item, *_), value in result.items() if what == "wave_start"}


# -- section 1: draws -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("u", "count"), [(0.6, 0.0), (0.7, 1.0), (0.93, 1.0), (0.94, 2.0)])
def test_poisson_takes_the_least_count_whose_cumulative_probability_is_at_least_u(
    u: float, count: float
) -> None:
    # e^-0.4 = .6703, times 1.4 = .9384
    assert resolve("poisson(0.4)", "", 0.0, math.inf).quantile(u) == count


def test_poisson_is_cut_at_the_fields_end() -> None:
    # P(X <= 1) = .9384; u = .72 is mapped to .6757, just above P(X = 0) = .6703.
    cut = resolve("poisson(0.4)", "", 0.0, 1.0)
    assert cut.quantile(0.71) == 0.0
    assert cut.quantile(0.72) == 1.0
    assert cut.outside == pytest.approx(1.0 - 1.4 * math.exp(-0.4), rel=1e-12)


def test_groups_are_connected_sets_in_the_order_of_their_rows() -> None:
    rows = [
        {"id": "c10", "a": "w", "b": "y", "spearman": 0.2},
        {"id": "c2", "a": "y", "b": "x", "spearman": 0.5},
        {"id": "c3", "a": "p", "b": "q", "spearman": -0.5},
    ]
    (first, matrix), (second, _) = groups(rows)
    assert first == ["x", "y", "w"]
    assert second == ["p", "q"]
    r = 2.0 * math.sin(math.pi / 12.0)
    np.testing.assert_allclose(matrix[0], [1.0, r, 0.0], **EXACT)
    L = factor(matrix)
    np.testing.assert_allclose(L @ L.T, matrix, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(L[1, :2], [r, math.sqrt(1.0 - r * r)], **EXACT)


def test_sizes_of_lifts_share_a_factor_that_a_row_of_its_own_takes_away() -> None:
    reference = "Stands at: `lifts.ID`.\n| `size` | quantity |  |  | required | Size. |"
    plan = small_plan(lifts=[lift("csat", "normal(5, 1)"), lift("aht", "normal(-9, 1)")])
    plan["teams"][0]["baseline"] = {"csat": 72.0, "aht": 420.0}
    drawn = Draws(plan, seed=5, n=640, reference=reference)
    z_0, z = drawn.normal("lifts#common"), drawn.normal("lifts.aht.size")
    r = 2.0 * math.sin(math.pi * 0.5 / 6.0)
    # Shorter is better: the common factor lowers handle times where it raises satisfaction.
    expected = -9.0 - math.sqrt(r) * z_0 + math.sqrt(1.0 - r) * z
    np.testing.assert_allclose(drawn.quantities()["lifts.aht.size"], expected, rtol=1e-12)
    plan["correlations"] = [{"id": "c", "a": "lifts.aht.size", "b": "lifts.csat.size", "spearman": 0.0}]
    np.testing.assert_allclose(drawn.quantities()["lifts.aht.size"], -9.0 + z, rtol=1e-12)


def test_noise_is_drawn_two_months_at_a_time() -> None:
    plan = small_plan(movements=[{"id": "csat"}])
    drawn = Draws(plan, seed=5, n=64).derived()
    u = uniforms(5, path_hash("programme#noise.csat@3"), 0, 64, "random")
    # The word's upper bits give the radius.
    radius = np.hypot(drawn["programme#noise.csat@3"], drawn["programme#noise.csat@4"])
    np.testing.assert_allclose(np.exp(-(radius**2) / 2), u, rtol=0.0, atol=2.0**-32)
    assert pearson(0.0) == 0.0


# -- section 2: schedule ----------------------------------------------------------------------------------


def test_a_stated_lead_time_comes_before_the_wave() -> None:
    assert starts(small_plan(waves=[wave("w", 2, lead_time=2.5)])) == {"w": 4}
    assert starts(small_plan(waves=[wave("w", 2, lead_time=1.0)])) == {"w": 2}


def test_development_takes_hours_languages_and_integration() -> None:
    plan = small_plan(waves=[wave("a", 1), wave("b", 3, share=0.2, modules=["course", "more"])])
    plan["waves"][0]["share"] = 0.5
    plan["modules"].append(plan["modules"][0] | {"id": "more", "hours": "4 to 6", "development_ratio": 100.0})
    plan["programme"]["languages"] = ["German", "French"]
    plan["development"] = {"capacity": 200.0, "language_months": 0.3, "integration_months": 0.5}
    # a: 8 * 43 / 200 + 2 * .3 + .5 = 2.82; b: (8 * 43 + 5 * 100) / 200 + 1.1 = 5.32
    values = {"modules.more.hours": np.array([4.0, 6.0])}
    found = evaluate(plan, values, {"modules.more.hours": 5.0})
    assert series(found, "wave_start", item="a")[0].tolist() == [4.0, 4.0]
    assert series(found, "wave_start", item="b")[0].tolist() == [7.0, 7.0]


@pytest.mark.parametrize(("cap", "start"), [(0.0, 6), (3.9, 6), (4.0, 2)])
def test_a_wave_moves_past_a_peak_season_that_it_would_exceed(cap: float, start: int) -> None:
    # 8 hours in two months: 4 hours a head and month.
    plan = small_plan(waves=[wave("w", 2, months=2)])
    plan["programme"]["start"] = "2026-11"  # month 2 is December, month 5 March
    season = {"id": "winter", "first_month": 12, "last_month": 3, "teams": [], "cap": cap}
    assert starts(plan | {"peak_seasons": [season]}) == {"w": start}
    assert starts(plan | {"peak_seasons": [season | {"teams": ["sales"]}]}) == {"w": 2}


def test_a_season_asks_only_for_the_hours_of_its_own_teams() -> None:
    """A follow-up takes 8 hours a head of billing, where all are trained, and 2 of sales."""
    plan = small_plan(teams=[team(), team("sales")])
    plan["waves"] = [
        wave("a", 1), wave("b", 2, teams=["sales"], share=0.25),
        wave("f", 4, teams=["billing", "sales"], follow_up=True),
    ]  # fmt: skip
    season = {"id": "spring", "first_month": 4, "last_month": 5, "teams": ["sales"], "cap": 3.0}
    assert starts(plan | {"peak_seasons": [season]})["f"] == 4
    assert starts(plan | {"peak_seasons": [season | {"teams": ["billing"]}]})["f"] == 6


def test_a_follow_up_waits_for_the_waves_that_it_follows() -> None:
    plan = small_plan()
    plan["modules"].append(plan["modules"][0] | {"id": "next", "prerequisites": ["course"]})
    plan["waves"] = [
        wave("a", 1, lead_time=4.0),
        wave("f", 3, follow_up=True),
        wave("g", 4, follow_up=True, modules=["next"]),
        wave("h", 3, follow_up=True, months=3),
    ]
    # a starts in 5; f ends after it, g after f whose course it needs; h ends after a alone.
    assert starts(plan) == {"a": 5, "f": 6, "g": 7, "h": 4}


def test_a_wave_that_cannot_end_in_time_is_refused() -> None:
    with pytest.raises(ValueError, match=r"waves.w does not end within 12 months"):
        evaluate(small_plan(waves=[wave("w", 2, months=2, lead_time=11.0)]), {})


def test_the_rest_of_a_team_trained_in_full_does_not_exist() -> None:
    plan = small_plan(waves=[wave("a", 2, share=0.7), wave("b", 2, share=0.2), wave("c", 3, share=0.1)])
    cohorts = {key[3] for key in evaluate(plan, {}) if key[0] == "half_life"}
    assert cohorts == {"a", "b", "c"}


# -- section 3: courses, coaching, spill-over, support staff -------------------------------------------------


def test_who_missed_a_prerequisite_does_not_complete() -> None:
    plan = small_plan()
    first = plan["modules"][0]
    plan["modules"] += [
        first | {"id": "easy", "completion": 0.95},
        first | {"id": "second", "completion": 0.8, "prerequisites": ["easy", "course"]},
        first | {"id": "third", "completion": 0.5, "prerequisites": ["second"]},
    ]
    result = evaluate(plan, {})
    found = {ID: series(result, "completion", item=ID)[0] for ID in ("course", "second", "third")}
    assert found == pytest.approx({"course": 0.9, "second": 0.8 * 0.9, "third": 0.5 * 0.8 * 0.9}, rel=1e-12)


def test_sessions_times_minutes_are_the_dose() -> None:
    plan = busy_plan()
    del plan["reinforcement"]["coach_capacity"]
    stated = evaluate(plan, {})
    plan["reinforcement"] |= {"coaching_hours": 0.0, "coaching_sessions": 3.0, "coaching_minutes": 30.0}
    in_sessions = evaluate(plan, {})
    np.testing.assert_array_equal(
        series(stated, "behavior", "billing", "", "", "talk"),
        series(in_sessions, "behavior", "billing", "", "", "talk"),
    )
    # 50 % of billing trained after month 3, 80 % after month 5
    sessions = series(in_sessions, "kpi", "billing", "coaching_sessions")
    np.testing.assert_allclose(sessions[[3, 4, 6]], [0.0, 3 * 0.5, 3 * 0.8], **EXACT)


def half_trained(**fields: Any) -> dict[str, Any]:
    """Half of the team trained in month 2; a lift seen at the behavior of the trained half."""
    plan = small_plan(waves=[wave("a", 2, share=0.5)], **fields)
    plan["modules"][0] |= {"completion": 1.0, "mastery": 1.0}
    plan["transfer"] |= {"strength": 0.0, "spillover": 0.6}  # S = .55 in month 3
    return plan


def test_untrained_colleagues_pick_up_a_part_of_what_is_done() -> None:
    seen = lift("csat", 6.0, reached_at={"behavior": 0.55})
    alone = seen | {"id": "alone", "measured_on": "team"}
    result = evaluate(half_trained(lifts=[seen, alone]), {})
    # Trained .55; untrained .6 * .5 * .55; half of each, over .55
    assert series(result, "applied", "billing", "csat")[3] == pytest.approx(0.5 + 0.5 * 0.3, rel=1e-12)
    assert series(result, "applied", "billing", "alone")[3] == pytest.approx(0.5, rel=1e-12)
    assert series(result, "cohort_behavior", "billing", "", UNTRAINED, "talk")[3] == 0.0


def test_hires_who_know_more_than_spills_over_keep_what_they_have() -> None:
    plan = half_trained(lifts=[lift("csat", 6.0, reached_at={"behavior": 1.0})])
    plan["transfer"]["spillover"] = 0.001
    plan["onboarding"] = {"modules": ["course"], "from_month": 1, "extra_hours": 1.0}
    result = evaluate(plan, {})
    both = (
        series(result, "behavior", "billing", "", "", "talk") / 2
        + series(result, "behavior", "billing", "", "", "systems") / 2
    )
    np.testing.assert_allclose(series(result, "applied", "billing", "csat")[1:], both[1:], **EXACT)


def supported(w: float, **fields: Any) -> dict[str, Any]:
    """Billing depends on `desk` (10 heads, taught talk in month 2) and `tools` (30 heads, taught nothing)."""
    teams = [
        team(support_teams=["desk", "tools"], support_dependence=w),
        team("desk", 10, role="support", baseline={}, attrition=0.0),
        team("tools", 30, role="support", baseline={}, attrition=0.0),
    ]
    plan = small_plan(teams=teams, lifts=[lift("csat", 6.0, reached_at={"behavior": 0.55})], **fields)
    plan["modules"][0] |= {"completion": 1.0, "mastery": 1.0}
    plan["modules"].append(
        plan["modules"][0] | {"id": "desk_course", "competences": ["talk"], "mastery": 0.8}
    )
    plan["transfer"] |= {"strength": 0.0}
    plan["waves"] = [wave("a", 2), wave("d", 2, teams=["desk"], modules=["desk_course"])]
    return plan


def test_support_staff_raise_what_reaches_the_customer() -> None:
    x = series(evaluate(supported(0.2), {}), "applied", "billing", "csat")[3]
    S_sup = 10 * 0.8 * 0.55 / 40
    assert x == pytest.approx((1.0 - 0.2 + 0.2 * S_sup) / (1.0 - 0.2), rel=1e-12)
    untaught = supported(0.2)
    untaught["waves"] = untaught["waves"][:1]
    assert series(evaluate(untaught, {}), "applied", "billing", "csat")[3] == pytest.approx(1.0, rel=1e-12)


def test_effective_behavior_is_at_most_1() -> None:
    x = series(evaluate(supported(0.9), {}), "applied", "billing", "csat")[3]
    assert 0.55 * (0.1 + 0.9 * 0.11) / 0.1 > 1.0
    assert x == pytest.approx(1.0 / 0.55, rel=1e-12)
