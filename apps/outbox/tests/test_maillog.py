"""What Postfix's log tells, line by line. `data/postfix_3_7.txt` was written by a real one, made to do all this."""

import json
from datetime import UTC, datetime
from hashlib import md5
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.outbox import maillog
from apps.outbox.maillog import Fact, Trail, What

pytestmark = pytest.mark.static

REAL = (Path(__file__).parent / "data" / "postfix_3_7.txt").read_bytes().split(b"\n")[:-1]
BRUSSELS = ZoneInfo("Europe/Brussels")
KEY = "0123456789abcdef" * 2
STAMP = "2026-11-26T06:18:11.123456+01:00"
TO = "to=<amina@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=0.4, delays=0.1/0/0.2/0.1"


def facts(*lines, domain="portal.example"):
    return list(maillog.facts([line.encode() for line in lines], domain=domain))


def line(program, tale, stamp=STAMP):
    return f"{stamp} mail {program}[311]: {tale}"


def followed(lines, trail=None):
    """The names of the mails that have arrived, and those that are only named; a real log's keys are MD5 of names."""
    trail = trail or Trail()
    arrived = {trail.follow(fact) for fact in maillog.facts(lines, domain="portal.example")} - {""}
    return arrived, set(trail.named.values()), trail


def keys(*names):
    return {md5(name.encode(), usedforsecurity=False).hexdigest() for name in names}


# --- a real one -------------------------------------------------------------------------------------------------------
def test_a_real_log_tells_what_arrived_and_what_did_not():
    """Clients that died in the head or the body, or were refused, are not in it; one that died after the dot is."""
    arrived, named, trail = followed(REAL)

    assert arrived == keys(
        "good", "bad", "slow", "first-ok", "afterdot", "L-good", "L-bad", "L-slow",
        "backlog0", "backlog1", "backlog2", "backlog3", "backlog4",
    )  # fmt: skip
    assert named == keys("s-hold")  # taken and held: neither gone on its way nor refused
    assert trail.taken == {}  # each ended with `removed`


def test_under_load_a_mail_that_is_taken_waits_long_for_its_turn():
    """Later ones may even be passed on before: until then it is named, and nobody may call it not arrived."""
    begun = next(n for n, text in enumerate(REAL) if b"4jZmlS5d2WzJC33: message-id" in text)
    turn = next(n for n, text in enumerate(REAL) if b"4jZmlS5d2WzJC33: from=" in text)

    arrived, named, trail = followed(REAL[:turn])
    assert keys("backlog2") <= named
    assert keys("backlog3", "backlog4") <= arrived  # begun after it
    assert begun < turn

    assert keys("backlog2") <= followed(REAL[turn:], trail)[0]


def test_a_real_bounce_tells_its_code_and_the_other_servers_words():
    [bounced] = [
        fact for fact in maillog.facts(REAL, domain="portal.example") if fact.queue == "0700020C322" and fact.dsn
    ]

    assert (bounced.what, bounced.to, bounced.dsn) == (What.BOUNCED, ("p@slow.example",), "5.3.0")
    assert bounced.answer == (500, "5.3.0 Error: command failed (in reply to RCPT TO command)")


def test_a_real_log_tells_who_was_given_up():
    expired = [fact.queue for fact in maillog.facts(REAL, domain="portal.example") if fact.what == What.EXPIRED]

    assert expired == ["1F57C20C1B2", "067BB20C312"]


