"""The tools that read the code: formatters, linters, types, stubs. CONTRIBUTING.md has them as commands."""

import os
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pybind11
import pytest

CPP_FOLDERS = ("cpp", "bindings", "tests/cpp")


def cpp_files(root: Path, *suffixes: str) -> list[Path]:
    found = (file for folder in CPP_FOLDERS for file in (root / folder).rglob("*"))
    return sorted(file for file in found if file.suffix in suffixes)


def complaints(root: Path, *command: str | Path) -> str:
    """Run a tool of this environment in the project's folder: what it printed if it failed, else nothing."""
    tool = Path(sysconfig.get_path("scripts"), command[0])
    done = subprocess.run(
        [tool, *command[1:]], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )
    return f"{command[0]}, exit code {done.returncode}:\n{done.stdout}" if done.returncode else ""


def expect_clean(root: Path, *command: str | Path) -> None:
    if found := complaints(root, *command):
        pytest.fail(found, pytrace=False)


def test_cpp_is_formatted(root: Path) -> None:
    expect_clean(root, "clang-format", "--dry-run", "-Werror", *cpp_files(root, ".cpp", ".hpp"))


def test_cpp_has_no_finding_of_clang_tidy(root: Path, cpp_build: Path) -> None:
    # The bindings are not part of this build: clang-tidy takes the flags of a core source, and what their own
    # build adds comes on top.
    headers = [pybind11.get_include(), sysconfig.get_path("include")]
    extra = [f"--extra-arg=-isystem{folder}" for folder in headers]
    extra.append('--extra-arg=-DTRAINPLAN_VERSION=""')

    def tidy(source: Path) -> str:
        return complaints(root, "clang-tidy", "--quiet", "-p", cpp_build, *extra, source)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = "\n".join(filter(None, pool.map(tidy, cpp_files(root, ".cpp"))))
    if found:
        pytest.fail(found, pytrace=False)


def test_python_has_no_finding_of_ruff(root: Path) -> None:
    expect_clean(root, "ruff", "check")


def test_python_is_formatted(root: Path) -> None:
    expect_clean(root, "ruff", "format", "--check", "--diff")


def test_python_types_hold_under_strict_mypy(root: Path) -> None:
    expect_clean(root, "mypy")


def test_stubs_are_those_of_the_extension(root: Path) -> None:
    command = [sys.executable, root / "tests" / "stubs.py", "--check"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)
