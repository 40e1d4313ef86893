#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the approaches of a docking campaign: the way of each world's chaser relative to its target, how long
each took and what propellant it used.

Worlds whose chaser did not dock are drawn in another colour, with the state that its machine ended in.
Needs python3-h5py and python3-matplotlib.
"""
import argparse
import sys

import matplotlib.pyplot as plt
import numpy as np

from plotting import BLUE, GREY, ORANGE, RED, open_result, picture, save

EXAMPLE = """The scenario must record x_m, y_m, z_m and propellant_kg (record.state) and events. With loaded_kg, a
variable in which a machine notes what a vehicle starts with, propellant is counted from the start, else from the
first row recorded, and the picture says so. The picture of docs/ships.md:

  qfleet run configs/docking.yaml -o docking.h5
  scripts/plot_docking.py docking.h5 -o docs/docking.svg
"""
NEEDED = ("entities/world", "entities/group", "state/time", "state/x_m", "state/y_m", "state/z_m",
          "state/propellant_kg", "events/code", "events/entity", "events/time_s")
HARD_CAPTURE = 521
AXES = {"x": "x_m", "y": "y_m", "z": "z_m"}
HILLS_NAMES = {"x": "x, m (radial)", "y": "y, m (along the track)", "z": "z, m (across)"}
PIXELS_PER_IN = 150  # of ways also in an SVG, which would be megabytes else


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, epilog=EXAMPLE,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", help="result file of qfleet run")
    parser.add_argument("--chaser", default="chaser", metavar="GROUP",
                        help="group that docks, one vehicle of it in a world (default chaser)")
    parser.add_argument("--target", default="station", metavar="GROUP",
                        help="group that it docks to (default station)")
    parser.add_argument("--plane", default="yx", metavar="PLANE",
                        help="the two axes of the plan, across and up (default yx)")
    parser.add_argument("-o", "--output", default="docking.svg", type=picture, metavar="PICTURE",
                        help="picture to write, by its ending (default docking.svg)")
    return parser.parse_args()


def group_entities(result, name):
    """entities of a group, the first of each world"""
    meanings = result["entities/group"].attrs["flag_meanings"]
    meanings = (meanings.decode() if isinstance(meanings, bytes) else str(meanings)).split()
    if name not in meanings:
        sys.exit(f"no group '{name}': there are {', '.join(meanings)}")
    number = result["entities/group"].attrs["flag_values"][meanings.index(name)]
    entities = np.flatnonzero(result["entities/group"][...] == number)
    _, first = np.unique(result["entities/world"][...][entities], return_index=True)
    return entities[first]


def in_hills_frame(result):
    """whether the world's axes are those of an orbit"""
    scenario = result.attrs["scenario_yaml"]
    scenario = scenario.decode() if isinstance(scenario, bytes) else str(scenario)
    environment = [line for line in scenario.splitlines() if line.startswith("environment:")]
    return any("gravity: {kind: clohessy_wiltshire," in line for line in environment)


class Campaign:
    def __init__(self, wanted):
        self.result = open_result(wanted.result, NEEDED)
        if len(wanted.plane) != 2 or any(axis not in AXES for axis in wanted.plane):
            sys.exit(f"--plane {wanted.plane}: expected two of x, y, z")
        if wanted.chaser == wanted.target:
            sys.exit(f"--chaser and --target are both {wanted.chaser}: it is nowhere but at itself")
        chaser, target = (group_entities(self.result, g) for g in (wanted.chaser, wanted.target))
        if chaser.size != target.size:
            sys.exit(f"{chaser.size} worlds have a {wanted.chaser}, {target.size} a {wanted.target}")
        state = self.result["state"]
        self.across_m, self.up_m = (state[AXES[axis]][:, :][:, chaser] - state[AXES[axis]][:, :][:, target]
                                    for axis in wanted.plane)
        hills = in_hills_frame(self.result)
        self.labels = [HILLS_NAMES[axis] if hills else f"{axis}, m" for axis in wanted.plane]
        self.time_s = state["time"][...]
        propellant_kg = state["propellant_kg"][:, :][:, chaser]
        events = self.result["events"]
        captured = events["code"][...] == HARD_CAPTURE
        at_s = dict(zip(events["entity"][...][captured][::-1], events["time_s"][...][captured][::-1]))
        self.docked_s = np.array([at_s.get(e, np.nan) for e in chaser])
        self.docked = np.isfinite(self.docked_s)
        # the first record is not the start: machines like configs/fsm/docking.yaml note what there was
        noted = "loaded_kg" in state
        loaded = state["loaded_kg"][-1, :][chaser] if noted else propellant_kg[0]
        self.used_kg = loaded - propellant_kg[-1]
        self.used_label = "propellant used"
        if not noted:
            self.used_label += f" after {self.time_s[0]:g} s (first record)"

    def ways(self, docked):
        """of each such world, until it docked"""
        for world in np.flatnonzero(self.docked == docked):
            n = np.searchsorted(self.time_s, self.docked_s[world]) + 1 if docked else self.time_s.size
            yield self.across_m[:n, world], self.up_m[:n, world]


def draw_ways(axes, campaign):
    for docked, colour, width in ((True, BLUE, 0.4), (False, RED, 1.0)):
        for across_m, up_m in campaign.ways(docked):
            axes.plot(across_m, up_m, color=colour, linewidth=width, alpha=0.35 if docked else 0.9,
                      rasterized=True)
    axes.plot(0.0, 0.0, "s", color="black", markersize=6)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xlabel(campaign.labels[0])
    axes.set_ylabel(campaign.labels[1])
    axes.grid(linewidth=0.3)
    n = campaign.docked.size
    others = "; red: those that did not" if not campaign.docked.all() else ""
    axes.set_title(f"{campaign.docked.sum():,} of {n:,} docked with the target (black){others}",
                   fontsize="medium")


def draw_histogram(axes, values, label, unit):
    axes.hist(values, bins=40, color=BLUE)
    for share, style in ((0.5, "-"), (0.95, "--")):
        at = np.quantile(values, share)
        axes.axvline(at, color=ORANGE, linestyle=style,
                     label=f"{share:.0%} below {at:.3g} {unit}")
    axes.set_xlabel(f"{label}, {unit}")
    axes.set_ylabel("worlds")
    axes.legend(fontsize="small", framealpha=0.9, edgecolor="none", loc="upper right")
    axes.grid(linewidth=0.3, axis="y", color=GREY)
    axes.set_axisbelow(True)


def main():
    wanted = arguments()
    campaign = Campaign(wanted)
    figure = plt.figure(figsize=(9.5, 5.0), layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=(1.6, 1.0))
    draw_ways(figure.add_subplot(grid[:, 0]), campaign)
    if campaign.docked.any():
        draw_histogram(figure.add_subplot(grid[0, 1]), campaign.docked_s[campaign.docked],
                       "time until docked", "s")
        draw_histogram(figure.add_subplot(grid[1, 1]), campaign.used_kg[campaign.docked],
                       campaign.used_label, "kg")
    save(figure, wanted.output, PIXELS_PER_IN)


if __name__ == "__main__":
    main()
