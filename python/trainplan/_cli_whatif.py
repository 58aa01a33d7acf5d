"""The shell commands of what-if questions: compare, sweep, goal-seek, tornado."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import trainplan
from trainplan._arrays import refuse

_PLAN = "a .toml, .json or .xlsx file, or a folder of tables"


def add(commands: Any, simulation: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the commands to those of the shell; `simulation` adds the options that all runs have."""
    compare = _command(commands, "compare", "compare scenarios on common random numbers", _compare)
    compare.add_argument(
        "scenarios",
        metavar="SCENARIOS",
        nargs="?",
        help="a .toml or .json file with tables [scenarios.NAME]; without it the usual rivals of the plan",
    )
    compare.add_argument(
        "--of",
        metavar="OUTPUT",
        action="append",
        help="an output to compare, such as npv or csat@6; again for more; default: all usual ones",
    )
    compare.add_argument("--reference", metavar="NAME", help="scenario that differences are to")
    _add_folder(compare, "comparison.csv, differences.csv and regret.csv")
    simulation(compare)

    sweep = _command(commands, "sweep", "run a plan for every combination of values", _sweep)
    sweep.add_argument(
        "--vary",
        metavar=("PATH", "VALUE"),
        nargs="+",
        action="append",
        required=True,
        help="a path and its values, such as: --vary reinforcement.coaching_hours 0 1 2; again for more",
    )
    _add_measure(sweep)
    _add_folder(sweep, "sweep.csv")
    simulation(sweep)

    seek = _command(commands, "goal-seek", "find the values of a number at which a goal is met", _goal_seek)
    seek.add_argument("--vary", metavar="PATH", required=True, help="path of the number")
    seek.add_argument(
        "--between", metavar=("LOW", "HIGH"), nargs=2, type=float, required=True, help="where to look"
    )
    _add_measure(seek)
    seek.add_argument("--chance", type=float, help="goal of --condition, such as 0.8")
    seek.add_argument("--value", type=float, help="goal of --of, such as 0")
    _add_folder(seek, "goal_seek.csv")
    simulation(seek)

    tornado = _command(commands, "tornado", "set each uncertain input to its P10 and its P90", _tornado)
    _add_measure(tornado)
    tornado.add_argument(
        "--others",
        choices=("distribution", "median"),
        default="distribution",
        help="where the other inputs are meanwhile; default: %(default)s",
    )
    _add_folder(tornado, "tornado.csv")
    simulation(tornado)


def _command(
    commands: Any, name: str, text: str, function: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text)
    parser.add_argument("plan", metavar="PLAN", help=_PLAN)
    parser.set_defaults(command=function)
    return parser


def _add_measure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--of", metavar="OUTPUT", help="an output, such as csat@6; default: npv")
    parser.add_argument("--statistic", help="mean (default), or a quantile such as p10")
    parser.add_argument(
        "--condition", help="instead of an output: its chance is looked at, such as 'csat@6 >= 80'"
    )


def _add_folder(parser: argparse.ArgumentParser, files: str) -> None:
    parser.add_argument(
        "-o", "--output", metavar="DIR", type=Path, help=f"folder for {files}, which must exist"
    )


def _drawn(options: argparse.Namespace) -> dict[str, Any]:
    return {"trials": options.trials, "seed": options.seed, "threads": options.threads}


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    return {"output": options.of, "statistic": options.statistic, "condition": options.condition}


def _compare(options: argparse.Namespace) -> int:
    _need_folder(options)
    plan = trainplan.read_plan(options.plan)
    if options.scenarios is None:
        scenarios, reference = trainplan.standard_scenarios(plan), options.reference
        # The last of them is the plan as it is.
        reference = list(scenarios)[-1] if reference is None else reference
    else:
        scenarios, reference = trainplan.read_scenarios(options.scenarios), options.reference
    found = trainplan.compare(plan, scenarios, outputs=options.of, reference=reference, **_drawn(options))
    tables: dict[str, Callable[[], Any]] = {
        "comparison": found.to_frame,
        "differences": found.differences,
        "regret": found.regret,
    }
    return _shown(found, options, tables)


def _sweep(options: argparse.Namespace) -> int:
    _need_folder(options)
    vary: dict[str, list[Any]] = {}
    for path, *values in options.vary:
        if path in vary:
            refuse("--vary", "stands twice", value=repr(path)[:80])
        vary[path] = [_value(text) for text in values]
    plan = trainplan.read_plan(options.plan)
    found = trainplan.sweep(plan, vary, **_asked(options), **_drawn(options))
    return _shown(found, options, {"sweep": found.to_frame})


def _goal_seek(options: argparse.Namespace) -> int:
    _need_folder(options)
    found = trainplan.goal_seek(
        trainplan.read_plan(options.plan),
        vary=options.vary,
        between=tuple(options.between),
        chance=options.chance,
        value=options.value,
        **_asked(options),
        **_drawn(options),
    )
    return _shown(found, options, {"goal_seek": found.curve})


def _tornado(options: argparse.Namespace) -> int:
    _need_folder(options)
    plan = trainplan.read_plan(options.plan)
    found = trainplan.tornado(plan, others=options.others, **_asked(options), **_drawn(options))
    return _shown(found, options, {"tornado": found.to_frame})


def _value(text: str) -> Any:
    """Return a value as a plan file would hold it: a number, true or false, else a text."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(text, text)


def _need_folder(options: argparse.Namespace) -> None:
    folder: Path | None = options.output
    if folder is not None and not folder.is_dir():
        raise FileNotFoundError(2, "there is no such folder", str(folder))


def _shown(found: object, options: argparse.Namespace, tables: Mapping[str, Callable[[], Any]]) -> int:
    """Print a result, and write its tables where a folder is named."""
    from trainplan.cli import _without_formulas

    print(found)
    folder: Path | None = options.output
    if folder is not None:
        for name, table in tables.items():
            _without_formulas(table()).to_csv(folder / f"{name}.csv", index=False)
        print(f"\n{', '.join(f'{name}.csv' for name in tables)} in {folder}")
    return 0
