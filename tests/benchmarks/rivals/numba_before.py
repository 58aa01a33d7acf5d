"""What no month changes in the Numba rival of `programme.py`, and the buffers of a strip."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rivals.numba_math import B, fexp, flog, jit, least, most
from rivals.numba_tables import (
    AGENCY,
    BACKFILL,
    CALLBACK,
    CAPACITY,
    COACHING,
    EFFECTIVE,
    ELASTICITY,
    EXTRA,
    HALF_DOSE,
    HALF_LIFE,
    KNOWLEDGE,
    MINUTES,
    PEER,
    PEERS,
    PRACTICE,
    RATE,
    REALIZATION,
    REFERENCE,
    SESSIONS,
    STRENGTH,
    TOOL,
    TOOLS,
    WORTH,
    Tables,
)

Array = NDArray[np.float64]
LN2 = 0.6931471805599453
LIFTED, OWN, NOISY = 6, 5, 4  # lifts, those of contact teams alone, KPIs with noise


class Work(NamedTuple):
    """A strip's values; the last index is the trial."""

    h: Array  # team
    l: Array  # noqa: E741
    att: Array
    att0: Array
    n: Array  # what a strip has one of; see the names in `before`
    gain: Array  # module
    lanes: Array  # lift and team: D, y, E
    inverse: Array  # lift
    base: Array  # csat, nps, fcr: b
    odds: Array  # csat, nps, fcr: r of b
    slope: Array  # KPI, team
    U: Array  # KPI, programme and teams
    z: Array
    price: Array  # team
    hire: Array
    handled: Array  # contact team
    H: Array
    coached: Array  # pattern
    left: Array
    rows: Array  # lines, teams, patterns
    cost: Array  # month
    benefit: Array
    f: Array  # slots
    state: Array  # group, team, (S, A, K, KA, K*)


(TAU, H0, REACHABLE, KK, NEW_S, NEW_K, SOME, ELASTIC, PER_NPS, RATIO, CUMULATIVE, BACK) = range(12)


def work(tables: Tables, months: int) -> Work:
    """Buffers for a strip."""
    T, C, P = len(tables.people), len(tables.contacts), len(tables.coached)
    lanes = T + OWN * C
    G = tables.mix.shape[2]
    assert G == 4

    def e(*shape: int) -> Array:
        return np.zeros((*shape, B))

    return Work(
        e(T), e(T), e(T), e(T), e(12), e(len(tables.module)), np.zeros((lanes, 3 * B)),
        e(LIFTED), e(3, C), e(3, C), e(NOISY, C), e(NOISY, 1 + C), e(NOISY, 1 + C), e(T), e(T), e(C), e(C),
        e(P), e(P), e(tables.units.shape[1]), e(months + 1), e(months + 1),
        np.zeros(14 * B), np.zeros((G, T, 5 * B)),
    )  # fmt: skip


@jit
def reference(X: Any, c: Any, seen: Any, out: Any) -> None:
    """1 / (beta S_ref) of a lift."""
    f, fK, keep_K, known, beta = c[2], c[3], c[4], c[5], c[9]
    lost_K = (1 - fK) * (keep_K - 1)
    for i in range(B):
        odds = 1 / X[REFERENCE, i] - 1
        tau = 1 / (1 + odds * fexp(-X[STRENGTH, i] * (seen[2] - 0.5)))
        h = X[HALF_LIFE, i] * fexp(X[PRACTICE, i] * ((4 * seen[2] + seen[5]) / 5 - 0.5))
        a = least(1.0, X[COACHING, i]) * (seen[4] / (X[HALF_DOSE, i] + seen[4]))
        kappa = 1 - (1 - a) * (1 - X[PEER, i] * seen[5]) * (1 - X[TOOL, i] * seen[6])
        a *= X[KNOWLEDGE, i]
        reachable = 1 - (1 - tau) * (1 - tau)
        keep = fexp(-LN2 / h)
        K = seen[0] * seen[1]
        S = K * tau
        A = S
        KA = K
        for _ in range(int(seen[3])):
            S += A * ((1 - f) * (keep - 1))
            A *= keep
            K += KA * lost_K
            KA *= keep_K
            D = most(0.0, S - K)
            D += a * most(0.0, known - K - D)
            K += D
            KA += D
            D = kappa * most(0.0, reachable * K - S)
            S += D
            A += D
        out[i] = 1 / (beta * S)


