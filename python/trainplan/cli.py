"""The shell command `trainplan`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import trainplan
from trainplan import _cli_whatif
from trainplan._frames import guarded

if TYPE_CHECKING:
    from trainplan.run import Run

_DEMO = "contact_centre"

INPUT_ERROR, IO_ERROR, INTERRUPTED = 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code: 0, 2 bad input, 3 I/O, 130 interrupt."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
        sys.stdout.flush()
        return code
    except trainplan.InputError as error:
        print(error, file=sys.stderr)
        return INPUT_ERROR
    except BrokenPipeError:
        # The reader has seen enough (head, less): no fault. What is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"{error.filename or 'output'}: {error.strerror or error}", file=sys.stderr)
        return IO_ERROR
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="trainplan", description="Plan a customer-service training programme, and defend the plan."
    )
    parser.add_argument("--version", action="version", version=f"trainplan {trainplan.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="simulate the example plan, print its card, write its report")
    _add_output(demo)
    _add_simulation(demo)
    demo.set_defaults(command=_demo)

    run = commands.add_parser("run", help="simulate a plan, print its card, write its report and tables")
    run.add_argument("plan", metavar="PLAN", help="a .toml, .json or .xlsx file, or a folder of tables")
    _add_output(run)
    _add_simulation(run)
    run.set_defaults(command=_run)

    check = commands.add_parser("check", help="list every problem and warning of a plan")
    check.add_argument("plan", metavar="PLAN", help="a .toml, .json or .xlsx file, or a folder of tables")
    check.set_defaults(command=_check)

    init = commands.add_parser("init", help="write a plan to start from: commented text, or a form to fill")
    init.add_argument(
        "plan", metavar="PLAN", type=Path, help="the .toml or .xlsx file to write; never overwrites"
    )
    init.set_defaults(command=_init)

    schema = commands.add_parser("schema", help="print the JSON Schema of a plan, by which editors check it")
    schema.add_argument("-o", "--output", metavar="FILE", type=Path, help="write it to a file instead")
    schema.set_defaults(command=_schema)

    _cli_whatif.add(commands, _add_simulation)
    return parser


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        help="folder, which must exist, for the report (HTML), the tables (CSV) and, of an .xlsx, a workbook",
    )


def _add_simulation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--trials", type=_number, default=10_240, help="default: %(default)s")
    parser.add_argument("--seed", type=_number, default=1, help="default: %(default)s")
    parser.add_argument("--threads", type=_number, default=None, help="default: every core")


def _number(text: str) -> float:
    """Return a number as typed: 1e6 and 1_000_000 are fine; the simulation checks the range."""
    try:
        return int(text)
    except ValueError:
        return float(text)


def _simulate(plan: trainplan.Plan, options: argparse.Namespace) -> Run:
    return trainplan.simulate(plan, trials=options.trials, seed=options.seed, threads=options.threads)


def _demo(options: argparse.Namespace) -> int:
    return _show(trainplan.example(_DEMO), options)


def _run(options: argparse.Namespace) -> int:
    # Who plans in a workbook gets the results in one, too.
    workbook = Path(options.plan).suffix.lower() == ".xlsx"
    return _show(trainplan.read_plan(options.plan), options, workbook=workbook)


def _show(plan: trainplan.Plan, options: argparse.Namespace, *, workbook: bool = False) -> int:
    """Simulate a plan, print its card, and write report and tables where a folder is named."""
    folder: Path | None = options.output
    if folder is not None and not folder.is_dir():
        raise FileNotFoundError(2, "there is no such folder", str(folder))
    run = _simulate(plan, options)
    print(run)
    if folder is None:
        return 0
    tables = {
        "summary": run.summary(),
        "inputs": plan.inputs(),
        "costs": run.costs(),
        "benefits": run.benefits(),
        "cash_flow": run.cash_flow(),
    }
    for name, table in tables.items():
        _without_formulas(table).to_csv(folder / f"{name}.csv", index=False)
    report = trainplan.report(run, folder / "report.html")
    print(f"\n{report.name} and {len(tables)} tables in {folder}")
    if workbook:
        print(f"{run.to_excel(folder / 'results.xlsx').name} in {folder}")
    return 0


def _without_formulas(table: Any) -> Any:
    """Return a table whose texts a spreadsheet will not take for formulas: an apostrophe before = + - @."""
    texts = table.select_dtypes(exclude="number").columns
    return table.assign(**{name: table[name].map(_guarded) for name in texts})


def _guarded(cell: Any) -> Any:
    return guarded(cell) if isinstance(cell, str) else cell


def _check(options: argparse.Namespace) -> int:
    found = trainplan.check(options.plan)
    print(found, file=sys.stdout if found.ok else sys.stderr)
    return 0 if found.ok else INPUT_ERROR


def _init(options: argparse.Namespace) -> int:
    from trainplan._starter import starter

    path: Path = options.plan
    if path.suffix == ".xlsx":
        from trainplan._workbook_form import write_form

        write_form(path)
    elif path.suffix != ".toml":
        raise trainplan.InputError(f"{path}: must end in .toml or .xlsx")
    else:
        with path.open("x", encoding="utf-8") as file:
            file.write(starter())
    print(f"wrote {path}; check it with: trainplan check {path}")
    return 0


def _schema(options: argparse.Namespace) -> int:
    from trainplan import _files, _schema

    text = _files.written(_schema.text(), options.output)
    print(f"wrote {options.output}" if options.output else text, end="\n" if options.output else "")
    return 0
