"""What the mail server took, and what the outbox says of it."""

import time
from collections import Counter
from dataclasses import dataclass

from django.conf import settings

from ._ground import ACCEPTS, LOSSES
from ._portal import rows


@dataclass
class Counted:
    """Mails that the server has, how many times too often, and those that it has not."""

    distinct: int
    twice: int
    lost: int


@dataclass
class Accepted:
    message_id: str
    recipient: str
    at: float


@dataclass
class Gone:
    """A client that went away without a word; see `Lost` of the mail server."""

    at: str
    message_id: str
    recipient: str
    moment: float


def accepted() -> list[Accepted]:
    return [Accepted(*line[:2], float(line[2])) for line in _lines(ACCEPTS)]


def gone() -> list[Gone]:
    return [Gone(at, *(word.strip("-") for word in words), float(moment)) for at, *words, moment in _lines(LOSSES)]


def _lines(path):
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def how_many_accepted() -> int:
    return ACCEPTS.read_bytes().count(b"\n") if ACCEPTS.exists() else 0


class Stalled:
    """True once no mail was accepted for some seconds."""

    def __init__(self, seconds: float = 3):
        self.seconds, self.count, self.since = seconds, -1, time.monotonic()

    def __call__(self) -> bool:
        if (count := how_many_accepted()) != self.count:
            self.count, self.since = count, time.monotonic()
        return time.monotonic() - self.since > self.seconds


def counted(wanted: set[str]) -> Counted:
    times = Counter(mail.message_id for mail in accepted() if mail.message_id in wanted)
    return Counted(len(times), sum(times.values()) - len(times), len(wanted - times.keys()))


def queued(kind: str) -> set[str]:
    """The Message-IDs of all mails of a kind."""
    return {message_id(key) for (key,) in rows("SELECT message_key FROM outbox_outgoingmail WHERE kind = %s", kind)}


def message_id(key: str) -> str:
    return f"<{key}@{settings.MAIL_DOMAIN}>"


def states(kind: str) -> Counter:
    return Counter(dict(rows("SELECT state, count(*) FROM outbox_outgoingmail WHERE kind = %s GROUP BY 1", kind)))


def events(kind: str) -> Counter:
    """What befell the mails of a kind, ever: the events stay when a mail moves on."""
    found = rows(
        "SELECT e.what, count(*) FROM outbox_mailevent e JOIN outbox_outgoingmail m ON m.id = e.mail_id"
        " WHERE m.kind = %s GROUP BY 1",
        kind,
    )
    return Counter(dict(found))


def settled(kind: str) -> Counter:
    """How the uncertain ones ended."""
    found = rows(
        "SELECT e.reason, count(*) FROM outbox_mailevent e JOIN outbox_outgoingmail m ON m.id = e.mail_id"
        " WHERE e.what = 'settled' AND m.kind = %s GROUP BY 1",
        kind,
    )
    return Counter({reason.strip(".").lower(): number for reason, number in found})
