# SPDX-License-Identifier: Apache-2.0
"""What the scripts that draw results share. Needs python3-h5py and python3-matplotlib."""
import argparse
import os
import sys

import h5py
import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt

# apart for colour-blind readers too
BLUE, ORANGE, RED, GREEN, PINK, GREY = ("#0072b2", "#e69f00", "#d55e00", "#009e73", "#cc79a7",
                                        "#555555")


def picture(text):
    """an argument: the name of a picture that can be written"""
    known = plt.figure().canvas.get_supported_filetypes()
    folder, ending = os.path.dirname(text) or ".", os.path.splitext(text)[1].lstrip(".")
    if ending not in known:
        raise argparse.ArgumentTypeError(f"'{text}' must end in one of: {' '.join(sorted(known))}")
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        raise argparse.ArgumentTypeError(f"cannot write to '{folder}'")
    return text


def entity_name(result, entity):
    name = result["entities/name"][entity]
    return name.decode() if isinstance(name, bytes) else str(name)


def check_entity(result, entity):
    n_entities = result["entities/name"].shape[0]
    if not 0 <= entity < n_entities:
        sys.exit(f"there is no entity {entity}: they are 0 to {n_entities - 1}")


def open_result(path, needed):
    """a result that has all of the datasets needed, or the end of the program"""
    try:
        result = h5py.File(path)
    except OSError:
        there = os.path.exists(path)
        sys.exit(f"{path}: {'no result that can be read' if there else 'no such file'}")
    missing = [name for name in needed if name not in result]
    if missing:
        sys.exit(f"{path}: no whole result of qfleet run, without {', '.join(missing)}")
    return result


def save(figure, path, dpi=110):
    plt.rcParams["svg.hashsalt"] = "qfleet"  # the same result gives the same file
    metadata = {"Date": None} if path.endswith(".svg") else None
    figure.savefig(path, metadata=metadata, dpi=dpi, bbox_inches="tight")
