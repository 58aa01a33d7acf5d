"""Workbooks that hold something else than a plan: each refused with the place, and what is wanted."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from workbooks import SMALL, made, put, refusal

Change = Callable[[Any], object]


def error(cell: str, text: str) -> Change:
    def change(book: Any) -> None:
        book["teams"][cell] = text
        book["teams"][cell].data_type = "e"

    return change


def copied(book: Any) -> None:
    book.copy_worksheet(book["teams"]).title = "Teams "


# What a person does to a small plan, and what is said.
FAULTS: list[tuple[str, Change, str]] = [
    (
        "a number below its range",
        put("teams", "D2", -3),
        "x.xlsx, sheet teams, row 2, column people (D2): "
        "teams.billing.people: is -3, must be between 1 and 1000000 people",
    ),
    (
        "a text for a number",
        put("teams", "D3", "many"),
        "x.xlsx, sheet teams, row 3, column people (D3): "
        "teams.sales.people: is 'many', must be a whole number [people]",
    ),
    (
        "a misspelt header",
        put("teams", "D1", "peple"),
        "x.xlsx, sheet teams, column peple: teams: there is no column 'peple' (did you mean 'people'?)",
    ),
    (
        "a misspelt sheet",
        lambda book: setattr(book["teams"], "title", "teems"),
        "x.xlsx, sheet teems: teems: a plan has no such table (did you mean 'teams'?)",
    ),
    (
        "a sheet of one's own without a mark",
        lambda book: book.create_sheet("budget 2027").append(["x", 1]),
        "x.xlsx, sheet 'budget 2027': 'budget 2027': a plan has no such table",
    ),
    (
        "a sheet that is no result",
        lambda book: book.create_sheet("results").append(["x", 1]),
        "x.xlsx, sheet results: results: a plan has no such table",
    ),
    ("two sheets for one table", copied, "x.xlsx, sheet teams: teams: there are two tables of this name"),
    (
        "two headers of one name",
        put("teams", "G1", "people"),
        "x.xlsx, sheet teams, column people: teams: two columns have the name 'people': columns 4 and 7",
    ),
    (
        "a column without a name",
        put("teams", "H2", 5),
        "x.xlsx, sheet teams: teams: column 8 has cells but no name",
    ),
    (
        "a required column gone",
        lambda book: book["teams"].delete_cols(4),
        "x.xlsx, sheet teams: teams: lacks "
        "'people': expected id, people, hourly_cost, attrition; found id, name, region, "
        "hourly_cost, attrition",
    ),
    (
        "a blank in a required column",
        put("teams", "D3", None),
        "x.xlsx, sheet teams, row 3, column people (D3): teams.people: is required and blank in 1 row: 3",
    ),
    (
        "an id twice",
        put("teams", "A3", "billing"),
        "x.xlsx, sheet teams, row 3, column id (A3): teams.id: is "
        "'billing', there are two records of this id: rows 2 and 3",
    ),
    (
        "two values for one team and KPI",
        put("teams.baseline", "A3", "billing"),
        "x.xlsx, sheet teams.baseline, row "
        "3, column kpi (B3): teams.billing.baseline.csat: there are two values for this team and "
        "kpi: rows 2 (70) and "
        "3 (72.5)",
    ),
    (
        "a team that there is not",
        put("teams.baseline", "A3", "sale"),
        "x.xlsx, sheet teams.baseline, row 3, column "
        "team (A3): teams.baseline: is 'sale', there is no team of this id in teams (did you mean 'sales'?)",
    ),
    (
        "a setting that there is not",
        put("settings", "A2", "workforce.realisation"),
        "x.xlsx, sheet settings, row 2, "
        "column path (A2): 'workforce.realisation': there is no such setting (did you mean "
        "'workforce.realization'?)",
    ),
    (
        "an error of the spreadsheet",
        error("D2", "#N/A"),
        "x.xlsx, sheet teams, row 2, column people (D2): "
        "teams.people: is '#N/A', is an error of the spreadsheet, must be a value",
    ),
    (
        "another error",
        error("E3", "#DIV/0!"),
        "x.xlsx, sheet teams, row 3, column hourly_cost (E3): "
        "teams.hourly_cost: is '#DIV/0!', is an error of the spreadsheet, must be a value",
    ),
    (
        "a formula without a value",
        put("teams", "D2", "=20*2"),
        "x.xlsx, sheet teams, row 2, column people (D2): "
        "teams.people: is '=20*2', is a formula without a value (open the workbook, save it there, "
        "and read it again)",
    ),
    (
        "a date for a number",
        put("teams", "E2", datetime.datetime(2026, 2, 1)),
        "x.xlsx, sheet teams, row 2, column "
        "hourly_cost (E2): teams.hourly_cost: is '2026-02-01', is a date, must be a number, or a "
        "text such as '6 to 12' "
        "(the spreadsheet made it of what was typed: format the cell as text and type it again)",
    ),
    (
        "a date for an id",
        put("teams", "A2", datetime.date(2026, 3, 1)),
        "x.xlsx, sheet teams, row 2, column id (A2): teams.id: is '2026-03-01', is a date, must be a text",
    ),
    (
        "a time of day",
        put("teams", "E2", datetime.time(8, 30)),
        "x.xlsx, sheet teams, row 2, column hourly_cost "
        "(E2): teams.hourly_cost: is '08:30:00', is a time of day, must be a number",
    ),
    (
        "a percentage in a field that is none",
        put("teams", "E2", 0.3, "0%"),
        "x.xlsx, sheet teams, row 2, column "
        "hourly_cost (E2): teams.billing.hourly_cost: is '30%', no percent sign here: the unit is currency/h",
    ),
    (
        "a percentage of people",
        put("teams", "D2", 0.12, "0.0%"),
        "x.xlsx, sheet teams, row 2, column people (D2): "
        "teams.billing.people: is '12%', must be a whole number [people] (no percent sign here: "
        "the unit is people)",
    ),
    (
        "a decimal comma",
        put("teams", "E2", "1.200,50"),
        "x.xlsx, sheet teams, row 2, column hourly_cost (E2): "
        "teams.billing.hourly_cost: is '1.200,50', must be a number with a decimal point (if the "
        "comma is the decimal "
        'sign, read the tables with decimal=",")',
    ),
    (
        "merged cells",
        lambda book: book["teams.baseline"].merge_cells("A2:A3"),
        "x.xlsx, sheet teams.baseline: "
        "teams.baseline: cells A2:A3 are merged: unmerge them, so that each row has its own value",
    ),
    (
        "rows sorted above the header",
        lambda book: book["teams"].move_range("A1:F1", rows=3),
        "x.xlsx, sheet teams, "
        "row 2: teams: row 2 stands above the header, which is row 4: it would not be read",
    ),
    (
        "a cell far down",
        put("teams", "A200000", " "),
        "x.xlsx, sheet teams: teams: has cells down to row 200,000, must end by row 100,000",
    ),
    (
        "a cell far right",
        put("teams", "XFD2", 1),
        "x.xlsx, sheet teams: teams: has cells up to column XFD, must have at most 500 columns",
    ),
    (
        "a newer schema",
        lambda book: book["settings"].append(["schema_version", 99]),
        "x.xlsx, sheet settings, row 4, column value (B4): schema_version: is 99",
    ),
    (
        "a number for a flag",
        lambda book: book["settings"].append(["programme.repair_correlations", 2]),
        "x.xlsx, "
        "sheet settings, row 4, column value (B4): programme.repair_correlations: is a whole "
        "number, must be true or false",
    ),
    (
        "a flag for a number",
        put("teams", "D2", True),
        "x.xlsx, sheet teams, row 2, column people (D2): "
        "teams.billing.people: is true or false, must be a whole number",
    ),
    (
        "a number too large to be exact",
        put("teams", "A2", 2.0**60),
        "x.xlsx, sheet teams, row 2, column id (A2): teams[1].id: is 1.152921504606847e+18, must be a text",
    ),
]


@pytest.mark.parametrize(
    ("change", "said"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
)
def test_a_fault_is_told_with_sheet_row_column_and_what_is_wanted(
    change: Change, said: str, tmp_path: Path
) -> None:
    path = made(tmp_path / "x.xlsx", copy.deepcopy(SMALL), change)
    assert said in refusal(path)


def test_every_cell_that_is_no_value_is_told_at_once(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        for row in range(2, 64):
            book["teams"].append([f"t{row}", None, None, "=1+1", 20, 30])

    path = made(tmp_path / "x.xlsx", copy.deepcopy(SMALL), change)
    lines = refusal(path).splitlines()
    assert len(lines) == 51
    assert lines[-1] == "12 more"
