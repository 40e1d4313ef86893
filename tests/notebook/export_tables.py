# SPDX-License-Identifier: Apache-2.0
"""Tables that `qfleet export` writes as CSV have the values of the HDF5 file: each of them, exactly.

usage: export_tables.py QFLEET SOURCE_DIRECTORY
"""

import csv
import io
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import h5py
import numpy as np

SPECIAL = {
    "machines/transitions": "transitions",
    "machines/states": "machine_states",
    "machines/messages": "messages",
}


def run(program, *arguments, code=0, text=True):
    done = subprocess.run([program, *arguments], capture_output=True, text=text)
    assert done.returncode == code, (arguments, done.returncode, done.stderr)
    return done


def dimension_of(dataset, index):
    """Name of a dimension: that of its scale; a scale is its own dimension."""
    if h5py.h5ds.is_scale(dataset.id):
        return dataset.name.rsplit("/", 1)[-1]
    scales = list(dataset.dims[index].values())
    return scales[0].name.rsplit("/", 1)[-1] if scales else ""


def expectation(dataset):
    """What gives, for a value, what stands for it: text, or a number; None: nothing."""
    attributes = dataset.attrs
    fill = attributes["_FillValue"][0] if "_FillValue" in attributes else None
    names = {}
    if "flag_meanings" in attributes and "flag_masks" not in attributes:
        meanings = attributes["flag_meanings"]
        meanings = meanings.decode() if isinstance(meanings, bytes) else meanings
        names = dict(zip(attributes["flag_values"].tolist(), meanings.split(" ")))

    def expected(value):
        if isinstance(value, bytes):
            return value.decode()
        if fill is not None and (value == fill or (fill != fill and value != value)):
            return None
        return names.get(int(value), value) if names else value

    return expected


def same(field, expected):
    if expected is None:
        return field == ""
    if isinstance(expected, str):
        return field == expected
    if isinstance(expected, np.float32):
        # read as a float, and as a double that becomes one
        back = [np.float32(field), np.float32(float(field))]
        return all(b.tobytes() == expected.tobytes() or (b != b and expected != expected)
                   for b in back)
    if isinstance(expected, np.floating):
        back = float(field)
        return (back == expected and math.copysign(1, back) == math.copysign(1, expected)) or (
            back != back and expected != expected)
    return int(field) == int(expected)


def columns_of(group, pairs=True):
    """Name, dataset and axes of each column, in the order that the program has."""
    datasets = [(n, d) for n, d in group.items() if isinstance(d, h5py.Dataset)]
    two = [d for _, d in datasets if d.ndim == 2]
    second = dimension_of(two[0], 1) if two else None
    axes = {}
    for name, dataset in datasets:
        of_second = dataset.ndim == 1 and second and dimension_of(dataset, 0) == second
        axes[name] = 2 if dataset.ndim == 2 else 1 if of_second else 0
    if not pairs:
        axes = {n: a for n, a in axes.items() if a == 0}
    return axes


def check_table(program, path, file, group_path, name):
    group = file[group_path]
    axes = columns_of(group, pairs=name != "statistics")
    data = {n: group[n][...] for n in axes}
    expected_of = {n: expectation(group[n]) for n in axes}
    if name == "state":
        for extra in ("name", "group"):
            axes[extra], data[extra] = 1, file["entities"][extra][...]
            expected_of[extra] = expectation(file["entities"][extra])
    done = run(program, "export", path, "--table", name, "-", text=False)
    rows = list(csv.reader(io.StringIO(done.stdout.decode(), newline=""), strict=True))
    header, rows = rows[0], rows[1:]
    assert sorted(header) == sorted(axes), (name, header, sorted(axes))
    if name == "state":
        assert header[:5] == ["tick", "time", "entity", "name", "group"], header
    n_first = min(len(data[n]) for n in axes if axes[n] in (0, 2))
    seconds = [data[n].shape[1] for n in axes if axes[n] == 2]
    n_second = seconds[0] if seconds else 1
    assert len(rows) == n_first * n_second, (name, len(rows), n_first, n_second)
    for r, row in enumerate(rows):
        first, second = divmod(r, n_second)
        assert len(row) == len(header), (name, r, row)
        for column, field in zip(header, row):
            index = {0: first, 1: second, 2: (first, second)}[axes[column]]
            expected = expected_of[column](data[column][index])
            assert same(field, expected), (path, name, r, column, field, expected)
    return len(rows) * len(header)


