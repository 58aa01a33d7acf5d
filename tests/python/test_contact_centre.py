"""The example `contact_centre`: complete, sourced, and in the order of its phases."""

from __future__ import annotations

from typing import Any

import pytest

import trainplan as tp

PAID_HOURS = 173.3  # a month
PILOT_ENDS = 3  # month, day 90


@pytest.fixture(scope="module")
def plan() -> tp.Plan:
    return tp.example("contact_centre")


def starts(plan: tp.Plan) -> dict[str, int]:
    trace = tp.simulate(plan, trials=1, progress=False).trace("central")
    found = trace[trace["what"] == "wave_start"]
    return {str(wave): int(month) for wave, month in zip(found["item"], found["value"], strict=True)}


def test_it_has_no_problem_and_no_warning(plan: tp.Plan) -> None:
    assert repr(tp.check(plan)).startswith("no problems, no warnings\nnote: ")


def test_every_quantity_has_a_source_and_every_source_a_citation(plan: tp.Plan) -> None:
    assert set(plan.inputs()["source"]) <= {"data", "benchmark", "assumption"}
    assert all(source.citation for source in plan.sources)
    assert all(source.grade for source in plan.sources if source.kind == "benchmark")


def test_contacts_balance_with_people(plan: tp.Plan) -> None:
    contact = [team for team in plan.to_dict(defaults=True)["teams"] if team["role"] == "contact"]
    assert len(contact) == 6
    for team in contact:
        hours = team["people"] * PAID_HOURS * (1 - team["shrinkage"]) * team["occupancy"]
        balanced = hours * 3_600 / team["baseline"]["aht"]
        assert team["contacts"] == pytest.approx(balanced, rel=0.05), team["id"]


def test_each_phase_keeps_its_days(plan: tp.Plan) -> None:
    """Two more teams within 60 days of the pilot's end, all within 120; no wave is moved."""
    found = starts(plan)
    assert found == {wave.id: wave.start for wave in plan.waves}
    assert found["pilot"] == PILOT_ENDS
    assert found["emea"] <= PILOT_ENDS + 2
    assert max(found[wave.id] for wave in plan.waves if not wave.follow_up) <= PILOT_ENDS + 4


@pytest.mark.parametrize(
    ("changes", "wave", "month"),
    [
        ({"waves.advanced_2_emea_apac.start": 11}, "advanced_2_emea_apac", 13),  # November becomes January
        ({"development.capacity": 600}, "emea", 6),  # 2,064 h / 600 and 1.4 months: 4.84
    ],
)
def test_peak_season_and_development_move_waves(
    plan: tp.Plan, changes: dict[str, Any], wave: str, month: int
) -> None:
    assert starts(plan.replace(changes))[wave] == month
