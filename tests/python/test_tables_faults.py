"""Every fault of plan files and tables is told with its place, in under a second."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from plan_faults import FAULTS, GOOD, SETTINGS_CSV, TEAM, TEAMS_CSV, Given, as_csv, frames, with_json

import trainplan as tp
from trainplan import _files


def read(given: Any) -> tp.Plan:
    return tp.read_plan(given) if isinstance(given, Path) else tp.Plan.from_frames(given)


@pytest.mark.parametrize(("fault", "given", "message"), FAULTS, ids=[f"{f}-{m[:50]}" for f, _, m in FAULTS])
def test_a_fault_is_told_with_its_place_in_under_a_second(
    fault: str, given: Given, message: str, tmp_path: Path
) -> None:
    made = given(tmp_path)
    start = time.process_time()
    with pytest.raises(tp.InputError) as caught:
        read(made)
    assert time.process_time() - start < 1.0, fault
    text = str(caught.value)
    assert message in text
    assert "root:x" not in text  # what links lead to is not shown
    assert max(map(len, text.splitlines())) < 1000
    if isinstance(made, Path):
        assert str(made) in text
        assert not tp.check(made).ok


def test_every_fault_of_the_catalogue_has_its_line() -> None:
    elsewhere = {"F24", "F28", "F29"}  # below: two are no faults but must be read, one is many
    known = (
        "01 02 04 06 07 09 10 11 12 13 15 16 17 19 21 22 24 25 26 27 28 29 30 32 33 34 35 36 38 39 41 43 44"
    )
    assert {fault for fault, _, _ in FAULTS} | elsewhere == {f"F{number}" for number in known.split()}


@pytest.mark.parametrize("kind", ["toml", "csv", "frames"])
def test_f24_sixty_faults_list_fifty_in_order_and_count_the_rest(kind: str, tmp_path: Path) -> None:
    teams = [{**TEAM, "id": f"t{number}", "people": -1} for number in range(60)]
    lines = [",".join(map(str, one.values())) for one in teams]
    given = {
        "toml": with_json(teams=teams),
        "csv": as_csv(teams="\n".join([",".join(TEAM), *lines])),
        "frames": frames(teams=teams),
    }[kind]
    with pytest.raises(tp.InputError) as caught:
        read(given(tmp_path))
    told = str(caught.value).splitlines()
    assert [line.split("teams.t")[1].split(".")[0] for line in told[:50]] == [str(n) for n in range(50)]
    assert told[50:] == ["10 more"]
    assert len(_files.problems_of(caught.value)) == 60


@pytest.mark.parametrize("text", ["NA", "None", "nan", "NULL", "TRUE", "00123", "1e5", "2027-01-01"])
def test_f28_f29_texts_that_others_change_are_kept(text: str, tmp_path: Path) -> None:
    header, row = "id,region,people,hourly_cost,attrition\n", f"{text},{text},10,25,30\n"
    by_csv = read(as_csv(teams=header + row)(tmp_path))
    by_frame = read(frames(teams=pd.DataFrame([{**TEAM, "id": text, "region": text}]))(tmp_path))
    for plan in (by_csv, by_frame):
        assert (plan.teams[0].id, plan.teams[0].region) == (text, text)


def test_a_look_alike_id_is_refused(tmp_path: Path) -> None:
    cyrillic = "\u0430"
    with pytest.raises(tp.InputError, match=r"column id: teams\[1\].id: is .*, must be 1 to 64 letters a-z"):
        read(frames(teams=[{**TEAM, "id": cyrillic}])(tmp_path))


def test_f11_whole_numbers_of_any_spelling_and_one_row_are_accepted(tmp_path: Path) -> None:
    assert read(with_json(programme={"months": 2.4e1})(tmp_path))["programme.months"] == 24
    assert read(as_csv(teams=TEAMS_CSV.replace("10", "1e1"))(tmp_path))["teams.a.people"] == 10


def test_f16_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    assert read(as_csv(teams=b"\xef\xbb\xbf" + TEAMS_CSV.encode())(tmp_path))["teams.a.people"] == 10


def test_f22_a_plan_without_a_version_is_of_the_first() -> None:
    assert tp.Plan.from_dict(GOOD)["schema_version"] == 1


@pytest.mark.parametrize("first", range(3))
def test_f41_no_flipped_byte_of_a_parquet_table_gives_another_plan(first: int, tmp_path: Path) -> None:
    plan = tp.Plan.from_dict(GOOD)
    plan.to_parquet(tmp_path / "p")
    file = tmp_path / "p" / "teams.parquet"
    raw = file.read_bytes()
    refused = 0
    for at in range(first, len(raw), 9):
        file.write_bytes(raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :])
        try:
            assert read(tmp_path / "p") == plan
        except tp.InputError:
            refused += 1
    assert refused > len(raw) / 9 / 3


def test_problems_of_different_tables_are_told_at_once_in_the_order_of_the_form(tmp_path: Path) -> None:
    given = as_csv(
        settings=SETTINGS_CSV + "programme.months,0\n",
        teams=TEAMS_CSV.replace("10", "0").replace("25", '"1,2"'),
        teams__baseline="team,kpi,value\na,csat,zz\n",
    )
    with pytest.raises(tp.InputError) as caught:
        read(given(tmp_path))
    told = [
        line.removeprefix(f"{tmp_path}{os.sep}").split(": ")[0] for line in str(caught.value).splitlines()
    ]
    assert told == [
        "settings.csv:3, column value",
        "teams.csv:2, column hourly_cost",
        "teams.csv:2, column people",
        "teams.baseline.csv:2, column value",
    ]
