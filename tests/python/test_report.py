"""The report: one file that holds everything, escapes every name, and says what the run says."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import trainplan as tp
from trainplan.report import _pictures

HOSTILE = "<script>alert(1)</script>"
HEADINGS = [
    "The plan", "What it returns", "What it does to the KPIs", "Leading indicators", "Behavior on the job",
    "What it costs and brings", "Notes", "Assumptions", "Method",
]  # fmt: skip


class Page(HTMLParser):
    """What stands in a page: tags with their attributes, texts of headings and cells, all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.found: dict[str, list[str]] = {}
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("h1", "h2", "h3", "th", "td", "title", "style", "caption", "li", "dt", "dd"):
            self._open.append(tag)
            self.found.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open:
            self.found[self._open[-1]][-1] += data

    def attributes(self, name: str) -> list[str]:
        return [
            value or "" for _, attributes in self.tags for key, value in attributes.items() if key == name
        ]


def simulated(plan: tp.Plan | None = None, trials: int = 256, **options: Any) -> tp.Run:
    return tp.simulate(plan or tp.example("one_team"), trials=trials, seed=3, progress=False, **options)


def written(run: tp.Run, folder: Path) -> str:
    return tp.report(run, folder / "report.html").read_text(encoding="utf-8")


def bare_plan() -> tp.Plan:
    """Return a plan without training, costs, benefits or sources."""
    team = {"id": "a", "people": 5, "hourly_cost": 20, "attrition": 10}
    return tp.Plan.from_dict(
        {"programme": {"months": 3}, "teams": [team], "workforce": {"realization": 1}, "sources": []}
    )


@pytest.fixture(scope="module")
def run() -> tp.Run:
    return simulated(trials=1024)


@pytest.fixture(scope="module")
def text(run: tp.Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(run, tmp_path_factory.mktemp("report"))


def test_the_path_comes_back_and_the_sections_stand_in_order(run: tp.Run, tmp_path: Path) -> None:
    path = tp.report(run, str(tmp_path / "report.html"))
    assert path == tmp_path / "report.html"
    page = Page(path.read_text(encoding="utf-8"))
    assert page.found["h1"] == ["One support team, trained and coached"]
    assert page.found["h2"] == HEADINGS
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


def test_the_report_needs_nothing_from_outside(text: str) -> None:
    page = Page(text)
    assert re.search(r"https?:|ftp:|data:|@import", text) is None
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "a", "base", "image"}
    assert page.attributes("src") == []
    assert page.attributes("style") == []
    assert all(reference.startswith("#") for reference in page.attributes("href"))
    assert set(re.findall(r"url\((.)", text)) <= {"#"}
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]


def test_the_policy_allows_the_one_style_sheet_and_nothing_else(text: str) -> None:
    page = Page(text)
    (sheet,) = page.found["style"]
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    (policy,) = [a["content"] for tag, a in page.tags if tag == "meta" and "http-equiv" in a]
    assert policy == (f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'")
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_the_same_run_gives_the_same_bytes(run: tp.Run, text: str, tmp_path: Path) -> None:
    again = simulated(trials=1024, threads=1)
    assert written(again, tmp_path) == text
    draw = lambda ax: tp.plots.costs_and_benefits(run, ax)  # noqa: E731
    assert _pictures.picture(draw, "bars", "b") == _pictures.picture(draw, "bars", "b")


def test_settings_of_the_analyst_change_no_picture(run: tp.Run, text: str, tmp_path: Path) -> None:
    import matplotlib

    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "black", "svg.fonttype": "path"}):
        assert written(run, tmp_path) == text


def test_pictures_are_labeled_and_their_ids_are_their_own(text: str) -> None:
    page = Page(text)
    pictures = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert len(pictures) >= 4 + 5  # NPV, cash, behavior, money, and a fan for each KPI that moves
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in pictures)
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    wanted = {reference[1:] for reference in page.attributes("href")}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", text))
    assert wanted == set(ids)
    for words in ("median payback: month", "chance of a loss (hatched)", "Customer satisfaction: all teams"):
        assert words in page.text


def test_figures_are_those_of_the_card(run: tp.Run, text: str) -> None:
    page = Page(text)
    lines = dict(re.findall(r"^(Net present value|Benefits|Costs) +([-\d,]+)", repr(run), re.MULTILINE))
    assert page.found["dd"][0] == lines["Net present value"]
    assert page.found["td"].count(lines["Costs"]) >= 3  # what it returns, by category, funding
    assert {"of which cash", "Contingency, a reserve", "Funding request"} <= set(page.found["th"])
    assert page.text.count("1,024 trials") == 2


def test_kpis_stand_by_programme_region_product_line_and_team(tmp_path: Path) -> None:
    data = tp.example("one_team").to_dict()
    first = data["teams"][0]
    data["teams"] = [
        {**first, "id": "east", "name": "East desk", "region": "East", "product_line": "Mobile"},
        {**first, "id": "west", "name": "West desk", "region": "West", "product_line": "Mobile"},
    ]
    data["waves"][0]["teams"] = ["east"]
    data["sources"] = []
    run = simulated(tp.Plan.from_dict(data))
    page = Page(written(run, tmp_path))
    names = page.found["th"]
    for row in ("All teams", "Region East", "Region West", "Product line Mobile", "East desk", "West desk"):
        assert names.count(row) >= 5, row
    assert {"month 6", "month 24"} <= set(names)
    assert names.count("Completion, %") == 1
    captions = [caption.partition(",")[0] for caption in page.found["caption"]]
    assert "By team" in captions
    assert "By region" in captions
    assert "By product line" not in captions  # one alone is the programme
    assert "Warnings" in page.found["h2"]
    for warning in tp.check(run.plan).warnings:
        assert any(warning["allowed"] in line for line in page.found["li"])


