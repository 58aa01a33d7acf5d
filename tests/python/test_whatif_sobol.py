"""Sobol indices of a function, and first-order indices from trials that exist."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import trainplan as tp

Floats = NDArray[np.float64]

# Ishigami & Homma 1990 with a = 7, b = 0.1; Saltelli et al. 2000 print .314 .442 0 and .558 .442 .244.
ISHIGAMI = (
    (0.31390519114781146, 0.4424111447900408, 0.0),
    (0.5575888552099592, 0.4424111447900408, 0.24368366406214773),
)
# Saltelli & Sobol 1995, the G function; they print .716 .179 .024 .007 0 0 0 0.
A = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])
PARTS = 1.0 / (3.0 * (1.0 + A) ** 2)
WHOLE = np.prod(1.0 + PARTS) - 1.0
SOBOL_G = (
    tuple(PARTS / WHOLE),
    tuple(part * np.prod(1.0 + PARTS) / (1.0 + part) / WHOLE for part in PARTS),
)


def ishigami(u: Floats) -> Any:
    x = np.pi * (2.0 * u - 1.0)
    return np.sin(x[:, 0]) * (1.0 + 0.1 * x[:, 2] ** 4) + 7.0 * np.sin(x[:, 1]) ** 2


def sobol_g(u: Floats) -> Any:
    return np.prod((np.abs(4.0 * u - 2.0) + A) / (1.0 + A), axis=1)


CASES = pytest.mark.parametrize(("f", "known"), [(ishigami, ISHIGAMI), (sobol_g, SOBOL_G)])


def scores(f: Any, known: Any, n: int, seed: int, resamples: int = 200) -> list[float]:
    """Return how many standard errors each index is off."""
    k = len(known[0])
    found = tp.sobol_indices(f, inputs=k, n=n, seed=seed, resamples=resamples, progress=False)
    rows = [found[f"x{i + 1}"] for i in range(k)]
    pairs = [*zip((row.first for row in rows), known[0], strict=True)]
    pairs += zip((row.total for row in rows), known[1], strict=True)
    return [(one.value - true) / one.standard_error for one, true in pairs]


# ---------------------------------------------------------------------------------------- of a function


def test_the_indices_of_the_g_function_are_those_that_are_printed() -> None:
    printed = [0.716, 0.179, 0.024, 0.007, 0.0, 0.0, 0.0, 0.0]
    assert SOBOL_G[0] == pytest.approx(printed, abs=5.1e-4)  # three decimals


@CASES
def test_indices_are_within_4_standard_errors(f: Any, known: Any) -> None:
    assert np.abs(scores(f, known, 4096, 1, resamples=500)).max() < 4.0


@CASES
@pytest.mark.parametrize(
    ("n", "seeds"), [(1024, 200), pytest.param(4096, 1000, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_errors_are_as_large_as_they_say(f: Any, known: Any, n: int, seeds: int) -> None:
    z = np.array([scores(f, known, n, seed) for seed in range(seeds)])
    assert 0.8 < np.mean(z**2) < 1.2  # over the seeds and all indices; 1 where errors are right


def test_intervals_hold_the_true_index_nearly_as_often_as_they_should() -> None:
    held = []
    for seed in range(100):
        found = tp.sobol_indices(ishigami, inputs=3, n=1024, seed=seed, resamples=200, progress=False)
        for i, name in enumerate(("x1", "x2", "x3")):
            for one, true in zip(
                (found[name].first, found[name].total), (k[i] for k in ISHIGAMI), strict=True
            ):
                assert one.low is not None
                assert one.high is not None
                held.append(one.low <= true <= one.high)
    # 6 indices on shared points, at least 100 independent ones: 95 % within 4 standard errors of 2.2 %.
    assert np.mean(held) > 0.95 - 4.0 * math.sqrt(0.95 * 0.05 / 100)


def test_groups_are_swapped_together() -> None:
    options: dict[str, Any] = {"n": 4096, "progress": False}
    pair = tp.sobol_indices(ishigami, inputs=3, groups={"pair": ["x1", "x3"]}, **options)
    assert [(one.input, one.members) for one in pair.indices] == [("pair", ("x1", "x3")), ("x2", ())]
    # What is not x2 alone is x1, x3 and their interaction: first and total are the same.
    for one in (pair["pair"].first, pair["pair"].total):
        assert one.standard_error is not None
        assert abs(one.value - (1.0 - ISHIGAMI[0][1])) < 4.0 * one.standard_error


def test_inputs_are_uniforms_or_what_is_made_of_them() -> None:
    seen: list[Floats] = []

    def keep(x: Floats) -> Any:
        seen.append(x.copy())
        x[:] = 0.0  # what a function does to its table changes no later point
        return seen[-1].sum(axis=1)

    makers = {"a": tp.Quantity("2 to 4"), "b": lambda u: 10.0 * u}
    found = tp.sobol_indices(keep, inputs=makers, n=256, progress=False)
    assert found.calls == 4 * 256
    assert [table.shape for table in seen] == [(256, 2)] * 4
    a, b, ab_1, ab_2 = seen
    assert np.array_equal(ab_1, np.column_stack([b[:, 0], a[:, 1]]))
    assert np.array_equal(ab_2, np.column_stack([a[:, 0], b[:, 1]]))
    assert 0.0 < a[:, 1].min() < a[:, 1].max() < 10.0
    assert np.mean((a[:, 0] > 2.0) & (a[:, 0] < 4.0)) == pytest.approx(0.8, abs=0.1)  # its P10 and P90


def test_of_many_points_neighbors_go_together_into_a_resample() -> None:
    found = tp.sobol_indices(ishigami, inputs=3, n=50_000, resamples=200, progress=False)
    few = tp.sobol_indices(ishigami, inputs=3, n=12_500, resamples=200, progress=False)
    for name, first, total in zip(("x1", "x2", "x3"), *ISHIGAMI, strict=True):
        assert abs(off(found[name].first, first)) < 4.0
        assert abs(off(found[name].total, total)) < 4.0
        # Four times the points: half the error; of 200 resamples each is known within 5 %.
        many, fewer = found[name].first.standard_error, few[name].first.standard_error
        assert many is not None
        assert fewer is not None
        assert 0.4 < many / fewer < 0.6


def test_the_same_seed_gives_the_same_indices_and_shifts_change_nothing() -> None:
    one, two = (
        tp.sobol_indices(f, inputs=3, n=256, progress=False)
        for f in (ishigami, lambda u: 1e6 + 3.0 * ishigami(u))
    )
    again = tp.sobol_indices(ishigami, inputs=3, n=256, progress=False)
    assert one == again
    for a, b in zip(one.indices, two.indices, strict=True):
        assert (a.first.value, a.total.value) == pytest.approx(
            (b.first.value, b.total.value), abs=1e-8
        )  # rounding of numbers near 10^6
    assert two.variance == pytest.approx(9.0 * one.variance, rel=1e-8)


def test_the_card_and_the_table_show_every_input() -> None:
    found = tp.sobol_indices(ishigami, inputs=["<a>", "b", "c"], n=256, progress=False)
    assert repr(found).startswith("Sobol indices\n256 base points, 1,280 evaluations, seed 1\n")
    assert "&lt;a&gt;" in found._repr_html_()
    table = found.to_frame()
    assert sorted(table["input"]) == ["<a>", "b", "c"]
    assert list(table["total"]) == sorted(table["total"], reverse=True)


def test_progress_counts_and_can_stop() -> None:
    seen: list[tuple[int, int]] = []
    tp.sobol_indices(ishigami, inputs=3, n=64, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(64 * i, 320) for i in range(1, 6)]
    with pytest.raises(tp.Cancelled):
        tp.sobol_indices(ishigami, inputs=3, n=64, progress=lambda *_: False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": 3}, "target: is int, must be a function of a table of points"),
        ({"target": lambda u: u}, r"target: is of shape \(64, 3\), must return 64 numbers, one a row"),
        ({"target": lambda u: u[:, 0] / 0.0}, "target: must return finite numbers; row 0 is inf"),
        ({"target": lambda u: 0.0 * u[:, 0]}, "target: gives the same at every point"),
        ({"inputs": 0}, "inputs: is 0, must be a whole number between 1 and 10000"),
        ({"inputs": "abc"}, "inputs: is 'abc', must be a number of inputs"),
        ({"inputs": ["a", "a"]}, "inputs: must have different names"),
        ({"inputs": {"a": 3}}, "inputs.a: is 3, must be a Quantity"),
        ({"inputs": {"a": lambda u: u / 0.0}}, "inputs.a: must make a finite number"),
        ({"n": 63}, "n: is 63, must be a whole number between 64 and"),
        ({"groups": {"g": ["x1", "x9"]}}, "groups.g: is 'x9', names what is no uncertain input"),
        ({"groups": {"g": ["x1"], "h": ["x1"]}}, "groups: is 'x1', must not share an input"),
        ({"groups": {"x2": ["x1"]}}, "groups.x2: must not be named like an input"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_what_makes_no_sense_is_refused(arguments: dict[str, Any], message: str) -> None:
    given = {"target": ishigami, "inputs": 3, "n": 64, "progress": False, **arguments}
    with pytest.raises(tp.InputError, match=f"^{message}"):
        tp.sobol_indices(given.pop("target"), **given)


def test_a_plan_is_refused_and_shown_the_way() -> None:
    plan: Any = tp.example("one_team")
    with pytest.raises(tp.InputError, match="given_data_indices takes a run"):
        tp.sobol_indices(plan, inputs=3)


# ----------------------------------------------------------------------------- from trials that exist


def normal(seed: int, n: int, k: int) -> Floats:
    return np.random.default_rng(seed).normal(size=(k, n))


def off(found: Any, true: float) -> float:
    """Return how many standard errors an estimate is off."""
    return float((found.value - true) / found.standard_error)


def test_given_data_agree_with_sobol_on_independent_inputs() -> None:
    def f(u: Floats) -> Any:
        return np.exp(u[:, 0]) + u[:, 1] ** 2 * (1.0 + u[:, 2]) + 0.0 * u[:, 3]

    names = ["a", "b", "c", "d"]
    u = np.random.default_rng(3).random((8192, 4))
    by_design = tp.sobol_indices(f, inputs=names, n=8192, progress=False)
    by_trials = tp.given_data_indices(dict(zip(names, u.T, strict=True)), f(u), progress=False)
    for name in names:
        a, b = by_design[name].first, by_trials[name]
        assert a.standard_error is not None
        assert b.standard_error is not None
        assert abs(a.value - b.value) < 4.0 * math.hypot(a.standard_error, b.standard_error)


def test_given_data_find_the_indices_of_ishigami() -> None:
    u = np.random.default_rng(1).random((16_384, 3))
    x = dict(zip(("x1", "x2", "x3"), u.T, strict=True))
    found = tp.given_data_indices(x, ishigami(u), groups={"pair": ["x1", "x2"]}, progress=False)
    for name, true in zip(x, ISHIGAMI[0], strict=True):
        assert abs(off(found[name], true)) < 4.0
    assert abs(off(found["pair"], sum(ISHIGAMI[0][:2]))) < 4.0


def test_given_data_errors_are_as_large_as_they_say() -> None:
    z = []
    for seed in range(100):
        a, b, c, noise = normal(seed, 2048, 4)
        found = tp.given_data_indices({"a": a, "b": b, "c": c}, a + b / 2 + noise, progress=False)
        z.append([off(found["a"], 1 / 2.25), off(found["b"], 0.25 / 2.25)])
        assert off(found["c"], 0.0) < 4.0  # tells nothing
    assert 0.7 < np.mean(np.square(z)) < 1.3  # 200 nearly independent: 1 within 3 standard errors of .1


def test_given_data_hold_under_correlation() -> None:
    a, noise = normal(5, 16_384, 2)
    b = 0.6 * a + 0.8 * noise
    found = tp.given_data_indices({"a": a, "b": b}, a, groups={"both": ["a", "b"]}, progress=False)
    assert found["a"].value == pytest.approx(1.0, abs=1e-3)  # a curve of a that is a itself, nearly
    assert abs(off(found["b"], 0.36)) < 4.0  # of which the function knows nothing
    assert found["both"].value == pytest.approx(1.0, abs=1e-3)


def test_an_input_of_few_values_has_the_mean_at_each() -> None:
    random = np.random.default_rng(2)
    kind, noise = random.integers(0, 3, 8192).astype(float), random.normal(size=8192)
    found = tp.given_data_indices({"kind": kind}, np.where(kind == 1.0, 2.0, 0.0) + noise, progress=False)
    between = 4.0 * (1 / 3) * (2 / 3)
    assert abs(off(found["kind"], between / (between + 1.0))) < 4.0


def test_a_run_tells_what_its_outputs_depend_on() -> None:
    run = tp.simulate(tp.example("one_team"), trials=2048, outputs=["npv"], progress=False)
    found = run.importance("npv", groups={"aht": ["lifts.aht"]}, progress=False)
    assert found == tp.given_data_indices(run, "npv", groups={"aht": ["lifts.aht"]}, progress=False)
    assert found["aht"].value > found["lifts.aht.size"].value  # teams' own parts are in the group
    row = found.to_frame().set_index("input").loc["lifts.aht.size"]
    assert (row["source"], row["n"]) == ("benchmark", 2048)
    assert "lifts.aht.size" in repr(found)
    assert "<table>" in found._repr_html_()
    one = run.importance("npv", paths=["lifts.aht.size"], progress=False)
    assert [share.input for share in one.shares] == ["lifts.aht.size"]


@pytest.mark.parametrize(
    ("inputs", "output", "message"),
    [
        ({}, [1.0], "inputs: is dict, must be arrays of draws"),
        ({"a": np.arange(100.0), "b": [1.0]}, [1.0], "inputs.b: is 1 entries, must have 100 entries"),
        ({"a": np.arange(100.0)}, np.arange(99.0), "output: is 99 entries, must have 100 entries"),
        ({"a": np.arange(100.0)}, np.zeros(100), "output: is 'output', is the same in every trial"),
        ({"a": np.arange(100.0)}, "npv", "output: is 'npv', must be the values"),
        ({"a": np.arange(9.0)}, np.arange(9.0), "trials: is 9, must be at least 64"),
    ],
)
def test_given_data_that_make_no_sense_are_refused(inputs: Any, output: Any, message: str) -> None:
    with pytest.raises(tp.InputError, match=f"^{message}"):
        tp.given_data_indices(inputs, output)
