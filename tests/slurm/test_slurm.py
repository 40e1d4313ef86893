# SPDX-License-Identifier: Apache-2.0
"""The jobs of scripts/slurm, really run by a Slurm of our own on this machine: killed, warned, put back into the queue,
merged; what they come to is what one process comes to.

usage: test_slurm.py PROGRAM PROJECT [TEST...]"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import h5py
import numpy

PROGRAM, PROJECT = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.join(PROJECT, "scripts", "slurm")
PATIENCE_S = 150
SETTLED_S = 2
# a requirement that is not met: exit code 1
OPTIONS = ("--set", "sweep.cases=3000", "--set", "requirements[0]=P(success) >= 0.998 confidence 0.95")
SWEEP = os.path.join(PROJECT, "configs", "sweeps", "docking.yaml")
WORLD = os.path.join(PROJECT, "configs", "patrol.yaml")
# mpirun as root, more ranks than cores, and through shared memory alone
ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_pml": "ob1",
               "OMPI_MCA_btl": "self,vader", "OMPI_MCA_mpi_yield_when_idle": "1", "OMP_WAIT_POLICY": "passive",
               "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_odls_base_sigkill_timeout": "4",
               "QFLEET": PROGRAM, "QFLEET_SLURM": SCRIPTS}


def check(condition, *what):
    assert condition, what


def run(*command, code=0, **variables):
    end = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, check=False,
                         stdin=subprocess.DEVNULL, env={**ENVIRONMENT, **variables})
    check(end.returncode == code, command, end.returncode, end.stdout, end.stderr, logs())
    return end


def logs():
    """What all jobs have said."""
    return {name: open(name, encoding="utf-8", errors="replace").read() for name in sorted(glob.glob("*.log"))}


def said():
    return "\n".join(logs().values())


def submit(script, *arguments, options=(), **variables):
    """The job's number."""
    text = run("sbatch", "--parsable", *options, script, *arguments, **variables).stdout
    return text.strip().split(";")[0]


def show(job):
    """Of every task of a job: state, reason, exit code."""
    text = subprocess.run(["scontrol", "show", "job", "--oneliner", str(job)], capture_output=True, text=True, check=False,
                          env=ENVIRONMENT).stdout
    tasks = {}
    for line in text.splitlines():
        fields = dict(re.findall(r"(\w+)=(\S*)", line))
        tasks[int(fields.get("ArrayTaskId", "0")) if fields.get("ArrayTaskId", "0").isdigit() else 0] = fields
    return tasks


def until(condition, what):
    begin = time.monotonic()
    while not condition():
        check(time.monotonic() - begin < PATIENCE_S, "waited in vain for", what, logs(),
              subprocess.run(["squeue"], capture_output=True, text=True, check=False, env=ENVIRONMENT).stdout)
        time.sleep(0.1)


held_since = {}  # when a start was first seen to wait


def skip_waiting(job):
    """What is put back into the queue waits for two minutes; a test need not. But its last start must be gone from the node."""
    for fields in show(job).values():
        if fields["JobState"] == "PENDING" and fields["Reason"] == "BeginTime":
            start = fields["JobId"], fields["Restarts"]
            if time.monotonic() - held_since.setdefault(start, time.monotonic()) < SETTLED_S:
                continue
            subprocess.run(["scontrol", "update", "JobId=" + fields["JobId"], "StartTime=now"], check=False, env=ENVIRONMENT,
                           capture_output=True)


ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY"}


def finish(job):
    """Waits for the end of all tasks; their states and exit codes."""
    def ended():
        skip_waiting(job)
        return all(fields["JobState"] in ENDED for fields in show(job).values())
    until(ended, f"the end of job {job}")
    return {task: (fields["JobState"], fields["ExitCode"]) for task, fields in show(job).items()}


def size(*path):
    name = os.path.join(*path)
    return os.path.getsize(name) if os.path.exists(name) else 0


def warn(job):
    """What --signal=B:USR1 does some time before the limit."""
    run("scancel", "--batch", "--signal=USR1", job)


