#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks every promise of docs/results.md on a result file, with no code of ours.

    read_result.py RESULT [NAME=VALUE]...

NAME is status, vehicles, worlds, records, events, detections, tracks, pictures, identities or state_hash; VALUE is
what it must be, None for what is not there.
Needs h5py, numpy, xarray and h5netcdf, and the programs ncdump and h5dump. Silent when all is well.
"""
import re
import subprocess
import sys
import warnings

import h5py
import numpy as np
import xarray

ROOT_TEXTS = ("Conventions", "schema", "title", "status", "status_detail", "version", "git_commit",
              "created_utc", "host", "command_line", "isa", "binding",
              "scenario_yaml", "quantities")
ROOT_NUMBERS = {"threads": np.integer, "ranks": np.integer, "seed": np.uint64,
                "dt_s": np.float64, "n_ticks": np.int64}
DIMENSIONS = {
    "entities": {"entity": ("entity",), "world": ("entity",), "group": ("entity",),
                 "kind": ("entity",), "iff": ("entity",), "name": ("entity",)},
    "state": {"time": ("time",), "tick": ("time",), "entity": ("entity",)},
    "events": {name: ("event",) for name in ("event", "tick", "time_s", "world", "entity", "code",
                                             "severity", "subject", "track", "cause",
                                             "value")},
    "hashes": {"checkpoint": ("checkpoint",), "world": ("world",), "tick": ("checkpoint",),
               "hash": ("checkpoint", "world")},
}
SEEN = ("tick", "time_s", "observer", "target", "band", "range_m", "bearing_deg", "elev_deg", "vr_mps", "snr_db",
        "rcs_dbsm", "transponder_mode", "transponder_id")
OPTIONAL = {
    "detections": {name: ("detection",) for name in ("detection", *SEEN)},
    "tracks": {name: ("track_sample",)
               for name in ("track_sample", *SEEN, "track", "status", "iff", "x_m", "y_m", "z_m",
                            "vx_mps", "vy_mps", "vz_mps", "quality", "age_s", "miss_count",
                            "cpa_s", "cpa_distance_m")},
    "picture": {name: ("picture_sample",)
                for name in ("picture_sample", "tick", "time_s", "world", "group", "track",
                             "support", "x_m", "y_m", "vx_mps", "vy_mps", "trust", "flags")},
    "identities": {"identity": ("identity",), "text": ("identity",)},
    "guards": {name: ("guard_rule",)
               for name in ("guard_rule", "group", "rule", "id", "severity", "fsm_event")},
    "tracking": {name: ("tracking_group",)
                 for name in ("tracking_group", "group", "frames", "targets", "held", "firm",
                              "gospa_m", "ospa_m", "localisation_m2", "missed_m2", "false_m2",
                              "position_rmse_m", "velocity_rmse_mps", "purity", "completeness",
                              "switches", "time_to_hold_s", "started", "confirmed", "merged",
                              "dropped", "rejected", "forgotten", "identity_jumps",
                              "situations_dropped")},
    "devices": {name: ("device",) for name in ("device", "name")},
    "faults": {name: ("fault",) for name in ("fault", "group", "number", "kind", "description")},
    "machines/transitions": {name: ("transition",)
                             for name in ("transition", "group", "machine", "from", "to",
                                          "trigger", "condition", "witness", "silent", "held",
                                          "taken")},
    "machines/states": {name: ("machine_state",)
                        for name in ("machine_state", "group", "machine", "state", "terminal",
                                     "entered", "evaluations")},
    "machines/messages": {name: ("message",) for name in ("message", "text")},
}
UNLIMITED = {"time", "event", "detection", "track_sample", "picture_sample", "checkpoint"}


def check_root(attributes):
    for name in ROOT_TEXTS:
        assert isinstance(attributes[name], str), name
    for name, kind in ROOT_NUMBERS.items():
        assert isinstance(attributes[name], kind), (name, type(attributes[name]))
    assert attributes["Conventions"] == "CF-1.10"
    assert attributes["schema"] == "qfleet/1"
    assert attributes["status"] in ("running", "complete", "interrupted")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", attributes["created_utc"])
    if attributes["status"] == "complete":
        assert re.fullmatch(r"[0-9a-f]{16}", attributes["state_hash"])


def dimensions_of(variable):
    if h5py.h5ds.is_scale(variable.id):
        return (variable.name.rsplit("/", 1)[1],)
    return tuple(scale[0].name.rsplit("/", 1)[1] for scale in variable.dims)


def check_flags(name, variable):
    values = variable.attrs.get("flag_values", variable.attrs.get("flag_masks"))
    meanings = variable.attrs["flag_meanings"].split(" ")
    assert values.dtype == variable.dtype, name
    assert len(values) == len(meanings) == len(set(meanings)), name
    if "flag_values" in variable.attrs and variable.size:
        allowed = set(values.tolist()) | set(variable.attrs.get("_FillValue", ()))
        found = np.unique(variable[...])
        assert set(found[found == found].tolist()) <= allowed, name
        assert (found == found).all() or np.isnan(variable.attrs["_FillValue"][0]), name


def dimensions_in(file):
    """The groups of this file and the dimensions of what is always in them."""
    assert ("identities" in file) == ("detections" in file or "tracks" in file)
    return {**DIMENSIONS, **{name: OPTIONAL[name] for name in OPTIONAL if name in file}}


def check_group(file, group_name):
    group = file[group_name]
    expected = dimensions_in(file)[group_name]
    assert set(expected) <= set(group), set(expected) - set(group)
    for name, variable in group.items():
        where = f"{group_name}/{name}"
        other = ("entity",) if group_name == "entities" else ("time", "entity")
        dimensions = expected.get(name, other)
        assert dimensions_of(variable) == dimensions, (where, dimensions_of(variable))
        for dimension, length, limit in zip(dimensions, variable.shape, variable.maxshape):
            assert length == len(group[dimension]), where
            assert (limit is None) == (dimension in UNLIMITED), where
        assert isinstance(variable.attrs["units"], str) and variable.attrs["units"], where
        assert isinstance(variable.attrs["long_name"], str) and variable.attrs["long_name"], where
        if "_FillValue" in variable.attrs:
            assert variable.attrs["_FillValue"].dtype == variable.dtype, where
        if "flag_meanings" in variable.attrs:
            check_flags(where, variable)


def check_counts_up(variable):
    assert variable.dtype == np.int64
    assert (variable[...] == np.arange(len(variable))).all(), variable.name


def meanings_of(variable):
    return dict(zip(variable.attrs["flag_values"].tolist(),
                    variable.attrs["flag_meanings"].split(" ")))


def check_entities(group):
    check_counts_up(group["entity"])
    for name in ("group", "kind", "iff"):
        assert "flag_values" in group[name].attrs, name
    assert set(meanings_of(group["iff"]).values()) == {"friend", "foe", "unknown"}
    names = group["name"].asstr()[...]
    assert len(set(names)) == len(names), "names are not unique"
    worlds = group["world"][...]
    groups = meanings_of(group["group"])
    for name, world, number in zip(names, worlds, group["group"][...]):
        prefix = f"w{world}/" if worlds.max() > 0 else ""
        assert re.fullmatch(re.escape(prefix) + r".*-\d+", name), name
        stem = name[len(prefix):].rsplit("-", 1)[0].replace(" ", "_")
        assert stem == groups[int(number)], name


def check_state(file):
    group = file["state"]
    check_counts_up(group["entity"])
    assert len(group["entity"]) == len(file["entities/entity"])
    ticks = group["tick"][...]
    assert group["time"].dtype == np.float64
    assert (group["time"][...] == ticks * file.attrs["dt_s"]).all()
    assert len(ticks) < 2 or len(set(np.diff(ticks))) == 1, "records are not evenly spaced"
    assert len(ticks) == 0 or 0 <= ticks[0] and ticks[-1] <= file.attrs["n_ticks"]
    for name, variable in group.items():
        if variable.ndim == 2:
            assert variable.dtype in (np.float64, np.int64, np.uint64, np.uint8), name
            if variable.dtype == np.uint8:
                assert variable.attrs["flag_meanings"] == "no yes", name
            if variable.dtype == np.float64 and "_FillValue" in variable.attrs:
                assert np.isnan(variable.attrs["_FillValue"][0]), name
            elif variable.dtype == np.float64:
                assert not np.isnan(variable[...]).any(), name


def check_events(file):
    group = file["events"]
    check_counts_up(group["event"])
    ticks = group["tick"][...]
    assert (np.diff(ticks) >= 0).all(), "events are not in order"
    assert (group["time_s"][...] == ticks * file.attrs["dt_s"]).all()
    n = len(ticks)
    if n:
        assert 0 <= group["entity"][...].min()
        assert group["entity"][...].max() < len(file["entities/entity"])
        worlds = file["entities/world"][...]
        assert (worlds[group["entity"][...]] == group["world"][...]).all()
        cause = group["cause"][...]
        assert (cause >= -1).all() and (cause < np.arange(n)).all(), "an effect before its cause"
        assert (group["code"][...] >= 100).all() and (group["code"][...] <= 999).all()
        subjects = group["subject"][...][group["code"][...] == 901]
        assert ((0 <= subjects) & (subjects < len(file.attrs["quantities"].split(" ")))).all()
        if "guards" in file:
            check_guard_events(file)
        for codes, table, column in (((150, 151), "machines/transitions", "transition"),
                                     ((160,), "machines/messages", "message"),
                                     ((200, 202), "devices", "device")):
            subjects = group["subject"][...][np.isin(group["code"][...], codes)]
            if table in file and len(subjects):
                assert 0 <= subjects.min() and subjects.max() < len(file[table][column]), table
    for name in ("subject", "track"):
        assert group[name].attrs["_FillValue"][0] == -1
    assert np.isnan(group["value"].attrs["_FillValue"][0])


def check_guard_events(file):
    """Events 8xx name rules of their vehicle's group."""
    rules = set(zip(file["guards/group"][...].tolist(), file["guards/rule"][...].tolist()))
    guards = file["events/code"][...] // 100 == 8
    groups = file["entities/group"][...][file["events/entity"][...][guards]]
    assert set(zip(groups.tolist(), file["events/subject"][...][guards].tolist())) <= rules


