"""What the outbox knows of a mail, beside what arrived of it. Without the database, what arrived."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import Error
from django.utils import timezone

from apps.outbox import kinds
from apps.outbox.admin import story
from apps.outbox.models import GIVEN_UP, WAITING, Lane, MailContent, OutgoingMail, State
from apps.outbox.render import rendered
from apps.outbox.wire import Filled, Wire, filled

from . import letters
from .letters import ARRIVED, Letter

SHOWN = 200


@dataclass
class Mail:
    """A row, what arrived of it (the newest first), or both."""

    row: OutgoingMail | None = None
    arrived: list[Letter] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """Its part of the page's addresses."""
        return str(self.row.pk) if self.row else self.arrived[0].mark

    @property
    def at(self) -> datetime:
        return self.row.created_at if self.row else self.arrived[0].at

    @property
    def due_at(self) -> datetime | None:
        """When a worker may take it, if that is still to come."""
        waits = self.row and self.row.state in WAITING and self.row.next_attempt_at > timezone.now()
        return self.row.next_attempt_at if waits else None

    @property
    def to(self) -> str:
        return self.row.to if self.row else self.arrived[0].head["To"] or ""

    @property
    def language(self) -> str:
        return self.row.content.language if self.row else self.arrived[0].head["Content-Language"] or ""

    @property
    def lane(self) -> str:
        return Lane(self.row.lane).name.lower() if self.row else ""

    @property
    def subject(self) -> str:
        if self.arrived:
            return self.arrived[0].head["Subject"] or "(no subject)"
        said = self.not_arrived()
        return (said.subject if said else self.row.content.subject) or "(no subject)"

    # --- what it says -------------------------------------------------------------------------------------------------
    def said(self) -> Filled | None:
        """As its reader has it, or will; None once that is forgotten."""
        if not self.arrived:
            return self.not_arrived()
        message = self.arrived[0].message
        return Filled(
            sender=message["From"] or "",
            subject=self.subject,
            text=letters.body_of(message, "plain"),
            html=letters.body_of(message, "html"),
        )

    def not_arrived(self) -> Filled | None:
        return filled(self.row.content, self.row.values) if self._is_known else None

    @property
    def _is_known(self) -> bool:
        """Values of account mails, and contents of their own, are let go of when their way has ended."""
        content = self.row.content
        return not content.blanked_at and set(content.placeholders) <= self.row.values.keys()

    def headers(self) -> list[tuple[str, str]]:
        if self.arrived:
            return [(name, str(value)) for name, value in self.arrived[0].message.items()]
        return story.headers(self.row) if self._is_known else []

    def story(self) -> list[story.Moment]:
        moments = story.time_line(self.row) if self.row else []
        moments += [story.Moment(letter.at, "Arrived here") for letter in self.arrived]
        return sorted(moments, key=lambda moment: moment.at)

    # --- in other languages -------------------------------------------------------------------------------------------
    @property
    def kind(self) -> kinds.Kind | None:
        """Its kind, if mails of it can be rendered here."""
        try:
            kind = kinds.get(self.row.kind) if self.row else None
        except kinds.UnknownKind:
            return None
        return kind if kind and not kind.ready_made else None

    @property
    def has_its_values(self) -> bool:
        return self.kind is not None and self.row.values.keys() == self.kind.sample.keys()

    def in_language(self, language: str) -> Filled:
        """Rendered now, with its own values or, once these are forgotten, the sample ones of its kind."""
        words = rendered(self.kind, language, self.kind.sample_context)._asdict()
        content = MailContent(
            kind=self.kind.name, language=language, placeholders=sorted(self.kind.sample), digest="0" * 64, **words
        )
        return Wire(content).filled(self.row.values if self.has_its_values else self.kind.sample)


# --- the list ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Asked:
    """What the address line asks for."""

    to: str = ""
    kind: str = ""
    state: str = ""

    def rows(self):
        rows = OutgoingMail.objects.select_related("content").order_by("-pk")
        rows = rows.filter(to__icontains=self.to) if self.to else rows
        rows = rows.filter(kind=self.kind) if self.kind else rows
        return rows.in_state(self.state) if self.state else rows


def newest(asked: Asked) -> tuple[list[Mail], bool]:
    """The newest mails that are asked for; and whether the database answered."""
    kept, answers = letters.newest(SHOWN), True
    try:
        rows = list(asked.rows()[:SHOWN])
        ours = _keys_of_the_outbox(letter.key for letter in kept)
    except Error:
        rows, ours, answers = [], set(), False
    mails = _with_what_arrived(rows)
    if not (asked.kind or asked.state):
        strangers = (Mail(arrived=[letter]) for letter in kept if letter.key not in ours)
        mails += [mail for mail in strangers if asked.to.lower() in mail.to.lower()]
    return sorted(mails, key=lambda mail: mail.at, reverse=True)[:SHOWN], answers


def _keys_of_the_outbox(keys) -> set[str]:
    """What else arrived is of an earlier database, or of somebody who found the port."""
    return set(OutgoingMail.objects.filter(message_key__in=set(keys)).values_list("message_key", flat=True))


def _with_what_arrived(rows: list[OutgoingMail]) -> list[Mail]:
    arrived = letters.by_key(row.message_key for row in rows)
    return [Mail(row, [] if _left_its_key(row) else arrived[row.message_key]) for row in rows]


def _left_its_key(row) -> bool:
    """A mail that was given up untried leaves its key to another, and what arrived is the other's."""
    return row.state in GIVEN_UP and not row.attempts


def counts() -> dict[str, int]:
    """How many mails are in each state, of all; nothing without the database."""
    try:
        found = OutgoingMail.objects.counts()
    except Error:
        return {}
    return {state.value: found[state] for state in State if state in found}


# --- one mail ---------------------------------------------------------------------------------------------------------
def find(mark: str) -> Mail | None:
    """A mail by its part of the address; None too for a row of a database that does not answer."""
    if not mark.startswith(ARRIVED):
        row = _row(pk=mark) if mark.isdecimal() else None
        return _with_what_arrived([row])[0] if row else None
    letter = letters.find(mark.removeprefix(ARRIVED))
    return Mail(_row(message_key=letter.key), [letter]) if letter else None


def _row(**which) -> OutgoingMail | None:
    try:
        return OutgoingMail.objects.select_related("content").filter(**which).order_by("-attempts").first()
    except Error:
        return None
