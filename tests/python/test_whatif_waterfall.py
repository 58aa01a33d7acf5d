"""Which change brought what (Shapley values), and what would turn a ranking round."""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import numpy as np
import pytest

import trainplan as tp
from trainplan.whatif._shapley import _Game

TRIALS = 1024
COACHING: dict[str, Any] = {"reinforcement.coaching_hours": 3}


@pytest.fixture(scope="module")
def plan() -> tp.Plan:
    return tp.example("one_team")


def run_of(plan: tp.Plan, changes: dict[str, Any]) -> tp.Run:
    return tp.simulate(plan.replace(changes), trials=TRIALS, seed=5, outputs=["npv"], progress=False)


# ------------------------------------------------------------------------------------------------- waterfall


def shapley(values: dict[frozenset[str], float], players: list[str]) -> dict[str, float]:
    """Average what each player adds, over every order: the definition."""
    shares = dict.fromkeys(players, 0.0)
    orders = list(permutations(players))
    for order in orders:
        before: frozenset[str] = frozenset()
        for player in order:
            shares[player] += (values[before | {player}] - values[before]) / len(orders)
            before |= {player}
    return shares


CHANGES: dict[str, Any] = {
    "reinforcement.coaching_hours": 3,
    "practices.manager_briefed.level": 0.2,
    "teams.support.attrition": 30,
    "modules.foundation.hours": 24,
}


def test_a_waterfall_has_the_shapley_values_of_every_order(plan: tp.Plan) -> None:
    found = tp.compare(plan, {"all": CHANGES}, outputs=["npv"], trials=TRIALS, seed=5, progress=False)
    steps = found.waterfall("all", progress=False)
    values = {}
    for mask in range(2 ** len(CHANGES)):
        chosen = [path for i, path in enumerate(CHANGES) if mask >> i & 1]
        run = run_of(plan, {path: CHANGES[path] for path in chosen})
        values[frozenset(chosen)] = float(run["npv"].mean())
    expected = shapley(values, list(CHANGES))
    got = {step.name: step.contribution.value for step in steps.steps}
    assert got == pytest.approx(expected, rel=1e-9)  # sums of 2^4 means of some 1e5 in another order
    total = sum(step.contribution.value for step in steps.steps)
    by = float(found.difference("all", "npv").mean())
    assert total == pytest.approx(by, rel=1e-12)
    assert steps.difference.value == pytest.approx(by, rel=1e-12)
    table = steps.to_frame()
    assert table["to"].iloc[-1] == pytest.approx(steps.end.value, rel=1e-12)
    assert table.set_index("step").loc["teams.support.attrition", "before"] == "30 to 45"
    assert (table["order_error"] == 0.0).all()


def test_a_waterfall_between_two_scenarios_starts_at_the_reference(plan: tp.Plan) -> None:
    found = tp.compare(
        plan, {"a": {**COACHING, "modules.foundation.hours": 20}, "b": {"modules.foundation.hours": 24}},
        outputs=["npv"], reference="a", trials=128, progress=False,
    )  # fmt: skip
    steps = found.waterfall("b", progress=False)
    assert {step.name for step in steps.steps} == {"reinforcement.coaching_hours", "modules.foundation.hours"}
    assert {(step.before, step.after) for step in steps.steps} == {("3", "1"), ("20", "24")}
    assert steps.start.value == pytest.approx(found["a"]["npv"].mean(), rel=1e-12)
    assert sum(step.contribution.value for step in steps.steps) == pytest.approx(
        float(found.difference("b", "npv").mean()), rel=1e-12
    )


