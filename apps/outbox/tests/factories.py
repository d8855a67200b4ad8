"""Mails for tests, in any state: `OutgoingMailFactory(state=State.UNCERTAIN)`; the columns that it asks for are filled.

The kinds `tests.code`, `tests.notice` and `tests.bulk` are registered by the fixture `some_kinds`.
"""

from datetime import timedelta

import factory
from django.utils import timezone

from apps.outbox.models import HELD, Lane, MailBatch, MailContent, OutgoingMail, State, Suppression
from apps.outbox.services import key_of

STARTED = [State.HANDOVER, State.UNCERTAIN, State.SENT]


class MailContentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MailContent

    kind = "tests.notice"
    language = "en"
    sender = "Diaspora Portal"
    subject = "News for [[name]]"
    text = "Hello [[name]]\n"
    html = "<p>Hello [[name]]</p>"
    placeholders = ["name"]
    digest = factory.Sequence("{:064x}".format)


class MailBatchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MailBatch

    name = factory.Sequence("Edition {}".format)


class OutgoingMailFactory(factory.django.DjangoModelFactory):
    """`OutgoingMailFactory(lane=Lane.BULK)` has a batch too."""

    class Meta:
        model = OutgoingMail

    class Params:
        started = factory.LazyAttribute(lambda mail: mail.state in STARTED)
        moment = factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=1))

    kind = factory.SelfAttribute("content.kind")
    lane = Lane.NOTICE
    content = factory.SubFactory(MailContentFactory)
    batch = factory.Maybe(
        factory.LazyAttribute(lambda mail: mail.lane == Lane.BULK), factory.SubFactory(MailBatchFactory), None
    )
    to = factory.Sequence("reader{}@example.org".format)
    values = factory.LazyFunction(lambda: {"name": "Amina"})
    dedupe_key = factory.Sequence("tests:{}".format)
    state = State.QUEUED
    created_at = factory.LazyAttribute(lambda mail: mail.moment - timedelta(seconds=10))
    worker = factory.LazyAttribute(lambda mail: "w1" if mail.state in HELD else "")
    lease_until = factory.LazyAttribute(lambda mail: mail.moment if mail.state in HELD else None)
    claimed_at = factory.LazyAttribute(lambda mail: mail.moment if mail.started else None)
    handover_at = factory.LazyAttribute(lambda mail: mail.moment if mail.started else None)
    started_at = factory.LazyAttribute(lambda mail: mail.moment if mail.started else None)
    sent_at = factory.LazyAttribute(lambda mail: mail.moment if mail.state == State.SENT else None)


class SuppressionFactory(factory.django.DjangoModelFactory):
    """`SuppressionFactory(address="gone@example.org")`."""

    class Meta:
        model = Suppression

    class Params:
        address = factory.Sequence("gone{}@example.org".format)

    key = factory.LazyAttribute(lambda suppression: key_of(suppression.address))
    reason = Suppression.Reason.BOUNCED
