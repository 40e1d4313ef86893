# SPDX-License-Identifier: Apache-2.0
"""The result of a run."""
from __future__ import annotations

import difflib
import html
import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import files
from .errors import ResultError
from .results import Result, TableOf
from .selection import Array
from .tables import Table

AGAIN = "and run it again"
AT_END = "; a run that did not end has none"
# what a scenario needs so that a table is there, by the first part of its name
HINTS = {
    "state": f"put `state: all` or a list of quantities into its `record:` {AGAIN}",
    "events": f"put `events: true` into its `record:` {AGAIN}",
    "detections": f"put `detections: true` into its `record:` {AGAIN}",
    "tracks": f"put `tracks: true` into its `record:` {AGAIN}",
    "picture": f"put `tracks: true` into its `record:` {AGAIN}; a group needs a fleet picture",
    "identities": f"put `detections: true` or `tracks: true` into its `record:` {AGAIN}",
    "guards": "no group of its scenario has guards",
    "devices": "no group of its scenario has devices that can fail",
    "faults": "no group of its scenario has faults",
    "behaviors": "no group of its scenario behaves",
    "ports": "no group of its scenario has ports",
    "tasks": "its scenario has no tasks",
    "machines": f"no group of its scenario has state machines{AT_END}",
    "tracking": f"no group of its scenario has trackers{AT_END}",
    "quarantine": f"no vehicle was quarantined{AT_END}",
}


@dataclass(frozen=True)
class Event:
    """One row of `/events`. None: there is none."""

    number: int
    tick: int
    time_s: float
    world: int
    entity: int
    name: str
    code: int
    event: str
    severity: str
    subject: int | None
    track: int | None
    cause: int | None
    value: float | None

    def __str__(self) -> str:
        text = f"{self.time_s:10.6g} s  {self.name}  {self.event}"
        return text + (f", {self.value:.6g}" if self.value is not None else "")


