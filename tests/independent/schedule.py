"""Teams, waves, cohorts, and when each wave takes place: docs/method.md, section 2."""

from __future__ import annotations

import math

from .inputs import Array, Inputs, Record

UNTRAINED = "untrained"
# A share or a sum of hours that is whole in decimals may miss it by a rounding in binary.
ROUNDING = 1e-9


def calendar_month(inputs: Inputs, month: int) -> int:
    """Calendar month 1..12 of a month of the programme."""
    start = inputs.field("programme.start", "")
    first = int(start.split("-")[1]) if start else 1
    return (first + month - 2) % 12 + 1


def length(wave: Record) -> int:
    return int(wave["months"])


def stated_last(wave: Record) -> int:
    return int(wave["start"]) + length(wave) - 1


class Calendar:
    """The month s_w in which each wave starts, and the cohorts that the waves make."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.waves = inputs.records("waves")
        self.first: dict[str, int] = {}
        for wave in sorted(self.waves, key=lambda w: (stated_last(w), int(w["start"]), w["id"])):
            self.first[wave["id"]] = self.place(wave)

    def last(self, wave: Record) -> int:
        """e_w: the wave's last month."""
        return self.first[wave["id"]] + length(wave) - 1

    def runs(self, wave: Record, month: int) -> bool:
        return self.first[wave["id"]] <= month <= self.last(wave)

    # -- the schedule ---------------------------------------------------------------------------------------

    def place(self, wave: Record) -> int:
        earliest = max(int(wave["start"]), 1 + math.ceil(self.lead(wave) - ROUNDING))
        for month in range(earliest, self.inputs.horizon - length(wave) + 2):
            if self.outside_peaks(wave, month) and self.after_others(wave, month):
                return month
        raise ValueError(f"waves.{wave['id']} does not end within {self.inputs.horizon} months")

    def lead(self, wave: Record) -> float:
        """[months] of work before the wave."""
        if wave.get("lead_time") is not None:
            return float(wave["lead_time"])
        if self.inputs.field("development.capacity") is None:
            return 0.0
        languages = len(self.inputs.field("programme.languages", []))
        return (
            self.development_hours(wave) / float(self.inputs.field("development.capacity"))
            + float(self.inputs.field("development.language_months", 0.0)) * languages
            + float(self.inputs.field("development.integration_months", 0.0))
        )

    def development_hours(self, wave: Record) -> float:
        """[h] of development of all modules that this wave or one before it teaches, each counted once."""
        place = (int(wave["start"]), wave["id"])
        before = [w for w in self.waves if (int(w["start"]), w["id"]) <= place]
        modules = sorted({module for w in before for module in w["modules"]})
        return sum(
            self.inputs.median(f"modules.{ID}.hours") * self.inputs.median(f"modules.{ID}.development_ratio")
            for ID in modules
        )

    def outside_peaks(self, wave: Record, start: int) -> bool:
        """Whether the wave's hours a head stay within the cap of every peak season it meets."""
        for season in self.inputs.records("peak_seasons"):
            months = range(start, start + length(wave))
            if not any(in_season(season, calendar_month(self.inputs, month)) for month in months):
                continue
            for team in wave["teams"]:
                concerned = not season.get("teams") or team in season["teams"]
                if concerned and self.hours_a_head(wave, team) > float(season["cap"]) + 1e-9:
                    return False
        return True

    def hours_a_head(self, wave: Record, team: str) -> float:
        """[h/person/month] that the wave takes off the floor, over all heads of the team."""
        share = float(wave["share"])
        if wave["follow_up"]:
            share = sum(
                float(own["share"]) for own in self.own_waves(team) if stated_last(own) < stated_last(wave)
            )
        hours = sum(
            self.inputs.median(f"modules.{ID}.hours") * (1.0 + self.inputs.median(f"modules.{ID}.fail_rate"))
            for ID in wave["modules"]
        )
        return share * hours / length(wave)

    def after_others(self, wave: Record, start: int) -> bool:
        """Whether a follow-up ends after the waves that it follows."""
        if not wave["follow_up"]:
            return True
        needed = {p for ID in wave["modules"] for p in self.inputs.field(f"modules.{ID}.prerequisites", [])}
        for other in self.waves:
            if stated_last(other) >= stated_last(wave) or not set(other["teams"]) & set(wave["teams"]):
                continue
            followed = not other["follow_up"] or bool(needed & set(other["modules"]))
            if followed and start + length(wave) - 1 <= self.last(other):
                return False
        return True

    # -- cohorts --------------------------------------------------------------------------------------------

    def own_waves(self, team: str) -> list[Record]:
        """The waves that make a cohort of the team."""
        return [wave for wave in self.waves if not wave["follow_up"] and team in wave["teams"]]

    def shares(self, team: str) -> dict[str, Array]:
        """Share of the team's people in each cohort: one a wave that teaches the team, and the rest."""
        zero = self.inputs.zero
        shares = {wave["id"]: zero + float(wave["share"]) for wave in self.own_waves(team)}
        rest = 1.0 - sum(float(wave["share"]) for wave in self.own_waves(team))
        return shares if rest <= ROUNDING else shares | {UNTRAINED: zero + rest}

    def trained_in(self, cohort: str) -> int | None:
        """e_w of the cohort's own wave; None for the untrained."""
        return None if cohort == UNTRAINED else self.last(self.inputs.field(f"waves.{cohort}"))

    def taught(self, wave: Record, team: str) -> list[str]:
        """Ids of the team's cohorts that this wave teaches."""
        if team not in wave["teams"]:
            return []
        if not wave["follow_up"]:
            return [wave["id"]]
        return [own["id"] for own in self.own_waves(team) if self.last(own) < self.last(wave)]

    def competences(self, team: str) -> list[str]:
        """Competences that waves, follow-ups included, teach the team."""
        modules = {module for wave in self.waves if team in wave["teams"] for module in wave["modules"]}
        return sorted({c for ID in modules for c in self.inputs.field(f"modules.{ID}.competences")})


def in_season(season: Record, calendar: int) -> bool:
    first, last = int(season["first_month"]), int(season["last_month"])
    if first <= last:
        return first <= calendar <= last
    return calendar >= first or calendar <= last
