"""The JSON Schema of a plan: it refuses what the core refuses field by field, and nothing that is valid."""

from __future__ import annotations

import copy
import json
import random
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from plans import PlanData, plans

import trainplan as tp
from trainplan import _core, _schema
from trainplan._starter import starter
from trainplan.cli import main

FIELDS = _core.record_fields()
SCHEMA = tp.schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def everything() -> PlanData:
    """Return a plan in which every record stands."""
    plan = tp.example("contact_centre").to_dict()
    plan["competences"] = [
        {"id": name} for name in sorted({c for m in plan["modules"] for c in m["competences"]})
    ]
    plan["kpis"] = [{"id": "backlog", "unit": "cases", "better": "lower", "link": "log"}]
    plan["sources"] = plan["sources"][:1]
    plan["transfer"] = {"strength": 1}
    plan["forgetting"] = {"half_life": 6}
    plan["movements"] = [{"id": "csat", "season": {"1": 0.1, "7": -0.1}, "trend": 0.01}]
    plan["benefits"] |= {
        "acquisition": {"driver": "nps", "rate": 0.0001, "value": 90},
        "custom": [{"id": "escalations", "kpi": "escalation", "value": -4, "per": "contact"}],
    }
    plan["teams"][0]["baseline"]["conversion"] = 10
    plan["benefits"]["sales"] = {"offer_share": 0.1, "margin": 20}
    plan["correlations"] = [
        {"id": "c1", "a": "teams.na_home.hourly_cost", "b": "teams.na_home.attrition", "spearman": 0.3}
    ]
    return plan


EVERYTHING = everything()


def at(plan: Any, steps: tuple[str | int, ...]) -> Any:
    for step in steps:
        plan = plan[step]
    return plan


def places(record: str = "Plan", plan: Any = EVERYTHING, path: tuple[str | int, ...] = ()) -> Iterator[Any]:
    """Yield (record, where one stands in the plan), each record once."""
    yield record, path
    for field in FIELDS[record]["fields"]:
        if field["nested"] and (inside := plan.get(field["name"])):
            step: tuple[str | int, ...] = (field["name"],)
            if field["kind"] == "records":
                # Of a list, an entry that holds most: its own records stand there too.
                step = (field["name"], max(range(len(inside)), key=lambda i: len(inside[i])))
            yield from places(field["nested"], at(plan, step), (*path, *step))


PLACES = dict(places())

WRONG: dict[str, tuple[Any, ...]] = {
    "text": (5, True, [], {}),
    "flag": ("yes", 1, "true", []),
    "whole": ("3", 2.5, True, [3]),
    "number": ("3", True, [1.5], {}),
    "quantity": (True, [1], {}, "6 too 12", "", "about 5", "5,5", "pert(1, 2, 3", "nan", "12 hours"),
    "choice": ("nothing of the kind", 1, True),
    "texts": ("a", [1], [None], {"a": 1}, 3),
    "record": (5, "a", []),
    "records": ({}, [5], "a", [None]),
    "quantities": (5, [1], {"csat": True}, {"csat": None}, {"csat": "high"}),
    "numbers": (5, [1], {"1": "x"}, {"1": None}, {"1": True}),
}


def out_of_range(field: dict[str, Any]) -> Iterator[float]:
    if field["kind"] not in ("whole", "number", "quantity") or field["by_kpi"]:
        return
    for end, sign in (("low", -1), ("high", 1)):
        if (bound := field[end]) is not None:
            yield bound + sign
            if field[f"open_{end}"]:
                yield bound


def faults() -> Iterator[Any]:
    """Yield (record, field, what is put there): every fault of every field that a schema can see."""
    for name, record in FIELDS.items():
        for field in record["fields"]:
            for value in (*WRONG[field["kind"]], *out_of_range(field)):
                yield name, field["name"], value
            if field["required"]:
                yield name, field["name"], None
        yield name, "no_such_field", 1


FAULTS = list(faults())
ABSENT = object()


def with_field(record: str, field: str, value: Any) -> PlanData:
    plan = copy.deepcopy(EVERYTHING)
    here = at(plan, PLACES[record])
    if value is ABSENT:
        del here[field]
    else:
        here[field] = value
    return plan


def problems_of(plan: PlanData) -> list[dict[str, Any]]:
    try:
        tp.Plan.from_dict(plan)
    except tp.InputError as error:
        return list(vars(error)["problems"])
    return []


def refused_by_core(plan: PlanData, field: str) -> bool:
    return any(field in problem["path"] for problem in problems_of(plan))


def test_the_schema_is_one_of_its_draft() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(_schema.text()) == SCHEMA


def test_every_record_and_field_is_in_it_with_its_meaning() -> None:
    assert set(PLACES) == set(FIELDS)
    for name, record in FIELDS.items():
        inside = SCHEMA if name == "Plan" else SCHEMA["$defs"][name]
        assert inside["additionalProperties"] is False
        assert inside["description"] == record["doc"]
        assert [n for n in inside["properties"] if n != "$schema"] == [f["name"] for f in record["fields"]]
        for field in record["fields"]:
            described = inside["properties"][field["name"]]
            assert field["doc"] in described["description"]
            assert field["unit"] in described["description"]
            if not field["required"]:
                assert field["source"] in described["description"]
                assert described.get("default") == field["default"]


def test_defaults_and_examples_are_valid() -> None:
    for record in (SCHEMA, *SCHEMA["$defs"].values()):
        for described in record.get("properties", {}).values():
            inside = {**described, "$defs": SCHEMA["$defs"]}
            values = [
                *described.get("examples", []),
                *([described["default"]] if "default" in described else []),
            ]
            for value in values:
                if not described.get("anyOf"):  # the default of a record is one without its required fields
                    jsonschema.Draft202012Validator(inside).validate(value)


