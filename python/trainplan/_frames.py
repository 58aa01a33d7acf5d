"""Tables out: columns become a data frame of the library that the analyst names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from trainplan._arrays import refuse

BACKENDS: tuple[Literal["pandas", "polars", "pyarrow"], ...] = ("pandas", "polars", "pyarrow")


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
