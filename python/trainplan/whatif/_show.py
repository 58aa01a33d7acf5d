"""How results are shown: a table as text, and the same as HTML for a notebook."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass, field

from trainplan import _summary
from trainplan._summary import Row
from trainplan.statistics import Estimate

MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class Part:
    """A table of a card: its heading, the names of its columns, its rows."""

    heading: str
    head: tuple[str, ...]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Card:
    """What a result shows of itself: title, facts, tables, remarks below."""

    title: str
    facts: str
    parts: list[Part] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the card as plain text."""
        lines = [self.title, self.facts] if self.facts else [self.title]
        for part in self.parts:
            rows = part.rows[:MOST_ROWS]
            width = max([len(row.label) for row in rows] + [len(part.heading)])
            lines.append("")
            if rows:
                lines += _summary._table((part.heading, *part.head), rows, width)
            if len(part.rows) > MOST_ROWS:
                lines.append(f"{len(part.rows) - MOST_ROWS} more in to_frame()")
        if self.remarks:
            lines += ["", *self.remarks]
        return "\n".join(line.rstrip() for line in lines)

    def html(self) -> str:
        """Return the card as HTML, every text escaped."""
        made = [f"<p><b>{html.escape(self.title)}</b><br>{html.escape(self.facts)}</p>"]
        left = "style='text-align:left'"
        for part in self.parts:
            head = "".join(f"<th>{html.escape(name)}</th>" for name in part.head)
            body = "".join(
                f"<tr><th {left}>{html.escape(row.label)}</th>"
                + "".join(f"<td>{html.escape(cell)}</td>" for cell in row.cells)
                + "</tr>"
                for row in part.rows[:MOST_ROWS]
            )
            heading = f"<th {left}>{html.escape(part.heading)}</th>"
            made.append(f"<table><thead><tr>{heading}{head}</tr></thead><tbody>{body}</tbody></table>")
            if len(part.rows) > MOST_ROWS:
                made.append(f"<p>{len(part.rows) - MOST_ROWS} more in <code>to_frame()</code></p>")
        made += [f"<p>{html.escape(remark)}</p>" for remark in self.remarks]
        return f"<div>{''.join(made)}</div>"


def with_error(found: Estimate) -> str:
    """Return an estimate as it is shown: rounded to its error, which stands behind it."""
    if math.isnan(found.value):
        return "none"
    error = found.standard_error
    if error is None or math.isnan(error):
        return _summary.rounded(found.value, None)
    shown = _summary.rounded(found.value, error)
    return f"{shown} ± {_error(error)}" if error else shown


def _error(error: float) -> str:
    """Return an error with its leading digit."""
    place = math.floor(math.log10(error))
    return f"{round(error, -place) + 0.0:,.{max(0, -place)}f}"


def percent(found: Estimate) -> str:
    """Return a share as it is shown."""
    return "none" if math.isnan(found.value) else _summary._percent(found)


def facts(trials: int, sampling: str, seed: int) -> str:
    """Return the line that says how runs were drawn."""
    return f"{trials:,} trials each, {sampling}, seed {seed}, the same in all (common random numbers)"


def changed(value: object) -> str:
    """Return the value of a change as it is shown: short, and in words where it is nothing or a record."""
    if value is None:
        return "none"
    if isinstance(value, dict | list | tuple):
        return f"{len(value)} {'fields' if isinstance(value, dict) else 'entries'}"
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
