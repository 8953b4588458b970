"""Runs the whole suite on SQLite and again on PostgreSQL, and ends with one line of counts for each.

Usage: python -m tests.both [pytest's arguments]
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main(arguments):
    # Where an environment forbids compiled modules, four processes would each rewrite and compile all tests: 10 s each.
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts"
        codes = []
        for database in ("sqlite", "postgres"):
            print(f"\n{'=' * 8} {database} {'=' * 8}", flush=True)
            environment = surroundings | {"MILEPOST_TEST_DB": database, "MILEPOST_TEST_COUNTS": str(counts)}
            command = [sys.executable, "-m", "pytest", *arguments]
            codes.append(subprocess.run(command, env=environment, check=False).returncode)
        print()
        print(counts.read_text(encoding="utf-8") if counts.exists() else "No test ran.", end="")
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