def test_above_ten_changes_random_orders_come_with_their_error(plan: tp.Plan) -> None:
    many = {
        **CHANGES,
        **{
            f"practices.{id}.level": 1
            for id in ("expectations", "action_plan", "plan_reviewed", "leaders_model")
        },
        "costs.lms.amount": 12,
        "costs.materials.amount": 70,
        "workforce.backfill_share": 0.4,
    }
    found = tp.compare(plan, {"all": many}, outputs=["npv"], trials=128, progress=False)
    steps = found.waterfall("all", permutations=32, progress=False)
    assert (len(steps.steps), steps.orders) == (11, 32)
    total = sum(step.contribution.value for step in steps.steps)
    assert total == pytest.approx(float(found.difference("all", "npv").mean()), rel=1e-12)
    # Two changes are one step: ten steps are exact, and the other values stay as they are but for the orders.
    exact = found.waterfall("all", groups={"prices": ["costs"], "practices": ["practices"]}, progress=False)
    assert exact.orders == 0
    sure = {step.name: step.contribution.value for step in exact.steps}
    for step in steps.steps:
        if step.name in sure:
            assert abs(step.contribution.value - sure[step.name]) <= 5.0 * step.order_error + 1e-6
    again = found.waterfall("all", permutations=32, progress=False)
    assert again.steps == steps.steps


def test_changes_that_are_a_plan_only_together_are_one_step(plan: tp.Plan) -> None:
    found = tp.compare(
        plan, tp.standard_scenarios(plan), outputs=["npv", "payback_month"], trials=128, progress=False
    )
    steps = found.waterfall("training + reinforcement", progress=False)
    assert [step.paths for step in steps.steps] == [("costs.preparation", "practices")]
    assert "costs.preparation + practices" in repr(steps)
    with pytest.raises(tp.InputError, match="value in every trial"):
        found.waterfall("training + reinforcement", "payback_month", progress=False)


def test_only_what_needs_one_another_is_joined() -> None:
    plan = tp.example("contact_centre")
    game = _Game(plan, {}, tp.standard_scenarios(plan)["one-off training"], {})
    assert game.settle(np.random.default_rng(1), None)  # few enough steps for every set of them
    paths = {player[0]: set(player) for player in game.players}
    assert paths["costs.calibration"] == {"costs.calibration"}
    assert paths["costs.induction"] == {"costs.induction", "onboarding"}
    assert paths["reinforcement.coaching_minutes"] == {
        "reinforcement.coaching_minutes", "reinforcement.coaching_sessions",
    }  # fmt: skip
    lines = {f"costs.{id}" for id in ("management", "recognition", "supervisor_training", "supervisors")}
    assert paths["costs.management"] == {"practices", *lines}
    follow_ups = {f"waves.{wave.id}" for wave in plan.record.waves if wave.follow_up}
    advanced = {f"modules.{id}" for id in ("difficult_conversations", "first_time_right", "product_depth")}
    assert paths["costs.workshops"] == {"costs.workshops", *follow_ups, *advanced}


def test_groups_name_changes_of_the_scenario(plan: tp.Plan) -> None:
    found = tp.compare(plan, {"all": CHANGES}, outputs=["npv"], trials=64, progress=False)
    steps = found.waterfall("all", groups={"people": ["teams", "practices"]}, progress=False)
    assert {step.name for step in steps.steps} == {
        "people", "reinforcement.coaching_hours", "modules.foundation.hours",
    }  # fmt: skip
    with pytest.raises(tp.InputError, match=r"groups\.people: is 'modules\.foundation\.hour', is no change"):
        found.waterfall("all", groups={"people": ["modules.foundation.hour"]}, progress=False)


# ----------------------------------------------------------------------------------------------------- flips


def fee(amount: Any) -> dict[str, Any]:
    return {"id": "fee", "category": "content", "driver": "once", "amount": amount, "month": 0}


