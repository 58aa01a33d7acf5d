"""Files are data: nothing that reads them can run code, open a connection or another file."""

from __future__ import annotations

import ast
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import trainplan as tp

PACKAGE = Path(tp.__file__).parent

# What can run or load what a file says, and what can talk to others.
MODULES = {
    *("pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "dbm", "yaml"),
    *("ruamel", "socket", "ssl", "http", "urllib", "requests", "httpx", "aiohttp", "ftplib", "smtplib"),
    *("webbrowser", "asyncio", "subprocess", "multiprocessing", "ctypes", "cffi", "runpy", "code", "codeop"),
}
CALLS = {
    *("eval", "exec", "compile", "__import__", "breakpoint", "input"),
    *("read_pickle", "to_pickle", "load_module", "system", "popen", "literal_eval", "fromfile", "memmap"),
    *("loads", "load"),  # of JSON and TOML alone
}
HARMLESS = {"json.loads", "tomllib.loads", "tomllib.load"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield str(path.relative_to(PACKAGE)), ast.parse(path.read_text(encoding="utf-8"))


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []


def test_the_package_imports_nothing_that_runs_files_or_talks_to_others() -> None:
    found = [
        (name, module)
        for name, tree in sources()
        for node in ast.walk(tree)
        for module in imported(node)
        if module.split(".")[0] in MODULES
    ]
    assert found == []


def test_the_package_calls_nothing_that_runs_texts() -> None:
    found = [
        (name, ast.unparse(node.func))
        for name, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] in CALLS
        and ast.unparse(node.func) not in HARMLESS
        # A method of the package's own, or of a pattern: re.compile.
        and ast.unparse(node.func) != "re.compile"
    ]
    assert found == []


def test_modules_are_imported_by_names_that_stand_in_the_source() -> None:
    # Rooms by their list; optional libraries by a word in a call.
    known = {"pyarrow", "pyarrow.parquet", "name", "f'trainplan.{name}'"}
    found = {
        argument.value if isinstance(argument, ast.Constant) else ast.unparse(argument)
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "import_module"
        for argument in node.args
    }
    assert {name for name in found if not name.startswith("trainplan.")} <= known


# Reads each file under an audit of everything that Python does; opens of other files than it was given,
# connections, processes and pickles are printed. Libraries are loaded before: that opens files.
AUDITED = """
import sys, json, contextlib
import trainplan as tp, pyarrow.parquet, openpyxl, pandas
from trainplan import _folders, _saved, _workbook
tp.Plan.from_frames(tp.example("one_team").to_frames())
import encodings.idna, tempfile
for path in sys.argv[2:]:  # once, for what is loaded late
    for read in (tp.read_plan, tp.read_run):
        with contextlib.suppress(tp.InputError, OSError):
            read(path)

watched, seen, given = False, [], sys.argv[1]
groups = ("pickle", "socket", "subprocess", "urllib", "ftplib", "http", "ctypes", "os")
def audit(event, arguments):
    if not watched:
        return
    if event == "open" and not str(arguments[0]).startswith(given):
        seen.append((event, str(arguments[0])))
    elif event.partition(".")[0] in groups:
        if event not in ("os.scandir", "os.listdir"):
            seen.append((event, str(arguments)[:80]))
    elif event in ("exec", "compile", "import", "marshal.loads", "code.__new__"):
        seen.append((event, str(arguments)[:80]))
sys.addaudithook(audit)
outcomes = []
for path in sys.argv[2:]:
    for read in (tp.read_plan, tp.read_run):
        watched = True
        try:
            read(path)
            outcome = "read"
        except tp.InputError:
            outcome = "refused"
        watched = False
        outcomes.append(outcome)
print(json.dumps([outcomes, seen]))
"""


def test_reading_does_nothing_but_read_the_file_it_was_given(tmp_path: Path) -> None:
    class Canary:
        def __reduce__(self) -> tuple[object, ...]:
            return exec, ("import os; os.mkdir('canary')",)

    plan = tp.example("one_team")
    good = [
        tmp_path / name for name in ("plan.toml", "plan.json", "plan.xlsx", "run.parquet", "csv", "parquet")
    ]
    plan.to_toml(good[0])
    plan.to_json(good[1])
    plan.to_excel(good[2])
    tp.simulate(plan, trials=64, progress=False).to_parquet(good[3])
    plan.to_csv(good[4])
    plan.to_parquet(good[5])
    hostile = []
    for suffix in ("toml", "json", "xlsx", "parquet", "csv", "pkl", "npy"):
        path = tmp_path / f"hostile.{suffix}"
        path.write_bytes(pickle.dumps(Canary()))
        hostile.append(path)
        (tmp_path / f"folder_{suffix}").mkdir()
        (tmp_path / f"folder_{suffix}" / f"teams.{suffix}").write_bytes(pickle.dumps(Canary()))
        hostile.append(tmp_path / f"folder_{suffix}")
    named = tmp_path / "named.json"
    link = "https://example.invalid/plan.json"
    named.write_text(json.dumps({"$schema": link, "programme": {"name": link}}), encoding="utf-8")
    command = [sys.executable, "-c", AUDITED, str(tmp_path), *map(str, [*good, *hostile, named])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    outcomes, seen = json.loads(done.stdout)
    assert seen == []
    # Each was tried as a plan and as a run.
    as_good = ["read", "refused"] * 3 + ["refused", "read"] + ["read", "refused"] * 2
    assert outcomes[: len(as_good)] == as_good
    assert set(outcomes[len(as_good) :]) == {"refused"}
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("link", ["../../etc/passwd", "/etc/passwd"])
def test_a_table_that_leads_out_of_its_folder_is_refused_and_not_shown(tmp_path: Path, link: str) -> None:
    folder = tmp_path / "plan"
    tp.example("one_team").to_csv(folder)
    (folder / "teams.csv").unlink()
    (folder / "teams.csv").symlink_to(link)
    with pytest.raises(tp.InputError) as caught:
        tp.read_plan(folder)
    assert str(folder / "teams.csv") in str(caught.value)
    assert "root:" not in str(caught.value)
