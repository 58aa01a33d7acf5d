"""Plans without number: a Hypothesis strategy of valid plans, and what the laws do to a plan."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from hypothesis import strategies as st

PlanData = dict[str, Any]
Quantity = float | str
Draw = Callable[[st.SearchStrategy[Any]], Any]

COMPETENCES = ("product", "communication", "systems", "empathy")
TEAMS = ("billing", "claims", "tech")
MODULES = ("advanced", "foundation", "tools")
PRACTICES = (
    "expectations", "manager_briefed", "action_plan", "plan_reviewed", "standards_agreed", "accountability",
    "recognition", "career_path", "leaders_model", "supervisors_trained", "change_management",
)  # fmt: skip
BASELINES = {"csat": (40, 80), "fcr": (40, 75), "nps": (-40, 50), "aht": (200, 700), "churn": (5, 40)}
# Of each KPI the kinds of lift with sizes that stay inside its bounds.
LIFTS = {
    "csat": {"points": (-2, 6), "relative": (0.01, 0.08), "gap": (0.02, 0.4)},
    "fcr": {"points": (1, 8), "relative": (0.01, 0.1), "gap": (0.02, 0.4)},
    "nps": {"points": (-3, 20), "gap": (0.01, 0.3)},
    "aht": {"points": (-40, 5), "relative": (-0.2, -0.01), "gap": (0.02, 0.3)},
    "attrition": {"relative": (-0.25, -0.01), "gap": (0.02, 0.3)},
    "churn": {"relative": (-0.2, -0.01), "gap": (0.02, 0.2)},
}
FAMILIES = ("number", "to", "uniform", "triangular", "pert", "pert shape", "normal", "discrete")


@st.composite
def quantities(draw: Draw, low: float, high: float) -> Quantity:
    """Return a number, or a text of any family, that stays between two ends or close to them."""
    step = (high - low) / 1000
    places = draw(st.lists(st.integers(1, 999), min_size=3, max_size=3, unique=True))
    a, b, c = (round(low + step * place, 6) for place in sorted(places))
    family = draw(st.sampled_from(FAMILIES))
    texts = {
        "to": f"{a} to {c}",
        "uniform": f"uniform({a}, {c})",
        "triangular": f"triangular({a}, {b}, {c})",
        "pert": f"pert({a}, {b}, {c})",
        "pert shape": f"pert({a}, {b}, {c}, shape=6)",
        "normal": f"normal({b}, {round(min(b - low, high - b) / 3.5, 6)})",
        "discrete": f"discrete({a}: 0.25, {b}: 0.5, {c}: 0.25)",
    }
    return texts.get(family, b)


@st.composite
def amounts(draw: Draw, low: float, high: float) -> Quantity:
    """Return an amount of money, perhaps without an upper end."""
    if draw(st.booleans()):
        return draw(quantities(low, high))
    mean = round(draw(st.integers(10, 90)) / 100 * (high - low) + low, 6)
    family = draw(st.sampled_from((f"mean={mean}, sd={mean / 4}", f"p10={mean}, p90={1.5 * mean}")))
    return f"lognormal({family})"


def some(draw: Draw, names: tuple[str, ...], *, least: int = 1) -> list[str]:
    """Return some of the names, in any order."""
    return draw(st.lists(st.sampled_from(names), min_size=least, max_size=len(names), unique=True))


def maybe(draw: Draw, **fields: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Return some of the fields; the others keep their defaults."""
    return {name: draw(field) for name, field in fields.items() if draw(st.booleans())}


def team(draw: Draw, name: str, *, all_kpis: bool) -> dict[str, Any]:
    kpis = list(BASELINES) if all_kpis else some(draw, tuple(BASELINES))
    return {
        "id": name,
        "role": "contact" if all_kpis else draw(st.sampled_from(("contact", "support"))),
        "people": draw(st.integers(1, 80)),
        "hourly_cost": draw(amounts(15, 50)),
        "contacts": draw(quantities(500, 30_000)),
        "customers": draw(quantities(500, 80_000)),
        "attrition": draw(quantities(5, 90)),
        "baseline": {kpi: draw(quantities(*BASELINES[kpi])) for kpi in kpis},
        **maybe(
            draw,
            region=st.sampled_from(("EMEA", "APAC")),
            occupancy=quantities(0.6, 0.95),
            shrinkage=quantities(0.1, 0.5),
            new_customers=quantities(10, 900),
        ),
    }


