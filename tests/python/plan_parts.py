"""Parts of generated plans: teams, courses, waves, lifts, money."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
# KPIs beside the built-in ones, on both links.
OWN_KPIS: tuple[PlanData, ...] = (
    {"id": "backlog", "unit": "cases", "better": "lower", "link": "log", "weight": "people", "cv": 0.6},
    {"id": "effort", "unit": "points", "better": "higher", "low": 1, "high": 5, "weight": "customers"},
)
BASELINES = {
    "csat": (40, 80), "fcr": (40, 75), "nps": (-40, 50), "aht": (200, 700), "churn": (5, 40),
    "frt": (30, 900), "quality": (50, 90), "reroute": (5, 30), "escalation": (3, 20), "conversion": (3, 25),
    "engagement": (40, 85), "backlog": (20, 400), "effort": (2, 4), "knowledge": (20, 80),
}  # fmt: skip
# Of each KPI the kinds of lift with sizes that stay inside its bounds.
LIFTS = {
    "csat": {"points": (-2, 6), "relative": (0.01, 0.08), "gap": (0.02, 0.4)},
    "fcr": {"points": (1, 8), "relative": (0.01, 0.1), "gap": (0.02, 0.4)},
    "nps": {"points": (-3, 20), "gap": (0.01, 0.3)},
    "aht": {"points": (-40, 5), "relative": (-0.2, -0.01), "gap": (0.02, 0.3)},
    "attrition": {"relative": (-0.25, -0.01), "gap": (0.02, 0.3)},
    "churn": {"relative": (-0.2, -0.01), "gap": (0.02, 0.2)},
    "frt": {"relative": (-0.3, -0.01), "gap": (0.02, 0.3)},
    "quality": {"points": (1, 4), "gap": (0.02, 0.3)},
    "reroute": {"points": (-1, 0.5), "relative": (-0.2, -0.01)},
    "escalation": {"relative": (-0.3, -0.01), "gap": (0.02, 0.3)},
    "conversion": {"points": (0.2, 3), "relative": (0.02, 0.2)},
    "engagement": {"gap": (0.02, 0.3)},
    "backlog": {"relative": (-0.3, -0.01)},
    "effort": {"points": (0.05, 0.4), "gap": (0.02, 0.3)},
}
FAMILIES = ("number", "to", "uniform", "triangular", "pert", "pert shape", "normal", "discrete")


@st.composite
def quantities(draw: Draw, low: float, high: float) -> Quantity:
    """Return a number, or a text of any family, that stays between two ends or close to them."""
    step = (high - low) / 1000
    places = draw(st.lists(st.integers(1, 999), min_size=3, max_size=3, unique=True))
    # Small ranges need more digits than six.
    digits = 6 if high - low > 0.01 else 12
    a, b, c = (round(low + step * place, digits) for place in sorted(places))
    family = draw(st.sampled_from(FAMILIES))
    texts = {
        "to": f"{a} to {c}",
        "uniform": f"uniform({a}, {c})",
        "triangular": f"triangular({a}, {b}, {c})",
        "pert": f"pert({a}, {b}, {c})",
        "pert shape": f"pert({a}, {b}, {c}, shape=6)",
        "normal": f"normal({b}, {round(min(b - low, high - b) / 3.5, digits)})",
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


def some(draw: Draw, names: tuple[str, ...], *, least: int = 1, most: int | None = None) -> list[str]:
    """Return some of the names, in any order."""
    most = len(names) if most is None else min(most, len(names))
    return draw(st.lists(st.sampled_from(names), min_size=least, max_size=most, unique=True)) if names else []


def maybe(draw: Draw, **fields: st.SearchStrategy[Any]) -> PlanData:
    """Return some of the fields; the others keep their defaults."""
    return {name: draw(field) for name, field in fields.items() if draw(st.booleans())}


def team(draw: Draw, name: str, *, main: bool) -> PlanData:
    """Return a team; the main one serves customers and has the five KPIs that most streams need."""
    kpis = list(BASELINES)[:5] if main else some(draw, tuple(BASELINES)[:5])
    kpis += some(draw, tuple(BASELINES)[5:], least=0, most=4)
    known = [kpi for kpi in kpis if kpi != "knowledge"]
    return {
        "id": name,
        "role": "contact" if main else draw(st.sampled_from(("contact", "support"))),
        "people": draw(st.integers(1, 80)),
        "hourly_cost": draw(amounts(15, 50)),
        "contacts": draw(st.one_of(quantities(500, 30_000), st.just("poisson(900)"))),
        "customers": draw(quantities(500, 80_000)),
        "attrition": draw(quantities(5, 90)),
        "baseline": {kpi: draw(quantities(*BASELINES[kpi])) for kpi in kpis},
        **maybe(
            draw,
            region=st.sampled_from(("EMEA", "APAC")),
            product_line=st.sampled_from(("home", "mobile")),
            occupancy=quantities(0.6, 0.95),
            shrinkage=quantities(0.1, 0.5),
            new_customers=quantities(10, 900),
            baseline_n=st.dictionaries(st.sampled_from(known), st.integers(400, 3000), max_size=2),
        ),
    }


def supported(draw: Draw, teams: list[PlanData]) -> None:
    """Let contact teams depend on support teams, where there are some."""
    staff = tuple(team["id"] for team in teams if team["role"] == "support")
    for team in teams:
        if staff and team["role"] == "contact" and draw(st.booleans()):
            team["support_teams"] = some(draw, staff)
            team["support_dependence"] = draw(quantities(0, 0.9))


def module(draw: Draw, name: str, before: list[str]) -> PlanData:
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
            development_ratio=quantities(10, 90),
            **({"prerequisites": st.just(some(draw, tuple(before)))} if before else {}),
        ),
    }


def with_prerequisites(names: list[str], modules: list[PlanData]) -> list[str]:
    """Return the names and what comes before them: taught in the same wave."""
    before = {made["id"]: made.get("prerequisites", []) for made in modules}
    found: list[str] = []
    for name in names:
        found += [one for one in (*with_prerequisites(before[name], modules), name) if one not in found]
    return found


def reinforcement(draw: Draw) -> PlanData:
    every = draw(st.sampled_from((0, 2, 3, 6)))
    refreshers = (
        {"refresher_every": every, **maybe(draw, refresher_hours=quantities(0.5, 4))} if every else {}
    )
    sessions = {"coaching_sessions": quantities(0.2, 5), "coaching_minutes": quantities(10, 90)}
    dose = draw(st.sampled_from(({}, {"coaching_hours": quantities(0.1, 6)}, sessions)))
    return (
        refreshers
        | {field: draw(strategy) for field, strategy in dose.items()}
        | maybe(
            draw,
            coach_capacity=quantities(5, 200),
            coach_effectiveness=quantities(0.5, 2.5),
            coaching_effect=quantities(0.1, 0.9),
            half_dose=quantities(0.5, 6),
            dose_slope=quantities(0.4, 3),
            knowledge_coaching=quantities(0.05, 0.9),
            coached_knowledge=quantities(0.5, 0.99),
            peer_community=st.one_of(quantities(0, 1), st.just("bernoulli(0.3)")),
            peer_effect=quantities(0, 0.3),
            performance_support=quantities(0, 1),
            support_effect=quantities(0, 0.3),
            refresher_effect=quantities(0, 0.5),
            half_life_gain=quantities(1, 2),
        )
    )


def waves(draw: Draw, teams: tuple[str, ...], modules: list[PlanData], *, lead: bool) -> list[PlanData]:
    """One to three waves whose shares leave room for each other, and perhaps follow-ups."""
    names = tuple(made["id"] for made in modules)
    count = draw(st.integers(1, 3))
    made = [
        {
            "id": f"w{number}",
            "start": draw(st.integers(1, 5)),
            "months": draw(st.integers(1, 3)),
            "teams": some(draw, teams),
            "share": draw(st.sampled_from((0.05, 0.2, 0.3, 1.0 if count == 1 else 1 / 3))),
            "class_size": draw(st.integers(1, 20)),
        }
        for number in range(count)
    ]
    trained = tuple(sorted({team for wave in made for team in wave["teams"]}))
    for ID, start in (("f", 8), ("g", 9)):
        if draw(st.booleans()):
            follow_up = {"id": ID, "start": start, "months": 2, "follow_up": True, "class_size": 7}
            made.append({**follow_up, "teams": some(draw, trained)})
    for wave in made:
        wave["modules"] = with_prerequisites(some(draw, names), modules)
        if lead:
            wave |= maybe(draw, lead_time=st.sampled_from((0, 1, 2.5, 4, 5.2)))
    return made


def lift(draw: Draw, kpi: str) -> PlanData:
    kind = draw(st.sampled_from(tuple(LIFTS[kpi])))
    made = {"id": f"on_{kpi}", "kpi": kpi, "kind": kind, "size": draw(quantities(*LIFTS[kpi][kind]))}
    made |= maybe(
        draw,
        base=quantities(*BASELINES.get(kpi, (20, 60))),
        team_spread=quantities(0, 0.6),
        measured_on=st.just("team"),
    )
    if draw(st.booleans()):
        made["ramp"] = draw(quantities(0, 4))
        made |= maybe(draw, read_at=st.integers(4, 9))
    if draw(st.booleans()):
        made |= {"isolated": False, "credited_share": draw(quantities(0, 1))}
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
            performance_support=quantities(0, 1),
        ),
    }
    return made


def lifts(draw: Draw, kpis: tuple[str, ...]) -> list[PlanData]:
    """Lifts of some KPIs; of one of them perhaps two."""
    made = [lift(draw, kpi) for kpi in some(draw, kpis, most=6)]
    if draw(st.booleans()):
        made.append({**lift(draw, made[0]["kpi"]), "id": "once_more"})
    return made


def movement(draw: Draw, kpi: str) -> PlanData:
    """Trend, season and noise that leave a KPI well inside its bounds."""
    low, high = BASELINES.get(kpi, (20, 60))
    unit = low / 20 if low > 0 else (high - low) / 100
    made = {"id": kpi} | maybe(
        draw,
        trend=quantities(-unit / 20, unit / 20),
        programme_sd=st.sampled_from((unit / 2, unit)),
        team_sd=st.sampled_from((unit / 2, 2 * unit)),
        persistence=st.sampled_from((0.3, 0.9)),
    )
    if draw(st.booleans()):
        up, down = draw(st.lists(st.integers(1, 12), min_size=2, max_size=2, unique=True))
        size = draw(st.sampled_from((0.02, 0.1)))
        made["season"] = {str(up): size, str(down): -size}
    return made


def costs(draw: Draw, wave_ids: list[str], *, hires: bool, languages: bool) -> list[PlanData]:
    """Return lines of some drivers; those that follow waves perhaps only of some."""
    drivers = ["once", "month", "learner", "learner_hour", "class", "coaching_hour", "seat_month"]
    drivers += [
        "development_hour",
        *(["language_hour"] if languages else []),
        *(["new_hire"] if hires else []),
    ]
    chosen = some(draw, tuple(drivers), least=0)
    lines = []
    for driver in chosen:
        line = {"id": driver, "category": "content", "driver": driver, "amount": draw(amounts(1, 4000))}
        line |= maybe(draw, cash=st.just(False))
        if driver in ("learner", "learner_hour", "class") and draw(st.booleans()):
            line["waves"] = some(draw, tuple(wave_ids))
        if driver in ("month", "seat_month"):
            line |= maybe(draw, first_month=st.integers(1, 4), last_month=st.integers(5, 9))
        if driver in ("once", "development_hour", "language_hour"):
            line["month"] = draw(st.integers(0, 9))
        lines.append(line)
    return lines


def benefits(draw: Draw, driver: str, kpis: Mapping[str, Any]) -> PlanData:
    """Return some streams; those in one pot share it."""
    share = st.sampled_from((0.25, 0.6))
    streams = {
        "contact_work": maybe(
            draw,
            callback_share=quantities(0.1, 0.95),
            variable_cost=amounts(0.1, 3),
            volume_is=st.sampled_from(("contacts", "issues")),
            **({"reroute_seconds": quantities(60, 600)} if "reroute" in kpis else {}),
            share=share,
        ),
        "retention": {
            "driver": driver,
            "reach": draw(quantities(0.05, 0.95)),
            "margin": draw(amounts(1, 40)),
            **maybe(draw, elasticity=quantities(0.0005, 0.02), after_months=st.integers(1, 40), share=share),
        },
        "acquisition": {
            "driver": "nps",
            "rate": draw(quantities(0.0001, 0.002)),
            "value": draw(amounts(50, 300)),
            **maybe(draw, share=share),
        },
        "sales": {"offer_share": draw(quantities(0.01, 0.4)), "margin": draw(amounts(5, 60))}
        | maybe(draw, share=share),
        "hiring": {"replacement_cost": draw(amounts(500, 20_000)), **maybe(draw, share=share)},
    }
    if "conversion" not in kpis:
        del streams["sales"]
    chosen = {name: streams[name] for name in some(draw, tuple(streams))}
    custom = []
    for ID, kpi in enumerate(some(draw, tuple(kpi for kpi in kpis if kpi != "knowledge"), least=0, most=2)):
        per = draw(st.sampled_from(("team", "contact", "customer", "person")))
        value = draw(quantities(-3, 5)) if per in ("contact", "customer") else draw(quantities(-90, 300))
        made = {"id": f"c{ID}", "kpi": kpi, "value": value, "per": per, "share": 0.4}
        pots = [name for name in chosen if chosen[name].get("share", 1) < 0.7][:1]
        if ID == 0 and pots and draw(st.booleans()):
            made["pot"] = pots[0]
        custom.append(made)
    return chosen | ({"custom": custom} if custom else {})
