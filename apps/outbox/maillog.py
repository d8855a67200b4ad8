"""Postfix's log, read into facts. No database: bytes go in, facts come out, and no line however garbled raises.

What we rely on, as Postfix 3.7 does it (tests keep a log of a real one):

    smtpd[31]: 4jZmlS5TGQ: client=localhost[127.0.0.1]        a transaction begins and gets a queue number
    cleanup[32]: 4jZmlS5TGQ: message-id=<…>                   the head was read: the mail is not yet taken
    smtpd[31]: lost connection after DATA (132 bytes) from …  the client died before its final dot: nothing was taken;
                                                              cleanup may tell the Message-ID only after this
    qmgr[33]: 4jZmlS5TGQ: from=<…>, … (queue active)          it was taken; under load this comes minutes later
    smtp[34]: 4jZmlS5TGQ: to=<…>, … dsn=2.0.0, status=sent (…)
    qmgr[33]: 4jZmlS5TGQ: removed
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import BinaryIO, NamedTuple

# The three formats of rsyslog by name: traditional, with an ISO 8601 time, and RFC 5424. The start of the line counts:
# what a stranger's subject or answer holds can look like anything, but stands further back.
TRADITIONAL = rb"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
ISO_8601 = rb"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)?"
STAMP = rb"(?:<\d{1,3}>(?:1 )?)?(?P<stamp>" + TRADITIONAL + rb"|" + ISO_8601 + rb")"
MOMENT = re.compile(STAMP + rb" ")
LINE = re.compile(
    STAMP + rb" \S+ (?:[^\s/\[]+/)+(?P<service>[a-z]+)(?:\[(?P<process>\d+)\]:| (?P<procid>\d+) \S+ -) (?P<rest>.+)"
)
QUEUED = re.compile(rb"(?P<queue>[0-9A-Za-z]{6,25}): (?P<tale>.+)")
MESSAGE_ID = re.compile(rb"message-id=<([0-9a-f]{32})@([^>\s]+)>")
STATUS = re.compile(
    rb"to=<(?P<to>.*?)>, (?:orig_to=<(?P<meant>.*?)>, )?relay=.*?"
    rb"\bdsn=(?P<dsn>\d\.\d{1,3}\.\d{1,3}), status=(?P<status>sent|bounced|deferred) \((?P<words>.*)\)"
)
EXPIRED = re.compile(rb"from=<.*>, status=(?:force-)?expired")
LOST = re.compile(rb"(?:lost connection|timeout) after DATA \(\d+ bytes\)")
REFUSED = re.compile(rb"(?:milter-)?reject: (?:header|body|END-OF-MESSAGE)")
ANSWER = re.compile(r"(?:^|\bsaid: )([245]\d\d)[ -](.*)")

MONTHS = dict(zip(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), range(1, 13), strict=True))
LONGEST_LINE = 8192  # bytes, as in rsyslog
MAILS = 10_000  # followed at once
PROCESSES = 1_000
AHEAD = timedelta(days=1)  # a log's clock may go a little before ours, never a year


class What(StrEnum):
    CLIENT = "client"
    LOST = "lost"
    REFUSED = "refused"
    NAMED = "named"  # its Message-ID was read
    TAKEN = "taken"
    SENT = "sent"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    EXPIRED = "expired"
    REMOVED = "removed"


class Fact(NamedTuple):
    """One line's news. ``key`` is the left part of a Message-ID of ours."""

    what: What
    queue: str = ""
    process: str = ""
    key: str = ""
    to: tuple[str, ...] = ()  # as it was delivered, and as it was meant
    dsn: str = ""
    words: str = ""
    number: str = ""  # the same for the same line, however often it is read

    @property
    def answer(self) -> tuple[int | None, str]:
        """What the other server said, its code and its words; without a code where none was reached."""
        found = ANSWER.search(self.words)
        return (int(found[1]), found[2]) if found else (None, self.words)


# --- lines ------------------------------------------------------------------------------------------------------------
def whole_lines(file: BinaryIO, offset: int, size: int) -> tuple[list[bytes], int]:
    """Read about ``size`` bytes from ``offset``: the lines that are finished, and where to go on."""
    file.seek(offset)
    chunk = file.read(size)
    end = chunk.rfind(b"\n") + 1
    if not end and len(chunk) >= LONGEST_LINE:  # no line of a log: let it pass
        return [], offset + len(chunk)
    return chunk[:end].split(b"\n")[:-1], offset + end


def moment(line: bytes, *, zone: tzinfo, now: datetime, fold: int = 0) -> datetime | None:
    """When a line was written, in UTC; None if it does not say.

    ``zone`` is for times without one, ``fold`` for the hour that comes twice in autumn: 0 reads it as the first.
    """
    found = MOMENT.match(line)
    return _moment(found["stamp"], zone, now.astimezone(zone).date(), fold) if found else None


