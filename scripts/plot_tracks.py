#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws what one vehicle's tracker believed: its confirmed tracks on a plan, with the truth behind them.

Given several results (of the same scenario with other trackers, say), they stand side by side, and below
them GOSPA over time. Each track has its own colour, so that a target whose track changes changes its
colour. Record tracks, and positions at the same times (record.state with x_m, y_m, for GOSPA gospa_m).
Needs python3-h5py and python3-matplotlib.
"""
import argparse
import os

import matplotlib.pyplot as plt
import numpy as np

from plotting import (BLUE, GREEN, GREY, ORANGE, PINK, RED, check_entity, entity_name, open_result,
                      picture, save)

TRACK_COLOURS = (BLUE, ORANGE, GREEN, RED, PINK, "#56b4e9", "#f0e442")
LINES = ("-", "--", ":", "-.")
TRACKED, COASTING = 2, 4
NEEDED = ("entities/name", "entities/world", "state/tick", "state/time", "state/x_m", "state/y_m",
          "tracks/tick", "tracks/observer", "tracks/track", "tracks/status", "tracks/x_m",
          "tracks/y_m")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", nargs="+", metavar="RESULT",
                        help="result file of a run with record.tracks; NAME=FILE gives it a title")
    parser.add_argument("--observer", type=int, default=0, metavar="N",
                        help="number of the entity whose tracks they are (default 0)")
    parser.add_argument("-o", "--output", default="tracks.svg", type=picture, metavar="PICTURE",
                        help="picture to write, by its ending (default tracks.svg)")
    return parser.parse_args()


def draw_truth(axes, result, observer):
    world = result["entities/world"][...]
    x_km, y_km = (result["state"][name][...] / 1e3 for name in ("x_m", "y_m"))
    for entity in np.flatnonzero(world == world[observer]):
        axes.plot(x_km[:, entity], y_km[:, entity], color=GREY, linewidth=0.6, alpha=0.5)
    axes.plot(x_km[0, observer], y_km[0, observer], "^", color="black", markersize=7)


def confirmed_tracks(result, observer):
    """number, x and y in the world, in km, of the observer's confirmed tracks where it stood is on record"""
    tracks = result["tracks"]
    ticks = result["state/tick"][...]
    mine = (tracks["observer"][...] == observer) & np.isin(tracks["status"][...], (TRACKED, COASTING))
    mine &= np.isin(tracks["tick"][...], ticks)
    rows = np.searchsorted(ticks, tracks["tick"][...][mine])
    own = [result["state"][name][:, observer][rows] for name in ("x_m", "y_m")]
    relative = [tracks[name][...][mine] for name in ("x_m", "y_m")]
    return tracks["track"][...][mine], *((a + b) / 1e3 for a, b in zip(own, relative))


def draw_plan(axes, result, observer, title):
    draw_truth(axes, result, observer)
    number, x_km, y_km = confirmed_tracks(result, observer)
    for track in np.unique(number):
        its = number == track
        axes.plot(x_km[its], y_km[its], ".-", markersize=2.5, linewidth=0.9,
                  color=TRACK_COLOURS[track % len(TRACK_COLOURS)])
    axes.set_aspect("equal")
    axes.set_xlabel("east, km")
    axes.set_title(f"{title}: {np.unique(number).size} confirmed tracks of "
                   f"{entity_name(result, observer)}", fontsize="medium")
    axes.grid(linewidth=0.3)


def main():
    wanted = arguments()
    pairs = [text.split("=", 1) if "=" in text else (os.path.basename(text), text)
             for text in wanted.results]
    results = [(title, open_result(path, NEEDED)) for title, path in pairs]
    with_gospa = all("state/gospa_m" in result for _, result in results)
    figure = plt.figure(figsize=(5.4 * len(results), 7.4 if with_gospa else 5.4), layout="constrained")
    grid = figure.add_gridspec(2 if with_gospa else 1, len(results),
                               height_ratios=(3, 1) if with_gospa else (1,))
    first = None
    for i, (title, result) in enumerate(results):
        check_entity(result, wanted.observer)
        axes = figure.add_subplot(grid[0, i], sharex=first, sharey=first)
        first = first or axes
        draw_plan(axes, result, wanted.observer, title)
    first.set_ylabel("north, km")
    if with_gospa:
        axes = figure.add_subplot(grid[1, :])
        for i, (title, result) in enumerate(results):
            gospa_m = result["state/gospa_m"][:, wanted.observer]
            axes.plot(result["state/time"][...], gospa_m, LINES[i % len(LINES)],
                      color=TRACK_COLOURS[i % len(TRACK_COLOURS)],
                      label=f"{title}: mean {np.nanmean(gospa_m):.0f} m")
        axes.set_xlabel("time, s")
        axes.set_ylabel("GOSPA, m")
        axes.set_ylim(bottom=0)
        axes.grid(linewidth=0.3)
        axes.legend(fontsize="small", frameon=False)
    save(figure, wanted.output)


if __name__ == "__main__":
    main()
