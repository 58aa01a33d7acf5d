"""Exact values of the elementary functions; `python -m independent.kernels` prints kernels_values.hpp.

The normal quantile is found from the distribution function alone: Newton's method on its logarithm.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import mpmath
from mpmath import mpf

HALF = mpf(1) / 2
FUNCTIONS: dict[str, Callable[[mpf], mpf]] = {
    "exp": mpmath.exp,
    "exp2": lambda x: mpf(2) ** x,
    "log": mpmath.log,
    "expm1": mpmath.expm1,
    "log1p": mpmath.log1p,
    "logistic": lambda x: 1 / (1 + mpmath.exp(-x)),
    "logit": lambda p: mpmath.log(p) - mpmath.log1p(-p),
    "normal_quantile": lambda u: normal_quantile(u),
}


def normal_quantile(u: mpf) -> mpf:
    """Return z with Phi(z) = u."""
    if u >= HALF:
        return -normal_quantile(1 - u) if u > HALF else mpf(0)
    target = mpmath.log(u)
    z = -mpmath.sqrt(-2 * target) if u < 0.1 else (u - HALF) * mpmath.sqrt(2 * mpmath.pi)
    for _ in range(60):
        phi = mpmath.ncdf(z)
        step = (mpmath.log(phi) - target) * phi / mpmath.npdf(z)
        z -= step
        if abs(step) < abs(z) * mpf(10) ** -45:
            return z
    raise ArithmeticError(f"no quantile at {u}")


def points(name: str) -> Iterator[float]:
    """Yield edges, seams of the method and random numbers of every size."""
    edges = {
        "exp": [0.0, -0.0, 1.0, -1.0, 0.34657, 0.34658, -745.1, -720.0, -708.5, 709.78, 1e-300, 5e-324],
        "exp2": [-1074.0, -1030.5, 1023.9, 0.5, -0.5, 0.49999, 1e-300, 10.0],
        "log": [5e-324, 1e-310, 2.0**-1022, 1.0 - 2.0**-53, 1.0 + 2.0**-52, 0.70710678, 1.41421356, 1.79e308],
        "expm1": [5e-324, 1e-20, -1e-17, 0.3465, 0.3466, -0.3466, 1.04, -37.0, -45.0, 709.7],
        "log1p": [5e-324, -1e-20, 1e-17, -0.2929, 0.4142, 0.4143, -1 + 2.0**-53, 1e16, 1.7e308],
        "logistic": [0.0, -745.0, -710.0, -36.0, 36.0, 800.0, 1e-20],
        "logit": [0.5 + 2.0**-53, 0.5 - 2.0**-54, 0.4142, 0.5858, 2.0**-53, 1 - 2.0**-53, 5e-324, 1e-300],
        "normal_quantile": [
            *(2.0**-k for k in (2, 3, 4, 10, 25, 26, 40, 52, 53)),
            *(1 - 2.0**-k for k in (2, 3, 4, 10, 25, 26, 40, 52, 53)),
            *(0.5 - 2.0**-53, 0.5 + 2.0**-53, 0.0854219, 0.0854220, 0.9145780, 0.9145781, 2.2e-8, 2.1e-8),
            *(1e-18, 1e-19, 1e-61, 1e-62, 1e-148, 1e-149, 1e-300, 5e-324),
        ],
    }
    yield from edges[name]
    draw = random.Random(name)
    size = {"exp": 700, "exp2": 1000, "log": 700, "expm1": 5, "log1p": 5, "logistic": 30, "logit": 30}
    for i in range(16):
        x = draw.uniform(-1, 1) * size.get(name, 1) * 2.0 ** -(i % 8)
        if name == "log":
            yield float(mpmath.exp(x))
        elif name == "log1p":
            yield float(mpmath.expm1(x))
        elif name == "logit":
            yield float(1 / (1 + mpmath.exp(-x)))
        elif name == "normal_quantile":
            yield (2 * draw.getrandbits(52 - 3 * i) + 1) * 2.0**-53
        else:
            yield x


def main() -> None:
    """Print the header."""
    mpmath.mp.dps = 50
    print("/// Exact values of the elementary functions as the sum of two doubles, from 50-digit arithmetic:")
    print("/// printed by tests/independent/kernels.py.")
    print("#pragma once\n\n#include <vector>\n\nnamespace kernels_tests {\n")
    print("struct Value {\n  double x;\n  double exact;  ///< nearest double")
    print("  double rest;   ///< what it misses\n};\n")
    for name, function in FUNCTIONS.items():
        print(f"inline const std::vector<Value> {name}_values = {{")
        for x in points(name):
            exact = function(mpf(x))
            high = float(exact)
            print(f"    {{{x.hex()}, {high.hex()}, {float(exact - mpf(high)).hex()}}},")
        print("};\n")
    print("}  // namespace kernels_tests")


if __name__ == "__main__":
    main()
