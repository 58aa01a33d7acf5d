"""Structure-aware fuzzing of everything that reads a plan: ``python fuzzing.py SECONDS FIRST_CASE KINDS``.

A case is its number: the same number makes the same input. Runs in a process of its own, so that a crash ends
only that; prints what it found as JSON, and the number of a case that fails before its traceback.
"""

from __future__ import annotations

import copy
import datetime
import faulthandler
import io
import json
import re
import resource
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import numpy as np
import tomli_w
from hypothesis import HealthCheck, Phase, given, settings
from plans import PlanData, plans

import trainplan as tp
from trainplan._starter import starter

Reader = Callable[[], tp.Plan]

TOKENS = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\w.+-]+|[ \t]+|.', re.DOTALL)
# Fifty problems with what they quote, cut.
LONGEST_MESSAGE = 50_000
# Words that mean something to one reader or another, and some that no reader should swallow.
HOSTILE = [
    *("nan", "inf", "-inf", "1e400", "-1e400", "1e-400", "-0", "0x1F", "0o7", "1_000", "9" * 400, "true"),
    *("null", '"""', "'" * 3, '"', "'", "[[", "]]", "[", "]", "{", "}", "=", ":", ",", ".", "#", "\\"),
    *("\n", "\r", "\r\n", "1979-05-27T07:32:00Z", "07:32:00", '"12%"', '"1 to 2"', '"2 to 1"'),
    *('"pert(3, 2, 1)"', '"normal(0, -1)"', '"discrete(1: 0.5, 2: 0.6)"', '"lognormal(p10=0, p90=1)"'),
    *('"uniform(-1e308, 1e308)"', '"5e-324 to 1"', '"\\ud800"', '"\\u0000"', '"\\x"', "\x00", "\x0b"),
    *("\x1f", "\x7f", "\u2028", "\u202e", "\ufeff", "é", "😀", "a.b.c.d", ".".join("a" * 30), "[" * 40),
    *("{a=" * 40, "x" * 5000, '"' + "y" * 70_000 + '"', "schema_version", "=1+1", "@SUM(A1)", "NA"),
    *("None", "nan nan", "00123", "1.200,50", "1,5", "12 %", "yes", "TRUE", "١", "0.1 to", "&amp;", "&lt;"),
    *("<", ">", "</c>", "<v>", "&x;", "<!DOCTYPE a [<!ENTITY x 'y'>]>", "<![CDATA[", 't="s"'),
]
VALUES = [
    *(None, True, False, 0, -1, 1, 2**53 + 1, 2**63, -(2**63) - 1, 10**400, 0.5, -0.0, 5e-324, 1e308),
    *(float("nan"), float("inf"), float("-inf"), "", " ", "x" * 5000, "1 to 2", "pert(1, 2, 3)", "50%"),
    *("\x00", "\ud800", "é", "a.b", "NA", "teams", "wave_1", "fcr", "csat", "included", 1979, 1j, b"bytes"),
    *([], {}, [[]], [None], {"id": "a"}, {"": 1}, {"a": {"b": {}}}, (1, 2), {1, 2}, object()),
    *(datetime.date(2027, 1, 1), datetime.time(1), np.float64(2.5), np.int64(3), np.array([1, 2])),
    *(np.bool_(True), tp.Quantity("1 to 2")),
]


def nested(depth: int) -> Any:
    found: Any = 1
    for _ in range(depth):
        found = [found] if depth % 2 else {"a": found}
    return found


