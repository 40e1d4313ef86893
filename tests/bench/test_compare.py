#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/bench.sh --compare, on files with made-up numbers."""

import json
import unittest

from made_up_results import BenchTest, benchmark, counting, without

CALM = [100.0, 101.0, 100.5, 100.2, 102.0]


def times(factor, values=None):
    return [factor * value for value in values or CALM]


class Compare(BenchTest):
    def compare(self, old, new, *options, code, **context):
        """of benchmarks, whose files are written first; returns what is printed"""
        done = self.bench("--compare", self.write("old.json", *old),
                          self.write("new.json", *new, **context), *options)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def line(self, output, name):
        found = [line for line in output.splitlines() if line.startswith(name)]
        self.assertEqual(len(found), 1, output)
        return found[0]

    def test_slower_beyond_the_threshold_is_1_and_comes_first(self):
        output = self.compare(
            [benchmark(f"kernel/{name}", CALM) for name in "abc"],
            [benchmark("kernel/a", CALM), benchmark("kernel/b", times(1.10)),
             benchmark("kernel/c", times(1.50))], code=1)
        self.assertRegex(self.line(output, "kernel/c"), r" 1\.500 .* slower$")
        self.assertRegex(self.line(output, "kernel/b"), r" 1\.100 .* slower$")
        self.assertRegex(self.line(output, "kernel/a"), r" 1\.000 .* same$")
        self.assertLess(output.index("kernel/c"), output.index("kernel/b"))
        self.assertLess(output.index("kernel/b"), output.index("kernel/a"))
        self.assertIn("2 slower, 0 faster, 0 lost in noise", output)

    def test_faster_is_0(self):
        output = self.compare([benchmark("kernel/a", CALM)], [benchmark("kernel/a", times(0.8))],
                              code=0)
        self.assertRegex(self.line(output, "kernel/a"), r" 0\.800 .* faster$")

    def test_a_difference_within_the_threshold_is_0(self):
        self.compare([benchmark("kernel/a", CALM)], [benchmark("kernel/a", times(1.04))], code=0)

    def test_the_threshold_is_what_is_asked_for(self):
        old, new = [benchmark("kernel/a", CALM)], [benchmark("kernel/a", times(1.04))]
        self.compare(old, new, "--threshold", "3", code=1)
        new = [benchmark("kernel/a", times(1.10))]
        self.compare(old, new, "--threshold", "20", code=0)

    def test_a_disturbed_run_with_the_same_best_is_noise(self):
        output = self.compare([benchmark("kernel/a", CALM)],
                              [benchmark("kernel/a", [100.1, 150.0, 140.0, 130.0, 160.0])], code=0)
        self.assertRegex(self.line(output, "kernel/a"), r" noise$")

    def test_differences_within_a_wide_spread_are_noise(self):
        output = self.compare([benchmark("kernel/a", [100.0, 120.0, 140.0, 160.0, 180.0])],
                              [benchmark("kernel/a", [110.0, 135.0, 155.0, 170.0, 190.0])], code=0)
        self.assertRegex(self.line(output, "kernel/a"), r" noise$")

    def test_one_disturbed_repetition_does_not_hide_a_slowdown(self):
        self.compare([benchmark("kernel/a", [*CALM[:4], 500.0])],
                     [benchmark("kernel/a", times(1.2))], code=1)

    def test_repetitions_without_the_processor_do_not_count(self):
        taken = [0.5, 0.5, 1.0, 1.0, 1.0]
        old = [benchmark("kernel/a", CALM)]
        self.compare(old, [benchmark("kernel/a", [50.0, 50.0, 120.0, 121.0, 122.0], busy=taken)],
                     code=1)
        output = self.compare(
            [*old, benchmark("kernel/b", CALM)],
            [benchmark("kernel/a", CALM), benchmark("kernel/b", times(1.5), busy=[0.5, *taken[:4]])],
            code=0)
        self.assertRegex(self.line(output, "kernel/b"), r"too few undisturbed repetitions$")

    def test_too_few_repetitions_decide_nothing(self):
        output = self.compare(
            [benchmark("kernel/a", CALM), benchmark("kernel/b", [100.0, 100.0])],
            [benchmark("kernel/a", CALM), benchmark("kernel/b", [200.0, 200.0])], code=0)
        self.assertRegex(self.line(output, "kernel/b"), r"too few undisturbed repetitions$")
        self.compare([benchmark("kernel/b", [100.0])], [benchmark("kernel/b", [200.0])], code=2)

    def test_benchmarks_in_one_file_only_are_listed(self):
        output = self.compare(
            [benchmark("kernel/a", CALM), benchmark("kernel/gone", CALM)],
            [benchmark("kernel/a", CALM), benchmark("kernel/fresh", CALM)], code=0)
        self.assertIn("only in old:\n  kernel/gone\n", output)
        self.assertIn("only in new:\n  kernel/fresh\n", output)

    def test_nothing_in_common_is_2(self):
        output = self.compare([benchmark("kernel/a", CALM)], [benchmark("kernel/b", CALM)], code=2)
        self.assertIn("nothing to compare", output)

    def test_a_benchmark_that_fails_now_is_1(self):
        failed = [{"name": "kernel/b/real_time", "run_name": "kernel/b/real_time",
                   "run_type": "iteration", "error_occurred": True, "error_message": "no memory"}]
        output = self.compare([benchmark("kernel/a", CALM), benchmark("kernel/b", CALM)],
                              [benchmark("kernel/a", CALM), failed], code=1)
        self.assertIn("failed in new: kernel/b: no memory", output)

    def test_other_machine_and_build_are_said(self):
        output = self.compare([benchmark("kernel/a", CALM)], [benchmark("kernel/a", CALM)], code=0,
                              cpu_model="Other CPU", compiler="Clang 14", flags="-O2")
        for key in ("CPU: cpu_model was Some CPU, is Other CPU", "compiler: compiler was", "flags"):
            self.assertIn(f"WARNING, other {key}", output)
        self.assertNotIn("other", self.compare([benchmark("kernel/a", CALM)],
                                               [benchmark("kernel/a", CALM)], code=0))

    def test_load_is_shown_and_warned_of(self):
        output = self.compare([benchmark("kernel/a", CALM)], [benchmark("kernel/a", CALM)], code=0,
                              load_avg=[3.0, 1.0, 1.0])
        self.assertIn("load per processor before the run 1.50", output)
        self.assertIn("WARNING, new: the machine was busy before the run", output)
        self.assertNotIn("WARNING, old", output)

    def test_a_processor_taken_away_is_warned_of(self):
        output = self.compare([benchmark("kernel/a", CALM)],
                              [benchmark("kernel/a", CALM, busy=0.7)], code=2)
        self.assertIn("WARNING, new: other work took 30.0 % of the processor", output)

    def test_the_machine_is_not_judged_as_the_program(self):
        output = self.compare(
            [benchmark("kernel/a", CALM), benchmark("roofline/fma_f64/v3/256/threads:1", CALM)],
            [benchmark("kernel/a", CALM), benchmark("roofline/fma_f64/v3/256/threads:1", times(2))],
            code=0)
        self.assertIn("the machine itself, median over 1 limits: 2.000 times", output)
        self.assertIn("WARNING: the machine did not run alike", output)

    def test_without_a_time_of_its_own_an_iteration_counts(self):
        def plain(values):
            return without(benchmark("philox/a", values), "ns_per_vehicle_tick")
        self.compare([plain(CALM)], [plain(times(1.2))], code=1)
        output = self.compare([benchmark("kernel/a", CALM), plain(CALM)],
                              [benchmark("kernel/a", CALM), benchmark("philox/a", CALM)], code=0)
        self.assertIn("measured in another way:\n  philox/a\n", output)

    def test_what_radars_count_is_a_time(self):
        for counter, name in (("ns_per_pair", "radar/chain/v3"),
                              ("ns_per_vehicle", "neighbours/both/v3/1000000/32"),
                              ("ns_per_vehicle", "radar_frame/v3/100000/threads:2")):
            def runs(values, counter=counter, name=name):
                # the iteration alone would say the same of both
                return [dict(run, real_time=1.0, cpu_time=1.0, detections=16.0)
                        for run in counting(counter, name, values)]
            with self.subTest(name=name):
                output = self.compare([runs(CALM)], [runs(times(1.2))], code=1)
                self.assertRegex(self.line(output, name), r"1\.200 .*slower$")

    def test_unreadable_files_are_2(self):
        good = self.write("good.json", benchmark("kernel/a", CALM))
        for text in ("", "{", "[]", "3", "{}", '{"context": {}, "benchmarks": []}',
                     '{"context": {}, "benchmarks": [3]}', '{"context": 3, "benchmarks": []}',
                     json.dumps({"context": {}, "benchmarks": [{"name": "a"}]}), "\0\0"):
            bad = self.write_text("bad.json", text)
            for arguments in ((good, bad), (bad, good)):
                with self.subTest(text=text):
                    done = self.bench("--compare", *arguments)
                    self.assertEqual(done.returncode, 2, done.stdout)
                    self.assertIn("bad.json", done.stderr)
                    self.assertNotIn("Traceback", done.stderr)
        self.assertEqual(self.bench("--compare", good, self.folder + "/none").returncode, 2)

    def test_bad_arguments_are_2(self):
        good = self.write("good.json", benchmark("kernel/a", CALM))
        for arguments in ((), (good,), (good, good, good), (good, good, "--threshold", "x"),
                          (good, good, "--threshold", "-1"), (good, good, "--threshold", "nan")):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.bench("--compare", *arguments).returncode, 2)


if __name__ == "__main__":
    unittest.main()