# --- forms of a line --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "start",
    [
        "Nov 26 06:18:11 mail postfix/{}[311]:",
        "Nov  6 06:18:11 mail postfix/{}[311]:",
        "2026-11-26T06:18:11.123456+01:00 mail.portal.example postfix/{}[311]:",
        "2026-11-26T05:18:11Z mail postfix/{}[311]:",
        "<22>1 2026-11-26T06:18:11.123456+01:00 mail postfix/{} 311 - -",
        "2026-11-26T06:18:11+01:00 mail postfix-out/{}[311]:",
        "2026-11-26T06:18:11+01:00 mail postfix/relay/{}[311]:",
    ],
)
@pytest.mark.parametrize("queue", ["4F9D195432C", "4jZmlS5d2WzJC33", "3Vgspm0WfDz30Dy"])
def test_every_usual_form_of_a_line_is_understood(start, queue):
    story = [
        ("smtpd", f"{queue}: client=localhost[127.0.0.1], sasl_method=PLAIN, sasl_username=portal"),
        ("cleanup", f"{queue}: message-id=<{KEY}@portal.example>"),
        ("qmgr", f"{queue}: from=<bounces@portal.example>, size=344, nrcpt=1 (queue active)"),
        ("smtp", f"{queue}: {TO}, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 8BDCA22DA71)"),
        ("qmgr", f"{queue}: removed"),
        ("smtpd", "lost connection after DATA (132 bytes) from localhost[127.0.0.1]"),
        ("smtpd", "timeout after DATA (132 bytes) from localhost[127.0.0.1]"),
    ]

    told = facts(*(f"{start.format(service)} {tale}" for service, tale in story))

    assert [(fact.what, fact.queue, fact.process, fact.key) for fact in told] == [
        (What.CLIENT, queue, "311", ""),
        (What.NAMED, queue, "", KEY),
        (What.TAKEN, queue, "", ""),
        (What.SENT, queue, "", ""),
        (What.REMOVED, queue, "", ""),
        (What.LOST, "", "311", ""),
        (What.LOST, "", "311", ""),
    ]


@pytest.mark.parametrize("service", ["smtp", "lmtp", "local", "virtual", "pipe", "error"])
def test_whoever_delivers_tells_the_same(service):
    tale = "4F9D195432C: to=<a@lists.example>, orig_to=<amina@example.org>, relay=local, delay=1, delays=1/0/0/0"
    words = "host mx[192.0.2.1] said: 550-5.1.1 <a@lists.example>: no such user (in reply to RCPT TO command)"

    [bounced] = facts(line(f"postfix/{service}", f"{tale}, dsn=5.1.1, status=bounced ({words})"))

    assert (bounced.what, bounced.queue, bounced.dsn) == (What.BOUNCED, "4F9D195432C", "5.1.1")
    assert bounced.to == ("a@lists.example", "amina@example.org")
    assert bounced.answer == (550, "5.1.1 <a@lists.example>: no such user (in reply to RCPT TO command)")


def test_a_delay_for_the_same_reason_is_the_same_piece_of_news():
    def delayed(stamp, dsn="4.4.1"):
        tale = f"4F9D195432C: {TO}, dsn={dsn}, status=deferred (connect to mx.example.org: Connection timed out)"
        [fact] = facts(line("postfix/smtp", tale, stamp))
        return fact.number

    assert delayed("Nov 26 06:18:11") == delayed("Nov 26 07:18:11") != delayed("Nov 26 06:18:11", dsn="4.7.1")


def test_a_connection_that_breaks_after_the_dot_says_nothing():
    assert facts(line("postfix/smtpd", "lost connection after END-OF-MESSAGE from localhost[127.0.0.1]")) == []
    assert facts(line("postfix/smtpd", "lost connection after RCPT from localhost[127.0.0.1]")) == []


@pytest.mark.parametrize(
    "message_id",
    [
        f"<{KEY}@elsewhere.example>",
        f"<{KEY}@portal.example.evil.example>",
        f"<{KEY[:-1]}@portal.example>",
        f"<{KEY.upper()}@portal.example>",
        f"<x{KEY}@portal.example>",
        f"{KEY}@portal.example",
        f"<{KEY}@portal.example> <{KEY}@portal.example>",
        "",
    ],
)
def test_other_peoples_message_ids_are_not_ours(message_id):
    assert facts(line("postfix/cleanup", f"4F9D195432C: message-id={message_id}")) == [Fact(What.NAMED, "4F9D195432C")]


