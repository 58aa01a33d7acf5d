"""KPIs: what they are, the scale on which effects add up, and how behavior moves them."""

from __future__ import annotations

from typing import Any, Literal

from numpy.typing import ArrayLike

from trainplan import _core
from trainplan._arrays import numbers, refuse, together
from trainplan._core import kpi as _kpi

__all__ = ["built_in", "from_link", "lifted", "realized", "to_link"]


def built_in() -> tuple[_core.Kpi, ...]:
    """Return the KPIs that every plan knows.

    Examples
    --------
    >>> import trainplan as tp
    >>> [kpi.id for kpi in tp.kpi.built_in()][:5]
    ['csat', 'nps', 'fcr', 'aht', 'frt']
    """
    return tuple(_kpi.built_in())


def to_link(value: ArrayLike, *, kpi: str | _core.Kpi) -> Any:
    """Return values of a KPI on the scale on which effects add up.

    logit((v - low) / (high - low)) between two bounds, log(v - low) above one.

    Parameters
    ----------
    value : array_like
        Values inside the KPI's bounds, in its unit.
    kpi : str or Kpi
        Id of a built-in KPI, or a record such as those of ``plan.kpis``.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.kpi.to_link([50, 75], kpi="csat").round(4)
    array([0.    , 1.0986])
    """
    return _kpi.to_link(_record(kpi), numbers("value", value))


def from_link(eta: ArrayLike, *, kpi: str | _core.Kpi) -> Any:
    """Return values of a KPI from the scale on which effects add up: the inverse of `to_link`.

    Parameters
    ----------
    eta : array_like
        Values on the link scale.
    kpi : str or Kpi
        Id of a built-in KPI, or a record.

    Returns
    -------
    float or ndarray
        In the KPI's unit.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.kpi.from_link(0.0, kpi="nps")
    0.0
    """
    return _kpi.from_link(_record(kpi), numbers("eta", eta))


def lifted(
    base: ArrayLike,
    *,
    size: ArrayLike,
    kpi: str | _core.Kpi,
    kind: Literal["points", "relative", "gap"] = "points",
) -> Any:
    """Return the level that a lift reaches from a base; bounds are not enforced.

    Parameters
    ----------
    base : array_like
        Level before, in the KPI's unit.
    size : array_like
        In the KPI's unit for points, a fraction for relative and gap.
    kpi : str or Kpi
        Id of a built-in KPI, or a record.
    kind : {"points", "relative", "gap"}
        base + size, base (1 + size), or base + size (bound - base) with the better bound.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.kpi.lifted(60, size=0.25, kpi="fcr", kind="gap")
    70.0
    """
    levels, sizes = together(base=base, size=size)
    return _kpi.lifted(_record(kpi), levels, sizes, kind)


def realized(x: ArrayLike, *, bend: ArrayLike = 0.5) -> Any:
    """Return how much of a lift shows when behavior is `x` times that of the evidence.

    x up to 1, then 1 + bend (1 - exp(-(x - 1) / bend)): exact where the evidence is, bending beyond it.

    Parameters
    ----------
    x : array_like
        Behavior over the evidence's, at least 0.
    bend : array_like
        How far the lift may go beyond the evidence; 0 cuts at 1.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.kpi.realized([0.5, 1.0, 1.5], bend=0.5).round(4)
    array([0.5   , 1.    , 1.3161])
    """
    return _kpi.realized(*together(x=x, bend=bend))


def _record(kpi: str | _core.Kpi) -> _core.Kpi:
    if not isinstance(kpi, str):
        return kpi
    known = {one.id: one for one in built_in()}
    if kpi not in known:
        hint = _core.did_you_mean(kpi, list(known))
        refuse("kpi", "must be the id of a built-in KPI, or a Kpi record", value=repr(kpi)[:80], hint=hint)
    return known[kpi]
