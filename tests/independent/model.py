"""The model of docs/method.md, written a second time from that page alone, to check the library.

Clarity before speed: loops over months, teams, cohorts and competences; each number is an array over trials.
Section 1 is in `quantity.py`, 2 in `inputs.py`, 3 in `learning.py`, 4 in `kpis.py`, 7 in `finance.py`; the
months, benefits and costs (5, 6) are here.

Over 400 lines: one month loop, in the order of the text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .finance import outputs
from .inputs import UNTRAINED, Array, Inputs, Key, Record, cohort_shares, last_month, taught_cohorts
from .kpis import Lift, base_value, kpi_definitions, link, unlink
from .learning import (
    Cohort,
    State,
    competence_ids,
    courses,
    learning,
    practice_levels,
    sustained_practice,
    weighted_practice,
)
from .quantity import Distribution, resolve

__all__ = ["Distribution", "evaluate", "resolve"]

TIME = "participants_time"


def evaluate(plan: Mapping[str, Any], values: Mapping[str, Any]) -> dict[Key, Array]:
    """Every monthly series and per-trial output of a plan, all its quantities drawn.

    `plan` is the plan as a nested dict with its defaults filled in; `values` has the value of each quantity
    by path, a number or an array of one value a trial. The result is keyed by (what, team, item, cohort,
    competence); series run over months 0..H (x trials), NaN where a month has no value.
    """
    programme = Programme(Inputs(plan, values))
    for month in range(1, programme.horizon + 1):
        programme.live_through(month)
    programme.count_once()
    programme.add_up()
    return programme.results()


class Team:
    """A team: its cohorts, its KPIs in the month that was computed last, its customers."""

    def __init__(self, programme: Programme, ID: str) -> None:
        inputs = programme.inputs
        self.ID, self.path = ID, f"teams.{ID}"
        self.people = inputs.number(f"{self.path}.people")
        self.cohorts = {
            cohort: Cohort(
                share * self.people,
                None if cohort == UNTRAINED else last_month(inputs.field(f"waves.{cohort}")),
                programme.competences,
                programme.new_half_life,
            )
            for cohort, share in cohort_shares(inputs, ID).items()
        }
        named = list(inputs.field(f"{self.path}.baseline", {}))
        bases = {kpi: base_value(inputs, ID, kpi) for kpi in [*named, "attrition"]}
        self.base = {kpi: base for kpi, base in bases.items() if base is not None}
        self.lifts = {
            kpi: [(lift, lift.effect(ID, programme.kpis[kpi])) for lift in programme.lifts if lift.kpi == kpi]
            for kpi in self.base
        }
        self.without = {
            kpi: unlink(link(base, programme.kpis[kpi]), programme.kpis[kpi])
            for kpi, base in self.base.items()
        }
        self.attrition_before = self.base["attrition"]
        self.customers_without = inputs.number(f"{self.path}.customers")
        self.customers_gained = np.zeros(inputs.trials)


class Programme:
    """One programme in all its trials."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.horizon = int(inputs.field("programme.months"))
        self.series: dict[Key, Array] = {}
        self.learning = learning(inputs)
        self.transfer = self.learning.transfer(weighted_practice(inputs))
        self.peers = inputs.number("reinforcement.peer_community")
        self.support = inputs.number("reinforcement.performance_support")
        self.new_half_life = self.learning.half_life_with(
            sustained_practice(practice_levels(inputs), self.peers)
        )
        self.competences = competence_ids(inputs)
        self.courses = courses(inputs)
        self.waves = inputs.records("waves")
        self.kpis = kpi_definitions(inputs)
        self.lifts = [Lift(inputs, record, self.learning) for record in inputs.records("lifts")]
        self.beta = inputs.number("programme.extrapolation")
        self.new_hire = self.onboarded_hire()
        self.teams = [Team(self, record["id"]) for record in inputs.records("teams")]

    # -- writing down ---------------------------------------------------------------------------------------

    def put(
        self,
        month: int,
        value: Array,
        what: str,
        team: str = "",
        item: str = "",
        cohort: str = "",
        competence: str = "",
    ) -> None:
        """Add a month's value to a series; costs are 0 where nothing falls due, others have no value."""
        key = (what, team, item, cohort, competence)
        if key not in self.series:
            empty = 0.0 if what in ("cost", "cash_flow") else math.nan
            self.series[key] = np.full((self.horizon + 1, self.inputs.trials), empty)
        here = self.series[key][month]
        self.series[key][month] = np.where(np.isnan(here), value, here + value)

    def results(self) -> dict[Key, Array]:
        return {key: value[..., 0] if self.inputs.scalar else value for key, value in self.series.items()}

    # -- section 3 ------------------------------------------------------------------------------------------

    def onboarded_hire(self) -> dict[str, State]:
        """A new hire's state by competence after the onboarding modules, in the order of their ids."""
        states = {competence: State(self.inputs.trials) for competence in self.competences}
        self.teach(states, self.inputs.field("onboarding.modules", []))
        return states

    def teach(self, states: Mapping[str, State], modules: list[str]) -> None:
        for module in sorted(modules):
            for competence in self.courses[module].competences:
                states[competence].train(self.courses[module].gain, self.transfer, self.learning)

    def dose(self, month: int) -> Array:
        """[h] of coaching of a coached person: as planned, or what all coaches together can give."""
        planned = self.inputs.number("reinforcement.coaching_hours")
        coached = self.coached_people(self.teams, month)
        if not self.inputs.has("reinforcement.coach_capacity") or not np.any(coached > 0.0):
            return planned
        return np.minimum(planned, self.inputs.number("reinforcement.coach_capacity") / coached)

    def coached_people(self, teams: list[Team], month: int) -> Array:
        zero = np.zeros(self.inputs.trials)
        return sum((j.people for t in teams for j in t.cohorts.values() if j.coached(month)), zero)

    def live_through(self, month: int) -> None:
        """One month: the behavior at its start moves KPIs and money, then people forget, leave and learn."""
        dose = self.dose(month)
        for team in self.teams:
            self.write_behavior(team, month)
            kpis = self.write_kpis(team, month)
            leaving = np.minimum(1.0, team.attrition_before / 1200.0)
            self.contact_work(team, kpis, month)
            kpis = self.retention(team, kpis, month)
            self.hiring(team, kpis, month)
            for kpi, value in kpis.items():
                self.put(month, value, "kpi", team.ID, kpi)
            self.write_costs(team, month, dose, team.people * leaving)
            self.learn_and_forget(team, month, dose, leaving)
            team.attrition_before = kpis["attrition"]
        self.aggregate_kpis(month)

    def learn_and_forget(self, team: Team, month: int, dose: Array, leaving: Array) -> None:
        onboarded = self.inputs.has("onboarding") and month >= int(self.inputs.field("onboarding.from_month"))
        untaught = State(self.inputs.trials)
        effectiveness = self.inputs.number("reinforcement.coach_effectiveness")
        coaching = self.learning.coaching(dose, effectiveness)
        every = int(self.inputs.field("reinforcement.refresher_every"))
        for ID, cohort in team.cohorts.items():
            refresher = float(cohort.refreshed(month, every))
            for competence, state in cohort.states.items():
                state.forget(cohort.half_life, self.learning)
                state.renew(leaving, self.new_hire[competence] if onboarded else untaught)
                if cohort.coached(month):
                    state.coach(coaching, self.transfer, self.peers, self.support, refresher, self.learning)
            cohort.half_life = (1.0 - leaving) * cohort.half_life + leaving * self.new_half_life
            for wave in self.waves:
                if last_month(wave) == month and ID in taught_cohorts(self.inputs, wave, team.ID):
                    self.teach(cohort.states, wave["modules"])
            if refresher:
                longest = self.learning.half_life_cap * self.new_half_life
                cohort.half_life = np.minimum(self.learning.half_life_gain * cohort.half_life, longest)

    def behavior(self, team: Team, competence: str) -> Array:
        """The headcount-weighted mean over the team's cohorts."""
        whole = sum(cohort.people * cohort.states[competence].S for cohort in team.cohorts.values())
        return np.asarray(whole / team.people)

    def write_behavior(self, team: Team, month: int) -> None:
        for competence in self.competences:
            self.put(month, self.behavior(team, competence), "behavior", team.ID, competence=competence)
            known = sum(cohort.people * cohort.states[competence].K for cohort in team.cohorts.values())
            self.put(month, np.asarray(known / team.people), "knowledge", team.ID, competence=competence)
            for ID, cohort in team.cohorts.items():
                state = cohort.states[competence]
                self.put(month, state.S, "cohort_behavior", team.ID, "", ID, competence)
                self.put(month, state.K, "cohort_knowledge", team.ID, "", ID, competence)
        for ID, cohort in team.cohorts.items():
            self.put(month, cohort.half_life, "half_life", team.ID, cohort=ID)

    # -- section 4 ------------------------------------------------------------------------------------------

    def write_kpis(self, team: Team, month: int) -> dict[str, Array]:
        """KPIs with the programme; those without it are written down."""
        behavior = {competence: self.behavior(team, competence) for competence in self.competences}
        with_programme = {}
        for ID, base in team.base.items():
            kpi = self.kpis[ID]
            moved = sum(effect * lift.applied(behavior, self.beta) for lift, effect in team.lifts[ID])
            with_programme[ID] = unlink(link(base, kpi) + moved, kpi)
            self.put(month, team.without[ID], "kpi_without", team.ID, ID)
        return with_programme

    def aggregate_kpis(self, month: int) -> None:
        """Programme figures: means over the teams that have the KPI, weighted by the field the KPI names."""
        for ID in sorted({kpi for team in self.teams for kpi in team.base}):
            teams = [team for team in self.teams if ID in team.base]
            weights = [self.inputs.number(f"{team.path}.{self.kpis[ID].aggregated_by}") for team in teams]
            whole = sum(weights)
            for what in ("kpi", "kpi_without"):
                shown = [self.series[what, team.ID, ID, "", ""][month] for team in teams]
                parts = sum(weight * value for weight, value in zip(weights, shown, strict=True))
                with np.errstate(invalid="ignore"):
                    self.put(month, np.asarray(parts / whole), what, item=ID)

    # -- section 5 ------------------------------------------------------------------------------------------

    def contact_work(self, team: Team, kpis: Mapping[str, Array], month: int) -> None:
        if not self.inputs.has("benefits.contact_work"):
            return
        path = "benefits.contact_work"
        share = self.inputs.number(f"{path}.callback_share")
        nothing = np.zeros(self.inputs.trials)
        p = [nothing, nothing]
        if "fcr" in team.base:
            p = [share * (1.0 - fcr / 100.0) for fcr in (team.without["fcr"], kpis["fcr"])]
        volume = self.inputs.number(f"{team.path}.contacts")
        if self.inputs.field(f"{path}.volume_is") == "issues":
            volume = volume / (1.0 - p[0])
        volumes = (volume, volume * ((1.0 - p[0]) / (1.0 - p[1])))
        times = (team.without.get("aht", nothing), kpis.get("aht", nothing))
        seconds = volumes[0] * times[0] - volumes[1] * times[1]
        occupancy = self.inputs.number(f"{team.path}.occupancy")
        shrinkage = self.inputs.number(f"{team.path}.shrinkage")
        hours = seconds / 3600.0 / occupancy / (1.0 - shrinkage)
        hourly_cost = self.inputs.number(f"{team.path}.hourly_cost")
        money = hours * hourly_cost * self.inputs.number("workforce.realization")
        money = money + (volumes[0] - volumes[1]) * self.inputs.number(f"{path}.variable_cost")
        self.put(month, money, "benefit", team.ID, "contact_work")

    def retention(self, team: Team, kpis: dict[str, Array], month: int) -> dict[str, Array]:
        """The KPIs shown: churn is the effective one where retention counts."""
        path = "benefits.retention"
        if not self.inputs.has(path):
            return kpis
        if "churn" not in team.base:
            self.put(month, np.zeros(self.inputs.trials), "benefit", team.ID, "retention")
            return kpis
        before = monthly_churn(team.without["churn"])
        driver = self.inputs.field(f"{path}.driver")
        if driver == "churn":
            moved = monthly_churn(kpis["churn"]) - before
        elif driver in team.base:
            change = kpis[driver] - team.without[driver]
            moved = before * np.expm1(-self.inputs.number(f"{path}.elasticity") * change)
        else:
            moved = np.zeros(self.inputs.trials)
        moved = self.inputs.number(f"{path}.reach") * moved  # c_e - c_0
        money = team.customers_gained * self.inputs.number(f"{path}.margin")
        self.put(month, money, "benefit", team.ID, "retention")
        if self.inputs.has(f"{team.path}.new_customers"):
            new = self.inputs.number(f"{team.path}.new_customers")
        else:
            new = self.inputs.number(f"{team.path}.customers") * before
        kept = 1.0 - (before + moved)
        team.customers_gained = team.customers_gained * kept - team.customers_without * moved
        team.customers_without = team.customers_without * (1.0 - before) + new
        yearly = -np.expm1(12.0 * np.log1p(-(before + moved)))
        return kpis | {"churn": 100.0 * yearly}

    def hiring(self, team: Team, kpis: Mapping[str, Array], month: int) -> None:
        if self.inputs.has("benefits.hiring"):
            stay = team.people * (team.without["attrition"] - kpis["attrition"]) / 1200.0
            money = stay * self.inputs.number("benefits.hiring.replacement_cost")
            self.put(month, money, "benefit", team.ID, "hiring")

    # -- section 6 ------------------------------------------------------------------------------------------

    def learners(self, wave: Record, team: Team) -> Array:
        cohorts = taught_cohorts(self.inputs, wave, team.ID)
        return sum((team.cohorts[ID].people for ID in cohorts), np.zeros(self.inputs.trials))

    def course_hours(self, wave: Record) -> Array:
        return sum((self.courses[ID].hours for ID in wave["modules"]), np.zeros(self.inputs.trials))

    def write_costs(self, team: Team, month: int, dose: Array, hires: Array) -> None:
        """Participants' time and the lines that count a team's people."""
        inputs, zero = self.inputs, np.zeros(self.inputs.trials)
        running = [wave for wave in self.waves if int(wave["start"]) <= month <= last_month(wave)]
        coached = self.coached_people([team], month)
        every = int(inputs.field("reinforcement.refresher_every"))
        refreshed = sum((j.people for j in team.cohorts.values() if j.refreshed(month, every)), zero)
        onboarded = zero
        if inputs.has("onboarding") and month >= int(inputs.field("onboarding.from_month")):
            onboarded = hires

        off_floor = coached * dose + refreshed * inputs.number("reinforcement.refresher_hours")
        for wave in running:
            off_floor = off_floor + self.learners(wave, team) * self.course_hours(wave) / int(wave["months"])
        if inputs.has("onboarding"):
            off_floor = off_floor + onboarded * inputs.number("onboarding.extra_hours")

        backfill = inputs.number("workforce.backfill_share")
        hourly_cost = inputs.number(f"{team.path}.hourly_cost") * inputs.number("workforce.realization")
        price = (1.0 - backfill) * hourly_cost
        if np.any(backfill > 0.0):
            price = price + backfill * inputs.number("workforce.backfill_hourly_cost")
        price = price / (1.0 - inputs.number(f"{team.path}.shrinkage"))

        self.put(month, hires, "hires", team.ID)
        self.put(month, off_floor, "off_floor_hours", team.ID)
        if np.any(coached > 0.0):
            self.put(month, dose, "coaching_hours", team.ID)
        self.put(month, off_floor * price, "cost", team.ID, TIME)

        for line in inputs.records("costs"):
            counted = [wave for wave in running if not line.get("waves") or wave["id"] in line["waves"]]
            spread = [(wave, self.learners(wave, team) / int(wave["months"])) for wave in counted]
            match line["driver"]:
                case "learner":
                    units = sum((people for _, people in spread), zero)
                case "learner_hour":
                    units = sum((people * self.course_hours(wave) for wave, people in spread), zero)
                case "coaching_hour":
                    units = coached * dose
                case "seat_month":
                    begun = [
                        cohort.people
                        for ID, cohort in team.cohorts.items()
                        if ID != UNTRAINED and int(inputs.field(f"waves.{ID}.start")) <= month
                    ]
                    units = sum(begun, zero) if self.runs(line, month) else zero
                case "new_hire":
                    units = onboarded
                case _:
                    continue
            self.put(month, inputs.number(f"costs.{line['id']}.amount") * units, "cost", team.ID, line["id"])

    def runs(self, line: Record, month: int) -> bool:
        return int(line["first_month"]) <= month <= int(line.get("last_month") or self.horizon)

    def count_once(self) -> None:
        """The lines that belong to no team: once, month, class."""
        zero = np.zeros(self.inputs.trials)
        for line in self.inputs.records("costs"):
            amount = self.inputs.number(f"costs.{line['id']}.amount")
            for month in range(self.horizon + 1):
                match line["driver"]:
                    case "once":
                        units = zero + float(month == int(line["month"]))
                    case "month":
                        units = zero + float(self.runs(line, month))
                    case "class":
                        units = sum((self.classes(wave, line, month) for wave in self.waves), zero)
                    case _:
                        continue
                self.put(month, amount * units, "cost", item=line["id"])

    def classes(self, wave: Record, line: Record, month: int) -> Array:
        """Whole classes of the wave, spread over its months."""
        counted = not line.get("waves") or wave["id"] in line["waves"]
        if not counted or not int(wave["start"]) <= month <= last_month(wave):
            return np.zeros(self.inputs.trials)
        learners = sum((self.learners(wave, team) for team in self.teams), np.zeros(self.inputs.trials))
        # A share such as 0.07 of 100 people is 7.000000000000001 in binary and fills one class of 7, not two.
        return np.ceil(learners / float(wave["class_size"]) - 1e-9) / int(wave["months"])

    # -- section 7 ------------------------------------------------------------------------------------------

    def add_up(self) -> None:
        shape = (self.horizon + 1, self.inputs.trials)
        total = {"benefit": np.zeros(shape), "cost": np.zeros(shape)}
        for (what, *_), value in self.series.items():
            if what in total:
                total[what] += np.nan_to_num(value)
        self.series["cash_flow", "", "", "", ""] = total["benefit"] - total["cost"]
        found = outputs(
            total["benefit"],
            total["cost"],
            self.inputs.number("programme.discount_rate"),
            self.inputs.field("programme.timing"),
            self.inputs.number("programme.contingency"),
        )
        self.series |= {("output", "", name, "", ""): value for name, value in found.items()}


def monthly_churn(percent_a_year: Array) -> Array:
    return np.asarray(-np.expm1(np.log1p(-percent_a_year / 100.0) / 12.0))
