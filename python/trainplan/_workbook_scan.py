"""What an .xlsx file holds, found out before it is parsed: sizes, parts, and what a reader would not see.

A workbook is a zip archive of XML. Its parts are measured by what the archive says of them, which is also all
that is ever unpacked, and scanned once for document types (entities), formulas without a value and merged
cells.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from trainplan import _core, _files
from trainplan._files import refuse_file

__all__ = ["Found", "Scan", "scan", "scan_sheets"]

MOST_UNPACKED = 64 * 1024 * 1024
MOST_RATIO = 400  # of the whole: one sheet of equal rows packs to a hundredth
MOST_PARTS = 2_000
MOST_CELLS_SEEN = 250_000  # in the sheets of the plan, blank ones with a format too
DEEPEST = 64

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MAIN = "/officeDocument"
_OF_SHEETS = "/worksheet"


@dataclass(slots=True)
class Found:
    """A workbook: its file, the part of each sheet by the sheet's name, and whether it was ever computed.

    `raw` is the file as it was when it was checked: nothing is read from the disk after.
    """

    path: Path
    raw: bytes
    parts: dict[str, str]
    computed: bool


@dataclass(slots=True)
class Scan:
    """What stands in a sheet: rows that hold anything, the last column, merged areas.

    `formulas` are those without a value, by row and column.
    """

    filled: set[int] = field(default_factory=set)
    last_column: int = 0
    merged: list[str] = field(default_factory=list)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)


class _Stop(Exception):  # noqa: N818 - it never leaves this file
    """Why a part is not read on."""


def scan(path: Path) -> Found:
    """Return the sheets of a workbook.

    Raises
    ------
    InputError
        For what is no workbook, is damaged, encrypted, holds macros, or is too large.
    OSError
        When the file cannot be read.
    """
    if path.exists() and not path.is_file():
        refuse_file(path, "must be a file, not a folder, a device or a pipe")
    raw = _files.raw_in(path)
    if not raw:
        refuse_file(path, "holds no plan: it is empty")
    if raw.startswith(_OLE):
        hint = "open it, remove the password, and save it as .xlsx"
        refuse_file(path, "is an encrypted workbook, or an old one (.xls)", hint=hint)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _check_sizes(archive, len(raw))
            return Found(path, raw, *_sheets(archive))
    except _Stop as stop:
        refuse_file(path, str(stop))
    except _damages() as error:
        refuse_file(path, f"is no workbook (.xlsx), or damaged: {_core.quoted(str(error))}")


def scan_sheets(found: Found, titles: Sequence[str]) -> dict[str, Scan]:
    """Return what stands in these sheets."""
    made: dict[str, Scan] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(found.raw)) as archive:
            budget = MOST_CELLS_SEEN
            for title in titles:
                with archive.open(found.parts[title]) as part:
                    reader = _SheetScan(found.computed, budget)
                    _parse(part, reader.start, reader.end, reader.text)
                made[title], budget = reader.scan, reader.budget
    except _Stop as stop:
        refuse_file(found.path, str(stop))
    except _damages() as error:
        refuse_file(found.path, f"is a damaged workbook: {_core.quoted(str(error))}")
    return made


def _damages() -> tuple[type[Exception], ...]:
    """Return what archives and XML that are none raise; unpacking has errors of its own."""
    import zlib

    known = (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError, RuntimeError)
    return (*known, KeyError, ValueError, UnicodeError, OverflowError)


def _check_sizes(archive: zipfile.ZipFile, size: int) -> None:
    parts = archive.infolist()
    names = [part.filename.casefold() for part in parts]
    total = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS:
        raise _Stop(f"has {len(parts):,} parts, must have at most {MOST_PARTS:,}")
    if total > MOST_UNPACKED:
        raise _Stop(f"unpacks to {total:,} bytes, must be at most {MOST_UNPACKED:,} (64 MiB)")
    if total > MOST_RATIO * size:
        raise _Stop(f"unpacks to {total // size:,} times its size, must be at most {MOST_RATIO} times")
    if len(set(names)) < len(names):
        raise _Stop("is a damaged workbook: two of its parts have one name")
    if any(part.flag_bits & 1 for part in parts):
        raise _Stop("is encrypted: remove the password, and save it again")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise _Stop("holds macros, which are not run: save it as .xlsx")
    if "xl/workbook.bin" in names:
        raise _Stop("is a binary workbook (.xlsb): save it as .xlsx")
    if "mimetype" in names and "content.xml" in names:
        raise _Stop("is an OpenDocument file (.ods): save it as .xlsx")


def _sheets(archive: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    """Return the part of each sheet, and whether the workbook was ever computed."""
    known = set(archive.namelist())
    for name in sorted(known):
        # Every part of XML that a reader may look at: no entities, no depth without end.
        if name.endswith((".xml", ".rels")):
            with archive.open(name) as part:
                _parse(part)
    top = dict(_relations(archive, "_rels/.rels", known).values())
    main = next((target for kind, target in top.items() if kind.endswith(_MAIN)), "")
    if main not in known:
        raise _Stop("is no workbook (.xlsx): it has no part with sheets")
    folder, _, name = main.rpartition("/")
    related = _relations(archive, f"{folder}/_rels/{name}.rels", known, folder)
    parts: dict[str, str] = {}
    computed = True
    for tag, attributes in _elements(archive, main):
        if tag == "workbook" and any("purl.oclc.org" in value for value in attributes.values()):
            raise _Stop("is a Strict Open XML workbook: save it as an Excel workbook (.xlsx)")
        if tag == "calcPr":
            computed = attributes.get("fullCalcOnLoad", "0") not in ("1", "true")
        if tag == "sheet":
            relation = next((text for key, text in attributes.items() if key.endswith(":id")), "")
            kind, target = related.get(relation, ("", ""))
            if kind.endswith(_OF_SHEETS):
                if target not in known:
                    raise _Stop(f"is a damaged workbook: sheet {_core.quoted(attributes['name'])} is missing")
                parts[attributes["name"]] = target
    return parts, computed


def _relations(
    archive: zipfile.ZipFile, name: str, known: set[str], folder: str = ""
) -> dict[str, tuple[str, str]]:
    """Return kind and part of each relation by its id; none lead out of the file."""
    if name not in known:
        return {}
    found = {}
    for tag, attributes in _elements(archive, name):
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            inside = (
                target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            )
            found[attributes.get("Id", "")] = attributes.get("Type", ""), inside
    return found


def _elements(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    with archive.open(name) as part:
        _parse(part, lambda tag, attributes: found.append((tag.rpartition(":")[2], attributes)))
    return iter(found)


def _parse(part: IO[bytes], start: Any = None, end: Any = None, text: Any = None) -> None:
    """Parse a part; refuse document types, which is where entities come from, and endless depth."""
    parser = expat.ParserCreate()
    depth = 0

    def opened(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise _Stop(f"has XML nested deeper than {DEEPEST} levels")
        if start is not None:
            start(tag, attributes)

    def closed(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(tag)

    def doctype(*_: object) -> None:
        raise _Stop("has a document type, which no workbook has")

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.StartDoctypeDeclHandler = doctype
    if text is not None:
        parser.buffer_text = True
        parser.CharacterDataHandler = text
    parser.ParseFile(part)


class _SheetScan:
    """Takes down where the cells of a sheet stand."""

    def __init__(self, computed: bool, budget: int) -> None:
        self.scan, self.computed, self.budget = Scan(), computed, budget
        self.row = self.column = 0
        self.kind = self.inside = ""
        self.content: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
        elif tag == "c":
            place = _REFERENCE.fullmatch(attributes.get("r", ""))
            self.column = _position(place[1]) if place else self.column + 1
            self.row = int(place[2]) if place else self.row
            self.kind, self.content = attributes.get("t", ""), {}
            self.budget -= 1
            if self.budget < 0:
                raise _Stop(f"has over {MOST_CELLS_SEEN:,} cells in the sheets of the plan, blank ones too")
        elif tag in ("f", "v", "t"):
            self.inside = tag
            self.content.setdefault(tag, "")
        elif tag == "mergeCell":
            self.scan.merged.append(attributes.get("ref", ""))

    def text(self, found: str) -> None:
        if self.inside and len(self.content[self.inside]) < 80:
            self.content[self.inside] += found

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag in ("f", "v", "t"):
            self.inside = ""
        elif tag == "c":
            formula = "f" in self.content
            if not formula and not self.content.get("v") and not self.content.get("t"):
                return
            self.scan.filled.add(self.row)
            self.scan.last_column = max(self.scan.last_column, self.column)
            if formula and not (self.computed and (self.content.get("v") or self.kind == "str")):
                self.scan.formulas[self.row, self.column] = f"={self.content['f']}"


def _position(column: str) -> int:
    number = 0
    for letter in column:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
