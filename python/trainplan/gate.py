"""Gates: whether what a pilot showed is enough to go on, to look longer, or to stop.

Over 400 lines: half of it is what the functions promise, with an example each.

A gate is fixed before the pilot: the *lower reference value*, below which the programme is not worth having,
the *target value* that it was asked for, and how sure one must be of each. What is seen then decides by rule,
and what the rule would decide can be computed before anything is spent: `operating_characteristics`.

Changes are counted so that more is better, in the unit of the KPI: for handle time pass seconds saved.

>>> import trainplan as tp
>>> rule = tp.gate.Rule(target_value=6.0)
>>> tp.gate.decide(rule, change=5.0, se=3.0).decision
'go'

References
----------
.. [1] R. L. Lalonde et al., "Model-based drug development", Clin. Pharmacol. Ther. 82 (2007) 21-32.
.. [2] P. Frewer et al., "Decision-making in early clinical drug development", Pharm. Stat. 15 (2016) 255-263.
.. [3] P. Armitage, C. K. McPherson & B. C. Rowe, "Repeated significance tests on accumulating data", J. R.
       Stat. Soc. A 132 (1969) 235-244.
.. [4] F. E. Satterthwaite, "An approximate distribution of estimates of variance components", Biometrics
       Bulletin 2 (1946) 110-114.
.. [5] B. L. Welch, "The generalization of Student's problem when several different population variances are
       involved", Biometrika 34 (1947) 28-35.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainplan import _frames
from trainplan._arrays import refuse, vector
from trainplan._core import gate as _gate
from trainplan._summary import Row
from trainplan.whatif._show import Card, Part

__all__ = [
    "Change",
    "Guardrail",
    "OperatingCharacteristics",
    "Rule",
    "Verdict",
    "decide",
    "difference",
    "difference_of_teams",
    "operating_characteristics",
    "standard_error",
]

Decision = Literal["go", "extend", "stop"]
_WORDS = {"go": "Go", "extend": "Look longer", "stop": "Stop"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a gate says go, look longer or stop.

    Go where P(change > lower_reference) >= p_lower and P(change > target_value) >= p_target; stop where
    P(change > target_value) < p_stop; else look longer. At the last look: go where the change reaches the
    middle of the two values.

    Attributes
    ----------
    target_value : float
        What the programme was asked for, in KPI units; at least `lower_reference`.
    lower_reference : float
        What it must at least bring to be worth having.
    p_lower, p_target, p_stop : float
        Chances inside (0, 1); `p_stop` at most `p_target`.
    """

    target_value: float
    lower_reference: float = 0.0
    p_lower: float = _gate.p_lower
    p_target: float = _gate.p_target
    p_stop: float = _gate.p_stop

    def __post_init__(self) -> None:
        _gate.bounds(self._core(), 1.0, last=False)

    def _core(self) -> _gate.Rule:
        return _gate.Rule(
            lower_reference=self.lower_reference,
            target_value=self.target_value,
            p_lower=self.p_lower,
            p_target=self.p_target,
            p_stop=self.p_stop,
        )

    def bounds(self, se: float, *, last: bool = False) -> tuple[float, float]:
        """Return the smallest change that is a go, and the one below which it is a stop.

        Examples
        --------
        >>> import trainplan as tp
        >>> go, stop = tp.gate.Rule(target_value=6.0).bounds(3.0)
        >>> round(go, 2), round(stop, 2)
        (4.43, 2.16)
        """
        go, stop = _gate.bounds(self._core(), se, last=last)
        return go, stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail:
    """A KPI that must not pay for the change: it may get worse by less than a margin.

    Attributes
    ----------
    kpi : str
        Its name.
    change, se : float
        What was seen of it, more is better, and its standard error, in its own unit.
    margin : float
        The most that it may get worse by, at least 0.
    confidence : float
        Chance that must be reached that it did not get worse by more: a non-inferiority test.
    degrees : float
        Degrees of freedom of `se`; infinite where it is no estimate.
    """

    kpi: str
    change: float
    se: float
    margin: float
    confidence: float = 0.9
    degrees: float = math.inf

    def __post_init__(self) -> None:
        if not 0.0 < self.confidence < 1.0:
            refuse("confidence", "must be above 0 and below 1", value=repr(self.confidence))
        self.chance()

    def chance(self) -> float:
        """Return the chance that the KPI got worse by less than the margin."""
        return float(_gate.non_inferior(self.change, self.se, self.margin, self.degrees))

    @property
    def holds(self) -> bool:
        """Whether that chance is enough."""
        return self.chance() >= self.confidence


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate decided, and why.

    Attributes
    ----------
    decision : {"go", "extend", "stop"}
        What to do.
    above_lower, above_target : float
        Chances that the true change is above the lower reference and above the target.
    reasons : tuple of str
        Why, a sentence each.
    """

    decision: Decision
    above_lower: float
    above_target: float
    reasons: tuple[str, ...]

    def _card(self) -> Card:
        rows = [
            Row("above the lower reference", (_percent(self.above_lower),)),
            Row("above the target", (_percent(self.above_target),)),
        ]
        return Card(
            _WORDS[self.decision], "", [Part("The true change is", ("chance",), rows)], [*self.reasons]
        )

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()


def decide(
    rule: Rule,
    change: float,
    se: float,
    *,
    last: bool = False,
    degrees: float = math.inf,
    guardrails: Sequence[Guardrail] = (),
    must_pass: Mapping[str, bool] | None = None,
) -> Verdict:
    """Return what the figures of a real pilot mean under a rule.

    A guardrail that does not hold, or an item that must be passed and is not, turns a go into a longer look,
    and at the last look into a stop.

    Parameters
    ----------
    rule : Rule
        What was agreed before the pilot.
    change, se : float
        What was seen and its standard error: of `difference`, of `difference_of_teams`, or of a model.
    last : bool
        Whether there is no longer look.
    degrees : float
        Degrees of freedom of `se`; infinite where it is no estimate.
    guardrails : sequence of Guardrail
        KPIs that must not pay for the change.
    must_pass : mapping of str to bool
        Items of another kind, such as ``{"works council agrees": True}``.

    Returns
    -------
    Verdict

    Raises
    ------
    InputError
        For arguments out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> rule = tp.gate.Rule(target_value=6.0, lower_reference=2.0)
    >>> slower = tp.gate.Guardrail(kpi="aht", change=-25.0, se=8.0, margin=20.0)
    >>> verdict = tp.gate.decide(rule, 7.0, 2.0, guardrails=[slower])
    >>> verdict.decision
    'extend'
    >>> verdict.reasons[-1]
    'Guardrail aht: the chance that it got worse by less than 20 is 27 %, below 90 %.'
    """
    found, lower, target = _gate.decide(rule._core(), change, se, last=last, degrees=degrees)
    decision = cast(Decision, found)
    go, stop = rule.bounds(se, last=last)
    if last:
        reasons = [
            f"Last look: the change of {change:.4g} is {'at least' if decision == 'go' else 'below'} "
            f"{go:.4g}, the middle of lower reference and target."
        ]
    else:
        reasons = [
            f"The chance to be above the lower reference of {rule.lower_reference:.4g} is {_percent(lower)}, "
            f"asked for {_percent(rule.p_lower)}.",
            f"The chance to be above the target of {rule.target_value:.4g} is {_percent(target)}: go from "
            f"{_percent(rule.p_target)}, stop below {_percent(rule.p_stop)}.",
        ]
        if decision == "extend" and degrees == math.inf:
            reasons.append(f"With this error it is a go from {go:.4g} and a stop below {stop:.4g}.")
    held = True
    for one in guardrails:
        if not one.holds:
            held = False
            reasons.append(
                f"Guardrail {one.kpi}: the chance that it got worse by less than {one.margin:.4g} is "
                f"{_percent(one.chance())}, below {_percent(one.confidence)}."
            )
    for item, passed in (must_pass or {}).items():
        if not passed:
            held = False
            reasons.append(f"Must pass: {item}: not yet.")
    if decision == "go" and not held:
        decision = "stop" if last else "extend"
    return Verdict(decision, lower, target, tuple(reasons))


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was seen, with its error.

    Attributes
    ----------
    change, se : float
        KPI units.
    degrees : float
        Degrees of freedom of `se`.
    compared : bool
        Whether teams that are not yet trained were taken off; without them the evidence is weak.
    """

    change: float
    se: float
    degrees: float
    compared: bool

    def __repr__(self) -> str:
        weak = "" if self.compared else "; weak: no teams to compare with"
        return f"change {self.change:.4g} ± {self.se:.2g}, {self.degrees:.0f} degrees of freedom{weak}"


