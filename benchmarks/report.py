#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tables of a Google Benchmark JSON file that qfleet_bench wrote.

    report.py FILE

Takes out of the file what names the machine or its paths, then prints nanoseconds per
vehicle-tick: least and (median) of the repetitions. Other work on a machine only ever adds time,
so the least is what the program can do, and the median what it did.
"""

import json
import statistics
import sys


def load(path):
    with open(path, encoding="utf-8") as file:
        results = json.load(file)
    for key in ("host_name", "executable"):
        results["context"].pop(key, None)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(results, file, indent=2)
        file.write("\n")
    return results


def values(results, counter):
    """{name: [value of each repetition]} of the benchmarks that have that counter"""
    found = {}
    for run in results["benchmarks"]:
        if run.get("error_occurred"):
            print(f"{run['name']}: {run['error_message']}", file=sys.stderr)
        elif run["run_type"] == "iteration" and counter in run:
            name = run.get("run_name", run["name"]).removesuffix("/real_time")
            found.setdefault(name, []).append(run[counter])
    return found


def table(title, rows, columns, cell):
    """prints what there is; a row or column without any number is left out"""
    cells = {(r, c): cell(r, c) for r in rows for c in columns}
    rows = [r for r in rows if any(cells[r, c] for c in columns)]
    columns = [c for c in columns if any(cells[r, c] for r in rows)]
    if rows:
        print(f"\n{title:<44}" + "".join(f"{c:>18}" for c in columns))
        for r in rows:
            print(f"  {r:<42}" + "".join(f"{cells[r, c] or '-':>18}" for c in columns))


def unique(items):
    return list(dict.fromkeys(items))


def shown(samples):
    return f"{min(samples):.2f} ({statistics.median(samples):.2f})" if samples else ""


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    results = load(sys.argv[1])
    context = results["context"]
    for key in ("git_commit", "compiler", "flags", "kernel_flags", "cpu_model", "threads_available"):
        print(f"{key:<18} {context.get(key, '-')}")

    ns = values(results, "ns_per_vehicle_tick")
    parts = [name.split("/") for name in ns]
    world = [p for p in parts if p[0] == "world"]
    isas = ["v4", "v3", "generic"]
    title = "world step, ns per vehicle-tick"
    table(title, unique("/".join((p[1], p[3], p[4])) for p in world), isas,
          lambda row, isa: shown(ns.get("/".join(("world", row.split("/")[0], isa,
                                                  *row.split("/")[1:])))))
    kernel_bytes = values(results, "bytes_per_vehicle_tick")
    names = unique(p[1] for p in parts if p[0] == "kernel")

    def kernel_cell(name, column):
        if column == "bytes":
            any_set = next((kernel_bytes[f"kernel/{name}/{i}"] for i in isas
                            if f"kernel/{name}/{i}" in kernel_bytes), None)
            return f"{any_set[0]:.1f}" if any_set else ""
        return shown(ns.get(f"kernel/{name}/{column}"))

    table("kernels alone, ns per vehicle-tick", names, ["bytes", *isas], kernel_cell)
    lanes = values(results, "ns_per_element")
    table("lanes in the first-level cache, ns per element", unique(n.split("/")[1] for n in lanes),
          [*isas, "scalar"], lambda row, isa: shown(lanes.get(f"lanes/{row}/{isa}")))
    frames = values(results, "ns_per_vehicle_frame")
    table("copying a frame, ns per vehicle", list(frames), ["ns"],
          lambda row, _: shown(frames[row]))
    table("world step and frames, ns per vehicle-tick",
          [n for n in ns if n.startswith("world_record/")], ["ns"], lambda row, _: shown(ns[row]))


if __name__ == "__main__":
    main()
