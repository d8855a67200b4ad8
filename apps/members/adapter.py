"""What allauth asks us: who signs in, how accounts are made, and how their mails leave."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from . import emails
from .models import User
from .querysets.users import rights_of
from .services import second_step
from .templatetags.browser import browser


class PasswordBackend(AuthenticationBackend):
    """allauth asks the database once more about an unknown address than about a confirmed one: ours does not."""

    def _authenticate_by_email(self, email, password):
        return self._check_password(User.objects.of_address(email), password)

    def get_all_permissions(self, user_obj, obj=None):
        """One's own rights and those of one's groups in one query; every page of staff asks, Django twice."""
        if user_obj.is_superuser or not user_obj.is_active or obj is not None:
            return super().get_all_permissions(user_obj, obj)
        if not hasattr(user_obj, "_perm_cache"):  # Django's name, which its own `get_all_permissions` looks for
            user_obj._perm_cache = rights_of(user_obj)
        return user_obj._perm_cache


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "duplicate_email": _("This is the address of your account already."),
        "email_password_mismatch": _("This address and this password do not belong together."),
        "email_taken": _("This address cannot be used. Choose another one."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This is not the right code."),
        "incorrect_password": _("This is not your password."),
        "rate_limited": _("That was too soon. Wait a moment, then try again."),
        "too_many_login_attempts": _("Too many wrong attempts. Wait some minutes, then start again."),
    }

    def send_mail(self, template_prefix, email, context):
        """Hand allauth's mail to `emails.py`, in the language of the account or, before there is one, of the page."""
        user = context.get("user")
        known = user if isinstance(user, User) else User.objects.filter(email=email.lower()).first()
        language = (known.language if known else get_language()) or settings.LANGUAGE_CODE
        emails.account(template_prefix, to=email, language=language, context=context, person=known)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Say whose account a notice is about: it may go to an address that is no longer his."""
        if template_prefix == getattr(self.request, "told_with_the_commit", ""):
            return  # see `receivers.tell_with_the_commit`
        super().send_notification_mail(template_prefix, user, {"user": user} | (context or {}), email)

    def clean_email(self, email):
        return super().clean_email(email).lower()


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This is not the right code."),
        "unverified_email": _("Confirm your email address first."),
    }

    def encrypt(self, text):
        return second_step.encrypted(text)

    def decrypt(self, encrypted_text):
        return second_step.decrypted(encrypted_text)

    def generate_authenticator_name(self, user, type):
        return browser(context.request.headers.get("User-Agent", ""))

    def build_totp_svg(self, url):
        """Return the QR code as SVG for the page itself: allauth's data: URI would need a hole in the CSP."""
        svg = super().build_totp_svg(url)
        return mark_safe(svg[svg.index("<svg") :])  # noqa: S308 - drawn by us from our own address
