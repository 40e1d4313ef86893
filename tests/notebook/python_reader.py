#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reads results of every kind with the Python package, and compares with plain h5py and with the program itself.

    python_reader.py QFLEET PROJECT
"""
import gc
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings

import h5py
import numpy as np

import qfleet
from qfleet import selection
from qfleet.program import yaml_of

# name, scenario, options: together they have every table
RUNS = [
    ("sky", "configs/sky.yaml", ["time.duration_s=20"]),
    ("docking", "configs/docking.yaml", ["worlds=3"]),
    ("tracks", "tests/golden/tracks.yaml", []),
    ("behavior", "tests/golden/behavior.yaml", []),
    ("harbor", "configs/harbor.yaml", ["time.duration_s=20"]),
]


class Stand:
    """The program, and results of it in a folder."""

    def __init__(self, program, project, folder):
        self.program, self.project, self.folder = program, project, folder
        for name, scenario, options in RUNS:
            settings = [word for option in options for word in ("--set", option)]
            self.call("run", os.path.join(project, scenario), "-o", self.path(name + ".h5"),
                      *settings)
        self.summary = json.loads(self.call(
            "sweep", os.path.join(project, "configs/sweeps/docking.yaml"), "-o",
            self.path("docking.sweep"), "--json", "--set", "sweep.cases=60", "--set",
            "time.duration_s=250", "--set", "requirements=['P(success) >= 0.5', "
            "'mean(docking_time_s) <= 300 s', {name: not too close, require: "
            "'P(closest_m >= 6.2 m) >= 0.1'}]", good=(0, 1)).stdout)

    def path(self, name):
        return os.path.join(self.folder, name)

    def call(self, *arguments, good=(0,)):
        done = subprocess.run([self.program, *arguments], capture_output=True, text=True,
                              check=False)
        assert done.returncode in good, (arguments, done.stderr)
        return done


def every_column_is_what_h5py_reads(stand):
    seen = set()
    for name, _, _ in RUNS:
        path = stand.path(name + ".h5")
        with qfleet.open(path) as run, h5py.File(path) as plain:
            datasets = []
            plain.visititems(lambda at, item: datasets.append(at)
                             if isinstance(item, h5py.Dataset) else None)
            columns = [f"{table}/{c}" for table in run.tables for c in run[table].columns]
            assert sorted(columns) == sorted(datasets)
            for at in datasets:
                table, column = at.rsplit("/", 1)
                seen.add(table)
                compare_column(run[table][column], plain[at])
    everything = {"entities", "state", "events", "detections", "tracks", "picture", "identities",
                  "guards", "devices", "faults", "behaviors", "ports", "tasks", "tracking",
                  "machines/transitions", "machines/states", "hashes", "quarantine"}
    assert everything <= seen, everything - seen


def compare_column(column, dataset):
    assert column.units == dataset.attrs["units"] and column.shape == dataset.shape
    assert column.long_name == dataset.attrs["long_name"]
    if "DIMENSION_LIST" in dataset.attrs:
        scales = [dataset.file[refs[0]].name for refs in dataset.attrs["DIMENSION_LIST"]]
        assert column.dims == tuple(s.rsplit("/", 1)[-1] for s in scales)
    if h5py.check_string_dtype(dataset.dtype):
        assert list(column[...]) == list(dataset.asstr()[...])
        return
    stored = dataset[...]
    np.testing.assert_array_equal(column.raw[...], stored)
    expected = stored
    if "_FillValue" in dataset.attrs and "flag_values" not in dataset.attrs:
        expected = np.where(stored == dataset.attrs["_FillValue"], np.nan, stored)
    np.testing.assert_array_equal(column[...], expected)
    assert column[...].dtype == column.dtype
    meanings = dataset.attrs.get("flag_meanings", "").split()
    flat, decoded = stored.ravel()[:500], column.decoded[...].ravel()[:500]
    if "flag_values" in dataset.attrs:
        names = dict(zip(dataset.attrs["flag_values"].tolist(), meanings))
        assert column.names == names
        assert list(decoded) == [names.get(code, "") for code in flat.tolist()]
    elif "flag_masks" in dataset.attrs:
        bits = list(zip(dataset.attrs["flag_masks"].tolist(), meanings))
        assert list(decoded) == ["|".join(n for bit, n in bits if code & bit)
                                 for code in flat.tolist()]


def any_part_is_that_of_the_whole(stand):
    """Numbers, slices that run either way, lists in any order, masks: as numpy takes them."""
    random = np.random.default_rng(7)

    def key_of(n):
        kind = random.integers(5)
        ends = sorted(random.integers(-n, n, 2).tolist())
        if kind == 0:
            return int(random.integers(-n, n))
        if kind == 1:
            return slice(ends[0], ends[1], int(random.integers(1, 4)))
        if kind == 2:
            return slice(ends[1], ends[0], -int(random.integers(1, 4)))
        if kind == 3:
            return random.integers(-n, n, random.integers(0, 6)).tolist()
        return random.random(n) < 0.3

    with qfleet.open(stand.path("docking.h5")) as run:
        for column in (run.state.x_m, run.state.fsm_state, run.events.value, run.entities["name"],
                       run.events.subject):
            whole = column[...]
            for _ in range(200):
                keys = tuple(key_of(n) for n in column.shape[:random.integers(1, 3)])
                expected, axis = whole, 0
                for key in keys:  # each axis by itself
                    expected = expected[(slice(None),) * axis + (key,)]
                    axis += not isinstance(key, int)
                np.testing.assert_array_equal(column[keys if len(keys) > 1 else keys[0]], expected)
        for wrong in (10 ** 9, (0, 0, 0), [1.5], "x", [10 ** 9], np.ones(3, bool), slice("x"),
                      2 ** 64 - 1, np.array([2 ** 64 - 1, 2 ** 63], np.uint64)):
            try:
                run.state.x_m[wrong]
            except IndexError as error:
                assert isinstance(error, qfleet.ResultError), wrong
                assert str(error).startswith(f"{run.path}: column '/state/x_m': "), error
                continue
            raise AssertionError(f"{wrong} is no index")
        try:
            run.state.x_m == 0  # pylint: disable=pointless-statement
        except TypeError as error:
            assert "x_m[...]" in str(error)
        else:
            raise AssertionError("a comparison that compares nothing")


def places_that_are_missing_are_numbers_too(stand):
    path = shutil.copy(stand.path("docking.h5"), stand.path("filled.h5"))
    with h5py.File(path, "a") as file:
        data = file["state/x_m"]
        data[3, 1] = -999.0
        data.attrs["_FillValue"] = np.array([-999.0])
    with qfleet.open(path) as run:
        missing, there = run.state.x_m[3, 1], run.state.x_m[3, 2]
        assert type(missing) is type(there) is np.float64, (type(missing), type(there))
        assert np.isnan(missing) and there == run.state.x_m.raw[3, 2]
        assert np.flatnonzero(np.isnan(run.state.x_m[3])) == [1]


def places_far_apart_are_those_asked_for(stand):
    """Of long rows only what is near a place is read; the order is that of the list."""
    path = stand.path("long.h5")
    with h5py.File(path, "w") as out:
        out.create_dataset("x", data=np.arange(280000.0).reshape(7, 40000), chunks=(2, 30000))
    with h5py.File(path) as file:
        data = file["x"]
        read_parts = []

        def source(part):
            read_parts.append(part)
            return data[part]
        for rows in (slice(None, None, -2), [5, 0, 5], slice(0, 1), 3):
            for places in ([39999, 3, 10, 3], [0, 39999], [20000, 0, 39999, 5]):
                keys = selection.normalise((rows, places), data.shape)
                found = selection.read(data, keys, data.shape, source)
                np.testing.assert_array_equal(found, data[...][rows][..., places])
        assert max(part[1].stop - part[1].start for part in read_parts) <= 8


def names_and_groups_are_the_files(stand):
    with qfleet.open(stand.path("docking.h5")) as run:
        assert run.groups == ("station", "chaser") and run.n_entities == 6 and run.n_worlds == 3
        assert list(run.entities_of("chaser")) == [3, 4, 5]
        assert list(run.entities_of("chaser", world=1)) == [4]
        assert run.find("w1/chaser-0") == 4
        assert run.title == "docking" and run.seed == 7 and run.status == "complete"
        assert run.dt_s == 0.1 and run.duration_s == 600
        assert run.scenario_yaml.startswith("schema: qfleet/1")
        info = stand.call("info", run.path).stdout
        assert f"vehicles    {run.n_entities}: station 3, chaser 3" in info
        assert f"events      {len(run.events)}:" in info
        codes = run.events.code.decoded[...]
        assert f"soft_capture (520) {(codes == 'soft_capture').sum()}" in info
        assert "x_m" in dir(run.state) and "x_m" in run.state and "y" not in run.state
        for text in (repr(run), run._repr_html_(), repr(run.state), run.state._repr_html_(),
                     repr(run.state.x_m)):
            assert text.count("state") or "x_m in m: position east" in text, text


def chains_are_those_that_the_program_explains(stand):
    with qfleet.open(stand.path("docking.h5")) as run:
        told = json.loads(stand.call("explain", run.path, "--entity", "4", "--json").stdout)
        chain = told["chains"][0]["chain"]
        events = run.chain(chain[-1]["event"])
        assert len(chain) > 2 and len(events) == len(chain)
        for event, expected in zip(events, chain):
            assert (event.number, event.tick, event.time_s, event.code, event.event, event.severity,
                    event.value, event.entity, event.name) == tuple(
                        expected[key] for key in ("event", "tick", "time_s", "code", "name",
                                                  "severity", "value")) + (4, told["name"])
            assert (-1 if event.cause is None else event.cause) == expected["cause"]
            assert (-1 if event.subject is None else event.subject) == expected["subject"]


def xarray_reads_lazily_what_columns_have(stand):
    try:
        import xarray
    except ImportError:
        print("xarray is not installed: what becomes of tables there was not tested")
        return
    with qfleet.open(stand.path("docking.h5")) as run:
        read = []
        original = qfleet.Column._stored
        qfleet.Column._stored = lambda self, *rest: read.append(self.name) or original(self, *rest)
        try:
            state = run.state.to_xarray()
            assert sorted(read) == ["entity", "time"], read
            last = state.x_m.isel(time=-1, entity=[5, 3])
            np.testing.assert_array_equal(last.values, run.state.x_m[-1, [5, 3]])
        finally:
            qfleet.Column._stored = original
        assert isinstance(state, xarray.Dataset) and state.x_m.attrs["units"] == "m"
        assert list(state.name.values) == list(run.entities["name"])
        assert list(state.group.values) == ["station"] * 3 + ["chaser"] * 3
        assert list(state.world.values) == [0, 1, 2] * 2
        assert state.x_m.dims == ("time", "entity") and "tick" in state.coords
        np.testing.assert_array_equal(state.fsm_state.values, run.state.fsm_state.decoded[...])
        one = state.sel(time=300, entity=4)
        assert float(one.x_m) == run.state.x_m[list(run.state.time).index(300), 4]
        codes = run.state.to_xarray(["fsm_state"], decode=False)
        assert list(codes.data_vars) == ["fsm_state"] and codes.fsm_state.dtype == np.int64
        events = run.events.to_xarray()
        assert list(events.code.values) == list(run.events.code.decoded[...])
    with qfleet.open(stand.path("docking.sweep")) as sweep:
        cases = sweep.cases.to_xarray()
        np.testing.assert_array_equal(cases.docking_time_s.sel(case=[7, 3]).values,
                                      sweep.cases.docking_time_s[[7, 3]])


def pandas_has_a_row_for_each_cell(stand):
    try:
        import pandas
    except ImportError:
        print("pandas is not installed: what becomes of tables there was not tested")
        return
    for name, _, _ in RUNS:
        with qfleet.open(stand.path(name + ".h5")) as run:
            for table in run.tables:
                frame = run[table].to_pandas()
                assert len(frame) == np.prod(list(run[table].sizes.values())), (name, table)
    with qfleet.open(stand.path("docking.h5")) as run:
        frame = run.state.to_pandas(columns=["x_m", "fsm_state"], rows=slice(-2, None))
        assert list(frame.columns) == ["time", "entity", "name", "x_m", "fsm_state"]
        np.testing.assert_array_equal(frame.x_m, run.state.x_m[-2:].ravel())
        np.testing.assert_array_equal(frame.time, np.repeat(run.state.time[-2:], 6))
        assert list(frame.name) == list(run.entities["name"]) * 2
        assert isinstance(frame.fsm_state.dtype, pandas.CategoricalDtype)
        assert list(frame.fsm_state.astype(object).fillna("")) == \
            list(run.state.fsm_state.decoded[-2:].ravel())
        last = len(run.state) - 1
        for rows in (last, -1, [1, 2, last], [last, 1, 1], run.state.tick[...] % 7 == 0, range(3)):
            some = run.state.to_pandas(columns=["x_m", "fsm_state"], rows=rows)
            key = [rows] if isinstance(rows, int) else rows
            np.testing.assert_array_equal(some.x_m, run.state.x_m[key].ravel())
            np.testing.assert_array_equal(some.time, np.repeat(run.state.time[key], 6))
        for rows in (last + 1, [1.5], "x", np.ones(3, bool), [[1], [2, 3]], slice("a"), True, {}):
            try:
                run.state.to_pandas(rows=rows)
            except qfleet.SelectionError as error:
                assert str(error).startswith(f"{run.path}: table 'state', rows of time: ")
            else:
                raise AssertionError(f"{rows} selects no rows")
        events = run.events.to_pandas(rows=slice(None, None, -3))
        assert list(events.event) == list(run.events.event[::-3])
        assert list(events.code) == list(run.events.code.decoded[::-3])
    with qfleet.open(stand.path("docking.sweep")) as sweep:
        frame = sweep.statistics.to_pandas().set_index("name")
        row = next(m for m in stand.summary["metrics"] if m["name"] == "docking_time_s")
        assert frame["mean"]["docking_time_s"] == row["mean"]
        assert frame["quantile[0.5]"]["docking_time_s"] == row["quantiles"][3]["value"]
        for rows in (slice(1, 5, 2), slice(None, None, -1)):
            some = sweep.statistics.to_pandas(rows=rows).set_index("name")
            pandas.testing.assert_frame_equal(some, frame[rows])
        assert list(sweep.cases.to_pandas("mass").columns) == ["mass"]


def what_one_vehicle_recorded_has_its_name(stand):
    with qfleet.open(stand.path("docking.sweep")) as sweep:
        case = sweep.worst(1, "docking_time_s")[0]
        with sweep.replay(case, vehicle="chaser-0", threads=1, binary=stand.program) as run:
            folder = os.path.dirname(run.path)
            assert list(run.state.entity) == [1] and run.n_entities == 2
            assert run.n_worlds == 1 and len(run.tracks) == 0
            for convert in (lambda: list(run.state.to_xarray().name.values),
                            lambda: list(run.state.to_pandas(rows=slice(0, 1)).name)):
                try:
                    assert [name.rsplit("/", 1)[-1] for name in convert()] == ["chaser-0"]
                except qfleet.ResultError as error:
                    assert "pip install" in str(error)
        assert not os.path.exists(folder), "a temporary result goes when it is closed"


def sweeps_tell_what_the_program_tells(stand):
    with qfleet.open(stand.path("docking.sweep")) as sweep:
        assert sweep.n_cases == 60 and sweep.cases._group == sweep.sweep._group
        assert sweep.outcomes == stand.summary["outcomes"]
        assert sweep.parameters == {"up": "m", "along": "m", "across": "m", "mass": "kg",
                                    "tank": "kg"}
        told = {m["name"]: m for m in stand.summary["metrics"]}
        # the file also has what stands in requirements, which has no name of its own
        assert list(sweep.metrics) == [*told, "requirement 3"]
        for name, metric in told.items():
            found = sweep.statistics_of(name)
            assert (found["n"], found["n_without"], found["text"]) == \
                (metric["n"], metric["n_without"], metric["text"])
            if "mean" in metric:
                assert found["kind"] == "number" and found["mean"] == metric["mean"]
                assert [found["mean_low"], found["mean_high"]] == metric["mean_interval"]
                assert found["min_case"] == metric["least_case"]
                assert list(found["quantile"].values()) == \
                    [q["value"] for q in metric["quantiles"]]
            else:
                assert found["kind"] == "truth" and np.isnan(found["mean"])
        verdicts = [r["verdict"].replace(" ", "_") for r in stand.summary["requirements"]]
        assert list(sweep.requirements.verdict.decoded[...]) == verdicts
        assert len(set(verdicts)) > 1, verdicts
        np.testing.assert_array_equal(sweep.requirements.estimate[...],
                                      [r["estimate"] for r in stand.summary["requirements"]])
        assert sweep.sensitivity.rank_correlation.shape == (len(sweep.metrics), 5)
        missing = np.isnan(sweep.cases.docking_time_s[...]).sum()
        assert 0 < missing == told["docking_time_s"]["n_without"]
        for text in (repr(sweep), sweep._repr_html_()):
            assert "docking_time_s (s)" in text and "P(success) &gt;= 0.5" in text.replace(
                ">=", "&gt;="), text


def the_worst_cases_are_those_that_the_program_replays(stand):
    with qfleet.open(stand.path("docking.sweep")) as sweep:
        lists = set()
        for metric in [None, *sweep.metrics]:
            by = ["--by", metric] if metric else []
            said = stand.call("replay", sweep.directory, "--worst", "4", "--no-output", *by)
            cases = [int(line.split()[1]) for line in said.stderr.splitlines()
                     if line.startswith("case ")]
            assert sweep.worst(4, metric) == cases, (metric, sweep.worst(4, metric), cases)
            lists.add(tuple(cases))
        # of a truth only those that are not as they should be
        failed = np.flatnonzero(sweep.cases.success[...] != 1)
        assert 0 < len(failed) < 60 and sweep.worst(60) == list(failed)
        assert len(lists) > 4 and sweep.worst() == sweep.worst(1, "success")
        for n, words in ((0, "0 worst cases cannot be told; ask for 1 or more"), (-1, "-1 worst cases"),
                         ("x", "the number of worst cases is a whole number, not 'x'")):
            try:
                sweep.worst(n)
            except qfleet.SelectionError as error:
                assert str(error).startswith(f"{sweep.path}: {words}"), error
            else:
                raise AssertionError(f"there were {n!r} worst cases")


def names_of_requirements_stand_for_their_metrics(stand):
    with qfleet.open(stand.path("docking.sweep")) as sweep:
        assert sweep.metric_of("not too close") == "requirement 3"
        assert sweep.metric_of("success") == "success"
        about, truth = sweep.statistics_of("not too close"), sweep.cases["requirement 3"][...]
        assert about["name"] == "requirement 3" and about["n_true"] == (truth == 1).sum()
        assert sweep.worst(3, "not too close") == sweep.worst(3, "requirement 3")


def the_program_runs_what_it_is_told(stand):
    scenario = os.path.join(stand.project, "configs", "patrol.yaml")
    run = qfleet.run(scenario, stand.path("few.h5"), threads=1, seed=5, binary=stand.program, set={
        "time.duration_s": np.float64(3), "groups[0].count": np.int64(7),
        "record": {"state": ["x_m", "soc_pct"], "events": False}})
    with run:
        assert (run.seed, run.duration_s, run.attrs["threads"]) == (5, 3, 1)
        assert len(run.entities_of("scouts")) == 7 and len(run.events) == 0
        assert run.state.columns == ("time", "tick", "entity", "x_m", "soc_pct")
        with run.replay(0, stand.path("again.h5"), binary=stand.program) as again:
            np.testing.assert_array_equal(again.state.x_m[[9, 19, 29]], run.state.x_m[...])
    sweep = qfleet.sweep(os.path.join(stand.project, "configs/sweeps/docking.yaml"),
                         binary=stand.program, set={"sweep.cases": 20, "requirements": [
                             "mean(docking_time_s) <= 1 s"]})
    # a requirement that is not met is an answer
    assert list(sweep.requirements.verdict.decoded[...]) == ["not_met"]
    folder = os.path.dirname(sweep.directory)
    assert os.path.isdir(folder)
    del sweep
    gc.collect()
    assert not os.path.exists(folder), "a temporary result goes when nobody has it any more"


def sweeps_are_compared_case_by_case(stand):
    scenario = os.path.join(stand.path("docking.sweep"), "scenario.yaml")
    with qfleet.open(stand.path("docking.sweep")) as before, \
            qfleet.sweep(scenario, binary=stand.program, set={
                "time.duration_s": 200, "requirements": []}) as after:
        told = qfleet.compare(before, after.directory, metrics=["propellant_used_kg"],
                              confidence=0.9, binary=stand.program)
        change, = told["metrics"]
        expected = after.cases.propellant_used_kg[...] - before.cases.propellant_used_kg[...]
        assert change["name"] == "propellant_used_kg" and abs(told["confidence"] - 0.9) < 1e-12
        assert expected.any() and abs(change["difference"] - expected.mean()) < 1e-12
        try:
            qfleet.compare(before, after, metrics=["fuel"], binary=stand.program)
        except qfleet.ProgramError as error:
            assert error.code == 2 and "fuel" in str(error), error
        else:
            raise AssertionError("there is no such metric")


def what_is_left_of_a_temporary_result_can_be_read(stand):
    """A sweep's columns stand on files beside it, which HDF5 shows as fill values where they are gone."""
    with qfleet.open(stand.path("docking.sweep")) as sweep:
        expected = sweep.cases.closest_m[...]
    assert (expected > 0).all()
    column = qfleet.sweep(os.path.join(stand.path("docking.sweep"), "scenario.yaml"),
                          binary=stand.program).cases.closest_m
    gc.collect()
    np.testing.assert_array_equal(column[...], expected)
    folder = os.path.dirname(os.path.dirname(column._dataset.file.filename))
    assert os.path.basename(folder).startswith("qfleet-") and os.path.exists(folder)
    del column
    gc.collect()
    assert not os.path.exists(folder)


