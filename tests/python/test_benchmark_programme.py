"""The rivals of tests/benchmarks/programme.py are the same model as the core."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
import programme as benchmark
from rivals.numpy_draws import Draws
from rivals.plan import OUTPUTS
from rivals.programme import Programme

from trainplan import _core

DRAWN = 16_384


def test_the_numpy_rival_gives_the_outputs_of_the_core_from_its_draws() -> None:
    off = benchmark.verify(["numpy"], trials=64, drawn=0)
    assert set(off["numpy"]) == set(OUTPUTS)
    assert max(off["numpy"].values()) < 1e-9  # H = N_1 / N_0 instead of N_1 - N_0 loses three digits


def test_the_numpy_rival_draws_the_distributions_of_the_core() -> None:
    plan, dump = benchmark.contact_centre()
    facts = Programme(dump)
    draws = Draws(facts, 3, DRAWN)
    mine = draws.quantities()
    options: dict[str, Any] = {"first": 0, "trials": DRAWN, "seed": 1, "stratified": True, "central": False}
    core: dict[str, Any] = dict(zip(*_core.draws(plan.record, [], **options), strict=True))
    far = {path: benchmark.distance(core[path], np.array(mine[path])) for path in facts.laws}
    assert len(far) > 80
    assert max(far.values()) < 1, far
    noise = np.empty((4, 7, DRAWN))
    draws.noise(36, noise)
    reference = np.array(mine["lifts.aht#team.na_home"])
    assert max(benchmark.distance(z, reference) for row in noise for z in row) < 1
    assert benchmark.distance(np.array(core["lifts.aht#team.na_home"]), reference) < 1


@pytest.mark.parametrize(
    ("a", "b", "spearman"),
    [
        ("teams.na_home.hourly_cost", "teams.na_mobile.hourly_cost", 0.9),
        ("benefits.contact_work.callback_share", "benefits.retention.elasticity", 0.3),
        ("lifts.csat.size", "lifts.nps.size", 0.5),
        ("lifts.csat.size", "lifts.aht.size", -0.5),
        ("teams.na_home.attrition", "teams.emea_home.attrition", 0.0),
    ],
)
def test_the_numpy_rival_draws_with_the_stated_correlations(a: str, b: str, spearman: float) -> None:
    _, dump = benchmark.contact_centre()
    facts = Programme(dump)
    mine = Draws(facts, 4, DRAWN).quantities()
    ranks = [np.argsort(np.argsort(np.array(mine[path]))) for path in (a, b)]
    # Five standard errors of a rank correlation.
    assert np.corrcoef(ranks[0], ranks[1])[0, 1] == pytest.approx(spearman, abs=5 / np.sqrt(DRAWN))


def custom_benefit(dump: dict[str, Any]) -> None:
    dump["benefits"]["custom"].append({"id": "calls"})


def part_of_a_team(dump: dict[str, Any]) -> None:
    dump["waves"][0]["share"] = 0.5


def other_driver(dump: dict[str, Any]) -> None:
    dump["benefits"]["retention"]["driver"] = "churn"


def end_of_month(dump: dict[str, Any]) -> None:
    dump["programme"]["timing"] = "end_of_month"


@pytest.mark.parametrize("change", [custom_benefit, part_of_a_team, other_driver, end_of_month])
def test_a_plan_that_the_rivals_do_not_cover_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    _, dump = benchmark.contact_centre()
    dump = copy.deepcopy(dump)
    Programme(dump)
    change(dump)
    with pytest.raises(AssertionError):
        Programme(dump)
