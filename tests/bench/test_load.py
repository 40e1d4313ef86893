#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""benchmarks/load.py, with a program that says what it took instead of taking it."""

import os
import stat
import subprocess
import sys
import unittest

from made_up_results import ROOT, BenchTest

PROGRAM = """#!/bin/sh
[ "$1" = run ] && [ "$3" = -o ] || exit 9
echo x >>"{folder}/runs"
[ {code} = 0 ] && head -c 1048576 /dev/zero >"$4"
cat >&2 <<END
load: 100000 vehicles, 600 ticks (60 s)
  speed          2.4 M vehicle-ticks/s: $(sed -n "$(wc -l <"{folder}/runs")p" "{folder}/seconds") s on 2 threads, one per core, v3
  memory         700.5 MiB, predicted 650.0 MiB
END
exit {code}
"""


class Load(BenchTest):
    def load(self, seconds, repetitions=None, code=0, limit=2):
        """of a program that takes `seconds` in one run after the other"""
        self.write_text("seconds", "\n".join(map(str, seconds)))
        self.write_text("runs", "")
        program = self.write_text("program", PROGRAM.format(folder=self.folder, code=code))
        os.chmod(program, stat.S_IRWXU)
        return subprocess.run(
            [sys.executable, os.path.join(ROOT, "benchmarks", "load.py"), program,
             "load.yaml", str(repetitions or len(seconds)), str(limit)],
            check=False, capture_output=True, text=True, timeout=60)

    def test_the_median_must_be_twice_as_fast_as_time(self):
        done = self.load([40.0, 29.0, 20.0])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("load.yaml, 60 simulated seconds on 2 threads, v3, 3 runs, result 1.0 MiB",
                      done.stdout)
        self.assertIn("| run (qfleet's summary) | 2.07 | 1.50 | 3.00 |", done.stdout)
        self.assertIn("memory at most 700.5 MiB", done.stdout)
        self.assertIn("at least 2: met", done.stdout)

    def test_what_is_slower_is_1(self):
        done = self.load([20.0, 30.1, 31.0])
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("at least 2: NOT met", done.stdout)

    def test_the_limit_is_an_argument(self):
        self.assertEqual(self.load([40.0], limit=1.6).returncode, 1)
        done = self.load([40.0], limit=1)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("at least 1: met", done.stdout)

    def test_a_program_that_fails_is_3(self):
        done = self.load([20.0], code=4)
        self.assertEqual(done.returncode, 3)
        self.assertIn("failed with code 4", done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_a_summary_without_a_time_is_3(self):
        done = self.load(["no"])
        self.assertEqual(done.returncode, 3)
        self.assertIn("no time or memory in the summary", done.stderr)


if __name__ == "__main__":
    unittest.main()
