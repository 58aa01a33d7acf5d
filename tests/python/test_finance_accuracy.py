"""Room `finance` against 50-digit arithmetic: 2,000 points a formula, edges included.

The bounds are what the documentation of `trainplan.finance` promises. `mpmath` sees the same doubles, so that
all that is measured is the error of the core.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, zip_longest

import mpmath as mp
import numpy as np
import pytest
from numpy.typing import NDArray

from trainplan import finance

POINTS = 2_000
EPS = 2.0**-52


@pytest.fixture(autouse=True)
def fifty_digits() -> Iterator[None]:
    with mp.workdps(50):
        yield


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20_270_331)


def rates(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Rates of every size, negative ones too, and the ends of the range."""
    small = 10.0 ** rng.uniform(-18, 0, count) * rng.choice([-0.5, 1.0], count)
    edges = [0.0, 1.0, -0.9899, 1e-300, 5e-324, -1e-300, 2.0**-53, -(2.0**-53)]
    return np.concatenate([edges, small[len(edges) :]])


def relative(found: float, exact: mp.mpf, size: mp.mpf | None = None) -> float:
    scale = abs(exact) if size is None else size
    return float(abs(mp.mpf(found) - exact) / scale) if scale else float(found != exact)


def annuity(r: mp.mpf, n: mp.mpf) -> mp.mpf:
    """((1+r)^n - 1)/r; 400 digits hide the cancellation."""
    with mp.workdps(400):
        return n if r == 0 else ((1 + r) ** n - 1) / r


def test_discount_factors_are_rounded_only_once(rng: np.random.Generator) -> None:
    worst = 0.0
    for rate in rates(rng, 60):
        for timing, shift in (("end", 0), ("mid", mp.mpf(-1) / 2), ("excel", 1)):
            for per_year in (1, 12):
                found = finance.discount_factors(40, rate=rate, timing=timing, per_year=per_year)
                times = [mp.mpf(0) if timing == "mid" and t == 0 else mp.mpf(t + shift) for t in range(40)]
                exact = [(1 + mp.mpf(float(rate))) ** (-time / per_year) for time in times]
                worst = max(worst, *(relative(f, e) for f, e in zip(found, exact, strict=True)))
    assert worst <= 0.51 * EPS  # half an ulp, plus the error of the pair of doubles behind it


def test_net_present_values_stay_within_the_stated_bound(rng: np.random.Generator) -> None:
    worst = 0.0
    for periods in (1, 37, 64, 65, 361):
        flows = rng.normal(size=(400, periods)) * 10.0 ** rng.uniform(-3, 6, (400, periods))
        chosen = np.clip(rates(rng, 400), -0.5, 1.0)
        value, error = finance.npv_with_error(flows, rate=chosen, per_year=12)
        np.testing.assert_array_equal(value, finance.npv(flows, rate=chosen, per_year=12))
        factors = [finance.discount_factors(periods, rate=rate, per_year=12) for rate in chosen]
        for row in range(0, 400):
            month = (1 + mp.mpf(float(chosen[row]))) ** (mp.mpf(-1) / 12)
            exact = mp.fsum(mp.mpf(float(f)) * month**t for t, f in enumerate(flows[row]))
            assert abs(mp.mpf(float(value[row])) - exact) <= error[row]
            gross = float(np.abs(flows[row]) @ factors[row])
            assert error[row] <= 8.01 * EPS * gross
            worst = max(worst, float(abs(mp.mpf(float(value[row])) - exact)) / gross)
    assert worst <= 2 * EPS  # the bound is a bound; what happens is less


def signs_around(flows: NDArray[np.float64], root: float) -> tuple[int, int]:
    """Signs of the exact value two units in the last place of the rate to either side of it."""
    signs = []
    for side in (-1, 1):
        growth = 1 + mp.mpf(root) * (1 + side * mp.mpf(2 * EPS))
        value = mp.mpf(0)
        for flow in flows:
            value = value * growth + mp.mpf(float(flow))
        signs.append(int(mp.sign(value)))
    return signs[0], signs[1]


def streams(rng: np.random.Generator, count: int) -> list[NDArray[np.float64]]:
    """Outlays first, noise, flows of all sizes, and ill-conditioned ones."""
    found = []
    for i in range(count):
        periods = int(rng.integers(2, 60))
        flows = rng.normal(size=periods)
        match i % 4:
            case 0:
                flows = np.abs(flows)
                flows[0] = -rng.uniform(0.1, periods)
            case 1:
                flows *= 10.0 ** rng.uniform(-6, 6, periods)
            case 2:
                flows += 0.5
                flows[0] = -rng.uniform(0.1, periods)
        found.append(flows)
    return found


