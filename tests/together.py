"""Doing things at the same moment, for tests of what happens then."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def at_once(*doings):
    """Call each function in a thread of its own, all at the same moment; return their results, raise their errors."""
    start = threading.Barrier(len(doings))

    def run(doing):
        try:
            start.wait(timeout=10)
            return doing()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as pool:
        return [future.result() for future in [pool.submit(run, doing) for doing in doings]]
