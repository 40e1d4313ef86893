# SPDX-License-Identifier: Apache-2.0
"""A docking campaign: how chasers came to their targets, in what time, with what propellant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from .look import BLUE, ORANGE, RED, PlotError, axes_of, new_figure, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .. import Run

BINS = 40
FAR = 1.0  # of the spread of 99 % of the values: what is farther out is left out of a histogram
AXES = {"x": "x_m", "y": "y_m", "z": "z_m"}
HILLS_NAMES = {"x": "x (radial), m", "y": "y (along the track), m", "z": "z (across), m"}


def _one_a_world(run: Run, group: str) -> tuple[np.ndarray, np.ndarray]:
    """worlds that have vehicles of a group, and the first of these in each"""
    if group not in run.groups:
        raise PlotError(f"{run.path}: no group '{group}', there are {', '.join(run.groups)}")
    entities = run.entities_of(group)
    worlds, first = np.unique(run.entities["world"][entities], return_index=True)
    return worlds, entities[first]


def _in_hills_frame(run: Run) -> bool:
    """whether the world's axes are those of an orbit"""
    environment = [
        line for line in run.scenario_yaml.splitlines() if line.startswith("environment:")
    ]
    return any("gravity: {kind: clohessy_wiltshire," in line for line in environment)


class Campaign:
    """One approach a world: ways relative to the target, who docked and when, propellant used."""

    def __init__(
        self, run: Run, chaser: str = "chaser", target: str = "station", plane: str = "yx"
    ) -> None:
        if len(plane) != 2 or any(axis not in AXES for axis in plane):
            raise PlotError(f"plane '{plane}': expected two of x, y, z")
        if chaser == target:
            raise PlotError(f"chaser and target are both '{chaser}': it is nowhere but at itself")
        if len(run.state) == 0:
            raise PlotError(f"{run.path}: no state is on record (yet)")
        (worlds, chasers), (others, targets) = (
            _one_a_world(run, group) for group in (chaser, target)
        )
        alone = np.setxor1d(worlds, others)
        if alone.size:
            there, missing = (chaser, target) if alone[0] in worlds else (target, chaser)
            raise PlotError(f"{run.path}: world {alone[0]} has a {there}, but no {missing}")
        self.across_m, self.up_m = (
            position[:, chasers] - position[:, targets]
            for position in (run.state[AXES[axis]] for axis in plane)
        )
        hills = _in_hills_frame(run)
        self.labels = [HILLS_NAMES[axis] if hills else f"{axis}, m" for axis in plane]
        self.time_s = run.state["time"][:]
        self.docked_s = self._docked_s(run, chasers)
        self.docked = np.isfinite(self.docked_s)
        # the first record is not the start: machines may note what there was
        propellant_kg = run.state["propellant_kg"]
        noted = "loaded_kg" in run.state
        last = len(run.state) - 1
        loaded_kg = run.state["loaded_kg"][last, chasers] if noted else propellant_kg[0, chasers]
        self.used_kg = loaded_kg - propellant_kg[last, chasers]
        self.used_label = "propellant used"
        if not noted:
            self.used_label += f" after {self.time_s[0]:g} s (first record)"

    @staticmethod
    def _docked_s(run: Run, chasers: np.ndarray) -> np.ndarray:
        """when each was captured hard for the first time, NaN: never"""
        code = run.events["code"]
        hard = [number for number, word in code.names.items() if word == "hard_capture"]
        captured = np.isin(code[:], hard)
        entities, first = np.unique(run.events["entity"][captured], return_index=True)
        at_s = dict(zip(entities.tolist(), run.events["time_s"][captured][first]))
        return np.array([at_s.get(int(entity), np.nan) for entity in chasers])

    def ways(self, docked: bool) -> Iterator[np.ndarray]:
        """of each world that docked, or did not: (time, 2) in metres, until it docked"""
        for world in np.flatnonzero(self.docked == docked):
            n = (
                np.searchsorted(self.time_s, self.docked_s[world]) + 1
                if docked
                else self.time_s.size
            )
            yield np.stack([self.across_m[:n, world], self.up_m[:n, world]], axis=-1)


def approaches(campaign: Campaign, axes: Axes | None = None) -> Axes:
    """Draws each chaser's way relative to its target; those that did not dock in another colour."""
    from matplotlib.collections import LineCollection

    n, n_docked = campaign.docked.size, int(campaign.docked.sum())
    with style():
        axes = axes_of(axes, (6.0, 5.0))
        for docked, colour, width, alpha in ((True, BLUE, 0.4, 0.35), (False, RED, 1.2, 0.9)):
            axes.add_collection(
                LineCollection(
                    list(campaign.ways(docked)),
                    colors=colour,
                    linewidths=width,
                    alpha=alpha,
                    rasterized=True,
                )
            )
        axes.plot([], [], color=BLUE, label=f"docked: {n_docked:,}")
        if n_docked < n:
            axes.plot([], [], color=RED, label=f"did not: {n - n_docked:,}")
        axes.plot(0.0, 0.0, "s", color="black", markersize=6, linestyle="", label="target")
        axes.autoscale_view()
        axes.set_aspect("equal", adjustable="datalim")
        axes.set(
            xlabel=campaign.labels[0],
            ylabel=campaign.labels[1],
            title=f"ways of {n:,} chasers, seen from their targets",
        )
        axes.legend(loc="lower left")
    return axes