def tables_of(file):
    found = []

    def look(path, thing):
        if isinstance(thing, h5py.Group) and any(
            isinstance(d, h5py.Dataset) for d in thing.values()
        ):
            found.append(path)

    file.visititems(look)
    return found


def check_result(program, path):
    n_values = 0
    with h5py.File(path) as file:
        for group in tables_of(file):
            n_values += check_table(program, path, file, group, SPECIAL.get(group, group))
    return n_values


def make_awkward(source, path):
    """A copy whose values and texts are the ones that are easily written wrong."""
    shutil.copy(source, path)
    with h5py.File(path, "r+") as file:
        names = file["entities/name"]
        for i, name in enumerate(['a,"b"', "c\nd", "", " e ", "ü,ö", 'f"', "g\r\nh"]):
            names[i] = name
        x = file["state/x_m"]
        numbers = [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1e300, 0.1, 1 / 3, 2.0**53 + 2,
                   1e22, 1e23, -1e-5, 123456789.123456789, 9007199254740993.0]
        x[0, : len(numbers)] = numbers
        v = file["tracks/vx_mps"]
        with np.errstate(over="ignore"):
            v[: len(numbers)] = np.array(numbers, dtype="f4")
        file["tracks/status"][3] = 200  # has no name
        file["events/value"][0] = math.inf
        file["events/subject"][0:2] = [-1, 2**31 - 1]


def check_choice(program, path):
    """--columns and --from, --to."""
    done = run(program, "export", path, "--table", "state", "-", "--columns", "x_m,name,world,tick",
               "--from", "2", "--to", "3.5")
    rows = list(csv.reader(done.stdout.splitlines()))
    assert rows[0] == ["x_m", "name", "world", "tick"]
    with h5py.File(path) as file:
        times = file["state/time"][...]
        wanted = file["state/tick"][...][(times > 1.999) & (times < 3.501)]
        n = file["entities/name"].shape[0]
    assert sorted({int(r[3]) for r in rows[1:]}) == sorted(wanted.tolist()) and len(wanted) > 0
    assert len(rows) == 1 + len(wanted) * n
    none = run(program, "export", path, "--table", "state", "-", "--from", "1e6")
    assert len(none.stdout.splitlines()) == 1 and "no rows" in none.stderr, none.stderr
    assert "no rows" not in done.stderr
    missing = run(program, "export", path, "--table", "events", "-", "--columns", "value")
    with h5py.File(path) as file:
        # a line that is empty would be passed over
        assert len(missing.stdout.splitlines()) == 1 + file["events/value"].shape[0]


def says(program, *arguments, code, words):
    done = run(program, "export", *arguments, code=code)
    for word in words:
        assert word in done.stderr, (arguments, word, done.stderr)
    assert "HDF5-DIAG" not in done.stderr, done.stderr


