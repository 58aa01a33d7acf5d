"""The shell command: what it prints, and the exit codes it ends with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import trainplan as tp

BASE = [sys.executable, "-c", "import sys; from trainplan.cli import main; sys.exit(main())"]


def shell(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [*BASE, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=120)


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    tp.example("one_team").to_toml(path)
    return path


def test_the_demo_prints_the_card() -> None:
    done = shell("demo", "--trials", "1e3", "--seed", "5")
    assert done.returncode == 0
    assert "Net present value" in done.stdout
    assert "1,000 trials, stratified, seed 5" in done.stdout
    assert done.stderr == ""


def test_run_prints_the_card_and_writes_report_and_tables(plan_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    done = shell("run", plan_file, "-o", folder, "--trials", "256")
    assert done.returncode == 0, done.stderr
    names = {entry.name for entry in folder.iterdir()}
    tables = {"summary.csv", "inputs.csv", "costs.csv", "benefits.csv", "cash_flow.csv"}
    assert names == tables | {"report.html"}
    assert done.stdout.splitlines()[-1] == f"report.html and 5 tables in {folder}"
    summary = pd.read_csv(folder / "summary.csv")
    assert summary["output"].iloc[0] == "npv"


def test_the_demo_writes_its_report_where_a_folder_is_named(tmp_path: Path) -> None:
    done = shell("demo", "--trials", "64", "-o", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Consumer services academy" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert shell("demo", "--trials", "64", "-o", tmp_path / "none").returncode == 3


def test_exported_texts_cannot_become_formulas(plan_file: Path, tmp_path: Path) -> None:
    plan = tp.read_plan(plan_file).replace({"sources": [{"path": "teams", "citation": "=cmd()"}]})
    plan.to_toml(plan_file)
    assert shell("run", plan_file, "-o", tmp_path, "--trials", "64").returncode == 0
    text = (tmp_path / "inputs.csv").read_text()
    assert "'=cmd()" in text
    assert ",=cmd()" not in text


def test_check_says_that_all_is_well_or_what_is_not(plan_file: Path) -> None:
    done = shell("check", plan_file)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "no problems, no warnings")
    plan_file.write_text(plan_file.read_text().replace("people = 40", "people = 0"))
    done = shell("check", plan_file)
    assert done.returncode == 2
    assert "teams.support.people: is 0" in done.stderr
    assert "Traceback" not in done.stderr


def test_init_writes_a_plan_that_checks_and_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    assert shell("init", path).returncode == 0
    assert shell("check", path).returncode == 0
    assert tp.read_plan(path)["teams.support.people"] == 40
    before = path.read_bytes()
    again = shell("init", path)
    assert again.returncode == 3
    assert again.stderr.strip() == f"{path}: File exists"
    assert path.read_bytes() == before
    assert shell("init", tmp_path / "mine.txt").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["demo", "--what"], 2, "unrecognized arguments"),
        ([], 2, "required: COMMAND"),
        (["check", "none.toml"], 3, "none.toml: No such file or directory"),
        (["run", "none.toml"], 3, "none.toml: No such file or directory"),
        (["run", "plan.toml", "-o", "none"], 3, "none: there is no such folder"),
        (["demo", "--trials", "0"], 2, "trials: is 0, must be a whole number between 1 and 1000000000"),
        (["demo", "--trials", "many"], 2, "invalid _number value"),
        (["check", "plan.yaml"], 2, "is '.yaml', is not supported"),
    ],
)
def test_a_fault_is_one_line_and_its_exit_code(
    plan_file: Path, arguments: list[str], code: int, message: str
) -> None:
    (plan_file.parent / "plan.yaml").write_text("a: 1")
    done = shell(*arguments, cwd=plan_file.parent)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_version_is_that_of_the_package() -> None:
    assert shell("--version").stdout.strip() == f"trainplan {tp.__version__}"


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    command = [*BASE, "demo", "--trials", "64"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait(60) == 0


def test_an_interrupt_ends_with_130() -> None:
    with subprocess.Popen(
        [*BASE, "demo", "--trials", "8_000_000"], stderr=subprocess.PIPE, text=True
    ) as process:
        time.sleep(2)
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr is not None
        assert process.stderr.read().strip().endswith("interrupted")
