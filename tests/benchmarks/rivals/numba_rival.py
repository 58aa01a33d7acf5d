"""The rival of `programme.py` in Numba: strips of trials that LLVM turns into vector code.

`simulate` lowers the plan to tables of numbers and goes through strips of B trials; the kernels are compiled
once, for every plan of the kind that `programme_plan` accepts. Install numba to run it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rivals.laws import Z_KNOTS, Z_MOST
from rivals.numba_before import NOISY, Work, work
from rivals.numba_math import B, fexp, jit, normals, uniforms
from rivals.numba_money import begin, finish, month_of
from rivals.numba_tables import Tables, lower
from rivals.plan import OUTPUTS
from rivals.programme import Programme

Array = NDArray[np.float64]


@jit
def draw(X: Any, tables: Any, state: Any, score: Any) -> None:
    """A strip of all quantities; rows that are certain stay."""
    for k in range(0, len(tables.scored), 2):
        normals(state, X[tables.scored[k]], X[tables.scored[k + 1]])
    size = len(tables.members)
    for j in range(size - 1, -1, -1):  # from the last on: in place
        score[:] = 0.0
        for k in range(tables.members[j, 1], j + 1):
            x, a = X[tables.members[k, 0]], tables.factor[j, k]
            for i in range(B):
                score[i] += a * x[i]
        X[tables.members[j, 0]] = score
    common = X[tables.common]
    for k in range(len(tables.sizes)):
        x, a = X[tables.sizes[k]], tables.toward[k]
        own = np.sqrt(1 - a * a)
        for i in range(B):
            x[i] = a * common[i] + own * x[i]
    for k in range(len(tables.rows)):
        row, family = tables.rows[k], tables.family[k]
        x = X[row]
        a, b, low, width = tables.law[row]
        if family == 0:
            for i in range(B):
                x[i] = fexp(a + b * x[i])
        elif family == 1:
            for i in range(B):
                x[i] = low + width / (1 + fexp(-(a + b * x[i])))
        elif family == 2:
            for i in range(B):
                x[i] = a + b * x[i]
        elif family == 3:
            knots = tables.knots[tables.table[row]]
            for i in range(B):
                s = min(max((x[i] + Z_MOST) * (Z_KNOTS / (2 * Z_MOST)), 0.0), Z_KNOTS - 1e-6)
                j = int(s)
                x[i] = knots[j] + (s - j) * (knots[j + 1] - knots[j])
        else:
            uniforms(state, x)
            for i in range(B):
                x[i] = low + width * x[i]


@jit
def kernel(n: int, state: Any, X: Any, tables: Any, w: Any, values: Any) -> None:
    """All strips."""
    out, spare = np.empty((8, B)), np.empty(B)
    for first in range(0, n, B):
        draw(X, tables, state, spare)
        out[:] = 0.0
        begin(X, tables, w)
        for month in range(1, len(tables.discount)):
            active = tables.contact[month]
            if active > 0:
                for k in range(NOISY):
                    for t in range(0, 1 + active, 2):
                        normals(state, w.z[k, t], w.z[k, t + 1] if t < active else spare)
            month_of(month, X, tables, w, out)
        finish(tables, w, out)
        for k in range(8):
            for i in range(min(B, n - first)):
                values[k, first + i] = out[k, i]


def prepare(plan: Mapping[str, Any]) -> tuple[Programme, Tables, list[str], Array, Work]:
    """Tables, the paths of X's rows, X with all that is certain, buffers."""
    facts = Programme(plan)
    tables, paths = lower(facts)
    X = np.zeros((len(paths), B))
    for row, path in enumerate(paths):
        if path not in facts.laws and "#" not in path:
            X[row] = facts.number(path)
    return facts, tables, paths, X, work(tables, facts.months)


def simulate(plan: Mapping[str, Any], trials: int, seed: int) -> Array:
    """Values of the 8 outputs: (8, trials)."""
    _, tables, _, X, w = prepare(plan)
    values = np.empty((len(OUTPUTS), trials))
    state = np.random.SeedSequence(seed).generate_state(1, np.uint64)
    kernel(trials, state, X, tables, w, values)
    return values


def outputs(
    plan: Mapping[str, Any], values: Mapping[str, Any], noise: Callable[[int, Array], None], trials: int
) -> Array:
    """The outputs of at most B trials from values drawn elsewhere."""
    assert trials <= B
    facts, tables, paths, X, w = prepare(plan)
    for row, path in enumerate(paths):
        if path in values:
            X[row] = np.resize(values[path], B)
    out = np.zeros((len(OUTPUTS), B))
    begin(X, tables, w)
    for month in range(1, facts.months + 1):
        active = int(tables.contact[month])
        if active:
            z = np.empty((NOISY, 1 + active, trials))
            noise(month, z)
            w.z[:, : 1 + active] = np.resize(z.transpose(2, 0, 1), (B, NOISY, 1 + active)).transpose(1, 2, 0)
        month_of(month, X, tables, w, out)
    finish(tables, w, out)
    return out[:, :trials]
