"""The laws of docs/method.md, section 9, on generated plans.

Each law is a test of some plans, always the same ones, and a slow one of 10,000.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import plans
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from plans import PlanData, amounts, changed, loosened, quantities, scaled, shuffled

import trainplan as tp
from trainplan import _core

Array = NDArray[np.float64]
Key = tuple[str, ...]

TRIALS = 96  # a block and a half
MONEY = ["npv", "total_benefit", "total_cost", "pv_benefit", "pv_cost"]
EXAMPLES = [pytest.param(30, id="some"), pytest.param(10_000, id="many", marks=pytest.mark.slow)]
# Sums of a few hundred terms in another order: each addition may be off by 2^-53 of the gross sum.
ROUNDING = 1e-13


def law(*given_by: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[[int], None]]:
    """Make a statement about generated plans a test of some, and a slow test of many."""

    def made(statement: Callable[..., None]) -> Callable[[int], None]:
        def test(examples: int) -> None:
            # Plans are large and drawn slowly; that is no fault of the law.
            slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
            options = settings(
                max_examples=examples, derandomize=True, deadline=None, suppress_health_check=slow
            )
            options(given(*given_by)(statement))()

        test.__name__, test.__doc__ = statement.__name__, statement.__doc__
        return pytest.mark.parametrize("examples", EXAMPLES)(test)

    return made


def simulated(plan: PlanData, outputs: list[str], *, trials: int = TRIALS) -> dict[str, Array]:
    """Return outputs of a plan, a value a trial; lifts that leave their bounds are not the laws' business."""
    run = tp.simulate(
        tp.Plan.from_dict(plan), trials=trials, seed=5, outputs=outputs, threads=1, progress=False
    )
    return {name: run[name] for name in outputs}


def traced(plan: PlanData, *what: str, trials: int = 8, central: bool = False) -> dict[Key, Array]:
    """Return monthly series by key (what, team, item, cohort, competence): month x trial."""
    keys, values = _core.series(
        tp.Plan.from_dict(plan).record,
        first=0,
        trials=trials,
        seed=5,
        stratified=True,
        central=central,
        what=list(what),
    )
    return {key[:5]: series for key, series in zip(keys, values, strict=True)}


def draws(plan: PlanData, *paths: str, central: bool = False) -> Array:
    """Return the draws behind `traced`: path x trial."""
    record = tp.Plan.from_dict(plan).record
    options = {"first": 0, "trials": 8, "seed": 5, "stratified": True, "central": central}
    return _core.draws(record, list(paths), **options)[1]


def of(series: dict[Key, Array], what: str) -> list[Array]:
    return [values for key, values in series.items() if key[0] == what]


def assert_same_bits(a: Array, b: Array, about: object = "") -> None:
    np.testing.assert_array_equal(a.view(np.uint64), b.view(np.uint64), err_msg=str(about))


def money_paths(plan: PlanData) -> dict[str, Any]:
    """Return every amount of money of a plan by its path."""
    inputs = tp.Plan.from_dict(plan).record.inputs()
    return {row["path"]: row["value"] for row in inputs if row["unit"].startswith("currency")}


@law(plans.plans())
def test_a_plan_without_training_has_benefits_of_exactly_zero(plan: PlanData) -> None:
    idle = changed(plan, {"waves": None, "onboarding": None})
    idle["costs"] = [{**line, "waves": []} for line in plan["costs"] if line["driver"] != "new_hire"]
    found = traced(idle, "benefit", "output")
    assert of(found, "benefit")
    for stream in of(found, "benefit"):
        assert (stream[1:] == 0).all()
    assert (found["output", "", "total_benefit", "", ""][0] == 0).all()
    assert_same_bits(found["output", "", "npv", "", ""][0], 0 - found["output", "", "pv_cost", "", ""][0])


@law(plans.plans())
def test_without_training_every_kpi_stays_where_it_is(plan: PlanData) -> None:
    idle = changed(plan, {"waves": None, "onboarding": None})
    idle["costs"] = [{**line, "waves": []} for line in plan["costs"] if line["driver"] != "new_hire"]
    found = traced(idle, "kpi", "kpi_without")
    for key, values in found.items():
        if key[0] == "kpi":
            assert_same_bits(values[1:], found["kpi_without", *key[1:]][1:], key)


@law(plans.plans())
def test_all_money_amounts_times_two_give_money_times_two_bit_for_bit(plan: PlanData) -> None:
    amounts = money_paths(plan)
    assert {path.split(".")[0] for path in amounts} >= {"teams"}
    double = changed(plan, {path: scaled(value, 2) for path, value in amounts.items()})
    sums, ratios = [*MONEY, "contingency", "funding_request"], ["roi", "bcr", "bcr_pv", "payback_month"]
    before, after = simulated(plan, sums + ratios), simulated(double, sums + ratios)
    for name in sums:
        assert_same_bits(after[name], 2 * before[name], name)
    for name in ratios:
        assert_same_bits(after[name], before[name], name)