# --- hostile lines ----------------------------------------------------------------------------------------------------
def test_what_a_stranger_writes_into_a_line_is_no_line():
    forged = line("postfix/cleanup", f"4F9D195432C: message-id=<{KEY}@portal.example>")

    assert (
        facts(
            line(
                "postfix/cleanup", f"AAAAAAAAAAA: warning: header Subject: {forged} from localhost[127.0.0.1]; from=<x>"
            ),
            line("postfix/smtpd", f"NOQUEUE: reject: RCPT from x[192.0.2.9]: 550 5.1.1 <{forged}>; proto=ESMTP"),
            line("sshd", f"Failed password for invalid user {forged}"),
            line(
                "postfix/smtpd",
                "AAAAAAAAAAA: reject: RCPT from x[192.0.2.9]: 450 4.1.2 <y@z>: Domain not found",
            ),
            f"{STAMP} mail postfix/smtp[1]: connect to mx {forged}",
        )
        == []
    )
    assert list(maillog.facts([f"{STAMP} mail x: \r{forged}".encode()], domain="portal.example")) == []


def test_a_line_longer_than_any_log_has_is_let_pass():
    assert facts(line("postfix/cleanup", f"4F9D195432C: message-id=<{KEY}@portal.example>{' ' * 9000}")) == []


@given(st.one_of(st.binary(max_size=300), st.builds(
    lambda text, at, junk: text[:at] + junk + text[at + len(junk) :],
    st.sampled_from(REAL), st.integers(0, 200), st.binary(max_size=20),
)))  # fmt: skip
def test_no_line_however_garbled_raises(text):
    trail = Trail()
    for fact in maillog.facts([text], domain="portal.example"):
        trail.follow(fact)
        json.dumps([fact, fact.answer, trail.kept()])
    maillog.moment(text, zone=BRUSSELS, now=datetime(2026, 11, 26, tzinfo=UTC))


# --- when it was written ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("stamp", "now", "moment"),
    [
        ("Nov 26 06:18:11", "2026-11-26T12:00", "2026-11-26T05:18:11"),
        ("Jul  4 06:18:11", "2026-11-26T12:00", "2026-07-04T04:18:11"),
        ("Dec 31 23:59:59", "2027-01-01T00:10", "2026-12-31T22:59:59"),
        ("Jan  1 00:00:02", "2026-12-31T22:59", "2026-12-31T23:00:02"),  # its clock goes before ours
        ("Nov 27 06:00:00", "2026-11-26T12:00", "2026-11-27T05:00:00"),
        ("Nov 30 06:00:00", "2026-11-26T12:00", "2025-11-30T05:00:00"),
        ("Feb 29 12:00:00", "2028-03-01T12:00", "2028-02-29T11:00:00"),
        ("Feb 29 12:00:00", "2029-01-10T12:00", "2028-02-29T11:00:00"),
        ("2026-11-26T06:18:11.123456+01:00", "2026-11-26T12:00", "2026-11-26T05:18:11.123456"),
        ("2026-11-26T06:18:11Z", "2026-11-26T12:00", "2026-11-26T06:18:11"),
        ("2026-11-26T06:18:11", "2026-11-26T12:00", "2026-11-26T05:18:11"),
        ("<22>1 2026-11-26T06:18:11.5-02:30", "2026-11-26T12:00", "2026-11-26T08:48:11.5"),
        ("Nov 31 06:18:11", "2026-11-26T12:00", None),
        ("Nub 26 06:18:11", "2026-11-26T12:00", None),
        ("Feb 29 12:00:00", "2027-03-01T12:00", None),
        ("2026-11-26T25:18:11Z", "2026-11-26T12:00", None),
        ("0001-01-01T00:00:00+23:59", "2026-11-26T12:00", None),
        ("yesterday", "2026-11-26T12:00", None),
    ],
)
def test_a_time_is_read_in_its_zone_and_its_year(stamp, now, moment):
    now = datetime.fromisoformat(now).replace(tzinfo=UTC)
    wanted = datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None

    assert maillog.moment(f"{stamp} mail postfix/qmgr[1]: x".encode(), zone=BRUSSELS, now=now) == wanted


