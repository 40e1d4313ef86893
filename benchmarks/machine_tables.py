# SPDX-License-Identifier: Apache-2.0
"""The tables of report.py about state machines.

What is held against a limit is the median, on the instruction set that the limit is for.
"""

import statistics

from tables import ISAS, count, shown, table, table_by_set, unique, verdict

EVALUATION_LIMITS_NS = {("10x30", "16384"): 12}
MILLION_LIMITS_MS = {("10x30", "1000000", "2"): 10}
SPREAD_LIMIT = 1.2
NS_PER_MS = 1e6


class MachineTables:
    def __init__(self, report):
        self.report = report
        self.found = [(p[1], p[2], p[4], p[5].removeprefix("threads:"))
                      for p in report.names("machine", 6)]

    def values(self, size, spread, isa, n, team, key="ns_per_vehicle_evaluation"):
        return self.report.values(f"machine/{size}/{spread}/{isa}/{n}/threads:{team}", key)

    def evaluations(self):
        rows = {f"{size}, {spread}, {count(n)}": (size, spread, n)
                for size, spread, n, team in self.found if team == "1"}

        def limit(row):
            size, _, n = rows[row]
            return EVALUATION_LIMITS_NS.get((size, n))

        def values(row, isa):
            size, spread, n = rows[row]
            return self.values(size, spread, isa, n, "1")

        table_by_set("State machines, states x transitions, vehicles in one state or mixed, one thread,"
                     " ns per vehicle and evaluation", "machine, vehicles", rows, values, limit)

    def spread(self):
        sizes = {f"{size}, {count(n)} vehicles": (size, n) for size, spread, n, team in self.found
                 if spread == "one" and team == "1"}

        def cell(row, isa):
            size, n = sizes[row]
            one, mixed = (self.values(size, s, isa, n, "1") for s in ("one", "mixed"))
            if not one or not mixed:
                return ""
            ratio = statistics.median(mixed) / statistics.median(one)
            within = 1 / SPREAD_LIMIT <= ratio <= SPREAD_LIMIT
            return f"{ratio:.2f}, {verdict(within)} {SPREAD_LIMIT}"

        table("State machines, mixed states as a multiple of all in one", "machine", sizes, ISAS, cell)

    def teams(self):
        rows = {f"{size}, {spread}, {count(n)}, {team} threads": (size, spread, n, team)
                for size, spread, n, team in unique(self.found) if team != "1"}

        def values(row, isa):
            size, spread, n, team = rows[row]
            return [ns / NS_PER_MS for ns in
                    self.values(size, spread, isa, n, team, "real_time_ns")]

        def limit(row):
            size, _, n, team = rows[row]
            return MILLION_LIMITS_MS.get((size, n, team))

        table_by_set("State machines on several threads, ms per evaluation of all",
                     "machine, vehicles, threads", rows, values, limit)

    def print(self):
        self.evaluations()
        self.spread()
        self.teams()
