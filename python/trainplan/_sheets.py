"""Tables as they were read from any source, where things stand in them, and what every table must be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from trainplan import _core
from trainplan._cells import blank, shown
from trainplan._form import SETTINGS, Table, form, settings

__all__ = [
    "MOST_CELLS",
    "MOST_COLUMNS",
    "Places",
    "Sheet",
    "header_problems",
    "joined",
    "letters",
    "size_problems",
]

MOST_CELLS = 50_000  # of all tables of a plan together, blank ones too
MOST_COLUMNS = 500

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,80}")

Problem = dict[str, Any]


@dataclass(slots=True)
class Sheet:
    """A table as it was read from any source: nothing is judged yet but that it is a table.

    `first_row` is the number of the first row under the header, as the source counts; `row_numbers` names
    each row's where they do not follow each other. `file` is empty for a data frame; its ending says how
    places in it are told: a line of a .csv, a cell of an .xlsx. `first_column` is the number of the first
    column.
    """

    name: str
    columns: list[str]
    rows: list[list[Any]]
    first_row: int = 2
    file: str = ""
    decimal: str = "."
    row_numbers: list[int] | None = None
    first_column: int = 1

    def number(self, row: int) -> int:
        """Return how the source counts a row."""
        return self.first_row + row if self.row_numbers is None else self.row_numbers[row]

    def both(self, first: int, second: int, values: tuple[str, str] = ("", "")) -> str:
        """Return how two rows that contradict each other are told, with a value of each."""
        word = "lines" if self.file.lower().endswith(".csv") else "rows"
        one, other = (f" ({value})" if value else "" for value in values)
        return f"{word} {self.number(first)}{one} and {self.number(second)}{other}"

    def place(self, row: int | None = None, column: int | None = None) -> Problem:
        """Return where a row and column stand, as parts of a problem."""
        at: Problem = {"file": self.file, "sheet": self.name}
        if row is not None:
            at["row"] = self.number(row)
        if column is not None:
            at["column"] = self.columns[column]
        if self.file.lower().endswith(".xlsx") and row is not None and column is not None:
            at["cell"] = f"{letters(self.first_column + column)}{at['row']}"
        if self.file.lower().endswith(".csv"):
            at["line"] = at.pop("row", 1)
            del at["sheet"]
        elif self.file and not self.file.lower().endswith(".xlsx"):
            del at["sheet"]
        return at


def letters(column: int) -> str:
    """Return the letters that a spreadsheet has for a column: 1 is A, 27 is AA."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


@dataclass(slots=True)
class Places:
    """Where the parts of a plan stood in the tables."""

    rows: dict[str, tuple[Sheet, int, str]] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)

    def of(self, path: str, value: str = "") -> Problem:
        """Return the file, sheet, row and column of a path, or of the nearest thing above it.

        `value` tells that it is not the value in a row that is at fault but one of its keys.
        """
        for above in paths_above(path):
            if above in self.rows:
                sheet, row, column = self.rows[above]
                rest = path[len(above) + 1 :]
                if column:
                    cells = zip(sheet.columns, sheet.rows[row], strict=True)
                    names = [*(name for name, one in cells if name != column and shown(one) == value), column]
                else:
                    names = [name for name in sheet.columns if name and is_or_above(name, rest)]
                return sheet.place(row, sheet.columns.index(names[0]) if names else None)
            if above in self.sheets:
                return self.sheets[above].place()
        # What is missing altogether would stand in the settings, unless it is a table.
        return self.sheets[SETTINGS].place() if SETTINGS in self.sheets and path not in form() else {}


def joined(path: str, name: str) -> str:
    """Return the path of a name below a path, as the core writes it: in quotes when it is no id."""
    text = name if _PLAIN.fullmatch(name) else _core.quoted(name)
    return f"{path}.{text}" if path else text


def is_or_above(name: str, rest: str) -> bool:
    """Whether a path is another, or leads to it."""
    return rest == name or rest.startswith((f"{name}.", f"{name}["))


