"""Per-trial outputs: docs/method.md, section 7."""

from __future__ import annotations

import numpy as np

from .inputs import Array


def payback_month(cumulative: Array) -> Array:
    """First month from which the cumulative cash flow (months x trials) stays >= 0; NaN: it never does."""
    stays = np.flip(np.logical_and.accumulate(np.flip(cumulative >= 0.0, axis=0), axis=0), axis=0)
    return np.where(stays.any(axis=0), np.argmax(stays, axis=0), np.nan)


def outputs(
    benefits: Array, costs: Array, rate: Array, timing: str, contingency_rate: Array
) -> dict[str, Array]:
    """Per-trial outputs from benefits and costs (months 0..H x trials)."""
    months = np.arange(len(costs))[:, None]
    years = np.maximum(0.0, months - (0.5 if timing == "mid_month" else 0.0)) / 12.0
    discount = (1.0 + rate) ** -years
    total_benefit, total_cost = benefits.sum(axis=0), costs.sum(axis=0)
    pv_benefit, pv_cost = (benefits * discount).sum(axis=0), (costs * discount).sum(axis=0)

    def over(part: Array, cost: Array) -> Array:
        return np.where(cost != 0.0, part / np.where(cost != 0.0, cost, 1.0), np.nan)

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
        "payback_month": payback_month(np.cumsum(benefits - costs, axis=0)),
        "contingency": contingency,
        "funding_request": total_cost + contingency,
    }
