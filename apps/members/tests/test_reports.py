"""A reported message: one click of its reader, then the staff's desk, and how long both are kept."""

from datetime import timedelta
from functools import reduce
from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from apps.core.models import AuditEntry
from apps.members.models import Message, MessageReport
from apps.members.services import export, reports, tidying
from apps.members.tests.factories import MessageFactory, ProfileFactory, UserFactory
from apps.outbox.models import OutgoingMail

pytestmark = [pytest.mark.django_db, pytest.mark.services]

TEXT = "Zqsend me your passport."


@pytest.fixture
def message():
    return MessageFactory(text=TEXT, recipient=ProfileFactory(listed=True).user)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def administrator():
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Administrator"))
    return user


def browser_of(user):
    browser = Client()
    browser.force_login(user)
    return browser


def test_the_reader_reports_with_one_click_and_sees_that_he_did(message):
    reader = browser_of(message.recipient)
    door = reverse("members:message-report", args=[message.pk])
    assert door in reader.get(message.get_absolute_url()).content.decode()

    reader.post(door, {"reason": "Asks for papers." + "x" * 900})
    reader.post(door, {"reason": "Again."})

    report = MessageReport.objects.get()
    assert (report.message, report.state) == (message, "open")
    assert report.reason.startswith("Asks for papers.x")
    assert len(report.reason) == 500
    page = reader.get(message.get_absolute_url()).content.decode()
    assert "You reported this message" in page
    assert door not in page
    assert list(AuditEntry.objects.values_list("verb", "actor_id", "person_id")) == [
        ("members.message_reported", message.recipient_id, message.recipient_id)
    ]
    assert not OutgoingMail.objects.exists()


def test_only_its_reader_reports_a_message_and_the_sender_sees_nothing_of_it(message):
    door = reverse("members:message-report", args=[message.pk])

    assert browser_of(message.sender).post(door).status_code == 403
    assert browser_of(UserFactory()).post(door).status_code == 404
    reports.report(reader=message.recipient, message=message)

    page = browser_of(message.sender).get(message.get_absolute_url()).content.decode()
    assert "reported" not in page
    assert "report" not in page.split("</header>")[1].split("<footer")[0]


def copy_of(user):
    """What the person's copy says, its files aside."""
    asked = export.ask(user=user)
    export.build_all()
    asked.refresh_from_db()
    with asked.file.open("rb") as file, ZipFile(BytesIO(file.read())) as archive:
        return archive.read("data.json").decode() + archive.read("index.html").decode()


def test_staff_read_a_reported_message_only_with_a_purpose_and_who_reported_it_sees_that(message, administrator):
    report = reports.report(reader=message.recipient, message=message, reason="Asks for papers.")
    desk = browser_of(administrator)
    address = reverse("admin:members_messagereport_change", args=[report.pk])

    assert TEXT not in desk.get(reverse("admin:members_messagereport_changelist")).content.decode()
    assert TEXT not in desk.get(address).content.decode()
    page = desk.post(address, {"purpose": "A member reported this message.", "then": "open"}, follow=True)

    assert TEXT in page.content.decode()
    assert reverse("admin:members_user_change", args=[message.sender_id]) in page.content.decode()
    (reading,) = AuditEntry.objects.about(message.recipient).readings()
    assert (reading.purpose, reading.unit) == ("A member reported this message.", "Administrator")
    assert str(message.sender_id) not in str(reading.detail)