def paths_above(path: str) -> Iterator[str]:
    """Yield a path and all that lead to it, the nearest first."""
    while path:
        yield path
        path = path[: max(path.rfind("."), path.rfind("["), 0)]


def problem(path: str, allowed: str, place: Problem, *, value: str = "", hint: str = "") -> Problem:
    """Return a problem with its place."""
    return {"path": path, "value": value, "allowed": allowed, "hint": hint, **place}


def size_problems(sheets: list[Sheet]) -> Iterator[Problem]:
    """Yield what keeps tables from being looked at: too large, none there, nothing in them."""
    cells = sum(len(sheet.rows) * len(sheet.columns) for sheet in sheets)
    if cells > MOST_CELLS:
        largest = max(sheets, key=lambda sheet: len(sheet.rows) * len(sheet.columns))
        told = f"all tables together have {cells:,} cells, must have at most {MOST_CELLS:,}"
        yield problem(joined("", largest.name), told, largest.place())
    for sheet in sheets:
        if len(sheet.columns) > MOST_COLUMNS:
            told = f"has {len(sheet.columns):,} columns, must have at most {MOST_COLUMNS}"
            yield problem(joined("", sheet.name), told, sheet.place())
    if not any(sheet.rows for sheet in sheets):
        yield problem("tables", "hold no plan: there is no row in them", sheets[0].place() if sheets else {})


def name_problems(sheets: list[Sheet]) -> Iterator[Problem]:
    """Yield the tables that no plan has, and those that are there twice."""
    seen = set()
    for sheet in sheets:
        if sheet.name not in form():
            hint = _core.did_you_mean(sheet.name, list(form()))
            yield problem(joined("", sheet.name), "a plan has no such table", sheet.place(), hint=hint)
        elif sheet.name in seen:
            yield problem(sheet.name, "there are two tables of this name", sheet.place())
        seen.add(sheet.name)


def header_problems(table: Table, sheet: Sheet) -> Iterator[Problem]:
    """Yield what is wrong with the columns of a table and with the length of its rows."""
    names = [column.name for column in table.columns]
    for at, name in enumerate(sheet.columns):
        place = sheet.place(None, at)
        if name == "":
            if any(at < len(row) and not blank(row[at]) for row in sheet.rows):
                yield problem(table.name, f"column {at + 1} has cells but no name", sheet.place())
        elif (first := sheet.columns.index(name)) < at:
            told = f"two columns have the name {_core.quoted(name)}: columns {first + 1} and {at + 1}"
            yield problem(table.name, told, place)
        elif name not in names:
            told = f"there is no column {_core.quoted(name)}"
            yield problem(table.name, told, place, hint=_near(table, name, names))
    required = [column.name for column in table.columns if column.required]
    missing = [name for name in required if name not in sheet.columns]
    if missing and (sheet.rows or any(sheet.columns)):
        found = ", ".join(_core.quoted(name)[1:-1] for name in sheet.columns[:20]) or "none"
        lacks = " and ".join(_core.quoted(name) for name in missing)
        yield problem(
            table.name, f"lacks {lacks}: expected {', '.join(required)}; found {found}", sheet.place()
        )
    for at, row in enumerate(sheet.rows):
        if len(row) != len(sheet.columns):
            told = f"the row has {len(row):,} cells, the header {len(sheet.columns)}"
            yield problem(table.name, told, sheet.place(at))


def _near(table: Table, name: str, names: list[str]) -> str:
    """Return what a column that a table does not have may have been meant to be."""
    head = name.partition(".")[0]
    for other in form().values():
        if other.owner == table.name and other.within == head:
            columns = ", ".join(column.name for column in other.columns)
            return f"it is a table of its own, {other.name}: {columns}"
    hint: str = _core.did_you_mean(name, names)
    return hint


def setting_hint(path: str) -> str:
    """Return what a path that is no setting may have been meant to be."""
    for name in form():
        if name != SETTINGS and is_or_above(name, path):
            return f"the records of {name} are a table of their own"
    hint: str = _core.did_you_mean(path, list(settings()))
    return hint
