"""Behavior, knowledge and lifts, month by month, in the Numba rival of `programme.py`.

State as in `numpy_state`: S, A / (1 - f), K, KA / (1 - f_K).
"""

from __future__ import annotations

from typing import Any

from rivals.numba_before import H0, KK, LIFTED, LN2, NEW_K, NEW_S, REACHABLE, TAU
from rivals.numba_math import B, fexp, jit, least, most, put

# Slots of the strip `f`, and of the state of a group and team: LLVM turns a loop into vector code when it
# sees that nothing overlaps, that is, when all that it touches lies in few arrays at fixed places.
(F_KEEP, F_OM, F_NEW, F_COACHED, F_KAPPA, F_AGAIN, F_S1, F_K1, F_REACH, F_H, F_H0, F_LEFT, F_KK, F_L) = (
    B * slot for slot in range(14)
)
S, A, K, KA, AFTER = (B * slot for slot in range(5))
# The same slots while lifts are computed: what is applied of each group, and S_ref.
F_X0, F_X1, F_X2, F_X3, F_INVERSE, F_FACTOR, F_X = (B * slot for slot in range(7))


@jit
def turnover(f: Any, x: Any, c: Any) -> None:
    """Forgetting and turnover of a group, with the state x."""
    faded, lost_K, keep_K = 1 - c[2], (1 - c[3]) * (c[4] - 1), c[4]
    for i in range(B):
        keep, om, new = f[F_KEEP + i], f[F_OM + i], f[F_NEW + i]
        s = x[S + i] + x[A + i] * (faded * (keep - 1))
        k = x[K + i] + x[KA + i] * lost_K
        D = most(0.0, s - k)
        S1, K1 = new * f[F_S1 + i], new * f[F_K1 + i]
        x[S + i] = s * om + S1
        x[A + i] = x[A + i] * (keep * om) + S1
        x[K + i] = (k + D) * om + K1
        x[KA + i] = (x[KA + i] * keep_K + D) * om + K1


@jit
def coached(f: Any, x: Any, known: float, taught: float) -> None:
    """Coaching and a refresher of a group."""
    for i in range(B):
        s, k = x[S + i], x[K + i]
        D = taught * f[F_COACHED + i] * most(0.0, known - k)
        D += f[F_AGAIN + i] * most(0.0, x[AFTER + i] - k - D)
        k += D
        x[K + i] = k
        x[KA + i] += D
        D = f[F_KAPPA + i] * most(0.0, f[F_REACH + i] * k - s)
        x[S + i] = s + D
        x[A + i] += D


@jit
def live(month: int, tables: Any, w: Any) -> None:
    """Forgetting, turnover, coaching, refreshers, training, spacing."""
    c, n, f = tables.certain, w.n, w.f
    lo, hi = tables.live[month]
    first, last = tables.coach[month]
    p, entered = tables.pattern[month], 1.0 if month >= c[12] else 0.0
    put(n[NEW_S], f[F_S1 : F_S1 + B])
    put(n[NEW_K], f[F_K1 : F_K1 + B])
    put(n[REACHABLE], f[F_REACH : F_REACH + B])
    put(n[H0], f[F_H0 : F_H0 + B])
    put(w.coached[p], f[F_COACHED : F_COACHED + B])
    put(w.left[p], f[F_LEFT : F_LEFT + B])
    put(n[KK], f[F_KK : F_KK + B])
    for t in range(lo, hi):
        again, trained = tables.again[month, t] == 1, first <= t < last
        refresher = c[6] if again else 0.0
        put(w.h[t], f[F_H : F_H + B])
        put(w.l[t], f[F_L : F_L + B])
        longer, cap = (c[7], c[8]) if again else (1.0, 1e300)
        for i in range(B):
            h, l = f[F_H + i], f[F_L + i]  # noqa: E741
            f[F_KEEP + i] = fexp(-LN2 / h)
            f[F_OM + i] = 1 - l
            f[F_NEW + i] = entered * l
            f[F_KAPPA + i] = 1 - f[F_LEFT + i] * (1 - refresher)
            f[F_AGAIN + i] = refresher * f[F_KK + i]
            f[F_H + i] = least(longer * ((1 - l) * h + l * f[F_H0 + i]), cap * f[F_H0 + i])
        put(f[F_H : F_H + B], w.h[t])
        for g in range(tables.groups[month]):
            x = w.state[g, t]
            turnover(f, x, c)
            if trained:
                coached(f, x, c[5], tables.untaught[month, g, t])
    for row in range(len(tables.copies)):
        if tables.copies[row, 0] == month:
            w.state[tables.copies[row, 1]] = w.state[tables.copies[row, 2]]
    for row in range(len(tables.taught)):
        if tables.taught[row, 0] == month:
            x, gain = w.state[tables.taught[row, 1], tables.taught[row, 2]], w.gain[tables.taught[row, 3]]
            for i in range(B):
                D = gain[i] * n[TAU, i] * (1 - x[S + i])
                x[S + i] += D
                x[A + i] += D
                D = gain[i] * (1 - x[K + i])
                x[K + i] += D
                x[KA + i] += D
                x[AFTER + i] = x[K + i]


@jit
def lift(month: int, tables: Any, w: Any) -> None:
    """exp of every lift's y, in E."""
    c, f = tables.certain, w.f
    T, C, G = len(tables.people), len(tables.contacts), tables.groups[month]
    support, inverse_beta = c[10], 1 / c[9]
    for i in range(B):
        f[F_FACTOR + i] = 1.0
    for g in range(G):
        weight, x = tables.support[month, g] * support / (1 - support), w.state[g, 0]
        for i in range(B):
            f[F_FACTOR + i] += weight * x[i]
    for t in range(T):
        for g in range(G):
            x, applied = w.state[g, t], f[g * B : (g + 1) * B]
            if t < T - C:
                put(x, applied)
            else:
                for i in range(B):
                    applied[i] = least(1.0, x[i] * f[F_FACTOR + i])
        for i in range(G * B, 4 * B):
            f[i] = 0.0
        for k in range(LIFTED if t >= T - C else 1):
            lane = t if k == 0 else T + (k - 1) * C + t - (T - C)
            w0, w1, w2, w3 = tables.mix[month, k]
            step, lane_of = tables.ramp[k], w.lanes[lane]
            put(w.inverse[k], f[F_INVERSE : F_INVERSE + B])
            # Three short loops: LLVM interleaves more of a short one.
            for i in range(B):
                v = w0 * f[F_X0 + i] + w1 * f[F_X1 + i] + w2 * f[F_X2 + i] + w3 * f[F_X3 + i]
                f[F_X + i] = v * f[F_INVERSE + i]
            for i in range(B):
                v = f[F_X + i]
                m = least(v, inverse_beta)
                target = lane_of[i] * (m + 1 - fexp(m - v))
                lane_of[B + i] += (target - lane_of[B + i]) * step
            for i in range(B):
                lane_of[2 * B + i] = fexp(lane_of[B + i])
