# SPDX-License-Identifier: Apache-2.0
"""The result of a run."""
from __future__ import annotations

import os
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np

from .errors import ResultError
from .selection import Array
from .tables import Table, text_of

# what to put into the scenario so that a table is there, by the first part of its name
HINTS = {
    "tracks": "put `tracks: all` into its `record:` and run it again",
    "detections": "put `detections: all` into its `record:` and run it again",
    "picture": "put `tracks: all` into its `record:` and run it again; a group needs a fleet picture",
    "identities": "it comes with detections or tracks in `record:`",
    "guards": "no group of its scenario has guards",
    "devices": "no group of its scenario has devices that can fail",
    "faults": "no group of its scenario has faults",
    "behaviors": "no group of its scenario behaves",
    "ports": "no group of its scenario has ports",
    "tasks": "its scenario has no tasks",
    "machines": "no group of its scenario has state machines, or the run did not end",
    "tracking": "no group of its scenario has trackers, or the run did not end",
    "quarantine": "no vehicle was quarantined, or the run did not end",
}


class Result:
    """What runs and sweeps have in common: a file, its attributes and tables."""

    def __init__(self, file: h5py.File, path: str) -> None:
        self._file = file
        self._tables: dict[str, Table] = {}
        self.path = path
        self.attrs: dict[str, Any] = {
            k: text_of(v) if isinstance(v, (bytes, str)) else v.item() if np.ndim(v) == 0 else v
            for k, v in file.attrs.items()}
        names: list[str] = []
        for name in file:
            if file.get(name, getclass=True) is not h5py.Group:
                continue
            children = [c for c in file[name] if file[name].get(c, getclass=True) is h5py.Group]
            names.extend(f"{name}/{c}" for c in children)
            if not children:
                names.append(name)
        self.tables: tuple[str, ...] = tuple(names)

    def table(self, name: str) -> Table:
        """The table of that name, one of `tables`. Raises ResultError where it is not there."""
        if name not in self._tables:
            if name not in self.tables:
                hint = HINTS.get(name.split("/")[0])
                raise ResultError(f"{self.path}: there is no table '{name}'"
                                  + (f": {hint}" if hint else f"; it has {', '.join(self.tables)}"))
            entities = self.table("entities") if name == "state" else None
            self._tables[name] = Table(self._file[name], name, self.path, entities)
        return self._tables[name]

    def __getitem__(self, name: str) -> Table:
        return self.table(name)

    @property
    def title(self) -> str:
        """The name of its scenario."""
        return str(self.attrs.get("title", ""))

    @property
    def status(self) -> str:
        """`running`, `complete` or `interrupted`."""
        return str(self.attrs.get("status", ""))

    @property
    def seed(self) -> int:
        """The seed of its random draws."""
        return int(self.attrs["seed"])

    @property
    def scenario_yaml(self) -> str:
        """The whole scenario with every default filled in."""
        return str(self.attrs.get("scenario_yaml", ""))

    def close(self) -> None:
        """Closes the file; its tables cannot be read any more."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


def _table(name: str, doc: str) -> property:
    return property(lambda self: self.table(name), doc=doc)


class Run(Result):
    """The result of `qfleet run` or `qfleet replay`."""

    entities = _table("entities", "Who the vehicles are.")
    state = _table("state", "Recorded quantities over time and entity.")
    events = _table("events", "What happened.")
    detections = _table("detections", "What radars reported.")
    tracks = _table("tracks", "What observers believed.")
    picture = _table("picture", "What groups believed together.")
    identities = _table("identities", "What transponders say.")
    guards = _table("guards", "Guard rules.")
    devices = _table("devices", "Devices that can fail.")
    faults = _table("faults", "What can break.")
    behaviors = _table("behaviors", "Behaviours by name.")
    ports = _table("ports", "Docking ports by name.")
    tasks = _table("tasks", "Tasks by name.")
    transitions = _table("machines/transitions", "Transitions of state machines, with counts.")
    machine_states = _table("machines/states", "States of state machines, with counts.")
    messages = _table("machines/messages", "What machines log.")
    tracking = _table("tracking", "How good tracking was.")
    hashes = _table("hashes", "Hashes of worlds, for comparing runs.")
    quarantine = _table("quarantine", "Vehicles that were frozen.")

    @property
    def dt_s(self) -> float:
        """Length of a tick in seconds."""
        return float(self.attrs["dt_s"])

    @property
    def n_ticks(self) -> int:
        """Ticks of the whole run."""
        return int(self.attrs["n_ticks"])

    @property
    def duration_s(self) -> float:
        """Simulated seconds of the whole run."""
        return self.n_ticks * self.dt_s

    @property
    def n_entities(self) -> int:
        """How many vehicles there are, over all worlds."""
        return len(self.entities)

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the scenario's groups."""
        return tuple(self.entities["group"].names.values())

    def entities_of(self, group: str) -> Array:
        """The numbers of a group's vehicles, of all worlds."""
        names = self.entities["group"].names
        for code, name in names.items():
            if name == group:
                return np.flatnonzero(self.entities["group"][...] == code)
        raise ResultError(f"{self.path}: there is no group '{group}'; it has "
                          f"{', '.join(names.values())}")
