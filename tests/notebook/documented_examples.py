#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the demonstration, and on it and a few others every example of the pages of results, of the package,
of pictures and of exports.

    documented_examples.py QFLEET PROJECT READ_RESULT
"""
import os
import re
import shutil
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


# results that the examples of pictures and exports name, smaller than those of their scenarios
COMMANDS = {
    "sky.h5": ["run", "configs/sky.yaml", "time.duration_s=32"],
    "contacts.h5": ["run", "configs/contacts.yaml", "time.duration_s=10"],
    "robust.h5": ["run", "configs/contacts.yaml", "time.duration_s=10"],
    "reference.h5": ["run", "configs/contacts.yaml", "time.duration_s=10",
                     "groups[0].tracker.file=configs/tracker/qiki.yaml"],
    "docking.h5": ["run", "configs/docking.yaml", "worlds=10"],
    "docking_sweep.sweep": ["sweep", "configs/sweeps/docking.yaml", "sweep.cases=40",
                            "time.duration_s=250", "requirements=[]"],
}


def examples_of(page, pattern, least):
    with open(page, encoding="utf-8") as file:
        examples = re.findall(pattern, file.read(), re.DOTALL | re.MULTILINE)
    assert len(examples) >= least, f"{page} has lost its examples"
    return examples


def check_commands(qfleet, project, folder):
    """Pictures and exports, as they stand there: by the shell, each leaves what it names."""
    os.rename(os.path.join(folder, "out", "patrol.h5"), os.path.join(folder, "patrol.h5"))
    os.mkdir(os.path.join(folder, "bin"))
    os.symlink(qfleet, os.path.join(folder, "bin", "qfleet"))
    os.symlink(sys.executable, os.path.join(folder, "bin", "python"))
    environment = {**os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}", "MPLBACKEND": "agg"}
    for result, (command, scenario, *settings) in COMMANDS.items():
        words = [word for setting in settings for word in ("--set", setting)]
        subprocess.run([qfleet, command, scenario, "-o", result, *words], cwd=folder, check=True)
    docs = os.path.join(project, "docs")
    lines = [*examples_of(os.path.join(docs, "pictures.md"), r"^    (python -m qfleet [^\n]*)", 5),
             *examples_of(os.path.join(docs, "export.md"), r"^    (qfleet export [a-z][^\n]*)", 3)]
    for line in lines:
        if "| jq" in line and not shutil.which("jq"):
            print(f"there is no jq, so this was not tested: {line}")
            continue
        done = subprocess.run(["bash", "-o", "pipefail", "-c", line], cwd=folder, text=True,
                              capture_output=True, check=False, env=environment)
        # what `head` leaves unread ends the export by SIGPIPE
        assert done.returncode in ((0, 141) if "| head" in line else (0,)), (line, done.stderr)
        made = re.findall(r"[\w/]+\.(?:svg|csv|jsonl)", line)
        n_lines = done.stdout.count("\n")
        assert n_lines == 10 if "| head" in line else n_lines if "| jq" in line else made, line
        for name in made:
            assert os.path.getsize(os.path.join(folder, name)) > 1000, line
    os.remove(os.path.join(folder, "patrol.svg"))
    example, = examples_of(os.path.join(docs, "pictures.md"), r"```python\n(.*?)```", 1)
    subprocess.run([sys.executable, "-W", "error", "-c", example], cwd=folder, env=environment,
                   check=True)
    assert os.path.getsize(os.path.join(folder, "patrol.svg")) > 1000


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
        example, = examples_of(os.path.join(project, "python", "README.md"),
                               r"```python\n(.*?)```", 1)
        subprocess.run([sys.executable, "-W", "error", "-c", example], cwd=folder, check=True)
        check_commands(qfleet, project, folder)


if __name__ == "__main__":
    main()
