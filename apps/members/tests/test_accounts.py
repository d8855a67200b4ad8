"""Registering, signing in, and what protects an account: through the pages that people use, with the mails they get."""

import base64
import hmac
import re
import struct
import time

import pytest
from allauth.account import app_settings as account_settings
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from apps.members import emails
from apps.members.models import Consent, User

from .factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NEW = "newcomer@example.org"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"

CODES = [
    "account/email/email_confirmation_signup",
    "account/email/email_confirmation",
    "account/email/password_reset_code",
]
ANSWERS = ["account/email/unknown_account", "account/email/account_already_exists"]
NOTICES = [
    "account/email/email_changed",
    "account/email/email_deleted",
    "account/email/password_changed",
    "account/email/password_reset",
    "account/email/password_set",
    "mfa/email/recovery_codes_generated",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
]


@pytest.fixture
def browser(django_capture_on_commit_callbacks):
    """Open browsers whose requests commit, so that mails leave."""

    class Browser(Client):
        def post(self, name, **data):
            with django_capture_on_commit_callbacks(execute=True):
                return super().post(reverse(name), data, follow=True, headers={"user-agent": FIREFOX})

        def read(self, name, *args):
            return super().get(reverse(name, args=args), follow=True)

        def register(self, email=NEW):
            return self.post("account_signup", email=email, password1=PASSWORD, adult="on", terms="on")

        def sign_in(self, user, password=PASSWORD):
            return self.post("account_login", login=user.email, password=password)

        def show_it_is_me(self):
            return self.post("account_reauthenticate", password=PASSWORD)

    return Browser


@pytest.fixture
def visitor(browser):
    return browser()


@pytest.fixture
def user():
    return UserFactory(email="amina@example.org")


@pytest.fixture
def member(browser, user):
    """A browser in which somebody is signed in, and has just shown again that it is him."""
    member = browser()
    member.sign_in(user)
    member.show_it_is_me()
    return member


def code_in(message) -> str:
    return re.search(r"^ {4}(\S+)$", message.body, re.MULTILINE)[1]


