"""What perfect knowledge is worth: of a table of payoffs, and of inputs by regression.

References
----------
.. [1] H. Raiffa and R. Schlaifer, Applied Statistical Decision Theory, Harvard, 1961.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from trainplan import statistics
from trainplan._arrays import numbers, refuse, vector
from trainplan.statistics import Estimate
from trainplan.whatif import _surface
from trainplan.whatif._surface import Floats, Surface

__all__ = ["expected_value_of_information", "unit_normal_loss", "worth"]

_GRID = np.linspace(0.0, 9.0, 9001)
_LOSS = np.array(
    [
        math.exp(-0.5 * t * t) / math.sqrt(2.0 * math.pi) - t * 0.5 * math.erfc(t / math.sqrt(2.0))
        for t in _GRID
    ]
)


def unit_normal_loss(x: ArrayLike) -> Floats:
    """Return the mean of max(0, Z - x), of a standard normal Z: the unit normal linear loss integral [1]_.

    Within 2e-7 by interpolation for 0 <= x <= 9; below 0 it is that of -x, minus x.

    Examples
    --------
    >>> from trainplan.whatif import unit_normal_loss
    >>> unit_normal_loss([0, 0.5, 1]).round(4).tolist()
    [0.3989, 0.1978, 0.0833]
    """
    at = numbers("x", x)
    return np.asarray(np.interp(np.abs(at), _GRID, _LOSS) + np.maximum(-at, 0.0))


def expected_value_of_information(
    payoffs: ArrayLike, *, probabilities: ArrayLike | None = None, stratified: bool = False
) -> Estimate:
    """Return the expected value of perfect information (EVPI) of a table of payoffs.

    Parameters
    ----------
    payoffs : array_like
        A row an option, a column a state of the world or a trial.
    probabilities : array_like, optional
        Of the states, together 1: the result is exact. None: the columns are trials, and it has an error.
    stratified : bool
        The columns are trials of stratified sampling, in order.

    Returns
    -------
    Estimate
        Mean of the best payoff of each state, minus the best mean [1]_.

    Examples
    --------
    A stock, a fund and a deposit, in a growing, a stagnant and an inflated economy:

    >>> from trainplan.whatif import expected_value_of_information
    >>> table = [[1500, 300, -800], [900, 600, -200], [500, 500, 500]]
    >>> round(expected_value_of_information(table, probabilities=[0.5, 0.3, 0.2]).value, 9)
    350.0
    """
    table = numbers("payoffs", payoffs)
    if table.ndim != 2 or not table.size or not np.isfinite(table).all():
        refuse("payoffs", "must be finite numbers, a row an option and a column a state")
    if probabilities is None:
        best = table[int(np.argmax(table.mean(axis=1)))]
        return statistics.mean(table.max(axis=0) - best, stratified=stratified)
    weights = vector("probabilities", probabilities)
    if weights.size != table.shape[1] or not (weights >= 0.0).all() or not abs(weights.sum() - 1.0) < 1e-9:
        refuse("probabilities", f"must be {table.shape[1]} numbers from 0, together 1")
    value = float(table.max(axis=0) @ weights - (table @ weights).max())
    return Estimate(value, 0.0, value, value)


def worth(given: Surface, gains: Floats, stratified: bool) -> tuple[Estimate, float]:
    """Return the EVPPI, and how often the decision changes; `gains` are payoffs beyond the best option's.

    The error counts also half of what the next larger regression would say otherwise: the worth of a weak
    input hangs on how its curve bends at the ends.
    """
    means = gains.mean(axis=1)
    size = max(_surface.chosen(given, y) for y in gains)
    if size == 1:
        spread = gains.std(axis=1) / math.sqrt(gains.shape[1])
        slopes = [float(s * unit_normal_loss(-m / s)) for m, s in zip(means, spread, strict=True) if s > 0.0]
        error = max(slopes, default=0.0)
        return Estimate(0.0, error, 0.0, 1.96 * error), 0.0
    value, influence, least, change = _by_regression(given.columns[:, :size], gains, means)
    error = statistics.mean(influence, stratified=stratified).standard_error or 0.0
    larger = given.sizes[min(given.sizes.index(size) + 1, len(given.sizes) - 1)]
    other = value if larger == size else _by_regression(given.columns[:, :larger], gains, means)[0]
    error = math.sqrt(error**2 + least**2 + 0.25 * (other - value) ** 2)
    return Estimate(value, error, max(0.0, value - 1.96 * error), value + 1.96 * error), change


def _by_regression(q: Floats, gains: Floats, means: Floats) -> tuple[float, Floats, float, float]:
    """Return the EVPPI, the trials' influence on it, the least error, and how often the decision changes.

    With g the regressions of all options, it is the mean of max(g) minus max(mean), less what the maximum
    gains from the noise of g. A trial's influence counts what it adds to the regressions.
    """
    count = gains.shape[1]
    best = int(np.argmax(means))
    fitted = (gains @ q) @ q.T
    left = gains - fitted
    at = np.argmax(fitted, axis=0)
    top = fitted[at, np.arange(count)]
    influence = top - gains[best]
    for option in range(len(gains)):
        pull = (at == option).astype(np.float64) @ q
        influence += (q @ pull) * left[option]
    noise = left @ left.T / (count - q.shape[1])
    lift = _lift(fitted, noise, np.einsum("ij,ij->i", q, q)).mean()
    # The best mean gains from noise as well, if less.
    own = _lift(means[:, None], np.cov(gains), np.full(1, 1.0 / count)).mean()
    value = max(0.0, float(top.mean() - means.max() - (lift - own)))
    # Where hardly a trial changes the decision they cannot tell the error: it is at least one trial's part.
    least = float(fitted.std(axis=1).max()) / count
    return value, influence, least, float(np.mean(at != best))


def _lift(heights: Floats, noise: Floats, leverage: Floats) -> Floats:
    """Return what the largest of noisy heights lies above the true largest, by the two largest of each."""
    order = np.argsort(heights, axis=0)
    a, b = order[-1], order[-2]
    places = np.arange(heights.shape[1])
    gap = heights[a, places] - heights[b, places]
    sd = np.sqrt(np.maximum(noise[a, a] + noise[b, b] - 2.0 * noise[a, b], 0.0) * leverage)
    safe = np.where(sd > 0.0, sd, 1.0)
    return np.where(sd > 0.0, sd * unit_normal_loss(gap / safe), 0.0)
