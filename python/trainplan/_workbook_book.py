"""Workbooks out: cells that are what they say, and a file that holds what was written before it has its name.

Values only: no text becomes a formula or a link. What a workbook cannot hold is named: a text or a table that
is too long is refused, a character that XML lacks becomes U+FFFD and is listed, not-a-number becomes ``n/a``.
"""

from __future__ import annotations

import errno
import io
import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainplan import _files
from trainplan._arrays import refuse
from trainplan._cells import shown
from trainplan._sheets import Problem, letters, problem
from trainplan._workbook import library
from trainplan._writing import written

__all__ = ["MOST_ROWS", "NOT_AVAILABLE", "Book", "Page", "checked_path"]

MOST_ROWS = 1_048_576
LONGEST = 32_767  # of a text, in units of UTF-16
LONGEST_NAME = 31
NOT_AVAILABLE = "n/a"

_LINE_END = re.compile(r"\r\n?")
# What XML cannot hold, and what readers take for the sign of such a character.
_REPLACED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x000D_)|x(?=005F_)")
_NO_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "{")

Style = Mapping[str, Any]


def checked_path(path: str | Path) -> Path:
    """Return the path of a workbook to write.

    Raises
    ------
    InputError
        For a path that is no .xlsx file in a folder that exists.
    """
    target = Path(path)
    if target.suffix.lower() != ".xlsx":
        refuse("path", "must be an .xlsx file", value=shown(str(path)))
    if not target.parent.is_dir():
        refuse("path", "must be in a folder that exists", value=shown(str(path)))
    if target.is_dir():
        refuse("path", "must be a file, not a folder", value=shown(str(path)))
    return target


