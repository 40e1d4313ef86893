#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Ends runs before their time and goes on with --resume: the result is the one of a run that was left alone.

    run_resume.py QFLEET PROJECT [KILL_LIBRARY]

Signals come after random times, several in a row, and other numbers of threads go on. Others are killed with SIGKILL: after random
times, and with KILL_LIBRARY (tests/kill_at_call.c) at one of their calls that change files. A file is the same
when each of its groups, datasets and attributes is, but for those that say who made it and when. With QFLEET_LONG_TESTS=1
each is done many times.
"""
import contextlib
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time

import h5py

WHO_AND_WHEN = {"created_utc", "host", "command_line", "threads", "isa", "binding", "resumed"}
ALL_RECORDED = ("--set", "record.detections=true", "--set", "record.every_s=0.2", "--set",
                "record.hash_every_s=0.5", "--set", "time.duration_s=10", "--set", "worlds=1")
# what is to have rows in each, so that it is shown to be gone on with
RUNS = {
    "tracks": ("tests/golden/tracks.yaml", ALL_RECORDED,
               ("events", "detections", "tracks", "picture", "hashes", "tracking")),
    "behavior": ("tests/golden/behavior.yaml", ALL_RECORDED,
                 ("events", "detections", "tracks", "hashes", "quarantine", "machines")),
    "harbor": ("configs/harbor.yaml", ("--set", "worlds=4", "--set", "record.hash_every_s=5"),
               ("events", "hashes", "machines")),
}


def attributes(item, is_root):
    """Of references only how many there are: they are addresses in the file."""
    return [(name, len(value) if name in ("REFERENCE_LIST", "DIMENSION_LIST") else
             (str(getattr(value, "dtype", type(value))), getattr(value, "tobytes", lambda v=value: v)()))
            for name, value in item.attrs.items() if not (is_root and name in WHO_AND_WHEN)]


def content(path):
    found = {}

    def add(name, item):
        found[name] = [attributes(item, name == "")]
        if isinstance(item, h5py.Dataset):
            values = item[()]
            found[name] += [str(item.dtype), item.shape, item.maxshape, item.chunks,
                            list(values.ravel()) if item.dtype.kind == "O" else values.tobytes()]
        else:
            for child in item:
                add(f"{name}/{child}", item[child])

    with h5py.File(path) as file:
        add("", file)
    return found


def assert_same(path, expected, what):
    found = content(path)
    assert list(found) == list(expected), (what, set(found) ^ set(expected))
    for name, value in expected.items():
        assert found[name] == value, (what, name, found[name][0], value[0])
    assert not os.path.exists(f"{path}.checkpoint"), what
    assert not os.path.exists(f"{path}.partial"), what


class Run:
    def __init__(self, qfleet, project, folder, name, rng):
        scenario, options, tables = RUNS[name]
        self.name, self.rng, self.folder = name, rng, folder
        self.command = [qfleet, "run", os.path.join(project, scenario), *options]
        whole = f"{folder}/{name}.h5"
        started = time.monotonic()
        self.start(whole).wait()
        self.duration_s = time.monotonic() - started
        self.expected = content(whole)
        for table in tables:
            assert any(value[2][0] > 0 for key, value in self.expected.items()
                       if key.startswith(f"/{table}/") and len(value) > 1 and value[2]), table
        self.n = 0

    def fresh(self):
        self.n += 1
        return f"{self.folder}/{self.name}-{self.n}.h5"

    def start(self, out, *options, **more):
        command = [*self.command, "-o", out, "--threads", str(self.rng.randint(1, 3)), *options]
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **more)

    def end(self, out, *options, code=0, **more):
        program = self.start(out, *options, **more)
        said = program.communicate()[1]
        assert program.returncode == code, (self.name, program.returncode, said)
        return said

    def stopped(self, out, after_s, signals, *options):
        """What it said, and its code, after being sent signals at times."""
        program = self.start(out, *options)
        deadline = time.monotonic() + 20
        while not os.path.exists(f"{out}.partial") and program.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        for number, wait_s in zip(signals, after_s):
            time.sleep(wait_s)
            program.send_signal(number)
        said = program.communicate()[1]
        return said, program.returncode

    def clear(self, out):
        for path in (out, f"{out}.partial", f"{out}.checkpoint", f"{out}.checkpoint.new"):
            with contextlib.suppress(FileNotFoundError):
                os.remove(path)


def assert_ends_where_it_stopped(path, said):
    """A file of a run that was ended has nothing of later ticks, whatever was in it when the run was gone on with."""
    tick = int(said.split("interrupted after tick ")[1].split()[0])
    with h5py.File(path) as file:
        for table in ("state", "events", "detections", "tracks", "picture", "hashes"):
            ticks = file[f"{table}/tick"][:] if table in file else []
            assert len(ticks) == 0 or ticks.max() <= tick, (table, ticks.max(), tick)


def check_signals(run, n):
    """n interruptions, as many in a row as one run has room for."""
    n_interrupted = 0
    longest = 0
    asking = [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGHUP]
    while n_interrupted < n:
        out = run.fresh()
        times = 0
        while not os.path.exists(out):
            number = asking[n_interrupted % len(asking)]
            wait_s = run.rng.uniform(0, run.duration_s / 3)
            said, code = run.stopped(out, [wait_s], [number], "--resume")
            if code == -number:  # before it listened: then nothing was changed, either
                continue
            assert code in (0, 75), (run.name, code, said)
            assert times == 0 or "goes on after tick" in said, said
            if code == 75:
                assert "interrupted after tick" in said and "--resume" in said, said
                assert os.path.exists(f"{out}.checkpoint"), said
                assert_ends_where_it_stopped(f"{out}.partial", said)
                with h5py.File(f"{out}.partial") as file:
                    assert file.attrs["status"] == "interrupted"
                times += 1
        assert_same(out, run.expected, (run.name, times))
        run.clear(out)
        n_interrupted += times
        longest = max(longest, times)
    assert longest > 1, longest


def go_on_to_the_end(run, out):
    """False: the file is damaged, which a kill in the middle of a change may do, and the message says what to do."""
    program = run.start(out, "--resume")
    said = program.communicate()[1]
    if program.returncode == 3:
        assert "is damaged" in said and "--force" in said, said
        run.end(out, "--force")
        assert_same(out, run.expected, (run.name, "begun anew"))
        return False
    assert program.returncode == 0, (run.name, program.returncode, said)
    assert_same(out, run.expected, (run.name, said))
    return True


def check_kills(run, n):
    """After random times, a checkpoint written every few milliseconds."""
    n_killed = n_gone_on = n_damaged = 0
    # on a busy machine the first ones may come before there is a checkpoint
    while n_killed < n or (n_gone_on == 0 and n_killed < 20 * n):
        out = run.fresh()
        after_s = [run.rng.uniform(0.1, 1.0) * run.duration_s]
        _, code = run.stopped(out, after_s, [signal.SIGKILL], "--checkpoint-every", "20ms")
        n_killed += code != 0
        if code:
            n_gone_on += os.path.exists(f"{out}.checkpoint")
            n_damaged += not go_on_to_the_end(run, out)
        run.clear(out)
    assert n_gone_on > 0
    print(f"{run.name}: {n_killed} killed, {n_gone_on} with a checkpoint, {n_damaged} damaged")


def check_calls(run, library, n):
    """At calls that change files, in the first process and in the one that goes on; a call may be half done."""
    counted = run.fresh()
    env = {**os.environ, "LD_PRELOAD": library}
    run.end(counted, "--checkpoint-every", "20ms",
            env={**env, "TEST_KILL_COUNT": f"{run.folder}/calls"})
    run.clear(counted)
    with open(f"{run.folder}/calls", encoding="ascii") as file:
        n_calls = int(file.read())
    n_damaged = n_killed = 0
    for i in range(n):
        out = run.fresh()
        for options in (("--checkpoint-every", "20ms"),
                        ("--checkpoint-every", "20ms", "--resume")):
            at = run.rng.randint(1, max(1, n_calls * (i + 1) // n))
            torn = {"TEST_KILL_TORN": "1"} if run.rng.randrange(2) else {}
            program = run.start(out, *options, env={**env, "TEST_KILL_AT": str(at), **torn})
            said = program.communicate()[1]
            n_killed += program.returncode == -signal.SIGKILL
            assert program.returncode in (0, -signal.SIGKILL) or "is damaged" in said, said
        n_damaged += not go_on_to_the_end(run, out)
        run.clear(out)
    assert n_killed >= n, n_killed
    print(f"{run.name}: {n_calls} calls, {n_killed} killed at one, {n_damaged} damaged")


def check_second_signal(run, n):
    n_at_once = 0
    for _ in range(50 * n):
        out = run.fresh()
        times = [run.rng.uniform(0, run.duration_s), run.rng.uniform(0, 0.004)]
        said, code = run.stopped(out, times, [signal.SIGINT, signal.SIGINT])
        assert code in (0, 75, -signal.SIGINT), (code, said)
        if code == -signal.SIGINT:
            n_at_once += 1
            if os.path.exists(f"{out}.partial"):
                with h5py.File(f"{out}.partial") as file:
                    assert file.attrs["status"] in ("running", "interrupted", "complete")
                    rows = file["state/time"].shape[0]
                    assert len(file["state/tick"][:rows]) == rows
        if not os.path.exists(out):
            run.end(out, "--resume")
        assert_same(out, run.expected, (run.name, times, code))
        run.clear(out)
        if n_at_once >= n:
            return
    raise AssertionError(f"only {n_at_once} ended at once")


def interrupt(run, out, *options):
    for _ in range(20):
        run.clear(out)
        wait_s = run.rng.uniform(0, run.duration_s / 2)
        if run.stopped(out, [wait_s], [signal.SIGTERM], *options)[1] == 75:
            return
    raise AssertionError("never interrupted")


def damage(path, at, cut=False):
    with open(path, "r+b") as file:
        if cut:
            file.truncate(at)
        else:
            file.seek(at)
            byte = file.read(1)
            file.seek(at)
            file.write(bytes([byte[0] ^ 1]))


def check_refusals(run):
    out = run.fresh()
    for options in (("--force", "--resume"), ("--no-output", "--resume"),
                    ("--no-output", "--checkpoint-every", "1min")):
        command = [*run.command, *options]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 2, options
    for text in ("10", "0s", "-1min", "1 m", "min", "1e99h"):
        said = run.end(out, "--checkpoint-every", text, code=2)
        assert "with its unit" in said, said
    interrupt(run, out)
    for options in (("--seed", "99"), ("--set", "time.duration_s=77")):
        assert "another scenario" in run.end(out, "--resume", *options, code=2)
    said = run.end(out, code=2)
    assert "--resume" in said and "--force" in said, said
    checkpoint, partial = f"{out}.checkpoint", f"{out}.partial"
    with open(checkpoint, "rb") as file:
        whole = file.read()
    for at in (0, 9, 100, len(whole) // 2, len(whole) - 1):
        damage(checkpoint, at)
        assert checkpoint in run.end(out, "--resume", code=3), at
        damage(checkpoint, at)
    for length in (0, 5, 200, len(whole) // 2, len(whole) - 1):
        damage(checkpoint, length, cut=True)
        assert checkpoint in run.end(out, "--resume", code=3), length
        with open(checkpoint, "wb") as file:
            file.write(whole)
    os.rename(partial, f"{partial}.away")
    assert "is missing" in run.end(out, "--resume", code=3)
    os.rename(f"{partial}.away", partial)
    assert "goes on after tick" in run.end(out, "--resume")  # in spite of all that was refused
    assert_same(out, run.expected, "refusals")

    before = os.stat(out)
    assert "complete already" in run.end(out, "--resume")
    assert os.stat(out).st_mtime_ns == before.st_mtime_ns
    assert "another scenario" in run.end(out, "--resume", "--seed", "99", code=2)
    run.clear(out)

    # an older one than its file: what was recorded after it is dropped
    interrupt(run, out)
    with open(checkpoint, "rb") as file:
        older = file.read()
    if run.stopped(out, [run.duration_s / 4], [signal.SIGTERM], "--resume")[1] == 75:
        with open(checkpoint, "rb") as file:
            newer = file.read()
        with open(checkpoint, "wb") as file:
            file.write(older)
        code = -signal.SIGTERM
        for wait_s in (0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.4):
            if code == -signal.SIGTERM:  # not yet listening
                said, code = run.stopped(out, [wait_s], [signal.SIGTERM], "--resume")
        if code == 75:
            assert_ends_where_it_stopped(f"{out}.partial", said)
        if code:
            run.end(out, "--resume")
        assert_same(out, run.expected, "older checkpoint")
        # and a newer one than its file
        interrupt(run, out)
        with open(checkpoint, "wb") as file:
            file.write(newer)
        said, code = run.start(out, "--resume").communicate()[1], None
        assert os.path.exists(out) or "has less than its checkpoint says" in said, (said, code)
    run.clear(out)


def check_replacing(run):
    """A run that may replace a result does so after it was gone on with, too, and not before."""
    out = run.fresh()
    run.end(out, "--seed", "5")
    program = run.start(out, "--force")
    time.sleep(run.duration_s / 3)
    program.send_signal(signal.SIGUSR1)
    program.communicate()
    if program.returncode == 75:
        with h5py.File(out) as file:
            assert file.attrs["seed"] == 5
        run.end(out, "--resume")
    assert_same(out, run.expected, "replaced")
    run.clear(out)


def check_full_disk(qfleet, project, folder):
    """A limit of file sizes that the result keeps and the checkpoint does not."""
    out = f"{folder}/full.h5"
    command = [qfleet, "run", os.path.join(project, "configs/patrol.yaml"), "-o", out, "--set",
               "time.duration_s=6000", "--set", "record.every_s=6000", "--set", "record.events=false"]
    program = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=lambda:
                               resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, 2 << 20)))
    while not os.path.exists(f"{out}.partial") and program.poll() is None:
        time.sleep(0.001)
    time.sleep(0.3)
    program.send_signal(signal.SIGTERM)
    said = program.communicate()[1]
    assert program.returncode == 3, (program.returncode, said)
    assert "cannot go on from there" in said and "full.h5.checkpoint" in said, said
    assert sorted(name for name in os.listdir(folder) if "full" in name) == ["full.h5.partial"]
    with h5py.File(f"{out}.partial") as file:
        assert file.attrs["status"] == "interrupted", dict(file.attrs)
        assert "checkpoint" in file.attrs["status_detail"]


def main():
    qfleet, project, *library = sys.argv[1:]
    many = 12 if os.environ.get("QFLEET_LONG_TESTS") == "1" else 1
    seed = int(os.environ.get("QFLEET_TEST_SEED", "9"))
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        check_full_disk(qfleet, project, folder)
        for name in RUNS:
            run = Run(qfleet, project, folder, name, rng)
            check_signals(run, 4 * many)
            if name == "tracks":
                check_refusals(run)
                check_replacing(run)
                check_second_signal(run, 3 * many)
            if name != "harbor":
                check_kills(run, 2 * many)
            if name == "tracks" and library:
                check_calls(run, library[0], 3 * many)
            run.clear(f"{folder}/{name}.h5")


if __name__ == "__main__":
    main()
