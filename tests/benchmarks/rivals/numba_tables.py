"""A plan as tables of numbers for the kernels of the Numba rival of `programme.py`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rivals.plan import LIFTS, MOVING, damped_months
from rivals.programme import Programme

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

SCALARS = (
    "transfer.reference", "transfer.strength", "forgetting.half_life", "forgetting.practice_effect",
    "reinforcement.coaching_sessions", "reinforcement.coaching_minutes", "reinforcement.coach_capacity",
    "reinforcement.coaching_effect", "reinforcement.coach_effectiveness", "reinforcement.half_dose",
    "reinforcement.knowledge_coaching", "reinforcement.peer_effect", "reinforcement.peer_community",
    "reinforcement.support_effect", "reinforcement.performance_support", "workforce.realization",
    "workforce.backfill_share", "workforce.backfill_hourly_cost", "onboarding.extra_hours",
    "benefits.contact_work.callback_share", "benefits.contact_work.variable_cost",
    "benefits.contact_work.reroute_seconds", "benefits.retention.elasticity", "benefits.retention.reach",
    "benefits.retention.margin", "benefits.acquisition.rate", "benefits.acquisition.value",
    "benefits.hiring.replacement_cost", "movements.csat.trend", "movements.aht.trend",
)  # fmt: skip
(
    REFERENCE, STRENGTH, HALF_LIFE, PRACTICE, SESSIONS, MINUTES, CAPACITY, COACHING, EFFECTIVE, HALF_DOSE,
    KNOWLEDGE, PEER, PEERS, TOOL, TOOLS, REALIZATION, BACKFILL, AGENCY, EXTRA, CALLBACK, VARIABLE, SECOND,
    ELASTICITY, REACH, MARGIN, RATE, WORTH, LEAVER, TREND_CSAT, TREND_AHT,
) = range(len(SCALARS))  # fmt: skip
FAMILIES = ("lognormal", "logit-normal", "normal", "pert", "uniform")


class Tables(NamedTuple):
    """Everything certain. Rows are those of the strip's quantities, X; teams in the order of `Facts`."""

    # draws
    rows: Whole  # rows with a quantity that is uncertain, by family
    family: Whole
    law: Array  # by row: a, b, low, width
    table: Whole
    knots: Array
    members: Whole  # correlated rows: row, first of its group
    factor: Array
    sizes: Whole  # rows of the lifts' sizes
    toward: Array  # share of the common score in each
    scored: Whole  # rows of standard normal draws, in pairs with `rows`
    # where things stand in X
    wage: int
    attrition: int
    completion: int
    accessibility: int
    mastery: int
    ratio: int
    amount: int
    common: int
    effect: int  # draws of lift and team, lanes in the order attrition (all teams), other lifts (contact)
    sample: int
    # scalars
    certain: Array
    # modules
    module: Array  # hours, 1 - fail^2, mastery's factor
    after: Whole  # module: prerequisite or -1, in an order that has prerequisites first
    order: Whole
    # months
    live: Whole  # month x 2: rows
    coach: Whole
    pattern: Whole
    groups: Whole
    contact: Whole
    untaught: Array  # month x group x team: 1 where coaching adds knowledge
    again: Whole  # month x team: refreshers
    copies: Whole  # month, new, source
    taught: Whole  # month, group, team, module
    mix: Array  # month x lift x group
    support: Array  # month x group
    damped: Array
    season: Array  # KPI x month, factor of odds or of the value
    discount: Array
    # teams
    people: Array
    on_floor: Array
    contacts: Array
    customers: Array
    paid: Array
    base: Array  # KPI of LIFTS[1:] x team
    answers: Array
    churn: Array
    # costs
    units: Array  # month x (lines, teams, patterns)
    coached: Array  # pattern x team
    # lifts and movements
    ramp: Array  # step of each lift; 1 where there is no ramp
    spread: Array
    seen: Array  # lift: completion, mastery, practice, months, coaching_hours, peers, support
    seen_of: Whole  # lift: the first one seen at the same place
    moves: Array  # KPI: spread of the programme, of a team, persistence


