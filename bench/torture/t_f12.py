"""T-F12: twenty people press the same button of the outbox at the same moment: one effect, told once."""

import http.client
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Barrier, Thread
from urllib.parse import urlencode

from ._ground import WEB_PORT
from ._harness import Figures, main, plan
from ._portal import Portal, number, rows
from ._staff import cookie_of

PRESSES = 20
TOKEN = "t" * 32  # the cookie and the field of a form carry the same
ADDRESS = "somebody@torture.example"
MOVES = {  # how a mail gets into a state, when no worker runs
    "claimed": "worker = 'w', lease_until = now() + interval '1 hour'",
    "handover": "handover_at = now()",
    "uncertain": "worker = '', lease_until = NULL, started_at = now()",
    "failed": "worker = '', lease_until = NULL",
    "withheld": "worker = '', lease_until = NULL",
}
WAY = {
    "queued": [],
    "withheld": ["withheld"],
    "failed": ["claimed", "failed"],
    "uncertain": ["claimed", "handover", "uncertain"],
}


@dataclass
class Button:
    name: str
    state: str  # of the mail before
    after: str
    event: str
    verb: str


BUTTONS = [
    Button("retry", "failed", "queued", "requeued", "outbox.retried"),
    Button("retry", "withheld", "queued", "requeued", "outbox.retried"),
    Button("withhold", "queued", "withheld", "withheld", "outbox.withheld"),
    Button("arrived", "uncertain", "sent", "settled", "outbox.settled"),
    Button("again", "uncertain", "queued", "settled", "outbox.settled"),
    Button("let_be", "uncertain", "withheld", "settled", "outbox.settled"),
]


def test(figures: Figures, full: bool) -> None:
    rounds, seen, statuses = (10 if full else 1), [], Counter()
    with Portal(workers=0, beats=0, web=True, sink=None):
        press = Presses(cookie_of("Administrator"), statuses)
        for _round in range(rounds):
            for button in BUTTONS:
                seen.append(of_a_mail(press, button))
            seen += [*of_a_batch(press), *of_an_address(press)]
    figures.told("buttons", len(seen) // rounds)
    figures.told("presses", statuses.total())
    figures.exactly("one effect each", sum(effect.right for effect in seen), len(seen))
    figures.exactly("answers 4xx or 5xx", sum(n for status, n in statuses.items() if status >= 400), 0)
    print(*(f"{effect.of}: {effect.what}" for effect in seen if not effect.right), sep="\n", end="")


@dataclass
class Effect:
    of: str
    what: str
    right: bool


class Presses:
    """Twenty browsers of one person, which ask at the same moment."""

    def __init__(self, session: str, statuses: Counter):
        self.headers = {
            "Cookie": f"{session}; csrftoken={TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.statuses = statuses

    def __call__(self, path: str, **fields) -> None:
        together, body = Barrier(PRESSES), urlencode(fields | {"csrfmiddlewaretoken": TOKEN})
        threads = [Thread(target=self._one, args=[together, path, body]) for _ in range(PRESSES)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _one(self, together, path, body):
        connection = http.client.HTTPConnection("127.0.0.1", WEB_PORT, timeout=60)
        connection.connect()
        together.wait()
        connection.request("POST", path, body, self.headers)
        self.statuses[connection.getresponse().status] += 1
        connection.close()


def of_a_mail(press: Presses, button: Button) -> Effect:
    mail = mail_in(button.state)
    press(f"/admin/outbox/outgoingmail/{mail}/decide/", decision=button.name, reason="A test.")
    state = rows("SELECT state FROM outbox_outgoingmail WHERE id = %s", mail)[0][0]
    events = [what for (what,) in rows("SELECT what FROM outbox_mailevent WHERE mail_id = %s", mail)]
    audit = entries(button.verb, mail)
    right = (state, events, audit) == (button.after, [button.event], 1)
    return Effect(f"{button.name} of a mail that was {button.state}", f"{state}, {events}, {audit} in the audit", right)


def of_a_batch(press: Presses) -> Iterator[Effect]:
    plan(1, kind="torture.edition", first=number("SELECT count(*) FROM outbox_outgoingmail") + 1)
    batch = number("SELECT max(id) FROM outbox_mailbatch")
    for name, verb, paused in (("pause", "outbox.paused", True), ("resume", "outbox.resumed", False)):
        before = entries(verb, batch)
        press(f"/admin/outbox/mailbatch/{batch}/{name}/", reason="A test.")
        is_paused = number("SELECT count(*) FROM outbox_mailbatch WHERE paused_at IS NOT NULL") == 1
        audit = entries(verb, batch) - before
        yield Effect(name, f"paused {is_paused}, {audit} in the audit", (is_paused, audit) == (paused, 1))


def of_an_address(press: Presses) -> Iterator[Effect]:
    for name, verb, left in (("suppress", "outbox.suppressed", 1), ("lift", "outbox.suppression_lifted", 0)):
        before = entries(verb)
        press("/admin/outbox/suppression/address/", deed=name, address=ADDRESS, reason="A test.")
        suppressed, audit = number("SELECT count(*) FROM outbox_suppression"), entries(verb) - before
        yield Effect(name, f"{suppressed} suppressed, {audit} in the audit", (suppressed, audit) == (left, 1))


def mail_in(state: str) -> int:
    plan(1, kind="torture.notice", first=number("SELECT count(*) FROM outbox_outgoingmail") + 1)
    mail = number("SELECT max(id) FROM outbox_outgoingmail")
    for step in WAY[state]:
        rows(f"UPDATE outbox_outgoingmail SET state = %s, {MOVES[step]} WHERE id = %s", step, mail)
    return mail


def entries(verb: str, target: int | None = None) -> int:
    return number(
        "SELECT count(*) FROM core_auditentry WHERE verb = %s AND (%s::text IS NULL OR target_id = %s)",
        *(verb, target, str(target)),
    )


if __name__ == "__main__":
    main("T-F12", test)
