"""GoogleTest inside pytest: every C++ test is a pytest item of its source file.

The test programme is built once a session in build/tests, when the first C++ test file is collected, and run
once for all selected tests. `pytest tests/cpp/base/test_error.cpp`, `-k Npv` and `-m slow` work as they do
for Python; a C++ test with Slow in its name is slow.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "tests"
PROGRAMME = BUILD / "tests" / "cpp" / "trainplan_tests"
OPTIONS = {
    "CMAKE_BUILD_TYPE": "Release",
    # Every file shows that it includes what it needs, and clang-tidy reads the commands.
    "CMAKE_DISABLE_PRECOMPILE_HEADERS": "ON",
    "TRAINPLAN_BUILD_PYTHON": "OFF",
    "TRAINPLAN_BUILD_TESTS": "ON",
    "TRAINPLAN_WARNINGS_AS_ERRORS": "ON",
}


class BuildError(Exception):
    """A build step failed; the text is what its tool printed."""


def tool(name: str) -> str:
    """Return the path of a command, the one in this Python's environment first."""
    places = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    found = shutil.which(name, path=places)
    if found is None:
        raise BuildError(f"{name} is not installed; the test extra has it: pip install '.[test]'")
    return found


def outcome(*command: str | Path) -> tuple[int, str]:
    """Run a command and return its exit code and all that it printed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode(errors="replace")


def step(*command: str | Path) -> None:
    """Run one command of the build; what it printed is the error when it fails."""
    code, output = outcome(*command)
    if code != 0:
        progress = re.compile(r"^\[\d+/\d+\] (Building|Linking) .*\n", re.MULTILINE)
        raise BuildError(f"{' '.join(map(str, command))}\n{progress.sub('', output)}")


def configure() -> Path:
    """Configure the C++ tests and return their build folder, with compile_commands.json in it."""
    cache = BUILD / "CMakeCache.txt"
    python = f"Python_EXECUTABLE:FILEPATH={sys.executable}"
    same_python = cache.exists() and f"{python}\n" in cache.read_text(encoding="utf-8")
    settings = [f"-D{name}={value}" for name, value in OPTIONS.items()]
    make = f"-DCMAKE_MAKE_PROGRAM={tool('ninja')}"
    # The headers come from the Python environment: another one starts afresh.
    fresh = [] if same_python else ["--fresh"]
    step(tool("cmake"), *fresh, "-S", ROOT, "-B", BUILD, "-G", "Ninja", make, f"-D{python}", *settings)
    return BUILD


def build() -> None:
    """Bring the test programme up to date."""
    configure()
    step(tool("cmake"), "--build", BUILD, "--target", "trainplan_tests")


def records(report: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (full name, record) from a JSON report of GoogleTest: its tests, or their results."""
    suites = json.loads(report.read_text(encoding="utf-8", errors="replace")).get("testsuites", [])
    for suite in suites:
        for test in suite["testsuite"]:
            yield f"{suite['name']}.{test['name']}", test


def results_of_dead_run(output: str) -> dict[str, dict[str, Any]]:
    """Return results from the console of a run that died; its last test is the guilty one."""
    results: dict[str, dict[str, Any]] = {}
    for chunk in output.split("[ RUN      ] ")[1:]:
        name, _, said = chunk.partition("\n")
        passed = f"[       OK ] {name}" in said
        results[name] = {"result": "COMPLETED", "failures": [] if passed else [{"failure": said}]}
    return results


