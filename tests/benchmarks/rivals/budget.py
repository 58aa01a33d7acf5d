"""What the rivals of `programme.py` pay for: units by month, and who shares the coaches."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from independent.schedule import ROUNDING
from rivals.plan import Facts

Array = NDArray[np.float64]


def runs(marks: list[bool]) -> list[slice]:
    """The marked places as slices without gaps."""
    starts = [i for i, mark in enumerate(marks) if mark and not (i and marks[i - 1])]
    ends = [i + 1 for i, mark in enumerate(marks) if mark and not (i + 1 < len(marks) and marks[i + 1])]
    return [slice(*ends_of) for ends_of in zip(starts, ends, strict=True)]


class Budget:
    """Units of everything that money is paid for, by month from 0 on."""

    def __init__(self, facts: Facts) -> None:
        calendar, plan, months, teams = facts.calendar, facts.plan, facts.months, facts.teams
        waves, modules = calendar.waves, {module["id"]: module for module in plan["modules"]}
        hours = {ID: facts.number(f"modules.{ID}.hours") for ID in modules}
        with_repeats = {ID: hours[ID] * (1 + facts.number(f"modules.{ID}.fail_rate")) for ID in modules}
        people = {team.id: team.people for team in teams}
        languages = len(plan["programme"]["languages"])
        every = int(plan["reinforcement"]["refresher_every"])
        refresher = facts.number("reinforcement.refresher_hours")

        # Hours off the floor that are certain, and people coached, by team.
        self.off_floor = np.zeros((len(teams), months + 1))
        self.coached = np.zeros((len(teams), months + 1))
        for row, team in enumerate(teams):
            for wave in waves:
                first, last = calendar.first[wave["id"]], calendar.last(wave)
                if team.id in wave["teams"]:
                    hours_a_head = sum(with_repeats[ID] for ID in wave["modules"])
                    self.off_floor[row, first : last + 1] += team.people * hours_a_head / (last - first + 1)
            self.off_floor[row, team.trained + every :: every] += team.people * refresher
            self.coached[row, team.trained + 1 :] = team.people
        self.refreshed = [
            runs([month > t.trained and not (month - t.trained) % every for t in teams])
            for month in range(months + 1)
        ]
        patterns = {tuple(column) for column in self.coached.T if any(column)}
        self.coached_people = [np.array(column) for column in sorted(patterns)]  # by team: who shares coaches
        self.coached_when = [(column == self.coached.T).all(axis=1) for column in self.coached_people]

        self.units: dict[str, Array] = {}  # cost line: units by month
        self.hired = ""  # lines that count what only a trial knows
        self.coaching = ""
        self.developed = ""
        for line in plan["costs"]:
            units = np.zeros(months + 1)
            ID, driver, at = line["id"], line["driver"], int(line["month"])
            first, last = int(line["first_month"]), int(line.get("last_month") or months)
            if driver == "new_hire":
                assert not self.hired
                self.hired = ID
                continue
            if driver == "coaching_hour":
                assert not self.coaching
                self.coaching = ID
                continue
            if driver in ("once", "development_hour"):
                units[at] = 1
                assert driver == "once" or not self.developed
                self.developed = ID if driver == "development_hour" else self.developed
            elif driver == "language_hour":
                units[at] = languages * sum(hours.values())
            elif driver == "month":
                units[first : last + 1] = 1
            elif driver == "seat_month":
                for team in teams:
                    begun = calendar.first[calendar.own_waves(team.id)[0]["id"]]
                    units[max(first, begun) : last + 1] += team.people
            else:
                named = line["waves"] or [wave["id"] for wave in waves]
                for wave in (wave for wave in waves if wave["id"] in named):
                    learners = sum(people[team] for team in wave["teams"])
                    count = learners
                    if driver == "class":
                        count = math.ceil(learners / float(wave["class_size"]) - ROUNDING)
                    units[calendar.first[wave["id"]] : calendar.last(wave) + 1] += count / int(wave["months"])
            self.units[ID] = units
        assert self.hired
        assert self.coaching
        assert self.developed
        rate = facts.number("programme.discount_rate")
        month = np.arange(months + 1)
        self.discount = (1 + rate) ** -(np.maximum(month - 0.5, 0) / 12)
