#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the memory that runs take with what was predicted before anything was allocated.

    memory_forecast.py QFLEET SCENARIO

For the scenario at a third of its size: recorded, without output, with events, with every column, and
with events of a self-test and a state machine.
"""
import os
import re
import subprocess
import sys
import tempfile

VARIANTS = [
    [],
    ["--no-output"],
    ["--set", "record.events=true", "--set", "record.state=[x_m]"],
    ["--set", "record.state=all"],
    ["--set", "record.events=true", "--set", "record.state=[x_m]",
     "--set", "groups[0].bios={post_s: 1, failure: {probability: 0.05}}",
     "--set", "groups[0].fsm={name: m, states: {A: {on_enter: run_post_tests, transitions: "
              "[{condition: bios_status.is_ready, target: B}]}, B: {terminal: true}}}"],
]


def main():
    qfleet, scenario = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        for number, options in enumerate(VARIANTS):
            path = os.path.join(folder, f"{number}.h5")
            output = [] if "--no-output" in options else ["-o", path]
            result = subprocess.run([qfleet, "run", scenario, *output, "--set",
                                     "groups[0].count=300000", "--set", "time.duration_s=5",
                                     *options], capture_output=True, text=True, check=True)
            used, predicted = map(float, re.search(
                r"memory +([\d.]+) MiB, predicted ([\d.]+) MiB", result.stderr).groups())
            assert used > 100, f"too little to tell: {result.stderr}"
            assert abs(predicted / used - 1) <= 0.10, f"{options}: {result.stderr}"


if __name__ == "__main__":
    main()
