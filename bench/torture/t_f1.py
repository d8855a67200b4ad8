"""T-F1: kill -9 a sender again and again while thousands of mails go out, then settle what is uncertain."""

from ._book import counted, events, queued, settled, states
from ._harness import QUICK, Figures, kill_along_the_way, main, plan, until_all_sent
from ._portal import Portal

KIND = "torture.notice"


def test(figures: Figures, full: bool) -> None:
    mails, kills = (10_000, 20) if full else (500, 3)
    # The answer takes a moment, as a real server's does: half of the mails are accepted before it, half after it.
    with Portal(sink=["--delay", "10", "--decides", "by turns"], environment={} if full else QUICK) as portal:
        plan(mails, kind=KIND)
        kill_along_the_way(portal, mails=mails, kills=kills)
        figures.told("kills", kills)
        until_all_sent(portal, KIND, mails, patience=900 if full else 120, full=full)
        count = counted(queued(KIND))
        figures.exactly("distinct", count.distinct, mails)
        figures.exactly("twice", count.twice, 0)
        figures.exactly("lost", count.lost, 0)
        figures.most("uncertain", events(KIND)["uncertain"], 2 * kills)
        for fate, number in settled(KIND).items():
            figures.told(fate, number)
        figures.exactly("left unsettled", states(KIND)["uncertain"], 0)


if __name__ == "__main__":
    main("T-F1", test)