def test_every_rate_of_return_is_within_two_units_of_the_last_place(rng: np.random.Generator) -> None:
    checked = 0
    for flows in streams(rng, POINTS):
        for root in finance.irr(flows).roots:
            if root == -1.0 + 2.0**-53:
                continue  # nearer to -1 than doubles are
            below, above = signs_around(flows, root)
            assert below * above < 0, (flows.tolist(), root)
            checked += 1
    assert checked >= POINTS


def sturm_count(flows: NDArray[np.float64]) -> int:
    """Return at how many growths above 0 the exact value is 0: Sturm's theorem in rational numbers."""
    chain = [np.trim_zeros([Fraction(float(f)) for f in flows])]  # highest power of the growth first
    degree = len(chain[0]) - 1
    chain.append([f * (degree - i) for i, f in enumerate(chain[0][:-1])])
    while len(chain[-1]) > 1:
        rest = list(chain[-2])
        divisor = chain[-1]
        while len(rest) >= len(divisor):
            share = rest[0] / divisor[0]
            rest = [r - share * d for r, d in zip_longest(rest[1:], divisor[1:], fillvalue=Fraction(0))]
        while rest and rest[0] == 0:
            rest.pop(0)
        if not rest:
            break
        scale = abs(rest[0])
        chain.append([-r / scale for r in rest])
    at_zero = [p[-1] for p in chain if p[-1] != 0]
    at_infinity = [p[0] for p in chain]
    changes = [sum((a < 0) != (b < 0) for a, b in pairwise(values)) for values in (at_zero, at_infinity)]
    return changes[0] - changes[1]


def test_no_rate_of_return_is_missed_or_invented(rng: np.random.Generator) -> None:
    several = 0
    for flows in streams(rng, 600):
        found = finance.irr(flows[:20]).roots
        assert len(found) == sturm_count(flows[:20]), flows[:20].tolist()
        several += len(found) > 1
    assert several >= 100


def test_rates_of_dated_flows_are_within_two_units_of_the_last_place(rng: np.random.Generator) -> None:
    checked = 0
    for flows in streams(rng, 600):
        flows = flows[:20]
        days = np.sort(rng.choice(4_000, len(flows), replace=False))
        dates = np.datetime64("2027-01-01") + days.astype("timedelta64[D]")
        answer = finance.xirr(flows, dates)
        for root in answer.roots:
            if not -0.999999 < root < 1e9:
                continue
            signs = []
            for side in (-1, 1):
                growth = 1 + mp.mpf(root) * (1 + side * mp.mpf(2 * EPS))
                terms = (
                    mp.mpf(float(f)) * growth ** (mp.mpf(-int(d)) / 365)
                    for f, d in zip(flows, days, strict=True)
                )
                signs.append(mp.sign(mp.fsum(terms)))
            assert signs[0] * signs[1] < 0, (flows.tolist(), days.tolist(), root)
            checked += 1
    assert checked >= 400


def test_xnpv_is_within_its_rounding_bound(rng: np.random.Generator) -> None:
    for rate in np.clip(rates(rng, 100), -0.9, 1.0):
        flows = rng.normal(size=20)
        days = rng.integers(0, 4_000, 20)
        found = finance.xnpv(flows, np.datetime64("2027-01-01") + days.astype("timedelta64[D]"), rate=rate)
        growth = 1 + mp.mpf(float(rate))
        first = int(days.min())
        terms = [
            mp.mpf(float(f)) * growth ** (-mp.mpf(int(d) - first) / 365)
            for f, d in zip(flows, days, strict=True)
        ]
        assert relative(found, mp.fsum(terms), mp.fsum(map(abs, terms))) <= 2 * EPS


def test_modified_rates_are_within_a_unit_of_the_last_place_of_one_plus_the_rate(
    rng: np.random.Generator,
) -> None:
    worst = 0.0
    flows = rng.normal(size=(POINTS, 25)) * 10.0 ** rng.uniform(-2, 4, (POINTS, 1))
    finance_rate, reinvest_rate = (
        np.clip(rates(rng, POINTS), -0.5, 1),
        rng.permutation(np.clip(rates(rng, POINTS), -0.5, 1)),
    )
    answer = finance.mirr(flows, finance_rate=finance_rate, reinvest_rate=reinvest_rate)
    for row in range(POINTS):
        discount = 1 / (1 + mp.mpf(float(finance_rate[row])))
        growth = 1 + mp.mpf(float(reinvest_rate[row]))
        exact_flows = [mp.mpf(float(f)) for f in flows[row]]
        income = mp.fsum(f * growth ** (24 - t) for t, f in enumerate(exact_flows) if f > 0)
        spending = mp.fsum(-f * discount**t for t, f in enumerate(exact_flows) if f < 0)
        exact = (income / spending) ** (mp.mpf(1) / 24) - 1
        worst = max(worst, relative(answer.value[row], exact, 1 + exact))
    assert worst <= EPS


