# SPDX-License-Identifier: Apache-2.0
"""What all pictures share: colours, type, units in words of people, and how a file is written."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ProgramError, QfleetError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .. import Column

# Okabe and Ito's colours, which stay apart for colour-blind readers
BLUE, ORANGE, GREEN, RED = "#0072b2", "#e69f00", "#009e73", "#d55e00"
PINK, SKY, YELLOW = "#cc79a7", "#56b4e9", "#f0e442"
GREY, PALE = "#555555", "#bbbbbb"
COLOURS = (BLUE, RED, GREEN, PINK, ORANGE, SKY, YELLOW)
SEVERITY_COLOURS = {"info": SKY, "warning": ORANGE, "critical": RED}
# matplotlib knows others that need programs which may not be there: .pgf needs LaTeX
ENDINGS = (".svg", ".png", ".pdf", ".eps")
WAYS_DPI = (
    150  # of ways, thousands of which would make an SVG megabytes: they are a picture within it
)

_SETTINGS = {
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "Helvetica"],
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "axes.labelsize": 9.0,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.fontsize": 8.5,
    "legend.framealpha": 0.9,
    "legend.edgecolor": "none",
    "svg.fonttype": "none",  # text stays text, which can be searched and read aloud
    "svg.hashsalt": "qfleet",  # the same result gives the same file
}
_UNITS = {
    "percent": "%",
    "degree_Celsius": "°C",
    "degree": "°",
    "1": "",
    "uSv": "µSv",
    "m2": "m²",
    "m s-1": "m/s",
    "radian": "rad",
    "radian s-1": "rad/s",
    "W h": "Wh",
    "N m": "Nm",
    "N m s": "Nms",
}


class PlotError(QfleetError, ValueError):
    """What was asked for does not fit the result: a vehicle or a group that it has not, say."""


def pyplot() -> Any:
    """matplotlib.pyplot, or the sentence that it is not installed"""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ProgramError(
            "pictures need matplotlib: pip install matplotlib, or './python[plots]'"
        ) from error
    return plt


def _settings() -> dict[str, Any]:
    import cycler

    return {**_SETTINGS, "axes.prop_cycle": cycler.cycler(color=COLOURS)}


@contextmanager
def style() -> Iterator[None]:
    """The look of pictures, for what is drawn within."""
    # not rc_context(), which also takes back what a notebook's backend sets when it draws first
    current, settings = pyplot().rcParams, _settings()
    before = {key: current[key] for key in settings}
    current.update(settings)
    try:
        yield
    finally:
        current.update(before)


def use_style() -> None:
    """The look of pictures, from now on: for notebooks whose own plots are to match."""
    pyplot().rcParams.update(_settings())


def units(column: Column) -> str:
    """of a column as people write them: `%` of `percent`; empty: none"""
    return _UNITS.get(column.units, column.units)


def label(column: Column, *, name: str | None = None) -> str:
    """of an axis: what it is, and its units"""
    unit = units(column)
    return f"{name or column.long_name}{', ' if unit else ''}{unit}"


def time_axis(duration_s: float) -> tuple[float, str]:
    """seconds in the unit that suits such a duration, and its label"""
    if duration_s >= 2 * 3600:
        return 3600.0, "time, h"
    return (60.0, "time, min") if duration_s > 180 else (1.0, "time, s")


def length_axis(extent_m: float) -> tuple[float, str]:
    """metres in the unit that suits such an extent, and its name"""
    return (1e3, "km") if extent_m > 3000 else (1.0, "m")


def axes_of(axes: Axes | None, figsize: tuple[float, float], **settings: Any) -> Axes:
    """the axes given, or those of a new figure"""
    return axes if axes is not None else pyplot().subplots(figsize=figsize, **settings)[1]


def new_figure(wide_in: float, high_in: float) -> Figure:
    """an empty figure, which a notebook shows at the end of its cell"""
    figure: Figure = pyplot().figure(figsize=(wide_in, high_in))
    return figure


def can_be_written(path: Path) -> str | None:
    """why a picture of this name cannot be written, None: it can"""
    if path.suffix not in ENDINGS:
        return f"'{path}' must end in one of: {' '.join(ENDINGS)}"
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        return f"cannot write to '{path.parent}'"
    return f"'{path}' is a directory" if path.is_dir() else None


def save(figure: Figure, path: str | os.PathLike[str], *, dpi: float = WAYS_DPI) -> None:
    """Writes a picture in the format of its ending, whole or not at all.

    The same figure gives the same bytes, of SVG with the same version of matplotlib, but of EPS,
    which has its time in it.
    """
    path = Path(path)
    problem = can_be_written(path)
    if problem:
        raise PlotError(problem)
    metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    try:
        with style():
            figure.savefig(name, metadata=metadata, dpi=dpi)
        if path.suffix == ".svg":
            _number_clips(Path(name))
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _number_clips(path: Path) -> None:
    """names clips by their order: matplotlib names those of round axes by an address in memory"""
    text = path.read_text(encoding="utf-8")
    for number, name in enumerate(re.findall(r'<clipPath id="(p[0-9a-f]+)">', text)):
        text = text.replace(f'id="{name}"', f'id="clip{number}"')
        text = text.replace(f"url(#{name})", f"url(#clip{number})")
    path.write_text(text, encoding="utf-8")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
