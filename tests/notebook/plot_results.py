#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws results of every kind with `python -m qfleet plot`, and looks in the pictures for what they must say.

    plot_results.py QFLEET PROJECT
"""
import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
import xml.etree.ElementTree

import h5py
import matplotlib.pyplot as plt
import numpy as np

from qfleet import Column, open as open_result, plots
from qfleet.__main__ import main as qfleet

SVG = "{http://www.w3.org/2000/svg}"
LARGEST_BYTES = 300_000  # of the documentation's pictures
RUNS = [
    ("patrol", ["groups[0].count=30", "groups[1].count=10", "time.duration_s=200"]),
    ("sky", ["time.duration_s=15"]),
    ("contacts", ["time.duration_s=15"]),
    ("docking", ["worlds=12"]),
]


class Stand:
    """The program, the package as it stands in the sources, and results in a folder."""

    def __init__(self, program, project, folder):
        self.program, self.project, self.folder = program, project, folder
        os.chdir(folder)
        for name, settings in RUNS:
            self.call(program, "run", name, f"configs/{name}.yaml", settings)
        self.call(program, "sweep", "docking_sweep", "configs/sweeps/docking.yaml",
                  ["sweep.cases=60", "time.duration_s=250", "requirements=['P(success) >= 0.5']"])

    def path(self, name):
        return os.path.join(self.folder, name)

    def call(self, program, command, name, scenario, settings):
        ending = "sweep" if command == "sweep" else "h5"
        words = [word for setting in settings for word in ("--set", setting)]
        done = subprocess.run([program, command, os.path.join(self.project, scenario), *words, "-o",
                               self.path(f"{name}.{ending}")], capture_output=True, text=True,
                              check=False)
        assert done.returncode in (0, 1), done.stderr

    def plot(self, *arguments):
        """exit code of the command, and what it said; in this process, for matplotlib takes long to begin"""
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            try:
                code = qfleet(["plot", *arguments])
            except SystemExit as end:
                code = end.code
        plt.close("all")
        return code, said.getvalue()

    def call_plot(self, *arguments, path=""):
        """the same as a program, with `path` before the package's"""
        where = os.pathsep.join([path] * bool(path) + [os.path.join(self.project, "python")])
        done = subprocess.run([sys.executable, "-W", "error", "-m", "qfleet", "plot", *arguments],
                              env={**os.environ, "PYTHONPATH": where}, text=True, capture_output=True,
                              check=False)
        return done.returncode, done.stdout + done.stderr

    def draw(self, *arguments):
        """the texts of a picture, and its bytes"""
        done = self.plot(*arguments, "-o", "picture.svg", "--force")
        assert done == (0, ""), (arguments, done)
        with open(self.path("picture.svg"), "rb") as file:
            picture = file.read()
        assert len(picture) < LARGEST_BYTES, (arguments, len(picture))
        root = xml.etree.ElementTree.fromstring(picture)
        return ["".join(text.itertext()).strip() for text in root.iter(SVG + "text")], picture


def has(texts, *wanted):
    missing = [text for text in wanted if text not in texts]
    assert not missing, f"{missing} is not among {texts}"


def run_says_where_how_much_and_what(stand):
    texts, _ = stand.draw("run", "patrol.h5", "--change", "soc_pct", "--fan", "temp_core_c")
    with h5py.File(stand.path("patrol.h5")) as result:
        low = np.count_nonzero(result["events/code"][...] == 602)
        starts = np.count_nonzero(result["events/code"][...] == 300)
    has(texts, "east, m", "north, m", "time, min", "%", "°C",
        "change of state of charge of the battery, %", "temperature of thermal node core, °C",
        "scouts: 30", "haulers: 10", "patrol: 40 vehicles in 2 groups, 3.33333 min in steps of 0.1 s",
        f"rcs_start  {starts}")
    assert low == 0 or f"power_low  {low}" in texts
    texts, _ = stand.draw("run", "patrol.h5", "--ways", "8")
    has(texts, "scouts: 6 of 30", "haulers: 2 of 10", "state of charge of the battery, %")


