# SPDX-License-Identifier: Apache-2.0
"""What a result stands on beside its own file."""
from __future__ import annotations

import os
import shutil
import weakref
from typing import Any, Callable, Iterable

from .errors import ResultError


class Footing:
    """The files that virtual datasets are read of, and a temporary folder that goes with them.

    HDF5 opens the files anew, by their names, when it reads, and shows fill values where they are
    gone. So tables and columns hold this, for the folder to stay as long as any of them, and ask
    before they read.
    """

    def __init__(self, path: str, files: Iterable[str] = ()) -> None:
        self._path = path
        self._marks = {name: _mark(name) for name in files}
        self._remove: Callable[[], Any] | None = None

    def check(self) -> None:
        """Raises ResultError where a file is not the one that was there at the beginning."""
        for name, mark in self._marks.items():
            if _mark(name) != mark:
                raise ResultError(f"{self._path}: '{os.path.basename(name)}' has been replaced or "
                                  "removed since the result was opened; open it again")

    def own(self, folder: str) -> None:
        """Removes a folder of temporary files when nobody has this any more."""
        self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def remove(self) -> None:
        """Removes the folder now, if there is one."""
        if self._remove is not None:
            self._remove()


def _mark(path: str) -> tuple[int, ...]:
    try:
        there = os.stat(path)
    except OSError:
        return ()
    return there.st_dev, there.st_ino, there.st_size, there.st_mtime_ns