def module(draw: Draw, name: str) -> dict[str, Any]:
    by_hours = {"mastery_max": quantities(0.2, 0.95), "mastery_half_hours": quantities(2, 30)}
    mastery = draw(st.sampled_from(({"mastery": quantities(0.1, 0.95)}, by_hours)))
    return {
        "id": name,
        "competences": some(draw, COMPETENCES),
        "hours": draw(quantities(1, 40)),
        "completion": draw(quantities(0.5, 0.99)),
        **{field: draw(strategy) for field, strategy in mastery.items()},
        **maybe(
            draw,
            accessibility=quantities(0, 0.6),
            coverage=quantities(0.4, 0.99),
            modality_factor=quantities(0.5, 1.5),
            fail_rate=quantities(0, 0.3),
        ),
    }


def reinforcement(draw: Draw) -> dict[str, Any]:
    every = draw(st.sampled_from((0, 2, 3, 6)))
    refreshers = (
        {"refresher_every": every, **maybe(draw, refresher_hours=quantities(0.5, 4))} if every else {}
    )
    return refreshers | maybe(
        draw,
        coaching_hours=quantities(0.1, 6),
        coach_capacity=quantities(5, 200),
        coach_effectiveness=quantities(0.5, 2.5),
        coaching_effect=quantities(0.1, 0.9),
        half_dose=quantities(0.5, 6),
        dose_slope=quantities(0.4, 3),
        knowledge_coaching=quantities(0.05, 0.9),
        coached_knowledge=quantities(0.5, 0.99),
        peer_community=quantities(0, 1),
        peer_effect=quantities(0, 0.3),
        performance_support=quantities(0, 1),
        support_effect=quantities(0, 0.3),
        refresher_effect=quantities(0, 0.5),
        half_life_gain=quantities(1, 2),
    )


def waves(draw: Draw, teams: tuple[str, ...], modules: tuple[str, ...]) -> list[dict[str, Any]]:
    """One to three waves whose shares leave room for each other, and perhaps a follow-up."""
    count = draw(st.integers(1, 3))
    made = [
        {
            "id": f"w{number}",
            "start": draw(st.integers(1, 5)),
            "months": draw(st.integers(1, 3)),
            "teams": some(draw, teams),
            "modules": some(draw, modules),
            "share": draw(st.sampled_from((0.05, 0.2, 0.3, 1.0 if count == 1 else 1 / 3))),
            "class_size": draw(st.integers(1, 20)),
        }
        for number in range(count)
    ]
    if draw(st.booleans()):
        trained = tuple(sorted({team for wave in made for team in wave["teams"]}))
        follow_up = {"id": "f", "start": 8, "months": 2, "follow_up": True, "class_size": 7}
        made.append({**follow_up, "teams": some(draw, trained), "modules": some(draw, modules)})
    return made


def lift(draw: Draw, kpi: str) -> dict[str, Any]:
    kind = draw(st.sampled_from(tuple(LIFTS[kpi])))
    made = {"id": f"on_{kpi}", "kpi": kpi, "kind": kind, "size": draw(quantities(*LIFTS[kpi][kind]))}
    if draw(st.booleans()):
        made["competences"] = dict(zip(some(draw, COMPETENCES, least=2), (0.3, 0.7), strict=False))
    if draw(st.booleans()):
        made["reached_at"] = {"behavior": draw(quantities(0.1, 0.9))}
        return made
    made["reached_at"] = {
        "completion": draw(quantities(0.4, 0.99)),
        "mastery": draw(quantities(0.2, 0.9)),
        **maybe(
            draw,
            practice=quantities(0, 1),
            months=st.integers(0, 12),
            coaching_hours=quantities(0.1, 4),
            peer_community=quantities(0, 1),
        ),
    }
    return made