def lower(facts: Programme) -> tuple[Tables, list[str]]:
    """Tables, and the path of every row of X."""
    teams, contact, modules = facts.teams, facts.contact, [m["id"] for m in facts.plan["modules"]]
    paths = list(SCALARS)
    at: dict[str, int] = {}

    def block(name: str, among: list[str]) -> None:
        at[name] = len(paths)
        paths.extend(among)

    block("wage", [f"teams.{team.id}.hourly_cost" for team in teams])
    block("attrition", [f"teams.{team.id}.attrition" for team in teams])
    for name in ("completion", "accessibility", "mastery", "development_ratio"):
        block(name.rpartition("_")[2], [f"modules.{ID}.{name}" for ID in modules])
    lines = [facts.budget.hired, facts.budget.coaching, facts.budget.developed]
    lines += [line for line in facts.budget.units if line != facts.budget.developed]
    block("amount", [f"costs.{line}.amount" for line in lines])
    block("size", facts.sizes)
    block("common", ["lifts#common"])
    lanes = [(lift, team.id) for lift in LIFTS for team in (teams if lift == "attrition" else contact)]
    block("effect", [f"lifts.{lift}#team.{team}" for lift, team in lanes])
    block("sample", [f"teams.{team.id}.baseline.{kpi}#sample" for kpi in MOVING[:3] for team in contact])

    place = {path: row for row, path in enumerate(paths)}
    assert set(facts.laws) <= set(place), set(facts.laws) - set(place)
    order = sorted((FAMILIES.index(law.family), place[path]) for path, law in facts.laws.items())
    law = np.zeros((len(paths), 4))
    table, texts = np.full(len(paths), -1), list(facts.tables)
    for path, found in facts.laws.items():
        law[place[path]] = found.a, found.b, found.low, found.width
        table[place[path]] = texts.index(found.text) if found.family == "pert" else -1
    scored = [row for family, row in order if FAMILIES[family] != "uniform"]
    scored += list(range(at["common"], len(paths)))
    scored += [scored[-1]] * (len(scored) % 2)  # drawn twice

    members: list[tuple[int, int]] = []
    size = sum(len(group) for group, _ in facts.correlated)
    factor = np.zeros((size, size))
    for group, L in facts.correlated:
        first = len(members)
        factor[first : first + len(group), first : first + len(group)] = L
        members += [(place[path], first) for path in group]

    H, most, T = facts.months, facts.courses.most_groups, len(teams)
    row_of = {team.id: row for row, team in enumerate(teams)}
    onboarding = int(facts.plan["onboarding"]["from_month"])
    live, coach, pattern, active = np.zeros((H + 1, 2), int), np.zeros((H + 1, 2), int), [], []
    again, untaught = np.zeros((H + 1, T), int), np.ones((H + 1, most, T))
    groups, copies, taught, count = [], [], [], 1
    mix, support = np.zeros((H + 1, len(LIFTS), most)), np.zeros((H + 1, most))
    for month in range(H + 1):
        living = [
            row
            for row, team in enumerate(teams)
            if team.first < month or (team.first == month and month >= onboarding)
        ]
        trained = [row for row, team in enumerate(teams) if team.trained < month]
        for rows, spans in ((living, live), (trained, coach)):
            assert not rows or rows == list(range(rows[0], rows[-1] + 1))
            spans[month] = (rows[0], rows[-1] + 1) if rows else (0, 0)
        pattern.append(next((i for i, when in enumerate(facts.budget.coached_when) if when[month]), 0))
        active.append(sum(team.first < month for team in contact))
        for part in facts.budget.refreshed[month]:
            again[month, part] = 1
        for g, row in facts.courses.untaught[month]:
            untaught[month, g, row] = 0
        groups.append(count)
        mix[month, :, :count], support[month, :count] = (
            facts.courses.weights[month],
            facts.courses.in_support[month],
        )
        for source in facts.courses.splits.get(month, []):
            copies.append((month, count, source))
            count += 1
        for team, module, into in facts.courses.taught.get(month, []):
            taught += [(month, g, row_of[team], modules.index(module)) for g in into]

    before = {m["id"]: [modules.index(p) for p in m["prerequisites"]] for m in facts.plan["modules"]}
    assert all(len(p) <= 1 for p in before.values())
    after = np.array([before[ID][0] if before[ID] else -1 for ID in modules])
    ordered: list[int] = []
    while len(ordered) < len(modules):
        ordered += [
            i for i in range(len(modules)) if i not in ordered and (after[i] < 0 or after[i] in ordered)
        ]
    q = facts.number
    units = [facts.budget.units[line] for line in lines[2:]] + [*facts.budget.off_floor]
    units += [when.astype(float) for when in facts.budget.coached_when]
    seen = [facts.inputs.field(f"lifts.{lift}.reached_at") for lift in LIFTS]
    names = (
        "completion",
        "mastery",
        "practice",
        "months",
        "coaching_hours",
        "peer_community",
        "performance_support",
    )
    r = math.sqrt(facts.common)
    ramps = [q(f"lifts.{lift}.ramp") for lift in LIFTS]
    base = np.array([[team.baseline[kpi] for team in contact] for kpi in (*LIFTS[1:], "churn")])
    practice, lasting = facts.practice()
    certain = np.array(
        [
            practice, lasting, q("forgetting.permanent_share"), q("forgetting.knowledge_permanent_share"),
            2.0 ** (-1 / q("forgetting.knowledge_half_life")), q("reinforcement.coached_knowledge"),
            q("reinforcement.refresher_effect"), q("reinforcement.half_life_gain"),
            q("forgetting.half_life_cap"), q("programme.extrapolation"),
            q(f"teams.{contact[0].id}.support_dependence"),
            float(min(team.first for team in teams)), float(onboarding),
            float(modules.index(facts.plan["onboarding"]["modules"][0])),
        ]
    )  # fmt: skip
    tables = Tables(
        rows=np.array([row for _, row in order]), family=np.array([family for family, _ in order]), law=law,
        table=table, knots=np.array([facts.tables[text] for text in texts]),
        members=np.array(members), factor=factor, sizes=np.array([place[path] for path in facts.sizes]),
        toward=np.array([facts.toward(lift) * r for lift in LIFTS]), scored=np.array(scored),
        **at_only(at), certain=certain,
        module=np.array(
            [
                [
                    q(f"modules.{ID}.hours"), 1 - q(f"modules.{ID}.fail_rate") ** 2,
                    q(f"modules.{ID}.coverage") * q(f"modules.{ID}.modality_factor"),
                ]
                for ID in modules
            ]
        ),
        after=after, order=np.array(ordered), live=live, coach=coach, pattern=np.array(pattern),
        groups=np.array(groups), contact=np.array(active), untaught=untaught, again=again,
        copies=np.array(copies), taught=np.array(taught), mix=mix, support=support,
        damped=np.array([damped_months(month) for month in range(H + 1)]),
        season=np.exp([[x if k == "aht" else -x for x in facts.season(k)] for k in MOVING]),
        discount=facts.budget.discount,
        people=np.array([team.people for team in teams]),
        on_floor=np.array([team.on_floor for team in teams]),
        contacts=np.array([team.contacts for team in contact]),
        customers=np.array([team.customers for team in contact]),
        paid=np.array([team.paid for team in contact]), base=base[:-1],
        answers=np.array([[float(team.answers[kpi]) for team in contact] for kpi in MOVING[:3]]),
        churn=-np.expm1(np.log1p(-base[-1] / 100) / 12),
        units=np.array(units).T.copy(), coached=np.array(facts.budget.coached_people),
        ramp=np.array([1 - 2 ** (-1 / ramp) if ramp else 1.0 for ramp in ramps]),
        spread=np.array([q(f"lifts.{lift}.team_spread") for lift in LIFTS]),
        seen=np.array([[float(x[name]) for name in names] for x in seen]),
        seen_of=np.array([seen.index(x) for x in seen]),
        moves=np.array([facts.movement(kpi) for kpi in MOVING]),
    )  # fmt: skip
    return tables, paths


def at_only(at: dict[str, int]) -> dict[str, int]:
    """Places of the blocks that kernels ask for by name."""
    return {name: row for name, row in at.items() if name != "size"}
