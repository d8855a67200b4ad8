"""Two deeds at once that need the same two rows: each waits for its turn, and none is sent away by the database."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from apps.core.tests.factories import CountryFactory
from apps.members.models import Consent, Message, User
from apps.members.services import consents, matching, messages, profiles
from apps.members.tests.factories import ProfileFactory
from apps.outbox.tests.letters import letters

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def in_line(number: int) -> None:
    """Come back when as many as that are waiting for a lock."""
    for _look in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction goes on seeing what it saw first
            cursor.execute(WAITING)
            if cursor.fetchone()[0] == number:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


def elsewhere(verb, *args, **kwargs):
    try:
        verb(*args, **kwargs)
    finally:
        connection.close()


def save_a_pace(user):
    matching.choose_pace(user=user, pace=7, wording="Every week.")


def save_a_place(user):
    profiles.save_ties(user=user, countries=[CountryFactory()], agreed=True, wording="I agree.")


@pytest.mark.parametrize(
    ("save", "purpose"), [(save_a_pace, Consent.Purpose.DIGEST), (save_a_place, Consent.Purpose.TIES)]
)
def test_what_is_saved_in_one_tab_while_its_consent_is_withdrawn_in_another_waits_for_its_turn(save, purpose):
    user = ProfileFactory().user
    save(user)

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            User.objects.locked().get(pk=user.pk)
            withdrawn = pool.submit(elsewhere, consents.withdraw, user=user, purpose=purpose, wording="No longer.")
            in_line(1)
            saved = pool.submit(elsewhere, save, user)
            in_line(2)
        withdrawn.result()
        saved.result()

    assert Consent.objects.holds(user, purpose)  # the one who came second had the last word


def test_two_who_write_to_each_other_at_the_same_moment_both_do():
    one, other = ProfileFactory.create_batch(2, listed=True)
    messages.write(sender=one.user, to=other, subject="Hello", text="Are you there?")  # the template is kept from then
    written = Barrier(2)

    def write(sender, to):
        with transaction.atomic():
            messages.write(sender=sender.user, to=to, subject="Hello", text="Shall we talk?")
            written.wait(timeout=10)

    with ThreadPoolExecutor(2) as pool:
        for writing in [pool.submit(elsewhere, write, one, other), pool.submit(elsewhere, write, other, one)]:
            writing.result()

    assert Message.objects.count() == len(letters()) == 3
