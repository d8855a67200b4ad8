"""A mail server that does what a test tells it: takes mails, refuses, breaks off, counts.

In a thread, for pytest: ``with serving(faults={"rcpt": (550, "5.1.1 No such user")}) as server: …``. As a process, for
the torture and the benches, which share two cores with it: ``python -m apps.outbox.tests.smtp_server --port 2525``.
It knows nothing of Django, and a body costs it one search for the final dot.

A mail counts as accepted from the moment at which the server decides to say 250 to its final dot, whether its client
hears that or not. Logs are written before the answer, so that they know no less than any client.
"""

import argparse
import asyncio
import os
import re
import socket
import struct
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field

from .postfix_log import PostfixLog
from .smtp_script import STAGES, Fault

# What the server says when nothing is wrong; "half" says half of it.
GOOD = {
    "banner": b"220 mail.test ESMTP ready\r\n",
    "ehlo": b"",  # put together from the options
    "mail": b"250 2.1.0 Sender ok\r\n",
    "rcpt": b"250 2.1.5 Recipient ok\r\n",
    "data": b"354 Go ahead, end with a dot\r\n",
    "dot": b"250 2.0.0 Ok: queued\r\n",
}
GARBAGE = b"\x00\xffwho goes there?\r\n"
END = b"\r\n.\r\n"
ADDRESS = re.compile(rb"<([^>]*)>")
MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)
HEADERS = 8192  # bytes at the start of a mail in which its Message-ID is looked for


@dataclass
class Mail:
    """One that was accepted. ``data`` is what travelled, without the dots of the transport."""

    message_id: str
    sender: str
    recipients: list[str]
    size: int
    at: float
    data: bytes | None = None


@dataclass
class Lost:
    """A client that went away without QUIT: at which point, and with which mail in its hands."""

    at: str  # "dot" or "body": some of this mail had come; "idle" or "command": none since this one, the last
    message_id: str
    recipient: str
    moment: float


class Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, server: "Server"):
        self.server = server
        self.buffer, self.scanned = bytearray(), 0
        self.replies: list[bytes] = []
        self.greeted = self.in_body = self.deaf = False
        self.waiting: asyncio.TimerHandle | None = None
        self.last = self.open_id = ""
        self.forget()

    def forget(self):
        self.sender, self.recipients = None, []

    # --- from asyncio -------------------------------------------------------------------------------------------------
    def connection_made(self, transport):
        self.transport = transport
        if self.server.closing:  # it called a moment before
            transport.abort()
            return
        self.server.sessions.add(self)
        self.server.connections += 1
        self.welcome = self.meet("banner")
        self.flush()

    def data_received(self, data):
        if self.deaf:
            return
        self.buffer += data
        self.work()

    def connection_lost(self, error):
        self.server.sessions.discard(self)
        if self.waiting:
            self.waiting.cancel()
        if self.deaf or self.server.closing:  # we broke it off, or it said QUIT
            return
        self.server.lost_one(self.what_was_open())

    def what_was_open(self) -> Lost:
        if self.sender is None:
            return Lost("idle", self.last, "", time.time())
        recipient = self.recipients[0] if self.recipients else ""
        if self.waiting:
            return Lost("dot", self.open_id, recipient, time.time())
        if self.in_body and self.buffer:
            return Lost("body", message_id_of(self.buffer), recipient, time.time())
        return Lost("command", self.last, recipient, time.time())

    # --- reading ------------------------------------------------------------------------------------------------------
    def work(self):
        while not (self.waiting or self.deaf) and (self.take_body() if self.in_body else self.take_command()):
            pass
        self.flush()

    def take_command(self) -> bool:
        end = self.buffer.find(b"\n")
        if end < 0:
            return False
        line = bytes(self.buffer[:end]).rstrip()
        del self.buffer[: end + 1]
        verb = line[:4].upper()
        if verb == b"QUIT":
            self.quit()
        elif not self.welcome:  # the banner was a refusal
            self.say(503, "5.5.1 Nothing here but QUIT")
        else:
            self.VERBS.get(verb, Session.unknown)(self, line)
        return True

    def take_body(self) -> bool:
        if self.buffer.startswith(END[2:]):
            size, end = 0, len(END) - 2
        else:
            found = self.buffer.find(END, self.scanned)
            if found < 0:
                self.scanned = max(0, len(self.buffer) - len(END) + 1)
                return False
            size, end = found + 2, found + len(END)
        self.in_body, self.scanned = False, 0
        message_id = message_id_of(self.buffer)
        data = bytes(self.buffer[:size]) if self.server.keep else None
        del self.buffer[:end]
        self.dot(Mail(message_id, self.sender, self.recipients, size, time.time(), data))
        return True

    # --- commands -----------------------------------------------------------------------------------------------------
    def ehlo(self, line):
        self.forget()
        self.greeted = self.meet("ehlo", self.server.greeting)

    def helo(self, line):
        self.forget()
        self.greeted = self.meet("ehlo", b"250 mail.test\r\n")

    def mail(self, line):
        if not self.greeted or self.sender is not None:
            self.say(503, "5.5.1 Not now")
        elif self.server.size and (size := re.search(rb"SIZE=(\d+)", line)) and int(size[1]) > self.server.size:
            self.say(552, "5.3.4 Too big")
        elif self.meet("mail"):
            self.sender = address_of(line)

    def rcpt(self, line):
        if self.sender is None:
            self.say(503, "5.5.1 MAIL first")
        elif self.meet("rcpt", to=address_of(line)):
            self.recipients.append(address_of(line))

    def data(self, line):
        if not self.recipients:
            self.say(503, "5.5.1 No valid recipients")
        elif self.meet("data", to=self.recipients[0]):
            self.in_body = True

    def dot(self, mail: Mail):
        fault = self.server.fault("dot", mail.recipients[0])
        if fault:
            if fault.accepted:
                self.server.accept(mail)
            self.last = mail.message_id
            self.forget()
            self.suffer(fault, "dot")
        elif self.server.size and mail.size > self.server.size:
            self.forget()
            self.say(552, "5.3.4 Too big")
        elif self.server.delay:
            at_once = self.server.decides_at_once()
            if at_once:
                self.server.accept(mail)
            self.open_id = mail.message_id
            self.flush()
            loop = asyncio.get_running_loop()
            self.waiting = loop.call_later(self.server.delay, self.answer_late, mail, at_once)
        else:
            self.server.accept(mail)
            self.done(mail)

    def answer_late(self, mail, accepted):
        self.waiting = None
        if not accepted:
            self.server.accept(mail)
        self.done(mail)
        self.work()

    def done(self, mail):
        self.last = mail.message_id
        self.forget()
        self.replies.append(GOOD["dot"])

    def rset(self, line):
        self.forget()
        self.say(250, "2.0.0 Ok")

    def noop(self, line):
        self.say(250, "2.0.0 Ok")

    def quit(self):
        self.say(221, "2.0.0 Bye")
        self.end()

    def unknown(self, line):
        self.say(502, "5.5.2 Unknown command")

    VERBS = {b"EHLO": ehlo, b"HELO": helo, b"MAIL": mail, b"RCPT": rcpt, b"DATA": data, b"RSET": rset, b"NOOP": noop}

    # --- answering ----------------------------------------------------------------------------------------------------
    def meet(self, stage: str, good: bytes = b"", to: str = "") -> bool:
        """Say what is usual at this stage, or do what the script has for it. True: it went well."""
        good = good or GOOD[stage]
        if fault := self.server.fault(stage, to):
            self.suffer(fault, stage, good)
            return False
        self.replies.append(good)
        return True

    def suffer(self, fault: Fault, stage: str, good: bytes = b""):
        if not isinstance(fault.does, str):
            self.say(*fault.does)
            if fault.does[0] == 421:
                self.end()
            return
        if fault.does == "garbage":
            self.replies.append(GARBAGE)
            return
        if fault.does == "half":
            self.replies.append((good or GOOD[stage])[:9])
        if fault.does in {"half", "close"}:
            self.end()
            return
        self.flush()
        self.deaf = True
        if fault.does == "reset":
            linger_no_longer = struct.pack("ii", 1, 0)
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_no_longer)
            self.transport.abort()

    def say(self, code: int, words: str):
        self.replies.append(f"{code} {words}\r\n".encode())

    def flush(self):
        if self.replies and not self.transport.is_closing():
            self.transport.write(b"".join(self.replies))
        self.replies.clear()

    def end(self):
        self.flush()
        self.deaf = True
        self.transport.write_eof()  # not close(): what is still unread would make a reset of it


def address_of(line: bytes) -> str:
    found = ADDRESS.search(line)
    return found[1].decode() if found else ""


def message_id_of(mail: bytearray) -> str:
    found = MESSAGE_ID.search(mail, 0, HEADERS)
    return found[1].decode() if found else ""


