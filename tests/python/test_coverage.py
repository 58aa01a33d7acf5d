"""Are the stated Monte Carlo errors honest? 95 % intervals must cover the truth in 95 % of all runs.

Every test repeats a run with the seeds 0, 1, 2, ... and counts how often the interval covers. Some runs are
checked against the binomial distribution of that count; the slow tests repeat 2,000 times.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import binom, lognorm, norm

import trainplan as tp
from trainplan.statistics import Estimate

Array = NDArray[np.float64]
Sampling = Literal["stratified", "random"]

SAMPLINGS: tuple[Sampling, ...] = ("stratified", "random")
# Runs, and trials of each: a multiple of 64, and one that leaves a part of a block.
SIZES = [
    pytest.param(300, 1024, id="some"),
    pytest.param(2000, 4096, id="many", marks=pytest.mark.slow),
    pytest.param(2000, 1000, id="many short", marks=pytest.mark.slow),
]


def npv(plan: tp.Plan, trials: int, seed: int, sampling: Sampling = "stratified") -> Array:
    options: dict[str, Any] = {"outputs": ["npv"], "threads": 1, "progress": False}
    return tp.simulate(plan, trials=trials, seed=seed, sampling=sampling, **options)["npv"]


def estimates(values: Array, other: Array, level: float, *, stratified: bool) -> dict[str, Estimate]:
    """Return every kind of estimate; `other` is the other scenario of the paired difference."""
    errors = tp.statistics.quantile_errors(values, [0.1, 0.9], stratified=stratified)
    return {
        "mean": tp.statistics.mean(values, stratified=stratified),
        "P10": errors[0.1],
        "P90": errors[0.9],
        "probability": tp.statistics.probability(values > level, stratified=stratified),
        "difference": tp.statistics.difference(values, other, stratified=stratified),
    }


def repeated(
    plan: tp.Plan, other: tp.Plan, level: float, runs: int, trials: int, sampling: Sampling
) -> Iterator[dict[str, Estimate]]:
    for seed in range(runs):
        values = npv(plan, trials, seed, sampling), npv(other, trials, seed, sampling)
        yield estimates(*values, level, stratified=sampling == "stratified")


def assert_covers(found: list[dict[str, Estimate]], truth: dict[str, float]) -> None:
    """Compare with what honest errors give: 95 % of the runs, within the binomial bounds of 1 in 100,000."""
    runs = len(found)
    for name, value in truth.items():
        covered = sum(e[name].low <= value <= e[name].high for e in found)
        least, most = binom.ppf(5e-6, runs, 0.95), binom.isf(5e-6, runs, 0.95)
        print(f"{name:<11} covered in {covered / runs:.3f} of {runs} runs")
        assert least <= covered <= most, (name, covered, runs)
        if runs >= 2000:
            assert 0.93 <= covered / runs <= 0.97, (name, covered, runs)


@pytest.fixture(scope="module")
def realistic() -> tuple[tp.Plan, tp.Plan, dict[str, float]]:
    """Return a plan, the same with twice the coaching, and the truth about their NPV.

    The truth is a run of a million trials, seeded apart: its errors are those of 4,096 trials divided by 16,
    which moves a coverage of 95 % by less than 0.1 %.
    """
    plan = tp.example("one_team")
    other = plan.replace({"reinforcement.coaching_hours": 2})
    values, others = (npv(one, 1_024_000, seed=2**63 + 1) for one in (plan, other))
    truth = {
        "mean": values.mean(),
        "P10": np.quantile(values, 0.1),
        "P90": np.quantile(values, 0.9),
        "probability": (values > 0).mean(),
        "difference": (values - others).mean(),
    }
    return plan, other, {name: float(value) for name, value in truth.items()}


@pytest.mark.parametrize(("runs", "trials"), SIZES)
@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_errors_of_a_realistic_plan_are_honest(
    realistic: tuple[tp.Plan, tp.Plan, dict[str, float]], sampling: Sampling, runs: int, trials: int
) -> None:
    plan, other, truth = realistic
    assert_covers(list(repeated(plan, other, 0.0, runs, trials, sampling)), truth)


@pytest.mark.parametrize(("runs", "trials"), SIZES[:2])
def test_stratification_makes_every_error_smaller(
    realistic: tuple[tp.Plan, tp.Plan, dict[str, float]], runs: int, trials: int
) -> None:
    """By how much depends on the plan; here the mean is worth several times as many random trials."""
    plan, other, truth = realistic
    spread = {}
    for sampling in SAMPLINGS:
        found = list(repeated(plan, other, 0.0, runs, trials, sampling))
        spread[sampling] = {name: np.var([e[name].value for e in found]) for name in truth}
    gain = {name: float(spread["random"][name] / spread["stratified"][name]) for name in truth}
    print("variance of random over stratified:", {name: round(value, 2) for name, value in gain.items()})
    # A ratio of two sample variances is off by a factor of 1.4 at most, at 4 standard errors of 300 runs.
    assert gain["mean"] > 4 / 1.4
    assert gain["difference"] > 2 / 1.4
    assert min(gain.values()) > 1


# Analytic twins: plans so simple that their truth is known in closed form. Each cost is at least six standard
# deviations above 0, where amounts are cut off.


def twin(plan: dict[str, Any], changes: dict[str, Any]) -> tuple[tp.Plan, tp.Plan]:
    """Return a plan of one team that trains for nothing, without discounting, and the same with changes."""
    team = {"id": "team", "people": 10, "hourly_cost": 0, "attrition": 0}
    basis = {"programme": {"months": 1, "discount_rate": 0}, "teams": [team], "workforce": {"realization": 1}}
    made = tp.Plan.from_dict(basis | plan)
    return made, made.replace(changes)


def once(name: str, amount: str) -> dict[str, Any]:
    return {"id": name, "category": "content", "driver": "once", "amount": amount}


def normal_twin() -> tuple[tp.Plan, tp.Plan, dict[str, float]]:
    """NPV = -N(1000, 100); the other scenario costs N(60, 10) more."""
    law = norm(-1000, 100)
    truth = {"mean": -1000.0, "P10": law.ppf(0.1), "P90": law.ppf(0.9), "probability": law.sf(-950)}
    plan = {"costs": [once("a", "normal(1000, 100)")]}
    return *twin(plan, {"costs.b": once("b", "normal(60, 10)")}), truth | {"difference": 60.0}


def sum_twin() -> tuple[tp.Plan, tp.Plan, dict[str, float]]:
    """NPV = -(N(300, 30) + N(400, 60) + N(240, 40)); the other scenario goes without the second."""
    law = norm(-940, math.sqrt(30**2 + 60**2 + 40**2))
    truth = {"mean": -940.0, "P10": law.ppf(0.1), "P90": law.ppf(0.9), "probability": law.sf(-950)}
    lines = {"a": "normal(300, 30)", "b": "normal(400, 60)", "c": "normal(240, 40)"}
    plan = {"costs": [once(name, amount) for name, amount in lines.items()]}
    return *twin(plan, {"costs.b": None}), truth | {"difference": -400.0}


def mixture_twin() -> tuple[tp.Plan, tp.Plan, dict[str, float]]:
    """NPV = -N(900, 100), and 400 less with a probability of 0.3; the other scenario goes without that."""
    calm, bad = norm(-900, 100), norm(-1300, 100)

    def quantile(level: float) -> float:
        return float(brentq(lambda x: 0.7 * calm.cdf(x) + 0.3 * bad.cdf(x) - level, -3000, 0))

    truth = {"mean": -1020.0, "P10": quantile(0.1), "P90": quantile(0.9)}
    truth |= {"probability": 0.7 * calm.sf(-950) + 0.3 * bad.sf(-950), "difference": -120.0}
    plan = {"costs": [once("a", "normal(900, 100)"), once("b", "discrete(0: 0.7, 400: 0.3)")]}
    return *twin(plan, {"costs.b": None}), truth


def product_twin() -> tuple[tp.Plan, tp.Plan, dict[str, float]]:
    """NPV = -10 learners * hours * amount, both lognormal; the other scenario costs N(60, 10) more."""
    medians, spreads = (8.0, 12.0), [math.log(ratio) / (2 * norm.isf(0.1)) for ratio in (2.25, 4.0)]
    sd = math.hypot(*spreads)
    law = lognorm(sd, scale=10 * math.prod(medians))
    truth = {"mean": -law.mean(), "P10": -law.ppf(0.9), "P90": -law.ppf(0.1), "probability": law.cdf(950)}
    course = {"id": "course", "competences": ["communication"], "completion": 1, "mastery": 0.5}
    hours = f"lognormal(p10={8 / 1.5}, p90={8 * 1.5})"
    plan = {
        "modules": [{**course, "hours": hours}],
        "waves": [{"id": "wave", "start": 1, "teams": ["team"], "modules": ["course"]}],
        "costs": [{**once("a", "lognormal(p10=6, p90=24)"), "driver": "learner_hour"}],
    }
    return *twin(plan, {"costs.b": once("b", "normal(60, 10)")}), truth | {"difference": 60.0}


# As many trials as a run has by default: a yes or no, stratified, varies in one stratum alone, so that the
# means of blocks are counts of how often that one fell on either side, and 16 blocks are too few for a
# t interval of those.
SIZES_OF_TWINS = [
    pytest.param(300, 10_240, id="some"),
    pytest.param(2000, 10_240, id="many", marks=pytest.mark.slow),
    pytest.param(2000, 10_000, id="many with a part of a block", marks=pytest.mark.slow),
]
TWINS = [normal_twin, sum_twin, mixture_twin, product_twin]


@pytest.mark.parametrize(("runs", "trials"), SIZES_OF_TWINS)
@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("make", TWINS)
def test_errors_of_an_analytic_twin_are_honest(
    make: Callable[[], tuple[tp.Plan, tp.Plan, dict[str, float]]], sampling: Sampling, runs: int, trials: int
) -> None:
    plan, other, truth = make()
    found = list(repeated(plan, other, -950.0, runs, trials, sampling))
    assert_covers(found, truth)
    # Errors in units of the stated one are t-distributed, with one degree of freedom less than blocks,
    # or trials: their mean square is within 5 standard errors of what that law says.
    degrees = trials // 64 - 1 if sampling == "stratified" else trials - 1
    square, fourth = degrees / (degrees - 2), 3 * degrees**2 / ((degrees - 2) * (degrees - 4))
    for name in ("mean", "difference"):
        scores = np.array([(e[name].value - truth[name]) / e[name].standard_error for e in found])
        assert abs(np.mean(scores**2) - square) < 5 * math.sqrt((fourth - square**2) / runs), name
        assert abs(np.mean(scores)) < 5 * math.sqrt(square / runs), name
