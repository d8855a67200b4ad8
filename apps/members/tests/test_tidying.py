"""How long members keeps what it has: unused accounts are warned first, files of nobody go."""

import os
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.members.models import ErasedAccount, Message, User
from apps.members.services import erasure, reports, tidying
from apps.members.signals import member_erasing
from apps.members.tests.factories import PASSWORD, MessageFactory, ProfileFactory, UserFactory
from apps.outbox.tests.letters import letters

pytestmark = pytest.mark.django_db
DAY, YEARS = timedelta(days=1), timedelta(days=2 * 365)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def person(*, unused_for, **fields):
    """Somebody who signed in for the last time so long ago."""
    moment = timezone.now() - unused_for
    return ProfileFactory(user=UserFactory(date_joined=moment, last_login=moment, **fields)).user


def tidy(*, in_days=0):
    with time_machine.travel(timezone.now() + timedelta(days=in_days)):
        return tidying.keep_tidy()


def test_an_unused_account_is_warned_once_and_goes_a_month_later():
    user = person(unused_for=YEARS - timedelta(days=29), language="de")

    assert [tidy(in_days=day)["unused accounts"] for day in (0, 1, 29)] == [0, 0, 0]
    (letter,) = letters()
    assert (letter.kind, letter.to, letter.language) == ("members.account-unused", user.email, "de")
    assert "/de/accounts/login/" in letter.body

    assert tidy(in_days=31)["unused accounts"] == 1
    assert not User.objects.filter(pk=user.pk).exists()
    assert ErasedAccount.objects.filter(user_id=user.pk).exists()


def test_whoever_signs_in_after_the_warning_stays_and_is_warned_anew_two_years_later():
    user = person(unused_for=YEARS - timedelta(days=29))
    tidy()
    User.objects.filter(pk=user.pk).update(last_login=timezone.now() + timedelta(days=1))

    quiet = tidy(in_days=60)

    assert (quiet["warned"], quiet["unused accounts"]) == (0, 0)
    assert tidy(in_days=YEARS.days - 20)["warned"] == 1
    assert User.objects.filter(pk=user.pk).exists()


def test_an_account_unused_for_ages_is_not_erased_without_the_warning():
    user = person(unused_for=3 * YEARS)

    first = tidy()

    assert (first["warned"], first["unused accounts"]) == (1, 0)
    assert User.objects.get(pk=user.pk).warned_at is not None
    assert tidy(in_days=31)["unused accounts"] == 1


@pytest.mark.parametrize("fields", [{"is_staff": True}, {"is_sample": True}])
def test_staff_and_samples_stay(fields):
    person(unused_for=3 * YEARS, **fields)

    assert tidy()["warned"] == tidy(in_days=60)["unused accounts"] == 0


def test_a_young_account_without_a_sign_in_counts_from_the_day_it_was_made():
    UserFactory(last_login=None)

    assert tidy()["warned"] == 0
    assert tidy(in_days=YEARS.days)["warned"] == 1


# --- closed by staff --------------------------------------------------------------------------------------------------
def test_an_account_that_staff_closed_goes_after_two_years_without_a_warning():
    closed, younger = person(unused_for=YEARS, is_active=False), person(unused_for=YEARS - DAY * 29, is_active=False)

    assert (tidy()["unused accounts"], letters()) == (1, [])
    assert User.objects.filter(pk__in=[closed.pk, younger.pk]).get() == younger
    assert tidy(in_days=29)["unused accounts"] == 1


def test_whose_deletion_was_asked_for_keeps_the_whole_grace():
    user = person(unused_for=3 * YEARS)
    erasure.ask(user=user)

    assert tidy(in_days=13)["unused accounts"] == 0
    assert User.objects.filter(pk=user.pk).exists()