def test_nothing_tells_the_sender_that_he_was_reported(message, administrator):
    """Neither the list of who has looked, nor his copy, whatever staff do with the report."""
    before = list(AuditEntry.objects.about(message.sender))
    report = reports.report(reader=message.recipient, message=message, reason="Zqreason")
    desk = browser_of(administrator)
    address = reverse("admin:members_messagereport_change", args=[report.pk])
    desk.post(address, {"purpose": "Zqpurpose of the reader", "then": "open"})
    desk.get(reverse("admin:members_messagereport_history", args=[report.pk]))
    desk.post(address, {"answer": "Zqanswer: the account stays open."})

    assert AuditEntry.objects.get(verb="members.messagereport.changed").person_id == message.recipient_id
    assert list(AuditEntry.objects.about(message.sender)) == before
    copy = copy_of(message.sender)
    assert TEXT in copy
    every_copy_has = ['"members.MessageReport": []', '"projects.DonorReport": []']
    assert "report" not in reduce(lambda text, name: text.replace(name, ""), every_copy_has, copy).lower()
    assert "Zqpurpose" in copy_of(message.recipient)
    for word in ("Zqreason", "Zqpurpose", "Zqanswer"):
        assert word not in copy
        assert word not in browser_of(message.sender).get(reverse("members:privacy-readings")).text
    assert not OutgoingMail.objects.exclude(kind="members.export-ready").exists()


def test_a_message_that_stays_because_it_was_reported_is_gone_for_its_sender(message):
    """Else it would tell him, after the 90 days, that it was."""
    reports.report(reader=message.recipient, message=message)
    old = MessageFactory(sender=message.sender)
    Message.objects.update(sent_at=now() - timedelta(days=91))

    assert browser_of(message.sender).get(message.get_absolute_url()).status_code == 404
    assert browser_of(message.sender).get(old.get_absolute_url()).status_code == 404
    assert TEXT not in copy_of(message.sender)
    assert browser_of(message.recipient).get(message.get_absolute_url()).status_code == 200


def test_closing_says_what_was_done_and_happens_once(message, administrator):
    report = reports.report(reader=message.recipient, message=message)
    desk = browser_of(administrator)
    address = reverse("admin:members_messagereport_change", args=[report.pk])
    desk.post(address, {"purpose": "A member reported this message.", "then": "open"})

    assert desk.post(address, {"answer": ""}).status_code == 200  # what was done must be said
    assert desk.post(address, {"answer": "The account is closed."}).status_code == 302
    assert desk.post(address, {"answer": "Something else."}).status_code == 403

    report.refresh_from_db()
    assert (report.state, report.answer) == ("closed", "The account is closed.")
    assert report.closed_by == administrator
    assert AuditEntry.objects.filter(verb="members.report_closed").count() == 1
    assert "The account is closed." in desk.get(address).content.decode()
    assert not OutgoingMail.objects.exists()


def test_a_report_closed_meanwhile_keeps_what_its_first_closer_wrote(message, administrator):
    report = reports.report(reader=message.recipient, message=message)
    reports.close(report=report, actor=administrator, answer="First.")
    reports.close(report=report, actor=administrator, answer="Second.")

    report.refresh_from_db()
    assert report.answer == "First."


def test_a_message_that_nobody_reported_is_not_on_the_desk(message, administrator):
    page = browser_of(administrator).get(reverse("admin:members_messagereport_changelist"))

    assert page.context["cl"].result_count == 0


def test_reported_messages_outlive_the_90_days_until_their_report_has_been_closed_as_long(administrator):
    with time_machine.travel(now() - timedelta(days=200)):
        plain, still_open, closed, closed_long_ago = MessageFactory.create_batch(4)
        for message in (still_open, closed, closed_long_ago):
            reports.report(reader=message.recipient, message=message)
    with time_machine.travel(now() - timedelta(days=91)):
        reports.close(report=closed_long_ago.report, actor=administrator, answer="Done.")
    with time_machine.travel(now() - timedelta(days=89)):
        reports.close(report=closed.report, actor=administrator, answer="Done.")

    gone = tidying.keep_tidy()

    assert gone["messages"] == 2
    assert set(Message.objects.all()) == {still_open, closed}
    assert set(MessageReport.objects.values_list("message", flat=True)) == {still_open.pk, closed.pk}
    assert plain.pk not in Message.objects.values_list("pk", flat=True)
