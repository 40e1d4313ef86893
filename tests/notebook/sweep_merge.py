# SPDX-License-Identifier: Apache-2.0
"""qfleet merge as scripts meet it: shards from several places become the sweep that one process computes, and whatever is
in the way of that is named and nothing written.

usage: sweep_merge.py PROGRAM"""
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

import h5py
import numpy

PROGRAM = sys.argv[1]

SCENARIO = """
schema: qfleet/1
name: bowl
seed: %(seed)d
sweep:
  cases: %(cases)d
  sampling: random
  function: {ishigami: {a: 7, b: 0.1}}
  parameters:
    x1: {uniform: {min: -3, max: 3}}
    x2: {uniform: {min: -3, max: 3}}
    x3: {uniform: {min: -3, max: 3}}
  %(more)s
requirements:
  - mean(f) <= %(limit)g confidence 0.95
"""

# slow enough to be met at work
SLOW = """
schema: qfleet/1
name: slow
seed: 5
time: {dt_s: 0.1, duration_s: 20}
groups:
  - {name: a, kind: bot, count: 1, hardware: {hardware_profile: {}}}
sweep:
  cases: 20000
  parameters:
    soc: {path: "groups[0].initial.soc_pct", uniform: {min: 20, max: 100}}
  success: "initial(min(soc_pct over a)) > 10"
"""


def write(name="s.yaml", cases=41, limit=20, seed=1, more=""):
    with open(name, "w", encoding="utf-8") as out:
        out.write(SCENARIO % {"cases": cases, "limit": limit, "seed": seed, "more": more})
    return name


def run(*arguments, code=0, **options):
    end = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=120, check=False, **options)
    assert end.returncode == code, (arguments, end.returncode, end.stdout, end.stderr)
    return end


def check(condition, *what):
    assert condition, what


def shard(i, n, directory, *more, scenario="s.yaml"):
    run("sweep", scenario, "--shard", "%d/%d" % (i, n), "-o", directory, *more)


def shards(n, *directories):
    """Shards 1 ... n, in turn in each of the directories."""
    for i in range(n):
        shard(i + 1, n, directories[i % len(directories)])


def contents(directory):
    return {name: open(os.path.join(directory, name), "rb").read()
            for name in sorted(os.listdir(directory)) if "timing" not in name}


def refuses(*arguments, said, code=3, writes=None):
    """The merge ends with that code, says all of `said`, and leaves the directory as it was."""
    before = contents(writes) if writes and os.path.exists(writes) else None
    end = run("merge", *arguments, code=code)
    for text in said:
        check(text in end.stderr, text, end.stderr)
    after = contents(writes) if writes and os.path.exists(writes) else None
    check(before == after, "wrote", arguments)
    return end.stderr


def commands_of(text):
    return [line.strip() for line in text.splitlines() if line.startswith("  qfleet sweep")]


def obey(command):
    subprocess.run(command.replace("qfleet", PROGRAM, 1), shell=True, check=True, capture_output=True, timeout=120)


def same_sweep(a, b):
    """Every dataset and its attributes, but how long cases took."""
    with h5py.File(a) as one, h5py.File(b) as other:
        names = []
        one.visit(names.append)
        found = []
        other.visit(found.append)
        check(names == found, names, found)
        for name in names:
            if not isinstance(one[name], h5py.Dataset) or name == "sweep/wall_s":
                continue
            x, y = one[name][()], other[name][()]
            check(x.dtype == y.dtype and x.shape == y.shape, name)
            check(numpy.array_equal(x, y, equal_nan=x.dtype.kind == "f"), name)
            check(list(one[name].attrs) == list(other[name].attrs), name)


def several_places():
    write(more="replications: 1")
    single = json.loads(run("sweep", "s.yaml", "-o", "whole", "--json").stdout)
    shards(4, "a", "b")
    end = run("merge", "a", "b", "-o", "m", "--json", "--junit", "j.xml")
    merged = json.loads(end.stdout)
    for key in single:
        check(key in ("directory", "wall_s", "n_ran") or single[key] == merged[key], key, single[key], merged[key])
    check("4 of 4 shards" in end.stderr, end.stderr)
    check("bowl" in open("j.xml", encoding="utf-8").read())
    same_sweep("whole/sweep.h5", "m/sweep.h5")
    with h5py.File("m/sweep.h5") as file:
        check(not numpy.isnan(file["sweep/wall_s"][:]).any(), "lost the times")
    run("verify", "m")
    check(subprocess.run(["xxh128sum", "--check", "--quiet", "checksums.txt"], cwd="m", check=False).returncode == 0
          if shutil.which("xxh128sum") else True)
    # the same as where all shards share a directory, and again, and by files
    shards(4, "together")
    check(contents("together") == contents("m"), "differs from what the last task writes")
    run("merge", "together")
    check(contents("together") == contents("m"), "merging again writes something else")
    again = run("merge", "a", "b", "-o", "m")
    check("taken over" not in again.stderr, again.stderr)
    check(contents("together") == contents("m"))
    run("merge", *("%s/shard-%d-of-4.h5" % ("ab"[i % 2], i + 1) for i in range(4)), "-o", "files")
    check(contents("files") == contents("m"), "files of shards come to something else")
    # what is replaced at the source is not replaced here
    shard(1, 4, "a", "--force")
    check(contents("files") == contents("m"))
    # the last one alone, and what was there before stays
    shard(1, 4, "late")
    shard(2, 4, "late")
    run("merge", "a", "b", "-o", "late")
    check(contents("late") == contents("m"))


