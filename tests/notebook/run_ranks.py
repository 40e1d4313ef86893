#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs scenarios over ranks and compares what comes of them with the results of one process.

    run_ranks.py QFLEET SOURCES MPIEXEC FULL_DISK_LIBRARY|none [TEST ...]

Every dataset, attribute and hash of a result that is made of ranks' files must be that of one process, whatever the
ranks and threads; a result whose parts are not what they were must be refused by name; a rank that fails must end
all of them, and be named, if its disk fills (tests/full_disk_at.c) like any other. With QFLEET_LONG_TESTS=1 every scenario runs with 1 to 4 ranks of 1 and 2 threads.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np
import xarray

LONG = os.environ.get("QFLEET_LONG_TESTS") == "1"
os.environ["ASAN_OPTIONS"] = "detect_leaks=0"  # what the MPI library leaves at its end is its own
ALL = [(ranks, threads) for ranks in (1, 2, 3, 4) for threads in (1, 2)]

# name, scenario, options, tables that must have rows, ranks and threads
SCENARIOS = [
    ("patrol", "configs/patrol.yaml",
     ["time.duration_s=20", "record.state=all", "record.hash_every_s=5"], ["events"],
     [(1, 1), (2, 2), (3, 1), (4, 2)]),
    ("tracks", "tests/golden/tracks.yaml", [], ["tracks", "picture", "events"],
     [(2, 2), (3, 1)]),
    ("radar", "tests/golden/radar.yaml", [], ["detections"], [(4, 2)]),
    ("behavior", "tests/golden/behavior.yaml", [], ["events"], [(3, 2)]),
    ("engine", "tests/golden/engine.yaml", ["record.hash_every_s=1"], ["events"], [(2, 1)]),
    ("ships", "tests/golden/ships_free.yaml", [], ["events"], [(4, 1)]),
    ("harbor", "configs/harbor.yaml", ["time.duration_s=60"], ["events"], [(3, 1)]),
    ("sky", "configs/sky.yaml", [], ["detections"], [(2, 1)]),
    ("contacts", "configs/contacts.yaml", ["time.duration_s=30"], ["tracks"], [(2, 2)]),
    ("few", "configs/free_flyer.yaml", ["time.duration_s=10"], ["events"], [(4, 1)]),
]

# what a run says of itself, and not of its scenario
PROVENANCE = {"created_utc", "command_line", "threads", "ranks", "binding", "host", "run_id",
              "part_directory", "part_ranks", "part_bytes", "isa", "resumed"}
# of HDF5's dimension scales: addresses
ADDRESSES = {"DIMENSION_LIST", "REFERENCE_LIST"}


class Program:
    def __init__(self, qfleet, sources, mpiexec, full_disk="none"):
        self.qfleet, self.sources, self.full_disk = qfleet, sources, full_disk
        self.mpiexec = [mpiexec, "--oversubscribe", "--bind-to", "none"]
        self.environment = dict(
            os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
            OMPI_MCA_pml="ob1", OMPI_MCA_btl="self,vader", OMPI_MCA_mpi_yield_when_idle="1",
            OMP_WAIT_POLICY="passive",
            # mpirun waits that long after a rank that ends with a code that is not 0
            OMPI_MCA_odls_base_sigkill_timeout="0")

    def alone(self, *arguments):
        return subprocess.run([self.qfleet, *arguments], capture_output=True, text=True,
                              timeout=120)

    def over(self, ranks, *arguments, **variables):
        return subprocess.run([*self.mpiexec, "-n", str(ranks), self.qfleet, *arguments],
                              capture_output=True, text=True, timeout=120,
                              env={**self.environment, **variables})

    def one_short_of_disk(self, ranks, culprit, blocks, *arguments):
        """The files of one rank cannot grow beyond so many blocks of 512 bytes."""
        command = []
        for rank in range(ranks):
            limit = f"ulimit -f {blocks}; " if rank == culprit else ""
            command += [":"] * (rank > 0)
            command += ["-n", "1", "sh", "-c", limit + 'exec "$0" "$@"', self.qfleet, *arguments]
        return subprocess.run([*self.mpiexec, *command], capture_output=True, text=True,
                              timeout=120, env=self.environment)

    def each(self, commands):
        """A rank for each of them."""
        words = [word for command in commands for word in (":", "-n", "1", self.qfleet, *command)]
        return subprocess.run([*self.mpiexec, *words[1:]], capture_output=True, text=True,
                              timeout=120, env=self.environment)