def radar_counts_what_was_reported(stand):
    texts, _ = stand.draw("radar", "sky.h5", "--observer", "1", "--frames", "3")
    with h5py.File(stand.path("sky.h5")) as result:
        name = result["entities/name"].asstr()[1]
        seen = {key: result["detections"][key][...] for key in ("observer", "target", "tick", "band")}
        ticks = np.intersect1d(seen["tick"][seen["observer"] == 1], result["state/tick"][...])
    mine = (seen["observer"] == 1) & (seen["tick"] <= ticks[-1])
    shown = mine & np.isin(seen["tick"], np.unique(seen["tick"][mine])[-3:])
    now = shown & (seen["tick"] == ticks[-1])
    for kind, word in ((seen["target"] < 0, "false alarm"),
                       ((seen["target"] >= 0) & (seen["band"] == 2), "short range"),
                       ((seen["target"] >= 0) & (seen["band"] == 1), "long range")):
        has(texts, f"{word}: {np.count_nonzero(shown & kind)}, {np.count_nonzero(now & kind)} now")
    assert np.count_nonzero(shown) > np.count_nonzero(now) > 0
    has(texts, "bearing, °; rings: ground range, km", f"{name}, who looks", "N", "E", "S", "W")


def tracks_counts_those_that_are_confirmed(stand):
    with h5py.File(stand.path("contacts.h5")) as result:
        name = result["entities/name"].asstr()[2]
    named = stand.draw("tracks", "contacts.h5", "ours=contacts.h5", "--observer", name)
    texts, _ = stand.draw("tracks", "contacts.h5", "ours=contacts.h5", "--observer", "2")
    assert texts == named[0]
    with h5py.File(stand.path("contacts.h5")) as result:
        tracks = result["tracks"]
        kept = (tracks["observer"][...] == 2) & np.isin(tracks["status"][...], (2, 4))
        kept &= np.isin(tracks["tick"][...], result["state/tick"][...])
        n_tracks = np.unique(tracks["track"][...][kept]).size
        gospa_m = np.nanmean(result["state/gospa_m"][:, 2])
    has(texts, "east, km", "north, km", "time, s", "the truth (GOSPA), m", "sentries-2, who looks",
        f"contacts: {n_tracks} confirmed tracks", f"ours: {n_tracks} confirmed tracks",
        f"ours: mean {gospa_m:.0f} m")
    assert n_tracks > 5


def docking_counts_those_that_docked(stand):
    texts, _ = stand.draw("docking", "docking.h5")
    with h5py.File(stand.path("docking.h5")) as result:
        chasers = np.flatnonzero(result["entities/group"][...] == 1)
        hard = result["events/entity"][...][result["events/code"][...] == 521]
        n_docked = np.intersect1d(chasers, hard).size
    has(texts, "y (along the track), m", "x (radial), m", "time until docked, s",
        "propellant used, kg", "worlds", f"docked: {n_docked}", "ways of 12 chasers, seen from their targets")
    assert n_docked > 6 and (n_docked == 12 or f"did not: {12 - n_docked}" in texts)
    texts, _ = stand.draw("docking", "docking.h5", "--plane", "xz")
    has(texts, "x (radial), m", "z (across), m")


def sweep_shows_verdicts_metrics_and_what_they_depend_on(stand):
    texts, _ = stand.draw("sweep", "docking_sweep.sweep")
    with h5py.File(stand.path("docking_sweep.sweep/sweep.h5")) as result:
        verdict = ("met", "not met", "undecided")[result["requirements/verdict"][0]]
        estimate = result["requirements/estimate"][0]
        median_kg = np.median(result["sweep/propellant_used_kg"][...])
    has(texts, "docking_sweep: 60 cases", "P(success) >= 0.5", f"{verdict}: {estimate:.4g}",
        "docking_time_s, s", "propellant_used_kg, kg", "cases", f"50% below {median_kg:.4g} kg",
        "what propellant_used_kg depends on", "Spearman's rank correlation", "along", "mass")
    texts, _ = stand.draw("sweep", "docking_sweep.sweep/sweep.h5", "--metric", "closest_m")
    has(texts, "closest_m, m")
    assert "docking_time_s, s" not in texts
    with h5py.File(stand.path("docking_sweep.sweep/sweep.h5")) as result:
        statistics = {key: result["statistics"][key][...] for key in
                      ("n", "n_true", "exact_low", "exact_high")}
        row = list(result["statistics/name"].asstr()).index("success")
        success = result["sweep/success"][...]
    low, high = (100 * statistics[f"exact_{end}"][row] for end in ("low", "high"))
    texts, _ = stand.draw("sweep", "docking_sweep.sweep")
    has(texts, "success, % of cases", f"{(success == 1).sum()} of {success.size} cases, "
        f"{low:.4g} to {high:.4g} % (exact interval)", "what success depends on")


