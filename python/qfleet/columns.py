# SPDX-License-Identifier: Apache-2.0
"""Columns of tables: named, with units, read as they are sliced."""
from __future__ import annotations

from typing import Any, Iterator

import h5py
import numpy as np

from . import heaps, selection
from .errors import ResultError, SelectionError, reading
from .files import text_of
from .footing import Footing
from .selection import Array


class Column:
    """One variable of a table. `column[slice]` reads just that.

    Numbers are as stored, but for whole numbers that can be missing: these become floats, NaN
    where they are missing, as floats are. Enumerations are their codes, whose names `names` has
    and `decoded` reads; strings are str. `raw` reads what is stored, missing values as they are.
    """

    def __init__(self, dataset: h5py.Dataset, name: str, footing: Footing,
                 lengths: dict[str, int] | None = None) -> None:
        self._file_data = dataset
        self._footing = footing
        self._is_virtual = bool(dataset.is_virtual)
        self._lengths = lengths or {}
        self._dims: tuple[str, ...] | None = None
        self.name = name
        with reading(self._what):
            self._read_attributes(dict(dataset.attrs))

    def _read_attributes(self, attributes: dict[str, Any]) -> None:
        self.units = text_of(attributes.get("units"))
        self.long_name = text_of(attributes.get("long_name"))
        fill = attributes.get("_FillValue")
        self._fill: Any = None if fill is None else np.asarray(fill).reshape(-1)[0]
        codes = attributes.get("flag_values", attributes.get("flag_masks"))
        self.is_mask = "flag_masks" in attributes
        meanings = text_of(attributes.get("flag_meanings")).split()
        self.names: dict[int, str] = {}
        if codes is not None:
            self.names = dict(zip(map(int, np.atleast_1d(codes)), meanings))
        self._is_text = h5py.check_string_dtype(self._file_data.dtype) is not None

    @property
    def _dataset(self) -> h5py.Dataset:
        if not self._file_data:
            raise ResultError(f"column '{self.name}' is of a result that was closed")
        return self._file_data

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values it has along each dimension."""
        if not self._lengths:
            return tuple(self._dataset.shape)
        return tuple(min(n, self._lengths.get(d, n))
                     for n, d in zip(self._dataset.shape, self.dims))

    @property
    def ndim(self) -> int:
        """How many dimensions it has."""
        return len(self._dataset.shape)

    @property
    def dims(self) -> tuple[str, ...]:
        """The names of its dimensions."""
        # a name of HDF5's is looked for in the file, and there are many columns
        if self._dims is None:
            with reading(self._what):
                self._dims = self._find_dims()
        return self._dims

    def _find_dims(self) -> tuple[str, ...]:
        if self._dataset.attrs.get("CLASS") == b"DIMENSION_SCALE":
            return (self.name,)
        names = [scales[0].name if len(scales) else f"dim_{axis}"
                 for axis, scales in enumerate(self._dataset.dims)]
        if None in names:  # what is no longer in the file has no name
            raise ValueError("what names its dimension is lost")
        return tuple(name.rsplit("/", 1)[-1] for name in names)

    @property
    def attrs(self) -> dict[str, Any]:
        """All attributes that the file has of it, for whoever needs more than the rest."""
        hidden = ("REFERENCE_LIST", "DIMENSION_LIST", "CLASS", "NAME", "_Netcdf4Dimid",
                  "_Netcdf4Coordinates")
        return {k: text_of(v) if isinstance(v, (bytes, str)) else v
                for k, v in self._dataset.attrs.items() if k not in hidden}

    @property
    def has_missing(self) -> bool:
        """Whether a whole number can be missing, and so is read as a float."""
        return (self._fill is not None and not self.names
                and self._dataset.dtype.kind in "iu")

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of what is read."""
        if self._is_text:
            return np.dtype(object)
        stored: np.dtype[Any] = self._dataset.dtype
        if self.has_missing:
            return np.dtype(np.float32 if stored.itemsize <= 2 else np.float64)
        return stored

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError(f"column '{self.name}' has no dimension")
        return self.shape[0]

    def _stored(self, key: Any) -> Any:
        try:
            keys = selection.normalise(key, self.shape)
        except IndexError as error:
            raise SelectionError(f"{self._what()}: {error}") from None
        if self._is_virtual:
            self._footing.check()
        with reading(self._what):
            return selection.read(self._dataset, keys, self.shape,
                                  self._texts if self._is_text else None)

    def _what(self) -> str:
        return f"{self._dataset.file.filename}: column '{self._dataset.name}'"

    def _texts(self, covers: tuple[Any, ...]) -> Any:
        rows = covers[0]
        first, end = (rows, rows + 1) if isinstance(rows, int) else rows.indices(len(self))[:2]
        if not heaps.texts_are_there(self._dataset, first, end):
            raise ValueError("texts are not where it says")
        return self._dataset.asstr()[covers]

    def __getitem__(self, key: Any) -> Any:
        values = self._stored(key)
        if not self.has_missing:
            if self._fill is not None and not self.names and self._dataset.dtype.kind == "f" \
                    and not np.isnan(self._fill):
                nan = self.dtype.type(np.nan)
                values = np.where(values == self._fill, nan, values)[()]  # a number of a place
            return values
        wide = np.asarray(values).astype(self.dtype)
        missing = np.asarray(values) == self._fill
        result = np.where(missing, self.dtype.type(np.nan), wide)
        return result if result.ndim else result[()]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return _array_of(self, dtype, copy)

    def __iter__(self) -> Iterator[Any]:
        return iter(self[...])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Column):
            return self is other
        # else it would quietly be False, where people expect a mask
        raise TypeError(f"column '{self.name}' is not read yet: compare {self.name}[...]")

    __hash__ = object.__hash__

    @property
    def raw(self) -> "Stored":
        """Reads what is stored: missing values as the numbers that stand for them."""
        return Stored(self)

    @property
    def decoded(self) -> "Decoded":
        """Reads names in place of codes; names of bits joined by `|`; empty: missing, or none."""
        return Decoded(self)

    def __repr__(self) -> str:
        unit = f" in {self.units}" if shown(self.units) else ""
        size = " x ".join(f"{n:,} {d}" for n, d in zip(self.shape, self.dims))
        return f"<qfleet.Column {self.name}{unit}: {self.long_name}; {size}, {self.dtype}>"


