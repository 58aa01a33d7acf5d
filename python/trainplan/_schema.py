"""The JSON Schema of a plan file, for editors, made from the core's descriptions of the fields alone."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from trainplan import _core

__all__ = ["schema"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_IDS = {"pattern": "^[A-Za-z0-9_-]+$", "minLength": 1, "maxLength": 64}
_MONTHS = {"enum": [str(month) for month in range(1, 13)]}

# What a quantity's text looks like: 5, 5 %, 6 to 12, pert(6, 9, 12). Wider than what the core reads, never
# narrower, and short: editors show it to whoever wrote something else.
_NUMBER = r"[-+]?[.\d][-+.\deE]*\s*%?"
_QUANTITY = {
    "pattern": rf"^\s*({_NUMBER}(\s*to\s*{_NUMBER})?|[A-Za-z_]\w*\s*\([^()]+\))\s*$",
    "maxLength": 4096,
}
# Tools of older drafts pass over what stands beside a $ref, but not beside allOf.
_BY_TEXT = {"allOf": [{"$ref": "#/$defs/quantity"}]}
# What JSON calls each kind; what else is known of a field is added to it.
_TYPES = {
    "text": ["string"],
    "flag": ["boolean"],
    "whole": ["integer"],
    "number": ["number"],
    "quantity": ["number", "string"],
    "texts": ["array"],
    "records": ["array"],
    "quantities": ["object"],
    "numbers": ["object"],
}


_INSIDE = ("texts", "records", "quantities", "numbers")


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a plan in a TOML or JSON file.

    Editors complete and check a plan by it; ``trainplan schema -o trainplan.schema.json`` writes it.
    It knows each field by itself: its type, range, choices, unit, meaning and default. What ties fields
    together - ids that must exist, correlations that cannot all hold - only `check` tells.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.schema()["$defs"]["Team"]["properties"]["people"]["maximum"]
    1000000
    """
    known: dict[str, Any] = _core.record_fields()
    plan, *others = known.values()
    # A file may name its schema, as editors want it; the reader passes over it.
    link = {"type": "string", "description": "Where this file's JSON Schema is, for editors."}
    top = _record(plan)
    return {
        "$schema": _DIALECT,
        "title": "trainplan plan",
        **top,
        "properties": {"$schema": link, **top["properties"]},
        "$defs": {
            **{record["name"]: _record(record, keyed=_is_keyed(record, known)) for record in others},
            # Records have a capital.
            "quantity": {"description": "A number, or a distribution as text: '6 to 12'.", **_QUANTITY},
        },
    }


def _is_keyed(record: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    """Tell whether the record stands in a list, under its first field."""
    return any(
        field["kind"] == "records" and field["nested"] == record["name"]
        for other in known.values()
        for field in other["fields"]
    )


def _record(record: Mapping[str, Any], *, keyed: bool = False) -> dict[str, Any]:
    fields = record["fields"]
    properties = {field["name"]: _field(field) for field in fields}
    if keyed and fields[0]["name"] == "id":
        properties["id"] |= _IDS
    required = [field["name"] for field in fields if field["required"]]
    return {
        "type": "object",
        "description": record["doc"],
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _field(field: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is allowed in a field; null leaves the default, where there is one."""
    made: dict[str, Any]
    kind: str = field["kind"]
    absent = [] if field["required"] else ["null"]
    if kind == "record":
        link: dict[str, Any] = {"$ref": f"#/$defs/{field['nested']}"}
        made = {"anyOf": [link, {"type": "null"}]} if absent else link
    elif kind == "choice":
        made = {"enum": [*field["choices"], *([None] if absent else [])]}
    else:
        types = [*_TYPES[kind], *absent]
        made = {"type": types if len(types) > 1 else types[0]}
        made |= _inside(field) if kind in _INSIDE else _value(field)
    made["description"] = _description(field)
    if absent and field["default"] is not None:
        made["default"] = field["default"]
    if field["example"]:
        made["examples"] = [_example(field)]
    return made


def _value(field: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **(_range(field) if field["kind"] in ("whole", "number", "quantity") else {}),
        **(_BY_TEXT if field["kind"] == "quantity" else {}),
    }


def _inside(field: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the entries of a list or map must be."""
    if field["kind"] == "texts":
        return {"items": {"type": "string"}}
    if field["kind"] == "records":
        return {"items": {"$ref": f"#/$defs/{field['nested']}"}}
    keys = _MONTHS if field["key"] == "month" else _IDS
    values = (
        {"type": "number", **_range(field)}
        if field["kind"] == "numbers"
        else {"type": ["number", "string"], **_BY_TEXT}
    )
    return {"propertyNames": keys, "additionalProperties": values}


def _range(field: Mapping[str, Any]) -> dict[str, Any]:
    """Return a range in JSON Schema's words; of a quantity it bounds plain numbers."""
    if field["by_kpi"]:
        return {}
    ends = {}
    for end, closed, is_open in (
        ("low", "minimum", "exclusiveMinimum"),
        ("high", "maximum", "exclusiveMaximum"),
    ):
        bound = field[end]
        if bound is not None:
            whole = bound == int(bound)
            ends[is_open if field[f"open_{end}"] else closed] = int(bound) if whole else bound
    return ends


def _description(field: Mapping[str, Any]) -> str:
    ranged = "as the KPI's bounds allow" if field["by_kpi"] else field["range"]
    parts = [
        field["doc"],
        f"Unit: {field['unit']}." if field["unit"] else "",
        f"Allowed: {ranged}." if ranged else "",
        f"Default from: {field['source']}." if field["source"] and not field["required"] else "",
    ]
    return " ".join(part for part in parts if part)


def _example(field: Mapping[str, Any]) -> Any:
    """Return the example as plain data; all but texts and choices are written as TOML."""
    if field["kind"] in ("text", "choice"):
        return field["example"]
    return tomllib.loads(f"it = {field['example']}")["it"]


def text() -> str:
    """Return the schema as text."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
