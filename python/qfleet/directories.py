# SPDX-License-Identifier: Apache-2.0
"""Directories of sweeps: what is there, and what is missing."""
from __future__ import annotations

import json
import os
import shlex
from dataclasses import dataclass
from typing import Any

import h5py

from .errors import DAMAGE, ResultError
from .files import allow_open_files, open_file, text_of

SCHEMA = "qfleet-sweep/1"
MASTER = "sweep.h5"


@dataclass(frozen=True)
class Shard:
    """One of the parts that a sweep is computed in."""

    number: int
    path: str
    first_case: int
    cases: int


@dataclass(frozen=True)
class Manifest:
    """What `manifest.json` says."""

    directory: str
    shards: tuple[Shard, ...]
    hashes: tuple[str, str]
    cases: int

    def missing(self) -> list[int]:
        """Numbers of the shards whose files are not there."""
        return [s.number for s in self.shards if not os.path.exists(s.path)]


def read_manifest(directory: str) -> Manifest:
    """The manifest of a sweep's directory. Raises ResultError."""
    path = os.path.join(directory, "manifest.json")
    try:
        with open(path, encoding="utf-8") as file:
            content: Any = json.load(file)
    except OSError as error:
        raise ResultError(f"{path}: {error.strerror}") from None
    except ValueError:
        raise ResultError(f"{path}: is damaged") from None
    schema = str(content.get("schema", "")) if isinstance(content, dict) else ""
    if not schema.startswith("qfleet-sweep/"):
        raise ResultError(f"{path}: is no manifest of a sweep")
    if schema != SCHEMA:
        raise ResultError(f"{path}: was written by a later version of qfleet")
    try:
        shards = tuple(Shard(i + 1, os.path.join(directory, str(shard["file"])),
                             int(shard["first_case"]), int(shard["cases"]))
                       for i, shard in enumerate(content["shards"]))
        hashes = (str(content["scenario_xxh3"]), str(content["design_xxh3"]))
        return Manifest(directory, shards, hashes, int(content["cases"]))
    except (KeyError, ValueError, TypeError):
        raise ResultError(f"{path}: is damaged") from None


def file_of(directory: str) -> str:
    """The file that tells of a directory: of a sweep, its master, or its only shard.

    Raises ResultError where the sweep is not finished, or the directory is none of a sweep.
    """
    if not os.path.exists(os.path.join(directory, "manifest.json")):
        if os.path.exists(os.path.join(directory, "run.json")):
            raise ResultError(f"{directory}: has the files of a run's ranks; its result stands "
                              "beside it, and where it is missing `qfleet merge` makes it")
        raise ResultError(f"{directory}: is a directory, and none of a sweep, which has a "
                          "manifest.json")
    manifest = read_manifest(directory)
    master = os.path.join(directory, MASTER)
    if os.path.exists(master):
        return master
    missing = manifest.missing()
    quoted = shlex.quote(directory)
    again = f"qfleet sweep {quoted}/scenario.yaml -o {quoted}"
    if len(missing) == len(manifest.shards):
        raise ResultError(f"{directory}: the sweep is not finished, and its cases are in journals "
                          f"at most; `{again} --resume` goes on")
    if missing:
        n = len(manifest.shards)
        raise ResultError(f"{directory}: {_shards(missing, n)} missing; "
                          f"`{again} --shard {missing[0]}/{n} --resume` computes shard "
                          f"{missing[0]}; a single shard's file can be opened by its name")
    if len(manifest.shards) == 1:
        return manifest.shards[0].path
    raise ResultError(f"{directory}: has no {MASTER} yet; `qfleet merge {quoted}` makes it, or "
                      "says what is in the way")


def _shards(numbers: list[int], n: int) -> str:
    """`shards 1-3, 7 of 8 are`"""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    text = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)
    return f"shards {text} of {n} are" if len(numbers) > 1 else f"shard {text} of {n} is"


def check_shards(path: str, file: h5py.File) -> list[str]:
    """Checks the shards that a master's virtual datasets stand on, and returns their paths.

    h5py shows fill values where one is missing. Raises ResultError naming those that are.
    """
    try:
        status = file["sweep/status"]
        if not status.is_virtual:
            return []
        sources = {s.file_name: s.vspace.get_select_npoints() for s in status.virtual_sources()}
        hashes = (text_of(file.attrs["scenario_xxh3"]), text_of(file.attrs["design_xxh3"]))
    except DAMAGE:
        raise ResultError(f"{path}: is HDF5, but damaged or cut short") from None
    # of each shard the timing too
    allow_open_files(path, 2 * len(sources))
    wrong = []
    for name, cases in sources.items():
        complaint = _complain_of_shard(os.path.join(os.path.dirname(path), name), cases, hashes)
        if complaint:
            wrong.append(f"'{name}' {complaint}")
    if wrong:
        raise ResultError(f"{path}: of its shards {', '.join(wrong)}")
    return [os.path.join(os.path.dirname(path), name) for name in sources]


def _complain_of_shard(path: str, cases: int, hashes: tuple[str, str]) -> str:
    if not os.path.exists(path):
        return "is missing"
    try:
        with open_file(path) as shard:
            found = (text_of(shard.attrs["scenario_xxh3"]), text_of(shard.attrs["design_xxh3"]))
            if found != hashes:
                return "is of another sweep"
            n = len(shard["sweep/status"])
            number, of = int(shard.attrs["shard"]), int(shard.attrs["n_shards"])
    except (ResultError, *DAMAGE):
        return "is damaged or cut short"
    if os.path.basename(path) != f"shard-{number}-of-{of}.h5":
        return f"is the shard {number} of {of}, under a wrong name"
    return "" if n == cases else f"has {n} cases instead of {cases}"
