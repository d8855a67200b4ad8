"""What members does when a package below it has news."""

from allauth.account.adapter import get_adapter
from allauth.account.signals import email_confirmed, user_logged_in
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.translation import get_language

from apps.core import bell
from apps.core.signals import taxonomy_changed
from apps.outbox import services as outbox

from .models import Consent
from .services import accounts, matching, profiles
from .signals import consent_withdrawn

TOLD_AFTER_THE_COMMIT = {
    ("mfa_activate_totp", Authenticator.Type.TOTP): "mfa/email/totp_activated",
    ("mfa_generate_recovery_codes", Authenticator.Type.RECOVERY_CODES): "mfa/email/recovery_codes_generated",
}


@receiver(user_logged_in)
def remember_language(user, **kwargs):
    accounts.speak(user=user, language=get_language())


@receiver(email_confirmed)
def write_there_again(email_address, **kwargs):
    """A code that came back proves that the address takes mail, whatever it did before."""
    outbox.lift(address=email_address.email)


@receiver(post_save, sender=Authenticator)
def tell_with_the_commit(instance, created, **kwargs):
    """Queue these notices with what they tell of; allauth does it after the commit, and a crash between loses them."""
    page = context.request.resolver_match if context.request else None
    notice = page and TOLD_AFTER_THE_COMMIT.get((page.url_name, instance.type))
    if created and notice:
        get_adapter(context.request).send_notification_mail(notice, instance.user)
        context.request.told_with_the_commit = notice


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
