#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks results with and without a detection, which the test program writes, as read_result.py does others.

    read_detections.py TEST_RESULTS_DETECTIONS
"""
import os
import subprocess
import sys
import tempfile

import read_result


def main():
    with tempfile.TemporaryDirectory() as folder:
        for detections, identities in ((4000, 4), (0, 0)):
            path = os.path.join(folder, f"{detections}.h5")
            subprocess.run([sys.argv[1], path, str(detections)], check=True)
            read_result.main(path, "status=complete", f"detections={detections}",
                             f"identities={identities}")


if __name__ == "__main__":
    main()
