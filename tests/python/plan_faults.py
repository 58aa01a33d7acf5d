"""The faults of plan files and tables: what is given, and the words that name it.

They go by the numbers of the project's failure catalogue (F01 to F44: parse, schema, tables).
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

import trainplan as tp

TEAM: dict[str, Any] = {"id": "a", "people": 10, "hourly_cost": 25, "attrition": 30}
COST: dict[str, Any] = {"id": "c", "category": "content", "amount": 5}
GOOD: dict[str, Any] = {"teams": [TEAM], "workforce": {"realization": 0.5}}
TOML = """
[[teams]]
id = "a"
people = 10
hourly_cost = 25
attrition = 30
[workforce]
realization = 0.5
"""
TEAMS_CSV = "id,people,hourly_cost,attrition\na,10,25,30\n"
SETTINGS_CSV = "path,value\nworkforce.realization,0.5\n"

Given = Callable[[Path], Any]  # makes the fault in a folder; returns what the plan is then read from


def toml(content: str | bytes, name: str = "p.toml") -> Given:
    def made(folder: Path) -> Path:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder / name

    return made


def with_toml(more: str) -> Given:
    return toml(TOML + more)


def with_json(**changed: Any) -> Given:
    return toml(json.dumps({**GOOD, **changed}), "p.json")


def as_csv(**tables: str | bytes) -> Given:
    """Return a folder of tables; two underscores in a name are a dot."""

    def made(folder: Path) -> Path:
        for name, content in {"settings": SETTINGS_CSV, "teams": TEAMS_CSV, **tables}.items():
            raw = content if isinstance(content, bytes) else content.encode()
            (folder / f"{name.replace('__', '.')}.csv").write_bytes(raw)
        return folder

    return made


def frames(**tables: Any) -> Given:
    """Return tables by name; None for one that is not there."""
    settings = [{"path": "workforce.realization", "value": 0.5}]
    given = {"settings": settings, "teams": [TEAM], **tables}
    found = {name.replace("__", "."): table for name, table in given.items() if table is not None}
    return lambda _: found


def team(**changed: Any) -> Given:
    return frames(teams=[{**TEAM, **changed}])


def settings(path: str, value: Any) -> Given:
    return frames(settings={"path": ["workforce.realization", path], "value": [0.5, value]})


def linked(target: str) -> Given:
    """Return a folder whose teams are a link."""

    def made(folder: Path) -> Path:
        (folder / "outside.csv").write_text("root:x:0:0\n")
        inside = folder / "plan"
        inside.mkdir()
        as_csv()(inside)
        (inside / "teams.csv").unlink()
        (inside / "teams.csv").symlink_to(target)
        return inside

    return made


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "p.toml")
    return folder / "p.toml"


def pipe_inside(folder: Path) -> Path:
    as_csv()(folder)
    os.mkfifo(folder / "waves.csv")
    return folder


def linked_list(folder: Path) -> Path:
    as_csv()(folder)
    (folder / ".trainplan-x.moving").mkdir()
    (folder / ".trainplan-x.moving" / "names").symlink_to("/etc/passwd")
    return folder


def mixed(folder: Path) -> Path:
    as_csv()(folder)
    (folder / "waves.parquet").write_bytes(b"PAR1")
    return folder


def as_parquet(table: pa.Table | bytes) -> Given:
    def made(folder: Path) -> Path:
        tp.Plan.from_dict(GOOD).to_parquet(folder / "p")
        if isinstance(table, bytes):
            (folder / "p" / "teams.parquet").write_bytes(table)
        else:
            parquet.write_table(table, folder / "p" / "teams.parquet")
        return folder / "p"

    return made


def cycle() -> Given:
    module = {"competences": "communication", "hours": 2, "completion": 0.9, "mastery": 0.5}
    modules = [{"id": "m", **module, "prerequisites": "n"}, {"id": "n", **module, "prerequisites": "m"}]
    return frames(modules=modules)


FAULTS: list[tuple[str, Given, str]] = [
    ("F01", toml("a" + ".a" * 20_000 + " = 1"), "p.toml:1: file: a key must have at most 16 key parts"),
    ("F02", toml("a = " + "[" * 100_000), "p.toml:1: file: must not be nested deeper than 32 levels"),
    ("F02", toml("[" * 100_000, "p.json"), "p.json:1: file: must not be nested deeper than 32 levels"),
    ("F04", toml("#" * (2**23 + 1)), "file: is 8,388,609 bytes, must be at most 8,388,608 bytes (8 MiB)"),
    ("F04", as_csv(waves=b"," * (2**23 + 1)), "bytes, all tables together must be at most 8,388,608 bytes"),
    ("F04", as_csv(waves=b"x" * 70_000 + b","), "waves.csv:1, column 'xxxxxxx"),
    ("F06", toml(TOML.replace("0.5", "nan")), "p.toml:8: workforce.realization: is nan, must be finite"),
    ("F06", toml(TOML.replace("25", "-inf")), "p.toml:5: teams.a.hourly_cost: is -inf, must be finite"),
    ("F06", toml('{"teams": [{"id": "a", "people": 1e400}]}', "p.json"), "people: is inf, must be finite"),
    ("F06", as_csv(teams=TEAMS_CSV.replace("25", "1e400")),
     "teams.csv:2, column hourly_cost: teams.a.hourly_cost"),
    ("F06", team(hourly_cost=float("inf")),
     "column hourly_cost: teams.a.hourly_cost: is inf, must be finite"),
    ("F07", toml('{"teams": [],\n"teams": []}', "p.json"), "the key 'teams' stands twice: lines 1 and 2"),
    ("F09", with_toml("[programme]\ndiscount_rte = 1"), "Programme (did you mean 'discount_rate'?)"),
    ("F09", settings("programme.discount_rte", 1),
     "no such setting (did you mean 'programme.discount_rate'?)"),
    ("F09", frames(tems=[TEAM]), "table tems: tems: a plan has no such table (did you mean 'teams'?)"),
    ("F10", with_json(programme={"months": True}),
     "programme.months: is true or false, must be a whole number"),
    ("F10", with_json(programme={"months": "24"}),
     "programme.months: is a text ('24'), must be a whole number"),
    ("F10", team(people=True), "row 1 (counted from 1), column people: teams.a.people: is true or false"),
    ("F10", team(people="ten"), "teams.a.people: is 'ten', must be a whole number [people]"),
    ("F11", with_json(programme={"months": 24.5}), "programme.months: is 24.5, must be a whole number"),
    ("F12", with_json(programme={"months": 0}), "programme.months: is 0, must be between 1 and 600 months"),
    ("F12", with_json(programme={"months": -1}),
     "programme.months: is -1, must be between 1 and 600 months"),
    ("F12", with_json(programme={"months": 1e12}), "is 1000000000000, must be between 1 and 600 months"),
    ("F12", with_json(programme={"months": 2**63}), "is a whole number of 64 bits, must fit into 64 bits"),
    ("F12", team(people="9" * 24), "is a whole number of 80 bits, must fit into 64 bits"),
    ("F13", with_json(programme={"discount_rate": 8}),
     "programme.discount_rate: is 8, must be above -0.99 and at"),
    ("F13", settings("programme.discount_rate", 8), "and at most 1 (did you mean 0.08?)"),
    ("F15", toml("a: &a [*a]", "p.yaml"),
     "is '.yaml', is not supported: a plan is TOML or JSON (.toml, .json)"),
    ("F15", toml(TEAMS_CSV, "teams.csv"), "is not supported: a plan is TOML or JSON (.toml, .json)"),
    ("F16", toml(TOML.encode("utf-16")), "must be UTF-8; byte 0 is not (it looks like UTF-16)"),
    ("F16", toml(TOML.replace('"a"', '"é"').encode("latin-1")), "byte 17 is not (it may be Latin-1)"),
    ("F16", toml('{"programme": {"name": "\\ud800"}}', "p.json"),
     "is text with a lone surrogate at character 1"),
    ("F16", as_csv(teams=TEAMS_CSV.encode("utf-16")),
     "teams.csv: file: must be UTF-8; byte 0 is not (it looks"),
    ("F17", toml(""), "file: holds no plan: it is empty"),
    ("F17", toml("# only a comment\n"), "file: holds no plan: it is empty"),
    ("F17", toml("[]", "p.json"), "file: the top must be a table"),
    ("F17", lambda folder: folder, "holds no plan: there are no .csv or .parquet tables in it"),
    ("F19", linked("/etc/passwd"),
     "teams.csv: file: is a link that leaves the folder: a plan reads its own"),
    ("F19", linked("../outside.csv"), "teams.csv: file: is a link that leaves the folder"),
    ("F19", linked("teams.csv"), "teams.csv: file: is a link that leads nowhere"),
    ("F19", linked("/dev/zero"), "teams.csv: file: is a link that leaves the folder"),
    ("F19", linked_list, "names: file: is a link that leaves the folder"),
    ("F19", pipe, "p.toml: file: must be a file, not a device or a pipe"),
    ("F19", pipe_inside, "waves.csv: file: must be a file, not a folder, a device or a pipe"),
    ("F21", settings("programme.start", "2027-02-30"),
     "is '2027-02-30', must be a year and month: 2027-01"),
    ("F21", settings("programme.start", "2027-13"), "is '2027-13', must be a year and month: 2027-01"),
    ("F21", settings("programme.months", 120_000), "is 120000, must be between 1 and 600 months"),
    (
        "F21",
        frames(costs=[{**COST, "driver": "month", "first_month": 9, "last_month": 3}]),
        "column last_month: costs.c.last_month: is 3, must not lie before first_month, 9",
    ),
    ("F22", toml("schema_version = 2\nnew = 1\n" + TOML),
     "the plan was written by a newer version of trainplan"),
    ("F22", settings("schema_version", 2),
     "row 2 (counted from 1), column value: schema_version: is 2, the plan"),
    ("F22", as_csv(novel="a\n1\n", settings="path,value\nschema_version,7\n"),
     "settings.csv:2, column value: schema_"),
    ("F25", cycle(), "modules.m.prerequisites: the prerequisites go round in a circle: m needs n needs m"),
    (
        "F25",
        frames(waves=[{"id": "w", "start": 1, "teams": "a, b2", "modules": "m"}]),
        "table waves, row 1 (counted from 1), column teams: waves.w.teams: is 'b2', there is no team of",
    ),
    ("F25", frames(teams__baseline=[{"team": "b", "kpi": "csat", "value": 70}]),
     "column team: teams.baseline: is 'b', there is no team of this id in teams (did you mean 'a'?)"),
    ("F25", frames(teams__baseline=[{"team": "a", "kpi": "csta", "value": 70}]),
     "column kpi: teams.a.baseline.csta: is 'csta', there is no KPI of this id (did you mean 'csat'?)"),
    ("F26", as_csv(teams="id,peple,hourly_cost,attrition\na,10,25,30\n"),
     "teams.csv:1, column peple: teams: there is no column 'peple' (did you mean 'people'?)"),
    ("F26", as_csv(teams="id,name\na,b\n"),
     "lacks 'people' and 'hourly_cost' and 'attrition': expected id, people, hourly_cost, "
     "attrition; found id, name"),
    ("F26", team(**{"baseline.csat": 70}), "it is a table of its own, teams.baseline: team, kpi, value"),
    ("F27", as_csv(teams="id,people,people\na,10,10\n"),
     "teams.csv:1, column people: teams: two columns have the name 'people': columns 2 and 3"),
    ("F27", frames(teams=pd.DataFrame([[1, 2]], columns=["id", "id"])),
     "table teams, column id: teams: two columns have the name 'id'"),
    ("F27", frames(teams=pa.table([["a"], ["b"]], names=["id", "id"])),
     "two columns have the name 'id': columns 1 and 2"),
    ("F30", as_csv(teams="id;people;hourly_cost;attrition\na;10;1.200,50;30\n"),
     "teams.csv:2, column hourly_cost: teams.a.hourly_cost: is '1.200,50', must be a number with a "
     "decimal point (if the comma is the decimal sign, read the tables with decimal=\",\")"),
    ("F30", team(hourly_cost="1,200.50"),
     "must be a number with a decimal point (write 1200.50 without separators of thousands)"),
    ("F32", team(hourly_cost="12%"),
     "teams.a.hourly_cost: is '12%', no percent sign here: the unit is currency/h"),
    ("F32", team(people="12%"),
     "is '12%', must be a whole number [people] (no percent sign here: the unit is people)"),
    ("F33", as_csv(teams="id,people,hourly_cost,attrition\na,10,25\n"),
     "teams.csv:2: teams: the row has 3 cells, the header 4"),
    ("F33", as_csv(teams=TEAMS_CSV + "\nb,1,2,3,4\n"),
     "teams.csv:4: teams: the row has 5 cells, the header 4"),
    ("F33", frames(teams={"id": ["a"], "people": [1, 2]}), "is a dict of columns that have 1 to 2 cells"),
    ("F34", frames(teams=[{**TEAM, "id": f"t{i}", "people": None if i else 5} for i in range(8)]),
     "row 2 (counted from 1), column people: teams.people: is required and blank in 7 rows: 2, 3, "
     "4, 5, 6, ..."),
    ("F34", frames(teams=pd.DataFrame([TEAM, {**TEAM, "id": "b", "people": None}])),
     "is required and blank in 1 row: 2"),
    ("F34", as_csv(teams=TEAMS_CSV.replace("25", " ")),
     "teams.csv:2, column hourly_cost: teams.hourly_cost: is required and blank in 1 row: 2"),
    ("F35", team(people=2**53 + 1),
     "is 9007199254740993, must be at most 9007199254740992: beyond it digits are lost"),
    ("F35", as_csv(teams=TEAMS_CSV.replace("10", "9007199254740993")),
     "is 9007199254740993, must be at most"),
    ("F35", team(region=1e300), "is 1e+300, must be a text: a number of this size has lost digits"),
    ("F36", as_csv(teams__baseline="team,kpi,value\na,csat,70\na,aht,300\na,csat,71\n"),
     "teams.baseline.csv:4, column kpi: teams.a.baseline.csat: there are two values for this team "
     "and kpi: lines 2 ('70') and 4 ('71')"),
    ("F36", frames(teams=[TEAM, TEAM]),
     "column id: teams.id: is 'a', there are two records of this id: rows 1 and 2"),
    ("F36", settings("workforce.realization", 0.5),
     "column path: workforce.realization: stands twice: rows 1 and 2"),
    ("F38", frames(teams=None), "teams: is required"),
    ("F38", frames(teams=pd.DataFrame(columns=list(TEAM))),
     "table teams: teams: a plan needs at least one team"),
    ("F38", as_csv(teams="id,people,hourly_cost,attrition\n"),
     "teams.csv:1: teams: a plan needs at least one team"),
    ("F38", as_csv(teams=""), "teams.csv: file: is empty: a table has a header at least"),
    ("F38", frames(teams=[], settings=[]), "tables: hold no plan: there is no row in them"),
    ("F39", team(people=datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)),
     "is 2027-01-01 00:00:00+00:00, must be a whole number [people]"),
    ("F41", as_parquet(pa.table({"id": pa.nulls(1_000_000)})),
     "teams.parquet: file: is 1,000,000 rows of 1 columns, must have at most 50,000 cells"),
    ("F41", as_parquet(pa.table({"id": ["x" * 9_000_000]})),
     "bytes, must be at most 8,388,608 bytes (8 MiB) when unpacked"),
    ("F41", as_parquet(b"PAR1" + b"\xff" * 300 + b"PAR1"),
     "teams.parquet: file: is no Parquet file, or damaged"),
    ("F41", as_parquet(b"\x80\x04N."), "teams.parquet: file: is no Parquet file, or damaged"),
    ("F41", as_parquet(pa.table({**{k: [v] for k, v in TEAM.items()}, "people": [-3]})),
     "teams.parquet, row 1 (counted from 1), column people: teams.a.people: is -3"),
    ("F43", as_csv(teams=TEAMS_CSV.replace("25", "2\x005")),
     "teams.csv: file: must be text; byte 38 is NUL"),
    ("F43", as_csv(teams=TEAMS_CSV + 'b,10,"25,30\nc,10,25,30\n' * 9), "is no CSV: "),
    ("F43", as_csv(teams=TEAMS_CSV + 'b,10,"25,30\nc,10,25,30\n'),
     "teams.csv:3: file: is no CSV: unexpected end of data (a quote may not be closed)"),
    ("F43", as_csv(teams=TEAMS_CSV + '"' + "x" * 200_000),
     "teams.csv:3: file: is no CSV: field larger than field limit (131072) (a quote"),
    ("F43", as_csv(teams="x," * 1_000_000),
     "teams.csv:1: file: is 1,000,001 cells, a row must have at most 500 cells"),
    ("F43", as_csv(teams=TEAMS_CSV + "b,10,25,30\n" * 20_000),
     "teams.csv:12501: file: must have at most 50,000 cells"),
    ("F43", frames(teams=[{**TEAM, "id": f"t{i}"} for i in range(20_000)]),
     "table teams: teams: all tables together have 80,000 cells, must have at most 50,000"),
    ("F43", frames(teams={f"c{i}": [1] for i in range(501)}),
     "table teams: teams: has 501 columns, must have at most 500"),
    ("F43", mixed, "holds .csv and .parquet tables: one kind must go"),
    ("F44", frames(teams__baseline=[{"team": "a", "kpi": "csat", "value": 350}]),
     "teams.a.baseline.csat: is 350, must be between 0 and 100"),
    ("F44", team(people=2.5), "teams.a.people: is 2.5, must be a whole number"),
    ("F44", team(contacts=-5), "teams.a.contacts: is -5, must be between 0 and 1000000000"),
    ("F44", team(people=-3), "teams.a.people: is -3, must be between 1 and 1000000 people"),
]  # fmt: skip
