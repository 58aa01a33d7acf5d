"""The example `one_team` computed by hand, as a spreadsheet would: one step a line, from docs/method.md.

The hand calculation knows this one plan (one team, one module, one wave, one cohort of everybody) and takes
the value of each quantity. With all of them fixed it gives every monthly KPI, benefit and cost; the core must
agree to 1e-12.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import trainplan as tp

HORIZON = 24
COMPETENCES = ("product_knowledge", "communication")
KPIS = {  # section 4: low, high
    "csat": (0.0, 100.0),
    "nps": (-100.0, 100.0),
    "fcr": (0.0, 100.0),
    "aht": (0.0, None),
    "churn": (0.0, 100.0),
    "attrition": (0.0, None),
}
LIFTS = {  # kind, shares of the competences
    "fcr": ("points", (0.6, 0.4)),
    "csat": ("points", (0.4, 0.6)),
    "aht": ("relative", (0.5, 0.5)),
    "attrition": ("relative", (0.5, 0.5)),
}
PRACTICES = (
    "expectations",
    "manager_briefed",
    "action_plan",
    "plan_reviewed",
    "leaders_model",
    "supervisors_trained",
)

# Every uncertain quantity at a round figure.
FIXED = {
    "teams.support.hourly_cost": 26,
    "teams.support.attrition": 36,
    "modules.foundation.completion": 0.9,
    "modules.foundation.accessibility": 0.2,
    "modules.foundation.mastery": 0.5,
    "transfer.reference": 0.55,
    "transfer.strength": 1,
    "forgetting.half_life": 6,
    "forgetting.practice_effect": 0.4,
    "reinforcement.coaching_effect": 0.4,
    "reinforcement.knowledge_coaching": 0.3,
    "lifts.fcr.size": 3,
    "lifts.csat.size": 3,
    "lifts.aht.size": -0.06,
    "lifts.attrition.size": -0.05,
    "workforce.realization": 0.6,
    "workforce.backfill_hourly_cost": 32,
    "costs.content.amount": 29000,
    "costs.preparation.amount": 3500,
    "costs.classes.amount": 1500,
    "costs.coaches.amount": 41,
    "benefits.contact_work.callback_share": 0.7,
    "benefits.retention.elasticity": 0.003,
    "benefits.hiring.replacement_cost": 10000,
    **{f"lifts.{kpi}.team_spread": 0 for kpi in ("fcr", "csat", "aht", "attrition")},
}

Series = dict[tuple[str, str], list[float]]


def to_link(kpi: str, value: float) -> float:
    low, high = KPIS[kpi]
    return math.log(value - low) if high is None else math.log((value - low) / (high - value))


def from_link(kpi: str, eta: float) -> float:
    low, high = KPIS[kpi]
    return low + math.exp(eta) if high is None else low + (high - low) / (1 + math.exp(-eta))


def by_hand(v: dict[str, float]) -> tuple[Series, dict[str, float]]:
    """Return monthly series (what, item) over months 0..24, and the results of the trial."""
    r = {key.removeprefix("reinforcement."): x for key, x in v.items() if key.startswith("reinforcement.")}
    f = {key.removeprefix("forgetting."): x for key, x in v.items() if key.startswith("forgetting.")}
    team = {key.removeprefix("teams.support."): x for key, x in v.items() if key.startswith("teams.support.")}
    m_ = {
        key.removeprefix("modules.foundation."): x
        for key, x in v.items()
        if key.startswith("modules.foundation.")
    }
    people, start, last = 40.0, 2, 2
    log_half = math.log(2.0)

    # Section 3: transfer; practices not in the plan have level 0 and weight 1, eleven in all.
    xbar = sum(v[f"practices.{p}.level"] for p in PRACTICES) / 11
    logit_ref = math.log(v["transfer.reference"] / (1 - v["transfer.reference"]))
    tau = 1 / (1 + math.exp(-(logit_ref + v["transfer.strength"] * (xbar - 0.5))))
    # Sustained practices: only leaders_model is in the plan; four practices and the peer community.
    y = (v["practices.leaders_model.level"] + r["peer_community"]) / 5
    h0 = f["half_life"] * math.exp(f["practice_effect"] * (y - 0.5))
    keep_k = math.exp(-log_half / f["knowledge_half_life"])
    # Module.
    q = m_["completion"] ** (1 / (1 + m_["accessibility"])) * (1 - m_["fail_rate"] ** 2)
    g = min(1.0, m_["mastery"] * m_["coverage"] * m_["modality_factor"])
    hours = m_["hours"] * (1 + m_["fail_rate"])
    # Coaching, the same in every month: one hour a person, no cap.
    d = r["coaching_hours"]
    dose = d ** r["dose_slope"] / (r["half_dose"] ** r["dose_slope"] + d ** r["dose_slope"]) if d > 0 else 0.0
    a = min(1.0, r["coaching_effect"] * r["coach_effectiveness"]) * dose

    def kappa(coached: float, peers: float, support: float, refresher: float) -> float:
        left = (1 - coached) * (1 - r["peer_effect"] * peers) * (1 - r["support_effect"] * support)
        return 1 - left * (1 - r["refresher_effect"] * refresher)

    fs, fk = f["permanent_share"], f["knowledge_permanent_share"]

    # Section 4: the programme in which each lift was seen, four months after its course, uncoached.
    reached, effect, base_eta = {}, {}, {}
    base = {kpi: team["attrition"] if kpi == "attrition" else team[f"baseline.{kpi}"] for kpi in KPIS}
    for kpi in KPIS:
        base_eta[kpi] = to_link(kpi, base[kpi])
    for kpi, (kind, _) in LIFTS.items():
        e = {key.rsplit(".", 1)[1]: x for key, x in v.items() if key.startswith(f"lifts.{kpi}.reached_at.")}
        tau_e = 1 / (1 + math.exp(-(logit_ref + v["transfer.strength"] * (e["practice"] - 0.5))))
        h_e = f["half_life"] * math.exp(
            f["practice_effect"] * ((4 * e["practice"] + e["peer_community"]) / 5 - 0.5)
        )
        assert e["coaching_hours"] == e["peer_community"] == e["performance_support"] == 0
        fading = math.exp(-4 * log_half / h_e)
        reached[kpi] = e["completion"] * e["mastery"] * tau_e * (fs + (1 - fs) * fading)
        size = v[f"lifts.{kpi}.size"]
        to = base[kpi] + size if kind == "points" else base[kpi] * (1 + size)
        effect[kpi] = to_link(kpi, to) - base_eta[kpi]
        # The team differs from others by a share of the effect.
        effect[kpi] += (
            v[f"lifts.{kpi}.team_spread"] * abs(effect[kpi]) * v.get(f"lifts.{kpi}#team.support", 0.0)
        )

    without = {kpi: from_link(kpi, base_eta[kpi]) for kpi in KPIS}
    c0 = 1 - (1 - without["churn"] / 100) ** (1 / 12)
    without["churn"] = 100 * (1 - (1 - c0) ** 12)
    stock, gained = team["customers"], 0.0
    arrivals = team["customers"] * c0

    # State of the one cohort, one competence standing for both: the module teaches both alike.
    p_s = a_s = p_k = a_k = 0.0
    after_course = 0.0
    h = h0
    last_attrition = team["attrition"]
    out: Series = {}

    def put(what: str, item: str, m: int, value: float) -> None:
        out.setdefault((what, item), [math.nan] * (HORIZON + 1))[m] = value

    totals = {"benefit": 0.0, "cost": 0.0, "pv_benefit": 0.0, "pv_cost": 0.0}
    cumulative: list[float] = []

    def close(m: int, benefit: float, cost: float) -> None:
        factor = 1.0 if m == 0 else (1 + v["programme.discount_rate"]) ** (-(m - 0.5) / 12)
        totals["benefit"] += benefit
        totals["cost"] += cost
        totals["pv_benefit"] += factor * benefit
        totals["pv_cost"] += factor * cost
        cumulative.append((cumulative[-1] if cumulative else 0.0) + benefit - cost)
        put("cash_flow", "", m, benefit - cost)

    once = {"content": 0, "preparation": 1}
    monthly = {"management": (1, 6), "surveys": (1, HORIZON)}
    for line in (*once, *monthly, "classes"):
        put("cost", line, 0, v[f"costs.{line}.amount"] if once.get(line) == 0 else 0.0)
    close(0, 0.0, sum(out["cost", line][0] for line in (*once, *monthly, "classes")))

    for m in range(1, HORIZON + 1):
        # Step 1: behavior drives the KPIs. Shares of the competences sum to 1 and both have the same state.
        s, k = p_s + a_s, p_k + a_k
        for competence in COMPETENCES:
            put("behavior", competence, m, s)
            put("knowledge", competence, m, k)
        put("half_life", "", m, h)
        now = dict(without)
        for kpi, (_, shares) in LIFTS.items():
            x = (shares[0] * s + shares[1] * s) / reached[kpi]
            bend = v["programme.extrapolation"]
            phi = x if x <= 1 else 1 + bend * (1 - math.exp(-(x - 1) / bend))
            now[kpi] = from_link(kpi, base_eta[kpi] + effect[kpi] * phi)

        # Section 5: benefits.
        p0 = v["benefits.contact_work.callback_share"] * (1 - without["fcr"] / 100)
        p1 = v["benefits.contact_work.callback_share"] * (1 - now["fcr"] / 100)
        v0 = team["contacts"]
        v1 = v0 * ((1 - p0) / (1 - p1))
        freed = (v0 * without["aht"] - v1 * now["aht"]) / 3600 / team["occupancy"] / (1 - team["shrinkage"])
        work = freed * team["hourly_cost"] * v["workforce.realization"]
        work += (v0 - v1) * v["benefits.contact_work.variable_cost"]
        kept = gained * v["benefits.retention.margin"]
        change = c0 * math.expm1(-v["benefits.retention.elasticity"] * (now["csat"] - without["csat"]))
        change *= v["benefits.retention.reach"]
        gained = gained * (1 - c0 - change) - stock * change
        stock = stock * (1 - c0) + arrivals
        ce = c0 + change
        now["churn"] = 100 * (1 - (1 - ce) ** 12)
        hiring = people * (without["attrition"] - now["attrition"]) / 1200
        hiring *= v["benefits.hiring.replacement_cost"]
        for stream, money in (("contact_work", work), ("retention", kept), ("hiring", hiring)):
            put("benefit", stream, m, money)
        for kpi in KPIS:
            put("kpi", kpi, m, now[kpi])
            put("kpi_without", kpi, m, without[kpi])

        # Step 2: forgetting; what is practiced is not forgotten.
        a_s *= math.exp(-log_half / h)
        a_k *= keep_k
        gain = max(0.0, p_s + a_s - p_k - a_k)
        p_k, a_k = p_k + fk * gain, a_k + (1 - fk) * gain
        # Step 3: turnover by last month's attrition; no onboarding, so a new hire brings nothing.
        leavers = min(1.0, last_attrition / 1200)
        last_attrition = now["attrition"]
        p_s, a_s, p_k, a_k = ((1 - leavers) * part for part in (p_s, a_s, p_k, a_k))
        h = (1 - leavers) * h + leavers * h0
        # Step 4: coaching and refreshers from the month after training.
        coached = m > last
        refresher = 1.0 if coached and (m - last) % 6 == 0 else 0.0
        if coached:
            gain = r["knowledge_coaching"] * a * max(0.0, r["coached_knowledge"] - p_k - a_k)
            p_k, a_k = p_k + fk * gain, a_k + (1 - fk) * gain
            gain = (
                refresher
                * r["knowledge_coaching"]
                * r["refresher_effect"]
                * max(0.0, after_course - p_k - a_k)
            )
            p_k, a_k = p_k + fk * gain, a_k + (1 - fk) * gain
            share = kappa(a, r["peer_community"], r["performance_support"], refresher)
            gain = share * max(0.0, (1 - (1 - tau) ** 2) * (p_k + a_k) - p_s - a_s)
            p_s, a_s = p_s + fs * gain, a_s + (1 - fs) * gain
        # Step 5: the course ends in month 2.
        if m == last:
            gain = q * g * tau * (1 - p_s - a_s)
            p_s, a_s = p_s + fs * gain, a_s + (1 - fs) * gain
            gain = q * g * (1 - p_k - a_k)
            p_k, a_k = p_k + fk * gain, a_k + (1 - fk) * gain
            after_course = p_k + a_k
        # Step 6: spacing.
        if refresher:
            h = min(r["half_life_gain"] * h, f["half_life_cap"] * h0)

        # Section 6: costs.
        training = people if m == start else 0.0
        off_floor = (
            training * hours + (people * d if coached else 0.0) + refresher * people * r["refresher_hours"]
        )
        share = v["workforce.backfill_share"]
        price = share * v["workforce.backfill_hourly_cost"]
        price += (1 - share) * team["hourly_cost"] * v["workforce.realization"]
        put("off_floor_hours", "", m, off_floor)
        put("cost", "participants_time", m, off_floor * price / (1 - team["shrinkage"]))
        for line, month in once.items():
            put("cost", line, m, v[f"costs.{line}.amount"] if m == month else 0.0)
        for line, (first, final) in monthly.items():
            put("cost", line, m, v[f"costs.{line}.amount"] if first <= m <= final else 0.0)
        put("cost", "classes", m, v["costs.classes.amount"] * 4 if m == start else 0.0)
        put("cost", "materials", m, v["costs.materials.amount"] * training)
        put("cost", "lms", m, v["costs.lms.amount"] * people if m >= start else 0.0)
        put("cost", "coaches", m, v["costs.coaches.amount"] * people * d if coached else 0.0)
        cost = sum(series[m] for (what, _), series in out.items() if what == "cost")
        close(m, work + kept + hiring, cost)

    # Section 7: finance.
    benefit, cost = totals["benefit"], totals["cost"]
    never_again = [m for m in range(HORIZON + 1) if all(c >= 0 for c in cumulative[m:])]
    results = {
        "npv": totals["pv_benefit"] - totals["pv_cost"],
        "roi": 100 * (benefit - cost) / cost,
        "bcr": benefit / cost,
        "total_benefit": benefit,
        "total_cost": cost,
        "contingency": v["programme.contingency"] * cost,
        "funding_request": (1 + v["programme.contingency"]) * cost,
        "payback_month": float(never_again[0]) if never_again else math.nan,
    }
    return out, results


def fixed_plan() -> tp.Plan:
    return tp.example("one_team").replace(FIXED)


def drawn_paths(plan: tp.Plan) -> list[str]:
    """Return the paths of every quantity, and of the draws by which the team differs from others."""
    paths: list[str] = plan.inputs()["path"].tolist()
    return paths + [f"lifts.{kpi}#team.support" for kpi in LIFTS if plan[f"lifts.{kpi}.team_spread"] != 0]


def values(plan: tp.Plan, run: tp.Run, trial: int) -> dict[str, float]:
    """Return the value of every quantity in a trial."""
    paths = drawn_paths(plan)
    drawn = run.draws(paths, trials=trial + 1)
    return {path: float(drawn[path].iloc[trial]) for path in paths}


def compare(out: Series, results: dict[str, float], trace: Any, tolerance: float) -> dict[str, float]:
    """Return the largest difference by kind of series, relative to its scale; fail above the tolerance."""
    worst: dict[str, float] = {}
    for (what, item), by_month in out.items():
        rows = trace[(trace["what"] == what)]
        if what in ("behavior", "knowledge"):
            rows = rows[rows["competence"] == item]
        elif what not in ("half_life", "off_floor_hours", "cash_flow"):
            rows = rows[(rows["item"] == item) & (rows["team"].isin(["support", ""]))]
            if what.startswith("kpi"):
                rows = rows[rows["team"] == "support"]
        got = dict(zip(rows["month"], rows["value"], strict=True))
        wanted = {m: x for m, x in enumerate(by_month) if not math.isnan(x)}
        assert got.keys() == wanted.keys(), (what, item)
        scale = max(map(abs, wanted.values())) or 1.0
        difference = max(abs(got[m] - wanted[m]) for m in wanted) / scale
        assert difference <= tolerance, (what, item, difference)
        worst[what] = max(worst.get(what, 0.0), difference)
    outputs = trace[trace["what"] == "output"].set_index("item")["value"]
    for name, wanted_value in results.items():
        got_value = outputs[name]
        if math.isnan(wanted_value):
            assert math.isnan(got_value), name
        else:
            assert got_value == pytest.approx(wanted_value, rel=tolerance, abs=0), name
    return worst


def test_the_core_equals_the_hand_calculation_with_every_quantity_fixed() -> None:
    plan = fixed_plan()
    run = tp.simulate(plan, trials=64, progress=False)
    out, results = by_hand(values(plan, run, 0))
    compare(out, results, run.trace("central"), 1e-12)
    assert run["npv"].min() == run["npv"].max() == pytest.approx(results["npv"], rel=1e-12)
    assert run["roi"][0] == pytest.approx(results["roi"], rel=1e-12)
    assert run["payback_month"][0] == results["payback_month"]


def test_a_few_figures_that_a_pocket_calculator_confirms() -> None:
    # q = .9^(1/1.2) (1 - .1^2) = .90678; q g = .45339; xbar = 3.5/11;
    # logit(tau) = .20067 - .18182, tau = .50471.
    trace = tp.simulate(fixed_plan(), trials=64, progress=False).trace("central")
    at = {(row.what, row.item, row.month): row.value for row in trace.itertuples()}
    assert at["completion", "foundation", 0] == pytest.approx(0.90678, abs=5e-6)
    assert at["transfer", "", 0] == pytest.approx(0.50471, abs=5e-6)
    behavior = trace[(trace["what"] == "behavior") & (trace["month"] == 3)]["value"]
    assert behavior.to_numpy() == pytest.approx(
        0.45339 * 0.50471, abs=1e-5
    )  # behavior at the start of month 3
    assert at["cost", "classes", 2] == 4 * 1500
    assert at["cost", "materials", 2] == 40 * 35
    # 40 people x 17.6 h with repeats x (.2 x 32 + .8 x 26 x .6) / .7 an hour.
    assert at["cost", "participants_time", 2] == pytest.approx(40 * 17.6 * (6.4 + 12.48) / 0.7, rel=1e-12)
    assert at["cost", "coaches", 3] == 40 * 41


@pytest.mark.parametrize("seed", [1, 2])
def test_the_core_equals_the_hand_calculation_in_drawn_trials(seed: int) -> None:
    plan = tp.example("one_team")
    run = tp.simulate(plan, trials=128, seed=seed, progress=False)
    paths = drawn_paths(plan)
    drawn = run.draws(paths, trials=128)
    worst: dict[str, float] = {}
    for trial in range(0, 128, 5):
        value = dict(zip(paths, drawn.iloc[trial].tolist(), strict=True))
        out, results = by_hand(value)
        # 1e-9 of each series' scale; NPV is a difference that can be near 0: costs are its scale.
        results = {name: x for name, x in results.items() if name not in ("npv", "roi")}
        for what, difference in compare(out, results, run.trace(trial), 1e-9).items():
            worst[what] = max(worst.get(what, 0.0), difference)
        npv = by_hand(value)[1]["npv"]
        assert run["npv"][trial] == pytest.approx(npv, rel=1e-9, abs=1e-9 * results["total_cost"])
    print({what: f"{difference:.1e}" for what, difference in worst.items()})
    assert np.isfinite(run["npv"]).all()
