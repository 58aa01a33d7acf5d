"""Plans in workbooks: a form that people fill, read as it was meant, and given back as it was."""

from __future__ import annotations

import copy
import datetime
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from plans import PlanData, plans
from workbooks import SMALL, computed, edited, made, parts

import trainplan as tp
from trainplan import _form, _starter, _workbook_form

EXAMPLES = tp.examples()
# Where a plan goes: one place for all of a test's examples, each over the last.
HEALTH = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


# ---------------------------------------- there and back


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_goes_through_a_workbook_unchanged(name: str, tmp_path: Path) -> None:
    plan = tp.example(name)
    assert plan.to_excel(tmp_path / "x.xlsx") == tmp_path / "x.xlsx"
    read = tp.read_plan(tmp_path / "x.xlsx")
    assert read == plan
    assert read.to_dict(defaults=True) == plan.to_dict(defaults=True)


@settings(max_examples=100, derandomize=True, deadline=None, database=None, suppress_health_check=HEALTH)
@given(data=plans())
def test_100_generated_plans_go_through_a_workbook_unchanged(data: PlanData, tmp_path: Path) -> None:
    plan = tp.Plan.from_dict(data)
    assert tp.read_plan(plan.to_excel(tmp_path / "x.xlsx")) == plan


@pytest.mark.slow
@settings(max_examples=1000, derandomize=True, deadline=None, database=None, suppress_health_check=HEALTH)
@given(data=plans())
def test_1000_generated_plans_go_through_a_workbook_unchanged(data: PlanData, tmp_path: Path) -> None:
    plan = tp.Plan.from_dict(data)
    assert tp.read_plan(plan.to_excel(tmp_path / "x.xlsx")) == plan


def test_texts_and_numbers_that_spreadsheets_spoil_stay_what_they_are(tmp_path: Path) -> None:
    data = tp.example("one_team").to_dict()
    team = data["teams"][0]
    team |= {"region": "NA", "product_line": "None", "name": "00123", "hourly_cost": 0.1 + 0.2}
    others = (
        {"id": "00123", "region": "TRUE", "name": '""', "product_line": "nan"},
        {"id": "1e5", "region": "line\nbreak\tand tab", "name": " blanks ", "product_line": "12%"},
    )
    data["teams"] += [team | other | {"contacts": 0} for other in others]
    data["programme"] |= {"languages": ["a, b", 'c "d"', " e ", "="], "name": "🙂 Ünïcode"}
    plan = tp.Plan.from_dict(data)
    read = tp.read_plan(plan.to_excel(tmp_path / "x.xlsx"))
    assert read == plan
    assert read["teams.support.hourly_cost"] == 0.30000000000000004
    assert read["teams.00123.region"] == "TRUE"


def test_a_plan_without_competences_stays_one(tmp_path: Path) -> None:
    data = {"competences": [], "teams": [{"id": "a", "people": 3, "hourly_cost": 20, "attrition": 30}]}
    for stated in ({}, {"competences": []}):
        plan = tp.Plan.from_dict(
            {k: v for k, v in data.items() if k != "competences"}
            | stated
            | {"workforce": {"realization": 0.5}}
        )
        assert tp.read_plan(plan.to_excel(tmp_path / "x.xlsx")) == plan


def test_what_the_data_frames_of_pandas_hold_makes_the_same_plan(tmp_path: Path) -> None:
    # The header is the first row of a sheet: any reader of tables understands the form.
    plan = tp.example("one_team")
    path = plan.to_excel(tmp_path / "x.xlsx")
    frames = pd.read_excel(
        path, sheet_name=["teams", "teams.baseline", "waves", "modules"], keep_default_na=False
    )
    assert frames["teams"].loc[0, "id"] == "support"
    assert frames["teams.baseline"].columns.tolist() == ["team", "kpi", "value"]


