"""A plan as all rivals of `programme.py` read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rivals.budget import Budget
from rivals.courses import Courses
from rivals.plan import Facts


class Programme(Facts):
    """The certain part of a plan, with its courses and what is paid for."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        super().__init__(plan)
        self.courses = Courses(self)
        self.budget = Budget(self)
