"""What happens to behavior after the course: forgetting, coaching, peers, tools."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainplan import _core
from trainplan._arrays import refuse, together, whole
from trainplan._core import reinforcement as _reinforcement

__all__ = [
    "Path",
    "attainable",
    "coaching_share",
    "dose_response",
    "half_life",
    "path",
    "remaining",
    "retention",
    "uptake",
]

# What a plan has no field for: a course that everybody completes, nobody leaving, hires untaught.
_PLAIN = {"completion": 1.0, "attrition": 0.0, "onboarding": 0.0}


class Path(NamedTuple):
    """Behavior and knowledge, month by month along the first axis; the first is the end of the course."""

    behavior: NDArray[np.float64]
    knowledge: NDArray[np.float64]


def path(
    months: int,
    *,
    mastery: ArrayLike,
    transfer: ArrayLike,
    refresher_every: int = 0,
    **parameters: ArrayLike,
) -> Path:
    """Behavior and knowledge month by month after one course.

    The months of docs/method.md, section 3: forgetting, turnover, coaching and refreshers, spacing.

    Parameters
    ----------
    months : int
        How many months to follow, 0 to 600.
    mastery, transfer : array_like
        Share of the knowledge gap closed by the course; share of what was learnt that is used on the job.
    refresher_every : int
        A refresher every so many months; 0 for none.
    **parameters : array_like
        Any of the fields of ``plan.forgetting`` and ``plan.reinforcement`` that act on a person (half_life,
        permanent_share, coaching_hours, coaching_effect, peer_community, ...), and completion (default 1),
        attrition in % a year (0), onboarding (what hires learn of the course, 0 to 1; 0). A field that is
        not given has the median of its default in a plan.

    Returns
    -------
    Path
        Arrays of behavior and knowledge, of shape (months + 1, shape of the parameters broadcast together).

    Raises
    ------
    InputError
        Naming the parameter that is unknown or out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> after = tp.reinforcement.path(12, mastery=0.6, transfer=0.5, half_life=6, coaching_hours=[0, 1])
    >>> after.behavior[[0, 6, 12]].round(3)
    array([[0.3  , 0.3  ],
           [0.202, 0.306],
           [0.154, 0.322]])
    """
    count = whole("months", months, 0, 600)
    every = whole("refresher_every", refresher_every, 0, 600)
    names: tuple[str, ...] = _reinforcement.path_parameters()
    for name in parameters:
        if name not in names:
            refuse(
                "parameters",
                "there is no such parameter",
                value=repr(name)[:80],
                hint=_core.did_you_mean(name, list(names)),
            )
    given = {"mastery": mastery, "transfer": transfer, **parameters}
    complete = {name: given[name] if name in given else _usual(name) for name in names}
    columns = np.broadcast_arrays(*together(**complete))
    shape = columns[0].shape
    behavior, knowledge = _reinforcement.path(count, every, np.array([one.ravel() for one in columns]))
    return Path(behavior.reshape(-1, *shape), knowledge.reshape(-1, *shape))


@cache
def _usual(name: str) -> float:
    """Return the median of a parameter's default in a plan."""
    if name in _PLAIN:
        return _PLAIN[name]
    known = _core.record_fields()
    fields = {
        one["name"]: one for record in ("Forgetting", "Reinforcement") for one in known[record]["fields"]
    }
    field = fields[name]
    quantity = _core.Quantity(field["default"], field["unit"], field["low"], field["high"])
    return float(quantity.quantile(0.5))


def retention(months: ArrayLike, *, half_life: ArrayLike) -> Any:
    """Share of the fading part that is left after some months: 2^(-months / half_life).

    Parameters
    ----------
    months : array_like
        Months since the course, at least 0.
    half_life : array_like
        Half-life in months, above 0.

    Returns
    -------
    float or ndarray
        Share left, 0 to 1.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.reinforcement.retention(12, half_life=6)
    0.25
    """
    return _reinforcement.retention(*together(months=months, half_life=half_life))


