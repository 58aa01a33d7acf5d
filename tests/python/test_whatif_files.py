"""Scenarios from files and tables, and the standard set of a plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trainplan as tp


@pytest.fixture(scope="module")
def plan() -> tp.Plan:
    return tp.example("one_team")


@pytest.mark.parametrize("name", tp.examples())
def test_the_standard_scenarios_of_every_example_are_plans(name: str) -> None:
    plan = tp.example(name)
    scenarios = tp.standard_scenarios(plan)
    assert list(scenarios) == [
        "no training", "one-off training", "training + reinforcement", "training + reinforcement + practices",
    ]  # fmt: skip
    found = tp.compare(
        plan, scenarios, outputs=["npv", "total_cost", "total_benefit"], trials=256, progress=False
    )
    assert not found["no training"]["total_cost"].any()
    assert not found["no training"]["total_benefit"].any()
    assert np.array_equal(found["training + reinforcement + practices"]["npv"], found["plan"]["npv"])
    costs = [found[one]["total_cost"].mean() for one in scenarios]
    benefits = [found[one]["total_benefit"].mean() for one in scenarios]
    assert costs == sorted(costs)
    assert benefits == sorted(benefits)
    once = found["one-off training"].plan
    assert not any(wave.follow_up for wave in once.record.waves)
    assert not any(line.category == "coaching" for line in once.record.costs)
    assert {module.id for module in once.record.modules} == {
        one for wave in once.record.waves for one in wave.modules
    }


FILE = """
[scenarios.one-off]
reinforcement.coaching_hours = 0
"practices.manager_briefed.level" = 0.5
remove = ["onboarding"]

[scenarios."reinforced plus"]
base = "one-off"
reinforcement.coaching_hours = "1 to 3"
"costs.fee" = {id = "fee", category = "content", driver = "once", amount = 10}
"""


def test_scenarios_are_read_from_a_file(tmp_path: Path, plan: tp.Plan) -> None:
    path = tmp_path / "scenarios.toml"
    path.write_text(FILE, encoding="utf-8")
    scenarios = tp.read_scenarios(path)
    assert scenarios == {
        "one-off": {
            "reinforcement.coaching_hours": 0,
            "practices.manager_briefed.level": 0.5,
            "onboarding": None,
        },
        "reinforced plus": {
            "base": "one-off",
            "reinforcement.coaching_hours": "1 to 3",
            "costs.fee": {"id": "fee", "category": "content", "driver": "once", "amount": 10},
        },
    }
    found = tp.compare(plan, scenarios, outputs=["npv"], trials=64, progress=False)
    assert found.patches["reinforced plus"] == {
        "practices.manager_briefed.level": 0.5,
        "onboarding": None,
        "reinforcement.coaching_hours": "1 to 3",
        "costs.fee": {"id": "fee", "category": "content", "driver": "once", "amount": 10},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no scenarios: it is empty"),
        ("[scenario.a]\nx = 1\n", r"scenarios\.toml: scenario: .*\(did you mean 'scenarios'\?\)"),
        ("[scenarios]\na = 1\n", r"scenarios\.toml:2: scenarios\.a: must be a table of changes"),
        ("[scenarios.a]\nremove = 'x'\n", r"\.toml:2: scenarios\.a\.remove: must be a list of paths"),
        ("[scenarios.a]\nbase = 'refrence'\n[scenarios.reference]\n", r":2: scenarios\.a\.base: .*reference"),
        ("[scenarios.a]\nbase = 'b'\n[scenarios.b]\nbase = 'a'\n", "in a circle: a from b from a"),
        ("[scenarios.plan]\nx = 1\n", r"scenarios\.plan: is the name of the plan as it is"),
        ("scenarios = [1]", "must be tables"),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_scenarios_says_where(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "scenarios.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(tp.InputError, match=message):
        tp.read_scenarios(path)


CSV = """scenario,path,value
one-off,reinforcement.coaching_hours,0
one-off,practices.manager_briefed.level,0.5
one-off,onboarding,
plus,base,one-off
plus,programme.name,007
plus,reinforcement.coaching_hours,1 to 3
"""
ROWS = {
    "one-off": {
        "reinforcement.coaching_hours": 0, "practices.manager_briefed.level": 0.5, "onboarding": None,
    },
    "plus": {"base": "one-off", "programme.name": "007", "reinforcement.coaching_hours": "1 to 3"},
}  # fmt: skip


def test_scenarios_are_read_from_tables(tmp_path: Path) -> None:
    path = tmp_path / "scenarios.csv"
    path.write_text(CSV, encoding="utf-8")
    assert tp.read_scenarios(path) == ROWS
    pandas = pd.read_csv(path, dtype=str)
    assert tp.read_scenarios(pandas) == ROWS
    assert tp.read_scenarios(pandas.fillna("").to_dict("records")) == ROWS
    german = CSV.replace(",", ";").replace("0.5", "0,5")
    path.write_text(german, encoding="utf-8")
    assert tp.read_scenarios(path, decimal=",") == ROWS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scenario,path\na,b\n", "is scenario, path, must have the columns scenario, path, value"),
        ("scenario,path,value\n,teams,1\n", r"scenarios\.csv:2, column scenario: .*is required"),
        ("scenario,path,value\na,programme.months,x%\n", r"scenarios\.csv:2, column value"),
        ("scenario,path,value\na,waves,\na,waves,\n", r"scenarios\.csv:3, .*stands twice in scenario a"),
        ("scenario,path,value\na,waves\n", "must have 3 cells"),
        ("scenario,path,value\na,base,b\n", r"scenarios\.a\.base: is 'b', must be the name"),
        ("scenario,path,value\n", "scenarios: is empty"),
    ],
)
def test_a_table_that_holds_no_scenarios_says_where(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "scenarios.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(tp.InputError, match=message):
        tp.read_scenarios(path)


def test_other_files_hold_no_scenarios(tmp_path: Path) -> None:
    with pytest.raises(tp.InputError, match=r"scenarios are \.toml, \.json or \.csv, or a data frame"):
        tp.read_scenarios(tmp_path / "scenarios.xlsx")
    with pytest.raises(tp.InputError, match="must be a data frame"):
        tp.read_scenarios(3)
