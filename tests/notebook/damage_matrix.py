#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Gives every tool every wrong file: it ends soon, with a sentence and a documented exit code, and leaves nothing behind.

    damage_matrix.py QFLEET PROJECT MPIEXEC|none [--damages N] [--seed N]

Files that are missing, empty, of other kinds, cut short, overwritten at places drawn by a seed, still written, or left by a killed run;
directories of sweeps and of ranks of which something is missing, of others, or cut short. With QFLEET_LONG_TESTS=1 many more are
damaged; --damages and --seed go on from there.
"""
import argparse
import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings

import h5py

import qfleet
import qfleet.plots.command  # once, and not in each process that draws
from qfleet import __main__ as program

PATIENCE_S = 20
# what no tool may say: a bug of its own, or another library's words
NOISE = re.compile(r"Traceback|HDF5-DIAG|Segmentation|Sanitizer|runtime error|Assertion|core dumped")
TABLES = ("state", "events", "entities", "detections", "tracks", "hashes", "guards", "machines/transitions")
PLOTS = ("run", "radar", "tracks", "docking", "sweep")
OUT = "out.of"  # what a tool writes is called so
ENVIRONMENT = dict(os.environ, OMP_WAIT_POLICY="passive", OMPI_ALLOW_RUN_AS_ROOT="1",
                   OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", MPLBACKEND="agg",
                   # what HDF5 leaves of a damaged file, and MPI at its end, is theirs
                   ASAN_OPTIONS="detect_leaks=0")


class Stand:
    """The program, and sound results of it in a folder."""

    def __init__(self, qfleet_program, project, mpiexec, folder):
        self.program, self.project, self.mpiexec, self.folder = qfleet_program, project, mpiexec, folder
        self.scenario = os.path.join(project, "tests", "golden", "behavior.yaml")
        self.docking = os.path.join(project, "configs", "sweeps", "docking.yaml")
        self.run = self.path("run.h5")
        self.settings = ("--set", "record.detections=true", "--set", "record.tracks=true", "--set",
                         "record.every_s=0.2", "--set", "record.hash_every_s=0.5", "--set",
                         "time.duration_s=3", "--set", "worlds=1", "--threads", "1")
        self.call("run", self.scenario, "-o", self.run, *self.settings)
        self.sweep = self.path("whole.sweep")
        self.make_sweep(self.sweep, 3, "sweep.cases=6")
        self.other_sweep = self.path("other.sweep")
        self.make_sweep(self.other_sweep, 3, "sweep.cases=6", "seed=99")
        self.alone = self.path("alone.sweep")
        self.make_sweep(self.alone, 1, "sweep.cases=3")
        self.n_calls = 0
        self.wrong = []
        self.has_time = bool(os.environ.get("QFLEET_LONG_TESTS"))
        self.keep = None

    def make_sweep(self, directory, n_shards, *settings):
        for shard in range(1, n_shards + 1):
            words = [w for s in (*settings, "requirements=[]", "time.duration_s=20") for w in ("--set", s)]
            self.call("sweep", self.docking, "-o", directory, "--shard", f"{shard}/{n_shards}", *words,
                      *(["--resume"] if shard > 1 else []), good=(0, 1))

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def call(self, *arguments, good=(0,), start=()):
        done = subprocess.run([*start, self.program, *arguments], capture_output=True, text=True,
                              check=False, env=ENVIRONMENT)
        assert done.returncode in good, (arguments, done.returncode, done.stderr)

    def copy(self, source, name):
        """A copy of a file or directory under a name of its own."""
        target = self.path(name)
        if os.path.isdir(source):
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)
        return target


def is_of_a_sweep(path):
    directory = path if os.path.isdir(path) else os.path.dirname(path)
    return os.path.exists(os.path.join(directory, "manifest.json")) and (
        path == directory or os.path.basename(path) == "sweep.h5")


def tools(stand, path, whole):
    """Name, arguments and documented exit codes of what takes a result; `whole`: a sound one of its kind."""
    out = stand.path(OUT)
    yield "info", ("info", path), (0, 1, 3)
    yield "explain", ("explain", path, "--entity", "0"), (0, 2, 3)
    yield "diff", ("diff", path, whole), (0, 1, 2, 3)
    yield "diff the other way", ("diff", whole, path), (0, 1, 2, 3)
    yield "replay", ("replay", path, "--case", "0", "-o", out, "--threads", "1"), (0, 1, 2, 3)
    yield "verify", ("verify", path, "--fraction", "0.2", "--threads", "1"), (0, 1, 2, 3)
    yield "compare", ("compare", path, whole), (0, 2, 3)
    cases = ("--no-replay",) if os.path.isdir(whole) and is_of_a_sweep(path) else ()
    yield "report", ("report", path, "-o", out, *cases), (0, 2, 3)
    yield "export events", ("export", path, "--events", out), (0, 2, 3)
    for table in TABLES if os.path.isfile(whole) else ("sweep",):
        yield f"export {table}", ("export", path, "--table", table, out), (0, 2, 3)
    yield "merge", ("merge", path, "-o", out), (0, 1, 2, 3)


def judge(stand, what, path, code, codes, said, errors):
    """Keeps what is wrong with an answer: all are asked before the test fails."""
    try:
        if code is None:
            raise AssertionError(f"{what} {path}: does not end")
        assert_answer(what, path, code, codes, said, errors)
        assert_nothing_left(stand, what, code)
    except AssertionError as error:
        kept = ""
        if stand.keep and os.path.exists(path):
            kept = os.path.join(stand.keep, f"{len(stand.wrong)}-{os.path.basename(path)}")
            (shutil.copytree if os.path.isdir(path) else shutil.copyfile)(path, kept)
        stand.wrong.append(f"{error}\n{kept}")
        print(f"  WRONG: {stand.wrong[-1]}", flush=True)
        for name in os.listdir(stand.folder):
            if name.startswith(OUT):
                remove(stand.path(name))


def assert_answer(what, path, code, codes, said, errors):
    """What a tool said of a path that may be wrong."""
    told = f"{what} {path}: exit {code}\n{said[-600:]}\n{errors[-2000:]}"
    assert code in codes, told
    assert not NOISE.search(errors) and not NOISE.search(said), told
    if code not in (0, 1):
        # a directory's sentence may name the file in it that is meant
        assert os.path.basename(path) in errors or os.path.dirname(path) in errors, told
        assert any(len(line.split()) > 2 for line in errors.splitlines()), told
    elif code == 1:
        assert said.strip() or errors.strip(), told


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.remove(path)


def assert_nothing_left(stand, what, code):
    """Outputs are whole, or not there."""
    left = [name for name in os.listdir(stand.folder) if name.startswith(OUT)]
    assert code in (0, 1) or not left, f"{what} failed with {code} and left {left}"
    for name in left:
        assert not name.endswith(".partial"), f"{what} left {name}"
        remove(stand.path(name))


def ask(stand, what, arguments, codes, path):
    """Calls the program. Returns the exit code."""
    stand.n_calls += 1
    with subprocess.Popen([stand.program, *arguments], text=True, env=ENVIRONMENT, errors="replace",
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as child:
        try:
            said, errors = child.communicate(timeout=PATIENCE_S)
            code = child.returncode
        except subprocess.TimeoutExpired:
            child.kill()
            said, errors = child.communicate()
            code = None
    judge(stand, what, path, code, codes, said, errors)
    return code


def ask_every_tool(stand, path, whole, only=None):
    return {what: ask(stand, what, arguments, codes, path)
            for what, arguments, codes in tools(stand, path, whole) if only is None or what in only}


def ask_in_turn(stand, path, whole, turn):
    """Every fourth tool, others at the next turn; all where there is time."""
    some = [what for k, (what, *_) in enumerate(tools(stand, path, whole))
            if stand.has_time or (k + turn) % 4 == 0]
    return ask_every_tool(stand, path, whole, some)


def read_everything(path):
    """What people do with a result in Python. Raises QfleetError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qfleet.IncompleteResultWarning)
        result = qfleet.open(path)
    with result:
        repr(result)
        result._repr_html_()
        for name in result.tables:
            try:
                read_table(result[name])
            except qfleet.ResultError as error:
                assert_sentence(error, path)
        asked = [lambda: result.title + result.status, lambda: result.seed]
        if isinstance(result, qfleet.Run):
            asked += [lambda: (result.groups, result.n_worlds, result.dt_s, result.duration_s),
                      lambda: result.entities_of(result.groups[0]),
                      lambda: result.find(str(result.entities["name"][0])),
                      lambda: [result.chain(k) for k in range(min(6, len(result.events)))],
                      lambda: result.scenario_yaml]
        else:
            asked += [lambda: (result.parameters, result.metrics, result.outcomes),
                      lambda: [result.statistics_of(m) for m in result.metrics],
                      lambda: result.worst(3)]
        for question in asked:
            try:
                question()
            except qfleet.ResultError as error:
                assert_sentence(error, path)


