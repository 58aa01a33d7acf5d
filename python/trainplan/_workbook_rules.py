"""What a spreadsheet checks and says of the fields of a plan: lists to choose from, ranges, meanings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from trainplan import _core
from trainplan._form import Column, form
from trainplan._sheets import letters
from trainplan._workbook_book import Page

if TYPE_CHECKING:
    from trainplan.plan import Plan

__all__ = ["allowed_of", "default_of", "lists_of", "meaning_of", "required_parts", "validate"]

_LONGEST_MESSAGE, _LONGEST_TITLE, _LONGEST_LIST = 255, 32, 255  # of a spreadsheet's input messages and lists


# ---------------------------------------- what is said of a field


@cache
def required_parts() -> frozenset[str]:
    """Return the parts of settings that every plan has."""
    return frozenset(_present_parts("Plan", ""))


def _present_parts(record: str, path: str) -> Iterator[str]:
    known = _core.record_fields()
    yield path.rstrip(".")
    for field in known[record]["fields"]:
        if field["kind"] == "record" and not field["optional"]:
            yield from _present_parts(field["nested"], f"{path}{field['name']}.")


def default_of(column: Column, part: str = "") -> str:
    """Return what a blank cell means; `part` is the part of settings in which it stands."""
    if column.required:
        return "required" if not part or part in required_parts() else f"required where {part} is stated"
    if column.field["optional"] or column.field["default"] is None:
        return "absent"
    usual = column.field["default"]
    if usual in ("", [], {}):
        return "none"
    return usual if isinstance(usual, str) else json.dumps(usual)


def allowed_of(column: Column) -> str:
    """Return what may stand in a cell; empty where anything may."""
    if column.field["choices"]:
        return ", ".join(column.field["choices"])
    if column.kind == "flag":
        return "TRUE or FALSE"
    if column.field["by_kpi"]:
        return "as the KPI's bounds allow"
    return str(column.field["range"])


def meaning_of(column: Column) -> str:
    """Return what a person wants to know of a field while filling it: meaning, unit, range, default."""
    facts = [f"Unit: {column.field['unit']}"] if column.field["unit"] else []
    if allowed := allowed_of(column):
        facts.append(f"Allowed: {allowed}")
    facts.append("Required" if column.required else f"Default: {default_of(column)}")
    if column.kind == "quantity":
        facts.append("A number, or a distribution: 6 to 12")
    if column.kind == "texts":
        facts.append("Several with commas between them")
    return "\n".join([str(column.field["doc"]), *facts])


# ---------------------------------------- what is checked


def lists_of(plan: Plan) -> dict[str, list[Any]]:
    """Return the names that a plan knows beside those in its tables: KPIs, and months."""
    return {
        "kpi": [kpi.id for kpi in plan.record.all_kpis()],
        "month": list(range(1, 13)),
    }


def _source(key: str, lists: Mapping[str, Sequence[Any]], ends: Mapping[str, int]) -> tuple[str, bool]:
    """Return the cells that hold the names that a key may have, and whether there can be no others."""
    if key in lists:
        letter = letters(list(lists).index(key) + 1)
        return f"='lists'!${letter}$2:${letter}${len(lists[key]) + 1}", key == "month"
    for name, table in form().items():
        if key and name.removesuffix("s") == key and table.columns[0].name == "id":
            return f"='{name}'!$A$2:$A${ends[name]}", table.record.lower() == key
    return "", False


def validate(
    page: Page,
    column: Column,
    first: int,
    last: int,
    position: int,
    lists: Mapping[str, Any],
    ends: Mapping[str, int],
) -> None:
    """Let a spreadsheet check what a person types, as far as it can, and say what the field means."""
    rule: dict[str, Any] = {
        "input_title": column.name.rpartition(".")[2][:_LONGEST_TITLE],
        "input_message": _cut(meaning_of(column), _LONGEST_MESSAGE),
        "error_title": column.name.rpartition(".")[2][:_LONGEST_TITLE],
        "error_message": _cut(
            f"Allowed: {allowed_of(column) or 'see the comment of the column'}", _LONGEST_MESSAGE
        ),
        **_rule(column, first, position, lists, ends),
    }
    if page.sheet.data_validation(first, position, last, position, rule):
        raise ValueError(f"sheet {page.title}: no validation of {column.name}")


def _rule(
    column: Column, first: int, position: int, lists: Mapping[str, Any], ends: Mapping[str, int]
) -> dict[str, Any]:
    choices = ["TRUE", "FALSE"] if column.kind == "flag" else list(column.field["choices"])
    if choices and len(",".join(choices)) <= _LONGEST_LIST:
        return {"validate": "list", "source": choices}
    source, closed = _source(column.key, lists, ends)
    if source:
        if column.kind == "texts":  # a name to begin with; several are typed
            return {"validate": "list", "source": source, "show_error": False}
        told = {"error_message": "There is no such name yet in the sheet that it stands for."}
        return {"validate": "list", "source": source, "error_type": "warning", "show_error": closed, **told}
    if column.kind in ("whole", "number", "quantity") and not column.field["by_kpi"]:
        return _range(column, first, position)
    return {"validate": "any"}


def _range(column: Column, first: int, position: int) -> dict[str, Any]:
    """Return the check of a number's range; where a distribution may stand, any text passes."""
    low, high = column.field["low"], column.field["high"]
    cell = f"{letters(position + 1)}{first + 1}"
    parts = [f"ISNUMBER({cell})"]
    if low is not None:
        parts.append(f"{cell}{'>' if column.field['open_low'] else '>='}{low!r}")
    if high is not None:
        parts.append(f"{cell}{'<' if column.field['open_high'] else '<='}{high!r}")
    if column.kind == "whole":
        parts.append(f"{cell}=INT({cell})")
    number = f"AND({','.join(parts)})"
    return {
        "validate": "custom",
        "value": f"=OR(ISTEXT({cell}),{number})" if column.kind == "quantity" else f"={number}",
    }


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
