# SPDX-License-Identifier: Apache-2.0
"""Executes notebooks, each in a new kernel of this interpreter's environment, started where a person
starts it: in the notebook's folder. scripts/notebooks.sh makes that environment, and is what to call.

A notebook fails that was saved with outputs, or in which a cell raises, warns, or says anything on
standard error, or which leaves files beside itself, or shows no picture."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

CELL_LIMIT_S = 600  # a cell takes seconds; this ends one that hangs


class Failure(Exception):
    """why a notebook is refused, in a sentence"""


def cell_name(notebook: nbformat.NotebookNode, index: int) -> str:
    """a cell as a person finds it: its number among all cells from 1, its id and its first line"""
    cell = notebook.cells[index]
    first_line = cell.source.strip().partition("\n")[0]
    return f"cell {index + 1} ({cell.get('id', 'without an id')}): {first_line}"


def check_source(notebook: nbformat.NotebookNode) -> None:
    """refuses what is not to be committed: what a run of the notebook has left in it"""
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        raise Failure(f"is no valid notebook: {str(error).partition(chr(10))[0]}") from None
    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):
        raise Failure("is of a format older than 4.5, whose cells have no ids")
    kernel = notebook.metadata.get("kernelspec", {}).get("name")
    if kernel != "python3":
        raise Failure(f"is for the kernel '{kernel}' and not for 'python3'")
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            raise Failure(
                f"was saved with the outputs of {cell_name(notebook, index)}: clear all outputs"
            )


def check_outputs(notebook: nbformat.NotebookNode) -> None:
    """refuses an executed notebook for the first of its cells that went wrong"""
    pictures = 0
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            pictures += "image/png" in output.get("data", ())
            if output.output_type == "error":
                what = f"{output.ename}: {output.evalue}"
            elif output.output_type == "stream" and output.name == "stderr":
                what = f"on standard error: {output.text.strip()}"
            else:
                continue
            raise Failure(f"{cell_name(notebook, index)}\n    {what}")
    if not pictures:
        raise Failure("shows no picture")


def execute(path: Path, notebook: nbformat.NotebookNode, scratch: Path) -> None:
    """runs all cells; `scratch` is an empty directory for settings and temporary files"""
    startup = scratch / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "warnings_are_errors.py").write_text(
        'import warnings\nwarnings.simplefilter("error")\n'
    )
    (scratch / "tmp").mkdir()
    environment = os.environ | {
        "IPYTHONDIR": str(scratch / "ipython"),
        "TMPDIR": str(scratch / "tmp"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    beside = set(path.parent.iterdir())
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_LIMIT_S,
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        with open(
            scratch / "kernel.log", "w"
        ) as log:  # of the kernel itself; cells say theirs in outputs
            client.execute(env=environment, stderr=log)
    except CellExecutionError:
        pass  # its cell says it better
    except CellTimeoutError:
        raise Failure(f"a cell took longer than {CELL_LIMIT_S} s") from None
    except DeadKernelError:
        said = (scratch / "kernel.log").read_text().strip().splitlines()
        raise Failure("its kernel died" + (f": {said[-1]}" if said else "")) from None
    check_outputs(notebook)
    if left := sorted(str(item.name) for item in set(path.parent.iterdir()) - beside):
        raise Failure(f"left files beside itself: {', '.join(left)}")


def write_page(notebook: nbformat.NotebookNode, name: str, keep: Path) -> None:
    """the notebook as it was executed, and as a page"""
    from nbconvert import HTMLExporter

    nbformat.write(notebook, keep / f"{name}.ipynb")
    page, _ = HTMLExporter().from_notebook_node(notebook)
    (keep / f"{name}.html").write_text(page)


def failures(paths: list[Path], keep: Path | None) -> Iterator[str]:
    """executes one after the other and tells of each; yields the names of those that fail"""
    for path in paths:
        started = time.monotonic()
        notebook = None
        try:
            try:
                notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
            except Exception as error:  # of several kinds, for what is not JSON and not a notebook
                raise Failure(f"cannot be read: {str(error).partition(chr(10))[0]}") from None
            check_source(notebook)
            with tempfile.TemporaryDirectory() as scratch:
                execute(path, notebook, Path(scratch))
        except Failure as failure:
            print(f"FAILED {path.name}: {failure}", flush=True)
            yield path.name
        else:
            print(f"passed {path.name} in {time.monotonic() - started:.1f} s", flush=True)
        if keep and notebook:
            write_page(notebook, path.stem, keep)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("notebooks", type=Path, nargs="+")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as jupyter:
        # the kernel's connection file, and nothing that a user has configured
        for kind in ("CONFIG", "DATA", "RUNTIME"):
            os.environ[f"JUPYTER_{kind}_DIR"] = f"{jupyter}/{kind.lower()}"
        failed = list(failures(arguments.notebooks, arguments.keep))
    if failed:
        sys.exit(
            f"{len(failed)} of {len(arguments.notebooks)} notebooks failed: {', '.join(failed)}"
        )


if __name__ == "__main__":
    main()
