"""How every test is run and what it prints: a table of its figures, then one line that a machine can read."""

import logging
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable

import django

from ._book import Stalled, how_many_accepted, states
from ._ground import FOLDER
from ._portal import Portal, rows, until

django.setup()

from apps.outbox import services as outbox
from apps.outbox.services import reconciling
from bench.report import progress
from diaspora_portal.celery import app
from diaspora_portal.child import Trouble
from diaspora_portal.stand_in import ROOT

logging.disable(logging.WARNING)  # of this process; the others' logs are files

UNREADABLE = ["sockets", "postgres", "valkey"]  # of what a failed test leaves
QUICK = {"TORTURE_BATCH": "25", "MAIL_LEASE": "5"}  # the full run has what production has
ROOM = "x" * 74 + "\r\n"


class Figures:
    """What was counted, beside what was wanted."""

    def __init__(self, name: str):
        self.name, self.lines, self.passed = name, [], True
        self.started = time.monotonic()

    def told(self, what: str, value) -> None:
        self.lines.append((what, value, "", True))

    def exactly(self, what: str, value, wanted) -> None:
        self._add(what, value, f"= {wanted}", value == wanted)

    def most(self, what: str, value, wanted) -> None:
        self._add(what, value, f"<= {wanted}", value <= wanted)

    def least(self, what: str, value, wanted) -> None:
        self._add(what, value, f">= {wanted}", value >= wanted)

    def failed(self, what: str) -> None:
        self._add("trouble", what, "none", False)

    def _add(self, what, value, wanted, right):
        self.passed = self.passed and right
        self.lines.append((what, value, wanted, right))

    def close(self) -> int:
        """Print everything; returns the exit code."""
        print(f"{self.name}, {time.monotonic() - self.started:.0f} s")
        for what, value, wanted, right in self.lines:
            print(f"  {what:44} {value!s:>10}   {wanted:14} {'' if right else 'WRONG'}".rstrip())
        figures = " ".join(f"{one_word(what)}={one_word(str(value))}" for what, value, *_rest in self.lines)
        if not self.passed:
            kept = ROOT / "var" / "log" / "torture" / self.name
            shutil.copytree(FOLDER, kept, ignore=shutil.ignore_patterns(*UNREADABLE), dirs_exist_ok=True)
            print(f"The logs are kept in {kept}.")
        print(f"TORTURE {self.name} {figures} {'pass' if self.passed else 'fail'}", flush=True)
        return 0 if self.passed else 1


def one_word(text: str) -> str:
    return re.sub(r"[^\w.]+", "-", text).strip("-.")


def main(name: str, test: Callable[[Figures, bool], None]) -> None:
    """Run one test; ended from outside, it still ends what it started."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, frame: sys.exit(128 + number))
    figures = Figures(name)
    try:
        test(figures, "--full" in sys.argv[1:])
    except Trouble as trouble:
        print(trouble)
        figures.failed(str(trouble).splitlines()[0])
    sys.exit(figures.close())


def plan(how_many: int, *, kind: str, first: int = 1, size: int = 30_000, name: str = "p", lives: str = "") -> int:
    """Queue mails in one statement, each to an address of its own, of about the size of a newsletter."""
    content = outbox.content(
        kind=kind, language="en", subject="Number [[number]]", text="Number [[number]]\n" + ROOM * (size // len(ROOM))
    )
    sql = """
        SELECT %s::bigint AS content_id, %s || n || '@torture.example' AS "to", n AS about_id,
            jsonb_build_object('number', n::text) AS values, %s || ':' || n AS dedupe_key,
            now() + nullif(%s, '')::interval AS expires_at
        FROM generate_series(%s::bigint, %s::bigint) AS n
    """
    batch = outbox.batch("An edition") if kind == "torture.edition" else None
    return outbox.plan_due(
        kind=kind, rows=(sql, [content.pk, name, kind, lives, first, first + how_many - 1]), batch=batch
    )


def ring(name: str) -> None:
    app.send_task(name)


def kill_along_the_way(portal: Portal, *, mails: int, kills: int) -> None:
    """Kill senders at even distances of the way, and also when nothing moves any more; start again what died."""
    for turn in range(1, kills + 1):
        goal, stalled = turn * mails // (kills + 1), Stalled()
        until(
            lambda goal=goal, stalled=stalled: how_many_accepted() >= goal or stalled(),
            f"{goal} mails are with the mail server",
            portal,
            show=lambda: (portal.start_again(), progress(min(how_many_accepted(), mails - 1), mails, "accepted")),
        )
        until(portal.kill_a_sender, "there is a sender to kill", portal, show=portal.start_again)


def ask_to_reconcile() -> None:
    ring("outbox.reconcile")


def reconcile_here() -> None:
    reconciling.read_log()


def until_all_sent(
    portal: Portal, kind: str, mails: int, *, patience: float, full: bool, reconcile: Callable = ask_to_reconcile
) -> None:
    """Wait until every mail of a kind is sent, those settled by the log that had not arrived included.

    The beat rings for the sweeper and for the reconciling, but we are in a hurry.
    That the log does not name a mail counts only minutes later, when its line would have come: the full run waits for
    that while other mails keep the log going; the quick one makes the uncertain mails older.
    """
    rung, still = time.monotonic(), Stalled(2)

    def show():
        nonlocal rung
        portal.start_again()
        progress(min(states(kind)["sent"], mails - 1), mails, "sent")
        if time.monotonic() - rung < 1:
            return
        rung = time.monotonic()
        ring("outbox.sweep")
        reconcile()
        if only_uncertain_left(kind) and still():
            keep_the_log_going() if full else make_the_uncertain_older(kind)

    what = f"all {mails} mails are sent"
    until(lambda: states(kind)["sent"] >= mails, what, portal, patience=patience, step=0.2, show=show)
    progress(mails, mails, "sent")


def only_uncertain_left(kind: str) -> bool:
    return not set(states(kind)) - {"sent", "uncertain"}


def make_the_uncertain_older(kind: str) -> None:
    rows(
        "UPDATE outbox_outgoingmail SET handover_at = handover_at - interval '3 minutes',"
        " started_at = started_at - interval '3 minutes'"
        " WHERE kind = %s AND state = 'uncertain' AND handover_at > now() - interval '3 minutes'",
        kind,
    )


def keep_the_log_going() -> None:
    plan(1, kind="torture.code", first=time.time_ns())
