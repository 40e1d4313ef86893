# SPDX-License-Identifier: Apache-2.0
"""The result of a sweep."""
from __future__ import annotations

from .runs import Result, _table


class Sweep(Result):
    """The result of `qfleet sweep`: a directory, its master file or one of its shards."""

    cases = _table("sweep", "Each case: parameters, metrics, outcome.")
    sweep = _table("sweep", "The same as `cases`.")
    statistics = _table("statistics", "Each metric: mean, quantiles, shares, with intervals.")
    requirements = _table("requirements", "Each requirement with its verdict.")
    sensitivity = _table("sensitivity", "What each parameter does to each metric.")
    choices = _table("choices", "How often each value of a choice came out.")

    @property
    def n_cases(self) -> int:
        """How many cases the file has."""
        return len(self.cases)
