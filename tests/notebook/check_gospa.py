#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Computes how good tracks are from where they and the vehicles are, and compares with what the result says.

    check_gospa.py QFLEET

Distances are the least over every assignment there is, by their definitions, so there are few vehicles.
When is what: a radar looks before a tick moves anything, so tracks of tick T are about the vehicles after T
ticks, which is the row of /state with tick T (every tick is recorded; frames of tick 0 have none and are left
out). How good they are is in columns of the tick that follows, in the row T + 1, and stays there until the next
frame, two ticks later.
"""
import functools
import os
import subprocess
import sys
import tempfile

import h5py
import numpy as np

CUTOFF_M = 60.0
LEAST_M, MOST_M = 20.0, 1500.0
OBSERVERS = 2
TRACKED, COASTING = 2, 4
TICKS_PER_FRAME = 2

# A radar that looks everywhere, so that only the range decides who could be seen. It misses much and is fooled
# often; two fly side by side, nearer than it can tell, some enter and leave, one turns, and one comes too near.
SCENARIO = """
schema: qfleet/1
name: few
seed: 9
time: {dt_s: 0.2, duration_s: 60}
groups:
  - name: watch
    kind: bot
    count: 2
    hardware: &strong {hardware_profile: {power_capacity_wh: 5000, battery_soc_init_pct: 90, power_plane: {max_bus_a: 100}}}
    initial: {position_m: {grid: [[0, 0, 0], [400, 300, 50]]}, speed_mps: {grid: [0, 8]}, heading_deg: 60}
    signature: {rcs_dbsm: 3, swerling: 1}
    radar: {power_w: 3.0e-3, gain_db: 28, frequency_hz: 9.4e+9, bandwidth_hz: 1.0e+7, pulse_width_s: 2.0e-6,
            noise_figure_db: 4, loss_db: 4, pfa: 3.0e-7, beam_azimuth_deg: 5, beam_elevation_deg: 5,
            scan: staring, elevation_min_deg: -90, elevation_max_deg: 90, period_s: 0.4, prf_hz: 12000,
            coherent_pulses: 64, pulses: 2,
            range_min_m: 20, range_max_m: 1500, merge: false, sr_threshold_m: 500, range_floor_m: 1, angle_floor_deg: 1,
            speed_floor_mps: 0.2}
    tracker: {mode: robust, max_misses: 2, gospa_cutoff_m: 60}
  - name: target
    kind: bot
    count: 6
    hardware: *strong
    initial:
      position_m: {grid: [[-900, -200, 30], [-900, -215, 30], [200, -1700, 100], [1200, 900, -300], [300, 800, 0],
                          [-600, 5, 0]]}
      speed_mps: {grid: [35, 34, 25, 15, 40, 20]}
      heading_deg: {grid: [80, 81, 0, 45, 200, 90]}
    script:
      - {time_s: 25, cmd: rotate, deg: {grid: [0, 0, 0, 0, -90, 0]}}
    signature: {rcs_dbsm: 3, swerling: 1}
record:
  every_s: 0.2
  state: [x_m, y_m, z_m, gospa_m, ospa_m, gospa_localisation_m2, gospa_missed_m2, gospa_false_m2, targets_in_view,
          targets_held, tracks_firm, track_switches, quarantined]
  tracks: true
