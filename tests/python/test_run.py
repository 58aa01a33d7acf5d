"""A run and what it shows: arrays, tables, card, and how it is stopped."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest

import trainplan as tp

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def run() -> tp.Run:
    return tp.simulate(tp.example("one_team"), trials=4096, seed=3, progress=False)


def test_values_are_read_only_arrays_with_one_value_a_trial(run: tp.Run) -> None:
    assert run["npv"].shape == (4096,)
    assert run["npv"].dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        run["npv"][0] = 0
    with pytest.raises(ValueError, match="WRITEABLE"):
        run["npv"].setflags(write=True)


def test_an_output_that_was_not_kept_is_refused_with_a_near_name(run: tp.Run) -> None:
    with pytest.raises(tp.InputError, match="did you mean 'npv'"):
        run["nvp"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"trials": True}, "trials: is bool True, must be a whole number between 1 and 1000000000"),
        ({"trials": "1000"}, "trials: is str '1000', must be"),
        ({"trials": 1000000.5}, "trials: is 1000000.5, must be"),
        ({"trials": 0}, "trials: is 0, must be"),
        ({"trials": 10**12}, "trials: is 1000000000000, must be"),
        ({"trials": 2**70}, "must be a whole number between 1 and 1000000000"),
        ({"trials": 10**9}, "their values would take"),
        ({"seed": -1}, "seed: is -1, must be a whole number between 0 and 18446744073709551615"),
        ({"seed": 2**128}, "seed: is 340282366920938463463374607431768211456, must be"),
        ({"seed": 1.5}, "seed: is 1.5, must be"),
        ({"threads": 0}, "threads: is 0, must be a whole number between 1 and 4096"),
        ({"threads": -1}, "threads: is -1, must be"),
        ({"threads": 10**6}, "threads: is 1000000, must be"),
        ({"sampling": "sobol"}, "sampling: is 'sobol', must be 'stratified' or 'random'"),
        ({"outputs": "npv"}, "outputs: is 'npv', must be a list of names (did you mean ['npv']?)"),
        ({"outputs": ["csat@99"]}, "outputs: is 'csat@99', the month must be between 1 and the horizon, 24"),
        ({"outputs": ["csta@6"]}, "outputs: is 'csta@6', there is no KPI 'csta' (did you mean 'csat'?)"),
        ({"outputs": ["csat[billing]@6"]}, "there is no team, region=... or product_line=... 'billing'"),
    ],
)
def test_options_out_of_range_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(tp.InputError) as caught:
        tp.simulate(tp.example("one_team"), progress=False, **options)
    assert message in str(caught.value)


def test_a_whole_number_may_be_written_as_1e3_and_a_seed_left_open() -> None:
    run = tp.simulate(tp.example("one_team"), trials=1e3, seed=None, outputs=["npv"], progress=False)  # type: ignore[arg-type]
    assert run.trials == 1000
    again = tp.simulate(tp.example("one_team"), trials=1000, seed=run.seed, outputs=["npv"], progress=False)
    assert run["npv"].tobytes() == again["npv"].tobytes()


def test_a_plan_is_wanted_not_a_dict() -> None:
    with pytest.raises(tp.InputError, match=r"must be a trainplan\.Plan"):
        tp.simulate({}, progress=False)  # type: ignore[arg-type]


def test_the_summary_has_a_row_an_output(run: tp.Run) -> None:
    summary = run.summary(quantiles=(0.05, 0.5)).set_index("output")
    assert list(summary.index) == list(run.outputs)
    assert summary.loc["npv", "mean"] == pytest.approx(run["npv"].mean(), rel=1e-12)
    assert summary.loc["npv", "p5"] == pytest.approx(np.quantile(run["npv"], 0.05), rel=1e-12)
    assert (summary["mcse_mean"].dropna() >= 0).all()


def test_a_payback_that_never_comes_is_no_number(run: tp.Run) -> None:
    never = np.isnan(run["payback_month"]).mean()
    assert 0 < never < 1
    row = run.summary(quantiles=(0.1, 0.99)).set_index("output").loc["payback_month"]
    assert row["share_never"] == pytest.approx(never)
    assert np.isnan(row["mean"])
    assert np.isnan(row["p99"])
    assert row["p10"] > 0


def test_tables_agree_with_each_other_and_with_the_values(run: tp.Run) -> None:
    costs, benefits, cash = run.costs(), run.benefits(), run.cash_flow()
    assert cash["month"].tolist() == list(range(25))
    by_month = costs.groupby("month")["mean"].sum()
    assert cash["cost"].to_numpy() == pytest.approx(by_month.to_numpy(), rel=1e-12)
    assert cash["benefit"].iloc[1:].to_numpy() == pytest.approx(
        benefits.groupby("month")["mean"].sum().to_numpy(), rel=1e-12
    )
    assert (cash["benefit"] - cash["cost"]).to_numpy() == pytest.approx(
        cash["cash_flow"].to_numpy(), rel=1e-9
    )
    assert cash["cost"].sum() == pytest.approx(run["total_cost"].mean(), rel=1e-12)
    assert set(costs["category"]) >= {"content", "coaching", "participants"}
    assert set(benefits["stream"]) == {"contact_work", "retention", "hiring"}


def test_series_are_kept_and_read_only(run: tp.Run) -> None:
    keys, values = run.series("cost")
    assert run.series("cost")[1] is values
    both, joined = run.series("cost", "benefit")
    assert both[: len(keys)] == keys
    for array in (values, joined):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0, 0] = 0


def test_costs_and_benefits_say_region_and_product_line_of_their_team() -> None:
    plan = tp.example("one_team").replace(
        {"teams.support.region": "EMEA", "teams.support.product_line": "Mobile"}
    )
    run = tp.simulate(plan, trials=64, progress=False)
    costs, benefits = run.costs(), run.benefits()
    assert list(costs.columns) == [
        "category", "line", "team", "region", "product_line", "month", "mean", "p10", "p90", "n",
    ]  # fmt: skip
    assert list(benefits.columns) == ["stream", *costs.columns[2:]]
    places = costs.groupby("line")[["team", "region", "product_line"]].first()
    assert places.loc["coaches"].tolist() == ["support", "EMEA", "Mobile"]
    assert places.loc["content"].tolist() == ["", "", ""]
    assert set(benefits["region"]) == {"EMEA"}


def test_a_kpi_comes_month_by_month_with_the_path_without_the_programme(run: tp.Run) -> None:
    fcr = run.kpi("fcr", team="support")
    assert fcr["month"].tolist() == list(range(1, 25))
    assert fcr["without_mean"].to_numpy() == pytest.approx(61.0, rel=1e-12)
    assert fcr["mean"].iloc[5] == pytest.approx(run["fcr@6"].mean(), rel=1e-12)
    assert (fcr["p10"] <= fcr["p90"]).all()
    assert (fcr["n"] == 4096).all()
    assert run.kpi("fcr").drop(columns="n").to_numpy() == pytest.approx(fcr.drop(columns="n").to_numpy())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kpi": "fcx"}, "kpi: is 'fcx', is no KPI of this plan .did you mean 'fcr'"),
        ({"kpi": "fcr", "team": "suport"}, "team: is 'suport', .*did you mean 'support'"),
        ({"kpi": "fcr", "region": "EMEA"}, "region: is 'EMEA', is no region with the KPI 'fcr'"),
        ({"kpi": "fcr", "team": "support", "region": "EMEA"}, "give one of team, region and product_line"),
    ],
)
def test_an_unknown_kpi_or_team_is_refused(run: tp.Run, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(tp.InputError, match=message):
        run.kpi(**arguments)


def test_draws_are_those_of_the_run_and_stratified(run: tp.Run) -> None:
    drawn = run.draws(trials=64)
    assert drawn.shape[0] == 64
    assert "costs.content.amount" in drawn.columns
    assert "teams.support.people" not in drawn.columns
    ranks = np.sort(drawn["costs.classes.amount"].rank().to_numpy())
    assert ranks.tolist() == list(range(1, 65))
    with pytest.raises(tp.InputError, match=r"did you mean 'costs\.content\.amount'"):
        run.draws(["costs.content.amont"])


@pytest.mark.parametrize("trial", [0, 17, 4095])
def test_the_trace_of_a_trial_ends_in_its_values(run: tp.Run, trial: int) -> None:
    trace = run.trace(trial)
    outputs = trace[trace["what"] == "output"].set_index("item")["value"]
    assert outputs["npv"] == run["npv"][trial]
    kpi = trace[(trace["what"] == "kpi") & (trace["team"] == "support") & (trace["item"] == "csat")]
    assert kpi[kpi["month"] == 6]["value"].item() == run["csat@6"][trial]
    assert trace[(trace["what"] == "input")].shape[0] == len(run.plan.inputs())


def test_a_probability_has_its_error(run: tp.Run) -> None:
    found = run.probability("fcr@6 >= 63")
    assert found.value == (run["fcr@6"] >= 63).mean()
    assert 0 < found.standard_error < 0.02
    assert run.probability("payback_month <= 24").value == (~np.isnan(run["payback_month"])).mean()
    with pytest.raises(tp.InputError, match="must be an output, a comparison and a number"):
        run.probability("fcr@6 about 63")


def test_the_card_fits_a_terminal_and_says_the_essential(run: tp.Run) -> None:
    text = repr(run)
    assert max(map(len, text.splitlines())) <= 80
    for words in (
        "Net present value",
        "Chance of a loss",
        "Payback month",
        "Participants' time",
        "4,096 trials",
    ):
        assert words in text


def test_the_html_card_escapes_names_and_runs_no_script() -> None:
    plan = tp.example("one_team").replace({"programme.name": HOSTILE, "programme.currency": HOSTILE})
    text = tp.simulate(plan, trials=128, progress=False)._repr_html_()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "<svg" in text


def test_a_certain_plan_has_a_card_too() -> None:
    plan = tp.Plan.from_dict(
        {
            "programme": {"months": 3},
            "teams": [{"id": "a", "people": 5, "hourly_cost": 20, "attrition": 0}],
            "workforce": {"realization": 1},
        }
    )
    run = tp.simulate(plan, trials=64, progress=False)
    assert (run["npv"] == 0).all()
    assert np.isnan(run["roi"]).all()
    assert "Net present value" in repr(run)
    assert run._repr_html_()


def test_progress_is_told_and_can_stop_the_run() -> None:
    plan = tp.example("one_team")
    seen: list[tuple[int, int]] = []
    tp.simulate(
        plan,
        trials=300_000,
        threads=1,
        outputs=["npv"],
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen
    assert all(0 <= done <= total == 300_000 for done, total in seen)
    with pytest.raises(tp.Cancelled):
        tp.simulate(plan, trials=10_000_000, outputs=["npv"], progress=lambda *_: False)
    with pytest.raises(ZeroDivisionError):
        tp.simulate(plan, trials=10_000_000, outputs=["npv"], progress=lambda *_: 1 / 0)
    assert tp.simulate(plan, trials=64, outputs=["npv"], progress=False).trials == 64


def test_a_run_in_another_thread_gives_the_same_values(run: tp.Run) -> None:
    found: list[tp.Run] = []
    worker = threading.Thread(
        target=lambda: found.append(tp.simulate(tp.example("one_team"), trials=4096, seed=3, progress=False))
    )
    worker.start()
    worker.join()
    assert found[0]["npv"].tobytes() == run["npv"].tobytes()


INTERRUPT = """
import hashlib, os, signal, threading, time
import trainplan as tp
plan = tp.example("one_team")
late = []
for delay in (0.02, 0.11, 0.3):
    sent = []
    def interrupt():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)
    timer = threading.Timer(delay, interrupt)
    timer.start()
    try:
        tp.simulate(plan, trials=50_000_000, outputs=["npv"], progress=False)
        raise SystemExit("the run was not interrupted")
    except KeyboardInterrupt:
        late.append(time.monotonic() - sent[0])
    timer.join()
again = tp.simulate(plan, trials=4096, seed=3, outputs=["npv"], progress=False)["npv"]
print(max(late), hashlib.sha256(again.tobytes()).hexdigest(), threading.active_count())
"""


def test_ctrl_c_stops_a_run_soon_and_the_next_run_is_as_ever(run: tp.Run) -> None:
    import hashlib

    done = subprocess.run([sys.executable, "-c", INTERRUPT], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    latest, digest, threads = done.stdout.split()
    assert float(latest) <= 1.0  # 0.2 s on an idle machine; the scheduler of a busy one adds to it
    assert digest == hashlib.sha256(run["npv"].tobytes()).hexdigest()
    assert threads == "1"


FORK = """
import os, sys, warnings
warnings.simplefilter("ignore")
import trainplan as tp
plan = tp.example("one_team")
tp.simulate(plan, trials=4096, progress=False)
child = os.fork()
if child == 0:
    tp.simulate(plan, trials=4096, progress=False)
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_can_run_too() -> None:
    done = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "7", done.stderr
