"""Folders of tables: a plan as .csv or .parquet files, one a table, written whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from trainplan import _core, _files
from trainplan._arrays import refuse
from trainplan._cells import Cell
from trainplan._files import refuse_file
from trainplan._form import Table, form
from trainplan._frames import guarded, unguarded
from trainplan._plan_frames import filled, from_table, sheets_from, text_of
from trainplan._sheets import MOST_CELLS, MOST_COLUMNS, Sheet

__all__ = ["csv_bytes", "parquet_bytes", "read", "write"]

CSV, PARQUET = ".csv", ".parquet"
_TEMPORARY = ".trainplan-"  # begins the name of a folder in which tables wait
_MOVING = ".moving"  # ends it while they move
_LIST = "names"  # file in it that names the tables

Rows = Sequence[Mapping[str, Cell]]


# ---------------------------------------- reading


def read(folder: Path, *, decimal: str) -> list[Sheet]:
    """Return the tables in a folder, all .csv or all .parquet; other files are not looked at.

    Raises
    ------
    InputError
        For files that are no tables of a plan, lead out of the folder, are too large or are damaged.
    """
    moving = _moving_in(folder)
    listed = _tables_in(folder) if moving is None else [at for at, _ in _arriving(moving, folder)]
    files = [entry for entry in listed if _stays_inside(entry, folder)]
    kinds = {entry.suffix.lower() for entry in files}
    if len(kinds) > 1:
        refuse_file(folder, "holds .csv and .parquet tables: one kind must go")
    if not files:
        plans = [
            entry.name for entry in sorted(folder.glob("*")) if entry.suffix in (".toml", ".json", ".xlsx")
        ]
        hint = f"read {plans[0]} in it instead" if len(plans) == 1 else ""
        refuse_file(folder, "holds no plan: there are no .csv or .parquet tables in it", hint=hint)
    size = sum(entry.stat().st_size for entry in files)
    if size > _files.MOST_BYTES:
        allowed = f"all tables together must be at most {_files.MOST_BYTES:,} bytes (8 MiB)"
        refuse_file(folder, allowed, value=f"{size:,} bytes")
    read_one = _read_csv if kinds == {CSV} else _read_parquet
    # What is no table of a plan is named later, with all other problems; it is not opened.
    return [
        read_one(entry, decimal) if entry.stem in form() else Sheet(entry.stem, [], [], file=str(entry))
        for entry in files
    ]


def _tables_in(folder: Path) -> list[Path]:
    """Return the tables in a folder in the order of the form; hidden files are none."""
    order = {name: at for at, name in enumerate(form())}
    found = [
        entry
        for entry in folder.iterdir()
        if entry.suffix.lower() in (CSV, PARQUET) and not entry.name.startswith(".")
    ]
    return sorted(found, key=lambda entry: (order.get(entry.stem, len(order)), entry.name))


def _moving_in(folder: Path) -> Path | None:
    """Return the folder from which a writer was moving tables when it was killed; None for none."""
    names = (entry for entry in folder.iterdir() if entry.name.startswith(_TEMPORARY))
    return next((entry for entry in names if entry.name.endswith(_MOVING)), None)


def _arriving(moving: Path, folder: Path) -> list[tuple[Path, Path]]:
    """Return where each table of the plan that was being moved stands now, and where it belongs."""
    names = _files.text_in(moving / _LIST).splitlines() if _stays_inside(moving / _LIST, folder) else []
    for name in names:
        if Path(name).name != name or Path(name).stem not in form():
            refuse_file(moving / _LIST, "must name tables of a plan", value=_core.quoted(name))
    return [(moving / name if (moving / name).exists() else folder / name, folder / name) for name in names]


def _stays_inside(entry: Path, folder: Path) -> bool:
    """Refuse a file that leads out of the folder, or is a device, a pipe or a folder."""
    try:
        target = entry.resolve(strict=True)
    except (OSError, RuntimeError):
        refuse_file(entry, "is a link that leads nowhere")
    if folder.resolve() not in target.parents:
        refuse_file(entry, "is a link that leaves the folder: a plan reads its own folder only")
    if not stat.S_ISREG(target.stat().st_mode):
        refuse_file(entry, "must be a file, not a folder, a device or a pipe")
    return True


def _read_csv(path: Path, decimal: str) -> Sheet:
    text = _files.text_in(path)
    rows: list[list[str]] = []
    numbers: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line, cells = 1, 0
    try:
        for row in reader:
            if row:
                rows.append([unguarded(cell) for cell in row])
                numbers.append(line)
            line, cells = reader.line_num + 1, cells + len(row)
            if len(row) > MOST_COLUMNS:
                allowed = f"a row must have at most {MOST_COLUMNS} cells"
                refuse_file(path, allowed, value=f"{len(row):,} cells", line=numbers[-1])
            if cells > MOST_CELLS:
                refuse_file(path, f"must have at most {MOST_CELLS:,} cells", line=numbers[-1])
    except csv.Error as error:
        lost = "unexpected end" in str(error) or "field limit" in str(error)
        hint = "a quote may not be closed" if lost else ""
        refuse_file(path, f"is no CSV: {error}", line=line, hint=hint)
    if not rows:
        refuse_file(path, "is empty: a table has a header at least")
    return Sheet(path.stem, rows[0], rows[1:], file=str(path), decimal=decimal, row_numbers=numbers[1:])


def _delimiter(text: str) -> str:
    """Return what parts the cells: no name of a column holds a comma or semicolon, so the header tells."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    return ";" if header.count(";") > header.count(",") else ","


