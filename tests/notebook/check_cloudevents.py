# SPDX-License-Identifier: Apache-2.0
"""Checks files of events with what the CloudEvents project publishes: its SDK for Python and its JSON schema.

usage: check_cloudevents.py [--schema FILE] FILE.jsonl...

Wants an environment with `cloudevents==2.2.0` and `jsonschema[format-nongpl]==4.26.0`. The schema comes from the
npm package of the project, which is fetched into a temporary directory (npm pack), unless a file that has it is
named: that package's dist/schema/v1.js, or the schema itself as JSON.
"""

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile

import jsonschema
import jsonschema.protocols
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

PACKAGE = "cloudevents@10.0.0"
MEMBER = "package/dist/schema/v1.js"


def fetch_schema() -> str:
    """The text of the file of the npm package that holds the schema."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=directory, check=True,
                       stdout=subprocess.DEVNULL)
        archive = os.path.join(directory, os.listdir(directory)[0])
        with tarfile.open(archive) as package:
            member = package.extractfile(MEMBER)
            assert member is not None, f"{PACKAGE} has no {MEMBER}"
            return member.read().decode()


def find_schema(text: str) -> dict:
    """The schema within the program that was made of it, or the text itself."""
    marker = '{ "$schema":'
    begin = text.find(marker)
    schema, _ = json.JSONDecoder().raw_decode(text, max(begin, 0))
    assert "specversion" in schema["properties"], "this is not the schema of CloudEvents"
    return schema


def check_file(path: str, validator: jsonschema.protocols.Validator) -> int:
    """Raises what the SDK or the schema finds wrong; the number of events."""
    n = 0
    with open(path, "rb") as lines:
        for line in lines:
            event = JSONFormat().read(CloudEvent, line)
            raw = json.loads(line)
            assert event.get_id() == raw["id"] and event.get_data() == raw["data"], line
            assert event.get_time() is not None and event.get_extension("correlationid"), line
            validator.validate(raw)
            n += 1
    return n


def check_that_it_can_fail(path: str, validator: jsonschema.protocols.Validator) -> None:
    """Events that are none are found out: else nothing was checked."""
    with open(path, encoding="utf-8") as lines:
        good = json.loads(next(lines))
    for name, value in (("id", ""), ("type", 5), ("time", "yesterday"), ("specversion", None),
                        ("source", "no uri reference")):
        bad = {**good, name: value}
        try:
            validator.validate(bad)
        except jsonschema.ValidationError:
            continue
        raise AssertionError(f"the schema lets {name} = {value!r} pass")
    missing = {k: v for k, v in good.items() if k != "source"}
    try:
        JSONFormat().read(CloudEvent, json.dumps(missing))
    except Exception as error:  # the SDK's own kind of it is not public
        assert "source" in str(error)
    else:
        raise AssertionError("the SDK lets an event without a source pass")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--schema")
    parser.add_argument("files", nargs="+", metavar="FILE.jsonl")
    arguments = parser.parse_args()
    if arguments.schema:
        with open(arguments.schema, encoding="utf-8") as file:
            text = file.read()
    else:
        text = fetch_schema()
    schema = find_schema(text)
    validator = jsonschema.Draft7Validator(
        schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
    check_that_it_can_fail(arguments.files[0], validator)
    for path in arguments.files:
        print(f"{path}: {check_file(path, validator)} events are CloudEvents 1.0")
    return 0


if __name__ == "__main__":
    sys.exit(main())
