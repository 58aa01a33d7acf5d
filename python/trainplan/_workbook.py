"""Workbooks in: an .xlsx file is checked before it is parsed, and its sheets become the tables of a plan.

Sheets named ``read_me``, ``fields``, ``lists``, ``about`` and those that begin with ``result_`` or ``_`` are
not read. A cell with a formula has the value that was saved with it. Comments, hidden sheets and hidden rows
make no difference. A table without rows is one that is not there, or where a plan that states none has usual
records, such as competences, it says that there are none.
"""

from __future__ import annotations

import datetime
import io
import re
import warnings
from collections.abc import Iterator, Mapping
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from trainplan import _core, _files
from trainplan._arrays import refuse
from trainplan._cells import empty
from trainplan._files import refuse_file
from trainplan._form import SETTINGS, Column, Table, form, settings
from trainplan._sheets import MOST_CELLS, MOST_COLUMNS, Problem, Sheet, joined, letters, problem
from trainplan._workbook_scan import Found, Scan, scan, scan_sheets

__all__ = ["HELP_COLUMNS", "HELP_SHEETS", "OTHER_FORMATS", "RESULT", "is_table", "library", "read_workbook"]

HELP_SHEETS = ("read_me", "fields", "lists", "about", "replaced_characters", "sheet_names")
RESULT = "result"  # how the names of sheets with results begin, before an underscore
HELP_COLUMNS = ("default", "unit", "allowed", "meaning")  # of settings
OTHER_FORMATS = (".xls", ".xlsm", ".xlsb", ".ods")

_HEADER_WITHIN = 20  # filled rows among which the header is looked for
_LAST_ROW = 100_000
_AS_IT_STANDS = re.compile(r'"[^"]*"|\\.|_.|\[[^\]]*\]')  # what is shown as it stands, and colors
_ZEROS = re.compile(r"0{2,40}")
_RETURN = re.compile(r"_x000D_\n?|\r\n?")


def library(name: str) -> Any:
    """Return openpyxl or xlsxwriter, or say how to get them."""
    try:
        return import_module(name)
    except ImportError:
        refuse(name, "is needed for workbooks: pip install trainplan[excel]")


def is_table(title: str) -> bool:
    """Whether a sheet of this name is read: it is not help, a result, or one of the analyst's own."""
    name = title.strip().casefold()
    return name not in HELP_SHEETS and not name.startswith((f"{RESULT}_", "_"))


def read_workbook(path: str | Path, *, decimal: str = ".") -> list[Sheet]:
    """Return the sheets of a workbook that are tables of a plan; nothing in them is judged yet.

    Raises
    ------
    InputError
        For what is no .xlsx file, is damaged, encrypted or too large, and for cells that hold no value that
        a plan can take: errors, dates for numbers, formulas without a value, merged cells.
    OSError
        When the file cannot be read.
    """
    path = Path(path)
    if path.suffix.lower() in OTHER_FORMATS:
        hint = (
            "macros are not run; save it as .xlsx" if path.suffix.lower() == ".xlsm" else "save it as .xlsx"
        )
        told = "is not supported: a workbook is .xlsx"
        refuse_file(path, told, value=_core.quoted(path.suffix), hint=hint)
    library("openpyxl")
    found = scan(path)
    read = [title for title in found.parts if is_table(title)]
    if not read:
        names = ", ".join(_core.quoted(title) for title in list(found.parts)[:10])
        refuse_file(path, f"holds no plan: none of its sheets is a table of one ({names or 'no sheet'})")
    scans = scan_sheets(found, read)
    problems = list(_size_problems(path, scans))
    if problems:
        _files.refuse_all(problems)
    try:
        made = _made(found, scans, decimal)
    except MemoryError:
        raise
    except Exception as error:  # whatever the library stumbles over in a file made by others
        refuse_file(path, f"is a damaged workbook: {_core.quoted(str(error) or type(error).__name__)}")
    problems = [one for reader in made for one in reader.problems]
    if problems:
        _files.refuse_all(problems)
    # A header alone says nothing, but that there are none of the records that a plan usually has.
    sheets = [reader.sheet for reader in made]
    return [sheet for sheet in sheets if sheet.rows or sheet.name not in form() or _usual(sheet)] or sheets


