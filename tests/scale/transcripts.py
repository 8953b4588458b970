"""Measure coding a long transcript: `python -m tests.scale.transcripts`. The environment says which database (seed.py).

Makes a transcript of 200,000 characters with 2,000 codings, starts gunicorn as `load` does, opens the page in Chromium
as somebody who has never been there, and codes sentences with keys. Prints medians; it judges nothing.
"""

from __future__ import annotations

import gzip
import http.client
import os
import statistics
import time
from random import Random

import django

CHARACTERS, CODINGS, CODES = 200_000, 2_000, 60
TIMES = 9
WORDS = (
    "the a we they she it and but so then when because after before with without for of in on at to from by about "
    "clinic nurse team week month patient form call visit doctor time room staff lead meeting letter plan training "
    "referral screen screening schedule county budget phone question answer care handoff register champion support "
    "was were had have did said asked came went told knew wanted needed began ended worked helped waited hired moved "
    "slow long short new old first last every nobody everybody never always often maybe really almost enough more less"
).split()
# What the page is asked to note down: when the first words are drawn, and how long after Enter the chip is.
WATCH = """
(() => {
  new PerformanceObserver((list) => {
    list.getEntriesByName("first-contentful-paint").forEach((entry) => { window.painted = entry.startTime; });
  }).observe({ type: "paint", buffered: true });
  const drawn = (told) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => told(performance.now());
    channel.port2.postMessage(0);
  });
  const words = () => {
    const first = document.querySelector(".words");
    if (first && first.getClientRects().length) drawn((now) => { window.firstWords = now; });
    else requestAnimationFrame(words);
  };
  requestAnimationFrame(words);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const begun = event.timeStamp;
    const codings = document.querySelectorAll("a.code-chip").length;
    window.shown = window.saved = null;
    const look = () => {
      if (window.shown === null && document.querySelector(".pending")) {
        window.shown = 0;
        drawn((now) => { window.shown = now - begun; });
      }
      if (document.querySelectorAll("a.code-chip").length > codings) drawn((now) => { window.saved = now - begun; });
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, true);
})();
"""


def sentences(rng: Random, characters: int) -> str:
    """Return so many characters of made-up sentences."""
    said, length = [], 0
    while length < characters:
        words = rng.choices(WORDS, k=rng.randint(5, 18))
        said.append(" ".join(words).capitalize() + rng.choice(". . . ? …".split()))
        length += len(said[-1]) + 1
    return " ".join(said)


def talk(rng: Random, characters: int, *, asked: tuple[str, ...] = ()) -> str:
    """Return a made-up transcript of two speakers; the interviewer asks `asked` in order, and other things between."""
    lines, length, questions = [], 0, list(asked)
    while length < characters:
        question = questions.pop(0) if questions else sentences(rng, rng.randint(40, 120))
        lines += [f"Interviewer: {question}", f"P: {sentences(rng, rng.randint(150, 900))}"]
        length += len(lines[-1]) + len(lines[-2]) + 2
    return "\n".join(lines)


def long_transcript():
    """Make a study whose one transcript is long and much coded; return the transcript."""
    from accounts.models import User
    from interviews import codebook, coding, deidentifying, guiding, interviewing, recruiting, studying, transcribing
    from interviews.models import Coding, Study

    owner = User.objects.get(email="researcher@demo.example")
    from django.utils import timezone

    by = {"by": owner, "now": timezone.now()}
    rng = Random(200_000)
    program = Study.objects.filter(members__user=owner).first().program
    study = studying.begin_study(program, name=f"Long {timezone.now():%H%M%S}", aim="To measure.", **by)
    asked = tuple(f"{sentences(rng, 60)} {number}?" for number in range(12))
    guide = guiding.write_guide(study, title="Guide", text="\n".join(asked), **by)
    where = {"project": None, "site": None, "setting": "", "role_group": "staff", "state": "asked", "contact": {}}
    who = recruiting.list_participant(study, pseudonym="P01", **where, **by)
    day = program.today(by["now"])
    recruiting.record_consent(who, form_version="1", given_on=day, scope="quote", **by)
    plan = {"interviewer": owner, "mode": "phone", "planned_for": None}
    interview = interviewing.plan_interview(study, who, guide, **plan, **by)
    interviewing.hold(interview, held_on=day, minutes=180, notes="", **by)
    text = talk(rng, CHARACTERS, asked=asked)
    original = transcribing.choose_file(interview, name="long.txt", data=text.encode(), **by)
    transcript = transcribing.save_transcript(interview, sha256=original.sha256, names={}, **by)
    deidentifying.say_cleared(transcript, cleared=True, revision=1, **by)
    codes = [codebook.add_code(study, name=f"{rng.choice(WORDS)} {rng.choice(WORDS)} {n}", **by) for n in range(CODES)]
    first = coding.apply_code(transcript, codes[0].pk, start=0, end=11, revision=1, **by)
    rows = []
    for _ in range(CODINGS - 1):
        start = rng.randrange(len(transcript.text) - 400)
        place = {"start": start, "end": start + rng.randint(20, 300), "created_at": by["now"], "changed_at": by["now"]}
        rows.append(Coding(transcript=transcript, code=rng.choice(codes), coder=first.coder, **place))
    Coding.objects.bulk_create(rows)
    return transcript


