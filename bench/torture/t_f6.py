"""T-F6: two beats and three more planners at once, while events become due one after the other: each reminder once."""

import time

from ._book import accepted, states
from ._events import add_events, make_tables
from ._harness import Figures, main
from ._portal import Portal, until

KIND = "torture.reminder"


def test(figures: Figures, full: bool) -> None:
    events, people, spread = (500, 40, "30 s") if full else (50, 10, "5 s")
    wanted = events * people
    with Portal(workers=3, concurrency=1, beats=2, environment={"TORTURE_PLANS": "1"}, asleep=True) as portal:
        make_tables()
        add_events(events, people, first_in="7 days 3 s", spread=spread)
        for number in range(3):
            portal.also(f"planner{number}", "bench.torture.subject.planner", "0.05")
        portal.wake()
        until(lambda: states(KIND)["sent"] >= wanted, "every reminder is sent", portal, patience=300, step=0.5)
        time.sleep(3)  # they go on planning, and find nothing
        took = [mail.recipient for mail in accepted()]
        figures.told("events", events)
        figures.told("people at each", people)
        figures.exactly("planned", states(KIND).total(), wanted)
        figures.exactly("sent", len(took), wanted)
        figures.exactly("once each", len(set(took)), wanted)


if __name__ == "__main__":
    main("T-F6", test)
