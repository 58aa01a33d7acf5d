"""Plan files: TOML and JSON in, checked before they are parsed; whole files out, or none."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import stat
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from trainplan import _core
from trainplan._writing import open_to_others as open_to_others
from trainplan._writing import written as written

MOST_BYTES = 8 * 1024 * 1024
DEEPEST = 32
MOST_KEY_PARTS = 16
MOST_KEYS = 50_000
MOST_PIECES = 300_000
LONGEST_TEXT = 64 * 1024

_T = TypeVar("_T")

# Texts, comments, brackets, words: enough to know depth, keys and lines without parsing. Every repeat is
# possessive, and a text that is not closed ends the scan (the parser refuses it there), so that a scan takes
# time in proportion to the file whatever it holds.
_TOML = re.compile(
    r"""[ \t\r]*+(?:(?P<text>\"{3}(?:[^"\\]|\\.|"(?!""))*+\"{3,5}|'{3}(?:[^']|'(?!''))*+'{3,5}"""
    r"""|(?!\"{3}|'{3})(?:"(?:[^"\\\n]|\\[^\n])*+"|'[^'\n]*+'))"""
    r"""|(?P<broken>["'])|(?P<line>\n(?:[ \t\r\n]|\#[^\n]*+)*+)|(?P<comment>\#[^\n]*+)"""
    r"""|(?P<open>[\[{])|(?P<close>[\]}])|(?P<dot>\.)|(?P<equals>=)|(?P<comma>,)"""
    r"""|(?P<word>[^ \t\r\n"'\#\[\]{}.=,]++)|(?P<end>\Z))""",
    re.DOTALL,
)
_JSON = re.compile(
    r'(?P<text>"(?:[^"\\]|\\.)*+")|(?P<broken>")|(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>,)|(?P<colon>:)'
    r'|(?P<rest>[^"\[\]{},:]++)',
    re.DOTALL,
)
_STEP = re.compile(r"(?P<name>[^\[\]]*)(?P<positions>(?:\[[0-9]{1,9}\])*)")  # a, a[2], a[2][1]
_POSITION = re.compile(r"\[([0-9]+)\]")
_TOML_PLACE = re.compile(r"\(at line (\d+), column \d+\)$")


def line_of(problem: Mapping[str, Any]) -> str:
    """Return the line that a person reads of a problem: where it stands, path, value, what is allowed.

    It stands in a file at a line, in a sheet of a workbook at a row and column, or in a data frame.
    """
    text: str = _core.problem_line(
        path=problem["path"],
        value=problem.get("value", ""),
        allowed=problem["allowed"],
        hint=problem.get("hint", ""),
    )
    file, sheet = problem.get("file", ""), problem.get("sheet", "")
    line = f":{problem['line']}" if problem.get("line") else ""
    parts = [f"{file}{line}"] if file else []
    if sheet:
        parts.append(f"{'sheet' if file else 'table'} {_named(sheet)}")
    if row := problem.get("row"):
        parts.append(f"row {row}" + ("" if file and sheet else " (counted from 1)"))
    if column := problem.get("column"):
        parts.append(f"column {_named(column)}" + (f" ({problem['cell']})" if problem.get("cell") else ""))
    return f"{', '.join(parts)}: {text}" if parts else text


def _named(name: str) -> str:
    """Return the name of a sheet or column, in quotes, escaped and cut where it is no plain word."""
    quoted: str = _core.quoted(name)
    return name if re.fullmatch(r"[\w.]{1,80}", name, re.ASCII) else quoted


def problems_of(error: _core.InputError) -> list[dict[str, Any]]:
    """Return the problems that an InputError carries: path, value, allowed, hint."""
    problems: list[dict[str, Any]] = vars(error)["problems"]
    return problems


def refuse_all(problems: list[dict[str, Any]]) -> NoReturn:
    """Raise InputError with these problems, 50 of them written out."""
    lines = [line_of(problem) for problem in problems[:50]]
    if len(problems) > 50:
        lines.append(f"{len(problems) - 50} more")
    error = _core.InputError("\n".join(lines))
    vars(error)["problems"] = problems
    raise error


def refuse_file(path: Path, allowed: str, *, value: str = "", line: int = 0, hint: str = "") -> NoReturn:
    """Refuse a file or folder, at a line of it where one is named."""
    problem = {"path": "file", "value": value, "allowed": allowed, "hint": hint}
    refuse_all([{**problem, "file": str(path), "line": line}])