def check_seen(file, name, dimension, floats):
    """What detections and tracks share."""
    group = file[name]
    check_counts_up(group[dimension])
    ticks = group["tick"][...]
    n_vehicles = len(file["entities/entity"])
    n_identities = len(file["identities/identity"])
    assert (group["time_s"][...] == ticks * file.attrs["dt_s"]).all()
    for column, dtype in (("observer", np.int32), ("target", np.int32), ("band", np.uint8),
                          ("transponder_mode", np.uint8), ("transponder_id", np.int32),
                          *((column, np.float32) for column in floats)):
        assert group[column].dtype == dtype, column
    if len(ticks):
        order = ticks * n_vehicles + group["observer"][...]
        assert (np.diff(order) >= 0).all(), f"{name} are not in order"
        for column, least, end in (("observer", 0, n_vehicles), ("target", -1, n_vehicles),
                                   ("transponder_id", -1, n_identities)):
            assert least <= group[column][...].min() and group[column][...].max() < end, column
        assert 0 <= group["bearing_deg"][...].min() and group["bearing_deg"][...].max() < 360


def check_detections(file):
    check_seen(file, "detections", "detection",
               ("range_m", "bearing_deg", "elev_deg", "vr_mps", "snr_db", "rcs_dbsm"))


def check_tracks(file):
    group = file["tracks"]
    check_seen(file, "tracks", "track_sample",
               ("x_m", "y_m", "z_m", "vx_mps", "vy_mps", "vz_mps", "range_m", "bearing_deg",
                "elev_deg", "vr_mps", "snr_db", "rcs_dbsm", "quality", "age_s", "cpa_s",
                "cpa_distance_m"))
    for name, dtype in (("track", np.int32), ("status", np.uint8), ("iff", np.uint8),
                        ("miss_count", np.uint16)):
        assert group[name].dtype == dtype, name
    numbers = np.stack([group[name][...] for name in ("tick", "observer", "track")], axis=1)
    assert len(np.unique(numbers, axis=0)) == len(numbers), "a track twice in a frame"
    if len(numbers):
        assert (numbers[np.lexsort(numbers.T[::-1])] == numbers).all(), "tracks are not in order"
        assert 0 <= group["quality"][...].min() and group["quality"][...].max() <= 1
    assert set(meanings_of(group["iff"]).values()) == {"friend", "foe", "unknown"}
    assert list(meanings_of(group["status"]).values()) == ["unspecified", "new", "tracked", "lost",
                                                           "coasting"]


