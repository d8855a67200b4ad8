"""What each fault of a mail server makes of a mail: 8 replies and 5 breaks, each at 6 stages.

Written down once more, beside `replies.py`, for the tests and for `./portal torture T-F9`.
"""

from dataclasses import dataclass

from .smtp_script import BREAKS, STAGES

RETRY, FAILED, UNCERTAIN = "retry", "failed", "uncertain"  # states; this file needs no Django
REPLIES = {
    421: "4.3.2 Closing down",
    432: "4.7.0 Too many mails, slow down",
    450: "4.2.1 Mailbox busy",
    451: "4.3.0 Something is wrong here",
    452: "4.3.1 No room",
    550: "5.1.1 No such user here",
    552: "5.2.2 Mailbox full",
    554: "5.7.1 Not from you",
}
SLOW_DOWN = {421, 432}
#            4xx           5xx           a break
STATES = {
    "banner": (RETRY, RETRY, RETRY),
    "ehlo": (RETRY, RETRY, RETRY),
    "mail": (RETRY, RETRY, RETRY),
    "rcpt": (RETRY, FAILED, RETRY),
    "data": (RETRY, FAILED, RETRY),
    "dot": (RETRY, FAILED, UNCERTAIN),
}


@dataclass(frozen=True)
class Case:
    stage: str
    does: str | tuple[int, str]  # as the scripted server takes it
    state: str  # of the mail afterwards
    rests: bool  # whether its lane does
    suppressed: bool  # whether its address is not written to again

    def __str__(self):
        return f"{self.does if isinstance(self.does, str) else self.does[0]} at {self.stage}"


def _reply(stage: str, code: int) -> Case:
    permanent = code >= 500
    return Case(
        stage,
        (code, REPLIES[code]),
        STATES[stage][permanent],
        # Before the recipient is named the server speaks of us and not of this mail.
        rests=code in SLOW_DOWN or stage in {"banner", "ehlo", "mail"},
        suppressed=stage == "rcpt" and code == 550,
    )


CASES = [_reply(stage, code) for stage in STAGES for code in REPLIES]
CASES += [Case(stage, does, STATES[stage][2], rests=True, suppressed=False) for stage in STAGES for does in BREAKS]
