#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Sweeps over the ranks of an MPI job: the same bytes, whatever happens to ranks on the way.

    sweep_ranks.py QFLEET PROJECT MPIEXEC FULL_DISK_LIBRARY

For ranks 1 to 4 and threads 1 and 2 the shards are those of as many processes with --shard, and sweep.h5 has the values of a
sweep by one process. Jobs whose rank is killed, whose disk fills (tests/full_disk_at.c), or that are told to stop keep what
was done, end with the right exit code, and are gone on with by another number of ranks. With QFLEET_LONG_TESTS=1 ranks are
killed many times, at random, a batch outlasts patience, and uneven cases are timed.
"""
import contextlib
import glob
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

from sweep_runs import assert_same_directory, kept_files, run, write_lookout

CASES = 96
JOB = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
       "OMPI_MCA_pml": "ob1", "OMPI_MCA_btl": "self,vader", "OMPI_MCA_mpi_yield_when_idle": "1",
       "OMP_WAIT_POLICY": "passive",
       # mpirun waits that long after a rank that ends with a code that is not 0, though none is left
       "OMPI_MCA_odls_base_sigkill_timeout": "0"}


class Program:
    def __init__(self, qfleet, mpiexec):
        self.qfleet, self.mpiexec = qfleet, mpiexec

    def job(self, ranks, *words):
        return [str(word) for word in
                (self.mpiexec, "-n", ranks, "--oversubscribe", "--bind-to", "none", self.qfleet, *words)]

    def sweep(self, ranks, scenario, out, *options, **how):
        return run(*self.job(ranks, "sweep", scenario, "-o", out, *options),
                   **{**how, "env": {**JOB, **how.get("env", {})}})


def assert_same_values(a, b, what):
    with h5py.File(f"{a}/sweep.h5") as of_a, h5py.File(f"{b}/sweep.h5") as of_b:
        names = []
        of_b.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
        assert len(names) > 10, names
        for name in set(names) - {"sweep/wall_s"}:
            x, y = of_a[name][...], of_b[name][...]
            assert (list(x.flat) == list(y.flat) if x.dtype.kind == "O" else x.tobytes() == y.tobytes()), (
                what, name)
        for key in of_b.attrs:
            assert of_a.attrs[key] == of_b.attrs[key], (what, key)


def sharded(qfleet, scenario, out, n):
    for shard in range(1, n + 1):
        run(qfleet, "sweep", scenario, "-o", out, "--shard", f"{shard}/{n}")
    return kept_files(out)


def check_bits(program, folder, scenario):
    alone = f"{folder}/alone"
    run(program.qfleet, "sweep", scenario, "-o", alone)
    for ranks in (1, 2, 3, 4):
        expected = sharded(program.qfleet, scenario, f"{folder}/shards-{ranks}", ranks)
        for threads in (1, 2):
            out = f"{folder}/r{ranks}t{threads}"
            said = program.sweep(ranks, scenario, out, "--threads", threads, "--batch", 5, "--json")
            assert_same_directory(out, expected, (ranks, threads))
            assert_same_values(out, alone, (ranks, threads))
            assert json.loads(said.stdout)["n_ran"] == CASES, said.stdout  # by rank 0, and once
            assert said.stderr.count("hash of cases") == 1, said.stderr
    assert re.search("4 ranks", said.stderr), said.stderr
    found = re.search(r"memory +([0-9.]+) MiB at most of a rank, of all ([0-9.]+) MiB, predicted", said.stderr)
    assert found and 2 < float(found[2]) / float(found[1]) < 4.1, said.stderr
    said = program.sweep(3, scenario, f"{folder}/r3t1", "--force", "--threads", 1, "--progress", "json")
    lines = [json.loads(line)["done"] for line in said.stdout.splitlines()]
    assert lines == sorted(lines) and lines[-1] == CASES, lines
    said = program.sweep(3, scenario, f"{folder}/r3t1", "--resume", "--json")
    assert json.loads(said.stdout)["n_ran"] == 0, said.stdout
    assert_same_directory(f"{folder}/r3t1", kept_files(f"{folder}/shards-3"), "nothing to do")


def check_parts(program, folder, scenario):
    """--cases, each time by others; more ranks than cases."""
    out = f"{folder}/parts"
    program.sweep(2, scenario, out, "--cases", "10-11", "--threads", 1)
    program.sweep(4, scenario, out, "--cases", "40-42", "--resume", "--threads", 1)
    run(program.qfleet, "sweep", scenario, "-o", out, "--cases", "50-60", "--resume")
    said = program.sweep(3, scenario, out, "--resume", "--json")
    assert json.loads(said.stdout)["n_ran"] == CASES - 2 - 3 - 11, said.stdout
    assert_same_directory(out, kept_files(f"{folder}/shards-2"), "parts")
    few = write_lookout(f"{folder}/few.yaml", sys.argv[2], 2)
    program.sweep(4, few, f"{folder}/few-ranks", "--threads", 2)
    assert_same_directory(f"{folder}/few-ranks", sharded(program.qfleet, few, f"{folder}/few", 2),
                          "more ranks than cases")


def check_early_end(program, folder):
    """Looks are taken at the results of all ranks: the same one ends the sweep."""
    scenario = write_lookout(f"{folder}/early.yaml", sys.argv[2], 600, stop_when="decided",
                             first_look=64,
                             more="requirements:\n  - P(success) >= 0.9 confidence 0.95\n")
    run(program.qfleet, "sweep", scenario, "-o", f"{folder}/early", code=1)
    program.sweep(3, scenario, f"{folder}/early-ranks", "--threads", 1, code=1)
    assert_same_values(f"{folder}/early-ranks", f"{folder}/early", "early end")
    with h5py.File(f"{folder}/early-ranks/sweep.h5") as file:
        assert file.attrs["stopped_early"] == 1 and file.attrs["cases_counted"] < 600


def check_refusals(program, folder, scenario):
    """Said once, by rank 0, with the exit code of one process."""
    out = f"{folder}/refused"
    for options, words in ((("--shard", "1/2"), "divide the sweep among them"),
                           (("--shrad", "1/2"), "unknown option"),
                           (("--set", "groups[0].cuont=2"), "cuont"),
                           (("--cases", "0-1000"), "this sweep has cases 0 to 95"),
                           (("--resume", "--force"), "contradict")):
        said = program.sweep(3, scenario, out, *options, code=2)
        assert said.stderr.count(words) == 1, (options, said.stderr)
        assert not os.path.exists(out), options
    said = program.sweep(2, scenario, f"{folder}/r3t1", code=2)
    assert said.stderr.count("was begun already, in 3 shards") == 1, said.stderr
    said = program.sweep(2, scenario, out, "--dry-run")
    assert said.stdout.count("nothing is run or written") == 1 and not os.path.exists(out), said.stdout


def sizes(out):
    return {path: os.path.getsize(path) for path in glob.glob(f"{out}/rank-*.journal")}


def begin(program, ranks, scenario, out, *options, n_begun=None):
    """A job of which each rank, or `n_begun` of them, has done some cases; it goes on. Those that are quick to begin wait for
    the others, and go on for a moment now and then: they may have been stopped at the counter that all ranks share. Where
    little was left it may have ended by itself, with what it was to do done."""
    before = sizes(out)
    n_begun = n_begun or ranks
    command = program.job(ranks, "sweep", scenario, "-o", out, "--threads", 1, "--batch", 4, *options)
    job = subprocess.Popen(command, env={**os.environ, **JOB}, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    waiting = {}
    next_moment = time.monotonic() + 1
    while job.poll() is None and time.monotonic() < deadline and len(waiting) < n_begun:
        for rank in set(range(ranks)) - set(waiting):
            path = f"{out}/rank-{rank}.journal"
            if sizes(out).get(path, 0) > before.get(path, 0) + 3000:
                waiting[rank] = stop_rank(job, rank, signal.SIGSTOP)
        if time.monotonic() > next_moment:
            tell(waiting.values(), signal.SIGCONT)
            time.sleep(0.005)
            tell(waiting.values(), signal.SIGSTOP)
            next_moment = time.monotonic() + 0.1
        time.sleep(0.002)
    tell(waiting.values(), signal.SIGCONT)
    if len(waiting) >= n_begun or job.poll() in (0, 1):
        return job
    job.terminate()
    raise AssertionError(("no job of which each rank had begun", job.communicate()[1], job.returncode))


def tell(pids, number):
    """A signal for those that are still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            if pid:
                os.kill(pid, number)


