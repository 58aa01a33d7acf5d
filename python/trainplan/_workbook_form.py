"""The sheets of a plan in a workbook: a form that a person can fill, told by the core's fields alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainplan import _core
from trainplan._form import SETTINGS, Column, Table, form, settings
from trainplan._tables import flatten
from trainplan._workbook_book import Book, Page
from trainplan._workbook_rules import allowed_of, default_of, lists_of, meaning_of, required_parts, validate

if TYPE_CHECKING:
    from trainplan.plan import Plan

__all__ = ["add_plan", "note", "write_form", "write_plan"]

SPARE = 500  # rows under the records that are ready for more

REQUIRED, OPTIONAL, HELP, RESULTS = "#C55A11", "#5B7C99", "#808080", "#548235"
_BASE = {"font_size": 10, "valign": "top"}
_HEAD = {"bold": True, "font_size": 10, "font_color": "#FFFFFF", "border": 1, "border_color": "#FFFFFF"}
_NEEDED = {**_HEAD, "bg_color": REQUIRED}
_FREE = {**_HEAD, "bg_color": OPTIONAL}
_AID = {**_HEAD, "bg_color": HELP}
_QUIET = {**_BASE, "font_color": "#595959"}
_WRAPPED = {**_QUIET, "text_wrap": True}
_FILL = {"bg_color": "#FCE4D6", "border": 1, "border_color": "#F4B183"}
_CELL = {"bg_color": "#F2F2F2", "border": 1, "border_color": "#D9D9D9"}

_READ_ME = (
    (
        "What this is",
        "A training plan for trainplan: each sheet is a table of the plan. Fill it, save it, and read "
        "it: trainplan check FILE.xlsx, trainplan run FILE.xlsx, or tp.read_plan in Python.",
    ),
    (
        "Required",
        "Columns with an orange head must be filled in every row; so must orange cells of settings. Sheets "
        "with an orange tab need at least a row (settings: the orange cells).",
    ),
    (
        "Blank",
        "A blank cell leaves the field at its default, or absent where it has none; a blank row is skipped. "
        "The sheet fields and the column default of settings tell which.",
    ),
    (
        "Parts that may be absent",
        "A part of settings that has no orange cells filled and is not mentioned, such as "
        "onboarding, is not in the plan. It is in it as soon as one of its rows has a value.",
    ),
    (
        "Numbers",
        "A number is certain. A text is a distribution: 6 to 12 (P10 to P90), pert(6, 9, 12), normal(9, 2), "
        "uniform(6, 12), triangular(6, 9, 12), lognormal(p10=6, p90=12).",
    ),
    (
        "Percent",
        "A percentage means what you see: 12% is 0.12 where the unit is fraction, and 12 where it is %. "
        "Elsewhere the sign is refused.",
    ),
    (
        "Lists",
        "Several names in one cell have commas between them: na_home, na_mobile. A name that holds a "
        'comma or a quote is quoted: "a, b".',
    ),
    (
        "Formulas",
        "A cell may hold a formula: the plan gets the value that was saved with it. A formula that was never "
        "computed, an error such as #N/A, and merged cells are refused.",
    ),
    (
        "Your own sheets",
        "A sheet whose name begins with _ is not read: keep calculations and notes there. Columns may "
        "stand in any order; hidden sheets, rows and columns are read like others. Comments are not kept.",
    ),
)


def write_plan(plan: Plan, path: str | Path) -> Path:
    """Write a plan as a workbook, whole or not at all."""
    book = Book(path)
    add_plan(book, plan)
    note(book)
    return book.save()


def write_form(path: str | Path) -> Path:
    """Write the workbook to start from; it holds the same plan as the commented TOML file.

    Raises
    ------
    FileExistsError
        When there is such a file: it is never overwritten.
    """
    import tomllib

    from trainplan._starter import starter
    from trainplan.plan import Plan

    target = Path(path)
    if target.exists():
        raise FileExistsError(17, "there is such a file already", str(target))
    return write_plan(Plan.from_dict(tomllib.loads(starter())), target)


def add_plan(book: Book, plan: Plan) -> None:
    """Add the sheets of a plan: what they are, then each table with its rows, then every field."""
    rows = flatten(_usual() | plan.to_dict())
    read_me(book, plan, rows)
    ends = {name: 1 + len(rows.get(name, ())) + SPARE for name in form()}
    lists = lists_of(plan)
    for name, table in form().items():
        page = book.page(name, color=REQUIRED if _needs_rows(name) else OPTIONAL)
        if name == SETTINGS:
            _settings(page, rows[name], lists, ends)
        else:
            _records(page, table, rows.get(name, []), lists, ends)
    _fields(book.page("fields", color=HELP))
    page = book.page("lists", color=HELP, hidden=True)
    for column, (name, names) in enumerate(lists.items()):
        page.put(0, column, name, _AID)
        for row, one in enumerate(names, 1):
            page.put(row, column, one, _QUIET)


def _usual() -> dict[str, Any]:
    """Return the lists that have records where a plan states none: a person sees and may change them."""
    fields = _core.record_fields()["Plan"]["fields"]
    return {
        field["name"]: field["default"] for field in fields if field["kind"] == "records" and field["default"]
    }


def note(book: Book) -> None:
    """Add what a workbook could not hold as it was: characters that were replaced, sheets renamed."""
    for name, head, rows in (
        (
            "replaced_characters",
            ("sheet", "cell", "characters that became U+FFFD, or line ends"),
            book.replaced,
        ),
        ("sheet_names", ("name", "sheet"), book.renamed),
    ):
        if rows:
            page = book.page(name, color=HELP)
            page.header(head, _AID)
            for row, cells in enumerate(list(rows), 1):
                for column, content in enumerate(cells):
                    page.put(row, column, content, _QUIET)
            page.widths()


def read_me(book: Book, plan: Plan, rows: Mapping[str, Sequence[Any]]) -> None:
    """Add the sheet that says what the others are."""
    page = book.page("read_me", color=HELP)
    page.sheet.hide_gridlines(2)
    page.sheet.set_column(0, 0, 26)
    page.sheet.set_column(1, 1, 100)
    page.put(0, 0, plan.record.programme.name or "Training plan", {"bold": True, "font_size": 16})
    facts = f"trainplan {_core.__version__}, schema version {plan.record.schema_version}"
    page.put(1, 0, facts, _QUIET)
    at = 3
    for label, text in _READ_ME:
        page.put(at, 0, label, {**_BASE, "bold": True})
        page.put(at, 1, text, {**_BASE, "text_wrap": True})
        at += 1
    at += 1
    for column, label in enumerate(("sheet", "what its rows are", "rows")):
        page.put(at, column, label, _AID)
    for name, table in form().items():
        at += 1
        page.put(
            at, 0, name, {**_BASE, "bold": True, "font_color": REQUIRED if _needs_rows(name) else OPTIONAL}
        )
        page.put(at, 1, table.doc, {**_BASE, "text_wrap": True})
        page.put(at, 2, len(rows.get(name, ())), _BASE)
    at += 1
    page.put(at, 0, "fields", {**_BASE, "bold": True, "font_color": HELP})
    page.put(at, 1, "Every column of every table: unit, what is allowed, default, meaning.", _BASE)


@cache
def _needs_rows(name: str) -> bool:
    """Whether a plan must have a row in a table."""
    if name == SETTINGS:
        return True
    return any(
        field["name"] == name and field["required"] for field in _core.record_fields()["Plan"]["fields"]
    )


# ---------------------------------------- settings


def _settings(
    page: Page, rows: Sequence[Mapping[str, Any]], lists: Mapping[str, Any], ends: Mapping[str, int]
) -> None:
    page.header(("path", "value", *_HELP), _AID)
    page.put(0, 0, "path", _NEEDED)
    page.put(0, 1, "value", _NEEDED)
    page.sheet.freeze_panes(1, 2)
    stated = {str(row["path"]): row["value"] for row in rows}
    present = {path.rpartition(".")[0] for path in stated}
    at, before = 0, ""
    for path, column in settings().items():
        part = path.rpartition(".")[0]
        rule = {"top": 1, "top_color": "#A6A6A6"} if part != before and at else {}
        before = part
        entries = [path]
        if column.is_map:
            entries = [one for one in stated if one.startswith(f"{path}.")] or [path]
        for entry in entries:
            at += 1
            needed = column.required and (part in required_parts() or part in present)
            page.put(at, 0, entry, {**_BASE, **rule, "bold": needed})
            fill = _FILL if needed else _CELL
            page.put(
                at,
                1,
                stated.pop(entry, None),
                {**_BASE, **fill, **_format(column), "align": "left"},
                exact=True,
            )
            help_texts = (
                default_of(column, part),
                column.field["unit"],
                allowed_of(column),
                column.field["doc"],
            )
            for position, text in enumerate(help_texts, 2):
                page.put(at, position, text, {**_WRAPPED, **rule})
            validate(page, column, at, at, 1, lists, ends)
    for at, width in enumerate((40, 28, 22, 24, 36, 80)):
        page.sheet.set_column(at, at, width)
    _texts_stay(page, "A2:F2000")


_HELP = ("default", "unit", "allowed", "meaning")


# ---------------------------------------- records


def _records(
    page: Page,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    lists: Mapping[str, Any],
    ends: Mapping[str, int],
) -> None:
    last = ends[table.name] - 1
    page.header([column.name for column in table.columns], _FREE)
    for position, column in enumerate(table.columns):
        style = {**_BASE, **_format(column)}
        page.put(0, position, column.name, _NEEDED if column.required else _FREE)
        page.sheet.write_comment(
            0, position, meaning_of(column), {"x_scale": 2.2, "y_scale": 1.4, "author": "trainplan"}
        )
        for at, row in enumerate(rows, 1):
            page.put(at, position, row.get(column.name), style, exact=True)
        validate(page, column, 1, last, position, lists, ends)
        longest = max([len(column.name) + 2, *(len(str(row.get(column.name) or "")) for row in rows)])
        page.sheet.set_column(position, position, min(max(longest + 1, 11), 44), page.book.style(style))
    page.sheet.freeze_panes(1, 1)
    _texts_stay(page, f"A2:{'ZZ'}{last + 1}")


def _texts_stay(page: Page, area: str) -> None:
    """Keep spreadsheets from offering to make numbers of texts: 00123 is meant as it stands."""
    page.sheet.ignore_errors({"number_stored_as_text": area})


def _format(column: Column) -> dict[str, Any]:
    """Return the number format of a column: a text stays what was typed, also 2027-01 and 00123."""
    if column.kind in ("text", "texts", "choice"):
        return {"num_format": "@"}
    if column.kind == "whole":
        return {"num_format": "#,##0"}
    return {}


def _fields(page: Page) -> None:
    head = ("table", "column", "required", "kind", "unit", "allowed", "default", "meaning")
    page.header(head, _AID)
    at = 0
    for table in form().values():
        for column in table.columns if table.name != SETTINGS else ():
            at += 1
            required = "required" if column.required else None
            facts = (table.name, column.name, required, column.kind, column.field["unit"], allowed_of(column))
            for position, text in enumerate((*facts, default_of(column), column.field["doc"])):
                page.put(
                    at, position, text, {**_QUIET, **({"font_color": REQUIRED} if position == 2 else {})}
                )
    page.sheet.autofilter(0, 0, at, len(head) - 1)
    _texts_stay(page, f"A2:H{at + 1}")
    page.widths(most=80)
