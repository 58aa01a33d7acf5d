"""What the public functions take as arrays: checked here for kind and shape, in the core for values.

Lists, NumPy arrays, and series or frames of pandas, polars and Arrow all work, by NumPy's array protocol:
none of these libraries is imported.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from trainplan._core import InputError

_KINDS = {
    "b": "yes/no values",
    "c": "complex numbers",
    "M": "dates",
    "m": "time spans",
    "S": "text",
    "T": "text",
    "U": "text",
    "V": "records",
}
_NUMBERS = (int, float, Decimal, Fraction, np.integer, np.floating)


def refuse(name: str, allowed: str, *, value: str = "", hint: str = "") -> NoReturn:
    """Raise InputError in the words, and with the list of problems, that the core would use."""
    found = f"is {value}, " if value else ""
    error = InputError(f"{name}: {found}{allowed}{f' ({hint})' if hint else ''}")
    vars(error)["problems"] = [{"path": name, "value": value, "allowed": allowed, "hint": hint}]
    raise error


def whole(name: str, number: object, low: int, high: int) -> int:
    """Return a whole number in a range; 1e6 is one, True and "1000" are not."""
    allowed = f"must be a whole number between {low} and {high}"
    if isinstance(number, bool | np.bool_) or not isinstance(number, int | float | np.integer | np.floating):
        refuse(name, allowed, value=f"{type(number).__name__} {number!r}"[:80])
    # Comparisons first: they hold for whole numbers of any length, for infinity and for NaN.
    if not low <= number <= high or number != int(number):
        is_long = isinstance(number, int) and number.bit_length() > 256
        refuse(name, allowed, value="a very long number" if is_long else str(number))
    return int(number)


def _position(index: tuple[int, ...]) -> str:
    if not index:
        return "it"
    *row, entry = index
    return f"row {row[0]}, entry {entry}" if row else f"entry {entry}"


def _refuse_yes_no(name: str, x: object, index: tuple[int, ...]) -> None:
    """Refuse True and False in a list or its rows, where NumPy would make 1.0 and 0.0 of them."""
    if isinstance(x, list | tuple) and len(index) < 2:
        for i, entry in enumerate(x):
            if isinstance(entry, bool | np.bool_):
                refuse(name, f"{_position((*index, i))} is {entry!r}, not a number")
            _refuse_yes_no(name, entry, (*index, i))


def _refuse_entries(name: str, found: NDArray[Any]) -> None:
    """Name the first entry of an object array that is no number."""
    for index, entry in np.ndenumerate(found):
        if isinstance(entry, bool | np.bool_) or not isinstance(entry, _NUMBERS):
            refuse(
                name,
                f"{_position(index)} is {'missing' if entry is None else repr(entry)[:80]}, not a number",
            )


def numbers(name: str, x: object) -> NDArray[np.float64]:
    """Return `x` as float64, contiguous, of any shape.

    A yes/no value, text, a complex number or a missing entry is refused, not converted.
    """
    _refuse_yes_no(name, x, ())
    if isinstance(x, np.ma.MaskedArray) and np.ma.is_masked(x):
        refuse(name, "has masked entries")
    try:
        found = np.asarray(x)
    except ValueError:
        refuse(name, "must have rows of the same length")
    if found.dtype.kind in _KINDS:
        refuse(name, f"must be numbers, not {_KINDS[found.dtype.kind]}")
    if found.dtype.kind == "O":
        _refuse_entries(name, found)
    return np.ascontiguousarray(found, dtype=np.float64).reshape(found.shape)


def vector(name: str, x: object) -> NDArray[np.float64]:
    """Return `x` as a one-dimensional float64 array; refuse other shapes."""
    found = numbers(name, x)
    if found.ndim != 1:
        refuse(name, f"must be one-dimensional, not of shape {found.shape}")
    return found


def together(**arguments: object) -> list[NDArray[np.float64]]:
    """Return the arguments of a formula as float64 arrays whose shapes broadcast together."""
    found = {name: numbers(name, x) for name, x in arguments.items()}
    shape: tuple[int, ...] = ()
    for name, array in found.items():
        try:
            shape = np.broadcast_shapes(shape, array.shape)
        except ValueError:
            allowed = f"must broadcast with the arguments before it, which are of shape {shape}"
            refuse(name, allowed, value=f"of shape {array.shape}")
    return list(found.values())


def rows(name: str, x: object) -> NDArray[np.float64]:
    """Return `x`, one row of numbers or a table of rows, as float64; refuse other shapes."""
    found = numbers(name, x)
    if found.ndim not in (1, 2):
        refuse(name, f"must be one row of numbers or a table of rows, not of shape {found.shape}")
    return found
