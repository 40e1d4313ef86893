#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks a result with detections, which the test program writes, as read_result.py does any other.

    read_detections.py TEST_RESULTS_DETECTIONS
"""
import os
import subprocess
import sys
import tempfile

import read_result


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "detections.h5")
        subprocess.run([sys.argv[1], path], check=True)
        read_result.main(path, "status=complete", "detections=4000", "identities=4")


if __name__ == "__main__":
    main()
