# SPDX-License-Identifier: Apache-2.0
"""Events that `qfleet export` writes are CloudEvents 1.0, and tell what the HDF5 file has.

usage: export_events.py QFLEET SOURCE_DIRECTORY
"""

import datetime
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile

import h5py

REQUIRED = {"specversion", "id", "source", "type"}
NAME = re.compile(r"[a-z0-9]{1,20}\Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z")
URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?#\[\]]|%[0-9A-F]{2})+\Z")
SEVERITIES = {"info": ("INFO", 9), "warning": ("WARN", 13), "critical": ("ERROR", 17)}


def run(program, *arguments, code=0):
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    assert done.returncode == code, (arguments, done.returncode, done.stderr)
    return done


def meanings(dataset):
    names = dataset.attrs["flag_meanings"]
    names = names.decode() if isinstance(names, bytes) else names
    return dict(zip(dataset.attrs["flag_values"].tolist(), names.split(" ")))


def refuse_constant(name):
    raise AssertionError(f"{name} is no JSON")


def read(text):
    return [json.loads(line, parse_constant=refuse_constant) for line in text.splitlines()]


def check_rules(events):
    """What the specification and its documented extensions demand of any event."""
    seen = set()
    for event in events:
        assert REQUIRED <= set(event), event
        for name, value in event.items():
            assert NAME.match(name), name
            if name != "data":
                assert isinstance(value, (str, int, bool)) and value != "", (name, value)
        assert event["specversion"] == "1.0"
        assert all(isinstance(event[n], str) for n in REQUIRED)
        assert URI_REFERENCE.match(event["source"]), event["source"]
        assert re.match(r"[a-z0-9]+(\.[A-Za-z0-9_]+)+\.v[0-9]+\Z", event["type"]), event["type"]
        assert TIME.match(event["time"]), event["time"]
        datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00"))
        assert event["datacontenttype"] == "application/json" and isinstance(event["data"], dict)
        assert isinstance(event["severitynumber"], int) and 0 < event["severitynumber"] < 25
        for name in ("subject", "sequence", "severitytext", "correlationid"):
            assert isinstance(event[name], str), name
        assert not any(ord(c) < 32 for c in event["subject"])
        assert (event["source"], event["id"]) not in seen
        seen.add((event["source"], event["id"]))
    assert len({e["source"] for e in events}) == 1
    sequences = [e["sequence"] for e in events]
    assert sequences == sorted(sequences) and len(set(sequences)) == len(sequences)


def check_chains(events):
    """Each chain leads, cause by cause, to the event after which all of it is named."""
    by_id = {e["id"]: e for e in events}
    longest = 0
    for event in events:
        root, length = event, 0
        while "causationid" in root:
            assert int(root["causationid"]) < int(root["id"])
            root = by_id[root["causationid"]]
            length += 1
        assert event["correlationid"] == root["id"], event
        assert event["subject"] == root["subject"]
        longest = max(longest, length)
    return longest


def number(value):
    return None if not math.isfinite(value) else value


def check_content(events, path, epoch):
    """Every value that the file has of its events."""
    with h5py.File(path) as file:
        table = {n: d[...] for n, d in file["events"].items()}
        codes = meanings(file["events/code"])
        severities = meanings(file["events/severity"])
        groups = meanings(file["entities/group"])
        group = file["entities/group"][...]
        names = file["entities/name"].asstr()[...]
        epoch = epoch or file.attrs["created_utc"]
    start = datetime.datetime.fromisoformat(epoch.replace("Z", "+00:00"))
    assert len(events) == len(table["code"])
    for i, event in enumerate(events):
        entity = int(table["entity"][i])
        data = event["data"]
        assert event["id"] == str(table["event"][i]) and int(event["sequence"]) == i
        assert event["type"] == f"io.qfleet.{codes[table['code'][i]]}.v1"
        assert event["subject"] == names[entity]
        time = datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00"))
        assert abs((time - start).total_seconds() - table["time_s"][i]) < 1e-6
        assert event.get("causationid", "-1") == str(table["cause"][i])
        expected = SEVERITIES[severities[table["severity"][i]]]
        assert (event["severitytext"], event["severitynumber"]) == expected
        for name in ("tick", "time_s", "world", "entity", "code"):
            assert data[name] == table[name][i], (i, name)
        assert data["group"] == groups[group[entity]]
        assert data["value"] == number(table["value"][i]), i
        for name in ("subject", "track"):
            assert data[name] == (None if table[name][i] < 0 else table[name][i]), (i, name)