"""


def least(cost, alone):
    """the least sum, and its pairs: each row has a column of its own, which costs cost[row, column], or none, and
    whoever is alone, row or column, costs `alone`"""
    n_rows, n_columns = cost.shape

    @functools.cache
    def rest(row, taken):
        if row == n_rows:
            return alone * (n_columns - taken.bit_count()), ()
        total, pairs = rest(row + 1, taken)
        best = (total + alone, pairs)
        for column in range(n_columns):
            if not taken >> column & 1:
                total, pairs = rest(row + 1, taken | 1 << column)
                if total + cost[row, column] < best[0]:
                    best = (total + cost[row, column], ((row, column), *pairs))
        return best

    return rest(0, 0)


def gospa(d2):
    """GOSPA with exponent 2, and its pairs of a target and a track, from squares of their distances"""
    total, pairs = least(d2, CUTOFF_M**2 / 2)
    return total**0.5, pairs


def ospa(d2):
    """OSPA with exponent 2: everybody of the smaller set has to have a partner, at the cutoff at most"""
    if 0 in d2.shape:
        return 0.0 if d2.shape == (0, 0) else CUTOFF_M
    small = np.minimum(d2, CUTOFF_M**2)
    small = small if small.shape[0] <= small.shape[1] else small.T
    n_rows, n_columns = small.shape
    # whoever is alone costs more than any partner, so rows have one each
    dear = 2 * CUTOFF_M**2 * n_columns
    total, pairs = least(small, dear)
    assert len(pairs) == n_rows
    excess = n_columns - n_rows
    return ((total + (CUTOFF_M**2 - dear) * excess) / n_columns) ** 0.5


def check_definitions():
    """by hand and on the example of docs/tracking.md: a program that checks others had better be right"""
    d2 = np.array([[9.0, 100.0], [4.0, 25.0]])
    assert least(d2, 1e9) == (34.0, ((0, 0), (1, 1)))
    assert least(d2, 3.0) == (10.0, ((1, 0),))
    assert abs(gospa(np.array([[3.0**2]]))[0] - 3.0) < 1e-12
    assert abs(gospa(np.zeros((1, 0)))[0] - CUTOFF_M / 2**0.5) < 1e-12
    assert ospa(np.zeros((2, 0))) == CUTOFF_M and ospa(np.zeros((0, 0))) == 0.0
    assert abs(ospa(np.array([[13.0, 0.0], [36.0, 13.0]])) - 13.0**0.5) < 1e-12
    assert abs(ospa(np.array([[9.0], [400.0]])) - ((9.0 + CUTOFF_M**2) / 2) ** 0.5) < 1e-9


class Frames:
    def __init__(self, result):
        self.state = {name: result["state"][name][...] for name in result["state"]}
        self.tracks = {name: result["tracks"][name][...] for name in result["tracks"]}
        self.row_of = {tick: row for row, tick in enumerate(self.state["tick"])}
        self.position_m = np.stack([self.state[c] for c in ("x_m", "y_m", "z_m")], axis=-1)

    def truth(self, tick, observer):
        """entities that the observer could see, and where they are from it"""
        relative_m = self.position_m[self.row_of[tick]] - self.position_m[self.row_of[tick], observer]
        range_m = np.linalg.norm(relative_m, axis=1)
        others = np.arange(range_m.size) != observer
        # so near an end of the window single precision may decide otherwise
        edge_m = np.minimum(abs(range_m - LEAST_M), abs(range_m - MOST_M))
        assert edge_m[others].min() > 1e-3, f"tick {tick}: choose other positions"
        seen = np.flatnonzero(others & (range_m > LEAST_M) & (range_m < MOST_M))
        return seen, relative_m[seen]

    def firm(self, tick, observer):
        """numbers of the observer's firm tracks, and where they are from it"""
        mine = (self.tracks["tick"] == tick) & (self.tracks["observer"] == observer)
        mine &= np.isin(self.tracks["status"], (TRACKED, COASTING))
        return self.tracks["track"][mine], np.stack(
            [self.tracks[c][mine] for c in ("x_m", "y_m", "z_m")], axis=-1).astype(float)

    def recorded(self, tick, observer, name):
        """of the frame at that tick; the same until the next one"""
        row = self.row_of[tick + 1]
        values = self.state[name][row:row + TICKS_PER_FRAME, observer]
        assert np.all(values == values[0])
        return values[0]


def count_switches(held_by, seen, numbers, pairs):
    """targets held by another track than the one that held them last; updates who holds whom"""
    for entity in set(held_by) - set(seen):
        del held_by[entity]  # out of coverage, out of mind
    switches = 0
    for target, track in pairs:
        switches += held_by.get(seen[target], numbers[track]) != numbers[track]
        held_by[seen[target]] = numbers[track]
    return switches