def _read_parquet(path: Path, decimal: str) -> Sheet:
    pyarrow, parquet = parquet_library()
    limits = {"thrift_string_size_limit": 2**20, "thrift_container_size_limit": 2**16}
    try:
        with parquet.ParquetFile(path, page_checksum_verification=True, **limits) as file:
            allowed, found = _too_large(file.metadata)
            table = None if allowed else file.read(use_threads=False)
            if table is not None:
                table.validate(full=True)
    except (pyarrow.ArrowException, OSError, MemoryError, ValueError) as error:
        told = _core.quoted(str(error).replace(f"{path}: ", ""))
        refuse_file(path, f"is no Parquet file, or damaged: {told}")
    if allowed:
        refuse_file(path, allowed, value=found)
    sheet = sheets_from({path.stem: table})[0]
    sheet.file, sheet.decimal = str(path), decimal
    return sheet


def _too_large(about: Any) -> tuple[str, str]:
    """Return what a file says of itself that no plan can be, before any of it is read; empty for none."""
    sizes = [about.row_group(at).total_byte_size for at in range(min(about.num_row_groups, 1000))]
    cells = about.num_rows * max(about.num_columns, 1)
    if not 0 <= cells <= MOST_CELLS or about.num_row_groups > 1000 or any(size < 0 for size in sizes):
        found = f"{about.num_rows:,} rows of {about.num_columns:,} columns"
        return f"must have at most {MOST_CELLS:,} cells", found
    if sum(sizes) > _files.MOST_BYTES:
        return f"must be at most {_files.MOST_BYTES:,} bytes (8 MiB) when unpacked", f"{sum(sizes):,} bytes"
    return "", ""


def parquet_library() -> tuple[Any, Any]:
    """Return pyarrow and its module for Parquet, or say how to get them."""
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        refuse("pyarrow", "is needed for Parquet files: pip install trainplan[parquet]")


# ---------------------------------------- writing


