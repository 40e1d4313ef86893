# SPDX-License-Identifier: Apache-2.0
"""Opens HDF5 files of results, and says in a sentence why one cannot be read."""
from __future__ import annotations

import fcntl
import os
import stat
import struct
from typing import Any

import h5py
import numpy as np

from . import heaps
from .errors import DAMAGE, ResultError

SCHEMA = "qfleet/1"
CACHED_BYTES = 1 << 19


def text_of(value: Any) -> str:
    """An attribute of a file as text; empty where it is not there."""
    if value is None:
        return ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def file_attributes(file: h5py.File) -> dict[str, Any]:
    """The attributes of a file as Python's own types, arrays as arrays."""
    return {name: text_of(value) if isinstance(value, (bytes, str))
            else value.item() if np.ndim(value) == 0 else value
            for name, value in file.attrs.items()}


def open_file(path: str) -> h5py.File:
    """The file, open for reading. Raises ResultError where it is no result of qfleet."""
    _check_regular(path)
    hint = ", or its run was killed before it was set up" if path.endswith(".partial") else ""
    if not h5py.is_hdf5(path):
        raise ResultError(f"{path}: is not an HDF5 file{hint}")
    if not heaps.are_sound(path):
        raise ResultError(f"{path}: is HDF5, but damaged where its texts are")
    file = None
    try:
        # larger chunks would be read whole into a cache, for one vehicle's part of them too
        file = h5py.File(path, "r", rdcc_nbytes=CACHED_BYTES)
        schema = text_of(file.attrs.get("schema"))
    except DAMAGE:
        if file is not None:
            file.close()
        if is_being_written(path):
            raise ResultError(f"{path}: is being changed at this moment; try again") from None
        raise ResultError(f"{path}: is HDF5, but damaged or cut short") from None
    if schema == SCHEMA:
        return file
    file.close()
    if schema.startswith("qfleet/"):
        raise ResultError(f"{path}: was written by a later version of qfleet")
    raise ResultError(f"{path}: is HDF5, but not a result of qfleet")


def _check_regular(path: str) -> None:
    try:
        there = os.stat(path)
        # to know that it can be read; not what a pipe has in it
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except OSError as error:
        hint = ""
        if isinstance(error, FileNotFoundError) and os.path.exists(path + ".partial"):
            hint = f", but '{path}.partial' is there: its run goes on, or was interrupted"
        raise ResultError(f"{path}: {error.strerror}{hint}") from None
    if not stat.S_ISREG(there.st_mode):
        raise ResultError(f"{path}: is not a regular file")
    if there.st_size == 0:
        raise ResultError(f"{path}: is empty")


def is_being_written(path: str) -> bool:
    """Whether a living process writes the file: it holds a lock on it. False where none can be."""
    try:
        with open(path, "rb") as file:
            # struct flock of Linux: type, whence, start, length, process
            asked = struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
            told = fcntl.fcntl(file.fileno(), fcntl.F_OFD_GETLK, asked)
    except (OSError, AttributeError):
        return False
    return bool(struct.unpack("hhqqi4x", told)[0] != fcntl.F_UNLCK)


def allow_open_files(path: str, n: int) -> None:
    """Raises the limit of open files so far that n more can be.

    HDF5 keeps each file open that a virtual dataset was read of and, where a process may open no
    more, shows what is missing without a word. Raises ResultError where the limit cannot be raised.
    """
    import resource
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    need = n + 64 + (len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 64)
    if soft == resource.RLIM_INFINITY or need <= soft:
        return
    if hard != resource.RLIM_INFINITY and need > hard:
        raise ResultError(f"{path}: stands on {n} files, and this process may open no more than "
                          f"{hard} (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (need, hard))


def check_parts(path: str, file: h5py.File) -> list[str]:
    """Checks the files of ranks that the state of a run stands on, and returns their paths.

    h5py shows no error where one is missing, but fill values. Raises ResultError naming all that
    are not what they were when the result was made.
    """
    if "part_directory" not in file.attrs:
        return []
    try:
        directory = text_of(file.attrs["part_directory"])
        run_id = text_of(file.attrs["run_id"])
        n_ranks = int(file.attrs["ranks"])
        parts = list(zip(map(int, file.attrs["part_ranks"]), map(int, file.attrs["part_bytes"])))
    except (KeyError, ValueError, TypeError):
        raise ResultError(f"{path}: does not say on which files it stands") from None
    allow_open_files(path, len(parts))
    folder = os.path.join(os.path.dirname(path), directory)
    wrong = []
    for rank, size in parts:
        name = f"rank-{rank}-of-{n_ranks}.h5"
        complaint = _complain_of_part(os.path.join(folder, name), rank, n_ranks, size, run_id)
        if complaint:
            wrong.append(f"'{name}' {complaint}")
    if not wrong:
        return [os.path.join(folder, f"rank-{rank}-of-{n_ranks}.h5") for rank, _ in parts]
    hint = ""
    if not os.path.isdir(folder) and os.path.isfile(os.path.join(path + ".ranks", "run.json")):
        hint = (f"; a result that was renamed is made anew by: qfleet merge {path}.ranks -o {path} "
                f"--force")
    raise ResultError(f"{path}: of its parts in '{folder}' {', '.join(wrong)}{hint}")


def _complain_of_part(path: str, rank: int, n_ranks: int, size: int, run_id: str) -> str:
    try:
        found = os.stat(path).st_size
    except OSError:
        return "is missing"
    marks = None
    try:
        if heaps.are_sound(path):
            with h5py.File(path, "r") as file:
                marks = (text_of(file.attrs["run_id"]), int(file.attrs["part_rank"]),
                         int(file.attrs["ranks"]))
    except DAMAGE:
        pass
    if marks and marks[0] != run_id:
        return "is of another run"
    if marks and marks[1:] != (rank, n_ranks):
        return f"is the file of rank {marks[1]} of {marks[2]}, under a wrong name"
    if found != size:
        return f"has {found} bytes instead of {size}: cut short, or written again"
    return "" if marks else "is damaged, or of no run"
