"""Runs in files: every bit comes back, every damage is found, and what is no run is refused."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import random
import re
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from plans import PlanData, plans

import trainplan as tp
from trainplan import _parquet, _saved

PLAN = tp.example("one_team")


def simulated(plan: tp.Plan = PLAN, **options: Any) -> tp.Run:
    return tp.simulate(plan, **{"trials": 64, "seed": 3, "outputs": ["npv"], "progress": False, **options})


def made_of(values: list[float], output: str = "npv") -> tp.Run:
    return tp.Run(PLAN, (output,), np.array([values], dtype=float), seed=3, sampling="stratified")


def bits(run: tp.Run) -> bytes:
    return b"".join(run[name].tobytes() for name in run.outputs)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return simulated().to_parquet(tmp_path / "run.parquet")


def refused(path: Path) -> str:
    with pytest.raises(tp.InputError) as caught:
        tp.read_run(path)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value).removeprefix(f"{path}: ")


# ---------------------------------------- round trips


@pytest.mark.parametrize("name", tp.examples())
@pytest.mark.parametrize("sampling", ["stratified", "random"])
def test_a_run_comes_back_as_it_was(tmp_path: Path, name: str, sampling: str) -> None:
    run = simulated(tp.example(name), trials=700, seed=2**64 - 1, outputs=None, sampling=sampling)
    again = tp.read_run(run.to_parquet(tmp_path / "run.parquet"))
    assert again.outputs == run.outputs
    assert bits(again) == bits(run)
    assert (again.trials, again.seed, again.sampling) == (700, 2**64 - 1, sampling)
    assert again.plan == run.plan
    assert again.plan.to_toml() == run.plan.to_toml()
    assert again.written_by == tp.__version__
    assert repr(again) == repr(run)
    assert again._repr_html_() == run._repr_html_()
    assert again.summary().equals(run.summary())
    assert again.costs().equals(run.costs())
    assert again.kpi("csat").equals(run.kpi("csat"))
    assert again.trace(17).equals(run.trace(17))
    assert again.draws(trials=5).equals(run.draws(trials=5))
    with pytest.raises(ValueError, match="read-only"):
        again["npv"][0] = 0.0


@settings(
    max_examples=25, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(data=plans())
def test_generated_plans_come_back_in_their_runs(
    tmp_path_factory: pytest.TempPathFactory, data: PlanData
) -> None:
    run = simulated(tp.Plan.from_dict(data), outputs=None)
    path = run.to_parquet(tmp_path_factory.mktemp("runs") / "run.parquet")
    again = tp.read_run(path)
    assert bits(again) == bits(run)
    assert again.plan == run.plan
    assert again.plan.inputs().equals(run.plan.inputs())


def test_every_bit_of_a_value_is_kept(tmp_path: Path) -> None:
    odd = np.array([0x7FF8000000001234, 0xFFF0000000000000, 1, 1 << 63, 0x7FEFFFFFFFFFFFFF], dtype=np.uint64)
    run = made_of(list(odd.view(np.float64)))
    again = tp.read_run(run.to_parquet(tmp_path / "run.parquet"))
    assert again["npv"].view(np.uint64).tolist() == odd.tolist()


@pytest.mark.parametrize("trials", [1, 2**20 - 1, 2**20, 2**20 + 1])
def test_a_page_more_or_less_loses_nothing(tmp_path: Path, trials: int) -> None:
    run = made_of(list(range(trials)))
    again = tp.read_run(run.to_parquet(tmp_path / "run.parquet"))
    assert bits(again) == bits(run)


def test_names_of_outputs_may_hold_anything(tmp_path: Path) -> None:
    name = 'csat[region=sha256\x1f:é. "x"]@6'
    again = tp.read_run(made_of([1.0, 2.0], name).to_parquet(tmp_path / "run.parquet"))
    assert again.outputs == (name,)


def test_other_tools_read_the_file(tmp_path: Path) -> None:
    run = simulated(trials=2000, outputs=["npv", "payback_month", "csat@6"])
    path = run.to_parquet(tmp_path / "run.parquet")
    table, frame = pyarrow.parquet.read_table(path), pl.read_parquet(path)
    assert table.column_names == list(frame.columns) == list(run.outputs)
    for name in run.outputs:
        assert table[name].to_numpy().tobytes() == run[name].tobytes()
        assert frame[name].to_numpy().tobytes() == run[name].tobytes()
    about = pyarrow.parquet.ParquetFile(path).metadata.metadata
    assert tp.Plan.from_dict(json.loads(about[b"trainplan.plan"])) == PLAN
    assert about[b"trainplan.seed"] == b"3"


def test_the_same_run_gives_the_same_file(tmp_path: Path) -> None:
    one, other = (simulated().to_parquet(tmp_path / name) for name in ("a.parquet", "b.parquet"))
    assert one.read_bytes() == other.read_bytes()


# ---------------------------------------- damaged and foreign files


def test_each_byte_flipped_in_turn_is_found(saved: Path) -> None:
    raw = saved.read_bytes()
    draw = random.Random(1)
    for place in range(len(raw)):
        flipped = bytearray(raw)
        flipped[place] ^= draw.choice((1, 2, 4, 8, 16, 32, 64, 128, 255))
        with pytest.raises(tp.InputError, match=r": file: is (damaged|no run of trainplan)"):
            _saved._check(saved, bytes(flipped))
        if place % 16 == 0:
            saved.write_bytes(flipped)
            assert refused(saved)
    assert len(raw) > 10_000


def test_each_truncation_is_found(saved: Path) -> None:
    raw = saved.read_bytes()
    for length in (*range(12), *range(12, len(raw), 7), len(raw) - 1):
        saved.write_bytes(raw[:length])
        assert refused(saved).startswith(("file: is damaged", "file: is no run of trainplan"))
    saved.write_bytes(raw + b"\x00")
    assert refused(saved).startswith("file: is damaged")
    saved.write_bytes(raw + raw)
    assert refused(saved).startswith("file: is damaged")


class Canary:
    """What a pickle would run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (str(self.path),)


