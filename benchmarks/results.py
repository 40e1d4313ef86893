#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A Google Benchmark JSON file that qfleet_bench wrote, for report.py and compare.py.

    results.py --clean FILE    takes out of the file what names the machine or its paths
"""

import json
import math
import statistics
import sys

# 1-minute load per processor before the run, above which its figures are not to be trusted
HEAVY_LOAD = 0.25
# processor time that others took from single-threaded benchmarks, likewise
HEAVY_WAIT = 0.05
TIME_UNITS_NS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}


class Unreadable(Exception):
    """the file is not what qfleet_bench writes; the text says why"""


def is_number(value):
    return (isinstance(value, (int, float)) and not isinstance(value, bool)
            and math.isfinite(value))


class Results:
    """context: what the run says of itself. samples: {name: {counter: [value of each repetition]}}
    with the times of an iteration as the counters real_time_ns and cpu_time_ns. errors: {name: why}"""

    def __init__(self, path):
        try:
            with open(path, encoding="utf-8") as file:
                content = json.load(file)
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise Unreadable(f"{path}: {error}") from error
        try:
            self.context = dict(content["context"])
            runs = list(content["benchmarks"])
            self.samples, self.errors = {}, {}
            for run in runs:
                self._add(run)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unreadable(f"{path}: not a file of qfleet_bench ({error!r})") from error
        # as they were registered: repetitions come in random order
        self.samples = dict(sorted(self.samples.items(),
                                   key=lambda item: item[1].get("family_index", [0])[0]))
        if not self.samples and not self.errors:
            raise Unreadable(f"{path}: holds no benchmark")

    def _add(self, run):
        name = run.get("run_name", run["name"]).removesuffix("/real_time")
        if run.get("error_occurred"):
            self.errors[name] = run.get("error_message", "no reason given")
        elif run["run_type"] == "iteration":
            counters = {key: value for key, value in run.items() if is_number(value)}
            unit = TIME_UNITS_NS[run["time_unit"]]
            counters["real_time_ns"] = counters["real_time"] * unit
            counters["cpu_time_ns"] = counters["cpu_time"] * unit
            for key, value in counters.items():
                self.samples.setdefault(name, {}).setdefault(key, []).append(value)

    def counter(self, name, key):
        """one value of what is the same in all repetitions; None where there is none"""
        return self.samples.get(name, {}).get(key, [None])[0]

    def values(self, name, key):
        return self.samples.get(name, {}).get(key, [])

    def undisturbed(self, name, key):
        """values of the repetitions in which the processor was hardly ever taken away"""
        counters = self.samples[name]
        return [value for value, cpu, real in
                zip(counters[key], counters["cpu_time_ns"], counters["real_time_ns"])
                if cpu >= (1.0 - HEAVY_WAIT) * real]

    def time_key(self, name):
        """the time that a benchmark is judged by: per vehicle-tick, frame, word or whatever it
        counts, else that of an iteration"""
        per_one = sorted(key for key in self.samples[name] if key.startswith("ns_per_"))
        return per_one[0] if per_one else "real_time_ns"

    def load_per_processor(self):
        load, n = self.context.get("load_avg"), self.context.get("num_cpus")
        return load[0] / n if load and is_number(load[0]) and is_number(n) and n > 0 else None

    def waited_share(self):
        """of the wall time of benchmarks on one thread, what the processor spent elsewhere"""
        shares = []
        for name, counters in self.samples.items():
            if counters.get("team", [1])[0] == 1 and not ends_with_team(name):
                shares += [1.0 - min(1.0, cpu / real) for cpu, real in
                           zip(counters["cpu_time_ns"], counters["real_time_ns"]) if real > 0]
        return statistics.mean(shares) if shares else None

    def typical_spread(self):
        """median over the benchmarks of (median absolute deviation / median)"""
        spreads = [spread(self.values(name, self.time_key(name))) for name in self.samples]
        spreads = [s for s in spreads if s is not None]
        return statistics.median(spreads) if spreads else None

    def warnings(self):
        load, waited = self.load_per_processor(), self.waited_share()
        found = []
        if load is not None and load > HEAVY_LOAD:
            found.append(f"the machine was busy before the run: load {load:.2f} per processor")
        if waited is not None and waited > HEAVY_WAIT:
            found.append(f"other work took {percent(waited)} of the processor's time during the run")
        return found

    def noise_line(self):
        return (f"load per processor before the run {shown(self.load_per_processor())}, "
                f"processor taken away {percent(self.waited_share())}, "
                f"typical spread (MAD) {percent(self.typical_spread())}")


def ends_with_team(name):
    """whether the name says that the benchmark has more than one thread"""
    last = name.rsplit("/", 1)[-1]
    return last.startswith("threads:") and last != "threads:1"


def spread(values):
    if len(values) < 2:
        return None
    middle = statistics.median(values)
    deviations = [abs(value - middle) for value in values]
    return statistics.median(deviations) / middle if middle > 0 else None


def shown(value):
    return "unknown" if value is None else f"{value:.2f}"


def percent(share):
    return "unknown" if share is None else f"{100 * share:.1f} %"


def clean(path):
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    for key in ("host_name", "executable"):
        content["context"].pop(key, None)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "--clean":
        sys.exit(__doc__)
    clean(sys.argv[2])
