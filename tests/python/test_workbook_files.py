"""Files that are no workbook, or a broken or monstrous one: refused before they are parsed, in one line."""

from __future__ import annotations

import copy
import io
import os
import pickle
import random
import re
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from workbooks import SMALL, computed, made, part_of, parts, put, refusal, rewritten

import trainplan as tp
from trainplan import _workbook, _workbook_scan


def archive(entries: dict[str, bytes], *, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", compress) as made_archive:
        for name, content in entries.items():
            made_archive.writestr(name, content)
    return raw.getvalue()


def twice() -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as made_archive:
        made_archive.writestr("xl/workbook.xml", "<workbook/>")
        made_archive.writestr("XL/workbook.xml", "<workbook/>")
    return raw.getvalue()


class Canary:
    """Makes a file where something unpickles it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (self.path.touch, ())


FILES: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "x.xlsx: file: holds no plan: it is empty"),
    ("text", b"id,people\nbilling,40\n", "x.xlsx: file: is no workbook (.xlsx), or damaged: "),
    ("a pickle", pickle.dumps({"a": 1}), "x.xlsx: file: is no workbook (.xlsx), or damaged: "),
    (
        "encrypted or old",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096),
        "x.xlsx: file: is an encrypted "
        "workbook, or an old one (.xls) (open it, remove the password, and save it as .xlsx)",
    ),
    (
        "another archive",
        archive({"a.txt": b"hello"}),
        "x.xlsx: file: is no workbook (.xlsx): it has no part with sheets",
    ),
    (
        "macros",
        archive({"xl/vbaProject.bin": b"x"}),
        "x.xlsx: file: holds macros, which are not run: save it as .xlsx",
    ),
    (
        "a binary workbook",
        archive({"xl/workbook.bin": b"x"}),
        "x.xlsx: file: is a binary workbook (.xlsb): save it as .xlsx",
    ),
    (
        "an OpenDocument file",
        archive({"mimetype": b"x", "content.xml": b"<a/>"}),
        "x.xlsx: file: is an OpenDocument file (.ods): save it as .xlsx",
    ),
    ("two parts of one name", twice(), "x.xlsx: file: is a damaged workbook: two of its parts have one name"),
    (
        "too many parts",
        archive({f"p{n}": b"" for n in range(2001)}),
        "x.xlsx: file: has 2,001 parts, must have at most 2,000",
    ),
    (
        "65 MiB of zeros",
        archive({"xl/workbook.xml": bytes(65 * 2**20)}),
        "x.xlsx: file: unpacks to 68,157,440 bytes, must be at most 67,108,864 (64 MiB)",
    ),
    ("a bomb", archive({"xl/workbook.xml": bytes(32 * 2**20)}), "times its size, must be at most 400 times"),
    (
        "entities",
        archive({"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'}),
        "x.xlsx: file: has a document type, which no workbook has",
    ),
    (
        "depth",
        archive({"xl/workbook.xml": b"<a>" * 5000 + b"</a>" * 5000}, compress=zipfile.ZIP_STORED),
        "x.xlsx: file: has XML nested deeper than 64 levels",
    ),
    (
        "8 MiB and a byte",
        bytes(8 * 2**20 + 1),
        "x.xlsx: file: is 8,388,609 bytes, must be at most 8,388,608 bytes (8 MiB)",
    ),
]


@pytest.mark.parametrize(("raw", "said"), [file[1:] for file in FILES], ids=[file[0] for file in FILES])
def test_what_is_no_workbook_is_refused_before_it_is_parsed(raw: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(raw)
    found = refusal(path)
    assert said in found
    assert "\n" not in found


@pytest.mark.parametrize("suffix", [".xls", ".xlsm", ".xlsb", ".ods"])
def test_other_workbooks_are_refused_by_name(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"x{suffix}"  # that there is none makes no difference
    assert f"x{suffix}: file: is '{suffix}', is not supported: a workbook is .xlsx (" in refusal(path)
    assert ("macros are not run" in refusal(path)) == (suffix == ".xlsm")


def test_a_folder_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").mkdir()
    assert refusal(tmp_path / "x.xlsx") == "x.xlsx: file: must be a file, not a folder, a device or a pipe"


def test_nothing_that_is_pickled_runs(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(pickle.dumps(Canary(tmp_path / "it_ran")))
    refusal(path)
    assert not (tmp_path / "it_ran").exists()


def test_a_workbook_cut_anywhere_is_refused_and_named(tmp_path: Path) -> None:
    raw = made(tmp_path / "whole.xlsx", SMALL).read_bytes()
    for length in range(10, len(raw), 211):
        (tmp_path / "x.xlsx").write_bytes(raw[:length])
        assert refusal(tmp_path / "x.xlsx").startswith("x.xlsx: file: is ")


def read_or_refused(path: Path) -> tp.Plan | None:
    """Return the plan of a workbook; None for one that is refused, which must be said of it by name."""
    try:
        return tp.read_plan(path)
    except tp.InputError as refused:
        problems = vars(refused)["problems"]
    # A table that is missing altogether stands nowhere.
    assert all(one.get("file", str(path)) == str(path) for one in problems)
    return None


def test_a_workbook_with_a_changed_byte_is_read_or_refused(tmp_path: Path) -> None:
    raw = made(tmp_path / "whole.xlsx", SMALL).read_bytes()
    plan = tp.read_plan(tmp_path / "whole.xlsx")
    for position in range(0, len(raw), 37):
        path = tmp_path / "x.xlsx"
        path.write_bytes(raw[:position] + bytes([raw[position] ^ 0xFF]) + raw[position + 1 :])
        # A byte may not matter, such as one of the archive's dates; the plan is never another.
        assert read_or_refused(path) in (None, plan)


_TOKEN = re.compile(rb"[A-Za-z0-9.:/_-]+")
_NUMBERS = [b"", b"0", b"-1", b"1e999", b"nan", b"99999999999999999999", b"true", b"A0", b"XFE1048577"]
_KINDS = [b"s", b"e", b"d", b"b", b"inlineStr", b"str"]
_ODD = [*_NUMBERS, *_KINDS, b"../../etc/passwd", b"/xl/workbook.xml", b"&amp;", b"_x000D_"]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_workbook_with_changed_words_is_read_or_refused(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    whole = parts(made(tmp_path / "whole.xlsx", SMALL, put("settings", "B2", 0.5, "0%")))
    names = [name for name in whole if name.endswith((".xml", ".rels"))]
    slowest = 0.0
    for _ in range(500 if seed == 1 else 20_000):
        changed = dict(whole)
        for _ in range(chance.randint(1, 4)):
            name = chance.choice(names)
            words = list(_TOKEN.finditer(changed[name]))
            word = chance.choice(words)
            other = chance.choice(_ODD) if chance.random() < 0.7 else chance.choice(words)[0]
            changed[name] = changed[name][: word.start()] + other + changed[name][word.end() :]
        (tmp_path / "x.xlsx").write_bytes(archive(changed))
        started = time.process_time()
        read_or_refused(tmp_path / "x.xlsx")
        slowest = max(slowest, time.process_time() - started)
    assert slowest < 1


def test_parts_that_are_not_what_they_should_be_are_refused(tmp_path: Path) -> None:
    for name, content in {
        "xl/workbook.xml": b"<workbook",
        "xl/styles.xml": b"<styleSheet><cellXfs><xf numFmtId='x'/></cellXfs></styleSheet>",
        "xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row r='x'/></sheetData></worksheet>",
        "xl/sharedStrings.xml": b"",
    }.items():
        path = made(tmp_path / "x.xlsx", SMALL)
        rewritten(path, lambda found, name=name, content=content: found.update({name: content}))  # type: ignore[misc]
        assert "x.xlsx: file: is " in refusal(path)


def test_a_sheet_that_is_missing_is_named(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", SMALL)
    rewritten(path, lambda found: found.pop("xl/worksheets/sheet2.xml"))
    assert refusal(path) == "x.xlsx: file: is a damaged workbook: sheet 'teams' is missing"


def test_strict_workbooks_are_told_apart(tmp_path: Path) -> None:
    def change(found: dict[str, bytes]) -> None:
        strict = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
        usual = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        found["xl/workbook.xml"] = found["xl/workbook.xml"].replace(usual, strict)

    path = rewritten(made(tmp_path / "x.xlsx", SMALL), change)
    assert "is a Strict Open XML workbook: save it as an Excel workbook (.xlsx)" in refusal(path)


def test_a_workbook_without_a_table_says_which_sheets_it_has(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", {"read_me": [["hello"]], "_notes": [[1]]})
    assert (
        refusal(path)
        == "x.xlsx: file: holds no plan: none of its sheets is a table of one ('read_me', '_notes')"
    )
    assert "hold no plan: there is no row in them" in refusal(
        made(tmp_path / "x.xlsx", {"teams": [["id", "people"]]})
    )


def test_too_many_cells_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [[number] * 20 for number in range(2600)]
    path = made(tmp_path / "x.xlsx", {**SMALL, "kpis": rows})
    assert "x.xlsx, sheet kpis: kpis: all tables together have " in refusal(path)
    monkeypatch.setattr(_workbook_scan, "MOST_CELLS_SEEN", 40_000)
    assert "has over 40,000 cells in the sheets of the plan, blank ones too" in refusal(path)


def test_a_size_that_the_file_only_claims_costs_nothing(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", SMALL)
    part = part_of(path, "teams")
    rewritten(
        path, lambda found: found.update({part: found[part].replace(b'ref="A1:F3"', b'ref="A1:XFD1048576"')})
    )
    started = time.monotonic()
    assert len(tp.read_plan(path).record.teams) == 2
    assert time.monotonic() - started < 2


def test_a_formula_in_a_workbook_that_was_never_computed_has_no_value(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", copy.deepcopy(SMALL), put("teams", "D2", "=20*2"))
    computed(path, "teams", "D2", "40")
    assert tp.read_plan(path)["teams.billing.people"] == 40

    def never(found: dict[str, bytes]) -> None:
        found["xl/workbook.xml"] = found["xl/workbook.xml"].replace(
            b"<calcPr ", b'<calcPr fullCalcOnLoad="1" '
        )

    # Writers that cannot compute put a 0 beside every formula, and say so here.
    assert "is '=20*2', is a formula without a value" in refusal(rewritten(path, never))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.xlsx")
    assert refusal(tmp_path / "x.xlsx") == "x.xlsx: file: must be a file, not a folder, a device or a pipe"


def test_without_the_packages_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    path = tp.example("one_team").to_excel(tmp_path / "x.xlsx")
    monkeypatch.setattr(_workbook, "import_module", missing)
    with pytest.raises(
        tp.InputError, match=r"openpyxl: is needed for workbooks: pip install trainplan\[excel\]"
    ):
        tp.read_plan(path)
    with pytest.raises(tp.InputError, match=r"pip install trainplan\[excel\]"):
        tp.example("one_team").to_excel(path)