def signed(about: dict[str, str], **columns: list[float]) -> bytes:
    values = {name: np.array(column) for name, column in columns.items()}
    texts = {f"trainplan.{name}": text for name, text in about.items()}
    return _saved.signed(_parquet.packed(values, texts, "a test"))


ABOUT = {
    "format": "1",
    "version": "0.0.9",
    "stream": "1",
    "seed": "3",
    "trials": "2",
    "sampling": "stratified",
    "plan": json.dumps(PLAN.to_dict()),
    "checksum": "sha256\x1f:" + "0" * 64,
}
TWO: dict[str, list[float]] = {"npv": [1.0, 2.0]}
NO_CHECKSUM = "file: is no run of trainplan, or is damaged: it has no checksum"
NO_FORMAT = "file: is no run of trainplan: it does not say its format"
NO_PLAN = "file: holds no plan that can be read"
NO_RUN = "file: is no run of trainplan: a run is a Parquet file that Run.to_parquet wrote"
CONTRADICTS = "file: contradicts itself: seed, trials, sampling or stream are not those of its values"

# What a file holds, and what is said of it (F79, F81, F82).
FOREIGN = [
    pytest.param(b"", NO_RUN, id="empty"),
    pytest.param(b"PAR1", NO_CHECKSUM, id="magic alone"),
    pytest.param(b"\x93NUMPY\x01\x00v\x00{'descr': '|O'}", NO_RUN, id="an array of objects"),
    pytest.param(b"PK\x03\x04", NO_RUN, id="a zip file"),
    pytest.param(
        signed({**ABOUT, "format": "2", "version": "9.1"}, **TWO),
        f"file: was written by trainplan 9.1; this is {tp.__version__}",
        id="a newer format",
    ),
    pytest.param(
        signed({**ABOUT, "format": "zero"}, **TWO), NO_FORMAT, id="no format"
    ),
    pytest.param(signed({**ABOUT, "trials": "3"}, **TWO), CONTRADICTS, id="another number of trials"),
    pytest.param(signed({**ABOUT, "seed": "-1"}, **TWO), CONTRADICTS, id="no seed"),
    pytest.param(signed({**ABOUT, "seed": str(2**64)}, **TWO), CONTRADICTS, id="too large a seed"),
    pytest.param(signed({**ABOUT, "sampling": "other"}, **TWO), CONTRADICTS, id="unknown sampling"),
    pytest.param(signed({**ABOUT, "stream": ""}, **TWO), CONTRADICTS, id="no stream"),
    pytest.param(signed({**ABOUT, "plan": "{"}, **TWO), NO_PLAN, id="no plan"),
    pytest.param(signed({**ABOUT, "plan": "[" * 10**5}, **TWO), NO_PLAN, id="deep"),
    pytest.param(signed({**ABOUT, "plan": "7"}, **TWO), NO_PLAN, id="a number"),
    pytest.param(
        signed({**ABOUT, "plan": '{"schema_version": 2}'}, **TWO),
        "schema_version: is 2, the plan was written by a newer version of trainplan; this one reads up to 1 "
        "(written by trainplan 0.0.9)",
        id="a newer plan",
    ),
    pytest.param(
        signed({**ABOUT, "plan": '{"teams": 5}'}, **TWO),
        "teams: is a whole number, must be a list of records (written by trainplan 0.0.9)",
        id="a plan that is none",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "message"), FOREIGN)
