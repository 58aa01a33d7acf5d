"""Scenarios: named changes of a plan, read from a dict or a file, one built on another; the standard set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trainplan import _core, _files
from trainplan._arrays import refuse
from trainplan.plan import Plan
from trainplan.whatif._many import named, need_plan

__all__ = ["PLAN", "read_scenarios", "resolved", "standard_scenarios"]

PLAN = "plan"  # the plan as it is, as the name of a scenario
BASE, REMOVE = "base", "remove"
_LONGEST_NAME = 80

_REINFORCEMENT = {
    "coaching_hours": 0,
    "coaching_sessions": None,
    "coaching_minutes": None,
    "peer_community": 0,
    "performance_support": 0,
    "refresher_every": 0,
    "refresher_hours": 0,
}


def read_scenarios(source: Any, *, decimal: str = ".") -> dict[str, dict[str, Any]]:
    """Read scenarios from a .toml, .json or .csv file or from a data frame, as `compare` takes them.

    A .toml file has a table ``[scenarios.NAME]`` a scenario. Its entries are changes: ``path = value``, the
    path in quotes or as the dotted key that TOML makes of it; ``remove = ["path", ...]`` takes records away
    or resets fields, ``base = "other name"`` starts from another scenario of the file. A table under a path
    in quotes is a whole record.

    A table (a .csv file, a data frame such as pandas reads from a sheet of a workbook) has the columns
    scenario, path and value: a row a change. A blank value takes a record away or resets a field; the path
    ``base`` has the name of another scenario.

    Parameters
    ----------
    source : str, Path or data frame
    decimal : {".", ","}
        Decimal sign of numbers that are texts in tables.

    Raises
    ------
    InputError
        With file and line, for what is no scenario.
    OSError
        When the file cannot be read.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.read_scenarios(
    ...     {"scenario": ["uncoached"], "path": ["reinforcement.coaching_hours"], "value": ["0"]}
    ... )
    {'uncoached': {'reinforcement.coaching_hours': 0}}
    """
    from trainplan.whatif import _scenario_tables

    if decimal not in (".", ","):
        refuse("decimal", "must be '.' or ','", value=repr(decimal)[:80])
    if not isinstance(source, str | Path):
        scenarios = _scenario_tables.from_frame(source)
    elif (path := Path(source)).suffix.lower() == ".csv":
        scenarios = _scenario_tables.from_csv(path, decimal=decimal)
    else:
        if path.suffix.lower() not in (".toml", ".json"):
            refuse(str(path), "is not supported: scenarios are .toml, .json or .csv, or a data frame")
        if not _files.text_in(path).strip():
            refuse(str(path), "holds no scenarios: it is empty")
        return _files.read(path, _from_file)
    resolved(scenarios)
    return scenarios


def _from_file(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    problems = [
        _problem(
            key, "is not known here: a file of scenarios has tables [scenarios.NAME]", key, ["scenarios"]
        )
        for key in data
        if key != "scenarios"
    ]
    tables = data.get("scenarios", {})
    if not isinstance(tables, dict) or not tables:
        problems.append(_problem("scenarios", "must be tables [scenarios.NAME], at least one"))
        tables = {}
    scenarios = {}
    for name, table in tables.items():
        if isinstance(table, dict):
            scenarios[name] = _patch_of(table, f"scenarios.{name}", problems)
        else:
            problems.append(_problem(f"scenarios.{name}", "must be a table of changes: path = value"))
    if problems:
        _files.refuse_all(problems)
    resolved(scenarios)
    return scenarios


def _patch_of(table: Mapping[str, Any], where: str, problems: list[dict[str, Any]]) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    for key, value in table.items():
        if key == REMOVE:
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                problems.append(_problem(f"{where}.remove", "must be a list of paths in quotes"))
            else:
                patch |= dict.fromkeys(value)
        elif key == BASE:
            patch[key] = value
        else:
            patch |= dict(_leaves(key, value))
    return patch


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the changes of a key: a dotted key without quotes arrives as tables in tables."""
    if isinstance(value, dict) and value and "." not in path.rpartition("\0")[2]:
        for key, entry in value.items():
            yield from _leaves(f"{path}\0{key}", entry)
    else:
        yield path.replace("\0", "."), value


def _problem(path: str, allowed: str, value: str = "", known: list[str] | None = None) -> dict[str, Any]:
    hint = _core.did_you_mean(value, known) if known else ""
    return {"path": path, "value": "", "allowed": allowed, "hint": hint}