def same_file(a, b, without=()):
    """Every dataset and attribute, value by value."""
    def content(name):
        found = {}
        with h5py.File(name) as file:
            file.visititems(lambda path, item: found.update(
                {path: item[...] if isinstance(item, h5py.Dataset) else None}))
        return found
    left, right = content(a), content(b)
    check(left.keys() == right.keys(), a, b, left.keys() ^ right.keys())
    for path, values in left.items():
        if path in without or values is None:
            continue
        check(values.dtype == right[path].dtype and values.shape == right[path].shape, a, b, path)
        same = numpy.array_equal(values, right[path], equal_nan=values.dtype.kind == "f")
        check(same, a, b, path)


def same_sweep(directory, reference="straight.sweep"):
    same_file(f"{directory}/sweep.h5", f"{reference}/sweep.h5", without={"sweep/wall_s"})
    run(PROGRAM, "diff", directory, reference)
    run(PROGRAM, "verify", directory, "--fraction", "0.01")


def straight_sweep():
    if not os.path.exists("straight.sweep"):
        run(PROGRAM, "sweep", SWEEP, "-o", "straight.sweep", *OPTIONS, code=1)


def array():
    """Four shards: one cancelled and brought back, one warned and put back into the queue; merged by dependency."""
    straight_sweep()
    arguments = (*OPTIONS, "--batch", "16")
    variables = {"SCENARIO": SWEEP, "OUT": "array.sweep", "SHARDS": "4"}
    options = ["--cpus-per-task=1", "--mem-per-cpu=256M", "--time=10"]
    script = f"{SCRIPTS}/sweep_array.sbatch"
    job = submit(script, *arguments, options=[*options, "--array=1-4"], **variables)
    merge = submit(f"{SCRIPTS}/merge.sbatch", options=[f"--dependency=afterany:{job}", "--mem=1G"], OUT="array.sweep")
    until(lambda: all(size(f"array.sweep/shard-{i}-of-4.journal") > 2000 for i in range(1, 5)), "cases of all shards")
    run("scancel", f"{job}_3")
    warn(f"{job}_2")
    states = finish(job)
    check(states[3][0] == "CANCELLED" and all(states[i][0] == "COMPLETED" for i in (1, 2, 4)), states, logs())
    check("back into the queue" in logs()[f"qfleet-sweep-{job}_2.log"], logs())
    check("start 1 on" in logs()[f"qfleet-sweep-{job}_2.log"], logs())
    check("back into the queue" not in logs()[f"qfleet-sweep-{job}_3.log"], logs())
    check(0 < size("array.sweep/shard-3-of-4.journal") and not os.path.exists("array.sweep/sweep.h5"), os.listdir("array.sweep"))
    # afterany: it says what is missing, and writes nothing
    check(finish(merge)[0] == ("FAILED", "3:0"), show(merge), logs())
    check("shard 3" in logs()[f"qfleet-merge-{merge}.log"], logs())
    check(not os.path.exists("array.sweep/sweep.h5"), os.listdir("array.sweep"))

    again = submit(script, *arguments, options=[*options, "--array=3"], **variables)
    merge = submit(f"{SCRIPTS}/merge.sbatch", options=[f"--dependency=afterok:{again}", "--mem=1G"], OUT="array.sweep")
    check(finish(again) == {3: ("COMPLETED", "0:0")}, show(again), logs())
    # 1: as of the sweep in one process
    check(finish(merge)[0] == ("FAILED", "1:0"), show(merge), logs())
    same_sweep("array.sweep")


def refusals():
    """Tasks beyond the shards, and one that gets nowhere, end."""
    beyond = submit(f"{SCRIPTS}/sweep_array.sbatch", options=["--array=5", "--cpus-per-task=1", "--mem-per-cpu=256M"],
                    SCENARIO=SWEEP, OUT="beyond.sweep", SHARDS="4")
    check(finish(beyond)[5] == ("FAILED", "2:0") and "there is no shard 5 of 4" in said(), show(beyond), logs())
    # from a folder in which the scenario's name means nothing
    lost = submit(f"{SCRIPTS}/sweep_array.sbatch", options=["--array=1", "--cpus-per-task=1", "--mem-per-cpu=256M"],
                  SCENARIO="no/such.yaml", OUT="lost.sweep")
    check(finish(lost)[1] == ("FAILED", "2:0") and "no/such.yaml cannot be read from" in said(), show(lost), logs())
    check(not glob.glob("lost.sweep*"), os.listdir())
    # a program that is always interrupted before it has done anything
    with open("idle", "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\nexit 75\n")
    os.chmod("idle", 0o755)
    idle = submit(f"{SCRIPTS}/sweep_array.sbatch", options=["--array=1", "--cpus-per-task=1", "--mem-per-cpu=256M"],
                  QFLEET="./idle", SCENARIO=SWEEP, OUT="idle.sweep")
    check(finish(idle)[1] == ("FAILED", "3:0") and "no progress since the last start" in said(), show(idle), logs())
    # one that something else puts back into the queue again and again
    with open("idle", "w", encoding="utf-8") as file:
        file.write('#!/bin/sh\nscontrol requeue "$SLURM_JOB_ID"\nexec sleep 60\n')
    again = submit(f"{SCRIPTS}/sweep_array.sbatch", options=["--array=1", "--cpus-per-task=1", "--mem-per-cpu=256M"],
                   QFLEET="./idle", SCENARIO=SWEEP, OUT="again.sweep")
    check(finish(again)[1] == ("FAILED", "3:0") and "3 starts have found nothing new" in said(), show(again), logs())


