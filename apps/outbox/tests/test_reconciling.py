"""Uncertain mails and the mail server's log: who arrived, who did not, who bounced; and what happens to the rest."""

import os
from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.outbox import kinds, services
from apps.outbox.models import Handover, Lane, LogPosition, MailEvent, OutgoingMail, State, Suppression
from apps.outbox.services import handover, reconciling

from .factories import MailContentFactory, OutgoingMailFactory
from .test_maillog import REAL

pytestmark = [pytest.mark.django_db, pytest.mark.services, pytest.mark.usefixtures("some_kinds")]


NOTHING = {"arrived": 0, "not_arrived": 0, "told": 0}


def ago(**time):
    return timezone.now() - timedelta(**time)


class Log:
    """A log file of the mail server."""

    def __init__(self, path):
        self.path, self.numbers = path, Counter()

    def write(self, *tales, at, path=None, end="\n"):
        with open(path or self.path, "a") as file:
            file.write("\n".join(f"{at.isoformat()} mail postfix/{tale}" for tale in tales) + end)

    def number(self, mail):
        return f"4jZ{mail.pk:09}"

    def named(self, mail, *, at, pid=31):
        queue = self.number(mail)
        client, name = f"smtpd[{pid}]: {queue}: client=localhost[127.0.0.1]", f"message-id={mail.message_id}"
        self.write(client, f"cleanup[32]: {queue}: {name}", at=at)

    def took(self, mail, *, at):
        self.named(mail, at=at)
        self.write(f"qmgr[33]: {self.number(mail)}: from=<x@y>, size=344, nrcpt=1 (queue active)", at=at)

    def told(self, mail, status, dsn, words, *, at, to="", removed=True):
        tale = f"to=<{to or mail.to}>, relay=mx[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn={dsn}, status={status}"
        self.write(f"smtp[34]: {self.number(mail)}: {tale} ({words})", at=at)
        if removed:
            self.write(f"qmgr[33]: {self.number(mail)}: removed", at=at)

    def said_something(self, *, at, path=None):
        self.write("anvil[9]: statistics: max cache size 1", at=at, path=path)


@pytest.fixture
def log(tmp_path, settings):
    log = Log(tmp_path / "mail.log")
    settings.MAIL_LOG = str(log.path)
    log.said_something(at=ago(days=1))
    return log


def uncertain(**fields):
    fields = {"state": State.UNCERTAIN, "moment": ago(minutes=5)} | fields
    mail = OutgoingMailFactory(**fields)
    mail.refresh_from_db()
    return mail


def their_worker_is_lost():
    """And PostgreSQL was started since, so that all of his batch may have arrived."""
    Handover.objects.create(worker="w1", lease_until=ago(seconds=1), server_started_at=ago(days=9))
    return handover.reap()


def fresh(mail):
    return OutgoingMail.objects.get(pk=mail.pk)


def story(mail):
    return [(event.what, event.cause) for event in mail.events.order_by("pk")]


# --- arrived, or not --------------------------------------------------------------------------------------------------
def test_of_two_uncertain_mails_the_one_in_the_log_is_sent_and_the_other_one_queued_again(log):
    there, lost = uncertain(), uncertain()
    log.took(there, at=ago(minutes=5))
    log.told(there, "sent", "2.0.0", "250 2.0.0 Ok: queued as 8BDCA22DA71", at=ago(minutes=5))
    log.said_something(at=ago(minutes=1))

    assert reconciling.read_log() == {"arrived": 1, "not_arrived": 1, "told": 0}
    assert (fresh(there).state, fresh(lost).state) == (State.SENT, State.QUEUED)
    assert fresh(there).sent_at == there.started_at
    assert (story(there), story(lost)) == ([("settled", "log")], [("settled", "log")])

    assert reconciling.read_log() == NOTHING