def attributes(item):
    return {name: item.attrs[name] for name in item.attrs if name not in PROVENANCE | ADDRESSES}


def same(a, b):
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if a.dtype.kind == "f":
        return np.array_equal(a.view(f"u{a.itemsize}"), b.view(f"u{b.itemsize}"))
    return np.array_equal(a, b)


def names(file):
    found = []
    file.visit(found.append)
    return sorted(found)


def dimensions(dataset):
    return [[scale.name for scale in dimension.values()] for dimension in dataset.dims]


def assert_equal_files(one, other):
    with h5py.File(one) as a, h5py.File(other) as b:
        assert names(a) == names(b), (set(names(a)) ^ set(names(b)))
        assert list(a) == list(b), (list(a), list(b))
        for name in ["/", *names(a)]:
            left, right = attributes(a[name]), attributes(b[name])
            assert list(left) == list(right), (name, list(left), list(right))
            for key in left:
                assert same(left[key], right[key]), (name, key, left[key], right[key])
            if isinstance(a[name], h5py.Dataset):
                assert list(a[name].parent) == list(b[name].parent), name
                assert dimensions(a[name]) == dimensions(b[name]), name
                assert same(a[name][...], b[name][...]), name


def settings(options):
    return [word for option in options for word in ("--set", option)]


def every_dataset_is_that_of_one_process(program, folder):
    for name, scenario, options, tables, shapes in SCENARIOS:
        path = os.path.join(program.sources, scenario)
        one = os.path.join(folder, f"{name}.h5")
        alone = program.alone("run", path, "-o", one, *settings(options))
        assert alone.returncode == 0, alone.stderr
        with h5py.File(one) as file:
            for table in tables:
                assert file[f"{table}/tick"].size > 0, (name, table)
        for ranks, threads in ALL if LONG else shapes:
            out = os.path.join(folder, f"{name}-{ranks}-{threads}.h5")
            run = program.over(ranks, "run", path, "-o", out, "--threads", str(threads),
                               *settings(options))
            assert run.returncode == 0 and run.stdout == "", (name, ranks, run.stderr)
            for line in ("state hash", "lowest charge", "events    ", "radar   ", "propellant",
                         "docking", "collisions", "behaviour", "tracking"):
                told = [[text for text in said.splitlines() if text.strip().startswith(line)]
                        for said in (alone.stderr, run.stderr)]
                assert told[0] == told[1], told
            assert os.path.exists(out + ".ranks/run.json") == (ranks > 1)
            assert_equal_files(one, out)
            diff = program.alone("diff", one, out)
            assert diff.returncode == 0, diff.stdout
            if ranks > 1:
                with h5py.File(out) as file:
                    assert file.attrs["ranks"] == ranks
            shutil.rmtree(out + ".ranks", ignore_errors=True)
            os.remove(out)


