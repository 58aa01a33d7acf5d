"""The plan as an analyst handles it: paths, changes, comparisons, frames, files, displays."""

from __future__ import annotations

import copy
import json
import pickle
import tomllib
from pathlib import Path
from typing import Any

import pytest

import trainplan as tp

HOSTILE = "<script>alert(1)</script>{{7*7}}\u202e"


@pytest.fixture(scope="module")
def plan() -> tp.Plan:
    return tp.example("one_team")


def test_a_path_reads_what_replace_writes(plan: tp.Plan) -> None:
    changed = plan.replace({"reinforcement.coaching_hours": "1 to 3", "teams.support.people": 50})
    assert changed["reinforcement.coaching_hours"] == "1 to 3"
    assert changed["teams.support.people"] == 50
    assert plan["teams.support.people"] == 40
    assert plan["teams.support.new_customers"] is None


def test_a_source_is_called_by_the_path_that_it_is_about(plan: tp.Plan) -> None:
    path = "sources.teams.support.attrition"
    assert plan[f"{path}.grade"] == "B"
    graded = plan.replace({f"{path}.grade": "A", "sources.teams.support.people": {"kind": "data"}})
    assert graded[f"{path}.grade"] == "A"
    assert graded["sources.teams.support.people.kind"] == "data"
    assert graded.replace({path: None, "sources.teams.support.people": None}).sources == tuple(
        source for source in plan.sources if source.path != "teams.support.attrition"
    )


def test_replace_adds_and_removes_records(plan: tp.Plan) -> None:
    without = plan.replace({"costs.surveys": None})
    assert "surveys" not in [line.id for line in without.costs]
    again = without.replace({"costs.surveys": plan["costs.surveys"]})
    assert {line.id for line in again.costs} == {line.id for line in plan.costs}


def test_replace_takes_tuples_and_reaches_keys_of_maps_and_single_records(plan: tp.Plan) -> None:
    assert plan.replace({"waves.all_agents.teams": ("support",)}) == plan
    assert plan.replace({"teams.support.baseline.fcr": 65})["teams.support.baseline.fcr"] == 65
    assert "nps" not in plan.replace({"teams.support.baseline.nps": None})["teams.support.baseline"]
    assert plan.replace({"benefits.retention": None})["benefits.retention"] is None
    more = plan.replace({"benefits.custom.x": {"kpi": "fcr", "value": 3}})
    assert plan.diff(more)["path"].str.startswith("benefits.custom.x.").all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"teams.suport.people": 50}, "there is no record of that id"),
        ({"teams.support.peple": 50}, "did you mean 'people'?"),
        ({"teams.support.people": -1}, "teams.support.people: is -1"),
        ({"programme.months.deeper": 1}, "which has no parts"),
    ],
)
def test_a_change_that_leads_nowhere_is_refused(plan: tp.Plan, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(tp.InputError, match=message.replace("(", r"\(").replace("?", r"\?")):
        plan.replace(changes)


def test_round_trips_lose_nothing(plan: tp.Plan, tmp_path: Path) -> None:
    assert tp.Plan.from_dict(plan.to_dict()) == plan
    assert tp.Plan.from_dict(plan.to_dict(defaults=True)) == plan
    assert tp.Plan.from_dict(tomllib.loads(plan.to_toml())) == plan
    assert tp.Plan.from_dict(json.loads(plan.to_json())) == plan
    assert pickle.loads(pickle.dumps(plan)) == plan
    assert copy.deepcopy(plan) == plan
    for name in ("plan.toml", "plan.json"):
        path = tmp_path / name
        plan.to_toml(path) if name.endswith("toml") else plan.to_json(path)
        assert tp.read_plan(path) == plan


def test_diff_shows_what_changed_and_nothing_else(plan: tp.Plan) -> None:
    other = plan.replace({"teams.support.people": 50, "costs.surveys": None})
    found = plan.diff(other)
    assert found["path"].iloc[0] == "teams.support.people"
    assert (found["here"].iloc[0], found["there"].iloc[0]) == ("40", "50")
    assert set(found["path"].str.split(".").str[1]) == {"support", "surveys"}
    assert len(plan.diff(plan)) == 0


@pytest.mark.parametrize(
    ("backend", "kind"), [("pandas", "pandas"), ("polars", "polars"), ("pyarrow", "pyarrow")]
)
def test_inputs_come_in_the_frame_that_is_asked_for(plan: tp.Plan, backend: str, kind: str) -> None:
    frame = plan.inputs(backend=backend)
    assert type(frame).__module__.startswith(kind)
    columns = frame.column_names if backend == "pyarrow" else list(frame.columns)
    assert columns[:3] == ["path", "value", "unit"]


def test_every_input_of_the_example_has_a_source(plan: tp.Plan) -> None:
    inputs = plan.inputs()
    unsourced = inputs[(inputs["source"] == "") & ~((inputs["p10"] == 0) & (inputs["p90"] == 0))]
    assert unsourced["path"].tolist() == []
    assert {"benchmark", "assumption", "default"} <= set(inputs["source"])
    assert (inputs["p10"] <= inputs["p90"]).all()


def test_the_contacts_of_the_example_balance_with_its_people(plan: tp.Plan) -> None:
    team = plan.teams[0]
    seconds = team.people * 2080 / 12 * (1 - team.shrinkage) * team.occupancy * 3600
    assert seconds / team.baseline["aht"] == pytest.approx(team.contacts, rel=0.01)


def test_an_unknown_example_is_refused_with_the_list() -> None:
    with pytest.raises(tp.InputError, match=r"must be one of .*one_team"):
        tp.example("two_teams")


def test_displays_are_complete_and_escaped(plan: tp.Plan) -> None:
    hostile = plan.replace({"programme.name": HOSTILE})
    assert "Plan: " in repr(plan)
    assert "40 people" in repr(plan)
    assert "<script>" not in hostile._repr_html_()
    assert "&lt;script&gt;" in hostile._repr_html_()


def test_check_lists_problems_or_warnings(plan: tp.Plan) -> None:
    assert tp.check(plan).ok
    assert repr(tp.check(plan)).splitlines()[0] == "no problems, no warnings"
    warned = tp.check(plan.replace({"practices.action_plan.cost": ""}))
    assert warned.ok
    assert [entry["path"] for entry in warned.warnings] == ["practices.action_plan.cost"]
    broken = tp.check({"teams": [{"id": "a", "people": 0}]})
    assert not broken.ok
    assert broken.to_frame()["kind"].tolist() == ["error"] * len(broken.problems)
    assert "<td>error</td>" in broken._repr_html_()


def test_an_unknown_backend_is_refused(plan: tp.Plan) -> None:
    with pytest.raises(tp.InputError, match="must be one of pandas, polars, pyarrow"):
        plan.inputs(backend="excel")
