"""Reminders of the tests' own events, as a real planner makes them: one statement, safe to run twice and at once.

A week before, up to 48 hours late; a day before, until an hour before the start. What is later is planned too, once, so
that it is counted as expired: an expired mail gives its key free, hence the last condition.
"""

import sys
import time

import django

PLAN = """
    WITH due AS (
        SELECT event.id AS about_id, place.address AS "to",
            event.starts_at - rule.before AS next_attempt_at,
            CASE WHEN rule.name = 'week' THEN event.starts_at - rule.before + interval '48 hours'
                ELSE event.starts_at - interval '1 hour' END AS expires_at,
            concat_ws(':', 'event', event.id, rule.name, extract(epoch FROM event.starts_at), place.address)
                AS dedupe_key
        FROM torture_event event JOIN torture_place place ON place.event_id = event.id,
            (VALUES ('week', interval '7 days'), ('day', interval '1 day')) AS rule (name, before)
        WHERE event.starts_at - rule.before <= now())
    SELECT %s::bigint AS content_id, jsonb_build_object('number', about_id::text) AS values, due.* FROM due
    WHERE expires_at > now() OR NOT EXISTS (
        SELECT FROM outbox_outgoingmail WHERE message_key = md5(due.dedupe_key) AND state = 'expired')
"""


def plan() -> int:
    from apps.outbox import services as outbox  # noqa: PLC0415 - Django is set up when this is called

    content = outbox.content(kind="torture.reminder", language="en", subject="Event [[number]]", text="It is near.")
    return outbox.plan_due(kind="torture.reminder", rows=(PLAN, [content.pk]))


if __name__ == "__main__":  # as fast as it can, until it is ended
    django.setup()
    while True:
        plan()
        time.sleep(float(sys.argv[1]))