def ranks_of(job):
    """The processes that mpirun has started, by their numbers. None: it has ended."""
    try:
        with open(f"/proc/{job.pid}/task/{job.pid}/children", encoding="ascii") as file:
            return sorted(int(pid) for pid in file.read().split())
    except FileNotFoundError:
        return []


def stop_rank(job, rank, number):
    """Its process, which got the signal; None: it has ended before."""
    pids = ranks_of(job)
    try:
        os.kill(pids[rank], number)
    except (IndexError, ProcessLookupError):
        return None
    return pids[rank]


def journalled(qfleet, out):
    """Cases that are safe, as people are told."""
    said = run(qfleet, "info", out).stdout
    found = re.search(r"in journals of shards that are not done (\d+)", said)
    return int(found[1]) if found else 0


def finish(program, ranks, scenario, out, n_done, expected, what):
    options = ("--resume", "--json", "--threads", 2)
    said = (program.sweep(ranks, scenario, out, *options) if ranks else
            run(program.qfleet, "sweep", scenario, "-o", out, *options))
    assert json.loads(said.stdout)["n_ran"] == LONGER - n_done, (what, n_done, said.stdout)
    assert_same_directory(out, expected, what)


LONGER = 4000
HEADER_BYTES = 40  # of a journal


def kill_rank(program, job, rank, out):
    """Cases that are safe, and whether it hit a job at work: one that ended by itself has done all of them."""
    stop_rank(job, rank, signal.SIGKILL)
    said = job.communicate(timeout=60)[1]
    if job.returncode in (0, 1):
        return LONGER, False
    assert job.returncode == 137, (job.returncode, said)
    return journalled(program.qfleet, out), True


