"""T-F8: beat and workers off for 30 hours, then on: what is too late expires and is counted, the rest goes at its pace.

Nobody waits 30 hours: what was queued before is made so much older, and events are set so that their reminders became
due meanwhile.
"""

from ._book import Accepted, accepted, events, states
from ._events import add_events, make_tables
from ._harness import Figures, main, plan
from ._portal import Portal, rows, until

OFF = "30 hours"
NOTICES, BULK = 20, 40  # mails a second
PACE = {"MAIL_RATE_NOTICE": str(NOTICES), "MAIL_RATE_BULK": str(BULK), "TORTURE_PLANS": "1"}


def test(figures: Figures, full: bool) -> None:
    size = 200 if full else 10
    with Portal(environment=PACE, asleep=True) as portal:
        wanted = before_it_went_off(size) | {"torture.reminder": became_due_meanwhile(size)}
        portal.wake()
        until(lambda: ended(wanted), "nothing waits any more", portal, patience=600, step=0.5)
        for kind, (sent, expired) in wanted.items():
            name = kind.partition(".")[2]
            figures.exactly(f"{name}: sent", states(kind)["sent"], sent)
            figures.exactly(f"{name}: expired", states(kind)["expired"], expired)
            figures.exactly(f"{name}: expired, by its events", events(kind)["expired"], expired)
    mails = accepted()
    figures.exactly("mails at the server", len(mails), sum(sent for sent, _expired in wanted.values()))
    figures.exactly("once each", len({mail.message_id for mail in mails}), len(mails))
    bulk = {mail.message_id for mail in mails if mail.recipient.startswith("bulk")}
    for lane, rate, taken in (
        ("notices", NOTICES, [mail for mail in mails if mail.message_id not in bulk]),
        ("bulk", BULK, [mail for mail in mails if mail.message_id in bulk]),
    ):
        figures.most(f"{lane}: most in any second", busiest_second(taken), rate * 5 // 4)  # who overslept catches up


def before_it_went_off(size: int) -> dict[str, tuple[int, int]]:
    """Queue mails and make them 30 hours older; return how many of each kind are to be sent, and to expire."""
    plan(size, kind="torture.code", lives="15 minutes")
    plan(4 * size, kind="torture.notice", lives="48 hours")
    plan(3 * size, kind="torture.notice", lives="23 hours", first=4 * size + 1)
    plan(16 * size, kind="torture.edition", name="bulk")
    rows(
        "UPDATE outbox_outgoingmail SET created_at = created_at - %s::interval,"
        " next_attempt_at = next_attempt_at - %s::interval, expires_at = expires_at - %s::interval",
        *[OFF] * 3,
    )
    return {"torture.code": (0, size), "torture.notice": (4 * size, 3 * size), "torture.edition": (16 * size, 0)}


def became_due_meanwhile(size: int) -> tuple[int, int]:
    """Add events whose reminders nobody planned; return how many of them are in time, and how many too late."""
    make_tables()
    add_events(1, size, first_in="6 days 4 hours")  # a week before was 20 hours ago
    add_events(1, size, first_in="2 hours")  # a day before was 22 hours ago; the other one is too late
    add_events(1, size, first_in="-1 hour")  # too late for both
    return 2 * size, 3 * size


def ended(wanted: dict[str, tuple[int, int]]) -> bool:
    return all(
        sum(states(kind)[state] for state in ("sent", "expired")) >= sum(numbers) for kind, numbers in wanted.items()
    )


def busiest_second(mails: list[Accepted]) -> int:
    moments = sorted(mail.at for mail in mails)
    return max(
        sum(first <= moment < first + 1 for moment in moments[at : at + 1000]) for at, first in enumerate(moments)
    )


if __name__ == "__main__":
    main("T-F8", test)
