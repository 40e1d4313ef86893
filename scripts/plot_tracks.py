#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws what one vehicle's tracker believed: its confirmed tracks on a plan, over the ways of vehicles.

Given several results (of the same scenario with other trackers, say), they stand side by side, and below
them GOSPA over time. Each track has a colour, so that a target whose track changes changes its colour.
Needs python3-h5py and python3-matplotlib.
"""
import argparse
import os
import sys

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D

from plotting import (BLUE, GREEN, GREY, ORANGE, PINK, RED, check_entity, entity_name, open_result,
                      picture, save)

EXAMPLE = """The scenario must record tracks (record.tracks), and positions at times of theirs (record.state with
x_m and y_m). With gospa_m in record.state GOSPA is drawn, too. The picture of docs/tracking.md:

  qfleet run configs/contacts.yaml -o robust.h5
  qfleet run configs/contacts.yaml -o reference.h5 \\
      --set groups[0].tracker.file=configs/tracker/qiki.yaml
  scripts/plot_tracks.py reference=reference.h5 robust=robust.h5 -o docs/tracking.svg
"""
TRACK_COLOURS = (BLUE, ORANGE, GREEN, RED, PINK, "#56b4e9", "#f0e442")
LINES = ("-", "--", ":", "-.")
TRACKED, COASTING = 2, 4
NEEDED = ("entities/name", "entities/world", "state/tick", "state/time", "state/x_m", "state/y_m",
          "tracks/tick", "tracks/observer", "tracks/track", "tracks/status", "tracks/x_m",
          "tracks/y_m")
MARGIN_KM = 0.3
PLAN_IN = 5.2                    # width of a plan
LEGEND_IN, GOSPA_IN = 0.25, 1.7  # heights of a line above the plans, and of what is below
PIXELS_PER_IN = 150              # of tracks and ways also in an SVG, which would be megabytes else


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, epilog=EXAMPLE,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", nargs="+", metavar="RESULT",
                        help="result file of a run with record.tracks; NAME=FILE gives it a title")
    parser.add_argument("--observer", type=int, default=0, metavar="N",
                        help="number of the entity whose tracks they are (default 0)")
    parser.add_argument("-o", "--output", default="tracks.svg", type=picture, metavar="PICTURE",
                        help="picture to write, by its ending (default tracks.svg)")
    return parser.parse_args()


class Believed:
    """what one observer believed: confirmed tracks by tick, where they and it were in the world, in km"""

    def __init__(self, text, observer):
        named = "=" in text and not os.path.exists(text)
        self.title, path = text.split("=", 1) if named else (os.path.basename(text), text)
        self.result = open_result(path, NEEDED)
        self.observer = observer
        check_entity(self.result, observer)
        self.name = entity_name(self.result, observer)
        world = self.result["entities/world"][...]
        self.others = np.flatnonzero((world == world[observer]) & (np.arange(world.size) != observer))
        self.x_km, self.y_km = (self.result["state"][name][...] / 1e3 for name in ("x_m", "y_m"))
        self._read_tracks(path)

    def _read_tracks(self, path):
        tracks = self.result["tracks"]
        ticks = self.result["state/tick"][...]
        mine = tracks["observer"][...] == self.observer
        if not mine.any():
            sys.exit(f"{path}: entity {self.observer} ({self.name}) has no tracks on record")
        mine &= np.isin(tracks["tick"][...], ticks)
        if not mine.any():
            sys.exit(f"{path}: tracks and positions are never on record at the same time")
        mine &= np.isin(tracks["status"][...], (TRACKED, COASTING))
        rows = np.searchsorted(ticks, tracks["tick"][...][mine])
        self.number = tracks["track"][...][mine]
        self.track_km = np.stack([own[rows, self.observer] + tracks[name][...][mine] / 1e3
                                  for own, name in ((self.x_km, "x_m"), (self.y_km, "y_m"))], axis=-1)

    def lines(self):
        """{number: positions}"""
        order = np.argsort(self.number, kind="stable")
        numbers, begins = np.unique(self.number[order], return_index=True)
        return dict(zip(numbers, np.split(self.track_km[order], begins[1:])))

    def extent_km(self):
        """least and most of what is believed, and of the observer's way"""
        own = np.stack([self.x_km[:, self.observer], self.y_km[:, self.observer]], axis=-1)
        points = np.concatenate([self.track_km, own])
        return points.min(axis=0) - MARGIN_KM, points.max(axis=0) + MARGIN_KM


