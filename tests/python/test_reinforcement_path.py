"""Behavior and knowledge after one course: against the method page's steps by hand, and against a plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import trainplan as tp


def by_hand(months: int, refresher_every: int, p: dict[str, float]) -> tuple[list[float], list[float]]:
    """docs/method.md, section 3, steps 2 to 6, for one person with parts P, A, KP, KA."""
    f, fk = p["permanent_share"], p["knowledge_permanent_share"]
    learnt = p["completion"] * p["mastery"]
    used = learnt * p["transfer"]
    parts = [f * used, (1 - f) * used, fk * learnt, (1 - fk) * learnt]
    new, new_used = p["onboarding"], p["onboarding"] * p["transfer"]
    hire = [f * new_used, (1 - f) * new_used, fk * new, (1 - fk) * new]
    h, leave = p["half_life"], p["attrition"] / 1200
    d, d0, s = p["coaching_hours"], p["half_dose"], p["dose_slope"]
    a = min(1, p["coaching_effect"] * p["coach_effectiveness"]) * d**s / (d0**s + d**s) if d else 0.0
    reach = 1 - (1 - p["transfer"]) ** 2
    behavior, knowledge = [used], [learnt]

    def add(gain: float, at: int, share: float) -> None:
        parts[at] += share * gain
        parts[at + 1] += (1 - share) * gain

    for m in range(1, months + 1):
        refreshed = refresher_every > 0 and m % refresher_every == 0
        r = p["refresher_effect"] if refreshed else 0.0
        parts[1] *= 2 ** (-1 / h)
        parts[3] *= 2 ** (-1 / p["knowledge_half_life"])
        add(max(0, sum(parts[:2]) - sum(parts[2:])), 2, fk)
        parts[:] = [(1 - leave) * part + leave * new for part, new in zip(parts, hire, strict=True)]
        h = (1 - leave) * h + leave * p["half_life"]
        add(p["knowledge_coaching"] * a * max(0, p["coached_knowledge"] - sum(parts[2:])), 2, fk)
        add(p["knowledge_coaching"] * r * max(0, learnt - sum(parts[2:])), 2, fk)
        kappa = 1 - (1 - a) * (1 - p["peer_effect"] * p["peer_community"]) * (
            1 - p["support_effect"] * p["performance_support"]
        ) * (1 - r)
        add(kappa * max(0, reach * sum(parts[2:]) - sum(parts[:2])), 0, f)
        if refreshed:
            h = min(p["half_life_gain"] * h, p["half_life_cap"] * p["half_life"])
        behavior.append(sum(parts[:2]))
        knowledge.append(sum(parts[2:]))
    return behavior, knowledge


PERSON = {
    "completion": 0.9,
    "mastery": 0.6,
    "transfer": 0.55,
    "permanent_share": 0.35,
    "half_life": 5.0,
    "knowledge_permanent_share": 0.6,
    "knowledge_half_life": 9.0,
    "half_life_cap": 1.5,
    "attrition": 40.0,
    "onboarding": 0.3,
    "coaching_hours": 1.0,
    "coach_effectiveness": 1.1,
    "coaching_effect": 0.4,
    "half_dose": 2.0,
    "dose_slope": 1.3,
    "knowledge_coaching": 0.3,
    "coached_knowledge": 0.9,
    "peer_community": 0.5,
    "peer_effect": 0.02,
    "performance_support": 0.4,
    "support_effect": 0.03,
    "refresher_effect": 0.1,
    "half_life_gain": 1.2,
}


@pytest.mark.parametrize("changes", [{}, {"coaching_hours": 0.0}, {"attrition": 0.0}, {"onboarding": 1.0}])
@pytest.mark.parametrize("refresher_every", [0, 1, 6])
def test_the_months_after_a_course_are_those_of_the_method_page(
    changes: dict[str, float], refresher_every: int
) -> None:
    person = {**PERSON, **changes}
    after = tp.reinforcement.path(36, refresher_every=refresher_every, **person)
    behavior, knowledge = by_hand(36, refresher_every, person)
    assert after.behavior == pytest.approx(behavior, rel=1e-12)
    assert after.knowledge == pytest.approx(knowledge, rel=1e-12)


def test_one_course_alone_fades_to_its_floor() -> None:
    after = tp.reinforcement.path(24, mastery=0.6, transfer=0.5, half_life=6, permanent_share=0.4)
    left = tp.reinforcement.remaining(np.arange(25), half_life=6, permanent_share=0.4)
    assert after.behavior == pytest.approx(0.3 * left, rel=1e-12)


def test_paths_of_many_people_at_once_are_those_of_each() -> None:
    hours, half_life = np.array([0.0, 0.5, 2.0]), np.array([[3.0], [10.0]])
    together = tp.reinforcement.path(12, mastery=0.6, transfer=0.5, coaching_hours=hours, half_life=half_life)
    assert together.behavior.shape == together.knowledge.shape == (13, 2, 3)
    for i, months in enumerate(half_life[:, 0]):
        for j, dose in enumerate(hours):
            one = tp.reinforcement.path(12, mastery=0.6, transfer=0.5, coaching_hours=dose, half_life=months)
            assert (together.behavior[:, i, j] == one.behavior).all()
    assert (np.diff(together.behavior, axis=2) >= 0).all()  # more coaching never lowers behavior
    assert (together.behavior <= together.knowledge).all()


def test_what_is_not_given_has_the_median_of_a_plans_default() -> None:
    plain = tp.reinforcement.path(6, mastery=0.6, transfer=0.5)
    half_life = tp.Quantity("3 to 10", low=0, high=1200).quantile(0.5)
    assert (
        plain.behavior == tp.reinforcement.path(6, mastery=0.6, transfer=0.5, half_life=half_life).behavior
    ).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"months": -1}, "months: is -1, must be a whole number between 0 and 600"),
        ({"months": 2.5}, "months: is 2.5"),
        ({"months": 10**400}, "months: is a very long number"),
        ({"transfer": 1.2}, "transfer: is 1.2, must be between 0 and 1"),
        (
            {"half_lif": 3},
            "parameters: is 'half_lif', there is no such parameter (did you mean 'half_life'?)",
        ),
        ({"half_life": [3, 0]}, "half_life: is 0, must be above 0"),
        ({"half_life": "3 to 10"}, "half_life: must be numbers, not text"),
        (
            {"half_life": [3, 4], "coaching_hours": [1, 2, 3]},
            "coaching_hours: is of shape (3,), must broadcast with the arguments before it",
        ),
    ],
)
def test_a_path_that_makes_no_sense_is_refused(arguments: dict[str, Any], message: str) -> None:
    usual: dict[str, Any] = {"months": 6, "mastery": 0.6, "transfer": 0.5, **arguments}
    with pytest.raises(tp.InputError) as caught:
        tp.reinforcement.path(usual.pop("months"), **usual)
    assert message in str(caught.value)


def test_the_example_plan_and_the_formula_alone_agree() -> None:
    """A plan with certain values, coaching and refreshers: its behavior is the path of one person."""
    plan = tp.Plan.from_dict(
        {
            "teams": [{"id": "a", "people": 10, "hourly_cost": 25, "attrition": 30}],
            "modules": [
                {
                    "id": "m",
                    "competences": ["empathy"],
                    "hours": 8,
                    "completion": 0.9,
                    "accessibility": 0,
                    "mastery": 0.6,
                }
            ],
            "waves": [{"id": "w", "start": 1, "teams": ["a"], "modules": ["m"]}],
            "transfer": {"reference": 0.5, "strength": 0},
            "forgetting": {"half_life": 5, "practice_effect": 0},
            "reinforcement": {
                "coaching_hours": 1,
                "coaching_effect": 0.4,
                "knowledge_coaching": 0.3,
                "refresher_every": 4,
            },
            "workforce": {"realization": 0.5},
        }
    )
    trace = tp.simulate(plan, trials=64, outputs=["npv"], progress=False).trace("central")
    found = trace[(trace["what"] == "behavior") & (trace["competence"] == "empathy")].set_index("month")[
        "value"
    ]
    after = tp.reinforcement.path(
        22,
        completion=0.9,
        mastery=0.6,
        transfer=0.5,
        half_life=5,
        attrition=30,
        coaching_hours=1,
        coaching_effect=0.4,
        knowledge_coaching=0.3,
        refresher_every=4,
    )
    assert found.loc[2:24].to_numpy() == pytest.approx(after.behavior, rel=1e-12)
