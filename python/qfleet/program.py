# SPDX-License-Identifier: Apache-2.0
"""Calls the program `qfleet`, and opens what it leaves."""
from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping, TypeVar

from .errors import Interrupted, ProgramError, ResultError
from .opening import open as open_result
from .results import Result
from .runs import Run
from .sweeps import Sweep

INTERRUPTED = 75
PathLike = str | os.PathLike[str]
R = TypeVar("R", bound=Result)


def run(scenario: PathLike, output: PathLike | None = None,
        set: Mapping[str, Any] | None = None, *,  # pylint: disable=redefined-builtin
        binary: PathLike | None = None, **options: Any) -> Run:
    """Runs a scenario and opens its result.

    `output` None: into a temporary file that goes when the run is closed. `set` has values of the
    scenario by path: {"groups[0].count": 10}. Options are those of `qfleet run`: `threads=2`,
    `seed=7`, `force=True`, `resume=True`. Raises ProgramError with what the program says,
    Interrupted where it was interrupted.
    """
    def call(path: str) -> Run:
        _call(["run", os.fspath(scenario), "-o", path, *_settings(set), *_words(options)],
              binary, (0,))
        return _run_of(path)
    return _with_output(output, Path(scenario).stem + ".h5", call)


def sweep(scenario: PathLike, output: PathLike | None = None,
          set: Mapping[str, Any] | None = None, *,  # pylint: disable=redefined-builtin
          binary: PathLike | None = None, **options: Any) -> Sweep:
    """Runs a scenario's sweep and opens its directory.

    As `run`. A requirement that is not met is an answer and no error.
    """
    def call(path: str) -> Sweep:
        _call(["sweep", os.fspath(scenario), "-o", path, *_settings(set), *_words(options)],
              binary, (0, 1))
        result = open_result(path)
        assert isinstance(result, Sweep)
        return result
    return _with_output(output, Path(scenario).stem + ".sweep", call)


def replay(result: PathLike, case: int, output: PathLike | None = None, *,
           binary: PathLike | None = None, **options: Any) -> Run:
    """Runs one case of a sweep or world of a run again, with everything recorded.

    As `run`. A case that does not come to its stored hash raises ProgramError.
    """
    def call(path: str) -> Run:
        _call(["replay", os.fspath(result), "--case", str(case), "-o", path, *_words(options)],
              binary, (0,))
        return _run_of(path)
    name = Path(result).name or Path(result).parent.name
    return _with_output(output, f"{name.rsplit('.', 1)[0]}-case-{case}.h5", call)


def compare(before: Sweep | PathLike, after: Sweep | PathLike, *, metrics: Iterable[str] = (),
            binary: PathLike | None = None, **options: Any) -> dict[str, Any]:
    """What changed from one sweep to another, case by case, as `qfleet compare --json` tells.

    `["metrics"]` has a dictionary for each metric: `difference` of the means, its `interval`, ...
    Of `metrics` where some are named. Options are those of `qfleet compare`: `confidence=0.99`.
    Raises ProgramError, where the sweeps have no case in common, too; ResultError of what is no
    sweep.
    """
    paths = [_path_of_sweep(s) for s in (before, after)]
    words = [word for name in metrics for word in ("--metric", name)]
    told = _call(["compare", *paths, "--json", *words, *_words(options)], binary, (0,))
    found: dict[str, Any] = json.loads(told)
    return found


def _path_of_sweep(which: Sweep | PathLike) -> str:
    if isinstance(which, Sweep):
        return which.directory
    if isinstance(which, Result):
        raise ResultError(f"{which.path}: is a run; sweeps are what is compared")
    try:
        return os.fspath(which)
    except TypeError:
        raise ResultError(f"{which!r}: is neither a sweep nor the path of one") from None


