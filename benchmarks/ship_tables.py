# SPDX-License-Identifier: Apache-2.0
"""The tables of report.py about ships: the whole tick, allocation of thrust, bodies and guidance.

What is held against a limit is the median, on the instruction set that the limit is for.
"""

from tables import count, table_by_set, unique

TICK_LIMITS_NS = {("4096", "1"): 400}
ALLOCATION_LIMIT_NS = 250


class ShipTables:
    def __init__(self, report):
        self.report = report

    def values(self, name):
        known = self.report.results.samples
        return self.report.values(name, self.report.results.time_key(name)) if name in known else []

    def ticks(self):
        found = [(p[2], p[3].removeprefix("threads:")) for p in self.report.names("ships", 4)]
        rows = {f"{count(n)}, {team} thread{'s' if team != '1' else ''}": (n, team)
                for n, team in unique(found)}
        table_by_set("Ships that fly by themselves, the whole tick, ns per vehicle-tick",
                     "ships, threads", rows,
                     lambda row, isa: self.values(f"ships/{isa}/{rows[row][0]}/threads:{rows[row][1]}"),
                     lambda row: TICK_LIMITS_NS.get(rows[row]))

    def allocation(self):
        rows = unique(p[1] for p in self.report.names("allocate", 3))
        table_by_set("Allocation of thrust to 16 thrusters, one thread, ns per vehicle", "wrenches", rows,
                     lambda row, isa: self.values(f"allocate/{row}/{isa}"),
                     lambda row: ALLOCATION_LIMIT_NS)

    def parts(self):
        found = [p for first in ("bodies", "guidance", "drive") for p in self.report.names(first)]
        rows = {f"{' '.join(p[:-2])}, {count(p[-1])}": (p[:-2], p[-1]) for p in found}
        table_by_set("Parts of a ship's tick, one thread, ns per vehicle", "part, vehicles", rows,
                     lambda row, isa: self.values("/".join([*rows[row][0], isa, rows[row][1]])),
                     lambda row: None)

    def print(self):
        self.ticks()
        self.allocation()
        self.parts()
