"""Uncertain mails are settled by what the mail server's log says of their Message-ID, else by their kind's policy.

The one mistake that must not happen is to call a mail "not arrived" that is at the server: it would be sent twice. So
a mail counts as not arrived only if the log was read without a gap over the whole time in which it could have, and
never named it; what the log named and neither took nor refused stays uncertain.
"""

import os
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from glob import escape
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from .. import kinds, maillog
from ..maillog import Fact, Trail, What
from ..models import LogPosition, MailEvent, OutgoingMail, State, Suppression
from ..replies import address_is_wrong
from .settling import arrived, let_be, not_arrived, report

LOG, POLICY = "log", "policy"  # who settled a mail
CHUNK = 8 * 1024 * 1024  # bytes of a log in one transaction
SECONDS = 20.0  # of one call: the rest of a long log has time until the next

CLOCKS_DIFFER = timedelta(minutes=1)
GRACE = timedelta(minutes=2)  # between the start of a mail's handover and the last line about it
QUIET = timedelta(minutes=10)  # after which a server that writes nothing has nothing to write
FOR_LOG_AND_PROVIDER = timedelta(hours=1)  # to settle a mail before its kind's policy does
WITHOUT_EITHER = timedelta(minutes=10)

TOLD = {
    What.BOUNCED: MailEvent.What.BOUNCED,
    What.EXPIRED: MailEvent.What.BOUNCED,
    What.DEFERRED: MailEvent.What.DEFERRED,
}
GAVE_UP = noop("The mail server gave up after days of trying.")
BY_A_SERVER = [
    MailEvent.What.DELIVERED,
    MailEvent.What.BOUNCED,
    MailEvent.What.DEFERRED,
    MailEvent.What.COMPLAINED,
]


# --- the log, from where we stopped -----------------------------------------------------------------------------------
def read_log() -> dict[str, int]:
    """Read on in the mail server's log and settle what it tells; returns how many mails met which fate.

    Two calls at once do no harm: the second finds the first one's lock, and leaves.
    """
    figures, until = Counter(arrived=0, not_arrived=0, told=0), time.monotonic() + SECONDS
    if more := bool(settings.MAIL_LOG):
        LogPosition.objects.get_or_create(path=settings.MAIL_LOG)
    while more and time.monotonic() < until:
        with transaction.atomic():
            more = _read_on(figures)
    return dict(figures)


def _read_on(figures: Counter) -> bool:
    """Read one chunk; False when there is nothing more to read for now."""
    locked = LogPosition.objects.select_for_update(skip_locked=True)
    position = locked.filter(path=settings.MAIL_LOG).first()
    if position is None:
        return False
    known = _Known(position)
    with _Files(position) as files:
        file = files.where_we_are() or files.a_new_one(known)
        if file is None:
            return False
        lines, offset = maillog.whole_lines(file, position.offset, CHUNK)
        at_its_end = offset == position.offset
        position.offset = offset
        all_read = at_its_end and file is files.current
        more = not all_read and (not at_its_end or files.the_next_one())
    known.take_in(lines)
    _settle_arrived(known, figures)
    figures["told"] += _report(known.news)
    figures["not_arrived"] += not_arrived(message_keys=_missing(known, all_read=all_read), cause=LOG)
    known.keep()
    return more


class _Files:
    """The log under its name, and what rotation made of the one that we were reading. Closes them all."""

    def __init__(self, position: LogPosition):
        self.position, self.path = position, Path(position.path)
        self.current, self.renamed = _opened(self.path), []
        # Known before the old log is read to its end: a server that writes here has written its last line there.
        self.began = _first_line(self.current)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for file in filter(None, [self.current, *self.renamed]):
            file.close()

    def where_we_are(self) -> BinaryIO | None:
        """The file that we were reading, if need be under its new name; None if it is gone, or there never was one."""
        if self._ours(self.current):
            return self.current
        # Only the youngest: between an older one and the log as it is now there is at least one that we never read.
        self.renamed = list(filter(None, map(_opened, self.path.parent.glob(f"{escape(self.path.name)}?*"))))
        youngest = max(self.renamed, key=lambda file: os.fstat(file.fileno()).st_mtime, default=None)
        return youngest if self._ours(youngest) else None

    def the_next_one(self) -> bool:
        """After the end of a renamed log, go on at the start of the new one, if that has begun."""
        if self.began:
            self._begin()
        return bool(self.began)

    def a_new_one(self, known: "_Known") -> BinaryIO | None:
        """Begin with the log as it is now, after a gap or for the first time; None if it has not begun."""
        if not self.began:
            return None
        self._begin()
        known.nothing_before()
        return self.current

    def _begin(self):
        self.position.inode, self.position.offset = _inode(self.current), 0
        self.position.pending["head"] = self.began

    def _ours(self, file) -> bool:
        """Numbers of files are used again and files cut short, so the first line and the length must fit too."""
        return (
            file is not None
            and _inode(file) == self.position.inode
            and os.fstat(file.fileno()).st_size >= self.position.offset
            and _first_line(file) == self.position.pending.get("head")
        )


