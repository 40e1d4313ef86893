#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/bench.sh --report, on files with made-up numbers: limits, and shares of them."""

import itertools
import unittest

from made_up_results import BenchTest, benchmark, counting, without


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


class ReportTest(BenchTest):
    def report(self, *benchmarks, code=0, **context):
        done = self.bench("--report", self.write("results.json", *benchmarks, **context))
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def cells(self, output, title, row):
        """{column: cell} of a table's row; None where the table or the row is missing"""
        lines = output[output.find(title):].splitlines()[2:] if title in output else []
        table = list(itertools.takewhile(lambda line: line.startswith("|"), lines))
        split = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
        return next((dict(zip(split[0][1:], line[1:])) for line in split if line[0] == row), None)


class Report(ReportTest):
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


SEARCH, KERNELS = "Neighbour search, 1,000,000", "Kernels of a radar frame"
FRAME, GROWTH = "A whole radar frame", "Growth"
SMALL = "Neighbour search in small worlds"
SIZES = (1000, 10000, 100000, 1000000)


def search(ns, part="both", isa="v3", n=1000000, rest="32", **counters):
    return counting("ns_per_vehicle", f"neighbours/{part}/{isa}/{n}/{rest}", ns, **counters)


def frame(ns, isa="v3", n=100000, team=1, **counters):
    return counting("ns_per_vehicle", f"radar_frame/{isa}/{n}/threads:{team}", ns, **counters)


def step(name, ns, isa="v3", share=0.6543):
    return counting("ns_per_pair", f"radar/{name}/{isa}", ns, detected_share=share)