@law(plans.plans(), amounts(15, 60))
def test_costs_times_two_give_benefits_less_twice_the_costs(plan: PlanData, price: plans.Quantity) -> None:
    # All hours off the floor are backfilled: the price of participants' time is a price of costs alone.
    backfilled = changed(plan, {"workforce.backfill_share": 1, "workforce.backfill_hourly_cost": price})
    cost_only = ("costs.", "workforce.backfill_hourly_cost")
    amounts = {path: value for path, value in money_paths(backfilled).items() if path.startswith(cost_only)}
    dear = changed(backfilled, {path: scaled(value, 2) for path, value in amounts.items()})
    before, after = simulated(backfilled, MONEY), simulated(dear, MONEY)
    for kind in ("total", "pv"):
        assert_same_bits(after[f"{kind}_benefit"], before[f"{kind}_benefit"], kind)
        assert_same_bits(after[f"{kind}_cost"], 2 * before[f"{kind}_cost"], kind)
    assert_same_bits(after["npv"], before["pv_benefit"] - 2 * before["pv_cost"], "npv")


@law(plans.plans())
def test_hourly_costs_price_costs_alone_where_no_contact_work_is_counted(plan: PlanData) -> None:
    """The price of participants' time without backfill: the teams' own hours."""
    own = changed(plan, {"workforce.backfill_share": None, "benefits.contact_work": None})
    amounts = {path: value for path, value in money_paths(own).items() if not path.startswith("benefits.")}
    dear = changed(own, {path: scaled(value, 2) for path, value in amounts.items()})
    before, after = simulated(own, MONEY), simulated(dear, MONEY)
    assert_same_bits(after["npv"], before["pv_benefit"] - 2 * before["pv_cost"], "npv")


@law(plans.plans())
def test_streams_and_lines_add_up_to_totals_cash_flow_and_npv(plan: PlanData) -> None:
    found = traced(plan, "benefit", "cost", "cash_flow", "cumulative_cash_flow", "output")
    cash = found["cash_flow", "", "", "", ""]

    def total(what: str, size: Callable[[Array], Array] = np.asarray) -> Array:
        """Month by month; a series without a value in month 0 has none of it there."""
        return sum((size(np.nan_to_num(values)) for values in of(found, what)), np.zeros_like(cash))

    def close(actual: Array, expected: Array, gross: Array) -> None:
        assert (np.abs(actual - expected) <= ROUNDING * (gross + 1e-300)).all()

    benefits, costs = total("benefit"), total("cost")
    gross = total("benefit", np.abs) + costs
    close(benefits - costs, cash, gross)
    close(np.cumsum(cash, axis=0), found["cumulative_cash_flow", "", "", "", ""], np.cumsum(gross, axis=0))
    result = {key[2]: values[0] for key, values in found.items() if key[0] == "output"}
    close(benefits.sum(axis=0), result["total_benefit"], gross.sum(axis=0))
    close(costs.sum(axis=0), result["total_cost"], gross.sum(axis=0))

    [rate] = draws(plan, "programme.discount_rate")
    months = np.arange(len(cash))[:, None]
    years = np.maximum(0, months - (0 if "timing" in plan["programme"] else 0.5)) / 12
    discount = (1 + rate) ** -years
    discounted = (gross * discount).sum(axis=0)
    close(((benefits - costs) * discount).sum(axis=0), result["npv"], 10 * discounted)  # two power functions
    close(result["pv_benefit"] - result["pv_cost"], result["npv"], discounted)
    close(result["total_cost"] + result["contingency"], result["funding_request"], gross.sum(axis=0))


@law(plans.plans())
def test_behavior_never_exceeds_knowledge_and_both_are_shares(plan: PlanData) -> None:
    found = traced(plan, "cohort_behavior", "cohort_knowledge", "behavior", "knowledge")
    used = 0
    for key, behavior in found.items():
        if not key[0].endswith("behavior"):
            continue
        knowledge = found[key[0].replace("behavior", "knowledge"), *key[1:]]
        behavior, knowledge = behavior[1:], knowledge[1:]
        used += behavior.max() > 0
        assert behavior.min() >= 0, key
        assert (behavior <= knowledge * (1 + ROUNDING)).all(), key
        assert knowledge.max() <= 1 + ROUNDING, key
    assert used


