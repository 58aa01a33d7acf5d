"""What importing the package costs, and what it leaves alone."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import trainplan
from trainplan import _reference

LEFT_ALONE = """
import locale, signal, sys
import numpy as np
before = (locale.setlocale(locale.LC_ALL), signal.getsignal(signal.SIGINT), str(np.random.get_state()))
import trainplan
after = (locale.setlocale(locale.LC_ALL), signal.getsignal(signal.SIGINT), str(np.random.get_state()))
assert before == after
assert 5e-324 != 0 and 5e-324 / 2 == 0
heavy = {"pandas", "polars", "pyarrow", "openpyxl", "xlsxwriter", "tomli_w"}
heavy |= {"tqdm", "jinja2", "narwhals", "scipy", "matplotlib", "jsonschema"}
print(sorted(heavy & set(sys.modules)))
"""

# What needs no table needs no library for tables: reading, checking, simulating, the card, runs in files.
WITHOUT_TABLES = """
import json, os, sys, tempfile
import trainplan as tp
plan = tp.example("one_team")
assert tp.check(plan).ok
run = tp.simulate(plan, trials=640, progress=False)
with tempfile.TemporaryDirectory() as folder:
    plan.to_json(os.path.join(folder, "plan.json"))
    assert tp.read_plan(os.path.join(folder, "plan.json")) == plan
    again = tp.read_run(run.to_parquet(os.path.join(folder, "run.parquet")))
assert repr(again) == repr(run)
assert tp.schema()["$defs"]
print(sorted({"pandas", "polars", "pyarrow", "openpyxl", "xlsxwriter", "narwhals"} & set(sys.modules)))
"""


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_changes_no_state_and_loads_nothing_heavy() -> None:
    assert python(LEFT_ALONE) == "[]"


def test_tables_are_loaded_when_one_is_asked_for() -> None:
    assert python(WITHOUT_TABLES) == "[]"


def test_importing_is_quick() -> None:
    # 0.15 s with NumPy loaded, by the processor's clock and the best of five; a busy machine counts the same.
    code = "import numpy, time; a = time.process_time(); import trainplan; print(time.process_time() - a)"
    assert min(float(python(code)) for _ in range(5)) <= 0.15


def test_rooms_are_found_by_name() -> None:
    for name in trainplan.__all__:
        assert getattr(trainplan, name) is not None
    assert set(trainplan.__all__) <= set(dir(trainplan))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        trainplan.nothing  # noqa: B018


@pytest.mark.parametrize(
    "name", [module.name for module in pkgutil.iter_modules(trainplan.__path__) if module.name != "_core"]
)
def test_the_examples_in_docstrings_run(name: str) -> None:
    module = importlib.import_module(f"trainplan.{name}")
    with np.printoptions(legacy=False):
        result = doctest.testmod(module)
    assert result.failed == 0


def test_the_reference_page_is_that_of_the_fields(root: Path) -> None:
    page = (root / "docs" / "reference.md").read_text(encoding="utf-8")
    assert page == _reference.reference(), "python -m trainplan._reference > docs/reference.md"
