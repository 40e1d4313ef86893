#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the demonstration and then every Python example of the documentation of results and of the package on it.

    documented_examples.py QFLEET PROJECT READ_RESULT
"""
import os
import re
import subprocess
import sys
import tempfile

import h5py


def check_quantities(qfleet, project, documentation, folder):
    """The table of quantities has every recorded one, with its type and unit, and no other."""
    path = os.path.join(folder, "all.h5")
    subprocess.run([qfleet, "run", os.path.join(project, "configs", "patrol.yaml"), "-o", path,
                    "--set", "time.duration_s=1", "--set", "record.state=all"], check=True)
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) \| (?:input|state|output) \|", documentation,
                      re.MULTILINE)
    types = {"float64": "double"}
    with h5py.File(path) as result:
        recorded = {(re.sub(r"^(temp|trip)_(?!NODE).*?(_c)?$", r"\1_NODE\2", name),
                     types.get(str(item.dtype), str(item.dtype)), item.attrs["units"])
                    for name, item in result["state"].items()
                    if name not in ("time", "tick", "entity")}
    assert set(rows) == recorded, set(rows) ^ recorded


def check_package(qfleet, project, folder):
    """The examples of the package's page go on from one to the next."""
    with open(os.path.join(project, "docs", "python.md"), encoding="utf-8") as file:
        documentation = file.read()
    examples = re.findall(r"```python\n(.*?)```", documentation, re.DOTALL)
    assert len(examples) >= 7, "the documentation has lost its examples"
    os.symlink(os.path.join(project, "configs"), os.path.join(folder, "configs"))
    separator = "-- the next example --\n"
    script = f"print(end={separator!r})\n".join(examples)
    result = subprocess.run([sys.executable, "-W", "error", "-c", script], cwd=folder, text=True,
                            capture_output=True, check=False, env={**os.environ, "QFLEET": qfleet})
    assert result.returncode == 0, result.stderr
    for example, printed in zip(examples, result.stdout.split(separator)):
        assert printed, f"an example that prints nothing shows nothing:\n{example}"
    check_names(documentation)


def check_names(documentation):
    """What the tables of the page name is there, and nothing public is left out."""
    import qfleet
    tables = documentation[documentation.index("## What there is"):]
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]*`", tables))))
    for kind in (qfleet.Run, qfleet.Sweep, qfleet.Table, qfleet.Column):
        public = {name for name in dir(kind) if not name.startswith("_")}
        # what every mapping has, and what only says how a column is read
        missing = public - named - {"keys", "has_missing", "is_mask"}
        assert not missing, (kind, missing)
    assert set(qfleet.__all__) <= named, set(qfleet.__all__) - named


def main():
    qfleet, project, read_result = (os.path.abspath(path) for path in sys.argv[1:])
    with open(os.path.join(project, "docs", "results.md"), encoding="utf-8") as file:
        documentation = file.read()
    examples = re.findall(r"```python\n(.*?)```", documentation, re.DOTALL)
    assert len(examples) >= 2, "the documentation has lost its examples"
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "out"))
        subprocess.run([qfleet, "run", os.path.join(project, "configs", "patrol.yaml"), "-o",
                        "out/patrol.h5", "--set", "time.duration_s=120"], cwd=folder, check=True)
        for example in examples:
            result = subprocess.run([sys.executable, "-W", "error", "-c", example], cwd=folder,
                                    capture_output=True, text=True, check=False)
            assert result.returncode == 0, f"{example}\n{result.stderr}"
            assert result.stdout, f"an example that prints nothing shows nothing:\n{example}"
        check_package(qfleet, project, folder)
        check_quantities(qfleet, project, documentation, folder)
        subprocess.run([sys.executable, read_result, "out/patrol.h5", "status=complete",
                        "vehicles=4000", "records=120"], cwd=folder, check=True)


if __name__ == "__main__":
    main()
