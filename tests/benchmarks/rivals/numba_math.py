"""Vectorizable elementary functions and draws for the Numba rival of `programme.py`.

LLVM turns loops over a strip of trials into vector code as long as nothing in them is a call: exp, log, and
normal draws are written out. Random words are SplitMix64 of a counter; pairs of normal draws are Box and
Muller's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba  # type: ignore[import-untyped, import-not-found, unused-ignore]
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

B = 256  # trials in a strip
JIT: dict[str, Any] = {"nogil": True, "fastmath": {"contract", "arcp", "nsz"}, "error_model": "numpy"}


def jit(function: F) -> F:
    """A kernel."""
    return cast(F, numba.njit(**JIT)(function))


def inline(function: F) -> F:
    """A part of kernels."""
    return cast(F, numba.njit(inline="always", **JIT)(function))


MAGIC = 6755399441055744.0  # 1.5 * 2^52: adding it rounds to a whole number
LOG2E, LN2_HIGH, LN2_LOW = 1.4426950408889634, 6.93147180369123816490e-01, 1.90821492927058770002e-10
EXP = tuple(1 / math.factorial(i) for i in range(12, -1, -1))
SIN = tuple((-1) ** i * math.pi ** (2 * i + 1) / math.factorial(2 * i + 1) for i in range(9, -1, -1))
COS = tuple((-1) ** i * math.pi ** (2 * i) / math.factorial(2 * i) for i in range(10, -1, -1))
LOG = tuple(2 / i for i in range(21, 0, -2))
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
M1, M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@inline
def fexp(x: Any) -> Any:
    """exp for |x| < 700."""
    t = x * LOG2E + MAGIC
    k = t - MAGIC
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    p = EXP[0]
    for c in numba.literal_unroll(EXP[1:]):
        p = p * r + c
    return p * np.int64((np.float64(t).view(np.int64) + 1023) << 52).view(np.float64)


@inline
def flog(x: Any) -> Any:
    """log for normal x > 0."""
    bits = np.float64(x).view(np.uint64)
    shifted = (bits + np.uint64(0x3FF0000000000000 - 0x3FE6A09E667F3BCD)) >> np.uint64(52)
    m = np.uint64(bits - (shifted << np.uint64(52)) + np.uint64(0x3FF0000000000000)).view(np.float64)
    s = (m - 1) / (m + 1)
    z = s * s
    p = LOG[0]
    for c in numba.literal_unroll(LOG[1:]):
        p = p * z + c
    return s * p + (np.float64(np.int64(shifted)) - 1023.0) * 0.6931471805599453


@inline
def word(x: Any) -> Any:
    """SplitMix64's output for a state."""
    x = (x ^ (x >> np.uint64(30))) * M1
    x = (x ^ (x >> np.uint64(27))) * M2
    return x ^ (x >> np.uint64(31))


@inline
def uniform(x: Any) -> Any:
    """A number in (0, 1) from the upper bits of a word."""
    return np.uint64((x >> np.uint64(12)) | np.uint64(0x3FF0000000000000)).view(np.float64) - (1 - 2.0**-53)


@inline
def least(a: Any, b: Any) -> Any:
    """min without a thought for NaN."""
    return a if a < b else b


@inline
def most(a: Any, b: Any) -> Any:
    """max without a thought for NaN."""
    return a if a > b else b


@jit
def put(x: Any, to: Any) -> None:
    """Copy a strip."""
    for i in range(B):
        to[i] = x[i]


@jit
def uniforms(state: Any, out: Any) -> None:
    s = state[0]
    for i in range(B):
        out[i] = uniform(word(s + np.uint64(i) * GOLDEN))
    state[0] = s + np.uint64(B) * GOLDEN


@jit
def normals(state: Any, a: Any, b: Any) -> None:
    """Two strips of standard normal draws."""
    s = state[0]
    for i in range(B):
        first = word(s + np.uint64(2 * i) * GOLDEN)
        second = word(s + np.uint64(2 * i + 1) * GOLDEN)
        r = math.sqrt(-2 * flog(uniform(first)))
        t = uniform(second) - 0.5  # the angle is pi t: cos >= 0; a spare bit gives cos its sign
        z = t * t
        p, q = SIN[0], COS[0]
        for c in numba.literal_unroll(SIN[1:]):
            p = p * z + c
        for c in numba.literal_unroll(COS[1:]):
            q = q * z + c
        a[i] = r * (p * t)
        c = r * q
        bits = np.float64(c).view(np.uint64) | ((second & np.uint64(1)) << np.uint64(63))
        b[i] = np.uint64(bits).view(np.float64)
    state[0] = s + np.uint64(2 * B) * GOLDEN