def check_observer(frames, observer, ticks):
    """what is on record for each frame, {name: values}, and whether a track was near two targets"""
    found = {name: [] for name in ("gospa_m", "ospa_m", "gospa_localisation_m2", "gospa_missed_m2",
                                   "gospa_false_m2", "targets_in_view", "targets_held", "tracks_firm",
                                   "track_switches", "contested")}
    held_by, switches = {}, 0
    for tick in ticks:
        seen, at_m = frames.truth(tick, observer)
        numbers, believed_m = frames.firm(tick, observer)
        d2 = np.sum((at_m[:, None] - believed_m[None]) ** 2, axis=-1)
        distance_m, pairs = gospa(d2)
        switches += count_switches(held_by, seen, numbers, pairs)
        computed = {"gospa_m": distance_m, "ospa_m": ospa(d2),
                    "gospa_localisation_m2": sum(d2[pair] for pair in pairs),
                    "gospa_missed_m2": CUTOFF_M**2 / 2 * (seen.size - len(pairs)),
                    "gospa_false_m2": CUTOFF_M**2 / 2 * (numbers.size - len(pairs)),
                    "targets_in_view": seen.size, "targets_held": len(pairs),
                    "tracks_firm": numbers.size, "track_switches": switches}
        found["contested"].append(((d2 < CUTOFF_M**2).sum(axis=0) > 1).any())
        for name, value in computed.items():
            recorded = frames.recorded(tick, observer, name)
            # tracks and truth are floats up to 1.5 km, good to 0.1 mm
            allowed = {"_m": 1e-3, "m2": 0.05}.get(name[-2:], 0)
            assert abs(value - recorded) <= allowed, f"tick {tick}, {observer}: {name} {value}, not {recorded}"
            found[name].append(recorded)
    return found


def check_means(result, found):
    """/tracking is over all frames, the first too: there everybody is missed, because two detections confirm"""
    tracking = {name: result["tracking"][name][0] for name in result["tracking"]}
    first = [result["state/targets_in_view"][0, k] for k in range(OBSERVERS)]
    assert result["state/tick"][0] == 1 and not result["state/tracks_firm"][0, :OBSERVERS].any()
    n = sum(len(one["gospa_m"]) for one in found) + OBSERVERS
    assert tracking["frames"] == n

    def total(name):
        return sum(sum(one[name]) for one in found)

    def close(value, name):
        assert abs(value - tracking[name]) <= 1e-9 * abs(value), (name, value, tracking[name])

    close((total("gospa_m") + sum(CUTOFF_M * (k / 2) ** 0.5 for k in first)) / n, "gospa_m")
    close((total("ospa_m") + CUTOFF_M * sum(k > 0 for k in first)) / n, "ospa_m")
    close(total("gospa_localisation_m2") / n, "localisation_m2")
    close((total("gospa_missed_m2") + CUTOFF_M**2 / 2 * sum(first)) / n, "missed_m2")
    close(total("gospa_false_m2") / n, "false_m2")
    close(total("targets_held") / (total("targets_in_view") + sum(first)), "completeness")
    close(sum(one["track_switches"][-1] for one in found), "switches")


def main():
    check_definitions()
    with tempfile.TemporaryDirectory() as folder:
        scenario, path = (os.path.join(folder, name) for name in ("few.yaml", "few.h5"))
        with open(scenario, "w", encoding="utf-8") as file:
            file.write(SCENARIO)
        subprocess.run([sys.argv[1], "run", scenario, "-o", path, "--progress", "off"],
                       check=True, stderr=subprocess.PIPE)
        with h5py.File(path) as result:
            frames = Frames(result)
            ticks = range(TICKS_PER_FRAME, frames.state["tick"][-1], TICKS_PER_FRAME)
            found = [check_observer(frames, k, ticks) for k in range(OBSERVERS)]
            check_means(result, found)

    # or else little was compared
    sums = {name: sum(np.sum(one[name]) for one in found) for name in found[0]}
    for name in ("gospa_localisation_m2", "gospa_missed_m2", "gospa_false_m2"):
        assert sums[name] > 1e4, sums
    switches = sum(one["track_switches"][-1] for one in found)
    assert switches > 10 and sums["contested"] > 30, (switches, sums)
    views = np.concatenate([one["targets_in_view"] for one in found])
    assert views.min() < views.max()


if __name__ == "__main__":
    main()
