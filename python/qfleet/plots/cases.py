# SPDX-License-Identifier: Apache-2.0
"""A sweep: what came out, how it spreads, and what decides it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .approaches import histogram
from .look import BLUE, GREY, ORANGE, PALE, RED, PlotError, axes_of, new_figure, style, units

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .. import Sweep

METRICS_DRAWN = 4
ARROW_AT = 1.1  # distance from its limit that stands for an infinite one; finite ones are within 1
VERDICT_COLOURS = {"met": BLUE, "not_met": RED, "undecided": ORANGE}
# what is drawn of a metric's sensitivities, the first that the sweep has: by its sampling
MEASURES = (
    ("total", "share of the variance, total effect (Sobol')"),
    ("mu_star", "mean size of elementary effects (Morris)"),
    ("rank_correlation", "Spearman's rank correlation"),
)


def _number_metrics(sweep: Sweep) -> list[str]:
    """metrics whose values are numbers, which do not all agree"""
    kind, spread = sweep.statistics["kind"], sweep.statistics["sd"][:]
    names, is_number = sweep.statistics["name"][:], kind.decoded[:] == "number"
    return [str(name) for name, number, sd in zip(names, is_number, spread) if number and sd > 0]


def _column_of(sweep: Sweep, name: str) -> str:
    """of a metric: one that is called like something else of the table has another name there"""
    return name if f"metric_{name}" not in sweep.cases else f"metric_{name}"


def _shown(sweep: Sweep, name: str) -> str:
    """of a metric: what a requirement without one made has the requirement's own name, if any"""
    if "requirements" in sweep.tables and name.startswith("requirement "):
        about = np.flatnonzero(sweep.requirements["metric"][:] == name)
        if about.size:
            own = str(sweep.requirements["name"][int(about[0])])
            return name if own == str(sweep.requirements["text"][int(about[0])]) else own
    return name


def _truths(sweep: Sweep) -> list[str]:
    names, kinds = sweep.statistics["name"][:], sweep.statistics["kind"].decoded[:]
    return [str(name) for name, kind in zip(names, kinds) if kind == "truth"]


def _share(sweep: Sweep, name: str, axes: Axes | None) -> Axes:
    """of a truth: in how many cases it holds, with the exact interval"""
    row = sweep.statistics_of(name)
    n, n_true = row["n"] or 0, row["n_true"] or 0
    if n == 0:
        raise PlotError(f"{sweep.path}: metric '{name}' has no values")
    low, high = (100 * row[f"exact_{end}"] for end in ("low", "high"))
    shown = _shown(sweep, name)
    with style():
        axes = axes_of(axes, (4.5, 1.4))
        axes.barh([0], [100 * n_true / n], color=BLUE, height=0.5)
        axes.hlines([0], low, high, color="black", linewidth=1.6)
        axes.set(xlim=(0, 102), ylim=(-0.6, 0.6), yticks=[], xlabel=f"{shown}, % of cases")
        text = f"{n_true:,} of {n:,} cases"
        if np.isfinite(low):
            text += f", {low:.4g} to {high:.4g} % (exact interval)"
        text += f"; {row['n_without']:,} without a value" * bool(row["n_without"])
        axes.set_title(text, fontsize="small")
        axes.grid(False, axis="y")
    return axes


def metric(sweep: Sweep, name: str, axes: Axes | None = None) -> Axes:
    """Draws how a metric is distributed over the cases, with its median and 95 % quantile.

    Of a truth, the share of cases in which it holds, with its interval. The name of a requirement
    stands for the metric that it is about.
    """
    name = sweep._meant(name)
    metrics = [str(known) for known in sweep.statistics["name"][:]]
    if name not in metrics:
        raise PlotError(f"{sweep.path}: no metric '{name}', there are {', '.join(metrics)}")
    kind = sweep.statistics["kind"].decoded[metrics.index(name)]
    if kind == "truth":
        return _share(sweep, name, axes)
    column = sweep.cases[_column_of(sweep, name)]
    if kind != "number":
        raise PlotError(f"{sweep.path}: metric '{name}' is neither a number nor a truth")
    return histogram(column[:], name, axes, what="cases", unit=units(column))


