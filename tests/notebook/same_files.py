#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a scenario with 1, 2 and 3 threads, without vectors, and with another seed, and compares the result files.

    same_files.py QFLEET SCENARIO [TABLE ...]

Every dataset and the state hash must be equal for any number of threads and instruction set, the hash that the
program prints must be the file's, and another seed must give another hash and other values. The
tables that are named (detections, tracks, ...) must have rows.
"""
import os
import re
import subprocess
import sys
import tempfile

import h5py
import numpy as np


def run(qfleet, scenario, path, *options):
    result = subprocess.run([qfleet, "run", scenario, "-o", path, "--set", "time.duration_s=30",
                             *options], capture_output=True, text=True, check=True)
    assert result.stdout == "", result.stdout
    printed = re.search(r"state hash +([0-9a-f]{16})", result.stderr)
    with h5py.File(path) as file:
        assert printed and printed[1] == file.attrs["state_hash"], result.stderr
    return path


def datasets(file):
    found = {}
    file.visititems(lambda name, item: found.update({name: item[...]})
                    if isinstance(item, h5py.Dataset) else None)
    return found


def equal(a, b):
    if a.dtype.kind == "f":
        return np.array_equal(a.view(f"u{a.itemsize}"), b.view(f"u{b.itemsize}"))
    return np.array_equal(a, b)


def main():
    qfleet, scenario, *tables = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        paths = [run(qfleet, scenario, os.path.join(folder, f"{n}.h5"), "--threads", str(n))
                 for n in (1, 2, 3)]
        paths.append(run(qfleet, scenario, os.path.join(folder, "generic.h5"), "--isa", "generic"))
        with h5py.File(paths[0]) as first:
            expected = datasets(first)
            assert len(expected) > 20, sorted(expected)
            for table in tables:
                assert expected[f"{table}/tick"].size > 0, table
            for path in paths[1:]:
                with h5py.File(path) as other:
                    assert other.attrs["state_hash"] == first.attrs["state_hash"]
                    found = datasets(other)
                    assert found.keys() == expected.keys()
                    for name in expected:
                        assert equal(expected[name], found[name]), name
            seeded = run(qfleet, scenario, os.path.join(folder, "seed.h5"), "--seed", "43")
            with h5py.File(seeded) as other:
                assert other.attrs["seed"] == 43 != first.attrs["seed"]
                assert other.attrs["state_hash"] != first.attrs["state_hash"]
                assert not equal(expected["state/x_m"], other["state/x_m"][...])


if __name__ == "__main__":
    main()
