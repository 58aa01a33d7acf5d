"""Pictures of what-if questions: Axes in, Axes out; what they say is what the result says."""

from __future__ import annotations

import doctest
import importlib
import io
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import trainplan as tp

matplotlib.use("Agg")  # a backend that needs no screen; before pyplot

from matplotlib import pyplot

HOURS = "reinforcement.coaching_hours"
FEW: dict[str, Any] = {"trials": 128, "progress": False}


@pytest.fixture(autouse=True)
def no_figure_stays_open() -> Iterator[None]:
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def plan() -> tp.Plan:
    return tp.example("one_team")


@pytest.fixture(scope="module")
def results(plan: tp.Plan) -> dict[str, Any]:
    scenarios = tp.standard_scenarios(plan)
    return {
        "tornado": tp.tornado(plan, "npv", **FEW),
        "spider": tp.spider(plan, "csat@6", most=4, **FEW),
        "waterfall": tp.compare(plan, scenarios, outputs=["npv"], **FEW).waterfall(
            "one-off training", progress=False
        ),
        "sweep": tp.sweep(plan, {HOURS: [0, 0.5, 1, 2, 3, 4]}, **FEW),
        "heat_map": tp.sweep(plan, {HOURS: [0, 2, 4], "teams.support.people": [20, 40, 60, 80]}, **FEW),
    }


DRAWINGS: dict[str, Callable[..., Axes]] = {
    name: getattr(tp.plots, name) for name in ("tornado", "spider", "waterfall", "sweep", "heat_map")
}


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_picture_is_drawn_on_the_axes_given_and_they_come_back(results: dict[str, Any], name: str) -> None:
    ax = Figure().add_subplot()
    assert DRAWINGS[name](results[name], ax) is ax
    assert ax.has_data()
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize("name", DRAWINGS)
def test_without_axes_a_new_figure_is_made_without_a_warning(results: dict[str, Any], name: str) -> None:
    before = dict(matplotlib.rcParams)
    ax = DRAWINGS[name](results[name])
    assert ax.get_title(loc="left")
    ax.figure.savefig(io.BytesIO(), format="png")
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("name", DRAWINGS)
def test_what_is_no_result_is_refused(name: str) -> None:
    with pytest.raises(tp.InputError, match=r"is int, must be a trainplan\.whatif\."):
        DRAWINGS[name](3)


def test_a_tornado_has_two_bars_an_input_from_the_plans_own_value(results: dict[str, Any]) -> None:
    found = results["tornado"]
    ax = tp.plots.tornado(found, most=5)
    assert [label.get_text() for label in ax.get_yticklabels()] == [bar.input for bar in found.bars[:5]]
    bars = [patch for patch in ax.patches if hasattr(patch, "get_width")]
    assert len(bars) == 10
    for bar, low, high in zip(found.bars, bars[::2], bars[1::2], strict=False):
        assert low.get_x() == found.own.value
        assert low.get_x() + low.get_width() == pytest.approx(bar.low.value)
        assert high.get_x() + high.get_width() == pytest.approx(bar.high.value)
        assert (low.get_hatch(), high.get_hatch()) == ("/////", None)
    assert ax.get_xlabel() == "mean of npv, USD; others at their distribution"


def test_a_waterfall_leads_from_one_mean_to_the_other(results: dict[str, Any]) -> None:
    found = results["waterfall"]
    ax = tp.plots.waterfall(found)
    bars = [patch for patch in ax.patches if hasattr(patch, "get_width")]
    assert len(bars) == len(found.steps) + 2
    at = bars[0].get_width()
    assert at == pytest.approx(found.start.value)
    for bar in bars[1:-1]:
        assert bar.get_x() == pytest.approx(at)
        at = bar.get_x() + bar.get_width()
    assert at == pytest.approx(bars[-1].get_width())
    assert at == pytest.approx(found.end.value)
    few = tp.plots.waterfall(found, most=2)
    names = [label.get_text() for label in few.get_yticklabels()]
    assert names[-2] == f"{len(found.steps) - 2} other changes"


def test_a_sweep_is_a_line_with_its_error_band(results: dict[str, Any]) -> None:
    found = results["sweep"]
    ax = tp.plots.sweep(found)
    (line, level, own) = ax.lines
    assert line.get_xdata().tolist() == found.values[HOURS]
    assert line.get_ydata().tolist() == [one.value for one in found.found]
    assert level.get_ydata()[0] == 0.0
    assert own.get_ydata()[0] == found.own.value
    assert len(ax.collections) == 1
    assert "as it is" in texts(ax)


def test_values_that_are_no_numbers_stand_in_their_order(plan: tp.Plan) -> None:
    ax = tp.plots.sweep(tp.sweep(plan, {HOURS: ["uniform(0, 1)", "1 to 3", 2]}, **FEW))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["uniform(0, 1)", "1 to 3", "2"]
    assert ax.lines[0].get_xdata().tolist() == [0.0, 1.0, 2.0]


def test_a_heat_map_has_a_number_a_cell_and_the_line_of_break_even(results: dict[str, Any]) -> None:
    found = results["heat_map"]
    ax = tp.plots.heat_map(found)
    assert len(texts(ax)) == 12
    grid = np.array([one.value for one in found.found]).reshape(3, 4)
    mesh, contour = ax.collections
    assert np.array_equal(np.asarray(mesh.get_array()).reshape(3, 4), grid)
    assert ax.get_title(loc="left") == "mean of npv, USD; the line is at 0"
    for path in contour.get_paths():
        for x, y in path.vertices:  # straight between neighboring cells, where the output is 0
            i, j = int(np.floor(y)), int(np.floor(x))
            down, right = y - i, x - j
            ends = (grid[i, j], grid[min(i + 1, 2), j] if down > 0 else grid[i, min(j + 1, 3)])
            share = down if down > 0 else right
            assert ends[0] + share * (ends[1] - ends[0]) == pytest.approx(0.0, abs=1e-6 * np.abs(grid).max())
    never = tp.plots.heat_map(found, level=10**9)
    assert "line" not in never.get_title(loc="left")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["0", "2", "4"]


def test_a_sweep_of_two_paths_is_a_heat_map_and_of_three_is_none(
    plan: tp.Plan, results: dict[str, Any]
) -> None:
    assert len(tp.plots.sweep(results["heat_map"]).collections) == 2
    three = tp.sweep(
        plan, {HOURS: [0], "teams.support.people": [40], "modules.foundation.hours": [16]}, **FEW
    )
    with pytest.raises(tp.InputError, match="must be of one path, or of two"):
        tp.plots.sweep(three)
    with pytest.raises(tp.InputError, match="must be of two paths"):
        tp.plots.heat_map(results["sweep"])


def test_a_chance_and_a_kpi_say_their_unit(plan: tp.Plan) -> None:
    chance = tp.sweep(plan, {HOURS: [0, 1]}, condition="csat@6 >= 72", **FEW)
    assert tp.plots.sweep(chance).get_ylabel() == "chance of csat@6 >= 72"
    kpi = tp.sweep(plan, {HOURS: [0, 1]}, output="csat[support]@6", **FEW)
    assert tp.plots.sweep(kpi).get_ylabel() == "mean of csat[support]@6, %"


@pytest.mark.parametrize("module", ["_sweeps", "_whatif"])
def test_the_examples_in_docstrings_run(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"trainplan.plots.{module}")).failed == 0
