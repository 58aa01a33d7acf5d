"""One cell of a table and the value of a field: what is written, and what is read by the column's kind."""

from __future__ import annotations

import datetime
import math
import re
from decimal import Decimal
from typing import Any

from trainplan import _core
from trainplan._form import Column

__all__ = ["Cell", "Refused", "blank", "cell", "empty", "number_of", "plain", "shown", "value"]

Cell = None | bool | int | float | str

_EXACT = 2**53  # whole numbers beyond it are not all doubles
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,25}")
_COMMA = r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]+)?"  # 1.200,50 and 1200,50
_DECIMAL_COMMA = re.compile(rf"{_COMMA}(?P<sign>\s*%)?")
_RANGE = re.compile(rf"(?P<low>{_COMMA}\s*%?)\s+to\s+(?P<high>{_COMMA}\s*%?)")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_ENTRY = re.compile(r'\s*+(?:"(?P<quoted>(?:[^"]|"")*+)"\s*|(?P<plain>[^",][^,]*+|))(?P<end>,|\Z)')
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_FLAGS = {"true": True, "false": False}


class Refused(Exception):  # noqa: N818 - it never leaves the package
    """A cell that its column does not take."""

    def __init__(self, found: object, allowed: str, hint: str = "") -> None:
        super().__init__(allowed)
        self.found, self.allowed, self.hint = found, allowed, hint


def blank(found: object) -> bool:
    """Whether nothing stands in a cell: a blank, or what data frames have for one (NaN)."""
    return found is None or found == "" or (isinstance(found, float) and math.isnan(found))


def empty(found: object) -> bool:
    """Whether a cell is blank or holds white space only, which nobody sees."""
    return blank(found) or (isinstance(found, str) and found.isspace())


# ---------------------------------------- from a value to a cell


def cell(column: Column, content: Any) -> Cell:
    """Return what stands in a table for the value of a field; None for what a blank says as well."""
    if column.kind == "texts":
        return ", ".join(_entry(str(text)) for text in content) or None
    if isinstance(content, str) and column.kind in ("text", "choice"):
        if content == "" and column.field["default"] == "":
            return None
        # A blank is the default: an empty text needs a sign, and what looks like the sign a longer one.
        return f'"{content}"' if not content.strip('"') and len(content) != 1 else content
    made: Cell = content
    return made


def _entry(text: str) -> str:
    plain = text and text == text.strip() and not any(sign in text for sign in ',"\r\n')
    return text if plain else '"' + text.replace('"', '""') + '"'


# ---------------------------------------- from a cell to a value


def value(column: Column, found: Any, *, decimal: str = ".") -> Any:
    """Return the value of a field that a cell states; None for a blank.

    Raises
    ------
    Refused
        For what cannot be meant; ranges, ids and distributions are left to the core.
    """
    if blank(found) or (column.kind not in ("text", "choice") and empty(found)):
        return None
    if column.kind in ("text", "choice"):
        return _text(_month(column, found))
    if column.kind == "texts":
        listed = _entries(found) if isinstance(found, str) else _listed(found)
        return [one if isinstance(one, str) else _text(one) for one in listed]
    if column.kind == "flag":
        return _flag(found)
    if isinstance(found, str):
        return _number(column, found.strip(), decimal)
    if not isinstance(found, bool | int | float):
        raise Refused(found, _wanted(column.field["unit"], whole=column.kind == "whole"))
    # What is longer than 64 bits the core names.
    if isinstance(found, int) and _EXACT < abs(found) < 2**63 and found != float(found):
        raise Refused(found, f"must be at most {_EXACT}: beyond it digits are lost")
    return found


def _month(column: Column, found: Any) -> Any:
    """Return the month that a spreadsheet took for a date, in a field whose example is one: 2027-01."""
    if isinstance(found, datetime.date) and _MONTH.fullmatch(str(column.field["example"])):
        return f"{found:%Y-%m}"
    return found


def _text(found: Any) -> Any:
    """Return a text as it stands; a number that a spreadsheet made of one by its shortest digits."""
    if isinstance(found, bool):
        return "TRUE" if found else "FALSE"
    if isinstance(found, int):
        return str(found)
    if isinstance(found, float):
        if abs(found) >= _EXACT:
            raise Refused(
                found, "must be a text: a number of this size has lost digits", "store the column as text"
            )
        return str(int(found)) if found == int(found) else repr(found)
    if isinstance(found, datetime.datetime) and found.time() == datetime.time():
        return found.date().isoformat()
    if isinstance(found, datetime.date | datetime.datetime):
        return found.isoformat()
    if not isinstance(found, str):
        return found  # the core names what it is
    return found[1:-1] if len(found) > 1 and not found.strip('"') else found


