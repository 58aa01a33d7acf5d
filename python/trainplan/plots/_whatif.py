"""Pictures of what-if questions: tornado, spider, waterfall."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trainplan import _summary
from trainplan._arrays import refuse
from trainplan.plots import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from trainplan.plan import Plan
    from trainplan.whatif import Spider, Step, Tornado, Waterfall
    from trainplan.whatif._measure import Measure

_MONEY = (
    "npv", "total_cost", "total_benefit", "pv_cost", "pv_benefit", "cash_cost", "risk_cost", "contingency",
    "funding_request", "cost_per_learner",
)  # fmt: skip
_BAR = 0.72


def tornado(tornado: Tornado, ax: Axes | None = None, *, most: int = 12) -> Axes:
    """Draw the swing of each input as a bar from its low to its high quantile, the largest on top.

    The end at the low quantile of the input is hatched. The line is the plan as it is.

    Parameters
    ----------
    tornado
        What `trainplan.tornado` returned.
    ax
        Where to draw; a new figure where None.
    most
        Bars to draw.

    Examples
    --------
    >>> import trainplan as tp
    >>> found = tp.tornado(tp.example("one_team"), "npv", trials=64, progress=False)
    >>> tp.plots.tornado(found).get_xlabel()
    'mean of npv, USD; others at their distribution'
    """
    from trainplan.whatif import Tornado

    need(tornado, Tornado, "tornado", "trainplan.tornado")
    bars = [bar for bar in tornado.bars if math.isfinite(bar.swing.value)][: max(1, most)]
    middle = tornado.own.value
    ax = _style.axes(ax, (_style.SIZE[0], 1.4 + 0.32 * max(3, len(bars))))
    for y, bar in enumerate(bars):
        for end, color, hatch in ((bar.low, _style.SKY, "/////"), (bar.high, _style.BLUE, "")):
            ax.barh(
                y,
                end.value - middle,
                left=middle,
                height=_BAR,
                facecolor=color if not hatch else "none",
                edgecolor=color if not hatch else _style.BLUE,
                hatch=hatch or None,
                linewidth=0.8,
            )
        _end_values(ax, y, bar.low.value, bar.high.value, (bar.low_value, bar.high_value))
    ax.axvline(middle, color=_style.ink(), linewidth=1.0)
    low, high = (f"P{100 * level:.10g}" for level in tornado.quantiles)
    words = "at their median" if tornado.others == "median" else "at their distribution"
    _style.write(
        ax,
        title=f"Inputs from their {low} (hatched) to their {high}",
        x=f"{label(tornado.plan, tornado.measure, central=tornado.others == 'median')}; others {words}",
        y="",
    )
    _rows(ax, [bar.input for bar in bars])
    _style.number_axis(ax.xaxis, most=5)
    _room(ax, 0.14)
    return ax


def _end_values(ax: Axes, y: float, low: float, high: float, values: tuple[float, float]) -> None:
    """Write the values of an input at the two ends of its bar."""
    for end, other, value in ((low, high, values[0]), (high, low, values[1])):
        right = end > other or (end == other and value == values[1])
        ax.annotate(
            number(value),
            (end, y),
            xytext=(3 if right else -3, 0),
            textcoords="offset points",
            ha="left" if right else "right",
            va="center",
            fontsize=_style.SMALL,
        )


def spider(spider: Spider, ax: Axes | None = None) -> Axes:
    """Draw what an output does while one input after another runs through its quantiles.

    Parameters
    ----------
    spider
        What `trainplan.spider` returned.
    ax
        Where to draw; a new figure where None.

    Examples
    --------
    >>> import trainplan as tp
    >>> found = tp.spider(tp.example("one_team"), "npv", most=2, trials=64, progress=False)
    >>> tp.plots.spider(found).get_xlabel()
    'quantile of the input, others at their distribution'
    """
    from trainplan.whatif import Spider

    need(spider, Spider, "spider", "trainplan.spider")
    ax = _style.axes(ax)
    x = np.asarray(spider.quantiles)
    labels = []
    for i, (path, found) in enumerate(spider.found.items()):
        line = _style.team_line(i)
        y = np.array([one.value for one in found])
        ax.plot(x, y, **line)
        labels.append(_style.Label(float(y[-1]), _style.shown(path, 26), line["color"], line))
    ax.axhline(spider.own.value, color=_style.ink(), linewidth=0.9)
    ax.set_xlim(float(x[0]), float(x[-1]))
    ax.set_xticks(x, [f"P{100 * level:.10g}" for level in x])
    _style.write(
        ax,
        title="One input at a time",
        x="quantile of the input, others at their distribution",
        y=label(spider.plan, spider.measure),
    )
    _style.number_axis(ax.yaxis)
    _style.end_labels(ax, [label for label in labels if math.isfinite(label.y)], size=_style.SMALL)
    return ax


def waterfall(waterfall: Waterfall, ax: Axes | None = None, *, most: int = 12) -> Axes:
    """Draw how the changes of a scenario lead from one mean to another; what falls is hatched.

    Steps beyond the largest `most` are drawn as one.

    Parameters
    ----------
    waterfall
        What `Comparison.waterfall` returned.
    ax
        Where to draw; a new figure where None.
    most
        Steps to draw.

    Examples
    --------
    >>> import trainplan as tp
    >>> plan = tp.example("one_team")
    >>> found = tp.compare(plan, tp.standard_scenarios(plan), outputs=["npv"], trials=64, progress=False)
    >>> tp.plots.waterfall(found.waterfall("one-off training", progress=False)).get_xlabel()
    'mean of npv'
    """
    from trainplan.whatif import Waterfall

    need(waterfall, Waterfall, "waterfall", "Comparison.waterfall")
    steps = [(step.name, step.contribution.value, _error(step)) for step in waterfall.steps]
    kept, rest = steps[: max(1, most)], steps[max(1, most) :]
    if rest:
        name = f"{len(rest)} other changes"
        kept.append((name, math.fsum(by for _, by, _ in rest), max(error for _, _, error in rest)))
    ax = _style.axes(ax, (_style.SIZE[0], 1.4 + 0.32 * (len(kept) + 2)))
    start, end = waterfall.start, waterfall.end
    bars: list[tuple[str, float, float, float | None, str]] = [
        (waterfall.reference, 0.0, start.value, start.standard_error, _style.GRAY)
    ]
    for name, by, error in kept:
        at = bars[-1][1] + bars[-1][2]
        bars.append((name, at, by, error, _style.BLUE if by >= 0 else _style.VERMILION))
    bars.append((waterfall.scenario, 0.0, end.value, end.standard_error, _style.GRAY))
    for y, (_, left, by, known, color) in enumerate(bars):
        total = y in (0, len(bars) - 1)
        hatch = "/////" if by < 0 and not total else None
        ax.barh(
            y,
            by,
            left=left,
            height=_BAR,
            facecolor="none" if hatch else color,
            edgecolor=color,
            hatch=hatch,
            linewidth=0.8,
        )
        text = _summary.rounded(by, known).replace("-", "\u2212")
        ax.annotate(
            text if total or by < 0 else f"+{text}",
            (left + by, y),
            xytext=(3 if by >= 0 else -3, 0),
            textcoords="offset points",
            ha="left" if by >= 0 else "right",
            va="center",
            fontsize=_style.SMALL,
            fontweight="bold" if total else "normal",
        )
        if y + 1 < len(bars):
            ax.plot([left + by] * 2, [y + _BAR / 2, y + 1 - _BAR / 2], color=_style.GRAY, linewidth=0.7)
    ax.axvline(0.0, color=_style.ink(), linewidth=0.9)
    _style.write(ax, title="What each change brings", x=f"mean of {waterfall.output}", y="")
    _rows(ax, [name for name, *_ in bars])
    _style.number_axis(ax.xaxis, most=5)
    _room(ax, 0.24)
    return ax


def _error(step: Step) -> float:
    return math.hypot(step.contribution.standard_error or 0.0, step.order_error)


def need(given: Any, kind: type, name: str, maker: str) -> None:
    if not isinstance(given, kind):
        allowed = f"must be a trainplan.whatif.{kind.__name__}; {maker} makes one"
        refuse(name, allowed, value=type(given).__name__)


def label(plan: Plan, measure: Measure, *, central: bool = False) -> str:
    """Return what an axis says of a statistic, with the unit of money or of a KPI."""
    name = measure.output if central else measure.name
    if measure.kind == "chance":
        return name
    if measure.output in _MONEY:
        return f"{name}, {_style.shown(plan.record.programme.currency, 12)}"
    head = measure.output.partition("@")[0].partition("[")[0]
    unit = next((kpi.unit for kpi in plan.record.all_kpis() if kpi.id == head), "")
    return f"{name}, {unit}" if unit else name


def number(value: float) -> str:
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value + 0.0:,.4g}"
    return text.replace("-", "\u2212")


def _rows(ax: Axes, names: Sequence[str]) -> None:
    """Name the rows of a bar chart, the first on top."""
    ax.set_yticks(range(len(names)), [_style.shown(name, 44) for name in names], parse_math=False)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(names) - 0.4, -0.6)


def _room(ax: Axes, share: float) -> None:
    """Give the numbers at the ends of bars room on both sides."""
    low, high = ax.get_xlim()
    ax.set_xlim(low - share * (high - low), high + share * (high - low))
