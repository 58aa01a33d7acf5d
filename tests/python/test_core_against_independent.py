"""The core against the second implementation: every series and every draw of examples and generated plans."""

from __future__ import annotations

from typing import Any

import comparison
import numpy as np
import plans
import pytest
from comparison import core_series, core_values, differences, table
from hypothesis import HealthCheck, given, settings

import trainplan as tp
from independent.draws import Draws, medians
from independent.small_plans import small_plan, team, wave
from trainplan import _core, _reference

# Both sides compute in double precision; what is left are differences of nearly equal numbers, such as a gain
# of a millionth of a KPI. A departure from the text is many orders larger.
AGREES = 1e-9
# Quantiles of PERT and beta are interpolated (docs/method.md, section 1, "Draws").
INTERPOLATED = 3e-8
SAME_FAMILY = 1e-12

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
# Plans are large and drawn slowly; that is no fault of what is tested.
SOME = settings(max_examples=50, derandomize=True, deadline=None, database=None, suppress_health_check=SLOW)
MANY = settings(SOME, max_examples=3000)


def agree(plan: tp.Plan, **options: Any) -> None:
    rows = differences(plan, **options)
    assert rows[0].largest <= AGREES, "\n" + table(rows)


def drawn_alike(plan: tp.Plan, *, trials: int, first: int = 0, stratified: bool = True) -> None:
    """The draws of a plan against those from its seed and its paths alone."""
    options = {"first": first, "trials": trials, "seed": 3, "stratified": stratified, "central": False}
    core = core_values(plan, core_series(plan, **options), **options)
    data, reference = plan.to_dict(defaults=True), _reference.reference()
    sampling = "stratified" if stratified else "random"
    drawn = Draws(data, seed=3, n=trials, first=first, sampling=sampling, reference=reference)
    quantities, derived = drawn.quantities(), drawn.derived()
    families = {row["path"]: row["family"] for row in plan.record.inputs()}
    assert quantities.keys() == families.keys()
    assert core.keys() - quantities.keys() <= derived.keys()
    far = []
    for path, values in core.items():
        mine = quantities.get(path, derived.get(path))
        assert mine is not None
        most = INTERPOLATED if families.get(path) in ("pert", "beta") else SAME_FAMILY
        scale = float(np.abs(values).max())
        if not np.abs(values - mine).max() <= most * scale:
            far.append(f"{path}: {np.abs(values - mine).max() / scale:.1e}")
    assert not far, "\n".join(far)
    assert comparison.medians(plan) == pytest.approx(medians(data, reference), rel=INTERPOLATED)


@pytest.mark.parametrize("name", tp.examples())
def test_every_series_of_an_example_is_the_same_in_200_random_trials(name: str) -> None:
    agree(tp.example(name), trials=200)


@pytest.mark.parametrize("name", tp.examples())
def test_every_series_of_an_example_is_the_same_in_the_central_trial(name: str) -> None:
    agree(tp.example(name), trials=1, central=True)


@pytest.mark.parametrize("season_of", ["billing", "sales"])
def test_a_season_asks_only_for_the_hours_of_its_own_teams(season_of: str) -> None:
    """A follow-up takes 8 hours a head of billing, where all are trained, and 2 of sales."""
    plan = small_plan(teams=[team(), team("sales")], costs=[])
    first, second = wave("a", 1), wave("b", 2, teams=["sales"], share=0.25)
    plan["waves"] = [first, second, wave("f", 4, teams=["billing", "sales"], follow_up=True)]
    season = {"id": "spring", "first_month": 4, "last_month": 5, "teams": [season_of], "cap": 3.0}
    agree(tp.Plan.from_dict(plan | {"peak_seasons": [season]}), trials=2)


@SOME
@given(plans.plans())
def test_every_series_of_generated_plans_is_the_same(plan: plans.PlanData) -> None:
    agree(tp.Plan.from_dict(plan), trials=3)


@pytest.mark.slow
@MANY
@given(plans.plans())
def test_every_series_of_many_generated_plans_is_the_same(plan: plans.PlanData) -> None:
    agree(tp.Plan.from_dict(plan), trials=3)


@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize("name", tp.examples())
def test_every_draw_of_an_example_follows_from_seed_and_path_alone(name: str, *, stratified: bool) -> None:
    drawn_alike(tp.example(name), trials=200, first=37, stratified=stratified)


@SOME
@given(plans.plans())
def test_every_draw_of_generated_plans_follows_from_seed_and_path_alone(plan: plans.PlanData) -> None:
    drawn_alike(tp.Plan.from_dict(plan), trials=20)


def test_a_difference_is_shown_by_series_largest_first() -> None:
    rows = differences(tp.example("one_team"), trials=2)
    assert [row.largest for row in rows] == sorted((row.largest for row in rows), reverse=True)
    head, first, *_ = table(rows).splitlines()
    assert head.split() == ["what", "item", "n", "largest", "where"]
    assert first.startswith(rows[0].what)


def test_generated_plans_use_every_field_but_names_and_sources() -> None:
    """Among 400 plans, drawn but not computed, each field of the core's records stands in some plan."""
    used: set[tuple[str, str]] = set()
    known = _core.record_fields()

    def walk(record: str, data: Any) -> None:
        for field in known[record]["fields"]:
            if field["name"] in data:
                used.add((record, field["name"]))
                inside = data[field["name"]]
                for one in inside if isinstance(inside, list) else [inside]:
                    if field["nested"]:
                        walk(field["nested"], one)

    @settings(SOME, max_examples=400)
    @given(plans.plans())
    def look(plan: plans.PlanData) -> None:
        walk("Plan", plan)

    look()
    shown = {"name", "currency", "schema_version", "sources", "price_basis", "cost", "repair_correlations"}
    every = {
        (record, field["name"])
        for record, described in known.items()
        if record != "Source"
        for field in described["fields"]
        if field["name"] not in shown
    }
    assert every - used == set()