class Run(Result):
    """The result of `qfleet run` or `qfleet replay`."""

    entities = TableOf("entities", "Who the vehicles are.")
    state = TableOf("state", "Recorded quantities over time and entity.")
    events = TableOf("events", "What happened.")
    detections = TableOf("detections", "What radars reported.")
    tracks = TableOf("tracks", "What observers believed.")
    picture = TableOf("picture", "What groups believed together.")
    identities = TableOf("identities", "What transponders say.")
    guards = TableOf("guards", "Guard rules.")
    devices = TableOf("devices", "Devices that can fail.")
    faults = TableOf("faults", "What can break.")
    behaviors = TableOf("behaviors", "Behaviours by name.")
    ports = TableOf("ports", "Docking ports by name.")
    tasks = TableOf("tasks", "Tasks by name.")
    transitions = TableOf("machines/transitions", "Transitions of machines, with counts.")
    machine_states = TableOf("machines/states", "States of machines, with counts.")
    messages = TableOf("machines/messages", "What state machines log.")
    tracking = TableOf("tracking", "How good tracking was.")
    hashes = TableOf("hashes", "Hashes of worlds, for comparing runs.")
    quarantine = TableOf("quarantine", "Vehicles that were frozen.")

    def _make_table(self, name: str) -> Table:
        entities = self.table("entities") if name == "state" else None
        return Table(self._file[name], name, self.path, self._footing, entities,
                     self._hint_of_column, self.status != "complete")

    def _why_missing(self, name: str) -> str:
        hint = HINTS.get(name.split("/", maxsplit=1)[0])
        if hint:
            return f"has no table '{name}': {hint}"
        return super()._why_missing(name)

    def _hint_of_column(self, table: str, column: str) -> str:
        if table == "state" and column in str(self.attrs.get("quantities", "")).split():
            return f"it was not recorded; put it into `state:` of its `record:` {AGAIN}"
        return ""

    @property
    def status(self) -> str:
        """`complete`, `interrupted` or `running`."""
        return str(self.attrs.get("status", ""))

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
    def n_worlds(self) -> int:
        """How many independent copies of the scenario it has."""
        return len(np.unique(self.entities["world"][...]))

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the scenario's groups."""
        return tuple(self.entities["group"].names.values())

    def entities_of(self, group: str, world: int | None = None) -> Array:
        """The numbers of a group's vehicles, of all worlds or of one.

        Raises ResultError where there is no such group, or no such world.
        """
        names = self.entities["group"].names
        codes = [code for code, name in names.items() if name == group]
        if not codes:
            raise ResultError(f"{self.path}: has no group '{group}', but {', '.join(self.groups)}")
        chosen = self.entities["group"][...] == codes[0]
        if world is not None:
            worlds = self.entities["world"][...]
            of_world = worlds == self._whole(world, "the number of a world")
            if not of_world.any():
                ends = [f"{k:,}" for k in np.unique(worlds)[[0, -1]]] if worlds.size else ["none"]
                raise ResultError(f"{self.path}: has no world {world}, but "
                                  f"{' to '.join(dict.fromkeys(ends))}")
            chosen &= of_world
        return np.flatnonzero(chosen)

    def find(self, name: str) -> int:
        """The number of the vehicle of that name."""
        names = self.entities["name"][...]
        found = np.flatnonzero(names == name)
        if len(found) == 0:
            near = difflib.get_close_matches(str(name), names[:100000].tolist(), 3)
            hint = f" (did you mean {' or '.join(near)}?)" if near else ""
            raise ResultError(f"{self.path}: has no vehicle '{name}'{hint}")
        return int(found[0])

    def event(self, number: int) -> Event:
        """One event by its number, which is its row."""
        events = self.events
        n = len(events)
        number = self._whole(number, "the number of an event")
        if not 0 <= number < n:
            raise ResultError(f"{self.path}: has no event {number}, but {n:,} of them")
        entity = int(events["entity"][number])
        value = float(events["value"][number])
        numbers = {c: int(events[c].raw[number]) for c in ("subject", "track", "cause")}
        return Event(
            number=number, tick=int(events["tick"][number]),
            time_s=float(events["time_s"][number]), world=int(events["world"][number]),
            entity=entity, name=str(self.entities["name"][entity]),
            code=int(events["code"][number]), event=events["code"].decoded[number],
            severity=events["severity"].decoded[number],
            value=None if np.isnan(value) else value,
            **{c: None if k == -1 else k for c, k in numbers.items()})

    def chain(self, event: int) -> list[Event]:
        """What led to an event: its causes, the first of them first, and the event itself."""
        chain = [self.event(event)]
        while (cause := chain[-1].cause) is not None:
            if cause >= chain[-1].number:
                raise ResultError(f"{self.path}: is damaged: event {chain[-1].number} names a "
                                  f"later one as its cause")
            chain.append(self.event(cause))
        return chain[::-1]

    def replay(self, case: int, output: str | os.PathLike[str] | None = None,
               **options: Any) -> Run:
        """Runs one world again by itself, with everything recorded after every tick.

        `output` None: into a temporary file that goes when the run is closed. Options are those of
        `qfleet replay`: `threads=2`, `vehicle="scouts-3"`. Raises ProgramError.
        """
        from . import program
        return program.replay(self.path, case, output, **options)

    def _status_shown(self) -> str:
        # one that was killed had no time to write another status
        if self.status == "running" and not files.is_being_written(self.path):
            return "unfinished: the run ended without closing the file"
        return self.status

    def _time_shown(self) -> str:
        whole = f"{self.duration_s:g} s"
        if self.status == "complete" or "state" not in self.tables or len(self.state) == 0:
            return whole
        return f"recorded up to {float(self.state['time'][-1]):g} s of {whole}"

    def _facts(self) -> list[tuple[str, str]]:
        groups = self.entities["group"]
        counts = zip(*np.unique(groups[...], return_counts=True))
        vehicles = ", ".join(f"{groups.names.get(int(k), k)} {n:,}" for k, n in counts)
        facts = [("scenario", f"{self.title}, seed {self.seed}"),
                 ("status", self._status_shown()),
                 ("time", f"{self._time_shown()} in ticks of {self.dt_s:g} s"),
                 ("vehicles", f"{self.n_entities:,}: {vehicles}")]
        for name in self.tables:
            if name != "entities":
                table = self.table(name)
                facts.append((name, ", ".join(f"{n:,} {d}" for d, n in table.sizes.items())))
        return facts

    def __repr__(self) -> str:
        lines = [f"<qfleet.Run {self.path}>"]
        if not self._file:
            return lines[0][:-1] + ", closed>"
        return "\n".join(lines + [f"  {label:20} {text}" for label, text in self._facts()])

    def _repr_html_(self) -> str:
        return html_of_facts(f"run {self.path}", self._facts() if self._file else [])


def html_of_facts(title: str, facts: list[tuple[str, str]]) -> str:
    """A small table for notebooks."""
    rows = "".join(f"<tr><th style='text-align:left'>{html.escape(label)}</th>"
                   f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
                   for label, text in facts)
    return f"<b>{html.escape(title)}</b><table>{rows}</table>"
