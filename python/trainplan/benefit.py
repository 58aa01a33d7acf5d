"""Churn of customers: yearly and monthly, and what a better KPI does to it."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from trainplan._arrays import together
from trainplan._core import benefit as _benefit

__all__ = ["churn_after", "monthly_churn", "yearly_churn"]


def monthly_churn(percent_a_year: ArrayLike) -> Any:
    """Monthly share of customers lost: 1 - (1 - a / 100)^(1/12).

    Parameters
    ----------
    percent_a_year : array_like
        Churn in % of customers a year, 0 to 100.

    Returns
    -------
    float or ndarray
        Share a month, 0 to 1.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.benefit.monthly_churn(18), 6)
    0.016402
    """
    return _benefit.monthly_churn(*together(percent_a_year=percent_a_year))


def yearly_churn(monthly: ArrayLike) -> Any:
    """Churn in % of customers a year: 100 (1 - (1 - c)^12).

    Parameters
    ----------
    monthly : array_like
        Share of customers lost a month, 0 to 1.

    Returns
    -------
    float or ndarray
        % a year.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.benefit.yearly_churn(0.01), 4)
    11.3615
    """
    return _benefit.yearly_churn(*together(monthly=monthly))


def churn_after(monthly: ArrayLike, *, elasticity: ArrayLike, points: ArrayLike) -> Any:
    """Monthly churn when the KPI that moves it has changed: c exp(-elasticity points).

    Parameters
    ----------
    monthly : array_like
        Share of customers lost a month, 0 to 1.
    elasticity : array_like
        Relative fall of churn a point of the KPI, at least 0.
    points : array_like
        Change of the KPI in points.

    Returns
    -------
    float or ndarray
        Share a month.

    Raises
    ------
    InputError
        Naming the argument and the value that is out of range.

    Examples
    --------
    >>> import trainplan as tp
    >>> round(tp.benefit.churn_after(0.0164, elasticity=0.003, points=5), 6)
    0.016156
    """
    return _benefit.churn_after(*together(monthly=monthly, elasticity=elasticity, points=points))
