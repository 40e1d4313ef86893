# SPDX-License-Identifier: Apache-2.0
"""python -m qfleet plot: pictures of results from the command line."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import IncompleteResultWarning, QfleetError, ResultError
from . import look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .. import Run, Sweep

BAD_COMMAND, FAILED = 2, 3

RUN = """What was recorded of plan (record: state: [x_m, y_m]), fans and events is drawn.
The picture of README.md:

  qfleet run configs/patrol.yaml -o patrol.h5
  python -m qfleet plot run patrol.h5 --change soc_pct --fan temp_core_c -o docs/patrol.svg
"""
RADAR = """The scenario must record detections, and x_m and y_m (record: state:).
The frame drawn is the last one until --at for which positions were recorded too; earlier frames
fade away. Truth is every other vehicle of the observer's world within the range shown. The picture
of docs/radar.md:

  qfleet run configs/sky.yaml -o sky.h5
  python -m qfleet plot radar sky.h5 --observer 0 -o docs/sky.svg
"""
TRACKS = """The scenario must record tracks, and x_m and y_m at times of theirs. With gospa_m in
record: state: GOSPA is drawn, too. Several results stand side by side. The picture of
docs/tracking.md:

  qfleet run configs/contacts.yaml -o robust.h5
  qfleet run configs/contacts.yaml -o reference.h5 \\
      --set groups[0].tracker.file=configs/tracker/qiki.yaml
  python -m qfleet plot tracks reference=reference.h5 robust=robust.h5 -o docs/tracking.svg
"""
DOCKING = """The scenario must record positions and propellant_kg (record: state:), and events. With
loaded_kg, a variable in which a machine notes what a vehicle starts with, propellant is counted
from the start, else from the first row recorded, and the picture says so. The picture of
docs/ships.md:

  qfleet run configs/docking.yaml -o docking.h5
  python -m qfleet plot docking docking.h5 -o docs/docking.svg
"""
SWEEP = """Verdicts of requirements, the distribution of each metric, and what it depends on:

  qfleet sweep configs/sweeps/docking.yaml
  python -m qfleet plot sweep docking_sweep.sweep -o docking_sweep.svg
"""


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"needs at least 1, not {value}")
    return value


def _vehicle(text: str) -> int | str:
    """a number, else a name"""
    return int(text) if text.lstrip("-").isdecimal() else text


def _metres(text: str) -> float:
    value = float(text)
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"needs a length above 0, not {text}")
    return value


def _open_run(path: str, files: ExitStack) -> Run:
    from .. import Run, open as open_result

    result = files.enter_context(open_result(path))
    if not isinstance(result, Run):
        raise ResultError(
            f"{path}: is a sweep, not a run: draw it with 'plot sweep', or a case of it after "
            "'qfleet replay'"
        )
    return result


def _open_sweep(path: str, files: ExitStack) -> Sweep:
    from .. import Sweep, open as open_result

    result = files.enter_context(open_result(path))
    if not isinstance(result, Sweep):
        raise ResultError(f"{path}: is a run, not a sweep: draw it with 'plot run'")
    return result


def _titled(texts: Sequence[str], files: ExitStack) -> dict[str, Run]:
    """results by title: that of NAME=FILE, else the file's name, or path where two agree"""
    runs: dict[str, Run] = {}
    for text in texts:
        named = "=" in text and not Path(text).exists()
        title, path = text.split("=", 1) if named else (Path(text).stem, text)
        if title in runs:
            title = text
        if title in runs:
            raise look.PlotError(f"'{text}' is given twice")
        runs[title] = _open_run(path, files)
    return runs


def _draw_run(wanted: argparse.Namespace, files: ExitStack) -> Figure:
    from . import run

    return run(
        _open_run(wanted.result, files),
        fans=wanted.fan,
        changes=wanted.change or (),
        ways=wanted.ways,
    )


def _draw_radar(wanted: argparse.Namespace, files: ExitStack) -> Figure:
    from . import radar

    return radar(
        _open_run(wanted.result, files),
        wanted.observer,
        at_s=wanted.at,
        frames=wanted.frames,
        range_m=wanted.range,
    )


def _draw_tracks(wanted: argparse.Namespace, files: ExitStack) -> Figure:
    from . import tracks

    return tracks(_titled(wanted.results, files), wanted.observer)


def _draw_docking(wanted: argparse.Namespace, files: ExitStack) -> Figure:
    from . import docking

    return docking(
        _open_run(wanted.result, files),
        chaser=wanted.chaser,
        target=wanted.target,
        plane=wanted.plane,
    )