def frozen_vehicles_of_all_ranks_are_in_one_table(program, folder):
    """Vehicles of the second rank alone, or of both, are quarantined; none knows of the other's."""
    scenario = os.path.join(folder, "bad.yaml")
    for bad in ("a: 0, b: 3", "a: 2, b: 3"):
        counts = dict(item.split(": ") for item in bad.split(", "))
        with open(scenario, "w", encoding="utf-8") as out:
            out.write("schema: qfleet/1\nname: bad\nseed: 1\ntime: {dt_s: 0.1, duration_s: 4}\n"
                      "record: {every_s: 1, state: [x_m, soc_pct], events: true}\ngroups:\n")
            for group, count in counts.items():
                bot = f"kind: bot, hardware: {program.sources}/configs/hardware/qiki_bot.json"
                out.write(f"  - {{name: {group}, {bot}, count: 1200}}\n")
                if count != "0":
                    out.write(f"  - {{name: {group}_bad, {bot}, count: {count}, "
                              "initial: {speed_mps: 1e300}}\n")
        one, two = os.path.join(folder, "bad1.h5"), os.path.join(folder, "bad2.h5")
        alone = program.alone("run", scenario, "-o", one, "--force")
        assert alone.returncode == 0, alone.stderr
        run = program.over(2, "run", scenario, "-o", two, "--force", "--threads", "1")
        assert run.returncode == 0, run.stderr
        with h5py.File(one) as file:
            assert file["quarantine/entity"].size > 0
        with h5py.File(two + ".ranks/rank-1-of-2.h5") as file:
            assert "quarantine" in file
        assert_equal_files(one, two)
        assert alone.stderr[alone.stderr.index("quarantined"):] == \
            run.stderr[run.stderr.index("quarantined"):]


def make_pair(program, folder, name, *options):
    out = os.path.join(folder, name)
    run = program.over(3, "run", os.path.join(program.sources, "configs/patrol.yaml"), "-o", out,
                       "--threads", "1", "--set", "time.duration_s=5", *options)
    assert run.returncode == 0, run.stderr
    return out


def refused(program, out, part, words):
    """By every reader; and whole again afterwards."""
    for command in (["info", out], ["diff", out, out], ["explain", out, "--entity", "0"],
                    ["verify", out], ["replay", out, "--case", "0", "-o", out + ".again"]):
        result = program.alone(*command)
        assert result.returncode == 3, (command, result)
        assert part in result.stderr and words in result.stderr, (command, result.stderr)


def parts_that_are_not_what_they_were_are_named(program, folder):
    out = make_pair(program, folder, "a.h5")
    other = make_pair(program, folder, "b.h5")
    first, second, third = [f"rank-{r}-of-3.h5" for r in range(3)]
    ranks = out + ".ranks/"
    spare = os.path.join(folder, "spare.h5")
    os.rename(ranks + second, spare)
    refused(program, out, second, "missing")
    shutil.copy(other + ".ranks/" + second, ranks + second)
    refused(program, out, second, "of another run")
    shutil.copy(ranks + third, ranks + second)
    refused(program, out, second, "is the file of rank 2 of 3, under a wrong name")
    with open(spare, "rb") as source, open(ranks + second, "wb") as target:
        target.write(source.read()[:-4096])
    refused(program, out, second, "cut short")
    with open(ranks + second, "wb") as target:
        target.write(b"no HDF5 at all" * 1000)
    refused(program, out, second, second)
    # a rank's file that was swapped with another's, each in the other's place
    os.rename(ranks + first, ranks + second)
    shutil.copy(spare, ranks + first)
    refused(program, out, first, "is the file of rank 1 of 3, under a wrong name")
    os.rename(ranks + second, ranks + first)
    os.rename(spare, ranks + second)
    assert program.alone("verify", out).returncode == 0


