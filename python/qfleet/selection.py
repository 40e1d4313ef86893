# SPDX-License-Identifier: Apache-2.0
"""Reads a part of a dataset: each axis by a number, a slice or a list, independently of the others.

h5py alone refuses lists that do not ascend, more than one list and slices that run backwards, and
takes long over long lists. Here lists are read as the slices that cover them, a block of rows at
a time, so that memory stays near what is asked for; of long rows only what is near a place.
"""
from __future__ import annotations

import math
from typing import Any, Callable, Sequence

import h5py
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Key = int | slice | Array
Rows = int | slice | Sequence[int] | Sequence[bool] | Array

BLOCK_BYTES = 1 << 24
GAP_BYTES = 1 << 17  # places of a row that are farther apart are read by themselves


def normalise(key: Any, shape: tuple[int, ...]) -> tuple[Key, ...]:
    """One number, slice or list of numbers for each axis, with nothing negative in it.

    Raises IndexError where it does not fit the shape.
    """
    keys = list(key) if isinstance(key, tuple) else [key]
    if sum(k is Ellipsis for k in keys) > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    if not any(k is Ellipsis for k in keys):
        keys.append(Ellipsis)
    at = next(i for i, k in enumerate(keys) if k is Ellipsis)
    missing = len(shape) - (len(keys) - 1)
    if missing < 0:
        raise IndexError(f"too many indices: {len(keys) - 1} for {len(shape)} dimensions")
    keys[at:at + 1] = [slice(None)] * missing
    return tuple(normalise_axis(k, n) for k, n in zip(keys, shape))


def normalise_axis(key: Any, length: int) -> Key:
    """A number, slice or list of numbers that fits a length. Raises IndexError."""
    what = "an index is a whole number, a slice, a list or a mask"
    if isinstance(key, slice):
        try:
            key.indices(length)
        except (TypeError, ValueError) as error:
            raise IndexError(f"{key!r} is no slice: {error}") from None
        return key
    try:
        index = np.asarray(key)
    except (TypeError, ValueError):  # lists in lists, of other lengths
        raise IndexError(f"{what}, not {_short(key)}") from None
    if index.dtype == bool and index.ndim:
        if index.shape != (length,):
            size = " x ".join(f"{n:,}" for n in index.shape)
            raise IndexError(f"a mask of {size} does not fit {length:,}")
        return np.flatnonzero(index)
    if index.size == 0 and index.ndim == 1:
        return index.astype(np.int64)
    if index.dtype.kind not in "iu" or index.ndim > 1:
        raise IndexError(f"{what}, not {_short(key)}")
    # before they become signed numbers: the largest ones would count from the end
    wrong = (index < -length) | (index >= length)
    if wrong.any():
        raise IndexError(f"index {index[wrong].ravel()[0]} is out of range of {length:,}")
    index = index.astype(np.int64)
    index = np.where(index < 0, index + length, index)
    return int(index) if index.ndim == 0 else index


def _short(key: Any) -> str:
    text = " ".join(repr(key).split())
    return text if len(text) <= 60 else text[:57] + "..."


def read(dataset: h5py.Dataset, keys: tuple[Key, ...], shape: tuple[int, ...],
         source: Callable[[Any], Array] | None = None) -> Array:
    """What the keys of `normalise` select. `source` reads an ascending selection (of texts)."""
    take = source if source is not None else dataset.__getitem__
    lists = [isinstance(k, np.ndarray) for k in keys]
    covers, inner = zip(*(_cover(k, n) for k, n in zip(keys, shape))) if keys else ((), ())
    if not any(lists):
        result = take(covers)
        return _apply(result, [slice(None) if i is None else i for i in inner], keys)
    lengths = tuple(length_of(k, n) for k, n in zip(keys, shape) if not isinstance(k, int))
    if 0 in lengths:
        return np.empty(lengths, take(tuple(slice(0, 0) for _ in keys)).dtype)
    return _read_blocks(dataset, keys, shape, take)