def code_of_app(secret=SECRET, at=None) -> str:
    """What an authenticator app shows (RFC 6238)."""
    counter = struct.pack(">Q", int(at or time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def here(response) -> str:
    return response.request["PATH_INFO"]


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def what_is_said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def without_what_differs(response, *addresses) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    for address in addresses:
        text = text.replace(address, "ADDRESS")
    return text


# --- registering ------------------------------------------------------------------------------------------------------


def test_the_code_from_the_mail_confirms_the_address_and_signs_in(visitor):
    response = visitor.register()

    assert here(response) == reverse("account_email_verification_sent")
    assert not is_signed_in(visitor)
    assert [m.to for m in mail.outbox] == [[NEW]]

    visitor.post("account_email_verification_sent", code=code_in(mail.outbox[0]))

    user = User.objects.get(email=NEW)
    assert visitor.session["_auth_user_id"] == str(user.pk)
    assert EmailAddress.objects.filter(user=user, email=NEW, verified=True, primary=True).exists()


def test_the_code_may_be_typed_without_its_dashes(visitor):
    visitor.register()
    visitor.post("account_email_verification_sent", code=code_in(mail.outbox[0]).replace("-", " "))
    assert is_signed_in(visitor)


def test_the_code_works_only_in_the_browser_that_registered(browser, visitor):
    visitor.register()
    stranger = browser()
    response = stranger.post("account_email_verification_sent", code=code_in(mail.outbox[0]))
    assert here(response) == reverse("account_login")
    assert not is_signed_in(stranger)


def test_what_was_agreed_is_kept_in_its_words_and_language(visitor):
    with override("fr"):
        visitor.register()
    consents = Consent.objects.filter(user__email=NEW)
    assert {(c.purpose, c.given, c.language) for c in consents} == {
        (Consent.Purpose.TERMS, True, "fr"),
        (Consent.Purpose.ADULT, True, "fr"),
    }
    assert all(c.wording for c in consents)
    assert User.objects.get(email=NEW).language == "fr"


@pytest.mark.parametrize("missing", ["adult", "terms"])
def test_nobody_registers_without_being_adult_and_agreeing(visitor, missing):
    data = {"email": NEW, "password1": PASSWORD, "adult": "on", "terms": "on"}
    del data[missing]
    response = visitor.post("account_signup", **data)
    assert list(response.context["form"].errors) == [missing]
    assert "error-summary" in response.content.decode()
    assert f'value="{NEW}"' in response.content.decode()  # nothing typed is lost
    assert not User.objects.exists()


def test_after_three_wrong_codes_the_right_one_is_worth_nothing(visitor):
    visitor.register()
    code = code_in(mail.outbox[0])
    for _ in range(2):
        response = visitor.post("account_email_verification_sent", code="000-000-000")
        assert "code" in response.context["form"].errors
    response = visitor.post("account_email_verification_sent", code="000-000-000")
    assert here(response) == reverse("account_login")
    assert what_is_said(response)[-1] == "Too many wrong attempts. Wait some minutes, then start again."

    visitor.post("account_email_verification_sent", code=code)
    assert not is_signed_in(visitor)


def test_a_new_code_takes_the_place_of_the_former(visitor):
    visitor.register()
    visitor.post("account_email_verification_sent", action="resend")
    former, new = map(code_in, mail.outbox)
    assert former != new

    visitor.post("account_email_verification_sent", code=former)
    assert not is_signed_in(visitor)
    visitor.post("account_email_verification_sent", code=new)
    assert is_signed_in(visitor)


def test_who_mistyped_the_address_starts_again(visitor):
    visitor.register("mistyped@example.org")
    response = visitor.post("account_logout", next=reverse("account_signup"))
    assert here(response) == reverse("account_signup")

    visitor.register()
    visitor.post("account_email_verification_sent", code=code_in(mail.outbox[-1]))
    assert visitor.session["_auth_user_id"] == str(User.objects.get(email=NEW).pk)


def test_registering_looks_the_same_for_known_and_unknown_addresses(browser, user):
    pages = {}
    for address in (NEW, user.email):
        visitor = browser()
        pages[address] = [
            without_what_differs(page, address)
            for page in (
                visitor.register(address),
                visitor.post("account_email_verification_sent", action="resend"),
                visitor.post("account_email_verification_sent", code="000-000-000"),
                visitor.read("account_login"),
                visitor.post("account_email_verification_sent", code="000-000-000"),
                visitor.post("account_email_verification_sent", code="000-000-000"),
            )
        ]
    assert pages[NEW] == pages[user.email]
    assert [m.subject for m in mail.outbox if m.to == [user.email]] == ["You already have an account"]
    assert User.objects.filter(email=user.email).count() == 1


# --- signing in -------------------------------------------------------------------------------------------------------


def test_signing_in_and_out(visitor, user):
    visitor.sign_in(user)
    assert is_signed_in(visitor)
    visitor.read("account_logout")
    assert is_signed_in(visitor)  # opening the page changes nothing
    visitor.post("account_logout")
    assert not is_signed_in(visitor)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(browser, user):
    def attempt(address):
        response = browser().post("account_login", login=address, password="wrong")
        return without_what_differs(response, address)

    assert attempt(user.email) == attempt(NEW)
    assert "This address and this password do not belong together." in attempt(NEW)


def test_who_never_confirmed_is_sent_a_code_when_signing_in(visitor):
    user = UserFactory(address__verified=False)
    response = visitor.sign_in(user)
    assert here(response) == reverse("account_email_verification_sent")
    visitor.post("account_email_verification_sent", code=code_in(mail.outbox[0]))
    assert is_signed_in(visitor)


def test_a_closed_account_stays_out(visitor):
    response = visitor.sign_in(UserFactory(is_active=False))
    assert here(response) == reverse("account_inactive")
    assert not is_signed_in(visitor)


# --- passwords --------------------------------------------------------------------------------------------------------


def test_a_forgotten_password_is_replaced_with_a_code(visitor, user):
    response = visitor.post("account_reset_password", email=user.email)
    assert here(response) == reverse("account_confirm_password_reset_code")
    response = visitor.post("account_confirm_password_reset_code", code=code_in(mail.outbox[0]))
    assert here(response) == reverse("account_complete_password_reset")
    response = visitor.post("account_complete_password_reset", password1="another thread, another strand")
    assert here(response) == reverse("account_password_reset_completed")

    assert [m.subject for m in mail.outbox] == ["Your code to choose a new password", "You have a new password"]
    visitor.sign_in(user)
    assert not is_signed_in(visitor)
    visitor.sign_in(user, "another thread, another strand")
    assert is_signed_in(visitor)


def test_three_wrong_codes_end_the_replacing(visitor, user):
    visitor.post("account_reset_password", email=user.email)
    for _ in range(3):
        response = visitor.post("account_confirm_password_reset_code", code="000-000-000")
    assert here(response) == reverse("account_login")
    response = visitor.post("account_confirm_password_reset_code", code=code_in(mail.outbox[0]))
    assert here(response) == reverse("account_login")


def test_a_forgotten_password_looks_the_same_for_known_and_unknown_addresses(browser, user):
    pages = {}
    for address in (NEW, user.email):
        visitor = browser()
        pages[address] = [
            without_what_differs(page, address)
            for page in (
                visitor.post("account_reset_password", email=address),
                visitor.post("account_confirm_password_reset_code", code="000-000-000"),
            )
        ]
    assert pages[NEW] == pages[user.email]
    assert [(m.to, m.subject) for m in mail.outbox] == [
        ([NEW], "No account with this address"),
        ([user.email], "Your code to choose a new password"),
    ]


def test_a_new_password_signs_out_every_other_browser_and_is_told(browser, member, user):
    phone = browser()
    phone.sign_in(user)
    member.post("account_change_password", oldpassword=PASSWORD, password1="another thread, another strand")

    assert here(member.read("portal:me")) == reverse("portal:me")
    assert here(phone.read("portal:me")) == reverse("account_login")
    assert [m.subject for m in mail.outbox] == ["Your password was changed"]
    assert "Firefox, Windows" in mail.outbox[0].body


@pytest.mark.parametrize("password", ["short", "1234567890", "amina@example.org", "password123"])
def test_a_weak_password_is_refused(visitor, password):
    response = visitor.post("account_signup", email="amina@example.org", password1=password, adult="on", terms="on")
    assert list(response.context["form"].errors) == ["password1"]


# --- the address ------------------------------------------------------------------------------------------------------


def test_the_address_changes_once_the_new_one_is_confirmed(member, user):
    response = member.post("account_email", action_add="", email=NEW)
    assert here(response) == reverse("account_email_verification_sent")
    user.refresh_from_db()
    assert user.email == "amina@example.org"

    member.post("account_email_verification_sent", code=code_in(mail.outbox[0]))
    user.refresh_from_db()
    assert user.email == NEW
    assert list(EmailAddress.objects.filter(user=user).values_list("email", "verified")) == [(NEW, True)]
    assert [(m.to, m.subject) for m in mail.outbox] == [
        ([NEW], "Your code to confirm this address"),
        (["amina@example.org"], "The address of your account was changed"),
    ]


def test_the_former_address_is_not_told_the_new_one(member):
    member.post("account_email", action_add="", email=NEW)
    member.post("account_email_verification_sent", code=code_in(mail.outbox[0]))
    assert NEW not in mail.outbox[1].body
    assert NEW not in mail.outbox[1].alternatives[0].content


def test_nobody_takes_over_the_address_of_another(member, user):
    other = UserFactory()
    member.post("account_email", action_add="", email=other.email)
    response = member.post("account_email_verification_sent", code=code_in(mail.outbox[0]))
    assert "code" in response.context["form"].errors
    user.refresh_from_db()
    assert user.email == "amina@example.org"


# --- the second step --------------------------------------------------------------------------------------------------


def add_app(user):
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user)


def test_adding_an_authenticator_app_gives_recovery_codes_and_is_told(member, user):
    page = member.read("mfa_activate_totp")
    assert page.content.decode().count("<svg width=") == 1  # the picture is in the page: no data: address
    secret = page.context["form"].secret

    response = member.post("mfa_activate_totp", code=code_of_app(secret))
    assert here(response) == reverse("mfa_view_recovery_codes")
    assert len(response.context["unused_codes"]) == 10
    assert [m.subject for m in mail.outbox] == ["Your authenticator app was added"]


def test_a_wrong_code_adds_no_app(member, user):
    secret = member.read("mfa_activate_totp").context["form"].secret
    response = member.post("mfa_activate_totp", code=f"{(int(code_of_app(secret)) + 1) % 10**6:06}")
    assert "code" in response.context["form"].errors
    assert not Authenticator.objects.filter(user=user).exists()


def test_with_an_app_the_password_alone_does_not_sign_in(visitor, user):
    add_app(user)
    response = visitor.sign_in(user)
    assert here(response) == reverse("mfa_authenticate")
    assert not is_signed_in(visitor)

    code = code_of_app()
    visitor.post("mfa_authenticate", code=code)
    assert is_signed_in(visitor)


def test_a_code_of_the_app_works_once(browser, user):
    add_app(user)
    code = code_of_app()
    first, second = browser(), browser()
    for visitor in (first, second):
        visitor.sign_in(user)
        visitor.post("mfa_authenticate", code=code)
    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_a_recovery_code_stands_in_for_the_app_and_works_once(browser, user):
    code = add_app(user).get_unused_codes()[0]
    first, second = browser(), browser()
    for visitor in (first, second):
        visitor.sign_in(user)
        visitor.post("mfa_authenticate", code=code)
    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_a_new_password_does_not_get_round_the_second_step(visitor, user):
    add_app(user)
    visitor.post("account_reset_password", email=user.email)
    visitor.post("account_confirm_password_reset_code", code=code_in(mail.outbox[0]))
    visitor.post("account_complete_password_reset", password1="another thread, another strand")
    response = visitor.sign_in(user, "another thread, another strand")
    assert here(response) == reverse("mfa_authenticate")


def test_removing_the_app_is_told(member, user):
    add_app(user)
    member.post("mfa_deactivate_totp")
    assert not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    assert [m.subject for m in mail.outbox] == ["Your authenticator app was removed"]


def test_new_recovery_codes_replace_the_former_ones(member, user):
    former = add_app(user).get_unused_codes()
    response = member.post("mfa_generate_recovery_codes")
    assert not set(former) & set(response.context["unused_codes"])
    assert [m.subject for m in mail.outbox] == ["You have new recovery codes"]

    downloaded = member.read("mfa_download_recovery_codes")
    assert "attachment" in downloaded["Content-Disposition"]
    assert set(response.context["unused_codes"]) <= set(downloaded.content.decode().split())


def test_the_browser_gets_its_options_for_a_passkey(visitor, member):
    login = Client().get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    assert login.json()["request_options"]["publicKey"]["challenge"]
    page = member.read("mfa_add_webauthn")
    assert 'id="passkey-options" type="application/json"' in page.content.decode()


# --- where one is signed in -------------------------------------------------------------------------------------------


def test_the_list_of_browsers_and_signing_out_of_the_others(browser, member, user):
    phone = browser()
    phone.sign_in(user)
    page = member.read("usersessions_list")
    assert page.content.decode().count("Firefox, Windows") == 2
    assert page.content.decode().count("this browser") == 1

    member.post("usersessions_list")
    assert here(member.read("portal:me")) == reverse("portal:me")
    assert here(phone.read("portal:me")) == reverse("account_login")


# --- once more, please ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
     "mfa_download_recovery_codes", "mfa_add_webauthn"],
)  # fmt: skip
def test_what_protects_an_account_asks_who_it_is_even_of_those_who_are_signed_in(browser, user, name):
    if name != "mfa_activate_totp":
        add_app(user)
    visitor = browser()
    visitor.force_login(user)
    assert here(visitor.read(name)) == reverse("account_reauthenticate")

    visitor.show_it_is_me()
    assert here(visitor.read(name)) == reverse(name)