def check_kills(program, folder, scenario, expected, n, rng):
    n_middle = n_again = 0
    for i in range(n):
        out = f"{folder}/kill-{i}"
        job = begin(program, 3, scenario, out)
        time.sleep(rng.uniform(0, 0.03))
        done, hit = kill_rank(program, job, rng.randrange(3), out)
        n_middle += hit and 0 < done < LONGER
        if hit and i % 2:  # killed again, as another number of ranks
            job = begin(program, 2, scenario, out, "--resume", n_begun=1)
            more, hit = kill_rank(program, job, rng.randrange(2), out)
            assert more >= done, (more, done)
            n_again += hit and done < more < LONGER
            done = more
        finish(program, (None, 4, 2)[i % 3], scenario, out, done, expected, ("killed", i))
        subprocess.run(["rm", "-rf", out], check=True)
    print(f"hit at work: {n_middle} of {n} jobs, {n_again} of {n // 2} that went on")
    assert n_middle > 0


def check_empty_start(program, folder, scenario):
    """A start that was ended before any case was done is none: nobody has to say --resume."""
    out = f"{folder}/empty"
    whole = f"{folder}/empty-whole"
    run(program.qfleet, "sweep", scenario, "-o", whole)
    job = begin(program, 3, scenario, out)
    os.kill(ranks_of(job)[0], signal.SIGKILL)
    job.communicate(timeout=60)
    headers = {path: open(path, "rb").read(HEADER_BYTES) for path in sizes(out)}
    assert len(headers) == 3, headers
    # with a case in one of them it is one
    for ranks in (3, 2, 1):
        said = program.sweep(ranks, scenario, out, "--threads", 1, code=2)
        assert "--resume" in said.stderr, said.stderr
    for ranks in (3, 2, 1):
        for path, header in headers.items():
            with open(path, "wb") as file:
                file.write(header)
        said = program.sweep(ranks, scenario, out, "--threads", 1, "--json")
        assert json.loads(said.stdout)["n_ran"] == LONGER, said.stdout
        assert_same_values(out, whole, ("empty start", ranks))
        assert not sizes(out), sizes(out)
        for path in glob.glob(f"{out}/*.h5") + [f"{out}/checksums.txt"]:
            os.remove(path)


def check_stop(program, folder, scenario, expected):
    out = f"{folder}/stopped"
    for to_all in (True, False):  # mpirun forwards it to every rank; or one rank alone hears of it
        job = begin(program, 3, scenario, out, *(["--resume"] if not to_all else []))
        os.kill(job.pid if to_all else ranks_of(job)[1], signal.SIGUSR1)
        said = job.communicate(timeout=30)[1]
        assert job.returncode == 75, (job.returncode, said)
        done = journalled(program.qfleet, out)
        found = re.search(r"interrupted: (\d+) of 4000 cases are done and kept", said)
        assert found and int(found[1]) == done and said.count("interrupted:") == 1, (said, done)
    assert 0 < done < LONGER, done
    finish(program, 2, scenario, out, done, expected, "stopped")


def check_damage(program, folder, scenario, expected):
    """A damaged record is one case to run again; journals of a job that runs belong to it."""
    out = f"{folder}/damaged"
    job = begin(program, 3, scenario, out)
    for options in ((), ("--resume",), ("--force",), ("--resume", "--shard", "1/3")):
        said = run(program.qfleet, "sweep", scenario, "-o", out, *options, code=2)
        assert re.search("at work|was begun already", said.stderr), (options, said.stderr)
    os.kill(job.pid, signal.SIGUSR1)
    job.communicate(timeout=30)
    assert job.returncode == 75, job.returncode
    done = journalled(program.qfleet, out)
    with open(f"{out}/rank-2.journal", "r+b") as file:
        file.seek(700)
        byte = file.read(1)[0]
        file.seek(700)
        file.write(bytes([byte ^ 1]))
    with open(f"{out}/rank-1.journal", "r+b") as file:
        file.truncate(os.path.getsize(file.name) - 5)
    assert "1 of its cases are damaged" in run(program.qfleet, "info", out, code=1).stdout
    said = program.sweep(2, scenario, out, "--cases", "0-10", "--resume", "--threads", 1)
    assert "journal_records_damaged" in said.stderr and "journal_cut" in said.stderr, said.stderr
    # journals of shards, ranks and finished shards are one sweep
    for i, options in enumerate((("--shard", "2/3"), ("--shard", "1/3"), ())):
        run(program.qfleet, "sweep", scenario, "-o", out, "--resume", *options)
        assert i == 2 or os.path.exists(f"{out}/shard-2-of-3.h5")
    assert_same_directory(out, expected, "damaged")


