# SPDX-License-Identifier: Apache-2.0
"""qfleet sweep and qfleet plan as scripts meet them: what they print for programs, exit codes, files, interruption.

usage: sweep_program.py PROGRAM"""
import fcntl
import json
import os
import signal
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml

PROGRAM = sys.argv[1]

SCENARIO = """
schema: qfleet/1
name: "two&<more>"
seed: 5
time: {dt_s: 0.1, duration_s: 10}
groups:
  - {name: a, kind: bot, count: 1, hardware: {hardware_profile: {}}}
  - {name: b, kind: bot, count: 1, hardware: {hardware_profile: {}}, initial: {position_m: [10, 0, 0]}}
sweep:
  cases: %(cases)d
  sampling: sobol
  parameters:
    soc: {path: "groups[0].initial.soc_pct", uniform: {min: 20, max: 100}}
    x: {path: "groups[1].initial.position_m[0]", normal: {mean: 10, sd: 2}, unit: m}
    limit: {uniform: {min: 0, max: 60}}
  metrics:
    charge: "initial(min(soc_pct over a))"
    apart_m: "initial(b.x_m - a.x_m)"
  success: "initial(b.x_m) > 5 m"
  %(more)s
requirements:
  - {name: "enough \\"charge\\"", require: "P(charge > parameter.limit) >= %(limit)g confidence 0.95"}
  - mean(apart_m) <= 11 m confidence 0.95
"""


def write(name="s.yaml", cases=400, limit=0.7, more=""):
    with open(name, "w", encoding="utf-8") as out:
        out.write(SCENARIO % {"cases": cases, "limit": limit, "more": more})
    return name


def run(*arguments, code=0):
    end = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert end.returncode == code, (arguments, end.returncode, end.stdout, end.stderr)
    return end


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def check(condition, *what):
    assert condition, what


def same_results(a, b):
    for name in ("sweep.h5", "shard-1-of-1.h5", "scenario.yaml", "manifest.json", "checksums.txt"):
        check(read(a, name) == read(b, name), name, "differs")


def dry_run():
    text = run("sweep", write(), "--dry-run").stdout
    for part in ("400 cases", "sobol", "groups[0].initial.soc_pct", "uniform 20 ... 100", "limit  ", "charge", "batches",
                 "memory", "disk"):
        check(part in text, part, text)
    check(max(map(len, text.splitlines())) <= 100, text)
    plan = json.loads(run("sweep", "s.yaml", "--dry-run", "--json").stdout)
    check(plan["n_cases"] == 400 and plan["n_batches"] >= 1 and len(plan["first_cases"]) == 5, plan)
    check([p["packed"] for p in plan["parameters"][:2]] == [True, True], plan["parameters"])
    check(20 <= plan["first_cases"][0]["soc"] <= 100, plan["first_cases"])
    part = json.loads(run("sweep", "s.yaml", "--dry-run", "--json", "--shard", "2/4").stdout)
    check((part["first_case"], part["last_case"]) == (100, 199), part)
    check(part["first_cases"][0]["case"] == 100, part)
    check(os.listdir() == ["s.yaml"], os.listdir())


def structural():
    write(more="", name="w.yaml")
    text = read("w.yaml").decode().replace("limit: {uniform: {min: 0, max: 60}}",
                                           "limit: {uniform: {min: 0, max: 60}}\n    cold: "
                                           '{path: "environment.ambient_c", choice: [-60, -50, 20]}')
    with open("w.yaml", "w", encoding="utf-8") as out:
        out.write(text)
    plan = json.loads(run("sweep", "w.yaml", "--dry-run", "--json").stdout)
    check([p["packed"] for p in plan["parameters"] if p["name"] == "cold"] == [False], plan)
    check(plan["n_batches"] >= 3, plan["n_batches"])
    check("structural" in run("sweep", "w.yaml", "--dry-run").stdout)
    os.remove("w.yaml")


