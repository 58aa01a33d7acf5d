"""Files out: whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import contextlib
import glob
import os
import tempfile
import time
from pathlib import Path
from typing import TypeVar

try:
    import fcntl
except ImportError:  # Windows, where nobody can remove a file that is open
    fcntl = None  # type: ignore[assignment]

__all__ = ["open_to_others", "written"]

_Content = TypeVar("_Content", str, bytes)

_PIECE = 2**20
# Windows: access denied, sharing violation. What a spreadsheet or a virus scanner holds open, it may let go.
_HELD = (5, 32)
_PATIENCE_SECONDS = 0.5


def written(content: _Content, path: str | Path | None) -> _Content:
    """Write a text (as UTF-8) or bytes to a file, whole or not at all, where a path is given; return it.

    The content goes to a file beside the target, which takes the target's name once it is on the disk: after
    a full disk, an error or the end of the process, the target is the old file or the new one.

    Raises
    ------
    OSError
        With the path of the target; the old file is as it was.
    """
    if path is None:
        return content
    raw = content.encode("utf-8") if isinstance(content, str) else content
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file() and not target.is_dir():
            target.write_bytes(raw)  # a device or a pipe is no file to be replaced
        else:
            _replace(target, raw)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    return content


def open_to_others(path: str | Path, mode: int) -> None:
    """Give a temporary file or folder the rights that any other of the user has."""
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(path, mode & ~mask)


def _replace(target: Path, raw: bytes) -> None:
    prefix = f".{target.name[:64]}."
    _remove_strays(target.parent, prefix)
    handle, temporary = _temporary(target.parent, prefix)
    try:
        try:
            rest = memoryview(raw)
            while rest:
                rest = rest[os.write(handle, rest[:_PIECE]) :]
            os.fsync(handle)
            # Temporary files are private. What was there stays as open as it was; what is new is like others.
            if target.exists():
                os.chmod(temporary, target.stat().st_mode & 0o777)
            else:
                open_to_others(temporary, 0o666)
            if fcntl is not None:
                _rename(temporary, target)  # while it is locked
        finally:
            os.close(handle)
        if fcntl is None:
            _rename(temporary, target)  # Windows renames no open file
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _temporary(folder: Path, prefix: str) -> tuple[int, str]:
    """Make a file for the new content, locked so that no other process takes it for a stray."""
    while True:
        handle, name = tempfile.mkstemp(dir=folder, prefix=prefix, suffix=".tmp")
        if fcntl is None:
            return handle, name
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(handle).st_nlink:
            return handle, name
        os.close(handle)


def _remove_strays(folder: Path, prefix: str) -> None:
    """Remove what processes that were ended while they wrote have left: files that nobody has locked."""
    if fcntl is None:
        return
    for stray in folder.glob(f"{glob.escape(prefix)}*.tmp"):
        with contextlib.suppress(OSError):
            handle = os.open(stray, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(stray)
            finally:
                os.close(handle)


def _rename(temporary: str, target: Path) -> None:
    patient_until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return os.replace(temporary, target)
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _HELD:
                raise
            if time.monotonic() > patient_until:
                allowed = "is open in another program: close it there, or write under another name"
                raise PermissionError(error.errno, allowed) from error
            time.sleep(0.05)
