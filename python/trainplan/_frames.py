"""Tables out: columns become a data frame of the library that the analyst names; texts that run nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from trainplan._arrays import refuse

BACKENDS: tuple[Literal["pandas", "polars", "pyarrow"], ...] = ("pandas", "polars", "pyarrow")

# What a spreadsheet takes for a formula begins like this; a number with a sign, or two, can run nothing.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?%?"
_HARMLESS = re.compile(rf"{_NUMBER}(?: to {_NUMBER})?")


def guarded(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula: an apostrophe before = + - @ tab CR.

    Numbers, and two with "to" between them, stay as they are; `unguarded` gives back every text.
    """
    return f"'{text}" if _FORMULA.match(text) and not _HARMLESS.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Return a text without the apostrophe that `guarded` put before it."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def frame(columns: Mapping[str, Sequence[Any] | Any], *, backend: str = "pandas") -> Any:
    """Return a data frame with these columns: pandas by default, or polars, or a pyarrow table."""
    known = next((name for name in BACKENDS if name == backend), None)
    if known is None:
        refuse("backend", f"must be one of {', '.join(BACKENDS)}", value=repr(backend)[:80])
    import narwhals as nw

    return nw.from_dict(dict(columns), backend=known).to_native()


def from_rows(rows: Sequence[Mapping[str, Any]], names: Sequence[str], *, backend: str = "pandas") -> Any:
    """Return a data frame from rows of the same keys; `names` gives the order of columns, also of none."""
    return frame({name: [row[name] for row in rows] for name in names}, backend=backend)
