"""Registering: the code from the mail, what is agreed to, and what a stranger cannot find out."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from apps.members.models import Consent, User
from apps.outbox.models import OutgoingMail
from apps.outbox.tests.letters import letters

from ..factories import PASSWORD
from ..test_services import at_once
from .browsing import NEW, code_in, here, what_is_said, without_what_differs


def test_the_code_from_the_mail_confirms_the_address_and_signs_in(visitor):
    response = visitor.register()

    assert here(response) == reverse("account_email_verification_sent")
    assert not visitor.is_signed_in
    assert [m.to for m in letters()] == [NEW]

    visitor.post("account_email_verification_sent", code=code_in(letters()[0]))

    user = User.objects.get(email=NEW)
    assert visitor.session["_auth_user_id"] == str(user.pk)
    assert EmailAddress.objects.filter(user=user, email=NEW, verified=True, primary=True).exists()


def test_the_code_may_be_typed_without_its_dashes(visitor):
    visitor.register()
    visitor.post("account_email_verification_sent", code=code_in(letters()[0]).replace("-", " "))
    assert visitor.is_signed_in


def test_the_code_works_only_in_the_browser_that_registered(browser, visitor):
    visitor.register()
    stranger = browser()
    response = stranger.post("account_email_verification_sent", code=code_in(letters()[0]))
    assert here(response) == reverse("account_login")
    assert not stranger.is_signed_in


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
    code = code_in(letters()[0])
    for _ in range(2):
        response = visitor.post("account_email_verification_sent", code="000-000-000")
        assert "code" in response.context["form"].errors
    response = visitor.post("account_email_verification_sent", code="000-000-000")
    assert here(response) == reverse("account_login")
    assert what_is_said(response)[-1] == "Too many wrong attempts. Wait some minutes, then start again."

    visitor.post("account_email_verification_sent", code=code)
    assert not visitor.is_signed_in


def test_a_new_code_takes_the_place_of_the_former(visitor):
    visitor.register()
    visitor.post("account_email_verification_sent", action="resend")
    former, new = map(code_in, letters())
    assert former != new

    visitor.post("account_email_verification_sent", code=former)
    assert not visitor.is_signed_in
    visitor.post("account_email_verification_sent", code=new)
    assert visitor.is_signed_in


def test_who_mistyped_the_address_starts_again(visitor):
    visitor.register("mistyped@example.org")
    response = visitor.post("account_logout", next=reverse("account_signup"))
    assert here(response) == reverse("account_signup")

    visitor.register()
    visitor.post("account_email_verification_sent", code=code_in(letters()[-1]))
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
    assert [m.subject for m in letters() if m.to == user.email] == ["You already have an account"]
    assert User.objects.filter(email=user.email).count() == 1


def test_a_known_address_costs_as_much_work_as_a_new_one(browser, user, monkeypatch):
    """Otherwise a clock would tell what the page does not."""
    worked = []

    def encode(self, password, salt, plain=MD5PasswordHasher.encode):
        worked.append(salt)
        return plain(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    for attempt in (
        lambda to: browser().register(to),
        lambda to: browser().post("account_login", login=to, password="x"),
    ):
        work = []
        for address in (user.email, "unknown@example.org"):
            worked.clear()
            attempt(address)
            work.append(len(worked))
        assert work == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_five_at_once_with_one_address_make_one_account_and_all_are_answered_alike():
    typed = {"email": NEW, "password1": PASSWORD, "adult": "on", "terms": "on"}
    answers = at_once(lambda _n: Client().post(reverse("account_signup"), typed), 5)

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, reverse("account_email_verification_sent"))
    ] * 5
    assert User.objects.get().email == NEW
    assert sorted(OutgoingMail.objects.values_list("kind", flat=True)) == [
        *["account.account-already-exists"] * 4,
        "account.email-confirmation-signup",
    ]