@dataclass(eq=False)
class Server:
    """The script and the book of one server; `start` and `stop` open and close its port, which stays the same."""

    port: int = 0
    pipelining: bool = True
    size: int | None = None
    delay: float = 0  # seconds before the 250 of a mail
    decides: str = "at once"  # when it accepts a mail whose answer is delayed: "at once", "late" or "by turns"
    faults: dict = field(default_factory=dict)  # stage -> Fault, or only what it does
    keep: bool = True  # the bodies
    log: PostfixLog | None = None
    accepts: int | None = None  # file descriptors: a line for each accepted mail,
    losses: int | None = None  # and for each client that went away

    def __post_init__(self):
        self.accepted: Counter[str] = Counter()
        self.mails: list[Mail] = []
        self.lost: list[Lost] = []
        self.sessions: set[Session] = set()
        self.connections, self.turn = 0, False
        self.listener, self.closing = None, False
        words = ["mail.test", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
        words += ["PIPELINING"] * self.pipelining + [f"SIZE {self.size}"] * bool(self.size)
        lines = [f"250{' ' if word == words[-1] else '-'}{word}\r\n" for word in words]
        self.greeting = "".join(lines).encode()
        script, self.faults = self.faults, {}
        for stage, fault in script.items():
            self.fail(stage, fault)

    # --- the script ---------------------------------------------------------------------------------------------------
    def fail(self, stage: str, does, **how) -> None:
        """From now on go wrong at this stage; ``how`` are the fields of `Fault`."""
        if stage not in STAGES:
            raise ValueError(f"no stage is called {stage}")
        fault = does if isinstance(does, Fault) else Fault(does, **how)
        if fault.to and STAGES.index(stage) < STAGES.index("rcpt"):
            raise ValueError(f"at {stage} nobody knows the recipient yet")
        self.faults[stage] = fault

    def heal(self) -> None:
        self.faults.clear()

    def fault(self, stage: str, recipient: str) -> Fault | None:
        fault = self.faults.get(stage)
        if not fault or fault.times == 0 or not fault.concerns(recipient):
            return None
        if fault.times:
            fault.times -= 1
        return fault

    def decides_at_once(self) -> bool:
        self.turn = not self.turn
        return self.turn if self.decides == "by turns" else self.decides == "at once"

    # --- the book -----------------------------------------------------------------------------------------------------
    def accept(self, mail: Mail) -> None:
        if self.log:
            self.log.took(message_id=mail.message_id, recipients=mail.recipients, size=mail.size, at=mail.at)
        if self.accepts:
            lines = [f"{mail.message_id} {recipient} {mail.at:.6f}\n" for recipient in mail.recipients]
            os.write(self.accepts, "".join(lines).encode())
        self.accepted[mail.message_id] += 1
        if self.keep:
            mail.data = mail.data.replace(b"\r\n..", b"\r\n.")
            self.mails.append(mail)

    def lost_one(self, lost: Lost) -> None:
        self.lost.append(lost)
        if self.losses:
            line = f"{lost.at} {lost.message_id or '-'} {lost.recipient or '-'} {lost.moment:.6f}\n"
            os.write(self.losses, line.encode())

    # --- the port -----------------------------------------------------------------------------------------------------
    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self.closing = False
        self.listener = await loop.create_server(lambda: Session(self), "127.0.0.1", self.port, backlog=512)
        self.port = self.listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and cut every connection: whoever calls now is refused."""
        self.closing = True
        if self.listener:
            for listening in self.listener.sockets:
                asyncio.get_running_loop().remove_reader(listening.fileno())
            await asyncio.sleep(0)  # whoever is being let in is in, and can be cut
            self.listener.close()
            self.listener = None
        while self.sessions:
            for session in [*self.sessions]:
                session.transport.abort()
            await asyncio.sleep(0)


class InThread:
    """A `Server` in a thread of its own, with its methods for everybody else."""

    def __init__(self, **how):
        self.server = Server(**how)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="smtp server")

    def __getattr__(self, name):
        return getattr(self.server, name)

    def start(self):
        asyncio.run_coroutine_threadsafe(self.server.start(), self.loop).result(10)

    def stop(self):
        asyncio.run_coroutine_threadsafe(self.server.stop(), self.loop).result(10)


@contextmanager
def serving(**how):
    """A server in a thread: `port`, `accepted`, `mails`, `lost`, `fail()`, `heal()`, `stop()`, `start()`."""
    server = InThread(**how)
    server.thread.start()
    try:
        server.start()
        yield server
    finally:
        server.stop()
        server.loop.call_soon_threadsafe(server.loop.stop)
        server.thread.join()
        server.loop.close()


# --- as a process -----------------------------------------------------------------------------------------------------
def options(arguments=None):
    parser = argparse.ArgumentParser(prog="smtp_server", description="A scripted mail server on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", help="a log in Postfix's format")
    parser.add_argument("--traditional", action="store_true", help="with the dates of older syslogs")
    parser.add_argument("--accepts", help="a line for each accepted mail: Message-ID, recipient, time")
    parser.add_argument("--losses", help="a line for each client that went away: point, Message-ID, recipient, time")
    parser.add_argument("--delay", type=float, default=0, metavar="MS", help="before the 250 of a mail")
    parser.add_argument("--decides", choices=["at once", "late", "by turns"], default="at once")
    parser.add_argument("--pipelining", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--size", type=int)
    parser.add_argument("--fault", action="append", default=[], type=Fault.parsed, help="rcpt=550:No;times=3;to=@gone")
    return parser.parse_args(arguments)


async def serve(chosen) -> None:
    def appending(path):
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644) if path else None

    server = Server(
        port=chosen.port,
        pipelining=chosen.pipelining,
        size=chosen.size,
        delay=chosen.delay / 1000,
        decides=chosen.decides,
        faults=dict(chosen.fault),
        keep=False,
        log=PostfixLog(chosen.log, traditional=chosen.traditional) if chosen.log else None,
        accepts=appending(chosen.accepts),
        losses=appending(chosen.losses),
    )
    await server.start()
    print(server.port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve(options()))
    except KeyboardInterrupt:
        pass