class RadarReport(ReportTest):
    def test_search_is_held_against_its_limit(self):
        output = self.report(search([99.0, 131.0, 100.0]), search([500.0], isa="generic"),
                             search([70.0], isa="v4"), search([40.0, 30.0, 41.0], "build"))
        self.assertEqual(self.cells(output, SEARCH, "both"),
                         {"v4": "70.00 (70.00)", "v3": "99.00 (100.00)",
                          "generic": "500.00 (500.00)", "limit": "130 (v3): within"})
        self.assertEqual(self.cells(output, SEARCH, "build"),
                         {"v4": "", "v3": "30.00 (40.00)", "generic": "", "limit": ""})
        self.assertIsNone(self.cells(output, SEARCH, "query"))
        self.assertNotIn("Other benchmarks", output)

    def test_limits_are_judged_by_the_median(self):
        output = self.report(search([120.0, 131.0, 132.0]), step("chain", [24.0, 26.0, 27.0]))
        self.assertEqual(self.cells(output, SEARCH, "both")["limit"], "130 (v3): BEYOND")
        self.assertEqual(self.cells(output, KERNELS, "chain")["limit"], "25 (v3): BEYOND")

    def test_without_the_set_of_the_limit_nothing_is_judged(self):
        output = self.report(search([70.0], isa="v4"), step("chain", [20.0], "v4"),
                             frame([100.0], "v4", team=2))
        for title, row in ((SEARCH, "both"), (KERNELS, "chain"), (FRAME, "2")):
            self.assertEqual(list(self.cells(output, title, row)), ["v4"])
        self.assertNotIn("within", output)

    def test_kernels_are_shown_per_pair(self):
        output = self.report(step("chain", [20.0, 22.0, 21.0]), step("detect", [6.0], "v4"))
        self.assertIn("per pair in range, 0.65 of them detected", output)
        self.assertEqual(self.cells(output, KERNELS, "chain"),
                         {"v4": "", "v3": "20.00 (21.00)", "limit": "25 (v3): within"})
        self.assertEqual(self.cells(output, KERNELS, "detect")["v4"], "6.00 (6.00)")

    def test_a_share_of_detections_that_is_not_known_is_not_claimed(self):
        output = self.report(step("detect", [6.0], "v4"))
        self.assertIn("ns per pair in range:", output)

    def test_a_frame_is_shown_in_ms_and_its_limit_is_for_two_threads(self):
        # of the iteration, in us
        output = self.report(frame([50500.0, 51500.0, 61000.0]),
                             frame([59000.0, 61000.0, 60500.0], team=2))
        self.assertEqual(self.cells(output, FRAME, "1"), {"v3": "50.50 (51.50)", "limit": ""})
        self.assertEqual(self.cells(output, FRAME, "2"),
                         {"v3": "59.00 (60.50)", "limit": "60 (v3): BEYOND"})
        self.assertIsNone(self.cells(self.report(frame([5.0], n=1000)), FRAME, "1"))

    def test_an_exponent_is_fitted_to_total_time(self):
        # n vehicles take n^1.1, the median n^1.2 times a constant, and each finds n^0.2
        runs = [frame([n ** 0.1, 2.0 * n ** 0.2, 2.0 * n ** 0.2], n=n, detections=n ** 0.2)
                for n in SIZES]
        output = self.report(*runs)
        self.assertEqual(self.cells(output, GROWTH, "radar frame (v3), per vehicle")["exponent"],
                         "1.100 (1.200), BEYOND 1.00 +- 0.05")
        row = self.cells(output, GROWTH, "radar frame (v3), per detection")
        self.assertEqual(row["exponent"], "0.900 (1.000), within 1.00 +- 0.05")
        self.assertEqual(row["1,000"], "0.50 (2.00)")

    def test_growth_of_the_search_counts_neighbours_found(self):
        output = self.report(*(search([100.0], n=n, neighbours=25.0) for n in SIZES),
                             search([80.0], isa="v4"))
        row = self.cells(output, GROWTH, "neighbour search (v3), per neighbour found")
        self.assertEqual(row["1,000,000"], "4.00 (4.00)")
        self.assertEqual(row["exponent"], "1.000 (1.000), within 1.00 +- 0.05")

    def test_an_exponent_needs_every_size(self):
        output = self.report(*(frame([100.0], n=n, detections=10.0) for n in SIZES[:3]))
        self.assertEqual(list(self.cells(output, GROWTH, "radar frame (v3), per vehicle")),
                         ["1,000", "10,000", "100,000"])
        self.assertNotIn("exponent", output)
        self.assertNotIn(GROWTH, self.report(frame([100.0])))

    def test_who_finds_nothing_has_no_time_per_one(self):
        output = self.report(*(frame([100.0], n=n, detections=0.0) for n in SIZES))
        self.assertIsNone(self.cells(output, GROWTH, "radar frame (v3), per detection"))
        self.assertIsNotNone(self.cells(output, GROWTH, "radar frame (v3), per vehicle"))

    def test_small_worlds_are_shown_by_their_size(self):
        def world(ns, part, points):
            return search(ns, part, n=32768, rest=f"8/worlds_of_{points}")
        output = self.report(world([60.0], "brute", 256), world([65.0], "query", 257),
                             world([120.0], "brute", 512), world([66.0], "query", 512),
                             world([11.0], "build", 512))
        self.assertEqual(self.cells(output, SMALL, "257 (v3), 8 neighbours"),
                         {"brute force": "", "cells": "65.00 (65.00)", "build": ""})
        self.assertEqual(self.cells(output, SMALL, "512 (v3), 8 neighbours"),
                         {"brute force": "120.00 (120.00)", "cells": "66.00 (66.00)",
                          "build": "11.00 (11.00)"})

    def test_what_was_not_measured_has_no_table(self):
        output = self.report(kernel())
        for title in (SEARCH, KERNELS, FRAME, GROWTH, SMALL):
            self.assertNotIn(title, output)

    def test_other_cases_of_the_search_are_shown_too(self):
        output = self.report(search([9.0], n=100000, rest="32/stray"),
                             search([9.0], rest="32/threads:2"))
        for rest in ("100000/32/stray", "1000000/32/threads:2"):
            self.assertRegex(output, rf"neighbours/both/v3/{rest} +\| 9\.00 \(9\.00\) +\| vehicle \|")