def length_of(key: Key, length: int) -> int:
    """How many of that many a key selects."""
    if isinstance(key, slice):
        return len(range(*key.indices(length)))
    return int(np.size(key))


def _cover(key: Key, length: int) -> tuple[Any, Any]:
    """The ascending slice (or number) that covers a key, and what of it to take; None: all."""
    if isinstance(key, int):
        return key, None
    if isinstance(key, slice):
        places = range(*key.indices(length))
        if len(places) == 0:
            return slice(0, 0), None
        if places.step < 0:
            return slice(places[-1], places[0] + 1, -places.step), slice(None, None, -1)
        return slice(places.start, places[-1] + 1, places.step), None
    if key.size == 0:
        return slice(0, 0), key
    low = int(key.min())
    return slice(low, int(key.max()) + 1), key - low


def _apply(block: Array, inner: list[Any], keys: tuple[Key, ...]) -> Array:
    """Takes from a block along each axis that numbers have not removed."""
    axis = 0
    for key, part in zip(keys, inner):
        if isinstance(key, int):
            continue
        if not (isinstance(part, slice) and part == slice(None)):
            block = block[(slice(None),) * axis + (part,)]
        axis += 1
    return block


def _read_blocks(dataset: h5py.Dataset, keys: tuple[Key, ...], shape: tuple[int, ...],
                 take: Callable[[Any], Array]) -> Array:
    first = keys[0]
    if isinstance(first, int):
        rows: Array = np.array([first])
    elif isinstance(first, slice):
        rows = np.arange(*first.indices(shape[0]))
    else:
        rows = first
    order, back = np.unique(rows, return_inverse=True)
    pieces, put = _pieces(keys[1:], dataset.dtype.itemsize)
    covers = [[_cover(k, n) for k, n in zip(piece, shape[1:])] for piece in pieces]
    width = 0
    for piece in covers:
        width += dataset.dtype.itemsize * math.prod(
            1 if isinstance(c[0], int) else length_of(c[0], n) for c, n in zip(piece, shape[1:]))
    step = max(1, BLOCK_BYTES // max(1, width))
    if dataset.chunks is not None:
        step = max(1, step // dataset.chunks[0]) * dataset.chunks[0]
    parts = []
    # rows of one block of the file, which a list may touch in few places
    for block in np.split(order, np.flatnonzero(np.diff(order // step)) + 1):
        low, high = int(block[0]), int(block[-1]) + 1
        beside = []
        for piece in covers:
            read_part = take((slice(low, high), *(c[0] for c in piece)))
            inner = [slice(None) if c[1] is None else c[1] for c in piece]
            beside.append(_apply(read_part[block - low], [slice(None), *inner],
                                 (slice(None), *keys[1:])))
        parts.append(beside[0] if put is None else np.concatenate(beside, axis=-1)[..., put])
    result = parts[0] if len(parts) == 1 else np.concatenate(parts)
    if len(rows) != len(order) or (np.asarray(back).ravel() != np.arange(len(rows))).any():
        result = result[np.asarray(back).ravel()]
    return result[0] if isinstance(first, int) else result


def _pieces(keys: tuple[Key, ...], itemsize: int) -> tuple[list[tuple[Key, ...]], Array | None]:
    """The keys, more than once where a list along the last axis has places far apart.

    Then with where in what is read, side by side, each of the list's places is.
    """
    last = keys[-1] if keys else 0
    if not isinstance(last, np.ndarray) or last.size < 2:
        return [keys], None
    order, back = np.unique(last, return_inverse=True)
    gaps = np.flatnonzero(np.diff(order) * itemsize > GAP_BYTES) + 1
    if gaps.size == 0:
        return [keys], None
    return [(*keys[:-1], piece) for piece in np.split(order, gaps)], np.asarray(back).ravel()
