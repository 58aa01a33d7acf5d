"""Transfer of training: how much of what is learnt is used on the job.

References
----------
.. [1] A. M. Hughes et al., "A meta-analytic review of the work environment and transfer of training" (2020).
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from trainplan._arrays import together
from trainplan._core import transfer as _transfer

__all__ = ["practices", "rate", "sustained_practices"]


def practices() -> tuple[str, ...]:
    """Return the ids of the practices before, in and after the course that move transfer.

    Examples
    --------
    >>> import trainplan as tp
    >>> len(tp.transfer.practices())
    11
    """
    return tuple(_transfer.practices())


def sustained_practices() -> tuple[str, ...]:
    """Return the practices that also slow forgetting when they are kept up every month.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.transfer.sustained_practices()
    ('standards_agreed', 'accountability', 'recognition', 'leaders_model')
    """
    return tuple(_transfer.sustained_practices())


def rate(*, reference: ArrayLike, strength: ArrayLike, practice: ArrayLike) -> Any:
    """Share of what was learnt that is used on the job.

    logistic(logit(reference) + strength (practice - 0.5)) [1]_.

    Parameters
    ----------
    reference : array_like
        Transfer with average practice (level 0.5), above 0 and below 1.
    strength : array_like
        Logits from no practice to every practice.
    practice : array_like
        Weighted mean level of the practices before, in and after the course, 0 to 1.

    Returns
    -------
    float or ndarray
        Transfer rate, 0 to 1.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> tp.transfer.rate(reference=0.55, strength=1.0, practice=0.5)
    0.55
    """
    return _transfer.rate(*together(reference=reference, strength=strength, practice=practice))