def readers_know_parts_and_their_directory(program, folder):
    out = os.path.join(folder, "a.h5")
    info = program.alone("info", out)
    assert info.returncode == 0 and "parts       3 files in a.h5.ranks" in info.stdout, info.stdout
    part = program.alone("info", out + ".ranks/rank-1-of-3.h5")
    assert part.returncode == 0, part.stderr
    assert "part        rank 1 of 3" in part.stdout, part.stdout
    directory = program.alone("info", out + ".ranks")
    assert directory.returncode == 0, directory.stderr
    assert "rank-2-of-3.h5" in directory.stdout and "complete" in directory.stdout
    with open(out + ".ranks/run.json", encoding="utf-8") as file:
        manifest = json.load(file)
    assert manifest["n_ranks"] == 3 and manifest["result"] == "a.h5"
    assert sum(rank["entities"] for rank in manifest["ranks"]) == 4000
    # moved together they are still one result; xarray opens it
    moved = os.path.join(folder, "moved")
    os.mkdir(moved)
    shutil.move(out, moved)
    shutil.move(out + ".ranks", moved)
    assert program.alone("verify", os.path.join(moved, "a.h5")).returncode == 0
    with xarray.open_dataset(os.path.join(moved, "a.h5"), group="state",
                             engine="h5netcdf") as state:
        assert state.sizes["entity"] == 4000
        assert not np.isnan(state["x_m"].values).any()
    # alone, where the directory of another run with the same name is the current one's, it has nothing
    other = make_pair(program, folder, "a.h5", "--seed", "7")
    read = ("import h5py, numpy, sys; x = h5py.File(sys.argv[1])['state/x_m'][...]; "
            "print(x.shape[1], numpy.isnan(x).all())")
    shutil.rmtree(os.path.join(moved, "a.h5.ranks"))
    seen = subprocess.run([sys.executable, "-c", read, os.path.join(moved, "a.h5")], cwd=folder,
                          capture_output=True, text=True, timeout=60)
    assert os.path.isdir(other + ".ranks") and seen.stdout == "4000 True\n", seen


def what_exists_is_replaced_by_force_only(program, folder):
    out = make_pair(program, folder, "again.h5")
    scenario = os.path.join(program.sources, "configs/patrol.yaml")
    command = ["run", scenario, "-o", out, "--threads", "1", "--set", "time.duration_s=2"]
    with h5py.File(out) as file:
        before = file.attrs["run_id"]
    result = program.over(2, *command)
    assert result.returncode == 2 and result.stderr.count("again.h5: exists already") == 1, \
        result.stderr
    os.rename(out, out + ".aside")
    result = program.over(2, *command)
    assert result.returncode == 2 and "again.h5.ranks' exists already" in result.stderr, \
        result.stderr
    os.rename(out + ".aside", out)
    with h5py.File(out) as file:
        assert file.attrs["run_id"] == before
    result = program.over(2, *command, "--force")
    assert result.returncode == 0, result.stderr
    assert sorted(os.listdir(out + ".ranks")) == ["rank-0-of-2.h5", "rank-1-of-2.h5", "run.json"]
    with open(out + ".ranks/notes.txt", "w", encoding="utf-8") as file:
        file.write("mine")
    result = program.over(2, *command, "--force")
    assert result.returncode == 2 and "notes.txt" in result.stderr, result.stderr
    assert program.alone("verify", out).returncode == 0
    # by one process, too, whose result has no parts
    os.remove(out + ".ranks/notes.txt")
    os.rename(out, out + ".aside")
    result = program.alone(*command)
    assert result.returncode == 2 and "again.h5.ranks' exists already" in result.stderr, \
        result.stderr
    os.rename(out + ".aside", out)
    result = program.alone(*command)
    assert result.returncode == 2 and "again.h5: exists already" in result.stderr, result.stderr
    assert program.alone("verify", out).returncode == 0
    result = program.alone(*command, "--force")
    assert result.returncode == 0 and not os.path.exists(out + ".ranks"), result.stderr
    assert program.alone("verify", out).returncode == 0


