"""Benefits of one team in one month: docs/method.md, section 5."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .inputs import Array, Inputs

Values = Mapping[str, Array]


def monthly_churn(percent_a_year: Array) -> Array:
    return np.asarray(-np.expm1(np.log1p(-percent_a_year / 100.0) / 12.0))


def serves_customers(inputs: Inputs, team: str) -> bool:
    return bool(inputs.field(f"teams.{team}.role") == "contact")


def of_pot(inputs: Inputs, path: str) -> float:
    """The stream's share of its pot."""
    return float(inputs.field(f"{path}.share", 1.0))


def paid_hours(inputs: Inputs, team: str, seconds: Array) -> Array:
    """Paid hours behind seconds of handling."""
    occupancy, shrinkage = (inputs.number(f"teams.{team}.{name}") for name in ("occupancy", "shrinkage"))
    return seconds / 3600.0 / occupancy / (1.0 - shrinkage)


def volumes(inputs: Inputs, team: str, before: Values, now: Values) -> tuple[Array, Array]:
    """V_0 and V_1: contacts of the month, repeats included."""
    path = "benefits.contact_work"
    repeats = [inputs.zero, inputs.zero]
    if "fcr" in before:
        share = inputs.number(f"{path}.callback_share")
        repeats = [share * (1.0 - fcr / 100.0) for fcr in (before["fcr"], now["fcr"])]
    V_0 = inputs.number(f"teams.{team}.contacts")
    if inputs.field(f"{path}.volume_is") == "issues":
        V_0 = V_0 / (1.0 - repeats[0])
    return V_0, V_0 * ((1.0 - repeats[0]) / (1.0 - repeats[1]))


def contact_work(inputs: Inputs, team: str, before: Values, now: Values) -> dict[str, Array]:
    """The streams contact_work and reroute."""
    path = "benefits.contact_work"
    if not inputs.has(path) or not serves_customers(inputs, team) or "aht" not in before:
        return {}
    V_0, V_1 = volumes(inputs, team, before, now)
    worth = inputs.number(f"teams.{team}.hourly_cost") * inputs.number("workforce.realization")
    hours = paid_hours(inputs, team, V_0 * before["aht"] - V_1 * now["aht"])
    money = hours * worth + (V_0 - V_1) * inputs.number(f"{path}.variable_cost")
    streams = {"contact_work": money * of_pot(inputs, path)}
    if inputs.has(f"{path}.reroute_seconds") and "reroute" in before:
        rerouted = (V_0 * before["reroute"] - V_1 * now["reroute"]) / 100.0
        hours = paid_hours(inputs, team, rerouted * inputs.number(f"{path}.reroute_seconds"))
        streams["reroute"] = hours * worth * of_pot(inputs, path)
    return streams


class Customers:
    """The customers of one team in both paths: N_0, and G = N_1 - N_0, at the start of the month."""

    def __init__(self, inputs: Inputs, team: str, base: Values) -> None:
        self.inputs, self.team = inputs, team
        driver = inputs.field("benefits.retention.driver", "")
        self.counted = (
            inputs.has("benefits.retention")
            and serves_customers(inputs, team)
            and "churn" in base
            and driver in base
        )
        self.N_0 = inputs.number(f"teams.{team}.customers")
        self.G = inputs.zero
        if self.counted:
            new = f"teams.{team}.new_customers"
            self.new = inputs.number(new) if inputs.has(new) else self.N_0 * monthly_churn(base["churn"])

    def live_through(self, before: Values, now: Values, month: int) -> tuple[dict[str, Array], Array]:
        """The streams retention and retention_after, and the churn shown with the programme."""
        inputs, path = self.inputs, "benefits.retention"
        c_0 = monthly_churn(before["churn"])
        driver = inputs.field(f"{path}.driver")
        if driver == "churn":
            moved = monthly_churn(now["churn"]) - c_0
        else:
            change = now[driver] - before[driver]
            moved = c_0 * np.expm1(-inputs.number(f"{path}.elasticity") * change)
        moved = inputs.number(f"{path}.reach") * moved  # c_e - c_0
        margin = inputs.number(f"{path}.margin") * of_pot(inputs, path)
        streams = {"retention": self.G * margin}
        self.G = self.G * (1.0 - (c_0 + moved)) - self.N_0 * moved
        self.N_0 = self.N_0 * (1.0 - c_0) + self.new
        further = int(inputs.field(f"{path}.after_months"))
        if further > 0:
            streams["retention_after"] = inputs.zero
            if month == inputs.horizon:
                kept = (1.0 - c_0) / (1.0 + inputs.number("programme.discount_rate")) ** (1.0 / 12.0)
                months = sum((kept**n for n in range(1, further + 1)), inputs.zero)
                streams["retention_after"] = self.G * margin * months
        yearly = -100.0 * np.expm1(12.0 * np.log1p(-(c_0 + moved)))
        return streams, np.where(moved == 0.0, before["churn"], yearly)


def other_streams(inputs: Inputs, team: str, before: Values, now: Values) -> dict[str, Array]:
    """Acquisition, sales, hiring and custom streams; churn is that shown."""
    streams = {}

    def at(name: str) -> Array:
        return inputs.number(f"teams.{team}.{name}")

    path = "benefits.acquisition"
    driver = inputs.field(f"{path}.driver", "")
    if inputs.has(path) and serves_customers(inputs, team) and driver in before:
        won = at("customers") * (now[driver] - before[driver]) * inputs.number(f"{path}.rate")
        streams["acquisition"] = won * inputs.number(f"{path}.value") * of_pot(inputs, path)
    path = "benefits.sales"
    if inputs.has(path) and serves_customers(inputs, team) and "conversion" in before:
        offers = at("contacts") * inputs.number(f"{path}.offer_share")
        sold = offers * (now["conversion"] - before["conversion"]) / 100.0
        streams["sales"] = sold * inputs.number(f"{path}.margin") * of_pot(inputs, path)
    path = "benefits.hiring"
    if inputs.has(path):
        stay = at("people") * (before["attrition"] - now["attrition"]) / 1200.0
        streams["hiring"] = stay * inputs.number(f"{path}.replacement_cost") * of_pot(inputs, path)
    for custom in inputs.records("benefits.custom"):
        if custom["kpi"] in before:
            path = f"benefits.custom.{custom['id']}"
            units = {"contact": "contacts", "customer": "customers", "person": "people"}
            count = 1.0 if custom["per"] == "team" else at(units[custom["per"]])
            change = now[custom["kpi"]] - before[custom["kpi"]]
            streams[f"custom.{custom['id']}"] = (
                change * inputs.number(f"{path}.value") * count * of_pot(inputs, path)
            )
    return streams
