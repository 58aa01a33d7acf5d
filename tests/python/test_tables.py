"""Plans as tables and back: nothing is lost on the way."""

from __future__ import annotations

import csv
import datetime
import json
import tempfile
import tomllib
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import plans
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from plans import PlanData

import trainplan as tp
from trainplan import _cells, _core, _form, _frames, _sheets, _tables

BACKENDS = ("pandas", "polars", "pyarrow")
SETTINGS = {"path": ["workforce.realization"], "value": [0.5]}
TEAM = {"id": "a", "people": 10, "hourly_cost": 25, "attrition": 30}
# Texts that spreadsheets, CSV and data frames are known to change.
TEXTS = (
    "", " ", " x ", "NA", "None", "nan", "TRUE", "00123", "1e5", "12.0", '"', '""', '"""', '"a"', "a,b",
    "a;b", "a\nb", "a\r\nb", "a\rb", "=1+1", "'=1", "''=1", "'x", "-1", "+1", "-1+cmd", "@x", "\tx", "\rx",
    "-5 to 3", "＝1", "é ü 中", "\u202ex",
)  # fmt: skip


def examples(count: int) -> Any:
    """Return what makes a statement about generated plans a test of this many, always the same ones."""
    # Plans are large and drawn slowly; that is no fault of the tables.
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(
        max_examples=count,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=slow,
        phases=[Phase.generate],
    )


def through_text_and_frames(plan: tp.Plan) -> None:
    assert tp.Plan.from_dict(plan.to_dict()) == plan
    assert tp.Plan.from_dict(tomllib.loads(plan.to_toml())) == plan
    assert tp.Plan.from_dict(json.loads(plan.to_json())) == plan
    for backend in BACKENDS:
        assert tp.Plan.from_frames(plan.to_frames(backend=backend)) == plan


