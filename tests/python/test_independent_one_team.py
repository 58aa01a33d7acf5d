"""The example `one_team` in spreadsheet manner, one step a line, against the second implementation.

The sheet knows that plan alone: one team, one course for everybody in month 2, so one cohort. Both
competences are taught by the same module, so they have the same behavior S and knowledge K, and the shares of
a lift (which sum to 1) drop out. Comments name the section of docs/method.md.
"""

from __future__ import annotations

import math
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from independent.model import evaluate

PLAN_FILE = Path(__file__).resolve().parents[2] / "python" / "trainplan" / "data" / "one_team.toml"

# Every uncertain quantity of the example, by path, at a convenient figure near its center.
PATCH: dict[str, float] = {
    "teams.support.hourly_cost": 26.0,
    "teams.support.attrition": 36.0,
    "modules.foundation.completion": 0.9,
    "modules.foundation.accessibility": 0.2,
    "modules.foundation.mastery": 0.48,
    "transfer.reference": 0.55,
    "transfer.strength": 1.0,
    "forgetting.half_life": 6.0,
    "forgetting.practice_effect": 0.4,
    "reinforcement.coaching_effect": 0.4,
    "reinforcement.knowledge_coaching": 0.3,
    "lifts.fcr.size": 3.0,
    "lifts.csat.size": 3.0,
    "lifts.aht.size": -0.05,
    "lifts.attrition.size": -0.04,
    "workforce.realization": 0.6,
    "workforce.backfill_hourly_cost": 32.0,
    "costs.content.amount": 29000.0,
    "costs.preparation.amount": 3500.0,
    "costs.classes.amount": 1400.0,
    "costs.coaches.amount": 42.0,
    "benefits.contact_work.callback_share": 0.7,
    "benefits.retention.elasticity": 0.003,
    "benefits.hiring.replacement_cost": 10000.0,
}

# The defaults of docs/reference.md that the example relies on and the patch does not set.
DEFAULTS: dict[str, dict[str, Any]] = {
    "programme": {"timing": "mid_month", "contingency": 0.1, "extrapolation": 0.5},
    "transfer": {"spillover": 0.5},
    "forgetting": {"permanent_share": 0.35, "knowledge_permanent_share": 0.6, "knowledge_half_life": 9.0,
                   "half_life_cap": 4.0},
    "reinforcement": {"coach_effectiveness": 1.0, "half_dose": 2.0, "dose_slope": 1.0,
                      "coached_knowledge": 0.9, "peer_community": 0.0, "peer_effect": 0.02,
                      "performance_support": 0.0, "support_effect": 0.02, "refresher_effect": 0.1,
                      "half_life_gain": 1.2},
}  # fmt: skip
LISTED_DEFAULTS: dict[str, dict[str, Any]] = {
    "teams": {"role": "contact"},
    "modules": {"coverage": 1.0, "modality_factor": 1.0, "development_ratio": 43.0},
    "practices": {"weight": 1.0},
    "waves": {"share": 1.0, "follow_up": False},
    "lifts": {"kind": "points", "team_spread": 0.25, "ramp": 0.0, "measured_on": "person", "isolated": True},
    "costs": {"month": 0, "first_month": 1, "waves": [], "cash": True},
}
SEEN = {"coaching_hours": 0.0, "peer_community": 0.0, "performance_support": 0.0}


def filled_in(plan: dict[str, Any]) -> dict[str, Any]:
    """The plan with its defaults, as the second implementation takes it."""
    whole = plan | {name: fields | plan.get(name, {}) for name, fields in DEFAULTS.items()}
    for name, fields in LISTED_DEFAULTS.items():
        whole[name] = [fields | record for record in plan[name]]
    whole["lifts"] = [record | {"reached_at": SEEN | record["reached_at"]} for record in whole["lifts"]]
    whole["benefits"]["contact_work"]["volume_is"] = "contacts"
    whole["benefits"]["retention"]["after_months"] = 0
    return whole


def logit(p: float) -> float:
    return math.log(p / (1.0 - p))


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def link_percent(value: float) -> float:  # section 4, bounds 0..100
    return logit(value / 100.0)


def unlink_percent(score: float) -> float:
    return 100.0 * logistic(score)