def arrays_are_made_as_numpy_asks(stand):
    with qfleet.open(stand.path("docking.h5")) as run:
        x_m = run.state.x_m
        for made in (np.asarray(x_m), np.array(x_m), np.asarray(x_m, dtype=np.float32)):
            np.testing.assert_array_equal(made, x_m[...].astype(made.dtype))
        for source in (x_m, x_m.raw):
            try:
                source.__array__(copy=False)
            except ValueError as error:
                assert "is always a copy" in str(error)
            else:
                raise AssertionError("a file cannot be read without a copy")


def values_of_scenarios_are_yaml(stand):
    for value, text in ((np.float64(0.1), "0.1"), ([np.float64(1e-9), np.int32(3)], "[1e-09, 3]"),
                        (np.array([[1, 2]]), "[[1, 2]]"), (pathlib.Path("a b.yaml"), '"a b.yaml"'),
                        ({"on": np.bool_(True), "x": None}, '{"on": true, "x": null}'),
                        ("{min: 1}", "{min: 1}"), (["a: b"], '["a: b"]'),
                        (["x\ny\té\\\""], r'["x\ny\té\\\""]'),
                        (["\x7f\x85\u2028😀\uffff"], r'["\u007f\u0085\u2028😀\uffff"]')):
        assert yaml_of(value) == text, (value, yaml_of(value))
    text = 'a\x85 "b"\u2028\\é😀'  # line ends would be folded to spaces
    with qfleet.run(os.path.join(stand.project, "configs", "patrol.yaml"), binary=stand.program,
                    set={"time.duration_s": 1, "groups[0].transponder": {"mode": "on", "id": text}}
                    ) as run:
        assert r'id: "a\u0085 \"b\"\u2028\\é😀"' in run.scenario_yaml, run.scenario_yaml


