# SPDX-License-Identifier: Apache-2.0
"""Looks at the texts of HDF5 files before HDF5 does (HDF5 File Format Specification 3.0, III.E).

They stand in heaps, the only part of a file's structure without a checksum. HDF5 1.10 never returns
from a heap in which an object has no length, and reads and writes past memory for a text that is
said to be somewhere else, or longer, than it is.
"""
from __future__ import annotations

import mmap
import os
import struct
from typing import Iterator

import h5py
import numpy as np

# larger files are searched at both ends only: where a run and its end write attributes
SEARCHED_BYTES = 1 << 26
END_BYTES = 1 << 24
SIGNATURE = b"GCOL\1"
REFERENCE = np.dtype([("length", "<u4"), ("heap", "<u8"), ("index", "<u4")])


def are_sound(path: str) -> bool:
    """Whether the heaps of a file can be walked; of a large one those near its ends."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            return True
        parts = [(0, size)]
        if size > SEARCHED_BYTES:
            parts = [(0, END_BYTES), (size - END_BYTES, size)]
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            for begin, end in parts:
                # Python before 3.11.4 reads the byte behind where find() is to end, and crashes where
                # that is behind the last page; no heap begins so late
                end = min(end, size - 1)
                at = content.find(SIGNATURE, begin, end)
                while at >= 0:
                    if _lengths(content, at) is None:
                        return False
                    at = content.find(SIGNATURE, at + 5, end)
    return True


def _objects(content: mmap.mmap, start: int, size: int) -> Iterator[tuple[int, int]]:
    """Number and length of each object up to the end of a heap. Raises ValueError."""
    at = 16
    while size - at >= 16:
        index, length = struct.unpack_from("<H6xQ", content, start + at)
        # the object with the index 0 is what is free, its head included
        need = length if index == 0 else 16 + (length + 7) // 8 * 8
        if length > size - at or not 16 <= need <= size - at:
            raise ValueError("an object goes past its heap")
        yield index, length
        at += need


def _lengths(content: mmap.mmap, start: int) -> dict[int, int] | None:
    """The lengths of a heap's objects by number; None: there is none that can be walked."""
    room = len(content) - start
    if room < 16 or content[start:start + 5] != SIGNATURE:
        return None
    size, = struct.unpack_from("<Q", content, start + 8)
    if not 16 <= size <= room:
        return None
    try:
        return dict(_objects(content, start, size))
    except ValueError:
        return None


def texts_are_there(dataset: h5py.Dataset, first: int, end: int) -> bool:
    """Whether rows of a dataset of texts are where it says, and as long; of a virtual one, all."""
    if dataset.is_virtual:
        folder = os.path.dirname(dataset.file.filename)
        for source in dataset.virtual_sources():
            path = os.path.join(folder, source.file_name)
            if os.path.exists(path):
                if not are_sound(path):
                    return False
                with h5py.File(path, "r") as file:
                    part = file[source.dset_name]
                    if not texts_are_there(part, 0, len(part)):
                        return False
        return True
    start = dataset.id.get_offset()
    if start is None or end <= first:
        return True  # never written: all are empty
    with open(dataset.file.filename, "rb") as file, \
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if start + end * REFERENCE.itemsize > len(content):
            return False
        wanted = np.frombuffer(content[start + first * REFERENCE.itemsize:
                                       start + end * REFERENCE.itemsize], REFERENCE)
        return _are_there(content, wanted)


def _are_there(content: mmap.mmap, wanted: np.ndarray) -> bool:
    known = -1
    lengths: dict[int, int] | None = {}
    for length, heap, index in wanted.tolist():
        if heap == 0:
            if length:
                return False
            continue
        # texts stand in the order of their rows
        if heap != known:
            known, lengths = heap, _lengths(content, heap) if heap < len(content) else None
        if lengths is None or index == 0 or lengths.get(index) != length:
            return False
    return True
