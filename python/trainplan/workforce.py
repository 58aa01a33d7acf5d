"""Contact work: how many contacts, how many paid hours, what an hour off the floor costs."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from trainplan._arrays import together
from trainplan._core import workforce as _workforce

__all__ = ["contacts", "off_floor_rate", "paid_hours", "repeat_share"]


def repeat_share(*, callback_share: ArrayLike, fcr: ArrayLike) -> Any:
    """Share of contacts that come back: callback_share (1 - fcr / 100).

    Parameters
    ----------
    callback_share : array_like
        Share of unresolved contacts that call again, 0 to 1.
    fcr : array_like
        First contact resolution in percent, 0 to 100.

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
    >>> tp.workforce.repeat_share(callback_share=0.5, fcr=60)
    0.2
    """
    return _workforce.repeat_share(*together(callback_share=callback_share, fcr=fcr))


def contacts(observed: ArrayLike, *, repeats_before: ArrayLike, repeats_now: ArrayLike) -> Any:
    """Contacts a month when another share of them comes back.

    observed (1 - before) / (1 - now): an issue takes 1 / (1 - p) contacts when the share p comes back.

    Parameters
    ----------
    observed : array_like
        Contacts with the share before, repeats included, at least 0.
    repeats_before : array_like
        Share that came back then, below 1.
    repeats_now : array_like
        Share that comes back now, below 1.

    Returns
    -------
    float or ndarray
        Contacts.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.workforce.contacts(20000, repeats_before=0.2, repeats_now=0.0)
    16000.0
    """
    return _workforce.contacts(
        *together(observed=observed, repeats_before=repeats_before, repeats_now=repeats_now)
    )


def paid_hours(contact_seconds: ArrayLike, *, occupancy: ArrayLike, shrinkage: ArrayLike) -> Any:
    """Paid hours that seconds of contacts take: seconds / 3600 / occupancy / (1 - shrinkage).

    Parameters
    ----------
    contact_seconds : array_like
        Contacts times average handle time in seconds.
    occupancy : array_like
        Share of logged-in time on contacts, above 0.
    shrinkage : array_like
        Share of paid time not available, below 1.

    Returns
    -------
    float or ndarray
        Hours.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.workforce.paid_hours(3600 * 60, occupancy=0.8, shrinkage=0.25)
    100.0
    """
    return _workforce.paid_hours(
        *together(contact_seconds=contact_seconds, occupancy=occupancy, shrinkage=shrinkage)
    )


def off_floor_rate(
    *,
    hourly_cost: ArrayLike,
    backfill_hourly_cost: ArrayLike,
    backfill_share: ArrayLike,
    realization: ArrayLike,
    shrinkage: ArrayLike,
) -> Any:
    """Cost of an hour off the floor, in part backfilled, the rest lost to the floor.

    (share backfill + (1 - share) hourly_cost realization) / (1 - shrinkage).

    Parameters
    ----------
    hourly_cost : array_like
        Cost of a paid hour.
    backfill_hourly_cost : array_like
        Cost of a backfilled hour.
    backfill_share : array_like
        Share of hours backfilled, 0 to 1.
    realization : array_like
        Share of a lost hour that becomes money, 0 to 1.
    shrinkage : array_like
        Share of paid time not available, below 1.

    Returns
    -------
    float or ndarray
        Money an hour.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.workforce.off_floor_rate(
    ...     hourly_cost=24, backfill_hourly_cost=36, backfill_share=0.5, realization=0.5, shrinkage=0.25
    ... )
    32.0
    """
    return _workforce.off_floor_rate(
        *together(
            hourly_cost=hourly_cost,
            backfill_hourly_cost=backfill_hourly_cost,
            backfill_share=backfill_share,
            realization=realization,
            shrinkage=shrinkage,
        )
    )
