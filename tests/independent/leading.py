"""Leading indicators: docs/method.md, end of section 4."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .inputs import Array, Inputs
from .learning import Cohort, Course
from .schedule import UNTRAINED, Calendar

LEADING = (
    "completion", "knowledge", "application", "coaching_hours", "coaching_sessions", "plans_reviewed",
)  # fmt: skip


def own_completion(inputs: Inputs, courses: Mapping[str, Course], cohort: str) -> Array:
    """q_j: the mean completion of the modules of the cohort's own wave."""
    modules = inputs.field(f"waves.{cohort}.modules")
    return np.asarray(sum(courses[ID].completion for ID in modules) / len(modules))


def indicators(
    inputs: Inputs,
    calendar: Calendar,
    team: str,
    cohorts: Mapping[str, Cohort],
    courses: Mapping[str, Course],
    *,
    month: int,
    transfer: Array,
    dose: Array,
) -> dict[str, tuple[Array, Array]]:
    """Each indicator of the month without and with the programme; none for a team that no wave teaches."""
    if not any(team in wave["teams"] for wave in calendar.waves):
        return {}
    people = sum(cohort.people for cohort in cohorts.values())
    trained, completed = inputs.zero, inputs.zero
    for ID, cohort in cohorts.items():
        if ID != UNTRAINED and cohort.trained(month):
            trained = trained + cohort.people / people
            completed = completed + cohort.people / people * own_completion(inputs, courses, ID)
    found = {
        "completion": 100.0 * completed,
        "application": 100.0 * transfer * completed,
        "coaching_hours": dose * trained,
        "plans_reviewed": 100.0 * inputs.number("practices.plan_reviewed.level", 0.0) * trained,
    }
    if inputs.has("reinforcement.coaching_sessions"):
        minutes = inputs.number("reinforcement.coaching_minutes")
        found["coaching_sessions"] = found["coaching_hours"] / (minutes / 60.0)
    both = {ID: (inputs.zero, value) for ID, value in found.items()}
    if inputs.has(f"teams.{team}.baseline.knowledge"):
        k0 = inputs.number(f"teams.{team}.baseline.knowledge")
        taught = calendar.competences(team)
        known = sum(j.people * j.states[c].K for j in cohorts.values() for c in taught)
        both["knowledge"] = (k0, k0 + (100.0 - k0) * known / people / len(taught))
    return both
