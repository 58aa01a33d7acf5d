"""Plan a customer-service training programme, and defend the plan.

>>> import trainplan as tp
>>> plan = tp.example("one_team")
>>> run = tp.simulate(plan, trials=1024, seed=1, progress=False)
>>> run["npv"].shape
(1024,)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from trainplan._core import Cancelled, InputError, Quantity, SolveError, __version__
from trainplan.plan import Check, Plan, check, example, examples, read_plan

# A function named like its package: it has to be imported here, where it takes the package's name.
from trainplan.report import report
from trainplan.run import Run, simulate

if TYPE_CHECKING:
    from trainplan import (
        benefit,
        budget,
        correlation,
        curriculum,
        finance,
        gate,
        kpi,
        plots,
        reinforcement,
        statistics,
        transfer,
        utility,
        whatif,
        workforce,
    )
    from trainplan._saved import read_run
    from trainplan._schema import schema
    from trainplan.whatif import (
        compare,
        given_data_indices,
        goal_seek,
        read_scenarios,
        sobol_indices,
        spider,
        standard_scenarios,
        sweep,
        tornado,
        value_of_information,
    )

# Rooms of formulas are loaded when they are first named: `import trainplan` stays quick.
_ROOMS = (
    "benefit",
    "budget",
    "correlation",
    "curriculum",
    "finance",
    "gate",
    "kpi",
    "plots",
    "reinforcement",
    "statistics",
    "transfer",
    "utility",
    "whatif",
    "workforce",
)
_WHAT_IF = (
    "compare",
    "given_data_indices",
    "goal_seek",
    "read_scenarios",
    "sobol_indices",
    "spider",
    "standard_scenarios",
    "sweep",
    "tornado",
    "value_of_information",
)

__all__ = [
    "Cancelled",
    "Check",
    "InputError",
    "Plan",
    "Quantity",
    "Run",
    "SolveError",
    "__version__",
    "benefit",
    "budget",
    "check",
    "compare",
    "correlation",
    "curriculum",
    "example",
    "examples",
    "finance",
    "gate",
    "given_data_indices",
    "goal_seek",
    "kpi",
    "plots",
    "read_plan",
    "read_run",
    "read_scenarios",
    "reinforcement",
    "report",
    "schema",
    "simulate",
    "sobol_indices",
    "spider",
    "standard_scenarios",
    "statistics",
    "sweep",
    "tornado",
    "transfer",
    "utility",
    "value_of_information",
    "whatif",
    "workforce",
]


def __getattr__(name: str) -> Any:
    if name == "read_run":
        return importlib.import_module("trainplan._saved").read_run
    if name == "schema":
        return importlib.import_module("trainplan._schema").schema
    if name in _WHAT_IF:
        return getattr(importlib.import_module("trainplan.whatif"), name)
    if name in _ROOMS:
        return importlib.import_module(f"trainplan.{name}")
    raise AttributeError(f"module 'trainplan' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