def sensitivities_are_those_of_the_sampling(stand):
    scenario = "schema: qfleet/1\nname: f\nsweep:\n  sampling: {}\n  function: {{ishigami: {{a: 7, b: 0.1}}}}" \
        "\n  parameters:\n" + "".join(f"    x{k}: {{{{uniform: {{{{min: -3, max: 3}}}}}}}}\n" for k in "123")
    for sampling, column, words, title in (
            ("saltelli\n  base: 64", "total", "share of the variance, total effect (Sobol')",
             ", sampling saltelli"),
            ("morris", "mu_star", "mean size of elementary effects (Morris)", ", sampling morris"),
            ("lhs\n  cases: 90", "rank_correlation", "Spearman's rank correlation", "")):
        with open(stand.path("f.yaml"), "w", encoding="utf-8") as file:
            file.write(scenario.format(sampling))
        stand.call(stand.program, "sweep", "f", stand.path("f.yaml"), [])
        texts, _ = stand.draw("sweep", "f.sweep")
        with h5py.File(stand.path("f.sweep/sweep.h5")) as result:
            expected = result["sensitivity"][column][0]
            has(texts, f"f: {len(result['sweep/case'])} cases{title}", words)
        with open_result(stand.path("f.sweep")) as sweep:
            axes = plots.sensitivity(sweep, "f")
            names = [label.get_text() for label in axes.get_yticklabels()]
            drawn = dict(zip(names, (bar.get_width() for bar in axes.patches)))
            assert drawn == dict(zip(("x1", "x2", "x3"), expected)), (drawn, expected)
            axes.figure.set_size_inches(3.0, 2.0)
            axes.figure.canvas.draw()
            labels = [label.get_window_extent() for label in axes.get_xticklabels()]
            labels = sorted((box for box in labels if box.width > 0), key=lambda box: box.x0)
            assert all(a.x1 < b.x0 for a, b in zip(labels, labels[1:])), "labels hide each other"
        shutil.rmtree(stand.path("f.sweep"))
        plt.close("all")


def what_depends_on_nothing_says_why(stand):
    stand.call(stand.program, "sweep", "fail", "configs/sweeps/docking.yaml",
               ["sweep.cases=6", "time.duration_s=20", "requirements=[]"])
    texts, _ = stand.draw("sweep", "fail.sweep")
    has(texts, "0 of 6 cases, 0 to 45.93 % (exact interval)", "what success depends on",
        "it is the same in all cases")
    for n, words in ((0, "no case has a value"), (3, "too few cases have a value")):
        with h5py.File(stand.path("fail.sweep/sweep.h5"), "r+") as result:
            row = list(result["statistics/name"].asstr()).index("closest_m")
            for name in [name for name in result["sensitivity"] if name.startswith("rank")]:
                result["sensitivity"][name][row] = np.nan
            result["statistics/n"][row], result["statistics/n_without"][row] = n, 6 - n
        with open_result(stand.path("fail.sweep")) as sweep:
            axes = plots.sensitivity(sweep, "closest_m")
        assert [text.get_text() for text in axes.texts] == [words], axes.texts
        assert not axes.patches and not axes.get_yticklabels(), words
    plt.close("all")


def counts_have_a_bar_around_each(_stand):
    bars = plots.histogram(np.repeat([0, 1, 3], [50, 20, 5]), "collisions").patches
    assert [(bar.get_x() + bar.get_width() / 2, bar.get_height()) for bar in bars] == \
        [(0, 50), (1, 20), (2, 0), (3, 5)]
    plt.close("all")


def last_bin_of_events_is_as_wide_as_the_others(stand):
    shutil.copy(stand.path("patrol.h5"), stand.path("late.h5"))
    with h5py.File(stand.path("late.h5"), "r+") as result:
        time_s = result["events/time_s"]
        time_s[...] = np.append(np.full(time_s.size - 1, 1.0), 199.9)  # of 200 s
        result["events/code"][...] = 602
    with open_result(stand.path("late.h5")) as run:
        drawn, = plots.events(run, bins=100).collections
        points = drawn.get_paths()[0].vertices * (60.0, 1.0)  # in seconds
    high = points[points[:, 1] > 0.0]
    late = high[high[:, 0] > 100.0]
    np.testing.assert_allclose((late[:, 0].min(), late[:, 0].max()), (198.0, 200.0))
    plt.close("all")