def through_folders(plan: tp.Plan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (("csv", plan.to_csv), ("parquet", plan.to_parquet)):
            write(Path(folder) / name)
            assert tp.read_plan(Path(folder) / name) == plan


@pytest.mark.parametrize("name", tp.examples())
def test_the_examples_come_back_from_everything(name: str) -> None:
    plan = tp.example(name)
    through_text_and_frames(plan)
    through_folders(plan)
    assert tp.Plan.from_frames(_tables.flatten(plan.to_dict())) == plan
    assert tp.Plan.from_frames(_tables.flatten(plan.to_dict(defaults=True))) == plan


def test_a_thousand_generated_plans_come_back_from_text_and_frames_and_a_hundred_from_folders() -> None:
    seen = 0

    @examples(250)
    @given(plans.plans())
    def come_back(data: PlanData) -> None:
        nonlocal seen
        # Drawing takes longer than the tables: each plan serves four times, once as drawn, and without what
        # ties its parts together in three orders of its records, maps and fields.
        loose = plans.loosened(data)
        for one in (data, loose, *(plans.shuffled(loose, Random(seed)) for seed in (1, 2))):
            plan = tp.Plan.from_dict(one)
            through_text_and_frames(plan)
            if seen < 100:
                through_folders(plan)
            seen += 1

    come_back()
    assert seen == 1000


@pytest.mark.slow
def test_a_thousand_drawn_plans_come_back_from_everything() -> None:
    @examples(1000)
    @given(plans.plans())
    def come_back(data: PlanData) -> None:
        plan = tp.Plan.from_dict(data)
        through_text_and_frames(plan)
        through_folders(plan)

    come_back()


def test_every_field_of_a_plan_stands_in_one_place_of_the_form() -> None:
    leaves = [
        (record["name"], field["name"])
        for record in _core.record_fields().values()
        for field in record["fields"]
        if field["nested"] is None
    ]
    form = _form.form().values()
    columns = [column for table in form if table.kind == "records" for column in table.columns]
    columns += [table.columns[-1] for table in form if table.kind == "map"]
    placed = len(columns) + len(_form.settings())
    assert placed == len(leaves)  # no record stands in two places, so the numbers agree
    known = {name for _, name in leaves}
    assert {column.field["name"] for column in (*columns, *_form.settings().values())} == known


def test_an_optional_record_of_defaults_alone_is_kept() -> None:
    base = {"teams": [TEAM], "workforce": {"realization": 0.5}}
    plan = tp.Plan.from_dict({**base, "development": {}})
    rows = _tables.flatten(plan.to_dict())["settings"]
    assert {"path": "development.language_months", "value": 0.0} in rows
    assert tp.Plan.from_frames(plan.to_frames()) == plan != tp.Plan.from_dict(base)


def test_an_empty_list_that_is_not_the_default_is_kept() -> None:
    plan = tp.Plan.from_dict({"teams": [TEAM], "workforce": {"realization": 0.5}, "competences": []})
    assert plan.to_dict()["competences"] == []
    for backend in BACKENDS:
        assert tp.Plan.from_frames(plan.to_frames(backend=backend)) == plan
    through_folders(plan)


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_texts_stay_what_they_are(text: str) -> None:
    plan = tp.Plan.from_dict(
        {
            "programme": {"name": text, "currency": text, "languages": [text, "x"]},
            "teams": [{**TEAM, "region": text}],
            "workforce": {"realization": 0.5},
        }
    )
    through_text_and_frames(plan)
    through_folders(plan)


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_what_guards_a_text_is_taken_off_again_and_leaves_no_formula(text: str) -> None:
    guarded = _frames.guarded(text)
    assert _frames.unguarded(guarded) == text
    assert guarded[:1] not in "=+-@\t\r" or guarded in ("", "-1", "+1", "-5 to 3")


def test_csv_has_no_formula_and_leaves_negative_numbers_alone(tmp_path: Path) -> None:
    plan = tp.example("one_team").replace({"programme.name": "=cmd|' /C calc'!A0"})
    plan = plan.replace({"benefits.custom.x": {"kpi": "fcr", "value": -4}, "teams.support.name": "-1+cmd"})
    plan.to_csv(tmp_path / "p")
    texts = [file.read_text(encoding="utf-8-sig") for file in (tmp_path / "p").iterdir()]
    rows = [row for text in texts for row in csv.reader(text.splitlines())]
    cells = [cell for row in rows for cell in row]
    assert {"'=cmd|' /C calc'!A0", "'-1+cmd", "-4"} <= set(cells)
    signed = [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
    assert all(cell == "-4" or " to " in cell for cell in signed)
    assert tp.read_plan(tmp_path / "p") == plan


def test_frames_have_the_types_of_their_library() -> None:
    frames = {backend: tp.example("one_team").to_frames(backend=backend) for backend in BACKENDS}
    assert isinstance(frames["pandas"]["teams"], pd.DataFrame)
    assert isinstance(frames["polars"]["teams"], pl.DataFrame)
    assert isinstance(frames["pyarrow"]["teams"], pa.Table)
    assert list(frames["polars"]["waves"].columns) == [
        "id",
        "name",
        "start",
        "teams",
        "modules",
        "class_size",
    ]
    assert frames["polars"]["waves"]["start"].dtype == pl.Int64
    assert set(frames["pandas"]) == set(_tables.flatten(tp.example("one_team").to_dict()))


def team(**changed: Any) -> dict[str, Any]:
    return {"settings": SETTINGS, "teams": [{**TEAM, **changed}]}


@pytest.mark.parametrize(
    ("given_cell", "column", "kept"),
    [
        (12.0, "region", "12"),
        (0.1, "region", "0.1"),
        (7, "region", "7"),
        (True, "region", "TRUE"),
        (datetime.datetime(2027, 1, 31), "region", "2027-01-31"),
        (float("nan"), "region", ""),
        (pd.NA, "region", ""),
        ("40", "people", 40),
        (" 40 ", "people", 40),
        (40.0, "people", 40),
        ("4e1", "people", 40),
        ("0.1", "hourly_cost", 0.1),
        ("24 to 28", "hourly_cost", "24 to 28"),
        ("12%", "occupancy", "12%"),
        ("", "occupancy", 0.85),
        ("a", "id", "a"),
    ],
)
def test_a_cell_is_read_by_the_kind_of_its_column(given_cell: Any, column: str, kept: Any) -> None:
    plan = tp.Plan.from_frames(team(**{column: given_cell}))
    assert plan[f"teams.a.{column}"] == kept


def test_percentages_are_exact_and_lists_and_flags_are_read() -> None:
    wave = {"id": "w", "start": 1, "teams": ["a"], "modules": "m, n", "share": "7 %", "follow_up": "FALSE"}
    module = {"competences": pa.array(["communication"]), "hours": 2, "completion": 1, "mastery": 0.5}
    tables = {**team(), "waves": [wave, {**wave, "id": "v", "start": 9, "follow_up": True}]}
    tables["modules"] = [{"id": "m", **module}, {"id": "n", **module, "competences": '"communication"'}]
    plan = tp.Plan.from_frames(tables)
    assert plan["waves.w.share"] == 0.07
    assert plan["waves.w.modules"] == ["m", "n"]
    assert (plan["waves.w.follow_up"], plan["waves.v.follow_up"]) == (False, True)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1.200,50", 1200.5),
        ("1200,5", 1200.5),
        ("1.200", 1200),
        ("24,5 to 28,5", "24.5 to 28.5"),
        ("pert(1.5, 2, 3)", "pert(1.5, 2, 3)"),
        ("pert(1,5; 2; 3)", "pert(1.5, 2, 3)"),
    ],
)
def test_a_decimal_comma_is_read_where_it_is_announced(text: str, read: Any, tmp_path: Path) -> None:
    assert tp.Plan.from_frames(team(hourly_cost=text), decimal=",")["teams.a.hourly_cost"] == read
    (tmp_path / "settings.csv").write_text("path;value\nworkforce.realization;0,5\n")
    cells = f'id;people;hourly_cost;attrition\na;10;"{text}";30\n'
    (tmp_path / "teams.csv").write_text(cells)
    assert tp.read_plan(tmp_path, decimal=",")["teams.a.hourly_cost"] == read


def test_blank_rows_and_columns_are_skipped_and_names_are_trimmed(tmp_path: Path) -> None:
    (tmp_path / "settings.csv").write_bytes(
        b"\xef\xbb\xbfpath,value,\r\nworkforce.realization,0.5,\r\n,,\r\n\r\n"
    )
    (tmp_path / "teams.CSV").write_text(
        " id ,people,hourly_cost,attrition\n\n a,10,25,30\n".replace(" a", "a")
    )
    assert tp.read_plan(tmp_path)["teams.a.people"] == 10


def test_letters_of_columns_are_those_of_spreadsheets() -> None:
    assert [_sheets.letters(n) for n in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]
    assert _cells.number_of("1e5") == 100_000
