"""Write docs/reference.md, every field of a plan: ``python -m trainplan._reference > docs/reference.md``."""

from __future__ import annotations

import json
from typing import Any

from trainplan import _core

_HEAD = """# Reference: every field of a plan

Made from the core's field descriptions by `python -m trainplan._reference`; do not edit by hand.
[method.md](method.md) says what the fields do. A field of kind *quantity* takes a number or a distribution
as text
(method.md, section 1); lists of records are addressed by id: `teams.billing.people`.
"""


def reference() -> str:
    """Return the page as Markdown."""
    known = _core.record_fields()
    parts = [_HEAD]
    for record in known.values():
        places = ", ".join(f"`{place}`" for place in _places(record["name"], known)) or "the plan itself"
        parts += [f"\n## {record['name']}\n\n{record['doc']} Stands at: {places}.\n"]
        parts += ["| field | kind | unit | allowed | default | meaning |", "|---|---|---|---|---|---|"]
        parts += [_row(field) for field in record["fields"]]
    return "\n".join(parts) + "\n"


def _places(name: str, known: dict[str, Any]) -> list[str]:
    """Return the paths at which a record stands."""
    found = []
    for record in known.values():
        for field in record["fields"]:
            if field["nested"] != name:
                continue
            above = (
                [""]
                if record["name"] == "Plan"
                else [f"{place}." for place in _places(record["name"], known)]
            )
            here = f"{field['name']}.ID" if field["kind"] == "records" else field["name"]
            found += [f"{place}{here}" for place in above]
    return found


def _row(field: dict[str, Any]) -> str:
    kind = field["nested"] if field["nested"] else field["kind"]
    if field["kind"] == "records":
        kind = f"list of {field['nested']}"
    allowed = ", ".join(f"`{choice}`" for choice in field["choices"]) or field["range"]
    if field["by_kpi"] or field["kind"] == "quantities":
        allowed = "as the KPI's bounds allow"
    if field["required"]:
        default = "required"
    elif field["optional"]:
        default = "absent"
    elif field["nested"]:
        default = ""
    else:
        default = f"`{json.dumps(field['default'], ensure_ascii=False)}`"
    if field["source"]:
        default += f" ({field['source']})"
    cells = (f"`{field['name']}`", kind, field["unit"], allowed, default, field["doc"])
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    print(reference(), end="")
