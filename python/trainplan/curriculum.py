"""What a course achieves: completion and mastery.

References
----------
.. [1] R. R. Hake, "Interactive-engagement versus traditional methods", American Journal of Physics 66
(1998) 64-74.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from trainplan._arrays import together
from trainplan._core import curriculum as _curriculum

__all__ = ["completion", "hours_with_repeats", "mastery"]


def completion(base: ArrayLike, *, accessibility: ArrayLike, fail_rate: ArrayLike) -> Any:
    """Share of learners who complete and pass.

    base^(1 / (1 + accessibility)) (1 - fail_rate^2): those under the pass mark try twice.

    Parameters
    ----------
    base : array_like
        Share who complete before accessibility, above 0, at most 1.
    accessibility : array_like
        What captions, languages and mobile access add, at least 0.
    fail_rate : array_like
        Share under the pass mark at a try, 0 to 1.

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
    >>> tp.curriculum.completion(0.81, accessibility=1.0, fail_rate=0.0)
    0.9
    """
    return _curriculum.completion(*together(base=base, accessibility=accessibility, fail_rate=fail_rate))


def mastery(hours: ArrayLike, *, most: ArrayLike, half_hours: ArrayLike) -> Any:
    """Share of the knowledge gap that hours of learning close (normalized gain [1]_).

    most (1 - 2^(-hours / half_hours)).

    Parameters
    ----------
    hours : array_like
        Hours of learning, at least 0.
    most : array_like
        Mastery that unlimited hours would reach, 0 to 1.
    half_hours : array_like
        Hours that close half of it, above 0.

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
    >>> tp.curriculum.mastery(16, most=0.8, half_hours=16)
    0.4
    """
    return _curriculum.mastery(*together(hours=hours, most=most, half_hours=half_hours))


def hours_with_repeats(hours: ArrayLike, *, fail_rate: ArrayLike) -> Any:
    """Hours a learner spends when those under the pass mark repeat once: hours (1 + fail_rate).

    Parameters
    ----------
    hours : array_like
        Length of the course in hours, at least 0.
    fail_rate : array_like
        Share under the pass mark at a try, 0 to 1.

    Returns
    -------
    float or ndarray
        Hours, on average.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.curriculum.hours_with_repeats(16, fail_rate=0.125)
    18.0
    """
    return _curriculum.hours_with_repeats(*together(hours=hours, fail_rate=fail_rate))
