#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Changes single bytes of a sweep's directory, and asks verify, replay and info.

    sweep_tampering.py QFLEET PROJECT

A byte of any file but the timing (which no checksum is of, because it differs from run to run) is noticed, and the file or the case is
named; nothing crashes. Damaged records of a journal are run again, and another scenario is not resumed.
"""
import ctypes
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

import h5py

from sweep_runs import assert_same_directory, kept_files, run, write_lookout

CASES = 96
SHARD = "shard-1-of-1.h5"


def flip(path, at, bits=0x10):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ bits]))


def said_by(qfleet, *command):
    """Everything that a command says and its exit code, which is one of those it has."""
    result = run(qfleet, *command, code=(0, 1, 2, 3))
    return result.returncode, result.stdout + result.stderr


class Tampering:
    def __init__(self, qfleet, out):
        self.qfleet = qfleet
        self.out = out
    def check(self, name, at, expected, bits=0x10, everything=False):
        """One byte is another while verify looks (and, if `everything`, replay and info), and then as it was."""
        path = f"{self.out}/{name}"
        flip(path, at, bits)
        code, said = said_by(self.qfleet, "verify", self.out)
        assert code in (1, 3), (name, at, code, said)
        assert re.search(expected, said), (name, at, expected, said)
        if everything:
            code, said = said_by(self.qfleet, "info", self.out)
            assert re.search(expected, said), ("info", name, at, expected, said)
            code, said = said_by(self.qfleet, "replay", self.out, "--case", 7, "--no-output")
            assert re.search(expected, said), ("replay", name, at, expected, said)
        flip(path, at, bits)

    def check_values(self):
        """A byte of a value of a case: the case is named, and no other."""
        rng = random.Random(1)
        with h5py.File(f"{self.out}/{SHARD}") as file:
            places = {name: (item.id.get_offset(), item.dtype.itemsize)
                      for name, item in file["sweep"].items()
                      if item.shape == (CASES,) and item.dtype.kind != "O"}
        assert len(places) > 15, places
        for i, (name, (offset, size)) in enumerate(sorted(places.items())):
            assert offset, name
            case = rng.randrange(CASES)
            at = offset + case * size + rng.randrange(size)
            self.check(SHARD, at, rf"\bcase {case} does not match its checksum", everything=i % 6 == 0)

    def check_rest(self, name, n, everything=1):
        """Bytes all over a file, heads and tables included: the file is named, or a case of it."""
        size = os.path.getsize(f"{self.out}/{name}")
        rng = random.Random(2)
        for i in range(n):
            at = 0 if i == 0 else size - 1 if i == 1 else rng.randrange(size)
            self.check(name, at, rf"{name}|case \d+", bits=1 << rng.randrange(8),
                       everything=i < everything)


def check_untouched(qfleet, out):
    code, said = said_by(qfleet, "verify", out)
    assert code == 0 and "0 of 96 cases do not fit" in said, said
    flip(f"{out}/shard-1-of-1.timing.h5", 3000)
    code, said = said_by(qfleet, "verify", out)
    assert code == 0, said
    flip(f"{out}/shard-1-of-1.timing.h5", 3000)


def check_files_gone(qfleet, folder, out):
    for name in ("manifest.json", "scenario.yaml", SHARD, "sweep.h5"):
        os.rename(f"{out}/{name}", f"{folder}/away")
        for command in (("verify", out), ("info", out), ("replay", out, "--case", 7, "--no-output")):
            code, said = said_by(qfleet, *command)
            # what sweep.h5 holds is not needed to replay
            is_needed = name != "sweep.h5" or command[0] != "replay"
            assert name in said and (code or not is_needed), (command, name, code, said)
        os.rename(f"{folder}/away", f"{out}/{name}")


def check_journal(qfleet, project, folder):
    """Damaged records are dropped, which the log says, and their cases are run again; other bytes do not change."""
    cases = 600
    scenario = write_lookout(f"{folder}/long.yaml", project, cases)
    run(qfleet, "sweep", scenario, "-o", f"{folder}/whole")
    expected = kept_files(f"{folder}/whole")
    out, rng = f"{folder}/journal", random.Random(3)
    command = [qfleet, "sweep", scenario, "-o", out, "--batch", "4"]
    journal = f"{out}/shard-1-of-1.journal"
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as program:
        while program.poll() is None and not (
                os.path.exists(journal) and os.path.getsize(journal) > 5000):
            time.sleep(0.001)
        program.send_signal(signal.SIGTERM)
    assert program.returncode == 75, program.returncode
    code, said = said_by(qfleet, "verify", out)  # a part is no damage
    assert code == 0, said
    size = os.path.getsize(journal)
    for at in (2, 30, *(rng.randrange(40, size) for _ in range(4))):
        flip(journal, at)
    said = run(*command, "--resume").stderr
    assert "journal_records_damaged" in said and "journal_header_damaged" in said, said
    assert_same_directory(out, expected, "damaged journal")


def check_refused(qfleet, project, folder, out, scenario):
    """What is another sweep is not gone on with, and the difference is shown; nothing is changed."""
    expected = kept_files(out)
    for options, pattern in (
            (("--set", "environment.radiation_usvh=2"), r"\n\+.*radiation_usvh: 2(.|\n)*another scenario"),
            (("--set", "groups[1].count=3"), r"-.*count: 2\n\+.*count: 3\n"),
            (("--set", "sweep.cases=97"), r"-.*cases: 96\n\+.*cases: 97\n"),
            (("--shard", "1/2"), r"divided into 1 shard, not into 2")):
        said = run(qfleet, "sweep", scenario, "-o", out, "--resume", *options, code=2).stderr
        assert re.search(pattern, said), (options, said)
        said = run(qfleet, "sweep", scenario, "-o", out, *options, code=2).stderr
        assert "--force" in said, said
    with open(f"{out}/manifest.json", encoding="ascii") as file:
        manifest = file.read()
    # as another version would have written it
    head = re.sub(r'"git_commit": "', '"git_commit": "0', manifest[:manifest.index('  "checksum"')])
    xxhash = ctypes.CDLL("libxxhash.so.0")
    xxhash.XXH3_64bits.restype = ctypes.c_uint64
    xxhash.XXH3_64bits.argtypes = (ctypes.c_char_p, ctypes.c_size_t)
    with open(f"{out}/manifest.json", "w", encoding="ascii") as file:
        file.write(f'{head}  "checksum": "{xxhash.XXH3_64bits(head.encode(), len(head)):016x}"\n}}\n')
    said = run(qfleet, "sweep", scenario, "-o", out, "--resume", code=2).stderr
    assert "was begun by version" in said, said
    with open(f"{out}/manifest.json", "w", encoding="ascii") as file:
        file.write(manifest)
    assert_same_directory(out, expected, "refused")


def main():
    qfleet, project = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        scenario = write_lookout(f"{folder}/lookout.yaml", project, CASES)
        out = f"{folder}/tampered"
        run(qfleet, "sweep", scenario, "-o", out)
        check_untouched(qfleet, out)
        tampering = Tampering(qfleet, out)
        tampering.check_values()
        for name in (SHARD, "sweep.h5", "manifest.json", "scenario.yaml", "checksums.txt"):
            tampering.check_rest(name, 5)
        check_files_gone(qfleet, folder, out)
        check_refused(qfleet, project, folder, out, scenario)
        check_untouched(qfleet, out)
        check_journal(qfleet, project, folder)


if __name__ == "__main__":
    main()
