"""What the pictures share: new Axes, colors, number and month axes, labels at the ends of lines.

matplotlib is imported by the functions that need it: `trainplan.plots` can be named without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trainplan._arrays import refuse

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from trainplan.run import Run

# Okabe & Ito (2008): told apart with any common color vision deficiency. Blue and vermilion also color texts:
# vermilion is darker than theirs, for a contrast of 4.5 to white.
BLUE, VERMILION, GREEN = "#0072b2", "#c04f00", "#009e73"
PURPLE, SKY, ORANGE, GRAY = "#cc79a7", "#56b4e9", "#e69f00", "#767676"
TEAM_COLORS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, GRAY)
TEAM_LINES = ("-", "--", "-.", ":")
TEAM_MARKERS = ("o", "s", "^", "D", "v", "P", "X")

SIZE = (7.2, 4.0)
SMALL, NORMAL, TITLE = 8.0, 9.0, 11.0
_LINE_HEIGHT = 1.35  # of labels below one another, in font sizes
_LONGEST = 34
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)


def axes(ax: Axes | None, size: tuple[float, float] = SIZE) -> Axes:
    """Return the Axes to draw on: the given one, or that of a new figure."""
    try:
        from matplotlib.axes import Axes
    except ImportError:
        raise ImportError(
            "pictures need matplotlib, which is not installed: pip install trainplan[plots]",
            name="matplotlib",
        ) from None
    if ax is None:
        from matplotlib import pyplot

        made: Axes = pyplot.subplots(figsize=size, layout="constrained")[1]
        return made
    if not isinstance(ax, Axes):
        refuse("ax", "must be a matplotlib Axes", value=type(ax).__name__)
    return ax


def need_run(run: Run) -> None:
    """Refuse what is no run."""
    from trainplan.run import Run

    if not isinstance(run, Run):
        refuse("run", "must be a trainplan.Run; simulate makes one", value=type(run).__name__)


def shown(name: str, longest: int = _LONGEST) -> str:
    """Return a name from a plan as it can be drawn: one line, printable, not too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def team_line(i: int) -> dict[str, Any]:
    """Return the line of team i: 7 colors with markers, 4 dashes, so that 28 teams differ without color."""
    return {
        "color": TEAM_COLORS[i % len(TEAM_COLORS)],
        "marker": TEAM_MARKERS[i % len(TEAM_MARKERS)],
        "linestyle": TEAM_LINES[i % len(TEAM_LINES)],
        "linewidth": 1.6,
        "markersize": 4.5,
    }


def ink() -> str:
    """Return the color of text, which is the analyst's: pictures also stand on dark pages."""
    import matplotlib

    return str(matplotlib.rcParams["text.color"])


def write(ax: Axes, *, title: str, x: str, y: str) -> None:
    """Set title and axis labels, and take away what carries nothing."""
    # A dollar sign in a name or a currency is a dollar sign, not the start of a formula.
    ax.set_title(title, loc="left", fontsize=TITLE, parse_math=False)
    ax.set_xlabel(x, fontsize=NORMAL, parse_math=False)
    ax.set_ylabel(y, fontsize=NORMAL, parse_math=False)
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=NORMAL)


def number_axis(axis: Axis, *, most: int = 7) -> None:
    """Write the numbers of an axis with separators of thousands, and draw a quiet grid."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=most, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value + 0.0:,.10g}".replace("-", "\u2212")))
    axis.grid(True, linewidth=0.5, alpha=0.35)
    axis.axes.set_axisbelow(True)


def month_axis(ax: Axes, first: int, last: int) -> None:
    """Let x run over whole months."""
    from matplotlib.ticker import MultipleLocator

    step = next((step for step in _MONTH_STEPS if (last - first) / step <= 13), _MONTH_STEPS[-1])
    ax.set_xlim(first, last if last > first else first + 1)
    ax.xaxis.set_major_locator(MultipleLocator(step))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")


@dataclass(frozen=True, slots=True)
class Label:
    """What stands at the right end of a line; with `key`, beside a piece of the line instead of a pointer."""

    y: float
    text: str
    color: str
    key: dict[str, Any] | None = None


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move places (ascending) as little as possible: neighbors a gap apart, all between low and high.

    Least squares: the isotonic regression of places[i] - i gap, by pooling adjacent violators. Where there is
    no room for all, the topmost stays in.
    """
    blocks: list[tuple[float, int]] = []
    for i, place in enumerate(places):
        total, count = place - i * gap, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            before = blocks.pop()
            total, count = total + before[0], count + before[1]
        blocks.append((total, count))
    flat = [total / count for total, count in blocks for _ in range(count)]
    above = high - (len(flat) - 1) * gap
    return [min(max(place, low), above) + i * gap for i, place in enumerate(flat)]