def check_refusals(program, directory, contacts, sweep):
    out = os.path.join(directory, "out.csv")
    text = os.path.join(directory, "text.h5")
    with open(text, "w", encoding="utf-8") as file:
        file.write("hello")
    empty = os.path.join(directory, "empty.h5")
    open(empty, "wb").close()
    says(program, contacts, "--table", "trakcs", out, code=2, words=["did you mean 'tracks'?"])
    says(program, contacts, "--table", "state/x_m", out, code=2, words=["no table 'state/x_m'; it has state,"])
    says(program, contacts, "--table", "detections", out, code=3,
         words=["record: {detections: true}"])
    says(program, contacts, "--table", "sweep", out, code=2, words=["it is one run"])
    says(program, contacts, "--table", "state", out, "--columns", "x", code=2,
         words=["did you mean 'x_m'?"])
    says(program, contacts, "--table", "state", out, "--epoch", "2026-01-31T12:00:00Z", code=2,
         words=["--epoch is for events"])
    uneven = os.path.join(directory, "uneven.h5")
    shutil.copyfile(contacts, uneven)
    with h5py.File(uneven, "r+") as file:
        column = file["state/x_m"]
        values, scales = column[:-1], [column.dims[0][0], column.dims[1][0]]
        del file["state/x_m"]
        shorter = file["state"].create_dataset("x_m", data=values)
        for dimension, scale in zip(shorter.dims, scales):
            dimension.attach_scale(scale)
    says(program, uneven, "--table", "state", out, code=3, words=["damaged", "not equally long"])
    done = run(program, "report", uneven, "-o", os.path.join(directory, "page.html"), code=3)
    assert "columns of unequal length" in done.stderr, done.stderr
    says(program, contacts, "--table", "entities", out, "--to", "3", code=2, words=["order of time"])
    says(program, contacts, "--table", "state", code=2, words=["two values"])
    says(program, contacts, "--table", "state", out, "--from", "3", "--to", "2", code=2,
         words=["--from 3 is after --to 2"])
    says(program, contacts, code=2, words=["--events FILE"])
    says(program, sweep, "--events", out, code=2, words=["qfleet replay"])
    says(program, sweep, "--table", "tracks", out, code=2, words=["qfleet replay"])
    says(program, text, "--table", "state", out, code=3, words=["not an HDF5 file"])
    says(program, empty, "--table", "state", out, code=3, words=["is empty"])
    says(program, directory, "--table", "state", out, code=3, words=["not a regular file"])
    says(program, os.path.join(directory, "none.h5"), "--table", "state", out, code=3,
         words=["No such file"])
    says(program, contacts, "--table", "state", contacts, "--force", code=2, words=["is a result"])
    assert not os.path.exists(out) and not os.path.exists(out + ".partial")
    run(program, "export", contacts, "--table", "state", out)
    says(program, contacts, "--table", "state", out, code=2, words=["exists already", "--force"])
    run(program, "export", contacts, "--table", "entities", out, "--force")
    with open(out, encoding="utf-8") as file:
        assert file.readline().startswith("entity,")


