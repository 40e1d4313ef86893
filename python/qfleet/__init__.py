# SPDX-License-Identifier: Apache-2.0
"""Reads results of qfleet as labelled arrays with units, and runs the program.

    run = qfleet.open("patrol.h5")
    lowest = run.state.soc_pct[-1].argmin()
    print(run.entities.name[lowest])
"""
from .columns import Column
from .errors import (IncompleteResultWarning, Interrupted, MissingColumnError, MissingTableError,
                     ProgramError, QfleetError, ResultError, SelectionError)
from .opening import open  # pylint: disable=redefined-builtin
from .program import compare, replay, run, sweep
from .runs import Event, Run
from .sweeps import Sweep
from .tables import Table

__all__ = ["Column", "Event", "IncompleteResultWarning", "Interrupted",
           "MissingColumnError", "MissingTableError", "ProgramError", "QfleetError", "ResultError",
           "Run", "SelectionError", "Sweep", "Table", "compare", "open", "replay", "run", "sweep"]
__version__ = "0.1.0"
