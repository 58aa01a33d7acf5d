"""Competences that are always taught together share one state in the rivals of `programme.py`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rivals.plan import LIFTS, Facts

Array = NDArray[np.float64]


def group_weights(
    weights: list[dict[str, float]], parts: list[list[int]], final: list[tuple[set[str], Any]]
) -> Array:
    """Weights of competences, added up by group."""
    return np.array(
        [[sum(by.get(c, 0.0) for g in part for c in final[g][0]) for part in parts] for by in weights]
    )


class Courses:
    """Groups of competences that share a state, when they part, and what teaches them."""

    def __init__(self, facts: Facts) -> None:
        plan, calendar, months, teams = facts.plan, facts.calendar, facts.months, facts.teams
        lifts = {lift["id"]: lift for lift in plan["lifts"]}
        modules = {module["id"]: module for module in plan["modules"]}
        weights = {lift: dict(lifts[lift]["competences"]) for lift in LIFTS}
        support = next(team.id for team in teams if not team.contact)
        in_support = calendar.competences(support)
        needed = {c for by in weights.values() for c in by}
        assert needed <= set(modules[plan["onboarding"]["modules"][0]]["competences"])
        assert set(in_support) <= needed
        courses: dict[int, list[tuple[str, str]]] = {}  # month of the end: (team, module)
        for wave in calendar.waves:
            month = calendar.last(wave)
            for team in wave["teams"]:
                assert not wave["follow_up"] or calendar.taught(wave, team)
                courses.setdefault(month, []).extend((team, ID) for ID in sorted(wave["modules"]))

        def history(c: str, until: int) -> frozenset[tuple[str, int, str]]:
            """Courses on the competence; of the support team only where its state is used."""
            used = c in in_support or c in weights["attrition"]
            return frozenset(
                (team, month, ID)
                for month, taught in courses.items()
                for team, ID in taught
                if month <= until and c in modules[ID]["competences"] and (team != support or used)
            )

        final: list[tuple[set[str], frozenset[tuple[str, int, str]]]] = []
        for c in sorted(needed, key=lambda c: (c not in in_support, c not in weights["attrition"], c)):
            whole = history(c, months)
            free = c not in in_support and c not in weights["attrition"]
            for members, known in final:
                same = {row for row in known if row[0] != support} if free else known
                if whole == same:
                    members.add(c)
                    break
            else:
                final.append(({c}, whole))
        parts: list[list[int]] = [list(range(len(final)))]  # final groups of each present group
        self.splits: dict[int, list[int]] = {}  # month: groups that new ones are copied from, before courses
        self.taught: dict[int, list[tuple[str, str, list[int]]]] = {}  # month: team, module, groups
        self.untaught: list[list[tuple[int, int]]] = []  # month: group, trained team without a course on it
        self.weights: list[Array] = []  # month: lift x group, of the state at the start of the month
        self.in_support: list[Array] = []  # month: weight of each group in the support team's mean
        for month in range(months + 1):
            self.weights.append(group_weights([weights[lift] for lift in LIFTS], parts, final))
            self.untaught.append(
                [
                    (i, row)
                    for i, part in enumerate(parts)
                    for row, team in enumerate(teams)
                    if team.trained < month
                    and not any(t == team.id and m < month for t, m, _ in final[part[0]][1])
                ]
            )
            mean = {c: 1 / len(in_support) for c in in_support}
            self.in_support.append(group_weights([mean], parts, final)[0])
            for i in range(len(parts)):
                classes: dict[object, list[int]] = {}
                for g in parts[i]:
                    until = frozenset(row for row in final[g][1] if row[1] <= month)
                    classes.setdefault(until, []).append(g)
                first, *others = classes.values()
                parts[i] = first
                for other in others:
                    parts.append(other)
                    self.splits.setdefault(month, []).append(i)
            for team, ID in courses.get(month, []):
                rows = [
                    i for i, part in enumerate(parts) if (team, month, ID) in final[part[0]][1]
                ]  # all of a part alike
                self.taught.setdefault(month, []).append((team, ID, rows))
        self.most_groups = len(parts)
