#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much faster than time passes a large load runs.

    load.py QFLEET SCENARIO REPETITIONS LIMIT

Runs the scenario with a result in a temporary folder and prints simulated seconds per second of the run, as
qfleet's summary gives it, and of the whole process, and the most memory it took. Exits with 1 when the median of
the runs is below the limit.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time


def fail(why):
    print(f"load.py: {why}", file=sys.stderr)
    sys.exit(3)


def run(program, scenario, folder):
    """simulated seconds, seconds of the run and of the process, MiB, what ran on how many threads, MiB of the result;
    the result is removed"""
    path = os.path.join(folder, "result.h5")
    command = [program, "run", scenario, "-o", path, "--progress", "off"]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    process_s = time.perf_counter() - started
    if done.returncode != 0:
        fail(f"{' '.join(command)} failed with code {done.returncode}:\n{done.stderr}")
    simulated = re.search(r"ticks \(([\d.]+) s\)", done.stderr)
    speed = re.search(r"ticks/s: ([\d.]+) s on (\d+) threads?.*, (\w+)$", done.stderr, re.MULTILINE)
    memory = re.search(r"memory +([\d.]+) MiB", done.stderr)
    if not simulated or not speed or not memory or float(speed[1]) == 0.0:
        fail(f"no time or memory in the summary of qfleet:\n{done.stderr}")
    size_mib = os.path.getsize(path) / 2**20
    os.unlink(path)
    return (float(simulated[1]), float(speed[1]), process_s, float(memory[1]),
            f"{speed[2]} threads, {speed[3]}", size_mib)


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    program, scenario, repetitions, limit = *sys.argv[1:3], int(sys.argv[3]), float(sys.argv[4])
    with tempfile.TemporaryDirectory(prefix="qfleet-bench-") as folder:
        runs = [run(program, scenario, folder) for _ in range(repetitions)]

    simulated_s, run_s, process_s, memory_mib, where, size_mib = zip(*runs)
    print(f"{os.path.basename(scenario)}, {simulated_s[0]:g} simulated seconds on {where[0]},"
          f" {repetitions} runs, result {size_mib[0]:.1f} MiB")
    print("\n| simulated seconds per second of | median | least | most |\n|---|---|---|---|")
    medians = []
    for name, seconds in (("run (qfleet's summary)", run_s), ("whole process", process_s)):
        speeds = [a / b for a, b in zip(simulated_s, seconds)]
        medians.append(statistics.median(speeds))
        print(f"| {name} | {medians[-1]:.2f} | {min(speeds):.2f} | {max(speeds):.2f} |")
    met = medians[0] >= limit
    print(f"\nmemory at most {max(memory_mib):.1f} MiB\nat least {limit:g}: {'met' if met else 'NOT met'}")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
