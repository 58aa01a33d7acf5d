"""Rates of return and net present values of many streams: this library and its rivals, in alternation.

`python tests/benchmarks/finance.py [--quick]` prints a line of JSON a rival. `ratio` is the rival's time
divided
by ours, the median of alternating runs after a warm-up of each; above 1 we are faster. Everything runs on one
core, except for the last line, which says what all cores add. `rows_per_s` and `peak_mb` (what a call adds to
the memory of the process, on Linux) are ours. Install pyxirr to compare with it.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import importlib.util
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# ruff: noqa: E402
for library in ("OPENBLAS", "MKL", "OMP"):  # one thread for the rivals as well; read when NumPy is imported
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np
from numpy.typing import NDArray

from trainplan import finance

Array = NDArray[np.float64]
PERIODS = 37  # month 0 and three years


def training_flows(rows: int, *, later_costs: bool) -> Array:
    """Return an outlay and benefits that build up; costs that come back make further changes of sign."""
    rng = np.random.default_rng(7)
    benefits = rng.gamma(4.0, 1_500.0, (rows, PERIODS)) * np.minimum(np.arange(PERIODS) / 12, 1)
    if later_costs:
        benefits -= 15_000.0 * (np.arange(PERIODS) % 12 == 0)
    benefits[:, 0] = -rng.uniform(80_000.0, 120_000.0, rows)
    return benefits


def newton_irr(flows: Array) -> Array:
    """Newton's method for all rows of a strip at once, in place, started from a two-payment guess."""
    rates = np.empty(len(flows))
    times = np.arange(flows.shape[1])
    for start in range(0, len(flows), 4_096):  # strips that stay in the cache
        strip = np.ascontiguousarray(flows[start : start + 4_096].T)
        income, spending = np.maximum(strip, 0), np.maximum(-strip, 0)
        up, down = income.sum(axis=0), spending.sum(axis=0)
        gap = times @ income / up - times @ spending / down
        discount = (down / up) ** (1 / gap)
        for _ in range(50):
            value, slope = strip[-1].copy(), np.zeros(strip.shape[1])
            for flow in strip[-2::-1]:
                slope *= discount
                slope += value
                value *= discount
                value += flow
            value /= slope
            discount -= value
            if np.abs(value).max() < 1e-12:
                break
        rates[start : start + 4_096] = 1 / discount - 1
    return rates


def peak_mb(call: Callable[[], object]) -> float | None:
    """Return what a call adds to the resident memory at its peak, or None where the system does not say."""
    reset, status = Path("/proc/self/clear_refs"), Path("/proc/self/status")
    if not reset.exists() or not hasattr(ctypes.CDLL(None), "malloc_trim"):
        return None

    def read(field: str) -> int:
        return next(
            int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith(field)
        )

    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # or the call would use what was freed before, and add nothing
    reset.write_text("5")
    before = read("VmRSS:")
    call()
    return round((read("VmHWM:") - before) / 1024, 1)


def seconds(call: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def compare(
    work: str, ours: Callable[[], Any], rivals: dict[str, Callable[[], Any]], rows: int, repeats: int
) -> None:
    """Time all in turn, again and again, and print a line a rival."""
    calls = {"": ours, **rivals}
    peak = peak_mb(ours)
    for call in calls.values():
        call()
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            times[name].append(seconds(call))
    for name in rivals:
        ratio = statistics.median(rival / own for rival, own in zip(times[name], times[""], strict=True))
        line = {"work": work, "rival": name, "ratio": round(ratio, 2)}
        line |= {"rows_per_s": round(rows / statistics.median(times[""])), "peak_mb": peak}
        print(json.dumps(line), flush=True)


def irr_work(rows: int, repeats: int, cores: set[int] | None) -> None:
    """Compare rates of return."""
    one_change = training_flows(rows, later_costs=False)
    several = training_flows(rows, later_costs=True)
    exact = finance.irr(one_change).value
    assert np.abs(newton_irr(one_change) - exact).max() < 1e-9
    rivals: dict[str, Callable[[], Any]] = {"NumPy, vectorized Newton": lambda: newton_irr(one_change)}
    others: dict[str, Callable[[], Any]] = {}
    if importlib.util.find_spec("pyxirr"):
        import pyxirr

        assert np.abs(np.array([pyxirr.irr(row) for row in one_change[:1_000]]) - exact[:1_000]).max() < 1e-9
        rivals["pyxirr, row by row"] = lambda: [pyxirr.irr(row) for row in one_change]
        others["pyxirr, row by row, one root a row"] = lambda: [pyxirr.irr(row) for row in several]
    else:
        print(json.dumps({"work": "IRR", "rival": "pyxirr", "absent": "pyxirr is not installed"}))
    shape = f"{rows} rows of {PERIODS}"
    compare(
        f"IRR, {shape}, one change of sign", lambda: finance.irr(one_change, threads=1), rivals, rows, repeats
    )
    if others:
        work = f"IRR, {shape}, costs every year, all roots"
        compare(work, lambda: finance.irr(several, threads=1), others, rows, repeats)
    if cores:
        os.sched_setaffinity(0, cores)
    work = f"IRR, {shape}, one change of sign, {len(cores) if cores else os.cpu_count()} cores"
    alone = {"trainplan on one thread": lambda: finance.irr(one_change, threads=1)}
    compare(work, lambda: finance.irr(one_change), alone, rows, repeats)


def npv_work(rows: int, repeats: int) -> None:
    """Compare net present values."""
    flows = training_flows(rows, later_costs=True)
    factors = finance.discount_factors(PERIODS, rate=0.08, per_year=12)
    assert np.abs(flows @ factors - finance.npv(flows, rate=0.08, per_year=12)).max() < 1e-8
    work = f"NPV, {rows} rows of {PERIODS}"
    ours = lambda: finance.npv(flows, rate=0.08, per_year=12, threads=1)  # noqa: E731
    compare(work, ours, {"NumPy, flows @ factors": lambda: flows @ factors}, rows, 3 * repeats)
    rates = np.random.default_rng(8).uniform(0.02, 0.12, rows)
    times = np.arange(PERIODS) / 12
    ours = lambda: finance.npv(flows, rate=rates, per_year=12, threads=1)  # noqa: E731
    rival = lambda: (flows * (1 + rates[:, None]) ** -times).sum(axis=1)  # noqa: E731
    compare(f"{work}, a rate a row", ours, {"NumPy, powers": rival}, rows, repeats)


def main() -> None:
    """Run all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--quick", action="store_true", help="fewer rows and runs: a check, not a measurement"
    )
    quick = parser.parse_args().quick
    rows, repeats = (10_000, 3) if quick else (100_000, 9)
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_setaffinity") else None
    if cores:
        os.sched_setaffinity(0, {min(cores)})
    npv_work(rows, repeats)
    irr_work(rows, repeats, cores)


if __name__ == "__main__":
    main()
