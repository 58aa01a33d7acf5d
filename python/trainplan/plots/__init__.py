"""Pictures of a run: Axes in, Axes out.

Every function draws on the Axes that it is given, or on a new one, and returns it; nothing is shown or saved.
They read in print and without color: line styles, hatches and labels at the lines say what color says too.
Needs matplotlib: ``pip install trainplan[plots]``.

>>> import trainplan as tp
>>> run = tp.simulate(tp.example("one_team"), trials=256, progress=False)
>>> from matplotlib.figure import Figure
>>> ax = tp.plots.fan(run, "csat", ax=Figure().add_subplot())
>>> ax.get_ylabel()
'Customer satisfaction, %'
"""

from __future__ import annotations

from trainplan.plots._gate import gate
from trainplan.plots._money import cash_flow, costs_and_benefits, npv_distribution
from trainplan.plots._paths import behavior, fan
from trainplan.plots._sweeps import heat_map, sweep
from trainplan.plots._whatif import spider, tornado, waterfall

__all__ = [
    "behavior",
    "cash_flow",
    "costs_and_benefits",
    "fan",
    "gate",
    "heat_map",
    "npv_distribution",
    "spider",
    "sweep",
    "tornado",
    "waterfall",
]
