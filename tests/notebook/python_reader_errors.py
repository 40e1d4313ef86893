#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Opens with the Python package what cannot be read, and what is not complete: each time it is one sentence.

    python_reader_errors.py QFLEET PROJECT MPIEXEC|none
"""
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings

import h5py
import numpy as np

import qfleet


class Stand:
    """The program, a run and a sweep of it in a folder."""

    def __init__(self, program, project, mpiexec, folder):
        self.program, self.project, self.mpiexec, self.folder = program, project, mpiexec, folder
        self.patrol = os.path.join(project, "configs", "patrol.yaml")
        self.docking = os.path.join(project, "configs", "sweeps", "docking.yaml")
        self.run = self.path("run.h5")
        self.call("run", self.patrol, "-o", self.run, "--set", "time.duration_s=5", "--set",
                  "groups[0].count=40", "--set", "groups[1].count=20")
        self.sweep = self.path("all.sweep")
        for shard in (1, 2, 3):
            self.shard(shard, self.sweep)

    def shard(self, number, directory):
        self.call("sweep", self.docking, "-o", directory, "--shard", f"{number}/3", "--set",
                  "sweep.cases=12", "--set", "requirements=[]", "--set", "time.duration_s=50",
                  *(["--resume"] if os.path.exists(directory) else []))

    def path(self, name):
        return os.path.join(self.folder, name)

    def call(self, *arguments, good=(0,), start=()):
        environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1",
                           OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMP_WAIT_POLICY="passive",
                           ASAN_OPTIONS="detect_leaks=0")  # what MPI leaves is its own
        done = subprocess.run([*start, self.program, *arguments], capture_output=True, text=True,
                              check=False, env=environment)
        assert done.returncode in good, (arguments, done.stderr)
        return done


def refused(path, *words):
    """With a sentence that names the file, and nothing of HDF5's behind it."""
    try:
        qfleet.open(path).close()
    except qfleet.ResultError as error:
        text = str(error)
        assert text.startswith(str(path)) and "\n" not in text, text
        assert all(word in text for word in words), (words, text)
        assert error.__cause__ is None and (error.__context__ is None
                                            or error.__suppress_context__), text
        return
    raise AssertionError(f"{path} was opened")


