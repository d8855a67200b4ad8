"""What members does when a package below it has news."""

from allauth.account.signals import email_confirmed, user_logged_in
from django.dispatch import receiver
from django.utils.translation import get_language

from apps.core import bell
from apps.core.signals import taxonomy_changed
from apps.outbox import services as outbox

from .models import Consent
from .services import accounts, matching, profiles
from .signals import consent_withdrawn


@receiver(user_logged_in)
def remember_language(user, **kwargs):
    accounts.speak(user=user, language=get_language())


@receiver(email_confirmed)
def write_there_again(email_address, **kwargs):
    """A code that came back proves that the address takes mail, whatever it did before."""
    outbox.lift(address=email_address.email)


@receiver(taxonomy_changed)
def rewrite_the_directory(**kwargs):
    """Entries hold the names of places and fields and the lineage of skills."""
    bell.ring("members.rebuild_directory")


@receiver(consent_withdrawn)
def forget_the_ties(user, purpose, **kwargs):
    """Places that can reveal an origin are kept with their own consent only."""
    if purpose == Consent.Purpose.TIES:
        profiles.forget_ties(user=user)


@receiver(consent_withdrawn)
def stop_telling_matches(user, purpose, **kwargs):
    if purpose == Consent.Purpose.DIGEST:
        matching.stop_telling(user=user)