def read_table(table):
    repr(table)
    table._repr_html_()
    for name in table.columns:
        column = table[name]
        column[...]
        column.decoded[:50]
        column.attrs, column.dims, column.dtype, repr(column)


def assert_sentence(error, path):
    text = str(error)
    assert "\n" not in text and (path in text or "column '" in text), text


def in_child(action):
    """Does something in a process of its own, which may hang (None) or die; returns exit code and what it said."""
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            code = 99
            try:
                os.dup2(said.fileno(), 1)
                os.dup2(said.fileno(), 2)
                code = action()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 98
            except BaseException:  # all of it is for the parent to judge
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        end = time.monotonic() + PATIENCE_S
        while (done := os.waitpid(child, os.WNOHANG))[0] == 0:
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return None, ""
            time.sleep(0.002)
        said.seek(0)
        return os.waitstatus_to_exitcode(done[1]), said.read()


def ask_python(stand, path, plots=PLOTS):
    """The package, and its commands. Returns the exit codes."""
    stand.n_calls += 2 + len(plots)

    def read():
        try:
            read_everything(path)
        except qfleet.QfleetError as error:
            print(error, file=sys.stderr)
            assert_sentence(error, path)
            return 3
        return 0

    codes = {}
    commands = [("qfleet.open", read), ("python info", lambda: program.main(["info", path]))]
    for kind in plots:
        commands.append((f"plot {kind}",
                         lambda k=kind: program.main(["plot", k, path, "-o", stand.path(OUT + ".svg")])))
    for what, action in commands:
        code, said = in_child(action)
        judge(stand, what, path, code, (0, 2, 3), "", said)
        codes[what] = code
    return codes


