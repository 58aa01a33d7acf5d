"""Records of the plan as Python values: made, read, compared, copied, refused."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import trainplan as tp
from trainplan import _core

TEAM: dict[str, Any] = {
    "id": "a",
    "people": 10,
    "hourly_cost": "20 to 30",
    "attrition": 30,
    "baseline": {"csat": 70},
}


def test_a_record_is_made_from_keywords_and_shows_them() -> None:
    team = _core.Team(**TEAM)
    text = "Team(id='a', people=10, hourly_cost='20 to 30', attrition=30, baseline={'csat': 70})"
    assert repr(team) == text
    assert eval(text, {"Team": _core.Team}) == team


def test_properties_read_and_never_write() -> None:
    team = _core.Team(**TEAM)
    assert (team.people, team.hourly_cost, team.occupancy, team.new_customers) == (10, "20 to 30", 0.85, None)
    with pytest.raises(AttributeError):
        team.people = 11  # type: ignore[misc]


def test_lists_of_records_are_tuples() -> None:
    plan = tp.example("one_team")
    assert isinstance(plan.teams, tuple)
    assert plan.teams[0].id == "support"
    assert plan.waves[0].teams == ("support",)


def test_equality_is_that_of_the_content() -> None:
    assert _core.Team(**TEAM) == _core.Team(**{**TEAM, "hourly_cost": "20.0 to 3e1"})
    assert _core.Team(**TEAM) != _core.Team(**{**TEAM, "people": 11})
    assert _core.Team(**TEAM) != "a"


def test_a_pickle_comes_back_equal_and_another_version_is_refused() -> None:
    team = _core.Team(**TEAM)
    assert pickle.loads(pickle.dumps(team)) == team
    with pytest.raises(tp.InputError, match="written by another version of trainplan"):
        _core.Team.__new__(_core.Team).__setstate__((99, {}))


def test_replace_changes_a_copy() -> None:
    team = _core.Team(**TEAM)
    assert team.replace(people=12).people == 12
    assert team.people == 10
    assert team.replace(occupancy=0.7).replace(occupancy=None) == team


def test_to_dict_leaves_defaults_out_unless_asked() -> None:
    team = _core.Team(**TEAM)
    assert team.to_dict() == TEAM
    assert team.to_dict(defaults=True)["shrinkage"] == 0.3


def test_numpy_scalars_are_numbers() -> None:
    team = _core.Team(**{**TEAM, "people": np.int32(10), "hourly_cost": np.float64(25.0)})
    assert (team.people, team.hourly_cost) == (10, 25)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"peple": 10}, "peple: there is no such field in Team (did you mean 'people'?)"),
        ({"people": True}, "people: is true or false, must be a whole number"),
        ({"people": "10"}, "people: is a text ('10'), must be a whole number"),
        ({"people": 10.5}, "people: is 10.5, must be a whole number"),
        ({"people": -3}, "people: is -3, must be between 1 and 1000000 people"),
        ({"people": 2**70}, "people: is a whole number of 71 bits, must fit into 64 bits"),
        ({"people": 3 + 2j}, "people: is of type complex, must be a number, a text, true or false"),
        ({"hourly_cost": float("nan")}, "hourly_cost: is nan, must be finite"),
        ({"hourly_cost": "6 two 12"}, "at character 3 there must be 'to' between two numbers"),
        ({"shrinkage": 30}, "shrinkage: is 30, must be between 0 and 0.9 (did you mean 0.3?)"),
        ({"attrition": "12 %"}, "accepted"),
        ({"hourly_cost": "12 %"}, "hourly_cost: is '12 %', no percent sign here: the unit is currency/h"),
        ({"name": "\ud800"}, "name: is text with a lone surrogate at character 1, must be valid Unicode"),
        (
            {"role": "contakt"},
            "role: is 'contakt', must be one of contact, support (did you mean 'contact'?)",
        ),
        ({"id": "a.b"}, "accepted"),  # judged where ids are looked up: in a plan's list
        ({"baseline": [1]}, "baseline: is a list, must be a table"),
    ],
)
def test_what_cannot_stand_in_a_field_is_refused_with_its_name(change: dict[str, Any], message: str) -> None:
    if message == "accepted":
        _core.Team(**{**TEAM, **change})
        return
    with pytest.raises(tp.InputError) as caught:
        _core.Team(**{**TEAM, **change})
    assert message in str(caught.value)


def test_the_constructor_is_keyword_only() -> None:
    with pytest.raises(TypeError):
        _core.Team("a", 10)  # type: ignore[misc]


def test_fields_describe_themselves_in_help_and_signature() -> None:
    assert "Head count. [people] between 1 and 1000000" in (_core.Team.people.__doc__ or "")
    assert "people: int" in (_core.Team.__init__.__doc__ or "")


def test_a_quantity_answers_alone() -> None:
    quantity = tp.Quantity("pert(0, 5, 20)")
    assert quantity.family == "pert"
    assert quantity.mean == pytest.approx(20 / 3, rel=1e-12)
    assert quantity.quantile([0.1, 0.9]) == pytest.approx([2.244699170917171, 11.67780749239058], rel=1e-10)
    assert quantity == tp.Quantity("pert(0,5,20)")
    assert tp.Quantity("12%", unit="fraction").mean == 0.12
    with pytest.raises(tp.InputError, match="must be above 0 and below 1"):
        quantity.quantile(1.0)
    with pytest.raises(tp.InputError, match="must be between 0 and 1"):
        tp.Quantity(8, unit="fraction", low=0, high=1)


def test_a_quantity_draws_what_a_plan_would_draw() -> None:
    plan = tp.example("one_team")
    run = tp.simulate(plan, trials=256, seed=5, progress=False)
    path = "costs.classes.amount"
    quantity = tp.Quantity(plan[path], unit="currency", low=0)
    drawn = quantity.sample(256, seed=5, path=path, first=0, stratified=True)
    assert drawn.tolist() == run.draws([path], trials=256)[path].tolist()
