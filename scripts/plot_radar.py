#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws what one vehicle's radar reported, as a plan-position indicator with the truth beside it.

The frame drawn is the last one at or before --at for which positions were recorded too (record.state with
x_m, y_m and z_m); earlier frames of --frames fade away. Truth is every other vehicle of the observer's
world within the range shown. Needs python3-h5py and python3-matplotlib.
"""
import argparse
import sys

import matplotlib.pyplot as plt
import numpy as np

from plotting import BLUE, GREY, ORANGE, RED, check_entity, entity_name, open_result, picture, save

SHORT, LONG, FALSE, TRUTH = BLUE, ORANGE, RED, GREY
SHORT_RANGE = 2
COLUMNS = ("tick", "time_s", "target", "band", "range_m", "bearing_deg", "elev_deg")


def count(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"needs at least 1, not {value}")
    return value


def metres(text):
    value = float(text)
    if not 0.0 < value < np.inf:
        raise argparse.ArgumentTypeError(f"needs a length above 0, not {text}")
    return value


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", help="result file of a run with record.detections")
    parser.add_argument("--observer", type=int, default=0, metavar="N",
                        help="number of the entity that looks (default 0)")
    parser.add_argument("--at", type=float, default=np.inf, metavar="S",
                        help="time in seconds (default: the end)")
    parser.add_argument("--frames", type=count, default=5, metavar="K",
                        help="frames that are shown, the older the fainter (default 5)")
    parser.add_argument("--range", type=metres, metavar="M",
                        help="outer circle in metres (default: what holds all that is drawn)")
    parser.add_argument("-o", "--output", default="radar.svg", type=picture, metavar="PICTURE",
                        help="picture to write, by its ending (default radar.svg)")
    return parser.parse_args()


def observed(result, observer):
    """the observer's detections, column by column"""
    if "detections" not in result:
        sys.exit("this result has no detections: the scenario must say record: {detections: true}")
    check_entity(result, observer)
    mine = np.flatnonzero(result["detections/observer"][...] == observer)
    if mine.size == 0:
        sys.exit(f"entity {observer} ({entity_name(result, observer)}) has no detections on record")
    return {name: result["detections"][name][...][mine] for name in COLUMNS}


def frame_with_truth(result, seen, at_s):
    """the row of /state and the tick of the last frame that has one"""
    for name in ("x_m", "y_m", "z_m"):
        if f"state/{name}" not in result:
            sys.exit(f"positions are not on record: record.state needs {name}")
    ticks = result["state/tick"][...]
    frames = np.unique(seen["tick"][seen["time_s"] <= at_s])
    both = np.intersect1d(frames, ticks)
    if both.size == 0:
        sys.exit(f"none of this observer's {frames.size} frames with detections up to then stands at a "
                 "time of which positions are on record (records begin after the first tick)")
    return int(np.searchsorted(ticks, both[-1])), int(both[-1])


def truth(result, observer, row):
    """bearing, ground range and slant range of everybody else in the observer's world"""
    world = result["entities/world"][...]
    others = np.flatnonzero(world == world[observer])
    others = others[others != observer]
    position = np.stack([result["state"][name][row] for name in ("x_m", "y_m", "z_m")])
    east, north, up = position[:, others] - position[:, [observer]]
    ground = np.hypot(east, north)
    return np.arctan2(east, north), ground, np.hypot(ground, up)


def draw(axes, result, arguments_, seen):
    row, tick = frame_with_truth(result, seen, arguments_.at)
    frames = np.unique(seen["tick"])
    frames = frames[frames <= tick][-arguments_.frames:]
    shown = np.isin(seen["tick"], frames)
    seen = {name: column[shown] for name, column in seen.items()}
    ground = seen["range_m"] * np.cos(np.radians(seen["elev_deg"]))
    bearing = np.radians(seen["bearing_deg"])
    age = np.searchsorted(frames[::-1] * -1, -seen["tick"])  # 0: this frame
    alpha = np.maximum(0.4, 1.0 - 0.2 * age)
    true_bearing, true_ground, _ = truth(result, arguments_.observer, row)
    outer = arguments_.range or 1.05 * max(ground.max(), 1.0)
    inside = true_ground <= outer
    axes.plot(true_bearing[inside], true_ground[inside] / 1e3, "o", color=TRUTH, markersize=7,
              markerfacecolor="none", markeredgewidth=0.8, label="truth")
    kinds = (("short range", SHORT, ".", (seen["target"] >= 0) & (seen["band"] == SHORT_RANGE)),
             ("long range", LONG, ".", (seen["target"] >= 0) & (seen["band"] != SHORT_RANGE)),
             ("false alarms", FALSE, "x", seen["target"] < 0))
    for label, colour, marker, kind in kinds:
        now = kind & (age == 0)
        if kind.any():
            axes.scatter(bearing[kind], ground[kind] / 1e3, color=colour, marker=marker, s=34,
                         alpha=alpha[kind], linewidths=1.2)
        axes.plot([], [], marker, color=colour, label=f"{label}: {kind.sum()}, {now.sum()} of them now")
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    axes.set_rlim(0.0, outer / 1e3)
    axes.set_rlabel_position(112.5)
    axes.grid(linewidth=0.4)
    name = entity_name(result, arguments_.observer)
    axes.set_title(f"{name} at {seen['time_s'].max():g} s, the last {len(frames)} frames\n"
                   "ground range in km, north up", fontsize="medium")
    axes.legend(loc="upper left", bbox_to_anchor=(0.9, 1.1), fontsize="small", frameon=False)


def main():
    wanted = arguments()
    with open_result(wanted.result, ("entities/name", "entities/world", "state/tick")) as result:
        missing = [f"detections/{name}" for name in COLUMNS
                   if "detections" in result and f"detections/{name}" not in result]
        if missing:
            sys.exit(f"{wanted.result}: no whole result of qfleet run, without {', '.join(missing)}")
        seen = observed(result, wanted.observer)
        figure = plt.figure(figsize=(7.2, 6.0), layout="constrained")
        draw(figure.add_subplot(projection="polar"), result, wanted, seen)
        save(figure, wanted.output)


if __name__ == "__main__":
    main()