def infinite_bound_is_an_arrow_beside_the_estimate(stand):
    with open(stand.path("few.yaml"), "w", encoding="utf-8") as file:
        file.write("schema: qfleet/1\nname: few\nsweep:\n  cases: 10\n"
                   "  function: {ishigami: {a: 7, b: 0.1}}\n"
                   "  parameters:\n    x1: {uniform: {min: -3, max: 3}}\n"
                   "    x2: {uniform: {min: -3, max: 3}}\n    x3: {uniform: {min: -3, max: 3}}\n"
                   "requirements:\n"
                   "  - {require: 'quantile(f, 0.5) <= 1000', confidence: 0.9}\n"
                   "  - {require: 'mean(f) <= 1000', confidence: 0.9}\n")
    stand.call(stand.program, "sweep", "few", stand.path("few.yaml"), [])
    with h5py.File(stand.path("few.sweep/sweep.h5"), "r+") as result:
        result["requirements/bound"][0] = np.inf  # as where half of the cases have no value
    with open_result(stand.path("few.sweep")) as sweep:
        axes = plots.requirements(sweep)
    drawn = {(line.get_marker(), -line.get_ydata()[0]): line.get_xdata()[0] for line in axes.lines
             if line.get_marker() in "o|<>"}
    assert drawn[("o", 0)] == 1.0 and -1.15 < drawn[("<", 0)] < -1.0, drawn
    assert 0.0 < drawn[("|", 1)] < drawn[("o", 1)] == 1.0, drawn
    assert axes.get_title("left").endswith("arrow: infinite"), axes.get_title("left")
    plt.close("all")


def infinite_values_count_among_those_that_a_share_is_below(_stand):
    for values, half, most in (([1, 2, 3, 4] + [np.inf] * 4, "inf", "inf"),
                               ([1, 2, 3, 4, 5] + [np.inf] * 2, "4", "inf"),
                               ([-np.inf] + [1.0] * 40, "1", "1")):
        axes = plots.histogram(values + [np.nan], "t", unit="s")
        texts = [text.get_text() for text in axes.get_legend().get_texts()]
        assert texts == [f"50% below {half} s", f"95% below {most} s"], texts
        n = np.isinf(values).sum()
        assert axes.get_title("left") == f"1 without a value; {n} infinite, not drawn"
    try:
        plots.histogram([np.inf], "t")
    except plots.PlotError as error:
        assert str(error) == "t: all values are infinite", error
    else:
        raise AssertionError("there is nothing to draw")
    plt.close("all")


def nothing_is_read_but_what_is_drawn(stand):
    shutil.copy(stand.path("contacts.h5"), stand.path("worlds.h5"))
    with h5py.File(stand.path("worlds.h5"), "r+") as result:
        result["entities/world"][10:30] = 1  # who looks has number 2
        ways_km = np.stack([result["state"][axis][...] for axis in ("x_m", "y_m")], axis=-1) / 1e3
    read = []
    original = Column._stored

    def note(column, key):
        found = original(column, key)
        read.append((column.name, np.size(found)))
        return found
    Column._stored = note
    try:
        with open_result(stand.path("patrol.h5")) as run:
            plots.plan(run, ways=8)
            assert max(n for name, n in read if name == "x_m") == 8 * len(run.state), read
        read.clear()
        with open_result(stand.path("docking.h5")) as run:
            plots.Campaign(run)
            assert max(n for name, n in read if name == "y_m") == 12 * len(run.state), read
            assert max(n for name, n in read if name == "propellant_kg") == 12, read
        read.clear()
        with open_result(stand.path("worlds.h5")) as run:
            what = plots.believed(run, 2)
            n_ways, n_samples = (run.n_entities - 20) * len(run.state), what.numbers.size
            assert 0 < n_samples < len(run.tracks)
            assert [n for name, n in read if name == "x_m"] == [n_ways, n_samples], read
        read.clear()
        with open_result(stand.path("sky.h5")) as run:
            plots.radar(run, 1)
            mine = run.detections.observer[...] == 1
            assert [n for name, n in read if name == "range_m"] == [np.count_nonzero(mine)], read
            assert 0 < np.count_nonzero(mine) < mine.size
    finally:
        Column._stored = original
    there = np.delete(np.arange(ways_km.shape[1]), np.arange(10, 30))
    np.testing.assert_array_equal(what.ways_km[:, what.own], ways_km[:, 2])
    np.testing.assert_array_equal(what.ways_km[:, what.others], ways_km[:, there[there != 2]])
    plt.close("all")