def _array_of(source: "Column | _Reading", dtype: Any, copy: bool | None) -> Array:
    if copy is False:
        raise ValueError("what is read of a file is always a copy")
    return np.asarray(source[...], dtype)


class _Reading:
    """Another way to read a column."""

    def __init__(self, column: Column) -> None:
        self._column = column

    def __getitem__(self, key: Any) -> Any:
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self._column)

    def __iter__(self) -> Iterator[Any]:
        return iter(self[...])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return _array_of(self, dtype, copy)


class Stored(_Reading):
    """`column.raw`: reads what is stored."""

    def __getitem__(self, key: Any) -> Any:
        return self._column._stored(key)


class Decoded(_Reading):
    """`column.decoded`: reads names in place of codes."""

    def name_of(self, stored: int | float) -> str:
        """What one stored code is called."""
        column = self._column
        if stored != stored:  # variables of state machines are doubles, NaN where missing
            return ""
        code = int(stored)
        if column.is_mask:
            return "|".join(name for bit, name in column.names.items() if code & bit)
        if code in column.names:
            return column.names[code]
        return "" if column._fill is not None and code == column._fill else str(code)

    def __getitem__(self, key: Any) -> Any:
        column = self._column
        values = column._stored(key)
        if not column.names:
            return column[key]
        if np.ndim(values) == 0:
            return self.name_of(values.item())
        codes, places = np.unique(values, return_inverse=True)
        names = np.array([self.name_of(c) for c in codes.tolist()] + [""], dtype=object)
        return names[np.asarray(places).reshape(np.shape(values))]


def shown(units: str) -> str:
    """Units as people want to see them: nothing where there are none."""
    return "" if units == "1" else units
