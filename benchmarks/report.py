#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Markdown tables of a JSON file that qfleet_bench wrote: those of docs/performance.md.

    report.py FILE [--into DOCUMENT]

With --into they replace what stands in the document between the two lines of MARKS.
Times are nanoseconds per vehicle-tick unless a table says otherwise, the least of the repetitions and
(median): other work on a machine only ever adds time, so the least is what the program can do, and the
median what it did. Limits are judged by the median.
roofline.py says what a share is. What was not measured is left out.
"""

import argparse
import contextlib
import io
import statistics
import sys

from machine_tables import MachineTables
from radar_tables import RadarTables
from results import Results, Unreadable
from roofline import LEVELS, Roofline
from ship_tables import ShipTables
from tables import ISAS, count, shown, table, unique, verdict
from tracking_tables import TrackingTables

NS = "ns_per_vehicle_tick"
MARKS = ("<!-- tables of scripts/bench.sh begin -->\n", "<!-- tables of scripts/bench.sh end -->\n")
PACKING_LIMIT = 1.15
CONTEXT = ("git_commit", "date", "compiler", "flags", "kernel_flags", "cpu_model", "cpu_family",
           "cpu_model_number", "l1d_bytes", "l2_bytes", "l3_bytes", "isas", "threads_available",
           "threads", "omp_proc_bind", "omp_places")


class Report:
    def __init__(self, results):
        self.results = results
        self.roofline = Roofline(results)
        self.printed = set()  # names that a table has shown

    def values(self, name, key=NS):
        values = self.results.values(name, key)
        if values:
            self.printed.add(name)
        return values

    def names(self, first, n_parts=None):
        parts = [name.split("/") for name in self.results.samples]
        return [p for p in parts if p[0] == first and n_parts in (None, len(p))]

    def context(self):
        for key in CONTEXT:
            if key in self.results.context:
                print(f"    {key:<18} {self.results.context[key]}")
        print(f"    {'noise':<18} {self.results.noise_line()}")
        for warning in self.results.warnings():
            print(f"    {'WARNING':<18} {warning}")
        for name, why in self.results.errors.items():
            print(f"    {'FAILED':<18} {name}: {why}")

    def limits(self):
        limits = self.roofline.limits
        keys = unique((isa, threads) for _, isa, threads in limits)
        columns = {f"{isa}, {threads} thread{'s' if threads > 1 else ''}": (isa, threads)
                   for isa, threads in sorted(keys, key=lambda k: (k[1], ISAS.index(k[0])))}
        rows = {f"triad {level}, GB/s": ("triad", level) for level in LEVELS}
        rows |= {"fused multiply-add f64, GFLOP/s": "fma_f64",
                 "fused multiply-add f32, GFLOP/s": "fma_f32",
                 "multiply or add f64, GFLOP/s": "muladd_f64",
                 "divide f64, G/s": "divide_f64", "square root f64, G/s": "sqrt_f64"}

        def cell(row, column):
            limit = self.roofline.limit(rows[row], *columns[column])
            return f"{limit / 1e9:.3g}" if limit else ""

        self.printed |= {n for n in self.results.samples if n.startswith("roofline/")}
        table("Limits of the machine, the most of all repetitions and vector widths", "limit", rows,
              columns, cell)

    def share(self, name, isa):
        """the least time, what share of its bound that is, and what bounds it"""
        values = self.values(name)
        if not values:
            return ""
        bound = self.roofline.bound(self.results.samples[name], isa)
        text = f"{min(values):.2f}"
        return f"{text}, {100 * bound.ns / min(values):.0f} % of {bound.limit}" if bound else text

    def world(self):
        worlds = self.names("world")
        rows = {f"{mix}, {count(n)}": (mix, n)
                for _, mix, _, n, _ in worlds}

        def cell(row, isa):
            mix, n = rows[row]
            return shown(self.values(f"world/{mix}/{isa}/{n}/threads:1"))

        table("World step, one thread, ns per vehicle-tick", "mix, vehicles",
              rows, ISAS, cell)

    def teams(self):
        worlds = [p for p in self.names("world") if p[1] == "firing"]
        most = {(isa, n) for _, _, isa, n, team in worlds if team != "threads:1"}
        sizes = {f"{count(n)} vehicles": n
                 for n in unique(n for _, _, isa, n, _ in worlds if (isa, n) in most)}
        teams = sorted({int(p[4].removeprefix("threads:")) for p in worlds
                        if (p[2], p[3]) in most})
        isa = next((isa for isa, _ in most), None)

        def cell(team, size):
            stem = f"world/firing/{isa}/{sizes[size]}/threads:"
            alone, values = self.values(f"{stem}1"), self.values(f"{stem}{team}")
            if not alone or not values:
                return ""
            return f"{self.share(f'{stem}{team}', isa)}, {min(alone) / min(values):.2f}x"

        table(f"World step on several threads ({isa}), ns per vehicle-tick and times as fast as one",
              "threads", teams, sizes, cell)

    def kernels(self):
        kernels = self.names("kernel", 4)
        names = unique(p[1] for p in kernels)
        sizes = {count(n): n for n in unique(p[3] for p in kernels)}

        def demand(name, column):
            stem = next("/".join(p) for p in kernels if p[1] == name)
            value = self.results.counter(stem, f"{column}_per_vehicle_tick")
            return "" if value is None else f"{value:.1f}"

        table("What a kernel must do, per vehicle-tick, one tick in ten observed", "kernel", names,
              ("bytes", "streamed_bytes", "operations", "divisions"), demand)
        for isa in ISAS:
            def cell(name, size, isa=isa):
                n = sizes[size]
                stem = f"world/firing/{isa}/{n}/threads:1" if name == "whole tick" else \
                    f"kernel/{name}/{isa}/{n}"
                return self.share(stem, isa)

            rows = [*names, "whole tick"] if any(p[2] == isa for p in kernels) else []
            table(f"Kernels alone and the whole tick ({isa}), least ns per vehicle-tick and its share"
                  " of the limit that binds, by vehicles", "kernel", rows, sizes, cell)

    def packing(self):
        names = ["/".join(p) for p in self.names("worlds")]
        one = next((n for n in names if n.startswith("worlds/1x")), None)
        if one is None:
            return
        alone = statistics.median(self.values(one))

        def cell(name, column):
            if column == "ns":
                return shown(self.values(name))
            ratio = statistics.median(self.values(name)) / alone
            if name == one:
                return ""
            return f"{ratio:.3f}, {verdict(ratio <= PACKING_LIMIT)} {PACKING_LIMIT}"

        table("The same vehicles in other worlds (worlds x vehicles), ns per vehicle-tick",
              "packing", names, ["ns", "median, as a multiple of one world's"], cell)

    def times(self, title, names):
        """of benchmarks that count different things"""
        def cell(name, column):
            key = self.results.time_key(name)
            if column == "ns":
                return shown(self.values(name, key))
            return key.removeprefix("ns_per_").replace("_", "-") if key.startswith("ns_per_") \
                else "iteration"

        table(title, "benchmark", names, ["ns", "per"], cell)

    def recording(self):
        self.times("Recording, as far as a frame in memory", [
            "/".join(p) for first in ("record", "world_record") for p in self.names(first)])

    def others(self):
        """benchmarks that no table above knows"""
        self.times("Other benchmarks",
                   [name for name in self.results.samples if name not in self.printed])

    def print(self):
        self.context()
        self.limits()
        self.world()
        self.teams()
        self.kernels()
        self.packing()
        RadarTables(self).print()
        TrackingTables(self).print()
        MachineTables(self).print()
        ShipTables(self).print()
        self.recording()
        self.others()


def put_into(document, tables):
    with open(document, encoding="utf-8") as file:
        text = file.read()
    begin, end = (text.find(mark) for mark in MARKS)
    if not 0 <= begin < end:
        raise Unreadable(f"{document}: there are no two lines {' and '.join(MARKS)}")
    with open(document, "w", encoding="utf-8") as file:
        file.write(f"{text[:begin]}{MARKS[0]}\n{tables}\n{text[end:]}")


def main():
    parser = argparse.ArgumentParser(prog="bench.sh --report", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--into", metavar="DOCUMENT")
    arguments = parser.parse_args()
    try:
        report = Report(Results(arguments.file))
        with contextlib.redirect_stdout(io.StringIO()) as tables:
            report.print()
        if arguments.into:
            put_into(arguments.into, tables.getvalue())
        else:
            print(tables.getvalue(), end="")
    except (OSError, Unreadable) as error:
        print(f"bench.sh --report: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
