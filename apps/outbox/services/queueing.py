"""Mails come into being: one by one, or planned by the thousand in one statement."""

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from secrets import token_hex
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from apps.core import audit, bell

from .. import kinds
from ..models import UNSENT, MailBatch, MailContent, MailEvent, OutgoingMail, State
from ..render import Rendered, rendered

DELIVER = "outbox.deliver"
PLANNED = ["content_id", "to", "values", "about_id", "person_id", "dedupe_key", "next_attempt_at", "expires_at"]


# --- contents ---------------------------------------------------------------------------------------------------------
def content(
    *, kind: str, language: str, subject: str, text: str, html: str = "", sender: str = "", reply_to: str = "",
    list_id: str = "", attachments: list[Mapping[str, str]] = (),
) -> MailContent:  # fmt: skip
    """Keep a ready-made text, with [[placeholders]] of its kind; the same text again is the same row.

    ``list_id`` makes it a mail to subscribers: its kind must know the placeholder ``unsubscribe_url``. Each of the
    ``attachments`` has ``name``, ``type`` and ``base64``.
    """
    placeholders = sorted(kinds.get(kind).sample)
    if list_id and "unsubscribe_url" not in placeholders:
        raise ValueError(f"{kind} has a list and no unsubscribe_url")
    fields = {
        "kind": kind, "language": language, "sender": sender, "reply_to": reply_to, "list_id": list_id,
        "subject": subject, "text": text, "html": html, "placeholders": placeholders, "attachments": list(attachments),
    }  # fmt: skip
    digest = sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
    if found := MailContent.objects.filter(digest=digest).first():
        return found
    return MailContent.objects.get_or_create(digest=digest, defaults=fields)[0]


def own_content(**fields) -> MailContent:
    """Keep a text that is for one recipient only, and is blanked with his mail."""
    return MailContent.objects.create(kind=kinds.OTHER, digest=token_hex(32), **fields)


def contents(*, kind: str, context: Mapping | None = None) -> dict[str, MailContent]:
    """The contents of one kind in every language, for a plan that serves people of all of them."""
    return {language: _content(kinds.get(kind), language, context or {}) for language, _name in settings.LANGUAGES}


def _content(kind, language, context) -> MailContent:
    words = _words(kind.name, language, tuple(sorted(context.items())), settings.SITE_URL, settings.CONTACT_ADDRESS)
    return content(
        kind=kind.name, language=language, sender=words.sender, reply_to=words.reply_to, subject=words.subject,
        text=words.text, html=words.html,
    )  # fmt: skip


@lru_cache(maxsize=256)
def _words(kind, language, context, *_settings) -> Rendered:
    """Rendering costs milliseconds: once a process for the same words, and not once a recipient."""
    return rendered(kinds.get(kind), language, dict(context))


# --- one mail ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def queue(
    *, kind: str, to: str, language: str, values: Mapping[str, str] | None = None, context: Mapping | None = None,
    about: int | None = None, person=None, dedupe_key: str = "", not_before=None, expires_at=None,
    batch: MailBatch | None = None,
) -> OutgoingMail:  # fmt: skip
    """Write one mail into the outbox, in the transaction of what it speaks of; a worker sends it after the commit.

    ``values`` are the recipient's own, one for each placeholder of the kind (else ValueError); ``context`` changes the
    wording for everybody who gets the same. A kind that nobody registered raises `UnknownKind`. The same
    ``dedupe_key`` again returns the mail that is there.
    """
    known, values = kinds.get(kind), dict(values or {})
    if values.keys() != known.sample.keys():
        raise ValueError(f"{kind} wants the values {sorted(known.sample)}, not {sorted(values)}")
    if expires_at is None and known.lives:
        expires_at = timezone.now() + known.lives
    row = {
        "kind": kind, "lane": known.lane, "to": to, "values": values, "about_id": about, "person": person,
        "batch": batch, "expires_at": expires_at, "dedupe_key": dedupe_key or f"{kind}:{uuid4().hex}",
        "next_attempt_at": not_before or Now(),
    }  # fmt: skip
    return _insert(row, lambda: _content(known, language, context or {}))


