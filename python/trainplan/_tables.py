"""A plan as tables and tables as a plan: the one flattening under frames, CSV, Parquet and workbooks.

A blank cell leaves a field at its default; a row of blanks is skipped. Every problem is found before any is
raised, and is told where it stands: file, sheet or table, row, column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trainplan import _core, _files
from trainplan._cells import Cell, cell
from trainplan._form import SETTINGS, Column, Table, fields, form, settings
from trainplan._sheets import MOST_CELLS, MOST_COLUMNS, Places, Sheet
from trainplan._table_reader import Reader

__all__ = ["MOST_CELLS", "MOST_COLUMNS", "Places", "Sheet", "flatten", "plan_from", "unflatten"]

Row = dict[str, Cell]


# ---------------------------------------- plan -> tables


def flatten(data: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return the rows of each table that a plan's plain data fills, in the order of the form.

    A row has only the columns that are filled. ``settings`` is always there.

    Examples
    --------
    >>> import trainplan as tp
    >>> from trainplan._tables import flatten
    >>> flatten(tp.example("one_team").to_dict())["teams.baseline"][0]
    {'team': 'support', 'kpi': 'csat', 'value': 68}
    """
    known = fields()
    found: dict[str, list[Row]] = {SETTINGS: []}
    _flatten_single("Plan", "", data, known, found)
    return {name: found[name] for name in form() if name in found}


def _flatten_single(
    record: str, path: str, data: Mapping[str, Any], known: Mapping[str, Any], found: dict[str, list[Row]]
) -> None:
    rows = found[SETTINGS]
    for one in known[record]["fields"]:
        name, content = one["name"], data.get(one["name"])
        here = f"{path}{name}"
        if content is None:
            continue
        if one["kind"] == "record":
            before = len(rows), len(found)
            _flatten_single(one["nested"], f"{here}.", content, known, found)
            if one["optional"] and (len(rows), len(found)) == before:
                first = _stated(f"{here}.", settings())
                rows.append({"path": first.name, "value": cell(first, first.field["default"])})
        elif one["kind"] == "records":
            found[here] = [_flatten_record(form()[here], entry, found) for entry in content]
        elif (column := settings()[here]).is_map:
            rows += [
                {"path": f"{here}.{key}", "value": cell(column, entry)} for key, entry in content.items()
            ]
        elif (stands := cell(column, content)) is not None:
            rows.append({"path": here, "value": stands})


def _flatten_record(table: Table, data: Mapping[str, Any], found: dict[str, list[Row]]) -> Row:
    row: Row = {}
    for column in table.columns:
        content = _inside(data, column.name)
        if content is not None and (stands := cell(column, content)) is not None:
            row[column.name] = stands
    for nested in {
        name.rpartition(".")[0] for name in (column.name for column in table.columns) if "." in name
    }:
        if _inside(data, nested) is not None and not any(name.startswith(f"{nested}.") for name in row):
            first = _stated(f"{nested}.", {column.name: column for column in table.columns})
            row[first.name] = cell(first, first.field["default"])
    for map_table in form().values():
        if map_table.owner == table.name and (entries := _inside(data, map_table.within)):
            one, key, content = map_table.columns
            owner = data[table.columns[0].name]
            found.setdefault(map_table.name, []).extend(
                {one.name: owner, key.name: entry, "value": cell(content, stands)}
                for entry, stands in entries.items()
            )
    return row


def _inside(data: Any, path: str) -> Any:
    for part in path.split("."):
        data = data.get(part) if isinstance(data, Mapping) else None
    return data


def _stated(path: str, columns: Mapping[str, Column]) -> Column:
    """Return the first field below a path whose default a cell can state: it shows the record's presence."""
    return next(
        column
        for name, column in columns.items()
        if name.startswith(path) and column.field["default"] not in (None, "", [], {})
    )


# ---------------------------------------- tables -> plan


def unflatten(tables: Mapping[str, Sheet] | Iterable[Sheet]) -> tuple[dict[str, Any], Places]:
    """Return the plain data of a plan, and where its parts stand.

    Raises
    ------
    InputError
        For tables, columns, rows and cells that cannot be those of a plan: all of them at once.
    """
    reader = Reader(tables)
    if reader.problems:
        _files.refuse_all(reader.sorted())
    return reader.data, reader.places


def plan_from(tables: Mapping[str, Sheet] | Iterable[Sheet]) -> _core.Plan:
    """Return the plan that tables hold.

    Raises
    ------
    InputError
        With every problem and its place: file, sheet or table, row, column.
    """
    reader = Reader(tables)
    if reader.broken:
        _files.refuse_all(reader.sorted())
    try:
        plan = _core.Plan.read(reader.data)
    except _core.InputError as error:
        reader.add_from_core(_files.problems_of(error))
    if reader.problems:
        _files.refuse_all(reader.sorted())
    return plan