def planned():
    """What qfleet plan --sbatch writes is submitted by the lines that it says, and needs nothing of the tree."""
    straight_sweep()
    run(PROGRAM, "plan", SWEEP, *OPTIONS, "--threads", "1", "--nodes", "3", "--time", "10", "--sbatch", "a job.sbatch")
    text = open("a job.sbatch", encoding="utf-8").read()
    lines = re.findall(r"^#   (sbatch .*)$", text, re.MULTILINE)
    check(len(lines) == 2 and "--array=1-3\n" in text and "SHARDS:-3}" in text, text)
    nothing = {"QFLEET_SLURM": "/nowhere"}
    os.mkdir("elsewhere")
    os.rename("a job.sbatch", "elsewhere/a job.sbatch")
    job = run("sh", "-c", "cd elsewhere && " + lines[0], **nothing).stdout.split()[-1]
    merge = run("sh", "-c", lines[1].replace("JOBID", job), **nothing).stdout.split()[-1]
    check(finish(job) == {i: ("COMPLETED", "0:0") for i in (1, 2, 3)}, show(job), logs())
    check(finish(merge)[0] == ("FAILED", "1:0"), show(merge), logs())
    same_sweep("docking_sweep.sweep")
    check(not os.path.exists("docking_sweep.sweep.slurm"), os.listdir(), os.listdir("elsewhere"))


