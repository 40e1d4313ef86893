# SPDX-License-Identifier: Apache-2.0
"""Tables of a result: columns that share dimensions."""
from __future__ import annotations

import difflib
import html
import textwrap
from typing import TYPE_CHECKING, Callable, Iterator, Sequence

import h5py

from .columns import Column, shown
from .errors import MissingColumnError, ResultError, reading
from .footing import Footing
from .selection import Rows

if TYPE_CHECKING:
    import pandas
    import xarray


class Table:
    """Columns that share dimensions: `table["soc_pct"]` or `table.soc_pct`; nothing is read yet.

    Columns that are called like something that every table has (`columns`, `sizes`) are there in
    brackets only.
    """

    def __init__(self, group: h5py.Group, name: str, path: str, footing: Footing,
                 entities: "Table | None" = None,
                 hint: Callable[[str, str], str] | None = None, uneven: bool = False) -> None:
        self._group = group
        self._footing = footing
        self._entities = entities
        self._hint = hint
        self._columns: dict[str, Column] = {}
        # columns of a run that did not end can differ in length: all are as long as the shortest
        self._lengths: dict[str, int] = {}
        self._name = name
        self._path = path
        with reading(lambda: f"{path}: table '{name}'"):
            self.columns: tuple[str, ...] = tuple(
                key for key in group if group.get(key, getclass=True) is h5py.Dataset)
        if uneven:
            lengths, self._columns = self.sizes, {}
            self._lengths = lengths
        else:
            self._check_lengths()

    def __getitem__(self, name: str) -> Column:
        if name not in self._columns:
            if name not in self.columns:
                raise ResultError(self._missing(name))
            if not self._group:
                raise ResultError(f"table '{self._name}' is of a result that was closed")
            with reading(lambda: f"{self._path}: column '{self._name}/{name}'"):
                self._columns[name] = Column(self._group[name], name, self._footing,
                                             self._lengths)
        return self._columns[name]

    def __getattr__(self, name: str) -> Column:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except ResultError as error:
            raise MissingColumnError(str(error)) from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(c for c in self.columns if c.isidentifier())]

    def _check_lengths(self) -> None:
        """That columns of a result that is whole are equally long along each dimension."""
        lengths = self.sizes
        named = [d for d in lengths if not d.startswith("dim_")]
        for column in (self[c] for c in self.columns):
            for axis, (dim, length) in enumerate(zip(column.dims, column.shape)):
                # what has lost the name of its dimension lies along the others' all the same
                if dim == f"dim_{axis}" and axis < len(named):
                    dim = named[axis]
                if length != lengths[dim]:
                    raise ResultError(f"{self._path}: is damaged: the columns of its table "
                                      f"'{self._name}' are not equally long")

    def _missing(self, name: str) -> str:
        text = f"{self._path}: table '{self._name}' has no column '{name}'"
        hint = self._hint(self._name, name) if self._hint is not None else ""
        near = difflib.get_close_matches(str(name), self.columns, 3)
        if hint:
            return f"{text}: {hint}"
        return text + (f" (did you mean {' or '.join(near)}?)" if near else "")

    def _chosen(self, columns: Sequence[str] | None) -> Sequence[str]:
        if isinstance(columns, str):
            return [columns]  # and not its letters
        return self.columns if columns is None else columns

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def keys(self) -> tuple[str, ...]:
        """The names of its columns."""
        return self.columns

    @property
    def sizes(self) -> dict[str, int]:
        """How long each dimension is, in the order of the columns that have most of them."""
        sizes: dict[str, int] = {}
        for column in sorted((self[c] for c in self.columns), key=lambda c: -c.ndim):
            for dim, length in zip(column.dims, column.shape):
                sizes[dim] = min(length, sizes.get(dim, length))
        return sizes

    @property
    def dims(self) -> tuple[str, ...]:
        """The names of its dimensions."""
        return tuple(self.sizes)

    def __len__(self) -> int:
        """Rows: the length of its first dimension."""
        return next(iter(self.sizes.values()), 0)

    def to_xarray(self, columns: Sequence[str] | None = None,
                  decode: bool = True) -> "xarray.Dataset":
        """A lazy xarray.Dataset: units, coordinates, names in place of codes unless not `decode`.

        The file has to stay open while it is read. Needs xarray.
        """
        from . import to_xarray
        return to_xarray.dataset(self, columns, decode)

    def to_pandas(self, columns: Sequence[str] | None = None,
                  rows: Rows | None = None) -> "pandas.DataFrame":
        """A DataFrame: one row for each row of the table, or each cell of its dimensions.

        `rows` selects of the first dimension (of times, for the state): a slice, a number, a list
        of numbers or a mask. Enumerations are categoricals. Needs pandas.
        """
        from . import to_pandas
        return to_pandas.frame(self, columns, rows)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{n:,} {d}" for d, n in self.sizes.items())
        lines = [f"<qfleet.Table {self._name}: {sizes}>"]
        cells = [(name, ", ".join(self[name].dims), shown(self[name].units))
                 for name in self.columns]
        widths = [max((len(c[i]) for c in cells), default=0) for i in range(3)]
        for cell in cells:
            row = "  ".join(f"{text:{width}}" for text, width in zip(cell, widths))
            meaning = textwrap.shorten(self[cell[0]].long_name, max(20, 116 - len(row)),
                                       placeholder=" ...")
            lines.append(f"  {row}  {meaning}".rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        sizes = ", ".join(f"{n:,} {d}" for d, n in self.sizes.items())
        rows = "".join(
            "<tr>" + "".join(f"<td style='text-align:left'>{html.escape(t)}</td>" for t in (
                name, ", ".join(self[name].dims), self[name].units, self[name].long_name)) + "</tr>"
            for name in self.columns)
        return (f"<b>{html.escape(self._name)}</b>: {html.escape(sizes)}"
                f"<table><tr><th>column</th><th>dimensions</th><th>units</th><th>meaning</th></tr>"
                f"{rows}</table>")
