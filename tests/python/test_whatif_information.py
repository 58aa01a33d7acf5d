"""The value of information: of everything, of inputs and groups, for one plan and between plans."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import trainplan as tp
from trainplan.whatif import expected_value_of_information, unit_normal_loss

Floats = NDArray[np.float64]


def off(found: tp.statistics.Estimate, true: float) -> float:
    """Return how many standard errors an estimate is off."""
    assert found.standard_error is not None
    return (found.value - true) / found.standard_error


# ------------------------------------------------------------------------------------- published cases


def test_evpi_of_the_investment_example() -> None:
    # Wikipedia, Expected value of perfect information: stock, mutual fund, certificate of deposit in an
    # economy that grows, stagnates or inflates. The best mean is 680, that with perfect information 1030.
    payoffs = [[1500, 300, -800], [900, 600, -200], [500, 500, 500]]
    found = expected_value_of_information(payoffs, probabilities=[0.5, 0.3, 0.2])
    assert found.value == pytest.approx(350.0, rel=1e-12)
    # The same from trials, 5 : 3 : 2.
    trials = np.repeat(np.array(payoffs, dtype=float), [5000, 3000, 2000], axis=1)
    assert expected_value_of_information(trials).value == pytest.approx(350.0, rel=1e-12)


def test_the_unit_normal_loss_is_that_of_the_tables() -> None:
    # Raiffa & Schlaifer 1961, unit normal linear loss integral, four decimals.
    table = [0.3989, 0.1978, 0.0833, 0.0293, 0.0085]
    x = np.array([0.0, 0.5, 1.0, 1.5, 2.0])
    assert unit_normal_loss(x) == pytest.approx(table, abs=5.1e-5)
    exact = [0.3989422804014327, 0.19779655740130603, 0.0833154705876863, 0.02930679376260463]
    assert unit_normal_loss(x[:4]) == pytest.approx(exact, rel=1e-12)  # points of its grid
    assert unit_normal_loss(-x) - unit_normal_loss(x) == pytest.approx(x)
    between = np.linspace(0.0005, 8.9995, 500)
    phi = np.exp(-0.5 * between**2) / math.sqrt(2.0 * math.pi)
    tail = np.array([0.5 * math.erfc(t / math.sqrt(2.0)) for t in between])
    assert unit_normal_loss(between) == pytest.approx(phi - between * tail, abs=2e-7)  # interpolated


# --------------------------------------------------------------------------------- the linear-normal model


def linear(seed: int, mean: float, n: int) -> tuple[Floats, dict[str, Floats]]:
    a, b, c, noise = np.random.default_rng(seed).normal(size=(4, n))
    return mean + a + b / 2 + noise, {"a": a, "b": b, "c": c}


SPREADS = {"a": 1.0, "b": 0.5, "a and b": math.sqrt(1.25), "b and c": 0.5}
GROUPS = {"a and b": ["a", "b"], "b and c": ["b", "c"]}


@pytest.mark.parametrize("mean", [0.0, 0.3, -0.5, 1.0, -1.0, 2.0])
def test_of_a_linear_normal_model_it_is_the_closed_form(mean: float) -> None:
    y, x = linear(11, mean, 10_000)
    found = tp.value_of_information({"y": y}, inputs=x, groups=GROUPS, progress=False)
    for name, sd in SPREADS.items():  # sd * UNL(|mu| / sd)
        assert abs(off(found[name].evppi, sd * float(unit_normal_loss(abs(mean) / sd)))) < 4.0
    assert abs(off(found.evpi, 1.5 * float(unit_normal_loss(abs(mean) / 1.5)))) < 4.0
    nothing = found["c"].evppi
    assert nothing.standard_error is not None
    assert 0.0 <= nothing.value <= 3.0 * nothing.standard_error
    assert found.best == ("go ahead" if mean >= 0.0 else "do not") or mean == 0.0


@pytest.mark.parametrize("seeds", [40, pytest.param(400, marks=pytest.mark.slow)], ids=["short", "long"])
def test_errors_are_as_large_as_they_say(seeds: int) -> None:
    z = []
    for seed in range(seeds):
        y, x = linear(seed, 0.3, 4096)
        found = tp.value_of_information({"y": y}, inputs=x, progress=False)
        z.append(
            [
                off(found[name].evppi, s * float(unit_normal_loss(0.3 / s)))
                for name, s in SPREADS.items()
                if name in x
            ]
        )
        nothing = found["c"].evppi
        assert nothing.value <= 3.0 * (nothing.standard_error or 0.0)
    # Of 2 values a seed, together: 1 within 4 standard errors, sqrt(2 / (2 seeds)).
    assert abs(np.mean(np.square(z)) - 1.0) < 4.0 / math.sqrt(seeds)


@pytest.mark.parametrize(
    "mean", [0.5, pytest.param(0.0, marks=pytest.mark.slow), pytest.param(1.0, marks=pytest.mark.slow)]
)
def test_a_million_trials_come_within_2_percent(mean: float) -> None:
    a, noise = np.random.default_rng(5).normal(size=(2, 1_000_000))
    found = tp.value_of_information({"y": mean + a + noise}, inputs={"a": a}, progress=False)
    true = float(unit_normal_loss(mean))
    assert found["a"].evppi.value == pytest.approx(true, rel=0.02)
    assert abs(off(found["a"].evppi, true)) < 4.0


def test_between_three_options_it_is_that_of_their_true_means() -> None:
    n = 16_384
    a, b, shared, *own = np.random.default_rng(4).normal(size=(5, n))
    options = {
        "none": shared,
        "A": shared - 0.2 + a + 0.3 * (a**2 - 1.0) + own[0] / 2,
        "B": shared + 0.1 + b / 2 - a / 2 + own[1] / 2,
    }
    found = tp.value_of_information(
        options, inputs={"a": a, "b": b}, groups={"both": ["a", "b"]}, progress=False
    )
    assert found.best == "B"
    # The means given the inputs are known; their mean maximum by Gauss-Hermite, 200 points an input.
    point, weight = np.polynomial.hermite_e.hermegauss(200)
    weight = weight / weight.sum()
    u, v = np.meshgrid(point, point, indexing="ij")
    of_a = np.stack([0.0 * point, -0.2 + point + 0.3 * (point**2 - 1.0), 0.1 - point / 2])
    of_b = np.stack([0.0 * point, 0.0 * point - 0.2, 0.1 + point / 2])
    of_both = np.stack([0.0 * u, -0.2 + u + 0.3 * (u**2 - 1.0), 0.1 + v / 2 - u / 2])
    assert abs(off(found["a"].evppi, float(of_a.max(axis=0) @ weight) - 0.1)) < 4.0
    assert abs(off(found["b"].evppi, float(of_b.max(axis=0) @ weight) - 0.1)) < 4.0
    assert abs(off(found["both"].evppi, float(weight @ of_both.max(axis=0) @ weight) - 0.1)) < 4.0


def test_an_input_of_two_values_is_worth_what_its_table_says() -> None:
    random = np.random.default_rng(8)
    good = (random.random(8192) < 0.7).astype(float)
    y = np.where(good == 1.0, 10.0, -15.0) + random.normal(size=8192)
    found = tp.value_of_information({"y": y}, inputs={"good": good}, progress=False)
    assert abs(off(found["good"].evppi, 0.3 * 15.0)) < 4.0  # mean 2.5 is what one would do: 7 - 2.5
    assert found["good"].p_change == pytest.approx(float(np.mean(good == 0.0)))


def test_the_threshold_and_the_sign_move_with_the_output() -> None:
    y, x = linear(1, 0.3, 4096)
    a = tp.value_of_information({"y": y}, inputs=x, progress=False)
    b = tp.value_of_information({"y": 100.0 + 7.0 * y}, inputs=x, against=100.0, progress=False)
    assert b.evpi.value == pytest.approx(7.0 * a.evpi.value)
    assert [one.input for one in a.found] == [one.input for one in b.found]
    assert b["a"].evppi.value == pytest.approx(7.0 * a["a"].evppi.value)


# ------------------------------------------------------------------------------------------------- of runs


@pytest.fixture(scope="module")
def plan() -> tp.Plan:
    return tp.example("one_team")


@pytest.fixture(scope="module")
def run(plan: tp.Plan) -> tp.Run:
    return tp.simulate(plan, trials=4096, outputs=["npv", "total_cost"], progress=False)


def test_a_run_says_what_to_measure_first(plan: tp.Plan, run: tp.Run) -> None:
    found = tp.value_of_information(run, groups={"all lifts": ["lifts"]}, progress=False)
    npv = run["npv"]
    assert found.evpi.value == pytest.approx(np.maximum(npv, 0.0).mean() - max(npv.mean(), 0.0))
    assert found.first is not None
    assert found.first.input == "lifts.aht.size"
    assert found.sentence.startswith(
        "Without knowing more: go ahead. Measure lifts.aht.size first: knowing it"
    )
    assert " USD; it would change the decision in " in found.sentence
    values = [one.evppi.value for one in found.found]
    assert values == sorted(values, reverse=True)
    together = found["all lifts"]
    assert found.first.evppi.value < together.evppi.value
    assert together.evppi.value < found.evpi.value + 3.0 * (together.evppi.standard_error or 0.0)
    table = found.to_frame().set_index("input")
    assert set(table.index) == {"all lifts"} | set(plan.inputs().query("family != 'constant'")["path"])
    assert table.loc["lifts.aht.size", "source"] == "benchmark"
    assert table.loc["all lifts", "members"].startswith("lifts.")
    assert found.sentence in repr(found)
    assert "<table>" in found._repr_html_()


def test_where_nothing_can_change_the_decision_nothing_is_worth_measuring(run: tp.Run) -> None:
    found = tp.value_of_information(run, against=-1e9, progress=False)
    assert found.evpi.value == 0.0
    assert found.first is None
    assert found.sentence == (
        "Without knowing more: go ahead. No single input is worth measuring for this decision."
    )


def test_of_costs_the_least_is_best(run: tp.Run) -> None:
    middle = float(np.median(run["total_cost"]))
    found = tp.value_of_information(run, decide="total_cost", against=middle, progress=False)
    saved = np.maximum(middle - run["total_cost"], 0.0).mean() - max(middle - run["total_cost"].mean(), 0.0)
    assert found.evpi.value == pytest.approx(saved)


def test_a_comparison_asks_which_scenario_is_best(plan: tp.Plan) -> None:
    compared = tp.compare(
        plan, {"uncoached": {"reinforcement.coaching_hours": 0}}, outputs=["npv"], trials=2048, progress=False
    )
    found = tp.value_of_information(compared, progress=False)
    table = np.stack([compared[name]["npv"] for name in compared.names])
    assert list(found.options) == ["plan", "uncoached"]
    assert found.evpi.value == pytest.approx(table.max(axis=0).mean() - table.mean(axis=1).max())
    by_name = tp.value_of_information(compared.runs, progress=False)
    assert by_name.found == found.found
    against = tp.value_of_information(compared["plan"], against=compared["uncoached"], progress=False)
    assert against.evpi == found.evpi
    assert list(against.options) == ["run", "against"]


def test_runs_on_other_trials_are_refused(plan: tp.Plan, run: tp.Run) -> None:
    other = tp.simulate(plan, trials=4096, seed=2, outputs=["npv"], progress=False)
    with pytest.raises(tp.InputError, match=r"^run: is 'against', must be on the same trials"):
        tp.value_of_information(run, against=other)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"run": 3}, "run: is int, must be a run, a comparison"),
        ({"against": [1.0, 2.0]}, r"against: is \[1.0, 2.0\], must be a number, a run"),
        ({"against": math.nan}, "against: is nan, must be a number, a run"),
        ({"against": {"b": 1.0}}, "against: is {'b': 1.0}, must be a number, a run"),
        ({"decide": "nvp"}, "output: is 'nvp', is not among the outputs"),
        ({"groups": {"g": ["lifts.ath"]}}, "groups.g: is 'lifts.ath', names what is no uncertain input"),
        ({"inputs": {"a": [1.0]}}, "inputs: belong to options given as arrays"),
        ({"run": {"y": np.zeros(64)}}, "inputs: is NoneType, must be arrays of draws"),
        ({"run": {"y": np.zeros(9)}, "inputs": {"a": np.arange(9.0)}}, "trials: is 9, must be at least 64"),
        (
            {"run": {"y": np.full(64, np.nan)}, "inputs": {"a": np.arange(64.0)}},
            "decide: is 'npv', must have a value in every trial",
        ),
        (
            {"run": {"y": np.zeros(64), "z": np.zeros(63)}, "inputs": {"a": np.arange(64.0)}},
            "z: is 63 entries, must have 64 entries",
        ),
        (
            {"run": {"y": np.zeros(63)}, "inputs": {"a": np.arange(64.0)}},
            "inputs.a: is 64 entries, must have 63 entries like the options",
        ),
        (
            {"run": {"y": np.zeros(64), "z": np.ones(64)}, "inputs": {"a": np.arange(64.0)}, "against": 1.0},
            "against: is for a decision on one run",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(run: tp.Run, given: dict[str, Any], message: str) -> None:
    given = {"run": run, "progress": False, **given}
    with pytest.raises(tp.InputError, match=f"^{message}"):
        tp.value_of_information(given.pop("run"), **given)


@pytest.mark.parametrize(
    ("payoffs", "probabilities", "message"),
    [
        ([1.0, 2.0], None, "payoffs: must be finite numbers, a row an option"),
        ([[1.0, 2.0]], [0.5, 0.6], "probabilities: must be 2 numbers from 0, together 1"),
        ([[1.0, 2.0]], [1.0], "probabilities: must be 2 numbers from 0, together 1"),
    ],
)
def test_tables_that_make_no_sense_are_refused(payoffs: Any, probabilities: Any, message: str) -> None:
    with pytest.raises(tp.InputError, match=f"^{message}"):
        expected_value_of_information(payoffs, probabilities=probabilities)


def test_progress_counts_and_can_stop(run: tp.Run) -> None:
    seen: list[tuple[int, int]] = []
    tp.value_of_information(run, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1] > 0
    with pytest.raises(tp.Cancelled):
        tp.value_of_information(run, progress=lambda *_: False)