def _opened(path: Path) -> BinaryIO | None:
    try:
        return path.open("rb") if path.is_file() else None
    except OSError:  # not for us
        return None


def _inode(file) -> int:
    return os.fstat(file.fileno()).st_ino % 2**63  # what PostgreSQL's bigint holds


def _first_line(file) -> str:
    """The mark of a finished first line; empty while there is none."""
    if file is None:
        return ""
    file.seek(0)
    line = file.readline(maillog.LONGEST_LINE)
    whole = line.endswith(b"\n") or len(line) == maillog.LONGEST_LINE
    return sha256(line).hexdigest()[:32] if whole else ""


# --- what it told -----------------------------------------------------------------------------------------------------
@dataclass
class _Known:
    """What the log has told, from one reading to the next (in ``LogPosition.pending``)."""

    position: LogPosition
    trail: Trail = field(init=False)
    at_server: set[str] = field(init=False)  # keys of mails that the log shows to have arrived
    news: list[tuple[str, Fact]] = field(default_factory=list)

    def __post_init__(self):
        self.trail = Trail(**self.position.pending.get("trail", {}))
        self.at_server = set(self.position.pending.get("at_server", []))

    def nothing_before(self):
        self.trail = Trail()
        self.position.covers_from = None

    def take_in(self, lines: list[bytes]):
        for fact in maillog.facts(lines, domain=settings.MAIL_DOMAIN):
            if key := self.trail.follow(fact):
                self.at_server.add(key)
                if fact.what in TOLD:
                    self.news.append((key, fact))
        now, zone = timezone.now(), ZoneInfo(settings.TIME_ZONE)
        first = next(filter(None, (maillog.moment(line, zone=zone, now=now, fold=1) for line in lines)), None)
        last = next(filter(None, (maillog.moment(line, zone=zone, now=now) for line in reversed(lines))), None)
        position, never = self.position, datetime.min.replace(tzinfo=UTC)
        position.covers_from = position.covers_from or first
        if last:  # a clock that is ahead, or a garbled line, reaches no further than the present
            position.covers_until = max(position.covers_until or never, min(last, now))
        if self.trail.overflows:
            position.covers_from = position.covers_until

    def keep(self):
        self.position.pending |= {"trail": self.trail.kept(), "at_server": sorted(self.at_server)}
        self.position.save()


def _settle_arrived(known: _Known, figures: Counter) -> None:
    """Settle the uncertain mails that arrived; remember those in the midst of their handover, which may become so."""
    if not known.at_server:
        return
    # One statement, so that no mail can pass from the one state to the other between two looks.
    halves = [OutgoingMail.objects.in_state(state) for state in (State.HANDOVER, State.UNCERTAIN)]
    open_mails = halves[0].values_list("message_key", "state").union(halves[1].values_list("message_key", "state"))
    states = {key: state for key, state in open_mails if key in known.at_server}
    uncertain = [key for key, state in states.items() if state == State.UNCERTAIN]
    figures["arrived"] += arrived(message_keys=uncertain, cause=LOG)
    known.at_server = {key for key, state in states.items() if state == State.HANDOVER}


def _report(news: list[tuple[str, Fact]]) -> int:
    """Write down each bounce and delay once, if it is about the person whom we wrote to. Returns how many were new."""
    if not news:
        return 0
    numbers = {_number(key, fact) for key, fact in news}
    old = set(MailEvent.objects.filter(cause=LOG, provider_event__in=numbers).values_list("provider_event", flat=True))
    keys = {key for key, _fact in news}
    to = dict(OutgoingMail.objects.filter(message_key__in=keys).values_list("message_key", "to"))
    return sum(
        report(
            message_key=key, what=TOLD[fact.what], reason=fact.words or GAVE_UP, smtp_code=fact.answer[0], cause=LOG,
            provider_event=_number(key, fact), suppress_for=Suppression.Reason.BOUNCED if _is_hard(fact) else None,
        )
        for key, fact in news
        if _number(key, fact) not in old and key in to and _concerns(to[key], fact)
    )  # fmt: skip


