"""Measure what checking a photo takes: `python -m tests.scale.pictures FILE`. Prints sizes, time and memory.

One file each time, for the most memory that a process took cannot be reset.
"""

import os
import resource
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from projects import file_contents  # noqa: E402 - Django must be set up first


def measure(path):
    data = path.read_bytes()
    begun, cpu = time.perf_counter(), time.process_time()
    file = file_contents.checked(path.name, data)
    took, used = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{path.name}: {len(data) / 2**20:.1f} MB to {len(file.data) / 2**20:.1f} MB, {file.width} x {file.height}, "
        f"{took:.1f} s ({used:.1f} s of work), {peak:.0f} MB at most"
    )


if __name__ == "__main__":
    sys.stdout.write(f"{measure(Path(sys.argv[1]))}\n")
