"""The end of an account: hidden at once, purged after fourteen days in which it can be taken back.

What goes: everything that hangs on the account. What stays: the number of the account, so that a restored backup can
be brought up to date; the hash of an address that is not to be written to; figures.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

import structlog
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.core import audit, personal_data
from apps.core.models import AuditEntry
from apps.outbox import services as outbox

from .. import emails
from ..models import ErasedAccount, Erasure, Message, Profile, User
from ..signals import member_erasing
from . import directory

log = structlog.get_logger(__name__)

GRACE = timedelta(days=14)
NOTED = "erased/"  # beside the uploads, outside the database: one file an account: its number, and when
NOTED_AGAIN = timedelta(days=30)


class StaffAccount(Exception):
    """Whoever looks after the portal first hands his role to somebody else; an administrator then takes it off."""


class UnknownLink(Exception):
    """Nobody's deletion can be taken back with this link: it was used, or the account is gone."""


def _key(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


# --- asking, and taking it back ---------------------------------------------------------------------------------------
@transaction.atomic
def ask(*, user: User) -> Erasure:
    """Hide an account at once and plan its end. A second time changes nothing."""
    user = User.objects.locked().get(pk=user.pk)
    if user.is_staff:
        raise StaffAccount
    asked = Erasure.objects.filter(user=user).first()
    if asked and not user.is_active:
        return asked
    if asked:
        asked.delete()  # the account was opened again past us, on the console
    secret = token_urlsafe(32)
    asked = Erasure.objects.create(user=user, due_at=timezone.now() + GRACE, cancel_key=_key(secret))
    _open(user, active=False)
    for session in UserSession.objects.filter(user=user):
        session.end()
    audit.record(actor=user, verb="members.erasure_asked", person=user.pk)
    emails.erasure_asked(asked, secret)
    return asked


def asked_with(*, secret: str) -> Erasure:
    """The deletion that this link's secret takes back; raises ``UnknownLink``."""
    try:
        return Erasure.objects.select_related("user").get(cancel_key=_key(secret))
    except Erasure.DoesNotExist:
        raise UnknownLink from None


@transaction.atomic
def cancel(*, secret: str) -> None:
    """Take a deletion back: the account is as it was."""
    # The account first, as everywhere: whoever purges it at this moment is waited for, and may leave nothing.
    user = User.objects.locked().filter(pk=asked_with(secret=secret).user_id).first()
    if user is None:
        raise UnknownLink
    asked_with(secret=secret).delete()
    _open(user, active=True)
    audit.record(actor=user, verb="members.erasure_cancelled", person=user.pk)


@transaction.atomic
def open_or_close(*, user: User, active: bool, actor: User) -> None:
    """What staff decide of an account. It ends a deletion asked for before, whose link opens nothing any more."""
    user = User.objects.locked().get(pk=user.pk)
    if user.is_active == active:
        return
    ended, _rows = Erasure.objects.filter(user=user).delete()
    if ended:
        audit.record(actor=actor, verb="members.erasure_cancelled", person=user.pk)
    _open(user, active=active)


def _open(user, *, active):
    user.is_active = active
    user.save(update_fields=["is_active"])
    if profile := Profile.objects.filter(user=user).first():
        directory.refresh(profile)


# --- the end ----------------------------------------------------------------------------------------------------------
def erase_due() -> int:
    """Purge every account whose grace is over. One that cannot go now is tried again at the next round."""
    due = User.objects.filter(erasure__in=Erasure.objects.due(timezone.now()))
    gone = sum(attempt(number=number, among=due) for number in due.values_list("pk", flat=True))
    _note_again()
    return gone


def attempt(*, number: int, among: QuerySet | None = None) -> bool:
    """Purge an account if it can go now; in the log stands why not."""
    try:
        return purge(number=number, among=among)
    except outbox.InHand:
        log.info("members.erasure_waits", user_id=number)
    except Exception:  # noqa: BLE001 - one account that cannot go holds up no other
        log.exception("members.erasure_failed", user_id=number)
    return False


@transaction.atomic
def purge(*, number: int, among: QuerySet | None = None) -> bool:
    """Erase an account and all that hangs on it, in every app, in one transaction. Returns whether there was one.

    ``among`` says who is to go: whoever has come back since that was read is let be. Raises ``outbox.InHand`` while a
    mail to it is on its way.
    """
    user = User.objects.select_for_update().filter(pk=number).first()
    if user is None or (among is not None and not among.filter(pk=number).exists()):
        return False
    audit.letting_go()
    member_erasing.send(sender=User, member=user)
    outbox.forget(
        person=user,
        addresses={user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)},
        about={"members.relayed-message": Message.objects.filter(sender=user).values_list("pk", flat=True)},
    )
    for storage, name in list(_files(user)):
        transaction.on_commit(lambda storage=storage, name=name: storage.delete(name), robust=True)
    for session in UserSession.objects.filter(user=user):
        session.end()
    # To whom he wrote goes with the messages; what else he did to others, or for the portal, stays by his number.
    (AuditEntry.objects.about(user) | AuditEntry.objects.done_by(user, "members.message_sent")).delete()
    user.delete()
    gone, _new = ErasedAccount.objects.update_or_create(user_id=number, defaults={"erased_at": timezone.now()})
    transaction.on_commit(lambda: _note(gone), robust=True)
    audit.record(actor=None, verb="members.account_erased")
    return True


def _files(user) -> Iterator[tuple]:
    """Every file of this person, in whichever app: the register knows the tables and the way to the person."""
    for _declaration, field, rows in personal_data.files_of(user):
        for row in rows:
            if file := getattr(row, field):
                yield file.storage, file.name


# --- after a restore --------------------------------------------------------------------------------------------------
def _note(gone: ErasedAccount) -> None:
    """Write the number down outside the database, where yesterday's backup does not know it yet."""
    name = f"{NOTED}{gone.user_id}"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(gone.erased_at.isoformat().encode()))


def _note_again() -> None:
    """Whoever was killed between the commit and the note did not write it."""
    for gone in ErasedAccount.objects.filter(erased_at__gte=timezone.now() - NOTED_AGAIN):
        _note(gone)


def _noted() -> dict[int, datetime]:
    names = default_storage.listdir(NOTED)[1] if default_storage.exists(NOTED) else []
    moments = {}
    for name in filter(str.isdecimal, names):
        with default_storage.open(f"{NOTED}{name}") as file:
            moments[int(name)] = datetime.fromisoformat(file.read().decode())
    return moments


def replay() -> tuple[int, list[int]]:
    """Erase again whoever was erased and stands in a restored database: how many went, and the numbers of the others.

    A restored database gives numbers away that were somebody else's: who joined after that one had left is let be.
    """
    outbox.reap()  # a backup holds mails in the hands of workers who are no more
    moments = _noted() | dict(ErasedAccount.objects.values_list("user_id", "erased_at"))
    known = User.objects.filter(pk__in=moments).values_list("pk", "date_joined")
    back = [number for number, joined in known if joined < moments[number]]
    gone = sum(attempt(number=number) for number in back)
    return gone, list(User.objects.filter(pk__in=back).order_by("pk").values_list("pk", flat=True))
