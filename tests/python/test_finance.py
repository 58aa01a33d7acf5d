"""Room `finance`: the border, the records, and laws that hold for any flows."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainplan import finance
from trainplan._core import InputError
from trainplan.finance import Reason

FLOWS = [-70_000, 12_000, 15_000, 18_000, 21_000, 26_000]
TABLE = [FLOWS, [-1_600, 10_000, -10_000, 0, 0, 0], [100, -200, 150, 0, 0, 0], [-1, -1, 0, 0, 0, 0]]
DAYS = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
DATED = [-10_000, 2_750, 4_250, 3_250, 2_750]

# ---- the border: one answer for every container ----


@pytest.mark.parametrize(
    "container",
    [
        tuple,
        np.asarray,
        np.float64,
        lambda x: np.asarray(x, dtype=np.float32),
        lambda x: np.asarray(x)[::-1][::-1],
        lambda x: [Decimal(f) for f in x],
        pd.Series,
        lambda x: pd.Series(x, dtype="Int64"),
        pl.Series,
        pa.array,
        lambda x: pa.chunked_array([x]),
    ],
)
def test_every_container_of_flows_gives_the_same_answer(container: Callable[[list[int]], Any]) -> None:
    flows = container(FLOWS)
    assert finance.npv(flows, rate=0.08) == finance.npv(FLOWS, rate=0.08)
    assert finance.irr(flows).value == finance.irr(FLOWS).value
    assert finance.payback(flows).interpolated == finance.payback(FLOWS).interpolated


@pytest.mark.parametrize(
    "container", [np.asarray, np.asfortranarray, pd.DataFrame, lambda x: pl.DataFrame(x, orient="row")]
)
def test_every_container_of_a_table_gives_the_same_answer(
    container: Callable[[list[list[int]]], Any],
) -> None:
    np.testing.assert_array_equal(finance.npv(container(TABLE), rate=0.08), finance.npv(TABLE, rate=0.08))
    np.testing.assert_array_equal(finance.irr(container(TABLE)).roots, finance.irr(TABLE).roots)


def test_a_row_of_a_table_has_the_answer_of_its_stream() -> None:
    irr, payback = finance.irr(TABLE), finance.discounted_payback(TABLE, rate=0.1, per_year=12)
    mirr = finance.mirr(TABLE, finance_rate=0.1, reinvest_rate=[0.1, 0.2, 0.3, 0.4])
    for i, flows in enumerate(TABLE):
        alone = finance.irr(flows)
        assert irr.reason[i] == alone.reason
        assert tuple(irr.roots[i][~np.isnan(irr.roots[i])]) == alone.roots
        assert np.isnan(irr.value[i]) if alone.value is None else irr.value[i] == alone.value
        alone = finance.discounted_payback(flows, rate=0.1, per_year=12)
        assert payback.reason[i] == alone.reason
        assert np.isnan(payback.value[i]) if alone.value is None else payback.value[i] == alone.value
        alone = finance.mirr(flows, finance_rate=0.1, reinvest_rate=0.1 * (i + 1))
        assert mirr.value[i] == alone.value or np.isnan(mirr.value[i])


def test_an_npv_profile_has_a_value_for_each_rate() -> None:
    rates = [0.0, 0.05, 0.1]
    assert finance.npv(FLOWS, rate=rates).tolist() == [finance.npv(FLOWS, rate=r) for r in rates]


def test_conventions_are_those_of_their_names() -> None:
    excel = finance.npv([-10_000, 3_000, 4_200, 6_800], rate=0.1, timing="excel")
    assert round(excel, 2) == 1188.44
    now = finance.npv([0, -10_000, 3_000, 4_200, 6_800], rate=0.1)
    assert now == pytest.approx(excel, rel=1e-15)
    mid = finance.npv([5.0, 100.0], rate=0.21, timing="mid")
    assert mid == pytest.approx(5 + 100 / 1.1, rel=1e-15)


def test_numbers_and_arrays_broadcast() -> None:
    rates, periods = np.array([[0.01], [0.02]]), np.array([12, 24, 36])
    table = finance.pmt(rate=rates, periods=periods, pv=1_000)
    assert table.shape == (2, 3)
    assert table[1, 2] == finance.pmt(rate=0.02, periods=36, pv=1_000)
    assert isinstance(finance.pmt(rate=0.02, periods=36, pv=1_000), float)
    answer = finance.nper(rate=0.1, pmt=[-99, -200], pv=1_000)
    assert answer.reason.tolist() == [Reason.NO_ROOT, Reason.FOUND]
    assert np.isnan(answer.value[0])
    assert finance.monthly_rate([0.0, 0.08]).shape == (2,)


# ---- no answer, and why ----


def test_what_has_no_answer_is_none_with_its_reason() -> None:
    assert finance.irr([100, -200, 150]).reason is Reason.NO_ROOT
    for answer, reason in (
        (finance.irr([-1_600, 10_000, -10_000]), Reason.SEVERAL_ROOTS),
        (finance.irr([1, 2]), Reason.NO_SIGN_CHANGE),
        (finance.mirr([1, 2], finance_rate=0.1, reinvest_rate=0.1), Reason.NO_SIGN_CHANGE),
        (finance.payback([-2, 1]), Reason.NEVER_REACHED),
        (finance.discounted_payback([-100, 101], rate=0.1), Reason.NEVER_REACHED),
        (finance.roi(100, 0), Reason.ZERO_COST),
        (finance.bcr(100, 0), Reason.ZERO_COST),
        (finance.nper(rate=0.1, pmt=-1, pv=100), Reason.NO_ROOT),
        (finance.rate(periods=3, pmt=1, pv=1), Reason.NO_SIGN_CHANGE),
    ):
        assert answer.value is None
        assert answer.reason is reason
        with pytest.raises(ValueError, match=r"^no value: "):
            float(answer)


def test_in_tables_it_is_nan_with_the_code_of_the_reason() -> None:
    answer = finance.roi([100, 100], [0, 50])
    assert answer.reason.tolist() == [Reason.ZERO_COST, Reason.FOUND]
    assert np.isnan(answer.value[0])
    assert answer.value[1] == 100.0
    assert finance.irr(TABLE).reason.tolist() == [0, 2, 3, 4]


def test_every_reason_has_a_sentence() -> None:
    assert len({reason.text for reason in Reason}) == len(Reason)


def test_records_are_frozen_numbers_with_a_plain_repr() -> None:
    answer = finance.roi(350_000, 200_000)
    assert repr(answer) == "Answer(value=75.0, reason=Reason.FOUND)"
    assert float(answer) == 75.0
    with pytest.raises(FrozenInstanceError):
        answer.value = 1.0  # type: ignore[misc]
    assert repr(finance.irr([-100, 110])) == "Irr(value=0.1, reason=Reason.FOUND, roots=(0.1,))"


# ---- what is refused, and in which words ----


RATES = "must be above -0.99 and at most 1"
NO_DATE = "not a date such as '2027-03-31'"
REFUSALS: list[tuple[Callable[[], object], str]] = [
    (lambda: finance.npv(FLOWS, rate=8), f"rate: is 8, {RATES} (did you mean 0.08?)"),
    (lambda: finance.npv(FLOWS, rate=-1), f"rate: is -1, {RATES}"),
    (lambda: finance.npv(FLOWS, rate=float("nan")), f"rate: is nan, {RATES}"),
    (lambda: finance.npv([], rate=0.1), "flows: must have at least one entry"),
    (lambda: finance.irr([-1, 2, float("inf"), 3]), "flows: entry 2 is not finite"),
    (lambda: finance.irr([[-1, 2], [1, np.nan]]), "flows: row 1, entry 1 is not finite"),
    (lambda: finance.irr(pd.Series([-1, None])), "flows: entry 1 is not finite"),
    (lambda: finance.irr(pl.Series([-1.0, None])), "flows: entry 1 is not finite"),
    (lambda: finance.irr(pd.Series([-1, "x"])), "flows: entry 1 is 'x', not a number"),
    (lambda: finance.irr([-1, None]), "flows: entry 1 is missing, not a number"),
    (lambda: finance.irr([-1, "2"]), "flows: must be numbers, not text"),
    (lambda: finance.irr([-1, True]), "flows: entry 1 is True, not a number"),
    (lambda: finance.irr([[-1, 2], [-1, True]]), "flows: row 1, entry 1 is True, not a number"),
    (lambda: finance.irr(np.array([True, False])), "flows: must be numbers, not yes/no values"),
    (lambda: finance.irr([-1, 2j]), "flows: must be numbers, not complex numbers"),
    (lambda: finance.irr(np.ma.masked_array([-1, 2], [True, False])), "flows: has masked entries"),
    (lambda: finance.irr([[1, 2], [3]]), "flows: must have rows of the same length"),
    (lambda: finance.irr(5.0), "flows: must be one row of numbers or a table of rows, not of shape ()"),
    (
        lambda: finance.irr(FLOWS, timing="begin"),  # type: ignore[arg-type]
        "timing: is 'begin', must be one of 'end', 'mid', 'excel'",
    ),
    (
        lambda: finance.irr(FLOWS, per_year=12.5),  # type: ignore[arg-type]
        "per_year: is 12.5, must be a whole number",
    ),
    (lambda: finance.irr(FLOWS, per_year=0), "per_year: is 0, must be from 1 to 366"),
    (lambda: finance.irr(FLOWS, threads=0), "threads: is 0, must be from 1 to 1024, or None for all cores"),
    (
        lambda: finance.npv(TABLE, rate=[0.1, 0.2]),
        "rate: is 2 numbers, must be one number, or one a row (4)",
    ),
    (lambda: finance.roi(5, -1), "costs: is -1, must be finite and at least 0"),
    (
        lambda: finance.bcr([1, 2], [1, 2, 3]),
        "benefits: must have a shape that goes with the others: benefits (2,), costs (3,)",
    ),
    (
        lambda: finance.pmt(rate=0.1, periods=5, pv=1, due="start"),  # type: ignore[arg-type]
        "due: is 'start', must be 'end' or 'begin'",
    ),
    (
        lambda: finance.rate(periods=2.5, pmt=1, pv=1),
        "periods: is 2.5, must be a whole number from 1 to 99,999",
    ),
    (lambda: finance.xnpv(DATED, DAYS[:4], rate=0.1), "dates: is 4, must be as many as flows (5)"),
    (
        lambda: finance.xirr([-1, 2], ["2009-02-28", "2009-02-30"]),
        f"dates: entry 1 is '2009-02-30', {NO_DATE}",
    ),
    (lambda: finance.xirr([-1, 2], [1, 2]), "dates: entry 0 is 1, not a date"),
    (lambda: finance.xirr([-1, 2], np.array(["2027-01-01", "NaT"], "M8[D]")), "dates: entry 1 is missing"),
]


@pytest.mark.parametrize(("call", "message"), REFUSALS)
def test_refusals_say_what_and_where(call: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError) as refusal:
        call()
    assert str(refusal.value) == message
    (problem,) = refusal.value.problems
    assert problem["path"] == message.split(":")[0]


# ---- dates ----


@pytest.mark.parametrize(
    "container",
    [
        lambda days: [dt.date.fromisoformat(d) for d in days],
        lambda days: [dt.datetime.fromisoformat(d + "T18:30") for d in days],
        lambda days: np.array(days, dtype="datetime64[s]"),
        lambda days: pd.to_datetime(pd.Series(days)),
        lambda days: pd.to_datetime(days, utc=True),
        lambda days: pl.Series(days).str.to_date(),
        pd.Series,
        tuple,
    ],
)
def test_dates_of_every_kind_give_the_same_answer(container: Callable[[list[str]], Any]) -> None:
    assert finance.xirr(DATED, container(DAYS)).value == finance.xirr(DATED, DAYS).value
    assert finance.xnpv(DATED, container(DAYS), rate=0.09) == finance.xnpv(DATED, DAYS, rate=0.09)


def test_dated_flows_may_stand_in_any_order() -> None:
    shuffled = [3, 1, 4, 0, 2]
    answer = finance.xirr([DATED[i] for i in shuffled], [DAYS[i] for i in shuffled])
    assert answer.value == finance.xirr(DATED, DAYS).value
    table = finance.xirr([DATED, [-2 * f for f in DATED]], DAYS)
    assert table.value.tolist() == [answer.value, answer.value]


# ---- threads ----


def test_results_do_not_depend_on_the_number_of_threads() -> None:
    flows = np.random.default_rng(1).normal(10, 25, (3_000, 37))
    flows[:, 0] = -300
    one = finance.irr(flows, threads=1)
    for threads in (2, 3, 16, None):
        many = finance.irr(flows, threads=threads)
        np.testing.assert_array_equal(many.roots, one.roots)
        np.testing.assert_array_equal(many.reason, one.reason)
        np.testing.assert_array_equal(
            finance.npv(flows, rate=0.1, threads=threads), finance.npv(flows, rate=0.1, threads=1)
        )


def test_other_python_threads_run_meanwhile() -> None:
    flows = np.random.default_rng(2).normal(size=(2_000, 400))  # a tenth of a second at least
    steps, done = 0, threading.Event()

    def work() -> None:
        finance.irr(flows, threads=1)
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    while not done.is_set():
        steps += 1
    worker.join()
    assert steps > 1_000


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_an_interrupt_ends_a_long_computation() -> None:
    code = (
        "import numpy as np\n"
        "from trainplan import finance\n"
        "flows = np.random.default_rng(3).normal(size=(60_000, 1_000))\n"
        "print('ready', flush=True)\n"
        "finance.irr(flows)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in errors


# ---- laws ----

amounts = st.floats(-1e6, 1e6).map(lambda amount: round(amount, 4))
streams = st.lists(amounts, min_size=2, max_size=40)
rates = st.floats(-0.5, 1.0)
law = settings(derandomize=True, deadline=None, max_examples=200)


@law
@given(streams, rates, st.sampled_from(["end", "mid", "excel"]))
def test_twice_the_money_is_twice_the_value_bit_for_bit(
    flows: list[float], rate: float, timing: finance.Timing
) -> None:
    twice = finance.npv([2 * f for f in flows], rate=rate, timing=timing, per_year=12)
    assert twice == 2 * finance.npv(flows, rate=rate, timing=timing, per_year=12)


@law
@given(streams, streams, rates)
def test_net_present_value_is_linear(a: list[float], b: list[float], rate: float) -> None:
    a, b = a[: len(b)], b[: len(a)]
    (va, ea), (vb, eb) = finance.npv_with_error(a, rate=rate), finance.npv_with_error(b, rate=rate)
    total, error = finance.npv_with_error(np.add(a, b), rate=rate)
    assert abs(total - (va + vb)) <= ea + eb + error


@law
@given(streams)
def test_the_value_at_a_rate_of_return_is_zero_but_for_rounding(flows: list[float]) -> None:
    for root in finance.irr(flows).roots:
        if not -0.9 < root <= 1.0:
            continue
        value, error = finance.npv_with_error(flows, rate=root)
        # The root is rounded as well: two units in its last place, times the slope of the value.
        times = np.arange(len(flows))
        slope = np.abs(flows * times) @ (1 + root) ** (-times - 1.0)
        assert abs(value) <= error + 5e-16 * slope * abs(root)


@law
@given(streams, st.integers(0, 3), st.integers(0, 3), st.sampled_from([2.0**-300, 0.5, 2.0**300, -1.0]))
def test_padding_and_scale_leave_rates_of_return_alone(
    flows: list[float], before: int, after: int, factor: float
) -> None:
    padded = [0.0] * before + [factor * f for f in flows] + [0.0] * after
    one, other = finance.irr(flows), finance.irr(padded)
    assert other.roots == one.roots
    assert other.reason == one.reason


@law
@given(streams)
def test_rates_of_return_are_bounded_in_number_by_changes_of_sign(flows: list[float]) -> None:
    signs = [f > 0 for f in flows if f != 0]
    changes = sum(a != b for a, b in pairwise(signs))
    roots = finance.irr(flows).roots
    assert len(roots) <= changes
    assert list(roots) == sorted(roots)
    assert changes == 0 or all(-1 < r < np.inf for r in roots)


@law
@given(streams)
def test_payback_is_where_the_sum_turns_for_good(flows: list[float]) -> None:
    answer = finance.payback(flows)
    sums = np.cumsum(flows)
    slack = 1e-14 * np.abs(flows).sum()  # of a plain running sum
    if answer.value is None:
        assert sums[-1] < slack
    else:
        assert (sums[answer.value :] >= -slack).all()
        assert answer.value == 0 or sums[answer.value - 1] < slack
        assert answer.value - 1 <= answer.interpolated <= answer.value
        assert answer.first_crossing <= answer.value
