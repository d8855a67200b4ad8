from contextlib import contextmanager

from django.db import transaction

from apps.core import audit

from ..models import Consent, User
from . import consents


@transaction.atomic
def registered(*, user: User, language: str, terms: str, adult: str) -> None:
    """Complete a new account: its language, and what was agreed to, in the words that were read."""
    user.language = language
    user.save(update_fields=["language"])
    consents.give(user=user, purpose=Consent.Purpose.TERMS, wording=terms)
    consents.give(user=user, purpose=Consent.Purpose.ADULT, wording=adult)
    audit.record(actor=user, verb="members.registered", person=user.pk)


@contextmanager
def taken_back():
    """Do what stands inside in full, and leave nothing of it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@transaction.atomic
def speak(*, user: User, language: str) -> None:
    """Remember in which language somebody reads the portal: mails follow it."""
    User.objects.filter(pk=user.pk).exclude(language=language).update(language=language)
