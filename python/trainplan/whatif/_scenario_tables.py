"""Scenarios as a table, which a spreadsheet holds: a row a change, with columns scenario, path and value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trainplan import _cells, _files, _folders
from trainplan._plan_frames import sheets_from
from trainplan._sheets import Sheet, problem, size_problems
from trainplan.whatif._fields import column_of

__all__ = ["from_csv", "from_frame"]

COLUMNS = ("scenario", "path", "value")


def from_csv(path: Path, *, decimal: str) -> dict[str, dict[str, Any]]:
    """Return the scenarios of a .csv file."""
    return _scenarios(_folders._read_csv(path, decimal))


def from_frame(table: Any) -> dict[str, dict[str, Any]]:
    """Return the scenarios of a data frame, a dict of columns or a list of rows."""
    return _scenarios(sheets_from({"scenarios": table})[0])


def _scenarios(sheet: Sheet) -> dict[str, dict[str, Any]]:
    named = [name.strip() for name in sheet.columns]
    if sorted(named) != sorted(COLUMNS):
        found = ", ".join(named[:10])
        allowed = f"must have the columns {', '.join(COLUMNS)}, and no others"
        _files.refuse_all([problem("scenarios", allowed, sheet.place(), value=found)])
    problems = list(size_problems([sheet])) if sheet.rows else []
    at = {name: named.index(name) for name in COLUMNS}
    scenarios: dict[str, dict[str, Any]] = {}
    for i, row in enumerate(sheet.rows if not problems else []):
        if len(row) != len(named):
            problems.append(problem("scenarios", f"must have {len(named)} cells", sheet.place(i)))
            continue
        if all(_cells.empty(cell) for cell in row):
            continue
        name, path, cell = (row[at[column]] for column in COLUMNS)
        texts = {"scenario": name, "path": path}
        missing = [one for one, text in texts.items() if not isinstance(text, str) or not text.strip()]
        if missing:
            problems.append(problem("scenarios", "is required", sheet.place(i, at[missing[0]])))
            continue
        patch = scenarios.setdefault(name.strip(), {})
        path = path.strip()
        if path in patch:
            allowed = f"stands twice in scenario {name.strip()}"
            problems.append(problem(path, allowed, sheet.place(i, at["path"])))
            continue
        try:
            patch[path] = _value(path, cell, sheet.decimal)
        except _cells.Refused as refused:
            place, shown = sheet.place(i, at["value"]), _cells.shown(refused.found)
            problems.append(problem(path, refused.allowed, place, value=shown, hint=refused.hint))
    if problems:
        _files.refuse_all(problems)
    return scenarios


def _value(path: str, cell: Any, decimal: str) -> Any:
    """Return a cell as the field at its path takes it; blank cells reset a field or remove a record."""
    column = column_of(path)
    if column is not None:
        return _cells.value(column, cell, decimal=decimal)
    return None if _cells.empty(cell) else cell
