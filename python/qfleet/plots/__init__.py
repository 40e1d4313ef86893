# SPDX-License-Identifier: Apache-2.0
"""Pictures of results, with matplotlib.

`run`, `radar`, `tracks`, `docking` and `sweep` draw whole figures and return them;
`python -m qfleet plot` draws the same into files. The others draw one thing into the axes given, or
into those of a new figure, and return the axes.

    import qfleet.plots
    run = qfleet.open("patrol.h5")
    figure = qfleet.plots.run(run, changes=["soc_pct"])
    qfleet.plots.save(figure, "patrol.svg")
"""

from .approaches import Campaign, approaches, docking, histogram
from .cases import metric, requirements, sensitivity, sweep
from .detections import radar, scope
from .fleet import events, fan, plan, run
from .look import (
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    RED,
    SKY,
    YELLOW,
    PlotError,
    label,
    save,
    style,
    units,
    use_style,
)
from .tracking import believed, gospa, track_plan, tracks

__all__ = [
    "BLUE",
    "COLOURS",
    "GREEN",
    "GREY",
    "ORANGE",
    "PINK",
    "RED",
    "SKY",
    "YELLOW",
    "Campaign",
    "PlotError",
    "approaches",
    "believed",
    "docking",
    "events",
    "fan",
    "gospa",
    "histogram",
    "label",
    "metric",
    "plan",
    "radar",
    "requirements",
    "run",
    "save",
    "scope",
    "sensitivity",
    "style",
    "sweep",
    "track_plan",
    "tracks",
    "units",
    "use_style",
]
