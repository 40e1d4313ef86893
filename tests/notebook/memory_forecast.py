#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the memory that runs take with what was predicted before anything was allocated.

    memory_forecast.py QFLEET SCENARIO

For the scenario at a third of its size: recorded, without output, with events, with every column, and
with events of a self-test and a state machine. Then for vehicles that move on in every tick: what they
tell is not forecast, but no more than some of it is kept.
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

MACHINE = """states:
  A: {transitions: [{condition: time_in_state_s > 0.05, target: B}]}
  B: {transitions: [{condition: time_in_state_s > 0.05, target: A}]}
"""
BUSY = """schema: qfleet/1
name: busy
time: {dt_s: 0.1, duration_s: 8}
record: {events: true, every_s: 8}
groups:
  - {name: a, kind: bot, count: 20000, hardware: {hardware_profile: {}}, fsm: machine.yaml}
"""
MOST_EVENTS_MIB = 130  # of 1.6 million events, which take 100 MiB once


def memory_of(command, folder=None):
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    used, predicted = map(float, re.search(
        r"memory +([\d.]+) MiB, predicted ([\d.]+) MiB", result.stderr).groups())
    return used, predicted, result.stderr


def check_busy(qfleet):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("machine.yaml", MACHINE), ("busy.yaml", BUSY)):
            with open(os.path.join(folder, name), "w") as out:
                out.write(text)
        used, predicted, said = memory_of([os.path.abspath(qfleet), "run", "busy.yaml"], folder)
        assert used < predicted + MOST_EVENTS_MIB, said


def check_started_by_a_large_program(qfleet, scenario):
    large = bytearray(200 << 20)
    large[::4096] = bytes(1) * len(large[::4096])  # every page is there
    used, _, said = memory_of([qfleet, "run", scenario, "--no-output", "--set",
                               "groups[0].count=100", "--set", "time.duration_s=5"])
    assert used < 100, f"the peak of whoever started it: {said}"


def main():
    qfleet, scenario = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        for number, options in enumerate(VARIANTS):
            path = os.path.join(folder, f"{number}.h5")
            output = [] if "--no-output" in options else ["-o", path]
            used, predicted, said = memory_of(
                [qfleet, "run", scenario, *output, "--set", "groups[0].count=300000",
                 "--set", "time.duration_s=5", *options])
            assert used > 100, f"too little to tell: {said}"
            assert abs(predicted / used - 1) <= 0.10, f"{options}: {said}"
    check_busy(qfleet)
    check_started_by_a_large_program(qfleet, scenario)


if __name__ == "__main__":
    main()
