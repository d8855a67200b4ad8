"""One connection to the mail server, kept between mails and made anew when it is old, spent or broken.

smtplib opens it (TLS, login); a mail is then spoken by hand: its body is ready and needs none of smtplib's looking
through, and a break must be told apart by the very step at which it came.
"""

import re
import smtplib
import ssl
import time
from contextlib import suppress

from django.conf import settings

from .models import State
from .replies import Stage, Verdict, verdict

LONGEST_LINE = 8192  # of a reply
IDLE = 1  # second after which a connection is asked whether it still lives: servers drop idle ones
NO_ADDRESS = re.compile(r"[\s<>\x00-\x1f\x7f-\x9f]")
Disconnected = (OSError, EOFError, smtplib.SMTPException)


class Refused(Exception):
    """The server did not say what we hoped for, or nothing at all (``code`` None)."""

    def __init__(self, stage: Stage, code: int | None, text: str = ""):
        self.verdict = verdict(stage, code, text[:300])


class Connection:
    def __init__(self):
        self.smtp, self.mails, self.used_at = None, 0, 0.0
        self.ahead = ""  # whose envelope the server has heard already

    def send(self, *, sender: str, to: str, message: bytes, following: str = "") -> Verdict:
        """Hand one message over and say what became of it. Raises nothing: a broken connection is a verdict too.

        ``following`` is the recipient of the next one: where the server lets us, his envelope travels with the end of
        this message, and one round trip serves both. No byte of the next message does.
        """
        if self.ahead and self.ahead != to:
            self._drop()  # never a message to somebody else's envelope
        try:
            self._open()
            self._envelope(sender, to)
            self._body(sender, message, following)
        except Refused as refused:
            self._after(refused.verdict)
            return refused.verdict
        self.mails += 1
        self.used_at = time.monotonic()
        return Verdict(State.SENT, self.last_code, self.last_text)

    def pause(self):
        """No next one comes for now: the server must not wait for a message that it was told of."""
        if self.ahead:
            self._drop()

    def close(self):
        if self.smtp:
            with suppress(*Disconnected):
                self.smtp.sock.settimeout(1)
                self.smtp.quit()
            self._drop()

    # --- opening ------------------------------------------------------------------------------------------------------
    def _open(self):
        if self.ahead:
            return
        if self.smtp and self.mails >= settings.OUTBOX_MAILS_A_CONNECTION:
            self.close()
        if self.smtp and time.monotonic() - self.used_at > IDLE and not self._alive():
            self._drop()
        if self.smtp:
            return
        stage = Stage.BANNER
        try:
            self.smtp = self._connect()
            stage = Stage.EHLO
            self.smtp.ehlo_or_helo_if_needed()
            if settings.EMAIL_USE_TLS:
                self.smtp.starttls(context=ssl.create_default_context())
                self.smtp.ehlo()
            stage = Stage.LOGIN
            if settings.EMAIL_HOST_USER and settings.EMAIL_HOST_PASSWORD:
                self.smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        except smtplib.SMTPResponseException as error:
            self._drop()
            raise Refused(stage, error.smtp_code, _words(error.smtp_error)) from None
        except Disconnected as error:
            self._drop()
            raise Refused(stage, None, type(error).__name__) from None
        self.mails, self.used_at = 0, time.monotonic()

    def _connect(self):
        how = {"local_hostname": settings.MAIL_DOMAIN, "timeout": settings.EMAIL_TIMEOUT}
        if settings.EMAIL_USE_SSL:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(settings.EMAIL_HOST, settings.EMAIL_PORT, context=context, **how)
        return smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, **how)

    def _alive(self) -> bool:
        try:
            return self.smtp.noop()[0] == 250
        except Disconnected:
            return False

    def _drop(self):
        self.ahead = ""
        if self.smtp:
            self.smtp.close()
            self.smtp = None

    # --- one mail -----------------------------------------------------------------------------------------------------
    def _envelope(self, sender, to):
        steps = self._steps(sender, to)
        if self.ahead:
            self.ahead = ""
            self._hear_all(steps)
        elif self.smtp.has_extn("pipelining"):  # RFC 2920: one round trip instead of three
            self._say(Stage.MAIL, b"".join(words for _stage, words, _hoped in steps))
            self._hear_all(steps)
        else:
            for stage, words, hoped in steps:
                self._say(stage, words)
                self._hear(stage, hoped)

    def _body(self, sender, message, following):
        ahead = b""
        if following and self.smtp.has_extn("pipelining") and self.mails + 1 < settings.OUTBOX_MAILS_A_CONNECTION:
            with suppress(Refused):  # of an address that is none: its own turn will say so
                ahead = b"".join(words for _stage, words, _hoped in self._steps(sender, following))
        self._say(Stage.DOT, message + b".\r\n" + ahead)
        self.smtp.sock.settimeout(settings.OUTBOX_LAST_ANSWER)
        self.ahead = following if ahead else ""
        self._hear(Stage.DOT, 250)
        self.smtp.sock.settimeout(settings.EMAIL_TIMEOUT)

    def _steps(self, sender, to):
        to, options = self._address(to)
        return [
            (Stage.MAIL, f"MAIL FROM:<{sender}>{options}\r\n".encode(), 250),
            (Stage.RCPT, f"RCPT TO:<{to}>\r\n".encode(), 250),
            (Stage.DATA, b"DATA\r\n", 354),
        ]

    def _address(self, to) -> tuple[str, str]:
        """The envelope's form of an address: a domain of another script in ASCII, such a name by SMTPUTF8."""
        name, _at, domain = to.rpartition("@")
        if not name or NO_ADDRESS.search(to):
            raise Refused(Stage.RCPT, 553, "5.1.3 This is no address.")  # and nobody's words become commands
        try:
            domain = domain if domain.isascii() else domain.encode("idna").decode()
        except UnicodeError:
            raise Refused(Stage.RCPT, 553, "5.1.3 The domain of this address is none.") from None
        if name.isascii():
            return f"{name}@{domain}", ""
        if not self.smtp.has_extn("smtputf8"):
            raise Refused(Stage.RCPT, 553, "5.6.7 Our mail server takes no address in this script.")
        return f"{name}@{domain}", " SMTPUTF8"

    def _say(self, stage, words):
        try:
            self.smtp.sock.sendall(words)
        except Disconnected as error:
            raise Refused(stage, None, type(error).__name__) from None

    def _hear(self, stage, hoped):
        try:
            code, text = self._reply()
        except Disconnected as error:
            raise Refused(stage, None, type(error).__name__) from None
        if code != hoped and not (hoped == 250 and code == 251):
            raise Refused(stage, code if code > 0 else None, _words(text))
        self.last_code, self.last_text = code, _words(text)

    def _reply(self) -> tuple[int, bytes]:
        """One whole reply. smtplib takes the half line of a connection that broke for one: a mail would be lost."""
        words = []
        while True:
            line = self.smtp.file.readline(LONGEST_LINE)
            if not line.endswith(b"\n"):
                raise smtplib.SMTPServerDisconnected
            code = int(line[:3]) if line[:3].isdigit() else -1
            words.append(line[4:].strip())
            if code < 0 or line[3:4] != b"-":
                return code, b"\n".join(words)

    def _hear_all(self, steps):
        """Hear every answer of a pipelined group; the first that is not the hoped-for one counts."""
        first = None
        for stage, _words_said, hoped in steps:
            try:
                self._hear(stage, hoped)
            except Refused as refused:
                first = first or refused
                if refused.verdict.ends:
                    break
            else:
                if first and stage == Stage.DATA:
                    self._drop()  # it waits for a message to nobody: leaving is the one safe word
        if first:
            raise first

    def _after(self, verdict):
        """Begin the next mail with a clean slate."""
        if verdict.ends:
            self._drop()
        elif self.smtp and not self.ahead:
            try:
                self.smtp.sock.settimeout(settings.EMAIL_TIMEOUT)
                self.smtp.rset()
            except Disconnected:
                self._drop()
            self.used_at = time.monotonic()


def _words(text) -> str:
    return (text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text))[:300]