def check_picture(file):
    group = file["picture"]
    check_counts_up(group["picture_sample"])
    assert (group["time_s"][...] == group["tick"][...] * file.attrs["dt_s"]).all()
    assert (np.diff(group["tick"][...]) >= 0).all(), "pictures are not in order"
    assert group["x_m"].dtype == np.float64 and group["vx_mps"].dtype == np.float32
    assert np.isnan(group["vx_mps"].attrs["_FillValue"][0])
    assert meanings_of(group["group"]) == meanings_of(file["entities/group"])


def check_identities(file):
    check_counts_up(file["identities/identity"])
    texts = file["identities/text"].asstr()[...]
    assert len(set(texts)) == len(texts), "identities are not distinct"
    if len(texts):
        own = file["entities/identity"]
        assert own.dtype == np.int32
        assert -1 <= own[...].min() and own[...].max() < len(texts)


def check_guards(file):
    group = file["guards"]
    check_counts_up(group["guard_rule"])
    assert meanings_of(group["group"]) == meanings_of(file["entities/group"])
    for number in set(group["group"][...].tolist()):
        rules = group["rule"][...][group["group"][...] == number]
        assert (rules == np.arange(len(rules))).all()
    assert all(group["id"].asstr()[...])


def check_tracking(file):
    group = file["tracking"]
    check_counts_up(group["tracking_group"])
    assert meanings_of(group["group"]) == meanings_of(file["entities/group"])
    numbers = group["group"][...]
    assert len(set(numbers.tolist())) == len(numbers)


