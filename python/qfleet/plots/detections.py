# SPDX-License-Identifier: Apache-2.0
"""What a radar reported, beside the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import ResultError
from .look import BLUE, GREY, ORANGE, RED, PlotError, new_figure, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.projections.polar import PolarAxes

    from .. import Run

COLUMNS = ("tick", "time_s", "target", "band", "range_m", "bearing_deg", "elev_deg")
FAINTEST, FAINTER = 0.4, 0.2  # opacity of the oldest frames, and what each frame loses


def find_entity(run: Run, entity: int | str) -> tuple[int, str]:
    """number and name of an entity that there is, by either of them"""
    if isinstance(entity, str):
        try:
            entity = run.find(entity)
        except ResultError as error:
            raise PlotError(str(error)) from None
    if not 0 <= entity < run.n_entities:
        raise PlotError(
            f"{run.path}: there is no entity {entity}, they are 0 to {run.n_entities - 1}"
        )
    return int(entity), str(run.entities["name"][entity])


def _observed(run: Run, observer: int) -> dict[str, np.ndarray]:
    """the observer's detections, column by column"""
    mine = np.flatnonzero(run.detections["observer"][:] == observer)
    if mine.size == 0:
        raise PlotError(
            f"{run.path}: entity {observer} ({find_entity(run, observer)[1]}) has no detections "
            "on record"
        )
    return {name: run.detections[name][mine] for name in COLUMNS}


def _last_frame(run: Run, seen: dict[str, np.ndarray], at_s: float) -> tuple[int, int]:
    """row of /state and tick of the last frame until then that has one"""
    ticks = run.state["tick"][:]
    frames = np.unique(seen["tick"][seen["time_s"] <= at_s])
    both = np.intersect1d(frames, ticks)
    if both.size == 0:
        raise PlotError(
            f"{run.path}: none of this observer's {frames.size} frames with detections up to "
            "then stands at a time of which positions are on record (records begin after the "
            "first tick)"
        )
    return int(np.searchsorted(ticks, both[-1])), int(both[-1])


def _truth(run: Run, observer: int, row: int) -> tuple[np.ndarray, np.ndarray]:
    """bearing in radians and ground range in metres of everybody else in the observer's world"""
    world = run.entities["world"][:]
    others = np.flatnonzero((world == world[observer]) & (np.arange(world.size) != observer))
    east, north = (
        run.state[name][row, others] - run.state[name][row, observer] for name in ("x_m", "y_m")
    )
    return np.arctan2(east, north), np.hypot(east, north)


def _free_bearing(rings: np.ndarray, bearing: np.ndarray, range_: np.ndarray) -> float:
    """radians at which the rings' labels are farthest from what is drawn, and off the grid"""
    candidates = np.radians(np.concatenate([45 * k + np.arange(10, 36) for k in range(8)]))
    places = rings[:, None] * np.exp(1j * candidates[:, None, None])  # (candidate, ring, 1)
    apart = np.abs(places - range_ * np.exp(1j * bearing))
    return float(candidates[np.argmax(apart.min(axis=(1, 2)))])


def scope(
    run: Run,
    axes: PolarAxes,
    observer: int | str = 0,
    *,
    at_s: float = np.inf,
    frames: int = 5,
    range_m: float | None = None,
) -> PolarAxes:
    """Draws what one vehicle's radar reported on a polar plan, north up, the truth as circles.

    The frame drawn is the last one until `at_s` for which positions were recorded too; earlier ones
    of `frames` fade away. `observer` is its number or its name. `range_m` is the outer circle:
    without it, what holds all that is drawn.
    """
    observer, name = find_entity(run, observer)
    seen = _observed(run, observer)
    row, tick = _last_frame(run, seen, at_s)
    shown = np.unique(seen["tick"][seen["tick"] <= tick])[-frames:]
    seen = {key: column[np.isin(seen["tick"], shown)] for key, column in seen.items()}
    ground_m = seen["range_m"] * np.cos(np.radians(seen["elev_deg"]))
    bearing = np.radians(seen["bearing_deg"])
    age = np.searchsorted(-shown[::-1], -seen["tick"])  # 0: this frame
    alpha = np.maximum(FAINTEST, 1.0 - FAINTER * age)
    true_bearing, true_m = _truth(run, observer, row)
    outer_m = range_m or 1.05 * max(float(ground_m.max()), 1.0)
    short = {code for code, word in run.detections["band"].names.items() if word == "short_range"}
    near = np.isin(seen["band"], list(short))
    inside = true_m <= outer_m
    with style():
        axes.plot(
            true_bearing[inside],
            true_m[inside] / 1e3,
            "o",
            color=GREY,
            markersize=8,
            markerfacecolor="none",
            markeredgewidth=0.9,
            label=f"truth: {inside.sum()} vehicles in range",
        )
        for text, colour, marker, kind in (
            ("short range", BLUE, "o", (seen["target"] >= 0) & near),
            ("long range", ORANGE, "o", (seen["target"] >= 0) & ~near),
            ("false alarm", RED, "x", seen["target"] < 0),
        ):
            if kind.any():
                axes.scatter(
                    bearing[kind],
                    ground_m[kind] / 1e3,
                    color=colour,
                    marker=marker,
                    s=22,
                    alpha=alpha[kind],
                    linewidths=1.6 if marker == "x" else 0,
                )
            axes.plot(
                [],
                [],
                marker,
                color=colour,
                markersize=5,
                label=f"{text}: {kind.sum()}, {(kind & (age == 0)).sum()} now",
            )
        axes.plot(0.0, 0.0, "^", color="black", markersize=7, label=f"{name}, who looks")
        axes.set_theta_zero_location("N")
        axes.set_theta_direction(-1)
        axes.set_rlim(0.0, outer_m / 1e3)
        rings = np.array([ring for ring in axes.get_yticks() if 0.0 < ring < outer_m / 1e3])
        free = _free_bearing(
            rings,
            np.concatenate([true_bearing[inside], bearing]),
            np.concatenate([true_m[inside], ground_m]) / 1e3,
        )
        axes.set_yticks(rings, [""] * rings.size)
        for ring in rings:
            axes.text(
                free,
                ring,
                f"{ring:g}",
                ha="center",
                va="center",
                fontsize="small",
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5},
            )
        axes.set_thetagrids(range(0, 360, 45), ["N", "45°", "E", "135°", "S", "225°", "W", "315°"])
        axes.set_xlabel("bearing, °; rings: ground range, km")
        axes.legend(loc="upper left", bbox_to_anchor=(0.93, 1.08), frameon=False)
        last = (
            f"the last {shown.size} frames, older ones fainter" if shown.size > 1 else "one frame"
        )
        axes.set_title(f"{name} at {seen['time_s'].max():g} s: {last}", loc="left", pad=12)
    return axes


def radar(
    run: Run,
    observer: int | str = 0,
    *,
    at_s: float = np.inf,
    frames: int = 5,
    range_m: float | None = None,
) -> Figure:
    """`scope` as a figure: what one vehicle's radar reported. Needs detections, x_m and y_m."""
    with style():
        figure = new_figure(7.2, 5.6)
        axes: PolarAxes = figure.add_subplot(projection="polar")  # type: ignore[assignment]
        scope(run, axes, observer, at_s=at_s, frames=frames, range_m=range_m)
    return figure
