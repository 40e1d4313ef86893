# SPDX-License-Identifier: Apache-2.0
"""Opens results."""
from __future__ import annotations

import os

import h5py

from .errors import ResultError
from .runs import Run
from .sweeps import Sweep


def open(path: str | os.PathLike[str]) -> Run | Sweep:  # pylint: disable=redefined-builtin
    """Opens the result of a run or a sweep.

    `path` is a result file, the directory of a sweep, or its sweep.h5 or one of its shards. Raises
    ResultError with a sentence where it is none of these or cannot be read.
    """
    name = os.fspath(path)
    if os.path.isdir(name):
        name = os.path.join(name, "sweep.h5")
    try:
        file = h5py.File(name, "r")
    except OSError as error:
        raise ResultError(f"{name}: cannot be opened: {error}") from None
    return Sweep(file, name) if "content" in file.attrs else Run(file, name)