def test_a_file_that_is_no_run_says_why(tmp_path: Path, raw: bytes, message: str) -> None:
    path = tmp_path / "run.parquet"
    path.write_bytes(raw)
    assert refused(path).splitlines()[0] == message


@pytest.mark.parametrize("suffix", [".pkl", ".npy", ".parquet", ".json", ".toml", ".xlsx", ""])
def test_a_pickle_under_any_name_is_refused_and_runs_nothing(tmp_path: Path, suffix: str) -> None:
    canary = tmp_path / "canary"
    path = tmp_path / f"run{suffix}"
    path.write_bytes(pickle.dumps(Canary(canary)))
    assert refused(path) == NO_RUN
    with pytest.raises(tp.InputError, match=re.escape(str(path))):
        tp.read_plan(path)
    assert not canary.exists()
    pickle.loads(path.read_bytes())  # it would have
    assert canary.exists()


def test_a_parquet_file_of_another_tool_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.parquet"
    pl.DataFrame({"npv": [1.0, 2.0]}).write_parquet(path)
    assert refused(path) == NO_CHECKSUM


def test_folders_pipes_and_large_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(tmp_path) == "file: must be a file, not a folder"
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe") == "file: must be a file, not a device or a pipe"
    path = simulated().to_parquet(tmp_path / "run.parquet")
    monkeypatch.setattr(_saved, "MOST_BYTES", 2**13)
    message = f"file: is {path.stat().st_size:,} bytes, must be at most 8,192 bytes (0.0078125 MiB)"
    assert refused(path) == message
    with pytest.raises(tp.InputError, match=r"run: is .* must be at most 8,192 bytes: keep fewer outputs"):
        simulated().to_parquet(path)
    with pytest.raises(FileNotFoundError):
        tp.read_run(tmp_path / "none.parquet")


def test_an_output_kept_twice_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(tp.InputError, match="run: has an output twice"):
        simulated(outputs=["npv", "npv"]).to_parquet(tmp_path / "run.parquet")
    assert not list(tmp_path.iterdir())