def learning_sheet() -> list[tuple[float, float, float]]:
    """Section 3: (behavior S, knowledge K, half-life h) at the start of months 1 to 25.

    Turnover needs the attrition of the month before (section 4), so that KPI is computed as the rows go down.
    """
    # Module: completion, the second try of those who fail, mastery
    completion = 0.9 ** (1.0 / (1.0 + 0.2)) * (1.0 - 0.1**2)
    gain = completion * 0.48  # q g
    # Transfer: six of eleven practices are listed
    practice = (0.6 + 0.8 + 0.7 + 0.5 + 0.3 + 0.6) / 11.0
    transfer = logistic(logit(0.55) + 1.0 * (practice - 0.5))
    reachable = 1.0 - (1.0 - transfer) ** 2  # step 4, second chance of transfer
    # Half-life: of the five sustaining practices only leaders_model is listed
    half_life_0 = 6.0 * math.exp(0.4 * (0.3 / 5.0 - 0.5))
    half_life = half_life_0
    # Step 4: one hour of coaching a month
    coaching = 0.4 * 1.0 / (2.0 + 1.0)
    permanent, fading = 0.0, 0.0  # P, A
    knowledge_permanent, knowledge_fading = 0.0, 0.0  # KP, KA
    after_course = 0.0  # K*
    attrition = 36.0
    rows = []
    for month in range(1, 26):
        behavior, knowledge = permanent + fading, knowledge_permanent + knowledge_fading
        rows.append((behavior, knowledge, half_life))
        refresher = month in (8, 14, 20)  # every 6 months after month 2
        # 2 forgetting
        fading = fading * 2.0 ** (-1.0 / half_life)
        knowledge_fading = knowledge_fading * 2.0 ** (-1.0 / 9.0)
        forgotten = max(0.0, permanent + fading - knowledge_permanent - knowledge_fading)
        knowledge_permanent += 0.6 * forgotten
        knowledge_fading += 0.4 * forgotten
        # 3 turnover: attrition of the month before, new hires know nothing
        stay = 1.0 - attrition / 1200.0
        permanent, fading = stay * permanent, stay * fading
        knowledge_permanent, knowledge_fading = stay * knowledge_permanent, stay * knowledge_fading
        half_life = stay * half_life + (1.0 - stay) * half_life_0
        attrition = attrition_sheet(behavior)
        # 4 coaching and refreshers, from month 3
        if month > 2:
            learned = 0.3 * coaching * max(0.0, 0.9 - knowledge_permanent - knowledge_fading)
            knowledge_permanent += 0.6 * learned
            knowledge_fading += 0.4 * learned
            if refresher:
                renewed = 0.3 * 0.1 * max(0.0, after_course - knowledge_permanent - knowledge_fading)
                knowledge_permanent += 0.6 * renewed
                knowledge_fading += 0.4 * renewed
            kappa = 1.0 - (1.0 - coaching) * ((1.0 - 0.1) if refresher else 1.0)
            knowledge = knowledge_permanent + knowledge_fading
            applied = kappa * max(0.0, reachable * knowledge - permanent - fading)
            permanent += 0.35 * applied
            fading += 0.65 * applied
        # 5 training, in month 2
        if month == 2:
            used = gain * transfer * (1.0 - permanent - fading)
            permanent += 0.35 * used
            fading += 0.65 * used
            learned = gain * (1.0 - knowledge_permanent - knowledge_fading)
            knowledge_permanent += 0.6 * learned
            knowledge_fading += 0.4 * learned
            after_course = knowledge_permanent + knowledge_fading
        # 6 spacing
        if refresher:
            half_life = min(1.2 * half_life, 4.0 * half_life_0)
    return rows


def applied_share(behavior: float) -> float:
    """phi(x) of section 4: all four lifts were seen in the same kind of programme."""
    transfer = logistic(logit(0.55) + 1.0 * (0.5 - 0.5))
    half_life = 6.0 * math.exp(0.4 * (4.0 * 0.5 / 5.0 - 0.5))
    behavior_where_seen = 0.95 * 0.48 * transfer * (0.35 + 0.65 * 2.0 ** (-4.0 / half_life))
    x = behavior / behavior_where_seen
    return x if x <= 1.0 else 1.0 + 0.5 * (1.0 - math.exp(-(x - 1.0) / 0.5))


def attrition_sheet(behavior: float) -> float:
    """Section 4, log link, 4 % fewer leavers."""
    effect = math.log(36.0 * (1.0 - 0.04)) - math.log(36.0)
    return math.exp(math.log(36.0) + effect * applied_share(behavior))


