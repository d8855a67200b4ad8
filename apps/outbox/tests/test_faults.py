"""78 faults of a mail server: each leaves the mail in the state of the table, never sent twice, the worker free."""

import time

import pytest
from django.db import OperationalError

from apps.outbox import services
from apps.outbox.models import LanePace, OutgoingMail, State, Suppression
from apps.outbox.services import delivery
from apps.outbox.smtp import Connection

from .fault_cases import CASES, RETRY
from .smtp_script import BREAKS, Fault
from .smtp_server import serving

pytestmark = pytest.mark.django_db
PATIENCE = 0.3  # seconds for an answer


@pytest.fixture(params=[True, False], ids=["pipelined", "in turn"])
def server(request, settings):
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = settings.OUTBOX_LAST_ANSWER = PATIENCE
    with serving(pipelining=request.param) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def deliver(server):
    """One worker's turn after the rests of lanes and the waits of mails: returns how many it handed over."""
    smtp = Connection()

    def deliver():
        LanePace.objects.update(rests_until=None, rest_seconds=0)
        OutgoingMail.objects.filter(state=State.RETRY).update(next_attempt_at="2020-01-01T00:00Z")
        handed_over = 0
        while batch := delivery.claim(worker="w1"):
            delivery.weed(batch)
            handed_over += delivery.hand_over(batch, smtp)
        return handed_over

    yield deliver
    smtp.close()


def state_of(mail):
    return OutgoingMail.objects.get(pk=mail.pk).state


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_fault_leaves_the_mail_in_the_state_of_the_table(case, mail, server, deliver):
    unlucky = mail()
    server.fail(case.stage, case.does)

    begun = time.monotonic()
    assert deliver() == 0
    took = time.monotonic() - begun

    assert state_of(unlucky) == case.state
    assert list(unlucky.events.values_list("what", flat=True)) == [case.state]
    assert (LanePace.objects.get(lane=unlucky.lane).rests_until is not None) is case.rests
    assert Suppression.objects.filter(key=services.key_of(unlucky.to)).exists() is case.suppressed
    assert took < 3 * PATIENCE

    # The server is well again: the next mail goes, and this one only where it is certain that it did not.
    server.heal()
    other = mail(to="bakari@example.org")
    assert deliver() == (2 if case.state == RETRY else 1)
    assert state_of(other) == State.SENT
    assert server.accepted[unlucky.message_id] == (1 if case.state == RETRY else 0)
    assert server.accepted[other.message_id] == 1


@pytest.mark.parametrize("case", [case for case in CASES if case.stage in {"rcpt", "data", "dot"}], ids=str)
def test_in_the_midst_of_a_batch_a_fault_concerns_its_own_mail_only(case, mail, server, deliver):
    before, unlucky, after = (mail(to=f"{name}@example.org") for name in ("before", "unlucky", "after"))
    server.fail(case.stage, Fault(case.does, to="unlucky"))

    deliver()
    assert (state_of(before), state_of(unlucky)) == (State.SENT, case.state)
    assert state_of(after) == (State.QUEUED if case.rests else State.SENT)

    server.heal()
    deliver()
    assert [server.accepted[one.message_id] for one in (before, unlucky, after)] == [1, int(case.state == RETRY), 1]
    assert [mail.recipients for mail in server.mails if mail.message_id == after.message_id] == [["after@example.org"]]


@pytest.mark.parametrize("does", BREAKS)
def test_a_mail_that_was_taken_before_the_break_is_not_sent_a_second_time(does, mail, server, deliver):
    taken = mail()
    server.fail("dot", Fault(does, accepted=True))
    deliver()
    server.heal()
    deliver()

    assert state_of(taken) == State.UNCERTAIN
    assert server.accepted == {taken.message_id: 1}


def test_of_many_mails_only_those_to_the_address_in_question_suffer(mail, server, deliver):
    mails = [mail(to=f"{name}@example.org") for name in ("ada", "gone", "bob", "busy", "cem", "full", "dia")]
    server.fail("rcpt", Fault((550, "5.1.1 No such user"), to="gone@"))
    server.fail("data", Fault((451, "4.3.0 Not now"), to="busy@"))
    server.fail("dot", Fault((552, "5.2.2 Full"), to="full@"))

    assert deliver() == 4

    assert {mail.to.partition("@")[0]: state_of(mail) for mail in mails} == {
        "ada": State.SENT,
        "bob": State.SENT,
        "cem": State.SENT,
        "dia": State.SENT,
        "gone": State.FAILED,
        "busy": State.RETRY,
        "full": State.FAILED,
    }
    assert all(server.accepted[mail.message_id] <= 1 for mail in mails)


def test_with_the_port_closed_every_mail_waits_and_goes_once_it_is_open(mail, server, deliver):
    mails = [mail() for _ in range(3)]
    server.stop()
    assert deliver() == 0
    assert {state_of(mail) for mail in mails} <= {State.RETRY, State.QUEUED}

    server.start()
    assert deliver() == 3
    assert set(server.accepted.values()) == {1}


def test_a_batch_that_broke_off_half_way_holds_up_no_other_of_the_same_worker(mail, server, settings, monkeypatch):
    def lose_the_database(self, **how):
        raise OperationalError("server closed the connection unexpectedly")

    stuck = mail()
    with monkeypatch.context() as at_that_moment:
        at_that_moment.setattr(Connection, "send", lose_the_database)
        with pytest.raises(OperationalError):
            services.deliver_due(worker="w1")
    code = mail("code")
    assert services.deliver_due(worker="w1") == 1
    delivery._connection(settings.EMAIL_HOST, settings.EMAIL_PORT).close()

    assert state_of(code) == State.SENT
    assert state_of(stuck) == State.HANDOVER  # until its lease is over