_Sample = tuple[float, float, float]


def difference(
    pilot: tuple[_Sample, _Sample],
    others: tuple[_Sample, _Sample] | None = None,
    *,
    lower_is_better: bool = False,
) -> Change:
    """Return the pilot's change less that of teams not yet trained, from means, spreads and counts.

    Answers are taken as independent; where answers within a team are alike, `difference_of_teams` is right.

    Parameters
    ----------
    pilot : pair of (mean, sd, n)
        Before and after, KPI units; a share p has sd sqrt(p (1 - p)).
    others : pair of (mean, sd, n), optional
        The same of teams that are not yet trained.
    lower_is_better : bool
        Counts a fall as a gain.

    Returns
    -------
    Change

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.gate.difference(((70, 40, 900), (78, 40, 900)), ((71, 40, 2000), (73, 40, 2000)))
    change 6 ± 2.3, 3465 degrees of freedom
    """
    change, se, degrees = _gate.difference(pilot, others)
    return Change(-change if lower_is_better else change, se, degrees, others is not None)


def difference_of_teams(pilot: ArrayLike, others: ArrayLike, *, lower_is_better: bool = False) -> Change:
    """Return the difference of the mean changes of trained and not yet trained teams.

    Parameters
    ----------
    pilot, others : array_like
        The change of each team, KPI units; 2 teams or more each.
    lower_is_better : bool
        Counts a fall as a gain.

    Returns
    -------
    Change

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.gate.difference_of_teams([2.0, 4.0, 6.0], [0.0, 1.0, 2.0])
    change 3 ± 1.3, 3 degrees of freedom
    """
    change, se, degrees = _gate.difference_of_teams(
        vector("pilot", pilot).tolist(), vector("others", others).tolist()
    )
    return Change(-change if lower_is_better else change, se, degrees, True)


