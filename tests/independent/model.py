"""The model of docs/method.md, written a second time from that page alone, to check the library.

Clarity before speed: loops over months, teams, cohorts and competences; each number is an array over trials.
Section 1 is in `quantity.py`, `sampling.py`, `correlation.py` and `draws.py`, section 2 in `schedule.py`, 3
in `learning.py` and `effective.py`, 4 in `kpis.py`, `lifts.py` and `leading.py`, 5 in `benefits.py`, 6 in
`costs.py`, 7 in `finance.py`; the months are here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .benefits import Customers, contact_work, other_streams
from .costs import TIME, Costs
from .effective import effective, mean, mean_with_spillover, support
from .finance import outputs
from .inputs import Array, Inputs, Key, Series
from .kpis import Movement, base_value, kpi_definitions, unlink
from .leading import LEADING, indicators
from .learning import (
    Cohort,
    State,
    competence_ids,
    courses,
    learning,
    planned_dose,
    practice_levels,
    sustained_practice,
    weighted_practice,
)
from .lifts import Lift, bent
from .schedule import UNTRAINED, Calendar

__all__ = ["evaluate"]


def evaluate(
    plan: Mapping[str, Any], values: Mapping[str, Any], central: Mapping[str, float] | None = None
) -> dict[Key, Array]:
    """Every monthly series and per-trial output of a plan, all its quantities drawn.

    `plan` is the plan as a nested dict with its defaults filled in; `values` has the value of each quantity
    by path, a number or an array of one value a trial, and the derived standard normal draws (0 where one is
    absent); `central` has the medians of quantities, for the schedule. The result is keyed by (what, team,
    item, cohort, competence); series run over months 0..H (x trials), NaN where a month has no value; what
    holds for the trial as a whole stands in month 0.
    """
    programme = Programme(Inputs(plan, values, central))
    programme.write_trial()
    for month in range(1, programme.inputs.horizon + 1):
        programme.live_through(month)
    programme.aggregate_kpis()
    programme.add_up()
    return programme.results()


class Team:
    """A team: its cohorts, its KPIs, its customers."""

    def __init__(self, programme: Programme, ID: str) -> None:
        inputs = programme.inputs
        self.ID, self.path = ID, f"teams.{ID}"
        self.people = inputs.number(f"{self.path}.people")
        self.cohorts = {
            cohort: Cohort(
                share * self.people,
                programme.calendar.trained_in(cohort),
                programme.competences,
                programme.new_half_life,
            )
            for cohort, share in programme.calendar.shares(ID).items()
        }
        named = [kpi for kpi in inputs.field(f"{self.path}.baseline", {}) if kpi not in LEADING]
        bases = {kpi: base_value(inputs, ID, kpi, programme.kpis[kpi]) for kpi in [*named, "attrition"]}
        self.base = {kpi: base for kpi, base in bases.items() if base is not None}
        self.scores = {kpi: programme.movements[kpi].score_without(ID, b) for kpi, b in self.base.items()}
        self.lifts = [
            (lift, lift.effect(ID, self.base[lift.kpi], programme.kpis[lift.kpi]))
            for lift in programme.lifts
            if lift.kpi in self.base
        ]
        self.lagged = {lift.ID: inputs.zero for lift, _ in self.lifts}  # y
        self.attrition_before = self.base["attrition"]
        self.customers = Customers(inputs, ID, self.base)


class Programme:
    """One programme in all its trials."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.series = Series(inputs)
        self.calendar = Calendar(inputs)
        self.learning = learning(inputs)
        self.transfer = self.learning.transfer(weighted_practice(inputs))
        self.peers = inputs.number("reinforcement.peer_community")
        self.support = inputs.number("reinforcement.performance_support")
        self.new_half_life = self.learning.half_life_with(
            sustained_practice(practice_levels(inputs), self.peers)
        )
        self.competences = competence_ids(inputs)
        self.courses = courses(inputs)
        self.kpis = kpi_definitions(inputs)
        self.movements = {ID: Movement(inputs, ID, kpi) for ID, kpi in self.kpis.items()}
        self.lifts = [Lift(inputs, record, self.learning) for record in inputs.records("lifts")]
        self.costs = Costs(inputs, self.calendar, self.courses)
        self.new_hire = self.onboarded_hire()
        self.teams = [Team(self, record["id"]) for record in inputs.records("teams")]
        self.cohorts = {team.ID: team.cohorts for team in self.teams}

    def results(self) -> dict[Key, Array]:
        scalar = self.inputs.scalar
        return {key: value[..., 0] if scalar else value for key, value in self.series.by_key.items()}

    def write_trial(self) -> None:
        """What holds for the trial as a whole."""
        put = self.series.put
        for path, value in self.inputs.values.items():
            if "#noise." not in path:
                put(0, value, "input", item=path)
        for ID, month in self.calendar.first.items():
            put(0, float(month), "wave_start", item=ID)
        for ID, course in self.courses.items():
            put(0, course.completion, "completion", item=ID)
            put(0, course.mastery, "mastery", item=ID)
        put(0, self.transfer, "transfer")
        put(0, self.new_half_life, "sustained_half_life")
        for lift in self.lifts:
            put(0, lift.reference, "reached_at", item=lift.ID)
        for team in self.teams:
            for lift, effect in team.lifts:
                put(0, effect, "lift_effect", team.ID, lift.ID)
        for ID, movement in self.movements.items():
            having = [team.ID for team in self.teams if ID in team.base]
            owners = {"": "programme"} if movement.spread("programme_sd") > 0.0 and having else {}
            if movement.spread("team_sd") > 0.0:
                owners |= {name: f"teams.{name}" for name in having}
            for name, owner in owners.items():
                for month, z in enumerate(movement.draws(owner), start=1):
                    put(month, z, "noise", name, ID)
        for line, money in self.costs.of_programme(self.cohorts, 0).items():
            put(0, money, "cost", item=line)

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
        """[h] of coaching of a trained person: as planned, or what all coaches together can give."""
        trained = [j for team in self.teams for j in team.cohorts.values() if j.trained(month)]
        if not trained:
            return self.inputs.zero
        planned = planned_dose(self.inputs)
        if not self.inputs.has("reinforcement.coach_capacity"):
            return planned
        people = sum(j.people for j in trained)
        return np.minimum(planned, self.inputs.number("reinforcement.coach_capacity") / people)

    def live_through(self, month: int) -> None:
        """One month: the behavior at its start moves KPIs and money, then people forget, leave and learn."""
        dose = self.dose(month)
        now = {team.ID: self.kpis_of(team, month, dose) for team in self.teams}
        for line, money in self.costs.of_programme(self.cohorts, month).items():
            self.series.put(month, money, "cost", item=line)
        for team in self.teams:
            leaving = np.minimum(1.0, team.attrition_before / 1200.0)
            hires = team.people * leaving
            spent = self.costs.of_team(team.ID, team.cohorts, month, dose, hires)
            self.series.put(month, hires, "hires", team.ID)
            self.series.put(month, dose, "coaching_hours", team.ID)
            self.series.put(month, spent.off_floor, "off_floor_hours", team.ID)
            self.series.put(month, spent.backfill, "backfill", team.ID)
            for line, money in spent.lines.items():
                self.series.put(month, money, "cost", team.ID, line)
            self.write_behavior(team, month)
        for team in self.teams:
            leaving = np.minimum(1.0, team.attrition_before / 1200.0)
            self.learn_and_forget(team, month, dose, leaving)
            team.attrition_before = now[team.ID]["attrition"]

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
                if cohort.trained(month):
                    state.coach(coaching, self.transfer, self.peers, self.support, refresher, self.learning)
            cohort.half_life = (1.0 - leaving) * cohort.half_life + leaving * self.new_half_life
            for wave in self.calendar.waves:
                if self.calendar.last(wave) == month and ID in self.calendar.taught(wave, team.ID):
                    self.teach(cohort.states, wave["modules"])
            if refresher:
                longest = self.learning.half_life_cap * self.new_half_life
                cohort.half_life = np.minimum(self.learning.half_life_gain * cohort.half_life, longest)

    def write_behavior(self, team: Team, month: int) -> None:
        put = self.series.put
        for c in self.competences:
            put(month, mean(team.cohorts, c), "behavior", team.ID, competence=c)
            known = sum(cohort.people * cohort.states[c].K for cohort in team.cohorts.values())
            put(month, np.asarray(known / team.people), "knowledge", team.ID, competence=c)
            for ID, cohort in team.cohorts.items():
                put(month, cohort.states[c].S, "cohort_behavior", team.ID, "", ID, c)
                put(month, cohort.states[c].K, "cohort_knowledge", team.ID, "", ID, c)
        for ID, cohort in team.cohorts.items():
            put(month, cohort.half_life, "half_life", team.ID, cohort=ID)

    # -- sections 4 and 5 -----------------------------------------------------------------------------------

    def moved(self, team: Team, month: int) -> dict[str, Array]:
        """What all lifts of a KPI together add on its link scale this month."""
        inputs, names = self.inputs, self.inputs.field(f"{team.path}.support_teams", [])
        supported = support(inputs, self.calendar, self.cohorts, team.ID) if names else None
        sigma = inputs.number("transfer.spillover")
        beta = inputs.number("programme.extrapolation")
        alone = {c: effective(inputs, team.ID, mean(team.cohorts, c), supported) for c in self.competences}
        spread = {
            c: effective(inputs, team.ID, mean_with_spillover(team.cohorts, c, month, sigma), supported)
            for c in self.competences
        }
        sums = dict.fromkeys(team.base, inputs.zero)
        for lift, effect in team.lifts:
            x = lift.applied(spread if lift.with_spillover else alone)
            team.lagged[lift.ID] = lift.lagged(team.lagged[lift.ID], effect * bent(x, beta))
            sums[lift.kpi] = sums[lift.kpi] + team.lagged[lift.ID]
            self.series.put(month, x, "applied", team.ID, lift.ID)
        return sums

    def kpis_of(self, team: Team, month: int, dose: Array) -> dict[str, Array]:
        """The month's KPIs as shown with the programme; all KPIs and benefits are written down."""
        moved = self.moved(team, month)
        before = {ID: unlink(scores[month - 1], self.kpis[ID]) for ID, scores in team.scores.items()}
        now = {ID: unlink(scores[month - 1] + moved[ID], self.kpis[ID]) for ID, scores in team.scores.items()}
        streams = contact_work(self.inputs, team.ID, before, now)
        if team.customers.counted:
            kept, churn = team.customers.live_through(before, now, month)
            streams, now = streams | kept, now | {"churn": churn}
        streams |= other_streams(self.inputs, team.ID, before, now)
        for stream, money in streams.items():
            self.series.put(month, money, "benefit", team.ID, stream)
        for ID in team.base:
            self.series.put(month, before[ID], "kpi_without", team.ID, ID)
            self.series.put(month, now[ID], "kpi", team.ID, ID)
        leading = indicators(
            self.inputs, self.calendar, team.ID, team.cohorts, self.courses,
            month=month, transfer=self.transfer, dose=dose,
        )  # fmt: skip
        for ID, (without, value) in leading.items():
            self.series.put(month, without, "kpi_without", team.ID, ID)
            self.series.put(month, value, "kpi", team.ID, ID)
        return now

    def aggregate_kpis(self) -> None:
        """Figures of the programme, regions and product lines: weighted means of the teams with the KPI."""
        scopes = {"": [team.ID for team in self.teams]}
        for record in self.inputs.records("teams"):
            for field in ("region", "product_line"):
                if record.get(field):
                    scopes.setdefault(f"{field}={record[field]}", []).append(record["id"])
        for what in ("kpi", "kpi_without"):
            shown = {key[1:3]: value for key, value in self.series.of(what).items()}
            for scope, teams in scopes.items():
                for ID in sorted({ID for _, ID in shown}):
                    having = [team for team in teams if (team, ID) in shown]
                    if not having:
                        continue
                    field = "people" if ID in LEADING else self.kpis[ID].aggregated_by
                    if all(self.inputs.certain_zero(f"teams.{team}.{field}") for team in having):
                        field = "people"
                    weights = [self.inputs.number(f"teams.{team}.{field}") for team in having]
                    parts = sum(w * shown[team, ID] for w, team in zip(weights, having, strict=True))
                    with np.errstate(invalid="ignore", divide="ignore"):
                        mean_of_all = np.asarray(parts / sum(weights))
                    self.series.by_key[what, scope, ID, "", ""] = mean_of_all

    # -- section 7 ------------------------------------------------------------------------------------------

    def add_up(self) -> None:
        inputs, series = self.inputs, self.series
        benefits, costs = series.total("benefit"), series.total("cost")
        no_cash = {line["id"] for line in self.costs.lines if not line["cash"]}
        cash_cost = series.total("backfill").sum(axis=0)
        for (_, _, item, *_), money in series.of("cost").items():
            if item != TIME and item not in no_cash:
                cash_cost = cash_cost + np.nansum(money, axis=0)
        learners = [j.people for t in self.teams for ID, j in t.cohorts.items() if ID != UNTRAINED]
        found = outputs(
            benefits,
            costs,
            inputs.number("programme.discount_rate"),
            inputs.field("programme.timing"),
            inputs.number("programme.contingency"),
            cash_cost=cash_cost,
            learners=sum(learners, inputs.zero),
        )
        series.by_key["cash_flow", "", "", "", ""] = benefits - costs
        series.by_key["cumulative_cash_flow", "", "", "", ""] = np.cumsum(benefits - costs, axis=0)
        for name, value in found.items():
            series.put(0, value, "output", item=name)