def _number(key, fact) -> str:
    return f"{key}:{fact.number}"


def _concerns(to: str, fact: Fact) -> bool:
    """Mails are passed on, and anybody can write a Message-ID of ours into his own: neither speaks of our address."""
    name, _at, domain = to.casefold().rpartition("@")
    try:
        written = {to.casefold(), f"{name}@{domain.encode('idna').decode()}"}
    except UnicodeError:
        written = {to.casefold()}
    return not fact.to or any(address.casefold() in written for address in fact.to)


def _is_hard(fact: Fact) -> bool:
    """Does nobody live there? Postfix's own 5.0.0 says less than the words that it quotes; 5.4.4: no such domain."""
    if fact.what != What.BOUNCED:
        return False
    code, words = fact.answer
    return fact.dsn == "5.4.4" or address_is_wrong(code or 550, words if fact.dsn == "5.0.0" else f"{fact.dsn} {words}")


# --- what it did not tell ---------------------------------------------------------------------------------------------
def _missing(known: _Known, *, all_read: bool) -> list[str]:
    """The keys of uncertain mails that would be in the log, had they arrived."""
    position, moment = known.position, timezone.now()
    if position.covers_from is None or position.covers_until is None:
        return []
    begun = Coalesce("started_at", F("handover_at") + timedelta(seconds=settings.OUTBOX_LEASE))
    mails = OutgoingMail.objects.in_state(State.UNCERTAIN).annotate(begun=begun)
    covered = Q(begun__lte=position.covers_until - GRACE)
    if all_read and not _log_is_cold(position):
        covered |= Q(begun__lte=moment - QUIET)
    keys = mails.filter(covered, handover_at__gte=position.covers_from + CLOCKS_DIFFER)
    named = {*known.trail.named.values(), *known.trail.taken.values(), *known.at_server}
    return [key for key in keys.values_list("message_key", flat=True) if key not in named]


def _log_is_cold(position) -> bool:
    """The server took mails of which this log has no line: it writes elsewhere, or not at all."""
    later = position.covers_until + CLOCKS_DIFFER
    return OutgoingMail.objects.filter(sent_at__gt=later, created_at__gt=later - timedelta(days=30)).exists()


# --- what nobody tells ------------------------------------------------------------------------------------------------
def settle_by_policy() -> dict[str, int]:
    """Settle what neither log nor provider did in their time, as its kind has it; returns how many met which fate.

    Mails of a kind that waits for a named person, or that nobody registers any longer, stay as they are.
    """
    figures = Counter(told_before=_settle_told())
    patience = FOR_LOG_AND_PROVIDER if settings.MAIL_LOG or settings.MAIL_PROVIDER else WITHOUT_EITHER
    since = Coalesce(Max("events__at", filter=Q(events__what=MailEvent.What.UNCERTAIN)), "handover_at")
    mails = OutgoingMail.objects.in_state(State.UNCERTAIN).annotate(since=since)
    by_policy = {kinds.WhenUncertain.REPEAT: [], kinds.WhenUncertain.DROP: [], kinds.WhenUncertain.WAIT: []}
    for name, key in mails.filter(since__lte=timezone.now() - patience).values_list("kind", "message_key"):
        try:
            by_policy[kinds.get(name).when_uncertain].append(key)
        except kinds.UnknownKind:
            continue
    figures["repeated"] = not_arrived(message_keys=by_policy[kinds.WhenUncertain.REPEAT], cause=POLICY)
    figures["let_be"] = let_be(message_keys=by_policy[kinds.WhenUncertain.DROP], cause=POLICY)
    return dict(figures)


def _settle_told() -> int:
    """A provider may tell of a mail while its dead worker still has the lease: before anybody was in doubt."""
    told = OutgoingMail.objects.in_state(State.UNCERTAIN).filter(
        events__what__in=BY_A_SERVER, events__at__gte=F("handover_at")
    )
    return sum(
        arrived(message_keys=[key], cause=cause)
        for key, cause in told.values_list("message_key", "events__cause").distinct()
    )
