"""A new password and a new address."""

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from apps.outbox.tests.letters import letters

from ..factories import PASSWORD, UserFactory
from .browsing import ANOTHER_PASSWORD, NEW, code_in, here, without_what_differs


def test_a_forgotten_password_is_replaced_with_a_code(visitor, user):
    response = visitor.post("account_reset_password", email=user.email)
    assert here(response) == reverse("account_confirm_password_reset_code")
    response = visitor.post("account_confirm_password_reset_code", code=code_in(letters()[0]))
    assert here(response) == reverse("account_complete_password_reset")
    response = visitor.post("account_complete_password_reset", password1=ANOTHER_PASSWORD)
    assert here(response) == reverse("account_password_reset_completed")

    assert [m.subject for m in letters()] == ["Your code to choose a new password", "You have a new password"]
    visitor.sign_in(user)
    assert not visitor.is_signed_in
    visitor.sign_in(user, ANOTHER_PASSWORD)
    assert visitor.is_signed_in


def test_three_wrong_codes_end_the_replacing(visitor, user):
    visitor.post("account_reset_password", email=user.email)
    for _ in range(3):
        response = visitor.post("account_confirm_password_reset_code", code="000-000-000")
    assert here(response) == reverse("account_login")
    response = visitor.post("account_confirm_password_reset_code", code=code_in(letters()[0]))
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
    assert [(m.to, m.subject) for m in letters()] == [
        (NEW, "No account with this address"),
        (user.email, "Your code to choose a new password"),
    ]


def test_a_new_password_signs_out_every_other_browser_and_is_told(browser, member, user):
    phone = browser()
    phone.sign_in(user)
    member.post("account_change_password", oldpassword=PASSWORD, password1=ANOTHER_PASSWORD)

    assert here(member.read("portal:me")) == reverse("portal:me")
    assert here(phone.read("portal:me")) == reverse("account_login")
    assert [m.subject for m in letters()] == ["Your password was changed"]
    assert "Browser: Firefox, Windows\nIP address: 127.0.0.1\n" in letters()[0].body


@pytest.mark.parametrize("password", ["short", "1234567890", "amina@example.org", "password123"])
def test_a_weak_password_is_refused(visitor, password):
    response = visitor.post("account_signup", email="amina@example.org", password1=password, adult="on", terms="on")
    assert list(response.context["form"].errors) == ["password1"]


def test_the_address_changes_once_the_new_one_is_confirmed(member, user):
    response = member.post("account_email", action_add="", email=NEW)
    assert here(response) == reverse("account_email_verification_sent")
    user.refresh_from_db()
    assert user.email == "amina@example.org"

    member.post("account_email_verification_sent", code=code_in(letters()[0]))
    user.refresh_from_db()
    assert user.email == NEW
    assert list(EmailAddress.objects.filter(user=user).values_list("email", "verified")) == [(NEW, True)]
    assert [(m.to, m.subject) for m in letters()] == [
        (NEW, "Your code to confirm this address"),
        ("amina@example.org", "The address of your account was changed"),
    ]


def test_the_former_address_is_not_told_the_new_one(member):
    member.post("account_email", action_add="", email=NEW)
    member.post("account_email_verification_sent", code=code_in(letters()[0]))
    _code, told = letters()
    assert told.to == "amina@example.org"
    assert NEW not in told.body + told.html + str(told.raw)


def test_nobody_takes_over_the_address_of_another(member, user):
    other = UserFactory()
    member.post("account_email", action_add="", email=other.email)
    response = member.post("account_email_verification_sent", code=code_in(letters()[0]))
    assert "code" in response.context["form"].errors
    user.refresh_from_db()
    assert user.email == "amina@example.org"
