"""Pictures: Axes in, Axes out; what they say is what the run says; readable without color."""

from __future__ import annotations

import copy
import doctest
import importlib
import io
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import trainplan as tp

matplotlib.use("Agg")  # a backend that needs no screen; before pyplot

from matplotlib import pyplot

DRAWINGS: dict[str, Callable[[tp.Run, Axes | None], Axes]] = {
    "fan": lambda run, ax: tp.plots.fan(run, "csat", ax=ax),
    "cash_flow": lambda run, ax: tp.plots.cash_flow(run, ax),
    "npv_distribution": lambda run, ax: tp.plots.npv_distribution(run, ax),
    "costs_and_benefits": lambda run, ax: tp.plots.costs_and_benefits(run, ax),
    "behavior": lambda run, ax: tp.plots.behavior(run, ax),
}
TEAMS = (
    "Billing", "Technical support, first level", "Technical support, second level", "Retention desk",
    "Sales and upgrades", "Chat and social media", "Back office",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_figure_stays_open() -> Iterator[None]:
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def run() -> tp.Run:
    return tp.simulate(tp.example("one_team"), trials=2048, seed=3, progress=False)


@pytest.fixture(scope="module")
def seven() -> tp.Run:
    """Return a run of seven teams in two regions, six of them trained one after the other."""
    data = tp.example("one_team").to_dict()
    team, wave = data["teams"][0], data["waves"][0]
    data["teams"], data["waves"] = [], []
    for i, name in enumerate(TEAMS):
        place = {"id": f"t{i}", "name": name, "region": ("North", "South")[i % 2], "product_line": "Mobile"}
        data["teams"].append({**copy.deepcopy(team), **place})
        if i < 6:
            taught = {"id": f"w{i}", "name": f"Wave {i + 1}: {name}", "start": 2 + i, "teams": [f"t{i}"]}
            data["waves"].append({**copy.deepcopy(wave), **taught})
    data["sources"] = []
    return tp.simulate(tp.Plan.from_dict(data), trials=512, seed=3, progress=False)


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_picture_is_drawn_on_the_axes_given_and_they_come_back(run: tp.Run, name: str) -> None:
    ax = Figure().add_subplot()
    assert DRAWINGS[name](run, ax) is ax
    assert ax.has_data()
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize("name", DRAWINGS)
def test_without_axes_a_new_figure_is_made(run: tp.Run, name: str) -> None:
    ax = DRAWINGS[name](run, None)
    assert ax.get_title(loc="left")
    assert ax.get_xlabel()
    assert len(pyplot.get_fignums()) == 1


@pytest.mark.parametrize("which", ["run", "seven"])
@pytest.mark.parametrize("name", DRAWINGS)
def test_pictures_draw_without_a_warning_and_leave_settings_alone(
    request: pytest.FixtureRequest, name: str, which: str
) -> None:
    # pytest makes errors of warnings.
    before = dict(matplotlib.rcParams)
    ax = DRAWINGS[name](request.getfixturevalue(which), None)
    ax.figure.savefig(io.BytesIO(), format="png")
    assert dict(matplotlib.rcParams) == before


def test_a_fan_shows_the_kpi_with_and_without_the_programme(run: tp.Run) -> None:
    ax = tp.plots.fan(run, "csat", team="support")
    table = run.kpi("csat", team="support")
    median, without = ax.lines[:2]
    assert np.array_equal(median.get_ydata(), table["p50"])
    assert np.array_equal(without.get_ydata(), table["without_mean"])
    assert (median.get_linestyle(), without.get_linestyle()) == ("-", "--")
    assert ax.get_ylabel() == "Customer satisfaction, %"
    assert ax.get_title(loc="left") == "Customer satisfaction: Telecom support"
    assert "All agents" in texts(ax)
    for label in ("P90", "P75", "median", "P25", "P10", "without"):
        assert any(text.startswith(f"{label} ") for text in texts(ax)), label
    assert f"median {table['p50'].iloc[-1]:.1f}" in texts(ax)


def test_a_wave_stands_in_its_months_and_only_where_it_teaches(seven: tp.Run) -> None:
    ax = tp.plots.fan(seven, "csat", team="t2")
    bars = [patch for patch in ax.patches if patch.get_alpha() == 0.8]
    assert [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars] == [(3.5, 4.5)]
    everybody = tp.plots.fan(seven, "csat", region="North")
    assert len([patch for patch in everybody.patches if patch.get_alpha() == 0.8]) == 3
    assert everybody.get_title(loc="left") == "Customer satisfaction: region North"
    nobody = tp.plots.fan(seven, "csat", team="t6")
    assert "waves" not in texts(nobody)


def test_months_are_whole_numbers_and_money_has_separators(run: tp.Run) -> None:
    ax = tp.plots.cash_flow(run)
    ax.figure.canvas.draw()
    months = [label.get_text() for label in ax.get_xticklabels() if 0 <= label.get_position()[0] <= 24]
    assert months == [str(month) for month in range(0, 25, 2)]
    amounts = [label.get_text() for label in ax.get_yticklabels()]
    assert "100,000" in amounts
    assert ax.get_ylabel() == "cumulative cash flow, USD"


def test_the_cash_flow_marks_the_median_payback(run: tp.Run) -> None:
    ax = tp.plots.cash_flow(run)
    month = math.ceil(run.summary().set_index("output").loc["payback_month", "p50"])
    assert f"median payback: month {month}" in texts(ax)
    assert any(text.endswith("of trials pay back") for text in texts(ax))
    (mark,) = [line for line in ax.lines if line.get_marker() == "o"]
    assert list(mark.get_xdata()) == [month]


def test_a_payback_that_never_comes_is_said() -> None:
    plan = tp.example("one_team").replace({"workforce.realization": 0.01})
    ax = tp.plots.cash_flow(tp.simulate(plan, trials=256, progress=False))
    assert "no payback in the median trial" in texts(ax)


def test_without_the_output_no_payback_is_marked() -> None:
    run = tp.simulate(tp.example("one_team"), trials=256, outputs=["npv"], progress=False)
    assert not any("pay" in text for text in texts(tp.plots.cash_flow(run)))


def test_the_hatched_bars_are_the_losses(run: tp.Run) -> None:
    ax = tp.plots.npv_distribution(run)
    lost = [bar for bar in ax.patches if bar.get_hatch()]
    kept = [bar for bar in ax.patches if not bar.get_hatch()]
    # An edge stands at 0; 1e-6 of a bar is rounding.
    width = lost[0].get_width()
    assert max(bar.get_x() + bar.get_width() for bar in lost) <= 1e-6 * width
    assert min(bar.get_x() for bar in kept) >= -1e-6 * width
    shown = (run["npv"] >= lost[0].get_x()) & (run["npv"] < 0)
    assert sum(bar.get_height() for bar in lost) == pytest.approx(100 * shown.mean(), rel=1e-12)
    assert shown.sum() >= (run["npv"] < 0).sum() - 0.01 * run.trials
    assert {"chance of a loss (hatched)"} <= set(texts(ax))
    assert any(text.startswith("mean ") for text in texts(ax))
    assert any(text.startswith("P10 \u2212") for text in texts(ax))


def test_bars_of_costs_and_benefits_are_sorted_and_labeled(run: tp.Run) -> None:
    ax = tp.plots.costs_and_benefits(run)
    names = [label.get_text() for label in ax.get_yticklabels()]
    lengths = dict(zip(names, [bar.get_width() for bar in ax.patches], strict=True))
    cut = names.index("Costs")
    assert names[0] == "Benefits"
    for group in (names[1:cut], names[cut + 1 :]):
        assert all(lengths[a] >= lengths[b] for a, b in pairwise(group))
    assert lengths["Costs"] == pytest.approx(run["total_cost"].mean(), rel=1e-12)
    assert lengths["Benefits"] == pytest.approx(run["total_benefit"].mean(), rel=1e-12)
    by_category = run.costs().groupby("category")["mean"].sum()
    assert lengths["Coaching hours"] == pytest.approx(by_category["coaching"], rel=1e-12)
    assert len(texts(ax)) == len(names)
    assert any("(35 %)" in text for text in texts(ax))


def test_behavior_has_a_line_a_team_that_differs_without_color(seven: tp.Run) -> None:
    ax = tp.plots.behavior(seven)
    lines = [line for line in ax.lines if len(line.get_xdata()) == 24]
    assert len(lines) == len(TEAMS)
    assert len({(line.get_marker(), line.get_linestyle()) for line in lines}) == len(TEAMS)
    assert len({to_hex(line.get_color()) for line in lines}) == len(TEAMS)
    keys, values = seven.series("behavior")
    first = np.mean([values[i, 1:].mean(axis=1) for i, key in enumerate(keys) if key[1] == "t0"], axis=0)
    assert np.array_equal(lines[0].get_ydata(), first)


def test_behavior_of_one_competence_is_its_own(run: tp.Run) -> None:
    ax = tp.plots.behavior(run, competence="communication")
    keys, values = run.series("behavior")
    (wanted,) = [values[i, 1:].mean(axis=1) for i, key in enumerate(keys) if key[4] == "communication"]
    assert np.array_equal(ax.lines[0].get_ydata(), wanted)
    assert ax.get_title(loc="left").endswith(": Communication")


@pytest.mark.parametrize("draw", [DRAWINGS["behavior"], DRAWINGS["fan"]], ids=["behavior", "fan"])
def test_labels_do_not_overlap_and_stay_in_the_picture(
    seven: tp.Run, draw: Callable[[tp.Run, Axes | None], Axes]
) -> None:
    ax = draw(seven, None)
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    for i, box in enumerate(boxes):
        assert ax.figure.bbox.x0 <= box.x0
        assert box.x1 <= ax.figure.bbox.x1
        for other in boxes[i + 1 :]:
            overlap = min(box.y1, other.y1) - max(box.y0, other.y0)
            beside = box.x1 <= other.x0 or other.x1 <= box.x0
            # A quarter of a line: what a box keeps free for letters that reach down.
            assert beside or overlap <= 0.25 * box.height


def test_labels_move_as_little_as_possible() -> None:
    from trainplan.plots._style import spread

    assert spread([0.0, 1.0, 5.0], 1.0, -9.0, 9.0) == [0.0, 1.0, 5.0]
    assert spread([0.0, 0.0, 5.0], 1.0, -9.0, 9.0) == [-0.5, 0.5, 5.0]
    assert spread([0.0, 0.0], 1.0, 0.0, 9.0) == [0.0, 1.0]
    assert spread([9.0, 9.0, 9.0], 1.0, 0.0, 9.0) == [7.0, 8.0, 9.0]
    assert spread([], 1.0, 0.0, 1.0) == []


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda run: tp.plots.fan(run, "csta"), r"kpi: is 'csta', .*did you mean 'csat'"),
        (
            lambda run: tp.plots.fan(run, "csat", team="suport"),
            r"team: is 'suport', .*did you mean 'support'",
        ),
        (lambda run: tp.plots.fan(run, "csat", region="EMEA"), r"region: is 'EMEA', "),
        (lambda run: tp.plots.fan(run, "csat", product_line="TV"), r"product_line: is 'TV', "),
        (lambda run: tp.plots.fan(run, "csat", team="support", region="x"), "give one of team, region"),
        (lambda run: tp.plots.behavior(run, competence="comunication"), "did you mean 'communication'"),
        (lambda run: tp.plots.cash_flow(run, 3), "ax: is int, must be a matplotlib Axes"),
        (lambda run: tp.plots.cash_flow(run.plan), r"run: is Plan, must be a trainplan\.Run"),
    ],
)
def test_what_cannot_be_drawn_is_refused(run: tp.Run, draw: Callable[[tp.Run], Axes], message: str) -> None:
    with pytest.raises(tp.InputError, match=message):
        draw(run)
    assert pyplot.get_fignums() == []