def csv_bytes(table: Table, rows: Rows) -> bytes:
    """Return a table as CSV; a byte order mark lets spreadsheets see letters beyond ASCII."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)  # rows end in CR LF: a lone CR or LF inside a text is then quoted
    columns = filled(table, rows, mixed=True)
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([guarded(cell) if isinstance(cell, str) else text_of(cell) for cell in row])
    written = text.getvalue()
    return written.encode("ascii" if written.isascii() else "utf-8-sig")


def parquet_bytes(table: Table, rows: Rows) -> bytes:
    """Return a table as a Parquet file."""
    _, parquet = parquet_library()
    raw = io.BytesIO()
    parquet.write_table(from_table(table, rows, backend="pyarrow"), raw, write_page_checksum=True)
    return raw.getvalue()


def write(
    tables: Mapping[str, Rows], folder: Path, suffix: str, made: Callable[[Table, Rows], bytes]
) -> None:
    """Write tables into a folder, all or none; tables of a plan that were there before are gone after.

    The folder is made where there is none. Files that are no tables are left alone, and tables that are not
    of a plan keep the folder from being written to.

    Raises
    ------
    InputError
        When the folder holds tables that are none of a plan.
    OSError
        When it cannot be written; what was there before is then still there.
    """
    files = {f"{name}{suffix}": made(form()[name], rows) for name, rows in tables.items()}
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(20, "is no folder", str(folder))
    if is_new := not folder.exists():
        place, old = folder.parent, []
    else:
        _finish(folder)
        place, old = folder, list(_own(folder, suffix))
    prefix = f"{_TEMPORARY}{folder.name}-"
    waiting = Path(tempfile.mkdtemp(dir=place, prefix=prefix))
    try:
        for name, content in files.items():
            _write(waiting / name, content)
        if is_new:
            _files.open_to_others(waiting, 0o777)
            waiting.replace(folder)
        else:
            _write(waiting / _LIST, "\n".join(files).encode())
            _exchange(waiting, list(files), old, folder)
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
    for left in place.iterdir():  # of writers that were killed
        if left.name.startswith(prefix):
            shutil.rmtree(left, ignore_errors=True)


def _own(folder: Path, suffix: str) -> Iterator[Path]:
    """Yield the tables of a plan in a folder; refuse those that are of something else."""
    for entry in _tables_in(folder):
        if entry.suffix.lower() != suffix:
            refuse_file(folder, f"holds {entry.name}: a folder has {CSV} or {PARQUET} tables, not both")
        if entry.is_symlink() or not entry.is_file() or not _is_own(entry):
            hint = "write to another folder, or move the file away"
            refuse_file(folder, f"holds {entry.name}, which is no table of a plan", hint=hint)
        yield entry


def _is_own(entry: Path) -> bool:
    """Whether a file has the name and the columns of a table of a plan."""
    table = form().get(entry.stem)
    if table is None:
        return False
    try:
        sheet = _read_csv(entry, ".") if entry.suffix.lower() == CSV else _read_parquet(entry, ".")
    except _core.InputError:
        return False
    found = {name.strip() for name in sheet.columns}
    needed = {column.name for column in table.columns if column.required}
    return needed <= found <= {"", *(column.name for column in table.columns)}


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _exchange(waiting: Path, new: list[str], old: list[Path], folder: Path) -> None:
    """Move the old tables away and the new ones in; back again when one does not move."""
    # From here on the new plan is whole, wherever its tables stand: `read` and `_finish` find them.
    moving = waiting.rename(waiting.with_name(waiting.name + _MOVING))
    moved: list[tuple[Path, Path]] = []
    try:
        (moving / "old").mkdir()
        for entry in old:
            moved.append((entry, moving / "old" / entry.name))
            entry.replace(moving / "old" / entry.name)
        for name in new:
            moved.append((moving / name, folder / name))
            (moving / name).replace(folder / name)
    except BaseException:
        for source, target in reversed(moved):
            with contextlib.suppress(FileNotFoundError):
                target.replace(source)
        raise
    finally:
        moving.rename(waiting)


def _finish(folder: Path) -> None:
    """Move in what a writer was moving when it was killed."""
    if (moving := _moving_in(folder)) is None:
        return
    arriving = _arriving(moving, folder)
    for entry in _tables_in(folder):
        if entry not in [target for _, target in arriving] and _is_own(entry):
            entry.unlink()
    for source, target in arriving:
        source.replace(target)
    moving.rename(moving.with_name(moving.name.removesuffix(_MOVING)))
