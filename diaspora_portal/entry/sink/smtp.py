"""The side that takes mails. It needs no database, and goes wrong when it is asked to."""

from dataclasses import dataclass, field
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Lock

from . import letters

TROUBLES = {
    "later": "450 at RCPT: to be tried again in a minute",
    "never": "550 at RCPT: failed, and its address suppressed",
    "lost": "a break after the final dot, mail lost: uncertain",
    "kept": "a break after the final dot, mail kept: uncertain",
}
ANSWERS = {
    "later": "450 4.2.1 Try again later, says the mail page.",
    "never": "550 5.1.1 Nobody lives there, says the mail page.",
}


@dataclass
class Trouble:
    """What goes wrong with the next mails."""

    name: str = ""
    left: int = 0
    lock: Lock = field(default_factory=Lock)

    @property
    def words(self) -> str:
        return TROUBLES.get(self.name, "")

    def meet(self, name: str, mails: int) -> None:
        with self.lock:
            self.name, self.left = (name, mails) if name in TROUBLES and mails > 0 else ("", 0)

    def takes(self, *names: str) -> str:
        """The name of the trouble if it is one of these, counted as met by one more mail; else an empty string."""
        with self.lock:
            if self.left < 1 or self.name not in names:
                return ""
            self.left -= 1
            return self.name


trouble = Trouble()


class Server(ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, address, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(address, Conversation)


class Conversation(StreamRequestHandler):
    """One SMTP session: whatever is said is fine, and DATA is kept."""

    def handle(self):
        self.say("220 sink")
        while command := self.rfile.readline():
            match command[:4].upper():
                case b"EHLO":
                    self.say("250-sink", "250-8BITMIME", "250 SMTPUTF8")
                case b"RCPT":
                    self.say(ANSWERS.get(trouble.takes(*ANSWERS), "250 fine"))
                case b"DATA":
                    self.say("354 go on")
                    if (mail := self.read_mail()) is None:
                        return  # broken off: not accepted, so not kept
                    broken = trouble.takes("lost", "kept")
                    if broken != "lost":
                        letters.keep(self.server.folder, mail)
                    if broken:
                        return
                    self.say("250 kept")
                case b"QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 fine")

    def read_mail(self):
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line.removeprefix(b"."))
        return None

    def say(self, *lines):
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
