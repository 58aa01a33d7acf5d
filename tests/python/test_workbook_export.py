"""Workbooks out: results that are what was computed, texts that stay texts, and never half a file."""

from __future__ import annotations

import errno
import math
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from workbooks import book_of, parts

import trainplan as tp
from trainplan import _workbook_results
from trainplan._workbook_book import LONGEST, Book

TABLES = ("summary", "kpis", "costs", "benefits", "cash_flow", "inputs")


@pytest.fixture(scope="module")
def run() -> tp.Run:
    return tp.simulate(tp.example("one_team"), trials=256, seed=2**64 - 1, progress=False)


@pytest.fixture(scope="module")
def path(run: tp.Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the workbook of a run."""
    return run.to_excel(tmp_path_factory.mktemp("run") / "run.xlsx")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the workbook of a run of the large example."""
    run = tp.simulate(tp.example("contact_centre"), trials=8192, progress=False)
    run.costs()  # draws other numbers of trials than a cash flow alone would
    return run.to_excel(tmp_path_factory.mktemp("large") / "large.xlsx")


def written(name: str, path: Path) -> pd.DataFrame:
    return pd.read_excel(path, sheet_name=f"result_{name}", keep_default_na=False, na_values=["n/a"])


# ---------------------------------------- results


def test_tables_hold_what_the_run_says(run: tp.Run, path: Path) -> None:
    run = run._apart()
    for name, table in {
        "summary": run.summary(),
        "costs": run.costs(),
        "benefits": run.benefits(),
        "cash_flow": run.cash_flow(),
        "inputs": run.plan.inputs(),
    }.items():
        found = written(name, path)
        assert found.columns.tolist() == table.columns.tolist()
        # A spreadsheet's numbers have 16 digits.
        pd.testing.assert_frame_equal(found, table, check_dtype=False, rtol=1e-15)


def test_costs_benefits_and_cash_flow_are_of_the_same_trials(large: Path) -> None:
    flow, costs = written("cash_flow", large), written("costs", large)
    assert np.allclose(
        flow["benefit"] - flow["cost"], flow["cash_flow"], rtol=0, atol=1e-6
    )  # sums of millions
    by_month = costs.groupby("month")["mean"].sum().reindex(flow["month"], fill_value=0.0)
    assert np.allclose(by_month, flow["cost"], rtol=1e-12)
    assert set(costs["n"]) == set(flow["n"])


def test_kpis_stand_by_month_for_the_programme_and_each_team(run: tp.Run, path: Path) -> None:
    found = written("kpis", path)
    months = run.plan.record.programme.months
    for kpi, team in (("csat", ""), ("csat", "support"), ("fcr", "")):
        rows = found[(found["kpi"] == kpi) & (found["team"] == team) & (found["region"] == "")]
        assert rows["month"].tolist() == list(range(1, months + 1))
        table = run.kpi(kpi, team=team or None)
        assert rows["n"].tolist() == table["n"].tolist()
        assert np.allclose(rows["p90"], table["p90"], rtol=1e-15, atol=0)
        assert np.allclose(rows["without_mean"], table["without_mean"], rtol=1e-15, atol=0)


def test_the_card_shows_money_with_its_error_and_the_chances(run: tp.Run, path: Path) -> None:
    rows = {
        row[0]: row[1:6] for row in openpyxl.load_workbook(path)["result_card"].iter_rows(values_only=True)
    }
    table = run.summary().set_index("output")
    mean, p10, p50, p90, error = rows["Net present value"]
    expected = table.loc["npv", ["mean", "p10", "p50", "p90", "mcse_mean"]].tolist()
    assert [mean, p10, p50, p90, error] == pytest.approx(expected, rel=1e-15)
    chance = run.probability("npv < 0")
    label = "Loss (net present value below 0)"
    assert rows[label][:2] == pytest.approx((chance.value, chance.standard_error), rel=1e-15)


def test_about_says_what_made_the_workbook_and_counts_its_rows(run: tp.Run, path: Path) -> None:
    rows = [row[:4] for row in openpyxl.load_workbook(path)["about"].iter_rows(values_only=True)]
    facts = {row[0]: row[1] for row in rows}
    assert facts["trainplan"] == tp.__version__
    assert facts["seed"] == "18446744073709551615"  # more digits than a spreadsheet's number has
    assert facts["trials"] == 256
    assert facts["stream_version"] == 1
    assert facts["sampling"] == "stratified"
    assert re.fullmatch("[0-9a-f]{64}", facts["plan_sha256"])
    for name in TABLES:
        assert facts[f"result_{name}"] == len(written(name, path))
    missing = {row[0]: row[2] for row in rows}
    assert missing["result_summary"] == int(run.summary().isna().sum().sum())
    assert missing["result_costs"] == 0


def test_the_plan_is_read_back_from_its_results(run: tp.Run, path: Path, large: Path) -> None:
    assert tp.read_plan(path) == run.plan
    plan = tp.example("contact_centre")
    assert tp.read_plan(large) == plan
    charts = [name for name in parts(large) if name.startswith("xl/charts/chart")]
    kpis = {lift.kpi for lift in plan.record.lifts} & {kpi.id for kpi in plan.record.all_kpis()}
    assert len(charts) == 1 + len(kpis)
    assert large.stat().st_size < 1_500_000


def test_results_come_first_and_keep_their_headers_in_sight(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:8] == ["result_card", *(f"result_{name}" for name in TABLES), "about"]
    assert book.active.title == "result_card"
    for name in TABLES:
        sheet = book[f"result_{name}"]
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
    assert book["result_cash_flow"]["B3"].number_format == "#,##0;[Red]-#,##0"


def test_charts_show_columns_of_the_tables_and_no_text_of_theirs_is_a_formula(tmp_path: Path) -> None:
    data = tp.example("one_team").to_dict()
    data["kpis"] = [{"id": "mine", "name": "=cmd()!A1", "unit": "=1+1", "high": 100}]
    data["teams"][0]["baseline"]["mine"] = 50
    data["lifts"].append({**data["lifts"][0], "id": "mine", "kpi": "mine"})
    made = tp.simulate(tp.Plan.from_dict(data), trials=64, progress=False).to_excel(tmp_path / "x.xlsx")
    found = [text.decode() for name, text in parts(made).items() if name.startswith("xl/charts/chart")]
    assert any("cmd()! A1" in text for text in found)
    for text in found:
        formulas = re.findall(r"<c:f>([^<]*)</c:f>", text)
        assert formulas
        assert all(
            re.fullmatch(r"result_(kpis|cash_flow)!\$[A-Z]\$\d+:\$[A-Z]\$\d+", one) for one in formulas
        )


def test_what_is_not_a_number_says_so(tmp_path: Path) -> None:
    plan = tp.example("one_team").replace({"costs.content.amount": 9e9})  # never pays back
    made = tp.simulate(plan, trials=1, progress=False).to_excel(tmp_path / "x.xlsx")
    rows = {row[0]: row for row in openpyxl.load_workbook(made)["result_summary"].iter_rows(values_only=True)}
    assert rows["payback_month"][1] == "n/a"
    card = {row[0]: row for row in openpyxl.load_workbook(made)["result_card"].iter_rows(values_only=True)}
    assert card["Payback month"][1:5] == ("n/a", "never", "never", "never")
    assert rows["npv"][2] == "n/a"  # the spread of one trial


def test_a_table_that_is_longer_than_a_sheet_goes_on_in_the_next(
    run: tp.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_workbook_results, "MOST_ROWS", 31)
    made = run.to_excel(tmp_path / "x.xlsx")
    sheets = pd.read_excel(made, sheet_name=None, keep_default_na=False)
    pieces = [sheets[name] for name in sheets if re.fullmatch(r"result_costs(_\d+)?", name)]
    assert len(pieces) > 1
    assert max(len(piece) for piece in pieces) == 30
    assert sum(len(piece) for piece in pieces) == len(run.costs())
    about = {row[0]: row[1] for row in openpyxl.load_workbook(made)["about"].iter_rows(values_only=True)}
    assert about["result_costs_2"] == len(sheets["result_costs_2"])
    assert tp.read_plan(made) == run.plan


# ---------------------------------------- what a workbook cannot hold


def cells(path: Path) -> list[Any]:
    return [row[0] for row in openpyxl.load_workbook(path)["x"].iter_rows(values_only=True)]


@pytest.mark.parametrize(
    ("content", "stands"),
    [
        (-5, -5),
        (-0.5, -0.5),
        (1e300, 1e300),
        (5e-324, 5e-324),
        (True, True),
        (False, False),
        (None, None),
        ("", None),
        (np.float64(2.5), 2.5),
        (np.int64(7), 7),
        (math.nan, "n/a"),
        (math.inf, "n/a"),
        (-math.inf, "n/a"),
        (2**53 + 1, "9007199254740993"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),  # rounded to 16 digits it is infinite
        ("a\x0bb", "a\ufffdb"),
        ("\x00=1", "\ufffd=1"),
        ("\ud800", "\ufffd"),
        ("\ufffe\uffff", "\ufffd\ufffd"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("_x000D_", "\ufffdx000D_"),
        ("x005F_", "\ufffd005F_"),
        ("_x0041_", "_x0041_"),
        (" outer blanks ", " outer blanks "),
        ("🙂" * (LONGEST // 2), "🙂" * (LONGEST // 2)),
        ("a" * LONGEST, "a" * LONGEST),
    ],
)
def test_a_cell_holds_what_was_put_or_says_what_it_could_not(
    content: Any, stands: Any, tmp_path: Path
) -> None:
    book_of(tmp_path / "x.xlsx", content, "end").save()
    assert cells(tmp_path / "x.xlsx") == [stands, "end"]
    assert type(cells(tmp_path / "x.xlsx")[0]) is type(stands)


def test_characters_that_had_to_go_are_listed_with_their_cells(tmp_path: Path) -> None:
    plan = tp.example("one_team").replace({"programme.name": "a\x0bb", "teams.support.name": "x\r\ny"})
    path = plan.to_excel(tmp_path / "x.xlsx")
    rows = list(openpyxl.load_workbook(path)["replaced_characters"].iter_rows(values_only=True))
    assert rows[0] == ("sheet", "cell", "characters that became U+FFFD, or line ends")
    assert ("teams", "B2", "U+000D U+000A") in rows
    assert any(row[0] == "settings" and row[2] == "U+000B" for row in rows)
    assert tp.read_plan(path)["programme.name"] == "a\ufffdb"
    assert (
        "replaced_characters"
        not in openpyxl.load_workbook(tp.example("one_team").to_excel(path), read_only=True).sheetnames
    )


@pytest.mark.parametrize(
    "text", ["a" * (LONGEST + 1), "🙂" * (LONGEST // 2 + 1)], ids=["letters", "pictures"]
)
def test_a_text_that_is_too_long_is_refused_and_nothing_is_written(text: str, tmp_path: Path) -> None:
    plan = tp.example("one_team").replace({"sources": [{"path": "teams", "citation": text}]})
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(tp.InputError) as refused:
        plan.to_excel(path)
    said = str(refused.value).replace(str(path), "x.xlsx")
    assert said.startswith("x.xlsx, sheet sources, row 2: sources: cell C2: is '") or "cell C2" in said
    assert f"has {len(text):,} characters, a cell of a workbook holds at most 32,767" in said
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["x.xlsx"]


def test_more_rows_than_a_sheet_has_are_refused(tmp_path: Path) -> None:
    book = Book(tmp_path / "x.xlsx")
    page = book.page("x")
    for row in range(1_048_574, 1_048_580):
        page.put(row, 0, row)
    with pytest.raises(
        tp.InputError, match="x: has over 1,048,576 rows, more than a sheet of a workbook holds"
    ):
        book.save()
    assert os.listdir(tmp_path) == []


def test_names_of_sheets_are_made_such_that_a_sheet_can_have_them(tmp_path: Path) -> None:
    names = {
        "a" * 40: "a" * 31,
        "a" * 39 + "b": "a" * 29 + "_2",
        "A" * 35: "A" * 29 + "_3",
        "costs/benefits": "costs_benefits",
        "COSTS:benefits": "COSTS_benefits_2",
        "History": "History_",
        "'quoted'": "quoted",
        "[x]*?": "_x___",
        "": "sheet",
        "fine": "fine",
    }
    book = Book(tmp_path / "x.xlsx")
    assert [book.page(name).title for name in names] == list(names.values())
    book.save()
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").sheetnames == list(names.values())
    assert book.renamed == [(name, title) for name, title in names.items() if name != title]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("x.xls", "must be an .xlsx file"),
        ("x", "must be an .xlsx file"),
        ("none/x.xlsx", "must be in a folder that exists"),
        ("folder.xlsx", "must be a file, not a folder"),
    ],
)
def test_a_path_that_no_workbook_can_have_is_refused(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(tp.InputError, match=said):
        tp.example("one_team").to_excel(tmp_path / name)
    assert os.listdir(tmp_path) == ["folder.xlsx"]


# ---------------------------------------- never half a file


@pytest.mark.parametrize("broken", ["write", "fsync", "replace"])
def test_when_the_disk_fails_the_old_file_stays_as_it_was(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tp.example("one_team").to_excel(tmp_path / "x.xlsx")
    before = path.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, broken, fail)
    with pytest.raises(OSError, match="No space left") as failed:
        tp.example("contact_centre").to_excel(path)
    monkeypatch.undo()
    assert failed.value.filename == str(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["x.xlsx"]


@pytest.mark.parametrize(
    ("place", "put", "said"),
    [
        ((0, 0), "other", "sheet x, cell A1 holds 'text', not 'other'"),
        ((1, 0), 5.000000000000001, "sheet x, cell A2 holds 5, not 5.000000000000001"),
        ((2, 0), 1, "sheet x, cell A3 holds True, not 1"),
        ((9, 9), "lost", "sheet x, cell J10 holds None, not 'lost'"),
    ],
)
def test_a_workbook_that_reads_back_otherwise_is_never_written(
    place: tuple[int, int], put: Any, said: str, tmp_path: Path
) -> None:
    book = book_of(tmp_path / "x.xlsx", "text", 5, True)
    book.pages[0].cells[place] = put  # as if the writer had changed or lost the cell
    with pytest.raises(OSError, match=re.escape(f"the workbook does not read back: {said}")):
        book.save()
    assert os.listdir(tmp_path) == []