def test_a_mail_that_broke_off_in_its_body_did_not_arrive(log):
    mail = uncertain()
    log.named(mail, at=ago(minutes=5))
    log.write("smtpd[31]: lost connection after DATA (132 bytes) from localhost[127.0.0.1]", at=ago(minutes=5))
    log.said_something(at=ago(minutes=1))

    reconciling.read_log()

    assert fresh(mail).state == State.QUEUED


def test_a_mail_that_the_server_refused_after_its_last_dot_did_not_arrive(log):
    mail = uncertain()
    log.named(mail, at=ago(minutes=5))
    tale = "milter-reject: END-OF-MESSAGE from localhost[127.0.0.1]: 4.7.1 Try again later; from=<x@y> proto=ESMTP"
    log.write(f"cleanup[32]: {log.number(mail)}: {tale}", at=ago(minutes=5))
    log.said_something(at=ago(minutes=1))

    reconciling.read_log()

    assert fresh(mail).state == State.QUEUED


def test_a_mail_that_the_server_has_begun_and_neither_taken_nor_refused_stays_uncertain(log):
    mail = uncertain()
    log.named(mail, at=ago(minutes=5))
    log.said_something(at=ago(minutes=1))
    reconciling.read_log()
    assert fresh(mail).state == State.UNCERTAIN

    log.write(f"qmgr[33]: {log.number(mail)}: from=<x@y>, size=344, nrcpt=1 (queue active)", at=ago(seconds=5))
    reconciling.read_log()

    assert fresh(mail).state == State.SENT


def test_nothing_is_missing_before_the_log_was_read_two_minutes_beyond(log):
    mail = uncertain(moment=ago(seconds=150))
    log.said_something(at=ago(seconds=60))  # 90 seconds later
    reconciling.read_log()
    assert fresh(mail).state == State.UNCERTAIN

    log.said_something(at=ago(seconds=20))
    reconciling.read_log()

    assert fresh(mail).state == State.QUEUED


def test_nothing_is_missing_from_a_log_that_begins_after_the_mail(log):
    mail = uncertain(moment=ago(days=1, seconds=-30))  # the log's first line is hardly older: clocks differ
    log.said_something(at=ago(minutes=1))
    reconciling.read_log()

    assert fresh(mail).state == State.UNCERTAIN


def test_a_mail_whose_start_nobody_marked_may_have_begun_until_the_end_of_its_lease(log):
    """As after a crash of PostgreSQL, which takes the last marks back."""
    mail = uncertain(moment=ago(seconds=220), started_at=None)
    log.said_something(at=ago(seconds=1))
    reconciling.read_log()
    assert fresh(mail).state == State.UNCERTAIN

    OutgoingMail.objects.update(handover_at=ago(seconds=250))
    reconciling.read_log()

    assert fresh(mail).state == State.QUEUED


def test_a_quiet_server_has_nothing_to_write_after_ten_minutes(log):
    mail, later = uncertain(moment=ago(minutes=11)), uncertain(moment=ago(minutes=9))
    log.said_something(at=ago(minutes=30))

    reconciling.read_log()

    assert (fresh(mail).state, fresh(later).state) == (State.QUEUED, State.UNCERTAIN)


def test_a_log_in_which_sent_mails_are_missing_proves_nothing_by_its_silence(log):
    """The server writes elsewhere by now, or its disk is full."""
    mail = uncertain(moment=ago(minutes=11))
    OutgoingMailFactory(state=State.SENT, moment=ago(minutes=8))
    log.said_something(at=ago(minutes=30))

    reconciling.read_log()

    assert fresh(mail).state == State.UNCERTAIN


def test_an_arrival_is_remembered_while_the_dead_workers_lease_still_runs(log):
    """The log was read long before anybody doubted of this mail."""
    mail = uncertain(state=State.HANDOVER, moment=ago(seconds=90), lease_until=timezone.now() + timedelta(seconds=30))
    log.took(mail, at=ago(seconds=90))
    log.told(mail, "sent", "2.0.0", "250 2.0.0 Ok", at=ago(seconds=89))
    log.said_something(at=ago(seconds=10))
    for _ in range(3):
        assert reconciling.read_log() == NOTHING
    assert fresh(mail).state == State.HANDOVER

    assert their_worker_is_lost() == {"uncertain": 1}
    assert reconciling.read_log() == NOTHING | {"arrived": 1}
    assert fresh(mail).state == State.SENT