def read(path: Path, make: Callable[[dict[str, Any]], _T]) -> _T:
    """Read a file and make something of its data; what `make` refuses gets the file's name and lines."""
    suffix = path.suffix.lower()
    if suffix not in (".toml", ".json"):
        known = "TOML or JSON (.toml, .json), a workbook (.xlsx) or a folder of tables (.csv, .parquet)"
        hint = "give the folder of the tables" if suffix in (".csv", ".parquet") else ""
        shown = _core.quoted(suffix or path.name)
        refuse_file(path, f"is not supported: a plan is {known}", value=shown, hint=hint)
    text = text_in(path)
    lines = _scan_toml(path, text) if suffix == ".toml" else _scan_json(path, text)
    data = _parse(path, text, suffix)
    if isinstance(data.get("$schema"), str):
        del data["$schema"]  # where an editor finds the schema of the file; never opened
    if not data:
        refuse_file(path, "holds no plan: it is empty")
    try:
        return make(data)
    except _core.InputError as error:
        located = [
            {**problem, "file": str(path), "line": _line(problem["path"], data, lines)}
            for problem in problems_of(error)
        ]
    # In the order of the file; what has no line of its own stands last.
    refuse_all(sorted(located, key=lambda problem: problem["line"] or math.inf))


def raw_in(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a file that is not too large; never of a folder, a device or a pipe."""
    if path.is_dir():
        refuse_file(path, "must be a file, not a folder")
    with open(path, "rb", opener=_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            refuse_file(path, "must be a file, not a device or a pipe")
        size = os.fstat(file.fileno()).st_size
        raw = file.read(size + 1) if size <= most else b""
    if size > most or len(raw) > most:
        allowed = f"must be at most {most:,} bytes ({most / 2**20:g} MiB)"
        refuse_file(path, allowed, value=f"{max(size, len(raw)):,} bytes")
    return raw


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; one that is a pipe is not waited for."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def text_in(path: Path) -> str:
    """Return the text of a file, once its kind, size and encoding are known to be good."""
    raw = raw_in(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
        refuse_file(
            path,
            f"must be UTF-8; byte {error.start} is not",
            hint="it looks like UTF-16" if wide else "it may be Latin-1",
        )
    if "\x00" in text:
        refuse_file(path, f"must be text; byte {raw.index(0)} is NUL")
    return text


class _Limits:
    """Counts depth, keys and pieces while a text is scanned."""

    def __init__(self, path: Path) -> None:
        self.path, self.line, self.depth, self.keys, self.pieces = path, 1, 0, 0, 0

    def piece(self, kind: str, found: str) -> None:
        self.pieces += 1
        if self.pieces > MOST_PIECES:
            refuse_file(self.path, f"must have at most {MOST_PIECES:,} words and signs", line=self.line)
        if kind == "text" and len(found) > LONGEST_TEXT:
            refuse_file(self.path, f"texts must be at most {LONGEST_TEXT:,} characters", line=self.line)

    def opened(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            refuse_file(self.path, f"must not be nested deeper than {DEEPEST} levels", line=self.line)

    def key(self) -> None:
        self.keys += 1
        if self.keys > MOST_KEYS:
            refuse_file(
                self.path, f"must have at most {MOST_KEYS:,} keys and entries of lists", line=self.line
            )


def _scan_toml(path: Path, text: str) -> dict[tuple[Any, ...], int]:
    """Enforce the limits; return the line of each key, by its path with positions in lists."""
    limits = _Limits(path)
    lines: dict[tuple[Any, ...], int] = {}
    table: tuple[Any, ...] = ()
    counts: dict[tuple[Any, ...], int] = {}
    parts: list[str] = []
    joined = fresh = True  # whether the next word continues a dotted key; whether the line has just begun
    header = 0  # brackets of a table header that are open

    for token in _TOML.finditer(text):
        kind = token.lastgroup or "end"
        found = token[kind]
        limits.piece(kind, found)
        if kind == "broken":
            break
        if kind == "line":
            limits.line += found.count("\n")
            parts, joined, fresh, header = [], True, limits.depth == 0, 0
            continue
        if kind in ("text", "word"):
            parts = [*parts, found.strip("\"'")] if joined else [found.strip("\"'")]
            joined = False
            if len(parts) > MOST_KEY_PARTS:
                refuse_file(path, f"a key must have at most {MOST_KEY_PARTS} key parts", line=limits.line)
            limits.line += found.count("\n")
            fresh = False
        elif kind == "dot":
            joined = True
        elif kind == "open":
            limits.opened()
            header += fresh or (header == 1 and not parts)
            fresh = False
            joined = True
        elif kind == "close":
            limits.depth = max(0, limits.depth - 1)
            if header and limits.depth == 0 and parts:
                table = _opened_table(tuple(parts), header, counts)
                lines.setdefault(table, limits.line)
                limits.key()
                header = 0
            joined = True
        elif kind == "equals":
            limits.key()
            lines.setdefault((*table, *parts), limits.line)
            parts, joined = [], True
        elif kind == "comma":
            limits.key()
            parts, joined = [], True
    return lines


def _opened_table(parts: tuple[Any, ...], header: int, counts: dict[tuple[Any, ...], int]) -> tuple[Any, ...]:
    """Return the path of a table header; one in two brackets opens the next record of its list."""
    table: tuple[Any, ...] = ()
    for position, part in enumerate(parts):
        table = (*table, part)
        last = position == len(parts) - 1
        if last and header == 2:
            counts[table] = counts.get(table, -1) + 1
        if table in counts:
            table = (*table, counts[table])
    return table


def _scan_json(path: Path, text: str) -> dict[tuple[Any, ...], int]:
    """Enforce the limits and refuse repeated keys; return the line of each key."""
    limits = _Limits(path)
    lines: dict[tuple[Any, ...], int] = {}
    # An open container: its path, the keys seen so far (None in a list), the position or key at hand.
    stack: list[tuple[tuple[Any, ...], dict[str, int] | None, list[Any]]] = []
    last_text, at = "", 0
    for token in _JSON.finditer(text):
        kind, found = token.lastgroup or "rest", token.group()
        limits.line += text.count("\n", at, token.start())
        at = token.start()
        limits.piece(kind, found)
        if kind == "broken":
            break
        if kind == "open":
            limits.opened()
            inside = (*stack[-1][0], stack[-1][2][0]) if stack else ()
            stack.append((inside, {} if found == "{" else None, [0]))
        elif kind == "close" and stack:
            limits.depth -= 1
            stack.pop()
        elif kind == "text":
            last_text = found
        elif kind == "comma" and stack and stack[-1][1] is None:
            limits.key()
            stack[-1][2][0] += 1
        elif kind == "colon" and stack and (keys := stack[-1][1]) is not None:
            limits.key()
            where, _, current = stack[-1]
            last_text = last_text[1:-1]
            if "\\" in last_text:
                with contextlib.suppress(ValueError):  # what is no text is the parser's to name
                    last_text = json.loads(f'"{last_text}"')
            if last_text in keys:
                quoted = _core.quoted(last_text)
                refuse_file(
                    path,
                    f"the key {quoted} stands twice: lines {keys[last_text]} and {limits.line}",
                    line=limits.line,
                )
            keys[last_text] = limits.line
            current[0] = last_text
            lines[(*where, last_text)] = limits.line
    return lines


def _parse(path: Path, text: str, suffix: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        data = tomllib.loads(text) if suffix == ".toml" else json.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        refuse_file(path, f"is no TOML: {error}", line=int(place[1]) if place else 0)
    except json.JSONDecodeError as error:
        refuse_file(path, f"is no JSON: {error.msg}", line=error.lineno)
    except (ValueError, RecursionError) as error:
        refuse_file(path, f"cannot be parsed: {error}")
    if not isinstance(data, dict):
        refuse_file(path, "the top must be a table")
    return data


def _line(path: str, data: Any, lines: Mapping[tuple[Any, ...], int]) -> int:
    """Return the line of the key at a problem's path, or of the nearest thing above; 0 for none."""
    place: list[Any] = []
    best = 0
    for part in path.split(".") if path else []:
        if (step := _STEP.fullmatch(part)) is None:
            break  # a name in quotes, which no file in order has
        name = step["name"]
        if isinstance(data, list):
            ids = [entry.get("id") if isinstance(entry, dict) else None for entry in data]
            if name not in ids:
                break
            place.append(ids.index(name))
            data = data[place[-1]]
        else:
            place.append(name)
            data = data.get(name) if isinstance(data, dict) else None
            best = lines.get(tuple(place), best)
            for position in _POSITION.findall(step["positions"]):
                index = int(position) - 1
                place.append(index)
                data = data[index] if isinstance(data, list) and index < len(data) else None
        best = lines.get(tuple(place), best)
    return best