def command_lines_are_refused_once(program, folder):
    """By rank 0; a job of which a rank alone is refused ends, too, and that rank is named."""
    scenario = os.path.join(program.sources, "configs/patrol.yaml")
    usual = ["run", scenario, "--no-output", "--threads", "1", "--set", "time.duration_s=1"]
    for command, code, words in (
            ([], 2, "usage: qfleet COMMAND"), (["rnu"], 2, "unknown command 'rnu'"),
            (["run"], 2, "expected one scenario, found 0"),
            ([*usual, "--thraeds", "1"], 2, "unknown option '--thraeds'"),
            ([*usual, "-o", "a.h5"], 2, "contradict each other"),
            (["run", "--help"], 0, "usage: qfleet run SCENARIO"), (["--help"], 0, "exit codes:"),
            (["merge", "--help"], 0, "usage: qfleet merge DIR"), (["merge"], 2, "expected a sweep"),
            (["sweep", "--help"], 0, "usage: qfleet sweep"), (["--version"], 0, "qfleet ")):
        result = program.over(3, *command)
        assert result.returncode == code, (command, result)
        assert (result.stdout + result.stderr).count(words) == 1, (command, result)
    result = program.each([usual, [*usual, "--thraeds", "1"]])
    assert result.returncode == 2, result
    assert result.stderr.count("qfleet run: rank 1: bad command line") == 1, result.stderr
    # a launcher of another MPI: each process would take itself for the whole job
    for command in (usual, ["sweep", scenario]):
        result = subprocess.run([program.qfleet, *command], capture_output=True, text=True,
                                timeout=120, env=dict(os.environ, OMPI_COMM_WORLD_RANK="0",
                                                      OMPI_COMM_WORLD_SIZE="2"))
        assert result.returncode == 2, result
        assert "a launcher has started 2 processes, of which MPI knows nothing" in result.stderr


def a_rank_that_fails_ends_all_and_is_named(program, folder):
    scenario = os.path.join(program.sources, "configs/patrol.yaml")
    for culprit in (1, 0):
        out = os.path.join(folder, f"full-{culprit}.h5")
        command = ["run", scenario, "-o", out, "--threads", "1", "--set", "record.state=all",
                   "--set", "record.every_s=0.5"]
        result = program.one_short_of_disk(3, culprit, 20000, *command)
        assert result.returncode == 3, result
        assert result.stderr.count(f"rank {culprit}:") == 1, result.stderr
        assert "File too large" in result.stderr, result.stderr
        assert not os.path.exists(out)
        # what was recorded stays readable
        parts = os.listdir(out + ".ranks")
        assert f"rank-{culprit}-of-3.h5.partial" in parts, parts
        info = program.alone("info", out + f".ranks/rank-{culprit}-of-3.h5.partial")
        assert info.returncode == 0 and "NOT COMPLETE" in info.stdout, info
        info = program.alone("info", out + ".ranks")
        assert info.returncode == 1 and "NOT COMPLETE" in info.stdout, info


def a_full_disk_under_one_rank_ends_all_and_is_named(program, folder):
    if program.full_disk == "none":
        print("not tested, for sanitizers want to be preloaded first: ", end="")
        return
    scenario = os.path.join(program.sources, "configs/patrol.yaml")
    for culprit in (1, 0):
        out = os.path.join(folder, f"full-{culprit}.h5")
        file = f"rank-{culprit}-of-3.h5.partial"
        result = program.over(3, "run", scenario, "-o", out, "--threads", "1", "--set",
                              "record.state=all", "--set", "record.every_s=0.5",
                              LD_PRELOAD=program.full_disk, TEST_FULL_FILE=file,
                              TEST_FULL_BYTES=str(5 << 20))
        assert result.returncode == 3, result
        assert result.stderr.count("the disk is full") == 1, result.stderr
        assert result.stderr.count(f"qfleet run: rank {culprit}: ") == 1, result.stderr
        assert not os.path.exists(out) and os.path.exists(f"{out}.ranks/{file}")
        info = program.alone("info", f"{out}.ranks/{file}")
        assert info.returncode == 0 and "NOT COMPLETE" in info.stdout, info


