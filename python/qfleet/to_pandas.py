# SPDX-License-Identifier: Apache-2.0
"""Tables as pandas data frames, filled a block of rows at a time."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

import numpy as np

from .columns import Column
from .errors import ResultError, SelectionError
from .selection import Array, Rows, length_of, normalise_axis
from .tables import Table

if TYPE_CHECKING:
    import pandas

BLOCK_VALUES = 1 << 20


def frame(table: Table, columns: Sequence[str] | None, rows: Rows | None) -> "pandas.DataFrame":
    """The table, or some of its columns, in long form: a row for each cell of the dimensions."""
    try:
        import pandas
    except ImportError:
        raise ResultError("to_pandas needs pandas: pip install 'qfleet[pandas]'") from None
    sizes = table.sizes
    wanted = [table[c] for c in table._chosen(columns)]
    # a few levels of quantiles become columns of their own, not rows
    dims = [d for d in sizes if d != "level" and any(d in c.dims for c in wanted)]
    if not dims:
        return pandas.DataFrame({c.name: c[...] for c in wanted})
    first = _rows(table, rows, dims[0])
    lengths = [length_of(first, sizes[dims[0]])] + [sizes[d] for d in dims[1:]]
    data: dict[str, Any] = {}
    for dim in dims:
        if len(dims) > 1 and dim in table:
            data[dim] = _spread(table[dim], dims, lengths, first)
    if len(dims) > 1 and "entity" in dims and table._entities is not None:
        data["name"] = _spread_names(table, table._entities["name"], dims, lengths)
    for column in wanted:
        if column.name in data or (column.name == "level" and "level" in sizes):
            continue
        if "level" in column.dims:
            levels = table["level"][...]
            for place, level in enumerate(levels):
                data[f"{column.name}[{level:g}]"] = column[first, place]
        else:
            data[column.name] = _spread(column, dims, lengths, first)
    return pandas.DataFrame(data, copy=False)


def _rows(table: Table, rows: Rows | None, dim: str) -> slice | Array:
    if rows is None:
        return slice(None)
    try:
        key = normalise_axis(rows, table.sizes[dim])
    except IndexError as error:
        raise SelectionError(f"{table._path}: table '{table._name}', rows of {dim}: "
                             f"{error}") from None
    return np.array([key]) if isinstance(key, int) else key


def _key(rows: range) -> slice:
    return slice(rows.start, None if rows.stop < 0 else rows.stop, rows.step)


def _spread(column: Column, dims: list[str], lengths: list[int],
            first: slice | Array) -> Any:
    """A column's values for each cell of the dimensions."""
    keys: list[slice | Array] = [first if d == dims[0] else slice(0, lengths[dims.index(d)])
                                 for d in column.dims]
    shape = tuple(lengths[dims.index(d)] for d in column.dims)
    is_category = bool(column.names) and not column.is_mask
    values = _read(column, keys, shape, is_category)
    if column.dims != tuple(dims):
        places = [dims.index(d) for d in column.dims]
        wide = values.reshape([lengths[i] if i in places else 1 for i in range(len(dims))])
        values = np.broadcast_to(wide, lengths)
    flat = np.ascontiguousarray(values).reshape(-1)
    return _categorical(column, flat) if is_category else flat


def _read(column: Column, keys: list[slice | Array], shape: tuple[int, ...],
          is_category: bool) -> Array:
    if len(shape) == 0 or 0 in shape:
        return np.empty(shape, column.dtype)
    source: Any = column.raw if is_category else column.decoded if column.names else column
    dtype = object if column.is_mask else column.dtype
    values = np.empty(shape, dtype)
    first = keys[0]
    places = range(*first.indices(column.shape[0])) if isinstance(first, slice) else first
    step = max(1, BLOCK_VALUES // max(1, int(np.prod(shape[1:]))))
    for low in range(0, shape[0], step):
        part = places[low:low + step]
        key = _key(part) if isinstance(part, range) else part
        values[low:low + step] = source[(key, *keys[1:])]
    return values


def _categorical(column: Column, values: Array) -> Any:
    import pandas
    codes = np.array(sorted(column.names))
    places: Array = np.searchsorted(codes, values).clip(0, len(codes) - 1)
    known = codes[places] == values
    names = [column.names[int(c)] for c in codes]
    strange = np.unique(values[~known])
    for code in strange:
        name = column.decoded.name_of(code.item())
        if name:
            places[values == code] = len(names)
            known |= values == code
            names.append(name)
    return pandas.Categorical.from_codes(np.where(known, places, -1), pandas.Index(names))


def _spread_names(table: Table, column: Column, dims: list[str], lengths: list[int]) -> Any:
    import pandas
    at = dims.index("entity")
    names = column[table["entity"][:lengths[at]]]
    shape = [1] * len(dims)
    shape[at] = lengths[at]
    codes = np.broadcast_to(np.arange(len(names)).reshape(shape), lengths).reshape(-1)
    return pandas.Categorical.from_codes(codes, pandas.Index(names))