def _made(found: Found, scans: Mapping[str, Scan], decimal: str) -> list[_Reader]:
    """Return the sheets that were scanned, read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that are not read: styles, validations, pictures
        raw = io.BytesIO(found.raw)
        book = library("openpyxl").load_workbook(raw, read_only=True, data_only=True, keep_links=False)
        try:
            return [
                _Reader(found.path, title, list(_filled_rows(book[title], one)), one, decimal)
                for title, one in scans.items()
            ]
        finally:
            book.close()


def _usual(sheet: Sheet) -> bool:
    """Whether a plan that states none of these records has some."""
    fields = _core.record_fields()["Plan"]["fields"]
    return any(sheet.columns) and any(one["name"] == sheet.name and one["default"] for one in fields)


def _size_problems(path: Path, scans: Mapping[str, Scan]) -> Iterator[Problem]:
    place = {"file": str(path)}
    total = sum(len(one.filled) * one.last_column for one in scans.values())
    for title, one in scans.items():
        here = {**place, "sheet": title}
        if one.last_column > MOST_COLUMNS:
            told = (
                f"has cells up to column {letters(one.last_column)}, must have at most {MOST_COLUMNS} columns"
            )
            yield problem(joined("", title), told, here)
        elif max(one.filled, default=0) > _LAST_ROW:
            told = f"has cells down to row {max(one.filled):,}, must end by row {_LAST_ROW:,}"
            yield problem(joined("", title), told, here)
    if total > MOST_CELLS:
        largest = max(scans, key=lambda title: len(scans[title].filled) * scans[title].last_column)
        told = f"all tables together have {total:,} cells, must have at most {MOST_CELLS:,}"
        yield problem(joined("", largest), told, {**place, "sheet": largest})


def _filled_rows(sheet: Any, found: Scan) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows that hold anything, with their numbers; gaps cost nothing."""
    if not found.filled:
        return
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    last = max(found.filled)
    rows = sheet.iter_rows(min_row=1, max_row=last, min_col=1, max_col=found.last_column)
    for number, row in enumerate(rows, 1):
        if number in found.filled:
            yield number, list(row)


