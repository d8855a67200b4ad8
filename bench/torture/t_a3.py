"""T-A3: known and unknown addresses at three doors, side by side: the same answer, and in the same time.

The quick part lets a password cost nothing, so that every other difference is seen; the full run has both.
"""

import http.client
import re
import time
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlencode

from bench.report import progress

from ._ground import WEB_PORT
from ._harness import Figures, main
from ._members import PASSWORD, registered
from ._portal import Portal, number

TOKEN = "t" * 32  # the cookie and the field of a form carry the same
WARM = 20  # requests until every process has its templates and the texts of its mails
MOST_APART = 20  # per cent, of medians of 200; those of 40 are allowed twice as much
DOORS = {
    "login": {"login": "{}", "password": "not this one, surely"},
    "signup": {"email": "{}", "password1": PASSWORD, "adult": "on", "terms": "on"},
    "password/reset": {"email": "{}"},
}
HASHERS = {"cheap": "md5", "real": "pbkdf2_sha256"}


def test(figures: Figures, full: bool) -> None:
    each = 200 if full else 40
    for name in HASHERS if full else ["cheap"]:
        with Portal(workers=0, beats=0, web=True, sink=None, environment={"TORTURE_HASHER": HASHERS[name]}):
            for door in DOORS:
                at_a_door(figures, door, name, each, MOST_APART if full else 2 * MOST_APART)


def at_a_door(figures: Figures, door: str, hasher: str, each: int, most_apart: int) -> None:
    place = f"{hasher}-{door}".replace("/", "-")
    known = registered([f"known{n:03}@{place}.example" for n in range(WARM + each)], HASHERS[hasher])
    unknown = [f"other{n:03}@{place}.example" for n in range(WARM + each)]
    answers, times = set(), ([], [])
    for n, pair in enumerate(zip(known, unknown, strict=True)):
        # By turns, and each first as often as the other: whatever else the machine does hits both.
        for which in (0, 1) if n % 2 else (1, 0):
            answer, took = knock(door, pair[which])
            if n >= WARM:
                answers.add(answer)
                times[which].append(took)
        progress(n + 1, WARM + each, f"pairs at {place}")
    of_known, of_unknown = map(median, times)
    figures.exactly(f"answers {place}", len(answers), 1)
    figures.told(f"ms known {place}", round(of_known * 1000, 1))
    figures.told(f"ms unknown {place}", round(of_unknown * 1000, 1))
    apart = abs(of_known - of_unknown) / min(of_known, of_unknown)
    figures.most(f"per cent apart {place}", round(apart * 100, 1), most_apart)


def knock(door: str, address: str) -> tuple[tuple, float]:
    """What a stranger is told, with the mails that leave; and how long the door took."""
    mails = number("SELECT count(*) FROM outbox_outgoingmail")
    typed = {name: value.format(address) for name, value in DOORS[door].items()} | {"csrfmiddlewaretoken": TOKEN}
    started = time.perf_counter()
    answer, body, cookies = ask("POST", f"/en/accounts/{door}/", urlencode(typed))
    took = time.perf_counter() - started
    if to := answer.getheader("Location"):
        body = ask("GET", to, None, cookies)[1]
    body = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", body).replace(address, "ADDRESS")
    return (answer.status, to, body, number("SELECT count(*) FROM outbox_outgoingmail") - mails), took


def ask(method: str, path: str, body: str | None, cookies: str = "") -> tuple[http.client.HTTPResponse, str, str]:
    headers = {"Cookie": f"csrftoken={TOKEN}; {cookies}", "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", WEB_PORT, timeout=60)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text, "; ".join(set_by(answer))


def set_by(answer: http.client.HTTPResponse) -> Iterator[str]:
    for cookie in answer.headers.get_all("Set-Cookie", []):
        yield cookie.partition(";")[0]


if __name__ == "__main__":
    main("T-A3", test)