def from_server(port: int, path: str, cookie: str) -> None:
    """Print what the server takes for the page, and how large it is."""
    times, body = [], b""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(TIMES + 2):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
        body = connection.getresponse().read()
        times.append((time.perf_counter() - began) * 1000)
    print(f"| server, ms | {statistics.median(times[2:]):.0f} |")
    print(f"| page, KB | {len(gzip.decompress(body)) / 1024:.0f}, compressed {len(body) / 1024:.0f} |")


def in_browser(port: int, path: str, session: str, transcript) -> None:
    """Print when the first words are on the screen, and how long after Enter a coding is shown and is saved."""
    from playwright.sync_api import sync_playwright

    from tests.plugin import CHROMIUM

    base = f"http://127.0.0.1:{port}"
    last = transcript.codings.order_by("pk").last().pk
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        frame, painted, words, ready, shown, saved = [], [], [], [], [], []
        for _ in range(TIMES):
            frame.append(noted(opened(browser, base, "/accessibility/", session), "painted"))
            page = opened(browser, base, path, session)
            painted.append(noted(page, "painted"))
            words.append(noted(page, "firstWords"))
            ready.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
            page.wait_for_timeout(500)
            for _ in range(3):
                for key in ("j", "c", "t", "e", "Enter"):
                    page.keyboard.press(key)
                saved.append(noted(page, "saved"))
                shown.append(noted(page, "shown"))
            page.context.close()
            transcript.codings.filter(pk__gt=last).delete()  # so that the next one codes the same sentences
        browser.close()
    for name, times in (
        ("a page of words: first contentful paint, ms", frame),
        ("first contentful paint, ms", painted),
        ("first words on the screen, ms", words),
        ("page loaded, ms", ready),
        ("from Enter to the chip, ms", shown),
        ("from Enter to the saved coding, ms", saved),
    ):
        print(f"| {name} | {statistics.median(times):.0f} (of {len(times)}: {min(times):.0f} to {max(times):.0f}) |")


def opened(browser, base: str, path: str, session: str):
    """Return a page as somebody sees it who has never been here: nothing of it is in the browser's cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(base + path, wait_until="load")
    return page


def noted(page, name: str) -> float:
    """Return what a page has noted down, waiting for it: its policy forbids Playwright's own way to wait."""
    for _ in range(500):
        if value := page.evaluate(f"window.{name}"):
            return value
        page.wait_for_timeout(20)
    raise TimeoutError(name)


def main() -> None:
    """Make the transcript, start the server, measure, stop the server."""
    from tests.scale.load import cookies_of, served

    transcript = long_transcript()
    path = f"/studies/{transcript.interview.study.slug}/interviews/{transcript.interview_id}/transcript/"
    cookie = cookies_of({"researcher"})["researcher"]
    with served() as port:
        codings = transcript.codings.count()
        print(f"{len(transcript.text):,} characters, {len(transcript.turns):,} turns, {codings:,} codings")
        print("| what | median |\n|---|---|")
        from_server(port, path, cookie)
        in_browser(port, path, cookie.partition(";")[0].removeprefix("sessionid="), transcript)
    print(f"Load of the machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.scale.settings"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    django.setup()
    main()
