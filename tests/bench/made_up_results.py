# SPDX-License-Identifier: Apache-2.0
"""Files as qfleet_bench writes them, with made-up numbers, and running scripts/bench.sh on them."""

import json
import os
import subprocess
import unittest
from tempfile import TemporaryDirectory

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

CONTEXT = {
    "date": "2030-01-01T00:00:00+00:00", "num_cpus": 2, "load_avg": [0.1, 0.1, 0.1],
    "git_commit": "0123456789ab", "compiler": "GNU 12.2.0", "flags": "-O3",
    "kernel_flags": "generic: -O3", "cpu_model": "Some CPU", "isas": "v3 generic",
    "l1d_bytes": "32768", "l2_bytes": "1048576", "block_vehicles": "256", "window_ticks": "10",
    "threads": "1",
}


def benchmark(name, ns, index=0, busy=1.0, **counters):
    """the runs of one benchmark, `ns` in each repetition; the processor works for `busy` of it, the
    same for all or one for each"""
    busy = busy if isinstance(busy, list) else [busy] * len(ns)
    runs = [{"name": f"{name}/real_time", "run_name": f"{name}/real_time", "family_index": index,
             "run_type": "iteration", "repetition_index": k, "threads": 1, "iterations": 100,
             "real_time": value, "cpu_time": busy[k] * value, "time_unit": "us",
             "ns_per_vehicle_tick": value, **counters} for k, value in enumerate(ns)]
    # as Google Benchmark does; no reader may take it for a repetition
    return runs + [dict(runs[0], run_type="aggregate", aggregate_name="mean",
                        ns_per_vehicle_tick=1e9, real_time=1e9)]


def without(runs, key):
    return [{k: v for k, v in run.items() if k != key} for run in runs]


def counting(counter, name, ns, index=0, **counters):
    """as benchmark(), but what it counts is not vehicle-ticks"""
    runs = without(benchmark(name, ns, index, **counters), "ns_per_vehicle_tick")
    return [dict(run, **{counter: run["real_time"]}) for run in runs]


class BenchTest(unittest.TestCase):
    def setUp(self):
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, *benchmarks, **context):
        content = {"context": {**CONTEXT, **context}, "benchmarks": sum(benchmarks, [])}
        return self.write_text(name, json.dumps(content))

    def write_text(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def bench(self, *arguments):
        return subprocess.run([os.path.join(ROOT, "scripts", "bench.sh"), *arguments], check=False,
                              capture_output=True, text=True, timeout=60)
