"""The card of a run: the figures a person asks for first, without digits that say nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from trainplan import statistics

if TYPE_CHECKING:
    from trainplan.run import Run

_MONEY = (
    ("npv", "Net present value"),
    ("roi", "ROI, %"),
    ("bcr", "Benefit-cost ratio"),
    ("payback_month", "Payback month"),
    ("total_benefit", "Benefits"),
    ("total_cost", "Costs"),
    ("funding_request", "Funding request"),
)
_LEVELS = (0.1, 0.5, 0.9)
_CATEGORIES = {
    "content": "Content",
    "technology": "LMS and technology",
    "instructors": "Instructors",
    "coaching": "Coaching hours",
    "translation": "Translation",
    "measurement": "Measurement",
    "participants": "Participants' time",
    "facilities": "Facilities and travel",
    "management": "Programme management",
}
_STREAMS = {
    "contact_work": "Contact work",
    "reroute": "Rerouted contacts",
    "retention": "Retention",
    "retention_after": "Retention after the horizon",
    "acquisition": "New customers",
    "sales": "Sales",
    "hiring": "Hiring",
}
_WIDTH = 78


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the card; texts are ready to show."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What the card says, before it is set as text or HTML."""

    title: str
    facts: str
    money: list[Row]
    chances: list[str]
    kpis: list[Row]
    costs: list[Row]
    benefits: list[Row]
    note: str
    warnings: int
    histogram: list[tuple[float, float, bool]]
    spread: tuple[str, str]


def rounded(number: float | None, error: float | None) -> str:
    """Return a number rounded to the leading digit of an error, or of another step that matters."""
    if number is None or math.isnan(number):
        return "never"
    if not error or math.isnan(error):
        return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:,.4g}"
    place = math.floor(math.log10(error))
    digits = max(0, -place)
    value = round(number, -place)
    return f"{value + 0.0:,.{digits}f}"


def _step(found: statistics.Summary) -> float:
    """Return what is too small to matter: a twentieth of the spread between trials."""
    low, high = (found.quantiles[level].value for level in (_LEVELS[0], _LEVELS[-1]))
    spread = (found.sd or 0.0) if math.isnan(high) or math.isnan(low) else (high - low) / 2.56
    return spread / 20 if spread > 0 else 0.0


def _money_rows(run: Run) -> list[Row]:
    rows = []
    for name, label in _MONEY:
        if name not in run.outputs:
            continue
        found = statistics.summary(run[name], _LEVELS, stratified=run.stratified, never=True)
        least = _step(found)
        known = not math.isnan(found.mean.value)
        mean = rounded(found.mean.value, max(found.mean.standard_error or 0.0, least)) if known else ""
        cells = []
        for level in _LEVELS:
            e = found.quantiles[level]
            cells.append(rounded(e.value, max(e.standard_error or 0.0, least)))
        rows.append(Row(label, (mean, *cells)))
    return rows


def _percent(estimate: statistics.Estimate) -> str:
    error = 100 * (estimate.standard_error or 0.0)
    digits = 0 if error >= 0.5 or error == 0.0 else 1
    return f"{100 * estimate.value:.{digits}f} %"


def _chances(run: Run) -> list[str]:
    chances = []
    if "npv" in run.outputs:
        loss = statistics.probability(run["npv"] < 0, stratified=run.stratified)
        chances.append(f"chance of a loss {_percent(loss)}")
    if "payback_month" in run.outputs:
        back = statistics.probability(~np.isnan(run["payback_month"]), stratified=run.stratified)
        chances.append(f"chance to pay back within {run.plan['programme.months']} months {_percent(back)}")
    return chances


def _kpi_rows(run: Run) -> list[Row]:
    lifted = {lift.kpi for lift in run.plan.record.lifts}
    if (retention := run.plan.record.benefits.retention) is not None and retention.driver in lifted:
        lifted.add("churn")
    shown = {name.partition("@")[0] for name in run.outputs} & lifted
    run._keep(*(f"kpi_without:{kpi}:" for kpi in sorted(shown)))  # in one go
    rows = []
    for kpi in run.plan.record.all_kpis():
        if kpi.id not in lifted:
            continue
        for name in run.outputs:
            head, _, month = name.partition("@")
            if head != kpi.id:
                continue
            found = statistics.summary(run[name], _LEVELS, stratified=run.stratified)
            # No survey reads a KPI finer than a tenth.
            least = max(_step(found), 0.1)
            cells = [
                rounded(
                    found.quantiles[level].value, max(found.quantiles[level].standard_error or 0.0, least)
                )
                for level in _LEVELS
            ]
            without = run.series(f"kpi_without:{kpi.id}:")[1][0, int(month)]
            before = rounded(float(without.mean()), least)
            rows.append(Row(f"{kpi.name}, {kpi.unit}", (month, before, *cells)))
    return rows


