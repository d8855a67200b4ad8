"""T-F4: Redis away while people sign up and mails go out: no page fails, every mail comes, nobody starts anything."""

import os
import signal
import time
from collections import Counter
from threading import Event, Thread

from ._book import accepted
from ._browser import sign_up
from ._harness import QUICK, Figures, main, plan
from ._portal import Portal, alive, until

KIND = "torture.notice"
AT_A_TIME = 25


class People:
    """They sign up, two at a time, until they are told to stop."""

    def __init__(self):
        self.over, self.statuses, self.addresses, self.longest = Event(), Counter(), [], 0.0
        self.threads = [Thread(target=self._go_on, args=[number]) for number in range(2)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _go_on(self, number):
        while not self.over.is_set():
            self.one(f"newcomer{number}x{len(self.addresses)}@torture.example")
            self.over.wait(0.5)

    def one(self, address):
        begun = time.monotonic()
        self.statuses.update(sign_up(address))
        self.longest = max(self.longest, time.monotonic() - begun)
        self.addresses.append(address)


def test(figures: Figures, full: bool) -> None:
    away = 180 if full else 15
    with Portal(web=True, environment={} if full else QUICK) as portal:
        processes = numbers(portal)
        with People() as people:
            until(lambda: has_come(people.addresses[:1]), "the first mail comes", portal)
            os.kill(portal.broker.process.pid, signal.SIGKILL)
            portal.broker.process.wait()
            planned = without_redis(away)
            meanwhile = len(people.addresses)
            portal.broker.start()
            back = time.monotonic()
            until(lambda: len(people.addresses) > meanwhile + 2, "people sign up again", portal)
        everything = [*people.addresses, *planned]
        until(lambda: has_come(everything), "every mail comes", portal, patience=180)
        took = time.monotonic() - back
        afterwards(figures, portal, people)
        figures.exactly("died of it", len(processes.items() - numbers(portal).items()), 0)
    figures.told("seconds without Redis", away)
    figures.told("signed up meanwhile", meanwhile)
    figures.told("mails planned meanwhile", len(planned))
    figures.exactly("answers 5xx", sum(n for status, n in people.statuses.items() if status >= 500), 0)
    figures.exactly("answers other than 200", sum(n for status, n in people.statuses.items() if status != 200), 0)
    figures.most("slowest registration, s", round(people.longest, 1), 5)
    figures.exactly("mails missing", len(missing(everything)), 0)
    figures.exactly("mails twice", len(accepted()) - len({mail.message_id for mail in accepted()}), 0)
    figures.told("all there after its return, s", round(took, 1))


def numbers(portal: Portal) -> dict[str, int]:
    """The process number of each worker and beat that lives."""
    return {child.name: child.process.pid for child in [*portal.workers, *portal.beats] if alive(child)}


def without_redis(seconds: float) -> list[str]:
    """Plan mails now and then, whose bells nobody hears; return their addresses."""
    until_then, planned = time.monotonic() + seconds, 0
    while time.monotonic() < until_then:
        plan(AT_A_TIME, kind=KIND, first=planned + 1)
        planned += AT_A_TIME
        time.sleep(seconds / 10)
    return [f"p{number}@torture.example" for number in range(1, planned + 1)]


def afterwards(figures: Figures, portal: Portal, people: People) -> None:
    """The worker hears bells again: a code does not wait for the sweeper."""
    begun = time.monotonic()
    people.one("afterwards@torture.example")
    until(lambda: has_come(["afterwards@torture.example"]), "a mail comes", portal)
    figures.most("from form to mail afterwards, s", round(time.monotonic() - begun, 1), 5)


def missing(addresses: list[str]) -> set[str]:
    return set(addresses) - {mail.recipient for mail in accepted()}


def has_come(addresses: list[str]) -> bool:
    return bool(addresses) and not missing(addresses)


if __name__ == "__main__":
    main("T-F4", test)
