"""Per-trial outputs: docs/method.md, section 7."""

from __future__ import annotations

import numpy as np

from .inputs import Array


def payback_month(cumulative: Array) -> Array:
    """First month from which the cumulative cash flow (months x trials) stays >= 0; NaN: it never does."""
    stays = np.flip(np.logical_and.accumulate(np.flip(cumulative >= 0.0, axis=0), axis=0), axis=0)
    return np.where(stays.any(axis=0), np.argmax(stays, axis=0), np.nan)


def over(part: Array, whole: Array) -> Array:
    """A ratio; no value where the whole is 0."""
    return np.where(whole != 0.0, part / np.where(whole != 0.0, whole, 1.0), np.nan)


def outputs(
    benefits: Array,
    costs: Array,
    rate: Array,
    timing: str,
    contingency_rate: Array,
    *,
    cash_cost: Array | float = np.nan,
    learners: Array | float = 0.0,
) -> dict[str, Array]:
    """Per-trial outputs from benefits and costs (months 0..H x trials).

    `cash_cost` is the part of the total cost that is cash, `learners` the people of all cohorts.
    """
    months = np.arange(len(costs))[:, None]
    years = np.maximum(0.0, months - (0.5 if timing == "mid_month" else 0.0)) / 12.0
    discount = (1.0 + rate) ** -years
    total_benefit, total_cost = benefits.sum(axis=0), costs.sum(axis=0)
    pv_benefit, pv_cost = (benefits * discount).sum(axis=0), (costs * discount).sum(axis=0)
    cash_flow = benefits - costs
    contingency = contingency_rate * total_cost
    return {
        "total_benefit": total_benefit,
        "total_cost": total_cost,
        "pv_benefit": pv_benefit,
        "pv_cost": pv_cost,
        "npv": pv_benefit - pv_cost,
        "roi": 100.0 * over(total_benefit - total_cost, total_cost),
        "roi_pv": 100.0 * over(pv_benefit - pv_cost, pv_cost),
        "bcr": over(total_benefit, total_cost),
        "bcr_pv": over(pv_benefit, pv_cost),
        "payback_month": payback_month(np.cumsum(cash_flow, axis=0)),
        "discounted_payback_month": payback_month(np.cumsum(cash_flow * discount, axis=0)),
        "cash_cost": np.zeros_like(total_cost) + cash_cost,
        "cost_per_learner": over(total_cost, np.zeros_like(total_cost) + learners),
        "contingency": contingency,
        "funding_request": total_cost + contingency,
    }