def test_of_ordinary_mails_nothing_is_kept(log):
    for _ in range(20):
        mail = uncertain(state=State.SENT)
        log.took(mail, at=ago(minutes=5))
        log.told(mail, "sent", "2.0.0", "250 2.0.0 Ok", at=ago(minutes=5))

    assert reconciling.read_log() == NOTHING
    assert not MailEvent.objects.exists()
    pending = LogPosition.objects.get().pending
    assert (pending["at_server"], pending["trail"]["taken"], pending["trail"]["named"]) == ([], [], [])


def test_when_too_many_are_waiting_for_their_turn_the_log_answers_only_for_later_mails(log, monkeypatch):
    monkeypatch.setattr("apps.outbox.maillog.MAILS", 3)
    mails = [uncertain() for _ in range(5)]
    for mail in mails:
        log.named(mail, at=ago(minutes=5))
    log.said_something(at=ago(minutes=1))

    reconciling.read_log()
    reconciling.read_log()

    assert {fresh(mail).state for mail in mails} == {State.UNCERTAIN}
    assert LogPosition.objects.get().covers_from >= ago(minutes=2)


# --- bounces and delays -----------------------------------------------------------------------------------------------
def test_a_bounce_is_written_down_once_and_its_address_not_written_to_again(log):
    mail = uncertain(state=State.SENT, to="Gone@Example.org")
    log.took(mail, at=ago(minutes=5))
    words = "host mx[192.0.2.1] said: 550 5.1.1 <gone@example.org>: User unknown (in reply to RCPT TO command)"
    log.told(mail, "bounced", "5.1.1", words, at=ago(minutes=5), to="gone@example.org")

    assert reconciling.read_log() == NOTHING | {"told": 1}
    LogPosition.objects.update(inode=0)  # as after a restore: all is read again
    assert reconciling.read_log() == NOTHING

    [event] = mail.events.all()
    assert (event.what, event.smtp_code, event.cause, event.reason) == ("bounced", 550, "log", words)
    suppressed = Suppression.objects.get()
    assert (suppressed.key, suppressed.reason) == (services.key_of("gone@example.org"), "bounced")
    assert "@" not in suppressed.detail


@pytest.mark.parametrize(
    ("dsn", "words", "hard"),
    [
        ("5.1.1", "host mx[192.0.2.1] said: 550 5.1.1 No such user", True),
        ("5.1.10", "Domain has a null MX", True),
        (
            "5.4.4",
            "Host or domain name not found. Name service error for name=gone.example type=A: Host not found",
            True,
        ),
        ("5.0.0", "host mx[192.0.2.1] said: 550 No such user here (in reply to RCPT TO command)", True),
        ("5.0.0", "host mx[5.1.2.3] said: 554 Blocked, see 5.1.2.3 (in reply to end of DATA command)", False),
        ("5.7.1", "host mx[192.0.2.1] said: 550 5.7.1 Message refused by policy", False),
        ("5.2.2", "host mx[192.0.2.1] said: 552 5.2.2 Mailbox full", False),
        ("5.1.8", "host mx[192.0.2.1] said: 550 5.1.8 Sender address rejected: Domain not found", False),
    ],
)
def test_only_a_bounce_that_speaks_of_the_address_suppresses_it(log, dsn, words, hard):
    mail = uncertain(state=State.SENT)
    log.took(mail, at=ago(minutes=5))
    log.told(mail, "bounced", dsn, words, at=ago(minutes=5))

    reconciling.read_log()

    assert story(mail) == [("bounced", "log")]
    assert Suppression.objects.exists() is hard


