#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the scenarios of ships, and looks in their results for what they promise.

    ship_scenarios.py QFLEET PROJECT
"""
import os
import subprocess
import sys
import tempfile

import h5py
import numpy as np

COLLISION, HALT, TRANSITION, FAULT = 920, 901, 150, 701
LEAST_DOCKED = 0.99


class Result:
    def __init__(self, program, project, name, folder):
        path = os.path.join(folder, f"{name}.h5")
        subprocess.run([program, "run", os.path.join(project, "configs", f"{name}.yaml"), "-o", path],
                       check=True)
        self.file = h5py.File(path)
        self.groups = self.meanings("entities/group")
        self.code = self.file["events/code"][...]
        self.entity = self.file["events/entity"][...]
        assert not np.any(self.code == HALT), f"{name}: vehicles were quarantined"

    def meanings(self, dataset):
        values = self.file[dataset].attrs["flag_values"]
        text = self.file[dataset].attrs["flag_meanings"]
        words = (text.decode() if isinstance(text, bytes) else str(text)).split()
        return dict(zip(words, np.atleast_1d(values)))

    def entities(self, group):
        return np.flatnonzero(self.file["entities/group"][...] == self.groups[group])

    def state(self, column, group):
        return self.file["state"][column][:, :][:, self.entities(group)]

    def times_s(self):
        return self.file["state/time"][...]

    def final_states(self, group):
        names = {number: name for name, number in self.meanings("state/fsm_state").items()}
        return [names[number] for number in self.state("fsm_state", group)[-1]]


def check_docking(result):
    """nearly all dock, and every one that does not says why"""
    states = result.final_states("chaser")
    n_docked = states.count("DOCKED")
    assert n_docked == np.count_nonzero(result.state("docked", "chaser")[-1] == 1)
    assert n_docked >= LEAST_DOCKED * len(states), f"only {n_docked} of {len(states)} docked"
    last = {}
    for event in np.flatnonzero(result.code == TRANSITION):
        last[result.entity[event]] = event
    for chaser, state in zip(result.entities("chaser"), states):
        if state != "DOCKED":
            assert state.startswith("ABORTED_"), state
            assert result.file["events/cause"][last[chaser]] >= 0, f"nothing led {chaser} to {state}"
    # thrusters fail on the way, so it is not for want of trouble
    n_faults = np.count_nonzero(result.code == FAULT)
    assert n_faults > len(states) / 10, n_faults
    used_kg = result.state("loaded_kg", "chaser")[-1] - result.state("propellant_kg", "chaser")[-1]
    assert 0.5 < np.median(used_kg) < 5.0, np.median(used_kg)


def check_formation(result):
    """once there, the others stay in their places but for the leader's turns, and nobody comes near"""
    late = result.times_s() > 60.0
    for wing in ("left", "right", "slot"):
        distance_m = result.state("goal_distance_m", wing)[late]
        assert np.median(distance_m) < 1.0, (wing, np.median(distance_m))
        assert np.max(distance_m) < 8.0, (wing, np.max(distance_m))
    assert not np.any(result.code == COLLISION)
    assert np.any(result.state("messages_lost", "left")[-1] > 0)


def check_orbit_inspection(result):
    """all four sides are looked at; two fifths of a low orbit are night; the heights are those of the orbit"""
    assert set(result.final_states("inspector")) == {"FINISHED"}
    night = 1.0 - np.mean(result.state("sunlight", "inspector"))
    assert 0.36 < night < 0.41, night
    assert np.max(result.state("solar_power_w", "inspector")) <= 1361.0 * 1.2 * 0.28 + 1e-9
    # osculating: the planet's oblateness moves them to and fro
    for column in ("apoapsis_m", "periapsis_m"):
        assert np.all(np.abs(result.state(column, "inspector") - 400e3) < 30e3), column
    assert not np.any(result.code == COLLISION)


def check_harbor(result):
    """ferries dock, are charged, and one leaves; every crate is moved"""
    assert set(result.final_states("ferry_north")) == {"AWAY"}
    assert set(result.final_states("ferry_east")) == {"DOCKED"}
    for ferry in ("ferry_north", "ferry_east"):
        charge_pct = result.state("soc_pct", ferry)
        assert np.all(np.max(charge_pct, axis=0) > charge_pct[0] + 1.0), ferry
    done = result.state("tasks_done", "porters")[-1].sum()
    worlds = np.unique(result.file["entities/world"][...]).size
    assert done == 5 * worlds, done


def main():
    program, project = sys.argv[1:]
    checks = {"docking": check_docking, "formation": check_formation,
              "orbit_inspection": check_orbit_inspection, "harbor": check_harbor}
    with tempfile.TemporaryDirectory(prefix="qfleet-ships-") as folder:
        for name, check in checks.items():
            check(Result(program, project, name, folder))


if __name__ == "__main__":
    main()
