"""Mails whose state changes by other hands than a worker's: staff, the server's log, a provider, the policy."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from apps.core import audit, bell

from .. import kinds
from ..models import ENDED, GIVEN_UP, Lane, MailContent, MailEvent, OutgoingMail, State, Suppression
from .queueing import DELIVER
from .suppressing import suppress

What = MailEvent.What


class NotAllowed(Exception):
    """The mail is not in a state in which this can be done; the message says why, for staff."""


# --- staff ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def retry(*, mail: OutgoingMail, actor) -> None:
    """Queue a mail again that failed, was withheld, or waits for its next attempt."""
    mail = _locked(mail)
    if mail.state == State.QUEUED:
        return
    if mail.state not in {State.FAILED, State.WITHHELD, State.RETRY}:
        raise _wrong_state(mail)
    if mail.content.blanked_at or (mail.content.placeholders and not mail.values):
        raise NotAllowed(_("What it said is no longer kept."))
    _requeue(mail)
    _decided(mail, What.REQUEUED, actor, "outbox.retried")


@transaction.atomic
def withhold(*, mail: OutgoingMail, actor, reason: str) -> None:
    """Keep a mail that has not left yet from being sent."""
    mail = _locked(mail)
    if mail.state == State.WITHHELD:
        return
    if mail.state not in {State.QUEUED, State.RETRY}:
        raise _wrong_state(mail)
    _move(mail, State.WITHHELD)
    _decided(mail, What.WITHHELD, actor, "outbox.withheld", reason)


@transaction.atomic
def settle(*, mail: OutgoingMail, actor, sent: bool, again: bool = False) -> None:
    """Say of an uncertain mail that it arrived, or that it did not and is sent again, or let be."""
    mail = _locked(mail)
    to = State.SENT if sent else State.QUEUED if again else State.WITHHELD
    if mail.state == to:
        return
    if mail.state != State.UNCERTAIN:
        raise _wrong_state(mail)
    if to == State.SENT:
        _move(mail, to, sent_at=mail.started_at or timezone.now())
        blank([mail.pk])
    elif to == State.QUEUED:
        _requeue(mail)
    else:
        _move(mail, to)
    _decided(mail, What.SETTLED, actor, "outbox.settled", to.value)


def _wrong_state(mail) -> NotAllowed:
    return NotAllowed(
        _("This cannot be done with a mail in this state: %(state)s.") % {"state": mail.get_state_display()}
    )


def _locked(mail) -> OutgoingMail:
    return OutgoingMail.objects.select_for_update(of=("self",)).select_related("content").get(pk=mail.pk)


def _move(mail, state, **fields):
    OutgoingMail.objects.filter(pk=mail.pk).update(state=state, worker="", lease_until=None, **fields)


def _requeue(mail):
    if OutgoingMail.objects.live().of_wish(mail.dedupe_key).exclude(pk=mail.pk).exists():
        raise NotAllowed(_("Another mail of the same wish has taken its place."))
    _move(mail, State.QUEUED, next_attempt_at=Now(), expires_at=None, started_at=None)
    bell.ring(DELIVER)


def _decided(mail, what, actor, verb, reason=""):
    MailEvent.objects.create(mail=mail, what=what, reason=str(reason), cause="staff", actor_id=actor.pk)
    audit.record(actor=actor, verb=verb, target=mail, person=mail.person_id, reason=str(reason))


# --- logs, providers, the policy --------------------------------------------------------------------------------------
@transaction.atomic
def arrived(*, message_keys: Iterable[str], cause: str) -> int:
    """Settle as sent the uncertain mails that the server is known to have. Returns how many."""
    mails = _uncertain(message_keys)
    OutgoingMail.objects.filter(pk__in=mails).update(
        state=State.SENT, sent_at=Coalesce("started_at", "handover_at", Now())
    )
    _told(mails, noop("It had arrived."), cause)
    blank(mails)
    return len(mails)


@transaction.atomic
def not_arrived(*, message_keys: Iterable[str], cause: str) -> int:
    """Queue again the uncertain mails that the server is known not to have. Returns how many."""
    mails = _uncertain(message_keys)
    OutgoingMail.objects.filter(pk__in=mails).update(state=State.QUEUED, next_attempt_at=Now(), started_at=None)
    _told(mails, noop("It had not arrived."), cause)
    if mails:
        bell.ring(DELIVER)
    return len(mails)


@transaction.atomic
def let_be(*, message_keys: Iterable[str], cause: str) -> int:
    """Withhold the uncertain mails that are better sent once too few than twice. Returns how many."""
    mails = _uncertain(message_keys)
    OutgoingMail.objects.filter(pk__in=mails).update(state=State.WITHHELD)
    _told(mails, noop("Nobody can tell whether it arrived, and it is not to be sent twice."), cause)
    return len(mails)


def _uncertain(message_keys) -> list[int]:
    found = OutgoingMail.objects.live().in_state(State.UNCERTAIN).filter(message_key__in=list(message_keys))
    return list(found.select_for_update().values_list("pk", flat=True))


def _told(mails, reason, cause):
    MailEvent.objects.bulk_create(MailEvent(mail_id=pk, what=What.SETTLED, reason=reason, cause=cause) for pk in mails)


@transaction.atomic
def report(
    *, message_key: str, what: MailEvent.What, reason: str = "", smtp_code: int | None = None, cause: str,
    provider_event: str = "", suppress_for: Suppression.Reason | None = None,
) -> bool:  # fmt: skip
    """Write down what a log or a provider tells of a mail; False if it was told before, or the mail is not ours.

    Whoever tells of a mail had it: an uncertain one is settled as sent. ``suppress_for`` suppresses its address.
    """
    named = OutgoingMail.objects.filter(message_key=message_key).select_for_update()
    mail = named.live().first() or named.in_state(*GIVEN_UP).order_by("-pk").first()
    if mail is None:
        return False
    if provider_event and MailEvent.objects.filter(cause=cause, provider_event=provider_event).exists():
        return False
    MailEvent.objects.create(
        mail=mail, what=what, reason=reason[:300], smtp_code=smtp_code, cause=cause, provider_event=provider_event
    )
    if mail.state == State.UNCERTAIN:
        arrived(message_keys=[message_key], cause=cause)
    if suppress_for:
        suppress(address=mail.to, reason=suppress_for, detail=reason)
    return True


# --- forgetting -------------------------------------------------------------------------------------------------------
def blank(ids: list[int]) -> None:
    """Forget the codes of account mails whose way has ended, and the whole content of what nobody else gets."""
    if not ids:
        return
    ended = OutgoingMail.objects.filter(pk__in=ids, lane=Lane.ACCOUNT, state__in=ENDED)
    ended.exclude(values={}).update(values={})
    MailContent.objects.filter(kind=kinds.OTHER, mails__in=ended, blanked_at=None).update(
        subject="", text="", html="", attachments=[], blanked_at=Now()
    )
