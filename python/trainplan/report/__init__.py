"""The report of a run: one HTML file that a steering committee can read, print and keep.

It holds everything in itself: no script, no network, pictures as static SVG. Names come from plan files, so
everything is escaped, and a strict Content-Security-Policy forbids what should never be there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trainplan import _core, _files
from trainplan._arrays import refuse

if TYPE_CHECKING:
    from trainplan.run import Run

__all__ = ["report"]


def report(run: Run, path: str | Path) -> Path:
    """Write the report of a run as one HTML file, whole or not at all, and return its path.

    The same run gives the same bytes. Sections without content are left out; so are the pictures where
    matplotlib is missing (``pip install trainplan[plots]``), and the report says so.

    Parameters
    ----------
    run
        What `trainplan.simulate` returned.
    path
        The .html file to write or to replace; its folder must exist.

    Raises
    ------
    InputError
        For a path that is no .html file in a folder that exists.
    OSError
        When the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import trainplan as tp
    >>> run = tp.simulate(tp.example("one_team"), trials=256, progress=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tp.report(run, f"{folder}/report.html").name
    'report.html'
    """
    from trainplan.run import Run

    if not isinstance(run, Run):
        refuse("run", "must be a trainplan.Run; simulate makes one", value=type(run).__name__)
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        refuse("path", "must be an .html file", value=_core.quoted(str(path)))
    if not target.parent.is_dir():
        refuse("path", "must be in a folder that exists", value=_core.quoted(str(path)))
    if target.is_dir():
        refuse("path", "must be a file, not a folder", value=_core.quoted(str(path)))
    from trainplan.report._page import page

    _files.written(page(run), target)
    return target