def test_a_delay_is_told_once_for_each_reason_and_the_end_of_all_patience_too(log):
    mail = uncertain(state=State.SENT)
    log.took(mail, at=ago(days=1))
    for hours, dsn in ((23, "4.4.1"), (22, "4.4.1"), (21, "4.7.1"), (20, "4.4.1")):
        log.told(mail, "deferred", dsn, "connect to mx: Connection timed out", at=ago(hours=hours), removed=False)
        reconciling.read_log()
    log.write(f"qmgr[33]: {log.number(mail)}: from=<x@y>, status=expired, returned to sender", at=ago(minutes=1))
    reconciling.read_log()

    assert story(mail) == [("deferred", "log"), ("deferred", "log"), ("bounced", "log")]
    assert not Suppression.objects.exists()


def test_an_uncertain_mail_that_bounced_had_arrived(log):
    mail = uncertain()
    log.took(mail, at=ago(minutes=5))
    log.told(mail, "bounced", "5.7.1", "said: 550 5.7.1 Refused", at=ago(minutes=5))

    reconciling.read_log()

    assert fresh(mail).state == State.SENT
    assert story(mail) == [("settled", "log"), ("bounced", "log")]


def test_a_bounce_of_somebody_elses_address_is_not_ours_whatever_its_message_id(log):
    """A mail of ours that is passed on, or a stranger's with a Message-ID that he guessed."""
    mail = uncertain(state=State.SENT)
    log.took(mail, at=ago(minutes=5))
    log.told(mail, "bounced", "5.1.1", "said: 550 5.1.1 No such user", at=ago(minutes=5), to="other@example.org")

    reconciling.read_log()

    assert story(mail) == []
    assert not Suppression.objects.exists()


def test_a_bounce_is_known_by_the_ascii_form_of_its_domain(log):
    mail = uncertain(state=State.SENT, to="amina@bücher.example")
    log.took(mail, at=ago(minutes=5))
    log.told(mail, "bounced", "5.7.1", "no", at=ago(minutes=5), to="amina@xn--bcher-kva.example")

    reconciling.read_log()

    assert story(mail) == [("bounced", "log")]


# --- files ------------------------------------------------------------------------------------------------------------
def rotate(log, to="mail.log.1"):
    os.rename(log.path, log.path.parent / to)


@pytest.mark.parametrize("name", ["mail.log.1", "mail.log-20261126"])
def test_after_a_rotation_the_old_log_is_read_to_its_end_before_the_new_one(log, name):
    first, second, third = uncertain(), uncertain(), uncertain()
    reconciling.read_log()
    log.took(first, at=ago(minutes=5))
    rotate(log, name)
    log.path.touch()
    reconciling.read_log()
    assert fresh(first).state == State.SENT

    # The server learns a little later that it is to open the new one.
    queue = log.number(second)
    log.write(f"cleanup[1]: {queue}: message-id={second.message_id}", at=ago(minutes=5), path=log.path.parent / name)
    log.write(f"qmgr[33]: {queue}: from=<x@y>, size=344, nrcpt=1 (queue active)", at=ago(minutes=4))
    log.took(third, at=ago(minutes=1))
    reconciling.read_log()

    assert (fresh(second).state, fresh(third).state) == (State.SENT, State.SENT)
    assert LogPosition.objects.get().covers_from < ago(hours=23)  # no gap


def lost(log, _mail):
    rotate(log)
    os.remove(log.path.parent / "mail.log.1")


def rotated_twice(log, _mail):
    rotate(log)
    log.said_something(at=ago(minutes=4))
    rotate(log, "mail.log.2")
    os.utime(log.path.parent / "mail.log.1", (1, 1))


def cut_short(log, _mail):
    os.truncate(log.path, 0)


def copied_and_cut_short(log, _mail):
    (log.path.parent / "mail.log.1").write_bytes(log.path.read_bytes())
    os.truncate(log.path, 0)


def replaced_in_place(log, _mail):
    with open(log.path, "r+") as file:
        file.write("x" * 10)


