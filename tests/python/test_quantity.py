"""Quantities on their own: what a text means, its quantiles and draws, and what is refused."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy import stats

import trainplan as tp

Z90 = 1.2815515655446004


@pytest.mark.parametrize(
    ("text", "options", "family", "parameters"),
    [
        (9, {}, "constant", {"value": 9.0}),
        ("9", {}, "constant", {"value": 9.0}),
        (np.float32(0.5), {}, "constant", {"value": 0.5}),
        (np.int64(3), {}, "constant", {"value": 3.0}),
        ("uniform(6, 12)", {}, "uniform", {"low": 6.0, "high": 12.0}),
        ("triangular(6, 9, 12)", {}, "triangular", {"low": 6.0, "mode": 9.0, "high": 12.0}),
        ("pert(6, 9, 12)", {}, "pert", {"low": 6.0, "mode": 9.0, "high": 12.0, "shape": 4.0}),
        ("pert(6, 9, 12, shape=2)", {}, "pert", {"low": 6.0, "mode": 9.0, "high": 12.0, "shape": 2.0}),
        ("normal(9, 2)", {}, "normal", {"mean": 9.0, "sd": 2.0}),
        ("normal(9, 0)", {}, "constant", {"value": 9.0}),
        ("pert(4, 4, 4)", {}, "constant", {"value": 4.0}),
        ("beta(8, 2)", {}, "beta", {"alpha": 8.0, "beta": 2.0}),
        ("bernoulli(0.25)", {}, "discrete", {"probabilities": {0.0: 0.75, 1.0: 0.25}}),
        ("discrete(5: 0.5, 1: 0.5)", {}, "discrete", {"probabilities": {1.0: 0.5, 5.0: 0.5}}),
        ("6% to 12%", {"unit": "%", "low": 0, "high": 100}, "logit-normal", None),
        ("6 to 12", {"low": 0}, "lognormal", None),
        ("6 to 12", {}, "normal", None),
    ],
)
def test_a_text_means_a_family_and_its_parameters(
    text: object, options: dict[str, object], family: str, parameters: dict[str, object] | None
) -> None:
    quantity = tp.Quantity(text, **options)  # type: ignore[arg-type]
    assert quantity.family == family
    if parameters is not None:
        assert quantity.parameters == parameters


@pytest.mark.parametrize("options", [{}, {"low": 0}, {"low": 0, "high": 100}, {"low": -100, "high": 100}])
def test_a_to_b_are_p10_and_p90_whatever_the_bounds(options: dict[str, float]) -> None:
    quantity = tp.Quantity("6 to 12", **options)
    assert quantity.quantile([0.1, 0.9]) == pytest.approx([6, 12], rel=1e-12)


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("normal(9, 2)", stats.norm(9, 2)),
        ("uniform(6, 12)", stats.uniform(6, 6)),
        ("triangular(6, 9, 12)", stats.triang(0.5, 6, 6)),
        ("lognormal(p10=6, p90=12)", stats.lognorm(np.log(2) / (2 * Z90), scale=np.sqrt(72))),
        ("lognormal(mean=9, sd=3)", stats.lognorm(np.sqrt(np.log1p(1 / 9)), scale=9 / np.sqrt(1 + 1 / 9))),
        ("beta(8, 2)", stats.beta(8, 2)),
        ("pert(6, 8, 12)", stats.beta(1 + 4 / 3, 1 + 8 / 3, 6, 6)),
    ],
)
def test_quantiles_mean_and_sd_are_those_of_scipy(text: str, law: stats.rv_continuous) -> None:
    quantity = tp.Quantity(text)
    levels = np.array([[0.001, 0.1, 0.25], [0.5, 0.9, 0.999]])
    # SciPy's beta and normal quantiles are themselves good to some 1e-13.
    np.testing.assert_allclose(quantity.quantile(levels), law.ppf(levels), rtol=1e-11)
    assert quantity.mean == pytest.approx(law.mean(), rel=1e-12)
    assert quantity.sd == pytest.approx(law.std(), rel=1e-12)


def test_a_distribution_is_cut_at_its_bounds() -> None:
    quantity = tp.Quantity("normal(1, 1)", low=0)
    assert quantity.outside == pytest.approx(stats.norm.cdf(-1), rel=1e-12)
    cut = stats.truncnorm(-1, np.inf, loc=1)
    assert quantity.quantile(0.3) == pytest.approx(cut.ppf(0.3), rel=1e-11)  # SciPy's own accuracy
    assert quantity.mean == pytest.approx(cut.mean(), rel=1e-8)  # trapezoidal rule over the cut
    assert quantity.sample(10_000).min() >= 0


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("pert(9, 6, 12)", {}, "pert needs low <= mode <= high; they are 9, 6, 12"),
        ("pert(6, 13, 12)", {}, "pert needs low <= mode <= high; they are 6, 13, 12"),
        ("normal(9, -1)", {}, "normal needs sd >= 0"),
        ("lognormal(mean=-1, sd=1)", {}, "lognormal"),
        ("prt(6, 9, 12)", {}, "there is no distribution 'prt' (did you mean 'pert'?)"),
        ("6 too 12", {}, "at character 3 there must be 'to' between two numbers, or the end of the text"),
        ("12 to 6", {}, "'a to b' needs a < b"),
        ("0 to 6", {"low": 0}, "an end of 'a to b' cannot lie on the bound 0"),
        ("discrete(1: 0.5, 2: 0.6)", {}, "probabilities must sum to 1"),
        ("normal(0, 1)", {"low": 0}, "lies outside (at most 20 % may)"),
        ("12%", {"unit": "s"}, "no percent sign here: the unit is s"),
        (8, {"unit": "fraction", "low": 0, "high": 1}, "must be between 0 and 1 (did you mean 0.08?)"),
        (True, {}, "quantity: is true or false, must be a number or a text such as '6 to 12'"),
        (None, {}, "quantity: is nothing"),
        ([1], {}, "quantity: is a list"),
        (1j, {}, "quantity: is of type complex"),
        (float("nan"), {}, "quantity: is nan, must be finite"),
        (2**70, {}, "quantity: is a whole number of 71 bits, must fit into 64 bits"),
        (1, {"low": 2, "high": 1}, "high: is 1, must be above low, which is 2"),
        (1, {"low": float("nan")}, "low: is nan, must be finite"),
        ("x" * 5000, {}, "at most 4,096 characters"),
    ],
)
def test_what_means_nothing_is_refused(text: object, options: dict[str, object], message: str) -> None:
    with pytest.raises(tp.InputError) as caught:
        tp.Quantity(text, **options)  # type: ignore[arg-type]
    assert message in str(caught.value)


@pytest.mark.parametrize("level", [0, 1, -0.1, 1.5, float("nan")])
def test_levels_lie_between_0_and_1(level: float) -> None:
    with pytest.raises(tp.InputError, match=r"u: is .*, must be above 0 and below 1"):
        tp.Quantity("6 to 12").quantile([0.5, level])


def test_draws_follow_from_seed_and_path_alone() -> None:
    quantity = tp.Quantity("6 to 12", low=0)
    drawn = quantity.sample(256, seed=3, path="teams.a.hourly_cost")
    assert drawn.tobytes() == quantity.sample(256, seed=3, path="teams.a.hourly_cost").tobytes()
    assert (
        drawn[64:].tobytes() == quantity.sample(192, seed=3, path="teams.a.hourly_cost", first=64).tobytes()
    )
    assert (drawn != quantity.sample(256, seed=4, path="teams.a.hourly_cost")).all()
    assert (drawn != quantity.sample(256, seed=3, path="teams.b.hourly_cost")).all()


def test_stratified_draws_put_one_trial_into_each_64th() -> None:
    quantity = tp.Quantity("uniform(0, 64)")
    drawn = quantity.sample(6400).reshape(100, 64)
    assert (np.sort(np.floor(drawn)) == np.arange(64)).all()
    plain = quantity.sample(6400, stratified=False).reshape(100, 64)
    assert not (np.sort(np.floor(plain)) == np.arange(64)).all()


def test_the_repr_makes_the_same_quantity_and_so_does_a_pickle() -> None:
    from trainplan import Quantity  # noqa: F401  used by eval

    for quantity in (
        tp.Quantity("6% to 12%", unit="%", low=0, high=100),
        tp.Quantity(9),
        tp.Quantity("beta(8, 2)"),
        tp.Quantity(1.5, low=-0.25),
    ):
        assert eval(repr(quantity)) == quantity
        assert pickle.loads(pickle.dumps(quantity)) == quantity
    assert repr(tp.Quantity("6 to 12", low=0)) == "Quantity('6 to 12', low=0)"


def test_equality_is_that_of_the_meaning() -> None:
    assert tp.Quantity("pert(6,9,12)") == tp.Quantity("pert(6, 9, 12, shape=4)")
    assert tp.Quantity("6 to 12") != tp.Quantity("6 to 12", low=0)
    assert tp.Quantity("12%", unit="fraction") == tp.Quantity(0.12, unit="fraction")
    assert tp.Quantity(1) != 1