def warned(path, *words, tries=1):
    """With one warning, at the line that opened it. What is being changed is tried again."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for left in reversed(range(tries)):
            try:
                line = sys._getframe().f_lineno + 1
                result = qfleet.open(path)
                break
            except qfleet.ResultError as error:
                if left == 0 or "is being changed at this moment; try again" not in str(error):
                    raise
                time.sleep(0.05)
    assert [w.category for w in told] == [qfleet.IncompleteResultWarning], told
    assert all(word in str(told[0].message) for word in words), (words, str(told[0].message))
    assert (told[0].filename, told[0].lineno) == (__file__, line), told[0]
    return result


def what_is_no_result_is_refused(stand):
    refused(stand.path("none.h5"), "No such file or directory")
    refused(stand.folder, "is a directory, and none of a sweep")
    refused("/dev/null", "is not a regular file")
    for content, words in ((b"", "is empty"), (b"a, b\n1, 2\n", "is not an HDF5 file")):
        with open(stand.path("wrong.h5"), "wb") as out:
            out.write(content)
        refused(stand.path("wrong.h5"), words)
    with h5py.File(stand.path("other.h5"), "w") as out:
        out["x"] = 1
    refused(stand.path("other.h5"), "is HDF5, but not a result of qfleet")
    with h5py.File(stand.path("other.h5"), "a") as out:
        out.attrs["schema"] = "qfleet/2"
    refused(stand.path("other.h5"), "was written by a later version")
    with h5py.File(stand.path("other.h5"), "a") as out:
        out.attrs["schema"] = "qfleet/1"
    refused(stand.path("other.h5"), "without vehicles")
    if os.getuid() != 0:
        os.chmod(stand.path("other.h5"), 0)
        refused(stand.path("other.h5"), "Permission denied")


def results_without_their_numbers_are_refused(stand):
    for name, left in (("seed", None), ("dt_s", None), ("n_ticks", None), ("n_ticks", np.nan),
                       ("dt_s", "soon")):
        path = shutil.copy(stand.run, stand.path("numbers.h5"))
        with h5py.File(path, "a") as file:
            del file.attrs[name]
            if left is not None:
                file.attrs[name] = left
        refused(path, f"has no '{name}' that could be read")
        said = subprocess.run([sys.executable, "-m", "qfleet", "info", path], capture_output=True,
                              text=True, check=False)
        assert (said.returncode, said.stderr.count("\n")) == (3, 1), said
    directory = shutil.copytree(stand.sweep, stand.path("numbers.sweep"))
    with h5py.File(os.path.join(directory, "sweep.h5"), "a") as file:
        del file.attrs["seed"]
    refused(os.path.join(directory, "sweep.h5"), "has no 'seed' that could be read")


def what_is_refused_is_not_left_open(stand):
    """Not even while the error is looked at."""
    path = shutil.copy(stand.run, stand.path("kind.h5"))
    with h5py.File(path, "a") as file:
        del file.attrs["schema"]
        # a type of HDF5 that numpy has none for
        h5py.h5a.create(file.id, b"schema", h5py.h5t.UNIX_D32LE, h5py.h5s.create(h5py.h5s.SCALAR))
    try:
        qfleet.open(path)
    except qfleet.ResultError as error:
        assert "damaged" in str(error), error
        links = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
        assert path not in [os.readlink(link) for link in links if os.path.exists(link)]
    else:
        raise AssertionError(f"{path} was opened")


def what_is_cut_short_is_refused(stand):
    size = os.path.getsize(stand.run)
    for kept in (8, 100, 4096, size // 3, size // 2, size - 1):
        cut = shutil.copy(stand.run, stand.path("cut.h5"))
        os.truncate(cut, kept)
        refused(cut, "damaged or cut short" if kept > 100 else "")
    shutil.copytree(stand.sweep, stand.path("cut.sweep"))
    os.truncate(stand.path("cut.sweep/sweep.h5"), 5000)
    refused(stand.path("cut.sweep/sweep.h5"), "damaged or cut short")


def damage_anywhere_is_said_or_harmless(stand):
    """Bytes that were overwritten: whatever is read of it then, nothing but sentences comes out, and it ends."""
    draw = random.Random(5)
    with open(stand.run, "rb") as file:
        whole = file.read()
    damaged = stand.path("damaged.h5")
    n_said = 0
    for _ in range(150):
        content = bytearray(whole)
        at, n = draw.randrange(len(whole)), draw.choice((1, 8, 512))
        content[at:at + n] = bytes(draw.choice((0, 255)) for _ in range(len(content[at:at + n])))
        with open(damaged, "wb") as out:
            out.write(content)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", qfleet.IncompleteResultWarning)
                run = qfleet.open(damaged)
            with run:
                for table in run.tables:
                    for name in run[table].columns:
                        run[table][name][...]
                        run[table][name].decoded[:3]
                repr(run)
        except qfleet.ResultError as error:
            n_said += 1
            assert "\n" not in str(error), error
    assert n_said > 3, n_said


def texts_without_an_end_are_refused(stand):
    """HDF5 1.10 would never return from them."""
    with open(stand.run, "rb") as file:
        content = bytearray(file.read())
    heap = content.index(b"GCOL\1")
    content[heap + 16:heap + 32] = bytes(16)  # free room that is none
    with open(stand.path("heap.h5"), "wb") as out:
        out.write(content)
    refused(stand.path("heap.h5"), "damaged")


def files_that_fill_their_last_page_are_searched(stand):
    """Older Pythons read a byte behind what is searched: here that must not be read."""
    path = stand.path("pages.h5")
    with open(path, "wb") as file:
        file.seek((1 << 26) - 64)
        file.write(b"O" * 64)  # a letter of what is searched, so that no place is left out
    search = (  # maps grow downwards: the file's comes to lie below the one that has no access
        "import ctypes, mmap, sys\n"
        "from qfleet import heaps\n"
        "take = ctypes.CDLL(None).mmap\n"
        "take.restype = ctypes.c_void_p\n"
        "take.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]\n"
        "take(None, 1 << 26, 0, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)\n"
        "assert heaps.are_sound(sys.argv[1])\n")
    done = subprocess.run([sys.executable, "-c", search, path], check=False)
    assert done.returncode == 0, done.returncode
    os.remove(path)


def wait_for(path, size):
    for _ in range(1200):
        if os.path.exists(path) and os.path.getsize(path) >= size:
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} does not become {size} bytes large")


@contextlib.contextmanager
def started(*command, **options):
    """A program that is killed where the test has failed and nobody else would end it."""
    def forget():  # what was started in the background ignores SIGINT, and so would its children
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, preexec_fn=forget, **options) as child:
        try:
            yield child
        finally:
            if sys.exc_info()[0] is not None:
                child.kill()


def runs_that_did_not_end_are_read_with_a_warning(stand):
    for how, words in ((signal.SIGTERM, ("interrupted", "stopped on request")),
                       (signal.SIGKILL, ("ended without closing the file",))):
        path = stand.path(f"{how.name}.h5")
        # records so far apart that what nobody ends does not fill the disk
        with started(stand.program, "run", stand.patrol, "-o", path, "--set",
                     "time.duration_s=300000", "--set", "record.every_s=100",
                     stderr=subprocess.DEVNULL) as child:
            wait_for(path + ".partial", 2e6)
            refused(path, ".partial' is there: its run goes on, or was interrupted")
            with warned(path + ".partial", "the run goes on", tries=100) as run:
                assert run._status_shown() == "running"
            child.send_signal(how)
        with warned(path + ".partial", *words) as run:
            n = len(run.state)
            assert n > 0 and run.state.x_m.shape == (n, run.n_entities)
            shown = repr(run)
            assert f"recorded up to {run.state.time[-1]:g} s of 300000 s" in shown, shown
            status = "interrupted" if how == signal.SIGTERM else "unfinished: the run ended"
            assert f"  status               {status}" in shown, shown
            assert run.state.time[...].shape == (n,) and not np.isnan(run.state.x_m[-1]).any()


def columns_of_a_killed_run_are_as_long_as_the_shortest(stand):
    path = shutil.copy(stand.run, stand.path("uneven.h5"))
    with h5py.File(path, "a") as file:
        file.attrs["status"] = "running"
        whole = file["state/x_m"][...]
        for name, n in (("time", 5), ("tick", 4), ("y_m", 3)):
            file["state"][name].resize(n, axis=0)
    with warned(path, "ended without closing the file") as run:
        assert len(run.state) == 3 and run.state.x_m.shape == (3, 60)
        assert run.state.time.shape == (3,)
        np.testing.assert_array_equal(run.state.x_m[-1], whole[2])
        np.testing.assert_array_equal(run.state.x_m[::-1], whole[2::-1])
        assert run.state.sizes == {"time": 3, "entity": 60}


def columns_of_a_whole_result_are_equally_long(stand):
    def shorten(column):
        column.resize(3, axis=0)

    def write_anew(column):  # without the names of its dimensions
        parent, name, values = column.parent, column.name.rsplit("/", 1)[-1], column[:3]
        del parent[name]
        parent[name] = values

    for table, column, damage in (("state", "soc_pct", shorten), ("state", "soc_pct", write_anew),
                                  ("state", "tick", write_anew), ("events", "code", shorten),
                                  ("entities", "group", write_anew)):
        path = shutil.copy(stand.run, stand.path("uneven.h5"))
        with h5py.File(path, "a") as file:
            damage(file[table][column])
        with qfleet.open(path) as run:
            for ask in (lambda r: r[table], repr):
                try:
                    ask(run)
                except qfleet.ResultError as error:
                    assert str(error) == (f"{path}: is damaged: the columns of its table '{table}' "
                                          "are not equally long"), error
                else:
                    raise AssertionError(f"{damage.__name__} of {table}/{column} was not seen")
            if table == "events":
                assert run.state.x_m[0].shape == (60,)  # others are read
    directory = shutil.copytree(stand.sweep, stand.path("uneven.sweep"))
    for column, words in (("hash", "the columns of its table 'sweep' are not equally long"),
                          ("case", "what names its dimension is lost")):
        with h5py.File(os.path.join(directory, "sweep.h5"), "a") as file:
            write_anew(file["sweep"][column])
        refused(os.path.join(directory, "sweep.h5"), words)


def what_was_not_recorded_says_how_it_is(stand):
    with qfleet.open(stand.run) as run:
        for ask, words in (
                (lambda: run.tracks, "put `tracks: true` into its `record:`"),
                (lambda: run.detections, "put `detections: true` into its `record:`"),
                (lambda: run.guards, "no group of its scenario has guards"),
                (lambda: run.quarantine, "no vehicle was quarantined"),
                (lambda: run["sweep"], "has no table 'sweep', but "),
                (lambda: run.state.bus_v, "it was not recorded; put it into `state:`"),
                (lambda: run.state.soc, "has no column 'soc' (did you mean soc_pct?)"),
                (lambda: run.find("scouts-4O"), "(did you mean scouts-"),
                (lambda: run.entities_of("scout"), "has no group 'scout', but scouts, haulers"),
                (lambda: run.event(10 ** 6), "has no event 1000000")):
            try:
                ask()
            except qfleet.ResultError as error:
                assert words in str(error) and str(error).startswith(stand.run), str(error)
            else:
                raise AssertionError(words)
        assert not hasattr(run.state, "bus_v") and hasattr(run.state, "x_m")
        assert not hasattr(run, "tracks") and hasattr(run, "events")
        assert getattr(run, "machine_states", None) is None
        for ask, kind in ((lambda: run.tracks, qfleet.MissingTableError),
                          (lambda: run["tracks"], qfleet.ResultError)):
            try:
                ask()
            except qfleet.ResultError as error:
                assert type(error) is kind and "put `tracks: true`" in str(error), repr(error)
            else:
                raise AssertionError("there are no tracks")
        x_m = run.state.x_m
    try:
        x_m[0]
    except qfleet.ResultError as error:
        assert "is of a result that was closed" in str(error)
    else:
        raise AssertionError("a closed file was read")
    assert "closed" in repr(run)


def what_cannot_be_asked_for_is_a_sentence(stand):
    with qfleet.open(stand.run) as run, qfleet.open(stand.sweep) as sweep:
        metrics = f"but {', '.join(sweep.metrics)}"
        for ask, kind, words in (
                (lambda: qfleet.open("x\0y"), qfleet.ResultError, r"'x\x00y': is no name that"),
                (lambda: qfleet.open("\ud800"), qfleet.ResultError, r"'\ud800': is no name that"),
                (lambda: qfleet.open(None), qfleet.ResultError, "None: is no name that a file"),
                (lambda: run.entities_of("scouts", world=5), qfleet.ResultError,
                 f"{run.path}: has no world 5, but 0"),
                (lambda: run.entities_of("scouts", world="x"), qfleet.SelectionError,
                 f"{run.path}: the number of a world is a whole number, not 'x'"),
                (lambda: run.find(5), qfleet.ResultError, f"{run.path}: has no vehicle '5'"),
                (lambda: run.chain("x"), qfleet.SelectionError,
                 f"{run.path}: the number of an event is a whole number, not 'x'"),
                (lambda: sweep.metric_of("mass"), qfleet.ResultError,
                 f"{sweep.path}: has no metric 'mass', {metrics}"),
                (lambda: sweep.metric_of(5), qfleet.ResultError,
                 f"{sweep.path}: has no metric '5', {metrics}"),
                (lambda: qfleet.compare(run, sweep), qfleet.ResultError,
                 f"{run.path}: is a run; sweeps are what is compared"),
                (lambda: qfleet.compare(sweep, 5), qfleet.ResultError,
                 "5: is neither a sweep nor the path of one"),
                (lambda: qfleet.run("x\0y", binary=stand.program), qfleet.ProgramError,
                 f"{stand.program} cannot be called so: ")):
            try:
                ask()
            except qfleet.QfleetError as error:
                assert type(error) is kind and str(error).startswith(words), repr(error)
            else:
                raise AssertionError(words)
        assert list(run.entities_of("scouts", world=np.int64(0))) == list(run.entities_of("scouts"))
    with qfleet.open(os.fsencode(stand.run)) as run:
        assert run.path == stand.run


def shards_that_are_not_what_they_were_are_named(stand):
    directory = shutil.copytree(stand.sweep, stand.path("some.sweep"))
    second = os.path.join(directory, "shard-2-of-3.h5")
    spare = shutil.move(second, stand.path("spare.h5"))
    master = os.path.join(directory, "sweep.h5")
    for path in (directory, master):
        try:
            qfleet.open(path)
        except qfleet.ResultError as error:
            assert str(error) == f"{master}: of its shards 'shard-2-of-3.h5' is missing", error
        else:
            raise AssertionError("a hole became fill values")
    shutil.copy(os.path.join(directory, "shard-3-of-3.h5"), second)
    stand.call("sweep", stand.docking, "-o", stand.path("else.sweep"), "--shard", "2/3", "--set",
               "sweep.cases=9", "--set", "requirements=[]", "--set", "time.duration_s=50")
    refused(directory + "/sweep.h5", "'shard-2-of-3.h5' is the shard 3 of 3, under a wrong name")
    shutil.copy(stand.path("else.sweep/shard-2-of-3.h5"), second)
    refused(directory + "/sweep.h5", "'shard-2-of-3.h5' is of another sweep")
    shutil.copy(spare, second)
    os.truncate(second, os.path.getsize(second) - 512)
    refused(directory + "/sweep.h5", "'shard-2-of-3.h5' is damaged or cut short")
    shutil.copy(spare, second)
    with qfleet.open(directory) as sweep:
        assert sweep.outcomes["not_run"] == 0 and sweep.n_cases == 12
        os.rename(second, spare)
        for there in ("removed", "replaced"):
            try:
                sweep.cases.mass[...]
            except qfleet.ResultError as error:
                assert str(error) == (f"{master}: 'shard-2-of-3.h5' has been replaced or removed "
                                      "since the result was opened; open it again"), error
            else:
                raise AssertionError(f"a shard that was {there} became fill values")
            shutil.copy(spare, second)
    os.remove(master)
    refused(directory, "has no sweep.h5 yet; `qfleet merge ")
    os.remove(second)
    refused(directory, "shard 2 of 3 is missing; `qfleet sweep ", "--shard 2/3 --resume")
    with warned(os.path.join(directory, "shard-1-of-3.h5"), "is a shard alone") as shard:
        assert shard.n_cases == 4 and list(shard.cases.case) == [0, 1, 2, 3]
        for ask in (lambda: shard.statistics, shard.worst, lambda: shard.statistics_of("f")):
            try:
                ask()
            except qfleet.ResultError as error:
                assert "is a shard alone" in str(error), error
            else:
                raise AssertionError("a shard has no answers")
    refused(os.path.join(directory, "shard-1-of-3.timing.h5"), "is a part of a sweep")
    for content, words in (("{", "is damaged"), ("[]", "is no manifest of a sweep"),
                           ('{"schema": "qfleet-sweep/2"}', "by a later version"),
                           ('{"schema": "qfleet-sweep/1"}', "is damaged")):
        with open(os.path.join(directory, "manifest.json"), "w", encoding="utf-8") as out:
            out.write(content)
        refused(directory, words)


def sweeps_that_are_not_done_say_how_they_go_on(stand):
    directory = stand.path("begun.sweep")
    with started(stand.program, "sweep", stand.docking, "-o", directory,
                 stderr=subprocess.DEVNULL) as child:
        wait_for(os.path.join(directory, "shard-1-of-1.journal"), 1000)
        refused(directory, "not finished", "--resume` goes on")
        child.send_signal(signal.SIGTERM)
    refused(directory, "not finished", "--resume` goes on")
    stand.call("sweep", stand.docking, "-o", stand.path("few.sweep"), "--cases", "2-5", "--set",
               "sweep.cases=12", "--set", "time.duration_s=50", "--set", "requirements=[]")
    with warned(stand.path("few.sweep"), "8 of its 12 cases were not run") as sweep:
        assert sweep.outcomes["ok"] + sweep.outcomes["timed_out"] == 4


def parts_of_ranks_that_are_not_what_they_were_are_named(stand):
    if stand.mpiexec == "none":
        print("  there is no mpiexec: runs over ranks were not tested")
        return
    start = [stand.mpiexec, "--oversubscribe", "--bind-to", "none", "-n", "2"]
    paths = [stand.path("ranks.h5"), stand.path("others.h5")]
    for path in paths:
        stand.call("run", stand.patrol, "-o", path, "--threads", "1", "--set", "time.duration_s=5",
                   start=start)
    parts, part = paths[0] + ".ranks", paths[0] + ".ranks/rank-1-of-2.h5"
    stand.call("run", stand.patrol, "-o", stand.path("one.h5"), "--set", "time.duration_s=5")
    with qfleet.open(paths[0]) as run, qfleet.open(stand.path("one.h5")) as one:
        np.testing.assert_array_equal(run.state.x_m[:, ::7], one.state.x_m[:, ::7])
    refused(parts, "has the files of a run's ranks")
    refused(part, "is the file of rank 1 of 2")
    spare = shutil.move(part, stand.path("spare.h5"))
    refused(paths[0], f"in '{parts}' 'rank-1-of-2.h5' is missing")
    shutil.copy(paths[1] + ".ranks/rank-1-of-2.h5", part)
    refused(paths[0], "'rank-1-of-2.h5' is of another run")
    shutil.copy(parts + "/rank-0-of-2.h5", part)
    refused(paths[0], "'rank-1-of-2.h5' is the file of rank 0 of 2, under a wrong name")
    shutil.copy(spare, part)
    os.truncate(part, os.path.getsize(part) - 512)
    refused(paths[0], "'rank-1-of-2.h5' has ", "cut short, or written again")
    shutil.copy(spare, part)
    moved = stand.path("moved.h5")
    shutil.move(paths[0], moved)
    shutil.move(parts, moved + ".ranks")
    refused(moved, "qfleet merge")


def what_the_program_refuses_is_its_sentence(stand):
    for ask, code, words in (
            (lambda: qfleet.run("none.yaml", binary=stand.program), 2,
             "none.yaml: cannot open: No such file or directory"),
            (lambda: qfleet.run(stand.patrol, binary=stand.program, set={"time.foo": 1}), 2,
             "time.foo: unknown key"),
            (lambda: qfleet.run(stand.patrol, stand.run, binary=stand.program), 2,
             f"{stand.run}: exists already"),
            (lambda: qfleet.replay(stand.run, 7, binary=stand.program), 2, "has no case 7"),
            (lambda: qfleet.run(stand.patrol, binary=stand.program, nonsense=1), 2,
             "unknown option '--nonsense'"),
            (lambda: qfleet.run(stand.patrol, binary=stand.program, no_output=True), None,
             "no result that could be opened"),
            (lambda: qfleet.run(stand.patrol, binary="/none/qfleet"), None,
             "/none/qfleet: no such program (named by binary=)")):
        try:
            ask()
        except qfleet.ProgramError as error:
            assert words in str(error) and error.code == code, (str(error), error.code)
        else:
            raise AssertionError(words)


def an_interrupted_program_says_that_it_goes_on(stand):
    """By a signal to the program, and by one to Python, which hands it on and waits."""
    path = stand.path("long.h5")
    call = ("import qfleet, sys\n"
            "try:\n"
            "    qfleet.run(sys.argv[1], sys.argv[2], binary=sys.argv[3],\n"
            "               set={'time.duration_s': 300000, 'record.every_s': 100}, resume=True)\n"
            "except qfleet.Interrupted as error:\n"
            "    print('Interrupted', error.code, error)\n"
            "except KeyboardInterrupt:\n"
            "    print('KeyboardInterrupt')\n")
    for to_child in (True, False):
        with started(sys.executable, "-c", call, stand.patrol, path, stand.program,
                     stdout=subprocess.PIPE, text=True) as python:
            wait_for(path + ".partial", 1e6)
            children = f"/proc/{python.pid}/task/{python.pid}/children"
            with open(children, encoding="ascii") as file:
                child, = map(int, file.read().split())
            os.kill(child if to_child else python.pid, signal.SIGINT)
            said = python.communicate()[0]
        expected = "Interrupted 75 " if to_child else "KeyboardInterrupt"
        assert said.startswith(expected), said
        assert os.path.exists(path + ".checkpoint")
        os.rename(path + ".partial", path + ".left")
        os.remove(path + ".checkpoint")


def main():
    program, project = map(os.path.abspath, sys.argv[1:3])
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as folder:
        stand = Stand(program, project, sys.argv[3], folder)
        for test in (what_is_no_result_is_refused, results_without_their_numbers_are_refused,
                     what_is_refused_is_not_left_open, what_is_cut_short_is_refused,
                     damage_anywhere_is_said_or_harmless, texts_without_an_end_are_refused,
                     files_that_fill_their_last_page_are_searched,
                     runs_that_did_not_end_are_read_with_a_warning,
                     columns_of_a_killed_run_are_as_long_as_the_shortest,
                     columns_of_a_whole_result_are_equally_long,
                     what_was_not_recorded_says_how_it_is,
                     what_cannot_be_asked_for_is_a_sentence,
                     shards_that_are_not_what_they_were_are_named,
                     sweeps_that_are_not_done_say_how_they_go_on,
                     parts_of_ranks_that_are_not_what_they_were_are_named,
                     what_the_program_refuses_is_its_sentence,
                     an_interrupted_program_says_that_it_goes_on):
            print(test.__name__, flush=True)
            test(stand)


if __name__ == "__main__":
    main()
