"""Behavior as it reaches the KPIs: spill-over and support staff (docs/method.md, end of section 3)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .inputs import Array, Inputs
from .learning import Cohort
from .schedule import Calendar

Cohorts = Mapping[str, Cohort]


def mean(cohorts: Cohorts, competence: str) -> Array:
    """S: the headcount-weighted mean behavior over the cohorts."""
    people = sum(cohort.people for cohort in cohorts.values())
    return np.asarray(sum(j.people * j.states[competence].S for j in cohorts.values()) / people)


def mean_with_spillover(cohorts: Cohorts, competence: str, month: int, sigma: Array) -> Array:
    """S~: who is not trained picks up a part of what trained colleagues do."""
    trained = {ID: cohort for ID, cohort in cohorts.items() if cohort.trained(month)}
    if not trained:
        return mean(cohorts, competence)
    people = sum(cohort.people for cohort in cohorts.values())
    v = sum(cohort.people for cohort in trained.values()) / people
    least = sigma * v * mean(trained, competence)
    whole = sum(
        j.people * (j.states[competence].S if ID in trained else np.maximum(j.states[competence].S, least))
        for ID, j in cohorts.items()
    )
    return np.asarray(whole / people)


def support(inputs: Inputs, calendar: Calendar, cohorts_of: Mapping[str, Cohorts], team: str) -> Array:
    """S_sup: behavior of the support teams that this team names, in what their waves teach."""
    names = inputs.field(f"teams.{team}.support_teams", [])
    whole, heads = inputs.zero, inputs.zero
    for name in names:
        people = inputs.number(f"teams.{name}.people")
        taught = calendar.competences(name)
        behavior = sum((mean(cohorts_of[name], c) for c in taught), inputs.zero)
        whole = whole + people * behavior / max(1, len(taught))
        heads = heads + people
    return whole / heads


def effective(inputs: Inputs, team: str, behavior: Array, supported: Array | None) -> Array:
    """S_eff of a behavior S~ (or S), `supported` = S_sup; None where the team names no support teams."""
    if supported is None:
        return behavior
    w = inputs.number(f"teams.{team}.support_dependence")
    return np.asarray(np.minimum(1.0, behavior * (1.0 - w + w * supported) / (1.0 - w)))