def find_program(binary: PathLike | None = None) -> str:
    """The program: the argument, else $QFLEET, else `qfleet` on the PATH, else the checkout's.

    The last is build/release/qfleet of the sources that the package was installed from with
    `pip install -e`. Raises ProgramError.
    """
    asked = os.fspath(binary) if binary is not None else os.environ.get("QFLEET")
    if asked:
        found = shutil.which(asked)
        if not found:
            source = "binary=" if binary is not None else "$QFLEET"
            raise ProgramError(f"{asked}: no such program (named by {source})")
        return found
    checkout = Path(__file__).resolve().parents[2] / "build" / "release" / "qfleet"
    found = shutil.which("qfleet") or shutil.which(str(checkout))
    if not found:
        raise ProgramError("the program qfleet is not on the PATH; name it by $QFLEET or binary=")
    return found


def _run_of(path: str) -> Run:
    result = open_result(path)
    assert isinstance(result, Run)
    return result


def _with_output(output: PathLike | None, name: str, call: Callable[[str], R]) -> R:
    if output is not None:
        return call(os.fspath(output))
    folder = tempfile.mkdtemp(prefix="qfleet-")
    try:
        result = call(os.path.join(folder, name))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    result._own(folder)
    return result


def _settings(values: Mapping[str, Any] | None) -> list[str]:
    words: list[str] = []
    for path, value in (values or {}).items():
        words += ["--set", f"{path}={yaml_of(value)}"]
    return words


def yaml_of(value: Any) -> str:
    """A value as `--set` reads it; texts as they are, so that they may be YAML themselves."""
    return value if isinstance(value, str) else _flow(value)


def _flow(value: Any) -> str:
    if hasattr(value, "tolist"):  # of numpy, whose repr() is none of YAML
        value = value.tolist()
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, str):
        # YAML folds raw line ends, of which it knows more than JSON, and refuses other characters
        return re.sub("[\x7f-\x9f\u2028\u2029\ufffe\uffff]", lambda c: f"\\u{ord(c[0]):04x}",
                      json.dumps(value, ensure_ascii=False))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(str(k))}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    raise ProgramError(f"{value!r} cannot be a value of a scenario")


def _words(options: Mapping[str, Any]) -> list[str]:
    words: list[str] = []
    for name, value in options.items():
        option = "--" + name.strip("_").replace("_", "-")
        if option in ("--no-output", "--dry-run", "--help", "--output"):
            raise ProgramError(f"{name} leaves no result that could be opened")
        if value is True:
            words.append(option)
        elif value is not None and value is not False:
            words += [option, str(value)]
    return words


def _call(arguments: list[str], binary: PathLike | None, good: tuple[int, ...]) -> str:
    """Its standard output."""
    program = find_program(binary)
    try:
        # a process group of its own: an interrupted notebook asks it once to end, not twice
        child = subprocess.Popen([program, *arguments], stdin=subprocess.DEVNULL, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 errors="replace", process_group=0)
    except OSError as error:
        raise ProgramError(f"{program}: {error.strerror}") from None
    except ValueError as error:  # a zero byte in a path, say
        raise ProgramError(f"{program} cannot be called so: {error}") from None
    with child:
        try:
            told, complaints = child.communicate()
        except BaseException:
            child.send_signal(signal.SIGTERM)
            child.communicate()
            raise
    if child.returncode not in good:
        said = told + complaints
        kind = Interrupted if child.returncode == INTERRUPTED else ProgramError
        raise kind(_sentence(said, arguments[0], child.returncode), child.returncode, said)
    return told


def _sentence(said: str, command: str, code: int) -> str:
    """What the program says it failed of: all of a bad scenario's mistakes, else its last line."""
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(" ")]
    own = f"qfleet {command}: "
    for line in reversed(lines):
        if line.startswith(own):
            return line[len(own):]
    if code < 0:
        return f"qfleet {command} was ended by {signal.Signals(-code).name}"
    return "\n".join(lines) or f"qfleet {command} ended with {code} and said nothing"
