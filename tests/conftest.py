"""What all tests share: the C++ tests as pytest items (googletest.py) and where things are."""

from pathlib import Path

import pytest

import googletest
from googletest import (  # noqa: F401  pytest finds these hooks by their names
    pytest_collect_file,
    pytest_configure,
    pytest_runtest_makereport,
)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the project's folder."""
    return googletest.ROOT


@pytest.fixture(scope="session")
def cpp_build() -> Path:
    """Return the configured build folder of the C++ tests, with its compile_commands.json."""
    return googletest.configure()
