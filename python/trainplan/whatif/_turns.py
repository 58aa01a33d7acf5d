"""The turns of a curve that is known point by point, each with its error: where it begins to meet a goal.

References
----------
.. [1] T. R. Chandrupatla, "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear
       function without using derivatives", Adv. Eng. Softw. 28 (1997) 145-149.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from trainplan.statistics import Estimate

__all__ = ["Answer", "Search"]

_MOST_WHOLE = 33  # as many whole numbers are all tried
_REFINED = 1e-5  # of the interval: how near an answer is
_BAND = 1e-3  # of the interval: how near the ends of its Monte Carlo interval are
_PEAK_STEPS = 10
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A value at which the goal begins or ceases to be met.

    Attributes
    ----------
    value : float or int
        Where it is just met: the statistic is at least the goal.
    met : {"from", "up to"}
        Whether it is met from here upwards, or up to here.
    low, high : float, int or None
        Where the goal would lie on the edge of the 95 % interval of the statistic; None: outside the
        interval that was searched.
    found : Estimate
        The statistic at `value`.
    short : float or int
        The nearest value that was tried at which it is not met.
    """

    value: float
    met: Literal["from", "up to"]
    low: float | None
    high: float | None
    found: Estimate
    short: float


class Search:
    """Looks for the turns of a goal that is met (statistic - goal >= 0) or not."""

    def __init__(
        self, look: Callable[[float], Estimate], goal: float, low: float, high: float, integers: bool
    ) -> None:
        self._look, self._goal, self._integers = look, goal, integers
        self._low, self._high = low, high
        self.tolerance = 0.0 if integers else (high - low) * _REFINED

    def _gap(self, x: float) -> float:
        """Return statistic - goal; a quantile that never comes is beyond every goal."""
        value = self._look(x).value
        return math.inf if math.isnan(value) else value - self._goal

    def _least(self, x: float) -> float:
        found = self._look(x)
        return self._gap(x) if found.low is None else found.low - self._goal

    def _most(self, x: float) -> float:
        found = self._look(x)
        return self._gap(x) if found.high is None else found.high - self._goal

    def met(self, x: float) -> bool:
        return self._gap(x) >= 0.0

    def answers(self, points: int) -> list[Answer]:
        """Return every turn, in ascending order."""
        scan = self._scan(points)
        scan = sorted({*scan, *self._peaks(scan)})
        turns = [(a, b) for a, b in pairwise(scan) if self.met(a) != self.met(b)]
        return [self._answer(a, b, scan) for a, b in turns]

    def _scan(self, points: int) -> list[float]:
        low, high = self._low, self._high
        if self._integers and high - low + 1 <= max(points, _MOST_WHOLE):
            return list(range(int(low), int(high) + 1))
        step = (high - low) / (points - 1)
        values = [low + i * step for i in range(points - 1)] + [high]
        return sorted({round(x) for x in values}) if self._integers else values

    def _peaks(self, scan: list[float]) -> list[float]:
        """Return values between those of a scan at which a peak turns out to be on the other side.

        Looked for around every value that is nearer to the other side than its neighbors, by no less than
        what is left: a curve that bends once there does not rise by more.
        """
        found = []
        for a, x, b in zip(scan[:-2], scan[1:-1], scan[2:], strict=True):
            side = self.met(x)
            if not self.met(a) == side == self.met(b):
                continue
            sign = -1.0 if side else 1.0
            left, here, right = (sign * self._gap(one) for one in (a, x, b))
            if here >= max(left, right) and -here <= here - min(left, right) > 0.0:
                peak = self._among(a, b, side) if self._integers else self._climbed(a, b, side)
                if peak is not None:
                    found.append(peak)
        return found

    def _among(self, a: float, b: float, side: bool) -> float | None:
        """Return a whole number between two others that is on the other side, of a few that are tried."""
        step = max(1, round((b - a) / _PEAK_STEPS))
        return next((x for x in range(int(a) + 1, int(b), step) if self.met(x) != side), None)

    def _climbed(self, a: float, b: float, side: bool) -> float | None:
        """Return a number between two others that is on the other side, by a golden section."""
        sign = -1.0 if side else 1.0
        c, d = b - _GOLDEN * (b - a), a + _GOLDEN * (b - a)
        for _ in range(_PEAK_STEPS):
            for x in (c, d):
                if self.met(x) != side:
                    return x
            if sign * self._gap(c) > sign * self._gap(d):
                b, c, d = d, d - _GOLDEN * (d - a), c
            else:
                a, c, d = c, d, c + _GOLDEN * (b - c)
        return None

    def _answer(self, a: float, b: float, scan: list[float]) -> Answer:
        a, b = self._narrowed(a, b, self._gap, self.tolerance)
        rising = self.met(b)
        value, short = (b, a) if rising else (a, b)
        # Met from here on: it may be from where the upper end of the interval reaches the goal, and surely is
        # from where the lower end does. Met up to here: the other way round.
        below, above = (self._most, self._least) if rising else (self._least, self._most)
        down = [x for x in reversed(scan) if x < a]
        up = [x for x in scan if x > b]
        return Answer(
            value=value,
            met="from" if rising else "up to",
            low=self._edge(below, [b, a, *down], rising=rising),
            high=self._edge(above, [a, b, *up], rising=rising),
            found=self._look(value),
            short=short,
        )

    def _edge(self, band: Callable[[float], float], walk: list[float], *, rising: bool) -> float | None:
        """Return where a band crosses the goal, on a walk away from the answer; None: not in the interval."""
        away = walk[0] < walk[-1]
        # Up along a rising curve the band becomes met, down along it no longer; of a falling one reversed.
        wanted = rising if away else not rising
        for x, y in pairwise(walk):
            if (band(y) >= 0.0) == wanted:
                if (band(x) >= 0.0) == wanted:
                    return x
                least = max(self.tolerance, (self._high - self._low) * _BAND if not self._integers else 0.0)
                ends = self._narrowed(min(x, y), max(x, y), band, least)
                return ends[1] if away else ends[0]
        return None

    def _narrowed(
        self, a: float, b: float, gap: Callable[[float], float], tolerance: float
    ) -> tuple[float, float]:
        """Return the bracket of a turn, narrowed to a tolerance or to neighboring whole numbers.

        Chandrupatla's method [1]_: inverse quadratic interpolation where that is safe, else halving.
        """
        # x1 and x2 bracket the turn, x2 the newest; x3 was one of them before.
        x1, x2 = b, a
        f1, f2 = gap(x1), gap(x2)
        at = 0.5
        while abs(x2 - x1) > (1.0 if self._integers else tolerance):
            x = x1 + at * (x2 - x1)
            if self._integers:
                x = min(max(round(x), min(x1, x2) + 1), max(x1, x2) - 1)
            if x in (x1, x2):
                break  # no number lies between
            f = gap(x)
            if (f >= 0.0) == (f1 >= 0.0):
                x3, f3 = x1, f1
            else:
                x3, f3, x2, f2 = x2, f2, x1, f1
            x1, f1 = x, f
            at = _next(x1, x2, x3, f1, f2, f3, tolerance)
        return min(x1, x2), max(x1, x2)


def _next(x1: float, x2: float, x3: float, f1: float, f2: float, f3: float, tolerance: float) -> float:
    """Return where between x1 (0) and x2 (1) to look next: by interpolation where that is safe."""
    least = min(0.5, 0.5 * tolerance / abs(x2 - x1)) if x2 != x1 else 0.5
    if not all(math.isfinite(f) for f in (f1, f2, f3)) or f3 in (f1, f2) or x3 == x2:
        return 0.5
    xi, phi = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
    if not (phi**2 < xi and (1.0 - phi) ** 2 < 1.0 - xi):
        return 0.5
    at = f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
    return min(max(at, least), 1.0 - least)