def standard_error(
    *,
    sd: float,
    before: float,
    per_month: float,
    months: float,
    month_sd: float = 0.0,
    others_before: float | None = None,
    others_per_month: float | None = None,
) -> float:
    """Return the error that a planned comparison will have.

    Parameters
    ----------
    sd : float
        Standard deviation of one answer, KPI units; a share p has sqrt(p (1 - p)).
    before, per_month : float
        Answers of the pilot's teams before, and in each month after.
    months : float
        Months pooled.
    month_sd : float
        Ordinary movement of a month, KPI units, in either arm.
    others_before, others_per_month : float, optional
        Answers of the teams not yet trained; both or neither, without them nothing is taken off.

    Returns
    -------
    float
        sqrt of v/before + v/(per_month n) + month_sd^2/n of each arm.

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.gate.standard_error(sd=45, before=600, per_month=200, months=3), 2)
    2.6
    """
    arms = [(before, per_month)]
    if (others_before is None) != (others_per_month is None):
        refuse("others_before", "goes with others_per_month: give both or neither")
    if others_before is not None and others_per_month is not None:
        arms.append((others_before, others_per_month))
    return math.sqrt(
        sum(
            _gate.noise_variance(sd * sd, first, monthly, month_sd * month_sd, months)
            for first, monthly in arms
        )
    )


@dataclass(frozen=True, slots=True)
class OperatingCharacteristics:
    """How often a gate decides what, for each true change.

    Attributes
    ----------
    rule : Rule
        The gate.
    se : tuple of float
        Error at each look.
    effects : ndarray
        True changes, KPI units.
    go, stop : ndarray
        Chances at the end, after all looks.
    go_at_first, extend_at_first, stop_at_first : ndarray
        Chances at the first look.
    looks : ndarray
        Expected number of looks.
    """

    rule: Rule
    se: tuple[float, ...]
    effects: NDArray[np.float64]
    go: NDArray[np.float64]
    stop: NDArray[np.float64]
    go_at_first: NDArray[np.float64]
    extend_at_first: NDArray[np.float64]
    stop_at_first: NDArray[np.float64]
    looks: NDArray[np.float64]

    @property
    def assurance(self) -> float:
        """The chance of a go where `effects` are draws of the change that is believed in: its mean."""
        return float(np.mean(self.go))

    def to_frame(self, *, backend: str = "pandas") -> Any:
        """Return a table with a row a true change."""
        names = ("effect", "go", "stop", "go_at_first", "extend_at_first", "stop_at_first", "looks")
        return _frames.frame(
            {name: getattr(self, "effects" if name == "effect" else name) for name in names}, backend=backend
        )

    def _card(self) -> Card:
        rows = [
            Row(
                f"{effect:.4g}",
                (_percent(go), _percent(stop), _percent(first), _percent(extend), f"{looks:.2f}"),
            )
            for effect, go, stop, first, extend, looks in zip(
                self.effects,
                self.go,
                self.stop,
                self.go_at_first,
                self.extend_at_first,
                self.looks,
                strict=True,
            )
        ]
        errors = ", ".join(f"{se:.3g}" for se in self.se)
        facts = (
            f"Lower reference {self.rule.lower_reference:.4g}, target {self.rule.target_value:.4g}; "
            f"error at each look {errors}"
        )
        head = ("go", "stop", "go at first", "look longer", "looks")
        return Card("Operating characteristics of the gate", facts, [Part("True change", head, rows)])

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()


def operating_characteristics(
    rule: Rule, effects: ArrayLike, se: float | Sequence[float]
) -> OperatingCharacteristics:
    """Return how often a gate would go and stop if the true change were this.

    Parameters
    ----------
    rule : Rule
        The gate.
    effects : array_like
        True changes, KPI units: a grid, or draws of a run.
    se : float or sequence of float
        Error of the pooled change at each look, falling; one look if a number.

    Returns
    -------
    OperatingCharacteristics

    Raises
    ------
    InputError
        For errors that do not fall from look to look.

    Examples
    --------
    >>> import trainplan as tp
    >>> found = tp.gate.operating_characteristics(tp.gate.Rule(target_value=6.0), [0.0, 6.0], [3.0, 2.3])
    >>> [round(float(p), 3) for p in found.go_at_first]
    [0.07, 0.7]
    """
    at = vector("effects", effects)
    errors = tuple(float(x) for x in vector("se", [se] if isinstance(se, int | float) else se))
    found = _gate.chances(rule._core(), at, list(errors))
    return OperatingCharacteristics(rule, errors, at, *found.T)


def _percent(share: float) -> str:
    """Return a chance in percent; what is neither sure nor impossible is not shown as such."""
    if 0.0 < share < 0.005:
        return "< 1 %"
    if 0.995 < share < 1.0:
        return "> 99 %"
    return f"{100.0 * share:.0f} %"
