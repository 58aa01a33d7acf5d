"""Tornado, spider, and the rank correlations of a run."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.stats

import trainplan as tp
from trainplan.whatif._central import central
from trainplan.whatif._ranks import _ranks, spearman

TRIALS = 512


@pytest.fixture(scope="module")
def plan() -> tp.Plan:
    return tp.example("one_team")


@pytest.fixture(scope="module")
def found(plan: tp.Plan) -> tp.whatif.Tornado:
    return tp.tornado(plan, "npv", trials=TRIALS, progress=False)


# --------------------------------------------------------------------------------------------------- tornado


def test_a_bar_is_two_runs_by_hand(plan: tp.Plan, found: tp.whatif.Tornado) -> None:
    rows = plan.inputs().set_index("path")
    table = found.to_frame().set_index("input")
    for path in ("lifts.aht.size", "workforce.realization"):
        low, high = (
            tp.simulate(
                plan.replace({path: float(rows.loc[path, name])}),
                trials=TRIALS,
                outputs=["npv"],
                progress=False,
            )["npv"]
            for name in ("p10", "p90")
        )
        by = tp.statistics.difference(high, low, stratified=True)
        assert table.loc[path, "low"] == tp.statistics.mean(low, stratified=True).value
        assert table.loc[path, "high"] == tp.statistics.mean(high, stratified=True).value
        assert (table.loc[path, "swing"], table.loc[path, "mcse_swing"]) == (by.value, by.standard_error)
        assert table.loc[path, "low_value"] == rows.loc[path, "p10"]


def test_every_uncertain_input_has_a_bar_and_the_largest_is_first(
    plan: tp.Plan, found: tp.whatif.Tornado
) -> None:
    uncertain = set(plan.inputs().query("family != 'constant'")["path"])
    assert {bar.input for bar in found.bars} == uncertain
    swings = [abs(bar.swing.value) for bar in found.bars]
    assert swings == sorted(swings, reverse=True)
    chosen = tp.tornado(plan, "npv", paths=["lifts.aht.size"], trials=64, progress=False)
    assert [bar.input for bar in chosen.bars] == ["lifts.aht.size"]


def test_others_are_named(plan: tp.Plan, found: tp.whatif.Tornado) -> None:
    assert "others at their distribution" in repr(found)
    assert set(found.to_frame()["others"]) == {"distribution"}
    median = tp.tornado(plan, "npv", others="median", progress=False)
    assert "others at their median" in repr(median)
    assert set(median.to_frame()["others"]) == {"median"}
    assert median.to_frame()["mcse_swing"].isna().all()  # no chance, no error


def test_with_others_at_their_median_a_bar_is_the_central_trial(plan: tp.Plan) -> None:
    rows = plan.inputs().set_index("path")
    for output, where in (
        ("npv", ("output", "", "npv", 0)),
        ("csat[support]@6", ("kpi", "support", "csat", 6)),
    ):
        median = tp.tornado(plan, output, others="median", paths=["lifts.csat.size"], progress=False)

        def value(changes: dict[str, Any], where: tuple[str, str, str, int] = where) -> float:
            run = tp.simulate(plan.replace(changes), trials=1, outputs=["npv"], progress=False)
            table = run.trace("central")
            names = ["what", "team", "item", "month"]
            chosen = table[(table[names] == list(where)).all(axis=1)]
            return float(chosen["value"].iloc[0])

        assert median.own.value == value({})
        (bar,) = median.bars
        assert bar.low.value == value({"lifts.csat.size": float(rows.loc["lifts.csat.size", "p10"])})
        assert bar.high.value == value({"lifts.csat.size": float(rows.loc["lifts.csat.size", "p90"])})
        assert bar.swing.value == bar.high.value - bar.low.value


def test_correlated_inputs_are_named_and_set_without_their_partners() -> None:
    plan = tp.example("contact_centre")
    path = "teams.na_home.attrition"
    found = tp.tornado(plan, "attrition[na_mobile]@6", paths=[path], trials=TRIALS, progress=False)
    (bar,) = found.bars
    assert bar.moves_with == ("teams.na_mobile.attrition",)
    assert bar.swing.value == 0.0  # the partner stays where it is, trial by trial
    assert "whose partners stay where they are" in repr(found)
    (lift,) = tp.tornado(plan, paths=["lifts.csat.size"], trials=64, progress=False).bars
    assert "lifts.nps.size" in lift.moves_with  # by programme.lift_correlation


def test_other_quantiles_statistics_and_conditions(plan: tp.Plan) -> None:
    path = "lifts.csat.size"  # normal(2.8, 2)
    wide = tp.tornado(plan, quantiles=(0.025, 0.975), paths=[path], trials=64, progress=False).bars[0]
    z = scipy.stats.norm.ppf(0.975)
    assert (wide.low_value, wide.high_value) == pytest.approx((2.8 - 2 * z, 2.8 + 2 * z), rel=1e-9)
    chance = tp.tornado(plan, condition="csat@6 >= 72", paths=[path], trials=64, progress=False)
    assert chance.measure.name == "chance of csat@6 >= 72"
    assert 0.0 <= chance.bars[0].low.value <= chance.bars[0].high.value <= 1.0
    late = tp.tornado(
        plan, "payback_month", statistic="p60", paths=["lifts.aht.size"], trials=256, progress=False
    ).bars[0]
    assert late.low.value < 24
    assert math.isnan(late.high.value)  # where handle time hardly falls, it is not paid back


@pytest.mark.parametrize("output", ["npv", "roi", "total_cost", "csat@6", "csat@24", "aht[support]@6"])
def test_the_central_value_is_that_of_the_trace(plan: tp.Plan, output: str) -> None:
    run = tp.simulate(plan, trials=1, outputs=[output], progress=False)
    table = run.trace("central")
    head, _, month = output.partition("@")
    item, _, team = head.partition("[")
    what = "kpi" if month else "output"
    rows = table.query(f"what == '{what}' and item == '{item}' and team == '{team.rstrip(']')}'")
    assert central(plan, output) == float(rows.query(f"month == {month or 0}")["value"].iloc[0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"output": "nvp"}, r"'nvp', is no output; .*did you mean 'npv'"),
        ({"output": "csat@99"}, "the month must be between 1 and the horizon"),
        ({"output": "csat@99", "others": "median"}, "the month must be between 1 and the horizon"),
        ({"others": "mean"}, "others: is 'mean', must be 'distribution' or 'median'"),
        ({"others": "median", "condition": "npv >= 0"}, "statistic: is of many trials"),
        ({"others": "median", "statistic": "p10"}, "statistic: is of many trials"),
        ({"quantiles": (0.9, 0.1)}, "quantiles: .*must be ascending"),
        ({"quantiles": (0.1, 0.5, 0.9)}, "quantiles: .*must be two levels"),
        ({"quantiles": (0, 0.9)}, "quantiles: .*above 0 and below 1"),
        ({"paths": ["lifts.csat.sizes"]}, "paths: .*no uncertain input.*did you mean 'lifts.csat.size'"),
        ({"paths": ["modules.foundation.hours"]}, "no uncertain input of this plan"),
        ({"paths": "lifts.csat.size"}, "paths: .*must be a list of paths"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(plan: tp.Plan, options: dict[str, Any], message: str) -> None:
    with pytest.raises(tp.InputError, match=message):
        tp.tornado(plan, trials=64, progress=False, **options)


def test_the_bar_of_progress_is_one_for_all(plan: tp.Plan) -> None:
    for others in ("distribution", "median"):
        seen: list[tuple[int, int]] = []
        tp.tornado(plan, others=others, trials=64, progress=lambda *at, seen=seen: seen.append(at))  # type: ignore[arg-type, misc]
        assert len({total for _, total in seen}) == 1
        assert seen[-1][0] == seen[-1][1]
        with pytest.raises(tp.Cancelled):
            tp.tornado(plan, others=others, trials=64, progress=lambda *_: False)  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------------------- spider


def test_a_spider_is_a_sweep_of_each_input_over_its_quantiles(plan: tp.Plan) -> None:
    paths = ["lifts.csat.size", "teams.support.attrition"]
    found = tp.spider(plan, "npv", paths=paths, trials=TRIALS, progress=False)
    for path in paths:
        table = tp.sweep(plan, {path: list(found.inputs[path])}, trials=TRIALS, progress=False)
        assert list(found.found[path]) == table.found
    frame = found.to_frame()
    assert frame["quantile"].tolist() == [0.05, 0.25, 0.5, 0.75, 0.95] * 2
    assert found.own == table.own


def test_a_spider_chooses_the_inputs_that_weigh_most(plan: tp.Plan) -> None:
    """Not lifts.escalation, say, which goes with the NPV only because it goes with what moves the NPV."""
    big = tp.example("contact_centre")
    found = tp.spider(big, "npv", most=3, quantiles=(0.1, 0.9), trials=2048, progress=False)
    bars = tp.tornado(big, "npv", paths=[*found.found, "lifts.escalation.size"], trials=256, progress=False)
    assert [bar.input for bar in bars.bars][-1] == "lifts.escalation.size"
    assert list(found.found) == ["lifts.aht.size", "lifts.fcr.size", "workforce.realization"]
    few = tp.spider(plan, "npv", most=2, trials=16, progress=False)  # too few for a regression
    assert len(few.found) == 2


# ----------------------------------------------------------------------------------------------------- ranks


def test_rank_correlations_are_scipys(plan: tp.Plan) -> None:
    run = tp.simulate(plan, trials=4096, outputs=["npv", "payback_month"], seed=9, progress=False)
    draws = run.draws(trials=4096)
    for output in run.outputs:
        values = np.nan_to_num(run[output], nan=1e9)  # what never comes is later than all; many are equal
        table = run.sensitivity(output).set_index("input")
        assert set(table.index) == set(draws.columns)
        for path in table.index:
            rho = scipy.stats.spearmanr(draws[path], values).statistic
            assert table.loc[path, "rho"] == pytest.approx(rho, abs=1e-12)
        assert table["rho"].abs().is_monotonic_decreasing
        assert (table["low"] <= table["rho"]).all()
        assert (table["rho"] <= table["high"]).all()
        assert set(table["n"]) == {4096}
    one = run.sensitivity("npv", paths=["lifts.csat.size"], backend="polars")
    assert one.shape == (1, 8)


def test_at_most_16384_trials_are_drawn_again(plan: tp.Plan) -> None:
    run = tp.simulate(plan, trials=20_000, outputs=["npv"], progress=False)
    table = run.sensitivity(paths=["lifts.csat.size"])
    x = run.draws(["lifts.csat.size"], trials=16_384)["lifts.csat.size"]
    assert table["n"][0] == 16_384
    rho = scipy.stats.spearmanr(x, run["npv"][:16_384]).statistic
    assert table["rho"][0] == pytest.approx(rho, abs=1e-12)


@pytest.mark.parametrize("ties", [False, True])
def test_the_error_of_a_rank_correlation_is_honest(ties: bool) -> None:
    """Independent trials of known correlation: over 400 seeds the z-scores have a mean square of 1."""
    truth, scores = [], []
    for seed in range(400):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal(1024)
        y = 0.6 * x + 0.8 * rng.standard_normal(1024)
        if ties:  # months, and a third that never comes
            y = np.minimum(np.round(2.0 * y), 1.0)
        rho, found = spearman(_ranks(x), _ranks(y), stratified=False)
        truth.append(rho)
        scores.append(found.standard_error)
        assert found.value == pytest.approx(rho, abs=1e-9)  # the mean influence is the correlation itself
    z = (np.array(truth) - np.mean(truth)) / np.array(scores, dtype=float)
    # The mean square of 400 normal scores is 1 +- sqrt(2/400): four of these standard errors.
    assert abs(float(np.mean(z**2)) - 1.0) <= 4.0 * math.sqrt(2.0 / 400.0)


def test_the_error_knows_stratified_trials(plan: tp.Plan) -> None:
    """Over 60 seeds the estimates spread as each of them says."""
    path = "workforce.realization"
    rows = [
        tp.simulate(plan, trials=1024, outputs=["npv"], seed=seed, progress=False).sensitivity(paths=[path])
        for seed in range(60)
    ]
    spread = float(np.std([row["rho"][0] for row in rows], ddof=1))
    said = float(np.sqrt(np.mean([row["mcse"][0] ** 2 for row in rows])))
    # A spread of 60 is known to 9 %, an error from 16 block means to 18 %, 60 of them to 2 %: four times.
    assert 1 / 1.45 <= spread / said <= 1.45


def test_what_never_changes_has_no_correlation(plan: tp.Plan) -> None:
    run = tp.simulate(plan, trials=64, outputs=["nps@6"], progress=False)  # no lift moves it
    table = run.sensitivity("nps@6")
    assert table["rho"].isna().all()
    assert table["mcse"].isna().all()


def test_unknown_names_are_refused(plan: tp.Plan) -> None:
    run = tp.simulate(plan, trials=64, outputs=["npv"], progress=False)
    with pytest.raises(tp.InputError, match=r"output: is 'nvp', .*did you mean 'npv'"):
        run.sensitivity("nvp")
    with pytest.raises(tp.InputError, match="there is no quantity at this path"):
        run.sensitivity("npv", paths=["nothing"])
    with pytest.raises(tp.InputError, match="must be a list of paths"):
        run.sensitivity("npv", paths="lifts.csat.size")
    with pytest.raises(tp.InputError, match="at least 3 for a rank correlation"):
        tp.simulate(plan, trials=2, outputs=["npv"], progress=False).sensitivity()