def verdicts():
    write(limit=0.1)
    shards(2, "a", "b")
    check("NOT MET" in run("merge", "a", "b", "-o", "m", code=1).stderr)


def copies():
    """Between file systems there are no hard links."""
    write()
    shards(2, "a", "b")
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as other:
        end = run("merge", "a", "b", "-o", other + "/m")
        links = os.stat(other + "/m/shard-1-of-2.h5").st_nlink
        if os.stat(other).st_dev != os.stat("a").st_dev:
            check("0 as hard links and 2 as copies" in end.stderr and links == 1, end.stderr)
        run("merge", "a", "b", "-o", "m")
        check(contents(other + "/m") == contents("m"))
    check(os.stat("m/shard-1-of-2.h5").st_nlink == 2)


def missing():
    write()
    shards(2, "it's here", "b")
    text = refuses("it's here", said=("shard 2 of 2 is missing",), writes="it's here")
    obey(commands_of(text)[0])
    run("merge", "it's here")
    shards(2, "c")
    for name in ("shard-1-of-2.h5", "shard-2-of-2.h5", "sweep.h5", "checksums.txt"):
        os.remove("c/" + name)
    text = refuses("c", "-o", "m", said=("shards 1-2 of 2 are missing", "--shard 1/2"), writes="m")
    check(not os.path.exists("m"), "made a directory")


