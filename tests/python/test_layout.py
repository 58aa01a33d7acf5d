"""The house as CONTRIBUTING.md draws it: rooms complete, includes downwards, files short."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import trainplan._core

# Bottom to top: a room includes only rooms named before it.
FLOORS = {
    "base": "error array value kernels random statistics quantity distribution record",
    "domain": "correlation calendar finance utility transfer reinforcement curriculum workforce kpi budget "
    "benefit risk gate benchmarks targets",
    "engine": "plan simulate sensitivity allocate",
}
ROOMS = [f"{floor}/{room}" for floor, rooms in FLOORS.items() for room in rooms.split()]
HEADER_ALONE = {"base/array"}  # names for types: nothing to compile, nothing to test

LONGEST = 400
CODE = {".cpp", ".hpp", ".py", ".js", ".css", ".html", ".cmake"}
TEXT = CODE | {".md", ".toml", ".json", ".yaml", ".yml", ".txt", ".ipynb", ".csv", ".pyi", ""}
NOT_OURS = {".git", ".venv", "build", "dist", "__pycache__", ".ipynb_checkpoints", "node_modules"}
NOT_OURS |= {".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}


def files(folder: Path) -> Iterator[Path]:
    """Yield the project's files, without what builds and tools leave behind."""
    for path in sorted(folder.iterdir()):
        if path.name in NOT_OURS or path.suffix in {".so", ".egg-info"}:
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def room_of(file: Path) -> str:
    """Return the room of a core file: the one it is named after, or whose part its first words say it is."""
    floor, stem = file.parent.name, file.stem.removeprefix("test_")
    parts = [room for room in ROOMS if f"{floor}/{stem}_".startswith(f"{room}_")]
    return max(parts, key=len, default="")


def core_files(root: Path) -> list[Path]:
    headers = (root / "cpp" / "include").rglob("*.hpp")
    sources = (root / "cpp" / "src").rglob("*.cpp")
    tests = (root / "tests" / "cpp").rglob("*.cpp")
    return sorted([*headers, *sources, *tests])


def included_rooms(file: Path) -> set[str]:
    """Return the rooms that a file includes, itself or through a private header beside it."""
    rooms: set[str] = set()
    for name in re.findall(r'^\s*#include "([^"]+)"', file.read_text(encoding="utf-8"), re.MULTILINE):
        if public := re.fullmatch(r"trainplan/(\w+)/(\w+)\.hpp", name):
            rooms.add(room_of(Path(public[1], public[2])))
        elif (private := file.parent / name).exists() and private != file:
            rooms |= included_rooms(private)
    return rooms


def expect_none(found: list[str], rule: str) -> None:
    """Fail with a line for each finding, above them the rule that it breaks."""
    if found:
        pytest.fail("\n".join([rule, *found]), pytrace=False)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_header_source_and_test(root: Path, room: str) -> None:
    """A room that has begun is complete; the order of FLOORS also names rooms that are still to come."""
    floor, name = room.split("/")
    if not any(room_of(file) == room for file in core_files(root)):
        return
    wanted = [f"cpp/include/trainplan/{room}.hpp"]
    if room not in HEADER_ALONE:
        wanted += [f"cpp/src/{room}.cpp", f"tests/cpp/{floor}/test_{name}.cpp"]
    expect_none([file for file in wanted if not (root / file).is_file()], "missing:")


def test_every_core_file_belongs_to_a_room(root: Path) -> None:
    strays = [str(file.relative_to(root)) for file in core_files(root) if not room_of(file)]
    expect_none(strays, "a room is named in FLOORS of this test, and a part of a room starts with its name:")


def test_a_room_includes_only_rooms_below_it(root: Path) -> None:
    upwards = [
        f"{file.relative_to(root)} includes {other}"
        for file in core_files(root)
        if (room := room_of(file))
        for other in sorted(included_rooms(file))
        if other and ROOMS.index(other) > ROOMS.index(room)
    ]
    expect_none(upwards, "includes go down the list of rooms in this test:")


def test_a_binding_is_named_after_its_room(root: Path) -> None:
    names = {room.split("/")[1] for room in ROOMS} | {"module"}
    strays = [file.name for file in (root / "bindings").glob("*.cpp") if file.stem not in names]
    expect_none(strays, "bindings/X.cpp binds a room X:")


def test_a_room_that_analysts_call_by_name_has_binding_and_module(root: Path) -> None:
    """The rooms of the domain are what people know by name; some of the others have a module, too."""
    for room in (name.split("/")[1] for name in ROOMS):
        bound = (root / "bindings" / f"{room}.cpp").exists()
        home = root / "python" / "trainplan"
        met = (home / f"{room}.py").exists() or (home / room / "__init__.py").exists()
        wanted = met or (bound and room in FLOORS["domain"].split())
        assert not wanted or (bound and met), f"{room}: bindings/{room}.cpp and {room}.py come together"


def test_the_tests_use_the_installed_package(root: Path) -> None:
    assert not Path(trainplan._core.__file__).is_relative_to(root / "python")


def test_a_long_file_gives_its_reason(root: Path) -> None:
    """The reason stands in the first lines, as `Over 400 lines: ...`."""
    unexplained = []
    for file in files(root):
        lines = file.read_text(encoding="utf-8").splitlines() if file.suffix in CODE else []
        if len(lines) > LONGEST and not any("Over 400 lines: " in line for line in lines[:10]):
            unexplained.append(f"{file.relative_to(root)}: {len(lines)}")
    expect_none(unexplained, "`Over 400 lines: ` and a reason near the top, or a concept moves out:")


def test_notebooks_are_stored_without_outputs(root: Path) -> None:
    kept = []
    for notebook in (file for file in files(root) if file.suffix == ".ipynb"):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
            kept.append(str(notebook.relative_to(root)))
    expect_none(kept, "clear all outputs of:")


def test_no_file_knows_a_machine(root: Path) -> None:
    # A path starts after neither letter nor slash: an address on the web may have these words in it.
    folder = r"(?<![\w./:-])/(?:work|root|home|Users|tmp)/\w"
    machine = re.compile(rf"{folder}|pythonhoste[d]|py[p]i\.org|deb\.debia[n]")
    found = [
        f"{file.relative_to(root)}:{number}: {line.strip()[:100]}"
        for file in files(root)
        if file.suffix in TEXT
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if machine.search(line)
    ]
    expect_none(found, "no folder of a machine, no host of a package index:")