def draw_plan(axes, believed):
    lines = believed.lines()
    axes.plot(believed.x_km[:, believed.others], believed.y_km[:, believed.others], color=GREY,
              linewidth=0.6, alpha=0.6, zorder=1, rasterized=True)
    for number in lines:
        # one that was there only once is a point
        axes.plot(*lines[number].T, "-" if len(lines[number]) > 1 else ".", zorder=2,
                  color=TRACK_COLOURS[number % len(TRACK_COLOURS)], linewidth=2.2, markersize=4,
                  solid_capstyle="round", rasterized=True)
    axes.plot(believed.x_km[:, believed.observer], believed.y_km[:, believed.observer],
              color="black", linewidth=0.8, zorder=3)
    axes.plot(believed.x_km[0, believed.observer], believed.y_km[0, believed.observer], "^",
              color="black", markeredgecolor="white", markersize=9, zorder=3)
    axes.set_title(f"{believed.title}: {len(lines):,} confirmed tracks", fontsize="medium")
    axes.set_aspect("equal")
    axes.set_xlabel("east, km")
    axes.grid(linewidth=0.3)


def draw_gospa(axes, all_believed):
    for i, believed in enumerate(all_believed):
        gospa_m = believed.result["state/gospa_m"][:, believed.observer]
        time_s = believed.result["state/time"][...]
        label = believed.title
        if np.isfinite(gospa_m).any():
            label += f": mean {np.nanmean(gospa_m):.0f} m"
        axes.plot(time_s, gospa_m, LINES[i % len(LINES)], label=label,
                  color=TRACK_COLOURS[i % len(TRACK_COLOURS)])
    axes.set_xlabel("time, s")
    axes.set_ylabel("distance from\nthe truth (GOSPA), m")
    axes.set_ylim(bottom=0)
    axes.margins(x=0.01)
    axes.grid(linewidth=0.3)
    axes.legend(fontsize="small", framealpha=0.9, edgecolor="none")


def explain(axes, believed, n_lines):
    """what is on the plans, in a row of its own"""
    axes.axis("off")
    track = [Line2D([], [], color=colour, linewidth=2.2) for colour in TRACK_COLOURS[:3]]
    handles = [Line2D([], [], color="black", marker="^", linestyle="", markersize=8),
               Line2D([], [], color=GREY, linewidth=0.8, alpha=0.6), tuple(track)]
    labels = [f"{believed.name}, who looks", "ways that vehicles went",
              "confirmed tracks: another colour is another track"]
    axes.legend(handles, labels, loc="center", ncol=len(labels) // n_lines, fontsize="small", frameon=False,
                handler_map={tuple: HandlerTuple(ndivide=None, pad=0.0)})


def main():
    wanted = arguments()
    all_believed = [Believed(text, wanted.observer) for text in wanted.results]
    with_gospa = all("state/gospa_m" in believed.result for believed in all_believed)
    least, most = zip(*(believed.extent_km() for believed in all_believed))
    least, most = np.min(least, axis=0), np.max(most, axis=0)
    wide_km, high_km = most - least
    # as high as the plans' scale makes them, but no strip and no tower
    plan_in = 0.9 * PLAN_IN * np.clip(high_km / wide_km, 0.4, 1.5)
    n_lines = 3 if len(all_believed) == 1 else 1
    heights = [n_lines * LEGEND_IN, plan_in] + [GOSPA_IN] * with_gospa
    figure = plt.figure(figsize=(PLAN_IN * len(all_believed), sum(heights) + 1.0), layout="constrained")
    grid = figure.add_gridspec(len(heights), len(all_believed), height_ratios=heights)
    first = None
    for i, believed in enumerate(all_believed):
        axes = figure.add_subplot(grid[1, i], sharex=first, sharey=first)
        first = first or axes
        draw_plan(axes, believed)
    first.set_xlim(least[0], most[0])
    first.set_ylim(least[1], most[1])
    first.set_ylabel("north, km")
    explain(figure.add_subplot(grid[0, :]), all_believed[0], n_lines)
    if with_gospa:
        draw_gospa(figure.add_subplot(grid[2, :]), all_believed)
    save(figure, wanted.output, PIXELS_PER_IN)


if __name__ == "__main__":
    main()
