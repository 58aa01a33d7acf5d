"""A plan's tables as data frames, out and in: from whichever library the analyst has (narwhals)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trainplan import _core, _files
from trainplan._arrays import refuse
from trainplan._cells import Cell, plain
from trainplan._form import Table
from trainplan._frames import frame
from trainplan._sheets import Sheet, joined, problem, size_problems

__all__ = ["filled", "from_table", "sheets_from", "text_of"]


def from_table(table: Table, rows: Sequence[Mapping[str, Cell]], *, backend: str = "pandas") -> Any:
    """Return a table of a plan as a data frame: the columns that are required or filled."""
    return frame(filled(table, rows, mixed=backend == "pandas"), backend=backend)


def filled(table: Table, rows: Sequence[Mapping[str, Cell]], *, mixed: bool) -> dict[str, list[Cell]]:
    """Return the columns of a table that are required or filled; of a table without rows, all.

    Unless `mixed`, a column with numbers and texts is made one of texts: most libraries need one type.
    """
    columns = {column.name: [row.get(column.name) for row in rows] for column in table.columns}
    needed = {column.name for column in table.columns if column.required}
    return {
        name: cells if mixed else _one_type(cells)
        for name, cells in columns.items()
        if not rows or name in needed or any(one is not None for one in cells)
    }


def _one_type(cells: list[Cell]) -> list[Cell]:
    kinds = {type(one) for one in cells if one is not None}
    if kinds == {int, float}:
        return [None if one is None else float(one) for one in cells]
    return cells if len(kinds) < 2 else [None if one is None else text_of(one) for one in cells]


def text_of(cell: Cell) -> str:
    """Return a cell as text, which is read back as what it was."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "" if cell is None else cell if isinstance(cell, str) else repr(cell)


def sheets_from(tables: Mapping[str, Any], *, decimal: str = ".") -> list[Sheet]:
    """Return the tables of data frames (pandas, polars, Arrow, dicts of columns, lists of rows) by name.

    Raises
    ------
    InputError
        For what is no table, and for more than a plan can hold.
    """
    if not isinstance(tables, Mapping):
        refuse("tables", "must be data frames by the name of their table", value=type(tables).__name__)
    sheets = [_sheet(str(name), given) for name, given in tables.items()]
    for sheet in sheets:
        sheet.decimal = decimal
    return sheets


def _sheet(name: str, given: Any) -> Sheet:
    if isinstance(given, Mapping):
        return _from_columns(name, given)
    if isinstance(given, list | tuple):
        if not all(isinstance(row, Mapping) for row in given):
            _no_table(name, "a list of something else than rows")
        columns = list(dict.fromkeys(key for row in given for key in row))
        _check_size(name, columns, len(given))
        rows = [[plain(row.get(key)) for key in columns] for row in given]
        return Sheet(name, [str(key) for key in columns], rows, first_row=1)
    import narwhals as nw

    # Libraries rename or refuse columns of one name in their own ways: looked at before. Polars has none.
    is_polars = type(given).__module__.startswith("polars")
    found = () if is_polars else getattr(given, "column_names", getattr(given, "columns", ()))
    own = [str(column) for column in found]
    if len(set(own)) < len(own):
        return Sheet(name, own, [[None] * len(own)], first_row=1)
    try:
        table = nw.from_native(given, eager_only=True)
    except TypeError:
        _no_table(name, f"of type {type(given).__name__}")
    columns = [str(column) for column in table.columns]
    _check_size(name, columns, len(table))
    rows = [[plain(one) for one in row] for row in table.iter_rows()]
    return Sheet(name, columns, rows, first_row=1)


def _from_columns(name: str, given: Mapping[Any, Any]) -> Sheet:
    columns = [plain(column) for column in given.values()]
    names = [str(column) for column in given]
    for column, cells in zip(names, columns, strict=True):
        if not isinstance(cells, list | tuple):
            _no_table(name, f"a dict whose {_core.quoted(column)} is no list of cells")
    lengths = {len(cells) for cells in columns}
    if len(lengths) > 1:
        _no_table(name, f"a dict of columns that have {min(lengths)} to {max(lengths)} cells")
    _check_size(name, names, max(lengths, default=0))
    rows = [[plain(one) for one in row] for row in zip(*columns, strict=True)]
    return Sheet(name, names, rows, first_row=1)


def _check_size(name: str, columns: list[Any], rows: int) -> None:
    """Refuse what is too large before its cells are looked at."""
    found = list(size_problems([Sheet(name, columns, [[]] * rows)]))
    if rows and found:
        _files.refuse_all([{**one, "file": "", "sheet": name} for one in found])


def _no_table(name: str, found: str) -> Any:
    allowed = "must be a data frame (pandas, polars, Arrow), a dict of columns or a list of rows"
    _files.refuse_all([problem(joined("", name), allowed, {"sheet": name}, value=found)])
