"""Parquet files of plain columns, float64: written and read here, so that nothing in a file is believed.

A small part of Apache Parquet's format (its parquet.thrift in Thrift's compact protocol): every column is
required, neither compressed nor encoded, in data pages of version 1. Any tool for Parquet reads such files.
Reading parses no more than what is written here, checks every length against the bytes that are there, and
needs no more memory than the file: a library made for all of Parquet may end the process on a forged one.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAGIC", "packed", "unpacked"]

MAGIC = b"PAR1"
MOST_FOOTER = 64 * 2**20
_PAGE_VALUES = 2**20
# Values, pages and lists of a footer: enough for a thousand columns of 10^9 trials.
_MOST_PARTS = 10_000_000
_DEEPEST = 16

# Types of Thrift's compact protocol; a whole number of any width is written in the same way.
_TRUE, _FALSE, _BYTE, _I32, _I64, _DOUBLE, _TEXT, _LIST, _SET, _MAP, _STRUCT = (
    1,
    2,
    3,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
)
# Values of parquet.thrift's enums: a type, a codec, encodings (RLE is that of the levels, which are absent).
_FLOAT64, _UNCOMPRESSED, _PLAIN, _RLE, _REQUIRED, _DATA_PAGE = 5, 0, 0, 3, 0, 0

_Parts = dict[int, Any]


def packed(columns: Mapping[str, NDArray[np.float64]], about: Mapping[str, str], creator: str) -> bytes:
    """Return a file of columns of one length, one value or more, with texts about them in its footer."""
    rows = len(next(iter(columns.values())))
    pieces, at, chunks = [MAGIC], len(MAGIC), []
    for name, values in columns.items():
        first = at
        for start in range(0, rows, _PAGE_VALUES):
            page = values[start : start + _PAGE_VALUES].astype("<f8", copy=False).tobytes()
            header = _page_header(len(page))
            pieces += [header, page]
            at += len(header) + len(page)
        chunks.append(_chunk(name, rows, first, at - first))
    schema = [_struct({4: (_TEXT, "run"), 5: (_I32, len(columns))})]
    schema += [_struct({1: (_I32, _FLOAT64), 3: (_I32, _REQUIRED), 4: (_TEXT, name)}) for name in columns]
    group = _struct({1: (_LIST, (_STRUCT, chunks)), 2: (_I64, at - len(MAGIC)), 3: (_I64, rows)})
    footer = _struct(
        {
            1: (_I32, 1),
            2: (_LIST, (_STRUCT, schema)),
            3: (_I64, rows),
            4: (_LIST, (_STRUCT, [group])),
            5: (
                _LIST,
                (_STRUCT, [_struct({1: (_TEXT, key), 2: (_TEXT, text)}) for key, text in about.items()]),
            ),
            6: (_TEXT, creator),
        }
    )
    return b"".join((*pieces, footer, struct.pack("<I", len(footer)), MAGIC))


def unpacked(raw: bytes) -> tuple[list[str], NDArray[np.float64], dict[str, str]]:
    """Return the names of the columns, their values (column x row) and the texts about them.

    Raises
    ------
    ValueError
        For whatever `packed` does not write.
    """
    length = int.from_bytes(raw[-8:-4], "little")
    start = len(raw) - 8 - length
    if raw[:4] != MAGIC or raw[-4:] != MAGIC or start < len(MAGIC) or length > MOST_FOOTER:
        raise ValueError("there is no footer")
    footer = _Reader(raw, start, len(raw) - 8).struct()
    about = {_text(_at(entry, 1)): _text(_at(entry, 2)) for entry in _records(footer, 5)}
    names = [_text(_at(column, 4)) for column in _records(footer, 2)[1:]]
    rows = _count(footer, 3)
    if len(set(names)) != len(names) or not 1 <= rows * len(names) * 8 <= start:
        raise ValueError("the columns do not fit into the file")
    values = np.empty((len(names), rows))
    groups = _records(footer, 4)
    if len(groups) != 1 or len(chunks := _records(groups[0], 1)) != len(names):
        raise ValueError("the columns are not in one group")
    for name, chunk, column in zip(names, chunks, values, strict=True):
        filled = 0
        for page in _pages(raw, start, name, _at(chunk, 3)):
            if filled + page.size > rows:
                raise ValueError("a column has too many values")
            column[filled : filled + page.size] = page
            filled += page.size
        if filled != rows:
            raise ValueError("a column has too few values")
    return names, values, about


def _pages(raw: bytes, end: int, name: str, about: _Parts) -> Iterator[NDArray[np.float64]]:
    """Yield the values of a column, page by page."""
    if (_at(about, 1), _at(about, 4), _at(about, 3)) != (_FLOAT64, _UNCOMPRESSED, (_TEXT, [name.encode()])):
        raise ValueError("a column is not plain")
    at = _count(about, 9)
    stop = at + _count(about, 7)
    if not len(MAGIC) <= at < stop <= end:
        raise ValueError("a column is outside the file")
    while at < stop:
        reader = _Reader(raw, at, stop)
        header = reader.struct()
        page = _at(header, 5)
        count = _count(page, 1)
        plain = header.get(1) == _DATA_PAGE and page.get(2) == _PLAIN
        if not plain or count < 1 or header.get(2) != 8 * count or header.get(3) != 8 * count:
            raise ValueError("a page is not plain")
        if reader.at + 8 * count > stop:
            raise ValueError("a page is outside its column")
        yield np.frombuffer(raw, "<f8", count, reader.at)
        at = reader.at + 8 * count


def _page_header(size: int) -> bytes:
    levels = {3: (_I32, _RLE), 4: (_I32, _RLE)}
    page = _struct({1: (_I32, size // 8), 2: (_I32, _PLAIN), **levels})
    return _struct({1: (_I32, _DATA_PAGE), 2: (_I32, size), 3: (_I32, size), 5: (_STRUCT, page)})


def _chunk(name: str, rows: int, first: int, size: int) -> bytes:
    encodings = (_I32, [_varint(_zigzag(_PLAIN)), _varint(_zigzag(_RLE))])
    about = {
        1: (_I32, _FLOAT64),
        2: (_LIST, encodings),
        3: (_LIST, (_TEXT, [_of_text(name)])),
        4: (_I32, _UNCOMPRESSED),
        5: (_I64, rows),
        6: (_I64, size),
        7: (_I64, size),
        9: (_I64, first),
    }
    return _struct({2: (_I64, first), 3: (_STRUCT, _struct(about))})


# ---------------------------------------- Thrift's compact protocol: writing


def _struct(fields: Mapping[int, tuple[int, Any]]) -> bytes:
    """Return a record: each field with the distance from the number of the one before, and its type."""
    parts = []
    for before, (number, (kind, value)) in zip(itertools.chain([0], fields), fields.items(), strict=False):
        parts.append(bytes([(number - before) << 4 | kind]))
        if kind == _LIST:
            parts.append(_of_list(*value))
        elif kind == _TEXT:
            parts.append(_of_text(value))
        else:
            parts.append(value if kind == _STRUCT else _varint(_zigzag(value)))
    return b"".join((*parts, b"\x00"))


def _of_list(kind: int, entries: Sequence[bytes]) -> bytes:
    size = len(entries)
    head = bytes([size << 4 | kind]) if size < 15 else bytes([0xF0 | kind]) + _varint(size)
    return b"".join((head, *entries))


def _of_text(text: str) -> bytes:
    raw = text.encode()
    return _varint(len(raw)) + raw


def _zigzag(number: int) -> int:
    return 2 * number if number >= 0 else -2 * number - 1


def _varint(number: int) -> bytes:
    raw = bytearray()
    while number > 0x7F:
        raw.append(number & 0x7F | 0x80)
        number >>= 7
    raw.append(number)
    return bytes(raw)


# ---------------------------------------- and reading


class _Reader:
    """Reads records between two places of a file: {number: value}; a list is (type, entries)."""

    def __init__(self, raw: bytes, at: int, end: int) -> None:
        self.raw, self.at, self.end, self.left = raw, at, end, _MOST_PARTS

    def take(self, size: int) -> bytes:
        if size > self.end - self.at:
            raise ValueError("it ends too early")
        self.at += size
        return self.raw[self.at - size : self.at]

    def whole(self) -> int:
        number = 0
        for shift in range(0, 70, 7):
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return number
        raise ValueError("a number is too long")

    def struct(self, depth: int = 0) -> _Parts:
        found: _Parts = {}
        number = 0
        while head := self.take(1)[0]:
            number = number + (head >> 4) if head >> 4 else _signed(self.whole())
            found[number] = self.value(head & 15, depth + 1)
        return found

    def value(self, kind: int, depth: int) -> Any:
        self.left -= 1
        if depth > _DEEPEST or self.left < 0:
            raise ValueError("it has too many parts")
        if kind in (_TRUE, _FALSE):
            return kind == _TRUE
        if kind == _BYTE:
            return self.take(1)[0]
        if _BYTE < kind <= _I64:
            return _signed(self.whole())
        if kind == _DOUBLE:
            return self.take(8)
        if kind == _TEXT:
            return self.take(self.whole())
        if kind in (_LIST, _SET):
            head = self.take(1)[0]
            size, inner = head >> 4, head & 15
            size = self.whole() if size == 15 else size
            # A flag in a list has a byte of its own.
            inner_kind = _BYTE if inner in (_TRUE, _FALSE) else inner
            return inner, [self.value(inner_kind, depth + 1) for _ in self._room_for(size)]
        if kind == _MAP:
            size = self.whole()
            kinds = self.take(1)[0] if size else 0
            for _ in self._room_for(size):
                self.value(kinds >> 4, depth + 1)
                self.value(kinds & 15, depth + 1)
            return None
        if kind == _STRUCT:
            return self.struct(depth)
        raise ValueError("a value is of no known type")

    def _room_for(self, size: int) -> range:
        if size > self.end - self.at:
            raise ValueError("a list is longer than the file")
        return range(size)


def _signed(number: int) -> int:
    return number >> 1 ^ -(number & 1)


def _at(parts: Any, number: int) -> Any:
    if not isinstance(parts, dict) or number not in parts:
        raise ValueError("a part is missing")
    return parts[number]


def _count(parts: Any, number: int) -> int:
    count = _at(parts, number)
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise ValueError("a count is no count")
    return count


def _text(raw: Any) -> str:
    if not isinstance(raw, bytes):
        raise ValueError("a text is no text")
    return raw.decode()


def _records(parts: Any, number: int) -> list[Any]:
    found = _at(parts, number)
    if not isinstance(found, tuple) or found[0] != _STRUCT:
        raise ValueError("a list is no list of records")
    entries: list[Any] = found[1]
    return entries