@pytest.mark.parametrize("accident", [lost, rotated_twice, cut_short, copied_and_cut_short, replaced_in_place])
def test_after_a_gap_the_log_answers_only_for_mails_of_its_new_beginning(log, accident):
    mail = uncertain()
    reconciling.read_log()
    accident(log, mail)
    for minutes in (3, 2, 1):
        log.said_something(at=ago(minutes=minutes))
    later = uncertain(moment=ago(minutes=1))
    log.took(later, at=ago(minutes=1))
    reconciling.read_log()

    assert (fresh(mail).state, fresh(later).state) == (State.UNCERTAIN, State.SENT)


def test_a_log_that_was_cut_back_is_read_from_its_start(log):
    first_line = log.path.stat().st_size
    for minutes in range(60):
        log.said_something(at=ago(minutes=60 - minutes))
    reconciling.read_log()
    os.truncate(log.path, first_line)
    mail = uncertain()
    log.took(mail, at=ago(minutes=5))

    reconciling.read_log()

    assert fresh(mail).state == State.SENT


def test_without_the_new_log_the_end_of_the_old_one_is_no_silence(log):
    reconciling.read_log()
    rotate(log)
    mail = uncertain(moment=ago(minutes=11))

    reconciling.read_log()

    assert fresh(mail).state == State.UNCERTAIN


def test_an_unfinished_line_is_read_when_it_is_finished(log):
    mail = uncertain()
    log.took(mail, at=ago(minutes=5))
    whole = log.path.read_bytes()
    log.path.write_bytes(whole[:-20])
    reconciling.read_log()
    assert fresh(mail).state == State.UNCERTAIN

    log.path.write_bytes(whole)
    reconciling.read_log()

    assert fresh(mail).state == State.SENT


def test_nothing_happens_without_the_setting_or_the_file(settings, tmp_path):
    mail = uncertain()
    assert reconciling.read_log() == NOTHING
    for path in (tmp_path / "no.log", tmp_path):
        settings.MAIL_LOG = str(path)
        assert reconciling.read_log() == NOTHING
    (tmp_path / "empty.log").touch()
    settings.MAIL_LOG = str(tmp_path / "empty.log")

    assert reconciling.read_log() == NOTHING
    assert fresh(mail).state == State.UNCERTAIN


def test_a_log_is_read_in_pieces_whole_and_once(log, monkeypatch, settings):
    settings.MAIL_DOMAIN = "portal.example"
    log.path.write_bytes(b"\n".join(REAL) + b"\n")
    monkeypatch.setattr(reconciling, "CHUNK", 500)
    reconciling.read_log()
    position = LogPosition.objects.get()
    assert position.offset == log.path.stat().st_size
    assert [key for _queue, key in position.pending["trail"]["named"]] == ["1f1af41a66818e92931239fdb6958be4"]

    monkeypatch.setattr(reconciling, "SECONDS", 0)
    log.said_something(at=ago(minutes=1))
    assert reconciling.read_log() == NOTHING  # no time left


