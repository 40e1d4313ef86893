#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A case of a sweep is a run with its values set: the same bits.

    sweep_promise.py QFLEET PROJECT

Of sweeps over every kind of scenario in configs/, with packed and structural parameters, all cases are run again one by one
(qfleet verify), some by qfleet run with --set of every parameter, and what the vehicles of replayed
cases have is compared with the plan.
"""
import os
import random
import re
import sys
import tempfile
import time

import h5py
import numpy as np

from sweep_runs import run

# scenario: smaller than it is, parameters (path, distribution), of which some are structural, and more of the sweep
SCENES = {
    "docking": (["time.duration_s=30"], {
        "groups[1].body.mass_kg": "normal: {mean: 420, sd: 8}",
        "groups[1].initial.propellant_kg": "uniform: {min: 5, max: 15}",
        "groups[1].initial.velocity_mps[1]": "normal: {mean: 0, sd: 0.05}",
        "groups[1].faults[2].probability": "choice: [0.1, 0.9]",
        "groups[0].radio.loss": "choice: [0, 0.3]",
        "groups[1].behavior.approach.speed_mps": "choice: [0.4, 0.6]"},
        "  sampling: sobol\n"),
    "patrol": (["time.duration_s=12", "groups[0].count=5", "groups[1].count=3"], {
        "groups[0].initial.soc_pct": "uniform: {min: 20, max: 90}",
        "groups[0].script[0].mps": "uniform: {min: 0.3, max: 1}",
        "groups[0].hardware.hardware_profile.power_capacity_wh": "uniform: {min: 100, max: 700}",
        "environment.ambient_c": "choice: [-60, 20]",
        "environment.radiation_usvh": "choice: [0, 2]",
        "groups[1].hardware": "choice: [{configs}/hardware/qiki_bot.json, {configs}/hardware/qiki_ship.json]"},
        "  sampling: lhs\n  correlation: {parameters: [p0, p2], rank: [[1, 0.6], [0.6, 1]]}\n"),
    "behavior": (["time.duration_s=15", "groups[0].count=6", "groups[1].count=2",
                  "groups[2].count=4"], {
        "groups[0].initial.soc_pct": "uniform: {min: 14, max: 60}",
        "groups[2].initial.speed_mps": "uniform: {min: 1, max: 40}",
        "groups[0].bios.failure.probability": "choice: [0, 0.5]",
        "groups[0].bios.post_s": "choice: [1, 3]",
        "groups[2].transponder.mode": 'choice: ["off", spoof]'}),
    "harbor": (["time.duration_s=15"], {
        "groups[1].body.mass_kg": "normal: {mean: 420, sd: 8}",
        "groups[5].initial.velocity_mps[1]": "uniform: {min: -30, max: -1}",
        "tasks.list[0].work_s": "choice: [5, 20]",
        "groups[4].drive.max_wheel_mps": "choice: [1, 1.5]"}),
    "formation": (["time.duration_s=15"], {
        "groups[1].initial.position_m[0]": "uniform: {min: -30, max: -5}",
        "groups[0].radio.loss": "choice: [0, 0.1, 0.4]",
        "time.dt_s": "choice: [0.1, 0.05]"}),
    "orbit_inspection": (["time.duration_s=15", "record.every_s=5"], {
        "groups[0].initial.orbit.anomaly_deg": "uniform: {min: 0, max: 360}",
        "groups[1].body.mass_kg": "uniform: {min: 380, max: 450}",
        "environment.gravity": "choice: [earth, earth_j2]"}),
    "contacts": (["time.duration_s=8", "groups[1].count=4", "groups[2].count=3"], {
        "groups[4].signature.rcs_dbsm": "normal: {mean: -2, sd: 3}",
        "groups[1].initial.speed_mps": "uniform: {min: 5, max: 60}",
        "groups[0].radar.period_s": "choice: [0.5, 1]",
        "groups[0].tracker.file": "choice: [{configs}/tracker/robust.yaml, {configs}/tracker/qiki.yaml]"}),
    "sky": (["time.duration_s=10", "groups[1].count=10"], {
        "groups[2].signature.rcs_dbsm": "normal: {mean: -8, sd: 3}",
        "groups[0].radar.pfa": "choice: [1.0e-7, 1.0e-5]",
        "groups[2].signature.swerling": "choice: [0, 1, 3]"}),
    "free_flyer": (["time.duration_s=20"], {
        "groups[0].body.mass_kg": "uniform: {min: 380, max: 460}",
        "groups[0].behavior.square.speed_mps": "choice: [0.5, 1.5]",
        "groups[0].body.min_on_s": "choice: [0.02, 0.05]"},
        "  until: flyer.x_m > 5 m\n"),
}


CASES = 24  # more than the structural values have combinations: batches of several cases


def write_sweep(path, base, name, parameters, cases, more=""):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"base: {base}\nschema: qfleet/1\nname: {name}\nsweep:\n  cases: {cases}\n"
                   "  parameters:\n")
        for i, (key, distribution) in enumerate(parameters.items()):
            file.write(f'    p{i}: {{path: "{key}", {distribution}}}\n')
        file.write(more)
    return path


def settings(options):
    return [word for option in options for word in ("--set", option)]


def choices_of(distribution):
    """The words of a choice as they are written, quotes and all."""
    return [word.strip() for word in re.search(r"choice: \[(.*)\]", distribution)[1].split(",")]


def values_of(sweep, parameters, case):
    """PATH=VALUE of each parameter, numbers with all their bits."""
    values = []
    for i, (path, distribution) in enumerate(parameters.items()):
        value = sweep[f"p{i}"][case]
        if "flag_meanings" in sweep[f"p{i}"].attrs:
            text = choices_of(distribution)[value]
        else:
            text = str(int(value)) if value == int(value) else repr(float(value))
        values.append(f"{path}={text}")
    return values


def hash_of_run(qfleet, base, folder, sets):
    path = f"{folder}/run.h5"
    run(qfleet, "run", base, "-o", path, "--force", *settings(sets))
    with h5py.File(path) as file:
        assert file["hashes/hash"].shape[1] == 1
        return int(file["hashes/hash"][-1, 0])


def check_runs(qfleet, base, folder, out, options, parameters, cases):
    """qfleet run with every value set comes to the hash of the case; with those of another case it does not."""
    with h5py.File(f"{out}/sweep.h5") as file:
        sweep = file["sweep"]
        # by `until`, at ticks of 0.1 s
        ended_early = len(set(sweep["ticks"][...])) > 1 and "time.dt_s" not in parameters
        for case in cases:
            sets = [*options, *values_of(sweep, parameters, case), "worlds=1"]
            if ended_early:
                sets.append(f"time.duration_s={round(int(sweep['ticks'][case]) * 0.1, 1)}")
            expected = int(sweep["hash"][case])
            assert hash_of_run(qfleet, base, folder, [*sets, f"first_world={case}"]) == expected, (
                base, case, sets)
        other = [*options, *values_of(sweep, parameters, (case + 1) % CASES), "worlds=1",
                 f"first_world={case}"]
        assert hash_of_run(qfleet, base, folder, other) != expected, (base, case)


def check_replays(qfleet, folder, out, cases):
    for case in cases:
        path = f"{folder}/replayed.h5"
        said = run(qfleet, "replay", out, "--case", case, "-o", path, "--force").stderr
        with h5py.File(f"{out}/sweep.h5") as file:
            assert f"reproduced: hash {int(file['sweep/hash'][case]):016x}" in said, said


def check_scene(qfleet, project, folder, name, rng):
    base = f"{project}/configs/{name}.yaml"
    options, parameters, *more = SCENES[name]
    parameters = {key: value.replace("{configs}", f"{project}/configs")
                  for key, value in parameters.items()}
    scenario = write_sweep(f"{folder}/{name}.yaml", base, f"{name}_sweep", parameters, CASES,
                           *more)
    out = f"{folder}/{name}"
    run(qfleet, "sweep", scenario, "-o", out, *settings(options))
    with h5py.File(f"{out}/sweep.h5") as file:
        assert (file["sweep/status"][...] == 0).all(), (name, file["sweep/cause"][...])
        assert len(set(file["sweep/hash"][...])) == CASES, name
        for i in range(len(parameters)):
            assert len(set(file[f"sweep/p{i}"][...])) > 1, (name, i)
    said = run(qfleet, "verify", out, "--fraction", 1).stdout
    assert f"{CASES} of {CASES} cases run again: 0 differ" in said, said
    cases = rng.sample(range(1, CASES), 2)
    check_runs(qfleet, base, folder, out, options, parameters, cases)
    check_replays(qfleet, folder, out, cases[:1])


# vehicles that stay where they are put, so that what is live after a tick is what was drawn
STILL = """\
schema: qfleet/1
name: still
time: {dt_s: 0.1, duration_s: 6}
groups:
  - name: post
    kind: bot
    count: 1
    iff: friend
    hardware: {hardware_profile: {power_capacity_wh: 5000, battery_soc_init_pct: 50, power_plane: {max_bus_a: 100}}}
    initial: {position_m: [0, 0, 0], heading_deg: 0, speed_mps: 0, soc_pct: 50}
    signature: {rcs_dbsm: 0, swerling: 0}
  - name: sentry
    kind: bot
    count: 1
    iff: friend
    hardware: {hardware_profile: {power_capacity_wh: 5000, battery_soc_init_pct: 90, power_plane: {max_bus_a: 100}}}
    initial: {position_m: [0, 0, 0]}
    radar: CONFIGS/radar/watch.yaml
