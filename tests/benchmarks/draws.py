"""How fast quantities are drawn: 40 uncertain quantities of a plan's usual families, one thread.

Run ``python tests/benchmarks/draws.py [--quick]``. Prints one JSON line for this library and one for NumPy
drawing the
same distributions (tables for beta and PERT, as a careful NumPy model does), alternating; ratio = rival's
time / ours.
"""

from __future__ import annotations

import argparse
import json
import resource
import time

import numpy as np
from scipy import special

import trainplan as tp

FAMILIES = [
    "pert(0.3, 0.55, 0.8)",
    "pert(180000, 250000, 420000)",
    "lognormal(p10=600, p90=1300)",
    "normal(8, 2)",
    "triangular(0.01, 0.03, 0.07)",
    "uniform(0, 3)",
    "beta(8, 3)",
    "12 to 30",
]
TEXTS = [FAMILIES[i % len(FAMILIES)] for i in range(40)]


def plan() -> tp.Plan:
    """Return a plan whose only uncertain quantities are forty cost lines of no driver's units."""
    lines = [
        {"id": f"line_{i}", "category": "management", "driver": "once", "amount": text, "month": 0}
        for i, text in enumerate(TEXTS)
    ]
    fixed = {
        "transfer": {"reference": 0.5, "strength": 1},
        "forgetting": {"half_life": 6, "practice_effect": 0},
        "reinforcement": {"coaching_effect": 0, "knowledge_coaching": 0},
    }
    team = {"id": "team", "people": 1, "hourly_cost": 1, "attrition": 30}
    return tp.Plan.from_dict(
        {
            "programme": {"months": 1},
            "teams": [team],
            "workforce": {"realization": 1},
            "costs": lines,
            **fixed,
        }
    )


def numpy_draws(rng: np.random.Generator, n: int, tables: dict[str, np.ndarray]) -> float:
    """Draw the same forty quantities in chunks of 8,192; return a checksum so that nothing is skipped."""
    total = 0.0
    for first in range(0, n, 8192):
        m = min(8192, n - first)
        for text in TEXTS:
            name, _, rest = text.partition("(")
            numbers = [float(x.split("=")[-1]) for x in rest.rstrip(")").split(",")] if rest else [12.0, 30.0]
            if name in ("pert", "beta"):
                x = (rng.standard_normal(m) + 6.0) * 256.0
                np.clip(x, 0, 3071 - 1e-6, out=x)
                i = x.astype(np.int32)
                x -= i
                low = tables[text].take(i)
                value = low + x * (tables[text].take(i + 1) - low)
            elif name == "normal":
                value = rng.normal(numbers[0], numbers[1], m)
            elif name == "triangular":
                value = rng.triangular(*numbers, m)
            elif name == "uniform":
                value = rng.uniform(*numbers, m)
            else:
                sigma = np.log(numbers[1] / numbers[0]) / (2 * 1.2815515655446004)
                value = np.sqrt(numbers[0] * numbers[1]) * np.exp(sigma * rng.standard_normal(m))
            total += float(value[0])
    return total


def beta_tables() -> dict[str, np.ndarray]:
    """Return quantiles of the PERT and beta texts on 3,073 knots in the normal score."""
    u = special.ndtr(np.linspace(-6, 6, 3073))
    tables = {}
    for text in set(TEXTS):
        name, _, rest = text.partition("(")
        if name not in ("pert", "beta"):
            continue
        p = [float(x) for x in rest.rstrip(")").split(",")]
        if name == "beta":
            tables[text] = special.betaincinv(p[0], p[1], u)
        else:
            width = p[2] - p[0]
            shape = 1 + 4 * (p[1] - p[0]) / width, 1 + 4 * (p[2] - p[1]) / width
            tables[text] = p[0] + width * special.betaincinv(*shape, u)
    return tables


def main() -> None:
    """Alternate both, five times, and print a JSON line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the trials")
    trials = 100_000 if parser.parse_args().quick else 1_000_000
    rng = np.random.default_rng(1)
    times: dict[str, list[float]] = {"trainplan": [], "numpy": []}
    for _ in range(5):
        start = time.perf_counter()
        tp.simulate(plan(), trials=trials, seed=1, outputs=["npv"], threads=1, progress=False)
        times["trainplan"].append(time.perf_counter() - start)
        start = time.perf_counter()
        numpy_draws(rng, trials, beta_tables())
        times["numpy"].append(time.perf_counter() - start)
    ours = min(times["trainplan"])
    for rival, seconds in times.items():
        line = {
            "work": "40 quantities",
            "rival": rival,
            "ratio": round(min(seconds) / ours, 2),
            "trials_per_s": round(trials / min(seconds)),
            "draws_per_s": round(40 * trials / min(seconds)),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
        print(json.dumps(line))


if __name__ == "__main__":
    main()