def info_prints_what_is_there(stand):
    said = subprocess.run([sys.executable, "-W", "error", "-m", "qfleet", "info",
                           stand.path("docking.h5"), stand.path("docking.sweep")],
                          capture_output=True, text=True, check=True).stdout
    assert "vehicles             6: station 3, chaser 3" in said and "60: ok 60" in said, said


def main():
    program, project = map(os.path.abspath, sys.argv[1:])
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as folder:
        stand = Stand(program, project, folder)
        for test in (every_column_is_what_h5py_reads, any_part_is_that_of_the_whole,
                     places_that_are_missing_are_numbers_too, places_far_apart_are_those_asked_for,
                     names_and_groups_are_the_files, chains_are_those_that_the_program_explains,
                     xarray_reads_lazily_what_columns_have, pandas_has_a_row_for_each_cell,
                     what_one_vehicle_recorded_has_its_name, sweeps_tell_what_the_program_tells,
                     the_worst_cases_are_those_that_the_program_replays,
                     names_of_requirements_stand_for_their_metrics,
                     the_program_runs_what_it_is_told, sweeps_are_compared_case_by_case,
                     what_is_left_of_a_temporary_result_can_be_read,
                     arrays_are_made_as_numpy_asks, values_of_scenarios_are_yaml,
                     info_prints_what_is_there):
            print(test.__name__, flush=True)
            test(stand)


if __name__ == "__main__":
    main()