def same_result_gives_the_same_bytes(stand):
    for arguments in (("radar", "sky.h5"), ("docking", "docking.h5")):
        assert stand.draw(*arguments)[1] == stand.draw(*arguments)[1], arguments


def groups_have_names_without_a_plan_too(stand):
    stand.call(stand.program, "run", "charge", "configs/patrol.yaml",
               ["groups[0].count=30", "groups[1].count=10", "time.duration_s=20",
                "record={every_s: 1, state: [soc_pct], events: false}"])
    texts, _ = stand.draw("run", "charge.h5")
    has(texts, "scouts", "haulers", "time, s", "state of charge of the battery, %")


def incomplete_result_is_drawn_with_a_sentence(stand):
    shutil.copy(stand.path("patrol.h5"), stand.path("cut.h5"))
    with h5py.File(stand.path("cut.h5"), "r+") as result:
        result.attrs["status"] = "interrupted"
        result["state/soc_pct"].resize(150, axis=0)  # as it can be after a kill
        result["events/time_s"].resize(50, axis=0)
    ended, said = stand.plot("run", "cut.h5", "-o", "cut.svg")
    assert ended == 0 and said.startswith("qfleet plot: ") and said.count("\n") == 1, said
    assert "cut.h5" in said and "interrupted" in said, said
    with open(stand.path("cut.svg"), encoding="utf-8") as file:
        assert "events, 50 in all" in file.read()


def other_formats_are_written(stand):
    # matplotlib says of EPS that nothing is transparent there
    for ending, magic, words in ((".png", b"\x89PNG", ""), (".pdf", b"%PDF", ""),
                                 (".eps", b"%!PS", "transparency")):
        ended, said = stand.plot("run", "patrol.h5", "-o", "other" + ending)
        assert ended == 0 and (words in said if words else not said), (ending, ended, said)
        with open(stand.path("other" + ending), "rb") as file:
            assert file.read(4) == magic


def bad_input_gives_a_sentence_and_leaves_nothing(stand):
    with open(stand.path("text.h5"), "w", encoding="utf-8") as file:
        file.write("no result\n")
    with open(stand.path("patrol.h5"), "rb") as whole, open(stand.path("half.h5"), "wb") as half:
        half.write(whole.read()[:20000])
    picture = ["-o", "bad.svg"]
    shutil.copy(stand.path("docking.h5"), stand.path("apart.h5"))
    with h5py.File(stand.path("apart.h5"), "r+") as result:
        result["entities/world"][12:] = np.arange(1, 13)  # of chasers
    stand.call(stand.program, "run", "fsm", "tests/golden/behavior.yaml", [])
    with open_result(stand.path("fsm.h5")) as run:
        for name in ("fsm_state", "time"):
            try:
                plots.fan(run, name)
            except plots.PlotError as error:
                assert str(error).startswith(f"{run.path}: ") and f"'{name}'" in str(error), error
            else:
                raise AssertionError(f"there is no fan of {name}")
    cases = [
        (3, "nothing.h5", ["run", "nothing.h5", *picture]),
        (2, "world 0 has a station, but no chaser", ["docking", "apart.h5", *picture]),
        (3, "text.h5", ["run", "text.h5", *picture]),
        (3, "half.h5", ["run", "half.h5", *picture]),
        (3, "is a sweep", ["run", "docking_sweep.sweep", *picture]),
        (3, "is a run", ["sweep", "patrol.h5", *picture]),
        (2, "no quantity 'nope'", ["run", "patrol.h5", "--fan", "nope", *picture]),
        (2, "did you mean soc_pct?", ["run", "patrol.h5", "--change", "soc", *picture]),
        (3, "was not recorded", ["run", "patrol.h5", "--change", "bus_v", *picture]),
        (2, "no vehicle 'nobody'", ["tracks", "contacts.h5", "--observer", "nobody", *picture]),
        (2, "not a quantity of vehicles", ["run", "patrol.h5", "--fan", "time", *picture]),
        (2, "are names, which have no median", ["run", "fsm.h5", "--fan", "fsm_state", *picture]),
        (2, "are names, which have no median", ["run", "fsm.h5", "--change", "fsm_state", *picture]),
        (3, "detections", ["radar", "patrol.h5", *picture]),
        (2, "no entity 999", ["radar", "sky.h5", "--observer", "999", *picture]),
        (2, "no entity -1", ["radar", "sky.h5", "--observer", "-1", *picture]),
        (2, "has no detections", ["radar", "sky.h5", "--observer", "20", *picture]),
        (2, "frames with detections", ["radar", "sky.h5", "--at", "0.1", *picture]),
        (3, "tracks", ["tracks", "patrol.h5", *picture]),
        (2, "has no tracks", ["tracks", "contacts.h5", "--observer", "20", *picture]),
        (2, "given twice", ["tracks", "a=contacts.h5", "a=contacts.h5", "a=contacts.h5", *picture]),
        (2, "no group 'ghosts'", ["docking", "docking.h5", "--chaser", "ghosts", *picture]),
        (2, "plane 'xq'", ["docking", "docking.h5", "--plane", "xq", *picture]),
        (2, "both 'chaser'", ["docking", "docking.h5", "--target", "chaser", *picture]),
        (2, "no metric 'nope'", ["sweep", "docking_sweep.sweep", "--metric", "nope", *picture]),
        (2, "must end in one of", ["run", "patrol.h5", "-o", "bad.doc"]),
        (2, "must end in one of", ["run", "patrol.h5", "-o", "bad"]),
        (2, "must end in one of", ["run", "patrol.h5", "-o", "bad.pgf"]),
        (2, "cannot write to", ["run", "patrol.h5", "-o", "no/such/bad.svg"]),
    ]
    for code, words, arguments in cases:
        ended, said = stand.plot(*arguments)
        assert ended == code, (arguments, ended, said)
        assert said.startswith("qfleet plot: ") and words in said and said.count("\n") == 1, said
    for arguments in ([], ["run", "patrol.h5"], ["pie", "patrol.h5", *picture],
                      ["radar", "sky.h5", "--frames", "0", *picture],
                      ["radar", "sky.h5", "--range", "-5", *picture]):
        ended, said = stand.plot(*arguments)
        assert ended == 2 and "usage:" in said, (arguments, ended, said)
    ended, said = stand.call_plot("run", "nothing.h5", *picture)
    assert ended == 3 and said.startswith("qfleet plot: ") and said.count("\n") == 1, said
    left = [name for name in os.listdir(stand.folder) if "bad" in name]
    assert not left, left


