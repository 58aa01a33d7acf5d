"""Folders of tables are written whole or not at all, and nothing else in them is touched."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest

import trainplan as tp


@pytest.fixture
def plan() -> tp.Plan:
    return tp.example("one_team")


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def written(plan: tp.Plan, kind: str) -> Callable[[Path], None]:
    return {"csv": plan.to_csv, "parquet": plan.to_parquet}[kind]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_folder_is_written_anew_and_foreign_files_stay(plan: tp.Plan, kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    written(plan, kind)(folder)
    (folder / "notes.txt").write_text("mine")
    smaller = plan.replace({f"practices.{one.id}": None for one in plan.practices})
    written(smaller, kind)(folder)
    assert f"practices.{kind}" not in names(folder)
    assert (folder / "notes.txt").read_text() == "mine"
    assert tp.read_plan(folder) == smaller
    assert names(tmp_path) == {"p"}
    assert folder.stat().st_mode & 0o777 == 0o777 & ~_mask()


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_folder(
    plan: tp.Plan, kind: str, fails: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(plan, kind)(tmp_path / "p")
    before = {entry.name: entry.read_bytes() for entry in (tmp_path / "p").iterdir()}
    target, name = (os, "fsync") if fails == "fsync" else (Path, "replace")
    real = getattr(target, name)
    # Every call that a write makes fails in turn, until a write has gone through.
    for last in range(100):
        calls = 0

        def counted(*given_to: Any, last: int = last, real: Any = real) -> Any:
            nonlocal calls
            calls += 1
            if calls == last + 1:
                raise OSError(28, "No space left on device")
            return real(*given_to)

        monkeypatch.setattr(target, name, counted)
        with contextlib.suppress(OSError):
            written(plan.replace({"programme.name": "new"}), kind)(tmp_path / "p")
        if calls <= last:
            break
        assert {entry.name: entry.read_bytes() for entry in (tmp_path / "p").iterdir()} == before
    assert last == (12 if fails == "fsync" else 22)
    assert tp.read_plan(tmp_path / "p")["programme.name"] == "new"


class Killed(BaseException):
    pass


def test_a_writer_that_is_killed_leaves_the_old_plan_or_the_new(
    plan: tp.Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "p"
    new = plan.replace({"programme.name": "new", "practices": [], "costs.lms": None})
    real = {name: getattr(Path, name) for name in ("replace", "rename")}
    seen = []
    # Killed before each move of a file or folder in turn: nothing is tidied up afterwards.
    for last in range(100):
        shutil.rmtree(folder, ignore_errors=True)
        plan.to_csv(folder)
        calls = 0

        def counted(path: Path, target: Path, name: str, last: int = last) -> Any:
            nonlocal calls
            calls += 1
            if calls > last:
                raise Killed
            return real[name](path, target)

        with monkeypatch.context() as patch:
            for name in real:
                patch.setattr(Path, name, partialmethod(counted, name=name))
            patch.setattr(shutil, "rmtree", lambda *_, **__: None)
            with contextlib.suppress(Killed):
                new.to_csv(folder)
        found = tp.read_plan(folder)
        assert found in (plan, new)
        seen.append(found == new)
        plan.to_csv(folder)
        assert tp.read_plan(folder) == plan
        assert not [name for name in names(folder) if name.startswith(".")]
        if calls <= last:
            break
    # The first move decides. After it come 11 tables out, 10 in, and the end.
    assert seen == [False] + [True] * 23


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("summary.csv", "holds summary.csv, which is no table of a plan (write to another folder"),
        ("costs.csv", "holds costs.csv, which is no table of a plan"),
        ("teams.parquet", "holds teams.parquet: a folder has .csv or .parquet tables, not both"),
    ],
)
def test_tables_of_something_else_are_never_overwritten(
    plan: tp.Plan, name: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text("month,category,amount\n1,content,5\n")
    with pytest.raises(tp.InputError) as caught:
        plan.to_csv(tmp_path)
    assert message in str(caught.value)
    assert names(tmp_path) == {name}


def test_a_plan_is_not_written_over_a_file(plan: tp.Plan, tmp_path: Path) -> None:
    (tmp_path / "p").write_text("mine")
    with pytest.raises(NotADirectoryError):
        plan.to_csv(tmp_path / "p")
    with pytest.raises(FileNotFoundError):
        plan.to_csv(tmp_path / "none" / "p")
    assert (tmp_path / "p").read_text() == "mine"