class _Reader:
    """Makes the table of a sheet: finds the header, takes the values, notes what is none."""

    def __init__(
        self, path: Path, title: str, rows: list[tuple[int, list[Any]]], found: Scan, decimal: str
    ) -> None:
        self.problems: list[Problem] = []
        self.found = found
        name = next((known for known in form() if known.casefold() == title.strip().casefold()), title)
        self.table: Table | None = form().get(name)
        header = self._header(rows)
        columns = [_text(cell.value) for cell in rows[header][1]] if rows else []
        self.number = rows[header][0] if rows else 1
        below = rows[header + 1 :]
        numbers = [number for number, _ in below]
        self.sheet = Sheet(name, columns, [], self.number + 1, str(path), decimal, numbers)
        if self.table is None:
            self.sheet.rows = [[_text(cell.value) for cell in row] for _, row in below]
            return
        self._above(rows[:header])
        self._merged()
        if name == SETTINGS:
            columns[:] = ["" if column in HELP_COLUMNS else column for column in columns]
        self.sheet.rows = [[None] * len(columns) for _ in below]
        for at, (_, row) in enumerate(below):
            for position, name in enumerate(columns):
                if name and (column := self._column(row, name)) is not None:
                    self.sheet.rows[at][position] = self._value(column, row[position], at, position)
        # A column without a name: its cells are told of where they hold anything, unless they are help.
        for position, name in enumerate(columns):
            if not name and not (self.table.name == SETTINGS and _is_help(rows[header][1][position])):
                for at, (_, row) in enumerate(below):
                    self.sheet.rows[at][position] = _text(row[position].value) or None

    def _header(self, rows: list[tuple[int, list[Any]]]) -> int:
        """Return the position of the row with the most names of columns; the first where none has any."""
        if self.table is None or not rows:
            return 0
        known = {column.name for column in self.table.columns}
        hits = [len({_text(cell.value) for cell in row} & known) for _, row in rows[:_HEADER_WITHIN]]
        return hits.index(max(hits))

    def _above(self, rows: list[tuple[int, list[Any]]]) -> None:
        """Refuse rows above the header that may be records; a title or a note may stand there."""
        for number, row in rows:
            if sum(not empty(cell.value) for cell in row) > 1:
                told = (
                    f"row {number} stands above the header, which is row {self.number}: it would not be read"
                )
                self._add(self.sheet.name, told, {"row": number})

    def _merged(self) -> None:
        last = max(self.found.filled, default=0)
        for area in self.found.merged:
            ends = [int(digits) for digits in re.findall(r"[0-9]+", area)]
            if ends and ends[-1] >= self.number and ends[0] <= last:
                told = f"cells {area[:24]} are merged: unmerge them, so that each row has its own value"
                self._add(self.sheet.name, told, {})

    def _add(self, path: str, allowed: str, place: Problem, *, value: str = "", hint: str = "") -> None:
        here = {"file": self.sheet.file, "sheet": self.sheet.name, **place}
        self.problems.append(problem(path, allowed, here, value=value, hint=hint))

    def _column(self, row: list[Any], name: str) -> Column | None:
        """Return what a cell is, by its column; in settings by the path of its row."""
        assert self.table is not None
        if self.table.name != SETTINGS or name != "value":
            return self.table.column(name)
        columns = self.sheet.columns
        path = _text(row[columns.index("path")].value) if "path" in columns else ""
        owner = next(
            (one for one, column in settings().items() if column.is_map and path.startswith(one)), ""
        )
        return settings().get(path) or settings().get(owner) or self.table.column(name)

    def _value(self, column: Column, cell: Any, at: int, position: int) -> Any:
        """Return what stands in a cell as a person means it; None, and a problem, for what is no value."""
        content = cell.value
        row = self.sheet.number(at)
        formula = self.found.formulas.get((row, position + 1))
        told: tuple[str, str, str] | None = None
        if formula is not None:
            told = (
                formula,
                "is a formula without a value",
                "open the workbook, save it there, and read it again",
            )
        elif content is None:
            return None
        elif cell.data_type == "e":
            told = str(content), "is an error of the spreadsheet, must be a value", ""
        elif isinstance(content, datetime.time | datetime.timedelta):
            told = str(content), f"is a time of day, must be {_wanted(column)}", "format the cell as text"
        elif isinstance(content, datetime.date):
            return self._date(column, content, cell.number_format or "", at, position)
        elif isinstance(content, str):
            return _RETURN.sub("\n", content)
        elif isinstance(content, int | float) and not isinstance(content, bool):
            return _number(column, content, cell.number_format or "General")
        else:
            return content
        self._tell(column, told, at, position)
        return None

    def _date(self, column: Column, content: datetime.date, shown_as: str, at: int, position: int) -> Any:
        """Return a date for a text that may be one; spreadsheets make dates of 1.2 and 6-12 as well."""
        if column.kind == "text" and not column.key and column.name != "id":
            # 2027-01 becomes the first of a month that is shown without its day.
            return content if "d" in _AS_IT_STANDS.sub("", shown_as).lower() else f"{content:%Y-%m}"
        hints = "the spreadsheet made it of what was typed: format the cell as text and type it again"
        shown = content.date() if isinstance(content, datetime.datetime) else content
        self._tell(column, (str(shown), f"is a date, must be {_wanted(column)}", hints), at, position)
        return None

    def _tell(self, column: Column, told: tuple[str, str, str], at: int, position: int) -> None:
        value, allowed, hint = told
        place = self.sheet.place(at, position)
        here = column.name if column.name in settings() and self.sheet.name == SETTINGS else ""
        path = here or f"{self.sheet.name}.{column.name}"
        self._add(path, allowed, place, value=_core.quoted(value), hint=hint)


def _text(content: Any) -> str:
    """Return a name as it is meant: without blanks around it."""
    return "" if content is None else str(content).strip()


def _is_help(cell: Any) -> bool:
    return _text(cell.value) in HELP_COLUMNS


def _wanted(column: Column) -> str:
    texts = {
        "text": "a text",
        "texts": "texts",
        "choice": "a text",
        "any": "a value",
        "flag": "TRUE or FALSE",
    }
    return texts.get(column.kind, "a number, or a text such as '6 to 12'")


def _number(column: Column, content: int | float, shown_as: str) -> Any:
    """Return a number as the person sees it, where its format says more than its digits.

    0.12 shown as 12 % is a fraction of 0.12, and "12%" to every other field, which takes or refuses it as
    such. 123 shown as 00123 is that text where a text is wanted.
    """
    shown_as = _AS_IT_STANDS.sub("", shown_as).partition(";")[0]
    if "%" in shown_as and column.field["unit"] != "fraction":
        return f"{(Decimal(repr(content)) * 100).normalize():f}%"
    is_text = column.kind in ("text", "texts", "choice")
    if is_text and _ZEROS.fullmatch(shown_as) and content == int(content) and content >= 0:
        return str(int(content)).zfill(len(shown_as))
    return content
