"""What a mail server's answer, or its silence, means for a mail: one table.

Only between the final dot and its answer can nobody know (RFC 1047): a break there leaves a mail uncertain. Everywhere
else the server has not taken it, so it is tried again. A 5xx counts against a mail only where the server speaks of
this mail: before RCPT it refuses us, not the mail.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from .models import State


class Stage(StrEnum):
    BANNER = "banner"
    EHLO = "ehlo"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


#                 4xx          5xx           a break
MEANS = {
    Stage.BANNER: (State.RETRY, State.RETRY, State.RETRY),
    Stage.EHLO: (State.RETRY, State.RETRY, State.RETRY),
    Stage.LOGIN: (State.RETRY, State.RETRY, State.RETRY),
    Stage.MAIL: (State.RETRY, State.RETRY, State.RETRY),
    Stage.RCPT: (State.RETRY, State.FAILED, State.RETRY),
    Stage.DATA: (State.RETRY, State.FAILED, State.RETRY),
    Stage.DOT: (State.RETRY, State.FAILED, State.UNCERTAIN),
}
OF_THE_SERVER = {Stage.BANNER, Stage.EHLO, Stage.LOGIN, Stage.MAIL}
SLOW_DOWN = {421, 432}

ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")  # RFC 3463
OF_THE_SENDER = {"7", "8"}  # X.1.7 and X.1.8: our own address is doubted
NOBODY_THERE = re.compile(
    r"user unknown|unknown (user|recipient)|no such (user|recipient|mailbox|address)|does not exist|"
    r"mailbox (not found|unavailable)|(recipient|address) (not found|rejected: user)|invalid (recipient|mailbox)",
    re.IGNORECASE,
)


ADDRESS = re.compile(r"[^\s<>\"',;:()\[\]]+@[^\s<>\"',;:()\[\]]+")


@dataclass(frozen=True)
class Verdict:
    """What became of one mail. ``rests``: the lane pauses for a while; ``ends``: this connection is over."""

    state: State
    code: int | None = None
    text: str = ""
    rests: bool = False
    ends: bool = False
    wrong_address: bool = False


def verdict(stage: Stage, code: int | None, text: str = "") -> Verdict:
    """Judge an answer that was not the hoped-for one; ``code`` is None where the connection broke or made no sense."""
    if code is None or not 400 <= code <= 599:
        return Verdict(MEANS[stage][2], text=text, rests=True, ends=True)
    return Verdict(
        MEANS[stage][0 if code < 500 else 1],
        code,
        text,
        rests=code in SLOW_DOWN or stage in OF_THE_SERVER,
        ends=code == 421 or stage in {Stage.BANNER, Stage.EHLO, Stage.LOGIN},
        wrong_address=stage == Stage.RCPT and code >= 500 and address_is_wrong(code, text),
    )


def address_is_wrong(code: int, text: str) -> bool:
    """Does a refusal mean that nobody lives there? A block for policy or reputation says nothing of the address."""
    if found := ENHANCED.match(text.strip()):  # RFC 2034: at the start; further back, an IP address looks the same
        return found[2] == "1" and found[3] not in OF_THE_SENDER  # X.1.X: address status
    return code in {550, 551, 553} and bool(NOBODY_THERE.search(text))


def without_addresses(text: str) -> str:
    """An answer as it may be kept longer than the mail: servers quote whom they refuse."""
    return ADDRESS.sub("[…]", text)
