"""Reads tables into a plan's plain data, row by row; notes every problem with its place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from trainplan import _core, _files
from trainplan._cells import Refused, blank, empty, shown, value
from trainplan._form import SETTINGS, Column, Table, form, settings
from trainplan._sheets import (
    Places,
    Problem,
    Sheet,
    header_problems,
    joined,
    name_problems,
    paths_above,
    problem,
    setting_hint,
    size_problems,
)

_FIRST_SHOWN = 5  # rows that a problem of a whole column names
_MOST_HINTS = 50  # looking for a near name takes time
_VERSION = "schema_version"


class Reader:
    """Reads tables into plain data; keeps what it could not read as problems.

    `broken` says that the tables themselves are at fault, so that the core's word on them would be noise;
    `told` has the paths whose problem is told already.
    """

    def __init__(self, tables: Mapping[str, Sheet] | Iterable[Sheet]) -> None:
        self.listed = list(tables.values() if isinstance(tables, Mapping) else tables)
        self.sheets = {sheet.name: sheet for sheet in self.listed}
        self.data: dict[str, Any] = {}
        self.places = Places()
        self.problems: list[Problem] = []
        self.told: set[str] = set()
        self.broken = False
        self.records: dict[str, dict[str, tuple[int, dict[str, Any]]]] = {}  # of each table, by id
        if self._breaks(size_problems(self.listed)) or self._is_newer():
            return
        self._breaks(name_problems(self.listed))
        for name, table in form().items():
            sheet = self.sheets.get(name)
            if sheet is None:
                continue
            sheet.columns = [str(column).strip() for column in sheet.columns]
            if self._breaks(header_problems(table, sheet)):
                continue
            self.places.sheets[name] = sheet
            if table.kind == SETTINGS:
                self._read_settings(sheet)
            elif table.kind == "records":
                self._read_records(table, sheet)
            elif table.owner in self.records or table.owner not in self.sheets:
                self._read_map(table, sheet)

    def sorted(self) -> list[Problem]:
        """Return the problems in the order of the tables; what has no place stands last."""
        files: dict[str, int] = {}
        names: dict[str, int] = {}
        for at, sheet in enumerate(self.listed):
            files.setdefault(sheet.file, at)
            names.setdefault(sheet.name, at)

        def place(one: Problem) -> tuple[float, int]:
            at = names.get(one.get("sheet", "")) if "sheet" in one else files.get(one.get("file", ""))
            return math.inf if at is None else at, one.get("row") or one.get("line") or 0

        return sorted(self.problems, key=place)

    def add_from_core(self, problems: list[Problem]) -> None:
        """Note what the core says of the data, with its places; what the tables told is not said again."""
        told = self.told | {one["path"] for one in self.problems}
        found = [one for one in problems if not any(above in told for above in paths_above(one["path"]))]
        # Should all of it be told already, nothing is lost; were nothing told, the core's word must stand.
        self.problems += [
            {**one, **self.places.of(one["path"], one["value"])}
            for one in found or ([] if told else problems)
        ]

    def _add(self, path: str, allowed: str, place: Problem, *, found: object = None, hint: str = "") -> None:
        self.problems.append(
            problem(path, allowed, place, value="" if found is None else shown(found), hint=hint)
        )

    def _breaks(self, found: Iterable[Problem]) -> bool:
        before = len(self.problems)
        self.problems += found
        self.broken = self.broken or len(self.problems) > before
        return len(self.problems) > before

    def _is_newer(self) -> bool:
        """Say first of all that a newer version wrote the plan: its tables would only be called unknown."""
        sheet = self.sheets.get(SETTINGS)
        if sheet is None or not {"path", "value"} <= set(sheet.columns):
            return False
        path, stated = sheet.columns.index("path"), sheet.columns.index("value")
        for at, row in enumerate(sheet.rows):
            if len(row) <= max(path, stated) or row[path] != _VERSION:
                continue
            try:
                _core.Plan.read({_VERSION: value(settings()[_VERSION], row[stated])})
            except Refused:
                continue
            except _core.InputError as error:
                first = _files.problems_of(error)[0]
                if first["path"] == _VERSION and len(_files.problems_of(error)) == 1:
                    return self._breaks([{**first, **sheet.place(at, stated)}])
        return False

    def _filled(self, sheet: Sheet) -> Iterable[tuple[int, dict[str, tuple[int, Any]]]]:
        """Yield the rows that hold anything: each cell by its column's name, with its position."""
        for at, row in enumerate(sheet.rows):
            if not all(empty(one) for one in row):
                yield (
                    at,
                    {name: (position, row[position]) for position, name in enumerate(sheet.columns) if name},
                )

    def _value(self, column: Column, found: Any, path: str, sheet: Sheet, at: int, position: int) -> Any:
        """Return the value of a cell; None, with the problem noted, for one that is refused."""
        try:
            if isinstance(found, str) and len(found) > _files.LONGEST_TEXT:
                raise Refused(found, f"texts must be at most {_files.LONGEST_TEXT:,} characters")
            return value(column, found, decimal=sheet.decimal)
        except Refused as refused:
            place = sheet.place(at, position)
            self._add(path, refused.allowed, place, found=refused.found, hint=refused.hint)
            return None

    def _required(self, table: Table, sheet: Sheet, rows: Mapping[str, list[int]]) -> None:
        """Tell of blanks in required columns: how many, and the first rows."""
        for name, blanks in rows.items():
            if blanks:
                numbers = ", ".join(str(sheet.number(at)) for at in blanks[:_FIRST_SHOWN])
                listed = numbers + (", ..." if len(blanks) > _FIRST_SHOWN else "")
                told = f"is required and blank in {len(blanks)} row{'s' * (len(blanks) > 1)}: {listed}"
                place = sheet.place(blanks[0], sheet.columns.index(name))
                self._add(f"{table.name}.{name}", told, place)

    # ---------------------------------------- settings

    def _read_settings(self, sheet: Sheet) -> None:
        seen: dict[str, int] = {}
        for at, row in self._filled(sheet):
            (path_at, found), (value_at, stands) = row["path"], row["value"]
            path = found.strip() if isinstance(found, str) else str(found)
            column = settings().get(path)
            if column is None or column.is_map:
                owner = next(
                    (n for n, c in settings().items() if c.is_map and path.startswith(f"{n}.")), None
                )
                column = settings()[owner] if owner else None
            if column is None:
                place = sheet.place(at, path_at)
                if blank(found):
                    self._add(SETTINGS, "a row has a value but no path", place)
                else:
                    hint = setting_hint(path) if len(self.problems) < _MOST_HINTS else ""
                    self._add(joined("", path), "there is no such setting", place, hint=hint)
                continue
            if path in seen:
                told = f"stands twice: {sheet.both(seen[path], at)}"
                self._add(path, told, sheet.place(at, path_at))
                continue
            seen[path] = at
            self.places.rows[path] = sheet, at, "value"
            read = self._value(column, stands, path, sheet, at, value_at)
            if read is not None:
                _put(self.data, path.split("."), read)

    # ---------------------------------------- records

    def _read_records(self, table: Table, sheet: Sheet) -> None:
        made: list[dict[str, Any]] = []
        known: dict[str, tuple[int, dict[str, Any]]] = {}
        blanks: dict[str, list[int]] = {column.name: [] for column in table.columns if column.required}
        key = table.columns[0].name
        for at, row in self._filled(sheet):
            record: dict[str, Any] = {}
            own = self._own(table.columns[0], row[key][1])
            by_position = f"{table.name}[{len(made) + 1}]"  # the core knows a record without an id by it
            base = joined(table.name, own) if key == "id" and own else by_position
            for column in table.columns:
                if column.name not in row:
                    continue
                position, stands = row[column.name]
                path = f"{base}.{column.name}"
                read = self._value(column, stands, path, sheet, at, position)
                if read is not None:
                    _put(record, column.name.split("."), read)
                elif column.required and empty(stands):
                    blanks[column.name].append(at)
                    self.told.add(path)
            if own in known:
                told = f"there are two records of this {key}: {sheet.both(known[own][0], at)}"
                self._add(f"{table.name}.{key}", told, sheet.place(at, row[key][0]), found=own)
                continue
            if key not in record:
                self.told.add(f"{by_position}.{key}")
            made.append(record)
            if own:
                known[own] = at, record
            self.places.rows[base] = self.places.rows[by_position] = sheet, at, ""
        self._required(table, sheet, blanks)
        _put(self.data, table.name.split("."), made)
        self.records[table.name] = known

    @staticmethod
    def _own(column: Column, found: Any) -> str:
        """Return the id of a record; empty for none that is a text."""
        try:
            own = value(column, found)
        except Refused:
            return ""
        return own if isinstance(own, str) else ""

    # ---------------------------------------- maps

    def _read_map(self, table: Table, sheet: Sheet) -> None:
        one, key, content = table.columns
        owners = self.records.get(table.owner, {})
        seen: dict[tuple[str, str], tuple[int, Any]] = {}
        blanks: dict[str, list[int]] = {column.name: [] for column in table.columns}
        for at, row in self._filled(sheet):
            for column in table.columns:
                if empty(row[column.name][1]):
                    blanks[column.name].append(at)
            names = [self._name(column, row, table, sheet, at) for column in (one, key)]
            if not all(isinstance(name, str) for name in names):
                continue
            owner, entry = names
            base = f"{joined(table.owner, owner)}.{table.within}"
            path = joined(base, entry)
            if owner not in owners:
                few = len(self.problems) < _MOST_HINTS
                hint = _core.did_you_mean(owner, list(owners)) if few else ""
                told = (
                    f"there is no {one.name} of this {form()[table.owner].columns[0].name} in {table.owner}"
                )
                self._add(table.name, told, sheet.place(at, row[one.name][0]), found=owner, hint=hint)
                continue
            position, stands = row["value"]
            if (owner, entry) in seen:
                first, other = seen[owner, entry]
                rows = sheet.both(first, at, (shown(other), shown(stands)))
                told = f"there are two values for this {one.name} and {key.name}: {rows}"
                self._add(path, told, sheet.place(at, row[key.name][0]))
                continue
            seen[owner, entry] = at, stands
            self.places.rows[path] = sheet, at, "value"
            self.places.rows.setdefault(base, (sheet, at, ""))
            read = self._value(content, stands, path, sheet, at, position)
            if read is not None:
                _put(owners[owner][1], [*table.within.split("."), entry], read)
        self._required(table, sheet, blanks)

    def _name(
        self, column: Column, row: dict[str, tuple[int, Any]], table: Table, sheet: Sheet, at: int
    ) -> Any:
        position, stands = row[column.name]
        return self._value(column, stands, table.name, sheet, at, position)


def _put(data: dict[str, Any], path: list[str], content: Any) -> None:
    for part in path[:-1]:
        data = data.setdefault(part, {})
    data[path[-1]] = content
