"""The commented plan that `trainplan init` writes: every field with its meaning, unit, range and default."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from trainplan import _core

_WIDTH = 110

# One record of each list, so that the plan can be checked and run as it is.
_RECORDS: dict[str, dict[str, Any]] = {
    "teams": {
        "id": "support",
        "people": 40,
        "hourly_cost": "24 to 28",
        "contacts": 28000,
        "customers": 112000,
        "attrition": "30 to 45",
        "baseline": {"csat": 70, "fcr": 65, "aht": 480},
    },
    "modules": {
        "id": "foundation",
        "competences": ["product_knowledge", "communication"],
        "hours": 16,
        "completion": 0.9,
        "mastery": "0.3 to 0.66",
    },
    "practices": {"id": "action_plan", "level": 0.7, "cost": "included"},
    "waves": {"id": "wave_1", "start": 2, "teams": ["support"], "modules": ["foundation"]},
    "lifts": {
        "id": "fcr",
        "kpi": "fcr",
        "size": "1 to 5",
        "reached_at": {"completion": 0.95, "mastery": 0.48, "months": 4},
    },
    "costs": {"id": "content", "category": "content", "driver": "once", "amount": "25000 to 33000"},
}
_TABLES: dict[str, dict[str, Any]] = {
    "workforce": {"realization": "0.4 to 0.8"},
    "benefits.contact_work": {"variable_cost": 0.6},
}
_LATER = {
    "kpis",
    "sources",
    "competences",
    "correlations",
    "movements",
    "peak_seasons",
    "benefits.custom",
}  # shown as comments only


def starter() -> str:
    """Return the plan as TOML text."""
    known = _core.record_fields()
    lines = [
        "# A training plan. Lines that begin with '# name =' show a field that is left at its default.",
        "# A number is certain; a text is a distribution: '6 to 12' (P10 to P90), 'pert(6, 9, 12)',",
        "# 'normal(9, 2)', 'uniform(6, 12)', 'triangular(6, 9, 12)', 'lognormal(p10=6, p90=12)'.",
        "schema_version = 1",
    ]
    for field in known["Plan"]["fields"]:
        if field["nested"] is not None:
            lines += _section(field, known)
    return "\n".join(lines) + "\n"


def _section(field: dict[str, Any], known: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield a record of the plan: a header, its fields, then the records inside it."""
    name = f"{path}{field['name']}"
    record = known[field["nested"]]
    listed = field["kind"] == "records"
    given = _RECORDS.get(name) if listed else _TABLES.get(name, {})
    shown = name not in _LATER and (given or not field["optional"])
    mark = "" if shown else "# "
    yield ""
    yield from _comment(f"{field['doc']} {record['doc']}" if field["doc"] != record["doc"] else record["doc"])
    inner = [f for f in record["fields"] if f["nested"] is not None]
    if len(inner) < len(record["fields"]):
        yield f"{mark}[[{name}]]" if listed else f"{mark}[{name}]"
    for one in record["fields"]:
        if one["nested"] is None:
            yield from _line(one, given or {}, mark)
    for one in inner:
        if listed:
            inside = known[one["nested"]]["fields"]
            table = ", ".join(
                f"{key} = {_toml(value)}" for key, value in (given or {}).get(one["name"], {}).items()
            )
            yield from _comment(f"{one['doc']} Fields: {', '.join(f['name'] for f in inside)}.")
            yield f"{mark}{one['name']} = {{{table}}}"
        else:
            yield from _section(one, known, f"{name}.")


def _line(field: dict[str, Any], given: dict[str, Any], mark: str) -> Iterator[str]:
    yield from _comment(_meaning(field))
    name = field["name"]
    if name in given:
        yield f"{mark}{name} = {_toml(given[name])}"
        return
    example = field["example"]
    if not example and field["default"] is not None:
        example = _toml(field["default"])
    elif example and field["kind"] in ("text", "choice"):
        example = _toml(example)
    yield f"# {name} = {example}".rstrip()


def _meaning(field: dict[str, Any]) -> str:
    facts = []
    if field["unit"]:
        facts.append(field["unit"])
    if field["range"]:
        facts.append(field["range"])
    if field["choices"]:
        facts.append("one of " + ", ".join(field["choices"]))
    if field["required"]:
        facts.append("required")
    elif field["optional"]:
        facts.append("may be absent")
    else:
        facts.append(f"default {_toml(field['default'])}")
    source = f" Default from: {field['source']}." if field["source"] and not field["required"] else ""
    return f"{field['doc']} [{'; '.join(facts)}]{source}"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH - 2)]


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    return json.dumps(value, ensure_ascii=False)