@law(plans.plans(attrition_lifts=False), st.floats(0, 8), st.floats(0, 8))
def test_more_coaching_lowers_behavior_in_no_trial_where_turnover_is_fixed(
    plan: PlanData, some: float, more: float
) -> None:
    less, more = sorted((some, more))
    plan = loosened(plan)
    for field in ("coaching_sessions", "coaching_minutes"):
        plan["reinforcement"].pop(field, None)
    low = traced(changed(plan, {"reinforcement.coaching_hours": less}), "cohort_behavior", "cohort_knowledge")
    high = traced(
        changed(plan, {"reinforcement.coaching_hours": more}), "cohort_behavior", "cohort_knowledge"
    )
    for key, values in low.items():
        assert (high[key][1:] >= values[1:] * (1 - ROUNDING)).all(), key


@law(plans.plans(attrition_lifts=False), st.integers(1, 7))
def test_one_course_fades_by_the_closed_formula(plan: PlanData, end: int) -> None:
    """u (f + (1-f) 2^(-n/h)) (1-l)^n, n months after the first that has its effect."""
    alone = changed(loosened(plan), {"reinforcement": None, "onboarding": None})
    alone["costs"] = []
    alone["modules"] = [{**plan["modules"][0], "id": "course"}]
    team = plan["teams"][0]["id"]
    alone["waves"] = [{"id": "w", "start": end, "teams": [team], "modules": ["course"], "share": 0.5}]
    found = traced(alone, "cohort_behavior", "completion", "mastery", "transfer", "sustained_half_life")
    kept, attrition = draws(alone, "forgetting.permanent_share", f"teams.{team}.attrition")
    used = [found[what, "", "course", "", ""][0] for what in ("completion", "mastery")]
    u = used[0] * used[1] * found["transfer", "", "", "", ""][0]
    half_life = found["sustained_half_life", "", "", "", ""][0]
    for taught in alone["modules"][0]["competences"]:
        behavior = found["cohort_behavior", team, "", "w", taught]
        assert (behavior[1 : end + 1] == 0).all()
        for n in range(len(behavior) - end - 1):
            expected = u * (kept + (1 - kept) * 2 ** (-n / half_life)) * (1 - attrition / 1200) ** n
            # n multiplications in turn against powers, at most 15 months
            np.testing.assert_allclose(behavior[end + 1 + n], expected, rtol=1e-12)
        assert (found["cohort_behavior", team, "", "untrained", taught][1:] == 0).all()


@law(plans.plans())
def test_two_equal_halves_of_a_team_are_worth_the_team(plan: PlanData) -> None:
    """Whole classes and streams by team apart; at the central trial: each half has draws of its own."""
    plan = loosened(plan)
    plan["benefits"].pop("custom", None)
    plan = changed(plan, {"costs.class": None}) if plan["costs"] else plan
    team = plan["teams"][0]
    name = team["id"]
    sizes = [field for field in ("contacts", "customers", "new_customers") if field in team]
    medians = draws(plan, *(f"teams.{name}.{field}" for field in sizes), central=True)
    team |= {field: float(median[0]) for field, median in zip(sizes, medians, strict=True)}
    whole = changed(
        plan, {f"teams.{name}": {**team, **{field: 2 * team[field] for field in ("people", *sizes)}}}
    )
    halved = changed(
        plan,
        {f"teams.{name}": None, "teams.one": {**team, "id": "one"}, "teams.other": {**team, "id": "other"}},
    )
    for wave in halved["waves"]:
        if name in wave["teams"]:
            wave["teams"] = [one for one in wave["teams"] if one != name] + ["one", "other"]
    before = traced(whole, "output", "kpi", "benefit", "cost", central=True)
    after = traced(halved, "output", "kpi", "benefit", "cost", central=True)
    gross = sum(np.nansum(np.abs(values)) for key, values in before.items() if key[0] in ("benefit", "cost"))
    for key, values in before.items():
        programme_kpi = key[0] == "kpi" and key[1] == ""
        total = key[0] == "output" and key[2].startswith(("npv", "total", "pv", "contingency", "funding"))
        if total:
            assert abs(after[key][0, 0] - values[0, 0]) <= ROUNDING * gross, key
        if programme_kpi:
            np.testing.assert_allclose(after[key], values, rtol=1e-12, err_msg=str(key))


@law(plans.plans(), st.randoms(use_true_random=False))
def test_permuted_rows_give_the_same_bits(plan: PlanData, random: Random) -> None:
    # A knowledge score is an output only where somebody is taught.
    known = [kpi for kpi in plan["teams"][0]["baseline"] if kpi != "knowledge"]
    kpis = [f"{kpi}@{month}" for kpi in known for month in (3, 10)]
    names = [*MONEY, "payback_month", "attrition@7", *kpis]
    before, after = simulated(plan, names), simulated(shuffled(plan, random), names)
    for name in names:
        assert_same_bits(after[name], before[name], name)


