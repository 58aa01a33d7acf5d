"""The plan as an analyst handles it: read, look, change, check, write."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from trainplan import _core, _files
from trainplan._arrays import refuse
from trainplan._frames import from_rows
from trainplan._plan_card import differences, facts

__all__ = ["Check", "Plan", "check", "example", "examples", "read_plan"]

_INPUT_COLUMNS = (
    "path",
    "value",
    "unit",
    "family",
    "p10",
    "p50",
    "p90",
    "source",
    "citation",
    "grade",
    "default",
    "meaning",
)


class Plan:
    """A training programme: goals, people, courses, reinforcement, money.

    A plan is a value: it never changes, `replace` returns a new one. It is always complete and consistent;
    what
    cannot be computed is refused when the plan is made, with every problem at once.

    Its records are attributes (`plan.teams`, `plan.reinforcement`, ...); a list of records is a tuple. Any
    value
    can be read by its path, with ids in the place of positions: ``plan["teams.support.attrition"]``.

    Examples
    --------
    >>> import trainplan as tp
    >>> plan = tp.example("one_team")
    >>> plan["teams.support.people"]
    40
    >>> plan.replace({"teams.support.people": 50})["teams.support.people"]
    50
    """

    __slots__ = ("_record",)

    def __init__(self, record: _core.Plan) -> None:
        self._record = record

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Plan:
        """Make a plan from nested plain data, as it stands in a TOML or JSON file.

        Raises
        ------
        InputError
            With every problem: path, value, what is allowed, and a near name for a misspelt field.
        """
        return cls(_core.Plan.read(dict(data)))

    @classmethod
    def from_frames(cls, tables: Mapping[str, Any], *, decimal: str = ".") -> Plan:
        """Make a plan from tables by name: what `to_frames` returns, edited or built by hand.

        A table is a data frame (pandas, polars, Arrow), a dict of columns or a list of rows. Blank cells and
        missing columns leave fields at their defaults. Numbers may be texts, with `decimal` for their sign.

        Raises
        ------
        InputError
            With every problem: table, row, column, path, value, what is allowed.

        Examples
        --------
        >>> import trainplan as tp
        >>> plan = tp.Plan.from_frames({
        ...     "settings": {"path": ["workforce.realization"], "value": ["0.4 to 0.8"]},
        ...     "teams": [{"id": "billing", "people": 40, "hourly_cost": 26, "attrition": 30}],
        ... })
        >>> plan["workforce.realization"]
        '0.4 to 0.8'
        """
        from trainplan import _plan_frames, _tables

        return cls(_tables.plan_from(_plan_frames.sheets_from(tables, decimal=_sign(decimal))))

    @property
    def record(self) -> _core.Plan:
        """The plan as the core holds it."""
        return self._record

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._record, name)

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *(field["name"] for field in _fields("Plan"))})

    def __getitem__(self, path: str) -> Any:
        """Return the value at a path as a file would hold it; None for an optional field that is absent."""
        return self._record.get(path)

    def __eq__(self, other: object) -> bool:
        return self._record == other._record if isinstance(other, Plan) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return (Plan, (self._record,))

    def replace(self, changes: Mapping[str, Any]) -> Plan:
        """Return a plan with changes {path: value}.

        A value is what a file would hold there: a number, a text such as ``"1 to 3"``, a table for a whole
        record
        (a new id adds it). None removes a record, or resets a field to its default.
        """
        return Plan(self._record.replace_paths(dict(changes)))

    def to_dict(self, *, defaults: bool = False) -> dict[str, Any]:
        """Return the plan as plain data; with `defaults` also the fields that hold their default."""
        return self._record.to_dict(defaults=defaults)

    def to_toml(self, path: str | Path | None = None) -> str:
        """Return the plan as TOML, and write it to a file where one is named (whole or not at all)."""
        import tomli_w

        return _files.written(tomli_w.dumps(self.to_dict()), path)

    def to_json(self, path: str | Path | None = None) -> str:
        """Return the plan as JSON, and write it to a file where one is named (whole or not at all)."""
        import json

        return _files.written(json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n", path)

    def to_frames(self, *, backend: str = "pandas") -> dict[str, Any]:
        """Return the plan as data frames by the name of their table; `from_frames` reads them.

        ``settings`` has the fields that stand once, by path; each list of records is a table (``teams``,
        ``waves``, ``benefits.custom``), and so is a map in its records (``teams.baseline``: team, kpi,
        value).
        """
        from trainplan._form import form
        from trainplan._plan_frames import from_table
        from trainplan._tables import flatten

        return {
            name: from_table(form()[name], rows, backend=backend)
            for name, rows in flatten(self.to_dict()).items()
        }

    def to_csv(self, folder: str | Path) -> None:
        """Write the plan as a folder of .csv tables, one file a table, all or none; `read_plan` reads it.

        The folder is made where there is none. Tables of a plan that were in it are replaced, or gone where
        this plan has no such table; other files stay. A text that a spreadsheet would run as a formula has an
        apostrophe before it, which is dropped when the table is read.

        Raises
        ------
        InputError
            When the folder holds tables that are none of a plan.
        OSError
            When it cannot be written; what was there before is then still there.
        """
        from trainplan import _folders, _tables

        tables = _tables.flatten(self.to_dict())
        _folders.write(tables, Path(folder), _folders.CSV, _folders.csv_bytes)

    def to_parquet(self, folder: str | Path) -> None:
        """Write the plan as a folder of .parquet tables, in the way of `to_csv`; needs pyarrow."""
        from trainplan import _folders, _tables

        tables = _tables.flatten(self.to_dict())
        _folders.write(tables, Path(folder), _folders.PARQUET, _folders.parquet_bytes)

    def to_excel(self, path: str | Path) -> Path:
        """Write the plan as a workbook, whole or not at all, and return its path; `read_plan` reads it.

        A sheet a table, with headers that say what each column means, lists to choose from, and rows to add
        more: a form that people can fill. Cells are values, and every one is read back and compared before
        the file takes its name. Needs ``pip install trainplan[excel]``.

        Raises
        ------
        InputError
            For a path that is no .xlsx file in a folder that exists, and for texts that are too long for a
            cell.
        OSError
            When the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> import trainplan as tp
        >>> plan = tp.example("one_team")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     tp.read_plan(plan.to_excel(f"{folder}/plan.xlsx")) == plan
        True
        """
        from trainplan import _workbook_form

        return _workbook_form.write_plan(self, path)

    def inputs(self, *, backend: str = "pandas") -> Any:
        """Return every quantity: path, value, unit, distribution, source.

        Columns: path, value (as written), unit, family, p10, p50, p90, source (data, benchmark, assumption,
        default, or
        empty where none is stated), citation, grade, default (whether the value is the library's), meaning.
        """
        rows = [{**row, "value": str(row["value"])} for row in self._record.inputs()]
        return from_rows(rows, _INPUT_COLUMNS, backend=backend)

    def diff(self, other: Plan, *, backend: str = "pandas") -> Any:
        """Return what differs between two plans: path, the value here, the value there (None for none)."""
        rows = differences(self.to_dict(defaults=True), other.to_dict(defaults=True))
        return from_rows(rows, ("path", "here", "there"), backend=backend)

    def schedule(self, *, backend: str = "pandas") -> Any:
        """Return when each wave takes place: wave, stated, start, last month, and what moved it.

        `moved_by` is ``lead_time``, ``peak_season``, ``order``, or empty where the wave starts as stated.
        """
        return from_rows(
            self._record.schedule(), ("wave", "stated", "start", "last", "moved_by"), backend=backend
        )

    def _facts(self) -> list[tuple[str, str]]:
        return facts(self._record)

    def __repr__(self) -> str:
        name = self._record.programme.name or "unnamed"
        return "\n".join([f"Plan: {name}", *(f"  {label:<9} {text}" for label, text in self._facts())])

    def _repr_html_(self) -> str:
        name = html.escape(self._record.programme.name or "unnamed plan")
        left = "style='text-align:left'"
        rows = "".join(
            f"<tr><th {left}>{label}</th><td {left}>{html.escape(text)}</td></tr>"
            for label, text in self._facts()
        )
        return f"<table><caption style='text-align:left'><b>{name}</b></caption>{rows}</table>"


@dataclass(frozen=True, slots=True)
class Check:
    """What is wrong with a plan (problems), what a careful reader would ask about (warnings), and notes.

    Notes are what a small simulation tells: how much of the benefit lies beyond the evidence, and what
    coaching returns.
    """

    problems: tuple[dict[str, Any], ...]
    warnings: tuple[dict[str, Any], ...]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the plan can be computed."""
        return not self.problems

    def _rows(self) -> list[tuple[str, str]]:
        return [
            (kind, _files.line_of(entry))
            for kind, entries in (("error", self.problems), ("warning", self.warnings))
            for entry in entries
        ] + [("note", note) for note in self.notes]

    def __repr__(self) -> str:
        lines = [f"{kind}: {line}" for kind, line in self._rows()]
        if not self.problems and not self.warnings:
            lines.insert(0, "no problems, no warnings")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if not self._rows():
            return "<p>No problems, no warnings.</p>"
        rows = "".join(
            f"<tr><td>{kind}</td><td style='text-align:left'>{html.escape(line)}</td></tr>"
            for kind, line in self._rows()
        )
        return f"<table><thead><tr><th></th><th style='text-align:left'>What</th></tr></thead>{rows}</table>"

    def to_frame(self, *, backend: str = "pandas") -> Any:
        """Return a row a problem, warning or note: kind, path, value, allowed (what is said), hint."""
        names = ("path", "value", "allowed", "hint")
        rows = [
            {"kind": kind, **{name: entry[name] for name in names}}
            for kind, entries in (("error", self.problems), ("warning", self.warnings))
            for entry in entries
        ] + [{"kind": "note", **dict.fromkeys(names, ""), "allowed": note} for note in self.notes]
        return from_rows(rows, ("kind", *names), backend=backend)


def check(plan: Plan | str | Path | Mapping[str, Any]) -> Check:
    """List every problem and warning of a plan, of a file, or of plain data.

    Examples
    --------
    >>> import trainplan as tp
    >>> found = tp.check({"teams": [{"id": "a", "people": -3, "hourly_cost": 20, "attrition": 30}]})
    >>> print(found)
    error: teams.a.people: is -3, must be between 1 and 1000000 people
    error: workforce: is required
    """
    try:
        if isinstance(plan, str | Path):
            made = read_plan(plan)
        else:
            made = plan if isinstance(plan, Plan) else Plan.from_dict(plan)
    except _core.InputError as error:
        return Check(tuple(_files.problems_of(error)), ())
    from trainplan._advice import advice

    warnings, notes = advice(made)
    return Check((), (*made.record.warnings(), *warnings), tuple(notes))


def read_plan(path: str | Path, *, decimal: str = ".") -> Plan:
    """Read a plan from a .toml, .json or .xlsx file, or from a folder of .csv or .parquet tables.

    Parameters
    ----------
    path : str or Path
        File or folder. Comments in it are not kept.
    decimal : {".", ","}
        Decimal sign of numbers that are texts in tables: ``","`` reads 1.200,50.

    Raises
    ------
    InputError
        With every problem: file, line (or sheet, row and column), path, value, what is allowed.
    OSError
        When the file cannot be read.
    """
    path, decimal = Path(path), _sign(decimal)
    suffix = path.suffix.lower()
    if path.is_dir() and suffix not in (".toml", ".json", ".xlsx"):
        from trainplan import _folders, _tables

        return Plan(_tables.plan_from(_folders.read(path, decimal=decimal)))
    if suffix in (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"):
        from trainplan import _tables, _workbook  # the others are refused there, by name

        return Plan(_tables.plan_from(_workbook.read_workbook(path, decimal=decimal)))
    return Plan(_files.read(path, _core.Plan.read))


def examples() -> list[str]:
    """Return the names of the plans that ship with the package."""
    folder = resources.files("trainplan") / "data"
    return sorted(
        entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")
    )


def example(name: str) -> Plan:
    """Return a plan that ships with the package; `examples` lists them."""
    if name not in examples():
        refuse("name", f"must be one of {', '.join(examples())}", value=repr(name)[:80])
    with resources.as_file(resources.files("trainplan") / "data" / f"{name}.toml") as path:
        return read_plan(path)


def _fields(record: str) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = _core.record_fields()[record]["fields"]
    return fields


def _sign(decimal: str) -> str:
    if decimal not in (".", ","):
        refuse("decimal", "must be '.' or ','", value=repr(decimal)[:80])
    return decimal
