"""The programme simulated: this library and the same model tuned in NumPy and in Numba, in alternation.

`python tests/benchmarks/programme.py [--quick] [--verify]` simulates the plan `contact_centre`, keeps 8
outputs a trial and finds P10, P50 and P90 of each, on one core; it prints a line of JSON a rival. `ratio` is
the rival's time divided by ours, the median of alternating runs; above 1 we are faster. Everybody's set-up is
in the time (reading the plan's dump, quantile tables), compiling Numba's kernels is not. The last line
compares two threads with one. `trials_per_s` is that of the median run; `peak_mb` is what a run of many
trials adds to the memory of a process of its own, on Linux. `--verify` shows instead that the rivals are the
same model: from the core's draws they give its outputs, and their own draws have its distributions.
Install numba to compare with it.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import importlib
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    for library in ("OPENBLAS", "MKL", "OMP"):  # one thread for the rivals as well; read by NumPy's import
        os.environ[f"{library}_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from numpy.typing import NDArray
from rivals.plan import MOVING, OUTPUTS
from rivals.programme import Programme

import trainplan as tp
from trainplan import _core

Array = NDArray[np.float64]
PLACES = (0.1, 0.5, 0.9)
RIVALS = ("numpy", "numba")
KOLMOGOROV = 2.6  # sup |F1 - F2| beyond this times sqrt(2/n) has a probability below 3e-6


def rival(name: str) -> Any:
    """The module of a rival; None where what it needs is not installed."""
    return importlib.import_module(f"rivals.{name}_rival") if importlib.util.find_spec(name) else None


def contact_centre() -> tuple[tp.Plan, dict[str, Any]]:
    """The plan, and its dump with all defaults."""
    plan = tp.example("contact_centre")
    return plan, plan.to_dict(defaults=True)


# -- the same model -----------------------------------------------------------------------------------------


class CoreNoise:
    """The core's standard normal draws of ordinary movement, as the rivals want them."""

    def __init__(self, facts: Programme, record: Any, options: Mapping[str, Any]) -> None:
        keys, series = _core.series(record, what=["noise"], **options)
        self.z = {(key[1], key[2]): z for key, z in zip(keys, series, strict=True)}
        # A series starts when the programme can reach its team; the programme's when it can reach any.
        starts = {"": min(team.first for team in facts.contact)} | {t.id: t.first for t in facts.contact}
        self.starts = {team: first + 1 for team, first in starts.items()}
        self.persistence = {kpi: facts.movement(kpi)[2] for kpi in MOVING}

    def __call__(self, month: int, out: Array) -> None:
        """Fill (KPI, programme and teams, trial); a series that starts begins where the core's is by then."""
        for rows, kpi in zip(out, MOVING, strict=True):
            for row, team in zip(rows, self.starts, strict=False):
                z, phi = self.z[team, kpi], self.persistence[kpi]
                row[:] = z[month]
                if month == self.starts[team]:
                    row[:] = z[1]
                    for past in z[2 : month + 1]:
                        row *= phi
                        row += np.sqrt(1 - phi**2) * past


def differences(name: str, plan: tp.Plan, dump: Mapping[str, Any], trials: int) -> dict[str, float]:
    """Largest relative difference of each output between a rival and the core, from the same draws."""
    options: dict[str, Any] = {"first": 0, "trials": trials, "seed": 1, "stratified": True, "central": False}
    values: dict[str, Array] = dict(zip(*_core.draws(plan.record, [], **options), strict=True))
    noise = CoreNoise(Programme(dump), plan.record, options)
    theirs = rival(name).outputs(dump, values, noise, trials)
    run = tp.simulate(plan, trials=trials, seed=1, outputs=list(OUTPUTS), threads=1, progress=False)
    found = {}
    for output, other in zip(OUTPUTS, theirs, strict=True):
        ours = run[output]
        same = np.array_equal(np.isnan(ours), np.isnan(other))
        gap = np.nanmax(np.abs(other - ours) / np.maximum(np.abs(ours), 1e-300))
        found[output] = float(gap) if same else np.inf
    return found


def distance(a: Array, b: Array) -> float:
    """sup |F_a - F_b| of two samples of a size over what Kolmogorov and Smirnov allow; never is latest."""
    a, b = (np.sort(np.nan_to_num(x, nan=np.inf)) for x in (a, b))
    both = np.concatenate([a, b])
    F = [np.searchsorted(x, both, side="right") / x.size for x in (a, b)]
    return float(np.abs(F[0] - F[1]).max() / (KOLMOGOROV * np.sqrt(2 / a.size)))


def verify(
    names: Sequence[str] = RIVALS, *, trials: int = 64, drawn: int = 32_768
) -> dict[str, dict[str, float]]:
    """Check that the rivals compute the same model; by rival, how far each output is off.

    From the core's draws a rival gives the core's outputs to 1e-9; its outputs from its own `drawn` trials
    have the core's distributions (0 leaves that out).
    """
    plan, dump = contact_centre()
    off = {name: differences(name, plan, dump, trials) for name in names if rival(name)}
    for name, found in off.items():
        assert max(found.values()) < 1e-9, (name, found)
    if drawn:
        run = tp.simulate(plan, trials=drawn, seed=1, outputs=list(OUTPUTS), progress=False)
        for name in off:
            theirs = rival(name).simulate(dump, drawn, 2)
            far = {o: distance(run[o], values) for o, values in zip(OUTPUTS, theirs, strict=True)}
            assert max(far.values()) < 1, (name, far)
    return off


