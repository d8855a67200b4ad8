"""T-F9: every fault of a mail server at every stage, against a real worker, which must be free again soon."""

import time

from apps.outbox.tests.fault_cases import CASES, RETRY, Case
from apps.outbox.tests.smtp_server import serving
from bench.report import progress

from ._book import message_id
from ._ground import SMTP_PORT
from ._harness import Figures, main, plan, ring
from ._portal import Portal, number, rows, until

KIND = "torture.notice"
FREE = 30  # seconds
QUICK = {"TORTURE_TIMEOUT": "1", "TORTURE_LAST_ANSWER": "2"}
HOW = {"MAIL_MAILS_A_CONNECTION": "1", "MAIL_LEASE": "120"}  # each case has a banner of its own


class Trial:
    """One case after the other. A mail meets the fault; then the server is well, and another mail goes."""

    def __init__(self, server):
        self.server = server
        self.wrong: list[str] = []
        self.slowest = 0.0

    def meet(self, case: Case) -> None:
        self.server.fail(case.stage, case.does)
        begun, unlucky = time.monotonic(), one_more()
        until(lambda: state_of(unlucky) not in {"queued", "claimed", "handover"}, f"the worker is through {case}")
        state = state_of(unlucky)
        self.server.heal()
        rows("UPDATE outbox_outgoingmail SET next_attempt_at = now() WHERE state = 'retry'")
        other = one_more()
        until(lambda: state_of(other) == "sent", f"the worker is free after {case}", show=wake)
        self.slowest = max(self.slowest, time.monotonic() - begun)
        if state == RETRY:
            until(lambda: state_of(unlucky) == "sent", f"the mail goes after {case}", show=wake)
        times = self.server.accepted[message_id(key_of(unlucky))]
        if (state, times) != (case.state, int(case.state == RETRY)):
            self.wrong.append(f"{case}: {state}, sent {times} times")


def test(figures: Figures, full: bool) -> None:
    ways = (True, False) if full else (True,)
    wrong, slowest, twice = [], 0.0, 0
    with Portal(workers=1, concurrency=1, beats=0, sink=None, environment=HOW | ({} if full else QUICK)):
        for pipelining in ways:
            with serving(port=SMTP_PORT, pipelining=pipelining, keep=False) as server:
                trial = Trial(server)
                for done, case in enumerate(CASES, start=1):
                    trial.meet(case)
                    progress(done, len(CASES), "faults met")
                wrong, slowest = wrong + trial.wrong, max(slowest, trial.slowest)
                twice += sum(times > 1 for times in server.accepted.values())
        figures.exactly("cases", len(CASES), 78)
        figures.told("ways of speaking", len(ways))
        figures.exactly("in another state than the table's", len(wrong), 0)
        figures.exactly("twice", twice, 0)
        suppressed = len(ways) * sum(case.suppressed for case in CASES)
        figures.exactly("addresses suppressed", number("SELECT count(*) FROM outbox_suppression"), suppressed)
        figures.most("slowest until free, s", round(slowest, 1), FREE)
    print(*wrong, sep="\n", end="\n" if wrong else "")


def one_more() -> int:
    """Queue a mail and return its number."""
    plan(1, kind=KIND, first=number("SELECT count(*) FROM outbox_outgoingmail") + 1, size=500)
    return number("SELECT max(id) FROM outbox_outgoingmail")


def wake() -> None:
    """End the lane's rest, which the next case cannot wait for, and ring."""
    rows("UPDATE outbox_lanepace SET rests_until = NULL, rest_seconds = 0")
    ring("outbox.deliver")


def state_of(mail: int) -> str:
    return rows("SELECT state FROM outbox_outgoingmail WHERE id = %s", mail)[0][0]


def key_of(mail: int) -> str:
    return rows("SELECT message_key FROM outbox_outgoingmail WHERE id = %s", mail)[0][0]


if __name__ == "__main__":
    main("T-F9", test)
