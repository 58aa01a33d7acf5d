"""Gates against closed forms, scipy and each other."""

import math

import numpy as np
import pytest
from scipy import stats

import trainplan as tp
from trainplan.gate import Guardrail, Rule


@pytest.mark.parametrize(
    ("p_lower", "p_target", "p_stop"), [(0.8, 0.3, 0.1), (0.9, 0.5, 0.2), (0.7, 0.4, 0.4), (0.95, 0.1, 0.05)]
)
@pytest.mark.parametrize("effect", [0.0, 6.0])
def test_the_first_look_is_the_closed_form(
    p_lower: float, p_target: float, p_stop: float, effect: float
) -> None:
    rule = Rule(target_value=6.0, p_lower=p_lower, p_target=p_target, p_stop=p_stop)
    found = tp.gate.operating_characteristics(rule, [effect], [3.0, 2.0])
    go = max(stats.norm.ppf(p_lower) * 3.0, 6.0 + stats.norm.ppf(p_target) * 3.0)
    stop = 6.0 + stats.norm.ppf(p_stop) * 3.0
    assert found.go_at_first[0] == pytest.approx(stats.norm.sf(go, effect, 3.0), rel=1e-12)
    assert found.stop_at_first[0] == pytest.approx(stats.norm.cdf(stop, effect, 3.0), rel=1e-12)
    assert rule.bounds(3.0) == pytest.approx((go, stop), rel=1e-12)


def test_the_published_setting_says_seven_percent() -> None:
    """p1 .8, p2 .3, lower reference 0, target 6, error 3: P(go | no effect) = 7.0 % at the first look."""
    found = tp.gate.operating_characteristics(Rule(target_value=6.0), [0.0], [3.0, 2.0])
    assert round(100.0 * float(found.go_at_first[0]), 1) == 7.0


@pytest.mark.parametrize("effect", [-3.0, 0.0, 4.0, 6.0])
def test_two_looks_agree_with_the_bivariate_normal(effect: float) -> None:
    rule = Rule(target_value=6.0, lower_reference=1.0)
    first, second = 3.0, 2.2
    found = tp.gate.operating_characteristics(rule, [effect], [first, second])
    go, stop = rule.bounds(first)
    covariance = [[first**2, second**2], [second**2, second**2]]
    joint = stats.multivariate_normal([effect, effect], covariance, abseps=1e-10, releps=1e-10)
    middle = 3.5

    def below(x: float, y: float) -> float:
        return float(joint.cdf([x, y]))

    extended_and_stopped = below(go, middle) - below(stop, middle)
    expected = stats.norm.sf(go, effect, first) + float(found.extend_at_first[0]) - extended_and_stopped
    # scipy integrates the bivariate normal to about 1e-8.
    assert found.go[0] == pytest.approx(expected, abs=3e-8)
    assert found.go[0] + found.stop[0] == pytest.approx(1.0, abs=1e-9)


def test_assurance_is_the_mean_over_draws() -> None:
    draws = np.random.default_rng(1).normal(4.0, 2.0, 200_000)
    found = tp.gate.operating_characteristics(Rule(target_value=6.0), draws, 3.0)
    exact = stats.norm.sf(3.0, 4.0, math.hypot(2.0, 3.0))  # one look: go from the middle
    error = float(np.std(found.go)) / math.sqrt(draws.size)
    assert found.assurance == pytest.approx(exact, abs=4.0 * error)


def test_a_guardrail_turns_a_go_into_a_longer_look_and_at_last_into_a_stop() -> None:
    rule = Rule(target_value=6.0)
    paid = Guardrail(kpi="csat", change=-4.0, se=1.0, margin=2.0)
    assert tp.gate.decide(rule, 8.0, 2.0).decision == "go"
    assert tp.gate.decide(rule, 8.0, 2.0, guardrails=[paid]).decision == "extend"
    verdict = tp.gate.decide(rule, 8.0, 2.0, guardrails=[paid], last=True)
    assert verdict.decision == "stop"
    assert "csat" in verdict.reasons[-1]


def test_what_must_be_passed_holds_a_go_back() -> None:
    verdict = tp.gate.decide(
        Rule(target_value=6.0), 8.0, 2.0, must_pass={"works <council> agrees": False, "content": True}
    )
    assert verdict.decision == "extend"
    assert verdict.reasons[-1] == "Must pass: works <council> agrees: not yet."
    assert "<council>" not in verdict._repr_html_()


def test_figures_of_teams_are_welchs_comparison() -> None:
    rng = np.random.default_rng(3)
    pilot, others = rng.normal(5.0, 2.0, 6), rng.normal(1.0, 3.0, 9)
    change = tp.gate.difference_of_teams(pilot, others)
    welch = stats.ttest_ind(pilot, others, equal_var=False)
    assert change.change / change.se == pytest.approx(welch.statistic, rel=1e-12)
    assert change.degrees == pytest.approx(welch.df, rel=1e-12)
    verdict = tp.gate.decide(Rule(target_value=6.0), change.change, change.se, degrees=change.degrees)
    assert verdict.above_lower == pytest.approx(1.0 - welch.pvalue / 2.0, rel=1e-10)
    fallen = tp.gate.difference_of_teams(pilot, others, lower_is_better=True)
    assert fallen.change == -change.change


def test_without_other_teams_the_evidence_is_weak() -> None:
    assert "weak" in repr(tp.gate.difference(((70, 40, 900), (78, 40, 900))))


def test_a_frame_has_a_row_a_change() -> None:
    found = tp.gate.operating_characteristics(Rule(target_value=6.0), [0.0, 3.0, 6.0], 3.0)
    frame = found.to_frame()
    assert list(frame["effect"]) == [0.0, 3.0, 6.0]
    assert list(frame["go"]) == list(found.go)
    assert "Operating characteristics" in repr(found)
    assert "<table>" in found._repr_html_()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Rule(target_value=-1.0), "target_value: is -1, must be at least lower_reference, 0"),
        (lambda: Rule(target_value=1.0, p_stop=0.4), "p_stop: is 0.4, must be at most p_target, 0.3"),
        (lambda: Rule(target_value=1.0, p_lower=30.0), "p_lower: is 30"),
        (lambda: Guardrail(kpi="aht", change=0.0, se=1.0, margin=-1.0), "margin: is -1, must be at least 0"),
        (lambda: Guardrail(kpi="aht", change=0.0, se=1.0, margin=1.0, confidence=90), "confidence: is 90"),
        (lambda: tp.gate.decide(Rule(target_value=1.0), math.nan, 1.0), "change: is nan, must be finite"),
        (
            lambda: tp.gate.operating_characteristics(Rule(target_value=1.0), [0.0], [2.0, 2.0]),
            "se: is 2, must fall",
        ),
        (lambda: tp.gate.difference_of_teams([1.0], [1.0, 2.0]), "pilot: is 1, must have 2 or more teams"),
        (
            lambda: tp.gate.standard_error(sd=1, before=9, per_month=9, months=3, others_before=9),
            "others_before: goes with",
        ),
    ],
)
def test_bad_input_is_refused_by_name(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(tp.InputError) as caught:
        call()
    assert message in str(caught.value)