def _listed(found: Any) -> list[Any]:
    return list(found) if isinstance(found, list | tuple) else [found]


def _entries(text: str) -> list[str]:
    """Return the entries of a list in one cell, parted by commas, quoted as in CSV where they need it."""
    entries, at = [], 0
    while True:
        entry = _ENTRY.match(text, at)
        if entry is None:
            raise Refused(
                text, "must be texts with a comma between two of them", 'quote one that holds commas: "a, b"'
            )
        plain = entry["plain"]
        if plain is not None and not plain.strip():
            raise Refused(text, "has nothing before, after or between two commas")
        entries.append(plain.strip() if plain is not None else entry["quoted"].replace('""', '"'))
        at = entry.end()
        if not entry["end"]:
            return entries


def _flag(found: Any) -> Any:
    if not isinstance(found, str):
        return found
    if (known := _FLAGS.get(found.strip().lower())) is None:
        raise Refused(found, "must be true or false")
    return known


def number_of(text: str) -> int | float | None:
    """Return the number that a text is, exactly as Python would read it; None for any other text."""
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if len(text) <= 400 and _NUMBER.fullmatch(text) else None


def _number(column: Column, text: str, decimal: str) -> Any:
    """Return a number, or the text of a distribution, from a text."""
    shown = text
    if decimal == ",":
        text = _pointed(column, text)
    if (known := number_of(text)) is not None:
        return value(column, known)
    if decimal == "." and "(" not in text:
        _refuse_commas(text)
    if column.kind == "quantity":
        return text  # the core reads distributions, and percentages where the unit has them
    allowed = _wanted(column.field["unit"], whole=column.kind == "whole")
    share = number_of(text[:-1].rstrip()) if text.endswith("%") else None
    if share is None:
        raise Refused(shown, allowed)
    if column.kind == "whole" or column.field["unit"] != "fraction":
        unit = column.field["unit"]
        raise Refused(shown, allowed, f"no percent sign here{f': the unit is {unit}' if unit else ''}")
    return float(Decimal(text[:-1].strip()) / 100)  # as if it stood there: 7 % is 0.07


def _wanted(unit: str, *, whole: bool) -> str:
    kind = "a whole number" if whole else "a number"
    return f"must be {kind}{f' [{unit}]' if unit and unit != 'fraction' else ''}"


def _refuse_commas(text: str) -> None:
    """Refuse numbers with a decimal comma or separators of thousands: people read them differently."""
    both = _GROUPED.fullmatch(text), _DECIMAL_COMMA.fullmatch(text) or _RANGE.fullmatch(text)
    if not any(both) or "," not in text:
        return
    without = f"write {text.replace(',', '')} without separators of thousands"
    comma = 'if the comma is the decimal sign, read the tables with decimal=","'
    hint = "; ".join(part for part, meant in ((comma, both[1]), (without, both[0])) if meant)
    raise Refused(text, "must be a number with a decimal point", hint)


def _pointed(column: Column, text: str) -> str:
    """Return a text with decimal commas as one with decimal points."""
    if "(" in text:
        # Commas part the arguments of a distribution, unless semicolons do.
        return text.replace(",", ".").replace(";", ",") if ";" in text else text
    if found := _RANGE.fullmatch(text):
        return f"{_point(found['low'])} to {_point(found['high'])}"
    if _DECIMAL_COMMA.fullmatch(text):
        return _point(text)
    if "." in text:
        hint = 'the tables are read with decimal=","; in 1.234,5 a point parts thousands'
        raise Refused(text, _wanted(column.field["unit"], whole=column.kind == "whole"), hint)
    return text


def _point(text: str) -> str:
    return text.replace(".", "").replace(",", ".")


def plain(found: Any) -> Any:
    """Return a cell of a data frame as Python has it: no NumPy, pandas or Arrow scalar, missing as None."""
    if found is None or isinstance(found, bool | int | float | str):
        return found
    if type(found).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(found, Decimal):
        return int(found) if found.is_finite() and found == found.to_integral_value() else float(found)
    if hasattr(found, "tolist"):  # arrays and scalars of NumPy
        return found.tolist()
    if hasattr(found, "to_list"):  # series of pandas and polars, which cells of lists can be
        return found.to_list()
    return found


def shown(found: object) -> str:
    """Return a cell as messages show it: in quotes when it is a text, escaped and cut."""
    return _core.quoted(found) if isinstance(found, str) else str(found)[:80]