def _why_none(sweep: Sweep, name: str) -> str:
    """of a metric without sensitivities: why there are none"""
    row = sweep.statistics_of(name)
    n = row["n"] or 0
    if n == 0:
        return "no case has a value"
    if row["kind"] == "choice":
        return "its values are names"
    if row["n_true"] in (0, n) if row["kind"] == "truth" else row["sd"] == 0.0:
        return "it is the same in all cases" + " that have a value" * bool(row["n_without"])
    return "too few cases have a value"


def sensitivity(sweep: Sweep, name: str, axes: Axes | None = None) -> Axes:
    """Draws what a metric depends on: a bar for each parameter, with its interval.

    Where nothing is known of any, why: the metric is the same in all cases, say.
    """
    name = sweep._meant(name)
    metrics = [str(known) for known in sweep.sensitivity["metric_name"][:]]
    if name not in metrics:
        raise PlotError(f"{sweep.path}: no sensitivities of '{name}', but of {', '.join(metrics)}")
    row = metrics.index(name)
    found = [measure for measure in MEASURES if measure[0] in sweep.sensitivity]
    if not found:
        raise PlotError(
            f"{sweep.path}: /sensitivity has none of {', '.join(m for m, _ in MEASURES)}"
        )
    measure, text = found[0]
    parameters = [str(known) for known in sweep.sensitivity["parameter_name"][:]]
    values = sweep.sensitivity[measure][row]
    if not np.isfinite(values).any():
        with style():
            axes = axes_of(axes, (4.5, 1.4))
            axes.text(0.5, 0.5, _why_none(sweep, name), color=GREY, ha="center", va="center",
                      transform=axes.transAxes)
            axes.set(xticks=[], yticks=[], title=f"what {_shown(sweep, name)} depends on")
            axes.spines[:].set_visible(False)
        return axes
    if measure == "mu_star":
        column = sweep.cases[_column_of(sweep, name)]
        text += f", {units(column)}" * bool(units(column))
    order = np.argsort(np.abs(np.nan_to_num(values)))
    with style():
        axes = axes_of(axes, (4.5, 0.35 * len(parameters) + 1.0))
        axes.barh(range(len(order)), values[order], color=BLUE, height=0.6)
        if f"{measure}_low" in sweep.sensitivity:
            low, high = (
                sweep.sensitivity[f"{measure}_{end}"][row][order] for end in ("low", "high")
            )
            axes.hlines(range(len(order)), low, high, color="black", linewidth=1.2)
        axes.axvline(0.0, color=GREY, linewidth=0.8)
        axes.set_yticks(range(len(order)), [parameters[p] for p in order])
        axes.grid(False, axis="y")
        # correlations of chance alone are to look as small as they are; labels have room
        if measure == "rank_correlation":
            axes.set(xlim=(-1.02, 1.02), xticks=(-1, -0.5, 0, 0.5, 1))
        else:
            axes.locator_params(axis="x", nbins=6)
        axes.set(xlabel=text, title=f"what {_shown(sweep, name)} depends on")
    return axes