TRACK, STEPS, PUBLISH = "A tracker's frame", "Steps of a tracker's frame", "What is made known"
GUARDS, QUALITY, ASSIGN = "Guard rules", "Quality of a picture", "Assignment"


def track(us, mode="robust", isa="v3", size="16_32_16"):
    # of the iteration, in us; what a track costs is not what the limit is for
    return counting("ns_per_track", f"track/{mode}/{isa}/{size}", us)


class TrackingReport(ReportTest):
    def test_a_frame_is_shown_in_us_and_held_against_the_limit_of_its_size(self):
        output = self.report(track([0.75, 0.79, 0.9]), track([0.5, 0.81, 0.82], "qiki"),
                             track([2.0], isa="generic"), track([24.0], size="200_208_200"),
                             track([25.5], "qiki", size="200_208_200"))
        small, large = "16 detections, 16 of 32 slots in use", "200 detections, 200 of 208 slots in use"
        self.assertEqual(self.cells(output, TRACK, f"robust, {small}"),
                         {"v3": "0.75 (0.79)", "generic": "2.00 (2.00)",
                          "limit": "0.8 (v3): within"})
        self.assertEqual(self.cells(output, TRACK, f"qiki, {small}")["limit"], "0.8 (v3): BEYOND")
        self.assertEqual(self.cells(output, TRACK, f"robust, {large}")["limit"], "25 (v3): within")
        self.assertEqual(self.cells(output, TRACK, f"qiki, {large}")["limit"], "25 (v3): BEYOND")
        self.assertNotIn("Other benchmarks", output)

    def test_a_kalman_filter_has_no_limit(self):
        output = self.report(track([9.0], "kalman"))
        self.assertEqual(self.cells(output, TRACK, "kalman, 16 detections, 16 of 32 slots in use"),
                         {"v3": "9.00 (9.00)"})

    def test_only_the_classic_update_has_a_limit(self):
        def filtering(step, ns, isa="v3"):
            return counting("ns_per_track", f"filter/{step}/{isa}/512", ns)
        output = self.report(filtering("update", [0.9, 1.1, 1.2]), filtering("gain", [7.0]),
                             filtering("kalman_update", [9.0]))
        self.assertEqual(self.cells(output, STEPS, "update, 512 tracks"),
                         {"v3": "0.90 (1.10)", "limit": "1 (v3): BEYOND"})
        self.assertEqual(self.cells(output, STEPS, "gain, 512 tracks")["limit"], "")
        self.assertEqual(self.cells(output, STEPS, "kalman_update, 512 tracks")["limit"], "")
        self.assertIn("within", self.report(filtering("update", [1.0])))

    def test_publishing_is_shown_per_track(self):
        output = self.report(counting("ns_per_track", "publish/qiki/v4/16_32_32", [3.0]))
        self.assertEqual(self.cells(output, PUBLISH, "qiki, 16 detections, 32 of 32 slots in use"),
                         {"v4": "3.00 (3.00)"})

    def test_guards_are_held_against_their_limit_per_track_and_rule(self):
        def guard(ns, size, isa="v3"):
            return counting("ns_per_track_rule", f"guard/{isa}/{size}", ns)
        output = self.report(guard([1.5, 2.0, 2.5], "32/3"), guard([1.0, 2.5], "208/3"),
                             guard([9.0], "32/3", "generic"))
        self.assertEqual(self.cells(output, GUARDS, "32 slots, 3 rules"),
                         {"v3": "1.50 (2.00)", "generic": "9.00 (9.00)", "limit": "2 (v3): within"})
        self.assertIsNone(self.cells(output, GUARDS, "208 slots, 32 rules"))
        self.assertIn("within", self.cells(output, GUARDS, "208 slots, 3 rules")["limit"])
        self.assertIn("BEYOND", self.report(guard([2.01], "32/3")))

    def test_machines_are_held_against_their_limits(self):
        def machine(ns, name, isa="v3"):
            size, spread, rest = name.split(" ")
            return counting("ns_per_vehicle_evaluation", f"machine/{size}/{spread}/{isa}/{rest}", ns)
        output = self.report(machine([9.0, 10.0, 12.0], "10x30 one 16384/threads:1"),
                             machine([11.0, 12.1, 14.0], "10x30 mixed 16384/threads:1"),
                             machine([2.0], "3x5 mixed 16384/threads:1", "v4"),
                             machine([9000.0], "10x30 mixed 1000000/threads:2"))
        title = "State machines, states x transitions"
        self.assertEqual(self.cells(output, title, "10x30, one, 16,384"),
                         {"v4": "", "v3": "9.00 (10.00)", "limit": "12 (v3): within"})
        self.assertIn("BEYOND", self.cells(output, title, "10x30, mixed, 16,384")["limit"])
        self.assertEqual(self.cells(output, title, "3x5, mixed, 16,384"),
                         {"v4": "2.00 (2.00)", "v3": "", "limit": ""})
        self.assertIsNone(self.cells(output, title, "10x30, mixed, 1,000,000"))
        self.assertEqual(self.cells(output, "State machines, mixed states", "10x30, 16,384 vehicles"),
                         {"v3": "1.21, BEYOND 1.2"})
        self.assertEqual(self.cells(output, "State machines on several threads",
                                    "10x30, mixed, 1,000,000, 2 threads"),
                         {"v3": "9.00 (9.00)", "limit": "10 (v3): within"})

    def test_ships_are_held_against_their_limits(self):
        output = self.report(
            counting("ns_per_vehicle_tick", "ships/v3/4096/threads:1", [380.0, 390.0, 500.0]),
            counting("ns_per_vehicle_tick", "ships/v4/100000/threads:2", [300.0]),
            counting("ns_per_vehicle", "allocate/failed/v3", [240.0, 251.0, 260.0]),
            counting("ns_per_vehicle_tick", "bodies/dynamics/j2/v3/256", [25.0]),
            counting("ns_per_vehicle_tick", "drive/generic/16384", [99.0]))
        title = "Ships that fly by themselves"
        self.assertEqual(self.cells(output, title, "4,096, 1 thread"),
                         {"v4": "", "v3": "380.00 (390.00)", "limit": "400 (v3): within"})
        self.assertEqual(self.cells(output, title, "100,000, 2 threads")["v4"], "300.00 (300.00)")
        self.assertEqual(self.cells(output, "Allocation of thrust", "failed"),
                         {"v3": "240.00 (251.00)", "limit": "250 (v3): BEYOND"})
        parts = "Parts of a ship's tick"
        self.assertEqual(self.cells(output, parts, "bodies dynamics j2, 256")["v3"], "25.00 (25.00)")
        self.assertEqual(self.cells(output, parts, "drive, 16,384")["generic"], "99.00 (99.00)")

    def test_quality_and_assignment_are_shown_per_observer(self):
        output = self.report(counting("ns_per_observer", "quality/v3/16", [300.0]),
                             counting("ns_per_observer", "assign/exact/16/2", [90.0]),
                             counting("ns_per_observer", "assign/nearest/16/2", [80.0]),
                             counting("ns_per_observer", "assign/exact/dense/64", [9000.0]))
        self.assertEqual(self.cells(output, QUALITY, "16"), {"v3": "300.00 (300.00)"})
        self.assertEqual(self.cells(output, ASSIGN, "16 x 16, 2 close"),
                         {"nearest": "80.00 (80.00)", "exact": "90.00 (90.00)"})
        self.assertEqual(self.cells(output, ASSIGN, "64 x 64, all candidates"),
                         {"nearest": "", "exact": "9000.00 (9000.00)"})
        self.assertNotIn("Other benchmarks", output)

    def test_what_was_not_measured_has_no_table(self):
        output = self.report(kernel())
        for title in (TRACK, STEPS, PUBLISH, GUARDS, QUALITY, ASSIGN):
            self.assertNotIn(title, output)


if __name__ == "__main__":
    unittest.main()