def overwritten(draw, content):
    """Some bytes that are others: flipped bits, zeros, ones, or what stood elsewhere."""
    content = bytearray(content)
    for _ in range(draw.choice((1, 1, 1, 4))):
        at, n = draw.randrange(len(content)), draw.choice((1, 1, 8, 16, 512))
        n = min(n, len(content) - at)
        kind = draw.randrange(4)
        if kind == 0:
            content[at] ^= 1 << draw.randrange(8)
        elif kind == 3:
            other = draw.randrange(len(content) - n + 1)
            content[at:at + n] = content[other:other + n]
        else:
            content[at:at + n] = bytes((0, 0, 255)[kind] for _ in range(n))
    return bytes(content)


def places_of_structure(content):
    """Where what HDF5 believes without a checksum is: heaps of texts, and what refers to them."""
    return [m.start() for m in re.finditer(rb"GCOL\x01", content)]


def aimed(draw, content):
    """As overwritten, at heaps of texts: anywhere else a damaged byte mostly is a number."""
    at = draw.choice(places_of_structure(content))
    changed = overwritten(draw, content[at:at + 4096])
    return content[:at] + changed + content[at + len(changed):]


def endless(content):
    """Heaps of texts whose first object has no length: HDF5 1.10 never returns from them."""
    content = bytearray(content)
    for at in places_of_structure(content):
        content[at + 16:at + 32] = bytes(16)
    return bytes(content)


def references_of_texts(path):
    """Where the references are that a variable of texts consists of."""
    found = []

    def add(_, item):
        if isinstance(item, h5py.Dataset) and h5py.check_string_dtype(item.dtype) is not None:
            at = item.id.get_offset()
            if at is not None:
                found.append((at, 16 * item.size))
    with h5py.File(path, "r") as file:
        file.visititems(add)
    return found


def misled(draw, content, references):
    """As overwritten, at references to texts."""
    at, n = draw.choice(references)
    changed = overwritten(draw, content[at:at + n])
    return content[:at] + changed + content[at + len(changed):]


def write(path, content):
    with open(path, "wb") as out:
        out.write(content)
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