def end_labels(ax: Axes, labels: Sequence[Label], *, size: float = NORMAL) -> None:
    """Write labels right of the Axes, at the height of their lines, none over another; y limits are final."""
    ordered = sorted(labels, key=lambda label: label.y)
    low, high = ax.get_ylim()
    width, height = _points(ax)
    gap = (high - low) * _LINE_HEIGHT * size / height
    place = ax.get_yaxis_transform()
    places = spread([label.y for label in ordered], gap, low, high)
    for label, y in zip(ordered, places, strict=True):
        moved = label.key is None and abs(y - label.y) > 0.25 * gap
        if label.key is not None:
            ends = [1.0 + x / width for x in (6.0, 18.0, 30.0)]
            ax.plot(ends, [y] * 3, transform=place, clip_on=False, markevery=[1], **label.key)
        pointer = {"arrowstyle": "-", "linewidth": 0.6, "color": label.color, "relpos": (0.0, 0.5)}
        ax.annotate(
            label.text,
            xy=(1.0, label.y),
            xycoords=place,
            xytext=(1.0 + (34.0 if label.key else 18.0 if moved else 5.0) / width, y),
            textcoords=place,
            va="center",
            ha="left",
            fontsize=size,
            color=label.color if label.key is None else ink(),
            parse_math=False,
            annotation_clip=False,
            arrowprops={**pointer, "shrinkA": 1.0, "shrinkB": 1.0} if moved else None,
        )


def _points(ax: Axes) -> tuple[float, float]:
    """Return about how wide and high an Axes is, in points; titles and labels take some of it later."""
    box, scale = ax.get_window_extent(), 0.92 * 72.0 / ax.figure.dpi
    return max(1.0, box.width * scale), max(1.0, box.height * scale)


def wave_strip(ax: Axes, run: Run, teams: set[str]) -> None:
    """Mark the months of the waves that teach some of these teams, in rows along the bottom.

    The y limits grow downwards to make room, the ticks of y stay above it; x limits are final.
    """
    keys, values = run.series("wave_start")
    begins = {key[2]: int(values[i, 0, 0]) for i, key in enumerate(keys)}
    waves = sorted(
        (begins[wave.id], wave.months, wave.id, wave.name)
        for wave in run.plan.record.waves
        if teams & set(wave.teams)
    )
    if not waves:
        return
    first, last = ax.get_xlim()
    width, height = _points(ax)
    names, rows = _named_rows(waves, width / (last - first))
    row_height = 1.4 * SMALL / height
    low, high = ax.get_ylim()
    share = min(0.45, row_height * (max(rows) + 1.6))
    ticks = ax.yaxis.get_major_locator().tick_values(low, high)
    ax.set_ylim(low - (high - low) * share / (1.0 - share), high)
    ax.set_yticks([tick for tick in ticks if low <= tick <= high])
    place = ax.get_xaxis_transform()
    for (start, months, *_), name, row in zip(waves, names, rows, strict=True):
        y = row_height * (max(rows) - row + 0.5)
        right = start + months - 0.5
        _bar(ax, max(first, start - 0.5), right, y, 0.55 * row_height)
        ax.text(
            right + 3.0 * (last - first) / width,
            y,
            name,
            transform=place,
            va="center_baseline",
            fontsize=SMALL,
            parse_math=False,
            clip_on=True,
        )
    ax.text(
        -5.0 / width,
        row_height * (max(rows) + 1.0) / 2,
        "waves",
        transform=ax.transAxes,
        ha="right",
        va="center_baseline",
        fontsize=SMALL,
    )


def _named_rows(waves: Sequence[tuple[int, int, str, str]], month: float) -> tuple[list[str], list[int]]:
    """Return names that fit and the row of each wave; `month` is the width of a month in points."""
    choices = (
        (4, [shown(name or id, 26) for *_, id, name in waves]),
        (4, [shown(name or id, 18) for *_, id, name in waves]),
        (6, [shown(id, 16) for _, _, id, _ in waves]),
        (0, [str(i + 1) for i in range(len(waves))]),
    )
    for most_rows, names in choices:
        ends = [
            start + length + (0.58 * SMALL * len(name) + 6.0) / month
            for (start, length, *_), name in zip(waves, names, strict=True)
        ]
        rows = _rows([(start, end) for (start, *_), end in zip(waves, ends, strict=True)])
        if max(rows) < most_rows and len(set(names)) == len(names):
            break
    return names, rows


def _bar(ax: Axes, left: float, right: float, y: float, height: float) -> None:
    from matplotlib.patches import Rectangle

    ax.add_patch(
        Rectangle(
            (left, y - height / 2),
            right - left,
            height,
            transform=ax.get_xaxis_transform(),
            facecolor=GRAY,
            edgecolor="none",
            alpha=0.8,
        )
    )


def _rows(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Return a row for each span, in order, so that spans in a row do not overlap."""
    ends: list[float] = []
    rows = []
    for begin, end in spans:
        row = next((i for i, taken in enumerate(ends) if taken <= begin), len(ends))
        ends[row : row + 1] = [end]
        rows.append(row)
    return rows


def note(ax: Axes, x: float, y: float, lines: Sequence[str], *, ha: str, color: str | None = None) -> None:
    """Write lines below (y of the Axes over .5) or above one another, at x in data and y in Axes coordinates.

    Each is a text of its own: what aligns right then does so in any font that shows the picture.
    """
    down = y > 0.5
    for i, line in enumerate(lines if down else lines[::-1]):
        ax.annotate(
            line,
            (x, y),
            xycoords=ax.get_xaxis_transform(),
            xytext=(0, (-i if down else i) * _LINE_HEIGHT * NORMAL),
            textcoords="offset points",
            ha=ha,
            va="top" if down else "bottom",
            fontsize=NORMAL,
            color=color or ink(),
        )
