#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Ends runs over ranks before their time and goes on with --resume: the result is that of one process left alone.

    run_resume_ranks.py QFLEET SOURCES MPIEXEC KILL_LIBRARY [TEST ...]

One rank gets a signal after a random time, several times in a row; or one is killed, after a random time, or with
KILL_LIBRARY (tests/kill_at_call.c) at one of its calls that change files, among them those by which checkpoints take
their places. What such kills leave rarely is made by hand: checkpoints of different ticks, ranks that are done and others
that are not. With QFLEET_LONG_TESTS=1 each is done many times.
"""
import contextlib
import glob
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import h5py

from run_ranks import Program, assert_equal_files

MOST = 2  # times in a row
MANY = 12 if os.environ.get("QFLEET_LONG_TESTS") == "1" else 1
RECORDED = ("record.detections=true", "record.every_s=0.2", "record.hash_every_s=0.5", "worlds=1")
# scenario, options, what is to have rows
RUNS = {
    "tracks": ("tests/golden/tracks.yaml", (*RECORDED, "time.duration_s=15"),
               ("events", "detections", "tracks", "picture", "hashes")),
    "behavior": ("tests/golden/behavior.yaml", (*RECORDED, "time.duration_s=10"),
                 ("events", "detections", "tracks", "hashes", "quarantine")),
    "harbor": ("configs/harbor.yaml", ("record.hash_every_s=5", "time.duration_s=600"),
               ("events", "hashes")),
    # one vehicle: the others have none, and no file
    "few": ("configs/free_flyer.yaml", ("time.duration_s=4000", "record.every_s=10"), ("events",)),
}


class Run:
    """One scenario, over so many ranks, and what it comes to in one process."""

    def __init__(self, program, folder, name, ranks, rng):
        scenario, options, tables = RUNS[name]
        self.program, self.folder, self.name, self.ranks, self.rng = program, folder, name, ranks, rng
        self.command = ["run", os.path.join(program.sources, scenario), "--threads", "1"]
        for option in options:
            self.command += ["--set", option]
        self.whole = f"{folder}/{name}.h5"
        self.out = f"{folder}/{name}-ranks.h5"
        self.directory = self.out + ".ranks"
        if not os.path.exists(self.whole):
            alone = program.alone(*self.command, "-o", self.whole)
            assert alone.returncode == 0, alone.stderr
        with h5py.File(self.whole) as file:
            for table in tables:
                first = next(item for item in file[table].values() if item.ndim)
                assert first.shape[0] > 0, table

    def part(self, rank, ending):
        return f"{self.directory}/rank-{rank}-of-{self.ranks}.{ending}"

    def start(self, *options, ranks=None, preload=None):
        """`preload`: which rank gets a library, and what it is told."""
        n = ranks or self.ranks
        words = [self.program.qfleet, *self.command, "-o", self.out, *options]
        command = [*self.program.mpiexec, "-n", str(n), *words]
        if preload:
            culprit, settings = preload
            command = [*self.program.mpiexec]
            for rank in range(n):
                told = [f"{key}={value}" for key, value in settings.items()]
                command += [":"] * (rank > 0) + ["-n", "1"]
                command += (["env", *told] if rank == culprit else []) + words
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True,
                                env=self.program.environment)

    def end(self, *options, code=0, **more):
        process = self.start(*options, **more)
        said = process.communicate(timeout=120)[1]
        assert process.returncode == code, (self.name, process.returncode, said)
        return said

    def assert_whole(self, what):
        diff = self.program.alone("diff", self.whole, self.out)
        assert diff.returncode == 0, (what, diff.stdout, diff.stderr)
        assert_equal_files(self.whole, self.out)
        left = [name for name in os.listdir(self.directory) if not name.endswith(".h5")]
        assert left == ["run.json"], (what, left)

    def clear(self):
        shutil.rmtree(self.directory, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.out)

    def run_id(self):
        with open(f"{self.directory}/run.json", encoding="utf-8") as file:
            return json.load(file)["run_id"]


def listening(mpiexec, rank):
    """The id of a rank, once it hears signals; None: the job is over."""
    while mpiexec.poll() is None:
        with contextlib.suppress(OSError):
            with open(f"/proc/{mpiexec.pid}/task/{mpiexec.pid}/children", encoding="ascii") as file:
                pids = file.read().split()
            for pid in pids:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    mine = f"OMPI_COMM_WORLD_RANK={rank}".encode() in file.read().split(b"\0")
                with open(f"/proc/{pid}/status", encoding="ascii") as file:
                    caught = int(re.search(r"SigCgt:\s*(\w+)", file.read())[1], 16)
                if mine and caught >> (signal.SIGUSR1 - 1) & 1:
                    return int(pid)
        time.sleep(0.002)
    return None


def stop(run, rank, wait_s, number, *options):
    """What the job said, and its code, after one rank got a signal so long after it had begun to listen."""
    mpiexec = run.start(*options)
    pid = listening(mpiexec, rank)
    time.sleep(wait_s)
    if pid and mpiexec.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
    return mpiexec.communicate(timeout=120)[1], mpiexec.returncode


def last_tick(said):
    return int(re.findall(r"interrupted after tick (\d+)", said)[-1])


def interrupt(run, *options):
    """Leaves an unfinished run; the tick it stands at."""
    for attempt in range(20):
        run.clear()
        said, code = stop(run, attempt % run.ranks, run.rng.uniform(0, 0.2), signal.SIGUSR1,
                          *options)
        if code == 75:
            return last_tick(said)
    raise AssertionError("never interrupted")


def signals_to_any_rank_are_gone_on_from(program, folder, rng):
    longest = 0
    for name, ranks in (("tracks", 2), ("behavior", 3), ("few", 3), ("harbor", 2))[:3 + (MANY > 1)]:
        run = Run(program, folder, name, ranks, rng)
        times = 0
        for _ in range(MANY):
            run.clear()
            interrupted = 0  # after some it is left to itself
            run_id = None
            while not os.path.exists(run.out):
                number = (signal.SIGUSR1, signal.SIGTERM, signal.SIGINT)[times % 3]
                if interrupted < MOST:
                    said, code = stop(run, times % ranks, rng.uniform(0, 0.12), number, "--resume")
                else:
                    said, code = run.end("--resume"), 0
                assert code in (0, 75), (name, code, said)
                assert interrupted == 0 or said.count("goes on after tick") == 1, said
                assert run_id in (None, run.run_id()), said
                run_id = run.run_id()
                if code == 75:
                    assert said.count("interrupted after tick") == 1, said
                    assert "go on with --resume" in said, said
                    for rank in range(ranks):
                        assert os.path.exists(run.part(rank, "checkpoint")), said
                    interrupted += 1
                    times += 1
            run.assert_whole((name, interrupted))
            with h5py.File(run.out) as file:
                assert ("resumed" in file.attrs) == (interrupted > 0)
                assert file.attrs["run_id"] == run_id
            longest = max(longest, interrupted)
        assert times > 0, name
        print(f"{name}: {ranks} ranks, {times} signals, {longest} in a row")
        run.clear()
    assert longest > 1


def go_on_to_the_end(run):
    """False: a file is damaged, which a kill in the middle of a change may do, and the message says what to do."""
    process = run.start("--resume")
    said = process.communicate(timeout=120)[1]
    if process.returncode == 3:
        assert "is damaged" in said and "--force" in said, said
        run.end("--force")
        run.assert_whole("begun anew")
        return False, said
    assert process.returncode == 0, (run.name, process.returncode, said)
    run.assert_whole(said)
    return True, said


def killed_ranks_are_gone_on_from(program, folder, rng):
    every = ("--checkpoint-every", "20ms")
    for name, ranks in (("behavior", 3), ("tracks", 2))[:MANY]:
        run = Run(program, folder, name, ranks, rng)
        n_killed = n_gone_on = n_damaged = 0
        while n_killed < MANY or n_gone_on == 0:
            run.clear()
            _, code = stop(run, rng.randrange(ranks), rng.uniform(0.05, 0.4), signal.SIGKILL,
                           *every)
            if code:
                n_killed += 1
                whole, said = go_on_to_the_end(run)
                n_gone_on += "goes on after tick" in said
                n_damaged += not whole
        print(f"{name}: {ranks} ranks, {n_killed} killed, {n_gone_on} gone on, {n_damaged} damaged")
        run.clear()


def ranks_killed_at_a_call_are_gone_on_from(program, folder, rng):
    every = ("--checkpoint-every", "20ms")
    run = Run(program, folder, "tracks", 2, rng)
    counted = f"{folder}/calls"
    library = {"LD_PRELOAD": program.kill_library}
    run.end(*every, preload=(1, {**library, "TEST_KILL_COUNT": counted}))
    with open(counted, encoding="ascii") as file:
        n_calls = int(file.read())
    n_damaged = n_gone_on = 0
    n = 3 * MANY
    for i in range(n):
        run.clear()
        at = rng.randint(max(1, n_calls * i // n), max(1, n_calls * (i + 1) // n))
        process = run.start(*every, preload=(i % 2, {**library, "TEST_KILL_AT": str(at)}))
        process.communicate(timeout=120)
        if process.returncode:
            whole, said = go_on_to_the_end(run)
            n_damaged += not whole
            n_gone_on += "goes on after tick" in said
    assert n_gone_on > 0
    print(f"{n_calls} calls, {n_gone_on} of {n} gone on, {n_damaged} damaged")
    run.clear()


class Kept:
    """The directory of an unfinished run, to be put back."""

    def __init__(self, run, name):
        self.run, self.path = run, f"{run.folder}/{name}"
        shutil.rmtree(self.path, ignore_errors=True)
        shutil.copytree(run.directory, self.path)

    def restore(self):
        self.run.clear()
        shutil.copytree(self.path, self.run.directory)

    def copy(self, rank, ending, to):
        shutil.copy(f"{self.path}/rank-{rank}-of-{self.run.ranks}.{ending}", to)


def two_generations(program, folder, rng):
    """A run at two ticks, the older one's checkpoints and the newer one's."""
    run = Run(program, folder, "tracks", 2, rng)
    for _ in range(20):
        before = interrupt(run)
        older = Kept(run, "older")
        said, code = stop(run, 0, 0.05, signal.SIGUSR1, "--resume")
        if code == 75 and last_tick(said) > before:
            return run, older, Kept(run, "newer"), before, last_tick(said)
    raise AssertionError("never interrupted twice")


def checkpoints_of_different_ticks_are_gone_on_from(program, folder, rng):
    run, older, newer, before, after = two_generations(program, folder, rng)
    # what stands at rank 0's and at rank 1's place, and beside it; and what it goes on from
    o, n = older, newer
    states = [((n, None), (n, None), after), ((n, None), (o, n), after), ((o, n), (n, None), after),
              ((o, "half"), (o, n), before), ((n, None), (None, n), after)]
    if MANY == 1:
        states = states[1:4]
    for *ranks, tick in states:
        newer.restore()
        for rank, (place, beside) in enumerate(ranks):
            os.remove(run.part(rank, "checkpoint"))
            if place:
                place.copy(rank, "checkpoint", run.part(rank, "checkpoint"))
            if beside:
                kept = newer if beside == "half" else beside
                kept.copy(rank, "checkpoint", run.part(rank, "checkpoint.new"))
            if beside == "half":
                with open(run.part(rank, "checkpoint.new"), "r+b") as file:
                    file.truncate(1000)
        said = run.end("--resume")
        assert f"goes on after tick {tick} of" in said, (ranks, said)
        run.assert_whole(ranks)
    # none has taken its place: there is nothing that all surely have
    newer.restore()
    for rank in (0, 1):
        os.rename(run.part(rank, "checkpoint"), run.part(rank, "checkpoint.new"))
    assert "before its first checkpoint" in run.end("--resume")
    run.assert_whole("anew")
    # what no kill leaves
    newer.restore()
    older.copy(1, "checkpoint", run.part(1, "checkpoint"))
    said = run.end("--resume", code=3)
    assert "rank 1:" in said and f"is not of tick {after}" in said and "--force" in said, said
    run.clear()


def ranks_that_were_done_are_joined_by_the_others(program, folder, rng):
    run = Run(program, folder, "tracks", 2, rng)
    interrupt(run)
    kept = Kept(run, "kept")
    run.end("--resume")
    run.assert_whole("whole")
    # all are done: only the result is missing
    os.remove(run.out)
    before = os.stat(run.part(1, "h5")).st_mtime_ns
    assert "all ranks have written their files" in run.end("--resume")
    run.assert_whole("made of parts")
    assert os.stat(run.part(1, "h5")).st_mtime_ns == before
    # one is
    for done in (0, 1):
        os.remove(run.out)
        os.remove(run.part(1 - done, "h5"))
        kept.copy(1 - done, "h5.partial", run.part(1 - done, "h5.partial"))
        for rank in (0, 1):
            kept.copy(rank, "checkpoint", run.part(rank, "checkpoint"))
        assert "goes on after tick" in run.end("--resume")
        run.assert_whole(done)
    assert "complete already" in run.end("--resume")
    assert "complete already" in run.end("--resume", ranks=3)
    run.clear()


def what_cannot_be_gone_on_with_is_named(program, folder, rng):
    run = Run(program, folder, "tracks", 2, rng)
    interrupt(run)
    kept = Kept(run, "kept")
    said = run.end("--resume", ranks=3, code=2)
    assert "was begun by 2 ranks, and this job has 3" in said, said
    assert said.count("was begun by") == 1, said
    alone = program.alone(*run.command, "-o", run.out, "--resume")
    assert alone.returncode == 2 and "was begun by 2 ranks, and this is one process" in alone.stderr
    said = run.end("--resume", "--seed", "99", code=2)
    assert "another scenario" in said, said
    said = run.end(code=2)
    assert "--resume" in said and "--force" in said, said
    os.rename(run.part(1, "h5.partial"), f"{folder}/away")
    assert "rank 1:" in (said := run.end("--resume", code=3)) and "is missing" in said, said
    shutil.copy(run.part(0, "h5.partial"), run.part(1, "h5.partial"))
    assert "of another run, or of another rank" in (said := run.end("--resume", code=3)), said
    os.rename(f"{folder}/away", run.part(1, "h5.partial"))
    with open(run.part(1, "checkpoint"), "r+b") as file:
        file.seek(5000)
        byte = file.read(1)
        file.seek(5000)
        file.write(bytes([byte[0] ^ 1]))
    said = run.end("--resume", code=3)
    assert "rank 1:" in said and "checksum" in said and "--force" in said, said
    kept.copy(0, "checkpoint", run.part(1, "checkpoint"))
    said = run.end("--resume", code=2)
    assert "is of rank 0 of 2, and this is rank 1 of 2" in said, said
    kept.copy(1, "checkpoint", run.part(1, "checkpoint"))
    assert "goes on after tick" in run.end("--resume")  # in spite of all that was refused
    run.assert_whole("refusals")
    # one process's is not taken for that of ranks
    run.clear()
    process = subprocess.Popen([program.qfleet, *run.command, "-o", run.out],
                               stderr=subprocess.PIPE, text=True)
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    process.communicate()
    if process.returncode == 75:
        assert "was begun by one process" in run.end("--resume", code=2)
    for path in glob.glob(f"{run.out}*"):
        if os.path.isfile(path):
            os.remove(path)


def a_result_is_replaced_after_going_on(program, folder, rng):
    run = Run(program, folder, "tracks", 2, rng)
    for attempt in range(20):
        run.clear()
        alone = program.alone(*run.command, "-o", run.out, "--seed", "5")
        assert alone.returncode == 0, alone.stderr
        _, code = stop(run, attempt % 2, 0.05, signal.SIGUSR1, "--force")
        if code == 75:
            break
    with h5py.File(run.out) as file:
        assert file.attrs["seed"] == 5
    assert "goes on after tick" in run.end("--resume")
    run.assert_whole("replaced")
    run.clear()


def main():
    program = Program(*sys.argv[1:4])
    program.kill_library = sys.argv[4]
    wanted = sys.argv[5:]
    rng = random.Random(int(os.environ.get("QFLEET_TEST_SEED", "9")))
    with tempfile.TemporaryDirectory() as folder:
        for test in (signals_to_any_rank_are_gone_on_from, killed_ranks_are_gone_on_from,
                     ranks_killed_at_a_call_are_gone_on_from,
                     checkpoints_of_different_ticks_are_gone_on_from,
                     ranks_that_were_done_are_joined_by_the_others,
                     what_cannot_be_gone_on_with_is_named, a_result_is_replaced_after_going_on):
            if not wanted or test.__name__ in wanted:
                started = time.monotonic()
                test(program, folder, rng)
                print(f"{test.__name__}: passed in {time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