@jit
def before(X: Any, tables: Any, w: Any) -> None:
    """What no month changes."""
    c, n = tables.certain, w.n
    T, C = len(tables.people), len(tables.contacts)
    for i in range(B):
        odds = 1 / X[REFERENCE, i] - 1
        n[TAU, i] = 1 / (1 + odds * fexp(-X[STRENGTH, i] * (c[0] - 0.5)))
        n[H0, i] = X[HALF_LIFE, i] * fexp(X[PRACTICE, i] * (c[1] - 0.5))
        n[REACHABLE, i] = 1 - (1 - n[TAU, i]) * (1 - n[TAU, i])
        n[KK, i] = X[KNOWLEDGE, i]
        n[ELASTIC, i] = -100 * X[ELASTICITY, i]
        n[PER_NPS, i] = 200 * X[RATE, i] * X[WORTH, i]
        n[RATIO, i] = X[CALLBACK, i] / (1 - X[CALLBACK, i])
    completion = w.rows  # borrowed: a row a module
    for k in range(len(tables.order)):
        m = tables.order[k]
        prior = tables.after[m]
        for i in range(B):
            q = (
                fexp(flog(X[tables.completion + m, i]) / (1 + X[tables.accessibility + m, i]))
                * tables.module[m, 1]
            )
            if prior >= 0:
                q *= completion[prior, i]
            completion[m, i] = q
            w.gain[m, i] = q * least(1.0, X[tables.mastery + m, i] * tables.module[m, 2])
    new = int(c[13])
    for i in range(B):
        n[NEW_K, i] = w.gain[new, i]
        n[NEW_S, i] = w.gain[new, i] * n[TAU, i]
    for k in range(LIFTED):
        if tables.seen_of[k] == k:
            reference(X, c, tables.seen[k], w.inverse[k])
        else:
            w.inverse[k] = w.inverse[tables.seen_of[k]]
    # Costs
    lines = tables.units.shape[1] - T - len(tables.coached)
    rows = w.rows
    for k in range(lines):
        rows[k] = X[tables.amount + 2 + k]
    for i in range(B):
        hours = 0.0
        for m in range(len(tables.order)):
            hours += tables.module[m, 0] * X[tables.ratio + m, i]
        rows[0, i] *= hours
    for t in range(T):
        for i in range(B):
            worth = X[tables.wage + t, i] * X[REALIZATION, i]
            share = X[BACKFILL, i]
            price = (share * X[AGENCY, i] + (1 - share) * worth) / tables.on_floor[t]
            rows[lines + t, i] = price
            w.hire[t, i] = tables.people[t] * (X[EXTRA, i] * price + X[tables.amount, i])
            if t >= T - C:
                k = t - (T - C)
                w.handled[k, i] = worth * (tables.contacts[k] * tables.paid[k])
    for p in range(len(tables.coached)):
        heads = tables.coached[p].sum()
        for i in range(B):
            dose = least(X[SESSIONS, i] * (X[MINUTES, i] / 60), X[CAPACITY, i] / heads)
            a = least(1.0, X[COACHING, i] * X[EFFECTIVE, i]) * (dose / (X[HALF_DOSE, i] + dose))
            w.coached[p, i] = X[KNOWLEDGE, i] * a
            rest = (1 - X[PEER, i] * X[PEERS, i]) * (1 - X[TOOL, i] * X[TOOLS, i])
            w.left[p, i] = (1 - a) * rest
            money = heads * X[tables.amount + 1, i]
            for t in range(T):
                money += tables.coached[p, t] * rows[lines + t, i]
            rows[lines + T + p, i] = money * dose
    for month in range(len(tables.discount)):
        cost = w.cost[month]
        cost[:] = 0.0
        for k in range(tables.units.shape[1]):
            u = tables.units[month, k]
            if u != 0.0:
                for i in range(B):
                    cost[i] += u * rows[k, i]
    levels(X, tables, w)


@jit
def levels(X: Any, tables: Any, w: Any) -> None:
    """Baselines, odds, slopes, and D[t] times beta with the sign that it has in an exponent."""
    T, C, beta = len(tables.people), len(tables.contacts), tables.certain[9]
    for t in range(T):
        w.att0[t] = X[tables.attrition + t]
    for k in range(4):  # csat, nps, fcr, aht
        scale = tables.moves[k, 1] * np.sqrt(1 - tables.moves[k, 2] ** 2)
        low = -100.0 if k == 1 else 0.0
        width = 100.0 - low
        for t in range(C):
            b = tables.base[k, t]
            if k == 3:
                w.slope[3, t] = scale / b
                continue
            p = (b - low) / width
            se = 1 / np.sqrt(tables.answers[k, t] * (p * (1 - p)))
            R = (100 - b) / (b - low)
            for i in range(B):
                r = R * fexp(-se * X[tables.sample + k * C + t, i])
                v = width / (1 + r)
                w.odds[k, t, i] = r
                w.base[k, t, i] = v + low
                w.slope[k, t, i] = -width * scale / (v * (width - v))
    for lane in range(T + OWN * C):
        k = 0 if lane < T else 1 + (lane - T) // C
        t = (lane - T) % C
        kind = 0 if k == 0 or k == 4 else 1 if k <= 3 else 2
        low = -100.0 if k == 2 else 0.0
        edge = 1e-6 * (100 - low)
        spread = tables.spread[k] if kind == 0 else -tables.spread[k]
        for i in range(B):
            size = X[tables.sizes[k], i]
            if kind == 0:
                D = flog(most(1 + size, 1e-12))
            else:
                b = w.base[k - 1, t, i] if kind == 1 else tables.base[4, t]
                r = w.odds[k - 1, t, i] if kind == 1 else 100 / b - 1
                v = b + size if kind == 1 else b * (1 + size)
                v = least(most(v, low + edge), 100 - edge)
                D = flog((100 - v) / ((v - low) * r))
            w.lanes[lane, i] = beta * (D + abs(D) * (spread * X[tables.effect + lane, i]))
