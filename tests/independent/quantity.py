"""An independent reading of the quantity grammar (docs/method.md, section 1), with SciPy's exact quantiles.

It shares nothing with the library, so that the library's draws can be checked against it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats  # type: ignore[import-untyped]

Array = NDArray[np.float64]
Z90 = 1.2815515655446004
REFUSED_OUTSIDE = 0.20

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*%?"


@dataclass(frozen=True)
class Distribution:
    """A distribution after truncation to its field's range.

    Attributes
    ----------
    family : "certain", "logit-normal", "lognormal", "normal", "uniform", "triangular", "pert", "beta",
    "discrete" or "poisson".
    outside : probability that truncation took away, 0..1.
    """

    family: str
    inverse: Callable[[Array], Array]
    share_below: float = 0.0
    share_within: float = 1.0

    @property
    def outside(self) -> float:
        return 1.0 - self.share_within

    def quantile(self, u: ArrayLike) -> Array:
        """Value below which the share u of all draws lies, u in (0, 1)."""
        u = np.asarray(u, dtype=np.float64)
        if self.outside > 0.0:
            u = self.share_below + u * self.share_within
        return self.inverse(u)

    @property
    def median(self) -> float:
        return float(self.quantile(0.5))


def resolve(value: float | str, unit: str, low: float, high: float) -> Distribution:
    """Read a number or a text as the distribution of a field with this unit and range [low, high].

    `unit` decides what a `%` means: 12% is 12 where the unit begins with "%", else 0.12.
    """
    if not isinstance(value, str):
        return _certain(float(value))
    text = value.strip()
    if re.fullmatch(_NUMBER, text):
        return _certain(_number(text, unit))
    between = re.fullmatch(rf"({_NUMBER})\s+to\s+({_NUMBER})", text)
    if between:
        return _from_a_to_b(_number(between[1], unit), _number(between[2], unit), low, high)
    call = re.fullmatch(r"([a-z]+)\s*\((.*)\)", text, re.DOTALL)
    if not call:
        raise ValueError(f"{value!r} is no quantity")
    return _named(call[1], [part.strip() for part in call[2].split(",")], unit, low, high)


def _number(text: str, unit: str) -> float:
    text = text.strip()
    if not re.fullmatch(_NUMBER, text):
        raise ValueError(f"{text!r} is no number")
    if not text.endswith("%"):
        return float(text)
    number = float(text[:-1])
    return number if unit.startswith("%") else number / 100.0


def _certain(value: float) -> Distribution:
    return Distribution("certain", lambda u: np.full(np.shape(u), value))


def _from_a_to_b(a: float, b: float, low: float, high: float) -> Distribution:
    if not a < b:
        raise ValueError(f"{a} to {b}: the first number must be smaller")
    if a <= low or b >= high:
        raise ValueError(
            f"{a} to {b}: an end lies on or outside {low}..{high}; name uniform, triangular or pert"
        )
    if math.isfinite(low) and math.isfinite(high):
        score_a = float(special.logit((a - low) / (high - low)))
        score_b = float(special.logit((b - low) / (high - low)))
        mu, sigma = (score_a + score_b) / 2.0, (score_b - score_a) / (2.0 * Z90)
        return Distribution(
            "logit-normal", lambda u: low + (high - low) * special.expit(mu + sigma * special.ndtri(u))
        )
    if low == 0.0 and high == math.inf:
        return _lognormal(math.sqrt(a * b), math.log(b / a) / (2.0 * Z90))
    return _truncated(*_normal((a + b) / 2.0, (b - a) / (2.0 * Z90)), low, high)


def _lognormal(median: float, sigma: float) -> Distribution:
    return Distribution("lognormal", lambda u: median * np.exp(sigma * special.ndtri(u)))


def _normal(mean: float, sd: float) -> tuple[Distribution, Callable[[float], float]]:
    return (
        Distribution("normal", lambda u: mean + sd * special.ndtri(u)),
        lambda x: float(special.ndtr((x - mean) / sd)),
    )


def _frozen(family: str, law: stats.rv_frozen) -> tuple[Distribution, Callable[[float], float]]:
    return Distribution(family, lambda u: np.asarray(law.ppf(u))), lambda x: float(law.cdf(x))


def _truncated(whole: Distribution, cdf: Callable[[float], float], low: float, high: float) -> Distribution:
    below = cdf(low) if math.isfinite(low) else 0.0
    within = (cdf(high) if math.isfinite(high) else 1.0) - below
    if 1.0 - within > REFUSED_OUTSIDE:
        raise ValueError(f"{1.0 - within:.0%} of the distribution lies outside {low}..{high}")
    return Distribution(whole.family, whole.inverse, below, within)


def _named(name: str, parts: list[str], unit: str, low: float, high: float) -> Distribution:
    if name == "discrete":
        pairs = [part.split(":") for part in parts]
        return _discrete([(_number(x, unit), _number(p, "")) for x, p in pairs], low, high)
    if name == "bernoulli":
        p = _number(parts[0], "")
        return _discrete([(0.0, 1.0 - p), (1.0, p)], low, high)
    if name == "poisson":
        return _poisson(_number(parts[0], unit), low, high)

    named = {key.strip(): number for key, number in (part.split("=") for part in parts if "=" in part)}
    plain = [_number(part, unit) for part in parts if "=" not in part]
    if name == "lognormal":
        if set(named) == {"mean", "sd"}:
            mean, sd = _number(named["mean"], unit), _number(named["sd"], unit)
            if sd == 0.0:
                return _certain(mean)
            median, sigma = mean / math.sqrt(1.0 + (sd / mean) ** 2), math.sqrt(math.log1p((sd / mean) ** 2))
        else:
            (p, x), (q, y) = sorted(
                (float(key[1:]) / 100.0, _number(text, unit)) for key, text in named.items()
            )
            if x == y:
                return _certain(x)
            z_p, z_q = float(special.ndtri(p)), float(special.ndtri(q))
            sigma = math.log(y / x) / (z_q - z_p)
            median = math.sqrt(x * y) if z_p == -z_q else x * math.exp(-sigma * z_p)
        whole = _lognormal(median, sigma)
        return _truncated(whole, lambda x: _lognormal_cdf(x, median, sigma), low, high)
    if name == "normal":
        mean, sd = plain
        return _certain(mean) if sd == 0.0 else _truncated(*_normal(mean, sd), low, high)
    if name == "beta":
        return _truncated(*_frozen("beta", stats.beta(*plain)), low, high)
    if name not in ("uniform", "triangular", "pert"):
        raise ValueError(f"{name} is no distribution")
    least, most = plain[0], plain[-1]
    if least == most:
        return _certain(least)
    if name == "uniform":
        law = stats.uniform(least, most - least)
    elif name == "triangular":
        law = stats.triang((plain[1] - least) / (most - least), least, most - least)
    else:
        shape, where = float(named.get("shape", 4.0)), (plain[1] - least) / (most - least)
        law = stats.beta(1.0 + shape * where, 1.0 + shape * (1.0 - where), least, most - least)
    return _truncated(*_frozen(name, law), low, high)


def _lognormal_cdf(x: float, median: float, sigma: float) -> float:
    return float(special.ndtr(math.log(x / median) / sigma)) if x > 0.0 else 0.0


def _poisson(mean: float, low: float, high: float) -> Distribution:
    if mean == 0.0:
        return _certain(0.0)
    if not 0.0 < mean <= 1000.0:
        raise ValueError(f"poisson({mean}): the mean must be between 0 and 1,000")
    # Far enough out that the rest is below the least 1 - u, 2^-53.
    counts = np.arange(math.ceil(mean + 12.0 * math.sqrt(mean) + 40.0))
    return _steps("poisson", counts.astype(np.float64), stats.poisson.pmf(counts, mean), low, high)


def _discrete(pairs: list[tuple[float, float]], low: float, high: float) -> Distribution:
    pairs = sorted(pair for pair in pairs if pair[1] > 0.0)
    if not math.isclose(math.fsum(p for _, p in pairs), 1.0, abs_tol=1e-9):
        raise ValueError("the probabilities do not sum to 1")
    if len(pairs) == 1:
        return _certain(pairs[0][0])
    points, chances = (np.array(column) for column in zip(*pairs, strict=True))
    return _steps("discrete", points, chances, low, high)


def _steps(family: str, points: Array, chances: Array, low: float, high: float) -> Distribution:
    """Values with probabilities, in ascending order."""
    cumulative = np.cumsum(chances)
    cumulative[-1] = 1.0
    # The range includes its ends, so a mass on `low` is kept: what lies strictly below goes.
    below, above = math.fsum(chances[points < low]), math.fsum(chances[points > high])
    if below + above > REFUSED_OUTSIDE:
        raise ValueError(f"{below + above:.0%} of the distribution lies outside {low}..{high}")

    def inverse(u: Array) -> Array:
        inside = np.asarray(points[np.searchsorted(cumulative, u, side="left")])
        return np.asarray(np.clip(inside, low, high))

    return Distribution(family, inverse, below, 1.0 - below - above)
