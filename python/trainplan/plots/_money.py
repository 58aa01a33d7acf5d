"""Pictures of money: cash over the months, the net present value, what costs and what pays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from trainplan import _summary, _totals, statistics
from trainplan.plots import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from trainplan.run import Run

_LEVELS = (0.1, 0.5, 0.9)


def cash_flow(run: Run, ax: Axes | None = None) -> Axes:
    """Draw the cumulative cash flow: its median and where four fifths of the trials lie, and the payback.

    The payback is marked where the run kept the output ``payback_month``: its median over the trials.

    Parameters
    ----------
    run
        What `trainplan.simulate` returned.
    ax
        Where to draw; a new figure where None.

    Examples
    --------
    >>> import trainplan as tp
    >>> run = tp.simulate(tp.example("one_team"), trials=256, progress=False)
    >>> tp.plots.cash_flow(run).get_ylabel()
    'cumulative cash flow, USD'
    """
    _style.need_run(run)
    table = run.cash_flow()
    x = table["month"].to_numpy()
    p10, p50, p90 = (table[f"cumulative_{name}"].to_numpy() for name in ("p10", "p50", "p90"))

    ax = _style.axes(ax)
    ax.fill_between(x, p10, p90, color=_style.BLUE, alpha=0.20, linewidth=0)
    ax.plot(x, p50, color=_style.BLUE, linewidth=2.2)
    ax.axhline(0.0, color=_style.ink(), linewidth=0.9)
    _style.month_axis(ax, 0, int(x[-1]))
    low, high = min(0.0, float(p10.min())), max(0.0, float(p90.max()))
    room = 0.06 * (high - low) or 1.0
    ax.set_ylim(low - room, high + room)
    _style.write(
        ax,
        title="Cumulative cash flow and payback",
        x="month of the programme (0: before the start)",
        y=f"cumulative cash flow, {_currency(run)}",
    )
    _style.number_axis(ax.yaxis)
    step = float(p90[-1] - p10[-1]) / 50
    ends = {"P90": p90[-1], "median": p50[-1], "P10": p10[-1]}
    _style.end_labels(
        ax,
        [
            _style.Label(float(y), f"{name} {_amount(float(y), step)}", _style.BLUE)
            for name, y in ends.items()
        ],
    )
    if "payback_month" in run.outputs:
        _mark_payback(ax, run)
    return ax


def _mark_payback(ax: Axes, run: Run) -> None:
    never = np.isnan(run["payback_month"])
    within = statistics.probability(~never, stratified=run.stratified)
    horizon = run.plan.record.programme.months
    chance = [f"{_summary._percent(within)} of trials pay back", f"within {horizon} months"]
    median = statistics.summary(run["payback_month"], (0.5,), stratified=run.stratified, never=True)
    month = median.quantiles[0.5].value
    if math.isnan(month):
        _style.note(ax, 0.02 * horizon, 0.97, ["no payback in the median trial", *chance], ha="left")
        return
    month = math.ceil(month)
    ax.axvline(month, color=_style.VERMILION, linewidth=1.4, linestyle=":")
    ax.plot([month], [0.0], marker="o", color=_style.VERMILION, markersize=6, clip_on=False)
    # The free corner: top left of a late payback, bottom right of an early one.
    late = month > 0.45 * horizon
    where, level, side = (
        (month - 0.012 * horizon, 0.97, "right") if late else (month + 0.012 * horizon, 0.03, "left")
    )
    _style.note(ax, where, level, [f"median payback: month {month}", *chance], ha=side)


def npv_distribution(run: Run, ax: Axes | None = None) -> Axes:
    """Draw the distribution of the net present value; losses are hatched.

    The outermost half percent on either side is left out of the picture, not of its figures.

    Parameters
    ----------
    run
        What `trainplan.simulate` returned, with the output ``npv``.
    ax
        Where to draw; a new figure where None.

    Raises
    ------
    InputError
        When the run did not keep the net present value.

    Examples
    --------
    >>> import trainplan as tp
    >>> run = tp.simulate(tp.example("one_team"), trials=256, progress=False)
    >>> tp.plots.npv_distribution(run).get_xlabel()
    'net present value, USD'
    """
    _style.need_run(run)
    values = run["npv"]
    found = statistics.summary(values, _LEVELS, stratified=run.stratified)
    step = _summary._step(found)
    loss = statistics.probability(values < 0, stratified=run.stratified)

    ax = _style.axes(ax)
    if values.min() == values.max():
        ax.axvline(float(values[0]), color=_style.BLUE, linewidth=3.0)
        ax.set_ylim(0.0, 100.0)
    else:
        _draw_bars(ax, values)
    marks = {
        "mean": (found.mean.value, "-", "center"),
        "P10": (found.quantiles[0.1].value, "--", "right"),
        "P90": (found.quantiles[0.9].value, "--", "left"),
    }
    top = ax.get_ylim()[1]
    ax.set_ylim(0.0, 1.28 * top)
    for name, (value, line, side) in marks.items():
        level = 1.03 * top if name != "mean" else 1.15 * top
        ax.plot([value, value], [0.0, level], color=_style.ink(), linewidth=1.2, linestyle=line)
        ax.annotate(
            f"{name} {_amount(value, step)}",
            (value, level),
            xytext=({"right": 4, "left": -4, "center": 0}[side], 2),
            textcoords="offset points",
            ha=side,
            va="bottom",
            fontsize=_style.NORMAL,
        )
    left, right = ax.get_xlim()
    on_right = (found.mean.value - left) / (right - left) < 0.45
    _style.note(
        ax,
        right - 0.015 * (right - left) if on_right else left + 0.015 * (right - left),
        0.98,
        ["chance of a loss (hatched)", _summary._percent(loss)],
        ha="right" if on_right else "left",
        color=_style.VERMILION,
    )
    _style.write(
        ax,
        title="Net present value",
        x=f"net present value, {_currency(run)}",
        y="trials, %",
    )
    _style.number_axis(ax.xaxis, most=5)  # long numbers side by side
    _style.number_axis(ax.yaxis)
    ax.xaxis.grid(False)
    return ax


def _draw_bars(ax: Axes, values: np.ndarray) -> None:
    """Draw the bars, of a round width and with an edge at 0, so that each is a gain or a loss as a whole."""
    low, high = statistics.quantiles(values, (0.005, 0.995))
    low, high = (low, high) if low < high else (float(values.min()), float(values.max()))
    raw = (high - low) / 50  # at most 50 bars, at least 20
    power = 10.0 ** math.floor(math.log10(raw))
    width = next(power * digit for digit in (1, 2, 2.5, 5, 10) if power * digit >= raw)
    edges = width * np.arange(math.floor(low / width), math.ceil(high / width) + 1)
    counts, edges = np.histogram(values, bins=edges)
    shares = 100.0 * counts / values.size
    lost = edges[1:] <= 0.5 * width  # the edge at 0 may be a rounding away from it
    for chosen, color, hatch in ((~lost, _style.BLUE, None), (lost, _style.VERMILION, "/////")):
        if chosen.any():
            ax.bar(
                edges[:-1][chosen],
                shares[chosen],
                width=width,
                align="edge",
                facecolor="none" if hatch else color,
                edgecolor=color if hatch else ax.get_facecolor(),
                linewidth=0.8,
                hatch=hatch,
                alpha=1.0 if hatch else 0.75,
            )
    ax.set_xlim(edges[0] - width, edges[-1] + width)


def costs_and_benefits(run: Run, ax: Axes | None = None) -> Axes:
    """Draw what the programme brings and costs: means over the trials of the totals over the horizon.

    Benefits by stream and costs by category, each sorted, below their sums (hollow).

    Parameters
    ----------
    run
        What `trainplan.simulate` returned.
    ax
        Where to draw; a new figure where None.

    Examples
    --------
    >>> import trainplan as tp
    >>> run = tp.simulate(tp.example("one_team"), trials=256, progress=False)
    >>> tp.plots.costs_and_benefits(run).get_xlabel()
    'mean over the horizon, USD'
    """
    _style.need_run(run)
    groups = [
        (name, parts, color, hatch)
        for name, parts, color, hatch in (
            ("Benefits", _totals.benefits(run), _style.BLUE, ""),
            ("Costs", _totals.costs(run), _style.VERMILION, "/////"),
        )
        if parts
    ]
    ax = _style.axes(ax, (_style.SIZE[0], bars_height(run)))
    bars: list[tuple[float, str, bool]] = []
    y = 0.0
    for group, parts, color, hatch in groups:
        whole = np.sum(list(parts.values()), axis=0)
        for name, total in ((group, whole), *parts.items()):
            is_sum = total is whole
            mean = float(total.mean())
            share = 100.0 * mean / float(whole.mean()) if whole.mean() > 0.0 and not is_sum else None
            _bar(ax, y, mean, color, None if is_sum else hatch)
            text = _totals.mean_text(total, stratified=run.stratified).replace("-", "\u2212")
            ax.annotate(
                text if share is None else f"{text}  ({share:.0f} %)",
                (max(0.0, mean), y),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=_style.NORMAL,
                fontweight="bold" if is_sum else "normal",
            )
            bars.append((y, _style.shown(name), is_sum))
            y += 1.0
        y += 0.7
    _style.write(ax, title="Costs and benefits", x=f"mean over the horizon, {_currency(run)}", y="")
    ax.set_yticks([place for place, _, _ in bars], [name for _, name, _ in bars], parse_math=False)
    for tick, (_, _, is_sum) in zip(ax.get_yticklabels(), bars, strict=True):
        tick.set_fontweight("bold" if is_sum else "normal")
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(y - 0.7, -0.9)
    left, right = ax.get_xlim()
    ax.set_xlim(min(left, 0.0), max(right, 0.0) * 1.16 or 1.0)
    ax.axvline(0.0, color=_style.ink(), linewidth=0.9)
    _style.number_axis(ax.xaxis, most=5)  # long numbers side by side
    return ax


def bars_height(run: Run) -> float:
    """Return the height in inches that the bars of costs and benefits want."""
    bars = len(_totals.benefits(run)) + len(_totals.costs(run))
    return max(2.2, 1.8 + 0.25 * bars)


def _bar(ax: Axes, y: float, amount: float, color: str, hatch: str | None) -> None:
    """Draw a bar: hollow for a sum (hatch None), full, or hatched."""
    ax.barh(
        y,
        amount,
        height=0.72,
        facecolor=color if hatch == "" else "none",
        edgecolor=color,
        linewidth=1.4 if hatch is None else 0.8,
        hatch=hatch or None,
    )


def _amount(number: float, step: float) -> str:
    return _summary.rounded(number, step).replace("-", "\u2212")


def _currency(run: Run) -> str:
    return _style.shown(run.plan.record.programme.currency, 12)