sweep:
  cases: 300
  parameters:
    x: {path: "groups[0].initial.position_m[0]", uniform: {min: -500, max: 500}, unit: m}
    y: {path: "groups[0].initial.position_m[1]", uniform: {min: 500, max: 1200}, unit: m}
    heading: {path: "groups[0].initial.heading_deg", uniform: {min: 0, max: 360}, unit: degree}
    charge: {path: "groups[0].initial.soc_pct", uniform: {min: 20, max: 90}}
    rcs: {path: "groups[0].signature.rcs_dbsm", normal: {mean: 10, sd: 5}}
  metrics:
    x0: "initial(min(x_m over post))"
    x1: "initial(max(x_m over post))"
    y0: "final(mean(y_m over post))"
    charge0: "initial(min(soc_pct over post))"
"""


def check_draws(qfleet, project, folder):
    """What vehicles have is what the plan says: of all cases by metrics, of some by all that is recorded."""
    scenario, out = f"{folder}/still.yaml", f"{folder}/still"
    with open(scenario, "w", encoding="utf-8") as file:
        file.write(STILL.replace("CONFIGS", f"{project}/configs"))
    run(qfleet, "sweep", scenario, "-o", out, "--batch", 64)
    with h5py.File(f"{out}/sweep.h5") as file:
        sweep = {name: item[...] for name, item in file["sweep"].items()}
    for parameter, metric in (("x", "x0"), ("x", "x1"), ("y", "y0"), ("charge", "charge0")):
        # columns are singles
        assert np.allclose(sweep[parameter], sweep[metric], rtol=2e-7, atol=0), parameter
        assert len(set(sweep[parameter])) == 300
    for case in (0, 63, 64, 299):
        run(qfleet, "replay", out, "--case", case, "-o", f"{folder}/still.h5", "--force")
        with h5py.File(f"{folder}/still.h5") as file:
            for parameter, column in (("x", "x_m"), ("y", "y_m"), ("heading", "heading_deg")):
                live = file[f"state/{column}"][0, 0]
                assert np.allclose(live, sweep[parameter][case], rtol=2e-7, atol=0), (
                    case, column, live, sweep[parameter][case])
            charge = file["state/soc_pct"][0, 0]
            assert np.allclose(charge, sweep["charge"][case], rtol=0, atol=1e-3)
            # each estimate is of one look, with noise
            seen = file["detections"]
            echoes = seen["rcs_dbsm"][...][seen["target"][...] == 0]
            assert len(echoes) > 20, len(echoes)
            assert abs(np.median(echoes) - sweep["rcs"][case]) < 0.1, (case, echoes)


def main():
    qfleet, project, *names = sys.argv[1:]
    rng = random.Random(10)
    with tempfile.TemporaryDirectory() as folder:
        check_draws(qfleet, project, folder)
        for name in names or SCENES:
            started = time.monotonic()
            check_scene(qfleet, project, folder, name, rng)
            print(f"{name} {time.monotonic() - started:.2f} s")


if __name__ == "__main__":
    main()
