# SPDX-License-Identifier: Apache-2.0
"""A run as a whole: where vehicles went, how quantities spread over the fleet, what happened."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .look import (
    COLOURS,
    GREY,
    SEVERITY_COLOURS,
    PlotError,
    axes_of,
    label,
    length_axis,
    new_figure,
    style,
    time_axis,
    units,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .. import Run
    from ..columns import Column

TIMES, FAN_TIMES = 200, 100  # evenly spaced rows of /state that a plan and a fan show at most
WAYS = 400  # ways of vehicles on a plan, shared by the groups; the legend says how many they are
KINDS_SHOWN = 7  # of events
POINTS = 10_000  # of a group's ways that are lines in an SVG; of more they are a picture
FANS = ("soc_pct", "temp_core_c")
BANDS = ((0.05, 0.95, 0.22), (0.25, 0.75, 0.35))  # from, to, opacity
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)  # of vehicles: ends of the bands, and the median
FAN_VALUES = 4_000_000  # in memory at once


def rows(run: Run, most: int = TIMES) -> slice:
    """evenly spaced rows of /state, `most` of them and the last at least"""
    n = len(run.state)
    if n == 0:
        raise PlotError(f"{run.path}: no state is on record (yet)")
    step = max(1, -(-n // most))
    return slice((n - 1) % step, n, step)


def straight(ways: np.ndarray, tolerance: float) -> list[np.ndarray]:
    """ways (vehicle, time, 2) without the points that lie on the line of their neighbours"""
    to_next, over = ways[:, 2:] - ways[:, :-2], ways[:, 1:-1] - ways[:, :-2]
    off = np.abs(to_next[..., 0] * over[..., 1] - to_next[..., 1] * over[..., 0])
    bent = np.ones(ways.shape[:2], dtype=bool)
    bent[:, 1:-1] = off > tolerance * np.maximum(tolerance, np.hypot(*np.moveaxis(to_next, -1, 0)))
    return [way[kept] for way, kept in zip(ways, bent)]


def _ways(members: np.ndarray, share: int) -> np.ndarray:
    chosen = np.linspace(0, members.size - 1, min(share, members.size)).astype(int)
    return np.asarray(members[np.unique(chosen)])


def plan(run: Run, axes: Axes | None = None, *, ways: int = WAYS) -> Axes:
    """Draws where vehicles went, seen from above, by group; a dot is where they ended.

    Of many vehicles some `ways` are drawn, evenly chosen, one of each group at least.
    Needs x_m and y_m.
    """
    from matplotlib.collections import LineCollection

    members_of = [run.entities_of(group) for group in run.groups]
    drawn_of = [
        _ways(members, max(1, round(ways * members.size / run.n_entities)))
        for members in members_of
    ]
    # of a large fleet nothing is read but what is drawn
    chosen = np.concatenate(drawn_of)
    x_m, y_m = (run.state[name][rows(run), chosen] for name in ("x_m", "y_m"))
    extent_m = max(np.nanmax(x) - np.nanmin(x) for x in (x_m, y_m))
    scale, unit = length_axis(extent_m)
    points_of = np.split(
        np.stack([x_m.T, y_m.T], axis=-1) / scale, np.cumsum([drawn.size for drawn in drawn_of])
    )
    with style():
        axes = axes_of(axes, (6.0, 6.0))
        for g, (group, members, drawn, points) in enumerate(
            zip(run.groups, members_of, drawn_of, points_of)
        ):
            if members.size == 0:
                continue
            colour = COLOURS[g % len(COLOURS)]
            lines = straight(points, 1e-5 * extent_m / scale)
            many = sum(map(len, lines)) > POINTS  # an SVG of them would be megabytes
            axes.add_collection(
                LineCollection(
                    lines,
                    colors=colour,
                    rasterized=many,
                    alpha=0.6,
                    linewidths=0.8 if drawn.size < 300 else 0.5,
                )
            )
            of_all = "" if drawn.size == members.size else f" of {members.size:,}"
            axes.plot(
                points[:, -1, 0],
                points[:, -1, 1],
                ".",
                color=colour,
                markersize=3.0,
                markeredgewidth=0,
                rasterized=many,
            )
            axes.plot([], [], ".-", color=colour, label=f"{group}: {drawn.size:,}{of_all}")
        axes.autoscale_view()
        axes.set_aspect("equal", adjustable="datalim")
        axes.set(xlabel=f"east, {unit}", ylabel=f"north, {unit}")
        axes.legend(loc="upper right", markerscale=1.5)
    return axes


def _check_quantity(run: Run, name: str) -> None:
    """that a fan of it says something"""
    quantity = run.state[name]
    if not np.issubdtype(quantity.dtype, np.number) or len(quantity.shape) != 2:
        raise PlotError(f"{run.path}: '{name}' is not a quantity of vehicles over time")
    if quantity.names:
        raise PlotError(
            f"{run.path}: the values of '{name}' are names, which have no median: draw a quantity "
            f"of numbers, or count the names that run.state['{name}'].decoded[...] reads"
        )


def _spreads(
    run: Run, quantity: Column, chosen: slice, change: bool, members: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Quantiles of each group's vehicles, (share, row), some rows of all vehicles at a time."""
    indices = np.arange(len(run.state))[chosen]
    spreads = {group: np.full((len(SHARES), indices.size), np.nan) for group in members}
    first = quantity[0].astype(float) if change else 0.0
    height = max(1, FAN_VALUES // max(1, run.n_entities))
    for begin in range(0, indices.size, height):
        block = slice(begin, begin + height)
        values = quantity[indices[block]].astype(float) - first
        for group, of_group in members.items():
            part = values[:, of_group]
            known = ~np.isnan(part).all(axis=1)
            if known.any():
                at = np.flatnonzero(known) + begin
                spreads[group][:, at] = np.nanquantile(part[known], SHARES, axis=1)
    return spreads


def fan(
    run: Run,
    column: str,
    axes: Axes | None = None,
    *,
    change: bool = False,
    groups: Sequence[str] | None = None,
) -> Axes:
    """Draws how a quantity spreads over the vehicles of each group: median, middle half, 5 to 95 %.

    `change`: what has become of it since it was first recorded, where a spread from the beginning
    on hides how it changes. Of a quantity whose values are names there is none: PlotError.
    """
    _check_quantity(run, column)
    chosen = rows(run, FAN_TIMES)
    quantity = run.state[column]
    members = {group: run.entities_of(group) for group in run.groups
               if groups is None or group in groups}
    spreads = _spreads(run, quantity, chosen, change, members)
    scale, time_label = time_axis(run.duration_s)
    time = run.state["time"][chosen] / scale
    with style():
        axes = axes_of(axes, (6.0, 3.0))
        for g, group in enumerate(run.groups):
            if group not in spreads or not np.isfinite(spreads[group]).any():
                continue
            colour = COLOURS[g % len(COLOURS)]
            of = dict(zip(SHARES, spreads[group]))
            for low, high, alpha in BANDS:
                axes.fill_between(time, of[low], of[high], color=colour, alpha=alpha, linewidth=0)
            axes.plot(time, of[0.5], color=colour, linewidth=1.6, label=group)
        name = f"change of {quantity.long_name}" if change else quantity.long_name
        axes.set(xlabel=time_label, ylabel=units(quantity), title=label(quantity, name=name))
        axes.margins(x=0.01)
    return axes


def explain_fan(axes: Axes) -> None:
    """Adds a legend that says what the line and the bands of a fan are."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    light, dark = BANDS[0][2], 1.0 - (1.0 - BANDS[0][2]) * (1.0 - BANDS[1][2])
    with style():
        axes.legend(
            [
                Line2D([], [], color=GREY, linewidth=1.6),
                Patch(color=GREY, alpha=dark),
                Patch(color=GREY, alpha=light),
            ],
            ["median", "middle half", "5 to 95 %"],
            loc="lower left",
            ncol=3,
            handlelength=1.4,
            columnspacing=1.2,
        )


def events(
    run: Run, axes: Axes | None = None, *, kinds: int = KINDS_SHOWN, bins: int = 120
) -> Axes:
    """Draws what happened when: a row for each kind of event, as high as it was frequent.

    The most severe come first. Of more than `kinds` kinds the most severe and then the most
    frequent are drawn, and the title says how many are not.
    """
    codes, severities, time_s = (run.events[name][:] for name in ("code", "severity", "time_s"))
    names, words = run.events["code"].names, run.events["severity"].names
    there, counts = np.unique(codes, return_counts=True)
    worst = np.array([severities[codes == code].max() for code in there])
    order = np.lexsort((-counts, -worst.astype(int)))[:kinds] if there.size else np.empty(0, int)
    order = order[np.lexsort((there[order], -worst[order].astype(int)))]
    scale, time_label = time_axis(run.duration_s)
    edges = np.linspace(0.0, run.duration_s, bins + 1)
    left_out = there.size - len(order)
    with style():
        axes = axes_of(axes, (6.0, 0.35 * kinds + 0.8))
        for row, k in enumerate(order):
            high, _ = np.histogram(time_s[codes == there[k]], edges)
            # one event is seen beside thousands
            top = -row + np.where(high > 0, 0.15 + 0.7 * high / max(1, high.max()), 0.0)
            axes.fill_between(
                edges / scale,
                -row,
                np.append(top, top[-1]),  # a step lasts until the next edge, the last one too
                step="post",
                linewidth=0,
                color=SEVERITY_COLOURS.get(words.get(worst[k], ""), GREY),
            )
            axes.axhline(-row, color="#999999", linewidth=0.5)
        axes.set_yticks(
            [-row + 0.35 for row in range(len(order))],
            [f"{names.get(there[k], there[k])}  {counts[k]:,}" for k in order],
        )
        axes.tick_params(axis="y", length=0)
        axes.grid(False, axis="y")
        more = f", {left_out} more kinds not drawn" if left_out else ""
        axes.set(
            xlabel=time_label,
            xlim=(0.0, run.duration_s / scale),
            ylim=(-len(order) + 0.95, 1.0),
            title=f"events, {time_s.size:,} in all{more}",
        )
    return axes


def _heading(run: Run) -> str:
    n, groups = run.n_entities, len(run.groups)
    length = f"{run.duration_s:g} s" if run.duration_s < 180 else f"{run.duration_s / 60:g} min"
    if run.duration_s >= 2 * 3600:
        length = f"{run.duration_s / 3600:g} h"
    return (
        f"{run.title}: {n:,} vehicle{'s' if n != 1 else ''} in {groups} group"
        f"{'s' if groups != 1 else ''}, {length} in steps of {run.dt_s:g} s"
    )


def run(
    run: Run, *, fans: Sequence[str] | None = None, changes: Sequence[str] = (), ways: int = WAYS
) -> Figure:
    """Draws a run: the plan, a fan for each quantity, and what happened.

    `fans` and `changes` name quantities of /state, the latter drawn as changes since the start;
    with neither, charge and core temperature are drawn where they were recorded. What was not
    recorded of plan and events is left out.
    """
    if fans is None:
        fans = [] if changes else [name for name in FANS if name in run.state]
    for name in (*changes, *fans):
        # what could have been recorded is missing in the result, another name is a slip
        if name not in run.state and name not in str(run.attrs.get("quantities", "")).split():
            near = difflib.get_close_matches(name, run.state.columns, 3)
            hint = f" (did you mean {' or '.join(near)}?)" if near else ""
            raise PlotError(f"{run.path}: there is no quantity '{name}'{hint}")
        _check_quantity(run, name)
    drawn = [(name, True) for name in changes] + [(name, False) for name in fans]
    with_plan = "x_m" in run.state and "y_m" in run.state
    with_events = "events" in run.tables and run.events["code"].shape[0] > 0
    n_right = len(drawn) + with_events
    if not with_plan and not n_right:
        raise PlotError(
            f"{run.path}: nothing to draw; record: state: [x_m, y_m, soc_pct] gives a plan "
            "and a fan"
        )
    with style():
        high = max(4.0, 1.55 * n_right) if with_plan else 1.9 * n_right
        figure = new_figure(10.5 if with_plan and n_right else 6.0, high + 0.3)
        figure.suptitle(_heading(run), fontsize=12, fontweight="bold", x=0.01, ha="left")
        wide = [1.0] * with_plan + [1.15] * bool(n_right)
        grid = figure.add_gridspec(max(1, n_right), len(wide), width_ratios=wide)
        if with_plan:
            title = plan(run, figure.add_subplot(grid[:, 0]), ways=ways)
            title.set_title("where they went, seen from above")
        first: Axes | None = None
        for row in range(n_right):
            axes = figure.add_subplot(grid[row, -1], sharex=first)
            first = first or axes
            if row < len(drawn):
                name, change = drawn[row]
                fan(run, name, axes, change=change)
                if row == 0:
                    explain_fan(axes)
            else:
                events(run, axes)
            if row < n_right - 1:
                axes.set_xlabel("")
                axes.tick_params(labelbottom=False)
        if first is not None and not with_plan and drawn and len(run.groups) > 1:
            figure.legend(*first.get_legend_handles_labels(), loc="upper right", ncol=9)
    return figure