def _draw_sweep(wanted: argparse.Namespace, files: ExitStack) -> Figure:
    from . import sweep

    return sweep(_open_sweep(wanted.result, files), metrics=wanted.metric)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `plot` takes to its parser."""
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)

    def kind(
        name: str, text: str, epilog: str, draw: Callable[[argparse.Namespace, ExitStack], Figure]
    ) -> argparse.ArgumentParser:
        added = kinds.add_parser(
            name,
            help=text,
            description=f"Draws {text}.",
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.add_argument(
            "-o",
            "--output",
            required=True,
            metavar="PICTURE",
            type=Path,
            help="picture to write, by its ending: .svg, .png, .pdf or .eps",
        )
        added.add_argument("--force", action="store_true", help="replace a picture that is there")
        added.set_defaults(draw=draw)
        return added

    parser_of = kind(
        "run", "a run: where vehicles went, how quantities spread, what happened", RUN, _draw_run
    )
    parser_of.add_argument("result", metavar="RESULT", help="result file of a run")
    parser_of.add_argument(
        "--fan",
        action="append",
        metavar="QUANTITY",
        help="draw how this quantity spreads over the fleet (several are possible; "
        "default, without --change too: soc_pct and temp_core_c)",
    )
    parser_of.add_argument(
        "--change",
        action="append",
        metavar="QUANTITY",
        help="the same of its change since the start",
    )
    parser_of.add_argument(
        "--ways",
        type=_count,
        default=400,
        metavar="N",
        help="vehicles whose ways are drawn, evenly chosen (default 400)",
    )

    parser_of = kind(
        "radar", "what one vehicle's radar reported, beside the truth", RADAR, _draw_radar
    )
    parser_of.add_argument("result", metavar="RESULT", help="result file of a run")
    parser_of.add_argument(
        "--observer",
        type=_vehicle,
        default=0,
        metavar="VEHICLE",
        help="number or name of the vehicle that looks (default 0)",
    )
    parser_of.add_argument(
        "--at",
        type=float,
        default=float("inf"),
        metavar="S",
        help="time in seconds (default: the end)",
    )
    parser_of.add_argument(
        "--frames",
        type=_count,
        default=5,
        metavar="K",
        help="frames that are shown, the older the fainter (default 5)",
    )
    parser_of.add_argument(
        "--range",
        type=_metres,
        metavar="M",
        help="outer circle in metres (default: what holds all that is drawn)",
    )

    parser_of = kind(
        "tracks",
        "what one vehicle's tracker believed, over the ways of vehicles",
        TRACKS,
        _draw_tracks,
    )
    parser_of.add_argument(
        "results",
        nargs="+",
        metavar="RESULT",
        help="result file of a run; NAME=FILE gives it a title",
    )
    parser_of.add_argument(
        "--observer",
        type=_vehicle,
        default=0,
        metavar="VEHICLE",
        help="number or name of the vehicle whose tracks they are (default 0)",
    )

    parser_of = kind(
        "docking",
        "a docking campaign: ways of chasers, time and propellant",
        DOCKING,
        _draw_docking,
    )
    parser_of.add_argument("result", metavar="RESULT", help="result file of a run")
    parser_of.add_argument(
        "--chaser",
        default="chaser",
        metavar="GROUP",
        help="group that docks, one vehicle of it in a world (default chaser)",
    )
    parser_of.add_argument(
        "--target",
        default="station",
        metavar="GROUP",
        help="group that it docks to (default station)",
    )
    parser_of.add_argument(
        "--plane",
        default="yx",
        metavar="PLANE",
        help="the two axes of the plan, across and up (default yx)",
    )

    parser_of = kind(
        "sweep", "a sweep: verdicts, distributions of metrics, sensitivities", SWEEP, _draw_sweep
    )
    parser_of.add_argument("result", metavar="RESULT", help="directory of a sweep, or its sweep.h5")
    parser_of.add_argument(
        "--metric",
        action="append",
        metavar="NAME",
        help="draw this metric (several are possible; default: the first four numbers that differ "
        "between cases, and the first four truths)",
    )


def main(wanted: argparse.Namespace) -> int:
    """Draws what `add_arguments` has understood.

    Returns 0; 2: not possible so; 3: the result cannot be read, or the picture not written.
    """
    with warnings.catch_warnings():
        # what is not complete is drawn as far as it goes, and a sentence says so
        warnings.simplefilter("always", IncompleteResultWarning)
        warnings.showwarning = lambda text, *_: _say(str(text))
        return _draw(wanted)


def _draw(wanted: argparse.Namespace) -> int:
    try:
        look.pyplot().switch_backend("agg")
        problem = look.can_be_written(wanted.output)
        if problem is None and wanted.output.exists() and not wanted.force:
            problem = f"'{wanted.output}' exists already: --force replaces it"
        if problem:
            raise look.PlotError(problem)
        with ExitStack() as files:
            look.save(wanted.draw(wanted, files), wanted.output)
    except look.PlotError as error:
        return _complain(error, BAD_COMMAND)
    except (QfleetError, OSError) as error:
        return _complain(error, FAILED)
    return 0


def _complain(error: Exception, code: int) -> int:
    _say(str(error))
    return code


def _say(text: str) -> None:
    print(f"qfleet plot: {text}", file=sys.stderr)
