# SPDX-License-Identifier: Apache-2.0
"""What trackers believed: confirmed tracks on a plan, and how far that is from the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .detections import find_entity
from .look import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    RED,
    SKY,
    YELLOW,
    PlotError,
    axes_of,
    new_figure,
    style,
    time_axis,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .. import Run

TRACK_COLOURS = (BLUE, ORANGE, GREEN, RED, PINK, SKY, YELLOW)
LINES = ("-", "--", ":", "-.")
FIRM = ("tracked", "coasting")
MARGIN_KM = 0.3
PLAN_IN = 5.0  # width of a plan
LEGEND_IN, GOSPA_IN = 0.25, 1.8  # heights of a line above the plans, and of what is below


@dataclass
class Believed:
    """what one observer believed: confirmed tracks and vehicles, in the world, in km"""

    run: Run
    observer: int
    title: str
    name: str
    ways_km: np.ndarray  # (time, vehicle of the observer's world, 2)
    own: int  # the observer's way among these
    others: np.ndarray  # the other ways
    numbers: np.ndarray  # (sample)
    tracks_km: np.ndarray  # (sample, 2)

    def lines(self) -> dict[int, np.ndarray]:
        """positions by number of the track"""
        order = np.argsort(self.numbers, kind="stable")
        numbers, begins = np.unique(self.numbers[order], return_index=True)
        return dict(zip(numbers.tolist(), np.split(self.tracks_km[order], begins[1:])))

    def extent_km(self) -> tuple[np.ndarray, np.ndarray]:
        """least and most of what is believed, and of the observer's way"""
        points = np.concatenate([self.tracks_km, self.ways_km[:, self.own]])
        return points.min(axis=0) - MARGIN_KM, points.max(axis=0) + MARGIN_KM


def believed(run: Run, observer: int | str = 0, title: str | None = None) -> Believed:
    """Reads an observer's confirmed tracks at the times at which positions were recorded."""
    observer, name = find_entity(run, observer)
    world = run.entities["world"][:]
    there = np.flatnonzero(world == world[observer])
    own = int(np.searchsorted(there, observer))
    ways_km = np.stack([run.state[axis][:, there] for axis in ("x_m", "y_m")], axis=-1) / 1e3
    ticks = run.state["tick"][:]
    mine = run.tracks["observer"][:] == observer
    if not mine.any():
        raise PlotError(f"{run.path}: entity {observer} ({name}) has no tracks on record")
    tick = run.tracks["tick"][:]
    mine &= np.isin(tick, ticks)
    if not mine.any():
        raise PlotError(f"{run.path}: tracks and positions are never on record at the same time")
    status = run.tracks["status"]
    mine &= np.isin(
        run.tracks["status"][:], [code for code, word in status.names.items() if word in FIRM]
    )
    rows = np.searchsorted(ticks, tick[mine])
    relative_km = np.stack([run.tracks[axis][mine] for axis in ("x_m", "y_m")], axis=-1) / 1e3
    return Believed(
        run,
        observer,
        title or Path(run.path).stem,
        name,
        ways_km,
        own,
        np.delete(np.arange(there.size), own),
        run.tracks["track"][mine],
        ways_km[rows, own] + relative_km,
    )


def track_plan(what: Believed, axes: Axes | None = None) -> Axes:
    """Draws confirmed tracks over the ways of vehicles.

    Each track has a colour, so that a target whose track changes changes its colour.
    """
    lines = what.lines()
    with style():
        axes = axes_of(axes, (PLAN_IN, PLAN_IN))
        axes.plot(
            *np.moveaxis(what.ways_km[:, what.others], -1, 0),
            color=GREY,
            linewidth=0.6,
            alpha=0.6,
            zorder=1,
            rasterized=True,
        )
        for number, points in lines.items():
            # one that was there only once is a point
            axes.plot(
                *points.T,
                "-" if len(points) > 1 else ".",
                zorder=2,
                color=TRACK_COLOURS[number % len(TRACK_COLOURS)],
                linewidth=2.2,
                markersize=4,
                solid_capstyle="round",
                rasterized=True,
            )
        own = what.ways_km[:, what.own]
        axes.plot(*own.T, color="black", linewidth=0.8, zorder=3)
        axes.plot(*own[0], "^", color="black", markeredgecolor="white", markersize=9, zorder=3)
        axes.set_title(f"{what.title}: {len(lines):,} confirmed tracks")
        axes.set_aspect("equal")
        axes.set(xlabel="east, km", ylabel="north, km")
    return axes


