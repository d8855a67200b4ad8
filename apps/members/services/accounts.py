from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from apps.core import audit

from ..models import Consent, Message, ProfileOpening, User
from . import consents
from .messages import KEPT

UNCONFIRMED_KEPT = timedelta(days=30)
OPENINGS_KEPT = timedelta(days=90)


@transaction.atomic
def registered(*, user: User, language: str, terms: str, adult: str) -> None:
    """Complete a new account: its language, and what was agreed to, in the words that were read."""
    user.language = language
    user.save(update_fields=["language"])
    consents.give(user=user, purpose=Consent.Purpose.TERMS, wording=terms)
    consents.give(user=user, purpose=Consent.Purpose.ADULT, wording=adult)
    audit.record(actor=user, verb="members.registered", person=user.pk)


@transaction.atomic
def speak(*, user: User, language: str) -> None:
    """Remember in which language somebody reads the portal: mails follow it."""
    User.objects.filter(pk=user.pk).exclude(language=language).update(language=language)


@transaction.atomic
def keep_tidy() -> dict[str, int]:
    """Let go of what has had its time: unconfirmed accounts, relayed messages, openings. Returns how many of each."""
    audit.letting_go()
    now = timezone.now()
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    stale = User.objects.filter(
        ~Exists(confirmed), date_joined__lt=now - UNCONFIRMED_KEPT, is_staff=False, profile=None, is_sample=False
    )
    gone = {
        "unconfirmed accounts": stale.delete()[1].get("members.User", 0),
        "messages": Message.objects.before(now - KEPT).delete()[0],
        "openings": ProfileOpening.objects.filter(day__lt=(now - OPENINGS_KEPT).date()).delete()[0],
    }
    audit.record(actor=None, verb="members.tidied", **gone)
    return gone
