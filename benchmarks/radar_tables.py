# SPDX-License-Identifier: Apache-2.0
"""The tables of report.py about radars: neighbour search, kernels, frames, and how their cost grows.

What is held against a limit is the median, on the instruction set that the limit is for.
"""

import math
import statistics

from tables import ISAS, count, shown, table, table_by_set, unique, verdict

SEARCH_LIMIT_NS = 130
PAIR_LIMIT_NS = 25
FRAME_LIMIT_MS, FRAME_LIMIT_THREADS = 60, 2
LARGE, USUAL_MEAN = "1000000", "32"
FRAME_SIZE = "100000"
GROWTH_SIZES = (1000, 10000, 100000, 1000000)
GOAL, TOLERANCE = 1.0, 0.05
NS_PER_MS = 1e6


def exponent(times_by_size):
    """of what n vehicles take, over n, by least squares over logarithms; {n: time per vehicle}"""
    logs = [math.log(n) for n in times_by_size]
    totals = [math.log(n * time) for n, time in times_by_size.items()]
    return statistics.linear_regression(logs, totals).slope


class RadarTables:
    def __init__(self, report):
        self.report = report

    def search(self):
        def values(part, isa):
            return self.report.values(f"neighbours/{part}/{isa}/{LARGE}/{USUAL_MEAN}",
                                      "ns_per_vehicle")

        table_by_set(f"Neighbour search, {count(LARGE)} vehicles, {USUAL_MEAN} neighbours on average,"
                    " one thread, ns per vehicle", "part", ("build", "query", "both"), values,
                    {"both": SEARCH_LIMIT_NS}.get)

    def kernels(self):
        steps = unique(p[1] for p in self.report.names("radar", 3))
        shares = [self.report.results.counter(f"radar/chain/{isa}", "detected_share")
                  for isa in ISAS]
        share = next((f", {s:.2f} of them detected" for s in shares if s is not None), "")
        table_by_set(f"Kernels of a radar frame, one thread, ns per pair in range{share}", "step",
                    steps, lambda step, isa: self.report.values(f"radar/{step}/{isa}",
                                                                "ns_per_pair"),
                    {"chain": PAIR_LIMIT_NS}.get)

    def frame(self):
        teams = sorted({int(p[3].removeprefix("threads:"))
                        for p in self.report.names("radar_frame", 4) if p[2] == FRAME_SIZE})

        def values(team, isa):
            return [ns / NS_PER_MS for ns in self.report.values(
                f"radar_frame/{isa}/{FRAME_SIZE}/threads:{team}", "real_time_ns")]

        table_by_set(f"A whole radar frame, {count(FRAME_SIZE)} radars, 16 neighbours on average, ms",
                    "threads", teams, values, {FRAME_LIMIT_THREADS: FRAME_LIMIT_MS}.get)

    def growth(self):
        """per vehicle, and per what was found: at the faces of a cube there is less to be found, and
        the fewer vehicles the more of them are there"""
        def frame(isa, n):
            return f"radar_frame/{isa}/{n}/threads:1"

        def search(isa, n):
            return f"neighbours/both/{isa}/{n}/{USUAL_MEAN}"

        rows = {}
        for what, name, found, one in (("radar frame", frame, "detections", "detection"),
                                       ("neighbour search", search, "neighbours",
                                        "neighbour found")):
            n_sizes = {isa: sum(name(isa, n) in self.report.results.samples for n in GROWTH_SIZES)
                       for isa in ISAS}
            isa = max(ISAS, key=n_sizes.get)
            if n_sizes[isa] > 1:
                rows[f"{what} ({isa}), per vehicle"] = (name, isa, None)
                rows[f"{what} ({isa}), per {one}"] = (name, isa, found)

        def times(row, n):
            name, isa, found = rows[row]
            values = self.report.values(name(isa, n), "ns_per_vehicle")
            per = self.report.results.counter(name(isa, n), found) if found else 1.0
            return [ns / per for ns in values] if per else []

        def fitted(row):
            values = {n: times(row, n) for n in GROWTH_SIZES}
            if not all(v and min(v) > 0.0 for v in values.values()):
                return ""
            least, median = (exponent({n: of(v) for n, v in values.items()})
                             for of in (min, statistics.median))
            return (f"{least:.3f} ({median:.3f}), "
                    f"{verdict(abs(median - GOAL) <= TOLERANCE)} {GOAL:.2f} +- {TOLERANCE}")

        columns = {count(n): n for n in GROWTH_SIZES}
        exponents = {row: fitted(row) for row in rows}
        meaning = ("; the exponent is that of the number times the row's ns, by least squares over"
                   " logarithms") if any(exponents.values()) else ""
        table(f"Growth with the number of vehicles, one thread, ns{meaning}", "what", rows,
              [*columns, "exponent"],
              lambda row, column: exponents[row] if column == "exponent"
              else shown(times(row, columns[column])))

    def small_worlds(self):
        """on both sides of the size from which the search uses cells"""
        parts = {"brute force": "brute", "cells": "query", "build": "build"}
        found = [p for p in self.report.names("neighbours", 6) if p[5].startswith("worlds_of_")]
        rows = {}
        for _, _, isa, n, mean, worlds in found:
            size = count(worlds.removeprefix("worlds_of_"))
            rows[f"{size} ({isa}), {mean} neighbours"] = (isa, n, mean, worlds)

        def cell(row, column):
            isa, n, mean, worlds = rows[row]
            return shown(self.report.values(
                f"neighbours/{parts[column]}/{isa}/{n}/{mean}/{worlds}", "ns_per_vehicle"))

        table("Neighbour search in small worlds, one thread, ns per vehicle; each way to query comes"
              " after a build", "vehicles of a world", rows, parts, cell)

    def print(self):
        self.search()
        self.kernels()
        self.frame()
        self.growth()
        self.small_worlds()
