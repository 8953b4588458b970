"""Measure a filled installation: `python -m tests.scale.load`. The environment says which database (see seed.py).

Starts gunicorn on a free port of 127.0.0.1, signs in by session, sends a bounded number of requests from four threads
and prints requests/s, p50 and p95 of each page beside a view that only authenticates.
"""

from __future__ import annotations

import http.client
import os
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlencode

import django

REQUESTS, THREADS, SECONDS = 200, 4, 30


class Page(NamedTuple):
    """What is asked for: a name for the table, who asks, the address, and for posts what is sent there by turns.

    Each thread asks for an address of its own where there are several.
    """

    name: str
    person: str
    paths: list[str]
    posts: tuple[dict, ...] = ()


def pages() -> list[Page]:
    """Return the pages to measure, on sites of the demo."""
    from projects.models import PlanItem, Site

    site = Site.objects.select_related("project", "plan").get(slug="elm-street-family-health-center")
    plan = site.plan
    actions = PlanItem.objects.open().filter(plan=plan, kind="action")[:THREADS]
    ticks = [plan.url("item_done", pk=action.pk) for action in actions]
    apart = [
        other.url("item_done", pk=PlanItem.objects.open().filter(plan=other, kind="action")[0].pk)
        for other in site.project.plans.filter(active=True, site__status=Site.Status.ACTIVE).order_by("pk")[:THREADS]
    ]
    by_turns = ({"done": "1", "page": "plan"}, {"done": "0", "page": "plan"})
    board = f"/projects/{site.project.slug}/board/"
    return [
        Page("only authenticates", "practitioner", ["/bare/"]),
        Page("a page of words", "practitioner", ["/accessibility/"]),
        Page("to do", "practitioner", ["/todo/"]),
        Page("to do of a lead", "lead", ["/todo/"]),
        Page("a site's plan", "practitioner", [plan.get_absolute_url()]),
        Page("board", "lead", [board]),
        Page("dashboard", "admin", ["/dashboard/"]),
        Page("dashboard, filtered", "admin", ["/dashboard/?phase=pre_implementation"]),
        # By turns done and not done after all: a tick on what is done already would write nothing.
        Page("tick, each at a site", "lead", apart, by_turns),
        Page("tick, all at one site", "practitioner", ticks, by_turns),
    ]


def cookies_of(people: set[str]) -> dict[str, str]:
    """Sign the demo's people in and return a cookie header for each."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.models import User

    found = {}
    for name in people:
        user = User.objects.get(email=f"{name}@demo.example")
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session.save()
        found[name] = f"sessionid={session.session_key}; csrftoken={TOKEN}"
    return found


TOKEN = secrets.token_hex(16)


def ask(connection: http.client.HTTPConnection, page: Page, cookie: str, *, who: int, turn: int) -> tuple[int, int]:
    """Send one request of a thread; return the status and the size of the answer in bytes."""
    headers, path = {"Cookie": cookie, "Host": "127.0.0.1"}, page.paths[who % len(page.paths)]
    if page.posts:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": TOKEN, "HX-Request": "true"}
        connection.request("POST", path, urlencode(page.posts[turn % len(page.posts)]), headers)
    else:
        connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, len(answer.read())


def measure(port: int, page: Page, cookie: str) -> str:
    """Send the requests of one page and return its line of the table."""
    times: list[float] = []
    seen: set[tuple[int, int]] = set()
    until = time.monotonic() + SECONDS

    def work(who: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for turn in range(REQUESTS // THREADS):
            if time.monotonic() > until:
                return
            began = time.perf_counter()
            answer = ask(connection, page, cookie, who=who, turn=turn)
            times.append(time.perf_counter() - began)
            seen.add(answer)

    work_once = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for turn in range(4):  # warm both processes
        ask(work_once, page, cookie, who=0, turn=turn)
    threads = [threading.Thread(target=work, args=(who,)) for who in range(THREADS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    cuts = statistics.quantiles(times, n=20)
    size = max(size for _, size in seen)
    statuses = "/".join(str(status) for status in sorted({status for status, _ in seen}))
    return (
        f"| {page.name} | {len(times) / took:.0f} | {statistics.median(times) * 1000:.0f} | {cuts[18] * 1000:.0f} "
        f"| {size / 1024:.0f} | {statuses} |"
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served() -> Iterator[int]:
    """Run gunicorn with two processes on a free port for a block; yield the port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "-b", f"127.0.0.1:{port}", "-w", "2", "--threads", "4"]
    server = subprocess.Popen(
        [*command, "--log-level", "warning"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    """Start the server, measure every page, print the table, stop the server."""
    from django.utils import timezone

    from projects import tallying
    from projects.models import PlanItem, Site

    chosen = pages()
    cookies = cookies_of({page.person for page in chosen})
    tallying.count_stale(now=timezone.now())  # as the worker does every minute
    with served() as port:
        print(f"{Site.objects.count():,} sites, {PlanItem.objects.count():,} plan items, {THREADS} at a time")
        print("| page | requests/s | p50 ms | p95 ms | KB | status |\n|---|---|---|---|---|---|")
        for page in chosen:
            print(measure(port, page, cookies[page.person]), flush=True)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.scale.settings"
    django.setup()
    main()
