#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What got slower or faster between two JSON files that qfleet_bench wrote.

    compare.py OLD NEW [--threshold PCT]

Compares, for every benchmark in both files, the time per vehicle-tick (or whatever it counts) and
prints the ratio of the medians, NEW over OLD, slowdowns first. Repetitions count in which the
processor was not taken away for more than 5 % of the time. A difference counts when

  * the medians and the least of the repetitions both differ by more than the threshold, and
  * the middle halves of the repetitions (first to third quartile) do not overlap.

Noise on a shared machine only adds time: it moves medians, seldom the least. A difference of the
medians that fails one of these is called noise. Fewer than three repetitions decide nothing.
The roofline benchmarks are shown, not judged: they measure the machine.

Exit code: 0 when nothing got slower, 1 when something did or no longer runs, 2 when a file cannot be
read or nothing in the two can be compared.
"""

import argparse
import statistics
import sys
from dataclasses import dataclass

from results import Results, Unreadable, percent, spread

FEWEST_REPETITIONS = 3
# the program compared may differ, and what is different about it is the question; these may not
SAME = {"cpu_vendor": "CPU", "cpu_family": "CPU", "cpu_model_number": "CPU", "cpu_model": "CPU",
        "l1d_bytes": "caches", "l2_bytes": "caches", "l3_bytes": "caches",
        "compiler": "compiler", "flags": "flags", "kernel_flags": "flags of the kernels",
        "isas": "instruction sets", "threads": "threads", "omp_proc_bind": "binding of threads",
        "omp_places": "binding of threads", "window_ticks": "ticks in a window",
        "block_vehicles": "vehicles in a block"}


@dataclass
class Row:
    name: str
    ratio: float
    old: list
    new: list
    verdict: str


def middle_half(values):
    quartiles = statistics.quantiles(values, n=4, method="inclusive")
    return quartiles[0], quartiles[2]


def judge(old, new, threshold):
    if min(len(old), len(new)) < FEWEST_REPETITIONS:
        return "too few undisturbed repetitions"
    if min(*old, *new) <= 0.0:
        return "not a time"
    limit = 1.0 + threshold
    (old_low, old_high), (new_low, new_high) = middle_half(old), middle_half(new)
    for verdict, ratio, least, apart in (
            ("slower", statistics.median(new) / statistics.median(old), min(new) / min(old),
             new_low > old_high),
            ("faster", statistics.median(old) / statistics.median(new), min(old) / min(new),
             new_high < old_low)):
        if ratio > limit:
            return verdict if least > limit and apart else "noise"
    return "same"


def rows_of(old, new, threshold):
    """of the benchmarks in both files that measure the same thing, and the names of the others"""
    rows, different = [], []
    for name in old.samples:
        if name not in new.samples:
            continue
        key = old.time_key(name)
        if key != new.time_key(name):
            different.append(name)
            continue
        verdict = judge(old.undisturbed(name, key), new.undisturbed(name, key), threshold)
        a, b = (r.undisturbed(name, key) or r.values(name, key) for r in (old, new))
        ratio = statistics.median(b) / statistics.median(a) if verdict != "not a time" else 0.0
        rows.append(Row(name, ratio, a, b, verdict))
    return rows, different


def print_rows(rows):
    width = max(len(row.name) for row in rows)
    print(f"\n{'benchmark':<{width}}  {'ratio':>6}  {'old':>10} {'MAD':>7}  {'new':>10} {'MAD':>7}"
          "  verdict")
    for row in rows:
        print(f"{row.name:<{width}}  {row.ratio:>6.3f}"
              f"  {statistics.median(row.old):>10.4g} {percent(spread(row.old)):>7}"
              f"  {statistics.median(row.new):>10.4g} {percent(spread(row.new)):>7}"
              f"  {row.verdict}")


def print_runs(old, new):
    """what the two runs were, and what makes comparing them doubtful"""
    for which, results in (("old", old), ("new", new)):
        print(f"{which}: commit {results.context.get('git_commit', 'unknown')},"
              f" {results.context.get('date', 'date unknown')}; {results.noise_line()}")
    for which, results in (("old", old), ("new", new)):
        for warning in results.warnings():
            print(f"WARNING, {which}: {warning}")
    for key, meaning in SAME.items():
        a, b = (r.context.get(key, "unknown") for r in (old, new))
        if a != b:
            print(f"WARNING, other {meaning}: {key} was {a}, is {b}")


def print_lists(old, new, different):
    for title, names in (
            ("only in old", [n for n in old.samples if n not in new.samples and n not in new.errors]),
            ("only in new", [n for n in new.samples if n not in old.samples and n not in old.errors]),
            ("measured in another way", different)):
        if names:
            print(f"\n{title}:")
            for name in names:
                print(f"  {name}")
    for which, results in (("old", old), ("new", new)):
        for name, why in results.errors.items():
            print(f"\nfailed in {which}: {name}: {why}")


def compare(old, new, threshold):
    print_runs(old, new)
    rows, different = rows_of(old, new, threshold)
    machine = [row for row in rows if row.name.startswith("roofline/")]
    program = sorted((row for row in rows if not row.name.startswith("roofline/")),
                     key=lambda row: -row.ratio)
    slower = [row for row in program if row.verdict == "slower"]
    if program:
        print_rows(sorted(program, key=lambda row: row.verdict != "slower"))
    if machine:
        typical = statistics.median(row.ratio for row in machine)
        print(f"\nthe machine itself, median over {len(machine)} limits: {typical:.3f} times the time")
        if abs(typical - 1.0) > threshold:
            print("WARNING: the machine did not run alike; the ratios above contain that")
    print_lists(old, new, different)
    lost = [name for name in new.errors if name in old.samples]
    judged = [row for row in program if row.verdict in ("slower", "faster", "same", "noise")]
    if not judged and not lost:
        print("\nnothing to compare: no benchmark stands in both files with"
              f" {FEWEST_REPETITIONS} undisturbed repetitions or more")
        return 2
    counts = {v: sum(row.verdict == v for row in program) for v in ("slower", "faster", "noise")}
    print(f"\n{len(judged)} compared, threshold {100 * threshold:g} %: {counts['slower']} slower,"
          f" {counts['faster']} faster, {counts['noise']} lost in noise, {len(lost)} fail now")
    return 1 if slower or lost else 0


def threshold_of(text):
    value = float(text)
    if not 0.0 <= value < 1000.0:
        raise argparse.ArgumentTypeError("a percentage from 0 to below 1000")
    return value / 100.0


def main():
    parser = argparse.ArgumentParser(prog="bench.sh --compare", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--threshold", type=threshold_of, default=0.05, metavar="PCT")
    arguments = parser.parse_args()
    try:
        code = compare(Results(arguments.old), Results(arguments.new), arguments.threshold)
    except Unreadable as error:
        print(f"bench.sh --compare: {error}", file=sys.stderr)
        code = 2
    sys.exit(code)


if __name__ == "__main__":
    main()