def requirements(sweep: Sweep, axes: Axes | None = None) -> Axes:
    """Draws each requirement: where estimate and bound are of its limit, and the verdict."""
    table = sweep.requirements
    texts = [str(text) for text in table["text"][:]]
    limit, estimate, bound = (table[name][:] for name in ("limit", "estimate", "bound"))
    verdicts, at_least = table["verdict"].decoded[:], table["at_least"][:] != 0
    with_arrow = False
    with style():
        axes = axes_of(axes, (9.0, 0.4 * len(texts) + 0.8))
        for row, text in enumerate(texts):
            better = 1.0 if at_least[row] else -1.0
            # the limit is 0 and what is better is right of it, in units of what is farther from it
            distances = better * (np.array([bound[row], estimate[row]]) - limit[row])
            # among cases without a value a bound can be infinite: an arrow, no part of the scale
            infinite = np.isinf(distances)
            far = np.abs(distances[np.isfinite(distances)]).max(initial=0.0) or 1.0
            ends = np.clip(distances / far, -ARROW_AT, ARROW_AT)
            markers = np.where(infinite, np.where(distances > 0, ">", "<"), ("|", "o"))
            with_arrow = with_arrow or bool(infinite.any())
            colour = VERDICT_COLOURS.get(verdicts[row], GREY)
            axes.plot(ends, [-row, -row], color=colour, linewidth=2.0)
            axes.plot(ends[1], -row, markers[1], color=colour)
            axes.plot(ends[0], -row, markers[0], color=colour, markersize=10, markeredgewidth=2.0)
            axes.annotate(
                f"{verdicts[row].replace('_', ' ')}: {estimate[row]:.4g}",
                (1.0, -row),
                xycoords=("axes fraction", "data"),
                xytext=(6, 0),
                color=colour,
                textcoords="offset points",
                va="center",
                fontweight="bold",
            )
            axes.annotate(
                text,
                (0.0, -row),
                xycoords=("axes fraction", "data"),
                xytext=(0, 5),
                textcoords="offset points",
            )
        axes.axvline(0.0, color="black", linewidth=1.0)
        axes.axvspan(-1.15, 0.0, color=PALE, alpha=0.25, linewidth=0)
        axes.set_yticks([-row for row in range(len(texts))], [""] * len(texts))
        axes.tick_params(axis="y", length=0)
        axes.set(
            xlim=(-1.15, 1.15), ylim=(0.6 - len(texts), 0.8), xticks=[0.0], xticklabels=["limit"]
        )
        axes.set_title(
            "requirements: kept right of the limit; dot: estimate, bar: bound that decides"
            + "; arrow: infinite" * with_arrow
        )
        axes.grid(False, axis="x")
    return axes


def _sampling(sweep: Sweep) -> str:
    """of a sweep whose cases are no random sample: bars tell of its points alone"""
    sampling = str(sweep.attrs.get("sampling", ""))
    return "" if sampling in ("", "random", "lhs", "sobol") else f", sampling {sampling}"


def sweep(sweep: Sweep, *, metrics: Sequence[str] | None = None) -> Figure:
    """Draws a sweep: verdicts, the distribution of each metric, and what it depends on.

    Without `metrics`, the first four of those that are numbers and are not the same in all cases,
    and the first four truths; the title says how many there are, and how cases were sampled where
    they are no random sample.
    """
    known = _number_metrics(sweep)
    truths = _truths(sweep)
    drawn = [sweep._meant(name) for name in metrics] if metrics is not None else (
        known[:METRICS_DRAWN] + truths[:METRICS_DRAWN]
    )
    n_known = len(known) + len(truths)
    with_verdicts = "requirements" in sweep.tables and len(sweep.requirements) > 0
    with_parameters = "sensitivity" in sweep.tables and len(sweep.sensitivity["parameter_name"]) > 0
    if not drawn and not with_verdicts:
        raise PlotError(
            f"{sweep.path}: no metric is a number that differs between cases, and nothing "
            "is required"
        )
    verdicts_in = 0.38 * len(sweep.requirements) + 0.7 if with_verdicts else 0.0
    analysed = sweep.sensitivity["metric_name"][:] if with_parameters else ()
    # a share is one bar, what it depends on as many as there are parameters
    truth_in = max(1.2, 0.22 * len(sweep.sensitivity["parameter_name"]) + 0.7) \
        if with_parameters else 1.2
    heights = [verdicts_in] * with_verdicts
    heights += [truth_in if name in truths else 2.2 for name in drawn]
    left_out = (
        ""
        if metrics is not None or n_known == len(drawn)
        else f", {len(drawn)} of {n_known} metrics"
    )
    with style():
        figure = new_figure(9.5, sum(heights) + 0.4)
        figure.suptitle(
            f"{sweep.title}: {sweep.n_cases:,} cases{_sampling(sweep)}{left_out}",
            fontsize=12,
            fontweight="bold",
            x=0.01,
            ha="left",
        )
        grid = figure.add_gridspec(len(heights), 1 + with_parameters, height_ratios=heights)
        if with_verdicts:
            requirements(sweep, figure.add_subplot(grid[0, :]))
        for row, name in enumerate(drawn, start=int(with_verdicts)):
            metric(sweep, name, figure.add_subplot(grid[row, 0]))
            # a metric that has no sensitivities has none to draw; numbers always do
            if with_parameters and (name not in truths or name in analysed):
                sensitivity(sweep, name, figure.add_subplot(grid[row, 1]))
    return figure