def coaching_share(*, effect: ArrayLike, effectiveness: ArrayLike, dose: ArrayLike) -> Any:
    """Share of the gap to attainable behavior that coaching closes in a month.

    min(1, effect effectiveness) dose.

    Parameters
    ----------
    effect : array_like
        Share closed at full dose, 0 to 1.
    effectiveness : array_like
        Of these coaches, 1 = as in the evidence.
    dose : array_like
        Share of the full effect at this dose, 0 to 1: `dose_response`.

    Returns
    -------
    float or ndarray
        Share, 0 to 1.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.reinforcement.coaching_share(effect=0.4, effectiveness=1.25, dose=0.5)
    0.25
    """
    return _reinforcement.coaching_share(*together(effect=effect, effectiveness=effectiveness, dose=dose))


def remaining(months: ArrayLike, *, half_life: ArrayLike, permanent_share: ArrayLike) -> Any:
    """Share of a gain that is left after some months without reinforcement.

    f + (1 - f) 2^(-months / half_life): a permanent part and a part that fades.

    Parameters
    ----------
    months : array_like
        Months since the course, at least 0.
    half_life : array_like
        Half-life of the fading part in months, above 0.
    permanent_share : array_like
        Part f that stays, 0 to 1.

    Returns
    -------
    float or ndarray
        Share left, 0 to 1.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.reinforcement.remaining([0, 6, 12], half_life=6, permanent_share=0.4)
    array([1.  , 0.7 , 0.55])
    """
    return _reinforcement.remaining(
        *together(months=months, half_life=half_life, permanent_share=permanent_share)
    )


def half_life(*, base: ArrayLike, effect: ArrayLike, practice: ArrayLike) -> Any:
    """Half-life of behavior under practices kept up every month.

    base exp(effect (practice - 0.5)).

    Parameters
    ----------
    base : array_like
        Half-life with average practice in months, above 0.
    effect : array_like
        Log of the half-life's factor from no practice to all.
    practice : array_like
        Mean level of standards, accountability, recognition, leaders and peers, 0 to 1.

    Returns
    -------
    float or ndarray
        Months.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.reinforcement.half_life(base=6, effect=0.5, practice=0.5)
    6.0
    """
    return _reinforcement.half_life(*together(base=base, effect=effect, practice=practice))


def dose_response(hours: ArrayLike, *, half_dose: ArrayLike, slope: ArrayLike) -> Any:
    """Share of the full effect that a dose of coaching has (Hill).

    d^s / (d0^s + d^s).

    Parameters
    ----------
    hours : array_like
        Coaching d in hours a person and month, at least 0.
    half_dose : array_like
        Dose d0 with half of the full effect, above 0.
    slope : array_like
        Steepness s, above 0.

    Returns
    -------
    float or ndarray
        Share, 0 to 1.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.reinforcement.dose_response([0, 1, 2], half_dose=2, slope=1).round(4)
    array([0.    , 0.3333, 0.5   ])
    """
    return _reinforcement.dose_response(*together(hours=hours, half_dose=half_dose, slope=slope))


def uptake(*, coaching: ArrayLike, peers: ArrayLike, support: ArrayLike, refresher: ArrayLike) -> Any:
    """Share of the gap to attainable behavior that is closed in a month.

    Each element acts on what the others leave: 1 - (1-a)(1-b)(1-c)(1-d).

    Parameters
    ----------
    coaching : array_like
        Share closed by coaching, 0 to 1.
    peers : array_like
        Share closed by a peer community, 0 to 1.
    support : array_like
        Share closed by performance support tools, 0 to 1.
    refresher : array_like
        Share closed by a refresher, 0 to 1.

    Returns
    -------
    float or ndarray
        Share, 0 to 1.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.reinforcement.uptake(coaching=0.5, peers=0.5, support=0, refresher=0)
    0.75
    """
    return _reinforcement.uptake(
        *together(coaching=coaching, peers=peers, support=support, refresher=refresher)
    )


def attainable(*, knowledge: ArrayLike, transfer: ArrayLike) -> Any:
    """Behavior towards which practice on the job moves a person who knows this much.

    (1 - (1 - transfer)^2) knowledge: coaching is a second chance of transfer.

    Parameters
    ----------
    knowledge : array_like
        Share of the knowledge gap closed, 0 to 1.
    transfer : array_like
        Transfer rate, 0 to 1.

    Returns
    -------
    float or ndarray
        Behavior, 0 to 1.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.reinforcement.attainable(knowledge=0.8, transfer=0.5)
    0.6000000000000001
    """
    return _reinforcement.attainable(*together(knowledge=knowledge, transfer=transfer))
