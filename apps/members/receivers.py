"""What members does when a package below it has news."""

from allauth.account.signals import user_logged_in
from django.dispatch import receiver
from django.utils.translation import get_language

from .services import accounts


@receiver(user_logged_in)
def remember_language(user, **kwargs):
    accounts.speak(user=user, language=get_language())