def test_a_clock_that_is_ahead_reaches_no_further_than_the_present(log):
    log.said_something(at=timezone.now() + timedelta(days=400))

    reconciling.read_log()

    assert LogPosition.objects.get().covers_until <= timezone.now()


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_do_no_harm(log):
    mails = [uncertain(state=State.SENT) for _ in range(30)]
    for mail in mails:
        log.took(mail, at=ago(minutes=5))
        log.told(mail, "bounced", "5.7.1", "said: 550 5.7.1 Refused", at=ago(minutes=5))
    told, together = Counter(), Barrier(4)

    def beat():
        try:
            together.wait()
            told.update(reconciling.read_log())
        finally:
            connection.close()

    threads = [Thread(target=beat) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told["told"] == MailEvent.objects.count() == 30


@pytest.mark.django_db(transaction=True)
def test_a_beat_that_finds_another_one_reading_leaves_at_once(log):
    reconciling.read_log()
    mail = uncertain()
    log.took(mail, at=ago(minutes=5))
    figures = []

    def beat():
        try:
            figures.append(reconciling.read_log())
        finally:
            connection.close()

    with transaction.atomic():
        LogPosition.objects.select_for_update().get()
        thread = Thread(target=beat)
        thread.start()
        thread.join(timeout=5)

    assert figures == [NOTHING]


# --- the policy -------------------------------------------------------------------------------------------------------
def of_every_policy(**fields):
    kinds_of = {"repeat": ("tests.code", Lane.ACCOUNT), "drop": ("tests.notice", Lane.NOTICE)}
    kinds_of |= {"wait": ("tests.bulk", Lane.BULK), "unknown": ("gone.app", Lane.NOTICE)}
    return {
        policy: uncertain(content=MailContentFactory(kind=kind), lane=lane, **fields)
        for policy, (kind, lane) in kinds_of.items()
    }


def states(mails):
    return {policy: fresh(mail).state for policy, mail in mails.items()}


ALL_UNCERTAIN = dict.fromkeys(("repeat", "drop", "wait", "unknown"), State.UNCERTAIN)
BY_POLICY = ALL_UNCERTAIN | {"repeat": State.QUEUED, "drop": State.WITHHELD}


@pytest.mark.parametrize("tells", ["MAIL_LOG", "MAIL_PROVIDER"])
def test_what_nobody_can_tell_is_settled_as_its_kind_has_it(settings, tells):
    setattr(settings, tells, "something")
    soon, late = of_every_policy(moment=ago(minutes=59)), of_every_policy(moment=ago(minutes=61))

    assert reconciling.settle_by_policy() == {"told_before": 0, "repeated": 1, "let_be": 1}

    assert (states(soon), states(late)) == (ALL_UNCERTAIN, BY_POLICY)
    assert {policy: story(mail) for policy, mail in late.items()} == {
        "repeat": [("settled", "policy")],
        "drop": [("settled", "policy")],
        "wait": [],
        "unknown": [],
    }
    assert reconciling.settle_by_policy() == {"told_before": 0, "repeated": 0, "let_be": 0}


def test_with_neither_log_nor_provider_nobody_is_waited_for_longer_than_ten_minutes():
    soon, late = of_every_policy(moment=ago(minutes=9)), of_every_policy(moment=ago(minutes=11))

    reconciling.settle_by_policy()

    assert (states(soon), states(late)) == (ALL_UNCERTAIN, BY_POLICY)


def test_the_hour_begins_when_the_mail_became_uncertain(settings):
    """After a night without a beat it had been in handover for hours, and the log is still to be read."""
    settings.MAIL_PROVIDER = "mailgun"
    mails = of_every_policy(moment=ago(hours=9), state=State.HANDOVER, lease_until=ago(hours=8))
    their_worker_is_lost()

    reconciling.settle_by_policy()

    assert states(mails) == ALL_UNCERTAIN


def test_what_a_provider_told_before_anybody_was_in_doubt_settles_the_mail_at_once():
    mail, other = (uncertain(state=State.HANDOVER, moment=ago(seconds=90)) for _ in range(2))
    services.report(message_key=mail.message_key, what=MailEvent.What.DELIVERED, cause="mailgun", provider_event="x")
    # Of an earlier attempt, which failed:
    MailEvent.objects.create(mail=other, what=MailEvent.What.DEFERRED, cause="mailgun", at=ago(minutes=5))
    their_worker_is_lost()

    assert reconciling.settle_by_policy() == {"told_before": 1, "repeated": 0, "let_be": 0}
    assert (fresh(mail).state, fresh(other).state) == (State.SENT, State.UNCERTAIN)
    assert story(mail) == [("delivered", "mailgun"), ("uncertain", "reaper"), ("settled", "mailgun")]


def test_a_kind_that_waits_for_a_person_is_settled_by_the_log_all_the_same(log):
    mails = of_every_policy()
    for mail in mails.values():
        log.took(mail, at=ago(minutes=5))

    reconciling.read_log()

    assert set(states(mails).values()) == {State.SENT}
    assert set(mails) == {*kinds.WhenUncertain, "unknown"}
