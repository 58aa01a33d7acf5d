"""Workbooks as people and other programs make them, for the tests of reading."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import trainplan as tp
from trainplan._workbook_book import Book

Rows = Sequence[Sequence[Any]]

SMALL: dict[str, list[list[Any]]] = {
    "settings": [["path", "value"], ["workforce.realization", "0.4 to 0.8"], ["programme.start", "2027-01"]],
    "teams": [
        ["id", "name", "region", "people", "hourly_cost", "attrition"],
        ["billing", "Billing", "EMEA", 40, 26, 30],
        ["sales", "Sales", "NA", 20, "24 to 28", "25 to 40"],
    ],
    "teams.baseline": [["team", "kpi", "value"], ["billing", "csat", 70], ["sales", "csat", 72.5]],
}


def made(path: Path, sheets: Mapping[str, Rows], change: Callable[[Any], object] | None = None) -> Path:
    """Write a workbook with these rows in its sheets, changed as a person would."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if change is not None:
        change(book)
    book.save(path)
    return path


def edited(path: Path, change: Callable[[Any], object]) -> Path:
    """Open a workbook, change it, save it."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def parts(path: Path) -> dict[str, bytes]:
    """Return the parts of a workbook."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """Change the parts of a workbook."""
    found = parts(path)
    change(found)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    return path


def part_of(path: Path, title: str) -> str:
    """Return the part of a sheet that `made` wrote."""
    names = openpyxl.load_workbook(path, read_only=True).sheetnames
    return f"xl/worksheets/sheet{names.index(title) + 1}.xml"


def computed(path: Path, title: str, cell: str, value: str, kind: str = "") -> Path:
    """Give a formula the value that a spreadsheet would have saved with it."""

    def change(found: dict[str, bytes]) -> None:
        part = part_of(path, title)
        text = found[part].decode()
        start = text.index(f'<c r="{cell}"')
        end = text.index("</c>", start)
        head = text[start : text.index(">", start)]
        formula = text[text.index("<f>", start) : text.index("</f>", start) + 4]
        sort = f' t="{kind}"' if kind else ""
        text = f"{text[:start]}{head}{sort}>{formula}<v>{value}</v>{text[end:]}"
        found[part] = text.encode()
        found["xl/workbook.xml"] = found["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")

    return rewritten(path, change)


def refusal(path: Path) -> str:
    """Return what is said of a workbook that is refused, without its folder."""
    started = time.monotonic()
    with pytest.raises(tp.InputError) as refused:
        tp.read_plan(path)
    assert time.monotonic() - started < 5  # 1 s on an idle machine
    return str(refused.value).replace(str(path), path.name)


def put(sheet: str, cell: str, content: Any, shown_as: str = "") -> Callable[[Any], None]:
    """Return the change that puts something into a cell."""

    def change(book: Any) -> None:
        book[sheet][cell] = content
        if shown_as:
            book[sheet][cell].number_format = shown_as

    return change


def book_of(path: Path, *texts: Any) -> Book:
    """Return a workbook in the making, with these in the first column of its sheet x."""
    book = Book(path)
    page = book.page("x")
    for row, text in enumerate(texts):
        page.put(row, 0, text)
    return book
