# SPDX-License-Identifier: Apache-2.0
"""What scripts/notebooks.sh refuses, and what it says then: notebooks that are made here, each with
one thing wrong.

notebook_runner.py PROGRAM SOURCES"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM, SOURCES = sys.argv[1], Path(sys.argv[2])
PICTURE = "from IPython.display import display_png\ndisplay_png(b'a picture', raw=True)"
# name: cells, and what is said; None: nothing is wrong
NOTEBOOKS = {
    "good": ([PICTURE, "import qfleet, os\nassert qfleet.open and os.environ['QFLEET']"], None),
    "raises": (
        [PICTURE, "1 / 0"],
        "cell 2 (cell-1): 1 / 0\n    ZeroDivisionError: division by zero",
    ),
    "warns": ([PICTURE, "import warnings\nwarnings.warn('old ways')"], "UserWarning: old ways"),
    "says": (
        [PICTURE, "import os\nos.write(2, b'HDF5-DIAG: noise\\n');"],
        "standard error: HDF5-DIAG: noise",
    ),
    "leaves": ([PICTURE, "open('left.h5', 'w').close()"], "left files beside itself: left.h5"),
    "blind": (["1 + 1"], "shows no picture"),
    "dies": ([PICTURE, "import os\nos._exit(1)"], "its kernel died"),
}


def notebook(cells: list[str], **changes: object) -> dict:
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for number, source in enumerate(cells)
        ],
    } | changes


def saved_with_outputs() -> dict:
    saved = notebook([PICTURE, "print(1)"])
    saved["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1\n"}]
    return saved


def counted() -> dict:
    saved = notebook([PICTURE])
    saved["cells"][0]["execution_count"] = 3
    return saved


FILES = {
    "outputs": (
        json.dumps(saved_with_outputs()),
        "was saved with the outputs of cell 2 (cell-1): print(1)",
    ),
    "counted": (json.dumps(counted()), "was saved with the outputs of cell 1"),
    "kernel": (
        json.dumps(
            notebook([PICTURE], metadata={"kernelspec": {"name": "venv", "display_name": "mine"}})
        ),
        "is for the kernel 'venv'",
    ),
    "old": (json.dumps(notebook([], nbformat_minor=4)), "older than 4.5"),
    "text": ("no notebook", "cannot be read"),
}


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [SOURCES / "scripts/notebooks.sh", *map(str, arguments)],
        text=True,
        capture_output=True,
        env=os.environ | {"QFLEET": PROGRAM} | environment,
        check=False,
    )


def check_notebooks(folder: Path) -> None:
    for name, (cells, _) in NOTEBOOKS.items():
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook(cells)))
    for name, (text, _) in FILES.items():
        (folder / f"{name}.ipynb").write_text(text)
    expected = {name: said for name, (_, said) in (NOTEBOOKS | FILES).items()}
    kept = folder / "kept"
    done = run("--keep", kept, *(folder / f"{name}.ipynb" for name in expected))
    assert done.returncode == 1, done
    told = dict(
        re.findall(r"(?ms)^(?:FAILED|passed) (\w+)\.ipynb(.*?)(?=^FAILED|^passed|\Z)", done.stdout)
    )
    assert set(told) == set(expected), done.stdout
    for name, said in expected.items():
        assert (
            told[name].startswith(" in ") if said is None else said in told[name]
        ), f"{name}: {told[name]}"
    assert (
        f"{len(expected) - 1} of {len(expected)} notebooks failed: raises"
        in done.stderr.replace("good, ", "")
    ), (done.stderr)
    page = (kept / "good.html").read_text()
    assert "data:image/png" in page, "the kept page has no picture"
    assert not json.loads((folder / "good.ipynb").read_text())["cells"][0][
        "outputs"
    ], "the notebook itself was changed"


def check_command_line(folder: Path) -> None:
    for arguments, environment, code, said in (
        (["--fast"], {}, 2, "unknown option '--fast'"),
        ([folder / "none.ipynb"], {}, 2, "there is no notebook"),
        ([], {"QFLEET": str(folder / "qfleet")}, 3, "scripts/run.sh builds it"),
        ([], {"QFLEET_PYTHON": "/bin/false"}, 3, "scripts/setup.sh installs python3-venv"),
    ):
        done = run(*arguments, **environment)
        assert done.returncode == code and said in done.stderr, done


with tempfile.TemporaryDirectory() as scratch:
    check_command_line(Path(scratch))
    check_notebooks(Path(scratch))
