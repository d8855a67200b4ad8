"""allauth's two adapters: how accounts are made here, and how their mails leave."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from . import emails
from .models import User


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix, email, context):
        """Hand allauth's mail to `emails.py`, in the language of the account or, before there is one, of the page."""
        user = context.get("user")
        known = user if isinstance(user, User) else User.objects.filter(email__iexact=email).first()
        language = known.language if known else get_language()
        emails.account(template_prefix, to=email, language=language or settings.LANGUAGE_CODE, context=context)

    def clean_email(self, email):
        return super().clean_email(email).lower()


class MFAAdapter(DefaultMFAAdapter):
    def build_totp_svg(self, url):
        """Return the QR code as SVG for the page itself: allauth's data: URI would need a hole in the CSP."""
        svg = super().build_totp_svg(url)
        return mark_safe(svg[svg.index("<svg") :])  # noqa: S308 - drawn by us from our own address