def answers():
    end = run("sweep", write(), "--json", "--junit", "j.xml", "-o", "met")
    summary = json.loads(end.stdout)
    check(summary["met"] and summary["outcomes"]["ok"] == 400 and summary["n_ran"] == 400, summary)
    check([r["verdict"] for r in summary["requirements"]] == ["met", "met"], summary)
    charge = [m for m in summary["metrics"] if m["name"] == "charge"][0]
    check(abs(charge["mean"] - 60) < 1 and charge["n"] == 400, charge)
    check(max(map(len, end.stderr.splitlines())) <= 80, end.stderr)
    suite = xml.parse("j.xml").getroot().find("testsuite")
    check(suite.get("name") == "two&<more>" and suite.get("tests") == "3" and suite.get("failures") == "0", suite.attrib)
    check(suite.findall("testcase")[0].get("name") == 'enough "charge"')

    end = run("sweep", write(limit=0.95), "--json", "--junit", "j.xml", "-o", "unmet", code=1)
    summary = json.loads(end.stdout)
    check(not summary["met"] and summary["requirements"][0]["verdict"] == "not met", summary["requirements"])
    check("NOT MET" in end.stderr and "qfleet replay unmet --case" in end.stderr, end.stderr)
    suite = xml.parse("j.xml").getroot().find("testsuite")
    failure = suite.findall("testcase")[0].find("failure")
    check(suite.get("failures") == "1" and failure.get("type") == "not met", suite.attrib)
    check("qfleet replay unmet --case" in failure.text, failure.text)

    # on the edge of what so many cases can tell
    share = summary["requirements"][0]["estimate"]
    end = run("sweep", write(limit=share - 0.001), "--json", "-o", "open", code=1)
    check(json.loads(end.stdout)["requirements"][0]["verdict"] == "undecided", end.stdout)


def early():
    end = run("sweep", write(cases=100000, more="stop_when: decided"), "--json", "-o", "early")
    summary = json.loads(end.stdout)
    check(summary["stopped_early"] and summary["n_counted"] < 1000 and summary["n_ran"] == summary["n_counted"], summary)
    check("decided after %d of 100,000" % summary["n_counted"] in end.stderr, end.stderr)


def progress():
    lines = run("sweep", write(), "--progress", "json", "--batch", "10", "-o", "told").stdout.splitlines()
    told = [json.loads(line) for line in lines]
    done = [t["done"] for t in told]
    check(done == sorted(done) and done[0] == 0 and done[-1] == 400, done)
    check(told[-1]["left_s"] == 0 and sum(told[-1]["outcomes"].values()) == 400, told[-1])
    last = told[-1]["requirements"][0]
    check(last["low"] < last["estimate"] < last["high"] and last["n"] == 400, last)
    err = run("sweep", "s.yaml", "--progress", "on", "-o", "shown").stderr
    check("400 of 400" in err and "\033" not in err, err)
    check("cases/s" not in run("sweep", "s.yaml", "-o", "quiet").stderr.split("outcomes")[0])


def parts():
    write()
    first = run("sweep", "s.yaml", "--shard", "2/2", "-o", "parts", "--junit", "no.xml")
    check("no verdict" in first.stderr and "no.xml" in first.stderr, first.stderr)
    check(not os.path.exists("no.xml") and not os.path.exists("no.xml.partial"), os.listdir())
    check(not os.path.exists("parts/sweep.h5"), os.listdir("parts"))
    whole = json.loads(run("sweep", "s.yaml", "--shard", "1/2", "-o", "parts", "--json").stdout)
    check(whole["met"] and os.path.exists("parts/sweep.h5"), whole)
    check(whole["hash"] == json.loads(run("sweep", "s.yaml", "-o", "whole", "--json").stdout)["hash"], whole)

    some = run("sweep", "s.yaml", "--cases", "100-199", "-o", "some", "--json")
    told = json.loads(some.stdout)
    check(told["met"] is None and told["n_ran"] == 100 and told["n_missing"] == 300, told)
    check("no verdict" in some.stderr and not os.path.exists("some/sweep.h5"), some.stderr)
    rest = json.loads(run("sweep", "s.yaml", "-o", "some", "--resume", "--json").stdout)
    check(rest["n_ran"] == 300 and rest["met"], rest)
    same_results("some", "whole")


