"""Texts of a plan that a spreadsheet might run or follow: texts they stay, in every sheet."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from workbooks import book_of, parts

import trainplan as tp

STARTS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", "\x00=", "{=", " =", "'=", '"=', "＝", "=-+@", "%0A=")
BODIES = (
    "cmd|' /C calc'!A0", "1+1", "SUM(A1:A9)", 'HYPERLINK("http://example.org","x")', "WEBSERVICE(A1)",
    "IMPORTXML(1)", "'[x.xls]S'!A1", "A1}", "DDE(1;2)", "", "5", "-5", "1e5", "#REF!", "#N/A", "TRUE",
)  # fmt: skip
LINKS = (
    "http://example.org", "https://example.org/" + "a" * 3000, "ftp://x", "mailto:a@b.c", "file:///etc/passwd",
    "internal:Sheet1!A1", "external:c:\\x.xlsx#A1", "javascript:alert(1)", "\\\\server\\share", "<b>x</b>",
    "]]>", "<!--", "&amp;&lt;", "<f>1</f>", "_x003D_1", "﷽" * 50, "\u202etxt.exe", "nul", "0x10", "00123",
)  # fmt: skip


def hostile() -> Iterator[str]:
    yield from (start + body for start, body in itertools.product(STARTS, BODIES))
    yield from LINKS


def assert_inert(path: Path) -> None:
    """Assert that no cell of a workbook is a formula or a link, and that nothing leads out of it."""
    for name, content in parts(path).items():
        if "worksheets/sheet" in name and name.endswith(".xml"):
            assert b"<f>" not in content
            assert b"<f " not in content
            assert b"hyperlink" not in content
        assert "externalLink" not in name
        assert b'TargetMode="External"' not in content
        assert b"vbaProject" not in content


def test_no_hostile_text_becomes_a_formula_or_a_link(tmp_path: Path) -> None:
    texts = list(hostile())
    book_of(tmp_path / "x.xlsx", *texts).save()
    assert_inert(tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["x"]
    for (cell,), text in zip(sheet.iter_rows(), texts, strict=True):
        assert cell.data_type == "s", text
        if text.startswith(("=", "+", "-", "@")):
            assert cell.quotePrefix, text  # also when somebody edits the cell
    assert len(texts) == 260


def test_no_hostile_text_of_a_plan_gets_out_of_any_sheet(tmp_path: Path) -> None:
    texts = [text for text in hostile() if text.strip()]
    data = tp.example("one_team").to_dict()
    team = data["teams"][0]
    # Every text in every kind of place: names, regions, lists, citations, names of KPIs and lines of cost.
    data["teams"] += [
        team | {"id": f"t{number}", "name": text, "region": text, "contacts": 0}
        for number, text in enumerate(texts)
    ]
    data["sources"] = [
        {"path": f"teams.t{number}.people", "citation": text, "grade": text}
        for number, text in enumerate(texts)
    ]
    data["programme"] |= {"name": texts[0], "languages": texts}
    data["costs"] += [
        {**data["costs"][0], "id": f"c{number}", "name": text} for number, text in enumerate(texts[:40])
    ]
    plan = tp.Plan.from_dict(data)
    assert_inert(plan.to_excel(tmp_path / "x.xlsx"))
    few = tp.example("one_team")
    for text in texts[::40]:
        changes = dict.fromkeys(("programme.name", "teams.support.name", "teams.support.region"), text)
        made = tp.simulate(few.replace(changes), trials=64, progress=False).to_excel(tmp_path / "x.xlsx")
        assert_inert(made)


@pytest.mark.slow
def test_100000_hostile_texts_stay_texts(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    pieces = [*STARTS, *BODIES, *LINKS[2:], *"=+-@\t\r\n|!,;'\"{}()\x0b\x00"]
    texts = ["".join(rng.choice(pieces, size=rng.integers(1, 6))) or "=" for _ in range(100_000)]
    book_of(tmp_path / "x.xlsx", *texts).save()
    assert_inert(tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx", read_only=True)
    assert all(cell.data_type in ("s", "n") for (cell,) in book["x"].iter_rows() if cell.value is not None)
