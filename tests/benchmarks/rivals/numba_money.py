"""KPIs and money, month by month, in the Numba rival of `programme.py`: odds r = (hi - v) / (v - lo)."""

from __future__ import annotations

from typing import Any

import numpy as np

from rivals.numba_before import BACK, CUMULATIVE, ELASTIC, H0, NOISY, PER_NPS, RATIO, SOME, before
from rivals.numba_math import B, fexp, jit, least, most, put
from rivals.numba_state import lift, live
from rivals.numba_tables import LEAVER, MARGIN, REACH, SECOND, TREND_AHT, TREND_CSAT, VARIABLE

# Slots of the strip `f`, after the four of the noise.
(F_TREND0, F_TREND1, F_ELASTIC, F_RATIO, F_MOVED, F_SHOWN, F_VOLUME, F_WORK, F_AGAIN1) = (
    B * slot for slot in range(4, 13)
)


@jit
def money(month: int, X: Any, tables: Any, w: Any, out: Any) -> None:
    """KPIs and benefits, from E and the noise in U."""
    n, f, benefit = w.n, w.f, w.benefit[month]
    T, C, active = len(tables.people), len(tables.contacts), tables.contact[month]
    last = month == len(tables.discount) - 1
    damped = tables.damped[month]
    contacts, customers = tables.contacts.sum(), tables.customers.sum()
    put(X[TREND_CSAT], f[F_TREND0 : F_TREND0 + B])
    put(X[TREND_AHT], f[F_TREND1 : F_TREND1 + B])
    put(n[ELASTIC], f[F_ELASTIC : F_ELASTIC + B])
    put(n[RATIO], f[F_RATIO : F_RATIO + B])
    for t in range(active):
        e = f[: 4 * B]  # exp of the noise, by KPI
        for k in range(NOISY):
            ratio, U, P, slope = (
                tables.moves[k, 0] / tables.moves[k, 1],
                w.U[k, 1 + t],
                w.U[k, 0],
                w.slope[k, t],
            )
            part = e[k * B : (k + 1) * B]
            for i in range(B):
                part[i] = (U[i] + ratio * P[i]) * slope[i]
        for i in range(4 * B):
            e[i] = fexp(e[i])
        for k in range(NOISY):
            season, part = tables.season[k, month], e[k * B : (k + 1) * B]
            if season != 1.0:
                for i in range(B):
                    part[i] *= season
        # CSAT and customers kept
        N, churn, H, base, E = (
            tables.customers[t],
            tables.churn[t],
            w.H[t],
            w.base[0, t],
            w.lanes[T + t, 2 * B :],
        )
        for i in range(B):
            b = least(most(base[i] + f[F_TREND0 + i] * damped, 1e-4), 100 - 1e-4)
            q = (100 - b) * f[i]
            p = q * E[i]
            f[F_MOVED + i] = f[F_ELASTIC + i] * (b * (q - p) / ((b + q) * (b + p)))
            f[F_SHOWN + i] = 100 * b / (b + p) if last else 0.0
        for i in range(B):
            f[F_MOVED + i] = fexp(f[F_MOVED + i]) - 1
        for i in range(B):
            moved = f[F_MOVED + i] * X[REACH, i] * churn
            benefit[i] += X[MARGIN, i] * N * H[i]
            H[i] = H[i] * (1 - churn - moved) - moved
            f[F_MOVED + i] = moved
        if last:
            for i in range(B):
                out[3, i] += tables.contacts[t] / contacts * f[F_SHOWN + i]
                s = 1 - churn - f[F_MOVED + i]
                s *= s * s
                s *= s
                out[7, i] += N / customers * (100 * (1 - s * s))
        # NPS and customers won
        odds, E = w.odds[1, t], w.lanes[T + C + t, 2 * B :]
        for i in range(B):
            r0 = odds[i] * f[B + i]
            r1 = r0 * E[i]
            benefit[i] += n[PER_NPS, i] * N * ((r0 - r1) / ((1 + r0) * (1 + r1)))
            if last:
                out[4, i] += N / customers * (200 / (1 + r1) - 100)
        # Contact work
        V, odds, handled, R = tables.contacts[t], w.odds[2, t], w.handled[t], 100 / tables.base[4, t] - 1
        E2, E3 = w.lanes[T + 2 * C + t, 2 * B :], w.lanes[T + 3 * C + t, 2 * B :]
        E4 = w.lanes[T + 4 * C + t, 2 * B :]
        for i in range(B):
            r0 = odds[i] * f[2 * B + i]
            r1 = r0 * E2[i] + 1
            r0 += 1
            k = f[F_RATIO + i]
            f[F_VOLUME + i] = (r0 + k) * r1 / ((r1 + k) * r0)
            f[F_SHOWN + i] = 100 / r1 if last else 0.0
        for i in range(B):
            volume = f[F_VOLUME + i]
            level = most(tables.base[3, t] + f[F_TREND1 + i] * damped, 1e-6) * f[3 * B + i]
            f[F_MOVED + i] = level * E3[i]
            f[F_WORK + i] = level * (1 - volume * E3[i])
            f[F_AGAIN1 + i] = tables.base[4, t] / 100 - volume / (1 + R * E4[i])
        for i in range(B):
            work = f[F_WORK + i] + f[F_AGAIN1 + i] * X[SECOND, i]
            benefit[i] += handled[i] * work + X[VARIABLE, i] * V * (1 - f[F_VOLUME + i])
        if last:
            for i in range(B):
                out[5, i] += V / contacts * f[F_SHOWN + i]
                out[6, i] += V / contacts * f[F_MOVED + i]
    for t in range(T):
        people, att0, att, E = tables.people[t], w.att0[t], w.att[t], w.lanes[t, 2 * B :]
        for i in range(B):
            a = att0[i] * E[i]
            benefit[i] += people * (att0[i] - a) * (X[LEAVER, i] / 1200)
            att[i] = a


