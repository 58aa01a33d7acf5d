"""Files that cannot be a plan: each fault gets one clear message with the file's name, and quickly."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

import trainplan as tp
from trainplan import _files

GOOD = """
[[teams]]
id = "a"
people = 10
hourly_cost = 25
attrition = 30

[workforce]
realization = 0.5
"""


def fault(name: str, content: str | bytes, message: str) -> object:
    return pytest.param(name, content, message, id=message[:40])


FAULTS = [
    fault("p.toml", "a" + ".a" * 20_000 + " = 1", "p.toml:1: file: a key must have at most 16 key parts"),
    fault(
        "p.toml",
        "a = " + "[" * 100_000 + "]" * 100_000,
        "p.toml:1: file: must not be nested deeper than 32 levels",
    ),
    fault(
        "p.json", "[" * 100_000 + "]" * 100_000, "p.json:1: file: must not be nested deeper than 32 levels"
    ),
    fault("p.toml", "#" * (8 * 2**20 + 1), "is 8,388,609 bytes, must be at most 8,388,608 bytes (8 MiB)"),
    fault("p.toml", f'a = "{"x" * 70_000}"', "p.toml:1: file: texts must be at most 65,536 characters"),
    fault(
        "p.json", "{" + ",".join(f'"k{i}":1' for i in range(50_001)) + "}", "must have at most 50,000 keys"
    ),
    fault("p.toml", GOOD.replace("0.5", "nan"), "p.toml:9: workforce.realization: is nan, must be finite"),
    fault("p.toml", GOOD.replace("25", "-inf"), "p.toml:5: teams.a.hourly_cost: is -inf, must be finite"),
    fault("p.json", '{"teams": [{"id": "a", "people": 1e400}]}', "teams.a.people: is inf, must be finite"),
    fault(
        "p.json", '{"teams": [],\n"teams": []}', "p.json:2: file: the key 'teams' stands twice: lines 1 and 2"
    ),
    fault(
        "p.toml",
        GOOD + "\n[programme]\ndiscount_rte = 0.1",
        "p.toml:12: programme.discount_rte: there is no such field in Programme "
        "(did you mean 'discount_rate'?)",
    ),
    fault(
        "p.toml",
        GOOD + "\n[programme]\nmonths = true",
        "p.toml:12: programme.months: is true or false, must be a whole number",
    ),
    fault(
        "p.toml",
        GOOD + '\n[programme]\nmonths = "24"',
        "programme.months: is a text ('24'), must be a whole number",
    ),
    fault(
        "p.toml",
        GOOD + "\n[programme]\nmonths = 0",
        "programme.months: is 0, must be between 1 and 600 months",
    ),
    fault(
        "p.toml",
        GOOD + "\n[programme]\ndiscount_rate = 8",
        "must be above -0.99 and at most 1 (did you mean 0.08?)",
    ),
    fault(
        "p.toml",
        GOOD + "\n[programme]\ndiscount_rate = -1",
        "programme.discount_rate: is -1, must be above -0.99",
    ),
    fault("p.yaml", "a: 1", "is '.yaml', is not supported: a plan is TOML or JSON (.toml, .json)"),
    fault("p.pkl", b"\x80\x04N.", "is '.pkl', is not supported"),
    fault("p.toml", GOOD.encode("utf-16"), "must be UTF-8; byte 0 is not (it looks like UTF-16)"),
    fault("p.toml", GOOD.replace('"a"', '"é"').encode("latin-1"), "is not (it may be Latin-1)"),
    fault(
        "p.json",
        '{"programme": {"name": "\\ud800"}}',
        "programme.name: is text with a lone surrogate at character 1",
    ),
    fault("p.toml", "", "file: holds no plan: it is empty"),
    fault("p.toml", "# only a comment\n", "file: holds no plan: it is empty"),
    fault("p.json", "[]", "file: the top must be a table"),
    fault("p.json", '{"a": ', "p.json:1: file: is no JSON"),
    fault("p.toml", "a = ", "file: is no TOML: Invalid value"),
    fault("p.toml", "[programme]\nmonths = 24 12\n", "p.toml:2: file: is no TOML"),
    # A text that never closes must not make the scan look for its end again and again.
    fault("p.toml", "a = " + '\\"' * 500_000, "p.toml:1: file: is no TOML"),
    fault("p.toml", 'a = "' + '\\"' * 500_000, "file: is no TOML: Unterminated string"),
    fault("p.toml", "a = '''" + "''\n" * 500_000, "file: is no TOML"),
    fault("p.json", '\\"' * 500_000, "p.json:1: file: is no JSON"),
    fault("p.toml", "a = [" + "1, " * 100_000 + "]", "must have at most 50,000 keys and entries of lists"),
    fault(
        "p.json", '{"a": [' + "1, " * 100_000 + "1]}", "must have at most 50,000 keys and entries of lists"
    ),
    fault("p.toml", "a " * 1_000_000, "must have at most 300,000 words and signs"),
    fault("p.toml", "a\x00 = 1", "file: must be text; byte 1 is NUL"),
    fault(
        "p.toml",
        "schema_version = 2\n" + GOOD,
        "the plan was written by a newer version of trainplan; this one reads up to 1",
    ),
    fault("p.toml", "[[teams]]\npeople = 3\n", "teams[1].id: is required"),
    fault(
        "p.toml", GOOD + '\n[[teams]]\nid = "a"\n', "teams[2].id: is 'a', there are two records of this id"
    ),
]


@pytest.mark.parametrize(("name", "content", "message"), FAULTS)
def test_a_fault_gets_one_clear_message_in_under_a_second(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    start = time.process_time()
    with pytest.raises(tp.InputError) as caught:
        tp.read_plan(path)
    assert time.process_time() - start < 1.0
    text = str(caught.value)
    assert message in text
    assert str(path) in text
    assert "Traceback" not in text
    assert not tp.check(path).ok


def test_the_long_dotted_key_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text("a" + ".a" * 20_000 + " = 1")
    start = time.process_time()
    with pytest.raises(tp.InputError):
        tp.read_plan(path)
    assert time.process_time() - start < 0.5  # of the processor; parsing it would take 5 s


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert tp.read_plan(path)["teams.a.people"] == 10


def test_sixty_problems_list_fifty_and_count_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    team = {"people": 10, "hourly_cost": 25, "attrition": 30}
    teams = [{"id": f"t{i}", **team, "people": -1} for i in range(60)]
    path.write_text(json.dumps({"teams": teams, "workforce": {"realization": 0.5}}))
    with pytest.raises(tp.InputError) as caught:
        tp.read_plan(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 51
    assert lines[-1] == "10 more"
    assert "teams.t0.people" in lines[0]
    assert len(_files.problems_of(caught.value)) == 60


def test_problems_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text("[workforce]\nrealization = 5\n[programme]\nmonths = 0\n" + GOOD.split("[workforce]")[0])
    with pytest.raises(tp.InputError) as caught:
        tp.read_plan(path)
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == ["workforce.realization", "programme.months"]
    assert [line.split(":")[1] for line in lines] == ["2", "4"]


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        tp.read_plan(tmp_path / "none.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(tp.InputError, match="must be a file, not a folder"):
        tp.read_plan(tmp_path / "folder.toml")


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = tp.example("one_team")
    path = tmp_path / "plan.toml"
    plan.to_toml(path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        plan.replace({"programme.name": "new"}).to_toml(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan.toml"]


def test_what_stands_in_a_list_of_lists_has_the_line_of_what_is_above(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text('{"costs": [1,\n[{"": 99999999999999999999}]],\n"t": {"x[1]y": 99999999999999999999}}')
    with pytest.raises(tp.InputError) as error:
        tp.read_plan(file)
    first, second = str(error.value).splitlines()
    assert first.startswith(f"{file}:1: costs[2][1].'': is a whole number of 67 bits")
    assert second.startswith(f"{file}:3: t.'x[1]y': is a whole number of 67 bits")
