#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What recording a scenario costs on a memory file system.

    record_cost.py QFLEET SCENARIO PAIRS

Runs the scenario without output and with output in /dev/shm, in turns, and prints the median of the
ratios of each pair: of the run itself, as qfleet's summary gives it, and of the whole process.
Exits with 1 when recording makes the run more than 15 % longer.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

LIMIT = 1.15


def run(command, path):
    """seconds of the run by qfleet's own account, seconds of the process; removing what an earlier
    run left is not part of recording"""
    if os.path.exists(path):
        os.unlink(path)
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    process_s = time.perf_counter() - started
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed with code {done.returncode}:\n{done.stderr}")
    # the speed has more digits than the seconds beside it
    size = re.search(r"(\d+) vehicles, (\d+) ticks", done.stderr)
    speed = re.search(r"speed +([\d.]+) M vehicle-ticks/s", done.stderr)
    if not size or not speed:
        sys.exit(f"no speed in the summary of qfleet:\n{done.stderr}")
    return int(size[1]) * int(size[2]) / (float(speed[1]) * 1e6), process_s


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    program, scenario, pairs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    without, recorded = [], []
    with tempfile.TemporaryDirectory(prefix="qfleet-bench-", dir="/dev/shm") as folder:
        path = os.path.join(folder, "result.h5")
        plain = [program, "run", scenario, "--no-output"]
        record = [program, "run", scenario, "-o", path]
        run(plain, path)
        run(record, path)
        for pair in range(pairs):
            # who goes first changes, so that a drift of the machine favours neither
            if pair % 2 == 0:
                without.append(run(plain, path))
                recorded.append(run(record, path))
            else:
                recorded.append(run(record, path))
                without.append(run(plain, path))
        size_mib = os.path.getsize(path) / 2**20

    print(f"{os.path.basename(scenario)}, {pairs} pairs, result {size_mib:.1f} MiB")
    print("\n| median of | --no-output | recorded | ratio | range of ratios |\n|---|---|---|---|---|")
    medians = []
    for which, name in enumerate(("run (qfleet's summary)", "whole process")):
        a = [seconds[which] for seconds in without]
        b = [seconds[which] for seconds in recorded]
        ratios = [y / x for x, y in zip(a, b)]
        medians.append(statistics.median(ratios))
        print(f"| {name} | {statistics.median(a):.3f} s | {statistics.median(b):.3f} s"
              f" | {medians[-1]:.3f} | {min(ratios):.3f} to {max(ratios):.3f} |")
    met = medians[0] <= LIMIT
    print(f"\nlimit {LIMIT}: {'met' if met else 'exceeded'}")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
