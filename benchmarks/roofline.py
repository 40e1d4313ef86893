# SPDX-License-Identifier: Apache-2.0
"""The machine's limits as a run measured them, and the one that bounds a kernel.

A limit is the most that any repetition and any vector width of the instruction set reached: other
work on the machine can only lower it. A kernel's bound is the longest of the times that these
would take at their limit, if nothing else took any:

  operations   at the peak of multiplications and additions, fused or not, in double precision
  divisions    at the throughput of the divider
  a block's columns, in every tick, from the nearest cache that they fit
  the fleet's columns, once in a window, from the nearest level that they fit

The share is that time over the least measured one.
"""

from dataclasses import dataclass

LEVELS = ("L1", "L2", "L3", "DRAM")
CACHE_KEYS = {"L1": "l1d_bytes", "L2": "l2_bytes", "L3": "l3_bytes"}


@dataclass
class Bound:
    ns: float
    limit: str


class Roofline:
    def __init__(self, results):
        self.cache_bytes = {level: int(results.context[key])
                            for level, key in CACHE_KEYS.items() if key in results.context}
        block = results.context.get("block_vehicles")
        self.block_vehicles = int(block) if block else None
        self.limits = {}  # {(what, ISA, threads): per second}, what: ("triad", LEVEL) or operation
        for name, counters in results.samples.items():
            parts = name.split("/")
            if parts[0] != "roofline":
                continue
            rates = counters.get("bytes_per_second") or counters.get("operations_per_second")
            what = ("triad", parts[4]) if parts[1] == "triad" else parts[1]
            key = (what, parts[2], int(parts[-1].removeprefix("threads:")))
            self.limits[key] = max([*rates, self.limits.get(key, 0.0)])

    def limit(self, what, isa, team):
        return self.limits.get((what, isa, team))

    def arithmetic(self, isa, team):
        found = [self.limit(what, isa, team) for what in ("fma_f64", "muladd_f64")]
        return max((limit for limit in found if limit), default=None)

    def level_of(self, own_bytes, all_bytes):
        """the nearest level that holds a thread's own bytes, or where it is shared everybody's"""
        for level in LEVELS[:-1]:
            cache = self.cache_bytes.get(level)
            if cache and (all_bytes if level == "L3" else own_bytes) <= cache:
                return level
        return "DRAM"

    def bound(self, counters, isa):
        """of a benchmark with the counters of bench_report_work; None where a limit is missing"""
        def one(key):
            return counters[key][0]

        if "operations_per_vehicle_tick" not in counters or not self.block_vehicles:
            return None
        team, vehicles = int(one("team")), one("vehicles")
        footprint = one("footprint_bytes_per_vehicle")
        block = footprint * min(self.block_vehicles, vehicles)
        near = self.level_of(block, block * team)
        far = self.level_of(footprint * vehicles / team, footprint * vehicles)
        demands = [
            ("arithmetic", one("operations_per_vehicle_tick"), self.arithmetic(isa, team)),
            ("divider", one("divisions_per_vehicle_tick"),
             self.limit("divide_f64", isa, team)),
            (near, one("bytes_per_vehicle_tick"), self.limit(("triad", near), isa, team)),
        ]
        if far != near:
            demands.append((far, one("streamed_bytes_per_vehicle_tick"),
                            self.limit(("triad", far), isa, team)))
        if any(limit is None for _, _, limit in demands):
            return None
        return max((Bound(1e9 * amount / limit, what) for what, amount, limit in demands),
                   key=lambda bound: bound.ns)
