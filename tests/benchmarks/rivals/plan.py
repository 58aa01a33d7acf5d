"""What the rivals of `programme.py` know of the plan before the first trial, read from its dump.

The rivals compute the model of docs/method.md for plans like `contact_centre`; a feature of the model that
this plan does not use is refused with an AssertionError, so that no rival ever computes less than the core.
They leave out what neither money nor the outputs need, keep one state for competences that are always taught
together, and start a team's months when it can first differ from no programme: its ordinary movement starts
there with its stationary distribution, so that the months before need no draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from independent.correlation import factor, groups, pearson
from independent.fields import REFERENCE, quantities
from independent.inputs import Inputs
from independent.kpis import NAMED_KPIS
from independent.learning import LASTING_PRACTICES, TRANSFER_PRACTICES
from independent.quantity import resolve
from independent.schedule import Calendar, calendar_month
from rivals.laws import Law, law, pert_table

Array = NDArray[np.float64]

LIFTS = ("attrition", "csat", "nps", "fcr", "aht", "reroute")  # what money and the outputs need
MOVING = LIFTS[1:5]  # KPIs with ordinary movement
OUTPUTS = ("npv", "roi", "payback_month", "csat@36", "nps@36", "fcr@36", "aht@36", "churn@36")


@dataclass(frozen=True)
class Team:
    """A team that is trained in full by one wave."""

    id: str
    contact: bool
    trained: int  # its own wave ends in this month
    first: int  # month in which the team's behavior first becomes more than 0
    people: float
    contacts: float
    customers: float
    paid: float  # paid hours a second of handling
    on_floor: float  # 1 - shrinkage
    baseline: Mapping[str, float]
    answers: Mapping[str, float]  # responses behind a baseline


@cache
def reference() -> str:
    """The table of fields: a library would have it built in."""
    return REFERENCE.read_text(encoding="utf-8")


def damped_months(month: int) -> float:
    """Months of trend so far: section 4 of docs/method.md, "Movement"."""
    return min(month, 12) + sum(0.9 ** (j - 12) for j in range(13, month + 1))


class Facts:
    """The certain part of a plan: sizes, months, weights, and the laws of what is drawn."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self.plan = plan
        self.inputs = Inputs(plan, {})
        self.months = int(plan["programme"]["months"])
        self.certain: dict[str, float] = {}
        self.refuse()
        self.read_quantities()
        self.calendar = Calendar(Inputs(plan, {}, self.medians))
        self.teams = self.read_teams()
        self.contact = [team for team in self.teams if team.contact]

    def number(self, path: str) -> float:
        """A quantity that must be certain."""
        if path not in self.certain:
            assert path not in self.laws, f"{path} is uncertain"
            self.certain[path] = float(self.inputs.field(path))
        return self.certain[path]

    # -- what is refused ------------------------------------------------------------------------------------

    def refuse(self) -> None:
        """Features of the model that the plan does not use."""
        plan, ids = self.plan, {lift["id"] for lift in self.plan["lifts"]}
        programme, money = plan["programme"], plan["benefits"]
        assert self.months == 36
        assert programme["timing"] == "mid_month"
        assert not plan["kpis"]
        assert not programme.get("repair_correlations")
        assert set(LIFTS) < ids, "lifts"
        assert not ids & {"churn", "frt", "conversion", "engagement"}, "lifts"
        for lift in plan["lifts"]:
            kind = "points" if lift["kpi"] in MOVING[:3] else "relative"
            assert lift["kpi"] == lift["id"], lift
            assert lift["kpi"] not in LIFTS or lift["kind"] == kind, lift
            assert lift["isolated"], lift
            assert "base" not in lift, lift
            assert "read_at" not in lift, lift
            assert "behavior" not in lift["reached_at"], lift
        assert {row["id"] for row in plan["movements"]} == set(MOVING)
        assert set(money) == {"contact_work", "retention", "acquisition", "hiring", "custom"}
        assert not money["custom"]
        assert all(money[name]["share"] == 1 for name in set(money) - {"custom"})
        assert money["contact_work"]["volume_is"] == "contacts"
        assert (money["retention"]["driver"], money["retention"]["after_months"]) == ("csat", 0)
        assert money["acquisition"]["driver"] == "nps"
        assert len(plan["onboarding"]["modules"]) == 1
        assert {"coaching_sessions", "coach_capacity"} <= set(plan["reinforcement"])
        assert plan["reinforcement"]["dose_slope"] == 1
        assert plan["reinforcement"]["refresher_every"] > 0
        drivers = {line["driver"] for line in plan["costs"]}
        assert drivers <= {
            "once", "month", "class", "learner", "seat_month", "new_hire", "coaching_hour",
            "development_hour", "language_hour",
        }  # fmt: skip
        for module in plan["modules"]:
            assert "mastery" in module, module

    # -- quantities -----------------------------------------------------------------------------------------

    def read_quantities(self) -> None:
        self.laws: dict[str, Law] = {}
        self.medians: dict[str, float] = {}
        skipped = tuple(f"lifts.{lift['id']}." for lift in self.plan["lifts"] if lift["id"] not in LIFTS)
        for q in quantities(self.plan, reference()):
            if not isinstance(q.value, str) or q.path.startswith(skipped):
                continue
            family = q.value.partition("(")[0]
            if "(" not in q.value:
                family = resolve(q.value, q.unit, q.low, q.high).family
            if family != "certain":
                self.laws[q.path] = law(q.value, family, q.low, q.high)
                if q.path.endswith((".hours", ".development_ratio", ".fail_rate")):
                    self.medians[q.path] = resolve(q.value, q.unit, q.low, q.high).median
        self.tables = {
            text: pert_table(text) for text in {q.text for q in self.laws.values() if q.family == "pert"}
        }
        order = {"lognormal": 0, "logit-normal": 1, "normal": 2, "pert": 3, "uniform": 4}
        self.uncertain = sorted(self.laws, key=lambda path: order[self.laws[path].family])
        named = groups(self.plan["correlations"])
        self.correlated = [(members, factor(matrix)) for members, matrix in named]
        for members, _ in self.correlated:
            assert all(path in self.laws for path in members)
            assert not any(path.startswith("lifts.") for path in members)
        self.common = pearson(float(self.plan["programme"]["lift_correlation"]))
        self.sizes = [f"lifts.{lift}.size" for lift in LIFTS]
        assert all(self.laws[path].family == "normal" for path in self.sizes)

    def toward(self, lift: str) -> float:
        """The sign with which the common score enters the size."""
        return -1.0 if NAMED_KPIS[lift].better == "lower" else 1.0

    @property
    def derived(self) -> list[str]:
        """Paths of the standard normal draws that are no quantity."""
        paths = ["lifts#common"]
        for team in self.teams:
            own = LIFTS if team.contact else ("attrition",)
            paths += [f"lifts.{lift}#team.{team.id}" for lift in own]
            paths += [f"teams.{team.id}.baseline.{kpi}#sample" for kpi in team.answers]
        return paths

    # -- teams and what they are taught ---------------------------------------------------------------------

    def read_teams(self) -> list[Team]:
        """Support teams, then contact teams in the order in which the programme reaches them."""
        made = []
        onboarding = int(self.plan["onboarding"]["from_month"])
        for record in self.plan["teams"]:
            ID, contact = record["id"], record["role"] == "contact"
            own = self.calendar.own_waves(ID)
            assert len(own) == 1, ID
            assert float(own[0]["share"]) == 1.0, ID
            assert not contact or {*LIFTS, "churn"} <= {*record["baseline"], "attrition"}, ID
            assert contact or not record["baseline"], ID
            assert set(record["baseline_n"]) == (set(MOVING[:3]) if contact else set()), ID
            assert "new_customers" not in record, ID
            path = f"teams.{ID}."
            named = [kpi for kpi in (*LIFTS, "churn") if kpi in record["baseline"]]
            trained = self.calendar.last(own[0])
            people, contacts, customers, occupancy, shrinkage = (
                self.number(path + name)
                for name in ("people", "contacts", "customers", "occupancy", "shrinkage")
            )
            baseline = {kpi: self.number(f"{path}baseline.{kpi}") for kpi in named}
            paid, first = 1 / (3600 * occupancy * (1 - shrinkage)), min(trained, onboarding)
            sizes = (people, contacts, customers, paid, 1 - shrinkage)
            made.append(Team(ID, contact, trained, first, *sizes, baseline, record["baseline_n"]))
        made.sort(key=lambda team: (team.contact, team.first, team.trained, team.id))
        support = [team.id for team in made if not team.contact]
        assert len(support) == 1
        for record in self.plan["teams"]:
            names = support if record["role"] == "contact" else []
            assert record["support_teams"] == names, record["id"]
            assert record["support_dependence"] == self.plan["teams"][0]["support_dependence"] or not names
        return made

    # -- KPIs -----------------------------------------------------------------------------------------------

    def season(self, kpi: str) -> list[float]:
        """Offset of each month on the link scale, from month 0 on."""
        row = self.inputs.field(f"movements.{kpi}.season") or {}
        months = range(self.months + 1)
        return [float(row.get(str(calendar_month(self.inputs, month)), 0.0)) for month in months]

    def movement(self, kpi: str) -> tuple[float, float, float]:
        """Spread of the programme, spread of a team, persistence."""
        row = self.inputs.field(f"movements.{kpi}")
        return float(row["programme_sd"]), float(row["team_sd"]), float(row["persistence"])

    def practice(self) -> tuple[float, float]:
        """Weighted mean level of the practices for transfer, and the mean level of those that last."""
        levels = {row["id"]: self.number(f"practices.{row['id']}.level") for row in self.plan["practices"]}
        weights = {row["id"]: float(row["weight"]) for row in self.plan["practices"]}
        whole = sum(weights.get(ID, 1.0) for ID in TRANSFER_PRACTICES)
        before = sum(weights.get(ID, 1.0) * levels.get(ID, 0.0) for ID in TRANSFER_PRACTICES) / whole
        peers = self.number("reinforcement.peer_community")
        lasting = (sum(levels.get(ID, 0.0) for ID in LASTING_PRACTICES) + peers) / 5
        return before, lasting