def gospa(runs: Mapping[str, Run], axes: Axes | None = None, *, observer: int | str = 0) -> Axes:
    """Draws the distance between what an observer believed and the truth (GOSPA) over time."""
    scale, time_label = time_axis(max(run.duration_s for run in runs.values()))
    with style():
        axes = axes_of(axes, (8.0, 2.6))
        for i, (title, run) in enumerate(runs.items()):
            number = find_entity(run, observer)[0]
            gospa_m = run.state["gospa_m"][: len(run.state), number]
            mean = f": mean {np.nanmean(gospa_m):.0f} m" if np.isfinite(gospa_m).any() else ""
            axes.plot(
                run.state["time"][:] / scale,
                gospa_m,
                LINES[i % len(LINES)],
                label=title + mean,
                color=TRACK_COLOURS[i % len(TRACK_COLOURS)],
            )
        axes.set(xlabel=time_label, ylabel="distance from\nthe truth (GOSPA), m")
        axes.set_ylim(bottom=0)
        axes.margins(x=0.01)
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), ncol=len(runs), borderpad=0.1)
    return axes


def _explain(axes: Axes, what: Believed, n_lines: int) -> None:
    """what is on the plans, in a row of its own"""
    from matplotlib.legend_handler import HandlerTuple
    from matplotlib.lines import Line2D

    axes.axis("off")
    track = tuple(Line2D([], [], color=colour, linewidth=2.2) for colour in TRACK_COLOURS[:3])
    handles: list[Any] = [
        Line2D([], [], color="black", marker="^", linestyle="", markersize=8),
        Line2D([], [], color=GREY, linewidth=0.8, alpha=0.6),
        track,
    ]
    labels = [
        f"{what.name}, who looks",
        "ways that vehicles went",
        "confirmed tracks: another colour is another track",
    ]
    axes.legend(
        handles,
        labels,
        loc="center",
        ncol=len(labels) // n_lines,
        frameon=False,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0.0)},
    )


def tracks(runs: Run | Mapping[str, Run], observer: int | str = 0) -> Figure:
    """Draws what one vehicle's tracker believed; of several runs (the same scenario with other
    trackers, say), given by their titles, side by side, and GOSPA over time where all recorded it.

    `observer` is its number or its name. Needs tracks, and x_m and y_m at times of theirs.
    """
    if not isinstance(runs, Mapping):
        runs = {Path(runs.path).stem: runs}
    all_believed = [believed(run, observer, title) for title, run in runs.items()]
    with_gospa = all("gospa_m" in run.state for run in runs.values())
    extents = [what.extent_km() for what in all_believed]
    least, most = np.min([e[0] for e in extents], axis=0), np.max([e[1] for e in extents], axis=0)
    wide_km, high_km = most - least
    # as high as the plans' scale makes them, but no strip and no tower
    plan_in = 0.9 * PLAN_IN * np.clip(high_km / wide_km, 0.4, 1.5)
    n_lines = 3 if len(all_believed) == 1 else 1
    heights = [n_lines * LEGEND_IN, plan_in] + [GOSPA_IN] * with_gospa
    with style():
        figure = new_figure(PLAN_IN * len(all_believed), sum(heights) + 0.8)
        grid = figure.add_gridspec(len(heights), len(all_believed), height_ratios=heights)
        first: Axes | None = None
        for i, what in enumerate(all_believed):
            axes = figure.add_subplot(grid[1, i], sharex=first, sharey=first)
            track_plan(what, axes)
            if first is not None:
                axes.set_ylabel("")
            first = first or axes
        assert first is not None
        first.set_xlim(least[0], most[0])
        first.set_ylim(least[1], most[1])
        _explain(figure.add_subplot(grid[0, :]), all_believed[0], n_lines)
        if with_gospa:
            gospa(runs, figure.add_subplot(grid[2, :]), observer=observer)
    return figure