@jit
def noise(month: int, tables: Any, w: Any) -> None:
    """The AR(1) series U from the month's draws z."""
    active, before_it = tables.contact[month], tables.contact[month - 1]
    for k in range(NOISY):
        phi = tables.moves[k, 2]
        start = 1 / np.sqrt(1 - phi * phi)
        for t in range(1 + active):
            U, z = w.U[k, t], w.z[k, t]
            if (t == 0 and before_it == 0) or t > before_it:
                for i in range(B):
                    U[i] = start * z[i]
            else:
                for i in range(B):
                    U[i] = phi * U[i] + z[i]


@jit
def begin(X: Any, tables: Any, w: Any) -> None:
    before(X, tables, w)
    w.state[:] = 0.0
    w.lanes[:, B : 2 * B] = 0.0
    w.H[:] = 0.0
    w.benefit[:] = 0.0
    for t in range(len(tables.people)):
        for i in range(B):
            w.h[t, i] = w.n[H0, i]
            w.l[t, i] = least(w.att0[t, i] / 1200, 1.0)


@jit
def month_of(month: int, X: Any, tables: Any, w: Any, out: Any) -> None:
    """A month, its noise drawn into z."""
    c = tables.certain
    if month >= c[12]:
        for t in range(len(tables.people)):
            for i in range(B):
                w.cost[month, i] += w.l[t, i] * w.hire[t, i]
    if month > c[11]:
        lift(month, tables, w)
        noise(month, tables, w)
        money(month, X, tables, w, out)
    if month >= c[11]:
        live(month, tables, w)
    if month > c[11]:
        for t in range(len(tables.people)):
            for i in range(B):
                w.l[t, i] = least(w.att[t, i] / 1200, 1.0)


@jit
def finish(tables: Any, w: Any, out: Any) -> None:
    """Net present value, return and payback."""
    n = w.n
    for i in range(B):
        n[SOME, i] = 0.0
        n[CUMULATIVE, i] = 0.0
        n[BACK, i] = 0.0
        out[0, i] = 0.0
    months = len(tables.discount)
    for month in range(months):
        d = tables.discount[month]
        for i in range(B):
            cash = w.benefit[month, i] - w.cost[month, i]
            n[SOME, i] += w.cost[month, i]
            n[CUMULATIVE, i] += cash
            out[0, i] += d * cash
            n[BACK, i] = month + 1.0 if n[CUMULATIVE, i] < 0 else n[BACK, i]
    for i in range(B):
        out[1, i] = 100 * n[CUMULATIVE, i] / n[SOME, i]
        out[2, i] = np.nan if n[BACK, i] == months else n[BACK, i]