def kpi_sheet() -> dict[str, list[float]]:
    """Section 4: each KPI in months 1 to 24; churn before the reach of retention is applied."""
    share = [applied_share(behavior) for behavior, _, _ in learning_sheet()[:24]]
    csat = link_percent(68.0 + 3.0) - link_percent(68.0)
    fcr = link_percent(61.0 + 3.0) - link_percent(61.0)
    aht = math.log(528.0 * (1.0 - 0.05)) - math.log(528.0)
    return {
        "csat": [unlink_percent(link_percent(68.0) + csat * s) for s in share],
        "fcr": [unlink_percent(link_percent(61.0) + fcr * s) for s in share],
        "aht": [math.exp(math.log(528.0) + aht * s) for s in share],
        "nps": [5.0 for _ in share],
        "attrition": [attrition_sheet(behavior) for behavior, _, _ in learning_sheet()[:24]],
        "churn": [effective_churn_a_year(change) for change in csat_change()],
    }


def csat_change() -> list[float]:
    csat = link_percent(68.0 + 3.0) - link_percent(68.0)
    without = unlink_percent(link_percent(68.0))
    shares = [applied_share(behavior) for behavior, _, _ in learning_sheet()[:24]]
    return [unlink_percent(link_percent(68.0) + csat * s) - without for s in shares]


CHURN_A_MONTH = -math.expm1(math.log1p(-0.18) / 12.0)  # section 5, c_0


def churn_moved(csat_points: float) -> float:
    """c_e - c_0: elasticity 0.003, reach 0.25."""
    return 0.25 * CHURN_A_MONTH * math.expm1(-0.003 * csat_points)


def effective_churn_a_year(csat_points: float) -> float:
    return 100.0 * (1.0 - (1.0 - CHURN_A_MONTH - churn_moved(csat_points)) ** 12)


def benefit_sheet() -> dict[str, list[float]]:
    """Section 5: each stream in months 1 to 24."""
    kpis = kpi_sheet()
    fcr_without = unlink_percent(link_percent(61.0))
    aht_without = math.exp(math.log(528.0))
    attrition_without = math.exp(math.log(36.0))
    repeat_without = 0.7 * (1.0 - fcr_without / 100.0)
    contact_work, retention, hiring = [], [], []
    gained = 0.0  # N_1 - N_0; N_0 stays 112,000, as many arrive as leave
    for month in range(1, 25):
        # contact work
        repeat = 0.7 * (1.0 - kpis["fcr"][month - 1] / 100.0)
        contacts = 28000.0 * ((1.0 - repeat_without) / (1.0 - repeat))
        seconds = 28000.0 * aht_without - contacts * kpis["aht"][month - 1]
        hours = seconds / 3600.0 / 0.85 / (1.0 - 0.3)
        contact_work.append(hours * 26.0 * 0.6 + (28000.0 - contacts) * 0.6)
        # retention, stocks at the start of the month
        retention.append(gained * 15.0)
        moved = churn_moved(csat_change()[month - 1])
        gained = gained * (1.0 - CHURN_A_MONTH - moved) - 112000.0 * moved
        # hiring
        hiring.append(40.0 * (attrition_without - kpis["attrition"][month - 1]) / 1200.0 * 10000.0)
    return {"contact_work": contact_work, "retention": retention, "hiring": hiring}


def off_floor_sheet() -> list[float]:
    """Section 6: hours off the floor in months 1 to 24."""
    hours = []
    for month in range(1, 25):
        course = 40 * 16 * (1 + 0.1) if month == 2 else 0.0  # one in ten repeats
        coaching = 40 * 1.0 if month >= 3 else 0.0
        refresher = 40 * 2.0 if month in (8, 14, 20) else 0.0
        hours.append(course + coaching + refresher)
    return hours


def cost_sheet() -> dict[str, list[float]]:
    """Section 6: each line in months 0 to 24."""
    price = (0.2 * 32.0 + (1.0 - 0.2) * 26.0 * 0.6) / (1.0 - 0.3)
    months = range(25)
    return {
        "participants_time": [0.0] + [hours * price for hours in off_floor_sheet()],
        "content": [29000.0 if m == 0 else 0.0 for m in months],
        "preparation": [3500.0 if m == 1 else 0.0 for m in months],
        "management": [800.0 if 1 <= m <= 6 else 0.0 for m in months],
        "classes": [1400.0 * 4 if m == 2 else 0.0 for m in months],  # 40 learners in classes of 10
        "materials": [35.0 * 40 if m == 2 else 0.0 for m in months],
        "lms": [6.0 * 40 if m >= 2 else 0.0 for m in months],  # from the month the wave begins
        "coaches": [42.0 * 40 * 1.0 if m >= 3 else 0.0 for m in months],
        "surveys": [250.0 if m >= 1 else 0.0 for m in months],
    }


