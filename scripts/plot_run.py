#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws a run: where vehicles went, and how charge and core temperature spread over the fleet.

usage: scripts/plot_run.py RESULT.h5 PICTURE.svg   (needs python3-h5py and python3-matplotlib)
"""
import sys

import h5py
import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
import numpy as np

COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]  # apart for colour-blind readers too
MAP_VEHICLES = 60
MAP_EVERY = 10


def groups_of(result):
    group = result["entities/group"]
    return group.attrs["flag_meanings"].split(), group[...]


def draw_map(axes, result, names, group):
    x, y = result["state/x_m"], result["state/y_m"]
    for g, name in enumerate(names):
        members = np.flatnonzero(group == g)
        chosen = members[:: max(1, len(members) // (MAP_VEHICLES // len(names)))]
        for n, v in enumerate(chosen):
            axes.plot(x[::MAP_EVERY, v] / 1e3, y[::MAP_EVERY, v] / 1e3, color=COLOURS[g % 4],
                      linewidth=1, label=name if n == 0 else None)
            axes.plot(x[-1, v] / 1e3, y[-1, v] / 1e3, ".", color=COLOURS[g % 4], markersize=3)
    axes.set(xlabel="east (km)", ylabel="north (km)", aspect="equal", title="where they went")
    axes.legend(loc="upper right", fontsize="small")


def draw_fan(axes, result, names, group, column, title, since_start=False):
    time_min = result["state/time"][::MAP_EVERY] / 60
    values = result["state"][column][::MAP_EVERY]
    if since_start:
        values = values - values[0]
    for g, name in enumerate(names):
        low, middle, high = np.quantile(values[:, group == g], [0.05, 0.5, 0.95], axis=1)
        axes.fill_between(time_min, low, high, color=COLOURS[g % 4], alpha=0.25, linewidth=0)
        axes.plot(time_min, middle, color=COLOURS[g % 4], label=name)
    axes.set(xlabel="time (min)", title=title)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    plt.rcParams["svg.hashsalt"] = "qfleet"  # the same result gives the same file
    with h5py.File(sys.argv[1]) as result:
        names, group = groups_of(result)
        figure, axes = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
        draw_map(axes[0], result, names, group)
        draw_fan(axes[1], result, names, group, "soc_pct",
                 "change of charge (%): median, 5-95 %", since_start=True)
        draw_fan(axes[2], result, names, group, "temp_core_c", "core (°C): median, 5-95 %")
        figure.savefig(sys.argv[2], metadata={"Date": None})


if __name__ == "__main__":
    main()