@lru_cache(maxsize=256)
def _moment(stamp, zone, today, fold) -> datetime | None:
    try:
        if stamp[:1].isdigit():
            read = datetime.fromisoformat(stamp.decode("ascii"))
            return (read if read.tzinfo else read.replace(tzinfo=zone, fold=fold)).astimezone(UTC)
        month, day, clock = stamp.split()
        for year in (today.year + 1, today.year, today.year - 1):
            read = _in_year(year, MONTHS[month], int(day), clock, zone, fold)
            if read and read.astimezone(zone).date() <= today + AHEAD:
                return read
    except (ValueError, KeyError, OverflowError):
        pass
    return None


def _in_year(year, month, day, clock, zone, fold) -> datetime | None:
    try:
        return datetime(year, month, day, *map(int, clock.split(b":")), tzinfo=zone, fold=fold).astimezone(UTC)
    except ValueError:  # 29 February of another year
        return None


# --- facts ------------------------------------------------------------------------------------------------------------
def facts(lines: list[bytes], *, domain: str) -> Iterator[Fact]:
    """What the lines tell of mails; ``domain`` is the right part of the Message-IDs that are ours."""
    ours = domain.lower().encode()
    for line in lines:
        if len(line) <= LONGEST_LINE and (found := LINE.match(line)) and (fact := _fact(line, found, ours)):
            yield fact


def _fact(line, found, domain) -> Fact | None:
    service, rest = found["service"], found["rest"]
    process = (found["process"] or found["procid"]).decode()
    if service == b"smtpd" and LOST.match(rest):
        return Fact(What.LOST, process=process)
    if not (queued := QUEUED.match(rest)):
        return None
    queue, tale = queued["queue"].decode(), queued["tale"]
    if service == b"smtpd":
        return Fact(What.CLIENT, queue, process) if tale.startswith(b"client=") else None
    if service == b"cleanup":
        if tale.startswith(b"message-id="):
            name = MESSAGE_ID.fullmatch(tale)
            return Fact(What.NAMED, queue, key=name[1].decode() if name and name[2].lower() == domain else "")
        return Fact(What.REFUSED, queue) if REFUSED.match(tale) else None
    if service == b"qmgr":
        if tale == b"removed":
            return Fact(What.REMOVED, queue)
        if tale.endswith(b"(queue active)"):
            return Fact(What.TAKEN, queue)
        return Fact(What.EXPIRED, queue, number=_number(line)) if EXPIRED.match(tale) else None
    if status := STATUS.match(tale):
        return _of_status(line, queue, status)
    return None


def _of_status(line, queue, status) -> Fact:
    what = What(status["status"].decode())
    dsn = status["dsn"].decode()
    return Fact(
        what,
        queue,
        to=tuple(_text(address) for address in (status["to"], status["meant"]) if address),
        dsn=dsn,
        words=_text(status["words"]),
        # A mail may be delayed a hundred times for the same reason: that is one piece of news.
        number=_number(b" ".join([queue.encode(), status["dsn"], status["to"]]) if what == What.DEFERRED else line),
    )


def _text(raw: bytes) -> str:
    return "".join(c if c.isprintable() else " " for c in raw.decode("utf-8", "replace"))


def _number(of: bytes) -> str:
    return sha256(of).hexdigest()[:40]


# --- queue numbers ----------------------------------------------------------------------------------------------------
class Trail:
    """Which of our mails is behind which queue number, from one reading to the next.

    ``named`` mails may or may not be taken yet, ``taken`` ones the server has; both map queue numbers to keys.
    """

    def __init__(self, *, named=(), taken=(), clients=(), dead=()):
        self.named, self.taken, self.clients = dict(named), dict(taken), dict(clients)
        self.dead = dict.fromkeys(dead)

    @property
    def overflows(self) -> bool:
        """Some of the named are not kept: afterwards nobody can say that a mail was never named."""
        return len(self.named) > MAILS

    def kept(self) -> dict:
        """The newest of it, for the next reading; in lists, because the database sorts the keys of objects."""
        return {
            "named": list(self.named.items())[-MAILS:],
            "taken": list(self.taken.items())[-MAILS:],
            "clients": list(self.clients.items())[-PROCESSES:],
            "dead": list(self.dead)[-PROCESSES:],
        }

    def follow(self, fact: Fact) -> str:
        """Take a fact in. Returns the key of the mail that it shows to be at the server, "" for any other fact."""
        match fact.what:
            case What.CLIENT:
                self._begin(fact.queue)
                self.clients.pop(fact.process, None)  # the newest come last
                self.clients[fact.process] = fact.queue
            case What.LOST:
                self._end(self.clients.pop(fact.process, ""))
            case What.REFUSED:
                self._end(fact.queue)
            case What.NAMED:
                ended = fact.queue in self.dead
                self._begin(fact.queue)
                if fact.key and not ended:
                    self.named[fact.queue] = fact.key
            case _:
                return self._arrival(fact)
        return ""

    def _begin(self, queue):
        """Numbers are used again."""
        for known in (self.named, self.taken, self.dead):
            known.pop(queue, None)

    def _end(self, queue):
        if queue and not self.named.pop(queue, None):
            self.dead[queue] = None  # its name may be told yet

    def _arrival(self, fact) -> str:
        if key := self.named.pop(fact.queue, ""):
            self.taken[fact.queue] = key
        if fact.what == What.REMOVED:
            return self.taken.pop(fact.queue, "")
        return self.taken.get(fact.queue, "")
