# SPDX-License-Identifier: Apache-2.0
"""`python -m qfleet COMMAND`: each command is a module with HELP, add_arguments and main."""
from __future__ import annotations

import argparse
import importlib
import sys

from .errors import QfleetError

# a command's module is loaded only where it is asked for: not all of them have what they need
COMMANDS = {
    "info": ("qfleet.info_command", "print what is in a result"),
    "plot": ("qfleet.plots.command", "draw a picture of a result"),
}


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns its exit code: 2 bad command line, 3 a result cannot be read."""
    words = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m qfleet", description=None)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module_name, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        if words[:1] == [name]:
            importlib.import_module(module_name).add_arguments(command)
    options = parser.parse_args(words)
    try:
        return int(importlib.import_module(COMMANDS[options.command][0]).main(options))
    except QfleetError as error:
        print(f"qfleet {options.command}: {error}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
