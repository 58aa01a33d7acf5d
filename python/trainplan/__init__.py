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
        kpi,
        plots,
        reinforcement,
        statistics,
        transfer,
        utility,
        workforce,
    )

# Rooms of formulas are loaded when they are first named: `import trainplan` stays quick.
_ROOMS = (
    "benefit",
    "budget",
    "correlation",
    "curriculum",
    "finance",
    "kpi",
    "plots",
    "reinforcement",
    "statistics",
    "transfer",
    "utility",
    "workforce",
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
    "correlation",
    "curriculum",
    "example",
    "examples",
    "finance",
    "kpi",
    "plots",
    "read_plan",
    "reinforcement",
    "report",
    "simulate",
    "statistics",
    "transfer",
    "utility",
    "workforce",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"trainplan.{name}")
    raise AttributeError(f"module 'trainplan' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