class Programme:
    """The test programme of one pytest session: built on first use, run on first result."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tests: dict[str, dict[str, Any]] | None = None
        self._results: dict[str, dict[str, Any]] | None = None

    def tests_in(self, source: Path) -> dict[str, dict[str, Any]]:
        """Return the tests of a source file, name -> record with its line; builds the programme first."""
        if self._tests is None:
            self._tests = {}  # a build that fails is reported by the file that asked for it, and only there
            self._say(f"building the C++ tests in {BUILD.relative_to(ROOT)}")
            build()
            with tempfile.TemporaryDirectory() as folder:
                listing = Path(folder, "tests.json")
                step(PROGRAMME, "--gtest_list_tests", f"--gtest_output=json:{listing}")
                self._tests = dict(records(listing))
        return {name: test for name, test in self._tests.items() if Path(test["file"]) == source}

    def result(self, name: str, selected: list[str]) -> dict[str, Any]:
        """Return the result of one test; the first call runs all the selected ones."""
        if self._results is None:
            self._results = self._run(selected)
        not_run = {"failure": "not run: the test programme died in an earlier test"}
        return self._results.get(name, {"failures": [not_run]})

    def _run(self, names: list[str]) -> dict[str, dict[str, Any]]:
        with tempfile.TemporaryDirectory() as folder:
            flags, report = Path(folder, "flags"), Path(folder, "results.json")
            flags.write_text("--gtest_filter=" + ":".join(names), encoding="utf-8")
            code, output = outcome(PROGRAMME, f"--gtest_flagfile={flags}", f"--gtest_output=json:{report}")
            if not report.exists():
                return results_of_dead_run(f"{output}\nthe test programme ended with exit code {code}")
            results = dict(records(report))
        if code != 0 and not any(result.get("failures") for result in results.values()):
            failure = {"failure": f"exit code {code} though no test failed:\n{output[-4000:]}"}
            return {name: {"failures": [failure]} for name in names}
        return results

    def _say(self, text: str) -> None:
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        if reporter is not None and capture is not None and self._config.get_verbosity() >= 0:
            with capture.global_and_fixture_disabled():
                reporter.ensure_newline()
                reporter.write_line(text)


PROGRAMME_OF_SESSION = pytest.StashKey[Programme]()


def pytest_configure(config: pytest.Config) -> None:
    """Give the session its test programme."""
    config.stash[PROGRAMME_OF_SESSION] = Programme(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the sources of the C++ tests."""
    if file_path.suffix == ".cpp" and file_path.is_relative_to(ROOT / "tests" / "cpp"):
        return CppFile.from_parent(parent, path=file_path)
    return None


class CppFile(pytest.File):
    """A source file of C++ tests."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield its tests as the built programme lists them."""
        try:
            tests = self.config.stash[PROGRAMME_OF_SESSION].tests_in(self.path)
        except BuildError as error:
            raise self.CollectError(f"The C++ tests do not build.\n{error}") from None
        for name, test in tests.items():
            yield CppItem.from_parent(self, name=name, line=test["line"])


class CppFailure(Exception):
    """A C++ test failed; the text is GoogleTest's."""


class CppItem(pytest.Item):
    """One C++ test."""

    def __init__(self, *, line: int, **rest: Any) -> None:
        super().__init__(**rest)
        self.line = line
        self.seconds = 0.0
        if "Slow" in self.name:
            self.add_marker(pytest.mark.slow)

    def runtest(self) -> None:
        """Take the result from the one run of the test programme."""
        selected = [item.name for item in self.session.items if isinstance(item, CppItem)]
        result = self.config.stash[PROGRAMME_OF_SESSION].result(self.name, selected)
        self.seconds = float(result.get("time", "0s").removesuffix("s"))
        if failures := result.get("failures"):
            raise CppFailure("\n".join(failure["failure"] for failure in failures))
        if result["result"] != "COMPLETED":
            pytest.skip(f"GoogleTest says {result['result']}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show GoogleTest's words, without a Python traceback."""
        if isinstance(excinfo.value, CppFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Point at the test's line in its source."""
        return self.path, self.line - 1, self.name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Give each C++ test its own time; otherwise the first one would carry the whole run."""
    report = yield
    if isinstance(item, CppItem) and call.when == "call":
        report.duration = item.seconds
    return report
