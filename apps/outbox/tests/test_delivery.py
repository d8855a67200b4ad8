"""From the outbox to a mail server, and what becomes of a mail when a worker, the server or the address fails."""

from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.outbox import services
from apps.outbox.models import (
    NEXT,
    Handover,
    Heartbeat,
    Lane,
    LanePace,
    MailContent,
    MailEvent,
    OutgoingMail,
    State,
    Suppression,
)
from apps.outbox.services import handover, lanes
from apps.outbox.smtp import Connection

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def deliver(server):
    """One worker's turn; connections of tests end with them."""
    smtp = Connection()

    def deliver(**how):
        handed_over = 0
        while batch := services.claim(worker="w1", **how):
            services.weed(batch)
            handed_over += services.hand_over(batch, smtp)
        return handed_over

    yield deliver
    smtp.close()


def fresh(mail):
    return OutgoingMail.objects.get(pk=mail.pk)


def events(mail):
    return list(mail.events.order_by("pk").values_list("what", "cause"))


def read(server):
    return [message_from_bytes(mail.data, policy=policy.default) for mail in server.mails]


def lease_is_over(mail, **fields):
    OutgoingMail.objects.filter(pk=mail.pk).update(lease_until=timezone.now() - timedelta(seconds=1), **fields)


# --- the ordinary way -------------------------------------------------------------------------------------------------
def test_a_mail_is_handed_over_once_with_its_values_and_its_own_message_id(mail, server, deliver):
    sent = mail(values={"name": "Émilie"})

    assert deliver() == 1
    assert deliver() == 0

    [letter] = read(server)
    assert letter["To"] == "amina@example.org"
    assert letter["Message-ID"] == sent.message_id
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_body(("plain",)).get_content().split() == ["Hello", "Émilie"]
    sent = fresh(sent)
    assert (sent.state, sent.attempts, sent.smtp_code) == (State.SENT, 1, 250)
    assert sent.claimed_at <= sent.handover_at <= sent.sent_at
    assert events(sent) == []


def test_account_mails_go_before_notices_and_notices_before_newsletters(mail, server, deliver):
    for kind in ("bulk", "notice", "code"):
        mail(kind, to=f"{kind}@example.org")

    deliver()

    assert [letter["To"] for letter in read(server)] == ["code@example.org", "notice@example.org", "bulk@example.org"]


def test_a_connection_is_used_for_many_mails_and_made_anew_after_its_number(mail, server, deliver, settings):
    settings.OUTBOX_MAILS_A_CONNECTION = 3
    for _ in range(7):
        mail()

    assert deliver() == 7
    assert server.connections == 3


def test_the_codes_of_account_mails_are_forgotten_when_they_are_sent_and_a_notice_keeps_its_values(
    mail, server, deliver
):
    code, notice = mail("code"), mail("notice")

    deliver()

    assert fresh(code).values == {}
    assert fresh(notice).values == {"name": "Amina"}


def test_what_came_through_djangos_mail_functions_is_blanked_whole(db, server, deliver, settings):
    settings.EMAIL_BACKEND = "apps.outbox.backend.OutboxBackend"  # Django's test runner puts another there
    letter = EmailMultiAlternatives("Salut", "Le texte", to=["Ops <ops@example.org>"], cc=["more@example.org"])
    letter.attach_alternative("<p>Le texte</p>", "text/html")
    letter.attach("report.txt", "so many", "text/plain")

    assert letter.send() == 1
    assert deliver() == 2

    first, second = read(server)
    assert {first["To"], second["To"]} == {"ops@example.org", "more@example.org"}
    assert first.get_body(("html",)).get_content().strip() == "<p>Le texte</p>"
    assert [part.get_filename() for part in first.iter_attachments()] == ["report.txt"]
    assert list(MailContent.objects.values_list("subject", "text", "html", "attachments")) == [("", "", "", [])] * 2
    assert all(MailContent.objects.values_list("blanked_at", flat=True))


