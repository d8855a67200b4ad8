"""The scripted mail server itself: what other tests take on trust."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from email.message import EmailMessage

import pytest

from .smtp_script import BREAKS, STAGES, Fault
from .smtp_server import serving

COMMANDS = {
    "ehlo": b"EHLO me\r\n",
    "mail": b"MAIL FROM:<us@portal.example>\r\n",
    "rcpt": b"RCPT TO:<ada@example.org>\r\n",
    "data": b"DATA\r\n",
    "dot": b"Message-ID: <1@portal.example>\r\n\r\nHello.\r\n.\r\n",
}


def letter(number=1, text="Hello.\n"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "us@portal.example", "ada@example.org", "Hello"
    message["Message-ID"] = f"<{number}@portal.example>"
    message.set_content(text)
    return message


@pytest.fixture
def talk():
    """Open raw connections that are closed with the test."""
    opened = []

    def open_one(server):
        client = socket.create_connection(("127.0.0.1", server.port), timeout=5)
        opened.append((client, client.makefile("rb")))
        return opened[-1]

    yield open_one
    for client, lines in opened:
        lines.close()
        client.close()


def walk_to(stage, client, lines):
    """Say all that comes before a stage, one answer after the other, and then what the stage answers to."""
    for passed in ["banner", *COMMANDS][: STAGES.index(stage)]:
        if passed != "banner":
            client.sendall(COMMANDS[passed])
        while lines.readline()[3:4] == b"-":
            pass
    client.sendall(COMMANDS.get(stage, b""))


def closing_of(client):
    """How the connection ends: what was still said, and "fin", "reset" or, after a while, "nothing"."""
    said = b""
    client.settimeout(0.3)
    try:
        while more := client.recv(4096):
            said += more
    except TimeoutError:
        return said, "nothing"
    except ConnectionResetError:
        return said, "reset"
    return said, "fin"


# --- an ordinary day --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("pipelining", [True, False])
def test_an_ordinary_client_hands_over_mails_and_each_is_counted_once(pipelining):
    with (
        serving(pipelining=pipelining, size=100_000) as server,
        smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client,
    ):
        client.send_message(letter(1))
        client.send_message(letter(2))

    assert ("pipelining" in client.esmtp_features) is pipelining
    assert {"8bitmime", "smtputf8", "size"} < client.esmtp_features.keys()
    assert server.accepted == {"<1@portal.example>": 1, "<2@portal.example>": 1}
    assert [(mail.sender, mail.recipients) for mail in server.mails] == [("us@portal.example", ["ada@example.org"])] * 2
    assert server.lost == []


def test_dots_at_the_beginning_of_a_line_arrive_as_they_were_written():
    with serving() as server, smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        client.send_message(letter(text="One\n.\n..two\n"))

    assert server.mails[0].data.endswith(b"\r\n\r\nOne\r\n.\r\n..two\r\n")


def test_a_mail_without_a_body_ends_too(talk):
    with serving() as server:
        client, lines = talk(server)
        walk_to("dot", client, lines)
        client.sendall(b"MAIL FROM:<us@portal.example>\r\nRCPT TO:<ada@example.org>\r\nDATA\r\n.\r\n")

        assert [lines.readline()[:3] for _ in range(5)] == [b"250", b"250", b"250", b"354", b"250"]
    assert server.accepted == {"<1@portal.example>": 1, "": 1}


def test_pipelined_commands_are_answered_in_order_however_they_are_cut(talk):
    commands = b"EHLO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
    commands += COMMANDS["dot"] + b"NOOP\r\nWHAT\r\nRCPT TO:<c@d.example>\r\nRSET\r\nQUIT\r\n"
    with serving(size=10) as server:  # and the mail is too big for it
        for step in (1, 3, len(commands)):
            client, lines = talk(server)
            for start in range(0, len(commands), step):
                client.sendall(commands[start : start + step])

            answers = [line.strip() for line in lines if line[3:4] == b" "]
            codes = [answer[:3] for answer in answers]
            assert codes == [b"220", b"250", b"250", b"250", b"354", b"552", b"250", b"502", b"503", b"250", b"221"]
    assert server.accepted == {}


def test_many_clients_at_once_are_served_at_once():
    with serving(delay=0.2) as server:
        clients = [smtplib.SMTP("127.0.0.1", server.port, timeout=5) for _ in range(8)]
        started = time.monotonic()
        for client in clients:
            client.ehlo()
            client.docmd("MAIL FROM:<us@portal.example>")
            client.docmd("RCPT TO:<ada@example.org>")
            client.docmd("DATA")
        for number, client in enumerate(clients):
            client.send(f"Message-ID: <{number}@portal.example>\r\n\r\n.\r\n")
        replies = {client.getreply()[0] for client in clients}
        took = time.monotonic() - started
        for client in clients:
            client.quit()

    assert replies == {250}
    assert 0.2 <= took < 1
    assert len(server.accepted) == 8


# --- faults -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("stage", STAGES)
def test_a_refusal_comes_at_its_stage_and_nothing_is_accepted(talk, stage):
    with serving(faults={stage: (451, "4.3.0 Not now")}) as server:
        client, lines = talk(server)
        walk_to(stage, client, lines)

        assert lines.readline() == b"451 4.3.0 Not now\r\n"
        client.sendall(b"QUIT\r\n")
        assert lines.readline()[:3] == b"221"
    assert server.accepted == {}


@pytest.mark.parametrize("stage", STAGES)
def test_with_421_the_server_hangs_up(talk, stage):
    with serving(faults={stage: (421, "4.3.2 Closing")}) as server:
        client, lines = talk(server)
        walk_to(stage, client, lines)

        assert closing_of(client) == (b"421 4.3.2 Closing\r\n", "fin")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("does", BREAKS)
def test_it_breaks_off_in_five_ways_at_each_stage(talk, does, stage):
    with serving(faults={stage: does}) as server:
        client, lines = talk(server)
        walk_to(stage, client, lines)
        said, end = closing_of(client)

    assert end == {"close": "fin", "half": "fin", "reset": "reset"}.get(does, "nothing")
    if does == "garbage":
        assert said.endswith(b"\r\n")
        assert not said[:3].isdigit()
    elif does == "half":
        assert said[:3].isdigit()
        assert not said.endswith(b"\n")
    else:
        assert said == b""
    assert (server.accepted, server.lost) == ({}, [])


@pytest.mark.parametrize("does", BREAKS)
def test_a_break_at_the_dot_can_leave_the_mail_accepted(talk, does):
    with serving(faults={"dot": Fault(does, accepted=True)}) as server:
        client, lines = talk(server)
        walk_to("dot", client, lines)
        closing_of(client)

    assert server.accepted == {"<1@portal.example>": 1}


def test_a_fault_can_be_for_the_first_times_only():
    busy = Fault((450, "4.2.1 Busy"), times=2)
    with serving(faults={"rcpt": busy}) as server, smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        for _attempt in range(2):
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                client.send_message(letter())
        client.send_message(letter())

    assert server.accepted == {"<1@portal.example>": 1}


def test_a_fault_can_be_for_some_recipients_only():
    gone = Fault((550, "5.1.1 Gone"), to="@gone.example")
    with serving(faults={"rcpt": gone}) as server, smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        refused = client.sendmail("us@portal.example", ["ada@example.org", "bob@gone.example"], "Hello")
        server.heal()
        server.fail("dot", (552, "5.2.2 Full"), to=lambda address: address.startswith("full"))
        with pytest.raises(smtplib.SMTPDataError):
            client.sendmail("us@portal.example", ["full@example.org"], "Hello")
        client.sendmail("us@portal.example", ["bob@gone.example"], "Hello")

    assert refused == {"bob@gone.example": (550, b"5.1.1 Gone")}
    assert [mail.recipients for mail in server.mails] == [["ada@example.org"], ["bob@gone.example"]]


def test_a_script_that_cannot_be_is_refused_at_once():
    with serving() as server:
        for stage, does, how in [("dinner", "close", {}), ("dot", "vanish", {}), ("mail", "close", {"to": "ada"})]:
            with pytest.raises(ValueError):
                server.fail(stage, does, **how)


# --- clients that go, servers that go ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("decides", "accepted"), [("at once", {"<1@portal.example>": 1}), ("late", {})], ids=["at once", "late"]
)
def test_who_dies_waiting_for_the_answer_leaves_a_mail_accepted_or_not(talk, decides, accepted):
    with serving(delay=0.3, decides=decides) as server:
        client, lines = talk(server)
        walk_to("dot", client, lines)
        time.sleep(0.1)
        lines.close()
        client.close()
        time.sleep(0.4)

    assert server.accepted == accepted
    assert [(lost.at, lost.message_id, lost.recipient) for lost in server.lost] == [
        ("dot", "<1@portal.example>", "ada@example.org")
    ]


def test_it_knows_with_what_in_hand_a_client_went(talk):
    with serving() as server:
        for said in ("", "mail", "rcpt", "data", "dot"):
            client, lines = talk(server)
            if said:
                walk_to(said, client, lines)
                lines.readline()
            if said == "data":
                client.sendall(b"Message-ID: <half@portal.example>\r\n\r\nHel")
            time.sleep(0.05)
            lines.close()
            client.close()
            time.sleep(0.05)

    assert [(lost.at, lost.message_id, lost.recipient) for lost in server.lost] == [
        ("idle", "", ""),
        ("command", "", ""),
        ("command", "", "ada@example.org"),
        ("body", "<half@portal.example>", "ada@example.org"),
        ("idle", "<1@portal.example>", ""),
    ]


def test_a_closed_server_refuses_connections_and_opens_again_on_the_same_port(talk):
    with serving() as server:
        port = server.port
        client, _lines = talk(server)
        server.stop()
        assert closing_of(client)[1] in {"fin", "reset"}
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)

        server.start()
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as again:
            again.send_message(letter())
    assert server.accepted == {"<1@portal.example>": 1}


# --- as a process -----------------------------------------------------------------------------------------------------
@pytest.fixture
def process(tmp_path):
    started = []

    def start(*options):
        argv = [sys.executable, "-m", "apps.outbox.tests.smtp_server", *options]
        argv += [f"--{name}={tmp_path / name}" for name in ("log", "accepts", "losses")]
        started.append(subprocess.Popen(argv, stdout=subprocess.PIPE, text=True))
        return int(started[-1].stdout.readline())

    yield start
    for one in started:
        one.send_signal(signal.SIGINT)
        one.communicate(timeout=10)
        assert one.returncode == 0


def test_the_process_writes_what_postfix_would_before_it_answers(process, tmp_path):
    port = process("--delay", "50")
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        client.send_message(letter())
        log, accepts = (tmp_path / "log").read_text(), (tmp_path / "accepts").read_text()

    stamp, host, *_rest = log.split()
    queue_id = log.split()[3].rstrip(":")
    assert (stamp[10], stamp[19], host) == ("T", ".", "mail")
    assert [line.split(" ", 2)[2].replace(queue_id, "ID") for line in log.splitlines()] == [
        "postfix/smtpd[311]: ID: client=localhost[127.0.0.1]",
        "postfix/cleanup[312]: ID: message-id=<1@portal.example>",
        "postfix/qmgr[313]: ID: from=<bounces@portal.example>, size=199, nrcpt=1 (queue active)",
        "postfix/smtp[314]: ID: to=<ada@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=0.4,"
        " delays=0.1/0/0.2/0.1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 1A2B3C)",
        "postfix/qmgr[313]: ID: removed",
    ]
    assert accepts.split()[:2] == ["<1@portal.example>", "ada@example.org"]
    assert abs(float(accepts.split()[2]) - time.time()) < 10


def test_the_process_can_date_its_log_as_older_syslogs_do(process, tmp_path):
    with smtplib.SMTP("127.0.0.1", process("--traditional"), timeout=5) as client:
        client.send_message(letter())

    line = (tmp_path / "log").read_text().splitlines()[0]
    assert time.strptime(line[:15], "%b %d %H:%M:%S")
    assert line[15:].startswith(" mail postfix/smtpd[311]: ")


def test_the_process_takes_its_script_from_the_command_line_and_tells_whom_it_lost(process, tmp_path):
    port = process("--no-pipelining", "--fault", "rcpt=550:5.1.1 No such user;times=1;to=ada@", "--fault", "dot=close")
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.send_message(letter())
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.send_message(letter())
        offered = client.esmtp_features
    client = smtplib.SMTP("127.0.0.1", port, timeout=5)
    client.ehlo()
    client.docmd("MAIL FROM:<us@portal.example>")
    client.close()
    time.sleep(0.2)

    assert "pipelining" not in offered
    assert (tmp_path / "accepts").read_text() == ""
    assert (tmp_path / "losses").read_text().split()[:3] == ["command", "-", "-"]


def test_the_process_needs_no_django():
    code = "import sys, apps.outbox.tests.smtp_server; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=os.environ).returncode == 0