def a_full_disk_while_parts_become_one_loses_nothing(program, folder):
    if program.full_disk == "none":
        print("not tested, for sanitizers want to be preloaded first: ", end="")
        return
    out = os.path.join(folder, "full.h5")
    result = program.over(2, "run", os.path.join(program.sources, "configs/patrol.yaml"), "-o", out,
                          "--threads", "1", "--set", "time.duration_s=5",
                          LD_PRELOAD=program.full_disk, TEST_FULL_FILE="full.h5.partial",
                          TEST_FULL_BYTES="1000")
    assert result.returncode == 3 and result.stderr.count("No space left") == 1, result
    assert os.listdir(folder) == ["full.h5.ranks"], os.listdir(folder)
    merged = program.alone("merge", out + ".ranks", "-o", out)
    assert merged.returncode == 0 and program.alone("verify", out).returncode == 0, merged


def a_rank_that_cannot_begin_ends_all_and_nothing_was_begun(program, folder):
    scenario = os.path.join(program.sources, "configs/patrol.yaml")
    out = os.path.join(folder, "none.h5")
    usual = ["run", scenario, "-o", out, "--threads", "1", "--set", "time.duration_s=2"]
    nowhere = [os.path.join(folder, "missing/none.h5") if word == out else word for word in usual]
    result = program.each([usual, usual, nowhere])
    assert result.returncode == 2, result
    assert result.stderr.count("rank 2:") == 1 and "there is no directory" in result.stderr, \
        result.stderr
    assert os.listdir(folder) == []
    for changed, code in ((usual + ["--seed", "7"], 2), (["run", "missing.yaml", *usual[2:]], 2)):
        result = program.each([usual, changed, usual])
        assert result.returncode == code, result
        assert result.stderr.count("rank 1:") == 1, result.stderr
        assert os.listdir(folder) == []


def a_signal_to_one_rank_stops_all(program, folder):
    out = os.path.join(folder, "stopped.h5")
    command = [program.qfleet, "run", os.path.join(program.sources, "configs/patrol.yaml"), "-o",
               out, "--threads", "1", "--set", "time.duration_s=100000"]
    run = ["-n", "1", *command, ":", "-n", "1", "sh", "-c",
           '"$0" "$@" & pid=$!; sleep 2; kill -TERM $pid; wait $pid', *command]
    result = subprocess.run([*program.mpiexec, *run], capture_output=True, text=True, timeout=120,
                            env=program.environment)
    assert result.returncode == 75, result
    assert result.stderr.count("interrupted after tick") == 1, result.stderr
    ticks = []
    for rank in (0, 1):
        with h5py.File(f"{out}.ranks/rank-{rank}-of-2.h5.partial") as file:
            assert file.attrs["status"] == "interrupted"
            ticks.append(file["state/tick"][-1])
    assert ticks[0] == ticks[1] > 0, ticks
    merged = program.alone("merge", out + ".ranks", "-o", out)
    assert merged.returncode == 3, merged
    assert f"the files of ranks 0-1 of 2 are unfinished, with records up to tick {ticks[0]} of " \
        in merged.stderr, merged.stderr
    assert f"mpirun -n 2 qfleet run SCENARIO -o {out} --resume" in merged.stderr, merged.stderr
    assert not os.path.exists(out)


def main():
    program = Program(*sys.argv[1:5])
    wanted = sys.argv[5:]
    for test in (every_dataset_is_that_of_one_process,
                 frozen_vehicles_of_all_ranks_are_in_one_table,
                 parts_that_are_not_what_they_were_are_named,
                 readers_know_parts_and_their_directory, what_exists_is_replaced_by_force_only,
                 command_lines_are_refused_once, a_rank_that_fails_ends_all_and_is_named,
                 a_full_disk_under_one_rank_ends_all_and_is_named,
                 a_full_disk_while_parts_become_one_loses_nothing,
                 a_rank_that_cannot_begin_ends_all_and_nothing_was_begun,
                 a_signal_to_one_rank_stops_all):
        if wanted and test.__name__ not in wanted:
            continue
        begin_s = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            if test is readers_know_parts_and_their_directory:
                make_pair(program, folder, "a.h5")
            test(program, folder)
            print(f"{test.__name__}: {time.monotonic() - begin_s:.1f} s", flush=True)


if __name__ == "__main__":
    main()
