"""The panel that says how the outbox is: in words, as of now, and for a fixed price."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from apps.outbox import kinds, services
from apps.outbox.models import Heartbeat, Lane, LanePace, LogPosition, MailEvent, OutgoingMail, State

from .factories import MailBatchFactory, OutgoingMailFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("some_kinds")]

STATUS = reverse("admin:outbox_outgoingmail_status")


@pytest.fixture
def now():
    """Time stands still, so that ages are exact."""
    moment = timezone.now().replace(microsecond=0)
    with time_machine.travel(moment, tick=False):
        yield moment


def seen(name, who, at):
    return Heartbeat.objects.create(name=name, who=who, seen_at=at)


def text_of(response):
    return " ".join(unescape(response.text).split())


# --- who is at work ---------------------------------------------------------------------------------------------------
def test_who_was_seen_within_a_minute_is_at_work(desk, now):
    seen("w1", "worker", now - timedelta(seconds=60))
    seen("beat", "beat", now - timedelta(seconds=1))

    text = text_of(desk.get(STATUS))

    assert "Worker w1 was seen 60 seconds ago." in text
    assert "The beat was seen 1 second ago." in text


def test_whoever_was_not_seen_for_longer_is_said_so_in_words(desk, now):
    seen("w1", "worker", now - timedelta(seconds=61))
    seen("beat", "beat", now - timedelta(hours=30))

    text = text_of(desk.get(STATUS))

    assert "No worker was seen in the last minute: no mail leaves." in text
    assert "Worker w1 was last seen 61 seconds ago: it has ended, or is stuck." in text
    assert "The beat was last seen 1 day ago: nothing is planned or looked after." in text


def test_an_outbox_at_which_nobody_ever_worked_says_so(desk):
    text = text_of(desk.get(STATUS))

    assert "The beat was never seen: nothing is planned or looked after." in text
    assert "No worker was seen in the last minute: no mail leaves." in text


def test_the_figures_say_of_when_they_are(desk, now):
    assert f"Figures of {timezone.localtime(now):%H:%M:%S} (Brussels time)" in text_of(desk.get(STATUS))


# --- what waits -------------------------------------------------------------------------------------------------------
def lanes(client):
    return {lane["label"]: lane for lane in client.get(STATUS).context["lanes"]}


def test_each_lane_names_what_waits_longest_and_for_how_long(desk, now):
    for seconds in (30, 90):
        OutgoingMailFactory(next_attempt_at=now - timedelta(seconds=seconds))
    OutgoingMailFactory(next_attempt_at=now + timedelta(hours=1))
    OutgoingMailFactory(state=State.RETRY, lane=Lane.ACCOUNT, next_attempt_at=now - timedelta(minutes=7))

    found = lanes(desk)

    notice, account, bulk = (found[lane.label] for lane in (Lane.NOTICE, Lane.ACCOUNT, Lane.BULK))
    assert (notice["due"], notice["age"]) == (2, "90 seconds")
    assert (account["due"], account["age"].replace("\xa0", " ")) == (1, "7 minutes")
    assert (bulk["due"], bulk["since"]) == (0, None)


def test_what_is_paused_waits_for_a_person_and_is_no_queue(desk, now, administrator):
    batch = MailBatchFactory(name="Edition 12")
    OutgoingMailFactory(lane=Lane.BULK, batch=batch)
    services.pause(batch=batch, actor=administrator, reason="Wrong link")

    assert lanes(desk)[Lane.BULK.label]["due"] == 0
    text = text_of(desk.get(STATUS))
    assert "Edition 12" in text
    assert "Wrong link" in text


def test_a_lane_that_rests_says_until_when_and_why_without_an_address(desk, now):
    LanePace.objects.filter(lane=Lane.BULK).update(
        rests_until=now + timedelta(minutes=5), rests_because="421 too many mails to amina@example.org"
    )
    LanePace.objects.filter(lane=Lane.NOTICE).update(rests_until=now - timedelta(minutes=5), rests_because="421 over")

    text = text_of(desk.get(STATUS))

    until = timezone.localtime(now + timedelta(minutes=5))
    assert f"Rests until {until:%H:%M:%S}: 421 too many mails to a…@example.org" in text
    assert "421 over" not in text


def test_a_lane_says_its_pace(desk, settings):
    settings.OUTBOX_RATES = {"account": 0, "notice": 0, "bulk": 2.5}

    text = text_of(desk.get(STATUS))

    assert "2.5 a second at most" in text
    assert text.count("As fast as the mail server takes them") == 2


def test_mails_are_counted_by_state_and_lane_and_by_the_last_hour(desk, now):
    for age, lane in [(1, Lane.NOTICE), (59, Lane.BULK), (61, Lane.BULK)]:
        OutgoingMailFactory(state=State.SENT, lane=lane, sent_at=now - timedelta(minutes=age))
    OutgoingMailFactory(state=State.FAILED)

    context = desk.get(STATUS).context

    rows = {row["state"]: (row["lanes"], row["total"]) for row in context["states"]}
    assert rows.keys() == set(State.values)
    assert rows["sent"] == ([0, 1, 2], 3)
    assert rows["failed"] == ([0, 1, 0], 1)
    assert [lane["sent_last_hour"] for lane in context["lanes"]] == [0, 1, 1]
    assert context["sent_last_hour"] == 2


# --- what is uncertain ------------------------------------------------------------------------------------------------
def test_uncertain_mails_are_named_by_number_kind_and_time_and_never_by_address(desk, now):
    kinds.register("tests.notice", lane=Lane.NOTICE, when_uncertain="wait", sample={}, title="Reminder")
    mail = OutgoingMailFactory(to="amina@example.org", state=State.UNCERTAIN, started_at=now)
    OutgoingMailFactory()

    response = desk.get(STATUS)

    at = timezone.localtime(now)
    assert f"Mail {mail.pk}</a>: Reminder, {at.day} {at:%b %Y, %H:%M}" in text_of(response)
    assert "amina" not in response.text


def test_an_uncertain_mail_is_settled_where_it_is_named(desk):
    mail = OutgoingMailFactory(state=State.UNCERTAIN)
    page = desk.get(STATUS)
    [decision, *_others] = page.context["decisions"]

    page = desk.post(
        reverse("admin:outbox_outgoingmail_decide", args=[mail.pk]),
        {"decision": decision.name, "back": "status"},
        follow=True,
    )

    assert OutgoingMail.objects.get().state == State.SENT
    assert page.redirect_chain == [(STATUS, 302)]
    assert "1 mail counts as sent." in page.text


def test_of_many_uncertain_mails_the_first_are_named_and_all_are_counted(desk, monkeypatch):
    monkeypatch.setattr("apps.outbox.admin.status.NAMED", 2)
    OutgoingMailFactory.create_batch(3, state=State.UNCERTAIN)

    page = desk.get(STATUS)

    assert len(page.context["uncertain"]) == 2
    assert "All 3 in the list" in page.text


# --- who tells whether a mail arrived ---------------------------------------------------------------------------------
def test_without_a_log_and_a_provider_it_says_that_nobody_tells(desk):
    assert "neither a log of the mail server nor a provider is set" in text_of(desk.get(STATUS))


def test_the_log_says_how_far_it_was_read(desk, settings, now):
    settings.MAIL_LOG = "/var/log/mail.log"
    assert "The mail server's log /var/log/mail.log: not read yet." in text_of(desk.get(STATUS))

    LogPosition.objects.create(path=settings.MAIL_LOG, covers_until=now - timedelta(seconds=20))
    assert ", 20 seconds ago." in text_of(desk.get(STATUS))


def test_the_provider_says_when_it_reported_last(desk, settings, now):
    settings.MAIL_PROVIDER = "mailgun"
    assert "The provider Mailgun: it has reported nothing yet." in text_of(desk.get(STATUS))

    mail = OutgoingMailFactory(state=State.SENT)
    MailEvent.objects.create(mail=mail, what=MailEvent.What.DELIVERED, cause="mailgun", provider_event="1", at=now)
    assert "The provider Mailgun: its last report came at" in text_of(desk.get(STATUS))


# --- the price --------------------------------------------------------------------------------------------------------
def test_the_panel_costs_the_same_for_any_number(desk, administrator, settings, django_assert_max_num_queries):
    settings.MAIL_PROVIDER, settings.MAIL_LOG = "mailgun", "/var/log/mail.log"
    costs = []
    for number in (1, 3):
        for _ in range(number):
            mail = OutgoingMailFactory(state=State.UNCERTAIN)
            MailEvent.objects.create(mail=mail, what=MailEvent.What.UNCERTAIN, cause="reaper")
            OutgoingMailFactory(lane=Lane.BULK)
            seen(f"w{Heartbeat.objects.count()}", "worker", timezone.now())
            services.pause(batch=MailBatchFactory(), actor=administrator, reason="Wrong link")
        with django_assert_max_num_queries(14) as queries:
            desk.get(STATUS)
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_the_panel_reads_no_value_and_no_content(desk, django_assert_max_num_queries):
    OutgoingMailFactory(state=State.UNCERTAIN)

    with django_assert_max_num_queries(14) as queries:
        desk.get(STATUS)

    read = [query["sql"] for query in queries if "mailcontent" in query["sql"] or '"values"' in query["sql"]]
    assert read == []