# -- speed --------------------------------------------------------------------------------------------------


def percentiles(values: Sequence[Array]) -> list[Array]:
    """P10, P50 and P90 of each output; a payback that never comes is later than every other."""
    places = [int(p * (len(values[0]) - 1)) for p in PLACES]
    return [np.partition(row, places)[places] for row in values]


def core_call(trials: int, threads: int = 1) -> Callable[[], object]:
    plan = tp.example("contact_centre")

    def call() -> object:
        names = list(OUTPUTS)
        run = tp.simulate(plan, trials=trials, seed=1, outputs=names, threads=threads, progress=False)
        return percentiles([run[name] for name in names])

    return call


def rival_call(name: str, trials: int) -> Callable[[], object]:
    _, dump = contact_centre()
    simulate = rival(name).simulate
    return lambda: percentiles(simulate(dump, trials, 1))


def seconds(call: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def alternate(calls: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Seconds of each call in turn, again and again."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            times[name].append(seconds(call))
    return times


def ratio(times: Mapping[str, Sequence[float]], name: str, ours: str = "") -> float:
    pairs = zip(times[name], times[ours], strict=True)
    return round(statistics.median(theirs / own for theirs, own in pairs), 2)


def peak_mb(name: str, trials: int) -> float | None:
    """What a run adds to the resident memory of this process at its peak, after a small run."""
    reset, status = Path("/proc/self/clear_refs"), Path("/proc/self/status")
    call, small = (rival_call(name, n) if name else core_call(n) for n in (trials, 64))
    small()
    if not reset.exists() or not hasattr(ctypes.CDLL(None), "malloc_trim"):
        return None

    def read(field: str) -> int:
        lines = status.read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(field))

    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    reset.write_text("5")
    before = read("VmRSS:")
    call()
    return round((read("VmHWM:") - before) / 1024, 1)


def child_peak_mb(name: str, trials: int) -> float | None:
    """`peak_mb` in a process of its own."""
    command = [sys.executable, __file__, "--peak", name, "--trials", str(trials)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def instruction_set() -> str:
    """The widest vectors of the processor, where the system says."""
    info = Path("/proc/cpuinfo")
    flags = info.read_text().split() if info.exists() else []
    return next((name for name in ("avx512f", "avx2", "sse2") if name in flags), "unknown").rstrip("f")


def compare(trials: int, repeats: int, many: int, cores: set[int] | None) -> None:
    """Time all in turn, and print a line a rival."""
    installed = [name for name in RIVALS if rival(name)]
    calls = {"": core_call(trials)} | {name: rival_call(name, trials) for name in installed}
    for warm in (core_call(64), *(rival_call(name, 64) for name in installed)):
        warm()
    times = alternate(calls, repeats)
    speed = {name: round(trials / statistics.median(found)) for name, found in times.items()}
    peak = {name: child_peak_mb(name, many) for name in calls}
    about = {"instruction_set": instruction_set(), "trials": trials, "peak_trials": many}
    for name in RIVALS:
        if name not in installed:
            print(json.dumps({"work": "programme", "rival": name, "absent": f"{name} is not installed"}))
            continue
        line = {"work": "programme", "rival": name, "ratio": ratio(times, name)}
        line |= {"trials_per_s": speed[""], "peak_mb": peak[""]}
        line |= {"rival_trials_per_s": speed[name], "rival_peak_mb": peak[name]} | about
        print(json.dumps(line), flush=True)
    if cores:
        os.sched_setaffinity(0, cores)
    both = {"": core_call(trials, threads=2), "one": core_call(trials)}
    times = alternate(both, repeats)
    line = {
        "work": "programme, two threads",
        "rival": "trainplan on one thread",
        "ratio": ratio(times, "one"),
    }
    line |= {"trials_per_s": round(trials / statistics.median(times[""])), "peak_mb": peak[""]} | about
    print(json.dumps(line | {"cores": len(cores) if cores else os.cpu_count()}), flush=True)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="fewer trials and runs: a check, no measurement")
    parser.add_argument("--verify", action="store_true", help="check that the rivals are the same model")
    parser.add_argument("--trials", type=int, help="trials of a run")
    parser.add_argument("--peak", metavar="RIVAL", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    trials = chosen.trials or (16_384 if chosen.quick else 100_000)
    if chosen.peak is not None:
        print(json.dumps(peak_mb(chosen.peak, trials)))
        return
    if chosen.verify:
        for name, off in verify().items():
            print(json.dumps({"work": "programme", "rival": name, "largest relative difference": off}))
        return
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_setaffinity") else None
    if cores:
        os.sched_setaffinity(0, {max(cores)})
    compare(trials, 3 if chosen.quick else 7, trials if chosen.quick else 1_000_000, cores)


if __name__ == "__main__":
    main()
