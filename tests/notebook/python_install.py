# SPDX-License-Identifier: Apache-2.0
"""`pip install ./python` in a new virtual environment brings what reading results needs, h5py and
numpy, and no more; what the rest needs is told in a sentence where it is asked for. Installed with
`-e` it finds the program of its checkout.

    python_install.py PROGRAM SOURCES"""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PROGRAM, SOURCES = sys.argv[1], Path(sys.argv[2])
READ = """
import sys
import qfleet
assert not {"xarray", "pandas", "matplotlib"} & set(sys.modules)
run = qfleet.run(sys.argv[1], set={"groups[0].count": 2, "time.duration_s": 10})
assert run.state.soc_pct[:].shape[1] == run.n_entities

def picture():
    import qfleet.plots
    qfleet.plots.run(run)

asks = {"pandas": run.state.to_pandas, "xarray": run.state.to_xarray, "matplotlib": picture}
for module, ask in asks.items():
    try:
        ask()
    except qfleet.QfleetError as error:
        assert module in str(error) and "pip install" in str(error), error
    else:
        raise AssertionError(f"{module} is not missed")
"""


FIND = """
import qfleet.program
print(qfleet.program.find_program())
"""


def call(*arguments: object, cwd: Path, **variables: str) -> str:
    # not what this process was told of other packages
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        [*map(str, arguments)],
        text=True,
        capture_output=True,
        cwd=cwd,
        check=False,
        env=environment | {"QFLEET": PROGRAM, "PYTHONNOUSERSITE": "1"} | variables,
    )
    if done.returncode:
        sys.exit(f"failed: {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr[-2000:]}")
    return done.stdout


with tempfile.TemporaryDirectory() as scratch:
    folder = Path(scratch)
    # a build leaves files beside the sources
    shutil.copytree(
        SOURCES / "python", folder / "python", ignore=shutil.ignore_patterns("build", "*.egg-info")
    )
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv/bin/python"
    call(python, "-m", "pip", "install", "--no-input", "--quiet", "./python", cwd=folder)
    packages = {
        line.partition("==")[0] for line in call(python, "-m", "pip", "freeze", cwd=folder).split()
    }
    assert {"h5py", "numpy"} <= packages and not packages & {
        "pandas",
        "xarray",
        "matplotlib",
    }, packages
    (folder / "read.py").write_text(READ)
    call(python, "-W", "error", "read.py", SOURCES / "configs/patrol.yaml", cwd=folder)
    shutil.copytree(SOURCES / "python/qfleet", folder / "expected")
    installed = next(Path(folder / "venv").glob("lib/*/site-packages/qfleet"))
    for source in (folder / "expected").rglob("*"):
        if source.suffix in (".py", ".typed"):
            assert (
                installed / source.relative_to(folder / "expected")
            ).is_file(), f"{source.name} is not installed"

    checkout = folder / "build/release/qfleet"
    checkout.parent.mkdir(parents=True)
    checkout.symlink_to(PROGRAM)
    call(python, "-m", "pip", "install", "--no-input", "--quiet", "-e", "./python", cwd=folder)
    found = call(python, "-c", FIND, cwd=folder.parent, QFLEET="", PATH="/nonexistent")
    assert found.strip() == str(checkout.parent.resolve() / "qfleet"), found
