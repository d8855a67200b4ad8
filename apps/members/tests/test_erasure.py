"""The end of an account: hidden at once, taken back by a link, purged after 14 days, and again after a restore."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.core import audit
from apps.core.models import AuditEntry
from apps.members.models import Consent, DirectoryEntry, ErasedAccount, Erasure, Message, Profile, User
from apps.members.services import consents, erasure, export, messages
from apps.members.signals import member_erasing
from apps.members.tests.accounts.browsing import Browser
from apps.members.tests.factories import MessageFactory, ProfileFactory, UserFactory
from apps.outbox import kinds
from apps.outbox import services as outbox
from apps.outbox.models import Handover, MailBatch, OutgoingMail
from apps.outbox.models import State as Mail
from apps.outbox.tests.factories import OutgoingMailFactory
from apps.outbox.tests.letters import letters

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def profile():
    return ProfileFactory(expert=True, user__language="nl", display_name="Aminata Sow")


@pytest.fixture
def user(profile):
    return profile.user


@pytest.fixture
def another(django_capture_on_commit_callbacks):
    """Another browser: `another()`."""
    return lambda: Browser(django_capture_on_commit_callbacks)


@pytest.fixture
def browser(user, another):
    browser = another()
    browser.sign_in(user)
    browser.show_it_is_me()
    return browser


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture(autouse=True)
def nothing_noted():
    yield
    if default_storage.exists(erasure.NOTED):
        for name in default_storage.listdir(erasure.NOTED)[1]:
            default_storage.delete(erasure.NOTED + name)


def link():
    (letter,) = [letter for letter in letters() if letter.kind == "members.erasure-asked"]
    return re.search(r"http://testserver(/\S+/cancel/\S+/)", letter.body)[1]


def later(**how):
    return time_machine.travel(timezone.now() + timedelta(**how))


# --- asking -----------------------------------------------------------------------------------------------------------
def test_an_account_is_hidden_at_once_and_its_owner_signed_out_everywhere(user, profile, browser, another):
    elsewhere = another()
    elsewhere.sign_in(user)
    ProfileFactory(expert=True)
    elsewhere.read("account_index")

    page = browser.post("members:privacy-delete")

    user.refresh_from_db()
    assert page.resolver_match.view_name == "members:privacy-delete-asked"
    assert not user.is_active
    assert not DirectoryEntry.objects.filter(profile=profile).exists()
    assert Client().get(profile.get_absolute_url()).status_code == 404
    assert not browser.is_signed_in
    assert not elsewhere.is_signed_in
    assert not elsewhere.sign_in(user).wsgi_request.user.is_authenticated


def test_it_wants_the_password_again(user, another):
    client = another()
    client.force_login(user)

    assert client.get(reverse("members:privacy-delete"))["Location"].startswith(reverse("account_reauthenticate"))
    client.post("members:privacy-delete")

    assert not Erasure.objects.exists()


def test_its_owner_gets_the_link_in_his_language_and_only_its_hash_is_kept(user):
    asked = erasure.ask(user=user)

    (letter,) = letters()
    secret = link().rstrip("/").rpartition("/")[2]
    assert (letter.to, letter.language) == (user.email, "nl")
    assert link().startswith("/nl/me/privacy/delete/cancel/")
    assert asked.cancel_key == erasure._key(secret)
    assert asked.due_at - asked.asked_at > timedelta(days=13, hours=23)


def test_the_mail_goes_to_a_suppressed_address_too_and_nobody_reads_it_in_the_outbox():
    assert kinds.get("members.erasure-asked").secret


def test_a_second_time_changes_nothing(user):
    with later(days=-3):
        first = erasure.ask(user=user)

    assert erasure.ask(user=user) == first
    assert Erasure.objects.get().due_at == first.due_at
    assert len(letters()) == 1


@pytest.mark.parametrize("kind", [{}, {"is_superuser": True}])
def test_staff_are_told_to_hand_over_first(another, kind):
    staff = UserFactory(is_staff=True, **kind)
    client = another()
    client.sign_in(staff)
    client.show_it_is_me()

    page = client.post("members:privacy-delete")

    assert "another one takes your role off first" in page.content.decode()
    assert User.objects.get(pk=staff.pk).is_active
    with pytest.raises(erasure.StaffAccount):
        erasure.ask(user=staff)


# --- taking it back ---------------------------------------------------------------------------------------------------
def test_the_link_shows_a_page_and_only_its_button_takes_it_back(user, profile):
    erasure.ask(user=user)
    visitor, address = Client(), link()

    for method in ("get", "head", "get"):
        assert getattr(visitor, method)(address).status_code == 200
    assert Erasure.objects.exists()
    visitor.post(address)

    user.refresh_from_db()
    assert user.is_active
    assert not Erasure.objects.exists()
    assert DirectoryEntry.objects.filter(profile=profile).count() == 2
    assert [visitor.get(address).status_code, visitor.post(address).status_code] == [404, 404]


def test_a_link_that_nobody_was_sent_says_so():
    address = reverse("members:privacy-delete-cancel", args=["nonsense"])

    assert [Client().get(address).status_code, Client().post(address).status_code] == [404, 404]


def test_it_can_be_taken_back_until_the_moment_it_is_purged(user):
    erasure.ask(user=user)
    with later(days=13, hours=23):
        assert erasure.erase_due() == 0
    with later(days=15):
        Client().post(link())
        assert erasure.erase_due() == 0
    assert User.objects.get(pk=user.pk).is_active


def test_whom_the_purge_overtakes_is_told_that_the_link_leads_nowhere(user, monkeypatch):
    erasure.ask(user=user)
    asked_with = erasure.asked_with

    def and_then_it_is_purged(**secret):
        asked = asked_with(**secret)
        erasure.purge(number=user.pk)
        return asked

    monkeypatch.setattr(erasure, "asked_with", and_then_it_is_purged)

    assert Client().post(link()).status_code == 404


def test_a_deletion_ends_when_staff_open_the_account_whatever_they_do_with_it_later(user, profile):
    staff = UserFactory(is_staff=True)
    erasure.ask(user=user)
    old = link()

    erasure.open_or_close(user=user, active=True, actor=staff)
    assert DirectoryEntry.objects.filter(profile=profile).exists()
    erasure.open_or_close(user=user, active=False, actor=staff)

    assert [Client().get(old).status_code, Client().post(old).status_code] == [404, 404]
    with later(days=300):
        assert erasure.erase_due() == 0
    assert not User.objects.get(pk=user.pk).is_active
    assert not DirectoryEntry.objects.filter(profile=profile).exists()
    assert AuditEntry.objects.get(verb="members.erasure_cancelled").actor_id == staff.pk


def test_a_deletion_goes_on_when_staff_leave_the_account_closed(user):
    erasure.ask(user=user)

    erasure.open_or_close(user=user, active=False, actor=UserFactory(is_staff=True))

    assert Erasure.objects.filter(user=user).exists()
    assert Client().get(link()).status_code == 200


def test_an_account_that_was_opened_on_the_console_is_not_purged_and_can_be_left_anew(user):
    first = erasure.ask(user=user)
    User.objects.filter(pk=user.pk).update(is_active=True)

    with later(days=15):
        assert erasure.erase_due() == 0
        second = erasure.ask(user=user)
    assert (second.pk != first.pk, Erasure.objects.get()) == (True, second)


# --- the end ----------------------------------------------------------------------------------------------------------
def test_after_fourteen_days_everything_is_gone_but_the_number(user, profile, commit):
    profile.photo.save("photo.webp", ContentFile(b"a photo"))
    photo = profile.photo.name
    consents.give(user=user, purpose="terms", wording="Yes.")
    sent, received = MessageFactory(sender=user), MessageFactory(recipient=user)
    audit.read(actor=None, person=user.pk, what="opened", purpose="Looking at Aminata")
    export.ask(user=user)
    export.build_all()
    copy = user.data_exports.get().file.name
    erasure.ask(user=user)

    with later(days=14, minutes=1), commit():
        assert erasure.erase_due() == 1

    assert not User.objects.filter(pk=user.pk).exists()
    assert not Profile.objects.filter(pk=profile.pk).exists()
    assert not Consent.objects.exists()
    assert not Message.objects.filter(pk__in=[sent.pk, received.pk]).exists()
    assert not AuditEntry.objects.about(user).exists()
    assert not OutgoingMail.objects.filter(to=user.email).exists()
    assert [default_storage.exists(name) for name in (photo, copy)] == [False, False]
    assert list(ErasedAccount.objects.values_list("user_id", flat=True)) == [user.pk]
    assert AuditEntry.objects.filter(verb="members.account_erased", person_id=None, detail={}).count() == 1


def test_each_app_takes_part_in_the_same_transaction(user):
    erasure.ask(user=user)

    def refuse(member, **kwargs):
        assert User.objects.filter(pk=member.pk).exists()
        raise ValueError("not yet")

    member_erasing.connect(refuse)
    try:
        with later(days=15):
            assert erasure.erase_due() == 0
    finally:
        member_erasing.disconnect(refuse)

    assert User.objects.filter(pk=user.pk).exists()
    assert not ErasedAccount.objects.exists()


def test_one_account_that_cannot_go_holds_up_no_other(user):
    other = UserFactory()
    for leaving in (user, other):
        erasure.ask(user=leaving)

    def refuse(member, **kwargs):
        if member.pk == user.pk:
            raise ValueError("not yet")

    member_erasing.connect(refuse)
    try:
        with later(days=15):
            assert erasure.erase_due() == 1
    finally:
        member_erasing.disconnect(refuse)

    assert list(User.objects.filter(pk__in=[user.pk, other.pk])) == [user]


def test_what_he_wrote_to_others_leaves_their_letter_boxes_and_the_outbox(user):
    reader = ProfileFactory(listed=True)
    messages.write(sender=user, to=reader, subject="From Aminata", text="My own words.")
    other = OutgoingMailFactory(to=reader.user.email, person=reader.user)

    erasure.purge(number=user.pk)

    assert list(OutgoingMail.objects.all()) == [other]


def test_a_batch_keeps_its_figures_and_an_address_its_hash(user):
    mail = OutgoingMailFactory(lane=3, to=user.email.upper(), state=Mail.SENT)
    outbox.suppress(address=user.email, reason="bounced")

    erasure.purge(number=user.pk)

    assert MailBatch.objects.get(pk=mail.batch_id).figures == {"sent": 1}
    assert outbox.lift(address=user.email)


def test_of_what_he_did_stays_what_he_did_for_the_team(user):
    other, staff = ProfileFactory(listed=True), UserFactory(is_staff=True)
    messages.write(sender=user, to=other, subject="Hello", text="Are you there?")
    audit.record(actor=user, verb="members.tagged", person=other.user_id, purpose="A talk")
    audit.read(actor=user, person=other.user_id, what="opened")
    user.is_staff = True
    user.groups.set(Group.objects.filter(name="Secretariat"))
    audit.record(actor=user, verb="projects.project.published")
    audit.record(actor=staff, verb="members.report_closed", person=other.user_id)

    erasure.purge(number=user.pk)

    left = AuditEntry.objects.order_by("pk").values_list("verb", "actor_id")
    assert list(left) == [
        ("members.tagged", user.pk),
        ("read.opened", user.pk),
        ("projects.project.published", user.pk),
        ("members.report_closed", staff.pk),
        ("members.account_erased", None),
    ]


def test_what_a_superuser_did_stays_though_he_had_no_role_and_what_he_wrote_to_others_goes():
    chief, other = User.objects.create_superuser("chief@example.org"), ProfileFactory(listed=True)
    audit.record(actor=chief, verb="outbox.suppression_lifted")
    audit.record(actor=chief, verb="members.user.changed", person=other.user_id)
    AuditEntry.objects.create(actor_id=chief.pk, verb="core.sector.changed")  # from before staff always had a unit
    audit.record(actor=chief, verb="members.message_sent", person=other.user_id)
    audit.record(actor=chief, verb="members.followed", person=chief.pk)

    erasure.purge(number=chief.pk)

    assert list(AuditEntry.objects.filter(actor_id=chief.pk).order_by("pk").values_list("verb", flat=True)) == [
        "outbox.suppression_lifted",
        "members.user.changed",
        "core.sector.changed",
    ]


@pytest.mark.parametrize("state", [Mail.CLAIMED, Mail.HANDOVER])
def test_while_a_mail_is_on_its_way_the_purge_waits(user, state):
    erasure.ask(user=user)
    mail = OutgoingMailFactory(person=user, to=user.email, state=state)

    with later(days=15):
        assert erasure.erase_due() == 0
        OutgoingMail.objects.filter(pk=mail.pk).update(state=Mail.RETRY)
        assert erasure.erase_due() == 1


def test_a_purge_of_who_is_not_to_go_does_nothing(user):
    assert not erasure.purge(number=user.pk, among=User.objects.closed())
    assert not erasure.purge(number=0)
    assert User.objects.filter(pk=user.pk).exists()


def test_whoever_takes_it_back_between_two_purges_stays(user):
    leaving = [user, UserFactory()]
    for one in leaving:
        erasure.ask(user=one)

    def the_others_come_back(member, **kwargs):
        for asked in Erasure.objects.exclude(user=member):
            erasure.open_or_close(user=asked.user, active=True, actor=None)

    member_erasing.connect(the_others_come_back)
    try:
        with later(days=15):
            assert erasure.erase_due() == 1
    finally:
        member_erasing.disconnect(the_others_come_back)

    assert User.objects.filter(pk__in=[one.pk for one in leaving]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_beats_and_somebody_who_takes_it_back_at_the_same_moment(profile):
    user = profile.user
    asked, address = erasure.ask(user=user), link()
    Erasure.objects.filter(pk=asked.pk).update(
        asked_at=timezone.now() - timedelta(days=15), due_at=timezone.now() - timedelta(days=1)
    )
    start = Barrier(3)

    def together(deed):
        start.wait()
        try:
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        ends = [pool.submit(together, deed) for deed in (erasure.erase_due, erasure.erase_due)]
        ends.append(pool.submit(together, lambda: Client().post(address).status_code))
        purged, answer = sum(end.result() for end in ends[:2]), ends[2].result()

    assert (purged, answer) in {(1, 404), (0, 302)}
    assert User.objects.filter(pk=user.pk).exists() == (answer == 302)


# --- after a restore --------------------------------------------------------------------------------------------------
def test_the_erased_are_erased_again_when_a_backup_brings_them_back(user, commit, capsys):
    joined = user.date_joined
    with commit():
        erasure.purge(number=user.pk)
    ErasedAccount.objects.all().delete()  # yesterday's backup knows nothing of it
    back = UserFactory(pk=user.pk, email=user.email, date_joined=joined)
    ProfileFactory(user=back)

    call_command("replay_erasures")

    assert capsys.readouterr().out == "1 accounts erased again\n"
    assert not User.objects.filter(pk=user.pk).exists()
    assert list(ErasedAccount.objects.values_list("user_id", flat=True)) == [user.pk]


def test_whoever_was_given_the_number_afterwards_is_let_be(user, commit):
    with commit():
        erasure.purge(number=user.pk)
    new = UserFactory(pk=user.pk, date_joined=timezone.now() + timedelta(minutes=1))

    assert erasure.replay() == (0, [])
    assert User.objects.filter(pk=new.pk).exists()


def restored(*, mail_held=None, **mail):
    """Somebody who was erased, as a backup brings him back: with a mail that a worker had in hand on that day."""
    user = UserFactory(date_joined=timezone.now() - timedelta(days=9))
    if mail_held:
        OutgoingMailFactory(person=user, to=user.email, state=mail_held, **mail)
    ErasedAccount.objects.create(user_id=user.pk)
    return user


def test_the_mails_that_workers_had_in_hand_when_the_backup_was_made_hold_up_nobody(capsys):
    restored(mail_held=Mail.CLAIMED)
    handing = restored(mail_held=Mail.HANDOVER, worker="gone")
    mail = OutgoingMail.objects.get(person=handing)
    Handover.objects.create(
        worker="gone", lease_until=mail.lease_until, server_started_at=mail.handover_at, started_id=mail.pk
    )
    restored()

    call_command("replay_erasures")

    assert capsys.readouterr().out == "3 accounts erased again\n"
    assert not OutgoingMail.objects.exists()


def test_whoever_cannot_go_yet_is_named_and_the_others_go(capsys):
    restored()
    kept = restored(mail_held=Mail.CLAIMED, lease_until=timezone.now() + timedelta(minutes=1))
    restored()

    with pytest.raises(CommandError, match=rf"Still there: {kept.pk}\."):
        call_command("replay_erasures")

    assert capsys.readouterr().out == "2 accounts erased again\n"
    assert list(User.objects.filter(pk__in=ErasedAccount.objects.values("user_id"))) == [kept]

    OutgoingMail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    call_command("replay_erasures")
    assert not User.objects.filter(pk=kept.pk).exists()


def test_a_number_that_was_not_noted_is_noted_at_the_next_round(user):
    erasure.purge(number=user.pk)  # killed before its commit was told
    assert not default_storage.exists(f"{erasure.NOTED}{user.pk}")

    erasure.erase_due()

    assert default_storage.exists(f"{erasure.NOTED}{user.pk}")