def _bins(numbers: np.ndarray) -> int | list[float]:
    """of a histogram: of a few whole numbers (counts), a bar around each"""
    low, high = numbers.min(), numbers.max()
    if high - low < BINS and (numbers == np.rint(numbers)).all():
        return [float(edge) for edge in np.arange(low - 0.5, high + 1.0)]
    return BINS


def _quantile(values: np.ndarray, share: float) -> float:
    """of values that can be infinite, between which numpy would interpolate to NaN"""
    below, above = (float(np.quantile(values, share, method=end)) for end in ("lower", "higher"))
    if np.isfinite(below) and np.isfinite(above):
        return float(np.quantile(values, share))
    return above if np.isfinite(below) else below


def histogram(
    numbers: np.ndarray,
    name: str,
    axes: Axes | None = None,
    *,
    what: str = "worlds",
    unit: str = "",
) -> Axes:
    """Draws a distribution, with lines below which half and 95 % of it lie.

    The few values that are so far away that nothing could be told of the others are left out, and
    so are infinite ones, which the title says, as how many are missing (NaN). Lines are of all
    values, infinite ones too.
    """
    numbers = np.asarray(numbers, dtype=float)
    n_without = int(np.isnan(numbers).sum())
    values = numbers[~np.isnan(numbers)]
    numbers = values[np.isfinite(values)]
    n_infinite = values.size - numbers.size
    if numbers.size == 0:
        why = "all values are infinite" if n_infinite else "there are no values"
        raise PlotError(f"{name}: {why}")
    low, high = np.quantile(numbers, (0.005, 0.995))
    low, high = low - FAR * (high - low), high + FAR * (high - low)
    inside = numbers[(numbers >= low) & (numbers <= high)]
    left_out = [f"{n:,} without a value" for n in (n_without,) if n]
    left_out += [f"{n:,} infinite, not drawn" for n in (n_infinite,) if n]
    left_out += [
        f"{n:,} {side} {at:.3g}{f' {unit}' if unit else ''} not drawn"
        for n, side, at in (
            ((numbers < low).sum(), "below", low),
            ((numbers > high).sum(), "above", high),
        )
        if n
    ]
    comma = f", {unit}" if unit else ""
    with style():
        axes = axes_of(axes, (4.5, 2.6))
        bins = _bins(inside)
        counts, edges, _ = axes.hist(inside, bins=bins, color=BLUE)
        if bins != BINS:
            axes.set_xlim(edges[0] - 1.0, edges[-1] + 1.0)
            axes.locator_params(axis="x", integer=True)
        for share, line in ((0.5, "-"), (0.95, "--")):
            at = _quantile(values, share)
            axes.axvline(
                # none is at infinity, but the legend says where it would be
                at if np.isfinite(at) else np.nan,
                color=ORANGE,
                linestyle=line,
                linewidth=1.8,
                label=f"{share:.0%} below {at:.4g} {unit}".rstrip(),
            )
        axes.set(xlabel=name + comma, ylabel=what, ylim=(0.0, 1.4 * max(counts)))
        axes.set_title("; ".join(left_out), fontsize="small")
        axes.grid(False, axis="x")
        axes.legend(loc="upper right")
    return axes


def docking(
    run: Run, *, chaser: str = "chaser", target: str = "station", plane: str = "yx"
) -> Figure:
    """Draws a docking campaign: each chaser's way relative to its target, the time that it took and
    the propellant that it used.

    `plane`: the two axes of the plan, across and up. Needs positions along them, propellant_kg, and
    events. With loaded_kg, a variable in which a machine notes what a vehicle starts with,
    propellant is counted from the start, else from the first row, and the picture says so.
    """
    campaign = Campaign(run, chaser, target, plane)
    with style():
        figure = new_figure(9.5, 5.0)
        grid = figure.add_gridspec(2, 2, width_ratios=(1.6, 1.0))
        approaches(campaign, figure.add_subplot(grid[:, 0]))
        for row, (numbers, name, unit) in enumerate(
            (
                (campaign.docked_s, "time until docked", "s"),
                (campaign.used_kg, campaign.used_label, "kg"),
            )
        ):
            if campaign.docked.any():
                histogram(
                    numbers[campaign.docked], name, figure.add_subplot(grid[row, 1]), unit=unit
                )
    return figure
