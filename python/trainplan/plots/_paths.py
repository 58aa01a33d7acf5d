"""Paths over the months: the fan of a KPI, and what people do on the job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trainplan import _core
from trainplan._arrays import refuse
from trainplan._summary import rounded
from trainplan.plots import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from trainplan.run import Run

_MONTH = "month of the programme"


def fan(
    run: Run,
    kpi: str,
    *,
    team: str | None = None,
    region: str | None = None,
    product_line: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a KPI month by month: its median and where half and four fifths of the trials lie.

    The dashed line is the mean without the programme; bars along the bottom are the months of the waves.

    Parameters
    ----------
    run
        What `trainplan.simulate` returned.
    kpi
        The KPI's id.
    team, region, product_line
        At most one: whose KPI; of the programme as a whole where none is given.
    ax
        Where to draw; a new figure where None.

    Raises
    ------
    InputError
        For an unknown KPI, team, region or product line.

    Examples
    --------
    >>> import trainplan as tp
    >>> run = tp.simulate(tp.example("one_team"), trials=256, progress=False)
    >>> tp.plots.fan(run, "fcr", team="support").get_title(loc="left")
    'First contact resolution: Telecom support'
    """
    _style.need_run(run)
    months = run.kpi(kpi, team=team, region=region, product_line=product_line)
    scope, whose = "", "all teams"
    if team is not None:
        scope, whose = team, _team_name(run, team, 40)
    elif region is not None:
        scope, whose = f"region={region}", f"region {region}"
    elif product_line is not None:
        scope, whose = f"product_line={product_line}", product_line
    keys, values = run.series(f"kpi:{kpi}")
    unit, paths = next((key[5], values[i, 1:]) for i, key in enumerate(keys) if key[1] == scope)
    p25, p75 = np.quantile(paths, (0.25, 0.75), axis=1)
    x, p10, p50, p90 = (months[name].to_numpy() for name in ("month", "p10", "p50", "p90"))
    without = months["without_mean"].to_numpy()

    ax = _style.axes(ax)
    ax.fill_between(x, p10, p90, color=_style.BLUE, alpha=0.16, linewidth=0)
    ax.fill_between(x, p25, p75, color=_style.BLUE, alpha=0.30, linewidth=0)
    ax.plot(x, p50, color=_style.BLUE, linewidth=2.2)
    ax.plot(x, without, color=_style.VERMILION, linewidth=1.6, linestyle=(0, (5, 3)))
    _style.month_axis(ax, 1, int(x[-1]))
    ends = {"P90": p90, "P75": p75, "median": p50, "P25": p25, "P10": p10, "without": without}
    low, high = min(map(np.min, ends.values())), max(map(np.max, ends.values()))
    room = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    ax.set_ylim(low - room, high + room)
    _style.number_axis(ax.yaxis)
    _style.wave_strip(ax, run, _teams(run, team, region, product_line))
    name = next(
        (k.name for k in run.plan.record.all_kpis() if k.id == kpi), kpi.replace("_", " ").capitalize()
    )
    _style.write(
        ax,
        title=f"{_style.shown(name)}: {_style.shown(whose, 40)}",
        x=_MONTH,
        y=f"{_style.shown(name)}, {_style.shown(unit)}",
    )
    step = float(p90[-1] - p10[-1]) / 20
    _style.end_labels(
        ax,
        [
            _style.Label(
                float(path[-1]),
                f"{label} {rounded(float(path[-1]), step)}",
                _style.VERMILION if label == "without" else _style.BLUE,
            )
            for label, path in ends.items()
        ],
    )
    return ax


def behavior(run: Run, ax: Axes | None = None, *, competence: str | None = None) -> Axes:
    """Draw how much of what is taught people do on the job: the mean of S over the trials, a line a team.

    Parameters
    ----------
    run
        What `trainplan.simulate` returned.
    ax
        Where to draw; a new figure where None.
    competence
        The id of one competence; the mean over all of them where None.

    Raises
    ------
    InputError
        For an unknown competence.

    Examples
    --------
    >>> import trainplan as tp
    >>> run = tp.simulate(tp.example("one_team"), trials=256, progress=False)
    >>> tp.plots.behavior(run, competence="communication").get_title(loc="left")
    'Trained behavior on the job: Communication'
    """
    _style.need_run(run)
    keys, values = run.series("behavior")
    known = {c.id: c.name or c.id for c in run.plan.record.competences}
    if competence is not None and competence not in known:
        refuse(
            "competence",
            "is no competence of this plan",
            value=repr(competence)[:80],
            hint=_core.did_you_mean(str(competence), sorted(known)),
        )
    paths: dict[str, list[np.ndarray]] = {}
    for key, series in zip(keys, values, strict=True):
        if competence in (None, key[4]):
            paths.setdefault(key[1], []).append(series[1:].mean(axis=1))
    means = {team: np.mean(parts, axis=0) for team, parts in paths.items()}

    ax = _style.axes(ax)
    labels = []
    for i, (team, path) in enumerate(means.items()):
        line = _style.team_line(i)
        months = np.arange(1, path.size + 1)
        ax.plot(months, path, markevery=(i % 3, max(1, path.size // 8)), **line)
        text = f"{_team_name(run, team)} {path[-1]:.2f}"
        labels.append(_style.Label(float(path[-1]), text, line["color"], line))
    last = run.plan.record.programme.months
    _style.month_axis(ax, 1, last)
    ax.set_ylim(0.0, 1.08 * max([float(path.max()) for path in means.values()], default=0.0) or 1.0)
    subject = known[competence] if competence else "all competences" if len(known) > 1 else ""
    title = "Trained behavior on the job" + (f": {_style.shown(subject)}" if subject else "")
    _style.write(ax, title=title, x=_MONTH, y="behavior S, 0 (none) to 1 (all)")
    _style.number_axis(ax.yaxis)
    _style.end_labels(ax, labels)
    return ax


def _team_name(run: Run, team: str, longest: int = 26) -> str:
    return next((_style.shown(t.name or t.id, longest) for t in run.plan.record.teams if t.id == team), team)


def _teams(run: Run, team: str | None, region: str | None, product_line: str | None) -> set[str]:
    """Return the teams that a figure is about."""
    return {
        t.id
        for t in run.plan.record.teams
        if team in (None, t.id) and region in (None, t.region) and product_line in (None, t.product_line)
    }
