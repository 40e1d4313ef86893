#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/fleet/sobol_numbers.inc: where Sobol's sequence begins in each dimension.

    sobol_numbers.py new-joe-kuo-6.21201 src/fleet/sobol_numbers.inc

The file of Joe and Kuo (https://web.maths.unsw.edu.au/~fkuo/sobol/) has lines `d s a m_1 ... m_s` from dimension 2
on. scipy's copy of it, scipy/stats/_sobol_direction_numbers.npz, is taken as well (needs numpy; scipy 1.17.1 made the
file that is here).
"""
import sys

DIMENSIONS = 256


def from_text(path):
    rows = [(1, [1])]
    with open(path, encoding="ascii") as lines:
        next(lines)
        for line in lines:
            _, degree, inner, *numbers = map(int, line.split())
            rows.append((1 << degree | inner << 1 | 1, numbers))
    return rows


def from_scipy(path):
    import numpy

    data = numpy.load(path)
    return [(int(polynomial), [int(m) for m in numbers[:max(1, int(polynomial).bit_length() - 1)]])
            for polynomial, numbers in zip(data["poly"][:DIMENSIONS], data["vinit"][:DIMENSIONS])]


def main(source, target):
    rows = from_scipy(source) if source.endswith(".npz") else from_text(source)
    with open(target, "w", encoding="ascii") as out:
        out.write("/* SPDX-License-Identifier: Apache-2.0 */\n"
                  "/* By scripts/sobol_numbers.py from new-joe-kuo-6.21201 of S. Joe and F. Y. Kuo (2008, 2010):\n"
                  "   primitive polynomial and first direction numbers of each dimension. */\n")
        for polynomial, numbers in rows[:DIMENSIONS]:
            out.write("{%d, {%s}},\n" % (polynomial, ", ".join(map(str, numbers))))


main(*sys.argv[1:])