@pytest.mark.parametrize("name", tp.examples())
def test_the_examples_are_valid(name: str) -> None:
    plan = tp.example(name)
    VALIDATOR.validate(plan.to_dict())
    VALIDATOR.validate(plan.to_dict(defaults=True))


def test_the_starter_is_valid() -> None:
    VALIDATOR.validate(tomllib.loads(starter()))


@settings(
    max_examples=300, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(plans())
def test_generated_plans_are_valid(plan: PlanData) -> None:
    VALIDATOR.validate(plan)
    VALIDATOR.validate(tp.Plan.from_dict(plan).to_dict(defaults=True))


def test_what_a_schema_can_see_is_refused_by_schema_and_core() -> None:
    # The seasons' months and the ids of KPIs are checked by the core as a whole: their names stand there.
    alone = {
        name: VALIDATOR if name == "Plan" else VALIDATOR.evolve(schema=SCHEMA["$defs"][name])
        for name in FIELDS
    }
    for record, field, value in FAULTS:
        plan = with_field(record, field, value)
        assert not alone[record].is_valid(at(plan, PLACES[record])), (record, field, value)
        assert refused_by_core(plan, field), (record, field, value)
    assert len(FAULTS) > 900


def test_a_missing_required_field_is_refused_by_schema_and_core() -> None:
    required = [(name, f["name"]) for name, r in FIELDS.items() for f in r["fields"] if f["required"]]
    assert len(required) > 30
    for record, field in required:
        plan = with_field(record, field, ABSENT)
        assert not VALIDATOR.is_valid(plan), (record, field)
        assert refused_by_core(plan, field), (record, field)


@pytest.mark.parametrize("id_", ["", "a b", "é", "x" * 65, "a.b"])
def test_an_id_that_is_none_is_refused_by_schema_and_core(id_: str) -> None:
    plan = copy.deepcopy(EVERYTHING)
    plan["costs"][0]["id"] = id_
    assert not VALIDATOR.is_valid(plan)
    assert refused_by_core(plan, "id")


@pytest.mark.parametrize("month", ["0", "13", "01", "January", ""])
def test_a_month_that_is_none_is_refused_by_schema_and_core(month: str) -> None:
    plan = copy.deepcopy(EVERYTHING)
    plan["movements"][0]["season"] = {month: 0}
    assert not VALIDATOR.is_valid(plan)
    assert refused_by_core(plan, "season")


def test_null_leaves_a_default_for_both() -> None:
    for name, record in FIELDS.items():
        for field in record["fields"]:
            if not field["required"]:
                plan = with_field(name, field["name"], None)
                assert VALIDATOR.is_valid(plan), (name, field["name"])
                # Other fields may need this one; nothing of the value itself is refused.
                assert not any("nothing" in problem["value"] for problem in problems_of(plan))


def test_whatever_the_core_takes_for_a_quantity_fits_the_pattern() -> None:
    pattern = re.compile(SCHEMA["$defs"]["quantity"]["pattern"])
    draw = random.Random(1)
    numbers = ("5", "+5", "-5", ".5", "5.", "1.e5", "1e-3", "12.5E+2", "0", "007")
    blanks = ("", " ", "\t", "\n", "  ")
    taken = 0

    def blank() -> str:
        return draw.choice(blanks)

    def term() -> str:
        return draw.choice(numbers) + draw.choice(("", "", f"{blank()}%"))

    def argument() -> str:
        return draw.choice(
            (term(), f"mean{blank()}={blank()}{term()}", f"{term()}{blank()}:{blank()}{term()}")
        )

    def arguments() -> list[str]:
        return [argument() for _ in range(draw.randint(1, 5))]

    for _ in range(30_000):
        text = draw.choice(
            (
                term(),
                f"{term()}{blank()}to{blank()}{term()}",
                f"pert{blank()}({blank()}{(blank() + ',').join(arguments())})",
            )
        )
        text = f"{blank()}{text}{blank()}"
        if draw.random() < 0.3:  # and slips
            place = draw.randrange(len(text))
            text = text[:place] + draw.choice("59.,:%()=+-eEtopx \n") + text[place + draw.randint(0, 1) :]
        try:
            _core.Quantity(text)
        except tp.InputError:
            continue
        taken += 1
        assert pattern.search(text), text
    assert taken > 5_000


def test_a_file_may_name_its_schema(tmp_path: Path) -> None:
    plan = tp.example("one_team")
    named = {"$schema": "./trainplan.schema.json", **plan.to_dict()}
    VALIDATOR.validate(named)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(named), encoding="utf-8")
    assert tp.read_plan(path) == plan
    toml = tmp_path / "plan.toml"
    toml.write_text("#:schema ./trainplan.schema.json\n" + plan.to_toml(), encoding="utf-8")
    assert tp.read_plan(toml) == plan
    path.write_text(json.dumps({**named, "$schema": 5}), encoding="utf-8")
    with pytest.raises(tp.InputError, match="schema"):
        tp.read_plan(path)


def test_the_shell_prints_it_or_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMA
    path = tmp_path / "trainplan.schema.json"
    assert main(["schema", "-o", str(path)]) == 0
    assert capsys.readouterr().out == f"wrote {path}\n"
    assert json.loads(path.read_text(encoding="utf-8")) == SCHEMA
    assert main(["schema", "-o", str(tmp_path / "none" / "s.json")]) == 3
    assert "No such file" in capsys.readouterr().err