@law(plans.plans(), st.integers(1, 20))
def test_a_longer_horizon_keeps_the_months_before(plan: PlanData, further: int) -> None:
    # What customers kept are worth after the horizon moves with it.
    plan["benefits"].get("retention", {}).pop("after_months", None)
    months = plan["programme"]["months"]
    short, long = traced(plan), traced(changed(plan, {"programme.months": months + further}))
    assert short.keys() == long.keys()
    for key, values in short.items():
        if key[0] != "output":
            assert_same_bits(long[key][: months + 1], values, key)


@law(plans.plans())
def test_six_stands_for_the_sixth_month(plan: PlanData) -> None:
    kpi = "csat@6"
    monthly = traced(plan, "kpi", trials=TRIALS)["kpi", "", "csat", "", ""]
    assert len(monthly) == plan["programme"]["months"] + 1
    assert_same_bits(simulated(plan, [kpi])[kpi], monthly[6])


@law(plans.plans())
def test_training_acts_from_the_month_after_its_end(plan: PlanData) -> None:
    plan = loosened(plan)
    for wave in plan["waves"]:
        wave |= {"start": 9, "months": 1} if "follow_up" in wave else {"start": 5, "months": 1}
    first = changed(plan, {"onboarding": None})
    first["costs"] = [line for line in plan["costs"] if line["driver"] != "new_hire"]
    behavior = of(traced(first, "behavior"), "behavior")
    assert all((values[1:6] == 0).all() for values in behavior)
    assert any((values[6] > 0).all() for values in behavior)


@law(plans.plans(), quantities(0.01, 0.99))
def test_two_waves_of_half_a_team_end_where_one_of_the_whole_team_does(
    plan: PlanData, use: plans.Quantity
) -> None:
    """Half in wave 1 and half in wave 2, nothing fades: u, not u (2 - u)."""
    team = plan["teams"][0]["id"]
    calm = {"permanent_share": 1, "knowledge_permanent_share": 1}
    steady = changed(loosened(plan), {"reinforcement": None, "onboarding": None, "forgetting": calm})
    steady |= {"costs": [], "lifts": [], "movements": [], "transfer": {"reference": use, "strength": 0}}
    steady["teams"] = [{**steady["teams"][0], "attrition": 0}]
    course = {
        "id": "course",
        "competences": ["product"],
        "hours": 2,
        "completion": 1,
        "accessibility": 0,
        "mastery": 1,
    }
    steady["modules"] = [course]
    wave = {"teams": [team], "modules": ["course"], "share": 0.5}
    steady["waves"] = [{"id": "one", "start": 2, **wave}, {"id": "two", "start": 5, **wave}]
    behavior = traced(steady, "behavior")["behavior", team, "", "", "product"]
    [u] = draws(steady, "transfer.reference")
    # The KPI attrition never is 0 but 1e-6 % a year, its least value: 1e-8 in the year that the plan lasts.
    np.testing.assert_allclose(behavior[3:6], np.broadcast_to(u / 2, (3, 8)), rtol=2e-8)
    np.testing.assert_allclose(behavior[6:], np.broadcast_to(u, behavior[6:].shape), rtol=2e-8)


@law(plans.plans(), st.integers(1, 300), st.integers(1, 300), st.integers(1, 7))
def test_trials_are_the_same_however_many_there_are_and_whoever_computes_them(
    plan: PlanData, few: int, more: int, threads: int
) -> None:
    made = tp.Plan.from_dict(plan)
    names = [*MONEY, "payback_month", "csat@10"]
    alone = tp.simulate(made, trials=few, seed=5, outputs=names, threads=1, progress=False)
    together = tp.simulate(made, trials=few + more, seed=5, outputs=names, threads=threads, progress=False)
    for name in names:
        assert_same_bits(together[name][:few].copy(), alone[name].copy(), name)


@law(plans.plans())
def test_no_valid_plan_gives_a_number_that_is_none(plan: PlanData) -> None:
    """Only a payback that never comes and ratios to no cost have no value."""
    found = traced(plan)
    assume(found["output", "", "total_cost", "", ""][0].min() > 0)
    for key, values in found.items():
        if key[0] == "output" and key[2].endswith("payback_month"):
            continue
        month_zero_only = key[0] in ("output", "completion", "mastery", "transfer", "sustained_half_life")
        month_zero_only |= key[0] in ("reached_at", "lift_effect", "wave_start")
        shown = values[:1] if month_zero_only else values[1:]
        assert np.isfinite(shown).all(), key