def picture_that_is_there_is_kept(stand):
    with open(stand.path("mine.svg"), "w", encoding="utf-8") as file:
        file.write("mine")
    ended, said = stand.plot("run", "patrol.h5", "-o", "mine.svg")
    assert ended == 2 and "exists already" in said, said
    with open(stand.path("mine.svg"), encoding="utf-8") as file:
        assert file.read() == "mine"


def without_matplotlib_a_sentence_says_what_is_missing(stand):
    os.mkdir(stand.path("without"))
    with open(stand.path("without/matplotlib.py"), "w", encoding="utf-8") as file:
        file.write("raise ImportError('not installed')\n")
    ended, said = stand.call_plot("run", "patrol.h5", "-o", "bad.svg", path=stand.path("without"))
    assert ended == 3 and said.startswith("qfleet plot: ") and "need matplotlib" in said, said


def main():
    program, project = (os.path.abspath(path) for path in sys.argv[1:])
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as folder:
        stand = Stand(program, project, folder)
        run_says_where_how_much_and_what(stand)
        radar_counts_what_was_reported(stand)
        tracks_counts_those_that_are_confirmed(stand)
        docking_counts_those_that_docked(stand)
        sweep_shows_verdicts_metrics_and_what_they_depend_on(stand)
        sensitivities_are_those_of_the_sampling(stand)
        what_depends_on_nothing_says_why(stand)
        counts_have_a_bar_around_each(stand)
        last_bin_of_events_is_as_wide_as_the_others(stand)
        infinite_bound_is_an_arrow_beside_the_estimate(stand)
        infinite_values_count_among_those_that_a_share_is_below(stand)
        nothing_is_read_but_what_is_drawn(stand)
        same_result_gives_the_same_bytes(stand)
        groups_have_names_without_a_plan_too(stand)
        incomplete_result_is_drawn_with_a_sentence(stand)
        other_formats_are_written(stand)
        picture_that_is_there_is_kept(stand)
        without_matplotlib_a_sentence_says_what_is_missing(stand)
        bad_input_gives_a_sentence_and_leaves_nothing(stand)


if __name__ == "__main__":
    main()
