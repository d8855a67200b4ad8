"""A newsletter of 30 KB for the mail bench: its kind, its content and its recipients. Celery's workers load it too."""

from django.db import connection

from apps.outbox import kinds, services
from apps.outbox.models import HELD, WAITING, Lane, MailBatch, OutgoingMail, State

KIND, CODE = "bench.edition", "bench.code"
SAMPLE = {"name": "Amina", "unsubscribe_url": "https://portal.example/newsletter/stop/0123456789abcdef/"}
PARAGRAPH = "Diaspora members and associations met in Brussels to speak of projects, calls and events to come."
SECTION = '<h2 style="margin:0 0 16px;font-size:20px">News</h2><p style="margin:0 0 16px">{}</p>\n'
HTML = (
    '<!doctype html><html lang="en"><body style="margin:0;color:#0A1A3C">\n<p>Dear [[name]],</p>\n'
    + SECTION.format(PARAGRAPH) * 100
    + '<p><a href="[[unsubscribe_url]]">Unsubscribe</a></p></body></html>\n'
)
TEXT = "Dear [[name]],\n\n" + f"{PARAGRAPH}\n" * 60 + "\nUnsubscribe: [[unsubscribe_url]]\n"
RECIPIENTS = """
    SELECT %s::bigint AS content_id, 'reader' || n || '@bench.example' AS "to", n AS about_id,
        jsonb_build_object('name', 'Reader ' || n,
            'unsubscribe_url', 'https://portal.example/newsletter/stop/' || md5(n::text) || '/') AS values,
        %s || ':' || n AS dedupe_key
    FROM generate_series(1, %s) AS n
"""

kinds.register(
    KIND,
    lane=Lane.BULK,
    when_uncertain=kinds.WhenUncertain.WAIT,
    sample=SAMPLE,
    still_wanted=lambda ids: {},
)
kinds.register(
    CODE, lane=Lane.ACCOUNT, when_uncertain=kinds.WhenUncertain.REPEAT, sample={"code": "123-456-789"}, ready_made=True
)


def content():
    return services.content(
        kind=KIND, language="en", subject="Diaspora newsletter", text=TEXT, html=HTML, list_id="diaspora.bench.example"
    )


def plan(recipients: int) -> MailBatch:
    """Queue one edition for so many readers."""
    batch = services.batch(f"Edition {MailBatch.objects.count() + 1}")
    services.plan_due(kind=KIND, rows=(RECIPIENTS, [content().pk, batch.name, recipients]), batch=batch)
    return batch


def code(number: int) -> None:
    """Queue what somebody at a form is waiting for, in a transaction of its own, as a request does."""
    words = {"subject": "Your code", "text": "Your code: [[code]]\n"}
    content = services.content(kind=CODE, language="en", **words)
    services.queue_ready_made(content=content, to=f"newcomer{number}@bench.example", values={"code": "123-456-789"})


def waits() -> list[float]:
    """Seconds from the form to the mail server's word, of every code that was sent."""
    codes = OutgoingMail.objects.filter(kind=CODE, state=State.SENT)
    return sorted((sent - queued).total_seconds() for queued, sent in codes.values_list("created_at", "sent_at"))


def is_on_its_way(batch: MailBatch) -> bool:
    """Is any of it not sent yet? Asked often, so it must cost nothing."""
    waiting = OutgoingMail.objects.filter(batch=batch, lane=Lane.BULK)
    return waiting.in_state(*WAITING).exists() or waiting.in_state(*HELD).exists()


def sent(batch: MailBatch) -> int:
    return OutgoingMail.objects.filter(batch=batch, state=State.SENT).count()


def clear() -> None:
    """An empty outbox, as a new portal has it."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE outbox_outgoingmail, outbox_mailevent, outbox_mailbatch, outbox_heartbeat CASCADE")
        cursor.execute("VACUUM ANALYZE outbox_outgoingmail")
