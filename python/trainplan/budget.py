"""Drivers of cost."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from trainplan._arrays import together
from trainplan._core import budget as _budget

__all__ = ["classes"]


def classes(learners: ArrayLike, *, class_size: ArrayLike) -> Any:
    """Whole classes for a number of learners.

    Parameters
    ----------
    learners : array_like
        Learners, at least 0.
    class_size : array_like
        Learners a class, a whole number of at least 1.

    Returns
    -------
    float or ndarray
        Classes.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.budget.classes(40, class_size=12)
    4.0
    """
    return _budget.classes(*together(learners=learners, class_size=class_size))
