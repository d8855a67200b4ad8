"""allauth's forms, in our words."""

from copy import copy
from secrets import token_hex

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..models import User
from ..services import accounts

TERMS = _("I have read the privacy notice and the legal notice.")
ADULT = _("I am 18 or older.")

format_html_lazy = lazy(format_html, str)


class OurWords:
    """allauth's forms as we word them: no placeholder beside a label, no password typed twice, codes from a keypad."""

    labels = {}
    help_texts = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.help_texts.get(name, field.help_text)
        if "code" in self.fields:
            self.fields["code"].widget.attrs["inputmode"] = "numeric"


class LoginForm(OurWords, account_forms.LoginForm):
    labels = {"login": _("Email"), "password": _("Password")}


class SignupForm(OurWords, account_forms.SignupForm):
    field_order = ["email", "password1", "adult", "terms"]
    labels = {"email": _("Email"), "password1": _("Password")}

    adult = forms.BooleanField(label=ADULT)
    terms = forms.BooleanField(
        label=TERMS,
        help_text=format_html_lazy(
            '<a href="{}">{}</a> · <a href="{}">{}</a>',
            settings.PRIVACY_NOTICE_URL,
            _("Privacy notice"),
            settings.LEGAL_NOTICE_URL,
            _("Legal notice"),
        ),
    )

    def try_save(self, request):
        """Make the account; somebody who has one is told so by mail, after the same work as for a newcomer."""
        try:
            with transaction.atomic():
                if not self.account_already_exists:
                    return self.save(request), None
                with accounts.taken_back():
                    self._save_for_nobody(request)
        except IntegrityError:
            self.account_already_exists = True  # since a moment ago
        return super().try_save(request)

    def _save_for_nobody(self, request):
        """Write all that a new account writes, under an address that nobody has."""
        stand_in = copy(self)
        stand_in.account_already_exists = False
        stand_in.cleaned_data = self.cleaned_data | {"email": f"{token_hex(8)}@nobody.invalid"}
        stand_in.save(request)

    def custom_signup(self, request, user):
        accounts.registered(user=user, language=get_language(), terms=str(TERMS), adult=str(ADULT))


class AddEmailForm(OurWords, account_forms.AddEmailForm):
    labels = {"email": _("New address")}


class ChangePasswordForm(OurWords, account_forms.ChangePasswordForm):
    labels = {"oldpassword": _("Current password"), "password1": _("New password")}


class SetPasswordForm(OurWords, account_forms.SetPasswordForm):
    labels = {"password1": _("Password")}


class ResetPasswordForm(OurWords, account_forms.ResetPasswordForm):
    labels = {"email": _("Email")}

    def clean_email(self):
        """Look for the account with as many questions for an unknown address as for a known one."""
        email = get_adapter().clean_email(self.cleaned_data["email"])
        user = User.objects.of_address(email)
        self.users = [user] if user and user.is_active else []
        return email


class ResetPasswordKeyForm(OurWords, account_forms.ResetPasswordKeyForm):
    labels = {"password1": _("New password")}


class ReauthenticateForm(OurWords, account_forms.ReauthenticateForm):
    labels = {"password": _("Password")}


class ConfirmEmailForm(OurWords, account_forms.ConfirmEmailVerificationCodeForm):
    labels = {"code": _("Code")}


class ConfirmPasswordResetForm(OurWords, account_forms.ConfirmPasswordResetCodeForm):
    labels = {"code": _("Code")}


class SecondStepForm(OurWords, mfa_forms.AuthenticateForm):
    labels = {"code": _("Code")}


class SecondStepAgainForm(OurWords, mfa_forms.ReauthenticateForm):
    labels = {"code": _("Code")}


class ActivateTOTPForm(OurWords, totp_forms.ActivateTOTPForm):
    labels = {"code": _("Code from the app")}


class AddPasskeyForm(OurWords, webauthn_forms.AddWebAuthnForm):
    labels = {"name": _("Name"), "passwordless": _("Sign in with it alone, without my password")}
    help_texts = {
        "name": _("So that you can tell your passkeys apart: my phone, my laptop at work."),
        "passwordless": _("It then asks for your fingerprint, your face or a PIN each time."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(OurWords, webauthn_forms.EditWebAuthnForm):
    labels = {"name": _("Name")}