# ---------------------------------------- the form


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the form as openpyxl sees it."""
    path = _workbook_form.write_form(tmp_path_factory.mktemp("form") / "form.xlsx")
    return openpyxl.load_workbook(path)


def test_the_form_has_a_sheet_a_table_in_the_order_of_the_plan(form: Any) -> None:
    assert form.sheetnames == ["read_me", *_form.form(), "fields", "lists"]
    assert form["lists"].sheet_state == "hidden"
    assert all(form[name].freeze_panes is not None for name in _form.form())


def test_the_form_is_the_plan_of_the_commented_file(tmp_path: Path) -> None:
    (tmp_path / "form.toml").write_text(_starter.starter(), encoding="utf-8")
    _workbook_form.write_form(tmp_path / "form.xlsx")
    assert tp.read_plan(tmp_path / "form.xlsx") == tp.read_plan(tmp_path / "form.toml")
    with pytest.raises(FileExistsError):
        _workbook_form.write_form(tmp_path / "form.xlsx")


def test_every_column_says_what_it_means_and_shows_whether_it_is_required(form: Any) -> None:
    for name, table in _form.form().items():
        if name == "settings":
            continue
        head = form[name][1]
        assert [cell.value for cell in head] == [column.name for column in table.columns]
        for cell, column in zip(head, table.columns, strict=True):
            assert column.field["doc"] in cell.comment.text
            assert column.field["unit"] in cell.comment.text
            assert (
                column.field["range"] in cell.comment.text
                or column.field["choices"]
                or column.field["by_kpi"]
            )
            orange = cell.fill.start_color.rgb.endswith(_workbook_form.REQUIRED[1:])
            assert orange == column.required


def test_settings_lists_every_field_with_its_default_unit_range_and_meaning(form: Any) -> None:
    rows = {row[0]: row[1:] for row in form["settings"].iter_rows(min_row=2, values_only=True)}
    assert list(rows) == list(_form.settings())
    assert rows["workforce.realization"][:4] == ("0.4 to 0.8", "required", "fraction", "between 0 and 1")
    assert rows["programme.months"] == (
        None,
        "24",
        "months",
        "between 1 and 600",
        _form.settings()["programme.months"].field["doc"],
    )
    assert rows["benefits.retention.reach"][:2] == (None, "required where benefits.retention is stated")
    assert rows["development.capacity"][1] == "absent"
    assert rows["programme.timing"][1:4] == ("mid_month", None, "mid_month, end_of_month")


def rule(sheet: Any, cell: str) -> Any:
    """Return the data validation of a cell."""
    (found,) = [one for one in sheet.data_validations.dataValidation if cell in one.cells]
    return found


def test_cells_offer_what_may_stand_in_them(form: Any) -> None:
    assert (
        rule(form["costs"], "C2").formula1
        == '"' + ",".join(_form.form()["costs"].columns[2].field["choices"]) + '"'
    )
    assert rule(form["waves"], "H2").formula1 == '"TRUE,FALSE"'
    teams = rule(form["waves"], "E2")  # a list of teams: a name to begin with, and no refusal of several
    assert teams.formula1.replace("'", "") == "teams!$A$2:$A$502"
    assert not teams.showErrorMessage
    owner = rule(form["teams.baseline"], "A100")
    assert owner.formula1.replace("'", "") == "teams!$A$2:$A$502"
    assert owner.errorStyle == "warning"
    kpis = rule(form["lifts"], "B2").formula1.replace("'", "").replace("$", "")
    sheet, _, area = kpis.partition("!")
    assert [cell.value for (cell,) in form[sheet][area]][:2] == ["csat", "nps"]
    assert rule(form["settings"], "B13").type == "custom"


def test_a_distribution_may_stand_where_a_quantity_is_wanted(form: Any) -> None:
    cost = rule(form["teams"], "G2")
    assert cost.formula1 == "OR(ISTEXT(G2),AND(ISNUMBER(G2),G2>=0.0))"
    people = rule(form["teams"], "F2")
    assert people.formula1 == "AND(ISNUMBER(F2),F2>=1.0,F2<=1000000.0,F2=INT(F2))"
    for name in _form.form():
        for one in form[name].data_validations.dataValidation:
            assert one.prompt
            assert len(one.prompt) <= 255


def test_spare_rows_take_more_records_and_keep_texts_texts(form: Any) -> None:
    teams = form["teams"]
    assert rule(teams, "A502").prompt == rule(teams, "A2").prompt
    assert teams.column_dimensions["A"].width >= 11
    path_style = form["settings"]["B4"]
    assert path_style.number_format == "@"


# ---------------------------------------- as a person edits it


def as_a_person_would(book: Any) -> None:
    teams, waves, costs = book["teams"], book["waves"], book["costs"]
    names = [cell.value for cell in teams[1]]
    teams.cell(2, names.index("people") + 1).value = 95.0  # retyped
    teams.cell(3, names.index("hourly_cost") + 1).value = "25 to 29"
    new = {"id": "latam", "people": 30, "hourly_cost": 11, "attrition": "20 to 30", "contacts": 20000}
    for name, content in new.items():  # a team more
        teams.cell(9, names.index(name) + 1).value = content
    book["teams.baseline"].append(["latam", "csat", 71])
    costs.delete_rows([row[0].value for row in costs.iter_rows()].index("translation") + 1)  # a line less
    waves.move_range(f"C1:C{waves.max_row}", cols=20)  # a column moved
    teams["A1"].comment = openpyxl.comments.Comment("who is this?", "an analyst")
    book["sources"].sheet_state = "hidden"
    book["modules"].sheet_state = "veryHidden"
    book["practices"].row_dimensions[2].hidden = True
    book["lifts"].insert_rows(3, 2)  # blank rows between records
    book["movements"].insert_rows(1, 2)  # a title above the header
    book["movements"]["A1"] = "How KPIs move by themselves"
    book["movements"].insert_cols(1)
    book["kpis"].title = "KPIs "
    book["peak_seasons"].title = "x"
    book["x"].title = "Peak_Seasons"
    book["teams"]["D1"] = "  product_line  "
    book.create_sheet("_my sums", 0)["A1"] = "=1+1"
    book["settings"].auto_filter.ref = "A1:F70"


def test_a_workbook_edited_by_a_person_reads_as_meant(tmp_path: Path) -> None:
    plan = tp.example("contact_centre")
    path = edited(plan.to_excel(tmp_path / "x.xlsx"), as_a_person_would)
    latam = {"id": "latam", "people": 30, "hourly_cost": 11, "attrition": "20 to 30", "contacts": 20000}
    meant = plan.replace(
        {
            "teams.na_home.people": 95,
            "teams.na_mobile.hourly_cost": "25 to 29",
            "teams.latam": latam | {"baseline": {"csat": 71}},
            "costs.translation": None,
        }
    )
    read = tp.read_plan(path)
    assert read.diff(meant).empty
    assert read == meant


def test_a_slip_in_an_edited_workbook_is_told_with_its_cell(tmp_path: Path) -> None:
    def slip(book: Any) -> None:
        as_a_person_would(book)
        book["teams"]["F3"] = -70
        book["movements"]["D5"] = "abc"

    path = edited(tp.example("contact_centre").to_excel(tmp_path / "x.xlsx"), slip)
    found = tp.check(path)
    places = {(one["sheet"], one["row"], one["column"], one["cell"]) for one in found.problems}
    assert places == {("teams", 3, "people", "F3"), ("movements", 5, "programme_sd", "D5")}
    assert str(found).startswith(
        f"error: {path}, sheet teams, row 3, column people (F3): teams.na_mobile.people: "
    )


def test_what_spreadsheets_make_of_what_was_typed_is_read_as_it_was_typed(tmp_path: Path) -> None:
    sheets = copy.deepcopy(SMALL)
    sheets["settings"] += [
        ["programme.name", 12.0],
        ["programme.discount_rate", 0.08],
        ["programme.months", 36.0],
    ]

    def change(book: Any) -> None:
        start = book["settings"]["B3"]
        start.value, start.number_format = datetime.datetime(2027, 1, 1), "mmm-yy"
        book["settings"]["B5"].number_format = "0%"
        teams = book["teams"]
        teams["A2"], teams["A2"].number_format = 123, "00000"
        book["teams.baseline"]["A2"], book["teams.baseline"]["A2"].number_format = 123, "00000"
        teams["F2"].value, teams["F2"].number_format = 0.3, "0.0%"
        teams["D2"].value, teams["D2"].number_format = 40, '0 "people (100 %)"'
        teams["D3"] = " 20 "
        teams["C2"] = 7

    read = tp.read_plan(made(tmp_path / "x.xlsx", sheets, change))
    assert read["programme.start"] == "2027-01"
    assert read["programme.name"] == "12"
    assert read["programme.discount_rate"] == 0.08
    assert read["programme.months"] == 36
    assert read["teams.00123.people"] == 40
    assert read["teams.00123.region"] == "7"
    assert read["teams.sales.people"] == 20
    assert read["teams.sales.region"] == "NA"
    # 30 % where percentages are wanted: what the person sees.
    attrition = read.inputs().set_index("path").loc["teams.00123.attrition"]
    assert (attrition["p50"], attrition["unit"]) == (30.0, "% a year")


def test_a_formula_has_the_value_that_was_saved_with_it(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["teams"]["D2"] = "=20*2"
        book["teams"]["E2"] = '=20&" to "&30'

    path = made(tmp_path / "x.xlsx", SMALL, change)
    computed(path, "teams", "D2", "40")
    computed(path, "teams", "E2", "20 to 30", kind="str")
    read = tp.read_plan(path)
    assert read["teams.billing.people"] == 40
    assert read["teams.billing.hourly_cost"] == "20 to 30"


def test_numbers_with_a_decimal_comma_are_read_where_that_is_said(tmp_path: Path) -> None:
    sheets = copy.deepcopy(SMALL)
    sheets["settings"][1][1] = "0,4 to 0,8"
    sheets["teams"][1][4] = "1.200,50"
    sheets["teams"][2][4] = "24,5 to 28"
    read = tp.read_plan(made(tmp_path / "x.xlsx", sheets), decimal=",")
    assert read["teams.billing.hourly_cost"] == 1200.5
    assert read["teams.sales.hourly_cost"] == "24.5 to 28"


def test_a_workbook_is_read_without_what_others_put_into_it(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        chart = openpyxl.chart.LineChart()
        chart.add_data(openpyxl.chart.Reference(book["teams"], min_col=4, min_row=1, max_row=3))
        book.create_chartsheet("picture").add_chart(chart)
        book.defined_names["people"] = openpyxl.workbook.defined_name.DefinedName(
            "people", attr_text="teams!$D$2"
        )
        book["teams"]["A2"].hyperlink = "https://example.org/x"
        book["teams"].conditional_formatting.add(
            "D2:D9", openpyxl.formatting.rule.CellIsRule(operator="lessThan", formula=["0"])
        )

    assert tp.read_plan(made(tmp_path / "x.xlsx", SMALL, change)) == tp.read_plan(
        made(tmp_path / "y.xlsx", SMALL)
    )


def test_only_what_needs_a_workbook_imports_the_packages_for_it() -> None:
    code = (
        "import sys, trainplan as tp; tp.example('one_team'); "
        "print([name for name in ('openpyxl', 'xlsxwriter', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_the_shell_makes_checks_and_runs_a_form(tmp_path: Path) -> None:
    path, out = tmp_path / "plan.xlsx", tmp_path / "out"
    out.mkdir()

    def shell(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        base = [sys.executable, "-c", "import sys; from trainplan.cli import main; sys.exit(main())"]
        return subprocess.run([*base, *map(str, arguments)], capture_output=True, text=True, timeout=120)

    made_it = shell("init", path)
    assert (made_it.returncode, made_it.stdout) == (
        0,
        f"wrote {path}; check it with: trainplan check {path}\n",
    )
    before = path.read_bytes()
    again = shell("init", path)
    assert (again.returncode, again.stderr) == (3, f"{path}: there is such a file already\n")
    assert path.read_bytes() == before
    assert shell("check", path).returncode == 0
    run = shell("run", path, "-o", out, "--trials", "64")
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == f"results.xlsx in {out}"
    assert tp.read_plan(out / "results.xlsx") == tp.read_plan(path)
    assert b"<f>" not in b"".join(
        v for k, v in parts(out / "results.xlsx").items() if "worksheets/sheet" in k
    )
