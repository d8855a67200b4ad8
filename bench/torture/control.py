"""The control: the plain way, killed and counted in the same way, loses mails or sends some twice.

It passes when it was seen to fail: else the tests beside it would prove nothing.
"""

from diaspora_portal.entry.run import CELERY

from ._book import Stalled, counted
from ._harness import Figures, kill_along_the_way, main
from ._plain import message_id, send
from ._portal import Portal, until

PLAIN = [argument.replace("diaspora_portal", "bench.torture._plain") for argument in CELERY]
VISIBILITY = 3  # seconds, in place of an hour, until a task comes back whose worker was lost


def test(figures: Figures, full: bool) -> None:
    mails, kills = (4_000, 10) if full else (500, 5)
    seen = 0
    figures.told("kills", kills)
    for acks in ("early", "late"):
        environment = {"PLAIN_ACKS": acks, "PLAIN_VISIBILITY": str(VISIBILITY)}
        with Portal(
            celery=PLAIN, beats=0, sink=["--delay", "10", "--decides", "by turns"], environment=environment
        ) as portal:
            for number in range(mails):
                send.delay(number)
            kill_along_the_way(portal, mails=mails, kills=kills)
            until(
                Stalled(3 * VISIBILITY),
                "nothing comes any more",
                portal,
                patience=600,
                step=0.5,
                show=portal.start_again,
            )
            count = counted({message_id(number) for number in range(mails)})
        for what in ("distinct", "twice", "lost"):
            figures.told(f"{acks} {what}", getattr(count, what))
        seen += count.twice + count.lost
    figures.least("faults seen", seen, 1)


if __name__ == "__main__":
    main("control", test)
