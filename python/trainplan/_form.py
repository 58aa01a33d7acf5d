"""The form of a plan as tables: which there are and which columns they have; the core's fields tell.

``settings`` holds the fields of all single records, a row each: ``path`` and ``value``. A list of records is
a table named by its path (``teams``, ``benefits.custom``), a record inside one of its records is dotted
columns (``reached_at.completion``), and a map inside one is a table of its own (``teams.baseline``) whose
rows name the record that they belong to, the key and the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from trainplan import _core

__all__ = ["SETTINGS", "Column", "Table", "fields", "form", "settings"]

SETTINGS = "settings"

_MAPS = {"quantities": "quantity", "numbers": "number"}  # kinds of maps, with the kind of their values


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, or the value of a row of ``settings``.

    `field` is the core's descriptor of the field that stands there (name, unit, doc, range, choices, ...);
    `kind` is text, choice, texts, flag, whole, number or quantity (of a map, that of its values); `key` names
    what the ids or keys in it are, such as ``team``, ``kpi`` or ``month``.
    """

    name: str
    kind: str
    field: Mapping[str, Any]
    required: bool = False
    key: str = ""
    is_map: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, what its rows are, its columns.

    `kind` is ``settings``, ``records`` or ``map``; `record` is the core's name of the record that a row is,
    and of a map that of its owner. `owner` is the table whose records own the entries of a map, and `within`
    the path of the map inside such a record.
    """

    name: str
    doc: str
    columns: tuple[Column, ...]
    kind: str
    record: str
    owner: str = ""
    within: str = ""

    def column(self, name: str) -> Column | None:
        """Return the column of a name; None where there is none."""
        return next((column for column in self.columns if column.name == name), None)


@cache
def fields() -> Mapping[str, Any]:
    """Return the core's description of every record: name, doc, fields. Not to be changed."""
    known: Mapping[str, Any] = _core.record_fields()
    return known


@cache
def form() -> Mapping[str, Table]:
    """Return every table that a plan may have, by name, in the order of the plan's fields.

    Examples
    --------
    >>> from trainplan._form import form
    >>> [column.name for column in form()["teams.baseline"].columns]
    ['team', 'kpi', 'value']
    """
    known = fields()
    columns = (
        _made("path", "Path of the field.", key="path"),
        _made("value", "Its value: a number, a text, true or false, a distribution.", kind="any"),
    )
    table = Table(SETTINGS, "The fields that stand once in a plan.", columns, SETTINGS, "Plan")
    return MappingProxyType({SETTINGS: table} | {found.name: found for found in _tables("Plan", "", known)})


@cache
def settings() -> Mapping[str, Column]:
    """Return the fields of the single records by path, in the order of the plan; the rows of ``settings``."""
    return MappingProxyType(dict(_single("Plan", "", fields())))


def _made(name: str, doc: str, *, kind: str = "text", key: str = "") -> Column:
    """Return a column that no field describes: what a row of settings or of a map is about."""
    field: dict[str, Any] = {"name": name, "kind": kind, "unit": "", "doc": doc, "low": None, "high": None}
    field |= {"open_low": False, "open_high": False, "range": "", "required": True, "optional": False}
    field |= {"by_kpi": False, "default": "", "choices": [], "nested": None, "source": "", "example": ""}
    return Column(name, kind, MappingProxyType(field | {"key": key}), required=True, key=key)


def _single(record: str, path: str, known: Mapping[str, Any]) -> Iterator[tuple[str, Column]]:
    for field in known[record]["fields"]:
        here = f"{path}{field['name']}"
        if field["kind"] == "record":
            yield from _single(field["nested"], f"{here}.", known)
        elif field["kind"] != "records":
            yield here, _of(here, field, required=field["required"])


def _of(name: str, field: Mapping[str, Any], *, required: bool) -> Column:
    kind = field["kind"]
    return Column(name, _MAPS.get(kind, kind), field, required, field["key"], is_map=kind in _MAPS)


def _tables(record: str, path: str, known: Mapping[str, Any]) -> Iterator[Table]:
    for field in known[record]["fields"]:
        here = f"{path}{field['name']}"
        if field["kind"] == "record":
            yield from _tables(field["nested"], f"{here}.", known)
        elif field["kind"] == "records":
            yield from _records(here, field, known)


def _records(name: str, listed: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Table]:
    record = known[listed["nested"]]
    found = list(_columns(listed["nested"], "", known, required=True))
    columns = tuple(column for column in found if not column.is_map)
    # A list says what it is for, a record what it is: where the list says nothing more, the record speaks.
    yield Table(name, f"{listed['doc']} {record['doc']}", columns, "records", record["name"])
    one = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", record["name"]).lower()
    for column in found:
        if column.is_map:
            table = f"{name}.{column.name}"
            key = column.key or "key"
            value = Column("value", column.kind, column.field, required=True)
            parts = (
                _made(
                    one, f"The {one.replace('_', ' ')}: its {columns[0].name} in the table {name}.", key=one
                ),
                _made(key, f"Which {key} the value is of.", key=key),
                value,
            )
            yield Table(table, column.field["doc"], parts, "map", record["name"], name, column.name)


def _columns(record: str, path: str, known: Mapping[str, Any], *, required: bool) -> Iterator[Column]:
    for field in known[record]["fields"]:
        here, needed = f"{path}{field['name']}", required and field["required"]
        if field["kind"] == "record":
            yield from _columns(field["nested"], f"{here}.", known, required=needed)
        else:
            yield _of(here, field, required=needed)
