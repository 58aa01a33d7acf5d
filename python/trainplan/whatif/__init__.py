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
from trainplan.whatif._given import Importance, Share, given_data_indices
from trainplan.whatif._information import Information, Worth, value_of_information
from trainplan.whatif._perfect import expected_value_of_information, unit_normal_loss
from trainplan.whatif._scenarios import read_scenarios, standard_scenarios
from trainplan.whatif._seek import GoalSeek, goal_seek
from trainplan.whatif._shapley import Step, Waterfall
from trainplan.whatif._sobol import Sobol, SobolIndex, sobol_indices
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
    "Importance",
    "Information",
    "Share",
    "Sobol",
    "SobolIndex",
    "Spider",
    "Step",
    "Sweep",
    "Tornado",
    "Waterfall",
    "Worth",
    "compare",
    "expected_value_of_information",
    "given_data_indices",
    "goal_seek",
    "read_scenarios",
    "sobol_indices",
    "spider",
    "standard_scenarios",
    "sweep",
    "tornado",
    "unit_normal_loss",
    "value_of_information",
]
