"""Who did what, and who has looked at whose data. Append-only: the database refuses any change."""

import structlog
from django.db import connection
from django.db.models import Model

from .models import AuditEntry

WITHOUT_ROLE = "IOM team"  # a superuser needs no role; a member reads this beside what was opened of his


def record(*, actor, verb: str, target: Model | None = None, person: int | None = None, purpose: str = "", **detail):
    """Write what was done. Call it in the transaction of the deed.

    ``actor`` is a user or None (the portal itself); ``person`` the id of the user whom it concerns;
    ``detail`` holds ids and plain values only, never names or addresses.
    """
    return AuditEntry.objects.create(
        actor_id=actor.pk if actor else None,
        unit=unit_of(actor),
        verb=verb,
        target_type=target._meta.label if target else "",
        target_id=str(target.pk) if target else "",
        person_id=person,
        purpose=purpose,
        detail=detail,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
    )


def read(*, actor, person: int | None, what: str, purpose: str = "", target: Model | None = None, **detail):
    """Write that somebody opened a person's data; the person will see it."""
    return record(
        actor=actor, verb=f"{AuditEntry.READ}.{what}", target=target, person=person, purpose=purpose, **detail
    )


def read_each(*, actor, targets: dict[int, Model], what: str, purpose: str, **detail):
    """Write a reading of several people's data, an entry a person: ``targets`` is person → what was read."""
    unit, request_id = unit_of(actor), structlog.contextvars.get_contextvars().get("request_id", "")
    AuditEntry.objects.bulk_create(
        AuditEntry(
            actor_id=actor.pk,
            unit=unit,
            verb=f"{AuditEntry.READ}.{what}",
            target_type=target._meta.label,
            target_id=str(target.pk),
            person_id=person,
            purpose=purpose,
            detail=detail,
            request_id=request_id,
        )
        for person, target in targets.items()
    )


def unit_of(actor) -> str:
    """The roles in which staff acted: "Project staff"; never empty. Members have none, and cost no query."""
    if actor is None or not actor.is_staff:
        return ""
    return ", ".join(actor.groups.order_by("name").values_list("name", flat=True)) or WITHOUT_ROLE


def letting_go() -> None:
    """Allow deletions in append-only tables until the end of this transaction: for retention and erasure only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.letting_go', 'on', true)")