def interrupted():
    write(cases=20000)
    slow = ["sweep", "s.yaml", "-o", "stopped", "--threads", "1", "--batch", "16", "--progress", "json"]
    with open("progress.jsonl", "w", encoding="utf-8") as out:
        with subprocess.Popen([PROGRAM, *slow], stdout=out, stderr=subprocess.PIPE, text=True) as child:
            while child.poll() is None and read("progress.jsonl").count(b"\n") < 2:
                time.sleep(0.002)
            child.send_signal(signal.SIGTERM)
            err = child.stderr.read()
    check(child.returncode == 75 and "--resume goes on" in err, child.returncode, err)
    check(not os.path.exists("stopped/sweep.h5"), os.listdir("stopped"))
    run("sweep", "s.yaml", "-o", "stopped", code=2)
    rest = json.loads(run("sweep", "s.yaml", "-o", "stopped", "--resume", "--json").stdout)
    check(0 < rest["n_ran"] < 20000, rest["n_ran"])
    run("sweep", "s.yaml", "-o", "straight")
    same_results("stopped", "straight")


def together():
    """Two that replace one directory at the same moment leave one sweep whole."""
    write(cases=40, limit=0.1)
    for _ in range(4):
        both = [subprocess.Popen([PROGRAM, "sweep", "s.yaml", "-o", "both", "--force", "--seed", seed],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                for seed in ("1", "2")]
        ends = [(one.communicate(timeout=60)[1], one.returncode) for one in both]
        for text, code in ends:
            check(code in (0, 2) and (code == 0 or "another process is" in text or "just finished" in text), ends)
        check(0 in (ends[0][1], ends[1][1]), ends)
        run("verify", "both")
    directory = os.open("both", os.O_RDONLY)
    fcntl.flock(directory, fcntl.LOCK_EX)
    with subprocess.Popen([PROGRAM, "sweep", "s.yaml", "-o", "both", "--force", "--seed", "3"],
                          stderr=subprocess.DEVNULL) as waiting:
        time.sleep(0.3)
        check(waiting.poll() is None, "did not wait for who has the directory")
        check('"seed": 3' not in read("both", "manifest.json").decode(), "cleared what another has")
        os.close(directory)
        check(waiting.wait(60) == 0, waiting.returncode)


def helps():
    for command in ("sweep", "plan", "replay", "verify", "diff", "info"):
        text = run(command, "--help").stdout
        check(max(map(len, text.splitlines())) <= 80, text)


def refusals():
    write()
    for arguments, said in (
            (["--cases", "5-3"], "two ascending numbers"), (["--cases", "x"], "two ascending numbers"),
            (["--cases", "0-400"], "cases 0 to 399"), (["--shard", "3/2"], "from 1 to N"), (["--shard", "0/2"], "from 1 to N"),
            (["--shard", "1/2", "--cases", "0-200"], "this shard has cases 0 to 199"), (["--batch", "0"], "from 1 to"),
            (["--resume", "--force"], "contradict"), (["--junit", "no/such/j.xml"], "No such file"),
            (["--shrad", "1/2"], "did you mean '--shard'"), (["--set", "sweep.cases=-1"], "sweep.cases"),
            (["--set", "sweep.parameters.soc.path=groups[0].initial.sco_pct"], "soc_pct")):
        end = run("sweep", "s.yaml", "-o", "no", *arguments, code=2)
        check(said in end.stderr, arguments, end.stderr)
        check(not os.path.exists("no"), arguments)
    run("sweep", code=2)
    run("sweep", "s.yaml", "s.yaml", code=2)
    with open("plain.yaml", "w", encoding="utf-8") as out:
        out.write(read("s.yaml").decode().split("sweep:")[0])
    check("sweep" in run("sweep", "plain.yaml", code=2).stderr)


def plans():
    write(cases=100000)
    text = run("plan", "s.yaml").stdout
    check("time  " in text and "node hours" in text and max(map(len, text.splitlines())) <= 90, text)
    check("foolish" not in text, text)  # what a mean takes nobody knows before
    alone = read("s.yaml").decode().replace("  - mean(apart_m) <= 11 m confidence 0.95\n", "")
    with open("s.yaml", "w", encoding="utf-8") as out:
        out.write(alone)
    plan = json.loads(run("plan", "s.yaml", "--json", "--nodes", "10", "--threads", "64").stdout)
    check(plan["sweep"] and plan["n_cases"] == 100000 and plan["wall_s"] > 0 and plan["memory_bytes"] > 1 << 20, plan)
    check(any("stop_when: decided" in a for a in plan["foolish"]), plan["foolish"])
    check(plan["nodes"] == 10 and plan["node_threads"] == 64, plan)
    check(abs(plan["node_hours"] * 3600 - 10 * plan["wall_s"]) < 1e-6 * plan["wall_s"], plan)
    check(abs(plan["wall_s"] * 640 - plan["thread_s"]) < 1e-6 * plan["thread_s"], plan)
    with open("plain.yaml", "w", encoding="utf-8") as out:
        out.write(alone.split("sweep:")[0])
    plain = json.loads(run("plan", "plain.yaml", "--json").stdout)
    check(not plain["sweep"] and plain["wall_s"] > 0 and plain["foolish"] == [], plain)
    huge = json.loads(run("plan", "plain.yaml", "--json", "--set", "worlds=1000000000").stdout)
    check(huge["wall_s"] is None and any("memory" in a for a in huge["foolish"]), huge)
    with open("f.yaml", "w", encoding="utf-8") as out:
        out.write("schema: qfleet/1\nname: f\nsweep: {cases: 100, function: {sobol_g: [0, 1]}, parameters: "
                  "{a: {uniform: {min: 0, max: 1}}, b: {uniform: {min: 0, max: 1}}}}\n")
    check(json.loads(run("plan", "f.yaml", "--json").stdout)["wall_s"] < 1)
    run("plan", "plain.yaml", "--nodes", "2", code=2)
    run("plan", "no.yaml", code=2)
    check(sorted(os.listdir()) == ["f.yaml", "plain.yaml", "s.yaml"], os.listdir())


def alone(job):
    """A job's script without a Slurm: what it calls is seen by its exit code, and nothing that fails is taken for done."""
    os.mkdir("bin")
    for name, text in (("scontrol", "echo requeue >>requeued; exit 1"),
                       ("stuck", "exit 75"), ("ended", "exit 3"), ("met", "exit 1"),
                       ("works", 'mkdir -p "$4" && echo case >>"$4/shard-2-of-5.journal"; exit 75'),
                       ("slow", "trap 'kill $!; exit 75' USR1; sleep 30 & mkdir -p \"$4\" && echo >\"$4/shard-2-of-5.journal\"; wait")):
        with open(f"bin/{name}", "w", encoding="utf-8") as out:
            out.write(f"#!/bin/bash\n{text}\n")
        os.chmod(f"bin/{name}", 0o755)
    env = {**os.environ, "PATH": f"{os.getcwd()}/bin:{os.environ['PATH']}", "SLURM_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "2"}

    def start(program, out):
        return subprocess.Popen(["bash", job], env={**env, "QFLEET": program, "OUT": out}, stderr=subprocess.PIPE, text=True)
    # in this order: what is put back into the queue was interrupted with something done
    for program, code, said in (("no/such/program", 127, "No such file"), ("ended", 3, ""), ("met", 0, ""),
                                ("stuck", 3, "no progress since the last start"), ("works", 75, "submit it again")):
        with start(program, "[o] 'x' " + os.path.basename(program)) as end:
            text = end.communicate(timeout=60)[1]
        check(end.returncode == code and said in text, program, end.returncode, text)
        check(os.path.exists("requeued") == (program == "works"), program, text)
        check(os.path.exists(f"[o] 'x' {os.path.basename(program)}.slurm") == (program != "met"), program, os.listdir())
    with subprocess.Popen(["bash", job], env={**env, "QFLEET": "works", "OUT": "elsewhere", "SCENARIO": "gone.yaml"},
                          stderr=subprocess.PIPE, text=True) as end:
        text = end.communicate(timeout=60)[1]
    check(end.returncode == 2 and "gone.yaml cannot be read from" in text and not os.path.exists("elsewhere.slurm"), text)
    with start("slow", "slow") as end:
        while end.poll() is None and not os.path.exists("slow/shard-2-of-5.journal"):
            time.sleep(0.01)
        end.send_signal(signal.SIGUSR1)
        text = end.communicate(timeout=20)[1]
    check(end.returncode == 75 and read("requeued").count(b"requeue") == 2, end.returncode, text)
    for left in [name for name in os.listdir() if name.endswith(".slurm")] + ["bin", "slow", "[o] 'x' works"]:
        shutil.rmtree(left)
    os.remove("requeued")


def jobs():
    """What plan writes for Slurm: values come back from the shell as they were, and an existing file stays."""
    write(name="it's.yaml", cases=100000)
    odd = "name=a'b$d"
    end = run("plan", "it's.yaml", "--set", odd, "--seed", "7", "--batch", "32", "--threads", "3", "--nodes", "5", "--sbatch",
              "job", "--time", "1:00:00")
    check("wrote job" in end.stderr and "node hours" in end.stdout, end)
    text = read("job").decode()
    subprocess.run(["bash", "-n", "job"], check=True)
    lines = dict(line[len("#SBATCH --"):].split("=", 1) for line in text.splitlines() if line.startswith("#SBATCH --") and "=" in line)
    check(lines["array"] == "1-5" and lines["cpus-per-task"] == "3" and lines["signal"].startswith("B:USR1@"), lines)
    check(lines["mem"].endswith("M") and "--requeue\n" in text, lines)
    check("Measured" in text and "a case takes" in text, text)
    # the variables, and what they are called with below
    variables = text[text.index("\nQFLEET="):text.index("\n# -- nothing below")]
    shown = subprocess.run(["bash", "-c", variables + '\nprintf "%s\\n" "$QFLEET" "$SCENARIO" "$OUT" "$SHARDS" "${arguments[@]}"',
                            "job", "more words"], capture_output=True, text=True, check=True).stdout.splitlines()
    check(shown == [os.path.realpath(PROGRAM), os.path.realpath("it's.yaml"), f"{os.getcwd()}/a'b$d.sweep", "5", "--set", odd, "--set", "seed=7", "--batch",
                    "32", "more words"], shown)
    check("run_until_done() {" in text and "requeue.bash" not in text and "\nsource " not in text, text)
    alone("job")
    said = run("plan", "it's.yaml", "--sbatch", "job", code=2).stderr
    check("exists" in said and read("job").decode() == text, said)
    run("plan", "it's.yaml", "--sbatch", "job", "--force", "--time", "30")
    check(read("job").decode() != text)
    said = run("plan", "it's.yaml", "--sbatch", "it's.yaml", "--force", code=2).stderr
    check("is no script" in said, said)
    check("5 minutes" in run("plan", "it's.yaml", "--sbatch", "no", "--time", "4", code=2).stderr)
    check("--time" in run("plan", "it's.yaml", "--sbatch", "no", "--time", "4 m", code=2).stderr)
    check("5 minutes" in run("plan", "it's.yaml", "--sbatch", "no", "--time", "299s", code=2).stderr)
    check("is for --sbatch" in run("plan", "it's.yaml", "--time", "40", code=2).stderr)
    run("plan", "it's.yaml", "--sbatch", "no/such/folder", code=2)
    with open("plain.yaml", "w", encoding="utf-8") as out:
        out.write(read("it's.yaml").decode().split("sweep:")[0])
    run("plan", "plain.yaml", "--sbatch", "run", "--nodes", "4", "--threads", "2")
    text = read("run").decode()
    subprocess.run(["bash", "-n", "run"], check=True)
    check("#SBATCH --nodes=4\n#SBATCH --ntasks-per-node=1\n#SBATCH --cpus-per-task=2\n" in text and "LAUNCHER" in text, text)
    check("--array" not in text and "merge" not in text, text)
    huge = run("plan", "plain.yaml", "--set", "worlds=1000000000", "--sbatch", "huge", code=3)
    check("nothing could be measured" in huge.stderr, huge)
    check(sorted(os.listdir()) == ["it's.yaml", "job", "plain.yaml", "run"], os.listdir())


for test in (dry_run, structural, answers, early, progress, parts, interrupted, together, helps, refusals, plans, jobs):
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        begin = time.monotonic()
        test()
        print("%-12s %.2f s" % (test.__name__, time.monotonic() - begin))
        os.chdir("/")
