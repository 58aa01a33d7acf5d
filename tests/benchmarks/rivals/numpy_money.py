"""KPIs and money, month by month, in the NumPy rival of `programme.py`.

Arrays are (KPI, team, trial). Odds are written r = (hi - v) / (v - lo), so that a score needs no logarithm.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy import add, divide, exp, matmul, maximum, multiply, subtract
from numpy.typing import NDArray

from rivals.numpy_before import Before
from rivals.plan import LIFTS, MOVING, damped_months
from rivals.programme import Programme

Array = NDArray[np.float64]
Noise = Callable[[int, Array], None]  # month; (KPI, programme and teams, trial) to fill


class KpiViews(NamedTuple):
    """What the KPIs of a month work on."""

    z: Array
    U: Array
    programme: Array
    e: Array
    slopes: Array
    starts: list[Array]  # AR(1) series that start
    r0: Array  # CSAT, NPS, FCR
    r1: Array
    R: Array
    w: Array
    R2: Array
    E3: Array
    E: list[Array]  # by lift, attrition apart


class Money:
    """KPIs, benefits, and what is left at the end."""

    def __init__(self, facts: Programme, before: Before, E: Array) -> None:
        self.facts, self.before, self.n, self.E = facts, before, before.n, E
        n, contact = self.n, len(facts.contact)
        self.first = min(team.first for team in facts.teams)
        self.att = np.empty((len(facts.teams), n))
        self.U = np.empty((len(MOVING), 1 + contact, n))
        self.z, self.common = np.empty(self.U.size), np.empty((len(MOVING), 1, n))
        self.e, self.r1 = np.empty((len(MOVING), contact, n)), np.empty((3, contact, n))
        self.w, self.product = np.empty((2, 2, contact, n))
        self.H, self.now, self.some = np.empty((contact, n)), np.empty(n), np.empty(n)
        self.benefit = np.empty((facts.months + 1, n))
        self.damped = [damped_months(month) for month in range(facts.months + 1)]
        self.season = {kpi: [math.exp(x) for x in facts.season(kpi)] for kpi in MOVING}
        moves = np.array([facts.movement(kpi) for kpi in MOVING])[:, :, None, None]
        self.persistence = moves[:, 2]
        self.start = 1 / np.sqrt(1 - self.persistence**2)
        self.ratio = moves[:, 0] / moves[:, 1]
        self.customers, self.contacts = before.customers[:, 0], before.contacts[:, 0]
        self.all_customers = float(self.customers.sum())
        self.kpis = [self.kpi_views(month) for month in range(facts.months + 1)]

    def kpi_views(self, month: int) -> KpiViews | None:
        starts = [team.first < month for team in self.facts.contact]
        active, before = sum(starts), sum(team.first < month - 1 for team in self.facts.contact)
        if month <= self.first or not active:
            return None
        z = self.z[: len(MOVING) * (1 + active) * self.n].reshape(len(MOVING), 1 + active, self.n)
        new = [self.U[:, (1 + before if before else 0) : 1 + active]] if before < active else []
        E3 = self.E[len(self.facts.teams) :].reshape(len(LIFTS) - 1, -1, self.n)
        return KpiViews(
            z, self.U[:, : 1 + active], self.U[:, :1], self.e[:, :active], self.before.slopes[:, :active],
            new, self.e[:3, :active], self.r1[:, :active], self.before.R3[:, :active], self.w[:, :active],
            self.product[:, :active], E3[:3, :active], [*E3[:, :active]],
        )  # fmt: skip

    def begin(self) -> None:
        """Before the first month of a chunk."""
        self.U.fill(0)
        self.benefit.fill(0)
        self.H.fill(1)
        self.leavers = self.before.people[:, 0] @ self.before.attrition

    def month(self, month: int, noise: Noise, out: Array) -> None:
        v, before = self.kpis[month], self.before
        multiply(before.attrition, self.E[: len(self.facts.teams)], out=self.att)
        benefit = self.benefit[month]
        if v is not None:
            noise(month, v.z)
            multiply(v.U, self.persistence, out=v.U)
            add(v.U, v.z, out=v.U)
            for new in v.starts:
                new *= self.start
            multiply(v.programme, self.ratio, out=self.common)
            add(v.U[:, 1:], self.common, out=v.e)
            multiply(v.e, v.slopes, out=v.e)
            exp(v.e, out=v.e)
            self.odds(month, v, out)
            self.customers_won(v, benefit, last=month == self.facts.months, out=out)
            self.contact_work(month, v, benefit, out)
        fewer = subtract(self.leavers, matmul(before.people[:, 0], self.att, out=self.some), out=self.some)
        benefit += multiply(fewer, before.leaver, out=fewer)

    def odds(self, month: int, v: KpiViews, out: Array) -> None:
        """CSAT, NPS and FCR: 1 more than the odds of both paths, and their difference."""
        before, some = self.before, self.some
        multiply(before.q("movements.csat.trend"), self.damped[month], out=some)
        level = add(before.b["csat"][: v.e.shape[1]], some, out=v.R[0])
        if before.csat_clips:
            np.clip(level, 1e-4, 100 - 1e-4, out=level)
        divide(100, level, out=level)
        level -= 1
        multiply(v.r0, v.R, out=v.r0)
        for r, season in zip(v.r0, self.season.values(), strict=False):
            if season[month] != 1:
                multiply(r, 1 / season[month], out=r)
        multiply(v.r0, v.E3, out=v.r1)
        subtract(v.r0[:2], v.r1[:2], out=v.w)
        add(v.r0, 1, out=v.r0)
        add(v.r1, 1, out=v.r1)
        if month == self.facts.months:
            for row, low, weights in (
                (0, 0, self.contacts),
                (1, -100, self.customers),
                (2, 0, self.contacts),
            ):
                self.share(weights, low + (100 - low) / v.r1[row], out[3 + row])
        multiply(v.r0[:2], v.r1[:2], out=v.R2)
        divide(v.w, v.R2, out=v.w)

    def share(self, weights: Array, values: Array, out: Array) -> None:
        """The programme's figure: a weighted mean over teams."""
        assert len(values) == len(weights)
        out[:] = weights @ values / weights.sum()

    def customers_won(self, v: KpiViews, benefit: Array, *, last: bool, out: Array) -> None:
        """CSAT and customers kept, H = N_1 / N_0; NPS and new customers."""
        before, some, (w, nps) = self.before, self.some, v.w
        active = len(w)
        H = self.H[:active]
        matmul(self.customers, self.H, out=some)
        some -= self.all_customers
        benefit += multiply(some, before.margin, out=some)
        multiply(w, before.elasticity, out=w)
        exp(w, out=w)
        if last:
            moved = before.moved * (1 - w)
            self.share(self.customers, -100 * np.expm1(12 * np.log1p(-(before.churn + moved))), out[7])
        multiply(w, before.moved[:active], out=w)
        add(w, before.stay[:active], out=w)
        multiply(H, w, out=H)
        add(H, before.churn[:active], out=H)
        matmul(self.customers[:active], nps, out=some)
        benefit += multiply(some, before.per_nps, out=some)

    def contact_work(self, month: int, v: KpiViews, benefit: Array, out: Array) -> None:
        """FCR and repeats, handle time, contacts passed on."""
        before, (volume, work), some = self.before, v.w, self.some
        active = len(volume)
        # V_1 / V_0 = (1 - p_0) / (1 - p_1); 1 - p is (1 + r + k) / (1 + r) times what cancels.
        a, b = v.r0[2], v.r1[2]
        add(a, before.k, out=volume)
        multiply(volume, b, out=volume)
        add(b, before.k, out=b)
        multiply(b, a, out=b)
        divide(volume, b, out=volume)
        level = a
        multiply(before.q("movements.aht.trend"), self.damped[month], out=some)
        add(before.b["aht"][:active], some, out=level)
        if before.aht_clips:
            maximum(level, 1e-6, out=level)
        multiply(level, v.e[3], out=level)
        if self.season["aht"][month] != 1:
            multiply(level, self.season["aht"][month], out=level)
        if month == self.facts.months:
            self.share(self.contacts, level * v.E[3], out[6])
        multiply(volume, v.E[3], out=work)
        subtract(1, work, out=work)
        multiply(work, level, out=work)
        multiply(work, before.handled[:active], out=work)
        multiply(before.R["reroute"][:active], v.E[4], out=b)
        b += 1
        divide(volume, b, out=b)
        multiply(b, before.second[:active], out=b)
        subtract(work, b, out=work)
        add(work, before.passed_on[:active], out=work)
        benefit += add.reduce(work, axis=0, out=some)
        contacts = self.contacts[:active]
        matmul(contacts, volume, out=some)
        subtract(contacts.sum(), some, out=some)
        benefit += multiply(some, before.variable, out=some)

    def finance(self, out: Array) -> None:
        facts, cost, end = self.facts, self.before.cost, self.facts.months + 1
        cash = subtract(self.benefit, cost, out=self.benefit)
        matmul(facts.budget.discount, cash, out=out[0])
        add.reduce(cash, axis=0, out=out[1])
        out[1] *= 100
        out[1] /= add.reduce(cost, axis=0, out=self.some)
        cumulative, back = self.now, out[2]
        cumulative.fill(0)
        back.fill(0)
        for month in range(end):
            add(cumulative, cash[month], out=cumulative)
            np.putmask(back, cumulative < 0, month + 1)
        np.putmask(back, back == end, np.nan)
