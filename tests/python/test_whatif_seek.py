"""Goal seek: every turn of the curve, its Monte Carlo interval, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import trainplan as tp
from trainplan.statistics import Estimate
from trainplan.whatif._turns import Search

HOURS = "reinforcement.coaching_hours"
AMOUNT = "costs.content.amount"


@pytest.fixture(scope="module")
def plan() -> tp.Plan:
    return tp.example("one_team")


def curve(f: Callable[[float], float], error: float = 0.0) -> tuple[Callable[[float], Estimate], list[float]]:
    """Return a function as a search sees it, and a list of where it was looked at."""
    seen: list[float] = []

    def look(x: float) -> Estimate:
        if x not in seen:
            seen.append(x)
        return Estimate(f(x), error / 2.0, f(x) - error, f(x) + error)

    return look, seen


# ---------------------------------------------------------------------------------------------------- search


def test_all_turns_of_a_known_curve_are_found() -> None:
    look, seen = curve(math.sin)
    found = Search(look, 0.5, 0.0, 20.0, False).answers(33)
    expected = sorted(
        x
        for k in range(4)
        for x in (math.pi / 6 + 2 * math.pi * k, 5 * math.pi / 6 + 2 * math.pi * k)
        if x < 20.0
    )
    assert [one.met for one in found] == ["from", "up to"] * 3 + ["from"]
    for one, x in zip(found, expected, strict=True):
        assert abs(one.value - x) <= 20.0 * 1e-5  # the tolerance that is promised
        assert math.sin(one.value) >= 0.5 > math.sin(one.short)
    assert len(seen) <= 33 + 10 * len(found) + 20  # a smooth turn takes some eight looks, not seventeen


def test_the_interval_is_where_the_edges_of_the_error_meet_the_goal() -> None:
    rising = Search(curve(lambda x: x * x, 0.5)[0], 2.0, 0.0, 3.0, False).answers(17)
    (one,) = rising
    assert one.low is not None
    assert one.high is not None
    # x^2 + .5 = 2 and x^2 - .5 = 2, within a thousandth of the interval, on the outer side.
    assert -0.003 <= one.low - math.sqrt(1.5) <= 0.0
    assert 0.0 <= one.high - math.sqrt(2.5) <= 0.003
    (falling,) = Search(curve(lambda x: -x * x, 0.5)[0], -2.0, 0.0, 3.0, False).answers(17)
    assert falling.met == "up to"
    assert falling.low == pytest.approx(one.low)
    assert falling.high == pytest.approx(one.high)
    (open_,) = Search(curve(lambda x: x, 5.0)[0], 2.0, 0.0, 3.0, False).answers(17)
    assert (open_.low, open_.high) == (None, None)


def test_a_step_is_found_at_its_edge() -> None:
    (one,) = Search(curve(lambda x: float(x >= 1.234567))[0], 0.5, 0.0, 2.0, False).answers(17)
    assert one.met == "from"
    assert 0.0 <= one.value - 1.234567 <= 2e-5
    assert one.short < 1.234567


def test_a_peak_between_two_values_of_the_scan_is_looked_for() -> None:
    # Above 1 only from 1.4 to 1.6: none of 5 values over 0 to 4 lies there.
    found = Search(curve(lambda x: 1.01 - (x - 1.5) ** 2)[0], 1.0, 0.0, 4.0, False).answers(5)
    assert [one.met for one in found] == ["from", "up to"]
    assert found[0].value == pytest.approx(1.4, abs=4e-5)
    assert found[1].value == pytest.approx(1.6, abs=4e-5)


def test_whole_numbers_are_turned_at_whole_numbers() -> None:
    for points, goal in ((17, 123_456), (3, 77)):
        (one,) = Search(curve(float)[0], goal, 0, 1_000_000, True).answers(points)
        assert (one.value, one.short) == (goal, goal - 1)
        assert isinstance(one.value, int)
    (few,) = Search(curve(lambda x: -float(x), 2.5)[0], -6.5, 0, 20, True).answers(17)
    assert (few.value, few.short, few.met, few.low, few.high) == (6, 7, "up to", 4, 10)


# ----------------------------------------------------------------------------------------------------- plans


def test_a_chance_is_reached_where_a_dense_scan_reaches_it(plan: tp.Plan) -> None:
    goal = 0.30
    found = tp.goal_seek(
        plan, vary=HOURS, between=(0, 6), condition="csat@6 >= 72", chance=goal, trials=2048, progress=False
    )
    (answer,) = found.answers
    grid = np.linspace(0, 6, 121)
    chances = [
        float(
            np.mean(
                tp.simulate(plan.replace({HOURS: float(x)}), trials=2048, outputs=["csat@6"], progress=False)[
                    "csat@6"
                ]
                >= 72
            )
        )
        for x in grid
    ]
    first = next(i for i, chance in enumerate(chances) if chance >= goal)
    assert all(chance >= goal for chance in chances[first:])
    assert grid[first - 1] <= answer.value <= grid[first]
    assert answer.met == "from"
    assert answer.found.value >= goal > found.tried[answer.short].value
    assert answer.value - answer.short <= 6e-5
    assert answer.low is not None
    assert answer.high is not None
    assert answer.low < answer.value < answer.high
    assert "from " in repr(found)


def test_break_even_of_a_cost_is_where_the_mean_npv_is_zero(plan: tp.Plan) -> None:
    """The cost falls in month 0, undiscounted: it may grow by the mean NPV that is left without it."""
    free = tp.simulate(plan.replace({AMOUNT: 0}), trials=1024, outputs=["npv"], progress=False)["npv"]
    found = tp.goal_seek(
        plan, vary=AMOUNT, between=(0, 300_000), output="npv", value=0, trials=1024, progress=False
    )
    (answer,) = found.answers
    assert answer.met == "up to"
    assert abs(answer.value - free.mean()) <= 300_000 * 1e-5
    mean = tp.statistics.mean(free, stratified=True)
    assert answer.low == pytest.approx(mean.low, abs=300)  # a thousandth of the interval
    assert answer.high == pytest.approx(mean.high, abs=300)


def test_the_interval_of_an_answer_covers_the_truth(plan: tp.Plan) -> None:
    """Of 60 seeds some 57 have the break-even of 262,144 trials between their ends."""
    free = tp.simulate(plan.replace({AMOUNT: 0}), trials=2**18, outputs=["npv"], progress=False)["npv"]
    truth, covered = float(free.mean()), 0
    for seed in range(60):
        found = tp.goal_seek(
            plan, vary=AMOUNT, between=(0, 300_000), output="npv", value=0, points=3, trials=1024, seed=seed,
            progress=False,
        )  # fmt: skip
        (answer,) = found.answers
        assert answer.low is not None
        assert answer.high is not None
        covered += answer.low <= truth <= answer.high
    assert covered >= 57 - 4 * 1.7  # four standard errors of a count of 60


def test_two_turns_of_one_curve_are_two_answers(plan: tp.Plan) -> None:
    """Some coaching pays, much of it does not: the NPV is good enough in between."""
    found = tp.goal_seek(
        plan, vary=HOURS, between=(0, 6), output="npv", value=80_000, trials=1024, progress=False
    )
    assert [one.met for one in found.answers] == ["from", "up to"]
    assert found.answers[0].value < 1 < found.answers[1].value
    table = found.to_frame()
    assert table["value"].tolist() == [one.value for one in found.answers]
    assert ((found.curve()["statistic"] >= 80_000) == found.curve()["met"]).all()


def test_none_says_how_far_it_got(plan: tp.Plan) -> None:
    asked: dict[str, Any] = {"vary": HOURS, "between": (0, 6), "trials": 512, "progress": False}
    never = tp.goal_seek(plan, condition="csat@6 >= 80", chance=0.8, **asked)
    assert never.answers == ()
    assert never.text.startswith("none: at 6 the chance is still 0.0")
    assert not never.met_everywhere
    always = tp.goal_seek(plan, condition="csat@6 >= 60", chance=0.8, **asked)
    assert always.met_everywhere
    assert always.text == "none: at 0 the chance is already 1"
    peak = tp.goal_seek(plan, output="npv", value=10**9, **asked)
    assert "the mean of npv is largest, " in peak.text
    near = tp.goal_seek(plan, output="npv", value=90_000, **asked)
    assert near.text.endswith("the goal is within its Monte Carlo error")


def test_a_whole_number_is_sought_among_whole_numbers(plan: tp.Plan) -> None:
    path = "waves.all_agents.class_size"
    by_hand = {
        size: float(
            tp.simulate(plan.replace({path: size}), trials=256, outputs=["npv"], progress=False)["npv"].mean()
        )
        for size in range(2, 21)
    }
    goal = by_hand[7] - 1
    found = tp.goal_seek(
        plan, vary=path, between=(1.5, 20.5), output="npv", value=goal, trials=256, progress=False
    )
    assert list(found.tried) == list(by_hand)
    assert all(isinstance(size, int) for size in found.tried)
    expected = next(size for size in by_hand if by_hand[size] >= goal)
    assert found.answers[0].value == expected
    assert found.tolerance == 0.0


def test_a_quantile_that_never_comes_is_later_than_every_goal(plan: tp.Plan) -> None:
    found = tp.goal_seek(
        plan, vary=HOURS, between=(0, 6), output="payback_month", statistic="p50", value=24.5, trials=256,
        progress=False,
    )  # fmt: skip
    assert [one.met for one in found.answers] == ["from"]  # beyond it, most trials never pay back
    with pytest.raises(tp.InputError, match="has no mean where some trials never get there"):
        tp.goal_seek(
            plan, vary=HOURS, between=(0, 6), output="payback_month", value=12, trials=256, progress=False
        )


def test_the_same_question_has_the_same_answer(plan: tp.Plan) -> None:
    asked: dict[str, Any] = {
        "vary": HOURS,
        "between": (0, 3),
        "output": "npv",
        "value": 80_000,
        "trials": 256,
    }
    one, other = (tp.goal_seek(plan, threads=n, progress=False, **asked) for n in (1, 2))
    assert one == other


def test_a_correlated_quantity_says_what_it_gave_up() -> None:
    found = tp.goal_seek(
        tp.example("contact_centre"), vary="teams.na_home.attrition", between=(20, 60), output="npv",
        value=0, points=3, trials=64, progress=False,
    )  # fmt: skip
    assert found.loosened == ("leavers_na",)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"vary": "reinforcement.coaching_hour"}, r"vary: .*did you mean 'coaching_hours'"),
        ({"vary": "programme.name"}, "vary: is 'programme.name', must be the path of a number"),
        ({"vary": "teams.support"}, "must be the path of a number"),
        ({"vary": 3}, "vary: is int, must be the path of a number"),
        ({"between": (6, 0)}, r"between: is \(6, 0\), must be two numbers, the smaller first"),
        ({"between": (0, math.inf)}, "between: .*must be two numbers"),
        ({"between": 3}, "between: .*must be two numbers"),
        ({"between": (-1, 3)}, rf"{HOURS}: is -1, must be"),
        ({"vary": "teams.support.people", "between": (1.2, 2.4)}, "must hold at least two whole numbers"),
        ({"chance": 0.5}, "chance: goes with a condition"),
        ({"value": None}, "value: is required"),
        ({"condition": "npv >= 0", "value": None}, "chance: is required"),
        ({"condition": "npv >= 0", "chance": 80, "value": None}, "is 80, must be above 0 and at most 1"),
        ({"condition": "npv >= 0", "chance": 0.8}, "value: goes with an output"),
        ({"value": math.inf}, "value: is inf, must be finite"),
        ({"points": 2}, "points: is 2, must be a whole number between 3 and 1000"),
    ],
)  # fmt: skip
def test_what_cannot_be_sought_is_refused(plan: tp.Plan, options: dict[str, Any], message: str) -> None:
    asked: dict[str, Any] = {"vary": HOURS, "between": (0, 6), "value": 0.0, "trials": 64, "progress": False}
    with pytest.raises(tp.InputError, match=message):
        tp.goal_seek(plan, **{**asked, **options})
