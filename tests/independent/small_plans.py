"""Plans as plain data with every default filled in, small enough to follow by hand."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

COMPETENCES = ("systems", "talk")


def wave(ID: str, start: int, **fields: Any) -> dict[str, Any]:
    standard = {"months": 1, "teams": ["billing"], "modules": ["course"], "share": 1.0, "follow_up": False}
    return {"id": ID, "start": start, "class_size": 10} | standard | fields


def lift(kpi: str, size: float | str, **fields: Any) -> dict[str, Any]:
    seen = {
        "practice": 0.5,
        "months": 0,
        "coaching_hours": 0.0,
        "peer_community": 0.0,
        "performance_support": 0.0,
    }
    seen |= {"completion": 0.9, "mastery": 0.6}
    read = {"team_spread": 0.25, "ramp": 0.0, "measured_on": "person", "isolated": True}
    return {"id": kpi, "kpi": kpi, "kind": "points", "size": size, "reached_at": seen} | read | fields


def team(ID: str = "billing", people: int = 40, **fields: Any) -> dict[str, Any]:
    work = {"contacts": 30000.0, "customers": 9000.0, "attrition": 36.0, "occupancy": 0.8, "shrinkage": 0.25}
    baseline = {"csat": 72.0, "nps": 12.0, "fcr": 68.0, "aht": 420.0, "churn": 18.0}
    place: dict[str, Any] = {"role": "contact", "region": "", "product_line": "", "support_teams": []}
    place |= {"support_dependence": 0.0, "baseline_n": {}}
    return {"id": ID, "people": people, "hourly_cost": 24.0, "baseline": baseline} | work | place | fields


def cost(ID: str, driver: str, amount: float, **fields: Any) -> dict[str, Any]:
    standard = {"month": 0, "first_month": 1, "waves": [], "cash": True}
    return {"id": ID, "driver": driver, "amount": amount} | standard | fields


def small_plan(**fields: Any) -> dict[str, Any]:
    """One team, one course in month 2, no reinforcement, every benefit."""
    course = {
        "id": "course",
        "competences": list(COMPETENCES),
        "hours": 8.0,
        "completion": 0.9,
        "mastery": 0.6,
        "prerequisites": [],
        "development_ratio": 43.0,
    }
    plan = {
        "programme": {"months": 12, "discount_rate": 0.08, "timing": "mid_month", "contingency": 0.1,
                      "extrapolation": 0.5, "start": "", "languages": [], "lift_correlation": 0.5},
        "competences": [{"id": ID} for ID in COMPETENCES],
        "kpis": [],
        "correlations": [],
        "movements": [],
        "peak_seasons": [],
        "teams": [team()],
        "modules": [course | {"accessibility": 0.0, "coverage": 1.0, "modality_factor": 1.0,
                              "fail_rate": 0.0}],
        "practices": [],
        "transfer": {"reference": 0.55, "strength": 0.9, "spillover": 0.0},
        "forgetting": {"permanent_share": 0.35, "half_life": 6.0, "knowledge_permanent_share": 0.6,
                       "knowledge_half_life": 9.0, "practice_effect": 0.3, "half_life_cap": 4.0},
        "reinforcement": {"coaching_hours": 0.0, "coach_effectiveness": 1.0, "coaching_effect": 0.4,
                          "half_dose": 2.0, "dose_slope": 1.0, "knowledge_coaching": 0.3,
                          "coached_knowledge": 0.9, "peer_community": 0.0, "peer_effect": 0.02,
                          "performance_support": 0.0, "support_effect": 0.02, "refresher_every": 0,
                          "refresher_hours": 0.0, "refresher_effect": 0.1, "half_life_gain": 1.2},
        "waves": [wave("first", 2)],
        "lifts": [lift("csat", 6.0), lift("fcr", 5.0), lift("aht", -0.08, kind="relative"),
                  lift("attrition", -4.0)],
        "workforce": {"realization": 0.6, "backfill_share": 0.2, "backfill_hourly_cost": 35.0},
        "costs": [cost("content", "once", 20000.0), cost("classes", "class", 900.0),
                  cost("licences", "seat_month", 3.0)],
        "benefits": {
            "contact_work": {"callback_share": 0.7, "variable_cost": 0.4, "volume_is": "contacts"},
            "retention": {"driver": "csat", "elasticity": 0.003, "reach": 0.5, "margin": 11.0,
                          "after_months": 0},
            "hiring": {"replacement_cost": 9000.0},
        },
    }  # fmt: skip
    return plan | fields


def busy_plan() -> dict[str, Any]:
    """Two teams, two waves and a follow-up, coaching with a cap, refreshers, onboarding."""
    plan = small_plan(teams=[team(), team("sales", 25, attrition=48.0, contacts=14000.0)])
    plan["programme"]["months"] = 18
    plan["modules"].append(plan["modules"][0] | {"id": "basics", "competences": ["talk"], "fail_rate": 0.2})
    plan["practices"] = [{"id": "action_plan", "level": 0.8, "weight": 1.0},
                         {"id": "recognition", "level": 0.4, "weight": 2.0}]  # fmt: skip
    plan["waves"] = [
        wave("a", 2, share=0.5, teams=["billing", "sales"], months=2),
        wave("b", 5, share=0.3, modules=["course", "basics"]),
        wave("c", 8, follow_up=True, modules=["basics"]),
    ]
    plan["reinforcement"] |= {"coaching_hours": 1.5, "coach_capacity": 40.0, "peer_community": 0.5}
    plan["reinforcement"] |= {"refresher_every": 3, "refresher_hours": 1.0, "performance_support": 0.7}
    plan["onboarding"] = {"modules": ["basics"], "from_month": 4, "extra_hours": 6.0}
    return plan


def changed(plan: dict[str, Any], **sections: Mapping[str, Any]) -> dict[str, Any]:
    plan = copy.deepcopy(plan)
    for name, fields in sections.items():
        plan[name] |= fields
    return plan


def series(result: Mapping[Any, Any], what: str, team: str = "", item: str = "", *place: str) -> Any:
    """A series of the second implementation: months 0..H."""
    cohort, competence = (*place, "", "")[:2]
    return result[what, team, item, cohort, competence]


def whole_lift(kpi: str, size: float, **fields: Any) -> dict[str, Any]:
    """A lift that shows in full from month 3 on, the month after the training of `small_plan`."""
    # Evidence so weak that any training brings the whole lift.
    return lift(kpi, size, reached_at={"behavior": 0.01}, **fields)


def applied_in_full(*lifts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A small plan with these lifts and none of their effect beyond the evidence."""
    return changed(small_plan(lifts=list(lifts), **fields), programme={"extrapolation": 0.0})
