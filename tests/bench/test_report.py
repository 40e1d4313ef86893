#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/bench.sh --report, on files with made-up numbers: limits, and shares of them."""

import unittest

from made_up_results import BenchTest, benchmark, without


def limit(name, per_second, index=0):
    counter = "bytes_per_second" if "/triad/" in name else "operations_per_second"
    runs = benchmark(f"roofline/{name}/threads:1", [1.0, 1.0], index, **{counter: per_second})
    runs[0][counter] /= 3.0  # a disturbed repetition
    return without(runs, "ns_per_vehicle_tick")


def limits(arithmetic=10e9, divider=1e9, l1=100e9, l2=50e9, dram=10e9):
    return [limit("fma_f64/v3/256", arithmetic), limit("muladd_f64/v3/256", 0.8 * arithmetic),
            limit("divide_f64/v3/256", divider), limit("triad/v3/256/L1", l1),
            limit("triad/v3/256/L2", l2), limit("triad/v3/256/DRAM", dram)]


def kernel(ns=(10.0, 12.0, 11.0), vehicles=256, footprint=80.0, operations=10.0, divisions=0.5,
           moved=100.0, streamed=10.0):
    return benchmark(f"kernel/power/v3/{vehicles}", ns, 9, team=1, vehicles=vehicles,
                     bytes_per_vehicle_tick=moved, streamed_bytes_per_vehicle_tick=streamed,
                     footprint_bytes_per_vehicle=footprint,
                     operations_per_vehicle_tick=operations,
                     divisions_per_vehicle_tick=divisions)


class Report(BenchTest):
    def report(self, *benchmarks, code=0, **context):
        done = self.bench("--report", self.write("results.json", *benchmarks, **context))
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def shares(self, *benchmarks):
        """the cells of the kernel's row in the table of shares"""
        rows = [line for line in self.report(*benchmarks).splitlines()
                if line.startswith("| power")]
        return [cell.strip() for cell in rows[-1].strip("|").split("|")][1:]

    def test_arithmetic_binds(self):
        # 40 operations at 10 G/s take 4 of 10 ns
        self.assertEqual(self.shares(kernel(operations=40.0), *limits()),
                         ["10.00, 40 % of arithmetic"])

    def test_the_divider_binds(self):
        self.assertEqual(self.shares(kernel(divisions=5.0), *limits()),
                         ["10.00, 50 % of divider"])

    def test_a_block_that_fits_l1_is_bound_by_it(self):
        # 256 vehicles of 80 bytes; 600 bytes at 100 GB/s take 6 ns
        self.assertEqual(self.shares(kernel(moved=600.0), *limits()), ["10.00, 60 % of L1"])

    def test_a_block_beyond_l1_comes_from_l2(self):
        self.assertEqual(self.shares(kernel(moved=300.0, footprint=200.0), *limits()),
                         ["10.00, 60 % of L2"])

    def test_a_fleet_beyond_every_cache_streams_from_memory(self):
        # no L3 is reported: 80 MB are in memory, 30 bytes of it per vehicle-tick at 10 GB/s
        self.assertEqual(self.shares(kernel(vehicles=1000000, streamed=30.0), *limits()),
                         ["10.00, 30 % of DRAM"])

    def test_a_limit_is_the_most_of_repetitions_and_widths(self):
        wide, narrow = limit("divide_f64/v3/512", 2e9), limit("divide_f64/v3/128", 0.5e9)
        self.assertEqual(self.shares(kernel(divisions=5.0), *limits(), wide, narrow),
                         ["10.00, 25 % of divider"])

    def test_without_limits_there_is_no_share(self):
        self.assertEqual(self.shares(kernel()), ["10.00"])
        self.assertEqual(self.shares(kernel(), *limits()[:2]), ["10.00"])

    def test_other_worlds_are_held_against_one_world(self):
        def packing(split):
            return self.report(benchmark("worlds/1x40000", [40.0, 41.0, 42.0], 0),
                               benchmark("worlds/20000x2", [42.0, 43.0, 44.0], 1),
                               benchmark("worlds/20000x(1+1)", split, 2))
        output = packing([48.0, 49.0, 50.0])
        self.assertIn("1.049, within 1.15", output)
        self.assertIn("1.195, BEYOND 1.15", output)
        self.assertNotIn("BEYOND", packing([41.0, 42.0, 43.0]))

    def test_two_threads_are_held_against_one(self):
        output = self.report(benchmark("world/firing/v3/16384/threads:1", [40.0, 41.0], 0),
                             benchmark("world/firing/v3/16384/threads:2", [20.0, 25.0], 1))
        self.assertIn("20.00, 2.00x", output)

    def test_what_no_table_knows_is_shown_too(self):
        runs = without(benchmark("philox/words", [3.0, 2.0], ns_per_word=0.5),
                       "ns_per_vehicle_tick")
        self.assertRegex(self.report(runs), r"philox/words +\| 0\.50 \(0\.50\) +\| word \|")

    def test_what_is_not_known_is_left_out(self):
        output = self.report(kernel())
        self.assertNotIn("l3_bytes", output)
        self.assertNotIn("triad", output)

    def test_an_uncommitted_tree_and_a_busy_machine_are_shown(self):
        output = self.report(kernel(), git_commit="0123456789ab+changes", load_avg=[2.0, 0.0, 0.0])
        self.assertIn("0123456789ab+changes", output)
        self.assertIn("WARNING", output)

    def test_a_document_takes_the_tables_between_its_marks(self):
        begin, end = (f"<!-- tables of scripts/bench.sh {which} -->\n" for which in ("begin", "end"))
        results = self.write("results.json", kernel())
        path = self.write_text("doc.md", f"before\n{begin}old numbers\n{end}after\n")
        done = self.bench("--report", results, "--into", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertTrue(text.startswith(f"before\n{begin}") and text.endswith(f"{end}after\n"))
        self.assertIn("| power", text)
        self.assertNotIn("old numbers", text)
        self.assertEqual(
            self.bench("--report", results, "--into", self.write_text("no.md", end)).returncode, 2)

    def test_an_unreadable_file_is_2(self):
        done = self.bench("--report", self.write_text("bad.json", "{}"))
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertNotIn("Traceback", done.stderr)


if __name__ == "__main__":
    unittest.main()
