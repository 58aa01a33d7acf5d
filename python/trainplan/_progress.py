"""Progress of whatever takes over a second: a bar, or a function of the caller's that may stop the work."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Progress", "watched"]

Progress = bool | Callable[[int, int], bool | None]

_QUIET_SECONDS = 1.0


@contextmanager
def watched(progress: Progress) -> Iterator[Callable[[int, int], bool | None] | None]:
    """Give what is to be told of the work done, of how much; None where nobody wants to know."""
    if progress is not True:
        yield progress if callable(progress) else None
        return
    bar = _Bar()
    try:
        yield bar
    finally:
        bar.close()


class _Bar:
    """A progress bar that appears when a run takes longer than a moment."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        if self._bar is None:
            if time.monotonic() - self._start < _QUIET_SECONDS or not _seen():
                return
            from tqdm import tqdm

            self._bar = tqdm(total=total, unit=" trials", unit_scale=True, leave=False)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _seen() -> bool:
    """Tell whether somebody sees what is written to stderr: a terminal or a notebook."""
    return sys.stderr.isatty() or "ipykernel" in sys.modules