def test_a_run_without_the_net_present_value_has_no_distribution_of_it() -> None:
    run = tp.simulate(tp.example("one_team"), trials=64, outputs=["csat@6"], progress=False)
    with pytest.raises(tp.InputError, match="'npv', is not among the outputs"):
        tp.plots.npv_distribution(run)


def test_names_are_texts_not_formulas_and_of_one_line() -> None:
    changes = {
        "teams.support.name": "$x_1$\n\u0007 desk",
        "programme.currency": "$",
        "waves.all_agents.name": "^",
    }
    run = tp.simulate(tp.example("one_team").replace(changes), trials=64, progress=False)
    picture = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        tp.plots.fan(run, "csat", team="support").figure.savefig(picture, format="svg")
    assert ">Customer satisfaction: $x_1$ desk<" in picture.getvalue()
    assert ">^<" in picture.getvalue()
    assert tp.plots.cash_flow(run).get_ylabel() == "cumulative cash flow, $"


def test_a_plan_in_which_nothing_happens_can_be_drawn() -> None:
    team = {"id": "a", "people": 5, "hourly_cost": 20, "attrition": 10, "baseline": {"csat": 70}}
    plan = tp.Plan.from_dict({"programme": {"months": 3}, "teams": [team], "workforce": {"realization": 1}})
    run = tp.simulate(plan, trials=64, progress=False)
    for draw in DRAWINGS.values():
        draw(run, None).figure.savefig(io.BytesIO(), format="png")


def test_without_matplotlib_the_message_says_what_to_install(
    run: tp.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("matplotlib", "matplotlib.axes"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r"pip install trainplan\[plots\]"):
        tp.plots.fan(run, "csat")


def test_naming_the_room_does_not_load_matplotlib() -> None:
    code = "import sys, trainplan as tp; tp.plots.fan; tp.report; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.parametrize("name", ["_money", "_paths"])
def test_the_examples_in_docstrings_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"trainplan.plots.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
