# SPDX-License-Identifier: Apache-2.0
"""Opens results of every kind."""
from __future__ import annotations

import os
import warnings

import h5py

from . import directories, files
from .errors import DAMAGE, IncompleteResultWarning, ResultError
from .results import Result
from .runs import Run
from .sweeps import Sweep


def open(path: str | os.PathLike[str]) -> Run | Sweep:  # pylint: disable=redefined-builtin
    """Opens the result of a run or a sweep; nothing but what it is called is read yet.

    `path` is a result file, also one that is still written (`.h5.partial`), the directory of a
    sweep, its sweep.h5, or one of its shards. What is not complete warns with
    IncompleteResultWarning. Raises ResultError with a sentence where it is none of these, cannot
    be read, or stands on files that are missing.
    """
    name = _name_of(path)
    whole = directories.file_of(name) if os.path.isdir(name) else name
    file = files.open_file(whole)
    try:
        return _open(whole, file)
    except BaseException:
        file.close()
        raise


def _name_of(path: str | os.PathLike[str]) -> str:
    try:
        name = os.fsdecode(path)
        sound = b"\0" not in os.fsencode(name)
    except (TypeError, ValueError):
        sound = False
    if not sound:
        raise ResultError(f"{path!r}: is no name that a file can have")
    return name


def _open(path: str, file: h5py.File) -> Run | Sweep:
    content = files.text_of(file.attrs.get("content"))
    try:
        if content == "sweep" or content == "sweep_shard":
            return _open_sweep(path, file)
        if content:
            raise ResultError(f"{path}: is a part of a sweep ('{content}'); open its directory")
        run = Run(file, path, files.check_parts(path, file))
    except DAMAGE as error:
        raise ResultError(f"{path}: is HDF5, but damaged or cut short ({error})") from None
    if "part_rank" in run.attrs:
        raise ResultError(f"{path}: is the file of rank {run.attrs['part_rank']} of "
                          f"{run.attrs.get('ranks')} of a run; open the result beside its "
                          "directory")
    if "entities" not in run.tables:
        raise ResultError(f"{path}: is a result of qfleet without vehicles: damaged or cut short")
    _check_numbers(run, seed=int, dt_s=float, n_ticks=int)
    if run.status != "complete":
        warnings.warn(_tell_of_run(run), IncompleteResultWarning, stacklevel=3)
    return run


def _check_numbers(result: Result, **kinds: type) -> None:
    """That what its properties read of its attributes is there, and of that kind."""
    for name, kind in kinds.items():
        if not isinstance(result.attrs.get(name), kind):
            raise ResultError(f"{result.path}: has no '{name}' that could be read: the file is "
                              "damaged")


def _tell_of_run(run: Run) -> str:
    if run.status != "running":
        why = run.attrs.get("status_detail") or "no reason is told"
        return f"{run.path}: is not complete: {run.status}: {why}"
    if files.is_being_written(run.path):
        return f"{run.path}: is not complete: the run goes on; what is read is as of now"
    return f"{run.path}: is not complete: the run ended without closing the file"


def _open_sweep(path: str, file: h5py.File) -> Sweep:
    sweep = Sweep(file, path, directories.check_shards(path, file))
    _check_numbers(sweep, seed=int)
    not_run = sweep.outcomes["not_run"]
    if not sweep.is_master:
        text = f"{path}: is a shard alone: no statistics, no verdicts"
        if not_run:
            text += f"; {not_run:,} of its {sweep.n_cases:,} cases were not run"
        warnings.warn(text, IncompleteResultWarning, stacklevel=4)
    return sweep
