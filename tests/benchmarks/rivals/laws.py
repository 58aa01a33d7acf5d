"""The laws of a plan's quantities as the rivals of `programme.py` draw them: by a standard normal score."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special  # type: ignore[import-untyped]

from independent.quantity import Z90

Array = NDArray[np.float64]

Z_MOST, Z_KNOTS = 6.0, 3072  # quantile tables: z from -6 to 6 in steps of 1/256, linear between


@dataclass(frozen=True)
class Law:
    """An uncertain quantity.

    lognormal: exp(a + b z); logit-normal: low + width / (1 + exp(-(a + b z))); normal: a + b z; uniform:
    low + width u; pert: a table of quantiles by z.
    """

    family: str
    a: float = 0.0
    b: float = 0.0
    low: float = 0.0
    width: float = 0.0
    text: str = ""


def law(text: str, family: str, low: float, high: float) -> Law:
    """Read the text of an uncertain quantity with these bounds."""
    name, _, rest = text.rstrip(")").partition("(")
    if rest:
        numbers = [float(x.rstrip("%")) / (100 if "%" in x else 1) for x in rest.split(",")]
        if name == "normal":
            assert low < numbers[0] - 9 * numbers[1], f"{text} is truncated"
            assert numbers[0] + 9 * numbers[1] < high, f"{text} is truncated"
            return Law(name, numbers[0], numbers[1])
        assert low <= numbers[0] < numbers[-1] <= high, text
        assert name == "uniform" or (name == "pert" and len(numbers) == 3), text
        return Law(name, low=numbers[0], width=numbers[-1] - numbers[0], text=text)
    a, b = (float(x.rstrip("%")) / (100 if "%" in x else 1) for x in text.split(" to "))
    if family == "logit-normal":
        a, b = (math.log((x - low) / (high - x)) for x in (a, b))
        return Law(family, (a + b) / 2, (b - a) / (2 * Z90), low, high - low)
    if family == "lognormal":
        return Law(family, math.log(a * b) / 2, math.log(b / a) / (2 * Z90))
    assert family == "normal", text
    return Law(family, (a + b) / 2, (b - a) / (2 * Z90))


def pert_table(text: str) -> Array:
    """Quantiles of pert(low, mode, high) at the knots in z; the upper half from the complement."""
    low, mode, high = (float(x) for x in text.partition("(")[2].rstrip(")").split(","))
    p, q = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
    z = np.linspace(-Z_MOST, Z_MOST, Z_KNOTS + 1)
    half = Z_KNOTS // 2
    lower = low + (high - low) * special.betaincinv(p, q, special.ndtr(z[:half]))
    upper = high - (high - low) * special.betaincinv(q, p, special.ndtr(-z[half:]))
    return np.concatenate([lower, upper])
