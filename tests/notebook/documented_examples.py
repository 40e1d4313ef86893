#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the demonstration and then every Python example of the result documentation on it.

    documented_examples.py QFLEET PROJECT READ_RESULT
"""
import os
import re
import subprocess
import sys
import tempfile


def main():
    qfleet, project, read_result = (os.path.abspath(path) for path in sys.argv[1:])
    with open(os.path.join(project, "docs", "results.md"), encoding="utf-8") as file:
        examples = re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)
    assert len(examples) >= 2, "the documentation has lost its examples"
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "out"))
        subprocess.run([qfleet, "run", os.path.join(project, "configs", "patrol.yaml"), "-o",
                        "out/patrol.h5", "--set", "time.duration_s=120"], cwd=folder, check=True)
        for example in examples:
            result = subprocess.run([sys.executable, "-W", "error", "-c", example], cwd=folder,
                                    capture_output=True, text=True, check=False)
            assert result.returncode == 0, f"{example}\n{result.stderr}"
            assert result.stdout, f"an example that prints nothing shows nothing:\n{example}"
        subprocess.run([sys.executable, read_result, "out/patrol.h5", "status=complete",
                        "vehicles=4000", "records=120"], cwd=folder, check=True)


if __name__ == "__main__":
    main()
