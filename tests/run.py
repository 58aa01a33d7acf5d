"""Run every test from nothing: make `.venv`, install the package and its test tools, start pytest.

Arguments go to pytest: `python3 tests/run.py -k finance -x`. Standard library alone, so that any Python 3.11
with its headers and a C++20 compiler can start it.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DEBIAN_PACKAGES = "apt-get install g++ python3-dev python3-venv"


def run(*command: str | Path) -> int:
    """Show a command, run it in the project's folder, return its exit code."""
    print("+", shlex.join(map(str, command)), flush=True)
    return subprocess.run(command, cwd=ROOT).returncode


def holds(python: Path, condition: str) -> bool:
    """Tell whether another Python finds a condition true."""
    code = f"import importlib.util, pathlib, sys, sysconfig; sys.exit(not ({condition}))"
    return subprocess.run([python, "-c", code]).returncode == 0


def missing_prerequisites() -> list[str]:
    """List what has to be on the machine before pip can build the package."""
    python = PYTHON if PYTHON.exists() else Path(sys.executable)
    missing = []
    compilers = [*shlex.split(os.environ.get("CXX", ""))[:1], "c++", "g++", "clang++"]
    if not any(map(shutil.which, compilers)):
        missing.append("a C++20 compiler")
    if not holds(python, "pathlib.Path(sysconfig.get_path('include'), 'Python.h').exists()"):
        missing.append(f"the C headers of {python}")
    if not PYTHON.exists() and not holds(python, "importlib.util.find_spec('ensurepip')"):
        missing.append("Python's venv module")
    return missing


def build_requirements() -> list[str]:
    """List what pip would put into a build environment of its own, cmake and ninja included."""
    import tomllib

    with (ROOT / "pyproject.toml").open("rb") as file:
        return [*tomllib.load(file)["build-system"]["requires"], "cmake>=3.25", "ninja"]


def install() -> int:
    """Install the package, not editable: the tests see what a user gets.

    The build tools live in `.venv`, not in a throw-away environment of pip's, so that the next run compiles
    only what has changed.
    """
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    return run(*pip, *build_requirements()) or run(*pip, "--no-build-isolation", ".[test]")


def main() -> int:
    """Go through the steps; the first that fails ends them and gives the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036  it may be started by any Python
        print("trainplan needs Python 3.11 or newer", file=sys.stderr)
        return 1
    if missing := missing_prerequisites():
        print(f"Not found: {', '.join(missing)}. On Debian: {DEBIAN_PACKAGES}", file=sys.stderr)
        return 1
    if not PYTHON.exists() and (failed := run(sys.executable, "-m", "venv", VENV)):
        return failed
    return install() or run(PYTHON, "-m", "pytest", *sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