def test_no_flip_is_named_where_no_shared_input_matters(plan: tp.Plan) -> None:
    """What both scenarios pay, and what only one of them draws, says nothing of their difference."""
    uncertain = plan.replace({"programme.contingency": 0, "costs.preparation.amount": "normal(3000, 1000)"})
    worth = 3000 + 1.2815515655446004 * 1000
    practices = [{**one, "cost": "included"} for one in plan.to_dict()["practices"]]
    found = tp.compare(
        uncertain,
        {"a": {"practices": practices}, "b": {"practices": practices, "costs.fee": fee(worth)}},
        outputs=["npv"],
        trials=4096,
        progress=False,
    )
    same = found.flips(between=("a", "b"))
    # Both pay the uncertain line: the difference is the fee, in every trial, whatever the inputs.
    assert (same.better, same.weakest) == ("a", None)
    assert "none: no single input" in repr(same)
    # A line that costs nothing in b is an input that b does not share: it cannot be named either.
    rival = tp.compare(
        uncertain,
        {"a": {"practices": practices, "costs.fee": fee(0)},
         "b": {"practices": practices, "costs.fee": fee(worth), "costs.preparation.amount": 0}},
        outputs=["npv"], trials=4096, progress=False,
    )  # fmt: skip
    assert rival.flips(between=("a", "b")).found == ()


def test_a_flip_is_found_at_its_known_place(plan: tp.Plan) -> None:
    """Seats for two years, or for one and a fee that is worth the second at the P90 of their price."""
    own = plan.replace({"costs.lms.amount": "normal(6, 0.5)"})
    one_year = {"costs.lms.last_month": 12}

    def seats(changes: dict[str, Any]) -> float:
        """Return the mean cost of a price of 1 for all seats."""
        costs = [
            tp.simulate(
                own.replace({**changes, "costs.lms.amount": amount}),
                trials=64, outputs=["total_cost"], progress=False,
            )["total_cost"].mean()
            for amount in (7, 8)
        ]  # fmt: skip
        return float(costs[1] - costs[0])

    price = 6 + 1.2815515655446004 * 0.5
    second = seats({}) - seats(one_year)
    found = tp.compare(
        own,
        {"a": {}, "b": {**one_year, "costs.fee": fee(second * price)}},
        outputs=["total_cost"],
        trials=4096,
        progress=False,
    )
    flips = found.flips("total_cost", between=("a", "b"))
    assert (flips.better, flips.other) == ("a", "b")
    assert [one.input for one in flips.found] == ["costs.lms.amount"]
    assert flips.weakest is not None
    assert flips.weakest.when == "above"
    assert flips.weakest.low <= 0.9 <= flips.weakest.high
    # Straight in the price, without noise; a hundredth of its sd for the quantiles of the trials themselves.
    assert flips.weakest.value == pytest.approx(price, abs=0.005)


def test_the_weakest_assumption_is_the_flip_nearest_to_the_median(plan: tp.Plan) -> None:
    found = tp.compare(
        plan, tp.standard_scenarios(plan), outputs=["npv"], trials=8192, seed=3, progress=False
    )
    flips = found.flips("npv", between=("plan", "no training"))
    weakest = flips.weakest
    assert weakest is not None
    distances = [abs(one.quantile - 0.5) for one in flips.found]
    assert distances == sorted(distances)
    by = found["plan"]["npv"] - found["no training"]["npv"]
    x = found["plan"].draws([weakest.input], trials=8192)[weakest.input].to_numpy()
    assert np.mean(x <= weakest.value) == pytest.approx(weakest.quantile, abs=1e-3)
    # Near the value the mean difference is 0: by hand, in a window of 5 % of the trials.
    near = np.argsort(np.abs(x - weakest.value))[: by.size // 20]
    assert abs(by[near].mean()) <= 4.0 * by[near].std() / math.sqrt(near.size)
    # On the side that it names, "no training" is better on average.
    beyond = (
        x < np.quantile(x, weakest.low / 2)
        if weakest.when == "below"
        else x > np.quantile(x, (1 + weakest.high) / 2)
    )
    assert by[beyond].mean() < 0.0
    assert weakest.input in repr(flips)
    assert flips.to_frame()["input"].iloc[0] == weakest.input


def test_the_best_scenario_under_another_name_is_no_rival(plan: tp.Plan) -> None:
    found = tp.compare(plan, tp.standard_scenarios(plan), outputs=["npv"], trials=128, progress=False)
    assert {found.flips().better, found.flips().other} == {"plan", "training + reinforcement"}
