"""What the report says: figures as texts, set into the page by its template."""

from __future__ import annotations

import base64
import hashlib
import math
from collections import Counter
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trainplan import _core, _files, _summary, _totals, plots, statistics
from trainplan._frames import guarded
from trainplan.plan import check
from trainplan.plots._money import bars_height
from trainplan.report import _kpis, _pictures

if TYPE_CHECKING:
    from trainplan.run import Run

# Never a script, a font, a picture from elsewhere; styles only by the hash of the one style sheet.
_POLICY = "default-src 'none'; style-src '{}'; base-uri 'none'; form-action 'none'"
_FUNDING = (
    ("total_cost", "Economic cost"),
    ("cash_cost", "of which cash"),
    ("contingency", "Contingency, a reserve"),
    ("funding_request", "Funding request"),
)
_KINDS = {"": "none stated"}


def page(run: Run) -> str:
    """Return the report of a run as a page."""
    environment = _environment()
    css = environment.get_template("report.css.j2").render(colors=_pictures.DARK)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    html: str = environment.get_template("report.html.j2").render(
        **content(run._apart()), css=css, policy=_POLICY.format(f"sha256-{digest}")
    )
    return html


@cache
def _environment() -> Any:
    import jinja2

    folder = resources.files("trainplan.report")
    texts = {
        name: (folder / name).read_text(encoding="utf-8") for name in ("report.css.j2", "report.html.j2")
    }
    # Names come from plan files: everything is escaped, but for the style sheet and the pictures, made here.
    environment = jinja2.Environment(
        loader=jinja2.DictLoader(texts),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = cell
    return environment


def cell(text: str) -> str:
    """Return a text that stays a text when its table is pasted into a spreadsheet: an apostrophe before =."""
    return guarded(text)


def content(run: Run) -> dict[str, Any]:
    """Return everything that the page shows, as texts; what is empty is left out of the page."""
    card = _summary.card(run)
    record = run.plan.record
    benefits, costs = _totals.benefits(run), _totals.costs(run)
    checked = check(run.plan)
    moved = _kpis.moved(run)
    return {
        "title": card.title,
        "facts": card.facts,
        "version": _core.__version__,
        "currency": record.programme.currency,
        "tiles": _tiles(run),
        "plan_facts": run.plan._facts(),
        "money": [_row(row.label, [text.removesuffix(".0") for text in row.cells]) for row in card.money],
        "chances": "; ".join(card.chances).capitalize(),
        "kpis": _kpis.tables(run, moved),
        "leading": _kpis.leading(run, moved),
        "benefits": _shares(run, benefits, "Benefits"),
        "costs": _shares(run, costs, "Economic cost"),
        "funding": _funding(run),
        "funding_note": _funding_note(run),
        "organization": _organization(run),
        "warnings": [_files.line_of(warning) for warning in checked.warnings],
        "notes": checked.notes,
        "inputs": _inputs(run),
        "inputs_note": _inputs_note(run),
        "method": _method(run),
        "errors": _errors(run),
        "pictures": _money_pictures(run, benefits, costs),
    }


def _row(label: str, cells: Any, *, is_sum: bool = False) -> dict[str, Any]:
    return {"label": label, "cells": tuple(cells), "sum": is_sum}


def _figures(run: Run, values: NDArray[np.float64]) -> list[str]:
    """Return mean, P10, P50 and P90 without the digits that say nothing."""
    found = statistics.summary(values, _totals.LEVELS, stratified=run.stratified)
    step = _summary._step(found)
    estimates = (found.mean, *(found.quantiles[level] for level in _totals.LEVELS))
    return [_summary.rounded(e.value, max(e.standard_error or 0.0, step)) for e in estimates]


def _tiles(run: Run) -> list[dict[str, str]]:
    currency = run.plan.record.programme.currency
    tiles = []
    for output, label in (("npv", "Net present value"), ("funding_request", "Funding request")):
        if output in run.outputs:
            mean, p10, _, p90 = _figures(run, run[output])
            note = f"mean, {currency}; P10 {p10}, P90 {p90}"
            tiles.append({"label": label, "value": mean, "note": note})
    if "npv" in run.outputs:
        loss = _summary._percent(statistics.probability(run["npv"] < 0, stratified=run.stratified))
        tiles.insert(1, {"label": "Chance of a loss", "value": loss, "note": "net present value below 0"})
    if "payback_month" in run.outputs:
        months, horizon = run["payback_month"], run.plan.record.programme.months
        back = _summary._percent(statistics.probability(~np.isnan(months), stratified=run.stratified))
        found = statistics.summary(months, (0.5,), stratified=run.stratified, never=True).quantiles[0.5].value
        value = "never" if math.isnan(found) else f"month {math.ceil(found)}"
        note = f"median; {back} of trials within {horizon} months"
        tiles.append({"label": "Payback", "value": value, "note": note})
    return tiles


def _shares(run: Run, parts: dict[str, NDArray[np.float64]], name: str) -> list[dict[str, Any]]:
    if not parts:
        return []
    whole: NDArray[np.float64] = np.sum(list(parts.values()), axis=0)
    mean = float(whole.mean())
    rows = [
        _row(part, [*_figures(run, total), f"{100 * total.mean() / mean:.0f} %" if mean > 0.0 else ""])
        for part, total in parts.items()
    ]
    return [*rows, _row(name, [*_figures(run, whole), ""], is_sum=True)]


def _funding(run: Run) -> list[dict[str, Any]]:
    rows = [
        _row(label, _figures(run, run[output]), is_sum=output == "funding_request")
        for output, label in _FUNDING
        if output in run.outputs
    ]
    return rows if len(rows) > 1 else []


def _funding_note(run: Run) -> str:
    parts = ["Economic cost counts the hours that participants are away from their work, paid extra or not."]
    if "cash_cost" in run.outputs:
        parts.append("Cash leaves out hours lost to the floor and the lines that cost no cash.")
    parts.append("Contingency is held in reserve: part of the funding request, never of the cash flow.")
    return " ".join(parts)


def _organization(run: Run) -> list[dict[str, Any]]:
    """Return benefits and costs by team, region and product line, where there are several."""
    teams = run.plan.record.teams
    parts = []
    for column, word in (("id", "team"), ("region", "region"), ("product_line", "product line")):
        places = {team.id: getattr(team, column) for team in teams}
        named = {place: place for place in places.values() if place}
        if len(named) < 2:
            continue
        if column == "id":
            named = {team.id: team.name or team.id for team in teams}
        gains, spent = (_totals.by_place(run, what, places) for what in ("benefit", "cost"))
        some = "" in places.values()  # teams without a region or line stand with the programme's costs
        named[""] = f"Programme, and teams without {word}" if some else "Programme, shared by all"
        rows, nothing = [], np.zeros(1)
        for place, name in named.items():
            gain, cost = gains.get(place, nothing), spent.get(place, nothing)
            if place or gain.any() or cost.any():
                rows.append(_row(name, [_mean(run, x) for x in (gain, cost, gain - cost)]))
        parts.append({"title": f"By {word}", "rows": rows})
    return parts


def _mean(run: Run, values: NDArray[np.float64]) -> str:
    return _totals.mean_text(values, stratified=run.stratified) if values.any() else "0"


def _inputs(run: Run) -> dict[str, Any]:
    """Return a row a quantity, and what they cite, each once: rows point to it by number."""
    rows, cited = [], dict[str, int]()
    for row in run.plan.record.inputs():
        spread = "" if row["p10"] == row["p90"] else f"{row['p10']:,.4g} to {row['p90']:,.4g}"
        source = _KINDS.get(row["source"], row["source"]) + (f", {row['grade']}" if row["grade"] else "")
        if row["citation"]:
            source += f" [{cited.setdefault(row['citation'], len(cited) + 1)}]"
        texts = {name: str(row[name]) for name in ("path", "value", "unit")}
        rows.append({**texts, "range": spread, "source": source})
    return {"rows": rows, "cited": list(cited)}


def _inputs_note(run: Run) -> str:
    rows = run.plan.record.inputs()
    counts = Counter(_KINDS.get(row["source"], row["source"]) for row in rows)
    listed = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
    parts = [f"All {len(rows)} quantities of the plan with their sources: {listed}."]
    if counts["default"]:
        parts.append("A default is the library's own value.")
    if any(row["grade"] for row in rows):
        parts.append("Grades run from A, the publisher itself, to D, untraceable.")
    return " ".join(parts)


def _method(run: Run) -> list[str]:
    programme = run.plan.record.programme
    series = run.series("cash_flow")[1].shape[2]
    lines = [
        f"Simulated with trainplan {_core.__version__}: {run.trials:,} trials, {run.sampling} sampling, seed "
        f"{run.seed}. The same plan, seed and version give the same figures.",
        "A trial draws every uncertain quantity once and goes through the programme month by month, with and "
        "without the training. P10, P50 and P90 are levels that 10, 50 and 90 % of the trials stay below.",
        f"Money is {programme.price_basis} {programme.currency}. The net present value discounts at "
        f"{run.plan['programme.discount_rate']} a year ({run.plan['programme.timing'].replace('_', ' ')}).",
        "Figures are rounded to a twentieth of the spread between trials or to their Monte Carlo error.",
    ]
    if series < run.trials:
        lines.append(f"Monthly figures, costs and benefits rest on the first {series:,} trials.")
    if not _pictures.available():
        lines.append("Pictures are left out: matplotlib is not installed (pip install trainplan[plots]).")
    return lines


def _errors(run: Run) -> list[dict[str, Any]]:
    summary = run.summary()
    labels = dict(_summary._MONEY)
    rows = []
    for row in summary.to_dict("records"):
        if row["output"] not in labels:
            continue
        names = ("mean", "mcse_mean", "mcse_p10", "mcse_p50", "mcse_p90")
        figures = ["" if math.isnan(row[name]) else f"{row[name]:,.3g}" for name in names[1:]]
        mean = "" if math.isnan(row["mean"]) else _summary.rounded(row["mean"], row["mcse_mean"])
        rows.append(_row(labels[row["output"]], [mean, *figures]))
    return rows


def _money_pictures(run: Run, benefits: dict[str, Any], costs: dict[str, Any]) -> dict[str, str]:
    made = dict.fromkeys(("npv", "cash", "behavior", "costs_and_benefits"), "")
    if not _pictures.available():
        return made
    if "npv" in run.outputs:
        label = "Histogram of the net present value with its mean, P10 and P90; losses are hatched"
        made["npv"] = _pictures.picture(lambda ax: plots.npv_distribution(run, ax), label, "npv")
    if benefits or costs:
        label = "Cumulative cash flow by month: median, P10 to P90, and the payback month"
        made["cash"] = _pictures.picture(lambda ax: plots.cash_flow(run, ax), label, "cash")
        label = "Bars of benefits by stream and costs by category"
        made["costs_and_benefits"] = _pictures.picture(
            lambda ax: plots.costs_and_benefits(run, ax), label, "money", height=bars_height(run)
        )
    if run.series("behavior")[1][:, 1:].any():
        label = "Trained behavior on the job by team and month"
        made["behavior"] = _pictures.picture(lambda ax: plots.behavior(run, ax), label, "behavior")
    return made
