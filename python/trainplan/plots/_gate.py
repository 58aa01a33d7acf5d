"""The picture of a gate: how often it decides what, by the true change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trainplan.plots import _style
from trainplan.plots._whatif import need

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from trainplan.gate import OperatingCharacteristics


def gate(found: OperatingCharacteristics, ax: Axes | None = None) -> Axes:
    """Draw the chances of a go, of a longer look and of a stop at the first look, and of a go in the end.

    Parameters
    ----------
    found
        What `trainplan.gate.operating_characteristics` returned, over a grid of true changes.
    ax
        Where to draw; a new figure where None.

    Examples
    --------
    >>> import trainplan as tp
    >>> rule = tp.gate.Rule(target_value=6.0)
    >>> found = tp.gate.operating_characteristics(rule, range(-4, 13), [3.0, 2.3])
    >>> tp.plots.gate(found).get_ylabel()
    'Chance, %'
    """
    from trainplan.gate import OperatingCharacteristics

    need(found, OperatingCharacteristics, "found", "trainplan.gate.operating_characteristics")
    ax = _style.axes(ax)
    order = np.argsort(found.effects, kind="stable")
    x = found.effects[order]
    several = len(found.se) > 1
    lines = [("go at the first look" if several else "go", found.go_at_first, _style.BLUE, "-")]
    if several:
        lines += [
            ("go in the end", found.go, _style.BLUE, ":"),
            ("look longer", found.extend_at_first, _style.GRAY, "-."),
        ]
    lines.append(
        ("stop at the first look" if several else "stop", found.stop_at_first, _style.VERMILION, "--")
    )
    for name, chances, color, style in lines:
        ax.plot(x, 100.0 * chances[order], color=color, linestyle=style, linewidth=1.8, label=name)
    marks = (("lower reference", found.rule.lower_reference), ("target", found.rule.target_value))
    for name, value in marks:
        ax.axvline(value, color=_style.ink(), linewidth=0.8, linestyle=(0, (1, 2)))
        ax.annotate(
            name,
            (value, 101.0),
            xytext=(3, 0),
            textcoords="offset points",
            fontsize=_style.SMALL,
            va="bottom",
            annotation_clip=False,
        )
    ax.set_ylim(0.0, 100.0)
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=_style.NORMAL)
    _style.write(ax, title="", x="True change, KPI units", y="Chance, %")
    ax.set_title("What the gate decides", loc="left", fontsize=_style.TITLE, pad=18)
    return ax
