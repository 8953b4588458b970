"""Doing things at the same moment, for tests of what happens then."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction

AGAINST_A_LOCK = 0.4  # seconds after which somebody who begins has come to the lock that is held


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


def while_held(hold, doing, then):
    """Hold rows in a transaction, let another thread begin something, go on and commit; return what the thread did.

    Where the thread has taken first what the transaction wants next, the two wait in a circle, and PostgreSQL ends one.
    """

    def run():
        try:
            return doing()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            hold()
            begun = pool.submit(run)
            time.sleep(AGAINST_A_LOCK)
            then()
        return begun.result(timeout=30)