def truncate(path):
    os.truncate(path, os.path.getsize(path) // 2)


def flip(path, dataset, row):
    with h5py.File(path, "r+") as file:
        file[dataset][row] += 1


def damaged():
    write()
    shards(6, "a", "b")
    shard(1, 6, "other", "--seed", "9")
    shard(1, 3, "division")
    clean = contents("a")
    shutil.copytree("b", "c")
    truncate("c/shard-2-of-6.h5")
    flip("c/shard-4-of-6.h5", "sweep/f", 3)
    os.remove("c/shard-6-of-6.h5")
    shutil.copy("division/shard-1-of-3.h5", "c")
    shutil.copy("other/shard-1-of-6.h5", "c")
    text = refuses("c", "a", "-o", "m", writes="m", said=(
        "c/shard-2-of-6.h5: is HDF5, but damaged or cut short", "c/shard-4-of-6.h5: case 23 does not match its checksum",
        "shard 6 of 6 is missing", "c/shard-1-of-3.h5: is of another division: this sweep has 6 shards",
        "c/shard-1-of-6.h5 and a/shard-1-of-6.h5: have shard 1 of 6 with different bytes",
        "c/shard-1-of-6.h5: belongs to another sweep, or is damaged: it names another scenario",
        "6 things are in the way, named above; nothing was written"))
    check(not os.path.exists("m"), text)
    open("c/shard-2-of-6.h5", "wb").close()
    refuses("c", "a", "-o", "m", said=("c/shard-2-of-6.h5: is empty",), writes="m")
    with open("c/shard-2-of-6.h5", "wb") as file:
        file.write(b"nothing of the kind")
    refuses("c", "a", "-o", "m", said=("c/shard-2-of-6.h5: is not an HDF5 file",), writes="m")
    check(contents("a") == clean, "changed a source")
    # who reads a sweep that is damaged names all of it, too
    shutil.copytree("a", "e")
    shutil.copytree("b", "e", dirs_exist_ok=True)
    run("merge", "e")
    truncate("e/shard-1-of-6.h5")
    truncate("e/shard-5-of-6.h5")
    os.remove("e/shard-3-of-6.h5")
    for command in (("info", "e"), ("verify", "e/sweep.h5"), ("diff", "e", "a"), ("compare", "e", "a")):
        end = run(*command, code=3)
        for i, said in ((1, "is HDF5, but damaged or cut short"), (3, "is missing, and checksums.txt tells of it"),
                        (5, "is HDF5, but damaged or cut short")):
            check("e/shard-%d-of-6.h5: %s" % (i, said) in end.stdout + end.stderr, command, end.stderr)
    # every header that says whose it is
    for name, value, said in (("design_xxh3", "0" * 16, "another design"), ("git_commit", "another", "another version"),
                              ("n_shards", 7, "another number of shards"), ("shard", 3, "another shard"),
                              ("first_case", 3, "another shard")):
        shutil.rmtree("d", ignore_errors=True)
        shutil.copytree("b", "d")
        with h5py.File("d/shard-4-of-6.h5", "r+") as file:
            file.attrs.modify(name, value)
        refuses("a", "d", "-o", "m", said=("d/shard-4-of-6.h5: belongs to another sweep, or is damaged", said), writes="m")
    os.rename("d/shard-6-of-6.h5", "d/shard-4-of-6.h5")
    refuses("a", "d", "-o", "m", said=("d/shard-4-of-6.h5: belongs to", "another shard", "shard 6 of 6 is missing"), writes="m")


def other_sweeps():
    write()
    shards(2, "a", "b")
    write("t.yaml", limit=15)
    shard(2, 2, "t", scenario="t.yaml")
    text = refuses("a", "t", "-o", "m", said=("t: holds a sweep of another scenario than a: the scenario's text\n",
                                              "mean(f) <= 15", "shard 2 of 2 is missing"), writes="m")
    check("version" not in text and "seed" not in text and "cases" not in text.split("\n")[0], text)
    shard(2, 3, "three")
    refuses("a", "three", "-o", "m", said=("three: is divided into another number of shards than a: 3 shards, not 2\n",), writes="m")
    refuses("a", "b", "-o", "t", code=2, said=("t: holds a sweep of another scenario than a", "--force"), writes="t")
    run("merge", "a", "b", "-o", "m")
    run("merge", "a", "b", "-o", "t", "--force")
    check(contents("t") == contents("m"))
    os.mkdir("mine")
    open("mine/diary.txt", "w", encoding="utf-8").close()
    for more in ((), ("--force",)):
        refuses("a", "b", "-o", "mine", *more, code=2, said=("is no sweep's directory, and not empty",), writes="mine")
    manifest = open("b/manifest.json", encoding="utf-8").read()
    with open("b/manifest.json", "w", encoding="utf-8") as out:
        out.write(manifest.replace('"cases": 41', '"cases": 42'))
    refuses("a", "b", "-o", "n", said=("b/manifest.json: is damaged", "shard 2 of 2 is missing"), writes="n")
    run("merge", "b", code=3)
    os.remove("b/manifest.json")
    refuses("a", "b", "-o", "n", said=("b: is no sweep: it has no manifest.json",), writes="n")
    run("merge", "a", "b/shard-2-of-2.h5", "-o", "n")
    check(contents("n") == contents("m"))
    refuses("b/shard-2-of-2.h5", "-o", "n2", said=("no source has a manifest.json",), writes="n2")
    refuses("a", "nowhere", "-o", "n2", said=("nowhere: No such file", "shard 2 of 2 is missing"), writes="n2")
    with open("a/scenario.yaml", "a", encoding="utf-8") as out:
        out.write("# changed\n")
    refuses("a", said=("a/scenario.yaml: is not the scenario that the manifest tells of",), writes="a")


def twice():
    write()
    shards(2, "a", "b")
    shutil.copytree("a", "copy")
    end = run("merge", "a", "b", "copy", "-o", "m")
    check("1 shard was twice there, with the same bytes" in end.stderr, end.stderr)
    with h5py.File("copy/shard-1-of-2.h5", "r+") as file:
        file.attrs["note"] = "by hand"
    refuses("a", "b", "copy", "-o", "n", writes="n",
            said=("a/shard-1-of-2.h5 and copy/shard-1-of-2.h5: have shard 1 of 2 with different bytes",))
    refuses("copy", "-o", "m", said=("m/shard-1-of-2.h5 and copy/shard-1-of-2.h5",), writes="m")
    run("merge", "copy", "b", "-o", "m", "--force")
    check(contents("m")["shard-1-of-2.h5"] == contents("copy")["shard-1-of-2.h5"])
    run("verify", "m")


def out_of_date():
    write()
    shards(2, "a")
    with h5py.File("a/shard-2-of-2.h5", "r+") as file:
        file.attrs["note"] = "by hand"
    refuses("a", said=("a/sweep.h5: was made of another shard-2-of-2.h5",), writes="a")
    run("verify", "a", code=1)
    run("merge", "a", "--force")
    run("verify", "a")


def not_run():
    write()
    run("sweep", "s.yaml", "--cases", "10-19", "-o", "a")
    text = refuses("a", said=("cases 0-9,20-40 were not run",), writes="a")
    obey(commands_of(text)[0])
    run("merge", "a")
    run("sweep", "s.yaml", "-o", "whole")
    check(contents("a") == contents("whole"))


def ended_early():
    write(cases=100000, limit=100, more="stop_when: decided")
    summary = json.loads(run("sweep", "s.yaml", "-o", "a", "--json").stdout)
    before = contents("a")
    merged = json.loads(run("merge", "a", "--json").stdout)
    check(summary["stopped_early"] and merged["n_counted"] == summary["n_counted"] < 100000, merged)
    check(contents("a") == before, "another end")


def at_work():
    with open("s.yaml", "w", encoding="utf-8") as out:
        out.write(SLOW)
    shard(1, 2, "a")
    slow = [PROGRAM, "sweep", "s.yaml", "--shard", "2/2", "-o", "a", "--threads", "1", "--batch", "16"]
    journal = "a/shard-2-of-2.journal"
    with subprocess.Popen(slow, stderr=subprocess.DEVNULL) as child:
        while child.poll() is None and not (os.path.exists(journal) and os.path.getsize(journal) > 1000):
            time.sleep(0.002)
        try:
            child.send_signal(signal.SIGSTOP)
            refuses("a", said=("a/shard-2-of-2.journal: another process is at work on shard 2 of 2",), writes="a")
        finally:
            child.send_signal(signal.SIGCONT)
            child.terminate()
    check(child.returncode == 75, child.returncode)
    text = refuses("a", said=("a/shard-2-of-2.journal: shard 2 of 2 was begun and is not done", "of its 10000 cases"), writes="a")
    # done elsewhere, and what was begun here is of no use any more
    shutil.copytree("a", "b")
    shard(2, 2, "c")
    run("merge", "c", "-o", "b")
    check(not os.path.exists("b/shard-2-of-2.journal") and os.path.exists("b/sweep.h5"), os.listdir("b"))
    obey(commands_of(text)[0])
    run("merge", "a")
    check(contents("a") == contents("b"))
    # of a job of several processes
    with open("a/rank-1.journal", "wb") as out:
        out.write(b"begun")
    refuses("a", said=("a/rank-1.journal: was left by a job that did not end",), writes="a")


def as_nobody():
    os.setgid(65534)
    os.setuid(65534)


def read_only():
    if os.geteuid() == 0:
        as_whom = {"preexec_fn": as_nobody}
    else:
        as_whom = {}
    write()
    shards(2, "a", "b")
    os.mkdir("m")
    for directory in (".", "a", "b", "m"):
        os.chmod(directory, 0o555)
    try:
        end = run("merge", "a", "b", "-o", "m", code=3, **as_whom)
        check("m/manifest.json: cannot be written: Permission denied" in end.stderr, end.stderr)
        end = run("merge", "a", "b", "-o", "n", code=2, **as_whom)
        check("n: cannot be made: Permission denied" in end.stderr, end.stderr)
        check(os.listdir("m") == [] and not os.path.exists("n"))
        os.chmod("m", 0o777)
        end = run("merge", "a", "b", "-o", "m", **as_whom)  # sources are only read
        os.chmod("m", 0o555)
        run("verify", "m", **as_whom)
        os.chmod("a", 0o755)
        shard(2, 2, "a")
        os.chmod("a", 0o555)
        before = contents("a")
        end = run("merge", "a", code=2, **as_whom)
        check("a/sweep.h5: no permission to write in directory 'a'" in end.stderr, end.stderr)
        check(contents("a") == before)
    finally:
        for directory in (".", "a", "b", "m"):
            os.chmod(directory, 0o755 | stat.S_IWUSR)


def refusals():
    write()
    shards(2, "a")
    text = run("merge", "--help").stdout
    check(max(map(len, text.splitlines())) <= 80 and "qfleet merge DIR" in text, text)
    check(re.search(r"^ +merge +\S", run("--help").stdout, re.M))
    for arguments, said in (((), "expected a sweep's directory"), (("a", "b"), "2 sources need -o"),
                            (("s.yaml", "-o", "m"), "s.yaml: is neither a sweep's directory nor a shard"),
                            (("a/shard-1-of-2.timing.h5", "-o", "m"), "is neither a sweep's directory nor a shard"),
                            (("a", "--resume"), "unknown option '--resume'"), (("a", "--junit", "no/such/j.xml"), "No such file")):
        check(said in run("merge", *arguments, code=2).stderr, arguments)
    refuses("nowhere", said=("nowhere: is no sweep",))
    os.mkdir("empty")
    refuses("empty", said=("empty: is no sweep: it has no manifest.json",), writes="empty")


for test in (several_places, verdicts, copies, missing, damaged, other_sweeps, twice, out_of_date, not_run, ended_early, at_work,
             read_only, refusals):
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        os.chdir(directory)
        begin = time.monotonic()
        test()
        print("%-14s %.2f s" % (test.__name__, time.monotonic() - begin), flush=True)
        os.chdir("/")
