#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks a result with machines, which the test program writes, as read_result.py does others.

    read_machines.py TEST_RESULTS_MACHINES
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
import xarray

import read_result


def check_values(path):
    """What the test program made up, as xarray has it."""
    with xarray.open_dataset(path, group="machines/transitions", engine="h5netcdf") as rows:
        taken = rows.where(rows.taken > 0, drop=True)
        assert list(zip(taken["from"].values, taken.to.values, taken.trigger.values)) == [
            ("WORKING", "CAREFUL", "LOW_CHARGE"), ("CAREFUL", "", "VERY_LOW")]
        assert list(taken.witness.values) == ["soc_pct", "soc_pct"]
    with xarray.open_dataset(path, group="machines/states", engine="h5netcdf") as states:
        assert list(states.state.values) == ["WORKING", "CAREFUL", "LOST"]
        assert list(states.evaluations.values) == [75, 25, 0]
    with xarray.open_dataset(path, group="machines/messages", engine="h5netcdf") as messages:
        assert list(messages.text.values) == ["system ready", "oh, no"]
    with xarray.open_dataset(path, group="faults", engine="h5netcdf") as faults:
        assert list(faults.number.values) == [0, 1, 2]
    with xarray.open_dataset(path, group="state", engine="h5netcdf") as state:
        assert state.mood.attrs["flag_meanings"] == "calm very_nervous"
        assert np.issubdtype(state.mood.dtype, np.floating)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.h5")
        subprocess.run([sys.argv[1], path], check=True)
        read_result.main(path, "status=complete", "vehicles=5", "records=20")
        check_values(path)


if __name__ == "__main__":
    main()
