"""From training to behavior: docs/method.md, section 3."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .inputs import Array, Inputs, Record

# Section 3, "Transfer" and "State": the practices that move transfer, and those that move the half-life.
TRANSFER_PRACTICES = (
    "expectations", "manager_briefed", "action_plan", "plan_reviewed", "standards_agreed", "accountability",
    "recognition", "career_path", "leaders_model", "supervisors_trained", "change_management",
)  # fmt: skip
LASTING_PRACTICES = ("standards_agreed", "accountability", "recognition", "leaders_model")


def logistic(x: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-x))


def logit(p: Array) -> Array:
    return np.log(p / (1.0 - p))


@dataclass(frozen=True)
class Course:
    """What a module does to a learner."""

    competences: list[str]
    completion: Array  # q
    mastery: Array  # g
    hours: Array  # a learner, repeats included

    @property
    def gain(self) -> Array:
        return self.completion * self.mastery


def course(inputs: Inputs, module: Record, prerequisites: list[Course]) -> Course:
    path = f"modules.{module['id']}"
    fail = inputs.number(f"{path}.fail_rate")
    hours = inputs.number(f"{path}.hours")
    completion = inputs.number(f"{path}.completion") ** (1.0 / (1.0 + inputs.number(f"{path}.accessibility")))
    completion = completion * (1.0 - fail**2)
    if prerequisites:
        completion = completion * np.minimum.reduce([before.completion for before in prerequisites])
    if inputs.has(f"{path}.mastery"):
        mastery = inputs.number(f"{path}.mastery")
    else:
        halvings = hours / inputs.number(f"{path}.mastery_half_hours")
        mastery = inputs.number(f"{path}.mastery_max") * (1.0 - 2.0**-halvings)
    mastery = mastery * inputs.number(f"{path}.coverage") * inputs.number(f"{path}.modality_factor")
    return Course(list(module["competences"]), completion, np.minimum(1.0, mastery), hours * (1.0 + fail))


def courses(inputs: Inputs) -> dict[str, Course]:
    """Each module, after its prerequisites."""
    made: dict[str, Course] = {}

    def make(ID: str) -> Course:
        if ID not in made:
            module = inputs.field(f"modules.{ID}")
            made[ID] = course(inputs, module, [make(before) for before in module.get("prerequisites", [])])
        return made[ID]

    for module in inputs.records("modules"):
        make(module["id"])
    return made


@dataclass(frozen=True)
class Learning:
    """The parameters of section 3 that are the same for every team, month and lift."""

    transfer_reference: Array
    transfer_strength: Array
    half_life: Array
    practice_effect: Array
    permanent: Array
    knowledge_permanent: Array
    knowledge_half_life: Array
    half_life_cap: Array
    coaching_effect: Array
    dose_slope: Array
    half_dose: Array
    knowledge_coaching: Array
    coached_knowledge: Array
    peer_effect: Array
    support_effect: Array
    refresher_effect: Array
    half_life_gain: Array

    def transfer(self, practice: Array) -> Array:
        """Share of what was learned that is used on the job, practices at this weighted mean level."""
        return logistic(logit(self.transfer_reference) + self.transfer_strength * (practice - 0.5))

    def half_life_with(self, practice: Array) -> Array:
        """[months] half-life of the fading part, the lasting practices at this mean level."""
        return self.half_life * np.exp(self.practice_effect * (practice - 0.5))

    def coaching(self, dose: Array, effectiveness: Array | float) -> Array:
        """The coaching part a for a dose of d hours a person and month; 0 at d = 0."""
        power = dose**self.dose_slope
        with np.errstate(invalid="ignore"):
            hill = np.where(dose > 0.0, power / (self.half_dose**self.dose_slope + power), 0.0)
        return np.minimum(1.0, self.coaching_effect * effectiveness) * hill


def learning(inputs: Inputs) -> Learning:
    transfer = {name: inputs.number(f"transfer.{name}") for name in ("reference", "strength")}
    return Learning(
        transfer_reference=transfer["reference"],
        transfer_strength=transfer["strength"],
        half_life=inputs.number("forgetting.half_life"),
        practice_effect=inputs.number("forgetting.practice_effect"),
        permanent=inputs.number("forgetting.permanent_share"),
        knowledge_permanent=inputs.number("forgetting.knowledge_permanent_share"),
        knowledge_half_life=inputs.number("forgetting.knowledge_half_life"),
        half_life_cap=inputs.number("forgetting.half_life_cap"),
        coaching_effect=inputs.number("reinforcement.coaching_effect"),
        dose_slope=inputs.number("reinforcement.dose_slope"),
        half_dose=inputs.number("reinforcement.half_dose"),
        knowledge_coaching=inputs.number("reinforcement.knowledge_coaching"),
        coached_knowledge=inputs.number("reinforcement.coached_knowledge"),
        peer_effect=inputs.number("reinforcement.peer_effect"),
        support_effect=inputs.number("reinforcement.support_effect"),
        refresher_effect=inputs.number("reinforcement.refresher_effect"),
        half_life_gain=inputs.number("reinforcement.half_life_gain"),
    )


class State:
    """Behavior S = P + A and knowledge K = KP + KA of one cohort in one competence (section 3, "State")."""

    def __init__(self, trials: int) -> None:
        self.P, self.A, self.KP, self.KA = (np.zeros(trials) for _ in range(4))
        self.after_course = np.zeros(trials)  # K*
        self.taught = False

    @property
    def S(self) -> Array:
        return self.P + self.A

    @property
    def K(self) -> Array:
        return self.KP + self.KA

    def add_behavior(self, amount: Array, by: Learning) -> None:
        self.P = self.P + by.permanent * amount
        self.A = self.A + (1.0 - by.permanent) * amount

    def add_knowledge(self, amount: Array, by: Learning) -> None:
        self.KP = self.KP + by.knowledge_permanent * amount
        self.KA = self.KA + (1.0 - by.knowledge_permanent) * amount

    def forget(self, half_life: Array, by: Learning) -> None:  # step 2
        self.A = self.A * 2.0 ** (-1.0 / half_life)
        self.KA = self.KA * 2.0 ** (-1.0 / by.knowledge_half_life)
        self.add_knowledge(np.maximum(0.0, self.S - self.K), by)

    def renew(self, leaving: Array, new_hire: State) -> None:  # step 3
        for part in ("P", "A", "KP", "KA"):
            mixed = (1.0 - leaving) * getattr(self, part) + leaving * getattr(new_hire, part)
            setattr(self, part, mixed)

    def coach(
        self, coaching: Array, transfer: Array, peers: Array, support: Array, refresher: float, by: Learning
    ) -> None:  # step 4
        if self.taught:
            gap = np.maximum(0.0, by.coached_knowledge - self.K)
            self.add_knowledge(by.knowledge_coaching * coaching * gap, by)
        gap = np.maximum(0.0, self.after_course - self.K)
        self.add_knowledge(refresher * by.knowledge_coaching * by.refresher_effect * gap, by)
        kappa = 1.0 - (1.0 - coaching) * (1.0 - by.peer_effect * peers) * (
            1.0 - by.support_effect * support
        ) * (1.0 - by.refresher_effect * refresher)
        reachable = (1.0 - (1.0 - transfer) ** 2) * self.K
        self.add_behavior(kappa * np.maximum(0.0, reachable - self.S), by)

    def train(self, gain: Array, transfer: Array, by: Learning) -> None:  # step 5
        self.add_behavior(gain * transfer * (1.0 - self.S), by)
        self.add_knowledge(gain * (1.0 - self.K), by)
        self.after_course = self.K
        self.taught = True


class Cohort:
    """Members of one team who are trained by the same wave, or never."""

    def __init__(
        self, people: Array, trained_in: int | None, competences: list[str], half_life: Array
    ) -> None:
        self.people = people
        self.trained_in = trained_in  # e_w; None for the untrained
        self.half_life = half_life
        self.states = {competence: State(people.size) for competence in competences}

    def trained(self, month: int) -> bool:
        return self.trained_in is not None and self.trained_in < month

    def refreshed(self, month: int, every: int) -> bool:
        return self.trained_in is not None and every > 0 and month > self.trained_in and (
            (month - self.trained_in) % every == 0
        )  # fmt: skip


def planned_dose(inputs: Inputs) -> Array:
    """[h/person/month] of coaching in the plan: stated, or sessions times minutes."""
    path = "reinforcement"
    if inputs.has(f"{path}.coaching_sessions"):
        sessions, minutes = (inputs.number(f"{path}.coaching_{unit}") for unit in ("sessions", "minutes"))
        return sessions * minutes / 60.0
    return inputs.number(f"{path}.coaching_hours")


def practice_levels(inputs: Inputs) -> dict[str, Array]:
    return {ID: inputs.number(f"practices.{ID}.level", 0.0) for ID in TRANSFER_PRACTICES}


def weighted_practice(inputs: Inputs) -> Array:
    """xbar: the weighted mean level of the practices before, in and soon after the course."""
    weights = {ID: inputs.number(f"practices.{ID}.weight", 1.0) for ID in TRANSFER_PRACTICES}
    levels = practice_levels(inputs)
    return np.asarray(sum(weights[ID] * levels[ID] for ID in levels) / sum(weights.values()))


def sustained_practice(levels: dict[str, Array], peers: Array) -> Array:
    """y: the mean level of the practices that keep behavior alive."""
    return (sum(levels[ID] for ID in LASTING_PRACTICES) + peers) / (len(LASTING_PRACTICES) + 1.0)


def competence_ids(inputs: Inputs) -> list[str]:
    return sorted(
        entry if isinstance(entry, str) else entry["id"] for entry in inputs.field("competences", [])
    )
