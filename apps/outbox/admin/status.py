"""How the outbox is: who is at work, what waits, what rests and why, what is uncertain. A fixed number of queries."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone

from apps.core.text import masked

from ..models import (
    GIVEN_UP,
    HELD,
    WAITING,
    Heartbeat,
    Lane,
    LanePace,
    LogPosition,
    MailBatch,
    MailEvent,
    OutgoingMail,
    State,
)
from .words import age, short, title_of

STALE = timedelta(seconds=60)  # the sweeper comes every five
AN_HOUR = timedelta(hours=1)
HEARTS = 20  # each start of a worker is a new name, and names are kept for a day
NAMED = 20  # uncertain mails with buttons; the rest stands in the list
ORDER = [*WAITING, *HELD, State.UNCERTAIN, State.FAILED, *GIVEN_UP, State.SENT]


@dataclass
class Seen:
    name: str
    at: object
    ago: str
    is_stale: bool


def figures() -> dict:
    """Everything that the panel shows, as of now."""
    now = timezone.now()
    hearts = [
        (heart.who, Seen(heart.name, heart.seen_at, age(heart.seen_at, now), now - heart.seen_at > STALE))
        for heart in Heartbeat.objects.order_by("-seen_at")[:HEARTS]
    ]
    workers = [seen for who, seen in hearts if who == Heartbeat.Who.WORKER]
    counts, last_hour = _counts(now)
    return {
        "as_of": now,
        "beats": [seen for who, seen in hearts if who == Heartbeat.Who.BEAT],
        "workers": [seen for seen in workers if not seen.is_stale],
        "gone": [seen for seen in workers if seen.is_stale],
        "lanes": _lanes(now, last_hour),
        "states": _states(counts),
        "lane_names": [short(lane) for lane in Lane],
        "sent_last_hour": sum(last_hour.values()),
        "paused": list(MailBatch.objects.paused().order_by("paused_at")),
        "uncertain": _uncertain(),
        "uncertain_in_all": sum(number for (state, _lane), number in counts.items() if state == State.UNCERTAIN),
        **_tellers(now),
    }


def _uncertain() -> list[dict]:
    mails = OutgoingMail.objects.in_state(State.UNCERTAIN).defer("values").order_by("pk")[:NAMED]
    return [
        {"mail": mail, "kind": title_of(mail.kind), "since": mail.started_at or mail.handover_at or mail.created_at}
        for mail in mails
    ]


def _counts(now) -> tuple[dict, dict]:
    """Mails by state and lane, and by lane those sent in the last hour: one look at the table."""
    rows = OutgoingMail.objects.order_by().values("state", "lane")
    rows = rows.annotate(number=Count("pk"), fresh=Count("pk", filter=Q(sent_at__gt=now - AN_HOUR)))
    counts, last_hour = {}, dict.fromkeys(Lane.values, 0)
    for row in rows:
        counts[row["state"], row["lane"]] = row["number"]
        last_hour[row["lane"]] += row["fresh"]
    return counts, last_hour


def _states(counts) -> list[dict]:
    """One row a state, with the numbers of each lane."""
    rows = [(state, [counts.get((state, lane), 0) for lane in Lane]) for state in ORDER]
    return [{"state": state.value, "label": state.label, "lanes": n, "total": sum(n)} for state, n in rows]


def _lanes(now, last_hour) -> list[dict]:
    due = OutgoingMail.objects.due().order_by().values("lane")
    due = {row["lane"]: row for row in due.annotate(number=Count("pk"), since=Min("next_attempt_at"))}
    paces = {pace.lane: pace for pace in LanePace.objects.all()}
    lanes = []
    for lane in Lane:
        pace, waiting = paces.get(lane), due.get(lane, {"number": 0, "since": None})
        rests = bool(pace and pace.rests_until and pace.rests_until > now)
        lanes.append(
            {
                "label": lane.label,
                "due": waiting["number"],
                "since": waiting["since"],
                "age": age(waiting["since"], now) if waiting["since"] else "",
                "rate": settings.OUTBOX_RATES[lane.name.lower()],
                "rests_until": pace.rests_until if rests else None,
                "rests_because": masked(pace.rests_because) if rests else "",
                "sent_last_hour": last_hour[lane],
            }
        )
    return lanes


def _tellers(now) -> dict:
    """Who tells whether a mail arrived: the mail server's log and how far it was read, or a provider."""
    positions = [
        {
            "path": position.path,
            "until": position.covers_until,
            "ago": age(position.covers_until, now) if position.covers_until else "",
        }
        for position in LogPosition.objects.filter(path=settings.MAIL_LOG)
    ]
    provider = settings.MAIL_PROVIDER
    told = MailEvent.objects.filter(cause=provider).order_by("-pk").first() if provider else None
    return {"log": settings.MAIL_LOG, "positions": positions, "provider": provider, "told": told}
