"""Sweeps: every point is the run of its own plan, compared with the plan as it is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import trainplan as tp
from trainplan.whatif._fields import column_of, quantiles

TRIALS = 1024
HOURS = "reinforcement.coaching_hours"


@pytest.fixture(scope="module")
def plan() -> tp.Plan:
    return tp.example("one_team")


def run_of(plan: tp.Plan, changes: dict[str, Any], output: str = "npv") -> tp.Run:
    return tp.simulate(plan.replace(changes), trials=TRIALS, outputs=[output], progress=False)


def test_a_point_is_the_run_of_its_own_plan_bit_for_bit(plan: tp.Plan) -> None:
    values = {HOURS: [0, "1 to 3"], "teams.support.people": [30, 40, 50]}
    table = tp.sweep(plan, values, trials=TRIALS, progress=False).to_frame()
    assert table[[HOURS, "teams.support.people"]].to_numpy().tolist() == [
        [hours, people] for hours in (0, "1 to 3") for people in (30, 40, 50)
    ]
    base = run_of(plan, {})["npv"]
    for row in table.to_dict("records"):
        run = run_of(plan, {path: row[path] for path in values})
        own = tp.statistics.mean(run["npv"], stratified=True)
        by = tp.statistics.difference(run["npv"], base, stratified=True)
        assert (row["value"], row["mcse"]) == (own.value, own.standard_error)
        assert (row["low"], row["high"]) == (own.low, own.high)
        assert (row["difference"], row["mcse_difference"]) == (by.value, by.standard_error)


def test_the_plans_own_value_differs_by_nothing(plan: tp.Plan) -> None:
    for asked in ({}, {"statistic": "p10"}, {"condition": "csat@6 >= 72"}):
        found = tp.sweep(plan, {HOURS: [1]}, trials=TRIALS, progress=False, **asked)
        assert found.found[0] == found.own
        assert (found.differences[0].value, found.differences[0].standard_error) == (0.0, 0.0)


def test_a_condition_is_looked_at_by_its_chance(plan: tp.Plan) -> None:
    found = tp.sweep(plan, {HOURS: [0, 3]}, condition="csat@6 >= 72", trials=TRIALS, progress=False)
    a, b = (run_of(plan, {HOURS: hours}, "csat@6")["csat@6"] >= 72 for hours in (0, 3))
    base = run_of(plan, {}, "csat@6")["csat@6"] >= 72
    table = found.to_frame()
    assert table["value"].tolist() == [a.mean(), b.mean()]
    assert table["difference"].to_numpy() == pytest.approx([a.mean() - base.mean(), b.mean() - base.mean()])
    by = (b.astype(float) - base).reshape(-1, 64).mean(axis=1)
    assert table["mcse_difference"][1] == pytest.approx(by.std(ddof=1) / math.sqrt(by.size), rel=1e-12)
    assert found.measure.name == "chance of csat@6 >= 72"


def test_a_quantile_is_that_of_the_summary(plan: tp.Plan) -> None:
    found = tp.sweep(plan, {HOURS: [0, 2]}, statistic="p10", trials=TRIALS, progress=False)
    for hours, one in zip((0, 2), found.found, strict=True):
        assert one.value == pytest.approx(np.quantile(run_of(plan, {HOURS: hours})["npv"], 0.1), rel=1e-12)
    late = tp.sweep(
        plan, {HOURS: [0, 6]}, output="payback_month", statistic="p50", trials=256, progress=False
    )
    assert math.isnan(late.found[1].value)  # with six hours of coaching most trials never pay back


def test_the_error_of_a_difference_of_quantiles_is_that_of_many_seeds(plan: tp.Plan) -> None:
    """Over 40 seeds the differences spread as one run says, within a factor: 40 give a spread +- 11 %."""
    found = [
        tp.sweep(plan, {HOURS: [2]}, statistic="p10", trials=1024, seed=seed, progress=False).differences[0]
        for seed in range(40)
    ]
    spread = float(np.std([one.value for one in found], ddof=1))
    said = float(np.mean([one.standard_error for one in found]))
    assert 1 / 1.6 <= spread / said <= 1.6  # 4 standard errors of the spread, and the density is estimated


def test_a_table_of_two_paths_has_the_first_down_the_second_across(plan: tp.Plan) -> None:
    values = {HOURS: [0, 1, 2], "teams.support.people": [30, 50]}
    found = tp.sweep(plan, values, trials=128, progress=False)
    table = found.pivot()
    assert table.columns.tolist() == [HOURS, "30", "50"]
    flat = found.to_frame().set_index(list(values))
    assert table["50"].tolist() == flat.xs(50, level=1)["value"].tolist()
    assert found.pivot(what="difference", backend="polars").shape == (3, 3)
    with pytest.raises(tp.InputError, match="what: is 'mean', must be one of value, mcse"):
        found.pivot(what="mean")
    with pytest.raises(tp.InputError, match="must be two paths"):
        tp.sweep(plan, {HOURS: [1]}, trials=64, progress=False).pivot()


def test_three_paths_are_a_full_grid(plan: tp.Plan) -> None:
    values = {HOURS: [0, 1], "teams.support.people": [30, 50], "modules.foundation.hours": [16, 24]}
    table = tp.sweep(plan, values, trials=64, progress=False).to_frame()
    assert len(table) == 8
    assert len(table[list(values)].drop_duplicates()) == 8


def test_numpy_values_and_ranges_are_lists_too(plan: tp.Plan) -> None:
    one = tp.sweep(plan, {HOURS: np.array([0.0, 1.0])}, trials=64, progress=False)
    other = tp.sweep(plan, {HOURS: range(2)}, trials=64, progress=False)
    assert one.found == other.found
    assert [type(value) for value in one.values[HOURS]] == [float, float]


def test_a_correlated_quantity_set_to_a_number_says_what_it_gave_up() -> None:
    plan = tp.example("contact_centre")
    found = tp.sweep(plan, {"teams.na_home.attrition": [30, 50]}, trials=64, progress=False)
    assert found.loosened == ("leavers_na",)
    assert "Correlations given up: leavers_na" in repr(found)


@pytest.mark.parametrize(
    ("vary", "options", "message"),
    [
        ({}, {}, "vary: is empty, must be lists of values by path"),
        ([1], {}, "vary: is list, must be"),
        ({HOURS: 1}, {}, rf"vary\.{HOURS}: is int 1, must be a list"),
        ({HOURS: []}, {}, rf"vary\.{HOURS}: must have at least one value"),
        ({HOURS: "0 to 2"}, {}, "must be a list of values"),
        ({HOURS: range(10_001)}, {}, "is 10,001 combinations, must be at most 10,000"),
        ({HOURS: [1, -1]}, {}, rf"{HOURS}: is -1, must be"),
        ({"reinforcement.coaching_hour": [1]}, {}, r"did you mean 'coaching_hours'"),
        ({HOURS: [1]}, {"statistic": "p0"}, "statistic: is 'p0', must be mean, or a quantile"),
        ({HOURS: [1]}, {"statistic": "median"}, "must be mean, or a quantile such as p10"),
        ({HOURS: [1]}, {"condition": "csat@6"}, "condition: is 'csat@6', must be an output, a comparison"),
        ({HOURS: [1]}, {"condition": "npv >= 0", "output": "npv"}, "condition: give a condition, or"),
        ({HOURS: [1]}, {"output": "nvp"}, r"is no output; .*\(did you mean 'npv'\?\)"),
        ({HOURS: [1]}, {"output": 3}, "output: is int, must be the name of an output"),
    ],
)  # fmt: skip
def test_what_cannot_be_swept_is_refused(
    plan: tp.Plan, vary: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(tp.InputError, match=message):
        tp.sweep(plan, vary, trials=64, progress=False, **options)


def test_the_bar_is_one_for_all_points(plan: tp.Plan) -> None:
    seen: list[tuple[int, int]] = []
    tp.sweep(plan, {HOURS: [0, 1, 2]}, trials=640, progress=lambda *at: seen.append(at))  # type: ignore[arg-type, return-value]
    assert seen[-1] == (4 * 640, 4 * 640)
    with pytest.raises(tp.Cancelled):
        tp.sweep(plan, {HOURS: [0, 1, 2]}, trials=640, progress=lambda *_: False)


# ---------------------------------------------------------------------------------------------------- fields


@pytest.mark.parametrize("name", tp.examples())
def test_every_quantity_of_a_plan_is_found_as_a_field(name: str) -> None:
    plan = tp.example(name)
    for path in plan.inputs()["path"]:
        column = column_of(path)
        assert column is not None, path
        assert column.kind == "quantity", path


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("teams.support.people", "whole"),
        ("teams.a.b.people", "whole"),  # an id with a dot
        ("waves.all_agents.share", "number"),
        ("lifts.fcr.reached_at.months", "whole"),
        ("teams.support.name", "text"),
        ("programme.months", "whole"),
        ("lifts.fcr.competences.communication", "number"),
        ("teams.support", None),
        ("teams.people", None),
        ("nothing", None),
    ],
)
def test_a_path_leads_to_its_field(path: str, kind: str | None) -> None:
    found = column_of(path)
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize("name", tp.examples())
def test_quantiles_of_inputs_are_those_of_their_draws(name: str) -> None:
    plan = tp.example(name)
    paths = list(plan.inputs().query("family != 'constant'")["path"])
    drawn = tp.simulate(plan, trials=16_384, outputs=["npv"], progress=False).draws(paths, trials=16_384)
    for path in paths:
        low, high = quantiles(plan, path, (0.25, 0.75))
        # 5 standard errors of the share of 16,384 plain draws; of stratified ones far more.
        assert np.mean(drawn[path] <= low) == pytest.approx(0.25, abs=0.017), path
        assert np.mean(drawn[path] <= high) == pytest.approx(0.75, abs=0.017), path
