# SPDX-License-Identifier: Apache-2.0
"""The result of a sweep."""
from __future__ import annotations

import difflib
import os
from typing import Any

import numpy as np

from .columns import Column
from .errors import ResultError, SelectionError
from .results import Result, TableOf
from .runs import Run, html_of_facts


class Sweep(Result):
    """The result of `qfleet sweep`: a directory, its master file or one of its shards."""

    cases = TableOf("sweep", "Each case: parameters, metrics, outcome.")
    sweep = TableOf("sweep", "The same as `cases`.")
    statistics = TableOf("statistics", "Each metric: mean, quantiles, shares, with intervals.")
    requirements = TableOf("requirements", "Each requirement with its verdict.")
    sensitivity = TableOf("sensitivity", "What each parameter does to each metric.")
    choices = TableOf("choices", "How often each value of a choice came out.")

    def _why_missing(self, name: str) -> str:
        if name in ("statistics", "requirements", "sensitivity", "choices"):
            if not self.is_master:
                return f"has no {name}: it is a shard alone; open the sweep's directory"
            return f"has no {name}: the sweep has none"
        return super()._why_missing(name)

    @property
    def is_master(self) -> bool:
        """Whether it tells of all cases, and has statistics and verdicts."""
        return bool(self.attrs["content"] == "sweep")

    @property
    def directory(self) -> str:
        """Where the sweep is."""
        return os.path.dirname(self.path) or "."

    @property
    def status(self) -> str:
        """`complete`, or `part`: a shard alone."""
        return str(self.attrs.get("status", "part"))

    @property
    def n_cases(self) -> int:
        """How many cases it has, those that were not run among them."""
        return len(self.cases)

    def _between(self, first: str, last: str) -> dict[str, str]:
        columns = self.cases.columns
        names = columns[columns.index(first) + 1:columns.index(last)]
        return {name: self.cases[name].units for name in names}

    @property
    def parameters(self) -> dict[str, str]:
        """The columns of `cases` that are parameters, with their units."""
        return self._between("case", "status")

    @property
    def metrics(self) -> dict[str, str]:
        """The columns of `cases` that are metrics, with their units."""
        return self._between("hash", "cause")

    @property
    def outcomes(self) -> dict[str, int]:
        """How many cases ended how: `ok`, `quarantined`, `failed`, `timed_out`, `not_run`."""
        status = self.cases["status"]
        counts = np.bincount(status[...], minlength=1 + max(status.names))
        return {name: int(counts[code]) for code, name in status.names.items()}

    def metric_of(self, name: str) -> str:
        """The metric of that name, or that a requirement of that name is about.

        Raises ResultError where there is none.
        """
        metric = self._meant(name)
        names = list(self.statistics["name"][...] if self.is_master else self.metrics)
        if metric not in names:
            raise ResultError(self._no_metric(name, names))
        return metric

    def _meant(self, name: str) -> str:
        if "requirements" not in self.tables or name in self.statistics["name"][...]:
            return name
        of = np.flatnonzero(self.requirements["name"][...] == name)
        return str(self.requirements["metric"][int(of[0])]) if len(of) else name

    def statistics_of(self, metric: str) -> dict[str, Any]:
        """A metric's row of `statistics`; of quantiles, dictionaries by level.

        The name of a requirement stands for the metric that it is about.

        Counts and cases that are missing are None, other numbers NaN.
        """
        table = self.statistics
        metric = self._meant(metric)
        names = list(table["name"][...])
        if metric not in names:
            raise ResultError(self._no_metric(metric, names))
        row = names.index(metric)
        levels = [float(level) for level in table["level"][...]]
        found: dict[str, Any] = {}
        for name in table.columns:
            column = table[name]
            if "level" not in column.dims:
                value = column.decoded[row]
                if column.has_missing:
                    found[name] = None if np.isnan(value) else int(value)
                else:
                    found[name] = value.item() if isinstance(value, np.generic) else value
            elif column.ndim > 1:
                found[name] = dict(zip(levels, column[row].tolist()))
        return found

    def _no_metric(self, name: str, names: list[str]) -> str:
        near = difflib.get_close_matches(str(name), names, 1)
        return (f"{self.path}: has no metric '{name}'"
                + (f" (did you mean '{near[0]}'?)" if near else f", but {', '.join(names)}"))

    def worst(self, n: int = 1, by: str | None = None) -> list[int]:
        """The n cases that are worst by a metric (None: `success`), worst first.

        The name of a requirement stands for the metric that it is about.
        The order is that of `qfleet replay --worst`: those without a value, then those on a
        requirement's wrong side; of a truth none that are as they should be.
        """
        n = self._whole(n, "the number of worst cases")
        if n < 1:
            raise SelectionError(f"{self.path}: {n} worst cases cannot be told; ask for 1 or more")
        metric = by if by is not None else "success"
        if not self.is_master:
            raise ResultError(f"{self.path}: is a shard alone, which knows no requirements; open "
                              "the sweep's directory")
        metric = self._meant(metric)
        # a metric that is called like another column has a longer name among the columns
        names = list(self.statistics["name"][...])
        if metric in self.metrics:
            column = self.cases[metric]
        elif metric in names:
            column = self.cases[list(self.metrics)[names.index(metric)]]
        else:
            raise ResultError(self._no_metric(metric, names))
        values = np.asarray(column.raw[...] if column.names else column[...], dtype=np.float64)
        if column.names:
            values[values < 0] = np.nan
        large_is_good = self._large_is_good(metric, column)
        badness = np.where(np.isnan(values), np.inf, -values if large_is_good else values)
        status = self.cases["status"].decoded[...]
        ran = (status != "not_run") & (status != "failed")
        if _is_truth(column):
            ran &= badness != (-1 if large_is_good else 0)
        numbers = np.flatnonzero(ran)
        order = np.argsort(-badness[numbers], kind="stable")
        return [int(k) for k in self.cases["case"][...][numbers[order]][:n]]

    def _large_is_good(self, metric: str, column: Column) -> bool:
        if "requirements" in self.tables:
            of = np.flatnonzero(self.requirements["metric"][...] == metric)
            if len(of):
                return bool(self.requirements["at_least"][int(of[0])])
        return _is_truth(column)

    def replay(self, case: int, output: str | os.PathLike[str] | None = None,
               **options: Any) -> Run:
        """Runs one case again by itself, with everything recorded after every tick.

        `output` None: into a temporary file that goes when the run is closed. Options are those of
        `qfleet replay`: `threads=2`, `vehicle="chaser-0"`. Raises ProgramError.
        """
        from . import program
        return program.replay(self.directory, case, output, **options)

    def _facts(self) -> list[tuple[str, str]]:
        outcomes = ", ".join(f"{name} {n:,}" for name, n in self.outcomes.items() if n)
        facts = [("sweep", f"{self.title}, seed {self.seed}"),
                 ("cases", f"{self.n_cases:,}: {outcomes}"),
                 ("parameters", _with_units(self.parameters)),
                 ("metrics", _with_units(self.metrics))]
        if "requirements" in self.tables:
            verdicts = self.requirements["verdict"].decoded[...]
            for verdict, text in zip(verdicts, self.requirements["text"][...]):
                facts.append((verdict.replace("_", " "), text))
        return facts

    def __repr__(self) -> str:
        if not self._file:
            return f"<qfleet.Sweep {self.path}, closed>"
        lines = [f"  {label:12} {text}" for label, text in self._facts()]
        return "\n".join([f"<qfleet.Sweep {self.path}>", *lines])

    def _repr_html_(self) -> str:
        return html_of_facts(f"sweep {self.path}", self._facts() if self._file else [])


def _is_truth(column: Column) -> bool:
    return not column.names and column.raw[0:0].dtype == np.uint8


def _with_units(names: dict[str, str]) -> str:
    return ", ".join(name if unit in ("", "1") else f"{name} ({unit})"
                     for name, unit in names.items()) or "none"
