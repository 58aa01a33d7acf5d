"""What if: scenarios, sweeps, tornado and goal seek, on the same trials as the plan itself.

>>> import trainplan as tp
>>> plan = tp.example("one_team")
>>> found = tp.compare(plan, tp.standard_scenarios(plan), outputs=["npv"], trials=640, progress=False)
>>> found.names[0], len(found.names)
('plan', 5)
"""

from __future__ import annotations

from trainplan.whatif._compare import Comparison, compare
from trainplan.whatif._flips import Flip, Flips
from trainplan.whatif._scenarios import read_scenarios, standard_scenarios
from trainplan.whatif._seek import GoalSeek, goal_seek
from trainplan.whatif._shapley import Step, Waterfall
from trainplan.whatif._sweep import Sweep, sweep
from trainplan.whatif._tornado import Bar, Spider, Tornado, spider, tornado
from trainplan.whatif._turns import Answer

__all__ = [
    "Answer",
    "Bar",
    "Comparison",
    "Flip",
    "Flips",
    "GoalSeek",
    "Spider",
    "Step",
    "Sweep",
    "Tornado",
    "Waterfall",
    "compare",
    "goal_seek",
    "read_scenarios",
    "spider",
    "standard_scenarios",
    "sweep",
    "tornado",
]
