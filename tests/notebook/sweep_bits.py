#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The bytes of a sweep's directory, however it was run.

    sweep_bits.py QFLEET PROJECT

Every file but the timing must be the same for any number of threads, batch and instruction set, for shards in any
order, for parts one after the other, after SIGTERM, and where a rule ended the sweep early.
"""
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np

from sweep_runs import assert_same_directory, kept_files, run, write_lookout


def check_outcomes(directory, cases):
    """All kinds of cases are there, or equal bytes would say little."""
    with h5py.File(f"{directory}/sweep.h5") as file:
        sweep = file["sweep"]
        assert list(sweep["case"][...]) == list(range(cases))
        status = sweep["status"][...]
        meanings = sweep["status"].attrs["flag_meanings"].split()
        assert {meanings[s] for s in set(status)} == {"ok", "failed"}, status
        assert len(set(sweep["hash"][...][status == meanings.index("ok")])) == np.sum(
            status == meanings.index("ok"))
        assert 0 < np.sum(sweep["success"][...] == 1) < cases
        assert 0 < np.sum(sweep["soon"][...] == 1) < cases
        assert np.isnan(sweep["time_to_detect_s"][...]).any()
        return file.attrs["scenario_yaml"]


def check_threads_and_batches(qfleet, scenario, folder, expected):
    for i, options in enumerate((["--threads", 1, "--batch", 1], ["--threads", 2, "--batch", 7],
                                 ["--threads", 3, "--batch", 64],
                                 ["--threads", 2, "--batch", 4096],
                                 ["--threads", 3, "--batch", 2, "--isa", "generic"])):
        run(qfleet, "sweep", scenario, "-o", f"{folder}/t{i}", *options)
        assert_same_directory(f"{folder}/t{i}", expected, options)


def check_shards(qfleet, scenario, folder):
    """Any order; the last one writes the master."""
    expected = None
    for i, order in enumerate(((1, 2, 3), (3, 1, 2), (2, 3, 1))):
        for n, shard in enumerate(order):
            assert os.path.exists(f"{folder}/s{i}/sweep.h5") is False, (order, n)
            run(qfleet, "sweep", scenario, "-o", f"{folder}/s{i}", "--shard", f"{shard}/3",
                "--threads", n + 1, "--batch", 5 + 20 * n)
        expected = expected or kept_files(f"{folder}/s{i}")
        assert_same_directory(f"{folder}/s{i}", expected, order)
    # what is divided otherwise holds the same cases
    with h5py.File(f"{folder}/s0/sweep.h5") as a, h5py.File(f"{folder}/whole/sweep.h5") as b:
        assert a["sweep"].keys() == b["sweep"].keys()
        for name in a["sweep"].keys() - {"wall_s"}:
            of_a, of_b = a["sweep"][name][...], b["sweep"][name][...]
            assert (list(of_a) == list(of_b) if of_a.dtype.kind == "O"
                    else of_a.tobytes() == of_b.tobytes()), name
    run(qfleet, "diff", f"{folder}/s0", f"{folder}/whole")


def check_parts(qfleet, scenario, folder, expected, cases):
    """--cases, with --resume from the second on; those that are done are not run again."""
    out = f"{folder}/parts"
    ran = 0
    for part, n in (("40-49", 10), ("0-63", 54), ("30", 0), (None, cases - 64)):
        options = ["--cases", part] if part else []
        said = run(qfleet, "sweep", scenario, "-o", out, "--json",
                   *(["--resume"] if part != "40-49" else []), *options)
        assert json.loads(said.stdout)["n_ran"] == n, (part, said.stdout)
        ran += n
    assert ran == cases
    assert_same_directory(out, expected, "parts")


def check_terminated(qfleet, project, folder, rng):
    """SIGTERM while cases run: exit 75, all that was done is kept, and only the rest is run."""
    cases = 600
    scenario = write_lookout(f"{folder}/long.yaml", project, cases)
    options = ["--threads", 2, "--batch", 4]
    started = time.monotonic()
    run(qfleet, "sweep", scenario, "-o", f"{folder}/uninterrupted", *options)
    duration_s = time.monotonic() - started
    expected = kept_files(f"{folder}/uninterrupted")
    in_the_middle = 0
    for i in range(8):
        out = f"{folder}/terminated{i}"
        command = [qfleet, "sweep", scenario, "-o", out, *map(str, options)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
            while not os.path.exists(f"{out}/shard-1-of-1.journal") and program.poll() is None:
                time.sleep(0.001)
            time.sleep(rng.uniform(0, 0.5) * duration_s)
            program.send_signal(rng.choice([signal.SIGTERM, signal.SIGINT, signal.SIGUSR1]))
            said = program.communicate()[1]
        assert program.returncode in (0, 75), (program.returncode, said)
        ran = 0
        if program.returncode == 75:
            kept = re.search(r"(\d+) of 600 cases are done and kept", said)
            assert kept, said
            ran = cases - int(kept[1])
            in_the_middle += 0 < ran < cases
        said = run(qfleet, "sweep", scenario, "-o", out, "--resume", "--json", *options)
        assert json.loads(said.stdout)["n_ran"] == ran, (ran, said.stdout)
        assert_same_directory(out, expected, f"terminated {i}")
        if in_the_middle == 2:
            return
    raise AssertionError("no signal came in the middle")


def check_early_stop(qfleet, project, folder):
    """The rule looks at the first cases of the plan, whatever else has been done by then."""
    expected = None
    for i, (rule, requirement) in enumerate((
            ("decided", "requirements: [P(soon) >= 0.05 confidence 0.9]\n"),
            ("{width: 0.3, of: soon}", ""))):
        scenario = write_lookout(f"{folder}/stop{i}.yaml", project, 3000, requirement,
                                 stop_when=rule, first_look=40)
        expected = None
        for threads, batch in ((1, 64), (2, 3), (3, 4096)):
            out = f"{folder}/stop{i}-{threads}"
            run(qfleet, "sweep", scenario, "-o", out, "--threads", threads, "--batch", batch)
            expected = expected or kept_files(out)
            assert_same_directory(out, expected, (rule, threads))
        with h5py.File(f"{out}/sweep.h5") as file:
            assert file.attrs["stopped_early"] == 1
            counted = int(file.attrs["cases_counted"])
            assert 40 <= counted < 3000, counted
            status = file["sweep/status"][...]
            not_run = file["sweep/status"].attrs["flag_meanings"].split().index("not_run")
            assert (status[:counted] != not_run).all() and (status[counted:] == not_run).all()


def main():
    qfleet, project = sys.argv[1:]
    rng = random.Random(8)
    cases = 96
    with tempfile.TemporaryDirectory() as folder:
        scenario = write_lookout(f"{folder}/lookout.yaml", project, cases)
        run(qfleet, "sweep", scenario, "-o", f"{folder}/whole", "--threads", 1)
        expected = kept_files(f"{folder}/whole")
        assert sorted(expected) == ["checksums.txt", "manifest.json", "scenario.yaml",
                                    "shard-1-of-1.h5", "sweep.h5"]
        check_outcomes(f"{folder}/whole", cases)
        check_threads_and_batches(qfleet, scenario, folder, expected)
        check_shards(qfleet, scenario, folder)
        check_parts(qfleet, scenario, folder, expected, cases)
        check_terminated(qfleet, project, folder, rng)
        check_early_stop(qfleet, project, folder)


if __name__ == "__main__":
    main()