@pytest.mark.parametrize("due", ["end", "begin"])
def test_annuities_are_within_four_units_of_the_last_place_of_their_parts(
    rng: np.random.Generator, due: finance.Due
) -> None:
    rate = rates(rng, POINTS)
    periods = np.where(rng.random(POINTS) < 0.5, rng.integers(1, 361, POINTS), rng.uniform(0.1, 360, POINTS))
    periods = np.where(rate < -0.3, np.minimum(periods, 60), periods)
    payment, amount = rng.normal(size=(2, POINTS)) * 10.0 ** rng.uniform(-2, 5, (2, POINTS))
    present = finance.pv(rate=rate, periods=periods, pmt=payment, fv=amount, due=due)
    future = finance.fv(rate=rate, periods=periods, pmt=payment, pv=amount, due=due)
    settled = finance.pmt(rate=rate, periods=periods, pv=payment, fv=amount, due=due)
    worst = 0.0
    for i in range(POINTS):
        r, n, a, b = (mp.mpf(float(x[i])) for x in (rate, periods, payment, amount))
        growth = (1 + r) ** n
        first = 1 + r if due == "begin" else mp.mpf(1)
        factor = first * annuity(r, n)
        for found, parts, divisor in (
            (present[i], (a * factor / growth, b / growth), mp.mpf(1)),
            (future[i], (a * factor, b * growth), mp.mpf(1)),
            (settled[i], (a * growth, b), factor),
        ):
            exact = -(parts[0] + parts[1]) / divisor
            worst = max(worst, relative(found, exact, (abs(parts[0]) + abs(parts[1])) / abs(divisor)))
    assert worst <= 4 * EPS


def test_numbers_of_periods_are_accurate(rng: np.random.Generator) -> None:
    """Relative to the change of the number that a relative change of 2^-52 in any input makes."""
    checked = 0
    for rate in rates(rng, POINTS):
        present, payment = float(rng.uniform(100, 10_000)), -float(rng.uniform(0.1, 2_000))
        answer = finance.nper(rate=rate, pmt=payment, pv=present)
        if answer.value is None:
            continue
        r, a, p = mp.mpf(float(rate)), mp.mpf(payment), mp.mpf(present)
        with mp.workdps(400):
            exact = -p / a if r == 0 else mp.log(a / (a + p * r)) / mp.log(1 + r)
        condition = abs(p / (a + p * r)) + abs(exact)
        assert abs(mp.mpf(answer.value) - exact) <= 4 * EPS * condition, (rate, present, payment)
        checked += 1
    assert checked >= POINTS // 2


def test_annuity_rates_are_the_rates_of_their_flows(rng: np.random.Generator) -> None:
    for _ in range(200):
        periods = int(rng.integers(1, 361))
        present, payment = float(rng.uniform(100, 10_000)), -float(rng.uniform(10, 2_000))
        flows = np.full(periods + 1, payment)
        flows[0] = present
        for root in finance.rate(periods=periods, pmt=payment, pv=present).roots:
            below, above = signs_around(flows, root)
            assert below * above < 0


def test_conversions_of_rates_are_within_two_units_of_the_last_place(rng: np.random.Generator) -> None:
    worst = 0.0
    annual = np.concatenate(
        [rates(rng, POINTS), 10.0 ** rng.uniform(0, 12, 100), -1 + 10.0 ** rng.uniform(-15, -1, 100)]
    )
    monthly = finance.monthly_rate(annual)
    back = finance.annual_rate(annual)
    for i, given in enumerate(annual):
        with mp.workdps(400):
            r = mp.mpf(float(given))
            exact = (1 + r) ** (mp.mpf(1) / 12) - 1, (1 + r) ** 12 - 1
        if abs(r) < 1e-307:
            continue  # a twelfth of a subnormal number has few bits
        worst = max(worst, relative(monthly[i], exact[0]), relative(back[i], exact[1]))
    assert worst <= 2 * EPS