@transaction.atomic
def queue_ready_made(*, content: MailContent, to: str, values: Mapping[str, str] | None = None) -> OutgoingMail:
    """Queue a content that no template makes: what came through Django's mail functions, an edition's test."""
    lane, key = kinds.get(content.kind).lane, f"{content.kind}:{uuid4().hex}"
    row = {"kind": content.kind, "lane": lane, "to": to, "dedupe_key": key, "values": dict(values or {})}
    return _insert(row, lambda: content)


def _insert(row, content) -> OutgoingMail:
    for last_try in (False, True):
        try:
            with transaction.atomic():
                mail = OutgoingMail.objects.create(content=content(), **row)
            break
        except IntegrityError:
            # The same wish, perhaps of this very moment; or the content was let go of between two statements.
            if found := OutgoingMail.objects.live().of_wish(row["dedupe_key"]).first():
                return found
            if last_try:
                raise
    bell.ring(DELIVER)
    return mail


# --- thousands --------------------------------------------------------------------------------------------------------
@transaction.atomic
def plan_due(*, kind: str, rows: QuerySet | tuple[str, list], batch: MailBatch | None = None) -> int:
    """Queue what a query names, in one statement, and return how many were new. Safe to run twice, and at once.

    ``rows`` is a ``.values(…)`` queryset, or SQL with its parameters, that yields some or all of the columns
    content_id, to, values (jsonb), about_id, person_id, dedupe_key, next_attempt_at, expires_at; the first three and
    the key are needed. A key that a mail already has, unless that was given up, plans nothing: so a planner names
    nothing that is too late already, or an expired mail would be planned again each time.
    """
    known = kinds.get(kind)
    try:
        sql, parameters = rows.query.sql_with_params() if isinstance(rows, QuerySet) else rows
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({sql}) AS due LIMIT 0", parameters)  # noqa: S608 - a query of ours
        columns = [column.name for column in cursor.description if column.name in PLANNED]
        names = ", ".join(f'"{name}"' for name in columns)
        cursor.execute(
            f"""
            INSERT INTO outbox_outgoingmail (kind, lane, batch_id, {names})
            SELECT %s, %s, %s, {names} FROM ({sql}) AS due
            ON CONFLICT DO NOTHING
            """,  # noqa: S608 - a query of ours and names of columns
            [kind, known.lane, batch.pk if batch else None, *parameters],
        )
        planned = cursor.rowcount
    if planned:
        bell.ring(DELIVER)
    return planned


@transaction.atomic
def supersede(*, kind: str, about_ids, reason: str) -> int:
    """Take back what has not left yet, because something newer says it: a moved event plans its reminders afresh."""
    unsent = OutgoingMail.objects.about(kind, *about_ids).in_state(*UNSENT).select_for_update()
    ids = list(unsent.values_list("pk", flat=True))
    OutgoingMail.objects.filter(pk__in=ids).update(state=State.SUPERSEDED, worker="", lease_until=None)
    MailEvent.objects.bulk_create(
        MailEvent(mail_id=pk, what=MailEvent.What.SUPERSEDED, reason=reason, cause=kind) for pk in ids
    )
    return len(ids)


# --- batches ----------------------------------------------------------------------------------------------------------
def batch(name: str) -> MailBatch:
    """The batch of this name, made at its first mention."""
    return MailBatch.objects.get_or_create(name=name)[0]


@transaction.atomic
def pause(*, batch: MailBatch, actor, reason: str = "") -> None:
    """Hold a batch back. What a worker has in hand, a hundred mails at most, still goes. Twice changes nothing."""
    locked = MailBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.paused_at:
        return
    locked.paused_at, locked.paused_because = timezone.now(), reason
    locked.save(update_fields=["paused_at", "paused_because"])
    audit.record(actor=actor, verb="outbox.paused", target=locked, reason=reason)


@transaction.atomic
def resume(*, batch: MailBatch, actor) -> None:
    locked = MailBatch.objects.select_for_update().get(pk=batch.pk)
    if not locked.paused_at:
        return
    locked.paused_at, locked.paused_because = None, ""
    locked.save(update_fields=["paused_at", "paused_because"])
    audit.record(actor=actor, verb="outbox.resumed", target=locked)
    bell.ring(DELIVER)
