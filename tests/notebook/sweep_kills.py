#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Kills sweeps with SIGKILL and goes on with --resume: no case is lost, none is run twice, and no byte differs.

    sweep_kills.py QFLEET PROJECT KILL_LIBRARY

KILL_LIBRARY (tests/kill_at_call.c) kills a program at any one of its calls that change files: some of them here,
and with QFLEET_LONG_TESTS=1 every one, while the journal, the shard, the master, and the checksums are written, and again
while it resumes. Others are killed after a random time on several threads: 3, and 20. One is interrupted twice.
"""
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

from sweep_runs import assert_same_directory, kept_files, run, write_lookout

CASES = 96
JOURNAL = "shard-1-of-1.journal"
HEADER_BYTES = 40  # of a journal
ONE_THREAD = ("--threads", 1, "--batch", 8)  # the same calls each time


def sweep_command(qfleet, scenario, out, *options):
    return [str(word) for word in (qfleet, "sweep", scenario, "-o", out, *options)]


def preload(library, **variables):
    return {"LD_PRELOAD": library, **{key: str(value) for key, value in variables.items()}}


def count_calls(qfleet, library, scenario, folder):
    run(*sweep_command(qfleet, scenario, f"{folder}/counted", *ONE_THREAD),
        env=preload(library, TEST_KILL_COUNT=f"{folder}/calls"))
    with open(f"{folder}/calls", encoding="ascii") as file:
        return int(file.read())


def killed(command, env):
    result = run(*command, code=(0, -signal.SIGKILL), env=env)
    return result.returncode != 0


def record_bytes(qfleet, scenario, folder):
    """Of a case in the journal: from the length of one with a known number of them."""
    out = f"{folder}/measured"
    command = sweep_command(qfleet, scenario, out, "--threads", 1, "--batch", 1)
    for wait_s in (0.05, 0.1, 0.2, 0.02, 0.4) * 10:
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
            while not os.path.exists(f"{out}/{JOURNAL}") and program.poll() is None:
                time.sleep(0.001)
            time.sleep(wait_s * 0.2)
            program.send_signal(signal.SIGTERM)
            said = program.communicate()[1]
        if program.returncode == 75 and " 0 of " not in said:
            n = int(said.split("interrupted: ")[1].split()[0])
            return (os.path.getsize(f"{out}/{JOURNAL}") - HEADER_BYTES) // n
        subprocess.run(["rm", "-rf", out], check=True)
    raise AssertionError("never interrupted in the middle")


def count_done(directory, record, cases):
    """Cases that are safe in a directory; each record ends with a checksum, which a torn one has not."""
    if os.path.exists(f"{directory}/shard-1-of-1.h5"):
        return cases
    try:
        with open(f"{directory}/{JOURNAL}", "rb") as file:
            content = file.read()[HEADER_BYTES:]
    except FileNotFoundError:
        return 0
    records = [content[at:at + record] for at in range(0, len(content) - record + 1, record)]
    return sum(any(one[-8:]) for one in records)


def resume(command, n_missing, expected, out, what):
    said = run(*command, "--resume", "--json")
    ran = json.loads(said.stdout)["n_ran"]
    assert ran == n_missing, (what, ran, n_missing, said.stderr)
    assert_same_directory(out, expected, what)
    assert not os.path.exists(f"{out}/{JOURNAL}"), what


def check_calls(qfleet, library, scenario, folder, expected, record, every, rng):
    n_calls = count_calls(qfleet, library, scenario, folder)
    assert n_calls > 100, n_calls
    phases = {}
    calls = range(1, n_calls + 1) if every else sorted(
        rng.randrange(n_calls * i // 9, n_calls * (i + 1) // 9) + 1 for i in range(9))
    for call in calls:
        torn = {"TEST_KILL_TORN": 1} if (call if every else rng.randrange(2)) % 2 else {}
        out = f"{folder}/call-{call}"
        command = sweep_command(qfleet, scenario, out, *ONE_THREAD)
        assert killed(command, preload(library, TEST_KILL_AT=call, **torn)), call
        files = frozenset(os.listdir(out) if os.path.isdir(out) else ())
        phases[files] = phases.get(files, 0) + 1
        again = rng.randrange(1, n_calls)
        if call % 2:
            killed([*command, "--resume"], preload(library, TEST_KILL_AT=again, **torn))
        resume(command, CASES - count_done(out, record, CASES), expected, out, (call, torn, again))
        subprocess.run(["rm", "-rf", out], check=True)
    if every:
        for name in ("manifest.json.partial", "scenario.yaml.partial", JOURNAL,
                     "shard-1-of-1.timing.h5.partial", "shard-1-of-1.h5.partial", "sweep.h5.partial",
                     "checksums.txt.partial"):
            assert any(name in files for files in phases), (name, phases)
        print(f"{n_calls} calls, {len(phases)} sets of files")


def check_times(qfleet, project, folder, record, n, rng):
    """After times spread over the whole life of a sweep on several threads, until n were killed."""
    cases = 600
    scenario = write_lookout(f"{folder}/longer.yaml", project, cases)
    started = time.monotonic()
    run(*sweep_command(qfleet, scenario, f"{folder}/timed", "--threads", 2, "--batch", 4))
    duration_s = time.monotonic() - started
    expected = kept_files(f"{folder}/timed")
    n_killed = 0
    for i in range(5 * n):
        out = f"{folder}/time-{i}"
        options = ("--threads", rng.randint(1, 3), "--batch", rng.choice([1, 4, 7]))
        command = sweep_command(qfleet, scenario, out, *options)
        for attempt in range(rng.randint(1, 3)):
            with subprocess.Popen(command + ["--resume"] * (attempt > 0),
                                  stderr=subprocess.DEVNULL) as program:
                time.sleep(rng.uniform(0, duration_s))
                program.kill()
            n_killed += program.returncode != 0
        resume(command, cases - count_done(out, record, cases), expected, out, (i, options))
        subprocess.run(["rm", "-rf", out], check=True)
        if n_killed >= n:
            return
    raise AssertionError(f"only {n_killed} were killed before their end")


def check_second_interrupt(qfleet, project, folder):
    """Ctrl-C waits for the batch under way; a second one does not, and what was done before stays."""
    out = f"{folder}/twice"
    usual = sweep_command(qfleet, f"{project}/configs/sweeps/docking.yaml", out, "--threads", 1, "--set",
                          "sweep.cases=20000")
    run(*usual, "--cases", "0-3")
    slow = [*usual, "--resume", "--batch", "10000", "--progress", "json"]
    with subprocess.Popen(slow, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout.readline()  # it has begun
        time.sleep(0.3)
        program.send_signal(signal.SIGINT)
        begin_s = time.monotonic()
        time.sleep(0.3)
        assert program.poll() is None
        program.send_signal(signal.SIGINT)
        said = program.communicate()[1]
    assert program.returncode == -signal.SIGINT, (program.returncode, said)
    assert time.monotonic() - begin_s < 3
    said = run(*usual, "--resume", "--cases", "0-5", "--json").stdout
    assert json.loads(said)["n_ran"] == 2, said


def main():
    qfleet, project, library = sys.argv[1:]
    every = os.environ.get("QFLEET_LONG_TESTS") == "1"
    rng = random.Random(9)
    with tempfile.TemporaryDirectory() as folder:
        scenario = write_lookout(f"{folder}/lookout.yaml", project, CASES)
        record = record_bytes(qfleet, scenario, folder)
        run(*sweep_command(qfleet, scenario, f"{folder}/whole"))
        expected = kept_files(f"{folder}/whole")
        check_calls(qfleet, library, scenario, folder, expected, record, every, rng)
        check_second_interrupt(qfleet, project, folder)
        check_times(qfleet, project, folder, record, 20 if every else 3, rng)


if __name__ == "__main__":
    main()
