"""Costs of one month: docs/method.md, section 6."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .inputs import Array, Inputs, Record
from .learning import Cohort, Course
from .schedule import ROUNDING, Calendar

Cohorts = Mapping[str, Cohort]
TIME = "participants_time"
OF_TEAMS = ("learner", "learner_hour", "coaching_hour", "seat_month", "new_hire")


@dataclass(frozen=True)
class TeamMonth:
    """What a team's month costs."""

    off_floor: Array  # [h]
    backfill: Array  # [currency] of participants' time, cash
    lines: dict[str, Array]  # [currency] by cost line, participants' time among them


class Costs:
    """The budget of one programme."""

    def __init__(self, inputs: Inputs, calendar: Calendar, courses: Mapping[str, Course]) -> None:
        self.inputs, self.calendar, self.courses = inputs, calendar, courses
        self.lines = inputs.records("costs")

    def amount(self, line: Record) -> Array:
        return self.inputs.number(f"costs.{line['id']}.amount")

    def spent(self, line: Record, month: int) -> bool:
        """Whether the month lies in the line's months."""
        return int(line["first_month"]) <= month <= int(line.get("last_month") or self.inputs.horizon)

    def running(self, line: Record, month: int) -> list[Record]:
        """The waves of the month that the line counts."""
        named = line.get("waves") or [wave["id"] for wave in self.calendar.waves]
        return [w for w in self.calendar.waves if self.calendar.runs(w, month) and w["id"] in named]

    def learners(self, wave: Record, team: str, cohorts: Cohorts) -> Array:
        taught = self.calendar.taught(wave, team)
        return sum((cohorts[ID].people for ID in taught), self.inputs.zero)

    def hours(self, wave: Record) -> Array:
        """[h] a learner of the wave, repeats included."""
        return sum((self.courses[ID].hours for ID in wave["modules"]), self.inputs.zero)

    def onboarded(self, hires: Array, month: int) -> Array:
        inputs = self.inputs
        live = inputs.has("onboarding") and month >= int(inputs.field("onboarding.from_month"))
        return hires if live else inputs.zero

    def price(self, team: str) -> tuple[Array, Array]:
        """[currency/h] off the floor: backfill, and what is lost to the floor."""
        inputs = self.inputs
        share = inputs.number("workforce.backfill_share")
        agency = inputs.zero
        if inputs.has("workforce.backfill_hourly_cost"):
            agency = inputs.number("workforce.backfill_hourly_cost")
        own = inputs.number(f"teams.{team}.hourly_cost") * inputs.number("workforce.realization")
        on_floor = 1.0 - inputs.number(f"teams.{team}.shrinkage")
        return share * agency / on_floor, (1.0 - share) * own / on_floor

    def of_team(self, team: str, cohorts: Cohorts, month: int, dose: Array, hires: Array) -> TeamMonth:
        """Participants' time and the lines that count a team's people."""
        inputs, zero = self.inputs, self.inputs.zero
        every = int(inputs.field("reinforcement.refresher_every"))
        coached = sum((j.people for j in cohorts.values() if j.trained(month)), zero)
        refreshed = sum((j.people for j in cohorts.values() if j.refreshed(month, every)), zero)
        onboarded = self.onboarded(hires, month)

        off_floor = coached * dose + refreshed * inputs.number("reinforcement.refresher_hours")
        for wave in self.calendar.waves:
            if self.calendar.runs(wave, month):
                hours = self.learners(wave, team, cohorts) * self.hours(wave)
                off_floor = off_floor + hours / int(wave["months"])
        if inputs.has("onboarding"):
            off_floor = off_floor + onboarded * inputs.number("onboarding.extra_hours")
        backfill, lost = self.price(team)
        lines = {TIME: off_floor * backfill + off_floor * lost}

        begun = [
            wave["id"] for wave in self.calendar.own_waves(team) if self.calendar.first[wave["id"]] <= month
        ]
        for line in self.lines:
            waves = self.running(line, month)
            learners = [self.learners(w, team, cohorts) / int(w["months"]) for w in waves]
            taught = [people * self.hours(w) for people, w in zip(learners, waves, strict=True)]
            seats = sum((cohorts[ID].people for ID in begun), zero) if self.spent(line, month) else zero
            units = {
                "learner": sum(learners, zero),
                "learner_hour": sum(taught, zero),
                "coaching_hour": coached * dose,
                "seat_month": seats,
                "new_hire": onboarded,
            }
            if line["driver"] in OF_TEAMS:
                lines[line["id"]] = self.amount(line) * units[line["driver"]]
        return TeamMonth(off_floor, off_floor * backfill, lines)

    def of_programme(self, cohorts_of: Mapping[str, Cohorts], month: int) -> dict[str, Array]:
        """The lines that belong to no team; month 0 too."""
        inputs = self.inputs
        modules = [f"modules.{module['id']}" for module in inputs.records("modules")]
        hours = {path: inputs.number(f"{path}.hours") for path in modules}
        developed = sum(
            (hours[path] * inputs.number(f"{path}.development_ratio") for path in modules), inputs.zero
        )
        languages = len(inputs.field("programme.languages", []))
        lines = {}
        for line in self.lines:
            if line["driver"] in OF_TEAMS:
                continue
            in_month = float(month == int(line["month"]))
            units = {
                "once": inputs.zero + in_month,
                "month": inputs.zero + float(month > 0 and self.spent(line, month)),
                "class": sum((self.classes(w, cohorts_of) for w in self.running(line, month)), inputs.zero),
                "development_hour": developed * in_month,
                "language_hour": languages * sum(hours.values(), inputs.zero) * in_month,
            }
            lines[line["id"]] = self.amount(line) * units[line["driver"]]
        return lines

    def classes(self, wave: Record, cohorts_of: Mapping[str, Cohorts]) -> Array:
        """Whole classes of the wave, spread over its months."""
        learners = sum(
            (self.learners(wave, team, cohorts) for team, cohorts in cohorts_of.items()), self.inputs.zero
        )
        # A share such as 0.07 of 100 people is 7.000000000000001 in binary and fills one class of 7, not two.
        return np.ceil(learners / float(wave["class_size"]) - ROUNDING) / int(wave["months"])