def what_is_no_result_is_refused_by_all(stand):
    os.mkdir(stand.path("folder"))
    os.mkfifo(stand.path("pipe"))
    write(stand.path("empty.h5"), b"")
    write(stand.path("text.h5"), b"a, b\n1, 2\n")
    write(stand.path("picture.h5"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200))
    with h5py.File(stand.path("foreign.h5"), "w") as out:
        out["state/x_m"] = [1.0, 2.0]
    names = ["none.h5", "folder", "pipe", "empty.h5", "text.h5", "picture.h5", "foreign.h5"]
    if os.getuid() != 0:
        os.chmod(stand.copy(stand.run, "closed.h5"), 0)
        names.append("closed.h5")
    for path in [*map(stand.path, names), "/dev/null"]:
        for what, code in ask_every_tool(stand, path, stand.run).items():
            assert code in (2, 3), (what, path, code)
        drawn = ("run", "sweep") if stand.has_time or path.endswith(("none.h5", "foreign.h5")) else ()
        for what, code in ask_python(stand, path, drawn).items():
            assert code in (2, 3), (what, path, code)


def what_is_cut_short_is_refused_by_all(stand):
    content = read(stand.run)
    for tenth in range(10):
        path = write(stand.path("cut.h5"), content[:8 + (len(content) - 9) * tenth // 9])
        for what, code in ask_in_turn(stand, path, stand.run, tenth).items():
            assert code in (2, 3), (what, tenth, code)
        for what, code in ask_python(stand, path, ("run",) if tenth % 4 == 0 else ()).items():
            assert code in (2, 3), (what, tenth, code)


def texts_that_cannot_be_found_are_said(stand):
    """HDF5 1.10 never returns from a heap without an end, and crashes on a text that is elsewhere."""
    content = read(stand.run)
    path = write(stand.path("endless.h5"), endless(content))
    for what, code in ask_every_tool(stand, path, stand.run).items():
        assert code in (2, 3), (what, code)
    for what, code in ask_python(stand, path, ("run",)).items():
        assert code in (2, 3), (what, code)
    with h5py.File(stand.run, "r") as file:
        at = file["entities/name"].id.get_offset()
    for place, value in ((0, 0xFFFFFFF0), (0, 1), (4, len(content) - 20), (12, 0xFFFF)):
        astray = bytearray(content)
        astray[at + place:at + place + 4] = value.to_bytes(4, "little")
        path = write(stand.path("astray.h5"), astray)
        codes = ask_every_tool(stand, path, stand.run, ("info", "export entities", "report", "diff"))
        assert codes["export entities"] == 3, (place, value, codes)

        def read_names():
            with qfleet.open(path) as run:
                print(run.entities["name"][...])
        code, said = in_child(read_names)
        assert code == 99 and "texts are not where it says" in said, (place, value, code, said)


def damage_within_a_run_is_said_or_harmless(stand, n, draw):
    content, references = read(stand.run), references_of_texts(stand.run)
    assert references and places_of_structure(content)
    said = 0
    for k in range(n):
        changed = (overwritten(draw, content) if k % 3 == 0 else aimed(draw, content) if k % 3 == 1
                   else misled(draw, content, references))
        path = write(stand.path("damaged.h5"), changed)
        codes = ask_in_turn(stand, path, stand.run, k)
        codes |= ask_python(stand, path, (PLOTS[k % 3],) if stand.has_time or k < 3 else ())
        said += any(code == 3 for code in codes.values())
    assert n < 6 or said > 0, "no damage was noticed"


def damage_within_a_sweep_is_said_or_harmless(stand, n, draw):
    for k in range(n):
        directory = stand.copy(stand.sweep, "damaged.sweep")
        name = draw.choice(sorted(os.listdir(directory)))
        path = os.path.join(directory, name)
        content = read(path)
        references = references_of_texts(path) if name.endswith(".h5") else []
        write(path, misled(draw, content, references) if references and k % 3 == 0
              else aimed(draw, content) if name.endswith(".h5") and k % 3 == 1
              else overwritten(draw, content))
        ask_in_turn(stand, directory, stand.sweep, k)
        ask_python(stand, directory, ("sweep",) if stand.has_time or k == 0 else ())
        if name.endswith(".h5"):
            ask_every_tool(stand, path, stand.sweep, ("info", "export sweep", "report", "diff"))
            ask_python(stand, path, ())
        ask(stand, "merge in place", ("merge", directory, "--force"), (0, 1, 2, 3), directory)
        shutil.rmtree(directory)


def half_merged_sweeps_are_said(stand):
    def without_a_shard(directory):
        os.remove(os.path.join(directory, "shard-2-of-3.h5"))

    def with_a_shard_of_another(directory):
        shutil.copy(os.path.join(stand.other_sweep, "shard-2-of-3.h5"), directory)

    def with_a_shard_cut_short(directory):
        os.truncate(os.path.join(directory, "shard-2-of-3.h5"), 3000)

    def with_journals_only(directory):
        for shard in (1, 2, 3):
            for name in (f"shard-{shard}-of-3.h5", f"shard-{shard}-of-3.timing.h5"):
                os.remove(os.path.join(directory, name))
            write(os.path.join(directory, f"shard-{shard}-of-3.journal"), b"")

    def without_a_manifest(directory):
        os.remove(os.path.join(directory, "manifest.json"))

    def without_a_scenario(directory):
        os.remove(os.path.join(directory, "scenario.yaml"))

    for master in (True, False) if stand.has_time else (False,):
        for wrong in (without_a_shard, with_a_shard_of_another, with_a_shard_cut_short,
                      with_journals_only, without_a_manifest, without_a_scenario):
            directory = stand.copy(stand.sweep, "half.sweep")
            if not master:
                os.remove(os.path.join(directory, "sweep.h5"))
                os.remove(os.path.join(directory, "checksums.txt"))
            wrong(directory)
            codes = ask_every_tool(stand, directory, stand.sweep) | ask_python(stand, directory, ("sweep",))
            assert any(codes.values()), (wrong.__name__, codes)
            if wrong is not without_a_scenario:
                assert codes["export sweep"] == 3, (wrong.__name__, codes)
                assert codes["qfleet.open"] == 3, (wrong.__name__, codes)
            shutil.rmtree(directory)


@contextlib.contextmanager
def begun(stand, name):
    """A run that goes on until it is ended: the program and its result's path."""
    path = stand.path(name)
    with subprocess.Popen([stand.program, "run", stand.scenario, "-o", path, *stand.settings, "--set",
                           "time.duration_s=100000"], env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as child:
        try:
            end = time.monotonic() + PATIENCE_S
            while not os.path.exists(path + ".partial") or os.path.getsize(path + ".partial") < 300000:
                assert time.monotonic() < end and child.poll() is None, "the run does not begin"
                time.sleep(0.01)
            yield child, path
        finally:
            child.kill()


def runs_that_go_on_or_were_killed_are_said(stand):
    some = ("info", "explain", "export events", "export state", "diff")
    with begun(stand, "killed.h5") as (child, path):
        child.send_signal(signal.SIGSTOP)  # it is not over, but does not fill the disk meanwhile
        ask_every_tool(stand, path + ".partial", stand.run, some)
        ask_python(stand, path + ".partial", ("run",))
        ask_every_tool(stand, path, stand.run, ("info", "report"))
    ask_every_tool(stand, path + ".partial", stand.run)
    ask_python(stand, path + ".partial", ("run", "tracks"))


def listens(child):
    """Whether a process has a handler for SIGTERM: before that it just dies of it."""
    with open(f"/proc/{child.pid}/status", encoding="ascii") as file:
        caught = re.search(r"SigCgt:\s*([0-9a-f]+)", file.read())
    return bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)


def resumed(stand, path, what):
    """Goes on with a copy of what is left; a run that could go on is ended by a signal at once."""
    stand.n_calls += 1
    with subprocess.Popen([stand.program, "run", stand.scenario, "-o", path, *stand.settings, "--set",
                           "time.duration_s=100000", "--resume"], env=ENVIRONMENT, text=True,
                          errors="replace", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        try:
            said, errors = child.communicate(timeout=0.4)
        except subprocess.TimeoutExpired:
            end = time.monotonic() + PATIENCE_S
            while child.poll() is None and not listens(child) and time.monotonic() < end:
                time.sleep(0.01)
            child.send_signal(signal.SIGTERM)
            try:
                said, errors = child.communicate(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate()
                said = errors = None
    judge(stand, f"run --resume with {what}", path, child.returncode if errors is not None else None,
          (0, 2, 3, 75), said, errors)


def runs_go_on_or_say_why_not(stand, n, draw):
    with begun(stand, "stopped.h5") as (child, left):
        child.send_signal(signal.SIGTERM)
        child.wait(PATIENCE_S)
    partial, checkpoint = read(left + ".partial"), read(left + ".checkpoint")
    path = stand.path("again.h5")
    wrong = [(b"", checkpoint), (partial, b""), (b"a text", checkpoint), (partial, b"a text"),
             (partial[:len(partial) // 2], checkpoint), (partial, checkpoint[:len(checkpoint) // 2]),
             (read(stand.run), checkpoint), (partial, None), (None, checkpoint)]
    for k in range(n):
        wrong.append((aimed(draw, partial) if k % 2 else overwritten(draw, partial), checkpoint))
        wrong.append((partial, overwritten(draw, checkpoint)))
    for k, (file, state) in enumerate(wrong):
        for content, name in ((file, path + ".partial"), (state, path + ".checkpoint")):
            remove(name)
            if content is not None:
                write(name, content)
        resumed(stand, path, f"damage {k}")
        remove(path)
    remove(path + ".partial")
    remove(path + ".checkpoint")


def runs_over_ranks_say_what_is_missing(stand, n, draw):
    if stand.mpiexec == "none":
        print("  there is no mpiexec: runs over ranks were not tested")
        return
    whole = stand.path("ranks.h5")
    stand.call("run", stand.scenario, "-o", whole, *stand.settings,
               start=[stand.mpiexec, "--oversubscribe", "--bind-to", "none", "-n", "2"])
    part = whole + ".ranks/rank-1-of-2.h5"
    content, index = read(part), read(whole)
    result = ("info", "export state", "report", "diff")
    changes = [None, b"", content[:len(content) // 2], read(whole + ".ranks/rank-0-of-2.h5"), read(stand.run),
               endless(content)]
    changes += [overwritten(draw, content) if k % 2 else aimed(draw, content) for k in range(n)]
    for k, change in enumerate(changes):
        remove(part)
        if change is not None:
            write(part, change)
        codes = ask_every_tool(stand, whole, stand.run, result) | ask_python(stand, whole, ())
        assert k > 5 or codes["export state"] == codes["report"] == codes["qfleet.open"] == 3, codes
        ask_every_tool(stand, whole + ".ranks", stand.run, ("info", "merge"))
        if change is not None:
            ask_in_turn(stand, part, stand.run, k)
            ask_python(stand, part, ())
    write(part, content)
    for k in range(n):
        write(whole, overwritten(draw, index) if k % 2 else aimed(draw, index))
        ask_every_tool(stand, whole, stand.run, result)
        ask_python(stand, whole, ("run",))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("qfleet")
    parser.add_argument("project")
    parser.add_argument("mpiexec")
    many = 100 if os.environ.get("QFLEET_LONG_TESTS") else 4
    parser.add_argument("--damages", type=int, default=many)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--only", default="", help="tests with this in their names")
    parser.add_argument("--keep", help="a folder for what a tool gave a wrong answer to")
    options = parser.parse_args()
    n, draw = options.damages, random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        stand = Stand(os.path.abspath(options.qfleet), os.path.abspath(options.project), options.mpiexec,
                      folder)
        stand.keep = options.keep
        for test, arguments in (
                (what_is_no_result_is_refused_by_all, ()),
                (what_is_cut_short_is_refused_by_all, ()),
                (texts_that_cannot_be_found_are_said, ()),
                (damage_within_a_run_is_said_or_harmless, (n, draw)),
                (damage_within_a_sweep_is_said_or_harmless, (n, draw)),
                (half_merged_sweeps_are_said, ()),
                (runs_that_go_on_or_were_killed_are_said, ()),
                (runs_go_on_or_say_why_not, (n, draw)),
                (runs_over_ranks_say_what_is_missing, (n // 4, draw))):
            if options.only in test.__name__:
                begin = time.monotonic()
                before = stand.n_calls
                test(stand, *arguments)
                print(f"{test.__name__}: {stand.n_calls - before} calls, "
                      f"{time.monotonic() - begin:.1f} s", flush=True)
        assert not stand.wrong, f"{len(stand.wrong)} of {stand.n_calls} answers are wrong"


if __name__ == "__main__":
    main()
