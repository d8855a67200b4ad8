"""How long members keeps what it has: unused accounts are warned first, files of nobody go."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.members.models import ErasedAccount, User
from apps.members.services import tidying
from apps.members.tests.factories import ProfileFactory, UserFactory
from apps.outbox.tests.letters import letters

pytestmark = pytest.mark.django_db
YEARS = timedelta(days=2 * 365)


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
