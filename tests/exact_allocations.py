#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/exact_allocations.txt: what test_allocator.c is compared with.

    exact_allocations.py configs/hardware/thrusters.json tests/exact_allocations.txt

1,000 wrenches at random, and for each of them with none, one and two thrusters at random that give nothing the exact
answer: the wrench nearest to it that thrusters can give, by bounded least squares (scipy.optimize.lsq_linear, bvls), and
the least propellant that gives that, by linear programming (scipy.optimize.linprog, HiGHS). Forces count in parts of
the most that the thrusters give along one body axis, torques likewise. Needs numpy and scipy (1.10.1 made the file).

Lines: `thruster px py pz fx fy fz`; `wanted` and six numbers; then three of `given`: thrusters that give nothing as a
word of bits, the sum of the thrusts in N, six numbers. N, N m, m.
"""
import json
import sys

import numpy
from scipy.optimize import linprog, lsq_linear

CASES = 1000
SEED = 20260


def exact(columns, cost, works, wanted):
    columns, cost = columns[:, works], cost[works]
    nearest = columns @ lsq_linear(columns, wanted, bounds=(0, 1), method="bvls", tol=1e-14).x
    if numpy.linalg.norm(nearest - wanted) < 1e-9:
        nearest = wanted
    program = linprog(cost, A_eq=columns, b_eq=nearest, bounds=(0, 1), method="highs")
    if program.status != 0:  # the nearest wrench is on the boundary but for rounding
        program = linprog(
            cost,
            A_ub=numpy.vstack([columns, -columns]),
            b_ub=numpy.concatenate([nearest, -nearest]) + 1e-9,
            bounds=(0, 1),
            method="highs",
        )
    assert program.status == 0, program.message
    return nearest, program.fun


def draw(random, case):
    """Small ones, some with zeros, and ones of about the size that thrusters can give."""
    wanted = random.normal(size=6)
    wanted /= numpy.linalg.norm(wanted)
    if case % 4 == 3:
        kept = random.random(6) < 0.5
        kept[random.integers(6)] = True
        wanted *= kept
    return wanted * (random.uniform(0.2, 3) if case % 4 == 2 else 10 ** random.uniform(-3, 0.5))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        thrusters = json.load(file)
    position = numpy.array([t["position_m"] for t in thrusters])
    force = numpy.array([numpy.array(t["direction"]) * t["f_max_newton"] for t in thrusters])
    wrench = numpy.hstack([force, numpy.cross(position, force)])
    sums = [numpy.maximum(sign * wrench, 0).sum(axis=0) for sign in (1, -1)]
    most = numpy.maximum(*sums)
    unit = numpy.array([most[:3].max()] * 3 + [most[3:].max()] * 3)
    cost = numpy.linalg.norm(force, axis=1)
    random = numpy.random.default_rng(SEED)

    def words(numbers):
        return " ".join(f"{x:.9g}" for x in numbers)

    with open(sys.argv[2], "w", encoding="utf-8") as out:
        for p, f in zip(position, force):
            out.write(f"thruster {words(p)} {words(f)}\n")
        for case in range(CASES):
            wanted = draw(random, case)
            out.write(f"wanted {words(wanted * unit)}\n")
            for failed in range(3):
                works = numpy.ones(len(thrusters), dtype=bool)
                works[random.choice(len(thrusters), failed, replace=False)] = False
                nearest, used = exact(wrench.T / unit[:, None], cost, works, wanted)
                bits = sum(1 << int(t) for t in numpy.flatnonzero(~works))
                out.write(f"given {bits} {used:.9g} {words(nearest * unit)}\n")


main()