def test_a_new_address_asks_who_it_is_and_then_goes_on(browser, user):
    visitor = browser()
    visitor.force_login(user)
    response = visitor.post("account_email", action_add="", email=NEW)
    assert here(response) == reverse("account_reauthenticate")
    assert mail.outbox == []


def test_showing_who_it_is_needs_the_right_password(browser, user):
    visitor = browser()
    visitor.force_login(user)
    response = visitor.post("account_reauthenticate", password="wrong")
    assert "password" in response.context["form"].errors
    assert here(visitor.read("mfa_add_webauthn")) == reverse("account_reauthenticate")


# --- the pages --------------------------------------------------------------------------------------------------------

OPEN = ["account_login", "account_signup", "account_reset_password", "account_inactive"]
CLOSED = [
    "account_index", "account_email", "account_change_password", "account_logout", "account_reauthenticate",
    "mfa_index", "mfa_reauthenticate", "mfa_deactivate_totp", "mfa_list_webauthn", "mfa_add_webauthn",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "usersessions_list",
]  # fmt: skip


def assert_is_one_of_ours(page):
    text = page.content.decode()
    assert page.status_code == 200
    assert text.count("<h1") == 1
    assert "<main" in text
    assert re.search(r"<title>\S.* – Diaspora Portal", text)
    assert " style=" not in text
    assert "data:image" not in text


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_every_open_page_in_every_language(visitor, language):
    with override(language):
        for name in OPEN:
            assert_is_one_of_ours(visitor.read(name))


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_every_page_of_ones_account_in_every_language(member, user, language):
    add_app(user)
    with override(language):
        for name in CLOSED:
            page = member.read(name)
            assert here(page) == reverse(name)
            assert_is_one_of_ours(page)