def check_machines(file):
    for table, dimension in (("transitions", "transition"), ("states", "machine_state")):
        group = file["machines"][table]
        check_counts_up(group[dimension])
        assert meanings_of(group["group"]) == meanings_of(file["entities/group"])
    transitions, states = file["machines/transitions"], file["machines/states"]
    assert (transitions["taken"][...] <= transitions["held"][...]).all()
    assert (transitions["held"][...] >= 0).all() and (states["evaluations"][...] >= 0).all()
    known = set(zip(states["machine"].asstr()[...], states["state"].asstr()[...]))
    for column in ("from", "to"):
        named = set(zip(transitions["machine"].asstr()[...], transitions[column].asstr()[...]))
        assert {pair for pair in named if pair[1]} <= known, column


def check_faults(file):
    group = file["faults"]
    check_counts_up(group["fault"])
    for number in set(group["group"][...].tolist()):
        numbers = group["number"][...][group["group"][...] == number]
        assert (numbers == np.arange(len(numbers))).all()
    assert all(group["description"].asstr()[...])


def check_hashes(file):
    group = file["hashes"]
    check_counts_up(group["checkpoint"])
    check_counts_up(group["world"])
    assert group["hash"].dtype == np.uint64
    assert len(group["world"]) == file["entities/world"][...].max() + 1
    if file.attrs["status"] == "complete":
        assert group["tick"][-1] == file.attrs["n_ticks"]


def check_xarray(path, groups):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in groups:
            with xarray.open_dataset(path, group=name, engine="h5netcdf") as dataset:
                dataset.load()
                for variable, dimensions in groups[name].items():
                    assert dataset[variable].dims == dimensions, (name, variable)
                if name == "state":
                    assert dataset.time.attrs["units"] == "s"
                    assert not np.issubdtype(dataset.time.dtype, np.timedelta64)


def check_programs(path):
    for command in (["ncdump", "-h", path], ["h5dump", "-H", path]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0 and not done.stderr, (command, done.stderr)
        assert "long_name" in done.stdout


def check_expected(file, expected):
    actual = {
        "status": file.attrs["status"],
        "vehicles": len(file["entities/entity"]),
        "worlds": len(file["hashes/world"]),
        "records": len(file["state/time"]),
        "events": len(file["events/event"]),
        "detections": len(file["detections/tick"]) if "detections" in file else None,
        "tracks": len(file["tracks/tick"]) if "tracks" in file else None,
        "pictures": len(file["picture/tick"]) if "picture" in file else None,
        "identities": len(file["identities/text"]) if "identities" in file else None,
        "state_hash": file.attrs.get("state_hash"),
    }
    for name, value in expected:
        assert str(actual[name]) == value, f"{name} is {actual[name]}, not {value}"


def main(path, *expected):
    with h5py.File(path, "r") as file:
        check_root(file.attrs)
        groups = dimensions_in(file)
        assert all(name in file for name in groups)
        for name in groups:
            check_group(file, name)
        check_entities(file["entities"])
        check_state(file)
        check_events(file)
        check_hashes(file)
        for name, check in (("detections", check_detections), ("tracks", check_tracks),
                            ("picture", check_picture), ("identities", check_identities),
                            ("guards", check_guards), ("tracking", check_tracking),
                            ("machines", check_machines), ("faults", check_faults)):
            if name in file:
                check(file)
        check_expected(file, [text.split("=", 1) for text in expected])
    check_xarray(path, groups)
    check_programs(path)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
