"""The mails that arrived, one file each: `<nanoseconds>-<left part of the Message-ID>.eml`."""

import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from functools import cached_property
from pathlib import Path

from diaspora_portal.stand_in import ROOT

FOLDER = Path(os.environ.get("MAIL_FOLDER", ROOT / "var" / "mail"))
ARRIVED = "arrived-"  # before the name of a letter, in the page's addresses
NAME = re.compile(r"(\d+(?:-[0-9a-f]{32})?)\.eml")
KEY = re.compile(rb"^Message-ID:\s*<([0-9a-f]{32})@", re.IGNORECASE | re.MULTILINE)


def keep(folder: Path, mail: bytes) -> None:
    key = KEY.search(mail.partition(b"\r\n\r\n")[0])
    path = folder / "-".join([str(time.time_ns()), *([key[1].decode()] if key else [])])
    path.with_suffix(".part").write_bytes(mail)
    path.with_suffix(".part").rename(path.with_suffix(".eml"))  # whoever looks sees it whole
    print(f"kept {path.name}.eml", flush=True)


def read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes().replace(b"\r\n", b"\n"), policy=policy.default)


def body_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return part.get_content() if part else ""


@dataclass(frozen=True)
class Letter:
    name: str

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.eml"

    @property
    def mark(self) -> str:
        return ARRIVED + self.name

    @property
    def key(self) -> str:
        """The left part of its Message-ID, if the outbox could have sent it."""
        return self.name.partition("-")[2]

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(int(self.name.partition("-")[0]) / 1e9, UTC)

    @cached_property
    def head(self) -> EmailMessage:
        """Its headers; a list needs no more."""
        with self.path.open("rb") as file:
            return BytesHeaderParser(policy=policy.default).parse(file)

    @cached_property
    def message(self) -> EmailMessage:
        return read(self.path)


def find(name: str) -> Letter | None:
    return Letter(name) if name in _names() else None


def newest(number: int) -> list[Letter]:
    """The newest first."""
    return [Letter(name) for name in _names()[:number]]


def by_key(keys: Iterable[str]) -> dict[str, list[Letter]]:
    """What arrived of these mails, the newest first: one that was repeated has several."""
    found = {key: [] for key in keys}
    for letter in map(Letter, _names()):
        if letter.key in found:
            found[letter.key].append(letter)
    return found


def _names() -> list[str]:
    return sorted((named[1] for name in os.listdir(FOLDER) if (named := NAME.fullmatch(name))), reverse=True)
