"""The sheets of a run in a workbook: what came out, how sure it is, and what it was made of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trainplan import _core, _summary, statistics
from trainplan._saved import STREAM
from trainplan._workbook import RESULT
from trainplan._workbook_book import MOST_ROWS, NOT_AVAILABLE, Book, Page
from trainplan._workbook_form import RESULTS, add_plan, note

if TYPE_CHECKING:
    from trainplan.run import Run

__all__ = ["write_run"]

_LEVELS = (0.1, 0.5, 0.9)
_BASE: dict[str, Any] = {"font_size": 10}
_HEAD = {**_BASE, "bold": True, "font_color": "#FFFFFF", "bg_color": RESULTS}
_BOLD = {**_BASE, "bold": True}
_QUIET = {**_BASE, "font_color": "#595959"}
_MONEY, _SHARE = "#,##0;[Red]-#,##0", "0.0%"
_WITH, _BAND, _WITHOUT = "#1F4E79", "#9DC3E6", "#A6A6A6"
_MONEY_HEAD = ("Money", "mean", "P10", "P50", "P90", "Monte Carlo error of the mean")
_CHANCE_HEAD = ("Chances", "chance", "Monte Carlo error")
_CHART = {"width": 620, "height": 300}
_ROWS_OF_CHART = 16
_REFERENCE = re.compile(r"!(?=\$?[A-Z])")

Rows = Sequence[Sequence[Any]]


def write_run(run: Run, path: str | Path) -> Path:
    """Write a run as a workbook, whole or not at all: its results, then the plan that gave them."""
    book = Book(path)
    run = run._apart()  # what is drawn for the workbook changes no later table
    card = book.page(f"{RESULT}_card", color=RESULTS)
    counts: list[tuple[str, int, str]] = []
    # First what draws most: costs, benefits and their difference are then of the same trials.
    flow = _columns(run.cash_flow())
    costs, benefits = _columns(run.costs()), _columns(run.benefits())
    kpis, months = _kpis(run)
    summary = _columns(run.summary())
    _table(
        book, "summary", summary, "Every output: mean, spread, and their Monte Carlo errors (mcse_).", counts
    )
    _table(book, "kpis", kpis, "Every KPI by month, of the programme (no team) and of its parts.", counts)
    _table(book, "costs", costs, "Costs by line, team and month; month 0 is the start.", counts)
    _table(book, "benefits", benefits, "Benefits by stream, team and month.", counts)
    _table(book, "cash_flow", flow, "Benefit, cost and their difference by month; cumulative.", counts)
    inputs = _columns(run.plan.inputs())
    _table(book, "inputs", inputs, "Every quantity of the plan and where it comes from.", counts)
    end = _card(card, run)
    _pictures(card, run, flow, kpis, months, end)
    about = book.page("about", color=RESULTS)
    add_plan(book, run.plan)
    _about(about, run, counts)
    note(book)
    card.sheet.activate()
    return book.save()


# ---------------------------------------- tables


def _columns(table: Any) -> dict[str, list[Any]]:
    return {str(name): table[name].tolist() for name in table.columns}


def _kpis(run: Run) -> tuple[dict[str, list[Any]], dict[str, int]]:
    """Return a row a KPI, scope and month, and the first row of each KPI of the programme as a whole."""
    keys = run._keys("kpi")
    run._keep(*(f"{what}:{key[2]}" for key in keys for what in ("kpi", "kpi_without")))  # in one go
    made: dict[str, list[Any]] = {}
    starts: dict[str, int] = {}
    for _, scope, kpi, *_ in sorted(keys, key=lambda key: (key[2], key[1] != "")):
        part, _, place = scope.partition("=")
        named = {part: place} if place else {"team": scope} if scope else {}
        found = _columns(run.kpi(kpi, **named))
        count = len(found["month"])
        if not scope:
            starts[kpi] = len(made.get("kpi", ()))
        labels = {"kpi": kpi, "team": "", "region": "", "product_line": ""} | named
        for name, cells in {**{name: [text] * count for name, text in labels.items()}, **found}.items():
            made.setdefault(name, []).extend(cells)
    return made, starts


def _table(
    book: Book, name: str, columns: Mapping[str, list[Any]], doc: str, counts: list[tuple[str, int, str]]
) -> None:
    """Add a table of results; one that is longer than a sheet goes on in the next."""
    total = len(next(iter(columns.values()), []))
    styles = {one: _style(one, cells) for one, cells in columns.items()}
    for part, first in enumerate(range(0, max(total, 1), MOST_ROWS - 1), 1):
        page = book.page(f"{RESULT}_{name}" + (f"_{part}" if part > 1 else ""), color=RESULTS)
        page.header(list(columns), _HEAD)
        last = min(first + MOST_ROWS - 1, total)
        for column, (one, cells) in enumerate(columns.items()):
            for row, content in enumerate(cells[first:last], 1):
                style = _of_size(content) if name == "summary" and one != "output" else styles[one]
                page.put(row, column, content, style)
        page.sheet.autofilter(0, 0, max(last - first, 1), len(columns) - 1)
        page.sheet.freeze_panes(1, 1)
        page.widths()
        counts.append((page.title, last - first, doc))


def _style(name: str, cells: Sequence[Any]) -> dict[str, Any]:
    """Return how a column is shown: money without cents, the rest with the digits that its size leaves."""
    numbers = [abs(one) for one in cells if isinstance(one, int | float) and not isinstance(one, bool)]
    finite = [one for one in numbers if np.isfinite(one)]
    if not finite or name in ("month", "n"):
        return {**_BASE, "num_format": "0"} if finite else _BASE
    return _of_size(max(finite))


def _of_size(content: Any) -> dict[str, Any]:
    if not isinstance(content, int | float) or isinstance(content, bool):
        return _BASE
    size = abs(content) if np.isfinite(content) else 0.0
    return {
        **_BASE,
        "num_format": _MONEY if size >= 1000 else "0.0" if size >= 200 else "0.00" if size >= 1 else "0.0000",
    }


# ---------------------------------------- the card


def _card(page: Page, run: Run) -> int:
    """Put the figures that a person asks for first; return the first row under them."""
    card = _summary.card(run)
    page.sheet.hide_gridlines(2)
    page.sheet.set_column(0, 0, 34)
    page.sheet.set_column(1, 7, 15)
    page.put(0, 0, card.title, {"bold": True, "font_size": 16})
    page.put(1, 0, card.facts, _QUIET)
    at = 3
    money = [(output, label) for output, label in _summary._MONEY if output in run.outputs]
    for column, name in enumerate(_MONEY_HEAD if money else ()):
        page.put(at, column, name, {**_HEAD, "text_wrap": True})
    for output, label in money:
        at += 1
        found = statistics.summary(run[output], _LEVELS, stratified=run.stratified, never=True)
        page.put(at, 0, label, _BOLD)
        levels = [found.quantiles[level].value for level in _LEVELS]
        figures = [found.mean.value, *("never" if np.isnan(one) else one for one in levels)]
        error = found.mean.standard_error
        for column, figure in enumerate((*figures, float("nan") if error is None else error), 1):
            page.put(at, column, figure, {**_of_size(figure), "align": "right"})
    at += 2
    chances = list(_chances(run))
    for column, name in enumerate(_CHANCE_HEAD if chances else ()):
        page.put(at, column, name, {**_HEAD, "text_wrap": True})
    for label, chance in chances:
        at += 1
        page.put(at, 0, label, _BOLD)
        page.put(at, 1, chance.value, {**_BASE, "num_format": _SHARE})
        page.put(at, 2, chance.standard_error or 0.0, {**_BASE, "num_format": "0.00%"})
    return at + 2


def _chances(run: Run) -> Iterator[tuple[str, statistics.Estimate]]:
    if "npv" in run.outputs:
        yield (
            "Loss (net present value below 0)",
            statistics.probability(run["npv"] < 0, stratified=run.stratified),
        )
    if "payback_month" in run.outputs:
        label = f"Paid back within {run.plan.record.programme.months} months"
        yield label, statistics.probability(~np.isnan(run["payback_month"]), stratified=run.stratified)


def _pictures(
    page: Page,
    run: Run,
    flow: Mapping[str, list[Any]],
    kpis: Mapping[str, list[Any]],
    starts: Mapping[str, int],
    at: int,
) -> None:
    """Draw the cumulative cash flow, and the KPIs that the programme is to move."""
    months = len(flow["month"])
    lines = (
        ("cumulative_p10", "P10", _BAND),
        ("cumulative_p50", "P50", _WITH),
        ("cumulative_p90", "P90", _BAND),
    )
    series = [
        _line(f"{RESULT}_cash_flow", list(flow), name, 0, months, label, color)
        for name, label, color in lines
    ]
    currency = run.plan.record.programme.currency
    _chart(page, at, 0, series, "Cumulative cash flow", f"{currency}", low=True)
    known = {kpi.id: kpi for kpi in run.plan.record.all_kpis()}
    moved = [kpi for kpi in known if kpi in starts and kpi in {lift.kpi for lift in run.plan.record.lifts}]
    fan = (("p10", "P10", _BAND), ("p50", "P50", _WITH), ("p90", "P90", _BAND))
    horizon = run.plan.record.programme.months
    for number, kpi in enumerate(moved, 1):
        series = [
            _line(f"{RESULT}_kpis", list(kpis), name, starts[kpi], horizon, label, color)
            for name, label, color in fan
        ]
        without = _line(
            f"{RESULT}_kpis",
            list(kpis),
            "without_mean",
            starts[kpi],
            horizon,
            "without the programme",
            _WITHOUT,
        )
        without["line"]["dash_type"] = "dash"
        title = f"{known[kpi].name or kpi}"
        _chart(
            page, at + number // 2 * _ROWS_OF_CHART, number % 2, [*series, without], title, known[kpi].unit
        )


def _line(
    sheet: str, columns: list[str], name: str, first: int, count: int, label: str, color: str
) -> dict[str, Any]:
    """Return a line of a chart: a column of a sheet against its months."""
    rows = first + 1, first + count
    month, value = columns.index("month"), columns.index(name)
    return {
        "name": label,
        "categories": [sheet, rows[0], month, rows[1], month],
        "values": [sheet, rows[0], value, rows[1], value],
        "line": {"color": color, "width": 2.25 if color == _WITH else 1.5},
    }


def _chart(
    page: Page, row: int, side: int, series: list[dict[str, Any]], title: str, unit: str, *, low: bool = False
) -> None:
    chart = page.book.book.add_chart({"type": "line"})
    for one in series:
        chart.add_series(one)
    # Names come from the plan: a title such as =a!B1 or a!B1 would be taken for a reference to a cell.
    chart.set_title({"name": _caption(title), "name_font": {"size": 12}, "overlay": False})
    axis: dict[str, Any] = {"name": "month", "interval_unit": 6, "interval_tick": 6}
    if low:
        axis["label_position"] = "low"  # the line crosses zero
    chart.set_x_axis(axis)
    chart.set_y_axis(
        {"name": _caption(unit or "level"), "num_format": "#,##0", "major_gridlines": {"visible": True}}
    )
    chart.set_legend({"position": "bottom"})
    chart.set_size(_CHART)
    page.sheet.insert_chart(row, 0 if side == 0 else 5, chart, {"object_position": 2})


def _caption(text: str) -> str:
    kept = " ".join("".join(one if one.isprintable() and one != "\ufffd" else " " for one in text).split())
    return _REFERENCE.sub("! ", kept.lstrip("='\t "))[:120] or " "


# ---------------------------------------- about


def _about(page: Page, run: Run, counts: Sequence[tuple[str, int, str]]) -> None:
    """Say what made the workbook, so that anybody can make it again, and what it holds."""
    plan = hashlib.sha256(run.plan.to_json().encode()).hexdigest()
    facts: list[tuple[str, Any, str]] = [
        ("trainplan", _core.__version__, "version that wrote this workbook"),
        ("simulated_by", getattr(run, "written_by", _core.__version__), "version that drew the trials"),
        ("stream_version", getattr(run, "_stream", STREAM), "of the random numbers"),
        ("plan", run.plan.record.programme.name, "name of the plan"),
        ("plan_sha256", plan, "SHA-256 of the plan as JSON (plan.to_json)"),
        ("schema_version", run.plan.record.schema_version, "of the plan"),
        ("trials", run.trials, "how often every uncertain quantity was drawn"),
        ("seed", run.seed, "the same plan, seed, trials, sampling and version give the same figures"),
        ("sampling", run.sampling, "stratified or random"),
    ]
    page.header(("what", "value", "meaning"), _HEAD)
    at = 0
    for fact in facts:
        at += 1
        for column, content in enumerate(fact):
            page.put(at, column, content, {**(_BOLD if column == 0 else _BASE), "align": "left"})
    missing = {one.title: one.not_available for one in page.book.pages}
    at += 2
    for column, name in enumerate(("sheet", "rows", f"cells with {NOT_AVAILABLE}", "what it holds")):
        page.put(at, column, name, _HEAD)
    for title, rows, doc in counts:
        at += 1
        for column, content in enumerate((title, rows, missing[title], doc)):
            page.put(at, column, content, _BOLD if column == 0 else _BASE)
    at += 2
    for text in (
        f"{NOT_AVAILABLE} is a figure that there is not: a payback that never comes, a spread of one trial.",
        "Monthly tables draw the first trials again; column n says how many.",
        "All cells are values. Every cell was read back and compared before this file took its name.",
    ):
        page.put(at, 0, text, _QUIET)
        at += 1
    page.sheet.set_column(0, 0, 24)
    page.sheet.set_column(1, 1, 26)
    page.sheet.set_column(2, 2, 22)
    page.sheet.set_column(3, 3, 70)