def check_words(program, events, path, entity):
    """The words are those with which `explain` tells of the same event."""
    told = json.loads(run(program, "explain", path, "--entity", str(entity), "--json").stdout)
    chains = [e for c in told["chains"] for e in c["chain"] + c["consequences"]]
    assert len(chains) > 0
    for event in chains:
        exported = events[event["event"]]
        assert exported["data"]["text"] == event["text"], (exported, event)
        assert exported["type"].split(".")[2] == event["name"]


def check_cut(program, events, path):
    """A part of the run has the ids and roots of the whole."""
    part = read(run(program, "export", path, "--events", "-", "--from", "1", "--to", "3").stdout)
    assert part == [e for e in events if 1 <= e["data"]["time_s"] <= 3] and part
    assert any(int(e["correlationid"]) < int(part[0]["id"]) for e in part)


def check_damage(program, directory, path):
    damaged = os.path.join(directory, "damaged.h5")
    out = os.path.join(directory, "damaged.jsonl")
    for column, row, value, word in (("cause", 5, 6, "cause"), ("entity", 9, 10**6, "vehicle")):
        shutil.copy(path, damaged)
        with h5py.File(damaged, "r+") as file:
            file["events"][column][row] = value
        done = run(program, "export", damaged, "--events", out, code=3)
        assert f"event {row} " in done.stderr and word in done.stderr, done.stderr
        assert not os.path.exists(out) and not os.path.exists(out + ".partial")


def check_refusals(program, directory, path):
    out = os.path.join(directory, "both")
    for arguments, words in (
        (("--events", "-", "--epoch", "yesterday"), "expected a time"),
        (("--events", "-", "--epoch", "2026-02-30T00:00:00Z"), "expected a time"),
        (("--events", "-", "--epoch", "9999-12-31T23:59:59Z"), "year 9999"),
        (("--events", out, "--table", "events", out), "two outputs"),
        (("--events", out, "--columns", "tick"), "--columns"),
    ):
        done = run(program, "export", path, *arguments, code=2)
        assert words in done.stderr, (arguments, done.stderr)
    assert os.listdir(directory).count("both") == 0
    run(program, "export", path, "--events", out, "--table", "events", out + ".csv")
    assert os.path.getsize(out) > 0 and os.path.getsize(out + ".csv") > 0


def main():
    program, source = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory() as directory:

        def result(name, *settings):
            path = os.path.join(directory, name + ".h5")
            arguments = [a for s in settings for a in ("--set", s)]
            run(program, "run", os.path.join(source, "configs", name + ".yaml"), "-o", path,
                "--progress", "off", *arguments)
            return path

        behavior = result("behavior", "time.duration_s=60", "worlds=2")
        contacts = result("contacts", "time.duration_s=30", "name=Contacts,&\"more\"")
        for path, epoch in ((behavior, None), (contacts, "2001-02-03T04:05:06.5Z")):
            more = ["--epoch", epoch] if epoch else []
            text = run(program, "export", path, "--events", "-", *more).stdout
            events = read(text)
            assert len(events) > 200
            check_rules(events)
            longest = check_chains(events)
            check_content(events, path, epoch and epoch.replace(".5Z", ".500Z"))
            print(f"{os.path.basename(path)}: {len(events)} events, up to {longest} causes deep")
            assert longest > 1
            assert run(program, "export", path, "--events", "-", "--threads", "3", *more).stdout == text
        events = read(run(program, "export", behavior, "--events", "-").stdout)
        for entity in (0, 3, 41, 60):
            check_words(program, events, behavior, entity)
        check_cut(program, events, behavior)
        check_damage(program, directory, behavior)
        check_refusals(program, directory, contacts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
