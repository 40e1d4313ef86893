# SPDX-License-Identifier: Apache-2.0
"""Reads results of qfleet: labelled arrays with units, read as they are sliced.

    run = qfleet.open("patrol.h5")
    lowest = run.state.soc_pct[-1].argmin()
"""
from .errors import (IncompleteResultWarning, Interrupted, ProgramError, QfleetError, ResultError)
from .opening import open  # pylint: disable=redefined-builtin
from .runs import Run
from .sweeps import Sweep
from .tables import Column, Table

__all__ = ["Column", "IncompleteResultWarning", "Interrupted", "ProgramError", "QfleetError",
           "ResultError", "Run", "Sweep", "Table", "open"]
__version__ = "0.1.0"
