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
from trainplan.run import Run, simulate

if TYPE_CHECKING:
    from trainplan import (
        benefit,
        budget,
        curriculum,
        finance,
        kpi,
        reinforcement,
        statistics,
        transfer,
        workforce,
    )

# Rooms of formulas are loaded when they are first named: `import trainplan` stays quick.
_ROOMS = (
    "benefit",
    "budget",
    "curriculum",
    "finance",
    "kpi",
    "reinforcement",
    "statistics",
    "transfer",
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
    "curriculum",
    "example",
    "examples",
    "finance",
    "kpi",
    "read_plan",
    "reinforcement",
    "simulate",
    "statistics",
    "transfer",
    "workforce",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"trainplan.{name}")
    raise AttributeError(f"module 'trainplan' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
