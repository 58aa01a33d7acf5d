"""Pictures of sweeps: a line over one path, a map over two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trainplan import _summary
from trainplan._arrays import refuse
from trainplan.plots import _style
from trainplan.plots._whatif import label, need, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from trainplan.statistics import Estimate
    from trainplan.whatif import Sweep
    from trainplan.whatif._measure import Measure


_MOST_NUMBERS = 144


def sweep(sweep: Sweep, ax: Axes | None = None, *, level: float | None = None) -> Axes:
    """Draw what an output does over the values of a path, with the 95 % interval of its Monte Carlo error.

    A sweep of two paths becomes a `heat_map`.

    Parameters
    ----------
    sweep
        What `trainplan.sweep` returned, of one path or two.
    ax
        Where to draw; a new figure where None.
    level
        A value to be reached; None: 0 for net present values, else none.

    Examples
    --------
    >>> import trainplan as tp
    >>> hours = {"reinforcement.coaching_hours": [0, 1, 2]}
    >>> found = tp.sweep(tp.example("one_team"), hours, trials=64, progress=False)
    >>> tp.plots.sweep(found).get_xlabel()
    'reinforcement.coaching_hours'
    """
    from trainplan.whatif import Sweep

    need(sweep, Sweep, "sweep", "trainplan.sweep")
    if len(sweep.values) == 2:
        return heat_map(sweep, ax, level=level)
    if len(sweep.values) != 1:
        refuse("sweep", "must be of one path, or of two", value=f"of {len(sweep.values)} paths")
    ((path, values),) = sweep.values.items()
    ax = _style.axes(ax)
    x, ticks = _places(values)
    order = np.argsort(x, kind="stable")
    x = x[order]
    y, low, high = (column[order] for column in _columns(sweep.found))
    ax.fill_between(x, low, high, color=_style.BLUE, alpha=0.20, linewidth=0)
    ax.plot(x, y, color=_style.BLUE, linewidth=1.8, marker="o", markersize=4.0)
    _style.write(
        ax,
        title="One path varied, the rest as planned",
        x=_style.shown(path, 60),
        y=label(sweep.plan, sweep.measure),
    )
    _style.number_axis(ax.yaxis)
    if ticks is None:
        _style.number_axis(ax.xaxis)
    else:
        ax.set_xticks(x, [ticks[i] for i in order], parse_math=False)
    wanted = _level(sweep.measure, level)
    if wanted is not None and math.isfinite(wanted):
        ax.axhline(wanted, color=_style.VERMILION, linewidth=1.2, linestyle=":")
    ax.axhline(sweep.own.value, color=_style.ink(), linewidth=0.9, linestyle="--")
    end = _style.Label(sweep.own.value, "as it is", _style.ink())
    _style.end_labels(ax, [end] if math.isfinite(end.y) else [])
    return ax


def heat_map(sweep: Sweep, ax: Axes | None = None, *, level: float | None = None) -> Axes:
    """Draw an output over the values of two paths, each cell with its number, and the contour of a level.

    The contour of break-even runs where the output is 0 (or `level`), straight between the values.

    Parameters
    ----------
    sweep
        What `trainplan.sweep` returned, of two paths: the first runs up, the second to the right.
    ax
        Where to draw; a new figure where None.
    level
        A value to be reached; None: 0 for net present values, else none.

    Examples
    --------
    >>> import trainplan as tp
    >>> two = {"reinforcement.coaching_hours": [0, 1, 2], "teams.support.people": [20, 40]}
    >>> found = tp.sweep(tp.example("one_team"), two, trials=64, progress=False)
    >>> tp.plots.heat_map(found).get_ylabel()
    'reinforcement.coaching_hours'
    """
    from trainplan.whatif import Sweep

    need(sweep, Sweep, "sweep", "trainplan.sweep")
    if len(sweep.values) != 2:
        refuse("sweep", "must be of two paths", value=f"of {len(sweep.values)} paths")
    (down, rows), (across, columns) = sweep.values.items()
    ax = _style.axes(ax)
    shape = (len(rows), len(columns))
    grid = _columns(sweep.found)[0].reshape(shape)
    wanted = _level(sweep.measure, level)
    known = grid[np.isfinite(grid)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    if wanted is not None and math.isfinite(wanted):  # the neutral color is at the level
        reach = max(abs(low - wanted), abs(high - wanted)) or 1.0
        low, high, colors = wanted - reach, wanted + reach, "RdBu"
    else:
        low, high, colors = (low, high if high > low else low + 1.0, "Blues")
    # Cells of equal size: places are positions in the lists of values, which need not be evenly spaced.
    ax.pcolormesh(
        np.arange(len(columns) + 1) - 0.5,
        np.arange(len(rows) + 1) - 0.5,
        grid,
        cmap=colors,
        vmin=low,
        vmax=high,
        edgecolors="white",
        linewidth=0.6,
    )
    _cell_numbers(ax, shape, sweep.found, low, high, diverging=colors == "RdBu")
    title = label(sweep.plan, sweep.measure)
    whole = min(shape) > 1 and known.size == grid.size
    if wanted is not None and whole and known.min() < wanted < known.max():
        ax.contour(grid, levels=[wanted], colors=["black"], linewidths=1.8)
        title += f"; the line is at {number(wanted)}"
    ax.set_xticks(range(len(columns)), [_word(value) for value in columns], parse_math=False)
    ax.set_yticks(range(len(rows)), [_word(value) for value in rows], parse_math=False)
    _style.write(ax, title=title, x=_style.shown(across, 60), y=_style.shown(down, 40))
    ax.spines[["bottom", "left"]].set_visible(False)
    ax.tick_params(length=0)
    return ax


def _cell_numbers(
    ax: Axes,
    shape: tuple[int, int],
    found: Sequence[Estimate],
    low: float,
    high: float,
    *,
    diverging: bool,
) -> None:
    """Write the number of each cell into it, white on dark colors; not where there are too many."""
    if len(found) > _MOST_NUMBERS:
        return
    for (row, column), one in zip(np.ndindex(*shape), found, strict=True):
        place = (one.value - low) / (high - low)
        dark = abs(place - 0.5) > 0.32 if diverging else place > 0.65
        ax.annotate(
            _summary.rounded(one.value, one.standard_error).replace("-", "\u2212"),
            (column, row),
            ha="center",
            va="center",
            fontsize=_style.SMALL,
            color="white" if dark else "black",
        )


def _level(measure: Measure, level: float | None) -> float | None:
    return 0.0 if level is None and measure.output == "npv" and measure.kind != "chance" else level


def _columns(found: Sequence[Estimate]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return values and the ends of their intervals; the value itself where there is no interval."""
    rows = [
        (one.value, one.value if one.low is None else one.low, one.value if one.high is None else one.high)
        for one in found
    ]
    table = np.array(rows, dtype=np.float64)
    return table[:, 0], table[:, 1], table[:, 2]


def _places(values: Sequence[Any]) -> tuple[np.ndarray, list[str] | None]:
    """Return where values stand on an axis: numbers at themselves, others in their order with their words."""
    if all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        return np.array(values, dtype=np.float64), None
    return np.arange(len(values), dtype=np.float64), [_word(one) for one in values]


def _word(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return _style.shown("none" if value is None else str(value), 16)