def test_a_worker_claims_no_more_than_a_batch_whatever_the_planner_thinks(mail):
    for _ in range(12):
        mail()
    with connection.cursor() as cursor:  # a plan in which a subquery would be run for each row
        for way in ("hashjoin", "mergejoin", "hashagg", "material", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")

    assert [len(services.claim(worker=f"w{n}", limit=5).mails) for n in range(3)] == [5, 5, 2]


# --- what is no longer wanted -----------------------------------------------------------------------------------------
def test_each_kind_is_asked_whether_its_mails_are_still_wanted(mail, server, deliver, unwanted):
    kept, dropped = mail(number=1), mail(number=2)
    unwanted[2] = "The event was cancelled."

    assert deliver() == 1

    assert fresh(kept).state == State.SENT
    assert fresh(dropped).state == State.WITHHELD
    assert dropped.events.get().reason == "The event was cancelled."


def test_a_kind_that_cannot_answer_holds_up_its_own_mails_only(mail, server, deliver, monkeypatch, some_kinds):
    stuck, code = mail("notice"), mail("code")
    monkeypatch.setitem(some_kinds.notice.__dict__, "still_wanted", lambda ids: 1 / 0)

    assert deliver() == 1

    assert fresh(code).state == State.SENT
    stuck = fresh(stuck)
    assert (stuck.state, stuck.attempts) == (State.RETRY, 0)
    assert timedelta(minutes=4) < stuck.next_attempt_at - timezone.now() < timedelta(minutes=6)


def test_a_suppressed_address_gets_no_notice_and_no_newsletter_but_its_own_codes(mail, server, deliver):
    services.suppress(address="Amina@Example.org", reason=Suppression.Reason.COMPLAINED)
    code, notice, bulk = mail("code"), mail("notice"), mail("bulk")

    assert deliver() == 1

    assert [fresh(m).state for m in (code, notice, bulk)] == [State.SENT, State.WITHHELD, State.WITHHELD]


def test_a_mail_that_comes_too_late_expires_and_is_told_so(mail, server, deliver):
    late = mail(expires_at=timezone.now() - timedelta(minutes=1))

    assert deliver() == 0

    assert fresh(late).state == State.EXPIRED
    assert events(late) == [("expired", "w1")]


def test_a_paused_batch_waits_and_goes_on(mail, server, deliver, django_user_model):
    staff = django_user_model.objects.create(email="staff@example.org", is_staff=True)
    held, other = mail("bulk"), mail("bulk", batch=services.batch("Another edition"))
    services.pause(batch=held.batch, actor=staff, reason="A wrong date")

    assert deliver() == 1
    assert [fresh(held).state, fresh(other).state] == [State.QUEUED, State.SENT]

    services.resume(batch=held.batch, actor=staff)
    assert deliver() == 1


# --- refusals ---------------------------------------------------------------------------------------------------------
def test_a_wrong_address_fails_and_is_suppressed(mail, server, deliver):
    gone, well = mail(to="gone@example.org"), mail()
    server.fail("rcpt", (550, "5.1.1 No such user"), to="gone@")

    assert deliver() == 1

    assert (fresh(gone).state, fresh(well).state) == (State.FAILED, State.SENT)
    assert fresh(gone).smtp_code == 550
    assert Suppression.objects.get().key == services.key_of("gone@example.org")


def test_a_block_by_policy_fails_and_says_nothing_of_the_address(mail, server, deliver):
    blocked = mail()
    server.fail("rcpt", (550, "5.7.1 Blocked by reputation"))

    deliver()

    assert fresh(blocked).state == State.FAILED
    assert not Suppression.objects.exists()


def test_a_refusal_for_now_is_tried_again_for_a_day_and_then_fails(mail, server, deliver):
    busy = mail()
    server.fail("rcpt", (450, "4.2.1 Mailbox busy"))
    waits = []
    while fresh(busy).state != State.FAILED:
        OutgoingMail.objects.update(next_attempt_at=timezone.now())
        deliver()
        waits.append(fresh(busy).next_attempt_at - timezone.now())

    assert len(waits) == len(handover.RETRY_AFTER) + 1
    for wait, meant in zip(waits, handover.RETRY_AFTER, strict=False):
        assert abs(wait - meant) < 0.11 * meant
    assert timedelta(hours=23) < sum(handover.RETRY_AFTER, timedelta()) < timedelta(hours=25)
    assert fresh(busy).attempts == 8


def test_a_lane_rests_when_the_server_asks_for_it_and_longer_each_time(mail, server, deliver):
    mails = [mail() for _ in range(4)]
    server.fail("rcpt", (421, "4.7.0 Too many"))

    deliver()
    pace = LanePace.objects.get(lane=Lane.NOTICE)
    assert pace.rest_seconds == 5
    assert pace.rests_because == "421 4.7.0 Too many"
    assert sorted(fresh(m).state for m in mails) == ["queued", "queued", "queued", "retry"]
    assert services.claim(worker="w2") is None

    LanePace.objects.update(rests_until=timezone.now())
    deliver()
    assert LanePace.objects.get(lane=Lane.NOTICE).rest_seconds == 10

    server.heal()
    LanePace.objects.update(rests_until=timezone.now())
    assert deliver() == 2
    assert LanePace.objects.get(lane=Lane.NOTICE).rest_seconds == 0


def test_a_rest_of_one_lane_holds_up_no_other(mail, server, deliver):
    mail("bulk", to="slow@example.org")
    server.fail("rcpt", (421, "4.7.0 Too many"), to="slow@")
    deliver()

    code = mail("code")
    assert deliver() == 1
    assert fresh(code).state == State.SENT


def test_without_a_mail_server_nothing_is_lost_and_the_lane_rests(mail, server, deliver):
    mails = [mail() for _ in range(3)]
    server.stop()

    assert deliver() == 0

    assert sorted(fresh(m).state for m in mails) == ["queued", "queued", "retry"]
    assert LanePace.objects.get(lane=Lane.NOTICE).rests_until > timezone.now()


def test_a_break_after_the_message_leaves_it_uncertain_and_says_since_when(mail, server, deliver):
    broken = mail()
    server.fail("dot", "close")

    deliver()

    broken = fresh(broken)
    assert broken.state == State.UNCERTAIN
    assert broken.started_at is not None
    assert events(broken) == [("uncertain", "w1")]


def test_a_mail_that_cannot_be_put_together_blocks_nobody(mail, server, deliver):
    poisoned, well = mail(values={}), mail()

    assert deliver() == 1

    assert (fresh(poisoned).state, fresh(well).state) == (State.FAILED, State.SENT)
    assert events(poisoned) == [("failed", "w1")]


def test_an_envelope_that_went_ahead_is_never_used_for_somebody_else(server):
    smtp = Connection()
    letter = {"sender": "portal@example.org", "message": b"Message-ID: <1@x>\r\n\r\nHello\r\n"}

    assert smtp.send(to="first@example.org", following="second@example.org", **letter).state == State.SENT
    assert smtp.ahead == "second@example.org"
    assert smtp.send(to="third@example.org", **letter).state == State.SENT
    smtp.close()

    assert [m.recipients for m in server.mails] == [["first@example.org"], ["third@example.org"]]


@pytest.mark.parametrize("address", ["a@x>\r\nRCPT TO:<b@x", "a b@example.org", "nobody", "<a@example.org>", "a@\x00x"])
def test_nobodys_words_become_commands(mail, server, deliver, address):
    odd = mail(to=address.replace("\x00", "\x01"))

    assert deliver() == 0

    assert fresh(odd).state == State.FAILED
    assert server.mails == []


def test_a_name_in_another_script_needs_a_server_that_takes_it_and_a_domain_does_not(mail, server, deliver):
    mail(to="amina@bücher.example")
    mail(to="josé@example.org")

    assert deliver() == 2
    assert sorted(m.recipients[0] for m in server.mails) == ["amina@xn--bcher-kva.example", "josé@example.org"]


# --- deaths -----------------------------------------------------------------------------------------------------------
def test_what_a_dead_worker_claimed_goes_back(mail, server, deliver):
    claimed = mail()
    services.claim(worker="dead")
    assert services.reap() == {}
    lease_is_over(claimed)

    assert services.reap() == {"queued": 1}
    assert deliver() == 1


def interrupted(mails, *, at=None, server_started_at=None):
    """A worker died in the middle of these mails, while it handed over this one."""
    batch = services.claim(worker="dead")
    assert len(handover._begin_batch(batch)) == len(mails)
    fields = {"started_id": at and at.pk, "started_at": timezone.now()} if at else {}
    if server_started_at:
        fields["server_started_at"] = server_started_at
    Handover.objects.update(**fields)


def time_passes():
    Handover.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def test_of_a_dead_workers_batch_the_mail_on_its_way_is_uncertain_those_before_are_sent_the_others_go_back(mail):
    mails = [mail("code") for _ in range(4)]
    interrupted(mails, at=mails[2])
    assert services.reap() == {}
    time_passes()

    assert services.reap() == {"sent": 2, "uncertain": 1, "queued": 1}

    mails = [fresh(m) for m in mails]
    assert [m.state for m in mails] == ["sent", "sent", "uncertain", "queued"]
    assert [m.values for m in mails] == [{}, {}, {"code": "123-456-789"}, {"code": "123-456-789"}]
    assert [m.attempts for m in mails] == [1, 1, 1, 0]
    assert mails[2].started_at is not None
    assert list(MailEvent.objects.values_list("mail", "what", "cause")) == [(mails[2].pk, "uncertain", "reaper")]
    assert not Handover.objects.exists()
    assert services.reap() == {}


def test_a_worker_that_died_before_its_first_mail_leaves_nothing_uncertain(mail):
    mails = [mail(), mail()]
    interrupted(mails)
    time_passes()

    assert services.reap() == {"queued": 2}


def test_after_a_restart_of_the_database_the_whole_open_batch_is_uncertain(mail):
    mails = [mail() for _ in range(3)]
    interrupted(mails, at=mails[1], server_started_at=timezone.now() - timedelta(days=1))
    time_passes()

    assert services.reap() == {"uncertain": 3}


def test_a_worker_that_lost_its_lease_sends_nothing_more_and_writes_nothing(mail, server, deliver):
    mails = [mail(), mail()]
    batch = services.claim(worker="zombie")
    for one in mails:
        lease_is_over(one)
    services.reap()
    assert deliver() == 2

    assert services.hand_over(batch, Connection()) == 0
    assert len(server.mails) == 2
    assert [fresh(m).state for m in mails] == ["sent", "sent"]


def test_a_lease_that_ends_in_the_middle_of_a_batch_stops_it_and_its_reaper_decides(mail, server, deliver, monkeypatch):
    mails = [mail(to=f"{n}@example.org") for n in range(3)]
    real = Connection.send

    def slow(self, **message):
        answer = real(self, **message)
        time_passes()
        services.reap()
        return answer

    monkeypatch.setattr(Connection, "send", slow)
    batch, smtp = services.claim(worker="slow"), Connection()
    assert services.hand_over(batch, smtp) == 1
    smtp.close()
    assert len(server.mails) == 1
    assert [fresh(m).state for m in mails] == ["uncertain", "queued", "queued"]


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_refusal_in_the_middle_of_a_batch_concerns_its_own_mail_only(mail, server, deliver, pipelining):
    if not pipelining:
        server.server.greeting = server.greeting.replace(b"PIPELINING", b"X-NOTHING")
    mails = [mail(to=f"{n}@example.org") for n in range(5)]
    server.fail("dot", (554, "5.6.0 Looks like spam"), to="1@")
    server.server.fail("rcpt", (550, "5.1.1 Nobody"), to="3@")

    assert deliver() == 3

    assert [fresh(m).state for m in mails] == ["sent", "failed", "sent", "failed", "sent"]
    assert [m.recipients for m in server.mails] == [["0@example.org"], ["2@example.org"], ["4@example.org"]]
    assert server.connections == 1


# --- pace -------------------------------------------------------------------------------------------------------------
def test_one_pace_holds_for_all_workers(mail, settings):
    settings.OUTBOX_RATES = {"account": 0, "notice": 2, "bulk": 0}
    for _ in range(6):
        mail()

    first, second = services.claim(worker="w1"), services.claim(worker="w2")

    assert (len(first.mails), len(second.mails)) == (2, 2)
    assert services.claim(worker="w3") is None  # the next second is spoken for
    first, second = list(first.slots), list(second.slots)
    assert [round(b - a, 3) for a, b in zip(first, first[1:], strict=False)] == [0.5]
    assert 0.9 < second[0] - first[0] < 3  # a busy machine may be late, never early
    assert 0 < lanes.next_slot_in() < 2


def test_deliver_due_looks_rings_beats_and_stops(mail, server, settings, monkeypatch):
    rung = []
    monkeypatch.setattr("apps.core.bell.ring", rung.append)
    settings.OUTBOX_BATCH = 4
    for _ in range(9):
        mail()

    assert services.deliver_due(worker="w1", seconds=5) == 9

    assert rung == ["outbox.deliver"]  # once, for a second worker
    heart = Heartbeat.objects.get(name="w1")
    assert (heart.who, heart.handed_over) == ("worker", 9)
    assert services.sweep() == {}
    assert Heartbeat.objects.get(name="beat").who == "beat"


# --- the table of moves -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("before", State)
def test_the_database_allows_the_moves_of_the_table_and_no_other(mail, before):
    allowed = set()
    for after in State:
        one = mail(state=before, sent_at=timezone.now() if before == State.SENT else None, **in_hand(before))
        fields = in_hand(after) | {"sent_at": timezone.now() if after == State.SENT else None}
        with suppress(IntegrityError), transaction.atomic():
            OutgoingMail.objects.filter(pk=one.pk).update(state=after, **fields)
            allowed.add(after)
        OutgoingMail.objects.filter(pk=one.pk).delete()

    assert allowed == NEXT[before] | {before}


def in_hand(state):
    now = timezone.now()
    if state not in {State.CLAIMED, State.HANDOVER}:
        return {"worker": "", "lease_until": None}
    return {"worker": "w", "lease_until": now, "handover_at": now}


def test_events_are_never_changed(mail):
    event = MailEvent.objects.create(mail=mail(), what=MailEvent.What.RETRY, cause="w1")
    event.reason = "something else"
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        event.save()
