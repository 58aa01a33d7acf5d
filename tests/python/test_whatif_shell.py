"""The shell commands of what-if questions, and the examples in the docstrings of their modules."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import trainplan as tp
from trainplan import cli

FEW = ("--trials", "64")
HOURS = "reinforcement.coaching_hours"


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    tp.example("one_team").to_toml(path)
    return path


def shell(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = cli.main([str(one) for one in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_compare_prints_the_scenarios_of_a_file(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenarios = tmp_path / "scenarios.toml"
    scenarios.write_text(f"[scenarios.uncoached]\n{HOURS} = 0\n", encoding="utf-8")
    code, out, err = shell(capsys, "compare", plan_file, scenarios, "--of", "npv", *FEW, "-o", tmp_path)
    assert (code, err) == (0, "")
    assert "Net present value, less plan" in out
    assert "uncoached" in out
    assert out.splitlines()[-1] == f"comparison.csv, differences.csv, regret.csv in {tmp_path}"
    table = pd.read_csv(tmp_path / "comparison.csv")
    own = tp.compare(
        tp.example("one_team"), {"uncoached": {HOURS: 0}}, outputs=["npv"], trials=64, progress=False
    )
    assert table["mean"].to_numpy() == pytest.approx(own.to_frame()["mean"].to_numpy(), rel=1e-12)


def test_compare_without_a_file_takes_the_usual_rivals(
    plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = shell(capsys, "compare", plan_file, "--of", "npv", "--of", "csat@6", *FEW)
    assert code == 0
    for name in tp.standard_scenarios(tp.example("one_team")):
        assert name in out
    assert "less training + reinforcement + practices" in out


def test_sweep_prints_a_row_a_combination(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vary = ("--vary", HOURS, "0", "1 to 3", "--vary", "teams.support.people", "30", "40")
    code, out, _ = shell(
        capsys, "sweep", plan_file, *vary, "--condition", "csat@6 >= 72", *FEW, "-o", tmp_path
    )
    assert code == 0
    assert "chance of csat@6 >= 72" in out
    assert "1 to 3, 40" in out
    assert len(pd.read_csv(tmp_path / "sweep.csv")) == 4


def test_goal_seek_says_the_answer_or_why_there_is_none(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("goal-seek", plan_file, "--vary", "costs.content.amount", "--between", "0", "300000", *FEW)
    code, out, _ = shell(capsys, *asked, "--of", "npv", "--value", "0", "-o", tmp_path)
    assert code == 0
    assert "up to " in out
    assert (tmp_path / "goal_seek.csv").exists()
    code, out, _ = shell(capsys, *asked, "--condition", "csat@6 >= 80", "--chance", "0.8")
    assert code == 0
    assert "none: at " in out


def test_tornado_prints_the_swings(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = shell(capsys, "tornado", plan_file, *FEW, "-o", tmp_path)
    assert code == 0
    assert "others at their distribution" in out
    assert len(pd.read_csv(tmp_path / "tornado.csv")) == 24
    code, out, _ = shell(capsys, "tornado", plan_file, "--of", "csat@6", "--others", "median")
    assert code == 0
    assert "others at their median" in out


def test_exported_texts_cannot_become_formulas(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenarios = tmp_path / "scenarios.toml"
    scenarios.write_text(f'[scenarios."=cmd()"]\n{HOURS} = 0\n', encoding="utf-8")
    assert shell(capsys, "compare", plan_file, scenarios, "--of", "npv", *FEW, "-o", tmp_path)[0] == 0
    text = (tmp_path / "differences.csv").read_text(encoding="utf-8")
    assert "'=cmd()" in text
    assert "\n=cmd()" not in text


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("sweep", "PLAN", "--vary", "teams.x.people", "3"), 2, "teams.x.people: there is no record"),
        (("sweep", "PLAN", "--vary", HOURS), 2, f"vary.{HOURS}: must have at least one value"),
        (("sweep", "PLAN", "--vary", HOURS, "1", "--vary", HOURS, "2"), 2, "--vary: is "),
        (("goal-seek", "PLAN", "--vary", HOURS, "--between", "0", "6"), 2, "value: is required"),
        (("tornado", "PLAN", "--of", "nvp"), 2, "did you mean 'npv'"),
        (("tornado", "none.toml"), 3, "none.toml: No such file"),
        (("compare", "PLAN", "none.toml"), 3, "none.toml: No such file"),
        (("tornado", "PLAN", "-o", "none"), 3, "none: there is no such folder"),
    ],
)  # fmt: skip
def test_exit_codes_tell_bad_input_from_bad_files(
    plan_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(plan_file.parent)
    given = [str(plan_file) if one == "PLAN" else one for one in arguments]
    found, _, err = shell(capsys, *given, *FEW)
    assert found == code
    assert message in err
    assert "Traceback" not in err


def test_ctrl_c_ends_a_comparison(plan_file: Path) -> None:
    """Ten million trials a scenario take minutes: the signal comes while they run."""
    code = "import sys; from trainplan.cli import main; print('begun', flush=True); sys.exit(main())"
    command = [sys.executable, "-c", code, "compare", str(plan_file), "--trials", "1e7", "--of", "npv"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "interrupted"


@pytest.mark.parametrize(
    "name",
    [f"trainplan.whatif.{module.name}" for module in pkgutil.iter_modules(tp.whatif.__path__)]
    + ["trainplan.whatif"],
)
def test_the_examples_in_docstrings_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_public_names_stand_at_the_top() -> None:
    for name in (
        "compare",
        "goal_seek",
        "read_scenarios",
        "spider",
        "standard_scenarios",
        "sweep",
        "tornado",
    ):
        assert getattr(tp, name) is getattr(tp.whatif, name)
        assert name in tp.__all__
