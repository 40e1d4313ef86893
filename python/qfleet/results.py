# SPDX-License-Identifier: Apache-2.0
"""What results of runs and of sweeps have in common: a file, its attributes and tables."""
from __future__ import annotations

import operator
from types import TracebackType
from typing import Any, Iterable, Self, overload

import h5py

from .errors import MissingTableError, ResultError, SelectionError, reading
from .files import file_attributes
from .footing import Footing
from .tables import Table


class Result:
    """A result file that is open. It is a context manager; `close()` closes it."""

    def __init__(self, file: h5py.File, path: str, files: Iterable[str] = ()) -> None:
        self._file = file
        self._footing = Footing(path, files)
        self._tables: dict[str, Table] = {}
        self.path = path
        self.attrs: dict[str, Any] = file_attributes(file)
        self.tables: tuple[str, ...] = tuple(_names_of_tables(file))

    def table(self, name: str) -> Table:
        """The table of that name, one of `tables`. Raises ResultError where it is not there."""
        if name not in self._tables:
            if name not in self.tables:
                raise ResultError(self._sentence_of_missing(name))
            if not self._file:
                raise ResultError(f"{self.path}: was closed")
            with reading(lambda: f"{self.path}: table '{name}'"):
                self._tables[name] = self._make_table(name)
        return self._tables[name]

    def __getitem__(self, name: str) -> Table:
        return self.table(name)

    def __contains__(self, name: object) -> bool:
        return name in self.tables

    def _make_table(self, name: str) -> Table:
        return Table(self._file[name], name, self.path, self._footing)

    def _sentence_of_missing(self, name: str) -> str:
        return f"{self.path}: {self._why_missing(name)}"

    def _why_missing(self, name: str) -> str:
        return f"has no table '{name}', but {', '.join(self.tables)}"

    def _whole(self, number: Any, what: str) -> int:
        try:
            return operator.index(number)
        except TypeError:
            raise SelectionError(f"{self.path}: {what} is a whole number, not {number!r}") from None

    @property
    def title(self) -> str:
        """The name of its scenario."""
        return str(self.attrs.get("title", ""))

    @property
    def seed(self) -> int:
        """The seed of its random draws."""
        return int(self.attrs["seed"])

    @property
    def scenario_yaml(self) -> str:
        """The whole scenario with every default filled in."""
        return str(self.attrs.get("scenario_yaml", ""))

    def _own(self, folder: str) -> None:
        """Removes a folder of temporary files when it is closed, or nobody reads it any more."""
        self._footing.own(folder)

    def close(self) -> None:
        """Closes the file: its tables cannot be read any more."""
        self._file.close()
        self._footing.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


def _names_of_tables(file: h5py.File) -> list[str]:
    names: list[str] = []
    for name in file:
        # a rank's file has a second name for its state
        if file.get(name, getclass=True, getlink=True) is not h5py.HardLink:
            continue
        if file.get(name, getclass=True) is not h5py.Group:
            continue
        group = file[name]
        children = [c for c in group if group.get(c, getclass=True) is h5py.Group]
        names.extend([f"{name}/{c}" for c in children] or [name])
    return names


class TableOf:
    """A table as an attribute of a result."""

    def __init__(self, name: str, doc: str) -> None:
        self.name = name
        self.__doc__ = doc

    @overload
    def __get__(self, result: None, kind: type[Result]) -> Self: ...

    @overload
    def __get__(self, result: Result, kind: type[Result]) -> Table: ...

    def __get__(self, result: Result | None, kind: type[Result]) -> Self | Table:
        if result is None:
            return self
        if self.name not in result:
            raise MissingTableError(result._sentence_of_missing(self.name))
        return result.table(self.name)
