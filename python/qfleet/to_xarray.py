# SPDX-License-Identifier: Apache-2.0
"""Tables as xarray datasets whose values are read when they are asked for."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

import numpy as np

from .columns import Column
from .errors import ResultError
from .tables import Table

if TYPE_CHECKING:
    import xarray

# numbered rows of the long tables: an index over them would be read at once, and says nothing
ROWS = ("event", "detection", "track_sample", "picture_sample")


def dataset(table: Table, columns: Sequence[str] | None, decode: bool) -> "xarray.Dataset":
    """The table, or some of its columns, with the coordinates of their dimensions."""
    try:
        import xarray
    except ImportError:
        raise ResultError("to_xarray needs xarray: pip install 'qfleet[xarray]'") from None
    sizes = table.sizes
    names = [c for c in table._chosen(columns) if c not in sizes]
    data = {name: _variable(table[name], sizes, decode) for name in names}
    dims = {d for name in names for d in table[name].dims} or set(sizes)
    coords: dict[str, Any] = {}
    for dim in sizes:
        if dim in dims and dim in table and dim not in ROWS:
            column = table[dim]
            coords[dim] = xarray.Variable((dim,), column[:sizes[dim]], _attributes(column, False))
    if "time" in dims and "tick" in data and columns is None:
        coords["tick"] = data.pop("tick")
    if "entity" in dims and table._entities is not None:
        for name in ("name", "group", "world"):
            coords.setdefault(name, _of_entities(table, table._entities[name], sizes))
    return xarray.Dataset(data, coords, {"path": table._path, "table": table._name})


def _of_entities(table: Table, column: Column, sizes: dict[str, int]) -> "xarray.Variable":
    """What `/entities` says of the vehicles of a table, which need not be all of them."""
    import xarray
    if len(column) == sizes["entity"]:
        return _variable(column, sizes, True)
    recorded = table["entity"][:sizes["entity"]]
    return xarray.Variable(("entity",), column.decoded[recorded], _attributes(column, True))


def _attributes(column: Column, decoded: bool) -> dict[str, Any]:
    attributes = column.attrs
    attributes.pop("_FillValue", None)
    if decoded:
        for name in ("flag_values", "flag_masks", "flag_meanings"):
            attributes.pop(name, None)
    return attributes


def _variable(column: Column, sizes: dict[str, int], decode: bool) -> "xarray.Variable":
    import xarray
    from xarray.core import indexing
    decoded = decode and bool(column.names)
    lazy = indexing.LazilyIndexedArray(_backend_array(column, sizes, decoded))
    return xarray.Variable(column.dims, lazy, _attributes(column, decoded))


def _backend_array(column: Column, sizes: dict[str, int], decoded: bool) -> Any:
    from xarray.backends import BackendArray
    from xarray.core import indexing

    class ColumnArray(BackendArray):  # type: ignore[misc, unused-ignore]
        """A column as xarray reads it."""

        def __init__(self) -> None:
            self.shape = tuple(sizes[d] for d in column.dims)
            self.dtype = np.dtype(object) if decoded else column.dtype

        def __getitem__(self, key: Any) -> Any:
            return indexing.explicit_indexing_adapter(
                key, self.shape, indexing.IndexingSupport.OUTER, self._read)

        def _read(self, key: tuple[Any, ...]) -> Any:
            # a column may be longer than the table: what is counted from the end is of the table
            bounded = tuple(slice(*_bounds(k, n)) if isinstance(k, slice) else k
                            for k, n in zip(key, self.shape))
            return column.decoded[bounded] if decoded else column[bounded]

    return ColumnArray()


def _bounds(key: slice, length: int) -> tuple[int, int | None, int]:
    start, stop, step = key.indices(length)
    return start, None if stop < 0 else stop, step