def test_fields_tell_password_managers_and_phones_what_they_are(visitor, member, user):
    def attributes(page, name):
        return page.context["form"][name].field.widget.attrs

    assert attributes(visitor.read("account_login"), "password")["autocomplete"] == "current-password"
    assert attributes(visitor.read("account_signup"), "password1")["autocomplete"] == "new-password"
    assert attributes(member.read("account_change_password"), "password1")["autocomplete"] == "new-password"
    code = attributes(member.read("mfa_activate_totp"), "code")
    assert (code["autocomplete"], code["inputmode"]) == ("one-time-code", "numeric")


# --- the mails --------------------------------------------------------------------------------------------------------


def context_of(template):
    context = {"email": NEW}
    if template in CODES:
        context |= {"code": "123-456-789"}
    if template in NOTICES:
        context |= {"ip": "192.0.2.1", "user_agent": FIREFOX, "timestamp": timezone.now()}
    return context | {
        "account/email/email_changed": {"from_email": "amina@example.org", "to_email": NEW},
        "account/email/email_deleted": {"deleted_email": NEW},
    }.get(template, {})


@pytest.mark.parametrize("template", CODES + ANSWERS + NOTICES)
@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_every_mail_has_a_subject_a_text_and_a_page_in_every_language(
    django_capture_on_commit_callbacks, template, language
):
    with django_capture_on_commit_callbacks(execute=True):
        emails.account(template, to=NEW, language=language, context=context_of(template))

    [message] = mail.outbox
    [html] = message.alternatives
    assert message.to == [NEW]
    assert message.subject
    assert settings.CONTACT_ADDRESS in message.body
    assert f'<html lang="{language}">' in html.content
    assert html.content.count("<h1>") == 1
    for text in (message.subject, message.body, html.content):
        assert "{{" not in text
        assert "{%" not in text
    assert "&#x27;" not in message.body
    assert not re.search(r"<img|<link|src=|url\(", html.content)  # nothing to load, nobody is tracked
    if template in CODES:
        assert code_in(message) == "123-456-789"
        assert "123-456-789" in html.content
        assert "123-456-789" not in message.subject  # subjects show on locked screens


def test_the_mails_say_how_long_a_code_works():
    timeouts = [account_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT, account_settings.PASSWORD_RESET_BY_CODE_TIMEOUT]
    assert timeouts == [15 * 60, 15 * 60]


def test_mails_follow_the_language_of_the_account(visitor):
    UserFactory(email="amina@example.org", language="nl")
    visitor.post("account_reset_password", email="amina@example.org")
    assert '<html lang="nl">' in mail.outbox[0].alternatives[0].content
