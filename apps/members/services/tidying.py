"""How long members keeps what it has. Each rule says what has had its time, and how it goes."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import DateTimeField, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core import audit, retention, strays

from .. import emails
from ..models import DataExport, Message, ProfileOpening, User
from ..querysets.messages import KEPT
from . import erasure, export

UNCONFIRMED_KEPT = timedelta(days=30)
OPENINGS_KEPT = timedelta(days=90)
UNUSED_KEPT = timedelta(days=2 * 365)
WARNED_BEFORE = timedelta(days=30)
SESSIONS_LAST = timedelta(seconds=settings.SESSION_COOKIE_AGE)
UPLOADS = ["photos", "documents", "exports"]


# --- accounts ---------------------------------------------------------------------------------------------------------
def unconfirmed(before):
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    return User.objects.filter(
        ~Exists(confirmed), date_joined__lt=before, is_staff=False, profile=None, is_sample=False
    )


def _unused(before):
    """Nobody has signed in since then. Whose message was reported waits until that message has had its time."""
    reported = Message.objects.filter(sender=OuterRef("pk"), report__isnull=False)
    people = User.objects.filter(~Exists(reported), is_staff=False, is_sample=False, erasure=None)
    return people.annotate(last=Coalesce("last_login", "date_joined", output_field=DateTimeField())).filter(
        last__lt=before
    )


def unused(before):
    """Nobody has signed in since then, nor in the month after the warning; whom staff shut out could not."""
    warned = Q(warned_at__gt=F("last"), warned_at__lt=timezone.now() - WARNED_BEFORE)
    return _unused(before).filter(warned | Q(is_active=False))


@transaction.atomic
def warn_unused() -> int:
    """Tell those whose account goes in a month, each once, for as long as they do not sign in."""
    soon = _unused(timezone.now() - UNUSED_KEPT + WARNED_BEFORE)
    to_warn = soon.filter(Q(warned_at__isnull=True) | Q(warned_at__lte=F("last")), is_active=True)
    people = list(to_warn.select_for_update(of=("self",), skip_locked=True)[:1000])
    for user in people:
        user.warned_at = timezone.now()
        user.save(update_fields=["warned_at"])
        emails.account_unused(user, due=_goes_at(user))
    return len(people)


def _goes_at(user) -> datetime:
    """Two years after the last time, and a month from now at the earliest."""
    return max((user.last_login or user.date_joined) + UNUSED_KEPT, timezone.now() + WARNED_BEFORE)


def _erase(over):
    """Accounts go one by one, each in every app; one that cannot go now waits for the next round."""

    def let_go(before):
        going = over(before)
        return sum(erasure.attempt(number=number, among=going) for number in going.values_list("pk", flat=True))

    return let_go


# --- sessions ---------------------------------------------------------------------------------------------------------
def ended_sessions(before):
    """From where, and with which browser, somebody was signed in whose session ended: by himself, or by its time."""
    going_on = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=before + SESSIONS_LAST)
    return UserSession.objects.filter(~Exists(going_on))


# --- files ------------------------------------------------------------------------------------------------------------
def let_go_of_stray_files() -> int:
    return strays.let_go(UPLOADS)


# --- the rules --------------------------------------------------------------------------------------------------------
retention.register(
    "members.unconfirmed accounts",
    model="members.User",
    rule=_("Accounts whose address was never confirmed go after 30 days."),
    period=UNCONFIRMED_KEPT,
    over=unconfirmed,
    let_go=_erase(unconfirmed),
)
retention.register(
    "members.unused accounts",
    model="members.User",
    rule=_(
        "Accounts in which nobody signed in for two years go, a month after a warning by email; "
        "those that staff have closed, without one."
    ),
    period=UNUSED_KEPT,
    over=unused,
    let_go=_erase(unused),
)
retention.register(
    "members.messages",
    model="members.Message",
    rule=_("Messages between members go after 90 days, reported ones 90 days after the report was closed."),
    period=KEPT,
    over=Message.objects.past_keeping,
)
retention.register(
    "members.openings",
    model="members.ProfileOpening",
    rule=_("Who opened whose profile on which day goes after 90 days."),
    period=OPENINGS_KEPT,
    over=lambda before: ProfileOpening.objects.filter(day__lt=before.date()),
)
retention.register(
    "members.downloads",
    model="members.DataExport",
    rule=_("The file of a download goes after seven days; that there was one is kept as long as the account."),
    period=export.KEPT,
    over=DataExport.objects.ready_before,
    let_go=export.let_go,
)
retention.register(
    "members.sessions",
    model="usersessions.UserSession",
    rule=_("From where somebody was signed in goes with the end of that session."),
    period=SESSIONS_LAST,
    over=ended_sessions,
)


def keep_tidy() -> dict[str, int | None]:
    """Let go of what has had its time. Returns how many of each went."""
    gone = retention.run("members") | {"warned": warn_unused()}
    audit.record(actor=None, verb="members.tidied", **gone)
    return gone