class Book:
    """A workbook that is being made: sheets are added, cells put, and `save` writes it."""

    def __init__(self, path: str | Path) -> None:
        self.path = checked_path(path)
        library("openpyxl")  # it reads back what was written
        self._raw = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = library("xlsxwriter").Workbook(self._raw, options)
        self.pages: list[Page] = []
        self.renamed: list[tuple[str, str]] = []
        self.replaced: list[tuple[str, str, str]] = []
        self.problems: list[Problem] = []
        self._styles: dict[tuple[tuple[str, Any], ...], Any] = {}

    def page(self, name: str, *, color: str = "", hidden: bool = False) -> Page:
        """Return a new sheet; a name that a sheet cannot have is changed, and the change noted."""
        title = _title(name, {page.title.casefold() for page in self.pages})
        if title != name:
            self.renamed.append((name, title))
        sheet = self.book.add_worksheet(title)
        if color:
            sheet.set_tab_color(color)
        if hidden:
            sheet.hide()
        self.pages.append(Page(self, name, title, sheet))
        return self.pages[-1]

    def style(self, given: Style) -> Any:
        """Return the format of a style, made once."""
        key = tuple(sorted(given.items()))
        if key not in self._styles:
            self._styles[key] = self.book.add_format(dict(given))
        return self._styles[key]

    def save(self) -> Path:
        """Make the workbook, read it back, compare every cell, and only then write it, whole or not at all.

        Raises
        ------
        InputError
            For texts and tables that a workbook cannot hold; nothing is written.
        OSError
            When the file cannot be written, or does not hold what was written.
        """
        if self.problems:
            _files.refuse_all(self.problems)
        self.book.close()
        raw = self._raw.getvalue()
        self._compare(raw)
        written(raw, self.path)
        return self.path

    def _compare(self, raw: bytes) -> None:
        """Compare every cell of a file with what was put: none lost, none more, none changed."""
        try:
            book = library("openpyxl").load_workbook(io.BytesIO(raw), read_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            raise OSError(errno.EIO, f"the workbook cannot be read back: {error}", str(self.path)) from None
        if book.sheetnames != [page.title for page in self.pages]:
            raise OSError(errno.EIO, "the workbook does not read back: its sheets differ", str(self.path))
        for page in self.pages:
            left = dict(page.cells)
            for row in book[page.title].iter_rows():
                for cell in row:
                    if cell.value is None:
                        continue
                    place = cell.row - 1, cell.column - 1
                    expected = left.pop(place, None)
                    if cell.data_type == "f" or not _same(expected, cell.value):
                        self._differs(page, place, expected, cell.value)
            for place, expected in left.items():
                self._differs(page, place, expected, None)
        book.close()

    def _differs(self, page: Page, place: tuple[int, int], put: object, found: object) -> None:
        where = f"sheet {page.title}, cell {letters(place[1] + 1)}{place[0] + 1}"
        told = f"the workbook does not read back: {where} holds {shown(found)}, not {shown(put)}"
        raise OSError(errno.EIO, told, str(self.path))


class Page:
    """A sheet that is being made; it knows every cell that was put into it. Rows and columns count from 0."""

    def __init__(self, book: Book, name: str, title: str, sheet: Any) -> None:
        self.book, self.name, self.title, self.sheet = book, name, title, sheet
        self.cells: dict[tuple[int, int], Any] = {}
        self.not_available = 0

    def put(
        self, row: int, column: int, content: Any, style: Style | None = None, *, exact: bool = False
    ) -> None:
        """Put a value into a cell: blank, true or false, a number, or a text that stays one.

        A spreadsheet's numbers are written with 16 digits. Where `exact`, one that has 17 becomes a text.
        """
        style = style or {}
        if hasattr(content, "item"):
            content = content.item()  # of NumPy
        if content is None or content == "":
            if style:
                self._put(self.sheet.write_blank, row, column, None, style)
            return
        if isinstance(content, bool):
            self._put(self.sheet.write_boolean, row, column, content, style)
        elif isinstance(content, int | float):
            self._number(row, column, content, style, exact=exact)
        else:
            self._text(row, column, str(content), style)

    def _number(self, row: int, column: int, content: float, style: Style, *, exact: bool) -> None:
        if isinstance(content, float) and not math.isfinite(content):
            self.not_available += 1
            self._put(self.sheet.write_string, row, column, NOT_AVAILABLE, {**style, "align": "right"})
            return
        # As the writer writes it: 1e308 and such must not become more than they were.
        written = float(f"{content:.16G}")
        if written != content and (exact or not math.isfinite(written) or isinstance(content, int)):
            self._put(self.sheet.write_string, row, column, repr(content), {**style, "align": "right"})
        else:
            self._put(self.sheet.write_number, row, column, written, style)

    def _text(self, row: int, column: int, content: str, style: Style) -> None:
        kept = _REPLACED.sub("\ufffd", _LINE_END.sub("\n", content))
        if kept != content:
            signs = sorted(set(_REPLACED.findall(content)) | set(_LINE_END.findall(content)))
            codes = ", ".join(" ".join(f"U+{ord(one):04X}" for one in sign) for sign in signs[:10])
            self.book.replaced.append((self.title, f"{letters(column + 1)}{row + 1}", codes))
        if len(kept) + sum(one > "\uffff" for one in kept) > LONGEST:
            told = f"has {len(kept):,} characters, a cell of a workbook holds at most {LONGEST:,}"
            place = {"file": str(self.book.path), "sheet": self.name, "row": row + 1}
            cell = f"{self.name}: cell {letters(column + 1)}{row + 1}"
            self.book.problems.append(problem(cell, told, place, value=shown(kept)))
            return
        if kept.startswith(_FORMULA_STARTS):
            style = {**style, "quote_prefix": True}  # it stays a text when somebody edits the cell, too
        self._put(self.sheet.write_string, row, column, kept, style)

    def _put(self, write: Any, row: int, column: int, content: Any, style: Style) -> None:
        if row >= MOST_ROWS:
            if not any(one["path"] == self.name for one in self.book.problems):
                told = f"has over {MOST_ROWS:,} rows, more than a sheet of a workbook holds"
                place = {"file": str(self.book.path), "sheet": self.name}
                self.book.problems.append(problem(self.name, told, place))
            return
        if content is None:
            done = write(row, column, "", self.book.style(style))
        else:
            done = write(row, column, content, self.book.style(style) if style else None)
            self.cells[row, column] = content
        if done:
            raise ValueError(f"sheet {self.title}: a cell was not written (code {done})")

    def header(self, names: Sequence[str], style: Style, row: int = 0) -> None:
        """Put the names of columns, and keep them in sight."""
        for column, name in enumerate(names):
            self.put(row, column, name, style)
        self.sheet.freeze_panes(row + 1, 0)

    def widths(self, least: int = 8, most: int = 44) -> None:
        """Give each column the width of its longest cell."""
        longest: dict[int, int] = {}
        for (_, column), content in self.cells.items():
            size = len(f"{content:,.2f}") if isinstance(content, float) else len(str(content))
            longest[column] = max(longest.get(column, 0), size)
        for column, size in longest.items():
            self.sheet.set_column(column, column, min(max(size + 2, least), most))


def _title(name: str, taken: set[str]) -> str:
    """Return a name that a sheet can have and no other has: 31 characters, without []:*?/ and backslash."""
    title = _NO_NAME.sub("_", name).strip("' ")[:LONGEST_NAME].rstrip("' ") or "sheet"
    if title.casefold() == "history":  # kept for themselves by spreadsheets
        title = f"{title}_"
    made, number = title, 1
    while made.casefold() in taken:
        number += 1
        end = f"_{number}"
        made = title[: LONGEST_NAME - len(end)] + end
    return made


def _same(put: object, found: object) -> bool:
    if isinstance(put, str) or isinstance(found, str) or isinstance(put, bool) or isinstance(found, bool):
        return type(put) is type(found) and put == found
    return put is not None and put == found