def _shares(run: Run, what: str, names: dict[str, str]) -> list[Row]:
    """Return the mean total of each category or stream over the horizon, largest first."""
    keys, values = run.series(what)
    categories = run._categories()
    totals: dict[str, Any] = {}
    for key, series in zip(keys, values, strict=True):
        name = categories[key[2]] if what == "cost" else key[2]
        totals[name] = totals.get(name, 0.0) + np.nansum(series, axis=0)
    whole = sum(float(total.mean()) for total in totals.values())
    rows = []
    for name, total in sorted(totals.items(), key=lambda item: -float(np.mean(item[1]))):
        mean = float(total.mean())
        if mean == 0.0 and what == "cost":
            continue
        error = float(total.std()) / math.sqrt(total.size)
        share = f"{100 * mean / whole:.0f} %" if whole > 0 else ""
        rows.append(Row(names.get(name, name), (rounded(mean, error), share)))
    return rows


def _histogram(run: Run) -> tuple[list[tuple[float, float, bool]], tuple[str, str]]:
    """Return bars of the NPV's distribution: height and place in 0..1, and whether the bar is a loss."""
    if "npv" not in run.outputs or run["npv"].min() == run["npv"].max():
        return [], ("", "")
    low, high = statistics.quantiles(run["npv"], (0.005, 0.995))
    if low == high:
        return [], ("", "")
    counts, edges = np.histogram(run["npv"], bins=48, range=(low, high))
    tallest = counts.max()
    bars = [
        (float(counts[i] / tallest), i / 48, bool((edges[i] + edges[i + 1]) / 2 < 0))
        for i in range(counts.size)
    ]
    place = 10 ** max(0, math.floor(math.log10(high - low)) - 1)
    return bars, (f"{round(low / place) * place:,.0f}", f"{round(high / place) * place:,.0f}")


def card(run: Run) -> Card:
    """Gather what the card shows."""
    programme = run.plan.record.programme
    bars, spread = _histogram(run)
    basis = f"{programme.price_basis} {programme.currency}"
    return Card(
        title=programme.name or "unnamed plan",
        facts=f"{programme.months} months, {basis}; {run.trials:,} trials, {run.sampling}, seed {run.seed}",
        money=_money_rows(run),
        chances=_chances(run),
        kpis=_kpi_rows(run),
        costs=_shares(run, "cost", _CATEGORIES),
        benefits=_shares(run, "benefit", _STREAMS),
        note="Rounded to a twentieth of the spread or to the Monte Carlo error.",
        warnings=len(run.plan.record.warnings()),
        histogram=bars,
        spread=spread,
    )


def _table(head: tuple[str, ...], rows: list[Row], label_width: int) -> list[str]:
    widths = [max(len(row.cells[i]) for row in rows) for i in range(len(head) - 1)]
    widths = [max(width, len(name)) for width, name in zip(widths, head[1:], strict=True)]
    lines = [
        head[0].ljust(label_width)
        + "".join(f"  {name:>{width}}" for name, width in zip(head[1:], widths, strict=True))
    ]
    for row in rows:
        cells = "".join(f"  {cell:>{width}}" for cell, width in zip(row.cells, widths, strict=True))
        lines.append(row.label.ljust(label_width) + cells)
    return lines


def text_card(run: Run) -> str:
    """Return the card as plain text, at most 78 columns where names allow."""
    c = card(run)
    lines = [c.title, c.facts, "=" * _WIDTH]
    labels = [row.label for row in (*c.money, *c.kpis, *c.costs, *c.benefits)]
    width = max([len(label) for label in labels], default=20)
    if c.money:
        lines += _table(("", "mean", "P10", "P50", "P90"), c.money, width)
    if c.chances:
        lines += ["", "; ".join(c.chances).capitalize()]
    if c.kpis:
        lines += ["", *_table(("KPI", "month", "without", "P10", "P50", "P90"), c.kpis, width)]
    if c.costs:
        lines += ["", *_table(("Costs, mean over the horizon", "", ""), c.costs, width)]
    if c.benefits:
        lines += ["", *_table(("Benefits, mean over the horizon", "", ""), c.benefits, width)]
    lines += ["-" * _WIDTH, c.note]
    if c.warnings:
        lines.append(f"{c.warnings} warning{'s' * (c.warnings != 1)}: trainplan.check(run.plan) lists them.")
    return "\n".join(line.rstrip() for line in lines)


@cache
def _template() -> Any:
    import jinja2

    text = (resources.files("trainplan") / "data" / "card.html").read_text(encoding="utf-8")
    # Names come from plan files: everything is escaped.
    return jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(text)


def html_card(run: Run) -> str:
    """Return the card as HTML: tables and one inline picture, no script."""
    return str(_template().render(card=card(run)))