def costs(draw: Draw, wave_ids: list[str], *, hires: bool) -> list[dict[str, Any]]:
    """Return lines of some drivers; those that follow waves perhaps only of some."""
    drivers = ["once", "month", "learner", "learner_hour", "class", "coaching_hour", "seat_month"]
    chosen = some(draw, (*drivers, "new_hire") if hires else tuple(drivers), least=0)
    lines = []
    for driver in chosen:
        line = {"id": driver, "category": "content", "driver": driver, "amount": draw(amounts(1, 4000))}
        if driver in ("learner", "learner_hour", "class") and draw(st.booleans()):
            line["waves"] = some(draw, tuple(wave_ids))
        if driver in ("month", "seat_month"):
            line |= maybe(draw, first_month=st.integers(1, 4), last_month=st.integers(5, 9))
        if driver == "once":
            line["month"] = draw(st.integers(0, 9))
        lines.append(line)
    return lines


@st.composite
def plans(draw: Draw, *, attrition_lifts: bool = True) -> PlanData:
    """Return a plan as plain data: one to three teams, and some of everything that a plan may have."""
    teams, modules = tuple(some(draw, TEAMS)), tuple(some(draw, MODULES))
    driver = draw(st.sampled_from(("csat", "fcr", "nps", "churn")))
    lifted = tuple(
        kpi
        for kpi in LIFTS
        if (kpi != "churn" or driver == "churn") and (kpi != "attrition" or attrition_lifts)
    )
    benefits = {
        "contact_work": maybe(
            draw,
            callback_share=quantities(0.1, 0.95),
            variable_cost=amounts(0.1, 3),
            volume_is=st.sampled_from(("contacts", "issues")),
        ),
        "retention": {
            "driver": driver,
            "reach": draw(quantities(0.05, 0.95)),
            "margin": draw(amounts(1, 40)),
            **maybe(draw, elasticity=quantities(0.0005, 0.02)),
        },
        "hiring": {"replacement_cost": draw(amounts(500, 20_000))},
    }
    waves_made = waves(draw, teams, modules)
    plan: PlanData = {
        "programme": {"months": draw(st.integers(10, 16))}
        | maybe(
            draw,
            discount_rate=quantities(-0.05, 0.3),
            contingency=quantities(0, 0.3),
            extrapolation=quantities(0, 1.5),
            timing=st.just("end_of_month"),
        ),
        "competences": [{"id": name} for name in draw(st.permutations(COMPETENCES))],
        "teams": [team(draw, name, all_kpis=position == 0) for position, name in enumerate(teams)],
        "modules": [module(draw, name) for name in modules],
        "practices": [
            {
                "id": name,
                "level": draw(quantities(0, 1)),
                **maybe(draw, weight=st.sampled_from((0.0, 0.5, 3.0))),
            }
            for name in some(draw, PRACTICES, least=0)[:4]
        ],
        "transfer": maybe(draw, reference=quantities(0.2, 0.8), strength=quantities(0, 3)),
        "forgetting": maybe(
            draw,
            permanent_share=quantities(0, 1),
            half_life=quantities(0.5, 20),
            knowledge_permanent_share=quantities(0, 1),
            knowledge_half_life=quantities(0.5, 20),
            practice_effect=quantities(0, 1.5),
            half_life_cap=quantities(1, 6),
        ),
        "reinforcement": reinforcement(draw),
        "waves": waves_made,
        "lifts": [lift(draw, kpi) for kpi in some(draw, lifted)],
        "workforce": {"realization": draw(quantities(0, 1))},
        "benefits": {name: benefits[name] for name in some(draw, tuple(benefits))},
    }
    if draw(st.booleans()):
        plan["workforce"] |= {
            "backfill_share": draw(quantities(0, 1)),
            "backfill_hourly_cost": draw(amounts(15, 60)),
        }
    if draw(st.booleans()):
        plan["onboarding"] = {
            "modules": some(draw, modules),
            "from_month": draw(st.integers(1, 8)),
            "extra_hours": draw(quantities(1, 60)),
        }
    plan["costs"] = costs(draw, [wave["id"] for wave in waves_made], hires="onboarding" in plan)
    return plan


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


def shuffled(data: Any, random: Random) -> Any:
    """Return plain data with every list and table in another order."""
    if isinstance(data, dict):
        items = [(key, shuffled(value, random)) for key, value in data.items()]
        return dict(random.sample(items, len(items)))
    if isinstance(data, list):
        return random.sample([shuffled(value, random) for value in data], len(data))
    return data