def test_the_hour_that_comes_twice_is_read_as_asked():
    text = b"Oct 25 02:30:00 mail postfix/qmgr[1]: x"
    now = datetime(2026, 10, 25, 12, tzinfo=UTC)

    assert maillog.moment(text, zone=BRUSSELS, now=now) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert maillog.moment(text, zone=BRUSSELS, now=now, fold=1) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


# --- from an offset ---------------------------------------------------------------------------------------------------
def test_an_unfinished_line_waits_for_its_end():
    file = BytesIO(b"one\ntwo\nthr")

    assert maillog.whole_lines(file, 0, 100) == ([b"one", b"two"], 8)
    assert maillog.whole_lines(file, 8, 100) == ([], 8)
    file.seek(0, 2)
    file.write(b"ee\n")
    assert maillog.whole_lines(file, 8, 100) == ([b"three"], 14)


def test_only_a_line_feed_ends_a_line():
    assert maillog.whole_lines(BytesIO(b"one\rtwo\x0bthree\x0c\n"), 0, 100) == ([b"one\rtwo\x0bthree\x0c"], 15)


def test_a_long_log_is_read_in_pieces():
    text = b"".join(b"line %d\n" % number for number in range(1000))
    file, offset, lines = BytesIO(text), 0, []
    while offset < len(text):
        some, offset = maillog.whole_lines(file, offset, 512)
        assert 0 < len(some) < 100
        lines += some

    assert lines == text.split(b"\n")[:-1]


def test_what_never_becomes_a_line_does_not_stop_the_reading():
    file = BytesIO(b"x" * 20_000 + b"\nnext\n")

    lines, offset = maillog.whole_lines(file, 0, 10_000)
    assert (lines, offset) == ([], 10_000)
    lines, offset = maillog.whole_lines(file, offset, 10_000)
    lines, offset = maillog.whole_lines(file, offset, 10_000)
    assert (lines, offset) == ([b"", b"next"], 20_006)


# --- queue numbers ----------------------------------------------------------------------------------------------------
def test_the_name_of_a_mail_that_broke_off_may_be_told_after_its_end():
    trail = Trail()
    trail.follow(Fact(What.CLIENT, "4F9D195432C", "31"))
    trail.follow(Fact(What.LOST, process="31"))
    trail.follow(Fact(What.NAMED, "4F9D195432C", key=KEY))

    assert (trail.named, trail.dead) == ({}, {})


def test_a_queue_number_that_is_used_again_means_the_new_mail():
    trail = Trail(taken=[("4F9D195432C", KEY)])
    trail.follow(Fact(What.NAMED, "4F9D195432C"))  # somebody else's; its `removed` had been lost

    assert trail.follow(Fact(What.BOUNCED, "4F9D195432C")) == ""


def test_what_is_known_is_kept_from_one_reading_to_the_next_at_any_line():
    for cut in range(0, len(REAL), 7):
        before, _named, trail = followed(REAL[:cut])
        after, named, _trail = followed(REAL[cut:], Trail(**json.loads(json.dumps(trail.kept(), sort_keys=True))))

        assert (before | after, named) == followed(REAL)[:2]


def test_no_more_is_kept_than_there_is_room_for_and_the_oldest_goes_first():
    trail = Trail()
    for number in range(maillog.MAILS + 5):
        trail.follow(Fact(What.CLIENT, f"Q{number:07}", str(number)))
        trail.follow(Fact(What.NAMED, f"Q{number:07}", key=f"{number:032x}"))
        if number == maillog.MAILS - 1:
            assert not trail.overflows
    assert trail.overflows
    kept = trail.kept()

    assert (len(kept["named"]), len(kept["clients"])) == (maillog.MAILS, maillog.PROCESSES)
    assert kept["named"][0] == ("Q0000005", f"{5:032x}")
    assert kept["clients"][-1] == (str(maillog.MAILS + 4), f"Q{maillog.MAILS + 4:07}")