def some_plans(count: int) -> list[PlanData]:
    found: list[PlanData] = []

    @settings(
        max_examples=count, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(plans())
    def collect(plan: PlanData) -> None:
        found.append(plan)

    collect()
    return found


class Seeds:
    """What the cases are made from."""

    def __init__(self, folder: Path) -> None:
        made = [tp.Plan.from_dict(plan) for plan in some_plans(12)]
        self.plans = [*(tp.example(name) for name in tp.examples()), *made]
        self.data = [plan.to_dict() for plan in self.plans]
        self.texts = {
            ".toml": [starter(), *(plan.to_toml() for plan in self.plans)],
            ".json": [plan.to_json() for plan in self.plans],
        }
        self.tables: dict[str, list[dict[str, bytes]]] = {"csv": [], "parquet": [], "xlsx": []}
        self.frames = [
            {name: table.to_dict("list") for name, table in plan.to_frames().items()} for plan in self.plans
        ]
        for number, plan in enumerate(self.plans[:6]):
            (folder / f"{number}").mkdir()
            for kind, write in (("csv", plan.to_csv), ("parquet", plan.to_parquet)):
                write(folder / f"{number}" / kind)
                files = sorted((folder / f"{number}" / kind).iterdir())
                self.tables[kind].append({file.name: file.read_bytes() for file in files})
            plan.to_excel(folder / "plan.xlsx")
            with zipfile.ZipFile(folder / "plan.xlsx") as archive:
                self.tables["xlsx"].append({name: archive.read(name) for name in archive.namelist()})


# ---------------------------------------- what is done to an input


def token(draw: Random, pool: list[str]) -> str:
    return draw.choice(HOSTILE) if draw.random() < 0.5 else draw.choice(pool)


def mutated_text(draw: Random, text: str, other: str) -> str:
    """Return a text with tokens or lines lost, doubled, moved, replaced; perhaps the end of another."""
    parts = TOKENS.findall(text) if draw.random() < 0.7 else text.splitlines(keepends=True)
    pool = TOKENS.findall(other)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 8, 30))):
        at, to = draw.randrange(len(parts) + 1), draw.randrange(len(parts) + 1)
        change = draw.randrange(9)
        if change == 0:
            del parts[at : at + draw.choice((1, 1, 2, 20))]
        elif change == 1:
            parts[at:at] = parts[at : at + draw.choice((1, 1, 5, 200))] * draw.choice((1, 1, 3))
        elif change == 2:
            parts[at : at + 1] = [token(draw, pool)]
        elif change == 3:
            word = token(draw, pool)
            parts[at:at] = [word] * min(draw.choice((1, 1, 1, 40, 20_000)), 1 + 2**20 // len(word))
        elif change == 4 and at < len(parts) and to < len(parts):
            parts[at], parts[to] = parts[to], parts[at]
        elif change == 5:
            parts[at:] = pool[draw.randrange(len(pool)) :] if draw.random() < 0.3 else parts[at:]
        elif change == 6 and at < len(parts) and parts[at]:
            place = draw.randrange(len(parts[at]))
            parts[at] = parts[at][:place] + chr(draw.choice((0, 9, 34, 46, 48, 92, 233, 0x2028, 0x1F600)))
        elif change == 7:
            del parts[at + draw.choice((0, 1000)) :]
        else:
            parts[at:at] = parts[to : to + draw.choice((1, 10, 100))]
        if not parts:
            break
    return "".join(parts)[: 9 * 2**20]


def mutated_bytes(draw: Random, raw: bytes) -> bytes:
    changed = bytearray(raw)
    for _ in range(draw.choice((1, 1, 2, 8))):
        at = draw.randrange(len(changed) + 1)
        at = max(0, len(changed) - draw.randrange(600)) if draw.random() < 0.4 else at
        changed[at : at + draw.choice((0, 1, 1, 4))] = bytes(
            draw.choice((draw.randrange(256), 0, 0xFF, 0x7F, 0x80)) for _ in range(draw.choice((0, 1, 1, 4)))
        )
    return bytes(changed)


def mutated_data(draw: Random, data: Any, other: Any) -> Any:
    """Return plain data with values replaced, keys lost, added or misspelt, records doubled or moved."""
    made = copy.deepcopy(data)
    for _ in range(draw.choice((1, 1, 1, 2, 5))):
        holder = made
        while isinstance(holder, dict | list) and holder and draw.random() < 0.8:
            key = draw.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
            if not isinstance(holder[key], dict | list):
                break
            holder = holder[key]
        if not isinstance(holder, dict | list) or not holder:
            continue
        key = draw.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        deep = nested(draw.choice((5, 33, 300)))
        value = copy.deepcopy(draw.choice((draw.choice(VALUES), draw.choice(VALUES), deep, other)))
        change = draw.randrange(5)
        if change <= 1:
            holder[key] = value
        elif change == 2:
            del holder[key]
        elif isinstance(holder, dict):
            holder[draw.choice((f"{key}s", f"{key}"[:-1], "", "id", "path", "\x00", 5))] = value
        else:
            holder.insert(key, draw.choice((value, copy.deepcopy(holder[key]))))
    return made


def mutated_columns(draw: Random, tables: dict[str, Any]) -> dict[str, Any]:
    """Return tables of columns with cells, columns and tables changed."""
    made = {name: {column: list(cells) for column, cells in table.items()} for name, table in tables.items()}
    for _ in range(draw.choice((1, 1, 2, 5))):
        name = draw.choice(list(made))
        table = made[name]
        if not table:
            continue
        column = draw.choice(list(table))
        cells = table[column]
        change = draw.randrange(8)
        if change <= 2 and cells:
            cells[draw.randrange(len(cells))] = copy.deepcopy(draw.choice([*VALUES, *HOSTILE]))
        elif change == 3:
            del table[column]
        elif change == 4:
            table[draw.choice((f"{column}s", "", "id", "value", 3))] = list(cells)
        elif change == 5:
            for other in table.values():
                del other[draw.randrange(len(other) + 1) :]
        elif change == 6:
            made[draw.choice((f"{name}s", "", "settings", "teams"))] = {k: list(v) for k, v in table.items()}
        else:
            table[column] = [*cells, *cells] if draw.random() < 0.3 else cells[::-1]
    return made


# ---------------------------------------- cases


class Cases:
    """Makes a case; each kind is a method, and what it returns reads the case."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seeds = Seeds(folder)
        self.validator = jsonschema.Draft202012Validator(tp.schema())
        self.made = 0

    def text(self, draw: Random, suffix: str) -> Reader:
        texts = self.seeds.texts[suffix]
        if draw.random() < 0.2:
            data = mutated_data(draw, draw.choice(self.seeds.data), draw.choice(self.seeds.data)["teams"])
            try:
                text = tomli_w.dumps(data) if suffix == ".toml" else json.dumps(data)
            except (TypeError, ValueError, RecursionError):
                text = draw.choice(texts)
        else:
            text = mutated_text(draw, draw.choice(texts), draw.choice(texts))
        raw = text.encode("utf-8", "surrogatepass")
        path = self.folder / f"plan{suffix}"
        path.write_bytes(mutated_bytes(draw, raw) if draw.random() < 0.1 else raw)
        return lambda: tp.read_plan(path)

    def toml(self, draw: Random) -> Reader:
        return self.text(draw, ".toml")

    def json(self, draw: Random) -> Reader:
        return self.text(draw, ".json")

    def dicts(self, draw: Random) -> Reader:
        data = mutated_data(draw, draw.choice(self.seeds.data), draw.choice(self.seeds.data)["teams"])
        return lambda: self.valid(data)

    def valid(self, data: PlanData) -> tp.Plan:
        """Return the plan; what the core takes, the schema does not refuse."""
        plan = tp.Plan.from_dict(data)
        try:
            plain = json.loads(json.dumps(data))
        except (TypeError, ValueError):
            return plan  # objects of Python, which no file holds
        self.validator.validate(plain)
        return plan

    def frames(self, draw: Random) -> Reader:
        tables = mutated_columns(draw, draw.choice(self.seeds.frames))
        return lambda: tp.Plan.from_frames(tables)

    def files(self, draw: Random, kind: str) -> dict[str, bytes]:
        """Return the files of a folder or workbook, one or two of them changed."""
        files = dict(draw.choice(self.seeds.tables[kind]))
        for _ in range(draw.choice((1, 1, 2))):
            name = draw.choice(list(files))
            raw = files[name]
            if kind == "parquet" or not raw or draw.random() < 0.1:
                files[name] = mutated_bytes(draw, raw)
            else:
                other = draw.choice(list(files.values()))
                texts = (part.decode("utf-8", "replace") or "," for part in (raw, other))
                files[name] = mutated_text(draw, *texts).encode("utf-8", "surrogatepass")
            if draw.random() < 0.05:
                files[draw.choice((f"x{name}", name.upper(), "teams.csv"))] = files.pop(name)
        return files

    def folder_of(self, draw: Random, kind: str) -> Reader:
        folder = self.folder / f"case_{kind}"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, raw in self.files(draw, kind).items():
            (folder / name).write_bytes(raw)
        decimal = draw.choice((".", ".", ","))
        return lambda: tp.read_plan(folder, decimal=decimal)

    def csv(self, draw: Random) -> Reader:
        return self.folder_of(draw, "csv")

    def parquet(self, draw: Random) -> Reader:
        return self.folder_of(draw, "parquet")

    def xlsx(self, draw: Random) -> Reader:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
            for name, raw in self.files(draw, "xlsx").items():
                archive.writestr(name, raw)
        raw = made.getvalue()
        path = self.folder / "case.xlsx"
        path.write_bytes(mutated_bytes(draw, raw) if draw.random() < 0.1 else raw)
        return lambda: tp.read_plan(path)


# How often each is made: a workbook takes as long as twenty texts.
KINDS = {"toml": 30, "json": 20, "dicts": 30, "frames": 15, "csv": 15, "parquet": 4, "xlsx": 4}


def outcome(kind: str, read: Reader) -> str:
    """Read a case; say what became of it. Whatever else is raised is a crash."""
    try:
        plan = read()
    except tp.InputError as error:
        problems, message = vars(error)["problems"], str(error)
    except OSError:
        return f"{kind}: OSError"
    else:
        assert tp.Plan.from_dict(plan.to_dict()) == plan, "another plan after a round trip"
        return f"{kind}: read"
    assert problems, "an error without problems"
    assert len(message) < LONGEST_MESSAGE, "too long a message"
    return f"{kind}: refused"


def fuzz(seconds: float, first: int, kinds: list[str]) -> dict[str, Any]:
    found: Counter[str] = Counter()
    slowest = (0.0, -1)
    with tempfile.TemporaryDirectory() as name:
        cases = Cases(Path(name))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        number, end = first, time.monotonic() + seconds
        while time.monotonic() < end:
            draw = Random(number)
            kind = draw.choices(kinds, [KINDS[kind] for kind in kinds])[0]
            read: Reader = getattr(cases, kind)(draw)
            start = time.process_time()
            try:
                found[outcome(kind, read)] += 1
            except BaseException:
                print(f"case {number} ({kind}):", file=sys.stderr)
                raise
            slowest = max(slowest, (time.process_time() - start, number))
            number += 1
    return {
        "executions": number - first,
        "outcomes": dict(sorted(found.items())),
        "slowest_seconds": round(slowest[0], 3),
        "slowest_case": slowest[1],
        "memory_growth_mib": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024),
    }


if __name__ == "__main__":
    faulthandler.enable()
    chosen = sys.argv[3].split(",") if len(sys.argv) > 3 else list(KINDS)
    print(json.dumps(fuzz(float(sys.argv[1]), int(sys.argv[2]), chosen)))