def resolved(scenarios: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the whole patch of every scenario: that of its base first, then its own.

    Raises
    ------
    InputError
        For what is no scenario, an unknown base, and bases in a circle.
    """
    if not isinstance(scenarios, Mapping) or not scenarios:
        allowed = "must be changes {path: value} by the name of their scenario, at least one"
        found = "empty" if isinstance(scenarios, Mapping) else type(scenarios).__name__
        refuse("scenarios", allowed, value=found)
    for name, patch in scenarios.items():
        if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
            refuse(
                "scenarios",
                f"a name must be a text of 1 to {_LONGEST_NAME} characters",
                value=repr(name)[:99],
            )
        if name == PLAN:
            refuse(named("scenarios", name), "is the name of the plan as it is; choose another")
        if not isinstance(patch, Mapping):
            refuse(named("scenarios", name), "must be changes {path: value}", value=type(patch).__name__)
        for path in patch:
            if not isinstance(path, str):
                refuse(named("scenarios", name), "a path must be a text", value=repr(path)[:80])
    return {name: _whole(name, scenarios) for name in scenarios}


def _whole(name: str, scenarios: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    chain = [name]
    while (base := scenarios[chain[-1]].get(BASE, PLAN)) != PLAN:
        where = f"{named('scenarios', chain[-1])}.{BASE}"
        if not isinstance(base, str) or base not in scenarios:
            known = [*scenarios, PLAN]
            refuse(
                where,
                f"must be the name of a scenario, or {PLAN!r}",
                value=repr(base)[:80],
                hint=_core.did_you_mean(str(base), known),
            )
        if base in chain:
            refuse(where, f"goes in a circle: {' from '.join([*chain, base])}", value=repr(base)[:80])
        chain.append(base)
    patch: dict[str, Any] = {}
    for link in reversed(chain):
        for path, value in scenarios[link].items():
            if path != BASE:
                patch.pop(path, None)  # what is changed again is changed last
                patch[path] = value
    return patch


def standard_scenarios(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return the usual rivals of a programme, made from its own plan.

    - ``no training``: no waves, onboarding, reinforcement or practices, and no cost lines.
    - ``one-off training``: the waves that are no follow-up, and nothing after them: no coaching, peers,
      performance support or refreshers, no onboarding, and no practices before and after. Modules that
      only follow-ups teach are gone, and cost lines of the category coaching and of the driver new_hire.
    - ``training + reinforcement``: the plan without its practices (their levels are 0).
    - ``training + reinforcement + practices``: the plan as it is.

    A cost line that a practice names goes with the practices, and one for certain waves with its waves; every
    other line stays. So a line that also pays for something else flatters the scenarios without practices:
    name a line of its own for what practices cost, or change the scenario, which is an ordinary dict.

    Examples
    --------
    >>> import trainplan as tp
    >>> list(tp.standard_scenarios(tp.example("one_team")))[:2]
    ['no training', 'one-off training']
    """
    need_plan(plan)
    record = plan.record
    paying = {practice.cost for practice in record.practices}
    nothing: dict[str, Any] = {"practices": None}
    nothing |= {f"costs.{line.id}": None for line in record.costs if line.id in paying}
    plain: dict[str, Any] = {f"reinforcement.{name}": value for name, value in _without(plan).items()}
    plain |= {"onboarding": None} if record.onboarding is not None else {}
    follow_ups = [wave.id for wave in record.waves if wave.follow_up]
    kept = {wave.id for wave in record.waves} - set(follow_ups)
    once = nothing | plain | {f"waves.{id}": None for id in follow_ups}
    once |= {f"modules.{id}": None for id in _only_taught_by(plan, follow_ups)}
    for line in record.costs:
        left = [wave for wave in line.waves if wave in kept]
        if line.category == "coaching" or line.driver == "new_hire" or (line.waves and not left):
            once[f"costs.{line.id}"] = None
        elif len(left) < len(line.waves) and f"costs.{line.id}" not in once:
            once[f"costs.{line.id}.waves"] = left
    none = {"waves": None, "practices": None, **plain, "costs": None}
    return {
        "no training": none,
        "one-off training": once,
        "training + reinforcement": nothing,
        "training + reinforcement + practices": {},
    }


def _only_taught_by(plan: Plan, waves: list[str]) -> list[str]:
    """Return the modules that these waves teach, and no other wave teaches or builds on."""
    record = plan.record
    needed = {module for wave in record.waves if wave.id not in waves for module in wave.modules}
    requires = {module.id: set(module.prerequisites) for module in record.modules}
    while more := {one for module in needed for one in requires[module]} - needed:
        needed |= more
    taught = {module for wave in record.waves if wave.id in waves for module in wave.modules}
    return [module.id for module in record.modules if module.id in taught - needed]


def _without(plan: Plan) -> dict[str, Any]:
    """Return the changes that take reinforcement away: only of what the plan has."""
    return {
        name: value
        for name, value in _REINFORCEMENT.items()
        if str(plan[f"reinforcement.{name}"]) not in ("0", "None")
    }
