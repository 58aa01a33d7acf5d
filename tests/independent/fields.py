"""Every quantity of a plan with its unit and range, read from docs/reference.md."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .inputs import Inputs, Record
from .kpis import Kpi, kpi_definitions

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference.md"
_PLACE = re.compile(r"Stands at: (.*)\.$")
_NUMBER = r"(-?[\d.]+(?:e[+-]?\d+)?)"
_BY_KPI = "as the KPI's bounds allow"


@dataclass(frozen=True)
class Field:
    """A field of kind quantity, or a table of them (`quantities`)."""

    kind: str
    unit: str
    allowed: str

    def bounds(self) -> tuple[float, float]:
        """[low, high] of the text in column `allowed`."""
        low = re.search(rf"(?:between|above|at least) {_NUMBER}", self.allowed)
        high = re.search(rf"(?:and|at most|below) {_NUMBER}", self.allowed)
        return float(low[1]) if low else -math.inf, float(high[1]) if high else math.inf


@dataclass(frozen=True)
class Quantity:
    """A quantity of a plan as written, with what its text needs to be read."""

    path: str
    value: float | str
    unit: str
    low: float
    high: float


def fields(text: str) -> dict[str, Field]:
    """Fields by path, ID for the id of a record."""
    found: dict[str, Field] = {}
    here = ""
    for line in text.splitlines():
        place = _PLACE.search(line)
        if place:
            here = place[1].strip("`")
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("| `") else []
        if len(cells) > 3 and cells[1] in ("quantity", "quantities"):
            found[f"{here}.{cells[0].strip('`')}"] = Field(cells[1], cells[2], cells[3])
    return found


def quantities(plan: Record, text: str | None = None) -> list[Quantity]:
    """Every quantity of a plan with its defaults filled in; `text` is that of docs/reference.md."""
    known = fields(REFERENCE.read_text(encoding="utf-8") if text is None else text)
    kpis = kpi_definitions(Inputs(plan, {}))
    return [
        made
        for path, pattern, value in _leaves(plan, known)
        for made in [_made(path, known[pattern], value, plan, kpis)]
    ]


def _leaves(plan: Record, known: Mapping[str, Field]) -> Iterator[tuple[str, str, Any]]:
    """(path, pattern, value) of every value that stands at a quantity's place."""

    def walk(here: Any, path: str, pattern: str) -> Iterator[tuple[str, str, Any]]:
        if pattern in known and known[pattern].kind == "quantities":
            yield from ((f"{path}.{key}", pattern, value) for key, value in here.items())
        elif pattern in known:
            yield path, pattern, here
        elif isinstance(here, Mapping):
            for key, value in here.items():
                yield from walk(value, f"{path}.{key}".strip("."), f"{pattern}.{key}".strip("."))
        elif isinstance(here, list):
            for record in here:
                if isinstance(record, Mapping):
                    yield from walk(record, f"{path}.{record['id']}", f"{pattern}.ID")

    yield from walk({key: plan[key] for key in plan if key not in ("sources", "correlations")}, "", "")


def _made(path: str, field: Field, value: Any, plan: Record, kpis: Mapping[str, Kpi]) -> Quantity:
    low, high = field.bounds()
    unit = field.unit
    parts = path.split(".")
    if parts[0] == "teams" and parts[2] == "baseline":
        low, high, unit = (0.0, 100.0, "%") if parts[3] == "knowledge" else _of_kpi(parts[3], plan, kpis)
    elif parts[0] == "lifts" and parts[2] in ("size", "base"):
        lift = Inputs(plan, {}).field(f"lifts.{parts[1]}")
        low, high, unit = _of_kpi(lift["kpi"], plan, kpis)
        if parts[2] == "size":
            # A relative change takes away less than all there is, a gap is not closed by more than all of it.
            low = -1.0 if lift["kind"] == "relative" else -math.inf
            high = 1.0 if lift["kind"] == "gap" else math.inf
            unit = unit if lift["kind"] == "points" else "fraction"
    return Quantity(path, value, unit, low, high)


def _of_kpi(ID: str, plan: Record, kpis: Mapping[str, Kpi]) -> tuple[float, float, str]:
    own = Inputs(plan, {}).field(f"kpis.{ID}")
    percent = kpis[ID].link == "logit" and ID != "nps"
    unit = own.get("unit", "%") if own else "%" if percent else "points" if ID == "nps" else "s"
    return kpis[ID].low, kpis[ID].high, unit
