"""What a plan says of itself in a few lines, and what tells two plans apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainplan import _core

__all__ = ["differences", "facts"]


def facts(record: _core.Plan) -> list[tuple[str, str]]:
    """Return what a planner asks first: label and text."""
    people = sum(team.people for team in record.teams)
    teams = f"{len(record.teams)} team{'s' * (len(record.teams) != 1)}, {people:,} people"
    starts = {row["wave"]: row["start"] for row in record.schedule()}
    waves = ", ".join(f"{wave.name or wave.id} from month {starts[wave.id]}" for wave in record.waves)
    sources = dict.fromkeys(("data", "benchmark", "assumption", "default", ""), 0)
    for row in record.inputs():
        sources[row["source"]] += 1
    counted = ", ".join(f"{n} {kind or 'without a source'}" for kind, n in sources.items() if n)
    return [
        ("horizon", f"{record.programme.months} months, {record.programme.currency}"),
        ("teams", teams),
        ("waves", waves or "none"),
        ("coaching", _coaching(record)),
        ("lifts", ", ".join(f"{lift.kpi} {lift.size}" for lift in record.lifts) or "none"),
        ("inputs", counted),
    ]


def _coaching(record: _core.Plan) -> str:
    stated = record.reinforcement
    if stated.coaching_sessions is not None:
        return f"{stated.coaching_sessions} sessions of {stated.coaching_minutes} min a person a month"
    planned = str(stated.coaching_hours)
    return "none" if planned == "0" else f"{planned} h a person a month"


def differences(here: Mapping[str, Any], there: Mapping[str, Any]) -> list[dict[str, str | None]]:
    """Return where two plans in plain data differ: path, the value here, the value there (None for none)."""
    one, other = _flat(here), _flat(there)
    return [
        {"path": path, "here": one.get(path), "there": other.get(path)}
        for path in {**one, **other}
        if one.get(path) != other.get(path)
    ]


def _flat(value: Any, path: str = "") -> dict[str, str | None]:
    """Return the leaves of nested plain data by path, as texts; records of a list by their id."""
    if value in ([], {}):
        return {}  # nothing there: neither a row of its own nor a value
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        entries = {str(entry.get("id", entry.get("path"))): entry for entry in value}.items()
    else:
        return {path: ", ".join(map(str, value)) if isinstance(value, list) else str(value)}
    flat: dict[str, str | None] = {}
    for key, entry in entries:
        flat.update(_flat(entry, f"{path}.{key}" if path else str(key)))
    return flat