def test_hostile_names_stay_texts(tmp_path: Path) -> None:
    names = ("programme.name", "programme.currency", "teams.support.name", "teams.support.region")
    names += ("waves.all_agents.name", "competences.communication.name")
    changes: dict[str, Any] = dict.fromkeys(names, HOSTILE)
    changes["sources"] = [{"path": "teams", "citation": "=cmd|' /C calc'!A0", "grade": '"><svg onload=x>'}]
    text = written(simulated(tp.example("one_team").replace(changes)), tmp_path)
    page = Page(text)
    assert "<script" not in text.lower()
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    assert page.found["h1"] == [HOSTILE]
    assert page.found["title"] == [HOSTILE]
    assert "'=cmd|' /C calc'!A0" in page.found["li"]
    texts = [text for tag in ("td", "th", "li", "caption") for text in page.found[tag]]
    assert not any(text.startswith(("=", "@")) for text in texts)
    assert any(re.search(r'"><svg onload=x> \[\d+\]$', text) for text in page.found["td"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("-cmd", "'-cmd"),
        ("+(1)", "'+(1)"),
        ("-10% to -1%", None),
        ("a=b", None),
    ],
)
def test_a_cell_is_no_formula_when_pasted_into_a_spreadsheet(text: str, shown: str | None) -> None:
    from trainplan.report._page import cell

    assert cell(text) == (shown or text)


def test_letters_that_the_font_lacks_are_no_fault(tmp_path: Path) -> None:
    text = written(
        simulated(tp.example("one_team").replace({"teams.support.name": "顧客サポート"})), tmp_path
    )
    assert ">顧客サポート 0." in text


def test_sections_without_content_are_left_out(tmp_path: Path) -> None:
    page = Page(written(simulated(bare_plan()), tmp_path))
    assert page.found["h2"] == ["The plan", "What it returns", "Warnings", "Assumptions", "Method"]
    assert "Costs by category" not in page.text
    assert "By team" not in page.text


def test_a_run_of_one_output_has_a_report_too(tmp_path: Path) -> None:
    page = Page(written(simulated(outputs=["csat@6"]), tmp_path))
    assert "What it returns" not in page.found["h2"]
    assert "Costs by category, USD" in page.found["caption"]
    assert page.found.get("dd", []) == []


def test_assumptions_are_all_there_with_source_and_grade(run: tp.Run, text: str) -> None:
    page = Page(text)
    assert {row["path"] for row in run.plan.record.inputs()} <= set(page.found["th"])
    cited = "Hake 1998: normalized gain of interactive courses 0.48 +- 0.14"
    assert page.found["li"].count(cited) == 1
    citations = dict.fromkeys(row["citation"] for row in run.plan.record.inputs() if row["citation"])
    assert f"benchmark, A [{list(citations).index(cited) + 1}]" in page.found["td"]
    assert f"All {len(run.plan.inputs())} quantities" in page.text


def test_the_method_note_says_how_it_was_computed(run: tp.Run, text: str) -> None:
    note = " ".join(Page(text).found["li"])
    for words in (
        f"trainplan {tp.__version__}",
        "1,024 trials",
        "stratified sampling",
        "seed 3",
        "0.08 a year",
    ):
        assert words in note
    error = run.summary().set_index("output").loc["npv", "mcse_mean"]
    assert f"{error:,.3g}" in Page(text).found["td"]


def test_without_matplotlib_the_report_says_that_pictures_are_missing(
    run: tp.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    page = Page(written(run, tmp_path))
    assert "svg" not in {tag for tag, _ in page.tags}
    assert any("pip install trainplan[plots]" in line for line in page.found["li"])
    assert "What it does to the KPIs" in page.found["h2"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("none/report.html", "path: is '.*', must be in a folder that exists"),
        ("report.pdf", r"path: is '.*', must be an \.html file"),
        ("folder.html", "path: is '.*', must be a file, not a folder"),
    ],
)
def test_a_path_that_cannot_be_written_is_refused(
    run: tp.Run, tmp_path: Path, path: str, message: str
) -> None:
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(tp.InputError, match=message):
        tp.report(run, tmp_path / path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder.html"]


def test_a_report_is_of_a_run(tmp_path: Path) -> None:
    with pytest.raises(tp.InputError, match=r"run: is Plan, must be a trainplan\.Run"):
        tp.report(tp.example("one_team"), tmp_path / "report.html")  # type: ignore[arg-type]


def test_a_report_is_replaced_as_a_whole_or_not_at_all(
    run: tp.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    path.write_text("the old one")

    def fail(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", fail)
        with pytest.raises(OSError, match="no space left"):
            tp.report(run, path)
    assert path.read_text() == "the old one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]
    tp.report(run, path)
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