def topo():
    """What a task may use is what Slurm gave it, though nothing here confines it."""
    def tell(*options, command='"$QFLEET" topo --json'):
        with open("topo.sh", "w", encoding="utf-8") as file:
            file.write(f"#!/bin/bash\nexec {command}\n")
        job = submit("topo.sh", options=[*options, "--output=topo.json"])
        text = open("topo.json", encoding="utf-8").read() if finish(job)[0] == ("COMPLETED", "0:0") else show(job)
        check(isinstance(text, str), text)
        return json.loads(text)
    told = tell("--cpus-per-task=1", "--mem=300M")
    check(told["threads"] == 1 and told["limits"]["slurm_cpus_per_task"] == 1, told)
    check(told["limits"]["slurm_memory_bytes"] == 300 << 20, told["limits"])
    check(told["bound"] == (told["cores_allowed"] == 1), told)
    # of two ranks each has its own half of the cores, where there are so many
    ranks = ["--ntasks=2", "--mem-per-cpu=150M"]
    told = tell(*ranks, command='mpirun --bind-to none "$QFLEET" topo --json')
    check(told["limits"]["local_ranks"] == 2 and told["limits"]["slurm_memory_bytes"] == 300 << 20, told["limits"])
    n_cores = len(told["cores"])
    check(told["threads"] == max(1, n_cores // 2) and told["cores_allowed"] == (n_cores // 2 or 1), told)
    told = tell(*ranks, command='srun --mpi=pmix "$QFLEET" topo --json')
    check(told["limits"]["local_ranks"] == 2 and told["limits"]["slurm_memory_bytes"] == 300 << 20, told["limits"])


def warned():
    """Slurm's own warning before the time limit puts a task back into the queue, with what was on its command line."""
    with open("slow", "w", encoding="utf-8") as file:
        file.write("#!/bin/bash\n"
                   "[[ ${!#} == 'two words' ]] || exit 9\n"
                   "[[ -e slow.sweep/shard-1-of-4.journal ]] && exit 1\n"
                   "mkdir -p slow.sweep\n"
                   "trap 'echo work >slow.sweep/shard-1-of-4.journal; exit 75' USR1\n"
                   "sleep 55 & wait $!\n")
    os.chmod("slow", 0o755)
    job = submit(f"{SCRIPTS}/sweep_array.sbatch", "--set", "two words", QFLEET="./slow", SCENARIO=SWEEP, OUT="slow.sweep",
                 SHARDS="4", options=["--array=1", "--cpus-per-task=1", "--mem-per-cpu=100M", "--time=1", "--signal=B:USR1@55"])
    check(finish(job)[1] == ("COMPLETED", "0:0"), show(job), logs())
    text = logs()[f"qfleet-sweep-{job}_1.log"]
    check("back into the queue" in text and "start 1 on" in text, text)


def mpi(launcher):
    straight_sweep()
    out = f"{launcher}.sweep"
    job = submit(f"{SCRIPTS}/sweep_mpi.sbatch", *OPTIONS, "--batch", "16", SCENARIO=SWEEP, OUT=out, LAUNCHER=launcher,
                 options=["--ntasks=2", "--cpus-per-task=1", "--mem-per-cpu=256M", "--time=10"])
    until(lambda: sum(map(size, glob.glob(f"{out}/*.journal"))) > 5000, "cases of the ranks")
    warn(job)
    state = finish(job)[0]
    text = logs()[f"qfleet-sweep-{job}.log"]
    check(state == ("FAILED", "1:0"), state, text)
    check("back into the queue" in text and "start 1 on" in text, text)
    same_sweep(out)


def mpi_mpirun():
    mpi("mpirun")


def mpi_srun():
    mpi("srun")


def world(launcher):
    arguments = ("--set", "time.duration_s=20000", "--set", "record.every_s=200")
    if not os.path.exists("straight.h5"):
        run(PROGRAM, "run", WORLD, "-o", "straight.h5", *arguments)
    out = f"{launcher}.h5"
    job = submit(f"{SCRIPTS}/run_world.sbatch", *arguments, SCENARIO=WORLD, OUT=out, LAUNCHER=launcher,
                 options=["--ntasks-per-node=2", "--cpus-per-task=1", "--mem-per-cpu=512M", "--time=5"])
    until(lambda: glob.glob(f"{out}.ranks/*.partial") or size(f"{out}.partial"), "the start of the run")
    time.sleep(2)
    warn(job)
    state = finish(job)[0]
    text = logs()[f"qfleet-run-{job}.log"]
    check(state == ("COMPLETED", "0:0"), state, text)
    check("back into the queue" in text and "start 1 on" in text, text)
    run(PROGRAM, "diff", out, "straight.h5")


def world_mpirun():
    world("mpirun")


def world_srun():
    world("srun")


TESTS = (refusals, warned, topo, array, planned, mpi_mpirun, mpi_srun, world_mpirun, world_srun)


def main():
    chosen = [test for test in TESTS if not sys.argv[3:] or test.__name__ in sys.argv[3:]]
    check(len(chosen) == len(sys.argv[3:] or TESTS), "tests are", [test.__name__ for test in TESTS])
    slurm = tempfile.mkdtemp(prefix="slurm", dir="/tmp")  # a short path: sockets are in it
    directory = tempfile.mkdtemp()
    ENVIRONMENT["SLURM_CONF"] = os.path.join(slurm, "slurm.conf")
    os.chdir(directory)
    try:
        run(f"{HERE}/slurm_up.sh", slurm)
        for test in chosen:
            begin = time.monotonic()
            test()
            print("%-14s %.1f s" % (test.__name__, time.monotonic() - begin), flush=True)
    finally:
        stop(slurm)
        os.chdir("/")
        shutil.rmtree(slurm)
        shutil.rmtree(directory)


def stop(slurm):
    """No job outlives the Slurm that knows of it."""
    def is_empty():
        subprocess.run(["scancel", "--signal=KILL", "--full", "--user=root"], check=False, env=ENVIRONMENT, capture_output=True)
        subprocess.run(["scancel", "--user=root"], check=False, env=ENVIRONMENT, capture_output=True)
        left = subprocess.run(["squeue", "--noheader"], check=False, env=ENVIRONMENT, capture_output=True)
        return not left.stdout.strip()
    until(is_empty, "the end of all jobs")
    run(f"{HERE}/slurm_down.sh", slurm)


main()
