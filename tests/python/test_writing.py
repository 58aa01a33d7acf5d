"""Files that are written: after a full disk, an error or a kill, the old one or the new one, whole."""

from __future__ import annotations

import errno
import os
import random
import re
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import trainplan as tp
from trainplan import _writing

PLAN = tp.example("one_team")


def simulated(seed: int = 3) -> tp.Run:
    return tp.simulate(PLAN, trials=64, seed=seed, outputs=["npv"], progress=False)


def held_by(run: tp.Run) -> list[float]:
    return run["npv"].tolist()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return simulated().to_parquet(tmp_path / "run.parquet")


# Which call fails, the how-many-th, and how (F75).
FAILURES = [
    (call, number, code)
    for call in ("write", "fsync", "replace", "chmod")
    for number in ((1, 2, 3) if call == "write" else (1,))
    for code in (errno.ENOSPC, errno.EIO)
]


@pytest.mark.parametrize(("call", "number", "code"), FAILURES)
def test_a_write_that_fails_leaves_the_old_file(
    saved: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, code: int
) -> None:
    before, run, real, calls = saved.read_bytes(), simulated(seed=4), getattr(os, call), 0

    def sometimes(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number:
            raise OSError(code, os.strerror(code))
        return real(*arguments)

    monkeypatch.setattr(_writing, "_PIECE", 4096)
    monkeypatch.setattr(os, call, sometimes)
    with pytest.raises(OSError, match=re.escape(os.strerror(code))) as caught:
        run.to_parquet(saved)
    assert (caught.value.errno, caught.value.filename) == (code, str(saved))
    assert calls == number
    assert saved.read_bytes() == before
    assert [entry.name for entry in saved.parent.iterdir()] == [saved.name]
    monkeypatch.undo()
    run.to_parquet(saved)  # nothing was lost
    assert held_by(tp.read_run(saved)) == held_by(run)


def test_a_full_disk_leaves_the_old_file(saved: Path) -> None:
    # A limit of the system's own, in a process of its own.
    code = f"""
import resource, trainplan as tp
run = tp.simulate(tp.example("one_team"), trials=64, seed=4, outputs=["npv"], progress=False)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    run.to_parquet({str(saved)!r})
except OSError as error:
    print(error.errno, error.filename, len(run["npv"]))
"""
    before = saved.read_bytes()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == [str(errno.EFBIG), str(saved), "64"], done.stderr
    assert saved.read_bytes() == before
    assert [entry.name for entry in saved.parent.iterdir()] == [saved.name]


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, piece: real(handle, bytes(piece[:1000])))
    run = simulated()
    assert held_by(tp.read_run(run.to_parquet(tmp_path / "run.parquet"))) == held_by(run)


def test_a_file_that_is_held_open_elsewhere_is_tried_for_half_a_second(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As Windows does when a spreadsheet has the file (F77).
    before, real, tries = saved.read_bytes(), os.replace, 0

    def held(*arguments: Any) -> None:
        nonlocal tries
        tries += 1
        if tries <= let_go_after:
            error = PermissionError(errno.EACCES, "The process cannot access the file")
            error.winerror = 32  # type: ignore[attr-defined]
            raise error
        real(*arguments)

    monkeypatch.setattr(os, "replace", held)
    let_go_after = 10**6
    start = time.monotonic()
    with pytest.raises(PermissionError, match="close it there, or write under another name") as caught:
        simulated(seed=4).to_parquet(saved)
    assert time.monotonic() - start > 0.4
    assert tries <= 12
    assert caught.value.filename == str(saved)
    assert saved.read_bytes() == before
    tries, let_go_after = 0, 3
    simulated(seed=4).to_parquet(saved)
    assert saved.read_bytes() != before


def test_a_file_is_as_open_as_the_one_before_and_a_new_one_as_others(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    PLAN.to_toml(path)
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    path.chmod(0o600)
    PLAN.to_toml(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_is_written_through_and_a_device_to(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("old", encoding="utf-8")
    (tmp_path / "link.toml").symlink_to("real.toml")
    PLAN.to_toml(tmp_path / "link.toml")
    assert (tmp_path / "link.toml").is_symlink()
    assert tp.read_plan(tmp_path / "real.toml") == PLAN
    PLAN.to_toml("/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


# Three contents in turn, by a process that is ended at any instant after its first one.
KILLED = """
import os, random, signal, sys, time
from trainplan._writing import written

path, kills = sys.argv[1], int(sys.argv[2])
contents = [bytes([number]) * size for number, size in ((65, 40_000), (66, 50_000), (67, 9))]
draw, seen, strays = random.Random(5), [], 0
for _ in range(kills):
    begun, begin = os.pipe()
    child = os.fork()
    if not child:
        while True:
            for content in contents:
                written(content, path)
                os.write(begin, b".")  # a pipe holds far more than the few that are written until the kill
    os.read(begun, 1)
    time.sleep(draw.random() * 0.004)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(begun), os.close(begin)
    strays += len(os.listdir(os.path.dirname(path))) > 1
    with open(path, "rb") as file:
        seen.append(contents.index(file.read()))
written(b"last", path)
print(len(seen), len(set(seen)) > 1, os.listdir(os.path.dirname(path)), strays)
"""


@pytest.mark.parametrize("kills", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_process_that_is_killed_leaves_the_old_file_or_the_new_one(tmp_path: Path, kills: int) -> None:
    path = tmp_path / "run.parquet"
    command = [sys.executable, "-c", KILLED, str(path), str(kills)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    # Always a whole content, not always the same one; how many kills left a stray is a matter of chance.
    assert done.stdout.startswith(f"{kills} True ['run.parquet'] "), done.stderr


def test_what_a_killed_process_left_is_removed_by_the_next_save(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    code = f"""
import os
from trainplan._writing import written
os.replace = lambda *_: os._exit(0)
written("never", {str(path)!r})
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    (tmp_path / ".other.toml.abc.tmp").touch()
    assert len(list(tmp_path.iterdir())) == 2
    assert not path.exists()
    _writing.written("new", path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".other.toml.abc.tmp", "plan.toml"]


def test_a_whole_process_that_saves_runs_is_killed_between_two_of_them(tmp_path: Path) -> None:
    path = tmp_path / "run.parquet"
    code = f"""
import trainplan as tp
runs = [tp.simulate(tp.example("one_team"), trials=6400, seed=seed, progress=False) for seed in (1, 2)]
while True:
    for run in runs:
        run.to_parquet({str(path)!r})
"""
    draw = random.Random(6)
    for _ in range(3):
        saving = subprocess.Popen([sys.executable, "-c", code])
        while not path.exists():
            time.sleep(0.01)
        time.sleep(draw.random() * 0.1)
        saving.kill()
        saving.wait()
        assert tp.read_run(path).seed in (1, 2)
        path.unlink()


def test_a_file_that_another_process_writes_is_no_stray(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.toml"
    real = os.fsync

    def meanwhile(handle: int) -> None:
        monkeypatch.setattr(os, "fsync", real)
        code = f"from trainplan._writing import written; written('other', {str(path)!r})"
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
        real(handle)

    monkeypatch.setattr(os, "fsync", meanwhile)
    _writing.written("mine", path)
    assert path.read_text(encoding="utf-8") == "mine"
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan.toml"]
