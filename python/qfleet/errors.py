# SPDX-License-Identifier: Apache-2.0
"""What can go wrong for a user: each error is one sentence."""
from __future__ import annotations

import contextlib
from typing import Callable, Iterator

# what h5py raises of a file that is damaged, or is being changed at this moment
DAMAGE = (OSError, RuntimeError, KeyError, ValueError, TypeError, OverflowError)


class QfleetError(Exception):
    """The root of every error that a user of this package can cause."""


class ResultError(QfleetError):
    """A result cannot be read, or does not have what is asked of it."""


class MissingColumnError(ResultError, AttributeError):
    """A column that a table does not have, asked for as an attribute."""


class MissingTableError(ResultError, AttributeError):
    """A table that a result does not have, asked for as an attribute."""


class SelectionError(ResultError, IndexError):
    """Rows or places that a column does not have, or what cannot select any."""


class ProgramError(QfleetError):
    """The program `qfleet` is not there, or said that it could not do something.

    `code` is its exit code, None where it was not started; `output` all that it printed.
    """

    def __init__(self, message: str, code: int | None = None, output: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.output = output


class Interrupted(ProgramError):
    """The program was interrupted (exit code 75); `resume=True` goes on."""


class IncompleteResultWarning(UserWarning):
    """A result that is not complete was opened: it still runs, or was interrupted."""


@contextlib.contextmanager
def reading(what: Callable[[], str]) -> Iterator[None]:
    """Makes a ResultError of what h5py raises of a damaged file; `what` begins the sentence."""
    try:
        yield
    except DAMAGE as error:
        why = " ".join(str(error).strip("'\"").split()) or type(error).__name__
        raise ResultError(f"{what()} cannot be read: the file is damaged ({why})") from None
