"""T-F3: all of Celery killed and Redis emptied, again and again in one send: PostgreSQL knows what is left."""

import time

from ._book import counted, events, how_many_accepted, queued, states
from ._harness import QUICK, Figures, main, plan, until_all_sent
from ._portal import Portal, until

KIND = "torture.notice"
SOON = 90  # seconds


def test(figures: Figures, full: bool) -> None:
    mails, deaths = (10_000, 5) if full else (500, 3)
    with Portal(sink=["--delay", "20", "--decides", "by turns"], environment={} if full else QUICK) as portal:
        plan(mails, kind=KIND)
        pauses = [death(portal, turn * mails // (deaths + 1)) for turn in range(1, deaths + 1)]
        until_all_sent(portal, KIND, mails, patience=900 if full else 120, full=full)
        count = counted(queued(KIND))
        figures.told("deaths", deaths)
        figures.exactly("distinct", count.distinct, mails)
        figures.exactly("twice", count.twice, 0)
        figures.exactly("lost", count.lost, 0)
        figures.told("uncertain", events(KIND)["uncertain"])
        figures.exactly("left unsettled", states(KIND)["uncertain"], 0)
        figures.most("longest pause, s", round(max(pauses), 1), SOON)


def death(portal: Portal, goal: int) -> float:
    """Let it send so far, then kill and empty; return how many seconds it was until a mail was accepted again."""
    until(lambda: how_many_accepted() >= goal, f"{goal} mails are with the mail server", portal, patience=SOON + 60)
    portal.kill_everything_of_celery()
    portal.flush_broker()
    time.sleep(0.5)  # what the killed had already given to the kernel still arrives
    there, started = how_many_accepted(), time.monotonic()
    until(lambda: how_many_accepted() > there, "sending goes on", portal, patience=3 * SOON, show=portal.start_again)
    return time.monotonic() - started


if __name__ == "__main__":
    main("T-F3", test)
