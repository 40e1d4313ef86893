# SPDX-License-Identifier: Apache-2.0
"""Markdown tables and what stands in their cells, for report.py and the modules of its tables."""

import statistics

ISAS = ("v4", "v3", "generic")
LIMIT_ISA = "v3"  # that limits are for, unless a table says otherwise


def table(title, corner, rows, columns, cell):
    """prints what there is; a row or column without any number is left out"""
    cells = {(r, c): cell(r, c) for r in rows for c in columns}
    rows = [r for r in rows if any(cells[r, c] for c in columns)]
    columns = [c for c in columns if any(cells[r, c] for r in rows)]
    if not rows:
        return
    lines = [[corner, *map(str, columns)]]
    lines += [[str(r), *(cells[r, c] or "" for c in columns)] for r in rows]
    widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
    lines.insert(1, ["-" * width for width in widths])
    print(f"\n{title}:\n")
    for line in lines:
        print("| " + " | ".join(text.ljust(width) for text, width in zip(line, widths)) + " |")


def against(values, limit):
    """the limit's cell; empty where nothing was measured"""
    return f"{limit} ({LIMIT_ISA}): {verdict(statistics.median(values) <= limit)}" if values else ""


def table_by_set(title, corner, rows, values_of, limit_of):
    """values_of(row, ISA) are what was measured; limit_of(row) is None where there is no limit"""
    def cell(row, column):
        if column != "limit":
            return shown(values_of(row, column))
        limit = limit_of(row)
        return "" if limit is None else against(values_of(row, LIMIT_ISA), limit)

    table(title, corner, rows, [*ISAS, "limit"], cell)


def unique(items):
    return list(dict.fromkeys(items))


def shown(values):
    return f"{min(values):.2f} ({statistics.median(values):.2f})" if values else ""


def count(number):
    return f"{int(number):,}"


def verdict(is_within):
    return "within" if is_within else "BEYOND"
