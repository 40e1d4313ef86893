#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks results with and without a track, which the test program writes, as read_result.py does others.

    read_tracks.py TEST_RESULTS_TRACKS
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
import xarray

import read_result

TRACKS = 4000


def check_values(path):
    """What the test program made up, as xarray has it."""
    row = np.arange(TRACKS)
    with xarray.open_dataset(path, group="tracks", engine="h5netcdf") as tracks:
        assert (tracks.tick == row // 1000).all()
        assert (tracks.track == row % 1000).all()
        assert (tracks.x_m == row + 0.25).all() and (tracks.vz_mps == row * 0.0625).all()
        assert (tracks.cpa_distance_m == row * 8).all()
        assert (tracks.miss_count == row % 1000).all()
        assert (tracks.status == row % 5).all() and (tracks.iff == row % 3 + 1).all()
    with xarray.open_dataset(path, group="picture", engine="h5netcdf") as picture:
        assert (picture.x_m == row + 0.1).all()
        known = row % 5 != 0
        assert (np.isfinite(picture.vx_mps) == known).all()
        assert (picture.vy_mps[known] == row[known] * -0.5).all()
    with xarray.open_dataset(path, group="tracking", engine="h5netcdf") as tracking:
        assert tracking.gospa_m[0] == 5.5 and np.isnan(tracking.gospa_m[1])


def main():
    with tempfile.TemporaryDirectory() as folder:
        for tracks, identities in ((TRACKS, 4), (0, 0)):
            path = os.path.join(folder, f"{tracks}.h5")
            subprocess.run([sys.argv[1], path, str(tracks)], check=True)
            read_result.main(path, "status=complete", f"tracks={tracks}",
                             f"identities={identities}",
                             f"pictures={tracks if tracks else None}")
            if tracks:
                check_values(path)


if __name__ == "__main__":
    main()
