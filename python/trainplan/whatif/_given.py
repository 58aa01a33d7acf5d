"""How much of an output's variance each input explains, from trials that exist: right under correlation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from trainplan import statistics
from trainplan._arrays import refuse, vector
from trainplan._frames import from_rows
from trainplan._progress import Progress
from trainplan._summary import Row
from trainplan.run import Run
from trainplan.statistics import Estimate
from trainplan.whatif import _fields, _measure, _show, _surface
from trainplan.whatif._surface import Floats, Surface

__all__ = ["Importance", "Share", "given_data_indices"]

_COLUMNS = ("input", "members", "first", "mcse", "low", "high", "unit", "source", "n")


@dataclass(frozen=True, slots=True)
class Share:
    """The share of an output's variance that knowing an input, or a group, takes away on average.

    Attributes
    ----------
    input : str
        Or the name of a group.
    members : tuple of str
        Of a group; empty for an input.
    first : Estimate
        Var(E[output | input]) / Var(output).
    unit, source : str
    """

    input: str
    members: tuple[str, ...]
    first: Estimate
    unit: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Importance:
    """First-order indices of inputs and groups, the largest first.

    Attributes
    ----------
    output : str
    shares : tuple of Share
    trials : int
        That the curves were fitted to.
    """

    output: str
    shares: tuple[Share, ...]
    trials: int

    def __getitem__(self, name: str) -> Estimate:
        """Return the index of an input or group."""
        return _surface.found(self.shares, name).first

    def to_frame(self, *, backend: str = "pandas") -> Any:
        """Return a row an input or group: first (the index), mcse, low, high, unit, source, n."""
        rows = [
            {
                "input": one.input,
                "members": ", ".join(one.members),
                "first": one.first.value,
                "mcse": _measure.number(one.first.standard_error),
                "low": _measure.number(one.first.low),
                "high": _measure.number(one.first.high),
                "unit": one.unit,
                "source": one.source,
                "n": self.trials,
            }
            for one in self.shares
        ]
        return from_rows(rows, _COLUMNS, backend=backend)

    def _card(self) -> _show.Card:
        rows = [Row(one.input, (_show.with_error(one.first), one.source)) for one in self.shares]
        remarks = [
            "An index is the share of the variance that knowing the input takes away on average. It counts "
            "what moves with the input: of correlated inputs the shares overlap."
        ]
        head = ("share of variance", "source")
        parts = [_show.Part("Input", head, rows)]
        return _show.Card(f"What {self.output} depends on", f"{self.trials:,} trials", parts, remarks)

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()


def given_data_indices(
    data: Run | Mapping[str, ArrayLike],
    output: str | ArrayLike = "npv",
    *,
    paths: Sequence[str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    stratified: bool = False,
    progress: Progress = True,
) -> Importance:
    """Return first-order sensitivity indices from trials that exist, valid under correlation.

    The index of an input is Var(E[output | input]) / Var(output). The conditional mean is a regression of
    the output on the input alone; what its terms explain by luck is taken off, so the index of an input
    without influence is 0 on average and may come out slightly below.

    Parameters
    ----------
    data : Run or mapping of str to array_like
        A run, of which the first min(trials, 65,536) trials are used; or draws of inputs by name.
    output : str or array_like
        An output of the run; or the values that belong to the draws.
    paths : sequence of str, optional
        Inputs of a run; None: all uncertain ones.
    groups : mapping of str to sequence of str, optional
        Inputs that are known together, by the name of the group; a path stands for all below it. The
        regression is additive with products of pairs: what three inputs do only together is not seen.
    stratified : bool
        Arrays are trials of stratified sampling, in order; a run knows it of itself.
    progress
        As in `simulate`; here trials of inputs are counted.

    Returns
    -------
    Importance

    Raises
    ------
    InputError
        For fewer than 64 trials, and outputs that lack a value in some trial or never vary.

    See Also
    --------
    sobol_indices : First-order and total indices of a function of independent inputs.

    Examples
    --------
    >>> import numpy as np
    >>> import trainplan as tp
    >>> rng = np.random.default_rng(1)
    >>> x = {"a": rng.normal(size=4096), "b": rng.normal(size=4096)}
    >>> found = tp.given_data_indices(x, 2 * x["a"] + x["b"])
    >>> [(one.input, round(one.first.value, 1)) for one in found.shares]
    [('a', 0.8), ('b', 0.2)]
    """
    facts: dict[str, dict[str, Any]] = {}
    if isinstance(data, Run):
        if not isinstance(output, str):
            refuse("output", "must be the name of an output of the run", value=type(output).__name__)
        _measure.need_output(output, data.outputs)
        inputs, count = _surface.drawn(data, paths)
        y, name, stratified = data[output][:count], output, data.stratified
        facts = _fields.inputs(data.plan)
    else:
        inputs = _surface.need_inputs(data)
        if paths is not None:
            refuse("paths", "are of a run; of arrays give only those that are asked for")
        if isinstance(output, str):
            refuse("output", "must be the values that belong to the draws", value=repr(output)[:80])
        y, name, count = vector("output", output), "output", next(iter(inputs.values())).size
    if y.size != count:
        refuse("output", f"must have {count} entries like the inputs", value=f"{y.size} entries")
    if count < _surface.FEWEST:
        refuse("trials", f"must be at least {_surface.FEWEST}", value=str(count))
    if not np.isfinite(y).all():
        allowed = "must have a value in every trial; a payback that never comes has no variance"
        refuse("output", allowed, value=repr(name))
    if not y.min() < y.max():
        refuse("output", "is the same in every trial: there is no variance to explain", value=repr(name))
    sets: dict[str, tuple[str, ...]] = dict.fromkeys(inputs, ())
    sets |= _surface.grouped(groups, list(inputs))
    shares = []
    with _surface.watching(progress) as tell:
        for i, (one, members) in enumerate(sets.items()):
            found = _surface.surface([inputs[m] for m in members or (one,)])
            row = facts.get(one, {"unit": "", "source": ""})
            shares.append(Share(one, members, index(found, y, stratified), row["unit"], row["source"]))
            tell((i + 1) * count, len(sets) * count)
    shares.sort(key=lambda one: (-one.first.value, one.input))
    return Importance(name, tuple(shares), count)


def index(found: Surface, y: Floats, stratified: bool) -> Estimate:
    """Return Var(E[y | x]) / Var(y), bias-corrected as an adjusted R squared, with its standard error.

    The error is that of the mean of the trials' influence on the ratio. What p terms explain by luck adds
    about 4 p / n^2 to its square, where the index has 2 p / n^2 of it: half is taken off, and so much is the
    least, that of an input without influence.
    """
    count, terms = y.size, found.columns.shape[1] - 1
    off = y - y.mean()
    fitted = found.columns[:, 1:] @ (found.columns[:, 1:].T @ off)
    left = off - fitted
    variance = float(np.mean(off**2))
    noise = float(np.sum(left**2)) / (count - terms - 1)
    share = 1.0 - noise / (variance * count / (count - 1))
    influence = (off**2 - left**2 - share * off**2) / variance
    error = statistics.mean(influence, stratified=stratified).standard_error or 0.0
    luck = 2.0 * terms * ((1.0 - share) / count) ** 2
    error = math.sqrt(max(error**2 - luck, luck))
    return Estimate(share, error, max(0.0, share - 1.96 * error), min(1.0, share + 1.96 * error))
