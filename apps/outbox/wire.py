"""A content as bytes for the mail server: built once, then the recipient's few values are spliced in.

Bodies are quoted-printable. A value stands between two soft line breaks, so that it is encoded by itself, no line
grows too long and no server need know 8-bit mail; no line begins with a dot, so that nothing is left to do for DATA.
"""

import re
import time
import unicodedata
from binascii import b2a_qp
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.header import Header
from email.utils import formatdate, parseaddr
from functools import lru_cache, partial
from html import escape

from django.conf import settings

from .models import MailContent, OutgoingMail
from .provider import metadata_header

PLACEHOLDER = re.compile(r"\[\[([a-z_]+)\]\]")
SOFT_BREAK = b"=\r\n"
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
UNSAFE_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]*[^A-Za-z0-9_.-]+")


@dataclass(frozen=True)
class Filled:
    """A mail as its reader sees it."""

    sender: str
    subject: str
    text: str
    html: str


class Wire:
    """One content, ready for any number of recipients. A missing value raises KeyError."""

    def __init__(self, content: MailContent):
        self.content = content
        self.domain, self.provider = settings.MAIL_DOMAIN, settings.MAIL_PROVIDER
        self.known = set(content.placeholders)
        self.fixed_head = {
            name: _header(name, text)
            for name, text in (("From", _sender(content.sender)), ("Subject", content.subject))
            if not self._placeholders(text)
        }
        self.rest_of_head = "".join(f"{name}: {value}\r\n" for name, value in self._ordinary_headers()).encode()
        self.body = list(self._body())

    def message(self, *, to: str, key: str, values: Mapping[str, str]) -> bytes:
        """Return the whole message (RFC 5322, CRLF); ``key`` is the left part of its Message-ID."""
        parts = [self._head(to, key, values), self.rest_of_head]
        for part in self.body:
            parts.append(part if isinstance(part, bytes) else part(values))
        return b"".join(parts)

    # --- the head -----------------------------------------------------------------------------------------------------
    def _head(self, to, key, values) -> bytes:
        content = self.content
        lines = [
            self.fixed_head.get("From") or _header("From", _sender(self._in_line(content.sender, values))),
            _header("To", to),
            self.fixed_head.get("Subject") or _header("Subject", self._in_line(content.subject, values)),
            f"Date: {_now(int(time.time()))}\r\nMessage-ID: <{key}@{self.domain}>\r\n",
        ]
        if content.list_id:
            link = _one_line(values["unsubscribe_url"]).replace(">", "")
            lines.append(f"List-Unsubscribe: <{link}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
        if header := metadata_header(self.provider, key):
            lines.append(f"{header[0]}: {header[1]}\r\n")
        return "".join(lines).encode()

    def _ordinary_headers(self) -> Iterator[tuple[str, str]]:
        content = self.content
        if content.reply_to:
            yield "Reply-To", content.reply_to
        if content.list_id:
            yield "List-Id", f"<{content.list_id}>"
        else:
            yield "Auto-Submitted", "auto-generated"  # RFC 3834: no holiday answers, please
        yield "Content-Language", content.language
        yield "MIME-Version", "1.0"

    # --- the body -----------------------------------------------------------------------------------------------------
    def _body(self) -> Iterator[bytes | Callable]:
        content = self.content
        # "=_" stands in no quoted-printable text, so a boundary with it needs no looking for.
        outer, inner = f"=_mixed_{content.digest[:16]}", f"=_alternative_{content.digest[:16]}"
        if content.attachments:
            yield f'Content-Type: multipart/mixed; boundary="{outer}"\r\n\r\n--{outer}\r\n'.encode()
        if content.html:
            yield f'Content-Type: multipart/alternative; boundary="{inner}"\r\n\r\n--{inner}\r\n'.encode()
        yield from self._part("plain", content.text, str)
        if content.html:
            yield f"\r\n--{inner}\r\n".encode()
            yield from self._part("html", content.html, _as_html)
            yield f"\r\n--{inner}--\r\n".encode()
        for attachment in content.attachments:
            yield f"\r\n--{outer}\r\n".encode() + _attached(attachment)
        if content.attachments:
            yield f"\r\n--{outer}--\r\n".encode()

    def _part(self, kind, text, as_part) -> Iterator[bytes | Callable]:
        head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
        yield head.encode()
        for literal, name in self._split(text):
            if literal:
                yield quoted(literal) + (SOFT_BREAK if name else b"")
            if name:
                yield partial(_spliced, name, as_part)
        if not text.endswith("\n"):
            yield b"\r\n"

    # --- placeholders -------------------------------------------------------------------------------------------------
    def _placeholders(self, text) -> bool:
        return any(name in self.known for name in PLACEHOLDER.findall(text))

    def _split(self, text) -> Iterator[tuple[str, str]]:
        """Cut a text into literals, each with the placeholder that follows it, or "" at the end."""
        literal, position = "", 0
        for found in PLACEHOLDER.finditer(text):
            literal += text[position : found.start()]
            position = found.end()
            if found[1] in self.known:
                yield literal, found[1]
                literal = ""
            else:
                literal += found[0]  # somebody's own brackets
        yield literal + text[position:], ""

    def _in_line(self, text, values) -> str:
        return "".join(literal + (_one_line(values[name]) if name else "") for literal, name in self._split(text))

    def filled(self, values: Mapping[str, str]) -> Filled:
        """The mail as its reader sees it, for previews."""

        def with_values(text, as_part):
            return "".join(literal + (as_part(values[name]) if name else "") for literal, name in self._split(text))

        content = self.content
        sender = clean_name(self._in_line(content.sender, values))
        subject = self._in_line(content.subject, values)
        return Filled(sender, subject, with_values(content.text, str), with_values(content.html, _as_html))


def message(mail: OutgoingMail) -> bytes:
    """The whole message of one mail."""
    return Wire(mail.content).message(to=mail.to, key=mail.message_key, values=mail.values)


def filled(content: MailContent, values: Mapping[str, str]) -> Filled:
    return Wire(content).filled(values)


@lru_cache(maxsize=1)
def _now(second: int) -> str:
    """A Date for all mails of one second."""
    return formatdate(second)


# --- encodings --------------------------------------------------------------------------------------------------------
def quoted(text: str) -> bytes:
    """Quoted-printable with CRLF, for a text that begins at the start of a line."""
    encoded = b2a_qp(text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace"))
    return LEADING_DOT.sub(b"=2E", encoded).replace(b"\n", b"\r\n")


def _spliced(name, as_part, values) -> bytes:
    return quoted(as_part(values[name])) + SOFT_BREAK


def _as_html(value: str) -> str:
    return escape(value).replace("\n", "<br>\n")


def _one_line(text: str) -> str:
    """A header is one line: no value can begin another."""
    return " ".join(CONTROLS.sub(" ", text).split())


def _header(name: str, value: str) -> str:
    if value.isascii():
        return f"{name}: {value}\r\n" if len(value) < 900 else f"{name}: {value[:900]}\r\n"
    if name == "To":  # an address in its own script: RFC 6532, for servers that speak SMTPUTF8
        return f"{name}: {value}\r\n"
    if name == "From":
        display, address = parseaddr(value)
        return f"From: {Header(display, 'utf-8', header_name='From').encode(linesep=chr(13) + chr(10))} <{address}>\r\n"
    return f"{name}: {Header(value, 'utf-8', header_name=name).encode(linesep=chr(13) + chr(10))}\r\n"


def _sender(name: str) -> str:
    display, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f'"{clean_name(name) or clean_name(display)}" <{address}>'


def clean_name(name: str) -> str:
    """A sender's name that cannot pass for an address, turn the line round or begin another header."""
    visible = "".join(" " if unicodedata.category(c)[0] in "CZ" or c in '<>@"\\' else c for c in name)
    return " ".join(visible.split())[:80]


def _attached(attachment: Mapping[str, str]) -> bytes:
    name = UNSAFE_IN_A_NAME.sub("-", attachment["name"])
    content_type = _one_line(attachment["type"])
    data = attachment["base64"]
    lines = "\r\n".join(data[start : start + 76] for start in range(0, len(data), 76))
    return (
        f'Content-Type: {content_type}; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n{lines}\r\n'
    ).encode()
