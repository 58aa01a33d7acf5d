"""Plans without number: a Hypothesis strategy of valid plans, and what the laws do to a plan."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Mapping
from random import Random
from typing import Any

import plan_parts as parts
from hypothesis import strategies as st
from plan_parts import LIFTS, Draw, PlanData, Quantity, amounts, maybe, quantities, some

__all__ = [
    "PlanData",
    "Quantity",
    "amounts",
    "changed",
    "loosened",
    "plans",
    "quantities",
    "scaled",
    "shuffled",
]

_UNCERTAIN = re.compile(r"\d\D* to |\(")


@st.composite
def plans(draw: Draw, *, attrition_lifts: bool = True, schedule: bool = True) -> PlanData:
    """Return a plan as plain data: one to three teams, and some of everything that a plan may have.

    Without `attrition_lifts` turnover is that of the plan; without `schedule` every wave starts when it says.
    """
    team_ids = some(draw, parts.TEAMS)
    teams = [parts.team(draw, name, main=position == 0) for position, name in enumerate(team_ids)]
    parts.supported(draw, teams)
    modules: list[PlanData] = []
    for name in some(draw, parts.MODULES):
        modules.append(parts.module(draw, name, [made["id"] for made in modules]))
    module_ids = tuple(made["id"] for made in modules)
    kpis = teams[0]["baseline"]
    driver = draw(st.sampled_from(("csat", "fcr", "nps", "churn")))
    lifted = tuple(
        kpi
        for kpi in LIFTS
        if (kpi in kpis and (kpi != "churn" or driver == "churn")) or (kpi == "attrition" and attrition_lifts)
    )
    moved = (*(kpi for kpi in kpis if kpi != "knowledge"), *(["attrition"] if attrition_lifts else []))
    timed = schedule and draw(st.booleans())
    waves = parts.waves(draw, tuple(team_ids), modules, lead=timed)
    plan: PlanData = {
        # Waves that lead times and peak seasons move end by month 20.
        "programme": {"months": draw(st.integers(20, 24) if timed else st.integers(10, 16))}
        | maybe(
            draw,
            start=st.sampled_from(("2026-01", "2026-07", "2026-12")),
            discount_rate=quantities(-0.05, 0.3),
            contingency=quantities(0, 0.3),
            extrapolation=quantities(0, 1.5),
            timing=st.just("end_of_month"),
            lift_correlation=st.sampled_from((0, 0.2, 0.9)),
            languages=st.sampled_from((["German"], ["French", "Spanish"])),
        ),
        "competences": [{"id": name} for name in draw(st.permutations(parts.COMPETENCES))],
        "kpis": [dict(kpi) for kpi in parts.OWN_KPIS],
        "teams": teams,
        "modules": modules,
        "practices": [
            {
                "id": name,
                "level": draw(quantities(0, 1)),
                **maybe(draw, weight=st.sampled_from((0.0, 0.5, 3.0))),
            }
            for name in some(draw, parts.PRACTICES, least=0, most=4)
        ],
        "transfer": maybe(
            draw, reference=quantities(0.2, 0.8), strength=quantities(0, 3), spillover=quantities(0, 1)
        ),
        "forgetting": maybe(
            draw,
            permanent_share=quantities(0, 1),
            half_life=quantities(0.5, 20),
            knowledge_permanent_share=quantities(0, 1),
            knowledge_half_life=quantities(0.5, 20),
            practice_effect=quantities(0, 1.5),
            half_life_cap=quantities(1, 6),
        ),
        "reinforcement": parts.reinforcement(draw),
        "waves": waves,
        "lifts": parts.lifts(draw, lifted),
        "movements": [parts.movement(draw, kpi) for kpi in some(draw, moved, least=0, most=3)],
        "workforce": {"realization": draw(quantities(0, 1))},
        "benefits": parts.benefits(draw, driver, kpis),
    }
    if draw(st.booleans()):
        plan["workforce"] |= {
            "backfill_share": draw(quantities(0, 1)),
            "backfill_hourly_cost": draw(amounts(15, 60)),
        }
    if draw(st.booleans()):
        plan["onboarding"] = {
            "modules": parts.with_prerequisites(some(draw, module_ids), modules),
            "from_month": draw(st.integers(1, 8)),
            "extra_hours": draw(quantities(1, 60)),
        }
    if timed and draw(st.booleans()):
        plan["development"] = {"capacity": draw(st.sampled_from((2000, 6000)))}
        plan["development"] |= maybe(
            draw, language_months=st.sampled_from((0.1, 0.4)), integration_months=st.just(0.3)
        )
    if timed and draw(st.booleans()):
        first = draw(st.integers(1, 12))
        season = {
            "id": "peak",
            "first_month": first,
            "last_month": draw(st.sampled_from((first, first % 12 + 1))),
        }
        season |= maybe(draw, cap=st.sampled_from((1, 6, 20)), teams=st.just(some(draw, tuple(team_ids))))
        plan["peak_seasons"] = [season]
    plan["costs"] = parts.costs(
        draw,
        [wave["id"] for wave in waves],
        hires="onboarding" in plan,
        languages="languages" in plan["programme"],
    )
    if draw(st.booleans()):
        plan["correlations"] = correlations(draw, plan)
    return plan


def uncertain(data: Any, path: str = "") -> list[str]:
    """Return the paths of all quantities that are a text with a distribution."""
    if isinstance(data, str):
        return [path] if _UNCERTAIN.search(data) else []
    if isinstance(data, dict):
        return [
            found for key, value in data.items() for found in uncertain(value, f"{path}.{key}".strip("."))
        ]
    if isinstance(data, list):
        records = [record for record in data if isinstance(record, dict)]
        return [found for record in records for found in uncertain(record, f"{path}.{record['id']}")]
    return []


def correlations(draw: Draw, plan: PlanData) -> list[PlanData]:
    """Return a chain of rows, which no values up to .5 make impossible."""
    paths = some(draw, tuple(sorted(uncertain(plan))), least=0, most=4)
    return [
        {"id": f"c{number}", "a": a, "b": b, "spearman": draw(st.sampled_from((-0.5, 0.2, 0.5)))}
        for number, (a, b) in enumerate(itertools.pairwise(paths))
    ]


def scaled(quantity: Quantity, factor: float) -> Quantity:
    """Return a quantity whose every draw is `factor` times as large; shapes and probabilities stay."""
    if not isinstance(quantity, str):
        return factor * quantity
    number = r"(?<![\w.])(?<!shape=)(?<!: )-?\d+(?:\.\d+)?(?:e-?\d+)?"
    return re.sub(number, lambda found: repr(factor * float(found[0])), quantity)


def changed(plan: PlanData, changes: Mapping[str, Any]) -> PlanData:
    """Return a plan with changes {path: value}; a record of a list by its id, None removes."""
    made = copy.deepcopy(plan)
    for path, value in changes.items():
        *steps, last = path.split(".")
        here: Any = made
        for step in steps:
            here = (
                here.setdefault(step, {})
                if isinstance(here, dict)
                else next(r for r in here if r["id"] == step)
            )
        if isinstance(here, list):
            here[:] = [record for record in here if record["id"] != last] + (
                [value] if value is not None else []
            )
        elif value is None:
            here.pop(last, None)
        else:
            here[last] = value
    return made


def loosened(plan: PlanData) -> PlanData:
    """Return a plan without what ties its parts together, so that parts can be taken away.

    Gone are correlations, prerequisites, support staff, lead times and peak seasons.
    """
    loose = changed(plan, {"correlations": None, "development": None, "peak_seasons": None})
    apart = {"prerequisites", "support_teams", "support_dependence", "lead_time"}
    for records in ("teams", "modules", "waves"):
        loose[records] = [
            {name: value for name, value in record.items() if name not in apart} for record in loose[records]
        ]
    return loose


def shuffled(data: Any, random: Random) -> Any:
    """Return plain data with every list and table in another order."""
    if isinstance(data, dict):
        items = [(key, shuffled(value, random)) for key, value in data.items()]
        return dict(random.sample(items, len(items)))
    if isinstance(data, list):
        return random.sample([shuffled(value, random) for value in data], len(data))
    return data