def finance_sheet() -> dict[str, float]:
    """Section 7."""
    benefit = [0.0] + [sum(row) for row in zip(*benefit_sheet().values(), strict=True)]
    cost = [sum(row) for row in zip(*cost_sheet().values(), strict=True)]
    discount = [1.0] + [1.08 ** (-(m - 0.5) / 12.0) for m in range(1, 25)]
    total_benefit, total_cost = sum(benefit), sum(cost)
    pv_benefit = sum(b * d for b, d in zip(benefit, discount, strict=True))
    pv_cost = sum(c * d for c, d in zip(cost, discount, strict=True))
    cumulative = [sum(benefit[: m + 1]) - sum(cost[: m + 1]) for m in range(25)]
    stays = [m for m in range(25) if min(cumulative[m:]) >= 0.0]
    flows = [(b - c) * d for b, c, d in zip(benefit, cost, discount, strict=True)]
    discounted_stays = [m for m in range(25) if all(sum(flows[: n + 1]) >= 0.0 for n in range(m, 25))]
    # Of participants' time only backfill is cash.
    lost = sum(off_floor_sheet()) * (1.0 - 0.2) * 26.0 * 0.6 / (1.0 - 0.3)
    return {
        "total_benefit": total_benefit,
        "total_cost": total_cost,
        "pv_benefit": pv_benefit,
        "pv_cost": pv_cost,
        "npv": pv_benefit - pv_cost,
        "roi": 100.0 * (total_benefit - total_cost) / total_cost,
        "roi_pv": 100.0 * (pv_benefit - pv_cost) / pv_cost,
        "bcr": total_benefit / total_cost,
        "bcr_pv": pv_benefit / pv_cost,
        "payback_month": float(stays[0]) if stays else math.nan,
        "discounted_payback_month": float(discounted_stays[0]) if discounted_stays else math.nan,
        "cash_cost": total_cost - lost,
        "cost_per_learner": total_cost / 40.0,
        "contingency": 0.1 * total_cost,
        "funding_request": 1.1 * total_cost,
    }


@pytest.fixture(scope="module")
def model() -> dict[Any, Any]:
    return evaluate(filled_in(tomllib.loads(PLAN_FILE.read_text(encoding="utf-8"))), PATCH)


def agrees(found: Any, by_hand: Any) -> None:
    np.testing.assert_allclose(found, by_hand, rtol=1e-12, atol=0.0, equal_nan=True)


@pytest.mark.parametrize("competence", ["product_knowledge", "communication"])
def test_behavior_and_knowledge_agree_with_the_sheet(model: dict[Any, Any], competence: str) -> None:
    behavior, knowledge, half_life = zip(*learning_sheet()[:24], strict=True)
    agrees(model["behavior", "support", "", "", competence][1:], behavior)
    agrees(model["knowledge", "support", "", "", competence][1:], knowledge)
    agrees(model["half_life", "support", "", "all_agents", ""][1:], half_life)


@pytest.mark.parametrize("kpi", ["csat", "fcr", "aht", "nps", "attrition", "churn"])
def test_every_kpi_agrees_with_the_sheet(model: dict[Any, Any], kpi: str) -> None:
    agrees(model["kpi", "support", kpi, "", ""][1:], kpi_sheet()[kpi])
    agrees(model["kpi", "", kpi, "", ""][1:], kpi_sheet()[kpi])


@pytest.mark.parametrize("stream", ["contact_work", "retention", "hiring"])
def test_every_benefit_agrees_with_the_sheet(model: dict[Any, Any], stream: str) -> None:
    agrees(model["benefit", "support", stream, "", ""][1:], benefit_sheet()[stream])


def test_every_cost_line_agrees_with_the_sheet(model: dict[Any, Any]) -> None:
    agrees(model["off_floor_hours", "support", "", "", ""][1:], off_floor_sheet())
    lines = {item: team for (what, team, item, *_) in model if what == "cost"}
    assert set(lines) == set(cost_sheet())
    for line, team in lines.items():
        agrees(np.nan_to_num(model["cost", team, line, "", ""]), cost_sheet()[line])


@pytest.mark.parametrize("output", sorted(finance_sheet()))
def test_every_output_agrees_with_the_sheet(model: dict[Any, Any], output: str) -> None:
    agrees(model["output", "", output, "", ""][0], finance_sheet()[output])
