"""What the NumPy rival of `programme.py` computes of a chunk of trials before its months."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy import divide, exp, log, matmul, maximum, minimum, multiply
from numpy.typing import NDArray

from rivals.plan import LIFTS, MOVING, damped_months
from rivals.programme import Programme

Array = NDArray[np.float64]
Value = Any  # an array with a value a trial where the quantity is uncertain, else a number

LN2 = math.log(2)


class Before:
    """Values of a chunk that no month changes; new ones with every `fill`."""

    def __init__(self, facts: Programme, chunk: int) -> None:
        self.facts, self.n = facts, chunk
        teams, contact = facts.teams, facts.contact
        lanes = len(teams) + (len(LIFTS) - 1) * len(contact)  # a lift and a team each
        self.D = np.empty((lanes, chunk))
        self.D3 = self.D[len(teams) :].reshape(len(LIFTS) - 1, len(contact), chunk)
        self.R3 = np.empty((3, len(contact), chunk))  # odds of CSAT (by month), NPS, FCR
        self.slopes = np.empty((len(MOVING), len(contact), chunk))
        self.inverse = np.empty((len(LIFTS), chunk))
        self.attrition = np.empty((len(teams), chunk))
        self.cost = np.empty((facts.months + 1, chunk))
        self.rows = np.empty((len(facts.budget.units) + len(teams) + len(facts.budget.coached_people), chunk))

        def column(name: str, among: list[Any]) -> Array:
            return np.array([[getattr(team, name)] for team in among], dtype=float)

        self.people, self.on_floor = column("people", teams), column("on_floor", teams)
        self.contacts, self.customers, self.paid = (
            column(name, contact) for name in ("contacts", "customers", "paid")
        )
        self.base = {
            kpi: np.array([[team.baseline[kpi]] for team in contact]) for kpi in (*LIFTS[1:], "churn")
        }
        self.answers = {kpi: np.array([[float(team.answers[kpi])] for team in contact]) for kpi in MOVING[:3]}
        self.churn = -np.expm1(np.log1p(-self.base["churn"] / 100) / 12)
        self.beta = facts.number("programme.extrapolation")
        assert self.beta > 0

        # Lag: lifts with a ramp come first.
        ramps = [facts.number(f"lifts.{lift}.ramp") for lift in LIFTS]
        slow = sum(ramp > 0 for ramp in ramps)
        assert all(ramp > 0 for ramp in ramps[:slow])
        counts = [len(teams)] + [len(contact)] * (slow - 1)
        self.step = np.repeat([1 - 2 ** (-1 / ramp) for ramp in ramps[:slow]], counts)[:, None]
        self.spread = np.array([sd * math.sqrt(1 - phi**2) for _, sd, phi in map(facts.movement, MOVING)])

        self.units = np.array(
            [
                *facts.budget.units.values(),
                *facts.budget.off_floor,
                *(when.astype(float) for when in facts.budget.coached_when),
            ]
        ).T.copy()
        self.trend_most = damped_months(facts.months)
        self.f = facts.number("forgetting.permanent_share")
        self.fK = facts.number("forgetting.knowledge_permanent_share")
        self.keep_K = 2.0 ** (-1 / facts.number("forgetting.knowledge_half_life"))
        self.known = facts.number("reinforcement.coached_knowledge")
        self.references: dict[str, list[int]] = {}  # lifts by where they were seen
        for i, lift in enumerate(LIFTS):
            seen = facts.inputs.field(f"lifts.{lift}.reached_at")
            self.references.setdefault(repr(sorted(seen.items())), []).append(i)

    def q(self, path: str) -> Value:
        """The value of a quantity."""
        return self.v[path] if path in self.facts.laws else self.facts.number(path)

    def fill(self, values: Mapping[str, Value]) -> None:
        self.v = values
        q, facts = self.q, self.facts
        practice, lasting = facts.practice()
        self.tau = self.transfer(practice)
        self.h0 = self.half_life(lasting)
        self.reachable = 1 - (1 - self.tau) ** 2
        self.kk = q("reinforcement.knowledge_coaching")
        self.courses()
        self.costs()
        for lifts in self.references.values():
            self.inverse[lifts] = self.seen(LIFTS[lifts[0]])
        self.levels()
        self.effects()
        reach = q("benefits.retention.reach") * self.churn
        self.moved, self.stay = -reach, 1 - self.churn + reach
        self.elasticity = -100 * q("benefits.retention.elasticity")
        self.margin = q("benefits.retention.margin")
        self.per_nps = 200 * q("benefits.acquisition.rate") * q("benefits.acquisition.value")
        repeats = q("benefits.contact_work.callback_share")
        self.k = repeats / (1 - repeats)
        self.variable = q("benefits.contact_work.variable_cost")
        self.handled = self.worth[1:] * (self.contacts * self.paid)
        second = self.handled * (q("benefits.contact_work.reroute_seconds") / 100)
        self.passed_on = self.base["reroute"] * second
        self.second = 100 * second
        self.leaver = q("benefits.hiring.replacement_cost") / 1200

    # -- learning -------------------------------------------------------------------------------------------

    def transfer(self, level: float) -> Value:
        odds = 1 / self.q("transfer.reference") - 1
        return 1 / (1 + odds * exp(-self.q("transfer.strength") * (level - 0.5)))

    def half_life(self, level: float) -> Value:
        return self.q("forgetting.half_life") * exp(self.q("forgetting.practice_effect") * (level - 0.5))

    def coaching(self, dose: Value, effectiveness: Value) -> Value:
        rho = minimum(1.0, self.q("reinforcement.coaching_effect") * effectiveness)
        return rho * (dose / (self.q("reinforcement.half_dose") + dose))

    def on_the_job(self, peers: float, support: float) -> Value:
        return (1 - self.q("reinforcement.peer_effect") * peers) * (
            1 - self.q("reinforcement.support_effect") * support
        )

    def courses(self) -> None:
        """Completion times mastery of every module, and what a new hire knows and does."""
        made: dict[str, Value] = {}
        q, modules = self.q, {module["id"]: module for module in self.facts.plan["modules"]}

        def completion(ID: str) -> Value:
            if ID not in made:
                at = f"modules.{ID}"
                made[ID] = q(f"{at}.completion") ** (1 / (1 + q(f"{at}.accessibility")))
                made[ID] = made[ID] * (1 - q(f"{at}.fail_rate") ** 2)
                before = [completion(other) for other in modules[ID]["prerequisites"]]
                if before:
                    made[ID] = made[ID] * np.minimum.reduce(before)
            return made[ID]

        self.gain: dict[str, Value] = {}
        for ID in modules:
            at = f"modules.{ID}"
            mastery = q(f"{at}.mastery") * q(f"{at}.coverage") * q(f"{at}.modality_factor")
            self.gain[ID] = completion(ID) * minimum(1.0, mastery)
        self.use = {ID: gain * self.tau for ID, gain in self.gain.items()}
        (onboarding,) = self.facts.plan["onboarding"]["modules"]
        self.new_K, self.new_S = self.gain[onboarding], self.use[onboarding]

    def seen(self, lift: str) -> Value:
        """1 / (beta S_ref)."""
        at = self.facts.inputs.field(f"lifts.{lift}.reached_at")
        x, peers = float(at["practice"]), float(at["peer_community"])
        tau, h = self.transfer(x), self.half_life((4 * x + peers) / 5)
        a = self.coaching(float(at["coaching_hours"]), 1.0)
        kappa = 1 - (1 - a) * self.on_the_job(peers, float(at["performance_support"]))
        a = a * self.kk
        reachable = 1 - (1 - tau) ** 2
        K: Value = float(at["completion"]) * float(at["mastery"])
        S = K * tau
        A, B = S, K  # as in the months
        keep = exp(-LN2 / h)
        lost, lost_K = (1 - self.f) * (keep - 1), (1 - self.fK) * (self.keep_K - 1)
        for _ in range(int(at["months"])):
            S, A = S + A * lost, A * keep
            K, B = K + B * lost_K, B * self.keep_K
            D = maximum(0.0, S - K)
            D = D + a * maximum(0.0, self.known - K - D)
            K, B = K + D, B + D
            D = kappa * maximum(0.0, reachable * K - S)
            S, A = S + D, A + D
        return 1 / (self.beta * S)

    # -- money that needs no month --------------------------------------------------------------------------

    def costs(self) -> None:
        """Costs by month, but for those of new hires; prices; coaching."""
        facts, q, rows = self.facts, self.q, self.rows
        wages = np.array([q(f"teams.{team.id}.hourly_cost") for team in facts.teams])
        self.worth = wages * q("workforce.realization")
        share = q("workforce.backfill_share")
        lines, teams = len(facts.budget.units), len(facts.teams)
        for row, line in zip(rows, facts.budget.units, strict=False):
            row[:] = q(f"costs.{line}.amount")
            if line == facts.budget.developed:
                row *= sum(
                    q(f"modules.{ID}.hours") * q(f"modules.{ID}.development_ratio") for ID in self.gain
                )
        price = rows[lines : lines + teams]
        multiply(1 - share, self.worth, out=price)
        price += share * q("workforce.backfill_hourly_cost")
        price /= self.on_floor
        self.hire = self.people * (
            q("onboarding.extra_hours") * price + q(f"costs.{facts.budget.hired}.amount")
        )
        planned = q("reinforcement.coaching_sessions") * (q("reinforcement.coaching_minutes") / 60)
        coach = q(f"costs.{facts.budget.coaching}.amount")
        rest = self.on_the_job(q("reinforcement.peer_community"), q("reinforcement.performance_support"))
        self.coached, self.left = [], []  # by pattern: knowledge added, behavior's gap that stays
        for row, people in zip(rows[lines + teams :], facts.budget.coached_people, strict=True):
            dose = minimum(planned, q("reinforcement.coach_capacity") / people.sum())
            a = self.coaching(dose, q("reinforcement.coach_effectiveness"))
            self.coached.append(self.kk * a)
            self.left.append((1 - a) * rest)
            multiply(people @ price + people.sum() * coach, dose, out=row)
        matmul(self.units, rows, out=self.cost)

    # -- KPIs -----------------------------------------------------------------------------------------------

    def levels(self) -> None:
        """Baselines as they are known, their odds, the noise's slopes in an exponent."""
        facts, contact = self.facts, self.facts.contact
        for row, team in zip(self.attrition, facts.teams, strict=True):
            row[:] = self.q(f"teams.{team.id}.attrition")
        self.b, self.R = dict(self.base), {"reroute": 100 / self.base["reroute"] - 1}
        for kpi, slope, spread in zip(MOVING, self.slopes, self.spread, strict=True):
            if kpi == "aht":
                slope[:] = spread / self.base[kpi]
                continue
            low = -100.0 if kpi == "nps" else 0.0
            width, base = 100 - low, self.base[kpi]
            p = (base - low) / width
            se = 1 / np.sqrt(self.answers[kpi] * (p * (1 - p)))
            z = np.array([self.v[f"teams.{team.id}.baseline.{kpi}#sample"] for team in contact])
            z *= -se
            R = exp(z, out=z)
            R *= (100 - base) / (base - low)
            b = 1 + R
            divide(width, b, out=b)
            divide(-width * spread, b * (100 - low - b), out=slope)
            b += low
            self.b[kpi], self.R[kpi] = b, R
        self.R3[1:] = self.R["nps"], self.R["fcr"]
        csat = self.q("movements.csat.trend")
        most = float(np.abs(csat).max()) * self.trend_most
        b = self.b["csat"]
        self.csat_clips = bool(b.min() - most < 1e-4 or b.max() + most > 100 - 1e-4)
        most = float(np.abs(self.q("movements.aht.trend")).max()) * self.trend_most
        self.aht_clips = bool(self.b["aht"].min() - most < 1e-6)

    def effects(self) -> None:
        """D[t] times beta (and the lag's step), with the sign that it has in an exponent."""
        facts, contact = self.facts, self.facts.contact
        self.D[: len(facts.teams)] = log(maximum(1 + self.q("lifts.attrition.size"), 1e-12))
        for lift, D in zip(LIFTS[1:], self.D3, strict=True):
            size, b = self.q(f"lifts.{lift}.size"), self.b[lift]
            if lift == "aht":
                D[:] = log(maximum(1 + size, 1e-12))
                continue
            low = -100.0 if lift == "nps" else 0.0
            edge = 1e-6 * (100 - low)
            reached = b * (1 + size) if lift == "reroute" else b + size
            maximum(reached, low + edge, out=reached)
            minimum(reached, 100 - edge, out=reached)
            # The score of the level reached less that of the base, with the minus sign of odds.
            np.subtract(100, reached, out=D)
            reached -= low
            reached *= self.R[lift]
            D /= reached
            log(D, out=D)
        lane = 0
        for lift in LIFTS:
            spread = facts.number(f"lifts.{lift}.team_spread")
            # D + spread |D| z: the sign is the score's, which odds have turned round.
            turned = spread if lift in ("aht", "attrition") else -spread
            for team in facts.teams if lift == "attrition" else contact:
                D = self.D[lane]
                D += np.abs(D) * (turned * self.v[f"lifts.{lift}#team.{team.id}"])
                lane += 1
        self.D *= self.beta
        self.D[: len(self.step)] *= self.step
