"""T-F2: the mail server takes 200 ms for each answer, so that nearly every kill falls between the dot and the 250.

Interrupted is the mail of which a killed sender had said something and not yet heard the answer: the mail server knows
those. A client that went away between two mails may leave one more uncertain: the last one, whose answer it had not
yet taken in, or the next one, begun and nothing said of it yet. No other mail may be uncertain.
"""

from ._book import accepted, counted, gone, message_id, queued, settled, states
from ._harness import (
    QUICK,
    Figures,
    kill_along_the_way,
    main,
    only_uncertain_left,
    plan,
    reconcile_here,
    until_all_sent,
)
from ._portal import Portal, rows, until

KIND = "torture.notice"


def test(figures: Figures, full: bool) -> None:
    mails, kills = (2_000, 50) if full else (500, 3)
    lease = {"MAIL_LEASE": "30"} if full else QUICK | {"MAIL_LEASE": "8"}  # more than a batch takes
    how = lease | {"MAIL_LOG": ""}  # nobody settles anything before we have looked
    with Portal(concurrency=4, sink=["--delay", "200", "--decides", "by turns"], environment=how) as portal:
        plan(mails, kind=KIND)
        kill_along_the_way(portal, mails=mails, kills=kills)
        figures.told("kills", kills)
        what = "every mail is sent or uncertain"
        until(lambda: only_uncertain_left(KIND), what, portal, patience=1200 if full else 120, show=portal.start_again)
        before_settling(figures, mails)
        settle(portal, figures, mails, full)


def before_settling(figures: Figures, mails: int) -> None:
    wanted, taken = queued(KIND), {mail.message_id for mail in accepted()}
    doubtful = rows("SELECT message_key FROM outbox_outgoingmail WHERE state = 'uncertain'")
    uncertain = {message_id(key) for (key,) in doubtful}
    begun, between = interrupted()
    unseen = uncertain - begun
    figures.exactly("twice before settling", counted(wanted).twice, 0)
    figures.exactly("neither sent nor uncertain", len(wanted - taken - uncertain), 0)
    figures.told("interrupted", len(begun))
    figures.told("uncertain", len(uncertain))
    figures.exactly("interrupted and not uncertain", len(begun - uncertain), 0)
    figures.most("uncertain, client between two mails", len(unseen), len(between))
    figures.exactly("uncertain without reason", len(unseen & taken - set(between)), 0)


def interrupted() -> tuple[set[str], list[str]]:
    """The mails that a client left half said, and the last ones of those that went between two mails."""
    by_recipient = {to: message_id(key) for to, key in rows('SELECT "to", message_key FROM outbox_outgoingmail')}
    begun = {by_recipient[client.recipient] for client in gone() if client.at in {"dot", "body"}}
    return begun, [client.message_id for client in gone() if client.at in {"idle", "command"}]


def settle(portal: Portal, figures: Figures, mails: int, full: bool) -> None:
    until_all_sent(portal, KIND, mails, patience=900 if full else 120, full=full, reconcile=reconcile_here)
    count = counted(queued(KIND))
    for fate, number in settled(KIND).items():
        figures.told(fate, number)
    figures.exactly("distinct", count.distinct, mails)
    figures.exactly("twice", count.twice, 0)
    figures.exactly("left unsettled", states(KIND)["uncertain"], 0)


if __name__ == "__main__":
    main("T-F2", test)
