# SPDX-License-Identifier: Apache-2.0
"""A sweep's directory as h5py, xarray and ncdump read it: the one that tests/test_sweep_store.c writes."""
import subprocess
import sys

import h5py
import numpy
import xarray

directory = sys.argv[1]
with h5py.File(f"{directory}/sweep.h5") as f:
    sweep = f["sweep"]
    assert sweep["fuel"].is_virtual and sweep["fuel"].shape == (10,)
    assert (sweep["case"][...] == numpy.arange(10)).all()
    assert (sweep["range"][...] == 100.25 + numpy.arange(10)).all()
    assert sweep["range"].attrs["units"] == "m"
    # the parameter `state` is called as a metric
    assert list(sweep["parameter_state"][...]) == [0, 1] * 5
    assert sweep["parameter_state"].attrs["flag_meanings"] == "on very_silent"
    assert list(sweep["status"][...]) == [0, 0, 0, 2] + [0] * 6
    assert sweep["status"].attrs["flag_meanings"].split()[2] == "failed"
    assert list(sweep["success"][...]) == [0, 1, 1, 255, 0, 1, 1, 1, 0, 1]
    assert sweep["success"].attrs["_FillValue"] == 255
    assert numpy.isnan(sweep["fuel"][5]) and sweep["fuel"][9] == 10.5
    assert sweep["cause"].asstr()[3] == "no hull, no start"
    assert sweep["hash"][9] == 0x123456789ABCDEF * 9
    assert (sweep["wall_s"][...] == 0.25).all()
    assert f["statistics/name"].asstr()[1] == "fuel" and f["statistics/mean"][1] == 6
    assert numpy.isnan(f["statistics/mean"][0]) and f["statistics/n_true"][0] == 6
    assert f["statistics/n_true"][1] == -1
    assert f["statistics/mean_low"].attrs["method"] == "Student's t, two-sided, 95 %"
    assert f["statistics/quantile"].shape == (3, 7)
    assert list(f["choices/name"].asstr()) == ["idle", "docked"]
    assert f["requirements/verdict"][0] == 1 and f["requirements/worst_case"][0] == 3
    assert f["sensitivity/rank_correlation"].shape == (3, 2)
    assert "first" not in f["sensitivity"]
    assert f.attrs["schema"] == "qfleet/1" and f.attrs["scenario_yaml"].startswith("schema")
    try:
        import xxhash
    except ImportError:
        xxhash = None
    for k in range(10) if xxhash else ():
        numbers = [sweep["range"][k], sweep["parameter_state"][k]]
        truth, choice = sweep["success"][k], sweep["state"][k]
        numbers += [numpy.nan if truth == 255 else truth, sweep["fuel"][k],
                    numpy.nan if choice == -1 else choice]
        head = numpy.array([k, sweep["status"][k], sweep["ticks"][k], sweep["hash"][k]], "<u8")
        content = head.tobytes() + numpy.array(numbers, "<f8").tobytes() + sweep["cause"][k]
        assert xxhash.xxh3_64_intdigest(content) == sweep["checksum"][k], k

for engine in ("h5netcdf", "netcdf4"):
    try:
        data = xarray.open_dataset(f"{directory}/sweep.h5", group="sweep", engine=engine)
    except ValueError:  # this engine is not there
        continue
    assert float(data.fuel.max()) == 10.5 and numpy.isnan(data.success[3])
    assert float(data.fuel.sel(case=9)) == 10.5

for name in ("sweep.h5", "shard-2-of-3.h5", "shard-2-of-3.timing.h5"):
    subprocess.run(["ncdump", "-h", f"{directory}/{name}"], check=True, stdout=subprocess.DEVNULL)