def check_patience(program, folder, project):
    """A batch that takes longer than a few seconds is left."""
    out = f"{folder}/patient"
    command = program.job(2, "sweep", f"{project}/configs/sweeps/docking.yaml", "-o", out, "--threads",
                          1, "--set", "sweep.cases=20000", "--batch", 10000)
    with subprocess.Popen(command, env={**os.environ, **JOB}, stderr=subprocess.PIPE,
                          text=True) as job:
        time.sleep(4)
        os.kill(job.pid, signal.SIGUSR1)
        begin_s = time.monotonic()
        said = job.communicate(timeout=60)[1]
    assert job.returncode == 75 and "0 of 20000 cases" in said, (job.returncode, said)
    assert 4 < time.monotonic() - begin_s < 30


def check_balance(program, folder, project):
    """Dockings of 10 to 600 s: threads of two ranks end within a tenth of what all took, divided by two."""
    with open(f"{project}/configs/sweeps/docking.yaml", encoding="utf-8") as file:
        text = file.read().replace("base: ../", f"base: {project}/configs/").replace(
            "  parameters:", "  parameters:\n    length: {path: time.duration_s, "
            "choice: [10, 20, 30, 45, 60, 90, 120, 240, 480, 600]}")
    with open(f"{folder}/uneven.yaml", "w", encoding="utf-8") as file:
        file.write(text)
    over = []
    while len(over) < 6 and min(over, default=2) >= 1.1:  # other programs may be at work, too
        said = program.sweep(2, f"{folder}/uneven.yaml", f"{folder}/uneven", "--threads", 1, "--force",
                             "--set", "sweep.cases=400", "--json", code=(0, 1))
        with h5py.File(f"{folder}/uneven/sweep.h5") as file:
            wall_s = file["sweep/wall_s"][...]
        assert wall_s.max() > 10 * wall_s.min()
        over.append(json.loads(said.stdout)["wall_s"] / (wall_s.sum() / 2))
    assert min(over) < 1.1, over
    print(f"makespan over its ideal: {over}")


def check_full_disk(program, folder, scenario, expected, library):
    out = f"{folder}/full"
    env = {"LD_PRELOAD": library, "TEST_FULL_FILE": "rank-1.journal", "TEST_FULL_BYTES": "6000"}
    said = program.sweep(3, scenario, out, "--threads", 1, "--batch", 4, code=3, env=env)
    assert re.search(r"qfleet sweep: rank 1: .*rank-1.journal.*No space left", said.stderr), said.stderr
    assert said.stderr.count("No space left") == 1, said.stderr
    done = journalled(program.qfleet, out)
    assert 0 < done < LONGER, done
    env = {"LD_PRELOAD": library, "TEST_FULL_FILE": "shard-2-of-3.h5.partial", "TEST_FULL_BYTES": "100"}
    said = program.sweep(3, scenario, out, "--resume", "--threads", 1, code=3, env=env)
    assert re.search(r"rank 1: .*shard-2-of-3.h5.*No space left", said.stderr), said.stderr
    finish(program, 2, scenario, out, LONGER, expected, "full disk")


def main():
    qfleet, project, mpiexec, library = sys.argv[1:]
    program = Program(qfleet, mpiexec)
    long = os.environ.get("QFLEET_LONG_TESTS") == "1"
    with tempfile.TemporaryDirectory() as folder:
        scenario = write_lookout(f"{folder}/lookout.yaml", project, CASES)
        longer = write_lookout(f"{folder}/longer.yaml", project, LONGER)
        expected = sharded(qfleet, longer, f"{folder}/longer", 3)
        kills = 30 if long else 2
        checks = [(check_bits, scenario), (check_parts, scenario), (check_early_end,),
                  (check_refusals, scenario), (check_kills, longer, expected, kills, random.Random(4)),
                  (check_empty_start, longer), (check_stop, longer, expected), (check_damage, longer, expected),
                  (check_full_disk, longer, expected, library)]
        if long:
            checks += [(check_patience, project), (check_balance, project)]
        for check, *what in checks:
            begin_s = time.monotonic()
            check(program, folder, *what)
            print(f"{check.__name__:16} {time.monotonic() - begin_s:.1f} s", flush=True)


main()