def forged(raw: bytes, draw: random.Random) -> bytes:
    """Return a file with changes, most in the footer, and a checksum that is right again."""
    footer = len(raw) - 8 - int.from_bytes(raw[-8:-4], "little")
    changed = bytearray(raw)
    for _ in range(draw.choice((1, 1, 2, 4, 8))):
        lengths = draw.choice(((footer, footer + 200), (footer, len(raw)), (4, len(raw))))
        place = draw.randrange(*lengths)
        changed[place : place + draw.choice((0, 1, 1, 1, 3))] = bytes(
            draw.choice((draw.randrange(256), 0, 0x7F, 0x80, 0xFF))
            for _ in range(draw.choice((0, 1, 1, 1, 3)))
        )
    return _saved.signed(bytes(changed)) if b"sha256\x1f:" in changed else bytes(changed)


@pytest.mark.parametrize("rounds", [3_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_forged_file_with_a_right_checksum_does_no_harm(saved: Path, rounds: int) -> None:
    raw, draw = saved.read_bytes(), random.Random(2)
    slowest = 0.0
    for _ in range(rounds):
        saved.write_bytes(forged(raw, draw))
        start = time.process_time()
        with contextlib.suppress(tp.InputError):
            tp.read_run(saved)
        slowest = max(slowest, time.process_time() - start)
    assert slowest < 1.0


def test_forged_counts_take_no_memory(tmp_path: Path) -> None:
    # 2^31 entries in a list, 2^60 rows, and parts in parts without end: refused by the bytes that are there.
    path = tmp_path / "run.parquet"
    mark = b"sha256\x1f:" + b"0" * 64
    for footer in (
        b"\x19\xfc\xff\xff\xff\xff\x07" + mark,
        b"\x15\x02\x19\x2c" + b"\x48\x01a\x15\x02\x00" * 2 + b"\x16" + b"\xff" * 8 + b"\x0f\x00" + mark,
        b"\x1c" * 10**6 + mark,
        b"\x1b" + b"\xff" * 4 + b"\x07\xcc" + mark,
        b"\x19" * 10**6 + mark,
    ):
        path.write_bytes(_saved.signed(b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert refused(path).startswith("file: is no run of trainplan: ")
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KiB


# ---------------------------------------- runs of other releases


def test_a_run_of_another_stream_keeps_its_values_and_draws_nothing(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_saved, "STREAM", 2)
    run = tp.read_run(saved)
    assert bits(run) == bits(simulated())
    assert run.summary().equals(simulated().summary())
    for again in (
        run.costs,
        run.trace,
        lambda: run.draws(trials=5),
        run.correlations,
        run.cash_flow,
        lambda: tp.report(run, saved.with_suffix(".html")),
    ):
        with pytest.raises(
            tp.InputError, match=r"was written by trainplan .* draws or computes other numbers"
        ):
            again()
    assert repr(run).startswith("Run of 64 trials, stratified, seed 3, written by trainplan")
    assert "stand" in run._repr_html_()


def test_values_that_this_release_does_not_compute_are_found(tmp_path: Path) -> None:
    held = simulated(trials=1000)
    values = np.array([held["npv"]])
    values[0, 10] *= 1 + 1e-6
    other = tp.Run(PLAN, held.outputs, values, seed=held.seed, sampling=held.sampling)
    run = tp.read_run(other.to_parquet(tmp_path / "run.parquet"))
    assert bits(run) == bits(other)
    with pytest.raises(tp.InputError, match="simulate its plan again"):
        run.trace()


def test_a_run_without_an_output_that_exists_now_draws_nothing(tmp_path: Path) -> None:
    run = tp.read_run(made_of([1.0, 2.0], "an_old_output").to_parquet(tmp_path / "run.parquet"))
    assert run["an_old_output"].tolist() == [1.0, 2.0]
    with pytest.raises(tp.InputError, match="simulate its plan again"):
        run.costs()


def test_an_older_release_is_named(tmp_path: Path) -> None:
    path = tmp_path / "run.parquet"
    path.write_bytes(signed(ABOUT, npv=[1.0, 2.0]))
    assert tp.read_run(path).written_by == "0.0.9"
    assert "written by trainplan 0.0.9" in repr(tp.read_run(path))
