"""Nothing that reads a plan crashes, hangs or swallows memory, whatever it is given.

The seconds are how long to look, not how fast to be. A case that fails is named by its number:
``python fuzzing.py 1 NUMBER KINDS`` makes it again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import trainplan as tp

FUZZING = Path(__file__).with_name("fuzzing.py")
KINDS = ("toml", "json", "dicts", "frames", "csv", "parquet", "xlsx")


def found_by_fuzzing(seconds: int, first: int, record: Any) -> dict[str, Any]:
    folders = os.pathsep.join(path for path in (str(FUZZING.parent), *sys.path) if path)
    command = [sys.executable, "-W", "error", str(FUZZING), str(seconds), str(first), ",".join(KINDS)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=seconds + 240,
        env={**os.environ, "PYTHONPATH": folders},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout)
    for name, value in found.items():
        record(f"fuzzing_{name}", value)
    print(f"fuzzing for {seconds} s: {json.dumps(found)}")
    return found


@pytest.mark.parametrize(
    ("seconds", "first"), [(60, 0), pytest.param(600, 1_000_000, marks=pytest.mark.slow)]
)
def test_whatever_is_read_is_a_plan_or_is_refused_with_its_problems(
    seconds: int, first: int, record_property: Any
) -> None:
    found = found_by_fuzzing(seconds, first, record_property)
    assert found["executions"] >= 10 * seconds  # a machine ten times as slow as a laptop makes more
    # Every kind was read and was refused; no error of the system's but where a workbook is no zip file.
    assert {f"{kind}: {how}" for kind in KINDS for how in ("read", "refused")} <= set(found["outcomes"])
    assert found["slowest_seconds"] < 1.0  # of the processor
    assert found["memory_growth_mib"] < 512


def read_json(text: str, folder: Path) -> tp.Plan:
    path = folder / "plan.json"
    path.write_text(text, encoding="utf-8")
    return tp.read_plan(path)


HALF = "\ud800"  # of a surrogate pair: Python's texts may hold one, no encoding can write it
TEAM = {"id": ["a"], "people": [3], "hourly_cost": [20], "attrition": [30]}


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(lambda at: read_json('{"\\ud800": 1, "\\ud800": 2}', at), id="a key that stands twice"),
        pytest.param(lambda at: read_json('{"\\ud800": 1}', at), id="a key"),
        pytest.param(lambda at: read_json('{"teams": [{"id": "\\ud800"}]}', at), id="an id"),
        pytest.param(lambda _: tp.Plan.from_frames({HALF: TEAM}), id="a table"),
        pytest.param(lambda _: tp.Plan.from_frames({"teams": {**TEAM, HALF: [1]}}), id="a column"),
        pytest.param(lambda _: tp.Plan.from_frames({"teams": {**TEAM, "people": [HALF]}}), id="a cell"),
        pytest.param(lambda _: tp.Plan.from_frames({"teams": {**TEAM, "id": [HALF]}}), id="a text cell"),
    ],
)
def test_half_a_character_is_refused_in_words_that_can_be_written(read: Any, tmp_path: Path) -> None:
    with pytest.raises(tp.InputError) as caught:
        read(tmp_path)
    assert str(caught.value).encode("utf-8")
