"""Scenarios: read, built on one another, compared on common random numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import trainplan as tp

TRIALS = 1024
OUTPUTS = ["npv", "payback_month", "total_cost", "csat@6"]
COACHING: dict[str, Any] = {"reinforcement.coaching_hours": 3}
SCENARIOS: dict[str, dict[str, Any]] = {
    "uncoached": {"reinforcement.coaching_hours": 0},
    "coached": COACHING,
    "coached and briefed": {"base": "coached", "practices.manager_briefed.level": 1},
}


@pytest.fixture(scope="module")
def plan() -> tp.Plan:
    return tp.example("one_team")


@pytest.fixture(scope="module")
def found(plan: tp.Plan) -> tp.whatif.Comparison:
    return tp.compare(plan, SCENARIOS, outputs=OUTPUTS, trials=TRIALS, seed=5, progress=False)


def run_of(plan: tp.Plan, changes: dict[str, Any]) -> tp.Run:
    return tp.simulate(plan.replace(changes), trials=TRIALS, seed=5, outputs=OUTPUTS, progress=False)


# --------------------------------------------------------------------------------------------------- compare


def test_a_scenario_is_the_run_of_its_own_plan(plan: tp.Plan, found: tp.whatif.Comparison) -> None:
    assert found.names == ("plan", *SCENARIOS)
    for name, changes in {
        "plan": {},
        "coached": COACHING,
        "coached and briefed": {**COACHING, "practices.manager_briefed.level": 1},
    }.items():
        run = run_of(plan, changes)
        for output in OUTPUTS:
            assert np.array_equal(found[name][output], run[output], equal_nan=True)


def test_differences_are_those_of_two_runs_by_hand(plan: tp.Plan, found: tp.whatif.Comparison) -> None:
    by = run_of(plan, COACHING)["npv"] - run_of(plan, {})["npv"]
    row = found.differences().query("scenario == 'coached' and output == 'npv'").iloc[0]
    blocks = by.reshape(-1, 64).mean(axis=1)
    assert row["mean"] == pytest.approx(by.mean(), rel=1e-12)
    assert row["mcse_mean"] == pytest.approx(blocks.std(ddof=1) / math.sqrt(blocks.size), rel=1e-12)
    assert row["p_better"] == np.mean(by > 0)
    assert row["p50"] == pytest.approx(np.median(by), rel=1e-12)
    assert (row["p_same"], row["share_missing"]) == (0.0, 0.0)


def test_better_is_less_of_a_cost_and_sooner_of_a_payback(plan: tp.Plan, found: tp.whatif.Comparison) -> None:
    a, b = (run_of(plan, changes) for changes in (SCENARIOS["uncoached"], {}))
    rows = found.differences().query("scenario == 'uncoached'").set_index("output")
    assert rows.loc["total_cost", "p_better"] == 1.0
    late_a, late_b = (np.nan_to_num(run["payback_month"], nan=math.inf) for run in (a, b))
    assert np.isinf(late_a).any()  # a payback that never comes, which is worse than any
    assert rows.loc["payback_month", "p_better"] == np.mean(late_a < late_b)
    assert rows.loc["payback_month", "p_same"] == np.mean(late_a == late_b)
    assert math.isnan(rows.loc["payback_month", "mean"])
    assert (
        tp.compare(plan, SCENARIOS, outputs=["aht@6"], trials=64, progress=False)
        .differences()["p_better"]
        .iloc[1]
        > 0.5
    )  # handle time: less is better, and coaching lowers it


def test_the_same_scenario_twice_differs_by_exactly_zero(plan: tp.Plan) -> None:
    twice = tp.compare(
        plan, {"a": COACHING, "b": {"base": "a"}, "c": {}}, outputs=OUTPUTS, reference="a", trials=TRIALS,
        progress=False,
    )  # fmt: skip
    assert not np.nan_to_num(twice.difference("b", "npv")).any()
    rows = twice.differences().query("scenario == 'b' and output != 'payback_month'")
    assert (rows["mean"] == 0.0).all()
    assert (rows["mcse_mean"] == 0.0).all()
    assert (rows["p_same"] == 1.0).all()
    again = twice.waterfall("b", "npv", progress=False)
    assert (again.steps, again.difference.value) == ((), 0.0)


def test_the_order_of_scenarios_does_not_matter(plan: tp.Plan, found: tp.whatif.Comparison) -> None:
    turned = tp.compare(
        plan, dict(reversed(SCENARIOS.items())), outputs=OUTPUTS, trials=TRIALS, seed=5, progress=False
    )
    for name in found.names:
        for output in OUTPUTS:
            assert np.array_equal(found[name][output], turned[name][output], equal_nan=True)
    for table in ("differences", "regret"):
        one, other = (getattr(each, table)().set_index("scenario") for each in (found, turned))
        assert all(one.loc[name].equals(other.loc[name]) for name in SCENARIOS)
    assert found.flips() == turned.flips()


def test_results_do_not_depend_on_threads(plan: tp.Plan, found: tp.whatif.Comparison) -> None:
    one = tp.compare(plan, SCENARIOS, outputs=OUTPUTS, trials=TRIALS, seed=5, threads=1, progress=False)
    assert np.array_equal(one["coached"]["npv"], found["coached"]["npv"])


def test_the_table_is_the_summary_of_each_run(found: tp.whatif.Comparison) -> None:
    table = found.to_frame().set_index(["output", "scenario"])
    for name in found.names:
        own = found[name].summary().set_index("output")
        for output in OUTPUTS:
            assert table.loc[(output, name), list(own.columns)].equals(own.loc[output])
    polars = found.to_frame(backend="polars")
    assert polars.shape == (len(OUTPUTS) * 4, table.shape[1] + 2)


def test_regret_is_what_the_best_of_a_trial_gives_beyond(found: tp.whatif.Comparison) -> None:
    values = np.stack([found[name]["npv"] for name in found.names])
    best = values.max(axis=0)
    table = found.regret("npv").set_index("scenario")
    for i, name in enumerate(found.names):
        assert table.loc[name, "mean_regret"] == pytest.approx((best - values[i]).mean(), rel=1e-12)
        assert table.loc[name, "p_best"] == np.mean(values[i] == best)
    assert table["p_best"].sum() == pytest.approx(1.0)
    payback = found.regret("payback_month")  # never comes in some trials: chances, but no mean regret
    assert payback["mean_regret"].isna().all()
    assert payback["p_best"].sum() == pytest.approx(1.0)


def test_scenarios_that_share_the_best_place_share_the_trial(plan: tp.Plan) -> None:
    table = tp.compare(plan, {"a": {}, "b": {}}, outputs=["npv"], trials=64, progress=False).regret()
    assert np.allclose(table["p_best"], 1 / 3)
    assert (table["mean_regret"] == 0.0).all()


def test_a_quantity_set_to_a_number_gives_up_its_correlations() -> None:
    plan = tp.example("contact_centre")
    found = tp.compare(
        plan, {"fewer leave": {"teams.na_home.attrition": 30}}, outputs=["npv"], trials=64, progress=False
    )
    assert found.loosened == {"fewer leave": ("leavers_na",)}
    assert "gave up correlations" in repr(found)
    assert "leavers_na" not in {row.id for row in found["fewer leave"].plan.record.correlations}
    with pytest.raises(tp.InputError, match="correlations"):  # what the scenario itself says stands
        tp.compare(
            plan,
            {"x": {"teams.na_home.attrition": 30, "correlations.leavers_na.spearman": 0.5}},
            trials=64,
            progress=False,
        )


@pytest.mark.parametrize(
    ("scenarios", "options", "message"),
    [
        ({"one-off": {"teams.x.people": 3}}, {}, r"scenarios\.one-off: teams\.x\.people: there is no record"),
        ({"a b": {"teams.support.peple": 3}}, {}, r"scenarios\.'a b': teams\.support\.peple: .*mean 'peop"),
        ({"a": {"teams.support.people": -3}}, {}, r"scenarios\.a: teams\.support\.people: is -3, must be"),
        ({}, {}, "scenarios: is empty, must be changes"),
        ({"a": 3}, {}, r"scenarios\.a: is int, must be changes"),
        ({"a": {3: 3}}, {}, r"scenarios\.a: is 3, a path must be a text"),
        ({"a": {}}, {"reference": "aa"}, "reference: is 'aa', .*did you mean 'a'"),
        ({"a": {}}, {"outputs": "npv"}, r"outputs: is 'npv', must be a list of names"),
        ({"a": {}}, {"outputs": ["nvp"]}, "outputs: is 'nvp', is no output"),
        ({"a": {"programme.months": 12}}, {"outputs": ["csat@24"]}, r"scenarios\.a: outputs: is 'csat@24'"),
        ({"a": {}}, {"trials": 0}, "trials: is 0, must be a whole number"),
    ],
)  # fmt: skip
def test_refusals_name_the_scenario_and_the_path(
    plan: tp.Plan, scenarios: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(tp.InputError, match=message) as caught:
        tp.compare(plan, scenarios, progress=False, **options)
    assert caught.value.problems


def test_unknown_names_of_a_comparison_are_refused(found: tp.whatif.Comparison) -> None:
    with pytest.raises(tp.InputError, match=r"scenario: is 'coachd', .*did you mean 'coached'"):
        found["coachd"]
    with pytest.raises(tp.InputError, match=r"output: is 'npvv', .*did you mean 'npv'"):
        found.regret("npvv")


def test_the_bar_is_one_for_all_scenarios_and_stops_them(plan: tp.Plan) -> None:
    seen: list[tuple[int, int]] = []
    tp.compare(plan, SCENARIOS, trials=640, outputs=["npv"], progress=lambda *at: seen.append(at))  # type: ignore[arg-type, return-value]
    assert {total for _, total in seen} == {4 * 640}
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (2560, 2560)
    with pytest.raises(tp.Cancelled):
        tp.compare(plan, SCENARIOS, trials=640, outputs=["npv"], progress=lambda *_: False)


def test_cards_escape_what_plans_and_scenarios_say(plan: tp.Plan) -> None:
    named = plan.replace({"programme.name": "<b>mine</b>"})
    found = tp.compare(named, {"<i>": COACHING}, outputs=["npv"], trials=64, progress=False)
    card = found._repr_html_()
    assert "&lt;b&gt;mine" in card
    assert "&lt;i&gt;" in card
    assert "<i>" not in card
    assert "Net present value" in repr(found)
