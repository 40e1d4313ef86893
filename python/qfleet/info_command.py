# SPDX-License-Identifier: Apache-2.0
"""`python -m qfleet info RESULT...`: prints what is in results."""
from __future__ import annotations

import argparse
import sys
import warnings

from .errors import IncompleteResultWarning, ResultError
from .opening import open as open_result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what the command takes."""
    parser.add_argument("results", nargs="+", metavar="RESULT",
                        help="a result file, or the directory of a sweep")


def main(options: argparse.Namespace) -> int:
    """Prints what is in each result, or why it cannot be read."""
    code = 0
    for path in options.results:
        try:
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always", IncompleteResultWarning)
                result = open_result(path)
            for warning in told:
                print(f"qfleet info: {warning.message}", file=sys.stderr)
            with result:
                print(result)
        except ResultError as error:
            print(f"qfleet info: {error}", file=sys.stderr)
            code = 3
    return code