def check_unfinished(program, directory, source, contacts):
    """What is there of a run that does not come to its end."""
    partial = os.path.join(directory, "running.h5.partial")
    shutil.copy(contacts, partial)
    with h5py.File(partial, "r+") as file:
        file.attrs["status"] = "running"
        for name in ("x_m", "time"):  # columns of a killed run may be unequally long
            file["state"][name].resize(file["state"][name].shape[0] - 2, axis=0)
        rows = file["state/x_m"].shape[0] * file["state/x_m"].shape[1]
    done = run(program, "export", partial, "--table", "state", "-")
    assert len(done.stdout.splitlines()) == 1 + rows
    assert f"is not complete (running): the {rows} rows" in done.stderr, done.stderr
    says(program, partial[: -len(".partial")], "--table", "state", "-", code=3, words=[".partial'"])

    cut = os.path.join(directory, "cut.h5")
    shutil.copy(contacts, cut)
    with open(cut, "r+b") as file:
        file.truncate(os.path.getsize(contacts) // 2)
    says(program, cut, "--table", "tracks", os.path.join(directory, "cut.csv"), code=3,
         words=["cut.h5"])
    assert not os.path.exists(os.path.join(directory, "cut.csv"))

    scenario = os.path.join(source, "configs/sweeps/power.yaml")
    half = os.path.join(directory, "half.sweep")
    for shard in ("1/3", "3/3"):
        run(program, "sweep", scenario, "-o", half, "--shard", shard, "--set", "sweep.cases=200",
            "--progress", "off")
    says(program, half, "--table", "sweep", "-", code=3,
         words=["is not finished", "2 of 3 shards", "shard-2-of-3.h5"])
    alone = run(program, "export", os.path.join(half, "shard-3-of-3.h5"), "--table", "sweep", "-")
    assert len(alone.stdout.splitlines()) in (67, 68)


def check_damage(program, directory, sweep):
    """HDF5 shows missing values where a shard of a sweep cannot be read; the program does not."""
    damaged = os.path.join(directory, "damaged.sweep")
    shutil.copytree(sweep, damaged)
    shard = os.path.join(damaged, "shard-1-of-2.h5")
    with open(shard, "r+b") as file:
        file.seek(os.path.getsize(shard) // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 0xFF]))
    says(program, damaged, "--table", "sweep", "-", code=3, words=["shard-1-of-2.h5", "damaged"])
    os.remove(shard)
    says(program, damaged, "--table", "sweep", "-", code=3, words=["shard-1-of-2.h5", "missing"])


def break_chunks(contacts, path):
    """A file whose rows after the first chunks point behind its end."""
    shutil.copy(contacts, path)
    with h5py.File(path, "r+") as file:
        time = file["tracks/x_m"]
        offset = time.id.get_chunk_info(0).byte_offset
    with open(path, "r+b") as file:
        content = file.read()
        pointer = offset.to_bytes(8, "little")
        at = content.find(pointer)
        assert at >= 0
        file.seek(at)
        file.write((1 << 60).to_bytes(8, "little"))


def check_broken_chunk(program, directory, contacts):
    broken = os.path.join(directory, "broken.h5")
    break_chunks(contacts, broken)
    out = os.path.join(directory, "broken.csv")
    done = run(program, "export", broken, "--table", "tracks", out, code=3)
    assert "cannot be read" in done.stderr and "HDF5-DIAG" not in done.stderr, done.stderr
    assert not os.path.exists(out) and not os.path.exists(out + ".partial")


def check_pipe(program, contacts):
    """Whose reader goes away ends as other programs do, without a word."""
    process = subprocess.Popen([program, "export", contacts, "--table", "tracks", "-"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    words = process.stderr.read()
    process.stderr.close()
    assert process.wait() == -signal.SIGPIPE and words == b"", (process.returncode, words)


def check_threads(program, contacts):
    texts = {run(program, "export", contacts, "--table", "tracks", "-", "--threads", n).stdout
             for n in ("1", "2", "5")}
    assert len(texts) == 1


def main():
    program, source = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory() as directory:

        def result(name, *settings):
            path = os.path.join(directory, name + ".h5")
            arguments = [a for s in settings for a in ("--set", s)]
            run(program, "run", os.path.join(source, "configs", name + ".yaml"), "-o", path,
                "--progress", "off", *arguments)
            return path

        patrol = result("patrol", "time.duration_s=3", "groups[0].count=200", "groups[1].count=50",
                        "record.state=all")
        contacts = result("contacts", "time.duration_s=8")
        behavior = result("behavior", "time.duration_s=2.5", "record.detections=true",
                          "record.tracks={every_frames: 200}")
        sweep = os.path.join(directory, "power.sweep")
        for shard in ("1/2", "2/2"):
            run(program, "sweep", os.path.join(source, "configs/sweeps/power.yaml"), "-o", sweep,
                "--shard", shard, "--set", "sweep.cases=300", "--progress", "off")
        awkward = os.path.join(directory, "awkward.h5")
        make_awkward(contacts, awkward)
        for path in (patrol, contacts, behavior, awkward, os.path.join(sweep, "sweep.h5")):
            n = check_result(program, path)
            print(f"{os.path.basename(path)}: {n} values are those of the file")
            assert n > 1000
        check_choice(program, contacts)
        check_refusals(program, directory, contacts, sweep)
        check_unfinished(program, directory, source, contacts)
        check_damage(program, directory, sweep)
        check_broken_chunk(program, directory, contacts)
        check_pipe(program, contacts)
        check_threads(program, contacts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
