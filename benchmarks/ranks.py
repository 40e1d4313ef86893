#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How runs and sweeps scale over ranks of this machine.

    ranks.py QFLEET SOURCE_DIR [--rounds N] [--most RANKS]

Starts each load on 1, 2 ... ranks of one thread, in turns, and prints for each the least time of the rounds and how many times
as fast it was as one rank (strong scaling: the same load; weak: as much for each rank). More ranks than cores are measured
too: they cannot be faster, and what they lose is what ranks cost. Times are those that qfleet's summary gives: from the
first tick or case to the last, without starting MPI and without concluding.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

MPI = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_btl": "self,vader",
       "OMPI_MCA_pml": "ob1", "OMP_WAIT_POLICY": "passive"}

WORLDS = (  # name, scenario, vehicles, what else is set
    ("bots", "configs/million.yaml", 400000, ["time.duration_s=30"]),
    ("bots with radars and trackers", "benchmarks/tracking_load.yaml", 40000,
     ["time.duration_s=10", "record.tracks=false"]),
)
SWEEPS = (
    ("dockings", "configs/sweeps/docking.yaml", ["sweep.cases=1200"]),
)


def seconds_of(text):
    """of the summary's speed line, which has more digits in the rate than in the seconds"""
    size = re.search(r"([\d,]+) vehicles, ([\d,]+) ticks", text)
    speed = re.search(r"speed +([\d.]+) M vehicle-ticks/s", text)
    if size and speed:
        vehicles, ticks = (int(part.replace(",", "")) for part in size.groups())
        return vehicles * ticks / (float(speed[1]) * 1e6)
    cases = re.search(r"([\d,]+) cases", text)
    speed = re.search(r"speed +([\d,.]+) cases/s", text)
    if cases and speed:
        return int(cases[1].replace(",", "")) / float(speed[1].replace(",", ""))
    sys.exit(f"no speed in the summary of qfleet:\n{text}")


def run(command, ranks):
    """least-noise way to start it: each rank on a core of its own where there are as many"""
    launch = []
    if ranks > 1:
        binding = "core" if ranks <= (os.cpu_count() or 1) else "none"
        launch = ["mpirun", "-n", str(ranks), "--oversubscribe", "--bind-to", binding]
    done = subprocess.run(launch + command, capture_output=True, text=True, check=False,
                          env={**os.environ, **MPI})
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(launch + command)} failed with code {done.returncode}:\n{done.stderr}")
    return seconds_of(done.stderr)


def world(arguments, scenario, vehicles, settings):
    """a run of so many vehicles, each with as much space to itself as 100,000 have in 30 km"""
    side_m = 15000 * (vehicles / 100000) ** (1 / 3)
    corners = ", ".join(f"{end}: [{', '.join([f'{sign}{side_m:.1f}'] * 3)}]"
                        for end, sign in (("min", "-"), ("max", "")))
    sets = [f"groups[0].count={vehicles}",
            f"groups[0].initial.position_m={{uniform: {{{corners}}}}}", *settings]
    return [arguments.qfleet, "run", os.path.join(arguments.source, scenario), "--no-output",
            "--threads", "1"] + [word for text in sets for word in ("--set", text)]


def sweep(arguments, scenario, settings, folder):
    """a sweep into a directory that is gone before it begins"""
    shutil.rmtree(folder, ignore_errors=True)
    return [arguments.qfleet, "sweep", os.path.join(arguments.source, scenario), "-o", folder,
            "--threads", "1"] + [word for text in settings for word in ("--set", text)]


def measure(name, command_of, arguments):
    """a line of the table: `command_of` makes the command for a number of ranks"""
    least = {}
    for _ in range(arguments.rounds):
        for ranks in range(1, arguments.most + 1):
            seconds = run(command_of(ranks), ranks)
            least[ranks] = min(seconds, least.get(ranks, seconds))
    cells = [f"{least[ranks]:.2f} s ({least[1] / least[ranks]:.2f})" for ranks in least]
    print("| " + " | ".join([name, *cells]) + " |", flush=True)


def main():
    """prints a table"""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("qfleet")
    parser.add_argument("source")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, default=4)
    arguments = parser.parse_args()
    ranks = range(1, arguments.most + 1)
    print("| load | " + " | ".join(f"{n} rank{'s' * (n > 1)}" for n in ranks) + " |")
    print("|---|" + "---|" * len(ranks))
    with tempfile.TemporaryDirectory(prefix="qfleet-bench-") as folder:
        for name, scenario, vehicles, settings in WORLDS:
            measure(f"{vehicles:,} {name}, strong",
                    lambda _, s=scenario, v=vehicles, o=settings: world(arguments, s, v, o), arguments)
            measure(f"{vehicles // 4:,} {name} a rank, weak",
                    lambda n, s=scenario, v=vehicles // 4, o=settings: world(arguments, s, n * v, o),
                    arguments)
        for name, scenario, settings in SWEEPS:
            path = os.path.join(folder, "sweep")
            measure(f"sweep of {name}",
                    lambda _, s=scenario, o=settings: sweep(arguments, s, o, path), arguments)


if __name__ == "__main__":
    main()