def test_an_account_stays_as_long_as_a_reported_message_of_its_owner():
    user, reader = person(unused_for=YEARS, is_active=False), UserFactory()
    with time_machine.travel(timezone.now() - YEARS):
        message = MessageFactory(sender=user, recipient=reader)
        report = reports.report(reader=reader, message=message)

    assert tidy(in_days=60)["unused accounts"] == 0
    reports.close(report=report, actor=UserFactory(is_staff=True), answer="The account is closed.")
    assert tidy(in_days=89)["unused accounts"] == 0
    assert (tidy(in_days=91)["messages"], Message.objects.count()) == (1, 0)
    assert tidy(in_days=91)["unused accounts"] == 1


# --- one by one -------------------------------------------------------------------------------------------------------
@contextmanager
def while_erasing(deed):
    member_erasing.connect(deed)
    try:
        yield
    finally:
        member_erasing.disconnect(deed)


def test_whoever_signs_in_after_the_list_was_read_stays():
    people = [person(unused_for=3 * YEARS, warned_at=timezone.now() - DAY * 31) for _ in range(3)]

    def the_others_sign_in(member, **kwargs):
        User.objects.exclude(pk=member.pk).update(last_login=timezone.now())

    with while_erasing(the_others_sign_in):
        assert tidy()["unused accounts"] == 1
    assert User.objects.filter(pk__in=[user.pk for user in people]).count() == 2


def test_whoever_confirms_his_address_after_the_list_was_read_stays():
    people = [UserFactory(date_joined=timezone.now() - DAY * 31, address__verified=False) for _ in range(3)]

    def the_others_confirm(member, **kwargs):
        EmailAddress.objects.exclude(user=member).update(verified=True)

    with while_erasing(the_others_confirm):
        assert tidy()["unconfirmed accounts"] == 1
    assert User.objects.filter(pk__in=[user.pk for user in people]).count() == 2


def test_an_account_that_cannot_go_holds_up_neither_other_accounts_nor_other_rules(caplog):
    stuck, other = (person(unused_for=3 * YEARS, is_active=False) for _ in range(2))
    with time_machine.travel(timezone.now() - DAY * 91):
        MessageFactory()

    def refuse(member, **kwargs):
        if member == stuck:
            raise ValueError("not yet")

    with while_erasing(refuse):
        gone = tidy()

    assert (gone["unused accounts"], gone["messages"]) == (1, 1)
    assert User.objects.filter(pk__in=[stuck.pk, other.pk]).get() == stuck
    assert "members.erasure_failed" in caplog.text


# --- sessions ---------------------------------------------------------------------------------------------------------
def signed_in(user):
    """A browser in which somebody is signed in, with what is kept of where it is."""
    client = Client(headers={"user-agent": "Zqbrowser"})
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def test_from_where_somebody_was_signed_in_goes_with_the_session():
    user = UserFactory()
    out, over, here = (signed_in(user) for _browser in range(3))
    assert UserSession.objects.filter(user=user, user_agent="Zqbrowser").count() == 3
    Session.objects.filter(session_key=out.session.session_key).delete()  # as signing out does, for one
    Session.objects.filter(session_key=over.session.session_key).update(expire_date=timezone.now())

    assert tidy()["sessions"] == 2

    assert UserSession.objects.get(user=user).session_key == here.session.session_key
    assert tidy(in_days=13)["sessions"] == 0
    assert tidy(in_days=15)["sessions"] == 1
    assert not UserSession.objects.exists()


# --- files ------------------------------------------------------------------------------------------------------------
def test_files_that_belong_to_no_row_go_after_a_day_and_the_others_stay():
    profile = ProfileFactory()
    profile.photo.save("photo.webp", ContentFile(b"a photo"))
    stray = default_storage.save("documents/stray", ContentFile(b"left by somebody who was killed"))
    fresh = default_storage.save("exports/fresh.zip", ContentFile(b"being written"))
    note = default_storage.save("erased/17", ContentFile(b"2026"))
    yesterday = (timezone.now() - timedelta(days=2)).timestamp()
    for name in (stray, profile.photo.name, note):
        os.utime(Path(default_storage.path(name)), (yesterday, yesterday))

    assert tidying.let_go_of_stray_files() == 1

    assert not default_storage.exists(stray)
    assert all(default_storage.exists(name) for name in (fresh, profile.photo.name, note))
