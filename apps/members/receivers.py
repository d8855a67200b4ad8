"""What members does when a package below it has news."""

from allauth.account.signals import user_logged_in
from django.dispatch import receiver
from django.utils.translation import get_language

from apps.core import bell
from apps.core.signals import taxonomy_changed

from .services import accounts


@receiver(user_logged_in)
def remember_language(user, **kwargs):
    accounts.speak(user=user, language=get_language())


@receiver(taxonomy_changed)
def rewrite_the_directory(**kwargs):
    """Entries hold the names of places and fields and the lineage of skills."""
    bell.ring("members.rebuild_directory")
